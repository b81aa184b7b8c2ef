//! Long arrays, evaluated a strip at a time: the numbers are those of the plain way, whatever is stored.
//!
//! Expected numbers are those of correctly rounded functions, of the same gates over single numbers, and of more digits.

use crate::support::{answer_with, is_deep};
use gradcalc::calculus::evaluate::Values;
use gradcalc::calculus::range::{evaluate, evaluate_by};
use gradcalc::calculus::strips::{Schedule, Wanted};
use gradcalc::forms::StageId;
use gradcalc::ground::{Cancellation, Shape, Value};
use gradcalc::session::Settings;
use gradcalc::views::Answer;
use gradcalc::vocabulary::Gate;
use gradcalc::vocabulary::gate::bounds::Bounds;
use gradcalc::vocabulary::gate::{Choice, Made, Meets, OverSlices, TABLE, Unroll, Whole, runs};
use gradcalc::vocabulary::lanes;
use gradcalc::vocabulary::{elementary, special};
use std::sync::Arc;

/// Random bits, the same in every run.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.bits() >> 11) as f64 / (1u64 << 53) as f64)
    }
}

type OfOne = fn(f64) -> f64;

type OfMany = fn(&[f64], &mut [f64]);

/// A function over slices, the same of single numbers, where it is tried, and how many units in the last place it may be off.
const FUNCTIONS: &[(&str, OfMany, OfOne, [f64; 2], u64)] = &[
    ("exp", lanes::exp, elementary::exp, [-750.0, 720.0], 1),
    ("log", lanes::log, elementary::log, [0.0, 1e9], 1),
    ("sin", lanes::sin, elementary::sin, [-1.2e5, 1.2e5], 1),
    ("cos", lanes::cos, elementary::cos, [-1.2e5, 1.2e5], 1),
    ("tanh", lanes::tanh, elementary::tanh, [-25.0, 25.0], 1),
    // The function of single numbers is itself within 2.2 units.
    ("sigma", lanes::sigma, special::sigma, [-750.0, 750.0], 4),
];

/// How many numbers lie between two.
fn apart(a: f64, b: f64) -> u64 {
    if a.is_nan() || b.is_nan() {
        return if a.is_nan() && b.is_nan() { 0 } else { u64::MAX };
    }
    if a.is_sign_negative() == b.is_sign_negative() { a.to_bits().abs_diff(b.to_bits()) } else { u64::MAX }
}

/// Numbers that are special to some function.
fn special_numbers() -> Vec<f64> {
    let mut numbers =
        vec![0.0, 1e-320, f64::MIN_POSITIVE, 1e-9, 1e-8, 0.5, 0.5625, 1.0, 20.0, 37.0, 708.0, 709.0, 709.79, 745.2, 1e5, 1e300];
    numbers.extend([f64::MAX, f64::INFINITY, f64::NAN]);
    for number in numbers.clone() {
        numbers.extend([number.next_up(), number.next_down()]);
    }
    // Next to the zeros of sin and cos, where most digits cancel.
    for k in 1..60_000u32 {
        let zero = f64::from(k) * std::f64::consts::FRAC_PI_2;
        numbers.extend([zero, zero.next_up(), zero.next_down()]);
    }
    let negative: Vec<f64> = numbers.iter().map(|number| -number).collect();
    numbers.extend(negative);
    numbers
}

#[test]
fn functions_over_slices_are_within_their_units() {
    let count = if is_deep() { 4_000_000 } else { 100_000 };
    for &(name, over, of_one, [low, high], units) in FUNCTIONS {
        let mut random = Random(1);
        let mut numbers = special_numbers();
        for _ in 0..count {
            numbers.extend([random.between(low, high), random.between(-2.0, 2.0), f64::from_bits(random.bits())]);
        }
        let mut out = vec![0.0; numbers.len()];
        over(&numbers, &mut out);
        for (&x, &found) in numbers.iter().zip(&out) {
            assert!(apart(found, of_one(x)) <= units, "{name}({x:e}) is {found:e}, not {:e}", of_one(x));
        }
    }
}

/// The numbers do not depend on where in a slice they stand.
#[test]
fn functions_over_slices_are_of_each_number() {
    let mut random = Random(5);
    for &(name, over, _, [low, high], _) in FUNCTIONS {
        for len in [1, 2, 3, 7, 8, 15, 127, 128, 129, 257] {
            let numbers: Vec<f64> = (0..len).map(|_| random.between(low, high)).collect();
            let mut out = vec![0.0; len];
            over(&numbers, &mut out);
            for (x, found) in numbers.iter().zip(out) {
                let mut alone = [0.0];
                over(&[*x], &mut alone);
                assert_eq!(alone[0].to_bits(), found.to_bits(), "{name}({x:e}) among {len}");
            }
        }
    }
}

#[test]
fn the_sigmoid_is_within_two_units() {
    let mut random = Random(11);
    // As decimals these are what they are as 64-bit numbers.
    let count = if is_deep() { 4000 } else { 300 };
    let numbers: Vec<f64> = (0..count).map(|_| random.between(-40.0 * 4096.0, 40.0 * 4096.0).round() / 4096.0).collect();
    let mut out = vec![0.0; numbers.len()];
    lanes::sigma(&numbers, &mut out);
    for (x, found) in numbers.into_iter().zip(out) {
        let settings = Settings { precise: Some(40), ..Settings::default() };
        let answer = answer_with("sigma(x)", &[("x".to_owned(), format!("{x:?}"))], settings);
        let truth = answer.precise(answer.output).expect("many digits")[0].nearest();
        // The nearest 64-bit number to the truth is half a unit from it.
        assert!(apart(found, truth) <= 2, "sigma({x}) is {found:e}, not {truth:e}");
    }
}

/// Expressions of arrays X and Y and a number b: runs, with sums in them and between them, operands that are repeated, choices.
const EXPRESSIONS: &[&str] = &[
    "sum(X*X*b)",
    "sum(X*Y + b*X - Y/(2 + X*X))",
    "sum(max(X, 0)*b + min(X, Y) + clamp(X, -1, 1)*Y)",
    "sum(where(X > Y, X*b, Y^2))",
    "sum(abs(X) + relu(Y)*X)",
    "sum((X - mean(X))^2)/sum(Y^2)",
    "mean((X - mean(X))^2)*mean(X*Y) - mean(X*0.5)",
    "mean(exp(X)) + mean(where(X > Y, X, b)) - mean(mean(X, 0)*2)",
    "sum(X)*sum(Y) + sum(X*Y)*b",
    "max(X*b)*sum(Y)",
    "norm(X*Y + b)",
    "sum(sqrt(1 + X^2)*Y)",
    "sum(exp(X)*tanh(Y) + sin(b*X)*cos(Y) - log(2 + X^2)*sigma(Y))",
    "sum(softmax(X)*Y)",
    "logsumexp(X*b)",
    "X*Y + b",
    // One number everywhere, after strips that others need no more.
    "sum(exp(X)*b)",
    "sum(tanh(X*Y)*b) + b*sum(exp(Y)*X)",
    "sum(cos(X)*(ones(1)*b + b)*sigma(Y))",
    "std(X)*b + var(X*Y)",
    // What hands numbers on: one of two that a number chooses, products by ones.
    "sum(where(b > 0.5, X, Y)*X) + sum(where(b > 2, exp(X), X*Y)*X*b)",
    "(sum(sum(X, 0)*b) + sum(sum(X, -1)^2))*b",
    "sum(X/3 + Y/b + exp(Y)*X)",
];

const SHAPES: &[(Shape, Shape)] = &[
    (Shape::Vector(4096), Shape::Vector(4096)),
    (Shape::Vector(4097), Shape::Vector(4097)),
    (Shape::Vector(5000), Shape::Scalar),
    (Shape::Matrix(70, 61), Shape::Matrix(70, 61)),
    (Shape::Matrix(70, 61), Shape::Vector(61)),
    (Shape::Matrix(70, 61), Shape::Matrix(70, 1)),
    (Shape::Matrix(70, 61), Shape::Matrix(1, 61)),
    (Shape::Matrix(4100, 1), Shape::Matrix(1, 2)),
    (Shape::Matrix(2, 2500), Shape::Matrix(2, 1)),
    // Rows that are taken one by one.
    (Shape::Matrix(45, 100), Shape::Matrix(45, 1)),
    (Shape::Matrix(45, 100), Shape::Vector(100)),
];

/// Products whose backward passes take one of their operands turned, and what is turned in the text.
const PRODUCTS: &[&str] = &[
    "sum((X@Y)^2)*b",
    "sum(X.T@(X@Y)) + b",
    "sum((Y.T@X.T)*b)",
    "sum(exp(X@Y/50)*b) + sum(X.T*X.T)",
    "sum((X@Y)@(Y.T@X.T@X))*b",
    "sum(X.T.T@Y)*b",
];

/// Of blocks, of a plain loop, and with one row, one term or one column.
const FACTORS: &[(Shape, Shape)] = &[
    (Shape::Matrix(33, 35), Shape::Matrix(35, 40)),
    (Shape::Matrix(128, 70), Shape::Matrix(70, 96)),
    (Shape::Matrix(20, 600), Shape::Matrix(600, 9)),
    (Shape::Matrix(9, 8), Shape::Matrix(8, 7)),
    (Shape::Matrix(1, 300), Shape::Matrix(300, 200)),
    (Shape::Matrix(300, 1), Shape::Matrix(1, 200)),
    (Shape::Matrix(300, 200), Shape::Matrix(200, 1)),
];

/// What the tests ask: each text of every pair of shapes that it takes.
fn questions() -> impl Iterator<Item = (&'static str, (Shape, Shape))> {
    let each = |texts: &'static [&'static str], shapes: &'static [(Shape, Shape)]| {
        texts.iter().flat_map(|&text| shapes.iter().map(move |&shapes| (text, shapes)))
    };
    each(EXPRESSIONS, SHAPES).chain(each(PRODUCTS, FACTORS))
}

fn array(shape: Shape, random: &mut Random, wild: bool) -> Value {
    let number = |random: &mut Random| match random.bits() % 40 {
        0 if wild => 0.0,
        1 if wild => f64::INFINITY,
        2 if wild => f64::NAN,
        3 if wild => -1e-310,
        4 if wild => 1e200,
        10 if wild => -0.0,
        5..10 => random.between(-3.0, 3.0).round(),
        _ => random.between(-3.0, 3.0),
    };
    Value::new(shape, (0..shape.size()).map(|_| number(random)).collect())
}

/// An expression as a program with its backward pass, and values of its inputs.
fn asked(text: &str, (x, y): (Shape, Shape), random: &mut Random, wild: bool) -> (Arc<Answer>, Vec<Value>) {
    let ones = |shape: Shape| match shape {
        Shape::Scalar => "1".to_owned(),
        Shape::Vector(n) => format!("ones({n})"),
        Shape::Matrix(m, n) => format!("ones({m}, {n})"),
    };
    let definitions = format!("X = {}; Y = {}; b = 1; {text};", ones(x), ones(y));
    let answer = answer_with(&definitions, &[], Settings::default());
    let value = |name: &str, random: &mut Random| match name {
        "X" => array(x, random, wild),
        "Y" => array(y, random, wild),
        _ => Value::Number(0.75),
    };
    let inputs = answer.program.inputs().iter().map(|input| value(answer.symbols.name(input.name), random)).collect();
    (answer, inputs)
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan())
}

/// What is stored does not change a bit: of the ends of a program, and of what is asked for after all.
#[test]
fn what_is_not_stored_is_the_same_where_it_is_asked_for() {
    let mut random = Random(3);
    let mut passed = 0;
    for (text, shapes) in questions() {
        for wild in [false, true] {
            passed += usize::from(few_are_as_all(text, shapes, &mut random, wild) > 2.0);
        }
    }
    assert!(passed > 100, "{passed}");
}

/// Evaluates a text with all its stages stored and with its result alone, compares every stage at some places and as a whole, and
/// gives how many times as many numbers the one stores.
fn few_are_as_all(text: &str, shapes: (Shape, Shape), random: &mut Random, wild: bool) -> f64 {
    let (answer, inputs) = asked(text, shapes, random, wild);
    let program = &answer.program;
    let all = evaluate(program, &inputs);
    let stored = |id: StageId| id == answer.output;
    let held = [false, true].map(|spares| {
        let wanted = Wanted { stored: &stored, measured: &|_| false, compared: &|_| false, spares };
        let schedule = Schedule::for_wanted(program, &wanted);
        let held = schedule.numbers_held(program);
        let few = evaluate_by(Some(schedule), program, &inputs, &Cancellation::default()).expect("nothing cancels it");
        let text = format!("{text} of {shapes:?}, spares {spares}");
        assert_eq!(few.range, all.range, "{text}");
        // What is asked of the numbers of all is found before any of them are asked for, and those are the same one by one and all at once.
        program.ids().for_each(|id| what_is_known_is_that_of(all.slice(id), &few, id, &format!("{text}: stage {id:?}")));
        for id in program.ids() {
            let size = program.shape(id).size();
            for at in [0, size / 3, size / 2, size - 1] {
                assert!(same(&[few.at(id, at)], &all.slice(id)[at..=at]), "{text}: stage {id:?} at {at}");
            }
            assert!(same(few.slice(id), all.slice(id)), "{text}: stage {id:?}");
            assert!(same(few.value(id, program.shape(id)).numbers(), all.slice(id)), "{text}: stage {id:?}");
        }
        held
    });
    assert!(held[1] <= held[0], "{text} of {shapes:?}: {held:?}");
    Schedule::of(program, &|_| true).numbers_held(program) as f64 / held[0] as f64
}

/// What many parts of an array hand back is added up in place: gradients of single elements, of slices forward and backward that
/// overlap, of rows and of single numbers of a matrix, alone or beside what the whole array hands back.
#[test]
fn totals_of_parts_are_what_their_steps_give() {
    let mut random = Random(11);
    let vector = |random: &mut Random, n: u64| {
        let (from, to) = (random.bits() % n, random.bits() % n);
        match random.bits() % 5 {
            0 => format!("sum(X[{}:{}]*b)", from.min(to), from.max(to) + 1),
            1 => format!("sum(X[{from}::-2])"),
            2 => format!("X[{from}]*X[-{}]", to + 1),
            3 => format!("X[{from}]*b"),
            _ => format!("X[{from}]*0"),
        }
    };
    let matrix = |random: &mut Random, m: u64, n: u64| {
        let (row, column) = (random.bits() % m, random.bits() % n);
        match random.bits() % 5 {
            0 => format!("sum(X[{row}]^2)"),
            1 => format!("sum(X[:, {column}]*b)"),
            2 => format!("sum(X[{row}:, {column}::3])"),
            3 => format!("X[{row}, {column}]*b"),
            _ => format!("X[-{}, -1]/X[{row}, {column}]", row + 1),
        }
    };
    let mut left_out = 0;
    for round in 0..if is_deep() { 400 } else { 40 } {
        let mut terms = 2 + random.bits() % 60;
        let (shape, mut text): (Shape, Vec<String>) = if round % 2 == 0 {
            // Of few parts that are long the steps are gone through anew for each number.
            let n = [7, 300, 4100, 20_000][round / 2 % 4];
            terms = if n == 20_000 { 2 + terms % 3 } else { terms };
            (Shape::Vector(n), (0..terms).map(|_| vector(&mut random, u64::from(n))).collect())
        } else {
            let (m, n) = [(3, 4), (40, 30), (90, 60)][round / 2 % 3];
            (Shape::Matrix(m, n), (0..terms).map(|_| matrix(&mut random, u64::from(m), u64::from(n))).collect())
        };
        if round % 3 == 0 {
            text.insert((random.bits() % terms) as usize, "sum(X*X)".to_owned());
        }
        let text = text.join(" + ");
        let wild = round % 4 > 1;
        left_out += usize::from(few_are_as_all(&text, (shape, Shape::Scalar), &mut random, wild) > 3.0);
        let (answer, inputs) = asked(&text, (shape, Shape::Scalar), &mut random, wild);
        let program = &answer.program;
        let all = evaluate(program, &inputs);
        let steps = evaluate_by(Some(Schedule::of_steps(program, &|_| true)), program, &inputs, &Cancellation::default());
        let steps = steps.expect("nothing cancels it");
        // The second time their numbers have been asked for.
        for _ in 0..2 {
            for id in program.ids() {
                what_is_known_is_that_of(all.slice(id), &steps, id, &format!("{text} of {shape}: stage {id:?}"));
            }
            program.ids().for_each(|id| assert!(same(steps.slice(id), all.slice(id)), "{text} of {shape}: stage {id:?}"));
        }
    }
    assert!(left_out > 5, "{left_out}");
}

/// A transposed matrix that products of blocks alone need is not stored; one that is asked for, or that another gate takes, is.
#[test]
fn what_products_read_by_columns_is_not_stored() {
    let mut random = Random(9);
    let (mut turned, mut stored) = (0, 0);
    for &text in PRODUCTS {
        for &(x, y) in FACTORS {
            let (answer, inputs) = asked(text, (x, y), &mut random, false);
            let program = &answer.program;
            let held = |schedule: &Schedule| schedule.numbers_held(program);
            let is_turned = |&id: &StageId| program.gate(id) == Gate::Transpose && program.shape(id).rank() == 2;
            let blocks = |id: StageId| {
                let [x, y] = program.operands(id) else { return false };
                let [(m, k), (_, n)] = [*x, *y].map(|operand| program.shape(operand).sides());
                program.gate(id).row().unroll == Unroll::Products && m > 1 && k > 1 && n > 1 && m * k * n > 32 * 32 * 32
            };
            let users = |id: StageId| program.ids().filter(move |&user| program.operands(user).contains(&id));
            // What is left out is what only products of blocks take: asking for it stores as many numbers more.
            for id in program.ids().filter(is_turned) {
                let none = held(&Schedule::of(program, &|_| false));
                let asked_for = held(&Schedule::of(program, &|asked| asked == id));
                let left_out = users(id).all(blocks);
                assert_eq!(asked_for - none, if left_out { program.shape(id).size() } else { 0 }, "{text} of {x} and {y}: {id:?}");
                (turned, stored) = (turned + usize::from(left_out), stored + usize::from(!left_out));
            }
            let few = evaluate_by(Some(Schedule::of(program, &|_| false)), program, &inputs, &Cancellation::default());
            assert!(same(few.expect("nothing cancels it").slice(answer.output), evaluate(program, &inputs).slice(answer.output)));
        }
    }
    assert!(turned > 10 && stored > 10, "{turned} {stored}");
}

/// Compares what is known of a stage with what its numbers say.
fn what_is_known_is_that_of(numbers: &[f64], few: &Values, id: StageId, told: &str) {
    let ([least, most], norm) = runs::range_and_norm(numbers);
    let ([few_least, few_most], few_norm) = few.extent(id);
    assert!(same(&[least + 0.0, most + 0.0, norm], &[few_least + 0.0, few_most + 0.0, few_norm]), "{told}");
    let nan = numbers.iter().any(|number| number.is_nan());
    let extreme = |better: fn(f64, f64) -> f64| if nan { f64::NAN } else { numbers.iter().copied().reduce(better).unwrap() };
    assert!(same(&[extreme(f64::min) + 0.0, extreme(f64::max) + 0.0], &[few_least + 0.0, few_most + 0.0]), "{told}");
    assert_eq!(few.are_finite(id), numbers.iter().all(|number| number.is_finite()), "{told}");
    assert_eq!(few.are_zeros(id), numbers.iter().all(|&number| number == 0.0), "{told}");
}

/// What is found of stages while they are at hand is what their numbers say, whether they are stored or not.
#[test]
fn what_is_measured_on_the_way_is_that_of_the_numbers() {
    let mut random = Random(5);
    let (mut met, mut apart) = (0, 0);
    let comparing = ["sum(max(X, Y)*b)", "sum(abs(X)*Y)", "sum(where(X < Y, X, Y)*b)", "sum(relu(X - 1)*min(X, b))", "sum((X == Y)*X)"];
    let compared = comparing.iter().flat_map(|&text| SHAPES.iter().map(move |&shapes| (text, shapes)));
    for (text, shapes) in questions().chain(compared) {
        for wild in [false, true] {
            let (answer, inputs) = asked(text, shapes, &mut random, wild);
            let program = &answer.program;
            let all = evaluate(program, &inputs);
            let wanted = Wanted { stored: &|_| false, measured: &|_| true, compared: &|_| true, spares: random.bits().is_multiple_of(2) };
            let few = evaluate_by(Some(Schedule::for_wanted(program, &wanted)), program, &inputs, &Cancellation::default());
            let few = few.expect("nothing cancels it");
            for id in program.ids() {
                let told = format!("{text} of {shapes:?}: stage {id:?}");
                what_is_known_is_that_of(all.slice(id), &few, id, &told);
                let (shape, operands) = (program.shape(id), program.operands(id));
                let number = |operand: StageId, at: usize| all.slice(operand)[program.shape(operand).met(shape, at)];
                let is_met = match program.gate(id).row().meets() {
                    Some(Meets::Operands) => (0..shape.size()).any(|at| number(operands[0], at) == number(operands[1], at)),
                    Some(Meets::Zero) => all.slice(operands[0]).contains(&0.0),
                    None => continue,
                };
                assert!(!(few.is_apart(id) && is_met), "{told}");
                if Schedule::goes_in_run(program, id) && operands.len() == 2 {
                    assert_eq!(few.is_apart(id), !is_met, "{told}");
                }
                (met, apart) = (met + usize::from(is_met), apart + usize::from(!is_met));
            }
        }
    }
    assert!(met > 20 && apart > 20, "{met} {apart}");
}

/// The range and the norm of a stage are to the bit those of its numbers also where nothing else is asked, so that nobody computes those.
#[test]
fn what_is_measured_alone_is_that_of_the_numbers() {
    let mut random = Random(12);
    for (at, (text, shapes)) in questions().enumerate() {
        for (turn, wild) in [false, true].into_iter().enumerate() {
            let (answer, inputs) = asked(text, shapes, &mut random, wild);
            let program = &answer.program;
            let all = evaluate(program, &inputs);
            for measured in program.ids().skip((at + turn) % 3).step_by(if is_deep() { 1 } else { 3 }) {
                let wanted = Wanted { stored: &|_| false, measured: &|id| id == measured, compared: &|_| false, spares: false };
                let few = evaluate_by(Some(Schedule::for_wanted(program, &wanted)), program, &inputs, &Cancellation::default());
                let few = few.expect("nothing cancels it");
                what_is_known_is_that_of(all.slice(measured), &few, measured, &format!("{text} of {shapes:?}: stage {measured:?}"));
                assert_eq!(few.range, all.range, "{text} of {shapes:?}");
            }
        }
    }
}

/// A greatest or least number of a long array that has a nan in any part is nan, also where something is compared with it.
#[test]
fn a_nan_in_any_part_is_the_extreme() {
    const SIZE: usize = 40_000;
    let mut random = Random(13);
    for text in ["max(X)*b", "min(X)*b", "sum(softmax(X - max(X))*X)", "sum(where(X == max(X), 1, 0))*b", "sum(X) + sum(X == min(X))"] {
        for nan in [0, 16_383, 16_384, 30_000, SIZE - 1] {
            let (answer, mut inputs) = asked(text, (Shape::Vector(SIZE as u32), Shape::Scalar), &mut random, false);
            let array = inputs.iter_mut().find(|input| input.numbers().len() == SIZE).expect("the array");
            let mut numbers = array.numbers().to_vec();
            numbers[nan] = f64::NAN;
            *array = Value::new(array.shape(), numbers);
            let program = &answer.program;
            let all = evaluate(program, &inputs);
            let wanted = Wanted {
                stored: &|id| id == answer.output,
                measured: &|_| true,
                compared: &|_| true,
                spares: random.bits().is_multiple_of(2),
            };
            let few = evaluate_by(Some(Schedule::for_wanted(program, &wanted)), program, &inputs, &Cancellation::default());
            let few = few.expect("nothing cancels it");
            program.ids().for_each(|id| what_is_known_is_that_of(all.slice(id), &few, id, &format!("{text}, nan at {nan}: {id:?}")));
            let extremes = program.ids().filter(|&id| matches!(program.gate(id), Gate::MaxOver | Gate::MinOver));
            extremes.for_each(|id| assert!(few.scalar(id).is_nan(), "{text}, nan at {nan}"));
        }
    }
}

/// What waits for a sum does not end a run: forward and backward pass of a loss go over its arrays once.
#[test]
fn a_loss_and_its_gradient_are_one_run() {
    let mut random = Random(6);
    let shapes = (Shape::Vector(5000), Shape::Scalar);
    for text in ["sum(X*X)*b", "sum(exp(X)*tanh(X)*b) + b", "sum(sigma(X)*b)^2 + sum(X)"] {
        let (answer, _) = asked(text, shapes, &mut random, false);
        let program = &answer.program;
        let schedule = Schedule::of(program, &|_| false);
        let held = program.ids().filter(|&id| program.shape(id).is_scalar()).count();
        // Where a gradient needs the sum itself, its stages wait for that.
        let most = if text.contains('^') { held + 4 * 5000 } else { held };
        assert!(schedule.numbers_held(program) <= most, "{text}: {} of {most}", schedule.numbers_held(program));
    }
}

/// Each number of a long array is what its gate gives for single numbers: to the bit, but for the functions over slices.
#[test]
fn each_number_of_a_long_array_is_that_of_its_gate() {
    let mut random = Random(8);
    for text in EXPRESSIONS {
        for &shapes in SHAPES {
            for wild in [false, true] {
                let (answer, inputs) = asked(text, shapes, &mut random, wild);
                let (program, values) = (&answer.program, evaluate(&answer.program, &inputs));
                for id in program.ids().filter(|&id| program.gate(id).is_elementwise()) {
                    let (gate, shape) = (program.gate(id), program.shape(id));
                    let units = if let Some(OverSlices::Each(_)) = gate.row().lanes { 4 } else { 0 };
                    for at in (0..shape.size()).step_by(if shape.size() < 100 { 1 } else { 37 }) {
                        let met = |operand: StageId| values.slice(operand)[program.shape(operand).met(shape, at)];
                        let operands: Vec<f64> = program.operands(id).iter().map(|&operand| met(operand)).collect();
                        let alone = gradcalc::vocabulary::gate::apply(gate, operands.len(), |k| operands[k]);
                        let found = values.slice(id)[at];
                        assert!(apart(found, alone) <= units, "{text} of {shapes:?}: {gate:?} of {operands:?} is {found:e}, not {alone:e}");
                    }
                }
                // Sums in blocks are right to the digits of their terms.
                for id in program.ids().filter(|&id| program.gate(id) == Gate::Sum && program.operands(id).len() == 1) {
                    let terms = values.slice(program.operands(id)[0]);
                    let (sum, size) = (terms.iter().sum::<f64>(), terms.iter().map(|x| x.abs()).sum::<f64>());
                    let found = values.scalar(id);
                    let near = (found - sum).abs() <= terms.len() as f64 * f64::EPSILON * size;
                    assert!(near || !size.is_finite() && (found.is_nan() || found.is_infinite()), "{text}: {found:e} for {sum:e}");
                }
            }
        }
    }
}

/// Numbers of all sizes, among them 0, those that are next to it and whole ones.
fn of_all_sizes(random: &mut Random) -> f64 {
    match random.bits() % 8 {
        0 => 0.0,
        1 => random.between(-4.0, 4.0).round(),
        2 => f64::from_bits(random.bits() & 0x800f_ffff_ffff_ffff),
        3 => 10f64.powf(random.between(-300.0, 300.0)),
        4 => -(10f64.powf(random.between(-160.0, 160.0))),
        5 => 1.0 + random.between(-1e-12, 1e-12),
        _ => random.between(-20.0, 20.0),
    }
}

/// What is known of all numbers of a gate that goes by the whole of its operand holds of each.
#[test]
fn bounds_by_the_whole_hold_of_each_number() {
    let mut random = Random(22);
    let rounds = if is_deep() { 20_000 } else { 2000 };
    let mut bounded = 0;
    for row in TABLE {
        let (Some(rule), Some(Whole { summary, made: Made::Each(f) })) = (row.bounds, row.whole) else { continue };
        for round in 0..rounds {
            let count = 1 + (random.bits() % 300) as usize;
            let shift = of_all_sizes(&mut random);
            let numbers: Vec<f64> = (0..count)
                .map(|_| match round % 4 {
                    0 => of_all_sizes(&mut random),
                    1 => shift,
                    2 => shift + random.between(-3.0, 3.0),
                    _ => random.between(-700.0, 700.0),
                })
                .collect();
            let known = summary.of(&numbers);
            let of: fn(&[f64]) -> Option<Bounds> = if round % 8 < 4 { Bounds::of } else { Bounds::coarse };
            let operands = [of(&numbers), Bounds::of(&known[..1]), Bounds::of(&known[1..])];
            let Some(bounds) = operands.into_iter().collect::<Option<Vec<_>>>().and_then(|operands| rule(&operands)) else { continue };
            bounded += 1;
            let mut out = vec![0.0; count];
            f(&numbers, known, &mut out);
            for (x, found) in numbers.iter().zip(out) {
                let told = format!("{} at {x:e} of all {known:?} is {found:e}: {bounds:?}", row.name);
                assert!(found >= bounds.least && found <= bounds.most, "{told}");
                assert!(found == 0.0 || found.abs() >= bounds.tiny, "{told}");
                // What lies at the middle has a distance of 0.
                let is_0 = row.gate == Gate::Centered && (x - known[0] == known[1]);
                assert!(found != 0.0 || is_0 || bounds.tiny < f64::MIN_POSITIVE, "{told}");
            }
        }
    }
    assert!(bounded > rounds, "{bounded}");
}

/// A slice divided by one number is that of the processor's division to the bit, whatever its numbers are.
#[test]
fn quotients_are_those_of_division() {
    let mut random = Random(23);
    let rounds = if is_deep() { 200_000 } else { 10_000 };
    let special = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e130, 1e-130, 1.0, -3.0];
    for round in 0..rounds {
        let mut number = || match random.bits() % 8 {
            0 => special[(random.bits() % special.len() as u64) as usize],
            // Near to a power of two the quotients are hardest to round.
            1 => f64::from_bits((random.bits() & 0x8010_0000_0000_0007) | 0x3fe0_0000_0000_0000),
            2 => f64::from_bits((random.bits() & 0x8010_0000_0000_0000) | 0x3fef_ffff_ffff_fff8 | (random.bits() & 7)),
            3 => f64::from_bits(random.bits()),
            4 => of_all_sizes(&mut random),
            _ => random.between(-2.0, 2.0),
        };
        let by = if round < special.len() { special[round] } else { number() };
        // Strips without anything special among them, and such that have some.
        let plain = round % 2 == 0;
        let numbers: Vec<f64> = (0..300)
            .map(|_| number())
            .map(|x| if plain && !(1e-130..1e130).contains(&x.abs()) { 1.5 + 1e-9 * round as f64 } else { x })
            .collect();
        let mut out = vec![0.0; numbers.len()];
        lanes::divide(&numbers, by, &mut out);
        for (x, found) in numbers.iter().zip(out) {
            let expected = x / by;
            assert!(
                found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(),
                "{x:e} / {by:e}: {found:e}, not {expected:e}"
            );
        }
    }
}

/// Quotients that lie next to the middle between two numbers are rounded as by the processor's division.
#[test]
fn quotients_next_to_the_middle_are_those_of_division() {
    let mut random = Random(31);
    let mut met = 0;
    for round in 0..if is_deep() { 1_000_000 } else { 20_000 } {
        let by = if round == 0 { (1 << 53) - 1 } else { 1 << 52 | random.bits() >> 12 | 1 };
        // by * inverse = 1 modulo 2^53: each step doubles how many bits are right.
        let inverse = (0..6).fold(by, |inverse, _| inverse.wrapping_mul(2_u64.wrapping_sub(by.wrapping_mul(inverse)))) & ((1 << 53) - 1);
        // An odd number of 54 bits is such a middle, and x * 2^53 is by * middle, but for 1.
        for (middle, rest) in [(inverse | 1 << 53, -1_i128), (((1 << 53) - inverse) | 1 << 53, 1)] {
            let x = (i128::from(by) * i128::from(middle) + rest) >> 53;
            assert_eq!((x << 53) - rest, i128::from(by) * i128::from(middle));
            if x < 1 << 53 {
                let (x, by, mut found) = (x as f64, by as f64, [0.0; 1]);
                lanes::divide(&[x], by, &mut found);
                assert_eq!(found[0], x / by, "{x} / {by}");
                met += 1;
            }
        }
    }
    assert!(met > 10_000, "{met}");
}

/// Numbers whose inverse lies next to the middle between two others: divisors of 2^106 + k with a small odd k, found by factoring.
const HARD_TO_INVERT: [u64; 32] = [
    0x1f_ffff_ffff_ffff,
    0x1f_ffff_f800_0001,
    0x11_3def_f6b4_1e35,
    0x16_1c29_09f3_9d4b,
    0x1e_f439_7455_0f69,
    0x1f_ffff_ffff_fffd,
    0x1f_ffff_ffff_fffb,
    0x18_db0e_ea5f_9861,
    0x14_b298_3e4a_a305,
    0x13_34ad_fe7a_8ddb,
    0x14_5503_6bcb_0d11,
    0x19_49e5_00b1_30af,
    0x1f_3829_c8f1_083d,
    0x18_0c93_4188_65f3,
    0x17_00e3_7606_2ff1,
    0x12_daf0_f964_8727,
    0x17_466b_6b56_eabd,
    0x17_5585_181c_adc5,
    0x18_2554_0e9a_11a3,
    0x1a_b3b4_2708_104f,
    0x1c_c066_93a7_9a71,
    0x1d_d3c2_3027_bb6f,
    0x1d_ecd3_40dd_76f3,
    0x1f_0b6c_12c6_16ad,
    0x11_9766_3806_2c3b,
    0x13_3333_3333_332f,
    0x10_9018_b9ba_f889,
    0x1f_ffff_ffff_fff9,
    0x11_b0af_5e0f_49cf,
    0x14_83dd_28a8_316b,
    0x1d_bd32_2fc7_846d,
    0x10_7b7e_25dc_a937,
];

/// Inverses are those of the processor's division to the bit, whatever the numbers are and however many.
#[test]
fn inverses_are_those_of_division() {
    for number in HARD_TO_INVERT {
        let rest = (1_u128 << 106) % u128::from(number);
        assert!(rest.min(u128::from(number) - rest) < 64, "{number:x} is not hard to invert");
    }
    let mut random = Random(29);
    let rounds = if is_deep() { 200_000 } else { 10_000 };
    let special = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e130, 1e-130, 1.0, -3.0];
    for round in 0..rounds {
        // Strips without anything special among them, and such that have some.
        let plain = round % 2 == 0;
        let mut number = || match random.bits() % 8 {
            0 if !plain => special[(random.bits() % special.len() as u64) as usize],
            1 if !plain => f64::from_bits(random.bits()),
            2 if !plain => of_all_sizes(&mut random),
            3..=5 => {
                let hard = HARD_TO_INVERT[(random.bits() % HARD_TO_INVERT.len() as u64) as usize] as f64;
                let power = f64::from_bits((1023 - 450 + random.bits() % 800) << 52);
                (if random.bits().is_multiple_of(2) { hard } else { -hard }) * power
            }
            _ => random.between(-2.0, 2.0),
        };
        let numbers: Vec<f64> = (0..round % 300).map(|_| number()).collect();
        let mut out = vec![0.0; numbers.len()];
        lanes::invert(&numbers, &mut out);
        for (x, found) in numbers.iter().zip(out) {
            let expected = 1.0 / x;
            assert!(found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(), "1 / {x:e}: {found:e}, not {expected:e}");
        }
    }
}

/// What is known of all numbers of a gate holds of each.
#[test]
fn bounds_hold_of_each_number() {
    let mut random = Random(21);
    // Each kind of range, known finely and coarsely, comes a hundred times for every gate where time is short.
    let rounds = if is_deep() { 4000 } else { 800 };
    let (mut bounded, mut rules) = (0, 0);
    for row in TABLE.iter().filter(|row| row.bounds.is_some() && row.whole.is_none()) {
        let rule = row.bounds.expect("a rule");
        rules += 1;
        let count = row.arity().unwrap_or(2);
        for round in 0..rounds {
            // Ranges that are wide, narrow, positive, and those of one number.
            let operands: Vec<Vec<f64>> = (0..count)
                .map(|_| match (round + random.bits() % 2) % 4 {
                    0 => (0..9).map(|_| of_all_sizes(&mut random)).collect(),
                    1 => vec![of_all_sizes(&mut random)],
                    2 => (0..20).map(|_| random.between(0.01, 3.0)).collect(),
                    _ => (0..20).map(|_| random.between(-3.0, 3.0)).collect(),
                })
                .collect();
            let of: fn(&[f64]) -> Option<Bounds> = if round % 8 < 4 { Bounds::of } else { Bounds::coarse };
            let known: Option<Vec<Bounds>> = operands.iter().map(|numbers| of(numbers)).collect();
            let Some(bounds) = known.and_then(|known| rule(&known)) else { continue };
            bounded += 1;
            for k in 0..40 {
                let met: Vec<f64> = operands.iter().map(|numbers| numbers[(k * 7 + random.bits() as usize) % numbers.len()]).collect();
                let mut found = vec![gradcalc::vocabulary::gate::apply(row.gate, count, |at| met[at])];
                if let Some(lanes) = row.lanes {
                    found.push(0.0);
                    let met: Vec<&[f64]> = met.iter().map(std::slice::from_ref).collect();
                    assert!(lanes.fill(&met, &mut found[1..]), "{}", row.name);
                }
                for found in found {
                    let told = format!("{} of {met:?} is {found:e}: {bounds:?}", row.name);
                    assert!(found >= bounds.least && found <= bounds.most, "{told}");
                    assert!(found == 0.0 || found.abs() >= bounds.tiny, "{told}");
                    let lost = found == 0.0 && bounds.tiny >= f64::MIN_POSITIVE && !met.contains(&0.0);
                    let is_0 = match (row.gate, &*met) {
                        (Gate::Add | Gate::Shift, [x, y]) => x == &-y,
                        (Gate::Sub, [x, y]) => x == y,
                        (Gate::Log, [x]) => *x == 1.0,
                        _ => row.choice != Choice::No,
                    };
                    assert!(!lost || is_0, "{told}");
                }
            }
        }
    }
    assert!(rules > 25 && bounded > 5 * rounds, "{rules} {bounded}");
}

/// What several threads find of the parts of an array is what its numbers say, to the bit.
#[test]
fn the_parts_of_a_long_array_join_in_their_order() {
    let mut random = Random(23);
    for size in [300_000, 1 << 18, (1 << 18) + 1] {
        let shapes = (Shape::Vector(size), Shape::Scalar);
        let (answer, inputs) = asked("sum(X*tanh(X)*b)", shapes, &mut random, false);
        let program = &answer.program;
        let wanted = Wanted { stored: &|_| false, measured: &|_| true, compared: &|_| false, spares: false };
        let schedule = Schedule::for_wanted(program, &wanted);
        let found = evaluate_by(Some(schedule), program, &inputs, &Cancellation::default()).expect("nothing cancels it");
        for id in program.ids() {
            if program.gate(id) == Gate::Sum {
                let numbers = found.slice(program.operands(id)[0]);
                assert_eq!(found.scalar(id).to_bits(), runs::sum(numbers).to_bits(), "{size}");
            }
            assert_eq!(found.extent(id), runs::range_and_norm(found.slice(id)), "{size}: stage {id:?}");
        }
    }
}

/// The sum of a column is that of its numbers, to the bit.
#[test]
fn columns_are_added_up_as_their_numbers_are() {
    let mut random = Random(25);
    for (rows, columns) in [(1, 5), (2, 1), (128, 3), (129, 140), (143, 128), (1000, 7), (1025, 129)] {
        let numbers: Vec<f64> = (0..rows * columns).map(|_| random.between(-3.0, 3.0)).collect();
        let mut sums = vec![0.0; columns];
        runs::column_sums(&numbers, columns, &mut sums);
        for (at, sum) in sums.into_iter().enumerate() {
            let column: Vec<f64> = numbers[at..].iter().step_by(columns).copied().collect();
            assert_eq!(sum.to_bits(), runs::sum(&column).to_bits(), "column {at} of {rows} x {columns}");
        }
    }
}
