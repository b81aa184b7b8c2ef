//! What is known of a text while it is being typed: what its pieces are, what a word may become, which brackets belong
//! together, and what the text would give.
//!
//! Changes nothing in the session, reads no file, and knows no key and no terminal.

mod complete;
mod highlight;
mod preview;
mod wanted;

pub use complete::{Candidate, SPELLED, open_quote, setting_words};
pub use highlight::{Openings, WordKind, openings, partner};
