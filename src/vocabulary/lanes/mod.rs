//! Loops over slices at the speed of the vector registers that the processor has.
//!
//! A loop is compiled for what every processor does and, on x86-64, for AVX2 and AVX-512; which one runs is chosen when the program
//! runs, and all give the same bits. The elementary functions in `functions` are made for such loops; what a loop does not do right,
//! the correctly rounded function computes. Knows no gate. One of two rooms with `unsafe`, beside `ground::pages`: to call what is compiled for a
//! processor, after asking whether it is that processor, in `quotients` to read and write eight numbers at once, and in `products` to find
//! numbers by their addresses. What it buys: ten gates over a million numbers take a third of the time; what `products` gains stands there.

#![expect(unsafe_code, reason = "calls of functions compiled for features that were asked for, and products by addresses")]
#![expect(clippy::needless_bitwise_bool, reason = "a loop without branches")]
#![expect(clippy::inline_always, reason = "a loop is compiled for a processor only with all that it calls")]

mod functions;
mod looks;
mod products;
mod quotients;
mod sums;

use super::{elementary, special};
pub use looks::{
    Size, are_finite, are_within, count_equal, extremes, largest, magnitudes, size, smallest, some_equal, some_vanish, spread,
};
pub use products::{ProductKernel, Update, product, product_by, product_kernels};
pub use quotients::{divide, divide_in_place, invert};
#[cfg(target_arch = "x86_64")]
use std::sync::OnceLock;
pub use sums::{BLOCK, COLUMNS, Ends, block_products, block_sums, column_sums, measure};

/// A loop without calls, worth compiling for several processors. Its `run` is inlined, always.
pub trait Loop {
    /// What it gives.
    type Output;

    /// Runs it.
    fn run(self) -> Self::Output;
}

/// Runs a loop in the form for the processor at hand.
#[inline]
pub fn widest<L: Loop>(work: L) -> L::Output {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")]
        fn avx512<L: Loop>(work: L) -> L::Output {
            work.run()
        }
        #[target_feature(enable = "avx2,fma")]
        fn avx2<L: Loop>(work: L) -> L::Output {
            work.run()
        }
        match wide() {
            // SAFETY: the processor has the features.
            Wide::Avx512 => return unsafe { avx512(work) },
            // SAFETY: the processor has the features.
            Wide::Avx2 => return unsafe { avx2(work) },
            Wide::No => {}
        }
    }
    work.run()
}

/// What a processor has beyond what every one has.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
enum Wide {
    No,
    Avx2,
    Avx512,
}

/// What this one has; asked once, since a loop over a strip is short.
#[cfg(target_arch = "x86_64")]
#[inline]
fn wide() -> Wide {
    static WIDE: OnceLock<Wide> = OnceLock::new();
    *WIDE.get_or_init(|| {
        let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        let avx512 = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512bw");
        match (avx2, avx512) {
            (true, true) => Wide::Avx512,
            (true, false) => Wide::Avx2,
            (false, _) => Wide::No,
        }
    })
}

/// Whether loops multiply and add with one rounding in one instruction.
#[inline]
fn fuses() -> bool {
    #[cfg(target_arch = "x86_64")]
    return !matches!(wide(), Wide::No);
    #[cfg(not(target_arch = "x86_64"))]
    cfg!(target_arch = "aarch64")
}

/// How many numbers stand before the first whole line of the cache.
pub fn before_line(numbers: &[f64]) -> usize {
    // A number is 8 bytes, of which a line has 64.
    (numbers.as_ptr().addr().wrapping_neg() % 64 / 8).min(numbers.len())
}

/// Asks for numbers to be brought into the second-level cache while something else is computed.
pub fn fetch(numbers: &[f64]) {
    numbers.chunks(8).for_each(|line| prefetch::<false>(line.as_ptr()));
}

/// Asks for the line of a number to be brought into the first-level cache, or only into the second. It need not be there.
#[inline(always)]
fn prefetch<const FIRST: bool>(number: *const f64) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _MM_HINT_T1, _mm_prefetch};
        // SAFETY: the instruction is a hint, reads nothing and is part of every processor of this architecture.
        unsafe {
            if FIRST {
                _mm_prefetch::<_MM_HINT_T0>(number.cast());
            } else {
                _mm_prefetch::<_MM_HINT_T1>(number.cast());
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = number;
}

/// Copies numbers past the cache, where nobody needs them soon: what stands in the cache stays there. `settle` ends it.
pub fn stream(x: &[f64], out: &mut [f64]) {
    #[cfg(target_arch = "x86_64")]
    if matches!(wide(), Wide::Avx512) {
        use std::arch::x86_64::{_mm512_loadu_pd, _mm512_stream_pd};
        #[target_feature(enable = "avx512f")]
        fn lines(x: &[[f64; 8]], out: &mut [[f64; 8]]) {
            for (x, out) in x.iter().zip(out) {
                // SAFETY: both are eight numbers, and those of `out` begin where a line of the cache does.
                unsafe { _mm512_stream_pd(out.as_mut_ptr(), _mm512_loadu_pd(x.as_ptr())) };
            }
        }
        let before = before_line(&out[..x.len()]);
        let ((x_before, x), (out_before, out)) = (x.split_at(before), out[..x.len()].split_at_mut(before));
        out_before.copy_from_slice(x_before);
        let ((x, x_after), (out, out_after)) = (x.as_chunks(), out.as_chunks_mut());
        debug_assert!(out.as_ptr().addr().is_multiple_of(64) || out.is_empty());
        // SAFETY: the processor has the feature, and `out` begins where a line does.
        unsafe { lines(x, out) };
        return out_after.copy_from_slice(x_after);
    }
    out.copy_from_slice(x);
}

/// What was streamed is where others see it.
pub fn settle() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every processor of this architecture has the instruction.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}

/// An array of so many numbers is long: it is computed a strip at a time, with the functions here.
pub const LONG: usize = 1 << 12;

/// How many numbers are computed before it is asked which of them do not fit.
const STRIP: usize = 128;

/// A function over slices, and the correctly rounded one for what does not fit.
struct Lanes<'a, F, G, H> {
    lane: F,
    fits: G,
    rounded: H,
    x: &'a [f64],
    out: &'a mut [f64],
}

impl<F: Fn(f64) -> f64, G: Fn(f64) -> bool, H: Fn(f64) -> f64> Loop for Lanes<'_, F, G, H> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (x, out) in self.x.chunks(STRIP).zip(self.out.chunks_mut(STRIP)) {
            let mut all = true;
            let x = &x[..out.len()];
            for at in 0..x.len() {
                out[at] = (self.lane)(x[at]);
                all &= (self.fits)(x[at]);
            }
            if !all {
                for (out, &x) in out.iter_mut().zip(x).filter(|(_, x)| !(self.fits)(**x)) {
                    *out = (self.rounded)(x);
                }
            }
        }
    }
}

/// Makes of a function of single numbers one over slices.
macro_rules! lanes {
    ($($(#[$doc:meta])* $name:ident: $lane:path, $fits:path, $rounded:path;)*) => {$(
        $(#[$doc])*
        pub fn $name(x: &[f64], out: &mut [f64]) {
            widest(Lanes {
                lane: $lane,
                fits: $fits,
                rounded: $rounded,
                x,
                out,
            });
        }
    )*};
}

lanes! {
    /// eˣ of each number, within one unit in the last place of the correctly rounded result.
    exp: functions::exp, functions::fits_exp, elementary::exp;
    /// The natural logarithm of each number, within one unit in the last place.
    log: functions::log, functions::fits_log, elementary::log;
    /// The sine of each number, within one unit in the last place.
    sin: functions::sin, functions::fits_sin, elementary::sin;
    /// The cosine of each number, within one unit in the last place.
    cos: functions::cos, functions::fits_sin, elementary::cos;
    /// The hyperbolic tangent of each number, within one unit in the last place.
    tanh: functions::tanh, functions::fits_tanh, elementary::tanh;
    /// The logistic sigmoid of each number, within two units in the last place.
    sigma: functions::sigma, functions::fits_exp, special::sigma;
}

/// Two functions over the same slice.
struct Both<'a, F, G, H> {
    lane: F,
    fits: G,
    rounded: [H; 2],
    x: &'a [f64],
    out: [&'a mut [f64]; 2],
}

impl<F: Fn(f64) -> (f64, f64), G: Fn(f64) -> bool, H: Fn(f64) -> f64> Loop for Both<'_, F, G, H> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [first, second] = self.out;
        for ((x, first), second) in self.x.chunks(STRIP).zip(first.chunks_mut(STRIP)).zip(second.chunks_mut(STRIP)) {
            let mut all = true;
            let (first, second) = (&mut first[..x.len()], &mut second[..x.len()]);
            for at in 0..x.len() {
                (first[at], second[at]) = (self.lane)(x[at]);
                all &= (self.fits)(x[at]);
            }
            if !all {
                for at in (0..x.len()).filter(|&at| !(self.fits)(x[at])) {
                    (first[at], second[at]) = ((self.rounded[0])(x[at]), (self.rounded[1])(x[at]));
                }
            }
        }
    }
}

/// The sine and the cosine of each number, of the same bits as by themselves.
pub fn sin_and_cos(x: &[f64], sines: &mut [f64], cosines: &mut [f64]) {
    let (lane, fits) = (functions::sin_and_cos, functions::fits_sin);
    widest(Both { lane, fits, rounded: [elementary::sin, elementary::cos], x, out: [sines, cosines] });
}

/// How many sums or extremes run side by side.
const WIDE: usize = 16;

/// How many numbers of a long array are computed before the next: a power of two of blocks of sums, little enough for the second-level cache.
pub const PART: usize = 128 * BLOCK;

/// A function of each number, without calls.
struct Each<'a, F> {
    x: &'a [f64],
    f: F,
    out: &'a mut [f64],
}

impl<F: Fn(f64) -> f64> Loop for Each<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        each_of(self.x, self.f, self.out);
    }
}

/// Fills a slice with a function of each number of another.
#[inline(always)]
fn each_of(x: &[f64], f: impl Fn(f64) -> f64, out: &mut [f64]) {
    let x = &x[..out.len()];
    for at in 0..x.len() {
        out[at] = f(x[at]);
    }
}

/// A function of each number, without calls.
pub fn each(x: &[f64], f: impl Fn(f64) -> f64, out: &mut [f64]) {
    widest(Each { x, f, out });
}

/// eˣ of each number minus one number.
pub fn exp_less(x: &[f64], by: f64, out: &mut [f64]) {
    widest(Lanes {
        lane: |x: f64| functions::exp(x - by),
        fits: |x: f64| functions::fits_exp(x - by),
        rounded: |x: f64| elementary::exp(x - by),
        x,
        out,
    });
}
