"""Right backward passes in other words, written to against.jsonl next to this file.

    pip install numpy sympy jax
    python against.py

Gradients that SymPy derives, factored by its `cse`, expanded and simplified; the programs that JAX makes of a gradient, an
equation a line; and passes derived by hand, in another order, with other names and other signs of addition.
"""

import json
import random
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import sympy

jax.config.update("jax_enable_x64", True)

# The inputs, the forward pass as Python, and a backward pass by hand, a line each.
COURSES = [
    (dict(x=3.0, y=-4.0),
     "sigy = sigma(y); num = x + sigy; sigx = sigma(x); xpy = x + y; xpysqr = xpy**2; den = sigx + xpysqr; invden = 1/den; f = num*invden",
     "dnum = invden; dinvden = num; dden = -1.0/den**2*dinvden; dsigx = dden; dxpysqr = dden; dxpy = 2*xpy*dxpysqr; dx = dxpy; dy = dxpy; "
     "dx += (1 - sigx)*sigx*dsigx; dx += dnum; dsigy = dnum; dy += (1 - sigy)*sigy*dsigy"),
    (dict(x=-2.0, y=5.0, z=-4.0),
     "q = x + y; p = q*z; r = p - x; f = r*q",
     "dr = q; dq = r; dp = dr; dx = -dr; dq += z*dp; dz = q*dp; dx += dq; dy = dq"),
    (dict(w0=2.0, x0=-1.0, w1=-3.0, x1=-2.0, w2=-3.0),
     "a = w0*x0; b = w1*x1; c = a + b; s = c + w2; f = sigma(s)",
     "ds = (1 - f)*f; dc = ds; dw2 = ds; da = dc; db = dc; dw1 = x1*db; dx1 = w1*db; dw0 = x0*da; dx0 = w0*da"),
    (dict(a=0.7, b=1.3, c=2.1),
     "ab = a*b; r = exp(ab); u = r + c; s = log(u); t = r/s; g = t**2; f = g*a",
     "dg = a; da = g; dt = 2*t*dg; dr = dt/s; ds = -r/s**2*dt; du = ds/u; dr += du; dc = du; dab = r*dr; da += b*dab; db = a*dab"),
    (dict(x=0.6, y=1.4, z=2.3),
     "u = x*y; h = tanh(u); k = h**2; m = k + z; g = sqrt(m); p = h*g; v = cos(x); f = p - v",
     "dp = 1; dv = -1; dh = g*dp; dg = h*dp; dm = 0.5/g*dg; dk = dm; dz = dm; dh += 2*h*dk; du = (1 - h**2)*dh; dx = y*du; dy = x*du; "
     "dx += -sin(x)*dv"),
    (dict(w=[0.5, -1.2, 0.8], x=[1.5, 0.4, -0.7], t=0.6),
     "p = w*x; s = sum(p); r = s - t; q = r**2; n = w*w; m = sum(n); f = q*m",
     "dq = m; dm = q; dn = ones(3)*dm; dw = 2*w*dn; dr = 2*r*dq; ds = dr; dt = -dr; dp = ones(3)*ds; dw += x*dp; dx = w*dp"),
    (dict(W=[[0.5, -1.2], [0.8, 0.3]], X=[[1.5, 0.4], [-0.7, 0.9]]),
     "D = W @ X; S = sigma(D); Q = S @ W; f = sum(Q*S)",
     "dQ = S; dS = Q; dS += dQ @ W.T; dW = S.T @ dQ; dD = (1 - S)*S*dS; dW += dD @ X.T; dX = W.T @ dD"),
    (dict(w=[0.4, -0.9], b=0.3, X=[[1.0, 2.0], [0.5, -1.0], [-2.0, 0.7]]),
     "y = X @ w; z = y + b; r = z - 0.4; q = r**2; L = mean(q); n = sum(w*w); R = 0.1*n; f = L + R",
     "dL = 1; dR = 1; dn = 0.1*dR; dw = 2*w*dn; dq = ones(3)/3*dL; dr = 2*r*dq; dz = dr; dy = dz; db = sum(dz); dw += X.T @ dy; "
     "dX = outer(dy, w)"),
    (dict(X=[[1.0, 0.5], [-0.3, 2.0]], W1=[[0.4, -0.6], [1.1, 0.2]], b1=[0.1, -0.2], W2=[[0.7, 0.3], [-0.5, 0.9]]),
     "A = X @ W1; B = A + b1; H = tanh(B); S = H @ W2; E = S**2; f = sum(E)",
     "dE = ones(2, 2); dS = 2*S*dE; dH = dS @ W2.T; dW2 = H.T @ dS; dB = (1 - H**2)*dH; dA = dB; db1 = sum(dB, 0); dX = dA @ W1.T; dW1 = X.T @ dA"),
    (dict(z=[0.5, -1.2, 0.8], k=1.3),
     "u = k*z; e = exp(u); S = sum(e); p = e/S; l = log(p); m = p*l; f = -sum(m)",
     "dm = -ones(3); dl = p*dm; dp = l*dm; dp += dl/p; de = dp/S; dS = -sum(e*dp)/S**2; de += ones(3)*dS; du = e*de; dk = sum(z*du); dz = k*du"),
]


def literal(value):
    return json.dumps(value)


def forward(course):
    inputs, text, _ = course
    return "; ".join([f"{name} = {literal(value)}" for name, value in inputs.items()] + [text])


def scalar(course):
    return all(isinstance(value, float) for value in course[0].values())


def by_sympy(course):
    """The gradient of the whole, factored by SymPy in three ways."""
    names = {name: sympy.Symbol(name, real=True) for name in course[0]}
    scope = dict(names, sigma=lambda x: 1 / (1 + sympy.exp(-x)), **{name: getattr(sympy, name) for name in "exp log tanh sqrt cos".split()})
    exec(course[1], scope)
    slopes = [sympy.diff(scope["f"], symbol) for symbol in names.values()]
    for way, of in {"cse": lambda x: x, "expanded": sympy.expand, "together": sympy.together}.items():
        common, parts = sympy.cse([of(slope) for slope in slopes], symbols=sympy.numbered_symbols("common"))
        lines = [f"{name} = {value}" for name, value in common] + [f"d{name} = {part}" for name, part in zip(names, parts)]
        yield f"sympy, {way}", lines


BINARY = {"mul": "*", "add": "+", "add_any": "+", "sub": "-", "div": "/"}
UNARY = {"exp": "exp({})", "log": "log({})", "tanh": "tanh({})", "logistic": "sigma({})", "sin": "sin({})", "cos": "cos({})",
         "sqrt": "sqrt({})", "neg": "-{}", "copy": "{}", "stop_gradient": "{}"}


def ones(shape):
    return f"ones({', '.join(map(str, shape))})" if shape else "1"


def equation(eqn, word):
    """An equation of a jaxpr as an expression."""
    name, operands, to = eqn.primitive.name, [word(v) for v in eqn.invars], eqn.outvars[0].aval.shape
    if name in BINARY:
        return f"{operands[0]} {BINARY[name]} {operands[1]}"
    if name in UNARY:
        return UNARY[name].format(operands[0])
    if name == "square":
        return f"{operands[0]}**2"
    if name == "integer_pow":
        return f"{operands[0]}**({eqn.params['y']})"
    if name == "pow":
        return f"{operands[0]}**{operands[1]}"
    if name in ("convert_element_type", "squeeze"):
        return operands[0]
    if name == "transpose":
        return f"{operands[0]}.T"
    if name == "reshape":
        return f"{operands[0]}.reshape({', '.join(map(str, to))})" if to else f"sum({operands[0]})"
    if name == "broadcast_in_dim":
        shape = eqn.invars[0].aval.shape
        if len(shape) == 1 and len(to) == 2 and eqn.params["broadcast_dimensions"] == (0,):
            return f"{ones(to)}*{operands[0]}.reshape({shape[0]}, 1)"
        return f"{ones(to)}*{operands[0]}"
    if name == "reduce_sum":
        axes, shape = eqn.params["axes"], eqn.invars[0].aval.shape
        return f"sum({operands[0]})" if len(axes) == len(shape) else f"sum({operands[0]}, {axes[0]})"
    if name == "dot_general":
        (lefts, rights), batch = eqn.params["dimension_numbers"]
        assert batch == ((), ())
        if not lefts:
            return f"outer({operands[0]}, {operands[1]})"
        (left,), (right,) = lefts, rights
        (a, b), (m, n) = operands, [v.aval.ndim for v in eqn.invars]
        a = f"{a}.T" if m == 2 and left == 0 else a
        b = f"{b}.T" if n == 2 and right == 1 else b
        return f"{a} @ {b}"
    raise NotImplementedError(str(eqn))


def by_jax(course):
    """The program of JAX's gradient, an equation a line."""
    inputs, text, _ = course
    scope = dict(sigma=jax.lax.logistic, sum=jnp.sum, mean=jnp.mean, **{name: getattr(jnp, name) for name in "exp log tanh sqrt cos".split()})

    def value(*arguments):
        names = dict(scope, **dict(zip(inputs, arguments)))
        exec(text, names)
        return names["f"]

    arguments = [jnp.array(value) for value in inputs.values()]
    for way, of in {"grad": jax.grad, "value_and_grad": jax.value_and_grad}.items():
        closed = jax.make_jaxpr(of(value, argnums=tuple(range(len(inputs)))))(*arguments)
        lines, words = [], dict(zip(closed.jaxpr.invars, inputs))
        for constant, known in zip(closed.jaxpr.constvars, closed.consts):
            words[constant] = literal(np.asarray(known).tolist())

        def word(v):
            if hasattr(v, "val"):
                return f"({float(v.val)!r})" if np.ndim(v.val) == 0 else literal(np.asarray(v.val).tolist())
            return words[v]

        def program(jaxpr):
            for eqn in jaxpr.eqns:
                inner = eqn.params.get("jaxpr") or eqn.params.get("call_jaxpr")
                if inner is not None:
                    inner = getattr(inner, "jaxpr", inner)
                    words.update({own: word(given) for own, given in zip(inner.invars, eqn.invars)})
                    program(inner)
                    words.update({out: word(own) for out, own in zip(eqn.outvars, inner.outvars)})
                    continue
                words[eqn.outvars[0]] = f"v{len(lines)}"
                lines.append(f"v{len(lines)} = {equation(eqn, word)}")

        program(closed.jaxpr)
        for name, out in zip(inputs, closed.jaxpr.outvars[-len(inputs):]):
            lines.append(f"d{name} = {word(out)}")
        yield f"jax, {way}", lines


def names_in(text):
    return set(re.findall(r"[A-Za-z_]\w*", text))


def parsed(course):
    return [re.match(r"(\w+) (\+?=) (.*)", line).groups() for line in course[2].split("; ")]


def shuffled(rows, draw):
    """The lines in another order in which each still has what it uses; the first of a name has `=`, the others `+=`."""
    rows, made, begun = list(rows), [], set()
    while rows:
        ready = [row for row in rows if not any(other[0] in names_in(row[2]) for other in rows if other is not row)]
        row = draw.choice(ready)
        rows.remove(row)
        made.append((row[0], "+=" if row[0] in begun else "=", row[2]))
        begun.add(row[0])
    return made


def renamed(rows, form):
    """The gradients under other names."""
    own = {row[0] for row in rows}
    word = lambda match: form.format(match.group()[1:]) if match.group() in own else match.group()
    return [tuple(re.sub(r"[A-Za-z_]\w*", word, part) for part in row) for row in rows]


def by_hand(course, draw):
    rows = parsed(course)
    text = lambda rows: [f"{name} {sign} {value}" for name, sign, value in rows]
    yield "another order", text(shuffled(rows, draw))
    yield "another order and names", text(renamed(shuffled(rows, draw), draw.choice(["d_{}", "grad_{}", "{}_grad", "dLd{}"])))
    long = [(name, "=", f"{name} + {value}" if sign == "+=" else value) for name, sign, value in shuffled(rows, draw)]
    yield "sums written out", text(long)
    # Each product in the other direction, by a name of its own.
    turned = []
    for at, (name, sign, value) in enumerate(rows):
        factors = value.split("*")
        if "@" in value or "**" in value or "(" in value or len(factors) < 2 or value.startswith("-"):
            turned.append(f"{name} {sign} {value}")
        else:
            turned += [f"part{at} = {'*'.join(reversed(factors))}", f"{name} {sign} part{at}"]
    yield "products turned", turned


def main():
    draw = random.Random(13)
    rows = []
    for course in COURSES:
        passes = [*by_hand(course, draw), *by_jax(course)]
        passes += by_sympy(course) if scalar(course) else []
        rows += [{"by": by, "forward": forward(course), "backward": "\n".join(lines)} for by, lines in passes]
    path = Path(__file__).with_name("against.jsonl")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    print(len(rows))


main()
