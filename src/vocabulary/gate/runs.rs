//! Functions of a run of numbers: all of an array, or those along an axis. Sums, extremes, deviations and their like.
//!
//! Knows numbers in a slice; knows no shape, no gate and no derivative.

use crate::vocabulary::elementary;

/// The sum, added in pairs of halves, so that rounding grows with the logarithm of the length only.
pub fn sum(x: &[f64]) -> f64 {
    const BLOCK: usize = 128;
    if x.len() <= BLOCK {
        return x.iter().copied().reduce(|sum, x| sum + x).unwrap_or(0.0);
    }
    let (left, right) = x.split_at(x.len() / 2);
    sum(left) + sum(right)
}

/// The mean.
pub fn mean(x: &[f64]) -> f64 {
    sum(x) / x.len() as f64
}

/// The product.
pub fn prod(x: &[f64]) -> f64 {
    x.iter().product()
}

/// The product of all the others, for each number.
pub fn others(x: &[f64], out: &mut [f64]) {
    let mut before = 1.0;
    for (out, &x) in out.iter_mut().zip(x) {
        *out = before;
        before *= x;
    }
    let mut after = 1.0;
    for (out, &x) in out.iter_mut().zip(x).rev() {
        *out *= after;
        after *= x;
    }
}

/// For each number, the sum of the others' weights, each times the product of all numbers but those two: how the
/// weighted products of all the others change with that number. The weights are the first operand.
pub fn pairs(weights: &[f64], x: &[f64], out: &mut [f64]) {
    // The product of a set, and the sum of its weights times the products of the rest of it; sets join in one step.
    let join = |(p, s): (f64, f64), (q, t): (f64, f64)| (p * q, s * q + p * t);
    let mut after = vec![(1.0, 0.0)];
    for (&weight, &x) in weights.iter().zip(x).rev() {
        after.push(join((x, weight), after[after.len() - 1]));
    }
    let mut before = (1.0, 0.0);
    for (at, out) in out.iter_mut().enumerate() {
        *out = join(before, after[x.len() - 1 - at]).1;
        before = join(before, (x[at], weights[at]));
    }
}

/// The largest; nan if one is nan.
pub fn largest(x: &[f64]) -> f64 {
    x.iter().copied().fold(f64::NEG_INFINITY, |out, x| if out >= x || out.is_nan() { out } else { x })
}

/// The smallest; nan if one is nan.
pub fn smallest(x: &[f64]) -> f64 {
    x.iter().copied().fold(f64::INFINITY, |out, x| if out <= x || out.is_nan() { out } else { x })
}

/// For each number, the sum of all numbers up to it.
pub fn running_sum(x: &[f64], out: &mut [f64]) {
    let mut sum = None;
    for (out, &x) in out.iter_mut().zip(x) {
        *out = sum.map_or(x, |sum: f64| sum + x);
        sum = Some(*out);
    }
}

/// For each number, the sum of all numbers from it on.
pub fn running_sum_from_end(x: &[f64], out: &mut [f64]) {
    let mut sum = None;
    for (out, &x) in out.iter_mut().zip(x).rev() {
        *out = sum.map_or(x, |sum: f64| sum + x);
        sum = Some(*out);
    }
}

/// The place of the first number that none is better than; of the first nan, if one is nan.
fn place_of(better: impl Fn(f64, f64) -> bool, x: &[f64]) -> f64 {
    let first_nan = x.iter().position(|x| x.is_nan());
    let best = (1..x.len()).fold(0, |best, at| if better(x[at], x[best]) { at } else { best });
    first_nan.unwrap_or(best) as f64
}

/// The place of the largest number.
pub fn place_of_largest(x: &[f64]) -> f64 {
    place_of(|x, best| x > best, x)
}

/// The place of the smallest number.
pub fn place_of_smallest(x: &[f64]) -> f64 {
    place_of(|x, best| x < best, x)
}

/// The distance of each number from the mean, which itself need not be a 64-bit number.
pub fn centered(x: &[f64], out: &mut [f64]) {
    let middle = mean(x);
    out.iter_mut().zip(x).for_each(|(out, x)| *out = x - middle);
    let rest = mean(out);
    for out in out.iter_mut() {
        *out -= rest;
    }
}

/// The mean square distance from the mean.
pub fn variance(x: &[f64]) -> f64 {
    let mut distances = vec![0.0; x.len()];
    centered(x, &mut distances);
    let squares: Vec<f64> = distances.iter().map(|x| x * x).collect();
    mean(&squares)
}

/// The square root of the variance, without squares that overflow or are lost.
pub fn deviation(x: &[f64]) -> f64 {
    let mut distances = vec![0.0; x.len()];
    centered(x, &mut distances);
    norm(&distances) / (x.len() as f64).sqrt()
}

/// The Euclidean norm, the largest magnitude taken out first, so that no square overflows or is lost.
pub fn norm(x: &[f64]) -> f64 {
    let scale = x.iter().fold(0.0, |scale: f64, x| if x.is_nan() { f64::NAN } else { scale.max(x.abs()) });
    if x.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    // A power of two scales without rounding.
    if scale == 0.0 || scale.is_infinite() {
        return scale;
    }
    let unit = if scale < 1e-140 {
        2f64.powi(600)
    } else if scale > 1e140 {
        2f64.powi(-600)
    } else {
        1.0
    };
    let squares: Vec<f64> = x.iter().map(|x| (x * unit) * (x * unit)).collect();
    sum(&squares).sqrt() / unit
}

/// The logarithm of the sum of exponentials, the largest taken out first.
pub fn logsumexp(x: &[f64]) -> f64 {
    let top = largest(x);
    if top.is_infinite() || top.is_nan() {
        return top;
    }
    let powers: Vec<f64> = x.iter().map(|x| elementary::exp(x - top)).collect();
    top + elementary::log(sum(&powers))
}

/// The exponentials as parts of their sum, the largest taken out first.
pub fn softmax(x: &[f64], out: &mut [f64]) {
    let top = largest(x);
    for (out, x) in out.iter_mut().zip(x) {
        *out = elementary::exp(x - top);
    }
    let whole = sum(out);
    for out in out.iter_mut() {
        *out /= whole;
    }
}
