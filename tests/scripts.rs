//! Scripts, run by the binary from files and from stdin: what is shown, what is told, and how it ends.

use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_gradcalc"))
}

/// Runs a script on stdin.
fn piped(script: &[u8], arguments: &[&str]) -> Output {
    let mut run =
        program().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    // A script that is not read to its end is no fault of the test.
    let _ = run.stdin.take().expect("a pipe").write_all(script);
    run.wait_with_output().expect("the program ends")
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
    let output = piped(b"q = 1\nq = 2 +\n\nq\n", &["--as", "value"]);
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
        <stdin>,4,sum(v*x),f,9,1\n<stdin>,4,sum(v*x),v[0],1,3\n<stdin>,4,sum(v*x),v[1],2,3\n<stdin>,4,sum(v*x),x,3,3\n";
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
    // One line of ten million bytes.
    let long = format!("x = 1\nx{}\n", " + x".repeat(2_500_000));
    let output = piped(long.as_bytes(), &["--as", "value"]);
    assert_eq!((out(&output).as_str(), err(&output).as_str()), ("2500001\n", ""));
}
