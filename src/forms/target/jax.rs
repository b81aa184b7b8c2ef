//! JAX: a function of numbers or of arrays that broadcast, which `jax.jit` and `jax.vmap` take; run as a program, it is compared with
//! `jax.grad` of its own value.
//!
//! Knows what `jax.numpy` and `jax.scipy.special` have. A gate that they lack has no entry.

use super::function::Function;
use super::python::{COMMON, NUMPY, RESERVED};
use super::vectorised::{self, Library};
use super::{Dialect, Entry, HELPED, Helper, SIGNS, Target, by_gate, call, like, same};
#[allow(clippy::enum_glob_use, reason = "a table of every gate")]
use crate::vocabulary::Gate::{self, *};
use crate::vocabulary::gate::Fragment::{Condition, Operand, Text};
use crate::vocabulary::gate::Level;
use crate::vocabulary::gate::Written::{Fragments, Nested};
use std::fmt::Write as _;
use std::sync::LazyLock;

/// JAX as a language of functions.
pub static TARGET: Target = Target {
    name: "jax",
    says: "a JAX function that returns the value and the gradients, and a comparison with jax.grad",
    ending: "",
    comment: "# ",
    dialect: |_| &JAX,
    dialects: &[&JAX],
    plain: true,
    folds: true,
    function,
};

/// Expressions of JAX's arrays.
pub static JAX: Dialect = Dialect {
    title: "JAX",
    entry: |gate: Gate| {
        static ENTRIES: LazyLock<Vec<Option<Entry>>> = LazyLock::new(|| by_gate(&[NUMBERS, COMMON, SIGNS, HELPED]));
        ENTRIES[gate as usize]
    },
    constant: |_| None,
    reserved: &[RESERVED, &[vectorised::SHAPE, "jax", "jnp", "given", "value", "gradients", "others", "list", "float"]],
    helpers: &[HELPERS],
    ..NUMPY
};

const NUMBERS: &[Entry] = &[
    call(Guard, "guard("),
    like(
        Where,
        Fragments(
            &[Text("jnp.where("), Condition(0), Text(", "), Operand(1, Level::Compare), Text(", "), Operand(2, Level::Compare), Text(")")],
            Level::Atom,
        ),
    ),
    call(StopGradient, "jax.lax.stop_gradient("),
    call(Exp, "jnp.exp("),
    call(Expm1, "jnp.expm1("),
    call(Exp2, "jnp.exp2("),
    call(Log, "jnp.log("),
    call(Log1p, "jnp.log1p("),
    call(Log2, "jnp.log2("),
    call(Log10, "jnp.log10("),
    call(Sqrt, "root("),
    call(Cbrt, "jnp.cbrt("),
    call(Sin, "jnp.sin("),
    call(Cos, "jnp.cos("),
    call(Tan, "jnp.tan("),
    call(Asin, "jnp.arcsin("),
    call(Acos, "jnp.arccos("),
    call(Atan, "jnp.arctan("),
    call(Atan2, "jnp.arctan2("),
    call(Sinh, "jnp.sinh("),
    call(Cosh, "jnp.cosh("),
    call(Tanh, "jnp.tanh("),
    call(Asinh, "jnp.arcsinh("),
    call(Acosh, "jnp.arccosh("),
    call(Atanh, "jnp.arctanh("),
    call(Abs, "jnp.abs("),
    call(Sign, "jnp.sign("),
    call(Floor, "jnp.floor("),
    call(Ceil, "jnp.ceil("),
    call(Round, "jnp.round("),
    like(Max, Nested("jnp.maximum(")),
    like(Min, Nested("jnp.minimum(")),
    call(Clamp, "jnp.clip("),
    like(Hypot, Nested("jnp.hypot(")),
    call(Mod, "jnp.mod("),
    call(Logaddexp, "jnp.logaddexp("),
    call(Erf, "jax.scipy.special.erf("),
    call(Erfc, "jax.scipy.special.erfc("),
    call(Gamma, "jax.scipy.special.gamma("),
    call(Lgamma, "jax.scipy.special.gammaln("),
    same(Digamma),
    same(Xlogy),
];

#[rustfmt::skip]
const HELPERS: &[Helper] = &[
    ("reals", "def reals(*given): return [jnp.asarray(x, float) for x in given]"),
    ("joint", "def joint(*given): return jnp.broadcast_shapes(*map(jnp.shape, given))"),
    ("spread", "def spread(x, shape): return jnp.broadcast_to(jnp.asarray(x, float), shape)"),
    ("guard", "def guard(slope, value): return jnp.where(jnp.isnan(value), value, slope)"),
    ("root", "def root(x): return jnp.sqrt(jnp.where(x == 0, 0.0, x))"),
    ("sigma", "def sigma(x):
    small = jnp.exp(-jnp.abs(x))
    return jnp.where(x >= 0, 1.0, small) / (1.0 + small)"),
    ("relu", "def relu(x): return jnp.maximum(x, 0.0)"),
    ("leaky_relu", "def leaky_relu(x): return jnp.where(x > 0, x, 0.01 * x)"),
    ("elu", "def elu(x): return jnp.where(x > 0, x, jnp.expm1(jnp.minimum(x, 0.0)))"),
    ("softplus", "def softplus(x): return jnp.maximum(x, 0.0) + jnp.log1p(jnp.exp(-jnp.abs(x)))"),
    ("silu", "def silu(x): return jnp.where(x == -jnp.inf, -0.0, jnp.where(x == -jnp.inf, 0.0, x) * sigma(x))"),
    ("gelu", "def gelu(x): return jnp.where(x < -39, -0.0, 0.5 * jnp.maximum(x, -39) * jax.scipy.special.erfc(-x * 0.7071067811865476))"),
    ("logsigmoid", "def logsigmoid(x): return -softplus(-x)"),
    ("log1mexp", "def log1mexp(x):
    near, far = jnp.minimum(x, 0.6931471805599453), jnp.maximum(x, 0.6931471805599453)
    return jnp.where(x <= 0.6931471805599453, jnp.log(-jnp.expm1(-near)), jnp.log1p(-jnp.exp(-far)))"),
    ("xlogy", "def xlogy(x, y):
    none = (x == 0) & (y == y)
    return jnp.where(none, 0.0, x * jnp.log(jnp.where(none, 1.0, y)))"),
    ("digamma", "def digamma(x): return jnp.where(x == 0, -jnp.copysign(jnp.inf, x), jax.scipy.special.digamma(x))"),
    ("sinc", "def sinc(x):
    near = (x == 0) | jnp.isinf(x)
    return jnp.where(x == 0, 1.0, jnp.where(near, 0.0, jnp.sin(jnp.where(near, 1.0, x)) / jnp.where(near, 1.0, x)))"),
];

const LIBRARY: Library = Library {
    imports: "import jax\nimport jax.numpy as jnp\n\njax.config.update('jax_enable_x64', True)\n\n",
    within: "",
    remark: "# On a processor JAX takes numbers that are too small for a normal number of 64 bits for 0.
",
};

fn function(function: &Function<'_>) -> String {
    let mut text = vectorised::function(function, &LIBRARY);
    let (remark, numbers, places) = vectorised::point(function);
    if places.is_empty() {
        return text;
    }
    let scaled = if function.upstream.to_bits() == 1f64.to_bits() {
        String::new()
    } else {
        format!("{} * ", super::python::float(function.upstream))
    };
    let name = &function.name;
    let _ = write!(
        text,
        "\n\nif __name__ == '__main__':
{remark}    given = [{numbers}]
    value, gradients = {name}(*given)
    others = jax.grad(lambda *given: {scaled}{name}(*given)[0], argnums=[{places}])(*given)
    print('value:', value, 'gradients:', {{key: float(number) for key, number in gradients.items()}})
    print('largest difference from jax.grad:', jnp.max(jnp.abs(jnp.array(list(gradients.values())) - jnp.array(others))))
"
    );
    text
}
