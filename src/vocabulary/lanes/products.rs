//! Products of matrices, by tiles of the result that stay in the vector registers while the terms of their sums are gone through.
//!
//! Knows numbers and where they lie. The terms of each sum are added up in their order, by runs of at most `RUN`: the bits depend neither on
//! how the numbers of an operand lie, nor on how a product is cut into pieces, nor on the width of the registers, but only on whether a
//! product and a sum are rounded once or twice. The numbers of `y` for the columns of a tile stay in the first-level cache, those of `x` for
//! some rows in the second (Goto and van de Geijn 2008).
//!
//! What `unsafe` buys here, and kernels of our own: GFLOP/s on one thread of a Xeon of 2023, operands row by row.
//!                                     128    512   1024   64x784x100   784x64x100
//!   these kernels                      78     73     72       70           71
//!   matrixmultiply 0.3.11              62     66     63       56           61
//!   OpenBLAS, called through NumPy     58     70     74       48           55
//! gemm-f64 0.19 is as fast as OpenBLAS, but panics where the system tells of caches that it does not expect, and opens 75 files for each
//! processor at the first product.

use super::prefetch;
use crate::ground::broken;
use ndarray::{ArrayView2, ArrayViewMut2, Axis, Slice};
use std::ops::Range;

/// How many terms of each sum are added up at most before they are added to the result. All runs are about as long.
const RUN: usize = 384;

/// As many rows are gone through for all columns before the next ones are: their numbers for a run take 384 KiB of the second-level cache.
const ROWS_AT_ONCE: usize = 128;

/// As many columns are gone through before the next ones are: their numbers for a run, copied together, take 3 MiB.
const COLUMNS_AT_ONCE: usize = 1024;

/// Columns of `y` that more rows read are copied together first: for 192 rows that takes 1.04 of the time, for 256 as much. So are rows of `x`
/// that more columns read and whose terms are far from each other.
const SHARED: usize = 250;

/// Columns of `y` whose terms are far from each other are copied where more rows read them: with AVX-512 that takes 1.07 of the time for 64 rows
/// and 0.93 for 96, with AVX2 0.89 for 48.
const SHARED_FAR: usize = 64;

/// With more numbers from a term to the next, two terms hardly lie in one page of memory, and addresses of pages are slow to find.
const FAR: isize = 256;

/// How many numbers a line of the cache has: numbers of as many columns are copied at once.
const LINE: usize = 8;

/// Columns of so many terms ahead are asked for: together with the rows, they do not stay in the first-level cache for all tiles.
const AHEAD: isize = 8;

/// How many rows the highest tile has.
const HIGHEST: usize = 12;

/// What becomes of the sums.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// They are the result.
    Set,
    /// They are added to what stands there.
    Add,
    /// They are subtracted from what stands there.
    Subtract,
}

/// Some rows of `x` times some columns of `y`.
struct Tile {
    /// How many terms each sum has.
    terms: usize,
    /// Every third row of `x`: rows between them are found from these, so that few addresses are kept, and none waits for many others.
    x: [*const f64; HIGHEST / 3],
    /// From a row of `x` to the next, and from a term to the next.
    x_steps: [isize; 2],
    /// Columns side by side.
    y: *const f64,
    /// From a term to the next.
    y_step: isize,
    /// Columns side by side.
    out: *mut f64,
    /// From a row of the result to the next.
    out_step: isize,
    /// How many columns the result has; sums of those that fill the vectors behind them are dropped.
    columns: usize,
    update: Update,
}

impl Tile {
    /// Where a number of the result is.
    #[inline(always)]
    fn out_at(&self, row: usize, column: usize) -> *mut f64 {
        self.out.wrapping_offset(row.cast_signed() * self.out_step).wrapping_add(column)
    }
}

/// What computes tiles in the vector registers of some processors.
pub struct ProductKernel {
    /// What it is made for.
    pub name: &'static str,
    /// Whether a product and a sum are rounded once.
    pub fuses: bool,
    /// How many numbers a register holds.
    lanes: usize,
    /// How many rows a tile has at most.
    height: usize,
    /// For tiles of one register a row and of two: what computes as many rows.
    tiles: [[unsafe fn(&Tile); HIGHEST]; 2],
}

impl ProductKernel {
    /// How many columns a tile has at most.
    const fn width(&self) -> usize {
        2 * self.lanes
    }
}

/// Sets, adds or subtracts `N` sums of each row, of which so many numbers follow one another.
///
/// # Safety
/// The tile's result has as many rows, of `N` numbers, and is nobody else's.
unsafe fn finish<const N: usize>(tile: &Tile, sums: &[f64], width: usize) {
    for (row, sums) in sums.chunks_exact(width).enumerate() {
        let Some(sums) = sums.first_chunk::<N>() else { return };
        // SAFETY: as the caller promises.
        let out = unsafe { &mut *tile.out_at(row, 0).cast::<[f64; N]>() };
        match tile.update {
            Update::Set => *out = *sums,
            Update::Add => out.iter_mut().zip(sums).for_each(|(out, sum)| *out += sum),
            Update::Subtract => out.iter_mut().zip(sums).for_each(|(out, sum)| *out -= sum),
        }
    }
}

/// That for as many numbers: where they are known, few are moved without a loop.
const FINISH: [unsafe fn(&Tile, &[f64], usize); 16] = [
    finish::<0>,
    finish::<1>,
    finish::<2>,
    finish::<3>,
    finish::<4>,
    finish::<5>,
    finish::<6>,
    finish::<7>,
    finish::<8>,
    finish::<9>,
    finish::<10>,
    finish::<11>,
    finish::<12>,
    finish::<13>,
    finish::<14>,
    finish::<15>,
];

/// Makes a kernel of the operations of a vector.
macro_rules! kernel {
    (
        $(#[$attribute:meta])* $name:ident: $lanes:literal numbers, $height:literal rows, fuses $fuses:literal;
        $vector:ty: $zero:expr, $splat:expr, $load:expr, $store:expr, $accumulate:expr, $add:expr, $subtract:expr;
        $($import:path)?
    ) => {
        mod $name {
            use super::{AHEAD, FINISH, HIGHEST, LINE, ProductKernel, Tile, Update, prefetch};
            $(use $import::*;)?

            /// # Safety
            /// The processor has the features; `x` holds `ROWS` rows and `y` `VECTORS` vectors of as many terms as the tile says, `out` as many
            /// rows and columns, of which there are no more than the vectors hold; and `out` is nobody else's.
            $(#[$attribute])*
            unsafe fn tile<const ROWS: usize, const VECTORS: usize>(tile: &Tile) {
                let Tile { terms, x_steps: [row, term], y_step, update, .. } = *tile;
                for i in 0..ROWS {
                    for v in 0..VECTORS {
                        prefetch::<true>(tile.out_at(i, v * $lanes));
                    }
                }
                // SAFETY: the numbers are where the caller promises, and so are the features.
                unsafe {
                    // No closures in here, which may not become part of what is compiled for the features.
                    let mut sums = [[$zero; VECTORS]; ROWS];
                    let (mut x, mut y) = (tile.x, tile.y);
                    for _ in 0..terms {
                        let mut terms_of_y = [$zero; VECTORS];
                        for v in 0..VECTORS {
                            terms_of_y[v] = $load(y.add(v * $lanes));
                        }
                        for v in (0..VECTORS).step_by(LINE / $lanes) {
                            prefetch::<true>(y.wrapping_offset(AHEAD * y_step).wrapping_add(v * $lanes));
                        }
                        for i in 0..ROWS {
                            let x = $splat(*x[i / 3].offset((i % 3).cast_signed() * row));
                            for v in 0..VECTORS {
                                sums[i][v] = $accumulate(x, terms_of_y[v], sums[i][v]);
                            }
                        }
                        for x in &mut x {
                            *x = x.wrapping_offset(term);
                        }
                        y = y.wrapping_offset(y_step);
                    }
                    if tile.columns < VECTORS * $lanes {
                        // Of a copy the address is taken, which keeps it in memory.
                        let held = sums;
                        let numbers = std::slice::from_raw_parts((&raw const held).cast::<f64>(), ROWS * VECTORS * $lanes);
                        FINISH[tile.columns](tile, numbers, VECTORS * $lanes);
                        return;
                    }
                    // Each by itself: a choice in the loops would keep the sums in memory.
                    match update {
                        Update::Set => {
                            for i in 0..ROWS {
                                for v in 0..VECTORS {
                                    $store(tile.out_at(i, v * $lanes), sums[i][v]);
                                }
                            }
                        }
                        Update::Add => {
                            for i in 0..ROWS {
                                for v in 0..VECTORS {
                                    let out = tile.out_at(i, v * $lanes);
                                    $store(out, $add($load(out), sums[i][v]));
                                }
                            }
                        }
                        Update::Subtract => {
                            for i in 0..ROWS {
                                for v in 0..VECTORS {
                                    let out = tile.out_at(i, v * $lanes);
                                    $store(out, $subtract($load(out), sums[i][v]));
                                }
                            }
                        }
                    }
                }
            }

            /// A tile of no more rows than the kernel has.
            const fn rows(count: usize) -> usize {
                if count < $height { count } else { $height }
            }

            const fn tiles<const VECTORS: usize>() -> [unsafe fn(&Tile); HIGHEST] {
                [
                    tile::<{ rows(1) }, VECTORS>,
                    tile::<{ rows(2) }, VECTORS>,
                    tile::<{ rows(3) }, VECTORS>,
                    tile::<{ rows(4) }, VECTORS>,
                    tile::<{ rows(5) }, VECTORS>,
                    tile::<{ rows(6) }, VECTORS>,
                    tile::<{ rows(7) }, VECTORS>,
                    tile::<{ rows(8) }, VECTORS>,
                    tile::<{ rows(9) }, VECTORS>,
                    tile::<{ rows(10) }, VECTORS>,
                    tile::<{ rows(11) }, VECTORS>,
                    tile::<{ rows(12) }, VECTORS>,
                ]
            }

            pub const KERNEL: ProductKernel = ProductKernel {
                name: stringify!($name),
                fuses: $fuses,
                lanes: $lanes,
                height: $height,
                tiles: [tiles::<1>(), tiles::<2>()],
            };
        }
    };
}

#[cfg(target_arch = "x86_64")]
kernel! {
    #[target_feature(enable = "avx512f")]
    avx512: 8 numbers, 12 rows, fuses true;
    __m512d: _mm512_setzero_pd(), _mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_fmadd_pd, _mm512_add_pd, _mm512_sub_pd;
    std::arch::x86_64
}

#[cfg(target_arch = "x86_64")]
kernel! {
    #[target_feature(enable = "avx2,fma")]
    avx2: 4 numbers, 6 rows, fuses true;
    __m256d: _mm256_setzero_pd(), _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_fmadd_pd, _mm256_add_pd, _mm256_sub_pd;
    std::arch::x86_64
}

#[cfg(target_arch = "x86_64")]
kernel! {
    sse2: 2 numbers, 4 rows, fuses false;
    __m128d: _mm_setzero_pd(), _mm_set1_pd, _mm_loadu_pd, _mm_storeu_pd, |x, y, sum| _mm_add_pd(sum, _mm_mul_pd(x, y)), _mm_add_pd, _mm_sub_pd;
    std::arch::x86_64
}

#[cfg(target_arch = "aarch64")]
kernel! {
    neon: 2 numbers, 12 rows, fuses true;
    float64x2_t: vdupq_n_f64(0.0), vdupq_n_f64, vld1q_f64, vst1q_f64, |x, y, sum| vfmaq_f64(sum, x, y), vaddq_f64, vsubq_f64;
    std::arch::aarch64
}

// No more than any processor has.
#[cfg(not(target_arch = "aarch64"))]
kernel! {
    scalar: 1 numbers, 4 rows, fuses false;
    f64: 0.0, |x| x, |at: *const f64| *at, |at: *mut f64, x| *at = x, |x, y, sum| sum + x * y, |x, y| x + y, |x, y| x - y;
}

/// Every kernel, the widest first.
const KERNELS: &[ProductKernel] = &[
    #[cfg(target_arch = "x86_64")]
    avx512::KERNEL,
    #[cfg(target_arch = "x86_64")]
    avx2::KERNEL,
    #[cfg(target_arch = "x86_64")]
    sse2::KERNEL,
    #[cfg(target_arch = "aarch64")]
    neon::KERNEL,
    #[cfg(not(target_arch = "aarch64"))]
    scalar::KERNEL,
];

/// The kernels that this processor can run, the fastest first.
pub fn product_kernels() -> &'static [ProductKernel] {
    #[cfg(target_arch = "x86_64")]
    let first = match super::wide() {
        super::Wide::Avx512 => 0,
        super::Wide::Avx2 => 1,
        super::Wide::No => 2,
    };
    #[cfg(not(target_arch = "x86_64"))]
    let first = 0;
    &KERNELS[first..]
}

/// Multiplies an `m` by `k` and a `k` by `n` matrix by the fastest kernel.
///
/// # Panics
/// As `product_by`.
pub fn product(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, update: Update, out: ArrayViewMut2<'_, f64>) {
    product_by(&product_kernels()[0], x, y, update, out);
}

/// Multiplies an `m` by `k` and a `k` by `n` matrix by one of the `product_kernels`.
///
/// # Panics
/// Where the sides of the matrices do not fit each other, and where the numbers of a row of `out` do not lie side by side.
pub fn product_by(
    kernel: &ProductKernel,
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
    mut update: Update,
    mut out: ArrayViewMut2<'_, f64>,
) {
    let ((m, n), k) = (out.dim(), x.ncols());
    if x.nrows() != m || y.nrows() != k || y.ncols() != n {
        broken("the sides of matrices fit each other");
    }
    if out.is_empty() {
        return;
    }
    if n > 1 && out.strides()[1] != 1 {
        broken("the numbers of a row of a result lie side by side");
    }
    if k == 0 && update == Update::Set {
        out.fill(0.0);
    }
    let runs = k.div_ceil(RUN);
    let (mut x_copies, mut y_copies) = (Vec::new(), Vec::new());
    for run in 0..runs {
        let terms = Slice::from(part(run, runs, k));
        let x = x.slice_axis(Axis(1), terms);
        for first in (0..n).step_by(COLUMNS_AT_ONCE) {
            let these = Slice::from(first..n.min(first + COLUMNS_AT_ONCE));
            let y = y.slice_axis(Axis(0), terms);
            let columns = Columns::new(kernel, m, y.slice_axis(Axis(1), these), &mut y_copies);
            let mut out = out.slice_axis_mut(Axis(1), these);
            // Blocks of rows, and tiles of a block, are about as high as each other: a low tile is slow.
            let blocks = m.div_ceil(ROWS_AT_ONCE);
            for block in 0..blocks {
                let rows = Slice::from(part(block, blocks, m));
                multiply_rows(kernel, x.slice_axis(Axis(0), rows), &columns, update, out.slice_axis_mut(Axis(0), rows), &mut x_copies);
            }
        }
        if update == Update::Set {
            update = Update::Add;
        }
    }
}

/// One of so many parts of a whole, of which none is longer than another by more than one.
fn part(at: usize, parts: usize, whole: usize) -> Range<usize> {
    let start = |at: usize| at * (whole / parts) + at.min(whole % parts);
    start(at)..start(at + 1)
}

/// Columns that are copied together.
struct Panel {
    first: usize,
    count: usize,
    /// How many numbers of each term there are with those behind them.
    width: usize,
}

/// Columns of `y` over a run of terms, where those of a tile lie side by side.
struct Columns<'a> {
    y: ArrayView2<'a, f64>,
    /// From this one on they are copied, those of a tile together.
    copied: usize,
    copies: &'a [f64],
}

impl<'a> Columns<'a> {
    /// The columns of `y`, which as many rows will read.
    fn new(kernel: &ProductKernel, rows: usize, y: ArrayView2<'a, f64>, copies: &'a mut Vec<f64>) -> Self {
        let (n, width) = (y.ncols(), kernel.width());
        let [to_term, to_column] = steps(&y);
        // From this one on they do not fill the vectors of a tile.
        let narrow = if n.is_multiple_of(kernel.lanes) { n } else { n - n % width };
        let pays = rows > SHARED || rows > SHARED_FAR && to_term > FAR;
        let copied = if pays || to_column != 1 { 0 } else { narrow };
        let panel = |first: usize| {
            let count = width.min(n - first);
            Panel { first, count, width: count.next_multiple_of(kernel.lanes) }
        };
        copy_panels(y, (copied..n).step_by(width).map(panel), copies);
        Self { y, copied, copies }
    }

    /// Where the columns of a tile are, and the step from a term to the next.
    fn of_tile(&self, first: usize, width: usize) -> (*const f64, isize) {
        match first.checked_sub(self.copied) {
            Some(behind) => (self.copies[behind * self.y.nrows()..].as_ptr(), width.cast_signed()),
            None => (self.y.as_ptr().wrapping_add(first), steps(&self.y)[0]),
        }
    }
}

/// Copies columns, those of each panel together: its numbers of each term side by side, followed by any up to its width.
fn copy_panels(columns: ArrayView2<'_, f64>, panels: impl Iterator<Item = Panel> + Clone, copies: &mut Vec<f64>) {
    let terms = columns.nrows();
    // What stood there before remains beside narrow panels, whose sums are not used.
    copies.resize(panels.clone().map(|panel| panel.width * terms).sum(), 0.0);
    let mut rest = copies.as_mut_slice();
    for Panel { first, count, width } in panels {
        let (panel, others) = rest.split_at_mut(width * terms);
        rest = others;
        let columns = columns.slice_axis(Axis(1), Slice::from(first..first + count));
        if steps(&columns)[1] == 1 {
            copy_lines(columns, width, panel);
        } else {
            copy_columns(columns, width, panel);
        }
    }
}

/// Copies the numbers of each term, which lie side by side.
fn copy_lines(columns: ArrayView2<'_, f64>, width: usize, panel: &mut [f64]) {
    let ((_, count), [step, _]) = (columns.dim(), steps(&columns));
    let mut line = columns.as_ptr();
    for out in panel.chunks_exact_mut(width) {
        // SAFETY: the view holds so many terms, of so many numbers side by side.
        copy_few(unsafe { std::slice::from_raw_parts(line, count) }, &mut out[..count]);
        line = line.wrapping_offset(step);
    }
}

/// Copies the numbers of each column, a line of the cache from as many columns at once.
fn copy_columns(columns: ArrayView2<'_, f64>, width: usize, panel: &mut [f64]) {
    let ((_, count), [to_term, to_column]) = (columns.dim(), steps(&columns));
    let column = |at: usize| columns.as_ptr().wrapping_offset(at.cast_signed() * to_column);
    for first in (0..count).step_by(LINE) {
        if first + LINE <= count {
            let mut numbers: [*const f64; LINE] = std::array::from_fn(|at| column(first + at));
            for out in panel.chunks_exact_mut(width) {
                let (lines, _) = out[first..].as_chunks_mut::<LINE>();
                for (out, number) in lines[0].iter_mut().zip(&mut numbers) {
                    // SAFETY: the view holds so many terms of these columns.
                    *out = unsafe { **number };
                    *number = number.wrapping_offset(to_term);
                }
            }
        } else {
            for at in first..count {
                let mut number = column(at);
                for out in panel.chunks_exact_mut(width) {
                    // SAFETY: the view holds so many terms of the column.
                    out[at] = unsafe { *number };
                    number = number.wrapping_offset(to_term);
                }
            }
        }
    }
}

/// Copies fewer numbers than a call would be worth.
fn copy_few(x: &[f64], out: &mut [f64]) {
    let ((eights, x), (of_eights, out)) = (x.as_chunks::<8>(), out.as_chunks_mut::<8>());
    of_eights.iter_mut().zip(eights).for_each(|(out, x)| *out = *x);
    let ((fours, x), (of_fours, out)) = (x.as_chunks::<4>(), out.as_chunks_mut::<4>());
    of_fours.iter_mut().zip(fours).for_each(|(out, x)| *out = *x);
    out.iter_mut().zip(x).for_each(|(out, x)| *out = *x);
}

/// Multiplies as many rows of `x` as stay in the cache, over a run of terms.
fn multiply_rows(
    kernel: &ProductKernel,
    x: ArrayView2<'_, f64>,
    columns: &Columns,
    update: Update,
    mut out: ArrayViewMut2<'_, f64>,
    copies: &mut Vec<f64>,
) {
    let ((m, n), terms) = (out.dim(), x.ncols());
    let ([x_row, x_term], out_row) = (steps(&x), out.strides()[0]);
    let tiles = m.div_ceil(kernel.height);
    let rows_of = |tile: usize| part(tile, tiles, m);
    let copied = x_row == 1 && x_term > FAR && n > SHARED;
    if copied {
        let panel = |rows: Range<usize>| Panel { first: rows.start, count: rows.len(), width: rows.len() };
        copy_panels(x.reversed_axes(), (0..tiles).map(rows_of).map(panel), copies);
    }
    let (x_at, out_at) = (x.as_ptr(), out.as_mut_ptr());
    for first in (0..n).step_by(kernel.width()) {
        let count = kernel.width().min(n - first);
        let vectors = count.div_ceil(kernel.lanes);
        let (y, y_step) = columns.of_tile(first, vectors * kernel.lanes);
        for rows in (0..tiles).map(rows_of) {
            let (row, height) = (rows.start, rows.len());
            let (x, x_steps) = if copied {
                (copies[row * terms..].as_ptr(), [1, height.cast_signed()])
            } else {
                (x_at.wrapping_offset(row.cast_signed() * x_row), [x_row, x_term])
            };
            let third = 3 * x_steps[0];
            let x = [x, x.wrapping_offset(third), x.wrapping_offset(2 * third), x.wrapping_offset(3 * third)];
            let out = out_at.wrapping_offset(row.cast_signed() * out_row).wrapping_add(first);
            let tile = Tile { terms, x, x_steps, y, y_step, out, out_step: out_row, columns: count, update };
            // SAFETY: the view of `x` has these rows over these terms, or they were copied. Of `y` all columns of so many vectors are read:
            // they are in the view where they fill the vectors and lie side by side, and were copied otherwise, when all of a panel
            // was given numbers. The view of the result has these rows and `count` columns side by side, and is nobody else's. A kernel
            // is given out where the processor has its features.
            unsafe { kernel.tiles[vectors - 1][height - 1](&tile) };
        }
    }
}

/// The step from a row to the next, and from a column to the next.
fn steps(x: &ArrayView2<'_, f64>) -> [isize; 2] {
    [x.strides()[0], x.strides()[1]]
}
