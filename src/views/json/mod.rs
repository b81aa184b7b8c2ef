//! The view `json`: an answer, or a fault in an answer's place, as one JSON object on one line.
//!
//! Field names and their order are a contract: fields may be added, none is renamed or removed. What is said of a field here
//! is what the schema of the contract says of it.

mod comparison;
mod numbers;
mod schema;

use super::code::Wording;
use super::streamed::{Listed, line};
use super::{Answer, Checked, Note, Page, Printed, Source, Style};
use crate::calculus::check::{Checked as CheckedGradient, Verdict};
use crate::calculus::{Local, Step};
use crate::forms::StageId;
use crate::forms::StageNames;
use crate::forms::parse::tokens::{self, Kind, Token};
use crate::forms::target::CALCULATOR;
use crate::ground::{Fault, Shape, number, value};
use comparison::{ComparisonObject, UngradedObject};
use numbers::{Dims, Number, Numbers, Texts, rows, texts};
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;
use std::io;

pub use comparison::{compared, results, ungraded};
pub use schema::schema;

/// The version of the contract.
const SCHEMA: u32 = 1;

/// Where a statement stands.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Source")]
struct SourceObject<'a> {
    /// The name of a script, or `<expr>`, `<binding>`, `<stdin>`, `<repl>`.
    name: &'a str,
    /// The line, from 1.
    line: usize,
}

impl<'a> SourceObject<'a> {
    fn new(source: &'a Source) -> Self {
        Self { name: &source.name, line: source.line }
    }
}

/// One line of the output: an object for every evaluated expression, assertion, printed line and error, in order.
#[derive(JsonSchema)]
#[schemars(title = "gradcalc", rename = "Line", untagged)]
#[expect(dead_code, reason = "the contract as a whole: each of its objects is written by itself")]
enum LineObject<'a> {
    Answer(Box<AnswerObject<'a>>),
    Assertion(AssertionObject<'a>),
    Printed(PrintedObject<'a>),
    Failure(FaultObject<'a>),
    Comparison(ComparisonObject<'a>),
    Ungraded(UngradedObject<'a>),
}

/// An evaluated expression.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Answer")]
struct AnswerObject<'a> {
    /// The version of this contract: 1.
    schema: u32,
    /// Where the expression stands.
    source: SourceObject<'a>,
    /// The expression as it was written.
    expression: &'a str,
    /// The name of the result among inputs and stages.
    output: &'a str,
    /// The shape of the result.
    shape: Dims,
    /// The result.
    value: Numbers<'a>,
    /// The same to the digits that `--precise` asks for, where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    precise: Option<Texts<'a>>,
    /// Where digits of the result were lost, how many of 16 are right; of an array, of the worst of its numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    digits: Option<usize>,
    /// Where digits of the result were lost, what it truly is; missing where it is 0 only as far as digits tell.
    #[serde(rename = "true", skip_serializing_if = "Option::is_none")]
    truth: Option<Numbers<'a>>,
    /// The inputs, in the order in which they were given.
    inputs: Listed<'a, InputObject<'a>>,
    /// The stages of the forward pass, in order.
    stages: Listed<'a, StageObject<'a>>,
    /// The steps of the backward pass, in order; none where no gradient was asked for.
    backward: Listed<'a, StepObject<'a>>,
    /// With `--jacobian`, the derivatives of the result: a row for each of its numbers, a column for each number of the inputs
    /// that have a gradient, in their order, an array's numbers row by row.
    #[serde(skip_serializing_if = "Option::is_none")]
    jacobian: Option<Vec<Vec<Number>>>,
    /// The same to the digits that `--precise` asks for, where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    precise_jacobian: Option<Vec<Vec<String>>>,
    /// With `--hessian`, the second derivatives: a row and a column for each number of the inputs that have a gradient, in
    /// their order, an array's numbers row by row.
    #[serde(skip_serializing_if = "Option::is_none")]
    hessian: Option<Vec<Vec<Number>>>,
    /// The same to the digits that `--precise` asks for, where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    precise_hessian: Option<Vec<Vec<String>>>,
    /// With `--check`, what differences say of the gradients.
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<Vec<CheckObject<'a>>>,
    /// With `--hessian`, its eigenvalues, the smallest first; none where an entry is not finite.
    #[serde(skip_serializing_if = "Option::is_none")]
    eigenvalues: Option<Vec<Number>>,
    /// With `--hessian`, what kind of point it is: slope, minimum, maximum, saddle, flat or undecided.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    /// With `--along`, the derivatives along the direction.
    #[serde(skip_serializing_if = "Option::is_none")]
    along: Option<AlongObject>,
    /// With `--nudge`, what the change does to the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    nudge: Option<NudgeObject>,
    /// With `--sd`, the standard deviation of the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    sd: Option<DeviationObject<'a>>,
    /// What happened on the way.
    notes: Vec<NoteObject<'a>>,
}

/// What differences in many digits say of a gradient.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Check")]
struct CheckObject<'a> {
    /// What is moved: an input or a stage, with a subscript of an array, or along a random direction.
    of: String,
    /// What was found: match, kink, jump, edge, infinite, undetermined, convention, no number, mismatch or digits lost.
    verdict: &'static str,
    /// Whether the gradient is wrong.
    fails: bool,
    /// Of a match, to how many digits; missing where both are the same number.
    #[serde(skip_serializing_if = "Option::is_none")]
    digits: Option<usize>,
    /// The slope of the result from below; null where it has none.
    below: Option<Number>,
    /// The slope of the result from above; null where it has none.
    above: Option<Number>,
    /// The gradient in 64-bit numbers.
    gradient: Number,
    /// The gradient by the chain rule in many digits, rounded.
    exact: Number,
    /// Of digits lost, how many are right.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<usize>,
    /// Of a mismatch or a convention, the first gate that disagrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<&'static str>,
    /// The stage of that gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'a str>,
    /// The operand of that gate for which it disagrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    operand: Option<&'a str>,
}

/// The check of a gradient.
fn checked<'a>(checked: &CheckedGradient, answer: &Answer, names: &'a StageNames) -> CheckObject<'a> {
    CheckObject {
        of: answer.checked_name(checked, names),
        verdict: checked.verdict.word(),
        fails: checked.verdict.fails(),
        digits: if let Verdict::Match(digits) = checked.verdict { Some(digits).filter(|&digits| digits < usize::MAX) } else { None },
        below: checked.below.map(Number),
        above: checked.above.map(Number),
        gradient: Number(checked.gradient),
        exact: Number(checked.exact),
        kept: if let Verdict::Lost(kept) = checked.verdict { Some(kept) } else { None },
        gate: checked.blamed.map(|(through, _)| answer.program.gate(through).row().name),
        stage: checked.blamed.and_then(|(through, _)| names.word(through)),
        operand: checked.blamed.and_then(|(_, target)| names.word(target)),
    }
}

/// Derivatives along a direction.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Along")]
struct AlongObject {
    /// How fast the result changes.
    first: Number,
    /// How fast that changes.
    second: Number,
}

/// A small change of inputs.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Nudge")]
struct NudgeObject {
    /// The result that the gradient predicts.
    predicted: Number,
    /// The result.
    actual: Number,
}

/// A standard deviation of the result, to first order, from those of independent inputs.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Deviation")]
struct DeviationObject<'a> {
    /// The root of the sum of squares of gradient times standard deviation.
    total: Number,
    /// What each input alone makes of it.
    parts: Vec<PartObject<'a>>,
}

/// What one input makes of the standard deviation of the result.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Part")]
struct PartObject<'a> {
    /// The input.
    name: &'a str,
    /// The standard deviation of the result if no other input had one.
    value: Number,
}

/// An input.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Input")]
struct InputObject<'a> {
    /// Its name.
    name: &'a str,
    /// Its shape.
    shape: Dims,
    /// Its value.
    value: Numbers<'a>,
    /// The same to the digits that `--precise` asks for, where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    precise: Option<Texts<'a>>,
    /// The gradient of the result on it, in its shape; null where there is none: of a result of several numbers, or of an
    /// input that `--wrt` leaves out.
    gradient: Option<Numbers<'a>>,
    /// The same to the digits that `--precise` asks for, where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    precise_gradient: Option<Texts<'a>>,
    /// Where digits of the gradient were lost, how many of 16 are right; of an array, of the worst of its numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    digits: Option<usize>,
    /// Where digits of the gradient were lost, what it truly is; missing where it is 0 only as far as digits tell.
    #[serde(rename = "true", skip_serializing_if = "Option::is_none")]
    truth: Option<Numbers<'a>>,
    /// What the gradient is called in the steps of the backward pass.
    gradient_name: String,
    /// With `--relative`, what 1 % on it does to the result, in per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    elasticity: Option<Numbers<'a>>,
}

/// A stage of the circuit.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Stage")]
struct StageObject<'a> {
    /// Its name, unique among inputs and stages.
    name: &'a str,
    /// The name of its gate, which `gradcalc --gates` lists.
    gate: &'static str,
    /// What the gate is called in a drawing, such as `*` or `exp`.
    label: String,
    /// What it computes, from the names of inputs and stages.
    expression: String,
    /// Its operands: names, or numbers as text; of an index, the array and a subscript for each axis as it is written, such as
    /// `0` or `1:`.
    operands: Vec<String>,
    /// Its shape.
    shape: Dims,
    /// Its value.
    value: Numbers<'a>,
    /// The same to the digits that `--precise` asks for, where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    precise: Option<Texts<'a>>,
    /// The gradient of the result on it, in its shape; null where there is none.
    gradient: Option<Numbers<'a>>,
    /// The same to the digits that `--precise` asks for, where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    precise_gradient: Option<Texts<'a>>,
    /// What the gradient is called in the steps of the backward pass.
    gradient_name: String,
    /// With `--losses`, the part of the result's error that the rounding of this stage makes, in per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    loss: Option<Number>,
}

/// A step of the backward pass: through a stage to one of its operands.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Step")]
struct StepObject<'a> {
    /// The stage whose gradient is handed on.
    through: &'a str,
    /// The name of the gradient that receives it.
    target: String,
    /// `=` where it is the first that arrives, `+=` where it is added.
    operator: &'static str,
    /// What is handed on.
    expression: String,
    /// The local gradient: 1 where what arrives is handed on as it is, null where it is no array of numbers by which what arrives
    /// is multiplied, as of a matrix product.
    local: Option<Numbers<'a>>,
    /// The gradient that arrives at the stage, in the stage's shape or as one number for each of its numbers.
    upstream: Numbers<'a>,
    /// What the step adds to the gradient of the operand, in the operand's shape.
    contribution: Numbers<'a>,
    /// The gradient of the operand after the step, the sum of the contributions up to here.
    total: Numbers<'a>,
    /// Which operand of the stage receives it, from 0 as `operands` counts them; of an index, 0 is the array.
    position: usize,
}

/// Something that happened on the way.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Note")]
struct NoteObject<'a> {
    /// Its kind, such as kink, tie, sides, digits, reading, infinite, nan, blocked, shape.
    kind: &'a str,
    /// The stage or the input that it is about.
    stage: &'a str,
    /// What happened, for people.
    message: &'a str,
}

/// Shows an answer.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, _style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    let wording = Wording::new(answer, &names, &CALCULATOR);
    let program = &answer.program;
    let name = |id| names.of(id).unwrap_or_default();
    let word = |id| names.word(id).map_or_else(|| literal(answer, id), str::to_owned);
    let numbers = |id| Numbers(program.shape(id), Cow::Borrowed(answer.numbers(id)));
    let once = |id| Numbers(program.shape(id), answer.values.read_once(id));
    let hessian = answer.analysis.hessian.as_ref();
    let precise = |id| answer.precise(id).map(|shown| Texts(program.shape(id), Cow::Borrowed(shown)));
    let [precise_jacobian, precise_hessian] = answer.precise_matrices();
    let slopes = |id| answer.precise_gradients(id).map(|shown| Texts(program.shape(id), shown));
    let inputs: Vec<StageId> = answer.leaves().filter(|&id| program.input(id).is_some()).collect();
    let input = |id: StageId| InputObject {
        name: name(id),
        shape: Dims(program.shape(id)),
        value: numbers(id),
        precise: precise(id),
        gradient: answer.gradients(id).map(|gradients| Numbers(program.shape(id), gradients)),
        precise_gradient: slopes(id),
        digits: answer.true_gradient(id).map(|(digits, _)| digits),
        truth: answer.true_gradient(id).and_then(|(_, truth)| Some(Numbers(program.shape(id), truth?.into()))),
        gradient_name: names.gradient(id),
        elasticity: answer.elasticities(id).map(|numbers| Numbers(program.shape(id), Cow::Owned(numbers))),
    };
    let stages: Vec<StageId> = answer.stages().filter(|&id| names.of(id).is_some()).collect();
    let stage = |id: StageId| StageObject {
        name: name(id),
        gate: program.gate(id).row().name,
        label: label(answer, id, &word),
        expression: wording.stage(id),
        operands: wording.operands(id),
        shape: Dims(program.shape(id)),
        value: numbers(id),
        precise: precise(id),
        gradient: answer.gradients(id).map(|gradients| Numbers(program.shape(id), gradients)),
        precise_gradient: slopes(id),
        gradient_name: names.gradient(id),
        loss: answer.part_of_loss(id).map(Number),
    };
    let steps = answer.backward.as_ref().map_or(&[][..], |backward| &backward.steps);
    let step = |step: &Step| {
        let (operator, expression) = wording.step(step);
        StepObject {
            through: name(step.through),
            target: wording.gradient(step.target),
            operator,
            expression,
            local: match step.local {
                Local::One => Some(Numbers(Shape::Scalar, Cow::Borrowed(&[1.0]))),
                Local::Stage(stage) => Some(numbers(stage)),
                Local::Whole => None,
            },
            upstream: numbers(step.upstream),
            contribution: once(step.contribution),
            total: once(step.total),
            position: step.position,
        }
    };
    let object = AnswerObject {
        schema: SCHEMA,
        source: SourceObject::new(&answer.source),
        expression: &answer.expression,
        output: name(answer.output),
        shape: Dims(program.shape(answer.output)),
        value: numbers(answer.output),
        precise: precise(answer.output),
        digits: answer.truth(answer.output).map(|(digits, _)| digits),
        truth: answer.truth(answer.output).and_then(|(_, truth)| Some(Numbers(program.shape(answer.output), truth?.into()))),
        inputs: Listed::new(inputs.len(), |at| input(inputs[at])),
        stages: Listed::new(stages.len(), |at| stage(stages[at])),
        backward: Listed::new(steps.len(), |at| step(&steps[at])),
        jacobian: answer.analysis.jacobian.as_deref().map(rows),
        precise_jacobian: precise_jacobian.map(texts),
        hessian: hessian.map(|hessian| rows(&hessian.rows)),
        precise_hessian: precise_hessian.map(texts),
        check: answer.checks.as_ref().map(|checks| checks.iter().map(|found| checked(found, answer, &names)).collect()),
        eigenvalues: hessian.map(|hessian| hessian.eigenvalues.iter().copied().map(Number).collect()),
        verdict: hessian.map(|hessian| hessian.verdict.word()),
        along: answer.analysis.along.map(|along| AlongObject { first: Number(along.first), second: Number(along.second) }),
        sd: answer.analysis.deviation.as_ref().map(|deviation| DeviationObject {
            total: Number(deviation.total),
            parts: deviation.parts.iter().map(|&(input, part)| PartObject { name: name(input), value: Number(part) }).collect(),
        }),
        nudge: answer.analysis.nudge.map(|nudge| NudgeObject { predicted: Number(nudge.predicted), actual: Number(nudge.actual) }),
        notes: answer.notes.iter().map(|Note { kind, stage, message }| NoteObject { kind, stage, message }).collect(),
    };
    line(&object, page)
}

/// What a gate is called in a drawing: `+1`, `*-1`, `1/x`, `exp`.
fn label(answer: &Answer, id: StageId, word: &dyn Fn(StageId) -> String) -> String {
    let row = answer.program.gate(id).row();
    let mut label = row.label().to_owned();
    if !label.contains('{') {
        return label;
    }
    for (name, &operand) in row.operands.iter().zip(answer.program.operands(id)) {
        label = label.replace(&format!("{{{name}}}"), &word(operand));
    }
    label
}

/// A constant as written; empty for anything else.
fn literal(answer: &Answer, id: StageId) -> String {
    answer
        .program
        .constant(id)
        .map_or(String::new(), |constant| value::written(constant.value.shape(), constant.value.numbers(), number::shortest))
}

/// A line that a script prints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Printed")]
struct PrintedObject<'a> {
    /// The version of this contract: 1.
    schema: u32,
    /// Where the statement stands.
    source: SourceObject<'a>,
    /// The line, without its end.
    printed: &'a str,
}

/// Shows a line that a script prints.
///
/// # Errors
/// When the page cannot be written.
pub fn print(printed: &Printed, page: &mut dyn Page) -> io::Result<()> {
    line(&PrintedObject { schema: SCHEMA, source: SourceObject::new(&printed.source), printed: &printed.text }, page)
}

/// An assertion, held or not; one that cannot be evaluated has not held.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Assertion")]
struct AssertionObject<'a> {
    /// The version of this contract: 1.
    schema: u32,
    /// Where the assertion stands.
    source: SourceObject<'a>,
    /// Where it has not held, the text that the places of the error lie in.
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<&'a str>,
    /// The assertion as it was written, without its word.
    assertion: &'a str,
    /// Whether it holds.
    pass: bool,
    /// The left side of its comparison; null where it is none, or has no value.
    left: Option<Numbers<'a>>,
    /// The right side of its comparison; null where it is none, or has no value.
    right: Option<Numbers<'a>>,
    /// What stands behind ±; null where nothing does.
    tolerance: Option<Numbers<'a>>,
    /// Where it has not held, why: of the kind `check` where it was evaluated.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorObject<'a>>,
}

impl<'a> AssertionObject<'a> {
    fn new(checked: &'a Checked, failed: Option<(&'a str, ErrorObject<'a>)>) -> Self {
        let [left, right, tolerance] = [&checked.left, &checked.right, &checked.tolerance].map(|value| value.as_ref().map(Numbers::of));
        let (expression, error) = failed.unzip();
        let (source, pass) = (SourceObject::new(&checked.source), error.is_none());
        Self { schema: SCHEMA, source, expression, assertion: &checked.text, pass, left, right, tolerance, error }
    }
}

/// Shows an assertion that holds.
///
/// # Errors
/// When the page cannot be written.
pub fn held(checked: &Checked, _pass: bool, page: &mut dyn Page) -> io::Result<()> {
    line(&AssertionObject::new(checked, None), page)
}

/// A statement that failed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Failure")]
struct FaultObject<'a> {
    /// The version of this contract: 1.
    schema: u32,
    /// Where the text stands.
    source: SourceObject<'a>,
    /// The text, as it was written.
    expression: &'a str,
    /// Why it failed.
    error: ErrorObject<'a>,
}

/// Why something failed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Error")]
struct ErrorObject<'a> {
    /// Its kind: parse, name, shape, domain, limit, io, check or internal.
    kind: &'a str,
    /// What is wrong, in a sentence.
    message: &'a str,
    /// The line of its place in the source, from 1.
    line: usize,
    /// The column of its place, in characters from 1.
    column: usize,
    /// Where its place starts in `expression`, in bytes.
    start: usize,
    /// Where its place ends in `expression`, in bytes.
    end: usize,
    /// What to do next; may be empty.
    help: String,
    /// The names that nothing gives a value where the text needs one, in its order, without those whose own definitions failed; left out where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'a [String]>,
}

impl<'a> ErrorObject<'a> {
    /// A fault of a text as a whole.
    fn of_whole(fault: &'a Fault) -> Self {
        Self {
            kind: fault.kind.word(),
            message: &fault.message,
            line: 1,
            column: 1,
            start: 0,
            end: 0,
            help: fault.remedy.as_ref().map_or(String::new(), ToString::to_string),
            unknown: Some(&*fault.unknown).filter(|names| !names.is_empty()),
        }
    }
}

/// Shows a fault in the place of the answer that it prevented, or of the assertion that did not hold. Lines and columns count
/// from 1, columns in characters; `start` and `end` are bytes in `text`.
///
/// # Errors
/// When the page cannot be written.
pub fn fault(fault: &Fault, source: &Source, text: &str, checked: Option<&Checked>, page: &mut dyn Page) -> io::Result<()> {
    let start = fault.span.start as usize;
    let before = text.get(..start).unwrap_or(text);
    let in_line = before.rfind('\n').map_or(0, |at| at + 1);
    // What stands before a statement in its line counts for the column only.
    let lead = (text.len() - text.trim_start_matches([' ', '\t']).len()).min(start);
    let expression = &text[lead..end_of(text).max(fault.span.end as usize).clamp(lead, text.len())];
    let error = ErrorObject {
        line: source.line + before.matches('\n').count(),
        column: before[in_line..].chars().count() + 1,
        start: start - lead,
        end: (fault.span.end as usize).saturating_sub(lead),
        ..ErrorObject::of_whole(fault)
    };
    match checked {
        Some(checked) => line(&AssertionObject::new(checked, Some((expression, error))), page),
        None => line(&FaultObject { schema: SCHEMA, source: SourceObject::new(source), expression, error }, page),
    }
}

/// Where the last statement of a text ends, without what ends it and a remark behind it.
fn end_of(text: &str) -> usize {
    let tokens = tokens::all(text);
    let said = |token: &&Token| !matches!(token.kind, Kind::Line | Kind::End);
    tokens.iter().rev().find(said).map_or(text.len(), |token| token.span.range().end)
}
