//! What notebooks load, `examples/notebook/gradcalc.py`, driven by Python without a notebook; `.ci/release` runs one.

use std::process::Command;

/// What each text answers with the names of a notebook; what is expected comes from NumPy and from mathematics.
const CHECKS: &str = r#"
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, "examples/notebook")
import numpy as np
import gradcalc
program = sys.argv[1]
gradcalc._program = lambda: program

names = dict(x=3, y=-4.0, big=2**53 + 2, yes=np.bool_(True), half=np.float32(0.5), low=-np.inf, text="t", e=5,
             v=np.array([1, 2, 3]), W=np.arange(6.0).reshape(2, 3), column=np.array([[1], [2]]), row=np.array([[1, 2]]),
             holed=np.array([1, np.nan]), cube=np.zeros((2, 2, 2)), none=np.zeros(0))

def answer(text, *arguments, **more):
    return gradcalc.run(list(arguments), text, names, **more)

def failure(text, *arguments, **more):
    try:
        answer(text, *arguments, **more)
    except gradcalc.Failure as failure:
        return failure
    raise AssertionError(f"{text} did not fail")

# Numbers and arrays come from the notebook with their digits and their shapes, and gradients go back in these.
found, told = answer("x*y")
assert (found.value, found.gradients, told) == (-12.0, {"x": -4.0, "y": 3.0}, ""), (found, told)
assert answer("big")[0].value == 2.0**53 + 2
assert answer("half + yes")[0].value == 1.5 and answer("low")[0].value == -np.inf
found, _ = answer("h = W @ v\nL = sum(h^2)")
h = names["W"] @ names["v"]
assert found.value == (h**2).sum()
assert (found.gradients["W"] == np.outer(2*h, names["v"])).all() and (found.gradients["v"] == names["W"].T @ (2*h)).all()
for name in ("column", "row", "v", "W"):
    assert answer(f"sum({name})")[0].gradients[name].shape == names[name].shape, name
assert np.isnan(answer("sum(holed)")[0].value)
assert answer("W")[0].value.tolist() == names["W"].tolist() and answer("W")[0].gradients == {"W": None}

# What the cell defines is the cell's, also where the notebook has the name, and so is what it turns.
assert answer("x = 7\nx*y")[0].gradients == {"x": -4.0, "y": 7.0}
assert answer("x -= 1\nx^2")[0].value == 4.0
assert answer("x^2", "x=10")[0].value == 100.0
assert answer("print x; y")[0].answers[0]["printed"] is not None

# A name that only the language gives a meaning is told.
found, told = answer("e*x")
assert abs(found.value - 3*np.e) < 1e-15 and "`e` is 2.718281828459045 here" in told, told
assert answer("e = 2; e*x")[1] == ""

# Views are shown as they are; options that JSON refuses leave the values.
shown = lambda *arguments, **more: answer(*arguments, **more)[0]._repr_mimebundle_()
assert shown("x*y", view="svg")["image/svg+xml"].startswith("<svg")
assert shown("x*y", view="html")["text/html"].startswith("<iframe srcdoc=\"&lt;!doctype html&gt;")
assert shown("x*y", view="brief")["text/plain"].count("\n") == 0
found, _ = answer("q = x^2; q*y", "--focus", "q", view="circuit")
assert found.value == -36.0
assert "____(1)" in shown("x*y", "--quiz")["text/plain"]

# What fails says so in the program's words, after what was answered; nothing stale is taken for what failed.
told = str(failure("x*y\n(x + "))
assert "this `(` is never closed" in told and "statements failed" not in told, told
assert failure("x*y\n(x + ").answer.answers[0]["value"] == -12.0
assert failure("x*text")._render_traceback_() == str(failure("x*text")).splitlines()
for name in ("cube", "none", "text"):
    assert f"the notebook's `{name}` is of the type" in str(failure(f"sum({name})")), name
names["q"] = 77
told = str(failure("q = 1 +* 2\nq*y"))
assert "an operand is missing" in told and "`q` failed in line 1" in told, told
assert "unexpected argument '--nonsense'" in str(failure("x", "--nonsense"))
assert "there is no such file" in str(failure('load("/no/such")'))
assert "invalid value 'nothing'" in str(failure("x", view="nothing"))

# Lines are taken apart as the top of the file says.
assert gradcalc._apart("--as svg --digits=4 x*y") == (["--as", "svg", "--digits=4"], "x*y")
assert gradcalc._apart("-x^2 + y") == ([], "-x^2 + y")
assert gradcalc._apart("-- --x") == ([], "--x")
assert gradcalc._options(["--into=r", "k=2", "--as", "svg"]) == ("svg", "r", ["k=2"])
for words in (["--into", "2x"], ["--as"], ["--into", "if"]):
    try:
        gradcalc._options(words)
    except gradcalc.Failure:
        continue
    raise AssertionError(words)
"#;

#[test]
fn a_notebook_is_answered() {
    let python = crate::code::numpy();
    let output = Command::new(python).args(["-c", CHECKS, env!("CARGO_BIN_EXE_gradcalc")]).env("NO_COLOR", "1").output().expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
