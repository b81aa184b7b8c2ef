//! The product of two matrices of 1024 rows and columns as a stage of a program, beside the crate that computes it. The
//! environment variable RAYON_NUM_THREADS sets the threads of both. Items are floating-point operations.

use divan::counter::ItemsCount;
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use gradcalc::calculus::evaluate;
use gradcalc::forms::Program;
use gradcalc::forms::program::Input;
use gradcalc::ground::{Shape, Span, Value};
use gradcalc::vocabulary::{Gate, Symbols};

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
fn the_crate_alone(bencher: divan::Bencher) {
    let (x, y, mut z) = (numbers(1), numbers(2), vec![0.0; SIDE * SIDE]);
    bencher.counter(ItemsCount::new(OPERATIONS)).bench_local(|| {
        let [left, right] = [&x, &y].map(|numbers| MatRef::from_row_major_slice(numbers, SIDE, SIDE));
        matmul(MatMut::from_row_major_slice_mut(&mut z, SIDE, SIDE), Accum::Replace, left, right, 1.0, Par::rayon(0));
        z[0]
    });
}
