#!/usr/bin/env python3
"""What large pages buy: processor time of whole runs with them, and with a system that gives none, in shuffled rounds; Linux alone.

    python3 benches/pages.py [PROGRAM] [--rounds N]

PROGRAM is target/release/gradcalc unless it is given. Arrays are smaller and larger than those for which large pages are asked; of the
others both figures are the same.
"""
import argparse
import ctypes
import os

import measure

# From linux/prctl.h: what is started inherits it.
PR_SET_THP_DISABLE = 41
ONE, TEN = "sum(x*x)", "sum(tanh(x)*exp(-x^2) + sigma(x)/(1 + x^2) - log(2 + sin(x)))"


def large_pages(there):
    """What a child does before it begins: nothing else may tell the two apart."""

    def begin():
        if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_THP_DISABLE, int(not there), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")

    return begin


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default=measure.PROGRAM)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    measure.hold()
    table = measure.Table(["small pages"])
    for name, text in [("one gate", ONE), ("ten gates", TEN)]:
        for size in [100_000, 1_000_000, 10_000_000, 40_000_000]:
            command = [os.path.abspath(options.program), "--as", "brief", text, f"x=linspace(0, 1, {size})"]
            runs = {
                "gradcalc": lambda: measure.of_child(command, preexec_fn=large_pages(True)) * 1e9 / size,
                "small pages": lambda: measure.of_child(command, preexec_fn=large_pages(False)) * 1e9 / size,
            }
            table.row(f"{name} over {size:.0e}", "ns/number", measure.medians(runs, options.rounds))


if __name__ == "__main__":
    main()
