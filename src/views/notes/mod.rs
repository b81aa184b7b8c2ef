//! What happened on the way and the user should know: few notes, and each one right.
//!
//! Knows what a note is worth telling for; where a gate has a kink stands in the gate table.

mod bends;
mod curvature;
mod finite;
mod kinks;

use super::losses::DIGITS;
use super::{Answer, Note};
use crate::calculus::Rules;
use crate::calculus::analysis::Analysis;
use crate::calculus::verdict::Verdict;
use crate::forms::print;
use crate::forms::target::CALCULATOR;
use crate::forms::{StageId, StageNames};
use crate::ground::number::{self, Digits};
use crate::ground::{Shape, value};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::Family;
use curvature::CURVED;
use finite::RANGE;
use kinks::{KINK, SIDES, TIE};
use std::borrow::Cow;
use std::sync::Arc;

/// The kind of the note on a result that is shown without gradients.
pub const WITHOUT_GRADIENT: &str = "shape";

/// The kind of the notes on numbers of many digits.
pub const PRECISE: &str = "precise";

impl Answer {
    /// Where the result has a kink or a tie, its derivatives do not tell what kind of point it is.
    pub fn judge_bends(&mut self) {
        let has = |kinds: &[&str]| self.notes.iter().any(|note| kinds.contains(&note.kind));
        let (bends, slope_too) = (has(&[KINK, TIE, SIDES, CURVED]), has(&[KINK, TIE, SIDES]));
        let hessian = self.analysis.hessian.as_mut().filter(|hessian| bends && (slope_too || hessian.verdict != Verdict::Slope));
        if let Some(hessian) = hessian {
            hessian.verdict = Verdict::Undecided;
        }
    }
}

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

/// The notes on numbers that are wrong, or not what they are taken for: lost digits, gradients that left the range of numbers, and
/// derivatives that are no slopes.
pub fn on_wrong_numbers(answer: &Answer) -> impl Iterator<Item = &Note> {
    answer.notes.iter().filter(|note| [DIGITS, RANGE, SIDES, CURVED].contains(&note.kind))
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

/// What a result is that stands for several numbers at which gradients arrive.
pub fn weighed(answer: &Answer) -> Note {
    let name = answer.names().word(answer.output).unwrap_or_default().to_owned();
    let message = format!(
        "{name} adds up the numbers of what was asked for, each times the gradient that arrives at it (the setting upstream); its gradients \
         are those that were asked for"
    );
    Note { kind: WITHOUT_GRADIENT, stage: name, message }
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
    // What has no number is told wherever the numbers are shown, once.
    let mut told: Vec<(String, &str)> = Vec::new();
    for &(stage, why) in &digits.refusals {
        let what = if stage.at() < answer.forward { format!("`{}`", name(stage)) } else { "a gradient".to_owned() };
        if !told.contains(&(what.clone(), why)) {
            notes.push(Note { kind: DIGITS, ..note(&name(stage), format!("{what}: {why}")) });
            told.push((what, why));
        }
    }
    notes.truncate(MOST);
    let Analysis { hessian, along, nudge, deviation, .. } = &answer.analysis;
    let eigenvalues = hessian.as_ref().filter(|hessian| !hessian.eigenvalues.is_empty()).map(|_| "eigenvalues and verdict");
    let rounded = [eigenvalues, along.map(|_| "along"), nudge.map(|_| "nudge"), deviation.as_ref().map(|_| "sd")];
    let rounded: Vec<&str> = rounded.into_iter().flatten().collect();
    if !rounded.is_empty() {
        notes.push(note("", format!("computed in 64-bit numbers, whatever the digits: {}", rounded.join(", "))));
    }
    notes
}

struct Finder<'a> {
    answer: &'a Answer,
    rules: &'a mut Rules,
    names: Option<Arc<StageNames>>,
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

    /// The stages that are differentiated, by a backward pass or for each number of the result.
    fn differentiated(&self) -> Vec<StageId> {
        let answer = self.answer;
        let asked = answer.backward.is_some() || answer.analysis.jacobian.is_some();
        answer.stages().filter(|&id| asked && answer.program.is_active(id)).collect()
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
        let reached = answer.gradient(id).is_some_and(|gradient| gradient != 0.0 && gradient.is_finite());
        if !reached || !answer.program.is_active(x) || !answer.program.is_active(y) {
            return;
        }
        let (large, small) = if answer.value_of(x).abs() > answer.value_of(y).abs() { (x, y) } else { (y, x) };
        // A quotient is one gate of the text, though it is staged as two.
        let program = &answer.program;
        let mut is_quotient = || self.rules.whole_of(program, program.gate(id), program.operands(id)).is_some();
        let ratio = answer.value_of(large).abs() / answer.value_of(small).abs();
        if ratio > LOPSIDED && ratio.is_finite() && !is_quotient() {
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
        let inputs: Vec<StageId> = answer.active_inputs().filter(|&id| answer.has_no_slope(id) == Some(true)).collect();
        let stopping = self.stopping(&inputs);
        for input in inputs {
            let Some(gates @ &[first, ..]) = stopping[input.at()].as_deref() else { continue };
            let (name, input_name) = (self.name(first), self.name(input));
            if self.notes.iter().any(|note| note.stage == name || [KINK, SIDES].contains(&note.kind) && note.stage == input_name) {
                continue;
            }
            let words: Vec<String> = gates.iter().map(|&gate| format!("{} = {}", self.name(gate), self.expression(gate))).collect();
            let verb = if words.len() == 1 { "lets" } else { "let" };
            let message = format!("no gradient reaches {input_name}: {} {verb} none through here", words.join(" and "));
            self.add("blocked", first, message);
        }
    }

    /// For each stage behind some inputs the first gates that stop every way from the output to it; none where something else makes
    /// its gradient zero, such as a product with 0.
    fn stopping(&self, inputs: &[StageId]) -> Vec<Option<Vec<StageId>>> {
        let answer = self.answer;
        let (Some(backward), false) = (answer.backward.as_ref(), inputs.is_empty()) else { return vec![None; answer.forward] };
        // Where an input only selects, nothing is stopped.
        let reaching = |at: usize| {
            let id = StageId::new(at);
            answer.program.operands(id).iter().enumerate().filter(move |&(at, _)| !answer.program.gate(id).is_place(at)).map(|(_, id)| id)
        };
        // The gates that are met, and whether nothing arrives behind them.
        let (mut met, mut open) = (vec![false; answer.forward], vec![false; answer.forward]);
        for input in inputs {
            open[input.at()] = true;
        }
        for at in 0..answer.forward {
            met[at] = reaching(at).any(|operand| open[operand.at()]);
            open[at] |= met[at] && backward.adjoint(StageId::new(at)).is_none_or(|adjoint| answer.values.are_zeros(adjoint));
        }
        let mut stopping = vec![Some(Vec::new()); answer.forward];
        for at in (0..answer.forward).rev().filter(|&at| met[at]) {
            let id = StageId::new(at);
            let found = if open[at] { stopping[at].clone() } else { answer.program.gate(id).row().blocks().then(|| vec![id]) };
            for operand in reaching(at) {
                let known = &mut stopping[operand.at()];
                *known = known.take().zip(found.as_ref()).map(|(known, found)| first_of(&known, found));
            }
        }
        stopping
    }
}

/// The most gates that one note names.
const MOST_NAMED: usize = 3;

/// The first stages of two lists that are in order, each once.
fn first_of(one: &[StageId], other: &[StageId]) -> Vec<StageId> {
    let mut all = [one, other].concat();
    all.sort_by_key(|id| id.at());
    all.dedup();
    all.truncate(MOST_NAMED);
    all
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

fn shown(value: f64) -> String {
    number::rounded(value, Digits::default())
}
