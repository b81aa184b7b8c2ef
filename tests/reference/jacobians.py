"""Reference derivatives of vectors and matrices, written to jacobians.jsonl next to this file.

    pip install "jax[cpu]==0.10.2" numpy==2.4.6
    python jacobians.py

A case holds an expression, as text in the calculator's language, its inputs, and the same function in JAX, whose
`jax.jacobian` in binary64 gives the matrix: a row for each number of the result, a column for each number of the inputs,
arrays row by row.
"""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

W = [[0.5, -1.25, 2.0], [1.5, 0.25, -0.75]]
A = [[2.0, 0.5], [0.25, 1.5]]
V = [0.3, -1.2, 2.5]
CASES = [
    ("[x*y, sin(x), x^2/y]", {"x": 1.3, "y": -0.7}, lambda x, y: jnp.stack([x * y, jnp.sin(x), x**2 / y])),
    ("x*[1, 2, 3]", {"x": 2.5}, lambda x: x * jnp.array([1.0, 2.0, 3.0])),
    ("v^2", {"v": V}, lambda v: v**2),
    ("exp(v)/sum(exp(v))", {"v": V}, lambda v: jnp.exp(v) / jnp.sum(jnp.exp(v))),
    ("softmax(v)", {"v": V}, jax.nn.softmax),
    ("W @ v", {"W": W, "v": V}, lambda W, v: W @ v),
    ("tanh(W @ v + b)", {"W": W, "v": V, "b": [0.1, -0.2]}, lambda W, v, b: jnp.tanh(W @ v + b)),
    ("A @ A", {"A": A}, lambda A: A @ A),
    ("A'*2", {"A": A}, lambda A: A.T * 2),
    ("inv(A)", {"A": A}, jnp.linalg.inv),
    ("solve(A, b)", {"A": A, "b": [1.0, 2.0]}, jnp.linalg.solve),
    ("sum(W, 0)", {"W": W}, lambda W: jnp.sum(W, 0)),
    ("outer(v, u)", {"v": V, "u": [2.0, -1.0]}, jnp.outer),
    ("v/norm(v)", {"v": V}, lambda v: v / jnp.linalg.norm(v)),
    ("W[1, :]*v[0]", {"W": W, "v": V}, lambda W, v: W[1, :] * v[0]),
    ("cumsum(v)*x", {"v": V, "x": 0.4}, lambda v, x: jnp.cumsum(v) * x),
    ("where(v > 0, v^3, sin(v))", {"v": V}, lambda v: jnp.where(v > 0, v**3, jnp.sin(v))),
    ("r*[cos(t), sin(t)]", {"r": 2.0, "t": 0.8}, lambda r, t: r * jnp.stack([jnp.cos(t), jnp.sin(t)])),
    ("[x^2 + y]", {"x": 3.0, "y": 1.0}, lambda x, y: jnp.stack([x**2 + y])),
    ("x^2*y", {"x": 3.0, "y": -4.0}, lambda x, y: x**2 * y),
    ("d(sum(v^3), v)", {"v": V}, lambda v: jax.grad(lambda v: jnp.sum(v**3))(v)),
]


def case(expression, inputs, function):
    values = [jnp.asarray(value, dtype=jnp.float64) for value in inputs.values()]
    result = function(*values)
    parts = jax.jacobian(function, argnums=tuple(range(len(values))))(*values)
    rows = np.concatenate([np.asarray(part).reshape(result.size, -1) for part in parts], axis=1)
    return {"expression": expression, "inputs": inputs, "value": np.asarray(result).ravel().tolist(), "jacobian": rows.tolist()}


lines = [json.dumps(case(*each)) + "\n" for each in CASES]
Path(__file__).with_name("jacobians.jsonl").write_text("".join(lines))
