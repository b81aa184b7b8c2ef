//! The view `markdown`: a table of every stage, the circuit and the two passes as code, as GitHub renders them.
//!
//! Knows CommonMark and its tables; what stands in them is told by others.

use super::code::{self, Wording};
use super::{Answer, Page, Printed, Role, Style, brief, circuit};
use crate::forms::StageId;
use crate::forms::target::CALCULATOR;
use crate::ground::text::one_line;
use crate::vocabulary::Gate;
use std::io;

/// Shows the table, and the circuit and the code behind it.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    let wording = Wording::new(answer, &names, &CALCULATOR);
    page.put(Role::Heading, "| name | expression | value | gradient |\n| --- | --- | ---: | ---: |\n")?;
    for id in rows(answer) {
        let leaf = matches!(answer.program.gate(id), Gate::Input | Gate::Constant);
        let expression = wording.expression(id);
        let expression = if leaf { expression } else { span(&expression) };
        let gradient = answer.gradients(id).map_or_else(String::new, |numbers| span(&brief::line(style, answer.shape(id), &numbers)));
        let value = span(&brief::line(style, answer.shape(id), answer.numbers(id)));
        let cells = [
            (Role::Name, span(&wording.name(id).unwrap_or_default())),
            (Role::Expression, expression),
            (Role::Value, value),
            (Role::Gradient, gradient),
        ];
        for (role, text) in cells {
            page.put(Role::Plain, "| ")?;
            page.put(role, &text)?;
            page.put(Role::Plain, if text.is_empty() { "" } else { " " })?;
        }
        page.put(Role::Plain, "|\n")?;
    }
    match circuit::mermaid::text(answer, style) {
        Ok(Some(drawn)) => page.put(Role::Plain, &format!("\n```mermaid\n{drawn}```\n"))?,
        Ok(None) => {}
        Err(count) => page.put(Role::Plain, &format!("\n{}\n", circuit::too_large(count)))?,
    }
    let mut text = String::new();
    code::show(answer, style, &mut text)?;
    let fence = "`".repeat(ticks(&text).max(2) + 1);
    page.put(Role::Plain, &format!("\n{fence}python\n{text}{fence}\n"))
}

/// What has a row: inputs, constants of the user's and stages, and a result that is a constant alone.
pub fn rows(answer: &Answer) -> Vec<StageId> {
    let names = answer.names();
    let leaves: Vec<StageId> = answer.leaves().collect();
    let stages: Vec<StageId> = answer.stages().filter(|&id| names.of(id).is_some() && !leaves.contains(&id)).collect();
    leaves.into_iter().chain(stages).collect()
}

/// The longest run of backticks in a text.
fn ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A line that a script prints: as code, so that none of its signs is one of the page's, and in a line of its own.
///
/// # Errors
/// When the page cannot be written.
pub fn print(printed: &Printed, page: &mut dyn Page) -> io::Result<()> {
    page.put(Role::Plain, &format!("{}  \n", code_span(&printed.text)))
}

/// A text as code in a cell of a table: a pipe would end the cell.
fn span(text: &str) -> String {
    code_span(text).replace('|', "\\|")
}

/// A text as code.
fn code_span(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let tick = "`".repeat(ticks(text) + 1);
    let gap = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{tick}{gap}{}{gap}{tick}", one_line(text))
}
