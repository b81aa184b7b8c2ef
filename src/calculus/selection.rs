//! What a program takes of arrays by places and masks, and whether it takes something else beside a point.
//!
//! Gradients are those of what is taken at the point; where the least change of an input takes something else, they say nothing of
//! that side. Knows gates that take places; no derivative.

use super::evaluate::numbers_met;
use super::range::evaluate;
use crate::forms::{Program, StageId};
use crate::ground::Value;
use crate::vocabulary::{Gate, Symbol};
use std::collections::HashMap;

/// How far beside a point it is looked, as a part of the number that moves; of 0 itself so far.
const BESIDE: f64 = 1.0 / (1u64 << 40) as f64;

/// A result that is so near is the same.
const SAME: f64 = 1e-9;

/// How many numbers of stages are evaluated at most for all numbers of all inputs.
const MOST: usize = 4_000_000;

/// What a program takes at a point.
#[derive(Debug)]
pub struct Selection {
    /// The part of the program that makes the result.
    program: Program,
    output: StageId,
    inputs: Vec<Value>,
    /// Which stage of the part an input of the whole is, and whether it does nothing but select.
    known: HashMap<StageId, (StageId, bool)>,
    /// The places that are taken, the gate of the part that takes them, and whether they are the places of a threshold: the part of what is
    /// selected that a number which does nothing else has a share in.
    places: Vec<(StageId, StageId, bool)>,
    /// What they are, and the result.
    taken: Vec<Vec<f64>>,
    result: Vec<f64>,
}

/// What is taken beside a point and is not taken at it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The gate that takes something else, by its place in the part.
    pub taking: StageId,
    /// Whether the result jumps, below and above; none where the same is taken as at the point.
    pub sides: [Option<Beside>; 2],
}

/// What the result is where something else is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Beside {
    /// Another number of elements is taken, for which nothing was named.
    Nothing,
    /// The result jumps; with the slope from here, which is infinite.
    Jumps(f64),
    /// The result goes on.
    GoesOn,
}

impl Selection {
    /// What a program takes for a result with values of its inputs, in its order; none where it takes nothing by places that follow
    /// inputs, or looking at it would take long.
    pub fn of(whole: &Program, output: StageId, inputs: &[Value]) -> Option<Self> {
        if !whole.ids().any(|id| whole.gate(id).row().places[1] > 0) {
            return None;
        }
        let (program, result) = whole.cone(output);
        let selecting = program.selecting(result);
        let mut places = Vec::new();
        for taking in program.ids() {
            for (at, &place) in program.operands(taking).iter().enumerate() {
                if program.gate(taking).is_place(at) && program.varies(place) {
                    places.push((place, taking, program.gate(taking) == Gate::Nonzero && is_threshold(&program, place)));
                }
            }
        }
        if places.is_empty() {
            return None;
        }
        let (mut known, mut given) = (HashMap::new(), Vec::new());
        let owned: HashMap<Symbol, StageId> = whole.ids().filter_map(|id| Some((whole.input(id)?.name, id))).collect();
        for id in program.ids() {
            let Some(input) = program.input(id) else { continue };
            let own = *owned.get(&input.name)?;
            known.insert(own, (id, selecting.only_selects(id)));
            given.push(inputs[whole.leaf(own)].clone());
        }
        let numbers: usize = given.iter().map(|value| value.numbers().len()).sum();
        if numbers.saturating_mul(2 * numbers_met(&program)) > MOST {
            return None;
        }
        let mut found = Self { program, output: result, inputs: given, known, places, taken: Vec::new(), result: Vec::new() };
        (found.taken, found.result) = found.evaluated();
        Some(found)
    }

    fn evaluated(&self) -> (Vec<Vec<f64>>, Vec<f64>) {
        let values = evaluate(&self.program, &self.inputs);
        (self.places.iter().map(|&(place, ..)| values.slice(place).to_vec()).collect(), values.slice(self.output).to_vec())
    }

    /// What is taken beside a number of an input of the whole program; none where it is the same on both sides. Of an input that only
    /// selects, thresholds count.
    pub fn beside(&mut self, input: StageId, at: usize) -> Option<Change> {
        let &(known, only_selects) = self.known.get(&input)?;
        let input = self.program.leaf(known);
        let before = self.inputs[input].clone();
        let number = before.numbers()[at];
        let step = if number == 0.0 { BESIDE } else { number.abs() * BESIDE };
        let (mut taking, mut sides) = (None, [None; 2]);
        for (side, moved) in sides.iter_mut().zip([number - step, number + step]) {
            let mut numbers = before.numbers().to_vec();
            numbers[at] = moved;
            self.inputs[input] = Value::new(before.shape(), numbers);
            let (taken, result) = self.evaluated();
            let others = self.taken.iter().zip(&taken).zip(&self.places);
            // A place that would be no whole number is held where it is.
            let moves =
                |was: &f64, is: &f64, gate| was != is && (self.program.gate(gate) == Gate::Nonzero || is.floor() == *is || is.is_nan());
            let other = others
                .filter(|(_, (_, _, threshold))| *threshold || !only_selects)
                .find(|((was, is), (_, gate, _))| was.iter().zip(is.iter()).any(|(was, is)| moves(was, is, *gate)));
            if let Some((_, &(_, gate, _))) = other {
                taking.get_or_insert(gate);
                let apart = |(was, is): &(&f64, &f64)| (*was - *is).abs() > SAME * was.abs().max(is.abs());
                let jump = self.result.iter().zip(&result).find(apart).map(|(was, is)| (is - was) * (moved - number) * f64::INFINITY);
                *side = Some(match jump {
                    _ if result.iter().zip(&self.result).any(|(is, was)| is.is_nan() && !was.is_nan()) => Beside::Nothing,
                    Some(slope) => Beside::Jumps(slope),
                    None => Beside::GoesOn,
                });
            }
        }
        self.inputs[input] = before;
        Some(Change { taking: taking?, sides })
    }
}

/// Whether a mask is made of thresholds: a number that equals a label does so at no other point.
fn is_threshold(program: &Program, mask: StageId) -> bool {
    program.needed(mask, false).into_iter().all(|id| !["eq", "ne"].contains(&program.gate(id).row().name))
}
