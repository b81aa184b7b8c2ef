//! Numbers as text: the shortest that reads back the same, and rounded for people.

/// How many significant digits a number is shown with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    /// This many at most, from 1 to 17.
    Rounded(usize),
    /// As many as it takes to read back the same number.
    Full,
}

impl Default for Digits {
    fn default() -> Self {
        Self::Rounded(6)
    }
}

/// Whole numbers up to here are shown in full, whatever the digits asked for.
const WHOLE: f64 = 1e15;

/// How far a number may lie from its rounded text, as a part of it, before the text must not look exact.
const NOISE: f64 = 1e-12;

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

/// A number as people read it.
///
/// A whole number below 1e15 is shown in full. A text that was rounded but has fewer digits than asked for, or
/// no decimal point, would pass for exact: it begins with `~`, unless what is missing is rounding noise.
pub fn rounded(value: f64, digits: Digits) -> String {
    let Digits::Rounded(count) = digits else { return shortest(value) };
    if !value.is_finite() || (value == value.trunc() && value.abs() < WHOLE) {
        return shortest(value);
    }
    let count = count.clamp(1, 17);
    let text = format!("{value:.*e}", count - 1);
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let wanted = i32::try_from(count).unwrap_or(17);
    let (shown, whole) = if (-5..wanted).contains(&exponent) {
        let decimals = usize::try_from(wanted - 1 - exponent).unwrap_or(0);
        let fixed = format!("{value:.decimals$}");
        let whole = !fixed.contains('.');
        (without_zeros(&fixed).to_owned(), whole)
    } else {
        (format!("{}e{exponent}", without_zeros(mantissa)), false)
    };
    let read: f64 = shown.parse().unwrap_or(f64::NAN);
    let significant =
        shown.split('e').next().unwrap_or("").trim_start_matches(['-', '0', '.']).chars().filter(char::is_ascii_digit).count();
    let noise = ((read - value) / value).abs() <= NOISE;
    if !noise && (whole || significant < count) { format!("~{shown}") } else { shown }
}

fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
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
    fn people_see_rounded_numbers_and_are_told_when_that_matters() {
        let six = |value| rounded(value, Digits::default());
        assert_eq!(six(1.545_644_884_106_644_1), "1.54564");
        assert_eq!(six(0.017_986_209_962_091_56), "0.0179862");
        assert_eq!(six(0.1 + 0.2), "0.3");
        assert_eq!(six(0.999_999_99), "~1");
        assert_eq!(six(3.000_000_1), "~3");
        assert_eq!(six(123_456.789), "~123457");
        assert_eq!(six(1_048_576.0), "1048576");
        assert_eq!(six(1_234_567.5), "1.23457e6");
        assert_eq!(six(1.5e-7), "1.5e-7");
        assert_eq!(six(1e300), "1e300");
        assert_eq!(six(0.25), "0.25");
        assert_eq!(six(-0.196_611_933_241_481_85), "-0.196612");
        assert_eq!(rounded(1.0 / 3.0, Digits::Rounded(3)), "0.333");
        assert_eq!(rounded(2.0 / 3.0, Digits::Full), "0.6666666666666666");
    }
}
