//! Parsing ordinary text to the syntax tree, in bytes a second: one long line, and many short ones.

use divan::counter::BytesCount;
use gradcalc::forms::parse;
use gradcalc::vocabulary::Symbols;

fn main() {
    divan::main();
}

/// Ordinary expressions, varied enough that nothing is read from habit.
fn expression(seed: usize) -> String {
    let shapes = [
        "(x+sigma(y))/(sigma(x)+(x+y)^2)",
        "w0*x0 + w1*x1 + w2",
        "1/(1 + exp(-(alpha*t - 0.25)))",
        "max(q, 3.5e-2) * tanh(beta) - 2z",
        "sqrt(x1^2 + y1^2) - log(1 + u)",
    ];
    format!("{} + {}.{:03}", shapes[seed % shapes.len()], seed % 17, seed % 1000)
}

/// One line of five million bytes.
#[divan::bench(sample_count = 10)]
fn one_long_line(bencher: divan::Bencher) {
    let mut text = String::from("0");
    for seed in 0.. {
        if text.len() > 5_000_000 {
            break;
        }
        text.push_str(" + ");
        text.push_str(&expression(seed));
    }
    bencher.counter(BytesCount::of_str(&text)).bench(|| parse(divan::black_box(&text), &mut Symbols::default()).map(|tree| tree.len()));
}

/// A hundred thousand short lines, each a text of its own.
#[divan::bench(sample_count = 10)]
fn short_lines(bencher: divan::Bencher) {
    let lines: Vec<String> = (0..100_000).map(expression).collect();
    let bytes: usize = lines.iter().map(String::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let mut symbols = Symbols::default();
        lines.iter().map(|line| parse(divan::black_box(line), &mut symbols).map_or(0, |tree| tree.len())).sum::<usize>()
    });
}
