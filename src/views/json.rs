//! The view `json`: an answer, or a fault in an answer's place, as one JSON object on one line.
//!
//! Field names and their order are a contract: fields may be added, none is renamed or removed.

use super::code::Wording;
use super::{Answer, Note, Page, Printed, Role, Source, Style};
use crate::forms::StageId;
use crate::forms::target::CALCULATOR;
use crate::ground::text::is_obeyed;
use crate::ground::{Fault, Shape, number, value};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt::Write as _;
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

/// A number, a flat list or a list of rows.
struct Numbers<'a>(Shape, Cow<'a, [f64]>);

impl Serialize for Numbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers = self.1.iter().copied().map(Number);
        match self.0 {
            Shape::Scalar => Number(self.1.first().copied().unwrap_or(f64::NAN)).serialize(serializer),
            Shape::Vector(_) => serializer.collect_seq(numbers),
            Shape::Matrix(_, n) => {
                let rows = self.1.chunks(n as usize).map(|row| Numbers(Shape::Vector(n), Cow::Borrowed(row)));
                serializer.collect_seq(rows)
            }
        }
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
    value: Numbers<'a>,
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
    value: Numbers<'a>,
    gradient: Option<Numbers<'a>>,
    gradient_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    elasticity: Option<Numbers<'a>>,
}

#[derive(Serialize)]
struct StageObject<'a> {
    name: &'a str,
    gate: &'static str,
    label: String,
    expression: String,
    operands: Vec<String>,
    shape: Dims,
    value: Numbers<'a>,
    gradient: Option<Numbers<'a>>,
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
    let wording = Wording::new(answer, &names, &CALCULATOR);
    let program = &answer.program;
    let name = |id| names.of(id).unwrap_or_default();
    let word = |id| names.word(id).map_or_else(|| literal(answer, id), str::to_owned);
    let numbers = |id| Numbers(program.shape(id), Cow::Borrowed(answer.numbers(id)));
    let hessian = answer.analysis.hessian.as_ref();
    let object = AnswerObject {
        schema: SCHEMA,
        source: SourceObject::new(&answer.source),
        expression: &answer.expression,
        output: name(answer.output),
        shape: Dims(program.shape(answer.output)),
        value: numbers(answer.output),
        inputs: answer
            .leaves()
            .filter(|&id| program.input(id).is_some())
            .map(|id| InputObject {
                name: name(id),
                shape: Dims(program.shape(id)),
                value: numbers(id),
                gradient: answer.gradients(id).map(|gradients| Numbers(program.shape(id), gradients)),
                gradient_name: names.gradient(id),
                elasticity: answer.elasticities(id).map(|numbers| Numbers(program.shape(id), Cow::Owned(numbers))),
            })
            .collect(),
        stages: answer
            .stages()
            .filter(|&id| names.of(id).is_some())
            .map(|id| StageObject {
                name: name(id),
                gate: program.gate(id).row().name,
                label: label(answer, id, &word),
                expression: wording.stage(id),
                operands: program.operands(id).iter().map(|&operand| word(operand)).collect(),
                shape: Dims(program.shape(id)),
                value: numbers(id),
                gradient: answer.gradients(id).map(|gradients| Numbers(program.shape(id), gradients)),
                gradient_name: names.gradient(id),
            })
            .collect(),
        backward: answer
            .backward
            .iter()
            .flat_map(|backward| &backward.steps)
            .map(|step| {
                let (operator, expression) = wording.step(step);
                StepObject { through: name(step.through), target: wording.gradient(step.target), operator, expression }
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
fn label(answer: &Answer, id: StageId, word: &dyn Fn(StageId) -> String) -> String {
    let row = answer.program.gate(id).row();
    let mut label = row.label().to_owned();
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

#[derive(Serialize)]
struct PrintedObject<'a> {
    schema: u32,
    source: SourceObject<'a>,
    printed: &'a str,
}

/// Shows a line that a script prints.
///
/// # Errors
/// When the page cannot be written.
pub fn print(printed: &Printed, page: &mut dyn Page) -> io::Result<()> {
    line(&PrintedObject { schema: SCHEMA, source: SourceObject::new(&printed.source), printed: &printed.text }, page)
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
    help: String,
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
    // What stands before a statement in its line counts for the column only.
    let lead = (text.len() - text.trim_start_matches([' ', '\t']).len()).min(start);
    let object = FaultObject {
        schema: SCHEMA,
        source: SourceObject::new(source),
        expression: &text[lead..],
        error: ErrorObject {
            kind: fault.kind.word(),
            message: &fault.message,
            line: source.line + before.matches('\n').count(),
            column: before[in_line..].chars().count() + 1,
            start: start - lead,
            end: (fault.span.end as usize).saturating_sub(lead),
            help: fault.remedy.as_ref().map_or(String::new(), ToString::to_string),
        },
    };
    line(&object, page)
}

/// JSON whose texts hold nothing that a terminal would obey: JSON has escapes for all of it, so that nothing is lost.
fn escaped(json: &str) -> Cow<'_, str> {
    if json.is_ascii() && !json.contains('\u{7f}') || !json.contains(is_obeyed) {
        return Cow::Borrowed(json);
    }
    Cow::Owned(json.chars().fold(String::new(), |mut text, c| {
        if is_obeyed(c) {
            let _ = write!(text, "\\u{:04x}", u32::from(c));
        } else {
            text.push(c);
        }
        text
    }))
}

fn line(object: &impl Serialize, page: &mut dyn Page) -> io::Result<()> {
    let text = serde_json::to_string(object).map_err(io::Error::other)?;
    page.put(Role::Plain, &escaped(&text))?;
    page.put(Role::Plain, "\n")
}
