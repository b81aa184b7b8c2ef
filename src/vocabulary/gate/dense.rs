//! Dense matrices: products, Gaussian elimination, eigenvalues.
//!
//! Knows numbers in row-major slices and their sides; knows no gate and no shape. Large products are shared among threads here, and each is
//! made by `lanes::product`; elimination consists of such products but for narrow blocks. Nothing here sets state of the process.

use crate::ground::{broken, cores};
use crate::vocabulary::elementary;
use crate::vocabulary::lanes::{self, Update};
use linfa_linalg::eigh::{EigValsh as _, Eigh as _};
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2, Axis, Slice};
use std::ops::Range;

/// Up to so many products a plain loop gives the same bits on every machine, also where one rounds a product and a sum once.
const SMALL: usize = 32 * 32 * 32;

/// Below this many products one thread is quicker.
const ONE_THREAD: usize = 128 * 128 * 128;

/// Whether the product of an `m` by `k` and a `k` by `n` matrix is one of blocks, by `lanes::product`: it gives the same bits, as fast,
/// where the numbers of an operand lie column by column.
pub fn is_blocked(m: usize, k: usize, n: usize) -> bool {
    m * k * n > SMALL && m > 1 && k > 1 && n > 1
}

/// The matrix product of an `m` by `k` and a `k` by `n` matrix. The numbers of an operand lie row by row, or column by column where it is
/// turned; only those of a product of blocks may be.
pub fn multiply(m: usize, k: usize, n: usize, [x, y]: [&[f64]; 2], turned: [bool; 2], out: &mut [f64]) {
    if is_blocked(m, k, n) {
        let operand = |rows, columns, numbers, turned| {
            if turned { view(columns, rows, numbers).reversed_axes() } else { view(rows, columns, numbers) }
        };
        accumulate(operand(m, k, x, turned[0]), operand(k, n, y, turned[1]), Update::Set, view_mut(m, n, out));
        return;
    }
    debug_assert_eq!(turned, [false; 2], "only products of blocks read columns");
    // One row, or one number in each, has nothing to use twice: the loop reads memory in order.
    if m * k * n <= SMALL || m == 1 || k == 1 {
        for (row, out) in x.chunks_exact(k).zip(out.chunks_exact_mut(n)) {
            out.fill(0.0);
            for (&x, y) in row.iter().zip(y.chunks_exact(n)) {
                out.iter_mut().zip(y).for_each(|(out, y)| *out += x * y);
            }
        }
    } else {
        let y = ArrayView1::from(y);
        out.iter_mut().zip(x.chunks_exact(k)).for_each(|(out, x)| *out = y.dot(&ArrayView1::from(x)));
    }
}

/// What a slice promises that stands for a matrix.
const LENGTH: &str = "a matrix has rows times columns numbers";

/// A slice as a matrix, row by row.
fn view(rows: usize, columns: usize, numbers: &[f64]) -> ArrayView2<'_, f64> {
    ArrayView2::from_shape((rows, columns), numbers).unwrap_or_else(|_| broken(LENGTH))
}

fn view_mut(rows: usize, columns: usize, numbers: &mut [f64]) -> ArrayViewMut2<'_, f64> {
    ArrayViewMut2::from_shape((rows, columns), numbers).unwrap_or_else(|_| broken(LENGTH))
}

/// Sets `out` to `x @ y`, adds that to it or subtracts it. A large product is cut along its longer side, a piece for each thread.
fn accumulate(x: ArrayView2<f64>, y: ArrayView2<f64>, update: Update, mut out: ArrayViewMut2<f64>) {
    let (m, n) = out.dim();
    let threads = if m * n * y.nrows() <= ONE_THREAD { 1 } else { cores() };
    if threads == 1 {
        lanes::product(x, y, update, out);
        return;
    }
    let axis = Axis(usize::from(n > m));
    let piece = m.max(n).div_ceil(threads);
    std::thread::scope(|scope| {
        for (at, out) in out.axis_chunks_iter_mut(axis, piece).enumerate() {
            let taken = Slice::from(at * piece..at * piece + out.len_of(axis));
            let (mut x, mut y) = (x, y);
            if n > m {
                y.slice_axis_inplace(axis, taken);
            } else {
                x.slice_axis_inplace(axis, taken);
            }
            scope.spawn(move || lanes::product(x, y, update, out));
        }
    });
}

/// A square matrix whose rows, exchanged, are a unit lower triangle times an upper triangle.
pub struct Elimination {
    /// The number of rows.
    n: usize,
    /// Both triangles in one matrix, without the ones.
    both: Vec<f64>,
    /// The row that each row was exchanged with, in that order.
    exchanged: Vec<usize>,
}

impl Elimination {
    /// As many columns are eliminated one by one before the rest of the matrix follows by one product.
    const BLOCK: usize = 32;

    /// Gaussian elimination with the largest pivot of each column.
    pub fn new(n: usize, numbers: &[f64]) -> Self {
        let mut both = numbers.to_vec();
        let mut exchanged = Vec::with_capacity(n);
        for start in (0..n).step_by(Self::BLOCK) {
            let end = n.min(start + Self::BLOCK);
            for k in start..end {
                let larger = |a: usize, b: usize| if both[b * n + k].abs() > both[a * n + k].abs() { b } else { a };
                let pivot = (k..n).reduce(larger).unwrap_or(k);
                exchanged.push(pivot);
                exchange(&mut both, n, k, pivot);
                let (above, below) = both.split_at_mut((k + 1) * n);
                let row = &above[k * n..];
                for lower in below.chunks_exact_mut(n).filter(|lower| lower[k] != 0.0) {
                    let factor = lower[k] / row[k];
                    lower[k] = factor;
                    lower[k + 1..end].iter_mut().zip(&row[k + 1..end]).for_each(|(x, y)| *x -= factor * y);
                }
            }
            let (left, right) = view_mut(n, n, &mut both).split_at(Axis(1), end);
            let (above, below) = (block(left.view(), start..end, start..end), block(left.view(), end..n, start..end));
            let (_, right) = right.split_at(Axis(0), start);
            let (mut rows, rest) = right.split_at(Axis(0), end - start);
            forward(above, &mut rows);
            accumulate(below, rows.view(), Update::Subtract, rest);
        }
        Self { n, both, exchanged }
    }

    /// What each column was divided by.
    pub fn pivots(&self) -> impl Iterator<Item = f64> {
        self.both.iter().step_by(self.n + 1).copied()
    }

    /// Whether a pivot is exactly 0: the matrix has no inverse.
    pub fn is_singular(&self) -> bool {
        self.pivots().any(|pivot| pivot == 0.0)
    }

    /// The determinant. Nothing is left to divide by after a pivot of 0.
    pub fn determinant(&self) -> f64 {
        if self.is_singular() {
            return 0.0;
        }
        let odd = self.exchanged.iter().enumerate().filter(|&(k, &pivot)| k != pivot).count() % 2 == 1;
        let product: f64 = self.pivots().product();
        if odd { -product } else { product }
    }

    /// The logarithm of the determinant, which itself may be beyond the largest or the smallest number; nan where that is negative.
    pub fn log_determinant(&self) -> f64 {
        let odd = self.exchanged.iter().enumerate().filter(|&(k, &pivot)| k != pivot).count() % 2 == 1;
        let negative = self.pivots().filter(|&pivot| pivot < 0.0).count() % 2 == 1;
        if self.is_singular() {
            f64::NEG_INFINITY
        } else if odd != negative {
            f64::NAN
        } else {
            self.pivots().map(|pivot| elementary::log(pivot.abs())).sum()
        }
    }

    /// Turns right-hand sides, as many columns, into solutions.
    pub fn solve(&self, columns: usize, z: &mut [f64]) {
        let n = self.n;
        for (k, &pivot) in self.exchanged.iter().enumerate() {
            exchange(z, columns, k, pivot);
        }
        let mut z = view_mut(n, columns, z);
        for start in (0..n).step_by(Self::BLOCK) {
            let end = n.min(start + Self::BLOCK);
            let (_, below) = z.view_mut().split_at(Axis(0), start);
            let (mut rows, rest) = below.split_at(Axis(0), end - start);
            forward(self.block(start..end, start..end), &mut rows);
            accumulate(self.block(end..n, start..end), rows.view(), Update::Subtract, rest);
        }
        for start in (0..n).step_by(Self::BLOCK).rev() {
            let end = n.min(start + Self::BLOCK);
            let (above, _) = z.view_mut().split_at(Axis(0), end);
            let (rest, mut rows) = above.split_at(Axis(0), start);
            backward(self.block(start..end, start..end), &mut rows);
            accumulate(self.block(0..start, start..end), rows.view(), Update::Subtract, rest);
        }
    }

    fn block(&self, rows: Range<usize>, columns: Range<usize>) -> ArrayView2<'_, f64> {
        block(view(self.n, self.n, &self.both), rows, columns)
    }
}

/// Some rows and columns of a matrix.
fn block(mut x: ArrayView2<'_, f64>, rows: Range<usize>, columns: Range<usize>) -> ArrayView2<'_, f64> {
    x.slice_axis_inplace(Axis(0), Slice::from(rows));
    x.slice_axis_inplace(Axis(1), Slice::from(columns));
    x
}

/// Exchanges two rows of a matrix.
fn exchange(x: &mut [f64], columns: usize, i: usize, j: usize) {
    if i < j {
        let (above, below) = x.split_at_mut(j * columns);
        above[i * columns..(i + 1) * columns].swap_with_slice(&mut below[..columns]);
    }
}

/// Divides rows by a unit lower triangle, from the first row on.
fn forward(triangle: ArrayView2<f64>, rows: &mut ArrayViewMut2<f64>) {
    for i in 1..rows.nrows() {
        let (above, mut below) = rows.view_mut().split_at(Axis(0), i);
        let mut row = below.row_mut(0);
        for (&factor, other) in triangle.row(i).iter().zip(above.rows()) {
            row.scaled_add(-factor, &other);
        }
    }
}

/// Divides rows by an upper triangle, from the last row on.
fn backward(triangle: ArrayView2<f64>, rows: &mut ArrayViewMut2<f64>) {
    for i in (0..rows.nrows()).rev() {
        let (mut above, below) = rows.view_mut().split_at(Axis(0), i + 1);
        let mut row = above.row_mut(i);
        for (&factor, other) in triangle.row(i).iter().skip(i + 1).zip(below.rows()) {
            row.scaled_add(-factor, &other);
        }
        row /= triangle[(i, i)];
    }
}

/// The eigenvalues of a symmetric matrix of `n` rows, the smallest first; none where a number is not finite.
pub fn eigenvalues(n: usize, x: &[f64]) -> Vec<f64> {
    if x.iter().any(|x| !x.is_finite()) || n == 0 {
        return Vec::new();
    }
    let mut values = view(n, n, x).eigvalsh().map_or_else(|_| Vec::new(), |values| values.to_vec());
    values.sort_by(f64::total_cmp);
    values
}

/// The eigenvalues of a symmetric matrix of `n` rows in some order, and a matrix whose columns are their eigenvectors, row by
/// row; none where they cannot be found.
pub fn eigenpairs(n: usize, x: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
    let (values, vectors) = view(n, n, x).eigh().ok()?;
    Some((values.to_vec(), vectors.iter().copied().collect()))
}

/// Ones on the diagonal of a square matrix, and zeros beside it.
pub(super) fn identity(n: usize, out: &mut [f64]) {
    out.fill(0.0);
    out.iter_mut().step_by(n + 1).for_each(|out| *out = 1.0);
}
