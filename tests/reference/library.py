"""Calls of Python's math, NumPy, SciPy and JAX with their values, written to library.jsonl next to this file.

    pip install numpy scipy jax
    python library.py

Every text is evaluated by Python itself, in float64, and is given to the calculator as it stands.
"""

import json
import math
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import scipy
import scipy.special

jax.config.update("jax_enable_x64", True)

NAMES = {
    "x": 0.7, "y": 1.3, "n": 2.0,
    "v": np.array([0.3, 0.8, -0.5]), "u": np.array([1.5, -2.0, 0.25]),
    "A": np.array([[1.0, 2.0], [3.0, 4.5]]), "B": np.array([[0.5, -1.0], [2.0, 0.25]]), "C": np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -6.0]]),
}

ONE = "exp expm1 exp2 log log1p log2 log10 sqrt cbrt sin cos tan sinh cosh tanh fabs floor ceil radians degrees".split()
MATH = "asin acos atan erf erfc gamma lgamma asinh atanh".split()
NUMPY = """arcsin arccos arctan arcsinh arctanh abs absolute sign round square reciprocal negative sinc deg2rad rad2deg array asarray
    float64 copy zeros_like ones_like""".split()
REDUCED = "sum mean prod max min amax amin var std argmax argmin cumsum size".split()
AXES = "sum mean prod max min amax amin var std".split()
METHODS = "sum mean prod max min var std argmax argmin cumsum copy ravel flatten transpose".split()

TEXTS = [
    *(f"math.{name}(x)" for name in ONE + MATH), "math.acosh(y)", "np.arccosh(y)", "math.log(x, y)", "math.pow(x, y)", "math.hypot(x, y)",
    "math.hypot(x)", "math.hypot(x, y, n)", "math.hypot(*[3.0, 4.0, 12.0, 84.0])",
    "math.atan2(x, y)", "math.pi + math.e + math.tau", "np.pi*np.e",
    *(f"np.{name}(v + 1)" for name in ONE), *(f"np.{name}(v)" for name in NUMPY),
    *(f"{call.format(name='np.' + name)}" for name in "add subtract multiply divide maximum minimum logaddexp hypot arctan2 mod remainder".split()
      for call in ("{name}(v, u)", "{name}(v, x)")),
    "v % u", "u % v", "-v % u", "2*y % x*3", "np.reshape(C, np.shape(C.T))", "np.arange(3, 0, -1, dtype=float)", "np.array([1, 2], dtype=np.float64)",
    "np.power(v, 2)", "np.where(v > 0, v, u)", "np.clip(v, -0.1, 0.5)", "np.sinc(0.0)",
    *(f"np.{name}({of})" for name in REDUCED for of in ("v", "A", "C")),
    *(f"np.{name}(C, {axis})" for name in REDUCED for axis in ("0", "1", "axis=0", "axis=-1")),
    *(f"np.{name}(C, axis={axis}, keepdims=True)" for name in AXES for axis in (0, 1)),
    *(f"np.{name}(C, keepdims=False)" for name in AXES),
    *(f"np.{name}(C, axis=1, ddof=1)" for name in ("var", "std")), *(f"np.{name}(v, ddof=1)" for name in ("var", "std")),
    *(f"C.{name}()" for name in METHODS), *(f"C.{name}(axis=1, keepdims=True)" for name in "sum mean prod max min var std".split()),
    *(f"C.{name}({axis})" for name in METHODS[:10] for axis in (0, 1)), "C.std(ddof=1)", "C.var(axis=0, ddof=1)",
    "np.linalg.norm(v)", "np.linalg.norm(C, axis=1)", "np.linalg.norm(C, axis=1, keepdims=True)", "np.linalg.norm(A)",
    "np.dot(v, u)", "np.dot(A, B)", "A.dot(B)", "C.T.dot(A)", "np.matmul(A, C)", "np.inner(v, u)", "np.outer(v, u)", "np.transpose(C)",
    *(f"np.{name}({of})" for name in ("tril", "triu") for of in ("A", "C", "C.T", "C, 1", "C, k=1", "C, -1", "np.ones((3, 3)), 5", "A, k=-5")),
    "np.trace(A)", "A.trace()", "np.diag(A)", "np.diag(v)", "np.linalg.det(A)", "np.linalg.inv(A)", "np.linalg.solve(A, B)",
    *(f"({of}).astype({kind})" for of in ("C*1.7", "v", "v > 0") for kind in "float int bool np.float64 np.int64 np.bool_".split()),
    "C.reshape(3, 2)", "C.reshape((3, 2))", "C.reshape(-1, 2)", "C.reshape(2, -1)", "C.reshape(-1)", "C.reshape(6)",
    "np.reshape(C, (3, -1))", "np.reshape(C, 6)", "np.reshape(v, C.T.shape[0])", "np.expand_dims(v, 0)", "np.expand_dims(v, axis=1)", "np.ravel(C)",
    "np.concatenate([v, u])", "np.concatenate([v, [1.0], u])", "np.concatenate([A, B])", "np.concatenate([A, C], axis=1)", "np.stack([v, u])",
    "np.zeros(3)", "np.zeros((2, 3))", "np.zeros(C.shape)", "np.zeros(shape=(2, 3))", "np.ones(2)", "np.ones((2, 3))", "np.ones(v.shape)",
    "np.eye(3)", "np.identity(2)", "np.linspace(0, 1, 5)", "np.linspace(0, 1)", "np.arange(4)", "np.arange(2, 5)", "C.shape", "C.T.shape", "v.shape",
    "jnp.exp(v)", "jnp.max(C, 1)", "jax.numpy.sum(C, axis=0)", "numpy.sum(v)",
    *(f"jax.nn.{name}(v)" for name in "sigmoid relu leaky_relu elu softplus silu swish gelu log_sigmoid softmax logsumexp".split()),
    "jax.nn.softmax(C)", "jax.nn.softmax(C, axis=0)", "jax.nn.logsumexp(C, axis=1)",
    *(f"scipy.special.{name}(x)" for name in "erf erfc gamma gammaln digamma psi expit".split()), "scipy.special.polygamma(1, x)",
    "scipy.special.logsumexp(C, axis=1)", "scipy.special.softmax(C, axis=1)", "scipy.special.logsumexp(v)",
    "x if x > y else y", "0.0 if x == 0 else x * y", "1 if x > y else 2 if y > x else 3", "(x if x > y else y) * 2",
]


def main():
    scope = {**NAMES, "math": math, "np": np, "numpy": np, "jnp": jnp, "jax": jax, "scipy": scipy}
    lines = []
    for text in dict.fromkeys(TEXTS):
        value = np.asarray(eval(text, scope), dtype=float)
        lines.append(json.dumps({"text": text, "value": value.tolist()}))
    Path(__file__).with_suffix(".jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
