//! The view `code`: the forward and the backward pass as the notes write them, as a Python program that runs.
//!
//! Also the wording of a backward step, which other views share.

use super::python::Identifiers;
use super::{Answer, Page, Role, Style};
use crate::calculus::Step;
use crate::forms::print::{self, Dialect};
use crate::forms::{Names, StageId};
use crate::ground::number::{self, Digits};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Level, Row, TABLE, Written};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io;
use unicode_width::UnicodeWidthStr;

/// The column after which comments start, unless a line is longer.
const COMMENTS: usize = 44;

/// How a backward pass is worded: names and steps in a dialect.
pub struct Wording<'a> {
    answer: &'a Answer,
    names: &'a Names,
    dialect: Dialect,
    /// Names of their own, for a dialect in which the answer's cannot all stand.
    identifiers: Option<Identifiers>,
}

impl<'a> Wording<'a> {
    /// Words for an answer in a dialect.
    pub fn new(answer: &'a Answer, names: &'a Names, dialect: Dialect) -> Self {
        let identifiers = (dialect == Dialect::Python).then(|| Identifiers::new(answer, names));
        Self { answer, names, dialect, identifiers }
    }

    /// How a forward stage or a named constant is written; none where it is written in place.
    pub fn name(&self, id: StageId) -> Option<Cow<'_, str>> {
        let identifiers = self.identifiers.as_ref();
        identifiers.map_or_else(|| self.names.word(id), |identifiers| identifiers.of(id)).map(Cow::Borrowed)
    }

    /// What the gradient of a forward stage is called.
    pub fn gradient(&self, id: StageId) -> String {
        let own = self.identifiers.as_ref().and_then(|identifiers| identifiers.gradient(id));
        own.map_or_else(|| self.names.gradient(id), str::to_owned)
    }

    /// What a forward stage computes.
    pub fn stage(&self, id: StageId) -> String {
        print::stage(&self.answer.program, id, self.dialect, &self.answer.symbols, &|id| self.name(id))
    }

    /// The operator of a step, `=` or `+=`, and what it hands on.
    pub fn step(&self, step: &Step) -> (&'static str, String) {
        let program = &self.answer.program;
        let operator = if step.total == step.contribution { "=" } else { "+=" };
        let upstream = self.answer.backward.as_ref().and_then(|backward| backward.adjoint(step.through));
        let unit = upstream.and_then(|upstream| program.literal(upstream)) == Some(1.0);
        let above = if unit && self.is_output(step.through) { "1".to_owned() } else { self.gradient(step.through) };
        let name = |id: StageId| self.name(id);
        let operand = |id, level| print::operand(program, id, level, self.dialect, &self.answer.symbols, &name);
        let text = match step.local {
            Some(local) if step.contribution == local => operand(local, Level::Compare),
            _ if Some(step.contribution) == upstream => above,
            Some(local) => format!("{} * {above}", operand(local, Level::Product)),
            None => {
                let name = |id: StageId| if Some(id) == upstream { Some(Cow::Borrowed(above.as_str())) } else { self.name(id) };
                print::operand(program, step.contribution, Level::Compare, self.dialect, &self.answer.symbols, &name)
            }
        };
        (operator, text)
    }

    fn is_output(&self, id: StageId) -> bool {
        id == self.answer.output
    }
}

/// Shows the program.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    let wording = Wording::new(answer, &names, Dialect::Python);
    let beside = |value: f64| number::rounded(value, style.digits.unwrap_or_default());
    preamble(answer, page)?;
    for leaf in answer.leaves() {
        let name = wording.name(leaf).unwrap_or_default();
        line(page, &name, "=", &python_number(answer.value_of(leaf)), None)?;
    }
    let numbers: HashMap<StageId, usize> =
        answer.stages().filter(|&id| names.of(id).is_some()).enumerate().map(|(at, id)| (id, at + 1)).collect();
    if !numbers.is_empty() {
        page.put(Role::Comment, "\n# forward pass\n")?;
    }
    for stage in answer.stages().filter(|&id| names.of(id).is_some()) {
        let name = wording.name(stage).unwrap_or_default();
        let comment = (format!("#({}) ", numbers[&stage]), Role::Value, beside(answer.value_of(stage)));
        line(page, &name, "=", &wording.stage(stage), Some(comment))?;
    }
    let Some(backward) = &answer.backward else { return Ok(()) };
    page.put(Role::Comment, "\n# backward pass\n")?;
    let output = wording.gradient(answer.output);
    let upstream = answer.values.scalar(backward.upstream);
    if upstream != 1.0 || answer.program.gate(answer.output) == Gate::Input {
        line(page, &output, "=", &python_number(upstream), None)?;
    }
    let mut through = None;
    for step in &backward.steps {
        if through != Some(step.through) {
            through = Some(step.through);
            let name = wording.name(step.through).unwrap_or_default();
            page.put(Role::Comment, &format!("# backprop {name} = {}\n", wording.stage(step.through)))?;
        }
        let (operator, text) = wording.step(step);
        let number = numbers.get(&step.through).copied().unwrap_or(0);
        let comment = (format!("#({number}) "), Role::Gradient, beside(answer.values.scalar(step.total)));
        line(page, &wording.gradient(step.target), operator, &text, Some(comment))?;
    }
    for leaf in answer.leaves().filter(|&leaf| answer.program.is_active(leaf) && backward.adjoint(leaf).is_none()) {
        line(page, &wording.gradient(leaf), "=", "0.0", Some(("# ".to_owned(), Role::Comment, "no gradient reaches it".to_owned())))?;
    }
    for note in &answer.notes {
        page.put(Role::Comment, &format!("# {}: {}\n", note.kind, note.message))?;
    }
    Ok(())
}

fn line(page: &mut dyn Page, name: &str, operator: &str, text: &str, comment: Option<(String, Role, String)>) -> io::Result<()> {
    page.put(Role::Name, name)?;
    page.put(Role::Plain, &format!(" {operator} {text}"))?;
    if let Some((number, role, value)) = comment {
        let used = name.width() + operator.len() + 2 + text.width();
        page.put(Role::Comment, &format!("{}  {number}", " ".repeat(COMMENTS.saturating_sub(used))))?;
        page.put(role, &value)?;
    }
    page.put(Role::Plain, "\n")
}

/// What the program needs from Python's `math`, and the gates that Python does not have.
fn preamble(answer: &Answer, page: &mut dyn Page) -> io::Result<()> {
    let mut used: HashSet<Gate> = HashSet::new();
    let mut constants = false;
    for id in answer.program.ids() {
        let gate = answer.program.gate(id);
        used.insert(gate);
        constants |= gate == Gate::Constant && answer.program.literal(id).is_none_or(|value| !value.is_finite());
    }
    let mut definitions: Vec<&Row> = Vec::new();
    let mut rows: Vec<&Row> = TABLE.iter().filter(|row| used.contains(&row.gate)).collect();
    let calls = rows.iter().any(|row| matches!(row.python.unwrap_or(row.written), Written::Call) && row.callable());
    while let Some(row) = rows.pop() {
        if row.python_def.is_empty() || definitions.iter().any(|known| known.gate == row.gate) {
            continue;
        }
        definitions.push(row);
        rows.extend(TABLE.iter().filter(|other| !other.python_def.is_empty() && row.python_def.contains(&format!(" {}(", other.name))));
    }
    definitions.sort_by_key(|row| row.gate);
    let mut text = String::new();
    if calls || constants {
        text.push_str("from math import *\n");
    }
    for row in definitions {
        let _ = writeln!(text, "{}", row.python_def);
    }
    if answer.program.ids().any(|id| !answer.values.scalar(id).is_finite() && answer.program.gate(id) != Gate::Constant) {
        text.push_str("# Where a value here is inf or nan, Python may raise an exception instead.\n");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    page.put(Role::Comment, &text)
}

/// A number that Python reads as the same float.
fn python_number(value: f64) -> String {
    if !value.is_finite() {
        return format!("float('{}')", number::shortest(value));
    }
    let text = number::rounded(value, Digits::Full);
    if text.contains(['.', 'e']) { text } else { format!("{text}.0") }
}
