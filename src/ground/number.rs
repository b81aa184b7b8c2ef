//! Numbers as text: the shortest that reads back the same, and rounded for people.

use super::broken;
use std::io::Write as _;

/// How many digits a number is shown with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    /// This many significant ones, from 1 to 17.
    Rounded(usize),
    /// This many behind the point, from 0 to 17.
    Decimals(usize),
    /// As many as it takes to read back the same number.
    Full,
}

impl Default for Digits {
    fn default() -> Self {
        Self::Rounded(6)
    }
}

/// The most digits that either of them asks for.
pub const MOST_DIGITS: usize = 17;

/// Whole numbers below are shown in full, whatever the digits asked for.
const WHOLE: f64 = 1e15;

/// Two numbers with the digits asked for, or with as many more as it takes to tell them apart.
pub fn apart(numbers: [f64; 2], digits: Digits) -> [String; 2] {
    let more = |more: usize| match digits {
        Digits::Rounded(least) => Digits::Rounded((least + more).min(MOST_DIGITS)),
        Digits::Decimals(least) => Digits::Decimals((least + more).min(MOST_DIGITS)),
        Digits::Full => Digits::Full,
    };
    let mut tries = (0..=MOST_DIGITS).map(|by| numbers.map(|number| rounded(number, more(by))));
    tries.find(|[one, other]| one != other).unwrap_or_else(|| numbers.map(shortest))
}

/// The shortest text that reads back as the same number: `3`, `0.1`, `1e300`, `-inf`, `nan`.
pub fn shortest(value: f64) -> String {
    let mut text = Vec::new();
    push_shortest(value, &mut text);
    String::from_utf8(text).unwrap_or_else(|_| broken("numbers are written in ASCII"))
}

/// Writes that text behind others.
#[inline]
pub fn push_shortest(value: f64, text: &mut Vec<u8>) {
    // Most numbers are neither whole nor written with an exponent.
    const USUAL: std::ops::Range<f64> = 1e-4..1e9;
    if USUAL.contains(&value.abs()) && value != f64::from(value as i32) {
        let mut buffer = zmij::Buffer::new();
        return text.extend_from_slice(buffer.format_finite(value).as_bytes());
    }
    push_unusual(value, text);
}

/// Writes a number of any kind behind others.
fn push_unusual(value: f64, text: &mut Vec<u8>) {
    if value.is_nan() {
        return text.extend_from_slice(b"nan");
    }
    if value.is_infinite() {
        return text.extend_from_slice(if value > 0.0 { b"inf" } else { b"-inf" });
    }
    if value == value.trunc() && value.abs() < WHOLE {
        let _ = write!(text, "{value}");
        return;
    }
    let mut buffer = zmij::Buffer::new();
    let written = buffer.format_finite(value).as_bytes();
    // An exponent is the end of it: a sign and three digits at most.
    let last = written.len().saturating_sub(5);
    let end = written[last..].iter().position(|&byte| byte == b'e').map_or(written.len(), |at| last + at);
    let (mantissa, exponent) = written.split_at(end);
    text.extend_from_slice(mantissa.strip_suffix(b".0").unwrap_or(mantissa));
    if let Some(exponent) = exponent.strip_prefix(b"e") {
        text.push(b'e');
        text.extend_from_slice(exponent.strip_prefix(b"+").unwrap_or(exponent));
    }
}

/// A number as people read it; the sign of a zero is left out.
///
/// A number whose shortest text has no more digits than asked for is shown as that text, and so is a whole number below
/// 1e15. Any other one has all the digits asked for, and a point or an exponent: `1.00000` was rounded, `1` was not.
pub fn rounded(value: f64, digits: Digits) -> String {
    if value == 0.0 {
        return fixed(0.0, if let Digits::Decimals(count) = digits { count } else { 0 });
    }
    match digits {
        Digits::Rounded(count) => significant(value, count.clamp(1, MOST_DIGITS)),
        Digits::Decimals(count) if value.is_finite() && value.abs() < WHOLE => fixed(value, count),
        Digits::Decimals(count) if value.is_finite() => format!("{value:.count$e}"),
        Digits::Decimals(_) | Digits::Full => shortest(value),
    }
}

/// With so many digits behind the point; what they make zero has no sign.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(zero) if !zero.contains(|c: char| matches!(c, '1'..='9')) => zero.to_owned(),
        _ => text,
    }
}

fn significant(value: f64, count: usize) -> String {
    let whole = value == value.trunc() && value.abs() < WHOLE;
    if !value.is_finite() || whole {
        return shortest(value);
    }
    let mut buffer = zmij::Buffer::new();
    let decimal = Decimal::of(buffer.format_finite(value).as_bytes());
    if decimal.count <= count {
        return shortest(value);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    if let Some(Decimal { digits, power, .. }) = decimal.nearest(count) {
        return laid_out(sign, &digits[..count], power);
    }
    let (digits, power) = exactly(value, count);
    laid_out(sign, digits.as_bytes(), power)
}

/// The most digits of a text that reads back as a binary64 number, where it is the shortest.
const MOST_OF_SHORTEST: usize = 17;

/// The most digits of which no two numbers round to the same binary64 one.
const TOLD: usize = 15;

/// A decimal number without its sign: digits, the first and the last of which are not 0, and the power of 10 that the first stands for.
#[derive(Clone, Copy, Debug, Default)]
struct Decimal {
    digits: [u8; MOST_OF_SHORTEST],
    count: usize,
    power: isize,
}

impl Decimal {
    /// That of the shortest text of a finite number; one of 0 has no digits.
    fn of(text: &[u8]) -> Self {
        let mut decimal = Self::default();
        // How many digits stand before the point, without zeros in front, or how many zeros follow it.
        let (mut before, mut zeros, mut is_behind) = (0, 0, false);
        let mut bytes = text.iter();
        let mut pending = 0;
        while let Some(&byte) = bytes.next() {
            match byte {
                b'0' if decimal.count == 0 => zeros += isize::from(is_behind),
                b'0' => pending += 1,
                b'1'..=b'9' => {
                    decimal.digits[decimal.count..][..pending].fill(b'0');
                    decimal.digits[decimal.count + pending] = byte;
                    decimal.count += pending + 1;
                    pending = 0;
                }
                b'.' => {
                    is_behind = true;
                    before = decimal.count + pending;
                }
                b'e' => {
                    let exponent = std::str::from_utf8(bytes.as_slice()).ok().and_then(|text| text.parse::<isize>().ok());
                    decimal.power = exponent.unwrap_or_else(|| broken("an exponent is a whole number"));
                    break;
                }
                _ => {}
            }
        }
        if !is_behind {
            before = decimal.count + pending;
        }
        decimal.power += if before > 0 { before.cast_signed() - 1 } else { -1 - zeros };
        decimal
    }

    /// So many digits of the number that it is the shortest text of, which has more; none where only the number itself tells to which
    /// side it is rounded.
    ///
    /// Between a number and its shortest text lies no shorter decimal, or that would be the text: where neither is half way between two
    /// such decimals, both are rounded to the same one.
    fn nearest(mut self, count: usize) -> Option<Self> {
        if count >= TOLD || self.count == count + 1 && self.digits[count] == b'5' {
            return None;
        }
        let is_up = self.digits[count] >= b'5';
        self.count = count;
        if is_up {
            if let Some(last) = self.digits[..count].iter().rposition(|&digit| digit != b'9') {
                self.digits[last] += 1;
                self.digits[last + 1..count].fill(b'0');
            } else {
                self.digits[..count].fill(b'0');
                self.digits[0] = b'1';
                self.power += 1;
            }
        }
        Some(self)
    }
}

/// The same from the number itself.
fn exactly(value: f64, count: usize) -> (String, isize) {
    let text = format!("{:.*e}", count - 1, value.abs());
    let Some((mantissa, exponent)) = text.split_once('e') else { broken("a number in this form has an exponent") };
    (mantissa.replace('.', ""), exponent.parse().unwrap_or_else(|_| broken("the exponent is a whole number")))
}

/// Digits of which the first stands for a power of 10, with a point or an exponent as `shortest` writes numbers of this size.
fn laid_out(sign: &str, digits: &[u8], power: isize) -> String {
    let mut text = Vec::with_capacity(digits.len() + 8);
    text.extend_from_slice(sign.as_bytes());
    match usize::try_from(power) {
        Ok(before) if before < digits.len() => {
            text.extend_from_slice(&digits[..=before]);
            text.push(b'.');
            text.extend_from_slice(&digits[before + 1..]);
        }
        Err(_) if power >= -5 => {
            text.extend_from_slice(&b"0.0000"[..=power.unsigned_abs()]);
            text.extend_from_slice(digits);
        }
        _ => {
            let (first, rest) = digits.split_at(1);
            text.extend_from_slice(first);
            text.extend_from_slice(if rest.is_empty() { b"" } else { b"." });
            text.extend_from_slice(rest);
            let _ = write!(text, "e{power}");
        }
    }
    String::from_utf8(text).unwrap_or_else(|_| broken("numbers are written in ASCII"))
}

/// How many significant digits the shortest text has that reads back as a number, zeros behind the last other one left out; 0 of what is
/// not finite.
pub fn shortest_digits(x: f64) -> usize {
    if x.is_finite() { Decimal::of(zmij::Buffer::new().format_finite(x).as_bytes()).count } else { 0 }
}

/// Whether a number has so few binary digits, 24 before the point and 4 behind it, that sums, products and quotients of such numbers
/// that are one again were not rounded.
pub fn is_short_binary(x: f64) -> bool {
    x.abs() < 16_777_216.0 && (x * 16.0).fract() == 0.0
}

/// Whether a number has so few binary digits that its decimal ones are few as well, and all of them.
pub fn is_short_decimal(x: f64) -> bool {
    const PLACES: f64 = 1024.0;
    x.abs() < 1e15 && (x.trunc() == x || x.abs() < 1e5 && (x * PLACES).trunc() == x * PLACES)
}
