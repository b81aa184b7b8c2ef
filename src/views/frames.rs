//! The view of data frames: an answer's stages as new columns, in layers, as a function of a frame.
//!
//! Knows what such a function cannot take; which stages are columns, the view of queries knows.

use super::columns::Layered;
use super::{Answer, Page, Refusal, Role};
use crate::forms::target::{polars, sql};
use crate::vocabulary::Gate;
use std::io;

/// Shows the function.
///
/// # Errors
/// When the page cannot be written.
pub fn show_polars(answer: &Answer, page: &mut dyn Page) -> io::Result<()> {
    page.put(Role::Plain, &polars::function(&layered(answer).view(answer, &polars::POLARS)))
}

/// Why there is no function for an answer.
pub fn refuse_polars(answer: &Answer) -> Option<Refusal> {
    let refusal = |message: String, help: &str| Some(Refusal { place: None, message, help: help.to_owned() });
    if !answer.program.is_plain() {
        let help = "`--scalars` writes arrays out in single numbers, each a column; `--as python` prints a function of arrays";
        return refusal("a column is a number in each row, and this has arrays".to_owned(), help);
    }
    let layered = layered(answer);
    if let Some(lacking) = layered.lacking(&|gate| (polars::POLARS.entry)(gate).is_some()) {
        let message = format!("`{}` cannot be printed in polars", layered.gate(lacking).row().name);
        let help = "`--rows` evaluates it for each row of a file, and `--as numpy` prints a function of columns".to_owned();
        return Some(Refusal { place: Some(layered.span(lacking)), message, help });
    }
    if layered.depth() > polars::LAYERS {
        let message = format!("it takes {} layers of columns, and polars at most plans {}", layered.depth(), polars::LAYERS);
        return refusal(message, "`--rows` evaluates it for each row of a file, and `--as numpy` prints a function of columns");
    }
    None
}

fn layered(answer: &Answer) -> Layered {
    let text = |gate: Gate| if polars::HAS.contains(&gate) { None } else { sql::texts(gate) };
    Layered::of(answer, &polars::POLARS, &text, &[])
}
