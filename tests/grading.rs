//! `--against` and `--grade` as a program: the views, the exit codes, and files that strangers wrote.

use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const FORWARD: &str = "q = x + y; f = q*z";
const RIGHT: &str = "dq = z\ndz = q\ndx = dq\ndy = dq\n";

/// A folder for the files of a test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), bytes).expect("a file");
        self.path(name)
    }
}

fn run(arguments: &[&str], stdin: &str) -> Output {
    let mut run = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
    run.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = run.spawn().expect("the program starts");
    // It may refuse the command line without reading.
    let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn with(arguments: &[&str], stdin: &str) -> Output {
    run(&[&["-e", FORWARD, "x=-2", "y=5", "z=-4"], arguments].concat(), stdin)
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn exit_codes_tell_what_was_found() {
    let folder = Folder::new();
    let (right, wrong) = (folder.file("right.py", RIGHT), folder.file("wrong.py", RIGHT.replace("dz = q", "dz = x")));
    let (binary, missing) = (folder.file("binary", [0xff, 0xfe, 0]), folder.path("missing"));
    let place = folder.path("");
    let code = |arguments: &[&str]| with(arguments, "").status.code();
    assert_eq!(code(&["--against", &right]), Some(0));
    assert_eq!(code(&["--against", &wrong]), Some(1));
    assert_eq!(code(&["--grade", &right, &right]), Some(0));
    assert_eq!(code(&["--grade", &right, &wrong]), Some(1));
    for file in [&binary, &missing, &place] {
        assert_eq!(code(&["--against", file]), Some(3), "{file}");
        assert_eq!(code(&["--grade", &right, file]), Some(3), "{file}");
    }
    for refused in [
        &["--against", &right, "--as", "code"][..],
        &["--against", &right, "--hessian"],
        &["--against", &right, "--grade", &right],
        &["--against", "-", "-f", "-"],
        &["--grade", "-", "-"],
        &["--against", &right, "--time-limit", "0"],
        &["--gradescope"],
    ] {
        assert_eq!(code(refused), Some(2), "{refused:?}");
    }
    let none = run(&["x*", "--against", &right], "");
    assert_eq!(none.status.code(), Some(1), "{}", told(&none));
    // Without an expression, a pipe is the forward pass.
    assert_eq!(run(&["--against", &right], &format!("x = -2; y = 5; z = -4\n{FORWARD}")).status.code(), Some(0));
    assert_eq!(with(&["--against", "-"], RIGHT).status.code(), Some(0));
}

#[test]
fn points_are_a_table_objects_or_results() {
    let folder = Folder::new();
    let (right, wrong) = (folder.file("right.py", RIGHT), folder.file("wrong.py", "dq = z\ndz = q\ndx += dq\ndy = -dq\n"));
    let missing = folder.path("missing");
    let table = out(&with(&["--grade", &right, &wrong, &missing], ""));
    let points: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split_whitespace().skip(1).take(2).collect()).collect();
    // A line out of place has a half.
    assert_eq!(points, [["4", "4"], ["2.5", "4"], ["0", "4"]], "{table}");
    let objects = out(&with(&["--grade", &right, &wrong, &missing, "--as", "json"], ""));
    let objects: Vec<Value> = objects.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of = |name: &str| objects.iter().filter(|object| object.get(name).is_some()).count();
    assert_eq!((of("points"), of("error")), (2, 1), "{objects:?}");
    let scores: Vec<f64> = objects.iter().filter_map(|object| object["points"].as_f64()).collect();
    assert_eq!(scores, [4.0, 2.5]);
    let results = out(&with(&["--grade", &right, &wrong, &missing, "--gradescope"], ""));
    let results: Value = serde_json::from_str(&results).expect("one object");
    let tests = results["tests"].as_array().expect("tests");
    let sum = |field: &str| tests.iter().map(|test| test[field].as_f64().expect("a number")).sum::<f64>();
    assert_eq!((sum("score"), sum("max_score"), results["score"].as_f64()), (6.5, 12.0, Some(6.5)), "{results}");
    assert!(tests.iter().all(|test| test["output_format"] == "text" && test["output"].is_string()));
}

/// Nothing of a stranger's file is obeyed, read or run without end; what is left of it is judged.
#[test]
fn files_of_strangers_do_no_harm() {
    let folder = Folder::new();
    let secret = folder.file("secret.grad", "key = 7351\n");
    let read = format!("include \"{secret}\"\ndq = load(\"{secret}\")\ndz = sum(@{secret})\ndx = @{secret}\n");
    let texts: &[(&str, &str)] = &[
        ("empty", ""),
        ("comments", "# nothing\n\n# more\n"),
        ("syntax", "dq = = z\ndz = (q\ndx = dq +\n)))\n\"\n'\n"),
        ("unknown", "dq = foo*z\ndz = bar(q)\ndx.y = 3\n"),
        ("prints", "print(\"dq\")\nprint dq\nset view code\nset budget 9999GiB\nimport os\nos.system(\"id\")\n"),
        ("reads", &read),
        ("loops", "repeat 1000000000000 { dx = dx + 1 }\nwhile True:\n  dx = 1\nfor i in range(9):\n    dx += 1\n"),
        ("calls", "f(x) = f(x)\ndx = f(1)\ng(x) = h(x)\nh(x) = g(x)\ndy = g(2)\n"),
        (
            "escapes",
            "dq = \u{1b}[2J1\n\u{1b}]0;owned\u{7} = 3\n\u{202e}dz = q\n<script>alert(1)</script> = 3\ndx = load(\"\u{1b}[31m<b>\")\n",
        ),
        ("huge", "a = ones(100000, 100000)\ndx = sum(ones(30000)[:, None]*ones(30000))\n"),
        ("derives", "dx = d((x + y)*z, x)\ng(x) = d(x^2, x)\ndy = g(2)\n"),
    ];
    for (name, text) in texts {
        let file = folder.file(name, text);
        for arguments in
            [&["--against", &file][..], &["--against", &file, "--as", "json"], &["--grade", &file], &["--grade", &file, "--gradescope"]]
        {
            let output = with(arguments, "");
            let all = out(&output) + &told(&output);
            assert_eq!(output.status.code(), Some(1), "{name}: {all}");
            assert!(!all.contains("7351"), "{name}: {all}");
            assert!(all.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{name}: {all}");
        }
        let found: Value = serde_json::from_slice(&with(&["--against", &file, "--as", "json"], "").stdout).expect("JSON");
        assert_eq!((found["points"].as_f64(), found["max"].as_f64()), (Some(0.0), Some(4.0)), "{name}: {found}");
    }
    // Long lines are cut.
    let long = folder.file("long", format!("dx = z{}\n# {}\n", " + 0".repeat(3_000), "a".repeat(100_000)));
    assert!(out(&with(&["--against", &long, "--as", "json"], "")).len() < 8_000);
    let large = folder.file("large", vec![b'#'; (1 << 22) + 1]);
    assert_eq!(with(&["--against", &large], "").status.code(), Some(3));
}

#[test]
fn lines_end_as_they_like() {
    for text in [RIGHT.replace('\n', "\r\n"), format!("\u{feff}{RIGHT}"), RIGHT.replace(" = ", "\t=\t"), RIGHT.replace('\n', ";")] {
        assert_eq!(with(&["--against", "-"], &text).status.code(), Some(0), "{text:?}");
    }
}

#[test]
fn time_ends_what_runs_on() {
    let output = run(&["--time-limit", "1"], "repeat 100000000000 { x = 1 }\n");
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("--time-limit"));
    let file = format!("dx = {}\n", "z*".repeat(200_000) + "1");
    let began = std::time::Instant::now();
    let output = with(&["--against", "-", "--time-limit", "1"], &file);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(began.elapsed().as_secs() < 10);
}

#[test]
fn no_files_refuses_what_scripts_read() {
    for script in ["X = load(\"a.csv\")", "include \"a.grad\""] {
        let output = run(&["--no-files"], script);
        assert!(told(&output).contains("cannot read `a."), "{}", told(&output));
        assert_eq!(output.status.code(), Some(3));
    }
}
