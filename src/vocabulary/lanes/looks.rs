//! What one look at numbers tells: how large they are, the smallest and the largest, whether and how many of them are equal.
//!
//! Knows loops over slices; nothing of what they are for.

use super::{Loop, STRIP, WIDE, widest};

/// How far the magnitudes of numbers, as the bits without the sign, lie above a limit at most; what lies below it lies far above.
struct Above<'a> {
    x: &'a [f64],
    limit: u64,
}

/// The bits of a magnitude, in order; infinity and nan come last.
pub(super) const fn magnitude(x: f64) -> u64 {
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

/// Whether the magnitude of every number is between two.
pub fn are_between(x: &[f64], [least, most]: [f64; 2]) -> bool {
    widest(Above { x, limit: magnitude(least) }) <= magnitude(most) - magnitude(least)
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

/// The least magnitude of numbers that are not 0, and the largest of all, as their bits.
struct Sizes<'a>(&'a [f64]);

impl Loop for Sizes<'_> {
    type Output = [u64; 2];

    #[inline(always)]
    fn run(self) -> [u64; 2] {
        let (mut least, mut most) = (u64::MAX, 0);
        for at in 0..self.0.len() {
            let size = magnitude(self.0[at]);
            most = if size > most { size } else { most };
            // What is 0 comes last.
            let apart = size.wrapping_sub(2);
            least = if apart < least { apart } else { least };
        }
        [least, most]
    }
}

/// The least magnitude of numbers that are not 0, infinite where all are, and the largest of all; none where a number is nan or infinite.
pub fn magnitudes(x: &[f64]) -> Option<[f64; 2]> {
    let [least, most] = widest(Sizes(x));
    let number = |bits: u64| f64::from_bits(bits >> 1);
    let tiny = if least < u64::MAX - 2 { number(least + 2) } else { f64::INFINITY };
    (most <= magnitude(f64::MAX)).then(|| [tiny, number(most)])
}

/// The least and the most of numbers, and the least magnitude of those that are not 0, infinite where all are; none where a number is nan
/// or infinite.
pub fn spread(x: &[f64]) -> Option<[f64; 3]> {
    let mut found = [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY];
    for x in x.chunks(8 * STRIP) {
        let [tiny, _] = magnitudes(x)?;
        let [least, most] = extremes(x)?;
        found = [found[0].min(least), found[1].max(most), found[2].min(tiny)];
    }
    Some(found)
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
