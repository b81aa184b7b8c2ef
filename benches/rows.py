#!/usr/bin/env python3
"""The value and the gradients of a million rows, CSV to CSV, beside others: the whole process, and ratios.

    python3 benches/rows.py [PROGRAM] [--rows N] [--rounds N] [--floors FILE] [--stream GIGABYTES]

PROGRAM is target/release/gradcalc unless it is given. Rounds are shuffled, and the middle one counts: seconds of processor time with one
thread, seconds that pass with two. A last row has ours, in seconds that pass, with one thread on one core beside two on two. What an earlier
round wrote is removed before the clock starts: how long that takes is the file system's. The peers are given the backward pass by hand; what each writes is compared with what we write. A peer that is
not installed is named and left out. The floor is the sum of reading, parsing, formatting and writing alone, by `cargo bench --bench
csv_floors` unless FILE, which that has built, is given. With `--stream` rows of so many gigabytes come through a pipe, and the largest
memory that the program takes is told.
"""
import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time

import measure

import numpy as np

PEERS = ["floor", "polars", "DuckDB", "pandas", "one thread"]
EXPRESSION = "(x + sigma(y))/(sigma(x) + (x + y)^2)"

# The stages of the notes' example, forward and backward.
STAGES = [
    ("sigy", "1/(1 + exp(-y))"), ("num", "x + sigy"), ("sigx", "1/(1 + exp(-x))"), ("xpy", "x + y"), ("den", "sigx + xpy*xpy"),
    ("invden", "1/den"), ("f", "num*invden"), ("dden", "-num*invden*invden"), ("dx", "invden + dden*sigx*(1 - sigx) + dden*2*xpy"),
    ("dy", "invden*sigy*(1 - sigy) + dden*2*xpy"),
]

POLARS = """
import polars as pl, sys
frame = pl.scan_csv(sys.argv[1])
for name, text in {stages!r}:
    names = dict((column, pl.col(column)) for column in frame.collect_schema().names())
    frame = frame.with_columns(eval(text, dict(names, exp=lambda e: e.exp())).alias(name))
frame.select("x", "y", "f", "dx", "dy").sink_csv(sys.argv[2])
"""

DUCKDB = """
import duckdb, sys
source = f"read_csv('{{sys.argv[1]}}')"
for at, (name, text) in enumerate({stages!r}):
    source = f"(select *, {{text}} as {{name}} from {{source}} t{{at}})"
base = duckdb.connect()
base.execute("set threads=" + sys.argv[3])
base.execute(f"copy (select x, y, f, dx, dy from {{source}} t) to '{{sys.argv[2]}}' (header)")
"""

PANDAS = """
import pandas as pd, sys
from numpy import exp
frame = pd.read_csv(sys.argv[1])
names = dict(x=frame.x, y=frame.y, exp=exp)
for name, text in {stages!r}:
    names[name] = eval(text, names)
frame.assign(f=names["f"], dx=names["dx"], dy=names["dy"]).to_csv(sys.argv[2], index=False)
"""
SCRIPTS = {"polars": (POLARS, ["polars"], True), "DuckDB": (DUCKDB, ["duckdb"], True), "pandas": (PANDAS, ["pandas", "numpy"], False)}


def table(folder, count):
    path = os.path.join(folder, "in.csv")
    numbers = np.random.default_rng(1).uniform(-3, 3, (count, 2))
    with open(path, "w") as file:
        file.write("x,y\n")
        file.writelines(f"{x!r},{y!r}\n" for x, y in numbers.tolist())
    return path


def commands(program, folder, given, threads):
    """What each runs, by name, with the file that it writes; and why peers are missing."""
    found, missing = {}, []
    out = os.path.join(folder, "gradcalc.csv")
    found["gradcalc"] = [program, EXPRESSION, "--rows", given, "--threads", str(threads), "-o", out], out
    for peer, (text, modules, has_threads) in SCRIPTS.items():
        absent = [module for module in modules if not measure.has(module)]
        if absent or threads > 1 and not has_threads:
            missing.append(f"{absent[0]} is not installed" if absent else f"{peer} has one thread")
            continue
        script, out = (os.path.join(folder, f"with_{peer}.{end}") for end in ("py", "csv"))
        with open(script, "w") as file:
            file.write(text.format(stages=STAGES))
        found[peer] = [sys.executable, script, given, out, str(threads)], out
    return found, missing


def floor(folder, given, bench, rounds):
    """The seconds of the floors' sum."""
    if bench is None:
        made = subprocess.run(["cargo", "bench", "--no-run", "--bench", "csv_floors"], capture_output=True, text=True, check=True).stderr
        bench = made.rsplit("(", 1)[1].split(")")[0]
    out = os.path.join(folder, "floor.csv")
    run = lambda: subprocess.run([bench, given, out], capture_output=True, text=True, check=True).stdout
    sums = sorted(float(run().splitlines()[-1].split()[1]) for _ in range(rounds))
    return sums[len(sums) // 2]


def rows(program, rounds, count=1_000_000, bench=None):
    """The rows of a table, each as soon as it is measured."""
    with tempfile.TemporaryDirectory() as folder:
        given = table(folder, count)
        for threads in (1, 2):
            measure.hold(threads)
            asked, missing = commands(program, folder, given, threads)
            expected = None
            for name, (command, out) in asked.items():
                subprocess.run(command, check=True, env={**os.environ, "POLARS_MAX_THREADS": str(threads)})
                found = np.genfromtxt(out, delimiter=",", skip_header=1, max_rows=50_000)
                expected = found if expected is None else expected
                assert np.allclose(found, expected, rtol=1e-9, atol=1e-12), name
            environment = {**os.environ, "POLARS_MAX_THREADS": str(threads)}
            runs = {name: measured(command, out, environment) for name, (command, out) in asked.items()}
            figures = measure.medians(runs, rounds)
            if threads == 1:
                figures["floor"] = floor(folder, given, bench, rounds)
            yield f"{count:,} rows, CSV to CSV, {threads} thread{'s' * (threads > 1)}", "s", figures, missing
        yield "two threads beside one", "s", both(program, folder, given, rounds), []
    measure.hold(1)


def measured(command, out, environment):
    """A function that gives how long a command takes, which writes a file that is not there before."""

    def run():
        if os.path.exists(out):
            os.remove(out)
        return measure.of_child(command, env=environment)

    return run


def both(program, folder, given, rounds):
    """The seconds that pass on one core, and ours on two."""
    def on(threads):
        ((command, out), *_) = commands(program, folder, given, threads)[0].values()
        run = measured(command, out, None)

        def held():
            measure.hold(threads, passing=True)
            return run()

        return held

    return measure.medians({"one thread": on(1), "gradcalc": on(2)}, max(rounds, 15))


def stream(program, gigabytes):
    """Rows through a pipe, and the largest memory that they take."""
    block = "".join(f"{x!r},{y!r}\n" for x, y in np.random.default_rng(2).uniform(-3, 3, (30_000, 2)).tolist()).encode()
    began = time.perf_counter()
    command = [program, EXPRESSION, "--rows", "-", "-o", os.devnull]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        child.stdin.write(b"x,y\n")
        for _ in range(int(gigabytes * 1e9 / len(block))):
            child.stdin.write(block)
        child.stdin.close()
    assert child.returncode == 0
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{gigabytes:g} GB through a pipe: {time.perf_counter() - began:.0f} s, at most {memory:.1f} MiB of memory")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default=measure.PROGRAM)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--floors")
    parser.add_argument("--stream", type=float)
    options = parser.parse_args()
    if options.stream:
        return stream(options.program, options.stream)
    measure.show(PEERS, rows(options.program, options.rounds, options.rows, options.floors))


if __name__ == "__main__":
    sys.exit(main())
