//! The view `html` in a browser, as its readers use it: by keys, buttons, sliders and fields, on a phone, in the dark, printed.
//!
//! The scripts in `browser/` drive Chromium; they find what is wrong with how a page behaves, and hand its numbers over, which are
//! those of `--as json`: at the beginning, and after inputs have been moved those of a fresh answer there.

use crate::support::answer_with;
use gradcalc::calculus::Granularity;
use gradcalc::ground::number::Digits;
use gradcalc::session::Settings;
use gradcalc::views::{Answer, Style, named};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// A page: its expression, how finely it is cut, its inputs, those to move, and what is done on it.
struct Case {
    name: &'static str,
    text: &'static str,
    stages: Granularity,
    inputs: &'static [(&'static str, &'static str)],
    moves: &'static [(&'static str, &'static str)],
    /// The stage whose surroundings are drawn.
    focus: Option<&'static str>,
    ways: &'static [&'static str],
}

/// All that is done, and what is done on every page.
const ALL: &[&str] = &["opening", "passes", "buttons", "tabs", "plays", "quiz", "moves", "looks"];
const MAIN: &[&str] = &["opening", "passes", "quiz", "moves", "looks"];

const CASES: &[Case] = &[
    Case {
        name: "staged",
        text: "(x + sigma(y))/(sigma(x) + (x + y)^2)",
        stages: Granularity::Written,
        inputs: &[("x", "3"), ("y", "-4")],
        moves: &[("x", "0.7"), ("y", "1.9")],
        focus: None,
        ways: ALL,
    },
    Case {
        name: "neuron",
        text: "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))",
        stages: Granularity::Primitive,
        inputs: &[("w0", "2"), ("x0", "-1"), ("w1", "-3"), ("x1", "-2"), ("w2", "-3")],
        moves: &[("w0", "1.25"), ("x1", "-0.5")],
        focus: None,
        ways: &["opening", "passes", "moves"],
    },
    Case {
        name: "patterns",
        text: "2*(x*y + max(z, w))",
        stages: Granularity::Written,
        inputs: &[("x", "3"), ("y", "-4"), ("z", "2"), ("w", "-1")],
        moves: &[("w", "5")],
        focus: None,
        ways: MAIN,
    },
    Case {
        name: "matrix",
        text: "sum((W @ x)^2)",
        stages: Granularity::Written,
        inputs: &[("W", "[0.1, 0.5; -0.3, 0.8]"), ("x", "[0.2, 0.4]")],
        moves: &[],
        focus: None,
        ways: MAIN,
    },
    // Names that mean something in JavaScript and in links, gates that JavaScript lacks, a kink that is noted.
    Case {
        name: "names",
        text: "step*gamma(α) + erf(quiz)*abs(__proto__)",
        stages: Granularity::Written,
        inputs: &[("step", "2"), ("α", "3.5"), ("quiz", "0.25"), ("__proto__", "0")],
        moves: &[("step", "-1.5e-3"), ("α", "-0.5"), ("quiz", "-2"), ("__proto__", "4")],
        focus: None,
        ways: &["opening", "passes", "moves"],
    },
    // The result is not drawn: gradients arrive from gates that are not.
    Case {
        name: "part",
        text: "q = x*sin(y); sin(1*q) + sin(2*q)*sin(3*q) + sin(4*q)*sin(5*q) + sin(6*q)*sin(7*q) + sin(8*q)*sin(9*q) + sin(10*q)*sin(11*q) \
               + sin(12*q)*sin(13*q)",
        stages: Granularity::Written,
        inputs: &[("x", "2"), ("y", "0.5")],
        moves: &[],
        focus: Some("q"),
        ways: &["opening", "passes"],
    },
    Case {
        name: "compared",
        text: "x > 2",
        stages: Granularity::Written,
        inputs: &[("x", "3")],
        moves: &[],
        focus: None,
        ways: &["opening", "passes"],
    },
];

impl Case {
    fn answer(&self, inputs: &[(String, String)]) -> Arc<Answer> {
        let view = named("html").expect("a view");
        answer_with(self.text, inputs, Settings { view, stages: self.stages, focus: self.focus.map(str::to_owned), ..Settings::default() })
    }

    fn given(&self) -> Vec<(String, String)> {
        self.inputs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// What the browser is told of it, once its page is written.
    fn told(&self) -> Value {
        let style = Style { digits: Some(Digits::Rounded(6)), ..Style::default() };
        let mut page = String::new();
        named("html").expect("a view").show(&self.answer(&self.given()), &style, &mut page).expect("a page of text");
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("browser-{}.html", self.name));
        std::fs::write(&file, page).expect("a page is written");
        let is_number = |(_, value): &&(&str, &str)| !value.starts_with('[') && self.focus.is_none();
        let inputs: Vec<&str> = self.inputs.iter().filter(is_number).map(|(name, _)| *name).collect();
        let moves: HashMap<&str, &str> = self.moves.iter().copied().collect();
        json!({"name": self.name, "file": file, "inputs": inputs, "moves": moves, "ways": self.ways})
    }

    /// What is wrong with the numbers in the rows of a table, for inputs with these values.
    fn faults(&self, rows: &Value, inputs: &[(String, String)]) -> Vec<String> {
        let truth = truth(&self.answer(inputs));
        let rows: HashMap<&str, [&str; 2]> = rows.as_array().expect("rows").iter().map(row).collect();
        let fault = |(name, truth): (&String, &[Vec<f64>; 2])| {
            let shown = rows.get(name.as_str()).map(|texts| texts.map(numbers));
            if shown.is_none() && self.focus.is_some() {
                return None;
            }
            let same = shown.as_ref().is_some_and(|shown| shown.iter().zip(truth).all(|(shown, truth)| is_same(shown, truth)));
            (!same).then(|| format!("{} at {inputs:?}: {name} is {shown:?}, not {truth:?}", self.name))
        };
        truth.iter().filter_map(fault).collect()
    }
}

/// Value and gradient of each input and each stage, as the view `json` tells them.
fn truth(answer: &Answer) -> HashMap<String, [Vec<f64>; 2]> {
    let mut text = String::new();
    named("json").expect("a view").show(answer, &Style::default(), &mut text).expect("a page of text");
    let told: Value = serde_json::from_str(&text).expect("JSON");
    let all = ["inputs", "stages"].into_iter().flat_map(|kind| told[kind].as_array().expect("a list"));
    all.map(|one| {
        let both = ["value", "gradient"].map(|key| numbers(&one[key].to_string()));
        (one["name"].as_str().expect("a name").to_owned(), both)
    })
    .collect()
}

/// The name, the value and the gradient of a row.
fn row(row: &Value) -> (&str, [&str; 2]) {
    let text = |at: usize| row[at].as_str().expect("a text");
    (text(0), [text(2), text(3)])
}

/// The numbers in a text, in order.
fn numbers(text: &str) -> Vec<f64> {
    text.split(|letter: char| "[], \"".contains(letter)).filter_map(|word| word.parse().ok()).collect()
}

/// Whether numbers are shown to their six digits.
fn is_same(shown: &[f64], truth: &[f64]) -> bool {
    let near = |(a, b): (&f64, &f64)| a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 5.1e-6 * b.abs();
    shown.len() == truth.len() && shown.iter().zip(truth).all(near)
}

/// What the browser is called.
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// What a browser finds of the pages; none where there is no browser.
fn driven(pages: &Value) -> Option<Vec<Value>> {
    let Some(browser) = BROWSERS.iter().find(|name| is_there(name)).filter(|_| is_there("node")) else {
        crate::skip("chromium or node is not installed");
        return None;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/pages.js");
    let mut command = Command::new("node");
    command.args([script, browser]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = command.spawn().expect("node starts");
    node.stdin.take().expect("a pipe").write_all(pages.to_string().as_bytes()).expect("node reads");
    let output = node.wait_with_output().expect("node ends");
    Some(serde_json::from_slice(&output.stdout).expect("what the script tells"))
}

/// Whether a program is installed.
fn is_there(name: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(name).is_file())
}

#[test]
fn pages_work_in_a_browser() {
    let told: Vec<Value> = CASES.iter().map(Case::told).collect();
    let Some(found) = driven(&Value::from(told)) else { return };
    assert_eq!(found.len(), CASES.len());
    let mut faults = Vec::new();
    for (case, found) in CASES.iter().zip(&found) {
        let told = found["faults"].as_array().expect("faults").iter();
        faults.extend(told.map(|fault| format!("{}: {}", case.name, fault.as_str().unwrap_or_default())));
        faults.extend(case.faults(&found["shown"]["start"], &case.given()));
        for moved in ["typed", "slid"].iter().filter(|_| !case.moves.is_empty()) {
            let moved = &found["shown"][moved];
            let inputs = moved["inputs"].as_object().expect("inputs").iter();
            let inputs: Vec<(String, String)> =
                inputs.map(|(name, value)| (name.clone(), value.as_str().expect("a number").to_owned())).collect();
            faults.extend(case.faults(&moved["rows"], &inputs));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
