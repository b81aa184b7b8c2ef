//! The gate table: a gate is one row, here and nowhere else.
//!
//! A row starts with the gate's kernel, which is compiled into the evaluator's inner loop; the columns are
//! described at `Row`. Elementary functions are the correctly rounded ones of core-math, so that the same text
//! gives the same bits on every machine.

use super::array::{self, KernelArgs};
use super::runs::Summary;
use super::shape_rules;
use super::{
    Axis, Choice, Draw, Family, Fixed, Fragment, Kernel, Kink, Level, Made, OverSlices, Precise, Rounding, Row, Unroll, Whole, Written,
};
use super::{bounds, parts, precise, runs};
use crate::vocabulary::{elementary, lanes, special};
use Fragment::{Operand, Text};
use OverSlices::{ByOne, Each};
use Written::{Fragments, Infix};
use std::cmp::Ordering;

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
    absorbs: false,
    label: "",
    kernel: Kernel::Leaf,
    lanes: None,
    whole: None,
    of_sum: None,
    bounds: None,
    twin: None,
    precise: Precise::Text,
    choice: Choice::No,
    fixed: Fixed::WithAll,
    rounding: Rounding::Ulps(0.5),

    shape_rule: shape_rules::broadcast,
    cases: &[],
    by_axis: &[],
    axis: Axis::None,
    axis_by_name: false,
    regroups: false,
    carrying: None,
    many: false,
    slopes: &[],
    split: &[],
    guarded: false,
    passes_nothing: false,
    places: [0, 0],
    idempotent: false,
    commutes: false,
    short: "",
    says: "",
    does: "",
    saturates: false,
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
    reaches: "",
    unroll: Unroll::No,
    multiplies: false,
    inverts: false,
    swaps: false,
    instead: &[],
    fuses: &[],
    keeps: &[],
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
    rounding: Rounding::Exact,
    fixed: Fixed::Always,
    family: Family::Comparison,
    slopes: &["", ""],
    does: "answers 1 or 0: blocks the gradient",
    says: "answers 1 or 0 and lets no gradient through: a small change of an operand does not change the answer.",
    ..BINARY
};
const REDUCTION: Row = Row { family: Family::Reduction, axis: Axis::Reduces, shape_rule: shape_rules::reduced, domain: "every x", ..UNARY };
const MATRIX: Row = Row { family: Family::Matrix, ..ROW };
const BUILDING: Row = Row { family: Family::Building, ..ROW };
const PRODUCT: Row = Row {
    family: Family::Matrix,
    operands: &["x", "y"],
    signs: &["@"],
    multiplies: true,
    unroll: Unroll::Products,
    written: Infix(" @ ", Level::Product),
    short: "{x}{y}",
    ..ROW
};
const MATMUL: Row = Row {
    name: "matmul",
    shape_rule: shape_rules::matmul,
    slopes: &["dout @ y.T", "x.T @ dout"],
    does: "multiplies matrices: each operand gets the gradient times the other operand's transpose (swaps)",
    says: "multiplies matrices; each operand's gradient is the other's transpose times its gradient, as their shapes alone demand.",
    domain: "as many columns of x as rows of y",
    ..PRODUCT
};
const MATVEC: Row = Row {
    name: "matmul",
    shape_rule: shape_rules::matvec,
    slopes: &["outer(dout, y)", "x.T @ dout"],
    does: "multiplies a matrix and a vector: each operand gets the gradient times the other operand, as the shapes demand (swaps)",
    says: "multiplies a matrix and a vector.",
    ..PRODUCT
};
const VECMAT: Row = Row {
    name: "matmul",
    shape_rule: shape_rules::vecmat,
    slopes: &["y @ dout", "outer(x, dout)"],
    does: "multiplies a matrix and a vector: each operand gets the gradient times the other operand, as the shapes demand (swaps)",
    says: "multiplies a vector and a matrix.",
    ..PRODUCT
};
const INNER: Row = Row {
    name: "matmul",
    shape_rule: shape_rules::dot,
    slopes: &["y", "x"],
    commutes: true,
    does: "multiplies number by number and adds: each operand gets the gradient times the other operand (swaps)",
    says: "multiplies two vectors number by number and adds; swaps its operands and multiplies them by its gradient.",
    ..PRODUCT
};
const OUTER: Row = Row {
    name: "outer",
    operands: &["x", "y"],
    shape_rule: shape_rules::outer,
    unroll: Unroll::Text("expand(x, 1) * expand(y, 0)"),
    slopes: &["dout @ y", "x @ dout"],
    short: "{x}o{y}",
    does: "makes all products of two numbers: each operand gets the gradient times the other operand, added up (swaps)",
    says: "is the matrix of all products of two numbers, one of each vector.",
    domain: "two vectors",
    ..MATRIX
};

/// A product as it stands in a backward pass: no user can name it.
const fn backward(row: &Row) -> Row {
    Row { family: Family::Internal, signs: &[], commutes: false, ..*row }
}
const SOLVE: Row = Row {
    family: Family::Matrix,
    unroll: Unroll::Text("inv(x) @ y"),
    operands: &["x", "y"],
    short: "",
    domain: "a square matrix with a determinant other than 0",
    ..ROW
};

const SCATTER: Written = Written::Subscripts("scatter(", 1, ")");

/// Where gates that take places have values.
const PLACES: &str = "places from 0 to the last, or from the end with -1";

const GATHER: Row = Row {
    name: "gather",
    family: Family::Internal,
    operands: &["x", "i"],
    written: Fragments(&[Operand(0, Level::Atom), Text("["), Operand(1, Level::Compare), Text("]")], Level::Atom),
    unroll: Unroll::Moves,
    slopes: &["scatter_add(dout, x, i)", ""],
    short: "{x}{i}",
    places: [1, usize::MAX],
    domain: PLACES,
    does: "takes numbers out: adds the gradient up at their places, and hands 0 to the others",
    says: "takes the elements or rows at the places i; adds its gradient up at those places, where one that is taken twice gets both.",
    ..BUILDING
};
const SCATTER_ADD: Row = Row {
    name: "scatter_add",
    family: Family::Internal,
    shape_rule: shape_rules::scatter_add,
    unroll: Unroll::Accumulates(Gate::Gather),
    places: [2, usize::MAX],
    domain: PLACES,
    says: "adds numbers or rows up at places among zeros.",
    ..BUILDING
};
const RANGE: Row = Row {
    name: "range",
    aliases: &["arange"],
    shape_rule: shape_rules::range,
    says: "is the numbers 0, 1, ... before n, or from a to before b by steps of 1 or of by: range(a, b, by).",
    domain: "numbers that no input changes",
    ..BUILDING
};

/// Gates of backward passes that have the name of the gate whose pass it is, and their names in a printed program.
pub(super) const OF_BACKWARD_PASSES: &[(&str, Gate)] = &[
    ("matmul_first", Gate::MatmulFirst),
    ("matmul_last", Gate::MatmulLast),
    ("outer_first", Gate::OuterFirst),
    ("outer_last", Gate::OuterLast),
];

const STEP: Row = Row {
    rounding: Rounding::Exact,
    fixed: Fixed::Always,
    slopes: &["0"],
    guarded: true,
    does: "is flat between its steps: its local gradient is 0, which blocks the gradient",
    says: "is flat between its steps, so its local gradient is 0 and no gradient gets past it.",
    ..PIECEWISE
};

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
    Chain: binary array::carried => Row { bounds: Some(bounds::mul), rounding: Rounding::Product, precise: number!(carried),
        fixed: Fixed::AtAnyZero,
        name: "chain",
        absorbs: true,
        written: Infix(" * ", Level::Product),
        slopes: &["y", "x"],
        short: "{x}{y}",
        says: "multiplies a local gradient x by an upstream gradient y; an upstream gradient of exactly 0 carries nothing.",
        ..BINARY
    };
    Guard: binary |x, y| if y.is_nan() { y } else { x } => Row { bounds: Some(bounds::first), rounding: Rounding::Exact, precise: number!(guarded),
        fixed: Fixed::WithFirst,
        name: "guard",
        written: Fragments(&[Operand(0, Level::Compare)], Level::Compare),
        slopes: &["1", ""],
        says: "is the local gradient x, made nan where the gate's value y is nan: an error is never hidden.",
        ..BINARY
    };
    Copy: unary |x| x => Row { bounds: Some(bounds::same), rounding: Rounding::Exact, precise: number!(same),
        name: "copy",
        written: Fragments(&[Operand(0, Level::Compare)], Level::Compare),
        slopes: &["1"],
        does: "is its operand under another name: hands the gradient on unchanged",
        says: "is its operand under another name.",
        ..UNARY
    };
    StopGradient: unary |x| x => Row { bounds: Some(bounds::same), rounding: Rounding::Exact, precise: number!(same),
        name: "stop_gradient",
        aliases: &["detach"],
        short: "const{x}",
        slopes: &["0"],
        passes_nothing: true,
        says: "is its operand, taken as a constant: no gradient gets past it.",
        ..PIECEWISE
    };
    Shift: binary |x, c| x + c => Row { bounds: Some(bounds::add), rounding: Rounding::Sum, precise: binary!(add),
        name: "shift",
        family: Family::Primitive,
        operands: &["x", "c"],
        written: Infix(" + ", Level::Sum),
        label: "+{c}",
        slopes: &["1", ""],
        short: "{x}p{c}",
        does: "shifts by a constant: hands the gradient on unchanged",
        says: "passes its gradient on unchanged; the constant gets none.",
        ..BINARY
    };
    Scale: binary |x, a| x * a => Row { bounds: Some(bounds::mul), rounding: Rounding::Product, precise: binary!(mul),
        fixed: Fixed::AtAnyZero,
        name: "scale",
        family: Family::Primitive,
        operands: &["x", "a"],
        written: Infix(" * ", Level::Product),
        label: "*{a}",
        slopes: &["a", ""],
        short: "{a}{x}",
        does: "scales by a constant: its operand gets the gradient times that constant",
        says: "scales its gradient by the constant; the constant gets none.",
        ..BINARY
    };

    // Arithmetic.
    Add: binary |x, y| x + y => Row { bounds: Some(bounds::add), rounding: Rounding::Sum, precise: binary!(add),
        keeps: &[
            ("x - y + y", "x"),
        ],
        name: "add",
        signs: &["+"],
        with_constant: Some(Gate::Shift),
        written: Infix(" + ", Level::Sum),
        slopes: &["1", "1"],
        commutes: true,
        short: "{x}p{y}",
        does: "adds: hands the gradient on to each operand unchanged (distributes)",
        says: "hands its gradient to both operands, unchanged.",
        ..ARITHMETIC
    };
    Sub: binary |x, y| x - y => Row { bounds: Some(bounds::sub), rounding: Rounding::Difference, precise: binary!(sub),
        keeps: &[
            ("x + y - x", "y"),
            ("1 - cos(x)", "2 * sin(x / 2)^2"),
            ("1 - erf(x)", "erfc(x)"),
            ("1 - sigma(x)", "sigma(-x)"),
            ("1 - exp(x)", "-expm1(x)"),
            ("1 - tanh(x)^2", "1 / cosh(x)^2"),
            ("1 - x^2", "(1 - x) * (1 + x)"),
            ("x^2 - 1", "(x - 1) * (x + 1)"),
            ("x^2 - y^2", "(x - y) * (x + y)"),
            ("sqrt(x + y) - sqrt(x)", "y / (sqrt(x + y) + sqrt(x))"),
            ("sqrt(x^2 + y) - x", "y / (sqrt(x^2 + y) + x)"),
            ("sqrt(1 + x) - 1", "x / (sqrt(1 + x) + 1)"),
            ("1 - sqrt(1 - x)", "x / (1 + sqrt(1 - x))"),
            ("sqrt(x) - sqrt(y)", "(x - y) / (sqrt(x) + sqrt(y))"),
            ("log(x) - log(y)", "log1p((x - y) / y)"),
            ("exp(x) - exp(y)", "exp(y) * expm1(x - y)"),
            ("sin(x) - sin(y)", "2 * cos((x + y) / 2) * sin((x - y) / 2)"),
            ("cos(x) - cos(y)", "-2 * sin((x + y) / 2) * sin((x - y) / 2)"),
            ("1 / x - 1 / y", "(y - x) / (x * y)"),
            ("mean(x^2) - mean(x)^2", "var(x)"),
        ],
        name: "sub",
        signs: &["-", "−", "–"],
        identities: &[("sub(x, 0)", "x")],
        written: Infix(" - ", Level::Sum),
        slopes: &["1", "-1"],
        short: "{x}m{y}",
        does: "subtracts: hands the gradient on to the first operand unchanged and to the second with its sign turned",
        says: "hands its gradient to the first operand unchanged and to the second negated.",
        primitive: "x + -1 * y",
        ..ARITHMETIC
    };
    Mul: binary |x, y| x * y => Row { bounds: Some(bounds::mul), rounding: Rounding::Product, precise: binary!(mul),
        keeps: &[
            ("exp(x^2) * erfc(x)", "erfcx(x)"),
            ("exp(x) * exp(y)", "exp(x + y)"),
            ("exp(x) * (1 / exp(y))", "exp(x - y)"),
        ],
        fixed: Fixed::AtAnyZero,
        name: "mul",
        swaps: true,
        signs: &["*", "·", "⋅", "×"],
        roles: &["num", "inverse"],
        identities: &[("mul(1, y)", "y"), ("mul(x, 1)", "x")],
        with_constant: Some(Gate::Scale),
        written: Infix(" * ", Level::Product),
        slopes: &["y", "x"],
        commutes: true,
        short: "{x}{y}",
        does: "multiplies: each operand gets the gradient times the other operand (swaps)",
        says: "swaps its operands and multiplies them by its gradient: a small operand next to a large one gets the large gradient.",
        carrying: Some([Gate::Chain, Gate::Chain]),
        ..ARITHMETIC
    };
    Div: binary |x, y| x / y => Row { bounds: Some(bounds::div), lanes: Some(ByOne(lanes::divide)), rounding: Rounding::Quotient, precise: binary!(div),
        keeps: &[
            ("exp(x) / (exp(x) + exp(y))", "sigma(x - y)"),
            ("exp(x) / exp(y)", "exp(x - y)"),
            ("(1 - cos(x)) / x^2", "sinc(x / 2)^2 / 2"),
            ("sin(x) / x", "sinc(x)"),
            ("sinh(x) / cosh(x)", "tanh(x)"),
            ("(exp(x) - exp(-x)) / 2", "sinh(x)"),
            ("(exp(x) - 1) / (exp(x) + 1)", "tanh(x / 2)"),
        ],
        fixed: Fixed::AtFirstZero,
        name: "div",
        signs: &["/", "÷"],
        roles: &["num", "den"],
        readings: &[("div(1, y)", "recip(y)")],
        identities: &[("div(x, 1)", "x")],
        staged: "x * (1 / y)",
        written: Infix(" / ", Level::Product),
        slopes: &["1 / y", "-out / y"],
        short: "{x}by{y}",
        does: "divides: the numerator gets the gradient divided by the denominator, the denominator the gradient times minus the quotient over the denominator",
        says: "divides its gradient by the denominator; the denominator is pushed against the quotient.",
        domain: "y != 0",
        range: [0.5, 2.0],
        primitive: "x * (1 / y)",
        ..ARITHMETIC
    };
    Pow: binary elementary::pow => Row {precise: binary!(pow),
        name: "pow",
        signs: &["^", "**"],
        readings: &[("pow(x, 2)", "sqr(x)")],
        identities: &[("pow(x, 0)", "1"), ("pow(x, 1)", "x"), ("pow(x, 2)", "sqr(x)")],
        written: Fragments(&[Operand(0, Level::Atom), Text("^"), Operand(1, Level::Unary)], Level::Power),
        slopes: &[
            "where(y == 0, where(abs(x) > 0, y / x, 0), y * x^(y - 1))",
            "where(x == 0, where(y < 0, -inf, 0), out * log(x))",
        ],
        short: "{x}pow{y}",
        does: "raises to a power: base and exponent each get the gradient times a local gradient of their own",
        says: "scales the gradient on its base by y * x^(y - 1) and the one on its exponent by out * log(x).",
        kinks: &[Kink { when: "(x == 0) * (y == 0)", operand: 1, below: "-inf", above: "-inf" }],
        domain: "x >= 0, or y an integer",
        range: [0.5, 2.0],
        ..ARITHMETIC
    };
    Neg: unary |x| -x => Row { bounds: Some(bounds::neg), rounding: Rounding::Exact, precise: number!(negated),
        name: "neg",
        prefixes: &["-", "−", "–"],
        operands: &["x"],
        written: Fragments(&[Text("-"), Operand(0, Level::Unary)], Level::Unary),
        label: "-",
        slopes: &["-1"],
        short: "neg{x}",
        does: "turns the sign: hands the gradient on with its sign turned",
        says: "turns its gradient round.",
        domain: "every x",
        primitive: "-1 * x",
        ..ARITHMETIC
    };
    Recip: unary |x| 1.0 / x => Row { bounds: Some(bounds::recip), lanes: Some(Each(lanes::invert)), rounding: Rounding::Inverse, precise: number!(inverse),
        keeps: &[
            ("1 / (1 + exp(x))", "sigma(-x)"),
        ],
        name: "recip",
        roles: &["den"],
        inverse: true,
        operands: &["x"],
        written: Fragments(&[Text("1 / "), Operand(0, Level::Unary)], Level::Product),
        label: "1/x",
        slopes: &["-out^2"],
        short: "inv{x}",
        does: "inverts: its operand gets the gradient times minus the square of the result",
        says: "pushes its operand the other way, the harder the smaller the operand is: -1 / x^2.",
        domain: "x != 0",
        range: [0.5, 2.0],
        ..ARITHMETIC
    };
    Sqr: unary |x| x * x => Row { bounds: Some(bounds::sqr), rounding: Rounding::Square, precise: number!(square),
        name: "sqr",
        operands: &["x"],
        written: Fragments(&[Operand(0, Level::Atom), Text("^2")], Level::Power),
        label: "x^2",
        slopes: &["2 * x"],
        short: "{x}sqr",
        does: "squares: its operand gets the gradient times twice the operand",
        says: "multiplies its gradient by twice its operand.",
        domain: "every x",
        primitive: "x * x",
        forms: &["x * x"],
        ..ARITHMETIC
    };

    // Exponentials, logarithms, roots.
    Exp: unary elementary::exp => Row { bounds: Some(bounds::exp), lanes: Some(Each(lanes::exp)), precise: unary!(exp),
        name: "exp",
        slopes: &["out"],
        short: "exp{x}",
        does: "grows by its own size: its operand gets the gradient times the result",
        says: "multiplies its gradient by its own value.",
        ..EXPONENTIAL
    };
    Expm1: unary elementary::expm1 => Row {precise: unary!(expm1),
        name: "expm1",
        slopes: &["exp(x)"],
        short: "expm1{x}",
        says: "is exp(x) - 1 without cancellation; multiplies its gradient by exp(x).",
        forms: &["exp(x) - 1"],
        ..EXPONENTIAL
    };
    Exp2: unary elementary::exp2 => Row {precise: unary!(exp2),
        name: "exp2",
        slopes: &["out * log(2)"],
        short: "exp2{x}",
        says: "multiplies its gradient by its own value and log(2).",
        ..EXPONENTIAL
    };
    Log: unary elementary::log => Row { bounds: Some(bounds::log), lanes: Some(Each(lanes::log)), precise: unary!(ln),
        keeps: &[
            ("log(1 - x)", "log1p(-x)"),
            ("log(x + 1)", "log1p(x)"),
            ("log(1 - sigma(x))", "logsigmoid(-x)"),
            ("log(gamma(x))", "lgamma(x)"),
            ("log(erfc(x))", "log(erfcx(x)) - x^2"),
            ("log(exp(x) / sum(exp(x)))", "x - logsumexp(x)"),
            ("log(cosh(x))", "abs(x) + log1p(exp(-2 * abs(x))) - log(2)"),
            ("log(x / y)", "log(x) - log(y)"),
        ],
        fuses: &[
            ("log(softmax(x)[y])", "x[y] - logsumexp(x)"),
            ("log(softmax(x))", "x - logsumexp(x)"),
        ],
        name: "log",
        aliases: &["ln"],
        slopes: &["1 / x"],
        guarded: true,
        short: "log{x}",
        does: "takes the logarithm: its operand gets the gradient divided by the operand",
        says: "divides its gradient by its operand.",
        domain: "x > 0",
        range: [0.5, 2.0],
        ..EXPONENTIAL
    };
    Log1p: unary elementary::log1p => Row {precise: unary!(log1p),
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
    Log2: unary elementary::log2 => Row {precise: unary!(log2),
        name: "log2",
        slopes: &["1 / x / log(2)"],
        guarded: true,
        short: "log2{x}",
        says: "divides its gradient by its operand and by log(2).",
        domain: "x > 0",
        range: [0.5, 2.0],
        ..EXPONENTIAL
    };
    Log10: unary elementary::log10 => Row {precise: unary!(log10),
        name: "log10",
        slopes: &["1 / x / log(10)"],
        guarded: true,
        short: "log10{x}",
        says: "divides its gradient by its operand and by log(10).",
        domain: "x > 0",
        range: [0.5, 2.0],
        ..EXPONENTIAL
    };
    Logaddexp: binary special::logaddexp => Row {rounding: Rounding::Ulps(2.0), precise: number!(logaddexp),
        name: "logaddexp",
        operands: &["x", "y"],
        slopes: &["sigma(x - y)", "sigma(y - x)"],
        commutes: true,
        short: "lae{x}{y}",
        says: "is log(exp(x) + exp(y)) without overflow; shares its gradient in the proportion of exp(x) to exp(y).",
        domain: "every x and y",
        forms: &["log(exp(x) + exp(y))"],
        ..EXPONENTIAL
    };
    Log1mexp: unary special::log1mexp => Row {rounding: Rounding::Ulps(2.0), precise: number!(log1mexp),
        name: "log1mexp",
        slopes: &["-exp(-x) / expm1(-x)"],
        guarded: true,
        short: "l1me{x}",
        says: "is log(1 - exp(-x)), x > 0, as in JAX and R, without cancellation; multiplies its gradient by 1 / (exp(x) - 1).",
        domain: "x > 0",
        range: [0.5, 2.0],
        forms: &["log(1 - exp(-x))"],
        ..EXPONENTIAL
    };
    Xlogy: binary special::xlogy => Row {rounding: Rounding::Ulps(1.5), precise: number!(xlogy),
        fixed: Fixed::AtFirstZero,
        name: "xlogy",
        operands: &["x", "y"],
        slopes: &["log(y)", "where((x == 0) * (y == 0), 0, x / y)"],
        guarded: true,
        short: "{x}log{y}",
        says: "is x * log(y), and 0 where x is 0, also for y = 0; multiplies its gradient by log(y) and by x / y.",
        domain: "y > 0, or x = 0",
        range: [0.5, 2.0],
        ..EXPONENTIAL
    };
    Sqrt: unary |x| (x + 0.0).sqrt() => Row { bounds: Some(bounds::sqrt), rounding: Rounding::Root, precise: unary!(sqrt),
        keeps: &[
            ("sqrt(x^2 + 1)", "hypot(x, 1)"),
            ("sqrt(x^2 + y^2 + z^2)", "hypot(x, y, z)"),
            ("sqrt(sum(x^2))", "norm(x)"),
        ],
        name: "sqrt",
        prefixes: &["√"],
        slopes: &["0.5 / out"],
        short: "sqrt{x}",
        instead: &[("sqrt(sqr(x))", "abs(x)"), ("sqrt(x * x)", "abs(x)")],
        does: "takes the root: its operand gets the gradient divided by twice the result",
        says: "divides its gradient by twice its value: at 0 the slope is infinite. -0 counts as 0.",
        domain: "x >= 0",
        range: [0.5, 2.0],
        ..EXPONENTIAL
    };
    Cbrt: unary elementary::cbrt => Row {precise: unary!(cbrt),
        name: "cbrt",
        slopes: &["1 / (3 * out^2)"],
        short: "cbrt{x}",
        says: "divides its gradient by three times the square of its value.",
        range: [0.5, 2.0],
        ..EXPONENTIAL
    };

    // Circular and hyperbolic.
    Sin: unary elementary::sin => Row { bounds: Some(bounds::sin), lanes: Some(Each(lanes::sin)), twin: Some((Gate::Cos, lanes::sin_and_cos)), precise: unary!(sin),
        name: "sin",
        slopes: &["cos(x)"],
        short: "sin{x}",
        says: "multiplies its gradient by cos(x).",
        ..TRIGONOMETRIC
    };
    Cos: unary elementary::cos => Row { bounds: Some(bounds::cos), lanes: Some(Each(lanes::cos)), precise: unary!(cos),
        name: "cos",
        slopes: &["-sin(x)"],
        short: "cos{x}",
        says: "multiplies its gradient by -sin(x).",
        ..TRIGONOMETRIC
    };
    Tan: unary elementary::tan => Row {precise: unary!(tan),
        name: "tan",
        slopes: &["1 + out^2"],
        short: "tan{x}",
        says: "multiplies its gradient by one plus the square of its value.",
        range: [-1.0, 1.0],
        ..TRIGONOMETRIC
    };
    Asin: unary elementary::asin => Row {precise: unary!(asin),
        name: "asin",
        slopes: &["1 / sqrt((1 - x) * (1 + x))"],
        short: "asin{x}",
        says: "divides its gradient by sqrt(1 - x^2): infinite at the ends.",
        domain: "-1 <= x <= 1",
        range: [-0.9, 0.9],
        ..TRIGONOMETRIC
    };
    Acos: unary elementary::acos => Row {precise: unary!(acos),
        name: "acos",
        slopes: &["-1 / sqrt((1 - x) * (1 + x))"],
        short: "acos{x}",
        says: "divides its gradient by -sqrt(1 - x^2): infinite at the ends.",
        domain: "-1 <= x <= 1",
        range: [-0.9, 0.9],
        ..TRIGONOMETRIC
    };
    Atan: unary elementary::atan => Row {precise: unary!(atan),
        name: "atan",
        slopes: &["1 / (1 + x^2)"],
        short: "atan{x}",
        says: "divides its gradient by 1 + x^2.",
        ..TRIGONOMETRIC
    };
    Sinc: unary special::sinc => Row {rounding: Rounding::Ulps(2.0), precise: number!(sinc),
        name: "sinc",
        slopes: &["sinc_derivative(1, x)"],
        short: "sinc{x}",
        says: "is sin(x) / x, and 1 at 0; multiplies its gradient by (cos(x) - out) / x, computed without cancellation. NumPy's np.sinc(x) is sinc(pi*x).",
        ..TRIGONOMETRIC
    };
    SincDerivative: binary special::sinc_derivative => Row {rounding: Rounding::Ulps(8.0), precise: binary!(sinc_derivative),
        name: "sinc_derivative",
        operands: &["n", "x"],
        slopes: &["", "sinc_derivative(n + 1, x)"],
        guarded: true,
        short: "",
        says: "is the n-th derivative of sinc, n a whole number; the next one is its slope in x.",
        domain: "n = 0, 1, ..., 16; every x",
        ..TRIGONOMETRIC
    };
    Atan2: binary elementary::atan2 => Row {precise: binary!(atan2),
        name: "atan2",
        operands: &["y", "x"],
        slopes: &["x / hypot(x, y) / hypot(x, y)", "-y / hypot(x, y) / hypot(x, y)"],
        short: "atan2{y}{x}",
        says: "is the angle of the point (x, y), written atan2(y, x); each operand's slope is the other over the squared distance.",
        domain: "not both 0",
        range: [0.5, 2.0],
        ..TRIGONOMETRIC
    };
    Sinh: unary elementary::sinh => Row {precise: unary!(sinh),
        name: "sinh",
        slopes: &["cosh(x)"],
        short: "sinh{x}",
        says: "multiplies its gradient by cosh(x).",
        ..TRIGONOMETRIC
    };
    Cosh: unary elementary::cosh => Row {precise: unary!(cosh),
        name: "cosh",
        slopes: &["sinh(x)"],
        short: "cosh{x}",
        says: "multiplies its gradient by sinh(x).",
        ..TRIGONOMETRIC
    };
    Tanh: unary elementary::tanh => Row { bounds: Some(bounds::tanh), lanes: Some(Each(lanes::tanh)), precise: unary!(tanh),
        name: "tanh",
        slopes: &["1 - out^2"],
        short: "tanh{x}",
        does: "squashes: its operand gets the gradient times one minus the square of the result, 1 at most",
        saturates: true,
        says: "multiplies its gradient by one minus the square of its value: far from 0 it saturates and lets almost nothing through.",
        forms: &["(exp(x) - exp(-x)) / (exp(x) + exp(-x))"],
        ..TRIGONOMETRIC
    };
    Asinh: unary elementary::asinh => Row {precise: unary!(asinh),
        name: "asinh",
        slopes: &["1 / hypot(1, x)"],
        short: "asinh{x}",
        says: "divides its gradient by sqrt(1 + x^2).",
        ..TRIGONOMETRIC
    };
    Acosh: unary elementary::acosh => Row {precise: unary!(acosh),
        name: "acosh",
        slopes: &["1 / (sqrt(x - 1) * sqrt(x + 1))"],
        short: "acosh{x}",
        says: "divides its gradient by sqrt(x^2 - 1): infinite at 1.",
        domain: "x >= 1",
        range: [1.5, 3.0],
        ..TRIGONOMETRIC
    };
    Atanh: unary elementary::atanh => Row {precise: unary!(atanh),
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
    Sigma: unary special::sigma => Row { bounds: Some(bounds::sigma), lanes: Some(Each(lanes::sigma)), rounding: Rounding::Ulps(1.0), precise: number!(sigma),
        name: "sigma",
        aliases: &["sigmoid", "σ"],
        label: "σ",
        slopes: &["(1 - out) * out"],
        short: "sig{x}",
        does: "squashes: its operand gets the gradient times (1 - out) * out of its result out, a quarter at most",
        saturates: true,
        says: "multiplies its gradient by (1 - out) * out, a quarter at most: near 0 or 1 it saturates and lets almost nothing through.",
        primitive: "1 / (1 + exp(-1 * x))",
        forms: &["1 / (1 + exp(-x))", "exp(x) / (1 + exp(x))"],
        ..ACTIVATION
    };
    Relu: unary |x| if x > 0.0 || x.is_nan() { x } else { 0.0 } => Row { bounds: Some(bounds::ramp), rounding: Rounding::Exact, precise: number!(relu), choice: Choice::Sign,
        name: "relu",
        slopes: &["1(x > 0)"],
        guarded: true,
        short: "relu{x}",
        does: "cuts off below 0: hands the gradient on where its operand is above 0, and blocks it elsewhere",
        says: "lets its gradient through where x > 0 and blocks it elsewhere, also at 0.",
        kinks: &[Kink { when: "x == 0", operand: 0, below: "0", above: "1" }],
        ..ACTIVATION
    };
    LeakyRelu: unary |x| if x > 0.0 { x } else { 0.01 * x } => Row {rounding: Rounding::Ulps(1.5), precise: number!(leaky_relu), choice: Choice::Sign,
        name: "leaky_relu",
        slopes: &["where(x > 0, 1, 0.01)"],
        guarded: true,
        short: "leaky{x}",
        says: "lets its gradient through where x > 0 and a hundredth of it elsewhere.",
        kinks: &[Kink { when: "x == 0", operand: 0, below: "0.01", above: "1" }],
        ..ACTIVATION
    };
    Elu: unary special::elu => Row {precise: number!(elu), choice: Choice::Sign,
        name: "elu",
        slopes: &["where(x > 0, 1, exp(x))"],
        guarded: true,
        short: "elu{x}",
        says: "lets its gradient through where x > 0 and scales it by exp(x) elsewhere.",
        ..ACTIVATION
    };
    Softplus: unary special::softplus => Row {rounding: Rounding::Ulps(2.0),
        name: "softplus",
        slopes: &["sigma(x)"],
        short: "softp{x}",
        says: "is log(1 + exp(x)) without overflow; multiplies its gradient by sigma(x).",
        primitive: "max(x, 0) + log1p(exp(-1 * abs(x)))",
        forms: &["log(1 + exp(x))", "log1p(exp(x))"],
        ..ACTIVATION
    };
    Logsigmoid: unary special::logsigmoid => Row {rounding: Rounding::Ulps(2.0),
        name: "logsigmoid",
        aliases: &["log_sigmoid"],
        slopes: &["sigma(-x)"],
        short: "lsig{x}",
        says: "is log(sigma(x)), to full digits where sigma(x) is next to 0 or 1; multiplies its gradient by sigma(-x).",
        primitive: "min(x, 0) + -1 * log1p(exp(-1 * abs(x)))",
        forms: &["log(sigma(x))", "-softplus(-x)"],
        ..ACTIVATION
    };
    Silu: unary special::silu => Row {rounding: Rounding::Ulps(2.0), precise: number!(silu),
        name: "silu",
        aliases: &["swish"],
        slopes: &["sigma(x) + out * sigma(-x)"],
        short: "silu{x}",
        says: "is x * sigma(x), a soft relu; lets a little more than its gradient through on the right and a little backward on the left.",
        primitive: "x * sigma(x)",
        forms: &["x * sigma(x)"],
        ..ACTIVATION
    };
    Gelu: unary special::gelu => Row {rounding: Rounding::Ulps(2.0), precise: number!(gelu),
        name: "gelu",
        slopes: &["erfc(-x / sqrt(2)) / 2 + x * exp(-x^2 / 2) / sqrt(2 * pi)"],
        short: "gelu{x}",
        says: "is x times the normal distribution function; multiplies its gradient by that function plus x times the density.",
        ..ACTIVATION
    };

    // Pieces, steps and choices.
    Abs: unary |x: f64| x.abs() => Row { bounds: Some(bounds::abs), rounding: Rounding::Exact, precise: number!(magnitude), choice: Choice::Sign,
        name: "abs",
        slopes: &["sign(x)"],
        short: "abs{x}",
        does: "drops the sign: hands the gradient on with the sign of its operand",
        says: "hands its gradient on with the sign of x; 0 at 0.",
        kinks: &[Kink { when: "x == 0", operand: 0, below: "-1", above: "1" }],
        ..PIECEWISE
    };
    Sign: unary |x: f64| if x == 0.0 || x.is_nan() { x } else { 1f64.copysign(x) } => Row {precise: number!(sign), choice: Choice::Sign,
        fixed: Fixed::ButZero,
        name: "sign",
        short: "sign{x}",
        kinks: &[Kink { when: "x == 0", operand: 0, below: "inf", above: "inf" }],
        ..STEP
    };
    Floor: unary |x: f64| x.floor() => Row {precise: unary!(floor), choice: Choice::Step,
        name: "floor",
        short: "floor{x}",
        kinks: &[Kink { when: "x == floor(x)", operand: 0, below: "inf", above: "0" }],
        ..STEP
    };
    Ceil: unary |x: f64| x.ceil() => Row {precise: unary!(ceil), choice: Choice::Step,
        name: "ceil",
        short: "ceil{x}",
        kinks: &[Kink { when: "x == ceil(x)", operand: 0, below: "0", above: "inf" }],
        ..STEP
    };
    Round: unary |x: f64| x.round_ties_even() => Row {precise: unary!(round_ties_even), choice: Choice::Nearest,
        name: "round",
        short: "round{x}",
        kinks: &[Kink { when: "x - floor(x) == 0.5", operand: 0, below: "0", above: "inf" }],
        ..STEP
    };
    Max: fold max => Row { bounds: Some(bounds::larger), rounding: Rounding::Exact, precise: fold!(max), choice: Choice::Between,
        name: "max",
        shape_rule: shape_rules::several,
        cases: &[Gate::MaxOver],
        operands: &["x", "y"],
        slopes: &["1(x >= y)", "1(x >= y)"],
        split: &["1(x >= out) / ties", "1(x >= out) / ties"],
        guarded: true,
        idempotent: true,
        short: "max{x}{y}",
        does: "takes the largest: hands all of the gradient to the largest operand, and 0 to the others (routes)",
        says: "routes its gradient to the largest operand; the others get 0, and operands that tie all get it (with ties set to split they share it). max(X, 1) goes number by number; along an axis it is max(X, axis=1).",
        domain: "every operand",
        ..PIECEWISE
    };
    Min: fold min => Row { bounds: Some(bounds::smaller), rounding: Rounding::Exact, precise: fold!(min), choice: Choice::Between,
        name: "min",
        shape_rule: shape_rules::several,
        cases: &[Gate::MinOver],
        operands: &["x", "y"],
        slopes: &["1(x <= y)", "1(x <= y)"],
        split: &["1(x <= out) / ties", "1(x <= out) / ties"],
        guarded: true,
        idempotent: true,
        short: "min{x}{y}",
        does: "takes the smallest: hands all of the gradient to the smallest operand, and 0 to the others (routes)",
        says: "routes its gradient to the smallest operand; the others get 0, and operands that tie all get it (with ties set to split they share it). min(X, 1) goes number by number; along an axis it is min(X, axis=1).",
        domain: "every operand",
        ..PIECEWISE
    };
    Clamp: ternary |x, lo, hi| min(max(x, lo), hi) => Row {rounding: Rounding::Exact, choice: Choice::Between,
        name: "clamp",
        operands: &["x", "lo", "hi"],
        slopes: &["1(x >= lo) * (x <= hi)", "1(x <= lo) * (lo <= hi)", "1(max(x, lo) >= hi)"],
        split: &[
            "((x > lo) + (x >= lo)) * ((max(x, lo) < hi) + (max(x, lo) <= hi)) / 4",
            "((lo > x) + (lo >= x)) * ((max(x, lo) < hi) + (max(x, lo) <= hi)) / 4",
            "((max(x, lo) > hi) + (max(x, lo) >= hi)) / 2",
        ],
        guarded: true,
        short: "clamp{x}",
        does: "keeps within limits: hands the gradient to the operand inside of the limits, and to the limit that holds it outside",
        says: "lets its gradient through to x inside the limits, and to the bound that holds it outside.",
        domain: "every operand",
        primitive: "min(max(x, lo), hi)",
        kinks: &[
            Kink { when: "(x == lo) * (lo < hi)", operand: 0, below: "0", above: "1" },
            Kink { when: "(x == hi) * (lo < hi)", operand: 0, below: "1", above: "0" },
            Kink { when: "(x == lo) * (lo == hi)", operand: 0, below: "0", above: "0" },
            Kink { when: "(x == lo) * (lo < hi)", operand: 1, below: "0", above: "1" },
            Kink { when: "(x < lo) * (lo == hi)", operand: 1, below: "1", above: "0" },
            Kink { when: "(x == lo) * (lo == hi)", operand: 1, below: "0", above: "0" },
            Kink { when: "max(x, lo) == hi", operand: 2, below: "1", above: "0" },
        ],
        ..PIECEWISE
    };
    Where: ternary |c, x, y| if c.is_nan() { c } else if c == 0.0 { y } else { x } => Row { bounds: Some(bounds::chosen), rounding: Rounding::Exact, precise: number!(choice),
        fixed: Fixed::WithChosen,
        name: "where",
        identities: &[("where(1, x, y)", "x"), ("where(0, x, y)", "y")],
        operands: &["c", "x", "y"],
        slopes: &["", "where(c, dout, 0)", "where(c, 0, dout)"],
        short: "pick{x}{y}",
        does: "chooses: hands all of the gradient to the branch taken, and 0 to the other (routes)",
        says: "hands its gradient to the branch taken; the other branch and the condition get nothing.",
        domain: "every operand",
        ..PIECEWISE
    };
    Hypot: fold elementary::hypot => Row {rounding: Rounding::Ulps(1.0), precise: fold!(hypot),
        name: "hypot",
        shape_rule: shape_rules::together,
        cases: &[Gate::Norm],
        slopes: &["where(out == 0, 0, x / out)", "where(out == 0, 0, x / out)"],
        short: "hypot{x}{y}",
        says: "is the root of the sum of squares without overflow; splits its gradient in the direction of its operands, and gives 0 where all are 0.",
        domain: "every operand",
        range: [0.5, 2.0],
        operands: &["x", "y"],
        forms: &["sqrt(x^2 + y^2)"],
        kinks: &[Kink { when: "out == 0", operand: 0, below: "-1", above: "1" }],
        ..PIECEWISE
    };
    Mod: binary special::modulo => Row {rounding: Rounding::Ulps(1.0), precise: binary!(modulo), choice: Choice::Quotient,
        fixed: Fixed::AtFirstZero,
        name: "mod",
        signs: &["%"],
        written: Infix(" % ", Level::Product),
        operands: &["x", "y"],
        slopes: &["1(y != 0)", "round((out - x) / y)"],
        guarded: true,
        short: "{x}mod{y}",
        says: "is the remainder x - y * floor(x / y), of the sign of y, as Python's %; hands its gradient to x unchanged and to y by -floor(x / y). It jumps where y divides x.",
        domain: "y != 0",
        range: [0.5, 2.0],
        kinks: &[
            Kink { when: "out == 0", operand: 0, below: "where(y > 0, -inf, 1)", above: "where(y > 0, 1, -inf)" },
            Kink {
                when: "(out == 0) * (x != 0)",
                operand: 1,
                below: "where(x > 0, -x / y, x * y * inf)",
                above: "where(x > 0, x * y * inf, -x / y)",
            },
        ],
        ..PIECEWISE
    };

    // Special functions.
    Erf: unary elementary::erf => Row {precise: unary!(erf),
        name: "erf",
        slopes: &["2 / sqrt(pi) * exp(-x^2)"],
        short: "erf{x}",
        saturates: true,
        says: "multiplies its gradient by the bell curve 2 / sqrt(pi) * exp(-x^2).",
        ..SPECIAL
    };
    Erfc: unary elementary::erfc => Row {precise: unary!(erfc),
        name: "erfc",
        slopes: &["-2 / sqrt(pi) * exp(-x^2)"],
        short: "erfc{x}",
        saturates: true,
        says: "is 1 - erf(x) without cancellation; multiplies its gradient by -2 / sqrt(pi) * exp(-x^2).",
        ..SPECIAL
    };
    Erfcx: unary special::erfcx => Row {rounding: Rounding::Ulps(4.0), precise: unary!(erfcx),
        name: "erfcx",
        slopes: &["erfcx_derivative(1, x)"],
        short: "erfcx{x}",
        says: "is exp(x^2) * erfc(x) without overflow; multiplies its gradient by 2*x*out - 2/sqrt(pi), computed without cancellation.",
        ..SPECIAL
    };
    ErfcxDerivative: binary special::erfcx_derivative => Row {rounding: Rounding::Ulps(8.0), precise: binary!(erfcx_derivative),
        name: "erfcx_derivative",
        operands: &["n", "x"],
        slopes: &["", "erfcx_derivative(n + 1, x)"],
        guarded: true,
        short: "",
        says: "is the n-th derivative of erfcx, n a whole number; the next one is its slope in x.",
        domain: "n = 0, 1, ..., 100; every x",
        ..SPECIAL
    };
    Gamma: unary special::gamma => Row {rounding: Rounding::Ulps(4.0), precise: unary!(gamma),
        name: "gamma",
        slopes: &["out * digamma(x)"],
        short: "gamma{x}",
        says: "multiplies its gradient by its value and digamma(x).",
        domain: "every x but 0, -1, -2, ...",
        range: [0.5, 3.0],
        ..SPECIAL
    };
    Lgamma: unary special::lgamma => Row {rounding: Rounding::Ulps(4.0), precise: unary!(lgamma),
        name: "lgamma",
        slopes: &["digamma(x)"],
        short: "lgamma{x}",
        says: "is log(abs(gamma(x))); multiplies its gradient by digamma(x).",
        domain: "every x but 0, -1, -2, ...",
        range: [0.5, 3.0],
        ..SPECIAL
    };
    Digamma: unary special::digamma => Row {rounding: Rounding::Ulps(4.0), precise: unary!(digamma),
        name: "digamma",
        slopes: &["polygamma(1, x)"],
        guarded: true,
        short: "digam{x}",
        says: "is the slope of lgamma; multiplies its gradient by polygamma(1, x).",
        domain: "every x but 0, -1, -2, ...",
        range: [0.5, 3.0],
        ..SPECIAL
    };
    Polygamma: binary special::polygamma => Row {rounding: Rounding::Ulps(8.0), precise: binary!(polygamma),
        name: "polygamma",
        operands: &["n", "x"],
        slopes: &["", "polygamma(n + 1, x)"],
        guarded: true,
        short: "polyg{x}",
        says: "is the n-th derivative of digamma, n a whole number; the next one is its slope in x.",
        domain: "n = 0, 1, 2, ...; every x but 0, -1, -2, ...",
        range: [0.5, 3.0],
        ..SPECIAL
    };

    // Over the elements of an array, or along an axis of it.
    Sum: array array::added => Row {
        name: "sum",
        of_sum: Some(|sum, _| sum),
        unroll: Unroll::Fold(Gate::Add),
        slopes: &["1"],
        short: "sum{x}",
        does: "adds up: hands the gradient on to every element unchanged (distributes)",
        says: "adds all elements, or those along an axis: sum(X, 1) is sum(X, axis=1); hands its gradient to every one of them, unchanged.",
        ..REDUCTION
    };
    Mean: array |args, out| array::reduce(runs::mean, args, out) => Row {
        name: "mean",
        of_sum: Some(|sum, count| sum / count),
        unroll: Unroll::Text("sum(x, axis) / size(x, axis)"),
        slopes: &["expand(dout, axis) / size(x, axis)"],
        short: "mean{x}",
        does: "averages: hands every element an equal share of the gradient",
        says: "hands every element an equal share of its gradient.",
        ..REDUCTION
    };
    Prod: array |args, out| array::reduce(runs::prod, args, out) => Row {
        name: "prod",
        unroll: Unroll::Fold(Gate::Mul),
        slopes: &["others(x, axis)"],
        short: "prod{x}",
        says: "multiplies all elements; each one's gradient is multiplied by the product of the others.",
        range: [0.5, 2.0],
        ..REDUCTION
    };
    MaxOver: array |args, out| array::reduce(runs::largest, args, out) => Row {choice: Choice::Between,
        whole: Some(Whole { summary: Summary::Largest, made: Made::One(runs::largest_by) }),
        name: "max",
        unroll: Unroll::Fold(Gate::Max),
        slopes: &["1(x == expand(out, axis))"],
        reaches: "x == expand(out, axis)",
        split: &["1(x == expand(out, axis)) / expand(sum(x == expand(out, axis), axis), axis)"],
        guarded: true,
        short: "max{x}",
        does: "takes the largest element: hands all of the gradient to it, and 0 to the others (routes)",
        says: "routes its gradient to the largest element; elements that tie all get it (with ties set to split they share it).",
        axis_by_name: true,
        ..REDUCTION
    };
    MinOver: array |args, out| array::reduce(runs::smallest, args, out) => Row {choice: Choice::Between,
        whole: Some(Whole { summary: Summary::Smallest, made: Made::One(runs::largest_by) }),
        name: "min",
        unroll: Unroll::Fold(Gate::Min),
        slopes: &["1(x == expand(out, axis))"],
        reaches: "x == expand(out, axis)",
        split: &["1(x == expand(out, axis)) / expand(sum(x == expand(out, axis), axis), axis)"],
        guarded: true,
        short: "min{x}",
        does: "takes the smallest element: hands all of the gradient to it, and 0 to the others (routes)",
        says: "routes its gradient to the smallest element; elements that tie all get it (with ties set to split they share it).",
        axis_by_name: true,
        ..REDUCTION
    };
    Norm: array |args, out| array::reduce(runs::norm, args, out) => Row {
        name: "norm",
        unroll: Unroll::Text("sqrt(sum(x^2, axis))"),
        slopes: &["where(expand(out, axis) == 0, 0, x / expand(out, axis))"],
        short: "norm{x}",
        says: "is the root of the sum of squares without overflow; pulls along x, with length 1, and gives 0 where it is 0.",
        kinks: &[Kink { when: "expand(out, axis) == 0", operand: 0, below: "-1", above: "1" }],
        range: [0.5, 2.0],
        ..REDUCTION
    };
    Var: array |args, out| array::reduce(runs::variance, args, out) => Row {
        whole: Some(Whole { summary: Summary::Middle, made: Made::One(runs::variance_by) }),
        name: "var",
        unroll: Unroll::Text("sum(centered(x, axis)^2, axis) / size(x, axis)"),
        slopes: &["2 * centered(x, axis) / size(x, axis)"],
        short: "var{x}",
        says: "is the mean square distance from the mean; pulls every element away from the mean.",
        ..REDUCTION
    };
    Std: array |args, out| array::reduce(runs::deviation, args, out) => Row {
        whole: Some(Whole { summary: Summary::Middle, made: Made::One(runs::deviation_by) }),
        name: "std",
        unroll: Unroll::Text("sqrt(var(x, axis))"),
        slopes: &["where(expand(out, axis) == 0, 0, centered(x, axis) / (size(x, axis) * expand(out, axis)))"],
        // Of one number alone it is 0 everywhere.
        kinks: &[Kink {
            when: "(expand(out, axis) == 0) * (size(x, axis) > 1)",
            operand: 0,
            below: "-sqrt(size(x, axis) - 1) / size(x, axis)",
            above: "sqrt(size(x, axis) - 1) / size(x, axis)",
        }],
        short: "std{x}",
        says: "is the root of the variance; pulls every element away from the mean, and gives 0 where all are equal.",
        range: [0.5, 2.0],
        ..REDUCTION
    };
    Logsumexp: array |args, out| array::reduce(runs::logsumexp, args, out) => Row {precise: run!(logsumexp),
        whole: Some(Whole { summary: Summary::Powers, made: Made::One(runs::logsumexp_by) }),
        name: "logsumexp",
        unroll: Unroll::Text("max(x, axis=axis) + log(sum(exp(x - expand(max(x, axis=axis), axis)), axis))"),
        slopes: &["softmax(x, axis)"],
        short: "lse{x}",
        says: "is log(sum(exp(x))) without overflow; multiplies its gradient by softmax(x).",
        forms: &["log(sum(exp(x)))"],
        ..REDUCTION
    };
    Softmax: array |args, out| array::sweep(runs::softmax, args, out) => Row {
        whole: Some(Whole { summary: Summary::Powers, made: Made::Each(runs::softmax_by) }),
        bounds: Some(bounds::softmax),
        name: "softmax",
        shape_rule: shape_rules::kept,
        unroll: Unroll::Text("exp(x - expand(max(x, axis=axis), axis)) / expand(sum(exp(x - expand(max(x, axis=axis), axis)), axis), axis)"),
        slopes: &["out * (dout - expand(sum(out * dout, axis), axis))"],
        short: "softmax{x}",
        does: "turns numbers into parts of 1: measures each gradient against the mean of all, weighted by those parts",
        says: "turns numbers into parts of 1; each gradient is measured against their mean, weighted by those parts.",
        forms: &["exp(x) / sum(exp(x))"],
        axis: Axis::Keeps,
        ..REDUCTION
    };
    Cumsum: array |args, out| array::sweep(runs::running_sum, args, out) => Row {
        name: "cumsum",
        shape_rule: shape_rules::running,
        axis: Axis::Keeps,
        unroll: Unroll::Scan { gate: Gate::Add, from_end: false },
        slopes: &["like(cumsum_from_end(dout, axis), x)"],
        short: "cum{x}",
        does: "adds up all elements to here: each gets the gradients from its place on, added up",
        says: "adds up all elements to here; each one's gradient is the sum of those from its place on. A matrix without an axis counts row by row.",
        ..REDUCTION
    };
    CumsumFromEnd: array |args, out| array::sweep(runs::running_sum_from_end, args, out) => Row {
        name: "cumsum_from_end",
        family: Family::Internal,
        shape_rule: shape_rules::running,
        axis: Axis::Keeps,
        unroll: Unroll::Scan { gate: Gate::Add, from_end: true },
        slopes: &["like(cumsum(dout, axis), x)"],
        says: "adds up all elements from here on.",
        ..REDUCTION
    };
    Argmax: array |args, out| array::reduce(runs::place_of_largest, args, out) => Row {precise: run!(place_of_largest), choice: Choice::Between,
        name: "argmax",
        short: "amax{x}",
        says: "is the place of the largest element, counted from 0, the first of those that tie; no gradient gets past it.",
        ..REDUCTION
    };
    Argmin: array |args, out| array::reduce(runs::place_of_smallest, args, out) => Row {precise: run!(place_of_smallest), choice: Choice::Between,
        name: "argmin",
        short: "amin{x}",
        says: "is the place of the smallest element, counted from 0, the first of those that tie; no gradient gets past it.",
        ..REDUCTION
    };
    Size: size array::length => Row {
        name: "size",
        shape_rule: shape_rules::measured,
        axis: Axis::Keeps,
        says: "is how many numbers x holds; no gradient gets past it.",
        ..REDUCTION
    };
    Centered: array |args, out| array::sweep(runs::centered, args, out) => Row {
        whole: Some(Whole { summary: Summary::Middle, made: Made::Each(runs::centered_by) }),
        bounds: Some(bounds::centered),
        name: "centered",
        family: Family::Internal,
        shape_rule: shape_rules::kept,
        unroll: Unroll::Text("x - expand(sum(x, axis) / size(x, axis), axis)"),
        slopes: &["centered(dout, axis)"],
        says: "is the distance of each element from the mean.",
        axis: Axis::Keeps,
        ..REDUCTION
    };
    Others: array |args, out| array::sweep(runs::others, args, out) => Row {precise: run!(others),
        name: "others",
        family: Family::Internal,
        shape_rule: shape_rules::kept,
        slopes: &["pairs(dout, x, axis)"],
        says: "is, for each element, the product of all the others.",
        axis: Axis::Keeps,
        ..REDUCTION
    };
    Pairs: array array::pairs_along => Row {precise: run!(pairs),
        name: "pairs",
        family: Family::Internal,
        operands: &["g", "x"],
        shape_rule: shape_rules::same,
        slopes: &["pairs(dout, x, axis)", "(expand(sum(dout * out, axis), axis) - dout * out - g * pairs(dout, x, axis)) / x"],
        says: "is, for each element, the sum of the others' weights g, each times the product of all but the two.",
        axis: Axis::Keeps,
        ..REDUCTION
    };

    // Vectors and matrices.
    Matmul: array array::product => Row {
        cases: &[Gate::Matvec, Gate::Vecmat, Gate::Inner],
        carrying: Some([Gate::MatmulFirst, Gate::MatmulLast]),
        ..MATMUL
    };
    Matvec: array array::product => Row { carrying: Some([Gate::MatvecFirst, Gate::MatvecLast]), ..MATVEC };
    Vecmat: array array::product => Row { carrying: Some([Gate::VecmatFirst, Gate::VecmatLast]), ..VECMAT };
    Inner: array array::product => Row { carrying: Some([Gate::InnerFirst, Gate::InnerLast]), ..INNER };
    // The same products in a backward pass, the first or the last operand an upstream gradient: a 0 in it carries nothing.
    MatmulFirst: array array::product_first => Row {
        cases: &[Gate::MatvecFirst, Gate::VecmatFirst, Gate::InnerFirst],
        ..backward(&MATMUL)
    };
    MatvecFirst: array array::product_first => backward(&MATVEC);
    VecmatFirst: array array::product_first => backward(&VECMAT);
    InnerFirst: array array::product_first => backward(&INNER);
    MatmulLast: array array::product_last => Row {
        cases: &[Gate::MatvecLast, Gate::VecmatLast, Gate::InnerLast],
        ..backward(&MATMUL)
    };
    MatvecLast: array array::product_last => backward(&MATVEC);
    VecmatLast: array array::product_last => backward(&VECMAT);
    InnerLast: array array::product_last => backward(&INNER);
    Dot: array array::product => Row {
        name: "dot",
        operands: &["x", "y"],
        shape_rule: shape_rules::dot,
        unroll: Unroll::Products,
        slopes: &["y", "x"],
        commutes: true,
        short: "{x}{y}",
        does: "multiplies number by number and adds: each operand gets the gradient times the other operand (swaps)",
        says: "multiplies two vectors number by number and adds; swaps its operands and multiplies them by its gradient.",
        domain: "vectors of one length",
        ..MATRIX
    };
    Outer: array array::outer => Row { carrying: Some([Gate::OuterFirst, Gate::OuterLast]), ..OUTER };
    OuterFirst: array array::outer_first => backward(&OUTER);
    OuterLast: array array::outer_last => backward(&OUTER);
    Transpose: array array::transpose => Row {
        name: "transpose",
        operands: &["x"],
        shape_rule: shape_rules::transpose,
        written: Fragments(&[Operand(0, Level::Atom), Text(".T")], Level::Atom),
        unroll: Unroll::Moves,
        slopes: &["dout.T"],
        short: "{x}T",
        does: "makes rows of columns: hands the gradient back transposed",
        says: "makes rows of columns, and back in its gradient.",
        domain: "every x",
        ..MATRIX
    };
    Trace: array array::trace => Row {
        name: "trace",
        operands: &["x"],
        shape_rule: shape_rules::of_square,
        unroll: Unroll::Text("sum(diag(x))"),
        slopes: &["eye(size(x, 0))"],
        short: "tr{x}",
        says: "adds the diagonal; hands its gradient to the diagonal, unchanged.",
        domain: "a square matrix",
        ..MATRIX
    };
    Det: array array::det => Row {precise: whole!(determinant),
        name: "det",
        operands: &["x"],
        shape_rule: shape_rules::of_square,
        unroll: Unroll::Determinant,
        slopes: &["cofactor(x)"],
        short: "det{x}",
        says: "is the signed volume of the rows; multiplies its gradient by the cofactors, det(x) * inv(x).T.",
        domain: "a square matrix",
        ..MATRIX
    };
    Logdet: array array::logdet => Row {precise: whole!(log_determinant),
        name: "logdet",
        operands: &["x"],
        shape_rule: shape_rules::of_square,
        inverts: true,
        unroll: Unroll::Text("log(det(x))"),
        slopes: &["inv(x).T"],
        guarded: true,
        short: "ldet{x}",
        says: "is log(det(x)) without overflow, nan where the determinant is negative; multiplies its gradient by inv(x).T.",
        domain: "a square matrix with a determinant above 0",
        forms: &["log(det(x))"],
        ..MATRIX
    };
    Cofactor: array array::cofactor => Row {precise: whole!(cofactors),
        name: "cofactor",
        operands: &["x"],
        family: Family::Internal,
        shape_rule: shape_rules::square_same,
        slopes: &["(sum(out * dout) * out - out @ dout.T @ out) / det(x)"],
        says: "is the slope of the determinant in each number.",
        ..MATRIX
    };
    Inv: array array::inverse => Row {precise: whole!(inverse_matrix),
        name: "inv",
        operands: &["x"],
        shape_rule: shape_rules::square_same,
        inverts: true,
        unroll: Unroll::Inverse,
        slopes: &["-out.T @ dout @ out.T"],
        short: "inv{x}",
        does: "inverts a matrix: its operand gets minus the gradient between two transposes of the result",
        says: "is the inverse matrix; its gradient is turned round and multiplied by the inverse's transpose from both sides.",
        domain: "a square matrix with a determinant other than 0",
        ..MATRIX
    };
    Solve: array array::solve => Row {precise: whole!(solution),
        name: "solve",
        cases: &[Gate::SolveVector],
        shape_rule: shape_rules::solve,
        inverts: true,
        slopes: &["-solve(x.T, dout) @ out.T", "solve(x.T, dout)"],
        says: "is the z with x @ z == y; its gradient is solved for with the transposed matrix.",
        ..SOLVE
    };
    SolveVector: array array::solve => Row {precise: whole!(solution),
        name: "solve",
        shape_rule: shape_rules::solve_vector,
        inverts: true,
        slopes: &["-outer(solve(x.T, dout), out)", "solve(x.T, dout)"],
        says: "is the vector z with x @ z == y.",
        ..SOLVE
    };
    Diag: array array::diagonal => Row {
        name: "diag",
        cases: &[Gate::DiagOf],
        operands: &["x"],
        shape_rule: shape_rules::diagonal,
        unroll: Unroll::Moves,
        slopes: &["diag(dout)"],
        short: "diag{x}",
        says: "is the diagonal of a square matrix, or a matrix with a vector on its diagonal, and the other way in its gradient.",
        domain: "a square matrix or a vector",
        ..MATRIX
    };
    DiagOf: array array::with_diagonal => Row {
        name: "diag",
        operands: &["x"],
        shape_rule: shape_rules::with_diagonal,
        unroll: Unroll::Moves,
        slopes: &["diag(dout)"],
        short: "diag{x}",
        says: "is a matrix with a vector on its diagonal.",
        ..MATRIX
    };

    // Arrays and their parts.
    Stack: array parts::in_order => Row {
        name: "stack",
        family: Family::Internal,
        operands: &["x", "y"],
        many: true,
        shape_rule: shape_rules::stack,
        written: Written::List("[", "]"),
        unroll: Unroll::Moves,
        slopes: &["dout[at]", "dout[at]"],
        says: "is a vector of numbers, or a matrix of rows; hands each the part of its gradient at its place.",
        ..BUILDING
    };
    Index: array parts::index => Row {
        name: "index",
        family: Family::Internal,
        operands: &["x", "from", "to", "by", "left", "right", "step"],
        shape_rule: shape_rules::index,
        written: Written::Subscripts("", 0, ""),
        unroll: Unroll::Moves,
        slopes: &["scatter(dout, x, from, to, by, left, right, step)", "", "", "", "", "", ""],
        short: "{x}{from}{left}",
        places: [1, usize::MAX],
        does: "takes numbers out: hands the gradient back to their places, and 0 to the others",
        says: "takes elements; hands its gradient back to their places, and 0 to the others.",
        ..BUILDING
    };
    Scatter: array parts::scatter => Row {
        name: "scatter",
        family: Family::Internal,
        operands: &["g", "x", "from", "to", "by", "left", "right", "step"],
        shape_rule: shape_rules::scatter,
        written: SCATTER,
        unroll: Unroll::Moves,
        slopes: &["dout[from:to:by, left:right:step]", "", "", "", "", "", "", ""],
        places: [2, usize::MAX],
        says: "puts numbers in their places among zeros.",
        ..BUILDING
    };
    Gather: array parts::gather => Row {
        cases: &[Gate::GatherRows, Gate::GatherPairs],
        shape_rule: shape_rules::gather,
        ..GATHER
    };
    GatherRows: array parts::gather => Row { shape_rule: shape_rules::gather_rows, ..GATHER };
    GatherPairs: array parts::gather => Row {
        operands: &["x", "i", "j"],
        shape_rule: shape_rules::gather_pairs,
        written: Fragments(
            &[Operand(0, Level::Atom), Text("["), Operand(1, Level::Compare), Text(", "), Operand(2, Level::Compare), Text("]")],
            Level::Atom,
        ),
        slopes: &["scatter_add(dout, x, i, j)", "", ""],
        short: "{x}{i}{j}",
        ..GATHER
    };
    ScatterAdd: array parts::scatter_add => Row {
        cases: &[Gate::ScatterAddPairs],
        operands: &["g", "x", "i"],
        slopes: &["gather(dout, i)", "", ""],
        ..SCATTER_ADD
    };
    ScatterAddPairs: array parts::scatter_add => Row {
        operands: &["g", "x", "i", "j"],
        slopes: &["gather(dout, i, j)", "", "", ""],
        ..SCATTER_ADD
    };
    Concat: array parts::in_order => Row {
        name: "concat",
        cases: &[Gate::ConcatAlong],
        operands: &["x", "y"],
        many: true,
        shape_rule: shape_rules::concat,
        by_axis: &[Gate::Concat, Gate::ConcatAlong],
        unroll: Unroll::Moves,
        slopes: &["dout[start:start + size(x, 0)]", "dout[start:start + size(x, 0)]"],
        short: "",
        says: "puts arrays end to end along the first axis (or side by side with axis=1); hands each its part of the gradient.",
        domain: "arrays of one rank",
        ..BUILDING
    };
    ConcatAlong: array parts::side_by_side => Row {
        name: "concat",
        written: Written::List("concat(", ", axis=1)"),
        operands: &["x", "y"],
        many: true,
        shape_rule: shape_rules::concat_across,
        unroll: Unroll::Moves,
        slopes: &["dout[:, start:start + size(x, 1)]", "dout[:, start:start + size(x, 1)]"],
        says: "puts matrices side by side; hands each its columns of the gradient.",
        domain: "matrices of as many rows",
        ..BUILDING
    };
    Reshape: array parts::copy => Row {
        name: "reshape",
        cases: &[Gate::ReshapeMatrix],
        operands: &["x", "n"],
        shape_rule: shape_rules::reshape_vector,
        unroll: Unroll::Moves,
        slopes: &["like(dout, x)", ""],
        short: "{x}{n}",
        says: "keeps the numbers and changes the shape, and back in its gradient.",
        domain: "as many numbers as the shape holds",
        ..BUILDING
    };
    ReshapeMatrix: array parts::copy => Row {
        name: "reshape",
        operands: &["x", "m", "n"],
        shape_rule: shape_rules::reshape_matrix,
        unroll: Unroll::Moves,
        slopes: &["like(dout, x)", "", ""],
        short: "{x}{m}{n}",
        says: "keeps the numbers and changes the shape.",
        ..BUILDING
    };
    Like: array parts::copy => Row {
        name: "like",
        regroups: true,
        family: Family::Internal,
        operands: &["g", "x"],
        shape_rule: shape_rules::like,
        unroll: Unroll::Moves,
        slopes: &["like(dout, g)", ""],
        says: "keeps the numbers of g in the shape of x.",
        ..BUILDING
    };
    Expand: array parts::copy => Row {
        name: "expand",
        operands: &["x", "axis"],
        shape_rule: shape_rules::expanded,
        unroll: Unroll::Moves,
        slopes: &["like(dout, x)", ""],
        short: "{x}",
        says: "keeps the numbers and adds an axis of size 1: a column for axis 1.",
        domain: "a number or a vector",
        axis: Axis::Adds,
        ..BUILDING
    };
    Onehot: array parts::onehot => Row {precise: Precise::Exact,
        name: "onehot",
        operands: &["y", "n"],
        shape_rule: shape_rules::onehot,
        slopes: &["", ""],
        short: "hot{y}",
        places: [0, 1],
        says: "is a row of n zeros with a 1 at the place y, for each y; no gradient gets past it.",
        domain: "whole numbers from 0 to n - 1",
        ..BUILDING
    };
    Nonzero: array parts::nonzero => Row {precise: Precise::Exact,
        name: "nonzero",
        operands: &["m", "k"],
        shape_rule: shape_rules::nonzero,
        slopes: &["", ""],
        short: "at{m}",
        places: [0, 1],
        says: "is the k places at which a mask is 1, in their order, as `x[m]` takes them; no gradient gets past it.",
        domain: "a mask of zeros and k ones; a stage that uses more or fewer is to be named again",
        ..BUILDING
    };
    Zeros: fill 0.0 => Row {precise: Precise::Exact,
        name: "zeros",
        cases: &[Gate::ZerosMatrix],
        operands: &["n"],
        shape_rule: shape_rules::vector,
        says: "is a vector of zeros, or a matrix of m rows and n columns: zeros(m, n).",
        domain: "whole numbers from 1 on",
        ..BUILDING
    };
    ZerosMatrix: fill 0.0 => Row {precise: Precise::Exact,
        name: "zeros",
        operands: &["m", "n"],
        shape_rule: shape_rules::matrix,
        says: "is a matrix of zeros.",
        ..BUILDING
    };
    Ones: fill 1.0 => Row {precise: Precise::Exact,
        name: "ones",
        cases: &[Gate::OnesMatrix],
        operands: &["n"],
        shape_rule: shape_rules::vector,
        says: "is a vector of ones, or a matrix of m rows and n columns: ones(m, n).",
        domain: "whole numbers from 1 on",
        ..BUILDING
    };
    OnesMatrix: fill 1.0 => Row {precise: Precise::Exact,
        name: "ones",
        operands: &["m", "n"],
        shape_rule: shape_rules::matrix,
        says: "is a matrix of ones.",
        ..BUILDING
    };
    Eye: array parts::eye => Row {precise: Precise::Exact,
        name: "eye",
        operands: &["n"],
        shape_rule: shape_rules::eye,
        says: "is a square matrix of zeros with ones on its diagonal.",
        domain: "whole numbers from 1 on",
        ..BUILDING
    };
    Linspace: array parts::linspace => Row {precise: whole!(linspace),
        name: "linspace",
        operands: &["a", "b", "n"],
        shape_rule: shape_rules::linspace,
        unroll: Unroll::Text("a + (b - a) * linspace(0, 1, n)"),
        slopes: &["sum(linspace(1, 0, n) * dout)", "sum(linspace(0, 1, n) * dout)", ""],
        short: "",
        does: "spreads numbers from one end to the other: each end gets the gradients, weighted by nearness",
        says: "is n numbers from a to b at equal distances; its ends share its gradient.",
        domain: "a and b single numbers",
        ..BUILDING
    };
    Range: array parts::range => Row {precise: whole!(range),  operands: &["n"], cases: &[Gate::RangeFrom, Gate::RangeBy], ..RANGE };
    RangeFrom: array parts::range => Row {precise: whole!(range),  operands: &["a", "b"], ..RANGE };
    RangeBy: array parts::range => Row {precise: whole!(range),  operands: &["a", "b", "by"], ..RANGE };
    Randn: draw Draw::Normal => Row {
        name: "randn",
        cases: &[Gate::RandnMatrix],
        operands: &["n"],
        shape_rule: shape_rules::vector,
        says: "is n random numbers of mean 0 and variance 1, or a matrix: randn(m, n). The setting seed chooses which.",
        domain: "whole numbers from 1 on",
        ..BUILDING
    };
    RandnMatrix: draw Draw::Normal => Row {
        name: "randn",
        operands: &["m", "n"],
        shape_rule: shape_rules::matrix,
        says: "is a matrix of random numbers of mean 0 and variance 1.",
        ..BUILDING
    };
    Rand: draw Draw::Uniform => Row {
        name: "rand",
        cases: &[Gate::RandMatrix],
        operands: &["n"],
        shape_rule: shape_rules::vector,
        says: "is n random numbers between 0 and 1, or a matrix: rand(m, n). The setting seed chooses which.",
        domain: "whole numbers from 1 on",
        ..BUILDING
    };
    RandMatrix: draw Draw::Uniform => Row {
        name: "rand",
        operands: &["m", "n"],
        shape_rule: shape_rules::matrix,
        says: "is a matrix of random numbers between 0 and 1.",
        ..BUILDING
    };

    // Comparisons.
    Lt: binary |x, y| truth(x < y) => Row { bounds: Some(bounds::truth), precise: order!(Some(Ordering::Less)), choice: Choice::Between,  name: "lt", signs: &["<"], written: Infix(" < ", Level::Compare), short: "{x}lt{y}", ..COMPARISON };
    Le: binary |x, y| truth(x <= y) => Row { bounds: Some(bounds::truth), precise: order!(Some(Ordering::Less | Ordering::Equal)), choice: Choice::Between,  name: "le", signs: &["<=", "≤"], written: Infix(" <= ", Level::Compare), short: "{x}le{y}", ..COMPARISON };
    Gt: binary |x, y| truth(x > y) => Row { bounds: Some(bounds::truth), precise: order!(Some(Ordering::Greater)), choice: Choice::Between,  name: "gt", signs: &[">"], written: Infix(" > ", Level::Compare), short: "{x}gt{y}", ..COMPARISON };
    Ge: binary |x, y| truth(x >= y) => Row { bounds: Some(bounds::truth), precise: order!(Some(Ordering::Greater | Ordering::Equal)), choice: Choice::Between,  name: "ge", signs: &[">=", "≥"], written: Infix(" >= ", Level::Compare), short: "{x}ge{y}", ..COMPARISON };
    Eq: binary |x, y| truth(x == y) => Row { bounds: Some(bounds::truth), precise: order!(Some(Ordering::Equal)), choice: Choice::Between,  name: "eq", signs: &["=="], written: Infix(" == ", Level::Compare), short: "{x}eq{y}", ..COMPARISON };
    Ne: binary |x, y| truth(x != y) => Row { bounds: Some(bounds::truth), precise: order!(None | Some(Ordering::Less | Ordering::Greater)), choice: Choice::Between,  name: "ne", signs: &["!=", "≠"], written: Infix(" != ", Level::Compare), short: "{x}ne{y}", ..COMPARISON };
}
