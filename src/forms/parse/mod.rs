//! From text to a syntax tree, through the pest grammar, without recursion over the text.
//!
//! Knows the grammar and the precedence of operators; knows no meaning of any name.

mod faults;
pub mod table;
pub mod tokens;
mod tree;
pub mod words;

use crate::ground::Fault;
use crate::vocabulary::{Symbols, ast::Tree};

/// A text that is to be parsed, with its tokens where it has been cut into them before.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// The text.
    pub text: &'a str,
    /// All its tokens.
    pub tokens: Option<&'a [tokens::Token]>,
    /// How many characters stand before it in its line.
    pub column: usize,
}

impl<'a> From<&'a str> for Written<'a> {
    fn from(text: &'a str) -> Self {
        Self { text, tokens: None, column: 0 }
    }
}

impl<'a> From<&'a String> for Written<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

/// Reads a text of statements.
///
/// # Errors
/// The first place where the text is no statement of the language.
pub fn parse<'a>(written: impl Into<Written<'a>>, symbols: &mut Symbols) -> Result<Tree, Fault> {
    parse_into(None, written, symbols)
}

/// Reads a text as `parse` does, into the memory of a tree that nobody needs any more, where there is one.
///
/// # Errors
/// As `parse`.
pub fn parse_into<'a>(spent: Option<Tree>, written: impl Into<Written<'a>>, symbols: &mut Symbols) -> Result<Tree, Fault> {
    tree::build(spent, written.into(), symbols)
}
