//! Loops over slices at the speed of the vector registers that the processor has.
//!
//! A loop is compiled for what every processor does and, on x86-64, for AVX2 and AVX-512; which one runs is chosen when the program
//! runs, and all give the same bits. The elementary functions in `functions` are made for such loops; what a loop does not do right,
//! the correctly rounded function computes. Knows no gate. This is the only room with `unsafe`: to call what is compiled for a
//! processor, after asking whether it is that processor. What it buys: ten gates over a million numbers take a third of the time.

#![expect(unsafe_code, reason = "calls of functions compiled for features that were asked for")]
#![expect(clippy::needless_bitwise_bool, reason = "a loop without branches")]
#![expect(clippy::inline_always, reason = "a loop is compiled for a processor only with all that it calls")]
#![expect(clippy::needless_range_loop, reason = "what iterators call is not always inlined where a processor is chosen")]

mod functions;

use super::{elementary, special};
#[cfg(target_arch = "x86_64")]
use std::sync::OnceLock;

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
        // A number is 8 bytes, of which a line has 64.
        let before = (out.as_ptr().addr().wrapping_neg() % 64 / 8).min(x.len());
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

/// How far the magnitudes of numbers, as the bits without the sign, lie above a limit at most; what lies below it lies far above.
struct Above<'a> {
    x: &'a [f64],
    limit: u64,
}

/// The bits of a magnitude, in order; infinity and nan come last.
#[inline(always)]
const fn magnitude(x: f64) -> u64 {
    x.to_bits() << 1
}

impl Loop for Above<'_> {
    type Output = u64;

    // One running maximum is what a compiler makes a loop over lanes of; several side by side are not.
    #[inline(always)]
    fn run(self) -> u64 {
        let mut most = 0;
        for at in 0..self.x.len() {
            let above = magnitude(self.x[at]).wrapping_sub(self.limit);
            most = if above > most { above } else { most };
        }
        most
    }
}

/// How the magnitudes of numbers lie to a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Every number is normal and no larger.
    Ordinary,
    /// None is larger, or nan.
    Within,
    /// Some are larger, infinite or nan.
    Beyond,
}

/// How the magnitudes of numbers lie to a limit.
pub fn size(x: &[f64], largest: f64) -> Size {
    let smallest = magnitude(f64::MIN_POSITIVE);
    if widest(Above { x, limit: smallest }) <= magnitude(largest) - smallest {
        Size::Ordinary
    } else if widest(Above { x, limit: 0 }) <= magnitude(largest) {
        Size::Within
    } else {
        Size::Beyond
    }
}

/// Whether every number is one, and its magnitude no larger than a limit.
pub fn are_within(x: &[f64], largest: f64) -> bool {
    widest(Above { x, limit: 0 }) <= magnitude(largest)
}

/// Whether every number is finite.
pub fn are_finite(x: &[f64]) -> bool {
    are_within(x, f64::MAX)
}

/// Whether a number is subnormal or 0 where those of two slices are not 0.
struct Vanish<'a> {
    x: &'a [f64],
    y: &'a [f64],
    out: &'a [f64],
}

impl Loop for Vanish<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let (x, y, mut any) = (&self.x[..self.out.len()], &self.y[..self.out.len()], false);
        for at in 0..self.out.len() {
            any |= (self.out[at].abs() < f64::MIN_POSITIVE) & (x[at] != 0.0) & (y[at] != 0.0);
        }
        any
    }
}

/// Whether a number is subnormal or 0 where those of two slices of the same length are not 0.
pub fn some_vanish(out: &[f64], x: &[f64], y: &[f64]) -> bool {
    widest(Vanish { x, y, out })
}

/// How many sums or extremes run side by side.
const WIDE: usize = 16;

/// The smallest and the largest of numbers; none where one is nan.
struct Extremes<'a>(&'a [f64]);

impl Loop for Extremes<'_> {
    type Output = Option<[f64; 2]>;

    #[inline(always)]
    fn run(self) -> Option<[f64; 2]> {
        let (mut least, mut most, mut wrong) = ([f64::INFINITY; WIDE], [f64::NEG_INFINITY; WIDE], [0u64; WIDE]);
        let (parts, rest) = self.0.as_chunks::<WIDE>();
        for part in parts {
            for at in 0..WIDE {
                let x = part[at];
                least[at] = if x < least[at] { x } else { least[at] };
                most[at] = if x > most[at] { x } else { most[at] };
                wrong[at] |= u64::from(x.is_nan());
            }
        }
        let ends = rest.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[least, most], x| [least.min(*x), most.max(*x)]);
        if wrong.iter().any(|wrong| *wrong > 0) || rest.iter().any(|x| x.is_nan()) {
            return None;
        }
        Some([least.into_iter().fold(ends[0], f64::min), most.into_iter().fold(ends[1], f64::max)])
    }
}

/// The smallest and the largest of numbers, a 0 of either sign; none where one is nan.
pub fn extremes(x: &[f64]) -> Option<[f64; 2]> {
    widest(Extremes(x))
}

/// The smallest and the largest of numbers, as many side by side; of nan it knows nothing.
#[derive(Clone, Debug)]
pub struct Ends {
    least: [f64; WIDE],
    most: [f64; WIDE],
}

impl Default for Ends {
    fn default() -> Self {
        Self { least: [f64::INFINITY; WIDE], most: [f64::NEG_INFINITY; WIDE] }
    }
}

impl Ends {
    /// The smallest and the largest; a 0 has no sign.
    pub fn least_and_most(&self) -> [f64; 2] {
        let (least, most) =
            (self.least.iter().copied().fold(f64::INFINITY, f64::min), self.most.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        [least + 0.0, most + 0.0]
    }
}

/// The ends of numbers, and the sums of the squares of blocks of them.
struct Measure<'a> {
    x: &'a [f64],
    ends: &'a mut Ends,
    out: &'a mut [f64],
}

impl Loop for Measure<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (mut least, mut most) = (self.ends.least, self.ends.most);
        for (out, block) in self.out.iter_mut().zip(self.x.chunks(BLOCK)) {
            let mut sums = [0.0; WIDE];
            let (parts, rest) = block.as_chunks::<WIDE>();
            for part in parts {
                for at in 0..WIDE {
                    let x = part[at];
                    least[at] = if x < least[at] { x } else { least[at] };
                    most[at] = if x > most[at] { x } else { most[at] };
                    sums[at] += x * x;
                }
            }
            for &x in rest {
                least[0] = if x < least[0] { x } else { least[0] };
                most[0] = if x > most[0] { x } else { most[0] };
            }
            *out = rest.iter().fold(added(sums), |sum, x| sum + x * x);
        }
        (self.ends.least, self.ends.most) = (least, most);
    }
}

/// Widens ends by numbers, and gives the sum of the squares of each block of them, added as `block_sums` adds.
pub fn measure(x: &[f64], ends: &mut Ends, out: &mut [f64]) {
    widest(Measure { x, ends, out });
}

/// Numbers minus one.
struct Less<'a> {
    x: &'a [f64],
    by: f64,
    out: &'a mut [f64],
}

impl Loop for Less<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let x = &self.x[..self.out.len()];
        for at in 0..x.len() {
            self.out[at] = x[at] - self.by;
        }
    }
}

/// Each number minus one number.
pub fn less(x: &[f64], by: f64, out: &mut [f64]) {
    widest(Less { x, by, out });
}

/// Numbers divided by one.
struct Divide<'a> {
    x: &'a mut [f64],
    by: f64,
}

impl Loop for Divide<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for at in 0..self.x.len() {
            self.x[at] /= self.by;
        }
    }
}

/// Divides each number by one number.
pub fn divide(x: &mut [f64], by: f64) {
    widest(Divide { x, by });
}

/// eˣ of each number minus one number; `less` takes the differences.
pub fn exp_less(x: &[f64], by: f64, less: &mut [f64], out: &mut [f64]) {
    widest(Less { x, by, out: less });
    exp(less, out);
}

/// The squares of numbers times a unit.
struct Squares<'a> {
    x: &'a [f64],
    unit: f64,
    out: &'a mut [f64],
}

impl Loop for Squares<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let x = &self.x[..self.out.len()];
        for at in 0..x.len() {
            self.out[at] = (x[at] * self.unit) * (x[at] * self.unit);
        }
    }
}

/// The square of each number times a unit.
pub fn squares(x: &[f64], unit: f64, out: &mut [f64]) {
    widest(Squares { x, unit, out });
}

/// How many numbers of a long run are added up before their sum joins others.
pub const BLOCK: usize = 128;

/// Numbers side by side, added in halves.
#[inline(always)]
fn added(mut sums: [f64; WIDE]) -> f64 {
    let mut count = WIDE / 2;
    while count > 0 {
        for at in 0..count {
            sums[at] += sums[at + count];
        }
        count /= 2;
    }
    sums[0]
}

/// The sums of blocks of numbers, of each as many sums side by side.
struct BlockSums<'a> {
    x: &'a [f64],
    out: &'a mut [f64],
}

impl Loop for BlockSums<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (out, block) in self.out.iter_mut().zip(self.x.chunks(BLOCK)) {
            let mut sums = [0.0; WIDE];
            let (parts, rest) = block.as_chunks::<WIDE>();
            for part in parts {
                for at in 0..WIDE {
                    sums[at] += part[at];
                }
            }
            *out = rest.iter().fold(added(sums), |sum, x| sum + x);
        }
    }
}

/// The sum of each block of numbers, as many sums side by side, which are then added in halves.
pub fn block_sums(x: &[f64], out: &mut [f64]) {
    widest(BlockSums { x, out });
}

/// Whether some of two numbers at the same place are equal, the second ones those of a slice as long or one number.
struct SomeEqual<'a> {
    x: &'a [f64],
    y: &'a [f64],
}

impl Loop for SomeEqual<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        if let [y] = *self.y {
            return self.x.chunks(STRIP).any(|x| x.iter().fold(false, |any, x| any | (*x == y)));
        }
        let mut pairs = self.x.chunks(STRIP).zip(self.y.chunks(STRIP));
        pairs.any(|(x, y)| x.iter().zip(y).fold(false, |any, (x, y)| any | (x == y)))
    }
}

/// Whether a number equals the one at the same place of another slice, or the one number that this is.
pub fn some_equal(x: &[f64], y: &[f64]) -> bool {
    widest(SomeEqual { x, y })
}

/// How many numbers are one.
struct Equal<'a> {
    x: &'a [f64],
    to: f64,
}

impl Loop for Equal<'_> {
    type Output = u64;

    #[inline(always)]
    fn run(self) -> u64 {
        self.x.iter().fold(0, |count, x| count + u64::from(*x == self.to))
    }
}

/// How many numbers equal one.
pub fn count_equal(x: &[f64], to: f64) -> u64 {
    widest(Equal { x, to })
}
