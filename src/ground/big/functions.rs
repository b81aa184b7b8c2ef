//! Elementary functions of numbers of many digits, with their limits at infinity and at the edges of their domains, as IEEE
//! 754 has them for binary64.
//!
//! What would take the library minutes has a rule: exponentials of more than `MOST_POWER` are infinite or 0, and angles
//! beyond 10^`MOST_ANGLE` are refused with a word.

use super::Big::{self, Inf, Nan, Num};
use super::{Kit, bits_of};
use dashu_float::round::mode::HalfEven;
use dashu_float::{ConstCache, Context, FpResult};
use dashu_int::{IBig, Word};
use std::cmp::Ordering;

/// An exponential of more is counted as infinite, of less than its negative as 0.
const MOST_POWER: f64 = 1e10;

/// The bits that the exponent of a power has besides: those before its point, up to `MOST_POWER`, and some.
const OF_POWERS: usize = 64;

/// Angles beyond this power of ten are refused.
const MOST_ANGLE: f64 = 3000.0;

/// Where a function is nan outside of its domain and takes a limit at infinity.
macro_rules! finite {
    ($x:expr) => {
        match $x {
            Num(x) => x,
            _ => return Nan,
        }
    };
}

impl<const B: Word> Kit<B> {
    /// The circle's constant.
    pub fn pi(&mut self) -> Big<B> {
        self.call(|context, cache| Ok(context.pi::<B>(cache)))
    }

    /// The base of the natural logarithm.
    pub fn euler(&mut self) -> Big<B> {
        self.call(|context, _| Ok(context.e::<B>()))
    }

    /// A small fraction.
    pub fn ratio(&mut self, n: impl Into<IBig>, d: impl Into<IBig>) -> Big<B> {
        let (n, d) = (self.whole(n), self.whole(d));
        self.div(&n, &d)
    }

    /// The quarter turns of the circle: `n * pi / 4`.
    fn eighths(&mut self, n: i64) -> Big<B> {
        let (pi, n) = (self.pi(), self.ratio(n, 4));
        self.mul(&pi, &n)
    }

    /// What a function is at 0, and where x is so small that of its series there only the first term has digits: 1 or x. The library would
    /// write out all zeros between.
    fn first_term(&mut self, x: &Big<B>, is_one: bool) -> Option<Big<B>> {
        if x.finite().is_none() || x.top_bits() > -(self.bits() as f64) - 2.0 {
            return None;
        }
        self.rounded |= !x.is_zero();
        Some(if is_one { self.whole(1) } else { self.round(x.clone()) })
    }

    /// `exp(x)`
    pub fn exp(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(one) = self.first_term(x, true) {
            return one;
        }
        match x {
            Nan => Nan,
            Inf(negative) => {
                if *negative {
                    self.whole(0)
                } else {
                    Inf(false)
                }
            }
            Num(_) if x.to_f64().abs() > MOST_POWER => {
                if x.is_negative() {
                    self.vanished(false)
                } else {
                    self.beyond(false)
                }
            }
            Num(x) => self.call(|context, cache| context.exp(x.repr(), cache)),
        }
    }

    /// `exp(x) - 1`
    pub fn expm1(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(same) = self.first_term(x, false) {
            return same;
        }
        match x {
            Nan => Nan,
            Inf(negative) => {
                if *negative {
                    self.whole(-1)
                } else {
                    Inf(false)
                }
            }
            Num(_) if x.to_f64() > MOST_POWER => self.beyond(false),
            Num(_) if x.to_f64() < -MOST_POWER => {
                self.rounded = true;
                self.whole(-1)
            }
            Num(x) => self.call(|context, cache| context.exp_m1(x.repr(), cache)),
        }
    }

    /// `2^x`
    pub fn exp2(&mut self, x: &Big<B>) -> Big<B> {
        let two = self.whole(2);
        self.pow(&two, x)
    }

    /// The natural logarithm.
    pub fn ln(&mut self, x: &Big<B>) -> Big<B> {
        self.logarithm(x, Self::positive_ln)
    }

    /// The logarithm to base 2.
    pub fn log2(&mut self, x: &Big<B>) -> Big<B> {
        let library = |kit: &mut Self, x: &super::Finite<B>| kit.logarithm_to(2, x, |context, cache| context.log2(x.repr(), cache));
        self.logarithm(x, |kit, x| kit.positive_log(2, x, |kit| library(kit, x)))
    }

    /// The logarithm to base 10.
    pub fn log10(&mut self, x: &Big<B>) -> Big<B> {
        let library = |kit: &mut Self, x: &super::Finite<B>| kit.logarithm_to(10, x, |context, cache| context.log10(x.repr(), cache));
        self.logarithm(x, |kit, x| kit.positive_log(10, x, |kit| library(kit, x)))
    }

    fn logarithm(&mut self, x: &Big<B>, f: impl FnOnce(&mut Self, &super::Finite<B>) -> Big<B>) -> Big<B> {
        match x {
            Num(_) if x.is_zero() => Inf(true),
            Nan | Inf(true) => Nan,
            Inf(false) => Inf(false),
            Num(_) if x.is_negative() => Nan,
            Num(x) => f(self, x),
        }
    }

    /// `log(1 + x)`
    pub fn log1p(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(same) = self.first_term(x, false) {
            return same;
        }
        let least = self.whole(-1);
        match x.compare(&least) {
            None | Some(Ordering::Less) => Nan,
            Some(Ordering::Equal) => Inf(true),
            Some(Ordering::Greater) => match x {
                Num(x) => self.ln_above_one(x),
                other => other.clone(),
            },
        }
    }

    /// The square root, of -0 too, which counts as 0.
    pub fn sqrt(&mut self, x: &Big<B>) -> Big<B> {
        match x {
            Num(_) if x.is_zero() => self.whole(0),
            _ if x.is_nan() || x.is_negative() => Nan,
            Num(x) => {
                let root = self.context().sqrt(x.repr());
                self.result(root)
            }
            other => other.clone(),
        }
    }

    /// The cubic root.
    pub fn cbrt(&mut self, x: &Big<B>) -> Big<B> {
        match x {
            Num(f) if !x.is_zero() => {
                let root = self.context().cbrt((if x.is_negative() { -f.clone() } else { f.clone() }).repr());
                let root = self.result(root);
                if x.is_negative() { self.negated(&root) } else { root }
            }
            other => other.clone(),
        }
    }

    /// An angle that can be reduced in reasonable time.
    fn angle(&mut self, x: &Big<B>, f: impl FnOnce(&mut Self, &super::Finite<B>) -> Big<B>) -> Big<B> {
        let angle = finite!(x);
        if x.top_bits() > MOST_ANGLE * bits_of::<10>() {
            return self.refuse("an angle beyond 10^3000 is not reduced");
        }
        f(self, angle)
    }

    /// The sine.
    pub fn sin(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(same) = self.first_term(x, false) {
            return same;
        }
        self.angle(x, |kit, x| kit.call(|context, cache| context.sin(x.repr(), cache)))
    }

    /// The cosine.
    pub fn cos(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(one) = self.first_term(x, true) {
            return one;
        }
        self.angle(x, |kit, x| kit.call(|context, cache| context.cos(x.repr(), cache)))
    }

    /// The tangent.
    pub fn tan(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(same) = self.first_term(x, false) {
            return same;
        }
        self.angle(x, |kit, x| kit.call(|context, cache| context.tan(x.repr(), cache)))
    }

    /// Whether `|x| <= 1`.
    fn is_in_unit(&self, x: &Big<B>) -> bool {
        self.magnitude(x).compare(&self.whole(1)).is_some_and(Ordering::is_le)
    }

    /// The inverse sine.
    pub fn asin(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(same) = self.first_term(x, false) {
            return same;
        }
        match x {
            Num(f) if self.is_in_unit(x) => self.unit_asin(f),
            _ => Nan,
        }
    }

    /// The inverse cosine.
    pub fn acos(&mut self, x: &Big<B>) -> Big<B> {
        match x {
            Num(f) if self.is_in_unit(x) => self.unit_acos(f),
            _ => Nan,
        }
    }

    /// The inverse tangent.
    pub fn atan(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(same) = self.first_term(x, false) {
            return same;
        }
        match x {
            Nan => Nan,
            Inf(negative) => self.eighths(if *negative { -2 } else { 2 }),
            Num(f) => self.finite_atan(f),
        }
    }

    /// The angle of the point (x, y).
    pub fn atan2(&mut self, y: &Big<B>, x: &Big<B>) -> Big<B> {
        let signed = |kit: &mut Self, eighths: i64| kit.eighths(if y.is_negative() { -eighths } else { eighths });
        match (y, x) {
            (Nan, _) | (_, Nan) => Nan,
            (Inf(_), Inf(negative)) => signed(self, if *negative { 3 } else { 1 }),
            (Inf(_), Num(_)) => signed(self, 2),
            (Num(_), _) if y.is_zero() || matches!(x, Inf(_)) => {
                if x.is_negative() {
                    signed(self, 4)
                } else {
                    self.signed_zero(y.is_negative())
                }
            }
            (Num(_), _) if x.is_zero() => signed(self, 2),
            (Num(y), Num(x)) => self.finite_atan2(y, x),
            (Num(_), Inf(_)) => self.signed_zero(y.is_negative()),
        }
    }

    /// The hyperbolic sine.
    pub fn sinh(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(same) = self.first_term(x, false) {
            return same;
        }
        match x {
            Num(_) if x.to_f64().abs() > MOST_POWER => self.beyond(x.is_negative()),
            Num(x) => self.call(|context, cache| context.sinh(x.repr(), cache)),
            other => other.clone(),
        }
    }

    /// The hyperbolic cosine.
    pub fn cosh(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(one) = self.first_term(x, true) {
            return one;
        }
        match x {
            Num(_) if x.to_f64().abs() > MOST_POWER => self.beyond(false),
            Num(x) => self.call(|context, cache| context.cosh(x.repr(), cache)),
            other => self.magnitude(other),
        }
    }

    /// The hyperbolic tangent.
    pub fn tanh(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(same) = self.first_term(x, false) {
            return same;
        }
        match x {
            Nan => Nan,
            Inf(negative) => self.whole(if *negative { -1 } else { 1 }),
            Num(_) if x.to_f64().abs() > MOST_POWER => {
                self.rounded = true;
                self.whole(if x.is_negative() { -1 } else { 1 })
            }
            Num(x) => self.call(|context, cache| context.tanh(x.repr(), cache)),
        }
    }

    /// The inverse hyperbolic sine.
    pub fn asinh(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(same) = self.first_term(x, false) {
            return same;
        }
        match x {
            Num(_) if self.hides_one(x) => {
                let found = self.ln_of_twice(x);
                if x.is_negative() { self.negated(&found) } else { found }
            }
            Num(f) => self.finite_asinh(f),
            other => other.clone(),
        }
    }

    /// Whether beside the square of a number 1 is less than its last digit.
    fn hides_one(&self, x: &Big<B>) -> bool {
        x.top_bits() > self.bits() as f64
    }

    /// The logarithm of `2 |x|`.
    fn ln_of_twice(&mut self, x: &Big<B>) -> Big<B> {
        let magnitude = self.magnitude(x);
        let twice = self.add(&magnitude, &magnitude);
        self.ln(&twice)
    }

    /// The inverse hyperbolic cosine.
    pub fn acosh(&mut self, x: &Big<B>) -> Big<B> {
        if x.compare(&self.whole(1)).is_none_or(Ordering::is_lt) {
            return Nan;
        }
        match x {
            Num(_) if self.hides_one(x) => self.ln_of_twice(x),
            Num(f) => self.finite_acosh(f),
            other => other.clone(),
        }
    }

    /// The inverse hyperbolic tangent.
    pub fn atanh(&mut self, x: &Big<B>) -> Big<B> {
        if let Some(same) = self.first_term(x, false) {
            return same;
        }
        match self.magnitude(x).compare(&self.whole(1)) {
            None | Some(Ordering::Greater) => Nan,
            Some(Ordering::Equal) => Inf(x.is_negative()),
            Some(Ordering::Less) => {
                let x = finite!(x);
                self.unit_atanh(x)
            }
        }
    }

    /// The root of the sum of squares, infinite also where the other operand is nan.
    pub fn hypot(&mut self, x: &Big<B>, y: &Big<B>) -> Big<B> {
        match (x, y) {
            (Inf(_), _) | (_, Inf(_)) => Inf(false),
            (Nan, _) | (_, Nan) => Nan,
            (Num(_), Num(_)) if x.is_zero() => self.magnitude(y),
            (Num(_), Num(_)) if y.is_zero() => self.magnitude(x),
            (Num(one), Num(other)) => self.call_unless(
                |context, _| context.hypot(one.repr(), other.repr()),
                |kit, root| {
                    let (x, y, root) = (kit.mul(x, x), kit.mul(y, y), kit.mul(root, root));
                    kit.add(&x, &y) == root
                },
            ),
        }
    }

    /// `x^y`, as IEEE 754 has it.
    pub fn pow(&mut self, x: &Big<B>, y: &Big<B>) -> Big<B> {
        let one = self.whole(1);
        if y.is_zero() || *x == one {
            return one;
        }
        let negative = x.is_negative() && y.is_odd();
        match (x, y) {
            (Nan, _) | (_, Nan) => Nan,
            (_, Inf(down)) => match self.magnitude(x).compare(&one) {
                Some(Ordering::Equal) => one,
                order => {
                    if (order == Some(Ordering::Greater)) == *down {
                        self.whole(0)
                    } else {
                        Inf(false)
                    }
                }
            },
            (Inf(_), Num(_)) => {
                if y.is_negative() {
                    self.signed_zero(negative)
                } else {
                    Inf(negative)
                }
            }
            (Num(_), Num(_)) if x.is_zero() => {
                if y.is_negative() {
                    Inf(negative)
                } else {
                    self.signed_zero(negative)
                }
            }
            (Num(_), Num(_)) if x.is_negative() && !y.is_whole() => Nan,
            (Num(base), Num(_)) => self.finite_pow(x, y, base),
        }
    }

    /// Whether `x^n = y^d`, by products that are none where they are rounded.
    pub(super) fn is_power(&mut self, x: &Big<B>, y: &Big<B>, n: i64, d: i64) -> bool {
        let (x, y) = (self.product(x, n.unsigned_abs()), self.product(y, d.unsigned_abs()));
        if n >= 0 { x == y } else { self.mul(&x, &y) == self.whole(1) }
    }

    /// `x^n` by products, as long as none is rounded.
    fn product(&mut self, x: &Big<B>, n: u64) -> Big<B> {
        let mut product = self.whole(1);
        for bit in (0..u64::BITS - n.leading_zeros()).rev() {
            if self.rounded {
                break;
            }
            product = self.mul(&product, &product);
            if n >> bit & 1 == 1 {
                product = self.mul(&product, x);
            }
        }
        product
    }

    /// The logarithm to a base that is a whole number, by a function of the library.
    fn logarithm_to(
        &mut self,
        base: u8,
        x: &super::Finite<B>,
        f: impl FnOnce(Context<HalfEven>, Option<&mut ConstCache>) -> FpResult<super::Finite<B>>,
    ) -> Big<B> {
        self.call_unless(f, |kit, log| {
            let base = kit.whole(base);
            log.to_whole().is_some_and(|log| kit.is_power(&base, &Num(x.clone()), log, 1))
        })
    }

    fn finite_pow(&mut self, x: &Big<B>, y: &Big<B>, base: &super::Finite<B>) -> Big<B> {
        let negative = x.is_negative() && y.is_odd();
        // Near 1 the position of the first digit says nothing of the logarithm.
        let close = self.magnitude(x).to_f64();
        let log = if close > 0.1 && close < 10.0 { close.ln() } else { x.top_bits() / bits_of::<10>() * std::f64::consts::LN_10 };
        let size = log * y.to_f64();
        if size > MOST_POWER {
            return self.beyond(negative);
        }
        if size < -MOST_POWER {
            return self.vanished(negative);
        }
        // Of a base that is 1 in binary64 the library would write out what it is more.
        if log == 0.0 {
            let magnitude = self.magnitude(x);
            let power = self.with_more(OF_POWERS, |kit| {
                let log = kit.ln(&magnitude);
                let exponent = kit.mul(&log, y);
                kit.exp(&exponent)
            });
            return if negative { self.negated(&power) } else { power };
        }
        // So near to 1 its own digits are not among those that it has.
        if !x.is_negative() && y.top_bits() + log.abs().log2() < -(self.bits() as f64) - 2.0 {
            self.rounded = true;
            return self.whole(1);
        }
        match y.to_whole() {
            Some(whole) => {
                self.call_unless(|context, _| context.powi(base.repr(), IBig::from(whole)), |kit, power| kit.is_power(x, power, whole, 1))
            }
            None if x.is_negative() => {
                let power = self.positive_pow(&-base.clone(), y);
                if negative { self.negated(&power) } else { power }
            }
            None => self.positive_pow(base, y),
        }
    }

    /// The largest whole number that is no larger.
    pub fn floor(&mut self, x: &Big<B>) -> Big<B> {
        self.whole_part(x, super::Finite::floor)
    }

    /// The smallest whole number that is no smaller.
    pub fn ceil(&mut self, x: &Big<B>) -> Big<B> {
        self.whole_part(x, super::Finite::ceil)
    }

    fn whole_part(&mut self, x: &Big<B>, f: impl Fn(&super::Finite<B>) -> super::Finite<B>) -> Big<B> {
        match x {
            Num(number) if !x.is_whole() => {
                let whole = f(number);
                if whole.repr().significand().is_zero() { self.signed_zero(x.is_negative()) } else { Num(whole) }
            }
            other => other.clone(),
        }
    }

    /// The nearest whole number, of two the even one.
    pub fn round_ties_even(&mut self, x: &Big<B>) -> Big<B> {
        if x.is_whole() || x.finite().is_none() {
            return x.clone();
        }
        let half = self.ratio(1, 2);
        let below = self.floor(x);
        let rest = self.with_more(self.bits(), |kit| kit.sub(x, &below));
        let up = match rest.compare(&half) {
            Some(Ordering::Equal) => below.is_odd(),
            order => order == Some(Ordering::Greater),
        };
        let whole = if up { self.ceil(x) } else { below };
        if whole.is_zero() { self.signed_zero(x.is_negative()) } else { whole }
    }

    /// The remainder `x - y * floor(x / y)`, which has the sign of y.
    pub fn modulo(&mut self, x: &Big<B>, y: &Big<B>) -> Big<B> {
        /// A quotient of more digits is not written out.
        const MOST_QUOTIENT: isize = 1 << 20;
        match (x, y) {
            (Nan | Inf(_), _) | (_, Nan) => Nan,
            (Num(_), Inf(negative)) if x.is_zero() => self.signed_zero(*negative),
            (Num(_), Inf(negative)) => {
                if x.is_negative() == *negative {
                    x.clone()
                } else {
                    y.clone()
                }
            }
            (Num(_), Num(_)) if y.is_zero() => Nan,
            (Num(_), Num(_)) => {
                let more = x.top().saturating_sub(y.top()).max(0);
                if more > MOST_QUOTIENT && !x.is_zero() {
                    return self.refuse("the quotient has too many digits");
                }
                let bits = self.bits() + if x.is_zero() { 0 } else { (more as f64 * bits_of::<B>()) as usize + 64 };
                let rest = self.with_more(2 * bits, |kit| {
                    // The remainder is exact, whatever its quotient is.
                    let before = kit.rounded;
                    let quotient = kit.div(x, y);
                    let quotient = kit.floor(&quotient);
                    kit.rounded = before;
                    let whole = kit.mul(&quotient, y);
                    kit.sub(x, &whole)
                });
                if rest.is_zero() { self.signed_zero(y.is_negative()) } else { rest }
            }
        }
    }
}
