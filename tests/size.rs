//! Size: nothing recurses over what the user typed, so a thread with 256 KiB of stack answers everything.
//!
//! Expected values and gradients are calculus, or a plain loop here.

use crate::support::is_deep;
use gradcalc::ground::FaultKind;
use gradcalc::session::{Session, Settings};
use gradcalc::views::{Answer, Source, Style, VIEWS};
use gradcalc::vocabulary::gate::Family;
use std::fmt::Write as _;

/// Runs on a thread with a small stack.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(work).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

fn source() -> Source {
    Source { name: "<text>".into(), line: 1 }
}

fn answer(text: &str, inputs: &[(&str, &str)]) -> std::sync::Arc<Answer> {
    let mut session = Session::new(Settings::default());
    for (name, value) in inputs {
        session.bind(name, value).expect("a value");
    }
    let mut answers = Vec::new();
    let ran = session.run(text, &source(), true, &mut |outcome| answers.push(outcome));
    ran.unwrap_or_else(|fault| panic!("{}", fault.message));
    answers.remove(0).unwrap_or_else(|fault| panic!("{}", fault.message))
}

fn gradient(answer: &Answer, at: usize) -> f64 {
    let input = answer.active_inputs().nth(at).expect("an input");
    answer.gradient(input).expect("a gradient")
}

#[test]
fn a_sum_of_a_million_terms() {
    on_a_small_stack(|| {
        let answer = answer(&vec!["x"; 1_000_000].join("+"), &[("x", "0.5")]);
        assert_eq!((answer.value(), gradient(&answer, 0)), (500_000.0, 1_000_000.0));
    });
}

#[test]
fn a_tower_of_powers() {
    on_a_small_stack(|| {
        let answer = answer(&vec!["x"; 100_000].join("^"), &[("x", "1")]);
        // Each level x^r has the slope r x^(r-1) + x^r log(x) r' = 1 at x = 1.
        assert_eq!((answer.value(), gradient(&answer, 0)), (1.0, 1.0));
    });
}

#[test]
fn a_chain_of_signs() {
    on_a_small_stack(|| {
        let odd = answer(&format!("{}x", "-".repeat(100_001)), &[("x", "3")]);
        assert_eq!((odd.value(), gradient(&odd, 0)), (-3.0, -1.0));
    });
}

#[test]
fn a_random_circuit_of_very_many_operations() {
    on_a_small_stack(|| {
        let count = if is_deep() { 1_000_000usize } else { 60_000 };
        let mut state = 7u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let operations: Vec<(usize, usize, usize)> = (0..count).map(|at| (random(4), at + 1, random(at + 2))).collect();
        let name = |at: usize| if at < 2 { ["x", "y"][at].to_owned() } else { format!("v{at}") };
        let mut text = String::new();
        for (at, &(kind, left, right)) in operations.iter().enumerate() {
            let (a, b) = (name(left), name(right));
            let _ = match kind {
                0 => writeln!(text, "v{} = sin({a} + {b})", at + 2),
                1 => writeln!(text, "v{} = 0.5*{a} - {b}*0.25", at + 2),
                2 => writeln!(text, "v{} = {a}*cos({b})", at + 2),
                _ => writeln!(text, "v{} = tanh({a}) + 1", at + 2),
            };
        }
        // The same by hand, forward and backward.
        let (mut v, mut d) = (vec![0.0; count + 2], vec![0.0; count + 2]);
        (v[0], v[1]) = (0.3f64, 0.7f64);
        for (at, &(kind, a, b)) in operations.iter().enumerate() {
            v[at + 2] = match kind {
                0 => core_math::sin(v[a] + v[b]),
                1 => 0.5 * v[a] - v[b] * 0.25,
                2 => v[a] * core_math::cos(v[b]),
                _ => core_math::tanh(v[a]) + 1.0,
            };
        }
        d[count + 1] = 1.0;
        for (at, &(kind, a, b)) in operations.iter().enumerate().rev() {
            let g: f64 = d[at + 2];
            let (to_a, to_b) = match kind {
                0 => (core_math::cos(v[a] + v[b]) * g, core_math::cos(v[a] + v[b]) * g),
                1 => (0.5 * g, -0.25 * g),
                2 => (core_math::cos(v[b]) * g, -core_math::sin(v[b]) * v[a] * g),
                _ => ((1.0 - core_math::tanh(v[a]).powi(2)) * g, 0.0),
            };
            d[a] += to_a;
            d[b] += to_b;
        }
        let answer = answer(&text, &[("x", "0.3"), ("y", "0.7")]);
        assert!(answer.forward > count);
        assert_eq!(answer.value(), v[count + 1]);
        let by_name = |wanted: &str| {
            let names = answer.names();
            let input = answer.active_inputs().find(|&id| names.of(id) == Some(wanted)).expect("an input");
            answer.gradient(input).expect("a gradient")
        };
        let near = |found: f64, truth: f64| (found - truth).abs() <= 1e-9 * truth.abs().max(1e-300);
        assert!(near(by_name("x"), d[0]), "dx {} {}", by_name("x"), d[0]);
        assert!(near(by_name("y"), d[1]), "dy {} {}", by_name("y"), d[1]);
    });
}

#[test]
fn every_view_shows_a_large_circuit() {
    on_a_small_stack(|| {
        let text = (0..if is_deep() { 30_000 } else { 10_000 })
            .fold("x".to_owned(), |text, at| format!("{text}{}{}.5", ["+", "*", "-"][at % 3], at % 7));
        let answer = answer(&text, &[("x", "1e-300")]);
        for view in VIEWS.iter().filter(|view| view.refusal(&answer).is_none()) {
            let mut page = String::new();
            view.show(&answer, &Style::default(), &mut page).expect("a page");
            assert!(page.ends_with('\n'), "{}", view.name);
        }
    });
}

#[test]
fn brackets_nest_without_limit() {
    on_a_small_stack(|| {
        let depth = 100_000;
        let nested = |open: &str, close: &str, inner: &str| format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
        let plain = answer(&nested("(", ")", "x"), &[("x", "0.5")]);
        assert_eq!((plain.value(), gradient(&plain, 0)), (0.5, 1.0));
        // The sines of sines go to 0 as the root of 3/n.
        let sines = answer(&nested("sin(", ")", "x"), &[("x", "0.5")]);
        assert!((sines.value() / (3.0 / 100_000.0f64).sqrt() - 1.0).abs() < 1e-3, "{}", sines.value());
        let sums = answer(&nested("(1 + ", ")", "x"), &[("x", "0.5")]);
        assert_eq!((sums.value(), gradient(&sums, 0)), (100_000.5, 1.0));
        let mut session = Session::new(Settings::default());
        for unclosed in ["(".repeat(depth), "[".repeat(depth), "x[".repeat(depth), nested("(", "", "x")] {
            let fault = session.run(&unclosed, &source(), true, &mut |_| {}).expect_err("it is never closed");
            assert_eq!(fault.kind, FaultKind::Parse);
        }
        // A list of lists of lists is refused, however deep.
        assert!(session.run(&nested("[", "]", "x"), &source(), true, &mut |outcome| assert!(outcome.is_err())).is_ok());
    });
}

#[test]
fn many_operands_of_one_gate() {
    on_a_small_stack(|| {
        let operands: Vec<String> = (0..100_000).map(|at| format!("{at}*x")).collect();
        let answer = answer(&format!("max({})", operands.join(", ")), &[("x", "2")]);
        assert_eq!((answer.value(), gradient(&answer, 0)), (199_998.0, 99_999.0));
        assert_ne!(answer.program.gate(answer.output).row().family, Family::Internal);
    });
}

#[test]
fn names_given_anew_leave_nothing_behind() {
    let mut session = Session::new(Settings::default());
    let mut last = Vec::new();
    let mut most = 0;
    let given = "x = 1.5; y = 2; const k = 3; f(a) = a*y; kept = x*y + k";
    session.run(given, &source(), false, &mut |_| {}).expect("a text of the language");
    for at in 0..40_000 {
        let text = format!("q = kept*{at} + f(x); p = q/7; z{} = p + sin(q)", at % 10);
        session.run(&text, &source(), false, &mut |_| {}).expect("a text of the language");
        most = most.max(session.size());
    }
    // Eight stages a line, and room for 65,536.
    assert!(most < 70_000, "{most}");
    session.run("q + p + z9 + kept", &source(), false, &mut |outcome| last.push(outcome)).expect("a text of the language");
    let answer = last.pop().expect("an outcome").expect("an answer");
    // kept = 1.5*2 + 3 = 6; q = 6*39999 + 3, in line 39,999, as p and z9.
    let q = 6.0 * 39_999.0 + 3.0;
    assert!((answer.value() - (q + q / 7.0 + q / 7.0 + f64::sin(q) + 6.0)).abs() < 1e-6 * q, "{}", answer.value());
    assert_eq!(answer.active_inputs().count(), 2);
}
