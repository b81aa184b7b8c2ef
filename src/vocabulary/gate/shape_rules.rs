//! How gates combine shapes: for each way, the shape of the result, or why the operands do not go together.
//!
//! Knows shapes, and the numbers of operands that no input changes, such as an axis. A reason speaks of operands as
//! `{0}`, `{1}`: whoever tells it puts the user's words there.

use super::array::axis;
use super::parts::subscripts;
use crate::ground::{Shape, number};

/// What a shape rule is given.
#[derive(Clone, Copy)]
pub struct ShapeArgs<'a> {
    /// The operands' shapes.
    pub shapes: &'a [Shape],
    /// The number of an operand that is one and that no input changes.
    pub number: &'a dyn Fn(usize) -> Option<f64>,
}

/// Why operands do not go together, and what to do; `{0}` stands for the first operand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeError {
    /// What is wrong.
    pub says: String,
    /// What to do; may be empty.
    pub help: String,
}

/// A shape rule.
pub type Rule = fn(&ShapeArgs<'_>) -> Result<Shape, ShapeError>;

/// The most numbers that one value may hold.
pub const MOST_NUMBERS: usize = 1 << 27;

fn mismatch<T>(says: impl Into<String>, help: impl Into<String>) -> Result<T, ShapeError> {
    Err(ShapeError { says: says.into(), help: help.into() })
}

fn sized(dims: &[usize]) -> Result<Shape, ShapeError> {
    let size = dims.iter().try_fold(1usize, |size, &n| size.checked_mul(n)).filter(|&size| size <= MOST_NUMBERS);
    match size.and_then(|_| Shape::from_dims(dims)) {
        Some(shape) => Ok(shape),
        None => mismatch(format!("a value has 1 to {MOST_NUMBERS} numbers"), "choose other sizes"),
    }
}

/// Number by number, each operand repeated along axes where it has size 1.
pub fn broadcast(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    let mut whole = Shape::Scalar;
    for (at, &shape) in operands.shapes.iter().enumerate() {
        let Some(met) = whole.broadcast(shape) else {
            let before = operands.shapes[..at].iter().position(|other| other.broadcast(shape).is_none()).unwrap_or(0);
            return disagree(before, operands.shapes[before], at, shape);
        };
        whole = met;
    }
    Ok(whole)
}

/// Two shapes that do not meet: which sizes disagree, and what the likely fix is.
fn disagree(one: usize, left: Shape, other: usize, right: Shape) -> Result<Shape, ShapeError> {
    let ((m, n), (k, l)) = (left.sides(), right.sides());
    let says = if n != l && n != 1 && l != 1 {
        format!("{{{one}}} is {left} and {{{other}}} is {right}: {n} and {l} numbers in a row do not meet")
    } else {
        format!("{{{one}}} is {left} and {{{other}}} is {right}: {m} and {k} rows do not meet")
    };
    let help = match (left, right) {
        (Shape::Matrix(..), Shape::Vector(v)) if v as usize == m => {
            format!("for a number for each row, write `reshape({{{other}}}, {v}, 1)`")
        }
        (Shape::Vector(v), Shape::Matrix(..)) if v as usize == k => {
            format!("for a number for each row, write `reshape({{{one}}}, {v}, 1)`")
        }
        (Shape::Matrix(..), Shape::Matrix(..)) if (m, n) == (l, k) => format!("transpose one of them: `{{{other}}}'`"),
        _ => "sizes must be equal, or one of them 1".to_owned(),
    };
    mismatch(says, help)
}

/// Number by number, but not one array alone, over which the gate goes as a whole.
pub fn several(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    match operands.shapes {
        [shape] if !shape.is_scalar() => mismatch("one array alone", ""),
        _ => broadcast(operands),
    }
}

/// Number by number, of two operands at least.
pub fn together(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    if operands.shapes.len() == 1 { mismatch("one operand alone", "") } else { broadcast(operands) }
}

/// The shape of the first operand.
pub fn same(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    Ok(operands.shapes[0])
}

/// The axis that the second operand names.
fn named_axis(operands: &ShapeArgs<'_>) -> Result<usize, ShapeError> {
    let shape = operands.shapes[0];
    let Some(number) = (operands.number)(1) else { return mismatch("the axis must be a number that no input changes", "write 0 or 1") };
    match (axis(shape, number), shape.rank()) {
        (Some(axis), _) => Ok(axis),
        (None, 0) => mismatch("{0} is a single number and has no axis", "leave the axis out"),
        (None, 1) => mismatch(format!("{{0}} is {shape} and has the axis 0 alone"), "write 0, or leave the axis out"),
        (None, _) => {
            mismatch(format!("{{0}} is {shape} and has the axes 0 and 1"), "write 0 for down the columns, or 1 for along the rows")
        }
    }
}

/// One number from all numbers of the first operand, or from each run along the axis that the second names.
pub fn reduced(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    if operands.shapes.len() == 1 {
        return Ok(Shape::Scalar);
    }
    let axis = named_axis(operands)?;
    Ok(match operands.shapes[0] {
        Shape::Matrix(_, n) if axis == 0 => Shape::Vector(n),
        Shape::Matrix(m, _) => Shape::Vector(m),
        _ => Shape::Scalar,
    })
}

/// The shape of the first operand, which has the axis that the second names, if there is one.
pub fn kept(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    if operands.shapes.len() > 1 {
        named_axis(operands)?;
    }
    same(operands)
}

/// The shape of the first operand; a matrix without an axis becomes a vector, row by row.
pub fn running(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    match *operands.shapes {
        [shape] => sized(&[shape.size()]),
        _ => kept(operands),
    }
}

/// A single number, from an operand with the axis that the second names, if there is one.
pub fn measured(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    kept(operands).map(|_| Shape::Scalar)
}

/// The shape of the first operand with one more axis of size 1, where the second operand says.
pub fn expanded(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    let Some(number) = (operands.number)(1) else { return mismatch("the axis must be a number that no input changes", "write 0 or 1") };
    match operands.shapes[0] {
        Shape::Scalar if number == 0.0 || number == -1.0 => sized(&[1]),
        Shape::Vector(n) if number == 0.0 || number == -2.0 => sized(&[1, n as usize]),
        Shape::Vector(n) if number == 1.0 || number == -1.0 => sized(&[n as usize, 1]),
        shape => mismatch(format!("{{0}} is {shape}: an axis {number} cannot be added"), "a value has two axes at most"),
    }
}

/// `x @ y` of two matrices.
pub fn matmul(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    inner(operands.shapes[0], operands.shapes[1], [2, 2])
}

/// `x @ y` of a matrix and a vector.
pub fn matvec(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    inner(operands.shapes[0], operands.shapes[1], [2, 1])
}

/// `x @ y` of a vector and a matrix.
pub fn vecmat(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    inner(operands.shapes[0], operands.shapes[1], [1, 2])
}

/// `x @ y` of two vectors.
pub fn dot(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    inner(operands.shapes[0], operands.shapes[1], [1, 1])
}

fn inner(x: Shape, y: Shape, ranks: [usize; 2]) -> Result<Shape, ShapeError> {
    if x.is_scalar() || y.is_scalar() {
        return mismatch(format!("{{0}} is {x} and {{1}} is {y}: a matrix product has no single number in it"), "multiply with `*`");
    }
    let ((m, n), (rows, l)) = (x.sides(), y.sides());
    let k = if y.rank() == 1 { l } else { rows };
    if n != k {
        let left = if x.rank() == 1 { format!("the {n} numbers of {{0}}") } else { format!("the {n} columns of {{0}}") };
        let right = if y.rank() == 1 { format!("the {k} numbers of {{1}}") } else { format!("the {k} rows of {{1}}") };
        let help = match (x.rank(), y.rank()) {
            (2, 2) if n == l => "transpose the second: `{0} @ {1}'`",
            (2, _) if m == k => "transpose the first: `{0}' @ {1}`",
            (_, 2) if n == l => "transpose the second: `{0} @ {1}'`",
            (2, 2) if l == m => "exchange them: `{1} @ {0}`",
            (1, 1) => "for all products of two numbers, write `outer({0}, {1})`",
            _ => "the inner sizes must be equal",
        };
        return mismatch(format!("{{0}} is {x} and {{1}} is {y}: {left} do not meet {right}"), help);
    }
    if [x.rank(), y.rank()] != ranks {
        return mismatch(format!("{{0}} is {x} and {{1}} is {y}: two vectors are needed"), "write `{0} @ {1}`");
    }
    match ranks {
        [2, 2] => sized(&[m, l]),
        [2, 1] => sized(&[m]),
        [1, 2] => sized(&[l]),
        _ => Ok(Shape::Scalar),
    }
}

/// A matrix from two vectors.
pub fn outer(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    match *operands.shapes {
        [Shape::Vector(m), Shape::Vector(n)] => sized(&[m as usize, n as usize]),
        ref shapes => mismatch(format!("{{0}} is {} and {{1}} is {}: two vectors are needed", shapes[0], shapes[1]), ""),
    }
}

/// Rows as columns; a vector stays as it is.
pub fn transpose(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    Ok(match operands.shapes[0] {
        Shape::Matrix(m, n) => Shape::Matrix(n, m),
        shape => shape,
    })
}

fn square(shape: Shape) -> Result<u32, ShapeError> {
    match shape {
        Shape::Matrix(m, n) if m == n => Ok(n),
        Shape::Matrix(m, n) => mismatch(
            format!("{{0}} is {shape}, and a square matrix is needed: {m} rows and {n} columns disagree"),
            "for least squares, solve `{0}' @ {0}`",
        ),
        _ => mismatch(format!("{{0}} is {shape}, and a square matrix is needed"), "write a matrix as `[1, 2; 3, 4]`"),
    }
}

/// A number from a square matrix.
pub fn of_square(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    square(operands.shapes[0]).map(|_| Shape::Scalar)
}

/// A square matrix from a square matrix.
pub fn square_same(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    square(operands.shapes[0]).map(|_| operands.shapes[0])
}

/// The diagonal of a square matrix.
pub fn diagonal(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    square(operands.shapes[0]).map(Shape::Vector)
}

/// A square matrix with a vector on its diagonal.
pub fn with_diagonal(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    match operands.shapes[0] {
        Shape::Vector(n) => sized(&[n as usize, n as usize]),
        shape => mismatch(format!("{{0}} is {shape}, and a vector or a square matrix is needed"), ""),
    }
}

/// The solutions of as many equations as a square matrix has rows, for a matrix of right sides.
pub fn solve(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    solution(operands, 2)
}

/// The solution of as many equations as a square matrix has rows.
pub fn solve_vector(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    solution(operands, 1)
}

fn solution(operands: &ShapeArgs<'_>, rank: usize) -> Result<Shape, ShapeError> {
    let (x, y) = (operands.shapes[0], operands.shapes[1]);
    let n = square(x)?;
    let rows = match y {
        Shape::Vector(rows) | Shape::Matrix(rows, _) => rows,
        Shape::Scalar => return mismatch("{1} is a single number, and a vector or a matrix is needed", "write it as `[x, y]`"),
    };
    if rows != n {
        return mismatch(
            format!("{{0}} is {x} and {{1}} is {y}: {n} equations have {rows} right sides"),
            "the numbers of rows must be equal",
        );
    }
    if y.rank() == rank { Ok(y) } else { mismatch("another rank", "") }
}

/// The whole number from 1 on that an operand is.
fn count(operands: &ShapeArgs<'_>, at: usize) -> Result<usize, ShapeError> {
    match (operands.number)(at) {
        Some(n) if n >= 1.0 && n == n.floor() && n <= MOST_NUMBERS as f64 => Ok(n as usize),
        Some(n) => mismatch(format!("{{{at}}} is {n}, and a size is a whole number from 1 to {MOST_NUMBERS}"), "choose another size"),
        None => mismatch(
            format!("{{{at}}} must be a number that no input changes"),
            "write the number, or declare it before the expression, as in `const n = 3; zeros(n)`",
        ),
    }
}

/// A vector of a given size.
pub fn vector(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    sized(&[count(operands, 0)?])
}

/// A matrix of given sizes.
pub fn matrix(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    sized(&[count(operands, 0)?, count(operands, 1)?])
}

/// A square matrix of a given size.
pub fn eye(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    let n = count(operands, 0)?;
    sized(&[n, n])
}

/// As many numbers as the third operand says, between two single numbers.
pub fn linspace(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    if operands.shapes[..2].iter().any(|shape| !shape.is_scalar()) {
        return mismatch("the two ends must be single numbers", "");
    }
    sized(&[count(operands, 2)?])
}

/// One more axis, of the size that the second operand says.
pub fn onehot(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    let n = count(operands, 1)?;
    match operands.shapes[0] {
        Shape::Scalar => sized(&[n]),
        Shape::Vector(m) => sized(&[m as usize, n]),
        shape @ Shape::Matrix(..) => mismatch(format!("{{0}} is {shape}, and a vector of whole numbers is needed"), ""),
    }
}

/// As many places as the second operand says.
pub fn nonzero(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    if operands.shapes[0].is_scalar() {
        return mismatch("{0} is a single number, and a mask of an array is needed", "");
    }
    sized(&[count(operands, 1)?])
}

/// The same numbers as a vector.
pub fn reshape_vector(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    reshaped(operands.shapes[0], sized(&[count(operands, 1)?])?)
}

/// The same numbers as a matrix.
pub fn reshape_matrix(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    reshaped(operands.shapes[0], sized(&[count(operands, 1)?, count(operands, 2)?])?)
}

fn reshaped(from: Shape, to: Shape) -> Result<Shape, ShapeError> {
    if from.size() == to.size() {
        return Ok(to);
    }
    let says = format!("{{0}} is {from}, which is {} numbers, and {to} holds {}", from.size(), to.size());
    mismatch(says, "choose sizes whose product is the number of numbers")
}

/// The numbers of the first operand in the shape of the second.
pub fn like(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    reshaped(operands.shapes[0], operands.shapes[1])
}

/// Elements or rows of one shape, one after the other along a new first axis.
pub fn stack(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    let first = operands.shapes[0];
    if let Some(at) = operands.shapes.iter().position(|&shape| shape != first) {
        let other = operands.shapes[at];
        let words = if first.rank() == other.rank() && first.rank() == 1 { "rows have equal lengths" } else { "elements have one shape" };
        return mismatch(format!("{{0}} is {first} and {{{at}}} is {other}: {words}"), "to put arrays end to end, write `concat(x, y)`");
    }
    match first {
        Shape::Scalar => sized(&[operands.shapes.len()]),
        Shape::Vector(n) => sized(&[operands.shapes.len(), n as usize]),
        Shape::Matrix(..) => {
            mismatch(format!("{{0}} is {first}: a value has two axes at most"), "to put matrices below each other, write `concat(x, y)`")
        }
    }
}

/// Arrays end to end along the first axis.
pub fn concat(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    joined(operands, 0)
}

/// Matrices side by side.
pub fn concat_across(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    joined(operands, 1)
}

fn joined(operands: &ShapeArgs<'_>, axis: usize) -> Result<Shape, ShapeError> {
    let first = operands.shapes[0];
    let mut length = 0;
    for (at, &shape) in operands.shapes.iter().enumerate() {
        if shape.is_scalar() {
            return mismatch(format!("{{{at}}} is a single number"), format!("write it as a vector: `[{{{at}}}]`"));
        }
        if shape.rank() != first.rank() || (axis == 1 && shape.rank() == 1) {
            return mismatch(
                format!("{{0}} is {first} and {{{at}}} is {shape}: arrays joined have the same number of axes, 2 for axis 1"),
                "",
            );
        }
        let ((m, n), (rows, columns)) = (first.sides(), shape.sides());
        let agree = if axis == 1 { m == rows } else { first.rank() == 1 || n == columns };
        if !agree {
            let what = if axis == 1 { format!("{m} and {rows} rows") } else { format!("{n} and {columns} columns") };
            return mismatch(
                format!("{{0}} is {first} and {{{at}}} is {shape}: {what} do not meet"),
                "join along the other axis, or transpose",
            );
        }
        length += if axis == 1 || first.rank() == 1 { columns } else { rows };
    }
    match first {
        Shape::Matrix(m, _) if axis == 1 => sized(&[m as usize, length]),
        Shape::Matrix(_, n) => sized(&[length, n as usize]),
        _ => sized(&[length]),
    }
}

/// What the subscripts after the first operand take of it.
pub fn index(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    let shape = operands.shapes[0];
    if shape.is_scalar() {
        return mismatch("{0} is a single number and has no elements", "leave the index out");
    }
    // Six operands after the first: three for each axis, nan where a part was left out.
    let number = |at: usize| (operands.number)(at + 1);
    if (0..6).any(|at| number(at).is_none()) {
        return mismatch(
            "the ends of a range must be numbers that no input changes",
            "write the numbers, or declare them before the expression, as in `const i = 1; x[i:]`",
        );
    }
    let part = |at: usize| number(at).unwrap_or(f64::NAN);
    if shape.rank() == 1 && (3..6).any(|at| !part(at).is_nan()) {
        return mismatch(format!("{{0}} is {shape} and has one axis, and two are indexed"), "give one index");
    }
    let Some((rows, across)) = subscripts(shape, part) else {
        let lengths = if shape.rank() == 1 { vec![shape.sides().1] } else { vec![shape.sides().0, shape.sides().1] };
        for (axis, length) in lengths.into_iter().enumerate() {
            let [from, to, by] = [0, 1, 2].map(|at| part(axis * 3 + at));
            if super::parts::Subscript::new(length, from, to, by).is_some() {
                continue;
            }
            let says = if by == 0.0 {
                let from = number::shortest(from);
                format!("{{0}} is {shape}: along axis {axis} it has the elements 0 to {}, and {from} is asked for", length - 1)
            } else {
                format!("{{0}} is {shape}: the range takes none of the {length} elements along axis {axis}")
            };
            return mismatch(says, "elements are counted from 0, or from the end with -1; an index is a whole number");
        }
        return mismatch("the index takes nothing", "");
    };
    match (shape.rank(), rows.single, across.single) {
        (2, false, false) => sized(&[rows.count, across.count]),
        (2, true, false) | (1, _, false) => sized(&[across.count]),
        (2, false, true) => sized(&[rows.count]),
        _ => Ok(Shape::Scalar),
    }
}

/// The shape of the second operand.
pub fn scatter(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    Ok(operands.shapes[1])
}

/// Elements of a vector, at places of any shape.
pub fn gather(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    match (operands.shapes[0], operands.shapes[1]) {
        (Shape::Vector(_), at) => Ok(at),
        (shape, _) => mismatch(format!("{{0}} is {shape}, and a vector is needed"), ""),
    }
}

/// Rows of a matrix, or one of them.
pub fn gather_rows(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    match (operands.shapes[0], operands.shapes[1]) {
        (Shape::Matrix(_, n), Shape::Vector(k)) => sized(&[k as usize, n as usize]),
        (Shape::Matrix(_, n), Shape::Scalar) => sized(&[n as usize]),
        (shape, at) => mismatch(format!("{{0}} is {shape} and {{1}} is {at}: a matrix, and a number or a vector, are needed"), ""),
    }
}

/// Elements of a matrix, at rows and columns of one shape.
pub fn gather_pairs(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    match *operands.shapes {
        [Shape::Matrix(..), i, j] if i == j => Ok(i),
        _ => mismatch("a matrix is needed, and as many rows as columns", ""),
    }
}

/// The shape of the second operand, of which the others gather what the first holds.
pub fn scatter_add(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    let gathers = match operands.shapes.len() {
        3 if operands.shapes[1].rank() == 2 => gather_rows,
        3 => gather,
        _ => gather_pairs,
    };
    let taken = gathers(&ShapeArgs { shapes: &operands.shapes[1..], number: &|at| (operands.number)(at + 1) })?;
    if taken == operands.shapes[0] { Ok(operands.shapes[1]) } else { mismatch("as many numbers as places are needed", "") }
}

/// Numbers by equal steps: from 0 to before the operand, or from the first of several to before the second.
pub fn range(operands: &ShapeArgs<'_>) -> Result<Shape, ShapeError> {
    let count = operands.shapes.len();
    if let Some(at) = (0..count).find(|&at| (operands.number)(at).is_none()) {
        return mismatch(
            format!("{{{at}}} must be a number that no input changes"),
            "write the number, or declare it before the expression, as in `const n = 3; zeros(n)`",
        );
    }
    let number = |at: usize| (operands.number)(at).unwrap_or(f64::NAN);
    let (from, to) = if count == 1 { (0.0, number(0)) } else { (number(0), number(1)) };
    let steps = ((to - from) / if count == 3 { number(2) } else { 1.0 }).ceil();
    if steps >= 1.0 && steps <= MOST_NUMBERS as f64 {
        return sized(&[steps as usize]);
    }
    if steps >= 1.0 {
        return mismatch("this range holds too many numbers", "its end is too far from its start");
    }
    mismatch("this range holds no number", "its end comes after its start: `range(3)` is [0, 1, 2]")
}
