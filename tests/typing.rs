//! What is known of a text while it is being typed, tried on random texts: its pieces are the whole of it, and agree with
//! what the session makes of it.
//!
//! The seed is fixed, so that a failure tells of a change; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` choose others.

use gradcalc::ground::Cancellation;
use gradcalc::session::typing::{WordKind, partner};
use gradcalc::session::{FinalDefinition, Outcome, Session, Settings};
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
            prop_assert!(piece != WordKind::Comment || part.starts_with('#'), "{part:?} in {text:?}");
            // Behind a backslash a line goes on.
            let blank = part.replace("\\\r\n", "").replace("\\\n", "").replace("\\\r", "");
            prop_assert!(piece != WordKind::Space || blank.chars().all(|c| c.is_whitespace() || c == '\u{feff}'), "{part:?} in {text:?}");
            done = range.end;
        }
        prop_assert_eq!(done, text.len());
        Ok(())
    });
}

#[test]
fn every_place_of_any_text_can_be_asked_about() {
    let session = session("x = 3; const k = 2; q = x^2; f(a, b) = a*b; x̄ = 1").expect("it runs");
    for_all(800, &prop_oneof![words(), any::<String>()], |text| {
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
                prop_assert!(matches!(text.as_bytes()[other], b'(' | b')' | b'[' | b']' | b'{' | b'}'), "{text:?}");
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

/// Statements that mean something, and some that do not.
fn statements(most: usize) -> impl Strategy<Value = String> {
    let statement = prop::sample::select(vec![
        "x = 2",
        "y = x*3",
        "q = x^2 + y",
        "f(a) = a*x + q",
        "f(3)",
        "f(x)",
        "x*y - q",
        "ans + 1",
        "const k = x",
        "W = [1, 2; 3, 4]",
        "sum(W @ W*x)",
        "W @ [x, y]",
        "randn(3)",
        "sum(randn(2, 2)*x)",
        "d(q*x, x)",
        "assert x == 2",
        "print x, q",
        "set digits 3",
        "set seed 5",
        "set wrt x",
        "set view json",
        "sqrt(-x)",
        "x +",
        "zz",
        "max(x, y)",
        "include \"nowhere\"",
        "load(\"Cargo.toml\")",
        "f(f(f(f(x))))",
        "zeros(1000, 1000)",
        "inv(W)",
        "x = [1, 2]",
        "sum(x)",
        "where(x > 1, x, y)",
        "1/0",
        "g(a) = g(a)",
        "g(1)",
        "f(a) = a",
        "set upstream x",
        "x;",
    ]);
    prop::collection::vec(statement, 1..=most).prop_map(|statements| statements.join("; "))
}

#[test]
fn a_preview_is_the_answer_and_leaves_no_trace() {
    let previewed = Cell::new(0);
    let cases = if crate::support::is_deep() { 1_000 } else { 400 };
    for_all(cases, &(statements(6), statements(2)), |(before, text)| {
        let mut session = session("x = 2; y = 3; W = [1, 2; 3, 4]; f(a) = a*x; q = f(y)").expect("it runs");
        let source = Source { name: "<test>".into(), line: 1 };
        let _ = session.run(&before, &source, false, &mut |_| {});
        let known = format!("{session:?}");
        let preview = session.preview(&text, &Cancellation::default());
        prop_assert_eq!(format!("{session:?}"), known, "{} after {}", text, before);
        let Some(preview) = preview else { return Ok(()) };
        previewed.set(previewed.get() + 1);
        // What is entered then gives the same.
        session.settings.files = None;
        let mut reading = session.read(&text, &source, FinalDefinition::KnownStage).expect("it was read before");
        let mut last = None;
        while let Some(outcome) = session.step(&mut reading) {
            // An array is previewed without gradients, which a line that is entered asks for.
            if outcome.as_ref().is_err_and(|fault| fault.kind == gradcalc::FaultKind::Shape && preview.backward.is_none()) {
                return Ok(());
            }
            last = Some(outcome.expect("nothing failed before"));
        }
        let Some(Outcome::Answer(answer)) = last else { return Err(TestCaseError::fail(format!("no answer to {text}"))) };
        let bits = |numbers: &[f64]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(answer.numbers(answer.output)), bits(preview.numbers(preview.output)), "{} after {}", text, before);
        Ok(())
    });
    assert!(previewed.get() > cases / 5, "{}", previewed.get());
}
