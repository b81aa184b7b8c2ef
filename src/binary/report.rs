//! Messages on stderr: a fault with the place in the user's own text, a warning. Nothing that a terminal would obey
//! gets there from the user's text.

use super::paint::{self, Colours};
use crate::ground::Fault;
use crate::views::Source;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;

/// When to colour what is written to stderr.
static COLOURS: OnceLock<Colours> = OnceLock::new();

/// Colours messages from here on as the command line asks.
pub fn colour(colours: Colours) {
    COLOURS.get_or_init(|| colours);
}

/// Whether messages are coloured.
fn coloured() -> bool {
    COLOURS.get().is_some_and(|colours| colours.on(io::stderr().is_terminal()))
}

/// Writes a message and a newline to stderr; the word that says how bad it is stands out.
pub fn message(text: &str) {
    let text = visible(text);
    match ["error", "warning"].into_iter().find(|word| text.starts_with(&format!("{word}: "))) {
        Some(word) if coloured() => write(&format!("{}{}", paint::severity(word), &text[word.len()..])),
        _ => write(&text),
    }
}

/// Writes a fault to stderr, with a caret under its place in `text`.
pub fn fault(fault: &Fault, source: &Source, text: &str) {
    write(&worded(fault, source, text, coloured()));
}

/// A stderr that cannot be written leaves nobody to tell.
fn write(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A text with `U+FFFD` in the place of every character that a terminal would obey.
fn visible(text: &str) -> String {
    text.char_indices().map(|(at, c)| if is_obeyed(text, at, c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Whether a terminal would obey the character `c` at byte `at`, by more than going on in the line or to the next.
fn is_obeyed(text: &str, at: usize, c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t' && !text[at..].starts_with("\r\n")
}

fn worded(fault: &Fault, place: &Source, text: &str, coloured: bool) -> String {
    let source = visible(text);
    // Where a byte of the text stands among the characters seen.
    let moved = |to: usize| {
        let to = floor(text, to.min(text.len()));
        visible_length(text, to)
    };
    let bounded = |span: crate::ground::Span| {
        let range = span.range();
        moved(range.start.min(range.end))..moved(range.end)
    };
    let name = visible(&place.name);
    let mut annotation = AnnotationKind::Primary.span(bounded(fault.span));
    if !fault.label.is_empty() {
        annotation = annotation.label(visible(&fault.label));
    }
    let mut snippet = Snippet::source(&source).line_start(place.line).path(&*name).annotation(annotation);
    if let Some((span, words)) = &fault.related {
        snippet = snippet.annotation(AnnotationKind::Context.span(bounded(*span)).label(visible(words)));
    }
    let mut report: Group = Level::ERROR.primary_title(visible(&fault.message)).element(snippet);
    if !fault.help.is_empty() {
        report = report.element(Level::HELP.message(visible(&fault.help)));
    }
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).term_width(100).render(&[report])
}

/// The bytes that the first `to` bytes of a text take when they are visible.
fn visible_length(text: &str, to: usize) -> usize {
    let replaced = text[..to].char_indices().filter(|&(at, c)| is_obeyed(text, at, c));
    replaced.fold(to, |length, (_, c)| length - c.len_utf8() + char::REPLACEMENT_CHARACTER.len_utf8())
}

/// The last boundary between characters at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
