//! The shape of a value. Knows sizes only; how gates combine shapes stands in the gate table.

use std::fmt;

/// The shape of a value: `[]`, `[n]` or `[m, n]`, as NumPy writes it.
///
/// ```
/// use gradcalc::Shape;
/// assert_eq!((Shape::Matrix(2, 3).size(), Shape::Matrix(2, 3).to_string()), (6, "[2, 3]".to_owned()));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A single number.
    #[default]
    Scalar,
    /// `n` numbers.
    Vector(u32),
    /// `m` rows of `n` numbers.
    Matrix(u32, u32),
}

impl Shape {
    /// The sizes as a sentence has them: a number has none.
    pub(crate) fn spoken(self) -> String {
        if self.is_scalar() { "a number".to_owned() } else { self.to_string() }
    }

    /// How many numbers a value of this shape holds.
    pub fn size(self) -> usize {
        match self {
            Self::Scalar => 1,
            Self::Vector(n) => n as usize,
            Self::Matrix(m, n) => m as usize * n as usize,
        }
    }

    /// The sizes along each axis: none for a scalar.
    pub fn dims(self) -> Vec<u32> {
        match self {
            Self::Scalar => Vec::new(),
            Self::Vector(n) => vec![n],
            Self::Matrix(m, n) => vec![m, n],
        }
    }

    /// The shape of these sizes along each axis; none beyond two axes, for an empty axis and for four billion numbers.
    pub fn from_dims(dims: &[usize]) -> Option<Self> {
        let side = |n: usize| u32::try_from(n).ok().filter(|&n| n > 0);
        match *dims {
            [] => Some(Self::Scalar),
            [n] => side(n).map(Self::Vector),
            [m, n] if m.checked_mul(n).is_some_and(|size| u32::try_from(size).is_ok()) => Some(Self::Matrix(side(m)?, side(n)?)),
            _ => None,
        }
    }

    /// How many axes it has.
    pub fn rank(self) -> usize {
        match self {
            Self::Scalar => 0,
            Self::Vector(_) => 1,
            Self::Matrix(..) => 2,
        }
    }

    /// Its rows and columns; a vector is one row, as broadcasting sees it.
    pub fn sides(self) -> (usize, usize) {
        match self {
            Self::Scalar => (1, 1),
            Self::Vector(n) => (1, n as usize),
            Self::Matrix(m, n) => (m as usize, n as usize),
        }
    }

    /// The shape that both are repeated to where they meet, number by number: sizes are equal or one of them is 1.
    pub fn broadcast(self, other: Self) -> Option<Self> {
        if self == other {
            return Some(self);
        }
        let meet = |a: usize, b: usize| match (a, b) {
            (a, 1) => Some(a),
            (1, b) => Some(b),
            (a, b) => (a == b).then_some(a),
        };
        let ((m, n), (k, l)) = (self.sides(), other.sides());
        let (rows, columns) = (meet(m, k)?, meet(n, l)?);
        match self.rank().max(other.rank()) {
            0 => Some(Self::Scalar),
            1 => Self::from_dims(&[columns]),
            _ => Self::from_dims(&[rows, columns]),
        }
    }

    /// The position, row by row, of the number that stands at position `at` of `whole`, to which this shape is repeated.
    #[inline]
    pub fn met(self, whole: Self, at: usize) -> usize {
        if self == whole {
            return at;
        }
        let ((rows, columns), across) = (self.sides(), whole.sides().1);
        (if rows > 1 { at / across * columns } else { 0 }) + if columns > 1 { at % across } else { 0 }
    }

    /// The subscript of a position, row by row: nothing for a number, `[2]` or `[0, 2]`.
    pub fn subscript(self, at: usize) -> String {
        let columns = self.sides().1;
        match self {
            Self::Scalar => String::new(),
            Self::Vector(_) => format!("[{at}]"),
            Self::Matrix(..) => format!("[{}, {}]", at / columns, at % columns),
        }
    }

    /// Whether it is a single number.
    pub fn is_scalar(self) -> bool {
        self == Self::Scalar
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar => write!(out, "[]"),
            Self::Vector(n) => write!(out, "[{n}]"),
            Self::Matrix(m, n) => write!(out, "[{m}, {n}]"),
        }
    }
}
