//! Rows of tables and points of grids: each is answered as the expression alone is, and nothing of a table is lost in silence.
//!
//! Expected rows are those of the crate csv and of single answers; expected statistics are worked out from their definitions.

use crate::support::{ask, is_deep, part_of, silent};
use gradcalc::calculus::rows::{BLOCK, Given, Rows};
use gradcalc::forms::StageId;
use gradcalc::ground::Cancellation;
use gradcalc::vocabulary::Gate;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Whether this build has Parquet, whose files `parquet.py` compares.
const PARQUET: bool = cfg!(feature = "parquet");

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(arguments).current_dir(folder).stdin(Stdio::null()).output().expect("it runs")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("a text")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("a text")
}

/// A folder with a file.
fn with(name: &str, text: impl AsRef<[u8]>) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join(name), text).expect("it can be written");
    folder
}

/// Random numbers, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) as usize) % count
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

const NUMBERS: &[&str] = &["1.5", " 2 ", "-3e2", "0", "-0.25", "4", "\"7.5\"", "\"-1\"", "1e-3", "\u{2212}2", "+3"];
const ODD: &[&str] =
    &["", "NA", "nan", ".", "abc", "1_0", "1,5\"", "\"\"", "\"x, \"\"y\"\"\"", "\"two\nlines\"", "1e999", "--1", "\"a\"b", "inf"];
const TEXTS: &[&str] = &["a", "", "\"q, \"\"r\"\"\"", "\"two\r\nlines\"", "5 \" wide", "é", "\"\"", " b "];

/// A file of rows `x`, `note`, `y`, some of them wrong.
fn table(random: &mut Random) -> String {
    let end = random.of(&["\n", "\r\n"]);
    let mut text = if random.below(4) == 0 { "\u{feff}".to_owned() } else { String::new() };
    write!(text, "{}{end}", random.of(&["x,note,y", "\"x\",note, y ", "x,\"note\",\"y\""])).expect("a text");
    for _ in 0..random.below(12) {
        let number = |random: &mut Random| if random.below(6) == 0 { random.of(ODD) } else { random.of(NUMBERS) };
        let mut fields = vec![number(random), random.of(TEXTS), number(random)];
        match random.below(12) {
            0 => drop(fields.pop()),
            1 => fields.push("more"),
            2 => fields.clear(),
            _ => {}
        }
        write!(text, "{}{end}", fields.join(",")).expect("a text");
    }
    if random.below(3) == 0 && text.len() > 40 {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    text
}

/// What a plain reader makes of a row: its answer, that a number is missing, or that it is wrong.
enum Plain {
    Answer([f64; 3]),
    Missing,
    Wrong,
}

fn plain(record: &csv::StringRecord) -> Plain {
    if record.len() != 3 {
        return Plain::Wrong;
    }
    let (mut inputs, mut missing) = (Vec::new(), false);
    for (name, at) in [("x", 0), ("y", 2)] {
        let said = record[at].trim();
        if ["", "na", "n/a", "nan", "null", "."].contains(&said.to_lowercase().as_str()) {
            missing = true;
            continue;
        }
        match said.replace('\u{2212}', "-").parse::<f64>() {
            Ok(number) if number.is_infinite() && said.contains(|c: char| c.is_ascii_digit()) => return Plain::Wrong,
            Ok(number) => inputs.push((name, number)),
            Err(_) => return Plain::Wrong,
        }
    }
    // A row that has both is wrong.
    if missing {
        return Plain::Missing;
    }
    let found = gradcalc::gradient(EXPRESSION, &inputs).expect("an answer");
    Plain::Answer([found.value, found.of("x").expect("a gradient"), found.of("y").expect("a gradient")])
}

const EXPRESSION: &str = "x*exp(-y^2) + y/(1 + x^2)";

/// The same with the other input first: it is read first.
const OTHERWISE: &str = "y/(1 + x^2) + x*exp(-y^2)";

fn near(one: f64, other: f64) -> bool {
    one == other || one.is_nan() && other.is_nan() || (one - other).abs() <= 1e-13 * one.abs().max(other.abs()).max(1e-290)
}

/// Random files, read by the crate csv and answered one by one.
#[test]
fn tables_are_read_and_answered_as_by_a_plain_reader() {
    let mut random = Random(7);
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("t.csv");
    for case in 0..if is_deep() { 2000 } else { 60 } {
        let text = table(&mut random);
        fs::write(&path, &text).expect("it can be written");
        let unmarked = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let records = |text: &str| -> Vec<csv::StringRecord> {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            reader.records().map(|record| record.expect("a record")).collect()
        };
        let given = records(unmarked);
        for fate in ["skip", "nan", "stop"] {
            let threads = random.of(&["1", "2", "5"]);
            let expression = random.of(&[EXPRESSION, OTHERWISE]);
            let output = run(folder.path(), &[expression, "--rows", "t.csv", "--bad-rows", fate, "--missing", "nan", "--threads", threads]);
            let told = format!("case {case}, {fate}: {text:?}\n{}\n{}", out(&output), err(&output));
            let written = records(&out(&output));
            let (mut at, mut bad) = (1, 0);
            let trimmed = |record: &csv::StringRecord| record.iter().map(|field| field.trim().to_owned()).collect::<Vec<_>>();
            let gradients = if expression == EXPRESSION { ["dx", "dy"] } else { ["dy", "dx"] };
            assert_eq!(written[0].iter().skip(3).collect::<Vec<_>>(), ["f", gradients[0], gradients[1]], "{told}");
            for record in &given[1..] {
                let found = plain(record);
                if let Plain::Wrong = found {
                    bad += 1;
                    if fate == "stop" {
                        break;
                    }
                    if fate == "skip" || record.len() > 3 {
                        continue;
                    }
                }
                let row = trimmed(&written[at]);
                at += 1;
                assert_eq!(row.len(), 6, "{told}");
                let own: Vec<String> = trimmed(record).into_iter().chain(std::iter::repeat(String::new())).take(3).collect();
                assert_eq!(row[..3], own, "{told}");
                match found {
                    Plain::Answer(numbers) => {
                        let mut answered: Vec<f64> = row[3..].iter().map(|field| field.parse().expect("a number")).collect();
                        if expression == OTHERWISE {
                            answered.swap(1, 2);
                        }
                        assert!(numbers.iter().zip(&answered).all(|(one, other)| near(*one, *other)), "{numbers:?}: {told}");
                    }
                    Plain::Missing | Plain::Wrong => assert_eq!(row[3..], ["", "", ""], "{told}"),
                }
            }
            assert_eq!(at, written.len(), "{told}");
            assert_eq!(
                output.status.code() == Some(1),
                fate == "stop" && bad > 0 || at > 1 && !out(&output).is_empty() && all_infinite(&written),
                "{told}"
            );
            assert_eq!(err(&output).contains("bad") || err(&output).contains("error"), bad > 0, "{told}");
        }
    }
}

/// A summary counts the rows of each group in which a number is missing, also of one that has no others; groups come in the order of the
/// table.
#[test]
fn summaries_count_what_is_missing() {
    let row = |row: usize| [["a,", "b,", "c,"][row % 3], if row.is_multiple_of(4) { "NA\n" } else { "1.5\n" }].concat();
    let rows: String = (0..9000).map(row).collect();
    let folder = with("t.csv", format!("g,x\nlast,2\nnone,\n{rows}none,NA\n"));
    for fate in ["nan", "skip"] {
        let ask = |more: &[&str]| out(&run(folder.path(), &[&["x^2", "--rows", "t.csv", "--summary", "--missing", fate], more].concat()));
        for threads in ["1", "3"] {
            let found = ask(&["--by", "g", "--as", "csv", "--threads", threads]);
            let counts: Vec<String> =
                found.lines().skip(1).step_by(2).map(|line| line.split(',').take(4).collect::<Vec<_>>().join(",")).collect();
            assert_eq!(counts, ["last,f,1,0", "none,f,0,2", "a,f,2250,750", "b,f,2250,750", "c,f,2250,750"], "{found}");
        }
        let found = ask(&["--as", "json"]);
        assert!(found.starts_with(r#"{"name":"f","count":6751,"missing":2252,"not_finite":0,"mean":"#), "{found}");
        let found = ask(&["--at", "means", "--as", "csv"]);
        assert!(found.contains("\nf,6751,2252,0,"), "{found}");
    }
    let folder = with("t.csv", "x\nNA\nNA\n");
    let output = run(folder.path(), &["x^2", "--rows", "t.csv", "--summary", "--as", "csv"]);
    assert!(output.status.success() && out(&output).contains("\nf,0,2,0,,"), "{output:?}");
}

/// A number that is missing has any spelling of its words and numbers, and a row that is too wide for `--bad-rows nan` is told.
#[test]
fn fates_of_rows_are_told() {
    let folder = with("t.csv", "x,y\n-999,1\n\u{2212}999,2\n-9.99e2,3\n-NaN,4\n5,5\n");
    let output = run(folder.path(), &["x*2", "--rows", "t.csv", "--na", "-999,nan"]);
    assert!(out(&output).ends_with("-NaN,4,,\n5,5,10,2\n") && err(&output).contains("4 rows with a number missing"), "{output:?}");
    for (rows, told) in [
        ("1,2,3\n", "1 row bad, with more fields than there are columns, left out"),
        ("1,2,3\noops,2\n", "2 rows bad, kept with empty fields, but for 1 with more fields than there are columns, left out"),
        ("1\noops,2\n", "2 rows bad, kept with empty fields, such as"),
    ] {
        fs::write(folder.path().join("t.csv"), format!("x,y\n7,8\n{rows}")).expect("it can be written");
        let output = run(folder.path(), &["x*2", "--rows", "t.csv", "--bad-rows", "nan"]);
        assert!(output.status.success() && err(&output).contains(told), "{output:?}");
    }
    // A comma that may part thousands is not advised to be a point.
    for (number, advised) in [("1,500", false), ("12,345,678", false), ("1,5", true), ("0,500", true), ("1500,25", true)] {
        fs::write(folder.path().join("t.csv"), format!("x;y\n{number};2\n")).expect("it can be written");
        let told = err(&run(folder.path(), &["x*2", "--rows", "t.csv"]));
        assert!(told.contains("is no number") && told.contains("tr , .") == advised && told.contains("write it as") != advised, "{told}");
    }
    fs::write(folder.path().join("t.csv"), "x,y\n1,2\n").expect("it can be written");
    for text in ["x[0]*y", "x @ [1, 2]", "sum(zeros(y)) + x"] {
        let told = err(&run(folder.path(), &[text, "--rows", "t.csv"]));
        assert!(told.contains("is a column, a single number in each row") && !told.contains("give it one"), "{text}: {told}");
    }
    fs::write(folder.path().join("t.jsonl"), "{\"x\": 1}\n{\"x\": 2}\n").expect("it can be written");
    let output = run(folder.path(), &["x*2", "--rows", "t.jsonl"]);
    assert!(output.status.code() == Some(1) && err(&output).contains("objects of JSON"), "{output:?}");
}

/// Whether there are answers, and none of them is finite.
fn all_infinite(written: &[csv::StringRecord]) -> bool {
    let finite = |field: &str| field.parse::<f64>().is_ok_and(f64::is_finite);
    let mut answered = written[1..].iter().filter(|row| !row[3].is_empty()).peekable();
    answered.peek().is_some() && answered.all(|row| row.iter().skip(3).any(|field| !finite(field)))
}

/// Numbers at which functions end, overflow, or are kinked.
const SPECIAL: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    3.0,
    -37.5,
    710.0,
    -710.0,
    800.0,
    -800.0,
    1e200,
    -1e200,
    1e-200,
    1e-320,
    f64::MAX,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    0.1,
    -2.75,
];

/// Expressions of numbers x and y and of a number that is the same in every row.
const EXPRESSIONS: &[&str] = &[
    "x*y + k",
    "(x + sigma(y))/(sigma(x) + (x + y)^2)",
    "max(x, y*k) + min(x, 0) + relu(y)",
    "where(x > y, x^2, y*k)",
    "exp(x)*sin(y)/cos(x)",
    "tanh(x*y) + log(1 + x^2)",
    "1/(1 + exp(-x))*y",
    "sqrt(x)*y^1.5",
    "erf(x)*gamma(y)",
    "abs(x) + floor(y) + x % y",
    "x^y",
    "log(x)/log(y)",
    "clamp(x, -1, 1)*atan2(y, x)",
    "k*exp(k)",
    "f(a) = a^2*k; f(x) - f(y)",
    "stop_gradient(x)*y + hypot(x, y)",
];

/// A row's answer is that of the expression alone, whichever rows stand beside it.
#[test]
fn rows_are_answered_as_alone() {
    for (which, text) in EXPRESSIONS.iter().enumerate() {
        let given = |x: f64, y: f64| -> Vec<(String, String)> {
            [("x", x), ("y", y), ("k", 1.5)]
                .iter()
                .filter(|(name, _)| text.contains(name))
                .map(|(name, number)| ((*name).to_owned(), format!("{number:?}").replace("NaN", "0/0").replace("inf", "1/0")))
                .collect()
        };
        let answer = ask(text, &given(0.75, 1.25));
        let (program, backward) = (&answer.program, answer.backward.as_ref().expect("a backward pass"));
        let inputs: Vec<StageId> = program.ids().filter(|&id| program.gate(id) == Gate::Input).collect();
        let name = |id: StageId| program.input(id).map_or("", |input| answer.symbols.name(input.name));
        let adjoints: Vec<StageId> = inputs.iter().filter_map(|&id| backward.adjoint(id)).collect();
        let asked: Vec<(StageId, usize)> = std::iter::once(answer.output).chain(adjoints).map(|id| (id, 0)).collect();
        let place = |id: StageId| match name(id) {
            "x" => Given::Column(0),
            "y" => Given::Column(1),
            _ => Given::Value(1.5.into()),
        };
        let rows = Rows::new((**program).clone(), inputs.iter().map(|&id| place(id)).collect(), asked);
        assert!(rows.are_strips(), "{text}");
        let pairs: Vec<[f64; 2]> = SPECIAL.iter().flat_map(|&x| SPECIAL.iter().map(move |&y| [x, y])).collect();
        let columns: Vec<Vec<f64>> = (0..2).map(|at| pairs.iter().map(|pair| pair[at]).collect()).collect();
        let found = rows.evaluate(&columns, pairs.len(), &Cancellation::default()).expect("nothing cancels it");
        // All pairs are rows; alone, every fifth is asked where time is short, others of each expression.
        for (at, &[x, y]) in part_of(pairs.iter().enumerate(), which, 5) {
            let alone = silent(text, &given(x, y));
            let backward = alone.backward.as_ref().expect("a backward pass");
            let leaves = alone.program.ids().filter(|&id| alone.program.gate(id) == Gate::Input);
            let expected: Vec<f64> = std::iter::once(alone.output)
                .chain(leaves.filter_map(|id| backward.adjoint(id)))
                .map(|id| alone.values.scalar(id))
                .collect();
            let scale = expected.iter().filter(|number| number.is_finite()).fold(0.0f64, |most, number| most.max(number.abs()));
            for (one, numbers) in expected.iter().zip(&found) {
                let close = near(*one, numbers[at]) || (one - numbers[at]).abs() <= 1e-14 * scale.min(1e290);
                assert!(close, "{text} at {x:?}, {y:?}: {} and not {one} ({expected:?})", numbers[at]);
            }
            // Wherever it stands, it has the same bits.
            if at % 7 == 0 {
                let one = rows.evaluate(&[vec![x], vec![y]], 1, &Cancellation::default()).expect("nothing cancels it");
                for (alone, numbers) in one.iter().zip(&found) {
                    let same = alone[0].to_bits() == numbers[at].to_bits() || alone[0].is_nan() && numbers[at].is_nan();
                    assert!(same, "{text} at {x:?}, {y:?}");
                }
            }
        }
    }
    const { assert!(BLOCK >= 512, "all pairs of special numbers are one block") };
}

/// The bytes do not depend on the threads, nor on where a long file is cut.
#[test]
fn threads_change_no_byte() {
    let mut text = String::from("x,y,name\n");
    let mut random = Random(3);
    for row in 0..60_000 {
        writeln!(text, "{},{},{}", random.below(1000) as f64 / 64.0, f64::from(row) / 16.0, random.of(TEXTS)).expect("a text");
    }
    let folder = with("t.csv", &text);
    let ask = |threads: &str| run(folder.path(), &["exp(-x)*sin(y)", "--rows", "t.csv", "--threads", threads]);
    let one = ask("1");
    assert!(one.status.success() && out(&one).lines().count() > 60_000, "{}", err(&one));
    for threads in ["2", "3", "8"] {
        assert!(ask(threads).stdout == one.stdout, "{threads} threads");
    }
    // Through a pipe it comes in other pieces.
    let mut child = Command::new(env!("CARGO_BIN_EXE_gradcalc"))
        .args(["exp(-x)*sin(y)", "--rows", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || text.as_bytes().chunks(7919).try_for_each(|piece| stdin.write_all(piece)));
    let mut found = Vec::new();
    child.stdout.take().expect("a pipe").read_to_end(&mut found).expect("it can be read");
    assert!(child.wait().expect("it ends").success());
    writer.join().expect("it ends").expect("it is read to the end");
    assert!(found == one.stdout, "through a pipe");
    // Summaries too.
    let sum = |threads: &str| {
        run(folder.path(), &["exp(-x)*sin(y)", "--rows", "t.csv", "--summary", "--as", "json", "--threads", threads]).stdout
    };
    assert!(sum("1") == sum("4") && !sum("1").is_empty());
}

/// Rows that come through a pipe are answered when they come, and not when it ends.
#[cfg(unix)]
#[test]
fn rows_are_answered_as_they_come() {
    type Exchange = (&'static str, &'static str);
    let with_header: &[Exchange] = &[
        ("x,name\n", ""),
        ("3,a\n", "x,name,f,dx\n3,a,9,6\n"),
        ("4,b\n5", "4,b,16,8\n"),
        (",c\n6,\"d\n", "5,c,25,10\n"),
        ("e\n", ""),
        ("g\"\n7,h\n", "6,\"d\ne\ng\",36,12\n7,h,49,14\n"),
    ];
    let at_once: &[Exchange] = &[("x,a name that is long\n1,a\n", "x,a name that is long,f,dx\n1,a,1,2\n"), ("2,b\n", "2,b,4,4\n")];
    let short: &[Exchange] = &[("x\n1\n", "x,f,dx\n1,1,2\n"), ("2\n", "2,4,4\n")];
    let bare: &[Exchange] = &[("3\n", "c1,f,dc1\n3,9,6\n"), ("4\n", "4,16,8\n")];
    for (text, more, exchanges) in
        [("x^2", &[][..], with_header), ("x^2", &[], at_once), ("x^2", &["--threads", "2"], short), ("c1^2", &["--no-header"], bare)]
    {
        for named in [false, true] {
            let folder = TempDir::new().expect("a folder");
            let fifo = folder.path().join("pipe");
            let made = Command::new("mkfifo").arg(&fifo).status();
            assert!(made.is_ok_and(|status| status.success()));
            let mut command = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
            command.arg(text).arg("--rows").arg(if named { fifo.as_os_str() } else { "-".as_ref() }).args(more);
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
            let mut stdin: Box<dyn std::io::Write> = if named {
                Box::new(fs::OpenOptions::new().write(true).open(&fifo).expect("a pipe"))
            } else {
                Box::new(child.stdin.take().expect("a pipe"))
            };
            let mut stdout = child.stdout.take().expect("a pipe");
            let (found, heard) = std::sync::mpsc::channel();
            std::thread::spawn(move || {
                let mut bytes = [0; 4096];
                while let Ok(count @ 1..) = stdout.read(&mut bytes) {
                    let _ = found.send(bytes[..count].to_vec());
                }
            });
            for (given, expected) in exchanges {
                stdin.write_all(given.as_bytes()).and_then(|()| stdin.flush()).expect("it is read");
                let mut answered = Vec::new();
                while answered.len() < expected.len() {
                    let more = heard.recv_timeout(std::time::Duration::from_mins(1));
                    answered.extend(more.unwrap_or_else(|_| panic!("no answer to {given:?} of {exchanges:?}")));
                }
                assert_eq!(String::from_utf8_lossy(&answered), *expected);
            }
            drop(stdin);
            assert!(child.wait().expect("it ends").success());
        }
    }
}

/// What is wrong is told alike however slowly it comes.
#[cfg(unix)]
#[test]
fn what_is_wrong_in_a_pipe_does_not_depend_on_time() {
    let rows = ["x,y\n", "1,2\n", "oops,2\n", "3,oops\n", "4\n"];
    let ask = |pause: u64| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gradcalc"))
            .args(["x*y", "--rows", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        for row in rows {
            // It may have ended at the first that is wrong.
            let _ = stdin.write_all(row.as_bytes());
            std::thread::sleep(std::time::Duration::from_millis(pause));
        }
        drop(stdin);
        let ended = child.wait_with_output().expect("it ends");
        (out(&ended), err(&ended))
    };
    let (slow, quick) = (ask(100), ask(0));
    assert_eq!(slow, quick);
    assert!(slow.1.contains("stdin:3, column `x`: `oops` is no number") && !slow.1.contains("stdin:4"), "{slow:?}");
}

/// A file holds what stdout shows, wherever its last page ends.
#[test]
fn files_of_every_length_are_whole() {
    let rows = |rows: usize, name: usize| format!("x,{}\n{}", "n".repeat(name), "1,\n".repeat(rows));
    for count in [0, 1, 400, 200_000] {
        let folder = with("t.csv", rows(count, 1));
        let shown = |more: &[&str]| run(folder.path(), &[&["x^2", "--rows", "t.csv", "--threads", "2"], more].concat()).stdout;
        let behind = shown(&[]).len() % 4096;
        for end in [4094, 4095, 4096, 4097, 8192, 8193] {
            fs::write(folder.path().join("t.csv"), rows(count, 1 + 4096 - behind + end)).expect("it can be written");
            assert!(shown(&["-o", "out.csv"]).is_empty());
            let held = fs::read(folder.path().join("out.csv")).expect("it was written");
            assert!(held == shown(&[]) && held.len() % 4096 == end % 4096, "{count} rows, {end} bytes on the last pages");
        }
    }
}

/// Whoever reads only the first rows, or cannot be written to, is no reason to panic; a file is written whole or not at all.
#[test]
fn ends_are_clean() {
    let text: String = std::iter::once("x\n".to_owned()).chain((0..200_000).map(|at| format!("{at}\n"))).collect();
    let folder = with("t.csv", &text);
    let mut child = Command::new(env!("CARGO_BIN_EXE_gradcalc"))
        .args(["x^2", "--rows", "t.csv"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut first = [0; 6];
    child.stdout.take().expect("a pipe").read_exact(&mut first).expect("a line");
    let ended = child.wait_with_output().expect("it ends");
    assert!(&first == b"x,f,dx" && ended.stderr.is_empty(), "{ended:?}");
    fs::write(folder.path().join("bad.csv"), format!("{text}oops\n")).expect("it can be written");
    fs::write(folder.path().join("out.csv"), "before").expect("it can be written");
    let output = run(folder.path(), &["x^2", "--rows", "bad.csv", "-o", "out.csv"]);
    assert!(
        output.status.code() == Some(1) && err(&output).contains("bad.csv:200002, column `x`: `oops` is no number"),
        "{}",
        err(&output)
    );
    assert_eq!(fs::read_to_string(folder.path().join("out.csv")).expect("a text"), "before");
    let output = run(folder.path(), &["x^2", "--rows", "t.csv", "-o", "out.csv"]);
    assert!(output.status.success(), "{}", err(&output));
    let written = fs::read_to_string(folder.path().join("out.csv")).expect("a text");
    assert!(written.starts_with("x,f,dx\n0,0,0\n1,1,2\n2,4,4\n") && written.ends_with("199999,39999600001,399998\n"));
    if Path::new("/dev/full").exists() {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
        let output = Command::new(env!("CARGO_BIN_EXE_gradcalc"))
            .args(["x^2", "--rows", "t.csv"])
            .current_dir(folder.path())
            .stdout(full)
            .output()
            .expect("it runs");
        assert!(output.status.code() == Some(3) && err(&output).contains("cannot write stdout"), "{}", err(&output));
    }
}

/// What makes no sense is refused before any work, with what to do.
#[test]
fn what_makes_no_sense_is_refused() {
    let folder = with("t.csv", "t,a,f\n1,2,3\n");
    fs::write(folder.path().join("twice.csv"), "t,t\n1,2\n").expect("it can be written");
    fs::write(folder.path().join("numbers.csv"), "1,2\n3,4\n").expect("it can be written");
    fs::write(folder.path().join("elements.csv"), "x0,x1,y0,y[0],y1\n1,2,3,4,5\n").expect("it can be written");
    fs::write(folder.path().join("empty.csv"), "").expect("it can be written");
    fs::write(folder.path().join("broken.csv.gz"), "t\n1\n").expect("it can be written");
    fs::write(folder.path().join("t.csv.xz"), b"\xfd7zXZ\0\0\x04").expect("it can be written");
    fs::write(folder.path().join("t.parquet"), b"PAR1\x15\x04").expect("it can be written");
    fs::write(folder.path().join("t.xlsx"), b"PK\x03\x04\x14\0").expect("it can be written");
    for (arguments, code, told) in [
        (&["t*q", "--rows", "t.csv"][..], 2, "`q` is no column of t.csv, and has no value"),
        (&["t*A", "--rows", "t.csv"], 2, "did you mean `a`?"),
        (&["t*a", "--rows", "t.csv"], 2, "has a column `f` already"),
        (&["t*a", "--rows", "t.csv", "a=3", "--prefix", "g_"], 2, "`a` is a column of the table, and is given a value"),
        (&["t*t", "--rows", "twice.csv"], 1, "has two columns `t`"),
        (&["c1", "--rows", "numbers.csv"], 1, "`--no-header`"),
        (&["t", "--rows", "empty.csv"], 1, "empty.csv is empty"),
        (&["t", "--rows", "none.csv"], 3, "there is no such file"),
        (&["t", "--rows", "t.csv.xz"], 2, "xz -dc"),
        (&["t", "--rows", "t.xlsx"], 2, "save it as CSV"),
        (&["t", "--rows", "t.parquet"], if PARQUET { 3 } else { 2 }, if PARQUET { "is not whole" } else { "--features parquet" }),
        (&["a = t^2; a*3", "--rows", "t.csv", "--keep", "t"], 2, "`a` is a column of t.csv, and a stage of the text"),
        (&["a = t^2; a*3", "--rows", "t.csv", "--summary"], 2, "`a` is a column of t.csv, and a stage of the text"),
        (&["sum(x)", "--rows", "elements.csv", "x=[1, 2]"], 2, "the columns `x0` to `x1` of elements.csv are its elements"),
        (&["sum(y)", "--rows", "elements.csv"], 2, "the columns `y0` and `y[0]` of elements.csv are the same element of `y`"),
        (&["t*a", "--rows", "t.csv", "--summary", "--keep", "t"], 2, "`--keep` is for rows that are written"),
        (&["t*a", "-o", "out.parquet"], 2, if PARQUET { "give them with `--rows FILE`" } else { "--features parquet" }),
        (&["t*a", "--rows", "t.csv", "-o", "out.csv.gz"], 2, "| gzip > FILE"),
        (&["t*a", "--rows", "t.csv", "-o", "out.csv.ZST"], 2, "| zstd > FILE"),
        (&["t", "--rows", "broken.csv.gz"], 3, "cannot read `broken.csv.gz`: it is not packed by gzip"),
        (&["t*a", "--rows", "t.csv", "--hessian"], 2, "no analysis such as `--hessian`"),
        (&["t*a", "--rows", "t.csv", "--as", "svg"], 2, "`--as csv` or `--as json`"),
        (&["t*a", "--rows", "t.csv", "-i"], 2, "leave one of them out"),
        (&["t*a", "--rows", "t.csv", "--keep", "b"], 2, "`b` is no column of t.csv"),
        (&["t*a", "--rows", "t.csv", "--stage", "zz", "--keep", "t"], 2, "there is no stage `zz`"),
        (&["t*a", "--rows", "t.csv", "--delimiter", "ab"], 2, "--delimiter takes one sign"),
        (&["t +* a", "--rows", "t.csv"], 1, "missing between"),
        (&["x*y", "--grid", "x=0:1:3", "x=1:2:2"], 2, "names `x` twice"),
        (&["x*y", "--grid", "x=0:1:zero"], 2, "is no NAME=FROM:TO:COUNT"),
        (&["x", "--keep", "x"], 2, "give them with `--rows FILE`"),
        (&["x", "--by", "x"], 2, "give them with `--rows FILE`"),
        (&["t*a", "--rows", "t.csv", "--by", "f"], 2, "add `--summary`"),
        (&["--rows", "t.csv"], 2, "rows need an expression"),
        (&["x*y", "--grid", "x=0:1"], 2, "--grid takes NAME=FROM:TO:COUNT"),
        (&["t*a", "--rows", "t.csv", "--prefix", "g_", "--digits", "3"], 2, "rows are written in full"),
        (&["t*a", "--rows", "t.csv", "--prefix", "g_", "--rejects", "t.csv"], 2, "--rejects would replace `t.csv`, which --rows reads"),
        (&["q = t*a; q", "--rows", "t.csv", "--stage", "q"], 2, "two new columns are called `q`"),
        (&["t = 2; t*a", "--rows", "t.csv", "--prefix", "g_"], 2, "the text gives it a value"),
        (&["const t = 2; t*a", "--rows", "t.csv", "--prefix", "g_"], 2, "a constant of the text"),
        (&["x0*x1 + sum(x^2)", "--grid", "x0=0:1:2", "x1=0:1:2"], 2, "write it as `x[0]`"),
        (&["t*a", "--rows", "t.csv", "--against", "t.csv"], 2, "`--against` asks for something else"),
        (&["t*a", "--rows", "t.csv", "--grade", "t.csv"], 2, "`--grade` asks for something else"),
        (&["t", "--grid", "t=0:1:2", "--against", "t.csv"], 2, "`--against` asks for something else"),
        (&["t*a", "--rows", "t.csv", "--prefix", "g_", "--as", "table"], 2, "`--as csv` or `--as json`"),
        (&["t", "--grid", "t=0:1:2", "--na", "x"], 2, "a grid is none"),
        (&["t", "--grid", "t=0:1:2", "--bad-rows", "skip"], 2, "a grid is none"),
        (&["t", "--grid", "t=0:1:2", "--missing", "skip"], 2, "a grid is none"),
        (&["t", "--grid", "t=0:1:2", "--rejects", "r.csv"], 2, "a grid is none"),
        (&["t", "--grid", "t=0:1:2", "--delimiter", ";"], 2, "a grid is none"),
        (&["t", "--grid", "t=0:1:2", "--no-header"], 2, "a grid is none"),
        (&["t.csv"], 2, "`'x^2' --rows t.csv`"),
    ] {
        let output = run(folder.path(), arguments);
        assert!(output.status.code() == Some(code) && err(&output).contains(told) && output.stdout.is_empty(), "{arguments:?}: {output:?}");
    }
}

/// What is asked for is answered or told: gradients of an array that is the same in each row, results without gradients, expressions
/// of which the last one counts, weights that are all 0.
#[test]
fn nothing_that_is_asked_is_left_out_without_a_word() {
    let folder = with("t.csv", "t,w,g\n1,0,a\n2,0,a\n4,2,b\n");
    for (arguments, told, expected) in [
        (&["sum(t*b)", "b=[1, 2]", "--wrt", "b", "--keep", "t"][..], "", "t,f,db[0],db[1]\n1,3,1,1\n2,6,2,2\n4,12,4,4\n"),
        (&["sum(t*b)", "b=[1, 2]", "--wrt", "b,t", "--keep", "none"], "", "f,db[0],db[1],dt\n3,1,1,3\n6,2,2,3\n12,4,4,3\n"),
        (
            &["t*b", "b=[1, 2]", "--keep", "none"],
            "the result is [2], and a gradient is that of a single number",
            "f[0],f[1]\n1,2\n2,4\n4,8\n",
        ),
        (
            &["-e", "t^2", "-e", "3*t", "--keep", "none"],
            "of 2 expressions the last one is evaluated in each row, `3*t`",
            "f,dt\n3,3\n6,3\n12,3\n",
        ),
        (&["-e", "t^2;", "-e", "3*t", "--keep", "none"], "", "f,dt\n3,3\n6,3\n12,3\n"),
    ] {
        let output = run(folder.path(), &[arguments, &["--rows", "t.csv"]].concat());
        assert!(output.status.success() && out(&output) == expected, "{arguments:?}: {output:?}");
        assert!(if told.is_empty() { output.stderr.is_empty() } else { err(&output).contains(told) }, "{arguments:?}: {output:?}");
    }
    let summary = |more: &[&str]| err(&run(folder.path(), &[&["t^2", "--rows", "t.csv", "--summary", "--weights", "w"], more].concat()));
    assert!(summary(&["--by", "g"]).contains("in 1 group all weights are 0"));
    assert_eq!(summary(&[]), "");
    fs::write(folder.path().join("t.csv"), "t,w\n1,0\n2,0\n").expect("it can be written");
    assert!(summary(&[]).contains("all weights are 0"));
}

/// A column is an input whatever the language has of its name, and beside calls of the function that is called so; where what is given
/// by hand stands in the way of an array of columns, that is told.
#[test]
fn columns_go_by_their_names() {
    for word in ["mean", "std", "sum", "max", "log", "norm", "size", "exp", "sin", "sigma", "pi", "e", "deg", "x"] {
        for (text, scale) in [(format!("{word}*2"), 2.0), (format!("3*{word} - {word}"), 2.0), (format!("{word} + exp(0)*{word}"), 2.0)] {
            let folder = with("t.csv", format!("{word},other\n1.5,7\n-4,8\n"));
            let output = run(folder.path(), &[&text, "--rows", "t.csv", "--keep", "none"]);
            let expected = format!("f,d{word}\n{},{scale}\n{},{scale}\n", 1.5 * scale, -4.0 * scale);
            assert!(out(&output) == expected, "{text}: {output:?}");
            let kind = match word {
                "deg" => "unit",
                "pi" | "e" => "constant",
                _ => "",
            };
            let told = format!("note: `{word}` is the column of t.csv here, and not the {kind}\n");
            assert_eq!(err(&output), if kind.is_empty() { "" } else { &told }, "{text}");
        }
    }
    // A function of which there is a column too is a function where a bracket follows.
    let folder = with("t.csv", "mean,x0,x1\n5,1,2\n");
    let asked = |arguments: &[&str]| {
        let output = run(folder.path(), &[arguments, &["--rows", "t.csv", "--keep", "none"]].concat());
        (out(&output), err(&output))
    };
    assert_eq!(asked(&["mean*mean(x)"]), ("f,dmean,dx0,dx1\n7.5,1.5,2.5,2.5\n".to_owned(), String::new()));
    let told = "note: `x` is 3 in each row, and not the array of the columns `x0` to `x1` of t.csv\n";
    assert_eq!(asked(&["sum(x^2)", "x=3"]), ("f,dx\n9,6\n".to_owned(), told.to_owned()));
    assert_eq!(asked(&["x*x0", "x=3"]), ("f,dx,dx0\n3,1,3\n".to_owned(), String::new()));
    // Lines of objects by the ending of a file.
    for name in ["out.json", "out.jsonl", "out.ndjson"] {
        let output = run(folder.path(), &["x0^2", "--rows", "t.csv", "--keep", "none", "-o", name]);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(fs::read_to_string(folder.path().join(name)).expect("a file"), "{\"f\":1,\"dx0\":2}\n", "{name}");
    }
}

/// What is read as a number is one in an object, however a table writes it; a code that nothing reads stays as it stands.
#[test]
fn objects_hold_numbers_where_numbers_are_read() {
    for (field, number) in [
        (".5", 0.5),
        ("1.", 1.0),
        ("+1", 1.0),
        ("007", 7.0),
        ("\"2\"", 2.0),
        ("\u{2212}3", -3.0),
        (" 4 ", 4.0),
        ("1e3", 1000.0),
        ("-0.25", -0.25),
        ("6.02E23", 6.02e23),
    ] {
        let folder = with("t.csv", format!("x,code\n{field},007\n,\n"));
        let output = run(folder.path(), &["2*x", "--rows", "t.csv", "--as", "json"]);
        let rows: Vec<serde_json::Value> = out(&output).lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
        assert_eq!((rows[0]["x"].as_f64(), rows[0]["f"].as_f64()), (Some(number), Some(2.0 * number)), "{field}: {rows:?}");
        assert_eq!(
            (rows[0]["code"].as_str(), &rows[1]["x"], &rows[1]["code"]),
            (Some("007"), &serde_json::Value::Null, &serde_json::Value::Null)
        );
    }
}

/// The heads of a summary are told apart, whatever the column of groups is called.
#[test]
fn no_two_columns_of_a_summary_are_called_the_same() {
    for word in ["name", "count", "mean", "max", "group", "g"] {
        let folder = with("t.csv", format!("x,{word}\n1,a\n2,b\n"));
        let output = run(folder.path(), &["x", "--rows", "t.csv", "--summary", "--by", word, "--as", "csv"]);
        let text = out(&output);
        let heads: Vec<&str> = text.lines().next().expect("a line").split(',').collect();
        assert!(heads.iter().enumerate().all(|(at, head)| !heads[..at].contains(head)), "{word}: {heads:?}");
        assert_eq!(heads[0], if ["name", "count", "mean", "max"].contains(&word) { "group" } else { word });
    }
}

/// Wherever a part of a file ends, no row is cut: fields with line ends in them at every place around the end of a part.
#[test]
fn no_row_is_cut_in_two() {
    for (lines, shift) in [(1, 0), (20, 1), (20, 3), (60, 0), (500, 7), (7, 2)] {
        let inner = vec!["7,"; lines].join("\n");
        let mut text = format!("x,t{}\n", "y".repeat(shift));
        let rows = 2_500_000 / (inner.len() + 10);
        for row in 0..rows {
            writeln!(text, "{row},\"{inner}\n\"").expect("a text");
        }
        let folder = with("t.csv", &text);
        for threads in ["1", "3"] {
            let output = run(folder.path(), &["x^2", "--rows", "t.csv", "--keep", "x", "--threads", threads]);
            let expected: String =
                std::iter::once("x,f,dx\n".to_owned()).chain((0..rows).map(|row| format!("{row},{},{}\n", row * row, 2 * row))).collect();
            assert!(out(&output) == expected && output.stderr.is_empty(), "{lines} lines: {}", err(&output));
        }
    }
    // What is never closed is told with its line, and what stands before it is answered.
    for (text, line, answered) in
        [("x,s\n1,a\n2,\"b\n3,c\n", 3, "x,s,f,dx\n1,a,1,2\n"), ("x,\"s\n1,2\n", 1, ""), ("x,s\n1,\"a\n", 2, "x,s,f,dx\n")]
    {
        let folder = with("t.csv", text);
        let output = run(folder.path(), &["x^2", "--rows", "t.csv"]);
        let told = format!("cannot read t.csv: line {line}: a quotation mark is never closed");
        assert!(output.status.code() == Some(3) && err(&output).contains(&told) && out(&output) == answered, "{text:?}: {output:?}");
    }
}

/// Ctrl-C ends the work with whole lines, also while nothing comes from a pipe.
#[cfg(unix)]
#[test]
fn an_interrupt_leaves_whole_lines() {
    for threads in ["1", "4"] {
        for idle in [false, true] {
            let mut child = Command::new(env!("CARGO_BIN_EXE_gradcalc"))
                .args(["exp(-x)*y", "--rows", "-", "--threads", threads])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it runs");
            let (mut stdin, mut stdout) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
            let (ended_now, ends) = std::sync::mpsc::channel::<()>();
            let writer = std::thread::spawn(move || {
                let part = "1.25,2.5\n".repeat(100_000);
                let _ = stdin.write_all(b"x,y\n");
                for _ in 0..if idle { 2 } else { 4000 } {
                    if stdin.write_all(part.as_bytes()).is_err() {
                        return;
                    }
                }
                // The pipe stays open until the program has ended.
                let _ = ends.recv();
            });
            let mut first = [0; 4096];
            stdout.read_exact(&mut first).expect("rows");
            let reader = std::thread::spawn(move || {
                let mut rest = Vec::new();
                stdout.read_to_end(&mut rest).map(|_| rest)
            });
            std::thread::sleep(std::time::Duration::from_millis(300));
            let began = std::time::Instant::now();
            assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("it runs").success());
            let ended = child.wait().expect("it ends");
            assert!(began.elapsed() < std::time::Duration::from_secs(10), "{threads} threads, idle {idle}: {:?}", began.elapsed());
            assert_eq!(ended.code(), Some(130), "{threads} threads, idle {idle}");
            let rest = reader.join().expect("it ends").expect("it is read");
            assert!(
                rest.is_empty() || rest.ends_with(b"\n"),
                "{threads} threads, idle {idle}: {:?}",
                String::from_utf8_lossy(&rest[rest.len().saturating_sub(60)..])
            );
            drop(ended_now);
            writer.join().expect("it ends");
        }
    }
}

/// The time that is given ends the work.
#[test]
fn time_may_be_limited() {
    let output = run(Path::new("."), &["exp(-x)*y", "--grid", "x=0:1:100000", "y=0:1:100000", "--summary", "--time-limit", "1"]);
    assert!(output.status.code() == Some(1) && err(&output).contains("`--time-limit` has passed"), "{output:?}");
}

/// Forms of tables and of what is written.
/// What stops at a row has no summary: one of the rows before it would be taken for one of all.
#[test]
fn there_is_no_summary_of_a_part() {
    let folder = with("t.csv", "x,g\n1,a\n2,b\noops,a\n,b\n");
    let flags: [&[&str]; 4] = [&[], &["--as", "json"], &["--as", "csv"], &["--by", "g", "--at", "means"]];
    for (expression, stop) in [("x^2", &["--bad-rows", "stop"][..]), ("x^2", &["--bad-rows", "skip", "--missing", "stop"])] {
        for flags in flags {
            let output = run(folder.path(), &[&[expression, "--rows", "t.csv", "--summary"], flags, stop].concat());
            let flag = stop[stop.len() - 2];
            assert!(output.status.code() == Some(1) && output.stdout.is_empty(), "{output:?}");
            assert!(err(&output).contains("no summary is printed") && err(&output).contains(&format!("`{flag} skip`")), "{output:?}");
        }
    }
    let folder_of_tabs = with("t.csv", "x,\"a\tg\"\n1,\"a\tb\"\n3,c\n");
    let output = run(folder_of_tabs.path(), &["x^2", "--rows", "t.csv", "--summary", "--by", "a\tg"]);
    assert!(output.status.success() && out(&output).contains("a b") && !out(&output).contains('\t'), "{output:?}");
    let output = run(folder.path(), &["x^2", "--rows", "t.csv", "--summary", "--bad-rows", "skip"]);
    assert!(output.status.success() && out(&output).contains("2.5"), "{output:?}");
}

#[test]
fn tables_have_many_forms() {
    for (text, arguments, expected) in [
        ("t;a\n1;2\n", &["t*a", "--wrt", "t"][..], "t;a;f;dt\n1;2;2;2\n"),
        ("t\ta\n1\t2\n", &["t*a", "--wrt", "t"], "t\ta\tf\tdt\n1\t2\t2\t2\n"),
        ("t a|a\n1|2\n", &["3*a"], "t a|a|f|da\n1|2|6|3\n"),
        ("1,2\n3,4\n", &["c1*c2", "--no-header"], "c1,c2,f,dc1,dc2\n1,2,2,2,1\n3,4,12,4,3\n"),
        ("t,a\n1,2\n", &["q = t*a; q^2", "--stage", "q", "--keep", "a", "--prefix", "n_"], "a,n_f,n_q,n_dt,n_da\n2,4,2,8,4\n"),
        ("t,a\n1,2\n", &["t*a", "--keep", "none"], "f,dt,da\n2,2,1\n"),
        ("t,a\n1,2\n", &["t*a", "--keep", "a,t", "--wrt", "t"], "a,t,f,dt\n2,1,2,2\n"),
        ("\"a, b\",t,\"c\"\"d\"\n1,2,3\n", &["t^2", "--keep", "a, b"], "\"a, b\",f,dt\n1,4,4\n"),
        ("\"a, b\",t,\"c\"\"d\"\n1,2,3\n", &["t^2", "--keep", "t,\"c\"\"d\", \"a, b\""], "t,\"c\"\"d\",\"a, b\",f,dt\n2,3,1,4,4\n"),
        ("x\nNA\nNA\n", &["x + 1"], "x,f,dx\nNA,,\nNA,,\n"),
        ("x0,x1,k\n1,2,3\n", &["sum(x^2)*k"], "x0,x1,k,f,dx0,dx1,dk\n1,2,3,15,6,12,5\n"),
        ("x[0],x[1]\n1,2\n", &["W @ x", "W=[1, 2; 3, 4]"], "x[0],x[1],f[0],f[1]\n1,2,5,11\n"),
        (
            "x,s\n1,a\n-2,b\n",
            &["where(x > 0, x^2, 0)", "--as", "json"],
            "{\"x\":1,\"s\":\"a\",\"f\":1,\"dx\":2}\n{\"x\":-2,\"s\":\"b\",\"f\":0,\"dx\":0}\n",
        ),
        ("x,s\n0,NA\n", &["log(x)", "--as", "json"], "{\"x\":0,\"s\":\"NA\",\"f\":\"-inf\",\"dx\":\"inf\"}\n"),
        ("x\n-9\n", &["x + 1", "--na", "-9"], "x,f,dx\n-9,,\n"),
        // What divides the header is what it has most of; a comma of a name divides nothing where semicolons do.
        ("sales, net;x\n1;2\n", &["x^2"], "sales, net;x;f;dx\n1;2;4;4\n"),
        ("a|x\n1|2\n", &["x^2"], "a|x|f|dx\n1|2|4|4\n"),
        ("a,b,x;y\n1,2,3\n", &["b^2"], "a,b,x;y,f,db\n1,2,3,4,4\n"),
        ("x\n1\nNA\n3\n", &["x + 1", "--missing", "skip"], "x,f,dx\n1,2,1\n3,4,1\n"),
        ("x\n", &["x + 1"], "x,f,dx\n"),
        // What stands for a column before the first row decides nothing.
        ("x0,x1\n3,4\n", &["sqrt(x[0] - 2)*x[1]"], "x0,x1,f,dx0,dx1\n3,4,4,2,1\n"),
        ("e\n3\n", &["sqrt(e - 2)"], "e,f,de\n3,1,0.5\n"),
        // Columns that are called as constants are inputs; x01 is a name of its own.
        ("e,pi,x\n1,2,3\n", &["e*pi*x", "--wrt", "e"], "e,pi,x,f,de\n1,2,3,6,6\n"),
        ("x00,x01\n1,2\n", &["x00 + x01", "--wrt", "x01"], "x00,x01,f,dx01\n1,2,3,1\n"),
        ("x,y\n3,1\n", &["(x > y)*x", "--wrt", "y"], "x,y,f,dy\n3,1,3,0\n"),
        ("x\n-999.0\n", &["x + 1", "--na", "-999"], "x,f,dx\n-999.0,,\n"),
    ] {
        let folder = with("t.csv", text);
        let output = run(folder.path(), &[arguments, &["--rows", "t.csv"]].concat());
        assert_eq!(out(&output), expected, "{text:?} {arguments:?}: {}", err(&output));
    }
    let folder = with("t.csv.gz", pack("gz", b"x\n1\n2\n"));
    // What a script prints stands beside the rows.
    let output = run(folder.path(), &["-e", "k = 7", "-e", "print k", "-e", "k*x", "--rows", "t.csv.gz", "--wrt", "x"]);
    assert!(out(&output) == "x,f,dx\n1,7,7\n2,14,7\n" && err(&output) == "7\n", "{output:?}");
    let output = run(Path::new("."), &["x^2*y", "--grid", "x=0:1:3", "y=1:2:2", "--keep", "y"]);
    assert_eq!(out(&output), "y,f,dx,dy\n1,0,0,0\n2,0,0,0\n1,0.25,1,0.25\n2,0.5,2,0.25\n1,1,2,1\n2,2,4,1\n");
}

/// Bytes as a member of gzip or a frame of zstd, with a sum that tells damage.
fn pack(ending: &str, bytes: &[u8]) -> Vec<u8> {
    if ending == "gz" {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).expect("it can be written");
        return packed.finish().expect("it can be packed");
    }
    let mut packed = zstd::Encoder::new(Vec::new(), 1).expect("zstd");
    packed.include_checksum(true).expect("zstd");
    packed.write_all(bytes).expect("it can be written");
    packed.finish().expect("it can be packed")
}

/// Every packing, whole in every way and damaged in every way, on one thread and on two.
#[test]
fn packed_tables_are_read_whole_or_not_at_all() {
    let lines: Vec<String> = (0..20_000).map(|at| f64::from(at).sin().to_string()).collect();
    // Three blocks of what is unpacked at a time.
    let table = lines.join("\n") + "\n";
    let (head, rest) = table.split_at(table.len() / 3);
    let (head, rest) = (format!("x\n{head}"), rest.as_bytes());
    let whole = [head.as_bytes(), rest].concat();
    let folder = with("plain.csv", &whole);
    let expected = run(folder.path(), &["x^2", "--rows", "plain.csv"]).stdout;
    for ending in ["gz", "zst"] {
        let one = pack(ending, &whole);
        let several = [pack(ending, head.as_bytes()), pack(ending, b""), pack(ending, rest)].concat();
        let skipped = [&b"\x50\x2a\x4d\x18\x03\0\0\0abc"[..], &one].concat();
        let mut sound = vec![("one member", one.clone()), ("several members", several.clone())];
        sound.extend((ending == "zst").then_some(("a frame that is skipped", skipped)));
        let flipped = |at: usize| one.iter().enumerate().map(|(k, &byte)| if k == at { byte ^ 0x40 } else { byte }).collect::<Vec<u8>>();
        let damaged = [
            ("cut in the middle", one[..one.len() / 2].to_vec(), "the file is not whole"),
            ("cut before the sum", one[..one.len() - 3].to_vec(), "the file is not whole"),
            ("cut in the head", one[..6].to_vec(), "the file is not whole"),
            ("cut in a later member", several[..several.len() - 5].to_vec(), "the file is not whole"),
            ("a byte turned", flipped(one.len() / 2), "data are damaged"),
            ("the sum turned", flipped(one.len() - if ending == "gz" { 6 } else { 2 }), "data are damaged"),
            ("text behind", [&one[..], b"hello\n"].concat(), "stand bytes that are none"),
            ("zeros behind", [&one[..], &[0; 512]].concat(), "stand bytes that are none"),
            ("not packed", whole.clone(), "as its name says"),
            ("empty", Vec::new(), "as its name says"),
        ];
        for threads in ["1", "2"] {
            for (kind, bytes) in &sound {
                let name = format!("t.csv.{ending}");
                fs::write(folder.path().join(&name), bytes).expect("it can be written");
                // By the name, by the first bytes alone, and from a pipe.
                fs::write(folder.path().join("t.csv"), bytes).expect("it can be written");
                for file in [&*name, "t.csv"] {
                    let output = run(folder.path(), &["x^2", "--rows", file, "--threads", threads]);
                    assert!(output.stdout == expected && output.status.success(), "{ending}, {kind}: {}", err(&output));
                }
                let program = Command::new(env!("CARGO_BIN_EXE_gradcalc"))
                    .args(["x^2", "--rows", "-", "--threads", threads])
                    .stdin(fs::File::open(folder.path().join(&name)).expect("it can be read"))
                    .output();
                assert!(program.expect("it starts").stdout == expected, "{ending}, {kind}");
            }
            for (kind, bytes, told) in &damaged {
                let name = format!("t.csv.{ending}");
                fs::write(folder.path().join(&name), bytes).expect("it can be written");
                let output = run(folder.path(), &["x^2", "--rows", &name, "--threads", threads, "-o", "out.csv"]);
                let said = err(&output);
                assert!(
                    output.status.code() == Some(3)
                        && said.contains(told)
                        && said.starts_with("error: cannot read")
                        && said.contains(&name),
                    "{ending}, {kind}: {output:?}"
                );
                assert!(!folder.path().join("out.csv").exists(), "{ending}, {kind}");
            }
        }
    }
}

/// Numbers that are too small to be told from 0 are told, once, and stay what they are.
#[test]
fn numbers_that_vanish_are_told() {
    let folder = with("t.csv", "x,s\n1e-400,a\n0.000,b\n-0e10,\"two\nlines\"\n-2e-999,d\n1e-320,e\n");
    for threads in ["1", "2"] {
        let output = run(folder.path(), &["x + 1", "--rows", "t.csv", "--keep", "none", "--threads", threads]);
        assert_eq!(out(&output), "f,dx\n1,1\n1,1\n1,1\n1,1\n1,1\n", "{}", err(&output));
        assert_eq!(err(&output), "note: 2 numbers are nearer to 0 than 5e-324, and read as 0, such as t.csv:2, column `x`\n");
    }
    let folder = with("t.csv", "x\n0\n0.0\n-0\n");
    assert!(run(folder.path(), &["x + 1", "--rows", "t.csv"]).stderr.is_empty());
    let folder = with("t.csv", "s,x\n\"1\n2\",1\n,3\na,4e-500\n");
    assert!(err(&run(folder.path(), &["x + 1", "--rows", "t.csv"])).contains("t.csv:5, column `x`"));
}

/// Bytes that are no text are told where they would be changed, and stay as they are where they are not.
#[test]
fn bytes_that_are_no_text_are_told_or_kept() {
    let latin: &[u8] = b"x,caf\xe9\n1,2\n";
    let folder = with("t.csv", latin);
    let output = run(folder.path(), &["x + 1", "--rows", "t.csv"]);
    assert!(output.status.code() == Some(1) && err(&output).contains("is no UTF-8") && output.stdout.is_empty(), "{output:?}");
    let folder = with("t.csv", b"x,s\n1,caf\xe9\n2,tea\n".as_slice());
    let output = run(folder.path(), &["x + 1", "--rows", "t.csv"]);
    assert!(output.stdout == b"x,s,f,dx\n1,caf\xe9,2,1\n2,tea,3,1\n" && output.stderr.is_empty(), "{output:?}");
    for arguments in [&["--as", "json"][..], &["--summary", "--by", "s"]] {
        let output = run(folder.path(), &[&["x + 1", "--rows", "t.csv"], arguments].concat());
        let told = "t.csv:2, column `s`: the field is no text in UTF-8";
        assert!(output.status.code() == Some(1) && err(&output).contains(told), "{arguments:?}: {output:?}");
    }
    // What is not written is nobody's matter.
    assert!(run(folder.path(), &["x + 1", "--rows", "t.csv", "--as", "json", "--keep", "x"]).status.success());
}

/// Advice beside rows leads to rows.
#[test]
fn advice_beside_columns_is_no_circle() {
    let folder = with("t.csv", "x,k\n1,2\n");
    for text in ["print x", "x -= 1; x^2", "y = 2; y -= x; y^2", "assert x > 0; x"] {
        let output = run(folder.path(), &[text, "--rows", "t.csv"]);
        assert!(output.status.code() == Some(1) && err(&output).contains("is a column, with a value in each row"), "{text}: {output:?}");
        assert!(!err(&output).contains("x=1"), "{text}: {}", err(&output));
    }
    fs::write(folder.path().join("t.grad"), "print k\nk^2\n").expect("it can be written");
    let output = run(folder.path(), &["-f", "t.grad", "--rows", "t.csv"]);
    assert!(err(&output).contains("`k` is a column"), "{}", err(&output));
}

/// Means, deviations and weights of numbers as large and as small as there are.
#[test]
fn summaries_have_no_edges_of_their_own() {
    let of = |text: &str, flags: &[&str]| -> serde_json::Value {
        let folder = with("t.csv", text);
        let output = run(folder.path(), &[&["x", "--rows", "t.csv", "--summary", "--as", "json"], flags].concat());
        serde_json::from_str(out(&output).lines().next().expect("a line")).expect("an object")
    };
    for (text, mean, sd) in [
        ("x\n1.5e308\n1.5e308\n1.5e308\n", 1.5e308, 0.0),
        ("x\n1.7e308\n-1.7e308\n", 0.0, f64::INFINITY),
        ("x\n1e308\n1.2e308\n1.4e308\n", 1.2e308, 2e307),
        ("x\n3e-200\n5e-200\n", 4e-200, 2f64.sqrt() * 1e-200),
        ("x\n0\n0\n1e-320\n", 3.333e-321, f64::NAN),
        ("x\n1e200\n-1e-200\n-1e200\n", 0.0, 1e200),
    ] {
        let found = of(text, &[]);
        let near = |found: &serde_json::Value, expected: f64| {
            let found = found.as_f64().or(found.as_str().and_then(|text| text.parse().ok())).expect("a number");
            expected.is_nan() || found == expected || (found - expected).abs() <= 1e-14 * expected.abs() + 5e-324
        };
        assert!(near(&found["mean"], mean) && near(&found["sd"], sd), "{text}: {found}");
    }
    // A weight is one that can be added up.
    let folder = with("t.csv", "x,w\n1,1e300\n");
    let output = run(folder.path(), &["x", "--rows", "t.csv", "--summary", "--weights", "w"]);
    assert!(err(&output).contains("a weight is a number from 0 to 1e290"), "{}", err(&output));
    // Weighted quantiles, by numpy.quantile(x, q, weights=w, method="inverted_cdf").
    let found = of("x,w\n3,1\n1,0.5\n10,2.5\n7,0\n-4,1\n", &["--weights", "w"]);
    for (name, expected) in [("q05", -4.0), ("q25", 1.0), ("median", 3.0), ("q75", 10.0), ("q95", 10.0), ("min", -4.0), ("max", 10.0)] {
        assert_eq!(found[name].as_f64(), Some(expected), "{name}: {found}");
    }
    // Parts that are reached but for rounding are reached: ten weights of 0.1, of which five are a half.
    let tenths: String = std::iter::once("x,w\n".to_owned()).chain((1..=10).map(|at| format!("{at},0.1\n"))).collect();
    assert_eq!(of(&tenths, &["--weights", "w"])["median"].as_f64(), Some(5.0));
    // Of many, with weights that differ, places are as near as is told.
    let (mut text, mut all) = ("x,w\n".to_owned(), Vec::new());
    for at in 0..1_200_000u64 {
        let (number, weight) = ((at * 7919) % 1_200_000, 1 + at % 7);
        writeln!(text, "{number},{weight}").expect("a text");
        all.push((number as f64, weight as f64));
    }
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    let total: f64 = all.iter().map(|(_, weight)| weight).sum();
    let found = of(&text, &["--weights", "w"]);
    let off = found["rank_error"].as_f64().expect("a number");
    assert!(off > 0.0 && off < 1e-3, "{off}");
    for (name, part) in [("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q95", 0.95)] {
        let quantile = found[name].as_f64().expect("a number");
        let below: f64 = all.iter().filter(|(number, _)| *number <= quantile).map(|(_, weight)| weight).sum();
        assert!((below / total - part).abs() <= off + 7.0 / total, "{name}: {quantile} is at {}", below / total);
    }
}

/// What sets numbers apart that are close to each other is not lost: those of whole numbers that are moved far from 0 are theirs. A
/// constant has no spread.
#[test]
fn numbers_far_from_nothing_are_summed_up_as_near_it() {
    let draw = |at: u64| (at * 7919 % 1009) as f64;
    for rows in [3u64, 1009, 70_000] {
        let numbers: Vec<(f64, f64)> = (0..rows).map(|at| (draw(at), 1.0 + (at % 3) as f64)).collect();
        for (far, weighted) in [(0.0, false), (2f64.powi(40), false), (2f64.powi(41), true), (-3.0 * 2f64.powi(39), true)] {
            let weight = |weight: f64| if weighted { weight } else { 1.0 };
            // Whole numbers, which binary64 adds without an error.
            let total: f64 = numbers.iter().map(|&(_, w)| weight(w)).sum();
            let sum: f64 = numbers.iter().map(|&(x, w)| weight(w) * x).sum();
            let squares: f64 = numbers.iter().map(|&(x, w)| weight(w) * x * x).sum();
            let deviation = ((squares - sum * sum / total) / if weighted { total } else { total - 1.0 }).sqrt();
            let text: String =
                std::iter::once("x,w\n".to_owned()).chain(numbers.iter().map(|(x, w)| format!("{},{w}\n", far + x))).collect();
            let folder = with("t.csv", &text);
            let flags: &[&str] = if weighted { &["--weights", "w"] } else { &[] };
            let output = run(folder.path(), &[&["0.7*x", "--rows", "t.csv", "--summary", "--as", "json"], flags].concat());
            let slope: serde_json::Value = serde_json::from_str(out(&output).lines().nth(1).expect("a line")).expect("an object");
            assert_eq!((slope["mean"].as_f64(), slope["sd"].as_f64()), (Some(0.7), Some(0.0)), "{rows} {far}: {slope}");
            let output = run(folder.path(), &[&["x", "--rows", "t.csv", "--summary", "--as", "json"], flags].concat());
            let found: serde_json::Value = serde_json::from_str(out(&output).lines().next().expect("a line")).expect("an object");
            let [mean, sd] = ["mean", "sd"].map(|name| found[name].as_f64().expect("a number"));
            assert!((mean - far - sum / total).abs() <= 4e-16 * far.abs().max(1000.0), "{rows} {far}: {mean}");
            assert!((sd - deviation).abs() <= 1e-11 * deviation, "{rows} {far}: {sd} is not {deviation}");
        }
    }
}

/// Statistics by their definitions: of 1 to 5 the mean is 3, the variance 2.5, the quartiles 2 and 4.
#[test]
fn summaries_are_statistics() {
    let folder = with("t.csv", "x,g,w\n1,a,1\n2,b,1\n3,a,2\n4,b,1\n5,a,0\nNA,a,1\n");
    let json = |arguments: &[&str]| -> Vec<serde_json::Value> {
        let output = run(folder.path(), &[arguments, &["--rows", "t.csv", "--summary", "--as", "json"]].concat());
        out(&output).lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
    };
    let all = json(&["x"]);
    let is = |found: &serde_json::Value, name: &str, expected: f64| {
        let number = found[name].as_f64().unwrap_or_else(|| panic!("{name} of {found}"));
        assert!((number - expected).abs() <= 1e-14 * expected.abs(), "{name} is {number}, not {expected}");
    };
    for (name, expected) in [
        ("count", 5.0),
        ("mean", 3.0),
        ("sd", 2.5f64.sqrt()),
        ("min", 1.0),
        ("q25", 2.0),
        ("median", 3.0),
        ("q75", 4.0),
        ("q05", 1.2),
        ("max", 5.0),
    ] {
        is(&all[0], name, expected);
    }
    // The mean of a gradient is the average marginal effect: of x^2 it is twice the mean of x.
    let effect = json(&["x^2"]);
    assert_eq!(effect[1]["name"], "dx");
    is(&effect[1], "mean", 6.0);
    let by = json(&["x", "--by", "g", "--weights", "w"]);
    assert_eq!((by[0]["group"].as_str(), by[2]["group"].as_str()), (Some("a"), Some("b")));
    is(&by[0], "mean", (1.0 + 2.0 * 3.0) / 3.0);
    is(&by[2], "mean", 3.0);
    // A weighted spread does not depend on the unit of the weights: here of 1 once and of 3 twice.
    let mean = 7.0 / 3.0;
    is(&by[0], "sd", ((2.0 * (3.0 - mean) * (3.0 - mean) + (1.0 - mean) * (1.0 - mean)) / 3.0f64).sqrt());
    for unit in ["0.5", "3", "1"] {
        fs::write(folder.path().join("u.csv"), format!("x,w\n1,{unit}\n5,{unit}\n")).expect("it can be written");
        let output = run(folder.path(), &["x", "--rows", "u.csv", "--summary", "--weights", "w", "--as", "json"]);
        let found: serde_json::Value = serde_json::from_str(out(&output).lines().next().expect("a line")).expect("an object");
        assert_eq!((found["sd"].as_f64(), found["mean"].as_f64()), (Some(2.0), Some(3.0)), "{unit}: {found}");
    }
    // Of many numbers the places are as near as is told.
    let many: String =
        std::iter::once("x\n".to_owned()).chain((0..1_500_000u64).map(|at| format!("{}\n", (at * 7919) % 1_500_000))).collect();
    fs::write(folder.path().join("t.csv"), many).expect("it can be written");
    let many = json(&["x"]);
    let off = many[0]["rank_error"].as_f64().expect("a number");
    assert!(off > 0.0 && off < 1e-3, "{off}");
    for (name, part) in [("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q95", 0.95)] {
        let found = many[0][name].as_f64().expect("a number") / 1_499_999.0;
        assert!((found - part).abs() <= off, "{name}: {found} is off by more than {off}");
    }
}

/// Who closes early hears nothing of rows that are counted in part; a row that is bad is told all the same, and ends the work.
#[test]
#[cfg(unix)]
fn a_reader_that_closes_early_hears_no_counts() {
    for (fate, rows, code, told) in [
        ("stop", "1\nbad\n", 1, "error: t.csv:3"),
        ("skip", "1\nbad\n", 0, ""),
        ("nan", "1\nbad\n", 0, ""),
        ("skip", "1\n\n2\n", 0, ""),
        ("stop", "1\nNA\n", 0, ""),
    ] {
        let folder = with("t.csv", format!("x\n{rows}"));
        for threads in ["1", "2"] {
            // The reader is gone before the first row comes.
            let (read, write) = std::io::pipe().expect("a pipe");
            drop(read);
            let mut command = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
            command.args(["x^2", "--rows", "t.csv", "--bad-rows", fate, "--threads", threads]).current_dir(folder.path());
            let run = command.stdin(Stdio::null()).stdout(write).stderr(Stdio::piped()).spawn().expect("it starts");
            drop(command);
            let output = run.wait_with_output().expect("it ends");
            let says = err(&output);
            assert!(output.status.code() == Some(code) && says.starts_with(told) && !says.contains("note"), "{fate} {threads}: {says}");
        }
    }
}

/// What a word may mean of a table whose columns have other names.
#[test]
fn columns_that_cannot_be_named_are_told() {
    for (table, expression, told) in [
        ("house size,b\n1,2\n", "house_size*b", "rename it in the first line"),
        ("house size,b\n1,2\n", "size_of_house*b", "its columns are"),
        ("x1,x2\n1,2\n", "sum(x^2)", "counted from 0, `x0`: rename them, or write `[x1, x2]`"),
    ] {
        let folder = with("t.csv", table);
        let output = run(folder.path(), &[expression, "--rows", "t.csv"]);
        assert!(output.status.code() == Some(2) && err(&output).contains(told), "{expression}: {}", err(&output));
    }
    // What is advised works.
    let folder = with("t.csv", "x1,x2\n1,2\n");
    assert_eq!(out(&run(folder.path(), &["sum([x1, x2]^2)", "--rows", "t.csv"])), "x1,x2,f,dx1,dx2\n1,2,5,2,4\n");
}
