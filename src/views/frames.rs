//! The view of data frames: an answer's stages as new columns, in layers, as a function of a frame.
//!
//! Knows what such a function cannot take; which stages are columns, the view of queries knows.

use super::columns::{Layered, Place, refuse_arrays};
use super::{Answer, Page, Role};
use crate::forms::target::{polars, sql};
use crate::ground::Fault;
use std::io;

/// Shows the function.
///
/// # Errors
/// When the page cannot be written.
pub fn show_polars(answer: &Answer, page: &mut dyn Page) -> io::Result<()> {
    page.put(Role::Plain, &polars::function(&layered(answer).view(answer, &polars::POLARS)))
}

/// Why there is no function for an answer.
pub fn refuse_polars(answer: &Answer) -> Option<Fault> {
    refuse_arrays(answer).or_else(|| {
        let layered = layered(answer);
        layered.refuse_gates(&polars::POLARS).or_else(|| layered.refuse_depth("polars", polars::LAYERS))
    })
}

fn layered(answer: &Answer) -> Layered {
    Layered::of(answer, &polars::POLARS, &|gate| sql::text_for(&polars::POLARS, gate), &Place::default())
}
