//! How many digits of an answer are right, measured: what a bound makes suspect is evaluated again in more digits, the same
//! program, until two evaluations agree.
//!
//! The leaves are taken as the binary64 numbers that they are: the question is what arithmetic did. What reading a decimal as the
//! nearest binary64 number did is another question, which `reading` answers. Knows no gate and no words.

use super::choices::Choices;
use super::errors::{Back, Derivatives, Errors, Off, offs};
use super::evaluate::{Range, Values, numbers_met};
use super::precise::{Evaluated, Leaves, OTHER_COUNT, Stages, Task, evaluate_precisely, evaluate_rounding};
use super::remedy::Remedy;
use super::rule::Rules;
use super::rungs::{Asked, Digits, Shown, Undone, settle};
use super::sample::summaries;
use super::screen::{Bounds, Gates, Screened, half_ulp, screen};
use super::strips::{SAMPLE, spread};
use crate::forms::{Program, StageId};
use crate::ground::big::{Big, Kit};
use crate::ground::{Cancellation, Value};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Family, Precise, Rounding, Unroll};
use dashu_int::Word;
use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::time::Duration;

/// So many lost digits are told.
const TOLD: f64 = 4.0;

/// A bound of so many lost digits makes a number suspect. Beside the truth a number may be off by as much as twice the units in the last
/// place that it is by its own, 0.3 digits, and the bound is one of the first order.
const SUSPECT: f64 = TOLD - 0.5;

/// So many digits that reading moves are told.
pub(super) const READ: f64 = 6.0;

/// The digits of a binary64 number.
pub const ALL: f64 = 16.0;

/// An evaluation in more digits may take about so many microseconds,
const BUDGET: f64 = 30_000.0;

/// and all of those that look for causes so many.
const LOOKED_FOR: f64 = 60_000.0;

/// The most numbers of arrays, and of terms of their products, that are all looked at; of more, a sample.
const MOST_NUMBERS: usize = 20_000;

/// A bound by a sample is told from so many lost digits on.
const SAMPLED: f64 = 5.0;

/// Agreement of two evaluations to so many digits is enough to know a binary64 number.
const AGREED: usize = 17;

/// Numbers so far apart that they need more digits than others may take about so long.
const FAR_APART: Duration = Duration::from_millis(500);

/// How many digits an evaluation has whose numbers are only compared.
pub(super) const COMPARED: usize = 68;

/// What digits are measured of.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The stages, forward and backward.
    pub program: &'a Program,
    /// Their values.
    pub values: &'a Values,
    /// The result.
    pub output: StageId,
    /// The stages whose numbers are asked about, the result among them, each from which of its numbers on.
    pub shown: &'a [(StageId, usize)],
    /// What is known of the leaves beside their binary64 numbers; it may be found when it is first looked at, since that takes a text
    /// for each number and nobody looks at that of long arrays.
    pub leaves: &'a dyn Deref<Target = Leaves>,
    /// Whether it is asked which part of the result's error each stage makes.
    pub shares: bool,
    /// What ends it before its end.
    pub cancellation: &'a Cancellation,
}

/// A number that lost digits.
#[derive(Clone, Debug)]
pub struct Lost {
    /// Its stage.
    pub stage: StageId,
    /// Its place in the stage's value.
    pub at: usize,
    /// What it was computed as.
    pub computed: f64,
    /// The binary64 number nearest to what it is.
    pub truth: f64,
    /// What it is, to a few digits, where it is too large or too small for such a number.
    pub beyond: Option<String>,
    /// How many of its digits are right.
    pub right: usize,
    /// Where it is 0 only as far as digits tell, how many digits those are.
    pub vanishes: Option<usize>,
    /// The stages whose rounding did most of it, the first of them most.
    pub causes: Vec<Cause>,
}

/// A stage that rounded digits away.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The stage.
    pub stage: StageId,
    /// How much it rounds away, at most; 0 where that is less than any binary64 number.
    pub rounds: f64,
    /// How much of that reaches the number.
    pub reaches: f64,
    /// The part of the number's error that it is.
    pub share: f64,
    /// Whether its value is too small for a binary64 number.
    pub vanishes: bool,
}

/// A number of which only a bound is known.
#[derive(Clone, Debug)]
pub struct Suspected {
    /// Its stage.
    pub stage: StageId,
    /// Its place in the stage's value.
    pub at: usize,
    /// How many digits it may have lost.
    pub may_lose: usize,
    /// Whether a sample says so.
    pub sampled: bool,
}

/// A number that is moved by how the leaves are read.
#[derive(Clone, Debug)]
pub struct Read {
    /// Its stage.
    pub stage: StageId,
    /// Its place in the stage's value.
    pub at: usize,
    /// What it would be.
    pub truth: f64,
    /// By how much it is moved.
    pub moved: f64,
    /// The leaves that move it.
    pub leaves: Vec<StageId>,
}

/// What is known of the digits of an answer.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Numbers that lost digits.
    pub lost: Vec<Lost>,
    /// Numbers that may have, and would take too long to evaluate again.
    pub suspected: Vec<Suspected>,
    /// Numbers that reading moves.
    pub read: Vec<Read>,
    /// The part of the result's error that each stage makes whose rounding makes one, where that was asked for.
    pub shares: Option<HashMap<StageId, f64>>,
    /// What keeps the digits that were lost, where that is known.
    pub remedy: Option<Remedy>,
}

/// How many of 16 digits a difference takes from a number.
pub fn digits_lost(difference: f64, truth: f64) -> f64 {
    if difference == 0.0 {
        return 0.0;
    }
    if !truth.is_finite() || !difference.is_finite() {
        return ALL;
    }
    (difference.abs().log10() - half_ulp(truth).log10()).clamp(0.0, ALL)
}

/// Whether there is nothing to tell of the digits of a number that may be off so far.
pub fn is_sure(number: f64, errors: Errors) -> bool {
    digits_lost(errors.rounding(), number) < SUSPECT && digits_lost(errors.bound(), number) < READ
}

/// Measures the digits of the numbers shown.
pub fn measure(subject: &Subject<'_>, rules: &mut Rules) -> Report {
    let mut report = Report::default();
    if subject.shares {
        report.shares = subject.part_of_each();
    }
    // Of gradients that left the range of numbers nothing is known.
    let is_known = |stage: StageId| subject.values.range != Range::Left || stage == subject.output;
    let shown: Vec<(StageId, usize)> = subject.shown.iter().copied().filter(|&(stage, _)| is_known(stage)).collect();
    let subject = &Subject { shown: &shown, ..*subject };
    if !subject.program.is_plain() && numbers_met(subject.program) > MOST_NUMBERS {
        report.suspected = subject.sampled(rules);
        return report;
    }
    let Some((all, sure)) = subject.bounds(&|_| None, rules) else { return report };
    if sure {
        return report;
    }
    let mut is_moved = !subject.suspects(&all, READ).is_empty();
    let mut found = None;
    if is_moved && subject.program.is_plain() {
        // A bound adds up what may cancel.
        let none = Derivatives::none(subject.program);
        let find = &mut |back| subject.offs(back, none, &|_| None, rules);
        let Some((offs, both)) = subject.errors_far_enough(find) else { return report };
        if subject.suspects(&both, SUSPECT).is_empty() {
            return report;
        }
        is_moved = !subject.suspects(&both, READ).is_empty();
        // Where reading decides nothing, what rounding does by itself is known too.
        let is_decided = subject.shown.iter().all(|&(stage, _)| offs[stage.at()].errors.bound().is_finite());
        found = is_decided.then(|| within(&offs, Errors::rounding));
    }
    let Some(bounds) = found.or_else(|| subject.rounding(rules)) else { return report };
    let suspects = subject.suspects(&bounds, SUSPECT);
    if !suspects.is_empty() {
        subject.confirm(&suspects, &bounds, &mut report);
    }
    if is_moved {
        subject.read(rules, &mut report);
    }
    report
}

/// Bounds that errors give.
fn within(offs: &[Off], bound: fn(Errors) -> f64) -> Bounds {
    Bounds::of_single_numbers(offs.iter().map(|off| bound(off.errors)).collect())
}

/// A number: its stage and its place there.
pub(super) type Number = (StageId, usize);

/// No digits that there is time for tell what a number is.
struct Unknown;

/// What rounding one stage of a cone does.
struct Effect {
    stage: StageId,
    /// How much is rounded away, at most.
    rounds: f64,
    /// Whether a number becomes 0.
    vanishes: bool,
    /// By how much each number that is looked at moves.
    reaches: Vec<f64>,
}

/// The stages that some stages depend on, as a program.
pub(super) struct Cone {
    pub(super) program: Program,
    pub(super) inputs: Vec<Value>,
    /// Where each of its stages comes from,
    pub(super) whence: Vec<StageId>,
    /// and where those went.
    pub(super) places: HashMap<StageId, StageId>,
}

impl Subject<'_> {
    /// One bound on both what rounding and what reading did to each stage, and whether by them there is nothing to say of the numbers shown,
    /// which is so most often; none where it is cancelled. `known` tells how far an input is off that was computed before.
    pub fn bounds(&self, known: &dyn Fn(StageId) -> Option<f64>, rules: &mut Rules) -> Option<(Bounds, bool)> {
        let off = |leaf: StageId, at: usize| known(leaf).unwrap_or_else(|| self.off_at(leaf, at));
        let screened =
            Screened { program: self.program, values: self.values, leaves: Some(&off), rounds: true, cancellation: self.cancellation };
        let bounds = screen(&screened, rules)?;
        let sure = self.suspects(&bounds, SUSPECT).is_empty();
        Some((bounds, sure))
    }

    /// Bounds on what rounding alone did to each stage, by total derivatives where those from gate to gate say too little; none where it is
    /// cancelled.
    fn rounding(&self, rules: &mut Rules) -> Option<Bounds> {
        let &Self { program, values, cancellation, .. } = self;
        let bounds = screen(&Screened { program, values, leaves: None, rounds: true, cancellation }, rules)?;
        if !program.is_plain() || self.suspects(&bounds, SUSPECT).is_empty() {
            return Some(bounds);
        }
        let leaf = |_: StageId| Off::default();
        let find = &mut |back| offs((program, values), back, Derivatives::none(program), (&leaf, false), cancellation, rules);
        self.errors_far_enough(find).map(|(_, bounds)| bounds)
    }

    /// How far stages are off, and bounds on that: looked for as far back as operands, and further where that leaves a number that is shown in
    /// doubt.
    fn errors_far_enough(&self, find: &mut dyn FnMut(Back) -> Option<Vec<Off>>) -> Option<(Vec<Off>, Bounds)> {
        let mut bounded = |back: Back| {
            let offs = find(back)?;
            let bounds = within(&offs, Errors::bound);
            Some((offs, bounds))
        };
        let found = bounded(Back::Operands)?;
        if self.suspects(&found.1, SUSPECT).is_empty() { Some(found) } else { bounded(Back::Stages) }
    }

    /// How far rounding and reading have put every stage of a program of single numbers off; none where it is cancelled. `known` tells what is
    /// known of an input that was computed before.
    pub fn offs(
        &self,
        back: Back,
        derivatives: Derivatives<'_>,
        known: &dyn Fn(StageId) -> Option<Off>,
        rules: &mut Rules,
    ) -> Option<Vec<Off>> {
        let read = |leaf: StageId| Off { errors: Errors { read: self.off_at(leaf, 0), ..Errors::default() }, ..Off::default() };
        let leaf = |id: StageId| known(id).unwrap_or_else(|| read(id));
        offs((self.program, self.values), back, derivatives, (&leaf, true), self.cancellation, rules)
    }

    /// The numbers whose bound is as large as so many digits. Numbers that are evaluated in wider ones have no bound.
    pub(super) fn suspects(&self, bounds: &Bounds, digits: f64) -> Vec<Number> {
        let rounding = digits < READ;
        let mut suspects = Vec::new();
        let mut seen = HashSet::new();
        for &(stage, from) in self.shown {
            for (at, (&number, &bound)) in self.values.slice(stage).iter().zip(bounds.slice(stage)).enumerate().skip(from) {
                let widened = rounding && self.values.range == Range::Widened && !self.program.operands(stage).is_empty();
                let suspect = widened || bound.is_infinite() || digits_lost(bound, number) >= digits;
                // A gradient that is no number is one that the rules leave undetermined.
                if suspect && (!number.is_nan() || stage == self.output) && seen.insert((stage, at)) {
                    suspects.push((stage, at));
                }
            }
        }
        suspects
    }

    /// The stages that some stages depend on, as a program; none where it would take too long to evaluate.
    pub(super) fn cone(&self, stages: impl Iterator<Item = StageId>) -> Option<Cone> {
        let mut needed = vec![false; self.program.len()];
        stages.for_each(|stage| needed[stage.at()] = true);
        for at in (0..needed.len()).rev() {
            if needed[at] {
                self.program.operands(StageId::new(at)).iter().for_each(|operand| needed[operand.at()] = true);
            }
        }
        let kept: Vec<StageId> = (0..needed.len()).filter(|&at| needed[at]).map(StageId::new).collect();
        if cost(self.program, kept.iter().copied()) > BUDGET {
            return None;
        }
        let (program, moved) = self.program.compact(&kept);
        let mut whence = vec![StageId::new(0); program.len()];
        kept.iter().zip(&moved).rev().for_each(|(&from, to)| whence[to.at()] = from);
        let input = |&id: &StageId| (self.program.gate(id) == Gate::Input).then(|| self.values.value(id, self.program.shape(id)));
        let inputs = kept.iter().filter_map(input).collect();
        Some(Cone { program, inputs, whence, places: kept.into_iter().zip(moved).collect() })
    }

    /// Evaluates suspect numbers again, and keeps those that lost digits.
    fn confirm(&self, suspects: &[Number], bounds: &Bounds, report: &mut Report) {
        let Some(cone) = self.cone(suspects.iter().map(|&(stage, _)| stage)) else {
            report.suspected = self.suspected(suspects, bounds);
            return;
        };
        let wanted: Vec<StageId> = unique(suspects.iter().map(|(stage, _)| cone.places[stage]));
        let leaves = Leaves::default();
        let asked = Asked {
            program: &cone.program,
            inputs: &cone.inputs,
            leaves: &leaves,
            wanted: &wanted,
            digits: AGREED,
            spare: AGREED,
            patience: FAR_APART,
            cancellation: self.cancellation,
        };
        match settle::<2>(&asked) {
            Ok(found) => {
                let mut unknown = Vec::new();
                for &(stage, at) in suspects {
                    match self.loss((stage, at), &found.numbers[&cone.places[&stage]][at], &found) {
                        Ok(lost) => report.lost.extend(lost),
                        Err(Unknown) => unknown.push((stage, at)),
                    }
                }
                report.suspected = self.suspected(&unknown, bounds);
                if !report.lost.is_empty() {
                    self.find_causes(&cone, found.reached.max(COMPARED), &mut report.lost);
                }
            }
            Err(Undone::Interrupted) => {}
            Err(_) => report.suspected = self.suspected(suspects, bounds),
        }
    }

    /// Numbers that may have lost digits by their bounds. A number of an array is measured against the largest of them.
    fn suspected(&self, suspects: &[Number], bounds: &Bounds) -> Vec<Suspected> {
        let mut found = Vec::new();
        for &(stage, at) in suspects {
            let (numbers, bound) = (self.values.slice(stage), bounds.slice(stage)[at]);
            let largest = numbers.iter().map(|number| number.abs()).fold(0.0, f64::max);
            let lost = digits_lost(bound, largest);
            if bound.is_finite() && lost >= TOLD {
                found.push(Suspected { stage, at, may_lose: lost as usize, sampled: false });
            }
        }
        found
    }

    /// Arrays whose largest number may have lost digits, by a sample of all.
    fn sampled(&self, rules: &mut Rules) -> Vec<Suspected> {
        let found = summaries(self.program, self.values, self.cancellation, Gates::new(rules, true)).unwrap_or_default();
        let suspected = |stage: StageId| {
            // The largest number is no smaller than any of the sample.
            let bound = found.get(stage.at())?.largest;
            let is_enough = |number: f64| number.is_finite() && digits_lost(bound, number) < SAMPLED;
            if spread(self.program.shape(stage).size(), SAMPLE).any(|at| is_enough(self.values.at(stage, at))) {
                return None;
            }
            let largest =
                |numbers: &mut dyn Iterator<Item = (usize, f64)>| numbers.max_by(|(_, one), (_, other)| one.abs().total_cmp(&other.abs()));
            let size = self.program.shape(stage).size();
            let (at, number) = if self.values.crowded && !self.values.is_stored(stage) {
                // Of what there is no room to look at all, the range is known.
                let ([least, most], _) = self.values.extent(stage);
                (largest(&mut spread(size, SAMPLE).map(|at| (at, self.values.at(stage, at))))?.0, least.abs().max(most.abs()))
            } else {
                let numbers = self.values.slice(stage);
                largest(&mut numbers.iter().copied().enumerate())?
            };
            let lost = digits_lost(bound, number);
            (number.is_finite() && lost >= SAMPLED).then_some(Suspected { stage, at, may_lose: lost as usize, sampled: true })
        };
        unique(self.shown.iter().map(|&(stage, _)| stage)).into_iter().filter_map(suspected).collect()
    }

    /// What a number lost, where it is as much as is told.
    ///
    /// # Errors
    /// Where so many digits do not tell what it is.
    fn loss(&self, (stage, at): Number, shown: &Shown, found: &Digits) -> Result<Option<Lost>, Unknown> {
        let computed = self.values.slice(stage)[at];
        let unknown = shown.fewer.is_some_and(|right| right < TOLD as usize) && !shown.vanished;
        // What no digits tell from 0 is, beside what was computed, nothing.
        let vanished = shown.vanished || unknown && shown.nearest().abs() <= NOISE * computed.abs();
        let truth = if vanished { 0.0 } else { shown.nearest() };
        // What carries nothing past a flat gate is no number in these digits, nor is what cannot be evaluated in them.
        let is_refused = || found.refusals.iter().any(|&(_, why)| why != OTHER_COUNT);
        let no_number = truth.is_nan() && (stage != self.output || is_refused());
        if unknown && !vanished {
            return Err(Unknown);
        }
        if no_number {
            return Ok(None);
        }
        let same = computed == truth || computed.is_nan() && truth.is_nan();
        let lost = if same { 0.0 } else { digits_lost(computed - truth, truth) };
        let right = (ALL - lost).floor().max(0.0) as usize;
        let vanishes = vanished.then_some(found.reached);
        let beyond = || if vanished { None } else { shown.beyond_binary64() };
        Ok((lost >= TOLD).then(|| Lost { stage, at, computed, truth, beyond: beyond(), right, vanishes, causes: Vec::new() }))
    }

    /// Finds the stages whose rounding alone does most of what numbers lost: each is rounded by itself, all others are not.
    fn find_causes(&self, cone: &Cone, digits: usize, lost: &mut [Lost]) {
        let places: Vec<Number> = lost.iter().map(|lost| (cone.places[&lost.stage], lost.at)).collect();
        let effects = self.effects(cone, digits, &places).unwrap_or_default();
        for Effect { stage, rounds, vanishes, reaches } in effects {
            for (lost, &reaches) in lost.iter_mut().zip(&reaches).filter(|(_, reaches)| **reaches > 0.0) {
                let share = (reaches / (lost.computed - lost.truth).abs()).min(1.0);
                lost.causes.push(Cause { stage: cone.whence[stage.at()], rounds, reaches, share, vanishes });
            }
        }
        for lost in lost {
            lost.causes.sort_by(|one, other| other.reaches.total_cmp(&one.reaches));
        }
    }

    /// What rounding each stage alone does to some numbers; none where it would take too long.
    fn effects(&self, cone: &Cone, digits: usize, numbers: &[Number]) -> Option<Vec<Effect>> {
        let (leaves, ties) = (Leaves::default(), Choices::new());
        let (program, inputs, cancellation) = (&cone.program, &cone.inputs[..], self.cancellation);
        let task = Task { program, inputs, leaves: &leaves, digits, ties: &ties, cancellation };
        let Evaluated { stages: exact, .. } = evaluate_precisely::<2>(&task).ok()?;
        let mut kit = Kit::new(digits);
        let rounding: Vec<(StageId, f64, bool)> =
            program.ids().filter(|&id| rounds(program, id)).filter_map(|id| rounded_away(&mut kit, &exact, id)).collect();
        if rounding.len() as f64 * cost(program, program.ids()) > LOOKED_FOR {
            return None;
        }
        let mut effects = Vec::with_capacity(rounding.len());
        for (stage, rounds, vanishes) in rounding {
            let found = evaluate_rounding(&task, stage).ok()?;
            let number = |stages: &Stages<2>, (stage, at): Number| stages[stage.at()].numbers[at].clone();
            let reaches = numbers.iter().map(|&place| distance(&mut kit, &number(&found, place), &number(&exact, place))).collect();
            effects.push(Effect { stage, rounds, vanishes, reaches });
        }
        Some(effects)
    }

    /// The part of the error of the result, or of its largest number, that each stage makes; none where it takes too long.
    fn part_of_each(&self) -> Option<HashMap<StageId, f64>> {
        let cone = self.cone(std::iter::once(self.output))?;
        let numbers: Vec<Number> = (0..self.values.slice(self.output).len()).map(|at| (cone.places[&self.output], at)).collect();
        let effects = self.effects(&cone, COMPARED, &numbers)?;
        let most = |effect: &Effect| effect.reaches.iter().copied().fold(0.0, f64::max).min(f64::MAX / 1e9);
        let all: f64 = effects.iter().map(most).sum();
        let part = |effect: &Effect| if all == 0.0 { 0.0 } else { most(effect) / all };
        Some(effects.iter().map(|effect| (cone.whence[effect.stage.at()], part(effect))).collect())
    }
}

/// A number that is smaller than this part of what moves it is 0 but for rounding.
pub(super) const NOISE: f64 = 1e-40;

fn unique(stages: impl Iterator<Item = StageId>) -> Vec<StageId> {
    let mut seen = HashSet::new();
    stages.filter(|stage| seen.insert(*stage)).collect()
}

/// How far two numbers are apart; infinite where one of them is no finite number and they differ.
pub(super) fn distance<const B: Word>(kit: &mut Kit<B>, one: &Big<B>, other: &Big<B>) -> f64 {
    match (one, other) {
        (Big::Num(_), Big::Num(_)) => kit.sub(one, other).to_f64().abs(),
        (Big::Nan, Big::Nan) => 0.0,
        (Big::Inf(one), Big::Inf(other)) if one == other => 0.0,
        _ => f64::INFINITY,
    }
}

/// Whether the gate of a stage may round its result.
fn rounds(program: &Program, id: StageId) -> bool {
    let row = program.gate(id).row();
    let moves = matches!(row.unroll, Unroll::Moves) || matches!(row.precise, Precise::Exact);
    let exact = program.gate(id).is_elementwise() && row.rounding == Rounding::Exact;
    !program.operands(id).is_empty() && !moves && !exact
}

/// A stage, how much a binary64 number rounds away of it at most, and whether one of its numbers becomes 0; none where that is nothing.
fn rounded_away(kit: &mut Kit<2>, exact: &Stages<2>, id: StageId) -> Option<(StageId, f64, bool)> {
    let (mut most, mut rounds, mut vanishes) = (0.0_f64, false, false);
    for number in &exact[id.at()].numbers {
        let rounded = kit.binary64(number.to_f64());
        most = most.max(distance(kit, number, &rounded));
        rounds |= *number != rounded;
        vanishes |= rounded.is_zero() && !number.is_zero();
    }
    rounds.then_some((id, most, vanishes))
}

/// About how many microseconds it takes to evaluate stages of a program in 34 digits.
fn cost(program: &Program, stages: impl Iterator<Item = StageId>) -> f64 {
    const ELEMENTARY: f64 = 200.0;
    let of = |id: StageId| {
        let row = program.gate(id).row();
        let first = program.operands(id).first().map_or(crate::ground::Shape::Scalar, |&operand| program.shape(operand));
        let size = program.shape(id).size() as f64;
        let most = size.max(first.size() as f64);
        match (row.family, row.unroll) {
            (Family::Exponential | Family::Trigonometric | Family::Activation | Family::Special, _) => size * ELEMENTARY,
            (_, Unroll::Products) => size * first.sides().1 as f64 * 2.0,
            (_, Unroll::Determinant | Unroll::Inverse) => (first.sides().0 as f64).powi(3) * 2.0,
            (_, Unroll::Text(text)) if text.contains("exp(") => most * ELEMENTARY,
            (_, Unroll::Text(_)) => most * 5.0,
            _ if row.inverts => (first.sides().0 as f64).powi(3) * 2.0,
            _ => most,
        }
    };
    stages.map(of).sum()
}
