//! Vectors and matrices against JAX and 200-digit arithmetic: values, gradients and Hessians of the expressions in
//! tests/reference/arrays.jsonl, which arrays.py made. Also what arrays must not be: shapes that do not go together.

use crate::support::answer_with;
use gradcalc::calculus::Granularity;
use gradcalc::ground::{Shape, Value};
use gradcalc::session::{Session, Settings};
use gradcalc::views::{Answer, Source};
use gradcalc::vocabulary::gate::{Axis, TABLE};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How far a number may be from the truth, as a part of it, or of the largest number of its array.
const ALLOWED: f64 = 1e-10;

fn numbers(json: &Json, out: &mut Vec<f64>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| numbers(item, out)),
        number => out.push(number.as_f64().expect("a number")),
    }
}

pub fn list(json: &Json) -> Vec<f64> {
    let mut out = Vec::new();
    numbers(json, &mut out);
    out
}

pub fn answer(expression: &str, inputs: &[(String, String)], settings: Settings) -> Result<Arc<Answer>, String> {
    let mut session = Session::new(settings);
    // The references list the inputs in the order in which the expression speaks of them.
    let words: Vec<&str> = expression.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut inputs = inputs.to_vec();
    inputs.sort_by_key(|(name, _)| words.iter().position(|word| word == name));
    for (name, value) in &inputs {
        session.bind(name, value).map_err(|fault| fault.message)?;
    }
    let mut answers = Vec::new();
    let source = Source { name: "<test>".into(), line: 1 };
    session.run(expression, &source, true, &mut |outcome| answers.push(outcome)).map_err(|fault| fault.message)?;
    answers.pop().ok_or("no answer")?.map_err(|fault| fault.message)
}

/// What differs between numbers found and numbers wanted.
pub fn difference(what: &str, found: &[f64], wanted: &[f64]) -> Option<String> {
    let largest = wanted.iter().fold(0.0f64, |largest, number| largest.max(number.abs()));
    // What cancels to 0 exactly leaves rounding of its terms, which are of the order of 1.
    let least = if largest == 0.0 { 1e-14 } else { ALLOWED * 1e-3 * largest };
    let near = |(found, wanted): (&f64, &f64)| found == wanted || (found - wanted).abs() <= (ALLOWED * wanted.abs()).max(least);
    let same = found.len() == wanted.len() && found.iter().zip(wanted).all(near);
    (!same).then(|| format!("{what} is {found:?}, not {wanted:?}"))
}

struct Case {
    line: Json,
    expression: String,
    inputs: Vec<(String, String)>,
    upstream: Option<String>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("reference/arrays.jsonl");
    text.lines()
        .map(|line| {
            let line: Json = serde_json::from_str(line).expect("JSON");
            let inputs = line["inputs"].as_object().expect("inputs").iter().map(|(name, value)| (name.clone(), value.to_string()));
            let upstream = Some(line["upstream"].to_string()).filter(|text| text != "null");
            Case { expression: line["expression"].as_str().expect("a text").to_owned(), inputs: inputs.collect(), upstream, line }
        })
        .collect()
}

/// What is wrong with the answer to a case.
fn faults(case: &Case, stages: Granularity, used: &mut HashSet<&'static str>) -> Vec<String> {
    let upstream = case.upstream.as_ref().map(|text| Session::new(Settings::default()).value(text).expect("a value"));
    let settings = Settings { stages, upstream, hessian: case.line.get("hessian").is_some(), ..Settings::default() };
    let answer = match answer(&case.expression, &case.inputs, settings) {
        Ok(answer) => answer,
        Err(error) => return vec![error],
    };
    used.extend(answer.program.ids().map(|id| answer.program.gate(id).row().name));
    let mut found: Vec<Option<String>> = vec![difference("the value", answer.numbers(answer.output), &list(&case.line["value"]))];
    for id in answer.active_inputs() {
        let name = answer.program.input(id).map_or("", |input| answer.symbols.name(input.name));
        let gradient = answer.gradients(id).expect("a gradient");
        found.push(difference(&format!("d{name}"), &gradient, &list(&case.line["gradients"][name])));
    }
    if let Some(hessian) = &answer.analysis.hessian {
        found.push(difference("the hessian", &hessian.rows.concat(), &list(&case.line["hessian"])));
    }
    found.into_iter().flatten().collect()
}

#[test]
fn values_and_gradients_are_those_of_mathematics() {
    let cases = cases();
    assert_eq!(cases.len(), 620, "every case is read");
    let mut used = HashSet::new();
    let wrong: Vec<String> = cases
        .iter()
        .flat_map(|case| faults(case, Granularity::Written, &mut used).into_iter().map(|fault| format!("{}: {fault}", case.expression)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Random numbers have no reference; sizes become numbers.
    let exempt = ["randn", "rand", "size"];
    for row in TABLE.iter().filter(|row| row.callable() && !row.gate.is_elementwise() && !exempt.contains(&row.name)) {
        assert!(used.contains(row.name), "no case uses {}", row.name);
    }
}

#[test]
fn every_level_of_stages_gives_the_same_numbers() {
    let mut used = HashSet::new();
    for stages in [Granularity::Fused, Granularity::Primitive] {
        for case in cases() {
            let wrong = faults(&case, stages, &mut used);
            // The smaller gates of softplus, max and abs, have a kink at 0, which is among its points; a note tells.
            let apart = matches!(stages, Granularity::Primitive) && case.line["name"] == "softplus_large";
            assert!(wrong.is_empty() || apart, "{stages:?}: {}: {}", case.expression, wrong.join("\n"));
        }
    }
}

/// The elements of an input and their gradients, by the names that they have when they are written out.
fn elements(name: &str, gradient: &Json) -> Vec<(String, f64)> {
    let Json::Array(items) = gradient else { return vec![(name.to_owned(), gradient.as_f64().expect("a number"))] };
    let columns = items[0].as_array().map(Vec::len);
    let element = |at: usize| match columns {
        Some(n) if items.len().max(n) > 10 => format!("{name}{}_{}", at / n, at % n),
        Some(n) => format!("{name}{}{}", at / n, at % n),
        None => format!("{name}{at}"),
    };
    list(gradient).into_iter().enumerate().map(|(at, gradient)| (element(at), gradient)).collect()
}

/// Written out in single numbers, a circuit has the same gradients, and the same value where that is a single number.
#[test]
fn arrays_written_out_give_the_same_numbers() {
    let mut seen = 0;
    for case in cases() {
        let upstream = case.upstream.as_ref().map(|text| Session::new(Settings::default()).value(text).expect("a value"));
        let whole = upstream.is_none();
        let name = case.line["name"].as_str().expect("a name");
        let answer = match answer(&case.expression, &case.inputs, Settings { scalars: true, upstream, ..Settings::default() }) {
            Ok(answer) => answer,
            Err(error) => {
                assert!(error.contains("cannot be written out"), "{name}: {error}");
                continue;
            }
        };
        assert!(answer.program.is_scalar(), "{name}");
        // A norm written out is the root of a sum of squares: they overflow or are lost, and at 0 the root has no slope.
        let apart = ["kink_norm", "kink_norm_along_an_axis", "norm_tiny", "norm_huge", "norm_huge_and_small", "norm_tiny_and_zero"];
        if apart.contains(&name) || ["norm_huge_rows", "std_tiny"].contains(&name) {
            continue;
        }
        let gradients = case.line["gradients"].as_object().expect("gradients");
        let wanted: HashMap<String, f64> = gradients.iter().flat_map(|(name, gradient)| elements(name, gradient)).collect();
        let named = answer.active_inputs().map(|id| {
            let name = answer.program.input(id).map(|input| answer.symbols.name(input.name)).expect("a name");
            (name.to_owned(), answer.gradient(id).expect("a gradient"))
        });
        let named: Vec<(String, f64)> = named.collect();
        assert_eq!(named.len(), wanted.len(), "{name}: every element has a gradient of its own");
        let found: Vec<f64> = named.iter().map(|&(_, gradient)| gradient).collect();
        // `w_1` is the element of `w` where `w1` is a name of the text.
        let wanted_for = |element: &str| wanted.get(element).or_else(|| wanted.get(&element.replacen('_', "", 1)));
        let wanted: Vec<f64> =
            named.iter().map(|(element, _)| *wanted_for(element).unwrap_or_else(|| panic!("{name}: {element}"))).collect();
        let wrong = difference("the gradient", &found, &wanted);
        assert!(wrong.is_none(), "{name}: {}: {}", case.expression, wrong.unwrap_or_default());
        if whole {
            let wrong = difference("the value", &[answer.value()], &list(&case.line["value"]));
            assert!(wrong.is_none(), "{name}: {}", wrong.unwrap_or_default());
        }
        seen += 1;
    }
    assert!(seen > 560, "{seen} cases are written out");
}

/// Numbers at which formulas part: not a number, infinities, zeros of both signs, ties, large, small and ordinary ones.
const SPECIAL: [f64; 10] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1.0, 1.0, -2.5, 1e200, 1e-200];

/// Matrices of two rows and three columns in which special numbers meet each other and ordinary ones.
fn matrices() -> Vec<Value> {
    let mut found = Vec::new();
    for (i, &one) in SPECIAL.iter().enumerate() {
        for &other in &SPECIAL[i..] {
            for numbers in [[one, other, 0.5, 2.0, -1.5, 3.0], [one, 0.5, 2.0, other, -1.5, 3.0], [one, one, other, other, other, one]] {
                found.push(Value::new(Shape::Matrix(2, 3), numbers.to_vec()));
            }
        }
    }
    found
}

/// The value of an expression of `X` and its gradient there.
fn at(expression: &str, x: &Value, scalars: bool) -> (f64, Vec<f64>) {
    let mut session = Session::new(Settings { scalars, ..Settings::default() });
    session.bind_value("X", x.clone());
    let mut answers = Vec::new();
    let source = Source { name: "<test>".into(), line: 1 };
    // Nobody looks at it, so that nothing is said of it.
    let silenced = format!("{expression};");
    session.run(&silenced, &source, true, &mut |outcome| answers.push(outcome)).unwrap_or_else(|fault| panic!("{}", fault.message));
    let answer = answers.pop().expect("an answer").unwrap_or_else(|fault| panic!("{expression}: {}", fault.message));
    (answer.value(), answer.active_inputs().flat_map(|id| answer.gradients(id).expect("a gradient").to_vec()).collect())
}

/// Whether two numbers are the same, or near where `allowed` is not 0: all that is not a number is, and so are zeros.
fn same(one: f64, other: f64, allowed: f64) -> bool {
    one == other || (one.is_nan() && other.is_nan()) || (one - other).abs() <= allowed * one.abs().max(other.abs())
}

/// What differs between two ways to write the same function.
fn apart(x: &Value, [one, other]: [&str; 2], scalars: bool, allowed: f64) -> Option<String> {
    let (found, wanted) = (at(one, x, false), at(other, x, scalars));
    let gradients = found.1.len() == wanted.1.len() && found.1.iter().zip(&wanted.1).all(|(&a, &b)| same(a, b, allowed));
    let told = || format!("{one} at {:?} is {found:?}, but {other} is {wanted:?}", x.numbers());
    (!same(found.0, wanted.0, allowed) || !gradients).then(told)
}

/// A gate along an axis is the gate of each run along it, to the bit, also where numbers are not finite or tie.
#[test]
fn along_an_axis_is_each_run_by_itself() {
    let (matrices, mut checked) = (matrices(), 0);
    for row in TABLE.iter().filter(|row| row.takes_axis() && row.callable() && row.name != "size") {
        let call = |operand: &str, axis: &str| match axis {
            "" => format!("{}({operand})", row.name),
            axis => format!("{}({operand}, axis={axis})", row.name),
        };
        let (columns, rows): (Vec<String>, Vec<String>) =
            ((0..3).map(|j| format!("X[:, {j}]")).collect(), (0..2).map(|i| format!("X[{i}]")).collect());
        for (axis, runs) in [("0", columns), ("1", rows)] {
            let keeps = row.axis == Axis::Keeps;
            // Weights tell the runs apart, and the numbers of each where the gate keeps them.
            let weights = if keeps { "[1, 2, 3]" } else { "1" };
            let whole = match (keeps, axis) {
                (true, "0") => format!("sum({} * reshape([1, 2], 2, 1) * [1, 4, 9])", call("X", axis)),
                (true, _) => format!("sum({} * reshape([1, 4], 2, 1) * {weights})", call("X", axis)),
                (false, _) => format!("{} @ {}", call("X", axis), if axis == "0" { "[1, 4, 9]" } else { "[1, 4]" }),
            };
            let inner = if axis == "0" { "[1, 2]" } else { weights };
            let term = |(at, run): (usize, &String)| {
                let (run, weight) = (call(run, ""), (at + 1) * (at + 1));
                if keeps { format!("sum({run} * {weight} * {inner})") } else { format!("{run} * {weight}") }
            };
            let parts: Vec<String> = runs.iter().enumerate().map(term).collect();
            for x in &matrices {
                let (whole, parts) = (at(&whole, x, false), at(&parts.join(" + "), x, false));
                let found = whole.1.iter().zip(&parts.1).all(|(&one, &other)| same(one, other, 1e-15));
                assert!(found, "{} axis {axis} at {:?}: {whole:?}, by runs {parts:?}", row.name, x.numbers());
                checked += 1;
            }
        }
    }
    assert!(checked > 3000, "{checked} comparisons");
}

/// A function of arrays is the same as the one written out in single numbers, also where numbers are not finite or tie.
#[test]
fn arrays_are_what_they_are_written_out() {
    let expressions = [
        "sum(X)",
        "mean(X)",
        "prod(X)",
        "max(X)",
        "min(X)",
        "sum(max(X, axis=0))",
        "sum(min(X, axis=1))",
        "sum(prod(X, 0))",
        "sum(cumsum(X)*[1, 2, 3, 4, 5, 6])",
        "sum(cumsum(X, 1)^2)",
        "(X @ [1, 2, 3])[1]",
        "([1, 2] @ X)[0]",
        "(X @ X')[0, 1]",
        "outer(X[0], X[1])[1, 2]",
        "dot(X[0], X[1])",
        "X[0] @ X[1]",
        "max(X @ [1, 2, 3])",
        "sum(X[1]*max(X, 0)[0])",
        "(X')[2, 0]^2",
        "sum(where(X > 0, X, 2*X))",
        "sum(relu(X) @ [1, 1, 1])",
        "trace(X[:, 0:2] @ X[:, 0:2])",
        "concat(X[0], X[1])[4]*2",
        "sum(X[:, 1]*X[0, 0])",
    ];
    let mut wrong = Vec::new();
    for expression in expressions {
        // Of a product written out one factor at a time, a factor of 0 hands on a gradient of 0, and that carries nothing.
        let zero_hides =
            |x: &Value| expression.contains("prod") && x.numbers().contains(&0.0) && x.numbers().iter().any(|x| !x.is_finite());
        let matrices: Vec<Value> = matrices().into_iter().filter(|x| !zero_hides(x)).collect();
        wrong.extend(matrices.iter().filter_map(|x| apart(x, [expression, expression], true, 1e-12)));
    }
    assert!(wrong.is_empty(), "{} differ, such as {}", wrong.len(), wrong[0]);
}

/// The derivative along a direction, by forward mode, is the gradient times the direction, and its second derivative the
/// Hessian between two directions.
#[test]
fn forward_mode_agrees_with_backward_mode() {
    let mut seen = 0;
    for case in cases().iter().filter(|case| case.upstream.is_none()) {
        let inputs: Vec<(String, Value)> = case
            .inputs
            .iter()
            .map(|(name, text)| {
                let value = Session::new(Settings::default()).value(text).expect("a value");
                let step: Vec<f64> = (0..value.numbers().len()).map(|at| 0.5 - 0.25 * (at % 5) as f64).collect();
                (name.clone(), Value::new(value.shape(), step))
            })
            .collect();
        let known = case.line["gradients"].as_object().expect("gradients");
        let along: Vec<(String, Value)> = inputs.into_iter().filter(|(name, _)| known.contains_key(name)).collect();
        let hessian = case.line.get("hessian").map(list);
        let settings = Settings { along: along.clone(), ..Settings::default() };
        let Ok(answer) = answer(&case.expression, &case.inputs, settings) else { panic!("{} fails", case.expression) };
        // In the order in which the expression speaks of them, which is the Hessian's.
        let names: Vec<&str> =
            answer.active_inputs().filter_map(|id| answer.program.input(id)).map(|input| answer.symbols.name(input.name)).collect();
        let step = |name: &&str| along.iter().find(|(known, _)| known == name).expect("a step").1.numbers().to_vec();
        let direction: Vec<f64> = names.iter().flat_map(step).collect();
        let gradient: Vec<f64> = names.iter().flat_map(|name| list(&known[*name])).collect();
        let terms: Vec<f64> = gradient.iter().zip(&direction).map(|(gradient, step)| gradient * step).collect();
        let (first, size): (f64, f64) = (terms.iter().sum(), terms.iter().map(|term| term.abs()).sum());
        let found = answer.analysis.along.expect("derivatives along a direction");
        assert!((found.first - first).abs() <= ALLOWED * size, "{}: {} along, not {first}", case.expression, found.first);
        if let Some(hessian) = hessian {
            let n = direction.len();
            let terms: Vec<f64> = (0..n * n).map(|at| hessian[at] * direction[at / n] * direction[at % n]).collect();
            let (second, size): (f64, f64) = (terms.iter().sum(), terms.iter().map(|term| term.abs()).sum());
            assert!((found.second - second).abs() <= ALLOWED * size, "{}: {} along, not {second}", case.expression, found.second);
        }
        seen += 1;
    }
    assert!(seen > 100, "{seen} cases have a single number");
}

#[test]
fn random_numbers_are_the_same_on_every_run() {
    let draw = |seed: u64, text: &str| {
        let answer = answer(text, &[], Settings { seed, ..Settings::default() }).expect("an answer");
        answer.numbers(answer.output).to_vec()
    };
    assert_eq!(draw(0, "randn(3, 4)"), draw(0, "randn(3, 4)"));
    assert_ne!(draw(0, "randn(3, 4)"), draw(1, "randn(3, 4)"));
    assert!(draw(0, "randn(4) - randn(4)").iter().all(|&x| x != 0.0), "each call draws anew");
    // Of 10,000 draws the mean and the variance are within five standard errors of the distribution's.
    let [mean, var] = ["mean(randn(10000))", "var(randn(10000))"].map(|text| draw(7, text)[0]);
    assert!(mean.abs() < 0.05 && (var - 1.0).abs() < 0.08, "{mean} {var}");
    let [mean, low, high] = ["mean(rand(10000))", "min(rand(10000))", "max(rand(10000))"].map(|text| draw(7, text)[0]);
    assert!((mean - 0.5).abs() < 0.015 && low >= 0.0 && high < 1.0, "{mean} {low} {high}");
}

#[test]
fn a_large_product_is_right() {
    // The ones vector picks sums of rows: both sides are exact in whole numbers.
    let text = "X = reshape(linspace(0, 40399, 40400), 200, 202) - 20000; sum(X @ (X' @ ones(200))) - (ones(200) @ X) @ (ones(200) @ X)";
    let answer = answer(text, &[], Settings::default()).expect("an answer");
    assert_eq!(answer.value(), 0.0);
}

/// A gradient of each input, or the fault's message.
fn tried(text: &str) -> Result<String, String> {
    let answer = gradcalc::Session::new().answer(text).map_err(|fault| fault.message.clone())?;
    Ok(answer.stages().iter().map(|stage| format!("{}={:?}", stage.name, stage.gradient)).collect::<Vec<_>>().join(" "))
}

/// What is gathered is what stands there one by one, gradients too, with zeros, infinities and nan among the numbers.
#[test]
fn gathered_elements_are_those_written_out() {
    for numbers in ["1, 2, 3", "0, -0, 2", "1/0, 2, -1/0", "0/0, 1, 1/0"] {
        let pairs = [
            ("sum(x[[2, 0, 2, -1]]^3)", "x[2]^3 + x[0]^3 + x[2]^3 + x[2]^3"),
            ("max(x[[1, 0]])", "max(x[1], x[0])"),
            ("sum(sqrt(x[[0, 0]])*[0, 1])", "sqrt(x[0])*0 + sqrt(x[0])*1"),
            ("f(k) = x[k]^2; f(1)", "x[1]^2"),
            ("g(k) = x[k + 1]; f(k) = g(k)*x[k]; f(0)", "x[1]*x[0]"),
            ("sum(x[[4, -1, 2] > 0]^2)", "x[0]^2 + x[2]^2"),
        ];
        for (gathered, written) in pairs {
            let gradient = |text: &str| {
                let answer = gradcalc::Session::new()
                    .answer(&format!("x = [{numbers}]; {text}"))
                    .unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
                format!("{:?} {:?}", answer.value(), answer.gradient("x"))
            };
            let plain = |text: String| text.replace("-0.0", "0.0");
            assert_eq!(plain(gradient(gathered)), plain(gradient(written)), "{gathered} at {numbers}");
        }
    }
}

/// What an index cannot be is told, never guessed.
#[test]
fn places_that_cannot_be_known_are_refused() {
    for (text, word) in [
        ("x = [1, 2, 3]; i = 1; sum(x[i:])", "no input changes"),
        ("x = [1, 2, 3]; i = [0, 3]; sum(x[i])", "3 is asked for"),
        ("x = [1, 2, 3]; i = 0.5; x[i]", "0.5 is asked for"),
        ("x = [1, 2, 3]; sum(x[x > 5])", "takes no element"),
        ("x = [1, 2, 3]; sum(x[[0, 3]])", "3 is asked for"),
        ("x = [1, 2, 3]; sum(x[[0, 0.5]])", "0.5 is asked for"),
        ("x = [1, 2, 3]; sum(x[[1, 2] > 0])", "the mask has 2"),
        ("x = [1, 2, 3]; sum(x[[1, 2, 3] > 9])", "takes no element"),
        ("x = [1, 2, 3]; const m = [0, 1, 1]; sum(x[m])", "may be a mask"),
        ("x = [1, 2, 3]; sum(x[:, [0, 1]])", "2 axes are indexed"),
        ("X = [1, 2; 3, 4]; sum(X[[0, 1; 1, 0]])", "three axes"),
        ("x = 3; sum(x[[0, 0]])", "1 axes are indexed"),
        ("x = [1, 2]; None + sum(x)", "None"),
    ] {
        let told = tried(text).expect_err(text);
        assert!(told.contains(word), "{text}: {told}");
    }
}

/// A gradient of 0 that meets an infinite or missing number in a product of arrays carries nothing where it is 0 by structure, and is
/// undetermined where it happens to be 0: as where the product is written out, whatever else is asked.
#[test]
fn zeros_in_products_are_those_of_products_written_out() {
    let texts = [
        "sum(M@N)*k",
        "sum(M@N.T)*k + sum(u)",
        "z@(M@u)",
        "(u@M)@z",
        "(u@z)*k",
        "sum((M@N)[0, :])",
        "sum((M@N)[:1])",
        "sum((M@u)[1:])*k",
        "sum(relu(M@N - 5))",
        "sum(M@N)*k + sum((u*u)[:1])",
        "sum((M@N)@(N@M))*k",
        "sum(where(M@N > 6, M@N, 0))",
    ];
    let usual = [("M", vec![1.0, 2.0, 3.0, 4.0]), ("N", vec![2.0, 1.0, 2.0, 3.0]), ("u", vec![1.5, 1.0]), ("z", vec![0.0, 1.0])];
    let (mut seen, mut undetermined) = (0, 0);
    for text in texts {
        for k in ["0", "1"] {
            for special in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
                for (name, at) in [("M", 0), ("M", 2), ("N", 0), ("N", 3), ("u", 0), ("u", 1)] {
                    let asks = |name: &str| text.contains(name);
                    if !asks(name) {
                        continue;
                    }
                    let given = usual.iter().filter(|(name, _)| asks(name)).map(|(own, numbers)| {
                        let mut numbers = numbers.clone();
                        if *own == name {
                            numbers[at] = special;
                        }
                        let written: Vec<String> = numbers.iter().map(|number| format!("{number}").replace("NaN", "(inf - inf)")).collect();
                        let text = if numbers.len() == 4 {
                            format!("[{}, {}; {}, {}]", written[0], written[1], written[2], written[3])
                        } else {
                            format!("[{}]", written.join(", "))
                        };
                        ((*own).to_owned(), text)
                    });
                    let mut inputs: Vec<(String, String)> = given.collect();
                    if asks("k") {
                        inputs.push(("k".to_owned(), k.to_owned()));
                    }
                    let arrays = answer_with(text, &inputs, Settings::default());
                    let single = answer_with(text, &inputs, Settings { scalars: true, ..Settings::default() });
                    let mut wanted: HashMap<String, f64> = single
                        .active_inputs()
                        .map(|id| (single.symbols.name(single.program.input(id).expect("an input").name).to_owned(), single.gradient(id)))
                        .filter_map(|(name, gradient)| Some((name, gradient?)))
                        .collect();
                    for id in arrays.active_inputs() {
                        let name = arrays.symbols.name(arrays.program.input(id).expect("an input").name);
                        for (place, &found) in arrays.gradients(id).expect("gradients").iter().enumerate() {
                            let element = match arrays.shape(id) {
                                Shape::Scalar => name.to_owned(),
                                Shape::Vector(_) => format!("{name}{place}"),
                                Shape::Matrix(_, n) => format!("{name}{}{}", place / n as usize, place % n as usize),
                            };
                            let wanted = wanted.remove(&element).unwrap_or(0.0);
                            let same = found.to_bits() == wanted.to_bits() || found == wanted || found.is_nan() && wanted.is_nan();
                            assert!(same, "{text} of {inputs:?}: d{element} is {found}, and {wanted} written out");
                            (seen, undetermined) = (seen + 1, undetermined + usize::from(wanted.is_nan()));
                        }
                    }
                }
            }
        }
    }
    assert!(seen > 3000 && undetermined > 400, "{seen} {undetermined}");
}

/// Products of numbers that leave the range on the way and come back: powers of two, whose exponents add up exactly.
#[test]
fn products_of_elements_leave_the_range_and_come_back() {
    use gradcalc::vocabulary::gate::runs;
    let mut state = 3_u64;
    let mut random = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    // 2^k, rounded once where it is subnormal.
    let power = |k: i64| if k > 1023 { f64::INFINITY } else { 2f64.powi((k / 2) as i32) * 2f64.powi((k - k / 2) as i32) };
    for case in 0..3000 {
        let count = 1 + random(9) as usize;
        let most = [20, 300, 1000][case % 3];
        let mut exponents: Vec<Option<i64>> = (0..count).map(|_| Some(random(2 * most).cast_signed() - most.cast_signed())).collect();
        if random(3) == 0 {
            exponents[random(count as u64) as usize] = None;
        }
        let x: Vec<f64> = exponents.iter().map(|&k| k.map_or(0.0, power)).collect();
        let product = |but: &[usize]| {
            let others = exponents.iter().enumerate().filter(|(at, _)| !but.contains(at));
            others.map(|(_, &k)| k).sum::<Option<i64>>().map_or(0.0, power)
        };
        assert_eq!(runs::prod(&x), product(&[]), "{x:?}");
        let mut out = vec![f64::NAN; count];
        runs::others(&x, &mut out);
        let wanted: Vec<f64> = (0..count).map(|at| product(&[at])).collect();
        assert_eq!(out, wanted, "{x:?}");
        // One weight alone leaves one product in each sum.
        let weighed = random(count as u64) as usize;
        let weights: Vec<f64> = (0..count).map(|at| if at == weighed { 4.0 } else { 0.0 }).collect();
        runs::pairs(&weights, &x, &mut out);
        let wanted: Vec<f64> = (0..count).map(|at| if at == weighed { 0.0 } else { 4.0 * product(&[at, weighed]) }).collect();
        let are_finite = wanted.iter().all(|number| number.is_finite());
        assert!(
            !are_finite || (0..count).all(|at| out[at] == wanted[at] || wanted[at] < 1e-300),
            "{x:?} {weights:?}: {out:?}, not {wanted:?}"
        );
    }
}

/// The digits that a subnormal product on the way does not have are in the product.
#[test]
fn products_keep_their_digits_below_the_normal_numbers() {
    use gradcalc::vocabulary::gate::runs;
    for (x, product) in [([1e-10, 1e-300, 1e150], 1e-160), ([1e-17, 1e-305, 1e300], 1e-22), ([1e-19, 1e-305, 1e300], 1e-24)] {
        let found = runs::prod(&x);
        assert!((found / product - 1.0).abs() < 1e-15, "{x:?}: {found}");
    }
}

/// A gradient that is undetermined because products of many elements left the range is told, or is right.
#[test]
fn a_product_of_many_elements_has_its_gradient() {
    for count in [1000, 4000, 10_000, 100_000] {
        // Away from the element that is 0, if one is, all gradients are 0; there the product of the others is below 1e-300.
        let answer = answer(&format!("x = linspace(-1, 2, {count}); prod(x)"), &[], Settings::default()).expect("an answer");
        let input = answer.active_inputs().next().expect("an input");
        let gradient = answer.gradients(input).expect("a gradient");
        assert!(gradient.iter().all(|number| number.abs() < 1e-200), "{count}");
    }
}
