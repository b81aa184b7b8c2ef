//! Arrays from parts, and parts of arrays: what moves numbers or makes them from sizes and places.
//!
//! Knows numbers in row-major slices and their shapes; computes no function of a number.

use super::array::KernelArgs;
use super::dense::identity;
use crate::ground::Shape;

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

    /// Which of its elements is at a position, if one is.
    fn element(&self, position: usize) -> Option<usize> {
        let ahead = position.cast_signed() - self.first.cast_signed();
        let k = (ahead % self.step == 0).then_some(ahead / self.step)?;
        usize::try_from(k).ok().filter(|&k| k < self.count)
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

/// The places of an array that subscripts take, row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Subscripts {
    rows: Subscript,
    across: Subscript,
    columns: usize,
}

impl Subscripts {
    /// Those of six numbers, as `subscripts` reads them.
    pub fn of(shape: Shape, number: impl Fn(usize) -> f64) -> Option<Self> {
        let (rows, across) = subscripts(shape, number)?;
        Some(Self { rows, across, columns: shape.sides().1 })
    }

    /// How many are taken.
    pub fn count(&self) -> usize {
        self.rows.count * self.across.count
    }

    /// The place that is taken as the one with this number.
    pub fn place(&self, at: usize) -> usize {
        self.rows.position(at / self.across.count) * self.columns + self.across.position(at % self.across.count)
    }

    /// As which one a place is taken, if it is.
    pub fn taken(&self, place: usize) -> Option<usize> {
        let (row, column) = (self.rows.element(place / self.columns)?, self.across.element(place % self.columns)?);
        Some(row * self.across.count + column)
    }
}

/// The numbers that the subscripts in the operands after the first take of it; nan where they take another number of them, as subscripts of
/// more digits may.
pub fn index(args: &KernelArgs<'_>, out: &mut [f64]) {
    let places = Subscripts::of(args.shapes[0], |at| args.number(at + 1)).filter(|places| places.count() == out.len());
    let Some(places) = places else { return out.fill(f64::NAN) };
    out.iter_mut().enumerate().for_each(|(at, out)| *out = args.numbers[0][places.place(at)]);
}

/// The first operand's numbers where the subscripts take them of the second, and 0 elsewhere; nan where they take another number of them.
pub fn scatter(args: &KernelArgs<'_>, out: &mut [f64]) {
    let places = Subscripts::of(args.shapes[1], |at| args.number(at + 2)).filter(|places| places.count() == args.numbers[0].len());
    let Some(places) = places else { return out.fill(f64::NAN) };
    out.fill(0.0);
    args.numbers[0].iter().enumerate().for_each(|(at, &x)| out[places.place(at)] = x);
}

/// The position that a number counts, from 0 or from the end with -1, along an axis of some length.
pub fn position(at: f64, length: usize) -> Option<usize> {
    // Told before the length is added, which may round to a whole number.
    let whole = at == at.floor();
    let at = if at < 0.0 { at + length as f64 } else { at };
    (whole && at >= 0.0 && at < length as f64).then_some(at as usize)
}

/// For each element or row that is gathered, where it starts in the array that it is taken from, of which the operands from
/// `at` on count the places.
fn gathered<'a>(args: &'a KernelArgs<'_>, shape: Shape, at: usize) -> impl Iterator<Item = Option<usize>> + 'a {
    let (rows, columns) = shape.sides();
    let row_by_row = args.numbers.len() == at + 1;
    let length = if shape.rank() == 2 { rows } else { columns };
    args.numbers[at].iter().enumerate().map(move |(k, &i)| {
        let i = position(i, length)?;
        match (row_by_row, shape.rank()) {
            (true, 2) => Some(i * columns),
            (true, _) => Some(i),
            (false, _) => Some(i * columns + position(args.numbers[at + 1][k], columns)?),
        }
    })
}

/// The elements or rows at the places that the operands after the first count; nan beyond its ends.
pub fn gather(args: &KernelArgs<'_>, out: &mut [f64]) {
    let width = out.len() / args.numbers[1].len();
    for (out, start) in out.chunks_exact_mut(width).zip(gathered(args, args.shapes[0], 1)) {
        match start {
            Some(start) => out.copy_from_slice(&args.numbers[0][start..start + width]),
            None => out.fill(f64::NAN),
        }
    }
}

/// The first operand's elements or rows added up at the places of the second's shape that the others count; nan, where one that is
/// not 0 is to be added beyond its ends.
pub fn scatter_add(args: &KernelArgs<'_>, out: &mut [f64]) {
    out.fill(0.0);
    let width = args.numbers[0].len() / args.numbers[2].len();
    for (x, start) in args.numbers[0].chunks_exact(width).zip(gathered(args, args.shapes[1], 2)) {
        match start {
            Some(start) => out[start..start + width].iter_mut().zip(x).for_each(|(out, x)| *out += x),
            None if x.iter().all(|&x| x == 0.0) => {}
            None => {
                // Whatever is added to it leaves it so.
                out.fill(f64::NAN);
                return;
            }
        }
    }
}

/// Numbers from 0, or from the first operand of several, by steps of 1, or of the third operand.
pub fn range(args: &KernelArgs<'_>, out: &mut [f64]) {
    let from = if args.numbers.len() == 1 { 0.0 } else { args.number(0) };
    let by = if args.numbers.len() == 3 { args.number(2) } else { 1.0 };
    out.iter_mut().enumerate().for_each(|(k, out)| *out = from + k as f64 * by);
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

/// The places at which a mask of zeros and ones is 1, counted row by row; nan where there are not as many as the result has room
/// for.
pub fn nonzero(args: &KernelArgs<'_>, out: &mut [f64]) {
    let mask = args.numbers[0];
    let is_mask = mask.iter().all(|&taken| taken == 0.0 || taken == 1.0);
    if !is_mask || mask.iter().filter(|&&taken| taken == 1.0).count() != out.len() {
        return out.fill(f64::NAN);
    }
    let places = mask.iter().enumerate().filter(|&(_, &taken)| taken == 1.0);
    out.iter_mut().zip(places).for_each(|(out, (place, _))| *out = place as f64);
}

/// Ones on the diagonal, zeros elsewhere.
pub fn eye(args: &KernelArgs<'_>, out: &mut [f64]) {
    identity(args.out.sides().1, out);
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
