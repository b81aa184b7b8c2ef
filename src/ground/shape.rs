//! The shape of a value. Knows sizes only; how gates combine shapes stands in the gate table.

use std::fmt;

/// The shape of a value: `[]`, `[n]` or `[m, n]`, as NumPy writes it.
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
