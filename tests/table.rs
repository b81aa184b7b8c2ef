//! The table of gates is whole: each row at its place, no name twice, every text of it in the language.

use gradcalc::calculus::lower::Plain;
use gradcalc::calculus::rule::Template;
use gradcalc::vocabulary::Gate;
use gradcalc::vocabulary::gate::cofactor::cofactors;
use gradcalc::vocabulary::gate::{Kernel, TABLE, Unroll};
use std::collections::HashSet;

#[test]
fn every_row_stands_at_its_gate_and_is_complete() {
    for (at, row) in TABLE.iter().enumerate() {
        assert_eq!(row.gate as usize, at, "{}", row.name);
        if !matches!(row.kernel, Kernel::Leaf) {
            assert!(!row.says.is_empty(), "{} says nothing", row.name);
            assert!(row.slopes.is_empty() || row.slopes.len() == row.operands.len(), "{}", row.name);
            assert!(row.many || row.arity().unwrap_or(2) == row.operands.len(), "{}", row.name);
            assert!(row.split.is_empty() || row.split.len() == row.slopes.len(), "{}", row.name);
            assert!(row.range[0] < row.range[1], "{}", row.name);
        }
    }
}

#[test]
fn no_name_stands_for_two_gates() {
    let mut seen = HashSet::new();
    let cases: HashSet<Gate> = TABLE.iter().flat_map(|row| row.cases.iter().copied()).collect();
    for row in TABLE.iter().filter(|row| row.callable() && !cases.contains(&row.gate)) {
        for name in std::iter::once(&row.name).chain(row.aliases) {
            assert!(seen.insert(*name), "{name} stands for two gates");
        }
    }
}

#[test]
fn every_text_of_the_table_is_in_the_language() {
    for row in TABLE {
        let cases = row.readings.iter().chain(row.identities).chain(row.instead).flat_map(|(case, to)| [case, to]);
        let texts = row.slopes.iter().chain(row.split).chain([&row.primitive, &row.staged]).chain(row.forms).chain(cases);
        let kinks = row.kinks.iter().flat_map(|kink| [&kink.when, &kink.below, &kink.above]);
        let unrolled = if let Unroll::Text(text) = row.unroll { text } else { "" };
        for text in texts.chain(kinks).chain([&unrolled, &row.reaches]).filter(|text| !text.is_empty()) {
            if let Err(fault) = Template::read(row, text, &mut Plain) {
                panic!("{}: {text}: {}", row.name, fault.message);
            }
        }
    }
}

#[test]
fn cofactors_of_small_matrices_are_known() {
    let mut out = [0.0; 9];
    // Rank 2: every cofactor by hand.
    cofactors(3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], &mut out);
    let wanted = [-3.0, 6.0, -3.0, 6.0, -12.0, 6.0, -3.0, 6.0, -3.0];
    assert!(out.iter().zip(wanted).all(|(x, wanted)| (x - wanted).abs() < 1e-13), "{out:?}");
    cofactors(3, &[2.0, 0.0, 1.0, 1.0, 3.0, 2.0, 0.0, 5.0, 4.0], &mut out);
    let wanted = [2.0, -4.0, 5.0, 5.0, 8.0, -10.0, -3.0, -3.0, 6.0];
    assert!(out.iter().zip(wanted).all(|(x, wanted)| (x - wanted).abs() < 1e-13), "{out:?}");
    cofactors(3, &[1.0; 9], &mut out);
    assert_eq!(out, [0.0; 9]);
}
