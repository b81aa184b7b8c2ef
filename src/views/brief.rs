//! The views `brief` and `value`: an answer on one line.

use super::page::{Begun, put_note};
use super::{Answer, MOST_SHOWN, Page, Role, Style, analysis, notes};
use crate::calculus::rungs::Shown;
use crate::forms::{StageId, StageNames};
use crate::ground::number::{self, Digits};
use crate::ground::{Shape, value};
use crate::vocabulary::gate::runs::{Extent, range_and_norm};
use std::io;

/// The value and the gradient of every input.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    // A check speaks of stages between.
    let names = if answer.checks.is_some() { answer.names() } else { answer.names_of_ends() };
    if style.alone {
        let mut page = Begun::new(page);
        relative(answer, style, &names, &mut page)?;
        analysis::show(answer, style, &names, &mut page)?;
        if page.written {
            return Ok(());
        }
    }
    page.put(Role::Name, names.of(answer.output).unwrap_or_default())?;
    page.put(Role::Plain, " = ")?;
    let shape = answer.shape(answer.output);
    let precise = answer.precise(answer.output).map(|shown| texts(style, shape, shown));
    page.put(Role::Value, &precise.unwrap_or_else(|| line(style, shape, answer.numbers(answer.output))))?;
    for leaf in answer.leaves() {
        let precise = answer.precise_gradients(leaf).map(|shown| texts(style, answer.shape(leaf), &shown));
        if let Some(text) = precise.or_else(|| gradient(answer, leaf, style)) {
            page.put(Role::Plain, "  ")?;
            page.put(Role::Name, &names.gradient(leaf))?;
            page.put(Role::Plain, " = ")?;
            page.put(Role::Gradient, &text)?;
        }
    }
    page.put(Role::Plain, "\n")?;
    relative(answer, style, &names, page)?;
    analysis::show(answer, style, &names, page)?;
    for note in answer.notes.iter().filter(|note| note.kind == notes::WITHOUT_GRADIENT || note.kind == notes::PRECISE) {
        put_note(note, style, page)?;
    }
    Ok(())
}

/// What 1 % on each input does to the result, where it was asked for.
///
/// # Errors
/// When the page cannot be written.
pub fn relative(answer: &Answer, style: &Style, names: &StageNames, page: &mut dyn Page) -> io::Result<()> {
    let asked = answer.active_inputs().filter_map(|id| Some((id, answer.elasticities(id)?)));
    let texts: Vec<String> =
        asked.map(|(id, numbers)| format!("{} {}", names.of(id).unwrap_or_default(), line(style, answer.shape(id), &numbers))).collect();
    if texts.is_empty() { Ok(()) } else { analysis::field("% per %", &texts.join("  "), page) }
}

/// The most numbers of an array that are shown.
const MOST: usize = 16;
const _: () = assert!(MOST <= MOST_SHOWN);

/// The gradient on a leaf, on one line; none where it has none.
fn gradient(answer: &Answer, leaf: StageId, style: &Style) -> Option<String> {
    let shape = answer.shape(leaf);
    match answer.adjoint(leaf).filter(|_| is_summed_up(style, shape)) {
        Some(adjoint) => Some(stage(answer, adjoint, style)),
        None => Some(line(style, shape, &answer.gradients(leaf)?)),
    }
}

/// Whether of numbers of a shape their range and norm are shown alone.
pub fn is_summed_up(style: &Style, shape: Shape) -> bool {
    !style.full && shape.size() > MOST
}

fn summed_up(style: &Style, shape: Shape, extent: Extent) -> String {
    let ([least, most], _) = extent;
    let from = if least == most { "" } else { "from " };
    format!("{shape} {from}{}", style.extent(extent).join(", "))
}

/// The numbers of a stage on one line; of a large array its shape, range and norm.
pub fn stage(answer: &Answer, id: StageId, style: &Style) -> String {
    let shape = answer.shape(id);
    if is_summed_up(style, shape) {
        summed_up(style, shape, answer.values.extent(id))
    } else {
        style.numbers(shape, &answer.values.read_once(id))
    }
}

/// Numbers on one line; of a large array its shape, range and norm.
pub fn line(style: &Style, shape: Shape, numbers: &[f64]) -> String {
    if is_summed_up(style, shape) { summed_up(style, shape, range_and_norm(numbers)) } else { style.numbers(shape, numbers) }
}

/// Numbers of many digits on one line; of a large array the first ones.
pub fn texts(style: &Style, shape: Shape, shown: &[Shown]) -> String {
    if is_summed_up(style, shape) {
        let first: Vec<&str> = shown.iter().take(MOST).map(|shown| shown.text.as_str()).collect();
        return format!("{shape}: {}, ...", first.join(", "));
    }
    let places: Vec<f64> = (0..shown.len()).map(|at| at as f64).collect();
    value::written(shape, &places, |at| shown[at as usize].text.clone())
}

/// The value alone, with all its digits unless fewer are asked for.
///
/// # Errors
/// When the page cannot be written.
pub fn value(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let digits = style.digits.unwrap_or(Digits::Full);
    if let Some(shown) = answer.precise(answer.output) {
        let places: Vec<f64> = (0..shown.len()).map(|at| at as f64).collect();
        page.put(Role::Value, &value::written(answer.shape(answer.output), &places, |at| shown[at as usize].text.clone()))?;
        return page.put(Role::Plain, "\n");
    }
    let text = value::written(answer.shape(answer.output), answer.numbers(answer.output), |x| number::rounded(x, digits));
    page.put(Role::Value, &text)?;
    page.put(Role::Plain, "\n")
}
