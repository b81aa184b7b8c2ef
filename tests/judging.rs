//! What a backward pass is judged by: at which inputs, what of it is not read, and how the verdict is told.
//!
//! The right and the wrong formulas come from mathematics: a wrong one is another function that has the same values where inputs are 0.

use crate::support::{is_deep, part_of};
use gradcalc::session::{Session, Settings};
use gradcalc::views::against::{self, Comparison, Verdict};
use gradcalc::views::{Page, Role, Source, Style};
use std::io;
use std::sync::Arc;
use unicode_width::UnicodeWidthStr as _;

fn compared(forward: &str, backward: &str) -> Comparison {
    tried(forward, backward).expect("it is compared")
}

fn tried(forward: &str, backward: &str) -> Result<Comparison, gradcalc::Fault> {
    let mut session = Session::new(Settings::default());
    let mut last = None;
    let source = Source { name: Arc::from("forward"), line: 1 };
    session.run(forward, &source, true, &mut |answer| last = Some(answer.expect("it has a value"))).expect("it is in the language");
    session.against(&last.expect("an answer"), backward, "backward")
}

/// A page as text.
#[derive(Default)]
struct Text(String);

impl Page for Text {
    fn put(&mut self, _: Role, text: &str) -> io::Result<()> {
        self.0.push_str(text);
        Ok(())
    }
}

fn shown(found: &Comparison, view: &str, style: &Style) -> String {
    let mut page = Text::default();
    against::show(found, view, style, &mut page).expect("it is written");
    page.0
}

/// Points and verdict never speak against each other.
fn agrees(found: &Comparison) {
    let (points, most) = found.points();
    assert_eq!(found.is_right(), points == most, "{points} of {most}: {:?} {:?}", found.lines, found.gradients);
    assert_eq!(found.is_right(), found.status() == "right");
}

/// A sum over elements, its derivative, and functions that are that at 0.
type AtZero = (&'static str, &'static str, &'static [&'static str]);

const AT_ZERO: &[AtZero] = &[
    ("x^2", "2*x", &["3*x", "x^2", "sin(x)", "x", "2*x^3"]),
    ("x^3", "3*x^2", &["3*x", "x^2", "x^3"]),
    ("exp(x)", "exp(x)", &["x + 1", "cos(x)", "1 - x", "exp(-x)"]),
    ("sin(x)", "cos(x)", &["exp(x)", "1 - x", "1 + x^2"]),
    ("tanh(x)", "1 - tanh(x)^2", &["1 - x", "1 - tanh(x)"]),
    ("sigma(x)", "sigma(x)*(1 - sigma(x))", &["sigma(x)/2", "sigma(x)^2", "0.25*exp(x)"]),
    ("log1p(x)", "1/(1 + x)", &["1 - x", "exp(-x)"]),
    ("softplus(x)", "sigma(x)", &["0.5 + x", "0.5*exp(x)"]),
    ("cosh(x)", "sinh(x)", &["x", "sin(x)", "tanh(x)"]),
    ("x*exp(x)", "(1 + x)*exp(x)", &["exp(x)", "1 + x", "1 + 2*x"]),
    // Defined on one side alone.
    ("x^2.5", "2.5*x^1.5", &["2*x^1.5", "x^2", "x"]),
];

/// Arrays with zeros in some places, of every shape.
fn patterns() -> Vec<String> {
    let mut found: Vec<String> = ["0", "[0]", "[[0]]"].map(str::to_owned).to_vec();
    for (rows, columns) in [(0, 2), (0, 3), (0, 5), (2, 2), (1, 3), (3, 2)] {
        let count = if rows == 0 { columns } else { rows * columns };
        // All of them, one of them, all but one, and beside ones and others: all ones are parts of nothing, one of them is a class's label.
        let lists: [&dyn Fn(usize) -> &'static str; 6] = [
            &|_| "0",
            &|at| if at == 1 { "0" } else { "0.7" },
            &|at| if at == 0 { "0.7" } else { "0" },
            &|at| if at % 2 == 0 { "0" } else { "1" },
            &|at| if at == 0 { "1" } else { "0" },
            &|at| if at == 0 { "0" } else { "1" },
        ];
        for number in lists {
            let numbers: Vec<&str> = (0..count).map(number).collect();
            let lines: Vec<String> = numbers.chunks(columns).map(|row| row.join(", ")).collect();
            found.push(format!("[{}]", lines.join("; ")).replace("[[", "["));
            if rows == 1 {
                let last = found.pop().expect("a text");
                found.push(format!("[{last}]"));
            }
        }
    }
    found
}

/// No zero of an input, and no equal numbers, make a wrong formula right.
#[test]
fn nothing_is_right_where_inputs_are_zero() {
    let mut count = 0;
    for (function, right, wrong) in AT_ZERO {
        for (at, x) in patterns().into_iter().enumerate() {
            let forward = format!("x = {x}; f = sum({function})");
            let found = compared(&forward, &format!("dx = {right}"));
            assert!(found.is_right() && !found.alone, "{forward}: dx = {right}: {:?}", found.lines);
            // Of the wrong formulas every third where time is short, others at each pattern.
            for wrong in part_of(wrong.iter(), at, 3) {
                let found = compared(&forward, &format!("dx = {wrong}"));
                assert!(!found.is_right(), "{forward}: dx = {wrong}: {:?}", found.lines);
                agrees(&found);
                count += 1;
            }
        }
    }
    assert!(count > if is_deep() { 1_000 } else { 300 }, "{count}");
}

/// Losses whose wrong gradients are right where the inputs are 0, or all the same.
#[test]
fn nothing_is_right_by_chance_of_a_layer() {
    let logistic = "const X = [1, 2; 3, 4; 5, 6]; const y = [0, 1, 1]; p = sigma(X @ W); L = -sum(y*log(p) + (1 - y)*log(1 - p))";
    let softmax = "const y = [0, 1, 0]; p = softmax(z); L = -sum(y*log(p))";
    let cases: &[(&str, &[&str], &str, &[&str])] = &[
        (
            logistic,
            &["W = [0, 0]"],
            "dW = X.T @ (p - y)",
            &["dW = X.T @ (2*p*p - y)", "dW = X.T @ (p^2*2 - y)", "dW = X.T @ (0.5 - y)*(1 + W)"],
        ),
        (softmax, &["z = [0, 0, 0]"], "dz = p - y", &["dz = p^2*3 - y", "dz = (1 + z)/3 - y", "dz = p*exp(z) - y"]),
        (
            "f = sum(x^2)",
            &["x = [0, 0]", "x = [1, 1]", "x = [0.5, 0.5]", "x = [0, 1]"],
            "dx = 2*x",
            &["dx = 2*mean(x)*ones(2)", "dx = 2*x[0]*ones(2)", "dx = x + x^2"],
        ),
        // Parts of a whole are moved freely where the gradient is one on them, or on what is made of them.
        (
            "q = sum(x); f = q^2",
            &["x = [0.5, 0.5]", "x = [0, 1]", "x = [0.2, 0.3, 0.5]"],
            "dq = 2*q; dx = dq*np.ones_like(x)",
            &["dx = 2*np.ones_like(x)", "dq = 2; dx = dq*np.ones_like(x)", "dq = 2*q^2; dx = dq*np.ones_like(x)"],
        ),
        ("f = sum(W @ W.T)", &["W = [1, 0; 0, 1]", "W = [0, 0; 0, 0]"], "dW = 2*ones(2, 2) @ W", &["dW = 2*W @ ones(2, 2)", "dW = 2*W"]),
    ];
    for (forward, inputs, right, wrong) in cases {
        for input in *inputs {
            let forward = format!("{input}; {forward}");
            let found = compared(&forward, right);
            assert!(found.is_right(), "{forward}: {right}: {:?}", found.lines);
            for wrong in *wrong {
                let found = compared(&forward, wrong);
                // At the inputs that make them equal, and at no others.
                assert!(!found.is_right(), "{forward}: {wrong}: {:?}", found.lines);
                agrees(&found);
            }
        }
    }
}

/// Labels mean what they mean: one-hot rows stay parts of a whole where others are judged, and constants stay.
#[test]
fn labels_keep_their_meaning() {
    for y in ["[0, 1, 0]", "[1, 0, 0]", "[0.2, 0.3, 0.5]"] {
        for z in ["[0, 0, 0]", "[0.5, -1.2, 0.8]"] {
            let forward = |word: &str| format!("{word}y = {y}; z = {z}; p = softmax(z); L = -sum(y*log(p))");
            let found = compared(&forward(""), "dy = -log(p)\ndz = p - y");
            assert!(found.is_right(), "{y} {z}: {:?}", found.lines);
            assert!(compared(&forward("const "), "dz = p - y").is_right());
            assert!(!compared(&forward(""), "dy = -log(p)/sum(y)\ndz = p - y").is_right(), "{y} {z}");
        }
    }
    // Labels of classes by number select, and no element of a mask that selects is moved.
    let forward = "y = [1, 0, 1]; P = [0.1, 0.9; 0.3, 0.7; 0.5, 0.5]; f = -mean(log(P[range(3), y]))";
    assert!(compared(forward, "dP = -onehot(y, 2)/P/3").is_right());
    let forward = "const m = [1, 0, 1]; x = [0, 0, 2]; f = sum(where(m > 0, x^2, x))";
    assert!(compared(forward, "dx = where(m > 0, 2*x, 1)").is_right());
}

/// Where no other inputs can be tried, that is said.
#[test]
fn what_is_judged_at_the_given_inputs_alone_is_told() {
    let found = compared("x = 0; f = sqrt(-x^2)*0 + 3*x", "dx = 3*cos(x)");
    assert!(found.alone && shown(&found, "brief", &Style::default()).contains("at the given inputs"));
    assert!(!compared("x = 0; f = 3*x", "dx = 3*cos(x)^0").alone);
}

const FORWARD: &str = "x = -2; y = 5; z = -4; q = x + y; f = q*z";
const RIGHT: &str = "dq = z\ndz = q\ndx = dq\ndy = dq\n";

/// Behind right lines, what Python or the language would do to `dx`, or to what runs below.
const CHANGING: &[&str] = &[
    "for i in range(3): dx += 1",
    "for i in range(3):\n    dx += 1",
    "for dx in [1, 2]: pass",
    "for i in range(3):\n    if i > 1:\n        dx = i",
    "if q > 0: dx = 0",
    "if q > 0: a = 1; dx = 0",
    "if q > 0:\n    print(1)\nelse:\n    dx = 1",
    "if q > 0:\n    print(1)\nelif q < -1:\n    dx = 1",
    "repeat 3 { dx = dx*2 }",
    "repeat 3 {\n    a = 1\n    dx = a\n}",
    "raise",
    "raise ValueError('no')",
    "while True: pass",
    "while dx < 3:\n    dx += 1",
    "del dx",
    "del a, dx",
    "exec(\"dx = 5\")",
    "exec('dx = 5')",
    "_ = exec(\"dx = 5\")",
    "print(eval('dx'))",
    "globals()['dx'] = 5",
    "globals().update(dx=5)",
    "with open('a') as dx: pass",
    "with open('a') as f:\n    dx = float(f.read())",
    "try:\n    dx = 1\nexcept ValueError:\n    pass",
    "try:\n    pass\nfinally:\n    dx = 1",
    "dx.fill(0)",
    "_ = dx.sort()",
    "dx.flat.put(0, 3)",
    "dx.add_(1)",
    "dx.__iadd__(1)",
    "np.copyto(dx, 0)",
    "np.add.at(dx, 0, 1)",
    "np.add(dx, 1, out=dx)",
    "a = np.add(dx, 1, out=dx)",
    "np.random.shuffle(dx)",
    "dx **= 2",
    "dx //= 2",
    "dx %= 2",
    "dx[...] = 0",
    "dx.flat[0] = 1",
    "dx, dy = dy, dx + 1",
    "(dx, a) = (1, 2)",
    "[dx] = [1]",
    "print(dx := 5)",
    "include \"other.grad\"",
    "def f():\n    global dx\n    dx = 3\nf()",
    "def f(a):\n    a[0] = 3\nf(dx)",
    "if __name__ == '__main__':\n    for i in range(3):\n        dx += 1",
];

/// What changes no gradient: none of these costs a point.
const HARMLESS: &[&str] = &[
    "print('dx = 5', dx)",
    "print(\"exec dx = 5\")",
    "print(f'{dx:.3f}')",
    "import numpy as np\nfrom math import *",
    "\"\"\"\ndx = 5\nfor all of them: dx += 1\n\"\"\"",
    "'''\ndx = 5\n'''",
    "# for i in x: dx = 3",
    "assert dx == z, 'no'",
    "assert np.allclose(dx, -4)",
    "plt.show()",
    "plt.plot(dx); plt.title('x = 3')",
    "np.random.seed(0)",
    "check(dx)",
    "grads.append(dx)",
    "dx",
    "pass",
    "...",
    "for g in [dx, dy]:\n    print(g)",
    "for i in range(3):\n    a = dx*2",
    "if abs(dx - 1) > 3: print('bad')",
    "if not np.isclose(dx, -4):\n    raise ValueError",
    "if __name__ == '__main__':\n    print(dx)",
    "with np.errstate(all='ignore'):\n    print(1/dx)",
    "try:\n    import numpy as np\nexcept ImportError:\n    pass",
    "def show(g):\n    h = g*2\n    return h\nshow(dx)",
    "def later(): dx = 99",
    "def later():\n    dx = 99",
    "class A:\n    dx = 3",
    "t = 3\nfor i in range(3):\n    t += 1",
    "for i in range(3):\n    dx += 1\ndx = dq",
    "sys.exit()",
    "a = 'exec'",
    "grads = {'x': dx, 'y': dy}",
    "class Net:\n    def backward(self):\n        dx = 3",
];

#[test]
fn what_is_not_read_and_may_change_a_gradient_is_for_a_person() {
    for text in CHANGING {
        for before in ["", "dx = 0\n"] {
            let found = compared(FORWARD, &format!("{before}{RIGHT}{text}"));
            assert_eq!(found.status(), "look", "{text}: {:?}", found.lines);
            agrees(&found);
            // The line is named, and it is said what it may change.
            let line = found.first_wrong().expect("a line");
            let number = line.number.expect("a number");
            let first = before.lines().count() + RIGHT.lines().count() + 1;
            assert!((first..first + text.lines().count()).contains(&number) && !line.says.is_empty(), "{text}: {line:?}");
        }
        // Above lines that are not right it hides none of another gradient.
        if !text.starts_with("raise") && !text.starts_with("while") {
            let found = compared(FORWARD, &format!("{}{text}", RIGHT.replace("dz = q", "dz = -q")));
            assert_eq!(found.status(), "wrong", "{text}: {:?}", found.lines);
        }
    }
}

#[test]
fn what_changes_nothing_costs_nothing() {
    for text in HARMLESS {
        let found = compared(FORWARD, &format!("{RIGHT}{text}\n"));
        assert!(found.is_right(), "{text}: {:?}", found.lines);
        agrees(&found);
    }
    // Above the lines as well, where no later one would hide that it is not read.
    for text in HARMLESS.iter().filter(|text| !text.contains("dx += 1\ndx") && !text.contains("exit") && !text.contains("raise")) {
        let found = compared(FORWARD, &format!("{text}\n{RIGHT}"));
        assert!(found.is_right(), "{text}: {:?}", found.lines);
    }
}

/// What a loop works on, and what a loop makes of a name that later lines use, is not judged; the loop is named, not they.
#[test]
fn a_loop_is_named_as_the_cause() {
    for text in [
        "dq = z\ndz = q\ndy = dq\ndx = 0\nfor g in [dq]: dx += g",
        "dq = z\ndz = q\ndy = dq\ndx = 0\nfor g in [dq]:\n    dx += g",
        "dq = z\ndz = q\ndy = dq\nfor g in [dq]:\n    dx = g",
        "dq = z\ndz = q\ndy = dq\nt = 0\nfor g in [dq]:\n    t += g\ndx = t",
        "def backward():\n    dq = z\n    dz = q\n    dy = dq\n    dx = 0\n    for g in [dq]:\n        dx += g\n    return dx",
    ] {
        let found = compared(FORWARD, text);
        assert_eq!((found.status(), found.points()), ("look", (3.0, 4.0)), "{text}: {:?}", found.lines);
        assert!(found.first_wrong().is_some_and(|line| line.text.starts_with("for")), "{text}: {:?}", found.lines);
        agrees(&found);
    }
}

/// What stands in a class or in a dictionary is not read: where gradients come from there alone, a person must look.
#[test]
fn classes_and_dictionaries_are_for_a_person() {
    let class = compared(FORWARD, "class Net:\n    def backward(self):\n        dq = z\n        dz = q\n        dx = dq\n        dy = dq");
    assert_eq!((class.status(), class.points()), ("look", (0.0, 4.0)), "{:?}", class.lines);
    let kept = compared(FORWARD, "grads = {}\ngrads['q'] = z\ndq = grads['q']\ndz = q\ndx = dq\ndy = dq");
    assert_eq!((kept.status(), kept.points()), ("look", (3.0, 4.0)), "{:?}", kept.lines);
    [class, kept].iter().for_each(agrees);
}

/// Python that says the same in other words.
#[test]
fn python_is_read_as_python() {
    for text in [
        "dq = z if True else 0\ndz = q\ndx = dq\ndy = dq",
        "dq = 0 if False else z\ndz = q\ndx = dq\ndy = dq",
        "dq: float = z\ndz: 'float' = q\ndx: np.ndarray = dq\ndy: Tuple[int, int] = dq",
        "dq = float(z)\ndz = float(q)\ndx = dq\ndy = dq",
        "if True:\n    dq = z\n    dz = q\ndx = dq\ndy = dq",
        "if __name__ == \"__main__\":\n    dq = z\n    dz = q\n    dx = dq\n    dy = dq",
        "with np.errstate(all='ignore'):\n    dq = z\n    dz = q\ndx = dq; dy = dq",
        "def backward(x, y, z):\n    dq = z\n    dz = q\n    dx = dq\n    dy = dq\n    return dx, dy, dz\ndx, dy, dz = backward(x, y, z)",
        "def backward(x, y, z):\n    dq = z\n    dz = q\n    dx = dq\n    dy = dq\n    return dx\ndef later():\n    dx = 99\nbackward(1, 2, 3)",
        "dq = z\ndz = q\ndx = dq\ndy = dq\ndef later():\n    dx = 99\n    return dx",
    ] {
        let found = compared(FORWARD, text);
        assert!(found.is_right(), "{text}: {:?}", found.lines);
        agrees(&found);
    }
    assert_eq!(compared("x = 2; f = x^2", "dx = 2*int(x)").status(), "wrong");
}

/// A gradient that lines use and that is nowhere costs its point, as does a line that has none itself.
#[test]
fn points_and_verdict_agree() {
    for text in [
        "dx = dq; dy = dq; dz = q",
        "df = 2\ndq = z*df\ndz = q*df\ndx = dq\ndy = dq",
        "df = 2\ndq = z\ndz = q\ndx = dq\ndy = dq",
        "t = -z\ndq = t\ndz = q\ndx = dq\ndy = dq",
        "df/dz = q\ndq = z\ndz = q\ndx = dq\ndy = dq",
        "dq += z\ndz = q\ndx = dq\ndy = dq",
        "dx = dq\ndy = dq\ndq = z\ndz = q",
        "",
        "# nothing",
        "dx = 3",
    ] {
        let found = compared(FORWARD, text);
        assert!(!found.is_right(), "{text}: {:?}", found.lines);
        agrees(&found);
    }
    let empty = shown(&compared(FORWARD, "# nothing\n"), "brief", &Style::default());
    assert!(empty.contains("it has no line"), "{empty}");
    let quotient = compared(FORWARD, "dL/dz = q");
    assert!(quotient.first_wrong().is_some_and(|line| line.says.contains("write `dz = ...`")), "{:?}", quotient.lines);
}

/// A result that is not finite has nothing that can be held against it.
#[test]
fn nothing_is_held_against_what_is_not_finite() {
    for forward in [
        "const y = [0, 1, 0]; z = [1000, 0, 0]; p = softmax(z); L = -sum(y*log(p))",
        "x = 0; f = log(x)",
        "x = -1; f = log(x)",
        "x = 0; f = sqrt(x)",
        "x = 1e308; f = x*10",
    ] {
        let fault = tried(forward, "dx = 1\ndz = p - y").expect_err(forward);
        assert!(fault.message.contains("at these inputs"), "{forward}: {fault}");
    }
}

/// What cannot be read makes no gradient right that was right above it, whatever the sign of its assignment.
#[test]
fn what_has_no_value_is_not_right() {
    for sign in ["=", "+=", "-=", "*=", "/="] {
        for value in ["foo", "(z", "foo(z)", "z +", "[1, 2] + [1, 2, 3]", "dx @", "load('a.csv')"] {
            let found = compared(FORWARD, &format!("{RIGHT}dx {sign} {value}"));
            let wrong = found.lines.iter().find(|line| line.verdict == Verdict::Wrong);
            assert!(wrong.is_some_and(|line| line.number == Some(5) && !line.says.is_empty()), "{sign} {value}: {:?}", found.lines);
            agrees(&found);
        }
    }
}

/// However large arrays are, the table is as wide as its page, and says where the first wrong number is.
#[test]
fn tables_of_arrays_fit_their_page() {
    let cases = [
        ("z = [1, 2, 3]; const y = [0, 1, 0]; p = softmax(z); L = -sum(y*log(p))", "dz = p", "at [1]: "),
        ("z = [1, 2, 3]; const y = [0, 1, 0]; p = softmax(z); L = -sum(y*log(p))", "dz = p - 2*y", "at [1]: "),
        ("W = zeros(200, 200) + 1; f = sum(W^2)", "dW = 2*W + outer(onehot(1, 200), onehot(0, 200))", "at [1, 0]: 3, should be 2"),
        ("W = ones(3, 40); f = sum(W^2)", "dW = 2*W - 2*outer([0, 1, 0], onehot(7, 40))", "at [1, 7]: 0, should be 2"),
        ("W = ones(200, 200); f = sum(W^2)", "dW = np.zeros_like(W)", "at [0, 0]: 0, should be 2"),
        ("W = zeros(200, 200); f = sum(W^2)", "dW = 2*W", "all right"),
        (
            "x = ones(30); f = sum(x^2)",
            "dx = x + x + x*1 + x*0 + x*0 + x*0 + x*0 + x*0 + x*0 + x*0 + x*0 + x*0 + x*0 + x*0 + x*0 + x*0",
            "at [0]: 3",
        ),
    ];
    for (forward, backward, says) in cases {
        let found = compared(forward, backward);
        for width in [60, 80, 100, 200] {
            let page = shown(&found, "table", &Style { width, ..Style::default() });
            assert!(page.lines().all(|line| line.width() <= width), "{width}: {page}");
        }
        let sentence = shown(&found, "brief", &Style::default());
        assert!(sentence.contains(says) && sentence.len() < 400, "{sentence}");
    }
}

/// Numbers that are shown alike are told apart, and which digit is wrong.
#[test]
fn rounded_numbers_are_told_apart() {
    // 2*1.029784 = 2.059568.
    let sentence = shown(&compared("x = 1.029784; f = x^2", "dx = 2.05957"), "brief", &Style::default());
    assert!(sentence.contains("should be 2.059568") && sentence.contains("digit 6"), "{sentence}");
    // Of 0 no factor and no name makes anything else.
    let found = compared("x = 0; f = abs(x)", "dx = 1");
    assert!(!found.is_right() && found.lines.iter().all(|line| line.slip.is_none() && line.says.is_empty()), "{:?}", found.lines);
    let found = compared("x = 3; y = 5; f = x*y", "dx = 3\ndy = 3");
    assert!(found.lines.iter().all(|line| !line.says.contains('y')), "{:?}", found.lines);
    assert!(compared("x = 3; y = 5; f = x*y", "dx = 5\ndy = 3").is_right());
    assert_eq!(compared("x = 3; y = 5; f = x*y", "dx = 5\ndy = x").points(), (1.0, 2.0));
}

/// A line in which several names get their values is written once, and one that nobody asked for says how to ask for less.
#[test]
fn remarks_say_what_to_do() {
    let page = shown(&compared(FORWARD, "dq, dz = z, q\ndx = dy = dq"), "table", &Style::default());
    assert_eq!(page.matches("dq, dz = z, q").count(), 1, "{page}");
    let found = compared("z = [1, 2, 3]; y = [0, 1, 0]; p = softmax(z); L = -sum(y*log(p))", "dz = p - y");
    let remedies: Vec<_> = found.lines.iter().filter(|line| line.verdict == Verdict::Missing).map(|line| &line.remedy).collect();
    assert!(matches!(remedies[..], [Some(gradcalc::Remedy::Set { setting: "wrt", to, .. })] if to == "z"), "{remedies:?}");
}

/// A temporary that is made of a gradient before it is whole costs a point, as in Python it has another number: also one that stands in for
/// a gradient that is never computed.
#[test]
fn no_gradient_is_taken_before_it_is_whole() {
    for (forward, backward) in [
        ("x = 2; y = 3; x*y", "a = dx\nb = dy\ndx = a\ndy = b"),
        ("x = 2; y = 3; w = 0.5; q = x*y; q^2 + q*w", "dq = 2*q\nt = dq*y\ndq += w\ndx = t\ndy = x*dq\ndw = q"),
        ("x = [1, 2]; w = [3, -1]; z = w*x; sum(relu(z)^2)", "dz = 2*z\nkeep = dz\ndz = dz*(z > 0)\ndx = w*keep\ndw = x*dz"),
    ] {
        let found = compared(forward, backward);
        assert!(!found.is_right(), "{backward}");
        agrees(&found);
    }
    for (forward, backward) in [
        ("x = 2; y = 3; w = 0.5; q = x*y; q^2 + q*w", "dq = 2*q\ndq += w\nt = dq*y\ndx = t\ndy = x*dq\ndw = q"),
        ("x = 2; y = 3; x*y", "g = y\ndx = g\ndy = x\nlog = dx + dy"),
    ] {
        assert!(compared(forward, backward).is_right(), "{backward}");
    }
}

/// `ds[:, y]` is every row of the columns y, and no place in each row.
#[test]
fn columns_of_all_rows_are_no_places_in_rows() {
    let forward = "const y = [0, 2]; s = [1, 2, 0; 0, 1, 3]; p = softmax(s, 1); L = -sum(log(p[range(2), y]))";
    for (index, right) in
        [("range(2), y", true), ("np.arange(len(y)), y", true), (":, y", false), ("range(1), y", false), ("range(1, -1, -1), y", false)]
    {
        let found = compared(forward, &format!("ds = p.copy()\nds[{index}] -= 1"));
        assert_eq!(found.is_right(), right, "{index}");
        agrees(&found);
    }
}

/// A pass that is a function of the gradient that arrives at the result has it, whatever it is called.
#[test]
fn the_gradient_that_arrives_has_many_names() {
    for name in ["dout", "grad_output", "upstream"] {
        let pass = |sign: &str| format!("def backward({name}, x, y):\n    dx = y*{name}\n    dy = {sign}x*{name}\n    return dx, dy\n");
        assert!(compared("x = 2; y = 3; x*y", &pass("")).is_right(), "{name}");
        let wrong = compared("x = 2; y = 3; x*y", &pass("-"));
        assert_eq!((wrong.is_right(), wrong.points().0), (false, 1.0), "{name}");
        agrees(&wrong);
    }
    // A name of the forward pass is what it is there.
    assert!(!compared("dout = 5; x = 2; y = 3; x*y + dout", "dx = y*dout\ndy = x*dout").is_right());
}

/// Right sides that Python may compute and that are not read here: none is right and none wrong, whatever stands in it; a name of nothing
/// is wrong in Python too.
#[test]
fn what_is_no_part_of_the_language_is_for_a_person() {
    let forward = "x = [1, -2, 3]; w = [0.5, 1, -1]; h = x*w; s = sum(h^2)";
    let unread = [
        "np.einsum('i,i->i', dh, w)",
        "np.fft.ifft(np.fft.fft(dh*w))",
        "dh.dot2(w)",
        "product_of(dh, w)",
        "list(map(times, dh, w))",
        "dh*w if w is not None else 0",
        "np.asarray([a*b for (a, b) in zip(dh, w)])",
        "(lambda a, b: a*b)(dh, w)",
        "twice(dh, w)",
    ];
    let functions = "from helpers import product_of\ndef twice(a, b):\n    out = np.zeros_like(a)\n    for i in range(len(a)):\n        out[i] = a[i]*b[i]\n    return out\n";
    for text in unread {
        for (rest, is_right) in [("dw = dh*x", true), ("dw = 2*dh*x", false)] {
            let found = compared(forward, &format!("{functions}dh = 2*h\ndx = {text}\n{rest}"));
            let verdict = |name: &str| found.gradients.iter().find(|credit| credit.name == name).expect("a gradient").verdict;
            assert_eq!(verdict("dx"), Verdict::Look, "{text}: {:?}", found.lines);
            assert_eq!(verdict("dh"), Verdict::Right, "{text}: {:?}", found.lines);
            assert_eq!(verdict("dw"), if is_right { Verdict::Right } else { Verdict::Wrong }, "{text}: {:?}", found.lines);
            agrees(&found);
            assert!(!found.is_right());
        }
    }
    for text in ["dhh*w", "dh*v", "dh*", "dx*w", "(dh*w", "dh*w)", "sigmod(dh)*w", "load('a.csv')", "product_of(dh, w)", "dh*[w"] {
        let found = compared(forward, &format!("dh = 2*h\ndx = {text}\ndw = dh*x"));
        let credit = found.gradients.iter().find(|credit| credit.name == "dx").expect("a gradient");
        assert_eq!(credit.verdict, Verdict::Wrong, "{text}: {:?}", found.lines);
    }
    // What is not read and changes no gradient costs nothing.
    let found = compared(forward, "t = time.perf_counter()\nseen = set(x.tolist())\ndh = 2*h\ndx = dh*w\ndw = dh*x");
    assert!(found.is_right(), "{:?}", found.lines);
}

/// Masks, lengths and lines that go on, as students write them in Python.
#[test]
fn conversions_and_lengths_are_read() {
    let forward = "x = [1, -2, 3]; w = [0.5, 1, -1]; h = max(x*w, 0); s = sum(h^2)/3";
    for mask in ["(x*w > 0)", "(x*w > 0).astype(float)", "(x*w > 0).astype(int)", "(x*w > 0).astype(np.float64)", "(x*w > 0).astype(bool)"]
    {
        for count in ["3", "len(x)", "x.shape[0]", "len(w*x)"] {
            for line in ["dh = 2*h/n", "dh = 2 \\\n    * h \\\n/ n"] {
                let found = compared(forward, &format!("n = {count}\n{line}\nm = {mask}\ndx = dh*m*w\ndw = dh*m*x"));
                assert!(found.is_right(), "{mask} {count} {line}: {:?}", found.lines);
                let found = compared(forward, &format!("n = {count} + 1\n{line}\nm = {mask}\ndx = dh*m*w\ndw = dh*m*x"));
                assert!(!found.is_right(), "{mask} {count} {line}: {:?}", found.lines);
            }
        }
    }
}

/// Two names of one array: what is changed in place through one of them is the other's too, where that is a gradient which is handed in
/// or used below. A copy, a number and a new array are not.
#[test]
fn what_is_changed_through_another_name_is_for_a_person() {
    let forward = "x = [1, -2, 3]; w = [0.5, 1, -1]; h = x*w; s = sum(h^2)";
    let changes = ["a *= 2", "a += 1", "a -= h", "a[0] = 5", "a[0] += 5", "a[a > 0] = 0", "a /= 2"];
    for (alias, is_one) in [
        ("dx", true),
        ("dx[1:]", true),
        ("dx.T", true),
        ("dx.ravel()", true),
        ("dx.reshape(3)", true),
        ("dx.copy()", false),
        ("dx*1", false),
        ("np.array(h)", false),
        ("dx[dx > 0]", false),
    ] {
        for change in changes {
            let found = compared(forward, &format!("dh = 2*h\ndx = dh*w\ndw = dh*x\na = {alias}\n{change}"));
            let looks = found.lines.iter().any(|line| line.verdict == Verdict::Look && line.says.contains("`dx`"));
            assert_eq!(looks, is_one, "{alias}; {change}: {:?}", found.lines);
            agrees(&found);
            // A name that has been given another array stands for that.
            let found = compared(forward, &format!("dh = 2*h\ndx = dh*w\ndw = dh*x\na = {alias}\na = h*2\n{change}"));
            assert!(found.is_right(), "{alias}; {change}: {:?}", found.lines);
        }
    }
    // A stage or an input of the text that is changed is another one to lines below, and to no line above.
    for (alias, name) in [("h", Some("h")), ("x[:2]", Some("x")), ("w.T", Some("w")), ("h.copy()", None), ("x*1", None), ("h[h > 0]", None)]
    {
        for change in changes {
            let found = compared(forward, &format!("a = {alias}\n{change}\ndh = 2*h\ndx = dh*w\ndw = dh*x"));
            let looks = found.lines.iter().find(|line| line.verdict == Verdict::Look).map(|line| line.says.as_str());
            assert_eq!(looks.map(|says| says.split('`').nth(1).unwrap_or_default()), name, "{alias}; {change}: {:?}", found.lines);
            assert_eq!(found.is_right(), name.is_none(), "{alias}; {change}: {:?}", found.lines);
            agrees(&found);
            let found = compared(forward, &format!("dh = 2*h\ndx = dh*w\ndw = dh*x\na = {alias}\n{change}"));
            assert!(found.is_right(), "{alias}; {change}: {:?}", found.lines);
        }
    }
    // The notes' own scores: the probabilities are used no more.
    let softmax = "s = [1, 3, 2]; p = softmax(s); f = -log(p[1])";
    assert!(compared(softmax, "ds = p\nds[1] -= 1").is_right());
    assert!(!compared(softmax, "ds = p\nds[1] -= 1\nq = p.sum()\nds = ds*q").is_right());
    // A gradient of a stage is not handed in: it may be changed where nothing below uses it.
    assert!(compared(forward, "dh = 2*h\ndw = dh*x\na = dh\na *= w\ndx = a").is_right());
    assert!(!compared(forward, "dh = 2*h\na = dh\na *= w\ndx = a\ndw = dh*x").is_right());
    // Numbers are not changed in place.
    assert!(compared("x = 3; y = 2; f = x*y", "dx = y\na = dx\na *= 2\ndy = x").is_right());
    for (body, is_right) in [
        ("for g in (dx, dw): g *= 2", false),
        ("for g in [dx, dw]:\n    g[0] = 5", false),
        ("for name, g in zip(names, (dx, dw)):\n    g.fill(0)", false),
        ("for g in (dx, dw): print(g)", true),
        ("for g in [dx, dw]:\n    total = g.sum()", true),
    ] {
        let found = compared(forward, &format!("dh = 2*h\ndx = dh*w\ndw = dh*x\n{body}"));
        assert_eq!(found.is_right(), is_right, "{body}: {:?}", found.lines);
        agrees(&found);
    }
}

/// A function that is the pass: what it is given, and what its call gives, stand for what it says.
#[test]
fn what_a_function_of_the_pass_is_given_and_returns_is_looked_at() {
    let forward = "x = [1, -2, 3]; w = [0.5, 1, -1]; h = x*w; s = sum(h^2)";
    for (parameters, returned, call, is_right) in [
        ("x, w, h", "dx, dw", "dx, dw = backward(x, w, h)", true),
        ("x, w, h", "dx, dw", "gx, gw = backward(x, w, h)", true),
        ("x, w, h", "dx, dw", "both = backward(x, w, h)", true),
        ("x, w, h", "(dx, dw)", "(dx, dw) = backward(x, w, h)", true),
        ("x, w, h", "dw, dx", "dx, dw = backward(x, w, h)", false),
        ("w, x, h", "dx, dw", "dx, dw = backward(x, w, h)", false),
        ("x, w, h", "dx, dw", "dx, dw = backward(x, w, x)", false),
        ("a, w, h", "dx, dw", "dx, dw = backward(x, w, h)", true),
    ] {
        let text = format!("def backward({parameters}):\n    dh = 2*h\n    dx = dh*w\n    dw = dh*x\n    return {returned}\n{call}\n");
        let found = compared(forward, &text);
        assert_eq!(found.is_right(), is_right, "{text}: {:?}", found.lines);
        agrees(&found);
    }
}
