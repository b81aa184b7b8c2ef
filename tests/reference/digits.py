"""Makes digits.jsonl: expressions with their true values and gradients, by mpmath, which reads the text itself.

Run it as `python digits.py > digits.jsonl`. Numbers of the text and of the inputs are the binary64 numbers that they are read
as; `read` has what the value and the gradients would be, were they decimals. Gradients are differences in 700 digits over two
steps that agree. The first lines are expressions of science, optimisation, networks and nasty numerics; the others are random,
a part of them made to lose digits.
"""
import json
import random
import re
import sys
from mpmath import mp, mpf, mpc
import mpmath as m

mp.dps = 700
STEPS = [mpf(10) ** -200, mpf(10) ** -220]
# Numbers below these are 0 but for rounding.
NOTHING, NO_SLOPE = mpf(10) ** -600, mpf(10) ** -380
# A decimal of no more digits is not taken for another.
SURE = 15


def real(f):
    def g(*operands):
        found = f(*operands)
        if isinstance(found, mpc):
            raise ValueError("not real")
        return found
    return g


def over(f):
    return lambda xs: f([x for row in xs for x in row] if isinstance(xs[0], list) else xs)


def softmax(xs):
    terms = [m.exp(x - max(xs)) for x in xs]
    return [term / sum(terms) for term in terms]


def mean(xs):
    return sum(xs) / len(xs)


def var(xs):
    return mean([(x - mean(xs)) ** 2 for x in xs])


def det(rows):
    return m.det(m.matrix(rows))


def inv(rows):
    found = m.matrix(rows) ** -1
    return [[found[i, j] for j in range(len(rows))] for i in range(len(rows))]


def solve(rows, y):
    found = m.lu_solve(m.matrix(rows), m.matrix(y))
    return [found[i] for i in range(len(rows))]


def sinc_derivative(n, x):
    """The n-th derivative of sin(x)/x, by its series."""
    terms, term, at = mpf(0), None, 0
    while term is None or abs(term) > mpf(10) ** -(mp.dps + 10) or at < n + abs(x):
        if at >= n:
            term = m.power(x, at - n) * m.ff(at, n) / m.factorial(at + 1) * (-1) ** (at // 2)
            terms += term
        at += 2
    return terms


def nearest(x):
    low = m.floor(x)
    return low + (1 if x - low > mpf("0.5") or (x - low == mpf("0.5") and low % 2) else 0)


def elu(x):
    return x if x > 0 else m.expm1(x)


NAMES = {
    "exp": m.exp, "expm1": m.expm1, "exp2": lambda x: mpf(2) ** x, "log": real(m.log), "log1p": real(m.log1p),
    "log2": real(lambda x: m.log(x) / m.log(2)), "log10": real(lambda x: m.log(x) / m.log(10)),
    "logaddexp": lambda x, y: max(x, y) + m.log1p(m.exp(-abs(x - y))), "log1mexp": real(lambda x: m.log(-m.expm1(-x))),
    "xlogy": real(lambda x, y: x * m.log(y)), "sqrt": real(m.sqrt), "cbrt": lambda x: m.sign(x) * m.cbrt(abs(x)),
    "sin": m.sin, "cos": m.cos, "tan": m.tan, "asin": real(m.asin), "acos": real(m.acos), "atan": m.atan,
    "sinc": lambda x: m.sin(x) / x, "atan2": m.atan2, "sinh": m.sinh, "cosh": m.cosh, "tanh": m.tanh, "asinh": m.asinh,
    "acosh": real(m.acosh), "atanh": real(m.atanh), "sigma": lambda x: 1 / (1 + m.exp(-x)), "relu": lambda x: max(x, mpf(0)),
    "leaky_relu": lambda x: x if x > 0 else x / 100, "elu": elu, "softplus": lambda x: max(x, mpf(0)) + m.log1p(m.exp(-abs(x))),
    "logsigmoid": lambda x: min(x, mpf(0)) - m.log1p(m.exp(-abs(x))), "silu": lambda x: x / (1 + m.exp(-x)),
    "gelu": lambda x: x * m.erfc(-x / m.sqrt(2)) / 2, "abs": abs, "sign": m.sign, "floor": m.floor, "ceil": m.ceil,
    "round": nearest, "max": max, "min": min, "clamp": lambda x, lo, hi: min(max(x, lo), hi), "where": lambda c, x, y: x if c else y,
    "hypot": lambda *xs: m.sqrt(sum(x * x for x in xs)), "mod": lambda x, y: x - y * m.floor(x / y), "erf": m.erf, "erfc": m.erfc,
    "erfcx": lambda x: m.exp(x * x) * m.erfc(x), "gamma": m.gamma, "lgamma": lambda x: m.log(abs(m.gamma(x))), "digamma": m.digamma,
    "sum": over(sum), "mean": over(mean), "prod": over(m.fprod), "norm": over(lambda xs: m.sqrt(sum(x * x for x in xs))), "var": over(var),
    "std": over(lambda xs: m.sqrt(var(xs))), "logsumexp": over(lambda xs: max(xs) + m.log(sum(m.exp(x - max(xs)) for x in xs))),
    "softmax": softmax, "dot": lambda xs, ys: sum(x * y for x, y in zip(xs, ys)), "det": det, "inv": inv, "solve": solve,
    "cumsum": lambda xs: [sum(xs[: at + 1]) for at in range(len(xs))], "recip": lambda x: 1 / x, "sqr": lambda x: x * x,
    "polygamma": lambda n, x: m.psi(int(n), x), "sinc_derivative": lambda n, x: sinc_derivative(int(n), x),
    "logdet": real(lambda rows: m.log(det(rows))), "trace": lambda rows: sum(row[at] for at, row in enumerate(rows)),
    "transpose": lambda rows: [list(row) for row in zip(*rows)], "outer": lambda xs, ys: [[x * y for y in ys] for x in xs],
}
# A number that is no subscript.
NUMBER = re.compile(r"(?<![\w.])(?<!\)\[)(?<!\]\[)(\d+\.?\d*(?:e[-+]?\d+)?)(?!\w)")




def code(text):
    return compile(NUMBER.sub(r"N('\1')", text).replace("^", "**"), text, "eval")


def found(compiled, inputs, number):
    return eval(compiled, {**NAMES, "N": number, "pi": number_pi(number), "e": number_e(number), **inputs})


def number_pi(number):
    return mpf(float(m.pi)) if number is binary else +m.pi


def number_e(number):
    return mpf(float(m.e)) if number is binary else +m.e


def binary(text):
    return mpf(float(text))


def decimal(text):
    return mpf(text)


def truth(text, inputs, number):
    """The value and the gradients; none where differences over two steps do not agree."""
    compiled = code(text)
    values = {name: number(value) for name, value in inputs.items()}
    value = found(compiled, values, number)
    if isinstance(value, (mpc, list)) or not m.isfinite(value):
        return None
    slopes = []
    for name in inputs:
        tried = []
        for h in STEPS:
            up = found(compiled, {**values, name: values[name] + h}, number)
            down = found(compiled, {**values, name: values[name] - h}, number)
            # Slopes on the sides that differ are those of a kink.
            if abs((up - value) - (value - down)) > h * mpf(10) ** -100 * (1 + abs(up - value) / h):
                return None
            tried.append((up - down) / (2 * h))
        one, other = tried
        if abs(one) < NO_SLOPE and abs(other) < NO_SLOPE:
            one = mpf(0)
        elif abs(one - other) > mpf(10) ** -30 * abs(one):
            return None
        slopes.append(one)
    if abs(value) < NOTHING:
        value = mpf(0)
    return [value, *slopes]


def digits(number):
    return m.nstr(number, 25, min_fixed=1, max_fixed=0)


def line(kind, text, inputs):
    inputs = dict(sorted(inputs.items()))
    try:
        right, meant = truth(text, inputs, binary), truth(text, inputs, decimal)
    except (ValueError, ZeroDivisionError, OverflowError, TypeError, AttributeError, m.libmp.ComplexResult, m.libmp.libhyper.NoConvergence):
        return None
    if right is None or any(not m.isfinite(x) or abs(x) > mpf("1e300") for x in right):
        return None
    case = {"kind": kind, "text": text, "inputs": inputs, "truth": [digits(x) for x in right]}
    numbers = [*NUMBER.findall(text), *inputs.values()]
    if meant is not None and all(len(number.split("e")[0].replace(".", "").strip("-0")) <= SURE for number in numbers):
        case["read"] = [digits(x) for x in meant]
    return case


# What people compute, each at points where nothing is lost: text, and a list of points.
SCIENCE = {
    "(1 - x)^2 + 100*(y - x^2)^2": ["x=-1.2 y=1", "x=0.5 y=0.3", "x=2 y=3.5"],
    "(x^2 + y - 11)^2 + (x + y^2 - 7)^2": ["x=0 y=0", "x=1.5 y=2.5", "x=-3 y=1"],
    "(x + 2*y - 7)^2 + (2*x + y - 5)^2": ["x=0 y=0.5", "x=4 y=-1", "x=2.5 y=1.25"],
    "-20*exp(-0.2*sqrt(0.5*(x^2 + y^2))) - exp(0.5*(cos(2*pi*x) + cos(2*pi*y))) + e + 20": ["x=0.7 y=1.3", "x=-2.2 y=0.4", "x=3.1 y=-2.7"],
    "20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)": ["x=0.3 y=0.8", "x=1.6 y=-0.9", "x=2.2 y=4.1"],
    "sin(x)*exp((1 - cos(y))^2) + cos(y)*exp((1 - sin(x))^2) + (x - y)^2": ["x=0.5 y=1.1", "x=-1.3 y=2.2", "x=3 y=0.2"],
    "0.5*m*v^2 + m*9.81*h": ["m=2 v=3.5 h=1.2", "m=70 v=1.1 h=30", "m=0.145 v=40 h=1.8"],
    "6.674e-11*m*M/r^2": ["m=5.972e24 M=7.348e22 r=3.844e8", "m=70 M=5.972e24 r=6.371e6", "m=1 M=2 r=0.5"],
    "v*sin(2*a)*v/9.81": ["v=20 a=0.6", "v=12.5 a=1.1", "v=300 a=0.3"],
    "2*pi*sqrt(L/9.81)*(1 + a^2/16)": ["L=1.2 a=0.1", "L=0.25 a=0.5", "L=30 a=0.02"],
    "R*T/(V - b) - a/V^2": ["R=8.314 T=300 V=0.025 a=0.364 b=4.267e-5", "R=8.314 T=250 V=0.01 a=0.137 b=3.87e-5", "R=8.314 T=500 V=1 a=0.55 b=3e-5"],
    "A*exp(-E/(8.314*T))": ["A=1e13 E=80000 T=298", "A=5e8 E=40000 T=350", "A=2 E=500 T=1000"],
    "V*s/(K + s)": ["V=10 s=2.5 K=0.7", "V=1.2e-3 s=4e-5 K=2e-5", "V=3 s=100 K=4"],
    "V0*exp(-t/(R*C))*cos(w*t)": ["V0=5 t=0.001 R=1000 C=1e-6 w=2000", "V0=12 t=0.02 R=470 C=4.7e-5 w=314", "V0=1 t=1 R=1 C=2 w=3"],
    "1/sqrt((1 - r^2)^2 + (2*z*r)^2)": ["r=0.5 z=0.1", "r=1.5 z=0.05", "r=0.9 z=0.3"],
    "S*exp(-q*t)*0.5*erfc(-d/sqrt(2)) - K*exp(-r*t)*0.5*erfc(-(d - s*sqrt(t))/sqrt(2))": ["S=100 q=0.01 t=0.5 d=0.3 K=95 r=0.03 s=0.2", "S=50 q=0 t=2 d=-0.2 K=60 r=0.01 s=0.35"],
    "P*r/(1 - (1 + r)^(-n))": ["P=200000 r=0.03 n=30", "P=1500 r=0.1 n=5", "P=100 r=0.5 n=3"],
    "exp(-(x - m)^2/(2*s^2))/(s*sqrt(2*pi))": ["x=0.3 m=0.1 s=1.2", "x=5 m=3 s=0.7", "x=-2 m=0 s=1.5"],
    "log(x)*(a - 1) - x*b + a*log(b) - lgamma(a)": ["x=2.5 a=3.1 b=1.4", "x=0.3 a=0.7 b=2", "x=10 a=7.5 b=0.5"],
    "x^(a - 1)*(1 - x)^(b - 1)*gamma(a + b)/(gamma(a)*gamma(b))": ["x=0.3 a=2.2 b=3.1", "x=0.8 a=1.5 b=0.7", "x=0.5 a=4 b=5.5"],
    "k*log(l) - l - lgamma(k + 1)": ["k=4 l=3.3", "k=10 l=7.7", "k=1 l=0.2"],
    "sqrt((x1 - x2)^2 + (y1 - y2)^2)": ["x1=1 x2=4.5 y1=2 y2=-3", "x1=0.1 x2=0.7 y1=0.9 y2=0.2"],
    "2*6371*asin(sqrt(sin((b - a)/2)^2 + cos(a)*cos(b)*sin((d - c)/2)^2))": ["a=0.84 b=0.71 c=0.04 d=-1.29", "a=-0.6 b=0.62 c=2.64 d=2.44"],
    "a*x^2 + b*x + c": ["a=1.5 x=2 b=-1 c=0.25", "a=-0.3 x=10 b=4 c=7"],
    "(-b + sqrt(b^2 - 4*a*c))/(2*a)": ["a=1 b=-3 c=1.2", "a=2.5 b=-7 c=-4", "a=1 b=0.5 c=-3"],
    "K/(1 + (K/n - 1)*exp(-r*t))": ["K=100 n=10 r=0.4 t=5", "K=1e6 n=5e5 r=1.2 t=1.5"],
    "w0*x0 + w1*x1 + b": ["w0=2 x0=-1 w1=-3 x1=-2 b=-3", "w0=0.1 x0=0.7 w1=0.3 x1=0.9 b=0.2"],
    "sigma(w0*x0 + w1*x1 + w2)": ["w0=2 x0=-1 w1=-3 x1=-2 w2=-3", "w0=0.5 x0=1.2 w1=-0.7 x1=0.3 w2=0.1"],
    "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))": ["w0=2 x0=-1 w1=-3 x1=-2 w2=-3", "w0=0.5 x0=1.2 w1=-0.7 x1=0.3 w2=0.1"],
    "(x + sigma(y))/(sigma(x) + (x + y)^2)": ["x=3 y=-4", "x=1 y=0.5", "x=-0.2 y=1.7"],
    "-y*log(p) - (1 - y)*log(1 - p)": ["y=1 p=0.8", "y=0 p=0.3", "y=0.4 p=0.55"],
    "softplus(z) - y*z": ["z=1.2 y=1", "z=-3 y=0", "z=0.4 y=0.7"],
    "logsumexp([a, b, c]) - a": ["a=1 b=2 c=0.5", "a=-1 b=0.3 c=2.2", "a=3 b=1 c=1"],
    "-log(softmax([a, b, c])[1])": ["a=1 b=2 c=0.5", "a=-1 b=0.3 c=2.2", "a=3 b=1 c=1"],
    "max(0, s1 - s0 + 1) + max(0, s2 - s0 + 1)": ["s0=2 s1=1.7 s2=2.2", "s0=0.3 s1=1 s2=-2"],
    "tanh(w*tanh(v*x + b) + c)": ["w=0.7 v=1.2 x=0.5 b=0.1 c=-0.3", "w=-1.1 v=0.4 x=2 b=-0.6 c=0.2"],
    "mean([(a*1 + b - 2.1)^2, (a*2 + b - 3.9)^2, (a*3 + b - 6.2)^2])": ["a=1 b=0.5", "a=2.5 b=-1", "a=0 b=0"],
    "norm([x - 1, y + 2, z])": ["x=0.5 y=1 z=2", "x=3 y=-1 z=-0.4"],
    "det([[a, b], [c, 2]])": ["a=1.5 b=0.3 c=0.7", "a=-2 b=1 c=3"],
    "dot([x, y], solve([[2, 1], [1, 3]], [x, y]))": ["x=1 y=2", "x=-0.5 y=0.7"],
    "var([x, y, 2, 5])": ["x=1 y=3.3", "x=-2 y=0.1"],
    "std([x, y, z])": ["x=1 y=3.3 z=0.2", "x=-2 y=0.1 z=7"],
    "gelu(x)*silu(y) + elu(-x)": ["x=0.7 y=1.1", "x=1.9 y=-0.6"],
    "atan2(y, x) + hypot(x, y)": ["x=1.5 y=2", "x=-0.7 y=0.4"],
    "x*log(x/y)": ["x=0.4 y=0.1", "x=2 y=7"],
    "0.5*(s^2 + m^2 - 1) - log(s)": ["s=1.7 m=0.4", "s=0.6 m=-1.2"],
    "exp(-l*t)*(1 - exp(-k*t))": ["l=0.3 t=2 k=0.5", "l=1.1 t=0.4 k=3"],
    "erf(x/(2*sqrt(D*t)))": ["x=0.5 D=0.1 t=2", "x=1e-3 D=1e-9 t=100"],
    "5.67e-8*e0*A*(T^4 - 290^4)": ["e0=0.9 A=1.5 T=350", "e0=0.3 A=0.01 T=1200"],
}

# What loses digits, or nearly does.
NASTY = {
    "P*(1 + r/n)^(n*t)": ["P=1000 r=0.05 n=12 t=10", "P=250 r=0.12 n=4 t=3", "P=1 r=0.3 n=1 t=2"],
    "(x + y) - x": ["x=1e16 y=1", "x=1e12 y=0.3", "x=3e5 y=1e-7", "x=2 y=3"],
    "((x + y) - x)^2": ["x=1e16 y=1", "x=1e10 y=0.7"],
    "log(1 + x)/x": ["x=1e-12", "x=1e-6", "x=0.3"],
    "log(1 + x)": ["x=1e-12", "x=1e-6", "x=0.3"],
    "(exp(x) - 1)/x": ["x=1e-12", "x=1e-6", "x=0.3"],
    "exp(x) - 1": ["x=1e-10", "x=2e-6", "x=1"],
    "1 - cos(x)": ["x=1e-9", "x=1e-4", "x=1"],
    "(1 - cos(x))/x^2": ["x=1e-9", "x=1e-3", "x=1"],
    "sin(x)/x": ["x=1e-6", "x=1e-3", "x=1"],
    "sqrt(x + 1) - sqrt(x)": ["x=1e14", "x=1e6", "x=2"],
    "sqrt(x^2 + y) - x": ["x=1e9 y=1", "x=1e4 y=3", "x=2 y=5"],
    "x^2 - y^2": ["x=1e8 y=100000001", "x=3.1 y=3.0999999999", "x=3 y=1"],
    "(x^2 - y^2)/(x - y)": ["x=1e8 y=100000001", "x=3.1 y=3.0999999999", "x=3 y=1"],
    "exp(x) - exp(y)": ["x=1 y=1.00000000001", "x=5 y=5.0000001", "x=1 y=2"],
    "sigma(x)": ["x=40", "x=20", "x=12", "x=-40", "x=2"],
    "1 - sigma(x)": ["x=40", "x=20", "x=-30", "x=2"],
    "log(1 - sigma(x))": ["x=30", "x=15", "x=-3"],
    "log(sigma(x))": ["x=30", "x=-30", "x=3"],
    "tanh(x)": ["x=-20", "x=15", "x=10", "x=0.5"],
    "1 - tanh(x)^2": ["x=18", "x=9", "x=0.5"],
    "1 - erf(x)": ["x=5", "x=3", "x=0.5"],
    "exp(x)/(exp(x) + exp(y))": ["x=400 y=400", "x=700 y=699", "x=30 y=-30", "x=1 y=2"],
    "log(exp(x) + exp(y))": ["x=700 y=700", "x=30 y=-30", "x=1 y=2"],
    "log(1 + exp(x))": ["x=700", "x=-40", "x=2"],
    "sinh(x)/cosh(x)": ["x=400", "x=20", "x=1"],
    "(exp(x) - exp(-x))/2": ["x=1e-10", "x=1e-5", "x=1"],
    "(exp(x) - exp(-x))/(exp(x) + exp(-x))": ["x=1e-10", "x=20", "x=1"],
    "sqrt(x^2 + y^2)": ["x=1e150 y=1e150", "x=1e-170 y=1e-170", "x=3 y=4"],
    "(-b + sqrt(b^2 - 4*a*c))/(2*a)": ["a=1 b=1e8 c=1", "a=1 b=1000 c=0.001", "a=1e-10 b=3 c=2"],
    "x*y - z*w": ["x=1.0000001 y=0.9999999 z=1 w=1", "x=3 y=7 z=21.0000000001 w=1", "x=1 y=2 z=3 w=4"],
    "det([[x, y], [z, w]])": ["x=1.0000001 y=1 z=1 w=0.9999999", "x=1e8 y=1e8 z=1e8 w=100000001", "x=1 y=2 z=3 w=4"],
    "mean([x^2, y^2, z^2]) - mean([x, y, z])^2": ["x=1e8 y=100000001 z=100000002", "x=1000 y=1001 z=1002", "x=1 y=2 z=4"],
    "var([x, y, z])": ["x=1e8 y=100000001 z=100000002", "x=1000 y=1001 z=1002", "x=1 y=2 z=4"],
    "sum([x, y, z])": ["x=1e16 y=1 z=-1e16", "x=1e10 y=0.1 z=-1e10", "x=1 y=2 z=3"],
    "sin(x)": ["x=1e22", "x=355", "x=1e5", "x=3.14159265358979"],
    "tan(x)": ["x=1.5707963267948966", "x=1.57", "x=1"],
    "sin(x)^2 + cos(x)^2 - 1": ["x=0.7", "x=100", "x=2"],
    "exp(log(x)) - x": ["x=3.7", "x=1e10"],
    "acos(x)": ["x=0.9999999999", "x=0.5"],
    "acos(1 - x)": ["x=1e-12", "x=1e-5", "x=0.5"],
    "acosh(1 + x)": ["x=1e-12", "x=1e-5", "x=0.5"],
    "atanh(1 - x)": ["x=1e-12", "x=1e-5", "x=0.5"],
    "lgamma(x + 1) - lgamma(x)": ["x=1e10", "x=1e5", "x=3"],
    "gamma(x + 1)/gamma(x)": ["x=100", "x=3"],
    "digamma(x + 1) - digamma(x)": ["x=1e8", "x=1e3", "x=3"],
    "1/x - 1/(x + 1)": ["x=1e8", "x=1e4", "x=3"],
    "(1 + 1/n)^n": ["n=1e12", "n=1e6", "n=10"],
    "x^y - exp(y*log(x)) + x*1e-9": ["x=3.3 y=2.2"],
    "(1 - x)^10 - (1 - 10*x + 45*x^2)": ["x=1e-5", "x=1e-3", "x=0.2"],
    "333.75*b^6 + a^2*(11*a^2*b^2 - b^6 - 121*b^4 - 2) + 5.5*b^8 + a/(2*b)": ["a=77617 b=33096", "a=2 b=3"],
    "9*x^4 - y^4 + 2*y^2": ["x=10864 y=18817", "x=2 y=3"],
    "log(x) - log(y)": ["x=1e10 y=10000000001", "x=3 y=3.0000001", "x=1 y=2"],
    "atan(x) - atan(y)": ["x=1e10 y=2e10", "x=1e5 y=2e5", "x=1 y=2"],
    "max((x + y) - x, 0)": ["x=1e16 y=1", "x=1 y=2"],
    "where(x + y > x, y, -y)": ["x=1e16 y=1", "x=1 y=2"],
    "floor((x + y) - x)": ["x=1e16 y=1.5", "x=1 y=2.5"],
    "abs((x + y) - x - y)": ["x=1e16 y=1.5"],
    "exp(-x)*exp(x)": ["x=300", "x=20", "x=1"],
    "(x*y)/y": ["x=1e-200 y=1e-120", "x=3 y=7"],
    "1/(1/x + 1/y)": ["x=1e-310 y=1e-310", "x=2 y=3"],
    "x^3 - 3*x^2 + 3*x - 1": ["x=1.00001", "x=1.001", "x=2"],
    "log(cosh(x))": ["x=1e-9", "x=400", "x=1"],
    "sqrt(1 + x) - 1": ["x=1e-12", "x=1e-5", "x=1"],
    "2*x - y": ["x=1 y=2.00000000001", "x=1 y=2.5"],
    "0.1*x + 0.2*y - 0.3*z": ["x=1 y=1 z=1", "x=3 y=2 z=1"],
    "sin(pi*x)": ["x=1", "x=3", "x=0.3"],
    "softmax([x, y, z])[0]": ["x=-700 y=0 z=1", "x=40 y=0 z=1", "x=1 y=2 z=3"],
    "logsumexp([x, y]) - x": ["x=30 y=0", "x=500 y=460", "x=1 y=2"],
    "norm([x, y]) - x": ["x=1e8 y=1", "x=3 y=4"],
    "inv([[x, y], [1, 2]])[0][0]": ["x=1 y=2.000000001", "x=1 y=3"],
    "prod([x, y, z]) - x": ["x=3 y=1.0000000001 z=1", "x=1 y=2 z=3"],
    "cumsum([x, y, z])[2] - x": ["x=1e15 y=1 z=0.1", "x=1 y=2 z=3"],
}

UNARY = ["exp({})", "expm1({})", "exp2({})", "log({})", "log1p({})", "log2({})", "log10({})", "log1mexp({})", "sqrt({})", "cbrt({})", "sin({})",
         "cos({})", "tan({})", "asin({})", "acos({})", "atan({})", "sinc({})", "sinh({})", "cosh({})", "tanh({})", "asinh({})", "acosh({})",
         "atanh({})", "sigma({})", "relu({})", "leaky_relu({})", "elu({})", "softplus({})", "logsigmoid({})", "silu({})", "gelu({})",
         "abs({})", "sign({})", "floor({})", "ceil({})", "round({})", "erf({})", "erfc({})", "erfcx({})", "gamma({})", "lgamma({})",
         "digamma({})", "(-{})", "{}^2", "{}^3", "{}^-1", "{}^0.5", "clamp({}, -1, 1)", "(2*{})", "(1 - {})"]
BINARY = ["({} + {})", "({} - {})", "({} * {})", "({} / {})", "max({}, {})", "min({}, {})", "hypot({}, {})", "atan2({}, {})", "logaddexp({}, {})",
          "xlogy({}, {})", "mod({}, {})", "abs({})^{}", "where({} > 0, {}, 1.5)", "sum([{}, {}])", "mean([{}, {}, 1])", "prod([{}, {}, 2])",
          "norm([{}, {}])", "var([{}, {}, 0.5])", "std([{}, {}, 0.5])", "logsumexp([{}, {}])", "softmax([{}, {}])[0]",
          "dot([{}, 2], [{}, 3])", "det([[{}, 1], [2, {}]])", "inv([[{}, 1], [0.5, {}]])[0][1]", "solve([[{}, 1], [0.5, 3]], [{}, 1])[0]",
          "cumsum([{}, {}])[1]"]
# Gates that random trees seldom have, or not at all: each is met so many times.
SELDOM = ["acosh(1 + abs({}))", "recip({})", "sqr({})", "polygamma(1, 2 + {})", "polygamma(2, 1.5 + {})", "sinc_derivative(1, {})",
          "sinc_derivative(2, {})", "logdet([[2 + abs({}), 1], [0.5, 3 + abs({})]])", "trace([[{}, 1], [2, {}]])",
          "sum(outer([{}, 2], [0.5, {}]))", "transpose([[{}, 1], [2, {}]])[0][1]"]
TIMES = 24

# So many random trees.
RANDOM = 2000

LOSERS = ["(({0} + {1}) - {1})", "(exp({0}/{1}) - 1)*{1}", "log(1 + {0}/{1})", "(1 - cos({0}/{1}))", "sigma({0} + {2})", "tanh({0} + {2})",
          "(sqrt({1} + {0}) - sqrt({1}))", "(sqrt({0}^2 + {1}) - sqrt({1}))", "({0}^2 - ({0} + 1/{1})^2)", "(1/({1} + {0}) - 1/{1})",
          "(({1}*{0} + 1) - {1}*{0})", "(sin({0} + 1/{1}) - sin({0}))", "sum([{1}, {0}, -{1}])", "(var([{1}, {1} + {0}, {1} - 1]))",
          "(mean([({1} + {0})^2, {1}^2]) - mean([{1} + {0}, {1}])^2)"]


def leaf(names):
    if random.random() < 0.75:
        return random.choice(names)
    return random.choice(["0.5", "2", "1.25", "3", "0.1", "0.7", "10"])


def tree(names, depth):
    if depth == 0 or random.random() < 0.15:
        return leaf(names)
    if random.random() < 0.55:
        return random.choice(UNARY).format(tree(names, depth - 1))
    return random.choice(BINARY).format(tree(names, depth - 1), tree(names, depth - 1))


def point(name):
    scale = random.choice([1, 1, 1, 2, 0.1, 5])
    return repr(round(random.uniform(-1, 1) * scale, random.choice([1, 2, 3, 16])) or 0.5)


def scrambled(names):
    text = tree(names, random.choice([1, 2, 3, 4]))
    if random.random() < 0.3:
        large = random.choice(["1e3", "1e5", "1e8", "1e11", "1e14", "1e16"])
        text = random.choice(LOSERS).format(text, large, random.choice(["8", "14", "20", "35"]))
        if random.random() < 0.5:
            text = random.choice(UNARY).format(text)
    return text


def put(case):
    print(json.dumps(case), flush=True)


def main():
    random.seed(20240501)
    for kind, cases in [("science", SCIENCE), ("nasty", NASTY)]:
        for text, points in cases.items():
            for given in points:
                case = line(kind, text, dict(pair.split("=") for pair in given.split()))
                if case:
                    put(case)
                else:
                    print("left out:", text, given, file=sys.stderr)
    seen, count = set(), 0
    while count < RANDOM:
        count += found_at_random("random", seen, lambda names: scrambled(names))
    for form in SELDOM:
        count = 0
        while count < TIMES:
            count += found_at_random("seldom", seen, lambda names: around(form, names))


def around(form, names):
    text = form.format(tree(names, random.choice([0, 1, 2])), tree(names, random.choice([0, 1])))
    if random.random() < 0.3:
        text = random.choice(LOSERS).format(text, random.choice(["1e5", "1e8", "1e14"]), random.choice(["8", "20"]))
    return random.choice(["{}", "{}", "exp({})", "({} * 3)", "sin({})"]).format(text)


def found_at_random(kind, seen, compose):
    """Puts one case more, if the text is a new one and has a truth."""
    names = ["x", "y", "z"][: random.choice([1, 2, 3])]
    text = compose(names)
    used = [name for name in names if re.search(rf"\b{name}\b", text)]
    if text in seen or not used or len(text) < 6:
        return False
    seen.add(text)
    case = line(kind, text, {name: point(name) for name in used})
    if case:
        put(case)
    return case is not None


if __name__ == "__main__":
    main()
