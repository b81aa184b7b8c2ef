//! Dimension analysis, below a table: how the shapes alone give the gradients of a matrix product, and over what the
//! gradient of a broadcast is summed.
//!
//! Knows shapes and the steps of the backward pass; computes nothing. Whether one product alone fits is counted, not said.

use super::code::Wording;
use super::page::wrapped;
use super::{Answer, Page, Role, Style};
use crate::calculus::Step;
use crate::forms::target::CALCULATOR;
use crate::forms::{StageId, StageNames};
use crate::ground::Shape;
use crate::ground::text::shortened;
use std::io;

/// Shows the analysis; nothing for an expression without products of matrices and without broadcasts.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, names: &StageNames, page: &mut dyn Page) -> io::Result<()> {
    let Some(backward) = &answer.backward else { return Ok(()) };
    let wording = Wording::new(answer, names, &CALCULATOR);
    let mut through = None;
    for step in &backward.steps {
        let lines = analysed(answer, &wording, step);
        if lines.is_empty() {
            continue;
        }
        if through != Some(step.through) {
            through = Some(step.through);
            let operands: Vec<String> =
                answer.program.operands(step.through).iter().map(|&operand| answer.shape(operand).to_string()).collect();
            page.put(Role::Plain, "\n")?;
            page.put(Role::Name, &wording.name(step.through).unwrap_or_default())?;
            page.put(Role::Expression, &format!(" = {}", wording.stage(step.through)))?;
            page.put(Role::Comment, &format!("  {} -> {}\n", operands.join(" and "), answer.shape(step.through)))?;
        }
        for line in lines {
            page.put(Role::Plain, &format!("  {}\n", wrapped(&line, 2, style.width)))?;
        }
    }
    Ok(())
}

/// What shapes say about one step.
pub fn analysed(answer: &Answer, wording: &Wording, step: &Step) -> Vec<String> {
    let row = answer.program.gate(step.through).row();
    let operands = answer.program.operands(step.through);
    if let (true, &[x, y]) = (row.multiplies, operands) {
        return product(answer, wording, step, x, y);
    }
    let (shape, whole) = (answer.shape(step.target), answer.shape(step.through));
    if !answer.program.gate(step.through).is_elementwise() || shape == whole {
        return Vec::new();
    }
    let target = name(wording, step.target);
    let over = repeated_over(shape, whole);
    let (_, text) = wording.step(step);
    vec![format!("{target} is {shape} and is repeated over {over} to {whole}, so its gradient is summed over {over}: {text}")]
}

/// The gradient of a product of matrices, by the shapes alone.
fn product(answer: &Answer, wording: &Wording, step: &Step, x: StageId, y: StageId) -> Vec<String> {
    let left = step.target == x && (x != y || step.total == step.contribution);
    let (target, other) = if left { (x, y) } else { (y, x) };
    let (wanted, partner, upstream) = (answer.shape(target), answer.shape(other), answer.shape(step.through));
    let (target, other) = (name(wording, target), name(wording, other));
    let (gradient, arriving) = (wording.gradient(step.target), wording.gradient(step.through));
    let (_, text) = wording.step(step);
    if [wanted, partner, upstream].iter().any(|shape| shape.rank() != 2) {
        return vec![format!(
            "{gradient} must have the shape of {target}, {wanted}; {arriving} is {upstream} and {other} is {partner}: {gradient} = {text}"
        )];
    }
    let turned = |shape: Shape| if let Shape::Matrix(m, n) = shape { Shape::Matrix(n, m) } else { shape };
    let fits = |one: Shape, other: Shape| matches!((one, other), (Shape::Matrix(m, n), Shape::Matrix(k, l)) if n == k && Shape::Matrix(m, l) == wanted);
    let [upstreams, partners] = [upstream, partner].map(|shape| [shape, turned(shape)]);
    let pairs = upstreams.iter().flat_map(|&one| partners.iter().flat_map(move |&other| [(one, other), (other, one)]));
    let count = pairs.filter(|&(one, other)| fits(one, other)).count();
    let (own, transposed) = (format!("{arriving} is {upstream}"), format!("{other}.T is {}", turned(partner)));
    let parts = if left { format!("{own} and {transposed}") } else { format!("{transposed} and {own}") };
    let verdict = if count == 1 {
        "the one way to multiply them that fits is".to_owned()
    } else {
        format!("{count} ways to multiply them fit, so the shapes alone do not decide; it is")
    };
    vec![format!("{gradient} must have the shape of {target}, {wanted}; {parts}: {verdict} {gradient} = {text}")]
}

/// The axes along which a shape is repeated to reach another.
pub fn repeated_over(shape: Shape, whole: Shape) -> &'static str {
    let ((rows, columns), (whole_rows, whole_columns)) = (shape.sides(), whole.sides());
    match (rows < whole_rows, columns < whole_columns) {
        (true, false) => "the rows (axis 0)",
        (false, true) if whole.rank() == 2 => "the columns (axis 1)",
        _ => "all elements",
    }
}

/// What an operand is called, or how it is written in place.
fn name(wording: &Wording, id: StageId) -> String {
    wording.name(id).map_or_else(|| shortened(&wording.stage(id)), std::borrow::Cow::into_owned)
}
