//! Functions of single numbers in the printed languages that are quick to have, compiled or interpreted and run: the calculator's own numbers, also where zeros,
//! infinities, nan, ties and the ends of the range meet.
//!
//! A function is printed once, without values, and called at every point; what must come of it the calculator computes at each point.
//! Numbers differ by what the languages' elementary functions do; what is undetermined is nan in every language.

use crate::code::{CASES, MISREAD, numpy};
use crate::structure::as_written;
use crate::support::{answer_with, is_deep};
use crate::targets::NAMES;
use gradcalc::calculus::range::evaluate;
use gradcalc::forms::StageId;
use gradcalc::session::Settings;
use gradcalc::views::{Answer, Style, View, named};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// Functions of one number, each at every one of `SPECIAL`.
const OF_ONE: &[&str] = &[
    "exp(x)",
    "expm1(x)",
    "exp2(x)",
    "log(x)",
    "log1p(x)",
    "log2(x)",
    "log10(x)",
    "sqrt(x)",
    "cbrt(x)",
    "sin(x)",
    "cos(x)",
    "tan(x)",
    "asin(x)",
    "acos(x)",
    "atan(x)",
    "sinh(x)",
    "cosh(x)",
    "tanh(x)",
    "asinh(x)",
    "acosh(x)",
    "atanh(x)",
    "sigma(x)",
    "relu(x)",
    "leaky_relu(x)",
    "elu(x)",
    "softplus(x)",
    "silu(x)",
    "gelu(x)",
    "logsigmoid(x)",
    "log1mexp(x)",
    "sinc(x)",
    "abs(x)",
    "sign(x)*x",
    "floor(x)*x",
    "ceil(x)*x",
    "round(x)*x",
    "erf(x)",
    "erfc(x)",
    "erfcx(x)",
    "gamma(x)",
    "lgamma(x)",
    "digamma(x)",
    "polygamma(2, x)",
    "sinc_derivative(2, x)",
    "erfcx_derivative(2, x)",
    "recip(x)",
    "x^2",
    "x^-2",
    "x^0.5",
    "2^x",
    "-x",
    "1/x^3",
    "x*stop_gradient(x)",
    "d(where(x > 0, x^3, exp(x)), x)",
    "x",
    "pi*x + e",
];

/// Functions of two numbers, each at every pair of `PAIRED`.
const OF_TWO: &[&str] = &[
    "x*y",
    "x/y",
    "x^y",
    "max(x, y)",
    "min(x, y)",
    "max(x, y)*x",
    "min(x, y)*3 - max(x, y)*y",
    "max(x, y, 2)",
    "clamp(x, y, 2)",
    "hypot(x, y)",
    "atan2(x, y)",
    "mod(x, y)",
    "logaddexp(x, y)",
    "xlogy(x, y)",
    "where(x > y, x*y, y)",
    "where(x, y, 2*y)",
    "where(x >= y, log(x), y)",
    "sqrt(x)*y",
    "max(1, sqrt(x)) + y",
    "relu(x)*y",
    "abs(x)*y",
    "where(x > 0, log(x), 0)*y",
    "where(x > 0, sqrt(x), 0) + y",
    "max(x*y, 0)",
    "relu(relu(x)*y)",
    "max(max(x, y), sqrt(x))",
    "exp(-x)*y",
    "sigma(x)*y",
    "softplus(x)*y",
    "erf(x)*y",
    "gelu(x)*y",
    "x^3*y^-1",
    "d(where(x > 0, x^3, x)*y, x)",
    "round(x)*y",
    "where(x > 1, where(y > 1, x, y), x*y)",
    "(x < y) + x",
    "(x < y)*(x == y)",
    "where(x == y, 1/x, 1/y)",
    "where(x < 1, where(y < 1, sqrt(x), sqrt(y)), relu(x)*y)",
    "log(x)*y",
    "tanh(x)*sin(y)",
    "relu(relu(2*x)*y) + relu(relu(x)*3)*y",
    "relu(max(relu(x), y)*sqrt(y))*relu(y)",
    "max(log(x), log(y))*where(x != y, x, 1/y)",
    "clamp(max(min(x, 1.557), y), -1, 1) + 0.1*x*y",
    "sqrt(x)*sin(0*y)",
    "x^0*y",
    "where(x, 1, sqrt(y))*x",
    "(sign(x) - 1)*sqrt(y)",
    "sqrt(x)*(0/y)",
    "xlogy(0, x)*sqrt(y)",
    "mod(floor(x), 1)*sqrt(y)",
];

const SPECIAL: &[f64] =
    &[0.0, -0.0, 1.0, -1.0, 0.3, -0.7, 2.5, -2.5, 20.0, f64::INFINITY, -f64::INFINITY, f64::NAN, 800.0, -800.0, 1e200, -1e200, 1e-320, 4.0];

const PAIRED: &[f64] = &[0.0, -0.0, 1.0, -1.5, 2.0, f64::INFINITY, -f64::INFINITY, f64::NAN, 800.0, 1e200, 1e-320];

/// What a language lacks, so that it is refused.
fn lacks(language: &str) -> &'static [&'static str] {
    match language {
        "jax" => &["erfcx", "erfcx_derivative", "sinc_derivative", "polygamma"],
        "pytorch" => &["gamma", "erfcx_derivative", "sinc_derivative", "polygamma"],
        _ => &[],
    }
}

/// A point: what the inputs are, and the value and the gradients of the inputs that get one, as our own answer has them, and as the stages
/// have them that are printed, computed in binary64.
#[derive(Clone)]
struct Point {
    at: Vec<f64>,
    truth: Vec<f64>,
    written: Vec<f64>,
}

/// A printed function, and what must come of it at each point.
struct Function {
    expression: String,
    text: String,
    name: String,
    points: Vec<Point>,
}

/// The text of a view; none where it refuses.
fn text(view: &View, answer: &Answer) -> Result<String, String> {
    if let Some(refusal) = view.refusal(answer) {
        return Err(refusal.message);
    }
    let mut page = String::new();
    view.show(answer, &Style::default(), &mut page).expect("a page");
    Ok(page)
}

fn settings(view: &'static View, options: &[(&str, &str)]) -> Settings {
    let mut session = gradcalc::session::Session::new(Settings { view, ..Settings::default() });
    for (name, value) in options {
        let setting = gradcalc::session::Setting::named(name).expect("a setting");
        assert!(session.set(setting, value).is_ok(), "{name} {value}");
    }
    session.settings.clone()
}

/// An expression with what it is asked for, and what must come of it.
struct Asked {
    expression: String,
    options: Vec<(&'static str, &'static str)>,
    /// Values that it needs to be read.
    bound: Vec<(String, String)>,
    points: Vec<Point>,
}

impl Asked {
    /// An expression at points, the numbers in the order in which the inputs are met.
    fn new(expression: &str, options: Vec<(&'static str, &'static str)>, bound: Vec<(String, String)>, points: Vec<Vec<f64>>) -> Self {
        let answer = answer_with(expression, &bound, settings(named("python").expect("a view"), &options));
        let own = || inputs(&answer).map(|id| answer.values.slice(id)[0]).collect();
        let points = if points.is_empty() { vec![own()] } else { points };
        let point = |at: Vec<f64>| Point { truth: numbers(&answer, &at), written: as_written(&answer, &at), at };
        let points = points.into_iter().map(point).collect();
        Self { expression: expression.to_owned(), options, bound, points }
    }
}

pub fn inputs(answer: &Answer) -> impl Iterator<Item = StageId> + '_ {
    answer.leaves().filter(|&leaf| answer.program.input(leaf).is_some())
}

/// The value and the gradients at a point.
pub fn numbers(answer: &Answer, point: &[f64]) -> Vec<f64> {
    let inputs: Vec<StageId> = inputs(answer).collect();
    let of = |id: StageId| inputs.iter().position(|&input| input == id).map_or(f64::NAN, |at| point[at]);
    let all = answer.program.ids().filter(|&id| answer.program.input(id).is_some());
    let mut given = vec![gradcalc::ground::Value::Number(f64::NAN); answer.program.inputs().len()];
    all.for_each(|id| given[answer.program.leaf(id)] = gradcalc::ground::Value::Number(of(id)));
    let values = evaluate(&answer.program, &given);
    let number = |id| values.slice(id)[0];
    let adjoint = |id| answer.backward.as_ref().and_then(|backward| backward.adjoint(id)).map_or(0.0, number);
    let gradients = inputs.iter().filter(|&&id| answer.program.is_active(id)).map(|&id| adjoint(id)).filter(|_| answer.backward.is_some());
    std::iter::once(number(answer.output)).chain(gradients).collect()
}

/// Every expression, with what must come of it at each point.
static ASKED: LazyLock<Vec<Asked>> = LazyLock::new(|| {
    let mut asked = Vec::new();
    for expression in OF_ONE {
        asked.push(Asked::new(expression, vec![], vec![], SPECIAL.iter().map(|&x| vec![x]).collect()));
    }
    for expression in OF_TWO {
        let pairs = PAIRED.iter().flat_map(|&x| PAIRED.iter().map(move |&y| vec![x, y]));
        asked.push(Asked::new(expression, vec![], vec![], pairs.collect()));
    }
    for case in [CASES, MISREAD, NAMES].into_iter().flatten() {
        let (mut options, mut inputs, mut rest) = (Vec::new(), Vec::new(), &case[1..]);
        while let [first, others @ ..] = rest {
            rest = others;
            if let Some(flag) = first.strip_prefix("--") {
                options.push((flag, others[0]));
                rest = &others[1..];
            } else {
                let (name, value) = first.split_once('=').expect("a value");
                inputs.push((name.to_owned(), value.to_owned()));
            }
        }
        if inputs.iter().all(|(_, value)| !value.contains('[')) && !case[0].contains('[') {
            asked.push(Asked::new(case[0], options, inputs, vec![]));
        }
    }
    // More inputs than NumPy broadcasts at once.
    let many: Vec<String> = (0..70).map(|at| format!("x{at}")).collect();
    let values = many.iter().map(|name| (name.clone(), "1.5".to_owned())).collect();
    asked.push(Asked::new(&many.join("*x0 + "), vec![], values, vec![]));
    asked
});

/// The functions of a language.
fn functions(language: &str) -> Vec<Function> {
    let view = named(language).expect("a view");
    let mut refused = BTreeSet::new();
    let mut found = Vec::new();
    for asked in ASKED.iter() {
        let own = settings(named("python").expect("a view"), &asked.options);
        match text(view, &answer_with(&asked.expression, &asked.bound, own)) {
            Err(message) => _ = refused.insert(message.split('`').nth(1).unwrap_or_default().to_owned()),
            Ok(text) => found.push(Function {
                expression: asked.expression.clone(),
                name: name(language, &text),
                text,
                points: asked.points.iter().filter(|point| is_own(language, &asked.expression, &point.at)).cloned().collect(),
            }),
        }
    }
    let allowed: BTreeSet<String> = lacks(language).iter().map(|&name| name.to_owned()).collect();
    assert_eq!(refused, allowed, "{language}");
    found
}

/// Whether a language's function has its own library's number at a point in arrays as in single numbers: PyTorch's remainder of arrays is nan
/// where the quotient is larger than about 1e300.
fn is_own(language: &str, expression: &str, at: &[f64]) -> bool {
    language != "pytorch" || expression != "mod(x, y)" || !at.iter().all(|x| x.is_finite() && *x != 0.0) || (at[0] / at[1]).abs() < 1e300
}

/// What the last function of a text is called.
fn name(language: &str, text: &str) -> String {
    let start = match language {
        "js" => "function ",
        "rust" => "pub fn ",
        _ => "def ",
    };
    let line = text.lines().rfind(|line| line.starts_with(start)).expect("a function");
    line[start.len()..].split('(').next().expect("a name").to_owned()
}

/// How far a number may be from what it should be, as a part of it.
fn allowed(function: &Function, language: &str) -> f64 {
    let wide = ["gamma", "erfcx", "sinc_derivative"].iter().any(|name| function.expression.contains(name));
    match language {
        _ if wide => 1e-10,
        "rust" => 1e-14,
        _ => 1e-13,
    }
}

/// What is wrong with the numbers that a language found, each point on a line of its own.
fn faults(language: &str, functions: &[Function], found: &[Vec<Vec<f64>>]) -> Vec<String> {
    assert_eq!(functions.len(), found.len());
    let mut faults = Vec::new();
    for (function, found) in functions.iter().zip(found) {
        assert_eq!(function.points.len(), found.len(), "{}", function.expression);
        // On a processor JAX takes numbers that are too small for a normal one for 0, and says so in a comment.
        let kept = |point: &[f64]| language != "jax" || point.iter().all(|x| *x == 0.0 || !x.is_subnormal());
        for (Point { at, truth, written }, found) in function.points.iter().zip(found).filter(|(point, _)| kept(&point.at)) {
            // Sums of numbers that cancel are as right as their terms.
            let scale = if at.iter().all(|x| x.abs() <= 20.0) {
                truth.iter().filter(|x| x.is_finite()).fold(0.0, |s: f64, x| s.max(x.abs()))
            } else {
                0.0
            };
            let near = |found: f64, truth: f64| {
                found == truth
                    || found.is_nan() && truth.is_nan()
                    || (found - truth).abs() <= allowed(function, language) * truth.abs().max(scale) + 1e-307
            };
            // The calculator goes on in wider numbers where a product on the way leaves the range of 64 bits; printed functions do not, and
            // then give what their stages come to in 64 bits. Elsewhere the two are alike, as the tests of structure demand.
            let is_extreme = at.iter().any(|x| x.is_finite() && *x != 0.0 && !(1e-100..100.0).contains(&x.abs()));
            let close = |((&found, &truth), &written): ((&f64, &f64), &f64)| near(found, truth) || is_extreme && near(found, written);
            if found.len() != truth.len() || !found.iter().zip(truth).zip(written).all(close) {
                faults.push(format!("{language}: {} at {at:?}: {found:?}, not {truth:?}", function.expression));
            }
        }
    }
    faults
}

fn sound(language: &str, functions: &[Function], found: &[Vec<Vec<f64>>]) {
    let faults = faults(language, functions, found);
    assert!(faults.is_empty(), "{} of {}\n{}", faults.len(), functions.len(), faults.join("\n"));
}

/// What a program prints: a line for each point, an empty one behind each function.
fn results(printed: &str) -> Vec<Vec<Vec<f64>>> {
    let number = |text: &str| if text.contains("nan") { f64::NAN } else { text.parse().expect("a number") };
    let mut blocks: Vec<Vec<Vec<f64>>> = vec![Vec::new()];
    for line in printed.lines() {
        if line.is_empty() {
            blocks.push(Vec::new());
        } else if let Some(block) = blocks.last_mut() {
            block.push(line.split_whitespace().map(number).collect());
        }
    }
    blocks.pop();
    blocks
}

fn run(program: &str, arguments: &[&str], folder: &Path, input: &str) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|why| panic!("{program}: {why}"));
    let mut pipe = child.stdin.take().expect("a pipe");
    let text = input.to_owned();
    let writer = std::thread::spawn(move || pipe.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    _ = writer.join();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn written(numbers: &[f64], nan: &str, infinity: &str) -> String {
    let number = |x: &f64| match x {
        x if x.is_nan() => nan.to_owned(),
        x if x.is_infinite() => format!("{}{infinity}", if *x < 0.0 { "-" } else { "" }),
        x => format!("{x:?}"),
    };
    numbers.iter().map(number).collect::<Vec<_>>().join(", ")
}

#[test]
fn functions_in_javascript_give_the_same_numbers() {
    let functions = functions("js");
    let mut program = "'use strict';\n".to_owned();
    for function in &functions {
        let points: Vec<String> = function.points.iter().map(|point| format!("[{}]", written(&point.at, "NaN", "Infinity"))).collect();
        let _ = writeln!(
            program,
            "{{\n{}\nfor (const point of [{}]) {{ const [value, gradients] = {}(...point); console.log([value, ...Object.values(gradients)].join(' ').replace(/NaN/g, 'nan')); }}\nconsole.log('');\n}}",
            function.text,
            points.join(", "),
            function.name
        );
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("all.js"), program).expect("a file");
    sound("js", &functions, &results(&run("node", &["all.js"], folder.path(), "")));
}

#[test]
fn functions_in_rust_compile_without_a_warning_and_give_the_same_numbers() {
    let functions = functions("rust");
    let (mut program, mut main) = (String::new(), String::new());
    for (at, function) in functions.iter().enumerate() {
        let count = function.points[0].at.len();
        let points: Vec<String> =
            function.points.iter().map(|point| format!("[{}]", written(&point.at, "f64::NAN", "f64::INFINITY"))).collect();
        let arguments: Vec<String> = (0..count).map(|at| format!("point[{at}]")).collect();
        let _ = writeln!(program, "mod case_{at} {{\n{}\n}}", function.text);
        let _ = writeln!(
            main,
            "    let points: [[f64; {count}]; {}] = [{}];\n    for point in points {{\n        let _ = point;\n        let (value, gradients) = case_{at}::{}({});\n        print!(\"{{value}}\");\n        for x in gradients {{ print!(\" {{x}}\"); }}\n        println!();\n    }}\n    println!();",
            points.len(),
            points.join(", "),
            function.name,
            arguments.join(", ")
        );
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("all.rs"), format!("{program}\nfn main() {{\n{main}}}\n").replace("NaN", "nan")).expect("a file");
    run("rustc", &["--edition", "2021", "-D", "warnings", "-C", "debuginfo=0", "all.rs"], folder.path(), "");
    let program = folder.path().join("all");
    sound("rust", &functions, &results(&run(&program.to_string_lossy(), &[], folder.path(), "").replace("NaN", "nan")));
}

/// Calls functions of arrays, with all points at once and at some points one by one; functions of numbers at each point.
const CALL: &str = r#"
import json, sys
def number(text): return float(text)
def flat(x): return [float(y) for y in x]
for language, text, name, points in json.load(sys.stdin):
    scope = {"__name__": "printed"}
    exec(text, scope)
    function = scope[name]
    points = [[number(x) for x in point] for point in points]
    if language == "python":
        rows = []
        for point in points:
            try:
                value, gradients = function(*point)
                rows.append([value, *gradients.values()])
            except (ZeroDivisionError, ValueError, OverflowError):
                rows.append(None)
    else:
        import numpy as np
        columns = [np.array(column) for column in zip(*points)]
        before = [np.copy(x) for x in columns]
        value, gradients = function(*columns)
        rows = [flat(row) for row in zip(*(np.broadcast_to(x, len(points)) for x in (value, *gradients.values())))]
        for x in (value, *gradients.values()):
            assert not columns or x.shape == (len(points),), (text, x.shape)
        assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(columns, before)), "an argument was changed"
        for at in range(0, len(points), 7):
            value, gradients = function(*points[at])
            one = flat([value, *gradients.values()])
            if language != "jax":
                assert np.allclose(one, rows[at], rtol=1e-14, atol=0, equal_nan=True), (text, points[at], one, rows[at])
    for row in rows:
        print(" ".join("raised" if row is None else repr(float(x)) for x in (row or [0])))
    print()
"#;

fn run_in_python(language: &str, python: &str) {
    let mut functions = functions(language);
    let given = |function: &Function| -> Value {
        let points: Vec<Vec<String>> = function.points.iter().map(|point| point.at.iter().map(|x| format!("{x:?}")).collect()).collect();
        json!([language, function.text, function.name, points])
    };
    let input = serde_json::to_string(&functions.iter().map(given).collect::<Vec<_>>()).expect("JSON");
    let printed = run(python, &["-W", "ignore", "-c", CALL], Path::new("."), &input);
    if language != "python" {
        return sound(language, &functions, &results(&printed));
    }
    // Python's own functions raise an exception where a step is infinite or has no value.
    let mut kept = Vec::new();
    for (function, block) in functions.iter_mut().zip(printed.split_terminator("\n\n")) {
        let raised: Vec<bool> = block.lines().map(|line| line == "raised").collect();
        assert!(!raised.iter().any(|&raised| raised) || function.text.contains("raises an exception"), "{}", function.text);
        let stays = |at: &mut dyn Iterator<Item = &bool>| !at.next().copied().unwrap_or(false);
        let mut at = raised.iter();
        function.points.retain(|_| stays(&mut at));
        kept.push(block.lines().filter(|line| *line != "raised").flat_map(|line| [line, "\n"]).collect::<String>() + "\n");
    }
    sound(language, &functions, &results(&kept.concat()));
}

#[test]
fn functions_of_numpy_give_the_same_numbers() {
    run_in_python("numpy", numpy());
}

#[test]
fn functions_of_numbers_in_python_give_the_same_numbers() {
    run_in_python("python", numpy());
}

/// JAX and PyTorch are asked where a Python that has them is named, as the deep checks do.
#[test]
fn functions_of_libraries_give_the_same_numbers() {
    for language in ["jax", "pytorch"] {
        // What each prints and what it refuses is asked in every run.
        assert!(functions(language).len() > 100, "{language}");
        if let Some(python) = std::env::var_os(format!("GRADCALC_PYTHON_{}", language.to_uppercase())) {
            run_in_python(language, &python.to_string_lossy());
        } else {
            assert!(!is_deep(), "GRADCALC_PYTHON_{} names no Python", language.to_uppercase());
        }
    }
}
