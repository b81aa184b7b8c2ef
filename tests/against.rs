//! A hand-derived backward pass beside ours: the right ones are accepted, and the wrong line is found.

use gradcalc::session::{Session, Settings};
use gradcalc::views::Source;
use gradcalc::views::against::{Comparison, Verdict};
use std::sync::Arc;

const FORWARD: &str = include_str!("../examples/homework/forward.grad");

const BACKWARD: &[&str] = &[
    "dnum = invden",
    "dinvden = num",
    "dden = (-1.0 / (den**2)) * dinvden",
    "dsigx = (1) * dden",
    "dxpysqr = (1) * dden",
    "dxpy = (2 * xpy) * dxpysqr",
    "dx = (1) * dxpy",
    "dy = (1) * dxpy",
    "dx += ((1 - sigx) * sigx) * dsigx",
    "dx += (1) * dnum",
    "dsigy = (1) * dnum",
    "dy += ((1 - sigy) * sigy) * dsigy",
];

fn compared(backward: &str) -> Comparison {
    let mut session = Session::new(Settings::default());
    let mut last = None;
    let source = Source { name: Arc::from("forward"), line: 1 };
    session.run(FORWARD, &source, true, &mut |answer| last = answer.ok()).expect("it is in the language");
    session.against(&last.expect("an answer"), backward, "backward").expect("it is compared")
}

#[test]
fn the_notes_backward_pass_is_right() {
    assert!(compared(&BACKWARD.join("\n")).is_right());
}

/// Each line in turn has its sign turned, twice its value, or is left out.
#[test]
fn the_wrong_line_is_found() {
    for at in 0..BACKWARD.len() {
        let (name, right) = BACKWARD[at].split_once("= ").expect("a line");
        for wrong in [format!("-({right})"), format!("2*({right})"), format!("({right}) + 0.7")] {
            let mut lines: Vec<String> = BACKWARD.iter().map(|&line| line.to_owned()).collect();
            lines[at] = format!("{name}= {wrong}");
            let found = compared(&lines.join("\n"));
            let first = found.lines.iter().filter(|line| line.verdict == Verdict::Wrong).map(|line| line.number);
            assert_eq!(first.collect::<Vec<_>>(), [Some(at + 1)], "{}", lines[at]);
        }
    }
}
