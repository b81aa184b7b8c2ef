//! Limits: whatever a text can size is refused with its place before it is tried, in whatever way it is asked, and what was
//! finished before is written.
//!
//! The budgets here are small, so that all of it is quick; some runs have the default budget and little memory.

use gradcalc::ground::budget::Budget;
use gradcalc::ground::{Fault, FaultKind};
use gradcalc::session::{FinalDefinition, Outcome, Session, Settings};
use gradcalc::views::Source;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_gradcalc");

/// A session with a budget of 1 MiB: 131,072 numbers, 4,882 stages, 1,024 names, texts of 16 KiB.
fn small() -> Session {
    let mut session = Session::new(Settings::default());
    runs(&mut session, "set budget 1MiB");
    session
}

/// Runs a text that must work.
fn runs(session: &mut Session, text: &str) {
    let answered = outcomes(session, text);
    assert!(answered.iter().all(Result::is_ok), "{text}: {answered:?}");
}

fn outcomes(session: &mut Session, text: &str) -> Vec<Result<String, Fault>> {
    let source = Source { name: "<text>".into(), line: 1 };
    let mut reading = match session.read(text, &source, FinalDefinition::Hidden) {
        Ok(reading) => reading,
        Err(fault) => return vec![Err(fault)],
    };
    let mut all = Vec::new();
    while let Some(outcome) = session.step(&mut reading) {
        all.push(outcome.map(|outcome| match outcome {
            Outcome::Answer(answer) => answer.values.scalar(answer.output).to_string(),
            Outcome::Printed(printed) => printed.text,
            _ => String::new(),
        }));
    }
    all
}

/// The fault of a text that must pass a limit, with the text that its caret marks.
fn refused(session: &mut Session, text: &str) -> (Fault, String) {
    let all = outcomes(session, text);
    let fault = all.into_iter().find_map(Result::err).unwrap_or_else(|| panic!("{text:.80} is refused"));
    assert_eq!(fault.kind, FaultKind::Limit, "{text:.80}: {fault:?}");
    let marked = text.get(fault.span.start as usize..fault.span.end as usize).unwrap_or_else(|| panic!("{fault:?} lies in {text:.80}"));
    let marked = marked.to_owned();
    assert!(!marked.is_empty(), "{text:.80}: {fault:?}");
    // The statement is refused, and nothing else.
    assert_eq!(outcomes(session, "print 1 + 1"), [Ok("2".to_owned())], "after {text:.80}");
    (fault, marked)
}

#[test]
fn every_way_of_asking_for_too_many_numbers_is_refused_where_it_stands() {
    // 400 * 400 are 160,000 numbers, and 131,072 have room; x is an input, so that no value is known before.
    // What goes over arrays number by number need not be stored.
    let sums = "cumsum(x*ones(300, 300), 0) + cumsum(x*ones(300, 300)/2, 0)";
    let large = ["cumsum(zeros(400, 400), 0)", "randn(400, 400)", "ones(400, 400) @ ones(400, 400)", sums];
    let ways: &[fn(&str) -> String] = &[
        |text| format!("sum({text})"),
        |text| format!("print \"a\", sum({text})"),
        |text| format!("assert sum({text}) == 0"),
        |text| format!("assert 1 == 1 ± sum({text})"),
        |text| format!("y = {text}"),
        |text| format!("const y = {text}"),
        |text| format!("y = sum({text}) + x"),
        |text| format!("g(t) = t*sum({text}); g(x)"),
        |text| format!("h(t) = sum(t); h({text})"),
        |text| format!("d(sum({text})*x, x)"),
        |text| format!("set upstream {}", text.replace('x', "2")),
        |text| format!("set along x=sum({})", text.replace('x', "2")),
        |text| format!("set nudge x={}", text.replace('x', "2")),
    ];
    for large in large {
        for way in ways {
            let mut session = small();
            runs(&mut session, "x = 2");
            let text = way(large);
            let (fault, marked) = refused(&mut session, &text);
            assert!(fault.to_string().contains("raise the budget to "), "{text}: {fault:?}");
            // The call of a function is to blame for what its body does.
            assert!(marked.contains("00") || marked.starts_with("g(") || marked.starts_with("h("), "{text}: {marked}");
        }
    }
}

/// Numbers of many digits are charged as those of 64 bits are.
#[test]
fn many_digits_are_charged() {
    let mut session = small();
    runs(&mut session, "t = 2; set precise 40; print sum(linspace(0, 1, 100)*t)");
    for text in ["print sum(linspace(0, 1, 20000)*t)", "set precise 3000; print sum(linspace(0, 1, 400)*t)"] {
        let (fault, _) = refused(&mut session, text);
        assert!(fault.to_string().contains("raise the budget to "), "{text}: {fault:?}");
    }
}

#[test]
fn bindings_are_charged_and_kept() {
    let mut session = small();
    let fault = session.bind("x", "1 + cumsum(zeros(400, 400), 0)").expect_err("too large");
    assert_eq!((fault.kind, fault.span.start), (FaultKind::Limit, 4));
    session.bind("x", "randn(300, 300)").expect("half of the budget");
    let fault = session.bind("y", "randn(300, 300)").expect_err("the other half is not free");
    assert_eq!(fault.kind, FaultKind::Limit);
    assert!(fault.message.contains("held by names"), "{fault:?}");
    session.bind("y", "randn(100, 100)").expect("a small one");
    session.bind("x", "1").expect("a number");
    session.bind("y", "randn(300, 300)").expect("what was given back");
}

/// What a name is given is stored, and of the stages that make it what does not go number by number; the others are not.
#[test]
fn a_value_is_charged_what_it_takes_to_make_it() {
    for text in
        ["X = 0.1 + 1.8*linspace(0, 1, 60000)", "X = exp(-linspace(0, 1, 60000)^2)/3", "const X = tanh(linspace(0, 1, 60000) - 0.5)*2"]
    {
        runs(&mut small(), text);
        let (_, marked) = refused(&mut small(), &text.replace("60000", "70000"));
        assert_eq!(marked, text.replace("60000", "70000").split(" = ").nth(1).expect("a value"));
    }
    runs(&mut Session::new(Settings::default()), "assert sum(0.1 + 1.8*linspace(0, 1, 60000)) == 60000 ± 1e-8");
}

#[test]
fn gradients_and_second_derivatives_are_charged_before_they_are_made() {
    // The forward pass has three times 25,600 numbers beside those of X; the backward pass has no room beside it.
    let (_, marked) = refused(&mut small(), "X = ones(160, 160); sum(exp(X)*2)*3 + sum(sin(X))");
    assert_eq!(marked, "sum(exp(X)*2)*3 + sum(sin(X))");
    runs(&mut small(), "X = ones(160, 160); print sum(exp(X)*2)*3 + sum(sin(X))");
    let (_, marked) = refused(&mut small(), "set hessian on; X = ones(500); sum(X^3)");
    assert_eq!(marked, "sum(X^3)");
    let (_, marked) = refused(&mut small(), "set nudge X=1; X = ones(160, 160); sum(X^3)");
    assert_eq!(marked, "sum(X^3)");
    runs(&mut small(), "set hessian on; X = ones(5); sum(X^3)");
}

#[test]
fn stages_that_stay_unevaluated_are_charged_when_they_are() {
    let mut session = small();
    let mut text = String::from("x = ones(200, 200); y0 = cumsum(x, 0); z0 = x + 1\n");
    for at in 1..20 {
        writeln!(text, "y{at} = cumsum(y{before}, 0); z{at} = z{before} + 1", before = at - 1).expect("a text grows");
    }
    runs(&mut session, &text);
    for ask in ["print sum(y19)", "assert sum(y19) == 0", "sum(y19)"] {
        let (_, marked) = refused(&mut session, ask);
        assert_eq!(marked, if ask.starts_with("assert") { "sum(y19) == 0" } else { "sum(y19)" });
    }
    runs(&mut session, "print sum(y0)");
    // What goes over long arrays number by number is not stored where one number of it all is asked for; a table shows every stage.
    runs(&mut session, "print sum(z19)");
    refused(&mut session, "sum(z19)");
}

/// Where a number that is not finite begins is looked for in every stage; where the budget has no room for them, that is told.
#[test]
fn causes_are_looked_for_where_the_budget_has_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = "X = linspace(0, 1, 20000)\nprint sum(tanh(X)*exp(-X*X) + sigma(X)/(1 + X*X) - log(X))\n";
    for (budget, told) in [("1MiB", "is not looked for"), ("64MiB", "= log(X) is -inf")] {
        let output = limited(&folder, MEMORY, &["--as", "brief", "--budget", budget], script);
        let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        assert!(out.contains("inf") && err.contains(told), "{budget}: {out}\n{err}");
    }
}

#[test]
fn stages_names_and_texts_have_limits() {
    let long = vec!["x"; 3000].join("*");
    let mut session = small();
    runs(&mut session, "x = 1");
    let (fault, _) = refused(&mut session, &format!("{long} + {long}+x+2*{long}"));
    assert!(fault.message.contains("more than 4882 stages") || fault.message.contains("more than 16 KiB"), "{fault:?}");
    let product = (0..800).map(|at| format!("(x+{at})")).collect::<Vec<_>>().join("*");
    let mut session = small();
    runs(&mut session, "x = 1");
    let (fault, _) = refused(&mut session, &format!("d(d(d({product}, x), x), x)"));
    assert!(fault.message.contains("more than 4882 stages"), "{fault:?}");

    let (fault, marked) = refused(&mut small(), &format!("1 + {}", " ".repeat(1 << 15)));
    assert_eq!((fault.message.as_str(), marked.as_str()), ("the text has more than 16 KiB", "1"));

    let mut session = small();
    let text = (0..1000).map(|at| format!("n{at}={at};")).collect::<Vec<_>>().concat();
    runs(&mut session, &text);
    let text = (0..1000).map(|at| format!("m{at}={at};")).collect::<Vec<_>>().concat();
    let (fault, marked) = refused(&mut session, &text);
    assert!(fault.message.contains("more than 1024 different names"), "{fault:?}");
    assert!(marked.starts_with('m'), "{marked}");
    assert_eq!(outcomes(&mut session, "n999 + 1"), [Ok("1000".to_owned())]);
    runs(&mut session, "print n998; n0 = 5");
}

#[test]
fn arrays_written_out_stop_at_their_limit() {
    for (text, marked) in
        [("sum(X)", "X"), ("sum(exp(x*ones(3000, 3000)))", "ones"), ("sum((x*ones(90, 90) + X[0:90, 0:90]) @ (X[0:90, 0:90] - x))", "X")]
    {
        let mut session = Session::new(Settings::default());
        runs(&mut session, "set scalars on; set view value; x = 2; X = ones(3000, 3000);");
        let (fault, place) = refused(&mut session, text);
        assert!(fault.message.contains("10000 stages"), "{fault:?}");
        assert!(place.contains(marked), "{text}: {place}");
    }
    let mut session = Session::new(Settings::default());
    assert_eq!(outcomes(&mut session, "set scalars on; x = [1, 2]; sum(x^2)").pop(), Some(Ok("5".to_owned())));
}

#[test]
fn shapes_are_given_back() {
    let mut session = Session::new(Settings::default());
    // Ten shapes in a statement: what a text of one takes is the text's.
    for n in 0..7_000 {
        let sizes = (0..10).map(|at| format!("size(ones({}, {}), 0)", n % 300 + 1, n / 300 * 10 + at + 1)).collect::<Vec<_>>().join(", ");
        let wanted = vec![(n % 300 + 1).to_string(); 10].join(" ");
        assert_eq!(outcomes(&mut session, &format!("print {sizes}")), [Ok(wanted)]);
    }
    // Stages that names stand for keep their shapes; a limit refuses the statement that passes it, and no other.
    runs(&mut session, "x = 2");
    let mut passed = None;
    for n in 1..20_000 {
        let all = outcomes(&mut session, &format!("y{n} = x*ones({n})"));
        if let Some(Err(fault)) = all.into_iter().next() {
            passed = Some((n, fault));
            break;
        }
    }
    let (n, fault) = passed.expect("there is a limit");
    assert_eq!(fault.kind, FaultKind::Limit);
    assert!(n > 8000, "{n}");
    assert_eq!(outcomes(&mut session, "1 + 1"), [Ok("2".to_owned())]);
    assert_eq!(outcomes(&mut session, "sum(y100)"), [Ok("200".to_owned())]);
    for n in 1..2000 {
        runs(&mut session, &format!("y{n} = x + 1"));
    }
    runs(&mut session, &format!("y{n} = x*ones({n})"));
}

#[test]
fn what_names_no_longer_hold_is_given_back() {
    let mut session = Session::new(Settings::default());
    let number = 8;
    for text in ["a = randn(50, 500)", "const a = rand(50, 500)", "a = randn(50, 500)*2", "const c = rand(50, 500); a = c*x"] {
        runs(&mut session, "x = 1");
        for _ in 0..400 {
            runs(&mut session, text);
        }
        // Of 25,000 numbers at a time, 80 MB would have been kept; a few stages hold a few of them until they are looked for.
        assert!(session.kept() < 300 * 25_000 * number, "{text}: {}", session.kept());
    }
    runs(&mut session, "set budget 5MiB");
    for _ in 0..100 {
        runs(&mut session, "const c = rand(50, 500); a = c*x");
    }
}

#[test]
fn a_budget_that_is_raised_has_room() {
    let mut session = small();
    refused(&mut session, "print sum(cumsum(zeros(300, 300), 0))");
    runs(
        &mut session,
        "set budget 2MiB; print sum(cumsum(zeros(300, 300), 0)); set budget default; print sum(cumsum(zeros(4000, 400), 0))",
    );
    assert_eq!(Budget::default().bytes(), 2 << 30);
    let fault = outcomes(&mut session, "set budget 3").pop().and_then(Result::err).expect("no size");
    assert_eq!(fault.kind, FaultKind::Parse);
}

/// Gates that have kinks are answered where the budget has no room to look for these; whether some number is at one is known, and is told where
/// its gradient may be no slope.
#[test]
fn kinks_of_arrays_that_fill_the_budget_are_known() {
    // 100,001 numbers take 800 KB: room for two such arrays and no third.
    const BUDGET: &str = "2400KiB";
    let run = |budget: &str, text: &str| {
        let output = Command::new(PROGRAM).args(["--budget", budget, "--as", "brief", text]).output().expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        (text(&output.stdout), text(&output.stderr))
    };
    for (expression, may_be_none) in [
        ("sum(relu(x))", false),
        ("sum(abs(x))", false),
        ("sum(max(x, 0))", false),
        ("sum(relu(x + 2))", false),
        ("sum(max(x, -x))", false),
        ("sum(relu(x) - relu(-x) + x)", true),
        ("sum(where(x > 0, x + 1, 0))", true),
        ("sum(where(x > 2, x, 1))", false),
        ("max(x) + min(x) + 1", false),
        ("max(x) + sum(relu(x))", false),
    ] {
        let text = format!("x = linspace(-1, 1, 100001); {expression}");
        let (crowded, told) = run(BUDGET, &text);
        assert_eq!(crowded, run("2GiB", &text).0, "{expression}");
        assert_eq!(told.contains("is at a kink"), may_be_none, "{expression}: {told}");
    }
}

// The program as a process.

/// Runs the program with `kib` of memory and a text on its stdin.
fn limited(folder: &TempDir, kib: usize, arguments: &[&str], stdin: &str) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {kib}; exec \"$0\" \"$@\""), PROGRAM]).args(arguments).current_dir(folder.path());
    let mut run = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    // A program that reads no further has closed its end.
    let _ = run.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
    run.wait_with_output().expect("it ends")
}

/// What a run wrote; it must have ended with 1.
fn failed(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{out}\n{err}");
    (out, err)
}

const MEMORY: usize = 1_500_000;

#[test]
fn with_little_memory_every_way_of_asking_ends_well() {
    // One array of 5500 x 5500 numbers, which are 242 MB, has room, and no second one; three of 11000 x 11000 pass the default budget.
    const LITTLE: usize = 400_000;
    let folder = tempfile::tempdir().expect("a folder");
    let huge = "cumsum(cumsum(zeros(11000, 11000)+1, 0), 0)+2";
    for ask in [
        format!("print sum({huge})"),
        format!("sum({huge})"),
        format!("assert sum({huge}) == 0"),
        format!("y = {huge}"),
        format!("f(x) = x + sum({huge}); f(2)"),
    ] {
        let (out, err) = failed(&limited(&folder, LITTLE, &["--as", "value"], &format!("6*7\n{ask}\n1 + 1\n")));
        assert_eq!(out, "42\n2\n", "{ask}: {err}");
        assert!(err.contains("-->") && err.contains('^') && err.contains("budget"), "{ask}: {err}");
    }
    for (arguments, place) in [
        (vec!["1", "x=zeros(20000,20000)"], "<binding>"),
        (vec!["1", "x=randn(5500,5500)+randn(5500,5500)"], "<binding>"),
        (vec!["-e", "1", "-e", "sum(rand(5500,5500)*rand(5500,5500))"], "<expr>"),
        (vec!["x", "x=1", "--upstream", "cumsum(cumsum(zeros(11000,11000)+1,0),0)"], "--upstream"),
        (vec!["x", "x=1", "--nudge", "x=sum(cumsum(cumsum(zeros(11000,11000)+1,0),0))"], "--nudge"),
        (vec!["sum(exp(X))", "X=ones(11000)", "--hessian"], "<expr>"),
        (vec!["sum(exp(X))", "X=ones(3000,3000)", "--scalars"], "<"),
    ] {
        let (_, err) = failed(&limited(&folder, LITTLE, &arguments, ""));
        assert!(err.contains(place), "{arguments:?}: {err}");
    }
}

#[test]
fn within_the_budget_the_machine_is_asked_too() {
    let folder = tempfile::tempdir().expect("a folder");
    // What goes over arrays number by number is not stored; a running sum is.
    let script = "6*7\nprint sum(zeros(9000, 9000) + 1)\nprint sum(cumsum(zeros(9000, 9000), 0))\n1 + 1\n";
    let (out, err) = failed(&limited(&folder, 400_000, &["--as", "value"], script));
    assert_eq!(out, "42\n81000000\n2\n");
    assert!(err.contains("the machine does not give them"), "{err}");
}

#[test]
fn endless_files_and_lines_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let small = ["--as", "value", "--budget", "16MiB"];
    let (out, err) = failed(&limited(&folder, MEMORY, &small, "6*7\ninclude \"/dev/zero\"\n1 + 1\nload(\"/dev/zero\")\n2 + 2\n"));
    assert_eq!(out, "42\n2\n4\n", "{err}");
    assert!(err.contains("the line has more than 256 KiB") && err.contains("`/dev/zero` has more than 2 MiB"), "{err}");
    let long = "1+".repeat(1 << 18);
    let (out, err) = failed(&limited(&folder, MEMORY, &small, &format!("6*7\n{long}1\n1 + 1\n")));
    assert_eq!(out, "42\n2\n", "{err}");
    assert!(err.contains("<stdin>:2") && err.contains("the line has more than 256 KiB"), "{err}");
    let statement = format!("6*7\nsum([{}\n1 + 1\n", "1,\n".repeat(1 << 13));
    let (out, err) = failed(&limited(&folder, MEMORY, &["--as", "value", "--budget", "1MiB"], &statement));
    assert_eq!(out, "42\n", "{err}");
    assert!(err.contains("<stdin>:2") && err.contains("the statement has more than 16 KiB"), "{err}");
    let long = "1+".repeat(1 << 22);
    let (out, err) = failed(&limited(&folder, MEMORY, &["--as", "value", "--budget", "100MiB", "-e", "6*7", "-f", "-"], &long));
    assert_eq!(out, "42\n", "{err}");
}

#[test]
fn a_session_that_names_a_large_array_anew_stays_small() {
    let folder = tempfile::tempdir().expect("a folder");
    // 1200 arrays of 240 kB are 288 MB.
    let anew = "a = randn(100, 300)\nconst c = rand(100, 300)\nb = c*a\n".repeat(400);
    let updated = "a = randn(100, 300)\n".to_owned() + &"a = a*1.0001\na += 1\nconst c = a\n".repeat(400);
    let repeated = "a = randn(100, 300)\nrepeat 600 { a = a*1.0001; a += 1 }\n".to_owned();
    for script in [anew, updated, repeated] {
        let run = limited(&folder, 200_000, &[], &(script + "print sum(a*0)\n"));
        assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    }
}

#[test]
fn the_gradient_of_a_singular_determinant_is_quick_and_right() {
    const N: usize = 12;
    let gradient = |text: &str| {
        let mut session = Session::new(Settings::default());
        outcomes(&mut session, text).pop().expect("an outcome").expect("an answer").parse::<f64>().expect("a number")
    };
    let weighed = |entry: &dyn Fn(usize, usize) -> f64| {
        let row = |i| (0..N).map(|j| entry(i, j).to_string()).collect::<Vec<_>>().join(", ");
        let rows: Vec<String> = (0..N).map(row).collect();
        gradient(&format!("X = [{}]; sum(d(det(X), X)*outer(linspace(1, {N}, {N}), linspace(2, {N} + 1, {N})))", rows.join("; ")))
    };
    // The Laplacian of a path: every cofactor is the number of its spanning trees, 1.
    let path = |i: usize, j: usize| match i.abs_diff(j) {
        0 if i == 0 || i == N - 1 => 1.0,
        0 => 2.0,
        1 => -1.0,
        _ => 0.0,
    };
    // Two equal rows. The sum of the weighed cofactors is an integer, by mpmath with 60 digits.
    let twice = |i: usize, j: usize| {
        let i = if i == N - 1 { 0 } else { i };
        (((i + 1) * (j + 2) * (j + 1) + i * i * j) % 13) as f64
    };
    let of_rank_2 = |i: usize, j: usize| (i * N + j) as f64;
    for (entry, wanted) in [(&path as &dyn Fn(usize, usize) -> f64, 78.0 * 90.0), (&twice, 1_516_443_410_339.0), (&of_rank_2, 0.0)] {
        let found = weighed(entry);
        assert!((found - wanted).abs() <= 1e-11 * wanted.abs().max(0.1), "{found} against {wanted}");
    }
    // In n^5 steps this would take hours.
    let begun = std::time::Instant::now();
    let ones = gradient("X = ones(300, 300); sum(d(det(X), X))");
    assert_eq!(ones, 0.0);
    assert!(begun.elapsed().as_secs() < 10);
}

/// The program does not depend on the stack that it is given: deep brackets and scripts that include each other are answered.
#[test]
fn a_small_stack_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    for at in 0..60 {
        let text = if at == 59 { "x = 2\n".to_owned() } else { format!("include \"{}.grad\"\n", at + 1) };
        std::fs::write(folder.path().join(format!("{at}.grad")), text).expect("a script");
    }
    std::fs::write(folder.path().join("whole.grad"), format!("include \"0.grad\"\nx^2\n{}x{}\n", "sin(".repeat(2000), ")".repeat(2000)))
        .expect("a script");
    for stack in ["80", "256"] {
        let command = format!("ulimit -s {stack}; exec {} --as value -f whole.grad", env!("CARGO_BIN_EXE_gradcalc"));
        let run = std::process::Command::new("sh").args(["-c", &command]).current_dir(folder.path()).output().expect("sh runs");
        let shown = String::from_utf8_lossy(&run.stdout).into_owned();
        assert_eq!(run.status.code(), Some(0), "{stack}: {}", String::from_utf8_lossy(&run.stderr));
        assert!(shown.starts_with("4\n") && shown.lines().count() == 2, "{stack}: {shown}");
    }
}

/// Where memory is short, what goes number by number is computed again rather than stored, and the answer is the same.
#[test]
fn what_is_not_stored_where_memory_is_short_is_computed_again() {
    const TEXTS: &[&str] = &[
        "mean((x-mean(x))^2)",
        "norm(x+1)",
        "max(x*2)",
        "std(x*2)",
        "logsumexp(relu(x))",
        "sum(softmax(x)*x)",
        "sum(x/max(x))",
        "sum(exp(x-max(x)))",
        "log(sum(exp(x)))",
        "sum(relu(x-mean(x)))/norm(x*x)",
        "var(exp(x))/mean(exp(x))",
        "a = x - mean(x); b = a/sum(a*a); c = tanh(b) - mean(b); sum(c*c)*mean(a*c)",
    ];
    // Room for two arrays of 60,000 numbers.
    let run = |budget: &str, text: &str| {
        let text = format!("x = linspace(-1, 2, 60000)\n{text}");
        let output = Command::new(PROGRAM).args(["--budget", budget, "--as", "brief", "-e", &text]).output().expect("it runs");
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"))
    };
    for text in TEXTS {
        let [short, ample] = ["1MiB", "1GiB"].map(|budget| run(budget, text));
        assert!(ample[1].is_empty() && ample[0].contains("dx = "), "{text}: {ample:?}");
        assert_eq!(short, ample, "{text}");
    }
    // A gradient that was not stored is made when it is named, where it has room.
    let named = "log(sum(exp(x)))\nprint sum(dx)";
    let [short, ample] = ["1MiB", "1GiB"].map(|budget| run(budget, named));
    let (answer, sum) = ample[0].trim_end().split_once('\n').expect("two lines");
    assert!((sum.parse::<f64>().expect("a number") - 1.0).abs() < 1e-12 && ample[1].is_empty(), "{ample:?}");
    assert_eq!(short[0].trim_end(), answer);
    assert!(short[1].contains("raise the budget: ") && short[1].contains("^^"), "{short:?}");
}
