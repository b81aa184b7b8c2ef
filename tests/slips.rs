//! What people type out of habit from speech, from paper and from other programs: read rightly, or refused with what to write.
//!
//! Numbers come from mathematics.

use gradcalc::Fault;
use gradcalc::session::{Session, Settings};
use gradcalc::views::Source;

fn source() -> Source {
    Source { name: "<test>".into(), line: 1 }
}

/// What a text answers: its values, and what is refused.
fn run(text: &str) -> (Vec<Vec<f64>>, Vec<Fault>) {
    let mut session = Session::new(Settings::default());
    let (mut values, mut faults) = (Vec::new(), Vec::new());
    let ran = session.run(text, &source(), false, &mut |outcome| match outcome {
        Ok(answer) => values.push(answer.numbers(answer.output).to_vec()),
        Err(fault) => faults.push(fault),
    });
    faults.extend(ran.err());
    (values, faults)
}

fn value(text: &str) -> Option<f64> {
    run(&format!("x = 2; y = 3; {text}")).0.pop().map(|numbers| numbers[0])
}

/// What is refused, as one text.
fn refusal(text: &str) -> String {
    let (values, faults) = run(text);
    assert!(!faults.is_empty(), "{text} is read as {values:?}");
    faults.iter().map(|fault| format!("{} | {fault}", fault.message)).collect::<Vec<String>>().join("\n")
}

/// A power in small digits before each kind of factor is that power times the factor; what may belong to an exponent or to a
/// divisor is refused with both readings.
#[test]
fn a_power_in_small_digits_multiplies_what_follows() {
    let bases = [("x", 2.0), ("3", 3.0), ("e", std::f64::consts::E), ("(x+1)", 3.0), ("abs(x)", 2.0), ("[5, 2][1]", 2.0)];
    let powers = [("²", 2), ("³", 3), ("⁻¹", -1), ("¹⁰", 10)];
    let factors = [("y", 3.0), (" y", 3.0), ("(y+1)", 4.0), ("abs(y)", 3.0), ("√y", 3f64.sqrt()), ("y²", 9.0), ("π", std::f64::consts::PI)];
    for (base, b) in bases {
        for (power, n) in powers {
            for (factor, by) in factors {
                let text = format!("{base}{power}{factor}");
                let expected = f64::powi(b, n) * by;
                let found = value(&text).unwrap_or_else(|| panic!("{text}: {}", refusal(&format!("x = 2; y = 3; {text}"))));
                assert!((found - expected).abs() <= 1e-13 * expected.abs(), "{text} is {found}, not {expected}");
                for before in ["1/", "2^", "e^", "x^-"] {
                    // What stands under a root is under it, whatever is before.
                    if before != "1/" && factor.starts_with('√') {
                        continue;
                    }
                    let refused = refusal(&format!("x = 2; y = 3; {before}{text}"));
                    assert!(refused.contains("two ways"), "{before}{text}: {refused}");
                }
            }
        }
    }
    for text in ["x²2", "x²[0]", "x²'"] {
        assert!(refusal(&format!("x = 2; {text}")).contains("side by side"), "{text}");
    }
}

/// Degrees beside a power, and a product without its sign behind a root with a power, have two readings; each that is offered
/// is read, and brackets or signs choose.
#[test]
fn degrees_and_roots_beside_powers_are_refused_with_both_readings() {
    let [degree, x] = [std::f64::consts::PI / 180.0, 2f64];
    let mut cases = Vec::new();
    for degrees in ["°", " deg"] {
        let sign = degrees.trim();
        for (number, k) in [("30", 30.0), ("(x+1)", x + 1.0), ("x²", x * x)] {
            for (power, n) in [("^2", 2.0), ("**2", 2.0), ("²", 2.0), (" ^ -1", -1.0), ("⁻¹", -1.0), ("^(x-1)", 1.0), ("^√x", x.sqrt())]
            {
                let both = [format!("({number}{degrees}){power}"), format!("{number}*({sign}{power})")];
                cases.push((format!("{number}{degrees}{power}"), both, [(k * degree).powf(n), k * degree.powf(n)]));
            }
        }
        for (head, exponent, base) in [("x^", "30", x), ("x ** ", "30", x), ("abs(x)^", "(x+28)", x), ("2^", "30", 2.0)] {
            let product = if sign == "°" { format!("{exponent}°") } else { format!("{exponent}*{sign}") };
            let both = [format!("{head}({product})"), format!("({head}{exponent})*{sign}")];
            cases.push((format!("{head}{exponent}{degrees}"), both, [base.powf(30.0 * degree), base.powi(30) * degree]));
        }
        let product = if sign == "°" { "(x+1)°" } else { "(x+1)*deg" };
        let both = [format!("√({product})"), format!("(√(x+1))*{sign}")];
        cases.push((format!("√(x+1){degrees}"), both, [((x + 1.0) * degree).sqrt(), (x + 1.0).sqrt() * degree]));
    }
    for (power, n) in [("²", 2), ("³", 3), ("^2", 2), ("^3", 3)] {
        for (base, b) in [("2", 2.0), ("x", x), ("(x+1)", x + 1.0)] {
            let raised = power.strip_prefix('^');
            let head = if raised.is_some() { format!("√{base}^") } else { "√".to_owned() };
            let inner = raised.map_or_else(|| format!("{base}{power}"), str::to_owned);
            let both = [format!("{head}({inner}*y)"), format!("({head}{inner})*y")];
            let under = if raised.is_some() { b.sqrt().powf(f64::from(n) * 3.0) } else { (b.powi(n) * 3.0).sqrt() };
            cases.push((format!("√{base}{power}y"), both, [under, b.sqrt().powi(n) * 3.0]));
        }
    }
    for (text, both, expected) in cases {
        let refused = refusal(&format!("x = 2; y = 3; {text}"));
        assert!(refused.contains("two ways"), "{text}: {refused}");
        for (reading, expected) in both.iter().zip(expected) {
            assert!(squeezed(&refused).contains(&squeezed(&format!("`{reading}`"))), "{text}: no {reading}: {refused}");
            let found = value(reading).unwrap_or_else(|| panic!("{reading}: {}", refusal(&format!("x = 2; y = 3; {reading}"))));
            assert!((found - expected).abs() <= 1e-13 * expected.abs(), "{reading} is {found}, not {expected}");
        }
    }
    for text in ["x*°^2", "°²", "(30°)^2", "x²°", "x^2*30°", "√x^2", "√x²", "√2√2", "deg^2", "x^2y"] {
        assert!(value(text).is_some(), "{text}");
    }
    for (text, told) in [("30°[1, 2]", "`30°` is"), ("30°'[0]", "`30°'` is"), ("°[0]", "`°` is"), ("x + 2 °[0]", "`2 °` is")] {
        let refused = refusal(&format!("x = 2; {text}"));
        assert!(refused.contains(&format!("{told} a single number")), "{text}: {refused}");
    }
}

/// A text without its spaces.
fn squeezed(text: &str) -> String {
    text.replace(' ', "")
}

#[test]
fn formulas_as_on_paper() {
    let degree = std::f64::consts::PI / 180.0;
    for (text, expected) in [
        ("30°x", 60.0 * degree),
        ("30°(x+1)", 90.0 * degree),
        ("sin(15°x)", 0.5),
        ("2√x", 8f64.sqrt()),
        ("e^x²", 4f64.exp()),
        ("2^x²", 16.0),
        ("4/2e1", 0.2),
    ] {
        assert!(value(text).is_some_and(|found| (found - expected).abs() <= 1e-15 * expected.abs().max(1.0)), "{text}: {:?}", value(text));
    }
    for (text, hints) in [
        ("1/3√2", &["`1/(3*√2)`", "`(1/3)*√2`"][..]),
        ("1/2√(x+1)", &["`1/(2*√(x+1))`", "`(1/2)*√(x+1)`"]),
        ("1/2√√x", &["`1/(2*√√x)`"]),
        ("1/30°", &["`1/(30°)`"]),
        ("4/2e", &["`4/(2*e)`", "`(4/2)*e`"]),
        ("2^3e", &["`2^(3*e)`", "`(2^3)*e`"]),
        ("2e", &["`2e0`", "`2*e`"]),
        ("sin²(x)", &["`sin(x)^2`"]),
        ("sin^2(x)", &["`sin(x)^2`"]),
        ("sin²x", &["`sin(x)^2`"]),
        ("sin⁻¹(x)", &["`asin(x)`"]),
        ("sin^-1(x)", &["`asin(x)`", "`1/sin(x)`"]),
        ("tanh^−1(x)", &["`atanh(x)`"]),
        ("exp^-1(x)", &["`1/exp(x)`"]),
        ("r = 2; 2pir", &["`(pi*r)`"]),
        ("r = 2; 2πr", &["`(π*r)`"]),
    ] {
        let refused = refusal(&format!("x = 2; {text}"));
        assert!(hints.iter().all(|hint| refused.contains(hint)), "{text}: {refused}");
    }
    // A name of one's own is no function.
    assert_eq!(value("sin = 5; sin²(x)"), Some(50.0));
}

#[test]
fn spoken_words_are_told_as_signs() {
    for (text, hint) in [
        ("50% of 20", "`50/100*20`"),
        ("3 times 4", "`x*y`"),
        ("3 multiplied by 4", "`x*y`"),
        ("5 plus 2", "`x + y`"),
        ("x plus y", "`x + y`"),
        ("5 minus 2", "`x - y`"),
        ("10 divided by 2", "`x/y`"),
        ("10 over 2", "`x/y`"),
        ("2 to the power of 3", "`x^y`"),
        ("3 squared", "`x^2`"),
        ("x squared", "`x^2`"),
        ("x cubed", "`x^3`"),
        ("square root of 4", "`sqrt(x)`"),
        ("sqrt of 4", "`sqrt(x)`"),
        ("half of 4", "`x/2`"),
        ("20 percent", "divide by 100"),
        ("5 mod 3", "`x % y`"),
        ("x and y", "`(a < b) * (b < c)`"),
        ("x or y", "`max(a < b, b < c)`"),
        ("not x", "`x == 0`"),
        ("x is 3", "`x == y`"),
        ("x equals 3", "`x = 3`"),
        ("derivative of x^2", "`d(f, x)`"),
    ] {
        let refused = refusal(&format!("x = 2; y = 3\n{text}"));
        assert!(refused.contains(hint), "{text}: {refused}");
    }
    // Each may be a name.
    assert_eq!(value("times = 4; 3times + of(2)\nof(k) = 2k\nplus = 5; plus*2"), Some(10.0));
}

#[test]
fn what_has_one_meaning_is_given_no_other() {
    let python = ["None", "True", "False"].map(|word| (word, "a value of Python"));
    let signs = ["°", "∞"].map(|sign| (sign, "a sign of a number"));
    for (word, what) in python.into_iter().chain(signs) {
        for text in [
            format!("{word} = 3"),
            format!("const {word} = 3"),
            format!("{word}(x) = x"),
            format!("f({word}) = 2"),
            format!("repeat 2 {{ {word} = 1 }}"),
            format!("{word} += 1"),
            format!("def f({word}): return 1"),
            format!("sum({word} for {word} in 1..3)"),
        ] {
            // `°(x)` is a product.
            let what = if text == "°(x) = x" { "`=` is not a comparison".to_owned() } else { format!("`{word}` is {what}, and no name") };
            assert!(refusal(&text).contains(&what), "{text}: {}", refusal(&text));
        }
        assert!(!Session::is_name(word), "{word}");
    }
    for (word, _) in python {
        for text in [format!("x = {word}"), format!("f(x) = x + {word}"), format!("const x = {word}")] {
            assert!(refusal(&text).contains(&format!("`{word}` has no value")), "{text}: {}", refusal(&text));
        }
    }
    assert_eq!(run("x = [1, 2]; sum(x[None, :], axis=0, keepdims=True)").0.len(), 1);
    // Other words of Python may be names.
    assert_eq!(value("return = 4; lambda = 2; return*lambda"), Some(8.0));
}

#[test]
fn texts_of_print_are_plain() {
    for text in ["print(f\"x is {x}\")", "print f\"x is {x}\"", "print(f'x is {x:.2f}')", "print(F\"x\", x)"] {
        assert!(refusal(&format!("x = 2; {text}")).contains("`print \"x is\", x`"), "{text}");
    }
    assert!(refusal("print('slope', 2)").contains("double quotation marks"));
    // A name f is transposed.
    assert!(run("f = [1, 2; 3, 4]; print f', f'").1.is_empty());
}

/// PyTorch's ways: what stops a gradient stops it, and what has no meaning is refused by name.
#[test]
fn pytorch_is_told_what_to_write() {
    for (text, hint) in [
        ("y = x^2; y.backward()", "`d(f, x)`"),
        ("x.grad", "`dx`"),
        ("x.requires_grad = True", "`const x = 3`"),
        ("x.requires_grad_()", "`const x = 3`"),
        ("torch.tensor(3.0, requires_grad=False)", "`const x = 3`"),
        ("torch.no_grad()", "`x -= 0.1*d(f, x)`"),
        ("torch.optim.SGD(x)", "`x -= 0.1*d(f, x)`"),
        ("nn.Linear(3, 4)", "`nn.Linear`"),
        ("torch.nn.Linear(3, 4)", "W @ x + b"),
        ("nn.ReLU()(x)", "`relu(x)`"),
        ("nn.functional.relu(x)", "`torch.nn.functional.relu(x)`"),
        ("F.cross_entropy(x, 0)", "`logsumexp(x) - x[k]`"),
        ("F.foo(x)", "`F.foo`"),
        ("F.softmax(x)", "`torch.nn.functional.softmax(x, 0)`"),
        ("import torch.nn as F", "numpy as np"),
        ("X = [1, 2]; X.size", "`size(x)`"),
        ("X = [1, 2]; X.ndim", "`size(x.shape)`"),
    ] {
        let refused = refusal(&format!("x = 2; {text}"));
        assert!(refused.contains(hint), "{text}: {refused}");
    }
    for (text, expected) in [
        ("import torch.nn.functional as F\nF.relu(x)", 2.0),
        ("F = [1, 2; 3, 4]; sum(F.relu())", 10.0),
        ("F = [1, 2; 3, 4]; sum(F.sum(axis=0))", 10.0),
        ("d(x.detach()*x, x)", 2.0),
        ("d(x.item()*x, x)", 2.0),
        ("d(x.numpy()*x, x)", 2.0),
        ("d(x.clone()*x, x)", 4.0),
        // The mask keeps elements 0, 2 and 3 of four.
        ("W = [x, y; y, x]; d(sum(np.tril(W)), x)", 2.0),
    ] {
        assert_eq!(value(text), Some(expected), "{text}");
    }
}

/// A key that a function does not return is told with those that it does.
#[test]
fn a_wrong_key_is_told_with_the_right_ones() {
    let one = "def f(x):\n    return x^2, {'x': 2*x}\n\n";
    let two = "def f(x):\n    return x^2, {'x': 2*x, 'y': 3*x}\n\n";
    for (defined, call, told) in [
        (one, "f(3)[1]['dx']", ["`f` returns no `'dx'`", "the key is `'x'`"]),
        (one, "1 + f(3)[1][\"z\"]*2", ["`f` returns no `'z'`", "the key is `'x'`"]),
        (two, "f(3)[1]['z']", ["`f` returns no `'z'`", "the keys are `'x'` and `'y'`"]),
        ("f(x) = x^2\n", "f(3)[1]['x']", ["`f` returns its value alone", "write `f(...)`"]),
        ("", "f(3)[1]['x']", ["`f` is no function", "`f`"]),
    ] {
        let refused = refusal(&format!("{defined}{call}"));
        assert!(told.iter().all(|told| refused.contains(told)), "{call}: {refused}");
    }
    assert_eq!(value(&format!("{two}f(3)[1]['y']")), Some(9.0));
}

/// NumPy's name of a new axis is `None`, in an index alone.
#[test]
fn a_new_axis_has_two_names() {
    for name in ["None", "np.newaxis", "numpy.newaxis", "jnp.newaxis"] {
        assert_eq!(value(&format!("v = [1, 2, 4]; sum((v[:, {name}] - v[{name}, :])^2)")), Some(28.0), "{name}");
        assert!(refusal(&format!("{name} + 1")).contains("has no value"), "{name}");
    }
}

/// A bracket that is never closed is blamed in its own line, and swallows no statement behind it.
#[test]
fn an_open_bracket_swallows_no_statement() {
    let opens = ["f = (1 + 2", "f = max(1, 2", "f = [1, 2,", "f = (1 +", "f = [1, 2; 3", "(2*", "max(1, abs(2", "print(1,", "f(k) = (k"];
    let nexts = [
        "x = 5",
        "x = 5; x",
        "x += 1",
        "print \"a\"",
        "assert 1 == 1",
        "const k = 2",
        "g(x) = x^2",
        "repeat 2 { 1 }",
        "def h(x): return x",
    ];
    for opening in opens {
        for next in nexts {
            // An operand may be given by name behind a bracket or a comma.
            if next.starts_with("x =") && matches!(opening, "print(1,") {
                continue;
            }
            let text = format!("{opening}\n\n# a remark\n{next}\n");
            let mut reader = gradcalc::forms::reader::Reader::default();
            reader.feed(&text);
            reader.finish();
            let statements: Vec<_> = std::iter::from_fn(|| reader.next_statement()).collect();
            assert!(statements.len() > 1, "{text}: {statements:?}");
            assert_eq!(statements[0].text.lines().next(), Some(opening), "{text}");
            assert_eq!(statements[1].line, 4, "{text}");
            let refused = refusal(&statements[0].text);
            assert!(refused.contains("is never closed"), "{text}: {refused}");
            assert!(!gradcalc::forms::reader::goes_on(&text), "{text}");
        }
    }
    // Of a text that is read whole, the line that follows is told.
    for text in ["y = max(1,\nx = 4)", "repeat 2 {\n x = (1 + 2\n y = 3\n}"] {
        let (_, faults) = run(text);
        let related = faults.iter().flat_map(|fault| &fault.related).map(|(_, words)| words.as_str()).collect::<Vec<_>>();
        assert_eq!(related, ["a statement begins here"], "{text}: {faults:?}");
    }
    // Operands by name, and names in lines of their own, are no statements.
    for text in ["np.sum([1, 2],\naxis=0)", "max(1,\n2)", "x = 3; (x\n+ 1)", "sum(\n[1,\n2],\n axis=0\n)"] {
        assert!(run(text).1.is_empty(), "{text}: {:?}", run(text).1);
    }
}

#[test]
fn a_command_in_a_script_is_told() {
    for text in [":help", ":set digits 4", "x = 3\n:step 0.1", ":save! a.grad"] {
        let refused = refusal(text);
        assert!(refused.contains("is a command of the session") && refused.contains("`set digits 4`"), "{text}: {refused}");
    }
    assert!(refusal("x = 3; x : 2").contains("a range"));
}

/// A table that was copied without brackets is refused as a whole, with the matrix that it is; a blank before a minus is a
/// difference still.
#[test]
fn tables_without_brackets_are_refused_with_their_matrix() {
    let fault = |text: &str| {
        let mut faults = Vec::new();
        let source = gradcalc::views::Source { name: "".into(), line: 1 };
        let mut session = gradcalc::session::Session::new(gradcalc::session::Settings::default());
        let read = session.run(text, &source, true, &mut |outcome| faults.extend(outcome.err()));
        faults.extend(read.err());
        faults
    };
    let rows = [["1", "2", "3"], ["4", "-5", "6.5"], ["7", "8", "9e2"]];
    for divider in ["\t", " ", ", ", ","] {
        for (begins, name) in [("X =\n", "X"), ("X = ", "X"), ("data=\n", "data"), ("", "X")] {
            for count in 2..=3 {
                let lines: Vec<String> = rows[..count].iter().map(|row| row.join(divider)).collect();
                let text = format!("a = 1\n{begins}{}\na*2\n", lines.join("\n"));
                let faults = fault(&text);
                let matrix: Vec<String> = rows[..count].iter().map(|row| row.join(", ")).collect();
                let expected = format!("a matrix stands in brackets, `{name} = [{}]`", matrix.join("; "));
                let help = faults[0].remedy.as_ref().map_or(String::new(), ToString::to_string);
                assert!(faults.len() == 1 && help.contains(&expected), "{text:?}: {faults:?}");
            }
        }
    }
    assert_eq!(fault("1\t-2\n3\t-4\n").len(), 1);
    for text in ["3 -4\n1 -2\n", "x = 3\nx\t-2\nx - 2\t- 1", "x = 3 -4\n1 -2\n", "x = 1\n2\n3\n", "x = [1, 2\n3, 4]\n"] {
        let told = fault(text);
        assert!(told.is_empty() || text.contains('['), "{text:?}: {told:?}");
    }
    // Commas of decimals are no dividers.
    for text in ["1,5\n2,5\n", "1,5\t2,5\n1,5\t2,3\n", "X = 1,234"] {
        assert!(!format!("{:?}", fault(text)).contains("stands in brackets"), "{text:?}");
    }
}

/// A product without its sign behind a remainder has two readings, as behind a quotient.
#[test]
fn a_product_behind_a_remainder_is_refused() {
    for divides in ["/", "÷", "%"] {
        for factor in ["2y", "y²x", "30°x", "3(x+1)", "2√y"] {
            let refused = refusal(&format!("x = 7; y = 3; x{divides}{factor}"));
            assert!(refused.contains("two ways"), "x{divides}{factor}: {refused}");
        }
    }
    assert_eq!((value("7 % (2*y)"), value("(7 % 2)*y")), (Some(1.0), Some(3.0)));
}

/// What is offered for a function or a sign of another notation is what it means.
#[test]
fn names_from_elsewhere_are_told_by_what_they_mean() {
    let cases = [
        ("arcsin(x)", "`asin(x)`"),
        ("arccos(x)", "`acos(x)`"),
        ("arctan(x)", "`atan(x)`"),
        ("arctan2(y, x)", "`atan2(y, x)`"),
        ("cot(x)", "`1/tan(x)`"),
        ("sec(x)", "`1/cos(x)`"),
        ("csc(x)", "`1/sin(x)`"),
        ("atan(y, x)", "`atan2(y, x)`"),
        ("∛x", "`cbrt(x)`"),
        ("~x", "`x == 0`"),
    ];
    for (text, told) in cases {
        let refused = refusal(&format!("x = 2; y = 3; {text}"));
        assert!(refused.contains(told) && !refused.contains("remove"), "{text}: {refused}");
    }
    // One's own name wins.
    assert_eq!((value("sec = 3; 2*sec"), value("cot(t) = 5*t; cot(x)")), (Some(6.0), Some(10.0)));
}

/// A name that is given two steps is refused, as one that is given two values is; a relative gradient is of the result itself.
#[test]
fn what_contradicts_itself_is_refused() {
    for setting in ["along", "nudge"] {
        let refused = refusal(&format!("x = 2; y = 3; set {setting} x=1, x=2; x*y"));
        assert!(refused.contains("given two steps"), "{setting}: {refused}");
    }
    assert!(refusal("x = 2; set upstream 2; set relative on; x^2").contains("leave one of them out"));
}

/// At a kink second derivatives do not tell what kind of point it is; a slope is one there too.
#[test]
fn a_kink_leaves_the_verdict_undecided() {
    use gradcalc::calculus::verdict::Verdict;
    let mut session = Session::new(Settings { hessian: true, ..Settings::default() });
    let cases = [
        ("abs(x)", Verdict::Undecided),
        ("max(x, -x)", Verdict::Undecided),
        ("x^2 + abs(y)", Verdict::Undecided),
        ("x^2 + y^2", Verdict::Minimum),
        ("x*y", Verdict::Saddle),
        ("x + y^2", Verdict::Slope),
    ];
    for (text, verdict) in cases {
        let mut found = Vec::new();
        let text = format!("x = 0; y = 0; {text}");
        let ran = session.run(&text, &source(), false, &mut |outcome| {
            found.extend(outcome.ok().and_then(|answer| answer.analysis.hessian.as_ref().map(|hessian| hessian.verdict)));
        });
        assert!(ran.is_ok() && found == [verdict], "{text}: {found:?}");
    }
}

/// Derivatives of elements are written out in single numbers too.
#[test]
fn derivatives_of_elements_are_written_out() {
    let mut session = Session::new(Settings { scalars: true, ..Settings::default() });
    for (text, value) in
        [("sum(d(x[0]^2, x))", 6.0), ("d(x[0]^2, x)[1]", 0.0), ("sum(d(sum(x[1:]^2), x))", 8.0), ("d(x[-1]*x[0], x)[0]", 4.0)]
    {
        let mut found = Vec::new();
        let text = format!("x = [3, 4]; {text}");
        let ran = session.run(&text, &source(), false, &mut |outcome| found.push(outcome.map(|answer| answer.value())));
        assert!(ran.is_ok() && found == [Ok(value)], "{text}: {found:?} {ran:?}");
    }
}

/// What stands between backticks in what is offered for a refused text.
fn offered(text: &str) -> Vec<String> {
    let (values, faults) = run(text);
    let remedy = faults.first().and_then(|fault| fault.remedy.as_ref()).unwrap_or_else(|| panic!("{text} is read as {values:?}"));
    remedy.to_string().split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// A product that lacks its sign behind a quotient, a power or a root is offered in both readings, each with its number; so is
/// what is glued to a power.
#[test]
fn what_is_offered_for_a_missing_sign_is_what_was_meant() {
    let (x, y, w) = (2f64, 3f64, 5f64);
    let both = [
        ("1/x y", 1.0 / (x * y), 1.0 / x * y),
        ("w/x y", w / (x * y), w / x * y),
        ("1 ÷ x y", 1.0 / (x * y), 1.0 / x * y),
        ("1/-x y", 1.0 / (-x * y), 1.0 / -x * y),
        ("2^x y", 2f64.powf(x * y), 2f64.powf(x) * y),
        ("2^-x y", 2f64.powf(-x * y), 2f64.powf(-x) * y),
        ("x^y w", x.powf(y * w), x.powf(y) * w),
        ("e^x y", (x * y).exp(), x.exp() * y),
        ("√x y", (x * y).sqrt(), x.sqrt() * y),
        ("7 % x y", 7.0 % (x * y), 7.0 % x * y),
        ("sinx^2", x.sin().powi(2), x.powi(2).sin()),
        ("sinx²", x.sin().powi(2), x.powi(2).sin()),
        ("3 1/2", 3.5, 1.5),
    ];
    for (text, one, other) in both {
        let found: Vec<f64> = offered(&format!("x = 2; y = 3; w = 5; {text}"))
            .iter()
            .map(|reading| value(&format!("w = 5; {reading}")).unwrap_or_else(|| panic!("{text}: {reading}")))
            .collect();
        let near = |found: f64, expected: f64| (found - expected).abs() <= 1e-13 * expected.abs();
        assert!(found.len() == 2 && near(found[0], one) && near(found[1], other), "{text}: {found:?}, not {one} and {other}");
    }
    // What is glued, as the whole text is meant.
    for (before, glued, after, offer) in [
        ("", "xy", "^2", "x*y^2"),
        ("", "xy", "²", "x*y²"),
        ("", "xy", "^(w+1)", "x*y^(...)"),
        ("3 + ", "wx", "**3", "w*x**3"),
        ("1/", "xy", "", "(x*y)"),
        ("1/", "xy", "^2", "(x*y^2)"),
        ("2^", "xy", "", "(x*y)"),
        ("2^-", "xy", " + 1", "(x*y)"),
        ("2", "πx", "²", "π*x²"),
        ("", "xsin", "(y)", "x*sin(...)"),
        ("1/", "xsin", "(y)", "(x*sin(...))"),
    ] {
        let text = format!("x = 2; y = 3; w = 5; {before}{glued}{after}");
        assert_eq!(offered(&text).first().map(String::as_str), Some(offer), "{text}");
    }
    for text in ["1/x(y+1)", "2^x(y+1)", "√x(y)", "w/-x(y)"] {
        assert!(refusal(&format!("x = 2; y = 3; w = 5; {text}")).contains("brackets around what belongs together"), "{text}");
    }
    for (text, offer) in [
        ("1.000,5", "1000.5"),
        ("1,234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("1 000 000", "1_000_000"),
        ("x **= 2", "x = x ** (...)"),
        ("x ^= 2", "x = x ^ (...)"),
        ("x++", "x += 1"),
        ("x--", "x -= 1"),
        ("d/dx x^2", "d(f, x)"),
        ("d/dx(x^2)", "d(f, x)"),
        ("dg/dx(3)", "d(g, x)"),
        ("30 degrees", "30°"),
        ("30°15", "(30 + 15/60)°"),
    ] {
        assert!(offered(&format!("x = 2; y = 3; {text}")).contains(&offer.to_owned()), "{text}: {}", refusal(&format!("x = 2; {text}")));
    }
}

/// A function of another notation is never offered as the one whose name is nearest; what is offered has its number, from
/// mathematics or, where it says so, mpmath.
#[test]
fn functions_from_elsewhere_are_offered_by_their_numbers() {
    let x = 2f64;
    let degree = std::f64::consts::PI / 180.0;
    let cases = [
        ("tg(x)", x.tan()),
        ("ctg(x)", 1.0 / x.tan()),
        ("ctan(x)", 1.0 / x.tan()),
        ("cotan(x)", 1.0 / x.tan()),
        ("cosec(x)", 1.0 / x.sin()),
        ("sech(x)", 1.0 / x.cosh()),
        ("csch(x)", 1.0 / x.sinh()),
        ("coth(x)", 1.0 / x.tanh()),
        ("acot(x)", 0.5f64.atan()),
        ("asec(x)", 0.5f64.acos()),
        ("acsc(x)", 0.5f64.asin()),
        ("acoth(x)", 0.5f64.atanh()),
        ("acsch(x)", 0.5f64.asinh()),
        ("cuberoot(x)", 2f64.cbrt()),
        ("exp10(x)", 100.0),
        ("trunc(x)", 2.0),
        ("frac(x)", 0.0),
        ("gammaln(x)", 0.0),
        // B(2, 3) = 1!2!/4!.
        ("beta(x, y)", 1.0 / 12.0),
        ("expit(x)", 1.0 / (1.0 + (-x).exp())),
        ("mish(x)", x * x.exp().ln_1p().tanh()),
        ("relu6(x)", 2.0),
        ("hardtanh(x)", 1.0),
        ("mse(x, y)", 1.0),
        ("norm1(x)", 2.0),
        ("normsq(x)", 4.0),
        ("dist(x, y)", 1.0),
        // The digamma function of 2 is 1 minus Euler's constant.
        ("psi(x)", 1.0 - 0.577_215_664_901_532_9),
    ];
    for (text, expected) in cases {
        let offer = offered(&format!("x = 2; y = 3; {text}")).into_iter().next().unwrap_or_default();
        let found = value(&offer).unwrap_or_else(|| panic!("{text}: {offer}"));
        assert!((found - expected).abs() <= 1e-14 * expected.abs().max(1.0), "{text}: {offer} is {found}, not {expected}");
    }
    assert!(value("sin(30°)").is_some_and(|sine| (sine - 0.5).abs() < 1e-15));
    for (text, told) in [
        ("sind(30)", "`sin(30°)`"),
        ("tand(30)", "`sin(30°)`"),
        ("rad(30)", "`x*deg`"),
        ("sin(30 rad)", "`x*deg`"),
        ("degrees(x)", "`x/deg`"),
        ("factorial(5)", "`gamma(n + 1)`"),
        ("log3(x)", "`log(x)/log(b)`"),
        ("median(x)", "`argmin(x)`"),
        ("erfi(x)", "no such function"),
        ("atan3(x)", "`atan3(x) = x^2`"),
        ("l3(x)", "`l3(x) = x^2`"),
        ("ei(x)", "no such function"),
        ("phi", "phi = 1"),
    ] {
        assert!(refusal(&format!("x = 2; {text}")).contains(told), "{text}: {}", refusal(&format!("x = 2; {text}")));
    }
    assert_eq!(value("2*deg"), Some(2.0 * degree));
}

/// What a library has and the language has not is told with what is written instead; so is a library of which nothing is known.
#[test]
fn names_of_libraries_are_told_with_what_to_write() {
    for (text, told) in [
        ("tf.exp(x)", "`exp(x)`"),
        ("tf.nothing(x)", "`np.exp(x)`"),
        ("[x, 1].norm()", "`norm(x)`"),
        ("np.random.seed(3)", "`set seed 3`"),
        ("torch.manual_seed(3)", "`set seed 3`"),
        ("np.random.normal(0, 1, 5)", "`m + s*randn(5)`"),
        ("np.heaviside(x, 0.5)", "`x > 0`"),
        ("lambda x: x^2", "`f(x) = x^2`"),
    ] {
        let refused = refusal(&format!("x = 2; y = 3; {text}"));
        assert!(refused.contains(told) && !refused.contains("side by side"), "{text}: {refused}");
    }
    // The cross product that is offered for np.cross, of (1, 0, 0) and (0, 1, 0).
    let offer = offered("x = [1, 0, 0]; y = [0, 1, 0]; np.cross(x, y)").into_iter().next().unwrap_or_default();
    assert_eq!(run(&format!("x = [1, 0, 0]; y = [0, 1, 0]; {offer}")).0, [[0.0, 0.0, 1.0]]);
    // A vector of that name has its methods.
    assert_eq!(value("sp = [1, 4]; sp.sum()"), Some(5.0));
}

/// What is offered for a value of an element makes the array that was meant.
#[test]
fn an_element_that_is_given_a_value_is_offered_as_an_array() {
    let begins = "w = [1, 2, 3]; W = [1, 2, 3; 4, 5, 6]";
    for (text, name, expected) in [
        ("w[0] = 5", "w", &[5.0, 2.0, 3.0][..]),
        ("w[2] = 5", "w", &[1.0, 2.0, 5.0]),
        ("w[-1] = 5", "w", &[1.0, 2.0, 5.0]),
        ("w[-3] = 5", "w", &[5.0, 2.0, 3.0]),
        ("w[1] += 5", "w", &[1.0, 7.0, 3.0]),
        ("w[1] *= 5", "w", &[1.0, 10.0, 3.0]),
        ("W[1, 0] = 5", "W", &[1.0, 2.0, 3.0, 5.0, 5.0, 6.0]),
        ("W[0, 2] -= 5", "W", &[1.0, 2.0, -2.0, 4.0, 5.0, 6.0]),
    ] {
        let offer = offered(&format!("{begins}; {text}")).into_iter().next().unwrap_or_default();
        let (values, faults) = run(&format!("{begins}; {offer}; {name}"));
        assert_eq!(values.last().map(Vec::as_slice), Some(expected), "{text}: {offer}: {faults:?}");
    }
    for text in ["w[0:2] = 5", "w[i] = 5", "W[:, 0] += 5"] {
        assert!(refusal(&format!("{begins}; {text}")).contains("of a mask m"), "{text}");
    }
    assert!(refusal("a = b = 3").contains("`a = 1; b = 1`"));
    assert!(refusal("a = 3 b = 4").contains("divided by `;`"));
}
