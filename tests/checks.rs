//! Gradients against differences: right rules match at ordinary points and on edges, wrong ones are found and their gate is named,
//! kinks and edges are told with the slopes of mathematics.

use crate::properties::{for_all, near_a_kink, recipes};
use crate::support::{Case, answer_with, is_deep};
use gradcalc::calculus::backprop::{Path, backprop};
use gradcalc::calculus::check::{Asked, Checked, Glance, Verdict, What, check};
use gradcalc::calculus::digits::digits_lost;
use gradcalc::calculus::evaluate;
use gradcalc::calculus::{Granularity, Rules, Ties};
use gradcalc::forms::program::{Constant, Input};
use gradcalc::forms::{Program, StageId};
use gradcalc::ground::{Cancellation, Span, Value};
use gradcalc::session::{Session, Settings};
use gradcalc::views::{Answer, Source};
use gradcalc::vocabulary::gate::{Row, TABLE};
use gradcalc::vocabulary::{Gate, Symbol};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::process::{Command, Output};
use std::sync::Arc;

/// A forward program, and the values of its inputs.
struct Forward {
    program: Program,
    output: StageId,
    values: Vec<Value>,
    upstream: Value,
}

impl Forward {
    /// One gate over single numbers.
    fn of(gate: Gate, at: &[f64]) -> Self {
        let mut program = Program::new();
        let values: Vec<Value> = at.iter().map(|&x| Value::Number(x)).collect();
        let row = gate.row();
        let is_sloped = |at: usize| row.slopes.get(if row.arity().is_none() { 0 } else { at }).is_some_and(|text| !text.is_empty());
        let input = |(at, value): (usize, &Value)| {
            let input = Input { name: Symbol::new(at), active: is_sloped(at), value: None };
            program.add_input(input, value.shape(), Span::default())
        };
        let operands: Vec<StageId> = values.iter().enumerate().map(input).collect();
        let output = program.share(gate, &operands, Span::default());
        Self { program, output, values, upstream: Value::Number(1.0) }
    }

    /// What an answer was computed from.
    fn behind(answer: &Answer) -> Self {
        let (program, output) = answer.program.cone(answer.output);
        let inputs = answer.program.ids().filter(|&id| answer.program.gate(id) == Gate::Input);
        let known: Vec<(Symbol, Value)> =
            inputs.map(|id| (answer.program.input(id).expect("an input").name, answer.values.value(id, answer.shape(id)))).collect();
        let value = |name| known.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).expect("a value");
        let values = program.inputs().iter().map(|input| value(input.name)).collect();
        let upstream = answer.backward.as_ref().map_or(answer.output, |backward| backward.upstream);
        Self { upstream: answer.values.value(upstream, answer.shape(upstream)), program, output, values }
    }

    fn inputs(&self) -> Vec<StageId> {
        self.program.ids().filter(|&id| self.program.gate(id) == Gate::Input && self.program.is_active(id)).collect()
    }

    /// The checks of its inputs where gradients follow these rules.
    fn checked(&self, rules: &mut Rules) -> Vec<Checked> {
        let mut program = self.program.clone();
        let (forward, inputs) = (program.len(), self.inputs());
        let upstream = Constant { value: self.upstream.clone(), name: None, decimal: None };
        let upstream = program.add_own_constant(upstream, Span::default());
        let backward = backprop(&mut program, self.output, upstream, Path::Active, Ties::Course, rules);
        let computed = evaluate(&program, &self.values);
        let asked = Asked { program: &program, forward, backward: &backward, inputs: &self.values, cancellation: &Cancellation::default() };
        check(&asked, &computed, &inputs).expect("it is soon checked")
    }

    /// The gates on the way from an input to the output, each with the operands that move.
    fn gates(&self) -> Vec<(Gate, usize)> {
        let mut found = Vec::new();
        for id in self.program.ids().filter(|&id| self.program.is_active(id)) {
            let row = self.program.gate(id).row();
            for (at, &operand) in self.program.operands(id).iter().enumerate() {
                let at = if row.arity().is_none() { 0 } else { at };
                let has_slope = row.slopes.get(at).is_some_and(|text| !text.is_empty());
                if has_slope && self.program.is_active(operand) && !found.contains(&(row.gate, at)) {
                    found.push((row.gate, at));
                }
            }
        }
        found
    }

    /// Whether another slope of a gate is found, and the gate named; a fault where another one is.
    fn finds(&self, gate: Gate, at: usize, slope: &str) -> Result<bool, String> {
        let name = gate.row().name;
        let mut rules = Rules::default();
        rules.falsify(gate, at, slope).map_err(|fault| format!("{name}: {fault:?}"))?;
        let found = self.checked(&mut rules);
        let blamed: Vec<StageId> =
            found.iter().filter(|one| one.verdict == Verdict::Mismatch).filter_map(|one| Some(one.blamed?.0)).collect();
        match blamed.iter().find(|&&stage| self.program.gate(stage) != gate) {
            Some(&other) => Err(format!("{name} for operand {at}: {} is blamed", self.program.gate(other).row().name)),
            None => Ok(!blamed.is_empty()),
        }
    }
}

fn sloped() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(|row| row.slopes.iter().any(|text| !text.is_empty()))
}

/// Points at which gates have values.
const POINTS: &[[f64; 3]] = &[[0.7, 0.3, 0.9], [1.75, 0.6, 2.5], [1.25, 2.5, 0.5], [2.0, 0.25, 1.0]];

fn points(row: &Row) -> impl Iterator<Item = &'static [f64]> {
    let count = row.arity().unwrap_or(2).min(3);
    POINTS.iter().map(move |point| &point[..count])
}

/// What a check says though the rules are right and numbers are not rounded away.
fn alarms(found: &[Checked]) -> Vec<&Checked> {
    found.iter().filter(|one| one.verdict.fails() && !one.gradient.is_nan()).collect()
}

#[test]
fn right_rules_match_to_20_digits() {
    for row in sloped().filter(|row| row.gate.is_elementwise()) {
        let mut matched = 0;
        for point in points(row) {
            let found = Forward::of(row.gate, point).checked(&mut Rules::default());
            assert!(alarms(&found).is_empty(), "{} at {point:?}: {found:?}", row.name);
            matched += found.iter().filter(|one| matches!(one.verdict, Verdict::Match(digits) if digits >= 20)).count();
        }
        assert!(matched > 0, "{} never matches", row.name);
    }
}

/// At every point of the reference of gates, edges among them; in the ordinary run at some of them.
#[test]
fn right_rules_raise_no_alarm_on_the_reference() {
    let lines: Vec<&str> = include_str!("reference/gates.jsonl").lines().collect();
    let mut faults = Vec::new();
    for line in lines.iter().step_by(if is_deep() { 1 } else { 17 }) {
        let case: Json = serde_json::from_str(line).expect("JSON");
        let number = |text: &Json| text.as_str().and_then(|text| text.parse::<f64>().ok()).expect("a number");
        let at: Vec<f64> = case["at"].as_array().expect("operands").iter().map(number).collect();
        let gate = Gate::named(case["gate"].as_str().expect("a name")).expect("a gate");
        let found = Forward::of(gate, &at).checked(&mut Rules::default());
        for one in found.iter().filter(|one| matches!(one.verdict, Verdict::Mismatch | Verdict::Convention | Verdict::NoNumber)) {
            faults.push(format!("{}{at:?}: {one:?}", gate.row().name));
        }
    }
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n"));
}

/// The answers to the cases of arrays, whose rows use every gate of arrays.
fn answers_of_arrays() -> Vec<(String, Arc<Answer>)> {
    let mut answers = Vec::new();
    for line in include_str!("reference/arrays.jsonl").lines() {
        let case: Json = serde_json::from_str(line).expect("JSON");
        let upstream = Some(case["upstream"].to_string()).filter(|text| text != "null");
        let upstream = upstream.map(|text| Session::new(Settings::default()).value(&text).expect("a value"));
        let inputs: Vec<(String, String)> =
            case["inputs"].as_object().expect("inputs").iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        let text = case["expression"].as_str().expect("an expression");
        answers.push((text.to_owned(), answer(text, &inputs, Settings { upstream, ..Settings::default() })));
    }
    answers
}

fn answer(text: &str, inputs: &[(String, String)], settings: Settings) -> Arc<Answer> {
    let mut session = Session::new(settings);
    for (name, value) in inputs {
        session.bind(name, value).unwrap_or_else(|fault| panic!("{name}={value}: {}", fault.message));
    }
    let mut answers = Vec::new();
    let source = Source { name: "<test>".into(), line: 1 };
    session.run(text, &source, true, &mut |outcome| answers.push(outcome)).unwrap_or_else(|fault| panic!("{text}: {}", fault.message));
    answers.pop().expect("an answer").unwrap_or_else(|fault| panic!("{text}: {}", fault.message))
}

#[test]
fn right_rules_of_arrays_match() {
    let mut faults = Vec::new();
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for (text, answer) in answers_of_arrays().into_iter().step_by(if is_deep() { 1 } else { 7 }) {
        for one in Forward::behind(&answer).checked(&mut Rules::default()) {
            *verdicts.entry(one.verdict.word()).or_default() += 1;
            if one.verdict.fails() {
                faults.push(format!("{text}: {one:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{verdicts:?}, {}:\n{}", faults.len(), faults.join("\n"));
    assert!(verdicts["match"] * 10 > verdicts.values().sum::<usize>() * 9, "{verdicts:?}");
}

/// What a wrong slope is, of a right one: far off, and off by a part in a million millions.
type Times = &'static str;
const TIMES: [Times; 2] = ["1.5", "(1 + 2^-40)"];

/// A wrong slope in the place of a right one.
fn wrong(slope: &str, times: Times) -> String {
    if slope == "0" { "1".to_owned() } else { format!("{times}*({slope})") }
}

/// Expressions whose gradients are gradients of gradients, through the gates that only backward passes have.
const DERIVED: &[(&str, &str)] = &[
    ("sum(d(sum(exp(cumsum(x))), x)^2)", "[0.5, 1.5, -0.7]"),
    ("sum(d(var(x)^2, x)^3)", "[0.5, 1.5, -0.7]"),
    ("sum(d(sum(d(prod(x), x)^2), x)^2)", "[0.5, 1.5, -0.7]"),
    ("sum(d(det(x)^2, x)^3)", "[1, 2, 0.5; 0.3, 1, -1; 2, 0.1, 1]"),
    ("sum(d(sum(x[0:2, 1:]^3), x)^3)", "[1, 2, 0.5; 0.3, 1, -1; 2, 0.1, 1]"),
    ("sum(d(sum(d(sum(x[[0, 2, 2]]^3), x)^3), x)^2)", "[0.5, 1.5, -0.7]"),
    ("sum(d(sum(d(sum(x[[0, 2, 2]]^3), x)^3), x)^2)", "[1, 2; 0.3, 1; 2, 0.1]"),
    ("sum(d(sum(d(sum(x[[0, 2, 2], 1]^3), x)^3), x)^2)", "[1, 2; 0.3, 1; 2, 0.1]"),
    ("sum(d(sum(d(sum(x[[0, 2, 2], [0, 1, 1]]^3), x)^3), x)^2)", "[1, 2; 0.3, 1; 2, 0.1]"),
    ("sum(d(sum(sum(x, 0)^3), x)^3)", "[1, 2; 0.3, 1; 2, 0.1]"),
    ("sum(d(sum(reshape(x, 6)^3), x)^3)", "[1, 2; 0.3, 1; 2, 0.1]"),
    ("sum(d(sum((x @ x)^3), x)^3)", "[1, 2; 0.3, 0.7]"),
    ("sum(d(sum((x @ x[0])^3), x)^3)", "[1, 2; 0.3, 0.7]"),
    ("sum(d(sum((x[0] @ x)^3), x)^3)", "[1, 2; 0.3, 0.7]"),
    ("sum(d(sum(outer(x[0], x[1])^3), x)^3)", "[1, 2; 0.3, 0.7]"),
];

/// A slope that is wrong by half, and one that is wrong by a part in a million millions, is found and its gate named: of every gate
/// and every operand that has one.
#[test]
fn wrong_rules_are_named() {
    let mut named: BTreeMap<(usize, usize), bool> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut try_at = |forward: &Forward, which: &[Times]| {
        for (gate, at) in forward.gates() {
            let known = named.entry((gate as usize, at)).or_default();
            if *known {
                continue;
            }
            *known = true;
            for times in which {
                match forward.finds(gate, at, &wrong(gate.row().slopes[at], times)) {
                    Ok(found) => *known &= found,
                    Err(fault) => faults.push(fault),
                }
            }
        }
    };
    for row in sloped().filter(|row| row.gate.is_elementwise()) {
        for point in points(row) {
            try_at(&Forward::of(row.gate, point), &TIMES);
        }
    }
    let which = if is_deep() { &TIMES[..] } else { &TIMES[1..] };
    for (text, x) in DERIVED {
        try_at(&Forward::behind(&answer(text, &[("x".to_owned(), (*x).to_owned())], Settings::default())), which);
    }
    for (_, answer) in answers_of_arrays() {
        try_at(&Forward::behind(&answer), which);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let missed: Vec<_> = named.iter().filter(|&(_, &found)| !found).map(|(&(gate, at), _)| (TABLE[gate].name, at)).collect();
    assert!(missed.is_empty(), "never found: {missed:?}");
    // A product of a backward pass has the slopes of the product that it stands for.
    let is = |gate: usize, row: &Row| gate == row.gate as usize || (TABLE[gate].name, TABLE[gate].slopes) == (row.name, row.slopes);
    let tried = |row: &Row| row.passes_nothing || named.keys().any(|&(gate, _)| is(gate, row));
    let untried: Vec<_> = sloped().filter(|row| !tried(row)).map(|row| (row.gate, row.slopes)).collect();
    assert!(untried.is_empty(), "never tried: {untried:?}");
}

/// No alarm on random programs but for digits that are lost.
#[test]
fn random_programs_raise_no_alarm() {
    let tally = std::cell::Cell::new([0, 0]);
    for_all(600, &recipes(8), |recipe| {
        let dish = recipe.cook();
        let answer = dish.silent(Granularity::Written);
        let found = Forward::behind(&answer).checked(&mut Rules::default());
        let finite = answer.value().is_finite();
        for one in &found {
            let bent = one.verdict == Verdict::Convention && near_a_kink(&answer)
                || matches!(one.verdict, Verdict::Lost(_))
                || one.gradient.is_nan();
            let wrong = matches!(one.verdict, Verdict::Convention) || one.verdict.fails();
            proptest::prop_assert!(!wrong || bent, "{} at {:?}: {one:?}", dish.text(), dish.inputs);
            let [all, matched] = tally.get();
            tally.set([all + usize::from(finite), matched + usize::from(matches!(one.verdict, Verdict::Match(_)))]);
        }
        Ok(())
    });
    let [all, matched] = tally.get();
    assert!(matched * 10 > all * 9, "{matched} of {all} match");
}

/// An expression in x, where x is, what is found there, and the slopes from below and from above.
type Edge = (&'static str, &'static str, &'static str, Option<f64>, Option<f64>);

/// Points where expressions have no one slope or hide it, with the slopes of mathematics.
const EDGES: &[Edge] = &[
    ("abs(x)", "0", "kink", Some(-1.0), Some(1.0)),
    ("relu(x)", "0", "kink", Some(0.0), Some(1.0)),
    ("leaky_relu(x)", "0", "kink", Some(0.01), Some(1.0)),
    ("clamp(x, 0, 1)", "1", "kink", Some(1.0), Some(0.0)),
    ("min(2*x, x + 1)", "1", "convention", Some(2.0), Some(1.0)),
    ("max(x, x)", "1", "match", Some(1.0), Some(1.0)),
    ("sin(x)^2 + cos(x)^2", "0.7", "match", Some(0.0), Some(0.0)),
    ("sum(softmax([x, 2, 3]))", "0.7", "match", Some(0.0), Some(0.0)),
    ("round(x)", "1e300", "match", Some(0.0), Some(0.0)),
    ("floor(x)", "2", "jump", Some(f64::INFINITY), Some(0.0)),
    ("ceil(x)", "2", "jump", Some(0.0), Some(f64::INFINITY)),
    ("x >= 2", "2", "jump", Some(f64::INFINITY), Some(0.0)),
    ("where(x < 1, x^2, 2*x - 1)", "1", "match", Some(2.0), Some(2.0)),
    ("where(x < 1, x^2, x)", "1", "kink", Some(2.0), Some(1.0)),
    ("sign(x)", "0", "jump", Some(f64::INFINITY), Some(f64::INFINITY)),
    ("x + 3*sign(x)", "0", "jump", Some(f64::INFINITY), Some(f64::INFINITY)),
    ("where(x < 1, -x, x)", "1", "jump", Some(f64::INFINITY), Some(1.0)),
    ("sqrt(abs(x))", "0", "no number", Some(f64::NEG_INFINITY), Some(f64::INFINITY)),
    ("elu(x)", "0", "match", Some(1.0), Some(1.0)),
    ("sqrt(x)", "0", "edge", None, Some(f64::INFINITY)),
    ("x^1.5", "0", "edge", None, Some(0.0)),
    ("asin(x)", "1", "edge", Some(f64::INFINITY), None),
    ("acos(x)", "-1", "edge", None, Some(f64::NEG_INFINITY)),
    ("acosh(x)", "1", "edge", None, Some(f64::INFINITY)),
    ("cbrt(x)", "0", "infinite", Some(f64::INFINITY), Some(f64::INFINITY)),
    ("sqrt(x)^2", "0", "no number", None, Some(1.0)),
    ("cbrt(x)^3", "0", "no number", Some(1.0), Some(1.0)),
    ("exp(log(x))", "0", "no number", None, Some(1.0)),
    ("1/(1/x + 1)", "0", "no number", Some(1.0), Some(1.0)),
    ("acos(x)^2", "1", "no number", Some(-2.0), None),
    ("sqrt(x^2)", "0", "no number", Some(-1.0), Some(1.0)),
    ("sqrt(x^3)", "0", "no number", None, Some(0.0)),
    ("abs(x)^2", "0", "match", Some(0.0), Some(0.0)),
    ("abs(abs(x)) - abs(x)", "0", "match", Some(0.0), Some(0.0)),
    ("relu(x) - relu(-x)", "0", "convention", Some(1.0), Some(1.0)),
    ("min(max(x, exp(x) < -2), x)", "1", "convention", Some(1.0), Some(1.0)),
    ("norm([x, 2*x])^2", "0", "match", Some(0.0), Some(0.0)),
    ("cbrt(floor(x))", "0.7", "match", Some(0.0), Some(0.0)),
    ("stop_gradient(x)*x", "3", "match", Some(3.0), Some(3.0)),
    ("log(x)", "0", "undetermined", None, None),
    ("1/x", "0", "undetermined", None, None),
    ("sqrt(x^2 + 1e-60)", "0", "match", Some(0.0), Some(0.0)),
    ("tanh(1e25*x)", "0", "match", Some(1e25), Some(1e25)),
    ("sin(1e15*x)", "3", "match", Some(998_946_364_914_577.2), Some(998_946_364_914_577.2)),
    (LOST, "1e-9", "digits lost", Some(-1e-9 / 12.0), Some(-1e-9 / 12.0)),
];

#[test]
fn edges_are_told_with_the_slopes_of_mathematics() {
    let mut faults = Vec::new();
    for &(text, x, word, below, above) in EDGES {
        let settings = Settings { check: Some(What::Inputs), ..Settings::default() };
        let answer = answer(text, &[("x".to_owned(), x.to_owned())], settings);
        let found = &answer.checks.as_ref().expect("checks")[0];
        let near = |found: Option<f64>, wanted: Option<f64>| match (found, wanted) {
            (Some(found), Some(wanted)) => found == wanted || (found - wanted).abs() < 1e-12 * wanted.abs(),
            (found, wanted) => found == wanted,
        };
        if found.verdict.word() != word || !near(found.below, below) || !near(found.above, above) {
            faults.push(format!("{text} at {x}: not {word} with {below:?} and {above:?}: {found:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A gradient that is nan is told with the slopes on either side, as the table of edges has them.
#[test]
fn a_nan_gradient_is_told_with_its_slopes() {
    for &(text, x, word, below, above) in EDGES.iter().filter(|edge| edge.2 == "no number") {
        let answer = answer(text, &[("x".to_owned(), x.to_owned())], Settings::default());
        let wanted = match (below, above) {
            (Some(below), Some(above)) if below == above => format!("is {below} on both sides"),
            (Some(below), Some(above)) => format!("is {below} from below and {above} from above"),
            (Some(below), None) => format!("is {below} from below, and there is no value above"),
            (None, above) => format!("is {} from above, and there is no value below", above.expect("a slope")),
        };
        let told: Vec<&str> = answer.notes.iter().map(|note| note.message.as_str()).collect();
        assert!(told.contains(&format!("the slope of f in x {wanted}").as_str()), "{text}, {word}: {told:?}");
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(arguments).output().expect("the program starts")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_command_line_checks_inputs_and_stages() {
    let inputs = run(&["--check", "x*sigma(y)", "x=3", "y=-4"]);
    assert!(inputs.status.success(), "{}", out(&inputs));
    assert!(out(&inputs).contains("\ncheck x: match to ") && out(&inputs).contains("\ncheck y: match to "), "{}", out(&inputs));
    assert!(!out(&inputs).contains("check sigy"), "{}", out(&inputs));
    let stages = out(&run(&["--check=stages", "x*sigma(y)", "x=3", "y=-4"]));
    assert!(["x", "y", "sigy", "f"].iter().all(|name| stages.contains(&format!("\ncheck {name}: match"))), "{stages}");
    // The word `stages` is no part of the flag where it stands alone.
    assert_eq!(run(&["--check=all", "x", "x=3"]).status.code(), Some(2));
    let large = out(&run(&["--check", "sum(W @ x)", "W=randn(20, 20)", "x=randn(20)"]));
    assert!(large.contains("check W: match along 3 random directions to "), "{large}");
    assert!(large.contains("check x: match of all 20 numbers to "), "{large}");
    let none = run(&["--check", "2 + 3"]);
    assert!(none.status.success() && out(&none).contains("check: the result depends on no input"), "{}", out(&none));
    // Only the inputs that are asked for; a gradient that arrives; more digits beside it.
    let few = out(&run(&["--check", "--wrt", "y", "x*y", "x=3", "y=2"]));
    assert!(few.contains("check y") && !few.contains("check x"), "{few}");
    let arrives = out(&run(&["--check", "--upstream", "[1, 10]", "x*[1, 2]", "x=3"]));
    assert!(arrives.contains("check x: match to "), "{arrives}");
    for beside in
        [&["--precise", "30"][..], &["--hessian"], &["--scalars"], &["--ties", "split"], &["--stages", "primitive"], &["--jacobian"]]
    {
        let output = run(&[beside, &["--check", "exp(x)*y", "x=1", "y=2"]].concat());
        assert!(output.status.success() && out(&output).contains("check y: match"), "{beside:?}: {}", out(&output));
    }
}

/// An expression whose gradient at 1e-9 is -1e-9/12, of which binary64 keeps nothing.
const LOST: &str = "(1 - cos(x))/x^2";

/// A gradient that is wrong ends with exit code 1, in scripts too; a kink does not.
#[test]
fn a_failed_check_has_its_exit_code() {
    assert_eq!(run(&["--check", LOST, "x=1e-9"]).status.code(), Some(1));
    assert_eq!(run(&["--check", "abs(x)", "x=0"]).status.code(), Some(0));
    assert_eq!(run(&["-e", "set check stages", "-e", LOST, "x=1e-9"]).status.code(), Some(1));
    let object = out(&run(&["--check", "--as", "json", LOST, "x=1e-9"]));
    let object: Json = serde_json::from_str(&object).expect("JSON");
    assert_eq!((&object["check"][0]["verdict"], &object["check"][0]["fails"]), (&"digits lost".into(), &true.into()), "{object}");
}

/// Arrays keep their numbers apart in JSON, and say in a table how many of them match.
#[test]
fn arrays_are_checked_number_by_number() {
    let text = out(&run(&["--check", "sum(abs(v))", "v=[0, 1, -2]"]));
    assert!(
        text.contains("check v: match of 2 of 3 numbers to ") && text.contains("check v[0]: kink: the slope is -1 from below"),
        "{text}"
    );
    let object: Json = serde_json::from_str(&out(&run(&["--check", "--as", "json", "sum(abs(v))", "v=[0, 1, -2]"]))).expect("JSON");
    let verdicts: Vec<&str> = object["check"].as_array().expect("checks").iter().filter_map(|one| one["verdict"].as_str()).collect();
    assert_eq!(verdicts, ["kink", "match", "match"]);
}

/// Slopes on either side are not looked for where that takes long.
#[test]
fn a_glance_is_short() {
    let answer = answer("sum(gamma(1 + sqrt(x)^2 + linspace(0, 1, 200)))", &[("x".to_owned(), "0".to_owned())], Settings::default());
    let backward = answer.backward.as_ref().expect("a backward pass");
    let inputs = [Value::Number(0.0)];
    let asked =
        Asked { program: &answer.program, forward: answer.forward, backward, inputs: &inputs, cancellation: &Cancellation::default() };
    assert!(Glance::new(&asked, false).is_none());
}

/// Gradients of programs whose truth is known: none is called wrong that is right, and each that has lost its digits is.
#[test]
fn checks_of_known_programs_say_what_is_true() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/digits.jsonl");
    let text = std::fs::read_to_string(path).expect("the reference");
    let (mut faults, mut count, mut failing) = (Vec::new(), 0, 0);
    let few = text.lines().map(Case::read).enumerate().filter(|(at, case)| is_deep() || case.kind == "nasty" || at % 40 == 0);
    for (_, case) in few {
        let answer = answer_with(&case.text, &case.inputs, Settings { check: Some(What::Inputs), ..Settings::default() });
        let ruled = answer.notes.iter().any(|note| ["kink", "tie", "sides"].contains(&note.kind));
        for found in &**answer.checks.as_ref().expect("checks") {
            let name = answer.symbols.name(answer.program.input(found.stage).expect("an input").name);
            let at = case.inputs.iter().position(|(known, _)| known == name).expect("one of the case's");
            let truth = case.truth[at + 1];
            let lost = if found.gradient == truth { 0.0 } else { digits_lost(found.gradient - truth, truth) };
            // Nine digits are enough; of what is nearly that nothing is asked, nor of 0 and of what no 64-bit number has digits of.
            let (right, wrong) = (lost < 6.5, lost > 7.8 && truth.abs() > 1e-270);
            count += 1;
            failing += usize::from(found.verdict.fails());
            let says_wrong = found.verdict.fails() || found.verdict == Verdict::Convention && !ruled;
            if says_wrong && right || wrong && !found.verdict.fails() && found.gradient.is_finite() && !ruled {
                faults.push(format!("{} {:?}, {name}: {}, truly {truth}: {found:?}", case.text, case.inputs, found.gradient));
            }
        }
    }
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n"));
    assert!(count > 400 && failing * 20 > count, "{count} checks, of which {failing} fail");
}
