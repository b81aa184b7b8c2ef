//! The view `html`: what stands in the page is escaped, and the program in it gives the calculator's own numbers.
//!
//! The program is run by node, as the player runs it: at the inputs that were given, and at others, where it must give what a
//! fresh answer has there.

use crate::code::CASES;
use crate::properties::{near_a_kink, recipes};
use crate::support::{answer_with, ask};
use gradcalc::calculus::granularity::Granularity;
use gradcalc::forms::target::javascript::JAVASCRIPT;
use gradcalc::session::Settings;
use gradcalc::views::circuit::Circuit;
use gradcalc::views::{Answer, Style, named};
use gradcalc::vocabulary::gate::{Kernel, TABLE};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Runs programs of pages as the player does, and prints the value and the gradient of each node.
const RUN: &str = r#"
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
for (const { script, inputs } of cases) {
  const { circuit, program } = new Function(script + "; return { circuit, program };")();
  if (program === null) { console.log("null"); continue; }
  const v = Object.create(null), d = [];
  circuit.nodes.forEach((node, at) => { if (program.inputs[at] !== null) v[node.name] = inputs[node.name] ?? program.inputs[at]; });
  circuit.order.forEach((at, k) => { v[circuit.nodes[at].name] = +program.forward[k](v); });
  if (circuit.seed !== null) d[circuit.output] = program.seed;
  const off = [];
  circuit.steps.forEach((step, k) => {
    const [local, handed] = program.backward[k], upstream = d[step.through], contribution = +handed(v, upstream);
    const factor = local === null ? NaN : +local(v), product = upstream === 0 ? 0 : factor * upstream;
    if (local !== null && Number.isFinite(product) && Math.abs(product - contribution) > 1e-9 * Math.abs(product)) off.push(step.text);
    d[step.target] = d[step.target] === undefined ? contribution : d[step.target] + contribution;
  });
  const text = x => x === undefined ? "0" : String(x).replace("Infinity", "inf");
  console.log(JSON.stringify([circuit.nodes.map((node, at) => [node.name, text(v[node.name]), node.gradient === null ? null : text(d[at])]), off]));
}
"#;

fn page(answer: &Answer) -> String {
    let mut page = String::new();
    named("html").expect("a view").show(answer, &Style::default(), &mut page).expect("a page of text");
    page
}

/// The circuit and the program of a page, as text of JavaScript.
fn script(page: &str) -> String {
    let (_, script) = page.split_once("<script>").expect("a script");
    let (script, _) = script.split_once("// The player,").expect("the player");
    script.to_owned()
}

/// What node prints of programs at inputs; none where node is not installed.
fn run(cases: &[Value]) -> Option<Vec<Value>> {
    let node = Command::new("node").args(["-e", RUN]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut node) = node else {
        crate::skip("node is not installed");
        return None;
    };
    node.stdin.take().expect("a pipe").write_all(json!(cases).to_string().as_bytes()).expect("node reads");
    let output = node.wait_with_output().expect("node ends");
    let lines: Vec<Value> = String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), cases.len(), "every program runs");
    Some(lines)
}

/// The names of what an answer draws, with values and gradients.
fn truth(answer: &Answer) -> HashMap<String, [Option<f64>; 2]> {
    let circuit = Circuit::of(answer, &answer.names());
    let numbers = |id| [Some(answer.value_of(id)), answer.gradient(id)];
    circuit.nodes.iter().map(|node| (node.name.clone(), numbers(node.id))).collect()
}

/// What is wrong with the numbers of a program.
fn faults(found: &Value, truth: &HashMap<String, [Option<f64>; 2]>) -> Vec<String> {
    let (nodes, off) = (found[0].as_array().expect("nodes"), found[1].as_array().expect("texts"));
    let mut faults: Vec<String> = off.iter().map(|text| format!("{text} is no product")).collect();
    for node in nodes {
        let name = node[0].as_str().expect("a name");
        let numbers = [&node[1], &node[2]].map(|text| text.as_str().map(|text| text.parse::<f64>().expect("a number")));
        let truth = truth[name];
        for (found, truth) in numbers.into_iter().zip(truth) {
            let same = match (found, truth) {
                (Some(found), Some(truth)) => {
                    found == truth || found.is_nan() && truth.is_nan() || (found - truth).abs() <= 1e-9 * truth.abs().max(1e-3)
                }
                (found, truth) => found == truth,
            };
            if !same {
                faults.push(format!("{name}: {found:?}, not {truth:?}"));
            }
        }
    }
    faults
}

/// Compares programs with answers: each with a text, the page it is of, the inputs to move, and the answer there.
fn compare(cases: &[(String, String, Value, Arc<Answer>)], most_fixed: usize) {
    let given: Vec<Value> = cases.iter().map(|(_, page, inputs, _)| json!({"script": script(page), "inputs": inputs})).collect();
    let Some(found) = run(&given) else { return };
    let mut wrong = Vec::new();
    let mut fixed = 0;
    for ((text, _, inputs, answer), found) in cases.iter().zip(&found) {
        if found.is_null() {
            fixed += 1;
            continue;
        }
        let faults = faults(found, &truth(answer));
        if !faults.is_empty() {
            wrong.push(format!("{text} at {inputs}:\n  {}", faults.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(fixed <= most_fixed, "{fixed} pages have no sliders");
}

/// Every gate of single numbers that a program can hold has an expression in JavaScript.
#[test]
fn every_gate_of_single_numbers_is_written_in_javascript() {
    for row in TABLE {
        let is_of_numbers = matches!(row.kernel, Kernel::Unary(_) | Kernel::Binary(_) | Kernel::Ternary(_) | Kernel::Fold(_));
        assert_eq!((JAVASCRIPT.entry)(row.gate).is_some(), is_of_numbers, "{}", row.name);
    }
}

/// The examples of every gate, at the inputs that they have and at others.
#[test]
fn pages_compute_every_gate() {
    let mut cases = Vec::new();
    for case in CASES.iter().filter(|case| case.iter().all(|text| !text.starts_with("--"))) {
        let [text, given @ ..] = case else { continue };
        for factor in [1.0, 0.96875] {
            let inputs: Option<Vec<(String, f64)>> = given
                .iter()
                .map(|given| given.split_once('=').and_then(|(name, number)| Some((name.to_owned(), number.parse::<f64>().ok()? * factor))))
                .collect();
            let Some(inputs) = inputs else { continue };
            let texts: Vec<(String, String)> = inputs.iter().map(|(name, number)| (name.clone(), format!("{number:?}"))).collect();
            let start: Vec<(String, String)> =
                given.iter().filter_map(|given| given.split_once('=')).map(|(name, number)| (name.to_owned(), number.to_owned())).collect();
            let moved = json!(inputs.iter().cloned().collect::<HashMap<String, f64>>());
            cases.push(((*text).to_owned(), page(&ask(text, &start)), moved, ask(text, &texts)));
        }
    }
    assert!(cases.len() > 60);
    compare(&cases, 12);
}

/// Random programs of single numbers, at the start and after their inputs have been moved.
#[test]
fn pages_compute_random_programs() {
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(7), ..Config::default() });
    let strategy = recipes(6);
    let mut cases = Vec::new();
    while cases.len() < 100 {
        let dish = strategy.new_tree(&mut runner).expect("a recipe").current().cook();
        let mut moved = dish.clone();
        moved.inputs.iter_mut().for_each(|(_, x)| *x = *x * 1.0625 + 0.03125);
        let answers = [&dish, &moved].map(|dish| dish.answer(Granularity::Written));
        // Where a small change makes a large one, no two ways of computing agree.
        let is_calm = |answer: &Arc<Answer>| {
            let mut numbers = truth(answer).into_values().flatten().flatten();
            !near_a_kink(answer) && !answer.has_lost_digits() && numbers.all(|number| number.abs() < 1e6)
        };
        if !answers.iter().all(is_calm) {
            continue;
        }
        let start = page(&answers[0]);
        for (dish, answer) in [&dish, &moved].into_iter().zip(answers) {
            let inputs = json!(dish.inputs.iter().cloned().collect::<HashMap<String, f64>>());
            cases.push((dish.text(), start.clone(), inputs, answer));
        }
    }
    compare(&cases, 10);
}

/// Whatever the expression holds, the page has one script, nothing in its data opens a tag, and nothing comes from outside.
#[test]
fn pages_are_escaped() {
    for text in [
        "x = 1; y = 2; where(x < y, x > 1, y) + (x <= y)*y",
        "x = 2; x < 3",
        "α = 2; __proto__ = 3; constructor = 4; α*__proto__*constructor",
        "W = [0.1, 0.5; -0.3, 0.8]; x = [0.2, 0.4]; sum((W @ x)^2)",
        "3 + 4",
        "x = 2; x",
        "k = 3; x = 2; const c = 4; c*x + k",
    ] {
        let page = page(&ask(text, &[]));
        assert_eq!(page.matches("</script").count(), 1, "{text}");
        assert!(!page.contains("{{"), "{text}: a place is left");
        let data = page.split_once("const circuit = ").and_then(|(_, rest)| rest.split_once(";\n")).expect("the circuit").0;
        assert!(!data.contains('<'), "{text}: {data}");
        assert!(serde_json::from_str::<Value>(data).is_ok(), "{text}: {data}");
        assert!(page.contains("default-src 'none'"));
        let outside =
            page.matches("http").count() - page.matches("http-equiv").count() - page.matches("http://www.w3.org/2000/svg").count();
        assert_eq!(outside, 0, "{text}: something comes from outside");
    }
}

/// A page whose inputs cannot be moved says why.
#[test]
fn a_page_without_sliders_says_why() {
    let says = |text: &str, why: &str| {
        let page = page(&ask(text, &[]));
        assert!(page.contains("const program = null;") && page.contains(why), "{text}");
    };
    says("W = [0.1, 0.5; -0.3, 0.8]; x = [0.2, 0.4]; sum((W @ x)^2)", "no sliders for inputs: the circuit has arrays");
    says("3 + 4", "no sliders for inputs: the circuit has none");
    let terms: Vec<String> = (0..500).map(|k| format!("sin({k}*x)")).collect();
    says(&format!("x = 0.1; {}", terms.join(" + ")), "more stages are not drawn");
    let live = page(&answer_with("x = 2; y = 3; x*y", &[], Settings::default()));
    assert!(!live.contains("There are no sliders"));
}
