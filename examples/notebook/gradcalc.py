"""gradcalc in a notebook: `%load_ext gradcalc`, then `%gradcalc x^2*y` or a cell that begins with `%%gradcalc`.

    %gradcalc [OPTIONS] EXPR
    %%gradcalc [OPTIONS] [NAME=VALUE ...]
    statements

The statements are those of a script. What they use and do not define is taken from the notebook: numbers, and NumPy's arrays of
one and two dimensions. The answer is shown as `--as VIEW` says: a table, or another view as text; `--as svg` is a figure in the page
and `--as html` a page in it that plays the passes. The other options are the program's; before an expression their values follow
a `=`, as in `--digits=4`. `--into NAME` gives the notebook's NAME the answer:

    NAME.value         the value of the last expression, a float or an array
    NAME.gradients     its gradients on the inputs, by their names; None where there is none
    NAME.answers       everything, as the objects of `--as json`, one for each expression, assertion and `print`

`NAME = %gradcalc EXPR` does so too. What fails is told in the program's own words and stops the run of the notebook.

This file calls the program and shows what it says. It reads no expression and differentiates nothing.
"""

import html
import json
import keyword
import math
import numbers
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile

__all__ = ["Answer", "Failure", "load_ipython_extension", "run"]

# Views that have no colours of a terminal.
UNPAINTED = ("svg", "html", "markdown", "latex", "dot")

# Options that say how a view looks, with whether their value is the next word: JSON, by which values come back, refuses them.
LOOKS = {"--focus": True, "--quiz": False, "--shapes": False}

# Names that have a meaning in the language though nothing defines them.
CONSTANTS = {"e": math.e, "pi": math.pi, "tau": math.tau, "inf": math.inf}

# How high a page that plays is in the notebook.
PAGE = '<iframe srcdoc="{}" sandbox="allow-scripts" style="width: 100%; height: 42em; border: 0"></iframe>'


class Failure(Exception):
    """What the program says is wrong. A notebook shows its words alone, without the lines of this file."""

    def _render_traceback_(self):
        return str(self).splitlines()


class Answer:
    """What a cell has answered; see the top of this file."""

    def __init__(self, answers, shown):
        self.answers = answers
        self._shown = shown
        results = [answer for answer in answers if "value" in answer]
        last = results[-1] if results else {"value": None, "inputs": []}
        self.value = _number(last["value"])
        self.gradients = {one["name"]: _number(one["gradient"]) for one in last.get("inputs", [])}

    def __repr__(self):
        return f"<gradcalc.Answer: value {self.value!r}, gradients {self.gradients!r}>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self._shown


def _number(value):
    """A number or an array of the JSON, whose infinities and nan are texts."""
    if isinstance(value, list):
        import numpy

        return numpy.array(_floats(value), dtype=float)
    return None if value is None else float(value)


def _floats(value):
    return [_floats(one) for one in value] if isinstance(value, list) else float(value)


def _program():
    """The program that was installed with this file, or else the one on the path."""
    beside = shutil.which("gradcalc", path=sysconfig.get_path("scripts"))
    found = beside or shutil.which("gradcalc")
    if found is None:
        raise Failure("the program gradcalc is neither beside this Python nor on the path: install it, as with `pip install gradcalc`")
    return found


def _call(arguments, text):
    """What the program prints and tells, and its exit code."""
    ended = subprocess.run([_program(), *arguments], input=text, capture_output=True, encoding="utf-8")
    return ended.stdout, ended.stderr, ended.returncode


def _written(value):
    """A number in the calculator's language; None where it is no number."""
    if isinstance(value, numbers.Integral):
        # All of its digits: a float would lose those of a large one without a word.
        return str(int(value))
    if isinstance(value, numbers.Real):
        return repr(float(value)).replace("nan", "(0/0)")
    return None


def _definition(name, value, folder):
    """A statement that gives a name a value of the notebook: an input of the statements that follow. None where it is neither
    a number nor an array of numbers in one or two dimensions."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, (numpy.ndarray, numpy.generic)) and value.ndim == 0:
        value = value.item()
    number = _written(value)
    if number is not None:
        return f"{name} = {number};\n"
    if numpy is None or not isinstance(value, numpy.ndarray):
        return None
    if value.ndim > 2 or value.dtype.kind not in "biuf" or value.size == 0:
        return None
    rows = [[_written(number) for number in row] for row in value.reshape(len(value), -1).tolist()]
    shape = ", ".join(map(str, value.shape))
    if not numpy.isfinite(value).all():
        # Files of numbers hold finite ones.
        flat = ", ".join(number for row in rows for number in row)
        return f"{name} = reshape([{flat}], {shape});\n"
    path = pathlib.Path(folder, f"{name}.csv")
    path.write_text("".join(",".join(row) + "\n" for row in rows))
    # What the lines of a file do not say of the shape, `reshape` does.
    return f'{name} = reshape(load("{path.as_posix()}"), {shape});\n'


def _without_looks(arguments):
    """The options without those that say how a view looks."""
    kept, words = [], list(arguments)
    while words:
        word = words.pop(0)
        if word.partition("=")[0] not in LOOKS:
            kept.append(word)
        elif LOOKS.get(word) and words:
            words.pop(0)
    return kept


def _bound(arguments, text, namespace, folder):
    """The definitions of what the text needs and the notebook has, as arguments; what the program answers then; and what it
    needs in vain though the notebook has it. The program says what lacks, and is asked again until nothing does."""
    defined, computing = {}, _without_looks(arguments)
    script = pathlib.Path(folder, "notebook.grad")
    while True:
        script.write_text("".join(defined.values()), encoding="utf-8")
        sources = ["-f", str(script), "-f", "-"] if defined else ["-f", "-"]
        printed, told, code = _call(["--as", "json", *computing, *sources], text)
        answers = [json.loads(line) for line in printed.splitlines()]
        if code not in (0, 1) and not answers:
            raise Failure(told.rstrip("\n"))
        unknown = dict.fromkeys(name for answer in answers for name in answer.get("error", {}).get("unknown", []))
        known = [name for name in unknown if name in namespace and name not in defined]
        found = {name: _definition(name, namespace[name], folder) for name in known}
        useful = {name: definition for name, definition in found.items() if definition is not None}
        if not useful:
            return sources, answers, known
        defined.update(useful)


def _bundle(view, shown):
    """What is shown of a view, by kinds of content."""
    if view == "svg":
        return {"text/plain": "a figure", "image/svg+xml": shown}
    if view == "html":
        return {"text/plain": "a page", "text/html": PAGE.format(html.escape(shown, quote=True))}
    if view == "markdown":
        return {"text/plain": shown, "text/markdown": shown}
    return {"text/plain": shown}


def _remarks(text, namespace, refused):
    """What is said of names that the notebook has and the calculator did not take from it."""
    for name in refused:
        kind = type(namespace[name]).__name__
        yield f"note: the notebook's `{name}` is of the type {kind}, and neither a number nor an array of numbers in one or two dimensions\n"
    for name, meaning in CONSTANTS.items():
        value = namespace.get(name)
        used, given = re.search(rf"\b{name}\b", text), re.search(rf"\b{name}\s*=(?!=)", text)
        if isinstance(value, numbers.Real) and value != meaning and used and not given:
            yield f"note: `{name}` is {meaning!r} here, and not the notebook's; `{name} = ...` in the cell gives it another value\n"


def run(arguments, text, namespace, view="table"):
    """Answers a text with the names of a namespace. `arguments` are the program's, without `--as` and what it reads.

    Raises Failure where the program fails; what it has answered before is in its attribute `answer`.
    """
    with tempfile.TemporaryDirectory(prefix="gradcalc-") as folder:
        sources, answers, refused = _bound(arguments, text, namespace, folder)
        painted = "never" if view in UNPAINTED or os.environ.get("NO_COLOR") else "always"
        shown, told, code = _call(["--as", view, "--color", painted, *arguments, *sources], text)
    answer = Answer(answers, _bundle(view, shown.rstrip("\n")))
    # Its count includes the definitions of what came from the notebook.
    told = re.sub(r"^\d+ of \d+ statements failed\n", "", told, flags=re.MULTILINE)
    told += "".join(_remarks(text, namespace, refused))
    if any("error" in one for one in answers) or code not in (0, 1):
        failure = Failure(told.rstrip("\n"))
        failure.answer = answer if shown else None
        raise failure
    return answer, told


def _options(words):
    """The options of this file out of those of the program: `--as VIEW`, `--into NAME`, and the rest."""
    own, rest = {"--as": "table", "--into": None}, []
    words = list(words)
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if name not in own:
            rest.append(word)
        elif equals or words:
            own[name] = value if equals else words.pop(0)
        else:
            raise Failure(f"a value is missing behind `{name}`")
    into = own["--into"]
    if into is not None and (not into.isidentifier() or keyword.iskeyword(into)):
        raise Failure(f"`{into}` is no name of Python: `--into` takes the name that gets the answer")
    return own["--as"], into, rest


def _apart(line):
    """The options before an expression, and the expression: what begins with two dashes is an option, and the word behind
    `--as` and `--into` its value."""
    options, rest = [], line.strip()
    while rest.startswith("--"):
        word, _, rest = rest.partition(" ")
        options.append(word)
        rest = rest.lstrip()
        if word == "--":
            options.pop()
            break
        if word in ("--as", "--into") and rest:
            value, _, rest = rest.partition(" ")
            options.append(value)
            rest = rest.lstrip()
    return options, rest


def _magic(shell):
    from IPython.core.magic import no_var_expand
    from IPython.display import display

    # A brace is a block of the calculator, not a name of the notebook.
    @no_var_expand
    def gradcalc(line, cell=None):
        if cell is None:
            words, text = _apart(line)
        else:
            words, text = shlex.split(line), cell
        view, into, arguments = _options(words)
        try:
            answer, told = run(arguments, text, shell.user_ns, view)
        except Failure as failure:
            if getattr(failure, "answer", None) is not None:
                display(failure.answer)
            raise
        if told:
            print(told, end="", file=sys.stderr)
        if into is not None:
            shell.user_ns[into] = answer
        return answer

    gradcalc.__doc__ = __doc__
    return gradcalc


def load_ipython_extension(shell):
    """What `%load_ext gradcalc` calls."""
    shell.register_magic_function(_magic(shell), magic_kind="line_cell", magic_name="gradcalc")
