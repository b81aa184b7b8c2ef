//! What tests of answers share: a session that is asked, and cases with their truth.

use gradcalc::forms::StageId;
use gradcalc::session::{Session, Settings};
use gradcalc::views::{Answer, Source};
use serde_json::Value;
use std::sync::Arc;

/// The answer to a text with values of inputs.
pub fn ask(text: &str, inputs: &[(String, String)]) -> Arc<Answer> {
    answer_with(text, inputs, Settings::default())
}

/// The same, shown to nobody: its digits are not measured, which takes most of an answer's time.
pub fn silent(text: &str, inputs: &[(String, String)]) -> Arc<Answer> {
    ask(&format!("{text};"), inputs)
}

/// The same as `ask` with settings.
pub fn answer_with(text: &str, inputs: &[(String, String)], settings: Settings) -> Arc<Answer> {
    let mut session = Session::new(settings);
    for (name, value) in inputs {
        session.bind(name, value).unwrap_or_else(|fault| panic!("{name}={value}: {}", fault.message));
    }
    let mut answers = Vec::new();
    let source = Source { name: "<test>".into(), line: 1 };
    session.run(text, &source, true, &mut |outcome| answers.push(outcome)).unwrap_or_else(|fault| panic!("{text}: {}", fault.message));
    answers.pop().expect("an answer").unwrap_or_else(|fault| panic!("{text}: {}", fault.message))
}

/// An expression with what it truly is.
pub struct Case {
    /// Where it comes from.
    pub kind: String,
    /// The expression.
    pub text: String,
    /// Its inputs, in order.
    pub inputs: Vec<(String, String)>,
    /// The value and the gradients, the numbers as they are read.
    pub truth: Vec<f64>,
    /// The same of the numbers as they are written, where that is known.
    pub read: Vec<f64>,
    /// The second derivatives, where they are known.
    pub second: Vec<Vec<f64>>,
}

impl Case {
    /// A case of a line of JSON.
    pub fn read(line: &str) -> Self {
        let case: Value = serde_json::from_str(line).expect("a case");
        let text = |key: &str| case[key].as_str().expect("a text").to_owned();
        let number = |value: &Value| value.as_str().and_then(|text| text.parse().ok()).expect("a number");
        let numbers = |key: &str| case[key].as_array().map(|list| list.iter().map(number).collect()).unwrap_or_default();
        let inputs = case["inputs"].as_object().expect("inputs").iter();
        let inputs = inputs.map(|(name, value)| (name.clone(), value.as_str().expect("a number").to_owned())).collect();
        let row = |row: &Value| row.as_array().expect("a row").iter().map(number).collect();
        let second = case["second"].as_array().map(|rows| rows.iter().map(row).collect()).unwrap_or_default();
        Self { kind: text("kind"), text: text("text"), inputs, truth: numbers("truth"), read: numbers("read"), second }
    }

    /// The stages of its value and its gradients in an answer; none where no gradient reaches an input.
    pub fn stages(&self, answer: &Answer) -> Vec<Option<StageId>> {
        let adjoint = |name: &String| {
            let named = |&id: &StageId| answer.program.input(id).is_some_and(|input| answer.symbols.name(input.name) == name);
            let input = answer.active_inputs().find(named)?;
            answer.backward.as_ref()?.adjoint(input)
        };
        std::iter::once(Some(answer.output)).chain(self.inputs.iter().map(|(name, _)| adjoint(name))).collect()
    }
}

/// Whether full counts are asked for, as the deep checks do; otherwise a part of each count is enough.
pub fn is_deep() -> bool {
    std::env::var_os("GRADCALC_DEEP").is_some()
}

/// A part of a product of cases, and all of it where full counts are asked for: the cases whose place is `first`, `first + step`, and so
/// on. Where `step` has no divisor in common with the lengths of the factors, every value is met, and of three factors every pair of
/// values; of two factors where each product of many has another `first`.
pub fn part_of<T>(cases: impl Iterator<Item = T>, first: usize, step: usize) -> impl Iterator<Item = T> {
    let (first, step) = if is_deep() { (0, 1) } else { (first % step, step) };
    cases.skip(first).step_by(step)
}
