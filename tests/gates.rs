//! The gate table against arbitrary-precision arithmetic, and what it decides at edges.
//!
//! `reference/gates.jsonl` holds values, gradients and hessians made by mpmath (see `gates.py` beside it). Here they
//! are computed as a user gets them: the gate is a stage, backpropagation adds its gradients as stages, and
//! backpropagation through each of those gives the rows of the hessian. So every derivative text of the table is
//! checked, and that of every gate that such a text is made of.
//!
//! `cargo test --test gates -- --nocapture` prints the largest errors of each gate.

use gradcalc::calculus::backprop::Path;
use gradcalc::calculus::check::{Verdict, What};
use gradcalc::calculus::{Rules, Ties, backprop, evaluate};
use gradcalc::forms::program::Input;
use gradcalc::forms::{Program, StageId};
use gradcalc::ground::{Shape, Span, Value as Numbers};
use gradcalc::session::{Session, Settings};
use gradcalc::views::Source;
use gradcalc::vocabulary::gate::{Row, TABLE};
use gradcalc::vocabulary::{Gate, Symbols};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::PI;

/// The smallest number above 0: the spacing of subnormal numbers.
const LEAST: f64 = 5e-324;

/// What may be lost in a value, a gradient and an entry of a hessian, in ulps of the result.
///
/// Kernels are correctly rounded or good to an ulp or so; a text rounds two or three times, its derivative some six
/// times. Only digamma and polygamma are longer computations; their derivatives are polygamma again.
fn ulps(name: &str) -> [f64; 3] {
    match name {
        "digamma" => [4.0, 4.0, 6.0],
        "polygamma" => [6.0, 8.0, 8.0],
        "erfcx" | "erfcx_derivative" => [6.0, 8.0, 10.0],
        "hypot" => [1.5, 4.0, 6.0],
        _ => [1.0, 4.0, 6.0],
    }
}

/// What a derivative may lose beyond its ulps because its text cannot keep it: the size of the terms of which an
/// epsilon is lost, and the number of least numbers that underflow on the way may cost.
///
/// `place` is empty for the value, `[i]` for the slope on operand i, `[i, j]` for the slope of that on operand j.
fn lost(name: &str, at: &[f64], place: &[usize], want: f64) -> (f64, f64) {
    let x = at[0];
    match (name, place) {
        // Reflection: a difference of two terms, this the larger.
        ("digamma", []) if x < 0.0 => ((PI / (PI * x).tan()).abs(), 0.0),
        // (1 - out) * out and 1 - out^2, as a person writes them, are differences from 1.
        ("sigma" | "tanh", [0]) | ("sigma" | "softplus" | "logsigmoid", [0, 0]) | ("logaddexp", [_, _]) => (1.0, 0.0),
        ("tanh", [0, 0]) => (2.0, 0.0),
        ("silu", [0]) => (x.abs() * (-x.abs()).exp(), 0.0),
        ("silu", [0, 0]) => (1.0, x.abs()),
        // exp(-x^2): rounding x^2 costs x^2 ulps of the result.
        ("erf" | "erfc", [0]) => (want.abs() * x * x, 1.0),
        ("erf" | "erfc", [0, 0]) => (want.abs() * x * x, 2.0 * x.abs()),
        ("gelu", _) => {
            let bell = (-0.5 * x * x).exp() / (2.0 * PI).sqrt();
            match place {
                [] => (0.0, 0.0),
                [_] => (bell * x.abs() * (1.0 + x * x), x.abs()),
                _ => (bell * (2.0 + x * x) * (1.0 + x * x), x * x),
            }
        }
        // The second derivative comes as a difference: of 1 + x and 1 - x, of 1 and (x / out)^2, of x^2 and y^2.
        ("asin" | "acos", [0, 0]) => (((1.0 - x) * (1.0 + x)).powf(-1.5), 0.0),
        ("atanh", [0, 0]) => (2.0 * ((1.0 - x) * (1.0 + x)).powi(-2), 0.0),
        ("hypot", [_, _]) => (1.0 / at[1..].iter().fold(x, |length, y| length.hypot(*y)), 0.0),
        // Where the terms cancel: log(exp(x) + exp(y)) next to 0, cosines and sines over x next to a zero.
        // Rounding x - y costs that many ulps of exp(x - y).
        ("logaddexp", [_]) => (want.abs() * (x - at[1]).abs(), 0.0),
        ("logaddexp", []) => (x.abs().max(at[1].abs()), 0.0),
        ("sinc_derivative", _) => (8.0 / (1.0 + at[1].abs()), 0.0),
        ("sinc", [_, ..]) => (4.0 / (1.0 + x.abs()), 0.0),
        ("atan2", _) => {
            let distance = x.hypot(at[1]);
            match place {
                _ if distance.is_infinite() => (f64::INFINITY, 0.0),
                [_, _] => (4.0 / distance / distance, 0.0),
                _ => (0.0, 0.0),
            }
        }
        ("pow", _) => {
            let y = at[1];
            let log = x.abs().ln().abs();
            // Rounding the exponent y - 1 costs that many ulps of the power.
            let power = x.powf(y - 1.0).abs() * (1.0 + (y - 1.0).abs() * log);
            match place {
                // Above 2^53, y - 1 is y, and its parity is lost.
                [0] if x < 0.0 && y - 1.0 == y => (2.0 * want.abs() / f64::EPSILON, 0.0),
                [0] => (want.abs() * (y - 1.0).abs() * log, y.abs()),
                [0, 0] => (want.abs() * (y - 2.0).abs() * log, y * y),
                [0, 1] => (power * (1.0 + y.abs() * log), y.abs()),
                [1, 0] => (power * y.abs() * log + (x.powf(y) * (1.0 / x)).abs().max(0.0), y.abs()),
                _ => (0.0, 0.0),
            }
        }
        _ => (0.0, 0.0),
    }
}

/// A gate's value and its derivatives at a point.
struct Derivatives {
    value: f64,
    gradient: Vec<f64>,
    hessian: Vec<Vec<f64>>,
}

impl Derivatives {
    /// Every number and its place.
    fn entries(&self) -> Vec<(Vec<usize>, f64)> {
        let mut entries = vec![(vec![], self.value)];
        entries.extend(self.gradient.iter().enumerate().map(|(i, &slope)| (vec![i], slope)));
        for (i, row) in self.hessian.iter().enumerate() {
            entries.extend(row.iter().enumerate().map(|(j, &slope)| (vec![i, j], slope)));
        }
        entries
    }
}

/// A line of the reference.
fn read(line: &str) -> (String, Vec<f64>, Derivatives) {
    let line: Value = serde_json::from_str(line).expect("a line is JSON");
    let number = |value: &Value| value.as_str().and_then(|text| text.parse().ok()).expect("a number in quotation marks");
    let list = |value: &Value| value.as_array().expect("a list").iter().map(number).collect();
    let hessian = line["hessian"].as_array().expect("a list").iter().map(list).collect();
    let derivatives = Derivatives { value: number(&line["value"]), gradient: list(&line["gradient"]), hessian };
    (line["gate"].as_str().expect("a name").to_owned(), list(&line["at"]), derivatives)
}

/// The same from the gate table, by backpropagation and by backpropagation through that.
fn computed(gate: Gate, at: &[f64], rules: &mut Rules) -> Derivatives {
    let mut symbols = Symbols::default();
    let mut program = Program::new();
    let inputs: Vec<StageId> = (0..at.len())
        .map(|i| {
            program.add_input(Input { name: symbols.intern(&format!("x{i}")), active: true, value: None }, Shape::Scalar, Span::default())
        })
        .collect();
    let output = program.share(gate, &inputs, Span::default());
    let one = program.add_constant(1.0, None, Span::default());
    let mut slopes = |program: &mut Program, of: Option<StageId>| -> Vec<Option<StageId>> {
        let backward = of.map(|of| backprop(program, of, one, Path::Active, Ties::Course, rules));
        inputs.iter().map(|&input| backward.as_ref().and_then(|backward| backward.adjoint(input))).collect()
    };
    let gradient = slopes(&mut program, Some(output));
    let hessian: Vec<_> = gradient.iter().map(|&slope| slopes(&mut program, slope)).collect();
    let at: Vec<Numbers> = at.iter().map(|&x| x.into()).collect();
    let values = evaluate(&program, &at);
    // No stage: no gradient gets there.
    let numbers = |stages: &[Option<StageId>]| stages.iter().map(|stage| stage.map_or(0.0, |stage| values.scalar(stage))).collect();
    Derivatives { value: values.scalar(output), gradient: numbers(&gradient), hessian: hessian.iter().map(|row| numbers(row)).collect() }
}

/// The distance to the next number.
fn ulp(number: f64) -> f64 {
    let size = number.abs().min(f64::MAX.next_down());
    size.next_up() - size
}

/// Whether a derivative text speaks of the gate's own value.
fn speaks_of_out(text: &str) -> bool {
    text.replace("dout", "").contains("out")
}

/// How far a number may be off: by rounding its text, and beyond that.
fn allowed(row: &Row, at: &[f64], place: &[usize], value: f64, want: f64) -> (f64, f64) {
    let text = |i: usize| row.slopes[if row.arity().is_none() { 0 } else { i }];
    let through_out = place.first().is_some_and(|&i| speaks_of_out(text(i)));
    if through_out && value.is_infinite() {
        // Where `out` has overflowed, the text has nothing to go by.
        return (0.0, f64::INFINITY);
    }
    let (terms, least) = lost(row.name, at, place, want);
    // Where `out` is subnormal, what it has lost is lost to the text.
    let coarse = if through_out && value != 0.0 { want.abs() * (LEAST / value.abs()) } else { 0.0 };
    (ulps(row.name)[place.len()] * ulp(want), f64::EPSILON * terms + LEAST * least + coarse)
}

fn callable() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(|row| row.callable() && row.gate.is_elementwise())
}

#[test]
fn values_gradients_and_hessians_are_those_of_mathematics() {
    let mut rules = Rules::default();
    let mut worst: BTreeMap<String, [f64; 6]> = BTreeMap::new();
    let (mut wrong, mut compared, mut waived) = (Vec::new(), 0, 0);
    for line in include_str!("reference/gates.jsonl").lines() {
        let (name, at, wanted) = read(line);
        let row = Gate::named(&name).unwrap_or_else(|| panic!("the reference knows `{name}`, the table does not")).row();
        let worst = worst.entry(name.clone()).or_default();
        let got = computed(row.gate, &at, &mut rules);
        for ((place, want), (_, got)) in wanted.entries().into_iter().zip(got.entries()) {
            if want.is_nan() {
                continue;
            }
            compared += 1;
            // The sign of a zero is part of a value, not of a derivative.
            let same = got == want && (got.to_bits() == want.to_bits() || !place.is_empty());
            let (rounding, beyond) = allowed(row, &at, &place, wanted.value, want);
            if same || beyond == f64::INFINITY {
                waived += usize::from(!same);
                continue;
            }
            let error = (got - want).abs();
            let (column, size) =
                if error <= rounding { (place.len(), error / ulp(want)) } else { (place.len() + 3, error / (rounding + beyond)) };
            worst[column] = worst[column].max(size);
            let near = error <= rounding + beyond && got != want;
            if !near {
                wrong.push(format!(
                    "{name}{at:?} at {place:?}: {got:e} is not {want:e}, off by {error:e}, allowed {rounding:e} + {beyond:e}"
                ));
            }
        }
    }
    println!("{:12}  errors in ulps, of value, gradient, hessian   larger ones, as a part of what is allowed", "");
    for (name, [value, gradient, hessian, lost @ ..]) in worst {
        println!("{name:12}  {value:.1} {gradient:.1} {hessian:.1}   {:.2} {:.2} {:.2}", lost[0], lost[1], lost[2]);
    }
    println!("{compared} numbers compared, {waived} of them where the text overflows on the way");
    assert!(waived * 200 < compared, "{waived} of {compared} were let pass");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_gate_has_a_reference() {
    let known: BTreeSet<String> = include_str!("reference/gates.jsonl").lines().map(|line| read(line).0).collect();
    // What passes no gradient on has none to compare.
    let gates: BTreeSet<String> = callable().filter(|row| !row.passes_nothing).map(|row| row.name.to_owned()).collect();
    let missing: Vec<_> = gates.difference(&known).collect();
    assert!(missing.is_empty(), "no lines in tests/reference/gates.jsonl for {missing:?}: add them to gates.py");
    let unknown: Vec<_> = known.difference(&gates).collect();
    assert!(unknown.is_empty(), "tests/reference/gates.jsonl has lines for {unknown:?}, the gate table no row");
}

/// Functions of whole arrays have their kinks where they are 0, which is looked at before their conditions are.
#[test]
fn functions_of_whole_arrays_bend_where_they_are_nothing() {
    let whole = TABLE.iter().filter(|row| !row.gate.is_elementwise());
    let conditions: Vec<&str> = whole.flat_map(|row| row.kinks.iter().map(|kink| kink.when)).collect();
    assert!(!conditions.is_empty());
    for when in conditions {
        assert!(when == "expand(out, axis) == 0" || when.starts_with("(expand(out, axis) == 0) * "), "{when}");
    }
}

// Edges: kinks, ties, poles, ends of domains. The decisions stand here, each as a user would try it.

/// The value of an expression and the gradients of its inputs, in the order of the bindings.
fn ask(ties: Ties, expression: &str, bindings: &[(&str, &str)]) -> (f64, Vec<f64>) {
    let mut session = Session::new(Settings { ties, check: Some(What::Inputs), ..Settings::default() });
    for (name, value) in bindings {
        session.bind(name, value).expect("a binding is a name and a number");
    }
    let mut answers = Vec::new();
    let source = Source { name: "<test>".into(), line: 1 };
    session.run(expression, &source, true, &mut |answer| answers.push(answer)).unwrap_or_else(|fault| panic!("{expression}: {fault:?}"));
    let answer = answers.pop().expect("an answer").unwrap_or_else(|fault| panic!("{expression}: {fault:?}"));
    // No decision about an edge is a wrong rule to differences.
    for checked in answer.checks.iter().flat_map(|checks| checks.iter()) {
        let alarm = matches!(checked.verdict, Verdict::Mismatch | Verdict::Lost(_));
        assert!(!alarm, "{expression} at {bindings:?}: {checked:?}");
    }
    let gradient = |wanted: &str| {
        let leaf = answer.leaves().find(|&leaf| answer.program.input(leaf).is_some_and(|input| answer.symbols.name(input.name) == wanted));
        leaf.and_then(|leaf| answer.gradient(leaf)).unwrap_or_else(|| panic!("{expression} has no gradient for {wanted}"))
    };
    (answer.value(), bindings.iter().map(|(name, _)| gradient(name)).collect())
}

/// Checks an expression at a point; nan is equal to nan, and -0 to 0.
fn check_ties(ties: Ties, expression: &str, bindings: &[(&str, &str)], value: f64, gradients: &[f64]) {
    let (got, slopes) = ask(ties, expression, bindings);
    let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
    let right = same(got, value) && slopes.iter().zip(gradients).all(|(&a, &b)| same(a, b)) && slopes.len() == gradients.len();
    assert!(right, "{expression} at {bindings:?} is {got:e} with gradients {slopes:?}, not {value:e} with {gradients:?}");
}

fn check(expression: &str, bindings: &[(&str, &str)], value: f64, gradients: &[f64]) {
    check_ties(Ties::Course, expression, bindings, value, gradients);
}

/// The same for an expression in x alone.
fn at(expression: &str, x: &str, value: f64, slope: f64) {
    check(expression, &[("x", x)], value, &[slope]);
}

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

#[test]
fn ties_of_max_and_min() {
    let two = [("x", "2"), ("y", "2")];
    let three = [("x", "-1"), ("y", "-1"), ("z", "-1")];
    for gate in ["max", "min"] {
        check(&format!("{gate}(x, y)"), &two, 2.0, &[1.0, 1.0]);
        check(&format!("{gate}(x, y, z)"), &three, -1.0, &[1.0, 1.0, 1.0]);
        check_ties(Ties::Split, &format!("{gate}(x, y)"), &two, 2.0, &[0.5, 0.5]);
        check_ties(Ties::Split, &format!("{gate}(x, y, z)"), &three, -1.0, &[1.0 / 3.0; 3]);
        // Zeros of either sign are equal.
        check(&format!("{gate}(x, y)"), &[("x", "0"), ("y", "-0")], 0.0, &[1.0, 1.0]);
        // Of the same stage there is only one, in either way of sharing.
        for (ties, each) in [(Ties::Course, 1.0), (Ties::Split, 0.5)] {
            check_ties(ties, &format!("{gate}(x, x)"), &[("x", "3")], 3.0, &[1.0]);
            check_ties(ties, &format!("{gate}(x, x, y)"), &[("x", "3"), ("y", "3")], 3.0, &[each, each]);
            check_ties(ties, &format!("{gate}(x)"), &[("x", "3")], 3.0, &[1.0]);
        }
    }
    check_ties(Ties::Split, "max(x, y, z)", &[("x", "5"), ("y", "1"), ("z", "5")], 5.0, &[0.5, 0.0, 0.5]);
    check_ties(Ties::Split, "min(x, y, z)", &[("x", "5"), ("y", "1"), ("z", "5")], 1.0, &[0.0, 1.0, 0.0]);
    check_ties(Ties::Split, "clamp(x, lo, hi)", &[("x", "1"), ("lo", "1"), ("hi", "1")], 1.0, &[0.25, 0.25, 0.5]);
    check_ties(Ties::Split, "clamp(x, lo, hi)", &[("x", "0"), ("lo", "0"), ("hi", "1")], 0.0, &[0.5, 0.5, 0.0]);
    check("clamp(x, lo, hi)", &[("x", "0"), ("lo", "0"), ("hi", "1")], 0.0, &[1.0, 1.0, 0.0]);
}

#[test]
fn kinks() {
    for zero in ["0", "-0"] {
        at("abs(x)", zero, 0.0, 0.0);
        at("relu(x)", zero, 0.0, 0.0);
        check("hypot(x, y)", &[("x", zero), ("y", "0")], 0.0, &[0.0, 0.0]);
        at("leaky_relu(x)", zero, 0.0, 0.01);
        at("elu(x)", zero, 0.0, 1.0);
        at("sign(x)", zero, 0.0, 0.0);
    }
    at("floor(x)", "2", 2.0, 0.0);
    at("round(x)", "2.5", 2.0, 0.0);
}

#[test]
fn poles_and_ends_of_domains() {
    for zero in ["0", "-0"] {
        at("sqrt(x)", zero, 0.0, INF);
        at("x^0.5", zero, 0.0, INF);
        at("sqrt(x^2)", zero, 0.0, NAN);
        at("sqrt(x*x)", zero, 0.0, NAN);
    }
    at("log(x)", "0", -INF, INF);
    at("log2(x)", "0", -INF, INF);
    at("log10(x)", "0", -INF, INF);
    at("log1p(x)", "-1", -INF, INF);
    at("1/x", "0", INF, -INF);
    check("y/x", &[("y", "1"), ("x", "0")], INF, &[INF, -INF]);
    at("cbrt(x)", "0", 0.0, INF);
    at("asin(x)", "1", PI / 2.0, INF);
    at("acos(x)", "-1", PI, -INF);
    at("atanh(x)", "1", INF, INF);
    at("acosh(x)", "1", 0.0, INF);
    check("atan2(y, x)", &[("y", "0"), ("x", "0")], 0.0, &[NAN, NAN]);
}

#[test]
fn outside_a_domain_value_and_slope_are_nan() {
    let outside = [
        ("log(x)", "-1"),
        ("log1p(x)", "-2"),
        ("log2(x)", "-1"),
        ("log10(x)", "-1"),
        ("asin(x)", "2"),
        ("acos(x)", "-2"),
        ("atanh(x)", "2"),
        ("acosh(x)", "-2"),
        ("acosh(x)", "0.5"),
        ("sqrt(x)", "-1"),
        ("x^0.5", "-1"),
        ("gamma(x)", "-1"),
        ("digamma(x)", "-1"),
        ("polygamma(2, x)", "-1"),
    ];
    for (expression, x) in outside {
        at(expression, x, NAN, NAN);
    }
}

#[test]
fn nan_is_never_hidden() {
    for row in callable().filter(|row| !row.passes_nothing) {
        let names: Vec<String> = (0..row.operands.len()).map(|i| format!("x{i}")).collect();
        for wrong in 0..names.len() {
            let number = |i| if i == wrong { "log(-1)" } else { "1" };
            let bindings: Vec<_> = names.iter().enumerate().map(|(i, name)| (name.as_str(), number(i))).collect();
            let expression = format!("{}({})", row.name, names.join(", "));
            let (value, slopes) = ask(Ties::Course, &expression, &bindings);
            match row.name {
                // Comparisons with nan are false, all but one; 1^y is 1 whatever y is; the branch not taken is not looked at.
                "lt" | "le" | "gt" | "ge" | "eq" => assert_eq!(value, 0.0, "{expression}"),
                "ne" => assert_eq!(value, 1.0, "{expression}"),
                "pow" if wrong == 1 => assert_eq!(value, 1.0, "{expression}"),
                "where" if wrong == 2 => assert_eq!((value, &slopes[..]), (1.0, &[0.0, 1.0, 0.0][..])),
                _ => {
                    assert!(value.is_nan(), "{expression} at {bindings:?} is {value}");
                    // A slope that is a number, such as that of a sum, is what it is; so is the other factor of a product.
                    let plain = slopes
                        .iter()
                        .zip(row.slopes)
                        .all(|(slope, text)| slope.is_nan() || text.is_empty() || !speaks_of_out(text) && !row.guarded);
                    assert!(plain, "{expression} at {bindings:?} has gradients {slopes:?}");
                }
            }
        }
    }
    at("max(x, 1)", "log(-1)", NAN, NAN);
    check("max(x, y)", &[("x", "log(-1)"), ("y", "1")], NAN, &[NAN, NAN]);
    check("min(x, y)", &[("x", "1"), ("y", "log(-1)")], NAN, &[NAN, NAN]);
    check_ties(Ties::Split, "max(x, y)", &[("x", "log(-1)"), ("y", "1")], NAN, &[NAN, NAN]);
    for gate in ["abs", "sign", "relu", "floor", "exp", "sqrt", "tanh", "sigma", "erf", "digamma"] {
        at(&format!("{gate}(x)"), "log(-1)", NAN, NAN);
    }
}

#[test]
fn gates_of_logarithms_remainders_and_angles_at_their_edges() {
    for zero in ["0", "-0"] {
        at("sinc(x)", zero, 1.0, 0.0);
        check("xlogy(x, y)", &[("x", zero), ("y", "0")], 0.0, &[-INF, 0.0]);
        check("xlogy(x, y)", &[("x", zero), ("y", "2")], 0.0, &[2f64.ln(), 0.0]);
    }
    at("sinc(x)", "inf", 0.0, 0.0);
    at("sinc(x)", "-inf", 0.0, 0.0);
    at("log1mexp(x)", "0", -INF, INF);
    at("log1mexp(x)", "inf", 0.0, 0.0);
    at("log1mexp(x)", "-1", NAN, NAN);
    check("xlogy(x, y)", &[("x", "2"), ("y", "0")], -INF, &[-INF, INF]);
    check("xlogy(x, y)", &[("x", "2"), ("y", "-1")], NAN, &[NAN, NAN]);
    at("logsigmoid(x)", "-inf", -INF, 1.0);
    at("logsigmoid(x)", "inf", 0.0, 0.0);
    at("logsigmoid(x)", "-1000", -1000.0, 1.0);
    check("logaddexp(x, y)", &[("x", "-inf"), ("y", "1")], 1.0, &[0.0, 1.0]);
    check("logaddexp(x, y)", &[("x", "inf"), ("y", "1")], INF, &[1.0, 0.0]);
    check("logaddexp(x, y)", &[("x", "-1000"), ("y", "-1000")], -1000.0 + 2f64.ln(), &[0.5, 0.5]);
    at("erfcx(x)", "inf", 0.0, 0.0);
    at("erfcx(x)", "-inf", INF, -INF);
    // As Python has it: the sign is the divisor's.
    for (x, y, value, floor) in [("7", "3", 1.0, 2.0), ("-7", "3", 2.0, -3.0), ("7", "-3", -2.0, -3.0), ("-7", "-3", -1.0, 2.0)] {
        check("mod(x, y)", &[("x", x), ("y", y)], value, &[1.0, -floor]);
    }
    check("mod(x, y)", &[("x", "1"), ("y", "0.1")], 0.099_999_999_999_999_95, &[1.0, -9.0]);
    check("mod(x, y)", &[("x", "6"), ("y", "3")], 0.0, &[1.0, -2.0]);
    check("mod(x, y)", &[("x", "1"), ("y", "0")], NAN, &[NAN, NAN]);
    check("mod(x, y)", &[("x", "inf"), ("y", "3")], NAN, &[NAN, NAN]);
    at("hypot(x)", "-3", 3.0, -1.0);
    check("hypot(x, y, z)", &[("x", "0"), ("y", "0"), ("z", "0")], 0.0, &[0.0, 0.0, 0.0]);
    check("hypot(x, y, z)", &[("x", "2"), ("y", "-3"), ("z", "6")], 7.0, &[2.0 / 7.0, -3.0 / 7.0, 6.0 / 7.0]);
    check("hypot(x, x)", &[("x", "3")], 18f64.sqrt(), &[2f64.sqrt()]);
}

#[test]
fn powers() {
    at("x^0", "0", 1.0, 0.0);
    at("x^1", "0", 0.0, 1.0);
    at("x^2", "0", 0.0, 0.0);
    at("x^3", "0", 0.0, 0.0);
    at("x^3", "-2", -8.0, 12.0);
    at("x^3", "-1.5", -3.375, 6.75);
    at("x^-1", "0", INF, -INF);
    at("x^-1", "-2", -0.5, -0.25);
    let point = |x, y, value, slopes: [f64; 2]| check("x^y", &[("x", x), ("y", y)], value, &slopes);
    point("-2", "3", -8.0, [12.0, NAN]);
    point("-2", "2", 4.0, [-4.0, NAN]);
    point("-2", "0", 1.0, [0.0, NAN]);
    point("-2", "0.5", NAN, [NAN, NAN]);
    point("0", "0", 1.0, [0.0, 0.0]);
    point("-0", "0", 1.0, [0.0, 0.0]);
    point("0", "2.5", 0.0, [0.0, 0.0]);
    point("0", "0.5", 0.0, [INF, 0.0]);
    point("0", "1", 0.0, [1.0, 0.0]);
    point("0", "-1", INF, [-INF, -INF]);
    point("3", "0", 1.0, [0.0, 3f64.ln()]);
}

#[test]
fn an_upstream_gradient_of_zero_carries_nothing() {
    at("max(1, sqrt(x))", "0", 1.0, 0.0);
    at("0*sqrt(x)", "0", 0.0, 0.0);
    at("0*log(x + 1)*sqrt(x)", "0", 0.0, 0.0);
    // Infinity times a slope of 0 is nothing that could be known.
    at("sqrt(abs(x))", "0", 0.0, NAN);
    at("sqrt(x^3)", "0", 0.0, NAN);
}

#[test]
fn the_branch_not_taken_gets_nothing() {
    for (branch, x) in [("sqrt(x)", "0"), ("1/x", "0"), ("log(x)", "-1"), ("log(x)", "0"), ("x^0.5", "-1"), ("exp(x)", "1000")] {
        at(&format!("where(x > 5e3, {branch}, 2*x)"), x, 2.0 * x.parse::<f64>().expect("a number"), 2.0);
        at(&format!("where(x <= 5e3, 2*x, {branch})"), x, 2.0 * x.parse::<f64>().expect("a number"), 2.0);
    }
    check("where(c, x, y)", &[("c", "0"), ("x", "1"), ("y", "2")], 2.0, &[0.0, 0.0, 1.0]);
    check("where(c, x, y)", &[("c", "-0.5"), ("x", "1"), ("y", "2")], 1.0, &[0.0, 1.0, 0.0]);
    at("where(1, x, sqrt(x))", "0", 0.0, 1.0);
}

#[test]
fn subnormal_numbers_are_kept() {
    at("x*1", "5e-324", LEAST, 1.0);
    at("x + 0", "5e-324", LEAST, 1.0);
    at("x/1", "-5e-324", -LEAST, 1.0);
    at("sigma(x)", "-745", LEAST, LEAST);
    at("exp(x)", "-745", LEAST, LEAST);
    at("exp2(x)", "-1074", LEAST, LEAST);
    at("softplus(x)", "-745", LEAST, LEAST);
    at("tanh(x)", "5e-324", LEAST, 1.0);
    at("relu(x)", "5e-324", LEAST, 1.0);
    at("abs(x)", "-5e-324", LEAST, -1.0);
    at("max(x, 0)", "5e-324", LEAST, 1.0);
    at("sqrt(x)", "5e-324", LEAST.sqrt(), 0.5 / LEAST.sqrt());
    check("x*y", &[("x", "1e-200"), ("y", "1e-120")], 1e-320, &[1e-120, 1e-200]);
    check("x*y", &[("x", "5e-324"), ("y", "3")], 3.0 * LEAST, &[3.0, LEAST]);
    check("x/y", &[("x", "1e-310"), ("y", "10")], 1e-311, &[0.1, -1e-312]);
    // A gradient that is subnormal on the way.
    check("x*y*z", &[("x", "1"), ("y", "1e-310"), ("z", "1")], 1e-310, &[1e-310, 1.0, 1e-310]);
}
