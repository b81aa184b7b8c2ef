//! Numbers that are right, or told: gradients whose products leave the range of 64-bit numbers on the way, zeros that carry
//! nothing and zeros that do.
//!
//! Expected numbers come from mathematics, or from mpmath by the script beside the file of cases.

use gradcalc::session::{Session, Settings};
use gradcalc::views::{Answer, Source, named, notes};
use serde_json::Value;
use std::sync::Arc;

/// The answer to a text with values of inputs.
fn answer(text: &str, inputs: &[(&str, &str)]) -> Arc<Answer> {
    answer_in("table", text, inputs)
}

/// The same for a view, which decides what is stored.
fn answer_in(view: &str, text: &str, inputs: &[(&str, &str)]) -> Arc<Answer> {
    let mut session = Session::new(Settings { view: named(view).expect("a view"), ..Settings::default() });
    for (name, value) in inputs {
        session.bind(name, value).unwrap_or_else(|fault| panic!("{name}={value}: {}", fault.message));
    }
    let mut answers = Vec::new();
    let source = Source { name: "<test>".into(), line: 1 };
    session.run(text, &source, true, &mut |outcome| answers.push(outcome)).unwrap_or_else(|fault| panic!("{text}: {}", fault.message));
    answers.pop().expect("an answer").unwrap_or_else(|fault| panic!("{text}: {}", fault.message))
}

/// The gradient on an input of an answer.
fn gradient(answer: &Answer, name: &str) -> Vec<f64> {
    let named = |&id: &gradcalc::forms::StageId| answer.program.input(id).is_some_and(|input| answer.symbols.name(input.name) == name);
    let input = answer.active_inputs().find(named).expect("the input");
    answer.gradients(input).expect("a gradient").to_vec()
}

fn is_close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-12 * expected.abs()
}

#[test]
fn gradients_are_right_where_products_leave_the_range_on_the_way() {
    let cases = include_str!("reference/range.jsonl").lines().map(|line| serde_json::from_str::<Value>(line).expect("a case"));
    let mut wrong = Vec::new();
    for case in cases {
        let given: Vec<(String, String)> =
            case["inputs"].as_object().expect("inputs").iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        let inputs: Vec<(&str, &str)> = given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let text = case["expr"].as_str().expect("an expression");
        let answer = answer(text, &inputs);
        for (name, expected) in case["gradient"].as_object().expect("gradients") {
            let (found, expected) = (gradient(&answer, name)[0], expected.as_f64().expect("a number"));
            // A slope of 0 that cancels has the noise of what it is made of.
            let scale = answer.value().abs() / case["inputs"][name].as_f64().expect("a number").abs();
            if !is_close(found, expected) && (found - expected).abs() > 1e-12 * scale {
                wrong.push(format!("{text} {inputs:?}: d{name} is {found}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn gradients_of_arrays_are_right_where_products_leave_the_range() {
    let softmax = answer("(exp(s)/sum(exp(s)))[0]", &[("s", "[400, 399, 398]")]);
    let terms: Vec<f64> = [0.0f64, -1.0, -2.0].iter().map(|x| x.exp()).collect();
    let p: Vec<f64> = terms.iter().map(|term| term / terms.iter().sum::<f64>()).collect();
    let expected = [p[0] * (1.0 - p[0]), -p[0] * p[1], -p[0] * p[2]];
    for (found, expected) in gradient(&softmax, "s").into_iter().zip(expected) {
        assert!(is_close(found, expected), "{found} {expected}");
    }
    // The same through a derivative that a text asks for.
    let listed = answer("d(exp(x)/(exp(x)+exp(y)), x)", &[("x", "400"), ("y", "400")]);
    assert!(is_close(listed.value(), 0.25), "{}", listed.value());
}

/// Products that are too small for a number are seen also where a gate adds them up: every product of matrices and vectors.
#[test]
fn gradients_through_sums_of_products_are_right_where_these_leave_the_range() {
    for (text, x, w, expected) in [
        ("sum(((x*1e200)@w)*1e-200)", "ones(2, 4)", "ones(4, 3)*1e-200", 3e-200),
        ("sum(((x*1e200)@w)*1e-200)", "ones(2, 4)", "ones(4)*1e-200", 1e-200),
        ("sum(((x*1e200)@w)*1e-200)", "ones(4)", "ones(4, 3)*1e-200", 3e-200),
        ("((x*1e200)@w)*1e-200", "ones(4)", "ones(4)*1e-200", 1e-200),
        ("dot(x*1e200, w)*1e-200", "ones(4)", "ones(4)*1e-200", 1e-200),
        ("sum((w@(x*1e200))*1e-200)", "ones(4, 2)", "ones(3, 4)*1e-200", 3e-200),
        ("sum((w@(x*1e200))*1e-200)", "ones(4)", "ones(3, 4)*1e-200", 3e-200),
        ("sum(outer(x*1e200, w)*1e-200)", "ones(4)", "ones(3)*1e-200", 3e-200),
        ("sum(outer(w, x*1e200)*1e-200)", "ones(4)", "ones(3)*1e-200", 3e-200),
        // Some digits are left of what is subnormal.
        ("sum((w@(x*1e200))*1e-160)", "ones(4)", "ones(3, 4)*1.2345678e-160", 3.703_703_4e-120),
    ] {
        for view in ["table", "brief"] {
            for found in gradient(&answer_in(view, text, &[("x", x), ("w", w)]), "x") {
                assert!(is_close(found, expected), "{view}: {text} of {x} and {w}: {found:e}, not {expected:e}");
            }
        }
    }
}

/// They are seen also beside a number of the same product that is large.
#[test]
fn products_that_vanish_beside_large_ones_are_seen() {
    for view in ["table", "brief"] {
        let given = [("x", "ones(3, 2)"), ("w", "[[1e-200], [1e305]]")];
        let found = gradient(&answer_in(view, "sum(((x*[1e200, 1e-100])@w)*1e-200)", &given), "x");
        for (found, expected) in found.into_iter().zip([1e-200, 1e5].into_iter().cycle()) {
            assert!(is_close(found, expected), "{view}: {found:e}, not {expected:e}");
        }
    }
}

/// Where too many gradients leave the range of numbers to be evaluated again, every view that has gradients says so, and the digits of the value are measured.
#[test]
fn gradients_that_left_the_range_are_told() {
    let given = [("x", "ones(5000)"), ("y", "rand(5000)"), ("w", "1e-200")];
    for view in ["table", "brief", "value", "csv", "json"] {
        let has = view != "value";
        let told = |text: &str| {
            let answer = answer_in(view, text, &given);
            let kinds: Vec<&str> = notes::on_wrong_numbers(&answer).map(|note| note.kind).collect();
            (kinds.contains(&"range"), kinds.contains(&"digits"), answer.has_lost_digits())
        };
        assert_eq!(told("sum(((x*1e200)*w)*1e-200)"), (has, false, has), "{view}");
        assert_eq!(told("sum((y + 1e16) - 1e16) + sum(((x*1e200)*w)*1e-200)"), (has, true, true), "{view}");
        assert_eq!(told("sum((x*w)*y)"), (false, false, false), "{view}");
    }
}

/// An input whose gradient is asked for by its name has one, also where nothing passes it on.
#[test]
fn a_gradient_that_is_asked_for_is_shown() {
    for (text, zeros) in
        [("sum(stop_gradient(x)*y)", true), ("sum(floor(x)*y)", true), ("sum(stop_gradient(x)*x)", false), ("sum(x*y)", false)]
    {
        let mut session = Session::new(Settings { wrt: Some(vec!["x".to_owned()]), ..Settings::default() });
        session.bind("x", "[1, 2]").expect("numbers");
        session.bind("y", "[3, 4]").expect("numbers");
        let (source, mut answers) = (Source { name: "<test>".into(), line: 1 }, Vec::new());
        session.run(text, &source, true, &mut |outcome| answers.push(outcome)).expect("it is read");
        let answer = answers.pop().expect("an answer").expect("a value");
        let input = answer.leaves().find(|&id| answer.program.input(id).is_some()).expect("x");
        let found = answer.gradients(input).unwrap_or_else(|| panic!("{text}: no gradient"));
        assert_eq!(found.iter().all(|&number| number == 0.0), zeros, "{text}: {found:?}");
    }
}

/// A number that is doubled is no number any more, and its products with small ones are.
#[test]
fn products_that_are_doubled_keep_to_the_range() {
    for view in ["table", "brief", "value"] {
        for k in [1e307, 8.9e307, 9e307, 1.5e308, f64::MAX] {
            let given = [("x", "ones(5000)*1e-300".to_owned()), ("k", format!("{k:?}"))];
            for text in ["sum((x*k)*2)", "y = x*k; sum(y + y)"] {
                let answer = answer_in(view, text, &given.each_ref().map(|(name, value)| (*name, value.as_str())));
                assert!((answer.value() / (2.0 * (k * 1e-300) * 5000.0) - 1.0).abs() < 1e-9, "{view}: {text} at {k:e}: {}", answer.value());
            }
        }
    }
}

/// What is 0 by structure carries nothing, whatever it meets; a slope that happens to be 0 and meets an infinite one leaves
/// the gradient undetermined, and that is told.
#[test]
fn only_a_zero_of_structure_carries_nothing() {
    for (text, point, expected) in [
        ("where(x > 0, sqrt(x), 0)", "0", 0.0),
        ("max(sqrt(x), 1e-10)", "0", 0.0),
        ("0*sqrt(x)", "0", 0.0),
        ("min(cbrt(x), 5, -1)", "0", 0.0),
        ("cbrt(floor(x))", "0.7", 0.0),
        ("sqrt(sign(x) + 1)", "-3", 0.0),
        ("relu(-1 - sqrt(x))", "0", 0.0),
        ("[sqrt(x), 2x][1]", "0", 2.0),
        ("sum(max([sqrt(x), 1], 0.5))", "0", 0.0),
        ("clamp(log(x), -1, 1)", "0", 0.0),
    ] {
        let answer = answer(text, &[("x", point)]);
        assert_eq!(gradient(&answer, "x")[0], expected, "{text}");
    }
    for (text, point) in [
        ("sqrt(x)^2", "0"),
        ("cbrt(x)^3", "0"),
        ("exp(log(x))", "0"),
        ("acos(x)^2", "1"),
        ("1/(1/x + 1)", "0"),
        ("sum(sqrt([x, 1 + x])^2)", "0"),
        ("d(sqrt(x)^2, x)", "0"),
    ] {
        let answer = answer(text, &[("x", point)]);
        let found = if text.starts_with("d(") { answer.value() } else { gradient(&answer, "x")[0] };
        assert!(found.is_nan(), "{text}: {found}");
        assert!(!answer.notes.is_empty(), "{text}: nothing is said");
    }
}

#[test]
fn a_quotient_of_numbers_says_what_it_is_and_not_where() {
    let answer = answer("1/0", &[]);
    assert_eq!(answer.notes[0].message, "f = 1 / 0 is inf: there is no finite value there");
}

/// A note speaks of what the user wrote, not of the gate table's letters.
#[test]
fn notes_speak_of_the_names_of_the_text() {
    for (text, inputs, ending) in [
        ("log(y)", &[("y", "-1")][..], "it has a real value for y > 0"),
        ("acos(u)", &[("u", "2")], "it has a real value for -1 <= u <= 1"),
        ("sqrt(a - b)", &[("a", "1"), ("b", "2")], "it has a real value for amb >= 0"),
        ("b^k", &[("b", "-2"), ("k", "0.5")], "it has a real value for b >= 0, or k an integer"),
    ] {
        let answer = answer(text, inputs);
        let message = &answer.notes.first().unwrap_or_else(|| panic!("{text}: nothing is said")).message;
        assert!(message.ends_with(ending), "{text}: {message}");
    }
}

/// A gradient that is no slope of the result is told however many numbers there are beside it, wherever the number is that meets the kinks.
#[test]
fn a_gradient_that_is_no_slope_is_told_among_many() {
    for count in [101, 1001, 10_001, 100_001] {
        let middle = count / 2;
        for (text, told) in [
            ("sum(relu(x) - relu(-x) + x)", format!("the slope of f in x[{middle}] is 2 on both sides; 1 is what the rules")),
            ("sum(relu(2*x) - relu(-x))", format!("the slope of f in x[{middle}] is 1 from below and 2 from above; 0 is what the rules")),
            (
                "sum(abs(sin(x)) + 3*relu(x))",
                format!("the slope of f in x[{middle}] is -1 from below and 4 from above; 0 is what the rules"),
            ),
            // Every number moves the sum, which is 0.
            ("relu(sum(x)) - relu(-sum(x))", "the slope of f in x[0] is 1 on both sides; 0 is what the rules".to_owned()),
            ("sum(relu(x + 0.5) - relu(-x - 0.5))", String::new()),
        ] {
            let answer = answer_in("brief", &format!("x = round(linspace(-{middle}, {middle}, {count})); {text}"), &[]);
            let sides: Vec<&str> = answer.notes.iter().filter(|note| note.kind == "sides").map(|note| note.message.as_str()).collect();
            let is_met = if told.is_empty() { sides.is_empty() } else { sides.iter().any(|note| note.contains(&told)) };
            assert!(is_met, "{text} of {count}: {sides:?}");
        }
    }
}
