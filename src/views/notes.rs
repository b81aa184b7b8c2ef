//! What happened on the way and the user should know: few notes, and each one right.
//!
//! Knows what a note is worth telling for; where a gate has a kink stands in the gate table.

use super::analysis::figure;
use super::{Answer, Note};
use crate::calculus::Rules;
use crate::calculus::analysis::{Analysis, Figure};
use crate::calculus::backprop::Step;
use crate::calculus::check::{Asked, Glance};
use crate::calculus::evaluate::Range;
use crate::calculus::lower::constant_value;
use crate::calculus::rule::Hole;
use crate::calculus::sides::sides;
use crate::calculus::verdict::Verdict;
use crate::forms::print;
use crate::forms::target::CALCULATOR;
use crate::forms::{Program, StageId, StageNames};
use crate::ground::number::{self, Digits};
use crate::ground::{Cancellation, Shape, Span, Value, broken, value};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Family, Kink, Rounding};
use std::borrow::Cow;

/// The kind of the note on a result that is shown without gradients.
pub const WITHOUT_GRADIENT: &str = "shape";

/// The kind of the notes on numbers of many digits.
pub const PRECISE: &str = "precise";

impl Answer {
    /// Where the result has a kink or a tie, its second derivatives do not tell what kind of point it is.
    pub fn judge_bends(&mut self) {
        let bends = self.notes.iter().any(|note| [KINK, TIE, SIDES, CURVED].contains(&note.kind));
        if let Some(hessian) = self.analysis.hessian.as_mut().filter(|hessian| bends && hessian.verdict != Verdict::Slope) {
            hessian.verdict = Verdict::Undecided;
        }
    }
}

/// The kind of the note on slopes that are not what the rules for ties and kinks give.
const SIDES: &str = "sides";

/// The kind of the notes on slopes that differ from side to side.
const KINK: &str = "kink";

/// The kind of the note on operands of which several reach the value.
const TIE: &str = "tie";

/// The kind of the note on second derivatives that are not what the rules for ties and kinks give.
const CURVED: &str = "curvature";

/// The most second derivatives of which it is looked what they are on either side.
const MOST_CURVED: usize = 64;

/// Below this a second derivative is 0 but for rounding.
const NOTHING: f64 = 1e-300;

/// The most stages that are looked at, for each input anew, to find the slopes of a result on its sides.
const MOST_LOOKED_AT: usize = 4_000_000;

/// The most gradients that are nan whose slopes on either side are looked for.
const MOST_GLANCES: usize = 3;

/// The most notes of one kind.
const MOST: usize = 8;

/// An array of so few numbers is shown where it is spoken of.
const FEW: usize = 6;

/// How many times one operand of a product may be the other before it is told.
const LOPSIDED: f64 = 1000.0;

/// Finds what is to be said about an answer.
pub fn find(answer: &Answer, rules: &mut Rules) -> Vec<Note> {
    let mut finder = Finder { answer, rules, names: None, notes: Vec::new() };
    finder.out_of_range();
    finder.not_finite();
    finder.kinks();
    finder.undetermined();
    finder.curved();
    finder.surprises();
    finder.blocked();
    finder.notes
}

/// Whether the slopes of a gate may differ on the sides of a point.
pub fn may_split(gate: Gate) -> bool {
    let row = gate.row();
    row.idempotent || !row.reaches.is_empty() || !row.kinks.is_empty() || row.family == Family::Comparison
}

/// What is to be said of values and gradients of an answer that are not finite.
pub fn of_not_finite(answer: &Answer, rules: &mut Rules) -> Vec<String> {
    let mut finder = Finder { answer, rules, names: None, notes: Vec::new() };
    finder.not_finite();
    finder.notes.into_iter().map(|note| note.message).collect()
}

/// What is to be said of the slopes of an answer in an input that are not what the rules for ties and kinks give.
pub fn sides_in(answer: &Answer, input: &str, rules: &mut Rules) -> Vec<String> {
    let mut finder = Finder { answer, rules, names: None, notes: Vec::new() };
    finder.kinks();
    finder.notes.into_iter().filter(|note| note.kind == SIDES && note.stage == input).map(|note| note.message).collect()
}

/// Why a result of several numbers is shown without gradients, and what to do.
pub fn without_gradient(answer: &Answer) -> Note {
    let message = format!(
        "the result is {}, and a gradient is that of a single number: reduce it, as in `sum(...)`, or give the gradient that \
         arrives at it (the setting upstream)",
        answer.shape(answer.output)
    );
    Note { kind: WITHOUT_GRADIENT, stage: answer.names().word(answer.output).unwrap_or_default().to_owned(), message }
}

/// What there is to say of the numbers of many digits: what they were read from, and where there are fewer than promised.
pub fn of_precision(answer: &Answer, binary: &[String]) -> Vec<Note> {
    let Some(digits) = &answer.precise else { return Vec::new() };
    let names = answer.names();
    let note = |stage: &str, message: String| Note { kind: PRECISE, stage: stage.to_owned(), message };
    let name = |id: StageId| names.word(id).unwrap_or_default().to_owned();
    let mut notes: Vec<Note> = Vec::new();
    if !binary.is_empty() {
        let list = binary.join(", ");
        notes.push(note("", format!("{list}: read as binary64 numbers, exactly; what lies beyond those is not known here")));
    }
    let values = (0..answer.forward).map(StageId::new).filter_map(|id| Some((name(id), answer.precise(id)?.to_vec())));
    let slopes = answer.active_inputs().filter_map(|id| Some((format!("d{}", name(id)), answer.precise_gradients(id)?.into_owned())));
    let [jacobian, hessian] = answer.precise_matrices().map(|rows| rows.into_iter().flatten().flatten().collect::<Vec<_>>());
    let matrices = [("jacobian".to_owned(), jacobian), ("hessian".to_owned(), hessian)];
    for (name, numbers) in values.chain(slopes).chain(matrices) {
        let fewest = numbers.iter().filter_map(|shown| shown.fewer).min();
        if let Some(right) = fewest {
            notes.push(note(&name, format!("`{name}` has {right} right digits of {}, evaluated with {}", digits.promised, digits.reached)));
        }
        if numbers.iter().any(|shown| shown.vanished) {
            notes.push(note(&name, format!("`{name}` is 0 as far as {} digits tell", digits.reached)));
        }
    }
    for &tie in digits.ties.iter().filter(|tie| tie.at() < answer.forward) {
        let message = format!("`{}`: {} digits do not tell its operands apart, which are taken as equal", name(tie), digits.reached);
        notes.push(note(&name(tie), message));
    }
    for &(stage, why) in &digits.refusals {
        notes.push(note(
            &name(stage),
            format!("{}: {why}", if stage.at() < answer.forward { format!("`{}`", name(stage)) } else { "a gradient".to_owned() }),
        ));
    }
    notes.truncate(MOST);
    let Analysis { hessian, along, nudge, .. } = &answer.analysis;
    let eigenvalues = hessian.as_ref().filter(|hessian| !hessian.eigenvalues.is_empty()).map(|_| "eigenvalues and verdict");
    let rounded = [eigenvalues, along.map(|_| "along"), nudge.map(|_| "nudge")];
    let rounded: Vec<&str> = rounded.into_iter().flatten().collect();
    if !rounded.is_empty() {
        notes.push(note("", format!("computed in 64-bit numbers, whatever the digits: {}", rounded.join(", "))));
    }
    notes
}

struct Finder<'a> {
    answer: &'a Answer,
    rules: &'a mut Rules,
    names: Option<StageNames>,
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
    fn names(&mut self) -> &StageNames {
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
        print::stage(&answer.program, id, &CALCULATOR, &answer.symbols, &|id| names.word(id).map(Cow::Borrowed))
    }

    /// A text of a gate's row that speaks of its operands by the row's letters, in the names that they have in the answer.
    fn in_words_of(&mut self, id: StageId, text: &str) -> String {
        let answer = self.answer;
        let letters = answer.program.gate(id).row().operands;
        let mut said = String::new();
        for word in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
            let letter = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            let operand = letters.iter().position(|known| *known == letter).and_then(|at| answer.program.operands(id).get(at));
            // A number as written says nothing of what it stands for.
            match operand.filter(|&&operand| answer.program.literal(operand).is_none()) {
                Some(&operand) => said += &(self.name(operand) + &word[letter.len()..]),
                None => said += word,
            }
        }
        said
    }

    /// ` where x = 0`: the operands of a stage at a place of its value; nothing where all are numbers as written.
    fn at(&mut self, id: StageId, at: usize) -> String {
        let operands = self.operands(id, at);
        if operands.is_empty() { operands } else { format!(" where {operands}") }
    }

    /// The operands of a stage with their values at a place of its value, such as `x = 0` or `x[2] = 0`.
    fn operands(&mut self, id: StageId, at: usize) -> String {
        let answer = self.answer;
        let mut said: Vec<String> = Vec::new();
        for &operand in answer.program.operands(id) {
            if answer.program.literal(operand).is_some() {
                continue;
            }
            let shape = answer.shape(operand);
            let text = if answer.program.gate(id).is_elementwise() {
                let place = shape.met(answer.shape(id), at);
                format!("{}{} = {}", self.name(operand), shape.subscript(place), shown(answer.numbers(operand)[place]))
            } else if shape.is_scalar() {
                format!("{} = {}", self.name(operand), shown(answer.value_of(operand)))
            } else if shape.size() <= FEW {
                format!("{} = {}", self.name(operand), value::written(shape, answer.numbers(operand), shown))
            } else {
                continue;
            };
            if !said.contains(&text) {
                said.push(text);
            }
        }
        said.join(", ")
    }

    /// The number of an operand that meets a place of a stage's value.
    fn met(&self, operand: StageId, id: StageId, at: usize) -> f64 {
        self.answer.numbers(operand)[self.answer.shape(operand).met(self.answer.shape(id), at)]
    }

    /// Gradients that left the range of 64-bit numbers on the way, where they could not be evaluated again.
    fn out_of_range(&mut self) {
        if self.answer.values.range == Range::Left && self.answer.backward.is_some() {
            let message = "products on the way to gradients leave the range of 64-bit numbers, and there are too many to evaluate \
                           them again in wider ones: gradients that are 0, infinite or nan may be wrong";
            self.add("range", self.answer.output, message.to_owned());
        }
    }

    /// A value or a gradient that is not finite, with the stages where it first went wrong.
    fn not_finite(&mut self) {
        let answer = self.answer;
        if answer.is_finite() {
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
        let undetermined = nan.is_some_and(|(id, at)| !all(id, at, |number| !number.is_infinite()));
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
        let numbers = |id: StageId| answer.values.slice(id);
        let upstream = |through: StageId| backward.adjoint(through).map_or(&[][..], numbers);
        let any = |numbers: &[f64], wrong: fn(f64) -> bool| numbers.iter().position(|&number| wrong(number));
        let infinite_or_nan: fn(f64) -> bool = |number| !number.is_finite();
        let is_nan = wrong.iter().any(|&id| answer.gradients(id).is_some_and(|numbers| numbers.iter().any(|number| number.is_nan())));
        // A total that is not finite though what it was made of is.
        let fresh = backward.steps.iter().find(|step| {
            any(numbers(step.contribution), infinite_or_nan).is_some() && any(upstream(step.through), infinite_or_nan).is_none()
        });
        let known = |step: &Step| told || any(numbers(step.contribution), f64::is_nan).is_none();
        let told = forward && fresh.is_some_and(|step| any(answer.numbers(step.through), infinite_or_nan).is_some() && known(step));
        if let Some(step) = fresh.filter(|_| !told) {
            let (through, target) = (step.through, step.target);
            let place = any(numbers(step.contribution), infinite_or_nan).unwrap_or(0);
            let slope = shown(numbers(step.contribution)[place]);
            let remedy = self.remedy(through);
            let on = answer.shape(target).subscript(place);
            let at = if answer.shape(through) == answer.shape(target) { place } else { 0 };
            let (name, expression, of) = (self.name(through), self.expression(through), self.name(target));
            let place = self.at(through, at);
            let arrives = upstream(through).get(at).copied();
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
            .find(|step| any(numbers(step.contribution), f64::is_nan).is_some() && any(upstream(step.through), f64::is_nan).is_none());
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

    /// The stages that are differentiated, by a backward pass or for each number of the result.
    fn differentiated(&self) -> Vec<StageId> {
        let answer = self.answer;
        let asked = answer.backward.is_some() || answer.analysis.jacobian.is_some();
        answer.stages().filter(|&id| asked && answer.program.is_active(id)).collect()
    }

    /// Kinks and ties: the choice made, and the slopes on either side.
    fn kinks(&mut self) {
        let mut met = self.ties_and_kinks();
        met.dedup();
        let bounds = self.boundaries();
        if self.answer.shape(self.answer.output).size() == 1 {
            self.sides(&met, &bounds);
        } else if self.answer.analysis.jacobian.is_some() {
            for bound in bounds {
                self.jump(bound);
            }
        }
    }

    /// A comparison whose sides are equal somewhere, of a result of several numbers whose slopes may change there.
    fn jump(&mut self, id: StageId) {
        let &[left, right] = self.answer.program.operands(id) else { return };
        let found: Vec<usize> = (0..self.answer.shape(id).size()).filter(|&at| self.met(left, id, at) == self.met(right, id, at)).collect();
        let Some(&first) = found.first() else { return };
        let message = format!(
            "the sides of {} = {} are equal{}{}: derivatives there are those of one side, and may be others on the other",
            self.name(id),
            self.expression(id),
            places(self.answer.shape(id), &found),
            self.at(id, first)
        );
        self.add(KINK, id, message);
    }

    /// Comparisons whose sides are equal somewhere, which jump there.
    fn boundaries(&self) -> Vec<StageId> {
        let answer = self.answer;
        let is_met = |&id: &StageId| {
            let &[left, right] = answer.program.operands(id) else { return false };
            let size = answer.shape(id).size();
            answer.program.gate(id).row().family == Family::Comparison
                && (0..size).any(|at| self.met(left, id, at) == self.met(right, id, at))
        };
        self.differentiated().into_iter().filter(is_met).collect()
    }

    /// Tells of kinks and ties, and gives the stages where there are some, each with whether it is a tie.
    fn ties_and_kinks(&mut self) -> Vec<(StageId, bool)> {
        let mut met = Vec::new();
        let answer = self.answer;
        for id in self.differentiated() {
            let row = answer.program.gate(id).row();
            if row.idempotent {
                met.extend(self.tie(id).then_some((id, true)));
            }
            if !row.reaches.is_empty() {
                met.extend(self.tie_of_elements(id, row.reaches).then_some((id, true)));
            }
            for kink in row.kinks {
                // Of any number of operands each is the one in question.
                let operands = answer.program.operands(id);
                let operands = if row.arity().is_none() { operands } else { &operands[kink.operand..=kink.operand] };
                for &operand in operands.iter().filter(|&&operand| answer.program.is_active(operand)) {
                    let (found, shape) = self.places_of(id, kink.when);
                    let found: Vec<usize> = found.into_iter().filter(|&at| self.is_reached(id, at, shape)).collect();
                    if !found.is_empty() {
                        self.kink(id, operand, kink, (&found, shape));
                        met.push((id, false));
                    }
                }
            }
        }
        met
    }

    /// The slopes of the result itself on either side, of inputs whose gradient is neither of them or not the one there is.
    fn sides(&mut self, met: &[(StageId, bool)], bounds: &[StageId]) {
        let answer = self.answer;
        let ties = met.iter().any(|&(_, tie)| tie);
        // One kink alone has been told with its slopes.
        if !ties && met.len() < 2 && bounds.is_empty() || !answer.is_of_its_binary_leaves() {
            return;
        }
        let Some(backward) = &answer.backward else { return };
        let upstream = answer.values.scalar(backward.upstream);
        let (cone, output) = answer.program.cone(answer.output);
        // Each input is looked at by itself.
        if answer.active_inputs().count().saturating_mul(cone.len()) > MOST_LOOKED_AT {
            return;
        }
        let inputs: Vec<Value> = self.values_of(&cone);
        let places: Vec<StageId> = met.iter().map(|&(id, _)| id).chain(bounds.iter().copied()).collect();
        let shared = met.len() == 1 && bounds.is_empty() && self.is_shared(met[0].0);
        let active: Vec<StageId> = answer.active_inputs().collect();
        for input in active {
            let moved = self.moved_by(input);
            if !places.iter().any(|id| moved[id.at()]) {
                continue;
            }
            let bound = bounds.iter().copied().find(|bound| moved[bound.at()]);
            let mut bent = Vec::new();
            let name = answer.program.input(input).map(|input| input.name);
            let known = cone.ids().find(|&id| cone.input(id).map(|input| input.name) == name);
            let (Some(known), Some(gradients)) = (known, answer.gradients(input)) else { continue };
            let Some(slopes) = sides(&cone, output, &inputs, known, self.rules) else { continue };
            for (at, (slope, &gradient)) in slopes.iter().zip(gradients.iter()).enumerate() {
                let [below, above] = [slope.below, slope.above].map(|slope| slope * upstream);
                if below.is_nan() || above.is_nan() {
                    continue;
                }
                // What operands that tie share lies between the slopes, and has been told with them.
                let between = shared && gradient > below.min(above) && gradient < below.max(above);
                let taken = between || near(gradient, below) || near(gradient, above);
                match bound {
                    Some(_) if !near(below, above) => bent.push((at, [below, above], gradient)),
                    _ if !taken => self.side(input, at, [below, above], gradient, ties),
                    _ => {}
                }
            }
            if let (Some(bound), Some((first, more))) = (bound, bent.split_first()) {
                self.bound(bound, input, first, more.len());
            }
        }
    }

    /// The slopes on either side of gradients that are nan though the result is not, where differences show some.
    fn undetermined(&mut self) {
        let answer = self.answer;
        let Some(backward) = &answer.backward else { return };
        if answer.numbers(answer.output).iter().any(|number| !number.is_finite()) || !answer.is_of_its_binary_leaves() {
            return;
        }
        let nan = |input: StageId| Some((input, answer.gradients(input)?.iter().position(|number| number.is_nan())?));
        let open: Vec<(StageId, usize)> = answer.active_inputs().filter_map(nan).take(MOST_GLANCES).collect();
        let inputs = if open.is_empty() { Vec::new() } else { self.values_of(&answer.program) };
        let asked =
            Asked { program: &answer.program, forward: answer.forward, backward, inputs: &inputs, cancellation: &Cancellation::default() };
        let Some(mut glance) = Glance::new(&asked, false).filter(|_| !open.is_empty()) else { return };
        for (input, at) in open {
            let name = self.name(input);
            if self.notes.iter().any(|note| note.kind == SIDES && note.stage == name) {
                continue;
            }
            let Some(slopes) = glance.slopes(input, at).and_then(told_slopes) else { continue };
            let message = format!("the slope of {} in {name}{} is {slopes}", self.name(answer.output), answer.shape(input).subscript(at));
            self.add(SIDES, input, message);
        }
    }

    /// Second derivatives on either side of a kink or a tie, or where they are nan, that are not those of the matrix.
    fn curved(&mut self) {
        let answer = self.answer;
        let (Some(hessian), Some(backward)) = (&answer.analysis.hessian, &answer.backward) else { return };
        if !answer.is_of_its_binary_leaves() {
            return;
        }
        let bends = self.notes.iter().any(|note| [KINK, TIE, SIDES].contains(&note.kind)) || !self.boundaries().is_empty();
        let elements: Vec<(StageId, usize)> =
            answer.active_inputs().flat_map(|id| (0..answer.shape(id).size()).map(move |at| (id, at))).collect();
        let entries = (0..elements.len()).flat_map(|row| (row..elements.len()).map(move |column| (row, column)));
        let asked: Vec<(usize, usize)> = entries.filter(|&(row, column)| bends || hessian.rows[row][column].is_nan()).collect();
        if asked.is_empty() || asked.len() > MOST_CURVED {
            return;
        }
        let inputs = self.values_of(&answer.program);
        let cancellation = Cancellation::default();
        let point = Asked { program: &answer.program, forward: answer.forward, backward, inputs: &inputs, cancellation: &cancellation };
        let Some(mut glance) = Glance::new(&point, true) else { return };
        for (row, column) in asked {
            let (Some(Some(slope)), (input, at)) = (answer.sources.slopes().get(row), elements[column]) else { continue };
            let (given, found) = (hessian.rows[row][column], glance.slopes_of(*slope, input, at));
            // A gradient that jumps is told as a kink.
            let Some(found) = found.filter(|sides| sides.iter().flatten().all(|slope| slope.is_finite())) else { continue };
            let given_is = |side: f64| near(side, given) || !given.is_nan() && side.abs().max(given.abs()) < NOTHING;
            if let Some(told) = told_slopes(found).filter(|_| !found.iter().flatten().all(|&side| given_is(side))) {
                let name = figure(answer, self.names(), Figure::Hessian(row, column));
                let rules =
                    if given.is_nan() { String::new() } else { format!("; {} is what the rules for ties and kinks give", shown(given)) };
                self.add(CURVED, input, format!("{name} is {told}{rules}"));
            }
        }
    }

    fn side(&mut self, input: StageId, at: usize, [below, above]: [f64; 2], gradient: f64, ties: bool) {
        let which = format!("{}{}", self.name(input), self.answer.shape(input).subscript(at));
        let Some(slopes) = told_slopes([Some(below), Some(above)]) else { return };
        let setting = if ties { " (see the setting ties)" } else { "" };
        let message = format!(
            "the slope of {} in {which} is {slopes}; {} is what the rules for ties and kinks give, stage by stage{setting}",
            self.name(self.answer.output),
            shown(gradient)
        );
        self.add(SIDES, input, message);
    }

    /// Whether operands that tie share the gradient of a stage, or one of them alone is reached.
    fn is_shared(&self, id: StageId) -> bool {
        let steps = self.answer.backward.as_ref().map_or(&[][..], |backward| backward.steps_through(id));
        let mut locals = steps.iter().filter_map(|step| step.local).flat_map(|local| self.answer.values.slice(local));
        steps.len() < 2 || locals.any(|&local| local > 0.0 && local < 1.0)
    }

    /// A result that bends or jumps where a comparison changes, at an element of an input and at some more.
    fn bound(&mut self, bound: StageId, input: StageId, &(at, [below, above], gradient): &(usize, [f64; 2], f64), more: usize) {
        let more = if more == 0 { String::new() } else { format!(" (and so at {more} more of {})", self.answer.shape(input).size()) };
        let subscript = self.answer.shape(input).subscript(at);
        let input_name = self.name(input);
        let message = format!(
            "{} has a kink where the sides of {} = {} are equal, at {input_name}{subscript} = {}: its slope in {input_name}{subscript} is \
             {} from below and {} from above; the slope taken is {}{more}",
            self.name(self.answer.output),
            self.name(bound),
            self.expression(bound),
            shown(self.answer.numbers(input)[at]),
            shown(below),
            shown(above),
            shown(gradient)
        );
        self.add(KINK, input, message);
    }

    /// The values of a program's inputs, which are inputs of the answer.
    fn values_of(&self, program: &Program) -> Vec<Value> {
        let answer = self.answer;
        let value = |name| {
            let id = answer.program.ids().find(|&id| answer.program.input(id).is_some_and(|input| input.name == name));
            let id = id.unwrap_or_else(|| broken("an input of a part is one of the whole"));
            answer.values.value(id, answer.shape(id))
        };
        program.inputs().iter().map(|input| value(input.name)).collect()
    }

    /// Which forward stages an input moves.
    fn moved_by(&self, input: StageId) -> Vec<bool> {
        let program = &self.answer.program;
        let mut moved = vec![false; self.answer.forward];
        moved[input.at()] = true;
        for at in input.at() + 1..self.answer.forward {
            moved[at] = program.operands(StageId::new(at)).iter().any(|operand| moved[operand.at()]);
        }
        moved
    }

    /// The places of a stage's value at which a condition of its row holds.
    fn places_of(&mut self, id: StageId, condition: &'static str) -> (Vec<usize>, Shape) {
        let holds = self.text_at(id, condition);
        let places = holds.numbers().iter().enumerate().filter(|&(_, &holds)| holds != 0.0 && !holds.is_nan()).map(|(at, _)| at);
        // Along an axis a condition has a number for each of the stage.
        let own = self.answer.shape(id);
        (places.collect(), if own.size() == holds.shape().size() { own } else { holds.shape() })
    }

    /// Whether a gradient other than 0 arrives at a place of a stage, or other slopes are asked for. Where none arrives, the
    /// result has one slope, whatever the stage has.
    fn is_reached(&self, id: StageId, at: usize, shape: Shape) -> bool {
        let analysis = &self.answer.analysis;
        if analysis.jacobian.is_some() || analysis.hessian.is_some() || analysis.along.is_some() {
            return true;
        }
        let Some(adjoint) = self.answer.backward.as_ref().and_then(|backward| backward.adjoint(id)) else { return false };
        let arrives = self.answer.values.slice(adjoint);
        let own = self.answer.shape(id);
        if own == shape { arrives[at] != 0.0 } else { arrives.iter().any(|&gradient| gradient != 0.0) }
    }

    /// The value of a text of the gate's row at a stage's operands.
    fn text_at(&mut self, id: StageId, text: &'static str) -> Value {
        let answer = self.answer;
        let gate = answer.program.gate(id);
        let template = self.rules.text(gate, text);
        let mut program = Program::new();
        let operands = answer.program.operands(id);
        let value = |hole: Hole| {
            let of = match hole {
                Hole::Operand(at) => operands[at],
                Hole::Axis => *operands.get(gate.row().operands.len())?,
                Hole::Out => id,
                Hole::Upstream | Hole::Ties | Hole::At | Hole::Start => broken("what a row says of a value speaks of its operands"),
            };
            Some(answer.values.value(of, answer.shape(of)))
        };
        let stage = template.evaluate(&mut program, &value);
        let value = constant_value(&program, stage);
        let shape = answer.shape(id);
        if value.shape().broadcast(shape) == Some(shape) { value.repeated(shape) } else { value }
    }

    fn kink(&mut self, id: StageId, operand: StageId, kink: &Kink, (found, shape): (&[usize], Shape)) {
        let answer = self.answer;
        let at = found[0];
        let local = answer.backward.as_ref().and_then(|backward| backward.steps_through(id).iter().find(|step| step.target == operand));
        let local = local.and_then(|step| step.local).map(|local| answer.values.slice(local));
        let number = |numbers: &[f64]| numbers.get(at).or(numbers.first()).copied().unwrap_or_else(|| broken("a value holds a number"));
        let taken = local.map(number);
        let taken = taken.map_or(String::new(), |taken| format!("; the slope taken is {}", shown(taken)));
        let mut slope = |text: &'static str| {
            let value = self.text_at(id, text);
            shown(number(value.numbers()))
        };
        let (below, above) = (slope(kink.below), slope(kink.above));
        // A function of whole arrays has its kinks where it is 0.
        let elementwise = answer.program.gate(id).is_elementwise();
        let (met, each) = if elementwise { (self.operands(id, at), "") } else { (format!("{} = 0", self.name(id)), "each number of ") };
        let message = format!(
            "{} = {} has a kink{} where {met}: its slope in {each}{} is {below} from below and {above} from above{taken}",
            self.name(id),
            self.expression(id),
            places(shape, found),
            self.name(operand)
        );
        self.add(KINK, id, message);
    }

    /// Operands of a max or min that tie; whether there are some.
    fn tie(&mut self, id: StageId) -> bool {
        let answer = self.answer;
        let operands = answer.program.operands(id);
        let reach = |at: usize| -> Vec<StageId> {
            operands.iter().copied().filter(|&operand| self.met(operand, id, at) == answer.numbers(id)[at]).collect()
        };
        let shape = answer.shape(id);
        let found: Vec<usize> = (0..shape.size()).filter(|&at| reach(at).len() > 1 && self.is_reached(id, at, shape)).collect();
        let Some(&first) = found.first() else { return false };
        let tied = reach(first);
        if !tied.iter().any(|&operand| answer.program.is_active(operand)) {
            return false;
        }
        let names: Vec<String> = tied.iter().map(|&operand| self.name(operand)).collect();
        let steps = answer.backward.as_ref().map_or(&[][..], |backward| backward.steps_through(id));
        let local = steps.iter().find(|step| tied.contains(&step.target)).and_then(|step| step.local);
        let local = local.map(|local| answer.values.slice(local)).map(|numbers| numbers.get(first).or(numbers.first()).copied());
        let taken =
            local.flatten().map_or(String::new(), |local| format!("; here each gets {} of it (see the setting ties)", shown(local)));
        let message = format!(
            "{} = {} is a tie{}: {} are {} {}; the slope in each is 0 on one side and 1 on the other{taken}",
            self.name(id),
            self.expression(id),
            places(self.answer.shape(id), &found),
            names.join(" and "),
            if names.len() == 2 { "both" } else { "all" },
            shown(answer.numbers(id)[first])
        );
        self.add(TIE, id, message);
        true
    }

    /// Elements of one array that tie for the largest or the smallest; whether there are some.
    fn tie_of_elements(&mut self, id: StageId, reaches: &'static str) -> bool {
        let answer = self.answer;
        let operand = answer.program.operands(id)[0];
        let (shape, out) = (answer.shape(operand), answer.shape(id));
        let reach = self.text_at(id, reaches);
        let found: Vec<usize> = (0..shape.size()).filter(|&at| reach.numbers()[at] == 1.0).collect();
        if found.len() <= out.size() || !answer.program.is_active(operand) || !self.is_reached(id, 0, Shape::Scalar) {
            return false;
        }
        let words: Vec<String> = found.iter().take(4).map(|&at| format!("{}{}", self.name(operand), shape.subscript(at))).collect();
        let words = if found.len() > words.len() { format!("{}, ...", words.join(", ")) } else { words.join(" and ") };
        let message = format!(
            "{} = {} is a tie: {words} reach it together; what of its gradient each of them gets, the setting ties says",
            self.name(id),
            self.expression(id)
        );
        self.add(TIE, id, message);
        true
    }
}

impl Finder<'_> {
    /// What surprises: lopsided products.
    fn surprises(&mut self) {
        let answer = self.answer;
        let gradients = answer.backward.is_some();
        for id in self.differentiated().into_iter().filter(|&id| gradients && answer.program.gate(id).row().swaps) {
            self.lopsided(id);
        }
    }

    /// The notes' unintuitive effect: the small operand of a product gets the large gradient.
    fn lopsided(&mut self, id: StageId) {
        let answer = self.answer;
        let &[x, y] = answer.program.operands(id) else { return };
        // Arrays hold large numbers beside small ones as a matter of course.
        if !answer.shape(x).is_scalar() || !answer.shape(y).is_scalar() {
            return;
        }
        // A quotient is one gate of the text, though it is staged as two.
        let program = &answer.program;
        if self.rules.whole_of(program, program.gate(id), program.operands(id)).is_some() {
            return;
        }
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
        let inputs: Vec<StageId> =
            answer.active_inputs().filter(|&id| answer.gradients(id).is_some_and(|numbers| numbers.iter().all(|&x| x == 0.0))).collect();
        for input in inputs {
            let gates = self.blocking(input);
            let (Some(gates), Some(&first)) = (&gates, gates.as_ref().and_then(|gates| gates.first())) else { continue };
            let (name, input_name) = (self.name(first), self.name(input));
            if self.notes.iter().any(|note| note.stage == name || note.kind == KINK && note.stage == input_name) {
                continue;
            }
            let words: Vec<String> = gates.iter().take(3).map(|&gate| format!("{} = {}", self.name(gate), self.expression(gate))).collect();
            let verb = if words.len() == 1 { "lets" } else { "let" };
            let message = format!("no gradient reaches {input_name}: {} {verb} none through here", words.join(" and "));
            self.add("blocked", first, message);
        }
    }

    /// The gates that stop every way from the output to an input; none where something else makes it zero, such
    /// as a product with 0.
    fn blocking(&self, input: StageId) -> Option<Vec<StageId>> {
        let answer = self.answer;
        let backward = answer.backward.as_ref()?;
        let zero = |id: StageId| backward.adjoint(id).is_none_or(|adjoint| answer.values.slice(adjoint).iter().all(|&x| x == 0.0));
        let mut reached = vec![false; answer.forward];
        reached[input.at()] = true;
        let mut gates = Vec::new();
        for at in input.at() + 1..answer.forward {
            let id = StageId::new(at);
            if !answer.program.operands(id).iter().any(|operand| reached[operand.at()]) {
                continue;
            }
            if zero(id) {
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

/// Where in an array something happens, such as ` at 2 of 10 elements (the first at [3])`; nothing for a number.
fn places(shape: Shape, found: &[usize]) -> String {
    if shape.is_scalar() {
        return String::new();
    }
    let first = shape.subscript(found[0]);
    if found.len() == 1 {
        format!(" at {first}")
    } else {
        format!(" at {} of {} elements (the first at {first})", found.len(), shape.size())
    }
}

/// Slopes from below and from above, in words; none where there are none.
fn told_slopes(slopes: [Option<f64>; 2]) -> Option<String> {
    match slopes {
        [Some(below), Some(above)] if near(below, above) => Some(format!("{} on both sides", shown(below))),
        [Some(below), Some(above)] => Some(format!("{} from below and {} from above", shown(below), shown(above))),
        [Some(below), None] => Some(format!("{} from below, and there is no value above", shown(below))),
        [None, Some(above)] => Some(format!("{} from above, and there is no value below", shown(above))),
        [None, None] => None,
    }
}

/// Whether two slopes are the same but for rounding.
fn near(one: f64, other: f64) -> bool {
    let apart = (one - other).abs();
    one == other || apart.is_finite() && apart <= 1e-9 * one.abs().max(other.abs())
}

fn shown(value: f64) -> String {
    number::rounded(value, Digits::default())
}
