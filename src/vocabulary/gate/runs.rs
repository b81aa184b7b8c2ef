//! Functions of a run of numbers: all of an array, or those along an axis. Sums, extremes, deviations and their like.
//!
//! Knows numbers in a slice; knows no shape, no gate and no derivative.

use crate::vocabulary::{elementary, lanes};

/// How many numbers of a long run are added up before their sum joins others.
pub const BLOCK: usize = lanes::BLOCK;

/// How many blocks are added up at a time.
const AT_ONCE: usize = 8;

/// How many numbers are looked at at a time.
const PART: usize = AT_ONCE * BLOCK;

/// The sum, added in blocks and these in pairs, so that rounding grows with the logarithm of the length only.
pub fn sum(x: &[f64]) -> f64 {
    if x.len() <= BLOCK {
        return x.iter().copied().reduce(|sum, x| sum + x).unwrap_or(0.0);
    }
    let mut summing = Summing::default();
    summing.add(x);
    summing.total()
}

/// A long sum that is given its numbers part by part, each part but the last of whole blocks.
#[derive(Clone, Debug, Default)]
pub struct Summing {
    /// How many blocks were added.
    count: usize,
    /// The sums of as many blocks as each bit of that stands for, the largest first.
    sums: Vec<f64>,
}

impl Summing {
    /// Adds the next part.
    pub fn add(&mut self, part: &[f64]) {
        self.add_of(part, |x| x);
    }

    /// Adds the next part, each number times one number.
    pub fn add_scaled(&mut self, part: &[f64], by: f64) {
        self.add_of(part, |x| x * by);
    }

    /// Adds the products of two parts, each of the numbers at a place.
    pub fn add_products(&mut self, [x, y]: [&[f64]; 2]) {
        if std::ptr::eq(x, y) {
            return self.add_of(x, |x| x * x);
        }
        for (x, y) in x.chunks(PART).zip(y.chunks(PART)) {
            self.add_by(x.len(), |blocks| lanes::block_products(x, y, blocks));
        }
    }

    /// Adds what a function makes of the next part.
    fn add_of(&mut self, part: &[f64], f: impl Fn(f64) -> f64 + Copy) {
        for part in part.chunks(PART) {
            self.add_by(part.len(), |blocks| lanes::block_sums(part, f, blocks));
        }
    }

    /// Adds the sums of the blocks of so many numbers, which a loop finds.
    fn add_by(&mut self, count: usize, find: impl FnOnce(&mut [f64])) {
        let mut blocks = [0.0; AT_ONCE];
        let blocks = &mut blocks[..count.div_ceil(BLOCK)];
        find(blocks);
        self.add_blocks(blocks);
    }

    /// Adds the next part, which is one number again and again.
    pub fn add_same(&mut self, number: f64, count: usize) {
        self.add_same_blocks(count, |len| {
            let mut sum = [0.0];
            lanes::block_sums(&[number; BLOCK][..len], |x| x, &mut sum);
            sum[0]
        });
    }

    /// Adds the sums of blocks that depend on how long they are alone.
    fn add_same_blocks(&mut self, count: usize, sum_of: impl Fn(usize) -> f64) {
        if count >= BLOCK {
            let whole = sum_of(BLOCK);
            (0..count / BLOCK).for_each(|_| self.add_sum(0, whole));
        }
        if !count.is_multiple_of(BLOCK) {
            self.add_sum(0, sum_of(count % BLOCK));
        }
    }

    /// Adds the sums of the next blocks.
    fn add_blocks(&mut self, blocks: &[f64]) {
        match *blocks {
            [a, b, c, d, e, f, g, h] if self.count.is_multiple_of(8) => {
                self.add_sum(3, ((a + b) + (c + d)) + ((e + f) + (g + h)));
            }
            _ => blocks.iter().for_each(|&sum| self.add_sum(0, sum)),
        }
    }

    /// Adds the sum of the next 2^bits blocks, those before being a multiple of them.
    fn add_sum(&mut self, bits: u32, mut sum: f64) {
        let mut before = self.count >> bits;
        while before & 1 == 1
            && let Some(last) = self.sums.pop()
        {
            sum += last;
            before >>= 1;
        }
        self.sums.push(sum);
        self.count += 1 << bits;
    }

    /// Adds a sum of the numbers that come next, those before being a multiple of a power of two of blocks that is no less than theirs.
    pub fn join(&mut self, next: &Self) {
        let mut rest = next.count;
        for &sum in &next.sums {
            let bits = rest.ilog2();
            self.add_sum(bits, sum);
            rest -= 1 << bits;
        }
    }

    /// The sum of all.
    pub fn total(&self) -> f64 {
        self.sums.iter().rev().copied().reduce(|after, sum| sum + after).unwrap_or(0.0)
    }
}

/// The sum of each column of a matrix, added as `sum` adds the numbers of one.
pub fn column_sums(x: &[f64], columns: usize, out: &mut [f64]) {
    let rows = x.len() / columns;
    for (at, out) in out.chunks_mut(lanes::COLUMNS).enumerate() {
        let x = &x[at * lanes::COLUMNS..];
        if rows <= BLOCK {
            out.copy_from_slice(&x[..out.len()]);
            for row in 1..rows {
                let row = &x[row * columns..];
                out.iter_mut().zip(row).for_each(|(out, x)| *out += x);
            }
            continue;
        }
        let mut sums: Vec<Vec<f64>> = Vec::new();
        for (count, start) in (0..rows).step_by(BLOCK).enumerate() {
            let mut sum = vec![0.0; out.len()];
            lanes::column_sums(&x[start * columns..], columns, BLOCK.min(rows - start), &mut sum);
            let mut before = count;
            while before & 1 == 1
                && let Some(last) = sums.pop()
            {
                sum.iter_mut().zip(last).for_each(|(sum, last)| *sum += last);
                before >>= 1;
            }
            sums.push(sum);
        }
        let total = sums.into_iter().rev().reduce(|after, mut sum| {
            sum.iter_mut().zip(after).for_each(|(sum, after)| *sum += after);
            sum
        });
        out.copy_from_slice(&total.unwrap_or_default());
    }
}

/// The mean.
pub fn mean(x: &[f64]) -> f64 {
    sum(x) / x.len() as f64
}

/// The product.
pub fn prod(x: &[f64]) -> f64 {
    let (mut product, mut is_normal) = (1.0_f64, true);
    for &x in x {
        product *= x;
        is_normal &= product.is_normal();
    }
    // What leaves the range on the way may come back.
    if is_normal { product } else { x.iter().fold(Scaled::ONE, |product, &x| product.by(Scaled::of(x, 0))).rounded() }
}

/// The product of all the others, for each number.
pub fn others(x: &[f64], out: &mut [f64]) {
    let (mut before, mut after) = (1.0_f64, 1.0_f64);
    let mut is_normal = true;
    for (out, &x) in out.iter_mut().zip(x) {
        *out = before;
        is_normal &= before.is_normal();
        before *= x;
    }
    for (out, &x) in out.iter_mut().zip(x).rev() {
        *out *= after;
        is_normal &= after.is_normal();
        after *= x;
    }
    // What leaves the range on the way may come back on the other side.
    if !is_normal {
        others_scaled(x, out);
    }
}

/// The same by products that do not leave the range of numbers.
fn others_scaled(x: &[f64], out: &mut [f64]) {
    let mut before = Scaled::ONE;
    let next = |&x: &f64| {
        let after = before.by(Scaled::of(x, 0));
        std::mem::replace(&mut before, after)
    };
    let products: Vec<Scaled> = x.iter().map(next).collect();
    let mut after = Scaled::ONE;
    for ((out, &x), before) in out.iter_mut().zip(x).zip(products).rev() {
        *out = before.by(after).rounded();
        after = after.by(Scaled::of(x, 0));
    }
}

/// A product with an exponent of its own: a number near 1, so many times as large as 2^600 to the power of it.
#[derive(Clone, Copy)]
struct Scaled {
    number: f64,
    exponent: i32,
}

impl Scaled {
    const ONE: Self = Self { number: 1.0, exponent: 0 };
    /// 2^600,
    const STEP: f64 = f64::from_bits((1023 + 600) << 52);
    /// and its root, up to which a number is near 1.
    const NEAR: f64 = f64::from_bits((1023 + 300) << 52);

    /// A number, nearer to 1 where it is far from it; 0 and what is not finite stay themselves.
    fn of(number: f64, exponent: i32) -> Self {
        let size = number.abs();
        if size > Self::NEAR && size.is_finite() {
            return Self { number: number / Self::STEP, exponent: exponent + 1 };
        }
        if size < 1.0 / Self::NEAR && size != 0.0 {
            return Self { number: number * Self::STEP, exponent: exponent - 1 };
        }
        Self { number, exponent }
    }

    fn by(self, other: Self) -> Self {
        Self::of(self.number * other.number, self.exponent + other.exponent)
    }

    fn plus(self, other: Self) -> Self {
        let [low, high] = if self.exponent < other.exponent { [self, other] } else { [other, self] };
        if low.number == 0.0 || high.number == 0.0 {
            return if low.number == 0.0 { high } else { low };
        }
        // Of two steps nothing is left beside the other.
        let apart = high.exponent - low.exponent;
        let beside = (0..apart.min(2)).fold(low.number, |number, _| number / Self::STEP);
        Self::of(high.number + beside, high.exponent)
    }

    /// The number, which may be too large or too small for what it is rounded to.
    fn rounded(self) -> f64 {
        let step = if self.exponent < 0 { 1.0 / Self::STEP } else { Self::STEP };
        // Of five steps nothing comes back.
        (0..self.exponent.abs().min(5)).fold(self.number, |number, _| number * step)
    }
}

/// For each number, the sum of the others' weights, each times the product of all numbers but those two: how the
/// weighted products of all the others change with that number. The weights are the first operand.
pub fn pairs(weights: &[f64], x: &[f64], out: &mut [f64]) {
    // The product of a set, and the sum of its weights times the products of the rest of it; sets join in one step.
    let join = |(p, s): (f64, f64), (q, t): (f64, f64)| (p * q, s * q + p * t);
    let is_normal = |(product, sum): (f64, f64)| product.is_normal() && sum.is_normal();
    let mut after = vec![(1.0, 0.0)];
    for (&weight, &x) in weights.iter().zip(x).rev() {
        after.push(join((x, weight), after[after.len() - 1]));
    }
    let mut are_normal = after[1..].iter().all(|&set| is_normal(set));
    let mut before = (1.0, 0.0);
    for (at, out) in out.iter_mut().enumerate() {
        *out = join(before, after[x.len() - 1 - at]).1;
        before = join(before, (x[at], weights[at]));
        are_normal &= is_normal(before);
    }
    // As with products of the others.
    if !are_normal {
        pairs_scaled(weights, x, out);
    }
}

/// The same by products that do not leave the range of numbers.
fn pairs_scaled(weights: &[f64], x: &[f64], out: &mut [f64]) {
    type Set = (Scaled, Scaled);
    let join = |(p, s): Set, (q, t): Set| (p.by(q), s.by(q).plus(p.by(t)));
    let alone = |at: usize| (Scaled::of(x[at], 0), Scaled::of(weights[at], 0));
    let empty = (Scaled::ONE, Scaled::of(0.0, 0));
    let mut after = vec![empty];
    for at in (0..x.len()).rev() {
        after.push(join(alone(at), after[after.len() - 1]));
    }
    let mut before = empty;
    for (at, out) in out.iter_mut().enumerate() {
        *out = join(before, after[x.len() - 1 - at]).1.rounded();
        before = join(before, alone(at));
    }
}

/// The smallest and the largest of a long run; of zeros the first one counts.
fn extremes(x: &[f64]) -> Option<[f64; 2]> {
    let found = (x.len() > BLOCK).then(|| lanes::extremes(x).unwrap_or([f64::NAN; 2]))?;
    Some(found.map(|extreme| signed(x, extreme)))
}

/// An extreme with the sign that it has where it is 0.
fn signed(x: &[f64], extreme: f64) -> f64 {
    if extreme == 0.0 { x.iter().copied().find(|&x| x == 0.0).unwrap_or(extreme) } else { extreme }
}

/// The largest; nan if one is nan.
pub fn largest(x: &[f64]) -> f64 {
    if x.len() > BLOCK { signed(x, lanes::largest(x)) } else { range(x)[1] }
}

/// The smallest; nan if one is nan.
pub fn smallest(x: &[f64]) -> f64 {
    range(x)[0]
}

/// The smallest and the largest, both nan if one is nan.
pub fn range(x: &[f64]) -> [f64; 2] {
    let least = |out: f64, x: f64| if out <= x || out.is_nan() { out } else { x };
    let most = |out: f64, x: f64| if out >= x || out.is_nan() { out } else { x };
    let ends = || x.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &x| [least(low, x), most(high, x)]);
    extremes(x).unwrap_or_else(ends)
}

/// For each number, the sum of all numbers up to it.
pub fn running_sum(x: &[f64], out: &mut [f64]) {
    let mut sum = None;
    for (out, &x) in out.iter_mut().zip(x) {
        *out = sum.map_or(x, |sum: f64| sum + x);
        sum = Some(*out);
    }
}

/// For each number, the sum of all numbers from it on.
pub fn running_sum_from_end(x: &[f64], out: &mut [f64]) {
    let mut sum = None;
    for (out, &x) in out.iter_mut().zip(x).rev() {
        *out = sum.map_or(x, |sum: f64| sum + x);
        sum = Some(*out);
    }
}

/// The place of the first number that none is better than; of the first nan, if one is nan.
fn place_of(better: impl Fn(f64, f64) -> bool, x: &[f64]) -> f64 {
    let first_nan = x.iter().position(|x| x.is_nan());
    let best = (1..x.len()).fold(0, |best, at| if better(x[at], x[best]) { at } else { best });
    first_nan.unwrap_or(best) as f64
}

/// The place of the largest number.
pub fn place_of_largest(x: &[f64]) -> f64 {
    place_of(|x, best| x > best, x)
}

/// The place of the smallest number.
pub fn place_of_smallest(x: &[f64]) -> f64 {
    place_of(|x, best| x < best, x)
}

/// Two numbers of a run by which a function of all of it goes: known, they make it one of each number, or of one pass more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Summary {
    /// The mean, and what that lacks, since it need not be a 64-bit number.
    Middle,
    /// The largest number, and the sum of the exponentials of the distances from it.
    Powers,
    /// The largest number, and how many equal it.
    Largest,
    /// The smallest number, and how many equal it.
    Smallest,
}

impl Summary {
    /// That of a run.
    pub fn of(self, x: &[f64]) -> [f64; 2] {
        match self {
            Self::Middle => middle(x),
            Self::Powers => powers(x),
            Self::Largest => counted(x, lanes::largest, |end, top| end > top, |_, _| {}),
            Self::Smallest => counted(x, lanes::smallest, |end, top| end < top, |_, _| {}),
        }
    }

    /// That of a run, `see` being told the end of each part of it by the way, where there is one.
    pub fn of_parts(self, x: &[f64], see: impl FnMut(usize, f64)) -> [f64; 2] {
        match self {
            Self::Largest => counted(x, lanes::largest, |end, top| end > top, see),
            Self::Smallest => counted(x, lanes::smallest, |end, top| end < top, see),
            Self::Middle | Self::Powers => self.of(x),
        }
    }
}

/// The largest or the smallest of a long run, and how many equal it; both nan where one is nan. `see` is told the end of each part.
fn counted(x: &[f64], end_of: fn(&[f64]) -> f64, is_better: fn(f64, f64) -> bool, mut see: impl FnMut(usize, f64)) -> [f64; 2] {
    let (mut best, mut count) = (f64::NAN, 0);
    for (at, part) in x.chunks(lanes::PART).enumerate() {
        let end = end_of(part);
        see(at, end);
        if end.is_nan() {
            return [f64::NAN; 2];
        }
        if best.is_nan() || is_better(end, best) {
            (best, count) = (end, 0);
        }
        if end == best {
            count += lanes::count_equal(part, end);
        }
    }
    [signed(x, best), count as f64]
}

/// The largest, which is known.
pub fn largest_by(_x: &[f64], [largest, _]: [f64; 2]) -> f64 {
    largest
}

/// What is taken from each number to get its distance from the mean: the mean, and what that lacks.
fn middle(x: &[f64]) -> [f64; 2] {
    let middle = mean(x);
    [middle, sum_of(x, |x| x - middle) / x.len() as f64]
}

/// The distance of each number from the mean.
pub fn centered(x: &[f64], out: &mut [f64]) {
    centered_by(x, middle(x), out);
}

/// The same, the middle known.
pub fn centered_by(x: &[f64], [middle, rest]: [f64; 2], out: &mut [f64]) {
    lanes::each(x, |x| x - middle - rest, out);
}

/// The mean square distance from the mean.
pub fn variance(x: &[f64]) -> f64 {
    variance_by(x, middle(x))
}

/// The same, the middle known.
pub fn variance_by(x: &[f64], [middle, rest]: [f64; 2]) -> f64 {
    let square = |x: f64| {
        let distance = x - middle - rest;
        distance * distance
    };
    sum_of(x, square) / x.len() as f64
}

/// The square root of the variance, without squares that overflow or are lost.
pub fn deviation(x: &[f64]) -> f64 {
    deviation_by(x, middle(x))
}

/// The same, the middle known.
pub fn deviation_by(x: &[f64], [middle, rest]: [f64; 2]) -> f64 {
    range_and_norm_of(x, |x| x - middle - rest).1 / (x.len() as f64).sqrt()
}

/// The Euclidean norm, the largest magnitude taken out first, so that no square overflows or is lost.
pub fn norm(x: &[f64]) -> f64 {
    range_and_norm(x).1
}

/// The range and the norm of numbers.
pub fn range_and_norm(x: &[f64]) -> Extent {
    range_and_norm_of(x, |x| x)
}

/// The smallest and the largest number, and the norm; all nan where a number is nan.
pub type Extent = ([f64; 2], f64);

/// The range and the norm of numbers that are given part by part, each part but the last of whole blocks.
#[derive(Clone, Debug, Default)]
pub struct Measuring {
    ends: lanes::Ends,
    squares: Summing,
    count: usize,
}

impl Measuring {
    /// Adds the next part.
    pub fn add(&mut self, part: &[f64]) {
        self.add_of(part, |x| x);
    }

    /// Adds the next part, each number times one number.
    pub fn add_scaled(&mut self, part: &[f64], by: f64) {
        self.add_of(part, |x| x * by);
    }

    /// Adds what a function makes of the next part.
    fn add_of(&mut self, part: &[f64], f: impl Fn(f64) -> f64 + Copy) {
        let mut blocks = [0.0; AT_ONCE];
        for part in part.chunks(PART) {
            let blocks = &mut blocks[..part.len().div_ceil(BLOCK)];
            lanes::measure(part, f, &mut self.ends, blocks);
            self.squares.add_blocks(blocks);
        }
        self.count += part.len();
    }

    /// Adds the next part, which is one number again and again.
    pub fn add_same(&mut self, number: f64, count: usize) {
        let ends = &mut self.ends;
        let squares = |len: usize, ends: &mut lanes::Ends| {
            let mut sum = [0.0];
            lanes::measure(&[number; BLOCK][..len], |x| x, ends, &mut sum);
            sum[0]
        };
        squares(count.min(BLOCK), ends);
        self.squares.add_same_blocks(count, |len| squares(len, &mut lanes::Ends::default()));
        self.count += count;
    }

    /// Adds what was found of the numbers that come next, as `Summing` does.
    pub fn join(&mut self, next: &Self) {
        self.ends.join(&next.ends);
        self.squares.join(&next.squares);
        self.count += next.count;
    }

    /// What was found; none where squares leave the range of numbers, or there are so few that they are not added in blocks.
    pub fn found(&self) -> Option<Extent> {
        extent_of(self.count, self.ends.least_and_most(), self.squares.total())
    }
}

/// The range and the norm of so many numbers, of which the ends and the sum of squares are known; none where these do not tell it.
fn extent_of(count: usize, ends: [f64; 2], squares: f64) -> Option<Extent> {
    if squares.is_nan() {
        return Some(([f64::NAN; 2], f64::NAN));
    }
    let scale = ends[0].abs().max(ends[1].abs());
    match unit(scale) {
        None if count > 0 => Some((ends, scale)),
        Some(1.0) if count > BLOCK => Some((ends, squares.sqrt())),
        _ => None,
    }
}

/// The range and the norm of numbers that change a few at a time, to the bit those of `range_and_norm`: found again of the blocks that
/// changed, and of what these are joined to.
#[derive(Clone, Debug)]
pub struct Gauge {
    count: usize,
    /// The ends and the sum of the squares of each block, then of each two of them, and so on; of one that has no second there is none.
    levels: Vec<Vec<([f64; 2], f64)>>,
}

impl Gauge {
    /// That of numbers as they are.
    pub fn of(numbers: &[f64]) -> Self {
        let mut levels = vec![numbers.chunks(BLOCK).map(Self::block).collect::<Vec<_>>()];
        while let Some(last) = levels.last().filter(|last| last.len() > 1) {
            let joined = last.as_chunks().0.iter().map(Self::joined).collect();
            levels.push(joined);
        }
        Self { count: numbers.len(), levels }
    }

    fn block(numbers: &[f64]) -> ([f64; 2], f64) {
        let (mut ends, mut sum) = (lanes::Ends::default(), [0.0]);
        lanes::measure(numbers, |x| x, &mut ends, &mut sum);
        (ends.least_and_most(), sum[0])
    }

    /// Two that are next to each other, the sum added as `Summing` does.
    fn joined([(ends, squares), (after, after_squares)]: &[([f64; 2], f64); 2]) -> ([f64; 2], f64) {
        ([ends[0].min(after[0]), ends[1].max(after[1])], after_squares + squares)
    }

    /// Takes note that numbers at some places are others now.
    pub fn renew(&mut self, numbers: &[f64], places: impl ExactSizeIterator<Item = usize>) {
        if places.len().saturating_mul(BLOCK) >= numbers.len() {
            *self = Self::of(numbers);
            return;
        }
        let mut renewed = None;
        for place in places {
            let mut at = place / BLOCK;
            if renewed.replace(at) == Some(at) {
                continue;
            }
            self.levels[0][at] = Self::block(&numbers[at * BLOCK..numbers.len().min((at + 1) * BLOCK)]);
            for level in 1..self.levels.len() {
                let (below, above) = self.levels.split_at_mut(level);
                at /= 2;
                let (Some(joined), Some(pair)) = (above[0].get_mut(at), below[level - 1].as_chunks().0.get(at)) else { break };
                *joined = Self::joined(pair);
            }
        }
    }

    /// The range and the norm of the numbers, which are those that it knows.
    pub fn extent(&self, numbers: &[f64]) -> Extent {
        // What is joined to nothing on its level stands at its end.
        let whole = self.levels.iter().filter(|level| !level.len().is_multiple_of(2)).filter_map(|level| level.last());
        let found = whole.copied().reduce(|after, before| Self::joined(&[before, after]));
        let (ends, squares) = found.unwrap_or(([f64::INFINITY, f64::NEG_INFINITY], 0.0));
        extent_of(self.count, ends, squares).unwrap_or_else(|| range_and_norm(numbers))
    }
}

/// Those of what a function makes of numbers; most squares are in the range of numbers.
fn range_and_norm_of(x: &[f64], f: impl Fn(f64) -> f64 + Copy) -> Extent {
    let mut measuring = Measuring::default();
    measuring.add_of(x, f);
    if let Some(found) = measuring.found() {
        return found;
    }
    let ends = measuring.ends.least_and_most();
    let unit = unit(ends[0].abs().max(ends[1].abs())).unwrap_or(1.0);
    let scaled = |x: f64| {
        let scaled = f(x) * unit;
        scaled * scaled
    };
    (ends, sum_of(x, scaled).sqrt() / unit)
}

/// What numbers up to a magnitude are multiplied by before they are squared, a power of two, which scales without rounding; none
/// where the norm is the magnitude itself.
fn unit(scale: f64) -> Option<f64> {
    if scale == 0.0 || scale.is_infinite() {
        None
    } else if scale < 1e-140 {
        Some(2f64.powi(600))
    } else if scale > 1e140 {
        Some(2f64.powi(-600))
    } else {
        Some(1.0)
    }
}

/// The sum of what a function makes of the numbers of a run.
fn sum_of(x: &[f64], f: impl Fn(f64) -> f64 + Copy) -> f64 {
    if x.len() <= BLOCK {
        return x.iter().map(|x| f(*x)).reduce(|sum, x| sum + x).unwrap_or(0.0);
    }
    let mut summing = Summing::default();
    summing.add_of(x, f);
    summing.total()
}

/// The largest number, and the sum of the exponentials of the distances from it, which is nan where that is not finite.
fn powers(x: &[f64]) -> [f64; 2] {
    let top = largest(x);
    if top.is_infinite() || top.is_nan() {
        return [top, f64::NAN];
    }
    if x.len() < lanes::LONG {
        return [top, sum_of(x, |x| elementary::exp(x - top))];
    }
    let (mut summing, mut out) = (Summing::default(), [0.0; PART]);
    for x in x.chunks(PART) {
        let out = &mut out[..x.len()];
        lanes::exp_less(x, top, out);
        summing.add(out);
    }
    [top, summing.total()]
}

/// The logarithm of the sum of exponentials, the largest taken out first.
pub fn logsumexp(x: &[f64]) -> f64 {
    logsumexp_by(x, powers(x))
}

/// The same, the largest and the sum known.
pub fn logsumexp_by(_x: &[f64], [top, sum]: [f64; 2]) -> f64 {
    if top.is_infinite() || top.is_nan() { top } else { top + elementary::log(sum) }
}

/// The exponentials as parts of their sum, the largest taken out first.
pub fn softmax(x: &[f64], out: &mut [f64]) {
    if x.len() >= lanes::LONG {
        softmax_by(x, powers(x), out);
        return;
    }
    let top = largest(x);
    out.iter_mut().zip(x).for_each(|(out, x)| *out = elementary::exp(x - top));
    let whole = sum(out);
    for out in out.iter_mut() {
        *out /= whole;
    }
}

/// The same of a long run, the largest and the sum known.
pub fn softmax_by(x: &[f64], [top, sum]: [f64; 2], out: &mut [f64]) {
    for (x, out) in x.chunks(PART).zip(out.chunks_mut(PART)) {
        lanes::exp_less(x, top, out);
        lanes::divide_in_place(out, sum);
    }
}
