//! Floor 3, the calculus: from a syntax tree to stages, from stages to their gradients, and to numbers.
//!
//! `backprop` is the only place in the program that knows how to differentiate; it reads the gate table's texts.

pub mod analysis;
pub mod backprop;
pub mod check;
pub mod choices;
mod differences;
pub mod digits;
pub mod effects;
pub mod errors;
pub mod evaluate;
pub mod forward;
pub mod granularity;
pub mod lower;
pub mod precise;
pub mod range;
pub mod reading;
pub mod remedy;
pub mod restage;
pub mod rows;
pub mod rule;
pub mod rungs;
pub mod sample;
pub mod screen;
pub mod selection;
pub mod sides;
mod sketch;
pub mod slopes;
pub mod strips;
pub mod summary;
pub mod unroll;
pub mod verdict;
mod watch;

pub use backprop::{Backward, Local, Step, backprop, is_reached};
pub use granularity::{Granularity, Stager};
pub use range::evaluate;
pub use rule::{Rules, Ties};
