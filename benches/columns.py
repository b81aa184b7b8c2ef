#!/usr/bin/env python3
"""The value and the gradients of a million rows in memory, one thread, beside others: nanoseconds a row, and ratios.

    python3 benches/columns.py [--rows N] [--rounds N]

Three expressions: the staged example of the notes, a neuron of five inputs, sixty operations. Rounds are shuffled, the least counts. The peers:
C that is staged by hand and compiled with gcc -O3 -march=native -ffast-math; JAX's jit(vmap(value_and_grad)) in 64 bits; NumPy,
polars and DuckDB with what `--as numpy`, `--as polars` and `--as sql` print. What each answers is compared. A peer that is not
installed is named and left out.
"""
import argparse
import ctypes
import os
import random
import subprocess
import sys
import tempfile
import time

for limit in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[limit] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import numpy as np

EXPRESSIONS = {
    "staged": ("(x+sigma(y))/(sigma(x)+(x+y)^2)", "xy"),
    "neuron": ("sigma(w0*x0 + w1*x1 + w2)", ["w0", "x0", "w1", "x1", "w2"]),
    "sixty": (
        "sin(x)*cos(y) + exp(-x^2)*sqrt(1+y^2) - z*sin(x*y)*exp(-z^2) + cos(z)*sqrt(x^2+z^2+1)"
        " + sin(x+y*z)/(2+cos(x)*cos(z)) + exp(-(x-y)^2/2)*cos(x-z)",
        "xyz",
    ),
}
RUST = "target/release"


def c_function(exe, text, names, folder, name):
    """The printed C function in a loop over columns, without its guards, as somebody who needs speed would write it."""
    printed = subprocess.run([exe, "--as", "c", text], capture_output=True, text=True, check=True).stdout
    printed = printed.replace("double f(", "static inline double f(")
    columns = ", ".join(f"const double *restrict {n}" for n in names) + ", double *restrict out" + "".join(f", double *restrict d{n}" for n in names)
    call = ", ".join(f"{n}[i]" for n in names) + "".join(f", &d{n}[i]" for n in names)
    loop = f"\nvoid rows(long count, {columns})\n{{\n    for (long i = 0; i < count; ++i) out[i] = f({call});\n}}\n"
    source = os.path.join(folder, f"{name}.c")
    with open(source, "w") as file:
        file.write(printed + loop)
    library = source.replace(".c", ".so")
    flags = ["-O3", "-march=native", "-ffast-math", "-fopenmp-simd", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, source, "-o", library, "-lmvec", "-lm"], check=True)
    rows = ctypes.CDLL(library).rows
    rows.restype = None
    return rows


def peers(exe, text, names, columns, folder, name):
    """Functions that answer all rows, each giving the value and the gradients in the order of the names."""
    found = {}
    count = len(columns[0])
    out = [np.empty(count) for _ in range(len(names) + 1)]
    rows = c_function(exe, text, names, folder, name)
    pointers = [column.ctypes.data_as(ctypes.c_void_p) for column in [*columns, *out]]
    found["C"] = lambda: rows(ctypes.c_long(count), *pointers) or out
    space = {}
    exec(subprocess.run([exe, "--as", "numpy", text], capture_output=True, text=True, check=True).stdout, space)
    function = next(value for key, value in space.items() if key == "f")

    def with_numpy():
        value, gradients = function(*columns)
        return [value, *(gradients[n] for n in names)]

    found["NumPy"] = with_numpy
    try:
        import jax
        jax.config.update("jax_enable_x64", True)
        import jax.numpy as jnp
        names_of = dict(sigma=jax.nn.sigmoid, sin=jnp.sin, cos=jnp.cos, exp=jnp.exp, sqrt=jnp.sqrt)
        one = eval(f"lambda {', '.join(names)}: {text.replace('^', '**')}", names_of)
        mapped = jax.jit(jax.vmap(jax.value_and_grad(one, argnums=tuple(range(len(names))))))

        def with_jax():
            value, gradients = mapped(*columns)
            return [np.asarray(value), *map(np.asarray, gradients)]

        found["JAX"] = with_jax
    except ImportError:
        print("jax is not installed: left out")
    try:
        import polars
        space = {}
        exec(subprocess.run([exe, "--as", "polars", text], capture_output=True, text=True, check=True).stdout, space)
        frame = polars.DataFrame(dict(zip(names, columns)))
        with_columns = space["with_f"]

        def with_polars():
            made = with_columns(frame.lazy()).collect()
            return [made[n].to_numpy() for n in ["f", *(f"d{n}" for n in names)]]

        found["polars"] = with_polars
    except ImportError:
        print("polars is not installed: left out")
    try:
        import duckdb
        base = duckdb.connect()
        base.execute("set threads=1")
        table = {n: column for n, column in zip(names, columns)}
        import pyarrow
        arrow = pyarrow.table(table)
        base.execute("create table t as select * from arrow")
        query = subprocess.run([exe, "--as", "sql", "--dialect", "duckdb", "--table", "t", text], capture_output=True, text=True, check=True).stdout

        def with_duckdb():
            made = base.execute(query).fetchnumpy()
            return [made[n] for n in ["f", *(f"d{n}" for n in names)]]

        found["DuckDB"] = with_duckdb
    except ImportError:
        print("duckdb or pyarrow is not installed: left out")
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    made = subprocess.run(["cargo", "bench", "--no-run", "--bench", "columns"], capture_output=True, text=True, check=True).stderr
    bench = made.rsplit("(", 1)[1].split(")")[0]
    subprocess.run(["cargo", "build", "--release", "-q"], check=True)
    exe = f"{RUST}/gradcalc"
    with tempfile.TemporaryDirectory() as folder:
        for name, (text, names) in EXPRESSIONS.items():
            names = list(names)
            columns = list(np.random.default_rng(1).uniform(-3, 3, (len(names), options.rows)))
            functions = peers(exe, text, names, columns, folder, name)
            truth = functions["NumPy"]()
            for peer, function in functions.items():
                for ours, theirs in zip(truth, function()):
                    scale = np.max(np.abs(ours))
                    assert np.max(np.abs(ours - theirs)) <= 1e-9 * scale, (name, peer)
            taken = {peer: [] for peer in functions}
            own = []
            for _ in range(options.rounds):
                for peer in random.sample([*functions, "gradcalc"], len(functions) + 1):
                    if peer == "gradcalc":
                        output = subprocess.run([bench, text, str(options.rows), "3"], capture_output=True, text=True, check=True).stdout
                        own.append(float(output))
                    else:
                        began = time.perf_counter()
                        functions[peer]()
                        taken[peer].append((time.perf_counter() - began) * 1e9 / options.rows)
            best = min(own)
            others = "  ".join(f"{peer} {min(times):.1f} ({min(times) / best:.2f}x)" for peer, times in taken.items())
            print(f"{name}: gradcalc {best:.1f} ns a row;  {others}", flush=True)


if __name__ == "__main__":
    main()
