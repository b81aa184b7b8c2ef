#!/usr/bin/env python3
"""Gates over arrays beside NumPy by hand and JAX: value and gradient, nanoseconds of processor time a number on one core, and ratios.

    python3 benches/arrays.py [PROGRAM] [--size N] [--rounds N] [--cores N] [--only NAME] [--peers NAMES]

PROGRAM is target/release/gradcalc unless it is given. The gradcalc figure is the difference between two scripts, one of which asks
eight times more, so that starting and reading do not count; the peers run in this process, their rounds shuffled with ours. With `--cores 2`
ours has two threads, the peers have one, and the seconds that pass are compared. Every
peer's value and gradients are compared with ours. A peer that is not installed is named and left out.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import measure

import numpy as np

PEERS = ["NumPy", "JAX"]
if measure.has("jax"):
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    from jax.nn import sigmoid as jax_sigmoid
else:
    jax = None

# How many columns an array has that meets a row.
COLUMNS = 1000


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def ten_gates(x, b):
    t, e, s, w, g = np.tanh(x), np.exp(-x * x), sigmoid(x), 1 + x * x, 2 + np.sin(x)
    value = (b * t * e + s / w - np.log(g)).sum()
    return value, b * (1 - t * t) * e - 2 * b * t * e * x + s * (1 - s) / w - 2 * x * s / w**2 - np.cos(x) / g


def softmax(x, b):
    p = np.exp(x - x.max())
    p /= p.sum()
    y = x * b
    value = (p * y).sum()
    return value, p * (y - value) + p * b


def deviation(x, b):
    c = x - x.mean()
    s = np.sqrt((c * c).mean())
    return s * b, c / (len(x) * s) * b


def largest(x, b):
    gradient = np.zeros_like(x)
    gradient[x.argmax()] = b
    return x.max() * b, gradient


def logsumexp(x, b):
    m = x.max()
    e = np.exp(x - m)
    s = e.sum()
    return (m + np.log(s)) * b, e / s * b


def row_added(x, b):
    """x + row, squared: the gradients on the array and on the row."""
    y = x + ROW
    gradient = 2 * b * y
    return (y * y).sum() * b, gradient, gradient.sum(0)


def axis_sums(x, b):
    down, across = x.sum(0), x.sum(1)
    return (down @ ROW + across @ across) * b, b * (ROW + 2 * across[:, None])


ROW = 0.5 + np.linspace(0, 1, COLUMNS)

# The text, NumPy's value and gradients by hand, JAX's function, and whether the array is a matrix.
ROWS = {
    "ten gates": ("sum(b*tanh(X)*exp(-X*X) + sigma(X)/(1 + X*X) - log(2 + sin(X)))", ten_gates,
                  lambda x, b: (b * jnp.tanh(x) * jnp.exp(-x * x) + jax_sigmoid(x) / (1 + x * x) - jnp.log(2 + jnp.sin(x))).sum(), False),
    "sum": ("sum(X)*b", lambda x, b: (x.sum() * b, np.full_like(x, b)), lambda x, b: x.sum() * b, False),
    "x*x": ("sum(X*X)*b", lambda x, b: ((x * x).sum() * b, 2 * b * x), lambda x, b: (x * x).sum() * b, False),
    "exp": ("sum(exp(X)*b)", lambda x, b: ((e := np.exp(x) * b).sum(), e), lambda x, b: (jnp.exp(x) * b).sum(), False),
    "tanh": ("sum(tanh(X)*b)", lambda x, b: ((t := np.tanh(x)).sum() * b, (1 - t * t) * b), lambda x, b: (jnp.tanh(x) * b).sum(), False),
    "sigma": ("sum(sigma(X)*b)", lambda x, b: ((s := sigmoid(x)).sum() * b, s * (1 - s) * b), lambda x, b: (jax_sigmoid(x) * b).sum(), False),
    "max": ("max(X)*b", largest, lambda x, b: x.max() * b, False),
    "std": ("std(X)*b", deviation, lambda x, b: x.std() * b, False),
    "logsumexp": ("logsumexp(X)*b", logsumexp, lambda x, b: jax.nn.logsumexp(x) * b, False),
    "softmax": ("sum(softmax(X)*X*b)", softmax, lambda x, b: (jax.nn.softmax(x) * x * b).sum(), False),
    "X + row": ("sum((X + r)^2)*b", row_added, lambda x, b, r: ((x + r) ** 2).sum() * b, True),
    "axis sums": ("(sum(sum(X, 0)*c) + sum(sum(X, 1)^2))*b", axis_sums,
                  lambda x, b: ((x.sum(0) * ROW).sum() + (x.sum(1) ** 2).sum()) * b, True),
    "max(X, 0)": ("sum(max(X - 1, 0)*b)", lambda x, b: (np.maximum(y := x - 1, 0).sum() * b, (y > 0) * b),
                  lambda x, b: (jnp.maximum(x - 1, 0) * b).sum(), False),
}


def given(size, matrix):
    x = 0.1 + 1.8 * np.linspace(0, 1, size)
    return x.reshape(-1, COLUMNS) if matrix else x


def script(name, size, times):
    text, _, _, matrix = ROWS[name]
    array = f"0.1 + 1.8*linspace(0, 1, {size})"
    lines = [f"X = reshape({array}, {size // COLUMNS}, {COLUMNS})" if matrix else f"X = {array}", "b = 1"]
    if matrix:
        lines.append(f"{'r' if ', r)' in text or '+ r' in text else 'const c'} = 0.5 + linspace(0, 1, {COLUMNS})")
    for at in range(times):
        lines += [f"b = {at + 1.5}", text]
    return "\n".join(lines) + "\n"


def ours(program, name, size, more, folder):
    """Seconds of processor time for one asking."""
    paths = []
    for times in (1, 1 + more):
        paths.append(os.path.join(folder, f"{times}.grad"))
        with open(paths[-1], "w") as file:
            file.write(script(name, size, times))
    # The gradients that the peers give.
    wanted = "X,r" if "+ r" in ROWS[name][0] else "X"
    command = [program, "--as", "brief", "--wrt", wanted, "-f"]
    return lambda: (measure.of_child([*command, paths[1]]) - measure.of_child([*command, paths[0]])) / more


def check(program, name, size):
    """Compares NumPy's numbers with ours at a smaller size."""
    size = min(size, 20 * COLUMNS)
    _, by_hand, _, matrix = ROWS[name]
    found = subprocess.run([program, "--as", "json", "-e", script(name, size, 1)], check=True, capture_output=True, text=True).stdout
    answer = [json.loads(line) for line in found.splitlines()][-1]
    value, *gradients = by_hand(given(size, matrix), 1.5)
    assert np.isclose(answer["value"], value, rtol=1e-10), (name, answer["value"], value)
    for leaf, gradient in zip("Xr", gradients):
        entry = next(entry for entry in answer["inputs"] if entry["name"] == leaf)
        assert np.allclose(np.array(entry["gradient"], dtype=float), gradient, rtol=1e-9, atol=1e-12), name


def row(program, name, size=1_000_000, rounds=5, peers=PEERS):
    """The row of a table: its name, the unit, figures by name and what is missing."""
    _, by_hand, traced, matrix = ROWS[name]
    check(program, name, size)
    more = max(1, min(8, 16_000_000 // size))
    x, missing = given(size, matrix), []
    with tempfile.TemporaryDirectory() as folder:
        runs = {"gradcalc": ours(program, name, size, more, folder)}
        if "NumPy" in peers:
            runs["NumPy"] = measure.of_call(lambda: by_hand(x, 1.5), more)
        if jax is None:
            missing.append("JAX is not installed")
        elif "JAX" in peers:
            arguments = [jnp.asarray(x), 1.5] + [jnp.asarray(ROW)] * (name == "X + row")
            compiled = jax.jit(jax.value_and_grad(traced, argnums=(0, 2) if name == "X + row" else 0))
            found = compiled(*arguments)
            if "NumPy" in peers:
                expected = by_hand(x, 1.5)
                gradients = found[1] if isinstance(found[1], tuple) else (found[1],)
                assert np.isclose(found[0], expected[0], rtol=1e-9), name
                assert all(np.allclose(*pair, rtol=1e-9, atol=1e-12) for pair in zip(gradients, expected[1:])), name
                del expected, gradients
            del found
            runs["JAX"] = measure.of_call(lambda: jax.block_until_ready(compiled(*arguments)), more)
        figures = measure.medians(runs, rounds)
    label = name if size == 1_000_000 else f"{name}, {size:.0e}".replace("e+0", "e")
    return label, "ns/number", {peer: seconds / size * 1e9 for peer, seconds in figures.items()}, missing


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default=measure.PROGRAM)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, default=1, help="of several, ours has as many threads, the peers have one, and seconds that pass count")
    parser.add_argument("--only", action="append", choices=list(ROWS))
    parser.add_argument("--peers", default=",".join(PEERS))
    options = parser.parse_args()
    measure.hold(options.cores)
    names = options.only or list(ROWS)
    measure.show(PEERS, (row(options.program, name, options.size, options.rounds, options.peers.split(",")) for name in names))


if __name__ == "__main__":
    sys.exit(main())
