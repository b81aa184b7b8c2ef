//! Comparisons of hand-derived backward passes as objects: the contract's, and what graders of others read.
//!
//! Knows what a comparison found; compares nothing.

use super::numbers::Numbers;
use super::{ErrorObject, SCHEMA, SourceObject};
use crate::ground::Fault;
use crate::ground::text::one_line;
use crate::views::against::{Comparison, Credit, Graded, Slip, reported};
use crate::views::streamed::line;
use crate::views::{Page, Source, Style};
use schemars::JsonSchema;
use serde::Serialize;
use std::io;

/// With `--against` and `--grade`, a hand-derived backward pass compared with ours.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Comparison")]
pub struct ComparisonObject<'a> {
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
    /// One word of it: right, wrong, or look where nothing is wrong but a line is not read that may change a gradient.
    status: &'static str,
    /// Whether near the given inputs no others were found where all is finite, so that what is right may be so by chance.
    alone: bool,
}

/// What a gradient of ours gets in a backward pass.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Credit")]
struct CreditObject<'a> {
    /// Its name.
    name: &'a str,
    /// The verdict on its lines: right, place, missing, wrong or look (a line is not read that may change it). One that the pass leaves out is right where those are that it hands on to.
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
    /// What is found of it: right, place, missing, wrong, aside or look (it is not read, and may change a gradient).
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
        slip: compared.slip.map(Slip::word),
        message: &compared.says,
    });
    let credit = |credit: &'_ Credit| (credit.verdict.word(), credit.verdict.points());
    let gradients = comparison.gradients.iter().map(|own| {
        let (verdict, points) = credit(own);
        CreditObject { name: &own.name, verdict, points, lines: &own.lines }
    });
    let (schema, against, right) = (SCHEMA, comparison.name.as_str(), comparison.is_right());
    let (status, alone) = (comparison.status(), comparison.alone);
    line(
        &ComparisonObject { schema, against, right, points, max, gradients: gradients.collect(), lines: lines.collect(), status, alone },
        page,
    )
}

/// With `--grade`, a file that was not compared.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Ungraded")]
pub struct UngradedObject<'a> {
    /// The version of this contract: 1.
    schema: u32,
    /// The file.
    source: SourceObject<'a>,
    /// Nothing: an empty text.
    expression: &'a str,
    /// Why it was not compared.
    error: ErrorObject<'a>,
    /// The name of the file.
    against: &'a str,
    /// No: it was not compared.
    right: bool,
    /// None: 0.
    points: f64,
    /// How many points there were to get.
    max: f64,
    /// One word of why: unread, limit (its time or memory) or failed.
    status: &'static str,
}

/// Shows a file that was not compared.
///
/// # Errors
/// When the page cannot be written.
pub fn ungraded(file: &Graded, fault: &Fault, page: &mut dyn Page) -> io::Result<()> {
    let source = Source { name: file.name.as_str().into(), line: 1 };
    let (schema, against, status, max) = (SCHEMA, file.name.as_str(), file.status(), file.most);
    let (source, error) = (SourceObject::new(&source), ErrorObject::of_whole(fault));
    line(&UngradedObject { schema, source, expression: "", error, against, right: false, points: 0.0, max, status }, page)
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
                let output = reported(comparison, credit, style);
                TestObject::new(&named(&credit.name), credit.verdict.points(), 1.0, output)
            })),
            Err(why) => tests.push(TestObject::new(&named("the backward pass"), 0.0, file.most, one_line(&why.message).into_owned())),
        }
    }
    line(&GradedObject { score: tests.iter().map(|test| test.score).sum(), tests }, page)
}
