//! The pages of help, and how a paste is told from typing.

use gradcalc::binary::repl::burst::Burst;
use gradcalc::binary::repl::help::{example_of, live, page, parts, topics};
use gradcalc::vocabulary::gate::TABLE;

#[test]
fn every_topic_has_a_page() {
    for topic in topics() {
        let text: String = page(&topic, 80).unwrap_or_else(|| panic!("{topic}")).into_iter().map(|(_, text)| text).collect();
        assert!(text.len() > 20, "{topic}: {text}");
    }
    assert!(page("nothing of the kind", 80).is_none());
}

#[test]
fn every_gate_and_statement_has_a_live_example() {
    for row in TABLE.iter().filter(|row| row.callable()) {
        let example = example_of(row.gate).unwrap_or_else(|| panic!("no example of {}", row.name));
        assert!(example.contains(row.name) || row.signs.iter().chain(row.prefixes).any(|sign| example.contains(sign)), "{example}");
    }
    for (name, example, _) in parts().filter(|(_, example, _)| !example.contains(".grad") && !example.contains(".csv")) {
        assert!(!live(example).is_empty(), "{name}");
    }
}

#[test]
fn the_last_byte_of_a_long_paste_is_drawn() {
    let burst = Burst::default();
    assert!(!burst.key_before(0, 0));
    // 3,000 bytes: two buffers of 1,024, then the rest.
    let held = |len: usize| 3000usize.saturating_sub(len.div_ceil(1024) * 1024);
    let drawn: Vec<usize> = (1..=3000).filter(|&len| !burst.key_before(len, held(len))).collect();
    assert_eq!(drawn, [3000]);
}
