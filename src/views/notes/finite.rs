//! What is told of values and gradients that are not finite, or left the range of 64-bit numbers on the way.
//!
//! Knows where they first went wrong; what gates are defined for stands in the gate table.

use super::{Finder, places, shown};
use crate::calculus::backprop::Step;
use crate::calculus::evaluate::Range;
use crate::calculus::lower::constant_value;
use crate::forms::{Program, StageId};
use crate::ground::{Span, broken};
use crate::vocabulary::gate::Rounding;

/// The kind of note that says that gradients left the range of numbers.
pub(super) const RANGE: &str = "range";

impl Finder<'_> {
    /// Gradients that left the range of 64-bit numbers on the way, where they could not be evaluated again.
    pub(super) fn out_of_range(&mut self) {
        if self.answer.values.range == Range::Left && self.answer.backward.is_some() {
            let message = "products on the way to gradients leave the range of 64-bit numbers, and there are too many to evaluate \
                           them again in wider ones: gradients may be wrong, those that are 0, infinite or nan above all";
            self.add(RANGE, self.answer.output, message.to_owned());
        }
    }

    /// A value or a gradient that is not finite, with the stages where it first went wrong.
    pub(super) fn not_finite(&mut self) {
        let answer = self.answer;
        if answer.is_finite() {
            return;
        }
        if answer.values.crowded {
            let message = "a value or a gradient is not finite; where that begins is not looked for, since the budget has no room for every stage \
                           of arrays so large";
            self.add("infinite", answer.output, message.to_owned());
            return;
        }
        let output = answer.numbers(answer.output);
        let forward = output.iter().any(|number| !number.is_finite());
        if forward {
            self.forward_cause();
        }
        let told = !self.notes.is_empty();
        if output.iter().any(|number| number.is_nan()) {
            return;
        }
        let leaves: Vec<StageId> = answer.leaves().collect();
        let wrong: Vec<StageId> =
            leaves.into_iter().filter(|&id| answer.gradients(id).is_some_and(|numbers| numbers.iter().any(|x| !x.is_finite()))).collect();
        if !wrong.is_empty() {
            self.backward_cause(&wrong, forward, told);
        }
    }

    fn forward_cause(&mut self) {
        let answer = self.answer;
        let stages: Vec<StageId> = answer.stages().collect();
        let first = |id: StageId, wrong: fn(f64) -> bool| answer.numbers(id).iter().position(|&number| wrong(number));
        let fresh = |id: &StageId, wrong: fn(f64) -> bool| {
            let operands = answer.program.operands(*id);
            // What is infinite as it is given has no cause.
            first(*id, wrong)
                .filter(|_| !operands.is_empty() && !operands.iter().any(|&operand| first(operand, wrong).is_some()))
                .map(|at| (*id, at))
        };
        let infinite = stages.iter().find_map(|id| fresh(id, f64::is_infinite));
        // A subscript that was left out is nan.
        let nan = stages.iter().find_map(|id| {
            let is_nan: fn(f64) -> bool = f64::is_nan;
            let varying = |&&operand: &&StageId| answer.program.literal(operand).is_none_or(|number| !number.is_nan());
            let operands = answer.program.operands(*id);
            first(*id, is_nan)
                .filter(|_| !operands.iter().filter(varying).any(|&operand| first(operand, is_nan).is_some()))
                .map(|at| (*id, at))
        });
        let all = |id: StageId, at: usize, holds: fn(f64) -> bool| {
            let elementwise = answer.program.gate(id).is_elementwise();
            answer.program.operands(id).iter().all(|&operand| {
                if elementwise { holds(self.met(operand, id, at)) } else { answer.numbers(operand).iter().all(|&number| holds(number)) }
            })
        };
        let whole = answer.numbers(answer.output).iter().any(|number| number.is_infinite());
        let told = infinite.filter(|_| whole || nan.is_some());
        let why = told.map(|(id, at)| match (all(id, at, f64::is_finite), all(id, at, |number| number != 0.0)) {
            (true, false) if self.may_be_rounded(id) => "that is 0, or too small for a 64-bit number",
            (true, false) => "there is no finite value there",
            (true, true) => "it is too large for a 64-bit number",
            (false, _) => "an operand is infinite",
        });
        // A gate that takes places is nan where they are none.
        let undetermined =
            nan.is_some_and(|(id, at)| answer.program.gate(id).row().places == [0, 0] && !all(id, at, |number| !number.is_infinite()));
        if let (Some((id, at)), Some(why)) = (told, why) {
            let value = shown(answer.numbers(id)[at]);
            let place = places(answer.shape(id), &[at]);
            let (remedy, name, at) = (self.larger(id), self.name(id), self.at(id, at));
            let message = format!("{name} = {} is {value}{place}{at}: {why}{remedy}", self.expression(id));
            self.add("infinite", id, message);
        }
        if nan.is_none() {
            self.given_nan();
        }
        if let Some((id, at)) = nan {
            let domain = self.in_words_of(id, answer.program.gate(id).row().domain);
            let remedy = if undetermined {
                "two infinities, or infinity and 0, leave nothing determined".to_owned()
            } else {
                format!("it has a real value for {domain}")
            };
            let message = format!(
                "{} = {} became nan{}{}: {remedy}",
                self.name(id),
                self.expression(id),
                places(self.answer.shape(id), &[at]),
                self.at(id, at)
            );
            self.add("nan", id, message);
        }
    }

    /// A result that is nan because an input is.
    fn given_nan(&mut self) {
        let answer = self.answer;
        if !answer.numbers(answer.output).iter().any(|number| number.is_nan()) {
            return;
        }
        let nan = |id: StageId| Some((id, answer.numbers(id).iter().position(|number| number.is_nan())?));
        let given = answer.leaves().filter(|&id| answer.program.input(id).is_some() && id < answer.output).find_map(nan);
        if let Some((input, at)) = given {
            let place = answer.shape(input).subscript(at);
            let message = format!("{}{place} is nan as it was given, and makes {} nan", self.name(input), self.name(answer.output));
            self.add("nan", input, message);
        }
    }

    /// The stages where gradients first went wrong, unless the cause is a value that is not finite: one that was told, or, of an
    /// infinite gradient, any.
    fn backward_cause(&mut self, wrong: &[StageId], forward: bool, told: bool) {
        let answer = self.answer;
        let Some(backward) = &answer.backward else { return };
        let upstream = |through: StageId| backward.adjoint(through);
        let first = |id: StageId, wrong: fn(f64) -> bool| {
            if answer.values.are_finite(id) { None } else { answer.values.slice(id).iter().position(|&number| wrong(number)) }
        };
        let any = |id: Option<StageId>, wrong: fn(f64) -> bool| first(id?, wrong);
        let infinite_or_nan: fn(f64) -> bool = |number| !number.is_finite();
        let is_nan = wrong.iter().any(|&id| answer.gradients(id).is_some_and(|numbers| numbers.iter().any(|number| number.is_nan())));
        // A total that is not finite though what it was made of is.
        let fresh = backward
            .steps
            .iter()
            .find(|step| first(step.contribution, infinite_or_nan).is_some() && any(upstream(step.through), infinite_or_nan).is_none());
        let known = |step: &Step| told || first(step.contribution, f64::is_nan).is_none();
        let told = forward && fresh.is_some_and(|step| first(step.through, infinite_or_nan).is_some() && known(step));
        if let Some(step) = fresh.filter(|_| !told) {
            let (through, target) = (step.through, step.target);
            let place = first(step.contribution, infinite_or_nan);
            let place = place.unwrap_or_else(|| broken("what is not finite was found by such a number"));
            let slope = shown(answer.values.slice(step.contribution)[place]);
            let remedy = self.remedy(through);
            let on = answer.shape(target).subscript(place);
            let at = if answer.shape(through) == answer.shape(target) { place } else { 0 };
            let (name, expression, of) = (self.name(through), self.expression(through), self.name(target));
            let place = self.at(through, at);
            let arrives = upstream(through).and_then(|upstream| answer.values.slice(upstream).get(at).copied());
            let message = if slope == "nan" && arrives == Some(0.0) {
                format!(
                    "the slope of {name} = {expression} on {of}{on} is infinite{place}, and the gradient that arrives there is 0: \
                     their product is undetermined"
                )
            } else {
                format!("the gradient is {slope} from {name} = {expression} on {of}{on}{place}{remedy}")
            };
            self.add(if slope == "nan" { "nan" } else { "infinite" }, through, message);
        }
        let lost = backward
            .steps
            .iter()
            .find(|step| first(step.contribution, f64::is_nan).is_some() && any(upstream(step.through), f64::is_nan).is_none());
        if let Some(step) = lost.filter(|step| is_nan && fresh.is_none_or(|fresh| fresh.through != step.through)) {
            let (through, target) = (step.through, step.target);
            let message = format!(
                "the gradient on {} became nan at {} = {}: an infinite gradient times a slope of 0 is undetermined",
                self.name(target),
                self.name(through),
                self.expression(through)
            );
            self.add("nan", through, message);
        }
    }

    /// Whether an operand that is 0 may be so because it is too small for a number.
    fn may_be_rounded(&self, id: StageId) -> bool {
        let program = &self.answer.program;
        let rounded = |operand: &&StageId| {
            let exact = matches!(program.gate(**operand).row().rounding, Rounding::Exact | Rounding::Sum | Rounding::Difference);
            !exact && self.answer.numbers(**operand).contains(&0.0)
        };
        let computed = |operand: &&StageId| !program.operands(**operand).is_empty();
        program.operands(id).iter().filter(computed).any(|operand| rounded(&operand))
    }

    /// A larger gate that has a finite value in the place of a stage.
    fn larger(&mut self, id: StageId) -> String {
        let answer = self.answer;
        let program = &answer.program;
        for (gate, form) in self.rules.forms().iter() {
            let Some(bound) = form.matches(program, program.gate(id), program.operands(id)) else { continue };
            let operands: Vec<StageId> = bound.into_iter().flatten().collect();
            let mut alone = Program::new();
            let value = |operand: &StageId| answer.values.value(*operand, answer.shape(*operand));
            let given: Vec<StageId> = operands.iter().map(|operand| alone.add_constant(value(operand), None, Span::default())).collect();
            let stage = alone.share(*gate, &given, Span::default());
            if constant_value(&alone, stage).numbers().iter().all(|number| number.is_finite()) {
                let names: Vec<String> = operands.iter().map(|&operand| self.name(operand)).collect();
                return format!("; `{}({})` is finite", gate.row().name, names.join(", "));
            }
        }
        String::new()
    }

    /// What to write instead, where that is known.
    fn remedy(&mut self, id: StageId) -> String {
        let program = &self.answer.program;
        match self.rules.instead(program, program.gate(id), program.operands(id)) {
            Some((better, x)) => format!("; write `{}` instead", better.replace("(x)", &format!("({})", self.name(x)))),
            None => String::new(),
        }
    }
}
