//! What `--as code` prints is a Python program that runs and gives the same numbers.

use gradcalc::vocabulary::gate::TABLE;
use serde_json::Value;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Texts and bindings; together they use every gate that a user can call.
const CASES: &[&[&str]] = &[
    &["(x+sigma(y))/(sigma(x)+(x+y)^2)", "x=3", "y=-4"],
    &["(x + y)*z", "x=-2", "y=5", "z=-4"],
    &["1/(1+exp(-(w0*x0+w1*x1+w2)))", "w0=2", "w1=-3", "w2=-3", "x0=-1", "x1=-2"],
    &["1/(1+exp(-(w0*x0+w1*x1+w2)))", "w0=2", "w1=-3", "w2=-3", "x0=-1", "x1=-2", "--stages", "fused"],
    &["1/(1+exp(-(w0*x0+w1*x1+w2)))", "w0=2", "w1=-3", "w2=-3", "x0=-1", "x1=-2", "--stages", "primitive"],
    &["2*(x*y+max(z,w))", "x=3", "y=-4", "z=2", "w=-1"],
    &["x - y*recip(x) + add(x, y) + sub(x, y)*mul(x, y) + div(x, y) + neg(x) + sqr(y)", "x=1.5", "y=0.7"],
    &["x^y + pow(x, 3) + x^0.5 + x^-2 + 2^x", "x=1.5", "y=0.7"],
    &["exp(x) + expm1(x) + exp2(x)", "x=0.3"],
    &["log(x) + log1p(x) + log2(x) + log10(x)", "x=0.3"],
    &["sqrt(x) + cbrt(x)*cbrt(y)", "x=0.3", "y=-8.1"],
    &["sin(x) + cos(x) + tan(x)", "x=0.3"],
    &["asin(x) + acos(x)*2 + atan(x) + atan2(x, y)", "x=0.3", "y=-0.8"],
    &["sinh(x) + cosh(x)*2 + tanh(x)", "x=0.3"],
    &["asinh(x) + acosh(y) + atanh(x)", "x=0.3", "y=1.8"],
    &["relu(x) + relu(y) + leaky_relu(y) + elu(x) + elu(y)", "x=0.3", "y=-0.8"],
    &["softplus(x) + silu(x) + gelu(x)", "x=0.3"],
    &["abs(y) + sign(y)*x + floor(x) + ceil(x) + round(x)", "x=2.3", "y=-0.8"],
    &["max(x, y, z)*min(x, y, z) + min(x, y)", "x=0.3", "y=-0.8", "z=2"],
    &["max(x, y, z)", "x=2", "y=2", "z=2", "--ties", "split"],
    &["clamp(x, lo, hi) + clamp(y, lo, hi)*2", "x=5", "y=0.5", "lo=0", "hi=2"],
    &["where(x > 0, log(x), y^2) + where(y > 0, log(x), x*y)", "x=2", "y=-3"],
    &["hypot(x, y)", "x=3", "y=4"],
    &["erf(x) + erfc(x)*2", "x=0.3"],
    &["gamma(x) + lgamma(x)", "x=2.3"],
    &["digamma(x) + polygamma(1, x)*polygamma(2, x)", "x=2.3"],
    &["(x < y) + (x <= y)*x + (x > y) + (x >= y) + (x == y)*y + (x != y)", "x=2", "y=3"],
    &["lt(x, y) + le(x, y) + gt(x, y) + ge(x, y) + eq(x, y) + ne(x, y) + x", "x=2", "y=3"],
    &["x*sigma(x) + pi*tau*e", "x=0.3", "--upstream", "-2.5"],
    &["lambda*exp + e*in", "lambda=2", "exp=3", "e=4", "in=5"],
    &["x*dx + dx^2", "x=2", "dx=3"],
    &["α*x + σ(β)", "α=2", "x=3", "β=0.5"],
    &["const k = 2; q = k*x; f(u) = u^2 + q; f(x)*y", "x=3", "y=4"],
    &["d(x^3*y, x)*x", "x=2", "y=5"],
    &["x + 0*floor(y) + (y > 2)", "x=2", "y=3"],
    // No gradient reaches y, nor any input of a number.
    &["x + (y > 2)", "x=2", "y=3"],
    &["(x < y) + (y == 3)", "x=2", "y=3"],
    &["2^10 + pi", "--upstream", "3"],
    // Precedence is Python's or bracketed.
    &["-x^2 + (-x)^2 + x^-y + 2^-x + x^y^0.5", "x=1.5", "y=0.7"],
    &["(-2)^2*x + (x^2)^3 - (-3)*x^3", "x=1.5"],
    &["x - (y - z) + x/(y/z) + x/(y*z) - -x - (-y)*z + x*(y/z)/(x*y)", "x=1.5", "y=0.7", "z=2.2"],
    &["((x < y) == (y < z))*x + ((x < y) < z)*y", "x=1", "y=2", "z=3"],
    &["where(where(x, y, z), x, z)*y + where(x < y, where(y < z, x, y), z)", "x=1", "y=2", "z=3"],
    &["√x + √x² + 2√x", "x=1.3"],
    &["sqrt(x^2 + y^2) - (x*x)*(y*y)", "x=3", "y=4", "--stages", "fused"],
    &["sigma(x) + softplus(x)*silu(x) + clamp(x, 0, 2) - x/y + recip(x)", "x=0.5", "y=3", "--stages", "primitive"],
    &["tanh(x) - exp(x)/(1 + exp(x)) + log(1 + exp(x))", "x=0.5", "--stages", "fused"],
    &["x*sigma(x) - y/x^2", "x=0.5", "y=2", "--stages", "primitive", "--upstream", "-0.25"],
    &["min(x, y)*clamp(z, x, y)", "x=2", "y=2", "z=2", "--ties", "split"],
    &["max(x, 3) + min(x, 3)", "x=3", "--ties", "split"],
    &["max(x, y, z, w) - min(x, y, z)", "x=2", "y=2", "z=1", "w=2"],
    // Numbers that a text could spoil.
    &["1e-300*x + 123456789012345678*y + 0.1 + 0.2", "x=1e300", "y=2"],
    &["sigma(x) + sigma(y) + softplus(x) + tanh(y)", "x=-700", "y=700"],
    &["gamma(x) + lgamma(x)*digamma(y) + polygamma(n, y)", "x=-1.5", "y=2.5", "n=2"],
    &["hypot(x, y) + cbrt(z) + abs(x)", "x=0", "y=0", "z=27"],
    // Names that mean something else elsewhere.
    &["f*df*out*result", "f=2", "df=3", "out=5", "result=7"],
    &["x*dx*ddx*d_x", "x=2", "dx=3", "ddx=4", "d_x=5"],
    &["sin*sin(x) + log*log(x) + max*max(x, y) + float*x", "sin=2", "log=3", "max=4", "float=5", "x=2", "y=1"],
    &["print*None + True^lambda - dlambda", "print=2", "None=3", "True=4", "lambda=1.5", "dlambda=2"],
    &["q = x*y; dq = x + y; q*dq", "x=2", "y=3"],
    &["const k = 2π; k*x + tau", "x=2"],
    &["pi*x + e", "pi=3", "x=2", "e=5"],
    &["x*expx*exp(x)", "x=2", "expx=3"],
    &["_y*x_ + 漢字", "_y=2", "x_=3", "漢字=4"],
    &["x", "x=3"],
    &["f(x, y) = x*y; f(1, 2) + f(3, 4)"],
];

/// Names that Python would read otherwise than the printed program means them.
const MISREAD: &[&[&str]] = &[
    // The underscore that sets a name apart must not make it another name of the user's.
    &["lambda*lambda_", "lambda=2", "lambda_=3"],
    &["exp_*exp*exp(x)", "exp_=2", "exp=3", "x=1"],
    // Constants with names of Python's, of gates, of the language's own constants.
    &["const pi = 3; pi*x + π", "x=2"],
    &["const e = 3; const tau = 2; e^x*tau", "x=2"],
    &["const k = 2; a = k*x; const k = 3; a*k", "x=2"],
    // Gradients whose names are words of Python's.
    &["ef*el*dict*x", "ef=2", "el=3", "x=2", "dict=4"],
    &["const lambda = 3; x*lambda", "x=2"],
    &["const exp = 3; exp(x)*exp", "x=2"],
    // Python has no such constants.
    &["π*x + τ", "x=2"],
    // Inputs that hide what the printed definitions call.
    &["copysign*cbrt(x)", "copysign=2", "x=3"],
    &["int*factorial*enumerate*digamma(x)", "int=2", "factorial=3", "enumerate=4", "x=3"],
    // Python reads both names as one: it normalises names by NFKC.
    &["µ*μ", "µ=2", "μ=3"],
    &["ｘ*x + ﬁ*fi", "ｘ=2", "x=3", "ﬁ=4", "fi=5"],
];

/// Python's own `print`, whatever the program calls its inputs; it prints a float so that it reads back the same.
const SHOW: &str = "__import__('builtins').print";

fn gradcalc(view: &str, case: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(["--as", view]).args(case).output().expect("the program starts");
    assert!(output.status.success(), "{case:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The names of the output and of the gradients, as the code calls them: what stands before an assignment.
fn assigned(code: &str, start: &str) -> Vec<String> {
    let after = code.split_once(start).map_or("", |(_, after)| after);
    let lines = after.lines().filter(|line| !line.starts_with(['#', ' ']));
    lines.filter_map(|line| Some(line.split_once(" = ").or_else(|| line.split_once(" += "))?.0.to_owned())).collect()
}

/// Runs a program in Python and returns the numbers that it prints, or what went wrong.
fn python(program: &str) -> Result<Vec<f64>, String> {
    let mut python = Command::new("python3")
        .arg("-")
        .env("PYTHONIOENCODING", "utf-8")
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3");
    python.stdin.take().expect("a pipe").write_all(program.as_bytes()).expect("python3 reads");
    let output = python.wait_with_output().expect("python3 ends");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(|line| line.parse().expect("a number")).collect())
}

/// What is wrong with the printed program of a case, if anything is.
fn fault(case: &[&str]) -> Option<String> {
    let code = gradcalc("code", case);
    let answer: Value = serde_json::from_str(&gradcalc("json", case)).expect("JSON");
    let gradients = assigned(&code, "# backward pass\n");
    let mut program = code.clone();
    let mut truth = Vec::new();
    if let Some(output) = assigned(&code, "# forward pass\n").into_iter().take_while(|name| !gradients.contains(name)).last() {
        let _ = writeln!(program, "{SHOW}(1.0 * {output})");
        truth.push(("the value".to_owned(), answer["value"].as_f64().expect("a value")));
    }
    // Where nothing can be differentiated there is no backward pass.
    let backward = code.contains("# backward pass");
    for input in answer["inputs"].as_array().expect("inputs").iter().filter(|_| backward) {
        let name = input["name"].as_str().expect("a name");
        let known = |wanted: &String| gradients.contains(wanted);
        let prefixed = ["d___", "d__", "d_", "d"].map(|prefix| format!("{prefix}{name}"));
        let Some(gradient) = prefixed.iter().flat_map(|name| ["", "_", "__"].map(|end| format!("{name}{end}"))).find(known) else {
            return Some(format!("no gradient of {name} in\n{code}"));
        };
        let _ = writeln!(program, "{SHOW}(1.0 * {gradient})");
        truth.push((gradient, input["gradient"].as_f64().expect("a gradient")));
    }
    let found = match python(&program) {
        Ok(found) => found,
        Err(error) => return Some(format!("{error}\n{program}")),
    };
    assert_eq!(found.len(), truth.len(), "{case:?}");
    // Python's own functions differ from correctly rounded ones by an ulp or two; its polygamma, written out in the
    // program, by more.
    let allowed = if code.contains("polygamma") { 1e-10 } else { 1e-12 };
    let off = |(found, (_, truth)): &(&f64, &(String, f64))| (*found - truth).abs() > allowed * truth.abs();
    found.iter().zip(&truth).find(off).map(|(found, (name, truth))| format!("{name} is {found}, not {truth}\n{program}"))
}

fn has_python() -> bool {
    let has = Command::new("python3").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    if !has {
        println!("skipped: there is no python3");
    }
    has
}

fn all_run(cases: &[&[&str]]) {
    if has_python() {
        let faults: Vec<String> = cases.iter().filter_map(|case| Some(format!("{case:?}: {}", fault(case)?))).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

#[test]
fn printed_programs_run_in_python() {
    all_run(CASES);
}

#[test]
fn names_that_python_reads_otherwise() {
    all_run(MISREAD);
}

#[test]
fn every_gate_is_in_a_case() {
    let mut used = HashSet::new();
    for case in CASES {
        let answer: Value = serde_json::from_str(&gradcalc("json", case)).expect("JSON");
        used.extend(answer["stages"].as_array().expect("stages").iter().map(|stage| stage["gate"].as_str().expect("a gate").to_owned()));
    }
    for row in TABLE.iter().filter(|row| row.callable() && row.gate.is_elementwise()) {
        assert!(used.contains(row.name), "no case uses {}", row.name);
    }
}
