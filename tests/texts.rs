//! Texts of the notes, of Python and of formulas: what they are read as, and which are refused because they can be read in
//! two ways.
//!
//! The values of calls are Python's own (`tests/reference/library.py`).

use gradcalc::session::{Session, Settings};
use gradcalc::views::Source;
use gradcalc::vocabulary::library::{MEANINGS, Meaning, PRINTED};
use gradcalc::{Fault, FaultKind, Value};
use std::collections::HashSet;

const SCALE: f64 = 1e-13;

fn source() -> Source {
    Source { name: "<test>".into(), line: 1 }
}

fn session(text: &str) -> Session {
    let mut session = Session::new(Settings::default());
    session.run(text, &source(), false, &mut |outcome| drop(outcome.expect("a definition"))).expect("the text");
    session
}

fn numbers(value: &Value) -> Vec<f64> {
    value.numbers().to_vec()
}

fn flat(value: &serde_json::Value, into: &mut Vec<f64>) {
    match value {
        serde_json::Value::Array(rows) => rows.iter().for_each(|row| flat(row, into)),
        number => into.push(number.as_f64().expect("a number")),
    }
}

fn is_near(found: &[f64], expected: &[f64]) -> bool {
    let near = |(found, expected): (&f64, &f64)| (found - expected).abs() <= SCALE * expected.abs().max(1.0);
    found.len() == expected.len() && found.iter().zip(expected).all(near)
}

const NAMES: &str = "x = 0.7; y = 1.3; n = 2; v = [0.3, 0.8, -0.5]; u = [1.5, -2, 0.25]; A = [1, 2; 3, 4.5]; B = [0.5, -1; 2, 0.25]
C = [1, -2, 3; 0.5, 4, -6]";

/// The texts that Python has evaluated, and what they are.
fn evaluated() -> Vec<(String, serde_json::Value)> {
    let lines = std::fs::read_to_string("tests/reference/library.jsonl").expect("the reference");
    let line = |line: &str| {
        let mut line: serde_json::Value = serde_json::from_str(line).expect("a line");
        (line["text"].as_str().expect("a text").to_owned(), line["value"].take())
    };
    lines.lines().map(line).collect()
}

/// How many sizes a value has, as Python nests lists.
fn depth(value: &serde_json::Value) -> usize {
    value.as_array().map_or(0, |rows| 1 + rows.first().map_or(0, depth))
}

#[test]
fn calls_of_libraries_mean_what_python_says() {
    let mut session = session(NAMES);
    let mut wrong = Vec::new();
    for (text, value) in evaluated() {
        let mut expected = Vec::new();
        flat(&value, &mut expected);
        match session.value_here(&text) {
            Ok(found) if is_near(&numbers(&found), &expected) && found.shape().rank() == depth(&value) => {}
            found => wrong.push(format!("{text}: {found:?}, and Python says {value}")),
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// A library's functions mean the same whatever the user has defined under the name without the prefix.
#[test]
fn the_users_own_names_change_no_library() {
    let own = "arange(n) = 7*n; maximum(x, y) = 5; logaddexp(x, y) = 3";
    for (text, expected) in
        [("np.arange(3)", &[0.0, 1.0, 2.0][..]), ("np.maximum(1.3, 0.7)", &[1.3]), ("arange(3)", &[21.0]), ("maximum(1, 2)", &[5.0])]
    {
        assert_eq!(numbers(&session(own).value_here(text).expect(text)), expected, "{text}");
    }
}

/// PyTorch's functions, each beside one of another library's that is the same by its documentation.
const TORCH: &[(&str, &str)] = &[
    ("torch.std(v)", "np.std(v, ddof=1)"),
    ("torch.var(v)", "np.var(v, ddof=1)"),
    ("torch.std(C, dim=1, keepdim=True)", "np.std(C, axis=1, ddof=1, keepdims=True)"),
    ("torch.var(C, 0)", "np.var(C, 0, ddof=1)"),
    ("torch.std(v, correction=0)", "np.std(v)"),
    ("torch.var(v, correction=0)", "np.var(v)"),
    ("torch.max(C)", "np.max(C)"),
    ("torch.min(C)", "np.min(C)"),
    ("torch.amax(C, dim=1)", "np.max(C, 1)"),
    ("torch.amin(C, dim=1)", "np.min(C, 1)"),
    ("torch.sum(C, dim=0, keepdim=True)", "np.sum(C, axis=0, keepdims=True)"),
    ("torch.mean(C, 1)", "np.mean(C, 1)"),
    ("torch.prod(C, 1)", "np.prod(C, 1)"),
    ("torch.logsumexp(C, 1)", "scipy.special.logsumexp(C, axis=1)"),
    ("torch.softmax(C, dim=1)", "scipy.special.softmax(C, axis=1)"),
    ("torch.log_softmax(C, dim=1)", "log(scipy.special.softmax(C, axis=1))"),
    ("torch.nn.functional.softmax(C, dim=1)", "scipy.special.softmax(C, axis=1)"),
    ("torch.nn.functional.log_softmax(v, dim=0)", "log(softmax(v))"),
    ("torch.sigmoid(v)", "jax.nn.sigmoid(v)"),
    ("torch.relu(v)", "jax.nn.relu(v)"),
    ("torch.nn.functional.relu(v)", "jax.nn.relu(v)"),
    ("torch.nn.functional.leaky_relu(v)", "jax.nn.leaky_relu(v)"),
    ("torch.nn.functional.elu(v)", "jax.nn.elu(v)"),
    ("torch.nn.functional.softplus(v)", "jax.nn.softplus(v)"),
    ("torch.nn.functional.silu(v)", "jax.nn.silu(v)"),
    ("torch.nn.functional.gelu(v)", "v*erfc(-v/np.sqrt(2))/2"),
    ("torch.nn.functional.logsigmoid(v)", "jax.nn.log_sigmoid(v)"),
    ("torch.clamp(v, 0, 0.5)", "np.clip(v, 0, 0.5)"),
    ("torch.clamp(v, min=0, max=0.5)", "np.clip(v, 0, 0.5)"),
    ("torch.norm(v)", "np.linalg.norm(v)"),
    ("torch.dot(v, u)", "np.dot(v, u)"),
    ("torch.mm(A, B)", "A.dot(B)"),
    ("A.mm(B)", "A.dot(B)"),
    ("A.matmul(B)", "A.dot(B)"),
    ("torch.mv(A, [1, 2])", "A.dot([1, 2])"),
    ("A.mv([1, 2])", "A.dot([1, 2])"),
    ("torch.matmul(A, B)", "A.dot(B)"),
    ("torch.outer(v, u)", "np.outer(v, u)"),
    ("torch.tensor([1.0, 2])", "[1, 2]"),
    ("torch.tensor([1.0, 2], requires_grad=True)", "[1, 2]"),
    ("torch.tril(C)", "np.tril(C)"),
    ("torch.triu(C, diagonal=1)", "np.triu(C, k=1)"),
    ("torch.tril(torch.ones(3, 3), -1)", "np.tril(np.ones((3, 3)), -1)"),
    ("F.softmax(C, dim=1)", "scipy.special.softmax(C, axis=1)"),
    ("F.relu(v)", "jax.nn.relu(v)"),
    ("torch.nn.functional.sigmoid(v)", "jax.nn.sigmoid(v)"),
    ("torch.nn.functional.tanh(v)", "np.tanh(v)"),
    ("torch.nn.functional.mse_loss(v, u)", "np.mean((v - u)**2)"),
    ("torch.nn.functional.l1_loss(v, u)", "np.mean(np.abs(v - u))"),
    ("torch.nn.functional.linear(v, C)", "v.dot(C.T)"),
    ("F.linear(v, C, bias=[1, 2])", "v.dot(C.T) + [1, 2]"),
    ("log_softmax(v)", "log(softmax(v))"),
    ("log_softmax(C, axis=1)", "log(scipy.special.softmax(C, axis=1))"),
    ("v.detach()", "v"),
    ("torch.cat([v, u])", "np.concatenate([v, u])"),
    ("torch.cat([A, B], dim=1)", "np.concatenate([A, B], axis=1)"),
    ("torch.stack([v, u])", "np.stack([v, u])"),
    ("torch.unsqueeze(v, 1)", "np.expand_dims(v, 1)"),
    ("v.unsqueeze(0)", "np.expand_dims(v, 0)"),
    ("torch.zeros(2)", "np.zeros(2)"),
    ("torch.zeros(2, 3)", "np.zeros((2, 3))"),
    ("torch.ones((2, 3))", "np.ones((2, 3))"),
    ("torch.ones(2, 3)", "np.ones((2, 3))"),
    ("torch.linspace(0, 1, steps=3)", "np.linspace(0, 1, 3)"),
    ("torch.arange(3)", "np.arange(3)"),
    ("torch.pow(v, 2)", "np.power(v, 2)"),
    ("torch.asin(v)", "np.arcsin(v)"),
    ("torch.acos(v)", "np.arccos(v)"),
    ("torch.atan(v)", "np.arctan(v)"),
    ("torch.atan2(v, u)", "np.arctan2(v, u)"),
    ("torch.asinh(v)", "np.arcsinh(v)"),
    ("torch.acosh(y)", "np.arccosh(y)"),
    ("torch.atanh(v)", "np.arctanh(v)"),
    ("torch.erf(x)", "math.erf(x)"),
    ("torch.erfc(x)", "math.erfc(x)"),
    ("torch.lgamma(x)", "math.lgamma(x)"),
    ("torch.digamma(x)", "scipy.special.digamma(x)"),
    ("torch.reshape(C, (3, 2))", "np.reshape(C, (3, 2))"),
    ("v.abs()", "np.abs(v)"),
    ("v.exp()", "np.exp(v)"),
    ("v.tanh()", "np.tanh(v)"),
    ("v.sigmoid()", "jax.nn.sigmoid(v)"),
    ("v.relu()", "jax.nn.relu(v)"),
    ("v.clip(0, 1)", "np.clip(v, 0, 1)"),
    ("x.log()", "math.log(x)"),
    ("x.sqrt()", "math.sqrt(x)"),
    ("x.item()", "x"),
    ("v.clone()", "v"),
    ("v.numpy()", "v"),
    ("C.t()", "C.T"),
    ("maximum(v, u)", "np.maximum(v, u)"),
    ("minimum(v, u)", "np.minimum(v, u)"),
    ("logaddexp(v, u)", "np.logaddexp(v, u)"),
    ("logsigmoid(v)", "jax.nn.log_sigmoid(v)"),
    ("arange(3)", "np.arange(3)"),
    ("arange(1, 3)", "np.arange(1, 3)"),
];

#[test]
fn what_pytorch_calls_otherwise_is_the_same() {
    let mut session = session(NAMES);
    for (text, same) in TORCH {
        let [found, expected] = [text, same].map(|text| session.value_here(text).unwrap_or_else(|fault| panic!("{text}: {fault}")));
        assert_eq!(found.shape(), expected.shape(), "{text}");
        assert!(is_near(found.numbers(), expected.numbers()), "{text}: {found:?}, and {same} is {expected:?}");
    }
}

/// The rows that draw random numbers are run by the listings of the notes.
fn is_drawn(row: &Meaning) -> bool {
    row.means.starts_with("rand")
}

#[test]
fn every_name_of_the_table_is_in_a_text() {
    let texts: Vec<String> =
        evaluated().into_iter().map(|(text, _)| text).chain(TORCH.iter().map(|(text, _)| (*text).to_owned())).collect();
    let all = texts.join(" ");
    let missing: HashSet<&str> = MEANINGS
        .iter()
        .filter(|row| !is_drawn(row) && !row.libraries.contains(&PRINTED) && !all.contains(&format!("{}(", row.name)))
        .map(|row| row.name)
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// What has no meaning, or another number of operands, is refused; a wrong number is worse.
#[test]
fn what_a_library_does_not_say_is_refused() {
    let mut session = session(NAMES);
    for text in [
        "np.foo(v)",
        "np.softplus(v)",
        "math.relu(x)",
        "np.exp(v, u)",
        "np.zeros(2, 3)",
        "np.random.randn((2, 3))",
        "np.sum(C, 1, 2)",
        "torch.max(C, 1)",
        "torch.softmax(v)",
        "np.linalg.norm(C, 2)",
        "C.sum",
        "C.shape()",
        "C.foo()",
        "np.exp",
        "np.mean(C, axis=(0, 1))",
        "np.std(v, dof=1)",
        "np.max(C, axis=2)",
        "x.shape",
        "np.random",
        "np.concatenate(v, u)",
        "v.astype(x)",
        "v.astype(np.float32)",
        "v.astype()",
        "v.astype(float, int)",
        "float + 1",
        "v.dot(int)",
    ] {
        let fault = session.value_here(text).expect_err(text);
        assert!(matches!(fault.kind, FaultKind::Name | FaultKind::Shape), "{text}: {fault}");
    }
}

fn fault(text: &str) -> Option<Fault> {
    let mut session = session("x = 1.5; y = 1.25; X = [1, 2; 3, 4]");
    session.value_here(text).err()
}

/// A product without its sign behind an exponent, as a product of bases, signs, exponents and what follows.
#[test]
fn a_factor_behind_an_exponent_is_refused_where_it_can_be_read_in_two_ways() {
    let names = [("x", 1.5), ("(1 + x)", 2.5), ("abs(x)", 1.5), ("X[0, 1]", 2.0)];
    let numbers = [("2", 2.0), ("e", std::f64::consts::E), ("pi", std::f64::consts::PI), ("π", std::f64::consts::PI), ("1e2", 100.0)];
    let next = [("y", 1.25), ("(y + 1)", 2.25), ("abs(y)", 1.25), (" y", 1.25)];
    let mut session = session("x = 1.5; y = 1.25; X = [1, 2; 3, 4]");
    for (base, value) in names.iter().chain(&numbers) {
        for power in ["^", "**", " ^ "] {
            for sign in ["", "-", "−", "+", "- "] {
                for (factor, by) in &next {
                    let text = format!("{base}{power}{sign}3{factor}");
                    let is_number = numbers.iter().any(|(number, _)| number == base);
                    match session.value_here(&text) {
                        Ok(found) => {
                            assert!(sign.is_empty() && !is_number, "{text} is {found:?}");
                            assert!(is_near(&self::numbers(&found), &[value.powi(3) * by]), "{text} is {found:?}");
                        }
                        Err(fault) => {
                            assert!(!sign.is_empty() || is_number, "{text}: {fault}");
                            assert!(fault.to_string().contains("two ways"), "{text}: {fault}");
                        }
                    }
                    // With its sign, the product is one.
                    assert!(session.value_here(&format!("{base}{power}{sign}3*{factor}")).is_ok(), "{text}");
                }
            }
        }
    }
}

/// Both readings that a refusal offers are in the language.
#[test]
fn what_a_refusal_offers_can_be_written() {
    for text in [
        "2^3x",
        "e^-2x",
        "(1 + x)^-2y",
        "√2x",
        "√2(x + 1)",
        "2^-x^3y",
        "1/2x",
        "[1 -2]",
        "[x +1, 2]",
        "1,234",
        "1,234.5",
        "1,5",
        "100'000",
        "123 456",
    ] {
        let fault = fault(text).unwrap_or_else(|| panic!("{text} is read"));
        let help = fault.to_string();
        let offers: Vec<&str> = help.split('`').skip(1).step_by(2).collect();
        assert!(!offers.is_empty(), "{text}: {fault}");
        let readable = offers.iter().filter(|offer| self::fault(&format!("[{offer}]")).is_none()).count();
        assert!(readable > 0, "{text}: {fault}");
    }
}

#[test]
fn signs_of_formulas() {
    let mut session = session("x = 2; y = 5");
    for (text, expected) in [
        ("x⁴", 16.0),
        ("x⁻¹", 0.5),
        ("x¹⁰", 1024.0),
        ("x²³", 8_388_608.0),
        ("x²*y³", 500.0),
        ("5 ⋅ 4", 20.0),
        ("3 – 1", 2.0),
        ("3 − 1", 2.0),
        ("–x", -2.0),
        ("1.5e−3", 0.0015),
        ("1e–3", 0.001),
        ("180°", std::f64::consts::PI),
        ("90 deg", std::f64::consts::FRAC_PI_2),
        ("cos(60°)", 0.5),
        ("√2√2", 2.0),
    ] {
        assert!(is_near(&numbers(&session.value_here(text).expect(text)), &[expected]), "{text}");
    }
    assert!(fault("1e-400").is_some() && fault("0e-400").is_none());
}

fn answers(text: &str) -> Vec<Result<std::sync::Arc<gradcalc::views::Answer>, Fault>> {
    let mut session = Session::new(Settings::default());
    let mut found = Vec::new();
    session.run(text, &source(), false, &mut |outcome| found.push(outcome)).expect("the text");
    found
}

#[test]
fn a_prime_before_a_bracket_is_no_derivative() {
    for text in ["f(x) = x^2; f'(3)", "x = 3; f = x^2; f'(3)", "[1, 2]'(3)"] {
        let fault = Session::new(Settings::default()).run(text, &source(), false, &mut |_| {}).expect_err(text);
        assert!(fault.message.contains("can be read in two ways"), "{text}: {}", fault.message);
    }
    assert_eq!(answers("x = [1, 2]; sum(x' (3))").len(), 1);
}

/// The value of the last answer of a text, and its gradients in the order of the inputs.
fn last(text: &str) -> (Vec<f64>, Vec<f64>) {
    let answer = answers(text).pop().expect(text).unwrap_or_else(|fault| panic!("{text}: {}", fault.message));
    let gradients = answer.active_inputs().filter_map(|input| answer.gradients(input)).flat_map(std::borrow::Cow::into_owned).collect();
    (answer.numbers(answer.output).to_vec(), gradients)
}

/// A function as Python writes it, in every layout, with what it returns beside its value.
#[test]
fn a_def_is_a_function() {
    // (x*y + 1)^2 + x*y at (3, 2) is 49 + 6; its slopes are 2*7*y + y and 2*7*x + x.
    let bodies = [
        "def f(x, y): a = x*y; b = a + 1; return b**2 + a",
        "def f(x, y):\n  a = x*y\n  b = a\n  b += 1\n  return b*b + a\n",
        "def f(x,\n      y):  # a remark\n\ta = x * y  # another\n\n# at the margin\n\treturn (a\n + 1)**2 + a",
        "def g(x): return x + 1\ndef f(x, y):\n    x = x*y\n    return g(x)**2 + x",
        "def f(x, y): return (x*y + 1)**2 + x*y, {'x': 2*y, 'y': x}",
    ];
    for body in bodies {
        let index = if body.contains('{') { "[0]" } else { "" };
        for call in [format!("f(3, 2){index}"), format!("x = 3; y = 2; f(x, y){index}"), format!("f(3.0, 2){index} + 0")] {
            assert_eq!(last(&format!("{body}\n{call}")), (vec![55.0], vec![30.0, 45.0]), "{body}: {call}");
        }
    }
    let both = bodies[4];
    assert_eq!(last(&format!("{both}\nf(3, 2)[1]['x']*10")).0, [40.0]);
    assert_eq!(last(&format!("{both}\nf(3, 2)[1]['y']")).0, [3.0]);
    assert_eq!(last(&format!("{}\nf(3, 2)[1][\"y\"]", both.replace('\'', "\""))).0, [3.0]);
    let whole = answers(&format!("{both}\nf(3, 2)")).pop().expect("an answer").expect("a value");
    assert!(whole.notes.iter().any(|note| note.message.contains("x 4, y 3")), "{:?}", whole.notes);
    assert_eq!(last("x = 5; def = 3; def*x").0, [15.0]);
    for (text, hint) in [
        ("f(3, 2) + 1", "`f(...)[0]`"),
        ("f(3, 2)[0][0]", "no elements"),
        ("f(3, 2)[1]['z']", "the keys are `'x'` and `'y'`"),
        ("f(3)", "`f(x, y)`"),
    ] {
        let fault = answers(&format!("{both}\n{text}")).pop().expect("an outcome").expect_err(text);
        assert!(fault.to_string().contains(hint), "{text}: {fault}");
    }
}

/// The rest of Python is refused by its name, with what to write instead.
#[test]
fn what_else_python_has_is_refused_by_name() {
    for (text, hint) in [
        ("if x > 2: x", "`x if c else y`"),
        ("else: 3", "`x if c else y`"),
        ("while (x > 2): x", "`repeat`"),
        ("try: x", "next statement"),
        ("f = lambda x: x", "`f(x) = x^2`"),
        ("a, b = 1, 2", "`a = 1; b = 2`"),
        ("a = 1, 2", "`[1, 2]`"),
        ("x[0] = 5", "`x = where(range(size(x)) == 0, 5, x)`"),
        ("x[0] += 5", "`x = where(range(size(x)) == 0, x + 5, x)`"),
        ("x is y", "`x == y`"),
        ("7 // 2", "`floor(x/y)`"),
        ("5%", "per cent"),
        ("x mod 3", "`x % y`"),
        ("5 mod 3", "`x % y`"),
        ("def f(x):\n  if x > 2: return x\n  return 3", "`x if c else y`"),
        ("def f(x):\n  for i in x: x += i\n  return x", "repeat"),
        ("def f(x, y=2): return x", "names alone"),
        ("def f(x): return", "ends after `return`"),
        ("def f(x): y = x", "returns nothing"),
        ("def f(x): x + 1", "one `return`"),
        ("repeat 3 { def f(x): return x }", "before the `repeat`"),
    ] {
        let mut session = Session::new(Settings::default());
        let fault = session.run(text, &source(), false, &mut drop).map_or_else(|fault| fault, |()| panic!("{text} is read"));
        assert!(fault.to_string().contains(hint) || fault.message.contains(hint), "{text}: {fault}");
    }
    for (text, hint) in [("True", "is 1"), ("pass", "left out"), ("lg(100)", "`log2(x)`")] {
        let fault = answers(text).pop().expect("an outcome").expect_err(text);
        assert!(fault.to_string().contains(hint), "{text}: {fault}");
    }
    // The advice is right.
    assert_eq!(last("x = [1, 2]; x = where(range(size(x)) == 0, 5, x); x").0, [5.0, 2.0]);
}

/// The body of a block that is refused is not run by itself.
#[test]
fn a_refused_block_takes_its_lines_along() {
    let mut reader = gradcalc::forms::reader::Reader::default();
    reader.feed("if x > 2:\n  y = 1\n\n  z = 2\ny = 3\n");
    reader.finish();
    let texts: Vec<String> = std::iter::from_fn(|| reader.next_statement()).map(|statement| statement.text).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
}

/// The remainder of the sign of the divisor; the numbers are Python's.
#[test]
fn a_percent_sign_is_pythons() {
    for (x, y, left) in [
        (7.0, 3.0, 1.0),
        (-7.0, 3.0, 2.0),
        (7.0, -3.0, -2.0),
        (-7.0, -3.0, -1.0),
        (5.5, 2.0, 1.5),
        (-5.5, 2.0, 0.5),
        (0.0, 3.0, 0.0),
        (-0.25, 1.0, 0.75),
        (1_000_000_000.5, 7.0, 6.5),
        (-6.0, 3.0, 0.0),
    ] {
        for text in [format!("{x} % {y}"), format!("mod({x}, {y})"), format!("np.mod({x}, {y})"), format!("[{x}] % {y}")] {
            assert_eq!(last(&text).0, [left], "{text}");
        }
    }
    // As tight as a product, from the left.
    assert_eq!(last("2 * 7 % 4 + 10 % 4 * 3").0, [8.0]);
    assert_eq!(last("x = 7; y = 3; x % y"), (vec![1.0], vec![1.0, -2.0]));
}

#[test]
fn hints_send_people_the_right_way() {
    for (text, hint) in [
        ("x = 3; y = 4; xy", "`(x*y)`"),
        ("w = 1; x = 2; b = 3; wx + b", "`(w*x)`"),
        ("r = 3; 2πr", "`(π*r)`"),
        ("x = 1; xsin(x)", "`x*sin(...)`"),
        ("x = 1; sinx", "`sin(x)`"),
        ("ln2", "`ln(2)`"),
        ("log(100, 10)", "`log(x)/log(b)`"),
        ("sum(1, 2, 3)", "`sum([x, y, z])`"),
        ("len([1, 2])", "`size(x)`"),
        ("any([1, 2] > 1)", "`max(m)`"),
        ("all([1, 2] > 1)", "`min(m)`"),
        ("np.count_nonzero([1, 2] > 1)", "`sum(m)`"),
        ("sorted([2, 1])", "`argmin(x)`"),
        ("grad(3)", "`d(f, x)`"),
        ("diff(3, 4)", "`d(f, x)`"),
        ("f = 2; df/dx", "`d(f, x)`"),
        ("w[0]*x[0]", "`w = [1, 2]`"),
    ] {
        let fault = answers(text).into_iter().find_map(Result::err).unwrap_or_else(|| panic!("{text} is read"));
        assert!(fault.to_string().contains(hint), "{text}: {fault}");
    }
    for (text, hint) in [
        ("100'000", "`100_000`"),
        ("1,234.5", "`1234.5`"),
        ("x=3 y=4", "`;`"),
        ("let x = 3", "`x = 3`"),
        ("x := 3", "`x = 3`"),
        ("123 456", "`123_456`"),
        ("for i in x", "repeat"),
        ("while x > 3", "repeat"),
        ("lambda x: 3", "`f(x) = x^2`"),
        ("class A", "`f(x) = x^2`"),
        ("2 else 3", "`where(c, x, y)`"),
    ] {
        let mut session = Session::new(Settings::default());
        let fault = session.run(text, &source(), false, &mut drop).expect_err(text);
        assert!(fault.to_string().contains(hint), "{text}: {fault}");
    }
}
