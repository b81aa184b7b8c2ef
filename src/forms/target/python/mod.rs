//! Python: the listing of the notes and functions, with Python's own `math` for single numbers and NumPy for arrays.

mod entries;
mod helpers;

use self::entries::{CAREFUL, CAREFUL_ARRAYS, NUMBERS};
use self::helpers::{CAREFUL_ARRAY_HELPERS, CAREFUL_NUMBER_HELPERS, NUMBER_HELPERS};
use super::function::{Function, Line, Set, What};
use super::{Dialect, Entry, HELPED, Helper, OWN, SIGNS, SPECIAL, Target, by_gate, uses};
use crate::forms::Program;
use crate::ground::{Shape, Value, number, value};
use crate::vocabulary::symbol::CONSTANTS;
use std::fmt::Write as _;
use std::sync::LazyLock;
use unicode_normalization::{UnicodeNormalization as _, is_nfkc};

pub(super) use self::entries::{ARRAYS, COMMON, POWER};
pub(super) use self::helpers::ARRAY_HELPERS;

/// Python as a language of functions.
pub static TARGET: Target = Target {
    name: "python",
    says: "a Python function of the inputs that returns the value and the gradients",
    ending: "py",
    comment: "# ",
    dialect,
    dialects: &[&FUNCTION, &ARRAY_FUNCTION],
    plain: false,
    folds: false,
    function,
};

/// Python's words, and what the printed program and the calculator's language keep for themselves.
pub(super) const RESERVED: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for",
    "from", "global", "if", "import", "in", "is", "lambda", "math", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield", "None", "True", "False", "float",
];

/// What a program with NumPy calls beside those.
pub(super) const RESERVED_NUMPY: &[&str] = &["int", "np"];

macro_rules! dialect {
    ($name:ident, $says:literal, $base:expr, [$($table:expr),*]) => {
        #[doc = $says]
        pub static $name: Dialect = Dialect {
            entry: |gate| {
                static ENTRIES: LazyLock<Vec<Option<Entry>>> = LazyLock::new(|| by_gate(&[$($table),*]));
                ENTRIES[gate as usize]
            },
            ..$base
        };
    };
}

const MATH: Dialect = Dialect {
    title: "Python",
    entry: |_| None,
    float,
    reserved: &[RESERVED],
    read: |name| if is_nfkc(name) { name.to_owned() } else { name.nfkc().collect() },
    helpers: &[NUMBER_HELPERS],
    ..OWN
};
pub(super) const NUMPY: Dialect = Dialect {
    typed: true,
    whole: true,
    place: ", np.s_[",
    number: finite,
    array,
    constant,
    reserved: &[RESERVED, RESERVED_NUMPY],
    helpers: &[ARRAY_HELPERS],
    ..MATH
};

dialect!(LISTING, "The listing of the notes, of single numbers.", MATH, [COMMON, NUMBERS, SIGNS, HELPED, SPECIAL]);
dialect!(ARRAY_LISTING, "The listing of the notes, with NumPy.", NUMPY, [COMMON, ARRAYS, SIGNS, HELPED, SPECIAL]);
dialect!(
    FUNCTION,
    "Functions of single numbers.",
    Dialect { typed: true, number: finite, helpers: &[CAREFUL_NUMBER_HELPERS, NUMBER_HELPERS], ..MATH },
    [CAREFUL, COMMON, NUMBERS, SIGNS, HELPED, SPECIAL]
);
dialect!(
    ARRAY_FUNCTION,
    "Functions of arrays.",
    Dialect { helpers: &[CAREFUL_ARRAY_HELPERS, ARRAY_HELPERS], ..NUMPY },
    [CAREFUL_ARRAYS, COMMON, ARRAYS, SIGNS, HELPED, SPECIAL]
);

/// Whether a text is that of a function which printed programs define for themselves under a name.
pub fn is_helper(name: &str, text: &str) -> bool {
    let tables = [CAREFUL_NUMBER_HELPERS, NUMBER_HELPERS, CAREFUL_ARRAY_HELPERS, ARRAY_HELPERS];
    let same = |helper: &Helper| helper.0 == name && helper.1.lines().map(str::trim_end).eq(text.lines().map(str::trim_end));
    tables.into_iter().flatten().any(same)
}

/// The listing's dialect for a program.
pub fn listing(program: &Program) -> &'static Dialect {
    if program.is_plain() { &LISTING } else { &ARRAY_LISTING }
}

fn dialect(program: &Program) -> &'static Dialect {
    if program.is_plain() { &FUNCTION } else { &ARRAY_FUNCTION }
}

/// Whether a dialect is the one with NumPy.
pub fn has_numpy(dialect: &Dialect) -> bool {
    dialect.whole
}

/// A text between quotation marks.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A number that Python reads as the same float.
pub(super) fn float(value: f64) -> String {
    if !value.is_finite() {
        return format!("float('{}')", number::shortest(value));
    }
    let text = number::shortest(value);
    if text.contains(['.', 'e']) { text } else { format!("{text}.0") }
}

/// A number beside a float.
pub(super) fn finite(number: f64) -> String {
    if number.is_finite() { number::shortest(number) } else { float(number) }
}

/// How NumPy writes a constant of the language.
fn constant(value: f64) -> Option<&'static str> {
    use std::f64::consts::{E, PI, TAU};
    let known = [(PI, "np.pi"), (E, "np.e"), (TAU, "(2 * np.pi)"), (f64::INFINITY, "np.inf")];
    known.iter().find(|(known, _)| known.to_bits() == value.to_bits()).map(|&(_, text)| text)
}

/// A value with NumPy: every number a float.
pub fn array(shape: Shape, numbers: &[f64]) -> String {
    let text = value::written(shape, numbers, float);
    if shape.is_scalar() { text } else { format!("np.array({text})") }
}

/// Zeros in a shape.
pub fn zeros(shape: Shape) -> String {
    match shape {
        Shape::Scalar => "0.0".to_owned(),
        Shape::Vector(n) => format!("np.zeros({n})"),
        Shape::Matrix(m, n) => format!("np.zeros(({m}, {n}))"),
    }
}

/// What a text with these helpers imports.
pub fn imports(dialect: &Dialect, helpers: &[&str], math: bool) -> String {
    if has_numpy(dialect) {
        let first = if helpers.iter().any(|text| text.contains("math.")) { "import math\n" } else { "" };
        return format!("{first}import numpy as np\n");
    }
    if math { "from math import *\n".to_owned() } else { String::new() }
}

/// The text of a function: what it imports, the helpers that it calls, the function itself.
fn function(function: &Function<'_>) -> String {
    let mut body = String::new();
    for line in &function.lines {
        let text = match line {
            Line::Heading(text) => format!("\n# {text}"),
            Line::Through(stage) => format!("# backprop {}", function.through(*stage)),
            Line::Set(set) => set_line(function, set),
        };
        for line in text.lines() {
            let _ = writeln!(body, "{}{line}", if line.is_empty() { "" } else { "    " });
        }
    }
    let results: Vec<String> =
        function.parameters.iter().filter_map(|parameter| Some(format!("'{}': {}", parameter.key, parameter.gradient.as_ref()?))).collect();
    let _ = writeln!(body, "\n    return {}, {{{}}}", function.output, results.join(", "));
    let parameters: Vec<&str> = function.parameters.iter().map(|parameter| &*parameter.name).collect();
    format!("{}def {}({}):\n{}", head(function, &body), function.name, parameters.join(", "), body.trim_start_matches('\n'))
}

/// What stands above a function: what it imports, the helpers that it calls, and what a caller must know.
fn head(function: &Function<'_>, body: &str) -> String {
    let helpers = function.dialect.helpers(|name| uses(body, name));
    let word = |c: char| c != '_' && !c.is_alphanumeric();
    let constants = body.split(word).any(|word| CONSTANTS.iter().any(|(constant, _)| *constant == word));
    let mut text = imports(function.dialect, &helpers, constants || body.contains('('));
    for helper in &helpers {
        let _ = writeln!(text, "{helper}");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    for remark in function.remarks() {
        let _ = writeln!(text, "# {remark}");
    }
    if !has_numpy(function.dialect) && (body.contains(['/', '(']) || body.contains("**")) {
        text.push_str("# Python raises an exception where a step is infinite or has no value.\n");
    }
    text
}

fn set_line(function: &Function<'_>, set: &Set) -> String {
    let mut text = match &set.what {
        What::Value(Value::Number(number)) => float(*number),
        What::Value(Value::Array(of)) => array(of.shape, &of.numbers),
        What::Zeros => zeros(set.shape),
        what => function.expression(what).unwrap_or_default(),
    };
    // What is handed out, or added to in place, must not be another array itself.
    if set.shared {
        text.push_str(".copy()");
    }
    format!("{} {} {text}", set.name, if set.add { "+=" } else { "=" })
}
