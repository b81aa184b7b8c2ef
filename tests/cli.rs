//! The binary as a process: exit codes, streams, colours, files and the JSON contract.

use serde_json::Value;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
    command
        .args(arguments)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("COLUMNS")
        .env("TERM", "xterm")
        .env("LC_ALL", "C.UTF-8");
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

/// Where results go to no terminal, `COLUMNS` says how wide a page is; 40 is the narrowest.
#[test]
fn the_width_of_a_pipe_can_be_given() {
    let widest = |columns: &str| {
        let output = program(&["x", "x=linspace(0, 1, 12)"]).env("COLUMNS", columns).output().expect("the program starts");
        String::from_utf8(output.stdout).expect("text").lines().map(str::len).max().expect("a line")
    };
    assert!((90..=120).contains(&widest("120")) && widest("60") <= 60 && widest("10") <= 40);
    for usual in ["", "0", "wide", "-3"] {
        assert!((60..=80).contains(&widest(usual)), "{usual}");
    }
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
        // Where stdin is no terminal it is the script, and this one is empty.
        (0, &[]),
        (2, &["--bogus"]),
        (2, &["x", "--digits", "0"]),
        (2, &["x", "--digits", "18"]),
        (2, &["x", "--decimals", "18"]),
        (2, &["x", "x=1", "--digits", "3", "--decimals", "2"]),
        (0, &["x", "x=1", "--decimals", "0"]),
        (2, &["x", "--as", "nothing"]),
        (2, &["x", "y"]),
        (2, &["x", "=3"]),
        (2, &["x", "x="]),
        (2, &["x", "2=3"]),
        (2, &["x", "x=1", "x=2"]),
        (2, &["-e", "x", "x"]),
        (2, &["-e", "x", "x=1", "y"]),
        (2, &["x", "x", "=", "1"]),
        (2, &["x", "--digits", "full", "--digits", "abc"]),
        (2, &["x", "--digits", "-1"]),
        (2, &["x", "--digits", "99"]),
        (2, &["x", "--digits"]),
        (2, &["x", "-o"]),
        (2, &["-e"]),
        (2, &["--completions", "nothing"]),
        (2, &["--color", "red", "x"]),
        (1, &["x", "x=1,5"]),
        (1, &["x", "x=1/0"]),
        (1, &["x", "x=0/0"]),
        (1, &["x", "x=y"]),
        (1, &["x", "x=y=2"]),
        (1, &["x", "x=1 2"]),
        (1, &["-e", "x", "-e", "1/x", "x=0"]),
        (1, &["-e", "x+", "-e", "x", "x=1"]),
        (0, &["x", " x = 1 "]),
        (0, &["-e", "x", "x=1"]),
        (0, &["x=1"]),
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
        (&["--", "--x", "x=1"], "1"),
        (&["-x", "--", "x=1"], "-1"),
        (&["x=1", "-e", "-x"], "-1"),
        (&["-e", "--x", "x=1"], "1"),
        (&["--expr", "--x", "-e", "---x", "x=1"], "1\n-1"),
        (&["-x", "x=-1"], "1"),
        (&["-.5x", "x=-(2+1)"], "1.5"),
        (&["x", "x=pi/2", "--digits", "3"], "1.57"),
        (&["x", "x=pi/2", "--decimals", "3"], "1.571"),
        (&["[1, 2/3]*x", "x=1", "--decimals", "2"], "[1.00, 0.67]"),
    ] {
        let output = run(&[&["--as", "value"], arguments].concat());
        assert_eq!(out(&output), format!("{value}\n"), "{arguments:?}: {}", err(&output));
    }
    assert_eq!(out(&run(&["--as", "brief", "--upstream", "-2", "x*y", "x=4", "y=-3"])), "f = -12  dx = 6  dy = -8\n");
}

/// Each flag that takes a file takes one whose name begins with a dash, as the pattern of a shell may give it.
#[test]
fn names_of_files_may_begin_with_a_dash() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    write("-s.grad", "x = 3; b0 = 2; b0*x\n");
    write("-t.csv", "x\n1\n2\noops\n");
    write("-v.csv", "b0\n1\n");
    write("-p.py", "dx = b0\ndb0 = x\n");
    let skip = ["--bad-rows", "skip"];
    for (arguments, shown) in [
        (&["-f", "-s.grad", "--as", "value"][..], "6\n"),
        (&["--file", "-s.grad", "--as", "value"], "6\n"),
        (&["-f", "-s.grad", "--against", "-p.py", "--as", "brief"], "2 of 2 points"),
        (&["-f", "-s.grad", "--grade", "-p.py", "-p.py", "--as", "csv"], "./-p.py,2,2,right"),
        (&[&["x^2", "--rows", "-t.csv"], &skip[..]].concat(), "2,4,4\n"),
        (&[&["x^2", "--rows", "-t.csv", "--rejects", "-r.csv"], &skip[..]].concat(), "2,4,4\n"),
        (&[&["b0*x", "b0=2", "--rows", "-t.csv", "--summary", "--cov", "-v.csv"], &skip[..]].concat(), "1.5"),
        (&["x^2", "x=3", "-o", "-o.txt"], ""),
        (&["x^2", "x=3", "--output", "-l.txt"], ""),
    ] {
        let output = program(arguments).current_dir(&folder).output().expect("the program starts");
        assert!(output.status.success() && out(&output).contains(shown), "{arguments:?}: {output:?}");
    }
    let mut found: Vec<String> =
        fs::read_dir(&folder).expect("a folder").map(|file| file.expect("a file").file_name().display().to_string()).collect();
    found.sort();
    assert_eq!(found, ["-l.txt", "-o.txt", "-p.py", "-r.csv", "-s.grad", "-t.csv", "-v.csv"]);
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
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "0")]));
    // Values are green and gradients red, also in a file, and only where that is asked for.
    let page = out(&run(&["--color", "always", "--as", "brief", "x*y", "x=4", "y=-3"]));
    assert!(page.contains("\u{1b}[32m-12\u{1b}[0m") && page.contains("\u{1b}[31m-3\u{1b}[0m"), "{page:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("result");
    let written = |environment: &[(&str, &str)], flag: &str| {
        let arguments = ["--as", "brief", "x", "x=1", "--color", flag, "-o", file.to_str().expect("a name")];
        assert!(program(&arguments).envs(environment.iter().copied()).status().expect("it runs").success());
        fs::read_to_string(&file).expect("the file").contains('\u{1b}')
    };
    assert!(!written(&[], "auto") && !written(&[("CLICOLOR_FORCE", "1")], "never") && written(&[], "always"));
    // Errors follow the same rules on their own stream.
    assert!(err(&run(&["--color", "always", "x +"])).contains('\u{1b}') && !err(&run(&["x +"])).contains('\u{1b}'));
}

/// On a terminal, which Python's `pty` provides.
#[cfg(unix)]
#[test]
fn a_terminal_is_coloured_unless_it_must_not_be() {
    const TERMINAL: &str = "import pty, sys; pty.spawn(sys.argv[1:])";
    let on_terminal = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut python = Command::new("python3");
        python.args(["-c", TERMINAL, env!("CARGO_BIN_EXE_gradcalc")]).args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        python.env("LC_ALL", "C.UTF-8").env("TERM", "xterm").envs(environment.iter().copied()).stdin(Stdio::null());
        Some(out(&python.output().ok().filter(|output| output.status.success())?))
    };
    if on_terminal(&[], &["-V"]).is_none() {
        crate::skip("there is no python3");
        return;
    }
    for (environment, coloured) in [
        (&[][..], true),
        (&[("NO_COLOR", "")], true),
        (&[("NO_COLOR", "1")], false),
        (&[("TERM", "dumb")], false),
        (&[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")], true),
        (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true),
        (&[("CLICOLOR_FORCE", "0")], true),
    ] {
        for arguments in [&["x", "x=1"][..], &["x +"]] {
            let page = on_terminal(environment, arguments).expect("a page");
            assert_eq!(page.contains('\u{1b}'), coloured, "{environment:?} {arguments:?}: {page:?}");
        }
    }
    // A control character in the user's text does not reach the terminal.
    let page = on_terminal(&[("NO_COLOR", "1")], &["x \u{1b}[31m"]).expect("a page");
    assert!(page.contains("U+001B") && !page.contains('\u{1b}'), "{page:?}");
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
        assert!(!fs::metadata("/dev/null").expect("the device").is_file());
    }
    assert_eq!(out(&run(&["--as", "value", "x", "x=1", "-o", "-"])), "1\n");
}

/// What a shell has opened and others have begun to write is no file to replace.
#[test]
fn an_open_file_is_written_where_it_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    for place in ["/dev/stdout", "/dev/fd/1", "/dev/fd/3", "/dev/stderr"].into_iter().filter(|_| Path::new("/dev/fd/1").exists()) {
        let line = "(echo before; \"$0\" --as value x x=1 -o \"$1\"; echo after) >> \"$2\" 2>&1 3>&1";
        let shell = Command::new("sh").args(["-c", line, env!("CARGO_BIN_EXE_gradcalc"), place]).arg(&path).status();
        assert!(shell.expect("sh").success(), "{place}");
        assert_eq!(fs::read_to_string(&path).expect("the log"), "before\n1\nafter\n", "{place}");
        fs::remove_file(&path).expect("the log");
    }
}

#[test]
fn a_place_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let inside = |name: &str| folder.path().join(name).to_str().expect("a name").to_owned();
    let (missing, directory, file, under) = (inside("none/result"), inside("folder"), inside("file"), inside("file/result"));
    fs::create_dir(&directory).expect("a folder");
    fs::write(&file, "old\n").expect("a file");
    // A slash at the end asks for a folder.
    let slash = inside("new/");
    for place in [&missing, &directory, &under, &slash] {
        let output = run(&["x", "x=1", "-o", place]);
        assert_eq!((output.status.code(), out(&output)), (Some(3), String::new()), "{place}");
        assert!(err(&output).starts_with(&format!("error: cannot write `{place}`: ")), "{}", err(&output));
    }
    assert_eq!(fs::read_to_string(&file).expect("the file"), "old\n");
    // Nobody can make a file in `/sys`. The message speaks of the place given, and of no other.
    if Path::new("/sys/kernel").is_dir() {
        let output = run(&["x", "x=1", "-o", "/sys/gradcalc"]);
        assert_eq!(output.status.code(), Some(3));
        assert!(err(&output).starts_with("error: cannot write `/sys/gradcalc`: "), "{}", err(&output));
        assert!(!err(&output).contains("at path") && !err(&output).contains("tmp"), "{}", err(&output));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
        mode(&file, 0o400);
        // The superuser may write anywhere, which leaves nothing to see.
        if fs::OpenOptions::new().append(true).open(&file).is_err() {
            mode(&directory, 0o500);
            for place in [&file, &inside("folder/result")] {
                assert_eq!(run(&["x", "x=1", "-o", place]).status.code(), Some(3), "{place}");
            }
            assert_eq!(fs::read_to_string(&file).expect("the file"), "old\n");
            mode(&directory, 0o700);
        }
    }
    let left: Vec<_> = fs::read_dir(folder.path()).expect("the folder").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(left.len(), 2, "nothing is left behind: {left:?}");
}

#[test]
#[cfg(unix)]
fn a_link_to_a_new_file_stays_a_link() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let inside = |name: &str| folder.path().join(name);
    let written = |name: &str| run(&["--as", "value", "x", "x=5", "-o", inside(name).to_str().expect("a name")]);
    // Links are read from where they stand: the second one goes on from the folder of the first's target.
    fs::create_dir(inside("deep")).expect("a folder");
    symlink("deep/link", inside("link")).expect("a link");
    symlink("../target", inside("deep/link")).expect("a link");
    assert_eq!(err(&written("link")), "");
    assert!(fs::symlink_metadata(inside("link")).expect("the link").is_symlink());
    assert!(fs::symlink_metadata(inside("deep/link")).expect("the link").is_symlink());
    assert_eq!(fs::read_to_string(inside("target")).expect("the file"), "5\n");
    // Links that lead nowhere, and for ever round.
    symlink("none/target", inside("nowhere")).expect("a link");
    symlink("there", inside("here")).expect("a link");
    symlink("here", inside("there")).expect("a link");
    for name in ["nowhere", "here"] {
        let output = written(name);
        assert_eq!(output.status.code(), Some(3), "{name}");
        assert!(err(&output).starts_with(&format!("error: cannot write `{}`: ", inside(name).display())), "{}", err(&output));
        assert!(fs::symlink_metadata(inside(name)).expect("the link").is_symlink());
    }
}

#[test]
fn a_file_with_a_missing_answer_is_not_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("result");
    let name = path.to_str().expect("a name");
    fs::write(&path, "old\n").expect("a file");
    let content = || fs::read_to_string(&path).expect("the file");
    for (code, arguments) in [
        (1, &["--as", "value", "-e", "x", "-e", "x +", "x=1"][..]),
        (1, &["--as", "value", "-e", "x", "-e", "y", "x=1"]),
        (1, &["x", "x=1+"]),
        (1, &["-e", "x", "-e", "assert x == 2", "x=1"]),
        (2, &["--gates", "nothing"]),
    ] {
        let output = run(&[arguments, &["-o", name]].concat());
        assert_eq!((output.status.code(), content().as_str()), (Some(code), "old\n"), "{arguments:?}");
        assert!(err(&output).ends_with(&format!("error: nothing was written to `{name}`\n")), "{}", err(&output));
    }
    // A result that is not finite is an answer, and in JSON a fault stands in an answer's place.
    let infinite = run(&["--as", "value", "1/x", "x=0", "-o", name]);
    assert_eq!((infinite.status.code(), content().as_str(), err(&infinite).as_str()), (Some(1), "inf\n", ""));
    let arguments = ["--as", "json", "-e", "x", "-e", "x +", "x=1"];
    let streamed = run(&[&arguments[..], &["-o", name]].concat());
    assert_eq!((streamed.status.code(), err(&streamed).as_str()), (Some(1), ""));
    assert_eq!(content(), out(&run(&arguments)));
    // No answer was asked for, and none is missing.
    assert_eq!((run(&["assert 1 == 1", "-o", name]).status.code(), content().as_str()), (Some(0), ""));
}

#[test]
fn a_run_that_is_killed_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("result");
    fs::write(&path, "old\n").expect("a file");
    let sum = vec!["sin(x)"; 10_000].join("*");
    let expressions: Vec<&str> = (0..15).flat_map(|_| ["-e", sum.as_str()]).collect();
    let mut command = program(&[&expressions[..], &["x=1", "-o", path.to_str().expect("a name")]].concat());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    std::thread::sleep(std::time::Duration::from_millis(100));
    child.kill().expect("it can be ended");
    child.wait().expect("it ends");
    let left: Vec<_> = fs::read_dir(folder.path()).expect("the folder").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(left, ["result"]);
}

#[test]
fn a_full_device_is_told_and_a_closed_pipe_is_not() {
    if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
        let output = program(&["x", "x=1"]).stdout(full).stderr(Stdio::piped()).output().expect("it runs");
        assert_eq!(output.status.code(), Some(3));
        assert!(err(&output).starts_with("error: cannot write stdout"), "{}", err(&output));
    }
    for (arguments, message) in [(&["--help"][..], "stdout"), (&["--gates"], "stdout"), (&["x", "x=1", "-o", "/dev/full"], "`/dev/full`")] {
        if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
            let output = program(arguments).stdout(full).stderr(Stdio::piped()).output().expect("it runs");
            assert_eq!(output.status.code(), Some(3), "{arguments:?}");
            assert!(err(&output).starts_with(&format!("error: cannot write {message}: ")), "{}", err(&output));
        }
    }
    let line = "\"$0\" \"$1\" x=1 | head -n 1";
    let sum = vec!["x"; 20_000].join("+");
    let piped = Command::new("sh").args(["-c", line, env!("CARGO_BIN_EXE_gradcalc"), &sum]).output().expect("sh");
    assert_eq!((out(&piped).lines().count(), err(&piped)), (1, String::new()));
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
    for before in [&[][..], &["x"], &["-e"], &["--wrt"], &["--as"], &["--gates"], &["x", "--digits"]] {
        let output = program(before).arg(std::ffi::OsStr::from_bytes(b"x\xff")).output().expect("it runs");
        assert_eq!((output.status.code(), out(&output)), (Some(2), String::new()), "{before:?}");
        assert!(err(&output).starts_with("error: ") && err(&output).contains("UTF-8"), "{before:?}: {}", err(&output));
    }
    // A path need be no text.
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join(std::ffi::OsStr::from_bytes(b"x\xff"));
    let output = program(&["--as", "value", "x", "x=1", "-o"]).arg(&place).output().expect("it runs");
    assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()));
    assert_eq!(fs::read_to_string(place).expect("the file"), "1\n");
}

/// Each `$ ` line of the examples is run by a shell, with the program in its path.
#[test]
fn help_leads_with_examples_that_are_true() {
    let help = out(&run(&["--help"]));
    let examples = include_str!("../src/binary/examples.txt");
    assert!(help.starts_with(examples.trim_end()), "{help}");
    let folder = Path::new(env!("CARGO_BIN_EXE_gradcalc")).parent().expect("a folder");
    let path = std::env::join_paths(
        std::iter::once(folder.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let path = path.expect("a path");
    let mut shown = 0;
    for block in examples.split("\n$ ").skip(1) {
        let (command, output) = block.split_once('\n').expect("a command and its output");
        assert!(command.starts_with("gradcalc "), "{command}");
        let ran = Command::new("sh").args(["-c", command]).env("PATH", &path).env("LC_ALL", "C.UTF-8").output().expect("sh");
        assert_eq!(out(&ran).trim_end(), output.trim_end(), "{command}");
        assert_eq!((ran.status.code(), err(&ran)), (Some(0), String::new()), "{command}");
        shown += 1;
    }
    assert_eq!(shown, 3);
}

#[test]
fn results_go_to_stdout_and_the_rest_to_stderr() {
    for arguments in
        [&["x*y", "x=4", "y=-3"][..], &["--help"], &["-V"], &["--gates"], &["--gates", "^"], &["--man"], &["--as", "json", "x+"]]
    {
        let output = run(arguments);
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{arguments:?}: {}", err(&output));
    }
    for arguments in [&["x +"][..], &["x"], &["x", "x=1+"], &["--bogus"], &["--gates", "nothing"], &["--upstream", "y", "x", "x=1"]] {
        let output = run(arguments);
        assert!(output.stdout.is_empty() && err(&output).starts_with("error: "), "{arguments:?}: {}", err(&output));
    }
    // What can be shown is shown; what cannot is told; neither hides the other.
    let output = run(&["--as", "value", "-e", "x", "-e", "x +", "-e", "x + 1", "x=1"]);
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(1), "1\n2\n"));
    assert!(err(&output).starts_with("error: the expression ends after `+`"), "{}", err(&output));
}

#[test]
fn options_that_are_not_there_are_refused_with_the_one_meant() {
    for (given, meant) in
        [("--stagess", "--stages"), ("--digit", "--digits"), ("--colour", "--color"), ("--upsteam", "--upstream"), ("--exp", "--expr")]
    {
        let output = run(&[given, "x"]);
        assert_eq!(output.status.code(), Some(2), "{given}");
        assert!(err(&output).contains(given) && err(&output).contains(&format!("'{meant}'")), "{}", err(&output));
    }
    assert!(err(&run(&["x", "--as", "jsn"])).contains("'json'"));
}

#[test]
fn gates_are_listed_and_explained() {
    let list = out(&run(&["--gates"]));
    let ends_in_space = |page: &str| page.lines().any(|line| line.ends_with(char::is_whitespace));
    assert!(!ends_in_space(&list) && !list.contains(['{', '}']), "{list}");
    assert!(list.contains("\n  x + c  ") && list.contains("\n  x * a  "), "{list}");
    for row in gradcalc::vocabulary::gate::TABLE.iter().filter(|row| row.callable()) {
        let explained = out(&run(&["--gates", row.name]));
        assert!(
            explained.contains("defined for") && explained.split_whitespace().collect::<Vec<_>>().join(" ").contains(row.says),
            "{}: {explained}",
            row.name
        );
        assert!(!ends_in_space(&explained), "{explained}");
        let usage = explained.lines().next().expect("a line");
        assert!(usage.split("   ").all(|usage| list.contains(usage)), "{usage} is not listed");
        for sign in row.signs.iter().chain(row.aliases) {
            assert_eq!(out(&run(&["--gates", sign])), explained, "{sign}");
        }
    }
    for name in gradcalc::vocabulary::gate::TABLE.iter().filter(|row| row.callable()).map(|row| row.name).chain(["+", "@"]) {
        assert!(out(&run(&["--gates", name])).lines().all(|line| !line.ends_with(' ')), "{name}");
    }
    assert!(list.lines().all(|line| !line.ends_with(' ') && !line.contains('{')));
    let refused = run(&["--gates", "simga"]);
    assert_eq!(
        (refused.status.code(), err(&refused).as_str()),
        (Some(2), "error: there is no gate and no family of gates `simga`; did you mean `sigma`?\n")
    );
    // A family is the part of the list under its heading, whatever its gates.
    for word in ["activation", "Matrix", "comparison", "special functions", "trigonometric", "vectors"] {
        let family = out(&run(&["--gates", word]));
        let gates = family.split("\nout is").next().unwrap_or_default();
        assert!(gates.lines().count() > 4 && gates.lines().count() < 40, "{word}: {family}");
        for line in gates.lines().filter(|line| line.starts_with("  ")) {
            let usage = line.trim().split("  ").next().unwrap_or_default();
            assert!(list.contains(usage), "{word}: {usage}");
        }
        assert!(family.contains("NAME` explains one."), "{family}");
    }
}

#[test]
fn no_line_of_a_page_ends_in_a_space() {
    let analyses = ["--hessian", "--relative", "--along", "x=1", "--nudge", "x=1"];
    let mut pages = vec![vec!["--help"], vec!["-h"], vec!["-V"]];
    for view in ["table", "brief", "value", "code", "json"] {
        for expression in ["x*y", "max(x, y) + abs(x)", "x < y", "1/(x - x) + y", "3"] {
            pages.push(vec!["--as", view, expression, "x=3", "y=-4"]);
            pages.push([&["--as", view, expression, "x=3", "y=-4"][..], &analyses].concat());
        }
    }
    for arguments in pages {
        let page = out(&run(&arguments));
        assert!(!page.lines().any(|line| line.ends_with(' ')), "{arguments:?}: {page}");
    }
}

#[test]
fn what_a_terminal_would_obey_does_not_reach_it() {
    // Bell, escape, and the escape that is one character of its own.
    let bad = "\u{7}\u{1b}[31m\u{9b}31m";
    let in_path = format!("/nowhere{bad}/x");
    let binding = format!("x={bad}");
    let split = format!("/nowhere\n{bad}/x");
    for arguments in [
        &["x", "x=1", "-o", &split][..],
        &["-f", &split],
        &[bad][..],
        &["x", bad],
        &["x", &binding],
        &["x", &format!("{bad}=1")],
        &[&format!("--{bad}")],
        &["--as", bad, "x"],
        &["--digits", bad, "x"],
        &["--color", bad, "x"],
        &["--completions", bad],
        &["--gates", bad],
        &["--wrt", bad, "x", "x=1"],
        &["--along", bad, "x", "x=1"],
        &["--upstream", bad, "x", "x=1"],
        &["x", "x=1", "-o", &in_path],
    ] {
        let output = run(arguments);
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}");
        let message = err(&output);
        assert!(!message.contains(|c: char| c.is_control() && c != '\n'), "{arguments:?}: {message:?}");
    }
    assert!(err(&run(&["x", bad])).starts_with("error: `\u{fffd}\u{fffd}[31m\u{fffd}31m` is no NAME=VALUE"));
    // The caret stays under its place, also where what is shown takes more bytes than what was written.
    let page = err(&run(&["x\u{9b}\u{9b} + (y", "x=1"]));
    let column = |line: &str, sign| line.chars().position(|c| c == sign);
    let lines: Vec<&str> = page.lines().collect();
    assert_eq!(column(lines[3], '\u{fffd}'), column(lines[4], '^'), "{page}");
    let page = err(&run(&["y # \u{9b}\u{9b}\n + (x", "x=1"]));
    assert!(page.contains(":2:4"), "{page}");
}

#[test]
fn the_manual_the_version_and_completions_are_there() {
    assert_eq!(out(&run(&["--version"])), concat!("gradcalc ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(out(&run(&["-V"])), out(&run(&["--version"])));
    assert!(out(&run(&["--man"])).contains(".TH GRADCALC 1"));
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = out(&run(&["--completions", shell]));
        // Those that ask the program know no flag themselves.
        let knows = if shell == "powershell" { "stages" } else { "--complete-line" };
        assert!(script.contains("gradcalc") && script.contains(knows), "{shell}");
    }
}

/// No PowerShell is at hand: what is printed for it is looked at for its form. Quotation marks and brackets close, and every flag of the
/// help is offered by a word of its own.
#[test]
fn the_completions_of_powershell_have_their_form() {
    let script = out(&run(&["--completions", "powershell"]));
    let (mut quoted, mut open, mut words, mut word) = (false, Vec::new(), Vec::new(), String::new());
    for sign in script.chars() {
        match sign {
            // A doubled one goes on: an empty word between.
            '\'' if quoted => words.push(std::mem::take(&mut word)),
            _ if quoted && sign != '\'' => word.push(sign),
            '{' => open.push('}'),
            '(' => open.push(')'),
            '[' => open.push(']'),
            '}' | ')' | ']' => assert_eq!(open.pop(), Some(sign), "behind {words:?}"),
            _ => {}
        }
        quoted ^= sign == '\'';
    }
    assert!(!quoted && open.is_empty(), "{open:?}");
    let help = out(&run(&["--help"]));
    let flags: Vec<&str> =
        help.split(|c: char| c.is_whitespace() || "[],.;`=".contains(c)).filter(|word| word.starts_with("--") && word.len() > 2).collect();
    assert!(flags.len() > 50);
    for flag in flags {
        assert!(words.iter().any(|word| word == flag), "{flag}");
    }
}

#[test]
fn json_keeps_its_contract() {
    let json = |arguments: &[&str]| -> Value { serde_json::from_str(&out(&run(&[&["--as", "json"], arguments].concat()))).expect("JSON") };
    let text = out(&run(&["--as", "json", "x*y", "x=4", "y=-3"]));
    assert_eq!(
        text,
        concat!(
            r#"{"schema":1,"source":{"name":"<expr>","line":1},"expression":"x*y","output":"f","shape":[],"value":-12.0,"#,
            r#""inputs":[{"name":"x","shape":[],"value":4.0,"gradient":-3.0,"gradient_name":"dx"},{"name":"y","shape":[],"value":-3.0,"gradient":4.0,"gradient_name":"dy"}],"#,
            r#""stages":[{"name":"f","gate":"mul","label":"*","expression":"x * y","operands":["x","y"],"shape":[],"value":-12.0,"gradient":1.0,"gradient_name":"df"}],"#,
            r#""backward":[{"through":"f","target":"dx","operator":"=","expression":"y","local":-3.0,"upstream":1.0,"contribution":-3.0,"total":-3.0,"position":0},"#,
            r#"{"through":"f","target":"dy","operator":"=","expression":"x","local":4.0,"upstream":1.0,"contribution":4.0,"total":4.0,"position":1}],"#,
            r#""notes":[]}"#,
            "\n"
        )
    );
    // A fault has its fields in their order too.
    assert_eq!(
        out(&run(&["--as", "json", "x +", "x=1"])),
        concat!(
            r#"{"schema":1,"source":{"name":"<expr>","line":1},"expression":"x +","error":{"kind":"parse","#,
            r#""message":"the expression ends after `+`","line":1,"column":3,"start":2,"end":3,"#,
            r#""help":"put an operand after it, or remove it"}}"#,
            "\n"
        )
    );
    // Leaves without a gradient say so; a number has no backward pass.
    let partly = json(&["x*y", "x=4", "y=-3", "--wrt", "y"]);
    assert_eq!((&partly["inputs"][0]["gradient"], &partly["inputs"][1]["gradient"]), (&Value::Null, &Value::from(4.0)));
    let number = json(&["1 + 1"]);
    assert_eq!(
        (&number["value"], &number["inputs"], &number["backward"]),
        (&Value::from(2.0), &serde_json::json!([]), &serde_json::json!([]))
    );
    // The gradient of `x` is `dx`, unless that is a name of the user's.
    let clash = json(&["(x + dx)*y", "x=1", "dx=2", "y=3"]);
    let names: Vec<&Value> = ["inputs", "stages"].iter().flat_map(|part| clash[part].as_array().expect("a list")).collect();
    let names: Vec<(&str, &str)> =
        names.iter().map(|object| (object["name"].as_str().expect("a name"), object["gradient_name"].as_str().expect("a name"))).collect();
    assert_eq!(names[..3], [("x", "d_x"), ("dx", "ddx"), ("y", "dy")]);
    for step in clash["backward"].as_array().expect("a list") {
        assert!(names.iter().any(|(_, name)| step["target"] == *name), "{step}");
    }
    // Options of how people see numbers change nothing.
    assert_eq!(json(&["x/3", "x=1", "--digits", "3"])["value"], 1.0 / 3.0);
    assert_eq!(out(&run(&["--as", "json", "--color", "always", "x", "x=1"])), out(&run(&["--as", "json", "x", "x=1"])));
    // One object on one line for each expression, whatever became of it.
    let several = out(&run(&["--as", "json", "-e", "x", "-e", "x +", "-e", "y", "-e", "2x", "x=1"]));
    let failed = |page: &str| -> Vec<bool> {
        page.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON").get("error").is_some()).collect()
    };
    assert_eq!(failed(&several), [false, true, true, false]);
    // Also where one text holds several; a semicolon silences an answer, and no fault.
    assert_eq!(failed(&out(&run(&["--as", "json", "x; y; 2x", "x=1"]))), [true, false]);
    assert_eq!(failed(&out(&run(&["--as", "json", "x\ny\n2x\nassert x == 2\n3x", "x=1"]))), [false, true, false, true, false]);
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
    // Characters, bytes and lines are told apart: what an error points at, and where.
    for (arguments, at, line, column) in [
        (&["漢字 + é·2 + (é", "é=1", "漢字=2"][..], "(", 1, 12),
        (&["🎉"], "🎉", 1, 1),
        (&["e\u{301} $", "x=1"], "$", 1, 4),
        (&["é = 2\nσ(é) + (é"], "(", 2, 8),
        (&["é = 2\r\nσ(é) $ é"], "$", 2, 6),
        (&["x\t$", "x=1"], "$", 1, 3),
        (&["x + σσ(1)", "x=1"], "σσ", 1, 5),
        (&["x", "x=σ(1) $"], "$", 1, 8),
        (&["--upstream", "σ(1) $", "x", "x=1"], "$", 1, 6),
    ] {
        let answer = json(arguments);
        let (text, error) = (answer["expression"].as_str().expect("the text"), &answer["error"]);
        let (start, end) = (error["start"].as_u64().expect("start") as usize, error["end"].as_u64().expect("end") as usize);
        assert_eq!(text.get(start..end), Some(at), "{arguments:?}: {error}");
        assert_eq!((&error["line"], &error["column"]), (&Value::from(line), &Value::from(column)), "{arguments:?}: {error}");
    }
    for (kind, text) in [("parse", "1 +"), ("name", "y"), ("limit", "1e999"), ("check", "assert 1 == 2")] {
        assert_eq!(json(&[text])["error"]["kind"], kind, "{text}");
    }
}
