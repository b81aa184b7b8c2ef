//! Functions of a run of numbers: all of an array, or those along an axis. Sums, extremes, deviations and their like.
//!
//! Knows numbers in a slice; knows no shape, no gate and no derivative.

use crate::vocabulary::{elementary, lanes};

/// How many numbers of a long run are added up before their sum joins others.
pub const BLOCK: usize = lanes::BLOCK;

/// How many blocks are added up at a time.
const AT_ONCE: usize = 4;

/// How many numbers are looked at at a time.
const PART: usize = AT_ONCE * BLOCK;

/// The sum, added in blocks and these in pairs, so that rounding grows with the logarithm of the length only.
pub fn sum(x: &[f64]) -> f64 {
    if x.len() <= BLOCK {
        return x.iter().copied().reduce(|sum, x| sum + x).unwrap_or(0.0);
    }
    let mut summing = Summing::default();
    summing.add(x);
    summing.total()
}

/// A long sum that is given its numbers part by part, each part but the last of whole blocks.
#[derive(Clone, Debug, Default)]
pub struct Summing {
    /// The sums of so many blocks, a power of two, the largest first.
    sums: Vec<(usize, f64)>,
}

impl Summing {
    /// Adds the next part.
    pub fn add(&mut self, part: &[f64]) {
        let mut blocks = [0.0; AT_ONCE];
        for blocks_of in part.chunks(BLOCK * AT_ONCE) {
            let count = blocks_of.len().div_ceil(BLOCK);
            lanes::block_sums(blocks_of, &mut blocks[..count]);
            blocks[..count].iter().for_each(|&sum| self.add_block(sum));
        }
    }

    fn add_block(&mut self, sum: f64) {
        let mut next = (1, sum);
        while let Some((blocks, sum)) = self.sums.pop_if(|(blocks, _)| *blocks == next.0) {
            next = (2 * blocks, sum + next.1);
        }
        self.sums.push(next);
    }

    /// The sum of all.
    pub fn total(&self) -> f64 {
        self.sums.iter().rev().map(|(_, sum)| *sum).reduce(|after, sum| sum + after).unwrap_or(0.0)
    }
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

/// The smallest and the largest of a long run; of zeros the first one counts.
fn extremes(x: &[f64]) -> Option<[f64; 2]> {
    let found = (x.len() > BLOCK).then(|| lanes::extremes(x).unwrap_or([f64::NAN; 2]))?;
    Some(found.map(|extreme| signed(x, extreme)))
}

/// An extreme with the sign that it has where it is 0.
fn signed(x: &[f64], extreme: f64) -> f64 {
    if extreme == 0.0 { x.iter().copied().find(|&x| x == 0.0).unwrap_or(extreme) } else { extreme }
}

/// The largest; nan if one is nan.
pub fn largest(x: &[f64]) -> f64 {
    range(x)[1]
}

/// The smallest; nan if one is nan.
pub fn smallest(x: &[f64]) -> f64 {
    range(x)[0]
}

/// The smallest and the largest, both nan if one is nan.
pub fn range(x: &[f64]) -> [f64; 2] {
    let least = |out: f64, x: f64| if out <= x || out.is_nan() { out } else { x };
    let most = |out: f64, x: f64| if out >= x || out.is_nan() { out } else { x };
    let ends = || x.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &x| [least(low, x), most(high, x)]);
    extremes(x).unwrap_or_else(ends)
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
    let [middle, rest] = middle(x);
    let mut less = [0.0; PART];
    for (x, out) in x.chunks(PART).zip(out.chunks_mut(PART)) {
        let less = &mut less[..x.len()];
        lanes::less(x, middle, less);
        lanes::less(less, rest, out);
    }
}

/// What is taken from each number to get its distance from the mean: the mean, and what that lacks.
fn middle(x: &[f64]) -> [f64; 2] {
    let middle = mean(x);
    [middle, sum_of(x, |x, out| lanes::less(x, middle, out)) / x.len() as f64]
}

/// The mean square distance from the mean.
pub fn variance(x: &[f64]) -> f64 {
    let [middle, rest] = middle(x);
    let squares = |x: &[f64], out: &mut [f64]| {
        let (mut less, mut both) = ([0.0; PART], [0.0; PART]);
        lanes::less(x, middle, &mut less[..x.len()]);
        lanes::less(&less[..x.len()], rest, &mut both[..x.len()]);
        lanes::squares(&both[..x.len()], 1.0, out);
    };
    sum_of(x, squares) / x.len() as f64
}

/// The square root of the variance, without squares that overflow or are lost.
pub fn deviation(x: &[f64]) -> f64 {
    let [middle, rest] = middle(x);
    let distances = |x: &[f64], out: &mut [f64]| {
        let mut less = [0.0; PART];
        lanes::less(x, middle, &mut less[..x.len()]);
        lanes::less(&less[..x.len()], rest, out);
    };
    range_and_norm_of(x, distances).1 / (x.len() as f64).sqrt()
}

/// The Euclidean norm, the largest magnitude taken out first, so that no square overflows or is lost.
pub fn norm(x: &[f64]) -> f64 {
    range_and_norm(x).1
}

/// The range and the norm of numbers.
pub fn range_and_norm(x: &[f64]) -> Extent {
    range_and_norm_of(x, |x, out| out.copy_from_slice(x))
}

/// The smallest and the largest number, and the norm; all nan where a number is nan.
pub type Extent = ([f64; 2], f64);

/// The range and the norm of numbers that are given part by part, each part but the last of whole blocks.
#[derive(Clone, Debug, Default)]
pub struct Measuring {
    ends: lanes::Ends,
    squares: Summing,
    count: usize,
}

impl Measuring {
    /// Adds the next part.
    pub fn add(&mut self, part: &[f64]) {
        let mut blocks = [0.0; AT_ONCE];
        for part in part.chunks(PART) {
            let blocks = &mut blocks[..part.len().div_ceil(BLOCK)];
            lanes::measure(part, &mut self.ends, blocks);
            for &sum in &*blocks {
                self.squares.add_block(sum);
            }
        }
        self.count += part.len();
    }

    /// What was found; none where squares leave the range of numbers, or there are so few that they are not added in blocks.
    pub fn found(&self) -> Option<Extent> {
        let squares = self.squares.total();
        if squares.is_nan() {
            return Some(([f64::NAN; 2], f64::NAN));
        }
        let ends = self.ends.least_and_most();
        let scale = ends[0].abs().max(ends[1].abs());
        match unit(scale) {
            None if self.count > 0 => Some((ends, scale)),
            Some(1.0) if self.count > BLOCK => Some((ends, squares.sqrt())),
            _ => None,
        }
    }
}

/// Those of what a function makes of numbers, part by part, each of which stays at hand; most squares are in the range of numbers.
fn range_and_norm_of(x: &[f64], f: impl Fn(&[f64], &mut [f64])) -> Extent {
    let (mut made, mut measuring) = ([0.0; PART], Measuring::default());
    for part in x.chunks(PART) {
        let made = &mut made[..part.len()];
        f(part, made);
        measuring.add(made);
    }
    if let Some(found) = measuring.found() {
        return found;
    }
    let ends = measuring.ends.least_and_most();
    let unit = unit(ends[0].abs().max(ends[1].abs())).unwrap_or(1.0);
    let scaled = |part: &[f64], out: &mut [f64]| {
        f(part, &mut made[..part.len()]);
        lanes::squares(&made[..part.len()], unit, out);
    };
    (ends, sum_of(x, scaled).sqrt() / unit)
}

/// What numbers up to a magnitude are multiplied by before they are squared, a power of two, which scales without rounding; none
/// where the norm is the magnitude itself.
fn unit(scale: f64) -> Option<f64> {
    if scale == 0.0 || scale.is_infinite() {
        None
    } else if scale < 1e-140 {
        Some(2f64.powi(600))
    } else if scale > 1e140 {
        Some(2f64.powi(-600))
    } else {
        Some(1.0)
    }
}

/// The sum of what a function makes of a run, part by part.
fn sum_of(x: &[f64], mut f: impl FnMut(&[f64], &mut [f64])) -> f64 {
    let mut out = [0.0; PART];
    if x.len() <= BLOCK {
        f(x, &mut out[..x.len()]);
        return sum(&out[..x.len()]);
    }
    let mut summing = Summing::default();
    for part in x.chunks(PART) {
        let out = &mut out[..part.len()];
        f(part, out);
        summing.add(out);
    }
    summing.total()
}

/// The logarithm of the sum of exponentials, the largest taken out first.
pub fn logsumexp(x: &[f64]) -> f64 {
    let top = largest(x);
    if top.is_infinite() || top.is_nan() {
        return top;
    }
    let powers = |x: &[f64], out: &mut [f64]| out.iter_mut().zip(x).for_each(|(out, x)| *out = elementary::exp(x - top));
    let many = |x: &[f64], out: &mut [f64]| lanes::exp_less(x, top, &mut [0.0; PART][..x.len()], out);
    let sum = if x.len() < lanes::LONG { sum_of(x, powers) } else { sum_of(x, many) };
    top + elementary::log(sum)
}

/// The exponentials as parts of their sum, the largest taken out first.
pub fn softmax(x: &[f64], out: &mut [f64]) {
    let top = largest(x);
    if x.len() < lanes::LONG {
        out.iter_mut().zip(x).for_each(|(out, x)| *out = elementary::exp(x - top));
        let whole = sum(out);
        for out in out.iter_mut() {
            *out /= whole;
        }
        return;
    }
    let (mut less, mut summing) = ([0.0; PART], Summing::default());
    for (x, out) in x.chunks(PART).zip(out.chunks_mut(PART)) {
        lanes::exp_less(x, top, &mut less[..x.len()], out);
        summing.add(out);
    }
    lanes::divide(out, summing.total());
}
