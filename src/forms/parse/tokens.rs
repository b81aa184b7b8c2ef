//! Cuts a text into tokens with the pest grammar.
//!
//! pest queues some eighty bytes for every byte of text, so a long text is given to it in blocks, cut where a
//! token is sure to end; what is queued at any time stays small. Knows no precedence.

use crate::ground::Span;
use pest::Parser as _;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/gradcalc.pest"]
struct Grammar;

/// What kind of token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Name,
    Number,
    Sign,
    /// The name of a file, in quotation marks.
    Quoted,
    /// A newline.
    Line,
    /// A semicolon.
    End,
    /// No part of the language.
    Other,
}

/// A token and its place.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    pub span: Span,
}

/// How much text pest sees at once, unless a single token or comment is longer.
const BLOCK: usize = 1 << 14;

/// Cuts `text` into tokens and hands them to `take` in order, until it refuses one.
pub fn each<E>(text: &str, mut take: impl FnMut(Token) -> Result<(), E>) -> Result<(), E> {
    let mut start = 0;
    while start < text.len() {
        let end = cut(text, start);
        // The grammar takes any text: what is no token is an `other`.
        let Ok(pairs) = Grammar::parse(Rule::tokens, &text[start..end]) else { return Ok(()) };
        for pair in pairs {
            let kind = match pair.as_rule() {
                Rule::name | Rule::letters => Kind::Name,
                Rule::number => Kind::Number,
                Rule::sign => Kind::Sign,
                Rule::quoted => Kind::Quoted,
                Rule::line => Kind::Line,
                Rule::end => Kind::End,
                _ => Kind::Other,
            };
            let at = pair.as_span();
            take(Token { kind, span: Span::new(start + at.start(), start + at.end()) })?;
        }
        start = end;
    }
    Ok(())
}

/// Where a block that starts at `start` may end: after a newline, or, in a line without a comment, before a
/// space or a plus or minus sign, or after a comma or a bracket.
fn cut(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let wanted = start + BLOCK;
    if wanted >= bytes.len() {
        return bytes.len();
    }
    let comment = bytes[start..wanted].iter().rposition(|&b| b == b'#' || b == b'\n').is_some_and(|at| bytes[start + at] == b'#');
    for (at, &byte) in bytes.iter().enumerate().skip(wanted) {
        match byte {
            b'\n' => return at + 1,
            b'#' => return newline_after(bytes, at),
            b' ' if !comment => return at,
            // `1e-3` is one token.
            b'+' | b'-' if !comment && !matches!(bytes[at - 1], b'e' | b'E') => return at,
            b',' | b'(' | b')' if !comment => return at + 1,
            _ => {}
        }
    }
    bytes.len()
}

fn newline_after(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|&b| b == b'\n').map_or(bytes.len(), |at| from + at + 1)
}
