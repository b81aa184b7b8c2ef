//! The binary as a process: exit codes, streams, colours, files and the JSON contract.

use serde_json::Value;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
    command.args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env("TERM", "xterm").env("LC_ALL", "C.UTF-8");
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().expect("the program starts")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn exit_codes() {
    for (code, arguments) in [
        (0, &["x*y", "x=4", "y=-3"][..]),
        (0, &["--help"]),
        (0, &["--version"]),
        (0, &["--gates"]),
        (0, &["--man"]),
        (0, &["--completions", "bash"]),
        (1, &["(2+3"]),
        (1, &["x"]),
        (1, &[""]),
        (1, &["1/x", "x=0"]),
        (1, &["sqrt(x)", "x=0"]),
        (1, &["x", "x=1+"]),
        (1, &["--wrt", "z", "x", "x=1"]),
        (1, &["--upstream", "1+", "x", "x=1"]),
        (2, &[]),
        (2, &["--bogus"]),
        (2, &["x", "--digits", "0"]),
        (2, &["x", "--digits", "18"]),
        (2, &["x", "--as", "nothing"]),
        (2, &["x", "y"]),
        (2, &["x", "=3"]),
        (2, &["x", "x="]),
        (2, &["x", "2=3"]),
        (2, &["x", "x=1", "x=2"]),
        (2, &["-e", "x", "x"]),
        (2, &["--gates", "nothing"]),
        (3, &["x", "x=1", "-o", "/nowhere/at/all"]),
        (3, &["x", "x=1", "-o", "/"]),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", err(&output));
        if code > 1 {
            assert_eq!(out(&output), "", "{arguments:?}: stdout is for results");
            assert!(!err(&output).is_empty(), "{arguments:?}");
        }
    }
}

#[test]
fn expressions_may_begin_with_a_minus() {
    for (arguments, value) in [
        (&["-x^2", "x=3"][..], "-9"),
        (&["-3+5"], "2"),
        (&["-exp(x)", "x=0"], "-1"),
        (&["-e", "-x", "x=1"], "-1"),
        (&["-e", "-x^2", "-e", "-2x", "x=1"], "-1\n-2"),
        (&["--", "-x", "x=1"], "-1"),
        (&["-x", "x=-1"], "1"),
        (&["-.5x", "x=-(2+1)"], "1.5"),
        (&["x", "x=pi/2", "--digits", "3"], "~1.57"),
    ] {
        let value = value.replace('~', "");
        let output = run(&[&["--as", "value"], arguments].concat());
        assert_eq!(out(&output), format!("{value}\n"), "{arguments:?}: {}", err(&output));
    }
    assert_eq!(out(&run(&["--as", "brief", "--upstream", "-2", "x*y", "x=4", "y=-3"])), "f = -12  dx = 6  dy = -8\n");
}

#[test]
fn options_do_what_they_say() {
    let brief = |arguments: &[&str]| out(&run(&[&["--as", "brief"], arguments].concat()));
    assert_eq!(brief(&["x*y", "x=4", "y=-3", "--wrt", "y"]), "f = -12  dy = 4\n");
    assert_eq!(brief(&["x/3", "x=1", "--digits", "3"]), "f = 0.333  dx = 0.333\n");
    assert_eq!(brief(&["x/3", "x=1", "--digits", "full"]), "f = 0.3333333333333333  dx = 0.3333333333333333\n");
    assert_eq!(brief(&["max(x, y)", "x=1", "y=1", "--ties", "split"]), "f = 1  dx = 0.5  dy = 0.5\n");
    assert_eq!(brief(&["-e", "q = x^2", "-e", "q*3", "x=2"]), "f = 12  dx = 12\n");
}

#[test]
fn a_binding_that_nothing_uses_is_a_warning() {
    let output = run(&["x + alpha", "x=1", "alpha=2", "alhpa=3"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(err(&output), "warning: no expression uses `alhpa`; did you mean `alpha`?\n");
}

#[test]
fn colours_follow_the_flag_then_the_environment() {
    let coloured = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = program(&[&["x*y", "x=4", "y=-3"], arguments].concat());
        out(&command.envs(environment.iter().copied()).output().expect("it runs")).contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]), "a pipe is not coloured");
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", ""), ("NO_COLOR", "")]));
    // Values are green and gradients red.
    let page = out(&run(&["--color", "always", "--as", "brief", "x*y", "x=4", "y=-3"]));
    assert!(page.contains("\u{1b}[32m-12\u{1b}[0m") && page.contains("\u{1b}[31m-3\u{1b}[0m"), "{page:?}");
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("result.txt");
    let name = path.to_str().expect("a name");
    assert!(run(&["--as", "value", "x^2", "x=3", "-o", name]).status.success());
    assert_eq!(fs::read_to_string(&path).expect("the file"), "9\n");
    // A failing expression and a bad command line leave what was there.
    assert_eq!(run(&["--as", "value", "x^2 +", "x=3", "-o", name]).status.code(), Some(1));
    assert_eq!(run(&["--as", "value", "x^2", "x=3", "--bogus", "-o", name]).status.code(), Some(2));
    assert_eq!(fs::read_to_string(&path).expect("the file"), "9\n");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing is left behind");
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("permissions");
        let link = folder.path().join("link");
        symlink(&path, &link).expect("a link");
        assert!(run(&["--as", "value", "x", "x=5", "-o", link.to_str().expect("a name")]).status.success());
        assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
        assert_eq!(fs::read_to_string(&path).expect("the file"), "5\n");
        assert_eq!(fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o640);
    }
    if Path::new("/dev/null").exists() {
        assert!(run(&["x", "x=1", "-o", "/dev/null"]).status.success());
    }
}

#[test]
fn a_full_device_is_told_and_a_closed_pipe_is_not() {
    if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
        let output = program(&["x", "x=1"]).stdout(full).stderr(Stdio::piped()).output().expect("it runs");
        assert_eq!(output.status.code(), Some(3));
        assert!(err(&output).starts_with("error: cannot write stdout"), "{}", err(&output));
    }
    let long = vec!["x"; 40_000].join("+");
    let mut child = program(&[&long, "x=1"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut start = [0; 10];
    child.stdout.take().expect("a pipe").read_exact(&mut start).expect("a line");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()));
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text_are_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let output = program(&[]).arg(std::ffi::OsStr::from_bytes(b"x\xff")).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn help_leads_with_examples_that_are_true() {
    let help = out(&run(&["--help"]));
    let examples = include_str!("../src/binary/examples.txt");
    assert!(help.starts_with(examples.lines().next().expect("a line")), "{help}");
    let mut shown = 0;
    for block in examples.split("\n$ gradcalc ").skip(1) {
        let (command, output) = block.split_once('\n').expect("a command and its output");
        let ran = Command::new("sh").args(["-c", &format!("\"$0\" {command}"), env!("CARGO_BIN_EXE_gradcalc")]).output().expect("sh");
        assert_eq!(out(&ran).trim_end(), output.trim_end(), "{command}");
        assert!(help.contains(command), "{command}");
        shown += 1;
    }
    assert_eq!(shown, 3);
}

#[test]
fn json_keeps_its_contract() {
    let json = |arguments: &[&str]| -> Value { serde_json::from_str(&out(&run(&[&["--as", "json"], arguments].concat()))).expect("JSON") };
    let text = out(&run(&["--as", "json", "x*y", "x=4", "y=-3"]));
    assert_eq!(
        text,
        concat!(
            r#"{"schema":1,"source":{"name":"<expr>","line":1},"expression":"x*y","output":"f","shape":[],"value":-12.0,"#,
            r#""inputs":[{"name":"x","shape":[],"value":4.0,"gradient":-3.0},{"name":"y","shape":[],"value":-3.0,"gradient":4.0}],"#,
            r#""stages":[{"name":"f","gate":"mul","label":"*","expression":"x * y","operands":["x","y"],"shape":[],"value":-12.0,"gradient":1.0}],"#,
            r#""backward":[{"through":"f","target":"dx","operator":"=","expression":"y"},{"through":"f","target":"dy","operator":"=","expression":"x"}],"#,
            r#""notes":[]}"#,
            "\n"
        )
    );
    let infinite = json(&["1/x", "x=0"]);
    assert_eq!((&infinite["value"], &infinite["inputs"][0]["gradient"]), (&Value::from("inf"), &Value::from("-inf")));
    assert_eq!(json(&["log(x)", "x=-1"])["value"], "nan");
    // An error stands in the answer's place; columns count characters, start and end bytes.
    let error = json(&["σ(x) + bogus(1)", "x=1"]);
    assert_eq!(error["source"], serde_json::json!({"name": "<expr>", "line": 1}));
    let details = &error["error"];
    assert_eq!(details["kind"], "name");
    assert_eq!((&details["line"], &details["column"]), (&Value::from(1), &Value::from(8)));
    assert_eq!((&details["start"], &details["end"]), (&Value::from(8), &Value::from(13)));
    assert_eq!(json(&["x +\n* 2", "x=1"])["error"]["line"], 2);
    for (kind, text) in [("parse", "1 +"), ("name", "y"), ("limit", "1e999"), ("check", "assert 1 == 2")] {
        assert_eq!(json(&[text])["error"]["kind"], kind, "{text}");
    }
}
