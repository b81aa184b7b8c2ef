//! Quotients to the bit of the processor's division, without a division for each.
//!
//! Numbers of moderate magnitudes are multiplied by a reciprocal, and an exact remainder corrects the product; others are divided. Knows no
//! gate.

use super::{Loop, STRIP, each, each_of, fuses, looks, widest};
#[cfg(target_arch = "x86_64")]
use super::{Wide, wide};

/// Of numbers of such magnitudes no quotient leaves the range of normal numbers, nor does what its remainder is made of.
const MODERATE: [f64; 2] = [1e-130, 1e130];

/// How far magnitudes lie above the smallest of those, as their bits.
const MODERATELY: u64 = looks::magnitude(MODERATE[1]) - looks::magnitude(MODERATE[0]);

/// Numbers divided by one.
struct Divide<'a> {
    x: &'a [f64],
    by: f64,
    out: &'a mut [f64],
}

impl Loop for Divide<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        each_of(self.x, |x| x / self.by, self.out);
    }
}

/// The same by the reciprocal, where numbers are moderate.
struct DivideFused<'a>(Divide<'a>);

impl Loop for DivideFused<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Divide { x, by, out } = self.0;
        let inverse = 1.0 / by;
        for (x, out) in x.chunks(STRIP).zip(out.chunks_mut(STRIP)) {
            let x = &x[..out.len()];
            let mut farthest = 0;
            for at in 0..x.len() {
                let above = looks::magnitude(x[at]).wrapping_sub(looks::magnitude(MODERATE[0]));
                farthest = if above > farthest { above } else { farthest };
                out[at] = quotient(x[at], by, inverse);
            }
            if farthest > MODERATELY {
                each_of(x, |x| x / by, out);
            }
        }
    }
}

/// The quotient by the reciprocal, which an exact remainder corrects: to the bit that of a division of moderate numbers, which takes the
/// time of several products (Markstein 1990; Brisebarre, Muller and Raina 2004).
#[inline(always)]
fn quotient(x: f64, by: f64, inverse: f64) -> f64 {
    let quotient = x * inverse;
    (-quotient).mul_add(by, x).mul_add(inverse, quotient)
}

/// Whether `quotient` takes less time than a division, and divides by a number.
fn divides_fused(by: f64) -> bool {
    fuses() && (MODERATE[0]..=MODERATE[1]).contains(&by.abs())
}

/// Each number divided by one number.
pub fn divide(x: &[f64], by: f64, out: &mut [f64]) {
    let divide = Divide { x, by, out };
    if divides_fused(by) {
        widest(DivideFused(divide));
    } else {
        widest(divide);
    }
}

/// A function of each number in its place.
struct EachInPlace<'a, F> {
    x: &'a mut [f64],
    f: F,
}

impl<F: Fn(f64) -> f64> Loop for EachInPlace<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for at in 0..self.x.len() {
            self.x[at] = (self.f)(self.x[at]);
        }
    }
}

/// Divides each number by one number.
pub fn divide_in_place(x: &mut [f64], by: f64) {
    if divides_fused(by) && looks::are_between(x, MODERATE) {
        let inverse = 1.0 / by;
        widest(EachInPlace { x, f: |x| quotient(x, by, inverse) });
    } else {
        widest(EachInPlace { x, f: |x| x / by });
    }
}

/// 1/x of each number.
pub fn invert(x: &[f64], out: &mut [f64]) {
    #[cfg(target_arch = "x86_64")]
    if matches!(wide(), Wide::Avx512) {
        for (x, out) in x.chunks(STRIP).zip(out.chunks_mut(STRIP)) {
            let (x_lines, x_rest) = x.as_chunks();
            let (out_lines, out_rest) = out.as_chunks_mut();
            // SAFETY: the processor has the feature.
            if !unsafe { invert_lines(x_lines, out_lines) } {
                each(x_lines.as_flattened(), f64::recip, out_lines.as_flattened_mut());
            }
            each_of(x_rest, f64::recip, out_rest);
        }
        return;
    }
    each(x, f64::recip, out);
}

/// 1/x of each number by Newton's iteration, and whether all numbers are such that it is right: to the bit that of a division, since the
/// last step rounds what an exact remainder corrects; but where all bits of a fraction are ones, that is halfway (Markstein 1990). Where
/// divisions of eight numbers take 16 cycles this takes 8.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn invert_lines(x: &[[f64; 8]], out: &mut [[f64; 8]]) -> bool {
    use std::arch::x86_64::{
        _mm512_add_epi64, _mm512_castpd_si512, _mm512_cmpgt_epu64_mask, _mm512_fmadd_pd, _mm512_fnmadd_pd, _mm512_loadu_pd,
        _mm512_rcp14_pd, _mm512_set1_epi64, _mm512_set1_pd, _mm512_slli_epi64, _mm512_storeu_pd, _mm512_sub_epi64, _mm512_testn_epi64_mask,
    };
    // A magnitude ends with its fraction and a 0.
    const UNIT: u64 = looks::magnitude(f64::from_bits(1));
    const FRACTION: u64 = looks::magnitude(f64::MIN_POSITIVE) - UNIT;
    let all = |bits: u64| _mm512_set1_epi64(bits.cast_signed());
    let (one, least, range) = (_mm512_set1_pd(1.0), all(looks::magnitude(MODERATE[0])), all(MODERATELY));
    let mut outside = 0;
    for (x, out) in x.iter().zip(out) {
        // SAFETY: it is eight numbers.
        let x = unsafe { _mm512_loadu_pd(x.as_ptr()) };
        // Right to 14 bits, to 28, to nearly all, and rounded correctly.
        let mut inverse = _mm512_rcp14_pd(x);
        for _ in 0..3 {
            inverse = _mm512_fmadd_pd(_mm512_fnmadd_pd(x, inverse, one), inverse, inverse);
        }
        // SAFETY: it is eight numbers.
        unsafe { _mm512_storeu_pd(out.as_mut_ptr(), inverse) };
        let magnitude = _mm512_slli_epi64::<1>(_mm512_castpd_si512(x));
        outside |= _mm512_cmpgt_epu64_mask(_mm512_sub_epi64(magnitude, least), range);
        outside |= _mm512_testn_epi64_mask(_mm512_add_epi64(magnitude, all(UNIT)), all(FRACTION));
    }
    outside == 0
}
