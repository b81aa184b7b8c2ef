//! Cuts a text into tokens with the pest grammar.
//!
//! pest queues some eighty bytes for every byte of text, so a long text is given to it in blocks; a token that the text
//! behind its block could change is read again with it. What is queued at any time stays small. Knows no precedence.

use crate::ground::{Fault, FaultKind, Span};
use pest::Parser as _;
use pest::iterators::Pair;

/// The parser that pest makes of the grammar: a variant for each of its rules.
#[allow(missing_docs, reason = "the grammar says what its rules are")]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/gradcalc.pest"]
    pub struct Grammar;
}
use grammar::{Grammar, Rule};

/// What kind of token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name.
    Name,
    /// A number.
    Number,
    /// An operator, a bracket or a comma.
    Sign,
    /// A point and a name: `.sum`.
    Member,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What kind it is.
    pub kind: Kind,
    /// Its place.
    pub span: Span,
}

/// How much text pest sees at once, unless a single token or comment is longer.
const BLOCK: usize = 1 << 14;

/// How many bytes behind a token decide where it ends: those of `1` are known at `1e−5`, of `.T` at one character more.
const LOOKAHEAD: usize = 8;

/// The stack of the thread that pest runs on where too little is left of the caller's.
const STACK: usize = 1 << 20;

/// Cuts `text` into tokens and hands them to `take` in order, until it refuses one; a byte-order mark at its start is none.
///
/// # Errors
/// What `take` refuses with, or that there is too little memory to cut a text.
pub fn each<E: From<Fault>>(text: &str, mut take: impl FnMut(Token) -> Result<(), E>) -> Result<(), E> {
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut size = BLOCK;
    while start < text.len() {
        let end = text.floor_char_boundary(start.saturating_add(size));
        let block = &text[start..end];
        let before = start;
        let found = match Grammar::parse(Rule::tokens, block) {
            Ok(pairs) => settled(block, end == text.len(), pairs.map(token), |token| {
                start = before + token.span.end as usize;
                take(moved(token, before))
            }),
            Err(_) => settled(block, end == text.len(), aside(block)?.into_iter(), |token| {
                start = before + token.span.end as usize;
                take(moved(token, before))
            }),
        };
        found?;
        if end == text.len() {
            break;
        }
        // What is longer than a block is read again in one of twice the size.
        size = if start == before { 2 * size } else { BLOCK };
    }
    Ok(())
}

/// All tokens of a text.
///
/// # Errors
/// There is too little memory to cut it.
pub fn all(text: &str) -> Result<Vec<Token>, Fault> {
    let mut found = Vec::new();
    each(text, |token| -> Result<(), Fault> {
        found.push(token);
        Ok(())
    })?;
    Ok(found)
}

/// Hands on the tokens of a block that are the same whatever follows the block.
fn settled<E>(block: &str, last: bool, tokens: impl Iterator<Item = Token>, mut take: impl FnMut(Token) -> Result<(), E>) -> Result<(), E> {
    for token in tokens {
        if !last && (token.span.end as usize + LOOKAHEAD > block.len() || may_be_quoted(block, token)) {
            break;
        }
        take(token)?;
    }
    Ok(())
}

/// Whether a token is a quotation mark whose partner may stand behind the block.
fn may_be_quoted(block: &str, token: Token) -> bool {
    token.kind == Kind::Other && token.span.of(block) == "\"" && !block[token.span.end as usize..].contains(['\n', '\r'])
}

/// The tokens of a block, cut on a thread with a stack of its own.
fn aside(block: &str) -> Result<Vec<Token>, Fault> {
    let cut = || Grammar::parse(Rule::tokens, block).map(|pairs| pairs.map(token).collect::<Vec<_>>()).ok();
    let cut = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, cut).ok()?;
        thread.join().ok()?
    });
    let refused = || Fault::new(FaultKind::Limit, Span::new(0, 0), "there is too little memory to read this text");
    cut.ok_or_else(|| refused().help("give the program a larger stack, as by `ulimit -s 8192`"))
}

#[expect(clippy::needless_pass_by_value, reason = "pairs come one by one and are used up")]
fn token(pair: Pair<'_, Rule>) -> Token {
    let kind = match pair.as_rule() {
        Rule::name | Rule::letters => Kind::Name,
        Rule::number | Rule::infinite => Kind::Number,
        Rule::sign => Kind::Sign,
        Rule::member => Kind::Member,
        Rule::quoted => Kind::Quoted,
        Rule::line => Kind::Line,
        Rule::end => Kind::End,
        _ => Kind::Other,
    };
    let at = pair.as_span();
    Token { kind, span: Span::new(at.start(), at.end()) }
}

/// A token whose place is counted from `by` bytes further ahead.
pub fn moved(token: Token, by: usize) -> Token {
    Token { span: Span::new(token.span.start as usize + by, token.span.end as usize + by), ..token }
}
