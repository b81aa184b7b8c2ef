//! Numbers of any precision: the second kernels of the gates against the first and against mpmath, and what is built on them.

use dashu_float::round::mode::HalfEven;
use dashu_float::{Context, FBig, FpResult, Repr};
use gradcalc::calculus::choices::Choices;
use gradcalc::calculus::precise::{Given, Leaves, Task, evaluate_precisely};
use gradcalc::forms::program::Input;
use gradcalc::forms::{Program, StageId};
use gradcalc::ground::big::{Big, Decimal, Kit, Word};
use gradcalc::ground::{Cancellation, Shape, Span, Value};
use gradcalc::session::{Session, Settings};
use gradcalc::views::Source;
use gradcalc::vocabulary::gate::precise::{Kernels, Precise};
use gradcalc::vocabulary::gate::{Kernel, Row, TABLE, apply};
use gradcalc::vocabulary::{Gate, Symbol};
use std::process::{Command, Output};
use std::sync::Arc;

/// A gate over inputs of these values, evaluated with so many digits.
fn applied<const B: Word>(gate: Gate, at: &[Value], leaves: &Leaves, digits: usize) -> Option<Vec<Big<B>>>
where
    Precise: Kernels<B>,
{
    let mut program = Program::new();
    let input = |program: &mut Program, (at, value): (usize, &Value)| {
        let input = Input { name: Symbol::new(at), active: true, value: None };
        program.add_input(input, value.shape(), Span::default())
    };
    let operands: Vec<StageId> = at.iter().enumerate().map(|given| input(&mut program, given)).collect();
    let output = program.share(gate, &operands, Span::default());
    let question = Task { program: &program, inputs: at, leaves, digits, ties: &Choices::new(), cancellation: &Cancellation::default() };
    let found = evaluate_precisely::<B>(&question).ok()?;
    Some(found.stages[output.at()].numbers.clone())
}

fn elementwise() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(|row| row.gate.is_elementwise())
}

/// How many operands a gate of single numbers is tried with.
fn operands(row: &Row) -> usize {
    row.arity().unwrap_or(2)
}

/// Every gate has a kernel, or a text that says what it is made of; what has neither holds what is given or drawn.
#[test]
fn every_gate_has_a_kernel_or_a_text() {
    use gradcalc::vocabulary::gate::Unroll;
    for row in TABLE {
        let text = !row.primitive.is_empty() || !matches!(row.unroll, Unroll::No | Unroll::Determinant | Unroll::Inverse);
        let given = matches!(row.kernel, Kernel::Leaf | Kernel::Draw(_) | Kernel::Size(_));
        assert!(!matches!(row.precise, Precise::Text) || text || given, "{} has no kernel for numbers of any precision", row.name);
    }
}

const SPECIAL: &[f64] = &[
    0.0,
    0.7,
    f64::INFINITY,
    -1.0,
    -0.0,
    2.0,
    -1.3,
    1.0,
    f64::NAN,
    40.5,
    -0.5,
    3.0,
    -2.0,
    f64::NEG_INFINITY,
    0.5,
    -3.0,
    2.6,
    -7.9,
    1e-300,
    -1e-300,
    5e-324,
    1e-9,
    -40.5,
    800.0,
    -800.0,
    1e16,
    -1e16,
    1e300,
    -1e300,
];

/// Where the two kernels may differ, and why.
fn may_differ(row: &Row, at: &[f64], base: Word) -> bool {
    match row.name {
        // In base 10, 40 digits do not hold these numbers exactly.
        "mod" => base == 10 && (at[0] / at[1]).abs() > 1e15,
        // Orders of derivatives beyond what binary64 keeps.
        "sinc_derivative" | "erfcx_derivative" | "polygamma" => at[0].fract() != 0.0 || at[0] < 0.0 || at[1].abs() > 1e50 || at[0] > 3.0,
        // The text takes its -0 for 0.
        "logsigmoid" => at[0] > 1e3,
        "sin" | "cos" | "tan" | "sinc" => base == 10 && at[0].abs() > 1e50,
        _ => false,
    }
}

/// The two kernels agree to rounding: at special values, in pairs and triples of them.
fn agree<const B: Word>()
where
    Precise: Kernels<B>,
{
    let mut faults = Vec::new();
    for row in elementwise() {
        let count = operands(row);
        let few: Vec<f64> = SPECIAL.iter().copied().step_by(if B == 2 { count } else { 2 * count - 1 }).collect();
        for index in 0..few.len().pow(count as u32) {
            let at: Vec<f64> = (0..count).map(|k| few[index / few.len().pow(k as u32) % few.len()]).collect();
            let want = apply(row.gate, count, |k| at[k]);
            let values: Vec<Value> = at.iter().map(|&x| Value::Number(x)).collect();
            let Some(found) = applied::<B>(row.gate, &values, &Leaves::default(), 40) else { continue };
            let got = found[0].to_f64();
            // A reflection of binary64 loses digits that this does not.
            let slack = if matches!(row.name, "digamma" | "polygamma" | "sinc_derivative") { 1e-9 } else { 1e-14 };
            let near = (got - want).abs() <= slack * want.abs() + 1e-320 && got.is_sign_negative() == want.is_sign_negative();
            let same = got == want && (got != 0.0 || got.is_sign_negative() == want.is_sign_negative()) || got.is_nan() && want.is_nan();
            if !(near || same || may_differ(row, &at, B)) {
                faults.push(format!("{}{at:?}: {want:e} in binary64, {got:e} in 40 digits", row.name));
            }
        }
    }
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_kernels_agree_in_base_2() {
    agree::<2>();
}

#[test]
fn the_kernels_agree_in_base_10() {
    agree::<10>();
}

/// Both bases against mpmath, to 49 digits.
#[test]
fn the_kernels_have_the_digits_of_mpmath() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/precise.jsonl")).expect("the reference");
    let mut faults = Vec::new();
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let name = case["gate"].as_str().expect("a gate");
        let gate = TABLE.iter().find(|row| row.name == name && row.gate.is_elementwise()).expect("a gate of the table").gate;
        let texts: Vec<&str> = case["at"].as_array().expect("operands").iter().filter_map(|text| text.as_str()).collect();
        let values: Vec<Value> = texts.iter().map(|text| Value::Number(text.parse().expect("a number"))).collect();
        let decimals = |text: &&str| Given::Decimals(Arc::from([Decimal::parse(text).expect("a decimal")]));
        let leaves = Leaves { inputs: texts.iter().map(decimals).collect(), constants: Vec::new() };
        let want = Decimal::parse(case["value"].as_str().expect("a value")).expect("a decimal");
        let mut compare = |base: u32, error: Option<f64>| {
            if error.is_none_or(|error| error.is_nan() || error > 1e-49) {
                faults.push(format!("{name}{texts:?} in base {base}: off by {error:?}"));
            }
        };
        // In base 2 these decimal numbers are rounded, which angles and differences magnify.
        if texts != ["1e300"] || !name.contains(['s', 't']) {
            compare(2, applied::<2>(gate, &values, &leaves, 90).map(|found| error(&found[0], &want)));
        }
        compare(10, applied::<10>(gate, &values, &leaves, 56).map(|found| error(&found[0], &want)));
    }
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}

/// The relative error of a number.
fn error<const B: Word>(found: &Big<B>, want: &Decimal) -> f64 {
    let mut kit = gradcalc::ground::big::Kit::<B>::new(80);
    let want = kit.decimal(want);
    let apart = kit.sub(found, &want);
    if apart.is_zero() {
        return 0.0;
    }
    let part = kit.div(&apart, &want);
    part.to_f64().abs()
}

/// A function of this program, and the same one of the library that numbers of many digits come from, with so many digits.
type Twice<const B: Word> =
    (&'static str, fn(&mut Kit<B>, &Big<B>, &Big<B>) -> Big<B>, fn(Context<HalfEven>, &Repr<B>, &Repr<B>) -> FpResult<FBig<HalfEven, B>>);

fn twice<const B: Word>() -> Vec<Twice<B>> {
    vec![
        ("log", |kit, x, _| kit.ln(x), |context, x, _| context.ln(x, None)),
        ("log2", |kit, x, _| kit.log2(x), |context, x, _| context.log2(x, None)),
        ("log10", |kit, x, _| kit.log10(x), |context, x, _| context.log10(x, None)),
        ("log1p", |kit, x, _| kit.log1p(x), |context, x, _| context.ln_1p(x, None)),
        ("asin", |kit, x, _| kit.asin(x), |context, x, _| context.asin(x, None)),
        ("acos", |kit, x, _| kit.acos(x), |context, x, _| context.acos(x, None)),
        ("atan", |kit, x, _| kit.atan(x), |context, x, _| context.atan(x, None)),
        ("atan2", |kit, x, y| kit.atan2(x, y), |context, x, y| context.atan2(x, y, None)),
        ("asinh", |kit, x, _| kit.asinh(x), |context, x, _| context.asinh(x, None)),
        ("acosh", |kit, x, _| kit.acosh(x), |context, x, _| context.acosh(x, None)),
        ("atanh", |kit, x, _| kit.atanh(x), |context, x, _| context.atanh(x, None)),
        ("pow", |kit, x, y| kit.pow(x, y), |context, x, y| context.powf(x, y, None)),
    ]
}

fn functions_agree_with_the_library<const B: Word>(digits: usize) {
    const POINTS: &[&str] = &[
        "0.7",
        "1.3",
        "2",
        "-0.4",
        "-2.5",
        "1e-3",
        "0.999",
        "1.0000001",
        "-0.9999999999",
        "1e-25",
        "12345.678",
        "1e40",
        "-1e30",
        "1e-90",
        "8",
        "1024",
        "0.001",
        "1000",
        "0.25",
        "1e300",
        "0.3333333333333333333333333333333333333333",
    ];
    let mut kit = Kit::<B>::new(digits);
    let number = |kit: &mut Kit<B>, text: &str| kit.decimal(&Decimal::parse(text).expect("a number"));
    for (name, ours, library) in twice::<B>() {
        let mut met = 0;
        for (at, text) in POINTS.iter().enumerate() {
            let (x, y) = (number(&mut kit, text), number(&mut kit, POINTS[(7 * at + 3) % POINTS.len()]));
            let (Some(one), Some(other)) = (x.finite(), y.finite()) else { panic!("{text} is finite") };
            let found = ours(&mut kit, &x, &y);
            // The library is asked with more digits.
            let Ok(want) = library(Context::new(kit.digits() + 20), one.repr(), other.repr()) else { continue };
            let want = Big::Num(want.value());
            if found.finite().is_none() {
                continue;
            }
            met += 1;
            let apart = kit.sub(&found, &want);
            let close = apart.is_zero() || apart.top() <= want.top() - kit.digits().cast_signed() + 1;
            assert!(close, "{name}({text}) with {digits} digits to base {B} is {found:?}, not {want:?}");
        }
        assert!(met > 5, "{name} is met at {met} points");
    }
}

/// Functions by Newton's method are those of the library's series.
#[test]
fn functions_of_many_digits_have_them_all() {
    functions_agree_with_the_library::<10>(230);
    functions_agree_with_the_library::<10>(400);
    functions_agree_with_the_library::<2>(320);
}

/// Next to the least number of binary64, 4.94e-324, the nearest one is found too.
#[test]
fn the_least_numbers_are_the_nearest() {
    let least = f64::from_bits(1);
    for (text, wanted) in
        [("4.99e-324", 1.0), ("2.4e-324", 0.0), ("2.5e-324", 1.0), ("7.3e-324", 1.0), ("7.5e-324", 2.0), ("-1e-322", -20.0)]
    {
        let decimal = Decimal::parse(text).expect("a decimal");
        let mut kits = (gradcalc::ground::big::Kit::<2>::new(70), gradcalc::ground::big::Kit::<10>::new(70));
        assert_eq!([kits.0.decimal(&decimal).to_f64(), kits.1.decimal(&decimal).to_f64()], [wanted * least; 2], "{text}");
    }
}

/// The digits of a text, without zeros at its ends, and where its point stands before them.
fn digits_and_point(text: &str) -> (String, i64) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{part}");
    let first = all.find(|digit| digit != '0').unwrap_or(0);
    let point = exponent.parse::<i64>().expect("an exponent") + i64::try_from(whole.len()).expect("few digits");
    (all.trim_matches('0').to_owned(), point - i64::try_from(first).expect("few digits"))
}

/// The digits of exact binary numbers are those of the standard library, which rounds once, to the even neighbour of two.
#[test]
fn digits_are_rounded_once() {
    let mut state = 1u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state ^ state >> 29
    };
    let ties = [0.5, 1.5, 2.5, 0.125, 0.375, 9.5, 99.5, 999.5, 9.96875, 1e22, 1e-5, 123_456.789, f64::MAX, f64::MIN_POSITIVE, 5e-324];
    let any = (0..4000).map(|_| f64::from_bits(random() >> 1)).collect::<Vec<f64>>();
    for x in ties.into_iter().chain(any).filter(|x| x.is_finite() && *x != 0.0) {
        let (in_two, in_ten) =
            (gradcalc::ground::big::Kit::<2>::new(400).binary64(x), gradcalc::ground::big::Kit::<10>::new(800).binary64(x));
        for count in [1, 2, 3, 15, 16, 17, 18, 30, 60] {
            let expected = digits_and_point(&format!("{x:.*e}", count - 1));
            assert_eq!(digits_and_point(&gradcalc::ground::big::text::rounded(&in_two, count)), expected, "{count} digits of {x:e}");
            assert_eq!(digits_and_point(&gradcalc::ground::big::text::rounded(&in_ten, count)), expected, "{count} digits of {x:e}");
        }
    }
}

/// Numbers far beyond binary64 are shown by digits that are mpmath's, whatever their base.
#[test]
fn numbers_too_large_to_be_written_out_are_shown() {
    fn texts<const B: Word>(x: i64) -> [String; 2] {
        let mut kit = Kit::<B>::new(60);
        let power = kit.whole(x);
        let exp = kit.exp(&power);
        [&exp, &kit.negated(&exp)].map(|x| gradcalc::ground::big::text::rounded(x, 30))
    }
    for (x, expected) in [
        (1_000_000_000, "8.00298177066097253304190937437e434294481"),
        (-1_000_000_000, "1.24953427192101328092437849901e-434294482"),
        (10_000_000_000, "1.07775060795856491021424629591e4342944819"),
        (1_000_000, "3.03321539680208754508640214142e434294"),
        (69_400, "1.08904063735104851388725293177e30140"),
        (-69_400, "9.18239380334210090767185506172e-30141"),
        (69_300, "4.05131391192005506530392196151e30096"),
    ] {
        for found in [texts::<2>(x), texts::<10>(x)] {
            assert_eq!(found, [expected.to_owned(), format!("-{expected}")], "exp({x})");
        }
    }
}

/// Powers of what is next to 1, by digits that mpmath gives: `(1 + 10^-p)^(10^p)` is e but for `e/2` in the place of p digits.
#[test]
fn powers_of_numbers_next_to_one_end() {
    fn text<const B: Word>(p: u32, digits: usize) -> String {
        let mut kit = Kit::<B>::new(digits);
        let (ten, one, exponent) = (kit.whole(10), kit.whole(1), kit.whole(p));
        let large = kit.pow(&ten, &exponent);
        let small = kit.div(&one, &large);
        let base = kit.add(&one, &small);
        let power = kit.pow(&base, &large);
        gradcalc::ground::big::text::rounded(&power, 20)
    }
    for p in [20, 90, 120, 250, 300] {
        for found in [text::<2>(p, 400), text::<10>(p, 400)] {
            // At 20 digits the next term is seen.
            let expected = if p == 20 { "2.7182818284590452353" } else { "2.7182818284590452354" };
            assert_eq!(found, expected, "{p}");
        }
    }
}

/// What the library takes for exact may be rounded: a number next to one of few digits is told from it.
#[test]
fn what_is_next_to_a_short_number_is_not_exact() {
    type Function<const B: Word> = (&'static str, fn(&mut Kit<B>, &Big<B>) -> Big<B>);
    fn next<const B: Word>() -> Vec<Function<B>> {
        vec![
            ("exp", |kit, x| kit.exp(x)),
            ("cos", |kit, x| kit.cos(x)),
            ("cosh", |kit, x| kit.cosh(x)),
            ("exp2", |kit, x| kit.exp2(x)),
            ("sin", |kit, x| kit.sin(x)),
            ("tan", |kit, x| kit.tan(x)),
            ("atan", |kit, x| kit.atan(x)),
            ("asin", |kit, x| kit.asin(x)),
            ("sinh", |kit, x| kit.sinh(x)),
            ("tanh", |kit, x| kit.tanh(x)),
            ("asinh", |kit, x| kit.asinh(x)),
            ("atanh", |kit, x| kit.atanh(x)),
            ("expm1", |kit, x| kit.expm1(x)),
            ("log1p", |kit, x| kit.log1p(x)),
            ("hypot", |kit, x| {
                let one = kit.whole(1);
                kit.hypot(&one, x)
            }),
            ("pow", |kit, x| {
                let two = kit.whole(2);
                kit.pow(&two, x)
            }),
        ]
    }
    fn are_rounded<const B: Word>() {
        for digits in [34, 40, 68, 272] {
            for power in [10, 20, 33, 39, 46, 60, 80, 100, 150, 200, 400, 3000] {
                let mut kit = Kit::<B>::new(digits);
                let (ten, exponent) = (kit.whole(10), kit.whole(-power));
                let x = kit.pow(&ten, &exponent);
                for (name, f) in next::<B>() {
                    kit.take_rounded();
                    let y = f(&mut kit, &x);
                    assert!(kit.take_rounded(), "{name} of 1e-{power} to {digits} digits is no {y:?}");
                }
            }
        }
    }
    are_rounded::<2>();
    are_rounded::<10>();
}

/// What is exact stays so.
#[test]
fn what_is_exact_is_not_taken_for_rounded() {
    fn are_exact<const B: Word>() {
        for digits in [34, 40, 400] {
            let mut kit = Kit::<B>::new(digits);
            let [two, three, four, eight, hundred] = [2, 3, 4, 8, 100].map(|n| kit.whole(n));
            let (half, quarter) = (kit.ratio(1, 2), kit.ratio(1, 4));
            kit.take_rounded();
            let found = [
                ("hypot", kit.hypot(&three, &four), kit.take_rounded()),
                ("pow 1/2", kit.pow(&four, &half), kit.take_rounded()),
                ("pow of 1/4", kit.pow(&quarter, &half), kit.take_rounded()),
                ("pow 8", kit.pow(&two, &eight), kit.take_rounded()),
                ("log2", kit.log2(&eight), kit.take_rounded()),
                ("log10", kit.log10(&hundred), kit.take_rounded()),
                ("cbrt", kit.cbrt(&eight), kit.take_rounded()),
                ("sqrt", kit.sqrt(&four), kit.take_rounded()),
            ];
            for (name, number, rounded) in found {
                assert!(!rounded, "{name} to {digits} digits in base {B}: {number:?}");
            }
        }
    }
    are_exact::<2>();
    are_exact::<10>();
}

/// Every gate of single numbers ends at numbers far beyond binary64, and is the same in base 2 as in base 10.
#[test]
fn every_gate_ends_at_numbers_far_beyond_binary64() {
    // Powers of e and signs.
    const FAR: [(f64, f64); 6] = [(1e9, 1.0), (1e9, -1.0), (-1e9, 1.0), (-1e9, -1.0), (0.7, 1.0), (-0.7, -1.0)];
    fn found<const B: Word>(gate: Gate, powers: &[(f64, f64)]) -> Option<Big<B>>
    where
        Precise: Kernels<B>,
    {
        let mut program = Program::new();
        let operands: Vec<StageId> = powers
            .iter()
            .map(|&(power, sign)| {
                let [power, sign] = [power, sign].map(|x| program.add_constant(x, None, Span::default()));
                let exp = program.share(Gate::Exp, &[power], Span::default());
                program.share(Gate::Mul, &[sign, exp], Span::default())
            })
            .collect();
        let output = program.share(gate, &operands, Span::default());
        let (leaves, ties) = (Leaves::default(), Choices::new());
        let task =
            Task { program: &program, inputs: &[], leaves: &leaves, digits: 40, ties: &ties, cancellation: &Cancellation::default() };
        let found = evaluate_precisely::<B>(&task).ok()?;
        (found.refusals.is_empty()).then(|| found.stages[output.at()].numbers[0].clone())
    }
    // Angles, quotients and steps need all digits before the point.
    let close = |one: &Big<2>, other: &Big<10>| match (one, other) {
        (Big::Num(_), Big::Num(_)) if one.is_zero() || other.is_zero() => one.is_zero() && other.is_zero(),
        (Big::Num(_), Big::Num(_)) => {
            let [one, other] = [gradcalc::ground::big::text::rounded(one, 25), gradcalc::ground::big::text::rounded(other, 25)];
            one == other
        }
        (Big::Inf(one), Big::Inf(other)) => one == other,
        (Big::Nan, Big::Nan) => true,
        _ => false,
    };
    let mut compared = 0;
    for row in elementwise().filter(|row| operands(row) > 0 && row.gate.row().choice == gradcalc::vocabulary::gate::Choice::No) {
        let pairs = FAR.iter().flat_map(|&one| FAR.iter().map(move |&other| [one, other]));
        let at: Vec<Vec<(f64, f64)>> = match operands(row) {
            1 => FAR.iter().map(|&one| vec![one]).collect(),
            2 => pairs.map(|pair| pair.to_vec()).collect(),
            count => FAR.iter().map(|&one| vec![one; count]).collect(),
        };
        for at in at {
            let (Some(two), Some(ten)) = (found::<2>(row.gate, &at), found::<10>(row.gate, &at)) else { continue };
            assert!(close(&two, &ten), "{} at {at:?}: {two:?} and {ten:?}", row.name);
            compared += 1;
        }
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn shapes_of_arrays_go_through() {
    let x = Value::new(Shape::Matrix(2, 2), vec![2.0, 1.0, 1.0, 3.0]);
    let found = applied::<10>(Gate::Inv, &[x], &Leaves::default(), 34).expect("an inverse");
    let texts: Vec<String> = found.iter().map(|x| gradcalc::ground::big::text::rounded(x, 30)).collect();
    assert_eq!(texts, ["0.6", "-0.2", "-0.2", "0.4"]);
}

/// Answers to 50 digits are mpmath's to 49, which reads the texts itself.
/// The determinant of whole numbers, by its definition.
fn determinant(n: usize, x: &[i64]) -> i64 {
    let rest = |column: usize| -> Vec<i64> { (n..n * n).filter(|at| at % n != column).map(|at| x[at]).collect() };
    let term = |column: usize| x[column] * determinant(n - 1, &rest(column)) * if column.is_multiple_of(2) { 1 } else { -1 };
    if n == 0 { 1 } else { (0..n).map(term).sum() }
}

/// Cofactors of whole numbers are whole, of matrices without an inverse too: against their definition.
#[test]
fn cofactors_of_many_digits_are_those_of_the_definition() {
    let cofactor = TABLE.iter().find(|row| row.name == "cofactor").map(|row| row.gate);
    let cofactor = cofactor.expect("the gate");
    let mut state = 7u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::from((state >> 60) as u8 % 9) - 4
    };
    for n in 2..=7 {
        for missing in 0..=2.min(n - 1) {
            let mut x: Vec<i64> = (0..n * n).map(|_| random()).collect();
            // Rows that others make: the rank is as many less.
            for row in n - missing..n {
                for at in 0..n {
                    x[row * n + at] = x[at] - i64::try_from(row).expect("small") * x[(n - missing - 1) * n + at];
                }
            }
            let minor = |at: usize| -> Vec<i64> {
                (0..n * n).filter(|other| other / n != at / n && other % n != at % n).map(|other| x[other]).collect()
            };
            let want = (0..n * n).map(|at| determinant(n - 1, &minor(at)) * if (at / n + at % n) % 2 == 0 { 1 } else { -1 });
            let value = Value::new(Shape::Matrix(n as u32, n as u32), x.iter().map(|&x| x as f64).collect());
            let found = applied::<2>(cofactor, &[value], &Leaves::default(), 34).expect("a kernel");
            for (found, want) in found.iter().zip(want) {
                assert!((found.to_f64() - want as f64).abs() < 1e-20_f64.max(1e-16 * want.abs() as f64), "{n} rows, {missing} less: {x:?}");
            }
        }
    }
}

#[test]
fn fifty_digits_of_expressions_are_those_of_mpmath() {
    let text = include_str!("reference/precise_expressions.jsonl");
    let mut faults = Vec::new();
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| case[key].as_str().expect("a text").to_owned();
        let mut session = Session::new(Settings { precise: Some(50), ..Settings::default() });
        for name in ["x", "y"] {
            session.bind(name, &text(name)).expect("a number");
        }
        let mut answers = Vec::new();
        let source = Source { name: "<test>".into(), line: 1 };
        session.run(&text("text"), &source, true, &mut |answer| answers.push(answer)).expect("a text");
        let answer = answers.pop().expect("an answer").expect("no fault");
        let slope = |name: &str| {
            let input = answer.active_inputs().find(|&id| answer.names().of(id) == Some(name));
            input.map_or_else(|| "0".to_owned(), |id| answer.precise_gradients(id).expect("gradients")[0].text.clone())
        };
        let value = answer.precise(answer.output).expect("digits")[0].text.clone();
        let wants =
            [text("value"), case["gradient"][0].as_str().expect("a slope").to_owned(), case["gradient"][1].as_str().expect("").to_owned()];
        for (got, want) in [value, slope("x"), slope("y")].iter().zip(&wants) {
            let [got_number, want_number] = [got, want].map(|text| Decimal::parse(text).expect("a decimal"));
            let mut kit = gradcalc::ground::big::Kit::<10>::new(80);
            let got_number = kit.decimal(&got_number);
            let off = if got_number.is_zero() { f64::from(u8::from(want != "0.0")) } else { error(&got_number, &want_number) };
            if off.is_nan() || off > 1e-49 {
                faults.push(format!("{}: {got} for {want}", text("text")));
            }
        }
    }
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}

/// An expression over numbers many powers of ten apart.
fn far_apart(random: &mut impl FnMut(usize) -> usize, depth: usize) -> String {
    const POWERS: [i32; 15] = [0, 0, 0, 1, 5, 10, 16, 20, 40, 60, 80, 100, 150, 200, 290];
    if depth == 0 || random(7) == 0 {
        let sign = if random(2) == 0 { "-" } else { "" };
        return format!("{}e{sign}{}", 1 + random(3), POWERS[random(POWERS.len())]);
    }
    let mut part = || far_apart(random, depth - 1);
    let (x, y) = (part(), part());
    match random(12) {
        0..=2 => format!("({x} + {y})"),
        3..=5 => format!("({x} - {y})"),
        6 => format!("({x} * {y})"),
        7 => format!("({x} / {y})"),
        8 => format!("hypot({x}, {y})"),
        9 => format!("({x})^tanh({y})"),
        _ => format!("{}({x})", ["cos", "sin", "tanh", "atan", "sinc", "erf"][random(6)]),
    }
}

/// Of numbers many powers of ten apart thirty digits are those that many more give, or fewer are said to be right.
#[test]
fn thirty_digits_are_those_of_many_more() {
    const MANY: usize = 700;
    let cases = std::env::var("GRADCALC_DEEP").map_or(150, |_| 5000);
    let mut state = 7_u64;
    let mut random = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let (mut full, mut fewer) = (0, 0);
    for _ in 0..cases {
        let depth = 1 + random(4);
        let text = far_apart(&mut random, depth);
        let digits = |digits: usize| {
            let mut session = Session::new(Settings { precise: Some(digits), ..Settings::default() });
            let mut answers = Vec::new();
            let source = Source { name: "<test>".into(), line: 1 };
            session.run(&text, &source, true, &mut |answer| answers.push(answer)).expect("a text");
            let answer = answers.pop()?.ok()?;
            answer.precise(answer.output).map(|numbers| numbers[0].clone())
        };
        let (Some(few), Some(many)) = (digits(30), digits(MANY)) else { continue };
        if few.vanished || few.fewer == Some(0) || many.vanished || many.fewer.is_some() {
            fewer += 1;
            continue;
        }
        let [one, other] = [&few, &many].map(|shown| Decimal::parse(&shown.text));
        let (Some(one), Some(other)) = (one, other) else {
            assert_eq!(few.text, many.text, "{text}");
            continue;
        };
        let mut kit = Kit::<10>::new(60);
        let one = kit.decimal(&one);
        let right = few.fewer.unwrap_or(30).cast_signed();
        let off = error(&one, &other);
        assert!(off <= 10f64.powi(1 - right as i32), "{text}: {} for {}", few.text, many.text);
        full += 1;
    }
    assert!(full > 8 * fewer, "{full} were told, {fewer} not");
}

/// A number with more digits than its binary64 number has is no other gate's: not the square's 2, the root's 0.5 or the factor 1. The
/// numbers are those of mpmath.
#[test]
fn a_number_next_to_a_short_one_is_not_taken_for_it() {
    for (text, value, gradient) in [
        ("x^2.000000000000000000001", "9.00000000000000000000988751060", "6.00000000000000000000959167373"),
        ("1.000000000000000000002/x", "0.333333333333333333334", "-0.111111111111111111111333333333"),
        ("x^0.500000000000000000001", "1.73205080756887729352934919381", "0.288675134594812882255468882570"),
        ("x/1.000000000000000000002", "2.99999999999999999999400000000", "0.999999999999999999998000000000"),
        ("x*1.000000000000000000002", "3.000000000000000000006", "1.000000000000000000002"),
        ("x*(2.000000000000000000001 == 2)", "0", "0"),
    ] {
        let found = out(&["--precise", "30", "--as", "brief", text, "x=3"]);
        assert_eq!(found, format!("f = {value}  dx = {gradient}\n"), "{text}");
    }
}

/// A choice between numbers that are equal, or that only many digits tell apart, is the same however many digits are asked for. The
/// numbers follow from algebra.
#[test]
fn no_choice_is_one_of_rounding() {
    let nines = format!("0.{}", "3".repeat(90));
    let longer = format!("{nines}4");
    for (text, expected) in [
        ("floor(log(6) - log(2) - log(3))", "0"),
        ("sqrt(2)^2 - 2 > 0", "0"),
        ("sin(pi) == 0", "1"),
        ("argmax([sin(pi), 0])", "0"),
        ("where(log(6) - log(2) - log(3) < 0, 1, 2)", "2"),
        ("where(log(6) - log(2) - log(3), 1, 2)", "2"),
        ("round(log(1e5)/log(10)/2)", "2"),
        ("round(5/3*3/2)", "2"),
        ("round(7/3*3/2)", "4"),
        ("round(-5/3*3/2)", "-2"),
        ("round(exp(log(5)))", "5"),
        ("16 % (2/7)", "0"),
        ("5 % (1/3)", "0"),
        ("sign((1e300 + 1e-100) - 1e300)", "1"),
        ("abs((1e300 + 1e-100) - 1e300)", "1e-100"),
        ("(1e300 + 1e-100) == 1e300", "0"),
        ("floor(1 - ((1e300 + 1e-100) - 1e300))", "0"),
        ("ceil(cosh(1e-100))", "2"),
        ("floor(1 - 1e-200/3)", "0"),
        ("sum(abs([log(6) - log(2) - log(3), 1e-20]))", "1e-20"),
        ("floor([log(8)/log(2), 2.9999999999999])", "[3, 2]"),
        ("max([log(6) - log(2), log(3), 1.5])*0 + argmax([log(6) - log(2), log(3)])", "0"),
        ("floor(32^0.2)", "2"),
        ("floor(log10(1000))", "3"),
        // A choice behind another one is looked at when that is made.
        ("floor(floor(sqrt(5)^2)/3)", "1"),
        ("(1 % (1/3)) == 5", "0"),
        ("floor(floor(floor(sqrt(17)^2)/4 + 1/3*3)/2)", "2"),
        ("min([2, 0.4, 0.1] % (1/3))", "0"),
        ("floor(sqrt(2)) % (sqrt(2)*sqrt(2)/20 + 3e-25) > 0.0999", "1"),
        ("floor(1/(1/3) + 0.5) % (1/3 + 1e-22) > 0.3", "1"),
        (&*format!("{nines} == {longer}"), "0"),
        (&*format!("where({nines} < {longer}, 1, 0)"), "1"),
    ] {
        for digits in ["30", "31", "32", "33", "40", "50"] {
            assert_eq!(out(&["--precise", digits, "--as", "value", text]).trim(), expected, "{text} to {digits} digits");
        }
    }
    // Names are what they were made of, choices among it.
    let script = "set precise 40\nb = floor(log(1000)/log(10))\nb + 0.1\nc = (log(6) == log(2) + log(3))\nc*1\n\
                  a = floor(log(8)/log(2))\na*1.1\nd = a + b\nd + c + 0.1\n";
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("names.grad");
    std::fs::write(&file, script).expect("a file");
    assert_eq!(out(&["--as", "value", "-f", file.to_str().expect("a name")]), "3.1\n1\n3.3\n7.1\n");
    // What is chosen is exact where that part is.
    for text in ["min(0, sqrt(2))", "where(1 > 2, sqrt(2), 0)", "relu(-sqrt(2))", "max(sin(2) - 3, 0)"] {
        let answer = out(&["--precise", "30", "--as", "json", text]);
        assert!(answer.contains("\"notes\":[]") && answer.contains("\"precise\":\"0\""), "{text}: {answer}");
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(arguments).output().expect("the program")
}

fn out(arguments: &[&str]) -> String {
    let output = run(arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Numbers are the decimals that are written, and what names were computed from is evaluated again.
#[test]
fn numbers_are_decimals_and_names_keep_what_they_are_made_of() {
    for (expression, bindings, want) in [
        ("0.1 + 0.2 == 0.3", &[][..], "1"),
        ("x == 0.3", &["x=0.1+0.2"], "1"),
        ("3*x", &["x=1/3"], "1.00000000000000000000000000000"),
        ("sqrt(x)^2", &["x=2"], "2.00000000000000000000000000000"),
        ("x", &["x=3.14159265358979323846264338327950288419716939937510"], "3.14159265358979323846264338328"),
        ("x - pi", &["x=pi"], "0"),
        ("-3.14159265358979323846264338327950288419716939937510 + 0", &[], "-3.14159265358979323846264338328"),
        ("floor(x/0.1)", &["x=0.3"], "3"),
        ("det([0.1, 0.2; 0.3, 0.6])", &[], "0"),
        ("sum(linspace(0, 1, 11))", &[], "5.5"),
        ("sum(range(0, 1, 0.1))", &[], "4.5"),
        ("mean([0.1, 0.2, 0.3])", &[], "0.2"),
        ("gamma(5) == 24", &[], "1"),
    ] {
        let mut arguments = vec!["--precise", "30", "--as", "value", expression];
        arguments.extend(bindings);
        assert_eq!(out(&arguments).trim_end(), want, "{expression}");
    }
    let script =
        "x = 0.1 + 0.2; assert x == 0.3; y = x/3; x = x - 0.1*d(x^2, x); assert x == 0.24; const k = 1/3; assert 3*k == 1; print k";
    assert_eq!(out(&["--precise", "30", "-e", script]), "0.333333333333333333333333333333\n");
}

/// Every view shows the digits or refuses them.
#[test]
fn views_show_the_digits_or_refuse_them() {
    let third = "0.333333333333333333333333333333";
    for view in ["table", "brief", "value", "json", "csv"] {
        assert!(out(&["--precise", "30", "--as", view, "x", "x=1/3"]).contains(third), "{view}");
    }
    for view in ["code", "python", "c"] {
        assert_eq!(run(&["--precise", "30", "--as", view, "x", "x=1/3"]).status.code(), Some(2), "{view}");
    }
    for digits in ["29", "0", "-3", "x", "1e9"] {
        assert_eq!(run(&["--precise", digits, "x", "x=1"]).status.code(), Some(2), "{digits}");
    }
    let table = out(&["--precise", "30", "--digits", "full", "0.1 + x", "x=0.2"]);
    assert!(table.contains("0.3[0000000000000004]"), "{table}");
    let hessian = out(&["--precise", "30", "--hessian", "sin(x)", "x=0.5"]);
    assert!(hessian.contains("-0.479425538604203000273287935216"), "{hessian}");
    let jacobian = out(&["--precise", "30", "--jacobian", "[x^2*sin(x), x/3]", "x=1.3"]);
    assert!(jacobian.contains("2.95732430246025442605009958281") && jacobian.contains("0.333333333333333333333333333333"), "{jacobian}");
    // What is not computed in more digits is told.
    let mixed = out(&["--precise", "30", "--hessian", "--along", "x=1", "--nudge", "x=1", "x^2", "x=0.5"]);
    let mixed = mixed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(mixed.contains("64-bit numbers, whatever the digits: eigenvalues and verdict, along, nudge"), "{mixed}");
}

/// Where digits are fewer, or only told as far as they go, a note says so.
#[test]
fn what_the_digits_do_not_tell_is_told() {
    for (expression, word) in [
        ("sin(pi)", "is 0 as far as"),
        ("max(sqrt(x)^2, x)", "taken as equal"),
        ("sum(randn(3))", "read as binary64"),
        ("sin(10^4000)", "is not reduced"),
    ] {
        let output = run(&["--precise", "30", "--as", "json", expression, "x=2"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains(word), "{expression}: {text}");
    }
    // A slope far below the digits asked for is found by more of them.
    assert_eq!(out(&["--precise", "30", "--as", "value", "(1 + x) - 1", "x=1e-200"]), "1e-200\n");
    let long = run(&["--precise", "10000", "--as", "value", "sum(lgamma(randn(100, 100)^2))"]);
    assert_eq!(long.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&long.stderr).contains("would take more than"), "{long:?}");
}

/// Places, ends of ranges, masks and sizes that rounding decides are those of the digits asked for; where the shape would be another
/// one, there is no number and a word of it. Beside each stands what is exact.
#[test]
fn what_is_taken_of_an_array_is_not_decided_by_rounding() {
    let given = ["v=[1, 2, 4, 8]", "M=[[1, 2, 4, 8], [16, 32, 64, 128]]", "u=[0.1, 0.2, 0.05, 0.01]", "t=3"];
    // The square of the root of 3 is 3, of 64-bit numbers less; three tenths are 0.3, of 64-bit numbers more.
    let decided = ["floor(sqrt(3)^2)", "floor(sqrt(t)^2)", "6 - ceil(0.1*3*10)", "floor(3.00000000000000000000001)", "ceil(log(8)/log(2))"];
    for place in decided {
        for (taken, value) in [
            ("v[{}]", "8"),
            ("v[-{}]", "2"),
            ("sum(v[[{}, 0]])", "9"),
            ("sum(M[:, {}])", "136"),
            ("M[1, {}]", "128"),
            ("sum(M[[0, 1], {}])", "136"),
            ("sum(M[[1, 0], [{} - 2, {}]])", "40"),
            ("[1, 2, 4, 8][{}]", "8"),
        ] {
            let text = taken.replace("{}", &format!("({place})"));
            assert_eq!(out(&[&["--precise", "30", "--as", "value", &text][..], &given].concat()), format!("{value}\n"), "{text}");
        }
    }
    let says = |text: &str| {
        let output = run(&[&["--precise", "30", "--as", "json", text][..], &given].concat());
        let line: serde_json::Value = serde_json::from_slice(&output.stdout).expect(text);
        (line["precise"].clone(), line["notes"].to_string(), output.status.code())
    };
    for text in [
        "sum(v[:floor(sqrt(3)^2)])",
        "sum(v[ceil(0.1*3*10) - 3:])",
        "sum(M[:, :floor(sqrt(3)^2)])",
        "sum(v[3*u > 0.3])",
        "sum(v[3*[0.1, 0.2, 0.05, 0] > 0.3])",
        "sum(zeros(floor(sqrt(3)^2)) + t)",
        "sum(range(ceil(0.1*3*10)))",
        "sum(linspace(0, 1, ceil(0.1*3*10)))",
        "v[1.0000000000000000000001]",
        "sum(v[[1.0000000000000000000001, 2]])",
    ] {
        let (value, notes, code) = says(text);
        assert!(value.is_null() || value == "nan", "{text}: {value}");
        assert!(code == Some(1) && (notes.contains("decided by numbers of 64 bits") || notes.contains("places from 0")), "{text}: {notes}");
    }
    // A comparison makes a number of what is none, and a range may end beyond the array.
    for text in [
        "sum(v[:floor(sqrt(3)^2)]) == 7",
        "where(sum(v[:floor(sqrt(3)^2)]) > 5, t, 2*t)",
        "sum(v[:floor(sqrt(3)^2)] > 0)",
        "v[argmax(v[:floor(sqrt(3)^2)])]",
        "sum(v[floor(sqrt(3)^2) - 2:])",
        "sum(v[::floor(sqrt(3)^2) - 1]^2)",
        "sum(v[1::floor(sqrt(3)^2)])",
        "mean(M[:, floor(sqrt(3)^2) - 1:])",
        "sum(M[0, floor(sqrt(3)^2) - 2:])",
    ] {
        for view in ["value", "brief", "json", "table"] {
            let output = run(&[&["--precise", "30", "--as", view, text][..], &given].concat());
            let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains("decided by numbers of 64 bits") && output.status.code() == Some(1), "{view} of {text}: {told}");
            // So is what is taken of it beside; and in 64 bits it is a number, whose notes may need a range that is none.
            for more in ["--check", "--hessian", "--scalars"] {
                let output = run(&[&["--precise", "30", "--as", view, more, &format!("({text})^2")][..], &given].concat());
                assert!(output.status.code().is_some_and(|code| code < 3), "{view} of {text}, {more}: {output:?}");
            }
            let plain = run(&[&["--as", view, text][..], &given].concat());
            assert!(plain.status.success(), "{view} of {text}: {plain:?}");
        }
    }
    for (script, word) in [
        ("const n = floor(sqrt(3)^2); x = [1, 2, 4, 8]; sum(x[:n])", "decided by numbers of 64 bits"),
        ("const n = floor(sqrt(3)^2); x = [1, 2, 4, 8]; sum(x[n-2:n])", r#""precise":"6""#),
        ("const m = 3*[0.1, 0.2, 0.05, 0] > 0.3; x = [1, 2, 4, 8]; sum(x[m])", "decided by numbers of 64 bits"),
        ("const u = 3*[0.1, 0.2, 0.05, 0]; x = [1, 2, 4, 8]; sum(x[u > 0.3])", "decided by numbers of 64 bits"),
        ("const n = floor(sqrt(3)^2); x = [1, 2, 4, 8]; x[n]", r#""precise":"8""#),
        ("const n = floor(sqrt(4)^2) - 1; x = [1, 2, 4, 8]; sum(x[:n])", r#""precise":"7""#),
        ("const n = floor(sqrt(3)^2); M = [[1, 2, 4, 8], [16, 32, 64, 128]]; sum(M[[0, 1], n])", r#""precise":"136""#),
    ] {
        let told = String::from_utf8(run(&["--precise", "30", "--as", "json", "-e", script]).stdout).expect("a text");
        assert!(told.contains(word), "{script}: {told}");
    }
    for (text, value) in [
        ("sum(v[:floor(sqrt(4)^2) - 1])", "7"),
        ("sum(v[0.1*30 - 1:])", "12"),
        ("sum(v[2*u > 0.3])", "2"),
        ("sum(v[2*[0.1, 0.2, 0.05, 0] > 0.3])", "2"),
        ("sum(zeros(floor(sqrt(9))) + t)", "9"),
        ("sum(linspace(0, 1, ceil(0.1*29)))", "1.5"),
    ] {
        assert_eq!(says(text), (value.into(), "[]".into(), Some(0)), "{text}");
    }
    // In 64 bits the same is told.
    for text in ["v[floor(sqrt(3)^2)]", "sum(v[:floor(sqrt(3)^2)])", "sum(v[(u*4e-15 + 3) - 3 > 0])", "M[1, floor(sqrt(3)^2)]"] {
        let told = String::from_utf8(run(&[&["--as", "json", text][..], &given].concat()).stdout).expect("a text");
        assert!(told.contains("has no right digit"), "{text}: {told}");
    }
}

/// A layer of a network, forward and backward.
#[test]
fn a_layer_is_evaluated_to_many_digits() {
    let script = "W = randn(16, 25); x = randn(25); b = zeros(16)\nsum(tanh(W @ x + b))";
    let line = out(&["--precise", "40", "--as", "json", "-e", script]);
    let answer: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    for input in answer["inputs"].as_array().expect("inputs") {
        let flat = |value: &serde_json::Value| -> Vec<f64> {
            let rows = value.as_array().expect("a list").iter();
            let number = |value: &serde_json::Value| {
                value.as_f64().unwrap_or_else(|| value.as_str().and_then(|text| text.parse().ok()).expect("a number"))
            };
            rows.flat_map(|row| row.as_array().map_or_else(|| vec![number(row)], |row| row.iter().map(number).collect())).collect()
        };
        for (one, other) in flat(&input["gradient"]).into_iter().zip(flat(&input["precise_gradient"])) {
            assert!((one - other).abs() <= 1e-12 * other.abs().max(1e-3), "{one} {other}");
        }
    }
}

/// What is told of an answer in many digits is true of these digits.
#[test]
fn notes_speak_of_the_digits_that_are_shown() {
    let notes = |arguments: &[&str]| {
        let told = String::from_utf8(run(&[&["--precise", "30"], arguments].concat()).stdout).expect("a text");
        told.split("note: ").skip(1).collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    // Decimals meet where binary numbers do not.
    assert!(notes(&["abs(x + 0.2 - 0.3)", "x=0.1"]).contains("has a kink where s2 = 0"));
    assert!(notes(&["max(x + 0.2, 0.3)", "x=0.1"]).contains("is a tie"));
    assert!(notes(&["1/(x + 0.2 - 0.3)", "x=0.1"]).contains("there is no finite value there"));
    // What is too large, too small or too near for a 64-bit number is none of that here.
    for (text, x) in [("exp(x)", "x=1000"), ("1/exp(-x)", "x=1000"), ("log(1 - sigma(x))", "x=50"), ("(x + 1e20) - 1e20", "x=1")] {
        assert_eq!(notes(&[text, x]), "", "{text}");
        assert!(run(&["--precise", "30", text, x]).status.success(), "{text}");
    }
}
