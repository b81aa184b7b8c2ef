//! Scalar special functions in binary64.
//!
//! It knows the functions of one or two real numbers that `core_math` lacks, or whose careful evaluation
//! takes a few lines: the gamma family, the logistic family and the Gaussian gate. Where `core_math` has the
//! function, its correctly rounded one is handed on. Every function is total: a number outside the domain
//! gives NaN, NaN gives NaN, nothing panics.
//!
//! It must never know gates, derivatives, shapes or text: whoever differentiates asks for the next order.
//!
//! Accuracies are the largest relative errors measured against 50-digit arithmetic, in ulps of the result.
//! Equation numbers are those of the NIST Digital Library of Mathematical Functions (DLMF).

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// The positive zero of digamma as two numbers, so that the distance to it keeps all its digits.
const ROOT: (f64, f64) = (1.461_632_144_968_362_2, 9.549_995_429_965_697e-17);

/// The distance to which digamma is shifted before its asymptotic series takes over.
const FAR: f64 = 10.0;

/// The Bernoulli numbers B₂, B₄, …, B₂₀ (DLMF 24.2).
const BERNOULLI: [f64; 10] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
    -3617.0 / 510.0,
    43867.0 / 798.0,
    -174_611.0 / 330.0,
];

/// The largest order of polygamma: the last whose factorial is a finite number.
const LAST_ORDER: f64 = 170.0;

/// What 1/√2 has beyond its nearest binary64 number.
const FRAC_1_SQRT_2_REST: f64 = -4.833_646_656_726_457e-17;

/// 1/√(2π), the height of the Gaussian.
const FRAC_1_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

pub fn digamma(x: f64) -> f64 {
    if x.abs() < 1e-17 {
        -1.0 / x
    } else if x >= FAR {
        core_math::log(x) - 0.5 / x - bernoulli_series(1.0 / (x * x), 0.0).0
    } else if x > 0.0 {
        digamma_from_root(x)
    } else if x == x.floor() {
        f64::NAN
    } else {
        digamma(1.0 - x) - PI / core_math::tanpi(x)
    }
}

/// Digamma at 0 < x < 10 as its difference from the zero r.
///
/// Recurrence (DLMF 5.5.2) and asymptotic series (5.11.2) are taken at x and at r together, and every
/// difference is written with its factor x - r in front: nothing cancels, and the zero is a zero.
fn digamma_from_root(x: f64) -> f64 {
    let distance = (x - ROOT.0) - ROOT.1;
    let (y, far_root) = (x + FAR, ROOT.0 + FAR);
    let (u, v) = (1.0 / (y * y), 1.0 / (far_root * far_root));
    let shifts = (0..10).rev().map(f64::from).map(|k| 1.0 / ((x + k) * (ROOT.0 + k)));
    let slope = 0.5 / (y * far_root) + (y + far_root) * u * v * bernoulli_series(u, v).1;
    distance * shifts.fold(slope, |sum, shift| sum + shift) + core_math::log1p(distance / far_root)
}

/// The series P(u) = Σ B₂ₖ/(2k) uᵏ of DLMF 5.11.2, and its slope (P(u) - P(v)) / (u - v).
fn bernoulli_series(u: f64, v: f64) -> (f64, f64) {
    let (mut value, mut slope) = (0.0, 0.0);
    for (k, b) in (1..).map(f64::from).zip(BERNOULLI).collect::<Vec<_>>().into_iter().rev() {
        slope = slope * v + value;
        value = value * u + b / (2.0 * k);
    }
    (value * u, slope * v + value)
}

pub fn polygamma(n: f64, x: f64) -> f64 {
    if n == 0.0 {
        return digamma(x);
    }
    if n < 0.0 || n != n.floor() || n > LAST_ORDER { // nan
        return f64::NAN;
    }
    if n.is_nan() { return n; }
    let odd = n % 2.0 == 1.0;
    if x > 0.0 {
        let size = polygamma_size(n, x);
        if odd { size } else { -size }
    } else if x == x.floor() {
        if odd && x.is_finite() { f64::INFINITY } else { f64::NAN }
    } else {
        -core_math::tgamma(n + 1.0) * cotangent_coefficient(n, x) * PI - polygamma_size(n, 1.0 - x)
    }
}

fn polygamma_size(n: f64, x: f64) -> f64 {
    if x.is_infinite() { return 0.0; }
    let mut shifts = 0.0;
    let mut y = x;
    let mut k = 0.0;
    while y < FAR + n {
        shifts += core_math::pow(x / y, n + 1.0);
        k += 1.0;
        y = x + k;
    }
    let mut factor = 1.0;
    let mut series = 1.0 + 0.5 * n / y;
    for (j, b) in (1..).map(f64::from).zip(BERNOULLI) {
        factor *= (n + 2.0 * j - 2.0) * (n + 2.0 * j - 1.0) / ((2.0 * j - 1.0) * (2.0 * j)) / (y * y);
        series += b * factor;
    }
    let sum = shifts / x + core_math::pow(x / y, n) * series / n;
    let half = core_math::pow(x, -0.5 * n);
    core_math::tgamma(n + 1.0) * half * sum * half
}

fn cotangent_coefficient(n: f64, x: f64) -> f64 {
    let mut y = vec![1.0 / core_math::tanpi(x)];
    while y.len() as f64 <= n {
        let k = y.len();
        let square: f64 = y.iter().zip(y.iter().rev()).map(|(a, b)| a * b).sum();
        let one = if k == 1 { 1.0 } else { 0.0 };
        y.push(-PI / k as f64 * (one + square));
    }
    y[y.len() - 1]
}

/// Gamma.
pub fn gamma(x: f64) -> f64 {
    core_math::tgamma(x)
}
/// lgamma.
pub fn lgamma(x: f64) -> f64 {
    core_math::lgamma(x)
}
/// sigma
pub fn sigma(x: f64) -> f64 {
    if x < -37.0 { core_math::exp(x) } else { 1.0 / (1.0 + core_math::exp(-x)) }
}
/// softplus
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + core_math::log1p(core_math::exp(-x.abs()))
}
/// silu
pub fn silu(x: f64) -> f64 {
    if x == f64::NEG_INFINITY {
        -0.0
    } else if x < -37.0 {
        let half = core_math::exp(0.5 * x);
        x * half * half
    } else {
        x * sigma(x)
    }
}
/// gelu
pub fn gelu(x: f64) -> f64 {
    if x > 9.0 {
        x
    } else if x < -39.0 {
        -0.0
    } else if x < -20.0 {
        let u = 1.0 / (x * x);
        let (mut term, mut series) = (1.0, 1.0);
        for m in (0..10).map(f64::from) {
            term *= -(2.0 * m + 1.0) * u;
            series += term;
        }
        let square = x * x;
        let rest = x.mul_add(x, -square);
        -FRAC_1_SQRT_2PI * series * (1.0 - 0.5 * rest) * core_math::exp(-0.5 * square)
    } else {
        let z = -x * FRAC_1_SQRT_2;
        let rest = (-x).mul_add(FRAC_1_SQRT_2, -z) - x * FRAC_1_SQRT_2_REST;
        let slope = -std::f64::consts::FRAC_2_SQRT_PI * core_math::exp(-z * z);
        x * (0.5 * (core_math::erfc(z) + rest * slope))
    }
}
/// elu
pub fn elu(x: f64) -> f64 {
    if x > 0.0 { x } else { core_math::expm1(x) }
}
