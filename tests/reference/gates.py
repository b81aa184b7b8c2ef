"""Reference values, gradients and hessians of the gates, written to gates.jsonl next to this file.

    pip install mpmath
    python gates.py

Every number comes from mpmath alone: closed forms of the value and of the first two derivatives, written down by hand
in FORMS and evaluated at the points in POINTS. The arguments are binary64 numbers taken as exact. The closed forms are
evaluated with at least 120 digits (more for tiny and huge arguments), again with twice as many, and each result is
rounded once to the nearest binary64, ties to even, with subnormals and overflow to inf; the two must agree. Running the
script again gives the same bytes.

A line is one point:

    {"gate": "sqr", "at": ["3.0"], "value": "9.0", "gradient": ["6.0"], "hessian": [["2.0"]]}

Numbers are strings, so that inf, nan, -0.0 and subnormals survive. The derivatives are the mathematical ones, not what
a formula gives in binary64. "nan" marks a derivative that does not exist: of pow in the exponent where the base is
negative, of polygamma in its order. A value that is exactly 0 has the sign IEEE 754 gives it; a derivative that is
exactly 0 is 0.0; what underflows to 0 keeps its sign. Kinks, ties and singularities are not among the points.
"""

import json
import operator
from collections import namedtuple
from math import copysign, frexp, ldexp
from pathlib import Path

import mpmath
from mpmath import acos, acosh, asin, asinh, atan, atan2, atanh, cos, cosh, erf, exp, expm1, hypot, log, log1p, mpf, nan
from mpmath import pi, psi, sec, sech, sin, sinh, sqrt, tan, tanh

OUTPUT = Path(__file__).with_name("gates.jsonl")


# What the closed forms are made of.

def power(x, y):
    """x^y for x > 0, or x < 0 and an integer y."""
    odd = x < 0 and y % 2 == 1
    return -mpmath.power(-x, y) if odd else mpmath.power(abs(x), y)


def root3(x):
    return mpmath.sign(x) * mpmath.cbrt(abs(x))


def sigma(x):
    return 1 / (1 + exp(-x))


def sigma1(x):
    return 1 / (2 * cosh(x / 2)) ** 2


def sigma2(x):
    return -sigma1(x) * tanh(x / 2)


def erfc(x):
    """Beyond 1e100, where mpmath gives up, the first term of the asymptotic series has 200 digits."""
    return mpmath.erfc(x) if x < 1e100 else exp(-x * x) / (x * sqrt(pi))


def bell(x):
    """The standard normal density."""
    return exp(-x * x / 2) / sqrt(2 * pi)


def bell_area(x):
    """The standard normal distribution function."""
    return erfc(-x / sqrt(2)) / 2


def lgamma(x):
    """log|gamma(x)|, by reflection for x < 0."""
    return mpmath.loggamma(x) if x > 0 else log(pi / abs(mpmath.sinpi(x))) - mpmath.loggamma(1 - x)


def gamma(x):
    return mpmath.gamma(x) if x < 1000 else exp(lgamma(x))


# A gate: its value, gradient and hessian, each a function of the operands; and for a gate that answers one of its
# operands, which one.

Form = namedtuple("Form", "value gradient hessian which", defaults=[None])


def unary(f, d, dd):
    return Form(f, lambda x: [d(x)], lambda x: [[dd(x)]])


def binary(f, dx, dy, dxx, dxy, dyy):
    return Form(
        f,
        lambda x, y: [dx(x, y), dy(x, y)],
        lambda x, y: [[dxx(x, y), dxy(x, y)], [dxy(x, y), dyy(x, y)]],
    )


def flat(at):
    return [[0] * len(at) for _ in at]


def step(f):
    """A gate without slope."""
    return Form(f, lambda *at: [0] * len(at), lambda *at: flat(at))


def select(which):
    """A gate that answers its operand number which(*at)."""
    return Form(
        lambda *at: at[which(*at)],
        lambda *at: [int(i == which(*at)) for i in range(len(at))],
        lambda *at: flat(at),
        which,
    )


def always(constant):
    return lambda *at: constant


zero, one, undefined = always(0), always(1), always(nan)

def of_order(f):
    """f(n, x), the n-th derivative of something."""
    return binary(
        lambda n, x: f(int(n), x),
        undefined,
        lambda n, x: f(int(n) + 1, x),
        undefined,
        undefined,
        lambda n, x: f(int(n) + 2, x),
    )


def length(*at):
    return sqrt(sum(x * x for x in at))


def sinc_slope(n, x):
    """The n-th derivative of sin(x) / x: by its series for |x| < 1, else by Leibniz' rule for sin(x) times 1 / x."""
    if abs(x) < 1:
        k = (n + 1) // 2
        terms = []
        while not terms or abs(terms[-1]) > mpf(10) ** (-mpmath.mp.dps - 10) * abs(terms[0]):
            terms.append((-1) ** k * mpmath.power(x, 2 * k - n) / (mpmath.factorial(2 * k - n) * (2 * k + 1)))
            k += 1
            if x == 0:
                break
        return mpmath.fsum(terms)
    turned = [sin(x), cos(x), -sin(x), -cos(x)]
    return mpmath.fsum(
        mpmath.binomial(n, k) * turned[(n - k) % 4] * (-1) ** k * mpmath.factorial(k) / x ** (k + 1) for k in range(n + 1)
    )


def erfcx_slope(n, x):
    """The n-th derivative of exp(x^2) erfc(x), by f(n + 1) = 2x f(n) + 2n f(n - 1) from f(1) = 2x f(0) - 2 / sqrt(pi),
    with digits for what cancels; far out by the asymptotic series, differentiated term by term."""
    if x > 1e8:
        series = lambda k: (-1) ** k * mpmath.fac2(2 * k - 1) / mpf(2) ** k if k else mpf(1)
        fall = lambda k: (-1) ** n * mpmath.rf(2 * k + 1, n) / x ** (2 * k + 1 + n)
        return mpmath.fsum(series(k) * fall(k) for k in range(20)) / sqrt(pi)
    with mpmath.workdps(mpmath.mp.dps + 40 * (n + 1)):
        before, own = mpf(0), exp(x * x) * mpmath.erfc(x)
        for k in range(n):
            before, own = own, 2 * x * own + (2 * k * before if k else -2 / sqrt(pi))
    return own


LEAK = mpf(0.01)  # the binary64 number, which is what a calculator's literal 0.01 means

FORMS = {
    # Arithmetic.
    "add": binary(operator.add, one, one, zero, zero, zero),
    "sub": binary(operator.sub, one, always(-1), zero, zero, zero),
    "mul": binary(operator.mul, lambda x, y: y, lambda x, y: x, zero, one, zero),
    "div": binary(
        operator.truediv,
        lambda x, y: 1 / y,
        lambda x, y: -x / y**2,
        zero,
        lambda x, y: -1 / y**2,
        lambda x, y: 2 * x / y**3,
    ),
    "pow": binary(
        power,
        lambda x, y: y * power(x, y - 1),
        lambda x, y: power(x, y) * log(x) if x > 0 else nan,
        lambda x, y: y * (y - 1) * power(x, y - 2),
        lambda x, y: power(x, y - 1) * (1 + y * log(x)) if x > 0 else nan,
        lambda x, y: power(x, y) * log(x) ** 2 if x > 0 else nan,
    ),
    "neg": unary(lambda x: -x, always(-1), zero),
    "recip": unary(lambda x: 1 / x, lambda x: -1 / x**2, lambda x: 2 / x**3),
    "sqr": unary(lambda x: x * x, lambda x: 2 * x, always(2)),
    # Exponentials, logarithms, roots.
    "exp": unary(exp, exp, exp),
    "expm1": unary(expm1, exp, exp),
    "exp2": unary(
        lambda x: power(mpf(2), x),
        lambda x: power(mpf(2), x) * log(2),
        lambda x: power(mpf(2), x) * log(2) ** 2,
    ),
    "log": unary(log, lambda x: 1 / x, lambda x: -1 / x**2),
    "log1p": unary(log1p, lambda x: 1 / (1 + x), lambda x: -1 / (1 + x) ** 2),
    "log2": unary(lambda x: log(x) / log(2), lambda x: 1 / (x * log(2)), lambda x: -1 / (x**2 * log(2))),
    "log10": unary(lambda x: log(x) / log(10), lambda x: 1 / (x * log(10)), lambda x: -1 / (x**2 * log(10))),
    "logaddexp": binary(
        lambda x, y: max(x, y) + log1p(exp(-abs(x - y))),
        lambda x, y: sigma(x - y),
        lambda x, y: sigma(y - x),
        lambda x, y: sigma1(x - y),
        lambda x, y: -sigma1(x - y),
        lambda x, y: sigma1(x - y),
    ),
    "log1mexp": unary(
        lambda x: log(-expm1(-x)) if x < 1 else log1p(-exp(-x)),
        lambda x: -exp(-x) / expm1(-x),
        lambda x: -exp(-x) / expm1(-x) ** 2,
    ),
    "xlogy": binary(
        lambda x, y: x * log(y) if x else 0,
        lambda x, y: log(y),
        lambda x, y: x / y,
        zero,
        lambda x, y: 1 / y,
        lambda x, y: -x / y**2,
    ),
    "sqrt": unary(sqrt, lambda x: 1 / (2 * sqrt(x)), lambda x: -1 / (4 * x * sqrt(x))),
    "cbrt": unary(root3, lambda x: 1 / (3 * root3(x) ** 2), lambda x: -2 / (9 * x * root3(x) ** 2)),
    # Circular and hyperbolic.
    "sin": unary(sin, cos, lambda x: -sin(x)),
    "cos": unary(cos, lambda x: -sin(x), lambda x: -cos(x)),
    "tan": unary(tan, lambda x: sec(x) ** 2, lambda x: 2 * tan(x) * sec(x) ** 2),
    "asin": unary(asin, lambda x: 1 / sqrt(1 - x**2), lambda x: x / sqrt(1 - x**2) ** 3),
    "acos": unary(acos, lambda x: -1 / sqrt(1 - x**2), lambda x: -x / sqrt(1 - x**2) ** 3),
    "atan": unary(atan, lambda x: 1 / (1 + x**2), lambda x: -2 * x / (1 + x**2) ** 2),
    "sinc": unary(lambda x: sinc_slope(0, x), lambda x: sinc_slope(1, x), lambda x: sinc_slope(2, x)),
    "sinc_derivative": of_order(sinc_slope),
    "atan2": binary(
        atan2,
        lambda y, x: x / (x**2 + y**2),
        lambda y, x: -y / (x**2 + y**2),
        lambda y, x: -2 * x * y / (x**2 + y**2) ** 2,
        lambda y, x: (y**2 - x**2) / (x**2 + y**2) ** 2,
        lambda y, x: 2 * x * y / (x**2 + y**2) ** 2,
    ),
    "sinh": unary(sinh, cosh, sinh),
    "cosh": unary(cosh, sinh, cosh),
    "tanh": unary(tanh, lambda x: sech(x) ** 2, lambda x: -2 * tanh(x) * sech(x) ** 2),
    "asinh": unary(asinh, lambda x: 1 / sqrt(1 + x**2), lambda x: -x / sqrt(1 + x**2) ** 3),
    "acosh": unary(acosh, lambda x: 1 / sqrt(x**2 - 1), lambda x: -x / sqrt(x**2 - 1) ** 3),
    "atanh": unary(atanh, lambda x: 1 / (1 - x**2), lambda x: 2 * x / (1 - x**2) ** 2),
    # Activations.
    "sigma": unary(sigma, sigma1, sigma2),
    "relu": unary(lambda x: x if x > 0 else 0, lambda x: int(x > 0), zero),
    "leaky_relu": unary(lambda x: x if x > 0 else LEAK * x, lambda x: 1 if x > 0 else LEAK, zero),
    "elu": unary(
        lambda x: x if x > 0 else expm1(x),
        lambda x: 1 if x > 0 else exp(x),
        lambda x: 0 if x > 0 else exp(x),
    ),
    "softplus": unary(lambda x: log1p(exp(x)), sigma, sigma1),
    "logsigmoid": unary(lambda x: -log1p(exp(-x)), lambda x: sigma(-x), lambda x: -sigma1(x)),
    "silu": unary(
        lambda x: x * sigma(x),
        lambda x: sigma(x) + x * sigma1(x),
        lambda x: 2 * sigma1(x) + x * sigma2(x),
    ),
    "gelu": unary(
        lambda x: x * bell_area(x),
        lambda x: bell_area(x) + x * bell(x),
        lambda x: (2 - x**2) * bell(x),
    ),
    # Piecewise.
    "abs": unary(abs, mpmath.sign, zero),
    "sign": step(mpmath.sign),
    "floor": step(mpmath.floor),
    "ceil": step(mpmath.ceil),
    "round": step(mpmath.nint),
    "max": select(lambda *at: at.index(max(at))),
    "min": select(lambda *at: at.index(min(at))),
    "clamp": select(lambda x, lo, hi: 1 if x < lo else 2 if x > hi else 0),
    "where": select(lambda c, a, b: 1 if c else 2),
    "hypot": Form(
        length,
        lambda *at: [x / length(*at) for x in at],
        lambda *at: [
            [sum(z * z for k, z in enumerate(at) if k != i) / length(*at) ** 3 if i == j else -x * y / length(*at) ** 3
             for j, y in enumerate(at)]
            for i, x in enumerate(at)
        ],
    ),
    "mod": binary(lambda x, y: x - y * mpmath.floor(x / y), one, lambda x, y: -mpmath.floor(x / y), zero, zero, zero),
    # Special functions; psi(n, x) is polygamma, psi(0, x) digamma.
    "erf": unary(
        erf,
        lambda x: 2 / sqrt(pi) * exp(-x * x),
        lambda x: -4 * x / sqrt(pi) * exp(-x * x),
    ),
    "erfc": unary(
        erfc,
        lambda x: -2 / sqrt(pi) * exp(-x * x),
        lambda x: 4 * x / sqrt(pi) * exp(-x * x),
    ),
    "gamma": unary(
        gamma,
        lambda x: gamma(x) * psi(0, x),
        lambda x: gamma(x) * (psi(0, x) ** 2 + psi(1, x)),
    ),
    "lgamma": unary(lgamma, lambda x: psi(0, x), lambda x: psi(1, x)),
    "digamma": unary(lambda x: psi(0, x), lambda x: psi(1, x), lambda x: psi(2, x)),
    "polygamma": of_order(psi),
    "erfcx": unary(lambda x: erfcx_slope(0, x), lambda x: erfcx_slope(1, x), lambda x: erfcx_slope(2, x)),
    "erfcx_derivative": of_order(erfcx_slope),
    # Comparisons.
    "lt": step(operator.lt),
    "le": step(operator.le),
    "gt": step(operator.gt),
    "ge": step(operator.ge),
    "eq": step(operator.eq),
    "ne": step(operator.ne),
}

# The sign of a value that is exactly 0, where it is not always +: that of a result in binary64, or of an operand.
SIGN_OF_ZERO = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "atan2": lambda y, x: y,
}
SIGN_OF_ZERO["mod"] = lambda x, y: y
ODD = "expm1 log1p sin tan asin atan sinh tanh asinh atanh silu gelu floor ceil round erf".split()
SIGN_OF_ZERO.update({gate: lambda x: x for gate in ODD})


# Where the gates are evaluated.

MIN = 5e-324  # the smallest subnormal
MAX = 1.7976931348623157e308
EPS = 2.0**-52  # 1 + EPS follows 1, and 1 - EPS / 2 precedes it
SMALL = [MIN, 1e-310, 1e-300, 1e-20, 1e-8]
LARGE = [1e10, 1e300]
ORDINARY = [0.1, 0.5, 1.0, 2.5]
PI = 3.141592653589793
WORST = ldexp(6381956970095103, 797)  # of all binary64 numbers the nearest to a multiple of pi / 2


def both(points):
    return [s * x for x in points for s in (1, -1)]


ZERO = [0.0, -0.0]
EVERYWHERE = both(ORDINARY) + both(SMALL) + both(LARGE) + ZERO
NOT_ZERO = both(ORDINARY) + both(SMALL) + both(LARGE)
POSITIVE = ORDINARY + [7.0, 10.0, 42.5, 0.001] + SMALL + LARGE
SATURATED = both([6.0, 20.0, 40.0])
EXPONENTIAL = EVERYWHERE + SATURATED + both([700.0, 745.0]) + [709.78, 710.0, -708.5, -744.5, -746.0]
AROUND_ONE = [1 + EPS, 1 - EPS / 2, 1 + 1e-9, 1 - 1e-9]
INSIDE_ONE = (
    both([0.1, 0.3, 0.5, 0.75, 0.9]) + both(SMALL) + ZERO
    + both([1 - EPS / 2, 1 - EPS, 1 - 1e-9, 1 - 1e-6])
)
ANGLES = (
    EVERYWHERE + both([PI, 2 * PI, 1e15]) + [0.7, -2.0, 3.0, 5.5, 100.0]
    + [PI / 2, -PI / 2, 3 * PI / 2, 100 * PI, 100000 * PI, 1e22, WORST, MAX]
)
BETWEEN_POLES = both([0.5, 2.5, 10.5]) + [-0.001, -1.25, -3.7, -2.000000001, -1.999999999, -170.5]
GAMMA = (
    [0.1, 0.3, 0.75, 1.0, 1.5, 2.0, 3.0, 7.25, 20.0, 100.0, 170.0] + both(SMALL) + BETWEEN_POLES
    + AROUND_ONE + [2 + 2 * EPS, 2 - EPS, 2 + 1e-9, 2 - 1e-9] + [1.4616321449683622, 1.4616321449683625] + LARGE
)
PAIRS = [
    (1.5, 2.25), (-3.0, 0.7), (0.1, -0.3), (-2.5, -4.0), (100.0, 0.01), (-7.0, 3.0), (1.0, 1 + EPS), (-0.1, 12.5),
    (1e-300, 1e-20), (1e-8, 3.0), (3.0, 1e-8), (1e300, 1e10), (-1e10, 1e300), (1e300, 2e300), (1e300, 1e-300),
    (-1e-300, 1e-310), (MIN, 1e-310), (MIN, 2.0), (-2.0, MIN), (-MIN, 1e300), (MAX, 3.0), (MAX, 1e308),
]
ON_AN_AXIS = [(0.0, 2.0), (-0.0, 2.0)]
COMPARED = [(1.0, 1 + EPS), (1 + EPS, 1.0), (-1.0, 2.0), (2.0, -1.0), (0.1, 0.3), (-0.5, -2.5), (0.0, MIN), (MIN, -0.0)]
COMPARED += [(1e-310, 1e-300), (-MIN, MIN), (1e300, 1e10), (-1e300, 1e300), (1e15, 1e15 + 1), (MAX, 1e308)]
CHOSEN = COMPARED + [
    (1.0, 2.0, 3.0), (3.0, 1.0, 2.0), (2.0, 3.0, 1.0), (-1.0, -2.0, -3.0), (0.1, 0.3, 0.2), (-0.0, 1.0, -1.0),
    (1e300, -1e300, 1e10), (MIN, -MIN, 1e-310), (1.0, 1 + EPS, 1 - EPS / 2), (-7.5, 100.0, 0.001),
]

SINC = EVERYWHERE + both([0.9, 1.4, 1.6, 1.99, 2.01, 2.6, 3.4, 4.9, 7.5, 31.0, 100.0, 1e6]) + [PI, 2 * PI, 4.493409457909064]
ERFCX = both([0.1, 0.49, 0.5, 0.51, 1.0, 2.5, 5.0] + SMALL) + ZERO + [-20.0, -26.5, -27.0] + [10.0, 19.9, 20.1, 26.7, 100.0, 1e5] + LARGE

POINTS = {
    "add": PAIRS + ON_AN_AXIS + [(0.0, 0.0), (-0.0, -0.0), (0.0, -0.0), (2.5, -2.5), (1.0, 1e-20), (-MAX, -1e308)],
    "sub": PAIRS + ON_AN_AXIS + [(0.0, 0.0), (-0.0, 0.0), (0.0, -0.0), (2.5, 2.5), (1.0, 1e-20), (-MAX, 1e308)],
    "mul": PAIRS + ON_AN_AXIS
    + [(-0.0, -2.0), (3.0, -0.0), (1e-200, -1e-200), (1e200, -1e200), (MIN, 0.5), (MIN, 0.75)],
    "div": PAIRS + ON_AN_AXIS + [(-0.0, -2.0), (1.0, 3.0), (1e-200, -1e200), (1e200, -1e-200), (MIN, -3.0), (MIN, MIN)],
    "pow": [
        (2.0, 3.0), (2.0, -1.5), (0.5, 0.5), (10.0, -3.0), (3.0, 0.0), (1.5, 1.0), (0.3, 7.25), (9.0, 0.5), (3.0, -0.0),
        (1 + EPS, 1e15), (1 - EPS / 2, 1e16), (1.0, 1e300), (1.0, -2.5), (1 + EPS, 1e300), (2.5, 1e-300), (7.0, MIN),
        (1e-300, 0.5), (1e-300, -1e-8), (1e-20, 3.0), (1e-8, -2.0), (MIN, 0.5), (MIN, 2.0), (MIN, -1.0), (1e-310, 1.0),
        (1e300, -1.02), (1e300, 1.02), (1e10, 30.5), (1e10, 31.0), (2.0, 1023.5), (2.0, 1024.0), (2.0, -1074.0),
        (2.0, -1060.3), (2.0, 1e300), (2.0, -1e300), (1e300, 1e300), (1e-300, 1e300), (1e300, 1e-300), (MAX, 1.0),
        (-2.0, 3.0), (-2.0, 2.0), (-3.0, -1.0), (-1.5, -4.0), (-2.0, 0.0), (-0.1, 5.0), (-0.5, 1.0), (-1.0, 1e15 + 1),
        (-1.0, 1e300), (-1e300, 2.0), (-1e300, -1.0), (-MIN, 1.0), (-1e-300, -1.0), (-1e-310, 3.0),
        (-1 - EPS, 1e15 + 1),
    ],
    "neg": EVERYWHERE,
    "recip": NOT_ZERO + [3.0, -7.0, 1e308, MAX, 1e-308],
    "sqr": EVERYWHERE + [3.3, -12.0, 1e-160, 1e-162, 1.3e154, 1.4e154],
    "exp": EXPONENTIAL,
    "expm1": EXPONENTIAL,
    "exp2": EVERYWHERE + SATURATED + [10.0, 0.3, 700.0, 1023.5, 1024.0, -1022.5, -1060.3, -1074.0, -1074.5, -1076.0],
    "log": POSITIVE + AROUND_ONE + [MAX, 2.0],
    "log1p": both([0.1, 0.5, 0.9]) + both(SMALL) + LARGE + ZERO + [1.0, 2.5, 10.0, 700.0, MAX]
    + [-1 + EPS / 2, -1 + EPS, -1 + 1e-9, -0.999],
    "log2": POSITIVE + AROUND_ONE + [MAX, 2.0, 1024.0, 3.0],
    "log10": POSITIVE + AROUND_ONE + [MAX, 2.0, 1000.0, 3.0],
    "logaddexp": PAIRS[:7] + [(1e-8, 3.0), (700.0, 709.0), (800.0, 800.0), (-800.0, -801.0), (1e300, 1e10), (0.0, 0.0),
                              (-0.6931471805599453, -0.6931471805599453), (-1.0, -0.5), (-745.0, -700.0), (3.0, -40.0)],
    "log1mexp": ORDINARY + SMALL + [0.6931471805599453, 0.6931471805599454, 0.7, 5.0, 20.0, 37.0, 40.0, 700.0, 740.0, 1e10],
    "xlogy": [(1.5, 2.25), (-3.0, 0.7), (0.1, 0.3), (0.0, 2.0), (0.0, 0.3), (0.0, 1e-300), (1e-300, 1e-20), (1e-310, MIN),
              (1e300, 1e-20), (2.0, 1 + EPS), (2.0, 1 - EPS / 2), (-7.0, 3.0), (1e10, 1e300), (3.0, 1.0)],
    "sqrt": POSITIVE + AROUND_ONE + [MAX, 2.0, 9.0],
    "cbrt": NOT_ZERO + [8.0, -27.0, 3.3, -42.5, 1000.0, MAX],
    "sin": ANGLES,
    "cos": ANGLES,
    "tan": ANGLES + [1.5707963267, -1.57, 3 * PI / 4],
    "asin": INSIDE_ONE,
    "acos": INSIDE_ONE,
    "atan": EVERYWHERE + SATURATED + both([1 + EPS, 1e20, MAX]),
    "sinc": SINC,
    "sinc_derivative": [(n, x) for n in (0.0, 1.0, 2.0, 3.0, 7.0) for x in SINC],
    "atan2": PAIRS + ON_AN_AXIS
    + [(2.0, 0.0), (-2.0, -0.0), (1e-300, -3.0), (-1e-20, -1e10), (1e-8, -1e-8), (MIN, MIN)],
    "sinh": EXPONENTIAL,
    "cosh": EXPONENTIAL,
    "tanh": EXPONENTIAL + both([19.0, 372.0, 400.0]),
    "asinh": EVERYWHERE + SATURATED + both([0.001, MAX]),
    "acosh": AROUND_ONE[::2] + [1 + 2 * EPS, 1 + 1e-6, 1.01, 1.25, 1.5, 2.0, 2.5, 7.0, 10.0, 42.5, 700.0]
    + LARGE + [MAX],
    "atanh": INSIDE_ONE,
    "sigma": EXPONENTIAL + [-4.0, 4.0, 37.0],
    "relu": NOT_ZERO,
    "leaky_relu": NOT_ZERO,
    "elu": NOT_ZERO + SATURATED + [-3.0, -700.0, -745.0],
    "softplus": EXPONENTIAL + [-4.0, 4.0, 37.0],
    "logsigmoid": EXPONENTIAL + [-4.0, 4.0, 37.0],
    "silu": EXPONENTIAL + [-4.0, 4.0, 37.0, -1.2784645427610738],
    "gelu": EVERYWHERE + SATURATED + both([1.5, 4.0, 8.5, 700.0])
    + [-37.5, -38.5, -0.7517915246935645, 1.4142135623730951],
    "abs": NOT_ZERO + [MAX, -MAX],
    "sign": NOT_ZERO + [MAX, -MAX],
    "floor": both([0.1, 0.5, 2.5, 3.999, 1 - EPS / 2, 1e9 + 0.25, 2.0**52 - 0.5] + SMALL),
    "ceil": both([0.1, 0.5, 2.5, 3.001, 1 - EPS / 2, 1e9 + 0.25, 2.0**52 - 0.5] + SMALL),
    "round": both([0.1, 0.7, 1.0, 2.3, 2.501, 0.5 - EPS / 4, 0.5 + EPS / 2, 1e9 + 0.25, 2.0**52 + 1] + SMALL + LARGE)
    + ZERO,
    "max": CHOSEN,
    "min": CHOSEN,
    "clamp": [
        (0.5, 0.0, 1.0), (-0.5, 0.0, 1.0), (1.5, 0.0, 1.0), (-3.0, -5.0, -1.0), (7.0, -2.5, 2.5), (-7.0, -2.5, 2.5),
        (0.1, -0.3, 0.3), (1.0, 1 - EPS / 2, 1 + EPS), (1 - EPS / 2, 1.0, 2.0), (1 + EPS, 0.0, 1.0), (-0.0, -1.0, 1.0),
        (1e300, -1e10, 1e10), (-1e300, -1e10, 1e10), (1e-300, -1e-310, 1e-310), (MIN, -1e-310, 1e-310),
        (-MIN, 0.0, 1.0), (-1.0, -0.0, 1.0), (1e-20, 1e-300, 1e-8),
    ],
    "where": [(c, a, b) for a, b in [(2.5, -3.0), (-0.1, 7.0), (1e300, 1e-300), (MIN, -MAX), (-0.0, 1.0), (1.0, -0.0)]
              for c in (0.0, 1.0)],
    "hypot": PAIRS + ON_AN_AXIS
    + [(3.0, 4.0), (3.0, -0.0), (MIN, MIN), (1e-200, -1e-200), (1e200, 1e200), (1e-20, 1.0)]
    + [(1.0, 2.0, 2.0), (-3.0, 0.1, 1e-8), (1e200, -1e200, 1e200), (1e-200, 1e-200, -1e-200), (0.0, 3.0, 4.0)]
    + [(1.0, 2.0, 3.0, 4.0), (0.5, -0.25, 0.125, 0.1)],
    "mod": [(7.0, 3.0), (-7.0, 3.0), (7.0, -3.0), (-7.0, -3.0), (0.3, 0.1), (1.0, 0.1), (-0.1, 0.3), (5.5, 2.5), (-5.5, 2.5),
            (1e-20, -1.0), (-1e-20, 1.0), (MIN, 2.0), (-MIN, 1e-310), (2.0, 1e300), (-2.0, 1e300), (1e15, 7.0), (-1e15, 7.25),
            (1e300, 3.0), (2.5, 0.3), (PI, 1.0)],
    "erf": EVERYWHERE + SATURATED + both([0.001, 1.5, 3.0, 5.9, 26.0, 27.2]),
    "erfc": EVERYWHERE + SATURATED + both([1.5, 3.0, 26.0]) + [10.0, 26.5, 27.2, 27.3],
    "gamma": GAMMA + [171.5, 171.7, 172.0, -177.5, -183.5, -184.5],
    "lgamma": GAMMA + [1e306, 1e-5, -1000.5, -2.4570247382208006, -3.1435808883499797],
    "digamma": GAMMA + [1e15, -1000.5, -0.5040830082644554],
    "polygamma": [(n, x) for n in (1.0, 2.0, 3.0) for x in GAMMA],
    "erfcx": ERFCX,
    "erfcx_derivative": [(n, x) for n in (0.0, 1.0, 2.0, 3.0, 6.0) for x in ERFCX],
    **{gate: COMPARED for gate in ("lt", "le", "gt", "ge", "eq", "ne")},
}


def to_binary64(number):
    """The binary64 number nearest to an mpmath real, ties to even."""
    if mpmath.isnan(number):
        return float("nan")
    sign = -1.0 if number < 0 else 1.0
    mantissa, exponent = abs(mpf(number)).man_exp
    if mantissa == 0:
        return 0.0
    top = mantissa.bit_length() + exponent  # 2^(top - 1) <= |number| < 2^top
    if top > 1024:
        return sign * float("inf")
    if top < -1074:
        return sign * 0.0
    unit = max(top - 53, -1074)
    if exponent < unit:
        drop = unit - exponent
        kept, rest, half = mantissa >> drop, mantissa & ((1 << drop) - 1), 1 << (drop - 1)
        mantissa, exponent = kept + (rest > half or (rest == half and kept & 1)), unit
    if mantissa.bit_length() + exponent > 1024:
        return sign * float("inf")
    return sign * ldexp(float(mantissa), exponent)


def digits(at):
    """How many digits to start with: x^2 next to 1 must be seen, for the tiniest and the hugest x."""
    return 120 + 2 * max(abs(frexp(x)[1]) for x in at) * 31 // 100


def evaluate(gate, at, precision):
    """The value, gradient and hessian of a gate at a point, rounded to binary64."""
    form = FORMS[gate]
    with mpmath.workdps(precision):
        exact = [mpf(x) for x in at]
        number = mpf(form.value(*exact))
        value = to_binary64(number)
        gradient = [to_binary64(d) for d in form.gradient(*exact)]
        hessian = [[to_binary64(d) for d in row] for row in form.hessian(*exact)]
    if number == 0:
        if form.which:
            value = copysign(value, at[form.which(*at)])
        elif gate in SIGN_OF_ZERO:
            value = copysign(value, SIGN_OF_ZERO[gate](*at))
    return value, gradient, hessian


def line(gate, point):
    at = point if isinstance(point, tuple) else (point,)
    precision = digits(at)
    value, gradient, hessian = evaluate(gate, at, precision)
    again = evaluate(gate, at, 2 * precision)
    assert repr((value, gradient, hessian)) == repr(again), f"{gate}{at}: more than {precision} digits are needed"
    return json.dumps({
        "gate": gate,
        "at": [repr(x) for x in at],
        "value": repr(value),
        "gradient": [repr(d) for d in gradient],
        "hessian": [[repr(d) for d in row] for row in hessian],
    })


def main():
    assert FORMS.keys() == POINTS.keys()
    lines = [line(gate, point) for gate, points in POINTS.items() for point in {repr(p): p for p in points}.values()]
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")


if __name__ == "__main__":
    main()
