//! How far rounding and reading have put every stage of a program of single numbers off, by errors with signs and by total derivatives.
//!
//! A bound that goes from gate to gate (`screen`) adds up what reaches a gate through several operands, as if these were off by themselves:
//! of `v*(1 - v)` it hands on what `v` is off twice, where most of it cancels, and after some hundred of such stages it says nothing any
//! more. A total derivative says what a stage does to another one along all ways together. A stage's errors are those of the stages before
//! it, each by the total derivative in it, back to where all ways lead through few stages, if there is such a place near; these count as if
//! each were off by itself. Errors have signs where these are known, and so those of a stage's operands often say enough. Total derivatives
//! take many times as long as a bound, and are asked where both say too little. Knows no gate.

use super::evaluate::Values;
use super::rule::Rules;
use super::screen::{Applied, Gates, is_linear, residual};
use crate::forms::{Program, StageId};
use crate::ground::Cancellation;
use crate::vocabulary::gate::Rounding;

/// How many stages before one are looked at together at most: some steps of a few states. Where no few stages lie on all ways, as where states
/// that turn into each other go on side by side, what is not known grows from one such place to the next.
const MOST_TOGETHER: usize = 64;

/// and at least, where ways lead through one stage there.
const LEAST_TOGETHER: usize = 12;

/// Errors of the first order say how far a number is off where none that it is made of is off by more than this part of itself.
const FIRST_ORDER: f64 = 1e-4;

/// How many times the largest part by which a number is off, and the bound, what slopes change by may come to: each of two operands by twice
/// its own.
const SECOND_ORDER: f64 = 4.0;

/// A bound that is so many times as large as another one says the same, and errors have signs.
const SAME: f64 = 1.01;

/// After how many stages it is asked whether to go on; a power of two.
const WATCHED: usize = 1 << 10;

/// How far a number may be off.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errors {
    /// What rounding put it off by, as far as that is known,
    pub rounded: f64,
    /// and how much more or less that may be.
    pub unknown: f64,
    /// What reading leaves as binary64 numbers put it off by, at most.
    pub read: f64,
}

impl Errors {
    /// Those of a number of which a bound on all of them is known.
    pub fn within(bound: f64) -> Self {
        Self { unknown: bound, ..Self::default() }
    }

    /// A bound on what rounding did.
    pub fn rounding(self) -> f64 {
        self.rounded.abs() + self.unknown
    }

    /// A bound on both.
    pub fn bound(self) -> f64 {
        self.rounding() + self.read
    }

    /// The same, handed on by a derivative.
    pub(super) fn times(self, derivative: f64) -> Self {
        let size = derivative.abs();
        Self { rounded: derivative * self.rounded, unknown: size * self.unknown, read: size * self.read }
    }
}

/// What the products and sums of derivatives come to on the way to one, without their signs, each as it reaches it: in whatever order they
/// are made, rounding puts it off by a part of this.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reaching {
    /// What stages hand on to others.
    pub stages: f64,
    /// What an input hands on by itself.
    pub input: f64,
    /// The root of the sum of the squares of both: what they come to where errors have both signs.
    pub spread: f64,
}

impl Reaching {
    /// The same, handed on by a derivative.
    pub(super) fn times(self, derivative: f64) -> Self {
        let size = derivative.abs();
        Self { stages: size * self.stages, input: size * self.input, spread: size * self.spread }
    }
}

/// How far back errors are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// To a stage's operands: its errors are theirs, as if each were off by itself, and its own. Those that are known have signs.
    Operands,
    /// To stages before these too, by total derivatives, where that says more. It takes many times as long.
    Stages,
}

/// Which stages of a program are derivatives.
#[derive(Clone, Copy)]
pub struct Derivatives<'a> {
    /// From which on they are,
    pub from: usize,
    /// and which of them an input hands on by itself, in order.
    pub seeds: &'a [StageId],
}

impl Derivatives<'_> {
    /// None of a program's are.
    pub fn none(program: &Program) -> Self {
        Self { from: program.len(), seeds: &[] }
    }
}

/// What is known of how far a stage is off.
#[derive(Clone, Copy, Debug, Default)]
pub struct Off {
    /// Its errors.
    pub errors: Errors,
    /// What reaches it where it is a derivative.
    pub reaching: Reaching,
}

impl Off {
    fn add(&mut self, off: Self, derivative: f64) {
        let (errors, reaching) = (off.errors.times(derivative), off.reaching.times(derivative));
        self.errors.rounded += errors.rounded;
        self.errors.unknown += errors.unknown;
        self.errors.read += errors.read;
        self.reaching.stages += reaching.stages;
        self.reaching.input += reaching.input;
        self.reaching.spread = self.reaching.spread.hypot(reaching.spread);
    }
}

/// How far every stage of a program of single numbers is off, by what is known of its leaves, and whether these are off by reading. None where
/// it is cancelled.
pub(super) fn offs(
    (program, values): (&Program, &Values),
    back: Back,
    derivatives: Derivatives<'_>,
    (leaf, reads): (&dyn Fn(StageId) -> Off, bool),
    cancellation: &Cancellation,
    rules: &mut Rules,
) -> Option<Vec<Off>> {
    let mut stages =
        Stages { program, values, back, found: Vec::with_capacity(program.len()), own: Vec::new(), slopes: Vec::new(), starts: Vec::new() };
    let (mut totals, mut open) = (vec![0.0; program.len()], vec![false; program.len()]);
    let mut gates = if reads { Gates::of_read(rules) } else { Gates::new(rules, true) };
    for id in program.ids() {
        if id.at().is_multiple_of(WATCHED) && cancellation.is_cancelled() {
            return None;
        }
        let found = stages.next(id, derivatives, leaf, &mut gates, (&mut totals, &mut open));
        stages.found.push(found);
    }
    Some(stages.found)
}

/// The stages that have been looked at.
struct Stages<'a> {
    program: &'a Program,
    values: &'a Values,
    back: Back,
    /// How far each is off,
    found: Vec<Off>,
    /// and by itself, its operands taken as they are.
    own: Vec<Off>,
    /// The slopes of each stage in its operands, from where they start.
    slopes: Vec<f64>,
    starts: Vec<usize>,
}

impl Stages<'_> {
    fn next(
        &mut self,
        id: StageId,
        derivatives: Derivatives<'_>,
        leaf: &dyn Fn(StageId) -> Off,
        gates: &mut Gates<'_>,
        scratch: (&mut [f64], &mut [bool]),
    ) -> Off {
        self.starts.push(self.slopes.len());
        let operands = self.program.operands(id);
        if operands.is_empty() {
            let off = leaf(id);
            self.own.push(off);
            return off;
        }
        let (gate, out) = (self.program.gate(id), self.values.scalar(id));
        let numbers: Vec<f64> = operands.iter().map(|&operand| self.values.scalar(operand)).collect();
        let bounds: Vec<f64> = operands.iter().map(|&operand| self.found[operand.at()].errors.bound()).collect();
        let locals = gates.slopes(gate);
        for position in 0..operands.len() {
            let local = locals.get(if gate.row().arity().is_none() { 0 } else { position });
            let slope = local.map_or(0.0, |local| gates.slope(local, &mut Applied { gate, numbers: &numbers, out, position }));
            self.slopes.push(slope);
        }
        let errors = match residual(gate, &numbers, out) {
            // What is known of an error is rounded too.
            (rounded, true) => Errors { rounded, unknown: 4.0 * f64::EPSILON * rounded.abs(), read: 0.0 },
            (bound, false) => Errors::within(bound.abs()),
        };
        let of_stages = |size: f64| Reaching { stages: size, input: 0.0, spread: size };
        let reaching = match gate.row().rounding {
            _ if id.at() < derivatives.from => Reaching::default(),
            _ if derivatives.seeds.binary_search(&id).is_ok() => Reaching { stages: 0.0, input: out.abs(), spread: out.abs() },
            Rounding::Exact => Reaching::default(),
            Rounding::Sum | Rounding::Difference => of_stages(numbers.iter().map(|number| number.abs()).sum()),
            _ => of_stages(out.abs()),
        };
        self.own.push(Off { errors, reaching });
        // What is infinite, or decided otherwise within the errors, is found by the gate's own bound, and what is exact.
        let bound = gates.single(gate, &numbers, &bounds, out);
        let (totals, open) = scratch;
        // What slopes change by where the numbers are as far off as they may be is of the second order; where that is not small, nothing is said.
        let mut since = |first: usize| {
            let (mut sum, relative) = self.together(id, first, totals);
            sum.errors.unknown += if relative > FIRST_ORDER { f64::INFINITY } else { SECOND_ORDER * relative * bound };
            sum
        };
        let mut sum = since(id.at());
        if self.back == Back::Stages {
            // What rounding is known to do is the same by either; what is not known of it grows by the one or by the other.
            let far = since(self.narrowest(id, open));
            let rest = |off: &Off| off.errors.unknown + off.errors.read;
            if rest(&far) <= rest(&sum) {
                sum = far;
            }
        }
        let says_less = sum.errors.bound() <= SAME * bound;
        if bound == 0.0 || !bound.is_finite() || !says_less {
            sum.errors = Errors::within(bound);
        }
        sum
    }

    /// The operands of a stage on which it depends, and its slopes in them.
    fn ways(&self, id: StageId) -> impl Iterator<Item = (StageId, f64)> {
        let slopes = &self.slopes[self.starts[id.at()]..];
        self.program.operands(id).iter().copied().zip(slopes.iter().copied()).filter(|&(_, slope)| slope != 0.0)
    }

    /// The first of the stages before one that are looked at together: so that the fewest others are on the ways from all before.
    fn narrowest(&self, end: StageId, open: &mut [bool]) -> usize {
        let first = (end.at() + 1).saturating_sub(MOST_TOGETHER);
        let (mut fewest, mut found, mut count, mut looked_at) = (usize::MAX, first, 1, 0);
        open[end.at()] = true;
        for id in (first..=end.at()).rev().map(StageId::new) {
            if !std::mem::take(&mut open[id.at()]) {
                continue;
            }
            if looked_at >= LEAST_TOGETHER && count < fewest {
                (fewest, found) = (count, id.at() + 1);
                if count == 1 {
                    break;
                }
            }
            looked_at += 1;
            count -= 1;
            for (operand, _) in self.ways(id) {
                if operand.at() >= first && !self.program.operands(operand).is_empty() && !open[operand.at()] {
                    open[operand.at()] = true;
                    count += 1;
                }
            }
        }
        found
    }

    /// How far a stage is off by those before it from `first` on, together, and the largest part of itself by which a number is off that a
    /// slope on the ways depends on.
    fn together(&self, end: StageId, first: usize, totals: &mut [f64]) -> (Off, f64) {
        let (mut sum, mut relative, mut before) = (Off::default(), 0.0_f64, Vec::new());
        totals[end.at()] = 1.0;
        for id in (first..=end.at()).rev().map(StageId::new) {
            let total = std::mem::take(&mut totals[id.at()]);
            if total == 0.0 {
                continue;
            }
            sum.add(self.own[id.at()], total);
            relative = relative.max(self.bends(id));
            for (operand, slope) in self.ways(id) {
                totals[operand.at()] += total * slope;
                if operand.at() < first {
                    before.push(operand);
                }
            }
        }
        for operand in before {
            // One that is met several times counts once.
            sum.add(self.found[operand.at()], std::mem::take(&mut totals[operand.at()]));
        }
        (sum, relative)
    }

    /// By which part of itself a number is off that changes a stage's slopes.
    fn bends(&self, id: StageId) -> f64 {
        let gate = self.program.gate(id);
        let part = |operand: StageId| match self.found[operand.at()].errors.bound() {
            0.0 => 0.0,
            bound => bound / self.values.scalar(operand).abs(),
        };
        match *self.program.operands(id) {
            _ if is_linear(gate) => 0.0,
            // What a product's slopes change by is a product of two errors.
            [x, y] if gate.row().rounding == Rounding::Product && x != y => part(x).min(part(y)),
            ref operands => operands.iter().map(|&operand| part(operand)).fold(0.0, f64::max),
        }
    }
}
