//! Numbers as text: the shortest that reads back the same, and rounded for people.

use super::broken;

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

/// The shortest text that reads back as the same number: `3`, `0.1`, `1e300`, `-inf`, `nan`.
pub fn shortest(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    if value == value.trunc() && value.abs() < WHOLE {
        return format!("{value}");
    }
    let text = zmij::Buffer::new().format_finite(value).to_owned();
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let mantissa = mantissa.strip_suffix(".0").unwrap_or(mantissa);
            format!("{mantissa}e{}", exponent.strip_prefix('+').unwrap_or(exponent))
        }
        None => text.strip_suffix(".0").map_or(text.clone(), str::to_owned),
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
    let exact = shortest(value);
    if !value.is_finite() || whole || digits_of(&exact) <= count {
        return exact;
    }
    let text = format!("{value:.*e}", count - 1);
    let exponent = text.split_once('e').and_then(|(_, exponent)| exponent.parse::<isize>().ok());
    let exponent = exponent.unwrap_or_else(|| broken("a number in this form has an exponent"));
    match usize::try_from(count.cast_signed() - 1 - exponent) {
        // As `shortest` writes numbers of this size.
        Ok(0) => fixed(value, 0) + ".",
        Ok(decimals) if exponent >= -5 => fixed(value, decimals),
        _ => text,
    }
}

/// How many significant digits a text has; zeros behind the last other digit of a whole number are none.
fn digits_of(text: &str) -> usize {
    let mantissa = text.split('e').next().unwrap_or(text);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortest_reads_back_the_same() {
        for value in [3.0, -4.0, 0.1, 1e300, 5e-324, -0.0, 1.545_644_884_106_644_1, 123_456_789_012_345_680.0, 1e15, 1e-7] {
            let text = shortest(value);
            assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(value.to_bits()), "{text}");
        }
        assert_eq!(shortest(3.0), "3");
        assert_eq!(shortest(1e300), "1e300");
        assert_eq!(shortest(f64::NEG_INFINITY), "-inf");
    }

    #[test]
    fn people_see_all_digits_of_a_rounded_number_and_an_exact_one_as_it_is() {
        let six = |value| rounded(value, Digits::default());
        for (value, text) in [
            (1.545_644_884_106_644_1, "1.54564"),
            (0.017_986_209_962_091_56, "0.0179862"),
            (0.1 + 0.2, "0.300000"),
            (0.206_509_9, "0.206510"),
            (0.999_999_99, "1.00000"),
            (-3.000_000_1, "-3.00000"),
            (123_456.4, "123456."),
            (123_456.0, "123456"),
            (999_999.7, "1.00000e6"),
            (1_048_576.0, "1048576"),
            (1_234_567.5, "1.23457e6"),
            (1.5e-7, "1.5e-7"),
            (1.0 / 3e7, "3.33333e-8"),
            (0.000_012_345_678, "0.0000123457"),
            (1e300, "1e300"),
            (2.5e22, "2.5e22"),
            (0.25, "0.25"),
            (0.1, "0.1"),
            (-0.196_611_933_241_481_85, "-0.196612"),
            (-0.0, "0"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(six(value), text);
        }
        assert_eq!(rounded(1.0 / 3.0, Digits::Rounded(3)), "0.333");
        assert_eq!(rounded(7.9, Digits::Rounded(1)), "8.");
        assert_eq!(rounded(2.0 / 3.0, Digits::Full), "0.6666666666666666");
    }

    #[test]
    fn decimals_are_the_digits_behind_the_point() {
        let two = |value| rounded(value, Digits::Decimals(2));
        let shown = [3.0, 0.5, 2.0 / 3.0, -0.001, -0.0, 123_456_789.125, 1e300, f64::NAN].map(two);
        assert_eq!(shown, ["3.00", "0.50", "0.67", "0.00", "0.00", "123456789.12", "1.00e300", "nan"]);
        assert_eq!(rounded(2.5, Digits::Decimals(0)), "2");
        assert_eq!(rounded(-0.4, Digits::Decimals(0)), "0");
    }

    /// A text of people's digits says whether it was rounded: where it has fewer than asked for, or is whole without a point
    /// or an exponent, it is the number itself.
    #[test]
    fn a_text_that_looks_exact_is() {
        for exponent in -12..18 {
            for mantissa in [1.0, 1.5, 2.0 / 3.0, 9.999_999, 9.999_999_999, 1.000_000_01, 1.234_56, 4.25] {
                for count in 1..=17 {
                    let value = mantissa * 10f64.powi(exponent);
                    let text = rounded(value, Digits::Rounded(count));
                    let looks_rounded = text.contains(['.', 'e'])
                        && text.split('e').next().is_some_and(|digits| {
                            digits.trim_start_matches(['0', '.']).chars().filter(char::is_ascii_digit).count() == count
                        });
                    assert!(looks_rounded || text.parse() == Ok(value), "{value:e} with {count} digits is {text}");
                }
            }
        }
    }
}
