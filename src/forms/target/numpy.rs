//! NumPy: a function of numbers or of arrays that broadcast, a number in each row.
//!
//! What NumPy has, and what it lacks as helpers, is that of Python's functions of arrays. Warnings are silenced: numbers that are not
//! finite are results.

use super::function::Function;
use super::python::{ARRAY_HELPERS, ARRAYS, COMMON, NUMPY, RESERVED, RESERVED_NUMPY};
use super::vectorised::{self, Library};
use super::{Dialect, Entry, HELPED, Helper, SIGNS, SPECIAL, Target, by_gate, call, like};
#[allow(clippy::enum_glob_use, reason = "a table of every gate")]
use crate::vocabulary::Gate::{self, *};
use crate::vocabulary::gate::Fragment::{Condition, Operand, Text};
use crate::vocabulary::gate::Level;
use crate::vocabulary::gate::Written::Fragments;
use std::sync::LazyLock;

/// NumPy as a language of functions of rows.
pub static TARGET: Target = Target {
    name: "numpy",
    says: "a NumPy function of arrays, a row each: the value and the gradients",
    ending: "",
    comment: "# ",
    dialect: |_| &ROWS,
    dialects: &[&ROWS],
    plain: true,
    folds: true,
    function,
};

/// Expressions of arrays that broadcast.
pub static ROWS: Dialect = DIALECT;

/// The same, to make others of.
pub const DIALECT: Dialect = Dialect {
    title: "NumPy",
    entry: |gate: Gate| {
        static ENTRIES: LazyLock<Vec<Option<Entry>>> = LazyLock::new(|| by_gate(&[ELEMENTS, COMMON, ARRAYS, SIGNS, HELPED, SPECIAL]));
        ENTRIES[gate as usize].filter(|_| gate.is_elementwise())
    },
    constant: |_| None,
    reserved: &[RESERVED, RESERVED_NUMPY, &[vectorised::SHAPE]],
    helpers: &[OWN_HELPERS, ARRAY_HELPERS],
    ..NUMPY
};

/// What is written otherwise between arrays of which each number is a row.
const ELEMENTS: &[Entry] = &[
    call(Guard, "guard("),
    call(Sqrt, "root("),
    // With `**`, and in later NumPy with `np.power` too, the power 0.5 is a square root, which is nan of -inf.
    call(Pow, "np.float_power("),
    // Of single numbers clip lets a nan of its bounds go.
    like(
        Clamp,
        Fragments(
            &[
                Text("np.minimum(np.maximum("),
                Operand(0, Level::Compare),
                Text(", "),
                Operand(1, Level::Compare),
                Text("), "),
                Operand(2, Level::Compare),
                Text(")"),
            ],
            Level::Atom,
        ),
    ),
    like(
        Where,
        Fragments(
            &[Text("np.where("), Condition(0), Text(", "), Operand(1, Level::Compare), Text(", "), Operand(2, Level::Compare), Text(")")],
            Level::Atom,
        ),
    ),
];

#[rustfmt::skip]
const OWN_HELPERS: &[Helper] = &[
    ("reals", "def reals(*given): return [np.asarray(x, float) for x in given]"),
    ("joint", "def joint(*given): return np.broadcast_shapes(*(x.shape for x in given))"),
    ("spread", "def spread(x, shape): return np.array(np.broadcast_to(x, shape), float)[()]"),
    ("guard", "def guard(slope, value): return np.where(np.isnan(value), value, slope)"),
    // The root of -0 is 0 here, so that its slope is infinite from above.
    ("root", "def root(x): return np.sqrt(x + 0.0)"),
];

const LIBRARY: Library = Library { imports: "import numpy as np\n", within: "with np.errstate(all='ignore'):", remark: "" };

/// The text of a function.
pub fn function(function: &Function<'_>) -> String {
    vectorised::function(function, &LIBRARY)
}
