//! The slopes of a result on either side of a point: what it really does where gates tie or have a kink.
//!
//! The forward pass of derivatives, but for such gates: of operands that tie, the one that moves furthest in the gate's sense
//! is followed, and at a kink the slope of the side to which its operand moves. That is exact, since every other gate has one
//! slope. A comparison whose sides are equal jumps as soon as one of them moves: what depends on it is computed with the values
//! behind the jump. Knows no gate: where they tie and bend stands in the gate table.

use super::backprop::{Edge, unbroadcast};
use super::evaluate::numbers_met;
use super::forward::push_forward;
use super::range::evaluate;
use super::rule::{Fill, Rules, Ties};
use crate::forms::program::Constant;
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId};
use crate::ground::{Span, Value};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Family, Kink, Unroll, apply};

/// The most numbers that are computed to find the slopes of one input.
const MOST_NUMBERS: usize = 1_000_000;

/// The same where few of its numbers are looked at.
const MOST_NUMBERS_OF_FEW: usize = 40_000_000;

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
    let size = program.shape(input).size();
    if size.saturating_mul(numbers_met(program)) > MOST_NUMBERS {
        return None;
    }
    slopes_at(program, output, inputs, input, 0..size, rules)
}

/// The same in some numbers of an input, which may be few of many.
pub fn sides_at(
    program: &Program,
    output: StageId,
    inputs: &[Value],
    input: StageId,
    places: &[usize],
    rules: &mut Rules,
) -> Option<Vec<Sides>> {
    if places.len().saturating_mul(numbers_met(program)) > MOST_NUMBERS_OF_FEW {
        return None;
    }
    slopes_at(program, output, inputs, input, places.iter().copied(), rules)
}

/// The slopes in numbers of an input, however many numbers that takes; none where they are not known.
fn slopes_at(
    program: &Program,
    output: StageId,
    inputs: &[Value],
    input: StageId,
    places: impl Iterator<Item = usize>,
    rules: &mut Rules,
) -> Option<Vec<Sides>> {
    let shape = program.shape(input);
    if program.shape(output).size() != 1 {
        return None;
    }
    let moved = |at: usize, sign: f64, rules: &mut Rules| {
        let mut program = program.clone();
        let step = (0..shape.size()).map(|place| if place == at { sign } else { 0.0 }).collect();
        let seed = program.add_own_constant(Constant { value: Value::new(shape, step), name: None, decimal: None }, Span::default());
        let Moved { change, after } = change(&mut program, output, (input, seed), rules)?;
        let values = evaluate(&program, inputs);
        let jump = after.map_or(0.0, |after| values.scalar(after) - values.scalar(output));
        Some(if jump == 0.0 { change.map_or(0.0, |change| values.scalar(change)) } else { jump * f64::INFINITY })
    };
    let sides = |at: usize| Some(Sides { below: -moved(at, -1.0, rules)?, above: moved(at, 1.0, rules)? });
    places.map(sides).collect()
}

/// The stage of one number of a stage's value.
pub fn element(program: &mut Program, stage: StageId, at: usize) -> StageId {
    let shape = program.shape(stage);
    let chosen = (0..shape.size()).map(|place| f64::from(place == at)).collect();
    let chosen = program.add_constant(Value::new(shape, chosen), None, Span::default());
    let zero = program.add_constant(0.0, None, Span::default());
    let alone = program.share(Gate::Where, &[chosen, stage, zero], Span::default());
    program.share(Gate::Sum, &[alone], Span::default())
}

/// How a stage moves: its change where it has one, and its value behind a jump where it depends on a gate that may jump.
#[derive(Clone, Copy, Debug, Default)]
struct Moved {
    change: Option<StageId>,
    after: Option<StageId>,
}

impl Moved {
    fn is_still(self) -> bool {
        self.change.is_none() && self.after.is_none()
    }
}

/// Adds the stages that compute how the output changes when a stage moves by a seed; none where the slopes of a gate on the way
/// are not known.
fn change(program: &mut Program, output: StageId, seed: (StageId, StageId), rules: &mut Rules) -> Option<Moved> {
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

/// A stage behind what jumps, its operands there, and their changes.
#[derive(Clone, Copy)]
struct Moving<'a> {
    id: StageId,
    gate: Gate,
    operands: &'a [StageId],
    changes: &'a [Option<StageId>],
}

impl Changes<'_> {
    fn leaf(&self, id: StageId) -> Moved {
        Moved { change: (self.seed.0 == id).then_some(self.seed.1), after: None }
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
        let fill = Fill { position, out: Some(moving.id), ..Fill::operands(moving.gate, moving.operands) };
        self.rules.fill(&template, self.program, &fill)
    }

    /// The change through one operand, where each operand has one slope.
    fn through(&mut self, moving: Moving, position: usize) -> Option<StageId> {
        let upstream = moving.changes[position]?;
        let edge = Edge { gate: moving.gate, through: moving.id, upstream, operands: moving.operands, position };
        push_forward(self.program, edge, Ties::Course, self.rules)
    }

    /// Of operands that reach the gate's value, the change that the gate would choose.
    fn chosen(&mut self, moving: Moving) -> StageId {
        let nothing = neutral(moving.gate);
        let mut candidates = Vec::new();
        for (&operand, change) in moving.operands.iter().zip(moving.changes) {
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
        let operands: Vec<StageId> = std::iter::once(candidates).chain(moving.operands[1..].iter().copied()).collect();
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
        let movers: Vec<usize> = (0..moving.operands.len()).filter(|&at| moving.changes[at].is_some()).collect();
        let change = |at: usize| moving.changes[at].ok_or(Unknown);
        if row.idempotent {
            return Ok(Some(self.chosen(moving)));
        }
        if let (false, Unroll::Fold(fold)) = (row.reaches.is_empty(), row.unroll) {
            return Ok(Some(self.chosen_element(moving, change(0)?, fold)));
        }
        if row.kinks.is_empty() {
            return Ok(None);
        }
        if !moving.gate.is_elementwise() {
            return Err(Unknown);
        }
        let own = |kink: &&Kink| movers.contains(&kink.operand) || row.arity().is_none();
        let kinks: Vec<&Kink> = row.kinks.iter().filter(own).collect();
        match movers[..] {
            _ if kinks.is_empty() => Ok(None),
            [mover] => Ok(Some(self.bent(moving, mover, change(mover)?, &kinks))),
            _ => Ok(self.unbent(moving, &kinks)),
        }
    }

    /// The change through several operands, each by its slope; nan at kinks, where together they may have others.
    fn unbent(&mut self, moving: Moving, kinks: &[&Kink]) -> Option<StageId> {
        let mut change = self.together(moving)?;
        for kink in kinks {
            let (when, nan) = (self.text(moving, kink.operand, kink.when), self.number(f64::NAN));
            change = self.stage(Gate::Where, &[when, nan, change]);
        }
        Some(unbroadcast(self.program, change, self.program.shape(moving.id), self.rules))
    }

    /// The sum of the changes through all operands.
    fn together(&mut self, moving: Moving) -> Option<StageId> {
        let mut sum: Option<StageId> = None;
        for position in 0..moving.changes.len() {
            let Some(moved) = self.through(moving, position) else { continue };
            sum = Some(sum.map_or(moved, |sum| self.stage(Gate::Add, &[sum, moved])));
        }
        sum
    }
}

impl Changes<'_> {
    /// What a comparison gives as soon as its sides have moved: where they are equal, their changes decide. Changes that are
    /// equal too decide nothing, and leave nan, but where an element of an array does not move at all. What is nan stays so.
    fn compared(&mut self, moving: Moving) -> Option<StageId> {
        let (&[left, right], &[change, other]) = (moving.operands, moving.changes) else { return None };
        if left == right && change == other {
            return Some(moving.id);
        }
        let zero = self.number(0.0);
        let [change, other] = [change, other].map(|change| change.unwrap_or(zero));
        let (equal, still) = (self.stage(Gate::Eq, &[left, right]), self.stage(Gate::Eq, &[change, other]));
        let (nan, decided) = (self.number(f64::NAN), self.stage(moving.gate, &[change, other]));
        let unmoved = self.program.shape(self.seed.1).size() > 1;
        let unmoved = if unmoved { self.stage(Gate::Eq, &[change, zero]) } else { zero };
        let undecided = self.stage(Gate::Where, &[unmoved, moving.id, nan]);
        let there = self.stage(Gate::Where, &[still, undecided, decided]);
        let there = self.unless_nan([change, other], there);
        let compared = self.stage(Gate::Where, &[equal, there, moving.id]);
        Some(self.unless_nan([left, right], compared))
    }

    /// A stage where neither of two others is nan, and nan elsewhere.
    fn unless_nan(&mut self, others: [StageId; 2], stage: StageId) -> StageId {
        let nan = self.number(f64::NAN);
        others.iter().fold(stage, |stage, &other| {
            let known = self.stage(Gate::Eq, &[other, other]);
            self.stage(Gate::Where, &[known, stage, nan])
        })
    }
}

/// The number that a gate of any number of operands chooses over none.
fn neutral(gate: Gate) -> f64 {
    -apply(gate, 2, |at| [f64::INFINITY, f64::NEG_INFINITY][at])
}

impl Backend for Changes<'_> {
    type Value = Moved;
    type Error = Unknown;

    fn input(&mut self, id: StageId, _at: usize) -> Result<Moved, Unknown> {
        Ok(self.leaf(id))
    }

    fn constant(&mut self, id: StageId, _constant: &Constant) -> Result<Moved, Unknown> {
        Ok(self.leaf(id))
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Moved>) -> Result<Moved, Unknown> {
        // What no gradient passes stands still.
        if operands.iter().all(|moved| moved.is_still()) || !self.program.is_active(id) {
            return Ok(Moved::default());
        }
        let changes: Vec<Option<StageId>> = operands.iter().map(|moved| moved.change).collect();
        let behind: Vec<StageId> = operands.ids().iter().zip(operands.iter()).map(|(&id, moved)| moved.after.unwrap_or(id)).collect();
        let after = (behind != operands.ids()).then(|| self.stage(gate, &behind));
        let moving = Moving { id: after.unwrap_or(id), gate, operands: &behind, changes: &changes };
        if gate.row().family == Family::Comparison {
            return Ok(Moved { change: None, after: self.compared(moving) });
        }
        if changes.iter().all(Option::is_none) {
            return Ok(Moved { change: None, after });
        }
        if let Some(change) = self.special(moving)? {
            return Ok(Moved { change: Some(change), after });
        }
        Ok(Moved { change: self.together(moving), after })
    }
}
