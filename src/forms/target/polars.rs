//! Polars: a function of a data frame that adds the value and the gradients to its rows, a layer of columns at a time.
//!
//! Knows how expressions of columns look and that nan equals itself and is greater than any number there. What computes otherwise than
//! binary64 arithmetic does has no entry, or stands in a choice that keeps it from there; where a number is missing there is no result.

use super::columns::Columns;
use super::{Dialect, Entry, OWN, by_gate, like, python, same};
use crate::forms::StageId;
use crate::ground::number;
#[allow(clippy::enum_glob_use, reason = "a table of every gate")]
use crate::vocabulary::Gate::{self, *};
use crate::vocabulary::gate::Fragment::{self, Condition, Operand, Text};
use crate::vocabulary::gate::Level;
use crate::vocabulary::gate::Written::{self, Fragments};
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Expressions of columns.
pub static POLARS: Dialect = Dialect {
    title: "polars",
    entry: |gate: Gate| {
        static ENTRIES: LazyLock<Vec<Option<Entry>>> = LazyLock::new(|| by_gate(&[NUMBERS]));
        ENTRIES[gate as usize]
    },
    typed: true,
    truth: " != 0.0",
    of_truth: ["(", ").cast(pl.Float64)"],
    truths_multiply: false,
    float,
    number: float,
    ..OWN
};

/// The most layers that a plan of it takes.
pub const LAYERS: usize = 200;

const X: Fragment = Operand(0, Level::Sum);
const Y: Fragment = Operand(1, Level::Sum);
const OF_X: Fragment = Operand(0, Level::Compare);
const OF_Y: Fragment = Operand(1, Level::Compare);

/// A number. One that is asked whether it is nan is a column.
fn float(value: f64) -> String {
    if value.is_nan() { "pl.lit(float('nan'))".to_owned() } else { python::float(value) }
}

/// What a column's own function computes of it.
macro_rules! method {
    ($gate:ident, $call:literal) => {
        like($gate, Fragments(&[Operand(0, Level::Atom), Text($call)], Level::Atom))
    };
}

/// A comparison that holds of no nan: the side that would be greatest is asked first. A number as written is none.
macro_rules! unless_nan {
    ($gate:ident, $sign:literal, $side:literal, first) => {
        like($gate, guarded!($sign, $side)).beside_literal(plain!($sign), guarded!($sign, $side))
    };
    ($gate:ident, $sign:literal, $side:literal, second) => {
        like($gate, guarded!($sign, $side)).beside_literal(guarded!($sign, $side), plain!($sign))
    };
}

macro_rules! plain {
    ($sign:literal) => {
        Written::Infix($sign, Level::Compare)
    };
}

macro_rules! guarded {
    ($sign:literal, $side:literal) => {
        Fragments(&[Text("("), X, Text($sign), Y, Text(") & "), Operand($side, Level::Atom), Text(".is_not_nan()")], Level::Compare)
    };
}

const NUMBERS: &[Entry] = &[
    like(
        Where,
        Fragments(
            &[Text("pl.when("), Condition(0), Text(").then("), OF_Y, Text(").otherwise("), Operand(2, Level::Compare), Text(")")],
            Level::Atom,
        ),
    ),
    like(
        Guard,
        Fragments(
            &[Text("pl.when("), Operand(1, Level::Atom), Text(".is_nan()).then("), OF_Y, Text(").otherwise("), OF_X, Text(")")],
            Level::Atom,
        ),
    ),
    // A nan is greatest, so that it is the larger of two.
    like(
        Max,
        Fragments(&[Text("pl.when("), X, Text(" >= "), Y, Text(").then("), OF_X, Text(").otherwise("), OF_Y, Text(")")], Level::Atom),
    ),
    like(
        Min,
        Fragments(
            &[
                Text("pl.when((("),
                X,
                Text(" <= "),
                Y,
                Text(") & "),
                Operand(1, Level::Atom),
                Text(".is_not_nan()) | "),
                Operand(0, Level::Atom),
                Text(".is_nan()).then("),
                OF_X,
                Text(").otherwise("),
                OF_Y,
                Text(")"),
            ],
            Level::Atom,
        ),
    )
    .beside_literal(
        Fragments(
            &[
                Text("pl.when(("),
                X,
                Text(" <= "),
                Y,
                Text(") & "),
                Operand(1, Level::Atom),
                Text(".is_not_nan()).then("),
                OF_X,
                Text(").otherwise("),
                OF_Y,
                Text(")"),
            ],
            Level::Atom,
        ),
        Fragments(
            &[
                Text("pl.when(("),
                X,
                Text(" <= "),
                Y,
                Text(") | "),
                Operand(0, Level::Atom),
                Text(".is_nan()).then("),
                OF_X,
                Text(").otherwise("),
                OF_Y,
                Text(")"),
            ],
            Level::Atom,
        ),
    ),
    unless_nan!(Lt, " < ", 1, second),
    unless_nan!(Le, " <= ", 1, second),
    unless_nan!(Gt, " > ", 0, first),
    unless_nan!(Ge, " >= ", 0, first),
    like(Eq, guarded!(" == ", 0)).beside_literal(plain!(" == "), plain!(" == ")),
    like(Ne, Fragments(&[Text("("), X, Text(" != "), Y, Text(") | "), Operand(0, Level::Atom), Text(".is_nan()")], Level::Compare))
        .beside_literal(plain!(" != "), plain!(" != ")),
    like(Copy, Fragments(&[OF_X], Level::Compare)),
    like(StopGradient, Fragments(&[OF_X], Level::Compare)),
    same(Shift),
    same(Scale),
    same(Add),
    same(Sub),
    same(Mul),
    same(Div),
    like(Neg, Fragments(&[Text("-"), Operand(0, Level::Power)], Level::Unary)),
    like(Recip, Fragments(&[Text("1.0 / "), Operand(0, Level::Unary)], Level::Product)),
    like(Sqr, Fragments(&[Operand(0, Level::Product), Text(" * "), Operand(0, Level::Unary)], Level::Product)),
    // A power of one half is a root there, which has no value at -inf.
    like(
        Pow,
        Fragments(
            &[
                Text("pl.when(("),
                X,
                Text(" == float('-inf')) & ("),
                Y,
                Text(" % 1.0 != 0.0)).then((-"),
                Operand(0, Level::Power),
                Text(")**"),
                Operand(1, Level::Unary),
                Text(").otherwise("),
                Operand(0, Level::Atom),
                Text("**"),
                Operand(1, Level::Unary),
                Text(")"),
            ],
            Level::Atom,
        ),
    ),
    // The root of -0 is 0 here, so that its slope is infinite from above.
    like(
        Sqrt,
        Fragments(&[Text("pl.when("), X, Text(" == 0.0).then(0.0).otherwise("), Operand(0, Level::Atom), Text(".sqrt())")], Level::Atom),
    ),
    method!(Exp, ".exp()"),
    method!(Log, ".log()"),
    method!(Log1p, ".log1p()"),
    method!(Log2, ".log(2.0)"),
    method!(Log10, ".log10()"),
    method!(Cbrt, ".cbrt()"),
    method!(Sin, ".sin()"),
    method!(Cos, ".cos()"),
    method!(Tan, ".tan()"),
    method!(Asin, ".arcsin()"),
    method!(Acos, ".arccos()"),
    method!(Atan, ".arctan()"),
    method!(Sinh, ".sinh()"),
    method!(Cosh, ".cosh()"),
    method!(Tanh, ".tanh()"),
    method!(Asinh, ".arcsinh()"),
    method!(Acosh, ".arccosh()"),
    method!(Atanh, ".arctanh()"),
    method!(Abs, ".abs()"),
    method!(Sign, ".sign()"),
    method!(Floor, ".floor()"),
    method!(Ceil, ".ceil()"),
    method!(Round, ".round()"),
    like(Atan2, Fragments(&[Text("pl.arctan2("), OF_X, Text(", "), OF_Y, Text(")")], Level::Atom)).beside_literal(
        Fragments(&[Text("pl.arctan2(pl.lit("), OF_X, Text("), "), OF_Y, Text(")")], Level::Atom),
        Fragments(&[Text("pl.arctan2("), OF_X, Text(", pl.lit("), OF_Y, Text("))")], Level::Atom),
    ),
];

/// The column that says whether a number is missing, which no stage is called.
const MISSING: &str = "'is missing'";

/// The text of a function of a data frame.
pub fn function(columns: &Columns<'_>) -> String {
    let quoted = python::quoted;
    let stage = |name: &str| quoted(&format!("stage {name}"));
    let word = |name: &str| format!("c({})", stage(name));
    let name = |id: StageId| columns.names.get(&id).map_or("", String::as_str);
    let own = format!("with_{}", columns.results.first().map_or("f", |(key, _)| key));
    let mut text = "import polars as pl\n\n".to_owned();
    let _ = writeln!(text, "# {} and its gradient, stage by stage.", columns.expression);
    if !columns.given.is_empty() {
        let given: Vec<String> = columns.given.iter().map(|(name, value)| format!("{name} = {}", number::shortest(*value))).collect();
        let _ = writeln!(text, "# The same in every row: {}.", given.join(", "));
    }
    if let Some(constants) = columns.told_constants() {
        let _ = writeln!(text, "# {constants}");
    }
    let results: Vec<String> = columns.results.iter().map(|(key, _)| quoted(key)).collect();
    let _ = write!(
        text,
        "# Returns the rows of a DataFrame or a LazyFrame with these columns added. Where a number is missing they are null.
def {own}(frame):
    c = pl.col
    for name in [{}]:
        if name in frame.collect_schema().names():
            raise ValueError(f'there is a column {{name}} already: rename it first')
    for name in frame.collect_schema().names():
        if name.startswith('stage ') or name == 'is missing':
            raise ValueError(f'the column {{name}} is called as one that is needed on the way: rename it first')
    rows = frame.lazy()
",
        results.join(", ")
    );
    let layer = |text: &mut String, items: Vec<String>| {
        if !items.is_empty() {
            let _ = writeln!(text, "    rows = rows.with_columns(**{{\n        {},\n    }})", items.join(",\n        "));
        }
    };
    let read = |(key, id): &(String, StageId)| format!("{}: c({}).cast(pl.Float64).fill_null(float('nan'))", stage(name(*id)), quoted(key));
    let is_missing = |(key, _): &(String, StageId)| format!("c({}).is_null()", quoted(key));
    let is_missing: Vec<String> = columns.inputs.iter().map(is_missing).collect();
    let missing = (!is_missing.is_empty()).then(|| format!("{MISSING}: pl.any_horizontal({})", is_missing.join(", ")));
    layer(&mut text, columns.inputs.iter().map(read).chain(missing).collect());
    for added in columns.layers {
        let computed = |&id: &StageId| format!("{}: {}", stage(name(id)), columns.expression(id, &word));
        layer(&mut text, added.iter().map(computed).collect());
    }
    let shown = |(key, id): &(String, StageId)| {
        let value = if columns.names.contains_key(id) { word(name(*id)) } else { columns.expression(*id, &word) };
        // Where an input is missing there is no result, whatever a choice makes of it.
        let missing = if is_missing.is_empty() { "pl.lit(False)".to_owned() } else { format!("c({MISSING})") };
        format!("{}: pl.when({missing}).then(None).otherwise({value})", quoted(key))
    };
    layer(&mut text, columns.results.iter().map(shown).collect());
    let made = columns.inputs.iter().map(|&(_, id)| id).chain(columns.layers.iter().flatten().copied());
    let missing = (!is_missing.is_empty()).then(|| MISSING.to_owned());
    let made: Vec<String> = made.map(|id| stage(name(id))).chain(missing).collect();
    if !made.is_empty() {
        let _ = writeln!(text, "    rows = rows.drop({})", made.join(", "));
    }
    text.push_str("    return rows.collect() if isinstance(frame, pl.DataFrame) else rows\n");
    text
}
