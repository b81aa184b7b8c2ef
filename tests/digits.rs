//! Digits that are right, or told: what an answer says of the digits that it lost, against mpmath, which read the source text itself.

use crate::support::{Case, answer_with, ask};
use gradcalc::calculus::Granularity;
use gradcalc::calculus::digits::digits_lost;
use gradcalc::session::Settings;
use gradcalc::vocabulary::Gate;
use gradcalc::vocabulary::gate::{Rounding, Row, TABLE, infix};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// A number is told that lost so many digits; of what is nearly that nothing is asked.
const TOLD: f64 = 4.0;
const NEARLY: f64 = 0.1;

/// The cases, which a script beside them made.
fn cases() -> impl Iterator<Item = Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/digits.jsonl");
    let text = std::fs::read_to_string(path).expect("the reference");
    text.lines().map(Case::read).collect::<Vec<_>>().into_iter()
}

/// What is wrong with what an answer says of its digits.
fn faults(case: &Case) -> Vec<String> {
    let answer = ask(&case.text, &case.inputs);
    let report = answer.digits.as_ref().expect("a report");
    let mut wrong = Vec::new();
    // What a tie or a kink is given is a rule, and no derivative.
    let ruled = answer.notes.iter().any(|note| ["kink", "tie", "sides"].contains(&note.kind));
    for (at, &stage) in case.stages(&answer).iter().enumerate() {
        let Some(stage) = stage.filter(|_| at == 0 || !ruled) else { continue };
        let (computed, truth) = (answer.values.slice(stage)[0], case.truth[at]);
        if !computed.is_finite() {
            continue;
        }
        let lost = if computed == truth { 0.0 } else { digits_lost(computed - truth, truth) };
        let told = report.lost.iter().find(|lost| lost.stage == stage);
        let of = |what: &str| format!("{} {:?}: number {at} is {computed}, truly {truth}, lost {lost:.1}: {what}", case.text, case.inputs);
        match told {
            None if lost >= TOLD + NEARLY && !report.suspected.iter().any(|suspected| suspected.stage == stage) => wrong.push(of("untold")),
            Some(_) if lost < TOLD - NEARLY => wrong.push(of("told")),
            Some(told) if (told.truth - truth).abs() > 1e-12 * truth.abs() => wrong.push(of(&format!("told as {}", told.truth))),
            _ => {}
        }
        let Some(&meant) = case.read.get(at) else { continue };
        let moved = if meant == truth { 0.0 } else { digits_lost(meant - truth, truth) };
        let told = report.read.iter().any(|read| read.stage == stage);
        if told && moved < 6.0 - NEARLY || !told && moved >= 6.0 + NEARLY {
            wrong.push(of(&format!("read as {meant}, moved {moved:.1}, told: {told}")));
        }
    }
    wrong
}

#[test]
fn no_number_that_lost_digits_is_untold_and_none_is_told_that_did_not() {
    let deep = crate::support::is_deep();
    let cases: Vec<Case> = cases().collect();
    let few = cases.iter().enumerate().filter(|(at, case)| deep || case.kind != "random" || at % 24 == 0).map(|(_, case)| case);
    let wrong: Vec<String> = few.flat_map(faults).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Of the random cases a fifth loses digits, and every gate that rounds is met in twenty or more.
#[test]
fn the_cases_lose_digits_in_every_gate() {
    let cases: Vec<Case> = cases().filter(|case| case.kind != "science").collect();
    let seldom = |row: &&Row| {
        let sign = ["+", "-", "*", "/", "^"].into_iter().find(|sign| infix(sign).is_some_and(|(gate, _)| gate == row.gate));
        let call = sign.map_or_else(|| format!("{}(", row.name), |sign| format!(" {sign} "));
        // A power is written without spaces.
        let call = if call == " ^ " { "^".to_owned() } else { call };
        let met = |text: &str| text.match_indices(&call).any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
        cases.iter().filter(|case| met(&case.text)).count() < 20
    };
    // Derivatives of other gates that people do not call, and gates of arrays alone, are seen elsewhere.
    let rounds = TABLE.iter().filter(|row| row.callable() && row.rounding != Rounding::Exact && row.gate.is_elementwise());
    let rounds = rounds.filter(|row| row.gate != Gate::ErfcxDerivative);
    let seldom: Vec<&str> = rounds.filter(seldom).map(|row| row.name).collect();
    assert!(seldom.is_empty(), "{seldom:?}");
    let random: Vec<&Case> = cases.iter().filter(|case| case.kind == "random").step_by(10).collect();
    let loses = |case: &&&Case| !ask(&case.text, &case.inputs).digits.as_ref().expect("a report").lost.is_empty();
    let losing = random.iter().filter(loses).count();
    assert!(losing * 5 >= random.len(), "{losing} of {}", random.len());
}

/// Of what people compute every day nothing is said.
#[test]
fn ordinary_answers_have_no_note_on_digits() {
    let cases = cases().filter(|case| case.kind == "science");
    let mut count = 0;
    for case in cases {
        count += 1;
        let answer = ask(&case.text, &case.inputs);
        let notes: Vec<&str> =
            answer.notes.iter().filter(|note| ["digits", "reading"].contains(&note.kind)).map(|note| &*note.message).collect();
        assert!(notes.is_empty(), "{} {:?}: {notes:?}", case.text, case.inputs);
    }
    assert!(count > 100, "{count}");
}

/// The notes on digits of an answer.
fn told(text: &str, inputs: &[(&str, &str)]) -> Vec<String> {
    let inputs: Vec<(String, String)> = inputs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    let answer = ask(text, &inputs);
    let notes = answer.notes.iter().filter(|note| ["digits", "reading"].contains(&note.kind));
    notes.map(|note| note.message.clone()).collect()
}

/// A note has the true number, the stage that lost it, and how much of that arrived.
#[test]
fn a_note_says_what_is_true_and_what_lost_it() {
    for (text, inputs, expected) in [
        (
            "(x + y) - x",
            &[("x", "1e16"), ("y", "1")][..],
            "f = 0 has no right digit: it is 1. xpy = x + y rounds 1 away, and all of it reaches f",
        ),
        (
            "sigma(x)",
            &[("x", "40")],
            "dx = 0 has no right digit: it is 4.24835425529e-18. f = sigma(x) rounds 4.25e-18 away, and all of it reaches dx",
        ),
        ("2*x - y", &[("x", "1"), ("y", "2.00000000001")], "y is read as the nearest binary number; that alone moves f by 8.27e-8 of it"),
        (
            "floor(x/0.1)",
            &[("x", "0.3")],
            "x and 0.1 are read as the nearest binary numbers; that alone moves f by 1 (exactly as written it would be 3)",
        ),
        ("sin(pi*x)", &[("x", "1")], "pi is read as the nearest binary number; that alone moves f by 1.22e-16"),
        ("exp(x)*exp(-x)", &[("x", "1000")], "f = nan has no right digit: it is 1. expx = exp(x) is too large for a 64-bit number"),
        ("sinh(x)/cosh(x)", &[("x", "400")], "it is 1.46714983367e-347"),
        ("sqrt(x)^2 - x", &[("x", "2")], "it is 0 as far as"),
        ("x/3*1e300", &[("x", "1e-320")], "f has 3 right digits of 16: it is 3.33329622394e-21. xby3 = x / 3 is so small that"),
        ("x = [1e16, 3]; y = [1, 1]; sum((x + y) - x)", &[], "f = 1 has no right digit: it is 2"),
    ] {
        let notes = told(text, inputs);
        assert!(notes.iter().any(|note| note.contains(expected)), "{text} {inputs:?}: {notes:?}");
    }
}

/// A part that so many evaluations round away alike is missed by none of them: a number and another one, so many powers of ten apart.
#[test]
fn a_part_is_found_however_far_below_the_others_it_is() {
    for power in [17, 20, 46, 80, 100, 130, 135, 150, 155, 200, 250, 300] {
        let [small, large] = [format!("1e-{power}"), format!("1e{power}")];
        // The next terms of each series are far below these.
        let parts = [
            ("5 + ((x + 1) - x)", &large, 6.0),
            ("1/(x - (x - 2))", &large, 0.5),
            ("(1 + x)^(1/x)", &small, std::f64::consts::E),
            ("(1 - cos(x))/x^2", &small, 0.5),
            ("(exp(x) - 1)/x", &small, 1.0),
            ("log(1 + x)/x", &small, 1.0),
            ("(hypot(1, x) - 1)/x/x", &small, 0.5),
            ("det([[1 + x, 1], [1, 1]])/x + (sqrt(1 + x) - 1)/x", &small, 1.5),
            ("logsumexp([x, -x, 0]) - log(3) + (logsumexp([x, 0]) - logsumexp([0, 0]))/x", &small, 0.5),
        ];
        for (text, x, truth) in parts {
            // Here x is the number of binary64, as it is in what is evaluated again.
            let notes = told(text, &[("x", x)]);
            let told = |note: &String| {
                let number = note.strip_prefix("f ")?.split("it is ").nth(1)?.split([' ', ';']).next()?;
                number.trim_end_matches('.').parse::<f64>().ok()
            };
            let says = |note: &String| told(note).is_some_and(|found| (found / truth - 1.0).abs() < 1e-11);
            assert!(notes.iter().any(says), "{text} at {x}: {notes:?}, not {truth}");
        }
    }
}

/// A choice is told to be wrong where more digits choose otherwise, and not where they only round otherwise.
#[test]
fn a_choice_is_wrong_only_where_more_digits_choose_otherwise() {
    for (text, inputs) in [
        ("floor(x/3*3 - x)", &[("x", "2")][..]),
        ("(x/3*3 - x) == 0", &[("x", "2")]),
        ("where(sqrt(x)^2 - x < 0, 1, 2)", &[("x", "9")]),
        ("round(x/3*3/2)", &[("x", "13")]),
        ("floor(floor(sqrt(x)^2)/3)", &[("x", "5")]),
        ("floor(floor(x*49*(1/49))/3)", &[("x", "11")]),
        ("max(x % ([4.5, 1/3]/10))", &[("x", "1")]),
        ("det([a, 1e-300, 2; a, 1e-300, 2; 3, 2, 2.53]) == 0", &[("a", "2.96")]),
        ("floor(det([2.96, 5e-324, 2; 2.96, 5e-324, 2; x, 2, 2.53]))", &[("x", "2")]),
        ("det([0.1, 0.2, 0.7; 0.1, 0.2, 0.7; 0.3, 0.4, -1.7])*x", &[("x", "1")]),
    ] {
        assert_eq!(told(text, inputs), Vec::<String>::new(), "{text}");
    }
    for (text, inputs, expected) in [
        ("floor(7 - x)", &[("x", "1e-280")][..], "f = 7 has no right digit: it is 6"),
        ("floor(7 - x)", &[("x", "5e-324")], "f = 7 has no right digit: it is 6"),
        ("floor(1 - x/3)", &[("x", "1e-250")], "f = 1 has no right digit: it is 0"),
        ("ceil(cosh(x))", &[("x", "1e-100")], "f = 1 has no right digit: it is 2"),
        ("where(7 + y > 7, 1, 0)", &[("y", "1e-300")], "f = 0 has no right digit: it is 1"),
        ("where(sqrt(b^2 + 1)^2 - 1 - b^2 < 0, 0, 1)", &[("b", "0.6")], "f = 0 has no right digit: it is 1"),
    ] {
        let notes = told(text, inputs);
        assert!(notes.iter().any(|note| note.contains(expected)), "{text} {inputs:?}: {notes:?}");
    }
}

/// What reading moves is told of the smallest numbers as of others.
#[test]
fn what_reading_moves_is_told_of_small_numbers_too() {
    for scale in ["1", "1e-40", "1e-80", "1e-200"] {
        let notes = told(&format!("exp(cos(1e80))*{scale}"), &[]);
        assert!(notes.iter().any(|note| note.contains("1e80 is read as the nearest binary number")), "{scale}: {notes:?}");
    }
}

/// Flat ends of a gate and steps of a remainder do not hide what their operands lost. The numbers are those of mpmath.
#[test]
fn flat_gates_and_remainders_hide_nothing() {
    let loses = "mean([(1e11 + mod(2, y))^2, 1e11^2]) - mean([1e11 + mod(2, y), 1e11])^2";
    for (text, inputs, truth) in
        [(&*format!("erf({loses})"), ("y", "-0.859"), "0.0937011123"), ("-1/(mod(x*3, x)/x - 0.5)", ("x", "0.7371402970685199"), "it is 2")]
    {
        let notes = told(text, &[inputs]);
        assert!(notes.iter().any(|note| note.contains(truth)), "{text}: {notes:?}");
    }
}

/// What a note says keeps the digits does: written in the text, nothing is lost.
#[test]
fn what_a_note_says_keeps_the_digits_keeps_them() {
    for (text, inputs, remedy) in [
        ("log(1 + x)", &[("x", "1e-10")][..], "log1p(x)"),
        ("log(x + 1)", &[("x", "1e-10")], "log1p(x)"),
        ("exp(x) - 1", &[("x", "1e-10")], "expm1(x)"),
        ("1 - erf(x)", &[("x", "5")], "erfc(x)"),
        ("1 - cos(x)", &[("x", "1e-6")], "2 * sin(x / 2)^2"),
        ("sqrt(x^2 + y^2)", &[("x", "1e200"), ("y", "1e200")], "hypot(x, y)"),
        ("log(1 + exp(x))", &[("x", "-40")], "softplus(x)"),
        ("log(sum(exp(z)))", &[("z", "[1000, 1000]")], "logsumexp(z)"),
        ("-log(softmax(z)[0])", &[("z", "[1, 800]")], "z[0] - logsumexp(z)"),
        ("log(sigma(x))", &[("x", "40")], "logsigmoid(x)"),
        ("1 - sigma(x)", &[("x", "40")], "sigma(-x)"),
        ("sqrt(x) - sqrt(y)", &[("x", "1e14"), ("y", "100000000000001")], "(x - y) / (sqrtx + sqrty)"),
        ("mean(x^2) - mean(x)^2", &[("x", "[1e8, 100000001, 100000002]")], "var(x)"),
        ("x^2 - y^2", &[("x", "1e8"), ("y", "100000001")], "(x - y) * (x + y)"),
    ] {
        let notes = told(text, inputs);
        assert!(notes.iter().any(|note| note.contains(&format!("{remedy} keeps it"))), "{text}: {notes:?}");
        let better = remedy.replace("sqrtx", "sqrt(x)").replace("sqrty", "sqrt(y)");
        let notes = told(&better, inputs);
        assert!(!notes.iter().any(|note| note.contains("right digit")), "{better}: {notes:?}");
    }
    // One that keeps the value alone is none: of the slope nothing is right.
    for (text, x) in [("log(1 + x)/x", "1e-12"), ("sin(x)/x + 0*log(x)", "1e-6")] {
        let notes = told(text, &[("x", x)]);
        assert!(!notes.iter().any(|note| note.contains("log1p")), "{text}: {notes:?}");
    }
}

/// Where the setting `stages` at fused is said to keep the digits, it does; where values of the text leave the range in fused stages too,
/// nobody says so.
#[test]
fn the_setting_that_a_note_says_keeps_the_digits_keeps_them() {
    let mut followed = 0;
    for (text, inputs) in [
        ("log(exp(x)/(1 + exp(x)))", &[("x", "-800")][..]),
        ("-log(1/(1 + exp(-x)))", &[("x", "-800")]),
        ("sum(x**2)*x[1]", &[("x", "[1e200, -1e-100]")]),
        ("x*1e308 + y - x*1e308*1.5", &[("x", "3"), ("y", "1")]),
        ("sum(x[0:3])*1e308 + sum(x[1:3])*1e308 - sum(x[0:3])*1e308*1.5", &[("x", "[1, 1, 1]")]),
        ("sum(sin(x[0:2]^2)*0) + x[0]", &[("x", "[1, 1e200]")]),
        ("exp(x)*exp(-x)", &[("x", "1000")]),
        ("x*y*z", &[("x", "1e200"), ("y", "1e200"), ("z", "1e-300")]),
        ("(x*y)/z", &[("x", "1e-200"), ("y", "1e-200"), ("z", "1e-300")]),
        ("log(sum(exp(x)/sum(exp(x))))", &[("x", "[800, 1]")]),
    ] {
        if !told(text, inputs).iter().any(|note| note.contains("`stages` at fused keeps it")) {
            continue;
        }
        followed += 1;
        let settings = Settings { stages: Granularity::Fused, ..Settings::default() };
        let inputs: Vec<(String, String)> = inputs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let answer = answer_with(text, &inputs, settings);
        let notes: Vec<&String> = answer.notes.iter().map(|note| &note.message).collect();
        assert!(!notes.iter().any(|note| note.contains("right digit")), "{text}: {notes:?}");
    }
    assert_eq!(followed, 2);
}

/// The table's ways to keep digits are in the language, and agree with what they stand for.
#[test]
fn what_keeps_digits_is_the_same_function() {
    use gradcalc::vocabulary::gate::TABLE;
    let mut count = 0;
    for (case, better) in TABLE.iter().flat_map(|row| row.keeps.iter().chain(row.fuses)) {
        // A letter with a subscript, or one of a sum, is an array.
        let array = ["softmax", "sum(", "mean(", "[y]"].iter().any(|word| case.contains(word));
        let x = if array { "[0.3, 0.7, 0.4]" } else { "0.3" };
        let inputs: Vec<(String, String)> =
            [("x", x), ("y", "0.45"), ("z", "0.2")].iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let [one, other] = [case, better].map(|text| {
            let answer = ask(&text.replace("[y]", "[1]"), &inputs);
            answer.numbers(answer.output).to_vec()
        });
        let near = one.len() == other.len() && one.iter().zip(&other).all(|(one, other)| (one - other).abs() <= 1e-12 * (1.0 + one.abs()));
        assert!(near, "{case} is {one:?}, and {better} is {other:?}");
        count += 1;
    }
    assert!(count > 40, "{count}");
}

/// The forms that people write are larger gates where these are asked for.
#[test]
fn larger_gates_are_recognised() {
    use gradcalc::calculus::Granularity;
    use gradcalc::session::{Session, Settings};
    use gradcalc::views::Source;
    for (text, gate) in [
        ("-log(softmax(z)[1])", "logsumexp"),
        ("-log((exp(z)/sum(exp(z)))[1])", "logsumexp"),
        ("log(sigma(x))", "logsigmoid"),
        ("log(1/(1 + exp(-x)))", "logsigmoid"),
        ("log(1 + exp(x))", "softplus"),
        ("log(exp(x) + 1)", "softplus"),
        ("sqrt(x^2 + y^2)", "hypot"),
        ("log(1 + x)", "log1p"),
        ("log(x + 1)", "log1p"),
        ("exp(x) - 1", "expm1"),
    ] {
        let mut session = Session::new(Settings { stages: Granularity::Fused, ..Settings::default() });
        for (name, value) in [("x", "0.3"), ("y", "0.7"), ("z", "[1, 2, 0.5]")] {
            session.bind(name, value).expect("a binding");
        }
        let mut gates = Vec::new();
        let source = Source { name: "<test>".into(), line: 1 };
        let mut take = |outcome: Result<std::sync::Arc<gradcalc::views::Answer>, _>| {
            let answer = outcome.unwrap_or_else(|_: gradcalc::ground::Fault| panic!("{text}"));
            gates.extend(answer.stages().map(|id| answer.program.gate(id).row().name));
        };
        session.run(text, &source, true, &mut take).expect("it runs");
        assert!(gates.contains(&gate), "{text}: {gates:?}");
    }
}

/// Of arrays each number is told; of large ones a sample is looked at, and ordinary ones are silent.
#[test]
fn arrays_are_screened_whole_or_by_a_sample() {
    let small = told("X = randn(20, 10); w = randn(10); y = randn(20); mean((X @ w - y)^2) + 0.1*sum(w^2)", &[]);
    assert!(small.is_empty(), "{small:?}");
    for text in [
        "X = randn(300, 100); w = randn(100); y = randn(300); mean((X @ w - y)^2) + 0.1*sum(w^2)",
        "X = randn(200, 100); W = randn(100, 50); mean(relu(X @ W)^2)",
        "X = randn(200, 100); mean(logsumexp(X, 1))",
        "x = randn(30000); std(x) + sum(sigma(x))/30000",
    ] {
        let notes = told(text, &[]);
        assert!(notes.is_empty(), "{text}: {notes:?}");
    }
    // The last ones are 0 for nothing but rounding.
    for text in [
        "x = randn(30000); sum((x + 1e14) - 1e14)",
        "x = linspace(0.1, 0.2, 30000); sum((x + 1e16) - 1e16)",
        "x = linspace(1e-9, 2e-9, 30000); sum(1 - cos(x))",
    ] {
        let large = told(text, &[]);
        assert!(large.iter().any(|note| note.contains("may have lost") && note.contains("a sample")), "{text}: {large:?}");
    }
    let middle = told("x = linspace(0, 1, 1000); sum(sigma(x + 40)*(1 - sigma(x + 40)))", &[]);
    assert!(middle.iter().any(|note| note.contains("may have lost") && note.contains("too long")), "{middle:?}");
}

#[test]
fn lost_digits_stand_in_json_and_fail_where_that_is_asked_for() {
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(arguments).output().expect("the program runs");
        (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
    };
    let lost = ["(x + y) - x", "x=1e16", "y=1"];
    let (text, code) = run(&[&["--as", "json"][..], &lost].concat());
    let answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&answer["digits"], &answer["true"], code), (&serde_json::json!(0), &serde_json::json!(1.0), Some(0)));
    assert!(answer["inputs"][0].get("digits").is_none());
    // What is 0 only as far as digits tell is nothing that it truly is.
    let (text, _) = run(&["--as", "json", "sqrt(x)^2 - x", "x=2"]);
    let answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert!(answer["digits"] == serde_json::json!(0) && answer.get("true").is_none(), "{text}");
    let (text, _) = run(&["--as", "json", "sigma(x)", "x=40"]);
    let answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(answer["inputs"][0]["digits"], serde_json::json!(0));
    assert!(
        answer.get("true").is_none() && answer["inputs"][0]["true"].as_f64().is_some_and(|x| (x - 4.248_354_255_291_589e-18).abs() < 1e-30)
    );
    assert_eq!(run(&[&["--strict"][..], &lost].concat()).1, Some(1));
    assert_eq!(run(&["--strict", "x*y", "x=3", "y=0.1"]).1, Some(0));
    // What reading did is no fault of the answer's.
    assert_eq!(run(&["--strict", "2*x - y", "x=1", "y=2.00000000001"]).1, Some(0));
    let (text, _) = run(&["--losses", "(exp(x) - 1)/x", "x=1e-5"]);
    assert!(text.contains("% of loss") && text.lines().any(|line| line.contains("exp(x)") && line.trim_end().ends_with("100")), "{text}");
    assert_eq!(run(&["--as", "csv", "--losses", "x", "x=1"]).1, Some(2));
}

/// Views that show numbers alone tell of wrong ones beside them, and so do statements that show none: what is printed, and what a
/// name is given. (1e16 + 1) - 1e16 is 1, and 0 in binary64; max(x, x^2) has no slope of 3 at 1.
#[test]
fn no_number_is_wrong_without_a_word() {
    let run = |arguments: &[&str], script: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gradcalc"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        child.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("it reads");
        String::from_utf8(child.wait_with_output().expect("it ends").stderr).expect("text")
    };
    let lost = "has no right digit: it is 1";
    for view in ["brief", "value", "csv", "svg", "dot"] {
        let err = run(&["--as", view, "-f", "-"], "x = 1e16; y = 1\n(x + y) - x\n");
        assert!(err.matches(lost).count() == 1 && err.contains("<stdin>:2"), "{view}: {err}");
        assert_eq!(run(&["--as", view, "-f", "-"], "x = 3; y = 1\n(x + y) - x\n"), "", "{view}");
        let slopes = run(&["--as", view, "-f", "-"], "x = 1\nmax(x, x^2)\n");
        assert_eq!(slopes.contains("1 from below and 2 from above"), view != "value", "{view}: {slopes}");
    }
    for statement in ["print (x + y) - x", "const c = (x + y) - x", "x = (x + y) - x", "z = (1e16 + 1) - 1e16", "x += (x + y) - 2*x"] {
        let err = run(&[], &format!("x = 1e16; y = 1\n{statement}\n"));
        assert!(err.matches(lost).count() == 1, "{statement}: {err}");
        let err = run(&[], &format!("x = 1e16; y = 1\nrepeat 3 {{ x = 1e16; {statement} }}\n"));
        assert!(err.matches(lost).count() == 1, "{statement}: {err}");
        let err = run(&[], &format!("x = 3; y = 1\n{}\n", statement.replace("1e16", "3")));
        assert_eq!(err, "", "{statement}");
    }
    // A printed document or function holds no number of the answer, or its note.
    for view in ["table", "code", "circuit", "explain", "json", "markdown", "html", "python", "c"] {
        assert_eq!(run(&["--as", view, "-f", "-"], "x = 1e16; y = 1\n(x + y) - x\n"), "", "{view}");
    }
}

/// Products that a gate of arrays adds up may be too small for 64 bits too.
#[test]
fn sums_of_products_that_are_too_small_are_told() {
    for (text, names) in [
        ("sqrt(a@a)", "a"),
        ("(a@b)*1e300", "ab"),
        ("(a@b) > 0", "ab"),
        ("dot(a, b)*1e300", "ab"),
        ("sum([[1e-200]]@[[1e-200]])*1e300", ""),
        ("sum([[1e-200, 2e-200]]@a)*1e300", "a"),
        ("([1e-160, 2e-160]@[1e-160, 2e-160])*1e300", ""),
    ] {
        let inputs: Vec<(String, String)> = names.chars().map(|name| (name.to_string(), "[1e-200, 2e-200]".to_owned())).collect();
        let answer = answer_with(text, &inputs, Settings::default());
        assert!(answer.notes.iter().any(|note| note.kind == "digits"), "{text}: {:?}", answer.notes);
    }
    let zeros = answer_with("(a@a)*1e300", &[("a".to_owned(), "[0, 1e-100]".to_owned())], Settings::default());
    assert!(zeros.notes.is_empty(), "{:?}", zeros.notes);
}

/// The errors of a long chain have both signs: a bound on all of them comes to 4 digits and more, and 2 are lost, as mpmath has it.
#[test]
fn a_long_chain_of_sums_raises_no_alarm() {
    let chain = (0..30_000).map(|at| format!("a{} = a{at}*0.999 + x; ", at + 1)).collect::<Vec<String>>().concat();
    let answer = answer_with(&format!("a0 = x; {chain}a30000"), &[("x".to_owned(), "0.5".to_owned())], Settings::default());
    let slope = answer.gradient(answer.active_inputs().next().expect("an input")).expect("a gradient");
    // (1 - c^30001)/(1 - c) of the binary64 number c next to 0.999.
    let truth = 999.999_999_999_907;
    assert!(digits_lost(slope - truth, truth) < 3.0 && slope != truth, "{slope}");
    assert!(answer.notes.is_empty(), "{:?}", answer.notes);
}

/// What reaches a stage through several operands may cancel, which no bound from gate to gate sees: here it comes to all digits, and less
/// than 4 of 16 are lost, as mpmath has it with 60 digits.
#[test]
fn stages_that_are_used_twice_raise_no_alarm() {
    // The first number, the text of a step, how often it is taken, and the slope of the last number in the first.
    const STEPS: &[(&str, &str, usize, f64)] = &[
        ("1", "t*0.999 + sin(t)/10", 200, 3.015_406_406_277_080_6e-9),
        ("1", "t*0.999 + sin(t)/10", 400, 1.721_706_479_307_980_4e-18),
        ("0.3", "2.5*t*(1 - t)", 200, -3.465_393_972_048_188e-61),
    ];
    for &(first, step, count, truth) in STEPS {
        let next = |at: usize| format!("t{} = {}; ", at + 1, step.replace('t', &format!("t{at}")));
        let text = format!("t0 = x; {}t{count}", (0..count).map(next).collect::<Vec<String>>().concat());
        let answer = answer_with(&text, &[("x".to_owned(), first.to_owned())], Settings::default());
        let slope = answer.gradient(answer.active_inputs().next().expect("an input")).expect("a gradient");
        assert!(digits_lost(slope - truth, truth) < 3.0, "{step}: {slope}");
        assert!(answer.notes.is_empty(), "{step}: {:?}", answer.notes);
    }
}

/// Nor do stages of several states, of whose errors the signs are known: Adam's steps, whose gradients mpmath has with 60 digits.
#[test]
fn several_states_raise_no_alarm() {
    let step = "g = 2*(t - 1); m = 0.9*m + 0.1*g; s = 0.99*s + 0.01*g^2; t = t - h*m/(sqrt(s) + 1e-8); ";
    let text = format!("t = x; m = 0*x; s = 0.1*x; {}t", step.repeat(135));
    let inputs = [("x", "3"), ("h", "0.05")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let answer = answer_with(&text, &inputs, Settings::default());
    let slopes: Vec<f64> = answer.active_inputs().filter_map(|id| answer.gradient(id)).collect();
    let truths = [-0.007_379_435_503_204_277, 0.358_773_893_343_025_4];
    assert_eq!(slopes.len(), truths.len());
    assert!(slopes.iter().zip(truths).all(|(slope, truth)| digits_lost(slope - truth, truth) < 3.0), "{slopes:?}");
    assert!(answer.notes.iter().all(|note| note.kind != "digits"), "{:?}", answer.notes);
}

/// Where a number becomes too small for 64 bits on the way, and what is made of it is another one than in many digits, that is told; and
/// where it is the same, nothing is.
#[test]
fn numbers_that_became_too_small_are_told_where_they_count() {
    const SMALL: &[&str] = &[
        "(x*1e-200)*1e-200",
        "x*1e-160*1e-160",
        "(x*1e-170)^2",
        "1e-200/(x*1e200)",
        "exp(-300*x)",
        "sigma(-300*x)",
        "(x*1e-110)^3",
        "erfc(40*x)",
        "sqrt(x*1e-300)^2*1e-200",
    ];
    const MADE: &[&str] = &[
        "S*1e300",
        "S*1e300*1e300",
        "sqrt(S)",
        "S^0.25",
        "1/(1 + S)",
        "x + S",
        "log(S + 1e-300)",
        "S/(S + 1e-300)",
        "(S + 1e-300)*1e300",
        "where(S > 0, 2*x, 3*x)",
        "sign(S) + x",
        "ceil(S) + x",
        "max(S, 0)*1e300",
        "atanh(S)*1e300",
        "S*1e200 + S*1e250",
        "expm1(S)*1e300",
        "cbrt(S)*1e100",
        "x*S - x",
    ];
    let inputs = [("x".to_owned(), "3".to_owned())];
    let answers = |text: &str, precise: Option<usize>| answer_with(text, &inputs, Settings { precise, ..Settings::default() });
    let (mut wrong, mut right) = (0, 0);
    for small in SMALL {
        for made in MADE {
            let text = made.replace('S', &format!("({small})"));
            let (answer, exact) = (answers(&text, None), answers(&text, Some(40)));
            let told = answer.notes.iter().any(|note| note.kind == "digits" || note.kind == "sides");
            let shown = |shown: &[gradcalc::calculus::rungs::Shown]| shown[0].nearest();
            let gradient = |id| (answer.gradient(id), exact.precise_gradients(id).as_deref().map(shown));
            let x = answer.active_inputs().next().expect("an input");
            let pairs = [(Some(answer.value()), exact.precise(exact.output).map(shown)), gradient(x)];
            let is_off = |(number, truth): (Option<f64>, Option<f64>)| {
                let (Some(number), Some(truth)) = (number, truth) else { return false };
                // As many digits as are told, and some room.
                (number - truth).abs() > 2e-12 * truth.abs() && truth.is_finite()
            };
            let off = pairs.into_iter().any(is_off);
            assert!(told || !off, "{text}: {pairs:?} and nothing is said");
            let same = pairs.iter().all(|(number, truth)| number == truth);
            assert!(!(told && same), "{text}: {:?}", answer.notes);
            (wrong, right) = (wrong + usize::from(off), right + usize::from(!off));
        }
    }
    assert!(wrong > 60 && right > 40, "{wrong} {right}");
}
