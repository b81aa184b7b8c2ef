//! The slopes of a result on either side of a point: what it really does where gates tie or have a kink.
//!
//! The forward pass of derivatives, but for such gates: of operands that tie, the one that moves furthest in the gate's sense
//! is followed, and at a kink the slope of the side to which its operand moves. That is exact, since every other gate has one
//! slope. Knows no gate: where they tie and bend stands in the gate table.

use super::backprop::{Edge, unbroadcast};
use super::evaluate::numbers_held;
use super::forward::push_forward;
use super::range::evaluate;
use super::rule::{Fill, Rules, Ties};
use crate::forms::program::Constant;
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId};
use crate::ground::{Span, Value};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Kink, Unroll, apply};

/// The most numbers that are computed to find the slopes of one input.
const MOST_NUMBERS: usize = 1_000_000;

/// The slopes on either side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sides {
    /// From below.
    pub below: f64,
    /// From above.
    pub above: f64,
}

/// The slopes of a single number in each number of an input, where its inputs have some values; none where they are not known,
/// or would take too long to find.
pub fn sides(program: &Program, output: StageId, inputs: &[Value], input: StageId, rules: &mut Rules) -> Option<Vec<Sides>> {
    let shape = program.shape(input);
    if shape.size().saturating_mul(numbers_held(program)) > MOST_NUMBERS || program.shape(output).size() != 1 {
        return None;
    }
    let moved = |at: usize, sign: f64, rules: &mut Rules| {
        let mut program = program.clone();
        let step = (0..shape.size()).map(|place| if place == at { sign } else { 0.0 }).collect();
        let seed = program.add_own_constant(Constant { value: Value::new(shape, step), name: None, decimal: None }, Span::default());
        let change = change(&mut program, output, (input, seed), rules)?;
        Some(change.map_or(0.0, |change| evaluate(&program, inputs).scalar(change)))
    };
    let sides = |at: usize| Some(Sides { below: -moved(at, -1.0, rules)?, above: moved(at, 1.0, rules)? });
    (0..shape.size()).map(sides).collect()
}

/// Adds the stages that compute how the output changes when a stage moves by a seed; none where it does not depend on it, and
/// an error where the slopes of a gate on the way are not known.
#[expect(clippy::option_option, reason = "not known, and not at all")]
fn change(program: &mut Program, output: StageId, seed: (StageId, StageId), rules: &mut Rules) -> Option<Option<StageId>> {
    // The program grows while it is walked.
    let whole = program.clone();
    let mut made = Vec::with_capacity(whole.len());
    replay(&whole, &mut Changes { program, seed, rules }, &mut made).ok()?;
    Some(made[output.at()])
}

/// The slopes of a gate on either side are not known.
struct Unknown;

/// The change of every stage, where it has one.
struct Changes<'a> {
    program: &'a mut Program,
    seed: (StageId, StageId),
    rules: &'a mut Rules,
}

/// A stage and the changes of its operands.
#[derive(Clone, Copy)]
struct Moving<'a> {
    id: StageId,
    gate: Gate,
    operands: Operands<'a, Option<StageId>>,
}

impl Changes<'_> {
    fn leaf(&self, id: StageId) -> Option<StageId> {
        (self.seed.0 == id).then_some(self.seed.1)
    }

    fn number(&mut self, number: f64) -> StageId {
        self.program.add_constant(number, None, Span::default())
    }

    fn stage(&mut self, gate: Gate, operands: &[StageId]) -> StageId {
        self.program.share(gate, operands, Span::default())
    }

    /// A text of the gate's row at its operands, the one at a position in question.
    fn text(&mut self, moving: Moving, position: usize, text: &'static str) -> StageId {
        let template = self.rules.text(moving.gate, text);
        let fill = Fill { position, out: Some(moving.id), ..Fill::operands(moving.gate, moving.operands.ids()) };
        self.rules.fill(&template, self.program, &fill)
    }

    /// The change through one operand, where each operand has one slope.
    fn through(&mut self, moving: Moving, position: usize) -> Option<StageId> {
        let upstream = (*moving.operands.get(position))?;
        let edge = Edge { gate: moving.gate, through: moving.id, upstream, operands: moving.operands.ids(), position };
        push_forward(self.program, edge, Ties::Course, self.rules)
    }

    /// Of operands that reach the gate's value, the change that the gate would choose.
    fn chosen(&mut self, moving: Moving) -> StageId {
        let nothing = neutral(moving.gate);
        let mut candidates = Vec::new();
        for (&operand, change) in moving.operands.ids().iter().zip(moving.operands.iter()) {
            let reaches = self.stage(Gate::Eq, &[operand, moving.id]);
            let change = change.unwrap_or_else(|| self.number(0.0));
            let nothing = self.number(nothing);
            candidates.push(self.stage(Gate::Where, &[reaches, change, nothing]));
        }
        self.stage(moving.gate, &candidates)
    }

    /// The same of the elements of an array.
    fn chosen_element(&mut self, moving: Moving, change: StageId, fold: Gate) -> StageId {
        let reaches = self.text(moving, 0, moving.gate.row().reaches);
        let nothing = self.number(neutral(fold));
        let candidates = self.stage(Gate::Where, &[reaches, change, nothing]);
        let operands: Vec<StageId> = std::iter::once(candidates).chain(moving.operands.ids()[1..].iter().copied()).collect();
        self.stage(moving.gate, &operands)
    }

    /// The change of a gate that has kinks in the one operand that moves.
    fn bent(&mut self, moving: Moving, position: usize, change: StageId, kinks: &[&Kink]) -> StageId {
        let zero = self.number(0.0);
        let mut moved = self.through(moving, position).unwrap_or(zero);
        let (rises, falls) = (self.stage(Gate::Gt, &[change, zero]), self.stage(Gate::Lt, &[change, zero]));
        for kink in kinks {
            let [when, below, above] = [kink.when, kink.below, kink.above].map(|text| self.text(moving, position, text));
            let falling = self.stage(Gate::Where, &[falls, below, zero]);
            let slope = self.stage(Gate::Where, &[rises, above, falling]);
            let there = self.stage(Gate::Mul, &[slope, change]);
            moved = self.stage(Gate::Where, &[when, there, moved]);
        }
        unbroadcast(self.program, moved, self.program.shape(moving.id), self.rules)
    }

    /// What a gate that may tie or bend comes to; none where it is like any other.
    fn special(&mut self, moving: Moving) -> Result<Option<StageId>, Unknown> {
        let row = moving.gate.row();
        let movers: Vec<usize> = (0..moving.operands.len()).filter(|&at| moving.operands.get(at).is_some()).collect();
        let change = |at: usize| moving.operands.get(at).ok_or(Unknown);
        if row.idempotent {
            return Ok(Some(self.chosen(moving)));
        }
        if let (false, Unroll::Fold(fold)) = (row.reaches.is_empty(), row.unroll) {
            return Ok(Some(self.chosen_element(moving, change(0)?, fold)));
        }
        if row.kinks.is_empty() {
            return Ok(None);
        }
        let &[mover] = &movers[..] else { return Err(Unknown) };
        let own = |kink: &&Kink| kink.operand == mover || row.arity().is_none();
        let kinks: Vec<&Kink> = row.kinks.iter().filter(own).collect();
        if kinks.is_empty() || !moving.gate.is_elementwise() {
            return Err(Unknown);
        }
        Ok(Some(self.bent(moving, mover, change(mover)?, &kinks)))
    }
}

/// The number that a gate of any number of operands chooses over none.
fn neutral(gate: Gate) -> f64 {
    -apply(gate, 2, |at| [f64::INFINITY, f64::NEG_INFINITY][at])
}

impl Backend for Changes<'_> {
    type Value = Option<StageId>;
    type Error = Unknown;

    fn input(&mut self, id: StageId, _at: usize) -> Result<Self::Value, Unknown> {
        Ok(self.leaf(id))
    }

    fn constant(&mut self, id: StageId, _constant: &Constant) -> Result<Self::Value, Unknown> {
        Ok(self.leaf(id))
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Self::Value>) -> Result<Self::Value, Unknown> {
        let moving = Moving { id, gate, operands };
        if operands.iter().all(Option::is_none) {
            return Ok(None);
        }
        if let Some(change) = self.special(moving)? {
            return Ok(Some(change));
        }
        let mut sum: Option<StageId> = None;
        for position in 0..operands.len() {
            let Some(moved) = self.through(moving, position) else { continue };
            sum = Some(sum.map_or(moved, |sum| self.stage(Gate::Add, &[sum, moved])));
        }
        Ok(sum)
    }
}
