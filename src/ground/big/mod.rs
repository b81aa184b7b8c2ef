//! Numbers of as many digits as are asked for, in base 2 or base 10: what binary64 cannot hold.
//!
//! Arithmetic, comparison and the limits at infinity, which the library's own numbers lack, as they lack nan. An exponent
//! has room for every number that a text can name, so nothing under- or overflows but by rule. Knows no gate; elementary
//! functions are in `functions` and `inverse`, special ones in `special`, matrices in `matrix`, numbers as text in `text`,
//! results moved by what rounding may do in `perturb`.

pub mod functions;
pub mod inverse;
pub mod matrix;
pub mod perturb;
pub mod special;
pub mod text;

use crate::ground::Cancellation;
use dashu_base::Approximation;
use dashu_float::round::mode::HalfEven;
use dashu_float::{ConstCache, Context, FBig, FpError, FpResult, Repr};
use dashu_int::{IBig, Sign, UBig};
use std::cmp::Ordering;

pub use dashu_int::Word;
pub use text::Decimal;

/// A finite number of the library.
pub type Finite<const B: Word> = FBig<HalfEven, B>;

/// A number, also where it is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Big<const B: Word> {
    /// A finite number.
    Num(Finite<B>),
    /// An infinity, and whether it is the negative one.
    Inf(bool),
    /// No number.
    Nan,
}

use Big::{Inf, Nan, Num};

impl<const B: Word> Big<B> {
    /// Whether it is a zero of either sign.
    pub fn is_zero(&self) -> bool {
        matches!(self, Num(x) if x.repr().significand().is_zero())
    }

    /// Whether it is no number.
    pub fn is_nan(&self) -> bool {
        matches!(self, Nan)
    }

    /// The finite number that it is.
    pub fn finite(&self) -> Option<&Finite<B>> {
        if let Num(x) = self { Some(x) } else { None }
    }

    /// Whether its sign is a minus, also that of a zero.
    pub fn is_negative(&self) -> bool {
        match self {
            Num(x) => x.repr().sign() == Sign::Negative,
            Inf(negative) => *negative,
            Nan => false,
        }
    }

    /// The order of two numbers; none with nan.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Nan, _) | (_, Nan) => None,
            (Inf(one), Inf(other)) => Some(other.cmp(one)),
            (Inf(negative), Num(_)) => Some(if *negative { Ordering::Less } else { Ordering::Greater }),
            (Num(_), Inf(negative)) => Some(if *negative { Ordering::Greater } else { Ordering::Less }),
            (Num(one), Num(other)) if self.is_zero() && other.repr().significand().is_zero() => Some(one.cmp(one)),
            (Num(one), Num(other)) => Some(one.cmp(other)),
        }
    }

    /// Where its first digit is: the least n with |x| < B^n; far below everything for 0, far above for what is infinite.
    pub fn top(&self) -> isize {
        match self {
            Num(_) if self.is_zero() => isize::MIN / 4,
            Num(x) => x.repr().exponent().saturating_add(x.repr().digits().cast_signed()),
            Inf(_) | Nan => isize::MAX / 4,
        }
    }

    /// The same, as the logarithm to base 2.
    pub fn top_bits(&self) -> f64 {
        self.top() as f64 * bits_of::<B>()
    }

    /// The nearest binary64 number; infinite or 0 beyond its range.
    pub fn to_f64(&self) -> f64 {
        const RANGE: f64 = 1100.0;
        // Next to the least number of all the library takes some for 0: they are converted 2^62 times as large.
        const LEAST: f64 = -1070.0;
        const UP: i64 = 1 << 62;
        let sign = if self.is_negative() { -1.0 } else { 1.0 };
        match self {
            Nan => f64::NAN,
            Inf(_) => sign * f64::INFINITY,
            Num(_) if self.is_zero() || self.top_bits() < -RANGE => sign * 0.0,
            Num(_) if self.top_bits() > RANGE => sign * f64::INFINITY,
            Num(x) if self.top_bits() < LEAST => (x.clone() * Finite::<B>::from(IBig::from(UP))).to_f64().value() / UP as f64,
            Num(x) => x.to_f64().value(),
        }
    }

    /// The whole number that it is, where it is one of less than 2^62.
    pub fn to_whole(&self) -> Option<i64> {
        let x = self.finite()?;
        if self.is_zero() {
            return Some(0);
        }
        if x.repr().exponent() < 0 || self.top_bits() > 62.0 {
            return None;
        }
        i64::try_from(x.to_int().value()).ok()
    }

    /// Whether it is a whole number, of any size.
    pub fn is_whole(&self) -> bool {
        self.finite().is_some_and(|x| self.is_zero() || x.repr().exponent() >= 0)
    }

    /// Whether it is an odd whole number.
    pub fn is_odd(&self) -> bool {
        // From 2^62 on, in base 2 as in base 10, what has a factor of the base is even; anything else is in range or has digits.
        self.finite()
            .is_some_and(|x| self.is_whole() && x.repr().exponent() == 0 && x.repr().significand().clone() % IBig::from(2) != IBig::ZERO)
    }
}

/// The bits of a digit to base `B`.
pub fn bits_of<const B: Word>() -> f64 {
    (B as f64).log2()
}

/// What arithmetic needs: how many digits it keeps, and constants found on the way.
#[derive(Debug)]
pub struct Kit<const B: Word> {
    /// How many digits to base `B` results have.
    digits: usize,
    /// The constants of the elementary functions.
    cache: ConstCache,
    /// The tangent numbers, from which Bernoulli's follow.
    tangents: Vec<UBig>,
    /// Whether a result was rounded since this was last asked.
    rounded: bool,
    /// Whether sums, products and quotients are moved by a few units in their last place.
    perturbs: bool,
    /// Why something has no value here though it has one.
    refusal: Option<&'static str>,
    /// What ends a long series, whose result nobody sees then.
    stop: Cancellation,
}

/// A cache of constants that has grown to more words than so many, and two for each bit, makes every later function slow,
/// and is dropped.
const GROWN: usize = 1000;

/// What is computed to tell whether a result is exact has so many times as many digits at most.
const LONGER: usize = 16;

#[allow(clippy::unused_self, reason = "arithmetic reads alike whether it rounds or not")]
impl<const B: Word> Kit<B> {
    /// Arithmetic with so many decimal digits.
    pub fn new(decimals: usize) -> Self {
        let digits = if B == 10 { decimals } else { (decimals as f64 / bits_of::<B>() * bits_of::<10>()).ceil() as usize + 2 };
        Self {
            digits,
            cache: ConstCache::new(),
            tangents: Vec::new(),
            rounded: false,
            perturbs: false,
            refusal: None,
            stop: Cancellation::default(),
        }
    }

    /// From here on this ends long series: what they are then is no number.
    pub fn stop_on(&mut self, stop: &Cancellation) {
        self.stop = stop.clone();
    }

    /// Whether a series should end, whatever it has come to.
    fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// How many digits to base `B` results have.
    pub fn digits(&self) -> usize {
        self.digits
    }

    /// How many bits results have.
    pub fn bits(&self) -> usize {
        (self.digits as f64 * bits_of::<B>()).ceil() as usize
    }

    fn context(&self) -> Context<HalfEven> {
        Context::new(self.digits)
    }

    /// Whether a result was rounded since the last call.
    pub fn take_rounded(&mut self) -> bool {
        std::mem::take(&mut self.rounded)
    }

    /// Why something that has a value was given none, since the last call.
    pub fn take_refusal(&mut self) -> Option<&'static str> {
        self.refusal.take()
    }

    /// No number, for a reason that is no property of the function.
    pub fn refuse(&mut self, why: &'static str) -> Big<B> {
        self.refusal = Some(why);
        self.rounded = true;
        Nan
    }

    /// What `f` finds with so many more bits, rounded to the digits of this kit.
    pub fn with_more(&mut self, bits: usize, f: impl FnOnce(&mut Self) -> Big<B>) -> Big<B> {
        let (own, perturbs) = (self.digits, std::mem::take(&mut self.perturbs));
        self.digits += (bits as f64 / bits_of::<B>()).ceil() as usize + 1;
        let found = f(self);
        (self.digits, self.perturbs) = (own, perturbs);
        self.round(found)
    }

    /// The number with no more digits than this kit keeps.
    pub fn round(&mut self, x: Big<B>) -> Big<B> {
        match x {
            Num(x) if x.repr().digits() > self.digits => {
                self.rounded = true;
                Num(x.with_precision(self.digits).value())
            }
            x => x,
        }
    }

    /// What the library has found.
    fn result(&mut self, found: FpResult<Finite<B>>) -> Big<B> {
        let negative = |sign| sign == Sign::Negative;
        match found {
            Ok(found) => {
                self.rounded |= !matches!(found, Approximation::Exact(_));
                let found = found.value();
                if found.repr().is_infinite() { Inf(negative(found.repr().sign())) } else { Num(found) }
            }
            Err(FpError::Overflow(sign)) => self.beyond(negative(sign)),
            Err(FpError::Underflow(sign)) => self.vanished(negative(sign)),
            Err(FpError::OutOfDomain | FpError::Indeterminate | FpError::InfiniteInput) => Nan,
            Err(_) => self.refuse("the digits of one of its functions cannot be told"),
        }
    }

    /// What the library has found of two numbers, moved where that is asked for.
    fn arithmetic(&mut self, found: FpResult<Finite<B>>, [x, y]: [&Big<B>; 2]) -> Big<B> {
        if !self.perturbs {
            return self.result(found);
        }
        let before = self.take_rounded();
        let result = self.result(found);
        let result = if self.rounded { self.perturbed(result, [x, y]) } else { result };
        self.rounded |= before;
        result
    }

    /// What is counted as infinite.
    fn beyond(&mut self, negative: bool) -> Big<B> {
        self.rounded = true;
        Inf(negative)
    }

    /// What is counted as 0.
    fn vanished(&mut self, negative: bool) -> Big<B> {
        self.rounded = true;
        if negative { self.negated(&self.whole(0)) } else { self.whole(0) }
    }

    /// A whole number.
    pub fn whole(&self, n: impl Into<IBig>) -> Big<B> {
        Num(self.context().convert_int::<B>(n.into()).value())
    }

    /// A whole number of any size, rounded where it has more digits than this kit keeps.
    pub fn integer(&mut self, n: IBig) -> Big<B> {
        let found = self.context().convert_int::<B>(n);
        self.rounded |= !matches!(found, Approximation::Exact(_));
        Num(found.value())
    }

    /// 1 for true, 0 for false.
    pub fn truth(&self, holds: bool) -> Big<B> {
        self.whole(i64::from(holds))
    }

    /// A binary64 number, as exactly as the digits allow.
    pub fn binary64(&mut self, x: f64) -> Big<B> {
        if x.is_nan() {
            return Nan;
        }
        if x.is_infinite() {
            return Inf(x < 0.0);
        }
        let Ok(exact) = FBig::<HalfEven, 2>::try_from(x) else { return Nan };
        if exact.repr().significand().is_zero() {
            let zero = self.whole(0);
            return if x.is_sign_negative() { self.negated(&zero) } else { zero };
        }
        let (significand, exponent) = exact.into_repr().into_parts();
        let places = exponent.unsigned_abs();
        // Half of a number is five tenths of it.
        let (significand, exponent) = match (B, exponent < 0) {
            (2, _) => (significand, exponent),
            (_, true) => (significand * IBig::from(5).pow(places), exponent),
            (_, false) => (significand << places, 0),
        };
        self.fit(Repr::new(significand, exponent))
    }

    /// A number with no more digits than this kit keeps.
    fn fit(&mut self, exact: Repr<B>) -> Big<B> {
        let digits = exact.digits().max(1);
        let number = Finite::from_repr(exact, Context::new(digits));
        self.rounded |= digits > self.digits;
        Num(number.with_precision(self.digits).value())
    }

    /// A decimal number, as exactly as the digits allow.
    pub fn decimal(&mut self, x: &Decimal) -> Big<B> {
        let (significand, exponent) = x.parts();
        if significand.is_zero() {
            let zero = self.whole(0);
            return if x.is_negative() { self.negated(&zero) } else { zero };
        }
        let fives = || IBig::from(5).pow(exponent.unsigned_abs());
        match (B, exponent < 0) {
            (2, true) => {
                let quotient = self.context().div(&Repr::new(significand.clone(), exponent), &Repr::new(fives(), 0));
                self.result(quotient)
            }
            (2, false) => self.fit(Repr::new(significand * fives(), exponent)),
            _ => self.fit(Repr::new(significand.clone(), exponent)),
        }
    }

    /// `-x`
    pub fn negated(&self, x: &Big<B>) -> Big<B> {
        match x {
            Num(x) => Num(-x.clone()),
            Inf(negative) => Inf(!negative),
            Nan => Nan,
        }
    }

    /// `|x|`
    pub fn magnitude(&self, x: &Big<B>) -> Big<B> {
        if x.is_negative() { self.negated(x) } else { x.clone() }
    }

    /// `x + y`
    pub fn add(&mut self, x: &Big<B>, y: &Big<B>) -> Big<B> {
        match (x, y) {
            (Nan, _) | (_, Nan) => Nan,
            (Inf(one), Inf(other)) if one != other => Nan,
            (Inf(negative), _) | (_, Inf(negative)) => Inf(*negative),
            (Num(one), Num(other)) => {
                let sum = self.context().add(one.repr(), other.repr());
                let sum = self.arithmetic(sum, [x, y]);
                // What cancels is +0, as rounding to nearest has it.
                if sum.is_zero() { self.signed_zero(x.is_zero() && x.is_negative() && y.is_negative()) } else { sum }
            }
        }
    }

    /// `x - y`
    pub fn sub(&mut self, x: &Big<B>, y: &Big<B>) -> Big<B> {
        let y = self.negated(y);
        self.add(x, &y)
    }

    /// `x * y`
    pub fn mul(&mut self, x: &Big<B>, y: &Big<B>) -> Big<B> {
        let negative = x.is_negative() != y.is_negative();
        match (x, y) {
            (Nan, _) | (_, Nan) => Nan,
            (Inf(_), other) | (other, Inf(_)) if other.is_zero() => Nan,
            (Inf(_), _) | (_, Inf(_)) => Inf(negative),
            (Num(_), Num(_)) if x.is_zero() || y.is_zero() => self.signed_zero(negative),
            (Num(one), Num(other)) => {
                let product = self.context().mul(one.repr(), other.repr());
                self.arithmetic(product, [x, y])
            }
        }
    }

    /// `x / y`
    pub fn div(&mut self, x: &Big<B>, y: &Big<B>) -> Big<B> {
        let negative = x.is_negative() != y.is_negative();
        match (x, y) {
            (Nan, _) | (_, Nan) | (Inf(_), Inf(_)) => Nan,
            (Inf(_), Num(_)) => Inf(negative),
            (Num(_), Inf(_)) => self.signed_zero(negative),
            (Num(_), Num(_)) if y.is_zero() => {
                if x.is_zero() {
                    Nan
                } else {
                    Inf(negative)
                }
            }
            (Num(_), Num(_)) if x.is_zero() => self.signed_zero(negative),
            (Num(one), Num(other)) => {
                let quotient = self.context().div(one.repr(), other.repr());
                self.arithmetic(quotient, [x, y])
            }
        }
    }

    /// A zero of a sign.
    pub fn signed_zero(&self, negative: bool) -> Big<B> {
        let zero = self.whole(0);
        if negative { self.negated(&zero) } else { zero }
    }

    /// The larger number; nan if either is nan.
    pub fn max(&self, x: &Big<B>, y: &Big<B>) -> Big<B> {
        match x.compare(y) {
            None => Nan,
            Some(Ordering::Less) => y.clone(),
            Some(_) => x.clone(),
        }
    }

    /// The smaller number; nan if either is nan.
    pub fn min(&self, x: &Big<B>, y: &Big<B>) -> Big<B> {
        match x.compare(y) {
            None => Nan,
            Some(Ordering::Greater) => y.clone(),
            Some(_) => x.clone(),
        }
    }

    /// The sum of numbers.
    pub fn sum<'a>(&mut self, numbers: impl IntoIterator<Item = &'a Big<B>>) -> Big<B> {
        numbers
            .into_iter()
            .fold(None, |sum, x| Some(sum.map_or_else(|| x.clone(), |sum| self.add(&sum, x))))
            .unwrap_or_else(|| self.whole(0))
    }
}

// The functions of `functions` and what is built on them find constants here.
impl<const B: Word> Kit<B> {
    /// A transcendental function of the library. What the library takes for exact may be rounded: it finds more digits until they
    /// round one way, and nothing but zeros behind them looks like the end. So a result is exact only if it is 0.
    fn call(&mut self, f: impl FnOnce(Context<HalfEven>, Option<&mut ConstCache>) -> FpResult<Finite<B>>) -> Big<B> {
        self.call_unless(f, |_, _| false)
    }

    /// The same of a function that is algebraic at some numbers, with what tells whether its result is exact: an equation between
    /// numbers, which does not hold where one of them is rounded.
    fn call_unless(
        &mut self,
        f: impl FnOnce(Context<HalfEven>, Option<&mut ConstCache>) -> FpResult<Finite<B>>,
        holds: impl FnOnce(&mut Self, &Big<B>) -> bool,
    ) -> Big<B> {
        let found = f(self.context(), Some(&mut self.cache));
        if self.cache.total_words() > GROWN + 2 * self.bits() {
            self.cache.clear();
        }
        let before = self.take_rounded();
        let found = self.result(found);
        if !found.is_zero() && found.finite().is_some() {
            let digits = self.digits;
            self.digits *= LONGER;
            self.rounded = false;
            let is_exact = holds(self, &found) && !self.rounded;
            (self.digits, self.rounded) = (digits, !is_exact);
        }
        self.rounded |= before;
        found
    }

    /// The tangent numbers up to the n-th, by the recurrences of Brent and Harvey ("Fast computation of Bernoulli, tangent
    /// and secant numbers", 2011); none where the kit was stopped meanwhile.
    pub fn tangents(&mut self, n: usize) -> Option<&[UBig]> {
        if self.tangents.len() <= n {
            let mut t = vec![UBig::ZERO; n + 1];
            t[1] = UBig::ONE;
            for k in 2..=n {
                t[k] = UBig::from(k - 1) * &t[k - 1];
            }
            for k in 2..=n {
                for j in k..=n {
                    t[j] = UBig::from(j - k) * &t[j - 1] + UBig::from(j - k + 2) * &t[j];
                }
                if self.is_stopped() {
                    return None;
                }
            }
            self.tangents = t;
        }
        Some(&self.tangents)
    }
}
