//! The gate table: a gate is one row, here and nowhere else.
//!
//! A row starts with the gate's kernel, which is compiled into the evaluator's inner loop; the columns are
//! described at `Row`. Elementary functions are the correctly rounded ones of core-math, so that the same text
//! gives the same bits on every machine.

use super::{Family, Kernel, Kink, Level, Piece, Row, Written};
use crate::vocabulary::special;
use Piece::{Operand, Text};
use Written::{Infix, Pieces};

/// What rows have in common; a row states only what is its own.
const ROW: Row = Row {
    gate: Gate::Input,
    name: "",
    aliases: &[],
    family: Family::Internal,
    operands: &[],
    signs: &[],
    prefixes: &[],
    written: Written::Call,
    python: None,
    python_def: "",
    label: "",
    kernel: Kernel::Leaf,
    slopes: &[],
    split: &[],
    guarded: false,
    idempotent: false,
    commutes: false,
    short: "",
    says: "",
    domain: "every x",
    range: [-2.0, 2.0],
    roles: &[],
    inverse: false,
    readings: &[],
    identities: &[],
    staged: "",
    primitive: "",
    with_constant: None,
    forms: &[],
    kinks: &[],
    saturates: "",
    cancels: false,
    swaps: false,
    instead: &[],
};
const UNARY: Row = Row { operands: &["x"], ..ROW };
const BINARY: Row = Row { operands: &["x", "y"], domain: "every x and y", ..ROW };
const ARITHMETIC: Row = Row { family: Family::Arithmetic, ..BINARY };
const EXPONENTIAL: Row = Row { family: Family::Exponential, ..UNARY };
const TRIGONOMETRIC: Row = Row { family: Family::Trigonometric, ..UNARY };
const ACTIVATION: Row = Row { family: Family::Activation, ..UNARY };
const PIECEWISE: Row = Row { family: Family::Piecewise, ..UNARY };
const SPECIAL: Row = Row { family: Family::Special, ..UNARY };
const COMPARISON: Row = Row {
    family: Family::Comparison,
    slopes: &["", ""],
    says: "answers 1 or 0 and lets no gradient through: a small change of an operand does not change the answer.",
    ..BINARY
};
const STEP: Row = Row {
    slopes: &["0"],
    guarded: true,
    says: "is flat between its steps, so its local gradient is 0 and no gradient gets past it.",
    ..PIECEWISE
};

macro_rules! kernel {
    (leaf $f:expr) => {
        Kernel::Leaf
    };
    (unary $f:expr) => {
        Kernel::Unary($f)
    };
    (binary $f:expr) => {
        Kernel::Binary($f)
    };
    (ternary $f:expr) => {
        Kernel::Ternary($f)
    };
    (fold $f:expr) => {
        Kernel::Fold($f)
    };
}

macro_rules! call {
    (leaf $f:expr, $operand:ident, $count:ident) => {
        $f
    };
    (unary $f:expr, $operand:ident, $count:ident) => {{
        let f: fn(f64) -> f64 = $f;
        f($operand(0))
    }};
    (binary $f:expr, $operand:ident, $count:ident) => {{
        let f: fn(f64, f64) -> f64 = $f;
        f($operand(0), $operand(1))
    }};
    (ternary $f:expr, $operand:ident, $count:ident) => {{
        let f: fn(f64, f64, f64) -> f64 = $f;
        f($operand(0), $operand(1), $operand(2))
    }};
    (fold $f:expr, $operand:ident, $count:ident) => {{
        let f: fn(f64, f64) -> f64 = $f;
        (1..$count).fold($operand(0), |out, at| f(out, $operand(at)))
    }};
}

macro_rules! gates {
    ($($gate:ident: $kind:ident $kernel:expr => $row:expr;)*) => {
        /// A gate, as an index into the gate table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Gate {
            $(#[doc = concat!("The row `", stringify!($gate), "`.")] $gate,)*
        }

        /// The gate table, in the order of `Gate`.
        pub static TABLE: &[Row] = &[$(Row { gate: Gate::$gate, kernel: kernel!($kind $kernel), ..$row }),*];

        /// The value of a gate whose `count` operands are `operand(0)`, `operand(1)`, ...; nan for a leaf.
        #[inline(always)]
        pub fn apply(gate: Gate, count: usize, operand: impl Fn(usize) -> f64) -> f64 {
            match gate { $(Gate::$gate => call!($kind $kernel, operand, count),)* }
        }
    };
}

/// 1 for true, 0 for false.
fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// The larger operand; nan if either is nan.
fn max(x: f64, y: f64) -> f64 {
    if x >= y || x.is_nan() { x } else { y }
}

/// The smaller operand; nan if either is nan.
fn min(x: f64, y: f64) -> f64 {
    if x <= y || x.is_nan() { x } else { y }
}

gates! {
    // Leaves and what backpropagation itself is made of.
    Input: leaf f64::NAN => Row { name: "input", ..ROW };
    Constant: leaf f64::NAN => Row { name: "constant", ..ROW };
    Chain: binary |x, y| if y == 0.0 { 0.0 } else { x * y } => Row {
        name: "chain",
        written: Infix(" * ", Level::Product),
        slopes: &["y", "x"],
        short: "{x}{y}",
        says: "multiplies a local gradient x by an upstream gradient y; an upstream gradient of exactly 0 carries nothing.",
        ..BINARY
    };
    Guard: binary |x, y| if y.is_nan() { y } else { x } => Row {
        name: "guard",
        written: Pieces(&[Operand(0, Level::Compare)], Level::Compare),
        slopes: &["1", ""],
        says: "is the local gradient x, made nan where the gate's value y is nan: an error is never hidden.",
        ..BINARY
    };
    Copy: unary |x| x => Row {
        name: "copy",
        written: Pieces(&[Operand(0, Level::Compare)], Level::Compare),
        slopes: &["1"],
        says: "is its operand under another name.",
        ..UNARY
    };
    Shift: binary |x, c| x + c => Row {
        name: "shift",
        cancels: true,
        family: Family::Primitive,
        operands: &["x", "c"],
        written: Infix(" + ", Level::Sum),
        label: "+{c}",
        slopes: &["1", ""],
        short: "{x}p{c}",
        says: "passes its gradient on unchanged; the constant gets none.",
        ..BINARY
    };
    Scale: binary |x, a| x * a => Row {
        name: "scale",
        family: Family::Primitive,
        operands: &["x", "a"],
        written: Infix(" * ", Level::Product),
        label: "*{a}",
        slopes: &["a", ""],
        short: "{a}{x}",
        says: "scales its gradient by the constant; the constant gets none.",
        ..BINARY
    };

    // Arithmetic.
    Add: binary |x, y| x + y => Row {
        name: "add",
        cancels: true,
        signs: &["+"],
        with_constant: Some(Gate::Shift),
        written: Infix(" + ", Level::Sum),
        slopes: &["1", "1"],
        commutes: true,
        short: "{x}p{y}",
        says: "hands its gradient to both operands, unchanged.",
        ..ARITHMETIC
    };
    Sub: binary |x, y| x - y => Row {
        name: "sub",
        cancels: true,
        signs: &["-", "−"],
        identities: &[("sub(x, 0)", "x")],
        written: Infix(" - ", Level::Sum),
        slopes: &["1", "-1"],
        short: "{x}m{y}",
        says: "hands its gradient to the first operand unchanged and to the second negated.",
        primitive: "x + -1 * y",
        ..ARITHMETIC
    };
    Mul: binary |x, y| x * y => Row {
        name: "mul",
        swaps: true,
        signs: &["*", "·", "×"],
        roles: &["num", "inverse"],
        identities: &[("mul(1, y)", "y"), ("mul(x, 1)", "x")],
        with_constant: Some(Gate::Scale),
        written: Infix(" * ", Level::Product),
        slopes: &["y", "x"],
        commutes: true,
        short: "{x}{y}",
        says: "swaps its operands and multiplies them by its gradient: a small operand next to a large one gets the large gradient.",
        ..ARITHMETIC
    };
    Div: binary |x, y| x / y => Row {
        name: "div",
        signs: &["/", "÷"],
        roles: &["num", "den"],
        readings: &[("div(1, y)", "recip(y)")],
        identities: &[("div(x, 1)", "x")],
        staged: "x * (1 / y)",
        written: Infix(" / ", Level::Product),
        slopes: &["1 / y", "-out / y"],
        short: "{x}by{y}",
        says: "divides its gradient by the denominator; the denominator is pushed against the quotient.",
        domain: "y != 0",
        range: [0.5, 2.0],
        primitive: "x * (1 / y)",
        ..ARITHMETIC
    };
    Pow: binary core_math::pow => Row {
        name: "pow",
        signs: &["^", "**"],
        readings: &[("pow(x, 2)", "sqr(x)")],
        identities: &[("pow(x, 0)", "1"), ("pow(x, 1)", "x"), ("pow(x, 2)", "sqr(x)")],
        written: Pieces(&[Operand(0, Level::Atom), Text("^"), Operand(1, Level::Unary)], Level::Power),
        python: Some(Pieces(&[Operand(0, Level::Atom), Text("**"), Operand(1, Level::Unary)], Level::Power)),
        slopes: &[
            "where(y == 0, where(x == 0, 0, y / x), y * x^(y - 1))",
            "where(x == 0, where(y < 0, -inf, 0), out * log(x))",
        ],
        short: "{x}pow{y}",
        says: "scales the gradient on its base by y * x^(y - 1) and the one on its exponent by out * log(x).",
        domain: "x >= 0, or y an integer",
        range: [0.5, 2.0],
        ..ARITHMETIC
    };
    Neg: unary |x| -x => Row {
        name: "neg",
        prefixes: &["-", "−"],
        operands: &["x"],
        written: Pieces(&[Text("-"), Operand(0, Level::Unary)], Level::Unary),
        label: "-",
        slopes: &["-1"],
        short: "neg{x}",
        says: "turns its gradient round.",
        domain: "every x",
        primitive: "-1 * x",
        ..ARITHMETIC
    };
    Recip: unary |x| 1.0 / x => Row {
        name: "recip",
        roles: &["den"],
        inverse: true,
        operands: &["x"],
        written: Pieces(&[Text("1 / "), Operand(0, Level::Unary)], Level::Product),
        label: "1/x",
        slopes: &["-out^2"],
        short: "inv{x}",
        says: "pushes its operand the other way, the harder the smaller the operand is: -1 / x^2.",
        domain: "x != 0",
        range: [0.5, 2.0],
        ..ARITHMETIC
    };
    Sqr: unary |x| x * x => Row {
        name: "sqr",
        operands: &["x"],
        written: Pieces(&[Operand(0, Level::Atom), Text("^2")], Level::Power),
        python: Some(Pieces(&[Operand(0, Level::Atom), Text("**2")], Level::Power)),
        label: "x^2",
        slopes: &["2 * x"],
        short: "{x}sqr",
        says: "multiplies its gradient by twice its operand.",
        domain: "every x",
        primitive: "x * x",
        forms: &["x * x"],
        ..ARITHMETIC
    };

    // Exponentials, logarithms, roots.
    Exp: unary core_math::exp => Row {
        name: "exp",
        slopes: &["out"],
        short: "exp{x}",
        says: "multiplies its gradient by its own value.",
        ..EXPONENTIAL
    };
    Expm1: unary core_math::expm1 => Row {
        name: "expm1",
        slopes: &["exp(x)"],
        short: "expm1{x}",
        says: "is exp(x) - 1 without cancellation; multiplies its gradient by exp(x).",
        forms: &["exp(x) - 1"],
        ..EXPONENTIAL
    };
    Exp2: unary core_math::exp2 => Row {
        name: "exp2",
        python_def: "def exp2(x): return 2.0 ** x",
        slopes: &["out * log(2)"],
        short: "exp2{x}",
        says: "multiplies its gradient by its own value and log(2).",
        ..EXPONENTIAL
    };
    Log: unary core_math::log => Row {
        name: "log",
        aliases: &["ln"],
        slopes: &["1 / x"],
        guarded: true,
        short: "log{x}",
        says: "divides its gradient by its operand.",
        domain: "x > 0",
        range: [0.5, 2.0],
        ..EXPONENTIAL
    };
    Log1p: unary core_math::log1p => Row {
        name: "log1p",
        slopes: &["1 / (1 + x)"],
        guarded: true,
        short: "log1p{x}",
        says: "is log(1 + x) without rounding 1 + x first; divides its gradient by 1 + x.",
        domain: "x > -1",
        range: [-0.5, 2.0],
        forms: &["log(1 + x)"],
        ..EXPONENTIAL
    };
    Log2: unary core_math::log2 => Row {
        name: "log2",
        slopes: &["1 / x / log(2)"],
        guarded: true,
        short: "log2{x}",
        says: "divides its gradient by its operand and by log(2).",
        domain: "x > 0",
        range: [0.5, 2.0],
        ..EXPONENTIAL
    };
    Log10: unary core_math::log10 => Row {
        name: "log10",
        slopes: &["1 / x / log(10)"],
        guarded: true,
        short: "log10{x}",
        says: "divides its gradient by its operand and by log(10).",
        domain: "x > 0",
        range: [0.5, 2.0],
        ..EXPONENTIAL
    };
    Sqrt: unary |x| (x + 0.0).sqrt() => Row {
        name: "sqrt",
        prefixes: &["√"],
        slopes: &["0.5 / out"],
        short: "sqrt{x}",
        instead: &[("sqrt(sqr(x))", "abs(x)"), ("sqrt(x * x)", "abs(x)")],
        says: "divides its gradient by twice its value: at 0 the slope is infinite. -0 counts as 0.",
        domain: "x >= 0",
        range: [0.5, 2.0],
        ..EXPONENTIAL
    };
    Cbrt: unary core_math::cbrt => Row {
        name: "cbrt",
        python_def: "def cbrt(x): return copysign(abs(x) ** (1 / 3), x)",
        slopes: &["1 / (3 * out^2)"],
        short: "cbrt{x}",
        says: "divides its gradient by three times the square of its value.",
        range: [0.5, 2.0],
        ..EXPONENTIAL
    };

    // Circular and hyperbolic.
    Sin: unary core_math::sin => Row {
        name: "sin",
        slopes: &["cos(x)"],
        short: "sin{x}",
        says: "multiplies its gradient by cos(x).",
        ..TRIGONOMETRIC
    };
    Cos: unary core_math::cos => Row {
        name: "cos",
        slopes: &["-sin(x)"],
        short: "cos{x}",
        says: "multiplies its gradient by -sin(x).",
        ..TRIGONOMETRIC
    };
    Tan: unary core_math::tan => Row {
        name: "tan",
        slopes: &["1 + out^2"],
        short: "tan{x}",
        says: "multiplies its gradient by one plus the square of its value.",
        range: [-1.0, 1.0],
        ..TRIGONOMETRIC
    };
    Asin: unary core_math::asin => Row {
        name: "asin",
        slopes: &["1 / sqrt((1 - x) * (1 + x))"],
        short: "asin{x}",
        says: "divides its gradient by sqrt(1 - x^2): infinite at the ends.",
        domain: "-1 <= x <= 1",
        range: [-0.9, 0.9],
        ..TRIGONOMETRIC
    };
    Acos: unary core_math::acos => Row {
        name: "acos",
        slopes: &["-1 / sqrt((1 - x) * (1 + x))"],
        short: "acos{x}",
        says: "divides its gradient by -sqrt(1 - x^2): infinite at the ends.",
        domain: "-1 <= x <= 1",
        range: [-0.9, 0.9],
        ..TRIGONOMETRIC
    };
    Atan: unary core_math::atan => Row {
        name: "atan",
        slopes: &["1 / (1 + x^2)"],
        short: "atan{x}",
        says: "divides its gradient by 1 + x^2.",
        ..TRIGONOMETRIC
    };
    Atan2: binary core_math::atan2 => Row {
        name: "atan2",
        operands: &["y", "x"],
        slopes: &["x / hypot(x, y) / hypot(x, y)", "-y / hypot(x, y) / hypot(x, y)"],
        short: "atan2{y}{x}",
        says: "is the angle of the point (x, y), written atan2(y, x); each operand's slope is the other over the squared distance.",
        domain: "not both 0",
        range: [0.5, 2.0],
        ..TRIGONOMETRIC
    };
    Sinh: unary core_math::sinh => Row {
        name: "sinh",
        slopes: &["cosh(x)"],
        short: "sinh{x}",
        says: "multiplies its gradient by cosh(x).",
        ..TRIGONOMETRIC
    };
    Cosh: unary core_math::cosh => Row {
        name: "cosh",
        slopes: &["sinh(x)"],
        short: "cosh{x}",
        says: "multiplies its gradient by sinh(x).",
        ..TRIGONOMETRIC
    };
    Tanh: unary core_math::tanh => Row {
        name: "tanh",
        saturates: "1 - out^2",
        slopes: &["1 - out^2"],
        short: "tanh{x}",
        says: "multiplies its gradient by one minus the square of its value: far from 0 it saturates and lets almost nothing through.",
        forms: &["(exp(x) - exp(-x)) / (exp(x) + exp(-x))"],
        ..TRIGONOMETRIC
    };
    Asinh: unary core_math::asinh => Row {
        name: "asinh",
        slopes: &["1 / hypot(1, x)"],
        short: "asinh{x}",
        says: "divides its gradient by sqrt(1 + x^2).",
        ..TRIGONOMETRIC
    };
    Acosh: unary core_math::acosh => Row {
        name: "acosh",
        slopes: &["1 / (sqrt(x - 1) * sqrt(x + 1))"],
        short: "acosh{x}",
        says: "divides its gradient by sqrt(x^2 - 1): infinite at 1.",
        domain: "x >= 1",
        range: [1.5, 3.0],
        ..TRIGONOMETRIC
    };
    Atanh: unary core_math::atanh => Row {
        name: "atanh",
        slopes: &["1 / ((1 - x) * (1 + x))"],
        guarded: true,
        short: "atanh{x}",
        says: "divides its gradient by 1 - x^2: infinite at the ends.",
        domain: "-1 < x < 1",
        range: [-0.9, 0.9],
        ..TRIGONOMETRIC
    };

    // Activations.
    Sigma: unary special::sigma => Row {
        name: "sigma",
        saturates: "1 - out",
        aliases: &["sigmoid", "σ"],
        python_def: "def sigma(x): return 1 / (1 + exp(-x)) if x >= -37 else exp(x)",
        label: "σ",
        slopes: &["(1 - out) * out"],
        short: "sig{x}",
        says: "multiplies its gradient by (1 - out) * out, a quarter at most: near 0 or 1 it saturates and lets almost nothing through.",
        primitive: "1 / (1 + exp(-1 * x))",
        forms: &["1 / (1 + exp(-x))", "exp(x) / (1 + exp(x))"],
        ..ACTIVATION
    };
    Relu: unary |x| if x > 0.0 || x.is_nan() { x } else { 0.0 } => Row {
        name: "relu",
        python_def: "def relu(x): return max(x, 0.0)",
        slopes: &["1(x > 0)"],
        guarded: true,
        short: "relu{x}",
        says: "lets its gradient through where x > 0 and blocks it elsewhere, also at 0.",
        kinks: &[Kink { when: "x == 0", operand: 0, below: "0", above: "1" }],
        ..ACTIVATION
    };
    LeakyRelu: unary |x| if x > 0.0 { x } else { 0.01 * x } => Row {
        name: "leaky_relu",
        python_def: "def leaky_relu(x): return x if x > 0 else 0.01 * x",
        slopes: &["where(x > 0, 1, 0.01)"],
        guarded: true,
        short: "leaky{x}",
        says: "lets its gradient through where x > 0 and a hundredth of it elsewhere.",
        kinks: &[Kink { when: "x == 0", operand: 0, below: "0.01", above: "1" }],
        ..ACTIVATION
    };
    Elu: unary special::elu => Row {
        name: "elu",
        python_def: "def elu(x): return x if x > 0 else expm1(x)",
        slopes: &["where(x > 0, 1, exp(x))"],
        guarded: true,
        short: "elu{x}",
        says: "lets its gradient through where x > 0 and scales it by exp(x) elsewhere.",
        ..ACTIVATION
    };
    Softplus: unary special::softplus => Row {
        name: "softplus",
        python_def: "def softplus(x): return max(x, 0.0) + log1p(exp(-abs(x)))",
        slopes: &["sigma(x)"],
        short: "softp{x}",
        says: "is log(1 + exp(x)) without overflow; multiplies its gradient by sigma(x).",
        primitive: "max(x, 0) + log1p(exp(-1 * abs(x)))",
        forms: &["log(1 + exp(x))", "log1p(exp(x))"],
        ..ACTIVATION
    };
    Silu: unary special::silu => Row {
        name: "silu",
        aliases: &["swish"],
        python_def: "def silu(x): return x * sigma(x)",
        slopes: &["sigma(x) + out * sigma(-x)"],
        short: "silu{x}",
        says: "is x * sigma(x), a soft relu; lets a little more than its gradient through on the right and a little backward on the left.",
        primitive: "x * sigma(x)",
        forms: &["x * sigma(x)"],
        ..ACTIVATION
    };
    Gelu: unary special::gelu => Row {
        name: "gelu",
        python_def: "def gelu(x): return x * erfc(-x / sqrt(2)) / 2",
        slopes: &["erfc(-x / sqrt(2)) / 2 + x * exp(-x^2 / 2) / sqrt(2 * pi)"],
        short: "gelu{x}",
        says: "is x times the normal distribution function; multiplies its gradient by that function plus x times the density.",
        ..ACTIVATION
    };

    // Pieces, steps and choices.
    Abs: unary |x: f64| x.abs() => Row {
        name: "abs",
        slopes: &["sign(x)"],
        short: "abs{x}",
        says: "hands its gradient on with the sign of x; 0 at 0.",
        kinks: &[Kink { when: "x == 0", operand: 0, below: "-1", above: "1" }],
        ..PIECEWISE
    };
    Sign: unary |x: f64| if x == 0.0 || x.is_nan() { x } else { 1f64.copysign(x) } => Row {
        name: "sign",
        python_def: "def sign(x): return (x > 0) - (x < 0)",
        short: "sign{x}",
        kinks: &[Kink { when: "x == 0", operand: 0, below: "inf", above: "inf" }],
        ..STEP
    };
    Floor: unary |x: f64| x.floor() => Row {
        name: "floor",
        short: "floor{x}",
        kinks: &[Kink { when: "x == floor(x)", operand: 0, below: "inf", above: "0" }],
        ..STEP
    };
    Ceil: unary |x: f64| x.ceil() => Row {
        name: "ceil",
        short: "ceil{x}",
        kinks: &[Kink { when: "x == ceil(x)", operand: 0, below: "0", above: "inf" }],
        ..STEP
    };
    Round: unary |x: f64| x.round_ties_even() => Row {
        name: "round",
        short: "round{x}",
        kinks: &[Kink { when: "x - floor(x) == 0.5", operand: 0, below: "0", above: "inf" }],
        ..STEP
    };
    Max: fold max => Row {
        name: "max",
        operands: &["x", "y"],
        slopes: &["1(x >= y)", "1(x >= y)"],
        split: &["1(x >= out) / ties", "1(x >= out) / ties"],
        guarded: true,
        idempotent: true,
        short: "max{x}{y}",
        says: "routes its gradient to the largest operand; the others get 0, and operands that tie all get it (--ties split shares it).",
        domain: "every operand",
        ..PIECEWISE
    };
    Min: fold min => Row {
        name: "min",
        operands: &["x", "y"],
        slopes: &["1(x <= y)", "1(x <= y)"],
        split: &["1(x <= out) / ties", "1(x <= out) / ties"],
        guarded: true,
        idempotent: true,
        short: "min{x}{y}",
        says: "routes its gradient to the smallest operand; the others get 0, and operands that tie all get it (--ties split shares it).",
        domain: "every operand",
        ..PIECEWISE
    };
    Clamp: ternary |x, lo, hi| min(max(x, lo), hi) => Row {
        name: "clamp",
        operands: &["x", "lo", "hi"],
        python_def: "def clamp(x, lo, hi): return min(max(x, lo), hi)",
        slopes: &["1(x >= lo) * (x <= hi)", "1(x <= lo) * (lo <= hi)", "1(max(x, lo) >= hi)"],
        split: &[
            "((x > lo) + (x >= lo)) * ((max(x, lo) < hi) + (max(x, lo) <= hi)) / 4",
            "((lo > x) + (lo >= x)) * ((max(x, lo) < hi) + (max(x, lo) <= hi)) / 4",
            "((max(x, lo) > hi) + (max(x, lo) >= hi)) / 2",
        ],
        guarded: true,
        short: "clamp{x}",
        says: "lets its gradient through to x inside the bounds, and to the bound that holds it outside.",
        domain: "every operand",
        primitive: "min(max(x, lo), hi)",
        kinks: &[
            Kink { when: "x == lo", operand: 0, below: "0", above: "1" },
            Kink { when: "x == hi", operand: 0, below: "1", above: "0" },
        ],
        ..PIECEWISE
    };
    Where: ternary |c, x, y| if c.is_nan() { c } else if c == 0.0 { y } else { x } => Row {
        name: "where",
        identities: &[("where(1, x, y)", "x"), ("where(0, x, y)", "y")],
        operands: &["c", "x", "y"],
        python: Some(Pieces(
            &[Text("("), Operand(1, Level::Compare), Text(" if "), Operand(0, Level::Compare), Text(" else "), Operand(2, Level::Compare), Text(")")],
            Level::Atom,
        )),
        slopes: &["", "where(c, dout, 0)", "where(c, 0, dout)"],
        short: "pick{x}{y}",
        says: "hands its gradient to the branch taken; the other branch and the condition get nothing.",
        domain: "every operand",
        ..PIECEWISE
    };
    Hypot: binary core_math::hypot => Row {
        name: "hypot",
        slopes: &["where(out == 0, 0, x / out)", "where(out == 0, 0, y / out)"],
        commutes: true,
        short: "hypot{x}{y}",
        says: "is sqrt(x^2 + y^2) without overflow; splits its gradient in the direction of (x, y), and gives 0 at (0, 0).",
        domain: "every x and y",
        range: [0.5, 2.0],
        operands: &["x", "y"],
        forms: &["sqrt(x^2 + y^2)"],
        kinks: &[
            Kink { when: "(x == 0) * (y == 0)", operand: 0, below: "-1", above: "1" },
            Kink { when: "(x == 0) * (y == 0)", operand: 1, below: "-1", above: "1" },
        ],
        ..PIECEWISE
    };

    // Special functions.
    Erf: unary core_math::erf => Row {
        name: "erf",
        slopes: &["2 / sqrt(pi) * exp(-x^2)"],
        short: "erf{x}",
        says: "multiplies its gradient by the bell curve 2 / sqrt(pi) * exp(-x^2).",
        ..SPECIAL
    };
    Erfc: unary core_math::erfc => Row {
        name: "erfc",
        slopes: &["-2 / sqrt(pi) * exp(-x^2)"],
        short: "erfc{x}",
        says: "is 1 - erf(x) without cancellation; multiplies its gradient by -2 / sqrt(pi) * exp(-x^2).",
        ..SPECIAL
    };
    Gamma: unary special::gamma => Row {
        name: "gamma",
        slopes: &["out * digamma(x)"],
        short: "gamma{x}",
        says: "multiplies its gradient by its value and digamma(x).",
        domain: "every x but 0, -1, -2, ...",
        range: [0.5, 3.0],
        ..SPECIAL
    };
    Lgamma: unary special::lgamma => Row {
        name: "lgamma",
        slopes: &["digamma(x)"],
        short: "lgamma{x}",
        says: "is log(abs(gamma(x))); multiplies its gradient by digamma(x).",
        domain: "every x but 0, -1, -2, ...",
        range: [0.5, 3.0],
        ..SPECIAL
    };
    Digamma: unary special::digamma => Row {
        name: "digamma",
        python_def: "def digamma(x): return polygamma(0, x)",
        slopes: &["polygamma(1, x)"],
        guarded: true,
        short: "digam{x}",
        says: "is the slope of lgamma; multiplies its gradient by polygamma(1, x).",
        domain: "every x but 0, -1, -2, ...",
        range: [0.5, 3.0],
        ..SPECIAL
    };
    Polygamma: binary special::polygamma => Row {
        name: "polygamma",
        python_def: "def polygamma(n, x):
    n, total, sign = int(n), 0.0, (-1) ** (int(n) + 1)
    while x < 20:
        total += sign * factorial(n) / x ** (n + 1)
        x += 1
    total += sign * factorial(n - 1) / x ** n if n else log(x)
    total += sign * factorial(n) / (2 * x ** (n + 1))
    for k, b in enumerate((1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6), 1):
        total += sign * b * factorial(2 * k + n - 1) / (factorial(2 * k) * x ** (2 * k + n))
    return total",
        operands: &["n", "x"],
        slopes: &["", "polygamma(n + 1, x)"],
        guarded: true,
        short: "polyg{x}",
        says: "is the n-th derivative of digamma, n a whole number; the next one is its slope in x.",
        domain: "n = 0, 1, 2, ...; every x but 0, -1, -2, ...",
        range: [0.5, 3.0],
        ..SPECIAL
    };

    // Comparisons.
    Lt: binary |x, y| truth(x < y) => Row { name: "lt", signs: &["<"], written: Infix(" < ", Level::Compare), short: "{x}lt{y}", ..COMPARISON };
    Le: binary |x, y| truth(x <= y) => Row { name: "le", signs: &["<=", "≤"], written: Infix(" <= ", Level::Compare), short: "{x}le{y}", ..COMPARISON };
    Gt: binary |x, y| truth(x > y) => Row { name: "gt", signs: &[">"], written: Infix(" > ", Level::Compare), short: "{x}gt{y}", ..COMPARISON };
    Ge: binary |x, y| truth(x >= y) => Row { name: "ge", signs: &[">=", "≥"], written: Infix(" >= ", Level::Compare), short: "{x}ge{y}", ..COMPARISON };
    Eq: binary |x, y| truth(x == y) => Row { name: "eq", signs: &["=="], written: Infix(" == ", Level::Compare), short: "{x}eq{y}", ..COMPARISON };
    Ne: binary |x, y| truth(x != y) => Row { name: "ne", signs: &["!=", "≠"], written: Infix(" != ", Level::Compare), short: "{x}ne{y}", ..COMPARISON };
}
