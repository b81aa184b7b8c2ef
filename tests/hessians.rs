//! Values, gradients and second derivatives against SymPy: `reference/hessians.py` made the numbers.
//!
//! The numbers there are right to the last bit, so what differs is our own rounding. An entry of a hessian must be right
//! relative to itself. A value or a gradient may be a small rest of large terms: it must be right relative to itself and
//! to how far it moves when each input moves by itself.

use serde_json::Value;
use std::process::Command;

fn answer(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(["--as", "json"]).args(arguments).output().expect("the program starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// Where a name first stands in an expression.
fn place(expression: &str, name: &str) -> Option<usize> {
    let of_a_name = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let whole = |&(at, _): &(usize, &str)| {
        !of_a_name(expression[..at].chars().next_back()) && !of_a_name(expression[at + name.len()..].chars().next())
    };
    expression.match_indices(name).find(whole).map(|(at, _)| at)
}

#[test]
fn second_derivatives_agree_with_sympy() {
    let reference = include_str!("reference/hessians.jsonl");
    let mut faults = Vec::new();
    let mut count = 0;
    for line in reference.lines() {
        let truth: Value = serde_json::from_str(line).expect("JSON");
        let at = truth["at"].as_object().expect("a point");
        let expression = truth["expression"].as_str().expect("an expression");
        // Given in the order in which the expression names them.
        let mut given: Vec<&String> = at.keys().collect();
        given.sort_by_key(|name| place(expression, name));
        let bindings: Vec<String> = given.iter().map(|name| format!("{name}={}", at[*name])).collect();
        let mut arguments = vec!["--hessian", expression];
        arguments.extend(bindings.iter().map(String::as_str));
        let found = answer(&arguments);
        let inputs = found["inputs"].as_array().expect("inputs");
        let names: Vec<&str> = inputs.iter().map(|input| input["name"].as_str().expect("a name")).collect();
        assert_eq!(names.len(), at.len(), "{}", truth["name"]);
        let point: Vec<f64> = names.iter().map(|name| number(&at[*name])).collect();
        let gradient: Vec<f64> = names.iter().map(|name| number(&truth["gradient"][*name])).collect();
        // The matrix is in the order in which the expression names its inputs, as ours is.
        let hessian: Vec<Vec<f64>> = truth["hessian"]
            .as_array()
            .expect("a matrix")
            .iter()
            .map(|row| row.as_array().expect("a row").iter().map(number).collect())
            .collect();
        let mut near = |what: &str, found: &Value, exact: f64, tolerance: f64| {
            let off = (number(found) - exact).abs();
            if off > tolerance || off.is_nan() {
                faults.push(format!("{}, {what}: {found}, not {exact:e}; off by {off:e}, more than {tolerance:e}", truth["name"]));
            }
        };
        // How far the inputs' own sizes move what has these slopes, and so the size of the terms that may cancel.
        let swing = |slopes: &[f64]| slopes.iter().zip(&point).map(|(slope, x)| (slope * x).abs()).sum::<f64>();
        let value = number(&truth["value"]);
        // This text takes 1 from a sum near 1, whatever moves: three roundings there, one of them halved by the root.
        let lost = if truth["name"] == "cancellation" { 1.25 * f64::EPSILON } else { 0.0 };
        near("value", &found["value"], value, 1e-12 * (value.abs() + swing(&gradient)) + lost);
        for (at, name) in names.iter().enumerate() {
            let scale = gradient[at].abs() + swing(&hessian[at]);
            near(&format!("gradient on {name}"), &inputs[at]["gradient"], gradient[at], 1e-12 * scale);
            for (other, beside) in names.iter().enumerate() {
                let entry = hessian[at][other];
                let tolerance = if entry == 0.0 { 1e-12 } else { 1e-10 * entry.abs() };
                near(&format!("hessian on {name}, {beside}"), &found["hessian"][at][other], entry, tolerance);
            }
        }
        count += 1;
    }
    assert_eq!(count, 141, "functions at points");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
