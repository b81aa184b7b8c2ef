//! The views of printed languages: an answer's forward and backward pass as a function of its inputs.
//!
//! Knows which lines make a function and what they are called; how they look, the language knows.

use super::identifiers::Identifiers;
use super::{Answer, Page, Role};
use crate::calculus::Step;
use crate::calculus::restage::{Means, Restaged};
use crate::forms::target::function::{Function, Line, Parameter, Set, What};
use crate::forms::target::{Dialect, Target};
use crate::forms::{Program, StageId, StageNames, print};
use crate::ground::{Fault, FaultKind, Remedy, Shape, Span, Value};
use crate::vocabulary::Gate;
use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;
use std::io;

/// Shows the function.
///
/// # Errors
/// When the page cannot be written.
pub fn show(target: &Target, answer: &Answer, page: &mut dyn Page) -> io::Result<()> {
    let dialect = (target.dialect)(&answer.program);
    let names = answer.names();
    let identifiers = Identifiers::new(answer, &names, dialect, true);
    let restaged = restage(target, answer);
    let maker = Maker { answer, dialect, names: &names, identifiers: &identifiers, restaged: &restaged, folds: target.folds };
    let (parameters, mut lines) = (maker.parameters(), maker.lines());
    let (output, upstream, mut called) = (maker.name(answer.output), maker.upstream_number(), maker.called());
    let mut taken = identifiers.into_parts().1;
    let program = &restaged.program;
    if answer.program.is_plain() {
        lines = shared(program, lines, &mut called, |name| {
            let free = !taken.contains(&name) && !dialect.kept().contains(&*name);
            free.then(|| taken.insert(name)).is_some()
        });
    }
    let function = Function {
        program,
        symbols: &answer.symbols,
        dialect,
        name: output.clone(),
        parameters,
        lines,
        output,
        shape: answer.shape(answer.output),
        names: called,
        taken,
        upstream,
    };
    page.put(Role::Plain, &(target.function)(&function))
}

/// The stages as a language computes them.
fn restage(target: &Target, answer: &Answer) -> Restaged {
    if !answer.program.is_plain() {
        return Restaged::of_arrays(&answer.program);
    }
    let means = Means { text: &|_| None, given: &|_| None, folds: target.folds };
    Restaged::of(&answer.program, answer.forward, &means)
}

/// Why a function of single numbers cannot be printed.
pub fn refuse(target: &Target, answer: &Answer) -> Option<Fault> {
    let dialect = (target.dialect)(&answer.program);
    let refusal = |span: Span, message: String, remedy: Remedy| Some(Fault::new(FaultKind::Name, span, message).remedy(remedy));
    if !answer.program.is_plain() {
        let message = format!("a function in {} takes single numbers, one in each row, and this has arrays", dialect.title);
        return refusal(Span::default(), message, Remedy::WriteOutArrays);
    }
    let program = restage(target, answer).program;
    let lacking = dialect.lacks(&program)?;
    let message = format!("`{}` cannot be printed in {}", program.gate(lacking).row().name, dialect.title);
    refusal(program.span(lacking), message, Remedy::RowsInstead)
}

/// A stage that is used twice, and printed in place, has a name of its own from so many gates on.
const LONG: usize = 6;

/// The lines, with lines for long stages that would be printed in several places. Each is named before it is first read.
fn shared(program: &Program, lines: Vec<Line>, called: &mut HashMap<StageId, String>, mut take: impl FnMut(String) -> bool) -> Vec<Line> {
    let above = |line: &Line| match line {
        Line::Set(Set { what: What::Part { above, .. }, .. }) => above.clone(),
        _ => None,
    };
    let always: HashSet<StageId> = called.keys().copied().collect();
    let named: HashSet<StageId> = always.iter().copied().chain(lines.iter().filter_map(|line| Some(above(line)?.0))).collect();
    let in_place = |id: StageId| !named.contains(&id) && !program.operands(id).is_empty();
    let roots = |line: &Line| match line {
        Line::Set(Set { what: What::Stage { stage, .. }, .. }) => program.operands(*stage).to_vec(),
        Line::Set(Set { what: What::Part { stage, .. }, .. }) => vec![*stage],
        _ => Vec::new(),
    };
    let mut uses = vec![0_usize; program.len()];
    for id in lines.iter().flat_map(roots) {
        uses[id.at()] += 1;
    }
    for id in program.ids().rev().filter(|&id| in_place(id)) {
        if uses[id.at()] > 0 {
            program.operands(id).iter().for_each(|operand| uses[operand.at()] += 1);
        }
    }
    let mut length = vec![0_usize; program.len()];
    let mut rest: HashSet<StageId> = HashSet::new();
    for id in program.ids().filter(|&id| in_place(id)) {
        length[id.at()] = program.operands(id).iter().fold(1, |sum: usize, operand| sum.saturating_add(length[operand.at()]));
        if uses[id.at()] > 1 && length[id.at()] >= LONG {
            length[id.at()] = 0;
            rest.insert(id);
        }
    }
    let mut made = Vec::with_capacity(lines.len());
    let (mut met, mut count) = (HashSet::new(), 0);
    for line in lines {
        let mut found = Vec::new();
        let mut open = roots(&line);
        // What one line calls by the name of a gradient stands in place in the others.
        let own = above(&line).map(|(id, _)| id);
        let in_place = |id: StageId| !always.contains(&id) && own != Some(id) && !program.operands(id).is_empty();
        while let Some(id) = open.pop() {
            if in_place(id) && met.insert(id) {
                found.extend(rest.contains(&id).then_some(id));
                open.extend_from_slice(program.operands(id));
            }
        }
        found.sort();
        for stage in found {
            let name = loop {
                count += 1;
                let name = format!("s{count}");
                if take(name.clone()) {
                    break name;
                }
            };
            let what = What::Stage { stage, above: above(&line) };
            made.push(Line::Set(Set { name: name.clone(), shape: Shape::Scalar, add: false, what, shared: false }));
            called.insert(stage, name);
        }
        made.push(line);
    }
    made
}

/// Makes the lines of a function of an answer.
struct Maker<'a> {
    answer: &'a Answer,
    dialect: &'static Dialect,
    names: &'a StageNames,
    identifiers: &'a Identifiers,
    /// Its stages as the language computes them.
    restaged: &'a Restaged,
    /// Whether what depends on no input is a number as written.
    folds: bool,
}

impl Maker<'_> {
    fn name(&self, id: StageId) -> String {
        self.identifiers.of(id).unwrap_or_default().to_owned()
    }

    fn gradient(&self, id: StageId) -> String {
        self.identifiers.gradient(id).unwrap_or_default().to_owned()
    }

    fn set(&self, name: String, of: StageId, what: What) -> Set {
        Set { name, shape: self.answer.shape(of), add: false, what, shared: false }
    }

    /// Where a stage stands in the program that is printed.
    fn place(&self, id: StageId) -> StageId {
        self.restaged.place(id)
    }

    fn program(&self) -> &Program {
        &self.restaged.program
    }

    /// What the forward stages are called where they stand; of those that came to one, as the first of them.
    fn called(&self) -> HashMap<StageId, String> {
        let mut called = HashMap::new();
        for id in (0..self.answer.forward).map(StageId::new) {
            // Where numbers are folded they stand in place.
            let folded = self.folds && self.program().constant(self.place(id)).is_some();
            if let Some(name) = self.identifiers.of(id).filter(|_| !folded) {
                called.entry(self.place(id)).or_insert_with(|| name.to_owned());
            }
        }
        called
    }

    fn parameters(&self) -> Vec<Parameter> {
        let answer = self.answer;
        let inputs = answer.leaves().filter(|&leaf| answer.program.gate(leaf) == Gate::Input);
        let parameter = |id: StageId| Parameter {
            name: self.name(id),
            key: self.names.of(id).unwrap_or_default().to_owned(),
            shape: answer.shape(id),
            gradient: (answer.backward.is_some() && answer.program.is_active(id)).then(|| self.gradient(id)),
            known: answer.valued || answer.values.slice(id).iter().any(|number| !number.is_nan()),
            number: answer.values.slice(id).first().copied().filter(|number| !number.is_nan()),
        };
        inputs.map(parameter).collect()
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = self.forward();
        let Some(backward) = &self.answer.backward else { return lines };
        lines.push(Line::Heading("backward pass"));
        lines.extend(self.upstream());
        let added: HashSet<StageId> =
            backward.steps.iter().filter(|step| step.total != step.contribution).map(|step| step.target).collect();
        let called = self.called();
        let mut through = None;
        for step in &backward.steps {
            if through != Some(step.through) {
                through = Some(step.through);
                lines.push(Line::Through(self.place(step.through)));
            }
            lines.push(Line::Set(self.step(step, &added, &called)));
        }
        lines.extend(self.unreached());
        lines
    }

    /// The named constants and the forward stages.
    fn forward(&self) -> Vec<Line> {
        let answer = self.answer;
        let constants = answer.leaves().filter_map(|leaf| Some((leaf, answer.program.constant(leaf)?.value.clone())));
        let mut lines: Vec<Line> = constants.map(|(leaf, value)| Line::Set(self.set(self.name(leaf), leaf, What::Value(value)))).collect();
        let named: HashSet<StageId> = answer.leaves().collect();
        let mut stages: Vec<StageId> = answer.stages().filter(|id| !named.contains(id)).collect();
        // One may have been met as a part of another before.
        stages.sort_by_key(|&id| self.place(id));
        if !stages.is_empty() {
            lines.push(Line::Heading("forward pass"));
        }
        let mut met: HashSet<StageId> = named.iter().map(|&leaf| self.place(leaf)).collect();
        lines.extend(stages.into_iter().map(|id| {
            let (stage, known) = (self.place(id), answer.program.constant(id));
            let first = met.insert(stage);
            let what = match known {
                Some(constant) => What::Value(constant.value.clone()),
                None if first => What::Stage { stage, above: None },
                None => What::Part { stage, above: None },
            };
            Line::Set(self.set(self.name(id), id, what))
        }));
        lines
    }

    /// The gradient that arrives at the output, where it is not the 1 that steps leave out.
    fn upstream(&self) -> Option<Line> {
        let backward = self.answer.backward.as_ref()?;
        let output = self.answer.output;
        if self.is_unit() && self.answer.program.gate(output) != Gate::Input {
            return None;
        }
        let value = Value::new(self.answer.shape(backward.upstream), self.answer.values.slice(backward.upstream).to_vec());
        Some(Line::Set(self.set(self.gradient(output), output, What::Value(value))))
    }

    /// Whether the gradient that arrives at the output is the number 1.
    fn is_unit(&self) -> bool {
        let upstream = self.answer.backward.as_ref().map(|backward| backward.upstream);
        upstream.and_then(|upstream| self.answer.program.literal(upstream)) == Some(1.0)
    }

    /// The number that arrives at an output of one number.
    fn upstream_number(&self) -> f64 {
        let upstream = self.answer.backward.as_ref().map(|backward| backward.upstream);
        upstream.and_then(|upstream| self.answer.values.slice(upstream).first().copied()).unwrap_or(1.0)
    }

    fn step(&self, step: &Step, added: &HashSet<StageId>, called: &HashMap<StageId, String>) -> Set {
        let program = self.program();
        let upstream = self.answer.backward.as_ref().and_then(|backward| backward.adjoint(step.through));
        let named = step.through != self.answer.output || !self.is_unit();
        let above = upstream.filter(|_| named).map(|upstream| (self.place(upstream), self.gradient(step.through)));
        let stage = self.place(step.contribution);
        let what = What::Part { stage, above };
        let name = |id: StageId| what.above(id).or_else(|| called.get(&id).map(String::as_str)).map(Cow::Borrowed);
        let shown = if program.is_plain() { stage } else { print::printed(program, stage, &name) };
        let own = name(shown).is_some() || self.dialect.is_view(program.gate(shown));
        let add = step.total != step.contribution;
        let kept = added.contains(&step.target) || self.answer.program.gate(step.target) == Gate::Input;
        let shared = !program.shape(shown).is_scalar() && own && !add && kept;
        Set { add, shared, ..self.set(self.gradient(step.target), step.target, what) }
    }

    /// The inputs that no gradient reaches.
    fn unreached(&self) -> Vec<Line> {
        let Some(backward) = &self.answer.backward else { return Vec::new() };
        let reached = |leaf: &StageId| !self.answer.program.is_active(*leaf) || backward.adjoint(*leaf).is_some();
        let leaves = self.answer.leaves().filter(|leaf| !reached(leaf));
        leaves.map(|leaf| Line::Set(self.set(self.gradient(leaf), leaf, What::Zeros))).collect()
    }
}
