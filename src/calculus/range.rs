//! Gradients whose products leave the range of binary64 on the way, or meet an infinite slope.
//!
//! A local gradient, or one that arrives, may be too large or too small for a 64-bit number though their product is not; and a
//! gradient of 0 that arrives at an infinite local one carries nothing only where it is 0 by structure: a branch that is not
//! taken, an operand that is not selected, a constant 0. Both are rare, are seen by one look at the values, and are then
//! evaluated again: the stages of backward passes in wider numbers, those of the text as before. Knows no gate.

use super::choices::Choices;
use super::evaluate::{Range, Values, evaluate_arrays, evaluate_plain, numbers_held};
use super::lower::{Limits, constant_by};
use super::precise::{Leaves, Stages, Stopped, Task, carries, evaluate_mixed};
use super::strips::{Schedule, Strip, Wanted};
use super::watch::Watch;
use crate::forms::{Program, StageId};
use crate::ground::big::Big;
use crate::ground::{Budget, Cancellation, Fault, Span, Value, broken};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::bounds::Bounds;
use crate::vocabulary::gate::{Choice, Family, Unroll};
use crate::vocabulary::lanes::{self, Size};
use std::collections::HashSet;

/// How many digits the wider numbers have.
const DIGITS: usize = 34;

/// A product that is too small for a 64-bit number matters only where something so large can multiply it.
pub(super) const LARGE: f64 = 1e100;

/// How many numbers are evaluated again at most: a tenth of a second at the very most.
const MOST: usize = 20_000;

/// One of an elementary function takes the time of so many.
const ELEMENTARY: usize = 50;

/// Evaluates every stage, the inputs given in the program's order; those of backward passes again where products leave the range
/// of 64-bit numbers or meet an infinite slope.
pub fn evaluate(program: &Program, inputs: &[Value]) -> Values {
    evaluate_cancellable(program, inputs, &Cancellation::default()).unwrap_or_else(|| broken("nothing cancels it"))
}

/// The value of a stage that depends on no input, evaluated as `evaluate` does.
///
/// # Errors
/// Where the budget has no room for the stages that it takes, or it is cancelled.
pub fn constant_within(program: &Program, stage: StageId, limits: &Limits, span: Span) -> Result<Value, Fault> {
    constant_by(&mut value_within, program, stage, limits, span)
}

/// The value of a stage of a program, the inputs given in the program's order, evaluated as `evaluate` does. Of the others what is needed
/// for it alone is stored.
///
/// # Errors
/// Where the budget has no room for those, or it is cancelled.
pub fn value_within(program: &Program, output: StageId, inputs: &[Value], limits: &Limits, span: Span) -> Result<Value, Fault> {
    let order = |spares: bool| {
        let wanted = Wanted { stored: &|id| id == output, measured: &|_| false, compared: &|_| false, spares };
        (!program.is_plain()).then(|| Schedule::for_wanted(program, &wanted))
    };
    let order = fitting(&order, &|order| numbers_held_by(order, program), &limits.budget, span)?;
    let values = evaluate_by(order, program, inputs, &limits.cancellation).ok_or_else(|| Fault::interrupted(span))?;
    Ok(values.into_value(output, program.shape(output)))
}

/// How many numbers an evaluation in some order stores.
pub fn numbers_held_by(order: Option<&Schedule>, program: &Program) -> usize {
    order.map_or_else(|| numbers_held(program), |order| order.numbers_held(program))
}

/// The order of an evaluation for which the budget has room: where it has none, that for memory that is short.
///
/// # Errors
/// Where it has no room for that either.
pub fn fitting(
    order: &dyn Fn(bool) -> Option<Schedule>,
    held: &dyn Fn(Option<&Schedule>) -> usize,
    budget: &Budget,
    span: Span,
) -> Result<Option<Schedule>, Fault> {
    let usual = order(false);
    match budget.fits(held(usual.as_ref()), span) {
        Err(_) if usual.is_some() => {
            let spare = order(true);
            budget.fits(held(spare.as_ref()), span).map(|()| spare)
        }
        fit => fit.map(|()| usual),
    }
}

/// Evaluates every stage as `evaluate` does; none where it is cancelled before its end.
pub fn evaluate_cancellable(program: &Program, inputs: &[Value], cancellation: &Cancellation) -> Option<Values> {
    let schedule = if program.is_plain() { None } else { Some(Schedule::of(program, &|_| true)) };
    evaluate_by(schedule, program, inputs, cancellation)
}

/// Evaluates the stages of a program as `evaluate` does, arrays by a schedule; none where it is cancelled before its end.
pub fn evaluate_by(schedule: Option<Schedule>, program: &Program, inputs: &[Value], cancellation: &Cancellation) -> Option<Values> {
    let (mut values, leaves);
    if let Some(schedule) = schedule {
        (values, leaves) = evaluate_and_tell(schedule, program, inputs, cancellation)?;
    } else {
        values = evaluate_plain(program, inputs, cancellation)?;
        leaves = leaves_range(program, &values);
    }
    if !leaves {
        return Some(values);
    }
    if cost(program) > MOST {
        values.range = Range::Left;
        return Some(values);
    }
    let is_binary = |id: StageId| !is_derived(program, id);
    let task = Task { program, inputs, leaves: &Leaves::default(), digits: DIGITS, ties: &Choices::new(), cancellation };
    match again(&task, &is_binary) {
        Ok(mut stages) => {
            // A 0 keeps its sign, which wider numbers do not have.
            for (id, numbers) in program.ids().zip(&mut stages) {
                let signed = numbers.iter_mut().zip(values.slice(id)).filter(|(number, before)| **number == 0.0 && **before == 0.0);
                signed.for_each(|(number, before)| *number = *before);
            }
            let mut values = Values::of(stages.into_iter());
            values.range = Range::Widened;
            Some(values)
        }
        Err(_) if cancellation.is_cancelled() => None,
        Err(_) => {
            values.range = Range::Left;
            Some(values)
        }
    }
}

/// Evaluates the stages of a program with arrays by a schedule, in 64-bit numbers, and tells whether products leave their range or meet
/// an infinite slope; none where it is cancelled before its end.
fn evaluate_and_tell(schedule: Schedule, program: &Program, inputs: &[Value], cancellation: &Cancellation) -> Option<(Values, bool)> {
    let mut leaving = Leaving::of(program);
    let values = evaluate_arrays(program, inputs, schedule, &mut leaving, cancellation)?;
    let given = || program.ids().filter(|&id| !is_derived(program, id));
    let large = || given().any(|id| values.exceed(id, LARGE));
    let leaves = leaving.leaves_range(large, |id| values.are_finite(id));
    Some((values, leaves))
}

/// The numbers of every stage. A gradient that is undetermined by the values of the text's stages in binary64 is that by wider ones,
/// where these determine it: `1/(1 + exp(-x))` at -800 is 0 because `exp(800)` is too large, and not because it is infinite.
fn again(task: &Task<'_>, is_binary: &dyn Fn(StageId) -> bool) -> Result<Vec<Vec<f64>>, Stopped> {
    let rounded = |stages: Stages<2>| stages.iter().map(|parts| parts.numbers.iter().map(Big::to_f64).collect()).collect();
    let mut mixed: Vec<Vec<f64>> = rounded(evaluate_mixed(task, is_binary)?);
    let derived = |id: &StageId| !is_binary(*id);
    if !task.program.ids().filter(derived).any(|id| mixed[id.at()].iter().any(|number| number.is_nan())) {
        return Ok(mixed);
    }
    let wide: Vec<Vec<f64>> = rounded(evaluate_mixed(task, &|_| false)?);
    for id in task.program.ids().filter(derived) {
        for (number, wide) in mixed[id.at()].iter_mut().zip(&wide[id.at()]).filter(|(number, _)| number.is_nan()) {
            *number = *wide;
        }
    }
    Ok(mixed)
}

/// Whether a stage is given and not computed.
fn is_leaf(program: &Program, id: StageId) -> bool {
    matches!(program.gate(id), Gate::Input | Gate::Constant)
}

/// Whether a stage belongs to a backward pass: it has no place in the text.
pub fn is_derived(program: &Program, id: StageId) -> bool {
    program.span(id) == Span::default() && !is_leaf(program, id)
}

/// About how many sums or products it takes to evaluate the program again.
fn cost(program: &Program) -> usize {
    let of = |id: StageId| {
        let row = program.gate(id).row();
        let first = program.operands(id).first().map_or(1, |&operand| program.shape(operand).size());
        let size = program.shape(id).size().max(first);
        match row.family {
            Family::Exponential | Family::Trigonometric | Family::Activation | Family::Special => size.saturating_mul(ELEMENTARY),
            _ if !program.gate(id).is_elementwise() => size.saturating_mul(program.operands(id).len().max(8)),
            _ => size,
        }
    };
    program.ids().map(of).fold(0, usize::saturating_add)
}

/// Whether a product of a backward pass of single numbers leaves the range of 64-bit numbers such that it matters, or a gradient
/// of 0 meets a slope that is not finite.
fn leaves_range(program: &Program, values: &Values) -> bool {
    let (mut small, mut large) = (false, false);
    for id in program.ids() {
        let number = values.scalar(id);
        if number.is_normal() && number.abs() <= LARGE {
            continue;
        }
        large |= number.abs() > LARGE;
        if is_derived(program, id) {
            let operands = program.operands(id);
            match left(program.gate(id), number, operands.len(), |operand| values.scalar(operands[operand])) {
                Some(Left::Matters) => return true,
                Some(Left::MayMatter) => small = true,
                None => {}
            }
        }
    }
    small && large
}

/// The same of a program with arrays, whose stages of backward passes are seen as they are computed.
pub(super) struct Leaving<'a> {
    program: &'a Program,
    small: bool,
    large: bool,
    matters: bool,
    /// The stages of backward passes some of whose numbers are not finite.
    infinite: HashSet<StageId>,
    /// Stages that are not finite though their operands of backward passes are finite: it matters where those of the text are finite too.
    unsure: Vec<StageId>,
}

impl<'a> Leaving<'a> {
    /// Nothing of the program is seen yet.
    pub(super) fn of(program: &'a Program) -> Self {
        Self { program, small: false, large: false, matters: false, infinite: HashSet::new(), unsure: Vec::new() }
    }

    /// Whether it does, by what was seen; `large` tells whether a number of the leaves and the text's stages is larger than `LARGE`, and
    /// `is_finite` whether all of one of them are finite.
    pub(super) fn leaves_range(&self, large: impl FnOnce() -> bool, is_finite: impl Fn(StageId) -> bool) -> bool {
        let are_finite = |&operand: &StageId| {
            let operand = self.source(operand);
            is_derived(self.program, operand) || is_finite(operand)
        };
        let matters = || self.unsure.iter().any(|&id| self.program.operands(id).iter().all(are_finite));
        self.matters || matters() || self.small && (self.large || large())
    }

    /// The stage that has a stage's numbers: the matrix that is transposed for a product of a backward pass.
    fn source(&self, id: StageId) -> StageId {
        match (self.program.gate(id), self.program.operands(id)) {
            (Gate::Transpose, &[source]) if is_derived(self.program, id) => self.source(source),
            _ => id,
        }
    }

    /// A number that is not ordinary.
    fn number(&mut self, strip: &Strip<'_>, at: usize) {
        let (id, number) = (strip.id, strip.out[at]);
        self.large |= number.abs() > LARGE;
        if !number.is_finite() {
            self.infinite.extend(std::iter::once(id).chain(strip.twins.iter().copied()));
        }
        let operands = self.program.operands(id);
        let found = if strip.gate.is_elementwise() {
            let met = |operand: usize| match strip.operands[operand] {
                [one] => *one,
                numbers if numbers.len() == strip.out.len() => numbers[at],
                numbers => numbers[self.program.shape(operands[operand]).met(self.program.shape(id), at)],
            };
            left(strip.gate, number, operands.len(), met)
        } else {
            let infinite = operands.iter().any(|&operand| self.infinite.contains(&self.source(operand)));
            // What is taken from no place is nan, and no product has left the range.
            let row = strip.gate.row();
            let computes = !row.inverts && !matches!(row.unroll, Unroll::Moves | Unroll::Accumulates(_));
            if computes && !infinite && !number.is_finite() {
                self.unsure.push(id);
            }
            None
        };
        self.matters |= matches!(found, Some(Left::Matters));
        self.small |= matches!(found, Some(Left::MayMatter));
    }
}

/// Whether what a gate gives is too small where it is too small though no operand is 0: it comes of products and powers; a sum is
/// exact there.
fn may_vanish(gate: Gate) -> bool {
    gate.row().choice == Choice::No && !matches!(gate, Gate::Add | Gate::Sub)
}

/// Whether some product of the numbers of two operands, which a gate adds up, may be too small for a 64-bit number.
fn products_may_vanish(strip: &Strip<'_>) -> bool {
    let tiny = |numbers: &[f64]| lanes::magnitudes(numbers).map_or(0.0, |[tiny, _]| tiny);
    match *strip.operands {
        [x, y] if sums_products(strip.gate) => tiny(x) * tiny(y) < f64::MIN_POSITIVE,
        _ => false,
    }
}

/// Whether what a gate of arrays gives are products of the numbers of its operands, or sums of such.
fn sums_products(gate: Gate) -> bool {
    gate.row().unroll == Unroll::Products || carries(gate).is_some()
}

impl Leaving<'_> {
    /// Whether only zeros and numbers that are too small are not ordinary, which one look at all of them can tell apart.
    fn are_told_at_once(&mut self, strip: &Strip<'_>) -> bool {
        if !strip.gate.is_elementwise() {
            return true;
        }
        if !strip.operands.iter().all(|numbers| lanes::are_finite(numbers)) {
            return false;
        }
        if self.small || !may_vanish(strip.gate) {
            return true;
        }
        // Where some vanish, each is looked at by itself.
        let out = strip.out;
        match *strip.operands {
            [x] if x.len() == out.len() => !lanes::some_vanish(out, x, x),
            [x, y] if x.len() == out.len() && y.len() == out.len() => !lanes::some_vanish(out, x, y),
            [x, &[y]] | [&[y], x] if x.len() == out.len() => y == 0.0 || !lanes::some_vanish(out, x, x),
            _ => false,
        }
    }
}

impl Watch for Leaving<'_> {
    fn see(&mut self, strip: &Strip<'_>) -> bool {
        if self.matters || !self.minds(strip.id, strip.twins) {
            return false;
        }
        let size = lanes::size(strip.out, LARGE);
        // Beside large numbers others may have vanished.
        self.small = self.small || size != Size::Ordinary && products_may_vanish(strip);
        let told = match size {
            Size::Ordinary => return true,
            Size::Within => self.are_told_at_once(strip),
            Size::Beyond => false,
        };
        if told {
            return false;
        }
        for at in 0..strip.out.len() {
            let number = strip.out[at];
            if !number.is_normal() || number.abs() > LARGE {
                self.number(strip, at);
            }
        }
        false
    }

    fn minds(&self, id: StageId, twins: &[StageId]) -> bool {
        // What is transposed was seen before.
        let is_new = |id: StageId| is_derived(self.program, id) && self.program.gate(id) != Gate::Transpose;
        is_new(id) || twins.iter().any(|&id| is_new(id))
    }

    fn see_hidden(&mut self) {
        self.matters = true;
    }

    fn minds_up_to(&self, gate: Gate, largest: f64) -> bool {
        gate.is_elementwise() || sums_products(gate) || largest.is_nan() || largest > LARGE
    }

    fn rules_out(&self, bounds: &Bounds) -> bool {
        bounds.tiny >= f64::MIN_POSITIVE && bounds.largest() <= LARGE
    }

    fn passes_on(&self, gate: Gate) -> bool {
        gate.row().choice != Choice::No || matches!(gate, Gate::Add | Gate::Sub | Gate::Neg | Gate::Guard | Gate::Copy)
    }

    fn fork(&self) -> Self {
        Self::of(self.program)
    }

    fn join(&mut self, other: Self) {
        self.small |= other.small;
        self.large |= other.large;
        self.matters |= other.matters;
        self.infinite.extend(other.infinite);
        self.unsure.extend(other.unsure);
    }
}

/// How a number left the range of 64-bit numbers.
enum Left {
    /// It is infinite though it need not be, or hides a slope that is not finite.
    Matters,
    /// It is too small, which matters where something large multiplies it.
    MayMatter,
}

/// How the result of a gate of single numbers, which is 0, tiny, huge or not finite, left the range.
fn left(gate: Gate, number: f64, count: usize, operand: impl Fn(usize) -> f64) -> Option<Left> {
    let hides = || operand(1) == 0.0 && !operand(0).is_finite();
    let from = |holds: fn(f64) -> bool| (0..count).all(|at| holds(operand(at)));
    let undetermined = gate == Gate::Chain && (number == 0.0 && hides() || number.is_nan() && operand(0) == 0.0);
    if undetermined || number.is_infinite() && from(|number| number.is_finite() && number != 0.0) {
        Some(Left::Matters)
    } else {
        // What is multiplied by 1 is as small as it was before.
        let is_same = matches!(gate, Gate::Mul | Gate::Chain) && (0..count).any(|at| operand(at).abs() == 1.0);
        let vanishes = may_vanish(gate) && number.abs() < f64::MIN_POSITIVE && from(|number| number != 0.0);
        (vanishes && !is_same).then_some(Left::MayMatter)
    }
}
