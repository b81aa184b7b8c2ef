#!/usr/bin/env python3
"""The value and the gradients of a million rows, CSV to CSV, beside polars and NumPy: seconds of the whole process, and ratios.

    python3 benches/rows.py [PROGRAM] [--rows N] [--rounds N]

PROGRAM is target/release/gradcalc unless it is given. Rounds are shuffled, and the middle one counts. The peers are given the backward pass
by hand; what each writes is compared with what we write. A peer that is not installed is named and left out.
"""
import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

EXPRESSION = "(x + sigma(y))/(sigma(x) + (x + y)^2)"

# The stages of the notes' example, forward and backward, of a frame's columns or of arrays.
STAGES = """
sigy = 1/(1 + exp(-y)); num = x + sigy; sigx = 1/(1 + exp(-x)); xpy = x + y; den = sigx + xpy*xpy; invden = 1/den
f = num*invden; dden = -num*invden*invden
dx = invden + dden*sigx*(1 - sigx) + dden*2*xpy; dy = invden*sigy*(1 - sigy) + dden*2*xpy
"""

POLARS = """
import polars as pl, sys
frame = pl.scan_csv(sys.argv[1])
for statement in {stages!r}.replace(chr(10), ";").split(";"):
    if statement.strip():
        name, text = statement.split("=", 1)
        names = dict((column, pl.col(column)) for column in frame.collect_schema().names())
        frame = frame.with_columns(eval(text, dict(names, exp=lambda e: e.exp())).alias(name.strip()))
frame.select("x", "y", "f", "dx", "dy").sink_csv(sys.argv[2])
"""

NUMPY = """
import numpy as np, sys
from numpy import exp
x, y = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1, unpack=True)
exec({stages!r}.replace(";", chr(10)).replace(chr(10) + " ", chr(10)))
np.savetxt(sys.argv[2], np.stack([x, y, f, dx, dy], 1), delimiter=",", header="x,y,f,dx,dy", comments="", fmt="%.17g")
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default="target/release/gradcalc")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = os.path.join(folder, "in.csv")
        numbers = np.random.default_rng(1).uniform(-3, 3, (options.rows, 2))
        with open(table, "w") as file:
            file.write("x,y\n")
            file.writelines(f"{x!r},{y!r}\n" for x, y in numbers.tolist())
        ours = [options.program, EXPRESSION, "--rows", table]
        commands = {f"gradcalc {threads}T": lambda out, t=threads: [*ours, "--threads", t, "-o", out] for threads in ("1", "2")}
        environments = {}
        for peer, text, needed in (("polars", POLARS, "polars"), ("NumPy", NUMPY, "numpy")):
            if subprocess.run([sys.executable, "-c", f"import {needed}"], capture_output=True).returncode:
                print(f"{peer} is not installed: left out")
                continue
            script = os.path.join(folder, f"{needed}_rows.py")
            with open(script, "w") as file:
                file.write(text.format(stages=STAGES))
            for threads in ("1", "2") if peer == "polars" else ("1",):
                name = f"{peer} {threads}T"
                commands[name] = lambda out, script=script: [sys.executable, script, table, out]
                environments[name] = {"POLARS_MAX_THREADS": threads}
        results, taken = {}, {name: [] for name in commands}
        for _ in range(options.rounds):
            for name in random.sample(list(commands), len(commands)):
                out = os.path.join(folder, name.replace(" ", "_") + ".csv")
                before = time.perf_counter()
                subprocess.run(commands[name](out), check=True, env={**os.environ, **environments.get(name, {})})
                taken[name].append(time.perf_counter() - before)
                results[name] = out
        expected = None
        for name, out in results.items():
            found = np.loadtxt(out, delimiter=",", skiprows=1)
            expected = found if expected is None else expected
            assert np.allclose(found, expected, rtol=1e-9, atol=1e-12), name
        best = statistics.median(taken["gradcalc 1T"]), statistics.median(taken["gradcalc 2T"])
        for name, times in taken.items():
            middle = statistics.median(times)
            print(f"{name:12} {middle:7.3f} s  {middle / best[name.endswith('2T')]:6.2f}x of ours at as many threads")


if __name__ == "__main__":
    sys.exit(main())
