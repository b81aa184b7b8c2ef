//! Sums of blocks of numbers, as many side by side, and what is found of numbers by the way.
//!
//! Knows loops over slices, and in which order they add.

use super::{Loop, WIDE, widest};

/// How many numbers of a long run are added up before their sum joins others.
pub const BLOCK: usize = 128;

/// How many columns are added up side by side.
const SIDE: usize = 32;

/// Of how many blocks sums side by side are stored before they are added: a compiler that sees both divides its registers for the second.
const STORED: usize = 8;

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

/// Numbers side by side of some blocks, the second half of each added to the first.
#[inline(always)]
fn halved<const FROM: usize, const TO: usize>(sums: &[[f64; FROM]; STORED]) -> [[f64; TO]; STORED] {
    let mut halves = [[0.0; TO]; STORED];
    for block in 0..STORED {
        for at in 0..TO {
            halves[block][at] = sums[block][at] + sums[block][at + TO];
        }
    }
    halves
}

/// Numbers side by side of some blocks, those of each added as `added` adds.
#[inline(always)]
fn all_added(sums: &[[f64; WIDE]; STORED], out: &mut [f64]) {
    let last: [[f64; 1]; STORED] = halved(&halved::<4, 2>(&halved::<8, 4>(&halved::<WIDE, 8>(sums))));
    for (out, [sum]) in out.iter_mut().zip(last) {
        *out = sum;
    }
}

/// The sums of what a function makes of numbers side by side.
#[inline(always)]
fn side_by_side(parts: &[[f64; WIDE]], f: impl Fn(f64) -> f64) -> [f64; WIDE] {
    let mut sums = [0.0; WIDE];
    for part in parts {
        for at in 0..WIDE {
            sums[at] += f(part[at]);
        }
    }
    sums
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
        let (blocks, rest) = self.x.as_chunks::<BLOCK>();
        let (out, out_of_rest) = self.out.split_at_mut(blocks.len());
        let mut stored = [[0.0; WIDE]; STORED];
        for (blocks, out) in blocks.chunks(STORED).zip(out.chunks_mut(STORED)) {
            for (stored, block) in stored.iter_mut().zip(blocks) {
                *stored = side_by_side(block.as_chunks().0, &self.f);
            }
            all_added(&stored, out);
        }
        if let Some(out) = out_of_rest.first_mut().filter(|_| !rest.is_empty()) {
            let (parts, rest) = rest.as_chunks();
            *out = rest.iter().fold(added(side_by_side(parts, &self.f)), |sum, x| sum + (self.f)(*x));
        }
    }
}

/// The sum of what a function makes of each block of numbers, as many sums side by side, which are then added in halves.
pub fn block_sums(x: &[f64], f: impl Fn(f64) -> f64, out: &mut [f64]) {
    widest(BlockSums { x, f, out });
}

/// The sums of the products of blocks of numbers, each of the two at a place, added as `BlockSums` adds.
struct BlockProducts<'a> {
    x: &'a [f64],
    y: &'a [f64],
    out: &'a mut [f64],
}

impl Loop for BlockProducts<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let blocks = self.x.chunks(BLOCK).zip(self.y.chunks(BLOCK));
        for (out, (x, y)) in self.out.iter_mut().zip(blocks) {
            let mut sums = [0.0; WIDE];
            let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<WIDE>(), y.as_chunks::<WIDE>());
            for (x, y) in x.iter().zip(y) {
                for at in 0..WIDE {
                    sums[at] += x[at] * y[at];
                }
            }
            *out = x_rest.iter().zip(y_rest).fold(added(sums), |sum, (x, y)| sum + x * y);
        }
    }
}

/// The sum of the products of two blocks of numbers at a time, as `block_sums` adds.
pub fn block_products(x: &[f64], y: &[f64], out: &mut [f64]) {
    widest(BlockProducts { x, y, out });
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
        for side in 0..WIDE {
            let sums = &mut sums[side * width..(side + 1) * width];
            let (parts, _) = sums.as_chunks_mut::<SIDE>();
            for (at, part) in parts.iter_mut().enumerate() {
                let mut own = [0.0; SIDE];
                for row in (side..whole).step_by(WIDE).map(row) {
                    let row = &row[at * SIDE..(at + 1) * SIDE];
                    for at in 0..SIDE {
                        own[at] += row[at];
                    }
                }
                *part = own;
            }
            for at in width / SIDE * SIDE..width {
                sums[at] = (side..whole).step_by(WIDE).map(row).fold(0.0, |sum, row| sum + row[at]);
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
        let (blocks, rest) = self.x.as_chunks::<BLOCK>();
        let (out, out_of_rest) = self.out.split_at_mut(blocks.len());
        let (mut least, mut most) = (self.ends.least, self.ends.most);
        let mut stored = [[0.0; WIDE]; STORED];
        for (blocks, out) in blocks.chunks(STORED).zip(out.chunks_mut(STORED)) {
            for (stored, block) in stored.iter_mut().zip(blocks) {
                let mut sums = [0.0; WIDE];
                for part in block.as_chunks::<WIDE>().0 {
                    for at in 0..WIDE {
                        let x = (self.f)(part[at]);
                        least[at] = if x < least[at] { x } else { least[at] };
                        most[at] = if x > most[at] { x } else { most[at] };
                        sums[at] += x * x;
                    }
                }
                *stored = sums;
            }
            all_added(&stored, out);
        }
        (self.ends.least, self.ends.most) = (least, most);
        if let Some(out) = out_of_rest.first_mut().filter(|_| !rest.is_empty()) {
            *out = self.ends.take_rest(rest, self.f);
        }
    }
}

impl Ends {
    /// Takes in what a function makes of less than a block of numbers, and gives the sum of its squares.
    #[inline(always)]
    fn take_rest(&mut self, x: &[f64], f: impl Fn(f64) -> f64) -> f64 {
        let (parts, rest) = x.as_chunks::<WIDE>();
        let mut sums = [0.0; WIDE];
        for part in parts {
            for at in 0..WIDE {
                let x = f(part[at]);
                self.take(x, at);
                sums[at] += x * x;
            }
        }
        rest.iter().fold(added(sums), |sum, x| {
            let x = f(*x);
            self.take(x, 0);
            sum + x * x
        })
    }

    #[inline(always)]
    fn take(&mut self, x: f64, at: usize) {
        self.least[at] = if x < self.least[at] { x } else { self.least[at] };
        self.most[at] = if x > self.most[at] { x } else { self.most[at] };
    }
}

/// Widens ends by what a function makes of numbers, and gives the sum of the squares of each block of it, added as `block_sums` adds.
pub fn measure(x: &[f64], f: impl Fn(f64) -> f64, ends: &mut Ends, out: &mut [f64]) {
    widest(Measure { x, f, ends, out });
}
