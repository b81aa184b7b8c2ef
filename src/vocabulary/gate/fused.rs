//! Two gates in one loop over slices: what the first gives is handed to the second and stored nowhere.
//!
//! Each number is rounded as by the two gates one after the other, so the bits are the same; what is saved is a strip written and read
//! again. Knows which gates are worth it, those of one or two instructions; what they compute is the gate table's.

use super::array::{EachPair, EachTriple};
use super::{Gate, apply};
use crate::ground::broken;
use crate::vocabulary::lanes::widest;

/// Two gates of which the second takes what the first gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fused {
    /// The gate that is computed first.
    pub first: Gate,
    /// The gate that takes its result.
    pub second: Gate,
    /// Which operand of the second gate that is.
    pub at: usize,
}

/// A match over the first gate, as a function of two numbers, the second of which a gate of one operand leaves alone.
macro_rules! with_first {
    ($fused:expr, $operands:expr, $out:expr, $($gate:ident)*) => {
        match $fused.first {
            $(Gate::$gate => over(|x, y| apply(Gate::$gate, 2, |at| if at == 0 { x } else { y }), $fused, $operands, $out),)*
            _ => broken("only listed gates are fused"),
        }
    };
}

/// The same of the second gate, whose operand at `AT` the first one gives.
macro_rules! with_second {
    ($fused:expr, $first:ident, [$x:ident, $y:ident, $z:ident], $out:ident, $($gate:ident $at:literal,)*) => {
        match ($fused.second, $fused.at) {
            $((Gate::$gate, $at) => {
                let second = |given: f64, z: f64| apply(Gate::$gate, 2, |at| if at == $at { given } else { z });
                match $x {
                    &[number] => widest(EachPair { f: |y: f64, z: f64| second($first(number, y), z), x: $y, y: $z, out: $out }),
                    x => widest(EachTriple { f: |x: f64, y: f64, z: f64| second($first(x, y), z), x, y: $y, z: $z, out: $out }),
                }
            })*
            _ => broken("only listed gates are fused"),
        }
    };
}

impl Fused {
    /// The two gates, where they are worth a loop of their own. A sum or a product takes what is given as its first operand.
    pub fn of(first: Gate, second: Gate, at: usize) -> Option<Self> {
        let is_first = matches!(first, Gate::Add | Gate::Sub | Gate::Mul | Gate::Chain | Gate::Neg | Gate::Sqr);
        let at = if second.row().commutes { 0 } else { at };
        let is_second = matches!((second, at), (Gate::Add | Gate::Mul | Gate::Neg, 0) | (Gate::Sub | Gate::Chain, 0 | 1));
        (is_first && is_second).then_some(Self { first, second, at })
    }

    /// Fills `out` from the two operands of the first gate and the other one of the second. Each is as long as `out`; the first may be
    /// one number. A gate of one operand leaves the number beside it alone.
    pub fn fill(self, operands: [&[f64]; 3], out: &mut [f64]) {
        with_first!(self, operands, out, Add Sub Mul Chain Neg Sqr);
    }
}

#[inline]
fn over(first: impl Fn(f64, f64) -> f64 + Copy, fused: Fused, [x, y, z]: [&[f64]; 3], out: &mut [f64]) {
    with_second!(fused, first, [x, y, z], out, Add 0, Mul 0, Neg 0, Sub 0, Sub 1, Chain 0, Chain 1,);
}
