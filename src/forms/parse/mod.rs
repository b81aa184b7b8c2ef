//! From text to a syntax tree, through the pest grammar, without recursion over the text.
//!
//! Knows the grammar and the precedence of operators; knows no meaning of any name.

mod faults;
pub mod tokens;
mod tree;
pub mod words;

use crate::ground::Fault;
use crate::vocabulary::{Symbols, ast::Tree};

/// The longest text that is read as one expression or script, in bytes.
pub const LONGEST_TEXT: usize = 1 << 28;

/// Reads a text of statements.
///
/// # Errors
/// The first place where the text is no statement of the language.
pub fn parse(text: &str, symbols: &mut Symbols) -> Result<Tree, Fault> {
    tree::build(text, symbols)
}
