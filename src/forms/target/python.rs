//! Python: the listing of the notes and functions, with Python's own `math` for single numbers and NumPy for arrays.

use super::function::{Function, Line, Set, What};
use super::{Dialect, Entry, Helper, OWN, Target, by_gate, call, like, same, uses};
use crate::forms::Program;
use crate::ground::{Shape, Value, number, value};
#[allow(clippy::enum_glob_use, reason = "a table of every gate")]
use crate::vocabulary::Gate::{self, *};
use crate::vocabulary::gate::Fragment::{Condition, Operand, Text};
use crate::vocabulary::gate::Level;
use crate::vocabulary::gate::Written::{self, Fragments};
use crate::vocabulary::symbol::CONSTANTS;
use std::fmt::Write as _;
use std::sync::LazyLock;
use unicode_normalization::{UnicodeNormalization as _, is_nfkc};

/// Python as a language of functions.
pub static TARGET: Target = Target {
    name: "python",
    says: "a Python function of the inputs that returns the value and the gradients",
    ending: "py",
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

/// A choice between single numbers, which does not compute what is not wanted.
const CHOICE: Written = Fragments(
    &[Text("("), Operand(1, Level::Compare), Text(" if "), Condition(0), Text(" else "), Operand(2, Level::Compare), Text(")")],
    Level::Atom,
);
const POWER: Written = Fragments(&[Operand(0, Level::Atom), Text("**"), Operand(1, Level::Unary)], Level::Power);
const REMAINDER: Written = Fragments(&[Operand(0, Level::Product), Text(" % "), Operand(1, Level::Unary)], Level::Product);
const SQUARE: Written = Fragments(&[Operand(0, Level::Atom), Text("**2")], Level::Power);

macro_rules! of_shape {
    ($start:literal) => {
        Fragments(&[Text($start), Operand(0, Level::Compare), Text(", "), Operand(1, Level::Compare), Text("))")], Level::Atom)
    };
}

const fn infix(gate: Gate, sign: &'static str) -> Entry {
    like(gate, Written::Infix(sign, Level::Product))
}

/// What looks alike for numbers and for arrays. In a listing a product of the chain rule is a product.
pub(super) const COMMON: &[Entry] = &[
    same(Chain),
    same(Guard),
    same(Copy),
    like(StopGradient, Fragments(&[Operand(0, Level::Compare)], Level::Compare)),
    same(Shift),
    same(Scale),
    same(Add),
    same(Sub),
    same(Mul),
    same(Div),
    same(Neg),
    same(Recip),
    same(Lt),
    same(Le),
    same(Gt),
    same(Ge),
    same(Eq),
    same(Ne),
    like(Pow, POWER),
    like(Sqr, SQUARE),
];

/// Single numbers, given `from math import *`.
const NUMBERS: &[Entry] = &[
    like(Where, CHOICE),
    same(Exp),
    same(Expm1),
    same(Exp2),
    same(Log),
    same(Log1p),
    same(Log2),
    same(Log10),
    same(Sqrt),
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
    same(Sigma),
    same(Relu),
    same(LeakyRelu),
    same(Elu),
    same(Softplus),
    same(Silu),
    same(Gelu),
    same(Logsigmoid),
    same(Logaddexp),
    same(Log1mexp),
    same(Xlogy),
    same(Sinc),
    same(SincDerivative),
    same(Abs),
    same(Sign),
    same(Floor),
    same(Ceil),
    same(Round),
    same(Max),
    same(Min),
    same(Clamp),
    same(Hypot),
    like(Mod, REMAINDER),
    same(Erf),
    same(Erfc),
    same(Erfcx),
    same(ErfcxDerivative),
    same(Gamma),
    same(Lgamma),
    same(Digamma),
    same(Polygamma),
];

/// Arrays, given `import numpy as np`.
#[rustfmt::skip]
pub(super) const ARRAYS: &[Entry] = &[
    call(Exp, "np.exp("),
    call(Expm1, "np.expm1("),
    call(Exp2, "np.exp2("),
    call(Log, "np.log("),
    call(Log1p, "np.log1p("),
    call(Log2, "np.log2("),
    call(Log10, "np.log10("),
    call(Sqrt, "np.sqrt("),
    call(Cbrt, "np.cbrt("),
    call(Sin, "np.sin("),
    call(Cos, "np.cos("),
    call(Tan, "np.tan("),
    call(Sinh, "np.sinh("),
    call(Cosh, "np.cosh("),
    call(Tanh, "np.tanh("),
    call(Abs, "np.abs("),
    call(Sign, "np.sign("),
    call(Floor, "np.floor("),
    call(Ceil, "np.ceil("),
    call(Round, "np.round("),
    like(Hypot, Written::Nested("np.hypot(")),
    call(Mod, "np.mod("),
    call(Logaddexp, "np.logaddexp("),
    call(Sum, "np.sum("),
    call(Mean, "np.mean("),
    call(Prod, "np.prod("),
    call(MaxOver, "np.max("),
    call(MinOver, "np.min("),
    call(Var, "np.var("),
    call(Dot, "np.dot("),
    call(Outer, "np.outer("),
    call(Trace, "np.trace("),
    call(DiagOf, "np.diag("),
    call(Zeros, "np.zeros("),
    call(Ones, "np.ones("),
    call(Eye, "np.eye("),
    call(Linspace, "np.linspace("),
    call(Asin, "np.arcsin("),
    call(Acos, "np.arccos("),
    call(Atan, "np.arctan("),
    call(Atan2, "np.arctan2("),
    call(Asinh, "np.arcsinh("),
    call(Acosh, "np.arccosh("),
    call(Atanh, "np.arctanh("),
    call(Clamp, "np.clip("),
    like(Max, Written::Nested("np.maximum(")),
    like(Min, Written::Nested("np.minimum(")),
    like(
        Where,
        Fragments(
            &[Text("np.where("), Condition(0), Text(", "), Operand(1, Level::Compare), Text(", "), Operand(2, Level::Compare), Text(")")],
            Level::Atom,
        ),
    )
    .between_numbers(CHOICE),
    call(Det, "np.linalg.det("),
    same(Logdet),
    call(Inv, "np.linalg.inv("),
    call(Solve, "np.linalg.solve("),
    call(SolveVector, "np.linalg.solve("),
    call(Cumsum, "np.cumsum("),
    same(CumsumFromEnd),
    call(Argmax, "np.argmax("),
    call(Argmin, "np.argmin("),
    infix(MatmulFirst, " @ "),
    infix(MatvecFirst, " @ "),
    infix(VecmatFirst, " @ "),
    infix(InnerFirst, " @ "),
    infix(MatmulLast, " @ "),
    infix(MatvecLast, " @ "),
    infix(VecmatLast, " @ "),
    infix(InnerLast, " @ "),
    call(OuterFirst, "np.outer("),
    call(OuterLast, "np.outer("),
    infix(Matmul, " @ "),
    infix(Matvec, " @ "),
    infix(Vecmat, " @ "),
    infix(Inner, " @ "),
    like(Transpose, Fragments(&[Operand(0, Level::Atom), Text(".T")], Level::Atom)).view(),
    call(Diag, "np.diag(").view(),
    like(Stack, Written::List("np.array([", "])")),
    same(Index).view(),
    same(Scatter),
    call(Gather, "gather("),
    call(GatherRows, "gather("),
    call(GatherPairs, "gather("),
    same(ScatterAdd),
    same(ScatterAddPairs),
    like(Range, Written::List("np.arange(", ", dtype=float)")),
    like(RangeFrom, Written::List("np.arange(", ", dtype=float)")),
    like(RangeBy, Written::List("np.arange(", ", dtype=float)")),
    like(Concat, Written::List("np.concatenate([", "])")),
    like(ConcatAlong, Written::List("np.concatenate([", "], axis=1)")),
    call(Reshape, "np.reshape(").view(),
    like(
        ReshapeMatrix,
        Fragments(
            &[
                Text("np.reshape("), Operand(0, Level::Compare), Text(", ("), Operand(1, Level::Compare), Text(", "),
                Operand(2, Level::Compare), Text("))"),
            ],
            Level::Atom,
        ),
    )
    .view(),
    like(
        Like,
        Fragments(
            &[Text("np.reshape("), Operand(0, Level::Compare), Text(", np.shape("), Operand(1, Level::Compare), Text("))")],
            Level::Atom,
        ),
    )
    .view(),
    call(Expand, "np.expand_dims(").view(),
    like(ZerosMatrix, of_shape!("np.zeros((")),
    like(OnesMatrix, of_shape!("np.ones((")),
    same(Sigma),
    same(Relu),
    same(LeakyRelu),
    same(Elu),
    same(Softplus),
    same(Silu),
    same(Gelu),
    same(Logsigmoid),
    same(Log1mexp),
    same(Xlogy),
    same(Sinc),
    same(SincDerivative),
    same(Erf),
    same(Erfc),
    same(Erfcx),
    same(ErfcxDerivative),
    same(Gamma),
    same(Lgamma),
    same(Digamma),
    same(Polygamma),
    same(Norm),
    same(Std),
    same(Logsumexp),
    same(Softmax),
    same(Centered),
    same(Others),
    same(Pairs),
    same(Cofactor),
    same(Onehot),
    same(Nonzero),
];

/// A choice between single numbers that a nan passes through.
#[rustfmt::skip]
const CAREFUL_CHOICE: Written = Fragments(
    &[
        Text("choose("), Condition(0), Text(", lambda: "), Operand(1, Level::Compare), Text(", lambda: "), Operand(2, Level::Compare),
        Text(")"),
    ],
    Level::Atom,
);

/// In a function of numbers the values are not known: nan is asked for each time. Its stages have no products of the chain rule.
const CAREFUL: &[Entry] = &[
    call(Guard, "guard("),
    // With `**` the power of a negative number is a complex one.
    call(Pow, "pow("),
    like(Max, Written::Nested("maximum(")),
    like(Min, Written::Nested("minimum(")),
];

/// In a function of arrays the chain rule's 0 is asked for too.
#[rustfmt::skip]
const CAREFUL_ARRAYS: &[Entry] = &[
    call(Argmax, "argmax("),
    call(Argmin, "argmin("),
    call(MatmulFirst, "matmul_first("),
    call(MatvecFirst, "matmul_first("),
    call(VecmatFirst, "matmul_first("),
    call(InnerFirst, "matmul_first("),
    call(MatmulLast, "matmul_last("),
    call(MatvecLast, "matmul_last("),
    call(VecmatLast, "matmul_last("),
    call(InnerLast, "matmul_last("),
    call(OuterFirst, "outer_first("),
    call(OuterLast, "outer_last("),
    call(Chain, "chain("),
    call(Guard, "guard("),
    like(
        Where,
        Fragments(
            &[Text("choose_each("), Condition(0), Text(", "), Operand(1, Level::Compare), Text(", "), Operand(2, Level::Compare), Text(")")],
            Level::Atom,
        ),
    )
    .between_numbers(CAREFUL_CHOICE),
];

/// A choice between numbers, of which one is computed.
const CHOOSE: Helper = ("choose", "def choose(c, x, y): return c if c != c else (x)() if c else (y)()");

/// What Python's `math` does not have.
#[rustfmt::skip]
const NUMBER_HELPERS: &[Helper] = &[
    ("exp2", "def exp2(x): return 2.0 ** x"),
    ("cbrt", "def cbrt(x): return copysign(abs(x) ** (1 / 3), x)"),
    ("sigma", "def sigma(x): return 1 / (1 + exp(-x)) if x >= -37 else exp(x)"),
    ("relu", "def relu(x): return max(x, 0.0)"),
    ("leaky_relu", "def leaky_relu(x): return x if x > 0 else 0.01 * x"),
    ("elu", "def elu(x): return x if x > 0 else expm1(x)"),
    ("softplus", "def softplus(x): return max(x, 0.0) + log1p(exp(-abs(x)))"),
    ("silu", "def silu(x): return -0.0 if x < -800 else x * sigma(x)"),
    ("gelu", "def gelu(x): return -0.0 if x < -39 else x * erfc(-x / sqrt(2)) / 2"),
    ("logsigmoid", "def logsigmoid(x): return -softplus(-x)"),
    ("logaddexp", "def logaddexp(x, y): return x + log(2) if x == y else max(x, y) + log1p(exp(-abs(x - y)))"),
    ("log1mexp", "def log1mexp(x): return log(-expm1(-x)) if x <= 0.6931471805599453 else log1p(-exp(-x))"),
    ("xlogy", "def xlogy(x, y): return 0.0 if x == 0 and y == y else x * log(y)"),
    ("sinc", "def sinc(x): return 1.0 if x == 0 else 0.0 if isinf(x) else sin(x) / x"),
    ("sinc_derivative", "def sinc_derivative(n, x):
    n = int(n)
    if x != x or isinf(x): return x if x != x else 0.0
    if abs(x) < 1 + n / 2:
        return fsum((-1) ** k * x ** (2 * k - n) / (factorial(2 * k - n) * (2 * k + 1)) for k in range((n + 1) // 2, n + 40))
    turned, value = (sin(x), cos(x), -sin(x), -cos(x)), sinc(x)
    for k in range(1, n + 1):
        value = (turned[k % 4] - k * value) / x
    return value"),
    ("erfcx", "def erfcx(x):
    if x < -26: return 2 * exp(x * x)
    return exp(x * x) * erfc(x) if x < 20 else 1 / (sqrt(pi) * (x + erfcx_ratios(0, x)[0]))"),
    ("erfcx_ratios", "def erfcx_ratios(n, x):
    ratios, ratio = [], 0.0
    for k in range(n + 30 + int(200 / (x * x)), 0, -1):
        ratio = k / (2 * (ratio + x))
        ratios.append(ratio)
    return ratios[::-1]"),
    ("erfcx_derivative", "def erfcx_derivative(n, x):
    n, before, value = int(n), 0.0, erfcx(x)
    for k, ratio in zip(range(n), erfcx_ratios(n, x) if x >= 0.5 else [None] * n):
        step = value * ratio if ratio is not None else (k * before if k else 2 / sqrt(pi)) / 2 - x * value
        before, value = value, step
    return (-2) ** n * value"),
    ("sign", "def sign(x): return 1.0 if x > 0 else -1.0 if x < 0 else x"),
    ("clamp", "def clamp(x, lo, hi): return min(max(x, lo), hi) if x == x and lo == lo and hi == hi else x + lo + hi"),
    ("digamma", "def digamma(x): return polygamma(0, x)"),
    ("polygamma", "def polygamma(n, x):
    n, total, sign = int(n), 0.0, (-1) ** (int(n) + 1)
    if x != x or x == inf: return x if x != x or n == 0 else 0.0
    if x <= 0 and (x == -inf or x == floor(x)): return -1 / x if x == n == 0 else inf if n % 2 == 1 and x > -inf else nan
    if x < -20:
        c = [1 / tan(pi * (x - round(x)))]
        for k in range(1, n + 1):
            c.append(-pi / k * ((k == 1) + sum(c[j] * c[k - 1 - j] for j in range(k))))
        return -factorial(n) * pi * c[n] - sign * polygamma(n, 1 - x)
    while x < 20:
        total += sign * factorial(n) / x ** (n + 1)
        x += 1
    total += sign * factorial(n - 1) / x ** n if n else log(x)
    total += sign * factorial(n) / (2 * x ** (n + 1))
    for k, b in enumerate((1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6), 1):
        total += sign * b * factorial(2 * k + n - 1) / (factorial(2 * k) * x ** (2 * k + n))
    return total"),
];

const CAREFUL_NUMBER_HELPERS: &[Helper] = &[
    ("guard", "def guard(slope, value): return value if value != value else slope"),
    ("maximum", "def maximum(x, y): return x if x >= y or x != x else y"),
    ("minimum", "def minimum(x, y): return x if x <= y or x != x else y"),
];

/// What NumPy does not have.
#[rustfmt::skip]
pub(super) const ARRAY_HELPERS: &[Helper] = &[
    ("sigma", "def sigma(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)"),
    ("relu", "def relu(x): return np.maximum(x, 0.0)"),
    ("leaky_relu", "def leaky_relu(x): return np.where(x > 0, x, 0.01 * x)[()]"),
    ("elu", "def elu(x): return np.where(x > 0, x, np.expm1(np.minimum(x, 0.0)))[()]"),
    ("softplus", "def softplus(x): return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))"),
    ("silu", "def silu(x): return np.where(x == -np.inf, -0.0, np.where(x == -np.inf, 0.0, x) * sigma(x))[()]"),
    ("gelu", "def gelu(x): return np.where(x < -39, -0.0, np.maximum(x, -39.0) * erfc(-x / np.sqrt(2.0)) / 2)[()]"),
    ("logsigmoid", "def logsigmoid(x): return -softplus(-x)"),
    ("log1mexp", "def log1mexp(x):
    near = np.minimum(x, 0.6931471805599453)
    return np.where(x <= 0.6931471805599453, np.log(-np.expm1(-near)), np.log1p(-np.exp(-np.abs(x))))[()]"),
    ("xlogy", "def xlogy(x, y): return np.where((x == 0) & (y == y), 0.0, x * np.log(np.where((x == 0) & (y == y), 1.0, y)))[()]"),
    ("sinc", "def sinc(x): return np.where(np.isinf(x), 0.0, np.sinc(np.where(np.isinf(x), 0.0, x) / np.pi))[()]"),
    ("sinc_derivative", "def sinc_derivative(n, x):
    def one(n, x):
        n = int(n)
        if x != x or math.isinf(x): return x if x != x else 0.0
        if abs(x) < 1 + n / 2:
            return math.fsum((-1) ** k * x ** (2 * k - n) / (math.factorial(2 * k - n) * (2 * k + 1)) for k in range((n + 1) // 2, n + 40))
        turned, value = (math.sin(x), math.cos(x), -math.sin(x), -math.cos(x)), (math.sin(x) / x if x else 1.0)
        for k in range(1, n + 1):
            value = (turned[k % 4] - k * value) / x
        return value
    return np.vectorize(one, otypes=[float])(n, x)[()]"),
    ("erfcx", "def erfcx(x): return erfcx_derivative(0, x)"),
    ("erfcx_derivative", "def erfcx_derivative(n, x):
    def ratios(n, x):
        all, ratio = [], 0.0
        for k in range(n + 30 + int(200 / (x * x)), 0, -1):
            ratio = k / (2 * (ratio + x))
            all.append(ratio)
        return all[::-1]
    def whole(x):
        if x < -26: return 2 * np.exp(x * x)
        return math.exp(x * x) * math.erfc(x) if x < 20 else 1 / (math.sqrt(math.pi) * (x + ratios(0, x)[0]))
    def one(n, x):
        if x != x: return x
        n, before, value = int(n), 0.0, whole(x)
        for k, ratio in zip(range(n), ratios(n, x) if x >= 0.5 else [None] * n):
            step = value * ratio if ratio is not None else (k * before if k else 2 / math.sqrt(math.pi)) / 2 - x * value
            before, value = value, step
        return (-2) ** n * value
    return np.vectorize(one, otypes=[float])(n, x)[()]"),
    ("logdet", "def logdet(x):
    sign, log = np.linalg.slogdet(x)
    return log if sign > 0 else -np.inf if sign == 0 else np.nan"),
    ("erf", "def erf(x): return np.vectorize(math.erf, otypes=[float])(x)[()]"),
    ("erfc", "def erfc(x): return np.vectorize(math.erfc, otypes=[float])(x)[()]"),
    ("gamma", "def gamma(x):
    def one(x):
        if abs(x) < 5.6e-309: return math.copysign(math.inf, x)
        if x < 0 and x == np.floor(x): return math.nan
        return math.gamma(x) if x < 171.6243769563027 else x * math.inf
    return np.vectorize(one, otypes=[float])(x)[()]"),
    ("lgamma", "def lgamma(x):
    def one(x): return math.inf if x <= 0 and x == np.floor(x) or x > 2.5e305 else math.lgamma(x)
    return np.vectorize(one, otypes=[float])(x)[()]"),
    ("digamma", "def digamma(x): return polygamma(0, x)"),
    ("polygamma", "def polygamma(n, x):
    def one(n, x):
        n, x, total, sign = int(n), np.float64(x), 0.0, (-1) ** (int(n) + 1)
        if x != x or x == math.inf: return x if x != x or n == 0 else 0.0
        if x <= 0 and x == np.floor(x):
            return math.copysign(math.inf, -x) if x == n == 0 else math.inf if n % 2 == 1 and x > -math.inf else math.nan
        if x < -20:
            c = [1 / math.tan(math.pi * (x - round(x)))]
            for k in range(1, n + 1):
                c.append(-math.pi / k * ((k == 1) + sum(c[j] * c[k - 1 - j] for j in range(k))))
            return -math.factorial(n) * math.pi * c[n] - sign * one(n, 1 - x)
        while x < 20:
            total += sign * math.factorial(n) / x ** (n + 1)
            x += 1
        total += sign * math.factorial(n - 1) / x ** n if n else math.log(x)
        total += sign * math.factorial(n) / (2 * x ** (n + 1))
        for k, b in enumerate((1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6), 1):
            total += sign * b * math.factorial(2 * k + n - 1) / (math.factorial(2 * k) * x ** (2 * k + n))
        return total
    return np.vectorize(one, otypes=[float])(n, x)[()]"),
    ("norm", "def norm(x, axis=None):
    top = np.max(np.abs(x), axis=axis, keepdims=True)
    top = np.where((top > 0) & np.isfinite(top), top, 1.0)
    return np.squeeze(top * np.linalg.norm(x / top, axis=axis, keepdims=True), axis=axis)[()]"),
    ("std", "def std(x, axis=None): return norm(centered(x, axis), axis) / np.sqrt(np.size(x, axis))"),
    ("logsumexp", "def logsumexp(x, axis=None):
    top = np.max(x, axis=axis, keepdims=True)
    return np.squeeze(top + np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)), axis=axis)"),
    ("softmax", "def softmax(x, axis=None):
    powers = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return powers / np.sum(powers, axis=axis, keepdims=True)"),
    ("centered", "def centered(x, axis=None):
    x = x - np.mean(x, axis=axis, keepdims=True)
    return x - np.mean(x, axis=axis, keepdims=True)"),
    (
        "cumsum_from_end",
        "def cumsum_from_end(x, axis=None):
    x = np.ravel(x) if axis is None else x
    return np.flip(np.cumsum(np.flip(x, axis), axis), axis)",
    ),
    ("others", "def others(x, axis=None):
    if axis is not None:
        return np.apply_along_axis(others, axis, x)
    flat = np.ravel(x)
    return np.reshape([np.prod(np.delete(flat, i)) for i in range(flat.size)], np.shape(x))"),
    ("pairs", "def pairs(g, x, axis=None):
    if axis is not None:
        return np.moveaxis([pairs(a, b) for a, b in zip(np.moveaxis(g, axis, 1), np.moveaxis(x, axis, 1))], 0, 1 - axis)
    a, b = np.ravel(g), np.ravel(x)
    one = lambda j: sum(a[i] * np.prod(np.delete(b, [i, j])) for i in range(b.size) if i != j)
    return np.reshape([one(j) for j in range(b.size)], np.shape(x))"),
    ("cofactor", "def cofactor(x):
    minors = [[np.linalg.det(np.delete(np.delete(x, i, 0), j, 1)) for j in range(len(x))] for i in range(len(x))]
    return np.array(minors) * (-1.0) ** np.add.outer(np.arange(len(x)), np.arange(len(x)))"),
    ("scatter", "def scatter(g, x, at):
    out = np.zeros(np.shape(x))
    out[at] = g
    return out"),
    // A place that is no whole number, or beyond the ends, takes nan; NumPy would round it, or fail.
    (
        "places",
        "def places(at, *lengths):
    good, whole = True, []
    for i, n in zip(at, lengths):
        i = np.asarray(i, float)
        there = (np.floor(i) == i) & (i >= -n) & (i < n)
        good, whole = good & there, whole + [np.where(there, i, 0).astype(int)]
    return good, tuple(whole)",
    ),
    (
        "gather",
        "def gather(x, *at):
    good, at = places(at, *np.shape(x))
    out = np.asarray(x)[at]
    return np.where(np.reshape(good, np.shape(good) + (1,) * (np.ndim(out) - np.ndim(good))), out, np.nan)[()]",
    ),
    (
        "scatter_add",
        "def scatter_add(g, x, *at):
    good, at = places(at, *np.shape(x))
    good = np.reshape(good, np.shape(good) + (1,) * (np.ndim(g) - np.ndim(good)))
    out = np.zeros(np.shape(x))
    np.add.at(out, at, np.where(good, g, 0.0))
    return out if np.all(good | (np.asarray(g) == 0)) else np.full(np.shape(x), np.nan)",
    ),
    ("onehot", "def onehot(y, n):
    good, (at,) = places([y], n)
    return np.where(np.reshape(good & (np.asarray(y) >= 0), np.shape(y) + (1,)), np.eye(int(n))[at], np.nan)"),
    ("nonzero", "def nonzero(m, k):
    at = 1.0 * np.flatnonzero(m)
    return at if np.size(at) == k and np.all((m == 0) | (m == 1)) else np.full(int(k), np.nan)"),
];

const CAREFUL_ARRAY_HELPERS: &[Helper] = &[
    ("argmax", "def argmax(x, axis=None): return 1.0 * np.argmax(x, axis)"),
    ("argmin", "def argmin(x, axis=None): return 1.0 * np.argmin(x, axis)"),
    (
        "matmul_first",
        "def matmul_first(x, y):
    if np.all(np.isfinite(y)):
        return x @ y
    columns = y if np.ndim(y) == 2 else y[:, None]
    out = np.sum(chain(columns[None, :, :], np.atleast_2d(x)[:, :, None]), axis=1)
    return np.reshape(out, np.shape(x)[:-1] + np.shape(y)[1:])[()]",
    ),
    (
        "matmul_last",
        "def matmul_last(x, y):
    if np.all(np.isfinite(x)):
        return x @ y
    columns = y if np.ndim(y) == 2 else y[:, None]
    out = np.sum(chain(np.atleast_2d(x)[:, :, None], columns[None, :, :]), axis=1)
    return np.reshape(out, np.shape(x)[:-1] + np.shape(y)[1:])[()]",
    ),
    ("outer_first", "def outer_first(x, y): return chain(y[None, :], x[:, None])"),
    ("outer_last", "def outer_last(x, y): return chain(x[:, None], y[None, :])"),
    (
        "chain",
        "def chain(local, upstream):
    with np.errstate(invalid='ignore'):
        return np.where(upstream == 0, 0.0, local * upstream)[()]",
    ),
    ("guard", "def guard(slope, value): return np.where(np.isnan(value), value, slope)[()]"),
    CHOOSE,
    ("choose_each", "def choose_each(c, x, y): return np.where(np.isnan(c), c, np.where(c, x, y))[()]"),
];

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

dialect!(LISTING, "The listing of the notes, of single numbers.", MATH, [COMMON, NUMBERS]);
dialect!(ARRAY_LISTING, "The listing of the notes, with NumPy.", NUMPY, [COMMON, ARRAYS]);
dialect!(
    FUNCTION,
    "Functions of single numbers.",
    Dialect { typed: true, number: finite, helpers: &[CAREFUL_NUMBER_HELPERS, NUMBER_HELPERS], ..MATH },
    [CAREFUL, COMMON, NUMBERS]
);
dialect!(
    ARRAY_FUNCTION,
    "Functions of arrays.",
    Dialect { helpers: &[CAREFUL_ARRAY_HELPERS, ARRAY_HELPERS], ..NUMPY },
    [CAREFUL_ARRAYS, COMMON, ARRAYS]
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
