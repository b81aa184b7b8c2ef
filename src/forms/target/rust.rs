//! Rust: a function of numbers that needs nothing but the standard library.
//!
//! Knows what `f64` has and, as helpers, what it lacks; the helpers compute as those of JavaScript do. A name is set anew where a
//! gradient is added to, so that none is mutable.

use super::function::{Function, Statement as Line};
use super::{CHOOSE, Dialect, Entry, HELPED, Helper, OWN, SIGNS, SPECIAL, Target, by_gate, c, call, like, same, uses};
use crate::ground::number;
#[allow(clippy::enum_glob_use, reason = "a table of every gate")]
use crate::vocabulary::Gate::{self, *};
use crate::vocabulary::gate::Fragment::{Operand, Text};
use crate::vocabulary::gate::Level;
use crate::vocabulary::gate::Written::{Fragments, Nested};
use hashbrown::HashSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Rust as a language of functions.
pub static TARGET: Target = Target {
    name: "rust",
    says: "a Rust function of the inputs that returns the value and the gradients",
    ending: "rs",
    comment: "// ",
    dialect: |_| &RUST,
    dialects: &[&RUST],
    plain: true,
    folds: false,
    function,
};

/// Expressions in Rust.
pub static RUST: Dialect = Dialect {
    title: "Rust",
    entry: |gate: Gate| {
        static ENTRIES: LazyLock<Vec<Option<Entry>>> = LazyLock::new(|| by_gate(&[NUMBERS, SIGNS, HELPED, SPECIAL]));
        ENTRIES[gate as usize]
    },
    typed: true,
    truth: " != 0.0",
    of_truth: ["f64::from(", ")"],
    truths_multiply: false,
    float,
    number: float,
    constant: |value| {
        use std::f64::consts::{E, PI, TAU};
        let known =
            [(PI, "std::f64::consts::PI"), (E, "std::f64::consts::E"), (TAU, "std::f64::consts::TAU"), (f64::INFINITY, "f64::INFINITY")];
        known.iter().find(|(known, _)| known.to_bits() == value.to_bits()).map(|&(_, text)| text)
    },
    reserved: &[KEYWORDS],
    spell: c::spell,
    helpers: &[HELPERS],
    ..OWN
};

/// Words that no name may be, and names that a pattern would read as something else.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "_", "as", "break", "const", "continue", "crate", "else", "enum", "extern", "false", "fn", "for", "if", "impl", "in", "let", "loop",
    "match", "mod", "move", "mut", "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true", "type", "unsafe",
    "use", "where", "while", "async", "await", "dyn", "abstract", "become", "box", "do", "final", "gen", "macro", "override", "priv",
    "try", "typeof", "unsized", "virtual", "yield", "f64", "bool", "std", "Some", "None", "Ok", "Err", "main",
];

/// A number that Rust reads as the same float.
fn float(value: f64) -> String {
    match value {
        _ if value.is_nan() => "f64::NAN".to_owned(),
        f64::INFINITY => "f64::INFINITY".to_owned(),
        f64::NEG_INFINITY => "-f64::INFINITY".to_owned(),
        _ => {
            let text = number::shortest(value);
            if text.contains(['.', 'e']) { text } else { format!("{text}.0") }
        }
    }
}

/// Functions of numbers.
const NUMBERS: &[Entry] = &[
    call(Guard, "guard("),
    like(Where, CHOOSE),
    like(StopGradient, Fragments(&[Operand(0, Level::Compare)], Level::Compare)),
    // Two minus signs side by side are read as one behind the other, and as a mistake by people.
    like(Neg, Fragments(&[Text("-"), Operand(0, Level::Power)], Level::Unary)),
    like(Recip, Fragments(&[Text("1.0 / "), Operand(0, Level::Unary)], Level::Product)),
    call(Sqr, "sqr("),
    call(Pow, "f64::powf("),
    call(Sqrt, "root("),
    call(Abs, "f64::abs("),
    call(Round, "f64::round_ties_even("),
    call(Floor, "f64::floor("),
    call(Ceil, "f64::ceil("),
    call(Exp, "f64::exp("),
    call(Expm1, "f64::exp_m1("),
    call(Exp2, "f64::exp2("),
    call(Log, "f64::ln("),
    call(Log1p, "f64::ln_1p("),
    call(Log2, "f64::log2("),
    call(Log10, "f64::log10("),
    call(Cbrt, "f64::cbrt("),
    call(Sin, "f64::sin("),
    call(Cos, "f64::cos("),
    call(Tan, "f64::tan("),
    call(Asin, "f64::asin("),
    call(Acos, "f64::acos("),
    call(Atan, "f64::atan("),
    call(Atan2, "f64::atan2("),
    call(Sinh, "f64::sinh("),
    call(Cosh, "f64::cosh("),
    call(Tanh, "f64::tanh("),
    same(Asinh),
    call(Acosh, "acosh("),
    same(Atanh),
    like(Hypot, Nested("f64::hypot(")),
    like(Max, Nested("maximum(")),
    like(Min, Nested("minimum(")),
    same(Clamp),
    call(Mod, "modulo("),
    same(Sign),
];

/// The text of a function: the helpers that it calls, and the function itself.
fn function(function: &Function<'_>) -> String {
    let lines = function.needed(float);
    let mut body = String::new();
    let mut read = function.output.clone();
    for line in &lines {
        let _ = match line {
            Line::Heading(text) => writeln!(body, "\n    // {text}"),
            Line::Through(stage) => writeln!(body, "    // backprop {}", function.through(*stage)),
            Line::Set { name, add, text } => {
                read.push(' ');
                read.push_str(text);
                let before = if *add { format!("{name} + ") } else { String::new() };
                writeln!(body, "    let {name} = {before}{text};")
            }
        };
    }
    let words: HashSet<&str> = read.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let unread = function.parameters.iter().filter(|parameter| !words.contains(&*parameter.name));
    let unread: Vec<String> = unread.map(|parameter| format!("    let _ = {};\n", parameter.name)).collect();
    let unread = unread.concat();
    let gradients: Vec<&str> = function.parameters.iter().filter_map(|parameter| parameter.gradient.as_deref()).collect();
    let names: Vec<&str> = function.parameters.iter().map(|parameter| &*parameter.name).collect();
    let signature = format!("pub fn {}({})", function.name, names.iter().map(|name| format!("{name}: f64")).collect::<Vec<_>>().join(", "));
    let mut text = String::new();
    for helper in function.dialect.helpers(|name| uses(&body, name)) {
        let _ = writeln!(text, "{helper}\n");
    }
    let keys: Vec<&str> =
        function.parameters.iter().filter(|parameter| parameter.gradient.is_some()).map(|parameter| &*parameter.key).collect();
    let _ = match &keys[..] {
        [] => writeln!(text, "/// The value; nothing gets a gradient."),
        keys => writeln!(text, "/// The value, and the gradients on {}.", keys.join(", ")),
    };
    let words = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|name| name.contains("__") || name.contains(char::is_uppercase))
    };
    if words(&signature) || body.lines().filter_map(|line| line.trim_start().strip_prefix("let ")?.split(' ').next()).any(words) {
        text.push_str("#[allow(non_snake_case)]\n");
    }
    let body = body.trim_start_matches('\n');
    let _ = write!(text, "{signature} -> (f64, [f64; {}]) {{\n{unread}{body}\n", gradients.len());
    let _ = write!(text, "    ({}, [{}])\n}}\n", function.output, gradients.join(", "));
    text
}

/// What `f64` does not have. Its numbers stay within some units in the last place of the calculator's.
#[rustfmt::skip]
const HELPERS: &[Helper] = &[
    ("guard", "fn guard(slope: f64, value: f64) -> f64 {
    if value.is_nan() { value } else { slope }
}"),
    ("choose", "fn choose(condition: bool, x: f64, y: f64) -> f64 {
    if condition { x } else { y }
}"),
    ("sqr", "fn sqr(x: f64) -> f64 {
    x * x
}"),
    ("root", "/// The root of -0 is 0, so that its slope is infinite from above.
fn root(x: f64) -> f64 {
    (x + 0.0).sqrt()
}"),
    ("asinh", "fn asinh(x: f64) -> f64 {
    let y = x.abs();
    if y < 1e150 { (y + y * y / (1.0 + y.hypot(1.0))).ln_1p().copysign(x) } else { (y.ln() + std::f64::consts::LN_2).copysign(x) }
}"),
    ("acosh", "fn acosh(x: f64) -> f64 {
    let t = x - 1.0;
    if x < 1.0 {
        return f64::NAN;
    }
    if x < 1e150 { (t + (t * (x + 1.0)).sqrt()).ln_1p() } else { x.ln() + std::f64::consts::LN_2 }
}"),
    ("atanh", "fn atanh(x: f64) -> f64 {
    let y = x.abs();
    (0.5 * (2.0 * y / (1.0 - y)).ln_1p()).copysign(x)
}"),
    ("maximum", "fn maximum(x: f64, y: f64) -> f64 {
    if x >= y || x.is_nan() { x } else { y }
}"),
    ("minimum", "fn minimum(x: f64, y: f64) -> f64 {
    if x <= y || x.is_nan() { x } else { y }
}"),
    ("clamp", "fn clamp(x: f64, lo: f64, hi: f64) -> f64 {
    minimum(maximum(x, lo), hi)
}"),
    ("sign", "fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x
    }
}"),
    ("relu", "fn relu(x: f64) -> f64 {
    if x > 0.0 || x.is_nan() { x } else { 0.0 }
}"),
    ("leaky_relu", "fn leaky_relu(x: f64) -> f64 {
    if x > 0.0 { x } else { 0.01 * x }
}"),
    ("elu", "fn elu(x: f64) -> f64 {
    if x > 0.0 { x } else { x.exp_m1() }
}"),
    ("sigma", "fn sigma(x: f64) -> f64 {
    if x < -37.0 { x.exp() } else { 1.0 / (1.0 + (-x).exp()) }
}"),
    ("softplus", "fn softplus(x: f64) -> f64 {
    maximum(x, 0.0) + (-x.abs()).exp().ln_1p()
}"),
    ("silu", "fn silu(x: f64) -> f64 {
    if x == -f64::INFINITY {
        return -0.0;
    }
    if x >= -37.0 || x.is_nan() {
        return x * sigma(x);
    }
    let half = (0.5 * x).exp();
    x * half * half
}"),
    ("gelu", "fn gelu(x: f64) -> f64 {
    if x > 9.0 {
        return x;
    }
    if x < -39.0 {
        return -0.0;
    }
    0.5 * x * erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}"),
    ("logsigmoid", "fn logsigmoid(x: f64) -> f64 {
    -softplus(-x)
}"),
    ("logaddexp", "fn logaddexp(x: f64, y: f64) -> f64 {
    if x == y { x + std::f64::consts::LN_2 } else { maximum(x, y) + (-(x - y).abs()).exp().ln_1p() }
}"),
    ("log1mexp", "fn log1mexp(x: f64) -> f64 {
    if x <= std::f64::consts::LN_2 { (-(-x).exp_m1()).ln() } else { (-(-x).exp()).ln_1p() }
}"),
    ("xlogy", "fn xlogy(x: f64, y: f64) -> f64 {
    if x == 0.0 && !y.is_nan() { 0.0 } else { x * y.ln() }
}"),
    ("modulo", "fn modulo(x: f64, y: f64) -> f64 {
    let rest = x % y;
    if rest == 0.0 {
        0.0_f64.copysign(y)
    } else if (rest < 0.0) == (y < 0.0) {
        rest
    } else {
        rest + y
    }
}"),
    ("sinc", "fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else if x.is_infinite() {
        0.0
    } else {
        x.sin() / x
    }
}"),
    ("sinc_derivative", "fn sinc_derivative(n: f64, x: f64) -> f64 {
    if !(0.0..=16.0).contains(&n) || n != n.floor() || x.is_nan() {
        return f64::NAN;
    }
    if n == 0.0 || x.is_infinite() {
        return sinc(x);
    }
    if x.abs() >= 1.0 + 0.5 * n {
        let turned = [x.sin(), x.cos(), -x.sin(), -x.cos()];
        let mut value = x.sin() / x;
        for k in 1..=n as usize {
            value = (turned[k % 4] - k as f64 * value) / x;
        }
        return value;
    }
    let mut k = (0.5 * n).ceil();
    let mut j = 2.0 * k - n;
    let mut term = (if k % 2.0 == 0.0 { 1.0 } else { -1.0 }) * (if j == 0.0 { 1.0 } else { x });
    let (mut sum, mut last) = (0.0, 1.0);
    while sum != last {
        last = sum;
        sum += term / (2.0 * k + 1.0);
        term *= -x * x / ((j + 1.0) * (j + 2.0));
        k += 1.0;
        j += 2.0;
    }
    sum
}"),
    ("erf", "fn erf(x: f64) -> f64 {
    if x.abs() > 2.0 || x.is_nan() {
        return if x < 0.0 { erfc(-x) - 1.0 } else { 1.0 - erfc(x) };
    }
    let (mut term, mut sum, mut last, mut k) = (x, x, f64::NAN, 1.0);
    while sum != last {
        last = sum;
        term *= 2.0 * x * x / (2.0 * k + 1.0);
        sum += term;
        k += 1.0;
    }
    std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() * sum
}"),
    ("erfc", "fn erfc(x: f64) -> f64 {
    if x < 0.5 {
        return 1.0 - erf(x);
    }
    (-x * x).exp() * erfcx(x)
}"),
    ("erfcx_ratio", "/// How the n-th moment of the bell curve from x on goes over into the next.
fn erfcx_ratio(n: f64, x: f64) -> f64 {
    let mut ratio = 0.0;
    let mut k = n + 30.0 + (200.0 / (x * x)).floor();
    while k > n {
        ratio = k / (2.0 * (ratio + x));
        k -= 1.0;
    }
    ratio
}"),
    ("erfcx", "fn erfcx(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x >= 0.5 {
        return 1.0 / (1.7724538509055159 * (x + erfcx_ratio(0.0, x)));
    }
    (x * x).exp() * (1.0 - erf(x))
}"),
    ("erfcx_derivative", "fn erfcx_derivative(n: f64, x: f64) -> f64 {
    if !(0.0..=100.0).contains(&n) || n != n.floor() {
        return f64::NAN;
    }
    let (mut before, mut own, mut factor, mut k) = (0.0, erfcx(x), 1.0, 0.0);
    while k < n {
        let first = if k == 0.0 { std::f64::consts::FRAC_2_SQRT_PI } else { k * before };
        let next = if x < 0.5 { 0.5 * first - x * own } else { own * erfcx_ratio(k, x) };
        before = own;
        own = next;
        factor *= -2.0;
        k += 1.0;
    }
    factor * own
}"),
    ("gamma", "/// Lanczos' approximation.
fn gamma(x: f64) -> f64 {
    use std::f64::consts::PI;
    const C: [f64; 8] = [
        676.5203681218851,
        -1259.1392167224028,
        771.3234287776531,
        -176.6150291621406,
        12.507343278686905,
        -0.13857109526572012,
        9.984369578019572e-6,
        1.5056327351493116e-7,
    ];
    if x < 0.0 && x == x.floor() {
        return f64::NAN;
    }
    if x < 0.5 {
        return if x == 0.0 { 1.0 / x } else { PI / ((PI * x).sin() * gamma(1.0 - x)) };
    }
    if x > 172.0 {
        return f64::INFINITY;
    }
    if x == x.floor() {
        return (2..x as i32).map(f64::from).product();
    }
    let t = x + 6.5;
    let half = t.powf(0.5 * (x - 0.5));
    let mut sum = 0.9999999999998099;
    for (k, c) in (0..).zip(C) {
        sum += c / (x + f64::from(k));
    }
    2.5066282746310002 * half * (-t).exp() * half * sum
}"),
    ("lgamma", "fn lgamma(x: f64) -> f64 {
    use std::f64::consts::PI;
    if x.is_infinite() || (x <= 0.0 && x == x.floor()) {
        return f64::INFINITY;
    }
    if x.abs() < 1e-300 {
        return -x.abs().ln();
    }
    if x < -150.0 {
        return (PI / (PI * x).sin().abs()).ln() - lgamma(1.0 - x);
    }
    if x < 15.0 {
        return gamma(x).abs().ln();
    }
    let (mut sum, mut u, mut m) = (0.0, 1.0 / x, 2.0);
    for k in 1..=8 {
        sum += bernoulli(k) / (m * (m - 1.0)) * u;
        u /= x * x;
        m += 2.0;
    }
    (x - 0.5) * x.ln() - x + 0.9189385332046727 + sum
}"),
    ("bernoulli", "/// The Bernoulli number B2k for k = 1 to 10.
fn bernoulli(k: usize) -> f64 {
    let numbers = [(1.0, 6.0), (-1.0, 30.0), (1.0, 42.0), (-1.0, 30.0), (5.0, 66.0), (-691.0, 2730.0), (7.0, 6.0), (-3617.0, 510.0),
        (43867.0, 798.0), (-174611.0, 330.0)];
    numbers[k - 1].0 / numbers[k - 1].1
}"),
    ("cotangent", "/// 1 / tan(pi * x).
fn cotangent(x: f64) -> f64 {
    use std::f64::consts::PI;
    let r = x - x.round();
    if r.abs() <= 0.25 { 1.0 / (PI * r).tan() } else { (PI * (0.5_f64.copysign(r) - r)).tan() }
}"),
    ("digamma", "fn digamma(x: f64) -> f64 {
    if x.abs() < 1e-17 {
        return -1.0 / x;
    }
    if x.is_nan() || (x < 0.0 && x == x.floor()) {
        return f64::NAN;
    }
    if x < 0.0 {
        return digamma(1.0 - x) - std::f64::consts::PI * cotangent(x);
    }
    let (mut value, mut slope, mut m) = (0.0, 0.0, 20.0);
    if x >= 10.0 {
        let u = 1.0 / (x * x);
        for k in (1..=10).rev() {
            value = value * u + bernoulli(k) / m;
            m -= 2.0;
        }
        return x.ln() - 0.5 / x - value * u;
    }
    // The difference from its zero: nothing cancels there.
    let zero = 1.4616321449683622;
    let away = (x - zero) - 9.549995429965697e-17;
    let (y, s) = (x + 10.0, zero + 10.0);
    let (u, v) = (1.0 / (y * y), 1.0 / (s * s));
    for k in (1..=10).rev() {
        slope = slope * v + value;
        value = value * u + bernoulli(k) / m;
        m -= 2.0;
    }
    let mut sum = 0.5 / (y * s) + (y + s) * u * v * (slope * v + value);
    for k in (0..10).rev() {
        let k = f64::from(k);
        sum += 1.0 / ((x + k) * (zero + k));
    }
    away * sum + (away / s).ln_1p()
}"),
    ("polygamma_size", "fn polygamma_size(n: f64, x: f64) -> f64 {
    if x.is_infinite() {
        return 0.0;
    }
    let (mut steps, mut y, mut k, mut factor) = (0.0, x, 0.0, 1.0);
    while y < 10.0 + n {
        steps += (x / y).powf(n + 1.0);
        k += 1.0;
        y = x + k;
    }
    let mut series = 1.0 + 0.5 * n / y;
    let mut m = 0.0;
    for j in 1..=10 {
        factor *= (n + m) * (n + m + 1.0) / ((m + 1.0) * (m + 2.0) * (y * y));
        series += bernoulli(j) * factor;
        m += 2.0;
    }
    let sum = steps / x + (x / y).powf(n) * series / n;
    let half = (0.5 * n).floor();
    gamma(n + 1.0) * x.powf(half - n) * sum * x.powf(-half)
}"),
    ("polygamma", "fn polygamma(n: f64, x: f64) -> f64 {
    use std::f64::consts::PI;
    if n == 0.0 {
        return digamma(x);
    }
    if !(1.0..=170.0).contains(&n) || n != n.floor() {
        return f64::NAN;
    }
    let odd = n % 2.0 == 1.0;
    if x > 0.0 {
        return if odd { polygamma_size(n, x) } else { -polygamma_size(n, x) };
    }
    if x.is_nan() || x == x.floor() {
        return if odd && x.is_finite() { f64::INFINITY } else { f64::NAN };
    }
    // The Taylor coefficients of cot(pi * x), each from those before it.
    let mut y = vec![cotangent(x)];
    for k in 1..=n as usize {
        let mut square = if k == 1 { 1.0 } else { 0.0 };
        for j in 0..k {
            square += y[j] * y[k - 1 - j];
        }
        y.push(-PI * square / k as f64);
    }
    -gamma(n + 1.0) * y[n as usize] * PI - polygamma_size(n, 1.0 - x)
}"),
];
