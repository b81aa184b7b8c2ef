//! What a key costs in a session with many names: a text of 200 characters is coloured, its bracket is matched, its last
//! word is completed, and its value and gradients are found. All of it together must stay far below the 20 ms that a
//! person notices.

use gradcalc::ground::Cancellation;
use gradcalc::session::typing::partner;
use gradcalc::session::{Session, Settings};
use gradcalc::views::Source;
use std::fmt::Write as _;
use std::hint::black_box;

/// How many names the session has.
const NAMES: usize = 1_000;

/// The length of the text.
const LENGTH: usize = 200;

fn main() {
    let (session, text) = (session(), text());
    let answer = session.preview(&text, &Cancellation::default()).expect("an answer");
    assert!(answer.value().is_finite() && answer.active_inputs().count() > 10, "{text}");
    divan::main();
}

/// Inputs, named stages and functions, a third of each.
fn session() -> Session {
    let mut session = Session::new(Settings::default());
    let mut text = String::new();
    for at in 0..NAMES / 3 {
        let _ = writeln!(text, "x{at} = {}.5; q{at} = x{at}^2 + 1; f{at}(a, b) = a*b + x{at}", at % 7);
    }
    session.run(&text, &Source { name: "bench".into(), line: 1 }, false, &mut |_| {}).expect("a text of the language");
    session
}

/// A text that uses many of the names.
fn text() -> String {
    let mut text = String::from("x0");
    for at in 1.. {
        let more = match at % 3 {
            0 => format!(" + sigma(x{at})"),
            1 => format!(" - q{at}/3"),
            _ => format!(" + f{at}(x{at}, 2)"),
        };
        if text.len() + more.len() > LENGTH {
            break;
        }
        text += &more;
    }
    text
}

#[divan::bench]
fn colours(bencher: divan::Bencher) {
    let (session, text) = (session(), text());
    bencher.bench_local(|| session.pieces(black_box(&text)));
}

#[divan::bench]
fn matching_bracket(bencher: divan::Bencher) {
    let text = text();
    bencher.bench_local(|| partner(black_box(&text), text.len() - 1));
}

#[divan::bench]
fn completion(bencher: divan::Bencher) {
    let (session, text) = (session(), format!("{} + x1", text()));
    bencher.bench_local(|| session.completions(black_box(&text), text.len()));
}

/// What every key costs before any value is found: it must stay below a millisecond.
#[divan::bench]
fn all_but_the_answer(bencher: divan::Bencher) {
    let (session, text) = (session(), format!("{} + x1", text()));
    bencher.bench_local(|| {
        let text = black_box(&text[..]);
        (session.pieces(text), session.completions(text, text.len()), partner(text, text.len() - 5))
    });
}

#[divan::bench]
fn live_answer(bencher: divan::Bencher) {
    let (session, text) = (session(), text());
    bencher.bench_local(|| session.preview(black_box(&text), &Cancellation::default()));
}
