"""Standard deviations of results by the package uncertainties, written to deviations.jsonl next to this file.

    pip install uncertainties==3.2.3
    python deviations.py

Each line has an expression, its inputs with their standard deviations, the value, its standard deviation, and what each
input alone makes of it. Linear error propagation of independent inputs, as documented there.
"""

import json
import pathlib

from uncertainties import ufloat, umath

FUNCTIONS = {name: getattr(umath, name) for name in ["exp", "log", "sin", "cos", "tan", "sqrt", "atan2", "sinh", "tanh", "erf"]}
CASES = [
    ("x*y", {"x": (3.0, 0.1), "y": (4.0, 0.2)}),
    ("x - y", {"x": (1.0, 0.3), "y": (1.0, 0.4)}),
    ("x - x", {"x": (1.0, 0.3)}),
    ("x*x", {"x": (-1.5, 0.25)}),
    ("a*exp(-b*t)", {"a": (2.5, 0.05), "b": (0.11, 0.004), "t": (7.0, 0.0)}),
    ("log(x)/(1 + y**2)", {"x": (5.25, 0.5), "y": (-0.75, 0.125)}),
    ("sqrt(x**2 + y**2 + z**2)", {"x": (1.0, 0.1), "y": (2.0, 0.2), "z": (-2.0, 0.05)}),
    ("sin(x)*cos(y) + tan(x*y)", {"x": (0.3, 0.01), "y": (1.2, 0.02)}),
    ("atan2(y, x)", {"x": (-1.0, 0.03), "y": (0.5, 0.01)}),
    ("x**y", {"x": (2.0, 0.01), "y": (3.5, 0.02)}),
    ("4*pi**2*l/t**2", {"l": (0.995, 0.001), "t": (2.003, 0.004)}),
    ("tanh(x) + sinh(y)*erf(x*y)", {"x": (0.4, 0.1), "y": (0.9, 0.2)}),
    ("1e200*x + 1e200*y", {"x": (1e-150, 1e-151), "y": (2e-150, 1e-151)}),
]
lines = []
for text, inputs in CASES:
    given = {name: ufloat(value, deviation) for name, (value, deviation) in inputs.items()}
    found = eval(text, {**FUNCTIONS, **given, "pi": 3.141592653589793})
    parts = {str(name): 0.0 for name in inputs}
    for variable, part in found.error_components().items():
        parts[next(name for name, known in given.items() if known is variable)] = part
    lines.append(
        json.dumps(
            {
                "expression": text.replace("**", "^"),
                "inputs": {name: list(pair) for name, pair in inputs.items()},
                "value": found.nominal_value,
                "sd": found.std_dev,
                "parts": parts,
            }
        )
    )
pathlib.Path(__file__).with_suffix(".jsonl").write_text("\n".join(lines) + "\n")
