//! Sums over an index, and what is taken out of arrays: gathering, masks, slices, new axes, axes of reductions.
//!
//! The numbers are JAX's (`tests/reference/indexing.py`, which runs the same texts as Python); a sum is also what the same
//! sum is, written out by hand.

use crate::arrays::{answer, difference, list};
use crate::support::{is_deep, part_of};
use gradcalc::calculus::Granularity;
use gradcalc::calculus::check::What;
use gradcalc::forms::StageId;
use gradcalc::session::{Session, Settings};
use gradcalc::views::{Answer, Source};
use gradcalc::{Fault, FaultKind};
use serde_json::Value as Json;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How finely to cut, as it is written first.
const CUTS: &[Granularity] = &[Granularity::Written, Granularity::Fused, Granularity::Primitive];

fn texts(json: &Json) -> Vec<(String, String)> {
    json.as_object().expect("names").iter().map(|(name, value)| (name.clone(), value.to_string())).collect()
}

/// What is wrong with the answer to a case.
fn faults(case: &Json, stages: Granularity) -> Vec<String> {
    let given = Some(case["upstream"].to_string()).filter(|text| text != "null");
    let upstream = given.map(|text| Session::new(Settings::default()).value(&text).expect("a value"));
    let constants: String =
        texts(&case["constants"]).iter().flat_map(|(name, value)| ["const ", name, " = ", value, "; "].map(str::to_owned)).collect();
    let text = constants + case["expression"].as_str().expect("a text");
    let answer = match answer(&text, &texts(&case["inputs"]), Settings { stages, upstream, ..Settings::default() }) {
        Ok(answer) => answer,
        Err(error) => return vec![error],
    };
    let mut found = vec![difference("the value", answer.numbers(answer.output), &list(&case["value"]))];
    let inputs: Vec<_> =
        answer.active_inputs().map(|id| (answer.program.input(id).map_or("", |input| answer.symbols.name(input.name)), id)).collect();
    for (name, gradient) in case["gradients"].as_object().expect("gradients") {
        // What only a size was asked of is no input, and has no gradient.
        let gradients = inputs.iter().find(|(known, _)| known == name).map(|&(_, id)| answer.gradients(id).expect("a gradient"));
        let wanted = list(gradient);
        found.push(difference(&format!("d{name}"), &gradients.unwrap_or_else(|| vec![0.0; wanted.len()].into()), &wanted));
    }
    let more: Vec<&str> = inputs.iter().map(|(name, _)| *name).filter(|name| case["gradients"].get(name).is_none()).collect();
    found.push((!more.is_empty()).then(|| format!("inputs that are none: {more:?}")));
    found.into_iter().flatten().collect()
}

#[test]
fn values_and_gradients_are_those_of_jax() {
    let lines: Vec<Json> = include_str!("reference/indexing.jsonl").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 842, "every case is read");
    // Every case as it is written, and every fifth cut otherwise.
    let cuts = |at: usize| if at.is_multiple_of(5) { CUTS } else { &CUTS[..1] };
    let wrong: Vec<String> = lines
        .iter()
        .enumerate()
        .flat_map(|(at, case)| {
            cuts(at).iter().flat_map(|&stages| faults(case, stages)).map(|fault| format!("{}: {fault}", case["expression"]))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Texts that take elements at the places i, j and k, of which the first two are vectors of one size; and the places.
const FOLLOWED: [(&str, &[[&str; 2]]); 4] = [
    ("i", &[["[0, 2]", "[1, 1]"], ["[-1, 0, 0]", "[3, 1, 2]"]]),
    ("j", &[["[2, 1]", "[-1, 0]"], ["[2, 1, 0]", "[2, 0, -2]"]]),
    ("k", &[["0", "2"], ["-1", "1"]]),
    ("y", &[["[1, 4]", "[0, 0]"], ["[4, -5, 2]", "[3, 3, 3]"]]),
];

/// What a script says beside its answers.
fn err_of(text: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gradcalc")).arg(text).output().expect("the program starts");
    String::from_utf8(output.stderr).expect("a text")
}

/// What an answer says of its value and of the inputs that are no places: gradients, second derivatives, digits, checks.
fn said(answer: &Answer) -> String {
    let name = |id: StageId| answer.program.input(id).map_or("", |input| answer.symbols.name(input.name));
    let kept: Vec<StageId> = answer.active_inputs().filter(|&id| ["x", "M4"].contains(&name(id))).collect();
    // Places come behind them.
    let size: usize = kept.iter().map(|&id| answer.shape(id).size()).sum();
    let gradients: Vec<_> = kept.iter().map(|&id| answer.gradients(id)).collect();
    let rows = answer.analysis.hessian.as_ref().map_or(&[][..], |hessian| &hessian.rows);
    let hessian: Vec<&[f64]> = rows.iter().take(size).map(|row| &row[..size]).collect();
    let rest = rows.iter().enumerate().flat_map(|(at, row)| &row[if at < size { size } else { 0 }..]);
    assert!(rest.into_iter().all(|&number| number == 0.0), "{}: {rows:?}", answer.expression);
    let digits: Vec<&str> = answer.precise.iter().flat_map(|digits| &digits.numbers[&answer.output]).map(|shown| &*shown.text).collect();
    let checks: Vec<_> = answer.checks.iter().flat_map(|checks| checks.iter()).map(|checked| checked.verdict.word()).collect();
    assert!(checks.iter().all(|&word| word == "match"), "{}: {checks:?}", answer.expression);
    let value = answer.numbers(answer.output);
    format!("{value:?}, {gradients:?}, {hessian:?}, {digits:?}")
}

/// Places may follow inputs: what is taken, its gradients, second derivatives, more digits and slopes by differences are those
/// of the same places as constants, which are JAX's; also where they are turned after the circuit was defined.
#[test]
fn places_may_follow_inputs() {
    let texts = [
        "sum(x[y]^2)",
        "x[k]^3*x[0]",
        "sum(M4[i]*[1, 2, 3])",
        "sum(M4[i, j]^2)",
        "sum(M4[k]^2)",
        "sum(M4[:, k]^2)",
        "M4[k, k]^2",
        "sum(M4[i, k]*M4[k, j])",
        "sum(M4[:, j]^2)",
        "exp(x[2*k - k])",
        "sum(log(M4[range(2), j[:2]]^2 + 1))",
        "sum(x[y]*x[k])",
        "mean(x[y][:, None]*[1, 2])",
        "sum(M4[1:, k]^3)",
        "sum(M4[i, 1]*x[k])",
        "norm(x[y])*norm(M4[k] + 1)",
    ];
    let data = "x = [0.5, -1.2, 1.7, 0.9, -0.4]; M4 = [1, 2, 3; 0.5, -1, 4; 2, 2.5, 3; -0.3, 0.7, 1.1]; ";
    let settings = Settings { hessian: true, precise: Some(30), check: Some(What::Inputs), ..Settings::default() };
    let ask = |text: &str| {
        let mut session = Session::new(settings.clone());
        let mut answers = Vec::new();
        let source = Source { name: "<test>".into(), line: 1 };
        session.run(text, &source, false, &mut |outcome| answers.push(outcome)).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        said(&answers.pop().expect("an answer").unwrap_or_else(|fault| panic!("{text}: {fault}")))
    };
    for text in texts {
        for (round, turned) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let places = |word: &str, at: usize| {
                let set = |&(name, sets): &(&str, &[[&str; 2]])| format!("{word}{name} = {}; ", sets[round][at]);
                FOLLOWED.iter().map(set).collect::<String>()
            };
            let constant = ask(&format!("{data}{}{text}", places("const ", turned)));
            assert_eq!(ask(&format!("{data}{}{text}", places("", turned))), constant, "{text}, {round} and {turned}");
            let later = format!("{data}{}f = {text}; {}f", places("", 1 - turned), places("", turned));
            assert_eq!(ask(&later), constant, "{later}");
        }
    }
}

/// Masks of inputs, and what takes elements by them.
const MASKS: [(&str, &[&str]); 4] = [
    (
        "x > 0.6",
        &["sum(x[#]^2)", "mean(exp(x[#]))", "sum(x[#]*x[#][::-1])", "norm(x[#]*1.1)^3", "sum(x[#][:, None]*x[#])", "logsumexp(x[#])"],
    ),
    ("x*a > 0", &["sum(x[#]^3)", "prod(x[#])/size(x[#])", "sum(M4[:3][x[#] < 1.2]^2)"]),
    ("M4[:, 0] < 1.5", &["sum(M4[#]^2)", "sum(M4[#, 1]^3)", "sum(M4[#][:, 0]*M4[#][:, 2])", "sum(exp(M4[#, 0]) @ M4[#])"]),
    ("M4 > 1.05", &["sum(M4[#]^2)", "mean(log(M4[#]))*size(M4[#])", "sum(M4[#][:3]*x[:3])"]),
];

/// A mask may follow inputs: what it takes, its gradients, second derivatives, more digits and slopes by differences are those
/// of the same mask as a constant; also where the inputs turn, as long as it takes as many elements.
#[test]
fn masks_may_follow_inputs() {
    let data = [
        "x = [0.5, -1.2, 1.7, 0.9, -0.4]; M4 = [1, 2, 3; 0.5, -1, 4; 2, 2.5, 3; -0.3, 0.7, 1.1]; a = 1.1; ",
        "x = [0.7, -1, -1.7, 1.9, 0.1]; M4 = [1.6, 2, 3; 0.1, 4, 1.5; -2, 1.1, 0.3; 0.3, 0.7, 2.1]; a = 1.3; ",
    ];
    let settings = Settings { hessian: true, precise: Some(30), check: Some(What::Inputs), ..Settings::default() };
    let ask = |text: &str| {
        let mut session = Session::new(settings.clone());
        let mut answers = Vec::new();
        let source = Source { name: "<test>".into(), line: 1 };
        session.run(text, &source, false, &mut |outcome| answers.push(outcome)).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        said(&answers.pop().expect("an answer").unwrap_or_else(|fault| panic!("{text}: {fault}")))
    };
    for (mask, texts) in MASKS {
        for text in texts {
            let masked = text.replace('#', &format!("({mask})"));
            for (now, before) in [(data[0], data[1]), (data[1], data[0])] {
                let constant = ask(&format!("{now}const m = {mask}; {}", text.replace('#', "m")));
                assert_eq!(ask(&format!("{now}{masked}")), constant, "{masked} at {now}");
                assert_eq!(ask(&format!("{now}m = {mask}; {}", text.replace('#', "m"))), constant, "{text} of {mask} at {now}");
                assert_eq!(ask(&format!("{before}f = {masked}; {now}f")), constant, "{masked} from {before} to {now}");
            }
        }
    }
    // By the condition as a factor, which needs no place.
    for (masked, product) in [("sum(x[x > 0.6]^2)", "sum(x^2*(x > 0.6))"), ("sum(M4[M4 > 0.8]^3)", "sum(M4^3*(M4 > 0.8))")] {
        let [masked, product] = [masked, product].map(|text| ask(&format!("{}{text}", data[0])));
        assert_eq!(masked, product);
    }
}

/// A mask that takes another number of elements than where it was named leaves nan with a reason; where it is written again, as in
/// a round, it takes what it takes then.
#[test]
fn masks_that_take_more_or_fewer() {
    for turned in ["[1, 2, 3]", "[-1, 2, -3]"] {
        for asked in ["f", "d(f, x)", "g = f + 1; g"] {
            let told = last(&format!("x = [1, -2, 3]; f = sum(x[x > 0]^2); x = {turned}; {asked}"));
            assert!(told.numbers(told.output).iter().any(|number| number.is_nan()), "{asked} at {turned}");
            let said = told.notes.iter().any(|note| note.message.contains("is to be named again"));
            assert!(said || asked == "d(f, x)", "{asked} at {turned}: {:?}", told.notes);
        }
    }
    // Where a mask or a place changes with the least change of an input that has a gradient, that is told.
    for (text, is_told) in [
        ("x = [0.5, 2]; sum(x[x > 0.5]^2)", true),
        ("x = [0.5, 2]; sum(x[x >= 0.5]^2)", true),
        ("x = [0.5, 2]; sum(x[x > 0.4]^2)", false),
        ("x = [3, 4]; a = 1; x[floor(a)]*a", true),
        ("x = [3, 4]; a = 1; x[floor(a)]", false),
        ("x = [3, 4]; a = 1.5; x[floor(a)]*a", false),
        ("x = [3, 4]; k = [1, 0]; sum(x[k > 0.5]^2) + sum(x[k])", false),
        ("x = [0.5, 1]; sum(x[x > 0.5]^2)/sum(x > 0.5)", true),
        ("x = [0.5, 1]; v = [2, 3]; sum(v[x > 0.5]^2)", true),
        ("y = [1, 0]; v = [2, 3]; sum(v[y == 1]^2)", false),
        // What cannot change beside the point, whatever is equal in it.
        ("x = [2, -1, 3]; sum(x[((x > 0) + (x > 1)) > 0])", false),
        ("x = [2, -1, 3]; sum(x[(x > 0) == (x > 1)])", false),
        ("x = [2, -1, 3]; sum(x[x == max(x)])", false),
        ("x = [-2, 3]; sum(x[relu(x) > 0])", false),
        ("x = [-2, 3]; sum(x[max(x, 0) > 0])", false),
    ] {
        let answer = last(text);
        let told = answer.notes.iter().any(|note| note.message.contains("of an array: its gradients are those"));
        assert_eq!(told, is_told, "{text}: {:?}", answer.notes);
    }
    let nudged = shown(&["--nudge", "x=0.5"], "sum(x[x > 0]^2)");
    assert!(nudged.split_whitespace().collect::<Vec<_>>().join(" ").contains("what it really becomes is nan"), "{nudged}");
    // What is checked on such an edge is no match of both sides.
    let settings = Settings { check: Some(What::Inputs), ..Settings::default() };
    for (text, inputs, word) in [
        ("sum(x[x > 0.5]^2)", [("x", "[0.5, 2]"), ("a", "1")], "edge"),
        ("sum(x[x > 0.5]^2)/sum(x > 0.5)", [("x", "[0.5, 2]"), ("a", "1")], "jump"),
        ("x[floor(a)]*a", [("x", "[3, 4]"), ("a", "1")], "jump"),
        ("sum(x[x > 0.5]^2)*a", [("x", "[0.6, 2]"), ("a", "1")], "match"),
    ] {
        let inputs: Vec<(String, String)> = inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = answer(text, &inputs[..if text.contains('a') { 2 } else { 1 }], settings.clone()).expect(text);
        let words: Vec<&str> = answer.checks.as_ref().expect("checks").iter().map(|checked| checked.verdict.word()).collect();
        assert!(words.contains(&word) && words.iter().all(|&other| other == word || other == "match"), "{text}: {words:?}");
    }
    // Masks that overlap are one mask where they are added; functions may take elements by them.
    for (text, value) in [
        ("x = [2, -1, 3]; sum(x[(x > 0) + (x > 1)])", 5.0),
        ("x = [2, -1, 3]; m = [1, 1, 0] > 0; n = [0, 1, 0] > 0; sum(x[m + n])", 1.0),
        ("f(v) = sum(v[v > 0]); x = [2, -1, 3]; f(x)", 5.0),
        ("g(q) = sum(x[q > 0]); x = [2, -1, 3]; g([1, 0, 0])", 2.0),
        ("x = [2, -1, 3]; h(q, m) = sum(q[m]^2); h(x, x > 0)", 13.0),
    ] {
        let answer = last(text);
        assert_eq!(answer.numbers(answer.output), [value], "{text}");
    }
    let told = last("v = [2, 3]; x = [1e16, 1]; y = [1, 1]; sum(v[(x + y) - x > 0.5]^2)");
    assert!(told.notes.iter().any(|note| note.message.contains("other elements of an array are taken")), "{:?}", told.notes);
    // What was a mask and is made of other numbers is none.
    let told = last("x = [1, -2, 3]; m = [1, 0, 1] > 0; f = sum(x[m]); m = [0, 2, 1]; f");
    assert!(told.numbers(told.output)[0].is_nan(), "{told:?}");
    let rounds = outcomes("x = [1, -2, 3]; repeat 4 { sum(x[x > 0]^2); x -= 1 }");
    let values: Vec<f64> = rounds.iter().flatten().map(|answer| answer.numbers(answer.output)[0]).collect();
    assert_eq!(values.iter().filter(|&&value| [10.0, 4.0, 1.0].contains(&value)).count(), 3, "{values:?}");
    assert!(rounds.last().is_some_and(Result::is_err), "no element is left in the last round");
    for (text, says) in [
        ("x[x > 0]", "has no value"),
        ("x = [-1, -2]; x[x > 0]", "takes no element"),
        ("x = [1, 2]; y = [1, 2, 3]; x[y > 0]", "has 3 elements"),
        ("x = 2; x[x > 0]", "a condition says yes or no"),
    ] {
        let fault = outcomes(text).pop().expect("an outcome").expect_err(text);
        assert!(fault.message.contains(says), "{text}: {fault}");
    }
}

/// A place that is calculated is the whole number that its digits tell; one that is also a number is differentiated as that.
#[test]
fn places_that_are_calculated_are_whole() {
    let settings = Settings { precise: Some(30), check: Some(What::Inputs), ..Settings::default() };
    for (text, inputs, value) in [
        ("x[log(a)/log(2)]", [("x", "[3, 1, 4]"), ("a", "4")], "4"),
        ("x[a*(1/a)]", [("x", "[3, 1, 4]"), ("a", "3")], "1"),
        ("x[a*10]", [("x", "[3, 1, 4, 1.5]"), ("a", "0.3")], "1.5"),
        ("(x*a)[a]", [("x", "[1, 2, 3]"), ("a", "1")], "2"),
        ("sum(x*a*onehot(a, 3))", [("x", "[1, 2, 3]"), ("a", "1")], "2"),
    ] {
        let inputs: Vec<(String, String)> = inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = answer(text, &inputs, settings.clone()).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        let digits = &answer.precise.as_ref().expect("digits").numbers[&answer.output][0];
        assert_eq!(digits.text.trim_end_matches('0').trim_end_matches('.'), value, "{text}");
        let words: Vec<&str> = answer.checks.as_ref().expect("checks").iter().map(|checked| checked.verdict.word()).collect();
        assert!(words.iter().all(|&word| word == "match"), "{text}: {words:?}");
        assert!(answer.notes.iter().all(|note| !note.message.contains("no right digit")), "{text}: {:?}", answer.notes);
    }
}

/// A mask that a dial of places is turned to is refused, however the stage is asked; one that places are calculated from is not.
#[test]
fn masks_are_no_places() {
    let begins = "x = [3, 1, 4]; k = [1, 1, 2]; f = sum(x[k]); k = [1, 0, 1] > 0; ";
    for asked in ["f", "f + 1", "d(f, x)", "print f", "assert f == 5", "y = 2; f*y"] {
        let fault = outcomes(&format!("{begins}{asked}")).pop().expect("an outcome").expect_err(asked);
        assert!(fault.message.contains("`k` is a mask now"), "{asked}: {fault}");
    }
    for (text, value) in [("x[m + 0]", &[1.0, 3.0, 1.0][..]), ("sum(onehot(m, 2) @ x[:2])", &[5.0]), ("x[sum(m)]", &[4.0])] {
        let answer = last(&format!("x = [3, 1, 4]; m = [1, 0, 1] > 0; {text}"));
        assert_eq!(answer.numbers(answer.output), value, "{text}");
    }
}

/// A place that is turned to where nothing is takes no number, and that is told.
#[test]
fn places_beyond_the_ends_take_nothing() {
    for (begins, text) in
        [("k = 1", "x[k]"), ("k = [0, 1]", "sum(x[k])"), ("k = 1", "sum(M[k])"), ("k = 0", "M[k, k]"), ("k = [1, 0]", "sum(M[k, k])")]
    {
        for beyond in ["3", "-4", "0.5", "1/0", "-0.9999999999999999"] {
            let turned = if begins.contains('[') { format!("[0, {beyond}]") } else { beyond.to_owned() };
            let told = last(&format!("x = [1, 2, 3]; M = [1, 2; 3, 4]; {begins}; f = {text}; k = {turned}; f"));
            assert!(told.numbers(told.output)[0].is_nan(), "{text} at {turned}");
            assert!(
                told.notes.iter().any(|note| note.message.contains("places from 0 to the last")),
                "{text} at {turned}: {:?}",
                told.notes
            );
            // Before anything is defined, it is refused.
            let refused = outcomes(&format!("x = [1, 2, 3]; M = [1, 2; 3, 4]; k = {turned}; {text}")).pop().expect("an outcome");
            assert!(refused.is_err_and(|fault| fault.message.contains("asked for")), "{text} at {turned}");
        }
    }
    // A gradient that goes through such a place is none.
    let lost = last("x = [1, 2, 3]; k = 1; f = x[k]^2; k = 5; d(f, x)");
    assert!(lost.numbers(lost.output).iter().all(|number| number.is_nan()), "{lost:?}");
    let told = err_of("x = [1, 2, 3]; k = 1; d(x[k]^2, k)");
    assert!(told.contains("`k` counts places, and no gradient goes to places: `d` is 0"), "{told}");
    // Digits that are lost on the way to a place are lost of what it takes.
    for text in ["x[floor(a*(1/a))]", "sum(x*onehot(floor(a*(1/a)), 2))"] {
        let told = last(&format!("x = [3, 1]; a = 49; {text}"));
        assert!(told.notes.iter().any(|note| note.message.contains("f = 3 has no right digit: it is 1")), "{text}: {:?}", told.notes);
    }
    let told = last("x = [3, 1, 4, 1, 5]; k = 0.3; x[floor(k/0.1)]");
    assert!(told.notes.iter().any(|note| note.message.contains("exactly as written it would be 1")), "{:?}", told.notes);
    let fault = outcomes("x = [1, 2, 3]; k = 1; set scalars on; x[k]").pop().expect("an outcome").expect_err("a fault");
    assert!(fault.message.contains("change with an input"), "{fault}");
}

const INPUTS: [(&str, &str); 4] =
    [("x", "[0.5, -1.2, 1.7, 0.9, -0.4]"), ("y", "[1.4, 0.3, -0.9, 2.1, -1.6]"), ("a", "1.3"), ("M", "[1, 2, 3; 0.5, -1, 4; 2, 2.5, 3]")];

/// What a name goes over, and which numbers that are.
const RANGES: [(&str, &[i64]); 8] = [
    ("range(4)", &[0, 1, 2, 3]),
    ("range(1, 4)", &[1, 2, 3]),
    ("range(0, 5, 2)", &[0, 2, 4]),
    ("range(4, 0, -2)", &[4, 2]),
    ("1..3", &[1, 2, 3]),
    ("2..2", &[2]),
    ("[0, 2, 2]", &[0, 2, 2]),
    ("range(size(x) - 2)", &[0, 1, 2]),
];

/// What is computed each time; `#` is the name that goes.
const BODIES: [&str; 8] = [
    "x[#]^2*a",
    "x[#]*y[#]",
    "x[#]^#",
    "#*x[4 - #]",
    "a*exp(x[#]*0.1)",
    "where(x[#] > 0, x[#]*a, y[#])",
    "sum(x[:# + 1])*a",
    "(x[#] if # > 1 else y[#])",
];

/// What puts the rounds together: before, between and behind them.
const CALLS: [(&str, [&str; 3]); 6] = [
    ("sum", ["(", ") + (", ")"]),
    ("prod", ["(", ")*(", ")"]),
    ("max", ["max(", ", ", ")"]),
    ("min", ["min(", ", ", ")"]),
    ("norm", ["norm([", ", ", "])"]),
    ("mean", ["((", ") + (", "))"]),
];

/// A sum with a `for`, and the same written out.
fn pair(call: &str, [before, between, behind]: [&str; 3], body: &str, (range, numbers): (&str, &[i64])) -> [String; 2] {
    let [open, close] = if call == "norm" { ["[", "]"] } else { ["", ""] };
    let rounds: Vec<String> = numbers.iter().map(|number| body.replace('#', &number.to_string())).collect();
    let divided = if call == "mean" { format!("/{}", numbers.len()) } else { String::new() };
    [
        format!("{call}({open}{} for i in {range}{close})", body.replace('#', "i")),
        format!("{before}{}{behind}{divided}", rounds.join(between)),
    ]
}

fn pairs() -> Vec<[String; 2]> {
    let mut pairs = Vec::new();
    for (call, signs) in CALLS {
        for body in BODIES {
            pairs.extend(
                RANGES
                    .iter()
                    .filter(|(_, numbers)| call != "max" && call != "min" || numbers.len() > 1)
                    .map(|range| pair(call, signs, body, *range)),
            );
        }
    }
    pairs
}

/// Two names that go, in one call and in two, and the same written out.
fn nested() -> Vec<[String; 2]> {
    let mut found = Vec::new();
    for body in ["x[#]*y[@]", "M[#, @]*a", "x[# + @]", "(# - @)*x[@]", "x[#]^2*x[@]"] {
        for (inner, numbers) in [
            ("range(3)", |_| vec![0, 1, 2]),
            ("range(i)", |i| (0..i).collect()),
            ("i..2", |i| (i..=2).collect()),
            ("[i, 0]", |i| vec![i, 0]),
        ] as [(&str, fn(i64) -> Vec<i64>); 4]
        {
            let round = |i: i64, j: i64| format!("({})", body.replace('#', &i.to_string()).replace('@', &j.to_string()));
            let rows: Vec<Vec<String>> = (1..=2).map(|i| numbers(i).into_iter().map(|j| round(i, j)).collect()).collect();
            let named = body.replace('#', "i").replace('@', "j");
            found.push([format!("sum({named} for i in 1..2 for j in {inner})"), rows.concat().join(" + ")]);
            let sums: Vec<String> = rows.iter().map(|row| format!("({})", row.join(" + "))).collect();
            found.push([format!("sum(sum({named} for j in {inner}) for i in 1..2)"), sums.join(" + ")]);
        }
    }
    found
}

fn inputs() -> Vec<(String, String)> {
    INPUTS.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// All numbers of an answer that are a matter of calculus, to the last bit.
fn bits(answer: &Answer) -> Vec<(String, Vec<u64>)> {
    let bits = |numbers: &[f64]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<u64>>();
    let mut found = vec![("value".to_owned(), bits(answer.numbers(answer.output)))];
    for id in answer.active_inputs() {
        let name = answer.program.input(id).map_or("", |input| answer.symbols.name(input.name));
        found.push((name.to_owned(), bits(&answer.gradients(id).expect("a gradient"))));
    }
    found.extend(answer.analysis.hessian.iter().map(|hessian| ("hessian".to_owned(), bits(&hessian.rows.concat()))));
    found.sort();
    found
}

#[test]
fn a_sum_is_what_it_is_written_out() {
    // Where time is short, every fifth of the first, which has every call with every body and with every range.
    for (at, [short, long]) in part_of(pairs().into_iter(), 0, 5).chain(nested()).enumerate() {
        for &stages in if at.is_multiple_of(5) { CUTS } else { &CUTS[..1] } {
            let hessian = stages == Granularity::Written && (is_deep() || at.is_multiple_of(2));
            let settings = Settings { stages, hessian, ..Settings::default() };
            let [found, wanted] =
                [&short, &long].map(|text| answer(text, &inputs(), settings.clone()).unwrap_or_else(|error| panic!("{text}: {error}")));
            assert_eq!(bits(&found), bits(&wanted), "{short} is {long}");
        }
    }
}

fn shown(view: &[&str], text: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
    program.args(view).args(["-e", "const n = 2", "-e", text]);
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    program.args(INPUTS.iter().filter(|(name, _)| words.contains(name)).map(|(name, value)| format!("{name}={value}")));
    let output = program.output().expect("the program starts");
    // A text with a comma stands in quotation marks in a CSV file.
    assert!(output.status.success(), "{view:?} {text}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a text").replace(text.rsplit("; ").next().unwrap_or(text), "TEXT").replace("\"TEXT\"", "TEXT")
}

#[test]
fn every_view_shows_what_it_shows_of_the_sum_written_out() {
    let texts = [
        ["sum(x[i]^2*a for i in range(3))", "x[0]^2*a + x[1]^2*a + x[2]^2*a"],
        ["sum(x[i + 1]*y[2*i] for i in 0..n)", "x[1]*y[0] + x[2]*y[2] + x[3]*y[4]"],
        ["sum(M[i, j]*x[j] for i in range(2) for j in range(2))", "M[0, 0]*x[0] + M[0, 1]*x[1] + M[1, 0]*x[0] + M[1, 1]*x[1]"],
        ["f(x, k) = sum(x[i]^2 for i in range(k)); f(y, n)*a", "f(x) = x[0]^2 + x[1]^2; f(y)*a"],
        ["sum(d(sum(x[i]^3 for i in range(2)), x)^2)", "sum(d(x[0]^3 + x[1]^3, x)^2)"],
        ["g(v, k) = v^k*a; sum(g(x[i], i) for i in 1..2)", "x[1]^1*a + x[2]^2*a"],
        ["max(x[i]*a for i in range(3)) + norm([x[i] for i in [0, 2]])", "max(x[0]*a, x[1]*a, x[2]*a) + norm([x[0], x[2]])"],
        [
            "w = 2; repeat 3 { w -= 0.1*d(sum((w*x[i] - y[i])^2 for i in 0..1), w) }; w*a",
            "w = 2; repeat 3 { w -= 0.1*d((w*x[0] - y[0])^2 + (w*x[1] - y[1])^2, w) }; w*a",
        ],
    ];
    let views: [&[&str]; 8] = [
        &[],
        &["--as", "code"],
        &["--as", "python"],
        &["--as", "c"],
        &["--as", "json"],
        &["--as", "csv"],
        &["--hessian"],
        &["--precise", "40", "--digits", "full"],
    ];
    for [short, long] in texts {
        for view in views {
            assert_eq!(shown(view, short), shown(view, long), "{view:?} of {short}");
        }
    }
}

/// A step of 0 takes nothing, whatever it is written as and wherever it stands; it is no index.
#[test]
fn steps_of_nothing_are_refused() {
    for step in ["0", "-0", "0.0", "1 - 1", "n - n", "n*0"] {
        for part in ["x[::{}]", "x[0:2:{}]", "x[2::{}]", "M[::{}, 0]", "M[0, 0:1:{}]", "M[:, ::{}]", "M[[0, 1], ::{}]", "f(x, {})"] {
            let text = format!("x = [1, 2, 3]; M = [1, 2; 3, 4]; const n = 2; f(v, k) = sum(v[::k]); sum({})", part.replace("{}", step));
            let Some(Err(fault)) = outcomes(&text).pop() else { panic!("{text} is answered") };
            assert_eq!(fault.message, "the step of a range is 0", "{text}");
        }
    }
}

/// What is calculated and is nan is no end and no step of a range: nan stands for what was left out.
#[test]
fn ends_that_are_nan_are_refused() {
    for nan in ["0/0", "inf - inf", "n - n*inf*0", "sqrt(-n)"] {
        for part in ["x[{}:]", "x[:{}]", "x[::{}]", "M[{}:, 0]", "M[0, :{}]", "M[:, ::{}]", "M[[0, 1], {}:]", "f(x, {})"] {
            let text = format!("x = [1, 2, 3]; M = [1, 2; 3, 4]; const n = 2; f(v, k) = sum(v[k:]); sum({})", part.replace("{}", nan));
            let Some(Err(fault)) = outcomes(&text).pop() else { panic!("{text} is answered") };
            assert_eq!(fault.message, "an end or the step of a range is nan", "{text}");
        }
    }
    let Some(Err(fault)) = outcomes("x = [1, 2, 3]; x[1e300]").pop() else { panic!("it is answered") };
    assert!(fault.message.ends_with("and 1e300 is asked for"), "{fault}");
}

fn outcomes(text: &str) -> Vec<Result<Arc<Answer>, Fault>> {
    let mut session = Session::new(Settings::default());
    let mut outcomes = Vec::new();
    let source = Source { name: "<test>".into(), line: 1 };
    if let Err(fault) = session.run(text, &source, true, &mut |outcome| outcomes.push(outcome)) {
        outcomes.push(Err(fault));
    }
    outcomes
}

fn last(text: &str) -> Arc<Answer> {
    outcomes(text).pop().expect("an answer").unwrap_or_else(|fault| panic!("{text}: {}", fault.message))
}

#[test]
fn a_name_that_goes_is_that_of_its_sum_alone() {
    // Value, and the inputs with their gradients.
    type Case = (&'static str, f64, &'static [(&'static str, &'static [f64])]);
    let cases: [Case; 16] = [
        ("i = 7; x = [1, 2, 3]; s = sum(x[i] for i in range(3)); s*i", 42.0, &[("i", &[6.0]), ("x", &[7.0, 7.0, 7.0])]),
        ("i = 7; x = [1, 2, 3]; sum(x[i]*i for i in range(3)) + i", 15.0, &[("i", &[1.0]), ("x", &[0.0, 1.0, 2.0])]),
        ("x = 5; a = 2; sum(x*a for x in 1..3) + x", 17.0, &[("a", &[6.0]), ("x", &[1.0])]),
        ("const i = 3; a = 2; sum(i*a for i in range(i))", 6.0, &[("a", &[3.0])]),
        ("f(x, i) = i*sum(x[i] for i in range(3)); f([1, 2, 3], 5)", 30.0, &[("i", &[6.0]), ("x", &[5.0, 5.0, 5.0])]),
        ("i(t) = 10*t; x = 3; sum(i(x)*i for i in 1..2)", 90.0, &[("x", &[30.0])]),
        ("a = 2; sum(pi*a for pi in 1..3) + 0*e", 12.0, &[("a", &[6.0])]),
        ("a = 2; sum(sum(i*a for i in 1..i) for i in 1..3)", 20.0, &[("a", &[10.0])]),
        ("a = 2; sum(i*a for i in 1..2 for i in i..2)", 10.0, &[("a", &[5.0])]),
        ("a = 2; sum(sum(a*i for i in 1..2)*i for i in 1..2)", 18.0, &[("a", &[9.0])]),
        ("in = 2; sum(in*for for for in 1..3)", 12.0, &[("in", &[6.0])]),
        ("a = 2; i = a; sum(i*a for i in 1..3)*i", 24.0, &[("a", &[24.0])]),
        ("a = 3; i = 1; i = sum(i*a for i in range(3)); i", 9.0, &[("a", &[3.0])]),
        (
            "def f(x):\n  i = 2\n  y = 3*x\n  return sum(y[i]*i for i in range(3)) + i\n\nx = [1, 2, 3]; f(x)",
            26.0,
            &[("x", &[0.0, 3.0, 6.0])],
        ),
        (
            "def f(x):\n  j = 2\n  i = sum(x[i] for i in 0..j)\n  return i*sum(x[j]*i for i in 1..j for j in [i])\n\nx = [1, 2, 3]; f(x)",
            48.0,
            &[("x", &[8.0, 14.0, 20.0])],
        ),
        ("x = 2; k = 1; repeat 2 { k += sum(k*x for k in 1..2) }; k*x", 26.0, &[("k", &[2.0]), ("x", &[13.0])]),
    ];
    for (text, value, gradients) in cases {
        let answer = last(text);
        assert_eq!(answer.numbers(answer.output), [value], "{text}");
        let mut found: Vec<(&str, Vec<f64>)> = answer
            .active_inputs()
            .map(|id| {
                (
                    answer.program.input(id).map_or("", |input| answer.symbols.name(input.name)),
                    answer.gradients(id).expect("a gradient").into_owned(),
                )
            })
            .collect();
        found.sort_by_key(|(name, _)| *name);
        assert_eq!(found, gradients.iter().map(|&(name, gradient)| (name, gradient.to_vec())).collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn sums_of_nothing_are_nothing() {
    let cases = [
        ("sum(x^i for i in range(0))", 0.0),
        ("sum(x^i for i in 3..2)", 0.0),
        ("sum(x^i for i in np.arange(0))", 0.0),
        ("sum(x for i in range(2, 5, -1))", 0.0),
        ("prod(x^i for i in 1..0)", 1.0),
        ("sum(x*j for i in 1..3 for j in range(i, 2))", 2.0),
        ("sum(sum(x for j in 1..0) for i in 1..3)", 0.0),
        ("sum(i*x for i in range(0) for j in 1..1e12)", 0.0),
    ];
    for (text, value) in cases {
        let answer = last(&format!("x = 2; {text}"));
        assert_eq!(answer.numbers(answer.output), [value], "{text}");
    }
    // A name that stands in a sum of nothing is used, and its input listed, whatever leads to it.
    for text in [
        "sum(x^i for i in range(0))",
        "prod(x^i for i in 1..0)",
        "g(t) = sum(t*i for i in 1..0); g(x)",
        "q = 3*x; sum(q*i for i in range(0))",
        "sum(sum(x for j in 1..0) for i in 1..3)",
        "sum(v*x for i in range(0) for v in [i])",
        "g(t) = sum(t*x for i in 1..0); g(2)",
        "y + sum(x*i for i in range(0))",
        "y*sum(y*x for i in range(0))",
    ] {
        for scalars in ["off", "on"] {
            let answer = last(&format!("y = 3; x = 2; set scalars {scalars}; {text}"));
            let name = |id| answer.program.input(id).map_or("", |input| answer.symbols.name(input.name));
            let x = answer.active_inputs().find(|&id| name(id) == "x").unwrap_or_else(|| panic!("{text} lists no x"));
            assert_eq!((answer.numbers(x), answer.gradients(x).as_deref()), (&[2.0][..], Some(&[0.0][..])), "{text}");
            assert!(answer.notes.is_empty(), "{text}");
        }
    }
    // One of another statement is not.
    assert_eq!(last("x = 2; y = 3; sum(x for i in 1..0); y + 1").active_inputs().count(), 1);
    let output =
        Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(["sum(x^i for i in range(0))", "x=2"]).output().expect("the program starts");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_cannot_be_is_told() {
    // A text, its kind of fault, what the message has, and what the help has.
    let cases = [
        ("sum(x[i] for i in range(4))", FaultKind::Shape, "3 is asked for (where i is 3)", "counted from 0"),
        ("sum(x[i + j] for i in range(2) for j in 1..2)", FaultKind::Shape, "3 is asked for (where i is 1, j is 2)", "counted from 0"),
        ("sum(x[v] for v in [0.5])", FaultKind::Shape, "(where v is 0.5)", "whole number"),
        ("f(x) = sum(x[i] for i in range(9)); f(x)", FaultKind::Shape, "(where i is 3)", "counted from 0"),
        ("sum(x[r[0]] for r in [7, 0; 1, 1])", FaultKind::Shape, "(where r is element 0)", ""),
        ("sum(ones(i) for i in 2..3)", FaultKind::Shape, "one round is [2] and another [3]", "same shape"),
        ("[ones(2, 2) for i in 1..2]", FaultKind::Shape, "more than two axes", ""),
        ("[x[:i] for i in 1..2]", FaultKind::Shape, "one round is [1] and another [2]", ""),
        ("sum(x for i in 1..k)", FaultKind::Name, "`k` has no value, and how often a `for` goes must be known", "const k = 3"),
        ("sum(x for i in range(1, k, 2))", FaultKind::Name, "`k` has no value", "const k = 3"),
        ("sum(x for i in range(a))", FaultKind::Name, "must not change with an input", "const n = 3"),
        ("sum(x for i in 1..2*a)", FaultKind::Name, "must not change with an input", "const n = 3"),
        ("sum(x for i in range(x))", FaultKind::Shape, "a single number, and this is [3]", "for v in x"),
        ("sum(x for i in 3)", FaultKind::Shape, "a single number", "range(n)"),
        ("sum(x for i in range(0, 1, 0))", FaultKind::Shape, "by steps of 0 have no end", ""),
        ("sum(x for i in nan..1)", FaultKind::Name, "`nan` has no value", ""),
        ("max(x[i] for i in 1..0)", FaultKind::Shape, "`max` of nothing", ""),
        ("mean(x[i] for i in 1..0)", FaultKind::Shape, "`mean` of nothing", ""),
        ("[i for i in range(0)]", FaultKind::Shape, "one element at least", ""),
        ("sum(x for i in 1..1e9)", FaultKind::Limit, "this `for` goes 1000000000 times", "raise the budget"),
        ("sum(x for i in 1..inf)", FaultKind::Limit, "this `for` goes inf times", ""),
        ("sum(i*j for i in 1..1e5 for j in 1..1e5)", FaultKind::Limit, "this `for` goes 10000000000 times", ""),
        ("sum(max(a for j in 1..1e5) for i in 1..1e5)", FaultKind::Limit, "this `for` goes 10000000000 times", ""),
        ("logsumexp(x[i] for i in range(3))", FaultKind::Name, "`logsumexp` takes no `for`", "([x[i]^2 for i in range(3)])"),
        ("g(t) = t; g(x[i] for i in range(3))", FaultKind::Name, "`g` is a function of yours", "[...]"),
        ("np.sum(x[i] for i in range(3))", FaultKind::Parse, "`np.sum` takes an array", "np.sum([x[i]^2 for i in range(3)])"),
        ("sum(x[i] for i in range(3) if i > 1)", FaultKind::Parse, "no condition", "where("),
        ("sum(x[i], 2 for i in range(3))", FaultKind::Parse, "alone in its brackets", "for i in"),
        ("sum(x[i] for i in range(3), 2)", FaultKind::Parse, "alone in its brackets", "for i in"),
        ("sum(v*i for i, v in enumerate(x))", FaultKind::Parse, "one name goes", "for i in"),
        ("sum(v for v in zip(x, x))", FaultKind::Name, "`zip` is no function", "x[i]*y[i]"),
        ("sum(v for v in enumerate(x))", FaultKind::Name, "`enumerate` is no function", "size(x)"),
        ("sum(x for i of 1..3)", FaultKind::Parse, "`in` stands behind", ""),
        ("sum(x for 3 in x)", FaultKind::Parse, "the name that goes", ""),
        ("sum(x for i)", FaultKind::Parse, "`in` stands behind", ""),
        ("sum(x for i in 1..2 for)", FaultKind::Parse, "the name that goes", ""),
        ("x for i in range(3)", FaultKind::Parse, "behind what a call such as `sum(...)` adds up", "for i in"),
        ("(x for i in range(3))", FaultKind::Parse, "behind what a call such as `sum(...)` adds up", "for i in"),
        ("x + 1..3", FaultKind::Parse, "`..` stands between", "1..10"),
        ("for i in range(3): x", FaultKind::Parse, "", "sum(x[i]^2 for i in range(3))"),
        ("for i in range(3) { x }", FaultKind::Parse, "", "repeat 10"),
        ("repeat 3 { for i in range(3) { x } }", FaultKind::Parse, "", "sum(x[i]^2 for i in range(3))"),
        ("sum(i for i in 1..2) + i", FaultKind::Name, "`i`", ""),
        ("sum(d(a^i, i) for i in 1..2)", FaultKind::Name, "with respect to a name", ""),
        ("[i for i in 1..2)", FaultKind::Parse, "closes a `[`", ""),
        ("sum(i for i in 1..2]", FaultKind::Parse, "closes a `(`", ""),
    ];
    for (text, kind, message, help) in cases {
        let begun = Instant::now();
        let fault = outcomes(&format!("x = [1, 2, 3]; a = 2; {text}"))
            .into_iter()
            .find_map(Result::err)
            .unwrap_or_else(|| panic!("{text}: no fault"));
        assert_eq!(fault.kind, kind, "{text}: {}", fault.message);
        assert!(fault.message.contains(message), "{text}: {}", fault.message);
        let helps = fault.remedy.as_ref().map_or(String::new(), ToString::to_string);
        assert!(helps.contains(help), "{text}: {helps}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{text}");
    }
}

#[test]
fn long_and_deep_sums_take_the_time_of_their_stages() {
    let begun = Instant::now();
    let answer = last("a = 2; sum(a*i for i in 1..100000)");
    assert_eq!(answer.numbers(answer.output), [2.0 * 5_000_050_000.0]);
    // Each stands in the one before, and all together go once.
    let nested = |count: usize| format!("a = 2; {}a{}", "sum(".repeat(count), " for i in 1..1)".repeat(count));
    assert_eq!(last(&nested(64)).numbers(last(&nested(64)).output), [2.0]);
    let fault = outcomes(&nested(65)).into_iter().find_map(Result::err).expect("a fault");
    assert_eq!(fault.kind, FaultKind::Limit);
    let wide = format!("a = 2; {}0", "sum(a*i for i in 1..2) + ".repeat(5000));
    assert_eq!(last(&wide).numbers(last(&wide).output), [30000.0]);
    let chain = (1..200).map(|at| format!("f{at}(t) = f{}(t) + t; ", at - 1)).collect::<Vec<_>>().concat();
    let called = format!("f0(t) = t; {chain}x = 1; sum(f199(x*i) for i in 1..3)");
    assert_eq!(last(&called).numbers(last(&called).output), [1200.0]);
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
}

#[test]
fn no_text_of_these_words_is_a_mistake_of_ours() {
    let words = [
        "sum(",
        "max(",
        "np.sum(",
        "f(",
        "[",
        "]",
        ")",
        " for i in ",
        " for j in ",
        " for ",
        " in ",
        "i",
        "j",
        "x",
        "a",
        "3",
        "1..2",
        "range(i)",
        "range(2)",
        "i..2",
        "..",
        "x[i]",
        "x[j]",
        " + ",
        "*",
        ", ",
        " if ",
        " else ",
        "d(",
        "; ",
        "f(t) = ",
        "def f(t):\n  i = t\n  return ",
        "\n",
        "axis=i",
        ":",
        "M",
    ];
    let mut state = 20_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..3000 {
        let mut text = "x = [1, 2, 3]; M = [1, 2; 3, 4]; a = 2\nf(t) = sum(t*i for i in 1..2)\n".to_owned();
        // Half of them begin as a sum does.
        text.push_str(["", "sum(x[i] for i in ", "sum(", "[i*a for i in 1..2 for j in "][next(4)]);
        (0..next(9)).for_each(|_| text.push_str(words[next(words.len())]));
        text.push_str(["", ")", "]", "))"][next(4)]);
        for outcome in outcomes(&text) {
            assert!(!outcome.is_err_and(|fault| fault.kind == FaultKind::Internal), "{text}");
        }
    }
}

/// What is made of comparisons is a mask, through arrays, choices and names; a part of it that is a number makes it refused, and
/// adding 0 makes places of it. Nothing of it is taken for places in silence.
#[test]
fn comparisons_as_subscripts_are_masks_or_refused() {
    // The mask 1, 0, 1 and the mask 0, 1, 0.
    let masks = [
        "[1, 0, 1] > 0",
        "[a > 0, a > 1, a > 0]",
        "m",
        "n",
        "(1 - m) == 0",
        "m + m",
        "m + m*n + n",
        "abs(m)",
        "stop_gradient(m)",
        "outer(C > 0, m)[0]",
        "m @ (eye(3) > 0)",
        "m*(C > 0)",
        "max(m, C < 0)",
        "min(m, C > 0)",
        "where(C > 0, m, m)",
        "[m, C > 0][0, :]",
        "([1; 0; 1] > 0)'",
        "([1, 0, 1, 0] > 0)[:3]",
    ];
    let begins = "const a = 1; const C = [5, 5, 5]; const m = [1, 0, 1] > 0; const n = m; h(v) = v*v; x = [10, 20, 30]; ";
    for text in masks {
        for (subscript, expected) in [(text.to_owned(), &[10.0, 30.0][..]), (format!("({text}) == 0"), &[20.0][..])] {
            let answer = last(&format!("{begins}x[{subscript}]"));
            assert_eq!(answer.numbers(answer.output), expected, "x[{subscript}]");
        }
        let places = last(&format!("{begins}x[(({text}) > 0) + 0]"));
        assert_eq!(places.numbers(places.output), [20.0, 10.0, 20.0], "x[({text}) + 0]");
        // What NumPy takes for numbers, or refuses, has two readings; both are offered, and both are read.
        for calculated in [
            "-(T)",
            "1 - (T)",
            "(T) - n",
            "(T)^2",
            "sqrt(T)",
            "(T)/1",
            "relu(T)",
            "1*(T)",
            "2*(T)",
            "(T)*range(3)",
            "where(T, 1, 0)",
            "abs((T) - n)",
        ] {
            let subscript = calculated.replace('T', text);
            let fault = outcomes(&format!("{begins}x[{subscript}]")).pop().expect("an outcome").expect_err(&subscript);
            let told = ["made of conditions and of numbers", "calculated from conditions"].iter().any(|told| fault.message.contains(told));
            let help = fault.remedy.as_ref().map_or(String::new(), ToString::to_string);
            let offered = |text: &str| help.contains(&format!("`({text}) > 0`; for places, add 0: `({text}) + 0`"));
            assert!(told && (offered(&subscript) || offered("...")), "{subscript}: {fault}");
            for reading in ["> 0", "+ 0"] {
                let outcome = outcomes(&format!("{begins}x[({subscript}) {reading}]")).pop().expect("an outcome");
                let read = |fault: &Fault| ["takes no element", "is asked for"].iter().any(|told| fault.message.contains(told));
                assert!(outcome.as_ref().map_or_else(read, |_| true), "x[({subscript}) {reading}]");
            }
        }
    }
    for (subscript, told) in [
        ("x[a > 0]", "a condition says yes or no"),
        ("x[m[0]]", "a condition says yes or no"),
        ("x[a > 0:]", "a condition says yes or no"),
        ("x[:a > 0]", "a condition says yes or no"),
        ("X[a > 0, 1]", "a condition says yes or no"),
        ("X[[0, 1], a > 0]", "a condition says yes or no"),
        ("x[[a > 0, 0, 1]]", "of conditions and of numbers"),
        ("x[m*[0, 1, 1]]", "of conditions and of numbers"),
        ("x[where(C > 0, m, [0, 1, 1])]", "of conditions and of numbers"),
        ("x[[a > 0, a > 1]]", "the mask has 2 elements, and there are 3"),
        ("const k = [5, 7] > 6; x[k]", "the mask has 2 elements, and there are 3"),
        ("x[[x[0] > 1, x[1] > 1, 1]]", "of conditions and of numbers"),
    ] {
        let fault = outcomes(&format!("{begins}X = [1, 2; 3, 4]; {subscript}")).pop().expect("an outcome").expect_err(subscript);
        assert!(fault.message.contains(told) && fault.to_string().contains("; "), "{subscript}: {fault}");
    }
    // In every round of a block, also where what it is made of changes.
    let answer = last("y = [1, 5, 3]; s = 0; repeat 3 { const k = y > 2; x = [10, 20, 30]; s += sum(x[k]); y += 1 }; s*1");
    assert_eq!(answer.numbers(answer.output), [50.0 + 50.0 + 60.0]);
    // A mask of two.
    let answer = last("const B = [5, 7]; const k = B > 6; x = [1, 2]; x[k]");
    assert_eq!(answer.numbers(answer.output), [2.0]);
    // A name that gets another meaning is no mask any more.
    let answer = last("const k = [1, 0] > 0; const k = [1, 0]; x = [10, 20, 30]; x[k]");
    assert_eq!(answer.numbers(answer.output), [20.0, 10.0]);
}
