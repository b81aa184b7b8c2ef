#!/usr/bin/env python3
"""Texts, views, tables and the whole process beside bc, Python's json, polars and an empty program: processor time, and ratios.

    python3 benches/texts.py [PROGRAM] [--rounds N] [--only NAME]

PROGRAM is target/release/gradcalc unless it is given. Rounds are shuffled, the middle one counts, and starting and reading do not where a row is
about what comes after. What a peer answers is compared with ours. A peer that is not installed is named and left out. `bc` is given the
expression itself, without a shell, and answers with the value alone.
"""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

import measure

PEERS = ["bc", "other"]
LINES = 30_000
STAGES = 200_000
ROWS = 1_000_000


def written(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def output(command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def chain(lines, last):
    """`a_i = a_(i-1)*0.999 + x`, so many times, then the last one."""
    text = ["x = 0.5", "a0 = x"] + [f"a{at} = a{at - 1}*0.999 + x" for at in range(1, lines)]
    return "\n".join([*text, last.format(lines - 1)]) + "\n"


def named_stages(program, rounds, folder):
    """Lines that each name a stage, and the question at their end: value and gradient; bc gives the value."""
    ours = written(folder, "chain.grad", chain(LINES, "a{}"))
    base = written(folder, "one.grad", chain(1, "a{}"))
    command = [program, "--as", "value", "-f"]
    runs = {"gradcalc": lambda: (measure.of_child([*command, ours]) - measure.of_child([*command, base])) / LINES * 1e6}
    missing = []
    if shutil.which("bc"):
        theirs = written(folder, "chain.bc", "scale=20\n" + chain(LINES, "a{}\nquit").replace("a", "v"))
        empty = written(folder, "one.bc", "scale=20\nquit\n")
        value, expected = float(output([*command, ours])), float(output(["bc", "-lq", theirs]).split()[-1])
        assert abs(value - expected) < 1e-9 * abs(expected), (value, expected)
        runs["bc"] = lambda: (measure.of_child(["bc", "-lq", theirs]) - measure.of_child(["bc", "-lq", empty])) / LINES * 1e6
    else:
        missing.append("bc is not installed")
    return f"{LINES:,} lines that name a stage", "us/line", measure.medians(runs, rounds), missing


def operations(program, rounds, folder):
    """A million operations in one text, to value and gradient: no peer takes it."""
    terms = " + ".join(f"x*{at % 977}.5" for at in range(500_000))
    paths = [written(folder, "million.grad", f"x = 0.5\n{terms}\n"), written(folder, "none.grad", "x = 0.5\nx\n")]
    times = lambda: [measure.of_child([program, "--as", "brief", "-f", path]) for path in paths]
    runs = {"gradcalc": lambda: (lambda both: both[0] - both[1])(times())}
    return "a million operations, text to answer", "us/each", measure.medians(runs, rounds), ["no peer answers it"]


def code_beside_json(program, rounds, folder):
    """The printed pass beside the JSON of the same stages."""
    path = written(folder, "stages.grad", chain(LINES, "a{}"))
    runs = {
        "gradcalc": lambda: measure.of_child([program, "--as", "code", "-f", path]) * 1e3,
        "other": lambda: measure.of_child([program, "--as", "json", "-f", path]) * 1e3,
    }
    return f"--as code of {LINES:,} stages (other: its JSON)", "ms", measure.medians(runs, rounds), []


def peak(command):
    """How much memory a command takes, in MiB, and how much it prints, in MB."""
    probe = "import resource, subprocess, sys; n = 0\n" \
        "child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)\n" \
        "while part := child.stdout.read(1 << 20): n += len(part)\n" \
        "assert child.wait() == 0; print(n / 1e6, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    size, memory = map(float, output([sys.executable, "-c", probe, *command]).split())
    return size, memory


def view(program, rounds, folder, name):
    """A view of many stages, megabytes a second beyond the answer alone; JSON beside what Python's json writes of the same."""
    path = written(folder, "many.grad", chain(STAGES, "a{}"))
    command = [program, "--as", name, "-f", path]
    size, memory = peak(command)
    alone = [program, "--as", "value", "-f", path]
    runs = {"gradcalc": lambda: max(measure.of_child(command) - measure.of_child(alone), 1e-3) / size * 1e3}
    missing = [f"{size:.0f} MB, at most {memory:.0f} MiB of memory"]
    if name == "json":
        data = [json.loads(line) for line in output(command).splitlines()]
        sink = open(os.devnull, "w")
        runs["other"] = lambda: measure.of_call(lambda: [json.dump(line, sink) for line in data])() / size * 1e3
    return f"{name} of {STAGES:,} stages" + (" (other: Python's json)" if name == "json" else ""), "ms/MB", measure.medians(runs, rounds), missing


def whole_process(program, rounds, folder):
    """The staged example, all of the process, beside an empty program and bc."""
    command = [program, "(x+sigma(y))/(sigma(x)+(x+y)^2)", "x=3", "y=-4"]
    many = lambda command, **options: lambda: sum(measure.of_child(command, **options) for _ in range(50)) / 50 * 1e3
    runs, missing = {"gradcalc": many(command)}, []
    if shutil.which("rustc"):
        empty = os.path.join(folder, "empty")
        subprocess.run(["rustc", "-O", "-o", empty, written(folder, "empty.rs", "fn main() {}\n")], check=True)
        runs["other"] = many([empty])
    else:
        missing.append("rustc is not installed")
    if shutil.which("bc"):
        text = "x=3; y=-4; (x+1/(1+e(-y)))/(1/(1+e(-x))+(x+y)^2)\nquit\n"
        given = written(folder, "once.bc", text)
        value = float(output([program, "--as", "value", *command[1:]]))
        assert abs(value - float(output(["bc", "-lq", given]))) < 1e-9
        runs["bc"] = many(["bc", "-lq", given])
    else:
        missing.append("bc is not installed")
    return "one answer, whole process (other: empty)", "ms", measure.medians(runs, rounds), missing


def table_read(program, rounds, folder):
    """A table of numbers read, and their sum; polars reads it on one thread."""
    draw = random.Random(1)
    lines = "".join(f"{draw.gauss(0, 1)!r},{draw.gauss(0, 1)!r}\n" for _ in range(ROWS))
    path = written(folder, "table.csv", lines)
    short = written(folder, "short.csv", lines[: lines.index("\n") + 1] * 2)
    command = [program, "--as", "value", "sum(X)"]
    count = 2 * ROWS
    runs = {"gradcalc": lambda: (measure.of_child([*command, f"X=@{path}"]) - measure.of_child([*command, f"X=@{short}"])) / count * 1e9}
    missing = []
    if measure.has("polars"):
        import polars

        read = lambda: polars.read_csv(path, has_header=False).sum()
        value, expected = float(output([*command, f"X=@{path}"])), sum(read().row(0))
        assert abs(value - expected) < 1e-6, (value, expected)
        runs["other"] = lambda: measure.of_call(read)() / count * 1e9
    else:
        missing.append("polars is not installed")
    return f"CSV of {ROWS:,} x 2 (other: polars)", "ns/number", measure.medians(runs, rounds), missing


ALL = {
    "named stages": named_stages,
    "operations": operations,
    "code": code_beside_json,
    "table": lambda *given: view(*given, "table"),
    "json": lambda *given: view(*given, "json"),
    "process": whole_process,
    "csv": table_read,
}


def rows(program, rounds, only=None):
    """The rows of the table, each as soon as it is measured."""
    for name in only or ALL:
        with tempfile.TemporaryDirectory() as folder:
            yield ALL[name](program, rounds, folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default=measure.PROGRAM)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", choices=list(ALL))
    options = parser.parse_args()
    measure.hold()
    measure.show(PEERS, rows(os.path.abspath(options.program), options.rounds, options.only))


if __name__ == "__main__":
    sys.exit(main())
