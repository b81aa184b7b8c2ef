//! The product of two matrices of 1024 rows and columns as a stage of a program, beside the crate matrixmultiply on one thread. Items are
//! floating-point operations.

use divan::counter::ItemsCount;
use gradcalc::calculus::evaluate;
use gradcalc::forms::Program;
use gradcalc::forms::program::Input;
use gradcalc::ground::{Shape, Span, Value};
use gradcalc::vocabulary::{Gate, Symbols};
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

const SIDE: usize = 1024;
const OPERATIONS: usize = 2 * SIDE * SIDE * SIDE;

fn numbers(seed: usize) -> Vec<f64> {
    (0..SIDE * SIDE).map(|at| ((at * 7919 + seed) % 1000) as f64 / 500.0 - 1.0).collect()
}

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 15)]
fn as_a_stage(bencher: divan::Bencher) {
    let mut symbols = Symbols::default();
    let mut program = Program::new();
    let side = u32::try_from(SIDE).unwrap_or(0);
    let shape = Shape::Matrix(side, side);
    let mut input = |name: &str| {
        let input = Input { name: symbols.intern(name), active: true, value: None };
        program.add_input(input, shape, Span::default())
    };
    let operands = [input("x"), input("y")];
    let product = program.share(Gate::Matmul, &operands, Span::default());
    let values = [1, 2].map(|seed| Value::new(shape, numbers(seed)));
    bencher.counter(ItemsCount::new(OPERATIONS)).bench_local(|| evaluate(&program, &values).scalar(product));
}

#[divan::bench(sample_count = 15)]
fn by_matrixmultiply(bencher: divan::Bencher) {
    let (x, y, mut z) = (numbers(1), numbers(2), vec![0.0; SIDE * SIDE]);
    bencher.counter(ItemsCount::new(OPERATIONS)).bench_local(|| {
        let [x, y] = [&x, &y].map(|numbers| ArrayView2::from_shape((SIDE, SIDE), numbers).expect("a square"));
        let mut out = ArrayViewMut2::from_shape((SIDE, SIDE), &mut z).expect("a square");
        general_mat_mul(1.0, &x, &y, 0.0, &mut out);
        z[0]
    });
}
