//! What is asked is shown: results of several numbers, analyses in every view, the order of inputs, numbers that read back.

use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn piped(arguments: &[&str], script: &str) -> Output {
    let mut run = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
    run.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = run.spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn run(arguments: &[&str]) -> Output {
    piped(arguments, "")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The analyses, how a flag and how `set` asks for each, and a word that shows it was answered, in a table and in JSON.
const ANALYSES: &[(&str, &str, &str, &str)] = &[
    ("--jacobian", "jacobian on", "jacobian", "\"jacobian\""),
    ("--hessian", "hessian on", "hessian", "\"hessian\""),
    ("--along=x=1", "along x=1", "second derivative", "\"along\""),
    ("--relative", "relative on", "% per %", "\"elasticity\""),
    ("--nudge=x=0.1", "nudge x=0.1", "predicts", "\"nudge\""),
    ("--sd=x=0.1", "sd x=0.1", "sd: 0.6", "\"sd\""),
    ("--check", "check inputs", "check x: match", "\"check\""),
    ("--shapes", "shapes on", "must have the shape", ""),
    ("--quiz", "quiz blank", "____(1)", ""),
    ("--focus=x", "focus x", "x", ""),
];

const VIEWS: &[&str] =
    &["table", "brief", "value", "circuit", "svg", "dot", "html", "code", "explain", "markdown", "latex", "json", "csv", "python", "c"];

/// Every view shows every analysis or refuses it, asked for by flags, by `set` in a script, and by a mixture.
#[test]
fn a_view_shows_an_analysis_or_refuses_it() {
    for view in VIEWS {
        for (flag, set, word, field) in ANALYSES {
            let [numbers, quiz, focus] = [*flag != "--shapes", *flag == "--quiz", *flag == "--focus=x"];
            let (expression, x) = if numbers { ("x^2", "x=3") } else { ("sum(x @ [1, 2; 3, 4])", "x=[1, 2; 3, 4]") };
            let shown = match *view {
                "svg" | "dot" | "html" | "explain" if focus => Some(word),
                "circuit" if *flag != "--relative" => Some(word),
                "table" | "brief" | "code" if focus => None,
                "table" => Some(word),
                "explain" if !numbers || quiz => Some(word),
                "code" if quiz => Some(word),
                "brief" if numbers => Some(word),
                "json" if !field.is_empty() => Some(field),
                "csv" if *flag == "--jacobian" => Some(&"df/dx,,6\n"),
                _ => None,
            };
            let script = format!("{x}\nset {set}\nset view {view}\n{expression}\n");
            let half = format!("{x}\nset {set}\n{expression}\n");
            let ways = [(2, run(&["--as", view, flag, expression, x])), (1, piped(&[], &script)), (1, piped(&["--as", view], &half))];
            for (code, output) in ways {
                let name = format!("{view} {flag}, code {code}: {}{}", out(&output), err(&output));
                if let Some(word) = shown {
                    assert_eq!(output.status.code(), Some(0), "{name}");
                    // Sentences are broken into lines.
                    let joined = out(&output).split_whitespace().collect::<Vec<_>>().join(" ");
                    assert!(out(&output).contains(*word) || joined.contains(*word), "{name}");
                } else {
                    assert_eq!(output.status.code(), Some(code), "{name}");
                    let told = err(&output) + &out(&output);
                    assert!(told.contains(&format!("the view `{view}` does not show")), "{name}");
                }
            }
        }
    }
}

/// With the key in its blanks a quiz is the page; derivatives asked for beside it are refused.
#[test]
fn a_quiz_and_its_key_are_the_page() {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for (expression, values) in [
        ("(x+y)*z", &["x=-2", "y=5", "z=-4"][..]),
        ("(x+sigma(y))/(sigma(x)+(x+y)^2)", &["x=3", "y=-4"]),
        ("sum(W @ x)*x[0]", &["W=[1, 2; 3, 4]", "x=[5, 6]"]),
    ] {
        for view in ["table", "brief", "code", "explain"] {
            let asked = |flags: &[&'static str]| {
                let output = run(&[&["--as", view, expression], values, flags].concat());
                assert_eq!(output.status.code(), Some(0), "{view}: {}", err(&output));
                out(&output)
            };
            let (whole, mut quiz, key) = (asked(&[]), asked(&["--quiz"]), asked(&["--quiz=key"]));
            assert!(key.lines().count() > 1 && quiz.matches("____(").count() == key.lines().count(), "{view}: {quiz}{key}");
            for (at, line) in key.lines().enumerate() {
                let blank = format!("____({})", at + 1);
                let value = line.strip_prefix(&format!("({}) ", at + 1)).unwrap_or_else(|| panic!("{key}"));
                assert_eq!(quiz.matches(&blank).count(), 1, "{view}: {quiz}");
                quiz = quiz.replace(&blank, value);
            }
            assert_eq!(words(&quiz), words(&whole), "{view}");
        }
    }
    // What is noted is told with the key.
    let asked = |quiz: &'static str| out(&run(&[quiz, "max(x, y)", "x=1", "y=1"]));
    assert!(!asked("--quiz").contains("note: ") && asked("--quiz=key").contains("note: "));
    assert!(!out(&run(&["--as", "explain", "--quiz", "max(x, y)", "x=1", "y=2"])).contains("blocked"));
    for flag in ["--jacobian", "--hessian", "--along=x=1", "--relative", "--nudge=x=1", "--sd=x=1", "--check"] {
        let output = run(&["--quiz", flag, "x^2", "x=3"]);
        assert!(output.status.code() == Some(2) && err(&output).contains("leaves gradients blank"), "{flag}: {}", err(&output));
    }
}

#[test]
fn a_result_of_several_numbers_is_shown_without_gradients() {
    let vector = ["x*[1, 2]", "x=3"];
    for (view, shown) in [
        ("table", "[3, 6]"),
        ("brief", "f = [3, 6]\nnote: "),
        ("value", "[3, 6]\n"),
        ("code", "# shape: "),
        ("explain", "no backward pass"),
    ] {
        let output = run(&[&["--as", view], &vector[..]].concat());
        assert!(output.status.success() && out(&output).contains(shown), "{view}: {}{}", out(&output), err(&output));
        let told = view == "value" || out(&output).contains("sum(...)") && out(&output).replace('\n', " ").contains("upstream");
        assert!(told, "{view}: {}", out(&output));
    }
    let object: Value = serde_json::from_slice(&run(&["--as", "json", "x*[1, 2]", "x=3"]).stdout).expect("JSON");
    assert_eq!((&object["value"], &object["inputs"][0]["gradient"]), (&json!([3.0, 6.0]), &Value::Null));
    assert_eq!(object["stages"][0]["gradient"], Value::Null);
    // Where the gradient is asked for by name, there must be one.
    for asked in [
        &["--wrt", "x"][..],
        &["--hessian"],
        &["--along", "x=1"],
        &["--relative"],
        &["--nudge", "x=1"],
        &["--sd", "x=1"],
        &["--check"],
        &["--upstream", "[1, 2, 3]"],
        &["--as", "csv"],
        &["--as", "python"],
        &["--scalars", "--hessian"],
    ] {
        let output = run(&[asked, &vector[..]].concat());
        assert_eq!(output.status.code(), Some(1), "{asked:?}: {}", out(&output));
    }
    // It is a statement as any other: `ans` is its value.
    assert!(out(&piped(&["--as", "value"], "x = 3\nx*[1, 2]\nsum(ans)\n")).ends_with("9\n"));
}

/// Written out in single numbers a result of several is shown as it is without: its numbers, and why there is no gradient.
#[test]
fn a_written_out_result_of_several_numbers_is_shown() {
    for (expression, inputs, value) in [
        ("A @ x", &["A=[1, 2; 3, 4]", "x=[1, 2]"][..], "[5, 11]"),
        ("[y, 2*y]", &["y=3"], "[3, 6]"),
        ("X*y", &["X=[1, 2; 3, 4]", "y=3"], "[[3, 6], [9, 12]]"),
        ("X'", &["X=[1, 2; 3, 4]"], "[[1, 3], [2, 4]]"),
        ("[1, 2]*3", &[], "[3, 6]"),
        ("[1, 2]", &[], "[1, 2]"),
        ("sum(X, 0)", &["X=[1, 2; 3, 4]"], "[4, 6]"),
        ("x[:0:-1]", &["x=[1, 2, 4]"], "[4, 2]"),
    ] {
        for view in ["table", "brief", "value", "json", "code", "markdown", "latex", "explain"] {
            if gradcalc::View::named(view).is_none() {
                continue;
            }
            let asked = |scalars: &[&'static str]| run(&[&["--as", view, expression], inputs, scalars].concat());
            let (plain, written) = (asked(&[]), asked(&["--scalars"]));
            assert_eq!((plain.status.code(), written.status.code()), (Some(0), Some(0)), "{expression} {view}: {}", err(&written));
            let told = |output| out(output).contains("a gradient is that of a single number");
            assert_eq!(told(&plain), told(&written), "{expression} {view}");
            assert_eq!(err(&plain), err(&written), "{expression} {view}");
        }
        assert_eq!(out(&run(&[&["--as", "value", "--scalars", expression], inputs].concat())).trim(), value, "{expression}");
    }
    // Each derivative is that without `--scalars`: of A @ x in A and x.
    let text = out(&run(&["--scalars", "--jacobian", "A @ x", "A=[1, 2; 3, 4]", "x=[5, 6]"]));
    let rows: Vec<Vec<&str>> = text.lines().filter(|line| line.starts_with("f[")).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows, [["f[0]", "5", "6", "0", "0", "1", "2"], ["f[1]", "0", "0", "5", "6", "3", "4"]], "{text}");
}

/// The derivatives of several numbers tell of the same ties and kinks as the gradient of their sum.
#[test]
fn kinks_of_several_numbers_are_told() {
    let notes = |text: String| -> Vec<String> {
        let lines = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let notes = lines.flat_map(|object| object["notes"].as_array().cloned().unwrap_or_default());
        notes.map(|note| format!("{} {}", note["kind"], note["stage"])).collect()
    };
    for (expression, kink, smooth) in [
        ("q = abs(x)", ["0", "1"], ["1", "-1"]),
        ("q = relu(x)", ["0", "1"], ["1", "-1"]),
        ("q = max(x, 1)", ["1", "3"], ["2", "0"]),
        ("q = min(x, y)", ["4", "3"], ["5", "3"]),
        ("q = clamp(x, 0, 1)", ["1", "3"], ["2", "-1"]),
        ("q = floor(x)", ["1", "0.5"], ["1.5", "0.5"]),
        ("q = where(x > 2, x, 2*x)", ["2", "3"], ["1", "3"]),
    ] {
        for (point, met) in [(kink, true), (smooth, false)] {
            let x = format!("x=[{}]", point.join(", "));
            for scalars in [&[][..], &["--scalars"]] {
                let text = format!("{expression}; 2*q");
                let found = notes(out(&run(&[&["--as", "json", "--jacobian", &text, &x, "y=4"], scalars].concat())));
                let told = found.iter().filter(|note| note.starts_with("\"kink") || note.starts_with("\"tie")).count();
                assert_eq!(told > 0, met, "{text} at {x} {scalars:?}: {found:?}");
            }
        }
    }
}

/// As PyTorch, which differentiates what holds one number.
#[test]
fn a_result_of_one_element_is_differentiated() {
    for expression in ["x^2", "[x^2]", "[[x^2]]", "[[x]] @ [[x]]"] {
        let text = out(&run(&["--as", "brief", "--hessian", expression, "x=3"]));
        assert!(text.contains("dx = 6\n") && text.contains("eigenvalues: 2\n"), "{expression}: {text}");
    }
}

#[test]
fn inputs_are_listed_as_they_were_given() {
    let names = |output: &Output| -> Vec<String> {
        let object: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        object["inputs"].as_array().expect("inputs").iter().map(|input| input["name"].as_str().expect("a name").to_owned()).collect()
    };
    for order in [["x=1", "y=2", "z=3"], ["z=3", "y=2", "x=1"], ["y=2", "z=3", "x=1"]] {
        let expected: Vec<&str> = order.iter().map(|binding| &binding[..1]).collect();
        assert_eq!(names(&run(&[&["--as", "json", "z*y + x^2*y"], &order[..]].concat())), expected);
        let script = order.join("\n") + "\nq = z*y\nset view json\nq + x^2*y\n";
        assert_eq!(names(&piped(&[], &script)), expected);
        let hessian = run(&[&["--as", "json", "--hessian", "z*y + x^2*y"], &order[..]].concat());
        let object: Value = serde_json::from_slice(&hessian.stdout).expect("JSON");
        // Second derivatives of z y + x^2 y at x = 1, y = 2: xx 2y = 4, xy 2x = 2, yz 1, all others 0.
        let second = |a: &str, b: &str| match (a.min(b), a.max(b)) {
            ("x", "x") => 4.0,
            ("x", "y") => 2.0,
            ("y", "z") => 1.0,
            _ => 0.0,
        };
        let rows: Vec<Vec<f64>> = expected.iter().map(|a| expected.iter().map(|b| second(a, b)).collect()).collect();
        assert_eq!(object["hessian"], json!(rows));
    }
}

/// A row that is copied from a table is the row.
#[test]
fn rows_of_matrices_read_back() {
    let table = out(&run(&["sum(W*[1, -2, 1/3; 0.1, 20, -1])", "W=[1, -2.5, 3; 4, 50, -6]"]));
    for (row, expected) in [("[1, ", "[1, -2.5, 3]"), ("[4, ", "[4, 50, -6]")] {
        let line = table.lines().find(|line| line.replace("  ", " ").contains(row)).unwrap_or_else(|| panic!("{table}"));

        let rows: Vec<&str> = line.match_indices('[').map(|(at, _)| &line[at..=at + line[at..].find(']').expect("an end")]).collect();
        assert!(rows.iter().any(|text| out(&run(&["--as", "value", text])).trim_end() == expected), "{table}");
    }
}

#[test]
fn a_nudge_is_told_to_digits_that_differ() {
    let text = out(&run(&["--nudge", "x=1e-6", "x^3", "x=2"]));
    // 8 + 12e-6 against (2 + 1e-6)^3 = 8.000012000006000001; the two are 6e-12 apart, of which 64-bit numbers near 8 know three digits.
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("predicts 8.000012 (a change of 0.000012)") && flat.contains("8.00001200001"), "{text}");
    assert!(flat.contains("(0.0000120000"), "{text}");
    // Changes that differ by rounding alone are the same: f is linear.
    let text = out(&run(&["--nudge", "x=0.1", "3*x - 1/3", "x=0.7"]));
    assert!(text.contains("(a change of 0.3") && text.ends_with("0 apart\n"), "{text}");
}

/// At every width all numbers of a small circuit stand on the page whole, and no line is wider than the page.
#[test]
fn tables_fit_the_page() {
    let cases: &[(&str, &str)] = &[
        ("(x+sigma(y))/(sigma(x)+(x+y)^2)", "x = 3\ny = -4"),
        ("sum(tanh(W @ v + b))", "W = [0.3, -0.5, 0.8; 0.6, 0.1, -0.3]\nv = [1, -1, 2]\nb = [0.25, 1/3]"),
        ("sum(exp(-60*v)*1e-9/7)", "v = linspace(0.1, 1.3, 400)"),
        ("max(0, alpha_beta_gamma*second_name - third_name_here)", "alpha_beta_gamma = 1/3\nsecond_name = 7\nthird_name_here = 0.1"),
    ];
    let digits = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')));
        let mut words: Vec<String> = words.filter(|word| word.contains('.')).map(str::to_owned).collect();
        words.sort();
        words.dedup();
        words
    };
    for (expression, names) in cases {
        let answer = gradcalc::session::Session::new(gradcalc::session::Settings::default())
            .answer_to(&format!("{names}\n{expression}"))
            .expect("an answer");
        let page = |width: usize| {
            let mut text = String::new();
            let style = gradcalc::views::Style { width, ..Default::default() };
            gradcalc::views::table::show(&answer, &style, &mut text).expect("a page");
            text
        };
        let wide = digits(&page(200));
        for width in [40, 59, 80, 100] {
            let text = page(width);
            assert_eq!(digits(&text), wide, "at {width} columns:\n{text}");
            let widest = text.lines().filter(|line| !line.starts_with("note")).map(|line| line.chars().count()).max();
            assert!(widest.is_some_and(|widest| widest <= width), "at {width} columns:\n{text}");
        }
    }
}

/// The derivatives of each number of a result by each number of the inputs, against JAX: `reference/jacobians.py`.
#[test]
fn jacobians_agree_with_jax() {
    let reference = include_str!("reference/jacobians.jsonl");
    let numbers = |value: &Value| -> Vec<f64> { value.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect() };
    for line in reference.lines() {
        let truth: Value = serde_json::from_str(line).expect("JSON");
        let expression = truth["expression"].as_str().expect("an expression");
        let mut arguments = vec!["--as".to_owned(), "json".to_owned(), "--jacobian".to_owned(), expression.to_owned()];
        // In the order in which the reference has them.
        let at = |name: &String| line.find(&format!("\"{name}\": ")).expect("a name");
        let mut inputs: Vec<(&String, &Value)> = truth["inputs"].as_object().expect("inputs").iter().collect();
        inputs.sort_by_key(|(name, _)| at(name));
        arguments.extend(inputs.iter().map(|(name, value)| format!("{name}={value}")));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let found: Value = serde_json::from_slice(&run(&arguments).stdout).expect("JSON");
        let (rows, expected) = (found["jacobian"].as_array().expect("rows"), truth["jacobian"].as_array().expect("rows"));
        assert_eq!(rows.len(), expected.len(), "{expression}");
        for (row, expected) in rows.iter().map(&numbers).zip(expected.iter().map(&numbers)) {
            let scale = expected.iter().fold(0.0f64, |most, x| most.max(x.abs()));
            let near = row.iter().zip(&expected).all(|(one, other)| (one - other).abs() <= 1e-12 * scale);
            assert!(row.len() == expected.len() && near, "{expression}: {row:?}, not {expected:?}");
        }
    }
    assert_eq!(reference.lines().count(), 21);
}

/// A jacobian is shown beside a gradient where one arrives, has a row for each number, and keeps to the page.
#[test]
fn a_jacobian_is_shown_whole() {
    let text = out(&run(&["--jacobian", "--upstream", "[1, 1]", "x*[1, 2]", "x=3"]));
    assert!(text.contains("gradient") && text.contains("f[0]      1\nf[1]      2\n"), "{text}");
    // Twelve columns of names as long as W[0, 0] go below each other, none is cut.
    let text = out(&run(&["--jacobian", "sum(W, 1)", "W=reshape(linspace(1, 12, 12), 3, 4)"]));
    assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    assert!((0..12).all(|at| text.contains(&format!("W[{}, {}]", at / 4, at % 4))), "{text}");
    assert!(text.matches("f[2]").count() >= 2, "{text}");
    assert!(out(&run(&["--jacobian", "[1, 2]"])).contains("depends on no input"));
    // What is not finite is shown, and told by the exit code.
    assert_eq!(run(&["--jacobian", "[sqrt(x), x]", "x=0"]).status.code(), Some(1));
    assert_eq!(run(&["--as", "json", "--jacobian", "--budget", "1MiB", "v*w", "v=ones(800)", "w=1"]).status.code(), Some(1));
}

/// Second derivatives, and those along a direction, on either side of a kink, told where they are not what the rules give; the
/// numbers are mathematics: |t|·|t| is t², and 4·|2t| has the slopes -8 and 8.
#[test]
fn what_is_asked_for_at_a_kink_is_told_as_it_is() {
    let first = "the first derivative along the direction is";
    let second = "the second derivative along the direction is";
    let cases: &[(&[&str], &[String])] = &[
        (&["--along", "x=1", "abs(x)^2", "x=0"], &[format!("{second} 2 on both sides; 0 is")]),
        (&["--along", "x=1", "--along", "y=1", "abs(x)*abs(y)", "x=0", "y=0"], &[format!("{second} 2 on both sides; 0 is")]),
        (&["--along", "x=1", "--along", "y=0", "abs(x)*abs(y)", "x=0", "y=0"], &[]),
        (&["--along", "y=2", "x^2*abs(y)", "x=2", "y=0"], &[format!("{first} -8 from below and 8 from above; 0 is")]),
        (&["--along", "x=3", "relu(x)^2", "x=0"], &[format!("{second} 0 from below and 18 from above; 0 is")]),
        (&["--along", "x=[3, 4]", "norm(x)", "x=[0, 0]"], &[format!("{first} -5 from below and 5 from above; 0 is")]),
        (&["--along", "x=[3, 4]", "norm(x)^2", "x=[0, 0]"], &[format!("{second} 50 on both sides; 0 is")]),
        (&["--along", "x=1", "abs(x)*x^2", "x=2"], &[]),
        (&["--hessian", "norm(x)^2 + y", "x=zeros(2)", "y=1"], &["hessian[x[0], x[0]] and hessian[x[1], x[1]] are 2 on both".to_owned()]),
        (
            &["--hessian", "norm(x)^2", "x=zeros(14)"],
            &["hessian[x[0], x[0]], hessian[x[1], x[1]] and 12 more of its entries are 2 on both sides; 0 is".to_owned()],
        ),
        (
            &["--hessian", "norm(x)^2", "x=zeros(90)"],
            &["are 2 on both sides; 0 is".to_owned(), "of 8100 were compared with the slopes".to_owned()],
        ),
        (&["--hessian", "abs(x)^2 + abs(y)^2", "x=1", "y=-3"], &[]),
        // Beside a point at which the first derivative jumps: exp(|x|) has the second derivative exp(|x|) on both sides.
        (&["--along", "x=1", "exp(abs(x))", "x=0"], &[format!("{first} -1 from below and 1"), format!("{second} 1 on both sides; 0 is")]),
        (&["--along", "x=1", "abs(x)*exp(x)", "x=0"], &[format!("{first} -1 from below and 1"), format!("{second} -2 from below and 2")]),
        (&["--along", "x=1,y=1", "x*abs(y)", "x=1", "y=0"], &[format!("{first} -1 from"), format!("{second} -2 from below and 2 from")]),
        // Along a tie that goes on the result is what is looked at: f(t, t) = t^2.
        (&["--along", "x=1,y=1", "max(x,y)^2", "x=0", "y=0"], &[format!("{second} 2 on both sides; 8 is")]),
        (&["--along", "x=1", "elu(x)", "x=0"], &[format!("{second} 1 from below and 0 from above; 1 is")]),
        (&["--along", "x=1", "x^3 + sin(x)", "x=0"], &[]),
        (&["--along", "x=1", "abs(x)^2 + y", "x=0", "y=1e100"], &[format!("{second} 2 on both sides; 0 is")]),
        (&["--along", "x=1,k=1", "x[k]^2 + abs(k)", "x=[1, 2]", "k=0"], &[format!("{first} 1 from below and 3 from above; 2 is")]),
    ];
    for (arguments, told) in cases {
        let text = out(&run(arguments));
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let notes = ["along the direction is", "are 2 on both sides", "compared with the slopes"];
        assert_eq!(notes.iter().map(|note| flat.matches(note).count()).sum::<usize>(), told.len(), "{arguments:?}: {text}");
        assert!(told.iter().all(|told| flat.contains(told)), "{arguments:?}: {text}");
    }
}

/// Entries of second derivatives beside kinks, by hand; mixed ones in both orders, and what kind of point it is left open.
#[test]
fn entries_are_told_beside_every_kink() {
    for (text, x, told) in [
        ("exp(abs(x))", "x=0", "hessian[x, x] is 1 on both sides; 0 is"),
        ("abs(x)/(1 + abs(x))", "x=0", "hessian[x, x] is -2 on both sides; 0 is"),
        ("max(x + 3*x^2, -x + 5*x^2)", "x=0", "hessian[x, x] is 10 from below and 6 from above; 16 is"),
        ("min(2*x + x^2, x + 4*x^2)", "x=0", "hessian[x, x] is 2 from below and 8 from above; 10 is"),
        ("relu(x)*exp(x)", "x=0", "hessian[x, x] is 0 from below and 2 from above; 0 is"),
        ("where(x > 0, x + x^2, 2*x + 3*x^2)", "x=0", "hessian[x, x] is 6 from below and 2 from above; 6 is"),
        ("max(x, x^2)", "x=0", "hessian[x, x] is 2 from below and 0 from above; 2 is"),
        ("abs(x)^2 + x*1e145", "x=0", "hessian[x, x] is 2 on both sides; 0 is"),
        ("abs(x)^1.5", "x=0", "hessian[x, x] is inf on both sides"),
        ("sqrt(x^4)", "x=0", "hessian[x, x] is 2 on both sides"),
        ("min(x, y)*max(x, y)", "x=1 y=1", "hessian[x, y] is 1 on both sides; 2 is"),
        ("abs(x*y)", "x=0 y=2", "hessian[x, y] is -1 from below and 1 from above; 0 is"),
        ("abs(x*y)", "x=2 y=0", "hessian[x, y] is -1 from below and 1 from above; 0 is"),
        ("norm([x, y])*y", "x=0 y=0", "hessian[x, y] is -1 from below and 1 from above; 0 is"),
    ] {
        let arguments: Vec<&str> = ["--hessian", text].into_iter().chain(x.split(' ')).collect();
        let shown = out(&run(&arguments));
        let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(told) && flat.contains("verdict: undecided"), "{text} at {x}: {shown}");
    }
    // Its slope is 1 on both sides, whatever its second derivative is.
    let shown = out(&run(&["--hessian", "elu(x)", "x=0"]));
    assert!(shown.contains("verdict: slope") && shown.contains("is 1 from below and 0 from"), "{shown}");
}

/// The slopes of the result on either side, told where the gradient is neither of them; the numbers are mathematics.
#[test]
fn slopes_of_the_result_are_told_at_ties() {
    let cases: &[(&[&str], &str, &[&str])] = &[
        // r A where r is inside the limits: the slopes are A and r, and both operands of min have them.
        (
            &["min(r*A, clamp(r, 0.8, 1.2)*A)", "r=1.1", "A=2"],
            "4",
            &["the slope of f in r is 2 on both sides; 4 is", "the slope of f in A is 1.1 on both sides; 2.2 is"],
        ),
        (&["--ties", "split", "min(r*A, clamp(r, 0.8, 1.2)*A)", "r=1.1", "A=2"], "2", &[]),
        (&["max(x, x^2)", "x=1"], "3", &["the slope of f in x is 1 from below and 2 from above; 3 is"]),
        (&["--ties", "split", "max(x, x^2)", "x=1"], "1.5", &[]),
        (&["--upstream", "-2", "max(x, x^2)", "x=1"], "-6", &["is -2 from below and -4 from above; -6 is"]),
        // x, written otherwise.
        (&["relu(x) - relu(-x)", "x=0"], "0", &["the slope of f in x is 1 on both sides; 0 is"]),
        (&["abs(x) + relu(x)", "x=0"], "0", &["is -1 from below and 2 from above; 0 is"]),
        (&["max(v*v[0])", "v=[2, 2]"], "6", &["the slope of f in v[0] is 2 from below and 4 from above; 6 is"]),
        (&["max(x, -x)", "x=0"], "0", &["the slope of f in x is -1 from below and 1 from above; 0 is"]),
        (&["where(x == 3, 2*x - 3, x)", "x=3"], "2", &["the slope of f in x is 1 on both sides; 2 is"]),
        // Told by the tie or the kink itself.
        (&["--ties", "split", "max(x, -x)", "x=0"], "0", &[]),
        (&["max(x, y)", "x=1", "y=1"], "1", &[]),
        (&["3*abs(x - 1)", "x=1"], "0", &[]),
        (&["max(x, 1)*x", "x=1"], "2", &[]),
    ];
    for (arguments, gradient, told) in cases {
        let text = out(&run(arguments));
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(flat.matches("the slope of f in").count(), told.len(), "{arguments:?}: {text}");
        assert!(told.iter().all(|told| flat.contains(told)), "{arguments:?}: {text}");
        assert!(flat.contains(gradient), "{arguments:?}: {text}");
    }
    // In updates, assertions and what is printed: once, with its line.
    for statement in ["x -= 0.1*d(f, x)", "assert d(f, x) == 3", "print d(f, x)", "const c = d(f, x)", "repeat 3 { x -= 0*d(f, x) }"] {
        let told = err(&piped(&[], &format!("x = 1\nf = max(x, x^2)\n{statement}\n")));
        let expected = "note: the slope of f in x is 1 from below and 2 from above; 3 is what the rules for ties and kinks give";
        assert!(
            told.contains(expected) && told.contains("\n --> <stdin>:3\n") && told.matches("note: ").count() == 1,
            "{statement}: {told}"
        );
    }
    assert_eq!(err(&piped(&[], "x = 2\nf = max(x, x^2)\nx -= 0.1*d(f, x)\n")), "");
    // A tie that is met in a later round of a block, from 3 down to -1 in whole steps.
    for statement in ["x -= 0*d(f, x)", "assert d(f, x) > -9", "print d(f, x)", "const c = d(f, x)"] {
        for (f, told) in [
            ("max(x, x^2)", &["the slope of f in x is 1 from below and 2 from above; 3 is"][..]),
            ("relu(x - 1) - relu(1 - x)", &["the slope of f in x is 1 on both sides; 0 is"]),
            ("max(x, 4)*max(x, 5)", &[]),
            ("abs(x - 1) + abs(2*x - 2)", &["the slope of f in x is -3 from below and 3 from above; 0 is"]),
            ("sign(x - 1) + abs(x - 1)", &["the slope of f in x is inf on both sides; 0 is"]),
        ] {
            let notes = err(&piped(&[], &format!("x = 3\nf = {f}\nrepeat 3 {{\n{statement}\nx -= 1\n}}\n")));
            assert_eq!(notes.matches("note: ").count(), told.len(), "{statement}, {f}: {notes}");
            assert!(told.iter().all(|told| notes.contains(told)), "{statement}, {f}: {notes}");
        }
    }
}

/// Where the sides of a comparison are equal, a result may bend or jump; the numbers are mathematics.
#[test]
fn boundaries_of_comparisons_are_told() {
    let cases: &[(&[&str], &[&str])] = &[
        (&["where(x > 0, x, 0)", "x=0"], &["x is 0 from below and 1 from above; the slope taken is 0"]),
        (&["where(x >= 0, x, 0)", "x=0"], &["x is 0 from below and 1 from above; the slope taken is 1"]),
        (&["x if x > 0 else -x", "x=0"], &["x is -1 from below and 1 from above; the slope taken is -1"]),
        (&["x*(x > 0)", "x=0"], &["x is 0 from below and 1 from above; the slope taken is 0"]),
        (&["where(x > 0, x + 1, 0)", "x=0"], &["x is 0 from below and inf from above; the slope taken is 0"]),
        (&["x >= 0", "x=0"], &["x is inf from below and 0 from above; the slope taken is 0"]),
        (&["where(x < y, 3*x, 2*y + x)", "x=1", "y=1"], &["x is 3 from below and 1 from above", "y is 2 from below and 0 from above"]),
        (&["where((x > 0)*(y > 0), x*y, 0)", "x=0", "y=2"], &["x is 0 from below and 2 from above"]),
        (
            &["sum(where(X > 0, X, 0))", "X=[0, 1, 0]"],
            &["X[0] is 0 from below and 1 from above; the slope taken is 0 (and so at 1 more of 3)"],
        ),
        (
            &["sum(where(X > 0, X, 0.5*X))", "X=[0, 1; -2, 0]"],
            &["X[0, 0] is 0.5 from below and 1 from above; the slope taken is 0.5 (and so at 1 more of 4)"],
        ),
        (&["--upstream", "-2", "where(x > 0, x, 0)", "x=0"], &["x is 0 from below and -2 from above"]),
        // Both sides agree, the mask stands still, or nobody can say.
        (&["where(x > 0, x, x)", "x=0"], &[]),
        (&["where(x < 1, x^2, 2*x - 1)", "x=1"], &[]),
        (&["where(x > 0, x, 0)", "x=0.1"], &[]),
        (&["stop_gradient(x > 0)*x", "x=0"], &[]),
        (&["where(x == 0, 1, sin(x)/x)", "x=0"], &[]),
        (&["where(x^2 > 0, x, 2*x)", "x=0"], &[]),
    ];
    for (arguments, told) in cases {
        let text = out(&run(arguments));
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(flat.matches(" where the sides of").count(), told.len(), "{arguments:?}: {text}");
        assert!(told.iter().all(|told| flat.contains(told)), "{arguments:?}: {text}");
        assert!(told.is_empty() || !flat.contains("no gradient reaches x"), "{arguments:?}: {text}");
    }
}

/// Of functions made of lines the slope of a side is a difference, infinite where they jump: random ones, at a point where many
/// of their gates tie and their comparisons change.
#[test]
fn slopes_of_sides_are_differences() {
    let mut state = 1u64;
    let mut draw = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let (mut found, mut undecided) = (0, 0);
    for _ in 0..600 {
        let mut terms: Vec<String> = vec!["x".into(), "-x".into(), "2*x".into(), "0".into(), "sum(relu([x, -2*x, 1]))".into()];
        for _ in 0..6 {
            let [one, other] = [draw(terms.len() as u64), draw(terms.len() as u64)].map(|at| terms[at as usize].clone());
            terms.push(match draw(11) {
                0 => format!("max({one}, {other})"),
                1 => format!("min({one}, {other}, x)"),
                2 => format!("abs({one})"),
                3 => format!("relu({one})"),
                4 => format!("clamp({one}, 0, 1)"),
                5 => format!("max([{one}, {other}, 3*x])"),
                6 => format!("leaky_relu({one}) - ({other})"),
                7 => format!("where({one} > {other}, x, -2*x)"),
                8 => format!("where({one} <= 0, {other}, 1 + 0*x)"),
                9 => format!("({one})*({other} >= 0)"),
                _ => format!("({one}) + ({other})"),
            });
        }
        let expression = terms.last().expect("a term");
        let at = |x: f64| {
            let session = gradcalc::session::Session::new(gradcalc::session::Settings::default());
            session.answer_to(&format!("x = {x}\n{expression}")).expect("an answer")
        };
        let answer = at(0.0);
        let (program, output) = answer.program.cone(answer.output);
        let Some(input) = program.ids().find(|&id| program.input(id).is_some()) else { continue };
        let mut rules = gradcalc::calculus::Rules::default();
        let sides = gradcalc::calculus::sides::sides(&program, output, &[gradcalc::Value::from(0.0)], input, &mut rules);
        let sides = sides.unwrap_or_else(|| panic!("no slopes of {expression}"))[0];
        let step = 0.5f64.powi(20);
        let [below, above] = [(answer.value() - at(-step).value()) / step, (at(step).value() - answer.value()) / step];
        // Changes that are equal decide no comparison.
        if sides.below.is_nan() || sides.above.is_nan() {
            undecided += 1;
            continue;
        }
        // A hundredth, in leaky_relu, rounds. No slope of a line is large.
        let near = |one: f64, other: f64| {
            if one.is_infinite() { other / one.signum() > 1e5 } else { (one - other).abs() <= 1e-9 * (1.0 + one.abs()) }
        };
        assert!(near(sides.below, below) && near(sides.above, above), "{expression}: {sides:?}, not {below} and {above}");
        found += usize::from(below != above);
    }
    assert!(found > 200 && undecided < 300, "{found} of 600, {undecided} undecided");
}

/// Where an input reaches a gate through several operands, a note tells the slopes of the result exactly where the gradient is
/// neither of them; they are differences of the value.
#[test]
fn slopes_through_several_operands_are_told() {
    let operands = ["x", "2*x", "x^2", "1", "0", "-x"];
    let mut expressions: Vec<String> = Vec::new();
    for a in operands {
        for b in operands {
            expressions.extend(["max", "min", "hypot", "mod", "pow"].map(|gate| format!("{gate}({a}, {b})")));
            expressions.push(format!("where({a} > {b}, {a}, {b})"));
            expressions.extend(operands.map(|c| format!("clamp({a}, {b}, {c})")));
        }
    }
    let (mut told, mut smooth) = (0, 0);
    for (expression, x) in expressions.iter().filter(|text| text.contains('x')).flat_map(|text| [(text, 0.0), (text, 1.0)]) {
        let at = |x: f64| {
            let session = gradcalc::session::Session::new(gradcalc::session::Settings::default());
            session.answer_to(&format!("x = {x}\n1*{expression}")).expect("an answer")
        };
        let (answer, step) = (at(x), 0.5f64.powi(20));
        let [below, above] = [(answer.value() - at(x - step).value()) / step, (at(x + step).value() - answer.value()) / step];
        let Some(input) = answer.active_inputs().next() else { continue };
        let Some(gradient) = answer.gradients(input).and_then(|numbers| numbers.first().copied()) else { continue };
        // What is not finite has notes of its own, and a power bends as a logarithm.
        if [below, above, gradient].iter().any(|slope| !slope.is_finite()) || expression.starts_with("pow") && x == 0.0 {
            continue;
        }
        let near = |one: f64, other: f64| (one - other).abs() <= 1e-4 * (1.0 + other.abs());
        let note = answer.notes.iter().find(|note| note.kind == "sides").map(|note| note.message.as_str());
        let is_slope = near(gradient, below) || near(gradient, above);
        let between = gradient > below.min(above) && gradient < below.max(above);
        let kink = answer.notes.iter().any(|note| note.kind == "kink");
        assert!(is_slope || between || note.is_some() || kink, "{expression} at {x}: {gradient}, not {below} and {above}");
        assert!(!(near(gradient, below) && near(gradient, above)) || note.is_none(), "{expression} at {x}: {note:?}");
        smooth += usize::from(note.is_none());
        let Some(note) = note else { continue };
        told += 1;
        let slope = |side: f64| {
            if side.abs() > 1e5 { format!("{}inf", if side < 0.0 { "-" } else { "" }) } else { format!("{}", side.round() + 0.0) }
        };
        let expected = if near(below, above) { slope(below) } else { format!("{} from below and {}", slope(below), slope(above)) };
        let whole = [below, above].iter().all(|&side| near(side, side.round()));
        assert!(!whole || note.contains(&format!("in x is {expected}")), "{expression} at {x}: {note}, not {below} and {above}");
    }
    assert!(told > 60 && smooth > 100, "{told} told, {smooth} not");
}

/// Derivatives of several numbers are held against the slopes on either side as gradients are: no false alarm where they agree.
#[test]
fn derivatives_of_several_numbers_tell_of_their_own_slopes() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("[where(x < 1, x^2, 2*x - 1), x]", "x=1", &[]),
        (
            "[where(x < 1, x^2, x), x]",
            "x=1",
            &["f[0] has a kink where the sides of xlt1 = x < 1 are equal", "2 from below and 1 from above"],
        ),
        ("[x, x >= 1]", "x=1", &["f[1] jumps where", "inf from below and 0 from above"]),
        ("where(x < 1, x, 2*x)", "x=[1, 2]", &["its slope in x[0] is inf from below and 2 from above"]),
        ("[max(x, x^2), x]", "x=1", &["tie", "the slope of f[0] in x is 1 from below and 2 from above; 3 is"]),
        ("[relu(x) - relu(-x), x]", "x=0", &["kink", "kink", "the slope of f[0] in x is 1 on both sides; 0 is"]),
        // Through several operands of one gate; the gate's own slopes are those of none of them.
        ("[clamp(x, x, 5), x]", "x=1", &["the slope of f[0] in x is 1 on both sides; 2 is"]),
        ("[hypot(x, x), x]", "x=0", &["the slope of f[0] in x is -1.41421 from below and 1.41421 from above; 0 is"]),
        ("[clamp(x, x, 5), clamp(x, x, x)]", "x=1", &["f[0] in x is 1 on both sides; 2 is", "f[1] in x is 1 on both sides; 3 is"]),
        ("[x^x, x]", "x=0", &["the slope of f[0] in x is -inf from above, and there is no value below; 0 is"]),
    ];
    for (expression, x, told) in cases {
        let text = out(&run(&["--jacobian", expression, x]));
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.iter().all(|told| flat.contains(told)), "{expression}: {text}");
        assert_eq!(flat.contains("note:"), !told.is_empty(), "{expression}: {text}");
    }
}

/// A gradient is infinite where a number was rounded to a singular one: its slopes next to it are told.
#[test]
fn slopes_beside_a_rounded_singular_point_are_told() {
    let text = out(&run(&["asin(sin(x))", "x=pi/2"]));
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("the slope of f in x is 1 from below and -1 from above, at the 64-bit numbers next to it"), "{text}");
}

/// A value that is not finite and that is not shown with its stages is told with where it comes from, once.
#[test]
fn what_is_not_finite_is_told_where_nobody_sees_it() {
    for (text, told) in [
        ("x = -1\nlog(x);", "f = log(x) became nan where x = -1"),
        ("print log(-1)", "f = log(-1) became nan: it has a real value for x > 0"),
        ("x = 0; print 1/x", "f = 1 / x is inf where x = 0"),
        ("y = log(-1)", "f = log(-1) became nan"),
        ("const m = -1/0", "f = -1 / 0 is -inf"),
        ("x = -1; x -= sqrt(x)", "sqrtx = sqrt(x) became nan where x = -1"),
        ("x = 0; sqrt(x);", "the gradient is inf from f = sqrt(x)"),
        ("x = 1; repeat 5 { x = x - 1; print 1/x }", "f = 1 / x is inf where x = 0"),
        ("v = [1, 0]; print 1/v", "f = 1 / v is inf at [1] where v[1] = 0"),
    ] {
        let told_text = err(&piped(&[], text));
        assert!(told_text.contains(told) && told_text.matches("note: ").count() == 1, "{text}: {told_text}");
    }
    for text in ["print inf", "x = inf; print x", "const m = -inf", "x = inf; x;", "best = inf; best = min(best, 3); print best"] {
        assert_eq!(err(&piped(&[], text)), "", "{text}");
    }
}
