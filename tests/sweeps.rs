//! Rows in memory: strips of them are computed as single rows are, whatever stands beside them and wherever a strip ends.
//!
//! Expected numbers are those of the same rows by themselves, which other tests hold against single answers; bounds are worked out from
//! their definitions.

use crate::support::ask;
use gradcalc::calculus::rows::{Given, Rows};
use gradcalc::forms::StageId;
use gradcalc::ground::Cancellation;
use gradcalc::vocabulary::Gate;
use gradcalc::vocabulary::gate::bounds::Bounds;
use gradcalc::vocabulary::gate::{Fused, TABLE, apply};

/// Numbers at which functions, or the range of numbers, end.
const SPECIAL: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    -1.0,
    5e-324,
    -1e-310,
    1e-200,
    1e30,
    -1e31,
    1e101,
    -1e160,
    f64::MAX,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    708.5,
    -745.2,
    1e5,
    -1.1e5,
    1e-9,
];

/// The rows of an expression of x, y and z, as many of them as it has: the value and every gradient.
fn rows(text: &str) -> (Rows, usize) {
    let inputs: Vec<(String, String)> =
        ["x", "y", "z"].iter().filter(|name| text.contains(**name)).map(|name| ((*name).to_owned(), "0.5".to_owned())).collect();
    let answer = ask(text, &inputs);
    let ids: Vec<StageId> = answer.program.ids().filter(|&id| answer.program.gate(id) == Gate::Input).collect();
    let adjoint = |id: &StageId| answer.backward.as_ref().and_then(|backward| backward.adjoint(*id));
    let asked = std::iter::once(answer.output).chain(ids.iter().filter_map(adjoint)).map(|id| (id, 0)).collect();
    let given = (0..ids.len()).map(Given::Column).collect();
    (Rows::new((*answer.program).clone(), given, asked), ids.len())
}

/// Expressions of every gate that goes number by number, and some of several.
fn expressions() -> Vec<String> {
    let gates = TABLE.iter().filter(|row| row.callable() && row.gate.is_elementwise());
    let called = |count: usize, name: &str| format!("{name}({})", ["x", "y", "z"][..count].join(", "));
    let mut found: Vec<String> = gates.map(|row| called(row.arity().unwrap_or(3), row.name)).collect();
    found.extend(
        [
            "(x + sigma(y))/(sigma(x) + (x + y)^2)",
            "sin(x)*cos(y) + exp(-x^2)*sqrt(1 + y^2) - z*sin(x*y)",
            "cos(x*y) + sin(x*y)*cos(z)",
            "x*y*z*x*y*z*x*y*z",
            "max(x, y, z)*where(x > y, z, x)",
            "exp(x)*exp(y)*exp(z)",
            "x*0 + y^2*1e200 + 3",
            "sqrt(x)^2 + max(0, sqrt(y))",
            "x",
            "stop_gradient(x) + y",
        ]
        .map(str::to_owned),
    );
    found
}

fn same(one: f64, other: f64) -> bool {
    one.to_bits() == other.to_bits() || one.is_nan() && other.is_nan()
}

/// A row has the same bits by itself, among others, at either end of a strip, and beside special ones.
#[test]
fn rows_do_not_know_where_they_stand() {
    const COUNT: usize = 1157;
    for text in expressions() {
        let (rows, inputs) = rows(&text);
        assert!(rows.are_strips(), "{text}");
        let ordinary = |row: usize, column: usize| ((row * 7 + column * 3) % 61) as f64 / 8.0 - 3.5;
        let mut columns: Vec<Vec<f64>> = (0..inputs).map(|column| (0..COUNT).map(|row| ordinary(row, column)).collect()).collect();
        // Where strips may begin and end, and one alone among ordinary ones.
        let ends = [0, 1, 127, 128, 191, 192, 255, 256, 319, 320, 383, 384, 447, 448, 511, 512, 700, 1023, 1024, COUNT - 1];
        for (at, &row) in ends.iter().enumerate() {
            for (column, numbers) in columns.iter_mut().enumerate() {
                if (at + column) % 3 != 0 {
                    numbers[row] = SPECIAL[(at * 5 + column * 7) % SPECIAL.len()];
                }
            }
        }
        let found = rows.evaluate(&columns, COUNT, &Cancellation::default()).expect("nothing cancels it");
        for row in (0..COUNT).filter(|row| row % 37 == 0 || ends.iter().any(|end| row.abs_diff(*end) <= 1)) {
            let alone: Vec<Vec<f64>> = columns.iter().map(|numbers| vec![numbers[row]]).collect();
            let expected = rows.evaluate(&alone, 1, &Cancellation::default()).expect("nothing cancels it");
            for (numbers, alone) in found.iter().zip(&expected) {
                assert!(same(numbers[row], alone[0]), "{text}, row {row}, {alone:?}: {} among others", numbers[row]);
            }
        }
    }
}

/// Every pair of special numbers, alone among ordinary rows, is answered as among others like it.
#[test]
fn special_rows_are_seen_among_ordinary_ones() {
    for text in ["x*y", "exp(x)*y", "x/y", "sqrt(x)*y", "1/(1 + exp(-x))*y", "log(x)*sin(y)*cos(y)", "x^2*y^3", "max(x, y)*x"] {
        let (rows, inputs) = rows(text);
        assert_eq!(inputs, 2, "{text}");
        let pairs: Vec<[f64; 2]> = SPECIAL.iter().flat_map(|&x| SPECIAL.iter().map(move |&y| [x, y])).collect();
        let columns: Vec<Vec<f64>> = (0..2).map(|at| pairs.iter().map(|pair| pair[at]).collect()).collect();
        let together = rows.evaluate(&columns, pairs.len(), &Cancellation::default()).expect("nothing cancels it");
        let (mut scratch, mut out) = (rows.scratch(), vec![vec![0.0; 300]; rows.asked()]);
        for (at, pair) in pairs.iter().enumerate() {
            let place = at % 300;
            let columns = [0, 1].map(|column| (0..300).map(|row| if row == place { pair[column] } else { 0.75 }).collect::<Vec<f64>>());
            let mut parts: Vec<&mut [f64]> = out.iter_mut().map(Vec::as_mut_slice).collect();
            rows.evaluate_into(&mut scratch, &[&columns[0], &columns[1]], &mut parts, &Cancellation::default())
                .expect("nothing cancels it");
            for (alone, together) in out.iter().zip(&together) {
                assert!(same(alone[place], together[at]), "{text} at {pair:?}: {} and {}", alone[place], together[at]);
            }
        }
    }
}

/// So many rows that they are written past the cache have the same bits, wherever the numbers begin in memory.
#[test]
fn many_rows_are_as_few() {
    const COUNT: usize = 150_001;
    let (rows, _) = rows("sin(x)*cos(x)*y + exp(-y)");
    let columns = [0.37, 0.91].map(|step| (0..COUNT).map(|row| (row as f64 * step) % 9.0 - 4.0).collect::<Vec<f64>>());
    let (mut scratch, mut few) = (rows.scratch(), vec![vec![0.0; COUNT]; 3]);
    for start in (0..COUNT).step_by(1000) {
        let range = start..COUNT.min(start + 1000);
        let mut parts: Vec<&mut [f64]> = few.iter_mut().map(|numbers| &mut numbers[range.clone()]).collect();
        let parts_of = [&columns[0][range.clone()], &columns[1][range.clone()]];
        rows.evaluate_into(&mut scratch, &parts_of, &mut parts, &Cancellation::default()).expect("nothing cancels it");
    }
    for shift in 0..9 {
        let mut many = vec![vec![0.0; COUNT + 9]; 3];
        let mut parts: Vec<&mut [f64]> = many.iter_mut().map(|numbers| &mut numbers[shift..shift + COUNT]).collect();
        rows.evaluate_into(&mut scratch, &[&columns[0], &columns[1]], &mut parts, &Cancellation::default()).expect("nothing cancels it");
        for (many, few) in many.iter().zip(&few) {
            assert!(many[shift..shift + COUNT] == few[..], "from place {shift} on");
            assert!(many[..shift].iter().chain(&many[shift + COUNT..]).all(|number| *number == 0.0), "nothing beside it is written");
        }
    }
}

/// No value is larger than its row says of operands of which only limits are known, at the ends of these and between them.
#[test]
fn bounds_hold() {
    let mut seen = 0;
    for row in TABLE {
        let Some(rule) = row.bounds else { continue };
        let count = row.arity().unwrap_or(3);
        for bounds in [[1.0, 2.0, 0.5], [1e30, 1e-5, 3.0], [0.25, 1e60, 1e20], [40.0, 40.0, 40.0], [1e30, 1e30, 1e30]] {
            let limits: Vec<Bounds> = bounds[..count].iter().map(|&bound| Bounds::up_to(bound)).collect();
            let Some(bound) = rule(&limits).map(|bounds| bounds.largest()) else { continue };
            let parts = [-1.0, -0.7, -1e-3, -0.0, 0.0, 1e-300, 0.3, 0.999, 1.0];
            for case in 0..parts.len().pow(3) {
                let operand = |at: usize| bounds[at] * parts[case / parts.len().pow(at as u32) % parts.len()];
                let value = apply(row.gate, count, operand);
                // Rounded once more than the value is.
                assert!(value.abs() <= bound * (1.0 + 4.0 * f64::EPSILON), "{} of {:?}: {value}", row.name, [0, 1, 2].map(operand));
                seen += 1;
            }
        }
    }
    assert!(seen > 50_000, "{seen} values");
}

/// Gates in one loop give the bits of one after another, for all that are fused, each side and special numbers.
#[test]
fn fused_gates_are_one_after_another() {
    let shared: Vec<(Gate, usize)> =
        TABLE.iter().filter(|row| row.gate.is_elementwise()).flat_map(|row| [(row.gate, 0), (row.gate, 1)]).collect();
    let mut rows: Vec<Vec<(Gate, usize)>> = Vec::new();
    for (first, &(second, at)) in TABLE.iter().flat_map(|row| shared.iter().map(|second| (row.gate, second))) {
        let Some(pair) = (at < second.row().operands.len()).then(|| Fused::of(first, second, at)).flatten() else { continue };
        let mut longer = vec![(vec![(first, 0), (second, at)], pair)];
        while let Some((row, fused)) = longer.pop() {
            let more = shared.iter().filter_map(|&(gate, at)| Some(([&row[..], &[(gate, at)]].concat(), fused.then(gate, at)?)));
            longer.extend(more.filter(|(row, _)| row.last().is_some_and(|(gate, at)| *at < gate.row().operands.len())));
            check_fused(&row, fused);
            rows.push(row);
        }
    }
    // Six gates, then sums and products from either side, differences and chains from each, and a change of sign.
    assert_eq!(rows.iter().filter(|row| row.len() == 2).count(), 6 * (2 + 2 + 2 + 2 + 1));
    let longest = rows.iter().filter(|row| row.len() == 5).map(|row| row[..3].iter().map(|(gate, _)| *gate).collect::<Vec<_>>());
    let longest: std::collections::BTreeSet<Vec<Gate>> = longest.collect();
    let expected =
        [[Gate::Sub, Gate::Mul], [Gate::Sqr, Gate::Neg], [Gate::Sqr, Gate::Sub]].map(|[one, other]| vec![one, other, Gate::Chain]);
    assert_eq!(longest, expected.into_iter().collect());
}

fn check_fused(row: &[(Gate, usize)], fused: Fused) {
    let count = fused.operands();
    assert_eq!(count, row.len() + 1, "{row:?}");
    // Of three operands all triples of special numbers, of more as many that are drawn.
    let total = SPECIAL.len().pow(3);
    let number = |at: usize, k: usize| {
        if k < 3 {
            SPECIAL[at / SPECIAL.len().pow(k as u32) % SPECIAL.len()]
        } else {
            SPECIAL[(at * (2 * k + 1) + k * at / 7) % SPECIAL.len()]
        }
    };
    let mut operands: Vec<Vec<f64>> = (0..count).map(|k| (0..total).map(|at| number(at, k)).collect()).collect();
    let expected = |operands: &[Vec<f64>], at: usize| {
        let mut given = apply(row[0].0, row[0].0.row().operands.len(), |k| operands[k][at]);
        for (step, &(gate, place)) in row.iter().enumerate().skip(1) {
            let beside = operands[step + 1][at];
            given = apply(gate, gate.row().operands.len(), |k| if k == place { given } else { beside });
        }
        given
    };
    let same = |one: f64, other: f64| one.to_bits() == other.to_bits() || one.is_nan() && other.is_nan();
    let mut out = vec![0.5; total];
    let slices: Vec<&[f64]> = operands.iter().map(Vec::as_slice).collect();
    fused.fill(&slices, &mut out);
    for (at, &found) in out.iter().enumerate() {
        assert!(same(found, expected(&operands, at)), "{row:?} of row {at} is {found}");
    }
    for &one in SPECIAL {
        let given = [one];
        let mut slices: Vec<&[f64]> = operands.iter().map(Vec::as_slice).collect();
        slices[0] = &given;
        fused.fill(&slices, &mut out);
        operands[0].fill(one);
        for (at, &found) in out.iter().enumerate().step_by(3) {
            assert!(same(found, expected(&operands, at)), "{row:?} of one {one} and row {at} is {found}");
        }
    }
}
