//! What `--as python` and `--as c` print are functions that give the calculator's own numbers, compiled and run.
//!
//! C is compiled with every warning an error. Its functions differ from ours in the C library's elementary functions
//! alone, which are within an ulp or two of the correctly rounded ones (the gamma functions within ten), so results may
//! differ by a few ulps of the largest number in them; Python's gamma functions and NumPy's products by more.

use crate::code::{ARRAYS, CASES, MISREAD, numpy};
use crate::readback;
use gradcalc::forms::Program;
use gradcalc::forms::program::Input;
use gradcalc::forms::target::{CALCULATOR, Dialect, OWN, TARGETS};
use gradcalc::ground::{Shape, Span};
use gradcalc::vocabulary::gate::{Kernel, TABLE};
use gradcalc::vocabulary::{Gate, Symbols};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Names that mean something in C or to the printed function.
pub const NAMES: &[&[&str]] = &[
    &["int*double + long^float", "int=2", "double=3", "long=1.5", "float=2"],
    &["exp*exp(x) + pow*x^pow + NAN*isnan + fabs*abs(x)", "exp=2", "pow=3", "NAN=4", "isnan=5", "fabs=6", "x=1.5"],
    &["main = x*y; main", "x=2", "y=3"],
    &["i*j + sum(i*X + j*v)", "i=2", "j=3", "X=[1,2;3,4]", "v=[5,6]"],
    &["chain*guard + maximum*max(chain, guard) + t1*t2*total", "chain=2", "guard=3", "maximum=4", "t1=5", "t2=6", "total=7"],
    &["α*u03b1 + σ(β) + 漢字*x̄", "α=2", "u03b1=3", "β=4", "漢字=5", "x̄=6"],
    &["f*out*df + x", "f=2", "out=3", "df=4", "x=5"],
    &["malloc*free*abs(x)*size_t + NULL", "malloc=2", "free=3", "x=4", "size_t=5", "NULL=6"],
    &["const static = 3; const volatile = [1, 2]; sum(static*x*volatile)", "x=[4,5]"],
    &["def*class*return + self*print", "def=2", "class=3", "return=4", "self=5", "print=6"],
    &["shape*joint + spread*reals^root", "shape=2", "joint=3", "spread=4", "reals=1.5", "root=2"],
];

/// Where zeros, infinities and nan meet, and shapes of every kind.
pub const EDGES: &[&[&str]] = &[
    &["max(1, sqrt(x)) + 0*sqrt(x)", "x=0"],
    &["x*y", "x=inf", "y=0"],
    &["log(x) + x", "x=-1"],
    &["sqrt(x)^2", "x=0"],
    &["max(x, 1) + min(x, y)", "x=inf-inf", "y=2"],
    &["1/x - 1/y", "x=0", "y=-0"],
    &["where(x, y, 2*y) + relu(x)", "x=inf-inf", "y=2"],
    &["sum(where(x > 0, log(x), 0)*y)", "x=[0,4]", "y=[inf,2]"],
    &["sum(W @ x)", "W=[1,inf;2,3]", "x=[0,1]"],
    // Zeros around what is taken: of every form of a subscript.
    &["sum((x*x)[:1])", "x=[1,inf]"],
    &["sum((x*x)[0:1])", "x=[1,inf]"],
    &["sum((x*x)[::2])", "x=[1,inf,3]"],
    &["sum((x*x)[-1:])", "x=[inf,1]"],
    &["(x*x)[0]", "x=[1,inf]"],
    &["sum((X*X)[:1, :1])", "X=[1,inf;inf,3]"],
    &["sum((X*X)[:, 1:])", "X=[inf,1;inf,3]"],
    &["sum((X@Y)[:1, :1])", "X=[1,2;3,4]", "Y=[1,2;inf,3]"],
    &["sum(inv(W))", "W=[1,2;2,4]"],
    &["norm(x) + std(y) + prod(z)", "x=[0,0]", "y=[1,1]", "z=[0,0,3]"],
    &["softmax(x)[0] + logsumexp(x)", "x=[1000,-1000]"],
    &["digamma(x) + polygamma(3, y) + gamma(z) + lgamma(z)", "x=-0.3", "y=-1.25", "z=-1.5"],
    &["gelu(x) + silu(x) + sigma(x) + gelu(y)", "x=-38.5", "y=-25"],
    &["sum(x)*y + sum(mean(x))*max(x)*softmax(x)", "x=3", "y=2"],
    &["det(A) + sum(A)", "A=[1,2,3;4,5,6;7,8,10]"],
    &["det(A)", "A=[1,2,3;2,4,6;1,0,1]"],
    &["d(prod(x)*sum(x^3), x)[1]", "x=[1.5,2,3]"],
    &["d(d(log(x)*sigma(x), x), x)", "x=2"],
    &["sum(linspace(0, 1, 300)*x) + sum(linspace(x, 2, 300)^2)", "x=1.5"],
    &["A[0]", "A=[1,2;3,4]", "--upstream", "[1,-1]"],
    &["A", "A=[1,2;3,4]", "--upstream", "[[1,-1],[0,2]]"],
    &["sum(A[i]*[1, 2])^2", "A=[1,2;3,4;5,6]", "i=[0,2,2]"],
    &["A[k]^3", "A=[1,2,3]", "k=-1"],
    &["sum(A[i, j]^2)*A[k, 1]", "A=[1,2;3,4;5,6]", "i=[0,2,-1]", "j=[1,0,0]", "k=1"],
    &["sum(A[:, j]^2) + sum(A[k])^2", "A=[1,2;3,4;5,6]", "j=[1,0,0]", "k=2"],
    &["X + Y + v", "X=[1;2;3]", "Y=[1,2]", "v=[3]", "--upstream", "2"],
    &["x > 2", "x=3"],
    &["sum(x > 2)/sum(x > 1) + (x[0] > 1)/(x[1] > 1)", "x=[3,4]"],
    &["3 + 4"],
];

fn run(view: &str, case: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(["--as", view]).args(case).output().expect("the program starts")
}

/// What a view prints of a case, whose numbers need not be finite.
fn printed(view: &str, case: &[&str]) -> String {
    readback::rendered(view, &readback::case(view, case))
}

/// The numbers of a value in JSON, row by row.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        Value::String(text) => vec![text.parse().expect("a number")],
        value => vec![value.as_f64().expect("a number")],
    }
}

/// A case: what it prints, its inputs, and what must come of them: the value and the gradients.
struct Case {
    given: Vec<String>,
    text: String,
    inputs: Vec<Value>,
    value: Vec<f64>,
    gradients: Vec<Vec<f64>>,
    /// Whether a gradient is undetermined, which is told: a printed function of arrays lets a gradient of 0 carry nothing.
    undetermined: bool,
}

impl Case {
    fn new(view: &str, case: &[&str]) -> Self {
        let answer: Value = serde_json::from_str(printed("json", case).lines().last().expect("a line")).expect("JSON");
        let inputs = answer["inputs"].as_array().expect("inputs").clone();
        Self {
            given: case.iter().map(|&text| text.to_owned()).collect(),
            text: printed(view, case),
            value: numbers(&answer["value"]),
            gradients: inputs.iter().filter(|input| !input["gradient"].is_null()).map(|input| numbers(&input["gradient"])).collect(),
            undetermined: answer["notes"].to_string().contains("undetermined") && case.iter().any(|text| text.contains('[')),
            inputs,
        }
    }

    /// What is wrong with the numbers that were found, the value first, then the gradients; none of which may be there
    /// where nothing can be differentiated.
    fn fault(&self, found: &[Vec<f64>], allowed: f64) -> Option<String> {
        let truth: Vec<&Vec<f64>> = std::iter::once(&self.value).chain(&self.gradients).collect();
        if found.len() != truth.len() && found.len() != 1 {
            return Some(format!("{:?}: {} results\n{}", self.given, found.len(), self.text));
        }
        let off = |(found, truth): &(&Vec<f64>, &&Vec<f64>)| {
            let scale = truth.iter().filter(|x| x.is_finite()).fold(0.0, |scale: f64, x| scale.max(x.abs()));
            let same = |(&a, &b): (&f64, &f64)| {
                a == b || (a.is_nan() || self.undetermined && a == 0.0) && b.is_nan() || (a - b).abs() <= allowed * scale
            };
            found.len() != truth.len() || !found.iter().zip(**truth).all(same)
        };
        let (found, truth) = found.iter().zip(&truth).find(off)?;
        Some(format!("{:?}: {found:?}, not {truth:?}\n{}", self.given, self.text))
    }
}

fn cases(view: &str) -> Vec<Case> {
    [CASES, MISREAD, ARRAYS, NAMES, EDGES].into_iter().flatten().map(|case| Case::new(view, case)).collect()
}

/// The last function in a text of C: its kind, its name and its parameters.
fn signature(text: &str) -> (&str, &str, Vec<&str>) {
    let line = text.lines().rfind(|line| line.starts_with("double ") || line.starts_with("void ")).expect("a function");
    let (kind, rest) = line.split_once(' ').expect("a kind");
    let (name, parameters) = rest.trim_end_matches(')').split_once('(').expect("parameters");
    (kind, name, parameters.split(", ").filter(|parameter| *parameter != "void").collect())
}

fn in_c(number: f64) -> String {
    if number.is_nan() {
        return "NAN".to_owned();
    }
    if number.is_infinite() {
        return format!("{}INFINITY", if number < 0.0 { "-" } else { "" });
    }
    format!("{number:?}")
}

/// The printed function under a name of its own, and a function that calls it and shows what comes of it.
fn harness(at: usize, case: &Case) -> String {
    let (kind, name, parameters) = signature(&case.text);
    let (includes, rest) = case.text.split_at(case.text.find("\n\n").expect("an empty line"));
    let mut text = format!("{includes}\n#include <stdio.h>\n\n#define {name} case_{at}{rest}\n");
    let _ =
        writeln!(text, "static void show(const double *x, int n) {{ for (int k = 0; k < n; ++k) printf(\"%.17g \", x[k]); puts(\"\"); }}");
    let _ = writeln!(text, "void run_{at}(void);\nvoid run_{at}(void)\n{{");
    let mut arguments = Vec::new();
    for (k, input) in case.inputs.iter().enumerate() {
        let numbers: Vec<String> = numbers(&input["value"]).into_iter().map(in_c).collect();
        let _ = writeln!(text, "    static const double in_{k}[] = {{ {} }};", numbers.join(", "));
        arguments.push(if input["shape"].as_array().is_some_and(Vec::is_empty) { format!("in_{k}[0]") } else { format!("in_{k}") });
    }
    let is_number = kind == "double";
    let mut sizes = vec![case.value.len()];
    let more = parameters.len() - arguments.len() - usize::from(!is_number);
    sizes.extend(case.gradients.iter().take(more).map(Vec::len));
    for (k, size) in sizes.iter().enumerate() {
        let _ = writeln!(text, "    double out_{k}[{size}];");
    }
    arguments.extend((usize::from(is_number)..sizes.len()).map(|k| format!("out_{k}")));
    let _ = writeln!(text, "    {}{name}({});", if is_number { "out_0[0] = " } else { "" }, arguments.join(", "));
    for (k, size) in sizes.iter().enumerate() {
        let _ = writeln!(text, "    show(out_{k}, {size});");
    }
    text + &format!("    puts(\"end\");\n}}\n#undef {name}\n")
}

/// Texts of C that include the same, in one: a text that includes too little is not helped by another. The functions of each, which
/// nobody sees outside, have names of their own.
fn merged(texts: &[String]) -> Vec<String> {
    let mut groups: BTreeMap<&str, String> = BTreeMap::new();
    for (at, text) in texts.iter().enumerate() {
        let own: BTreeSet<&str> =
            text.lines().filter_map(|line| line.strip_prefix("static ")?.split(['(', '[']).next()?.rsplit([' ', '*']).next()).collect();
        let (includes, rest) = text.split_at(text.find("\n\n").expect("an empty line"));
        let group = groups.entry(includes).or_insert_with(|| format!("{includes}\n"));
        for name in &own {
            let _ = writeln!(group, "#define {name} own_{at}_{name}");
        }
        group.push_str(rest);
        for name in &own {
            let _ = writeln!(group, "#undef {name}");
        }
    }
    groups.into_values().collect()
}

/// Compiles texts of C with every warning an error into one program that runs all of them, and what it prints.
fn compiled(compiler: &str, folder: &Path, texts: &[String]) -> String {
    let mut main = String::new();
    for at in 0..texts.len() {
        let _ = writeln!(main, "void run_{at}(void);");
    }
    main.push_str("int main(void)\n{\n");
    for at in 0..texts.len() {
        let _ = writeln!(main, "    run_{at}();");
    }
    main.push_str("    return 0;\n}\n");
    fs::write(folder.join("main.c"), main).expect("a file");
    let merged = merged(texts);
    let files: Vec<String> = (0..merged.len()).map(|at| format!("{at}.c")).collect();
    files.iter().zip(&merged).for_each(|(file, text)| fs::write(folder.join(file), text).expect("a file"));
    let options = ["-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-O0", "-c", "main.c"];
    let built = Command::new(compiler).current_dir(folder).args(options).args(&files).output().expect("these tests need gcc");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let objects = (0..merged.len()).map(|at| format!("{at}.o"));
    let linked =
        Command::new(compiler).current_dir(folder).args(["-o", "all", "main.o"]).args(objects).arg("-lm").output().expect("a linker");
    assert!(linked.status.success(), "{}", String::from_utf8_lossy(&linked.stderr));
    let output = Command::new(folder.join("all")).output().expect("it runs");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

fn results(printed: &str) -> Vec<Vec<Vec<f64>>> {
    let number = |text: &str| if text.contains("nan") { f64::NAN } else { text.parse().expect("a number") };
    let line = |line: &str| line.split_whitespace().map(number).collect();
    let mut blocks: Vec<_> = printed.split("end\n").map(|block| block.lines().map(line).collect::<Vec<Vec<f64>>>()).collect();
    blocks.pop();
    blocks
}

fn has(compiler: &str) -> bool {
    Command::new(compiler).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

#[test]
fn functions_in_c_compile_without_a_warning_and_give_the_same_numbers() {
    let cases = cases("c");
    let texts: Vec<String> = cases.iter().enumerate().map(|(at, case)| harness(at, case)).collect();
    // A second compiler is asked where there is one; the first must be there.
    for compiler in ["gcc", "clang"].into_iter().filter(|&compiler| compiler == "gcc" || has(compiler)) {
        let folder = tempfile::tempdir().expect("a folder");
        let found = results(&compiled(compiler, folder.path(), &texts));
        assert_eq!(found.len(), cases.len());
        let allowed = |case: &Case| if case.text.contains("gamma") { 4e-14 } else { 4e-15 };
        let faults: Vec<String> = cases.iter().zip(&found).filter_map(|(case, found)| case.fault(found, allowed(case))).collect();
        assert!(faults.is_empty(), "{compiler}: {}", faults.join("\n"));
    }
}

/// Calls the last function of each program with its arguments, and prints the value and the gradients in the order of
/// the inputs.
const CALL: &str = r#"
import json, sys, types, warnings
import numpy
warnings.simplefilter("ignore")  # What is not chosen may be infinite.
def flat(value):
    assert numpy.asarray(value).dtype == float, f"{value!r} is no float"
    return [repr(x) for x in numpy.ravel(value).tolist()]
for program, arguments, keys in json.load(sys.stdin):
    scope = {}
    try:
        exec(program, scope)
        function = [value for value in scope.values() if isinstance(value, types.FunctionType)][-1]
        read = lambda x: numpy.array([[float(x) for x in row] if isinstance(row, list) else float(row) for row in x]) if isinstance(x, list) else float(x)
        given = [read(argument) for argument in arguments]
        before = [numpy.copy(x) for x in given]
        value, gradients = function(*given)
        assert not gradients or list(gradients) == keys, (list(gradients), keys)
        assert all(numpy.array_equal(a, b, equal_nan=True) for a, b in zip(given, before)), "an argument was changed"
        print(json.dumps([flat(value)] + [flat(x) for x in gradients.values()]))
    except Exception as error:
        print(json.dumps(repr(error)))
"#;

#[test]
fn functions_in_python_give_the_same_numbers() {
    let cases: Vec<Case> = cases("python");
    let programs: Vec<Value> = cases
        .iter()
        .map(|case| {
            let arguments: Vec<&Value> = case.inputs.iter().map(|input| &input["value"]).collect();
            let keys: Vec<&Value> = case.inputs.iter().map(|input| &input["name"]).collect();
            json!([case.text, arguments, keys])
        })
        .collect();
    let mut runner = Command::new(numpy()).args(["-c", CALL]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3");
    let text = serde_json::to_string(&programs).expect("JSON");
    runner.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("python3 reads");
    let output = runner.wait_with_output().expect("python3 ends");
    let lines: Vec<Value> = String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), cases.len());
    let mut faults = Vec::new();
    for (case, line) in cases.iter().zip(lines) {
        // Python's own functions raise an exception where a step is infinite or nan, and say so in a comment.
        let raises = case.text.contains("raises an exception") || case.text.contains("np.linalg.");
        let at_edge = EDGES.iter().any(|edge| edge.iter().eq(&case.given));
        let raised =
            |error: &str| ["ZeroDivisionError", "ValueError", "OverflowError", "LinAlgError"].iter().any(|name| error.starts_with(name));
        faults.extend(match line {
            Value::String(error) if at_edge && raises && raised(&error) => None,
            Value::String(error) => Some(format!("{:?}: {error}\n{}", case.given, case.text)),
            Value::Array(values) => case.fault(&values.iter().map(numbers).collect::<Vec<_>>(), 1e-10),
            other => Some(other.to_string()),
        });
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Numbers follow from shapes and from a stream of random numbers before a program is printed.
fn is_printed(kernel: Kernel) -> bool {
    !matches!(kernel, Kernel::Leaf | Kernel::Size(_) | Kernel::Draw(_))
}

/// What a library does not have, so that it is refused.
const LACKING: &[(&str, Gate)] = &[
    ("jax", Gate::Erfcx),
    ("jax", Gate::ErfcxDerivative),
    ("jax", Gate::SincDerivative),
    ("jax", Gate::Polygamma),
    ("pytorch", Gate::Gamma),
    ("pytorch", Gate::ErfcxDerivative),
    ("pytorch", Gate::SincDerivative),
    ("pytorch", Gate::Polygamma),
];

#[test]
fn every_gate_has_its_entry_in_every_language() {
    for target in TARGETS {
        let (last, all) = (target.dialects.last().expect("a dialect"), target.dialects);
        for row in TABLE.iter().filter(|row| is_printed(row.kernel)) {
            if target.plain {
                // In functions of single numbers the chain rule's products are products.
                let lacks = LACKING.contains(&(target.name, row.gate)) || row.gate == Gate::Chain;
                let has = (last.entry)(row.gate).is_some();
                assert!(!row.gate.is_elementwise() || lacks || has, "{} has no entry for {:?}", target.name, row.gate);
                continue;
            }
            assert!((last.entry)(row.gate).is_some(), "{} has no entry for {:?}", target.name, row.gate);
            let elementwise = !row.gate.is_elementwise() || all.iter().all(|dialect| (dialect.entry)(row.gate).is_some());
            assert!(elementwise, "{} has no entry for {:?}", target.name, row.gate);
        }
    }
}

/// A gate without an entry is found before anything is printed.
#[test]
fn a_gate_without_an_entry_is_refused() {
    static POOR: Dialect = Dialect { entry: |gate| (CALCULATOR.entry)(gate).filter(|entry| entry.gate != Gate::Exp), ..OWN };
    let mut program = Program::new();
    let x = program.add_input(Input { name: Symbols::default().intern("x"), active: true, value: None }, Shape::Scalar, Span::default());
    let y = program.share(Gate::Sin, &[x], Span::default());
    assert_eq!(POOR.lacks(&program), None);
    let z = program.share(Gate::Exp, &[y], Span::default());
    assert_eq!(POOR.lacks(&program), Some(z));
}

#[test]
fn a_formula_alone_is_enough() {
    for view in ["python", "c", "code"] {
        let output = run(view, &["x*y + sin(x)"]);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]), "{view}");
        assert!(text.contains("sin(x)") && !text.to_lowercase().contains("nan"), "{text}");
        // With values a function is the same.
        if view != "code" {
            let with_values = printed(view, &["x*y + sin(x)", "x=2", "y=3"]);
            let lines =
                |text: &str| text.lines().filter(|line| !line.contains("Taken for single numbers")).map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(lines(&text), lines(&with_values));
        }
    }
    let code = String::from_utf8(run("code", &["x*y"]).stdout).expect("text");
    let expected = "# forward pass\nf = x * y                                     #(1)\n\n# backward pass\n# backprop f = x * y\n\
                    dx = y                                        #(1)\ndy = x                                        #(1)\n";
    assert_eq!(code, expected);
    // Other views need values.
    assert_eq!(run("table", &["x*y"]).status.code(), Some(1));
}

#[test]
fn known_arrays_keep_their_shapes() {
    let text = printed("c", &["sum(W @ x)*y", "W=[1,2,3;4,5,6]", "x=[1,2,3]"]);
    assert!(text.contains("/* Shapes: W [2, 3], x [3], row by row. */"), "{text}");
    assert!(text.contains("double f(const double *W, const double *x, double y, double *dW, double *dx, double *dy)"), "{text}");
    assert!(text.contains("single numbers, without values that say otherwise: y."), "{text}");
}
