"""Makes precise.jsonl: gates at decimal points, to 50 digits, by mpmath with 400.

A line is the gate's name, its operands as texts and the value as text. Run it as `python precise.py > precise.jsonl`.
"""
import json
from mpmath import mp, mpf
import mpmath as m

mp.dps = 400
SQRT2 = m.sqrt(2)


def sinc_derivative(n, x):
    return m.diff(lambda t: m.sinc(t), x, int(n)) if x != 0 else m.diff(m.sinc, mpf(0), int(n))


def erfcx(x):
    return m.exp(x * x) * m.erfc(x)


def erfcx_derivative(n, x):
    before, last = erfcx(x), 2 * x * erfcx(x) - 2 / m.sqrt(m.pi)
    for k in range(1, int(n)):
        before, last = last, 2 * x * last + 2 * k * before
    return last


EVERY = ["0.7", "-0.7", "1.25", "-3.1", "1e-20", "-1e-9", "12.5", "-20.75", "0.1"]
RIGHT = ["0.7", "1.25", "3.1", "1e-20", "1.000000000001", "0.99999999", "123456.789", "1e300"]
UNIT = ["0.7", "-0.7", "1e-20", "0.999999999", "-0.1", "0.5"]
GAMMA = ["0.7", "1.000001", "2.5", "1e-10", "12.25", "1e10", "-0.5", "-2.75", "-30.3", "1.4616321449683623412626595423257213", "100.5", "-1e-9"]
ONE = {
    "exp": (m.exp, EVERY + ["1000.5", "-5000"]),
    "expm1": (m.expm1, EVERY),
    "exp2": (lambda x: mpf(2) ** x, EVERY),
    "log": (m.log, RIGHT),
    "log1p": (m.log1p, RIGHT + ["-0.9999"]),
    "log2": (lambda x: m.log(x, 2), RIGHT),
    "log10": (m.log10, RIGHT),
    "log1mexp": (lambda x: m.log(-m.expm1(-x)), ["0.7", "1e-20", "3.5", "50", "0.69314718"]),
    "sqrt": (m.sqrt, RIGHT),
    "cbrt": (lambda x: m.sign(x) * m.cbrt(abs(x)), EVERY),
    "sin": (m.sin, EVERY + ["1e22", "1e300"]),
    "cos": (m.cos, EVERY + ["1e22", "1e300"]),
    "tan": (m.tan, EVERY + ["1.5707963267948966"]),
    "asin": (m.asin, UNIT),
    "acos": (m.acos, UNIT),
    "atan": (m.atan, EVERY + ["1e30"]),
    "sinc": (lambda x: m.sin(x) / x, EVERY),
    "sinh": (m.sinh, EVERY),
    "cosh": (m.cosh, EVERY),
    "tanh": (m.tanh, EVERY),
    "asinh": (m.asinh, EVERY),
    "acosh": (m.acosh, ["1.25", "3.1", "1.000000001", "1e30"]),
    "atanh": (m.atanh, UNIT),
    "sigma": (lambda x: 1 / (1 + m.exp(-x)), EVERY + ["-100"]),
    "elu": (lambda x: x if x > 0 else m.expm1(x), EVERY),
    "softplus": (lambda x: m.log1p(m.exp(x)), EVERY + ["100"]),
    "logsigmoid": (lambda x: -m.log1p(m.exp(-x)), EVERY + ["100"]),
    "silu": (lambda x: x / (1 + m.exp(-x)), EVERY),
    "gelu": (lambda x: x * m.erfc(-x / SQRT2) / 2, EVERY + ["-30"]),
    "leaky_relu": (lambda x: x if x > 0 else x / 100, EVERY),
    "erf": (m.erf, EVERY),
    "erfc": (m.erfc, EVERY + ["5", "30", "9.5", "11", "100.25"]),
    "erfcx": (erfcx, EVERY + ["5", "30", "9.5", "11"]),
    "gamma": (m.gamma, [x for x in GAMMA if x != "1e10"] + ["20", "200.5"]),
    "lgamma": (lambda x: m.log(abs(m.gamma(x))) if x < 1e6 else m.loggamma(x), GAMMA),
    "digamma": (lambda x: m.digamma(x), GAMMA),
}
TWO = {
    "logaddexp": (lambda x, y: m.log(m.exp(x) + m.exp(y)), [("0.7", "1.1"), ("-100", "3"), ("2.5", "2.5")]),
    "xlogy": (lambda x, y: x * m.log(y), [("0.7", "1.1"), ("-3.5", "1e-20")]),
    "atan2": (m.atan2, [("0.7", "1.1"), ("-0.7", "1.1"), ("0.7", "-1.1"), ("-0.7", "-1.1"), ("1e-20", "-3")]),
    "hypot": (m.hypot, [("0.7", "1.1"), ("3e200", "4e200"), ("1e-300", "1e-301")]),
    "pow": (lambda x, y: x ** y, [("0.7", "1.1"), ("-1.1", "7"), ("2.5", "-30"), ("1.000000001", "1e9"), ("1e-20", "0.3"), ("7", "0.5")]),
    "mod": (lambda x, y: x - y * m.floor(x / y), [("7.3", "2.1"), ("-7.3", "2.1"), ("7.3", "-2.1"), ("1e30", "0.7"), ("0.3", "0.2")]),
    "polygamma": (lambda n, x: m.polygamma(int(n), x), [(n, x) for n in "1236" for x in GAMMA[:10]]),
    "sinc_derivative": (sinc_derivative, [(n, x) for n in "1235" for x in ["0.7", "-3.1", "25.5", "1.25"]]),
    "erfcx_derivative": (erfcx_derivative, [(n, x) for n in "1235" for x in ["0.7", "-3.1", "25.5", "9.5"]]),
}


def line(gate, texts, value):
    print(json.dumps({"gate": gate, "at": list(texts), "value": m.nstr(value, 50, min_fixed=1, max_fixed=0)}))


for gate, (f, points) in ONE.items():
    for text in points:
        line(gate, [text], f(mpf(text)))
for gate, (f, points) in TWO.items():
    for texts in points:
        line(gate, texts, f(*map(mpf, texts)))
