//! Tables in Parquet: their columns as rows of text, and rows of text as their columns.
//!
//! Knows the crate parquet; not what is asked of the rows. One batch of rows is in memory, whatever a row group holds.

mod reading;
mod writing;

pub use reading::{Typed, is_one, open};
pub use writing::Sink;

/// What the numbers and texts of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 64-bit floats, and 32-bit ones that are read.
    Number,
    /// Whole numbers.
    Whole,
    /// True and false, which are 1 and 0.
    Truth,
    /// What is no number, and what is kept as it stands.
    Text,
}
