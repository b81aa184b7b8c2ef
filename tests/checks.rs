//! Gradients against differences: right rules match, wrong ones are named, kinks and edges are told.

use gradcalc::calculus::backprop::{Path, backprop};
use gradcalc::calculus::check::{Asked, Checked, Verdict, check};
use gradcalc::calculus::evaluate::evaluate;
use gradcalc::calculus::{Rules, Ties};
use gradcalc::forms::program::{Constant, Input};
use gradcalc::forms::{Program, StageId};
use gradcalc::ground::{Cancellation, Span, Value};
use gradcalc::vocabulary::gate::{Row, TABLE};
use gradcalc::vocabulary::{Gate, Symbol};

/// The checks of a gate over single numbers.
fn checked(gate: Gate, at: &[f64], rules: &mut Rules) -> (Vec<Checked>, StageId) {
    let mut program = Program::new();
    let values: Vec<Value> = at.iter().map(|&x| Value::Number(x)).collect();
    let operands: Vec<StageId> = values
        .iter()
        .enumerate()
        .map(|(at, value)| program.add_input(Input { name: Symbol::new(at), active: true, value: None }, value.shape(), Span::default()))
        .collect();
    let output = program.share(gate, &operands, Span::default());
    let forward = program.len();
    let one = program.add_own_constant(Constant { value: Value::Number(1.0), name: None, decimal: None }, Span::default());
    let backward = backprop(&mut program, output, one, Path::Active, Ties::Course, rules);
    let computed = evaluate(&program, &values);
    let asked = Asked { program: &program, forward, backward: &backward, inputs: &values, cancellation: &Cancellation::default() };
    (check(&asked, &computed, &operands).unwrap_or_default(), output)
}

fn smooth() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(|row| row.gate.is_elementwise() && row.slopes.iter().any(|text| !text.is_empty()))
}

/// Points at which gates have values: the first that suits is taken.
const POINTS: &[[f64; 3]] = &[[0.7, 0.3, 0.9], [1.75, 0.6, 2.5], [1.25, 2.5, 0.5]];

#[test]
fn right_rules_match() {
    let mut matched = 0;
    for row in smooth() {
        for point in POINTS {
            let (found, _) = checked(row.gate, &point[..row.arity().unwrap_or(2).min(3)], &mut Rules::default());
            for one in &found {
                assert!(!one.verdict.fails() || one.gradient.is_nan(), "{} at {point:?}: {one:?}", row.name);
                matched += usize::from(matches!(one.verdict, Verdict::Match(digits) if digits >= 20));
            }
        }
    }
    assert!(matched > 100, "{matched}");
}

/// A slope that is wrong by half is found wherever it is not 0, and its gate is named.
#[test]
fn wrong_rules_are_named() {
    let mut named = 0;
    for row in smooth().filter(|row| !row.idempotent) {
        for (at, text) in row.slopes.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let point = &POINTS[0][..row.arity().unwrap_or(2).min(3)];
            let (right, _) = checked(row.gate, point, &mut Rules::default());
            let mut rules = Rules::default();
            rules.falsify(row.gate, at, &format!("1.5*({text})")).unwrap_or_else(|fault| panic!("{}: {fault:?}", row.name));
            let (wrong, output) = checked(row.gate, point, &mut rules);
            for (right, wrong) in right.iter().zip(&wrong).skip(at).take(1) {
                if !matches!(right.verdict, Verdict::Match(_)) || right.gradient == 0.0 {
                    continue;
                }
                assert_eq!(wrong.verdict, Verdict::Mismatch, "{} for operand {at}: {wrong:?}", row.name);
                assert_eq!(wrong.blamed.map(|(through, _)| through), Some(output), "{}", row.name);
                named += 1;
            }
        }
    }
    assert!(named > 40, "{named}");
}

#[test]
fn kinks_edges_and_infinite_slopes() {
    let one = |gate: &str, at: f64| {
        let gate = Gate::named(gate).expect("a gate of the table");
        let found = checked(gate, &[at], &mut Rules::default()).0;
        (found[0].verdict, found[0].below, found[0].above)
    };
    assert_eq!(one("abs", 0.0), (Verdict::Kink, Some(-1.0), Some(1.0)));
    assert_eq!(one("relu", 0.0), (Verdict::Kink, Some(0.0), Some(1.0)));
    assert_eq!(one("sqrt", 0.0), (Verdict::Edge, None, Some(f64::INFINITY)));
    assert_eq!(one("cbrt", 0.0), (Verdict::Infinite, Some(f64::INFINITY), Some(f64::INFINITY)));
}
