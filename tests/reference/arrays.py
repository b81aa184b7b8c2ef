"""Reference values and gradients of expressions with arrays, written to arrays.jsonl next to this file.

    pip install "jax[cpu]==0.10.2" numpy==2.4.6 mpmath==1.4.1
    python arrays.py

A case holds an expression, as text in the calculator's language, its inputs, and the same function in JAX. Every number
comes from two sides. JAX differentiates its function in binary64. The text itself is read by NumPy, with mpmath's
numbers in its arrays, and differentiated by central differences of values, with 80 digits and again with 200; the two
must agree to 24 digits, or both be 0. Shapes must be the same on both sides, and numbers must agree to 12 digits of the
largest in the value, the gradient or the hessian that they are part of; if not, nothing is written.

What is written are the numbers with 200 digits, each rounded once to the nearest binary64, ties to even. So they are
what JAX says but for its roundings, and running the script again gives the same bytes on every machine. Two kinds of
cases have no JAX side: where its squares overflow or underflow (the differences stand alone), and ties and kinks, where
the gradients are the calculator's conventions and are written by hand.

A line is one case:

    {"name": "outer", "expression": "outer(x, y)", "inputs": {"x": [1.0, 2.0], "y": [3.0]}, "upstream": [[1.0], [0.5]],
     "value": [[3.0], [6.0]], "gradients": {"x": [3.0, 1.5], "y": [2.0]}}

"upstream" is the gradient that arrives at the result, in the result's shape; it is null where the result is a scalar,
and then stands for 1. Some scalar cases also have "hessian": along its sides are the inputs in the order in which the
expression first mentions them (also the order of "inputs"), each flattened row by row. Numbers are the shortest
decimals that read back as the same binary64 number; a matrix is a list of rows.

What a text means: numbers written in it, the constants pi and e, and the inputs are binary64 numbers taken as exact;
everything done with them is exact real arithmetic. A result that is exactly 0, or underflows, is 0.0.
"""

import json
import math
import re
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import jax.scipy as jsp
import mpmath
import numpy as np
from mpmath import mpf

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)

OUTPUT = Path(__file__).with_name("arrays.jsonl")


# The cases.

class Case(NamedTuple):
    name: str
    expression: str
    inputs: dict
    jax: Callable | None
    upstream: object = None
    hessian: bool = False
    gradients: dict | None = None  # by hand


def numbers(seed, *shape, low=-2.0, high=2.0):
    """Numbers with two decimals, no two alike and none of them 0, that look random: nested lists of this shape."""
    state, found = 7919 * seed + 17, []
    while len(found) < math.prod(shape):
        state = (1103515245 * state + 12345) % 2**31
        number = round(low + (high - low) * (state >> 8) / 2**23, 2)
        if number and number not in found:
            found.append(number)
    return np.reshape(found, shape).tolist()


def positive(seed, *shape):
    return numbers(seed, *shape, low=0.3, high=2.7)


def broadcasting():
    """Every pair of shapes under every operator."""
    shapes = [
        ((), (3,)), ((3,), ()), ((), (2, 3)), ((2, 3), ()), ((3,), (3,)), ((2, 3), (2, 3)), ((3,), (2, 3)),
        ((2, 3), (3,)), ((2, 1), (3,)), ((3,), (2, 1)), ((1, 3), (2, 1)), ((2, 1), (2, 3)), ((2, 3), (1, 3)),
        ((1,), (3,)), ((2, 3), (1,)), ((1, 1), (3,)), ((2, 3), (1, 1)), ((1,), ()), ((1,), (1, 1)), ((3,), (3, 1)),
    ]
    operators = [
        ("add", ["x + y"], jnp.add),
        ("sub", ["x - y", "x − y"], jnp.subtract),
        ("mul", ["x * y", "x·y", "x × y"], jnp.multiply),
        ("div", ["x / y", "x÷y"], jnp.divide),
        ("pow", ["x^y", "x ** y"], jnp.power),
    ]
    few = [
        ("max", ["max(x, y)"], jnp.maximum),
        ("min", ["min(x, y)"], jnp.minimum),
        ("hypot", ["hypot(x, y)"], jnp.hypot),
        ("atan2", ["atan2(x, y)"], jnp.arctan2),
        ("choice", ["where(x < y, x*y, x - y)"], lambda x, y: jnp.where(x < y, x * y, x - y)),
    ]
    found = []
    for chosen, pairs, seed in [(operators, shapes, 0), (few, [shapes[i] for i in (0, 3, 7, 8, 10, 11)], 2000)]:
        for k, (name, texts, function) in enumerate(chosen):
            for i, (left, right) in enumerate(pairs):
                values = positive if name == "pow" else numbers
                label = "_".join("x".join(map(str, shape)) or "scalar" for shape in (left, right))
                result = np.broadcast_shapes(left, right)
                found.append(Case(
                    f"{name}_{label}",
                    texts[i % len(texts)],
                    {"x": values(seed + 100 * k + i, *left), "y": values(seed + 100 * k + i + 50, *right)},
                    function,
                    numbers(seed + 100 * k + i + 75, *result),
                ))
    return found


def elementwise():
    """Every function of one number, on a vector or a matrix."""
    special = jsp.special
    functions = [
        ("-x", jnp.negative, [0.7, -1.3, 2.2]),
        ("abs(x)", jnp.abs, [0.7, -1.3, 2.2]),
        ("exp(x)", jnp.exp, [[0.7, -1.3], [2.2, 0.1]]),
        ("expm1(x)", jnp.expm1, [0.7, -1.3, 1e-5]),
        ("exp2(x)", jnp.exp2, [0.7, -1.3, 2.2]),
        ("log(x)", jnp.log, [[0.7, 1.3], [22.0, 0.1]]),
        ("log1p(x)", jnp.log1p, [0.7, -0.3, 1e-5]),
        ("log2(x)", jnp.log2, [0.7, 1.3, 22.0]),
        ("log10(x)", jnp.log10, [0.7, 1.3, 22.0]),
        ("sqrt(x)", jnp.sqrt, [0.7, 1.3, 22.0]),
        ("√x", jnp.sqrt, [[0.7, 1.3, 22.0]]),
        ("cbrt(x)", jnp.cbrt, [0.7, 1.3, 22.0]),
        ("x²", jnp.square, [0.7, -1.3, 2.2]),
        ("x³", lambda x: x**3, [[0.7], [-1.3]]),
        ("x^-2", lambda x: x**-2, [0.7, -1.3, 2.2]),
        ("x ** 0.5", lambda x: x**0.5, [0.7, 1.3, 2.2]),
        ("2^x", lambda x: 2.0**x, [0.7, -1.3, 2.2]),
        ("1/x", lambda x: 1 / x, [[0.7, -1.3], [2.2, 0.1]]),
        ("sin(x)", jnp.sin, [0.7, -1.3, 2.2]),
        ("cos(x)", jnp.cos, [0.7, -1.3, 2.2]),
        ("tan(x)", jnp.tan, [0.7, -1.3, 2.2]),
        ("asin(x)", jnp.arcsin, [0.7, -0.3]),
        ("acos(x)", jnp.arccos, [0.7, -0.3]),
        ("atan(x)", jnp.arctan, [0.7, -1.3]),
        ("sinh(x)", jnp.sinh, [0.7, -1.3, 2.2]),
        ("cosh(x)", jnp.cosh, [0.7, -1.3, 2.2]),
        ("tanh(x)", jnp.tanh, [[0.7, -1.3, 2.2], [0.1, -0.4, 0.9]]),
        ("asinh(x)", jnp.arcsinh, [0.7, -1.3]),
        ("acosh(x)", jnp.arccosh, [1.7, 3.3]),
        ("atanh(x)", jnp.arctanh, [0.7, -0.3]),
        ("sigma(x)", jax.nn.sigmoid, [[0.7, -1.3], [2.2, 0.1]]),
        ("σ(x)", jax.nn.sigmoid, [5.5, -6.5]),
        ("relu(x)", jax.nn.relu, [[0.7, -1.3], [2.2, -0.1]]),
        ("leaky_relu(x)", jax.nn.leaky_relu, [0.7, -1.3]),
        ("elu(x)", jax.nn.elu, [0.7, -1.3]),
        ("softplus(x)", jax.nn.softplus, [0.7, -1.3, 30.5]),
        ("silu(x)", jax.nn.silu, [0.7, -1.3]),
        ("gelu(x)", lambda x: jax.nn.gelu(x, approximate=False), [0.7, -1.3]),
        ("erf(x)", special.erf, [0.7, -1.3]),
        ("erfc(x)", special.erfc, [0.7, -1.3]),
        ("gamma(x)", special.gamma, [0.7, 4.3]),
        ("lgamma(x)", special.gammaln, [0.7, 4.3]),
        ("digamma(x)", special.digamma, [0.7, 4.3]),
        ("sign(x)", jnp.sign, [0.7, -1.3]),
        ("floor(x)", jnp.floor, [0.7, -1.3]),
        ("ceil(x)", jnp.ceil, [0.7, -1.3]),
        ("round(x)", jnp.round, [0.7, -1.3]),
        ("x > 1", lambda x: (x > 1) + 0.0 * x, [0.7, -1.3, 2.2]),
        ("clamp(x, -1, 1)", lambda x: jnp.clip(x, -1, 1), [0.7, -1.3, 2.2]),
    ]
    names = {"-x": "neg", "√x": "sqrt_sign", "x²": "sqr_sign", "x³": "cube_sign", "x^-2": "whole_power",
             "x ** 0.5": "root_power", "2^x": "power_of_2", "1/x": "recip", "σ(x)": "sigma_sign", "x > 1": "step"}
    return [
        Case(f"each_{names.get(text, text.partition('(')[0])}", text, {"x": x}, function,
             numbers(700 + i, *np.shape(x)))
        for i, (text, function, x) in enumerate(functions)
    ]


def reductions():
    """Every reduction, over all elements and along an axis, on vectors and matrices of several shapes."""
    def lse(x, axis=None):
        return jsp.special.logsumexp(x, axis=axis)

    def soft(x, axis=None):
        return jax.nn.softmax(x, axis=axis)

    functions = [
        ("sum", jnp.sum), ("mean", jnp.mean), ("prod", jnp.prod), ("var", jnp.var), ("std", jnp.std),
        ("norm", jnp.linalg.norm), ("logsumexp", lse), ("max", jnp.max), ("min", jnp.min), ("softmax", soft),
        ("cumsum", jnp.cumsum),
    ]
    shapes = [
        ((4,), ["", "axis=0"]),
        ((1,), [""]),
        ((2, 3), ["", "0", "axis=1"]),
        ((3, 2), ["axis=0", "1"]),
        ((1, 4), ["", "0", "1"]),
        ((3, 1), ["axis=0", "1"]),
    ]
    found = []
    for k, (name, function) in enumerate(functions):
        for i, (shape, axes) in enumerate(shapes):
            for axis in axes:
                number = int(axis[-1]) if axis else None
                alone = (math.prod(shape) if number is None else shape[number]) == 1
                if alone and name == "std":
                    continue  # a kink
                written = f"axis={axis}" if axis.isdigit() and name in ("max", "min") else axis
                x = numbers(1000 + 20 * k + i, *shape)
                size = np.shape(function(jnp.array(x), axis=number))
                found.append(Case(
                    f"{name}_{'x'.join(map(str, shape))}" + (f"_axis{number}" if axis else ""),
                    f"{name}(x, {written})" if axis else f"{name}(x)",
                    {"x": x},
                    lambda x, function=function, number=number: function(x, axis=number),
                    numbers(1500 + 20 * k + i, *size) if size else None,
                    hessian=shape == (4,) and not axis and name in ("prod", "var", "std", "norm", "logsumexp"),
                ))
    return found


def softmax(x, axis=None):
    return jax.nn.softmax(x, axis=axis)


def logsumexp(x, axis=None):
    return jsp.special.logsumexp(x, axis=axis)


def onehot(y, n):
    return jnp.eye(n)[jnp.array(y)]


relu, sigma, norm = jax.nn.relu, jax.nn.sigmoid, jnp.linalg.norm
det, inv, solve = jnp.linalg.det, jnp.linalg.inv, jnp.linalg.solve

A2 = [[2.0, -1.0], [0.5, 3.0]]
A3 = [[2.0, -1.0, 0.5], [0.3, 1.7, -0.4], [-0.6, 0.9, 2.5]]
SPD = [[2.0, 0.4, -0.3], [0.4, 1.5, 0.2], [-0.3, 0.2, 1.1]]
W23 = [[0.8, -1.3, 0.45], [-0.6, 1.7, 1.15]]
W32 = [[-0.72, 0.26], [1.43, -1.16], [0.35, 1.57]]
V2, V3, V4 = [0.44, -1.61], [1.61, -0.52, 0.37], [-1.22, 0.38, 1.79, -0.64]
X45 = numbers(6, 4, 5)

PRODUCTS = [
    Case("notes_matrix_multiply", "D = W @ X; D", {"W": numbers(10, 5, 10), "X": numbers(11, 10, 3)},
         lambda W, X: W @ X, numbers(12, 5, 3)),
    Case("matmul_rectangular", "A @ B", {"A": numbers(13, 2, 4), "B": numbers(14, 4, 3)}, lambda A, B: A @ B,
         numbers(15, 2, 3)),
    Case("matmul_square", "A@B", {"A": A2, "B": numbers(16, 2, 2)}, lambda A, B: A @ B, numbers(17, 2, 2)),
    Case("matmul_1x1", "A @ B", {"A": [[1.5]], "B": [[-0.4]]}, lambda A, B: A @ B, [[2.0]]),
    Case("matmul_column_row", "A @ B", {"A": numbers(18, 3, 1), "B": numbers(19, 1, 2)}, lambda A, B: A @ B,
         numbers(20, 3, 2)),
    Case("matmul_row_column", "A @ B", {"A": numbers(21, 1, 3), "B": numbers(22, 3, 1)}, lambda A, B: A @ B, [[-1.5]]),
    Case("matvec", "A @ x", {"A": W23, "x": V3}, lambda A, x: A @ x, V2),
    Case("matvec_row", "A @ x", {"A": [[1.0, -2.0, 0.5]], "x": V3}, lambda A, x: A @ x, [0.8]),
    Case("vecmat", "x @ A", {"x": V2, "A": W23}, lambda x, A: x @ A, V3),
    Case("vecmat_column", "x @ A", {"x": V3, "A": [[1.0], [-2.0], [0.5]]}, lambda x, A: x @ A, [0.8]),
    Case("inner", "x @ y", {"x": V3, "y": [0.5, 0.25, -3.0]}, lambda x, y: x @ y, hessian=True),
    Case("inner_itself", "x @ x", {"x": V3}, lambda x: x @ x, hessian=True),
    Case("inner_1", "x @ y", {"x": [3.0], "y": [-2.0]}, lambda x, y: x @ y),
    Case("dot", "dot(x, y)", {"x": V4, "y": [1.0, 0.5, -2.0, 4.0]}, jnp.dot),
    Case("outer", "outer(x, y)", {"x": V2, "y": V3}, jnp.outer, W23),
    Case("outer_itself", "outer(x, x)", {"x": V3}, lambda x: jnp.outer(x, x), numbers(23, 3, 3)),
    Case("product_chain", "sum(A @ B @ C)", {"A": W23, "B": W32, "C": A2}, lambda A, B, C: (A @ B @ C).sum()),
    Case("product_chain_to_vector", "A @ (B @ x)", {"A": W32, "B": W23, "x": V3}, lambda A, B, x: A @ (B @ x), V3),
    Case("product_both_ends", "x @ A @ B @ y", {"x": V2, "A": W23, "B": W32, "y": [0.5, -1.5]},
         lambda x, A, B, y: x @ A @ B @ y),
    Case("matrix_square", "A @ A", {"A": A2}, lambda A: A @ A, numbers(24, 2, 2)),
    Case("matrix_fourth_power", "B = A @ A; trace(B @ B)", {"A": A2}, lambda A: jnp.trace(A @ A @ A @ A), hessian=True),
    Case("power_iteration", "A @ (A @ (A @ x))", {"A": A2, "x": V2}, lambda A, x: A @ A @ A @ x, [1.0, -0.5]),
    Case("scaled_product", "2*A @ B - A @ B/c", {"A": W23, "B": W32, "c": 1.7}, lambda A, B, c: 2 * (A @ B) - A @ B / c,
         A2),
    Case("product_of_elements_and_matrices", "(A*B) @ C + A @ C", {"A": W23, "B": numbers(25, 2, 3), "C": W32},
         lambda A, B, C: (A * B) @ C + A @ C, A2),
    Case("gram", "X' @ X", {"X": numbers(26, 4, 2)}, lambda X: X.T @ X, A2),
    Case("gram_other", "X @ X.T", {"X": W23}, lambda X: X @ X.T, A2),
    Case("transpose", "X'", {"X": W23}, lambda X: X.T, W32),
    Case("transpose_t", "X.T", {"X": [[1.0, 2.0, 3.0]]}, lambda X: X.T, [[0.5], [-1.0], [2.0]]),
    Case("transpose_twice", "X'' - X.T.T*c", {"X": W23, "c": 0.5}, lambda X, c: X - X * c, numbers(27, 2, 3)),
    Case("transpose_product", "(A @ B)' - B' @ A'*2", {"A": W23, "B": W32}, lambda A, B: -(A @ B).T, A2),
    Case("transpose_of_sum", "(X + Y')'", {"X": W23, "Y": W32}, lambda X, Y: X.T + Y, numbers(28, 3, 2)),
    Case("symmetric_part", "(A + A')/2", {"A": A3}, lambda A: (A + A.T) / 2, numbers(29, 3, 3)),
    Case("transposed_square", "X'^2", {"X": W23}, lambda X: X.T**2, numbers(30, 3, 2)),
    Case("quadratic_form", "x @ A @ x", {"x": [1.5, -0.7], "A": A2}, lambda x, A: x @ A @ x, hessian=True),
    Case("quadratic_form_3", "x @ A @ x/2 - b @ x", {"x": V3, "A": SPD, "b": [1.0, 0.5, -2.0]},
         lambda x, A, b: x @ A @ x / 2 - b @ x),
    Case("bilinear_form", "sum(x * (A @ y))", {"x": V2, "A": W23, "y": V3}, lambda x, A, y: x @ (A @ y)),
    Case("bilinear_outer", "sum(A * outer(x, y))", {"A": W23, "x": V2, "y": V3}, lambda A, x, y: x @ A @ y),
    Case("rayleigh_quotient", "x @ A @ x/(x @ x)", {"x": V3, "A": SPD}, lambda x, A: x @ A @ x / (x @ x)),
    Case("frobenius_product", "trace(A' @ B)", {"A": W23, "B": numbers(31, 2, 3)}, lambda A, B: jnp.sum(A * B)),
]

INDEXING = [
    Case("index_first", "w[0]", {"w": V3}, lambda w: w[0]),
    Case("index_last", "w[-1]^2", {"w": V3}, lambda w: w[-1] ** 2),
    Case("index_from_the_end", "w[-3]*w[2]", {"w": V4}, lambda w: w[1] * w[2]),
    Case("index_element", "W[1, 2]", {"W": W23}, lambda W: W[1, 2]),
    Case("index_element_from_the_end", "W[-1, -3]*3", {"W": W23}, lambda W: 3 * W[1, 0]),
    Case("index_row", "W[0, :]", {"W": W23}, lambda W: W[0, :], V3),
    Case("index_row_alone", "W[1]", {"W": W23}, lambda W: W[1], V3),
    Case("index_last_row", "W[-1, :]", {"W": W32}, lambda W: W[-1, :], V2),
    Case("index_column", "W[:, 1]", {"W": W23}, lambda W: W[:, 1], V2),
    Case("index_last_column", "W[:, -1]", {"W": W23}, lambda W: W[:, -1], V2),
    Case("slice_rows", "W[1:3]", {"W": X45}, lambda W: W[1:3], numbers(40, 2, 5)),
    Case("slice_rows_and_columns", "W[0:2, 1:]", {"W": X45}, lambda W: W[0:2, 1:], numbers(41, 2, 4)),
    Case("slice_columns", "W[:, 1:3]", {"W": X45}, lambda W: W[:, 1:3], numbers(42, 4, 2)),
    Case("slice_everything", "W[:, :]", {"W": W23}, lambda W: W[:, :], numbers(43, 2, 3)),
    Case("slice_every_second_row", "W[::2]", {"W": X45}, lambda W: W[::2], numbers(44, 2, 5)),
    Case("slice_every_second_column", "W[1:, ::2]", {"W": X45}, lambda W: W[1:, ::2], numbers(45, 3, 3)),
    Case("slice_steps", "W[1::2, 0:5:3]", {"W": X45}, lambda W: W[1::2, 0:5:3], numbers(46, 2, 2)),
    Case("slice_row_part", "W[2, 1:4]", {"W": X45}, lambda W: W[2, 1:4], V3),
    Case("slice_column_part", "W[-2:, 3]", {"W": X45}, lambda W: W[-2:, 3], V2),
    Case("slice_one_row_stays_a_matrix", "W[1:2, :]", {"W": W23}, lambda W: W[1:2, :], numbers(47, 1, 3)),
    Case("slice_vector", "x[1:3]", {"x": V4}, lambda x: x[1:3], V2),
    Case("slice_vector_head", "x[:-1]", {"x": V4}, lambda x: x[:-1], V3),
    Case("slice_vector_tail", "x[-2:]", {"x": V4}, lambda x: x[-2:], V2),
    Case("slice_vector_steps", "x[1::2]", {"x": numbers(48, 5)}, lambda x: x[1::2], V2),
    Case("slice_of_slice", "x[1:][1:][0]*x[3]", {"x": V4}, lambda x: x[2] * x[3]),
    Case("index_of_slice", "W[1:, :][0, 1]", {"W": W32}, lambda W: W[1, 1]),
    Case("index_of_transpose", "W'[2, 0] + W.T[0, :] @ x", {"W": W23, "x": V2}, lambda W, x: W[0, 2] + W[:, 0] @ x),
    Case("index_of_product", "(A @ B)[0, 1]", {"A": W23, "B": W32}, lambda A, B: (A @ B)[0, 1]),
    Case("index_of_literal", "[x, x*y, y^2][1]", {"x": 1.5, "y": -2.5}, lambda x, y: x * y),
    Case("index_used_twice", "x[0]*x[0] + x[0]*x[1]", {"x": [1.5, -2.5, 4.0]}, lambda x: x[0] ** 2 + x[0] * x[1],
         hessian=True),
    Case("index_and_whole", "x[1]*sum(x) + x[-2]", {"x": [1.5, -2.5, 4.0]}, lambda x: x[1] * x.sum() + x[1]),
    Case("slices_overlap", "x[0:3] * x[1:4]", {"x": V4}, lambda x: x[:3] * x[1:], V3),
    Case("slices_overlap_in_matrix", "sum(W[0:2, 0:2] @ W[1:3, 1:3])", {"W": A3},
         lambda W: (W[:2, :2] @ W[1:, 1:]).sum()),
    Case("row_and_column_cross", "W[1, :] @ W[:, 1]", {"W": A3}, lambda W: W[1] @ W[:, 1]),
    Case("row_and_itself", "W[0, :] @ W[0, :] + W[0, 0]", {"W": W23}, lambda W: W[0] @ W[0] + W[0, 0]),
    Case("columns_swapped", "concat(W[:, 1:2], W[:, 0:1], axis=1) * W[:, 0:2]", {"W": W23},
         lambda W: W[:, jnp.array([1, 0])] * W[:, :2], numbers(49, 2, 2)),
    Case("total_variation", "sum(abs(x[1:] - x[:-1]))", {"x": numbers(50, 6)}, lambda x: jnp.abs(jnp.diff(x)).sum()),
    Case("second_differences", "x[2:] - 2*x[1:-1] + x[:-2]", {"x": numbers(29, 6)}, lambda x: jnp.diff(x, 2), V4),
    Case("convolution", "w[0]*x[0:4] + w[1]*x[1:5] + w[2]*x[2:6]", {"w": V3, "x": numbers(52, 6)},
         lambda w, x: jnp.correlate(x, w, mode="valid"), V4),
    Case("convolution_2d", "K[0, 0]*X[:-1, :-1] + K[0, 1]*X[:-1, 1:] + K[1, 0]*X[1:, :-1] + K[1, 1]*X[1:, 1:]",
         {"K": A2, "X": numbers(53, 3, 4)}, lambda K, X: jsp.signal.correlate2d(X, K, mode="valid"), numbers(54, 2, 3)),
    Case("average_pooling", "(x[::2] + x[1::2])/2", {"x": numbers(55, 6)}, lambda x: x.reshape(3, 2).mean(1), V3),
    Case("max_pooling", "max(X[::2, ::2], X[::2, 1::2], X[1::2, ::2], X[1::2, 1::2])", {"X": numbers(56, 4, 4)},
         lambda X: X.reshape(2, 2, 2, 2).max((1, 3)), numbers(57, 2, 2)),
]

LITERALS = [
    Case("literal_vector", "[x, 2*x, x*y]", {"x": 1.5, "y": -0.8}, lambda x, y: jnp.stack([x, 2 * x, x * y]), V3),
    Case("literal_matrix", "[[x, y], [y, x]]", {"x": 1.5, "y": -0.8}, lambda x, y: jnp.array([[x, y], [y, x]]), A2),
    Case("literal_rows_with_semicolons", "[x, y, 1; 0, x*y, exp(y)]", {"x": 1.5, "y": -0.8},
         lambda x, y: jnp.array([[x, y, 1], [0, x * y, jnp.exp(y)]]), W23),
    Case("literal_one_element", "[x]*[y, 2, 3]", {"x": 1.5, "y": -0.8}, lambda x, y: x * jnp.array([y, 2, 3]), V3),
    Case("literal_column", "[x; y; x + y]", {"x": 1.5, "y": -0.8}, lambda x, y: jnp.array([[x], [y], [x + y]]),
         [[1.0], [0.5], [-2.0]]),
    Case("literal_product", "[[1, 2], [3, 4]] @ [x, y]", {"x": 1.5, "y": -0.8},
         lambda x, y: jnp.array([x + 2 * y, 3 * x + 4 * y]), V2),
    Case("literal_product_with_semicolons", "x @ [1, 2; 3, 4]", {"x": V2}, lambda x: x @ jnp.array([[1.0, 2], [3, 4]]),
         [0.5, -1.5]),
    Case("literal_of_elements", "[v[2], v[0], v[1]] @ v", {"v": V3}, lambda v: jnp.roll(v, 1) @ v),
    Case("literal_norm", "norm([x - 1, y + 2, x*y])", {"x": 1.5, "y": -0.8},
         lambda x, y: jnp.sqrt((x - 1) ** 2 + (y + 2) ** 2 + (x * y) ** 2), hessian=True),
    Case("rotation", "[cos(t), -sin(t); sin(t), cos(t)] @ p", {"t": 0.6, "p": [2.0, -1.0]},
         lambda t, p: jnp.array([p[0] * jnp.cos(t) - p[1] * jnp.sin(t), p[0] * jnp.sin(t) + p[1] * jnp.cos(t)]), V2),
    Case("cross_product", "[a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]]",
         {"a": V3, "b": [1.0, 0.5, -2.0]}, jnp.cross, [0.7, -0.3, 1.1]),
    Case("triangle_area", "abs(det([[p[0], p[1], 1], [q[0], q[1], 1], [r[0], r[1], 1]]))/2",
         {"p": [0.0, 0.5], "q": [3.0, -1.0], "r": [1.5, 2.5]},
         lambda p, q, r: jnp.abs(jnp.cross(q - p, r - p)) / 2),
    Case("jacobian_determinant", "det([2*x, -2*y; 2*y, 2*x])", {"x": 1.5, "y": -0.8}, lambda x, y: 4 * x**2 + 4 * y**2,
         hessian=True),
    Case("statements", "h = relu(W1 @ x + b1); sum(W2 @ h + b2)",
         {"W1": W32, "x": V2, "b1": V3, "W2": W23, "b2": [0.5, -0.25]},
         lambda W1, x, b1, W2, b2: (W2 @ relu(W1 @ x + b1) + b2).sum()),
    Case("function", "f(z) = z^2; sum(f(x))", {"x": V3}, lambda x: (x**2).sum()),
    Case("function_of_matrices", "f(A, B) = A @ B - B @ A; g(A) = sum(A^2); g(f(X, Y))",
         {"X": A2, "Y": numbers(60, 2, 2)},
         lambda X, Y: ((X @ Y - Y @ X) ** 2).sum()),
    Case("function_twice", "f(z) = z*tanh(z); f(x) + f(2*x)", {"x": V3},
         lambda x: x * jnp.tanh(x) + 2 * x * jnp.tanh(2 * x), [1.0, -0.5, 2.0]),
    Case("function_at_two_shapes", "square(z) = z·z; square(x) + square(a)", {"x": V3, "a": 1.5},
         lambda x, a: x**2 + a**2, [1.0, -0.5, 2.0]),
    Case("constant", "const y = [0, 2, 1]; sum((x - y)^2)", {"x": V3},
         lambda x: ((x - jnp.array([0, 2, 1])) ** 2).sum()),
    Case("implicit_products", "2x + 3(x - y)y", {"x": V3, "y": [1.0, 0.5, -2.0]}, lambda x, y: 2 * x + 3 * (x - y) * y,
         [0.7, -0.3, 1.1]),
    Case("named_twice", "u = x*y; v = u + x; u @ v", {"x": V3, "y": [1.0, 0.5, -2.0]},
         lambda x, y: (x * y) @ (x * y + x)),
]

SHAPING = [
    Case("reshape_to_matrix", "reshape(x, 2, 3)", {"x": numbers(70, 6)}, lambda x: x.reshape(2, 3), W23),
    Case("reshape_to_vector", "reshape(X, 6)", {"X": W23}, lambda X: X.reshape(6), numbers(71, 6)),
    Case("reshape_to_column", "reshape(x, 3, 1) * y", {"x": V3, "y": V2}, lambda x, y: x[:, None] * y, W32),
    Case("reshape_matrix", "reshape(X, 3, 2) @ X", {"X": W23}, lambda X: X.reshape(3, 2) @ X, numbers(72, 3, 3)),
    Case("reshape_of_transpose", "reshape(X', 2, 3)", {"X": W23}, lambda X: X.T.reshape(2, 3), numbers(73, 2, 3)),
    Case("concat_vectors", "concat(a, b, a*2)", {"a": V2, "b": V3}, lambda a, b: jnp.concatenate([a, b, 2 * a]),
         numbers(74, 7)),
    Case("concat_rows", "concat(A, B)", {"A": W23, "B": numbers(75, 1, 3)}, lambda A, B: jnp.concatenate([A, B]),
         numbers(76, 3, 3)),
    Case("concat_columns", "concat(A, B, axis=1)", {"A": W23, "B": numbers(77, 2, 1)},
         lambda A, B: jnp.concatenate([A, B], axis=1), numbers(78, 2, 4)),
    Case("concat_axis_0", "concat(A, A, axis=0)", {"A": W23}, lambda A: jnp.concatenate([A, A]), numbers(79, 4, 3)),
    Case("concat_bias", "w @ concat(x, [1])", {"w": V4, "x": V3}, lambda w, x: w[:3] @ x + w[3]),
    Case("diag_of_vector", "diag(x)", {"x": V3}, jnp.diag, A3),
    Case("diag_of_matrix", "diag(A)", {"A": A3}, jnp.diag, V3),
    Case("diag_scaling", "diag(x) @ A @ diag(y)", {"x": V2, "A": W23, "y": V3}, lambda x, A, y: x[:, None] * A * y,
         numbers(80, 2, 3)),
    Case("diag_of_diag", "diag(diag(A))", {"A": A2}, lambda A: jnp.diag(jnp.diag(A)), numbers(81, 2, 2)),
    Case("trace", "trace(A)", {"A": A3}, jnp.trace),
    Case("trace_of_product", "trace(A @ B)", {"A": W23, "B": W32}, lambda A, B: jnp.trace(A @ B)),
    Case("zeros_and_ones", "zeros(2, 3) + ones(3)*x + ones(2, 1)", {"x": 1.5}, lambda x: jnp.full((2, 3), x + 1), W23),
    Case("zeros_vector", "concat(zeros(2), x)", {"x": V2}, lambda x: jnp.pad(x, (2, 0)), V4),
    Case("row_sums_by_ones", "X @ ones(3)", {"X": W23}, lambda X: X.sum(1), V2),
    Case("eye", "A - l*eye(2)", {"A": A2, "l": 0.7}, lambda A, l: A - l * jnp.eye(2), numbers(82, 2, 2)),
    Case("linspace", "linspace(a, b, 5)", {"a": -1.5, "b": 2.0}, lambda a, b: jnp.linspace(a, b, 5), numbers(83, 5)),
    Case("trapezoid_rule", "t = linspace(a, b, 5); y = exp(-t^2); (b - a)/8*sum(y[1:] + y[:-1])", {"a": -0.5, "b": 1.5},
         lambda a, b: jax.scipy.integrate.trapezoid(jnp.exp(-jnp.linspace(a, b, 5) ** 2), jnp.linspace(a, b, 5))),
    Case("onehot_picks", "const y = [2, 0, 1, 2]; sum(onehot(y, 3) * S, 1)", {"S": numbers(84, 4, 3)},
         lambda S: S[jnp.arange(4), jnp.array([2, 0, 1, 2])], V4),
    Case("nonzero_places", "x[nonzero(x > 0, 2)]^2", {"x": [1.5, -0.5, 2.5]}, lambda x: x[jnp.array([0, 2])]**2, V2),
    Case("masked_by_an_input", "y[x > 0]*sum(x[x > 0]^2)", {"y": V3, "x": [1.5, -0.5, 2.5]},
         lambda y, x: y[jnp.array([0, 2])] * jnp.sum(x[jnp.array([0, 2])]**2), V2),
    Case("masked_matrix", "prod(X[X > 0.1])", {"X": numbers(87, 2, 3)}, lambda X: jnp.prod(jnp.where(X > 0.1, X, 1.0))),
    Case("embedding", "const words = [1, 3, 1]; onehot(words, 4) @ E", {"E": numbers(85, 4, 2)},
         lambda E: E[jnp.array([1, 3, 1])], W32),
    Case("running_sum", "const L = [1, 0, 0; 1, 1, 0; 1, 1, 1]; L @ x", {"x": V3}, jnp.cumsum, [1.0, 0.5, -2.0]),
    Case("vandermonde", "const powers = [0, 1, 2, 3]; (reshape(t, 3, 1)^powers) @ c", {"t": positive(86, 3), "c": V4},
         lambda t, c: jnp.polyval(c[::-1], t), V3),
    Case("horner", "((c[3]*t + c[2])*t + c[1])*t + c[0]", {"c": V4, "t": V3}, lambda c, t: jnp.polyval(c[::-1], t),
         [1.0, 0.5, -2.0]),
]

BRANCHES = [
    Case("where_three_shapes", "where(c > 0, x, y)", {"c": [[0.5], [-1.0]], "x": V3, "y": 2.5},
         lambda c, x, y: jnp.where(c > 0, x, y), W23),
    Case("where_constant_condition", "where([1, 0, 1], x^2, y)", {"x": V3, "y": [1.0, 0.5, -2.0]},
         lambda x, y: jnp.where(jnp.array([True, False, True]), x**2, y), [0.7, -0.3, 1.1]),
    Case("where_scalars_by_vector", "where(x >= 1, a, b)", {"x": [0.5, 1.5, 2.5], "a": 3.0, "b": -1.0},
         lambda x, a, b: jnp.where(x >= 1, a, b), [0.7, -0.3, 1.1]),
    Case("huber", "r = y - w*x; sum(where(abs(r) <= 1, r^2/2, abs(r) - 0.5))",
         {"y": [1.0, 4.0, -3.0], "w": 0.8, "x": [0.5, 1.5, 2.0]},
         lambda y, w, x: jnp.sum(jnp.where(jnp.abs(y - w * x) <= 1, (y - w * x) ** 2 / 2, jnp.abs(y - w * x) - 0.5))),
    Case("relu_by_comparison", "sum((x > 0)*x)", {"x": V4}, lambda x: relu(x).sum()),
    Case("comparisons", "(x < y)*x + (x ≥ y)*y + (x ≠ y)", {"x": V3, "y": [1.0, 0.5, -2.0]},
         lambda x, y: jnp.minimum(x, y) + 1, [0.7, -0.3, 1.1]),
    Case("clamp_by_vectors", "clamp(x, lo, hi)", {"x": [0.5, -3.0, 4.0], "lo": [-1.0, -2.0, 0.0], "hi": 1.5},
         lambda x, lo, hi: jnp.minimum(jnp.maximum(x, lo), hi), [0.7, -0.3, 1.1]),
    Case("max_of_three_shapes", "max(X, y, a)", {"X": W23, "y": [0.4, -0.6, 1.2], "a": 0.15},
         lambda X, y, a: jnp.maximum(jnp.maximum(X, y), a), numbers(90, 2, 3)),
    Case("min_with_number", "min(X, 0.5)", {"X": W23}, lambda X: jnp.minimum(X, 0.5), numbers(91, 2, 3)),
    Case("max_with_0", "max(X, 0)", {"X": W23}, relu, numbers(92, 2, 3)),
    Case("max_of_maxima", "max(max(X, axis=0))*min(X)", {"X": W23}, lambda X: X.max() * X.min()),
    Case("spread", "(max(x) - min(x))/mean(abs(x))", {"x": V4}, lambda x: (x.max() - x.min()) / jnp.abs(x).mean()),

    # Ties and kinks: the calculator's conventions, by hand. Every operand that ties gets the whole gradient.
    Case("tie_of_operands", "max(x, y)", {"x": [1.0, 2.0, 3.0], "y": [1.0, 5.0, 3.0]}, None, [0.5, 2.0, -1.0],
         gradients={"x": [0.5, 0.0, -1.0], "y": [0.5, 2.0, -1.0]}),
    Case("tie_with_scalar", "min(x, a)", {"x": [1.0, 2.0, 3.0], "a": 2.0}, None, [0.5, 3.0, -1.0],
         gradients={"x": [0.5, 3.0, 0.0], "a": 2.0}),
    Case("tie_of_elements", "max(x)", {"x": [1.0, 4.0, -2.0, 4.0]}, None, gradients={"x": [0.0, 1.0, 0.0, 1.0]}),
    Case("tie_along_an_axis", "min(X, axis=1)", {"X": [[1.0, 1.0, 2.0], [3.0, 0.0, 0.5]]}, None, [2.0, -1.5],
         gradients={"X": [[2.0, 2.0, 0.0], [0.0, -1.5, 0.0]]}),
    Case("tie_of_all", "max(X)", {"X": [[2.0, 2.0], [2.0, 2.0]]}, None, gradients={"X": [[1.0, 1.0], [1.0, 1.0]]}),
    Case("kink_relu", "relu(x)", {"x": [0.0, -1.0, 2.0]}, None, [3.0, 4.0, 5.0], gradients={"x": [0.0, 0.0, 5.0]}),
    Case("kink_abs", "abs(x)", {"x": [0.0, -1.0, 2.0]}, None, [3.0, 4.0, 5.0], gradients={"x": [0.0, -4.0, 5.0]}),
    Case("kink_norm", "norm(x)", {"x": [0.0, 0.0, 0.0]}, None, gradients={"x": [0.0, 0.0, 0.0]}),
    Case("kink_norm_along_an_axis", "norm(X, 1)", {"X": [[0.0, 0.0], [3.0, -4.0]]}, None, [2.0, 5.0],
         gradients={"X": [[0.0, 0.0], [3.0, -4.0]]}),
]

ZEROS = [
    Case("prod_with_a_zero", "prod(x)", {"x": [2.0, 0.0, -3.0, 0.5]}, jnp.prod, hessian=True),
    Case("prod_with_two_zeros", "prod(x)", {"x": [2.0, 0.0, -3.0, 0.0]}, jnp.prod, hessian=True),
    Case("prod_with_three_zeros", "prod(x)", {"x": [0.0, 0.0, -3.0, 0.0]}, jnp.prod),
    Case("prod_zeros_in_columns", "prod(X, 0)", {"X": [[1.0, 0.0, 0.0], [2.0, 3.0, 0.0]]}, lambda X: X.prod(0), V3),
    Case("prod_zeros_in_rows", "prod(X, 1)", {"X": [[1.0, 0.0, 4.0], [2.0, 3.0, -1.0], [0.0, 5.0, 0.0]]},
         lambda X: X.prod(1), V3),
    Case("powers_of_zero", "x^2 + x^1 + x^3", {"x": [0.0, 1.5]}, lambda x: x**2 + x + x**3, [0.5, 2.0]),
    Case("norm_with_a_zero", "norm(x)", {"x": [3.0, 0.0, -4.0]}, norm, hessian=True),
    Case("sum_of_squares_at_zero", "sum(x^2)", {"x": [0.0, 0.0]}, lambda x: (x**2).sum(), hessian=True),
]

DETERMINANTS = [
    Case("det_1x1", "det(A)", {"A": [[-2.5]]}, det),
    Case("det_2x2", "det(A)", {"A": A2}, det, hessian=True),
    Case("det_2x2_negative", "det(A)", {"A": [[1.0, 2.0], [3.0, 4.0]]}, det, hessian=True),
    Case("det_3x3", "det(A)", {"A": A3}, det, hessian=True),
    Case("det_3x3_negative", "det(A)", {"A": [[0.0, 1.0, 2.0], [1.0, 0.5, 0.0], [2.0, -1.0, 3.0]]}, det),
    Case("det_5x5", "det(A)", {"A": numbers(101, 5, 5)}, det),
    Case("det_first_pivot_zero", "det(A)", {"A": [[0.0, 2.0], [3.0, 1.0]]}, det),
    Case("det_identity", "det(A)", {"A": np.eye(3).tolist()}, det),
    Case("det_singular_2x2", "det(A)", {"A": [[1.0, 2.0], [2.0, 4.0]]}, det),
    Case("det_singular_3x3", "det(A)", {"A": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]}, det),
    Case("det_rank_1_of_3", "det(A)", {"A": [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [-1.0, -2.0, -3.0]]}, det),
    Case("det_zero_matrix", "det(A)", {"A": [[0.0, 0.0], [0.0, 0.0]]}, det),
    Case("det_singular_4x4", "det(A)", {"A": [[1.0, 2.0, 0.0, -1.0], [0.5, 1.0, 3.0, 0.0], [2.0, 0.0, 1.0, 1.0],
                                              [1.0, 2.0, 0.0, -1.0]]}, det),
    Case("det_of_product", "det(A @ B)", {"A": W23, "B": W32}, lambda A, B: det(A @ B)),
    Case("det_shifted", "det(A - l*eye(3))", {"A": A3, "l": 1.3}, lambda A, l: det(A - l * jnp.eye(3))),
    Case("log_det", "log(det(A))", {"A": SPD}, lambda A: jnp.linalg.slogdet(A)[1]),
    Case("log_det_2x2", "log(det(A))", {"A": A2}, lambda A: jnp.linalg.slogdet(A)[1], hessian=True),
    Case("log_abs_det_negative", "log(abs(det(A)))", {"A": [[1.0, 2.0], [3.0, 4.0]]},
         lambda A: jnp.linalg.slogdet(A)[1]),
    Case("logdet_spd", "logdet(A)", {"A": SPD}, lambda A: jnp.linalg.slogdet(A)[1]),
    Case("logdet_2x2", "logdet(A)", {"A": A2}, lambda A: jnp.linalg.slogdet(A)[1], hessian=True),
    Case("range", "sum(range(4)*x^2)", {"x": [0.5, -1.25, 2.0, 0.75]}, lambda x: jnp.sum(jnp.arange(4) * x**2), hessian=True),
    Case("inv_1x1", "inv(A)", {"A": [[-2.5]]}, inv, [[0.7]]),
    Case("inv_2x2", "inv(A)", {"A": A2}, inv, numbers(102, 2, 2)),
    Case("inv_3x3", "inv(A)", {"A": A3}, inv, numbers(103, 3, 3)),
    Case("inv_first_pivot_zero", "inv(A)", {"A": [[0.0, 2.0], [3.0, 1.0]]}, inv, numbers(104, 2, 2)),
    Case("inv_4x4", "inv(A)", {"A": (np.array(numbers(105, 4, 4)) + 4 * np.eye(4)).round(2).tolist()}, inv,
         numbers(106, 4, 4)),
    Case("trace_inv", "trace(inv(A))", {"A": A2}, lambda A: jnp.trace(inv(A)), hessian=True),
    Case("trace_inv_3x3", "trace(inv(A))", {"A": SPD}, lambda A: jnp.trace(inv(A))),
    Case("inv_form", "x @ inv(A) @ y", {"x": V2, "A": A2, "y": [0.5, -1.7]}, lambda x, A, y: x @ inv(A) @ y),
    Case("inv_of_product", "inv(A @ B) @ c", {"A": W23, "B": W32, "c": V2},
         lambda A, B, c: solve(A @ B, c), [0.5, -1.5]),
    Case("sherman_morrison", "inv(A + outer(u, v))", {"A": A2, "u": V2, "v": [0.5, -1.5]},
         lambda A, u, v: inv(A) - (inv(A) @ jnp.outer(u, v) @ inv(A)) / (1 + v @ inv(A) @ u), numbers(107, 2, 2)),
    Case("solve_vector", "solve(A, b)", {"A": A3, "b": [1.0, 0.5, -2.0]}, solve, V3),
    Case("solve_matrix", "solve(A, B)", {"A": A3, "B": W32}, solve, numbers(108, 3, 2)),
    Case("solve_1x1", "solve(A, b)", {"A": [[4.0]], "b": [-3.0]}, solve, [2.0]),
    Case("solve_column", "solve(A, B)", {"A": A2, "B": [[1.0], [-0.5]]}, solve, [[2.0], [0.3]]),
    Case("solve_first_pivot_zero", "solve(A, b)", {"A": [[0.0, 2.0], [3.0, 1.0]], "b": V2}, solve, [0.5, -1.5]),
    Case("solve_5x5", "solve(A, b)", {"A": (np.array(numbers(109, 5, 5)) - 5 * np.eye(5)).round(2).tolist(),
                                      "b": numbers(110, 5)}, solve, numbers(111, 5)),
    Case("solve_transposed", "solve(A', b) @ b", {"A": A3, "b": [1.0, 0.5, -2.0]}, lambda A, b: solve(A.T, b) @ b),
    Case("solve_twice", "solve(A, solve(A, b))", {"A": A2, "b": V2}, lambda A, b: inv(A) @ inv(A) @ b, [0.5, -1.5]),
    Case("solve_quadratic", "b @ solve(A, b)/2", {"b": V2, "A": A2}, lambda b, A: b @ solve(A, b) / 2, hessian=True),
    Case("normal_equations", "solve(X' @ X + l*eye(2), X' @ y)", {"X": numbers(112, 4, 2), "l": 0.3, "y": V4},
         lambda X, l, y: solve(X.T @ X + l * jnp.eye(2), X.T @ y), [0.5, -1.5]),
    Case("projection", "X @ inv(X' @ X) @ X.T", {"X": numbers(113, 3, 2)}, lambda X: X @ solve(X.T @ X, X.T),
         numbers(114, 3, 3)),
    Case("newton_step", "x - solve([2*x[0], 1; 1, -2*x[1]], [x[0]^2 + x[1] - 3, x[0] - x[1]^2 + 1])", {"x": [1.4, 1.6]},
         lambda x: x - solve(jnp.array([[2 * x[0], 1], [1, -2 * x[1]]]),
                             jnp.array([x[0] ** 2 + x[1] - 3, x[0] - x[1] ** 2 + 1])),
         [0.5, -1.5]),
    Case("matrix_exponential_series", "eye(2) + A + A @ A/2 + A @ A @ A/6", {"A": A2},
         lambda A: jnp.eye(2) + A + A @ A / 2 + A @ A @ A / 6, numbers(115, 2, 2)),
    Case("cayley", "solve(eye(3) + S - S', eye(3) - S + S')", {"S": numbers(116, 3, 3)},
         lambda S: inv(jnp.eye(3) + S - S.T) @ (jnp.eye(3) - S + S.T), numbers(117, 3, 3)),
]

XS = [[1.0, 0.5], [-0.3, 1.2], [0.8, -1.1], [-1.4, -0.6]]
YS = [0, 2, 1, 1]
DATA = "const X = [1, 0.5; -0.3, 1.2; 0.8, -1.1; -1.4, -0.6]; const y = [0, 2, 1, 1]; "


def svm_loss(W, b, l):
    total = l * jnp.sum(W * W)
    for x, y in zip(jnp.array(XS), YS):
        s = W @ x + b
        total += sum(jnp.maximum(0, s[j] - s[y] + 1) for j in range(3) if j != y) / 4
    return total


def cross_entropy(S, ys):
    return -jnp.mean(jax.nn.log_softmax(S, axis=1)[jnp.arange(len(ys)), jnp.array(ys)])


def attention(Q, K, V):
    return softmax(Q @ K.T / jnp.sqrt(K.shape[1]), 1) @ V


def gaussian(x, m, S):
    """Not by Cholesky's factors, which know S as symmetric and have other second derivatives."""
    return -(x - m) @ inv(S) @ (x - m) / 2 - jnp.linalg.slogdet(2 * jnp.pi * S)[1] / 2


def lstm(W, x, h, b, c):
    i, forget, o, g = jnp.split(W @ jnp.concatenate([x, h]) + b, 4)
    return sigma(o) * jnp.tanh(sigma(forget) * c + sigma(i) * jnp.tanh(g))


def rnn(W, U, b, X, h):
    for x in X:
        h = jnp.tanh(W @ x + U @ h + b)
    return h @ h


def gradient_step(w, r):
    def loss(w):
        return jnp.sum((jnp.array(XS)[:2] @ w - jnp.array([1, 2])) ** 2)
    return loss(w - r * jax.grad(loss)(w))


def gaussian_process(X, s, l, r):
    y = jnp.array([0.5, -1.0, 2.0])
    K = s**2 * jnp.exp(-((X[:, None] - X) ** 2) / (2 * l**2)) + r * jnp.eye(3)
    return gaussian(y, jnp.zeros(3), K)


MODELS = [
    Case("neuron", "dot = w[0]*x[0] + w[1]*x[1] + w[2]; 1/(1+exp(-dot))", {"w": [2.0, -3.0, -3.0], "x": [-1.0, -2.0]},
         lambda w, x: sigma(w[0] * x[0] + w[1] * x[1] + w[2]), hessian=True),
    Case("neuron_by_product", "σ(w[:2] @ x + w[2])", {"w": [2.0, -3.0, -3.0], "x": [-1.0, -2.0]},
         lambda w, x: sigma(w[:2] @ x + w[2])),
    Case("least_squares", "const X = [1, 0.5; -0.3, 1.2; 0.8, -1.1]; const y = [1, 2, -1]; sum((X @ w - y)^2)/3",
         {"w": [0.4, -0.9]}, lambda w: jnp.mean((jnp.array(XS)[:3] @ w - jnp.array([1, 2, -1])) ** 2), hessian=True),
    Case("least_squares_everything", "sum((X @ w - y)^2)/4", {"X": XS, "w": [0.4, -0.9], "y": V4},
         lambda X, w, y: jnp.mean((X @ w - y) ** 2)),
    Case("linear_regression", "mean((X @ w + b - y)²)", {"X": XS, "w": [0.4, -0.9], "b": 0.3, "y": V4},
         lambda X, w, b, y: jnp.mean((X @ w + b - y) ** 2)),
    Case("line_fit", "const t = [0, 1, 2, 3]; const y = [1.1, 2.9, 5.2, 6.8]; sum((a + b*t - y)^2)",
         {"a": 0.5, "b": 1.5},
         lambda a, b: jnp.sum((a + b * jnp.arange(4.0) - jnp.array([1.1, 2.9, 5.2, 6.8])) ** 2), hessian=True),
    Case("ridge", "sum((X @ w - y)^2) + l*sum(w^2)", {"X": XS, "w": [0.4, -0.9], "y": V4, "l": 0.3},
         lambda X, w, y, l: jnp.sum((X @ w - y) ** 2) + l * w @ w),
    Case("elastic_net", "norm(X @ w - y)^2/8 + a*sum(abs(w)) + b*w @ w", {"X": XS, "w": [0.4, -0.9], "y": V4, "a": 0.2,
                                                                         "b": 0.1},
         lambda X, w, y, a, b: jnp.sum((X @ w - y) ** 2) / 8 + a * jnp.abs(w).sum() + b * w @ w),
    Case("svm_loss", DATA + "const t = onehot(y, 3); s = X @ W' + b; right = reshape(sum(s*t, 1), 4, 1); "
         "sum((1 - t)*max(0, s - right + 1))/4 + l*sum(W^2)",
         {"W": [[0.3, -0.8], [1.1, 0.6], [-0.5, 0.9]], "b": [0.1, -0.2, 0.05], "l": 0.1}, svm_loss),
    Case("svm_loss_of_one_example", "const y = [0, 1, 0]; s = W @ x; sum((1 - y)*max(0, s - s @ y + 1))",
         {"W": W32, "x": [0.6, 0.1]}, lambda W, x: jnp.sum(jnp.maximum(0, jnp.delete(W @ x, 1) - (W @ x)[1] + 1))),
    Case("hinge_loss", "const y = [1, -1, 1, 1]; mean(max(0, 1 - y*(X @ w + b)))",
         {"X": XS, "w": [0.4, -0.9], "b": 0.3},
         lambda X, w, b: jnp.mean(relu(1 - jnp.array([1, -1, 1, 1]) * (X @ w + b)))),
    Case("softmax_cross_entropy", DATA + "s = X @ W' + b; -sum(onehot(y, 3)*log(softmax(s, 1)))/4",
         {"W": [[0.3, -0.8], [1.1, 0.6], [-0.5, 0.9]], "b": [0.1, -0.2, 0.05]},
         lambda W, b: cross_entropy(jnp.array(XS) @ W.T + b, YS)),
    Case("softmax_cross_entropy_stable", DATA + "s = X @ W.T + b; "
         "mean(logsumexp(s, axis=1) - sum(onehot(y, 3)*s, axis=1))",
         {"W": [[0.3, -0.8], [1.1, 0.6], [-0.5, 0.9]], "b": [0.1, -0.2, 0.05]},
         lambda W, b: cross_entropy(jnp.array(XS) @ W.T + b, YS)),
    Case("cross_entropy_of_scores", "logsumexp(s) - s[1]", {"s": V3}, lambda s: -jax.nn.log_softmax(s)[1],
         hessian=True),
    Case("cross_entropy_by_log_softmax", "-log(softmax(s))[1]", {"s": V3}, lambda s: -jax.nn.log_softmax(s)[1]),
    Case("cross_entropy_of_large_scores", "logsumexp(s) - s[0]", {"s": [995.0, 1000.0, 999.0]},
         lambda s: -jax.nn.log_softmax(s)[0]),
    Case("logistic_regression", "const y = [1, 0, 0, 1]; p = sigma(X @ w + b); -mean(y*log(p) + (1 - y)*log(1 - p))",
         {"X": XS, "w": [0.4, -0.9], "b": 0.3},
         lambda X, w, b: jnp.mean(jax.nn.softplus(X @ w + b) - jnp.array([1, 0, 0, 1]) * (X @ w + b))),
    Case("logistic_regression_hessian", "const X = [1, 0.5; -0.3, 1.2]; sum(softplus(-(X @ w)))", {"w": [0.4, -0.9]},
         lambda w: jnp.sum(jax.nn.softplus(-jnp.array(XS)[:2] @ w)), hessian=True),
    Case("network_relu", "h = max(0, X @ W1 + b1); s = h @ W2 + b2; mean((s - Y)^2)",
         {"X": XS, "W1": numbers(120, 2, 3), "b1": [0.1, -0.2, 0.3], "W2": numbers(121, 3, 2), "b2": [0.05, -0.1],
          "Y": numbers(122, 4, 2)},
         lambda X, W1, b1, W2, b2, Y: jnp.mean((relu(X @ W1 + b1) @ W2 + b2 - Y) ** 2)),
    Case("network_tanh", DATA + "h = tanh(X @ W1 + b1); s = h @ W2 + b2; "
         "mean(logsumexp(s, 1) - sum(onehot(y, 3)*s, 1))",
         {"W1": numbers(123, 2, 4), "b1": numbers(124, 4), "W2": numbers(125, 4, 3), "b2": numbers(126, 3)},
         lambda W1, b1, W2, b2: cross_entropy(jnp.tanh(jnp.array(XS) @ W1 + b1) @ W2 + b2, YS)),
    Case("network_three_layers", "h1 = relu(W1 @ x + b1)\nh2 = sigma(W2 @ h1 + b2)\nout = w3 @ h2 + b3\nout",
         {"W1": numbers(127, 4, 3), "x": V3, "b1": numbers(128, 4), "W2": numbers(129, 4, 4), "b2": numbers(130, 4),
          "w3": V4, "b3": 0.5},
         lambda W1, x, b1, W2, b2, w3, b3: w3 @ sigma(W2 @ relu(W1 @ x + b1) + b2) + b3),
    Case("recurrent_network", "cell(x, h) = tanh(W @ x + U @ h + b); h1 = cell(X[0, :], h0); h2 = cell(X[1, :], h1); "
         "h3 = cell(X[2, :], h2); h3 @ h3",
         {"W": A2, "U": numbers(131, 2, 2), "b": [0.1, -0.2], "X": numbers(132, 3, 2, low=-1, high=1),
          "h0": [0.3, -0.4]},
         rnn),
    Case("lstm_cell", "z = W @ concat(x, h) + b; keep = sigma(z[2:4])*c + sigma(z[0:2])*tanh(z[6:]); "
         "sigma(z[4:6])*tanh(keep)",
         {"W": numbers(133, 8, 3), "x": [0.5], "h": [0.3, -0.4], "b": numbers(134, 8), "c": [0.7, -1.1]}, lstm,
         [1.0, -0.5]),
    Case("layer_norm", "(x - mean(x))/sqrt(var(x) + 1e-5)*g + b", {"x": V4, "g": [1.1, 0.9, 0.7, 1.3],
                                                                  "b": [0.1, 0.2, -0.3, 0.0]},
         lambda x, g, b: jax.nn.standardize(x, epsilon=1e-5) * g + b, [0.5, -1.5, 1.0, 2.0]),
    Case("layer_norm_rows", "m = reshape(mean(X, 1), 2, 1); v = reshape(var(X, 1), 2, 1); (X - m)/sqrt(v + 1e-5)*g + b",
         {"X": W23, "g": [1.1, 0.9, 0.7], "b": [0.1, 0.2, -0.3]},
         lambda X, g, b: jax.nn.standardize(X, axis=1, epsilon=1e-5) * g + b, numbers(135, 2, 3)),
    Case("batch_norm", "(X - mean(X, 0))/sqrt(var(X, 0) + 1e-5)*g + b", {"X": XS, "g": [1.1, 0.9], "b": [0.1, 0.2]},
         lambda X, g, b: jax.nn.standardize(X, axis=0, epsilon=1e-5) * g + b, numbers(136, 4, 2)),
    Case("rms_norm", "x/sqrt(mean(x^2) + 1e-6)*g", {"x": V4, "g": [1.1, 0.9, 0.7, 1.3]},
         lambda x, g: x / jnp.sqrt(x @ x / 4 + 1e-6) * g, [0.5, -1.5, 1.0, 2.0]),
    Case("standard_scores", "(x - mean(x))/std(x)", {"x": V4}, lambda x: jax.nn.standardize(x, epsilon=0),
         [0.5, -1.5, 1.0, 2.0]),
    Case("attention", "softmax(Q @ K' / sqrt(3), 1) @ V", {"Q": numbers(137, 2, 3), "K": numbers(138, 4, 3),
                                                           "V": numbers(139, 4, 2)}, attention, numbers(140, 2, 2)),
    Case("self_attention", "Q = X @ A; K = X @ B; V = X @ C; softmax(Q @ K.T/√2, axis=1) @ V",
         {"X": numbers(141, 3, 2), "A": A2, "B": numbers(142, 2, 2), "C": numbers(143, 2, 2)},
         lambda X, A, B, C: attention(X @ A, X @ B, X @ C), numbers(144, 3, 2)),
    Case("causal_attention", "const M = [0, -1e9, -1e9; 0, 0, -1e9; 0, 0, 0]; softmax(Q @ K' + M, 1) @ V",
         {"Q": numbers(145, 3, 2), "K": numbers(146, 3, 2), "V": numbers(147, 3, 2)},
         lambda Q, K, V: softmax(jnp.where(jnp.tri(3) > 0, Q @ K.T, -jnp.inf), 1) @ V, numbers(148, 3, 2)),
    Case("gaussian_log_likelihood", "r = x - m; -r @ solve(S, r)/2 - log(det(S))/2 - log(2*pi)",
         {"x": [0.7, -0.4], "m": [0.2, 0.5], "S": [[1.3, 0.4], [0.4, 0.9]]}, gaussian, hessian=True),
    Case("gaussian_log_likelihood_3", "r = x - m; -0.5*(r @ inv(S) @ r + log(det(S)) + 3*log(2*π))",
         {"x": V3, "m": [0.2, 0.5, -0.1], "S": SPD}, gaussian),
    Case("gaussian_samples", "const x = [1.2, 0.4, 2.9]; -3*log(s) - sum((x - m)^2)/(2*s^2)", {"s": 1.35, "m": 0.8},
         lambda s, m: -3 * jnp.log(s) - jnp.sum((jnp.array([1.2, 0.4, 2.9]) - m) ** 2) / (2 * s**2), hessian=True),
    Case("gaussian_process", "const y = [0.5, -1, 2]; K = s^2*exp(-(reshape(x, 3, 1) - x)^2/(2*l^2)) + r*eye(3); "
         "-y @ solve(K, y)/2 - log(det(K))/2 - 3/2*log(2*pi)",
         {"s": 1.2, "x": [0.1, 0.9, 2.2], "l": 0.8, "r": 0.05}, lambda s, x, l, r: gaussian_process(x, s, l, r)),
    Case("rbf_kernel", "exp(-g*sum((x - y)^2))", {"g": 0.7, "x": V3, "y": [1.0, 0.5, -1.0]},
         lambda g, x, y: jnp.exp(-g * jnp.sum((x - y) ** 2))),
    Case("rbf_kernel_matrix", "exp(-(reshape(sum(X^2, 1), 3, 1) + sum(Y^2, 1) - 2*X @ Y')/(2*s^2))",
         {"X": numbers(150, 3, 2), "Y": numbers(151, 2, 2), "s": 1.4},
         lambda X, Y, s: jnp.exp(-jnp.sum((X[:, None] - Y) ** 2, -1) / (2 * s**2)), numbers(152, 3, 2)),
    Case("cosine_similarity", "x @ y/(norm(x)*norm(y))", {"x": V3, "y": [1.0, 0.5, -2.0]},
         lambda x, y: x @ y / jnp.sqrt(x @ x * (y @ y)), hessian=True),
    Case("cosine_similarities", "U = X/reshape(norm(X, 1), 3, 1); U @ U'", {"X": numbers(153, 3, 2)},
         lambda X: (X @ X.T) / norm(X, axis=1)[:, None] / norm(X, axis=1), numbers(154, 3, 3)),
    Case("unit_vector", "x/norm(x)", {"x": V3}, lambda x: x / jnp.sqrt(x @ x), [1.0, 0.5, -2.0]),
    Case("triplet_loss", "max(0, norm(a - p)^2 - norm(a - n)^2 + 1)",
         {"a": V3, "p": [-1.5, 1.0, 0.5], "n": [1.0, 0.5, -1.0]},
         lambda a, p, n: relu(jnp.sum((a - p) ** 2) - jnp.sum((a - n) ** 2) + 1)),
    Case("distances", "sqrt(sum((reshape(X, 3, 2) - p)^2, 1))", {"X": numbers(155, 6), "p": [0.5, -0.25]},
         lambda X, p: norm(X.reshape(3, 2) - p, axis=1), V3),
    Case("kl_divergence", "p = softmax(a); q = softmax(b); sum(p*log(p/q))", {"a": V3, "b": [1.0, 0.5, -1.0]},
         lambda a, b: jnp.sum(softmax(a) * (jax.nn.log_softmax(a) - jax.nn.log_softmax(b)))),
    Case("entropy", "p = softmax(s); -p @ log(p)", {"s": V4}, lambda s: jnp.sum(jsp.special.entr(softmax(s)))),
    Case("label_smoothing", "const q = [0.1, 0.8, 0.1]; -q @ log(softmax(s/t))", {"s": V3, "t": 1.7},
         lambda s, t: -jnp.array([0.1, 0.8, 0.1]) @ jax.nn.log_softmax(s / t)),
    Case("mixture_log_likelihood", "const x = [0.3, 1.8, -0.7, 2.5]; "
         "sum(logsumexp(log(softmax(a)) - log(s) - ((reshape(x, 4, 1) - m)/s)^2/2, 1)) - 2*log(2*pi)",
         {"a": [0.3, -0.2], "s": [0.8, 1.1], "m": [0.0, 2.0]},
         lambda a, s, m: jnp.sum(jnp.log(
             jsp.stats.norm.pdf(jnp.array([0.3, 1.8, -0.7, 2.5])[:, None], m, s) @ softmax(a)))),
    Case("weight_decay", "sum(W1^2) + sum(W2**2) + sum(abs(W1))/10", {"W1": W23, "W2": W32},
         lambda W1, W2: jnp.sum(W1**2) + jnp.sum(W2**2) + jnp.sum(jnp.abs(W1)) / 10),
    Case("dropout", "const mask = [1, 0, 1]; sum((h*mask/0.7)^2)", {"h": V3},
         lambda h: jnp.sum((h * jnp.array([1, 0, 1]) / 0.7) ** 2)),
    Case("gated_units", "(X @ A)*sigma(X @ B)", {"X": W23, "A": W32, "B": numbers(156, 3, 2)},
         lambda X, A, B: jax.nn.glu(jnp.concatenate([X @ A, X @ B], axis=1), axis=1), numbers(157, 2, 2)),
    Case("swiglu", "silu(x @ A)*(x @ B) @ C", {"x": V2, "A": W23, "B": numbers(158, 2, 3), "C": W32},
         lambda x, A, B, C: (jax.nn.silu(x @ A) * (x @ B)) @ C, [1.0, -0.5]),
    Case("residual_block", "x + W2 @ gelu(W1 @ x + b1) + b2",
         {"x": V2, "W2": W23, "W1": W32, "b1": V3, "b2": [0.1, 0.2]},
         lambda x, W2, W1, b1, b2: x + W2 @ jax.nn.gelu(W1 @ x + b1, approximate=False) + b2, [1.0, -0.5]),
    Case("matrix_factorisation", "norm(R - U @ V')^2 + l*(norm(U)^2 + norm(V)^2)",
         {"R": numbers(159, 3, 3), "U": numbers(160, 3, 2), "V": numbers(161, 3, 2), "l": 0.1},
         lambda R, U, V, l: jnp.sum((R - U @ V.T) ** 2) + l * (jnp.sum(U**2) + jnp.sum(V**2))),
    Case("markov_chain", "P = softmax(A, 1); p0 @ P @ P @ P", {"A": A3, "p0": [0.2, 0.5, 0.3]},
         lambda A, p0: p0 @ jnp.linalg.matrix_power(softmax(A, 1), 3), V3),
    Case("kalman_gain", "P @ H' @ inv(H @ P @ H' + R)", {"P": A2, "H": [[1.0, 0.5]], "R": [[0.3]]},
         lambda P, H, R: solve((H @ P @ H.T + R).T, (P @ H.T).T).T, [[0.7], [-0.3]]),
    Case("gradient_step", "const X = [1, 0.5; -0.3, 1.2]; const y = [1, 2]; w1 = w - r*2*X' @ (X @ w - y); "
         "sum((X @ w1 - y)^2)", {"w": [0.4, -0.9], "r": 0.1},
         gradient_step, hessian=True),
    Case("covariance_matrix", "C = X - mean(X, 0); C' @ C/3", {"X": XS}, lambda X: jnp.cov(X.T), A2),
    Case("correlation", "u = x - mean(x); v = y - mean(y); u @ v/(norm(u)*norm(v))",
         {"x": V4, "y": [1.0, 0.5, -2.0, 4.0]},
         lambda x, y: jnp.corrcoef(x, y)[0, 1]),
    Case("portfolio", "r @ w - g/2*w @ S @ w", {"r": [0.05, 0.1, 0.07], "w": [0.3, 0.5, 0.2], "g": 3.0, "S": SPD},
         lambda r, w, g, S: r @ w - g / 2 * (w @ (S @ w))),
    Case("geometric_mean", "prod(x)^(1/4)/mean(x)", {"x": positive(162, 4)},
         lambda x: jnp.exp(jnp.log(x).mean()) / x.mean()),
    Case("rosenbrock", "sum(100*(x[1:] - x[:-1]^2)^2 + (1 - x[:-1])^2)", {"x": [-1.2, 1.0, 0.5]},
         lambda x: jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2), hessian=True),
    Case("soft_argmax", "const t = [0, 1, 2, 3]; softmax(b*s) @ t", {"b": 2.0, "s": V4},
         lambda b, s: softmax(b * s) @ jnp.arange(4.0)),
    Case("log_mean_exp", "logsumexp(x) - log(4)", {"x": V4}, lambda x: jnp.log(jnp.mean(jnp.exp(x)))),
]

PLACES = [
    Case("argmax_weight", "argmax(x)*sum(x^2)", {"x": V4}, lambda x: jnp.argmax(x) * jnp.sum(x**2)),
    Case("argmin_weight", "argmin(x)*sum(x^2)", {"x": V4}, lambda x: jnp.argmin(x) * jnp.sum(x**2)),
    Case("argmax_of_matrix", "argmax(X)*sum(X^2)", {"X": W23}, lambda X: jnp.argmax(X) * jnp.sum(X**2)),
    Case("argmax_rows", "sum(argmax(X, 1)*sum(X^2, 1))", {"X": X45}, lambda X: jnp.sum(jnp.argmax(X, 1) * jnp.sum(X**2, 1))),
    Case("argmin_columns", "sum(argmin(X, axis=0)*sum(X, 0))", {"X": X45},
         lambda X: jnp.sum(jnp.argmin(X, 0) * jnp.sum(X, 0))),
    Case("argmax_ties", "argmax(floor(x))*sum(x)", {"x": [1.5, 2.25, 2.75, 0.5]}, lambda x: jnp.sum(x)),
    Case("running_mean", "sum(cumsum(x)/[1, 2, 3, 4]*x)", {"x": V4},
         lambda x: jnp.sum(jnp.cumsum(x) / jnp.arange(1.0, 5.0) * x), hessian=True),
    Case("running_sums_twice", "sum(cumsum(cumsum(X, 0)^2, 1))", {"X": W23},
         lambda X: jnp.sum(jnp.cumsum(jnp.cumsum(X, 0) ** 2, 1)), hessian=True),
]

EXTREMES = [
    Case("logsumexp_large", "logsumexp(x)", {"x": [1000.0, 1001.0, 999.5]}, logsumexp, hessian=True),
    Case("logsumexp_large_negative", "logsumexp(x)", {"x": [-1000.0, -1001.0, -999.5]}, logsumexp),
    Case("logsumexp_far_apart", "logsumexp(x)", {"x": [1000.0, 0.0, -1000.0]}, logsumexp),
    Case("logsumexp_large_columns", "logsumexp(X, 0)", {"X": [[1000.0, -1000.0], [1001.0, -998.0]]},
         lambda X: logsumexp(X, 0), [1.0, -0.5]),
    Case("softmax_large", "softmax(x)", {"x": [1000.0, 1001.0, 999.5]}, softmax, V3),
    Case("softmax_far_apart", "softmax(x)", {"x": [1000.0, 0.0, -1000.0]}, softmax, V3),
    Case("softmax_large_rows", "softmax(X, axis=1)", {"X": [[1e4, 1e4], [-1e4, -9998.0]]}, lambda X: softmax(X, 1), A2),
    Case("softmax_equal", "softmax(x)", {"x": [0.5, 0.5, 0.5, 0.5]}, softmax, [0.5, -1.5, 1.0, 2.0]),
    Case("softplus_large", "softplus(x)", {"x": [1000.0, -1000.0, 0.0]}, jax.nn.softplus, V3),
    Case("sigma_large", "sigma(x)", {"x": [1000.0, -1000.0, 0.0]}, sigma, V3),
    Case("tanh_large", "tanh(x)", {"x": [500.0, -500.0, 0.0]}, jnp.tanh, V3),
    # JAX squares the elements, which underflows or overflows.
    Case("norm_tiny", "norm(x)", {"x": [3e-200, -4e-200]}, None),
    Case("norm_huge", "norm(x)", {"x": [3e200, -4e200]}, None),
    Case("norm_huge_and_small", "norm(x)", {"x": [1e200, 1.0, -1e200]}, None),
    Case("norm_tiny_and_zero", "norm(x)", {"x": [1e-200, 2e-200, -2e-200, 0.0]}, None),
    Case("norm_huge_rows", "norm(X, 1)", {"X": [[3e200, 4e200], [-5e199, 12e199], [1e200, 2e200]]}, None,
         [1.0, -0.5, 2.0]),
    Case("hypot_huge", "hypot(x, y)", {"x": [3e200, -5e199], "y": [[4e200, 12e199]]}, None, [[1.0, -0.5]]),
    Case("mean_huge", "mean(x)", {"x": [1e308, 1e307, -1e308]}, jnp.mean),
    Case("var_far_from_zero", "var(x)", {"x": [1e9, 1000000001.0, 1000000003.0]}, jnp.var),
    Case("std_tiny", "std(x)", {"x": [1e-200, 3e-200, 4e-200]}, None),
    Case("prod_large_and_small", "prod(x)", {"x": [1e200, 1e-200, 3.0]}, jnp.prod),
    Case("sum_of_mixed_sizes", "sum(x*y)", {"x": [1e10, 1.0, 1e-10], "y": [1e-10, 1.0, 1e10]}, jnp.dot),
    Case("det_of_mixed_sizes", "det(A)", {"A": [[1e100, 1.0], [2.0, 1e-100]]}, det),
    Case("solve_of_mixed_sizes", "solve(A, b)", {"A": [[1e-20, 1.0], [1.0, 1.0]], "b": [1.0, 2.0]}, solve, [1.0, -0.5]),
    Case("inv_scaled", "inv(A)", {"A": [[2e-8, 1e-8], [-1e-8, 3e-8]]}, inv, [[1.0, 2.0], [0.5, -1.0]]),
]


def cases():
    return [
        *broadcasting(), *elementwise(), *PRODUCTS, *reductions(), *INDEXING, *LITERALS, *SHAPING, *BRANCHES, *ZEROS,
        *DETERMINANTS, *MODELS, *PLACES, *EXTREMES,
    ]


# The reading of a text: NumPy's arrays of mpmath's numbers. It shares nothing with the functions of JAX.

def each(function, operands=1):
    return np.frompyfunc(function, operands, 1)


def fold(function, xs, axis):
    """A function of two numbers over all elements, or along an axis."""
    xs = np.asarray(xs)
    return function.reduce(xs if axis is not None else xs.ravel(), axis=int(axis or 0))


larger, smaller = each(lambda x, y: max(x, y), 2), each(lambda x, y: min(x, y), 2)
square_root, exponential, logarithm = each(mpmath.sqrt), each(mpmath.exp), each(mpmath.log)


def extreme(function):
    def read(*xs, axis=None):
        if len(xs) == 1:
            return fold(function, xs[0], axis)
        first, *rest = xs
        for x in rest:
            first = function(first, x)
        return first
    return read


def total(x, axis=None):
    return np.sum(x, axis=None if axis is None else int(axis))


def mean(x, axis=None):
    return total(x, axis) / mpf(np.size(x) if axis is None else np.shape(x)[int(axis)])


def spread(x, axis=None):
    """Along an axis, the mean comes back as a row or a column."""
    middle = mean(x, axis)
    return mean((x - (middle if axis is None else np.expand_dims(middle, int(axis)))) ** 2, axis)


def shares(x, axis=None):
    powers = exponential(x)
    sums = total(powers, axis)
    return powers / (sums if axis is None else np.expand_dims(sums, int(axis)))


def determinant(A):
    """By the first row: no division, so that it knows no singular matrix."""
    n = len(A)
    if n == 1:
        return A[0, 0]
    rest = np.arange(n)
    return sum((-1) ** j * A[0, j] * determinant(A[1:, rest != j]) for j in range(n))


def cramer(A, b):
    """Solves by quotients of determinants."""
    if b.ndim == 2:
        return np.stack([cramer(A, column) for column in b.T], axis=1)
    below, found = determinant(A), []
    for j in range(len(A)):
        replaced = A.copy()
        replaced[:, j] = b
        found.append(determinant(replaced) / below)
    return stack(found)


def stack(elements):
    """Numbers as a vector, vectors as a matrix."""
    found = np.empty((len(elements), *np.shape(elements[0])), dtype=object)
    for i, element in enumerate(elements):
        found[i] = element
    return found


def array(*rows):
    """A literal, with or without semicolons."""
    return stack(rows[0]) if len(rows) == 1 else stack([stack(row) for row in rows])


def filled(number):
    return lambda *shape: stack([mpf(number)] * math.prod(map(int, shape))).reshape([int(n) for n in shape])


def eye(n):
    return stack([stack([mpf(i == j) for j in range(int(n))]) for i in range(int(n))])


def diagonal(x):
    if np.ndim(x) == 2:
        return stack([x[i, i] for i in range(len(x))])
    return eye(len(x)) * x


LEAK = 0.01  # the binary64 number

FUNCTIONS = {
    "exp": exponential,
    "expm1": each(mpmath.expm1),
    "exp2": each(lambda x: mpmath.power(2, x)),
    "log": logarithm,
    "log1p": each(mpmath.log1p),
    "log2": each(lambda x: mpmath.log(x) / mpmath.log(2)),
    "log10": each(mpmath.log10),
    "sqrt": square_root,
    "cbrt": each(mpmath.cbrt),
    "sin": each(mpmath.sin),
    "cos": each(mpmath.cos),
    "tan": each(mpmath.tan),
    "asin": each(mpmath.asin),
    "acos": each(mpmath.acos),
    "atan": each(mpmath.atan),
    "atan2": each(mpmath.atan2, 2),
    "sinh": each(mpmath.sinh),
    "cosh": each(mpmath.cosh),
    "tanh": each(mpmath.tanh),
    "asinh": each(mpmath.asinh),
    "acosh": each(mpmath.acosh),
    "atanh": each(mpmath.atanh),
    "sigma": each(lambda x: 1 / (1 + mpmath.exp(-x))),
    "softplus": each(lambda x: mpmath.log1p(mpmath.exp(x))),
    "silu": each(lambda x: x / (1 + mpmath.exp(-x))),
    "gelu": each(lambda x: x * mpmath.ncdf(x)),
    "elu": each(lambda x: x if x > 0 else mpmath.expm1(x)),
    "relu": each(lambda x: max(x, mpf(0))),
    "leaky_relu": each(lambda x: max(x, LEAK * x)),
    "abs": each(abs),
    "sign": each(mpmath.sign),
    "floor": each(mpmath.floor),
    "ceil": each(mpmath.ceil),
    "round": each(mpmath.nint),
    "max": extreme(larger),
    "min": extreme(smaller),
    "clamp": each(lambda x, low, high: min(max(x, low), high), 3),
    "where": each(lambda c, x, y: x if c else y, 3),
    "hypot": each(mpmath.hypot, 2),
    "erf": each(mpmath.erf),
    "erfc": each(mpmath.erfc),
    "gamma": each(mpmath.gamma),
    "lgamma": each(mpmath.loggamma),
    "digamma": each(mpmath.digamma),
    "sum": total,
    "mean": mean,
    "prod": lambda x, axis=None: np.prod(x, axis=None if axis is None else int(axis)),
    "var": spread,
    "std": lambda x, axis=None: square_root(spread(x, axis)),
    "norm": lambda x, axis=None: square_root(total(x * x, axis)),
    "logsumexp": lambda x, axis=None: logarithm(total(exponential(x), axis)),
    "softmax": shares,
    "cumsum": lambda x, axis=None: np.cumsum(x, axis=None if axis is None else int(axis)),
    "argmax": lambda x, axis=None: np.argmax(x, axis=None if axis is None else int(axis)),
    "argmin": lambda x, axis=None: np.argmin(x, axis=None if axis is None else int(axis)),
    "dot": lambda x, y: total(x * y),
    "outer": lambda x, y: x[:, None] * y[None, :],
    "trace": lambda A: total(diagonal(A)),
    "det": determinant,
    "logdet": lambda x: logarithm(determinant(x)),
    "range": lambda n: stack(list(range(int(n)))),
    "inv": lambda A: cramer(A, eye(len(A))),
    "solve": cramer,
    "diag": diagonal,
    "reshape": lambda x, *shape: x.reshape([int(n) for n in shape]),
    "concat": lambda *xs, axis=0: np.concatenate(xs, axis=int(axis)),
    "onehot": lambda y, n: stack([eye(n)[int(i)] for i in y]),
    "nonzero": lambda m, k: np.flatnonzero(m),
    "zeros": filled(0),
    "ones": filled(1),
    "eye": eye,
    "linspace": lambda a, b, n: stack([a + (b - a) * k / (int(n) - 1) for k in range(int(n))]),
}
FUNCTIONS["σ"] = FUNCTIONS["sigma"]

CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}

SIGNS = {"^": "**", "·": "*", "×": "*", "÷": "/", "−": "-", "²": "**2", "³": "**3", "≤": "<=", "≥": ">=", "≠": "!=",
         "'": ".T"}

WORD = re.compile(r"(?P<number>(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)|(?P<end>[;\n])|(?P<name>[^\W\d²³][^\W²³]*)"
                  r"|(?P<sign>\.T\b|\*\*|[<>=!]=|\S)")


def python(text):
    """The statements of a text in Python: pairs of a name, None for the last, and an expression."""
    statements, code, brackets, before = [], [], [], ""

    def finish():
        if code:
            left, _, right = " ".join(code).rpartition(" := ")
            name, _, parameters = left.removeprefix("const ").partition("(")
            lambda_ = f"lambda {parameters.rstrip().removesuffix(')')}: " if parameters else ""
            statements.append((name.strip() or None, lambda_ + right))
            code.clear()

    for word in WORD.finditer(text):
        sign = SIGNS.get(word[0], word[0])
        value = before and (before[-1].isalnum() or before in ("_", ")", "]", ".T"))
        if word["end"]:
            if brackets:
                code.append(",), (")
            else:
                finish()
        elif word["number"]:
            code.append(word[0] if "index" in brackets[-1:] else f"number({float(word[0])!r})")
        elif word["name"]:
            times = before[:1].isdigit() or before == ")"
            code.append(f"* {word[0]}" if times else word[0])
        elif sign == "[":
            brackets.append("index" if value else "literal")
            code.append("[" if value else "array((")
        elif sign == "]":
            code.append("]" if brackets.pop() == "index" else ",))")
        elif sign == "(":
            brackets.append("(")
            code.append("* (" if before[:1].isdigit() else "(")
        elif sign == ")":
            brackets.pop()
            code.append(")")
        elif sign == "=":
            code.append("=" if brackets else ":=")
        elif sign == "√":
            code.append("root **")
        else:
            code.append(sign)
        before = "" if word["end"] else sign
    finish()
    assert not brackets and statements[-1][0] is None, text
    return statements


class Root:
    """√x is root ** x, which binds as tightly."""

    def __pow__(self, x):
        return square_root(x)


def mentioned(text):
    """The names that are inputs, in the order of first appearance."""
    defined, found = {*FUNCTIONS, *CONSTANTS, "const", "axis", "T"}, []
    for statement in re.split(r";(?![^\[]*\])|\n", text):
        heading = re.match(r"\s*(const )?\s*(?P<name>\w+)\s*(\((?P<parameters>[^()]*)\))?\s*=(?!=)", statement)
        parameters = set(re.findall(r"\w+", heading["parameters"] or "")) if heading else set()
        body = statement[heading.end():] if heading else statement
        for word in WORD.finditer(body):
            if word["name"] and word[0] not in defined | parameters and word[0] not in found:
                found.append(word[0])
        if heading:
            defined.add(heading["name"])
    return found


def compiled(text):
    """The text as a function of the inputs, in mpmath's present precision."""
    statements = [(name, compile(code, text, "eval")) for name, code in python(text)]

    def evaluate(inputs):
        names = {"__builtins__": {}, "number": mpf, "array": array, "root": Root(), **FUNCTIONS}
        names |= {name: mpf(value) for name, value in CONSTANTS.items()} | inputs
        for name, code in statements:
            result = eval(code, names)
            if name is None:
                return result
            names[name] = result
        return None

    return evaluate


def exact(value):
    """Numbers in nested lists, as an array of mpmath's numbers; a number alone as that."""
    return stack([exact(x) for x in value]) if isinstance(value, list) else mpf(value)


# The differences.

def moved(inputs, steps):
    """The inputs with some elements, given as (name, place in the array row by row), moved."""
    found = dict(inputs)
    for (name, place), step in steps:
        array = np.array(found[name], dtype=object)
        array.reshape(-1)[place] += step
        found[name] = array[()]
    return found


def differences(case, digits):
    """The value, the gradient and the upper half of the hessian, flat, by central differences."""
    with mpmath.workdps(digits):
        evaluate = compiled(case.expression)
        inputs = {name: exact(x) for name, x in case.inputs.items()}
        places = [(name, i) for name, x in case.inputs.items() for i in range(np.size(x))]
        value = evaluate(inputs) * mpf(1)
        upstream = exact(case.upstream) if case.upstream is not None else mpf(1)
        assert np.shape(value) == np.shape(upstream), f"{case.name}: {np.shape(value)} is the result's shape"

        def step(place):
            name, i = place
            return mpf(10) ** -(3 * digits // 10) * (abs(mpf(np.ravel(case.inputs[name])[i])) or 1)

        def at(*steps):
            return np.sum(evaluate(moved(inputs, steps)) * upstream)

        found = []
        if case.gradients is None:
            found = [(at((x, step(x))) - at((x, -step(x)))) / (2 * step(x)) for x in places]
        second = []
        if case.hessian:
            for i, x in enumerate(places):
                second.append((at((x, step(x))) - 2 * at() + at((x, -step(x)))) / step(x) ** 2)
                for y in places[i + 1:]:
                    corners = [s * t * at((x, s * step(x)), (y, t * step(y))) for s in (1, -1) for t in (1, -1)]
                    second.append(sum(corners) / (4 * step(x) * step(y)))
        return np.shape(value), np.ravel(value), found, second


def settle(rough, fine):
    """Numbers known with 80 and with 200 digits; what shrinks with the precision is 0."""
    size, found = max([abs(x) for x in fine], default=0) or mpf(1), []
    for a, b in zip(rough, fine, strict=True):
        if abs(b) <= abs(a) * mpf(10) ** -40 or a == 0 and abs(b) < mpf(10) ** -70:
            found.append(mpf(0))
        else:
            assert abs(a - b) <= size * mpf(10) ** -24, (a, b)
            found.append(b)
    return found


def to_binary64(number):
    """The binary64 number nearest to an mpmath real, ties to even; what underflows is 0."""
    number = mpmath.mpmathify(number)
    assert mpmath.isfinite(number) and mpmath.im(number) == 0
    if number == 0:
        return 0.0
    mantissa, exponent = abs(number).man_exp
    size = float(Fraction(int(mantissa)) * Fraction(2) ** int(exponent))
    return math.copysign(size, number) if size else 0.0


# The derivatives by JAX.

def automatic(case):
    """The value, the gradient and the hessian's upper half, flat, by JAX."""
    inputs = {name: jnp.asarray(x, dtype=float) for name, x in case.inputs.items()}
    places = np.cumsum([x.size for x in inputs.values()])[:-1]

    def flat(numbers):
        parts = jnp.split(numbers, places)
        return case.jax(*[part.reshape(x.shape) for part, x in zip(parts, inputs.values())])

    start = jnp.concatenate([x.ravel() for x in inputs.values()])
    value, back = jax.vjp(flat, start)
    upstream = jnp.asarray(1.0 if case.upstream is None else case.upstream)
    gradient = back(upstream.astype(value.dtype))[0]
    hessian = []
    if case.hessian:
        square = np.asarray(jax.hessian(flat)(start))
        hessian = square[np.triu_indices(len(start))]
    return np.asarray(value), np.asarray(gradient), np.asarray(hessian)


def compare(name, what, theirs, ours):
    theirs, ours = np.ravel(theirs).astype(float), np.ravel(ours).astype(float)
    assert len(theirs) == len(ours), f"{name}: {what} has {len(theirs)} numbers, not {len(ours)}"
    size = max(np.abs(ours), default=0) or 1.0
    if len(ours) and not np.all(np.abs(theirs - ours) <= 1e-12 * size):
        raise AssertionError(f"{name}: {what} is {theirs.tolist()} by JAX, {ours.tolist()} by differences")


# The lines.

def shaped(flat, shape):
    """Numbers as nested lists of this shape."""
    return np.reshape(np.array(flat, dtype=float), shape).tolist()


def floats(value):
    return np.asarray(value, dtype=float).tolist()


def line(case):
    assert list(case.inputs) == mentioned(case.expression), f"{case.name}: the inputs are {mentioned(case.expression)}"
    _, *roughs = differences(case, 80)
    shape, *fines = differences(case, 200)
    with mpmath.workdps(200):
        value, gradient, half = [[to_binary64(x) for x in settle(*pair)] for pair in zip(roughs, fines)]
    if case.jax is not None:
        found = automatic(case)
        assert found[0].shape == shape, f"{case.name}: {found[0].shape} is the shape by JAX"
        for what, theirs, ours in zip(("the value", "the gradient", "the hessian"), found, (value, gradient, half)):
            compare(case.name, what, theirs, ours)

    gradients, start = case.gradients, 0
    if gradients is None:
        gradients = {}
        for name, x in case.inputs.items():
            gradients[name] = shaped(gradient[start:start + np.size(x)], np.shape(x))
            start += np.size(x)
    for name, x in case.inputs.items():
        assert np.shape(gradients[name]) == np.shape(x), case.name
    found = {
        "name": case.name,
        "expression": case.expression,
        "inputs": {name: floats(x) for name, x in case.inputs.items()},
        "upstream": None if case.upstream is None else floats(case.upstream),
        "value": shaped(value, shape),
        "gradients": {name: floats(gradients[name]) for name in case.inputs},
    }
    if case.hessian:
        square = np.zeros((len(gradient), len(gradient)))
        square[np.triu_indices(len(gradient))] = half
        found["hessian"] = (square + np.triu(square, 1).T).tolist()
    return json.dumps(found, allow_nan=False)


def main():
    listed = cases()
    assert len({case.name for case in listed}) == len(listed), "a name stands for two cases"
    OUTPUT.write_text("\n".join(map(line, listed)) + "\n", encoding="ascii", newline="\n")
    print(f"{len(listed)} cases", file=sys.stderr)


if __name__ == "__main__":
    main()
