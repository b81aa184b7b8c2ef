//! What names with a prefix and methods mean: `np.max(X, axis=1)`, `math.exp(x)`, `W.dot(X)`.
//!
//! One row a function: whose it is, its name, its operands in that library's order, and what it is as text in the language,
//! which speaks of the operands and of gates alone, whatever the user has defined. Knows no tree and no stages.

use super::symbol::language_constant;

/// How a library's operands are given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Takes {
    /// A value.
    One(&'static str),
    /// A size; -1 stands for what is left of the first operand's.
    Size(&'static str),
    /// Sizes in brackets, `(2, 3)`, or the shape of an array.
    Sizes(&'static [&'static str]),
    /// Arrays in square brackets, which the text calls `arrays`.
    Parts,
    /// All operands that there are, which the text calls `arrays`.
    Several,
    /// An axis, which may be left out: by its name `axis` or `dim`, or in its place.
    Axis,
    /// The same, and it may not be left out.
    OneAxis,
    /// The same, by its name alone.
    NamedAxis,
    /// Whether the axis stays with size 1, by its name `keepdims` or `keepdim` alone.
    Keep,
    /// A value, by its name alone.
    Named(&'static str),
    /// A number with the value that it has where it is left out.
    Or(&'static str, f64),
    /// A kind of numbers, by the number that stands for it.
    Kind(f64),
}

impl Takes {
    /// The name by which it can be given, and by which the text speaks of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::One(name) | Self::Size(name) | Self::Named(name) | Self::Or(name, _) => name,
            Self::Sizes(_) => "shape",
            Self::Parts | Self::Several => "arrays",
            Self::Axis | Self::OneAxis | Self::NamedAxis => "axis",
            Self::Keep => "keepdims",
            Self::Kind(_) => DTYPE,
        }
    }

    /// Whether it is what `word` names in a call.
    pub fn is_called(self, word: &str) -> bool {
        let word = match word {
            "dim" => "axis",
            "keepdim" => "keepdims",
            "size" => "shape",
            word => word,
        };
        self.name() == word
    }

    /// Whether a call may leave it out.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Axis | Self::NamedAxis | Self::Keep | Self::Or(..))
    }

    /// Whether it can be given in its place, without its name.
    pub fn has_place(self) -> bool {
        !matches!(self, Self::NamedAxis | Self::Keep | Self::Named(_))
    }
}

/// A function of a library.
#[derive(Clone, Copy, Debug)]
pub struct Meaning {
    /// Whose it is.
    pub libraries: &'static [&'static str],
    /// Its name behind the prefix.
    pub name: &'static str,
    /// Its operands, in order.
    pub takes: &'static [Takes],
    /// What it is. A text with `axis` is read without it where none is given.
    pub means: &'static str,
}

/// The prefixes, and the library that each stands for.
pub const PREFIXES: &[(&str, &str)] =
    &[("math", "math"), ("np", "np"), ("numpy", "np"), ("jnp", "np"), ("torch", "torch"), ("jax", "jax"), ("scipy", "scipy")];

/// The library of names without a prefix that are another library's, and no gate's.
const BARE: &[&str] = &["bare"];

/// What stands before the name of a method, where a prefix would stand.
pub const METHOD: &str = "";

/// What stands before the name of a function of a printed program, where a prefix would stand; nobody can write it.
pub const PRINTED: &str = "printed";

const ALL: &[&str] = &["math", "np", "torch"];
const ARRAYS: &[&str] = &["np", "torch"];
const MATH: &[&str] = &["math"];
const NP: &[&str] = &["np"];
const TORCH: &[&str] = &["torch"];
const JAX: &[&str] = &["jax"];
const SCIPY: &[&str] = &["scipy"];
const METHODS: &[&str] = &[METHOD];
const OWN: &[&str] = &[PRINTED];
/// NumPy's functions that are methods of its arrays too.
const BOTH: &[&str] = &["np", METHOD];

const X: &[Takes] = &[Takes::One("x")];
const XY: &[Takes] = &[Takes::One("x"), Takes::One("y")];
const ALONG: &[Takes] = &[Takes::One("x"), Takes::Axis];
const ALONG_ONE: &[Takes] = &[Takes::One("x"), Takes::OneAxis];
const REDUCES: &[Takes] = &[Takes::One("x"), Takes::Axis, Takes::Keep];
const SPREADS: &[Takes] = &[Takes::One("x"), Takes::Axis, Takes::Named("ddof"), Takes::Keep];
const SAMPLE: &[Takes] = &[Takes::One("x"), Takes::Axis, Takes::Named("correction"), Takes::Keep];
const N: &[Takes] = &[Takes::Size("n")];
const MN: &[Takes] = &[Takes::Size("m"), Takes::Size("n")];
const ONE_SIZE: &[Takes] = &[Takes::Sizes(&["n"])];
const TWO_SIZES: &[Takes] = &[Takes::Sizes(&["m", "n"])];

/// The part of a matrix on and below a diagonal, which `k` counts from the main one, and the part on and above it.
const BELOW: &str = "where(range(size(x, 1)) - reshape(range(size(x, 0)), size(x, 0), 1) <= k, x, 0)";
const ABOVE: &str = "where(range(size(x, 1)) - reshape(range(size(x, 0)), size(x, 0), 1) >= k, x, 0)";
const BELOW_DIAGONAL: &str = "where(range(size(x, 1)) - reshape(range(size(x, 0)), size(x, 0), 1) <= diagonal, x, 0)";
const ABOVE_DIAGONAL: &str = "where(range(size(x, 1)) - reshape(range(size(x, 0)), size(x, 0), 1) >= diagonal, x, 0)";

const fn row(libraries: &'static [&'static str], name: &'static str, takes: &'static [Takes], means: &'static str) -> Meaning {
    Meaning { libraries, name, takes, means }
}

/// The functions, of which the first whose operands fit a call is meant.
pub static MEANINGS: &[Meaning] = &[
    // One number at a time.
    row(ALL, "exp", X, "exp(x)"),
    row(ALL, "expm1", X, "expm1(x)"),
    row(ALL, "exp2", X, "exp2(x)"),
    row(ALL, "log", X, "log(x)"),
    row(MATH, "log", &[Takes::One("x"), Takes::One("base")], "log(x)/log(base)"),
    row(ALL, "log1p", X, "log1p(x)"),
    row(ALL, "log2", X, "log2(x)"),
    row(ALL, "log10", X, "log10(x)"),
    row(ALL, "sqrt", X, "sqrt(x)"),
    row(&["math", "np"], "cbrt", X, "cbrt(x)"),
    row(ALL, "sin", X, "sin(x)"),
    row(ALL, "cos", X, "cos(x)"),
    row(ALL, "tan", X, "tan(x)"),
    row(&["math", "torch"], "asin", X, "asin(x)"),
    row(&["math", "torch"], "acos", X, "acos(x)"),
    row(&["math", "torch"], "atan", X, "atan(x)"),
    row(&["math", "torch"], "atan2", &[Takes::One("y"), Takes::One("x")], "atan2(y, x)"),
    row(ARRAYS, "arcsin", X, "asin(x)"),
    row(ARRAYS, "arccos", X, "acos(x)"),
    row(ARRAYS, "arctan", X, "atan(x)"),
    row(ARRAYS, "arctan2", &[Takes::One("y"), Takes::One("x")], "atan2(y, x)"),
    row(ALL, "sinh", X, "sinh(x)"),
    row(ALL, "cosh", X, "cosh(x)"),
    row(ALL, "tanh", X, "tanh(x)"),
    row(&["math", "torch"], "asinh", X, "asinh(x)"),
    row(&["math", "torch"], "acosh", X, "acosh(x)"),
    row(&["math", "torch"], "atanh", X, "atanh(x)"),
    row(ARRAYS, "arcsinh", X, "asinh(x)"),
    row(ARRAYS, "arccosh", X, "acosh(x)"),
    row(ARRAYS, "arctanh", X, "atanh(x)"),
    row(&["math", "np"], "radians", X, "x*(pi/180)"),
    row(&["np", "torch"], "deg2rad", X, "x*(pi/180)"),
    row(&["math", "np"], "degrees", X, "x*(180/pi)"),
    row(&["np", "torch"], "rad2deg", X, "x*(180/pi)"),
    row(ARRAYS, "abs", X, "abs(x)"),
    row(NP, "absolute", X, "abs(x)"),
    row(&["math", "np"], "fabs", X, "abs(x)"),
    row(ARRAYS, "sign", X, "sign(x)"),
    row(ALL, "floor", X, "floor(x)"),
    row(ALL, "ceil", X, "ceil(x)"),
    row(ARRAYS, "round", X, "round(x)"),
    row(ARRAYS, "square", X, "x^2"),
    row(NP, "reciprocal", X, "1/x"),
    row(ARRAYS, "negative", X, "-x"),
    row(ARRAYS, "add", XY, "x + y"),
    row(ARRAYS, "subtract", XY, "x - y"),
    row(ARRAYS, "multiply", XY, "x * y"),
    row(ARRAYS, "divide", XY, "x / y"),
    row(NP, "power", XY, "x^y"),
    row(&["math", "torch"], "pow", XY, "x^y"),
    row(ARRAYS, "hypot", XY, "hypot(x, y)"),
    row(MATH, "hypot", &[Takes::Several], "hypot(arrays)"),
    row(ARRAYS, "maximum", XY, "max(x, y)"),
    row(ARRAYS, "minimum", XY, "min(x, y)"),
    row(BARE, "maximum", XY, "max(x, y)"),
    row(BARE, "minimum", XY, "min(x, y)"),
    row(ARRAYS, "where", &[Takes::One("c"), Takes::One("x"), Takes::One("y")], "where(c, x, y)"),
    row(NP, "clip", &[Takes::One("x"), Takes::One("lo"), Takes::One("hi")], "clamp(x, lo, hi)"),
    row(TORCH, "clamp", &[Takes::One("x"), Takes::One("min"), Takes::One("max")], "clamp(x, min, max)"),
    row(ARRAYS, "sinc", X, "sinc(pi*x)"),
    row(ARRAYS, "logaddexp", XY, "logaddexp(x, y)"),
    row(MATH, "erf", X, "erf(x)"),
    row(MATH, "erfc", X, "erfc(x)"),
    row(MATH, "gamma", X, "gamma(x)"),
    row(MATH, "lgamma", X, "lgamma(x)"),
    row(TORCH, "erf", X, "erf(x)"),
    row(TORCH, "erfc", X, "erfc(x)"),
    row(TORCH, "lgamma", X, "lgamma(x)"),
    row(TORCH, "digamma", X, "digamma(x)"),
    row(SCIPY, "special.erf", X, "erf(x)"),
    row(SCIPY, "special.erfc", X, "erfc(x)"),
    row(SCIPY, "special.gamma", X, "gamma(x)"),
    row(SCIPY, "special.gammaln", X, "lgamma(x)"),
    row(SCIPY, "special.digamma", X, "digamma(x)"),
    row(SCIPY, "special.psi", X, "digamma(x)"),
    row(SCIPY, "special.polygamma", &[Takes::One("n"), Takes::One("x")], "polygamma(n, x)"),
    row(SCIPY, "special.expit", X, "sigma(x)"),
    row(SCIPY, "special.logsumexp", REDUCES, "logsumexp(x, axis)"),
    row(SCIPY, "special.softmax", ALONG, "softmax(x, axis)"),
    // What neurons are made of.
    row(TORCH, "sigmoid", X, "sigma(x)"),
    row(TORCH, "relu", X, "relu(x)"),
    row(TORCH, "softmax", ALONG_ONE, "softmax(x, axis)"),
    row(TORCH, "log_softmax", ALONG_ONE, "x - expand(logsumexp(x, axis), axis)"),
    row(TORCH, "nn.functional.relu", X, "relu(x)"),
    row(TORCH, "nn.functional.leaky_relu", X, "leaky_relu(x)"),
    row(TORCH, "nn.functional.elu", X, "elu(x)"),
    row(TORCH, "nn.functional.softplus", X, "softplus(x)"),
    row(TORCH, "nn.functional.silu", X, "silu(x)"),
    row(TORCH, "nn.functional.gelu", X, "gelu(x)"),
    row(TORCH, "nn.functional.logsigmoid", X, "logsigmoid(x)"),
    row(TORCH, "nn.functional.softmax", ALONG_ONE, "softmax(x, axis)"),
    row(TORCH, "nn.functional.log_softmax", ALONG_ONE, "x - expand(logsumexp(x, axis), axis)"),
    row(TORCH, "nn.functional.sigmoid", X, "sigma(x)"),
    row(TORCH, "nn.functional.tanh", X, "tanh(x)"),
    row(TORCH, "nn.functional.mse_loss", XY, "mean((x - y)^2)"),
    row(TORCH, "nn.functional.l1_loss", XY, "mean(abs(x - y))"),
    row(TORCH, "nn.functional.linear", &[Takes::One("x"), Takes::One("W")], "x @ W.T"),
    row(TORCH, "nn.functional.linear", &[Takes::One("x"), Takes::One("W"), Takes::One("bias")], "x @ W.T + bias"),
    row(BARE, "log_softmax", X, "x - logsumexp(x)"),
    row(BARE, "log_softmax", ALONG_ONE, "x - expand(logsumexp(x, axis), axis)"),
    row(JAX, "nn.sigmoid", X, "sigma(x)"),
    row(JAX, "nn.relu", X, "relu(x)"),
    row(JAX, "nn.leaky_relu", X, "leaky_relu(x)"),
    row(JAX, "nn.elu", X, "elu(x)"),
    row(JAX, "nn.softplus", X, "softplus(x)"),
    row(JAX, "nn.silu", X, "silu(x)"),
    row(JAX, "nn.swish", X, "silu(x)"),
    row(JAX, "nn.gelu", X, "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))"),
    row(JAX, "nn.log_sigmoid", X, "logsigmoid(x)"),
    row(JAX, "nn.softmax", &[Takes::One("x"), Takes::Or("axis", -1.0)], "softmax(x, axis)"),
    row(JAX, "nn.logsumexp", REDUCES, "logsumexp(x, axis)"),
    // Over the elements of an array.
    row(BOTH, "sum", REDUCES, "sum(x, axis)"),
    row(TORCH, "sum", REDUCES, "sum(x, axis)"),
    row(BOTH, "mean", REDUCES, "mean(x, axis)"),
    row(TORCH, "mean", REDUCES, "mean(x, axis)"),
    row(BOTH, "prod", REDUCES, "prod(x, axis)"),
    row(TORCH, "prod", REDUCES, "prod(x, axis)"),
    row(BOTH, "max", REDUCES, "max(x, axis=axis)"),
    row(BOTH, "min", REDUCES, "min(x, axis=axis)"),
    row(NP, "amax", REDUCES, "max(x, axis=axis)"),
    row(NP, "amin", REDUCES, "min(x, axis=axis)"),
    // Along a dimension PyTorch hands out places beside the values.
    row(TORCH, "max", X, "max(x)"),
    row(TORCH, "min", X, "min(x)"),
    row(TORCH, "max", XY, ""),
    row(TORCH, "min", XY, ""),
    row(TORCH, "amax", REDUCES, "max(x, axis=axis)"),
    row(TORCH, "amin", REDUCES, "min(x, axis=axis)"),
    row(BOTH, "var", REDUCES, "var(x, axis)"),
    row(BOTH, "std", REDUCES, "std(x, axis)"),
    row(BOTH, "var", SPREADS, "var(x, axis)*(size(x, axis)/(size(x, axis) - ddof))"),
    row(BOTH, "std", SPREADS, "std(x, axis)*sqrt(size(x, axis)/(size(x, axis) - ddof))"),
    row(TORCH, "var", REDUCES, "var(x, axis)*(size(x, axis)/(size(x, axis) - 1))"),
    row(TORCH, "std", REDUCES, "std(x, axis)*sqrt(size(x, axis)/(size(x, axis) - 1))"),
    row(TORCH, "var", SAMPLE, "var(x, axis)*(size(x, axis)/(size(x, axis) - correction))"),
    row(TORCH, "std", SAMPLE, "std(x, axis)*sqrt(size(x, axis)/(size(x, axis) - correction))"),
    row(TORCH, "logsumexp", REDUCES, "logsumexp(x, axis)"),
    row(&["np", "torch", METHOD], "cumsum", ALONG_ONE, "cumsum(x, axis)"),
    row(BOTH, "cumsum", X, "cumsum(reshape(x, size(x)))"),
    row(&["np", "torch", METHOD], "argmax", ALONG, "argmax(x, axis)"),
    row(&["np", "torch", METHOD], "argmin", ALONG, "argmin(x, axis)"),
    row(NP, "linalg.norm", &[Takes::One("x"), Takes::NamedAxis, Takes::Keep], "norm(x, axis)"),
    row(TORCH, "norm", X, "norm(x)"),
    // Vectors and matrices.
    row(&["np", METHOD], "dot", XY, "x @ y"),
    row(TORCH, "dot", XY, "dot(x, y)"),
    row(&["np", "torch", METHOD], "matmul", XY, "x @ y"),
    row(&["torch", METHOD], "mm", XY, "x @ y"),
    row(&["torch", METHOD], "mv", XY, "x @ y"),
    row(NP, "inner", XY, "dot(x, y)"),
    row(ARRAYS, "outer", XY, "outer(x, y)"),
    row(BOTH, "transpose", X, "x.T"),
    row(METHODS, "t", X, "x.T"),
    row(&["np", "torch", METHOD], "trace", X, "trace(x)"),
    row(ARRAYS, "diag", X, "diag(x)"),
    row(NP, "tril", &[Takes::One("x"), Takes::Or("k", 0.0)], BELOW),
    row(NP, "triu", &[Takes::One("x"), Takes::Or("k", 0.0)], ABOVE),
    row(TORCH, "tril", &[Takes::One("x"), Takes::Or("diagonal", 0.0)], BELOW_DIAGONAL),
    row(TORCH, "triu", &[Takes::One("x"), Takes::Or("diagonal", 0.0)], ABOVE_DIAGONAL),
    row(ARRAYS, "linalg.det", X, "det(x)"),
    row(ARRAYS, "linalg.inv", X, "inv(x)"),
    row(ARRAYS, "linalg.solve", XY, "solve(x, y)"),
    // Arrays and their parts.
    row(ARRAYS, "array", X, "x"),
    row(NP, "asarray", X, "x"),
    row(TORCH, "tensor", X, "x"),
    row(NP, "float64", X, "x"),
    row(BOTH, "copy", X, "x"),
    row(METHODS, "clone", X, "x"),
    row(METHODS, "astype", &[Takes::One("x"), Takes::Kind(FLOATS)], "x"),
    row(METHODS, "astype", &[Takes::One("x"), Takes::Kind(WHOLE)], "sign(x)*floor(abs(x))"),
    row(METHODS, "astype", &[Takes::One("x"), Takes::Kind(TRUTH)], "x != 0"),
    // What leaves the arrays that PyTorch differentiates has no gradient.
    row(METHODS, "item", X, "stop_gradient(reshape(x, 1)[0])"),
    row(METHODS, "numpy", X, "stop_gradient(x)"),
    row(METHODS, "detach", X, "stop_gradient(x)"),
    row(METHODS, "abs", X, "abs(x)"),
    row(METHODS, "exp", X, "exp(x)"),
    row(METHODS, "log", X, "log(x)"),
    row(METHODS, "sqrt", X, "sqrt(x)"),
    row(METHODS, "tanh", X, "tanh(x)"),
    row(METHODS, "sigmoid", X, "sigma(x)"),
    row(METHODS, "relu", X, "relu(x)"),
    row(METHODS, "clip", &[Takes::One("x"), Takes::One("lo"), Takes::One("hi")], "clamp(x, lo, hi)"),
    row(&["np", METHOD], "ravel", X, "reshape(x, size(x))"),
    row(METHODS, "flatten", X, "reshape(x, size(x))"),
    row(METHODS, "reshape", &[Takes::One("x"), Takes::Size("n")], "reshape(x, n)"),
    row(METHODS, "reshape", &[Takes::One("x"), Takes::Size("m"), Takes::Size("n")], "reshape(x, m, n)"),
    row(&["np", "torch", METHOD], "reshape", &[Takes::One("x"), Takes::Sizes(&["n"])], "reshape(x, n)"),
    row(&["np", "torch", METHOD], "reshape", &[Takes::One("x"), Takes::Sizes(&["m", "n"])], "reshape(x, m, n)"),
    row(NP, "expand_dims", ALONG_ONE, "expand(x, axis)"),
    row(TORCH, "unsqueeze", ALONG_ONE, "expand(x, axis)"),
    row(METHODS, "unsqueeze", ALONG_ONE, "expand(x, axis)"),
    row(NP, "size", ALONG, "size(x, axis)"),
    row(ARRAYS, "mod", XY, "mod(x, y)"),
    row(ARRAYS, "remainder", XY, "mod(x, y)"),
    row(NP, "concatenate", &[Takes::Parts, Takes::Axis], "concat(arrays, axis=axis)"),
    row(TORCH, "cat", &[Takes::Parts, Takes::Axis], "concat(arrays, axis=axis)"),
    row(ARRAYS, "stack", X, "x"),
    row(NP, "zeros", ONE_SIZE, "zeros(n)"),
    row(NP, "zeros", TWO_SIZES, "zeros(m, n)"),
    row(NP, "ones", ONE_SIZE, "ones(n)"),
    row(NP, "ones", TWO_SIZES, "ones(m, n)"),
    row(TORCH, "zeros", N, "zeros(n)"),
    row(TORCH, "zeros", MN, "zeros(m, n)"),
    row(TORCH, "zeros", ONE_SIZE, "zeros(n)"),
    row(TORCH, "zeros", TWO_SIZES, "zeros(m, n)"),
    row(TORCH, "ones", N, "ones(n)"),
    row(TORCH, "ones", MN, "ones(m, n)"),
    row(TORCH, "ones", ONE_SIZE, "ones(n)"),
    row(TORCH, "ones", TWO_SIZES, "ones(m, n)"),
    row(ARRAYS, "zeros_like", X, "where(x == x, 0, 0)"),
    row(ARRAYS, "ones_like", X, "where(x == x, 1, 1)"),
    row(ARRAYS, "eye", N, "eye(n)"),
    row(NP, "identity", N, "eye(n)"),
    row(NP, "linspace", &[Takes::One("a"), Takes::One("b"), Takes::Or("num", 50.0)], "linspace(a, b, num)"),
    row(TORCH, "linspace", &[Takes::One("a"), Takes::One("b"), Takes::One("steps")], "linspace(a, b, steps)"),
    row(ARRAYS, "arange", &[Takes::One("n")], "range(n)"),
    row(NP, "arange", &[Takes::One("m"), Takes::One("n"), Takes::One("step")], "range(m, n, step)"),
    row(ARRAYS, "arange", &[Takes::One("m"), Takes::One("n")], "linspace(m, n - 1, n - m)"),
    row(NP, "random.randn", N, "randn(n)"),
    row(NP, "random.randn", MN, "randn(m, n)"),
    row(NP, "random.rand", N, "rand(n)"),
    row(NP, "random.rand", MN, "rand(m, n)"),
    row(NP, "random.random", ONE_SIZE, "rand(n)"),
    row(NP, "random.random", TWO_SIZES, "rand(m, n)"),
    row(NP, "random.standard_normal", ONE_SIZE, "randn(n)"),
    row(NP, "random.standard_normal", TWO_SIZES, "randn(m, n)"),
    row(TORCH, "randn", N, "randn(n)"),
    row(TORCH, "randn", MN, "randn(m, n)"),
    row(TORCH, "rand", N, "rand(n)"),
    row(TORCH, "rand", MN, "rand(m, n)"),
    // What a printed program defines, because its language does not have it.
    row(OWN, "exp2", X, "exp2(x)"),
    row(OWN, "cbrt", X, "cbrt(x)"),
    row(OWN, "sigma", X, "sigma(x)"),
    row(OWN, "relu", X, "relu(x)"),
    row(OWN, "leaky_relu", X, "leaky_relu(x)"),
    row(OWN, "elu", X, "elu(x)"),
    row(OWN, "softplus", X, "softplus(x)"),
    row(OWN, "silu", X, "silu(x)"),
    row(OWN, "gelu", X, "gelu(x)"),
    row(OWN, "logsigmoid", X, "logsigmoid(x)"),
    row(OWN, "log1mexp", X, "log1mexp(x)"),
    row(OWN, "sinc", X, "sinc(x)"),
    row(OWN, "sign", X, "sign(x)"),
    row(OWN, "erf", X, "erf(x)"),
    row(OWN, "erfc", X, "erfc(x)"),
    row(OWN, "erfcx", X, "erfcx(x)"),
    row(OWN, "gamma", X, "gamma(x)"),
    row(OWN, "lgamma", X, "lgamma(x)"),
    row(OWN, "digamma", X, "digamma(x)"),
    row(OWN, "logdet", X, "logdet(x)"),
    row(OWN, "cofactor", X, "cofactor(x)"),
    row(OWN, "logaddexp", XY, "logaddexp(x, y)"),
    row(OWN, "xlogy", XY, "xlogy(x, y)"),
    row(OWN, "mod", XY, "mod(x, y)"),
    row(OWN, "sinc_derivative", &[Takes::One("n"), Takes::One("x")], "sinc_derivative(n, x)"),
    row(OWN, "erfcx_derivative", &[Takes::One("n"), Takes::One("x")], "erfcx_derivative(n, x)"),
    row(OWN, "polygamma", &[Takes::One("n"), Takes::One("x")], "polygamma(n, x)"),
    row(OWN, "clamp", &[Takes::One("x"), Takes::One("lo"), Takes::One("hi")], "clamp(x, lo, hi)"),
    row(OWN, "norm", ALONG, "norm(x, axis)"),
    row(OWN, "std", ALONG, "std(x, axis)"),
    row(OWN, "logsumexp", ALONG, "logsumexp(x, axis)"),
    row(OWN, "softmax", ALONG, "softmax(x, axis)"),
    row(OWN, "centered", ALONG, "centered(x, axis)"),
    row(OWN, "cumsum_from_end", ALONG, "cumsum_from_end(x, axis)"),
    row(OWN, "others", ALONG, "others(x, axis)"),
    row(OWN, "argmax", ALONG, "argmax(x, axis)"),
    row(OWN, "argmin", ALONG, "argmin(x, axis)"),
    row(OWN, "pairs", &[Takes::One("g"), Takes::One("x"), Takes::Axis], "pairs(g, x, axis)"),
    row(OWN, "onehot", &[Takes::One("y"), Takes::Size("n")], "onehot(y, n)"),
    row(OWN, "nonzero", &[Takes::One("m"), Takes::Size("k")], "nonzero(m, k)"),
    row(OWN, "gather", &[Takes::One("x"), Takes::One("i")], "x[i]"),
    row(OWN, "gather", &[Takes::One("x"), Takes::One("i"), Takes::One("j")], "x[i, j]"),
    row(OWN, "scatter_add", &[Takes::One("g"), Takes::One("x"), Takes::One("i")], "scatter_add(g, x, i)"),
    row(OWN, "scatter_add", &[Takes::One("g"), Takes::One("x"), Takes::One("i"), Takes::One("j")], "scatter_add(g, x, i, j)"),
    row(OWN, "chain", &[Takes::One("x"), Takes::One("y")], "chain(x, y)"),
    row(OWN, "guard", &[Takes::One("x"), Takes::One("y")], "guard(x, y)"),
    row(OWN, "maximum", XY, "max(x, y)"),
    row(OWN, "minimum", XY, "min(x, y)"),
    row(OWN, "choose", &[Takes::One("c"), Takes::One("x"), Takes::One("y")], "where(c, x, y)"),
    row(OWN, "choose_each", &[Takes::One("c"), Takes::One("x"), Takes::One("y")], "where(c, x, y)"),
    row(OWN, "matmul_first", XY, "matmul_first(x, y)"),
    row(OWN, "matmul_last", XY, "matmul_last(x, y)"),
    row(OWN, "outer_first", XY, "outer_first(x, y)"),
    row(OWN, "outer_last", XY, "outer_last(x, y)"),
];

/// The constants that have a name in each of the libraries.
const NUMBERS: &[(&str, &[&str])] = &[("pi", ALL), ("e", ALL), ("tau", MATH), ("inf", ALL)];

/// What stands where a name says what it takes: `keepdims=True`.
pub const FLAGS: &[(&str, f64)] = &[("True", 1.0), ("False", 0.0), ("None", f64::NAN)];

/// The property of an array that tells its sizes.
pub const SHAPE: &str = ".shape";

/// The property of a matrix that is its rows as columns; a sign of the language.
pub const TRANSPOSED: &str = ".T";

/// The method of an array that makes numbers of another kind of its own, and the kinds: floats, whole numbers and truth values.
pub const CONVERTS: &str = ".astype";

/// The names of kinds of numbers, and the number that stands for each.
const KINDS: &[(&str, f64)] =
    &[("float", FLOATS), ("np.float64", FLOATS), ("int", WHOLE), ("np.int64", WHOLE), ("bool", TRUTH), ("np.bool_", TRUTH)];
const FLOATS: f64 = 0.0;
const WHOLE: f64 = 1.0;
const TRUTH: f64 = 2.0;

/// The number that stands for a kind of numbers.
pub fn kind(name: &str) -> Option<f64> {
    KINDS.iter().find(|(known, _)| *known == name).map(|&(_, number)| number)
}

/// The first name of a kind of numbers.
pub fn word_of_kind(number: f64) -> &'static str {
    KINDS.iter().find(|(_, known)| *known == number).map_or("", |&(name, _)| name)
}

/// What subscripts stand behind, where they are an operand themselves: `np.s_[0, 1:]`.
pub const SLICES: &str = "np.s_";

/// The operand of NumPy's functions that says of what kind numbers are; here they are floats.
pub const DTYPE: &str = "dtype";

/// The function of a printed program that puts numbers in their places among zeros.
pub const PLACED: &str = "printed.scatter";

/// The function that an assignment to some elements of an array stands for: the array with a value in those places. NumPy has none
/// of this name.
pub const PUT: &str = "np.put_in";

/// The operand of PyTorch's arrays that asks for a gradient, which every input has here.
pub const WANTS_GRADIENT: &str = "requires_grad";

/// What the functions of neural networks stand behind where PyTorch is imported as its documentation does.
pub const NEURAL: &str = "F";

/// The name that PyTorch's networks, of which nothing is known here but [`NEURAL_LONG`], are imported under.
pub const NETWORKS: &str = "nn";

/// Names that other libraries are imported under, of which nothing is known here.
pub const ELSEWHERE: &[&str] = &["tf", "keras", "sp", "sympy", "cp", "cupy", "pd", "optax"];

/// The prefix that [`NEURAL`] is short for.
const NEURAL_LONG: &str = "torch.nn.functional";

/// What is written here instead of names that have no meaning, by their last part.
const INSTEAD: &[(&str, &str)] = &[
    ("grad", "ask for the result, and `dx` is the gradient on `x`; or write `d(f, x)`"),
    ("value_and_grad", "ask for the result, which is shown with its gradients; or write `d(f, x)`"),
    ("backward", "every result is differentiated: ask for it, and `dx` is the gradient on `x`; or write `d(f, x)`"),
    ("requires_grad", REQUIRED),
    ("requires_grad_", REQUIRED),
    ("no_grad", "an update such as `x -= 0.1*d(f, x)` gives x a number, and nothing is differentiated through it"),
    ("zero_grad", FRESH),
    ("zero_", FRESH),
    ("step", UPDATE),
    ("SGD", UPDATE),
    ("Adam", UPDATE),
    ("functional", "write such as `torch.nn.functional.relu(x)`"),
    ("size", "the number of elements is `size(x)`"),
    ("ndim", "the number of axes is that of the sizes, `size(x.shape)`"),
    ("Parameter", "an input is a name with a value, as in `W = randn(3, 4)`"),
    ("Linear", "a layer is written out: `W = randn(4, 3); b = randn(4); y = W @ x + b`"),
    ("Sequential", LAYERS),
    ("Module", LAYERS),
    ("ReLU", "write `relu(x)`"),
    ("Sigmoid", "write `sigma(x)`"),
    ("Tanh", "write `tanh(x)`"),
    ("Softmax", "write `softmax(x, axis=0)`"),
    ("LogSoftmax", "write `x - logsumexp(x)` of a vector"),
    ("any", ANY),
    ("all", EVERY),
    ("count_nonzero", COUNT),
    ("sort", SORT),
    ("argsort", SORT),
    ("seed", SEED),
    ("manual_seed", SEED),
    ("normal", "write `m + s*randn(5)`, of the mean m and the standard deviation s"),
    ("uniform", "write `a + (b - a)*rand(5)`, of the ends a and b"),
    ("cross", "write the vector out: `[x[1]*y[2] - x[2]*y[1], x[2]*y[0] - x[0]*y[2], x[0]*y[1] - x[1]*y[0]]`"),
    ("heaviside", "a comparison is 1 or 0: write `x > 0`"),
];

/// Losses by the names that libraries give them, and how each is written out here.
const LOSSES: &[(&str, &str)] = &[
    ("mse", SQUARES),
    ("mse_loss", SQUARES),
    ("MSELoss", SQUARES),
    ("mean_squared_error", SQUARES),
    ("mae", DISTANCES),
    ("l1_loss", DISTANCES),
    ("L1Loss", DISTANCES),
    ("mean_absolute_error", DISTANCES),
    ("huber", HUBER),
    ("huber_loss", HUBER),
    ("HuberLoss", HUBER),
    ("smooth_l1_loss", HUBER),
    ("SmoothL1Loss", HUBER),
    ("CrossEntropyLoss", ENTROPY),
    ("cross_entropy", ENTROPY),
    ("crossentropy", ENTROPY),
    ("cross_entropy_loss", ENTROPY),
    ("softmax_loss", ENTROPY),
    ("softmax_cross_entropy", ENTROPY),
    ("softmax_cross_entropy_with_logits", ENTROPY),
    ("categorical_crossentropy", ENTROPY),
    ("sparse_categorical_crossentropy", ENTROPY),
    ("nll_loss", "write `-x[k]` of a vector of logarithms whose right class is k"),
    ("NLLLoss", "write `-x[k]` of a vector of logarithms whose right class is k"),
    ("BCELoss", BINARY),
    ("bce", BINARY),
    ("binary_cross_entropy", BINARY),
    ("binary_crossentropy", BINARY),
    ("log_loss", BINARY),
    ("BCEWithLogitsLoss", LOGITS),
    ("bce_with_logits", LOGITS),
    ("binary_cross_entropy_with_logits", LOGITS),
    ("sigmoid_binary_cross_entropy", LOGITS),
    ("sigmoid_cross_entropy", LOGITS),
    ("hinge", HINGE),
    ("hinge_loss", HINGE),
    ("multi_margin_loss", HINGE),
    ("kl_div", "of probabilities p and q, write `sum(p*log(p/q))`"),
    ("KLDivLoss", "of probabilities p and q, write `sum(p*log(p/q))`"),
];

const SQUARES: &str = "write `mean((x - y)^2)`";
const DISTANCES: &str = "write `mean(abs(x - y))`";
const HUBER: &str = "of errors e, write `mean(where(abs(e) <= 1, e^2/2, abs(e) - 0.5))`";
const BINARY: &str = "of probabilities p and targets y of 0 and 1, write `-mean(y*log(p) + (1 - y)*log(1 - p))`";
const LOGITS: &str = "of scores x and targets y of 0 and 1, write `mean(softplus(x) - y*x)`";
const HINGE: &str = "of a vector of scores whose right class is k, write `sum(max(0, x - x[k] + 1)) - 1`";

/// How a loss is written out that a library has a name for.
pub fn loss(name: &str) -> Option<&'static str> {
    LOSSES.iter().find(|(known, _)| *known == name).map(|&(_, instead)| instead)
}

/// What is said where somebody looks for losses.
pub const WRITTEN_OUT: &str =
    "a loss is no gate, but written out: `mean((x - y)^2)`, or `logsumexp(s) - s[k]` of a vector of scores whose right class is k";

/// What is written instead of functions of truth values.
pub const ANY: &str = "whether any number of a mask is 1 is its largest one, `max(m)`";
/// The same of all.
pub const EVERY: &str = "whether all numbers of a mask are 1 is its smallest one, `min(m)`";
/// The same of how many.
pub const COUNT: &str = "how many numbers of a mask are 1 is their sum, `sum(m)`";
/// What there is instead of sorting.
pub const SORT: &str = "nothing is sorted here; the ends are `min(x)` and `max(x)`, and their places `argmin(x)` and `argmax(x)`";

const SEED: &str = "random numbers are the same in every run; `set seed 3` chooses others";
const REQUIRED: &str = "every input has a gradient; `const x = 3` has none";
const FRESH: &str = "every answer has gradients of its own, and none is to be set to zero";
const UPDATE: &str = "a step of descent is written out: `x -= 0.1*d(f, x)`";
const LAYERS: &str = "a network is written out, a line for each layer: `h = relu(W1 @ x + b1); y = W2 @ h + b2`";
const ENTROPY: &str = "of a vector of scores whose right class is k, write `logsumexp(x) - x[k]`";

/// What is written here instead of a library's name that has no meaning.
pub fn instead(name: &str) -> Option<&'static str> {
    let last = name.rsplit('.').next().unwrap_or(name);
    INSTEAD.iter().find(|(known, _)| *known == last).map(|&(_, instead)| instead).or_else(|| loss(last))
}

/// The whole name of a function that is called as a method of [`NEURAL`].
pub fn neural(method: &str) -> Option<String> {
    let whole = format!("{NEURAL_LONG}{method}");
    (is_method(method) && meanings(&whole).next().is_some()).then_some(whole)
}

/// Whether a name is that of the sizes of an array, as a property or as a function.
pub fn is_shape(name: &str) -> bool {
    name == SHAPE || placed(name) == Some(("np", "shape"))
}

/// Whether a word adds an axis, where it stands in an index.
pub fn is_new_axis(name: &str) -> bool {
    name == "None" || name.contains('.') && placed(name) == Some(("np", "newaxis"))
}

/// The name of a method or a property as it stands in a tree.
pub fn is_method(name: &str) -> bool {
    name.starts_with('.')
}

/// Whether a name is one of a library's, or a method: only such a name has a point in it.
pub fn is_foreign(name: &str) -> bool {
    name.contains('.')
}

/// Whether a word is the beginning of a library's name, before a point.
pub fn is_prefix(word: &str) -> bool {
    let first = word.split('.').next().unwrap_or_default();
    PREFIXES.iter().any(|(prefix, _)| *prefix == first)
}

/// Whether a library is known by another name: `numpy as np`.
pub fn is_alias(name: &str, alias: &str) -> bool {
    let library = |word: &str| PREFIXES.iter().find(|(prefix, _)| *prefix == word).map(|&(_, library)| library);
    if let (NEURAL_LONG, NEURAL) | ("torch.nn", NETWORKS) = (name, alias) {
        return true;
    }
    let named = if name == "jax.numpy" { Some("np") } else { library(name) };
    named.is_some() && named == library(alias)
}

/// The library of a name with a prefix, or of a method, and its name there.
fn placed(name: &str) -> Option<(&'static str, &str)> {
    let Some((prefix, rest)) = name.split_once('.') else { return Some((BARE[0], name)) };
    if let Some(&library) = [METHOD, PRINTED].iter().find(|library| **library == prefix) {
        return Some((library, rest));
    }
    // jax.numpy is NumPy's.
    if let ("jax", Some(rest)) = (prefix, rest.strip_prefix("numpy.")) {
        return Some(("np", rest));
    }
    PREFIXES.iter().find(|(known, _)| *known == prefix).map(|&(_, library)| (library, rest))
}

/// The functions of a name with a prefix, or of a method.
pub fn meanings(name: &str) -> impl Iterator<Item = &'static Meaning> {
    let placed = placed(name);
    let meant = move |row: &&Meaning| placed.is_some_and(|(library, name)| row.name == name && row.libraries.contains(&library));
    MEANINGS.iter().filter(meant)
}

/// Whether a name with a prefix, or of a method or a property, means something here.
pub fn is_known(name: &str) -> bool {
    let is_part = name == SLICES || is_shape(name) || is_new_axis(name) || name == TRANSPOSED;
    is_part || meanings(name).next().is_some() || constant(name).is_some()
}

/// The names of the library that a name belongs to, with its prefix.
pub fn names_beside(name: &str) -> Vec<String> {
    let Some((library, rest)) = placed(name) else { return Vec::new() };
    let prefix = &name[..name.len() - rest.len()];
    let rows = MEANINGS.iter().filter(|row| row.libraries.contains(&library));
    rows.map(|row| format!("{prefix}{}", row.name)).collect()
}

/// The language's name of a constant of a library, and its value.
pub fn constant(name: &str) -> Option<(&'static str, f64)> {
    let (library, name) = placed(name)?;
    let &(known, _) = NUMBERS.iter().find(|(known, libraries)| *known == name && libraries.contains(&library))?;
    language_constant(known).map(|value| (known, value))
}

/// Whether the arrays that a function takes stand in square brackets.
pub fn takes_parts(name: &str) -> bool {
    is_foreign(name) && meanings(name).any(|row| row.takes.first() == Some(&Takes::Parts))
}
