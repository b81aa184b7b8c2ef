//! Gradients whose products leave the range of binary64 on the way, or meet an infinite slope.
//!
//! A local gradient, or one that arrives, may be too large or too small for a 64-bit number though their product is not; and a
//! gradient of 0 that arrives at an infinite local one carries nothing only where it is 0 by structure: a branch that is not
//! taken, an operand that is not selected, a constant 0. Both are rare, are seen by one look at the values, and are then
//! evaluated again: the stages of backward passes in wider numbers, those of the text as before. Knows no gate.

use super::evaluate::{Range, Values, evaluate_in_binary64};
use super::lower::{Limits, constant_by};
use super::precise::{Leaves, Stages, Stopped, Task, evaluate_mixed};
use crate::forms::{Program, StageId};
use crate::ground::big::Big;
use crate::ground::{Cancellation, Fault, Span, Value, broken};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Choice, Family};
use std::collections::HashSet;

/// How many digits the wider numbers have.
const DIGITS: usize = 34;

/// A product that is too small for a 64-bit number matters only where something so large can multiply it.
const LARGE: f64 = 1e100;

/// How many numbers are evaluated again at most: a tenth of a second at the very most.
const MOST: usize = 20_000;

/// One of an elementary function takes the time of so many.
const ELEMENTARY: usize = 50;

/// Evaluates every stage, the inputs given in the program's order; those of backward passes again where products leave the range
/// of 64-bit numbers or meet an infinite slope.
pub fn evaluate(program: &Program, inputs: &[Value]) -> Values {
    evaluate_cancellable(program, inputs, &Cancellation::default()).unwrap_or_else(|| broken("nothing cancels it"))
}

/// The value of a stage that depends on no input, evaluated as `evaluate` does.
///
/// # Errors
/// Where the budget has no room for the stages that it takes, or it is cancelled.
pub fn constant_within(program: &Program, stage: StageId, limits: &Limits, span: Span) -> Result<Value, Fault> {
    constant_by(&mut evaluate_cancellable, program, stage, limits, span)
}

/// Evaluates every stage as `evaluate` does; none where it is cancelled before its end.
pub fn evaluate_cancellable(program: &Program, inputs: &[Value], cancellation: &Cancellation) -> Option<Values> {
    let mut values = evaluate_in_binary64(program, inputs, cancellation)?;
    if !leaves_range(program, &values) {
        return Some(values);
    }
    if cost(program) > MOST {
        values.range = Range::Left;
        return Some(values);
    }
    let is_binary = |id: StageId| !is_derived(program, id);
    let task = Task { program, inputs, leaves: &Leaves::default(), digits: DIGITS, ties: &HashSet::new(), cancellation };
    match again(&task, &is_binary) {
        Ok(mut stages) => {
            // A 0 keeps its sign, which wider numbers do not have.
            for (id, numbers) in program.ids().zip(&mut stages) {
                let signed = numbers.iter_mut().zip(values.slice(id)).filter(|(number, before)| **number == 0.0 && **before == 0.0);
                signed.for_each(|(number, before)| *number = *before);
            }
            let mut values = Values::of(stages.into_iter());
            values.range = Range::Widened;
            Some(values)
        }
        Err(_) if cancellation.is_cancelled() => None,
        Err(_) => {
            values.range = Range::Left;
            Some(values)
        }
    }
}

/// The numbers of every stage. A gradient that is undetermined by the values of the text's stages in binary64 is that by wider ones,
/// where these determine it: `1/(1 + exp(-x))` at -800 is 0 because `exp(800)` is too large, and not because it is infinite.
fn again(task: &Task<'_>, is_binary: &dyn Fn(StageId) -> bool) -> Result<Vec<Vec<f64>>, Stopped> {
    let rounded = |stages: Stages<2>| stages.iter().map(|parts| parts.numbers.iter().map(Big::to_f64).collect()).collect();
    let mut mixed: Vec<Vec<f64>> = rounded(evaluate_mixed(task, is_binary)?);
    let derived = |id: &StageId| !is_binary(*id);
    if !task.program.ids().filter(derived).any(|id| mixed[id.at()].iter().any(|number| number.is_nan())) {
        return Ok(mixed);
    }
    let wide: Vec<Vec<f64>> = rounded(evaluate_mixed(task, &|_| false)?);
    for id in task.program.ids().filter(derived) {
        for (number, wide) in mixed[id.at()].iter_mut().zip(&wide[id.at()]).filter(|(number, _)| number.is_nan()) {
            *number = *wide;
        }
    }
    Ok(mixed)
}

/// Whether a stage belongs to a backward pass: it has no place in the text.
fn is_derived(program: &Program, id: StageId) -> bool {
    program.span(id) == Span::default() && !matches!(program.gate(id), Gate::Input | Gate::Constant)
}

/// About how many sums or products it takes to evaluate the program again.
fn cost(program: &Program) -> usize {
    let of = |id: StageId| {
        let row = program.gate(id).row();
        let first = program.operands(id).first().map_or(1, |&operand| program.shape(operand).size());
        let size = program.shape(id).size().max(first);
        match row.family {
            Family::Exponential | Family::Trigonometric | Family::Activation | Family::Special => size.saturating_mul(ELEMENTARY),
            _ if !program.gate(id).is_elementwise() => size.saturating_mul(program.operands(id).len().max(8)),
            _ => size,
        }
    };
    program.ids().map(of).fold(0, usize::saturating_add)
}

/// Whether a product of a backward pass leaves the range of 64-bit numbers such that it matters, or a gradient of 0 meets a slope
/// that is not finite.
fn leaves_range(program: &Program, values: &Values) -> bool {
    let (mut small, mut large) = (false, false);
    for id in program.ids() {
        for (at, &number) in values.slice(id).iter().enumerate() {
            if number.is_normal() && number.abs() <= LARGE {
                continue;
            }
            large |= number.abs() > LARGE;
            if is_derived(program, id) {
                match left(program, values, id, at) {
                    Some(Left::Matters) => return true,
                    Some(Left::MayMatter) => small = true,
                    None => {}
                }
            }
        }
    }
    small && large
}

/// How a number left the range of 64-bit numbers.
enum Left {
    /// It is infinite though it need not be, or hides a slope that is not finite.
    Matters,
    /// It is too small, which matters where something large multiplies it.
    MayMatter,
}

/// How a number of a stage, which is 0, tiny, huge or not finite, left the range.
fn left(program: &Program, values: &Values, id: StageId, at: usize) -> Option<Left> {
    let (gate, number, operands) = (program.gate(id), values.slice(id)[at], program.operands(id));
    if !gate.is_elementwise() {
        let finite = |&operand: &StageId| values.slice(operand).iter().all(|number| number.is_finite());
        return (number.is_infinite() && !gate.row().inverts && operands.iter().all(finite)).then_some(Left::Matters);
    }
    let met = |operand: StageId| values.slice(operand)[program.shape(operand).met(program.shape(id), at)];
    let hides = || met(operands[1]) == 0.0 && !met(operands[0]).is_finite();
    let from = |holds: fn(f64) -> bool| operands.iter().all(|&operand| holds(met(operand)));
    let undetermined = gate == Gate::Chain && (number == 0.0 && hides() || number.is_nan() && met(operands[0]) == 0.0);
    if undetermined || number.is_infinite() && from(|number| number.is_finite() && number != 0.0) {
        Some(Left::Matters)
    } else {
        // What is too small comes of products and powers; a sum is exact there.
        let rounds = gate.row().choice == Choice::No && !matches!(gate, Gate::Add | Gate::Sub);
        (rounds && number.abs() < f64::MIN_POSITIVE && from(|number| number != 0.0)).then_some(Left::MayMatter)
    }
}
