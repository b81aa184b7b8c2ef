//! A backward pass of a stranger gets points from none to all, and nothing of it that a terminal would obey is shown.
#![no_main]

use gradcalc::FaultKind;
use gradcalc::ground::Cancellation;
use gradcalc::session::{Session, Settings};
use gradcalc::views::{Answer, Source, Style, against};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// Forward passes with their session: one of numbers, one of matrices.
static FORWARD: LazyLock<Vec<(Session, Arc<Answer>)>> = LazyLock::new(|| {
    [
        "x = -2; y = 5; z = -4; q = x + y; f = q*z",
        "W = [1, 2; 3, 4]; x = [0.5, -1]; b = [0.1, 0.2]; h = W @ x + b; a = relu(h); f = sum(a^2)",
    ]
    .map(|text| {
        let mut session = Session::new(Settings { budget: 1 << 24, ..Settings::default() });
        let mut last = None;
        let source = Source { name: "<key>".into(), line: 1 };
        session.run(text, &source, true, &mut |answer| last = answer.ok()).expect("a script");
        (session, last.expect("an answer"))
    })
    .into()
});

fuzz_target!(|text: &str| {
    for (session, answer) in FORWARD.iter() {
        let mut session = session.clone();
        session.cancellation(Cancellation::default().or_until(Instant::now() + Duration::from_secs(2)));
        let found = match session.against(answer, text, "<pass>") {
            Ok(found) => found,
            Err(fault) => {
                assert_ne!(fault.kind, FaultKind::Internal, "{text:?}: {fault}");
                continue;
            }
        };
        let (points, most) = found.points();
        assert!((0.0..=most).contains(&points) && (points == most || !found.is_right()), "{points} of {most}: {text:?}");
        for view in ["table", "json", "brief"] {
            let mut page = String::new();
            against::show(&found, view, &Style::default(), &mut page).expect("a text takes all");
            assert!(page.chars().all(|c| c == '\n' || !c.is_control()), "{view}: {text:?}: {page:?}");
        }
    }
});
