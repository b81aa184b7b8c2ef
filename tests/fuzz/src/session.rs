//! Statements are answered or refused within their room and time; a view shows every answer that it does not refuse, and JSON is JSON.
#![no_main]

use gradcalc::FaultKind;
use gradcalc::ground::Cancellation;
use gradcalc::session::{Session, Settings};
use gradcalc::views::{Source, Style, VIEWS};
use libfuzzer_sys::fuzz_target;
use std::time::{Duration, Instant};

fuzz_target!(|text: &str| {
    // The first sign chooses the view.
    let Some(first) = text.chars().next() else { return };
    let (view, text) = (&VIEWS[first as usize % VIEWS.len()], &text[first.len_utf8()..]);
    let mut session = Session::new(Settings { view, budget: 1 << 24, ..Settings::default() });
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
    // A text that sets another one has answers for both.
    let same = session.settings.view.name == view.name;
    for answer in answers.iter().take(4).filter(|answer| same && view.refusal(answer).is_none()) {
        let mut shown = String::new();
        view.show(answer, &Style::default(), &mut shown).expect("a text takes all");
        if view.name == "json" {
            shown.lines().for_each(|line| drop(serde_json::from_str::<serde_json::Value>(line).expect("JSON")));
        }
    }
});

fn refused(text: &str, fault: &gradcalc::Fault) {
    assert_ne!(fault.kind, FaultKind::Internal, "{text:?}: {fault}");
    assert!(text.get(fault.span.range()).is_some(), "{:?} of {text:?}: {fault}", fault.span);
}
