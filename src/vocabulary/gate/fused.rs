//! Gates in one loop over slices: what one gives is handed to the next and stored nowhere.
//!
//! Each number is rounded as by the gates one after another, so the bits are the same; what is saved are strips written and read again.
//! Knows which gates are worth it: any two of one or two instructions, and the longer rows of them that backward passes are made of, a
//! local gradient times the upstream one, added to what was there. What they compute is the gate table's.

use super::array::{EachFive, EachFour, EachPair, EachSix, EachTriple};
use super::{Gate, apply};
use crate::ground::broken;
use crate::vocabulary::lanes::widest;

/// Gates of which each takes what the one before gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fused {
    /// The gate that is computed first.
    pub first: Gate,
    /// The gate that takes its result.
    pub second: Gate,
    /// Which operand of the second gate that is.
    pub at: usize,
    /// The gates behind, which take what is given as their first operand.
    pub more: &'static [Gate],
}

/// The gates that may be first.
macro_rules! with_firsts {
    ($with:ident) => {
        $with!(Add Sub Mul Chain Neg Sqr)
    };
}

/// The gates that may be second, each with the operand that it is given.
macro_rules! with_seconds {
    ($with:ident) => {
        $with!(Add 0 Mul 0 Neg 0 Sub 0 Sub 1 Chain 0 Chain 1)
    };
}

impl Fused {
    /// Two gates, where they are worth a loop of their own. A gate that commutes takes what is given as its first operand.
    pub fn of(first: Gate, second: Gate, at: usize) -> Option<Self> {
        let at = if second.row().commutes { 0 } else { at };
        macro_rules! is_first {
            ($($gate:ident)*) => {
                [$(Gate::$gate),*].contains(&first)
            };
        }
        macro_rules! is_second {
            ($($gate:ident $at:literal)*) => {
                [$((Gate::$gate, $at)),*].contains(&(second, at))
            };
        }
        (with_firsts!(is_first) && with_seconds!(is_second)).then_some(Self { first, second, at, more: &[] })
    }

    /// The same with one gate more, which takes what they give as an operand.
    pub fn then(self, gate: Gate, at: usize) -> Option<Self> {
        if at != 0 && !gate.row().commutes {
            return None;
        }
        let more: &[Gate] = match (self.first, self.second, self.at, self.more, gate) {
            (Gate::Sub, Gate::Mul, 0, [], Gate::Chain)
            | (Gate::Sqr, Gate::Neg, 0, [], Gate::Chain)
            | (Gate::Sqr, Gate::Sub, 1, [], Gate::Chain) => &[Gate::Chain],
            (_, _, _, [Gate::Chain], Gate::Add) => &[Gate::Chain, Gate::Add],
            (_, _, _, [Gate::Chain, Gate::Add], Gate::Add) => &[Gate::Chain, Gate::Add, Gate::Add],
            (Gate::Mul | Gate::Neg, Gate::Chain, 0, [], Gate::Add) => &[Gate::Add],
            _ => return None,
        };
        Some(Self { more, ..self })
    }

    /// How many operands they have: two of the first gate and another one of each behind it. A gate of one operand leaves the number
    /// beside it alone.
    pub fn operands(self) -> usize {
        3 + self.more.len()
    }

    /// Fills `out` from the operands. Each is as long as `out`; the first may be one number.
    pub fn fill(self, operands: &[&[f64]], out: &mut [f64]) {
        match *operands {
            [x, y, z] => fill_of_two(self, [x, y, z], out),
            [x, y, z, ref more @ ..] => fill_of_more(self, [x, y, z], more, out),
            _ => broken("fused gates have three operands at least"),
        }
    }
}

/// What a gate gives of two numbers, the first of which stands at a place among its operands.
macro_rules! given {
    ($gate:ident $place:literal) => {
        |given: f64, other: f64| apply(Gate::$gate, 2, |at| if at == $place { given } else { other })
    };
}

fn fill_of_two(fused: Fused, operands: [&[f64]; 3], out: &mut [f64]) {
    macro_rules! first {
        ($($gate:ident)*) => {
            match fused.first {
                $(Gate::$gate => fill_behind(given!($gate 0), fused, operands, out),)*
                _ => broken("only listed gates are fused"),
            }
        };
    }
    with_firsts!(first);
}

#[inline]
fn fill_behind(first: impl Fn(f64, f64) -> f64 + Copy, fused: Fused, [x, y, z]: [&[f64]; 3], out: &mut [f64]) {
    macro_rules! second {
        ($($gate:ident $at:literal)*) => {
            match (fused.second, fused.at) {
                $((Gate::$gate, $at) => {
                    let second = given!($gate $at);
                    match x {
                        &[number] => widest(EachPair { f: |y: f64, z: f64| second(first(number, y), z), operands: [y, z], out }),
                        x => widest(EachTriple { f: |x: f64, y: f64, z: f64| second(first(x, y), z), operands: [x, y, z], out }),
                    }
                })*
                _ => broken("only listed gates are fused"),
            }
        };
    }
    with_seconds!(second);
}

fn fill_of_more(fused: Fused, operands: [&[f64]; 3], more: &[&[f64]], out: &mut [f64]) {
    macro_rules! local {
        ($($first:ident $second:ident $at:literal)*; $($alone:ident)*) => {
            match (fused.first, fused.second, fused.at) {
                $((Gate::$first, Gate::$second, $at) => {
                    let (first, second, chain, add) = (given!($first 0), given!($second $at), given!(Chain 0), given!(Add 0));
                    match *more {
                        [u] => fill_four(|x, y, z, u| chain(second(first(x, y), z), u), operands, u, out),
                        [u, v] => fill_five(|x, y, z, u, v| add(chain(second(first(x, y), z), u), v), operands, [u, v], out),
                        [u, v, w] => {
                            fill_six(|x, y, z, u, v, w| add(add(chain(second(first(x, y), z), u), v), w), operands, [u, v, w], out);
                        }
                        _ => broken("fused gates have six operands at most"),
                    }
                })*
                $((Gate::$alone, Gate::Chain, 0) => {
                    let (first, chain, add) = (given!($alone 0), given!(Chain 0), given!(Add 0));
                    fill_four(|x, y, z, u| add(chain(first(x, y), z), u), operands, more[0], out);
                })*
                _ => broken("only listed gates are fused"),
            }
        };
    }
    local!(Sub Mul 0 Sqr Neg 0 Sqr Sub 1; Mul Neg);
}

#[inline]
fn fill_four(f: impl Fn(f64, f64, f64, f64) -> f64, [x, y, z]: [&[f64]; 3], u: &[f64], out: &mut [f64]) {
    match x {
        &[number] => widest(EachTriple { f: |y: f64, z: f64, u: f64| f(number, y, z, u), operands: [y, z, u], out }),
        x => widest(EachFour { f, operands: [x, y, z, u], out }),
    }
}

#[inline]
fn fill_five(f: impl Fn(f64, f64, f64, f64, f64) -> f64, [x, y, z]: [&[f64]; 3], [u, v]: [&[f64]; 2], out: &mut [f64]) {
    match x {
        &[number] => widest(EachFour { f: |y: f64, z: f64, u: f64, v: f64| f(number, y, z, u, v), operands: [y, z, u, v], out }),
        x => widest(EachFive { f, operands: [x, y, z, u, v], out }),
    }
}

#[inline]
fn fill_six(f: impl Fn(f64, f64, f64, f64, f64, f64) -> f64, [x, y, z]: [&[f64]; 3], [u, v, w]: [&[f64]; 3], out: &mut [f64]) {
    match x {
        &[x] => widest(EachFive { f: |y: f64, z: f64, u: f64, v: f64, w: f64| f(x, y, z, u, v, w), operands: [y, z, u, v, w], out }),
        x => widest(EachSix { f, operands: [x, y, z, u, v, w], out }),
    }
}
