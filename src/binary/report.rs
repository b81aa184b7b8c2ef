//! Messages on stderr: a fault with the place in the user's own text, a warning. Nothing that a terminal would obey
//! gets there from the user's text.

use super::paint::{self, Colours};
use crate::ground::Fault;
use crate::ground::text::{harmless, one_line};
use crate::views::Source;
use crate::views::page::wrapped;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;
use unicode_width::UnicodeWidthStr as _;

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

/// The columns of the terminal that stderr is, if it is one.
fn width() -> Option<usize> {
    paint::columns().filter(|_| io::stderr().is_terminal())
}

/// A text whose lines are broken between words where the terminal, but for a margin, is narrower; what goes on stands behind so
/// many spaces.
fn fitted(text: &str, margin: usize, indent: usize) -> String {
    const NARROWEST: usize = 20;
    let Some(width) = width().map(|width| width.saturating_sub(margin).max(NARROWEST)) else { return text.to_owned() };
    let lines: Vec<String> = text.split('\n').map(|line| broken(line, indent, width)).collect();
    lines.join("\n")
}

fn broken(line: &str, indent: usize, width: usize) -> String {
    let begins = line.len() - line.trim_start().len();
    if line.width() <= width { line.to_owned() } else { line[..begins].to_owned() + &wrapped(&line[begins..], begins + indent, width) }
}

/// Writes a message and a newline to stderr; the word that says how bad it is stands out.
pub fn message(text: &str) {
    const INDENT: usize = 2;
    let text = fitted(&harmless(text), 0, INDENT);
    match ["error", "warning"].into_iter().find(|word| text.starts_with(&format!("{word}: "))) {
        Some(word) if coloured() => write(&format!("{}{}", paint::severity(word), &text[word.len()..])),
        _ => write(&text),
    }
}

/// Writes a remark to stderr, with its place as that of a fault is written, where it has one.
pub fn remark(word: &str, text: &str, place: Option<&Source>) {
    let place = place.map_or(String::new(), |place| format!("\n --> {}:{}", one_line(&place.name), place.line));
    message(&format!("{word}: {text}{place}"));
}

/// Writes a fault to stderr, with a caret under its place in `text`.
pub fn fault(fault: &Fault, source: &Source, text: &str) {
    write(&worded(fault, source, text, coloured()));
}

/// A stderr that cannot be written leaves nobody to tell.
fn write(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

fn worded(fault: &Fault, place: &Source, text: &str, coloured: bool) -> String {
    let source = harmless(text);
    // Where a byte of the text stands among the characters seen.
    let moved = |to: usize| {
        let to = floor(text, to.min(text.len()));
        shown_length(text, to)
    };
    let bounded = |span: crate::ground::Span| {
        let range = span.range();
        moved(range.start.min(range.end))..moved(range.end)
    };
    let name = one_line(&place.name);
    let mut annotation = AnnotationKind::Primary.span(bounded(fault.span));
    if !fault.label.is_empty() {
        annotation = annotation.label(harmless(&fault.label));
    }
    let mut snippet = Snippet::source(&*source).line_start(place.line).path(&*name).annotation(annotation);
    if let Some((span, words)) = &fault.related {
        snippet = snippet.annotation(AnnotationKind::Context.span(bounded(*span)).label(harmless(words)));
    }
    let mut report: Group = Level::ERROR.primary_title(fitted(&harmless(&fault.message), "error: ".len(), 0)).element(snippet);
    if let Some(remedy) = &fault.remedy {
        let margin = (place.line + text.matches('\n').count()).to_string().len() + " = help: ".len();
        report = report.element(Level::HELP.message(fitted(&harmless(&remedy.to_string()), margin, 0)));
    }
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).term_width(100).render(&[report])
}

/// The bytes that the first `to` bytes of a text take when they are shown.
fn shown_length(text: &str, to: usize) -> usize {
    // A carriage return at the end is judged by what follows it.
    let whole = if text[to..].starts_with('\n') { to + 1 } else { to };
    harmless(&text[..whole]).len() - (whole - to)
}

/// The last boundary between characters at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
