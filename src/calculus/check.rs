//! Gradients against differences: which of them are slopes, and which gate is the first whose rule is not.
//!
//! Knows three numbers for each gradient: what the differences come to, what the chain rule comes to in as many digits, and what
//! it comes to in binary64. The first two tell whether a rule is right, the last two whether digits were lost. Knows no gate.

use super::choices::agreement;
use super::differences::{
    DIGITS, Differences, Level, Look, Number, Probe, RUNGS, STILL_DIGITS, Shown, Slopes, less, power, same, sure_rung,
};
use super::evaluate::Values;
use super::precise::Stopped;
use super::rungs::{PATIENCE, Undone, estimate};
use super::selection::{Beside, Selection};
use crate::forms::{Program, StageId};
use crate::ground::big::Big;
use crate::vocabulary::gate::Choice;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

pub use super::differences::{Asked, Place};

/// A gradient matches where it is the slope to so many digits.
const MATCHED: isize = 20;

/// Of a gradient in binary64 so many digits must be right.
const KEPT: isize = 9;

/// So many numbers of an array are moved one by one; a larger array along some directions.
pub const MOST_NUMBERS: usize = 100;

/// The random directions along which a large array is moved.
pub const DIRECTIONS: usize = 3;

/// Where moving every number would take so many seconds, arrays are moved along random directions.
const QUICK: f64 = 5.0;

/// How many numbers the gates may have where the first one that disagrees is sought.
const MOST_BLAMED: usize = 2_000;

/// How long slopes on either side are looked for,
const GLANCE: Duration = Duration::from_secs(1);

/// which is done where it is expected to take a part of that only,
const GLANCED: f64 = 0.5;

/// on so many rungs;
const GLANCED_RUNGS: usize = 3;

/// of a matrix, as many entries as are expected to take so many seconds,
const SEVERAL: f64 = 1.0;

/// and so long where they take longer than was expected.
const SEVERAL_PATIENCE: Duration = Duration::from_secs(10);

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
    /// The result jumps, and has the gradient as its slope on the side where it does not.
    Jump,
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
    /// The chain rule is right, and binary64 has kept only so many digits of its number.
    Lost(usize),
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Match(_) => "match",
            Self::Kink => "kink",
            Self::Jump => "jump",
            Self::Edge => "edge",
            Self::Infinite => "infinite",
            Self::Undetermined => "undetermined",
            Self::Convention => "convention",
            Self::NoNumber => "no number",
            Self::Mismatch => "mismatch",
            Self::Lost(_) => "digits lost",
        }
    }

    /// Whether the gradient is wrong.
    pub fn fails(self) -> bool {
        matches!(self, Self::NoNumber | Self::Mismatch | Self::Lost(_))
    }
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

/// What the rungs have shown of one gradient.
struct Judged {
    rung: usize,
    slopes: Slopes,
    exact: Number,
    verdict: Verdict,
}

struct Checker<'a> {
    differences: Differences<'a>,
    /// What was found of gates alone: the stage of each, and the operand.
    gates: HashMap<(StageId, StageId), Verdict>,
}

/// Checks the gradients on some stages whose binary64 values are known.
///
/// # Errors
/// Where it was interrupted, would take too long, or a gate has no kernel for many digits.
pub fn check(asked: &Asked<'_>, values: &Values, stages: &[StageId]) -> Result<Vec<Checked>, Undone> {
    let patience = PATIENCE.as_secs_f64();
    let all: Vec<(StageId, Place)> = places(asked.program, stages, MOST_NUMBERS);
    let few = || places(asked.program, stages, DIRECTIONS);
    let probes = if seconds(asked, all.len()) > QUICK { few() } else { all };
    let expected = seconds(asked, probes.len());
    if expected > 2.0 * patience {
        return Err(Undone::TooLong(expected as u64));
    }
    let end = Instant::now() + 3 * PATIENCE;
    let mut checker = Checker { differences: Differences::new(asked, asked.cancellation.or_until(end)), gates: HashMap::new() };
    let checked = |(stage, place)| {
        checker.checked(stage, place, values).map_err(|stopped| match stopped {
            Stopped::Cancelled if Instant::now() >= end => Undone::TooLong((3 * PATIENCE).as_secs()),
            Stopped::Cancelled => Undone::Interrupted,
            Stopped::Gate(gate) => Undone::Gate(gate.row().name),
        })
    };
    let mut found: Vec<Checked> = probes.into_iter().map(checked).collect::<Result<_, _>>()?;
    beside_selections(asked, &mut found);
    Ok(found)
}

/// Differences are those of the elements that are taken at the point; where others are taken on a side, the result has another slope
/// there, or none.
fn beside_selections(asked: &Asked<'_>, found: &mut [Checked]) {
    let Some(mut selection) = Selection::of(asked.program, asked.backward.output, asked.inputs) else { return };
    for checked in found.iter_mut().filter(|checked| matches!(checked.verdict, Verdict::Match(_))) {
        let Place::Element(at) = checked.place else { continue };
        let Some(change) = selection.beside(checked.stage, at) else { continue };
        let mut jumps = false;
        for (slope, side) in [&mut checked.below, &mut checked.above].into_iter().zip(change.sides) {
            match side {
                Some(Beside::Nothing) => *slope = None,
                Some(Beside::Jumps(steep)) => (*slope, jumps) = (Some(steep), true),
                Some(Beside::GoesOn) | None => {}
            }
        }
        checked.verdict = match (checked.below, checked.above) {
            (None, None) => Verdict::Undetermined,
            _ if jumps => Verdict::Jump,
            (Some(_), Some(_)) => checked.verdict,
            _ => Verdict::Edge,
        };
    }
}

/// Slopes from below and from above, where they are soon found.
pub struct Glance<'a>(Differences<'a>);

impl<'a> Glance<'a> {
    /// Looks at what is asked; none where that takes too long. With `curved`, at second derivatives too.
    pub fn new(asked: &Asked<'a>, curved: bool) -> Option<Self> {
        let moved = (0..if curved { asked.program.len() } else { asked.forward }).map(StageId::new);
        let quick = estimate(asked.program, moved, DIGITS[1]) * Look::From.evaluations() as f64 <= GLANCED;
        quick.then(|| Self::until(asked, GLANCE))
    }

    fn until(asked: &Asked<'a>, patience: Duration) -> Self {
        Self(Differences::new(asked, asked.cancellation.or_until(Instant::now() + patience)))
    }

    /// Looks at entries of a matrix, each a slope of a single number, and how many of them are soon looked at; none where one
    /// takes too long.
    pub fn several(asked: &Asked<'a>, numbers: impl Iterator<Item = StageId>) -> Option<(Self, usize)> {
        let Asked { program, .. } = *asked;
        let cost = |stages: &mut dyn Iterator<Item = StageId>| estimate(program, stages, STILL_DIGITS);
        let mut known: HashMap<StageId, f64> = HashMap::new();
        let (mut seconds, mut most) = (cost(&mut program.ids()), 0);
        for number in numbers {
            let once = *known
                .entry(number)
                .or_insert_with(|| cost(&mut program.needed(number, false).into_iter()) * Look::Beside.evaluations() as f64);
            seconds += once;
            if seconds > SEVERAL {
                break;
            }
            most += 1;
        }
        (most > 0).then(|| (Self::until(asked, SEVERAL_PATIENCE), most))
    }

    /// The slopes of the result in a number of an input.
    pub fn slopes(&mut self, input: StageId, at: usize) -> Option<[Option<f64>; 2]> {
        let probe = self.0.probe(input, Place::Element(at));
        self.0.slopes(GLANCED_RUNGS, &probe).ok().map(|slopes| slopes.sides())
    }

    /// The slopes of a single number, such as one of the gradient, in a number of an input.
    pub fn slopes_of(&mut self, number: StageId, input: StageId, at: usize) -> Option<[Option<f64>; 2]> {
        let probe = self.0.probe_of(input, at, number, self.one()?);
        if probe.behind.is_empty() {
            return Some([Some(0.0); 2]);
        }
        self.0.slopes(GLANCED_RUNGS, &probe).ok().map(|slopes| slopes.sides())
    }

    /// The slopes of a single number along a line, in steps of inputs that change together; or its second derivatives beside the
    /// point.
    pub fn slopes_along(&mut self, number: StageId, steps: &[(StageId, &[f64])], twice: bool) -> Option<[Option<f64>; 2]> {
        let look = if twice { Look::Twice } else { Look::From };
        let probe = self.0.probe_along(look, steps, number, self.one()?)?;
        self.0.slopes(GLANCED_RUNGS, &probe).ok().map(|slopes| slopes.sides())
    }

    /// The weight of a single number that is watched.
    fn one(&self) -> Option<StageId> {
        let program = self.0.ground.asked.program;
        program.ids().find(|&id| program.literal(id) == Some(1.0))
    }
}

/// About how many seconds it takes to move so many numbers.
fn seconds(asked: &Asked<'_>, probes: usize) -> f64 {
    let forward = (0..asked.forward).map(StageId::new);
    let once = estimate(asked.program, asked.program.ids(), DIGITS[0]);
    once + estimate(asked.program, forward, DIGITS[0]) * (Look::From.evaluations() * probes) as f64
}

/// What is moved of some stages, of which an array of more than `most` numbers is moved along random directions.
fn places(program: &Program, stages: &[StageId], most: usize) -> Vec<(StageId, Place)> {
    let of = |&stage: &StageId| -> Vec<(StageId, Place)> {
        let size = program.shape(stage).size();
        let place: fn(usize) -> Place = if size <= most { Place::Element } else { Place::Direction };
        (0..if size <= most { size } else { DIRECTIONS }).map(|at| (stage, place(at))).collect()
    };
    stages.iter().flat_map(of).collect()
}

/// The gradient of a stage by the chain rule along a direction, in the numbers of a rung.
fn exact(level: &mut Level, gradient: Option<StageId>, direction: &[Number]) -> Number {
    let Some(gradient) = gradient else { return level.kit.whole(0) };
    let gradients = Rc::clone(&level.stages[gradient.at()]);
    level.weighed(&gradients.numbers, direction)
}

/// Whether slopes and a gradient by the chain rule go together, and how.
fn judged(level: &mut Level, slopes: &Slopes, exact: &Number, noise: &Number) -> Verdict {
    let none = level.kit.whole(0);
    // A slope that was too small to be seen is 0.
    let mut is = |slope: &Number| same(&mut level.kit, slope, exact, MATCHED, if slope.is_zero() { noise } else { &none });
    match slopes {
        Slopes::Nothing => Verdict::Undetermined,
        _ if exact.is_nan() => Verdict::NoNumber,
        Slopes::Smooth(Big::Inf(negative)) if matches!(exact, Big::Inf(other) if other == negative) => Verdict::Infinite,
        Slopes::Smooth(slope) if is(slope) => {
            let digits = agreement(slope, exact).max(MATCHED.cast_unsigned());
            Verdict::Match(if slope.is_zero() { usize::MAX } else { digits })
        }
        Slopes::Kink(below, above) => {
            let (low, high) = if less(below, above) { (below, above) } else { (above, below) };
            let between = !less(exact, low) && !less(high, exact);
            if between || is(low) || is(high) { Verdict::Kink } else { Verdict::Mismatch }
        }
        Slopes::Jump(below, above) if is(below) || is(above) => {
            if matches!((below, above), (Big::Inf(one), Big::Inf(other)) if one == other) { Verdict::Infinite } else { Verdict::Jump }
        }
        Slopes::Edge { slope, .. } if is(slope) => Verdict::Edge,
        Slopes::Smooth(_) | Slopes::Edge { .. } | Slopes::Jump(..) => Verdict::Mismatch,
    }
}

/// How many digits of a gradient binary64 has kept; none where those are enough.
fn kept(level: &mut Level, probe: &Probe, gradients: &[f64], exact: &Number) -> Option<usize> {
    let (mut sizes, mut sum) = (level.kit.whole(0), level.kit.whole(0));
    let moved = || gradients.iter().zip(&probe.direction).filter(|(_, along)| !along.is_zero());
    for (&gradient, along) in moved() {
        let number = level.kit.binary64(gradient);
        let product = level.kit.mul(&number, along);
        sum = level.kit.add(&sum, &product);
        sizes = level.kit.add(&sizes, &level.kit.magnitude(&product));
    }
    // Along a direction, terms may cancel; a single number is measured by itself, but for one that is 0, of which no digit is there.
    let tiny = level.kit.binary64(1e-290);
    let scale = if exact.to_f64() == 0.0 {
        level.ordinary(probe)
    } else if moved().count() == 1 {
        tiny.clone()
    } else {
        sizes
    };
    let scale = if less(&scale, &tiny) { tiny } else { scale };
    let share = power(&mut level.kit, -KEPT);
    let slack = level.kit.mul(&share, &scale);
    if exact.to_f64() == sum.to_f64() || same(&mut level.kit, &sum, exact, KEPT, &slack) {
        return None;
    }
    Some(if exact.finite().is_some() && sum.finite().is_some() { agreement(&sum, exact) } else { 0 })
}

impl Checker<'_> {
    fn checked(&mut self, stage: StageId, place: Place, values: &Values) -> Result<Checked, Stopped> {
        let probe = self.differences.probe(stage, place);
        let adjoint = self.differences.ground.asked.backward.adjoint(stage);
        let found = self.judge(&probe, |level| exact(level, adjoint, &probe.direction))?;
        let nothing = vec![0.0; probe.direction.len()];
        let gradients = adjoint.map_or(&nothing[..], |adjoint| values.slice(adjoint));
        let moved = gradients.iter().zip(&probe.direction).filter(|(_, along)| !along.is_zero());
        let gradient: f64 = moved.map(|(gradient, along)| gradient * along.to_f64()).sum();
        let mut verdict = found.verdict;
        if gradient.is_nan() && found.slopes != Slopes::Nothing {
            verdict = Verdict::NoNumber;
        } else if matches!(verdict, Verdict::Match(_) | Verdict::Kink | Verdict::Jump | Verdict::Edge) {
            let level = self.differences.level(found.rung)?;
            verdict = kept(level, &probe, gradients, &found.exact).map_or(verdict, Verdict::Lost);
        }
        let mut blamed = None;
        if verdict == Verdict::Mismatch {
            (verdict, blamed) = self.blamed(&probe)?;
            // Of what jumps on both sides nothing is a slope.
            if verdict == Verdict::Convention && matches!(found.slopes, Slopes::Jump(..)) {
                verdict = Verdict::Jump;
            }
        }
        let [below, above] = found.slopes.sides();
        Ok(Checked { stage, place, verdict, below, above, gradient, exact: found.exact.to_f64(), blamed })
    }

    /// What the rungs tell of what the chain rule gives along a probe. Two rungs that show the same slopes, which are others, tell
    /// of a mismatch.
    fn judge(&mut self, probe: &Probe, mut chained: impl FnMut(&mut Level) -> Number) -> Result<Judged, Stopped> {
        let mut before: Option<Judged> = None;
        // The steps of a staircase are seen by the smallest step only where the number is huge.
        let program = self.differences.ground.asked.program;
        let is_stepped =
            probe.behind.iter().any(|&id| matches!(program.gate(id).row().choice, Choice::Step | Choice::Nearest | Choice::Quotient));
        for rung in 0..RUNGS {
            let shown = self.differences.shown(rung, probe)?;
            let exact = chained(self.differences.level(rung)?);
            // What few digits round to 0 may not be 0 in many.
            let stands = matches!(shown, Shown::Still(_)) && exact.is_zero() && chained(self.differences.level(sure_rung())?).is_zero();
            let level = self.differences.level(rung)?;
            let (slopes, noise) = match shown {
                Shown::Slopes(slopes, noise) => (slopes, noise),
                Shown::Still(_) if stands => (Slopes::Smooth(level.kit.whole(0)), level.kit.whole(0)),
                Shown::Still(_) | Shown::Unclear => continue,
            };
            let verdict = judged(level, &slopes, &exact, &noise);
            let again = || !is_stepped && before.as_ref().is_some_and(|before| before.slopes.are(&slopes));
            let confirmed = verdict != Verdict::Mismatch || again();
            let found = Judged { rung, slopes, exact, verdict };
            if confirmed && !found.slopes.is_doubtful() {
                return Ok(found);
            }
            before = Some(found);
        }
        let nothing = |exact: Number| Judged { rung: 0, slopes: Slopes::Nothing, exact, verdict: Verdict::Undetermined };
        match before {
            // What the last rung does not show either is not known.
            Some(found) if found.rung + 1 < RUNGS && found.verdict == Verdict::Mismatch => Ok(nothing(found.exact)),
            Some(found) => Ok(found),
            None => Ok(nothing(chained(self.differences.level(0)?))),
        }
    }

    /// The first gate on the way back to what moves whose own slope is not what differences of it alone show; where none is so but
    /// some have a kink or an edge there, their convention is what differs.
    fn blamed(&mut self, probe: &Probe) -> Result<(Verdict, Option<(StageId, StageId)>), Stopped> {
        let program = self.differences.ground.asked.program;
        let moves = |id: StageId| id == probe.moved || probe.behind.binary_search(&id).is_ok();
        let edges = probe.behind.iter().rev().flat_map(|&through| program.operands(through).iter().map(move |&target| (through, target)));
        let edges: Vec<(StageId, StageId)> = edges.filter(|&(_, target)| moves(target)).collect();
        if edges.iter().map(|&(_, target)| program.shape(target).size()).sum::<usize>() > MOST_BLAMED {
            return Ok((Verdict::Mismatch, None));
        }
        let mut bent = None;
        for edge in edges {
            match self.gate(edge)? {
                Verdict::Mismatch => return Ok((Verdict::Mismatch, Some(edge))),
                Verdict::Convention => bent = bent.or(Some(edge)),
                _ => {}
            }
        }
        Ok((if bent.is_some() { Verdict::Convention } else { Verdict::Mismatch }, bent))
    }

    /// What differences of one gate alone show of what it hands on to an operand: a mismatch, a convention where it has no one
    /// slope, or a match.
    fn gate(&mut self, edge: (StageId, StageId)) -> Result<Verdict, Stopped> {
        if let Some(&known) = self.gates.get(&edge) {
            return Ok(known);
        }
        let mut worst = Verdict::Match(usize::MAX);
        // Where no gradient reaches a gate, it hands nothing on, and a gate behind it is judged for that.
        let Some(weights) = self.differences.ground.asked.backward.adjoint(edge.0) else { return Ok(worst) };
        for at in 0..self.differences.ground.asked.program.shape(edge.1).size() {
            match self.local(edge, at, weights)? {
                Verdict::Mismatch => {
                    worst = Verdict::Mismatch;
                    break;
                }
                Verdict::Match(_) | Verdict::Infinite => {}
                _ => worst = Verdict::Convention,
            }
        }
        self.gates.insert(edge, worst);
        Ok(worst)
    }

    /// What differences of one gate alone show of what it hands on to a number of an operand.
    fn local(&mut self, (through, target): (StageId, StageId), at: usize, weights: StageId) -> Result<Verdict, Stopped> {
        let Asked { program, backward, .. } = self.differences.ground.asked;
        let whole = self.differences.probe(target, Place::Element(at));
        let probe = Probe { behind: vec![through], watched: through, weights, ..whole };
        let steps = || backward.steps_through(through).iter().filter(|step| step.target == target);
        let found = self.judge(&probe, |level| {
            steps().fold(level.kit.whole(0), |sum, step| {
                let handed = exact(level, Some(step.contribution), &probe.direction);
                level.kit.add(&sum, &handed)
            })
        })?;
        // A step, and what a gate lets nothing through by, are conventions; where the operand cannot move without leaving the gate's
        // domain, nothing is known of the gate.
        let decides = program.gate(through).row().choice != Choice::No || steps().next().is_none();
        Ok(match (&found.slopes, found.verdict) {
            (Slopes::Edge { .. }, _) => Verdict::Edge,
            (_, Verdict::Mismatch) if decides && self.ties(through)? => Verdict::Convention,
            (Slopes::Smooth(Big::Inf(_)) | Slopes::Kink(..) | Slopes::Jump(..), Verdict::Mismatch) if decides => Verdict::Convention,
            (_, verdict) => verdict,
        })
    }

    /// Whether operands of a stage are equal somewhere.
    fn ties(&mut self, id: StageId) -> Result<bool, Stopped> {
        let program = self.differences.ground.asked.program;
        let (operands, shape) = (program.operands(id), program.shape(id));
        let stages = &self.differences.level(0)?.stages;
        let met = |operand: StageId, at: usize| stages[operand.at()].numbers.get(program.shape(operand).met(shape, at));
        let tie = |at: usize| (1..operands.len()).any(|i| (0..i).any(|j| met(operands[i], at) == met(operands[j], at)));
        Ok(program.gate(id).is_elementwise() && (0..shape.size()).any(tie))
    }
}
