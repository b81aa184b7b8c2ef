//! A value: a number, or numbers in a shape. Knows sizes and numbers only.

use super::{Shape, broken};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Numbers in a shape, row by row.
///
/// ```
/// use gradcalc::{Shape, Value};
/// let Value::Array(array) = Value::from(vec![1.0, 2.0]) else { panic!("two numbers are no single one") };
/// assert_eq!((array.shape, &array.numbers[..]), (Shape::Vector(2), &[1.0, 2.0][..]));
/// ```
#[non_exhaustive]
#[derive(Clone)]
pub struct Array {
    /// The shape.
    pub shape: Shape,
    /// As many numbers as the shape holds.
    pub numbers: Vec<f64>,
    /// Whether all of them are finite, once that was asked.
    finite: OnceLock<bool>,
}

// What is remembered of the numbers is no part of them.
impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Array").field("shape", &self.shape).field("numbers", &self.numbers).finish_non_exhaustive()
    }
}

impl PartialEq for Array {
    fn eq(&self, other: &Self) -> bool {
        (self.shape, &self.numbers) == (other.shape, &other.numbers)
    }
}

/// A number or an array; a copy shares the array.
///
/// ```
/// use gradcalc::{Shape, Value};
/// assert_eq!(Value::from(3.0).number(), Some(3.0));
/// assert_eq!(Value::new(Shape::Matrix(2, 1), vec![1.0, 2.0]).numbers(), [1.0, 2.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A single number.
    Number(f64),
    /// A vector or a matrix.
    Array(Arc<Array>),
}

impl Value {
    /// The value of some numbers in a shape that holds as many.
    ///
    /// # Panics
    /// Where there are more or fewer numbers.
    pub fn new(shape: Shape, numbers: Vec<f64>) -> Self {
        assert_eq!(shape.size(), numbers.len(), "a value has as many numbers as its shape holds");
        match (shape, numbers.first()) {
            (Shape::Scalar, number) => Self::Number(number.copied().unwrap_or_else(|| broken("a single number has one"))),
            _ => Self::Array(Arc::new(Array { shape, numbers, finite: OnceLock::new() })),
        }
    }

    /// Its shape.
    pub fn shape(&self) -> Shape {
        match self {
            Self::Number(_) => Shape::Scalar,
            Self::Array(array) => array.shape,
        }
    }

    /// Its numbers, row by row.
    pub fn numbers(&self) -> &[f64] {
        match self {
            Self::Number(number) => std::slice::from_ref(number),
            Self::Array(array) => &array.numbers,
        }
    }

    /// Whether all its numbers are finite; of an array that is looked at once.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Number(number) => number.is_finite(),
            Self::Array(array) => *array.finite.get_or_init(|| array.numbers.iter().fold(true, |all, number| all & number.is_finite())),
        }
    }

    /// The bytes of an array's numbers; a single number takes none of its own.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Number(_) => 0,
            Self::Array(array) => array.numbers.capacity() * size_of::<f64>(),
        }
    }

    /// The number that it is, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Array(_) => None,
        }
    }

    /// The value repeated to a shape that it meets, as broadcasting does.
    #[must_use]
    pub fn repeated(&self, shape: Shape) -> Self {
        if self.shape() == shape {
            return self.clone();
        }
        let number = |at: usize| self.numbers()[self.shape().met(shape, at)];
        Self::new(shape, (0..shape.size()).map(number).collect())
    }

    /// Whether both have the same shape and the same bits; arrays are compared by where they are.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.to_bits() == other.to_bits(),
            (Self::Array(one), Self::Array(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

/// Numbers in a shape as text: `3`, `[1, 2]`, `[[1, 2], [3, 4]]`.
pub fn written(shape: Shape, numbers: &[f64], number: impl Fn(f64) -> String) -> String {
    let list = |numbers: &[f64]| {
        let texts: Vec<String> = numbers.iter().map(|&x| number(x)).collect();
        format!("[{}]", texts.join(", "))
    };
    match shape {
        Shape::Scalar => numbers.first().map_or(String::new(), |&x| number(x)),
        Shape::Vector(_) => list(numbers),
        Shape::Matrix(_, n) => {
            let rows: Vec<String> = numbers.chunks(n as usize).map(list).collect();
            format!("[{}]", rows.join(", "))
        }
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

/// A vector; a list of no numbers is refused as nan, since no shape is empty.
impl From<Vec<f64>> for Value {
    fn from(numbers: Vec<f64>) -> Self {
        match Shape::from_dims(&[numbers.len()]) {
            Some(shape) => Self::new(shape, numbers),
            None => Self::Number(f64::NAN),
        }
    }
}
