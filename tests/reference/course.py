"""The numbers that the scripts of examples/course assert, computed by JAX in binary64.

    pip install "jax[cpu]==0.10.2" numpy==2.4.6
    python course.py            # says which numbers of the scripts differ from these
    python course.py --write    # writes these numbers into the scripts

Each function below does what one script does, with the script's inputs, in JAX: values by jax.numpy, gradients by
jax.grad. It returns pairs of what stands left of `==` and the number that belongs on the right. They are the script's
assertions that end in `± 1e-9`, all of them, in the script's order; those with other tolerances compare two sides that
the calculator computes. Numbers are written with 11 digits.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

SCRIPTS = Path(__file__).resolve().parents[2] / "examples" / "course"
ASSERTION = re.compile(r"^assert (?P<left>.+?) == (?P<right>.+) ± 1e-9$", re.MULTILINE)
Pairs = list[tuple[str, jax.Array]]
COURSE: dict[str, Callable[[], Pairs]] = {}


def course(script: str) -> Callable[[Callable[[], Pairs]], Callable[[], Pairs]]:
    """Enters a function as the reference of a script."""

    def enter(function: Callable[[], Pairs]) -> Callable[[], Pairs]:
        COURSE[script] = function
        return function

    return enter


def array(*rows: object) -> jax.Array:
    return jnp.array(rows[0] if len(rows) == 1 else rows, dtype=jnp.float64)


def gradients(name: str, function: Callable[..., jax.Array], **inputs: jax.Array) -> Pairs:
    """The gradient of a function of keywords on each of them."""
    grads = jax.grad(lambda given: function(**given))({key: jnp.asarray(value, dtype=jnp.float64) for key, value in inputs.items()})
    return [(f"d({name}, {key})", grads[key]) for key in inputs]


def descend(function: Callable[..., jax.Array], inputs: dict[str, jax.Array], rate: float, steps: int) -> dict[str, jax.Array]:
    """Plain descent; the gradients of a step are taken before any input moves."""
    gradient = jax.jit(jax.grad(lambda given: function(**given)))
    for _ in range(steps):
        grads = gradient(inputs)
        inputs = {key: value - rate * grads[key] for key, value in inputs.items()}
    return inputs


@course("01-softmax-loss")
def softmax_loss() -> Pairs:
    X, y = array([1, 0.5], [-0.3, 1.2], [0.8, -1.1]), np.array([0, 2, 1])
    W, b = array([0.3, -0.8, 0.5], [1.1, 0.6, -0.4]), array([0.1, -0.2, 0.05])

    def loss(scores: jax.Array) -> jax.Array:
        return -jnp.mean(jax.nn.log_softmax(scores, axis=1)[np.arange(3), y])

    scores = X @ W + b
    return [
        ("loss", loss(scores)),
        ("probs", jax.nn.softmax(scores, axis=1)),
        ("d(loss, scores)", jax.grad(loss)(scores)),
        *gradients("loss", lambda W, b: loss(X @ W + b), W=W, b=b),
    ]


@course("02-multiclass-svm")
def multiclass_svm() -> Pairs:
    X, y = array([1, 0.5], [-0.3, 1.2], [0.8, -1.1], [-1.4, -0.6]), np.array([0, 2, 1, 1])
    W, b = array([0.3, 1.1, -0.5], [-0.8, 0.6, 0.9]), array([0.15, -0.2, 0.05])

    def loss(scores: jax.Array) -> jax.Array:
        total = 0.0
        for row, right in enumerate(y):
            for other in range(3):
                if other != right:
                    total += jax.nn.relu(scores[row, other] - scores[row, right] + 1)
        return total / 4

    scores = X @ W + b
    return [
        ("loss", loss(scores)),
        ("d(loss, scores)", jax.grad(loss)(scores)),
        *gradients("loss", lambda W, b: loss(X @ W + b), W=W, b=b),
    ]


@course("03-linear-regression")
def linear_regression() -> Pairs:
    X, t = array([1, 0], [1, 1], [1, 2], [1, 3]), array([1.1, 2.9, 5.2, 6.8])

    def loss(w: jax.Array) -> jax.Array:
        return jnp.mean((X @ w - t) ** 2)

    start = jnp.zeros(2)
    best = np.linalg.lstsq(np.asarray(X), np.asarray(t), rcond=None)[0]
    return [
        ("loss", loss(start)),
        *gradients("loss", loss, w=start),
        ("w", descend(loss, {"w": start}, 0.1, 100)["w"]),
        ("w", jnp.asarray(best)),
        ("d(loss, w)", jnp.zeros(2)),
    ]


@course("04-logistic-regression")
def logistic_regression() -> Pairs:
    table = np.loadtxt(SCRIPTS / "exam.csv", delimiter=",", skiprows=1)
    X, t = table[:, :2], table[:, 2]

    def loss(w: jax.Array, b: jax.Array) -> jax.Array:
        p = jax.nn.sigmoid(X @ w + b)
        return -jnp.mean(t * jnp.log(p) + (1 - t) * jnp.log(1 - p))

    start = {"w": array([0.5, -0.5]), "b": jnp.float64(-0.2)}
    end = descend(loss, start, 0.5, 50)
    return [("loss", loss(**start)), *gradients("loss", loss, **start), ("w", end["w"]), ("b", end["b"]), ("loss", loss(**end))]


@course("05-l2-regularisation")
def l2_regularisation() -> Pairs:
    X, t = array([1, 2], [-1, 0.5], [0.3, -0.7]), array([1, 0, -1])
    w, strength = array([0.8, -0.4]), 0.1

    def data(w: jax.Array) -> jax.Array:
        return jnp.mean((X @ w - t) ** 2)

    def loss(w: jax.Array, **given: jax.Array) -> jax.Array:
        return data(w) + given["lambda"] * jnp.sum(w**2)

    inputs = {"w": w, "lambda": strength}
    found = gradients("loss", loss, **inputs)
    return [("data", data(w)), ("loss", loss(**inputs)), *found, ("w", w - 0.05 * found[0][1])]


@course("06-two-layers")
def two_layers() -> Pairs:
    X, t = array([0, 0], [0, 1], [1, 0], [1, 1]), array([0, 1, 1, 0])
    start = {
        "W1": array([1.2, -0.9, 0.4], [-1.1, 1.3, 0.7]),
        "b1": array([0.1, -0.1, 0.2]),
        "W2": array([0.8, 0.9, -0.5]),
        "b2": jnp.float64(0.05),
    }

    def score(W1: jax.Array, b1: jax.Array, W2: jax.Array, b2: jax.Array) -> jax.Array:
        return jnp.tanh(X @ W1 + b1) @ W2 + b2

    def loss(**given: jax.Array) -> jax.Array:
        z = score(**given)
        return -jnp.mean(t * jax.nn.log_sigmoid(z) + (1 - t) * jax.nn.log_sigmoid(-z))

    end = descend(loss, start, 0.5, 200)
    return [("loss", loss(**start)), *gradients("loss", loss, **start), ("loss", loss(**end)), ("sigma(z)", jax.nn.sigmoid(score(**end)))]


@course("07-batch-norm")
def batch_norm() -> Pairs:
    x, dout = array([1, -2], [3, 0.5], [-1, 1], [2, 2.5]), array([0.3, -1], [0.5, 0.2], [-0.7, 0.4], [1.1, 0.6])
    inputs = {"x": x, "scale": array([1.5, 0.7]), "shift": array([0.1, -0.3])}

    def out(x: jax.Array, scale: jax.Array, shift: jax.Array) -> jax.Array:
        return scale * (x - x.mean(0)) / jnp.sqrt(x.var(0) + 1e-5) + shift

    def loss(**given: jax.Array) -> jax.Array:
        return jnp.sum(out(**given) * dout)

    return [("loss", loss(**inputs)), ("out", out(**inputs)), *gradients("loss", loss, **inputs)]


@course("08-layer-norm")
def layer_norm() -> Pairs:
    t = array([1, 0, 0], [0, 1, 0])
    inputs = {"x": array([1, -2, 0.5], [3, 0.5, -1]), "scale": array([1.5, 0.7, 1]), "shift": array([0.1, -0.3, 0])}

    def out(x: jax.Array, scale: jax.Array, shift: jax.Array) -> jax.Array:
        return scale * jax.nn.standardize(x, axis=1, epsilon=1e-5) + shift

    def loss(**given: jax.Array) -> jax.Array:
        return jnp.mean((out(**given) - t) ** 2)

    return [("loss", loss(**inputs)), ("out", out(**inputs)), *gradients("loss", loss, **inputs)]


@course("09-dropout")
def dropout() -> Pairs:
    mask, x = array([1, 0, 1, 1], [1, 1, 1, 0]), array([0.5, -1, 2], [1, 0.3, -0.7])
    W = array([0.2, -0.4, 0.6, 0.1], [0.9, 0.3, -0.2, 0.8], [-0.5, 0.7, 0.4, 0.6])

    def dropped(h: jax.Array) -> jax.Array:
        return jnp.where(mask == 1, h / 0.75, 0)

    def loss(h: jax.Array) -> jax.Array:
        return jnp.sum(dropped(h) ** 2)

    h = jnp.tanh(x @ W)
    return [("loss", loss(h)), ("dropped", dropped(h)), ("d(loss, h)", jax.grad(loss)(h)), *gradients("loss", lambda W: loss(jnp.tanh(x @ W)), W=W)]


@course("10-rnn")
def rnn() -> Pairs:
    xs, t = array([1, 0.5], [-0.3, 0.8], [0.6, -1]), array([0.5, -0.5])
    inputs = {"Wx": array([0.5, -0.3], [0.2, 0.8]), "Wh": array([0.1, 0.4], [-0.6, 0.3]), "b": array([0.05, -0.1])}

    def states(Wx: jax.Array, Wh: jax.Array, b: jax.Array, nudge: jax.Array) -> jax.Array:
        def step(h: jax.Array, given: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
            h = jnp.tanh(given[0] @ Wx + h @ Wh + b) + given[1]
            return h, h

        return jax.lax.scan(step, jnp.zeros(2), (xs, nudge))[1]

    def loss(nudge: jax.Array = jnp.zeros((3, 2)), **given: jax.Array) -> jax.Array:
        return jnp.sum((states(nudge=nudge, **given)[2] - t) ** 2)

    on_states = jax.grad(lambda nudge: loss(nudge, **inputs))(jnp.zeros((3, 2)))
    return [
        ("loss", loss(**inputs)),
        ("h3", states(nudge=jnp.zeros((3, 2)), **inputs)[2]),
        *gradients("loss", loss, **inputs),
        ("d(loss, h1)", on_states[0]),
    ]


@course("11-lstm")
def lstm() -> Pairs:
    Wx = array([0.2, -0.1, 0.4, 0.3, -0.5, 0.6, 0.1, 0.7], [0.5, 0.2, -0.3, 0.1, 0.8, -0.2, 0.4, -0.6])
    Wh = array([0.3, 0.1, -0.2, 0.5, 0.4, 0.2, -0.7, 0.1], [-0.4, 0.6, 0.2, 0.3, -0.1, 0.5, 0.2, 0.8])
    inputs = {"c": array([0.4, -0.2]), "h": array([0.1, 0.3]), "x": array([0.5, -1]), "b": array([0, 0, 1, 1, 0, 0, 0, 0])}

    def step(c: jax.Array, h: jax.Array, x: jax.Array, b: jax.Array) -> tuple[jax.Array, jax.Array]:
        i, f, o, g = jnp.split(x @ Wx + h @ Wh + b, 4)
        after = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return after, jax.nn.sigmoid(o) * jnp.tanh(after)

    def loss(**given: jax.Array) -> jax.Array:
        return step(**given)[1] @ array([1, -2])

    c_next, h_next = step(**inputs)
    return [("c_next", c_next), ("h_next", h_next), ("loss", loss(**inputs)), *gradients("loss", loss, **inputs)]


@course("12-gru")
def gru() -> Pairs:
    Wr, Wn = array([0.4, 0.3], [-0.3, 0.1]), array([0.1, 0.7], [0.4, -0.6])
    Uz = array([0.3, 0.1], [-0.4, 0.6])
    inputs = {
        "x": array([0.5, -1]),
        "h": array([0.1, 0.3]),
        "Wz": array([0.2, -0.1], [0.5, 0.2]),
        "Ur": array([-0.2, 0.5], [0.2, 0.3]),
        "Un": array([-0.7, 0.1], [0.2, 0.8]),
    }

    def step(x: jax.Array, h: jax.Array, Wz: jax.Array, Ur: jax.Array, Un: jax.Array) -> jax.Array:
        z, r = jax.nn.sigmoid(x @ Wz + h @ Uz), jax.nn.sigmoid(x @ Wr + h @ Ur)
        return z * h + (1 - z) * jnp.tanh(x @ Wn + (r * h) @ Un)

    def loss(**given: jax.Array) -> jax.Array:
        return jnp.sum(step(**given) ** 2)

    return [("h_next", step(**inputs)), ("loss", loss(**inputs)), *gradients("loss", loss, **inputs)]


@course("13-attention")
def attention() -> Pairs:
    inputs = {
        "Q": array([1, 0.5], [-0.3, 0.8]),
        "K": array([0.6, -1], [0.2, 0.9], [1.1, 0.4]),
        "V": array([1, 0], [0.5, -1], [-0.2, 2]),
    }

    def weights(Q: jax.Array, K: jax.Array) -> jax.Array:
        return jax.nn.softmax(jnp.einsum("qd,kd->qk", Q, K) / np.sqrt(2), axis=1)

    def out(Q: jax.Array, K: jax.Array, V: jax.Array) -> jax.Array:
        return weights(Q, K) @ V

    def loss(**given: jax.Array) -> jax.Array:
        return jnp.sum(out(**given) * array([1, -1], [0.5, 2]))

    return [("weights", weights(inputs["Q"], inputs["K"])), ("out", out(**inputs)), ("loss", loss(**inputs)), *gradients("loss", loss, **inputs)]


@course("14-causal-attention")
def causal_attention() -> Pairs:
    x = array([1, 0.5], [-0.3, 0.8], [0.6, -1])
    inputs = {"Wq": array([0.5, -0.2], [0.3, 0.7]), "Wk": array([0.1, 0.9], [-0.6, 0.4]), "Wv": array([0.8, 0.2], [-0.5, 1])}
    ahead = np.triu(np.ones((3, 3), dtype=bool), 1)

    def weights(x: jax.Array, Wq: jax.Array, Wk: jax.Array) -> jax.Array:
        return jax.nn.softmax(jnp.where(ahead, -jnp.inf, (x @ Wq) @ (x @ Wk).T / np.sqrt(2)), axis=1)

    def out(x: jax.Array, Wq: jax.Array, Wk: jax.Array, Wv: jax.Array) -> jax.Array:
        return weights(x, Wq, Wk) @ (x @ Wv)

    def loss(**given: jax.Array) -> jax.Array:
        return jnp.sum(out(x, **given) ** 2)

    return [
        ("weights", weights(x, inputs["Wq"], inputs["Wk"])),
        ("out", out(x, **inputs)),
        *gradients("middle", lambda x: jnp.sum(out(x, **inputs)[1]), x=x),
        ("loss", loss(**inputs)),
        *gradients("loss", loss, **inputs),
    ]


@course("15-embedding")
def embedding() -> Pairs:
    E, t = array([0.1, 0.2], [-0.3, 0.4], [0.5, -0.6]), array([1, 0], [0, 1], [-1, 0.5])

    def loss(E: jax.Array) -> jax.Array:
        return jnp.sum((E[np.array([0, 2, 0])] - t) ** 2)

    return [("loss", loss(E)), *gradients("loss", loss, E=E)]


@course("16-convolution")
def convolution() -> Pairs:
    signal = {"x": array([1, -0.5, 2, 0.3, -1, 0.8]), "k": array([0.5, -1, 0.25])}
    image = {
        "X": array([1, 0.5, -0.3, 2], [0.2, -1, 0.8, 0.1], [0.6, 1.5, -0.7, 0.4], [-0.2, 0.9, 0.3, 1.1]),
        "K": array([1, -0.5], [0.25, 2]),
    }

    def out(x: jax.Array, k: jax.Array) -> jax.Array:
        return jnp.correlate(x, k, mode="valid")

    def pooled(out: jax.Array) -> jax.Array:
        return out.reshape(2, 2).max(1)

    def line(out: jax.Array) -> jax.Array:
        return pooled(out) @ array([1, 2])

    def features(X: jax.Array, K: jax.Array) -> jax.Array:
        return jax.lax.conv(X[None, None], K[None, None], (1, 1), "VALID")[0, 0]

    def loss(F: jax.Array) -> jax.Array:
        return jnp.sum(jax.lax.reduce_window(F, -jnp.inf, jax.lax.max, (2, 2), (1, 1), "VALID") ** 2)

    filtered, F = out(**signal), features(**image)
    return [
        ("out", filtered),
        ("pooled", pooled(filtered)),
        ("d(line, out)", jax.grad(line)(filtered)),
        *gradients("line", lambda x, k: line(out(x, k)), **signal),
        ("F", F),
        ("loss", loss(F)),
        ("d(loss, F)", jax.grad(loss)(F)),
        *gradients("loss", lambda X, K: loss(features(X, K)), **image),
    ]


@course("17-huber")
def huber() -> Pairs:
    X, t, w = array([1, 0], [1, 1], [1, 2], [1, 3]), array([0.2, 1.1, 1.9, 9]), array([0, 0.8])

    def loss(r: jax.Array) -> jax.Array:
        inside = jnp.minimum(jnp.abs(r), 1)
        return jnp.mean(inside**2 / 2 + (jnp.abs(r) - inside))

    r = X @ w - t
    return [
        ("loss", loss(r)),
        ("d(loss, r)", jax.grad(loss)(r)),
        *gradients("loss", lambda w: loss(X @ w - t), w=w),
        *gradients("squares", lambda w: jnp.mean((X @ w - t) ** 2 / 2), w=w),
    ]


@course("18-cosine-similarity")
def cosine_similarity() -> Pairs:
    inputs = {"a": array([1, 2, -0.5]), "b": array([0.3, -1, 2])}

    def similarity(a: jax.Array, b: jax.Array) -> jax.Array:
        return a @ b / jnp.sqrt((a @ a) * (b @ b))

    return [("similarity", similarity(**inputs)), *gradients("similarity", similarity, **inputs)]


@course("19-kl-divergence")
def kl_divergence() -> Pairs:
    p, z = array([0.1, 0.6, 0.3]), array([0.5, -0.2, 1])

    def kl(z: jax.Array) -> jax.Array:
        return jnp.sum(p * jnp.log(p / jax.nn.softmax(z)))

    def reverse(z: jax.Array) -> jax.Array:
        return jnp.sum(jax.nn.softmax(z) * jnp.log(jax.nn.softmax(z) / p))

    return [("kl", kl(z)), *gradients("kl", kl, z=z), ("reverse", reverse(z)), *gradients("reverse", reverse, z=z)]


@course("20-vae-loss")
def vae_loss() -> Pairs:
    x, noise = array([0.9, 0.1, 0.6]), array([0.7, -1.2])
    inputs = {"mu": array([0.5, -0.3]), "logvar": array([-0.2, 0.4]), "W": array([0.4, -0.6, 0.2], [0.3, 0.8, -0.5])}

    def reconstruction(mu: jax.Array, logvar: jax.Array, W: jax.Array) -> jax.Array:
        p = jax.nn.sigmoid((mu + jnp.sqrt(jnp.exp(logvar)) * noise) @ W)
        return -jnp.sum(x * jnp.log(p) + (1 - x) * jnp.log(1 - p))

    def kl(mu: jax.Array, logvar: jax.Array) -> jax.Array:
        return jnp.sum(jnp.exp(logvar) + mu**2 - 1 - logvar) / 2

    def loss(mu: jax.Array, logvar: jax.Array, W: jax.Array) -> jax.Array:
        return reconstruction(mu, logvar, W) + kl(mu, logvar)

    return [
        ("reconstruction", reconstruction(**inputs)),
        ("kl", kl(inputs["mu"], inputs["logvar"])),
        ("loss", loss(**inputs)),
        *gradients("loss", loss, **inputs),
    ]


@course("21-triplet-loss")
def triplet_loss() -> Pairs:
    inputs = {
        "anchor": array([1, 0.5], [-1, 0]),
        "positive": array([0.2, 1], [-0.9, 0.1]),
        "negative": array([0.4, -0.3], [2, 1.5]),
    }

    def distance(one: jax.Array, other: jax.Array) -> jax.Array:
        return jnp.sum((one - other) ** 2, axis=1)

    def loss(anchor: jax.Array, positive: jax.Array, negative: jax.Array) -> jax.Array:
        return jnp.mean(jax.nn.relu(distance(anchor, positive) - distance(anchor, negative) + 0.5))

    return [
        ("near", distance(inputs["anchor"], inputs["positive"])),
        ("far", distance(inputs["anchor"], inputs["negative"])),
        ("loss", loss(**inputs)),
        *gradients("loss", loss, **inputs),
    ]


def valley(w: jax.Array) -> jax.Array:
    """The loss of the three optimisers."""
    return (w[0] ** 2 + 20 * w[1] ** 2) / 2


@course("22-momentum")
def momentum() -> Pairs:
    start, v = array([2, 1]), jnp.zeros(2)
    plain, w = descend(valley, {"w": start}, 0.04, 20)["w"], start
    for _ in range(20):
        v = 0.7 * v - 0.04 * jax.grad(valley)(w)
        w = w + v
    first = gradients("loss", valley, w=start)
    return [*first, ("w", plain), ("loss", valley(plain)), ("w", w), ("v", v), *gradients("loss", valley, w=w), ("loss", valley(w))]


@course("23-nesterov")
def nesterov() -> Pairs:
    start, v = array([2, 1]), jnp.zeros(2)
    w = start
    for _ in range(20):
        v = 0.7 * v - 0.04 * jax.grad(valley)(w + 0.7 * v)
        w = w + v
    return [*gradients("loss", valley, w=start), ("w", w), ("v", v), *gradients("loss", valley, w=w), ("loss", valley(w))]


@course("24-adam")
def adam() -> Pairs:
    start, m, v = array([2, 1]), jnp.zeros(2), jnp.zeros(2)
    w = start
    for t in range(1, 21):
        g = jax.grad(valley)(w)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - 0.1 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)
    first = gradients("loss", valley, w=start)
    return [*first, ("m", m), ("v", v), ("w", w), *gradients("loss", valley, w=w), ("loss", valley(w))]


@course("25-ppo")
def ppo() -> Pairs:
    actions, advantage = np.array([0, 1, 1, 0]), array([1, -0.5, 2, -1])
    logits = array([0.2, 0], [0.3, 0.1], [-0.4, 0.5], [0.9, -0.6])

    def ratio(logits: jax.Array) -> jax.Array:
        return jax.nn.softmax(logits, axis=1)[np.arange(4), actions] / array([0.5, 0.4, 0.3, 0.6])

    def loss(logits: jax.Array) -> jax.Array:
        r = ratio(logits)
        return -jnp.mean(jnp.minimum(r * advantage, jnp.clip(r, 0.8, 1.2) * advantage))

    return [("ratio", ratio(logits)), ("loss", loss(logits)), *gradients("loss", loss, logits=logits)]


def text(value: jax.Array) -> str:
    """A number, a vector or a matrix in the calculator's language."""
    value = np.asarray(value)
    if value.ndim == 0:
        return f"{float(value) + 0.0:.11g}"
    return f"[{('; ' if value.ndim == 2 else ', ').join(text(part).strip('[]') for part in value)}]"


def numbers(text: str) -> list[float] | None:
    """The numbers of such a text in order, or None for a place not yet filled."""
    return None if text == "?" else [float(number) for number in re.split(r"[,;]\s*", text.strip("[]"))]


def filled(script: str, old: str, pairs: Pairs) -> tuple[str, list[str]]:
    """The script with the numbers of `pairs`, and what was different in it."""
    lefts = [found["left"] for found in ASSERTION.finditer(old)]
    if lefts != [left for left, _ in pairs]:
        sys.exit(f"{script}: it asserts {lefts}, and here is {[left for left, _ in pairs]}")
    values, different = iter(pairs), []

    def fill(found: re.Match[str]) -> str:
        left, value = next(values)
        kept, flat = numbers(found["right"]), np.ravel(value)
        if kept is None or len(kept) != flat.size or not np.allclose(kept, flat, rtol=1e-10, atol=1e-12):
            different.append(f"{script}: {left} is {text(value)}, not {found['right']}")
            return f"assert {left} == {text(value)} ± 1e-9"
        return found[0]

    return ASSERTION.sub(fill, old), different


def main() -> None:
    scripts = sorted(SCRIPTS.glob("*.grad"))
    if [script.stem for script in scripts] != sorted(COURSE):
        sys.exit(f"the scripts without a reference, or references without a script: {set(COURSE) ^ {script.stem for script in scripts}}")
    differences = []
    for script in scripts:
        new, different = filled(script.name, script.read_text(encoding="utf-8"), COURSE[script.stem]())
        differences += different
        if "--write" in sys.argv[1:]:
            script.write_text(new, encoding="utf-8")
    print("\n".join(differences) or "every number agrees")
    sys.exit(bool(differences) and "--write" not in sys.argv[1:])


if __name__ == "__main__":
    main()
