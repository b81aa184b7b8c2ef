//! Elementary functions of single numbers without branches, which a compiler turns into loops over the lanes of vector registers.
//!
//! Each is within one unit in the last place of the correctly rounded result (`tanh` and `sigma`: two) for the arguments that its
//! `fits_` accepts; the others go to the correctly rounded functions. Only sums, products, fused multiply-adds and operations on bits
//! are used, in a fixed order: every processor gives the same bits. Knows no slice and no gate.

/// Adding it and taking it away rounds to a whole number, which stands in the low bits in between.
const ROUNDING: f64 = 6_755_399_441_055_744.0;

const LOG2_E: f64 = std::f64::consts::LOG2_E;

/// log 2 in two parts.
const LN_2: [f64; 2] = [std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17];

/// (exp(r) - 1 - r)/r² on |r| ≤ log(2)/2, by Chebyshev's points: relative error of exp below 2e-19.
const EXP: [f64; 11] = [
    0.5,
    0.166_666_666_666_666_7,
    0.041_666_666_666_666_67,
    0.008_333_333_333_326_084,
    0.001_388_888_888_888_371_1,
    0.000_198_412_698_750_022_8,
    2.480_158_732_567_746e-05,
    2.755_725_517_000_089e-06,
    2.755_727_347_871_858e-07,
    2.510_531_272_962_210_3e-08,
    2.091_475_532_589_32e-9,
];

/// A polynomial, in pairs, so that its multiplications need not wait for one another.
#[inline(always)]
fn polynomial<const N: usize>(x: f64, terms: &[f64; N]) -> f64 {
    let square = x * x;
    let mut at = if N.is_multiple_of(2) { N } else { N - 1 };
    let mut sum = if N.is_multiple_of(2) { 0.0 } else { terms[N - 1] };
    while at > 0 {
        at -= 2;
        sum = square.mul_add(sum, x.mul_add(terms[at + 1], terms[at]));
    }
    sum
}

/// x = k log(2) + r with a whole k: k beside `ROUNDING`, and exp(r) - 1.
#[inline(always)]
fn halved(x: f64) -> (f64, f64) {
    let shifted = x.mul_add(LOG2_E, ROUNDING);
    let k = shifted - ROUNDING;
    let r = k.mul_add(-LN_2[1], k.mul_add(-LN_2[0], x));
    (shifted, (r * r).mul_add(polynomial(r, &EXP), r))
}

/// Whether `exp` is right.
#[inline(always)]
pub fn fits_exp(x: f64) -> bool {
    x.abs() <= 708.0
}

/// eˣ.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let (shifted, rest) = halved(x);
    f64::from_bits((1.0 + rest).to_bits().wrapping_add(shifted.to_bits() << 52))
}

/// Whether `tanh` is right.
#[inline(always)]
pub fn fits_tanh(x: f64) -> bool {
    !x.is_nan()
}

/// (tanh(x) - x)/x³ in x² on |x| ≤ 0.5625, by Chebyshev's points: relative error of tanh below 8e-18.
const TANH: [f64; 11] = [
    -0.333_333_333_333_333_3,
    0.133_333_333_333_323_92,
    -0.053_968_253_967_059_4,
    0.021_869_488_476_962_563,
    -0.008_863_234_021_529_514,
    0.003_592_105_532_132_769,
    -0.001_455_623_977_419_267_8,
    0.000_588_753_711_183_480_4,
    -0.000_234_105_569_366_727_97,
    8.426_522_203_958_066e-05,
    -2.002_674_008_531_768_4e-05,
];

/// The hyperbolic tangent.
#[inline(always)]
pub fn tanh(x: f64) -> f64 {
    let (size, square) = (x.abs(), x * x);
    let near = (size * square).mul_add(polynomial(square, &TANH), size);
    // Beyond 20 it rounds to one.
    let far = 1.0 - 2.0 / (1.0 + exp(2.0 * if size < 20.0 { size } else { 20.0 }));
    (if size < 0.5625 { near } else { far }).copysign(x)
}

/// The logistic sigmoid 1/(1 + e⁻ˣ).
#[inline(always)]
pub fn sigma(x: f64) -> f64 {
    let power = exp(-x.abs());
    (if x < 0.0 { power } else { 1.0 }) / (1.0 + power)
}

/// The polynomial of log((1 + s)/(1 - s)) = 2s + s R(s²), |s| ≤ 0.1716, of FreeBSD's `e_log.c`: error below 2^-58.45.
const LOG: [f64; 7] = [
    0.666_666_666_666_673_5,
    0.399_999_999_994_094_2,
    0.285_714_287_436_623_9,
    0.222_221_984_321_497_84,
    0.181_835_721_616_180_5,
    0.153_138_376_992_093_73,
    0.147_981_986_051_165_86,
];

/// log 2 in a part whose products with exponents are exact, and the rest.
const LN_2_SHORT: [f64; 2] = [0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10];

/// Whether `log` is right.
#[inline(always)]
pub fn fits_log(x: f64) -> bool {
    (f64::MIN_POSITIVE..=f64::MAX).contains(&x)
}

/// The natural logarithm: x = 2ᵏ(1 + f) with 1 + f between √½ and √2.
#[inline(always)]
pub fn log(x: f64) -> f64 {
    // The bits of √½, and an exponent of 0.
    const LOWEST: u64 = 0x3fe6_a09e_667f_3bcd;
    const NONE: u64 = 1023 << 52;
    let exponent = x.to_bits().wrapping_sub(LOWEST).wrapping_add(NONE) >> 52;
    let f = f64::from_bits(x.to_bits().wrapping_add(NONE).wrapping_sub(exponent << 52)) - 1.0;
    // A whole number below 2^52 in the low bits of 2^52 is added to it.
    let k = f64::from_bits(exponent | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1023.0);
    let s = f / (2.0 + f);
    let square = s * s;
    let rest = square * polynomial(square, &LOG);
    let half = 0.5 * f * f;
    k.mul_add(LN_2_SHORT[0], f - (half - s.mul_add(half + rest, k * LN_2_SHORT[1])))
}

/// π/2 in three parts.
const HALF_PI: [f64; 3] = [std::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17, -1.497_384_904_859_169_8e-33];

/// sin r = r + r³ S(r²) and cos r = 1 - r²/2 + r⁴ C(r²) on |r| ≤ π/4, of FreeBSD's `k_sin.c` and `k_cos.c`: errors below 2^-58.
const SIN: [f64; 6] = [
    -0.166_666_666_666_666_32,
    0.008_333_333_333_322_49,
    -0.000_198_412_698_298_579_5,
    2.755_731_370_707_006_8e-06,
    -2.505_076_025_340_686_3e-08,
    1.589_690_995_211_55e-10,
];
const COS: [f64; 6] = [
    0.041_666_666_666_666_6,
    -0.001_388_888_888_887_411,
    2.480_158_728_947_673e-05,
    -2.755_731_435_139_066_3e-07,
    2.087_572_321_298_175e-09,
    -1.135_964_755_778_819_5e-11,
];

/// Whether `sin` and `cos` are right: so far out the parts of π/2 hold.
#[inline(always)]
pub fn fits_sin(x: f64) -> bool {
    x.abs() <= 1e5
}

/// The sine and the cosine of what is left of x without right angles, and how many these are, in the low bits.
#[inline(always)]
fn quartered(x: f64) -> (f64, f64, u64) {
    let shifted = x.mul_add(std::f64::consts::FRAC_2_PI, ROUNDING);
    let n = shifted - ROUNDING;
    let r = n.mul_add(-HALF_PI[2], n.mul_add(-HALF_PI[1], n.mul_add(-HALF_PI[0], x)));
    let square = r * r;
    let sine = (r * square).mul_add(polynomial(square, &SIN), r);
    let half = 0.5 * square;
    let whole = 1.0 - half;
    let cosine = whole + (square * square).mul_add(polynomial(square, &COS), (1.0 - whole) - half);
    (sine, cosine, shifted.to_bits())
}

/// The sine of an angle and so many right ones, of the sine and the cosine of the angle.
#[inline(always)]
fn turned(sine: f64, cosine: f64, quarter: u64) -> f64 {
    let value = if quarter & 1 == 0 { sine } else { cosine };
    f64::from_bits(value.to_bits() ^ ((quarter & 2) << 62))
}

/// sin x = x - x³/6 + ..., and the sign of a 0.
#[inline(always)]
fn near_zero(x: f64, sine: f64) -> f64 {
    if x.abs() < 1e-8 { x } else { sine }
}

/// The sine.
#[inline(always)]
pub fn sin(x: f64) -> f64 {
    let (sine, cosine, quarter) = quartered(x);
    near_zero(x, turned(sine, cosine, quarter))
}

/// The cosine.
#[inline(always)]
pub fn cos(x: f64) -> f64 {
    let (sine, cosine, quarter) = quartered(x);
    turned(sine, cosine, quarter.wrapping_add(1))
}

/// Both, with the same bits.
#[inline(always)]
pub fn sin_and_cos(x: f64) -> (f64, f64) {
    let (sine, cosine, quarter) = quartered(x);
    (near_zero(x, turned(sine, cosine, quarter)), turned(sine, cosine, quarter.wrapping_add(1)))
}
