//! Slopes of a result as differences show them, in numbers of so many digits that no rounding hides in them.
//!
//! Knows which stage is moved, along what, and which one is watched; nothing of the rules of gates. Gradients only say how
//! large what rounding does to a difference may be.

use super::backprop::Backward;
use super::choices::Choices;
use super::precise::{Evaluated, Given, Leaves, Moved, Parts, Stages, Stopped, Task, evaluate_kept, evaluate_moved};
use super::rule::Rules;
use crate::forms::program::Constant;
use crate::forms::{Program, StageId};
use crate::ground::big::{Big, Decimal, Kit};
use crate::ground::{Cancellation, Value, broken};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::rc::Rc;

pub(super) type Number = Big<2>;

/// A rung: the step as a negative power of ten of the number that is moved, and the digits of all numbers.
struct Rung {
    step: isize,
    digits: usize,
}

/// The first rung is quick; the second sees smaller scales, the third what is hidden behind large numbers, the last one both.
const LADDER: [Rung; 4] =
    [Rung { step: 20, digits: 70 }, Rung { step: 60, digits: 200 }, Rung { step: 20, digits: 420 }, Rung { step: 330, digits: 1100 }];

/// How many rungs there are.
pub(super) const RUNGS: usize = LADDER.len();

/// The digits of the first rung, and the most digits of the first three.
pub(super) const DIGITS: [usize; 2] = [70, 420];

/// The digits in which what does not change beside a point is mostly taken to be constant there.
pub(super) const STILL_DIGITS: usize = LADDER[1].digits;

/// A slope that is smaller is none.
const SEEN: f64 = 1e-60;

/// The steps of a rung, the second one a thousandth of the first.
const THOUSANDTH: isize = 3;

/// From so many digits on, what is smaller than rounding is 0.
const SURE: usize = 400;

/// The first rung with so many.
pub(super) fn sure_rung() -> usize {
    LADDER.iter().position(|rung| rung.digits >= SURE).unwrap_or_else(|| broken("a rung has enough digits"))
}

/// How many of the digits rounding may spoil.
const SPOILED: isize = 12;

/// Of slopes at two steps, so many digits must agree.
const AGREED: isize = 8;

/// Of two jumps, so much may differ.
const SAME_JUMP: f64 = 1e-3;

/// What is asked of differences.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The stages, forward and backward.
    pub program: &'a Program,
    /// How many are forward.
    pub forward: usize,
    /// The backward pass.
    pub backward: &'a Backward,
    /// The binary64 values of its inputs.
    pub inputs: &'a [Value],
    /// What ends it.
    pub cancellation: &'a Cancellation,
}

/// What is moved of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// One of its numbers.
    Element(usize),
    /// All of them, in a random direction, one of some.
    Direction(usize),
}

/// What differences show of a slope.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Slopes {
    /// One slope on both sides.
    Smooth(Number),
    /// One from below and another from above.
    Kink(Number, Number),
    /// The same where the value jumps on one side at least.
    Jump(Number, Number),
    /// A value on one side only.
    Edge { above: bool, slope: Number },
    /// No value, or no limit that is seen.
    Nothing,
}

impl Slopes {
    /// The slopes from below and from above, where there are some.
    pub(super) fn sides(&self) -> [Option<f64>; 2] {
        match self {
            Self::Smooth(slope) => [Some(slope.to_f64()); 2],
            Self::Kink(below, above) | Self::Jump(below, above) => [Some(below.to_f64()), Some(above.to_f64())],
            Self::Edge { above: true, slope } => [None, Some(slope.to_f64())],
            Self::Edge { above: false, slope } => [Some(slope.to_f64()), None],
            Self::Nothing => [None; 2],
        }
    }

    /// Whether they are the same as others, as far as binary64 tells.
    pub(super) fn are(&self, others: &Self) -> bool {
        let near = |one: f64, other: f64| one == other || (one - other).abs() <= 1e-8 * one.abs();
        self.sides().into_iter().zip(others.sides()).all(|pair| match pair {
            (Some(one), Some(other)) => near(one, other),
            (one, other) => one == other,
        })
    }

    /// Whether a scale that was missed would look the same: a root at a tiny number, a sine at a huge one.
    pub(super) fn is_doubtful(&self) -> bool {
        let infinite = |slope: &Number| matches!(slope, Big::Inf(_));
        match self {
            Self::Edge { .. } | Self::Jump(..) => true,
            Self::Smooth(slope) => infinite(slope),
            Self::Kink(below, above) => infinite(below) || infinite(above),
            Self::Nothing => false,
        }
    }
}

/// What a rung shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shown {
    /// These slopes, and what rounding may make of one that is 0.
    Slopes(Slopes, Number),
    /// Nothing changed at all, which may be because the digits are too few; and what a slope may be that they do not show.
    Still(Number),
    /// Differences that have no limit on this rung.
    Unclear,
}

/// What is made of what is watched, at a step and parts of it on each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// The changes from the point itself: slopes there.
    From,
    /// The changes from one part of the step to the next: slopes beside it, whatever is at the point.
    Beside,
    /// The changes of those: second derivatives beside it.
    Twice,
}

impl Look {
    /// How many parts of a step are looked at, each half of the one before.
    fn parts(self) -> usize {
        match self {
            Self::From => 3,
            Self::Beside => 4,
            Self::Twice => 5,
        }
    }

    /// How many times the stages behind the one that is moved are evaluated on a rung: for two steps on two sides.
    pub(super) fn evaluations(self) -> usize {
        4 * self.parts()
    }
}

/// What moves, and what is watched.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    pub(super) look: Look,
    pub(super) moved: StageId,
    pub(super) direction: Vec<Number>,
    /// Stages that move with it.
    pub(super) beside: Vec<(StageId, Vec<Number>)>,
    /// The stages behind them, up to the one that is watched.
    pub(super) behind: Vec<StageId>,
    pub(super) watched: StageId,
    /// The stage whose numbers weigh those of the one that is watched.
    pub(super) weights: StageId,
}

impl Probe {
    /// The stages that are moved, each with its direction.
    fn steps(&self) -> impl Iterator<Item = (StageId, &[Number])> {
        let beside = self.beside.iter().map(|(stage, direction)| (*stage, &direction[..]));
        std::iter::once((self.moved, &self.direction[..])).chain(beside)
    }
}

/// The stages in the numbers of a rung.
pub(super) struct Level {
    pub(super) kit: Kit<2>,
    pub(super) stages: Stages<2>,
    step: isize,
    digits: usize,
    /// The largest of all products of a stage and its gradient: what rounding is measured by.
    largest: Number,
}

/// What all rungs have in common.
pub(super) struct Ground<'a> {
    pub(super) asked: Asked<'a>,
    leaves: Leaves,
    cancellation: Cancellation,
}

/// Differences of a program, on as many rungs as were needed so far.
pub(super) struct Differences<'a> {
    pub(super) ground: Ground<'a>,
    levels: Vec<Level>,
}

/// The numbers of a random direction, each a whole number from -64 to 63: the same ones every time.
fn direction(number: usize, size: usize) -> Vec<i64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number as u64 + 1);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::from((state >> 57) as u8) - 64
    };
    (0..size).map(|_| next()).collect()
}

pub(super) fn less(one: &Number, other: &Number) -> bool {
    one.compare(other) == Some(Ordering::Less)
}

pub(super) fn power(kit: &mut Kit<2>, exponent: isize) -> Number {
    let text = Decimal::parse(&format!("1e{exponent}")).unwrap_or_else(|| broken("a power of ten is a decimal number"));
    kit.decimal(&text)
}

fn larger(kit: &Kit<2>, one: &Number, other: &Number) -> Number {
    let (one, other) = (kit.magnitude(one), kit.magnitude(other));
    if less(&one, &other) { other } else { one }
}

/// Whether two numbers are the same to so many digits, or but for something.
pub(super) fn same(kit: &mut Kit<2>, one: &Number, other: &Number, digits: isize, slack: &Number) -> bool {
    if one == other {
        return true;
    }
    let apart = kit.sub(one, other);
    let apart = kit.magnitude(&apart);
    let (share, larger) = (power(kit, -digits), larger(kit, one, other));
    let allowed = kit.mul(&share, &larger);
    let allowed = kit.add(&allowed, slack);
    matches!(apart, Big::Num(_)) && !less(&allowed, &apart)
}

/// A constant that the texts of slopes speak of is what is written there, so that it is the one that the gate itself is made of;
/// all other leaves are their binary64 numbers.
fn leaves(program: &Program, forward: usize) -> Leaves {
    let mut rules = Rules::default();
    let gates: HashSet<_> = (0..forward).map(|at| program.gate(StageId::new(at))).collect();
    let spoken: Vec<Constant> = gates.into_iter().flat_map(|gate| rules.constants(gate)).collect();
    let bits = |constant: &Constant| constant.value.number().map(f64::to_bits);
    let given = |constant: &Constant| match bits(constant) {
        Some(own) if spoken.iter().any(|spoken| bits(spoken) == Some(own)) => {
            let number = f64::from_bits(own);
            Given::of_language(number).filter(|_| constant.name.is_some()).unwrap_or(Given::Shortest)
        }
        _ => Given::Binary,
    };
    Leaves { inputs: Vec::new(), constants: program.constants().iter().map(given).collect() }
}

impl Ground<'_> {
    fn task<'b>(&'b self, digits: usize, ties: &'b Choices) -> Task<'b> {
        let Asked { program, inputs, .. } = self.asked;
        Task { program, inputs, leaves: &self.leaves, digits, ties, cancellation: &self.cancellation }
    }

    /// What is watched where the stage is moved by so much.
    fn moved(&self, level: &mut Level, probe: &Probe, by: &Number) -> Result<Number, Stopped> {
        let values = probe.steps().map(|(stage, direction)| (stage, level.stepped(stage, direction, by))).collect();
        let moved = Moved { values, behind: &probe.behind };
        let ties = Choices::new();
        let found = evaluate_moved(&mut level.kit, &self.task(level.digits, &ties), &level.stages, moved, probe.watched)?;
        Ok(level.result(probe, &found.numbers))
    }

    /// The changes on a side by the step of `h` and parts of it, each divided by how far out it goes, as the look has it; none where
    /// there is no value.
    fn quotients(&self, level: &mut Level, probe: &Probe, value: &Number, h: &Number) -> Result<Option<[Number; 3]>, Stopped> {
        let mut points = Vec::with_capacity(probe.look.parts());
        for at in 0..probe.look.parts() {
            let share = level.kit.ratio(1, 1_i64 << at);
            let step = level.kit.mul(h, &share);
            let there = self.moved(level, probe, &step)?;
            if !matches!(there, Big::Num(_)) {
                return Ok(None);
            }
            points.push((step, there));
        }
        let slopes = |level: &mut Level| -> Vec<Number> {
            points.windows(2).map(|pair| level.quotient([&pair[0].1, &pair[1].1], [&pair[0].0, &pair[1].0])).collect()
        };
        let found: Vec<Number> = match probe.look {
            Look::From => {
                let here = level.kit.whole(0);
                points.iter().map(|(step, there)| level.quotient([there, value], [step, &here])).collect()
            }
            Look::Beside => slopes(level),
            Look::Twice => {
                let (slopes, two) = (slopes(level), level.kit.whole(2));
                let second = |at: usize| {
                    let quotient = level.quotient([&slopes[at], &slopes[at + 1]], [&points[at].0, &points[at + 2].0]);
                    level.kit.mul(&two, &quotient)
                };
                (0..3).map(second).collect()
            }
        };
        Ok(found.try_into().ok())
    }

    /// What a rung shows of the slopes.
    fn shown(&self, level: &mut Level, probe: &Probe) -> Result<Shown, Stopped> {
        let base = Rc::clone(&level.stages[probe.watched.at()]);
        let value = level.result(probe, &base.numbers);
        let scale = level.scale(probe);
        if !matches!(value, Big::Num(_)) && probe.look == Look::From || !matches!(scale, Big::Num(_)) {
            return Ok(Shown::Slopes(Slopes::Nothing, level.kit.whole(0)));
        }
        let mut sides: [Vec<Option<[Number; 3]>>; 2] = [Vec::new(), Vec::new()];
        let mut smallest = scale.clone();
        for exponent in [level.step, level.step + THOUSANDTH] {
            let share = power(&mut level.kit, -exponent);
            smallest = level.kit.mul(&scale, &share);
            sides[0].push(self.quotients(level, probe, &value, &level.kit.negated(&smallest))?);
            sides[1].push(self.quotients(level, probe, &value, &smallest)?);
        }
        let still = |found: &Option<[Number; 3]>| found.as_ref().is_some_and(|found| found.iter().all(Big::is_zero));
        if level.digits < SURE && sides.iter().flatten().all(still) {
            return Ok(Shown::Still(level.noise(probe.look, &value, &smallest)));
        }
        let noise = level.noise(probe.look, &value, &smallest);
        Ok(level.limits(&sides, &noise).map_or(Shown::Unclear, |slopes| Shown::Slopes(slopes, noise)))
    }
}

impl Level {
    fn new(ground: &Ground<'_>, rung: &Rung) -> Result<Self, Stopped> {
        let mut kit = Kit::new(rung.digits);
        let Evaluated { stages, .. } = evaluate_kept(&mut kit, &ground.task(rung.digits, &Choices::new()))?;
        let mut largest = kit.whole(0);
        for id in (0..ground.asked.forward).map(StageId::new) {
            let Some(adjoint) = ground.asked.backward.adjoint(id) else { continue };
            for (number, gradient) in stages[id.at()].numbers.iter().zip(&stages[adjoint.at()].numbers) {
                let product = kit.mul(number, gradient);
                if matches!(product, Big::Num(_)) {
                    largest = larger(&kit, &largest, &product);
                }
            }
        }
        Ok(Self { kit, stages, step: rung.step, digits: rung.digits, largest })
    }

    /// How much one of two numbers is larger than the other, divided by how much further out it is.
    fn quotient(&mut self, [one, other]: [&Number; 2], [at, from]: [&Number; 2]) -> Number {
        let (change, apart) = (self.kit.sub(one, other), self.kit.sub(at, from));
        self.kit.div(&change, &apart)
    }

    /// A stage's numbers, moved along a direction by so much.
    fn stepped(&mut self, stage: StageId, direction: &[Number], by: &Number) -> Rc<Parts<2>> {
        let base = Rc::clone(&self.stages[stage.at()]);
        let mut moved = |(number, along): (&Number, &Number)| {
            let step = self.kit.mul(along, by);
            if along.is_zero() { number.clone() } else { self.kit.add(number, &step) }
        };
        let numbers = base.numbers.iter().zip(direction).map(&mut moved).collect();
        Rc::new(Parts { numbers, ..(*base).clone() })
    }

    /// The sum of the products of two stages' numbers.
    pub(super) fn weighed(&mut self, numbers: &[Number], weights: &[Number]) -> Number {
        let mut sum = self.kit.whole(0);
        for (number, weight) in numbers.iter().zip(weights) {
            // What has no weight counts for nothing, whatever it is.
            if !weight.is_zero() {
                let product = self.kit.mul(number, weight);
                sum = self.kit.add(&sum, &product);
            }
        }
        sum
    }

    /// The sum of the numbers that are watched, by their weights.
    fn result(&mut self, probe: &Probe, numbers: &[Number]) -> Number {
        let weights = Rc::clone(&self.stages[probe.weights.at()]);
        self.weighed(numbers, &weights.numbers)
    }

    /// The largest of the numbers that are moved, or 1 where all are 0.
    fn scale(&mut self, probe: &Probe) -> Number {
        let mut scale = self.kit.whole(0);
        for (stage, direction) in probe.steps() {
            let moved = self.stages[stage.at()].numbers.iter().zip(direction).filter(|(_, along)| !along.is_zero());
            scale = moved.fold(scale, |scale, (number, _)| larger(&self.kit, &scale, number));
        }
        if scale.is_zero() { self.kit.whole(1) } else { scale }
    }

    /// The result divided by what is moved: a slope of an ordinary size.
    pub(super) fn ordinary(&mut self, probe: &Probe) -> Number {
        let numbers = Rc::clone(&self.stages[probe.watched.at()]);
        let (value, scale) = (self.result(probe, &numbers.numbers), self.scale(probe));
        let slope = self.kit.div(&value, &scale);
        self.kit.magnitude(&slope)
    }

    /// What rounding may make of a difference divided by the smallest part of a step, or divided so twice.
    fn noise(&mut self, look: Look, value: &Number, step: &Number) -> Number {
        let largest = if matches!(value, Big::Num(_)) { larger(&self.kit, value, &self.largest) } else { self.largest.clone() };
        let share = power(&mut self.kit, SPOILED - self.digits.cast_signed());
        let (noise, part) = (self.kit.mul(&share, &largest), self.kit.ratio(1, 1_i64 << (look.parts() - 1)));
        let step = self.kit.mul(step, &part);
        let noise = self.kit.div(&noise, &step);
        if look == Look::Twice { self.kit.div(&noise, &step) } else { noise }
    }

    /// Quotients at a step, a half and a quarter of it, extrapolated to a step of 0.
    fn extrapolated(&mut self, quotients: &[Number; 3]) -> Number {
        let kit = &mut self.kit;
        let mixed = |times: i64, one: &Number, other: &Number, kit: &mut Kit<2>| {
            let one = kit.mul(&kit.whole(times), one);
            kit.sub(&one, other)
        };
        let first = mixed(2, &quotients[1], &quotients[0], kit);
        let second = mixed(2, &quotients[2], &quotients[1], kit);
        let sum = mixed(4, &second, &first, kit);
        let third = kit.ratio(1, 3);
        kit.mul(&sum, &third)
    }

    /// The slopes that two steps show on the two sides; none where they show none.
    fn limits(&mut self, sides: &[Vec<Option<[Number; 3]>>; 2], noise: &Number) -> Option<Slopes> {
        let (mut limits, mut jumps) = ([None, None], false);
        for (limit, side) in limits.iter_mut().zip(sides) {
            match &side[..] {
                [None, None] => {}
                [Some(one), Some(other)] => {
                    let (one, other) = (self.extrapolated(one), self.extrapolated(other));
                    *limit = Some(self.limit(&one, &other, noise)?);
                    jumps |= matches!(limit, Some(Big::Inf(_))) && self.is_jump(&one, &other);
                }
                _ => return None,
            }
        }
        let four = self.kit.whole(4);
        let slack = self.kit.mul(&four, noise);
        Some(match limits {
            [None, None] => Slopes::Nothing,
            [None, Some(slope)] => Slopes::Edge { above: true, slope },
            [Some(slope), None] => Slopes::Edge { above: false, slope },
            [Some(below), Some(above)] if jumps => Slopes::Jump(below, above),
            [Some(below), Some(above)] if same(&mut self.kit, &below, &above, AGREED, &slack) => Slopes::Smooth(above),
            [Some(below), Some(above)] => Slopes::Kink(below, above),
        })
    }

    /// Whether a value changes by as much in a thousandth of a step as in the step.
    fn is_jump(&mut self, one: &Number, other: &Number) -> bool {
        let growth = self.kit.div(other, one).to_f64();
        (growth / 1000.0 - 1.0).abs() < SAME_JUMP
    }

    /// The slope that two steps show, of which the second is a thousandth of the first; none where they show none.
    fn limit(&mut self, one: &Number, other: &Number, noise: &Number) -> Option<Number> {
        let sizes = [self.kit.magnitude(one), self.kit.magnitude(other)];
        if sizes.iter().all(|size| less(size, noise)) {
            return (self.digits >= SURE).then(|| self.kit.whole(0));
        }
        let four = self.kit.whole(4);
        let slack = self.kit.mul(&four, noise);
        if same(&mut self.kit, one, other, AGREED, &slack) {
            return Some(other.clone());
        }
        if one.is_zero() {
            return Some(Big::Inf(other.is_negative()));
        }
        let growth = self.kit.div(&sizes[1], &sizes[0]).to_f64();
        // As a root's, or as a logarithm's.
        if growth > 9.0 || (growth > 1.0 && growth < 1.2) {
            return Some(Big::Inf(other.is_negative()));
        }
        (growth < 1.0 / 9.0).then(|| self.kit.whole(0))
    }
}

impl<'a> Differences<'a> {
    pub(super) fn new(asked: &Asked<'a>, cancellation: Cancellation) -> Self {
        let leaves = leaves(asked.program, asked.forward);
        Self { ground: Ground { asked: *asked, leaves, cancellation }, levels: Vec::new() }
    }

    /// Everything in the digits of a rung, evaluated once.
    pub(super) fn level(&mut self, rung: usize) -> Result<&mut Level, Stopped> {
        while self.levels.len() <= rung {
            self.levels.push(Level::new(&self.ground, &LADDER[self.levels.len()])?);
        }
        Ok(&mut self.levels[rung])
    }

    /// What moves where a place of a stage does, its effect on the result being watched.
    pub(super) fn probe(&self, moved: StageId, place: Place) -> Probe {
        let Asked { program, backward, .. } = self.ground.asked;
        let (kit, size) = (Kit::<2>::new(DIGITS[0]), program.shape(moved).size());
        let direction = match place {
            Place::Element(at) => (0..size).map(|other| kit.whole(i64::from(other == at))).collect(),
            Place::Direction(number) => direction(number, size).into_iter().map(|n| kit.whole(n)).collect(),
        };
        let (watched, weights) = (backward.output, backward.upstream);
        Probe { look: Look::From, moved, direction, beside: Vec::new(), behind: self.behind(&[moved], watched), watched, weights }
    }

    /// What moves where a number of an input does, its effect on a single number being watched: slopes beside the point.
    pub(super) fn probe_of(&self, moved: StageId, at: usize, watched: StageId, one: StageId) -> Probe {
        let behind = self.behind(&[moved], watched);
        Probe { look: Look::Beside, behind, watched, weights: one, ..self.probe(moved, Place::Element(at)) }
    }

    /// What moves where stages do along a line, in steps of their shapes, its effect on a single number being watched; none where
    /// there is no step.
    pub(super) fn probe_along(&self, look: Look, steps: &[(StageId, &[f64])], watched: StageId, one: StageId) -> Option<Probe> {
        let mut kit = Kit::<2>::new(DIGITS[0]);
        let mut exact = |step: &[f64]| step.iter().map(|&number| kit.binary64(number)).collect();
        let mut steps: Vec<(StageId, Vec<Number>)> = steps.iter().map(|&(stage, step)| (stage, exact(step))).collect();
        let stages: Vec<StageId> = steps.iter().map(|&(stage, _)| stage).collect();
        let (moved, direction) = steps.pop()?;
        Some(Probe { look, moved, direction, beside: steps, behind: self.behind(&stages, watched), watched, weights: one })
    }

    /// The stages up to one that depend on any of some, in order, but for what counts as a constant.
    fn behind(&self, moved: &[StageId], watched: StageId) -> Vec<StageId> {
        let program = self.ground.asked.program;
        let last = moved.iter().fold(watched, |last, &stage| last.max(stage));
        let mut depends = vec![false; last.at() + 1];
        for stage in moved {
            depends[stage.at()] = true;
        }
        let mut behind = Vec::new();
        for id in program.needed(watched, false).into_iter().filter(|id| !moved.contains(id)) {
            let gate = program.gate(id);
            let moves = program.operands(id).iter().enumerate().any(|(at, operand)| depends[operand.at()] && !gate.is_place(at));
            if moves && !gate.row().passes_nothing {
                depends[id.at()] = true;
                behind.push(id);
            }
        }
        behind
    }

    /// What a rung shows of the slopes along a probe.
    pub(super) fn shown(&mut self, rung: usize, probe: &Probe) -> Result<Shown, Stopped> {
        self.level(rung)?;
        self.ground.shown(&mut self.levels[rung], probe)
    }

    /// The slopes of the first of some rungs that shows them, which is the last one for those that the first rungs may have
    /// mistaken.
    pub(super) fn slopes(&mut self, rungs: usize, probe: &Probe) -> Result<Slopes, Stopped> {
        let mut found = Slopes::Nothing;
        // What is divided twice by a step needs more digits.
        let first = usize::from(probe.look == Look::Twice);
        for rung in first..rungs {
            match self.shown(rung, probe)? {
                Shown::Slopes(slopes, _) => found = slopes,
                // Beside a point what would be seen if it were more than nothing is constant; else more digits show it.
                Shown::Still(noise) if probe.look != Look::From && noise.to_f64() < SEEN => {
                    return Ok(Slopes::Smooth(self.levels[rung].kit.whole(0)));
                }
                Shown::Still(_) | Shown::Unclear => continue,
            }
            if !found.is_doubtful() {
                break;
            }
        }
        Ok(found)
    }
}
