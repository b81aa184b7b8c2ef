//! Ten gates over a million numbers, value and gradient: every stage stored, and the ends alone; and the elementary functions over
//! slices beside the same number by number. Items are numbers.

use divan::counter::ItemsCount;
use gradcalc::calculus::range::evaluate_by;
use gradcalc::calculus::strips::Schedule;
use gradcalc::ground::{Cancellation, Value};
use gradcalc::session::{Session, Settings};
use gradcalc::views::{Answer, Source};
use gradcalc::vocabulary::{elementary, lanes};
use std::sync::Arc;

const SIZE: usize = 1_000_000;
const TEN_GATES: &str = "sum(b*tanh(X)*exp(-X*X) + sigma(X)/(1 + X*X) - log(2 + sin(X)))";

fn main() {
    divan::main();
}

fn asked() -> (Arc<Answer>, Vec<Value>) {
    let mut session = Session::new(Settings::default());
    let (source, mut answers) = (Source { name: "<bench>".into(), line: 1 }, Vec::new());
    let text = format!("b = 1.5; X = 0.1 + 1.8*linspace(0, 1, {SIZE}); {TEN_GATES};");
    session.run(&text, &source, true, &mut |outcome| answers.push(outcome)).expect("it runs");
    let answer = answers.pop().expect("an answer").expect("a value");
    let leaves = answer.program.ids().filter(|&id| answer.program.input(id).is_some());
    let inputs = leaves.map(|id| answer.values.value(id, answer.program.shape(id))).collect();
    (answer, inputs)
}

#[divan::bench(sample_count = 15, args = [false, true])]
fn ten_gates_with_every_stage_stored(bencher: divan::Bencher, all: bool) {
    let (answer, inputs) = asked();
    let program = &answer.program;
    let ends: Vec<_> = answer.active_inputs().filter_map(|id| answer.backward.as_ref()?.adjoint(id)).chain([answer.output]).collect();
    bencher.counter(ItemsCount::new(SIZE)).bench_local(|| {
        let schedule = Schedule::of(program, &|id| all || ends.contains(&id));
        evaluate_by(Some(schedule), program, &inputs, &Cancellation::default()).expect("nothing cancels it").scalar(answer.output)
    });
}

#[divan::bench(sample_count = 15, args = [true, false])]
fn exponentials_over_slices(bencher: divan::Bencher, slices: bool) {
    let x: Vec<f64> = (0..256).map(|at| f64::from(at) / 100.0).collect();
    let mut out = vec![0.0; x.len()];
    bencher.counter(ItemsCount::new(x.len())).bench_local(|| {
        if slices {
            lanes::exp(&x, &mut out);
        } else {
            out.iter_mut().zip(&x).for_each(|(out, x)| *out = elementary::exp(*x));
        }
        out[0]
    });
}
