//! What is known of a text while it is being typed, tried on random texts: its pieces are the whole of it, and agree with
//! what the session makes of it.
//!
//! The seed is fixed, so that a failure tells of a change; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` choose others.

use gradcalc::session::typing::{Piece, partner};
use gradcalc::session::{Session, Settings};
use gradcalc::views::Source;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseResult, TestRunner};
use std::cell::Cell;

/// Tries a property on so many cases.
fn for_all<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value) -> TestCaseResult) {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(1);
    }
    if let Err(failure) = TestRunner::new(config).run(strategy, property) {
        panic!("{failure}");
    }
}

/// A session that has run a text, unless a statement of it failed.
fn session(text: &str) -> Option<Session> {
    let mut session = Session::new(Settings::default());
    let mut failed = false;
    let mut take = |answer: Result<_, _>| failed |= answer.is_err();
    session.run(text, &Source { name: "<test>".into(), line: 1 }, false, &mut take).ok()?;
    (!failed).then_some(session)
}

/// Words of the language, and what comes close to them.
fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => prop::sample::select(vec![
            "x", "y", "q", "f", "f(", "sigma", "sigma(", "d(", "load(", "σ", "π", "∞", "x̄", "k", "axis=0", "\"a b\"", "\"", "# ", "\\si", "\\",
            "const ", "print ", "include ", "set ", "assert ", "=", "==", "(", ")", "[", "]", ",", ";", "\n", "\r\n", "\r", " ", "\t",
            "\u{a0}", "\u{feff}", "+", "-", "*", "**", "^", "/", "²", "'", ".T", "√", "±", "+/-", "≤", "1", "2.5e-3", "1_000", ".", "?", "$",
        ])
        .prop_map(str::to_owned),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

#[test]
fn pieces_are_the_whole_text_in_order() {
    let session = session("x = 3; const k = 2; q = x^2; f(a, b) = a*b").expect("it runs");
    let text = prop_oneof![words(), any::<String>()];
    for_all(2_000, &text, |text| {
        let mut done = 0;
        for (range, piece) in session.pieces(&text) {
            prop_assert!(range.start == done && range.end > done, "{range:?} after {done} in {text:?}");
            let part = text.get(range.clone());
            prop_assert!(part.is_some(), "{range:?} is no place in {text:?}");
            let part = part.unwrap_or_default();
            prop_assert!(piece != Piece::Comment || part.starts_with('#'), "{part:?} in {text:?}");
            prop_assert!(piece != Piece::Space || part.chars().all(|c| c.is_whitespace() || c == '\u{feff}'), "{part:?} in {text:?}");
            done = range.end;
        }
        prop_assert_eq!(done, text.len());
        Ok(())
    });
}

#[test]
fn every_place_of_any_text_can_be_asked_about() {
    let session = session("x = 3; const k = 2; q = x^2; f(a, b) = a*b; x̄ = 1").expect("it runs");
    for_all(400, &prop_oneof![words(), any::<String>()], |text| {
        for at in 0..=text.len() + 2 {
            let (start, found) = session.completions(&text, at);
            prop_assert!(start <= at && text.is_char_boundary(start), "{start} for {at} in {text:?}");
            let word = text.get(start..at.min(text.len()));
            for candidate in &found {
                let fits = word.is_some_and(|word| word.starts_with('\\') || candidate.text.starts_with(word));
                // Inside a letter, the word is the one before it.
                prop_assert!(fits || !text.is_char_boundary(at), "{candidate:?} for {at} in {text:?}");
            }
            if let Some(other) = partner(&text, at) {
                let here = if partner(&text, other) == Some(at) { at } else { at - 1 };
                prop_assert_eq!(partner(&text, other), Some(here), "{} in {:?}", at, text);
                prop_assert!(matches!(text.as_bytes()[other], b'(' | b')' | b'[' | b']'), "{text:?}");
            }
        }
        Ok(())
    });
}

/// What a text says of a name that it defines is what the session says once it has run.
#[test]
fn a_defined_name_is_what_the_session_makes_of_it() {
    let statement = (
        prop::sample::select(vec!["a", "b", "c", "pi", "set"]),
        prop::sample::select(vec![
            "N = 3",
            "N = 2*pi # b",
            "N = a*b",
            "N = b + 1",
            "N = b +\n c",
            "N =  2 *\n\n 3",
            "N = [1;\n 2]",
            "const N = 2",
            "const N = b + 1",
            "N = f(b, 2)",
            "N(a, b) = a*b",
            "f(a, b) = a -\n b",
            "f(b, c) = b*\n c",
            "N == 3",
            "assert N == N",
            "print N, \"a b\"",
            "sigma(b)",
            "set digits 5",
        ]),
    );
    let text = prop::collection::vec(statement, 1..8).prop_map(|statements| {
        let written: Vec<String> = statements.iter().map(|(name, form)| form.replace('N', name)).collect();
        written.join("\n")
    });
    let compared = Cell::new(0);
    for_all(1_000, &text, |text| {
        let base = "f(a, b) = a + b\nb = 1\na = 2\n";
        let text = format!("{base}{text}\n");
        let fresh = Session::new(Settings::default());
        let Some(known) = session(&text) else { return Ok(()) };
        compared.set(compared.get() + 1);
        for name in ["a", "b", "c", "pi", "set", "f", "f(1, 2)", "a(1, 2)", "b(1, 2)", "sigma(a)"] {
            let whole = format!("{text}{name}");
            let typed = fresh.pieces(&whole).into_iter().find(|(range, _)| range.start == text.len()).map(|(_, piece)| piece);
            let told = known.pieces(name).first().map(|(_, piece)| *piece);
            prop_assert_eq!(typed, told, "{} after {:?}", name, text);
        }
        Ok(())
    });
    assert!(compared.get() > 0, "some texts run");
}
