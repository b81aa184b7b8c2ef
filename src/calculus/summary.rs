//! What columns of numbers come to: how many, their mean and spread, their quantiles.
//!
//! Numbers are taken part by part, in order, and what is found depends on the parts and their order alone. Knows numbers; no name.

use super::sketch::{Sketch, WeightedSketch};

/// The parts of the whole at which quantiles are told.
pub const QUANTILES: [f64; 7] = [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0];

/// The mean of weighted numbers and the sum of their squared distances from it, which neither overflow nor vanish where the numbers
/// do not, nor lose what sets numbers apart that are close to each other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moments {
    /// The sum of the weights.
    pub weight: f64,
    /// In units of 2 to the power `unit`, and what its rounding leaves out.
    mean: [f64; 2],
    squares: f64,
    unit: i32,
}

/// The powers of two that numbers are measured in.
const UNITS: std::ops::RangeInclusive<i32> = -1000..=1000;

/// 2 to a power of those.
fn power(of: i32) -> f64 {
    f64::from_bits(((1023 + i64::from(of)) as u64) << 52)
}

/// A sum, and what its rounding leaves out.
fn sum_of(x: f64, y: f64) -> [f64; 2] {
    let sum = x + y;
    let back = sum - x;
    if sum.is_finite() { [sum, (x - (sum - back)) + (y - back)] } else { [sum, 0.0] }
}

impl Moments {
    /// Takes the next numbers, each with its weight: these by themselves, as distances from one of them and then from their mean, then
    /// both together. Powers of two change no digit, nor does the distance of two numbers that are close to each other.
    pub fn add(&mut self, numbers: impl Iterator<Item = (f64, f64)> + Clone) {
        let (mut most, mut total) = (0.0f64, 0.0);
        for (number, weight) in numbers.clone() {
            most = most.max(if number.is_finite() { number.abs() } else { 0.0 });
            total += weight;
        }
        if total <= 0.0 {
            return;
        }
        self.measure(most);
        let scale = power(-self.unit);
        let one = numbers.clone().find(|(number, _)| number.is_finite()).map_or(0.0, |(number, _)| number * scale);
        let distances = numbers.clone().map(|(number, weight)| weight * (number * scale - one));
        let mean = sum_of(one, distances.sum::<f64>() / total);
        if !mean[0].is_finite() {
            (self.mean, self.squares, self.weight) = ([self.mean[0] + mean[0], 0.0], f64::NAN, self.weight + total);
            return;
        }
        let (mut rest, mut squares) = (0.0, 0.0);
        for (number, weight) in numbers {
            let distance = (number * scale - mean[0]) - mean[1];
            rest += weight * distance;
            squares += weight * distance * distance;
        }
        rest /= total;
        self.squares += (squares - total * rest * rest).max(0.0);
        let (mean, all) = (sum_of(mean[0], mean[1] + rest), self.weight + total);
        if self.weight == 0.0 {
            self.mean = mean;
        } else {
            let apart = (mean[0] - self.mean[0]) + (mean[1] - self.mean[1]);
            self.squares += apart * apart * (self.weight * total / all);
            let [mean, less] = sum_of(self.mean[0], apart * (total / all));
            self.mean = sum_of(mean, less + self.mean[1]);
        }
        self.weight = all;
    }

    /// Measures in units that fit numbers up to this one.
    fn measure(&mut self, most: f64) {
        if most == 0.0 {
            return;
        }
        let exponent = ((most.to_bits() >> 52) & 0x7ff) as i32 - 1023;
        let unit = exponent.clamp(*UNITS.start(), *UNITS.end());
        if self.mean == [0.0; 2] && self.squares == 0.0 {
            self.unit = unit;
        } else if unit > self.unit {
            // In two steps: a power may be too small for one.
            let [half, rest] = [(unit - self.unit) / 2, unit - self.unit - (unit - self.unit) / 2].map(|step| power(-step));
            self.mean = self.mean.map(|part| part * half * rest);
            self.squares = self.squares * half * half * rest * rest;
            self.unit = unit;
        }
    }

    /// The mean: the sum of w x over the sum of w; none of no weight.
    pub fn mean(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| (self.mean[0] + self.mean[1]) * power(self.unit))
    }

    /// The root of the sum of w times squared distances over `of`; none where that is nothing.
    fn deviation(&self, of: f64) -> Option<f64> {
        (of > 0.0).then(|| (self.squares / of).sqrt() * power(self.unit))
    }
}

/// What was found of one column.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many numbers are finite.
    pub count: u64,
    /// How many are infinite or nan.
    pub not_finite: u64,
    moments: Moments,
    sketch: Sketch,
    weighted: WeightedSketch,
    ends: Option<[f64; 2]>,
}

impl Summary {
    /// Takes the next numbers, each with its weight if there are some.
    pub fn add(&mut self, numbers: &[f64], weights: Option<&[f64]>) {
        let weight = |at: usize| weights.map_or(1.0, |weights| weights[at]);
        let finite = numbers.iter().copied().enumerate().filter(|(_, number)| number.is_finite());
        let count = finite.clone().count();
        self.not_finite += (numbers.len() - count) as u64;
        self.count += count as u64;
        for (at, number) in finite.clone() {
            if weights.is_some() {
                self.weighted.add(number, weight(at));
            } else {
                self.sketch.add(number);
            }
            // What weighs nothing has no place among the others.
            if weight(at) > 0.0 {
                let [least, most] = self.ends.unwrap_or([number; 2]);
                self.ends = Some([least.min(number), most.max(number)]);
            }
        }
        self.moments.add(finite.map(|(at, number)| (number, weight(at))));
    }

    /// The mean, weighted if there are weights: the sum of w x over the sum of w; none of no number.
    pub fn mean(&self) -> Option<f64> {
        // Rounding leads no mean out of what it is the mean of.
        self.moments.mean().zip(self.ends).map(|(mean, [least, most])| mean.clamp(least, most))
    }

    /// The standard deviation: of n numbers the root of the sum of squares over n - 1; with weights, of the sum of w times squares over
    /// the sum of w.
    pub fn deviation(&self, weighted: bool) -> Option<f64> {
        self.moments.deviation(if weighted { self.moments.weight } else { self.moments.weight - 1.0 })
    }

    /// The numbers at some parts of the whole in order, none of no number: between two neighbours in proportion; with weights, the
    /// smallest ones up to which there are such parts of the weight.
    pub fn quantiles(&self, weighted: bool) -> Option<[f64; QUANTILES.len()]> {
        let [least, most] = self.ends?;
        let mut found = if weighted { self.weighted.quantiles(&QUANTILES)? } else { self.sketch.quantiles(&QUANTILES) };
        (found[0], found[QUANTILES.len() - 1]) = (least, most);
        Some(found)
    }

    /// The part of the rows, or of their weight, that the place of a quantile may be off; 0 where all are kept.
    pub fn rank_error(&self, weighted: bool) -> f64 {
        if weighted { self.weighted.rank_error() } else { self.sketch.rank_error() }
    }
}
