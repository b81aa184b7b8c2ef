//! The view `json`: an answer, or a fault in an answer's place, as one JSON object on one line.
//!
//! Field names and their order are a contract: fields may be added, none is renamed or removed. What is said of a field here
//! is what the schema of the contract says of it.

use super::against::{Comparison, Graded};
use super::code::Wording;
use super::streamed::{Listed, line};
use super::{Answer, Checked, Note, Page, Printed, Source, Style};
use crate::calculus::check::{Checked as CheckedGradient, Verdict};
use crate::calculus::rungs::Shown;
use crate::calculus::{Local, Step};
use crate::forms::StageId;
use crate::forms::StageNames;
use crate::forms::parse::tokens::{self, Kind, Token};
use crate::forms::target::CALCULATOR;
use crate::ground::text::one_line;
use crate::ground::{Fault, Shape, Value, broken, number, value};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::io;

/// The version of the contract.
const SCHEMA: u32 = 1;

/// A number: what is not finite is a string.
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() { serializer.serialize_f64(self.0) } else { serializer.serialize_str(&number::shortest(self.0)) }
    }
}

impl JsonSchema for Number {
    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A binary64 number, as the shortest text that reads back to it; a string where it is not finite.",
            "anyOf": [{ "type": "number" }, { "enum": ["inf", "-inf", "nan"] }],
        })
    }
}

/// A number, a flat list or a list of rows.
struct Numbers<'a>(Shape, Cow<'a, [f64]>);

impl Serialize for Numbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers = self.1.iter().copied().map(Number);
        match self.0 {
            Shape::Scalar => {
                let number = self.1.first().copied().unwrap_or_else(|| broken("a single number has one"));
                Number(number).serialize(serializer)
            }
            Shape::Vector(_) => serializer.collect_seq(numbers),
            Shape::Matrix(_, n) => {
                let rows = self.1.chunks(n as usize).map(|row| Numbers(Shape::Vector(n), Cow::Borrowed(row)));
                serializer.collect_seq(rows)
            }
        }
    }
}

/// Numbers of many digits.
struct Texts<'a>(Shape, Cow<'a, [Shown]>);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Shape::Scalar => self.1.first().map(|shown| &shown.text).serialize(serializer),
            Shape::Vector(_) => serializer.collect_seq(self.1.iter().map(|shown| &shown.text)),
            Shape::Matrix(_, n) => serializer.collect_seq(self.1.chunks(n as usize).map(|row| Texts(Shape::Vector(n), Cow::Borrowed(row)))),
        }
    }
}

impl JsonSchema for Texts<'_> {
    fn schema_name() -> Cow<'static, str> {
        "Texts".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        let list = json_schema!({ "type": "array", "items": { "type": "string" }, "minItems": 1 });
        json_schema!({
            "description": "A number of many digits as a string, a vector as a list of such strings, or a matrix as a list of rows.",
            "anyOf": [{ "type": "string" }, list, { "type": "array", "items": list, "minItems": 1 }],
        })
    }
}

impl<'a> Numbers<'a> {
    fn of(value: &'a Value) -> Self {
        Self(value.shape(), Cow::Borrowed(value.numbers()))
    }
}

impl JsonSchema for Numbers<'_> {
    fn schema_name() -> Cow<'static, str> {
        "Numbers".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let number = generator.subschema_for::<Number>();
        let list = json_schema!({ "type": "array", "items": number, "minItems": 1 });
        json_schema!({
            "description": "A number, a vector as a list of numbers, or a matrix as a list of rows.",
            "anyOf": [number, list, { "type": "array", "items": list, "minItems": 1 }],
        })
    }
}

struct Dims(Shape);

impl JsonSchema for Dims {
    fn schema_name() -> Cow<'static, str> {
        "Shape".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`[]` of a number, `[n]` of a vector, `[m, n]` of a matrix.",
            "type": "array", "items": { "type": "integer", "minimum": 1 }, "maxItems": 2,
        })
    }
}

impl Serialize for Dims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.dims().serialize(serializer)
    }
}

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
    /// Where digits of the result were lost, what it truly is.
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
    /// Where digits of the gradient were lost, what it truly is.
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
        truth: answer.true_gradient(id).map(|(_, truth)| Numbers(program.shape(id), Cow::Owned(truth))),
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
            contribution: numbers(step.contribution),
            total: numbers(step.total),
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
        truth: answer.truth(answer.output).map(|(_, truth)| Numbers(program.shape(answer.output), Cow::Owned(truth))),
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

/// A matrix, row by row.
fn rows(rows: &[Vec<f64>]) -> Vec<Vec<Number>> {
    rows.iter().map(|row| row.iter().copied().map(Number).collect()).collect()
}

fn texts(rows: Vec<Vec<Shown>>) -> Vec<Vec<String>> {
    rows.into_iter().map(|row| row.into_iter().map(|shown| shown.text).collect()).collect()
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
        kind: fault.kind.word(),
        message: &fault.message,
        line: source.line + before.matches('\n').count(),
        column: before[in_line..].chars().count() + 1,
        start: start - lead,
        end: (fault.span.end as usize).saturating_sub(lead),
        help: fault.remedy.as_ref().map_or(String::new(), ToString::to_string),
        unknown: Some(&*fault.unknown).filter(|names| !names.is_empty()),
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

/// With `--against` and `--grade`, a hand-derived backward pass compared with ours.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Comparison")]
struct ComparisonObject<'a> {
    /// The version of this contract: 1.
    schema: u32,
    /// The name of the file that holds the pass.
    against: &'a str,
    /// Whether every line is right and none is missing.
    right: bool,
    /// One for each gradient that is right, a half for one with a line out of place.
    points: f64,
    /// How many points there are to get: one for each input and each named stage but the result.
    max: f64,
    /// What each gradient gets.
    gradients: Vec<CreditObject<'a>>,
    /// The lines in order, then those that are missing.
    lines: Vec<ComparedObject<'a>>,
}

/// What a gradient of ours gets in a backward pass.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Credit")]
struct CreditObject<'a> {
    /// Its name.
    name: &'a str,
    /// The verdict on its lines: right, place, missing or wrong. One that the pass leaves out is right where those are that it hands on to.
    verdict: &'static str,
    /// Its points: 0, 0.5 or 1.
    points: f64,
    /// The numbers of its lines.
    lines: &'a [usize],
}

/// A line of a backward pass.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Compared")]
struct ComparedObject<'a> {
    /// The number of the line in its file, from 1; null of one that is missing.
    line: Option<usize>,
    /// The line as it was written, up to 2,000 characters of it.
    text: &'a str,
    /// The name that it gives a value.
    name: &'a str,
    /// What is found of it: right, place, missing, wrong or aside.
    verdict: &'static str,
    /// The value of its right side, given the right values of the gradients that it uses; null where it has none, or is large.
    value: Option<Numbers<'a>>,
    /// The value that its right side should have; null where that is its own, or is not known.
    wanted: Option<Numbers<'a>>,
    /// The likely slip: sign, plus, transpose, sum, upstream, variable, operand or factor; null where none is known.
    slip: Option<&'static str>,
    /// More about it, for people; may be empty.
    message: &'a str,
}

/// Shows a backward pass compared with ours.
///
/// # Errors
/// When the page cannot be written.
pub fn compared(comparison: &Comparison, page: &mut dyn Page) -> io::Result<()> {
    let (points, max) = comparison.points();
    let lines = comparison.lines.iter().map(|compared| ComparedObject {
        line: compared.number,
        text: &compared.text,
        name: &compared.name,
        verdict: compared.verdict.word(),
        value: compared.value.as_ref().map(Numbers::of),
        wanted: compared.wanted.as_ref().map(Numbers::of),
        slip: compared.slip.map(super::against::Slip::word),
        message: &compared.says,
    });
    let credit = |credit: &'_ super::against::Credit| (credit.verdict.word(), credit.verdict.points());
    let gradients = comparison.gradients.iter().map(|own| {
        let (verdict, points) = credit(own);
        CreditObject { name: &own.name, verdict, points, lines: &own.lines }
    });
    let (schema, against, right) = (SCHEMA, comparison.name.as_str(), comparison.is_right());
    line(&ComparisonObject { schema, against, right, points, max, gradients: gradients.collect(), lines: lines.collect() }, page)
}

/// What an automatic grader reads: Gradescope's `results.json`.
#[derive(Serialize)]
struct GradedObject {
    score: f64,
    tests: Vec<TestObject>,
}

#[derive(Serialize)]
struct TestObject {
    name: String,
    score: f64,
    max_score: f64,
    status: &'static str,
    output: String,
    /// So that no page takes a text of others for HTML.
    output_format: &'static str,
    name_format: &'static str,
}

impl TestObject {
    fn new(name: &str, score: f64, max_score: f64, output: String) -> Self {
        let status = if score == max_score { "passed" } else { "failed" };
        Self { name: one_line(name).into_owned(), score, max_score, status, output, output_format: "text", name_format: "text" }
    }
}

/// Shows graded files as Gradescope's `results.json`.
///
/// # Errors
/// When the page cannot be written.
pub fn results(files: &[Graded], style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let mut tests = Vec::new();
    for file in files {
        let named = |name: &str| if files.len() > 1 { format!("{}: {name}", file.name) } else { name.to_owned() };
        match &file.found {
            Ok(comparison) => tests.extend(comparison.gradients.iter().map(|credit| {
                let output = super::against::reported(comparison, credit, style);
                TestObject::new(&named(&credit.name), credit.verdict.points(), 1.0, output)
            })),
            Err(why) => tests.push(TestObject::new(&named("the backward pass"), 0.0, file.most, one_line(&why.message).into_owned())),
        }
    }
    line(&GradedObject { score: tests.iter().map(|test| test.score).sum(), tests }, page)
}

/// The schema of the contract, a JSON Schema of the draft 2020-12.
pub fn schema() -> String {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    // Lines of rows are told apart by what was asked, and not by their fields, so that they stand beside the others.
    generator.subschema_for::<RowObject>();
    generator.subschema_for::<SummaryObject>();
    let whole = generator.into_root_schema_for::<LineObject>();
    serde_json::to_string_pretty(&whole).unwrap_or_else(|_| broken("a schema is JSON")) + "\n"
}

/// A line of `--rows`, which stands here beside the lines of expressions: the fields of the table, then the value, the stages asked
/// for and the gradients. What is missing is null; what is not finite is the string `"inf"`, `"-inf"` or `"nan"`.
#[derive(JsonSchema)]
#[schemars(rename = "Row")]
#[expect(dead_code, reason = "rows are written field by field")]
struct RowObject(std::collections::BTreeMap<String, FieldObject>);

/// A field of a row.
#[derive(JsonSchema)]
#[schemars(rename = "Field", untagged)]
#[expect(dead_code, reason = "rows are written field by field")]
enum FieldObject {
    Number(f64),
    Text(String),
    Missing(()),
}

/// A line of `--rows` with `--summary`, which stands here beside the lines of expressions.
#[derive(JsonSchema)]
#[schemars(rename = "Summary")]
#[expect(dead_code, reason = "summaries are written field by field")]
struct SummaryObject {
    /// With `--by`, what the rows of the group have in that column.
    #[schemars(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    /// The number that is summed up: the value, a stage, a gradient, a relative gradient or a deviation.
    name: String,
    /// Of how many rows it is; with `--at means`, of how many the means are.
    count: u64,
    /// In how many rows it is not finite; with `--at means`, how many rows the means leave out for that.
    not_finite: u64,
    /// Its mean over the rows; null of no row.
    #[schemars(skip_serializing_if = "Option::is_none")]
    mean: Option<Number>,
    /// With `--at means`, what it is where each column has its mean.
    #[schemars(skip_serializing_if = "Option::is_none")]
    value: Option<Number>,
    /// With `--cov`, its standard error by the delta method; null where it is not known.
    #[schemars(skip_serializing_if = "Option::is_none")]
    se: Option<Number>,
    /// With `--cov`, how many standard errors it is from 0.
    #[schemars(skip_serializing_if = "Option::is_none")]
    z: Option<Number>,
    /// With `--cov`, how likely a normal number is as far from 0 or farther.
    #[schemars(skip_serializing_if = "Option::is_none")]
    p: Option<Number>,
    /// With `--cov`, the lower end of its 95 % interval.
    #[schemars(skip_serializing_if = "Option::is_none")]
    low: Option<Number>,
    /// With `--cov`, the upper end of its 95 % interval.
    #[schemars(skip_serializing_if = "Option::is_none")]
    high: Option<Number>,
    /// Its standard deviation over the rows; null of one row.
    #[schemars(skip_serializing_if = "Option::is_none")]
    sd: Option<Number>,
    /// The smallest.
    #[schemars(skip_serializing_if = "Option::is_none")]
    min: Option<Number>,
    /// The quantile of 5 %; as all quantiles of weighted rows, the smallest number up to which there is that part of the weight.
    #[schemars(skip_serializing_if = "Option::is_none")]
    q05: Option<Number>,
    /// The quantile of 25 %.
    #[schemars(skip_serializing_if = "Option::is_none")]
    q25: Option<Number>,
    /// The quantile of 50 %.
    #[schemars(skip_serializing_if = "Option::is_none")]
    median: Option<Number>,
    /// The quantile of 75 %.
    #[schemars(skip_serializing_if = "Option::is_none")]
    q75: Option<Number>,
    /// The quantile of 95 %.
    #[schemars(skip_serializing_if = "Option::is_none")]
    q95: Option<Number>,
    /// The largest.
    #[schemars(skip_serializing_if = "Option::is_none")]
    max: Option<Number>,
    /// The part of the rows, or of their weight, that the places of quantiles may be off; 0 where they are exact.
    #[schemars(skip_serializing_if = "Option::is_none")]
    rank_error: Option<f64>,
    /// With `--at means`, the mean of each column that is used.
    #[schemars(skip_serializing_if = "Option::is_none")]
    at: Option<std::collections::BTreeMap<String, FieldObject>>,
    /// With `--cov`, `--relative` and `--sd`, how the numbers are defined.
    #[schemars(skip_serializing_if = "Option::is_none")]
    formulas: Option<Vec<String>>,
}
