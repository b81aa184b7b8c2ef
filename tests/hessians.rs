//! Second derivatives against SymPy: `reference/hessians.py` made the numbers.

use serde_json::Value;
use std::process::Command;

fn answer(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(["--as", "json"]).args(arguments).output().expect("the program starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn second_derivatives_agree_with_sympy() {
    let reference = include_str!("reference/hessians.jsonl");
    let mut count = 0;
    for line in reference.lines() {
        let truth: Value = serde_json::from_str(line).expect("JSON");
        let bindings: Vec<String> =
            truth["at"].as_object().expect("a point").iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut arguments = vec!["--hessian", truth["expression"].as_str().expect("an expression")];
        arguments.extend(bindings.iter().map(String::as_str));
        let found = answer(&arguments);
        let names: Vec<&str> =
            found["inputs"].as_array().expect("inputs").iter().map(|input| input["name"].as_str().expect("a name")).collect();
        // The matrix is in the order in which the expression names its inputs, as ours is.
        let truth_hessian = truth["hessian"].as_array().expect("a matrix");
        let near = |found: &Value, truth: &Value, scale: f64| {
            let (found, truth) = (found.as_f64().unwrap_or(f64::NAN), truth.as_f64().unwrap_or(f64::NAN));
            assert!((found - truth).abs() <= 1e-10 * scale.max(truth.abs()), "{}: {found}, not {truth}", arguments[1]);
        };
        let largest = |values: &mut dyn Iterator<Item = &Value>| values.filter_map(Value::as_f64).fold(0.0f64, |a, b| a.max(b.abs()));
        near(&found["value"], &truth["value"], 1e-3);
        let gradients = truth["gradient"].as_object().expect("gradients");
        let steepest = largest(&mut gradients.values());
        let stiffest = truth_hessian.iter().map(|row| largest(&mut row.as_array().expect("a row").iter())).fold(0.0, f64::max);
        for (at, name) in names.iter().enumerate() {
            near(&found["inputs"][at]["gradient"], &gradients[*name], steepest.max(1e-3));
            for other in 0..names.len() {
                near(&found["hessian"][at][other], &truth_hessian[at][other], stiffest.max(1e-3));
            }
        }
        count += 1;
    }
    assert!(count >= 40, "{count} functions");
}
