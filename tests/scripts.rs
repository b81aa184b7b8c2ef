//! Scripts, run by the binary from files and from stdin: what is shown, what is told, and how it ends.

use crate::support::is_deep;
use crate::terminal::{Setup, Stream, Terminal};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_gradcalc"))
}

/// Runs a script on stdin.
fn piped(script: &[u8], arguments: &[&str]) -> Output {
    let mut run =
        program().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let (mut pipe, script) = (run.stdin.take().expect("a pipe"), script.to_vec());
    // Beside the reading, since both pipes may be full; a script that is not read to its end is no fault of the test.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&script)));
    let output = run.wait_with_output().expect("the program ends");
    writer.join().expect("it is written");
    output
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The values shown, and how it ended.
fn values(script: &[u8]) -> (Vec<String>, Option<i32>) {
    let output = piped(script, &["--as", "value"]);
    (out(&output).lines().map(str::to_owned).collect(), output.status.code())
}

#[track_caller]
fn shows(script: &str, expected: &[&str]) {
    let (found, code) = values(script.as_bytes());
    assert_eq!((found.iter().map(String::as_str).collect::<Vec<_>>(), code), (expected.to_vec(), Some(0)), "{script:?}");
}

#[test]
fn statements_are_shown_as_they_should_be() {
    shows("x = 3\nx^2\nx + 1\n", &["9", "4"]);
    // A definition is shown where it ends the script, and there only.
    shows("x = 3\nq = x^2\n", &["9"]);
    shows("x = 3\nq = x^2\nq + 1", &["10"]);
    // A semicolon silences, also the last definition.
    shows("x = 3; x^2; x + 1\nx*2;\nq = x;\n", &["4"]);
    // What waits for something goes on in the next line.
    shows("x = 3\nmax(x,\n  # a remark\n  5) +\n 1\n[1,\n 2] @ [x,\n 1]\n", &["6", "5"]);
    // Functions and the last value; names given anew affect what follows.
    shows("f(x) = x^2\nf(3)\nans + 1\nf(x) = x\nf(3)", &["9", "10", "3"]);
    shows("# remarks alone\n\n  # and more\n", &[]);
}

#[test]
fn line_ends_and_marks_read_the_same() {
    for script in ["x = 2\nx^3", "x = 2\r\nx^3\r\n", "\u{feff}x = 2\nx^3\n", "\tx = 2 \n\tx^3\n\n"] {
        shows(script, &["8"]);
    }
}

#[test]
fn what_fails_is_told_where_it_stands_and_the_rest_goes_on() {
    let script = "x = 3\nq = x +* 2\nq + 1\nr = 2q\nr\nx = 1; y = )\nassert x == 2\nsin(\nx\nx^2\n";
    let output = piped(script.as_bytes(), &["--as", "value"]);
    assert_eq!((out(&output).as_str(), output.status.code()), ("1\n1\n", Some(1)));
    let told = err(&output);
    for (place, message) in [
        ("<stdin>:2:8", "error: an operand is missing between `+` and `*`"),
        ("<stdin>:3:1", "error: `q` failed in line 2"),
        ("<stdin>:5:1", "error: `q` failed in line 2"),
        ("<stdin>:8:4", "error: this `(` is never closed"),
        ("<stdin>:6:12", "error: `)` closes nothing"),
        ("<stdin>:7:8", "error: the assertion does not hold"),
    ] {
        let at = told.find(&format!("--> {place}")).unwrap_or_else(|| panic!("{place} in {told}"));
        let before = told[..at].trim_end().lines().last().unwrap_or_default();
        assert_eq!(before, message, "{place}");
    }
    assert_eq!(told.lines().last(), Some("6 of 11 statements failed"));
}

#[test]
fn a_definition_that_fails_leaves_no_old_meaning() {
    let output = piped(b"q = 1\nq = 2 + )\n\nq\n", &["--as", "value"]);
    assert_eq!((out(&output).as_str(), output.status.code()), ("", Some(1)));
}

#[test]
fn fail_fast_stops_at_the_first_failure() {
    let output = piped(b"1\n2 +\n3\n", &["--as", "value", "--fail-fast"]);
    // The line after an operator belongs to it.
    assert_eq!((out(&output).as_str(), output.status.code()), ("1\n5\n", Some(0)));
    let output = piped(b"1\n)\n3\n4\n", &["--as", "value", "--fail-fast"]);
    assert_eq!((out(&output).as_str(), output.status.code()), ("1\n", Some(1)));
    assert!(err(&output).ends_with("1 of 2 statements failed\n"), "{}", err(&output));
}

#[test]
fn blocks_are_headed_where_there_are_several() {
    let one = out(&piped(b"x = 2\nx^2\n", &[]));
    assert!(one.starts_with("   name"), "{one}");
    let two = out(&piped(b"x = 2\nx^2\nx^3\n", &[]));
    let heads: Vec<&str> = two.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(heads, ["# <stdin>:2", "# <stdin>:3"]);
    assert!(!out(&piped(b"x = 2\nx^2\nx^3\n", &["--as", "brief"])).contains('#'));
}

#[test]
fn every_way_in_gives_the_same_json() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("script.grad");
    fs::write(&path, "x = 2\nq = x*y\nq + sin(x)\n").expect("a file");
    let bare = |output: &Output| {
        let line = out(output);
        let mut answer: Value = serde_json::from_str(line.trim_end()).unwrap_or_else(|error| panic!("{error}: {line}"));
        answer["source"] = Value::Null;
        answer.to_string()
    };
    let json = |arguments: &[&str]| bare(&program().args(["--as", "json"]).args(arguments).output().expect("it runs"));
    let file = json(&["-f", path.to_str().expect("a name"), "y=3"]);
    assert_eq!(file, json(&["x = 2; q = x*y; q + sin(x)", "y=3"]));
    assert_eq!(file, json(&["-e", "x = 2", "-e", "q = x*y", "-e", "q + sin(x)", "y=3"]));
    assert_eq!(file, bare(&piped(b"x = 2\nq = x*y\nq + sin(x)\n", &["--as", "json", "-f", "-", "y=3"])));
}

#[test]
fn an_error_takes_its_results_place_in_json() {
    let output = piped("x = 2\nx^2\n  x; é*)\nx\n".as_bytes(), &["--as", "json"]);
    let lines: Vec<Value> = out(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 3);
    let error = &lines[1];
    assert_eq!((error["source"]["line"].as_u64(), error["expression"].as_str()), (Some(3), Some("é*)")));
    // The column counts characters in the line, start and end bytes in the statement.
    let place = ["line", "column", "start", "end"].map(|field| error["error"][field].as_u64());
    assert_eq!(place, [Some(3), Some(8), Some(3), Some(4)]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_row_for_every_number() {
    let output = piped(b"x = 3\nv = [1, 2]\nx^2\nsum(v*x)\n", &["--as", "csv"]);
    // The derivatives of x^2, and of x times the sum of v, by hand.
    let expected = "source,line,expression,name,value,gradient\n\
        <stdin>,3,x^2,f,9,1\n<stdin>,3,x^2,x,3,6\n\
        <stdin>,4,sum(v*x),f,9,1\n<stdin>,4,sum(v*x),x,3,3\n<stdin>,4,sum(v*x),v[0],1,3\n<stdin>,4,sum(v*x),v[1],2,3\n";
    assert_eq!(out(&output), expected);
}

#[test]
fn files_that_are_no_scripts_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let inside = |name: &str| folder.path().join(name).to_str().expect("a name").to_owned();
    for (path, message) in [(inside("nothing"), "there is no such file"), (inside(""), "it is a directory")] {
        let output = program().args(["-f", &path]).output().expect("it runs");
        assert_eq!((output.status.code(), out(&output).as_str()), (Some(3), ""));
        assert_eq!(err(&output), format!("error: cannot read `{path}`: {message}\n"));
    }
    let output = piped(b"x = 1\nx + \xff\nx + \0\nx\n", &["--as", "value"]);
    assert_eq!((out(&output).as_str(), output.status.code()), ("1\n", Some(1)));
    // In the order of the script, also where a result came first.
    let stream = out(&piped(b"1\n\xff\n2\n", &["--as", "json"]));
    let lines: Vec<bool> = stream.lines().map(|line| line.contains("\"error\"")).collect();
    assert_eq!(lines, [false, true, false], "{stream}");
    let stopped = piped(b"1\n\xff\n2\n", &["--as", "value", "--fail-fast"]);
    assert_eq!((out(&stopped).as_str(), stopped.status.code()), ("1\n", Some(1)));
    assert!(err(&output).contains("error: byte 10 of the script is no UTF-8 text"), "{}", err(&output));
    assert!(err(&output).contains("the character U+0000 is no part of the language"), "{}", err(&output));
}

#[test]
fn a_long_script_takes_the_room_of_a_statement() {
    // A session that kept every expression would walk all of them for each answer.
    let lines: Vec<String> = (0..20_000).map(|at| format!("x*y + {at}\n")).collect();
    let script = format!("x = 1; y = 2\n{}", lines.concat());
    let output = piped(script.as_bytes(), &["--as", "value"]);
    let lines = out(&output);
    assert_eq!((lines.lines().count(), lines.lines().last()), (20_000, Some("20001")));
    // One line of millions of bytes.
    let count = if is_deep() { 2_500_000 } else { 500_000 };
    let long = format!("x = 1\nx{}\n", " + x".repeat(count));
    let output = piped(long.as_bytes(), &["--as", "value"]);
    assert_eq!((out(&output), err(&output).as_str()), (format!("{}\n", count + 1), ""));
}

/// A folder with scripts for one test.
fn folder(scripts: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in scripts {
        let place = folder.path().join(name);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        fs::write(place, text).expect("a script");
    }
    folder
}

/// Runs the binary in a folder.
fn run_in(folder: &tempfile::TempDir, arguments: &[&str]) -> Output {
    program().current_dir(folder.path()).args(arguments).stdin(Stdio::null()).output().expect("the program runs")
}

#[test]
fn print_writes_a_line_of_texts_and_values() {
    let script =
        "x = 3\nprint \"x is\", x, \"and x^2 is\", x^2\nprint [x, 1; 2, x/8]\nprint max(x, 4), \"# no remark; no end\"\nprint -x; x\n";
    let lines = ["x is 3 and x^2 is 9", "[[3, 1], [2, 0.375]]", "4 # no remark; no end", "-3"];
    let output = piped(script.as_bytes(), &["--as", "brief"]);
    let shown = [&lines[..], &["x = 3  dx = 1"]].concat();
    assert_eq!(out(&output).lines().collect::<Vec<_>>(), shown, "{}", err(&output));
    // A program stays one, rows stay rows, objects stay objects.
    let code = out(&piped(script.as_bytes(), &["--as", "code"]));
    assert!(lines.iter().all(|line| code.contains(&format!("# {line}\n"))), "{code}");
    let rows = piped(script.as_bytes(), &["--as", "csv"]);
    assert_eq!(out(&rows).lines().count(), 2);
    assert_eq!(err(&rows).lines().collect::<Vec<_>>(), lines);
    let objects = out(&piped(script.as_bytes(), &["--as", "json"]));
    let objects: Vec<Value> = objects.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let printed: Vec<&str> = objects.iter().filter_map(|object| object["printed"].as_str()).collect();
    assert_eq!((printed, objects.len()), (lines.to_vec(), 5));
    assert_eq!(objects[1]["source"]["line"], 3);
    // It is a name where nothing follows it.
    shows("print = 3\nprint * 2\nset = 4; include = 5; set + include\n", &["6", "9"]);
    for (script, told) in [
        ("print \"a\" 1", "stands alone"),
        ("print 1 \"a\"", "stands alone"),
        ("print 2*(\"a\")", "without brackets"),
        ("print (\"a\") 1", "stands alone"),
        ("print \"a\",", "ends after `,`"),
        ("print y", "`y` has no value"),
        ("\"a\"", "quotation marks"),
    ] {
        let output = piped(script.as_bytes(), &[]);
        assert_eq!(output.status.code(), Some(1), "{script}");
        assert!(err(&output).contains(told), "{script}: {}", err(&output));
    }
}

#[test]
fn settings_stand_in_a_script_and_the_command_line_wins() {
    let script = "x = 1; y = 3\nset view brief\nx/y\nset digits 10\nx/y\nset digits default; set wrt y\nx/y\nset wrt default\n\
                  set upstream 2*3\nx*y\nset upstream default; set view value; set stages primitive\nsigma(x)\n";
    let sigma = "0.7310585786300049";
    let lines = [
        "f = 0.333333  dx = 0.333333  dy = -0.111111",
        "f = 0.3333333333  dx = 0.3333333333  dy = -0.1111111111",
        "f = 0.333333  dy = -0.111111",
    ];
    let output = piped(script.as_bytes(), &[]);
    assert_eq!(out(&output).lines().collect::<Vec<_>>(), [&lines[..], &["f = 3  dx = 18  dy = 6", sigma]].concat(), "{}", err(&output));
    let fixed = out(&piped(script.as_bytes(), &["--digits", "2", "--as", "brief"]));
    assert_eq!(fixed.lines().next(), Some("f = 0.33  dx = 0.33  dy = -0.11"));
    assert!(fixed.lines().all(|line| line.starts_with("f = ")), "{fixed}");
    // Every setting can be set to what it is, and put back.
    for setting in gradcalc::session::settings::SETTINGS {
        let usual = setting.of(&gradcalc::session::Settings::default());
        let output = piped(format!("set {} {usual}\nset {} default\n2*3\n", setting.name, setting.flag).as_bytes(), &["--as", "value"]);
        // What would change something that the command line sets is told, and changes nothing.
        let told =
            |name: &str, line: usize| format!("the command line's `{name}` overrides the text's `set {name}`\n --> <stdin>:{line}\n");
        let told = if setting.name == "view" { told("view", 1) + &told("as", 2) } else { String::new() };
        assert_eq!((out(&output).as_str(), err(&output).replace("warning: ", "").as_str()), ("6\n", told.as_str()), "{}", setting.name);
    }
    for (script, column, told) in [
        ("set digit 3", 5, "did you mean `digits`?"),
        ("set digits 18", 12, "a whole number from 1 to 17"),
        ("set stages", 5, "written, fused, primitive"),
        ("set hessian maybe", 13, "one of on, off"),
        ("set wrt x,,y", 9, "nothing stands beside a comma"),
        ("set nudge x=1, y=(2", 18, "never closed"),
        ("set seed -1", 10, "a whole number from 0 on"),
        ("set upstream z", 14, "`z` has no value here"),
    ] {
        let output = piped(script.as_bytes(), &["--as", "json"]);
        let fault: Value = serde_json::from_str(&out(&output)).unwrap_or_else(|_| panic!("{script}: {}", out(&output)));
        assert_eq!(fault["error"]["column"], column, "{script}: {fault}");
        let words = format!("{} {}", fault["error"]["message"], fault["error"]["help"]);
        assert!(words.contains(told), "{script}: {words}");
    }
}

#[test]
fn settings_take_the_names_of_the_script_and_reach_its_stages() {
    let script = "const u = [1, 10]; h = 0.5; x = [3, 4]; y = 2; q = x*y\nset view brief\nset upstream 2*u\nq\nset upstream default\n\
                  set wrt y\nsum(q)\nset wrt default\nset upstream h\nsum(x)\nset upstream q\n";
    let output = piped(script.as_bytes(), &[]);
    // dx = 2*u*y, dy = sum(2*u*x); then dy = sum(x); then dx = h.
    let lines = ["q = [6, 8]  dx = [4, 40]  dy = 86", "f = 14  dy = 7", "f = 7  dx = [0.5, 0.5]"];
    assert_eq!(out(&output).lines().collect::<Vec<_>>(), lines, "{}", err(&output));
    assert!(err(&output).contains("`q` has no value here"), "{}", err(&output));
}

#[test]
fn a_seed_starts_the_random_numbers_again() {
    let output = out(&piped(b"set seed 7\nrandn(2)\nrandn(2)\nset seed 7\nrandn(2)\n", &["--as", "value"]));
    let [first, second, again] = output.lines().collect::<Vec<_>>()[..] else { panic!("{output}") };
    assert!(first == again && first != second, "{output}");
}

#[test]
fn scripts_include_scripts_beside_them() {
    let scripts = folder(&[
        ("main.grad", "x = 3\ninclude \"lib/square.grad\"\nsquare(x)\ntotal(x)\nq = missing_one\n"),
        ("lib/square.grad", "# what several scripts use\nsquare(a) = a^2\ninclude \"total.grad\"\nmissing_one = 1 +* 2\nlast = x + 1\n"),
        ("lib/total.grad", "total(w) = sum(load(\"numbers.csv\")*w)\nx + 10\n"),
        ("lib/numbers.csv", "1\n2\n4\n"),
    ]);
    let output = run_in(&scripts, &["--as", "brief", "-f", "main.grad"]);
    assert_eq!(out(&output), "f = 13  dx = 1\nf = 9  dx = 6\nf = 21  dx = 7\n", "{}", err(&output));
    assert_eq!(output.status.code(), Some(1));
    let square = Path::new("lib/square.grad").display().to_string();
    let messages = err(&output);
    assert!(messages.contains(&format!("--> {square}:4:18")), "{messages}");
    assert!(messages.contains(&format!("`missing_one` failed in line 4 of {square}")), "{messages}");
    assert!(messages.ends_with("2 of 11 statements failed\n"), "{messages}");
    // From anywhere, in one-shot work and from stdin.
    let elsewhere = folder(&[]);
    let path = scripts.path().join("lib/total.grad");
    let text = format!("include \"{}\"; total(2)", path.display());
    let output = run_in(&elsewhere, &["--as", "value", &text, "x=1"]);
    assert_eq!(out(&output), "11\n14\n", "{}", err(&output));
    let output = piped(format!("x = 1\n{text}\n").as_bytes(), &["--as", "value"]);
    assert_eq!(out(&output), "11\n14\n", "{}", err(&output));
}

#[test]
fn what_cannot_be_included_is_told_where_it_stands() {
    let deep: Vec<(String, String)> = (0..70).map(|at| (format!("{at}.grad"), format!("include \"{}.grad\"\n", at + 1))).collect();
    let deep: Vec<(&str, &str)> = deep.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let scripts = folder(&deep);
    let more = [
        ("self.grad", "1\n  include \"self.grad\"\n2\n"),
        ("round.grad", "include \"lib/back.grad\"\n2\n"),
        ("lib/back.grad", "include \"../round.grad\"\n1\n"),
        ("nothing.grad", "1\n  include \"nowhere.grad\"\n2\n"),
        ("folder.grad", "1\n  include \"lib\"\n2\n"),
    ];
    for (name, text) in more {
        fs::create_dir_all(scripts.path().join("lib")).expect("a folder");
        fs::write(scripts.path().join(name), text).expect("a script");
    }
    for (script, code, told, place) in [
        ("self.grad", 1, "includes itself", "self.grad:2:11"),
        ("round.grad", 1, "includes itself", "back.grad:1:9"),
        ("nothing.grad", 3, "there is no such file", "nothing.grad:2:11"),
        ("folder.grad", 3, "it is a directory", "folder.grad:2:11"),
    ] {
        let output = run_in(&scripts, &["--as", "value", "-f", script]);
        assert_eq!((out(&output).as_str(), output.status.code()), ("1\n2\n", Some(code)), "{script}: {}", err(&output));
        assert!(err(&output).contains(told) && err(&output).contains(place), "{script}: {}", err(&output));
    }
    let output = run_in(&scripts, &["-f", "0.grad"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("more than 64 deep"), "{}", err(&output));
}

/// Reads lines from a running program until one is as wanted.
fn lines_until(lines: &mut impl Iterator<Item = std::io::Result<String>>, wanted: &str) {
    assert!(lines.any(|line| line.expect("a line") == wanted), "{wanted:?} is shown");
}

#[test]
fn results_come_as_they_are_found_and_ctrl_c_keeps_them() {
    let endless = "sum(randn(300, 300) @ randn(300, 300)) - 1;\n".repeat(100_000);
    let scripts =
        folder(&[("endless.grad", &format!("x = 2\nx^2\n{endless}")), ("begun.grad", "print \"begun\"\n"), ("kept.txt", "as it was\n")]);
    // Somebody who writes gets an answer to each line, and may leave.
    let mut run = program().args(["--as", "brief"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let (mut to, mut from) = (run.stdin.take().expect("a pipe"), BufReader::new(run.stdout.take().expect("a pipe")).lines());
    to.write_all(b"x = 2\nx^2\n").expect("it reads");
    lines_until(&mut from, "f = 4  dx = 4");
    to.write_all(b"x^3\n").expect("it reads");
    lines_until(&mut from, "f = 8  dx = 12");
    interrupt(&run);
    assert_eq!(run.wait().expect("it ends").code(), Some(130));
    // What is finished before Ctrl-C is written.
    let mut run = program();
    let run = run.current_dir(scripts.path()).args(["--as", "brief", "-f", "endless.grad"]);
    let mut run = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    lines_until(&mut BufReader::new(run.stdout.take().expect("a pipe")).lines(), "f = 4  dx = 4");
    interrupt(&run);
    let output = run.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    assert!(err(&output).starts_with("interrupted after "), "{}", err(&output));
    // A file stays as it was.
    let mut run = program();
    let run = run.current_dir(scripts.path()).args(["--as", "csv", "-f", "begun.grad", "-f", "endless.grad", "-o", "kept.txt"]);
    let mut run = run.stderr(Stdio::piped()).spawn().expect("it starts");
    lines_until(&mut BufReader::new(run.stderr.take().expect("a pipe")).lines(), "begun");
    interrupt(&run);
    assert_eq!(run.wait().expect("it ends").code(), Some(130));
    assert_eq!(fs::read_to_string(scripts.path().join("kept.txt")).expect("the file"), "as it was\n");
}

/// Ctrl-C, as a terminal sends it.
fn interrupt(run: &Child) {
    let sent = Command::new("kill").args(["-INT", &run.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
}

#[test]
fn a_long_script_shows_its_progress_where_somebody_sees_it() {
    // Some seconds of work for any machine, and an end that is reached at once when it is seen.
    let work = "sum(randn(200, 200) @ randn(200, 200)) - 1;\n".repeat(100_000);
    let scripts = folder(&[("long.grad", &format!("x = 2\nx^2\n{work}"))]);
    let answers = fs::File::create(scripts.path().join("answers")).expect("a file");
    let stdout = Stream::Other(answers.into());
    let mut run = Terminal::start(&["--as", "brief", "-f", "long.grad"], Setup { stdout, ..Setup::new(scripts.path()) });
    run.wait_for("% ");
    run.wait_for("statements");
    run.send("\x03");
    assert_eq!(run.wait(), Some(130));
    // It leaves the screen as it found it.
    let screen = run.screen().replace("^C", "");
    assert!(screen.trim_start().starts_with("interrupted after") && !screen.contains('%'), "{screen}");
    assert_eq!(fs::read_to_string(scripts.path().join("answers")).expect("answers"), "f = 4  dx = 4\n");
    // Answers on the same screen stay whole.
    let mut run = Terminal::start(&["--as", "brief", "-f", "long.grad"], Setup::new(scripts.path()));
    run.wait_for("% ");
    run.send("\x03");
    assert_eq!(run.wait(), Some(130));
    let screen = run.screen().replace("^C", "");
    assert!(screen.starts_with("f = 4  dx = 4\n") && !screen.contains('%'), "{screen}");
    // Nobody sees a pipe.
    let mut run = program();
    let run = run.current_dir(scripts.path()).args(["--as", "brief", "-f", "long.grad"]);
    let mut run = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    lines_until(&mut BufReader::new(run.stdout.take().expect("a pipe")).lines(), "f = 4  dx = 4");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    interrupt(&run);
    let output = run.wait_with_output().expect("it ends");
    assert_eq!(err(&output).lines().count(), 1, "{}", err(&output));
}

#[test]
fn every_failed_definition_is_blamed_where_a_name_is_missing() {
    // z fails in line 1, whatever stands before it; w and v are defined nowhere.
    let script = "z = log(\nu = 1 +* 2\nz*w\nw*z\nu + v*z\nw\nz(3)\nz*2\n";
    let messages = err(&piped(script.as_bytes(), &[]));
    for (line, said) in [
        (3, "error: `z` failed in line 1 and `w` has no value"),
        (4, "error: `z` failed in line 1 and `w` has no value"),
        (5, "error: `u` failed in line 2, `z` failed in line 1 and `v` has no value"),
        (6, "error: `w` has no value"),
        (7, "error: `z` failed in line 1"),
        (8, "error: `z` failed in line 1"),
    ] {
        let place = messages.find(&format!("<stdin>:{line}:")).unwrap_or_else(|| panic!("line {line}: {messages}"));
        let before = messages[..place].lines().rev().find(|text| text.starts_with("error"));
        assert_eq!(before, Some(said), "line {line}: {messages}");
    }
    assert!(messages.contains("help: this is skipped; mend line 2 and line 1 first, and give `v` a value"), "{messages}");
}

#[test]
fn a_remedy_is_worded_for_where_the_program_is_asked() {
    let script = |text: &str, arguments: &[&str]| err(&piped(text.as_bytes(), arguments));
    let shown = script("x = [1, 2]\nset wrt x\nx\n", &[]);
    assert!(shown.contains("set upstream ones(2)") && !shown.contains("--upstream"), "{shown}");
    assert!(script("x*y\n", &[]).contains("give each a value before: `x = 1; y = 2`"));
    let det = "set scalars\nA = randn(9, 9)\ndet(A)\n";
    assert!(script(det, &[]).contains("`set scalars off`, or leave --scalars out"), "{}", script(det, &[]));
    let one = program().args(["det(A)", "A=randn(9, 9)", "--scalars"]).output().expect("it runs");
    assert!(err(&one).contains("help: leave --scalars out"), "{}", err(&one));
    // JSON has the words of the place too.
    let object = program().args(["--as", "json", "x*y", "x=1"]).output().expect("it runs");
    assert!(out(&object).contains("give it a value after the expression: y=1"), "{}", out(&object));
}

#[test]
fn what_a_script_prints_moves_no_terminal_and_leaves_no_comment() {
    let script = "print \"a\u{1b}[2Jb\u{9b}31m\u{202e}c\td\"\nx = 2\nx + 1\n".as_bytes();
    let plain = piped(script, &["--as", "value"]);
    assert_eq!(out(&plain), "a\u{fffd}[2Jb\u{fffd}31m\u{fffd}c\td\n3\n");
    // JSON loses nothing.
    let object = out(&piped(script, &["--as", "json"]));
    let first: Value = serde_json::from_str(object.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["printed"], "a\u{1b}[2Jb\u{9b}31m\u{202e}c\td");
    assert!(!object.contains(|c: char| c.is_control() && c != '\n') && !object.contains('\u{202e}'), "{object:?}");
    for view in ["table", "code", "brief", "csv"] {
        let output = piped(script, &["--as", view, "--color", "never"]);
        let all = out(&output) + &err(&output);
        assert!(!all.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{view}: {all:?}");
    }
}

#[test]
fn the_name_of_a_file_stays_in_its_comment() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = "a\nimport os\u{1b}[2J.grad";
    fs::write(folder.path().join(name), "x = 2\nx + 1\nx + 2\nlog(\n").expect("a script");
    for view in ["code", "table"] {
        let output = program().current_dir(folder.path()).args(["--as", view, "--color", "never", "-f", name]).output().expect("it runs");
        let all = out(&output) + &err(&output);
        assert!(all.contains("# a\u{fffd}import os\u{fffd}[2J.grad:2"), "{all}");
        assert!(!all.lines().any(|line| line.starts_with("import")) && !all.contains('\u{1b}'), "{all}");
    }
}

/// What a setting takes ends with its line, whatever its last sign is, and a bracket in it that is never closed is blamed where
/// it stands: the statements after it are read.
#[test]
fn a_setting_swallows_no_statement() {
    for setting in ["set digits -", "set upstream [1,", "set along x=("] {
        let output = piped(format!("{setting}\nx = 3\nx\n").as_bytes(), &["--as", "value"]);
        assert_eq!((out(&output).as_str(), output.status.code()), ("3\n", Some(1)), "{setting}: {}", err(&output));
        assert!(err(&output).contains("<stdin>:1:"), "{setting}: {}", err(&output));
    }
    let whole = program().args(["--as", "value", "-e", "set digits -\nx = 3\nx"]).output().expect("the program runs");
    assert!(out(&whole).contains('3') && whole.status.code() == Some(1), "{}", err(&whole));
}

/// A block that lasts says which round it is in, where somebody sees it; Ctrl-C ends it, and the screen is as it was.
#[test]
fn a_long_block_shows_its_rounds_where_somebody_sees_it() {
    let script = "x = 2\nx^2\nrepeat 1000000 { x = x + sum(randn(50, 50))*0 }\n";
    let scripts = folder(&[("long.grad", script)]);
    let mut run = Terminal::start(&["--as", "brief", "-f", "long.grad"], Setup::new(scripts.path()));
    run.wait_for(" of 1000000");
    run.send("\x03");
    assert_eq!(run.wait(), Some(130));
    let screen = run.screen().replace("^C", "");
    assert!(screen.starts_with("f = 4  dx = 4\n") && !screen.contains("round ") && !screen.contains('%'), "{screen}");
    // Nobody sees a pipe, and what is short shows nothing.
    let piped = piped(b"x = 2\nrepeat 20 { x = x + 1 }\nx", &["--as", "value"]);
    assert_eq!((out(&piped).as_str(), err(&piped).as_str()), ("22\n", ""));
}

/// A line that is printed is none that a program takes for a result: in each view it is a part of its form, a comment, or on stderr.
#[test]
fn printed_lines_are_no_results() {
    for (view, printed) in [
        ("csv", None),
        ("svg", None),
        ("html", None),
        ("dot", None),
        ("python", None),
        ("numpy", None),
        ("c", None),
        ("js", None),
        ("rust", None),
        ("code", Some("# a|b 1\n")),
        ("latex", Some("% a|b 1\n")),
        ("polars", Some("# a|b 1\n")),
        ("markdown", Some("`a|b 1`  \n")),
        ("json", Some("\"printed\":\"a|b 1\"}\n")),
    ] {
        for end in ["", "print \"a|b\", x\n"] {
            let output = piped(format!("x = 1\nprint \"a|b\", x\nx^2\n{end}").as_bytes(), &["--as", view]);
            assert!(output.status.success(), "{view}: {}", err(&output));
            let times = if end.is_empty() { 1 } else { 2 };
            match printed {
                Some(line) => assert_eq!(out(&output).matches(line).count(), times, "{view}: {}", out(&output)),
                None => assert!(err(&output) == "a|b 1\n".repeat(times) && !out(&output).contains("a|b"), "{view}: {}", out(&output)),
            }
        }
    }
    // Where an answer stands is said in a comment of the language.
    for (view, comment) in [("c", "// "), ("js", "// "), ("rust", "// "), ("python", "# "), ("jax", "# "), ("dot", "# "), ("code", "# ")] {
        let output = piped(b"x = 1\nx^2\nx^3\n", &["--as", view]);
        for line in ["<stdin>:2", "<stdin>:3"] {
            assert!(out(&output).lines().any(|shown| shown == format!("{comment}{line}")), "{view}: {}", out(&output));
        }
    }
}

/// Where the only answer of a script is a gradient that it computes by hand, that is told; nowhere else.
#[test]
fn the_answer_of_a_backward_pass_is_told() {
    let forward = "x = 3\ny = -4\ns = x + y\nf = s*y\n";
    let backward = "ds = y\ndy = s\ndx = ds\ndy += ds\n";
    let told = "note: the answer is `dy`, a number of the file's own";
    for view in ["table", "brief", "json", "csv"] {
        let output = piped(format!("{forward}{backward}").as_bytes(), &["--as", view]);
        assert!(err(&output).contains(told) && err(&output).contains("end the file with the line `f`"), "{view}: {}", err(&output));
    }
    for text in [
        forward.to_owned(),
        format!("{forward}{backward}f\n"),
        format!("f(a) = a^2\n{forward}{backward}print x\ndy;\n"),
        format!("{forward}x*y\n{backward}"),
        "x = 1\nelta = 2*x\ndelta = elta^2\n".to_owned(),
        "day = 1\ndepth = 2*day\nd = depth*3\n".to_owned(),
    ] {
        let output = piped(text.as_bytes(), &["--as", "brief"]);
        assert!(!err(&output).contains("note: the answer is"), "{text}: {}", err(&output));
    }
}

/// What a `print` in a block writes is what it writes where each round is written out, whichever of its items stands at a kink, takes places
/// or is a text.
#[test]
fn items_of_a_print_are_the_same_in_every_round() {
    const ITEMS: &[&str] =
        &["relu(x)", "abs(x)", "max(x, 0)", "x >= 0", "d(relu(x), x)", "x == 0", "x", "2", "\"a\"", "sum(ones(n))", "v[n - 1]", "size(v)"];
    let before = "x = 0\nv = [1, 2, 3, 4, 5]\nconst n = 1\n";
    for one in ITEMS {
        for other in ITEMS {
            let round = format!("x = x*2; const n = n + 1; print {one}, {other}, {one}");
            let looped = piped(format!("{before}repeat 3 {{ {round} }}\n").as_bytes(), &[]);
            let written_out = piped(format!("{before}{}", format!("{round}\n").repeat(3)).as_bytes(), &[]);
            assert_eq!((out(&looped), looped.status.code()), (out(&written_out), Some(0)), "{round}: {}", err(&looped));
        }
    }
}
