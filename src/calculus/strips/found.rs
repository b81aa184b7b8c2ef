//! What is found of the stages of a run while they are at hand: sums, ranges and norms, and whether their slopes change somewhere.
//!
//! What is found in parts of an array joins in their order, so that it does not depend on who computed which. Knows no order of stages.

use super::{Run, Strip};
use crate::forms::StageId;
use crate::vocabulary::gate::Meets;
use crate::vocabulary::gate::runs::{Extent, Measuring, Summing};
use crate::vocabulary::lanes;

/// What a run finds beside the numbers of its stages.
pub(crate) struct Found {
    /// The sums, in the order of what is added up.
    pub(crate) sums: Vec<(StageId, f64)>,
    /// The range and the norm of the stages that are measured.
    pub(crate) extents: Vec<(StageId, Extent)>,
    /// The stages that are compared, and whether their slopes change nowhere.
    pub(crate) apart: Vec<(StageId, bool)>,
}

/// What is found in a part of an array.
#[derive(Clone, Default)]
pub(super) struct Finding {
    sums: Vec<Summing>,
    measures: Vec<Measuring>,
    apart: Vec<bool>,
}

/// Which places of some lists, each in the order of the gates, belong to a gate.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    sums: [usize; 2],
    measures: [usize; 2],
    compared: [usize; 2],
}

/// The places of a gate in a list in the order of the gates.
fn places<T>(list: &[(usize, T)], at: usize) -> [usize; 2] {
    [list.partition_point(|(other, _)| *other < at), list.partition_point(|(other, _)| *other <= at)]
}

impl Asked {
    /// What is asked of a gate of a run.
    pub(super) fn of(run: &Run, at: usize) -> Self {
        Self { sums: places(&run.sums, at), measures: places(&run.measured, at), compared: places(&run.compared, at) }
    }

    /// Whether it is where its slopes change.
    pub(super) fn is_compared(&self) -> bool {
        self.compared[0] < self.compared[1]
    }

    /// Whether sums and measures are, and nothing else.
    pub(super) fn is_measures(&self) -> bool {
        !self.is_compared() && !self.is_nothing()
    }

    /// Whether sums are, and nothing else.
    pub(super) fn is_sums(&self) -> bool {
        self.is_measures() && self.measures[0] == self.measures[1]
    }

    /// Whether nothing is.
    pub(super) fn is_nothing(&self) -> bool {
        [self.sums, self.measures, self.compared].iter().all(|[start, end]| start == end)
    }
}

impl Finding {
    /// Nothing is found yet.
    pub(super) fn of(run: &Run) -> Self {
        Self {
            sums: vec![Summing::default(); run.sums.len()],
            measures: vec![Measuring::default(); run.measured.len()],
            apart: vec![true; run.compared.len()],
        }
    }

    /// Sees a strip of a gate.
    pub(super) fn see(&mut self, asked: &Asked, strip: &Strip<'_>) {
        self.sums[asked.sums[0]..asked.sums[1]].iter_mut().for_each(|summing| summing.add(strip.out));
        self.measures[asked.measures[0]..asked.measures[1]].iter_mut().for_each(|measuring| measuring.add(strip.out));
        self.compare(asked, strip);
    }

    /// Sees a strip of one number that stands for so many.
    pub(super) fn see_same(&mut self, asked: &Asked, strip: &Strip<'_>, count: usize) {
        let number = strip.out[0];
        self.sums[asked.sums[0]..asked.sums[1]].iter_mut().for_each(|summing| summing.add_same(number, count));
        self.measures[asked.measures[0]..asked.measures[1]].iter_mut().for_each(|measuring| measuring.add_same(number, count));
        self.compare(asked, strip);
    }

    /// Sees a strip of a gate that multiplies numbers by one number, and whose own numbers nobody computed.
    pub(super) fn see_scaled(&mut self, asked: &Asked, numbers: &[f64], by: f64) {
        self.sums[asked.sums[0]..asked.sums[1]].iter_mut().for_each(|summing| summing.add_scaled(numbers, by));
        self.measures[asked.measures[0]..asked.measures[1]].iter_mut().for_each(|measuring| measuring.add_scaled(numbers, by));
    }

    /// Sees a strip of a gate that multiplies numbers each at its place, and whose own numbers nobody computed.
    pub(super) fn see_products(&mut self, asked: &Asked, factors: [&[f64]; 2]) {
        self.sums[asked.sums[0]..asked.sums[1]].iter_mut().for_each(|summing| summing.add_products(factors));
    }

    fn compare(&mut self, asked: &Asked, strip: &Strip<'_>) {
        let apart = &mut self.apart[asked.compared[0]..asked.compared[1]];
        if apart.first() == Some(&true) && meets(strip) {
            apart.fill(false);
        }
    }

    /// Takes in what was found in the next part, all parts but the last being as long, of a power of two of blocks.
    pub(super) fn join(&mut self, next: &Self) {
        self.sums.iter_mut().zip(&next.sums).for_each(|(summing, next)| summing.join(next));
        self.measures.iter_mut().zip(&next.measures).for_each(|(measuring, next)| measuring.join(next));
        self.apart.iter_mut().zip(&next.apart).for_each(|(apart, next)| *apart &= *next);
    }

    /// What was found in all.
    pub(super) fn found(&self, run: &Run) -> Found {
        Found {
            sums: run.sums.iter().zip(&self.sums).map(|((_, id), summing)| (*id, summing.total())).collect(),
            extents: run.measured.iter().zip(&self.measures).filter_map(|((_, id), measuring)| Some((*id, measuring.found()?))).collect(),
            apart: run.compared.iter().zip(&self.apart).map(|((_, id), apart)| (*id, *apart)).collect(),
        }
    }
}

/// Whether the slopes of a gate may change somewhere in a strip.
fn meets(strip: &Strip<'_>) -> bool {
    match (strip.gate.row().meets(), strip.operands) {
        (Some(Meets::Zero), [x, ..]) => lanes::some_equal(x, &[0.0]),
        (Some(Meets::Operands), &[x, y]) => {
            if x.len() < y.len() {
                lanes::some_equal(y, x)
            } else {
                lanes::some_equal(x, y)
            }
        }
        _ => true,
    }
}
