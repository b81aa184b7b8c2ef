//! Values that no input changes: lists as written, decimals, and stages that are evaluated while their text is lowered.
//!
//! Knows programs and how they are evaluated, through whoever hands that in.

use super::limits::Limits;
use crate::calculus::evaluate::evaluate_in_binary64;
use crate::forms::{Program, StageId};
use crate::ground::big::Decimal;
use crate::ground::big::text::SURE_DIGITS;
use crate::ground::{Cancellation, Fault, Shape, Span, Value, broken};
use std::sync::Arc;

/// The array that a list of numbers, or of rows of numbers, is as written.
pub(super) fn literal(program: &Program, operands: &[StageId]) -> Option<Value> {
    if program.is_open() {
        return None;
    }
    let mut numbers = Vec::with_capacity(operands.len());
    for &operand in operands {
        let constant = program.constant(operand).filter(|constant| constant.name.is_none() && constant.decimal.is_none())?;
        numbers.extend_from_slice(constant.value.numbers());
    }
    let shape = match program.shape(*operands.first()?) {
        Shape::Scalar => Shape::from_dims(&[operands.len()]),
        Shape::Vector(n) => Shape::from_dims(&[operands.len(), n as usize]),
        Shape::Matrix(..) => None,
    };
    Some(Value::new(shape?, numbers))
}

/// The decimal number that a text is, where its value's shortest text is another one.
pub(super) fn decimal_of(text: &str, value: f64) -> Option<Arc<Decimal>> {
    if text.len() <= SURE_DIGITS {
        return None;
    }
    let unsigned = text.trim_start_matches(|c: char| !c.is_ascii_digit() && c != '.');
    let decimal = Decimal::parse(unsigned).filter(|decimal| decimal.count() > SURE_DIGITS)?;
    let decimal = if value.is_sign_negative() { decimal.negated() } else { decimal };
    (Decimal::shortest(value).as_ref() != Some(&decimal)).then(|| Arc::new(decimal))
}

/// How a stage of a program is evaluated: the inputs in order, within limits; a fault speaks of the span.
pub type Evaluate<'a> = &'a mut dyn FnMut(&Program, StageId, &[Value], &Limits, Span) -> Result<Value, Fault>;

/// The value of a stage that depends on no input, evaluated by `evaluate`.
///
/// # Errors
/// Where the budget has no room for the stages that it takes, or it is cancelled.
pub fn constant_by(evaluate: Evaluate<'_>, program: &Program, stage: StageId, limits: &Limits, span: Span) -> Result<Value, Fault> {
    if let Some(value) = known_value(program, stage) {
        return Ok(value);
    }
    let (cone, output) = program.cone(stage);
    evaluate(&cone, output, &values_given(&cone), limits, span)
}

/// The value of a stage of the text that depends on no input and was charged before.
pub fn constant_value(program: &Program, stage: StageId) -> Value {
    known_value(program, stage).unwrap_or_else(|| {
        let (cone, output) = program.cone(stage);
        let values = evaluate_in_binary64(&cone, &values_given(&cone), &Cancellation::default());
        values.unwrap_or_else(|| broken("nothing cancels it")).value(output, cone.shape(output))
    })
}

/// Numbers that a function is called with are inputs with values.
fn values_given(program: &Program) -> Vec<Value> {
    program.inputs().iter().filter_map(|input| input.value.clone()).collect()
}

/// The value of a stage that is a number or a constant.
fn known_value(program: &Program, stage: StageId) -> Option<Value> {
    program.known(stage).map(Value::Number).or_else(|| Some(program.constant(stage)?.value.clone()))
}
