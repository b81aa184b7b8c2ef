//! Cuts a text into tokens with the pest grammar.
//!
//! pest queues some eighty bytes for every byte of text, so a long text is given to it in blocks; a token that the text
//! behind its block could change is read again with it. What is queued at any time stays small. Knows no precedence.

use crate::ground::{Span, broken};
use pest::Parser as _;
use pest::iterators::Pair;
use std::convert::Infallible;

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

/// Cuts `text` into tokens and hands them to `take` in order, until it refuses one.
///
/// # Errors
/// What `take` refuses with.
pub fn each<E>(text: &str, mut take: impl FnMut(Token) -> Result<(), E>) -> Result<(), E> {
    let mut start = 0;
    let mut size = BLOCK;
    while start < text.len() {
        let end = text.floor_char_boundary(start.saturating_add(size));
        let block = &text[start..end];
        let before = start;
        let Some(all) = Grammar::parse(Rule::tokens, block).ok().and_then(|mut all| all.next()) else {
            broken("the grammar's tokens take every text")
        };
        settled(block, end == text.len(), all.into_inner().map(token), |token| {
            start = before + token.span.end as usize;
            take(moved(token, before))
        })?;
        if end == text.len() {
            break;
        }
        // What is longer than a block is read again in one of twice the size.
        size = if start == before { 2 * size } else { BLOCK };
    }
    Ok(())
}

/// All tokens of a text.
pub fn all(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let Ok(()) = each(text, |token| -> Result<(), Infallible> {
        found.push(token);
        Ok(())
    });
    found
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

#[expect(clippy::needless_pass_by_value, reason = "pairs come one by one and are used up")]
fn token(pair: Pair<'_, Rule>) -> Token {
    let kind = match pair.as_rule() {
        Rule::name | Rule::letters => Kind::Name,
        Rule::number | Rule::infinite => Kind::Number,
        Rule::sign | Rule::rare => Kind::Sign,
        Rule::member => Kind::Member,
        Rule::quoted => Kind::Quoted,
        Rule::line => Kind::Line,
        Rule::end => Kind::End,
        _ => Kind::Other,
    };
    let at = pair.as_span();
    Token { kind, span: Span::new(at.start(), at.end()) }
}

/// The token that closes the bracket at a place; brackets of either kind are counted alike.
pub fn closing(text: &str, tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    (open..tokens.len()).find(|&at| {
        match tokens[at].span.of(text) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })
}

/// A token whose place is counted from `by` bytes further ahead.
pub fn moved(token: Token, by: usize) -> Token {
    Token { span: Span::new(token.span.start as usize + by, token.span.end as usize + by), ..token }
}
