//! What a session keeps of the stages that it has evaluated changes no number and no word.

use crate::support::is_deep;
use gradcalc::forms::reader::Reader;
use gradcalc::session::{FinalDefinition, Outcome, Session, Settings};
use gradcalc::views::{Note, Source, named, notes};

/// What the expressions of a script are made of.
struct Parts {
    numbers: &'static [&'static str],
    calls: &'static [&'static str],
    /// Whether some are largest ones of two.
    ties: bool,
}

/// Those of which there is often something to tell,
const ROUGH: Parts = Parts {
    numbers: &["0.1", "2", "3", "1e200", "1e-200", "0.5", "1e10", "pi"],
    calls: &["exp", "tanh", "abs", "sqrt", "log", "sin", "relu", "sigma", "floor"],
    ties: true,
};

/// and those of which there seldom is.
const SMOOTH: Parts = Parts {
    numbers: &["0.1", "2", "3", "0.5", "1.25", "pi", "k"],
    calls: &["exp", "tanh", "sin", "sigma", "cos", "softplus"],
    ties: false,
};

/// A script at random of stages, of questions about them, of gradients that are named and of inputs that turn; `next` gives a number
/// below another one.
fn random_script(next: &mut dyn FnMut(usize) -> usize, parts: &Parts) -> String {
    fn expression(next: &mut dyn FnMut(usize) -> usize, parts: &Parts, names: &[String], depth: usize) -> String {
        const SIGNS: &[&str] = &["+", "-", "*", "/", "+", "*"];
        match next(20) {
            0..5 if depth < 3 => format!("{}({})", parts.calls[next(parts.calls.len())], expression(next, parts, names, depth + 1)),
            5 if depth < 3 && parts.ties => {
                format!("max({}, {})", expression(next, parts, names, depth + 1), expression(next, parts, names, depth + 1))
            }
            6..14 if depth < 3 => {
                let [one, other] = [0; 2].map(|_| expression(next, parts, names, depth + 1));
                format!("({one} {} {other})", SIGNS[next(SIGNS.len())])
            }
            14..18 => names[next(names.len())].clone(),
            _ => parts.numbers[next(parts.numbers.len())].to_owned(),
        }
    }
    const GRADIENTS: &[&str] = &[
        "print dx",
        "print dx, x",
        "print \"dx\", dx*dy, 1",
        "h(t) = t*dx",
        "g = dx*2 + dy",
        "set upstream dx\nset upstream 1",
        "assert dx == 0 ± 1e9",
    ];
    const VALUES: &[&str] = &["0.1", "2", "-1", "0", "1/3", "0.7", "[1, 2]"];
    let (mut stages, mut text) = (vec!["v0".to_owned()], "x = 0.7; y = 1.3; const k = 0.9\nh(a) = a*x + y\nv0 = x*y\n".to_owned());
    for _ in 0..5 + next(40) {
        let input = ["x", "y"][next(2)];
        let names: Vec<String> = stages.iter().rev().take(6).cloned().chain(["x", "y"].map(str::to_owned)).collect();
        let stage = names[next(names.len() - 2)].clone();
        let expression = expression(next, parts, &names, 0);
        let line = match next(24) {
            20 => GRADIENTS[next(GRADIENTS.len())].to_owned(),
            21 => format!("print d{stage}"),
            22 => format!("set digits {}", ["3", "6", "12", "17", "full"][next(5)]),
            23 => format!("{}{} = {expression}", ["", "const "][next(2)], ["f", "k", "k2", "dx"][next(4)]),
            0..6 => {
                let name = if next(3) == 0 { stage.clone() } else { format!("v{}", stages.len()) };
                let line = format!("{name} = {stage}*0.5 + {expression}");
                stages.retain(|other| *other != name);
                stages.push(name);
                line
            }
            6..12 => stage,
            12 => expression,
            13 => format!("{input} = {}", VALUES[next(VALUES.len())]),
            14 => format!("ans*0.5 + {stage}"),
            15 => format!("print {stage}, {expression}"),
            16 => format!("{stage};"),
            17 => format!("assert {stage} == {expression} ± 1"),
            18 => format!("{stage} = d({stage}, {input}) + ans*h({stage})"),
            _ => format!("repeat 2 {{ {input} += 0.5; {stage} }}"),
        };
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// What is shown is the same, and what is said of it, whether what evaluations have found of stages is kept or not: of values alone, to
/// the bit, and of values with the gradients on inputs.
#[test]
fn what_is_known_of_stages_changes_nothing_that_is_shown() {
    for (view, parts, seed) in [("value", &ROUGH, 7), ("brief", &ROUGH, 8), ("brief", &SMOOTH, 9)] {
        let mut state: u64 = seed;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let (mut answered, mut told, mut forward) = (0, 0, 0);
        for _ in 0..if is_deep() { 4000 } else { 150 } {
            let text = random_script(&mut next, parts);
            let (kept, count) = said_of(&text, view, true);
            let (anew, without_steps) = said_of(&text, view, false);
            assert_eq!(kept, anew, "{view}: {text}");
            answered += kept.len();
            told += kept.iter().filter(|said| said.contains("Note {") || said.contains("Fault {") || said.contains("Note(")).count();
            forward += count - without_steps;
        }
        assert!(told > 100 && answered > 2 * told, "{view}: {told} of {answered} say something");
        let most = if parts.ties { 200 } else { 100 };
        assert_eq!(forward > answered / most, view == "brief", "{view}: {forward} of {answered} have derivatives that went forward");
    }
}

/// Of deep circuits no digit that is shown is another one, whether derivatives go forward or backward; zeros behind the last may be.
#[test]
fn deep_circuits_show_the_same_digits() {
    const DEEP: &[&str] = &[
        "v = v*0.5 + x",
        "v = v + 0.1*x",
        "v = v*0.999 + x*w",
        "v = tanh(v*w + x)",
        "v = exp(-v) + x/w",
        "v = relu(v*w + x) + 0.25*w",
        "v = max(v*0.9, x) + w",
        "v = v*0.9",
        "v = v*1.25 + x*3",
        "v = sqrt(v*v + w) - log(x + v)",
        "v = abs(v - w)*0.9 - x*0.1 + w/x",
        // A bound that goes from gate to gate says nothing of these behind some fifty.
        "v = (w + 2)*v*(x - v)/4 + 0.1",
        "v = v*0.999 + sin(v)/10",
        "v = v + 0.01*v*(1 - v/x)*w",
        "v = v + 0.01*(-w*v)",
        // Nothing reaches the inputs, and less and less does.
        "v = relu(v*w - 5)",
        "v = cos(v*w)",
    ];
    for line in DEEP {
        let text = format!("x = 2; w = 0.7\nv = x*w\n{}", format!("{line}\nv\nv*3 - x\n").repeat(150));
        let [forward, backward] = [true, false].map(|keeps| said_of(&text, "brief", keeps));
        assert!(forward.1 > 100 && backward.1 == 0, "{line}: {} answers by derivatives that went forward", forward.1);
        let numbers = |said: &[String]| -> Vec<Option<f64>> {
            let words = said.iter().flat_map(|said| said.split([' ', '\n']).map(str::to_owned).collect::<Vec<_>>());
            words.map(|word| word.parse().ok()).collect()
        };
        assert_eq!(numbers(&forward.0), numbers(&backward.0), "{line}");
    }
}

/// Derivatives that vanish go on: those of a number that is halved again and again are powers of two, until binary64 has none so small.
#[test]
fn derivatives_vanish_one_after_the_other() {
    const HALVED: i32 = 1200;
    let (said, forward) = said_of(&format!("x = 1\nv = x\n{}", "v = v*0.5\nv\n".repeat(HALVED as usize)), "brief", true);
    // Those with few digits, from 2^-964 to 2^-1097, have a backward pass.
    assert!(forward > 1050, "{forward} answers by derivatives that went forward");
    let slopes = said.iter().filter_map(|said| said.split("dx = ").nth(1)?.split_whitespace().next()?.parse::<f64>().ok());
    let mut count = 0;
    for (slope, halved) in slopes.zip(1..) {
        let truth = 2.0_f64.powi(-halved.min(1000)) * 2.0_f64.powi(1000.min(halved) - halved);
        assert!((slope - truth).abs() <= 5e-6 * truth, "{halved}: {slope} {truth}");
        count += 1;
    }
    assert_eq!(count, HALVED);
}

/// A derivative that has vanished holds up no other: of a number that goes to a fixed point nothing is left of where it began, and the
/// derivatives by what decides the point go on. That of `v = tanh(v*w + b)` by `b` is `s/(1 - s*w)` there, `s = 1 - v^2`, and by `w` it is `v` times as large.
#[test]
fn a_derivative_that_has_vanished_holds_up_no_other() {
    const STEPS: usize = 1500;
    let text = format!("x = 0.3; w = 0.5; b = 0.2\nv = x\n{}", "v = tanh(v*w + b)\nv\n".repeat(STEPS));
    let (said, forward) = said_of(&text, "brief", true);
    let answers: Vec<&String> = said.iter().filter(|said| said.contains("db = ")).collect();
    assert_eq!(answers.len(), STEPS);
    // `dx` has few digits in some hundred of them.
    assert!(forward > STEPS * 4 / 5, "{forward} answers by derivatives that went forward");
    let number =
        |answer: &str, name: &str| -> Option<f64> { answer.split(&format!("{name} = ")).nth(1)?.split_whitespace().next()?.parse().ok() };
    let last = answers.last().expect("an answer");
    let point = (0..200).fold(0.3_f64, |v, _| (v * 0.5 + 0.2).tanh());
    let slope = 1.0 - point * point;
    let by_b = slope / (1.0 - slope * 0.5);
    for (name, truth) in [("dx", 0.0), ("dw", by_b * point), ("db", by_b)] {
        let shown = number(last, name).unwrap_or_else(|| panic!("{name} in {last}"));
        assert!((shown - truth).abs() <= 1e-5 * truth, "{name} = {shown}, {truth}");
    }
}

/// A derivative that has vanished, and behind a slope that was rounded to 0 is 0 for the wrong reason, is told to have no right digit.
#[test]
fn a_slope_that_is_rounded_to_0_is_told_behind_small_derivatives() {
    for (steps, end) in
        [63, 64, 65, 70, 75, 80, 84, 88, 95].into_iter().flat_map(|steps| [(steps, "tanh(v + 30)"), (steps, "sigma(v + 50)")])
    {
        let text = format!("x = 0.5\nv = x\n{}w = {end}\nw\n", "v = v*0.001\nv\n".repeat(steps));
        let [kept, anew] = [true, false].map(|keeps| said_of(&text, "brief", keeps).0);
        assert_eq!(kept, anew, "{steps} steps, {end}");
        // It is 3.5e-311 and more.
        let last = kept.iter().rev().find(|said| said.contains("dx = 0"));
        assert!(last.is_some_and(|said| said.contains("Note")), "{steps} steps, {end}: {last:?}");
    }
}

/// A derivative that cancels first in one order of products, and loses all digits in the other, is the backward pass's with its note.
#[test]
fn what_the_order_of_products_decides_is_left_to_the_backward_pass() {
    let script = "x = 1e-3; w = 0.5\ny = 1e30*(x - x) - (x - 1)\nz = sin(max(y, w)) + x\nz\nz*2\n";
    let [forward, backward] = [true, false].map(|keeps| said_of(script, "brief", keeps));
    assert_eq!(forward.0, backward.0);
}

/// What a session says of a script, keeping what it finds of stages or not, and how many of its answers have gradients and no steps of a backward pass.
fn said_of(text: &str, view: &str, keeps: bool) -> (Vec<String>, usize) {
    let source = Source { name: "<test>".into(), line: 1 };
    let mut session = Session::new(Settings { view: named(view).expect("a view"), ..Settings::default() });
    session.shows_ends_alone = keeps;
    let (mut said, mut without_steps): (Vec<String>, usize) = (Vec::new(), 0);
    let mut reader = Reader::default();
    reader.feed(text);
    reader.finish();
    while let Some(statement) = reader.next_statement() {
        let Ok(mut reading) = session.read(&statement.text, &source, FinalDefinition::Hidden) else { continue };
        while let Some(outcome) = session.step(&mut reading) {
            said.push(match outcome {
                Ok(Outcome::Answer(answer)) => {
                    without_steps += usize::from(answer.backward.as_ref().is_some_and(|backward| backward.steps.is_empty()));
                    let numbers: Vec<u64> = answer.numbers(answer.output).iter().map(|number| number.to_bits()).collect();
                    let mut shown = String::new();
                    session.settings.view.show(&answer, &session.settings.style, &mut shown).expect("a text takes all");
                    let told: Vec<&Note> = notes::on_wrong_numbers(&answer).collect();
                    format!("{} {} {numbers:x?} {shown} {told:?} {}", answer.expression, answer.silenced, answer.is_finite())
                }
                Ok(outcome) => format!("{outcome:?}"),
                Err(fault) => format!("{fault:?}"),
            });
        }
    }
    said.push(format!("{:?}", session.remarks()));
    (said, without_steps)
}
