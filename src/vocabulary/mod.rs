//! Floor 1, the vocabulary: the gates and the syntax tree.
//!
//! Knows what a gate is and what an expression is made of; knows no text, no stages and no calculus.

pub mod ast;
pub mod elementary;
pub mod gate;
pub mod lanes;
pub mod library;
pub mod special;
pub mod statement;
pub mod symbol;

pub use gate::Gate;
pub use statement::{STATEMENTS, StatementWord};
pub use symbol::{CONSTANTS, DERIVATIVE, LOAD, Letters, Symbol, Symbols, UNITS, language_constant, unit};
