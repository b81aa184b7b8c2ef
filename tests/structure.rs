//! What is 0 by structure, in the two places that ask it of the gate table: where numbers are computed, and where stages are written
//! for another language. The stages as written, computed in plain binary64, must have the same zeros, infinities and nan as our own
//! answers, for every gate, wherever it stands beside an infinite slope.

use crate::code::numpy;
use crate::printed::{inputs, numbers};
use crate::support::{answer_with, is_deep};
use gradcalc::calculus::Ties;
use gradcalc::calculus::evaluate::evaluate_beside;
use gradcalc::calculus::restage::{Means, Restaged};
use gradcalc::forms::StageId;
use gradcalc::session::{Session, Settings};
use gradcalc::views::{Answer, Source, Style, named};
use gradcalc::vocabulary::gate::{Family, Kernel, Row, TABLE};
use std::fmt::Write as _;
use std::process::Command;

/// Numbers within which no product leaves the range of binary64: beyond it our own answers go on in wider numbers.
const POINTS: &[f64] = &[0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 2.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];

/// The gates of single numbers that a user can write.
fn gates() -> impl Iterator<Item = &'static Row> {
    let single = |row: &&Row| {
        matches!(row.kernel, Kernel::Unary(_) | Kernel::Binary(_) | Kernel::Ternary(_) | Kernel::Fold(_))
            && !matches!(row.family, Family::Internal | Family::Primitive)
    };
    TABLE.iter().filter(single)
}

/// A gate applied to operands.
fn applied(row: &Row, operands: &[&str]) -> String {
    match (row.signs.first(), operands) {
        (Some(sign), [x, y]) => format!("(({x}) {sign} ({y}))"),
        _ if row.name == "neg" => format!("(-({}))", operands[0]),
        _ if row.name == "recip" => format!("(1/({}))", operands[0]),
        _ if row.name == "sqr" => format!("(({})^2)", operands[0]),
        _ => format!("{}({})", row.name, operands.join(", ")),
    }
}

/// What a gate is applied to, in all combinations: what is fixed and what is not, zeros and other numbers, masks and choices.
const OPERANDS: &[&str] =
    &["x", "y", "0", "1", "-2", "0*y", "x > y", "floor(y)", "sign(x)", "where(x > y, 0, x)", "sqrt(x)", "where(x, 0, y)"];

/// Where a gate stands: its value or its slope meets an infinite slope.
const PLACES: &[&str] =
    &["{}", "{}*sqrt(z)", "sqrt({})*z", "where({}, sqrt(z), 2)", "max({}, sqrt(z))*0", "sqrt(z)/({})", "({} - 1)*sqrt(z)"];

/// The value and the gradients at a point as the stages have them that another language is given, in binary64.
pub fn as_written(answer: &Answer, point: &[f64]) -> Vec<f64> {
    let restaged = Restaged::of(&answer.program, answer.forward, &Means { text: &|_| None, given: &|_| None, folds: false });
    let given: Vec<StageId> = inputs(answer).map(|id| restaged.place(id)).collect();
    let values = evaluate_beside(&restaged.program, &|id| Some(vec![point[given.iter().position(|&input| input == id)?]]));
    let number = |id| values.slice(restaged.place(id))[0];
    let adjoint = |id| answer.backward.as_ref().and_then(|backward| backward.adjoint(id)).map_or(0.0, number);
    let gradients = inputs(answer).filter(|&id| answer.program.is_active(id)).map(adjoint).filter(|_| answer.backward.is_some());
    std::iter::once(number(answer.output)).chain(gradients).collect()
}

/// Whether two numbers are of one kind: nan, 0, an infinity of one sign, another number.
fn alike(x: f64, y: f64) -> bool {
    x.is_nan() && y.is_nan() || x == y || x.is_finite() && y.is_finite() && x != 0.0 && y != 0.0
}

fn compare(expression: &str, faults: &mut Vec<String>) {
    let settings = Settings { view: named("python").expect("a view"), ..Settings::default() };
    let answer = answer_with(expression, &[], settings);
    let count = inputs(&answer).count();
    let places = POINTS.len().pow(count as u32);
    // All points of one input; of two and three a part that meets every pair of numbers over the places of a gate.
    let step = [1, 1, if is_deep() { 1 } else { 3 }, if is_deep() { 7 } else { 21 }][count.min(3)];
    for at in (expression.len() % step..places).step_by(step) {
        let point: Vec<f64> = (0..count as u32).map(|k| POINTS[at / POINTS.len().pow(k) % POINTS.len()]).collect();
        let (own, written) = (numbers(&answer, &point), as_written(&answer, &point));
        if own.len() != written.len() || !own.iter().zip(&written).all(|(&x, &y)| alike(x, y)) {
            faults.push(format!("{expression} at {point:?}: {written:?} as written, {own:?} here"));
            return;
        }
    }
}

/// What differs.
fn differing() -> Vec<String> {
    let mut faults = Vec::new();
    for row in gates() {
        let count = row.arity().unwrap_or(2);
        // Where time is short every fifth combination, another fifth for each gate.
        let (first, step) = if is_deep() { (0, 1) } else { (row.gate as usize % 5, 5) };
        for at in (first..OPERANDS.len().pow(count.min(2) as u32)).step_by(step) {
            let operands: Vec<&str> =
                (0..count).map(|k| OPERANDS[(at / OPERANDS.len().pow(k.min(1) as u32) + k / 2) % OPERANDS.len()]).collect();
            let gate = applied(row, &operands);
            // Each combination at one place, and all of them over all combinations.
            compare(&PLACES[at % PLACES.len()].replace("{}", &gate), &mut faults);
        }
        for place in PLACES {
            compare(&place.replace("{}", &applied(row, &["x", "y", "z"][..count])), &mut faults);
        }
    }
    faults
}

#[test]
fn what_is_zero_by_structure_is_that_in_every_language() {
    let faults = differing();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// Functions of arrays whose gradients are 0 by structure in some places and by chance in others, beside infinite slopes.
const ARRAYS: &[(&str, &[(&str, &str)])] = &[
    ("sum(sqrt(x)^2)", &[("x", "[0, 1, 4]")]),
    ("mean(sqrt(x)*x)", &[("x", "[0, 1, 4]")]),
    ("sum(max(1, sqrt(x)))", &[("x", "[0, 1, 4]")]),
    ("sum(where(x > 0, log(x), x))", &[("x", "[0, 1, -2]")]),
    ("sum(relu(x)*sqrt(y))", &[("x", "[-1, 2, 0]"), ("y", "[0, 0, 1]")]),
    ("sum((x > 0)*sqrt(y))", &[("x", "[-1, 2, 0]"), ("y", "[0, 0, 1]")]),
    ("sum(sqrt(x)*sin(0*y))", &[("x", "[0, 1]"), ("y", "[3, 4]")]),
    ("sum(sqrt(x))*y", &[("x", "[0, 1]"), ("y", "0")]),
    ("sqrt(x)[1] + x[0]", &[("x", "[0, 1]")]),
    ("sum(sqrt(W @ x)*0)", &[("W", "[[1, 0], [0, 1]]"), ("x", "[0, 1]")]),
    ("sum(sqrt(W @ x)^2)", &[("W", "[[1, 0], [0, 1]]"), ("x", "[0, 1]")]),
    ("sum(floor(x)*sqrt(y))", &[("x", "[0.5, 2]"), ("y", "[0, 0]")]),
];

/// What differs, and what is printed there: a norm of 0 has a zero of structure, so that in the function a 0 by chance carries nothing
/// either, where our own answer is nan.
const BY_CHANCE: &[(&str, &[(&str, &str)])] = &[("norm(sqrt(x))", &[("x", "[0, 4]")])];

#[test]
fn functions_of_arrays_have_the_zeros_of_our_own_answers() {
    let (mut program, mut truth) = ("import numpy as np\nnp.seterr(all='ignore')\n".to_owned(), Vec::new());
    for (expression, given) in ARRAYS.iter().chain(BY_CHANCE) {
        let bound: Vec<(String, String)> = given.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let view = named("python").expect("a view");
        let answer = answer_with(expression, &bound, Settings { view, ..Settings::default() });
        let mut text = String::new();
        view.show(&answer, &Style::default(), &mut text).expect("a page");
        let arguments: Vec<String> = given.iter().map(|(_, value)| format!("np.array({value}, dtype=float)")).collect();
        let _ = writeln!(
            program,
            "{text}\nvalue, gradients = f({})\nprint(*np.concatenate([np.ravel(x) for x in (value, *gradients.values())]))",
            arguments.join(", ")
        );
        // What no gradient reaches is printed as zeros.
        let adjoint = |id: StageId| answer.backward.as_ref().and_then(|backward| backward.adjoint(id));
        let gradient =
            |id: StageId| adjoint(id).map_or_else(|| vec![0.0; answer.values.slice(id).len()], |id| answer.values.slice(id).to_vec());
        let value = answer.values.slice(answer.output).to_vec();
        truth.push(std::iter::once(value).chain(inputs(&answer).map(gradient)).flatten().collect::<Vec<f64>>());
    }
    let output = Command::new(numpy()).args(["-c", &program]).output().expect("python3");
    assert!(output.status.success(), "{}\n{program}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("text");
    assert_eq!(printed.lines().count(), truth.len());
    for ((case, line), truth) in ARRAYS.iter().chain(BY_CHANCE).zip(printed.lines()).zip(&truth) {
        let found: Vec<f64> = line.split(' ').map(|word| word.parse().expect("a number")).collect();
        let near = |(&x, &y): (&f64, &f64)| alike(x, y) && (!x.is_finite() || (x - y).abs() <= 1e-12 * y.abs());
        if BY_CHANCE.contains(case) {
            let differ: Vec<(f64, bool)> =
                found.iter().zip(truth).filter(|&pair| !near(pair)).map(|(found, truth)| (*found, truth.is_nan())).collect();
            assert_eq!(differ, [(0.0, true)], "{case:?}");
            continue;
        }
        assert!(found.len() == truth.len() && found.iter().zip(truth).all(near), "{case:?}: {found:?}, not {truth:?}");
    }
}

/// Both ends of every step of a backward pass are stages that are shown, also where the slopes of a gate are themselves differentiated: what
/// is written of the pass names each.
#[test]
fn every_step_is_between_stages_that_are_shown() {
    let inputs = [("x", "1.25"), ("y", "0.75")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let arrays = ["max([x, y])", "min([x, y])", "norm([x, y])", "sum(cummax([x, y]))", "sum(sort([x, y]))", "std([x, y])"];
    let of_rows = gates().filter(|row| !row.slopes.is_empty()).flat_map(|row| {
        let count = row.arity().unwrap_or(2);
        let (numbers, elements) = (applied(row, &["x", "y", "x"][..count]), applied(row, &["[x, y]", "[y, x]", "[x, 2]"][..count]));
        [numbers, format!("sum({elements})")]
    });
    for inner in of_rows.chain(arrays.map(str::to_owned)) {
        for text in [format!("d({inner}, x)*y"), format!("d({inner}, x)^2"), format!("d({inner}*max(x, y), x)*sqrt(x)")] {
            for ties in [Ties::Course, Ties::Split] {
                let Some(answer) = answered(&text, &inputs, Settings { ties, ..Settings::default() }) else { continue };
                let names = answer.names();
                for step in answer.backward.iter().flat_map(|backward| &backward.steps) {
                    let both = [step.through, step.target].map(|id| names.of(id));
                    assert!(both.iter().all(Option::is_some), "{text} with {ties:?}: a step through {both:?}");
                }
            }
        }
    }
}

/// An answer, where the text has one: not every gate takes every operand.
fn answered(text: &str, inputs: &[(String, String)], settings: Settings) -> Option<std::sync::Arc<Answer>> {
    let mut session = Session::new(settings);
    for (name, value) in inputs {
        session.bind(name, value).expect("a number");
    }
    let mut answers = Vec::new();
    let source = Source { name: "<test>".into(), line: 1 };
    session.run(text, &source, true, &mut |outcome| answers.push(outcome)).ok()?;
    answers.pop()?.ok()
}
