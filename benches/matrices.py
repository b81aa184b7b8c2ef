#!/usr/bin/env python3
"""Products of matrices and a network of two layers beside NumPy by hand and JAX: value and gradients, milliseconds of processor time.

    python3 benches/matrices.py [PROGRAM] [--rounds N] [--threads N]

PROGRAM is target/release/gradcalc unless it is given. The gradcalc figure is the difference between two scripts, one of which asks
many times more, so that starting and reading do not count; the peers run in this process, their rounds shuffled with ours. All are
held to the first processor unless more threads are asked for, where the seconds that pass are compared. Every peer's value and
gradients are compared with ours. A peer that is not installed is named and left out.
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

parser = argparse.ArgumentParser()
parser.add_argument("program", nargs="?", default="target/release/gradcalc")
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--only", default="")
options = parser.parse_args()
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(options.threads)
if options.threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import numpy as np

try:
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
except ImportError:
    jax = None

draw = np.random.default_rng(7)


def numbers(*shape):
    return np.round(draw.normal(size=shape), 3)


def product(a, b, g):
    c = a @ b
    return (c * g).sum(), {"A": g @ b.T, "B": a.T @ g, "G": c}


def network(x, t, w1, b1, w2, b2):
    h = x @ w1 + b1
    r = np.maximum(h, 0)
    s = r @ w2 + b2
    m = s.max(axis=1, keepdims=True)
    e = np.exp(s - m)
    total = e.sum(axis=1, keepdims=True)
    loss = (m + np.log(total)).mean() - (s * t).sum() / len(x)
    ds = (e / total - t) / len(x)
    dh = (ds @ w2.T) * (h > 0)
    return loss, {"W1": x.T @ dh, "b1": dh.sum(axis=0), "W2": r.T @ ds, "b2": ds.sum(axis=0)}


def network_traced(x, t, w1, b1, w2, b2):
    s = jnp.maximum(x @ w1 + b1, 0) @ w2 + b2
    return jax.nn.logsumexp(s, axis=1).mean() - (s * t).sum() / len(x)


def matrices(n):
    return {"A": numbers(n, n), "B": numbers(n, n), "G": numbers(n, n)}


def layers():
    labels = np.eye(10)[draw.integers(0, 10, 64)]
    return {
        "X": numbers(64, 784), "T": labels, "W1": numbers(784, 100) / 10, "b1": numbers(100) / 10,
        "W2": numbers(100, 10) / 10, "b2": numbers(10) / 10,
    }


# The name, the arrays, those that have no gradient, the text, NumPy's value and gradients by hand, JAX's function, how many more times it is asked.
ROWS = [
    ("network 784-100-10", layers(), ("X", "T"), "S = max(X@W1 + b1, 0)@W2 + b2\n", "mean(logsumexp(S, 1)) - sum(S*T)/64", network, network_traced, 400),
    *[(f"sum((A@B)*G) {n}", matrices(n), (), "", "sum((A@B)*G)", product, lambda a, b, g: ((a @ b) * g).sum(), times) for n, times in ((16, 4000), (128, 200), (512, 6), (1024, 2))],
]


def used():
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime if options.threads == 1 else time.perf_counter()


def written(folder, given, constants, stages, text, times):
    lines = []
    for name, array in given.items():
        path = os.path.join(folder, f"{name}.csv")
        np.savetxt(path, np.atleast_2d(array), delimiter=",", fmt="%.17g")
        loaded = f'load("{path}")' + ("[0]" if array.ndim == 1 else "")
        lines.append(f"{'const ' if name in constants else ''}{name} = {loaded}")
    lines += [stages] + [text] * times
    path = os.path.join(folder, f"{times}.grad")
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")
    return path


def run(path):
    before = used()
    subprocess.run([options.program, "-f", path, "--as", "brief"], check=True, stdout=subprocess.DEVNULL)
    return used() - before


def ours(paths, more):
    return lambda: (run(paths[1]) - run(paths[0])) / more


def timed(function, times):
    clock = time.process_time if options.threads == 1 else time.perf_counter

    def repeated():
        before = clock()
        for _ in range(times):
            function()
        return (clock() - before) / times

    return repeated


def check(path, expected):
    found = subprocess.run([options.program, "-f", path, "--as", "json"], check=True, capture_output=True, text=True).stdout
    answer = [json.loads(line) for line in found.splitlines()][-1]
    value, gradients = expected
    assert np.isclose(answer["value"], value, rtol=1e-10), (answer["value"], value)
    found = {entry["name"]: entry["gradient"] for entry in answer["inputs"]}
    for name, gradient in gradients.items():
        assert np.allclose(np.array(found[name], dtype=float), gradient, rtol=1e-8, atol=1e-10), name


def main():
    if jax is None:
        print("JAX is not installed: left out")
    print(f"{'ms':20} {'gradcalc':>9} {'NumPy':>9} {'JAX':>9} {'to NumPy':>9} {'to JAX':>9}")
    for name, given, constants, stages, text, by_hand, traced, more in ROWS:
        if options.only not in name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            paths = [written(folder, given, constants, stages, text, times) for times in (1, 1 + more)]
            expected = by_hand(*given.values())
            check(paths[0], expected)
            runs = {"gradcalc": ours(paths, more), "NumPy": timed(lambda: by_hand(*given.values()), more)}
            if jax is not None:
                places = tuple(at for at, of in enumerate(given) if of not in constants)
                compiled = jax.jit(jax.value_and_grad(traced, argnums=places))
                arrays = [jnp.asarray(array) for array in given.values()]
                value, gradients = compiled(*arrays)
                assert np.isclose(value, expected[0], rtol=1e-10), name
                assert all(np.allclose(*pair, rtol=1e-8, atol=1e-10) for pair in zip(gradients, expected[1].values())), name
                runs["JAX"] = timed(lambda: jax.block_until_ready(compiled(*arrays)), more)
            taken = {peer: [] for peer in runs}
            for _ in range(options.rounds):
                for peer in random.sample(list(runs), len(runs)):
                    taken[peer].append(runs[peer]())
        figures = {peer: statistics.median(times) * 1e3 for peer, times in taken.items()}
        ratios = {peer: figures["gradcalc"] / figures[peer] for peer in figures}
        shown = f"{figures['JAX']:9.3f}" if "JAX" in figures else f"{'-':>9}"
        beside = f"{ratios['JAX']:8.2f}x" if "JAX" in ratios else f"{'-':>9}"
        print(f"{name:20} {figures['gradcalc']:9.3f} {figures['NumPy']:9.3f} {shown} {ratios['NumPy']:8.2f}x {beside}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
