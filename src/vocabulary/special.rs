//! Scalar special functions in binary64.
//!
//! It knows the functions of one or two real numbers that the module `elementary` lacks, or whose careful
//! evaluation takes a few lines: the gamma family, the logistic family, the Gaussian gate, sines over angles. Every function is total:
//! where it has no value, and at NaN unless IEEE 754 decides otherwise, it gives NaN; nothing panics.
//!
//! It must never know gates, derivatives, shapes or text: whoever differentiates asks for the next order.
//!
//! Accuracies are the largest errors measured against 70-digit arithmetic at random points, in ulps of the
//! result. Equation numbers are those of the NIST Digital Library of Mathematical Functions (DLMF).

use super::elementary;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_2, PI};

/// The positive zero of digamma as a sum of two numbers, so that the distance to it keeps all its digits.
const ROOT: (f64, f64) = (1.461_632_144_968_362_2, 9.549_995_429_965_697e-17);

/// How far out the asymptotic series of digamma is good to the last digit.
const FAR: f64 = 10.0;

/// The Bernoulli numbers B₂, B₄, …, B₂₀ (DLMF 24.2(i)).
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

/// The largest order of [`polygamma`]: the last one whose factorial is a finite number.
pub const LAST_ORDER: f64 = 170.0;

/// What 1/√2 has beyond its nearest binary64 number.
const FRAC_1_SQRT_2_REST: f64 = -4.833_646_656_726_457e-17;

/// 1/√(2π), the height of the Gaussian.
const FRAC_1_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// The digamma function ψ = Γ′/Γ at every real x: ∓∞ at ±0, NaN at the negative integers and -∞, ∞ at ∞;
/// within 4 ulps, for x < 0 of the larger term of the reflection, so that only the negative zeros lose digits
/// (DLMF 5.5.2, 5.5.4, 5.11.2).
pub fn digamma(x: f64) -> f64 {
    if x.abs() < 1e-17 {
        // The next term of the series, Euler's constant, is below half an ulp.
        -1.0 / x
    } else if x >= FAR {
        elementary::log(x) - 0.5 / x - bernoulli_series(1.0 / (x * x), 0.0).0
    } else if x > 0.0 {
        digamma_from_root(x)
    } else if x == x.floor() || x.is_nan() {
        f64::NAN
    } else {
        digamma(1.0 - x) - PI / elementary::tanpi(x)
    }
}

/// Digamma at 0 < x < 10 as its difference from the zero r, where it is nothing.
///
/// Recurrence and asymptotic series are taken at x and at r together, and each difference of theirs is
/// written with the factor x - r in front: all of them have one sign, so nothing cancels anywhere.
fn digamma_from_root(x: f64) -> f64 {
    let distance = (x - ROOT.0) - ROOT.1;
    let (y, s) = (x + FAR, ROOT.0 + FAR);
    let (u, v) = (1.0 / (y * y), 1.0 / (s * s));
    let far = 0.5 / (y * s) + (y + s) * u * v * bernoulli_series(u, v).1;
    let steps = (0..10).rev().map(f64::from).map(|k| 1.0 / ((x + k) * (ROOT.0 + k)));
    distance * steps.fold(far, |sum, step| sum + step) + elementary::log1p(distance / s)
}

/// The series P(u) = Σ B₂ₖ/(2k) uᵏ of DLMF 5.11.2, and its slope (P(u) - P(v)) / (u - v), by Horner's rule.
fn bernoulli_series(u: f64, v: f64) -> (f64, f64) {
    let (mut value, mut slope) = (0.0, 0.0);
    for (k, b) in BERNOULLI.iter().enumerate().rev() {
        slope = slope * v + value;
        value = value * u + b / (2.0 * k as f64 + 2.0);
    }
    (value * u, slope * v + value)
}

/// The polygamma function ψ⁽ⁿ⁾, the n-th derivative of [`digamma`], for integers 0 ≤ n ≤ 170 (else NaN)
/// at every real x: at 0 and the negative integers ∞ for odd n and NaN for even n > 0, at ∞ zero, at -∞ NaN;
/// within 11 ulps for 1 ≤ n ≤ 4 and 2n + 4 ulps beyond, for x < 0 of the larger term of the reflection
/// (DLMF 5.15.5, 5.15.6, 5.15.9).
pub fn polygamma(n: f64, x: f64) -> f64 {
    if n == 0.0 {
        return digamma(x);
    }
    if !(1.0..=LAST_ORDER).contains(&n) || n != n.floor() {
        return f64::NAN;
    }
    let odd = n % 2.0 == 1.0;
    if x > 0.0 {
        let magnitude = polygamma_magnitude(n, x);
        if odd { magnitude } else { -magnitude }
    } else if x == x.floor() {
        if odd && x.is_finite() { f64::INFINITY } else { f64::NAN }
    } else {
        let poles = -elementary::tgamma(n + 1.0) * cotangent_coefficient(n, x) * PI;
        poles - polygamma_magnitude(n, 1.0 - x)
    }
}

/// |ψ⁽ⁿ⁾(x)| = n! ζ(n + 1, x) for n ≥ 1 and x > 0: the recurrence out to y, the asymptotic series there.
fn polygamma_magnitude(n: f64, x: f64) -> f64 {
    if x == f64::INFINITY {
        return 0.0;
    }
    let (mut steps, mut y, mut k) = (0.0, x, 0.0);
    while y < FAR + n {
        steps += elementary::pow(x / y, n + 1.0);
        k += 1.0;
        y = x + k;
    }
    let (mut factor, mut series) = (1.0, 1.0 + 0.5 * n / y);
    for (k, b) in BERNOULLI.iter().enumerate() {
        let k = 2.0 * k as f64;
        factor *= (n + k) * (n + k + 1.0) / ((k + 1.0) * (k + 2.0) * (y * y));
        series += b * factor;
    }
    let sum = steps / x + elementary::pow(x / y, n) * series / n;
    // n! can be huge where xⁿ is: the power comes in two halves, one before the other factors, one after.
    let half = (0.5 * n).floor();
    elementary::tgamma(n + 1.0) * elementary::pow(x, half - n) * sum * elementary::pow(x, -half)
}

/// The n-th Taylor coefficient of cot(πx) at a number that is no integer.
///
/// The cotangent obeys y′ = -π (1 + y²), which gives each coefficient from those before it; the products in
/// one coefficient of y² all have one sign, so nothing cancels.
fn cotangent_coefficient(n: f64, x: f64) -> f64 {
    let mut last = 1.0 / elementary::tanpi(x);
    let mut y = vec![last];
    while y.len() as f64 <= n {
        let square: f64 = y.iter().zip(y.iter().rev()).map(|(a, b)| a * b).sum();
        let one = if y.len() == 1 { 1.0 } else { 0.0 };
        last = -PI * (one + square) / y.len() as f64;
        y.push(last);
    }
    last
}

/// The gamma function Γ at every real x: ±∞ at ±0, NaN at negative integers and -∞, ∞ at ∞ and past 171.62;
/// correctly rounded (`elementary::tgamma`).
pub fn gamma(x: f64) -> f64 {
    elementary::tgamma(x)
}

/// The logarithm log|Γ| at every real x: ∞ at 0, at negative integers and at ±∞; correctly rounded
/// (`elementary::lgamma`).
pub fn lgamma(x: f64) -> f64 {
    elementary::lgamma(x)
}

/// The logistic sigmoid 1/(1 + e⁻ˣ) at every real x: 0 at -∞, 1 at ∞; within 2.2 ulps, by that formula,
/// which far out on the left is eˣ itself, down to the subnormals.
pub fn sigma(x: f64) -> f64 {
    if x < -37.0 { elementary::exp(x) } else { 1.0 / (1.0 + elementary::exp(-x)) }
}

/// Softplus log(1 + eˣ) at every real x: 0 at -∞, ∞ at ∞; within 1.3 ulps, as max(x, 0) + log1p(e^-|x|),
/// which neither overflows nor loses the left tail.
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + elementary::log1p(elementary::exp(-x.abs()))
}

/// The sigmoid linear unit x σ(x) at every real x: -0 at -∞, ∞ at ∞; within 3 ulps, down to the subnormals.
pub fn silu(x: f64) -> f64 {
    if x == f64::NEG_INFINITY {
        -0.0
    } else if x < -37.0 {
        // Where eˣ is already subnormal the product with x is not yet: two halves keep the digits.
        let half = elementary::exp(0.5 * x);
        x * half * half
    } else {
        x * sigma(x)
    }
}

/// The Gaussian error linear unit x Φ(x), Φ(x) = ½ erfc(-x/√2), at every real x: -0 at -∞, ∞ at ∞; within 2.5
/// ulps from -20 on and 5 ulps below, down to the subnormals (DLMF 7.2.2, 7.12.1).
pub fn gelu(x: f64) -> f64 {
    if x > 9.0 {
        // Φ rounds to one.
        x
    } else if x < -39.0 {
        // The density has underflowed.
        -0.0
    } else if x < -20.0 {
        gelu_tail(x)
    } else {
        // The slope of erfc carries over what the rounded argument leaves behind.
        let z = -x * FRAC_1_SQRT_2;
        let rest = (-x).mul_add(FRAC_1_SQRT_2, -z) - x * FRAC_1_SQRT_2_REST;
        let slope = -FRAC_2_SQRT_PI * elementary::exp(-z * z);
        x * (0.5 * (elementary::erfc(z) + rest * slope))
    }
}

/// x Φ(x) at -39 ≤ x < -20: the Gaussian density times the asymptotic series of erfc (DLMF 7.12.1).
fn gelu_tail(x: f64) -> f64 {
    let square = x * x;
    let rest = x.mul_add(x, -square);
    let (mut term, mut series) = (1.0, 1.0);
    for odd in (0..10).map(|m| 2.0 * f64::from(m) + 1.0) {
        term *= -odd / square;
        series += term;
    }
    -FRAC_1_SQRT_2PI * series * (1.0 - 0.5 * rest) * elementary::exp(-0.5 * square)
}

/// The exponential linear unit, x for x > 0 and eˣ - 1 otherwise: -1 at -∞, ∞ at ∞; correctly rounded
/// (`elementary::expm1`).
pub fn elu(x: f64) -> f64 {
    if x > 0.0 { x } else { elementary::expm1(x) }
}

/// log σ(x) = -log(1 + e⁻ˣ) at every real x: -∞ at -∞, -0 at ∞; within 1.3 ulps.
pub fn logsigmoid(x: f64) -> f64 {
    -softplus(-x)
}

/// log(eˣ + eʸ) at all real x and y, infinities included, without overflow; within 1.5 ulps of the larger of its terms.
pub fn logaddexp(x: f64, y: f64) -> f64 {
    // Equal infinities have no difference.
    if x == y { x + LN_2 } else { x.max(y) + elementary::log1p(elementary::exp(-(x - y).abs())) }
}

/// log(1 - e⁻ˣ) for x ≥ 0 (else NaN): -∞ at 0, -0 at ∞; within 1.5 ulps, by the one of two formulas that keeps its
/// digits on either side of log 2 (Mächler, "Accurately computing log(1 - exp(-|a|))", 2012).
pub fn log1mexp(x: f64) -> f64 {
    if x <= LN_2 { elementary::log(-elementary::expm1(-x)) } else { elementary::log1p(-elementary::exp(-x)) }
}

/// x log y, and 0 where x is 0 whatever y is but NaN; within 1 ulp.
pub fn xlogy(x: f64, y: f64) -> f64 {
    if x == 0.0 && !y.is_nan() { 0.0 } else { x * elementary::log(y) }
}

/// The remainder x - y ⌊x/y⌋, which has the sign of y, as Python's `%`: exact but for one rounding where the signs of x
/// and y differ; NaN for y = 0 and infinite x.
pub fn modulo(x: f64, y: f64) -> f64 {
    let rest = x % y;
    if rest == 0.0 {
        0f64.copysign(y)
    } else if (rest < 0.0) == (y < 0.0) {
        rest
    } else {
        rest + y
    }
}

/// sin(x) / x at every real x, 1 at 0 and 0 at ±∞; within 1 ulp.
pub fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else if x.is_infinite() {
        0.0
    } else {
        elementary::sin(x) / x
    }
}

/// The largest order of [`sinc_derivative`]: beyond it too many digits are lost in between.
const LAST_SINC_ORDER: f64 = 16.0;

/// The n-th derivative of [`sinc`] for integers 0 ≤ n ≤ 16 (else NaN) at every real x, 0 at ±∞ for n > 0; within some
/// ulps of the larger of its terms: the Taylor series near 0, farther out x f⁽ⁿ⁾ = sin⁽ⁿ⁾(x) - n f⁽ⁿ⁻¹⁾.
pub fn sinc_derivative(n: f64, x: f64) -> f64 {
    if !(0.0..=LAST_SINC_ORDER).contains(&n) || n != n.floor() || x.is_nan() {
        f64::NAN
    } else if n == 0.0 || x.is_infinite() {
        sinc(x)
    } else if x.abs() < 1.0 + 0.5 * n {
        sinc_series(n, x)
    } else {
        let (sin, cos) = (elementary::sin(x), elementary::cos(x));
        let turned = [sin, cos, -sin, -cos];
        (1..=n as usize).fold(sin / x, |last, k| (turned[k % 4] - k as f64 * last) / x)
    }
}

/// The n-th derivative of the series Σ (-1)ᵏ x²ᵏ / (2k + 1)!: terms (-1)ᵏ xʲ / (j! (2k + 1)) with j = 2k - n.
fn sinc_series(n: f64, x: f64) -> f64 {
    let mut k = (0.5 * n).ceil();
    let mut j = 2.0 * k - n;
    let sign = if k % 2.0 == 0.0 { 1.0 } else { -1.0 };
    let mut power = if j == 0.0 { sign } else { sign * x };
    // What underflows to 0 keeps its sign; at 0 itself there is none.
    let mut sum = if x == 0.0 { 0.0 } else { -0.0 };
    loop {
        let next = sum + power / (2.0 * k + 1.0);
        if next == sum {
            return next;
        }
        sum = next;
        power *= -x * x / ((j + 1.0) * (j + 2.0));
        (k, j) = (k + 1.0, j + 2.0);
    }
}

/// The scaled complementary error function e^(x²) erfc(x) at every real x: ∞ at -∞ and below -26.6, 0 at ∞; within 2 ulps
/// (DLMF 7.2.2, 7.9.1).
pub fn erfcx(x: f64) -> f64 {
    if x < 20.0 {
        let square = x * x;
        let rest = x.mul_add(x, -square);
        let power = elementary::exp(square);
        if power.is_infinite() { power } else { power * elementary::erfc(x) * (1.0 + rest) }
    } else {
        1.0 / (PI.sqrt() * (x + erfcx_ratios(0, x)[0]))
    }
}

/// The largest order of [`erfcx_derivative`].
const LAST_ERFCX_ORDER: f64 = 100.0;

/// The n-th derivative of [`erfcx`] for integers 0 ≤ n ≤ 100 (else NaN) at every real x: (-2)ⁿ Eₙ with Eₙ = 2/√π ∫ tⁿ
/// e^(-t² - 2xt) dt over t > 0, all of one sign; within 10 ulps for n ≤ 5.
///
/// The recurrence 2 Eₙ₊₁ = n Eₙ₋₁ - 2x Eₙ is good upward for x < 1/2; elsewhere the ratios of neighbours come from it downward.
pub fn erfcx_derivative(n: f64, x: f64) -> f64 {
    if !(0.0..=LAST_ERFCX_ORDER).contains(&n) || n != n.floor() {
        return f64::NAN;
    }
    let order = n as usize;
    let moment = if x < 0.5 {
        let (mut before, mut own) = (0.0, erfcx(x));
        for k in 0..order {
            let constant = if k == 0 { FRAC_2_SQRT_PI } else { k as f64 * before };
            (before, own) = (own, 0.5 * constant - x * own);
        }
        own
    } else {
        erfcx_ratios(order, x).iter().take(order).fold(erfcx(x), |moment, ratio| moment * ratio)
    };
    let power = (1u64 << order) as f64;
    if order.is_multiple_of(2) { power * moment } else { -power * moment }
}

/// The ratios Eₖ₊₁ / Eₖ for k from 0 to n at least, by their recurrence from far out.
fn erfcx_ratios(n: usize, x: f64) -> Vec<f64> {
    let levels = n + 30 + (200.0 / (x * x)) as usize;
    let mut ratios = vec![0.0; n + 1];
    let mut ratio = 0.0;
    for k in (1..=levels).rev() {
        ratio = k as f64 / (2.0 * (ratio + x));
        if k <= n + 1 {
            ratios[k - 1] = ratio;
        }
    }
    ratios
}
