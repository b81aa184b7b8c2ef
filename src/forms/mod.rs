//! Floor 2, the forms: from text to a syntax tree, the staged form (Program), and the names of stages.
//!
//! Knows how things are written down; knows no derivative and no terminal.

pub mod data;
pub mod names;
pub mod parse;
pub mod print;
pub mod program;
pub mod reader;
pub mod replay;
pub mod target;

pub use names::StageNames;
pub use parse::{Written, parse, parse_into};
pub use program::{Program, StageId};
