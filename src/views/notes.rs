//! What happened on the way and the user should know: few notes, and each one right.
//!
//! Knows what a note is worth telling for; where a gate has a kink stands in the gate table.

use super::{Answer, Note};
use crate::calculus::Rules;
use crate::calculus::rule::Hole;
use crate::forms::print::{self, Dialect};
use crate::forms::{Names, Program, StageId};
use crate::ground::number::{self, Digits};
use crate::vocabulary::gate::Kink;
use std::borrow::Cow;

/// The most notes of one kind.
const MOST: usize = 8;

/// How many digits a sum may lose before it is told.
const LOST: f64 = 8.0;

/// How small the local gradient of a gate may become before it counts as saturated.
const SATURATED: f64 = 1e-3;

/// How many times one operand of a product may be the other before it is told.
const LOPSIDED: f64 = 1000.0;

/// Finds what is to be said about an answer.
pub fn find(answer: &Answer, rules: &mut Rules) -> Vec<Note> {
    let mut finder = Finder { answer, rules, names: None, notes: Vec::new() };
    finder.not_finite();
    finder.kinks();
    finder.losses();
    finder.blocked();
    finder.notes
}

struct Finder<'a> {
    answer: &'a Answer,
    rules: &'a mut Rules,
    names: Option<Names>,
    notes: Vec<Note>,
}

impl Finder<'_> {
    fn add(&mut self, kind: &'static str, stage: StageId, message: String) {
        if self.notes.iter().filter(|note| note.kind == kind).count() < MOST {
            let stage = self.name(stage);
            self.notes.push(Note { kind, stage, message });
        }
    }

    /// Names are made only when there is something to tell.
    fn names(&mut self) -> &Names {
        let answer = self.answer;
        self.names.get_or_insert_with(|| answer.names())
    }

    /// What a stage is called, or what it computes where it has no name.
    fn name(&mut self, id: StageId) -> String {
        match self.names().word(id) {
            Some(name) => name.to_owned(),
            None => self.expression(id),
        }
    }

    fn expression(&mut self, id: StageId) -> String {
        let answer = self.answer;
        let names = self.names();
        print::stage(&answer.program, id, Dialect::Calculator, &answer.symbols, &|id| names.word(id).map(Cow::Borrowed))
    }

    /// The operands of a stage with their values, such as `x = 0`.
    fn operands(&mut self, id: StageId) -> String {
        let operands = self.answer.program.operands(id).to_vec();
        let mut said: Vec<String> = Vec::new();
        for operand in operands {
            if self.answer.program.literal(operand).is_none() {
                let text = format!("{} = {}", self.name(operand), shown(self.answer.value_of(operand)));
                if !said.contains(&text) {
                    said.push(text);
                }
            }
        }
        said.join(", ")
    }

    /// A value or a gradient that is not finite, with the stages where it first went wrong.
    fn not_finite(&mut self) {
        let answer = self.answer;
        if answer.is_finite() {
            return;
        }
        if !answer.value().is_finite() {
            self.forward_cause();
        }
        if answer.value().is_nan() {
            return;
        }
        let leaves: Vec<StageId> = answer.leaves().collect();
        let wrong: Vec<StageId> =
            leaves.into_iter().filter(|&id| answer.gradient(id).is_some_and(|gradient| !gradient.is_finite())).collect();
        if !wrong.is_empty() {
            self.backward_cause(&wrong);
        }
    }

    fn forward_cause(&mut self) {
        let answer = self.answer;
        let stages: Vec<StageId> = answer.stages().collect();
        let value = |id: StageId| answer.value_of(id);
        let fresh = |id: &StageId, wrong: fn(f64) -> bool| {
            wrong(value(*id)) && !answer.program.operands(*id).iter().any(|&operand| wrong(value(operand)))
        };
        let infinite = stages.iter().copied().find(|id| fresh(id, f64::is_infinite));
        let nan = stages.iter().copied().find(|id| fresh(id, f64::is_nan));
        if let Some(id) = infinite.filter(|_| answer.value().is_infinite() || nan.is_some()) {
            let finite = answer.program.operands(id).iter().all(|&operand| value(operand).is_finite());
            let zero = answer.program.operands(id).iter().any(|&operand| value(operand) == 0.0);
            let why = match (finite, zero) {
                (true, true) => "there is no finite value there",
                (true, false) => "it is too large for a 64-bit number",
                (false, _) => "an operand is infinite",
            };
            let message = format!("{} = {} is {} where {}: {why}", self.name(id), self.expression(id), shown(value(id)), self.operands(id));
            self.add("infinite", id, message);
        }
        if let Some(id) = nan {
            let domain = answer.program.gate(id).row().domain;
            let infinite = answer.program.operands(id).iter().any(|&operand| value(operand).is_infinite());
            let remedy = if infinite {
                "two infinities, or infinity and 0, leave nothing determined".to_owned()
            } else {
                format!("it has a real value for {domain}")
            };
            let message = format!("{} = {} became nan where {}: {remedy}", self.name(id), self.expression(id), self.operands(id));
            self.add("nan", id, message);
        }
    }

    fn backward_cause(&mut self, wrong: &[StageId]) {
        let answer = self.answer;
        let Some(backward) = &answer.backward else { return };
        let number = |id: StageId| answer.values.scalar(id);
        let upstream = |through: StageId| backward.adjoint(through).map_or(0.0, number);
        let is_nan = wrong.iter().any(|&id| answer.gradient(id).is_some_and(f64::is_nan));
        // A total that is not finite though what it was made of is.
        let fresh = backward.steps.iter().find(|step| !number(step.contribution).is_finite() && upstream(step.through).is_finite());
        let told = fresh.is_some_and(|step| !answer.value_of(step.through).is_finite());
        if let Some(step) = fresh.filter(|_| !told) {
            let (through, target) = (step.through, step.target);
            let slope = shown(number(step.contribution));
            let remedy = self.remedy(through);
            let message = format!(
                "the gradient is {slope} from {} = {} on {} where {}{remedy}",
                self.name(through),
                self.expression(through),
                self.name(target),
                self.operands(through)
            );
            self.add(if slope == "nan" { "nan" } else { "infinite" }, through, message);
        }
        let lost = backward.steps.iter().find(|step| number(step.contribution).is_nan() && !upstream(step.through).is_nan());
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

    /// What to write instead, where that is known.
    fn remedy(&mut self, id: StageId) -> String {
        let program = &self.answer.program;
        match self.rules.instead(program, program.gate(id), program.operands(id)) {
            Some((better, x)) => format!("; write `{}` instead", better.replace("(x)", &format!("({})", self.name(x)))),
            None => String::new(),
        }
    }

    /// Kinks and ties: the choice made, and the slopes on either side.
    fn kinks(&mut self) {
        let answer = self.answer;
        if answer.backward.is_none() {
            return;
        }
        let stages: Vec<StageId> = answer.stages().filter(|&id| answer.program.is_active(id)).collect();
        for id in stages {
            let row = answer.program.gate(id).row();
            if row.idempotent {
                self.tie(id);
            }
            for kink in row.kinks {
                let operand = answer.program.operands(id)[kink.operand];
                if answer.program.is_active(operand) && self.holds(id, kink) {
                    self.kink(id, operand, kink);
                }
            }
        }
    }

    fn holds(&mut self, id: StageId, kink: &Kink) -> bool {
        self.text_at(id, kink.when).is_some_and(|holds| holds != 0.0)
    }

    /// The value of a text of the gate's row at a stage's operands.
    fn text_at(&mut self, id: StageId, text: &'static str) -> Option<f64> {
        let answer = self.answer;
        let template = self.rules.text(answer.program.gate(id), text);
        let mut program = Program::new();
        let operands = answer.program.operands(id);
        let value = |hole: Hole| match hole {
            Hole::Operand(at) => answer.value_of(operands[at]),
            _ => answer.value_of(id),
        };
        let stage = template.evaluate(&mut program, &value);
        program.known(stage)
    }

    fn kink(&mut self, id: StageId, operand: StageId, kink: &Kink) {
        let answer = self.answer;
        let local = answer.backward.as_ref().and_then(|backward| backward.steps_through(id).iter().find(|step| step.target == operand));
        let taken = local.and_then(|step| step.local).map(|local| answer.values.scalar(local));
        let taken = taken.map_or(String::new(), |taken| format!("; the slope taken is {}", shown(taken)));
        let below = self.text_at(id, kink.below).map_or_else(|| kink.below.to_owned(), shown);
        let above = self.text_at(id, kink.above).map_or_else(|| kink.above.to_owned(), shown);
        let message = format!(
            "{} = {} has a kink where {}: its slope in {} is {below} from below and {above} from above{taken}",
            self.name(id),
            self.expression(id),
            self.operands(id),
            self.name(operand)
        );
        self.add("kink", id, message);
    }

    fn tie(&mut self, id: StageId) {
        let answer = self.answer;
        let tied: Vec<StageId> =
            answer.program.operands(id).iter().copied().filter(|&operand| answer.value_of(operand) == answer.value_of(id)).collect();
        if tied.len() < 2 || !tied.iter().any(|&operand| answer.program.is_active(operand)) {
            return;
        }
        let names: Vec<String> = tied.iter().map(|&operand| self.name(operand)).collect();
        let backward = answer.backward.as_ref();
        let local = backward.and_then(|backward| backward.steps_through(id).first()).and_then(|step| step.local);
        let taken =
            local.map_or(String::new(), |local| format!("; here each gets {} of it (see --ties)", shown(answer.values.scalar(local))));
        let message = format!(
            "{} = {} is a tie: {} are {} {}; the slope in each is 0 on one side and 1 on the other{taken}",
            self.name(id),
            self.expression(id),
            names.join(" and "),
            if names.len() == 2 { "both" } else { "all" },
            shown(answer.value_of(id))
        );
        self.add("tie", id, message);
    }
}

impl Finder<'_> {
    /// What loses digits or surprises: sums that cancel, gates that saturate, lopsided products.
    fn losses(&mut self) {
        let answer = self.answer;
        if answer.backward.is_none() {
            return;
        }
        let stages: Vec<StageId> = answer.stages().filter(|&id| answer.program.is_active(id)).collect();
        for id in stages {
            let row = answer.program.gate(id).row();
            if row.cancels {
                self.cancellation(id);
            } else if row.swaps {
                self.lopsided(id);
            } else if !row.saturates.is_empty() {
                self.saturation(id, row.saturates);
            }
        }
    }

    /// A sum that lost most of its digits. What the user gave is exact, so a sum of inputs loses nothing.
    fn cancellation(&mut self, id: StageId) {
        let answer = self.answer;
        let operands = answer.program.operands(id);
        let computed = operands.iter().any(|&operand| !answer.program.operands(operand).is_empty());
        let largest = operands.iter().map(|&operand| answer.value_of(operand).abs()).fold(0.0, f64::max);
        let lost = (largest / answer.value_of(id).abs()).log10();
        if computed && lost.is_finite() && lost > LOST {
            let message = format!(
                "{} = {} lost {} of about 16 digits: {} cancel to {}",
                self.name(id),
                self.expression(id),
                lost.floor(),
                self.operands(id),
                shown(answer.value_of(id))
            );
            self.add("cancellation", id, message);
        }
    }

    /// A gate whose local gradient has almost vanished.
    fn saturation(&mut self, id: StageId, text: &'static str) {
        let answer = self.answer;
        let Some(step) = answer.backward.as_ref().and_then(|backward| backward.steps_through(id).first()) else {
            return;
        };
        let Some(local) = step.local.map(|local| answer.values.scalar(local)) else { return };
        if local.abs() >= SATURATED || local.is_nan() {
            return;
        }
        let kept = self.text_at(id, text).unwrap_or(0.0).abs() / (f64::EPSILON / 2.0);
        let digits = if kept < 1.0 { 0.0 } else { kept.log10().floor().min(16.0) };
        let left = if digits >= 15.0 { String::new() } else { format!(", of which about {digits} digits are left") };
        let message = format!("{} = {} is saturated: its local gradient is {}{left}", self.name(id), self.expression(id), shown(local));
        self.add("saturated", id, message);
    }

    /// The notes' unintuitive effect: the small operand of a product gets the large gradient.
    fn lopsided(&mut self, id: StageId) {
        let answer = self.answer;
        let &[x, y] = answer.program.operands(id) else { return };
        let reached = answer.gradient(id).is_some_and(|gradient| gradient != 0.0 && gradient.is_finite());
        if !reached || !answer.program.is_active(x) || !answer.program.is_active(y) {
            return;
        }
        let (large, small) = if answer.value_of(x).abs() > answer.value_of(y).abs() { (x, y) } else { (y, x) };
        let ratio = answer.value_of(large).abs() / answer.value_of(small).abs();
        if ratio > LOPSIDED && ratio.is_finite() {
            let message = format!(
                "in {} = {}, {} is {} times {}: the small operand gets the large gradient, and the large one the small",
                self.name(id),
                self.expression(id),
                self.name(large),
                shown(ratio),
                self.name(small)
            );
            self.add("lopsided", id, message);
        }
    }

    /// Inputs whose gradient is exactly zero because a gate lets nothing through.
    fn blocked(&mut self) {
        let answer = self.answer;
        let inputs: Vec<StageId> = answer.active_inputs().filter(|&id| answer.gradient(id) == Some(0.0)).collect();
        for input in inputs {
            let gates = self.blocking(input);
            let (Some(gates), Some(&first)) = (&gates, gates.as_ref().and_then(|gates| gates.first())) else { continue };
            let name = self.name(first);
            if self.notes.iter().any(|note| note.stage == name) {
                continue;
            }
            let words: Vec<String> = gates.iter().take(3).map(|&gate| format!("{} = {}", self.name(gate), self.expression(gate))).collect();
            let verb = if words.len() == 1 { "lets" } else { "let" };
            let message = format!("no gradient reaches {}: {} {verb} none through here", self.name(input), words.join(" and "));
            self.add("blocked", first, message);
        }
    }

    /// The gates that stop every way from the output to an input; none where something else makes it zero, such
    /// as a product with 0.
    fn blocking(&self, input: StageId) -> Option<Vec<StageId>> {
        let answer = self.answer;
        let backward = answer.backward.as_ref()?;
        let gradient = |id: StageId| backward.adjoint(id).map_or(0.0, |adjoint| answer.values.scalar(adjoint));
        let mut reached = vec![false; answer.forward];
        reached[input.at()] = true;
        let mut gates = Vec::new();
        for at in input.at() + 1..answer.forward {
            let id = StageId::new(at);
            if !answer.program.operands(id).iter().any(|operand| reached[operand.at()]) {
                continue;
            }
            if gradient(id) == 0.0 {
                reached[at] = true;
            } else if answer.program.gate(id).row().blocks() {
                gates.push(id);
            } else {
                return None;
            }
        }
        Some(gates)
    }
}

fn shown(value: f64) -> String {
    number::rounded(value, Digits::default())
}
