//! Numbers and texts as people see them, and what is charged for them.

use gradcalc::ground::budget::{Budget, DEFAULT_BYTES, LEAST_BYTES, read_size, size};
use gradcalc::ground::number::{Digits, rounded, shortest};
use gradcalc::ground::text::{harmless, one_line};
use gradcalc::ground::{FaultKind, Span};

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
                    && text
                        .split('e')
                        .next()
                        .is_some_and(|digits| digits.trim_start_matches(['0', '.']).chars().filter(char::is_ascii_digit).count() == count);
                assert!(looks_rounded || text.parse() == Ok(value), "{value:e} with {count} digits is {text}");
            }
        }
    }
}

/// People's digits are those of the standard library, which rounds the number itself: of any number, of those half way between two
/// decimals and next to these, and of those whose digits are all nines.
#[test]
fn digits_are_rounded_from_the_number_itself() {
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut numbers: Vec<f64> = (0..40_000).map(|_| f64::from_bits(random())).filter(|number| number.is_finite()).collect();
    for _ in 0..4_000 {
        let places = (random() % 12) as i32;
        // Half way between two decimals, and nines.
        let half = ((random() % 100_000) as f64 + 0.5) / 10f64.powi(places);
        let nines = (10f64.powi((random() % 15) as i32) - 1.0) / 10f64.powi(places + 8);
        numbers.extend([half, half.next_up(), half.next_down(), nines, -nines.next_up(), 2.5, 0.125, 1e22 + 1e7]);
    }
    for number in numbers {
        for count in 1..=17 {
            let text = rounded(number, Digits::Rounded(count));
            let expected = format!("{number:.*e}", count - 1);
            let digits = |text: &str| text.split('e').next().map_or(0, |text| text.chars().filter(char::is_ascii_digit).count());
            let exact = text.parse() == Ok(number) && digits(&shortest(number)) <= digits(&text);
            assert!(exact || text.parse::<f64>() == expected.parse::<f64>(), "{number:e} with {count} digits is {text}, not {expected}");
        }
    }
}

#[test]
fn what_a_terminal_obeys_is_shown_as_a_sign() {
    assert_eq!(harmless("x\t= σ(1)\r\ny\n"), "x\t= σ(1)\r\ny\n");
    assert_eq!(harmless("\u{1b}[2J\u{7}\r\u{9b}1m\u{7f}\u{0}"), "\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}1m\u{fffd}\u{fffd}");
    assert_eq!(harmless("a\u{202e}b\u{2066}c\u{200f}d\u{2028}e"), "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e");
    // Joiners shape letters and obey nothing.
    assert_eq!(harmless("a\u{200d}b"), "a\u{200d}b");
    assert_eq!(one_line("a\nb\r\nc\td"), "a\u{fffd}b\u{fffd}\u{fffd}c\td");
}

#[test]
fn sizes_are_read_as_they_are_written() {
    for (text, bytes) in [("4GiB", 4 << 30), ("1.5 MiB", 3 << 19), ("2 gb", 2_000_000_000), ("1048576B", 1 << 20)] {
        assert_eq!(read_size(text), Some(bytes), "{text}");
    }
    for text in ["", "4", "GiB", "-1GiB", "1KiB", "nanGiB", "1e3GiB", "4 GiB x", "9999999TiB"] {
        assert_eq!(read_size(text), None, "{text}");
    }
    assert_eq!(size(DEFAULT_BYTES), "2 GiB");
    assert_eq!(size(LEAST_BYTES * 5 / 2), "2.5 MiB");
    assert_eq!(size(100), "100 bytes");
}

#[test]
fn a_statement_is_charged_beside_what_is_kept() {
    let mut budget = Budget::of(1 << 20);
    budget.begin(1 << 19);
    let span = Span::new(0, 1);
    assert!(budget.plan(1 << 16, span).is_ok());
    let fault = budget.plan(1, span).expect_err("the budget is full");
    assert_eq!(fault.kind, FaultKind::Limit);
    budget.begin(0);
    assert!(budget.fits(1 << 17, span).is_ok());
    assert!(budget.charge(1, span).is_ok());
    assert!(budget.fits(1 << 17, span).is_err());
}

/// A number that is neither whole, nor large or small, is written as the standard library writes it: as short as it can be.
#[test]
fn usual_numbers_are_as_short_as_they_can_be() {
    let mut state = 88_172_645_463_325_252u64;
    let ends = [1e-4, 1e-4f64.next_down(), 1e9, 1e9f64.next_down(), 0.1, 123_456.5, 2_147_483_647.5, -0.25];
    let random = (0..20_000).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let size = 10f64.powi((state % 13) as i32 - 4);
        (state >> 11) as f64 / 2f64.powi(53) * size * if state & 1024 == 0 { 1.0 } else { -1.0 }
    });
    for number in ends.into_iter().chain(random).filter(|number| (1e-4..1e15).contains(&number.abs())) {
        assert_eq!(gradcalc::ground::number::shortest(number), format!("{number}"));
    }
}
