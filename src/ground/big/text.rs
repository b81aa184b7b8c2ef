//! Numbers of many digits as text, and decimal numbers as they are written.
//!
//! Significand and exponent are written by hand: a number of few digits and a large exponent is no long text.

use super::Big::{self, Inf, Nan, Num};
use super::Kit;
use super::perturb::mark_of;
use crate::ground::broken;
use crate::ground::number::shortest;
use dashu_base::{BitTest, DivRem};
use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;
use dashu_int::{IBig, UBig, Word};
use std::cmp::Ordering;

/// A decimal number as it is written, in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    significand: IBig,
    exponent: isize,
}

/// The largest exponent of a number as text.
pub const MOST_EXPONENT: isize = 1_000_000;

/// So many digits of a decimal number are those of the binary64 number nearest to it, and of no other.
pub const SURE_DIGITS: usize = 15;

impl Decimal {
    /// The number that a text is: `3`, `-.5`, `1e-3`, `1_000`. None where it is none, or its exponent is beyond
    /// `MOST_EXPONENT`.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.trim().chars().filter(|&c| c != '_').collect();
        let (negative, text) = text.strip_prefix('-').map_or((false, text.strip_prefix('+').unwrap_or(&text)), |text| (true, text));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: isize = exponent.parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) || exponent.abs() > MOST_EXPONENT {
            return None;
        }
        let significand = IBig::from_str_radix(&digits, 10).ok()?;
        let significand = if negative { -significand } else { significand };
        Some(Self { negative, significand, exponent: exponent - fraction.len().cast_signed() })
    }

    /// The shortest decimal number that reads as a binary64 number; none where that is not finite.
    pub fn shortest(x: f64) -> Option<Self> {
        Self::parse(&shortest(x))
    }

    /// A mark of its magnitude, by which numbers that differ are moved differently where they are rounded.
    pub fn mark(&self) -> u64 {
        mark_of(&self.significand, self.exponent)
    }

    /// How many digits it has, zeros at its ends left out.
    pub fn count(&self) -> usize {
        self.significand.to_string().trim_start_matches('-').trim_matches('0').len()
    }

    /// Whether its sign is a minus, also that of a zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// The number as a whole number times a power of ten.
    pub fn parts(&self) -> (&IBig, isize) {
        (&self.significand, self.exponent)
    }

    /// The same number with the other sign.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { negative: !self.negative, significand: -self.significand, ..self }
    }
}

/// A number rounded to so many significant digits, as people and JSON read it: `0.3`, `1.4142`, `6.02e23`, `-inf`, `nan`. One
/// that has no more digits than that is shown with those it has.
pub fn rounded<const B: Word>(x: &Big<B>, count: usize) -> String {
    match x {
        Nan => "nan".to_owned(),
        Inf(negative) => if *negative { "-inf" } else { "inf" }.to_owned(),
        Num(_) if x.is_zero() => "0".to_owned(),
        Num(finite) => {
            let (digits, point, is_exact) = match x.top_bits() {
                bits if bits.abs() < NEAR => divided(finite, bits, count),
                bits if bits.abs() < FAR || B == 10 => converted(finite, x, count),
                _ => by_logarithm(x, count),
            };
            let digits = digits.trim_end_matches('0');
            let text = placed(&if is_exact { digits.to_owned() } else { format!("{digits:0<count$}") }, point, count);
            if x.is_negative() { format!("-{text}") } else { text }
        }
    }
}

/// The logarithm to base 2 up to which the powers of ten of a number are short: a division by one takes a hundredth of the time of a
/// conversion.
const NEAR: f64 = 4000.0;

/// The same from which on a conversion would take longer than a logarithm, and in the end more than all memory: such numbers have too many
/// digits to be shown in full.
const FAR: f64 = 100_000.0;

/// The first digits of a number, rounded, how many of them stand before the point, and whether they are all; by one division.
fn divided<const B: Word>(x: &super::Finite<B>, top_bits: f64, count: usize) -> (String, isize, bool) {
    let (significand, exponent) = x.repr().clone().into_parts();
    // A power with a negative exponent stands on the other side of the fraction, and is 1 on this one.
    let power = |base: u64, of: isize| UBig::from(base).pow(of.max(0).unsigned_abs());
    let (above, below) = (significand.into_parts().1 * power(B, exponent), power(B, -exponent));
    // Where the first digit stands, or one off.
    let mut first = (top_bits * std::f64::consts::LOG10_2).floor() as isize;
    loop {
        let scale = count.cast_signed() - 1 - first;
        let under = &below * power(10, -scale);
        let (mut whole, rest) = (&above * power(10, scale)).div_rem(&under);
        let length = if whole.is_zero() { 0 } else { whole.to_string().len() };
        match length.cmp(&count) {
            Ordering::Less => first -= 1,
            Ordering::Greater => first += 1,
            Ordering::Equal => {
                let is_exact = rest.is_zero();
                let half = (rest << 1usize).cmp(&under);
                if half.is_gt() || half.is_eq() && whole.bit(0) {
                    whole += 1u8;
                }
                let digits = whole.to_string();
                // Nines become a one of the next place.
                let carried = digits.len() - count;
                return (digits, first + 1 + carried.cast_signed(), is_exact);
            }
        }
    }
}

/// The same by a conversion, for numbers whose powers of ten are long.
fn converted<const B: Word>(finite: &super::Finite<B>, x: &Big<B>, count: usize) -> (String, isize, bool) {
    let exact = decimal(finite.clone());
    let is_exact = exact.repr().digits() <= count && (B == 10 || is_same(&exact, x));
    let (significand, exponent) = exact.with_precision(count).value().into_repr().into_parts();
    let digits = significand.into_parts().1.to_string();
    let point = exponent + digits.len().cast_signed();
    (digits, point, is_exact)
}

/// The same of a number that is `10^(n + r)`, by `10^r`.
fn by_logarithm<const B: Word>(x: &Big<B>, count: usize) -> (String, isize, bool) {
    // The logarithm has the digits of the exponent too.
    const MORE: usize = 30;
    let mut kit = Kit::<B>::new(count + MORE);
    let magnitude = kit.magnitude(x);
    let logarithm = kit.log10(&magnitude);
    let whole = logarithm.finite().and_then(|logarithm| isize::try_from(logarithm.floor().to_int().value()).ok());
    let whole = whole.unwrap_or_else(|| broken("a number that is not 0 has a logarithm, and its exponent is one of the machine's"));
    let (ten, exponent) = (kit.whole(10), kit.whole(whole));
    let rest = kit.sub(&logarithm, &exponent);
    let first = kit.pow(&ten, &rest);
    let finite = first.finite().unwrap_or_else(|| broken("a power of ten from 1 to 10 is finite"));
    let (digits, point, _) = divided(finite, first.top_bits(), count);
    (digits, point + whole, false)
}

fn decimal<const B: Word>(x: super::Finite<B>) -> FBig<HalfEven, 10> {
    let digits = (x.precision() as f64 * super::bits_of::<B>() / super::bits_of::<10>()).ceil() as usize + 3;
    x.with_base_and_precision::<10>(digits).value()
}

fn is_same<const B: Word>(decimal: &FBig<HalfEven, 10>, x: &Big<B>) -> bool {
    let back = decimal.clone().with_base_and_precision::<B>(x.finite().map_or(1, super::Finite::precision));
    x.finite().is_some_and(|x| back.value() == *x)
}

/// Digits with the point behind the first `point` of them, as `ground::number` writes numbers of their size.
fn placed(digits: &str, point: isize, count: usize) -> String {
    const SMALLEST: isize = -4;
    let room = count.max(SURE_DIGITS).cast_signed();
    let length = digits.len().cast_signed();
    if point > room || point < SMALLEST {
        let (first, rest) = digits.split_at(1);
        let rest = if rest.is_empty() { String::new() } else { format!(".{rest}") };
        return format!("{first}{rest}e{}", point - 1);
    }
    match usize::try_from(point) {
        Ok(0) | Err(_) => format!("0.{}{digits}", "0".repeat(point.unsigned_abs())),
        // A number that was rounded shows it by a point.
        Ok(_) if point == length && length == count.cast_signed() => format!("{digits}."),
        Ok(places) if point >= length => format!("{digits:0<places$}"),
        Ok(places) => format!("{}.{}", &digits[..places], &digits[places..]),
    }
}
