//! Every way to run the program that asks nobody, on terminals and on pipes: exit codes, streams, colours, and the one
//! JSON they all give. The numbers expected come from mathematics.

use crate::support::part_of;
use crate::terminal::{Ended, Setup, Stream, Terminal};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The script in the home of the runs of an outcome.
const SCRIPT: &str = "script.grad";

/// How statements get to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    OneShot,
    Expressions,
    File,
    Dash,
    Piped,
}

const MODES: [Mode; 5] = [Mode::OneShot, Mode::Expressions, Mode::File, Mode::Dash, Mode::Piped];

impl Mode {
    fn is_script(self) -> bool {
        !matches!(self, Self::OneShot | Self::Expressions)
    }

    fn reads_stdin(self) -> bool {
        matches!(self, Self::Dash | Self::Piped)
    }
}

/// What is asked about colour: the flag and the environment.
type Wish = (Option<&'static str>, &'static [(&'static str, &'static str)]);

const WISHES: [Wish; 11] = [
    (None, &[]),
    (None, &[("NO_COLOR", "1")]),
    (None, &[("NO_COLOR", "")]),
    (None, &[("CLICOLOR_FORCE", "1")]),
    (None, &[("TERM", "dumb")]),
    (Some("always"), &[]),
    (Some("never"), &[]),
    (None, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]),
    (Some("never"), &[("CLICOLOR_FORCE", "1")]),
    (Some("always"), &[("NO_COLOR", "1"), ("TERM", "dumb")]),
    (None, &[("NO_COLOR", ""), ("TERM", "dumb")]),
];

/// The rule, as the manual words it: the flag, then `CLICOLOR_FORCE`, then a `NO_COLOR` that is not empty, then a dumb
/// terminal, then whether the stream is a terminal.
fn is_coloured((flag, variables): Wish, terminal: bool) -> bool {
    let given = |name: &str| variables.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
    if let Some(when) = flag {
        return when == "always";
    }
    if !given("CLICOLOR_FORCE").is_empty() {
        return true;
    }
    given("NO_COLOR").is_empty() && given("TERM") != "dumb" && terminal
}

/// Statements, and what becomes of them.
struct Outcome {
    name: &'static str,
    inputs: &'static [(&'static str, &'static str)],
    statements: &'static [&'static str],
    code: i32,
    /// The page on stdout, without its notes.
    page: &'static str,
    /// What a note on the page says.
    note: Option<&'static str>,
    /// What stderr says of the last statement, and the column.
    told: Option<(&'static str, usize)>,
}

/// The derivatives of a product are its factors.
const PRODUCT: &str = "   name  expression  value  gradient
   x     input         4    -3
   y     input        -3     4
1  f     x * y       -12     1
";

/// The logarithm of a negative number is no real number, and has no slope.
const LOGARITHM: &str = "   name  expression  value  gradient
   x     input        -1    nan
1  f     log(x)      nan      1
";

const OUTCOMES: [Outcome; 5] = [
    Outcome { name: "ok", inputs: &[("x", "4"), ("y", "-3")], statements: &["x*y"], code: 0, page: PRODUCT, note: None, told: None },
    Outcome {
        name: "parse error",
        inputs: &[("x", "4")],
        statements: &["x +"],
        code: 1,
        page: "",
        note: None,
        told: Some(("the expression ends after `+`", 3)),
    },
    Outcome {
        name: "domain error",
        inputs: &[("x", "-1")],
        statements: &["log(x)"],
        code: 1,
        page: LOGARITHM,
        note: Some("where x = -1"),
        told: None,
    },
    Outcome {
        name: "a file that is missing",
        inputs: &[],
        statements: &["sum(load(\"none.csv\"))"],
        code: 3,
        page: "",
        note: None,
        told: Some(("cannot read `none.csv`: there is no such file", 5)),
    },
    Outcome {
        name: "a result and a name error",
        inputs: &[("x", "4"), ("y", "-3")],
        statements: &["x*y", "w"],
        code: 1,
        page: PRODUCT,
        note: None,
        told: Some(("`w` has no value", 1)),
    },
];

impl Outcome {
    fn script(&self) -> String {
        let inputs = self.inputs.iter().map(|(name, value)| format!("{name} = {value}\n"));
        inputs.chain(self.statements.iter().map(|text| format!("{text}\n"))).collect()
    }

    fn arguments(&self, mode: Mode) -> Vec<String> {
        let bindings = self.inputs.iter().map(|(name, value)| format!("{name}={value}"));
        match mode {
            Mode::OneShot => std::iter::once(self.statements.join("\n")).chain(bindings).collect(),
            Mode::Expressions => self.statements.iter().flat_map(|text| ["-e".to_owned(), (*text).to_owned()]).chain(bindings).collect(),
            Mode::File => vec!["-f".to_owned(), SCRIPT.to_owned()],
            Mode::Dash => vec!["-f".to_owned(), "-".to_owned()],
            Mode::Piped => Vec::new(),
        }
    }

    /// What the first lines of a fault are, and the line that ends stderr.
    fn messages(&self, mode: Mode) -> Option<([String; 2], Option<String>)> {
        let (message, column) = self.told?;
        let count = self.statements.len();
        let (source, line) = match mode {
            Mode::OneShot => ("<expr>", count),
            Mode::Expressions => ("<expr>", 1),
            Mode::File => (SCRIPT, self.inputs.len() + count),
            Mode::Dash | Mode::Piped => ("<stdin>", self.inputs.len() + count),
        };
        let last = mode.is_script().then(|| format!("1 of {} statements failed", self.inputs.len() + count));
        Some(([format!("error: {message}"), format!("--> {source}:{line}:{column}")], last))
    }
}

/// Does something for each cell of a table, several at a time.
fn for_each<T: Sync>(cells: &[T], check: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(cell) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                    check(cell);
                }
            });
        }
    });
}

/// Runs the program with each stream on a terminal or a pipe; gives its exit code and what each stream got.
fn run(home: &Path, arguments: &[&str], (flag, variables): Wish, terminals: [bool; 2], stdin: Option<&str>) -> (Option<i32>, [String; 2]) {
    let flags = flag.map(|when| ["--color", when]);
    let arguments: Vec<&str> = flags.iter().flatten().chain(arguments).copied().collect();
    let piped = || Stream::Other(Stdio::piped());
    let setup = Setup {
        variables,
        stdin: if stdin.is_some() { piped() } else { Stream::Terminal },
        stdout: if terminals[0] { Stream::Terminal } else { piped() },
        stderr: if terminals[1] { Stream::Apart } else { piped() },
        ..Setup::new(home)
    };
    let Ended { code, terminal, apart, stdout, stderr } = Terminal::start(&arguments, setup).finish(stdin.unwrap_or_default().as_bytes());
    let [on_terminal, on_pipe] = [[terminal, apart], [stdout, stderr]];
    // What a stream does not write to is empty.
    let streams = [0, 1].map(|at| {
        let (wanted, other) = if terminals[at] { (&on_terminal[at], &on_pipe[at]) } else { (&on_pipe[at], &on_terminal[at]) };
        assert_eq!(other, "");
        // A terminal goes back at the end of a line.
        if terminals[at] { wanted.replace("\r\n", "\n") } else { wanted.clone() }
    });
    (code, streams)
}

/// A text without its colours, and whether it had any; it holds no other escapes.
fn without_colours(text: &str) -> (String, bool) {
    let mut parts = text.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    let mut coloured = false;
    for part in parts {
        let (codes, rest) = part.strip_prefix('[').and_then(|part| part.split_once('m')).unwrap_or_else(|| panic!("{text:?}"));
        assert!(codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "{text:?}");
        plain.push_str(rest);
        coloured = true;
    }
    assert!(!plain.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    (plain, coloured)
}

const TERMINALS: [[bool; 2]; 4] = [[true, true], [true, false], [false, true], [false, false]];

#[test]
fn every_mode_keeps_its_streams_its_colours_and_its_exit_code() {
    let homes: Vec<_> = OUTCOMES
        .iter()
        .map(|outcome| {
            let home = tempfile::tempdir().expect("a folder");
            fs::write(home.path().join(SCRIPT), outcome.script()).expect("a script");
            home
        })
        .collect();
    let mut cells = Vec::new();
    for mode in MODES {
        for outcome in 0..OUTCOMES.len() {
            for wish in WISHES {
                cells.extend(TERMINALS.map(|terminals| (mode, outcome, wish, terminals)));
            }
        }
    }
    assert_eq!(cells.len(), 5 * 5 * 11 * 4);
    // Every third cell where time is short: each wish with each pair of streams, in each mode, for each outcome.
    let cells: Vec<_> = part_of(cells.into_iter(), 0, 3).collect();
    // The first text of each mode and outcome: colours and terminals change nothing but colours.
    let texts = Mutex::new(BTreeMap::new());
    for_each(&cells, |&(mode, at, wish, terminals)| {
        let outcome = &OUTCOMES[at];
        let cell = format!("{mode:?}, {}, {wish:?}, terminals {terminals:?}", outcome.name);
        let (arguments, script) = (outcome.arguments(mode), outcome.script());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let stdin = mode.reads_stdin().then_some(script.as_str());
        let (code, [stdout, stderr]) = run(homes[at].path(), &arguments, wish, terminals, stdin);
        assert_eq!(code, Some(outcome.code), "{cell}: {stdout}{stderr}");
        let (page, page_is_coloured) = without_colours(&stdout);
        let (told, told_is_coloured) = without_colours(&stderr);
        let notes = page.strip_prefix(outcome.page).unwrap_or_else(|| panic!("{cell}: {page}"));
        match outcome.note {
            Some(note) => assert!(notes.starts_with("note: ") && notes.contains(note) && notes.lines().count() == 1, "{cell}: {page}"),
            None => assert_eq!(notes, "", "{cell}"),
        }
        match outcome.messages(mode) {
            Some((first, last)) => {
                assert_eq!(told.lines().map(str::trim_start).take(2).collect::<Vec<_>>(), first, "{cell}: {told}");
                let ends = told.lines().last().filter(|line| line.ends_with("failed")).map(str::to_owned);
                assert_eq!(ends, last, "{cell}: {told}");
                assert_eq!(told.matches("error: ").count(), 1, "{cell}: {told}");
            }
            None => assert_eq!(told, "", "{cell}"),
        }
        assert_eq!(page_is_coloured, is_coloured(wish, terminals[0]) && !page.is_empty(), "{cell}: {stdout:?}");
        assert_eq!(told_is_coloured, is_coloured(wish, terminals[1]) && !told.is_empty(), "{cell}: {stderr:?}");
        // The lock is not held where the assertion fails, so that it is the only one that does.
        let known = texts.lock().expect("no panic").entry((mode, at)).or_insert_with(|| (page.clone(), told.clone())).clone();
        assert_eq!((page, told), known, "{cell}");
    });
    assert_eq!(texts.into_inner().expect("no panic").len(), MODES.len() * OUTCOMES.len());
}

#[test]
fn a_missing_script_is_told_and_the_others_run() {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join(SCRIPT), "x = 4\ny = -3\nx*y\n").expect("a script");
    let mut cells = Vec::new();
    for wish in WISHES {
        cells.extend(TERMINALS.map(|terminals| (wish, terminals)));
    }
    for_each(&cells, |&(wish, terminals)| {
        let cell = format!("{wish:?}, terminals {terminals:?}");
        let (code, [stdout, stderr]) = run(home.path(), &["-f", "none.grad", "-f", SCRIPT], wish, terminals, None);
        let (page, coloured) = without_colours(&stdout);
        assert_eq!((code, page.as_str(), coloured), (Some(3), PRODUCT, is_coloured(wish, terminals[0])), "{cell}");
        assert_eq!(without_colours(&stderr).0, "error: cannot read `none.grad`: there is no such file\n", "{cell}");
    });
}

/// One terminal may show both streams: each keeps its colours there.
#[test]
fn results_and_messages_share_a_terminal() {
    let home = tempfile::tempdir().expect("a folder");
    for (wish, coloured) in WISHES.map(|wish| (wish, is_coloured(wish, true))) {
        let flags = wish.0.map(|when| ["--color", when]);
        let arguments: Vec<&str> = flags.iter().flatten().chain(&["-e", "x*y", "-e", "w", "x=4", "y=-3"]).copied().collect();
        let ended = Terminal::start(&arguments, Setup { variables: wish.1, ..Setup::new(home.path()) }).finish(b"");
        let text = ended.terminal.replace("\r\n", "\n");
        let (plain, found) = without_colours(&text);
        assert_eq!((ended.code, found), (Some(1), coloured), "{wish:?}: {text:?}");
        assert!(plain.starts_with(PRODUCT) && plain[PRODUCT.len()..].starts_with("error: `w` has no value\n"), "{wish:?}: {plain}");
    }
}

#[test]
fn ctrl_c_reaches_a_script_from_a_pipe() {
    let home = tempfile::tempdir().expect("a folder");
    let stdin = Stream::Other(Stdio::piped());
    let mut run = Terminal::start(&["--as", "brief"], Setup { stdin, ..Setup::new(home.path()) });
    let mut pipe = run.child().stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut pipe, b"x = 2\nx^3\n").expect("it reads");
    // The slope of x^3 at 2 is 3*2^2.
    run.wait_for("f = 8  dx = 12");
    run.interrupt();
    assert_eq!(run.wait(), Some(130));
}

/// An object without its source: where a statement came from is all that may differ.
fn without_source(line: &str) -> String {
    let (before, rest) = line.split_once("\"source\":{").unwrap_or_else(|| panic!("{line}"));
    let (_, after) = rest.split_once("},").unwrap_or_else(|| panic!("{line}"));
    format!("{before}{after}")
}

/// Statements with x = 3 and y = -4, their exit code, and the parts of the objects they give.
const STATEMENTS: &[(&str, i32, &[&str])] = &[
    ("x*y", 0, &[r#""value":-12.0"#]),
    ("(x+sigma(y))/(sigma(x)+(x+y)^2)", 0, &[r#""invden""#]),
    ("q = x*y", 0, &[r#""output":"q","shape":[],"value":-12.0"#]),
    ("q = x + y; q^2; 2q", 0, &[r#""output":"f","shape":[],"value":-2.0"#]),
    ("f(a, b) = a*b; f(3, -4)", 0, &[r#"{"name":"b","shape":[],"value":-4.0,"gradient":3.0"#]),
    ("const k = 2; k*x", 0, &[r#""value":6.0"#]),
    ("2 + 2", 0, &[r#""value":4.0"#]),
    ("max(x, y)", 0, &[r#""value":3.0"#]),
    ("abs(x - 3)", 0, &[r#""kind":"kink""#]),
    ("x < y", 0, &[r#""value":0.0"#]),
    ("where(x > 0, x, y)", 0, &[r#""value":3.0"#]),
    // 3*1 - 4*2.
    ("[x, y] @ [1, 2]", 0, &[r#""value":-5.0"#]),
    ("sum([x, y; 1, 2])", 0, &[r#""value":2.0"#]),
    // 3*4 - 2*(-4), and no step of it rounds.
    ("det([x, 2; y, 4])", 0, &[r#""value":20.0"#]),
    ("[1, 2]", 0, &[r#""value":[1.0,2.0]"#]),
    ("σ(x - 3)·2", 0, &[r#""value":1.0"#]),
    ("  x*y # a remark", 0, &[r#""expression":"x*y""#]),
    ("set upstream 2; x*y", 0, &[r#""value":3.0,"gradient":-8.0"#]),
    ("set wrt y; x*y", 0, &[r#""value":3.0,"gradient":null"#]),
    ("x*y;", 0, &[]),
    ("assert x == 3", 0, &[r#""pass":true"#]),
    ("print \"x is\", x; x", 0, &[r#""printed":"x is 3""#]),
    // Not finite, and shown all the same.
    ("log(y)", 1, &[r#""value":"nan""#]),
    ("1/(x - 3)", 1, &[r#""value":"inf""#]),
    // What fails.
    ("x +", 1, &[r#""kind":"parse""#]),
    ("x*)", 1, &[r#""kind":"parse","message":"`)` closes nothing","line":1,"column":3,"start":2,"end":3"#]),
    ("(x", 1, &[r#""kind":"parse""#]),
    ("x y", 1, &[r#""kind":"parse""#]),
    ("σ(x) + bogus(1)", 1, &[r#""kind":"name""#]),
    ("1e999", 1, &[r#""kind":"limit""#]),
    ("[x, 2] + [1, 2, 3]", 1, &[r#""kind":"shape""#]),
    ("assert x == 4", 1, &[r#""kind":"check""#]),
    ("set digit 3", 1, &[r#""error""#]),
    ("load(\"none.csv\")", 3, &[r#""kind":"io""#]),
    ("include \"none.grad\"", 3, &[r#""kind":"io""#]),
];

/// Runs a statement as JSON; gives the objects without their sources, and the exit code.
fn json(home: &Path, mode: Mode, statement: &str, inputs: &[(&str, &str)], file: &str) -> (Vec<String>, Option<i32>) {
    let bindings: Vec<String> = inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let text = match mode {
        Mode::File => {
            fs::write(home.join(file), format!("{statement}\n")).expect("a script");
            String::new()
        }
        Mode::Dash => format!("{statement}\n"),
        // Without -e and -f, a word would be the expression.
        Mode::Piped => format!("{}\n{statement}\n", bindings.join(";")),
        Mode::OneShot | Mode::Expressions => String::new(),
    };
    let mut arguments = match mode {
        Mode::OneShot => vec![statement],
        Mode::Expressions => vec!["-e", statement],
        Mode::File => vec!["-f", file],
        Mode::Dash => vec!["-f", "-"],
        Mode::Piped => vec![],
    };
    if mode != Mode::Piped {
        arguments.extend(bindings.iter().map(String::as_str));
    }
    arguments.extend(["--as", "json"]);
    let (code, [stdout, _]) = run(home, &arguments, WISHES[0], [false, false], Some(&text));
    let objects = stdout.lines().map(|line| {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{statement}: {error}: {line}"));
        let bare = without_source(line);
        // The values stand in a line before it.
        if mode == Mode::Piped { bare.replace("\"line\":2,", "\"line\":1,") } else { bare }
    });
    (objects.collect(), code)
}

#[test]
fn every_mode_gives_the_same_json() {
    let home = tempfile::tempdir().expect("a folder");
    let inputs = [("x", "3"), ("y", "-4")];
    let cells: Vec<usize> = (0..STATEMENTS.len()).collect();
    for_each(&cells, |&at| {
        let (statement, code, parts) = STATEMENTS[at];
        let file = format!("{at}.grad");
        let found = MODES.map(|mode| json(home.path(), mode, statement, &inputs, &file));
        let (objects, ended) = &found[0];
        assert_eq!(*ended, Some(code), "{statement}: {objects:?}");
        assert_eq!(objects.is_empty(), parts.is_empty(), "{statement}: {objects:?}");
        for part in parts {
            assert!(objects.iter().any(|object| object.contains(part)), "{statement}: {part} in {objects:?}");
        }
        for (mode, other) in MODES.iter().zip(&found) {
            assert_eq!(other, &found[0], "{statement}: {mode:?}");
        }
    });
}

/// A name without a value can be given one in another place in each mode: the help says where, and the rest is the same.
#[test]
fn only_the_help_at_a_missing_value_depends_on_the_mode() {
    let home = tempfile::tempdir().expect("a folder");
    for (statement, name, start) in [("w + x", "w", 0), ("x + 2w", "w", 5), ("ans", "ans", 0)] {
        for mode in MODES {
            let (objects, code) = json(home.path(), mode, statement, &[("x", "3")], SCRIPT);
            let help = if mode.is_script() {
                format!("give it a value before: `{name} = 1`")
            } else {
                format!("give it a value after the expression: {name}=1")
            };
            let (column, end) = (start + 1, start + name.len());
            let message = format!(r#"{{"schema":1,"expression":"{statement}","error":{{"kind":"name","message":"`{name}` has no value","#);
            let place = format!(r#""line":1,"column":{column},"start":{start},"end":{end},"help":"{help}","unknown":["{name}"]}}}}"#);
            assert_eq!((objects, code), (vec![message + &place], Some(1)), "{mode:?}");
        }
    }
}

/// A definition that ends an expression of the command line is what was asked for; in a script, it is for what follows.
#[test]
fn only_the_command_line_shows_inputs_functions_and_constants() {
    let home = tempfile::tempdir().expect("a folder");
    for (statement, inputs, shown) in [
        ("z = 5", &[][..], r#""output":"z","shape":[],"value":5.0"#),
        ("const k = 2", &[], r#""value":2.0"#),
        ("g(a, b) = a*b", &[("a", "4"), ("b", "-3")], r#""value":-12.0"#),
    ] {
        for mode in MODES {
            let (objects, code) = json(home.path(), mode, statement, inputs, SCRIPT);
            assert_eq!(code, Some(0), "{statement}: {mode:?}: {objects:?}");
            assert_eq!(objects.len(), usize::from(!mode.is_script()), "{statement}: {mode:?}: {objects:?}");
            assert!(objects.iter().all(|object| object.contains(shown)), "{statement}: {mode:?}: {objects:?}");
        }
    }
    // A text of the command line is read as a whole, a script statement by statement.
    let [whole, apart] = [Mode::OneShot, Mode::File].map(|mode| json(home.path(), mode, "x; )", &[("x", "3")], SCRIPT).0);
    let place = r#""line":1,"column":4,"#;
    assert!(whole[0].contains(r#""expression":"x; )""#) && whole[0].contains(place), "{whole:?}");
    assert!(apart[0].contains(r#""expression":")""#) && apart[0].contains(place), "{apart:?}");
}
