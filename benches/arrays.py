#!/usr/bin/env python3
"""Gates over arrays beside NumPy by hand and JAX: value and gradient, nanoseconds of processor time a number, and ratios.

    python3 benches/arrays.py [PROGRAM] [--size N] [--rounds N]

PROGRAM is target/release/gradcalc unless it is given. The gradcalc figure is the difference between two scripts, one of which asks
eight times more, so that starting and reading do not count; the peers run in this process on one thread, their rounds shuffled with
ours. Every peer's value and gradient are compared with ours. A peer that is not installed is named and left out.
"""
import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import numpy as np

try:
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
except ImportError:
    jax = None


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
    return (p * y).sum(), p * (y - (p * y).sum()) + p * b


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


# The text, NumPy's value and gradient by hand, and JAX's function.
ROWS = [
    ("ten gates", "sum(b*tanh(X)*exp(-X*X) + sigma(X)/(1 + X*X) - log(2 + sin(X)))", ten_gates,
     lambda n, x, b: (b * n.tanh(x) * n.exp(-x * x) + jax.nn.sigmoid(x) / (1 + x * x) - n.log(2 + n.sin(x))).sum()),
    ("sum", "sum(X)*b", lambda x, b: (x.sum() * b, np.full_like(x, b)), lambda n, x, b: x.sum() * b),
    ("x*x", "sum(X*X)*b", lambda x, b: ((x * x).sum() * b, 2 * b * x), lambda n, x, b: (x * x).sum() * b),
    ("exp", "sum(exp(X)*b)", lambda x, b: ((e := np.exp(x)).sum() * b, e * b), lambda n, x, b: (n.exp(x) * b).sum()),
    ("tanh", "sum(tanh(X)*b)", lambda x, b: ((t := np.tanh(x)).sum() * b, (1 - t * t) * b), lambda n, x, b: (n.tanh(x) * b).sum()),
    ("sigma", "sum(sigma(X)*b)", lambda x, b: ((s := sigmoid(x)).sum() * b, s * (1 - s) * b), lambda n, x, b: (jax.nn.sigmoid(x) * b).sum()),
    ("max", "max(X)*b", largest, lambda n, x, b: x.max() * b),
    ("std", "std(X)*b", deviation, lambda n, x, b: x.std() * b),
    ("logsumexp", "logsumexp(X)*b", logsumexp, lambda n, x, b: jax.nn.logsumexp(x) * b),
    ("softmax", "sum(softmax(X)*X*b)", softmax, lambda n, x, b: (jax.nn.softmax(x) * x * b).sum()),
    ("max(X, 0)", "sum(max(X - 1, 0)*b)", lambda x, b: (np.maximum(x - 1, 0).sum() * b, (x > 1) * b), lambda n, x, b: (n.maximum(x - 1, 0) * b).sum()),
]


def script(text, size, times):
    lines = [f"X = 0.1 + 1.8*linspace(0, 1, {size}); b = 1"]
    for at in range(times):
        lines += [f"b = {at + 1.5}", text]
    return "\n".join(lines)


def processor_time(program, path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([program, "-f", path, "--as", "brief"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(program, text, size, folder):
    paths = []
    for times in (1, 9):
        paths.append(os.path.join(folder, f"{times}.grad"))
        with open(paths[-1], "w") as file:
            file.write(script(text, size, times))
    return lambda: (processor_time(program, paths[1]) - processor_time(program, paths[0])) / 8


def timed(function):
    def run():
        before = time.process_time()
        for _ in range(8):
            function()
        return (time.process_time() - before) / 8

    return run


def check(program, text, by_hand, size):
    """Compares with NumPy at a smaller size."""
    size = min(size, 5000)
    found = subprocess.run([program, "--as", "json", "-e", script(text, size, 1)], check=True, capture_output=True, text=True).stdout
    answer = [json.loads(line) for line in found.splitlines()][-1]
    value, gradient = by_hand(0.1 + 1.8 * np.linspace(0, 1, size), 1.5)
    assert np.isclose(answer["value"], value, rtol=1e-10), (text, answer["value"], value)
    entry = next(entry for entry in answer["inputs"] if entry["name"] == "X")
    assert np.allclose(np.array(entry["gradient"], dtype=float), gradient, rtol=1e-9, atol=1e-12), text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default="target/release/gradcalc")
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    x = 0.1 + 1.8 * np.linspace(0, 1, options.size)
    if jax is None:
        print("JAX is not installed: left out")
    print(f"{'ns a number':12} {'gradcalc':>9} {'NumPy':>9} {'JAX':>9} {'to the better':>14}")
    for name, text, by_hand, traced in ROWS:
        check(options.program, text, by_hand, options.size)
        with tempfile.TemporaryDirectory() as folder:
            runs = {"gradcalc": ours(options.program, text, options.size, folder), "NumPy": timed(lambda: by_hand(x, 1.5))}
            if jax is not None:
                compiled = jax.jit(jax.value_and_grad(lambda x, b: traced(jnp, x, b)))
                given = jnp.asarray(x)
                value, gradient = compiled(given, 1.5)
                expected = by_hand(x, 1.5)
                assert np.isclose(value, expected[0], rtol=1e-9) and np.allclose(gradient, expected[1], rtol=1e-9, atol=1e-12), name
                runs["JAX"] = timed(lambda: jax.block_until_ready(compiled(given, 1.5)))
            taken = {peer: [] for peer in runs}
            for _ in range(options.rounds):
                for peer in random.sample(list(runs), len(runs)):
                    taken[peer].append(runs[peer]())
        figures = {peer: statistics.median(times) / options.size * 1e9 for peer, times in taken.items()}
        best = min(figure for peer, figure in figures.items() if peer != "gradcalc")
        jax_figure = f"{figures['JAX']:9.1f}" if "JAX" in figures else f"{'-':>9}"
        print(f"{name:12} {figures['gradcalc']:9.1f} {figures['NumPy']:9.1f} {jax_figure} {figures['gradcalc'] / best:13.2f}x", flush=True)


if __name__ == "__main__":
    sys.exit(main())
