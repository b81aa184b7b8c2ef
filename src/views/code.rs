//! The view `code`: the forward and the backward pass as the notes write them, as a Python program that runs, with
//! NumPy where a value is no single number.
//!
//! Also the wording of a backward step, which other views share. How a gate is written stands in the gate table.

use super::identifiers::Identifiers;
use super::{Answer, MOST_SHOWN, Page, Role, Style};
use crate::calculus::evaluate::Range;
use crate::calculus::{Backward, Step};
use crate::forms::target::{Dialect, python};
use crate::forms::{StageId, StageNames, print};
use crate::ground::{Shape, broken};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Family, Level, Written};
use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;
use unicode_width::UnicodeWidthStr;

/// The column after which comments start, unless a line is longer.
const COMMENTS: usize = 44;

/// The longest text of an array's numbers that stands beside a line.
const BESIDE: usize = 36;
const _: () = assert!(BESIDE <= MOST_SHOWN);

/// How a backward pass is worded: names and steps in a dialect.
pub struct Wording<'a> {
    answer: &'a Answer,
    names: &'a StageNames,
    dialect: &'static Dialect,
    /// Names of their own, for a dialect in which the answer's cannot all stand.
    identifiers: Option<Identifiers>,
}

impl<'a> Wording<'a> {
    /// Words for an answer in a dialect.
    pub fn new(answer: &'a Answer, names: &'a StageNames, dialect: &'static Dialect) -> Self {
        let identifiers = (!dialect.reserved.is_empty()).then(|| Identifiers::new(answer, names, dialect, false));
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
        let name = |id: StageId| self.name(id);
        let carried = self.carried(id, &name);
        let text = carried.unwrap_or_else(|| print::stage(&self.answer.program, id, self.dialect, &self.answer.symbols, &name));
        self.as_number(id, text)
    }

    /// What a forward stage is, as a table tells it: an input, a constant, or what it computes.
    pub fn expression(&self, id: StageId) -> String {
        match self.answer.program.gate(id) {
            Gate::Input if self.answer.program.is_active(id) => "input".to_owned(),
            Gate::Input | Gate::Constant => "constant".to_owned(),
            _ => self.stage(id),
        }
    }

    /// The operands of a forward stage, each as it is written.
    pub fn operands(&self, id: StageId) -> Vec<String> {
        print::operands(&self.answer.program, id, self.dialect, &self.answer.symbols, &|id| self.name(id))
    }

    /// The text of a stage that is given a name in a program: a comparison is a truth value there.
    fn as_number(&self, id: StageId, text: String) -> String {
        let runs = !self.dialect.typed && !self.dialect.reserved.is_empty();
        let compares = self.answer.program.gate(id).row().family == Family::Comparison;
        if runs && compares { format!("1.0 * ({text})") } else { text }
    }

    /// The same of what is printed in place for a stage, unless that is a name.
    fn as_number_in_place(&self, id: StageId, text: String) -> String {
        let name = |id: StageId| self.name(id);
        let shown = print::printed(&self.answer.program, id, &name);
        if name(shown).is_some() { text } else { self.as_number(shown, text) }
    }

    /// How NumPy writes a product with an upstream gradient of which a 0 carries nothing, where that makes a difference.
    fn carried(&self, id: StageId, name: &print::Namer<'_>) -> Option<String> {
        let program = &self.answer.program;
        let &[local, above] = program.operands(id) else { return None };
        let needed = self.dialect.typed && self.answer.valued && program.gate(id).row().absorbs;
        if !needed || self.answer.values.are_finite(local) {
            return None;
        }
        let inner = |id: StageId| name(id).or_else(|| self.carried(id, name).map(Cow::Owned));
        let product = print::stage(program, id, self.dialect, &self.answer.symbols, &inner);
        let above = print::operand(program, above, Level::Sum, self.dialect, &self.answer.symbols, &inner);
        Some(match program.shape(id) {
            Shape::Scalar => format!("(0.0 if {above} == 0 else {product})"),
            _ => format!("np.where({above} == 0, 0.0, {product})"),
        })
    }

    /// The operator of a step, `=` or `+=`, and what it hands on.
    pub fn step(&self, step: &Step) -> (&'static str, String) {
        let program = &self.answer.program;
        let operator = if step.total == step.contribution { "=" } else { "+=" };
        let upstream = self.answer.backward.as_ref().and_then(|backward| backward.adjoint(step.through));
        let unit = upstream.and_then(|upstream| program.literal(upstream)) == Some(1.0);
        let above = if !unit || !self.is_output(step.through) {
            self.gradient(step.through)
        } else if self.dialect.typed {
            (self.dialect.float)(1.0)
        } else {
            (self.dialect.number)(1.0)
        };
        let name = |id: StageId| self.name(id);
        let operand = |id, level| print::operand(program, id, level, self.dialect, &self.answer.symbols, &name);
        // A gradient that was brought to its target's shape is more than a product.
        let product =
            program.is_scalar() || program.operands(step.contribution).iter().copied().eq(step.local.stage().into_iter().chain(upstream));
        let text = match step.local.stage() {
            Some(local) if step.contribution == local => self.as_number_in_place(local, operand(local, Level::Compare)),
            _ if Some(step.contribution) == upstream => above,
            Some(local) if product && !self.dialect.typed => format!("{} * {above}", operand(local, Level::Product)),
            _ => {
                let is_above = |id: StageId| Some(id) == upstream && (program.is_scalar() || !unit);
                let name = |id: StageId| if is_above(id) { Some(Cow::Borrowed(above.as_str())) } else { self.name(id) };
                let name = |id: StageId| name(id).or_else(|| self.carried(id, &name).map(Cow::Owned));
                let text = print::operand(program, step.contribution, Level::Compare, self.dialect, &self.answer.symbols, &name);
                if step.local.stage().is_none() { self.as_number_in_place(step.contribution, text) } else { text }
            }
        };
        (operator, text)
    }

    /// Whether what a step hands on may be another array itself, not new numbers.
    fn is_shared(&self, step: &Step) -> bool {
        let program = &self.answer.program;
        let upstream = self.answer.backward.as_ref().and_then(|backward| backward.adjoint(step.through));
        let name = |id: StageId| self.name(id);
        let shown = print::printed(program, step.contribution, &name);
        !program.shape(shown).is_scalar() && (Some(shown) == upstream || name(shown).is_some() || self.dialect.is_view(program.gate(shown)))
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
    let program = &answer.program;
    let dialect = python::listing(program);
    let wording = Wording::new(answer, &names, dialect);
    let value = |id: StageId| python::array(answer.shape(id), answer.numbers(id));
    let beside = |id: StageId| if answer.valued { beside(answer, id, style) } else { String::new() };
    preamble(answer, dialect, page)?;
    for leaf in answer.leaves().filter(|&leaf| answer.valued || program.gate(leaf) != Gate::Input) {
        let name = wording.name(leaf).unwrap_or_default();
        line(page, &name, "=", &value(leaf), None)?;
    }
    let numbers: HashMap<StageId, usize> =
        answer.stages().filter(|&id| names.of(id).is_some()).enumerate().map(|(at, id)| (id, at + 1)).collect();
    if !numbers.is_empty() {
        // Without lines before it, no empty line sets it apart.
        let gap = if answer.valued || answer.leaves().any(|leaf| program.gate(leaf) != Gate::Input) { "\n" } else { "" };
        page.put(Role::Comment, &format!("{gap}# forward pass\n"))?;
    }
    for stage in answer.stages().filter(|&id| names.of(id).is_some()) {
        let name = wording.name(stage).unwrap_or_default();
        let comment = (format!("#({})", numbers[&stage]), Role::Value, beside(stage));
        line(page, &name, "=", &wording.stage(stage), Some(comment))?;
    }
    if let Some(backward) = &answer.backward {
        backward_pass(answer, backward, &wording, &numbers, style, page)?;
    }
    for note in &answer.notes {
        page.put(Role::Comment, &format!("# {}: {}\n", note.kind, note.message))?;
    }
    Ok(())
}

/// Shows the backward pass; `numbers` are those of the stages.
fn backward_pass(
    answer: &Answer,
    backward: &Backward,
    wording: &Wording,
    numbers: &HashMap<StageId, usize>,
    style: &Style,
    page: &mut dyn Page,
) -> io::Result<()> {
    let dialect = wording.dialect;
    let value = |id: StageId| python::array(answer.shape(id), answer.numbers(id));
    let beside = |id: StageId| if answer.valued { beside(answer, id, style) } else { String::new() };
    page.put(Role::Comment, "\n# backward pass\n")?;
    let output = wording.gradient(answer.output);
    let unit = answer.shape(backward.upstream).is_scalar() && answer.values.scalar(backward.upstream) == 1.0;
    if !unit || answer.program.gate(answer.output) == Gate::Input {
        line(page, &output, "=", &value(backward.upstream), None)?;
    }
    let added: HashSet<StageId> = backward.steps.iter().filter(|step| step.total != step.contribution).map(|step| step.target).collect();
    let mut through = None;
    for step in &backward.steps {
        if through != Some(step.through) {
            through = Some(step.through);
            let name = wording.name(step.through).unwrap_or_default();
            page.put(Role::Comment, &format!("# backprop {name} = {}\n", wording.stage(step.through)))?;
        }
        let (operator, mut text) = wording.step(step);
        // What `+=` adds to must be the target's own: NumPy adds in place.
        if dialect.typed && operator == "=" && added.contains(&step.target) && wording.is_shared(step) {
            text.push_str(".copy()");
        }
        let number = numbers.get(&step.through).copied().unwrap_or_else(|| broken("every stage that hands on a gradient has a number"));
        // What is added, and what that makes.
        let shown = [(operator == "+=").then_some(step.contribution), Some(step.total)].into_iter().flatten().map(beside);
        let shown: Vec<String> = shown.filter(|text| !text.is_empty()).collect();
        let comment = (format!("#({number})"), Role::Gradient, shown.join(" -> "));
        line(page, &wording.gradient(step.target), operator, &text, Some(comment))?;
    }
    for leaf in answer.leaves().filter(|&leaf| answer.program.is_active(leaf) && backward.adjoint(leaf).is_none()) {
        let zero = python::zeros(answer.shape(leaf));
        line(page, &wording.gradient(leaf), "=", &zero, Some(("#".to_owned(), Role::Comment, "no gradient reaches it".to_owned())))?;
    }
    Ok(())
}

/// What stands beside a line: the numbers, or of a large array its shape and its norm.
fn beside(answer: &Answer, id: StageId, style: &Style) -> String {
    let shape = answer.shape(id);
    if shape.size() <= BESIDE {
        let text = style.numbers(shape, answer.values.slice(id));
        if shape.is_scalar() || text.len() <= BESIDE {
            return text;
        }
    }
    format!("{shape} norm {}", style.number(answer.values.extent(id).1))
}

fn line(page: &mut dyn Page, name: &str, operator: &str, text: &str, comment: Option<(String, Role, String)>) -> io::Result<()> {
    page.put(Role::Name, name)?;
    page.put(Role::Plain, &format!(" {operator} {text}"))?;
    if let Some((number, role, value)) = comment {
        let used = name.width() + operator.len() + 2 + text.width();
        let gap = if value.is_empty() { "" } else { " " };
        page.put(Role::Comment, &format!("{}  {number}{gap}", " ".repeat(COMMENTS.saturating_sub(used))))?;
        page.put(role, &value)?;
    }
    page.put(Role::Plain, "\n")
}

/// What the program needs to import, and the gates that Python does not have.
fn preamble(answer: &Answer, dialect: &Dialect, page: &mut dyn Page) -> io::Result<()> {
    let program = &answer.program;
    let used: HashSet<Gate> = program.ids().map(|id| program.gate(id)).collect();
    let constants = program.ids().any(|id| program.constant(id).is_some() && program.literal(id).is_none_or(|value| !value.is_finite()));
    let is_call = |id: StageId| program.gate(id).row().callable() && matches!(dialect.written(program, id), Written::Call);
    let math = constants || program.ids().filter(|&id| !program.operands(id).is_empty()).any(is_call);
    let helpers = dialect.helpers(|name| used.iter().any(|gate| gate.row().name == name));
    let mut text = python::imports(dialect, &helpers, math);
    for helper in helpers {
        let _ = writeln!(text, "{helper}");
    }
    if answer.valued && program.ids().any(|id| !answer.values.are_finite(id) && program.gate(id) != Gate::Constant) {
        text.push_str("# Where a value here is inf or nan, Python may raise an exception, or make another number of it.\n");
    }
    if answer.values.range == Range::Widened {
        text.push_str("# Products here leave the range of 64-bit numbers, or meet an infinite slope: run, they give other gradients.\n");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    page.put(Role::Comment, &text)
}
