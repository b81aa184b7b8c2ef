//! PyTorch: a function of numbers or of tensors that broadcast; run as a program, it is compared with `torch.autograd`.
//!
//! Knows what `torch` has for tensors of 64 bits. A gate that it lacks has no entry.

use super::function::Function;
use super::python::{COMMON, NUMPY, POWER, RESERVED};
use super::vectorised::{self, Library};
use super::{CHOOSE, Dialect, Entry, HELPED, Helper, SIGNS, Target, by_gate, call, like, same};
#[allow(clippy::enum_glob_use, reason = "a table of every gate")]
use crate::vocabulary::Gate::{self, *};
use crate::vocabulary::gate::Fragment::{Operand, Text};
use crate::vocabulary::gate::Level;
use crate::vocabulary::gate::Written::{Fragments, Infix, Nested};
use std::fmt::Write as _;
use std::sync::LazyLock;

/// PyTorch as a language of functions.
pub static TARGET: Target = Target {
    name: "pytorch",
    says: "a PyTorch function that returns the value and the gradients, and a comparison with autograd",
    ending: "",
    comment: "# ",
    dialect: |_| &PYTORCH,
    dialects: &[&PYTORCH],
    plain: true,
    folds: true,
    function,
};

/// Expressions of tensors.
pub static PYTORCH: Dialect = Dialect {
    title: "PyTorch",
    entry: |gate: Gate| {
        static ENTRIES: LazyLock<Vec<Option<Entry>>> = LazyLock::new(|| by_gate(&[NUMBERS, COMMON, SIGNS, HELPED]));
        ENTRIES[gate as usize]
    },
    truth: " != 0",
    of_truth: ["real(", ")"],
    truths_multiply: false,
    constant: |_| None,
    reserved: &[RESERVED, &[vectorised::SHAPE, "int", "torch", "given", "value", "gradients", "others"]],
    helpers: &[HELPERS],
    ..NUMPY
};

const NUMBERS: &[Entry] = &[
    call(Guard, "guard("),
    like(Where, CHOOSE),
    like(StopGradient, Fragments(&[Text("real("), Operand(0, Level::Compare), Text(").detach()")], Level::Atom)),
    call(Exp, "torch.exp("),
    call(Expm1, "torch.expm1("),
    call(Exp2, "torch.exp2("),
    call(Log, "torch.log("),
    call(Log1p, "torch.log1p("),
    call(Log2, "torch.log2("),
    call(Log10, "torch.log10("),
    call(Sqrt, "root("),
    same(Cbrt),
    call(Sin, "torch.sin("),
    call(Cos, "torch.cos("),
    call(Tan, "torch.tan("),
    call(Asin, "torch.asin("),
    call(Acos, "torch.acos("),
    call(Atan, "torch.atan("),
    call(Atan2, "atan2("),
    call(Sinh, "torch.sinh("),
    call(Cosh, "torch.cosh("),
    call(Tanh, "torch.tanh("),
    call(Asinh, "torch.asinh("),
    call(Acosh, "torch.acosh("),
    call(Atanh, "torch.atanh("),
    call(Abs, "torch.abs("),
    call(Sign, "sign("),
    call(Floor, "torch.floor("),
    call(Ceil, "torch.ceil("),
    call(Round, "torch.round("),
    like(Max, Nested("maximum(")),
    like(Min, Nested("minimum(")),
    same(Clamp),
    like(Hypot, Nested("hypot(")),
    call(Mod, "torch.remainder("),
    // A number over a tensor is the number times a reciprocal, which may be infinite; a power of 0.5 is a root.
    like(Div, Infix(" / ", Level::Product)).beside_literal(
        Fragments(&[Text("real("), Operand(0, Level::Compare), Text(") / "), Operand(1, Level::Unary)], Level::Product),
        Infix(" / ", Level::Product),
    ),
    like(Pow, POWER).beside_literal(
        Fragments(&[Text("torch.pow(real("), Operand(0, Level::Compare), Text("), "), Operand(1, Level::Compare), Text(")")], Level::Atom),
        Fragments(&[Text("torch.pow("), Operand(0, Level::Compare), Text(", real("), Operand(1, Level::Compare), Text("))")], Level::Atom),
    ),
    call(Logaddexp, "logaddexp("),
    call(Erf, "torch.special.erf("),
    call(Erfc, "torch.special.erfc("),
    call(Erfcx, "torch.special.erfcx("),
    call(Lgamma, "torch.special.gammaln("),
    call(Digamma, "torch.special.digamma("),
    call(Xlogy, "torch.special.xlogy("),
];

#[rustfmt::skip]
const HELPERS: &[Helper] = &[
    ("real", "def real(x): return torch.as_tensor(x, dtype=torch.float64)"),
    ("reals", "def reals(*given): return [real(x) for x in given]"),
    ("joint", "def joint(*given): return torch.broadcast_shapes(*(x.shape for x in given))"),
    ("spread", "def spread(x, shape): return torch.broadcast_to(real(x), shape).clone()"),
    ("choose", "def choose(c, x, y): return torch.where(c, real(x), real(y))"),
    ("guard", "def guard(slope, value): return torch.where(torch.isnan(value), value, real(slope))"),
    ("root", "def root(x): return torch.sqrt(x + 0.0)"),
    ("cbrt", "def cbrt(x):
    y = torch.copysign(torch.abs(x) ** (1 / 3), x)
    return torch.where((x == 0) | torch.isinf(x) | torch.isnan(x), x, y - (y * y * y - x) / (3 * y * y))"),
    ("atan2", "def atan2(x, y): return torch.atan2(real(x), real(y))"),
    ("hypot", "def hypot(x, y): return torch.hypot(real(x), real(y))"),
    ("logaddexp", "def logaddexp(x, y): return torch.logaddexp(real(x), real(y))"),
    ("maximum", "def maximum(x, y): return torch.maximum(real(x), real(y))"),
    ("minimum", "def minimum(x, y): return torch.minimum(real(x), real(y))"),
    ("clamp", "def clamp(x, lo, hi): return minimum(maximum(x, lo), hi)"),
    ("sign", "def sign(x): return torch.where(torch.isnan(x), x, torch.sign(x))"),
    ("sigma", "def sigma(x):
    small = torch.exp(-torch.abs(x))
    return choose(x >= 0, 1.0, small) / (1.0 + small)"),
    ("relu", "def relu(x): return maximum(x, 0.0)"),
    ("leaky_relu", "def leaky_relu(x): return choose(x > 0, x, 0.01 * x)"),
    ("elu", "def elu(x): return choose(x > 0, x, torch.expm1(minimum(x, 0.0)))"),
    ("softplus", "def softplus(x): return maximum(x, 0.0) + torch.log1p(torch.exp(-torch.abs(x)))"),
    ("silu", "def silu(x): return choose(x == -torch.inf, -0.0, choose(x == -torch.inf, 0.0, x) * sigma(x))"),
    ("gelu", "def gelu(x): return choose(x < -39, -0.0, 0.5 * maximum(x, -39.0) * torch.special.erfc(-x * 0.7071067811865476))"),
    ("logsigmoid", "def logsigmoid(x): return -softplus(-x)"),
    ("log1mexp", "def log1mexp(x):
    near, far = minimum(x, 0.6931471805599453), maximum(x, 0.6931471805599453)
    return choose(x <= 0.6931471805599453, torch.log(-torch.expm1(-near)), torch.log1p(-torch.exp(-far)))"),
    ("sinc", "def sinc(x):
    near = (x == 0) | torch.isinf(x)
    return choose(x == 0, 1.0, choose(near, 0.0, torch.sin(choose(near, 1.0, x)) / choose(near, 1.0, x)))"),
];

const LIBRARY: Library = Library { imports: "import torch\n\n", within: "", remark: "" };

fn function(function: &Function<'_>) -> String {
    let mut text = vectorised::function(function, &LIBRARY);
    let (remark, numbers, places) = vectorised::point(function);
    if places.is_empty() {
        return text;
    }
    let name = &function.name;
    let upstream = super::python::float(function.upstream);
    let _ = write!(
        text,
        "\n\nif __name__ == '__main__':
{remark}    given = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in [{numbers}]]
    value, gradients = {name}(*given)
    others = [torch.zeros(())] * len(gradients)
    if value.requires_grad:
        others = torch.autograd.grad(value, [given[at] for at in [{places}]], torch.full_like(value, {upstream}), materialize_grads=True)
    print('value:', value.item(), 'gradients:', {{key: number.item() for key, number in gradients.items()}})
    differences = torch.stack([(own - other).abs() for own, other in zip(gradients.values(), others)])
    print('largest difference from torch.autograd:', differences.max().item())
"
    );
    text
}
