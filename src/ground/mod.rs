//! Floor 0, the ground: places in a text, shapes, typed indexes and the one form of an error.
//!
//! Knows nothing of the language, of gates or of any floor above.

#[macro_use]
mod index;

pub mod big;
pub mod broken;
pub mod budget;
pub mod buffer;
pub mod by_index;
pub mod cancellation;
pub mod cores;
pub mod fault;
pub mod hashed;
pub mod number;
pub mod pages;
pub mod shape;
pub mod span;
pub mod text;
pub mod value;

pub use broken::broken;
pub use budget::Budget;
pub use buffer::Buffer;
pub use by_index::ByIndex;
pub use cancellation::Cancellation;
pub use cores::cores;
pub use fault::{Fault, FaultKind, Remedy};
pub use hashed::Hashed;
pub use index::Index;
pub use shape::Shape;
pub use span::Span;
pub use value::Value;
