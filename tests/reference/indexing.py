"""Sums over an index, and what is taken out of arrays: values and gradients, written to indexing.jsonl next to this file.

    pip install "jax[cpu]==0.10.2" numpy
    python indexing.py

Every text is Python: Python itself runs it, with JAX's arrays in float64, and JAX differentiates it. The calculator is given
it as it stands. Three things are translated for Python, which says them otherwise: `1..3` becomes a call of `upto`, the calls
of builtins with a `for` go over JAX's values, and a list of places becomes an array, since JAX takes no list for an index.

A line is one case; "constants" are what no gradient goes to:

    {"expression": "x[c]", "inputs": {"x": [1.0, 2.0]}, "constants": {"c": [1.0, 1.0]}, "upstream": [0.5, 1.5],
     "value": [2.0, 2.0], "gradients": {"x": [0.0, 2.0]}}
"""

import json
import re
from functools import reduce
from itertools import product
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)

INPUTS = {
    "x": [0.53, -1.21, 1.74, 0.88, -0.47], "y": [1.36, 0.29, -0.92, 2.05, -1.58], "a": 1.3,
    "A": [[0.7, -1.9, 0.4], [1.1, 0.6, -0.8]], "B": [[-0.3, 0.2, 1.7], [0.9, -1.4, 0.1]],
    "P": [[0.31, 0.12, 0.52, 0.05], [0.22, 0.41, 0.07, 0.3], [0.62, 0.09, 0.18, 0.11]],
    "E": [[0.25, -0.75, 1.5], [0.6, 1.2, -0.35], [-1.1, 0.45, 0.8], [0.15, 0.95, -0.55]],
    "M": [[round(0.37 * i - 0.53 * j + 0.11 * i * j + 0.2, 2) for j in range(5)] for i in range(5)],
}
CONSTANTS = {"n": 3, "p": [0, 2, 3], "c": [3, 0, 2, 0], "k": [2, 0, 3], "m": [1, -2, 0.5, 3, 0], "q": [1, 0, 2, -1],
             "K": [[(3 * i + 2 * j) % 5 - 2 for j in range(5)] for i in range(5)]}

# Sums over an index.

RANGES = ["range(4)", "range(1, 4)", "range(0, 5, 2)", "range(4, 0, -1)", "upto(1, 3)", "upto(0, n)", "range(n)", "range(size(x))",
          "range(x.shape[0])", "[0, 2, 2]", "p", "np.arange(3)", "np.arange(1, 4)", "range(2, 2)", "upto(3, 2)", "range(n + 1)", "range(1)"]
BODIES = ["x[i]**2", "x[i]*y[i]", "x[i]**i", "i*x[i-1]", "x[4-i]*exp(y[i])", "a", "i", "M[i, 4-i]*a", "(x[i] if i > 1 else y[i]*a)", "x[i]/(i + 1)"]
ROWS = ["M[i]*a", "x[:3]*i", "E[i % 4]", "M[i, 1:3]"]
CALLS = ["prod", "mean", "max", "min"]
INNER = ["range(3)", "range(i)", "upto(i, 4)", "range(i, 4)", "p", "range(4, i, -1)"]
BODIES_OF_TWO = ["x[i]*y[j]", "M[i, j]", "x[i-j]*a", "(i + 2*j)*x[j]", "x[i]*x[j]**2"]
EMPTY = ["range(2, 2)", "upto(3, 2)"]


def sums():
    yield from (f"sum({body} for i in {over})" for body, over in product(BODIES + ROWS, RANGES))
    yield from (f"{call}({body} for i in {over})" for call, body, over in product(CALLS, BODIES[:5], RANGES[:8]))
    yield from (f"{call}(sum({body} for j in range(i)) for i in upto(1, 3))" for call, body in product(CALLS, BODIES_OF_TWO))
    yield from (f"sum({call}({body} for j in upto(0, i)) for i in upto(1, 3))" for call, body in product(CALLS, BODIES_OF_TWO))
    for body, over, inner in product(BODIES_OF_TWO, ["range(3)", "upto(1, 3)", "p"], INNER):
        yield f"sum({body} for i in {over} for j in {inner})"
        yield f"sum(sum({body} for j in {inner}) for i in {over})"
    yield from (f"np.{call}([{body} for i in {over}])" for call, body, over in product(["sum", "linalg.norm", "max"], BODIES[:3], RANGES[:4]))
    yield from (f"[{body} for i in {over}]" for body, over in product(BODIES[:4] + ROWS, ["range(3)", "upto(1, 2)"]))
    yield from ["sum(v**2 for v in x)", "sum(v*i for v in x for i in range(2))", "sum(v @ v for v in M)", "sum(u*v for u in x for v in y)",
                "sum(v[0]*v[2] for v in E)", "sum(r**2 for row in E for r in row)", "[[M[i, j] for j in range(2)] for i in range(3)]",
                "sum(x[i] for i in range(3)) * prod(y[i] for i in range(2)) + a", "sum(x[i]*sum(y[i] for i in range(2)) for i in range(3))",
                "sum(i*x[j] for i in range(3) for j in [i, 2*i])", "sum(x[i:i+2] @ y[i:i+2] for i in range(4))",
                "sum(sum(sum(x[i]*y[j]*x[l] for l in range(j + 1)) for j in range(i + 1)) for i in range(3))",
                "sum(x[i]*y[j]*M[j, l] for i in range(3) for j in range(i) for l in range(j, 3))"]


# What is taken out of arrays.

REDUCED = "sum mean max min prod var std".split()
TAKEN = [
    "x[[0, 2, 0]]", "x[[4, -1, 1]]", "x[c]", "x[c][::-1]", "x[c]*x[c]", "E[[0, 2, 0]]", "E[c]", "E[c, :]", "E[c, 1]", "E[:, [0, 2, 2]]", "E[1:, [2, 0]]",
    "P[range(3), k]", "P[[0, 0, 0], [1, 1, 3]]", "P[[2, -1], [-1, 0]]", "P[1, k]", "P[k[:2], :2]", "E[[0, 2, 0]] * E[[1, 1, 2]]", "E[c] @ E.T",
    "-np.mean(np.log(P[range(3), k]))", "np.maximum(0, P - P[range(3), k][:, None] + 1)", "np.sum(E[c], axis=0)", "np.max(E[c], axis=1)",
    "x[m > 0]", "x[m == 3]", "x[m != 0]", "x[m <= 1]*2", "x[(m > 0)*(m < 2)]", "E[q > 0]", "E[q > 0, 1]", "P[:, q > 0]", "M[K > 0]", "np.sum(M[K > 0]**2)",
    "np.mean(x[m > 0])*np.mean(y[m <= 0])",
    "x[:, None]", "x[None, :]", "x[:, None] * y[None, :]", "x[:, None] - x", "x[1:3, None]", "E - np.mean(E, axis=1)[:, None]", "P[0, :, None]",
    "P[:, 1, None]", "A[1][None, :] + A",
    *(f"np.{call}(P, axis={axis}, keepdims=True)" for call in REDUCED for axis in (0, 1)),
    *(f"np.{call}(E, axis={axis})" for call in REDUCED for axis in (0, -1)), *(f"np.{call}(E, keepdims=True)" for call in REDUCED),
    *(f"E.{call}({axis})" for call in REDUCED for axis in ("", "1", "axis=0", "axis=1, keepdims=True")),
    "P / np.sum(P, axis=1, keepdims=True)", "np.exp(P - np.max(P, axis=1, keepdims=True))", "np.linalg.norm(P, axis=1)",
    "np.linalg.norm(E, axis=0, keepdims=True)", "np.cumsum(P, axis=1)", "np.cumsum(P, axis=0)", "np.cumsum(x)", "np.cumsum(A)",
    "P.T", "P.T[1]", "P[1].T", "A.T @ A", "A.T.dot(B)", "(A @ E[:3]).T", "A.T[::-1]", "A.T.sum(axis=0)", "P.T[[3, 0, 3]]", "P.T[k, range(3)]",
    "x[::2]", "x[1::2]", "x[::-1]", "x[3:0:-1]", "x[-3:]", "x[:-1] * x[1:]", "x[1:] - x[:-1]", "x[-1]", "x[-5]", "x[1:100]", "x[100:0:-2]", "x[-100:2]",
    "x[-2:-5:-1]", "P[::2, ::-1]", "P[:, 1:3]", "P[1, ::2]", "P[-1]", "P[:, -2]", "P[-2:, :2]", "P[0, -1]", "P[::-1][0]", "P[2:0:-1, 3:0:-2]",
    "np.concatenate([A, B], axis=0)", "np.concatenate([A, B], axis=1)[:, ::2]", "np.stack([x, y])[:, 1:3]", "np.concatenate([x[2:], y[:2]])[[0, -1]]",
    "np.dot(x[::2], y[::-2])", "np.outer(x[:2], y[c])", "np.where(m > 0, x, y)", "np.sum(x*(m > 0))", "np.reshape(P, (4, 3))[:, 1]", "P.reshape(2, 6)[1, ::3]",
    "np.sum(np.exp(A)/np.sum(np.exp(A), axis=1, keepdims=True)*B)", "np.log(np.sum(np.exp(P), axis=1))", "np.trace(M[:3, 2:])", "np.diag(M)[::2]",
]


class Values:
    """The builtins with a `for`, of JAX's values."""
    sum = staticmethod(lambda rounds: reduce(lambda x, y: x + y, rounds, 0.0))
    prod = staticmethod(lambda rounds: reduce(lambda x, y: x * y, rounds, 1.0))
    mean = staticmethod(lambda rounds: jnp.mean(jnp.stack([jnp.asarray(value, float) for value in rounds]), axis=0))
    max = staticmethod(lambda rounds: reduce(jnp.maximum, rounds))
    min = staticmethod(lambda rounds: reduce(jnp.minimum, rounds))


SCOPE = {"np": jnp, "exp": jnp.exp, "size": lambda of: of.size, "upto": lambda first, last: range(first, last + 1),
         "places": lambda of: numpy.array(list(of)), **{name: getattr(Values, name) for name in "sum prod mean max min".split()}}


def for_python(text):
    """The text with arrays for lists of places, and for the lists that functions are given."""
    text = re.sub(r"\[(\[[-\d, ]+\])(?=[\],])", r"[places(\1)", text)
    text = re.sub(r", (\[[-\d, ]+\])\]", r", places(\1)]", text)
    text = re.sub(r"\[range\((\d)\),", r"[places(range(\1)),", text)
    text = re.sub(r", range\((\d)\)\]", r", places(range(\1))]", text)
    if text.startswith("["):
        text = f"np.array({text})"
    return re.sub(r"np\.(sum|linalg\.norm|max)\((\[.*\])\)$", r"np.\1(np.array(\2))", text)


def for_calculator(text):
    return re.sub(r"upto\(([^()]*), ([^()]*)\)", r"\1..\2", text)


def words(text):
    return set(re.findall(r"[A-Za-z_]\w*", text))


def upstream(shape):
    """Weights without a pattern: none for a single number."""
    if shape == ():
        return None
    count = numpy.prod(shape)
    return numpy.reshape([round(0.3 + 1.7 * ((k * 0.6180339887) % 1) - 0.9 * (k % 2), 2) for k in range(1, count + 1)], shape)


def case(text):
    constants = {name: value for name, value in CONSTANTS.items() if name in words(text)}
    # What no round speaks of has no gradient to be asked for.
    empty = any(f"{over})" in text for over in EMPTY)
    inputs = {name: value for name, value in INPUTS.items() if name in words(text) and not empty}
    given = {name: jnp.asarray(value, float) for name, value in (INPUTS if empty else inputs).items()}
    held = {name: numpy.asarray(value) if isinstance(value, list) else value for name, value in constants.items()}
    code = compile(for_python(text), text, "eval")

    def run(inputs):
        return jnp.asarray(eval(code, {**SCOPE, **held, **given, **inputs}), float)

    value, back = jax.vjp(run, {name: given[name] for name in inputs})
    arrives = upstream(value.shape)
    (gradients,) = back(jnp.ones(()) if arrives is None else jnp.asarray(arrives))
    plain = {name: numpy.asarray(gradient).tolist() for name, gradient in gradients.items()}
    return {"expression": for_calculator(text), "inputs": inputs, "constants": constants,
            "upstream": None if arrives is None else arrives.tolist(), "value": numpy.asarray(value).tolist(), "gradients": plain}


def main():
    lines = []
    for text in dict.fromkeys([*sums(), *TAKEN]):
        try:
            lines.append(json.dumps(case(text)))
        except Exception as error:
            raise SystemExit(f"{text}: {error!r}")
    Path(__file__).with_suffix(".jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
