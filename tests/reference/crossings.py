"""Writes crossings.jsonl: 300 circuits of up to 400 gates, and how often wires cross where Graphviz's dot lays them out.

    cargo build && python tests/reference/crossings.py > tests/reference/crossings.jsonl

What dot is given is what `--as dot` prints, without its labels, which would take room: in it a wire that splits is one wire up to the
point where it does. A crossing is a point where curves of different wires meet.
"""

import json
import random
import re
import subprocess
import sys

import numpy as np

PROGRAM = "target/debug/gradcalc"
COUNT = 300

# Formulas that people know, each with its inputs.
KNOWN = [
    "(x+y)*z",
    "(x+sigma(y))/(sigma(x)+(x+y)^2)",
    "1/(1+exp(-(w0*x0+w1*x1+w2)))",
    "2*(x*y+max(z,w))",
    "a*x^2+b*x+c",
    "(-b+sqrt(b^2-4*a*c))/(2*a)",
    "sqrt((a-c)^2+(b-d)^2)",
    "exp(-(x-m)^2/(2*s^2))/(s*sqrt(2*pi))",
    "a*b*c*d+b*c*d*p+c*d*p*q",
    "(a+b)*(b+c)*(c+d)*(d+a)",
    "log(exp(a)+exp(b)+exp(c))",
    "exp(a)/(exp(a)+exp(b)+exp(c))",
    "x*y+y*z+z*x",
    "sin(x)*cos(y)+cos(x)*sin(y)",
    "(x^2+y-11)^2+(x+y^2-7)^2",
    "(1-x)^2+100*(y-x^2)^2",
    "s*sigma(d)-k*exp(-r*t)*sigma(d-v*sqrt(t))",
    "p*(1-exp(-r*t))/(r*t)",
    "1/(1/a+1/b+1/c)",
    "hypot(x-a,y-b)+hypot(x-c,y-d)",
]


def tree(rng, gates):
    """An expression of about so many gates in which no stage is used twice."""
    count = 0

    def leaf():
        nonlocal count
        count += 1
        return f"x{count}"

    def grown(size):
        if size <= 0:
            return leaf()
        kind = rng.random()
        if kind < 0.3:
            return f"{rng.choice(['sin', 'tanh', 'sigma'])}({grown(size - 1)})"
        left = rng.randint(0, size - 1)
        sign = rng.choice("+-*") if kind < 0.85 else None
        one, other = grown(left), grown(size - 1 - left)
        return f"({one}{sign}{other})" if sign else f"max({one},{other})"

    text = grown(gates)
    return "".join(f"x{at + 1}={(at % 7 + 1) / 8};" for at in range(count)) + text


def graph(rng, gates, near):
    """Stages that use any of the last `near` ones, or of all of them now and then: wires split and pass by."""
    count = max(2, min(12, gates // 6))
    lines = [f"x{at}={(at % 7 + 1) / 8}" for at in range(count)]
    names = [f"x{at}" for at in range(count)]
    unused = list(names)
    for at in range(gates):
        def operand():
            if unused and rng.random() < 0.7:
                return unused.pop(0)
            return rng.choice(names[-near:] if rng.random() < 0.9 else names)

        one, other = operand(), operand()
        kind = rng.random()
        if kind < 0.35 or one == other:
            text = f"{rng.choice(['sin', 'tanh', 'sigma'])}({one})"
        elif kind < 0.8:
            text = f"{one}{rng.choice('+-*')}{other}"
        else:
            text = f"max({one},{other})"
        lines.append(f"s{at}={text}")
        names.append(f"s{at}")
        unused.append(f"s{at}")
    return ";".join(lines + ["+".join(f"sin({name})" for name in unused)])


def cases():
    rng = random.Random(14)
    for text in KNOWN:
        names = sorted(set(re.findall(r"\b[a-z]\d?\b", text)) - {"e"})
        given = "".join(f"{name}={(at % 7 + 1) / 8};" for at, name in enumerate(names))
        for stages in ("written", "primitive"):
            yield given + text, stages
    while True:
        # Boxes are gates, inputs, and in a graph what adds its ends up.
        gates = round(3 * (330 / 3) ** rng.random())
        text = tree(rng, gates // 2) if rng.random() < 0.25 else graph(rng, gates * 3 // 4, rng.choice([6, 12, 30]))
        yield text, "written"


def curves(text, stages):
    """The curves of a drawing by dot: for each wire its points, and how many boxes there are; nothing of a part of a circuit."""
    graph = subprocess.run([PROGRAM, "--as", "dot", "--stages", stages, text], capture_output=True, text=True)
    if graph.returncode not in (0, 1) or not graph.stdout:
        sys.exit(f"{text}: {graph.stderr}")
    if "not drawn" in graph.stdout:
        return None, 0
    bare = re.sub(r" \[label=<.*?>(, fontcolor=\"#b3400b\")?\];$|, label=<.*?>\];$", lambda m: "];" if m[0][0] == "," else ";", graph.stdout, flags=re.M)
    plain = subprocess.run(["dot", "-Tplain"], input=bare, capture_output=True, text=True, check=True).stdout
    boxes = len(re.findall(r"^node n\d+ ", plain, flags=re.M))
    wires = {}
    for line in plain.replace("\\\n", "").splitlines():
        words = line.split()
        if words[0] != "edge":
            continue
        net = re.match(r"n\d+", words[1])[0]
        count = int(words[3])
        points = np.array(words[4 : 4 + 2 * count], dtype=float).reshape(-1, 2)
        t = np.linspace(0, 1, 9)[:, None]
        for at in range(0, count - 1, 3):
            a, b, c, d = points[at : at + 4]
            curve = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
            wires.setdefault(net, []).append(curve)
    return wires, boxes


def crossings(wires):
    """In how many points do curves of different wires meet?"""
    begins = np.concatenate([curve[:-1] for curves in wires.values() for curve in curves])
    ends = np.concatenate([curve[1:] for curves in wires.values() for curve in curves])
    net = np.concatenate([np.full(len(curve) - 1, at) for at, curves in enumerate(wires.values()) for curve in curves])
    low, high = np.minimum(begins, ends), np.maximum(begins, ends)
    way = ends - begins
    found = 0
    for at in range(len(begins)):
        near = np.flatnonzero(((low[at] <= high) & (low <= high[at])).all(axis=1) & (net > net[at]))
        if len(near) == 0:
            continue
        cross = way[at, 0] * way[near, 1] - way[at, 1] * way[near, 0]
        apart = begins[near] - begins[at]
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (apart[:, 0] * way[near, 1] - apart[:, 1] * way[near, 0]) / cross
            u = (apart[:, 0] * way[at, 1] - apart[:, 1] * way[at, 0]) / cross
        found += int(((t >= 0) & (t < 1) & (u >= 0) & (u < 1)).sum())
    return found


def main():
    count = 0
    for case in cases():
        wires, boxes = curves(*case)
        if wires is None:
            continue
        print(json.dumps({"text": case[0], "stages": case[1], "boxes": boxes, "crossings": crossings(wires)}), flush=True)
        count += 1
        if count == COUNT:
            break


main()
