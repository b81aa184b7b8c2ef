//! The value and the gradients of rows that are in memory, one thread: nanoseconds a row on stdout, the middle one of some rounds.
//!
//!     cargo bench --bench columns -- EXPRESSION [ROWS [ROUNDS]]
//!
//! Inputs are columns of numbers from -3 to 3, and what is asked for fills columns that are made beforehand. `benches/columns.py` runs it beside others.

use gradcalc::calculus::rows::{Given, Rows};
use gradcalc::ground::Cancellation;
use gradcalc::session::{Session, Settings};
use gradcalc::views::{self, Source};
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let text = arguments.next().unwrap_or_else(|| "(x+sigma(y))/(sigma(x)+(x+y)^2)".to_owned());
    let mut number = |usual: usize| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (rows, rounds) = (number(1_000_000), number(5));
    let mut session = Session::new(Settings { view: &views::ROWS, ..Settings::default() });
    let (source, mut answers) = (Source { name: "<bench>".into(), line: 1 }, Vec::new());
    session.run(&text, &source, true, &mut |outcome| answers.push(outcome)).expect("it is read");
    let answer = answers.pop().expect("an answer").expect("stages");
    let inputs: Vec<_> = answer.program.ids().filter(|&id| answer.program.input(id).is_some()).collect();
    let adjoint = |&id: &_| answer.backward.as_ref().and_then(|backward| backward.adjoint(id)).expect("a gradient");
    let asked = std::iter::once(answer.output).chain(inputs.iter().map(adjoint)).map(|id| (id, 0)).collect();
    let given = (0..inputs.len()).map(Given::Column).collect();
    let prepared = Rows::new((*answer.program).clone(), given, asked);
    assert!(prepared.are_strips(), "these rows are evaluated one by one");
    // The fractional parts of multiples of an irrational number are spread evenly.
    let place = |row: usize, column: usize| ((row * inputs.len() + column) as f64 * 0.618_033_988_749_894_9).fract() * 6.0 - 3.0;
    let columns: Vec<Vec<f64>> = (0..inputs.len()).map(|column| (0..rows).map(|row| place(row, column)).collect()).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let mut found = vec![vec![0.0; rows]; inputs.len() + 1];
    let mut out: Vec<&mut [f64]> = found.iter_mut().map(Vec::as_mut_slice).collect();
    let mut scratch = prepared.scratch();
    // The memory is there from the round before the first one on.
    let mut taken: Vec<f64> = (0..=rounds)
        .map(|_| {
            let began = Instant::now();
            prepared.evaluate_into(&mut scratch, &columns, &mut out, &Cancellation::default()).expect("nothing cancels it");
            began.elapsed().as_secs_f64()
        })
        .skip(1)
        .collect();
    taken.sort_by(f64::total_cmp);
    assert!(found.iter().all(|numbers| !numbers[0].is_nan()));
    println!("{:.2}", taken[taken.len() / 2] * 1e9 / rows as f64);
}
