//! How gates look in the SQL of each engine.
//!
//! What an engine computes otherwise than binary64 arithmetic does, or refuses, stands in a choice that keeps it from there. A gate
//! that engines lack is a text in the calculator's own language, of gates that they have; a gate without either is refused.
//! Engines were asked one by one what they do at 0, at the ends of the range, and with nan.

use super::super::{Dialect, Entry, by_gate, call, like, same};
#[allow(clippy::enum_glob_use, reason = "a table of every gate")]
use crate::vocabulary::Gate::{self, *};
use crate::vocabulary::gate::Family;
use crate::vocabulary::gate::Fragment::{self, Condition, Operand, Text};
use crate::vocabulary::gate::Level;
use crate::vocabulary::gate::Written::{self, Fragments, Infix, List};
use std::sync::LazyLock;

/// How a gate looks: a text in which `{x}` and `{y}` are operands, which are columns or leaves where they stand in it twice; and texts
/// for a first, and a second, operand that is a number as written, where these may be shorter: `=` is the gate as in the calculator.
type Look = (Gate, &'static str, [&'static str; 2]);

macro_rules! engine {
    ($name:ident, $title:literal, [$($looks:expr),*]) => {
        #[doc = concat!("How gates look in ", $title, ".")]
        pub fn $name(gate: Gate) -> Option<Entry> {
            static ENTRIES: LazyLock<Vec<Option<Entry>>> = LazyLock::new(|| {
                let own: Vec<Entry> = [$($looks),*].concat().iter().map(entry).collect();
                by_gate(&[&own, COMMON])
            });
            ENTRIES[gate as usize]
        }
    };
}

engine!(duckdb, "DuckDB", [DUCKDB, CAREFUL_DOMAINS, NAN_IS_GREATEST]);
engine!(datafusion, "DataFusion", [DATAFUSION]);
engine!(postgres, "PostgreSQL", [POSTGRES, CAREFUL_DOMAINS]);
engine!(sqlite, "SQLite", [SQLITE]);
engine!(spark, "Spark", [SPARK, NAN_IS_GREATEST]);
engine!(clickhouse, "ClickHouse", [CLICKHOUSE]);

/// The entry of a look. The table of an engine is made once, and its texts stay.
fn entry(&(gate, text, beside_literal): &Look) -> Entry {
    let level = if gate.row().family == Family::Comparison { Level::Compare } else { Level::Atom };
    let written = |text: &'static str| -> Written {
        if text == "=" {
            return gate.row().written;
        }
        let mut fragments: Vec<Fragment> = Vec::new();
        for part in text.split_inclusive(['{', '}']) {
            // Two minus signs side by side begin a comment.
            let level = match fragments.last() {
                Some(Text(before)) if before.ends_with('-') => Level::Power,
                _ => Level::Compare,
            };
            match part {
                "x}" => fragments.push(Operand(0, level)),
                "y}" => fragments.push(Operand(1, level)),
                part => fragments.push(Text(part.trim_end_matches('{'))),
            }
        }
        Fragments(fragments.leak(), level)
    };
    let literal = beside_literal.map(|text| (!text.is_empty()).then(|| written(text)));
    Entry { beside_literal: literal, ..like(gate, written(text)) }
}

/// What looks alike in every engine.
const COMMON: &[Entry] = &[
    like(
        Where,
        Fragments(
            &[
                Text("CASE WHEN "),
                Condition(0),
                Text(" THEN "),
                Operand(1, Level::Compare),
                Text(" ELSE "),
                Operand(2, Level::Compare),
                Text(" END"),
            ],
            Level::Atom,
        ),
    ),
    like(Copy, Fragments(&[Operand(0, Level::Compare)], Level::Compare)),
    like(StopGradient, Fragments(&[Operand(0, Level::Compare)], Level::Compare)),
    same(Shift),
    same(Scale),
    same(Add),
    same(Sub),
    same(Mul),
    same(Div),
    like(Recip, Fragments(&[Text("1e0 / "), Operand(0, Level::Unary)], Level::Product)),
    // Two minus signs side by side begin a comment.
    like(Neg, Fragments(&[Text("-"), Operand(0, Level::Power)], Level::Unary)),
    like(Sqr, Fragments(&[Operand(0, Level::Product), Text(" * "), Operand(0, Level::Unary)], Level::Product)),
    same(Lt),
    same(Le),
    same(Gt),
    same(Ge),
    like(Eq, Infix(" = ", Level::Compare)),
    like(Ne, Infix(" <> ", Level::Compare)),
    call(Abs, "abs("),
    call(Floor, "floor("),
    call(Ceil, "ceil("),
    // The root of -0 is 0, so that its slope is infinite and not less than any number.
    like(Sqrt, List("sqrt(", " + 0e0)")),
    call(Pow, "power("),
    call(Exp, "exp("),
    call(Log, "ln("),
    call(Log2, "log2("),
    call(Log10, "log10("),
    call(Cbrt, "cbrt("),
    call(Sin, "sin("),
    call(Cos, "cos("),
    call(Tan, "tan("),
    call(Asin, "asin("),
    call(Acos, "acos("),
    call(Atan, "atan("),
    call(Atan2, "atan2("),
    call(Sinh, "sinh("),
    call(Cosh, "cosh("),
    call(Tanh, "tanh("),
    call(Asinh, "asinh("),
    call(Acosh, "acosh("),
    call(Atanh, "atanh("),
];

/// Engines in which nan equals itself and is greater than any number.
#[rustfmt::skip]
const NAN_IS_GREATEST: &[Look] = &[
    (Guard, "CASE WHEN isnan({y}) THEN {y} ELSE {x} END", ["", ""]),
    (Max, "CASE WHEN {x} >= {y} THEN {x} ELSE {y} END", ["", ""]),
    (Min, "CASE WHEN isnan({x}) OR {x} <= {y} AND NOT isnan({y}) THEN {x} ELSE {y} END", ["CASE WHEN {x} <= {y} AND NOT isnan({y}) THEN {x} ELSE {y} END", "CASE WHEN isnan({x}) OR {x} <= {y} THEN {x} ELSE {y} END"]),
    (Lt, "{x} < {y} AND NOT isnan({y})", ["", "{x} < {y}"]),
    (Le, "{x} <= {y} AND NOT isnan({y})", ["", "{x} <= {y}"]),
    (Gt, "{x} > {y} AND NOT isnan({x})", ["{x} > {y}", ""]),
    (Ge, "{x} >= {y} AND NOT isnan({x})", ["{x} >= {y}", ""]),
    (Eq, "{x} = {y} AND NOT isnan({x})", ["{x} = {y}", "{x} = {y}"]),
    (Ne, "{x} <> {y} OR isnan({x})", ["{x} <> {y}", "{x} <> {y}"]),
];

/// Engines that stop at a number outside the domain of a function.
#[rustfmt::skip]
const CAREFUL_DOMAINS: &[Look] = &[
    (Sqrt, "CASE WHEN {x} >= 0 THEN sqrt({x} + 0) ELSE CAST('NaN' AS double precision) END", ["", ""]),
    (Log, "CASE WHEN {x} > 0 THEN ln({x}) WHEN {x} = 0 THEN CAST('-Infinity' AS double precision) ELSE CAST('NaN' AS double precision) END", ["", ""]),
    (Log10, "CASE WHEN {x} > 0 THEN log10({x}) WHEN {x} = 0 THEN CAST('-Infinity' AS double precision) ELSE CAST('NaN' AS double precision) END", ["", ""]),
    (Sin, "CASE WHEN abs({x}) <= 1.7976931348623157e308 THEN sin({x}) ELSE CAST('NaN' AS double precision) END", ["", ""]),
    (Cos, "CASE WHEN abs({x}) <= 1.7976931348623157e308 THEN cos({x}) ELSE CAST('NaN' AS double precision) END", ["", ""]),
    (Tan, "CASE WHEN abs({x}) <= 1.7976931348623157e308 THEN tan({x}) ELSE CAST('NaN' AS double precision) END", ["", ""]),
    (Asin, "CASE WHEN abs({x}) <= 1 THEN asin({x}) ELSE CAST('NaN' AS double precision) END", ["", ""]),
    (Acos, "CASE WHEN abs({x}) <= 1 THEN acos({x}) ELSE CAST('NaN' AS double precision) END", ["", ""]),
    (Acosh, "CASE WHEN {x} >= 1 THEN acosh({x}) ELSE CAST('NaN' AS double precision) END", ["", ""]),
    (Atanh, "CASE WHEN abs({x}) < 1 THEN atanh({x}) WHEN abs({x}) = 1 THEN {x} * CAST('Infinity' AS double precision) ELSE CAST('NaN' AS double precision) END", ["", ""]),
];

/// What is DuckDB's own.
#[rustfmt::skip]
const DUCKDB: &[Look] = &[
    (Log2, "CASE WHEN {x} > 0 THEN log2({x}) WHEN {x} = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END", ["", ""]),
    (Mod, "CASE WHEN {x} % {y} = 0 THEN CASE WHEN {y} < 0 THEN -0e0 ELSE 0e0 END WHEN ({x} % {y} < 0) = ({y} < 0) THEN {x} % {y} ELSE {x} % {y} + {y} END", ["", ""]),
];

/// What is DataFusion's own. A nan is greater than any number or less, by its sign.
#[rustfmt::skip]
const DATAFUSION: &[Look] = &[
    (Guard, "CASE WHEN isnan({y}) THEN {y} ELSE {x} END", ["", ""]),
    (Max, "CASE WHEN isnan({x}) OR {x} >= {y} AND NOT isnan({y}) THEN {x} ELSE {y} END", ["CASE WHEN {x} >= {y} AND NOT isnan({y}) THEN {x} ELSE {y} END", "CASE WHEN isnan({x}) OR {x} >= {y} THEN {x} ELSE {y} END"]),
    (Min, "CASE WHEN isnan({x}) OR {x} <= {y} AND NOT isnan({y}) THEN {x} ELSE {y} END", ["CASE WHEN {x} <= {y} AND NOT isnan({y}) THEN {x} ELSE {y} END", "CASE WHEN isnan({x}) OR {x} <= {y} THEN {x} ELSE {y} END"]),
    (Lt, "{x} < {y} AND NOT isnan({x}) AND NOT isnan({y})", ["{x} < {y} AND NOT isnan({y})", "{x} < {y} AND NOT isnan({x})"]),
    (Le, "{x} <= {y} AND NOT isnan({x}) AND NOT isnan({y})", ["{x} <= {y} AND NOT isnan({y})", "{x} <= {y} AND NOT isnan({x})"]),
    (Gt, "{x} > {y} AND NOT isnan({x}) AND NOT isnan({y})", ["{x} > {y} AND NOT isnan({y})", "{x} > {y} AND NOT isnan({x})"]),
    (Ge, "{x} >= {y} AND NOT isnan({x}) AND NOT isnan({y})", ["{x} >= {y} AND NOT isnan({y})", "{x} >= {y} AND NOT isnan({x})"]),
    (Eq, "{x} = {y} AND NOT isnan({x})", ["{x} = {y}", "{x} = {y}"]),
    (Ne, "{x} <> {y} OR isnan({x})", ["{x} <> {y}", "{x} <> {y}"]),
    (Sqrt, "CASE WHEN {x} >= 0 THEN sqrt({x} + 0e0) ELSE CAST('NaN' AS DOUBLE) END", ["", ""]),
    (Pow, "CASE WHEN {x} = 0 AND {y} < 0 THEN 1e0 / power({x}, -{y}) ELSE power({x}, {y}) END", ["", ""]),
    (Mod, "CASE WHEN {x} % {y} = 0 THEN CASE WHEN {y} < 0 THEN -0e0 ELSE 0e0 END WHEN ({x} % {y} < 0) = ({y} < 0) THEN {x} % {y} ELSE {x} % {y} + {y} END", ["", ""]),
];

/// What is PostgreSQL's own. It makes no number of one that leaves the range of 64 bits, and says so instead; an exponential that
/// is too small is 0.
#[rustfmt::skip]
const POSTGRES: &[Look] = &[
    (Guard, "CASE WHEN {y} = 'NaN' THEN {y} ELSE {x} END", ["", ""]),
    (Max, "CASE WHEN {x} >= {y} THEN {x} ELSE {y} END", ["", ""]),
    (Min, "CASE WHEN {x} = 'NaN' OR {x} <= {y} AND {y} <> 'NaN' THEN {x} ELSE {y} END", ["CASE WHEN {x} <= {y} AND {y} <> 'NaN' THEN {x} ELSE {y} END", "CASE WHEN {x} = 'NaN' OR {x} <= {y} THEN {x} ELSE {y} END"]),
    (Lt, "{x} < {y} AND {y} <> 'NaN'", ["", "{x} < {y}"]),
    (Le, "{x} <= {y} AND {y} <> 'NaN'", ["", "{x} <= {y}"]),
    (Gt, "{x} > {y} AND {x} <> 'NaN'", ["{x} > {y}", ""]),
    (Ge, "{x} >= {y} AND {x} <> 'NaN'", ["{x} >= {y}", ""]),
    (Eq, "{x} = {y} AND {x} <> 'NaN'", ["{x} = {y}", "{x} = {y}"]),
    (Ne, "{x} <> {y} OR {x} = 'NaN'", ["{x} <> {y}", "{x} <> {y}"]),
    (Div, "CASE WHEN {y} <> 0 THEN {x} / {y} WHEN {x} = 0 OR {x} = 'NaN' THEN float8 'NaN' WHEN ({x} > 0) = (CAST({y} AS text) = '0') THEN float8 'Infinity' ELSE float8 '-Infinity' END", ["", "="]),
    (Recip, "CASE WHEN {x} <> 0 THEN 1 / {x} WHEN CAST({x} AS text) = '0' THEN float8 'Infinity' ELSE float8 '-Infinity' END", ["", ""]),
    (Exp, "CASE WHEN {x} > 709.782712893384 THEN {x} * float8 'Infinity' WHEN {x} < -745 THEN float8 '0' ELSE exp({x}) END", ["", ""]),
    (Pow, "CASE WHEN {x} < 0 AND {y} <> floor({y}) THEN CASE WHEN {x} > '-Infinity' THEN float8 'NaN' WHEN {y} > 0 THEN float8 'Infinity' ELSE float8 '0' END WHEN {x} = 0 AND {y} < 0 THEN CASE WHEN CAST(power({x}, -{y}) AS text) = '-0' THEN float8 '-Infinity' ELSE float8 'Infinity' END ELSE power({x}, {y}) END", ["", ""]),
    (Log2, "CASE WHEN {x} > 0 THEN ln({x}) / float8 '0.6931471805599453' WHEN {x} = 0 THEN float8 '-Infinity' ELSE float8 'NaN' END", ["", ""]),
];

/// What is SQLite's own. It has no nan: what has no value is NULL, which is unequal to nothing and greater than nothing.
#[rustfmt::skip]
const SQLITE: &[Look] = &[
    (Guard, "CASE WHEN {y} IS NULL THEN NULL ELSE {x} END", ["", ""]),
    (Max, "CASE WHEN {x} >= {y} OR {x} IS NULL THEN {x} ELSE {y} END", ["CASE WHEN {x} >= {y} THEN {x} ELSE {y} END", ""]),
    (Min, "CASE WHEN {x} <= {y} OR {x} IS NULL THEN {x} ELSE {y} END", ["CASE WHEN {x} <= {y} THEN {x} ELSE {y} END", ""]),
    (Ne, "({x} = {y}) IS NOT TRUE", ["", ""]),
    (Div, "CASE WHEN {y} = 0 THEN {x} * 9e999 ELSE {x} / {y} END", ["", "="]),
    (Recip, "CASE WHEN {x} = 0 THEN 9e999 ELSE 1e0 / {x} END", ["", ""]),
    (Pow, "CASE WHEN {y} = 0 OR {x} = 1 THEN 1e0 ELSE power({x}, {y}) END", ["power({x}, {y})", "power({x}, {y})"]),
    (Log, "CASE WHEN {x} = 0 THEN -9e999 ELSE ln({x}) END", ["", ""]),
    (Log2, "CASE WHEN {x} = 0 THEN -9e999 ELSE log2({x}) END", ["", ""]),
    (Log10, "CASE WHEN {x} = 0 THEN -9e999 ELSE log10({x}) END", ["", ""]),
    (Atanh, "CASE WHEN abs({x}) = 1 THEN {x} * 9e999 ELSE atanh({x}) END", ["", ""]),
    (Cbrt, "sign({x}) * power(abs({x}), 0.3333333333333333)", ["", ""]),
    (Mod, "CASE WHEN mod({x}, {y}) = 0 THEN CASE WHEN {y} < 0 THEN -0e0 ELSE 0e0 END WHEN (mod({x}, {y}) < 0) = ({y} < 0) THEN mod({x}, {y}) ELSE mod({x}, {y}) + {y} END", ["", ""]),
];

/// What is Spark's own. A quotient by 0 stops the query, and a power does not.
#[rustfmt::skip]
const SPARK: &[Look] = &[
    (Div, "CASE WHEN {y} = 0e0 THEN {x} * power({y}, -1e0) ELSE {x} / {y} END", ["", "="]),
    (Recip, "CASE WHEN {x} = 0e0 THEN power({x}, -1e0) ELSE 1e0 / {x} END", ["", ""]),
    (Log, "CASE WHEN {x} > 0e0 THEN ln({x}) WHEN {x} = 0e0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END", ["", ""]),
    (Log2, "CASE WHEN {x} > 0e0 THEN log2({x}) WHEN {x} = 0e0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END", ["", ""]),
    (Log10, "CASE WHEN {x} > 0e0 THEN log10({x}) WHEN {x} = 0e0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END", ["", ""]),
    (Mod, "CASE WHEN {y} = 0e0 THEN CAST('NaN' AS DOUBLE) WHEN {x} % {y} = 0 THEN CASE WHEN {y} < 0 THEN -0e0 ELSE 0e0 END WHEN ({x} % {y} < 0) = ({y} < 0) THEN {x} % {y} ELSE {x} % {y} + {y} END", ["", ""]),
    (Expm1, "expm1({x})", ["", ""]),
    (Log1p, "CASE WHEN {x} > -1e0 THEN log1p({x}) WHEN {x} = -1e0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END", ["", ""]),
    (Hypot, "hypot({x}, {y})", ["", ""]),
    (Floor, "CASE WHEN abs({x}) < 4503599627370496e0 THEN CAST(floor({x}) AS DOUBLE) ELSE {x} END", ["", ""]),
    (Ceil, "CASE WHEN abs({x}) < 4503599627370496e0 THEN CAST(ceil({x}) AS DOUBLE) ELSE {x} END", ["", ""]),
    (Atan2, "CASE WHEN {x} = 0e0 AND ({y} < 0e0 OR CAST({y} AS STRING) = '-0.0') THEN CASE WHEN CAST({x} AS STRING) = '-0.0' THEN -3.141592653589793e0 ELSE 3.141592653589793e0 END ELSE atan2({x}, {y}) END", ["", ""]),
    (Pow, "CASE WHEN {x} = 1e0 OR {x} = -1e0 AND abs({y}) = CAST('Infinity' AS DOUBLE) THEN 1e0 ELSE power({x}, {y}) END", ["", ""]),
];

/// What is ClickHouse's own. Its power has a wrong sign, or is infinite or 0 in the wrong place, where the exponent times the logarithm
/// is about 2^52 and more, or the exponent 2^62 and more. From 1e12 on, a base is therefore brought so near to 1 or -1 that its power
/// is just as surely infinite or 0, of the same sign: 1e3 and more in place of the 746 at which an exponential is 0. Of 9.2e18 and more
/// every exponent is even, and every base but 1 and -1 has a power that is infinite or 0.
#[rustfmt::skip]
const CLICKHOUSE: &[Look] = &[
    (Pow, "power(CASE WHEN abs({y}) >= 1e12 AND abs({x}) > 0e0 AND abs({x}) < inf AND abs(abs({x}) - 1e0) > 3e-16 + 1e3 / abs({y}) THEN sign({x}) * (1e0 + sign(abs({x}) - 1e0) * (3e-16 + 1e3 / abs({y}))) ELSE {x} END, CASE WHEN abs({y}) > 9.2e18 THEN sign({y}) * 9.2e18 ELSE {y} END)", ["", "power({x}, {y})"]),
    (Guard, "CASE WHEN isNaN({y}) THEN {y} ELSE {x} END", ["", ""]),
    (Max, "CASE WHEN {x} >= {y} OR isNaN({x}) THEN {x} ELSE {y} END", ["CASE WHEN {x} >= {y} THEN {x} ELSE {y} END", ""]),
    (Min, "CASE WHEN {x} <= {y} OR isNaN({x}) THEN {x} ELSE {y} END", ["CASE WHEN {x} <= {y} THEN {x} ELSE {y} END", ""]),
    (Log1p, "log1p({x})", ["", ""]),
    (Hypot, "hypot({x}, {y})", ["", ""]),
];

/// A text for the hyperbolic tangent, which ClickHouse computes to few digits near 0.
pub const TANH: &str = "where(abs(x) > 20, where(x > 0, 1, -1), sinh(x) / cosh(x))";

/// The text in the calculator's language for a gate that engines lack; a test compares each with its gate.
pub fn texts(gate: Gate) -> Option<&'static str> {
    TEXTS.iter().find(|(known, _)| *known == gate).map(|&(_, text)| text)
}

/// That text where a language has no entry for the gate.
pub fn text_for(dialect: &Dialect, gate: Gate) -> Option<&'static str> {
    if (dialect.entry)(gate).is_some() { None } else { texts(gate) }
}

/// Sinh and atanh are exact near 0 where exp(x) - 1 and ln(1 + x) are not. The rational functions of erf and erfc are those of
/// W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969).
#[rustfmt::skip]
const TEXTS: &[(Gate, &str)] = &[
    (Expm1, "where(x < -40, -1, where(x > 700, exp(x), 2 * sinh(x / 2) * exp(x / 2)))"),
    (Log1p, "where(abs(x) < 0.5, 2 * atanh(x / (2 + x)), log(1 + x))"),
    (Exp2, "2^x"),
    (Sigma, "where(x < -37, exp(x), 1 / (1 + exp(-x)))"),
    (Relu, "max(x, 0)"),
    (LeakyRelu, "where(x > 0, x, 0.01 * x)"),
    (Elu, "where(x > 0, x, expm1(x))"),
    (Softplus, "max(x, 0) + log1p(exp(-abs(x)))"),
    (Logsigmoid, "min(x, 0) - log1p(exp(-abs(x)))"),
    (Silu, "where(x < -800, 0, x * sigma(x))"),
    (Gelu, "where(x < -39, 0, 0.5 * x * erfc(-x * 0.7071067811865476))"),
    (Logaddexp, "where(x == y, x + 0.6931471805599453, max(x, y) + log1p(exp(-abs(x - y))))"),
    (Log1mexp, "where(x <= 0.6931471805599453, log(-expm1(-x)), log1p(-exp(-x)))"),
    (Xlogy, "where(x == 0, where(y == y, 0, y), x * log(y))"),
    (Sinc, "where(x == 0, 1, where(abs(x) == inf, 0, sin(x) / x))"),
    (Sign, "where(x > 0, 1, where(x < 0, -1, x))"),
    (Clamp, "min(max(x, lo), hi)"),
    (Round, "where(x - floor(x) == 0.5, 2 * floor((floor(x) + 1) / 2), where(x - floor(x) > 0.5, floor(x) + 1, floor(x)))"),
    (Hypot, "where(abs(x) == inf, inf, where(abs(y) == inf, inf, where(max(abs(x), abs(y)) == 0, 0, max(abs(x), abs(y)) * sqrt(1 + (min(abs(x), abs(y)) / max(abs(x), abs(y)))^2))))"),
    (Erf, "where(abs(x) <= 0.46875,
        x * ((((0.185777706184603153 * x^2 + 3.16112374387056560) * x^2 + 113.864154151050156) * x^2 + 377.485237685302021) * x^2 + 3209.37758913846947)
          / ((((x^2 + 23.6012909523441209) * x^2 + 244.024637934444173) * x^2 + 1282.61652607737228) * x^2 + 2844.23683343917062),
        where(x > 6, 1, where(x < -6, -1, where(x > 0, 1, -1) * (1 - exp(-x^2) * ((((((((2.15311535474403846e-8 * abs(x) + 0.564188496988670089) * abs(x) + 8.88314979438837594) * abs(x) + 66.1191906371416295) * abs(x) + 298.635138197400131) * abs(x) + 881.952221241769090) * abs(x) + 1712.04761263407058) * abs(x) + 2051.07837782607147) * abs(x) + 1230.33935479799725)
          / ((((((((abs(x) + 15.7449261107098347) * abs(x) + 117.693950891312499) * abs(x) + 537.181101862009858) * abs(x) + 1621.38957456669019) * abs(x) + 3290.79923573345963) * abs(x) + 4362.61909014324716) * abs(x) + 3439.36767414372164) * abs(x) + 1230.33935480374942)))))"),
    (Erfc, "where(x < 0.46875, 1 - erf(x), where(x <= 4, exp(-x^2) * ((((((((2.15311535474403846e-8 * x + 0.564188496988670089) * x + 8.88314979438837594) * x + 66.1191906371416295) * x + 298.635138197400131) * x + 881.952221241769090) * x + 1712.04761263407058) * x + 2051.07837782607147) * x + 1230.33935479799725)
          / ((((((((x + 15.7449261107098347) * x + 117.693950891312499) * x + 537.181101862009858) * x + 1621.38957456669019) * x + 3290.79923573345963) * x + 4362.61909014324716) * x + 3439.36767414372164) * x + 1230.33935480374942),
        where(x > 27, 0, exp(-x^2) / x * (0.564189583547756287 - (1 / x^2) * (((((0.0163153871373020978 * (1 / x^2) + 0.305326634961232344) * (1 / x^2) + 0.360344899949804439) * (1 / x^2) + 0.125781726111229246) * (1 / x^2) + 0.0160837851487422766) * (1 / x^2) + 0.000658749161529837803)
          / ((((((1 / x^2) + 2.56852019228982242) * (1 / x^2) + 1.87295284992346047) * (1 / x^2) + 0.527905102951428412) * (1 / x^2) + 0.0605183413124413191) * (1 / x^2) + 0.00233520497626869185)))))"),
];
