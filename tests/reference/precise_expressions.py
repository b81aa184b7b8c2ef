"""Makes precise_expressions.jsonl: expressions with values and gradients to 50 digits, by mpmath, which reads the text itself.

Run it as `python precise_expressions.py > precise_expressions.jsonl`. Decimals of the text and of the inputs are decimals.
"""
import json
import re
from mpmath import mp, mpf
import mpmath as m

mp.dps = 90
NAMES = {
    "exp": m.exp, "log": m.log, "log1p": m.log1p, "expm1": m.expm1, "sqrt": m.sqrt, "cbrt": lambda x: m.sign(x) * m.cbrt(abs(x)),
    "sin": m.sin, "cos": m.cos, "tan": m.tan, "atan": m.atan, "asin": m.asin, "acos": m.acos, "sinh": m.sinh, "cosh": m.cosh,
    "tanh": m.tanh, "asinh": m.asinh, "erf": m.erf, "erfc": m.erfc, "lgamma": m.loggamma, "gamma": m.gamma, "digamma": m.digamma,
    "sigma": lambda x: 1 / (1 + m.exp(-x)), "softplus": lambda x: m.log1p(m.exp(x)), "silu": lambda x: x / (1 + m.exp(-x)),
    "gelu": lambda x: x * m.erfc(-x / m.sqrt(2)) / 2, "sinc": lambda x: m.sin(x) / x, "hypot": m.hypot, "atan2": m.atan2,
    "logaddexp": lambda x, y: m.log(m.exp(x) + m.exp(y)), "xlogy": lambda x, y: x * m.log(y), "max": max, "min": min, "abs": abs,
    "erfcx": lambda x: m.exp(x * x) * m.erfc(x), "log2": lambda x: m.log(x, 2), "log10": m.log10, "pi": m.pi, "e": m.e,
    "relu": lambda x: max(x, mpf(0)), "elu": lambda x: x if x > 0 else m.expm1(x),
}
OUTER = ["exp({})", "log1p({})", "sqrt({})", "sin(3*{})", "cos({})", "atan({})", "tanh({})", "asinh({})", "erf({})", "erfc(2*{})",
         "lgamma(1 + {})", "digamma(0.3 + {})", "gamma(0.1 + {})", "sigma({})", "softplus(-{})", "gelu(0.2 - {})", "silu({})",
         "erfcx({})", "cbrt(0.001 + {})", "expm1(-{})"]
INNER = ["x*y", "(x + y)/(1 + x^2)", "x^2.5 + 0.1*y", "hypot(x, y)", "exp(-x)*y", "abs(x - y)^1.5", "log(1 + x*y) + 1e-20", "max(x, 0.3*y)",
         "sinh(x) - tanh(y) + 1.2"]
LOSERS = ["(1 + x*1e-30) - 1 + y*0", "log(1 + 1e-25*x)*y", "(1 - cos(1e-12*x))*y", "exp(x + 200)/(exp(x + 200) + exp(y + 200))",
          "sqrt(x^2 + 1e-30) - x + 0*y", "(x + 1e20*y) - 1e20*y", "tan(pi/2 - 1e-30*x)*y", "sin(pi*x)^2 + cos(pi*x)^2 - 1 + y",
          "logaddexp(1000*x, 999*y)", "e^x - exp(x)*(1 - 1e-40) + 0*y", "x^y - exp(y*log(x)) + x*1e-40", "atan2(x, -y)*xlogy(x, y)",
          "1/3 + x/7 + y/11", "0.1 + 0.2 - 0.3 + x*y", "log2(8.1)*x + log10(y)", "sinc(x*1e-9)*y", "elu(-x)*relu(y)", "acos(x)*asin(0.9*x)*y",
          "min(x, y)*1e-300", "(x*1e200)*(y*1e200)"]
POINTS = [("0.7", "1.3"), ("0.123456789", "2.05")]


def evaluate(text, x, y):
    python = re.sub(r"(?<![\w.])(\d+\.?\d*(?:e-?\d+)?)(?!\w)", r"mpf('\1')", text).replace("^", "**")
    return eval(python, {**NAMES, "mpf": mpf, "x": x, "y": y})


def digits(number):
    return m.nstr(number, 50, min_fixed=1, max_fixed=0)


expressions = [outer.format("(" + inner + ")") for at, outer in enumerate(OUTER) for inner in INNER] + LOSERS
for at, text in enumerate(expressions):
    x, y = POINTS[at % 2]
    value = evaluate(text, mpf(x), mpf(y))
    # Differences in many more digits: an error of the order of their step is below the last digit shown.
    mp.dps = 900
    h, slopes = mpf(10) ** -400, []
    for dx, dy in [(h, 0), (0, h)]:
        low, high = evaluate(text, mpf(x) - dx, mpf(y) - dy), evaluate(text, mpf(x) + dx, mpf(y) + dy)
        slopes.append((high - low) / (2 * h))
    value = evaluate(text, mpf(x), mpf(y))
    mp.dps = 90
    slopes = [mpf(0) if abs(slope) < mpf(10) ** -350 else slope for slope in slopes]
    print(json.dumps({"text": text, "x": x, "y": y, "value": digits(value), "gradient": [digits(slope) for slope in slopes]}))
