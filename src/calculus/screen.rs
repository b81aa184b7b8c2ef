//! A bound on what rounding does to every stage, forward and backward, in one pass beside an evaluation.
//!
//! What a stage adds is its own error: of a sum, a product, a quotient or a root the one that there is, of other functions half a
//! unit in the last place. What its operands are off reaches it by its slopes, which are the gate table's texts. Where an error of
//! first order says nothing (a number left the range, a choice lies within the bounds), the bound is infinite. A bound only says
//! what is worth measuring. Knows no gate: how one rounds and what it decides are columns of the table.

use super::evaluate::Values;
use super::precise::carries;
use super::rule::{Hole, Maker, Rules, Slope, Template, Ties};
use super::unroll::{MovedFrom, groups, positions_moved};
use crate::forms::program::Constant;
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId};
use crate::ground::{Cancellation, Shape, broken};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Choice, Kernel, KernelArgs, Precise, Rounding, ShapeArgs, TABLE, Unroll, apply, apply_to_arrays, array};
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// Half of the smallest number above 0, as near as a number comes to it.
const TINY: f64 = 5e-324;

/// Below it the error of a product is no 64-bit number.
const UNDERFLOWS: f64 = 2.004_168_360_008_973e-292;

/// From this part of an operand on, its error is no small one.
const LARGE: f64 = 1e-4;

/// Of an operand that is farther off than this, and than half of it, nothing is known.
const UNKNOWN: f64 = 1e-3;

/// Half a unit in the last place of a number.
pub fn half_ulp(x: f64) -> f64 {
    let x = x.abs();
    if x >= f64::MAX { f64::MAX * (f64::EPSILON / 2.0) } else { ((x.next_up() - x) / 2.0).max(TINY) }
}

/// The bounds of every stage, by its index.
#[derive(Debug)]
pub struct Bounds {
    numbers: Vec<f64>,
    /// Where each stage's bounds start, and where the last ones end; empty where every stage is a single number.
    starts: Vec<usize>,
}

impl Bounds {
    /// Those of stages that are single numbers.
    pub(super) fn of_single_numbers(numbers: Vec<f64>) -> Self {
        Self { numbers, starts: Vec::new() }
    }

    /// The bounds of a stage's numbers, row by row.
    pub fn slice(&self, id: StageId) -> &[f64] {
        match self.starts.get(id.at()) {
            None => &self.numbers[id.at()..=id.at()],
            Some(&start) => &self.numbers[start..self.starts[id.at() + 1]],
        }
    }
}

/// What a screen is of.
pub struct Screened<'a> {
    /// The stages, forward and backward.
    pub program: &'a Program,
    /// Their values.
    pub values: &'a Values,
    /// How far each leaf is off, where that is asked about.
    pub leaves: Option<&'a dyn Fn(StageId, usize) -> f64>,
    /// Whether it is asked what rounding does.
    pub rounds: bool,
    /// What ends it before its end.
    pub cancellation: &'a Cancellation,
}

/// The bounds of every stage; none where it is cancelled.
pub fn screen(screened: &Screened<'_>, rules: &mut Rules) -> Option<Bounds> {
    let gates = Gates { reads: screened.leaves.is_some(), ..Gates::new(rules, screened.rounds) };
    let program = screened.program;
    if program.is_plain() {
        let mut numbers = Vec::with_capacity(program.len());
        let mut gates = gates;
        let leaf = |id: StageId| screened.leaves.map_or(0.0, |leaf| leaf(id, 0));
        let gate = |gate: Gate, x: &[f64], bounds: &[f64], out: f64| gates.single(gate, x, bounds, out);
        replay(program, &mut Singles { screened, leaf: &leaf, gate }, &mut numbers).ok()?;
        return Some(Bounds::of_single_numbers(numbers));
    }
    let mut parts = Vec::with_capacity(program.len());
    replay(program, &mut Arrays { screened, gates }, &mut parts).ok()?;
    let mut bounds = Bounds { numbers: Vec::new(), starts: vec![0] };
    for part in parts {
        bounds.numbers.extend_from_slice(&part.bounds);
        bounds.starts.push(bounds.numbers.len());
    }
    Some(bounds)
}

/// A slope of a gate, as it is computed.
#[derive(Debug)]
pub(super) enum Local {
    Nothing,
    Number(f64),
    Hole(Hole),
    Text(Arc<Template>),
}

/// The slopes of gates of single numbers, each read when it is first needed.
#[derive(Debug)]
pub(super) struct Gates<'r> {
    rules: &'r mut Rules,
    known: Vec<Option<Rc<[Local]>>>,
    /// Whether gates round.
    rounds: bool,
    /// Whether leaves are off.
    reads: bool,
    made: Vec<Option<f64>>,
}

/// One application of a gate of single numbers.
pub(super) struct Applied<'a> {
    pub(super) gate: Gate,
    pub(super) numbers: &'a [f64],
    pub(super) out: f64,
    pub(super) position: usize,
}

impl Maker for Applied<'_> {
    type Value = f64;
    type Error = std::convert::Infallible;

    #[inline]
    fn hole(&mut self, hole: Hole, _at: usize) -> Option<f64> {
        Some(self.filled(hole))
    }

    #[inline]
    fn constant(&mut self, constant: &Constant) -> Result<f64, Self::Error> {
        Ok(constant.value.number().unwrap_or_else(|| broken("the slopes of gates of single numbers are made of such")))
    }

    #[inline]
    fn apply(&mut self, gate: Gate, operands: &[f64]) -> Result<f64, Self::Error> {
        Ok(apply(gate, operands.len(), |at| operands[at]))
    }
}

impl Applied<'_> {
    #[inline]
    fn filled(&self, hole: Hole) -> f64 {
        let any = self.gate.row().arity().is_none();
        match hole {
            Hole::Operand(at) if !any => self.numbers[at],
            Hole::Operand(0) => self.numbers[self.position],
            Hole::Operand(_) if self.numbers.len() == 2 => self.numbers[1 - self.position],
            Hole::Operand(_) | Hole::Out => self.out,
            // A whole contribution is what a gradient of 1 makes of it.
            Hole::Upstream | Hole::Ties => 1.0,
            Hole::Axis | Hole::At | Hole::Start => broken("a gate of single numbers has no axis and no places"),
        }
    }
}

/// The error of a sum, whatever its operands are.
#[inline]
fn error_of_sum(x: f64, y: f64) -> f64 {
    let sum = x + y;
    let back = sum - x;
    (x - (sum - back)) + (y - back)
}

/// Whether the slopes of a gate change nowhere but at a choice.
#[inline]
pub(super) fn is_linear(gate: Gate) -> bool {
    matches!(gate.row().rounding, Rounding::Exact | Rounding::Sum | Rounding::Difference)
}

/// How far the result of a gate is off, its operands taken as they are: what it lacks, and whether that is known or a bound.
#[inline]
pub(super) fn residual(gate: Gate, x: &[f64], out: f64) -> (f64, bool) {
    let rounding = gate.row().rounding;
    match rounding {
        Rounding::Exact => return (0.0, true),
        Rounding::Sum => return (error_of_sum(x[0], x[1]), true),
        Rounding::Difference => return (error_of_sum(x[0], -x[1]), true),
        _ => {}
    }
    if out == 0.0 && x.contains(&0.0) {
        return (0.0, true);
    }
    let numerator = if matches!(rounding, Rounding::Quotient | Rounding::Root) { x[0] } else { out };
    let underflows = out.abs() < UNDERFLOWS || numerator.abs() < UNDERFLOWS;
    let error = match rounding {
        Rounding::Ulps(_) if is_small(x, out) => 0.0,
        Rounding::Ulps(count) => return (2.0 * count * half_ulp(out), false),
        _ if underflows => return (2.0 * half_ulp(out), false),
        Rounding::Product => x[0].mul_add(x[1], -out),
        Rounding::Square => x[0].mul_add(x[0], -out),
        Rounding::Quotient => (-out).mul_add(x[1], x[0]) / x[1],
        Rounding::Inverse => (-out).mul_add(x[0], 1.0) / x[0],
        Rounding::Root => (-out).mul_add(out, x[0]) / (2.0 * out),
        Rounding::Exact | Rounding::Sum | Rounding::Difference => 0.0,
    };
    (error, true)
}

/// Whether a function takes small whole numbers to one or to a half: that is what it is there.
fn is_small(x: &[f64], out: f64) -> bool {
    x.iter().all(|x| x.abs() <= 2.0 && x.trunc() == *x) && (2.0 * out).trunc() == 2.0 * out
}

/// Whether a choice of the gate may be one of rounding: the numbers that decide it are nearer than what they are off.
fn is_undecided(gate: Gate, x: &[f64], bounds: &[f64]) -> bool {
    let near = |distance: f64, bound: f64| bound > 0.0 && distance.abs() <= bound;
    let half = |x: f64, bound: f64| near((x - x.trunc()).abs() - 0.5, bound);
    let whole = |x: f64, bound: f64| near(x - x.round(), bound) || half(x, bound);
    match gate.row().choice {
        Choice::No => gate == Gate::Where && near(x[0], bounds[0]),
        Choice::Sign => near(x[0], bounds[0]),
        Choice::Step => whole(x[0], bounds[0]),
        Choice::Nearest => half(x[0], bounds[0]),
        Choice::Quotient => {
            let quotient = x[0] / x[1];
            let bound = (bounds[0] + quotient.abs() * bounds[1]) / x[1].abs();
            // The quotient is rounded too.
            whole(quotient, if bound > 0.0 { bound + 2.0 * half_ulp(quotient) } else { 0.0 })
        }
        Choice::Between => (1..x.len()).any(|i| (0..i).any(|j| near(x[i] - x[j], bounds[i] + bounds[j]))),
    }
}

impl<'r> Gates<'r> {
    pub(super) fn new(rules: &'r mut Rules, rounds: bool) -> Self {
        Self { rules, known: vec![None; TABLE.len()], rounds, reads: false, made: Vec::new() }
    }

    /// Gates that round, and whose leaves may be off by reading.
    pub(super) fn of_read(rules: &'r mut Rules) -> Self {
        Self { reads: true, ..Self::new(rules, true) }
    }

    pub(super) fn slopes(&mut self, gate: Gate) -> Rc<[Local]> {
        if let Some(known) = &self.known[gate as usize] {
            return Rc::clone(known);
        }
        let count = gate.row().slopes.len();
        let slopes: Rc<[Local]> = (0..count).map(|at| read(self.rules.slope(gate, at, Ties::Course))).collect();
        self.known[gate as usize] = Some(Rc::clone(&slopes));
        slopes
    }

    pub(super) fn slope(&mut self, local: &Local, applied: &mut Applied<'_>) -> f64 {
        match local {
            Local::Nothing => 0.0,
            Local::Number(number) => *number,
            Local::Hole(hole) => applied.filled(*hole),
            Local::Text(template) => {
                let Ok(slope) = template.replay_into(applied, &mut self.made);
                slope
            }
        }
    }

    /// The bound of a gate of single numbers.
    pub(super) fn single(&mut self, gate: Gate, x: &[f64], bounds: &[f64], out: f64) -> f64 {
        let still = bounds.iter().all(|&bound| bound == 0.0);
        let own = if self.rounds { residual(gate, x, out).0.abs() } else { 0.0 };
        // What is infinite or no number because a leaf is has lost nothing.
        if still && !x.iter().all(|x| x.is_finite()) {
            return 0.0;
        }
        if self.rounds && !out.is_finite() {
            return f64::INFINITY;
        }
        if still {
            return if own.is_nan() { f64::INFINITY } else { own };
        }
        if bounds.contains(&f64::INFINITY) || self.is_undecided(gate, x, bounds) || divides_by_nothing(gate, x, bounds) {
            return f64::INFINITY;
        }
        let bound = own + self.handed_on(gate, x, bounds, out);
        if bound.is_nan() { f64::INFINITY } else { bound }
    }

    /// Whether a choice of the gate may be one of rounding or of reading; numbers that are read may be rounded besides.
    fn is_undecided(&self, gate: Gate, x: &[f64], bounds: &[f64]) -> bool {
        if !self.reads || gate.row().choice == Choice::No {
            return is_undecided(gate, x, bounds);
        }
        let wider: Vec<f64> = x.iter().zip(bounds).map(|(&x, &bound)| if bound > 0.0 { bound + 4.0 * half_ulp(x) } else { 0.0 }).collect();
        is_undecided(gate, x, &wider)
    }

    /// What the operands' errors do to the result.
    fn handed_on(&mut self, gate: Gate, x: &[f64], bounds: &[f64], out: f64) -> f64 {
        let row = gate.row();
        let mut far = false;
        if !is_linear(gate) {
            for (x, &bound) in x.iter().zip(bounds) {
                // Between the ends of what an operand may be, a slope may be any.
                if bound > UNKNOWN && bound > x.abs() / 2.0 {
                    return f64::INFINITY;
                }
                far |= bound > LARGE * x.abs();
            }
        }
        let slopes = self.slopes(gate);
        let any = row.arity().is_none();
        let mut total = 0.0;
        for (position, &bound) in bounds.iter().enumerate().filter(|(_, bound)| **bound != 0.0) {
            let Some(local) = slopes.get(if any { 0 } else { position }) else { continue };
            let slope = self.slope(local, &mut Applied { gate, numbers: x, out, position }).abs();
            let slope = if far { slope.max(self.slope_around(local, gate, x, bounds, position)) } else { slope };
            total += if slope == 0.0 { 0.0 } else { slope * bound };
        }
        total
    }

    /// The largest slope where the operands are as far off as they may be.
    fn slope_around(&mut self, local: &Local, gate: Gate, x: &[f64], bounds: &[f64], position: usize) -> f64 {
        let mut largest: f64 = 0.0;
        for sign in [-1.0, 1.0] {
            let moved: Vec<f64> = x.iter().zip(bounds).map(|(x, bound)| x + sign * bound).collect();
            let out = apply(gate, moved.len(), |at| moved[at]);
            largest = largest.max(self.slope(local, &mut Applied { gate, numbers: &moved, out, position }).abs());
        }
        largest
    }
}

/// Whether a quotient's denominator may be 0 for all that is known.
fn divides_by_nothing(gate: Gate, x: &[f64], bounds: &[f64]) -> bool {
    let at = match gate.row().rounding {
        Rounding::Quotient => 1,
        Rounding::Inverse => 0,
        _ => return false,
    };
    bounds[at] >= x[at].abs()
}

fn read(slope: Slope) -> Local {
    match slope {
        Slope::Blocked => Local::Nothing,
        Slope::One => Local::Number(1.0),
        Slope::Local(template) | Slope::Whole(template) => match (template.number(), template.hole()) {
            (Some(number), _) => Local::Number(number),
            (None, Some(hole)) => Local::Hole(hole),
            (None, None) => Local::Text(template),
        },
    }
}

/// It was cancelled.
pub(super) struct Cancelled;

/// After how many stages it is asked whether to go on; a power of two.
const WATCHED: usize = 1 << 12;

/// Every stage of a program of single numbers as what is told of its number, by what is told of its operands'.
pub(super) struct Singles<'a, T, F> {
    pub(super) screened: &'a Screened<'a>,
    /// What is told of a leaf,
    pub(super) leaf: &'a dyn Fn(StageId) -> T,
    /// and of the result of a gate, by its operands and their numbers.
    pub(super) gate: F,
}

impl<T: Copy, F: FnMut(Gate, &[f64], &[T], f64) -> T> Backend for Singles<'_, T, F> {
    type Value = T;
    type Error = Cancelled;

    fn input(&mut self, id: StageId, _at: usize) -> Result<T, Cancelled> {
        Ok((self.leaf)(id))
    }

    fn constant(&mut self, id: StageId, _constant: &Constant) -> Result<T, Cancelled> {
        Ok((self.leaf)(id))
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, T>) -> Result<T, Cancelled> {
        if id.at().is_multiple_of(WATCHED) && self.screened.cancellation.is_cancelled() {
            return Err(Cancelled);
        }
        let number = |at: usize| self.screened.values.scalar(operands.ids()[at]);
        let out = self.screened.values.scalar(id);
        Ok(match operands.len() {
            1 => (self.gate)(gate, &[number(0)], &[*operands.get(0)], out),
            2 => (self.gate)(gate, &[number(0), number(1)], &[*operands.get(0), *operands.get(1)], out),
            count => {
                let numbers: Vec<f64> = (0..count).map(number).collect();
                let told: Vec<T> = operands.iter().copied().collect();
                (self.gate)(gate, &numbers, &told, out)
            }
        })
    }
}

/// The numbers of a stage and their bounds.
#[derive(Clone)]
struct Part<'a> {
    shape: Shape,
    numbers: Cow<'a, [f64]>,
    bounds: Vec<f64>,
}

impl Part<'_> {
    fn is_still(&self) -> bool {
        self.bounds.iter().all(|&bound| bound == 0.0)
    }

    fn largest_bound(&self) -> f64 {
        self.bounds.iter().copied().fold(0.0, f64::max)
    }
}

/// A sum that is kept with what its rounding left over.
#[derive(Clone, Copy, Default)]
pub(super) struct Whole {
    sum: f64,
    rest: f64,
    /// What its terms are off, added up.
    pub(super) bound: f64,
}

impl Whole {
    #[expect(clippy::inline_always, reason = "loops over arrays are compiled for a processor with it")]
    #[inline(always)]
    fn add(&mut self, x: f64, bound: f64) {
        self.rest += error_of_sum(self.sum, x);
        self.sum += x;
        self.bound += bound;
    }

    #[expect(clippy::inline_always, reason = "loops over arrays are compiled for a processor with it")]
    #[inline(always)]
    pub(super) fn add_product(&mut self, (x, bound_x): (f64, f64), (y, bound_y): (f64, f64)) {
        // A 0 that is one carries nothing, not even inf.
        let carries_nothing = (x == 0.0 || y == 0.0) && bound_x == 0.0 && bound_y == 0.0;
        let (x, y) = if carries_nothing { (0.0, 0.0) } else { (x, y) };
        let product = x * y;
        // What the error of one that is too small is cannot be told from another number.
        let underflows = product.abs() < UNDERFLOWS && x != 0.0 && y != 0.0;
        let (error, own) = if underflows { (0.0, product.abs() * f64::EPSILON + 2.0 * TINY) } else { (x.mul_add(y, -product), 0.0) };
        self.rest += error;
        self.add(product, own + x.abs() * bound_y + y.abs() * bound_x + bound_x * bound_y);
    }

    /// Adds another one.
    pub(super) fn add_whole(&mut self, other: &Self) {
        self.add(other.sum, other.bound);
        self.rest += other.rest;
    }

    /// How far a number may be from it.
    pub(super) fn bound_of(&self, out: f64, rounds: bool) -> f64 {
        let own = if rounds { ((self.sum - out) + self.rest).abs() } else { 0.0 };
        let bound = own + self.bound;
        if bound.is_nan() { f64::INFINITY } else { bound }
    }
}

/// Every stage as the bounds of its numbers.
struct Arrays<'a, 'r> {
    screened: &'a Screened<'a>,
    gates: Gates<'r>,
}

type Given<'a> = Rc<Part<'a>>;

impl<'a> Arrays<'a, '_> {
    fn leaf(&self, id: StageId) -> Given<'a> {
        let numbers = self.screened.values.slice(id);
        let bounds = (0..numbers.len()).map(|at| self.screened.leaves.map_or(0.0, |leaf| leaf(id, at))).collect();
        Rc::new(Part { shape: self.screened.program.shape(id), numbers: Cow::Borrowed(numbers), bounds })
    }

    /// A gate applied to parts, whose numbers are known.
    fn gate(&mut self, gate: Gate, operands: &[Given<'a>], shape: Shape, out: Cow<'a, [f64]>) -> Given<'a> {
        let row = gate.row();
        let is_off = |(at, operand): (usize, &Given<'a>)| gate.is_place(at) && !operand.is_still();
        let bounds = if gate.is_elementwise() {
            self.elementwise(gate, operands, shape, &out)
        } else if operands.iter().enumerate().any(is_off) {
            // Another place may be meant, or none.
            vec![f64::INFINITY; out.len()]
        } else {
            match (row.precise, row.unroll) {
                (Precise::Exact, _) => vec![0.0; out.len()],
                _ if matches!(row.kernel, Kernel::Size(_) | Kernel::Fill(_)) => vec![0.0; out.len()],
                (Precise::Whole(..), _) | (_, Unroll::Determinant | Unroll::Inverse) => self.of_whole(operands, &out),
                (_, Unroll::Moves) => moved(gate, operands, shape),
                (_, Unroll::Fold(fold)) => self.folded(fold, operands, &out),
                (_, Unroll::Scan { from_end, .. }) => self.scanned(from_end, operands, &out),
                (_, Unroll::Accumulates(gather)) => self.accumulated(gather, operands, shape, &out),
                (_, Unroll::Products) => self.products(gate, operands, &out),
                (_, Unroll::Text(text)) => self.text(gate, text, operands, &out),
                _ => self.run(gate, operands, &out),
            }
        };
        let rounds = self.gates.rounds;
        let given = operands.iter().all(|part| part.is_still()) && operands.iter().any(|part| part.numbers.iter().any(|x| !x.is_finite()));
        let bounds = bounds.into_iter().zip(&*out).map(|(bound, out)| match out.is_finite() {
            false if given => 0.0,
            false if rounds => f64::INFINITY,
            _ => bound,
        });
        Rc::new(Part { shape, bounds: bounds.collect(), numbers: out })
    }

    fn elementwise(&mut self, gate: Gate, operands: &[Given<'a>], shape: Shape, out: &[f64]) -> Vec<f64> {
        let (mut numbers, mut bounds) = (vec![0.0; operands.len()], vec![0.0; operands.len()]);
        let mut made = Vec::with_capacity(out.len());
        for (at, &out) in out.iter().enumerate() {
            for (k, operand) in operands.iter().enumerate() {
                let place = operand.shape.met(shape, at);
                (numbers[k], bounds[k]) = (operand.numbers[place], operand.bounds[place]);
            }
            made.push(self.gates.single(gate, &numbers, &bounds, out));
        }
        made
    }

    /// A gate of whole matrices, by the condition of the matrix.
    fn of_whole(&self, operands: &[Given<'a>], out: &[f64]) -> Vec<f64> {
        let x = &operands[0];
        let largest = |numbers: &[f64]| numbers.iter().map(|x| x.abs()).fold(0.0, f64::max);
        let scale = largest(out);
        if x.shape.rank() < 2 {
            let handed = operands.iter().map(|operand| operand.largest_bound()).sum::<f64>();
            return out.iter().map(|&out| if self.gates.rounds { 2.0 * half_ulp(out) } else { 0.0 } + handed).collect();
        }
        let condition = array::condition(x.shape, &x.numbers);
        let n = x.shape.sides().0 as f64;
        let relative = |part: &Given<'a>| if part.is_still() { 0.0 } else { part.largest_bound() / largest(&part.numbers) };
        let own = if self.gates.rounds { n * f64::EPSILON } else { 0.0 };
        let bound = condition * (own + operands.iter().map(relative).sum::<f64>()) * scale.max(f64::MIN_POSITIVE);
        vec![if bound.is_nan() { f64::INFINITY } else { bound }; out.len()]
    }

    fn folded(&mut self, fold: Gate, operands: &[Given<'a>], out: &[f64]) -> Vec<f64> {
        let x = &operands[0];
        let along = operands.get(1).and_then(|axis| array::axis(x.shape, axis.numbers[0]));
        let adds = fold.row().rounding == Rounding::Sum;
        let mut made = Vec::with_capacity(out.len());
        for (group, &out) in groups(x.shape, along).into_iter().zip(out) {
            if adds {
                let mut whole = Whole::default();
                for &at in &group {
                    whole.add(x.numbers[at], x.bounds[at]);
                }
                made.push(whole.bound_of(out, self.gates.rounds));
                continue;
            }
            let (mut number, mut bound) = (x.numbers[group[0]], x.bounds[group[0]]);
            for &at in &group[1..] {
                let next = apply(fold, 2, |k| [number, x.numbers[at]][k]);
                bound = self.gates.single(fold, &[number, x.numbers[at]], &[bound, x.bounds[at]], next);
                number = next;
            }
            made.push(bound);
        }
        made
    }

    fn scanned(&mut self, from_end: bool, operands: &[Given<'a>], out: &[f64]) -> Vec<f64> {
        let x = &operands[0];
        let along = operands.get(1).and_then(|axis| array::axis(x.shape, axis.numbers[0]));
        let mut made = vec![0.0; out.len()];
        for mut group in groups(x.shape, along) {
            if from_end {
                group.reverse();
            }
            let mut whole = Whole::default();
            for at in group {
                whole.add(x.numbers[at], x.bounds[at]);
                made[at] = whole.bound_of(out[at], self.gates.rounds);
            }
        }
        made
    }

    /// Numbers added up at the places from which a gate would gather them.
    fn accumulated(&mut self, gather: Gate, operands: &[Given<'a>], shape: Shape, out: &[f64]) -> Vec<f64> {
        let places = Rc::new(Part { shape, numbers: (0..out.len()).map(|at| at as f64).collect(), bounds: vec![0.0; out.len()] });
        let given: Vec<Given<'a>> = std::iter::once(places).chain(operands[2..].iter().cloned()).collect();
        let Some(taken) = self.resolved(gather, &given) else { return vec![f64::INFINITY; out.len()] };
        let mut wholes = vec![Whole::default(); out.len()];
        for (k, &place) in taken.numbers.iter().enumerate() {
            wholes[place as usize].add(operands[0].numbers[k], operands[0].bounds[k]);
        }
        wholes.iter().zip(out).map(|(whole, &out)| whole.bound_of(out, self.gates.rounds)).collect()
    }

    fn products(&mut self, gate: Gate, operands: &[Given<'a>], out: &[f64]) -> Vec<f64> {
        let (x, y) = (&operands[0], &operands[1]);
        let (rows, inner) = x.shape.sides();
        let columns = if y.shape.rank() == 2 { y.shape.sides().1 } else { 1 };
        // A 0 that carries nothing is one of a product with nothing.
        let carrying = carries(gate);
        let blocked = |at: usize, number: f64| carrying == Some(at) && number == 0.0;
        let mut made = Vec::with_capacity(out.len());
        for (i, j) in (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))) {
            let mut whole = Whole::default();
            for k in 0..inner {
                let (one, other) = (i * inner + k, k * columns + j);
                if blocked(0, x.numbers[one]) && x.bounds[one] == 0.0 || blocked(1, y.numbers[other]) && y.bounds[other] == 0.0 {
                    continue;
                }
                whole.add_product((x.numbers[one], x.bounds[one]), (y.numbers[other], y.bounds[other]));
            }
            made.push(whole.bound_of(out[i * columns + j], self.gates.rounds));
        }
        made
    }

    /// What a text of the row says the gate is made of; how far the gate's own result is from that counts too.
    fn text(&mut self, gate: Gate, text: &'static str, operands: &[Given<'a>], out: &[f64]) -> Vec<f64> {
        let template = self.gates.rules.text(gate, text);
        let found = template.replay(&mut Text { arrays: self, gate, operands }).unwrap_or(None);
        let Some(part) = found.filter(|part| part.numbers.len() == out.len()) else { return vec![f64::INFINITY; out.len()] };
        part.bounds.iter().zip(&*part.numbers).zip(out).map(|((&bound, number), out)| bound.max((number - out).abs())).collect()
    }

    /// A gate that works on runs of numbers and has no text: products of the others, places of the largest.
    fn run(&mut self, gate: Gate, operands: &[Given<'a>], out: &[f64]) -> Vec<f64> {
        let x = &operands[0];
        let still = operands.iter().all(|operand| operand.is_still());
        if gate.row().choice == Choice::Between {
            let near = |at: usize, k: usize| (x.numbers[at] - x.numbers[k]).abs() <= x.bounds[at] + x.bounds[k] && at != k;
            let met = (0..x.numbers.len()).any(|at| x.bounds[at] > 0.0 && (0..x.numbers.len()).any(|k| near(at, k)));
            return vec![if met { f64::INFINITY } else { 0.0 }; out.len()];
        }
        let relative = |(x, bound): (&f64, &f64)| if *bound == 0.0 { 0.0 } else { bound / x.abs() };
        let handed: f64 = x.numbers.iter().zip(&x.bounds).map(relative).sum();
        let own = if self.gates.rounds { x.numbers.len() as f64 * f64::EPSILON } else { 0.0 };
        let product = operands.len() == 1 || operands.len() == 2 && operands[1].shape.is_scalar();
        let bound = |out: &f64| if product || still { out.abs() * (own + handed) } else { f64::INFINITY };
        out.iter().map(|out| if handed.is_finite() { bound(out) } else { f64::INFINITY }).collect()
    }

    /// A gate, or the one of its name that fits the operands, applied to them; none where none fits.
    fn resolved(&mut self, gate: Gate, operands: &[Given<'a>]) -> Option<Given<'a>> {
        let shapes: Vec<Shape> = operands.iter().map(|operand| operand.shape).collect();
        let number = |at: usize| operands.get(at).filter(|operand| operand.shape.is_scalar()).map(|operand| operand.numbers[0]);
        let given = ShapeArgs { shapes: &shapes, number: &number };
        let (gate, shape) = gate.row().resolve(&given).ok()?;
        let mut out = vec![f64::NAN; shape.size()];
        if let Kernel::Size(size) = gate.row().kernel {
            out.fill(size(&given));
        } else {
            let numbers: Vec<&[f64]> = operands.iter().map(|operand| &*operand.numbers).collect();
            apply_to_arrays(gate, &KernelArgs::new(&numbers, &shapes, shape), &mut out);
        }
        Some(self.gate(gate, operands, shape, Cow::Owned(out)))
    }
}

/// The bounds of numbers that a gate moves.
fn moved(gate: Gate, operands: &[Given<'_>], shape: Shape) -> Vec<f64> {
    if operands.iter().all(|operand| operand.is_still()) {
        return vec![0.0; shape.size()];
    }
    let shapes: Vec<Shape> = operands.iter().map(|operand| operand.shape).collect();
    let places = positions_moved(gate, &shapes, shape, &|operand, at| operands[operand].numbers[at]);
    let sources: Vec<f64> = operands.iter().flat_map(|operand| operand.bounds.iter().copied()).collect();
    let bound = |source: MovedFrom| if let MovedFrom::Number(at) = source { sources[at] } else { 0.0 };
    places.into_iter().map(bound).collect()
}

impl<'a> Backend for Arrays<'a, '_> {
    type Value = Given<'a>;
    type Error = Cancelled;

    fn input(&mut self, id: StageId, _at: usize) -> Result<Self::Value, Cancelled> {
        Ok(self.leaf(id))
    }

    fn constant(&mut self, id: StageId, _constant: &Constant) -> Result<Self::Value, Cancelled> {
        Ok(self.leaf(id))
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Self::Value>) -> Result<Self::Value, Cancelled> {
        if self.screened.cancellation.is_cancelled() {
            return Err(Cancelled);
        }
        let given: Vec<Given<'a>> = operands.iter().cloned().collect();
        Ok(self.gate(gate, &given, self.screened.program.shape(id), Cow::Borrowed(self.screened.values.slice(id))))
    }
}

/// A text of a row, whose stages are parts; none where a gate does not fit.
struct Text<'t, 'a, 'r> {
    arrays: &'t mut Arrays<'a, 'r>,
    gate: Gate,
    operands: &'t [Given<'a>],
}

impl<'a> Maker for Text<'_, 'a, '_> {
    type Value = Option<Given<'a>>;
    type Error = ();

    fn hole(&mut self, hole: Hole, _at: usize) -> Option<Self::Value> {
        match hole {
            Hole::Operand(at) => Some(self.operands.get(at).cloned()),
            Hole::Axis => self.operands.get(self.gate.row().operands.len()).cloned().map(Some),
            _ => broken("what a gate is made of speaks of its operands alone"),
        }
    }

    fn constant(&mut self, constant: &Constant) -> Result<Self::Value, ()> {
        let numbers = constant.value.numbers().to_vec();
        Ok(Some(Rc::new(Part { shape: constant.value.shape(), bounds: vec![0.0; numbers.len()], numbers: Cow::Owned(numbers) })))
    }

    fn apply(&mut self, gate: Gate, operands: &[Self::Value]) -> Result<Self::Value, ()> {
        let given: Option<Vec<Given<'a>>> = operands.iter().cloned().collect();
        Ok(given.and_then(|given| self.arrays.resolved(gate, &given)))
    }
}
