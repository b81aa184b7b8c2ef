//! What is known of all numbers that a gate gives, from what is known of all of its operands': between which they lie, and how small those
//! are that are not 0.
//!
//! Coarse, and never wrong: what a gate rounds, and what a function over slices is off by, is inside. Where no more is known than that
//! something may leave the range of numbers, nothing is. Knows functions of numbers; no gate by name and no array but what it sums up.

use crate::vocabulary::{elementary, lanes};

/// Between which numbers lie. All of them are finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// None is less.
    pub least: f64,
    /// None is more.
    pub most: f64,
    /// None but 0 has a smaller magnitude, and none is 0 by rounding where this is a normal number.
    pub tiny: f64,
}

/// What is known of the numbers of a gate; none where they may be infinite or nan.
pub type Rule = fn(&[Bounds]) -> Option<Bounds>;

/// The distance from 0 of no sum of numbers that are not 0 is less than this part of the smallest of them.
const CANCELLED: f64 = f64::EPSILON / 4.0;

/// No multiple of π/2 is nearer to a 64-bit number.
const NEAREST: f64 = 1e-22;

/// More than any function is off by, in parts of its value.
const OFF: f64 = 1e-14;

impl Bounds {
    /// Those of numbers.
    pub fn of(numbers: &[f64]) -> Option<Self> {
        let [least, most, tiny] = match *numbers {
            [] => return None,
            [one] => [one, one, if one == 0.0 { f64::INFINITY } else { one.abs() }],
            _ => lanes::spread(numbers)?,
        };
        (least.is_finite() && most.is_finite()).then_some(Self { least, most, tiny })
    }

    /// Those of numbers, by their magnitudes alone, which takes half the time.
    pub fn coarse(numbers: &[f64]) -> Option<Self> {
        let [tiny, most] = lanes::magnitudes(numbers)?;
        Some(Self { least: -most, most, tiny })
    }

    /// Those of numbers of which only a limit of their magnitudes is known.
    pub fn up_to(largest: f64) -> Self {
        Self { least: -largest, most: largest, tiny: 0.0 }
    }

    /// The largest magnitude.
    pub fn largest(&self) -> f64 {
        self.least.abs().max(self.most.abs())
    }

    /// Whether none but 0 is subnormal or infinite, nor twice any of them.
    pub fn are_normal_when_doubled(&self) -> bool {
        self.tiny >= f64::MIN_POSITIVE && self.largest() <= f64::MAX / 2.0
    }

    /// Whether 0 lies between.
    fn has_zero(&self) -> bool {
        self.least <= 0.0 && self.most >= 0.0
    }

    /// Between two numbers; what keeps clear of 0 has that distance.
    fn between(least: f64, most: f64, tiny: f64) -> Option<Self> {
        let apart = if least > 0.0 {
            least
        } else if most < 0.0 {
            -most
        } else {
            0.0
        };
        (least.is_finite() && most.is_finite() && least <= most).then_some(Self { least, most, tiny: tiny.max(apart) })
    }

    /// The same, farther apart by what a function is off by.
    fn about(least: f64, most: f64, tiny: f64) -> Option<Self> {
        Self::between(least - OFF * least.abs(), most + OFF * most.abs(), tiny * (1.0 - OFF))
    }
}

/// The bounds of a gate of one operand.
fn one(operands: &[Bounds]) -> Option<Bounds> {
    if let [x] = operands { Some(*x) } else { None }
}

/// The bounds of a gate of two.
fn two(operands: &[Bounds]) -> Option<(Bounds, Bounds)> {
    if let [x, y] = operands { Some((*x, *y)) } else { None }
}

/// The operand itself.
pub fn same(operands: &[Bounds]) -> Option<Bounds> {
    one(operands)
}

/// The first of two, where the second is finite.
pub fn first(operands: &[Bounds]) -> Option<Bounds> {
    two(operands).map(|(x, _)| x)
}

/// -x.
pub fn neg(operands: &[Bounds]) -> Option<Bounds> {
    one(operands).map(|x| Bounds { least: -x.most, most: -x.least, ..x })
}

/// x + y.
pub fn add(operands: &[Bounds]) -> Option<Bounds> {
    two(operands).and_then(|(x, y)| Bounds::between(x.least + y.least, x.most + y.most, x.tiny.min(y.tiny) * CANCELLED))
}

/// x - y.
pub fn sub(operands: &[Bounds]) -> Option<Bounds> {
    two(operands).and_then(|(x, y)| Bounds::between(x.least - y.most, x.most - y.least, x.tiny.min(y.tiny) * CANCELLED))
}

/// The least and the most of what a function of two gives at the ends.
fn at_ends(x: &Bounds, y: &Bounds, f: impl Fn(f64, f64) -> f64) -> [f64; 2] {
    let ends = [f(x.least, y.least), f(x.least, y.most), f(x.most, y.least), f(x.most, y.most)];
    [ends.into_iter().fold(f64::INFINITY, f64::min), ends.into_iter().fold(f64::NEG_INFINITY, f64::max)]
}

/// x y; where it is 0, or nothing is left of it, is told by `tiny`.
pub fn mul(operands: &[Bounds]) -> Option<Bounds> {
    let (x, y) = two(operands)?;
    let [least, most] = at_ends(&x, &y, |x, y| x * y);
    Bounds::between(least, most, x.tiny * y.tiny)
}

/// x².
pub fn sqr(operands: &[Bounds]) -> Option<Bounds> {
    let x = one(operands)?;
    let least = if x.has_zero() { 0.0 } else { x.least.abs().min(x.most.abs()) };
    Bounds::between(least * least, x.largest() * x.largest(), x.tiny * x.tiny)
}

/// x/y, where y keeps clear of 0.
pub fn div(operands: &[Bounds]) -> Option<Bounds> {
    let (x, y) = two(operands)?;
    let [least, most] = at_ends(&x, &y, |x, y| x / y);
    if y.has_zero() { None } else { Bounds::between(least, most, x.tiny / y.largest()) }
}

/// 1/x, where x keeps clear of 0.
pub fn recip(operands: &[Bounds]) -> Option<Bounds> {
    let x = one(operands)?;
    if x.has_zero() { None } else { Bounds::between(1.0 / x.most, 1.0 / x.least, 1.0 / x.largest()) }
}

/// |x|.
pub fn abs(operands: &[Bounds]) -> Option<Bounds> {
    let x = one(operands)?;
    let least = if x.has_zero() { 0.0 } else { x.least.abs().min(x.most.abs()) };
    Bounds::between(least, x.largest(), x.tiny)
}

/// One of two.
pub fn either(operands: &[Bounds]) -> Option<Bounds> {
    let (x, y) = two(operands)?;
    Bounds::between(x.least.min(y.least), x.most.max(y.most), x.tiny.min(y.tiny))
}

/// The larger of two.
pub fn larger(operands: &[Bounds]) -> Option<Bounds> {
    let (x, y) = two(operands)?;
    Bounds::between(x.least.max(y.least), x.most.max(y.most), x.tiny.min(y.tiny))
}

/// The smaller of two.
pub fn smaller(operands: &[Bounds]) -> Option<Bounds> {
    let (x, y) = two(operands)?;
    Bounds::between(x.least.min(y.least), x.most.min(y.most), x.tiny.min(y.tiny))
}

/// The second or the third of three.
pub fn chosen(operands: &[Bounds]) -> Option<Bounds> {
    if let [_, x, y] = operands { either(&[*x, *y]) } else { None }
}

/// 0 or 1, whatever the operands are.
pub fn truth(_operands: &[Bounds]) -> Option<Bounds> {
    Bounds::between(0.0, 1.0, 1.0)
}

/// max(x, 0).
pub fn ramp(operands: &[Bounds]) -> Option<Bounds> {
    let x = one(operands)?;
    Bounds::between(x.least.max(0.0), x.most.max(0.0), x.tiny)
}

/// A function that grows, of a gate of one operand.
fn growing(operands: &[Bounds], f: fn(f64) -> f64, tiny: f64) -> Option<Bounds> {
    let x = one(operands)?;
    Bounds::about(f(x.least), f(x.most), tiny)
}

/// eˣ.
pub fn exp(operands: &[Bounds]) -> Option<Bounds> {
    growing(operands, elementary::exp, 0.0)
}

/// log x, where x is above 0; near 1 it is x - 1, and may be 0.
pub fn log(operands: &[Bounds]) -> Option<Bounds> {
    let x = one(operands)?;
    if x.least < f64::MIN_POSITIVE { None } else { growing(operands, elementary::log, CANCELLED) }
}

/// √x, where x is not below 0.
pub fn sqrt(operands: &[Bounds]) -> Option<Bounds> {
    let x = one(operands)?;
    if x.least < 0.0 { None } else { growing(operands, f64::sqrt, x.tiny.min(f64::MAX).sqrt()) }
}

/// tanh x, which is x near 0.
pub fn tanh(operands: &[Bounds]) -> Option<Bounds> {
    let x = one(operands)?;
    growing(operands, elementary::tanh, (x.tiny / 2.0).min(0.5))
}

/// 1/(1 + e⁻ˣ).
pub fn sigma(operands: &[Bounds]) -> Option<Bounds> {
    growing(operands, crate::vocabulary::special::sigma, 0.0)
}

/// sin x, which is x near 0.
pub fn sin(operands: &[Bounds]) -> Option<Bounds> {
    let x = one(operands)?;
    Bounds::between(-1.0, 1.0, (x.tiny / 2.0).min(NEAREST))
}

/// cos x.
pub fn cos(operands: &[Bounds]) -> Option<Bounds> {
    one(operands)?;
    Bounds::between(-1.0, 1.0, NEAREST)
}

/// x - middle - rest: of numbers and of the two that are known of all of them.
pub fn centered(operands: &[Bounds]) -> Option<Bounds> {
    let [x, middle, rest] = operands else { return None };
    sub(&[sub(&[*x, *middle])?, *rest])
}

/// exp(x - top)/sum: of numbers and of the two that are known of all of them.
pub fn softmax(operands: &[Bounds]) -> Option<Bounds> {
    let [x, top, sum] = operands else { return None };
    exp(&[sub(&[*x, *top])?]).and_then(|powers| div(&[powers, *sum]))
}
