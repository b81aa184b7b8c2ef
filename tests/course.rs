//! The course notes' examples, to the last digit.
//!
//! The numbers are what the notes print, or what the notes' own Python prints when it is run (CPython's floats).

use serde_json::Value;
use std::process::Command;

fn run(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(arguments).output().expect("the program starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the output is text")
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&run(&[&["--as", "json"], arguments].concat())).expect("the output is JSON")
}

fn gradients(answer: &Value) -> Vec<(&str, f64)> {
    let inputs = answer["inputs"].as_array().expect("inputs");
    inputs.iter().map(|input| (input["name"].as_str().expect("a name"), input["gradient"].as_f64().expect("a gradient"))).collect()
}

fn stages<'a>(answer: &'a Value, field: &str) -> Vec<&'a str> {
    answer["stages"].as_array().expect("stages").iter().map(|stage| stage[field].as_str().expect("a text")).collect()
}

fn numbers(answer: &Value, field: &str) -> Vec<f64> {
    answer["stages"].as_array().expect("stages").iter().map(|stage| stage[field].as_f64().expect("a number")).collect()
}

#[test]
fn simple_expressions() {
    let product = json(&["x*y", "x=4", "y=-3"]);
    assert_eq!(product["value"], -12.0);
    assert_eq!(gradients(&product), [("x", -3.0), ("y", 4.0)]);
    let sum = json(&["x + y", "x=4", "y=-3"]);
    assert_eq!(gradients(&sum), [("x", 1.0), ("y", 1.0)]);
    let max = json(&["max(x, y)", "x=4", "y=2"]);
    assert_eq!(max["value"], 4.0);
    assert_eq!(gradients(&max), [("x", 1.0), ("y", 0.0)]);
}

#[test]
fn the_chain_rule() {
    let answer = json(&["q = x + y; f = q * z", "x=-2", "y=5", "z=-4"]);
    assert_eq!(stages(&answer, "name"), ["q", "f"]);
    assert_eq!(numbers(&answer, "value"), [3.0, -12.0]);
    assert_eq!(numbers(&answer, "gradient"), [-4.0, 1.0]);
    assert_eq!(gradients(&answer), [("x", -4.0), ("y", -4.0), ("z", 3.0)]);
}

const NEURON: [&str; 6] = ["1/(1+exp(-(w0*x0+w1*x1+w2)))", "w0=2", "w1=-3", "w2=-3", "x0=-1", "x1=-2"];

/// The notes' code: `ddot = (1 - f) * f; dx = [w0 * ddot, w1 * ddot]; dw = [x0 * ddot, x1 * ddot, ddot]`.
fn neuron_truth() -> (f64, [(&'static str, f64); 5]) {
    let f = 1.0 / (1.0 + (-1f64).exp());
    let ddot = (1.0 - f) * f;
    (f, [("w0", -ddot), ("w1", -2.0 * ddot), ("w2", ddot), ("x0", 2.0 * ddot), ("x1", -3.0 * ddot)])
}

#[test]
fn the_neuron_at_every_level() {
    let (value, truth) = neuron_truth();
    for level in ["written", "primitive", "fused"] {
        let answer = json(&[&NEURON[..], &["--stages", level]].concat());
        assert!((answer["value"].as_f64().expect("a value") - value).abs() < 1e-15);
        for ((name, gradient), (true_name, true_gradient)) in gradients(&answer).into_iter().zip(truth) {
            assert_eq!(name, true_name);
            assert!((gradient - true_gradient).abs() < 1e-15, "{level}: d{name} = {gradient}, not {true_gradient}");
        }
    }
}

#[test]
fn the_neurons_gates_are_those_of_the_notes_circuit() {
    let primitive = json(&[&NEURON[..], &["--stages", "primitive"]].concat());
    assert_eq!(stages(&primitive, "label"), ["*", "*", "+", "+", "*-1", "exp", "+1", "1/x"]);
    // The circuit's numbers, with the two digits that the notes print.
    let two = |numbers: Vec<f64>| numbers.into_iter().map(|number| format!("{number:.2}")).collect::<Vec<_>>();
    assert_eq!(two(numbers(&primitive, "value")), ["-2.00", "6.00", "4.00", "1.00", "-1.00", "0.37", "1.37", "0.73"]);
    assert_eq!(two(numbers(&primitive, "gradient")), ["0.20", "0.20", "0.20", "0.20", "-0.20", "-0.53", "-0.53", "1.00"]);
    let fused = json(&[&NEURON[..], &["--stages", "fused"]].concat());
    assert_eq!(stages(&fused, "gate"), ["mul", "mul", "add", "add", "sigma"]);
}

#[test]
fn staged_computation() {
    let answer = json(&["(x+sigma(y))/(sigma(x)+(x+y)^2)", "x=3", "y=-4"]);
    assert_eq!(stages(&answer, "name"), ["sigy", "num", "sigx", "xpy", "xpysqr", "den", "invden", "f"]);
    assert_eq!(answer["value"], 1.545_644_884_106_644_1);
    assert_eq!(gradients(&answer), [("x", 2.059_569_795_572_165_2), ("y", 1.592_232_751_483_809_3)]);
    let backward: Vec<String> = answer["backward"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| [&step["target"], &step["operator"], &step["expression"]].map(|text| text.as_str().expect("a text")).join(" "))
        .collect();
    assert_eq!(
        backward,
        [
            "dnum = invden",
            "dinvden = num",
            "dden = -invden^2 * dinvden",
            "dsigx = dden",
            "dxpysqr = dden",
            "dxpy = 2 * xpy * dxpysqr",
            "dx = dxpy",
            "dy = dxpy",
            "dx += (1 - sigx) * sigx * dsigx",
            "dx += dnum",
            "dsigy = dnum",
            "dy += (1 - sigy) * sigy * dsigy",
        ]
    );
}

#[test]
fn patterns_in_the_backward_flow() {
    let answer = json(&["2*(x*y+max(z,w))", "x=3", "y=-4", "z=2", "w=-1"]);
    assert_eq!(answer["value"], -20.0);
    assert_eq!(gradients(&answer), [("x", -8.0), ("y", 6.0), ("z", 2.0), ("w", 0.0)]);
}
