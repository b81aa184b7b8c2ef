//! Rounded results moved by a few units in their last place: what becomes of a number by that tells how much of it rests on rounding,
//! which two evaluations that round the same part away cannot (J. Vignes, "New methods for evaluating the validity of the results
//! of mathematical computations", 1978).
//!
//! Equal operands move equally, so that what is equal by its making stays so, and -x moves as x does. Knows no gate.

use super::{Big, Finite, Kit};
use dashu_float::Context;
use dashu_int::{IBig, Word};

/// A result is moved by up to so many units, at least by one.
const MOST_UNITS: u64 = 16;

impl<const B: Word> Kit<B> {
    /// Whether sums, products and quotients are moved from here on where they are rounded; what is found in more digits on the way to
    /// a result is not.
    pub fn perturb_arithmetic(&mut self, perturbs: bool) {
        self.perturbs = perturbs;
    }

    /// A rounded result of some operands, moved by a few units in its last place.
    pub fn perturbed<'a>(&self, result: Big<B>, operands: impl IntoIterator<Item = &'a Big<B>>) -> Big<B> {
        // Whatever their order, as sums and products have it.
        let mark = operands.into_iter().map(mark).fold(0, u64::wrapping_add);
        self.perturbed_by(result, mark)
    }

    /// The same of what was rounded otherwise, with a mark of what that was: what differs moves differently.
    pub fn perturbed_by(&self, result: Big<B>, mark: u64) -> Big<B> {
        let Big::Num(x) = &result else { return result };
        if result.is_zero() {
            return result;
        }
        let drawn = mix(mix(self.digits as u64).wrapping_add(mark));
        let units = IBig::from(1 + drawn % MOST_UNITS);
        let away = (drawn >> 32) & 1 == 0;
        let last = result.top().saturating_sub(self.digits.cast_signed());
        let moved = Finite::<B>::from_parts(if away == result.is_negative() { -units } else { units }, last);
        let context = Context::new(self.digits);
        // Next to a power of the base it has a digit more, which is rounded away again.
        context.add(x.repr(), moved.repr()).map_or(result.clone(), |sum| Big::Num(sum.value()))
    }
}

/// A mark of a number's magnitude.
fn mark<const B: Word>(x: &Big<B>) -> u64 {
    match x {
        Big::Num(x) => mark_of(x.repr().significand(), x.repr().exponent()),
        Big::Inf(_) => 1,
        Big::Nan => 2,
    }
}

/// A mark of a magnitude by its parts.
pub(super) fn mark_of(significand: &IBig, exponent: isize) -> u64 {
    let (_, words) = significand.as_sign_words();
    words.iter().fold(mix(exponent.cast_unsigned() as u64), |mark, &word| mix(mark ^ word))
}

/// The finalizer of splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
