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

/// How far the magnitudes of numbers, as the bits without the sign, lie above a limit at most; what lies below it lies far above.
struct Above<'a> {
    x: &'a [f64],
    limit: u64,
}

/// The bits of a magnitude, in order; infinity and nan come last.
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

/// Whether every number is finite.
pub fn are_finite(x: &[f64]) -> bool {
    size(x, f64::MAX) != Size::Beyond
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

/// How many numbers of a long array are computed before the next: a power of two of blocks of sums, little enough for the second-level cache.
pub const PART: usize = 128 * BLOCK;

/// The smallest of numbers; of nan it knows nothing.
struct Smallest<'a>(&'a [f64]);

impl Loop for Smallest<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let mut least = [f64::INFINITY; WIDE];
        let (parts, rest) = self.0.as_chunks::<WIDE>();
        for part in parts {
            for at in 0..WIDE {
                least[at] = if part[at] < least[at] { part[at] } else { least[at] };
            }
        }
        let end = rest.iter().fold(f64::INFINITY, |least, x| least.min(*x));
        least.into_iter().fold(end, f64::min)
    }
}

/// The largest of numbers; nan where one is.
struct Largest<'a>(&'a [f64]);

impl Loop for Largest<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let (mut most, mut wrong) = ([f64::NEG_INFINITY; WIDE], [0u64; WIDE]);
        let (parts, rest) = self.0.as_chunks::<WIDE>();
        for part in parts {
            for at in 0..WIDE {
                most[at] = if part[at] > most[at] { part[at] } else { most[at] };
                wrong[at] |= u64::from(part[at].is_nan());
            }
        }
        let end = rest.iter().fold(f64::NEG_INFINITY, |most, x| most.max(*x));
        if wrong.iter().any(|wrong| *wrong > 0) || rest.iter().any(|x| x.is_nan()) {
            return f64::NAN;
        }
        most.into_iter().fold(end, f64::max)
    }
}

/// The largest of numbers, a 0 of either sign; nan where one is.
pub fn largest(x: &[f64]) -> f64 {
    widest(Largest(x))
}

/// The smallest of numbers, a 0 of either sign; nan where one is.
pub fn smallest(x: &[f64]) -> f64 {
    extremes(x).map_or(f64::NAN, |[least, _]| least)
}

/// The smallest and the largest of numbers, a 0 of either sign; none where one is nan. A loop for each: of one for both compilers make
/// something seven times slower.
pub fn extremes(x: &[f64]) -> Option<[f64; 2]> {
    let mut found = [f64::INFINITY, f64::NEG_INFINITY];
    for x in x.chunks(8 * STRIP) {
        let most = widest(Largest(x));
        if most.is_nan() {
            return None;
        }
        found = [found[0].min(widest(Smallest(x))), found[1].max(most)];
    }
    Some(found)
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
    /// Takes in those of other numbers.
    pub fn join(&mut self, other: &Self) {
        for at in 0..WIDE {
            self.least[at] = self.least[at].min(other.least[at]);
            self.most[at] = self.most[at].max(other.most[at]);
        }
    }

    /// The smallest and the largest; a 0 has no sign.
    pub fn least_and_most(&self) -> [f64; 2] {
        let (least, most) =
            (self.least.iter().copied().fold(f64::INFINITY, f64::min), self.most.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        [least + 0.0, most + 0.0]
    }
}

/// The least magnitude of numbers that are not 0, and the largest of all, as their bits.
struct Sizes<'a>(&'a [f64]);

impl Loop for Sizes<'_> {
    type Output = [u64; 2];

    #[inline(always)]
    fn run(self) -> [u64; 2] {
        let (mut least, mut most) = (u64::MAX, 0);
        for at in 0..self.0.len() {
            // What is 0 comes last.
            let size = magnitude(self.0[at]).wrapping_sub(2);
            least = if size < least { size } else { least };
        }
        for at in 0..self.0.len() {
            let size = magnitude(self.0[at]);
            most = if size > most { size } else { most };
        }
        [least, most]
    }
}

/// The least and the most of numbers, and the least magnitude of those that are not 0, infinite where all are; none where a number is nan
/// or infinite.
pub fn spread(x: &[f64]) -> Option<[f64; 3]> {
    let mut found = [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY];
    for x in x.chunks(8 * STRIP) {
        let [least, most] = widest(Sizes(x));
        if most > magnitude(f64::MAX) {
            return None;
        }
        if least < u64::MAX - 2 {
            found[2] = found[2].min(f64::from_bits((least + 2) >> 1));
        }
        let [least, most] = extremes(x)?;
        found = [found[0].min(least), found[1].max(most), found[2]];
    }
    Some(found)
}

/// The ends of what a function makes of numbers, and the sums of the squares of blocks of it.
struct Measure<'a, F> {
    x: &'a [f64],
    f: F,
    ends: &'a mut Ends,
    out: &'a mut [f64],
}

impl<F: Fn(f64) -> f64> Loop for Measure<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (mut least, mut most) = (self.ends.least, self.ends.most);
        for (out, block) in self.out.iter_mut().zip(self.x.chunks(BLOCK)) {
            let mut sums = [0.0; WIDE];
            let (parts, rest) = block.as_chunks::<WIDE>();
            for part in parts {
                for at in 0..WIDE {
                    let x = (self.f)(part[at]);
                    least[at] = if x < least[at] { x } else { least[at] };
                    most[at] = if x > most[at] { x } else { most[at] };
                    sums[at] += x * x;
                }
            }
            let mut sum = added(sums);
            for x in rest {
                let x = (self.f)(*x);
                least[0] = if x < least[0] { x } else { least[0] };
                most[0] = if x > most[0] { x } else { most[0] };
                sum += x * x;
            }
            *out = sum;
        }
        (self.ends.least, self.ends.most) = (least, most);
    }
}

/// Widens ends by what a function makes of numbers, and gives the sum of the squares of each block of it, added as `block_sums` adds.
pub fn measure(x: &[f64], f: impl Fn(f64) -> f64, ends: &mut Ends, out: &mut [f64]) {
    widest(Measure { x, f, ends, out });
}

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
        let x = &self.x[..self.out.len()];
        for at in 0..x.len() {
            self.out[at] = (self.f)(x[at]);
        }
    }
}

/// A function of each number, without calls.
pub fn each(x: &[f64], f: impl Fn(f64) -> f64, out: &mut [f64]) {
    widest(Each { x, f, out });
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

/// The sums of what a function makes of blocks of numbers, of each as many sums side by side.
struct BlockSums<'a, F> {
    x: &'a [f64],
    f: F,
    out: &'a mut [f64],
}

impl<F: Fn(f64) -> f64> Loop for BlockSums<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (out, block) in self.out.iter_mut().zip(self.x.chunks(BLOCK)) {
            let mut sums = [0.0; WIDE];
            let (parts, rest) = block.as_chunks::<WIDE>();
            for part in parts {
                for at in 0..WIDE {
                    sums[at] += (self.f)(part[at]);
                }
            }
            *out = rest.iter().fold(added(sums), |sum, x| sum + (self.f)(*x));
        }
    }
}

/// The sum of what a function makes of each block of numbers, as many sums side by side, which are then added in halves.
pub fn block_sums(x: &[f64], f: impl Fn(f64) -> f64, out: &mut [f64]) {
    widest(BlockSums { x, f, out });
}

/// The sums of the columns of a block of rows, each as `BlockSums` adds a block of numbers.
struct ColumnSums<'a> {
    /// The rows, and how far apart they start.
    x: &'a [f64],
    apart: usize,
    rows: usize,
    /// As many sums side by side as there, each of as many numbers as `out`.
    sums: &'a mut [f64],
    out: &'a mut [f64],
}

impl Loop for ColumnSums<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { x, apart, rows, sums, out } = self;
        let width = out.len();
        let row = |at: usize| &x[at * apart..at * apart + width];
        let whole = rows / WIDE * WIDE;
        sums[..WIDE * width].fill(0.0);
        for at in 0..whole {
            let sums = &mut sums[at % WIDE * width..(at % WIDE + 1) * width];
            let row = row(at);
            for at in 0..width {
                sums[at] += row[at];
            }
        }
        let mut count = WIDE / 2;
        while count > 0 {
            let (first, second) = sums.split_at_mut(count * width);
            for at in 0..count * width {
                first[at] += second[at];
            }
            count /= 2;
        }
        out.copy_from_slice(&sums[..width]);
        for at in whole..rows {
            let row = row(at);
            for at in 0..width {
                out[at] += row[at];
            }
        }
    }
}

/// How many columns are added up at a time, so that all sums stay in the first-level cache.
pub const COLUMNS: usize = 128;

/// The sums of some columns of a block of rows that start so far apart, each added as `block_sums` adds.
pub fn column_sums(x: &[f64], apart: usize, rows: usize, out: &mut [f64]) {
    let mut sums = [0.0; WIDE * COLUMNS];
    widest(ColumnSums { x, apart, rows, sums: &mut sums[..WIDE * out.len()], out });
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
