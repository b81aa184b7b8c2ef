//! Messages on stderr: a fault with the place in the user's own text, a warning.

use super::paint::Colours;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};
use gradcalc::ground::{Fault, Span};
use std::io::{self, IsTerminal as _, Write as _};

/// Writes a line to stderr. A stderr that cannot be written leaves nobody to tell.
pub fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", visible(text));
}

/// A text whose control characters cannot be obeyed by a terminal: each is replaced by a sign.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Writes a fault to stderr, with a caret under its place in `text`.
pub fn fault(fault: &Fault, name: &str, text: &str, colours: Colours) {
    let coloured = colours.on(io::stderr().is_terminal());
    let _ = writeln!(io::stderr().lock(), "{}", worded(fault, name, text, coloured));
}

fn worded(fault: &Fault, name: &str, text: &str, coloured: bool) -> String {
    let source = visible(text);
    // Signs that were replaced may be longer than what they stand for.
    let moved = |at: u32| visible(&text[..floor(text, (at as usize).min(text.len()))]).len();
    let placed = |span: Span| moved(span.start)..moved(span.end.max(span.start));
    let [message, label, help] = [&fault.message, &fault.label, &fault.help].map(|words| visible(words));
    let related = fault.related.as_ref().map(|(span, words)| (*span, visible(words)));
    let mut annotation = AnnotationKind::Primary.span(placed(fault.span));
    if !label.is_empty() {
        annotation = annotation.label(&label);
    }
    let mut snippet = Snippet::source(&source).line_start(1).path(name).annotation(annotation);
    if let Some((span, words)) = &related {
        snippet = snippet.annotation(AnnotationKind::Context.span(placed(*span)).label(words));
    }
    let mut report: Group = Level::ERROR.primary_title(&message).element(snippet);
    if !help.is_empty() {
        report = report.element(Level::HELP.message(&help));
    }
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).term_width(100).render(&[report])
}

/// The last boundary between characters at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
