//! What `--as code` prints is a Python program that runs and gives the same numbers.

use gradcalc::vocabulary::gate::TABLE;
use serde_json::Value;
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
    &["x", "x=3"],
    &["f(x, y) = x*y; f(1, 2) + f(3, 4)"],
];

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

#[test]
fn printed_programs_run_in_python() {
    if Command::new("python3").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: there is no python3");
        return;
    }
    for case in CASES {
        let code = gradcalc("code", case);
        let answer: Value = serde_json::from_str(&gradcalc("json", case)).expect("JSON");
        let inputs = answer["inputs"].as_array().expect("inputs");
        let gradients = assigned(&code, "# backward pass\n");
        let mut program = code.clone();
        let mut truth = Vec::new();
        if let Some(output) = assigned(&code, "# forward pass\n").into_iter().take_while(|name| !gradients.contains(name)).last() {
            let _ = writeln!(program, "print(float({output}))");
            truth.push(answer["value"].as_f64().expect("a value"));
        }
        for input in inputs {
            let name = input["name"].as_str().expect("a name");
            let known = |wanted: &str| gradients.iter().any(|gradient| gradient == wanted);
            let gradient = ["d_", "d"].map(|prefix| format!("{prefix}{name}")).into_iter().find(|gradient| known(gradient));
            let gradient = gradient.unwrap_or_else(|| panic!("{case:?}: no gradient of {name} in\n{code}"));
            let _ = writeln!(program, "print(float({gradient}))");
            truth.push(input["gradient"].as_f64().expect("a gradient"));
        }
        let mut python = Command::new("python3")
            .arg("-")
            .env("PYTHONIOENCODING", "utf-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("python3");
        python.stdin.take().expect("a pipe").write_all(program.as_bytes()).expect("python3 reads");
        let output = python.wait_with_output().expect("python3 ends");
        assert!(output.status.success(), "{case:?}: {}\n{program}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).expect("text");
        let found: Vec<f64> = printed.lines().map(|line| line.parse().expect("a number")).collect();
        assert_eq!(found.len(), truth.len(), "{case:?}");
        for (found, truth) in found.iter().zip(&truth) {
            // Python's own functions differ from correctly rounded ones by an ulp or two; its polygamma, written
            // out in the program, by more.
            let allowed = if code.contains("polygamma") { 1e-10 } else { 1e-12 };
            assert!((found - truth).abs() <= allowed * truth.abs().max(1.0), "{case:?}: {found}, not {truth}\n{program}");
        }
    }
}

#[test]
fn every_gate_is_in_a_case() {
    let all: String = CASES.iter().map(|case| case[0]).collect::<Vec<_>>().join("\n");
    for row in TABLE.iter().filter(|row| row.callable()) {
        let called = all.contains(&format!("{}(", row.name)) || row.signs.iter().any(|sign| all.contains(sign));
        assert!(called, "no case uses {}", row.name);
    }
}
