//! How far rounding has put every stage off, with signs where they are known: what `screen` bounds, of programs of single numbers.
//!
//! The error of a sum, a product, a quotient or a root is a number that is known, and errors of opposite signs cancel where a bound adds
//! them up. What is not known of an error is bounded beside it: that of other functions, and how a slope changes between an operand as it is
//! and as it may be. It takes several times as long as a bound, and is asked where that alone makes a number suspect.

use super::rule::Rules;
use super::screen::{Applied, Bounds, Gates, Local, Screened, Singles, is_linear, residual};
use crate::forms::replay::replay;
use crate::vocabulary::Gate;
use crate::vocabulary::gate::apply;

/// A bound that is so many times as large as another one says the same.
const SAME: f64 = 1.01;

/// How far a number is off.
#[derive(Clone, Copy, Debug, Default)]
struct Off {
    /// What it lacks, as far as that is known.
    error: f64,
    /// How much more or less it may lack.
    unknown: f64,
}

impl Off {
    fn bound(self) -> f64 {
        self.error.abs() + self.unknown
    }
}

/// The bounds of every stage of a program of single numbers whose leaves are what they are; none where it is cancelled.
pub(super) fn signed(screened: &Screened<'_>, rules: &mut Rules) -> Option<Bounds> {
    let mut offs = Vec::with_capacity(screened.program.len());
    let mut signed = Signed(Gates::new(rules, true));
    let gate = |gate: Gate, x: &[f64], offs: &[Off], out: f64| signed.off(gate, x, offs, out);
    replay(screened.program, &mut Singles { screened, leaf: &|_| Off::default(), gate }, &mut offs).ok()?;
    Some(Bounds::of_single_numbers(offs.into_iter().map(Off::bound).collect()))
}

/// Gates, by which errors are handed on.
struct Signed<'r>(Gates<'r>);

impl Signed<'_> {
    /// How far the result of a gate is off.
    fn off(&mut self, gate: Gate, x: &[f64], offs: &[Off], out: f64) -> Off {
        let bounds: Vec<f64> = offs.iter().map(|off| off.bound()).collect();
        let bound = self.0.single(gate, x, &bounds, out);
        let unsigned = Off { error: 0.0, unknown: bound };
        if bound == 0.0 || bound.is_infinite() {
            return unsigned;
        }
        // Errors are rounded too, and slopes taken at what is rounded.
        let rounded = |error: f64| 4.0 * f64::EPSILON * error.abs();
        let (own, is_known) = residual(gate, x, out);
        let mut off = if is_known { Off { error: own, unknown: rounded(own) } } else { Off { error: 0.0, unknown: own.abs() } };
        let slopes = self.0.slopes(gate);
        for (position, operand) in offs.iter().enumerate().filter(|(_, operand)| operand.bound() != 0.0) {
            let at = if gate.row().arity().is_none() { 0 } else { position };
            let Some(local) = slopes.get(at) else { continue };
            let slope = self.0.slope(local, &mut Applied { gate, numbers: x, out, position });
            let change = if is_linear(gate) { 0.0 } else { self.change(local, gate, (x, &bounds), (position, slope)) };
            let reaches = slope * operand.error;
            off.error += reaches;
            off.unknown += slope.abs() * operand.unknown + change * operand.bound() + rounded(reaches);
        }
        // Errors of one sign come to no less, but for what is rounded; what is no number comes to nothing.
        if off.bound() <= SAME * bound { off } else { unsigned }
    }

    /// By how much the slope in an operand changes where all operands are as far off as they may be.
    fn change(&mut self, local: &Local, gate: Gate, (x, bounds): (&[f64], &[f64]), (position, slope): (usize, f64)) -> f64 {
        if matches!(local, Local::Nothing | Local::Number(_)) {
            return 0.0;
        }
        // All up, all down, and every second one the other way: what the moves of two operands do may cancel.
        let mut largest = 0.0_f64;
        for [even, odd] in [[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]] {
            let sign = |at: usize| if at.is_multiple_of(2) { even } else { odd };
            let moved: Vec<f64> = x.iter().zip(bounds).enumerate().map(|(at, (x, bound))| x + sign(at) * bound).collect();
            let out = apply(gate, moved.len(), |at| moved[at]);
            let change = (self.0.slope(local, &mut Applied { gate, numbers: &moved, out, position }) - slope).abs();
            // Where one is no number, neither is the change.
            if change.is_nan() {
                return change;
            }
            largest = largest.max(change);
        }
        largest
    }
}
