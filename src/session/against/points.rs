//! Inputs near the given ones: every number of a value moved, in several ways.
//!
//! Knows values; what a program makes of them it is not told.

use crate::ground::{Shape, Value};

/// How far the inputs of other points are moved, relative to themselves.
const MOVED: f64 = 0.03;

/// Ways to go from the given inputs, tried in this order until enough of them lead to where everything is finite: what is defined on one
/// side alone, or near the inputs alone, has points too. The first four differ in what becomes of inputs that select.
pub const WAYS: &[(Way, f64)] = &[
    (Way::Mixed, 1.0),
    (Way::Mixed, 1.0),
    (Way::Mixed, 1.0),
    (Way::Mixed, 1.0),
    (Way::Up, 1.0),
    (Way::Inward, 1.0),
    (Way::Down, 1.0),
    (Way::Outward, 1.0),
    (Way::Below, 1.0),
    (Way::Mixed, 1e-3),
    (Way::Up, 1e-3),
    (Way::Inward, 1e-3),
    (Way::Down, 1e-3),
    (Way::Outward, 1e-3),
    (Way::Below, 1e-3),
];

/// Where the numbers of an input go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Some up, some down.
    Mixed,
    Up,
    Down,
    /// Towards 0, and a zero up.
    Inward,
    /// Away from 0, and a zero up.
    Outward,
    /// Towards 0, and a zero down.
    Below,
}

impl Way {
    /// The step of a number, of which a step's size and its sign in a mixture are given.
    fn step(self, number: f64, step: f64) -> f64 {
        let size = step.abs();
        match self {
            Self::Mixed => step,
            Self::Up => size,
            Self::Down => -size,
            Self::Inward | Self::Outward if number == 0.0 => size,
            Self::Below if number == 0.0 => -size,
            Self::Inward | Self::Below => -size * number.signum(),
            Self::Outward => size * number.signum(),
        }
    }
}

/// Places among those that are taken: in another order, or of a single one the next or the one before.
pub fn other_places(value: &Value, before: bool) -> Value {
    match value.numbers() {
        [place] => Value::new(value.shape(), vec![place + if before { -1.0 } else { 1.0 }]),
        places => {
            let mut turned = places.to_vec();
            turned.rotate_left(1);
            Value::new(value.shape(), turned)
        }
    }
}

/// A value near another, every number of it moved by another part of itself, or of 1 where it is 0. Rows of parts that add up to 1, such
/// as the label of a class, go on to do so, unless `free`.
pub fn moved(value: &Value, (way, size): (Way, f64), try_number: usize, leaf: usize, free: bool) -> Value {
    let numbers = value.numbers();
    let share = |at: usize, step: f64| (at as f64 * step).fract();
    let step = |at: usize| {
        let turn =
            (share(at + 1, 0.618_033_988_749_895) + share(leaf + 1, 0.414_213_562_373_095) + share(try_number + 1, 0.732_050_807_568_877))
                .fract();
        // Never near nothing, to either side.
        MOVED * size * if turn < 0.5 { -0.3 - turn } else { turn }
    };
    let near = |(at, &number): (usize, &f64)| {
        let by = way.step(number, step(at));
        if number == 0.0 { by } else { number + number.abs() * by }
    };
    let mut new: Vec<f64> = numbers.iter().enumerate().map(near).collect();
    let width = width(value.shape());
    for (row, _) in new.chunks_mut(width).zip(numbers.chunks(width)).filter(|(_, own)| !free && are_parts(own)) {
        let sum: f64 = row.iter().map(|number| number.abs()).sum();
        for number in row {
            *number = number.abs() / sum;
        }
    }
    Value::new(value.shape(), new)
}

/// How many numbers a row has.
pub fn width(shape: Shape) -> usize {
    match shape {
        Shape::Matrix(_, columns) => columns as usize,
        shape => shape.size(),
    }
    .max(1)
}

/// Whether numbers are parts of a whole.
pub fn are_parts(row: &[f64]) -> bool {
    row.len() > 1 && (row.iter().sum::<f64>() - 1.0).abs() < 1e-12 && row.iter().all(|&number| number >= 0.0)
}
