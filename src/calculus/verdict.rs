//! What kind of point it is, by the gradient and the matrix of second derivatives.
//!
//! Judged by the Newton step against the size of the inputs, and by the signs of the eigenvalues of a matrix whose rows are of
//! one size: neither the units of inputs, nor a factor of the function, nor what is added to it changes the verdict. Knows no
//! stages.

use crate::vocabulary::gate::dense::eigenpairs;

/// A Newton step that is so small a part of an input is rounding.
const NEAR: f64 = 1e-8;

/// An eigenvalue that is so small a part of the largest, of a matrix whose rows are of one size, is taken for 0.
const FLAT: f64 = 1e-10;

/// How often rows and columns are brought to one size; each time about halves what is left to do.
const PASSES: usize = 12;

/// What kind of point it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The gradient is not 0.
    Slope,
    /// The gradient is 0 and every eigenvalue positive.
    Minimum,
    /// The gradient is 0 and every eigenvalue negative.
    Maximum,
    /// The gradient is 0 and eigenvalues have both signs.
    Saddle,
    /// The gradient is 0 and some eigenvalue is too, none of the others having another sign.
    Flat,
    /// A derivative is not finite, or the result has a kink or a tie there, so that nothing is known.
    Undecided,
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Slope => "slope",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::Saddle => "saddle",
            Self::Flat => "flat",
            Self::Undecided => "undecided",
        }
    }
}

/// The verdict on a point: the size of each input there, the gradient, and the second derivatives row by row.
pub fn verdict(sizes: &[f64], gradient: &[f64], hessian: &[f64]) -> Verdict {
    let n = gradient.len();
    if hessian.iter().chain(gradient).any(|slope| !slope.is_finite()) {
        return Verdict::Undecided;
    }
    let scales = scales(n, hessian);
    let scaled: Vec<f64> = (0..n * n).map(|at| hessian[at] * scales[at / n] * scales[at % n]).collect();
    let Some((values, vectors)) = eigenpairs(n, &scaled) else { return Verdict::Undecided };
    let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    let is_flat = |value: f64| value.abs() <= FLAT * largest;
    if gradient.iter().any(|&slope| slope != 0.0) {
        let slopes: Vec<f64> = gradient.iter().zip(&scales).map(|(slope, scale)| slope * scale).collect();
        let steepest = slopes.iter().fold(0.0f64, |steepest, slope| steepest.max(slope.abs()));
        let mut step = vec![0.0; n];
        for (k, &value) in values.iter().enumerate() {
            let along: f64 = (0..n).map(|i| vectors[i * n + k] * slopes[i]).sum();
            if is_flat(value) {
                // No curvature ends this slope.
                if along.abs() > NEAR * steepest {
                    return Verdict::Slope;
                }
            } else {
                (0..n).for_each(|i| step[i] -= along / value * vectors[i * n + k] * scales[i]);
            }
        }
        if step.iter().zip(sizes).any(|(step, size)| step.abs() > NEAR * size) {
            return Verdict::Slope;
        }
    }
    let positive = values.iter().any(|&value| value > 0.0 && !is_flat(value));
    let negative = values.iter().any(|&value| value < 0.0 && !is_flat(value));
    match (positive, negative, values.iter().any(|&value| is_flat(value))) {
        (true, true, _) => Verdict::Saddle,
        (true, false, false) => Verdict::Minimum,
        (false, true, false) => Verdict::Maximum,
        _ => Verdict::Flat,
    }
}

/// For each input a factor that brings the rows and columns of a symmetric matrix to a largest number of 1; powers of 2, so
/// that no digit is lost.
fn scales(n: usize, x: &[f64]) -> Vec<f64> {
    let mut scales = vec![1.0f64; n];
    for _ in 0..PASSES {
        let largest = |i: usize| (0..n).fold(0.0f64, |largest, j| largest.max((x[i * n + j] * scales[i] * scales[j]).abs()));
        let largest: Vec<f64> = (0..n).map(largest).collect();
        for (scale, largest) in scales.iter_mut().zip(largest).filter(|(_, largest)| *largest > 0.0 && largest.is_finite()) {
            *scale *= (-0.5 * largest.log2()).round().exp2();
        }
    }
    scales
}
