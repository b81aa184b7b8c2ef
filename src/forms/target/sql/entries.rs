//! How gates look in the SQL of each engine.
//!
//! What an engine computes otherwise than binary64 arithmetic does, or refuses, stands in a choice that keeps it from there. A gate
//! that engines lack is a text in the calculator's own language, of gates that they have; a gate without either is refused.
//! Engines were asked one by one what they do at 0, at the ends of the range, and with nan.

use super::super::{Entry, by_gate, call, like, same};
#[allow(clippy::enum_glob_use, reason = "a table of every gate")]
use crate::vocabulary::Gate::{self, *};
use crate::vocabulary::gate::Fragment::{self, Condition, Operand, Text};
use crate::vocabulary::gate::Level;
use crate::vocabulary::gate::Written::{Fragments, Infix};
use std::sync::LazyLock;

const X: Fragment = Operand(0, Level::Compare);
const Y: Fragment = Operand(1, Level::Compare);
const Z: Fragment = Operand(2, Level::Compare);

/// The entry of a gate that is these fragments. An operand that stands in them twice is a column, or a leaf.
const fn parts(gate: Gate, fragments: &'static [Fragment]) -> Entry {
    like(gate, Fragments(fragments, Level::Atom))
}

macro_rules! engine {
    ($name:ident, $title:literal, [$($table:expr),*]) => {
        #[doc = concat!("How gates look in ", $title, ".")]
        pub fn $name(gate: Gate) -> Option<Entry> {
            static ENTRIES: LazyLock<Vec<Option<Entry>>> = LazyLock::new(|| by_gate(&[$($table),*]));
            ENTRIES[gate as usize]
        }
    };
}

engine!(duckdb, "DuckDB", [DUCKDB, CAREFUL_DOMAINS, NAN_IS_GREATEST, COMMON]);
engine!(datafusion, "DataFusion", [DATAFUSION, NAN_IS_GREATEST, COMMON]);
engine!(postgres, "PostgreSQL", [POSTGRES, CAREFUL_DOMAINS, NAN_IS_GREATEST, COMMON]);
engine!(sqlite, "SQLite", [SQLITE, COMMON]);
engine!(spark, "Spark", [SPARK, NAN_IS_GREATEST, COMMON]);
engine!(clickhouse, "ClickHouse", [CLICKHOUSE, COMMON]);

/// What looks alike in every engine.
const COMMON: &[Entry] = &[
    parts(Where, &[Text("CASE WHEN "), Condition(0), Text(" THEN "), Y, Text(" ELSE "), Z, Text(" END")]),
    like(Copy, Fragments(&[X], Level::Compare)),
    like(StopGradient, Fragments(&[X], Level::Compare)),
    same(Shift),
    same(Scale),
    same(Add),
    same(Sub),
    same(Mul),
    same(Div),
    like(Recip, Fragments(&[Text("1e0 / "), Operand(0, Level::Unary)], Level::Product)),
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
    call(Sqrt, "sqrt("),
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
const NAN_IS_GREATEST: &[Entry] = &[
    parts(Guard, &[Text("CASE WHEN isnan("), Y, Text(") THEN "), Y, Text(" ELSE "), X, Text(" END")]),
    parts(Max, &[Text("CASE WHEN "), X, Text(" >= "), Y, Text(" THEN "), X, Text(" ELSE "), Y, Text(" END")]),
    parts(
        Min,
        &[
            Text("CASE WHEN isnan("),
            X,
            Text(") OR "),
            X,
            Text(" <= "),
            Y,
            Text(" AND NOT isnan("),
            Y,
            Text(") THEN "),
            X,
            Text(" ELSE "),
            Y,
            Text(" END"),
        ],
    ),
    like(Lt, Fragments(&[X, Text(" < "), Y, Text(" AND NOT isnan("), Y, Text(")")], Level::Compare)).beside_literal(
        Fragments(&[X, Text(" < "), Y, Text(" AND NOT isnan("), Y, Text(")")], Level::Compare),
        Infix(" < ", Level::Compare),
    ),
    like(Le, Fragments(&[X, Text(" <= "), Y, Text(" AND NOT isnan("), Y, Text(")")], Level::Compare)).beside_literal(
        Fragments(&[X, Text(" <= "), Y, Text(" AND NOT isnan("), Y, Text(")")], Level::Compare),
        Infix(" <= ", Level::Compare),
    ),
    like(Gt, Fragments(&[X, Text(" > "), Y, Text(" AND NOT isnan("), X, Text(")")], Level::Compare)).beside_literal(
        Infix(" > ", Level::Compare),
        Fragments(&[X, Text(" > "), Y, Text(" AND NOT isnan("), X, Text(")")], Level::Compare),
    ),
    like(Ge, Fragments(&[X, Text(" >= "), Y, Text(" AND NOT isnan("), X, Text(")")], Level::Compare)).beside_literal(
        Infix(" >= ", Level::Compare),
        Fragments(&[X, Text(" >= "), Y, Text(" AND NOT isnan("), X, Text(")")], Level::Compare),
    ),
    like(Eq, Fragments(&[X, Text(" = "), Y, Text(" AND NOT isnan("), X, Text(")")], Level::Compare))
        .beside_literal(Infix(" = ", Level::Compare), Infix(" = ", Level::Compare)),
    like(Ne, Fragments(&[X, Text(" <> "), Y, Text(" OR isnan("), X, Text(")")], Level::Compare))
        .beside_literal(Infix(" <> ", Level::Compare), Infix(" <> ", Level::Compare)),
];

macro_rules! where_holds {
    ($gate:ident, $call:literal, [$($condition:expr),+], $else:literal) => {
        parts($gate, &[Text("CASE WHEN "), $($condition),+, Text(concat!(" THEN ", $call, "(")), X, Text(concat!(") ELSE ", $else, " END"))])
    };
}

/// Engines that stop at a number outside the domain of a function.
const CAREFUL_DOMAINS: &[Entry] = &[
    where_holds!(Sqrt, "sqrt", [X, Text(" >= 0")], "CAST('NaN' AS double precision)"),
    parts(
        Log,
        &[
            Text("CASE WHEN "),
            X,
            Text(" > 0 THEN ln("),
            X,
            Text(") WHEN "),
            X,
            Text(" = 0 THEN CAST('-Infinity' AS double precision) ELSE CAST('NaN' AS double precision) END"),
        ],
    ),
    parts(
        Log10,
        &[
            Text("CASE WHEN "),
            X,
            Text(" > 0 THEN log10("),
            X,
            Text(") WHEN "),
            X,
            Text(" = 0 THEN CAST('-Infinity' AS double precision) ELSE CAST('NaN' AS double precision) END"),
        ],
    ),
    where_holds!(Sin, "sin", [Text("abs("), X, Text(") <= 1.7976931348623157e308")], "CAST('NaN' AS double precision)"),
    where_holds!(Cos, "cos", [Text("abs("), X, Text(") <= 1.7976931348623157e308")], "CAST('NaN' AS double precision)"),
    where_holds!(Tan, "tan", [Text("abs("), X, Text(") <= 1.7976931348623157e308")], "CAST('NaN' AS double precision)"),
    where_holds!(Asin, "asin", [Text("abs("), X, Text(") <= 1")], "CAST('NaN' AS double precision)"),
    where_holds!(Acos, "acos", [Text("abs("), X, Text(") <= 1")], "CAST('NaN' AS double precision)"),
    where_holds!(Acosh, "acosh", [X, Text(" >= 1")], "CAST('NaN' AS double precision)"),
    parts(
        Atanh,
        &[
            Text("CASE WHEN abs("),
            X,
            Text(") < 1 THEN atanh("),
            X,
            Text(") WHEN abs("),
            X,
            Text(") = 1 THEN "),
            X,
            Text(" * CAST('Infinity' AS double precision) ELSE CAST('NaN' AS double precision) END"),
        ],
    ),
];

const DUCKDB: &[Entry] = &[
    parts(
        Log2,
        &[
            Text("CASE WHEN "),
            X,
            Text(" > 0 THEN log2("),
            X,
            Text(") WHEN "),
            X,
            Text(" = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END"),
        ],
    ),
    parts(
        Mod,
        &[
            Text("CASE WHEN "),
            X,
            Text(" % "),
            Y,
            Text(" = 0 THEN 0e0 * "),
            Y,
            Text(" WHEN ("),
            X,
            Text(" % "),
            Y,
            Text(" < 0) = ("),
            Y,
            Text(" < 0) THEN "),
            X,
            Text(" % "),
            Y,
            Text(" ELSE "),
            X,
            Text(" % "),
            Y,
            Text(" + "),
            Y,
            Text(" END"),
        ],
    ),
];

const DATAFUSION: &[Entry] = &[
    where_holds!(Sqrt, "sqrt", [X, Text(" >= 0")], "CAST('NaN' AS DOUBLE)"),
    parts(
        Pow,
        &[
            Text("CASE WHEN "),
            X,
            Text(" = 0 AND "),
            Y,
            Text(" < 0 THEN CAST('Infinity' AS DOUBLE) ELSE power("),
            X,
            Text(", "),
            Y,
            Text(") END"),
        ],
    ),
];

/// Of 64-bit numbers whose sum, product, quotient or exponential leaves the range the engine makes none: an exponential that is too
/// small is 0 from a place on where a product of two does not leave it.
const POSTGRES: &[Entry] = &[
    parts(Guard, &[Text("CASE WHEN "), Y, Text(" = 'NaN' THEN "), Y, Text(" ELSE "), X, Text(" END")]),
    parts(
        Min,
        &[
            Text("CASE WHEN "),
            X,
            Text(" = 'NaN' OR "),
            X,
            Text(" <= "),
            Y,
            Text(" AND "),
            Y,
            Text(" <> 'NaN' THEN "),
            X,
            Text(" ELSE "),
            Y,
            Text(" END"),
        ],
    ),
    like(Lt, Fragments(&[X, Text(" < "), Y, Text(" AND "), Y, Text(" <> 'NaN'")], Level::Compare))
        .beside_literal(Fragments(&[X, Text(" < "), Y, Text(" AND "), Y, Text(" <> 'NaN'")], Level::Compare), Infix(" < ", Level::Compare)),
    like(Le, Fragments(&[X, Text(" <= "), Y, Text(" AND "), Y, Text(" <> 'NaN'")], Level::Compare)).beside_literal(
        Fragments(&[X, Text(" <= "), Y, Text(" AND "), Y, Text(" <> 'NaN'")], Level::Compare),
        Infix(" <= ", Level::Compare),
    ),
    like(Gt, Fragments(&[X, Text(" > "), Y, Text(" AND "), X, Text(" <> 'NaN'")], Level::Compare))
        .beside_literal(Infix(" > ", Level::Compare), Fragments(&[X, Text(" > "), Y, Text(" AND "), X, Text(" <> 'NaN'")], Level::Compare)),
    like(Ge, Fragments(&[X, Text(" >= "), Y, Text(" AND "), X, Text(" <> 'NaN'")], Level::Compare)).beside_literal(
        Infix(" >= ", Level::Compare),
        Fragments(&[X, Text(" >= "), Y, Text(" AND "), X, Text(" <> 'NaN'")], Level::Compare),
    ),
    like(Eq, Fragments(&[X, Text(" = "), Y, Text(" AND "), X, Text(" <> 'NaN'")], Level::Compare))
        .beside_literal(Infix(" = ", Level::Compare), Infix(" = ", Level::Compare)),
    like(Ne, Fragments(&[X, Text(" <> "), Y, Text(" OR "), X, Text(" = 'NaN'")], Level::Compare))
        .beside_literal(Infix(" <> ", Level::Compare), Infix(" <> ", Level::Compare)),
    parts(
        Div,
        &[
            Text("CASE WHEN "),
            Y,
            Text(" <> 0 THEN "),
            X,
            Text(" / "),
            Y,
            Text(" WHEN "),
            X,
            Text(" = 0 OR "),
            X,
            Text(" = 'NaN' THEN float8 'NaN' WHEN ("),
            X,
            Text(" > 0) = (CAST("),
            Y,
            Text(" AS text) = '0') THEN float8 'Infinity' ELSE float8 '-Infinity' END"),
        ],
    ),
    parts(
        Recip,
        &[
            Text("CASE WHEN "),
            X,
            Text(" <> 0 THEN 1 / "),
            X,
            Text(" WHEN CAST("),
            X,
            Text(" AS text) = '0' THEN float8 'Infinity' ELSE float8 '-Infinity' END"),
        ],
    ),
    parts(
        Exp,
        &[
            Text("CASE WHEN "),
            X,
            Text(" > 709.782712893384 THEN "),
            X,
            Text(" * float8 'Infinity' WHEN "),
            X,
            Text(" < -345 THEN float8 '0' ELSE exp("),
            X,
            Text(") END"),
        ],
    ),
    parts(
        Pow,
        &[
            Text("CASE WHEN "),
            X,
            Text(" < 0 AND "),
            Y,
            Text(" <> floor("),
            Y,
            Text(") THEN float8 'NaN' WHEN "),
            X,
            Text(" = 0 AND "),
            Y,
            Text(" < 0 THEN float8 'Infinity' ELSE power("),
            X,
            Text(", "),
            Y,
            Text(") END"),
        ],
    ),
    parts(
        Log2,
        &[
            Text("CASE WHEN "),
            X,
            Text(" > 0 THEN ln("),
            X,
            Text(") / float8 '0.6931471805599453' WHEN "),
            X,
            Text(" = 0 THEN float8 '-Infinity' ELSE float8 'NaN' END"),
        ],
    ),
];

/// The engine has no nan: what has no value is NULL, which is unequal to nothing and greater than nothing.
const SQLITE: &[Entry] = &[
    parts(Guard, &[Text("CASE WHEN "), Y, Text(" IS NULL THEN NULL ELSE "), X, Text(" END")]),
    like(
        Max,
        Fragments(
            &[Text("CASE WHEN "), X, Text(" >= "), Y, Text(" OR "), X, Text(" IS NULL THEN "), X, Text(" ELSE "), Y, Text(" END")],
            Level::Atom,
        ),
    )
    .beside_literal(
        Fragments(&[Text("CASE WHEN "), X, Text(" >= "), Y, Text(" THEN "), X, Text(" ELSE "), Y, Text(" END")], Level::Atom),
        Fragments(
            &[Text("CASE WHEN "), X, Text(" >= "), Y, Text(" OR "), X, Text(" IS NULL THEN "), X, Text(" ELSE "), Y, Text(" END")],
            Level::Atom,
        ),
    ),
    like(
        Min,
        Fragments(
            &[Text("CASE WHEN "), X, Text(" <= "), Y, Text(" OR "), X, Text(" IS NULL THEN "), X, Text(" ELSE "), Y, Text(" END")],
            Level::Atom,
        ),
    )
    .beside_literal(
        Fragments(&[Text("CASE WHEN "), X, Text(" <= "), Y, Text(" THEN "), X, Text(" ELSE "), Y, Text(" END")], Level::Atom),
        Fragments(
            &[Text("CASE WHEN "), X, Text(" <= "), Y, Text(" OR "), X, Text(" IS NULL THEN "), X, Text(" ELSE "), Y, Text(" END")],
            Level::Atom,
        ),
    ),
    parts(Log, &[Text("CASE WHEN "), X, Text(" = 0 THEN -9e999 ELSE ln("), X, Text(") END")]),
    parts(Cbrt, &[Text("sign("), X, Text(") * power(abs("), X, Text("), 0.3333333333333333)")]),
    parts(
        Mod,
        &[
            Text("CASE WHEN mod("),
            X,
            Text(", "),
            Y,
            Text(") = 0 THEN 0e0 * "),
            Y,
            Text(" WHEN (mod("),
            X,
            Text(", "),
            Y,
            Text(") < 0) = ("),
            Y,
            Text(" < 0) THEN mod("),
            X,
            Text(", "),
            Y,
            Text(") ELSE mod("),
            X,
            Text(", "),
            Y,
            Text(") + "),
            Y,
            Text(" END"),
        ],
    ),
];

const SPARK: &[Entry] = &[
    parts(
        Div,
        &[Text("CASE WHEN "), Y, Text(" = 0e0 THEN "), X, Text(" * power("), Y, Text(", -1e0) ELSE "), X, Text(" / "), Y, Text(" END")],
    ),
    parts(Recip, &[Text("CASE WHEN "), X, Text(" = 0e0 THEN power("), X, Text(", -1e0) ELSE 1e0 / "), X, Text(" END")]),
    parts(
        Log,
        &[
            Text("CASE WHEN "),
            X,
            Text(" > 0e0 THEN ln("),
            X,
            Text(") WHEN "),
            X,
            Text(" = 0e0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END"),
        ],
    ),
    parts(
        Log2,
        &[
            Text("CASE WHEN "),
            X,
            Text(" > 0e0 THEN log2("),
            X,
            Text(") WHEN "),
            X,
            Text(" = 0e0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END"),
        ],
    ),
    parts(
        Log10,
        &[
            Text("CASE WHEN "),
            X,
            Text(" > 0e0 THEN log10("),
            X,
            Text(") WHEN "),
            X,
            Text(" = 0e0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END"),
        ],
    ),
    call(Expm1, "expm1("),
    call(Log1p, "log1p("),
    call(Hypot, "hypot("),
];

const CLICKHOUSE: &[Entry] = &[
    parts(Guard, &[Text("CASE WHEN isNaN("), Y, Text(") THEN "), Y, Text(" ELSE "), X, Text(" END")]),
    like(
        Max,
        Fragments(
            &[Text("CASE WHEN "), X, Text(" >= "), Y, Text(" OR isNaN("), X, Text(") THEN "), X, Text(" ELSE "), Y, Text(" END")],
            Level::Atom,
        ),
    )
    .beside_literal(
        Fragments(&[Text("CASE WHEN "), X, Text(" >= "), Y, Text(" THEN "), X, Text(" ELSE "), Y, Text(" END")], Level::Atom),
        Fragments(
            &[Text("CASE WHEN "), X, Text(" >= "), Y, Text(" OR isNaN("), X, Text(") THEN "), X, Text(" ELSE "), Y, Text(" END")],
            Level::Atom,
        ),
    ),
    like(
        Min,
        Fragments(
            &[Text("CASE WHEN "), X, Text(" <= "), Y, Text(" OR isNaN("), X, Text(") THEN "), X, Text(" ELSE "), Y, Text(" END")],
            Level::Atom,
        ),
    )
    .beside_literal(
        Fragments(&[Text("CASE WHEN "), X, Text(" <= "), Y, Text(" THEN "), X, Text(" ELSE "), Y, Text(" END")], Level::Atom),
        Fragments(
            &[Text("CASE WHEN "), X, Text(" <= "), Y, Text(" OR isNaN("), X, Text(") THEN "), X, Text(" ELSE "), Y, Text(" END")],
            Level::Atom,
        ),
    ),
    call(Log1p, "log1p("),
    call(Hypot, "hypot("),
];

/// The text in the calculator's language for a gate that engines lack; a test compares each with its gate.
pub fn texts(gate: Gate) -> Option<&'static str> {
    TEXTS.iter().find(|(known, _)| *known == gate).map(|&(_, text)| text)
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
    (Silu, "x * sigma(x)"),
    (Gelu, "0.5 * x * erfc(-x * 0.7071067811865476)"),
    (Logaddexp, "where(x == y, x + 0.6931471805599453, max(x, y) + log1p(exp(-abs(x - y))))"),
    (Log1mexp, "where(x <= 0.6931471805599453, log(-expm1(-x)), log1p(-exp(-x)))"),
    (Xlogy, "where(x == 0, 0, x * log(y))"),
    (Sinc, "where(x == 0, 1, sin(x) / x)"),
    (Sign, "where(x > 0, 1, where(x < 0, -1, x))"),
    (Clamp, "min(max(x, lo), hi)"),
    (Round, "where(x - floor(x) == 0.5, 2 * floor((floor(x) + 1) / 2), where(x - floor(x) > 0.5, floor(x) + 1, floor(x)))"),
    (Hypot, "where(max(abs(x), abs(y)) == 0, 0, where(max(abs(x), abs(y)) > 1.7e308, max(abs(x), abs(y)), max(abs(x), abs(y)) * sqrt(1 + (min(abs(x), abs(y)) / max(abs(x), abs(y)))^2)))"),
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
