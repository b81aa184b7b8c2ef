//! The views of printed languages: an answer's forward and backward pass as a function of its inputs.
//!
//! Knows which lines make a function and what they are called; how they look, the language knows.

use super::identifiers::Identifiers;
use super::{Answer, Page, Role};
use crate::calculus::Step;
use crate::forms::target::function::{Function, Line, Parameter, Set, What};
use crate::forms::target::{Dialect, Target};
use crate::forms::{StageId, StageNames, print};
use crate::ground::Value;
use crate::vocabulary::Gate;
use std::borrow::Cow;
use std::collections::HashSet;
use std::io;

/// Shows the function.
///
/// # Errors
/// When the page cannot be written.
pub fn show(target: &Target, answer: &Answer, page: &mut dyn Page) -> io::Result<()> {
    let dialect = (target.dialect)(&answer.program);
    let names = answer.names();
    let identifiers = Identifiers::new(answer, &names, dialect, true);
    let maker = Maker { answer, dialect, names: &names, identifiers: &identifiers };
    let (parameters, lines) = (maker.parameters(), maker.lines());
    let output = maker.name(answer.output);
    let (stages, taken) = identifiers.into_parts();
    let function = Function {
        program: &answer.program,
        symbols: &answer.symbols,
        dialect,
        name: output.clone(),
        parameters,
        lines,
        output,
        shape: answer.shape(answer.output),
        names: stages,
        taken,
    };
    page.put(Role::Plain, &(target.function)(&function))
}

/// Makes the lines of a function of an answer.
struct Maker<'a> {
    answer: &'a Answer,
    dialect: &'static Dialect,
    names: &'a StageNames,
    identifiers: &'a Identifiers,
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

    fn parameters(&self) -> Vec<Parameter> {
        let answer = self.answer;
        let inputs = answer.leaves().filter(|&leaf| answer.program.gate(leaf) == Gate::Input);
        let parameter = |id: StageId| Parameter {
            name: self.name(id),
            key: self.names.of(id).unwrap_or_default().to_owned(),
            shape: answer.shape(id),
            gradient: (answer.backward.is_some() && answer.program.is_active(id)).then(|| self.gradient(id)),
            known: answer.valued || answer.values.slice(id).iter().any(|number| !number.is_nan()),
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
        let mut through = None;
        for step in &backward.steps {
            if through != Some(step.through) {
                through = Some(step.through);
                lines.push(Line::Through(step.through));
            }
            lines.push(Line::Set(self.step(step, &added)));
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
        let stages: Vec<StageId> = answer.stages().filter(|id| !named.contains(id)).collect();
        if !stages.is_empty() {
            lines.push(Line::Heading("forward pass"));
        }
        lines.extend(stages.into_iter().map(|id| {
            let value = answer.program.constant(id).map(|constant| What::Value(constant.value.clone()));
            Line::Set(self.set(self.name(id), id, value.unwrap_or(What::Stage(id))))
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

    fn step(&self, step: &Step, added: &HashSet<StageId>) -> Set {
        let program = &self.answer.program;
        let upstream = self.answer.backward.as_ref().and_then(|backward| backward.adjoint(step.through));
        let named = step.through != self.answer.output || !self.is_unit();
        let above = upstream.filter(|_| named).map(|upstream| (upstream, self.gradient(step.through)));
        let what = What::Part { stage: step.contribution, above };
        let name = |id: StageId| what.above(id).or_else(|| self.identifiers.of(id)).map(Cow::Borrowed);
        let shown = print::printed(program, step.contribution, &name);
        let own = name(shown).is_some() || self.dialect.is_view(program.gate(shown));
        let add = step.total != step.contribution;
        let kept = added.contains(&step.target) || program.gate(step.target) == Gate::Input;
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
