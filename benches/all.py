#!/usr/bin/env python3
"""Every measurement beside other programs, as ratios: NumPy, JAX, bc, polars, databases and others, each where it is installed.

    sh benches/peers FOLDER                       makes a scratch environment of the peers
    FOLDER/bin/python benches/all.py [PROGRAM] [--rounds N] [--large]

PROGRAM is target/release/gradcalc unless it is given. A table for arrays and texts, one for rows in memory, one for rows of files. Each row says what is measured, in what unit, our figure and each peer's with the
ratio of ours to it: below 1 is faster. A row whose peer is missing says so. Processor time on one core, shuffled rounds, medians; answers are
compared. `--large` adds an array of 1e8 numbers, which takes 10 GB in NumPy.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys

import measure

PEERS = ["NumPy", "JAX", "bc", "other"]
HERE = os.path.dirname(os.path.abspath(__file__))


def missing(label, why):
    return label, "", {}, [why]


def of_arrays(program, rounds, large):
    """Rows over arrays."""
    if not measure.has("numpy"):
        yield missing("arrays", "NumPy is not installed")
        return
    import arrays

    sizes = [10_000_000] + [100_000_000] * large
    for name in arrays.ROWS:
        yield arrays.row(program, name, rounds=rounds)
        if name == "ten gates":
            for size in sizes:
                yield arrays.row(program, name, size, max(1, rounds // 3))


def of_matrices(program, rounds):
    """Rows of matrices: what their script prints."""
    script = os.path.join(HERE, "matrices.py")
    if not os.path.exists(script):
        return
    if not measure.has("numpy"):
        yield missing("matrices", "NumPy is not installed")
        return
    found = subprocess.run([sys.executable, script, program, "--rounds", str(rounds)], check=True, capture_output=True, text=True).stdout
    for line in found.splitlines():
        cells = re.fullmatch(r"(.*?\S)\s+([\d.]+)\s+([\d.]+|-)\s+([\d.]+|-)\s+\S+\s+\S+", line)
        if cells:
            figures = dict(zip(("gradcalc", "NumPy", "JAX"), cells.groups()[1:]))
            yield cells[1], "ms", {peer: float(figure) for peer, figure in figures.items() if figure != "-"}, []


def of_growth(program):
    """How much longer twice the text takes, in instructions."""
    if not shutil.which("valgrind"):
        yield missing("twice the text", "valgrind is not installed")
        return
    found = subprocess.run([sys.executable, os.path.join(HERE, "growth.py"), program], capture_output=True, text=True).stdout
    for line in found.splitlines()[1:]:
        if cells := re.fullmatch(r"(.*\S)\s+[\d.]+\s+([\d.]+)", line):
            yield f"twice the {cells[1]}", "times", {"gradcalc": float(cells[2]), "other": 2.0}, []


def rows(program, rounds, large):
    """Every row, each as soon as it is measured."""
    import texts

    yield from of_arrays(program, rounds, large)
    yield from of_matrices(program, rounds)
    yield from texts.rows(program, rounds)
    yield from of_growth(program)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default=measure.PROGRAM)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    measure.hold()
    program = os.path.abspath(options.program)
    measure.show(PEERS, rows(program, options.rounds, options.large))
    if not measure.has("numpy"):
        return
    import columns
    import rows as tables

    measure.show(columns.PEERS, columns.rows(program, options.rounds))
    measure.show(tables.PEERS, tables.rows(program, options.rounds))


if __name__ == "__main__":
    sys.exit(main())
