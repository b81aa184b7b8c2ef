//! Gradients against differences that are taken in numbers of many digits, so that no rounding hides in them.
//!
//! Knows three numbers for each gradient: what the differences come to, what the chain rule comes to in as many digits, and what
//! it comes to in binary64. The first two tell whether a rule is right, the last two whether digits were lost. Knows no gate.

use super::backprop::{Backward, Step};
use super::evaluate::Values;
use super::precise::{Evaluated, Leaves, Moved, Parts, Task, Stages, Stopped, evaluate_moved, evaluate_with};
use super::rungs::{PATIENCE, Undone, agreement, estimate};
use crate::forms::{Program, StageId};
use crate::ground::big::{Big, Decimal, Kit};
use crate::ground::{Cancellation, Value, broken};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::rc::Rc;
use std::time::{Duration, Instant};

type Number = Big<2>;

/// The step of the differences as a power of ten of the number that is moved, and the digits of all numbers.
const LADDER: [(isize, usize); 4] = [(20, 70), (20, 420), (60, 200), (330, 1100)];

/// The rung whose step is so small that nothing can be missed any more.
const LAST: isize = 330;

/// So many numbers of a stage are moved one by one; a larger stage along some directions.
pub const MOST_NUMBERS: usize = 100;

/// The random directions along which a large array is moved.
pub const DIRECTIONS: usize = 3;

/// How many numbers the gates may have where the first one that disagrees is sought.
const MOST_BLAMED: usize = 2_000;

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The gradients on the inputs.
    Inputs,
    /// Those on all stages.
    Stages,
}

/// What was found of a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The differences are the gradient, to so many digits.
    Match(usize),
    /// The slopes on both sides differ, and the gradient lies between them.
    Kink,
    /// The result has a value on one side only, and the gradient is the slope of that side.
    Edge,
    /// The slope is infinite, and so is the gradient.
    Infinite,
    /// The differences have no limit that they show.
    Undetermined,
    /// A gate at a tie or at a kink has a slope by convention, and the result has another.
    Convention,
    /// The gradient is not a number though the result has a slope.
    NoNumber,
    /// The chain rule gives another number than the differences.
    Mismatch,
    /// The chain rule is right, and binary64 has lost the digits of its number.
    Lost,
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Match(_) => "match",
            Self::Kink => "kink",
            Self::Edge => "edge",
            Self::Infinite => "infinite",
            Self::Undetermined => "undetermined",
            Self::Convention => "convention",
            Self::NoNumber => "no number",
            Self::Mismatch => "mismatch",
            Self::Lost => "digits lost",
        }
    }

    /// Whether the gradient is wrong.
    pub fn fails(self) -> bool {
        matches!(self, Self::NoNumber | Self::Mismatch | Self::Lost)
    }
}

/// What is moved of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// One of its numbers.
    Element(usize),
    /// All of them, in a random direction, one of some.
    Direction(usize),
}

/// The check of one gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The stage that is moved.
    pub stage: StageId,
    /// What of it is moved.
    pub place: Place,
    /// What was found.
    pub verdict: Verdict,
    /// The slope of the result from below, where it has one.
    pub below: Option<f64>,
    /// The same from above.
    pub above: Option<f64>,
    /// The gradient in binary64.
    pub gradient: f64,
    /// The gradient by the chain rule in many digits.
    pub exact: f64,
    /// The first gate of the backward pass that disagrees, and the operand for which it does.
    pub blamed: Option<(StageId, StageId)>,
}

/// What is asked of a check.
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

/// What differences show of a slope.
#[derive(Clone, Debug, PartialEq)]
enum Slopes {
    Smooth(Number),
    Kink(Number, Number),
    Edge { above: bool, slope: Number },
    Nothing,
}

/// What moves, and what is watched.
struct Probe {
    moved: StageId,
    direction: Vec<Number>,
    /// The stages behind it, up to the one that is watched.
    behind: Vec<StageId>,
    watched: StageId,
    /// The stage whose numbers weigh those of the one that is watched.
    weights: StageId,
}

/// The stages in numbers of so many digits.
struct Level {
    step: isize,
    digits: usize,
    kit: Kit<2>,
    stages: Stages<2>,
    /// The largest of all products of a stage and its gradient: what rounding is measured by.
    largest: Number,
}

struct Checker<'a> {
    asked: Asked<'a>,
    leaves: Leaves,
    levels: [Option<Level>; LADDER.len()],
    cancellation: Cancellation,
}

/// Checks the gradients on some stages whose binary64 values are known.
///
/// # Errors
/// Where it was interrupted, would take too long, or a gate has no kernel for many digits.
pub fn check(asked: &Asked<'_>, values: &Values, stages: &[StageId]) -> Result<Vec<Checked>, Undone> {
    let probes: usize = stages.iter().map(|&stage| count(asked.program, stage)).sum();
    let expected = estimate(asked.program, LADDER[0].1) * (1 + 13 * probes) as f64;
    if expected > 2.0 * PATIENCE.as_secs_f64() {
        return Err(Undone::TooLong(expected as u64));
    }
    let end = Instant::now() + 3 * PATIENCE;
    let mut checker = Checker::new(asked, end);
    let mut found = Vec::with_capacity(probes);
    for &stage in stages {
        for place in places(asked.program, stage) {
            found.push(checker.checked(stage, place, values).map_err(|stopped| match stopped {
                Stopped::Cancelled if Instant::now() >= end => Undone::TooLong((3 * PATIENCE).as_secs()),
                Stopped::Cancelled => Undone::Interrupted,
                Stopped::Gate(gate) => Undone::Gate(gate.row().name),
            })?);
        }
    }
    Ok(found)
}

/// The slopes of a result in an input that is a single number, from below and from above, where they are found in so much time.
pub fn one_sided(asked: &Asked<'_>, input: StageId, time: Duration) -> Option<[Option<f64>; 2]> {
    if asked.program.shape(input).size() != 1 || estimate(asked.program, LADDER[0].1) * 13.0 > time.as_secs_f64() {
        return None;
    }
    let mut checker = Checker::new(asked, Instant::now() + time);
    let probe = checker.probe(input, Place::Element(0));
    let (_, slopes) = checker.slopes(&probe).ok()?;
    Some(sides(&slopes))
}

fn places(program: &Program, stage: StageId) -> Vec<Place> {
    let size = program.shape(stage).size();
    if size <= MOST_NUMBERS { (0..size).map(Place::Element).collect() } else { (0..DIRECTIONS).map(Place::Direction).collect() }
}

fn count(program: &Program, stage: StageId) -> usize {
    let size = program.shape(stage).size();
    if size <= MOST_NUMBERS { size } else { DIRECTIONS }
}

/// The slopes from below and from above, where there are some.
fn sides(slopes: &Slopes) -> [Option<f64>; 2] {
    match slopes {
        Slopes::Smooth(slope) => [Some(slope.to_f64()); 2],
        Slopes::Kink(below, above) => [Some(below.to_f64()), Some(above.to_f64())],
        Slopes::Edge { above: true, slope } => [None, Some(slope.to_f64())],
        Slopes::Edge { above: false, slope } => [Some(slope.to_f64()), None],
        Slopes::Nothing => [None; 2],
    }
}

/// The numbers of a random direction, each a whole number of 64ths from -1 to 1: the same ones every time.
fn direction(number: usize, size: usize) -> Vec<i64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number as u64 + 1);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 57).unwrap_or(0) - 64
    };
    (0..size).map(|_| next()).collect()
}

fn less(one: &Number, other: &Number) -> bool {
    one.compare(other) == Some(Ordering::Less)
}

fn power(kit: &mut Kit<2>, exponent: isize) -> Number {
    let text = Decimal::parse(&format!("1e{exponent}")).unwrap_or_else(|| broken("a power of ten is a decimal number"));
    kit.decimal(&text)
}

fn larger(kit: &Kit<2>, one: &Number, other: &Number) -> Number {
    let (one, other) = (kit.magnitude(one), kit.magnitude(other));
    if less(&one, &other) { other } else { one }
}

/// Whether two numbers are the same to so many digits, or but for something.
fn same(kit: &mut Kit<2>, one: &Number, other: &Number, digits: isize, slack: &Number) -> bool {
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

impl Level {
    /// The sum of the products of two stages' numbers.
    fn weighed(&mut self, numbers: &[Number], weights: &[Number]) -> Number {
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

    /// What rounding may make of a difference divided by a step.
    fn noise(&mut self, value: &Number, step: &Number) -> Number {
        let largest = larger(&self.kit, value, &self.largest);
        let share = power(&mut self.kit, 12 - self.digits.cast_signed());
        let noise = self.kit.mul(&share, &largest);
        self.kit.div(&noise, step)
    }
}

impl<'a> Checker<'a> {
    fn new(asked: &Asked<'a>, end: Instant) -> Self {
        let cancellation = asked.cancellation.or_until(end);
        Self { asked: *asked, leaves: Leaves::default(), levels: [None, None, None, None], cancellation }
    }

    /// Everything in the digits of a rung, evaluated once.
    fn level(&mut self, rung: usize) -> Result<Level, Stopped> {
        if let Some(level) = self.levels[rung].take() {
            return Ok(level);
        }
        let (step, digits) = LADDER[rung];
        let mut kit = Kit::new(digits);
        let Evaluated { stages, .. } = evaluate_with(&mut kit, &self.task(digits, &HashSet::new()))?;
        let mut largest = kit.whole(0);
        for id in (0..self.asked.forward).map(StageId::new) {
            let Some(adjoint) = self.asked.backward.adjoint(id) else { continue };
            for (number, gradient) in stages[id.at()].numbers.iter().zip(&stages[adjoint.at()].numbers) {
                let product = kit.mul(number, gradient);
                if matches!(product, Big::Num(_)) {
                    largest = larger(&kit, &largest, &product);
                }
            }
        }
        Ok(Level { step, digits, kit, stages, largest })
    }

    fn task<'b>(&'b self, digits: usize, ties: &'b HashSet<StageId>) -> Task<'b> {
        Task {
            program: self.asked.program,
            inputs: self.asked.inputs,
            leaves: &self.leaves,
            digits,
            ties,
            cancellation: &self.cancellation,
        }
    }

    /// The stages between one and the output that depend on it, in order.
    fn behind(&self, moved: StageId) -> Vec<StageId> {
        let output = self.asked.backward.output;
        let needed = self.asked.program.needed(output, false);
        let mut depends = vec![false; self.asked.forward];
        depends[moved.at()] = true;
        let mut behind = Vec::new();
        for id in needed.into_iter().filter(|&id| id > moved) {
            if self.asked.program.operands(id).iter().any(|operand| depends[operand.at()]) {
                depends[id.at()] = true;
                behind.push(id);
            }
        }
        behind
    }

    fn probe(&self, moved: StageId, place: Place) -> Probe {
        let (kit, size) = (Kit::<2>::new(70), self.asked.program.shape(moved).size());
        let direction = match place {
            Place::Element(at) => (0..size).map(|other| kit.whole(i64::from(other == at))).collect(),
            Place::Direction(number) => direction(number, size).into_iter().map(|n| kit.whole(n)).collect(),
        };
        let backward = self.asked.backward;
        Probe { moved, direction, behind: self.behind(moved), watched: backward.output, weights: backward.upstream }
    }

    /// What is watched where the stage is moved by so much.
    fn moved(&self, level: &mut Level, probe: &Probe, by: &Number) -> Result<Number, Stopped> {
        let base = Rc::clone(&level.stages[probe.moved.at()]);
        let mut numbers = Vec::with_capacity(base.numbers.len());
        for (number, along) in base.numbers.iter().zip(&probe.direction) {
            let step = level.kit.mul(along, by);
            numbers.push(if along.is_zero() { number.clone() } else { level.kit.add(number, &step) });
        }
        let moved = Moved { stage: probe.moved, value: Rc::new(Parts { numbers, ..(*base).clone() }), behind: &probe.behind };
        let ties = HashSet::new();
        let found = evaluate_moved(&mut level.kit, &self.task(level.digits, &ties), &level.stages, moved, probe.watched)?;
        let weights = Rc::clone(&level.stages[probe.weights.at()]);
        Ok(level.weighed(&found.numbers, &weights.numbers))
    }

    /// The slope of a side, extrapolated to a step of 0; none where there is no value.
    fn side(&self, level: &mut Level, probe: &Probe, value: &Number, h: &Number) -> Result<Option<Number>, Stopped> {
        let mut quotients = Vec::new();
        for part in [1_i64, 2, 4] {
            let share = level.kit.ratio(1, part);
            let step = level.kit.mul(h, &share);
            let there = self.moved(level, probe, &step)?;
            if !matches!(there, Big::Num(_)) {
                return Ok(None);
            }
            let change = level.kit.sub(&there, value);
            quotients.push(level.kit.div(&change, &step));
        }
        let kit = &mut level.kit;
        let mixed = |times: [i64; 2], one: &Number, other: &Number, kit: &mut Kit<2>| {
            let (one, other) = (kit.mul(&kit.whole(times[0]), one), kit.mul(&kit.whole(times[1]), other));
            kit.sub(&one, &other)
        };
        let first = mixed([2, 1], &quotients[1], &quotients[0], kit);
        let second = mixed([2, 1], &quotients[2], &quotients[1], kit);
        let sum = mixed([4, 1], &second, &first, kit);
        let third = kit.ratio(1, 3);
        Ok(Some(kit.mul(&sum, &third)))
    }

    /// The slope that two steps show, of which the second is a thousandth of the first; none where they show none.
    fn limit(level: &mut Level, one: &Number, other: &Number, noise: &Number) -> Option<Number> {
        let sizes = [level.kit.magnitude(one), level.kit.magnitude(other)];
        let negative = other.is_negative();
        if sizes.iter().all(|size| less(size, noise)) {
            let is_nothing = level.digits >= 400 || level.largest.is_zero() && noise.is_zero();
            return is_nothing.then(|| level.kit.whole(0));
        }
        let four = level.kit.whole(4);
        let slack = level.kit.mul(&four, noise);
        if same(&mut level.kit, one, other, 8, &slack) {
            return Some(other.clone());
        }
        if one.is_zero() {
            return Some(Big::Inf(negative));
        }
        let growth = level.kit.div(&sizes[1], &sizes[0]).to_f64();
        // As a root's, or as a logarithm's.
        if growth > 9.0 || (growth > 1.0 && growth < 1.2) {
            return Some(Big::Inf(negative));
        }
        (growth < 1.0 / 9.0).then(|| level.kit.whole(0))
    }

    /// What a rung shows of the slopes; none where it does not tell.
    fn shown(&self, level: &mut Level, probe: &Probe) -> Result<Option<Slopes>, Stopped> {
        let base = Rc::clone(&level.stages[probe.watched.at()]);
        let weights = Rc::clone(&level.stages[probe.weights.at()]);
        let value = level.weighed(&base.numbers, &weights.numbers);
        let at = Rc::clone(&level.stages[probe.moved.at()]);
        let mut scale = level.kit.whole(0);
        for (number, along) in at.numbers.iter().zip(&probe.direction) {
            if !along.is_zero() {
                scale = larger(&level.kit, &scale, number);
            }
        }
        if !matches!(value, Big::Num(_)) || !matches!(scale, Big::Num(_)) {
            return Ok(Some(Slopes::Nothing));
        }
        if scale.is_zero() {
            scale = level.kit.whole(1);
        }
        let mut sides: [Vec<Option<Number>>; 2] = [Vec::new(), Vec::new()];
        let mut smallest = scale.clone();
        for exponent in [level.step, level.step + 3] {
            let share = power(&mut level.kit, -exponent);
            let h = level.kit.mul(&scale, &share);
            sides[0].push(self.side(level, probe, &value, &level.kit.negated(&h))?);
            sides[1].push(self.side(level, probe, &value, &h)?);
            smallest = h;
        }
        let four = level.kit.whole(4);
        smallest = level.kit.div(&smallest, &four);
        let noise = level.noise(&value, &smallest);
        let mut limits = Vec::new();
        for side in &sides {
            match (&side[0], &side[1]) {
                (None, None) => limits.push(None),
                (Some(one), Some(other)) => match Self::limit(level, one, other, &noise) {
                    Some(limit) => limits.push(Some(limit)),
                    None => return Ok(None),
                },
                _ => return Ok(None),
            }
        }
        let slack = level.kit.mul(&four, &noise);
        Ok(Some(match (limits.swap_remove(0), limits.swap_remove(0)) {
            (None, None) => Slopes::Nothing,
            (None, Some(slope)) => Slopes::Edge { above: true, slope },
            (Some(slope), None) => Slopes::Edge { above: false, slope },
            (Some(below), Some(above)) if same(&mut level.kit, &below, &above, 8, &slack) => Slopes::Smooth(above),
            (Some(below), Some(above)) => Slopes::Kink(below, above),
        }))
    }

    /// The slopes that the rungs agree on, and the rung that showed them.
    fn slopes(&mut self, probe: &Probe) -> Result<(usize, Slopes), Stopped> {
        let mut last = (0, Slopes::Nothing);
        for rung in 0..LADDER.len() {
            let mut level = self.level(rung)?;
            let found = self.shown(&mut level, probe);
            self.levels[rung] = Some(level);
            let Some(slopes) = found? else { continue };
            let infinite = |slope: &Number| matches!(slope, Big::Inf(_));
            let doubtful = match &slopes {
                Slopes::Edge { .. } => true,
                Slopes::Smooth(slope) => infinite(slope),
                Slopes::Kink(below, above) => infinite(below) || infinite(above),
                Slopes::Nothing => false,
            };
            // A scale that was missed looks like an infinite slope or an edge.
            if !doubtful || LADDER[rung].0 == LAST {
                return Ok((rung, slopes));
            }
            last = (rung, slopes);
        }
        Ok(last)
    }

    /// The gradient of a stage by the chain rule along a direction, in the numbers of a rung.
    fn exact(level: &mut Level, gradient: Option<StageId>, direction: &[Number]) -> Number {
        let Some(gradient) = gradient else { return level.kit.whole(0) };
        let gradients = Rc::clone(&level.stages[gradient.at()]);
        level.weighed(&gradients.numbers, direction)
    }

    /// Whether slopes and a gradient by the chain rule go together, and how.
    fn judged(level: &mut Level, slopes: &Slopes, exact: &Number) -> Verdict {
        let none = level.kit.whole(0);
        match slopes {
            Slopes::Nothing => Verdict::Undetermined,
            _ if exact.is_nan() => Verdict::NoNumber,
            Slopes::Smooth(Big::Inf(negative)) if matches!(exact, Big::Inf(other) if other == negative) => Verdict::Infinite,
            Slopes::Smooth(slope) => {
                if slope.is_zero() && exact.is_zero() {
                    return Verdict::Match(usize::MAX);
                }
                // A slope below what rounding makes of it is 0.
                let value = none.clone();
                let step = power(&mut level.kit, -level.step - 4);
                let noise = if slope.is_zero() { level.noise(&value, &step) } else { none };
                if same(&mut level.kit, slope, exact, 8, &noise) {
                    return Verdict::Match(if slope.is_zero() { usize::MAX } else { agreement(slope, exact) });
                }
                Verdict::Mismatch
            }
            Slopes::Kink(below, above) => {
                let (low, high) = if less(below, above) { (below, above) } else { (above, below) };
                let near = |end: &Number, kit: &mut Kit<2>| same(kit, end, exact, 8, &none);
                let between = !less(exact, low) && !less(high, exact);
                if between || near(low, &mut level.kit) || near(high, &mut level.kit) { Verdict::Kink } else { Verdict::Mismatch }
            }
            Slopes::Edge { slope, .. } => {
                if same(&mut level.kit, slope, exact, 8, &none) {
                    Verdict::Edge
                } else {
                    Verdict::Mismatch
                }
            }
        }
    }

    /// Whether binary64 has the gradient to nine digits.
    fn is_kept(&self, level: &mut Level, probe: &Probe, gradients: &[f64], exact: &Number) -> bool {
        let mut sizes = level.kit.whole(0);
        let mut sum = level.kit.whole(0);
        for (&gradient, along) in gradients.iter().zip(&probe.direction) {
            let number = level.kit.binary64(gradient);
            if along.is_zero() {
                continue;
            }
            let product = level.kit.mul(&number, along);
            sum = level.kit.add(&sum, &product);
            sizes = level.kit.add(&sizes, &level.kit.magnitude(&product));
        }
        if exact.to_f64() == sum.to_f64() {
            return true;
        }
        // Along a direction, terms may cancel; a single number is measured by itself.
        let alone = probe.direction.iter().filter(|along| !along.is_zero()).count() == 1;
        let (tiny, share) = (level.kit.binary64(1e-300), power(&mut level.kit, -9));
        let slack = if alone { tiny } else { level.kit.mul(&share, &sizes) };
        same(&mut level.kit, &sum, exact, 9, &slack)
    }

    fn checked(&mut self, stage: StageId, place: Place, values: &Values) -> Result<Checked, Stopped> {
        let probe = self.probe(stage, place);
        let (rung, slopes) = self.slopes(&probe)?;
        let adjoint = self.asked.backward.adjoint(stage);
        let mut level = self.level(rung)?;
        let exact = Self::exact(&mut level, adjoint, &probe.direction);
        let mut verdict = Self::judged(&mut level, &slopes, &exact);
        let nothing = vec![0.0; probe.direction.len()];
        let gradients = adjoint.map_or(&nothing[..], |adjoint| values.slice(adjoint));
        let gradient: f64 = gradients.iter().zip(&probe.direction).filter(|(_, along)| !along.is_zero()).map(|(g, v)| g * v.to_f64()).sum();
        if gradient.is_nan() && slopes != Slopes::Nothing {
            verdict = Verdict::NoNumber;
        } else if matches!(verdict, Verdict::Match(_) | Verdict::Kink | Verdict::Edge)
            && !self.is_kept(&mut level, &probe, gradients, &exact)
        {
            verdict = Verdict::Lost;
        }
        self.levels[rung] = Some(level);
        let mut blamed = None;
        if verdict == Verdict::Mismatch {
            (verdict, blamed) = self.blamed()?;
        }
        let [below, above] = sides(&slopes);
        Ok(Checked { stage, place, verdict, below, above, gradient, exact: exact.to_f64(), blamed })
    }

    /// The first gate of the backward pass whose own slope is not what differences of it alone show; where none is so but some
    /// have a kink or an edge there, their convention is what differs.
    fn blamed(&mut self) -> Result<(Verdict, Option<(StageId, StageId)>), Stopped> {
        let program = self.asked.program;
        let steps = self.asked.backward.steps.clone();
        let size: usize = steps.iter().map(|step| program.shape(step.target).size()).sum();
        if size > MOST_BLAMED {
            return Ok((Verdict::Mismatch, None));
        }
        let mut bent = None;
        let mut seen: HashSet<(StageId, StageId)> = HashSet::new();
        for step in &steps {
            if !seen.insert((step.through, step.target)) {
                continue;
            }
            for at in 0..program.shape(step.target).size() {
                match self.local(step, at)? {
                    Verdict::Mismatch if program.gate(step.through).row().idempotent => bent = bent.or(Some((step.through, step.target))),
                    Verdict::Mismatch => return Ok((Verdict::Mismatch, Some((step.through, step.target)))),
                    Verdict::Kink | Verdict::Edge | Verdict::Undetermined | Verdict::NoNumber => {
                        bent = bent.or(Some((step.through, step.target)));
                    }
                    _ => {}
                }
            }
        }
        Ok((if bent.is_some() { Verdict::Convention } else { Verdict::Mismatch }, bent))
    }

    /// What differences of one gate alone show of what a step hands on.
    fn local(&mut self, step: &Step, at: usize) -> Result<Verdict, Stopped> {
        let Some(weights) = self.asked.backward.adjoint(step.through) else { return Ok(Verdict::Undetermined) };
        let probe = Probe { behind: vec![step.through], watched: step.through, weights, ..self.probe(step.target, Place::Element(at)) };
        let (rung, slopes) = self.slopes(&probe)?;
        let mut level = self.level(rung)?;
        let mut exact = level.kit.whole(0);
        for other in self.asked.backward.steps_through(step.through).iter().filter(|other| other.target == step.target) {
            let handed = Self::exact(&mut level, Some(other.contribution), &probe.direction);
            exact = level.kit.add(&exact, &handed);
        }
        let verdict = Self::judged(&mut level, &slopes, &exact);
        self.levels[rung] = Some(level);
        // Where the operand cannot move without leaving the gate's domain, nothing is known of the gate.
        Ok(if matches!(slopes, Slopes::Edge { .. }) { Verdict::Edge } else { verdict })
    }
}
