//! Statements, functions, constants, derivatives, notes and analyses, through the binary.
//!
//! Expected numbers are calculus done by hand, beside each case.

use serde_json::Value;
use std::fmt::Write as _;
use std::process::{Command, Output};

fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(arguments).output().expect("the program starts")
}

/// The answers to a text, one JSON object each.
fn answers(arguments: &[&str]) -> Vec<Value> {
    let output = program(&[&["--as", "json"], arguments].concat());
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn answer(arguments: &[&str]) -> Value {
    let mut all = answers(arguments);
    assert_eq!(all.len(), 1, "{arguments:?} gives one answer");
    all.remove(0)
}

/// The value and the inputs' gradients.
fn numbers(answer: &Value) -> (f64, Vec<(String, f64)>) {
    let inputs = answer["inputs"].as_array().unwrap_or_else(|| panic!("inputs in {answer}"));
    let gradients = inputs.iter().filter_map(|input| Some((input["name"].as_str()?.to_owned(), input["gradient"].as_f64()?)));
    (answer["value"].as_f64().unwrap_or(f64::NAN), gradients.collect())
}

#[track_caller]
fn gives(arguments: &[&str], value: f64, gradients: &[(&str, f64)]) {
    let (found, found_gradients) = numbers(&answer(arguments));
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs().max(1.0);
    assert!(near(found, value), "{arguments:?}: value {found}, not {value}");
    let names: Vec<&str> = found_gradients.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, gradients.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "{arguments:?}");
    for ((name, found), (_, gradient)) in found_gradients.iter().zip(gradients) {
        assert!(near(*found, *gradient), "{arguments:?}: d{name} is {found}, not {gradient}");
    }
}

/// The kind and the message of an error in JSON, and the text that it points at.
#[track_caller]
fn refuses(text: &str, kind: &str, at: &str, message: &str) {
    let output = program(&["--as", "json", text, "x=2", "y=3"]);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let all = String::from_utf8(output.stdout).expect("text");
    let faults: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let error = &faults.iter().find(|answer| answer.get("error").is_some()).unwrap_or_else(|| panic!("{text} fails"))["error"];
    assert_eq!(error["kind"], kind, "{text}: {error}");
    let (start, end) = (error["start"].as_u64().expect("start") as usize, error["end"].as_u64().expect("end") as usize);
    assert_eq!(&text[start..end], at, "{text}: {error}");
    let found = error["message"].as_str().expect("a message");
    assert!(found.contains(message), "{text}: {found}");
}

fn kinds(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    answer["notes"].as_array().expect("notes").iter().map(|note| (text(&note["kind"]), text(&note["stage"]))).collect()
}

#[track_caller]
fn notes(arguments: &[&str], expected: &[(&str, &str)]) {
    let found = kinds(&answer(arguments));
    let expected: Vec<(String, String)> = expected.iter().map(|(kind, stage)| ((*kind).to_owned(), (*stage).to_owned())).collect();
    assert_eq!(found, expected, "{arguments:?}");
}

#[test]
fn statements() {
    gives(&["x = 3; y = -4; x*y"], -12.0, &[("x", -4.0), ("y", 3.0)]);
    gives(&["const k = 2; k*x^3", "x=5"], 250.0, &[("x", 150.0)]);
    gives(&["q = x + y; f = q*z", "x=-2", "y=5", "z=-4"], -12.0, &[("x", -4.0), ("y", -4.0), ("z", 3.0)]);
    // Newlines inside brackets and after an operator do not end a statement; comments do nothing.
    gives(&["x = 1 # one\r\n(x +\n 2)*\n3 # and 3"], 9.0, &[("x", 3.0)]);
    gives(&["\u{feff}2x", "x=4"], 8.0, &[("x", 2.0)]);
    // A redefinition affects what follows.
    // A semicolon silences what stands before it.
    assert_eq!(answers(&["x*2; x; x + 1", "x=3"]).len(), 1);
    gives(&["a = 2x; b = a^2; a = 7x; b + a", "x=1"], 11.0, &[("x", 15.0)]);
    let shown = answers(&["x*2\nans + 1", "x=3"]);
    assert_eq!(numbers(&shown[1]), (7.0, vec![("ans".to_owned(), 1.0)]));
    let names: Vec<Value> = answer(&["num = x*2; dx2 = num + 1; num*dx2", "x=1"])["stages"].as_array().expect("stages").clone();
    assert_eq!(names.iter().map(|stage| stage["name"].as_str().expect("name")).collect::<Vec<_>>(), ["num", "dx2", "f"]);
}

#[test]
fn the_command_line_overrides_a_text_and_says_so() {
    let output = program(&["--as", "brief", "x = 3; 2x", "x=5"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "f = 10  dx = 2\n");
    assert!(String::from_utf8_lossy(&output.stderr).contains("the command line's value of `x` overrides the text's"));
}

#[test]
fn functions() {
    let (sigma, slope) = (1.0 / (1.0 + 4f64.exp()), |s: f64| s * (1.0 - s));
    let staged = "f(x, y) = (x + sigma(y)) / (sigma(x) + (x+y)^2)";
    gives(&[&format!("{staged}; f(3, -4)")], 1.545_644_884_106_644_1, &[("x", 2.059_569_795_572_165_2), ("y", 1.592_232_751_483_809_3)]);
    // Called with inputs it passes them through; called with numbers it makes inputs of them.
    gives(&["g(u) = sigma(u); g(y)", "y=-4"], sigma, &[("y", slope(sigma))]);
    gives(&["f(x, y) = x*y", "x=4", "y=-3"], -12.0, &[("x", -3.0), ("y", 4.0)]);
    gives(&["sq(x) = x^2; twice(x) = sq(sq(x)); twice(w)", "w=2"], 16.0, &[("w", 32.0)]);
    gives(&["f(x) = a*x; a = 3; f(2)"], 6.0, &[("a", 2.0), ("x", 3.0)]);
    refuses("f(x) = f(x - 1)", "name", "f(x - 1)", "f -> f");
    refuses("f(x) = x; g(x) = f(x); f(x) = g(x)", "name", "g(x)", "f -> g -> f");
    refuses("f(a, b) = a*b; f(x)", "name", "f(x)", "takes 2 operands, and 1 is given");
    refuses("d(x) = x", "name", "d", "function of the language");
    refuses("f(x, x) = x", "name", "x", "stands twice");
    refuses("f(x) = x; f + 1", "name", "f", "without its brackets");
}

#[test]
fn functions_of_functions_share_their_stages() {
    // x -> x^2 + x/2, applied twenty times, against the same loop here.
    let mut nested = "x".to_owned();
    for _ in 0..20 {
        nested = format!("f({nested})");
    }
    let (mut value, mut slope) = (0.3f64, 1.0);
    for _ in 0..20 {
        (value, slope) = (value * value + 0.5 * value, slope * (2.0 * value + 0.5));
    }
    let found = answer(&[&format!("f(x) = x*x + 0.5*x; {nested}"), "x=0.3"]);
    let (found_value, gradients) = numbers(&found);
    assert!((found_value - value).abs() <= 1e-13 * value && (gradients[0].1 - slope).abs() <= 1e-12 * slope);
    assert_eq!(found["stages"].as_array().expect("stages").len(), 60);
    let mut tower = "g0(x) = sin(x);".to_owned();
    for at in 1..40 {
        let _ = write!(tower, "g{at}(x) = g{}(x) + g{}(x + {at});", at - 1, at - 1);
    }
    refuses(&format!("{tower} g39(x)"), "limit", "g39(x)", "more than 10000000 stages");
}

#[test]
fn assertions() {
    for (text, holds) in [
        ("q = x + y; assert q == 3", true),
        ("assert x < y", true),
        ("assert x/3 == 0.333 ± 0.001", true),
        ("assert x/3 == 0.333 +/- 1e-6", false),
        ("assert x > y", false),
        ("assert x - 1", false),
        ("assert -x < 0", true),
        ("assert d(x^2, x) == 2", true),
        ("assert log(-x) == 0 ± 1", false),
    ] {
        let output = program(&[text, "x=1", "y=2"]);
        assert_eq!(output.status.code(), Some(i32::from(!holds)), "{text}");
        assert!(output.stdout.is_empty());
    }
    refuses("assert x == 7", "check", "x == 7", "does not hold");
    refuses("1 ± 2", "parse", "±", "tolerance");
}

#[test]
fn derivatives_are_expressions() {
    gives(&["g = d(x^3*y, x)", "x=2", "y=5"], 60.0, &[("x", 60.0), ("y", 12.0)]);
    gives(&["d(d(x^3*y, x), y)", "x=2", "y=5"], 12.0, &[("x", 12.0)]);
    gives(&["d(sin(x), x)^2 + sin(x)^2", "x=0.7"], 1.0, &[("x", 0.0)]);
    gives(&["q = x^2; d(q^3, q)", "x=2"], 48.0, &[("x", 96.0)]);
    gives(&["f(x) = x^4; d(f(x), x)", "x=2"], 32.0, &[("x", 48.0)]);
    gives(&["d(y, x) + x", "x=2", "y=5"], 2.0, &[("x", 1.0)]);
    gives(&["d(d(d(exp(2x), x), x), x)", "x=0"], 8.0, &[("x", 16.0)]);
    // The slope, which has a gradient of its own, and what is nan where the logarithm is.
    let stages = answer(&["d(log(x), x)", "x=2"])["stages"].clone();
    assert_eq!(stages.as_array().expect("stages").len(), 2, "no longer than it needs to be: {stages}");
    let stages = answer(&["d(max(x, y), x)", "x=2", "y=1"])["stages"].clone();
    assert_eq!(stages.as_array().expect("stages").len(), 1, "no longer than it needs to be: {stages}");
    refuses("d(x^2, 2*x)", "name", "d(x^2, 2*x)", "with respect to a name");
    refuses("d(x^2)", "name", "d(x^2)", "takes 2 operands");
}

#[test]
fn choices() {
    gives(&["where(x > 0, log(x), 5x)", "x=-2"], -10.0, &[("x", 5.0)]);
    gives(&["where(x > 0, x^2, sqrt(x))", "x=3"], 9.0, &[("x", 6.0)]);
    gives(&["where(x != 0, sin(x)/x, 1)", "x=0"], 1.0, &[("x", 0.0)]);
    gives(&["clamp(x, lo, hi)", "x=5", "lo=0", "hi=2"], 2.0, &[("x", 0.0), ("lo", 0.0), ("hi", 1.0)]);
    gives(&["(x >= 2) + (x == 2) + (x < 2) + 0*x", "x=2"], 2.0, &[("x", 0.0)]);
}

#[test]
fn analyses() {
    let hessian = answer(&["--hessian", "x^3*y + y^2", "x=2", "y=5"]);
    assert_eq!(hessian["hessian"], serde_json::json!([[60.0, 12.0], [12.0, 2.0]]));
    assert_eq!(hessian["verdict"], "slope");
    for (text, verdict, eigenvalues) in [
        ("x^2 + 3*y^2", "minimum", [2.0, 6.0]),
        ("-x^2 - y^2", "maximum", [-2.0, -2.0]),
        ("x^2 - y^2", "saddle", [-2.0, 2.0]),
        ("x^4 + y^2", "flat", [0.0, 2.0]),
        ("x*y", "saddle", [-1.0, 1.0]),
    ] {
        let answer = answer(&["--hessian", text, "x=0", "y=0"]);
        assert_eq!(answer["verdict"], verdict, "{text}");
        for (found, value) in answer["eigenvalues"].as_array().expect("eigenvalues").iter().zip(eigenvalues) {
            assert!((found.as_f64().expect("a number") - value).abs() < 1e-14, "{text}: {found}");
        }
    }
    // Neither units nor offsets nor factors change what kind of point it is.
    for (text, point, verdict) in [
        ("x^2 + 1e9", &["x=1"][..], "slope"),
        ("1e-20*x^2", &["x=1"], "slope"),
        ("(x - 3)^2", &["x=3.0000000000000004"], "minimum"),
        ("1e12*(x - 0.3)^2 - 1e30", &["x=0.30000000000000004"], "minimum"),
        ("(1e9*x)^2 + (1e-9*y)^2", &["x=0", "y=0"], "minimum"),
        ("(1e9*x)^2 - (1e-9*y)^2", &["x=0", "y=0"], "saddle"),
        ("1e9*x*y + 1e-9*y*z", &["x=0", "y=0", "z=0"], "saddle"),
        ("(x + y - 1)^2", &["x=0.3", "y=0.7"], "flat"),
        ("(x + y - 1)^2 + 1e-3*x", &["x=0.3", "y=0.7"], "slope"),
        ("(1 - x)^2 + 100*(y - x^2)^2", &["x=1", "y=1"], "minimum"),
        ("(1 - x)^2 + 100*(y - x^2)^2", &["x=0.99", "y=1"], "slope"),
        ("2x + 1", &["x=0"], "slope"),
        ("7 + 0*x", &["x=1"], "flat"),
        ("sqrt(x)", &["x=0"], "undecided"),
    ] {
        let arguments: Vec<&str> = ["--hessian", text].into_iter().chain(point.iter().copied()).collect();
        assert_eq!(answer(&arguments)["verdict"], verdict, "{text} {point:?}");
    }
    // Along (1, 2): 3x²y + 2x³ = 76 and 6xy + 2·2·3x² = 108 at (2, 5).
    let along = answer(&["--along", "x=1,y=2", "x^3*y", "x=2", "y=5"]);
    assert_eq!(along["along"], serde_json::json!({"first": 76.0, "second": 108.0}));
    let nudge = answer(&["--nudge", "x=0.5", "x^2", "x=3"]);
    assert_eq!(nudge["nudge"], serde_json::json!({"predicted": 12.0, "actual": 12.25}));
    // Of the result itself, whatever gradient arrives at it and whichever gradients are asked for.
    for more in [&["--upstream", "2"][..], &["--upstream", "0"], &["--wrt", "y"], &["--ties", "split"]] {
        let nudge = answer(&[more, &["--nudge", "x=1", "x*y", "x=2", "y=3"]].concat());
        assert_eq!(nudge["nudge"], serde_json::json!({"predicted": 9.0, "actual": 9.0}), "{more:?}");
    }
    let relative = answer(&["--relative", "x^3*y", "x=2", "y=5"]);
    assert_eq!(relative["inputs"][0]["elasticity"], 3.0);
    assert_eq!(relative["inputs"][1]["elasticity"], 1.0);
}

#[test]
fn notes_are_few_and_right() {
    notes(&["(x+sigma(y))/(sigma(x)+(x+y)^2)", "x=3", "y=-4"], &[]);
    notes(&["x^2*y - 3*y", "x=2", "y=5"], &[]);
    notes(&["max(x, y)", "x=2", "y=2"], &[("tie", "f")]);
    notes(&["abs(x) + y", "x=0", "y=1"], &[("kink", "absx")]);
    notes(&["relu(x)", "x=0"], &[("kink", "f")]);
    notes(&["sigma(x)", "x=40"], &[("digits", "x")]);
    notes(&["tanh(x)", "x=-20"], &[("digits", "x")]);
    notes(&["sqrt(x*x)", "x=0"], &[("infinite", "f"), ("nan", "xx"), ("sides", "x")]);
    notes(&["1/x", "x=0"], &[("infinite", "f")]);
    notes(&["log(x)", "x=-1"], &[("nan", "f")]);
    notes(&["exp(x)*exp(-x)", "x=1000"], &[("infinite", "expx"), ("nan", "f"), ("digits", "f")]);
    notes(&["exp(x) - exp(y)", "x=1", "y=1.00000000001"], &[("digits", "f"), ("reading", "f")]);
    // An exact difference of what was read loses nothing but what reading lost.
    notes(&["x - y", "x=1", "y=1.00000000001"], &[("reading", "f")]);
    notes(&["x - y", "x=1", "y=1.5"], &[]);
    notes(&["max(x, y)", "x=4", "y=2"], &[("blocked", "f")]);
    notes(&["floor(x)*y", "x=2.5", "y=1"], &[("blocked", "floorx")]);
    notes(&["w*x", "w=0.001", "x=5000"], &[("lopsided", "f")]);
    let message = answer(&["sqrt(x*x)", "x=0"])["notes"][0]["message"].as_str().expect("text").to_owned();
    assert!(message.contains("write `abs(x)` instead"), "{message}");
}

/// The decisions at the edges, each with its value, its gradients and the notes that tell of it. `inf` and `nan`
/// stand for themselves.
#[test]
fn edges_are_decided_and_told() {
    type Edge<'a> = (&'a [&'a str], &'a str, &'a [&'a str], &'a [&'a str]);
    let edges: &[Edge] = &[
        (&["max(x, y)", "x=1", "y=1"], "1.0", &["1.0", "1.0"], &["tie"]),
        (&["min(x, y)", "x=1", "y=1", "--ties", "split"], "1.0", &["0.5", "0.5"], &["tie"]),
        (&["max(x, x)", "x=1"], "1.0", &["1.0"], &[]),
        (&["abs(x)", "x=0"], "0.0", &["0.0"], &["kink"]),
        (&["relu(x)", "x=0"], "0.0", &["0.0"], &["kink"]),
        (&["hypot(x, y)", "x=0", "y=0"], "0.0", &["0.0", "0.0"], &["kink", "kink"]),
        (&["sqrt(x)", "x=0"], "0.0", &["inf"], &["infinite"]),
        (&["sqrt(x)", "x=-0.0"], "0.0", &["inf"], &["infinite"]),
        (&["x^0.5", "x=-0.0"], "0.0", &["inf"], &["infinite"]),
        (&["sqrt(x^2)", "x=0"], "0.0", &["nan"], &["infinite", "nan", "sides"]),
        (&["log(x)", "x=0"], "-inf", &["inf"], &["infinite"]),
        (&["1/x", "x=0"], "inf", &["-inf"], &["infinite"]),
        (&["log(x)", "x=-1"], "nan", &["nan"], &["nan"]),
        (&["log1p(x)", "x=-2"], "nan", &["nan"], &["nan"]),
        (&["asin(x)", "x=2"], "nan", &["nan"], &["nan"]),
        (&["x^0", "x=0"], "1.0", &["0.0"], &[]),
        (&["x^1", "x=0"], "0.0", &["1.0"], &[]),
        (&["x^2", "x=0"], "0.0", &["0.0"], &[]),
        (&["x^y", "x=-2", "y=3"], "-8.0", &["12.0", "nan"], &["nan"]),
        (&["x^y", "x=-2", "y=3", "--wrt", "x"], "-8.0", &["12.0", "null"], &[]),
        (&["x^y", "x=0", "y=0"], "1.0", &["0.0", "0.0"], &["kink"]),
        (&["x^y", "x=0", "y=2.5"], "0.0", &["0.0", "0.0"], &[]),
        (&["max(1, sqrt(x))", "x=0"], "1.0", &["0.0"], &["blocked"]),
        (&["0*sqrt(x)", "x=0"], "0.0", &["0.0"], &[]),
        (&["where(x > 0, log(x), y)", "x=-1", "y=2"], "2.0", &["0.0", "1.0"], &["blocked"]),
        (&["max(log(x), 1)", "x=-1"], "nan", &["nan"], &["nan"]),
        (&["atan2(y, x)", "y=0", "x=0"], "0.0", &["nan", "nan"], &["nan", "sides", "sides"]),
    ];
    for (arguments, value, gradients, kinds) in edges {
        let answer = answer(arguments);
        let text = |value: &Value| value.to_string().trim_matches('"').replace("-0.0", "0.0");
        assert_eq!(text(&answer["value"]), *value, "{arguments:?}");
        let found: Vec<String> = answer["inputs"].as_array().expect("inputs").iter().map(|input| text(&input["gradient"])).collect();
        assert_eq!(found, *gradients, "{arguments:?}");
        let notes: Vec<&str> =
            answer["notes"].as_array().expect("notes").iter().map(|note| note["kind"].as_str().expect("a kind")).collect();
        assert_eq!(notes, *kinds, "{arguments:?}: {}", answer["notes"]);
    }
}

#[test]
fn every_unicode_twin_reads_as_its_ascii() {
    // The dot of x·y is a multiplication also where a name could go on; digits and letters may follow it.
    gives(&["x·y", "x=2", "y=3"], 6.0, &[("x", 3.0), ("y", 2.0)]);
    gives(&["x·2·y2", "x=2", "y2=3"], 12.0, &[("x", 6.0), ("y2", 4.0)]);
    gives(&["σ·x", "σ=2", "x=3"], 6.0, &[("σ", 3.0), ("x", 2.0)]);
    gives(&["√x × y² − x³ ÷ 2", "x=4", "y=3"], -14.0, &[("x", 2.25 - 24.0), ("y", 12.0)]);
    gives(&["where(x ≤ 2, x, ∞) + (x ≥ 2) + (x ≠ 2) + 0·τ/π", "x=2"], 3.0, &[("x", 1.0)]);
}
