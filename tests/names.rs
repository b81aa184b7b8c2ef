//! What names mean over time: dials, stages and constants, updates, blocks that are repeated, gradients by their names.
//!
//! Expected numbers are worked out by hand, or by the same steps in plain Rust.

use crate::properties::{for_all, recipes};
use crate::support::ask;
use gradcalc::calculus::Granularity;
use gradcalc::session::{FinalDefinition, Outcome, Remark, Session, Settings};
use gradcalc::views::{Answer, Source};

/// What a text answers, as `name = value`, what its `print`s say, its faults' messages and its remarks, in their order.
fn said(text: &str) -> Vec<String> {
    said_by(text, true)
}

/// The same, with or without what follows inputs that turn.
fn said_by(text: &str, tells: bool) -> Vec<String> {
    let mut session = Session::new(Settings::default());
    session.converses = tells;
    // Behind a semicolon nothing is shown.
    let text = &text.replace("; ", "\n");
    let mut reading = session.read(text, &Source { name: "<text>".into(), line: 1 }, FinalDefinition::Hidden).expect("a text");
    let mut said = Vec::new();
    while let Some(outcome) = session.step(&mut reading) {
        for remark in session.remarks() {
            said.push(match remark {
                Remark::Warning(text) => format!("warning: {text}"),
                Remark::Note(text) => format!("note: {text}"),
                Remark::Turned(text) => text,
                Remark::WithoutColumns { given, .. } => format!("note: {}", gradcalc::session::without_columns(&given)),
            });
        }
        match outcome {
            Ok(Outcome::Answer(answer)) if !answer.silenced => {
                let numbers: Vec<String> = answer.numbers(answer.output).iter().map(ToString::to_string).collect();
                said.push(numbers.join(" "));
            }
            Ok(Outcome::Printed(printed)) => said.push(printed.text),
            Ok(_) => {}
            Err(fault) => said.push(format!("error: {}", fault.message)),
        }
    }
    said
}

#[track_caller]
fn says(text: &str, expected: &[&str]) {
    assert_eq!(said(text), expected, "{text}");
}

#[test]
fn a_dial_moves_every_circuit_that_is_built_on_it() {
    says("x = 1; y = 2*x; x = 5; y", &["x 1 -> 5; y follows", "10"]);
    says("x = 1; y = 2*x; z = y + x; x = 5; z", &["x 1 -> 5; y and z follow", "15"]);
    // Nothing is built on it, or nothing changes.
    says("x = 1; x = 5; y = x; x = 5; y", &["5"]);
    says("x = [1, 2]; s = sum(x); x = [3, 4]; s", &["x turned; s follows", "7"]);
    says(
        "x = [1, 2]; s = sum(x); x = [1, 2, 3]; s",
        &["x is [3] now; s was named when it was [2]", "error: `x` is [3] now, and a stage that this uses was named when it was [2]"],
    );
}

#[test]
fn a_stage_keeps_what_its_names_meant_and_says_so_once() {
    says(
        "x = 3; q = 2*x; f = q*x; q = 5*x; f; f",
        &["note: `f` keeps the `q` of its own line; define `f` again to use the new one", "18", "18"],
    );
    // A number in the place of the stage is a new meaning too; the new one is used where it is spoken of.
    says("x = 3; q = 2*x; f = q*x; q = 4; f + q", &["note: `f` keeps the `q` of its own line; define `f` again to use the new one", "22"]);
    // What is defined afterwards has the new one, and what never used it says nothing.
    says("x = 3; q = 2*x; g = 7*x; q = 5*x; f = q*x; f; g", &["45", "21"]);
    says("x = 3; q = 2*x; q = q + 1; q", &["7"]);
}

#[test]
fn an_update_evaluates_now() {
    says("x = 5; x = x - 1; x", &["4"]);
    says("x = 5; y = 3*x; x = x - 1; y", &["x 5 -> 4; y follows", "12"]);
    for (sign, expected) in [("+=", 8.0), ("-=", 4.0), ("*=", 12.0), ("/=", 3.0)] {
        says(&format!("x = 6; x {sign} 2; x"), &[&expected.to_string()]);
        // The right side is one operand, however it is written.
        let whole: f64 = match sign {
            "+=" => 6.0 + 3.0,
            "-=" => 6.0 - 3.0,
            "*=" => 6.0 * 3.0,
            _ => 6.0 / 3.0,
        };
        says(&format!("x = 6; x {sign} 1 + 2; x"), &[&whole.to_string()]);
    }
    // Statements run one after the other: the second sees the first.
    says(
        "w = 3; b = 1; loss = (w + b)^2; w -= 0.25*d(loss, w); b -= 0.25*d(loss, b); w; b",
        &["w 3 -> 1; loss follows", "b 1 -> 0; loss follows", "1", "0"],
    );
    // A stage becomes a new stage made of the old one.
    says("x = 2; dx = 3*x; dx += x^2; dx", &["10"]);
    // A constant stays one.
    says("const k = 2; k += 1; x = 1; d(k*x, x)", &["3"]);
    says("y += 1", &["error: `y` has no value"]);
    says("y = y + 1", &["error: `y` has no value"]);
}

#[test]
fn a_dial_that_becomes_a_stage_is_kept_under_a_name_of_its_own() {
    says("w = 1; x = 3; y = x^2; x = w + 1; y; x", &["note: `y` keeps the input that `x` was, as `x_1`", "9", "2"]);
    says(
        "w = 1; x = 3; y = x^2; x = w + 1; x_1 = 4; y",
        &["note: `y` keeps the input that `x` was, as `x_1`", "x_1 3 -> 4; y follows", "16"],
    );
    says("x = 3; y = x^2; const x = 5; x*y", &["note: `y` keeps the input that `x` was, as `x_1`", "45"]);
    says("x_1 = 7; w = 1; x = 3; y = x^2; x = w + 1; y + x_1", &["note: `y` keeps the input that `x` was, as `x_2`", "16"]);
}

#[test]
fn another_name_of_a_dial_is_told_once() {
    let told = "note: `p` is another name of `v`, which has turned since; `const p = v` keeps a value";
    says("v = 1; p = v; v = 2; p; p", &["v 1 -> 2; p follows", told, "2", "2"]);
    says("v = 1; const p = v; v = 2; p", &["1"]);
    says("v = 1; p = v; p", &["1"]);
    says("v = 1; p = 2*v; v = 2; p", &["v 1 -> 2; p follows", "4"]);
}

#[test]
fn a_constant_is_a_snapshot_without_a_gradient() {
    says("x = 3; const c = x^2; x = 5; d(c*x, x)", &["9"]);
    says("x = 3; d(stop_gradient(x)*x, x); x = 4; d(stop_gradient(x)*x, x)", &["3", "4"]);
    // What is made of constants alone is data: the gradient is that of the weight alone.
    let mut session = Session::new(Settings::default());
    let source = Source { name: "<text>".into(), line: 1 };
    let mut answers = Vec::new();
    session
        .run("const X = [1, 2]; Xn = X - mean(X); w = 2; sum(w*Xn^2)", &source, false, &mut |answer| answers.push(answer))
        .expect("a text");
    let answer = answers.pop().expect("an answer").expect("no fault");
    assert_eq!(answer.active_inputs().count(), 1);
}

#[test]
fn a_derivative_with_respect_to_what_means_nothing_is_refused() {
    says("x = 1; y = 2*x; d(y, t)", &["error: `t` stands for nothing that could be differentiated with respect to"]);
    says("x = 1; d(los, x)", &["error: `los` has no value, and does not depend on `x`"]);
    says("x = 1; t = 3; y = 2*x; d(y, t)", &["note: what `d` differentiates does not depend on `t`, so that it is 0", "0"]);
}

#[test]
fn what_is_built_in_can_be_defined_anew() {
    let told = |name: &str, others: &str| {
        format!("note: `{name}` is the function defined here from now on, and no longer the one of the language{others}")
    };
    let sigma = told("sigma", "; `sigmoid` and `σ` stay the language's");
    says("sigma(x) = 2*x; sigma(3); sigma(x) = 3*x; sigma(3)", &[&sigma, "6", "9"]);
    // The texts of derivatives speak of the language's own: the slope of softplus is the built-in sigma.
    says("sigma(x) = 2*x; x = 0; d(softplus(x), x)", &[&sigma, "0.5"]);
    says("relu(x) = max(0, x); relu(-2); relu(2)", &[&told("relu", ""), "0", "2"]);
    says("softmax(s) = exp(s)/sum(exp(s)); sum(softmax([1, 2]))", &[&told("softmax", ""), "1"]);
}

#[test]
fn gradients_of_the_last_answer_have_names() {
    says("x = 1; y = 2; z = 3; (x+y)*z; dx; dxpy", &["9", "3", "3"]);
    says("x = 1; y = 2; z = 3; (x+y)*z; dx + dxpy + dz", &["9", "9"]);
    says("x = 1; y = 2; f = x*y; f; x -= dx; y -= dy; f", &["2", "x 1 -> -1; f follows", "y 2 -> 1; f follows", "-1"]);
    // Once it has turned, the gradient is out of date; a silenced answer is one too.
    says(
        "x = 1; f = x^2; f; x -= dx; x -= dx",
        &["1", "x 1 -> -1; f follows", "error: `dx` is a gradient of the last answer, and `x` has turned since"],
    );
    says("x = 8; f = x^2; repeat 3 { f; x -= 0.25*dx }; x", &["64", "16", "4", "x 8 -> 1 in 3 rounds; f follows", "1"]);
    // The user's own names come first.
    says("x = 1; dx = 7; x^2; dx", &["1", "7"]);
}

#[test]
fn what_follows_a_block_is_said_once_for_all_its_rounds() {
    says("x = 5; y = 2*x; repeat 3 { x -= 1 }; y", &["x 5 -> 2 in 3 rounds; y follows", "4"]);
}

#[test]
fn a_block_is_repeated() {
    says("x = 1; repeat 10 { x *= 2 }; x", &["1024"]);
    says("x = 0; repeat 3 { x += 1; print x }", &["1", "2", "3"]);
    says("x = 0\nrepeat 2 {\n  x += 1\n  repeat 3 { x += 10 }\n}\nx", &["62"]);
    says("x = 1; repeat 0 { x = 5 }; x", &["1"]);
    says("n = 3; x = 1; repeat n + 1 { x *= 2 }; x", &["16"]);
}

#[test]
fn what_depends_on_a_dial_turns_it() {
    // Through a stage, and through a function that reads it.
    let two_lines = "w = 1; loss = (w - 3)^2; repeat 10 { wn = w - 0.1*d(loss, w); w = wn }; print w";
    let mut w = 1.0;
    for _ in 0..10 {
        w -= 0.1 * 2.0 * (w - 3.0);
    }
    let told = said(two_lines);
    let last: f64 = told.last().expect("a print").parse().expect("a number");
    assert!((last - w).abs() < 5e-6, "{last}, not {w}");
    says("x = 1; f(a) = a*x + 1; x = f(1); x", &["2"]);
}

#[test]
fn a_block_whose_head_fails_is_not_run() {
    for head in ["2.5", "0 - 1", "1e18", "inf", "0 + [1, 2]", "unknown"] {
        let told = said(&format!("x = 1\nrepeat {head} {{ x += 1; x *= 10 }}\nx"));
        assert!(told.len() == 2 && told[0].starts_with("error") && told[1] == "1", "{head}: {told:?}");
    }
    // A statement that fails ends the block, in its round.
    says("x = 0\nrepeat 5 { x += 1; sqrt(1, 2) }\nx", &["error: `sqrt` takes 1 operand, and 2 are given (round 1 of 5)", "1"]);
}

#[test]
fn a_quotient_of_gradients_is_not_taken_for_a_derivative() {
    let told = said("x = 3; y = x^2; y; dy/dx");
    assert!(told[1].starts_with("error: `dy` and `dx` are gradients"), "{told:?}");
    // The user's own names are numbers like any other.
    says("dy = 6; dx = 2; dy/dx", &["3"]);
}

#[test]
fn the_stages_behind_a_block_are_those_after_all_its_rounds() {
    let lowered = |text: &str| Session::new(Settings::default()).lowered(text, &Source { name: "<text>".into(), line: 1 }).expect("a text");
    let mut session = Session::new(Settings::default());
    let found = session.lowered("x = 1; repeat 3 { x *= 2 }; x^2", &Source { name: "<text>".into(), line: 1 }).expect("a text");
    assert!(found.is_some());
    assert_eq!(session.answer_to("x").expect("a value").value(), 8.0);
    // What stands in a block is no result of the text.
    assert!(lowered("x = 1; repeat 3 { x *= 2; x }").is_none());
}

/// Statements that change what names mean, read gradients, draw numbers and change shapes; in a block and out of it.
const STATEMENTS: &[&str] = &[
    "a += 1",
    "a = 2*a - b",
    "b = 0.5",
    "b = d(s, a)",
    "v = [a, b]",
    "v += 0.5",
    "v = concat(v, [1])",
    "w = v",
    "s = a*b",
    "s = sum(v^2) + a",
    "s = t + a",
    "t = s*s",
    "t = s - f(a)",
    "a = t",
    "const c = a",
    "const c = c + 1",
    "c = 3",
    "f(x) = x^2 + c",
    "f(x) = a*x",
    "f(a)",
    "s",
    "t;",
    "s;",
    "a -= 0.1*da",
    "b -= 0.1*db",
    "v -= 0.01*dv",
    "a = v[round(da)]",
    "a = f(da)",
    "g = 2*ds",
    "g",
    "print a, s",
    "print w, ans",
    "assert a < 1e9",
    "a = a + sum(randn(2))",
    "t = sum(v*rand(len(v)))",
    "set ties split",
    "max(a, b)*s",
    "p = a",
    "print p*s",
    "x1 = ans + 1",
    "repeat 2 { a *= 1.5 }",
    "repeat 2 { s = s + a; s }",
    "len = 3",
    "b = len",
];

/// The generator splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) as usize % most
    }
}

/// A block says what its statements say when they are written out as often, up to the first fault.
/// What a statement of a block is made of is shown by the names of its round, not by those of the first.
#[test]
fn a_block_speaks_by_the_names_of_its_round() {
    let before = "a = 3\ns = a*2\nt = s^2\n";
    let body = "a = t\ns = t + a\n";
    let blocked = said(&format!("{before}repeat 11 {{\n{body}}}\n"));
    let named = |said: &[String]| -> Vec<String> { said.iter().filter(|text| text.contains(" is inf where ")).cloned().collect() };
    assert_eq!(named(&blocked), named(&said(&format!("{before}{}", body.repeat(11)))));
    assert!(!named(&blocked).is_empty(), "{blocked:?}");
}

#[test]
fn a_block_is_its_statements_written_out() {
    let mut random = Random(5);
    let (mut whole, mut different) = (0, Vec::new());
    let count = if crate::support::is_deep() { 10_000 } else { 1_000 };
    for _ in 0..count {
        let before = "a = 1.5\nb = -2\nv = [1, 2, 3]\ns = a*b + sum(v)\nt = s^2\nc = 0.5\nf(x) = x*x\nw = v\n";
        let body: Vec<&str> = (0..=random.below(7)).map(|_| STATEMENTS[random.below(STATEMENTS.len())]).collect();
        let body = body.join("\n");
        // What follows an input that turns is said in the first round only.
        let repeated = said_by(&format!("{before}repeat 5 {{\n{body}\n}}\n"), false);
        let rounds = format!("{body}\n").repeat(5);
        let written = said_by(&format!("{before}{rounds}"), false);
        let is_error = |said: &String| said.starts_with("error:");
        let message = |said: &String| said.split_once(" (round").map_or(said.clone(), |(message, _)| message.to_owned());
        let cut = written.iter().position(is_error).map_or(written.len(), |at| at + 1);
        let same = repeated.len() == cut
            && repeated.iter().zip(&written[..cut]).all(|(one, other)| one == other || is_error(one) && message(one) == message(other));
        whole += usize::from(same && !written.iter().any(is_error));
        if !same {
            different.push(format!("{body}\n  repeated {repeated:?}\n  written  {:?}", &written[..cut]));
        }
    }
    assert!(whole > count / 4, "{whole} of {count} blocks have no fault");
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different[..different.len().min(5)].join("\n"));
}

/// A statement with D in it, and what it makes of x where D is so much.
type Update = (&'static str, fn(f64) -> f64);

/// Whether a statement is an update follows from its text: whether the derivative in it turned out to be a number or not, whether
/// it speaks of the input itself, through other names or through functions. 3x follows the input where it is one.
#[test]
fn what_is_an_update_follows_from_the_text() {
    // A function of x, its derivative at 4, and whether it depends on x.
    let derivatives = [("x^2", 8.0), ("3*x", 3.0), ("3*x + z", 3.0), ("z*x", 2.0), ("x*x - x^2 + x", 1.0), ("sum(x for i in 1..2)", 2.0)];
    // Statements that give x a value out of that derivative, D.
    let updates: &[Update] = &[
        ("x = x - D", |d| 4.0 - d),
        ("x = D", |d| d),
        ("x = D + 0*z", |d| d),
        ("g = D; x = g", |d| d),
        ("g = D; x = g*z", |d| 2.0 * d),
        ("g = D*z; x = g", |d| 2.0 * d),
        ("g = D; k = g + 1; x = k*z", |d| 2.0 * (d + 1.0)),
        ("h(t) = D*t; x = h(5)", |d| 5.0 * d),
        ("h(t) = D*t; x = h(z)", |d| 2.0 * d),
        ("g = D*z; h(t) = g*t; x = h(z)", |d| 4.0 * d),
    ];
    for (of, slope) in derivatives {
        for (statement, expected) in updates {
            let statement = statement.replace('D', &format!("d({of}, x)"));
            let begins = "z = 2; x = 4; y = 3*x";
            let expected = (3.0 * expected(slope)).to_string();
            assert_eq!(said_by(&format!("{begins}; {statement}; y"), false), [expected.as_str()], "{statement}");
            // In a block as outside.
            assert_eq!(said_by(&format!("{begins}; repeat 1 {{ {statement} }}; y"), false), [expected.as_str()], "{statement}");
        }
    }
    // A text that does not speak of x makes another input or a stage of it, and y keeps the old one.
    for statement in
        ["x = z", "x = z*3", "g = d(z^2, z); x = g", "g = d(3*z, z); x = g", "h(x) = 3*x; x = h(2)", "x = sum(x for x in 1..3)*z"]
    {
        let said = said_by(&format!("z = 2; x = 4; y = 3*x; {statement}; y"), false);
        assert_eq!(said.last().map(String::as_str), Some("12"), "{statement}: {said:?}");
    }
}

/// The same where nothing of the value depends on what the text speaks of: sizes, places, what is left out.
#[test]
fn what_only_sizes_speak_of_is_spoken_of() {
    // What is 6 at z = 2 and x of three numbers, and would follow z.
    let values = [
        "z*size(x)",
        "z*x.shape[0]",
        "sum(z for i in range(size(x)))",
        "sum(z for v in x)",
        "sum(z*ones(size(x)))",
        "3*z*x[0]^0",
        "3*[z, 1, x[0]][0]",
        "d(sum(z*x), x) @ ones(3)",
        "3*z + 0*x[1]",
        "3*z + sum(x[i] for i in range(0))",
        "[1, 2, 3*z, z][size(x) - 1]",
        "z*sum(onehot(1, size(x)))*3",
        "3*where(size(x) > 2, z, 0)",
        "sum(zeros(*x.shape) + z)",
    ];
    // Statements that give x that value.
    let updates =
        ["x = V", "g = V; x = g", "g = V; h = 2*g; x = h/2", "f(t) = V; x = f(1)", "f(t) = V; g = f(1); x = g", "g = V; x += 1; x = g"];
    for value in values {
        for statement in updates {
            let statement = statement.replace('V', value);
            let said = said_by(&format!("z = 2; x = [1, 2, 3]; {statement}; z = 50; sum(x)"), false);
            assert_eq!(said.last().map(String::as_str), Some("6"), "{statement}: {said:?}");
        }
    }
}

/// The gradients of an answer have the same names in a block as outside, whatever calls with numbers share.
#[test]
fn gradients_are_called_the_same_in_a_block() {
    let expressions =
        ["f(3)*f(3)", "f(3)*f(2)", "f(c)*f(3)", "f(3)*g(3)", "k(2)*f(3)", "f(3)*t", "f(t)*f(u)", "L*f(3)", "f([1, 2]) @ f([c, 2])"];
    let begins = "t = 5; u = 7; const c = 2; f(t) = t^2; g(t) = t^3; k(s) = f(3)*s; L = f(3)*f(2)";
    for one in expressions {
        for other in expressions {
            let body = format!("{one}\nprint dt\n{other}\nprint dt\nprint dt2\nconst c = c + 1\n");
            let outside = said_by(&format!("{begins}; {body}{body}"), false);
            let inside = said_by(&format!("{begins}; repeat 2 {{\n{body}}}\n"), false);
            // A fault ends a block.
            let until = outside.iter().position(|text| text.starts_with("error")).unwrap_or(outside.len());
            assert_eq!(outside[..until], inside[..until.min(inside.len())], "{one}, {other}");
        }
    }
}

/// An input of which a sum over nothing speaks is listed with its gradient of 0, also where the sum has a name.
#[test]
fn inputs_of_sums_over_nothing_are_listed_behind_names() {
    let begins = "x = 4\nz = 2\ns = sum(x^i for i in 1..0)\np = s + z\n";
    for expression in ["s*z", "p*2", "s + p", "z + 0*s"] {
        let session = Session::new(Settings::default());
        let answer = session.answer_to(&format!("{begins}{expression}")).expect("an answer");
        let listed: Vec<(&str, Option<f64>)> = answer
            .active_inputs()
            .map(|id| (answer.program.input(id).map_or("", |input| answer.symbols.name(input.name)), answer.gradient(id)))
            .collect();
        assert_eq!(listed[0], ("x", Some(0.0)), "{expression}: {listed:?}");
    }
}

/// What is wrong with the names that an answer shows: each can be typed as it stands.
fn untypable(answer: &Answer) -> Vec<String> {
    let names = answer.names();
    let is_name = |name: &str| {
        let mut letters = name.chars();
        letters.next().is_some_and(|first| first == '_' || first.is_alphabetic()) && letters.all(|c| c == '_' || c.is_alphanumeric())
    };
    let shown = answer.stages().chain(answer.active_inputs()).filter_map(|id| Some([names.of(id)?.to_owned(), names.gradient(id)]));
    shown.flatten().filter(|name| !is_name(name)).collect()
}

/// A name that the program makes of a gate and its operands is a name of the language, also where an operand is -0.
#[test]
fn names_that_are_made_can_be_typed() {
    for text in ["min(max(x, -0), 1)", "max(x, -0)*x", "min(x, -2)*3", "max(x, 0.5)*x", "max(x, 1e300)*x", "x[0]*x[-1]"] {
        let x = if text.contains('[') { "[2, 3]" } else { "2" };
        let answer = ask(text, &[("x".to_owned(), x.to_owned())]);
        assert_eq!(untypable(&answer), [""; 0], "{text}");
    }
    for_all(400, &recipes(12), |recipe| {
        let dish = recipe.cook();
        for stages in [Granularity::Written, Granularity::Primitive] {
            assert_eq!(untypable(&dish.silent(stages)), [""; 0], "{}", dish.text());
        }
        Ok(())
    });
}

/// The names of the ends alone are those that they have beside the names of all stages, where names are like made ones, too.
#[test]
fn ends_are_named_as_beside_all_stages() {
    let mut asked = vec![
        "df = 2; f = df*df^2; f".to_owned(),
        "x = 1; dx = 2; x*dx + x".to_owned(),
        "f = 2; out = 3; f*out - f/out".to_owned(),
        "s1 = 1; num = 2; den = 3; (s1 + num)/(s1*den)".to_owned(),
        "x = 1; d_x = 3; dx = 2; x*dx*d_x/(x + dx)".to_owned(),
        "const k = 2; x = 1; dk = 3; k*x*dk".to_owned(),
        "x = [1, 2; 3, 4]; dxx = 2; sum(x@x.T)*dxx".to_owned(),
        "x = 3; q = x^2; dq = 2; q*dq + q".to_owned(),
    ];
    asked.extend(["x", "dx", "f", "df", "out", "x2", "dx2"].into_iter().flat_map(|one| {
        ["x", "dx", "f", "d_f", "s1", "num"]
            .into_iter()
            .filter(move |other| *other != one)
            .map(move |other| format!("{one} = 2; {other} = 3; {one}^2*{other} + {one}/{other}"))
    }));
    for text in asked {
        let answer = ask(&text, &[]);
        let (ends, all) = (answer.names_of_ends(), answer.names());
        let answer_ids = answer.leaves().chain([answer.output]);
        for id in answer_ids {
            assert_eq!((ends.of(id), ends.word(id), ends.gradient(id)), (all.of(id), all.word(id), all.gradient(id)), "{text}");
        }
    }
}
