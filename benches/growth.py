"""Counts the instructions that scripts of some length take, and those of twice the length.

    python3 benches/growth.py PROGRAM

Needs valgrind, whose callgrind counts the same for the same work whatever else the machine does. Prints a line for each kind of
script, and ends with an error where one of twice the length takes more than 2.3 times as much.
"""

import re
import subprocess
import sys
import tempfile

MOST = 2.3


def lines(n, line):
    return "".join(line(i) + "\n" for i in range(n))


def given(n):
    return f"x = [{', '.join(f'0.{i % 997:03}1' for i in range(n))}]\n"


def inputs(question):
    return lambda n: lines(n, lambda i: f"x{i} = 0.{i % 97 + 1}") + question([f"x{i}" for i in range(n)])


SCRIPTS = {
    "statements on one line": (2000, lambda n: "x = 1; " * n),
    "names": (2000, lambda n: lines(n, lambda i: f"v{i} = {i}")),
    "stages": (2000, lambda n: "x = 2\n" + lines(n, lambda i: f"v{i} = x*{i}")),
    "a chain of stages": (2000, lambda n: "x = 2\nv0 = x\n" + lines(n, lambda i: f"v{i + 1} = v{i}*0.5 + x") + f"v{n}"),
    "functions": (1500, lambda n: lines(n, lambda i: f"f{i}(x) = x*{i}")),
    "questions": (1500, lambda n: "x = 2\n" + lines(n, lambda i: f"x*{i}")),
    "stages and questions": (1500, lambda n: "x = 2\n" + lines(n, lambda i: f"y{i} = x*{i}\ny{i}")),
    "a dial that is turned": (1500, lambda n: "x = 2\ny = x^2\n" + lines(n, lambda i: f"x = {i}\ny")),
    "updates": (1500, lambda n: "x = 2\nf = x^2\n" + "x -= 0.001*d(f, x)\n" * n),
    "rounds": (3000, lambda n: f"x = 2\nf = x^2\nrepeat {n} {{ x -= 0.001*d(f, x) }}"),
    "assertions": (2000, lambda n: "x = 2\n" + "assert x == 2\n" * n),
    "lines that print": (2000, lambda n: "x = 2\n" + lines(n, lambda i: f"print x*{i}")),
    "lines that open a bracket": (2000, lambda n: "(\n" * n),
    "brackets": (20000, lambda n: "(" * n + "1" + ")" * n),
    "letters of a name": (40000, lambda n: "a" * n),
    "terms": (4000, lambda n: "x = 0.5\n" + " + ".join(f"x^{i % 7 + 1}*{i}" for i in range(n))),
    "numbers of an array": (40000, lambda n: f"x = linspace(0, 1, {n})\nsum(exp(x)*tanh(x) + x^2)"),
    "elements of an array": (2000, lambda n: f"x = linspace(0, 1, {n})\n" + " + ".join(f"x[{i}]^2" for i in range(n))),
    "rows of a matrix": (1000, lambda n: f"M = ones({n}, 4)\n" + " + ".join(f"sum(M[{i}]^2)" for i in range(n))),
    "numbers that are given": (8000, lambda n: given(n) + "sum(x*x)"),
    "numbers of which some tie": (8000, lambda n: given(n) + "max(x)"),
    # Of so many that a bound on what rounding did does not ask for an evaluation in more digits.
    "inputs": (1500, inputs(lambda names: " + ".join(names))),
    "inputs of a largest": (4000, inputs(lambda names: f"max({', '.join(names)})")),
    "inputs of kinks": (4000, inputs(lambda names: " + ".join(f"relu({name} - 0.5)" for name in names))),
    "inputs of a list": (4000, inputs(lambda names: f"sum([{', '.join(names)}])")),
}

# Chains of stages each of which is asked.
ASKED = {
    "a chain of stages each asked": (1000, lambda n: "x = 2\nv0 = x\n" + lines(n, lambda i: f"v{i + 1} = v{i}*0.6 + x\nv{i + 1}")),
    "a chain named anew and asked": (1000, lambda n: "x = 2\nv = x\n" + "v = v*0.6 + x\nv\n" * n),
    # Behind some 500 steps errors are looked for further back, which takes more for each step.
    "steps in time each asked": (1600, lambda n: "k = 0.5\ny0 = 1\ny = y0\n" + "y = y + 0.01*(-k*y)\ny\n" * n),
    "a map of its own numbers each asked": (200, lambda n: "x = 0.3\nr = 2.5\nv = x\n" + "v = r*v*(1 - v)\nv\n" * n),
    "a vanishing chain each asked": (400, lambda n: "x = 2\nv = x\n" + "v = v*0.5\nv\n" * n),
    "a chain of stages each asserted": (1000, lambda n: "x = 2\nv0 = x\n" + lines(n, lambda i: f"v{i + 1} = v{i}*0.6 + x\nassert v{i + 1} > 0")),
}

# Views, each of an answer of many stages and of one of many inputs. In CSV every row repeats the expression.
VIEWS = "table brief json code latex markdown dot svg html circuit python c numpy jax pytorch js rust polars pyspark".split()
STAGES = {"stages": (1500, SCRIPTS["a chain of stages"][1]), "inputs": (1500, SCRIPTS["inputs"][1])}


def instructions(program, text, view):
    with tempfile.NamedTemporaryFile("w", suffix=".grad") as script:
        script.write(text)
        script.flush()
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "-f", script.name, "--as", view]
        said = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True).stderr
    return int(re.search(r"Collected : (\d+)", said)[1])


def main(program):
    wrong = []
    print(f"{'':42}{'millions':>10}{'twice':>8}")
    works = [(kind, n, script, "brief") for kind, (n, script) in SCRIPTS.items()]
    works += [(f"{view} of {kind}", n, script, view) for view in VIEWS for kind, (n, script) in STAGES.items()]
    works += [(kind, n, script, "value") for kind, (n, script) in ASKED.items()]
    # Gradients of steps in time have backward passes of their own behind some thousand.
    works += [(f"gradients of {kind}", 400 if "steps" in kind else n, script, "brief") for kind, (n, script) in ASKED.items() if "asked" in kind]
    empty = {view: instructions(program, "x = 1\nx\n", view) for view in ["brief", "value", *VIEWS]}
    for kind, n, script, view in works:
        short, long = (instructions(program, script(length), view) - empty[view] for length in (n, 2 * n))
        print(f"{kind:42}{short / 1e6:10.1f}{long / short:8.2f}", flush=True)
        if long > MOST * short:
            wrong.append(kind)
    sys.exit(f"grows too fast: {', '.join(wrong)}" if wrong else 0)


main(sys.argv[1])
