//! JavaScript: a function of single numbers, and expressions for a page that computes a circuit anew.
//!
//! Knows what the language's `Math` has and, as helpers, what it lacks. Which expressions a page needs, its view knows. Arrays have no
//! entry, so a program with one is shown and not computed.

use super::function::{Function, Statement as Line};
use super::{CHOOSE, Dialect, Entry, HELPED, Helper, OWN, SIGNS, SPECIAL, Target, by_gate, c, call, like, same, uses};
use crate::ground::number;
#[allow(clippy::enum_glob_use, reason = "a table of every gate")]
use crate::vocabulary::Gate::{self, *};
use crate::vocabulary::gate::Fragment::{Condition, Operand, Text};
use crate::vocabulary::gate::Level;
use crate::vocabulary::gate::Written::{self, Fragments, Nested};
use hashbrown::HashSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// JavaScript as a language of functions.
pub static TARGET: Target = Target {
    name: "js",
    says: "a JavaScript function of the inputs that returns the value and the gradients",
    ending: "js",
    comment: "// ",
    dialect: |_| &FUNCTION,
    dialects: &[&FUNCTION],
    plain: true,
    folds: false,
    function,
};

/// Expressions in a function, whose values are not known.
pub static FUNCTION: Dialect = Dialect {
    title: "JavaScript",
    entry: |gate: Gate| {
        static ENTRIES: LazyLock<Vec<Option<Entry>>> = LazyLock::new(|| by_gate(&[CAREFUL, NUMBERS, SIGNS, HELPED, SPECIAL]));
        ENTRIES[gate as usize].filter(|_| gate != Chain)
    },
    typed: true,
    truth: " != 0",
    of_truth: ["Number(", ")"],
    truths_multiply: false,
    float,
    number: float,
    constant: |value| {
        use std::f64::consts::{E, PI, TAU};
        let known = [(PI, "Math.PI"), (E, "Math.E"), (TAU, "(2 * Math.PI)"), (f64::INFINITY, "Infinity")];
        known.iter().find(|(known, _)| known.to_bits() == value.to_bits()).map(|&(_, text)| text)
    },
    reserved: &[RESERVED],
    spell: c::spell,
    helpers: &[HELPERS],
    ..OWN
};

/// The language's words, and what printed functions call by its name.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "enum",
    "eval", "export", "extends", "false", "finally", "for", "function", "if", "implements", "import", "in", "instanceof", "interface",
    "let", "new", "null", "package", "private", "protected", "public", "return", "static", "super", "switch", "this", "throw", "true",
    "try", "typeof", "undefined", "var", "void", "while", "with", "yield", "Infinity", "Math", "NaN", "Number", "async", "module",
];

/// A choice by a comparison.
const CAREFUL: &[Entry] = &[like(
    Where,
    Fragments(
        &[Text("("), Condition(0), Text(" ? "), Operand(1, Level::Compare), Text(" : "), Operand(2, Level::Compare), Text(")")],
        Level::Atom,
    ),
)];

/// The text of a function: the helpers that it calls, and the function itself.
fn function(function: &Function<'_>) -> String {
    let mut body = String::new();
    let lines = function.needed(float);
    let grown: HashSet<&str> =
        lines.iter().filter_map(|line| if let Line::Set { name, add: true, .. } = line { Some(*name) } else { None }).collect();
    for line in &lines {
        let _ = match line {
            Line::Heading(text) => writeln!(body, "\n  // {text}"),
            Line::Through(stage) => writeln!(body, "  // backprop {}", function.through(*stage)),
            Line::Set { name, add: true, text } => writeln!(body, "  {name} += {text};"),
            Line::Set { name, text, .. } if grown.contains(name) => writeln!(body, "  let {name} = {text};"),
            Line::Set { name, text, .. } => writeln!(body, "  const {name} = {text};"),
        };
    }
    let mut text = String::new();
    for helper in function.dialect.helpers(|name| uses(&body, name)) {
        let _ = writeln!(text, "{helper}\n");
    }
    let _ = writeln!(
        text,
        "// In a module, `export` before the function hands it out; in Node.js `module.exports = {{ {} }}` does.",
        function.name
    );
    let parameters: Vec<&str> = function.parameters.iter().map(|parameter| &*parameter.name).collect();
    let key = |key: &str| if key.is_ascii() { key.to_owned() } else { format!("\"{key}\"") };
    let gradients =
        function.parameters.iter().filter_map(|parameter| Some(format!("{}: {}", key(&parameter.key), parameter.gradient.as_ref()?)));
    let gradients: Vec<String> = gradients.collect();
    let _ = writeln!(text, "function {}({}) {{\n{}", function.name, parameters.join(", "), body.trim_start_matches('\n'));
    let braced = if gradients.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", gradients.join(", ")) };
    let _ = write!(text, "  return [{}, {braced}];\n}}\n", function.output);
    text
}

/// Expressions in JavaScript.
pub static JAVASCRIPT: Dialect = Dialect {
    title: "JavaScript",
    entry: |gate: Gate| {
        static ENTRIES: LazyLock<Vec<Option<Entry>>> = LazyLock::new(|| by_gate(&[NUMBERS, SIGNS, HELPED, SPECIAL]));
        ENTRIES[gate as usize]
    },
    float,
    number: float,
    helpers: &[HELPERS],
    ..OWN
};

/// A number as the language reads it.
pub fn float(value: f64) -> String {
    match value {
        _ if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        _ => number::shortest(value),
    }
}

/// A gate that is its operand.
const OPERAND: Written = Fragments(&[Operand(0, Level::Compare)], Level::Compare);

/// Functions of numbers.
const NUMBERS: &[Entry] = &[
    call(Chain, "chain("),
    call(Guard, "guard("),
    call(Pow, "power("),
    // Two minus signs side by side would be another operator.
    like(Neg, Fragments(&[Text("-"), Operand(0, Level::Power)], Level::Unary)),
    same(Recip),
    call(Sqr, "sqr("),
    call(Sqrt, "root("),
    call(Abs, "Math.abs("),
    call(Round, "nearest("),
    call(Gamma, "gamma_of("),
    like(Max, Nested("maximum(")),
    like(Min, Nested("minimum(")),
    like(Where, CHOOSE),
    like(StopGradient, OPERAND),
    call(Exp, "Math.exp("),
    call(Expm1, "Math.expm1("),
    call(Exp2, "exp2("),
    call(Log, "Math.log("),
    call(Log1p, "Math.log1p("),
    call(Log2, "Math.log2("),
    call(Log10, "Math.log10("),
    call(Cbrt, "Math.cbrt("),
    call(Sin, "Math.sin("),
    call(Cos, "Math.cos("),
    call(Tan, "Math.tan("),
    call(Asin, "Math.asin("),
    call(Acos, "Math.acos("),
    call(Atan, "Math.atan("),
    call(Atan2, "Math.atan2("),
    call(Sinh, "Math.sinh("),
    call(Cosh, "Math.cosh("),
    call(Tanh, "Math.tanh("),
    call(Asinh, "Math.asinh("),
    call(Acosh, "Math.acosh("),
    call(Atanh, "Math.atanh("),
    same(Sign),
    call(Floor, "Math.floor("),
    call(Ceil, "Math.ceil("),
    same(Clamp),
    like(Hypot, Nested("Math.hypot(")),
    call(Mod, "modulo("),
];

/// What JavaScript does not have. Its numbers stay within some units in the last place of the calculator's.
#[rustfmt::skip]
const HELPERS: &[Helper] = &[
    ("chain", "function chain(local, upstream) { return upstream == 0 ? 0 : local * upstream; }"),
    ("guard", "function guard(slope, value) { return Number.isNaN(value) ? value : slope; }"),
    ("power", "// A power of 1, and an infinite one of -1, is 1, which Math.pow says is no number.
function power(x, y) {
  if (x == 1 || (x == -1 && Math.abs(y) == Infinity)) return 1;
  return Math.pow(x, y);
}"),
    ("sqr", "function sqr(x) { return x * x; }"),
    ("root", "function root(x) { return Math.sqrt(x + 0); }"),
    ("exp2", "function exp2(x) { return Math.pow(2, x); }"),
    ("nearest", "function nearest(x) {
  const below = Math.floor(x), rest = x - below;
  return rest < 0.5 || (rest == 0.5 && below % 2 == 0) ? below : Number.isFinite(x) ? below + 1 : x;
}"),
    ("maximum", "function maximum(x, y) { return x >= y || Number.isNaN(x) ? x : y; }"),
    ("minimum", "function minimum(x, y) { return x <= y || Number.isNaN(x) ? x : y; }"),
    ("clamp", "function clamp(x, lo, hi) { return minimum(maximum(x, lo), hi); }"),
    ("choose", "function choose(c, x, y) { return Number.isNaN(c) ? c : c == 0 ? y : x; }"),
    ("sign", "function sign(x) { return Math.sign(x); }"),
    ("relu", "function relu(x) { return x > 0 || Number.isNaN(x) ? x : 0; }"),
    ("leaky_relu", "function leaky_relu(x) { return x > 0 ? x : 0.01 * x; }"),
    ("elu", "function elu(x) { return x > 0 ? x : Math.expm1(x); }"),
    ("sigma", "function sigma(x) { return x < -37 ? Math.exp(x) : 1 / (1 + Math.exp(-x)); }"),
    ("softplus", "function softplus(x) { return (x > 0 ? x : 0) + Math.log1p(Math.exp(-Math.abs(x))); }"),
    ("silu", "function silu(x) {
  if (x == -Infinity) return -0;
  if (x >= -37 || Number.isNaN(x)) return x * sigma(x);
  const half = Math.exp(0.5 * x);
  return x * half * half;
}"),
    ("gelu", "function gelu(x) {
  if (x > 9) return x;
  if (x < -39) return -0;
  return 0.5 * x * erfc(-x * 0.7071067811865476);
}"),
    ("logsigmoid", "function logsigmoid(x) { return -softplus(-x); }"),
    ("logaddexp", "function logaddexp(x, y) {
  return x == y ? x + 0.6931471805599453 : maximum(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));
}"),
    ("log1mexp", "function log1mexp(x) {
  return x <= 0.6931471805599453 ? Math.log(-Math.expm1(-x)) : Math.log1p(-Math.exp(-x));
}"),
    ("xlogy", "function xlogy(x, y) { return x == 0 && !Number.isNaN(y) ? 0 : x * Math.log(y); }"),
    ("modulo", "function modulo(x, y) {
  const rest = x % y;
  return rest == 0 ? (y < 0 ? -0 : 0) : (rest < 0) == (y < 0) ? rest : rest + y;
}"),
    ("sinc", "function sinc(x) { return x == 0 ? 1 : Math.abs(x) == Infinity ? 0 : Math.sin(x) / x; }"),
    ("sinc_derivative", "function sinc_derivative(n, x) {
  if (!(n >= 0 && n <= 16) || n != Math.floor(n) || Number.isNaN(x)) return NaN;
  if (n == 0 || Math.abs(x) == Infinity) return sinc(x);
  if (Math.abs(x) >= 1 + 0.5 * n) {
    const turned = [Math.sin(x), Math.cos(x), -Math.sin(x), -Math.cos(x)];
    let value = Math.sin(x) / x;
    for (let k = 1; k <= n; ++k) value = (turned[k % 4] - k * value) / x;
    return value;
  }
  let k = Math.ceil(0.5 * n), j = 2 * k - n, sum = 0, last = 1;
  let term = (k % 2 == 0 ? 1 : -1) * (j == 0 ? 1 : x);
  while (sum != last) {
    last = sum;
    sum += term / (2 * k + 1);
    term *= -x * x / ((j + 1) * (j + 2));
    k += 1;
    j += 2;
  }
  return sum;
}"),
    ("erf", "function erf(x) {
  if (Math.abs(x) > 2 || Number.isNaN(x)) return x < 0 ? erfc(-x) - 1 : 1 - erfc(x);
  let term = x, sum = x, last = NaN;
  for (let k = 1; sum != last; ++k) {
    last = sum;
    sum += term *= 2 * x * x / (2 * k + 1);
  }
  return 1.1283791670955126 * Math.exp(-x * x) * sum;
}"),
    ("erfc", "function erfc(x) {
  if (x < 0.5) return 1 - erf(x);
  return Math.exp(-x * x) * erfcx(x);
}"),
    ("erfcx_ratio", "// How the n-th moment of the bell curve from x on goes over into the next.
function erfcx_ratio(n, x) {
  let ratio = 0;
  for (let k = n + 30 + Math.floor(200 / (x * x)); k > n; --k) ratio = k / (2 * (ratio + x));
  return ratio;
}"),
    ("erfcx", "function erfcx(x) {
  if (Number.isNaN(x)) return x;
  if (x >= 0.5) return 1 / (1.7724538509055159 * (x + erfcx_ratio(0, x)));
  return Math.exp(x * x) * (1 - erf(x));
}"),
    ("erfcx_derivative", "function erfcx_derivative(n, x) {
  if (!(n >= 0 && n <= 100) || n != Math.floor(n)) return NaN;
  let before = 0, own = erfcx(x), factor = 1;
  for (let k = 0; k < n; ++k) {
    const next = x < 0.5 ? 0.5 * (k == 0 ? 1.1283791670955126 : k * before) - x * own : own * erfcx_ratio(k, x);
    before = own;
    own = next;
    factor *= -2;
  }
  return factor * own;
}"),
    ("gamma_of", "// Lanczos' approximation.
function gamma_of(x) {
  if (x < 0 && x == Math.floor(x)) return NaN;
  if (x < 0.5) return x == 0 ? 1 / x : Math.PI / (Math.sin(Math.PI * x) * gamma_of(1 - x));
  if (x > 172) return Infinity;
  if (x == Math.floor(x)) {
    let product = 1;
    for (let k = 2; k < x; ++k) product *= k;
    return product;
  }
  const c = [0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];
  const t = x + 6.5, half = Math.pow(t, 0.5 * (x - 0.5));
  let sum = c[0];
  for (let k = 1; k < 9; ++k) sum += c[k] / (x - 1 + k);
  return 2.5066282746310002 * half * Math.exp(-t) * half * sum;
}"),
    ("lgamma", "function lgamma(x) {
  if (Math.abs(x) == Infinity || (x <= 0 && x == Math.floor(x))) return Infinity;
  if (Math.abs(x) < 1e-300) return -Math.log(Math.abs(x));
  if (x < 15) return x < -150 ? Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lgamma(1 - x) : Math.log(Math.abs(gamma_of(x)));
  let sum = 0, u = 1 / x;
  for (let k = 1; k <= 8; ++k, u /= x * x) sum += bernoulli(k) / (2 * k * (2 * k - 1)) * u;
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + sum;
}"),
    ("bernoulli", "// The Bernoulli number B2k for k = 1 to 10.
function bernoulli(k) {
  return [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330][k - 1];
}"),
    ("cotangent", "// 1 / tan(pi * x).
function cotangent(x) {
  const r = x - Math.round(x);
  return Math.abs(r) <= 0.25 ? 1 / Math.tan(Math.PI * r) : Math.tan(Math.PI * (Math.sign(r) * 0.5 - r));
}"),
    ("digamma", "function digamma(x) {
  if (Math.abs(x) < 1e-17) return -1 / x;
  if (Number.isNaN(x) || (x < 0 && x == Math.floor(x))) return NaN;
  if (x < 0) return digamma(1 - x) - Math.PI * cotangent(x);
  let value = 0, slope = 0;
  if (x >= 10) {
    const u = 1 / (x * x);
    for (let k = 10; k >= 1; --k) value = value * u + bernoulli(k) / (2 * k);
    return Math.log(x) - 0.5 / x - value * u;
  }
  // The difference from its zero: nothing cancels there.
  const zero = 1.4616321449683622, away = (x - zero) - 9.549995429965697e-17;
  const y = x + 10, s = zero + 10, u = 1 / (y * y), v = 1 / (s * s);
  for (let k = 10; k >= 1; --k) {
    slope = slope * v + value;
    value = value * u + bernoulli(k) / (2 * k);
  }
  let sum = 0.5 / (y * s) + (y + s) * u * v * (slope * v + value);
  for (let k = 9; k >= 0; --k) sum += 1 / ((x + k) * (zero + k));
  return away * sum + Math.log1p(away / s);
}"),
    ("polygamma_size", "function polygamma_size(n, x) {
  if (Math.abs(x) == Infinity) return 0;
  let steps = 0, y = x, k = 0, factor = 1;
  while (y < 10 + n) {
    steps += Math.pow(x / y, n + 1);
    y = x + ++k;
  }
  let series = 1 + 0.5 * n / y;
  for (let j = 1; j <= 10; ++j) {
    const m = 2 * (j - 1);
    factor *= (n + m) * (n + m + 1) / ((m + 1) * (m + 2) * (y * y));
    series += bernoulli(j) * factor;
  }
  const sum = steps / x + Math.pow(x / y, n) * series / n, half = Math.floor(0.5 * n);
  return gamma_of(n + 1) * Math.pow(x, half - n) * sum * Math.pow(x, -half);
}"),
    ("polygamma", "function polygamma(n, x) {
  if (n == 0) return digamma(x);
  if (!(n >= 1 && n <= 170) || n != Math.floor(n)) return NaN;
  const odd = n % 2 == 1;
  if (x > 0) return odd ? polygamma_size(n, x) : -polygamma_size(n, x);
  if (Number.isNaN(x) || x == Math.floor(x)) return odd && Number.isFinite(x) ? Infinity : NaN;
  // The Taylor coefficients of cot(pi * x), each from those before it.
  const y = [cotangent(x)];
  for (let k = 1; k <= n; ++k) {
    let square = k == 1 ? 1 : 0;
    for (let j = 0; j < k; ++j) square += y[j] * y[k - 1 - j];
    y[k] = -Math.PI * square / k;
  }
  return -gamma_of(n + 1) * y[n] * Math.PI - polygamma_size(n, 1 - x);
}"),
];
