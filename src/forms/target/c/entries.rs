//! What C writes for each gate, as expressions or as statements that fill a buffer, and the words that are no names in it.

use super::super::{CHOOSE, Entry, Look, call, like, same};
#[allow(clippy::enum_glob_use, reason = "a table of every gate")]
use crate::vocabulary::Gate::{self, *};
use crate::vocabulary::gate::Fragment::{Operand, Text};
use crate::vocabulary::gate::Level;
use crate::vocabulary::gate::Written::{self, Fragments};

/// The words of C11 and C23, and what the printed function calls its loops' counters.
#[rustfmt::skip]
pub const KEYWORDS: &[&str] = &[
    "alignas", "alignof", "asm", "auto", "bool", "break", "case", "char", "const", "constexpr", "continue", "default", "do", "double",
    "else", "enum", "extern", "false", "float", "for", "goto", "if", "inline", "int", "long", "nullptr", "register", "restrict", "return",
    "short", "signed", "sizeof", "static", "static_assert", "struct", "switch", "thread_local", "true", "typedef", "typeof",
    "typeof_unqual", "union", "unsigned", "void", "volatile", "while", "i", "j", "main", "_Alignas", "_Alignof", "_Atomic", "_BitInt", "_Bool",
    "_Complex", "_Decimal128", "_Decimal32", "_Decimal64", "_Generic", "_Imaginary", "_Noreturn", "_Static_assert", "_Thread_local", "linux",
    "unix",
];

/// What the headers that it includes declare, and is no gate.
#[rustfmt::skip]
pub const LIBRARY: &[&str] = &[
    "acosl", "asinl", "atanl", "copysign", "fabs", "fdim", "fma", "fmax", "fmin", "fmod", "fpclassify", "frexp", "ilogb", "isfinite",
    "isgreater", "isgreaterequal", "isinf", "isless", "islessequal", "islessgreater", "isnan", "isnormal", "isunordered", "ldexp",
    "llrint", "llround", "logb", "lrint", "lround", "modf", "nan", "nearbyint", "nextafter", "nexttoward", "pow", "remainder", "remquo",
    "rint", "scalbln", "scalbn", "signbit", "tgamma", "trunc", "double_t", "float_t", "HUGE_VAL", "INFINITY", "NAN", "NULL", "abort",
    "abs", "atexit", "atof", "atoi", "atol", "atoll", "bsearch", "calloc", "div", "div_t", "exit", "free", "getenv", "labs", "ldiv",
    "ldiv_t", "llabs", "lldiv", "lldiv_t", "malloc", "mblen", "qsort", "rand", "realloc", "size_t", "srand", "strtod", "strtof", "strtol",
    "strtold", "strtoll", "strtoul", "strtoull", "system", "wchar_t", "y0", "y1", "yn", "j0", "j1", "jn",
];

/// Functions of numbers.
pub const NUMBERS: &[Entry] = &[
    call(Chain, "chain("),
    call(Guard, "guard("),
    call(Pow, "pow("),
    // Two minus signs side by side would be another operator.
    like(Neg, Fragments(&[Text("-"), Operand(0, Level::Power)], Level::Unary)),
    like(Recip, Fragments(&[Text("1.0 / "), Operand(0, Level::Unary)], Level::Product)),
    call(Sqr, "sqr("),
    call(Sqrt, "root("),
    call(Abs, "fabs("),
    call(Round, "rint("),
    call(Gamma, "gamma_of("),
    like(Max, Written::Nested("maximum(")),
    like(Min, Written::Nested("minimum(")),
    like(Where, CHOOSE),
    like(StopGradient, Fragments(&[Operand(0, Level::Compare)], Level::Compare)),
    same(Exp),
    same(Expm1),
    same(Exp2),
    same(Log),
    same(Log1p),
    same(Log2),
    same(Log10),
    same(Cbrt),
    same(Sin),
    same(Cos),
    same(Tan),
    same(Asin),
    same(Acos),
    same(Atan),
    same(Atan2),
    same(Sinh),
    same(Cosh),
    same(Tanh),
    same(Asinh),
    same(Acosh),
    same(Atanh),
    same(Sign),
    same(Floor),
    same(Ceil),
    same(Clamp),
    like(Hypot, Written::Nested("hypot(")),
    call(Mod, "modulo("),
];

const MATMUL: &str = "matmul({0}, {1}, {rows 0}, {columns 0}, {matched 1}, {out})";
const MATMUL_FIRST: &str = "matmul_first({0}, {1}, {rows 0}, {columns 0}, {matched 1}, {out})";
const MATMUL_LAST: &str = "matmul_last({0}, {1}, {rows 0}, {columns 0}, {matched 1}, {out})";
const COPY: &str = "copy({0}, {size}, {out})";

const fn fill(gate: Gate, text: &'static str) -> Entry {
    Entry { gate, look: Look::Fill(text), between_numbers: None, beside_literal: [None; 2], view: false }
}

const fn fill_each(gate: Gate, text: &'static str) -> Entry {
    Entry { gate, look: Look::FillEach(text), between_numbers: None, beside_literal: [None; 2], view: false }
}

/// Functions of arrays, as statements. In braces stand an operand's numbers by its position, `out` for those of the
/// result, and what follows from shapes: see `Filler`.
pub const ARRAYS: &[Entry] = &[
    fill(Sum, "lanes_to_numbers(&sum_of, {0}, {lanes 0 1}, {out})"),
    fill(Mean, "lanes_to_numbers(&mean_of, {0}, {lanes 0 1}, {out})"),
    fill(Prod, "lanes_to_numbers(&product_of, {0}, {lanes 0 1}, {out})"),
    fill(MaxOver, "lanes_to_numbers(&largest_of, {0}, {lanes 0 1}, {out})"),
    fill(MinOver, "lanes_to_numbers(&smallest_of, {0}, {lanes 0 1}, {out})"),
    fill(Norm, "lanes_to_numbers(&norm_of, {0}, {lanes 0 1}, {out})"),
    fill(Var, "lanes_to_numbers(&variance_of, {0}, {lanes 0 1}, {out})"),
    fill(Std, "lanes_to_numbers(&deviation_of, {0}, {lanes 0 1}, {out})"),
    fill(Logsumexp, "lanes_to_numbers(&logsumexp_of, {0}, {lanes 0 1}, {out})"),
    fill(Softmax, "lanes_to_lanes(&softmax_of, {0}, {lanes 0 1}, {out})"),
    fill(Centered, "lanes_to_lanes(&centered_of, {0}, {lanes 0 1}, {out})"),
    fill(Others, "lanes_to_lanes(&others_of, {0}, {lanes 0 1}, {out})"),
    fill(Pairs, "pairs({0}, {1}, {lanes 1 2}, {out})"),
    fill(Cumsum, "lanes_to_lanes(&running_sum_of, {0}, {lanes 0 1}, {out})"),
    fill(CumsumFromEnd, "lanes_to_lanes(&running_sum_from_end_of, {0}, {lanes 0 1}, {out})"),
    fill(Argmax, "lanes_to_numbers(&place_of_largest, {0}, {lanes 0 1}, {out})"),
    fill(Argmin, "lanes_to_numbers(&place_of_smallest, {0}, {lanes 0 1}, {out})"),
    fill(MatmulFirst, MATMUL_FIRST),
    fill(MatvecFirst, MATMUL_FIRST),
    fill(VecmatFirst, MATMUL_FIRST),
    fill(InnerFirst, MATMUL_FIRST),
    fill(MatmulLast, MATMUL_LAST),
    fill(MatvecLast, MATMUL_LAST),
    fill(VecmatLast, MATMUL_LAST),
    fill(InnerLast, MATMUL_LAST),
    fill(OuterFirst, "outer_first({0}, {1}, {size 0}, {size 1}, {out})"),
    fill(OuterLast, "outer_last({0}, {1}, {size 0}, {size 1}, {out})"),
    fill(Matmul, MATMUL),
    fill(Matvec, MATMUL),
    fill(Vecmat, MATMUL),
    fill(Inner, MATMUL),
    fill(Dot, MATMUL),
    fill(Outer, "outer({0}, {1}, {size 0}, {size 1}, {out})"),
    fill(Transpose, "transpose({0}, {rows 0}, {columns 0}, {out})"),
    fill(Trace, "*{out} = total(&itself, 0, {0}, {rows 0}, {rows 0} + 1)"),
    fill(Det, "*{out} = determinant({0}, {rows 0})"),
    fill(Logdet, "*{out} = logdet({0}, {rows 0})"),
    fill(Cofactor, "cofactor({0}, {rows 0}, {out})"),
    fill(Inv, "inverse({0}, {rows 0}, {out})"),
    fill(Solve, "solve({0}, {1}, {rows 0}, {columns 1}, {out})"),
    fill(SolveVector, "solve({0}, {1}, {rows 0}, 1, {out})"),
    fill(Diag, "diagonal({0}, {rows 0}, {out})"),
    fill(DiagOf, "with_diagonal({0}, {size 0}, {out})"),
    fill_each(Stack, "copy({own}, {size}, {out} + {before})"),
    fill_each(Concat, "copy({own}, {size}, {out} + {before})"),
    fill_each(ConcatAlong, "columns_at({own}, {rows}, {columns}, {width}, {out} + {left})"),
    fill(Index, "pick({0}, {columns 0}, {places 0 1}, {out})"),
    fill(Scatter, "place({0}, {size 1}, {columns 1}, {places 1 2}, {out})"),
    fill(Gather, "gather({0}, {size 0}, 1, {1}, {size 1}, {out})"),
    fill(GatherRows, "gather({0}, {rows 0}, {columns 0}, {1}, {size 1}, {out})"),
    fill(GatherPairs, "gather_pairs({0}, {rows 0}, {columns 0}, {1}, {2}, {size 1}, {out})"),
    fill(ScatterAdd, "scatter_add({0}, {size 0}, {size 1}, {2}, {size 2}, {out})"),
    fill(ScatterAddPairs, "scatter_add_pairs({0}, {rows 1}, {columns 1}, {2}, {3}, {size 2}, {out})"),
    fill(Range, "steps(0.0, 1.0, {size}, {out})"),
    fill(RangeFrom, "steps(*{0}, 1.0, {size}, {out})"),
    fill(RangeBy, "steps(*{0}, *{2}, {size}, {out})"),
    fill(Reshape, COPY),
    fill(ReshapeMatrix, COPY),
    fill(Like, COPY),
    fill(Expand, COPY),
    fill(Onehot, "onehot({0}, {size 0}, {width}, {out})"),
    fill(Nonzero, "nonzero({0}, {size 0}, {size}, {out})"),
    fill(Zeros, "fill(0.0, {size}, {out})"),
    fill(ZerosMatrix, "fill(0.0, {size}, {out})"),
    fill(Ones, "fill(1.0, {size}, {out})"),
    fill(OnesMatrix, "fill(1.0, {size}, {out})"),
    fill(Eye, "eye({width}, {out})"),
    fill(Linspace, "linspace(*{0}, *{1}, {size}, {out})"),
];
