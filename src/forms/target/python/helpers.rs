//! The functions that printed Python calls and neither Python nor NumPy has.

use super::super::Helper;

/// A choice between numbers, of which one is computed.
pub const CHOOSE: Helper = ("choose", "def choose(c, x, y): return c if c != c else (x)() if c else (y)()");

/// What Python's `math` does not have.
#[rustfmt::skip]
pub const NUMBER_HELPERS: &[Helper] = &[
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

pub const CAREFUL_NUMBER_HELPERS: &[Helper] = &[
    ("guard", "def guard(slope, value): return value if value != value else slope"),
    ("maximum", "def maximum(x, y): return x if x >= y or x != x else y"),
    ("minimum", "def minimum(x, y): return x if x <= y or x != x else y"),
];

/// What NumPy does not have.
#[rustfmt::skip]
pub const ARRAY_HELPERS: &[Helper] = &[
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
    top = np.where(np.isfinite(top), top, 0.0)
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

pub const CAREFUL_ARRAY_HELPERS: &[Helper] = &[
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
