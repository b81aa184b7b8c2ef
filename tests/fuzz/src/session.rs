//! Statements are answered or refused within their room and time; every view shows every answer, and JSON is JSON.
#![no_main]

use gradcalc::FaultKind;
use gradcalc::ground::Cancellation;
use gradcalc::session::{Session, Settings};
use gradcalc::views::{Source, Style, VIEWS};
use libfuzzer_sys::fuzz_target;
use std::time::{Duration, Instant};

fuzz_target!(|text: &str| {
    let mut session = Session::new(Settings { budget: 1 << 24, ..Settings::default() });
    session.cancellation(Cancellation::default().or_until(Instant::now() + Duration::from_secs(2)));
    let mut answers = Vec::new();
    let mut take = |found| match found {
        Ok(answer) => answers.push(answer),
        Err(fault) => refused(text, &fault),
    };
    let source = Source { name: "<fuzz>".into(), line: 1 };
    if let Err(fault) = session.run(text, &source, true, &mut take) {
        refused(text, &fault);
    }
    for answer in answers.iter().take(4) {
        for view in VIEWS.iter() {
            let mut shown = String::new();
            view.show(answer, &Style::default(), &mut shown).expect("a text takes all");
            if view.name == "json" {
                shown.lines().for_each(|line| drop(serde_json::from_str::<serde_json::Value>(line).expect("JSON")));
            }
        }
    }
});

fn refused(text: &str, fault: &gradcalc::Fault) {
    assert_ne!(fault.kind, FaultKind::Internal, "{text:?}: {fault}");
    assert!(text.get(fault.span.range()).is_some(), "{:?} of {text:?}: {fault}", fault.span);
}
