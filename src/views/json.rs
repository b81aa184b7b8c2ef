//! The view `json`: an answer, or a fault in an answer's place, as one JSON object on one line.
//!
//! Field names and their order are a contract: fields may be added, none is renamed or removed.

use super::code::Wording;
use super::{Answer, Note, Page, Role, Source, Style};
use crate::forms::print::Dialect;
use crate::ground::{Fault, Shape, number};
use serde::{Serialize, Serializer};
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

struct Dims(Shape);

impl Serialize for Dims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.dims().serialize(serializer)
    }
}

#[derive(Serialize)]
struct SourceObject<'a> {
    name: &'a str,
    line: usize,
}

impl<'a> SourceObject<'a> {
    fn new(source: &'a Source) -> Self {
        Self { name: &source.name, line: source.line }
    }
}

#[derive(Serialize)]
struct AnswerObject<'a> {
    schema: u32,
    source: SourceObject<'a>,
    expression: &'a str,
    output: &'a str,
    shape: Dims,
    value: Number,
    inputs: Vec<InputObject<'a>>,
    stages: Vec<StageObject<'a>>,
    backward: Vec<StepObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hessian: Option<Vec<Vec<Number>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    eigenvalues: Option<Vec<Number>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    along: Option<AlongObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nudge: Option<NudgeObject>,
    notes: Vec<NoteObject<'a>>,
}

#[derive(Serialize)]
struct AlongObject {
    first: Number,
    second: Number,
}

#[derive(Serialize)]
struct NudgeObject {
    predicted: Number,
    actual: Number,
}

#[derive(Serialize)]
struct InputObject<'a> {
    name: &'a str,
    shape: Dims,
    value: Number,
    gradient: Option<Number>,
    gradient_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    elasticity: Option<Number>,
}

#[derive(Serialize)]
struct StageObject<'a> {
    name: &'a str,
    gate: &'static str,
    label: String,
    expression: String,
    operands: Vec<String>,
    shape: Dims,
    value: Number,
    gradient: Option<Number>,
    gradient_name: String,
}

#[derive(Serialize)]
struct StepObject<'a> {
    through: &'a str,
    target: String,
    operator: &'static str,
    expression: String,
}

#[derive(Serialize)]
struct NoteObject<'a> {
    kind: &'a str,
    stage: &'a str,
    message: &'a str,
}

/// Shows an answer.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, _style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    let wording = Wording::new(answer, &names, Dialect::Calculator);
    let program = &answer.program;
    let name = |id| names.of(id).unwrap_or_default();
    let constant = |id| print_constant(answer, id);
    let hessian = answer.analysis.hessian.as_ref();
    let object = AnswerObject {
        schema: SCHEMA,
        source: SourceObject::new(&answer.source),
        expression: &answer.expression,
        output: name(answer.output),
        shape: Dims(program.shape(answer.output)),
        value: Number(answer.value()),
        inputs: answer
            .leaves()
            .filter(|&id| program.input(id).is_some())
            .map(|id| InputObject {
                name: name(id),
                shape: Dims(program.shape(id)),
                value: Number(answer.value_of(id)),
                gradient: answer.gradient(id).map(Number),
                gradient_name: names.gradient(id),
                elasticity: answer.elasticity(id).map(Number),
            })
            .collect(),
        stages: answer
            .stages()
            .filter(|&id| names.of(id).is_some())
            .map(|id| StageObject {
                name: name(id),
                gate: program.gate(id).row().name,
                label: label(answer, id),
                expression: wording.stage(id),
                operands: program
                    .operands(id)
                    .iter()
                    .map(|&operand| names.of(operand).map_or_else(|| constant(operand), str::to_owned))
                    .collect(),
                shape: Dims(program.shape(id)),
                value: Number(answer.value_of(id)),
                gradient: answer.gradient(id).map(Number),
                gradient_name: names.gradient(id),
            })
            .collect(),
        backward: answer
            .backward
            .iter()
            .flat_map(|backward| &backward.steps)
            .map(|step| {
                let (operator, expression) = wording.step(step);
                StepObject { through: name(step.through), target: names.gradient(step.target), operator, expression }
            })
            .collect(),
        hessian: hessian.map(|hessian| hessian.rows.iter().map(|row| row.iter().copied().map(Number).collect()).collect()),
        eigenvalues: hessian.map(|hessian| hessian.eigenvalues.iter().copied().map(Number).collect()),
        verdict: hessian.map(|hessian| hessian.verdict.word()),
        along: answer.analysis.along.map(|along| AlongObject { first: Number(along.first), second: Number(along.second) }),
        nudge: answer.analysis.nudge.map(|nudge| NudgeObject { predicted: Number(nudge.predicted), actual: Number(nudge.actual) }),
        notes: answer.notes.iter().map(|Note { kind, stage, message }| NoteObject { kind, stage, message }).collect(),
    };
    line(&object, page)
}

/// What a gate is called in a drawing: `+1`, `*-1`, `1/x`, `exp`.
fn label(answer: &Answer, id: crate::forms::StageId) -> String {
    let row = answer.program.gate(id).row();
    let mut label = row.label().to_owned();
    for (name, &operand) in row.operands.iter().zip(answer.program.operands(id)) {
        label = label.replace(&format!("{{{name}}}"), &print_constant(answer, operand));
    }
    label
}

fn print_constant(answer: &Answer, id: crate::forms::StageId) -> String {
    match answer.program.constant(id) {
        Some(constant) => constant.name.map_or_else(|| number::shortest(constant.value), |name| answer.symbols.name(name).to_owned()),
        None => String::new(),
    }
}

#[derive(Serialize)]
struct FaultObject<'a> {
    schema: u32,
    source: SourceObject<'a>,
    expression: &'a str,
    error: ErrorObject<'a>,
}

#[derive(Serialize)]
struct ErrorObject<'a> {
    kind: &'a str,
    message: &'a str,
    line: usize,
    column: usize,
    start: usize,
    end: usize,
    help: &'a str,
}

/// Shows a fault in the place of the answer that it prevented. Lines and columns count from 1, columns in
/// characters; `start` and `end` are bytes in `text`.
///
/// # Errors
/// When the page cannot be written.
pub fn fault(fault: &Fault, source: &Source, text: &str, page: &mut dyn Page) -> io::Result<()> {
    let start = fault.span.start as usize;
    let before = text.get(..start).unwrap_or(text);
    let in_line = before.rfind('\n').map_or(0, |at| at + 1);
    let object = FaultObject {
        schema: SCHEMA,
        source: SourceObject::new(source),
        expression: text,
        error: ErrorObject {
            kind: fault.kind.word(),
            message: &fault.message,
            line: source.line + before.matches('\n').count(),
            column: before[in_line..].chars().count() + 1,
            start,
            end: fault.span.end as usize,
            help: &fault.help,
        },
    };
    line(&object, page)
}

fn line(object: &impl Serialize, page: &mut dyn Page) -> io::Result<()> {
    let text = serde_json::to_string(object).map_err(io::Error::other)?;
    page.put(Role::Plain, &text)?;
    page.put(Role::Plain, "\n")
}
