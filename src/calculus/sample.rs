//! The bound of large arrays by a sample of their numbers, so that it costs little beside an evaluation.
//!
//! Of each stage two numbers are kept: how far its numbers may be off at most, and how far as a part of themselves, both over
//! places that are spread evenly. What left the range at a place says nothing of the others and is left out. Knows no gate.

#![expect(clippy::inline_always, reason = "a loop is compiled for a processor only with all that it calls")]

use super::evaluate::Values;
use super::screen::{Gates, Whole, half_ulp};
use super::strips::{SAMPLE, spread};
use crate::forms::program::Constant;
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId};
use crate::ground::Cancellation;
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Precise, Rounding, Unroll};
use crate::vocabulary::lanes::{Loop, widest};
use std::borrow::Cow;

/// How many places of an array are looked at,
const PLACES: usize = 16;

/// and how many numbers of what is added up, or otherwise taken together: those that are kept of what is not stored.
const TERMS: usize = SAMPLE;

/// How many terms of a sum of products are looked at.
const FACTORS: usize = SAMPLE;

/// How many sums of products are,
const PRODUCTS: usize = 9;

/// and in how many columns, where there are as many rows.
const CROSSED: usize = 3;

/// How far the numbers of a stage may be off.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Summary {
    /// At most.
    pub(super) largest: f64,
    /// As a part of themselves.
    relative: f64,
}

impl Summary {
    #[inline(always)]
    fn bound(self, x: f64) -> f64 {
        // Also where that is `inf * 0`.
        let relative = self.relative * x.abs();
        if relative < self.largest { relative } else { self.largest }
    }

    fn is_still(self) -> bool {
        self.largest == 0.0
    }

    /// That of numbers with their bounds.
    fn of(found: impl Iterator<Item = (f64, f64)>) -> Self {
        let mut summary = Self::default();
        for (number, bound) in found.filter(|(_, bound)| bound.is_finite()) {
            summary.largest = summary.largest.max(bound);
            // Of a number that is 0 nothing is right where it may be off: its part has no limit.
            let relative = if bound == 0.0 { 0.0 } else { bound / number.abs() };
            summary.relative = summary.relative.max(relative);
        }
        summary
    }

    fn with(self, other: Self) -> Self {
        Self { largest: self.largest.max(other.largest), relative: self.relative.max(other.relative) }
    }
}

/// The bounds of every stage, by its index; none where it is cancelled.
pub(super) fn summaries(program: &Program, values: &Values, cancellation: &Cancellation, gates: Gates<'_>) -> Option<Vec<Summary>> {
    let mut found = Vec::with_capacity(program.len());
    replay(program, &mut Sampling { program, values, cancellation, gates }, &mut found).ok()?;
    Some(found)
}

struct Sampling<'a, 'r> {
    program: &'a Program,
    values: &'a Values,
    cancellation: &'a Cancellation,
    gates: Gates<'r>,
}

/// It was cancelled.
struct Cancelled;

impl Sampling<'_, '_> {
    fn size(&self, id: StageId) -> usize {
        self.program.shape(id).size()
    }

    /// The numbers of a stage at so many places that are spread evenly.
    fn spread(&self, id: StageId, most: usize) -> Vec<f64> {
        self.values.spread(id, self.size(id), most)
    }

    fn elementwise(&mut self, id: StageId, gate: Gate, ids: &[StageId], given: &[Summary]) -> Summary {
        let shape = self.program.shape(id);
        let places = spread(shape.size(), PLACES);
        let met = |operand: StageId| match self.program.shape(operand) {
            own if own == shape => self.spread(operand, PLACES),
            own => places.clone().map(|at| self.values.at(operand, own.met(shape, at))).collect(),
        };
        let operands: Vec<Vec<f64>> = ids.iter().map(|&operand| met(operand)).collect();
        let (mut numbers, mut bounds) = (vec![0.0; ids.len()], vec![0.0; ids.len()]);
        let gates = &mut self.gates;
        let one = |(at, out): (usize, f64)| {
            for (k, (operand, summary)) in operands.iter().zip(given).enumerate() {
                numbers[k] = operand[at];
                bounds[k] = summary.bound(numbers[k]);
            }
            (out, gates.single(gate, &numbers, &bounds, out))
        };
        Summary::of(self.values.spread(id, shape.size(), PLACES).into_iter().enumerate().map(one))
    }

    /// Sums, each of as many numbers.
    fn sums(&self, id: StageId, operand: StageId, given: Summary) -> Summary {
        let (size, out) = (self.size(operand), self.values.slice(id));
        let (count, terms) = (size as f64 / out.len() as f64, size.min(TERMS) as f64);
        let (mut bounds, mut magnitudes) = (0.0, 0.0);
        for number in self.spread(operand, TERMS).into_iter().filter(|number| number.is_finite()) {
            bounds += Some(given.bound(number)).filter(|bound| bound.is_finite()).unwrap_or_default();
            magnitudes += number.abs();
        }
        let bound = count * (bounds / terms) + half_ulp(count * (magnitudes / terms)) * count.log2().max(1.0);
        Summary::of(spread(out.len(), PLACES).map(|at| (out[at], bound)))
    }

    /// Sums of products: at the places where some rows meet some columns, which are copied once.
    fn products(&self, id: StageId, ids: &[StageId], given: &[Summary]) -> Summary {
        let [(x, x_turned), (y, y_turned)] = [ids[0], ids[1]].map(|id| self.values.matrix(id));
        let ((rows, inner), out) = (self.program.shape(ids[0]).sides(), self.values.slice(id));
        let columns = if self.program.shape(ids[1]).rank() == 2 { self.program.shape(ids[1]).sides().1 } else { 1 };
        let wide = columns.min(CROSSED.max(PRODUCTS / rows));
        let high = rows.min(PRODUCTS / wide);
        let terms = spread(inner, FACTORS);
        let scale = inner as f64 / inner.min(FACTORS) as f64;
        let taken = |numbers, (first, step): (usize, usize)| Self::taken(numbers, first, step, inner, &terms);
        let row = |i: usize| taken(x, if x_turned { (i, rows) } else { (i * inner, 1) });
        let rows: Vec<(usize, Cow<'_, [f64]>)> = spread(rows, high).map(|i| (i, row(i))).collect();
        let at = |j: usize| {
            let column = taken(y, if y_turned { (j * inner, 1) } else { (j, columns) });
            let of = |(i, row): &(usize, Cow<'_, [f64]>)| {
                let (whole, out) = (widest(Terms { x: row, y: &column, given: [given[0], given[1]] }), out[i * columns + j]);
                let all = inner <= FACTORS;
                (out, if all { whole.bound_of(out, true) } else { whole.bound * scale + half_ulp(out) * (inner as f64).log2() })
            };
            rows.iter().map(of).collect::<Vec<_>>()
        };
        Summary::of(spread(columns, wide).flat_map(at))
    }

    /// Some of so many numbers, from one on by a step.
    fn taken<'x>(
        numbers: &'x [f64],
        first: usize,
        step: usize,
        count: usize,
        terms: &(impl Iterator<Item = usize> + Clone),
    ) -> Cow<'x, [f64]> {
        if count > FACTORS {
            terms.clone().map(|k| numbers[first + k * step]).collect()
        } else if step == 1 {
            Cow::from(&numbers[first..first + count])
        } else {
            numbers[first..].iter().step_by(step).take(count).copied().collect()
        }
    }

    /// Any other gate of arrays: as far off, as a part of its largest number, as its operands are.
    fn other(&self, id: StageId, ids: &[StageId], given: &[Summary]) -> Summary {
        let largest = |id: StageId| self.spread(id, TERMS).into_iter().map(f64::abs).filter(|x| x.is_finite()).fold(0.0, f64::max);
        let part = |(&id, summary): (&StageId, &Summary)| if summary.is_still() { 0.0 } else { summary.largest / largest(id) };
        let relative = ids.iter().zip(given).map(part).sum::<f64>() + 8.0 * f64::EPSILON;
        if relative.is_finite() { Summary { largest: relative * largest(id), relative: f64::INFINITY } } else { Summary::default() }
    }
}

/// How many sums a sum of products is added up in, side by side.
const SIDE: usize = 8;

/// The terms of a sum of products, and how far the factors may be off.
struct Terms<'a> {
    x: &'a [f64],
    y: &'a [f64],
    given: [Summary; 2],
}

impl Loop for Terms<'_> {
    type Output = Whole;

    #[inline(always)]
    fn run(self) -> Whole {
        let Self { x, y, given: [off_x, off_y] } = self;
        let mut sums = [Whole::default(); SIDE];
        let (blocks_x, blocks_y) = (x.chunks_exact(SIDE), y.chunks_exact(SIDE));
        let rest = blocks_x.remainder().iter().zip(blocks_y.remainder());
        for (x, y) in blocks_x.zip(blocks_y) {
            for (sum, (&x, &y)) in sums.iter_mut().zip(x.iter().zip(y)) {
                sum.add_product((x, off_x.bound(x)), (y, off_y.bound(y)));
            }
        }
        let mut whole = Whole::default();
        rest.for_each(|(&x, &y)| whole.add_product((x, off_x.bound(x)), (y, off_y.bound(y))));
        for sum in &sums {
            whole.add_whole(sum);
        }
        whole
    }
}

impl Backend for Sampling<'_, '_> {
    type Value = Summary;
    type Error = Cancelled;

    fn input(&mut self, _id: StageId, _at: usize) -> Result<Summary, Cancelled> {
        Ok(Summary::default())
    }

    fn constant(&mut self, _id: StageId, _constant: &Constant) -> Result<Summary, Cancelled> {
        Ok(Summary::default())
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Summary>) -> Result<Summary, Cancelled> {
        if self.cancellation.is_cancelled() {
            return Err(Cancelled);
        }
        let (ids, row) = (operands.ids(), gate.row());
        let given: Vec<Summary> = operands.iter().copied().collect();
        if gate.is_elementwise() {
            return Ok(self.elementwise(id, gate, ids, &given));
        }
        Ok(match (row.precise, row.unroll) {
            (Precise::Exact, _) => Summary::default(),
            (_, Unroll::Moves) => given.iter().fold(Summary::default(), |all, &one| all.with(one)),
            (_, Unroll::Fold(fold)) if fold.row().rounding == Rounding::Exact => given[0],
            (_, Unroll::Fold(fold)) if fold.row().rounding == Rounding::Sum => self.sums(id, ids[0], given[0]),
            (_, Unroll::Products) => self.products(id, ids, &given),
            _ => self.other(id, ids, &given),
        })
    }
}
