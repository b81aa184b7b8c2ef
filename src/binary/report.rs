//! Messages on stderr: a fault with the place in the user's own text, a warning.

use super::paint::Colours;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};
use gradcalc::ground::Fault;
use std::io::{self, IsTerminal as _, Write as _};

/// Writes a line to stderr. A stderr that cannot be written leaves nobody to tell.
pub fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes a fault to stderr, with a caret under its place in `text`.
pub fn fault(fault: &Fault, name: &str, text: &str, colours: Colours) {
    let coloured = colours.on(io::stderr().is_terminal());
    message(&worded(fault, name, text, coloured));
}

fn worded(fault: &Fault, name: &str, text: &str, coloured: bool) -> String {
    // A control character in the text would be printed as it is, and a terminal would obey it.
    let visible: String = text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect();
    let same = visible.len() == text.len();
    let source = if same { visible.as_str() } else { text };
    let bounded = |span: gradcalc::ground::Span| {
        let end = span.range().end.min(source.len());
        let start = span.range().start.min(end);
        floor(source, start)..floor(source, end)
    };
    let mut annotation = AnnotationKind::Primary.span(bounded(fault.span));
    if !fault.label.is_empty() {
        annotation = annotation.label(&fault.label);
    }
    let mut snippet = Snippet::source(source).line_start(1).path(name).annotation(annotation);
    if let Some((span, words)) = &fault.related {
        snippet = snippet.annotation(AnnotationKind::Context.span(bounded(*span)).label(words));
    }
    let mut report: Group = Level::ERROR.primary_title(&fault.message).element(snippet);
    if !fault.help.is_empty() {
        report = report.element(Level::HELP.message(&fault.help));
    }
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).term_width(100).render(&[report])
}

/// The last boundary between characters at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
