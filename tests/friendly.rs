//! What other calculators and systems of differentiation do wrong, and what is right here: a list, of which each row runs the program.
//!
//! A row says what is known of others, what is typed, and what must come of it. More on each subject is in the file of that subject.

use Says::{Anything, Holds, Is, Lacks, Nothing};
use std::io::{Read as _, Write as _};
use std::process::{Command, Output, Stdio};

/// What a stream must say.
#[derive(Clone, Debug)]
enum Says {
    /// Nothing at all.
    Nothing,
    /// This line.
    Is(&'static str),
    /// This, among other things.
    Holds(&'static str),
    /// Something, of which this is no part.
    Lacks(&'static str),
    /// Whatever it is.
    Anything,
}

impl Says {
    fn is_said(&self, text: &str) -> bool {
        match self {
            Nothing => text.is_empty(),
            Is(line) => text == format!("{line}\n"),
            Holds(part) => text.contains(part),
            Lacks(part) => !text.is_empty() && !text.contains(part),
            Anything => true,
        }
    }
}

/// What others do; the arguments and what is piped in; and the exit code, what stdout says, and what stderr.
type Row = (&'static str, Vec<String>, Vec<u8>, i32, Says, Says);

/// A row about an expression on the command line.
fn typed(others: &'static str, arguments: &[&str], code: i32, out: Says, err: Says) -> Row {
    (others, arguments.iter().map(|argument| (*argument).to_owned()).collect(), Vec::new(), code, out, err)
}

/// A row about a script in a pipe, of which values are shown alone.
fn piped(others: &'static str, text: impl Into<Vec<u8>>, code: i32, out: Says, err: Says) -> Row {
    (others, vec!["--as".to_owned(), "value".to_owned()], text.into(), code, out, err)
}

fn program(arguments: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
    command.args(arguments).env("TERM", "xterm-256color").env("LC_ALL", "C.UTF-8").env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command.env_remove("COLUMNS").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a program, pipes a text in and reads what it says, both at once.
fn run(mut command: Command, text: &[u8]) -> Output {
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("stdin");
    std::thread::scope(|scope| {
        // It need not read to the end.
        scope.spawn(move || drop(stdin.write_all(text)));
        child.wait_with_output().expect("the program ends")
    })
}

#[track_caller]
fn hold(rows: Vec<Row>) {
    let mut faults = Vec::new();
    for (others, arguments, text, code, out, err) in rows {
        let output = run(program(&arguments), &text);
        let [stdout, stderr] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        if output.status.code() != Some(code) || !out.is_said(&stdout) || !err.is_said(&stderr) {
            let [stdout, stderr] = [stdout, stderr].map(|text| text.chars().take(500).collect::<String>());
            let wanted = format!("wanted {code}, {out:?} and {err:?}");
            faults.push(format!("{others}: {wanted}\n  it ended with {:?}\n  stdout: {stdout}\n  stderr: {stderr}", output.status.code()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_nested_or_long_is_no_matter() {
    const MANY: usize = 100_000;
    let nested = |before: &str, middle: &str, after: &str| format!("x = 1\n{}{middle}{}\n", before.repeat(MANY), after.repeat(MANY));
    hold(vec![
        piped("fend, numbat: abort on deep brackets; qalc: a wrong answer", nested("(", "x", ")"), 0, Is("1"), Nothing),
        piped("bc: exit 0 where brackets are too deep", nested("(", "x", ""), 1, Nothing, Holds("never closed")),
        piped("builders of trees: abort on calls in calls", nested("abs(", "x", ")"), 0, Is("1"), Nothing),
        piped("parsers that climb: abort on towers of powers", nested("x^", "x", ""), 0, Is("1"), Nothing),
        piped("parsers that climb: abort on rows of signs", nested("-", "x", ""), 0, Is("1"), Nothing),
        piped("trees that are dropped one in another: abort on long sums", nested("x+", "x", ""), 0, Is("100001"), Nothing),
        piped(
            "micrograd: RecursionError from a thousand stages on",
            format!("x = 1\nf = x\n{}d(f, x)\n", "f = f + 0*x\n".repeat(5_000)),
            0,
            Is("1"),
            Nothing,
        ),
        piped(
            "messages that hold the whole line, of megabytes",
            format!("{}$", "x+".repeat(500_000)),
            1,
            Nothing,
            Holds("is no part of the language"),
        ),
    ]);
    let output = run(program(&["--as".into(), "value".into()]), format!("{}$", "x+".repeat(500_000)).as_bytes());
    assert!(output.stderr.len() < 2_000, "a message is short: {} bytes", output.stderr.len());
}

#[test]
fn what_is_wrong_is_refused_and_told() {
    hold(vec![
        typed("calculators that close what is open: `(2+3` is 5", &["(2+3"], 1, Nothing, Holds("this `(` is never closed")),
        typed("calculators that stop reading: `2+3)` is 5", &["2+3)"], 1, Nothing, Holds("`)` closes nothing")),
        typed("calculators that stop reading: `x y` is x", &["x y", "x=1", "y=2"], 1, Nothing, Holds("side by side")),
        typed("exit 0 on an error of syntax", &["1+"], 1, Nothing, Holds("the expression ends after `+`")),
        typed("exit 0 on an unknown name", &["x"], 1, Nothing, Holds("`x` has no value")),
        typed("bc: unknown names are 0", &["x + 1"], 1, Nothing, Holds("`x` has no value")),
        typed("exit 0 on an unknown function", &["foo(1)"], 1, Nothing, Holds("`foo` is no function")),
        typed(
            "exit 0 on a division by zero, or an answer without it",
            &["--as", "brief", "1/x", "x=0"],
            1,
            Is("f = inf  dx = -inf"),
            Anything,
        ),
        typed("exit 0 where the command line makes no sense", &["--nonsense"], 2, Nothing, Holds("--nonsense")),
        typed("a nan, and nobody says where it comes from", &["log(x) + 1", "x=-1"], 1, Holds("logx = log(x)"), Anything),
        typed("exit 1 for a missing file as for a wrong formula", &["-f", "/nowhere/at/all"], 3, Nothing, Holds("there is no such file")),
        typed("a folder that is read as an empty script", &["-f", "/"], 3, Nothing, Holds("it is a directory")),
        typed("`1/2x` is read in one of two ways without a word", &["1/2x", "x=1"], 1, Nothing, Holds("can be read in two ways")),
        typed("a decimal comma that ends the number", &["x", "x=1,5"], 1, Nothing, Holds("write `1.5`")),
        typed("numbers that are too large become infinite", &["1e400"], 1, Nothing, Holds("larger than the largest number")),
        typed("`5%` is 0.05 here and 5 there", &["5%"], 1, Nothing, Holds("for per cent, divide by 100")),
        typed("a flag that is mistyped becomes a value", &["x", "x=1", "--colour", "never"], 2, Nothing, Holds("'--color'")),
        typed("a value that nothing uses is dropped without a word", &["x", "x=1", "X=2"], 0, Anything, Holds("no expression uses `X`")),
        typed("of two values of one name one is dropped", &["x", "x=1", "x=2"], 2, Nothing, Holds("given two values")),
        typed("numbers in other bases end at their x", &["0x10"], 1, Nothing, Holds("hexadecimal")),
    ]);
}

#[test]
fn scripts_are_read_as_they_come() {
    hold(vec![
        piped("every line of stdin is line 1", "x = 1\n\ny = (2\n", 1, Nothing, Holds("<stdin>:3:5")),
        piped("the last line is dropped where no newline ends it", "x = 3\nx*2", 0, Is("6"), Nothing),
        piped("lines of Windows are refused", "x = 3\r\nx*2\r\n", 0, Is("6"), Nothing),
        piped("a byte-order mark is refused", "\u{feff}x = 3\nx*2\n", 0, Is("6"), Nothing),
        piped("an empty pipe is an error, or a prompt", "", 0, Nothing, Nothing),
        piped("a prompt is written into a pipe", "1 + 1\n", 0, Is("2"), Nothing),
        piped("what fails first ends everything, or nothing is told", "1 +* 2\n3\n", 1, Is("3"), Holds("1 of 2 statements failed")),
        piped("one byte that is no UTF-8 ends everything", b"x = 3\n\xff\nx*2\n".to_vec(), 1, Is("6"), Holds("<stdin>:2:1")),
        piped("what rests on a failed line answers with an old value", "x = 1\nx = (\nx*2\n", 1, Nothing, Holds("failed in line 2")),
        piped("signs that are pasted from a page are refused", "2×3 − 1 ≤ 5\n", 0, Is("1"), Nothing),
        piped("spaces that are pasted from a page are refused", "1\u{a0}+ 1\u{2003}\n", 0, Is("2"), Nothing),
        piped("invisible characters are refused without being named", "x = 3\u{0}\n", 1, Nothing, Holds("U+0000")),
        piped("a remark at the end of a line is refused", "1 + 1 # two\n", 0, Is("2"), Nothing),
    ]);
}

#[test]
fn numbers_are_what_they_seem() {
    hold(vec![
        typed("-2^2 is 4 in spreadsheets", &["--as", "value", "-2^2"], 0, Is("-4"), Nothing),
        typed("2^3^2 is 64 in spreadsheets", &["--as", "value", "2^3^2"], 0, Is("512"), Nothing),
        typed("0.1 + 0.2 is shown as if it were 0.3", &["--as", "value", "0.1 + 0.2"], 0, Is("0.30000000000000004"), Nothing),
        typed("a rounded number looks exact", &["0.1 + 0.2"], 0, Holds("0.300000"), Nothing),
        typed(
            "digits are lost without a word",
            &["--as", "brief", "(x + y) - x", "x=1e16", "y=1"],
            0,
            Holds("f = 0"),
            Holds("no right digit: it is 1"),
        ),
        typed("whole numbers overflow", &["--as", "value", "2^64"], 0, Is("1.8446744073709552e19"), Nothing),
        typed(
            "differences: a slope with the noise of a step",
            &["--as", "brief", "--digits", "full", "exp(x)", "x=0"],
            0,
            Is("f = 1  dx = 1"),
            Nothing,
        ),
        typed(
            "PyTorch, JAX: nan behind a branch that is not taken",
            &["--as", "brief", "max(1, sqrt(x))", "x=0"],
            0,
            Is("f = 1  dx = 0"),
            Anything,
        ),
        typed("other systems: a finite slope of log(-1)", &["--as", "brief", "log(x)", "x=-1"], 1, Is("f = nan  dx = nan"), Anything),
        typed("max(x, x) has a slope of 2, or of a half", &["--as", "brief", "max(x, x)", "x=3"], 0, Is("x = 3  dx = 1"), Anything),
        typed("PyTorch, JAX: nan of what is multiplied by 0", &["--as", "brief", "0*sqrt(x)", "x=0"], 0, Is("f = 0  dx = 0"), Anything),
        typed("powers by logarithms: x^2 has no slope at 0", &["--as", "brief", "x^2", "x=0"], 0, Is("f = 0  dx = 0"), Nothing),
        typed("powers by logarithms: x^3 is nan below 0", &["--as", "brief", "x^3", "x=-2"], 0, Is("f = -8  dx = 12"), Nothing),
        typed("max takes the 1 of a nan and 1, and hides it", &["--as", "value", "max(log(x), 1)", "x=-1"], 1, Is("nan"), Anything),
        typed("engines in a hurry: the smallest numbers are 0", &["--as", "value", "x", "x=5e-324"], 0, Is("5e-324"), Nothing),
        typed("softplus overflows", &["--as", "brief", "softplus(x)", "x=1000"], 0, Is("f = 1000  dx = 1"), Anything),
        typed("kinks are passed without a word", &["abs(x)", "x=0"], 0, Holds("kink"), Nothing),
        typed(
            "an overflow on the way: hypot is infinite",
            &["--as", "value", "hypot(x, x)", "x=1e200"],
            0,
            Is("1.414213562373095e200"),
            Anything,
        ),
    ]);
}

#[test]
fn streams_are_kept_apart_and_clean() {
    hold(vec![
        typed("colours in a pipe", &["x*y", "x=4", "y=-3"], 0, Lacks("\u{1b}"), Nothing),
        typed("colours of errors in a pipe", &["x +", "x=1"], 1, Nothing, Lacks("\u{1b}")),
        typed("errors among the results", &["-e", "x+", "-e", "2", "--as", "value"], 1, Is("2"), Holds("error")),
        typed("what a user typed is obeyed by the terminal", &["\u{1b}[31m"], 1, Nothing, Lacks("\u{1b}")),
        typed("no help for the one word that everybody tries", &["help"], 0, Holds("Usage: gradcalc"), Nothing),
        typed("no version for the other one", &["version"], 0, Is(concat!("gradcalc ", env!("CARGO_PKG_VERSION"))), Nothing),
        typed(
            "words that are commands cannot be names",
            &["--as", "brief", "help*version", "help=3", "version=2"],
            0,
            Is("f = 6  dhelp = 2  dversion = 3"),
            Nothing,
        ),
        typed("help on stderr, or with an exit code of an error", &["--help"], 0, Holds("$ gradcalc"), Nothing),
        typed("no manual page", &["--man"], 0, Holds(".SH \"EXIT STATUS\""), Nothing),
        typed("no completion", &["--completions", "bash"], 0, Holds("complete "), Nothing),
        typed("no completion", &["--completions", "fish"], 0, Holds("complete -c gradcalc"), Nothing),
        typed("no completion", &["--completions", "zsh"], 0, Holds("#compdef gradcalc"), Nothing),
        typed("no completion", &["--completions", "powershell"], 0, Holds("Register-ArgumentCompleter"), Nothing),
        typed("no completion", &["--completions", "elvish"], 0, Holds("edit:completion"), Nothing),
        typed("no colours in an editor", &["--syntax", "vim"], 0, Holds("syn match"), Nothing),
        typed("an expression that begins with a minus is taken for a flag", &["-x^2", "x=3", "--as", "value"], 0, Is("-9"), Nothing),
    ]);
}

/// The locale of a user changes no number.
#[test]
fn a_locale_changes_no_number() {
    let mut command = program(&["--as".into(), "value".into(), "1/4".into()]);
    command.env("LC_ALL", "de_DE.UTF-8").env("LC_NUMERIC", "de_DE.UTF-8");
    assert_eq!(String::from_utf8_lossy(&run(command, b"").stdout), "0.25\n");
}

/// Others panic, with 101, where nobody reads on.
#[test]
fn a_closed_pipe_ends_quietly() {
    let text = "x = 1\n".to_owned() + &"x + 1\n".repeat(20_000);
    let mut child = program(&[]).spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("stdin");
    std::thread::scope(|scope| {
        scope.spawn(move || drop(stdin.write_all(text.as_bytes())));
        let mut some = [0; 10];
        child.stdout.take().expect("stdout").read_exact(&mut some).expect("it begins");
        // Here stdout is closed.
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
    });
}

/// Others panic, or end with 0, where the disk is full; and leave half a file.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let mut command = program(&["x".into(), "x=1".into()]);
    command.stdout(std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full"));
    let output = run(command, b"");
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: cannot write stdout"));
    let folder = tempfile::tempdir().expect("a folder");
    let kept = folder.path().join("kept");
    std::fs::write(&kept, "before").expect("a file");
    let output = run(program(&["x +".into(), "-o".into(), kept.to_str().expect("text").into()]), b"");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&kept).expect("the file"), "before");
}

/// Others name stages at random, or by their addresses: the same text gives the same bytes.
#[test]
fn the_same_text_gives_the_same_bytes() {
    for view in ["table", "json", "code", "svg", "dot"] {
        let arguments: Vec<String> =
            ["--as", view, "(x+sigma(y))/(sigma(x)+(x+y)^2) + sum(randn(3))", "x=3", "y=-4"].map(str::to_owned).into();
        let [one, other] = [(); 2].map(|()| run(program(&arguments), b"").stdout);
        assert!(!one.is_empty() && one == other, "{view}");
    }
}

/// A script is a program of its own.
#[cfg(unix)]
#[test]
fn a_script_with_a_first_line_runs_by_itself() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("worksheet.grad");
    std::fs::write(&script, "#!/usr/bin/env -S gradcalc -f\nset view brief\nx = 3\nx^2\n").expect("a script");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("it may be run");
    let place = std::path::Path::new(env!("CARGO_BIN_EXE_gradcalc")).parent().expect("a folder");
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([place.to_owned()].into_iter().chain(std::env::split_paths(&rest))).expect("a path");
    let output = Command::new(&script).env("PATH", path).output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "f = 9  dx = 6\n", "{}", String::from_utf8_lossy(&output.stderr));
}

/// What newcomers from other programs write is answered with what is written here.
#[test]
fn newcomers_are_told_what_is_written_here() {
    let mut rows = vec![
        typed("MATLAB: sig for the logistic function", &["sig(y)", "y=1"], 1, Nothing, Holds("the logistic function is `sigma(x)`")),
        typed("a list without brackets", &["x^2", "x=1,2,3"], 1, Nothing, Holds("several numbers are a vector: `x='[1, 2, 3]'`")),
        typed("a list of two", &["x^2", "x=1,2"], 1, Nothing, Holds("write `1.2`, or `[1, 2]` for a vector")),
        typed("a list in an expression", &["1, 2, 3"], 1, Nothing, Anything),
        typed("groups of three", &["x", "x=1,234,567"], 1, Nothing, Holds("leave the commas out: `1234567`")),
        typed("digits below the line", &["w₀*2", "w₀=1"], 2, Nothing, Holds("write `w0`")),
        typed("digits below the line in an expression", &["w₀*2"], 1, Nothing, Holds("as in `w0`")),
        typed("optax", &["softmax_cross_entropy(x, 1)", "x=[1, 2]"], 1, Nothing, Holds("`logsumexp(x) - x[k]`")),
        typed("scikit-learn", &["log_loss(x)", "x=1"], 1, Nothing, Holds("`-mean(y*log(p) + (1 - y)*log(1 - p))`")),
        typed("PyTorch", &["torch.nn.BCEWithLogitsLoss(x)", "x=1"], 1, Nothing, Holds("`mean(softplus(x) - y*x)`")),
        typed("a family of losses", &["--gates", "loss"], 2, Nothing, Holds("`mean((x - y)^2)`")),
        typed("a family of losses by a word", &["--gates", "cross"], 2, Nothing, Holds("`logsumexp(s) - s[k]`")),
        typed("a flag of a picture", &["x", "--png"], 2, Nothing, Holds("tip: write `-o figure.svg`, then `rsvg-convert")),
        typed("Stata, R: standard errors", &["x", "--se"], 2, Nothing, Holds("--rows FILE --summary --cov")),
        typed("stdin as elsewhere", &["-"], 1, Nothing, Holds("a script is read from stdin with `-f -`")),
        typed("a flag written nearly", &["x", "--colr", "never"], 2, Nothing, Holds("'--color'")),
        typed("a summary's flag alone", &["x", "--cov", "v.csv"], 2, Nothing, Holds("--cov asks about rows")),
        typed(
            "a summary's flag beside rows",
            &["x", "--grid", "x=0:1:3", "--cov", "v.csv"],
            2,
            Nothing,
            Holds("standard errors; add `--summary`"),
        ),
        typed("a group beside rows", &["x", "--grid", "x=0:1:3", "--by", "x"], 2, Nothing, Holds("groups; add `--summary`")),
        typed("a direction of what does not flow", &["x", "x=1", "--as", "svg", "--flow", "down"], 2, Nothing, Holds("add `--as circuit`")),
        typed(
            "PyTorch of arrays",
            &["sum(x)", "x=[1, 2]", "--as", "pytorch"],
            1,
            Nothing,
            Holds(
                "--scalars writes arrays out in single numbers, with gradients that are nan where a norm or a deviation is 0; --as python",
            ),
        ),
    ];
    // Some views have the name of another flag.
    for view in gradcalc::views::VIEWS.iter().filter(|view| view.name != "table") {
        let told: &'static str = Box::leak(format!("tip: a view is asked for by `--as {}`", view.name).into_boxed_str());
        rows.push(typed("a view as a flag", &["x", "x=1", &format!("--{}", view.name)], 2, Nothing, Holds(told)));
    }
    // Losses that are advised are right, at the scores 1 and 2 of which the first class is right: log(1 + e), 2 - 1 + 1, and (1/2 + 3/2)/2.
    let losses = [
        ("logsumexp(x) - x[k]", "1.31326168751822"),
        ("sum(max(0, x - x[k] + 1)) - 1", "2"),
        ("mean(where(abs(x) <= 1, x^2/2, abs(x) - 0.5))", "1"),
    ];
    for (loss, value) in losses {
        rows.push(piped("what is advised", format!("x = [1, 2]; const k = 0\n{loss}\n"), 0, Holds(value), Nothing));
    }
    hold(rows);
}
