//! Vectors and matrices: the loops that carry a scalar function over arrays, and the functions of whole arrays.
//!
//! Knows numbers in row-major slices and their shapes; knows no gate, no derivative and no shape rule. A vector is
//! one row where it meets a matrix. Products and elimination are in the room `dense`.

use super::ShapeArgs;
use super::dense::{Elimination, multiply};
use crate::ground::{Shape, broken};

/// What a function of arrays is given.
#[derive(Clone, Copy, Debug)]
pub struct KernelArgs<'a> {
    /// The operands' numbers, row by row.
    pub numbers: &'a [&'a [f64]],
    /// The operands' shapes.
    pub shapes: &'a [Shape],
    /// The shape of the result.
    pub out: Shape,
}

impl KernelArgs<'_> {
    /// The number that an operand is.
    fn number(&self, at: usize) -> f64 {
        self.numbers[at].first().copied().unwrap_or_else(|| broken("a value holds a number"))
    }
}

/// How one operand is repeated where it meets others: what its row and its column are multiplied by.
fn strides(shape: Shape) -> (usize, usize) {
    let (rows, columns) = shape.sides();
    (if rows > 1 { columns } else { 0 }, usize::from(columns > 1))
}

/// Each number of an operand.
#[inline]
pub fn each(f: impl Fn(f64) -> f64, args: &KernelArgs<'_>, out: &mut [f64]) {
    for (out, &x) in out.iter_mut().zip(args.numbers[0]) {
        *out = f(x);
    }
}

/// Each pair of numbers where two operands meet.
#[inline]
pub fn each_pair(f: impl Fn(f64, f64) -> f64, args: &KernelArgs<'_>, out: &mut [f64]) {
    match *args.numbers {
        [x, y] if x.len() == out.len() && y.len() == out.len() => {
            for (out, (&x, &y)) in out.iter_mut().zip(x.iter().zip(y)) {
                *out = f(x, y);
            }
        }
        [x, &[y]] => {
            for (out, &x) in out.iter_mut().zip(x) {
                *out = f(x, y);
            }
        }
        [&[x], y] => {
            for (out, &y) in out.iter_mut().zip(y) {
                *out = f(x, y);
            }
        }
        _ => each_of_many(|operand| f(operand(0), operand(1)), args, out),
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

// Functions of a run of numbers.

/// The sum, added in pairs of halves, so that rounding grows with the logarithm of the length only.
pub fn sum(x: &[f64]) -> f64 {
    const BLOCK: usize = 128;
    if x.len() <= BLOCK {
        return x.iter().copied().reduce(|sum, x| sum + x).unwrap_or(0.0);
    }
    let (left, right) = x.split_at(x.len() / 2);
    sum(left) + sum(right)
}

/// The mean.
pub fn mean(x: &[f64]) -> f64 {
    sum(x) / x.len() as f64
}

/// The product.
pub fn prod(x: &[f64]) -> f64 {
    x.iter().product()
}

/// The product of all the others, for each number.
pub fn others(x: &[f64], out: &mut [f64]) {
    let mut before = 1.0;
    for (out, &x) in out.iter_mut().zip(x) {
        *out = before;
        before *= x;
    }
    let mut after = 1.0;
    for (out, &x) in out.iter_mut().zip(x).rev() {
        *out *= after;
        after *= x;
    }
}

/// For each number, the sum of the others' weights, each times the product of all numbers but those two: how the
/// weighted products of all the others change with that number. The weights are the first operand.
pub fn pairs(weights: &[f64], x: &[f64], out: &mut [f64]) {
    // The product of a set, and the sum of its weights times the products of the rest of it; sets join in one step.
    let join = |(p, s): (f64, f64), (q, t): (f64, f64)| (p * q, s * q + p * t);
    let mut after = vec![(1.0, 0.0)];
    for (&weight, &x) in weights.iter().zip(x).rev() {
        after.push(join((x, weight), after[after.len() - 1]));
    }
    let mut before = (1.0, 0.0);
    for (at, out) in out.iter_mut().enumerate() {
        *out = join(before, after[x.len() - 1 - at]).1;
        before = join(before, (x[at], weights[at]));
    }
}

/// The largest; nan if one is nan.
pub fn largest(x: &[f64]) -> f64 {
    x.iter().copied().fold(f64::NEG_INFINITY, |out, x| if out >= x || out.is_nan() { out } else { x })
}

/// The smallest; nan if one is nan.
pub fn smallest(x: &[f64]) -> f64 {
    x.iter().copied().fold(f64::INFINITY, |out, x| if out <= x || out.is_nan() { out } else { x })
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

/// The distance of each number from the mean, which itself need not be a 64-bit number.
pub fn centered(x: &[f64], out: &mut [f64]) {
    let middle = mean(x);
    out.iter_mut().zip(x).for_each(|(out, x)| *out = x - middle);
    let rest = mean(out);
    for out in out.iter_mut() {
        *out -= rest;
    }
}

/// The mean square distance from the mean.
pub fn variance(x: &[f64]) -> f64 {
    let mut distances = vec![0.0; x.len()];
    centered(x, &mut distances);
    let squares: Vec<f64> = distances.iter().map(|x| x * x).collect();
    mean(&squares)
}

/// The square root of the variance, without squares that overflow or are lost.
pub fn deviation(x: &[f64]) -> f64 {
    let mut distances = vec![0.0; x.len()];
    centered(x, &mut distances);
    norm(&distances) / (x.len() as f64).sqrt()
}

/// The Euclidean norm, the largest magnitude taken out first, so that no square overflows or is lost.
pub fn norm(x: &[f64]) -> f64 {
    let scale = x.iter().fold(0.0, |scale: f64, x| if x.is_nan() { f64::NAN } else { scale.max(x.abs()) });
    if x.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    // A power of two scales without rounding.
    if scale == 0.0 || scale.is_infinite() {
        return scale;
    }
    let unit = if scale < 1e-140 {
        2f64.powi(600)
    } else if scale > 1e140 {
        2f64.powi(-600)
    } else {
        1.0
    };
    let squares: Vec<f64> = x.iter().map(|x| (x * unit) * (x * unit)).collect();
    sum(&squares).sqrt() / unit
}

/// The logarithm of the sum of exponentials, the largest taken out first.
pub fn logsumexp(x: &[f64]) -> f64 {
    let top = largest(x);
    if top.is_infinite() || top.is_nan() {
        return top;
    }
    let powers: Vec<f64> = x.iter().map(|x| core_math::exp(x - top)).collect();
    top + core_math::log(sum(&powers))
}

/// The exponentials as parts of their sum, the largest taken out first.
pub fn softmax(x: &[f64], out: &mut [f64]) {
    let top = largest(x);
    for (out, x) in out.iter_mut().zip(x) {
        *out = core_math::exp(x - top);
    }
    let whole = sum(out);
    for out in out.iter_mut() {
        *out /= whole;
    }
}

// Matrices.

/// `x @ y`: a vector is a row on the left and a column on the right.
pub fn product(args: &KernelArgs<'_>, out: &mut [f64]) {
    let (x, y) = (args.shapes[0], args.shapes[1]);
    let (m, k) = x.sides();
    let n = if y.rank() == 2 { y.sides().1 } else { 1 };
    multiply(m, k, n, args.numbers[0], args.numbers[1], out);
}

/// What a local gradient adds to a gradient: its product with the upstream gradient, of which a 0 carries nothing, not
/// even inf or nan. The only place that says so.
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
    if args.numbers[local].iter().all(|x| x.is_finite()) {
        product(args, out);
        return;
    }
    let (x, y) = (args.numbers[0], args.numbers[1]);
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

/// Rows as columns.
pub fn transpose(args: &KernelArgs<'_>, out: &mut [f64]) {
    let x = args.numbers[0];
    if args.shapes[0].rank() < 2 {
        out.copy_from_slice(x);
        return;
    }
    let (rows, columns) = args.shapes[0].sides();
    for (i, row) in x.chunks_exact(columns).enumerate() {
        for (j, &x) in row.iter().enumerate() {
            out[j * rows + i] = x;
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
    self::inverse(&KernelArgs { numbers: &[x], shapes: &[shape], out: shape }, &mut inverse);
    let norm = |x: &[f64]| x.chunks_exact(n).map(|row| row.iter().map(|x| x.abs()).sum::<f64>()).fold(0.0, f64::max);
    if inverse.iter().any(|x| x.is_nan()) { f64::INFINITY } else { norm(x) * norm(&inverse) }
}

// Arrays from parts, and parts of arrays.

/// The numbers in another shape.
pub fn copy(args: &KernelArgs<'_>, out: &mut [f64]) {
    out.copy_from_slice(args.numbers[0]);
}

/// Operands of one shape as the elements or rows of a larger one, or end to end.
pub fn in_order(args: &KernelArgs<'_>, out: &mut [f64]) {
    let mut start = 0;
    for numbers in args.numbers {
        out[start..start + numbers.len()].copy_from_slice(numbers);
        start += numbers.len();
    }
}

/// Matrices side by side.
pub fn side_by_side(args: &KernelArgs<'_>, out: &mut [f64]) {
    let columns = args.out.sides().1;
    for (i, row) in out.chunks_exact_mut(columns).enumerate() {
        let mut start = 0;
        for (numbers, shape) in args.numbers.iter().zip(args.shapes) {
            let width = shape.sides().1;
            row[start..start + width].copy_from_slice(&numbers[i * width..(i + 1) * width]);
            start += width;
        }
    }
}

/// A subscript along one axis of some length: the first position, the step, and how many; a single element has no
/// step. Absent parts are nan, as in Python's slices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Subscript {
    /// The first position.
    pub first: usize,
    /// From each position to the next.
    pub step: isize,
    /// How many.
    pub count: usize,
    /// Whether it is a single element, so that the axis is gone.
    pub single: bool,
}

impl Subscript {
    /// The elements that `from:to:by` takes of an axis; with a step of 0, the element `from`. None beyond the axis.
    pub fn new(length: usize, from: f64, to: f64, by: f64) -> Option<Self> {
        let n = length as f64;
        let whole = |x: f64| x.is_nan() || x == x.floor();
        if !whole(from) || !whole(to) || !whole(by) {
            return None;
        }
        if by == 0.0 {
            let at = if from < 0.0 { from + n } else { from };
            return (at >= 0.0 && at < n).then_some(Self { first: at as usize, step: 1, count: 1, single: true });
        }
        let step = if by.is_nan() { 1.0 } else { by };
        let (low, high) = if step > 0.0 { (0.0, n) } else { (-1.0, n - 1.0) };
        let place = |x: f64, absent: f64| if x.is_nan() { absent } else { (if x < 0.0 { x + n } else { x }).clamp(low, high) };
        let (start, end) = if step > 0.0 { (place(from, low), place(to, high)) } else { (place(from, high), place(to, low)) };
        let count = ((end - start) / step).ceil().max(0.0);
        (count > 0.0).then_some(Self { first: start as usize, step: step as isize, count: count as usize, single: false })
    }

    fn position(&self, k: usize) -> usize {
        self.first.wrapping_add_signed(self.step * k.cast_signed())
    }
}

/// The subscripts of a shape along its rows and its columns, from six numbers.
pub fn subscripts(shape: Shape, number: impl Fn(usize) -> f64) -> Option<(Subscript, Subscript)> {
    let all = |length: usize| Subscript { first: 0, step: 1, count: length, single: false };
    let axis = |length: usize, at: usize| Subscript::new(length, number(at), number(at + 1), number(at + 2));
    match shape {
        Shape::Scalar => None,
        Shape::Vector(n) => Some((all(1), axis(n as usize, 0)?)),
        Shape::Matrix(m, n) => Some((axis(m as usize, 0)?, axis(n as usize, 3)?)),
    }
}

/// The numbers that the subscripts in the operands after the first take of it.
pub fn index(args: &KernelArgs<'_>, out: &mut [f64]) {
    let columns = args.shapes[0].sides().1;
    let Some((rows, across)) = subscripts(args.shapes[0], |at| args.number(at + 1)) else { return };
    for (at, out) in out.iter_mut().enumerate() {
        let (i, j) = (at / across.count, at % across.count);
        *out = args.numbers[0][rows.position(i) * columns + across.position(j)];
    }
}

/// The first operand's numbers where the subscripts take them of the second, and 0 elsewhere.
pub fn scatter(args: &KernelArgs<'_>, out: &mut [f64]) {
    let columns = args.shapes[1].sides().1;
    let Some((rows, across)) = subscripts(args.shapes[1], |at| args.number(at + 2)) else { return };
    out.fill(0.0);
    for (at, &x) in args.numbers[0].iter().enumerate() {
        let (i, j) = (at / across.count, at % across.count);
        out[rows.position(i) * columns + across.position(j)] = x;
    }
}

/// A row of zeros with a 1 where each number of the operand says.
pub fn onehot(args: &KernelArgs<'_>, out: &mut [f64]) {
    let width = args.out.sides().1;
    out.fill(0.0);
    for (row, &at) in out.chunks_exact_mut(width).zip(args.numbers[0]) {
        if at >= 0.0 && at < width as f64 && at == at.floor() {
            row[at as usize] = 1.0;
        } else {
            row.fill(f64::NAN);
        }
    }
}

/// Ones on the diagonal, zeros elsewhere.
pub fn eye(args: &KernelArgs<'_>, out: &mut [f64]) {
    identity(args.out.sides().1, out);
}

fn identity(n: usize, out: &mut [f64]) {
    out.fill(0.0);
    out.iter_mut().step_by(n + 1).for_each(|out| *out = 1.0);
}

/// Numbers at equal distances from the first operand to the second, both included.
pub fn linspace(args: &KernelArgs<'_>, out: &mut [f64]) {
    let (from, to) = (args.number(0), args.number(1));
    let last = out.len() - 1;
    for (k, out) in out.iter_mut().enumerate() {
        let t = if last == 0 { 0.0 } else { k as f64 / last as f64 };
        *out = if k == last && last > 0 { to } else { from + t * (to - from) };
    }
}
