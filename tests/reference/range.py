"""Writes range.jsonl: expressions whose gradients are ordinary numbers though products on the way leave the range of 64-bit
numbers; values and gradients from mpmath at 60 digits, from the numbers as 64-bit ones read them.

    python tests/reference/range.py > tests/reference/range.jsonl
"""

import json

from mpmath import mp, mpf

mp.dps = 60

CASES = []


def case(text, function, **point):
    names = list(point)
    values = [mpf(point[name]) for name in names]
    gradient = {}
    for at, name in enumerate(names):
        # Steps are parts of the input: it may be huge or tiny.
        def scaled(part, at=at):
            return function(*[x * (1 + part) if k == at else x for k, x in enumerate(values)])

        gradient[name] = float(mp.diff(scaled, 0) / values[at])
    CASES.append({"expr": text, "inputs": point, "value": float(function(*values)), "gradient": gradient})


def softmax2(x, y):
    return mp.exp(x) / (mp.exp(x) + mp.exp(y))


for a, b in [(400, 400), (500, 500.5), (-400, -400), (-500, -499), (700, 699), (350, 351), (-700, -700.25), (620, 618)]:
    case("exp(x)/(exp(x)+exp(y))", softmax2, x=a, y=b)
    case("exp(y)/(exp(x)+exp(y))", lambda x, y: 1 - softmax2(x, y), x=a, y=b)
for a, b in [(400, 401), (500, 500), (-450, -450)]:
    case("exp(x)/exp(y)", lambda x, y: mp.exp(x - y), x=a, y=b)
    case("sinh(x)/cosh(y)", lambda x, y: mp.sinh(x) / mp.cosh(y), x=a, y=b)
for a, b in [(1, 1e-80), (3, 1e-90), (2, 1e100), (5, 7e120)]:
    case("(x+1)/(y*y)", lambda x, y: (x + 1) / (y * y), x=a, y=b)
    case("x*y/(y^2)", lambda x, y: x * y / y**2, x=a, y=b)
    case("(x/y)^2*(y/x)", lambda x, y: x / y, x=a, y=b)
for b in [1e-70, 1e-75, 1e60, 1e75]:
    case("(y^4*x)/y^3", lambda x, y: x * y, x=2.5, y=b)
    case("sqrt(y^4)*x/y", lambda x, y: x * y, x=2.5, y=b)
for b in [1e-110, 1e-140, 1e120, 1e150]:
    case("x*(1/y)*(1/y)*y*y", lambda x, y: x + 0 * y, x=3, y=b)
    case("log(y^2)*x", lambda x, y: mp.log(y**2) * x, x=3, y=b)
    case("atan(x/y)", lambda x, y: mp.atan(x / y), x=b, y=2 * b)
    case("x/sqrt(x^2+y^2)", lambda x, y: x / mp.sqrt(x**2 + y**2), x=b, y=3 * b)
    case("1/(1/x+1/y)", lambda x, y: x * y / (x + y), x=b, y=2 * b)

for one in CASES:
    print(json.dumps(one))
