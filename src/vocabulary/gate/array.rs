//! Vectors and matrices: the loops that carry a scalar function over arrays, and the functions of whole arrays.
//!
//! Knows numbers in row-major slices and their shapes; knows no gate, no derivative and no shape rule. A vector is
//! one row where it meets a matrix. Products and elimination are in the room `dense`.

#![expect(clippy::needless_range_loop, reason = "what iterators call is not always inlined where a processor is chosen")]

use super::ShapeArgs;
use super::dense::{Elimination, identity, is_blocked, multiply};
use super::runs::{column_sums, pairs, sum};
use crate::ground::{Shape, broken};
use crate::vocabulary::elementary;
use crate::vocabulary::lanes::{self, Loop, widest};
use std::borrow::Cow;

/// What a function of arrays is given.
#[derive(Clone, Copy, Debug)]
pub struct KernelArgs<'a> {
    /// The operands' numbers, row by row.
    pub numbers: &'a [&'a [f64]],
    /// The operands' shapes.
    pub shapes: &'a [Shape],
    /// The shape of the result.
    pub out: Shape,
    /// Whether the numbers of the first two operands lie column by column: only those of gates that `read_turned` do.
    pub turned: [bool; 2],
    /// Whether it is known of the first two operands that all their numbers are finite.
    pub finite: [bool; 2],
}

impl<'a> KernelArgs<'a> {
    /// Operands whose numbers lie row by row, as all do but what is read turned.
    pub fn new(numbers: &'a [&'a [f64]], shapes: &'a [Shape], out: Shape) -> Self {
        Self { numbers, shapes, out, turned: [false; 2], finite: [false; 2] }
    }

    /// The numbers of one of the first two operands, row by row.
    fn row_by_row(&self, at: usize) -> Cow<'a, [f64]> {
        let (numbers, (rows, columns)) = (self.numbers[at], self.shapes[at].sides());
        if self.turned[at] { Cow::from(transposed(columns, rows, numbers)) } else { Cow::from(numbers) }
    }

    /// The number that an operand is.
    pub(super) fn number(&self, at: usize) -> f64 {
        self.numbers[at].first().copied().unwrap_or_else(|| broken("a value holds a number"))
    }
}

/// How one operand is repeated where it meets others: what its row and its column are multiplied by.
fn strides(shape: Shape) -> (usize, usize) {
    let (rows, columns) = shape.sides();
    (if rows > 1 { columns } else { 0 }, usize::from(columns > 1))
}

/// A function of each number.
struct Each<'a, F> {
    f: F,
    x: &'a [f64],
    out: &'a mut [f64],
}

impl<F: Fn(f64) -> f64> Loop for Each<'_, F> {
    type Output = ();

    #[expect(clippy::inline_always, reason = "it is compiled for several processors where it is called")]
    #[inline(always)]
    fn run(self) {
        let x = &self.x[..self.out.len()];
        for at in 0..x.len() {
            self.out[at] = (self.f)(x[at]);
        }
    }
}

/// The type of an operand.
macro_rules! number {
    ($operand:ident) => {
        f64
    };
}

/// A function of the numbers at the same place of several slices.
macro_rules! each_of {
    ($name:ident $count:literal: $($operand:ident)*) => {
        pub(super) struct $name<'a, F> {
            pub(super) f: F,
            pub(super) operands: [&'a [f64]; $count],
            pub(super) out: &'a mut [f64],
        }

        impl<F: Fn($(number!($operand)),*) -> f64> Loop for $name<'_, F> {
            type Output = ();

            #[inline(always)]
            fn run(self) {
                let len = self.out.len();
                let [$($operand),*] = self.operands;
                $(let $operand = &$operand[..len];)*
                for at in 0..len {
                    self.out[at] = (self.f)($($operand[at]),*);
                }
            }
        }
    };
}

each_of!(EachPair 2: x y);
each_of!(EachTriple 3: x y z);
each_of!(EachFour 4: x y z u);
each_of!(EachFive 5: x y z u v);
each_of!(EachSix 6: x y z u v w);

/// A function of what stands in a slice and of the number at the same place of another.
struct Joined<'a, F> {
    f: F,
    x: &'a [f64],
    out: &'a mut [f64],
}

impl<F: Fn(f64, f64) -> f64> Loop for Joined<'_, F> {
    type Output = ();

    #[expect(clippy::inline_always, reason = "it is compiled for several processors where it is called")]
    #[inline(always)]
    fn run(self) {
        let x = &self.x[..self.out.len()];
        for at in 0..x.len() {
            self.out[at] = (self.f)(self.out[at], x[at]);
        }
    }
}

/// Each number of an operand.
#[inline]
pub fn each(f: impl Fn(f64) -> f64, args: &KernelArgs<'_>, out: &mut [f64]) {
    widest(Each { f, x: args.numbers[0], out });
}

/// Each pair of numbers where two operands meet.
#[inline]
pub fn each_pair(f: impl Fn(f64, f64) -> f64, args: &KernelArgs<'_>, out: &mut [f64]) {
    match *args.numbers {
        [x, y] if x.len() == out.len() && y.len() == out.len() => widest(EachPair { f, operands: [x, y], out }),
        [x, &[y]] => widest(Each { f: |x| f(x, y), x, out }),
        [&[x], y] => widest(Each { f: |y| f(x, y), x: y, out }),
        _ => each_of_many(|operand| f(operand(0), operand(1)), args, out),
    }
}

/// Each three numbers where three operands meet.
#[inline]
pub fn each_triple(f: impl Fn(f64, f64, f64) -> f64, args: &KernelArgs<'_>, out: &mut [f64]) {
    match *args.numbers {
        [x, y, z] if [x, y, z].iter().all(|numbers| numbers.len() == out.len()) => widest(EachTriple { f, operands: [x, y, z], out }),
        _ => each_of_many(|operand| f(operand(0), operand(1), operand(2)), args, out),
    }
}

/// Each place where any number of operands meet, taken two at a time from the left.
#[inline]
pub fn each_folded(f: impl Fn(f64, f64) -> f64 + Copy, args: &KernelArgs<'_>, out: &mut [f64]) {
    if args.numbers.len() == 2 {
        each_pair(f, args, out);
    } else if args.numbers.iter().all(|numbers| numbers.len() == out.len()) {
        out.copy_from_slice(args.numbers[0]);
        args.numbers[1..].iter().for_each(|x| widest(Joined { f, x, out: &mut *out }));
    } else {
        let count = args.numbers.len();
        each_of_many(|operand| (1..count).fold(operand(0), |out, at| f(out, operand(at))), args, out);
    }
}

/// Each place where any number of operands meet.
#[inline]
pub fn each_of_many(f: impl Fn(&dyn Fn(usize) -> f64) -> f64, args: &KernelArgs<'_>, out: &mut [f64]) {
    let columns = args.out.sides().1;
    let strides: Vec<(usize, usize)> = args.shapes.iter().map(|&shape| strides(shape)).collect();
    for (at, out) in out.iter_mut().enumerate() {
        let (i, j) = (at / columns, at % columns);
        *out = f(&|operand| {
            let (row, column) = strides[operand];
            args.numbers[operand][i * row + j * column]
        });
    }
}

// Along an axis.

/// The axis that a number names in a shape: 0 or 1, or counted from the end.
pub fn axis(shape: Shape, number: f64) -> Option<usize> {
    let rank = shape.rank() as f64;
    let at = if number < 0.0 { number + rank } else { number };
    (at == at.floor() && at >= 0.0 && at < rank).then_some(at as usize)
}

/// Hands every run of numbers along an axis to `take`, with its position; a vector has one run.
fn runs(shape: Shape, numbers: &[f64], along: usize, mut take: impl FnMut(usize, &[f64])) {
    let (_, columns) = shape.sides();
    if along + 1 == shape.rank() {
        numbers.chunks_exact(columns).enumerate().for_each(|(at, run)| take(at, run));
        return;
    }
    let mut run = Vec::with_capacity(numbers.len() / columns);
    for at in 0..columns {
        run.clear();
        run.extend(numbers[at..].iter().step_by(columns));
        take(at, &run);
    }
}

/// The axis that the operand at a position names, if it is there.
fn axis_at(args: &KernelArgs<'_>, position: usize) -> Option<usize> {
    let number = args.numbers.get(position)?.first().copied();
    Some(number.and_then(|number| axis(args.shapes[0], number)).unwrap_or_else(|| broken("a shape rule has accepted the axis")))
}

/// One number from all numbers of an operand, or from each run along the axis that the second operand names.
pub fn reduce(f: fn(&[f64]) -> f64, args: &KernelArgs<'_>, out: &mut [f64]) {
    match axis_at(args, 1) {
        None => out[0] = f(args.numbers[0]),
        Some(along) => runs(args.shapes[0], args.numbers[0], along, |at, run| out[at] = f(run)),
    }
}

/// The sum of all numbers of an operand, or of each run along the axis that the second operand names.
pub fn added(args: &KernelArgs<'_>, out: &mut [f64]) {
    let columns = args.shapes[0].sides().1;
    match axis_at(args, 1) {
        Some(0) if args.shapes[0].rank() == 2 => column_sums(args.numbers[0], columns, out),
        _ => reduce(sum, args, out),
    }
}

/// As many numbers from all numbers of an operand, or from each run along the axis that the second operand names.
pub fn sweep(f: fn(&[f64], &mut [f64]), args: &KernelArgs<'_>, out: &mut [f64]) {
    match axis_at(args, 1) {
        None => f(args.numbers[0], out),
        Some(along) => through(f, args.shapes[0], along, args.numbers[0], out),
    }
}

/// How many numbers the first operand holds, or how long it is along the axis that the second names.
pub fn length(args: &ShapeArgs<'_>) -> f64 {
    let shape = args.shapes[0];
    let (rows, columns) = shape.sides();
    if args.shapes.len() == 1 {
        return shape.size() as f64;
    }
    let along = (args.number)(1).and_then(|number| axis(shape, number));
    if along == Some(0) && shape.rank() == 2 { rows as f64 } else { columns as f64 }
}

fn through(f: impl Fn(&[f64], &mut [f64]), shape: Shape, along: usize, x: &[f64], out: &mut [f64]) {
    let (_, columns) = shape.sides();
    let last = along + 1 == shape.rank();
    runs(shape, x, along, |at, run| {
        let mut results = vec![0.0; run.len()];
        f(run, &mut results);
        for (k, &result) in results.iter().enumerate() {
            out[if last { at * columns + k } else { k * columns + at }] = result;
        }
    });
}

/// Pairs of runs of the first two operands, along the axis that the third one names, or all numbers.
pub fn pairs_along(args: &KernelArgs<'_>, out: &mut [f64]) {
    let (g, x) = (args.numbers[0], args.numbers[1]);
    let Some(along) = axis_at(args, 2) else {
        pairs(g, x, out);
        return;
    };
    let mut weights: Vec<Vec<f64>> = Vec::new();
    runs(args.shapes[0], g, along, |_, run| weights.push(run.to_vec()));
    let next = std::cell::Cell::new(0);
    let one = |run: &[f64], results: &mut [f64]| {
        pairs(&weights[next.get()], run, results);
        next.set(next.get() + 1);
    };
    through(one, args.shapes[1], along, x, out);
}

// Matrices.

/// `x @ y`: a vector is a row on the left and a column on the right.
pub fn product(args: &KernelArgs<'_>, out: &mut [f64]) {
    let (x, y) = (args.shapes[0], args.shapes[1]);
    let (m, k) = x.sides();
    let n = if y.rank() == 2 { y.sides().1 } else { 1 };
    multiply(m, k, n, [args.numbers[0], args.numbers[1]], args.turned, out);
}

/// Whether the product of matrices of two shapes reads its operands as fast where their numbers lie column by column.
pub(super) fn reads_turned(x: Shape, y: Shape) -> bool {
    x.rank() == 2 && y.rank() == 2 && is_blocked(x.sides().0, x.sides().1, y.sides().1)
}

/// What a local gradient adds to a gradient: its product with the upstream gradient, of which a 0 carries nothing, not
/// even inf or nan. The only place that says so.
#[inline]
pub fn carried(local: f64, upstream: f64) -> f64 {
    if upstream == 0.0 { 0.0 } else { local * upstream }
}

/// `x @ y` where the numbers of `x` are upstream gradients.
pub fn product_first(args: &KernelArgs<'_>, out: &mut [f64]) {
    product_carrying(args, 1, |x, y| carried(y, x), out);
}

/// `x @ y` where the numbers of `y` are upstream gradients.
pub fn product_last(args: &KernelArgs<'_>, out: &mut [f64]) {
    product_carrying(args, 0, carried, out);
}

/// `x @ y` in which `times` multiplies; where all numbers of the operand `local` are finite, that is what `*` does.
fn product_carrying(args: &KernelArgs<'_>, local: usize, times: impl Fn(f64, f64) -> f64, out: &mut [f64]) {
    if args.finite[local] || lanes::are_finite(args.numbers[local]) {
        product(args, out);
        return;
    }
    let [x, y] = [0, 1].map(|at| args.row_by_row(at));
    let k = args.shapes[0].sides().1;
    let n = if args.shapes[1].rank() == 2 { args.shapes[1].sides().1 } else { 1 };
    for (row, out) in x.chunks_exact(k).zip(out.chunks_exact_mut(n)) {
        out.fill(0.0);
        for (&x, y) in row.iter().zip(y.chunks_exact(n)) {
            out.iter_mut().zip(y).for_each(|(out, &y)| *out += times(x, y));
        }
    }
}

/// Every number of one vector times every number of another; the first are upstream gradients.
pub fn outer_first(args: &KernelArgs<'_>, out: &mut [f64]) {
    products(args, |x, y| carried(y, x), out);
}

/// Every number of one vector times every number of another; the second are upstream gradients.
pub fn outer_last(args: &KernelArgs<'_>, out: &mut [f64]) {
    products(args, carried, out);
}

/// Every number of one vector times every number of another.
pub fn outer(args: &KernelArgs<'_>, out: &mut [f64]) {
    products(args, |x, y| x * y, out);
}

fn products(args: &KernelArgs<'_>, times: impl Fn(f64, f64) -> f64, out: &mut [f64]) {
    let (x, y) = (args.numbers[0], args.numbers[1]);
    for (out, &x) in out.chunks_exact_mut(y.len()).zip(x) {
        out.iter_mut().zip(y).for_each(|(out, &y)| *out = times(x, y));
    }
}

/// The side of the squares that a transpose goes by: a row of one is a line of the cache.
const SQUARE: usize = 8;

/// Rows as columns.
pub fn transpose(args: &KernelArgs<'_>, out: &mut [f64]) {
    let x = args.numbers[0];
    if args.shapes[0].rank() < 2 {
        out.copy_from_slice(x);
        return;
    }
    let (rows, columns) = args.shapes[0].sides();
    turn(rows, columns, x, out);
}

/// The transpose of a matrix of so many rows and columns.
pub fn transposed(rows: usize, columns: usize, x: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    turn(rows, columns, x, &mut out);
    out
}

fn turn(rows: usize, columns: usize, x: &[f64], out: &mut [f64]) {
    // Rows of a power of two of numbers take each other's place in the cache, so a whole square is read before it is written.
    let mut square = [[0.0; SQUARE]; SQUARE];
    for top in (0..rows).step_by(SQUARE) {
        let height = SQUARE.min(rows - top);
        for left in (0..columns).step_by(SQUARE) {
            let width = SQUARE.min(columns - left);
            for (i, row) in square[..height].iter_mut().enumerate() {
                row[..width].copy_from_slice(&x[(top + i) * columns + left..][..width]);
            }
            for j in 0..width {
                let out = &mut out[(left + j) * rows + top..][..height];
                out.iter_mut().zip(&square).for_each(|(out, row)| *out = row[j]);
            }
        }
    }
}

/// The diagonal of a square matrix.
pub fn diagonal(args: &KernelArgs<'_>, out: &mut [f64]) {
    let n = out.len();
    out.iter_mut().enumerate().for_each(|(i, out)| *out = args.numbers[0][i * (n + 1)]);
}

/// A square matrix with a vector on its diagonal.
pub fn with_diagonal(args: &KernelArgs<'_>, out: &mut [f64]) {
    let n = args.numbers[0].len();
    out.fill(0.0);
    args.numbers[0].iter().enumerate().for_each(|(i, &x)| out[i * (n + 1)] = x);
}

/// The sum of the diagonal.
pub fn trace(args: &KernelArgs<'_>, out: &mut [f64]) {
    let n = args.shapes[0].sides().0;
    let diagonal: Vec<f64> = (0..n).map(|i| args.numbers[0][i * (n + 1)]).collect();
    out[0] = sum(&diagonal);
}

fn finite(args: &KernelArgs<'_>) -> bool {
    args.numbers.iter().flat_map(|numbers| numbers.iter()).all(|x| x.is_finite())
}

/// The determinant of a square matrix, exact for one and two rows but for rounding.
pub fn det(args: &KernelArgs<'_>, out: &mut [f64]) {
    out[0] = if finite(args) { determinant(args.shapes[0].sides().0, args.numbers[0]) } else { f64::NAN };
}

fn determinant(n: usize, x: &[f64]) -> f64 {
    match *x {
        [] => 1.0,
        [a] => a,
        [a, b, c, d] => a * d - b * c,
        _ => Elimination::new(n, x).determinant(),
    }
}

/// The logarithm of the determinant of a square matrix; nan where that is negative.
pub fn logdet(args: &KernelArgs<'_>, out: &mut [f64]) {
    let (n, x) = (args.shapes[0].sides().0, args.numbers[0]);
    out[0] = match finite(args).then(|| determinant(n, x)) {
        None => f64::NAN,
        Some(determinant) if determinant.is_normal() || n < 2 => elementary::log(determinant),
        Some(_) => Elimination::new(n, x).log_determinant(),
    };
}

/// The inverse of a square matrix; nan where there is none.
pub fn inverse(args: &KernelArgs<'_>, out: &mut [f64]) {
    let n = args.shapes[0].sides().0;
    identity(n, out);
    solved(n, args, n, out);
}

/// The solution z of `x @ z == y`; nan where there is none.
pub fn solve(args: &KernelArgs<'_>, out: &mut [f64]) {
    let columns = if args.shapes[1].rank() == 2 { args.shapes[1].sides().1 } else { 1 };
    out.copy_from_slice(args.numbers[1]);
    solved(args.shapes[0].sides().0, args, columns, out);
}

/// Turns right-hand sides into solutions, where the first operand, of `n` rows, has an inverse.
fn solved(n: usize, args: &KernelArgs<'_>, columns: usize, out: &mut [f64]) {
    let factors = finite(args).then(|| Elimination::new(n, args.numbers[0]));
    match factors.filter(|factors| !factors.is_singular()) {
        Some(factors) => factors.solve(columns, out),
        None => out.fill(f64::NAN),
    }
}

/// The slope of the determinant: the determinant of what is left without each number's row and column, signed.
pub fn cofactor(args: &KernelArgs<'_>, out: &mut [f64]) {
    let (n, x) = (args.shapes[0].sides().0, args.numbers[0]);
    if !finite(args) {
        out.fill(f64::NAN);
        return;
    }
    if n > MINORS {
        let whole = Elimination::new(n, x);
        if is_near_singular(&whole) {
            return super::cofactor::cofactors(n, x, out);
        }
        let det = whole.determinant();
        let mut inverse = vec![0.0; n * n];
        identity(n, &mut inverse);
        whole.solve(n, &mut inverse);
        out.iter_mut().enumerate().for_each(|(at, out)| *out = det * inverse[at % n * n + at / n]);
        return;
    }
    for (at, out) in out.iter_mut().enumerate() {
        let (i, j) = (at / n, at % n);
        let rest: Vec<f64> = (0..n * n).filter(|k| k / n != i && k % n != j).map(|k| x[k]).collect();
        let minor = determinant(n - 1, &rest);
        *out = if (i + j) % 2 == 0 { minor } else { -minor };
    }
}

/// Whether the pivots are too far apart for an inverse to be of use.
fn is_near_singular(factors: &Elimination) -> bool {
    const APART: f64 = 1e-9;
    let pivots = factors.pivots().map(f64::abs);
    let (least, most) = pivots.fold((f64::INFINITY, 0.0), |(least, most): (f64, f64), x| (least.min(x), most.max(x)));
    least <= APART * most
}

/// Up to this many rows cofactors are taken one by one, which a determinant of 0 does not disturb.
const MINORS: usize = 8;

/// The condition number of a square matrix in the norm of largest row sums; infinite where it has no inverse.
pub fn condition(shape: Shape, x: &[f64]) -> f64 {
    let n = shape.sides().0;
    let mut inverse = vec![0.0; x.len()];
    self::inverse(&KernelArgs::new(&[x], &[shape], shape), &mut inverse);
    let norm = |x: &[f64]| x.chunks_exact(n).map(|row| row.iter().map(|x| x.abs()).sum::<f64>()).fold(0.0, f64::max);
    if inverse.iter().any(|x| x.is_nan()) { f64::INFINITY } else { norm(x) * norm(&inverse) }
}
