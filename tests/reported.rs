//! What calculators have been reported to get wrong, typed at the command line: read, or refused with what to write.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// The program with arguments and a text on stdin, in a folder of its own.
fn run(arguments: &[&str], stdin: &str, folder: &std::path::Path) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gradcalc"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    child.stdin.take().expect("a pipe").write_all(stdin.as_bytes()).expect("the program reads");
    child.wait_with_output().expect("the program ends")
}

/// What is typed, and the value that it must have.
const READ: &[(&[&str], &str)] = &[
    // A minus sign as typographers set it, in an exponent too.
    (&["1.68e−8"], "1.68e-8"),
    (&["x*2", "x=1e−3"], "0.002"),
    (&["3 – 1"], "2"),
    (&["5 ⋅ 4"], "20"),
    (&["x⁻¹", "x=2"], "0.5"),
    (&["x¹⁰", "x=2"], "1024"),
    (&["x⁴", "x=2"], "16"),
    (&["-5**2"], "-25"),
    (&["2*10^-2"], "0.02"),
    // sin(pi/6) in binary64, by NumPy: the angle is not exact.
    (&["sin(30°)"], "0.49999999999999994"),
    (&["sin(30deg)"], "0.49999999999999994"),
    // By mpmath: the base is read as 1 + 1.1102230246251565e-15.
    (&["1.000000000000001^1234567"], "1.0000000013706447"),
];

/// What is refused, with its exit code and what the message names.
const REFUSED: &[(&[&str], i32, &str)] = &[
    (&["1/(1+e^-2x)", "x=2"], 1, "two ways"),
    (&["√2x", "x=8"], 1, "two ways"),
    (&["[1 -2; 3 -4]"], 1, "two ways"),
    (&["2/1(2+1)"], 1, "two ways"),
    (&["8÷2(2+2)"], 1, "two ways"),
    (&["xsin(x)", "x=1"], 1, "x*sin("),
    (&["xy", "x=3", "y=4"], 1, "x*y"),
    (&["wx+b", "w=1", "x=2", "b=3"], 1, "w*x"),
    (&["2πr", "r=3"], 1, "π*r"),
    (&["ex", "x=1"], 1, "e*x"),
    (&["pir^2", "r=1"], 1, "pi*r"),
    (&["sinx", "x=1"], 1, "sin(x)"),
    (&["ln2"], 1, "ln(2)"),
    (&["6'371"], 1, "6_371"),
    (&["123 456 + 25"], 1, "123_456"),
    (&["1,234.5 + 1"], 1, "1234.5"),
    (&["log(100,10)"], 1, "log10(x)"),
    (&["sum(1,2,3)"], 1, "sum(["),
    (&["mean(1,2,3)"], 1, "mean(["),
    (&["1,5+1,5"], 1, "comma"),
    (&["3E0.5"], 1, "3E0.5"),
    (&["3E.5"], 1, "3E.5"),
    (&["2e2e"], 1, "2e2e"),
    (&["f(x,x)=x"], 1, "twice"),
    (&["sum(X)", "X=@header.csv"], 3, "line 1, column 2"),
    (&["sum(X)", "X=@missing.csv"], 3, "line 1, column 2"),
    (&["x^2", "x=3", "--as", "value", "--hessian"], 2, "hessian"),
    (&["x^2", "x=3", "--as", "csv", "--nudge", "x=1"], 2, "nudge"),
    (&["x^2", "x=3", "--as", "code", "--along", "x=1"], 2, "along"),
    (&["x", "--nothing-such"], 2, "--nothing-such"),
    (&["-f", "nowhere.grad"], 3, "nowhere.grad"),
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("header.csv"), "1,NA\n3,4\n5,6\n").expect("a file");
    std::fs::write(folder.path().join("missing.csv"), "1,\n3,4\n").expect("a file");
    folder
}

#[test]
fn what_can_mean_one_thing_is_read() {
    let folder = folder();
    for (arguments, value) in READ {
        let out = run(&[&["--as", "value"], *arguments].concat(), "", folder.path());
        assert_eq!(String::from_utf8_lossy(&out.stdout).trim(), *value, "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    }
    let out = run(&["--as", "value", "x=3"], "x^2\r\n", folder.path());
    assert_eq!(String::from_utf8_lossy(&out.stdout).trim(), "9", "a script on stdin beside a value");
}

#[test]
fn what_can_mean_two_things_is_refused() {
    let folder = folder();
    for (arguments, code, names) in REFUSED {
        let out = run(arguments, "", folder.path());
        let told = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(*code), "{arguments:?}: {told}");
        assert!(told.contains(names), "{arguments:?} does not name {names}: {told}");
        assert!(out.stdout.is_empty(), "{arguments:?}");
    }
}

/// A negative result has an ASCII minus in every view, and what has no value is told in a sentence.
#[test]
fn numbers_and_notes_are_plain() {
    let folder = folder();
    for view in ["table", "brief", "value", "json", "csv", "code", "explain"] {
        let out = run(&["--as", view, "-x", "x=2"], "", folder.path());
        let text = String::from_utf8_lossy(&out.stdout);
        assert!(text.contains("-2") && !text.contains('\u{2212}'), "{view}: {text}");
    }
    for (expression, gate) in [("1/0", "1 / 0"), ("sqrt(-4)", "sqrt(-4)"), ("log(-1)", "log(-1)")] {
        let out = run(&[expression], "", folder.path());
        let text = String::from_utf8_lossy(&out.stdout);
        let note = text.lines().find(|line| line.starts_with("note: ")).unwrap_or_default();
        assert!(note.contains(gate) && !note.contains("where :"), "{expression}: {text}");
        assert_eq!(out.status.code(), Some(1), "{expression}");
    }
}
