//! Values, gradients and second derivatives that are right, or told: against mpmath, which read the source text itself.

use crate::support::{Case, answer_with};
use gradcalc::calculus::digits::digits_lost;
use gradcalc::forms::StageId;
use gradcalc::session::Settings;

/// A number is told that lost so many digits; of what is nearly that nothing is asked.
const TOLD: f64 = 4.0;
const NEARLY: f64 = 0.1;

/// What is wrong with what an answer says of its value, its gradients and its second derivatives.
fn faults(case: &Case) -> Vec<String> {
    let answer = answer_with(&case.text, &case.inputs, Settings { hessian: true, ..Settings::default() });
    let report = answer.digits.as_ref().expect("a report");
    let n = case.inputs.len();
    let numbers = |id: StageId| (0..answer.values.slice(id).len()).map(|at| Some((id, at))).collect();
    let sources = answer.sources.hessian(numbers, &None).unwrap_or_else(|| vec![vec![None; n]; n]);
    let first = case.stages(&answer).into_iter().map(|stage| stage.map(|stage| (stage, 0)));
    let all: Vec<Option<(StageId, usize)>> = first.chain(sources.into_iter().flatten()).collect();
    let truths: Vec<f64> = case.truth.iter().chain(case.second.iter().flatten()).copied().collect();
    assert_eq!(all.len(), truths.len(), "{}", case.text);
    let mut wrong = Vec::new();
    for (place, (source, truth)) in all.into_iter().zip(truths).enumerate() {
        let of =
            |computed: f64, what: &str| format!("{} {:?}: number {place} is {computed}, truly {truth}: {what}", case.text, case.inputs);
        let Some((stage, at)) = source else {
            wrong.extend((truth != 0.0).then(|| of(0.0, "0 by its structure")));
            continue;
        };
        let computed = answer.values.slice(stage)[at];
        // What is no finite number is seen, and what 272 digits do not tell from 0 may be shown as 0.
        if !computed.is_finite() || computed == 0.0 && truth.abs() < 1e-272 {
            continue;
        }
        let lost = if computed == truth { 0.0 } else { digits_lost(computed - truth, truth) };
        match report.lost.iter().find(|lost| (lost.stage, lost.at) == (stage, at)) {
            None if lost >= TOLD + NEARLY => wrong.push(of(computed, "untold")),
            Some(_) if lost < TOLD - NEARLY => wrong.push(of(computed, "told")),
            Some(told) if (told.truth - truth).abs() > 1e-12 * truth.abs() => wrong.push(of(computed, &format!("told as {}", told.truth))),
            _ => {}
        }
    }
    wrong
}

#[test]
fn second_derivatives_are_right_or_told() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/seconds.jsonl");
    let text = std::fs::read_to_string(path).expect("the reference");
    let cases: Vec<Case> = text.lines().map(Case::read).collect();
    let points = cases.iter().map(|case| case.inputs.len()).sum::<usize>();
    assert!(cases.len() > 500 && points > 800, "{} cases, {points} inputs", cases.len());
    let wrong: Vec<String> = cases.iter().flat_map(faults).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
