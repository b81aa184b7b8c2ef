//! Logarithms and inverse trigonometric functions of hundreds of digits and more, by Newton's method on the exponential and
//! on sine and cosine.
//!
//! The library's own series for them grow with the square of the digits, and its exponential and sine do not: from 1,000
//! digits on this is five times as fast, at 10,000 a hundred times. Each step has three times the right digits of the one
//! before. Where a result may be exact, or an operand is so near a root that the series is short, the library is asked.
//! Knows nothing of what the functions are outside of their domains: that is in `functions`.

use super::{Big, Finite, Kit, bits_of};
use dashu_int::Word;

/// With more bits than these, Newton's method is the faster one.
const MANY: usize = 700;
/// With so many bits the library's series gives the first step.
const FIRST: usize = 200;
/// Logarithms of numbers of more bits are left to the library.
const MOST_BITS: f64 = 1e9;
/// What each step has beyond the digits it needs.
const GUARD: usize = 5;

/// The digits of Newton's steps: each has a third of the next, the last has as many as are asked for.
fn steps(first: usize, last: usize) -> Vec<usize> {
    let third = |&digits: &usize| (digits > 3 * first).then_some(digits / 3 + GUARD);
    let mut steps: Vec<usize> = std::iter::successors(Some(last), third).collect();
    steps.reverse();
    steps
}

impl<const B: Word> Kit<B> {
    /// What `f` finds with so many digits to base `B`, not rounded.
    fn with_digits<T>(&mut self, digits: usize, f: impl FnOnce(&mut Self) -> T) -> T {
        let own = std::mem::replace(&mut self.digits, digits);
        let found = f(self);
        self.digits = own;
        found
    }

    /// The digits that the library gives the first step.
    fn first_digits() -> usize {
        (FIRST as f64 / bits_of::<B>()) as usize
    }

    /// Whether results have so many digits that the library's series is slow, and the operand is not so small that it is short.
    fn is_worth_steps(&self, operand: &Big<B>) -> bool {
        self.bits() > MANY && 4 * operand.top().unsigned_abs() < self.digits
    }

    /// The logarithm of a positive number.
    pub(super) fn positive_ln(&mut self, x: &Finite<B>) -> Big<B> {
        let one = self.whole(1);
        let number = Big::Num(x.clone());
        let above = self.sub(&number, &one);
        // The zeros behind the point of a number near 1.
        let near = above.top().saturating_neg().max(0).cast_unsigned();
        if self.bits() <= MANY || 4 * near >= self.digits || number.top_bits().abs() > MOST_BITS {
            return self.call(|context, cache| context.ln(x.repr(), cache));
        }
        let first = Self::first_digits();
        let start = self.with_digits(first + near, |kit| kit.call(|context, cache| context.ln(x.repr(), cache)));
        // Digits behind the point, of which the logarithm of a number near 1 loses as many as that has zeros.
        let whole = start.top().max(0).cast_unsigned();
        let found = steps(first, self.digits + near + GUARD).into_iter().fold(start, |y, behind| {
            self.with_digits(behind + whole + GUARD, |kit| {
                if kit.is_stopped() {
                    return Big::Nan;
                }
                let power = kit.exp(&y);
                let (apart, both) = (kit.sub(&number, &power), kit.add(&number, &power));
                let part = kit.div(&apart, &both);
                let step = kit.add(&part, &part);
                kit.add(&y, &step)
            })
        });
        self.rounded = true;
        self.round(found)
    }

    /// `log(1 + x)` of a number above -1 that is not 0.
    pub(super) fn ln_above_one(&mut self, x: &Finite<B>) -> Big<B> {
        let number = Big::Num(x.clone());
        if !self.is_worth_steps(&number) {
            return self.call(|context, cache| context.ln_1p(x.repr(), cache));
        }
        let more = (number.top_bits().abs() as usize) + GUARD;
        self.with_more(more, |kit| {
            let one = kit.whole(1);
            let above = kit.add(&one, &number);
            kit.ln(&above)
        })
    }

    /// The logarithm of a positive number to a base that is a whole number.
    pub(super) fn positive_log(&mut self, base: u8, x: &Finite<B>, library: impl Fn(&mut Self) -> Big<B>) -> Big<B> {
        if self.bits() <= MANY {
            return library(self);
        }
        let about = self.with_digits(Self::first_digits(), |kit| library(kit));
        if self.is_near_short(&about) {
            return library(self);
        }
        self.with_more(2 * FIRST, |kit| {
            let (log, base) = (kit.positive_ln(x), kit.whole(base));
            let of_base = kit.ln(&base);
            kit.div(&log, &of_base)
        })
    }

    /// Whether a number that was rounded to the first digits may be one of fewer: its last third is nothing but zeros or nines.
    fn is_near_short(&mut self, x: &Big<B>) -> bool {
        let digits = Self::first_digits();
        let short = self.with_digits(2 * digits / 3, |kit| kit.round(x.clone()));
        let apart = self.with_digits(digits, |kit| kit.sub(x, &short));
        apart.is_zero() || apart.top() < x.top() - (digits - GUARD).cast_signed()
    }

    /// `x^y` of a positive number by a power that is not whole.
    pub(super) fn positive_pow(&mut self, x: &Finite<B>, y: &Big<B>) -> Big<B> {
        let Big::Num(power) = y else { return Big::Nan };
        let library = |kit: &mut Self| {
            kit.call_unless(
                |context, cache| context.powf(x.repr(), power.repr(), cache),
                |kit, found| kit.fraction(y).is_some_and(|(n, d)| kit.is_power(&Big::Num(x.clone()), found, n, d)),
            )
        };
        if self.bits() <= MANY {
            return library(self);
        }
        let about = self.with_digits(Self::first_digits(), library);
        if about.finite().is_none() || self.is_near_short(&about) {
            return library(self);
        }
        // As many digits stand before the point of the exponent.
        let whole = about.top_bits().abs().max(2.0).log2() as usize;
        self.with_more(whole + GUARD, |kit| {
            let log = kit.with_more(whole + FIRST, |kit| kit.positive_ln(x));
            let exponent = kit.mul(&log, y);
            kit.exp(&exponent)
        })
    }

    /// The fraction that a number is, where its denominator is small.
    fn fraction(&mut self, x: &Big<B>) -> Option<(i64, i64)> {
        const LARGEST: i64 = 64;
        (1..=LARGEST).find_map(|d| {
            let below = self.whole(d);
            Some((self.mul(x, &below).to_whole()?, d))
        })
    }

    /// The inverse tangent of a number that is not 0.
    pub(super) fn finite_atan(&mut self, x: &Finite<B>) -> Big<B> {
        let number = Big::Num(x.clone());
        if !self.is_worth_steps(&number) {
            return self.call(|context, cache| context.atan(x.repr(), cache));
        }
        let first = Self::first_digits();
        let start = self.with_digits(first, |kit| {
            let short = kit.round(number.clone());
            short.finite().map_or(Big::Nan, |x| kit.call(|context, cache| context.atan(x.repr(), cache)))
        });
        let found = steps(first, self.digits + GUARD).into_iter().fold(start, |y, digits| {
            self.with_digits(digits + GUARD, |kit| {
                if kit.is_stopped() {
                    return Big::Nan;
                }
                let (sine, cosine) = (kit.sin(&y), kit.cos(&y));
                let (along, across) = (kit.mul(&number, &cosine), kit.mul(&number, &sine));
                let (apart, both) = (kit.sub(&along, &sine), kit.add(&cosine, &across));
                let step = kit.div(&apart, &both);
                kit.add(&y, &step)
            })
        });
        self.rounded = true;
        self.round(found)
    }

    /// The inverse sine of a number of at most 1 that is not 0.
    pub(super) fn unit_asin(&mut self, x: &Finite<B>) -> Big<B> {
        let number = Big::Num(x.clone());
        if !self.is_worth_steps(&number) {
            return self.call(|context, cache| context.asin(x.repr(), cache));
        }
        self.with_more(FIRST, |kit| {
            let one = kit.whole(1);
            let (below, above) = (kit.sub(&one, &number), kit.add(&one, &number));
            let cosine = kit.mul(&below, &above);
            let cosine = kit.sqrt(&cosine);
            let tangent = kit.div(&number, &cosine);
            kit.atan(&tangent)
        })
    }

    /// The inverse cosine of a number of at most 1.
    pub(super) fn unit_acos(&mut self, x: &Finite<B>) -> Big<B> {
        let number = Big::Num(x.clone());
        let one = self.whole(1);
        if self.bits() <= MANY || number.is_zero() || number == one {
            return self.call(|context, cache| context.acos(x.repr(), cache));
        }
        self.with_more(FIRST, |kit| {
            let (below, above) = (kit.sub(&one, &number), kit.add(&one, &number));
            let square = kit.div(&below, &above);
            let tangent = kit.sqrt(&square);
            let half = kit.atan(&tangent);
            kit.add(&half, &half)
        })
    }

    /// The angle of a point whose coordinates are both finite and not 0.
    pub(super) fn finite_atan2(&mut self, y: &Finite<B>, x: &Finite<B>) -> Big<B> {
        if self.bits() <= MANY {
            return self.call(|context, cache| context.atan2(y.repr(), x.repr(), cache));
        }
        let (y, x) = (Big::Num(y.clone()), Big::Num(x.clone()));
        self.with_more(FIRST, |kit| {
            let tangent = kit.div(&y, &x);
            let angle = kit.atan(&tangent);
            if !x.is_negative() {
                return angle;
            }
            let half_turn = kit.pi();
            if y.is_negative() { kit.sub(&angle, &half_turn) } else { kit.add(&angle, &half_turn) }
        })
    }

    /// The inverse hyperbolic sine of a number that is not 0.
    pub(super) fn finite_asinh(&mut self, x: &Finite<B>) -> Big<B> {
        let number = Big::Num(x.clone());
        if !self.is_worth_steps(&number) {
            return self.call(|context, cache| context.asinh(x.repr(), cache));
        }
        // asinh(|x|) = log(1 + (|x| + x^2 / (1 + sqrt(1 + x^2))))
        let found = self.with_more(FIRST, |kit| {
            let (one, size) = (kit.whole(1), kit.magnitude(&number));
            let square = kit.mul(&size, &size);
            let root = kit.add(&one, &square);
            let root = kit.sqrt(&root);
            let below = kit.add(&one, &root);
            let part = kit.div(&square, &below);
            let above = kit.add(&size, &part);
            kit.log1p(&above)
        });
        if number.is_negative() { self.negated(&found) } else { found }
    }

    /// The inverse hyperbolic cosine of a number of at least 1.
    pub(super) fn finite_acosh(&mut self, x: &Finite<B>) -> Big<B> {
        let number = Big::Num(x.clone());
        let one = self.whole(1);
        if self.bits() <= MANY || number == one {
            return self.call(|context, cache| context.acosh(x.repr(), cache));
        }
        // acosh(x) = log(1 + (x - 1 + sqrt((x - 1) (x + 1))))
        self.with_more(FIRST, |kit| {
            let (below, above) = (kit.sub(&number, &one), kit.add(&number, &one));
            let root = kit.mul(&below, &above);
            let root = kit.sqrt(&root);
            let above_one = kit.add(&below, &root);
            kit.log1p(&above_one)
        })
    }

    /// The inverse hyperbolic tangent of a number below 1 that is not 0.
    pub(super) fn unit_atanh(&mut self, x: &Finite<B>) -> Big<B> {
        let number = Big::Num(x.clone());
        if !self.is_worth_steps(&number) {
            return self.call(|context, cache| context.atanh(x.repr(), cache));
        }
        // atanh(x) = log(1 + 2 x / (1 - x)) / 2
        self.with_more(FIRST, |kit| {
            let (one, half) = (kit.whole(1), kit.ratio(1, 2));
            let below = kit.sub(&one, &number);
            let part = kit.div(&number, &below);
            let above_one = kit.add(&part, &part);
            let log = kit.log1p(&above_one);
            kit.mul(&half, &log)
        })
    }
}
