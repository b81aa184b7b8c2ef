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

/// The rows of a table, without the remarks below them.
fn rows_of(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter(|line| !line.starts_with(' '))
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
    let points: Vec<Vec<&str>> = rows_of(&table).skip(1).map(|line| line.split_whitespace().skip(1).take(2).collect()).collect();
    // A line out of place has a half.
    assert_eq!(points, [["4", "4"], ["2.5", "4"], ["0", "4"]], "{table}");
    let objects = out(&with(&["--grade", &right, &wrong, &missing, "--as", "json"], ""));
    let objects: Vec<Value> = objects.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(objects.iter().filter(|object| object.get("error").is_some()).count(), 1, "{objects:?}");
    // Also a file that cannot be read has its name and its points.
    let of = |field: &str| -> Vec<f64> { objects.iter().filter_map(|object| object[field].as_f64()).collect() };
    assert_eq!((of("points"), of("max")), (vec![4.0, 2.5, 0.0], vec![4.0; 3]), "{objects:?}");
    let word = |field: &str| -> Vec<&str> { objects.iter().filter_map(|object| object[field].as_str()).collect() };
    assert_eq!(word("status"), ["right", "wrong", "unread"]);
    assert_eq!(word("against"), [&right, &wrong, &missing]);
    for (file, points) in [(&right, 4.0), (&wrong, 2.5), (&missing, 0.0)] {
        let results = out(&with(&["--grade", file, "--gradescope"], ""));
        let results: Value = serde_json::from_str(&results).expect("one object");
        let tests = results["tests"].as_array().expect("tests");
        let sum = |field: &str| tests.iter().map(|test| test[field].as_f64().expect("a number")).sum::<f64>();
        assert_eq!((sum("score"), sum("max_score"), results["score"].as_f64()), (points, 4.0, Some(points)), "{results}");
        assert!(tests.iter().all(|test| test["output_format"] == "text" && test["output"].is_string()));
    }
    // The points of a class are nobody's score.
    let class = with(&["--grade", &right, &wrong, "--gradescope"], "");
    assert_eq!((class.status.code(), class.stdout.len()), (Some(2), 0));
    assert!(told(&class).contains("--as csv"), "{}", told(&class));
}

/// A file in which something is not read that may change a gradient is marked for a person, and no score is whole.
#[test]
fn what_a_person_must_look_at_is_marked() {
    let folder = Folder::new();
    let look = folder.file("look.py", format!("{RIGHT}for i in range(3):\n    dx += 1\n"));
    let row = out(&with(&["--grade", &look, "--as", "csv"], ""));
    assert!(row.lines().nth(1).is_some_and(|row| row.contains(",3,4,look,") && row.contains("line 5")), "{row}");
    assert_eq!(with(&["--grade", &look], "").status.code(), Some(1));
    let object: Value = serde_json::from_slice(&with(&["--grade", &look, "--as", "json"], "").stdout).expect("JSON");
    assert_eq!((&object["status"], &object["right"]), (&Value::from("look"), &Value::from(false)));
    let results: Value = serde_json::from_slice(&with(&["--grade", &look, "--gradescope"], "").stdout).expect("JSON");
    let told: Vec<&str> = results["tests"].as_array().expect("tests").iter().filter_map(|test| test["output"].as_str()).collect();
    assert!(told.iter().any(|text| text.contains("a person must look")), "{results}");
}

/// What is given in the place of a file is told from one, and what to do is said.
#[test]
fn what_is_no_backward_pass_is_told() {
    let folder = Folder::new();
    let notebook = folder.file("a.ipynb", "{\"cells\": [], \"metadata\": {}, \"nbformat\": 4}\n");
    for flag in ["--against", "--grade"] {
        let output = with(&[flag, &notebook], "");
        assert_eq!(output.status.code(), Some(3));
        assert!(told(&output).contains("nbconvert --to script"), "{}", told(&output));
    }
    let output = with(&["--against", "dz = q"], "");
    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).contains("echo 'dz = q' | gradcalc ... --against -"), "{}", told(&output));
    let less = with(&["--against", "-"], "dz = q\n");
    assert!(out(&less).contains("--wrt z"), "{}", out(&less));
    assert_eq!(with(&["--against", "-", "--wrt", "z"], "dz = q\n").status.code(), Some(0));
    let nan = run(&["-e", "log(x)", "x=-1", "--against", "-"], "dx = 1/x");
    assert_eq!((nan.status.code(), nan.stdout.len()), (Some(1), 0), "{}", out(&nan));
    assert!(told(&nan).contains("is nan at these inputs"), "{}", told(&nan));
}

/// What is slow to compare: slips are sought in long lines, and one is very long.
fn slow() -> String {
    format!("dx += {}1\n", "z*".repeat(950)).repeat(20) + &format!("dy = {}1\n", "z*".repeat(500_000))
}

/// The room that a comparison takes grows with a line, and not with its square: this one took 19 GB.
#[cfg(target_os = "linux")]
#[test]
fn a_long_line_takes_little_room() {
    let folder = Folder::new();
    let file = folder.file("long.py", format!("dx = {}1\n", "z*".repeat(40_000)));
    let limited =
        format!("ulimit -v 1500000; exec '{}' -e '{FORWARD}' x=-2 y=5 z=-4 --grade '{file}' --as csv", env!("CARGO_BIN_EXE_gradcalc"));
    let output = Command::new("bash").args(["-c", &limited]).stdin(Stdio::null()).output().expect("bash runs");
    assert_eq!((output.status.code(), out(&output).lines().count()), (Some(1), 2), "{}", told(&output));
}

#[test]
fn a_class_has_a_row_for_every_file() {
    let folder = Folder::new();
    let one = |name: &str, text: &str| folder.file(name, text);
    let files: &[(String, &str, &str, &str)] = &[
        (one("right.py", RIGHT), "4", "right", "all right"),
        (folder.file("latin.py", b"dq = z # \xfc\n"), "0", "unread", "UTF-8"),
        (one("syntax.py", "dq = z\ndz = q\ndx = dq\ndy = (dq\n"), "3", "wrong", "line 4"),
        (one("slow.py", &slow()), "0", "limit", "after 1 s"),
        (folder.path("missing.py"), "0", "unread", "no such file"),
        (one("empty.py", ""), "0", "wrong", "no line"),
        (folder.path(""), "0", "unread", "directory"),
        (folder.file("large.py", vec![b'#'; (1 << 22) + 1]), "0", "unread", "4 MiB"),
        (one("a, \"b\".py", &RIGHT.replace("dy = dq", "dy = -dq")), "3", "wrong", "a sign"),
        (one("last.py", RIGHT), "4", "right", "all right"),
    ];
    let paths = files.iter().map(|(path, ..)| path.as_str());
    let output = with(&["--grade"].into_iter().chain(paths).chain(["--as", "csv", "--time-limit", "1"]).collect::<Vec<_>>(), "");
    assert_eq!(output.status.code(), Some(3));
    let mut table = csv::Reader::from_reader(&output.stdout[..]);
    assert_eq!(table.headers().expect("a header"), &["file", "points", "max", "status", "remark"][..]);
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), files.len(), "{rows:?}");
    for (row, (path, points, status, remark)) in rows.iter().zip(files) {
        assert_eq!((&row[0], &row[1], &row[2], &row[3]), (&**path, *points, "4", *status));
        assert!(row[4].contains(remark), "{row:?}");
    }
    // What was not compared is told too, a line each.
    assert_eq!(told(&output).lines().filter(|line| line.starts_with("error: cannot compare")).count(), 5, "{}", told(&output));
    for refused in [&["--gradescope", "--as", "csv"][..], &["--gradescope", "--as", "brief"], &["--as", "code"]] {
        assert_eq!(with(&[&["--grade", &files[0].0], refused].concat(), "").status.code(), Some(2), "{refused:?}");
    }
    assert_eq!(with(&["--against", &files[0].0, "--as", "csv"], "").status.code(), Some(2));
}

/// Names that a spreadsheet would take for formulas stand there as what they are, paths.
#[test]
fn names_of_files_are_no_formulas() {
    let folder = Folder::new();
    let names = ["=1+2.py", "+a.py", "-b.py", "@c.py", "＝d.py", "e=f.py"];
    for name in names {
        drop(folder.file(name, RIGHT));
    }
    let flags = ["-e", FORWARD, "x=-2", "y=5", "z=-4", "--as", "csv", "--grade"];
    let run = Command::new(env!("CARGO_BIN_EXE_gradcalc")).current_dir(folder.0.path()).args(flags).arg("./-b.py").args(names).output();
    // `-b.py` by itself is read as it stands, since no option has such a name.
    let table = String::from_utf8(run.expect("it runs").stdout).expect("text");
    let mut table = csv::Reader::from_reader(table.as_bytes());
    let found: Vec<String> = table.records().map(|row| row.expect("a row")[0].to_owned()).collect();
    assert_eq!(found, ["./-b.py", "./=1+2.py", "./+a.py", "./-b.py", "./@c.py", "./＝d.py", "e=f.py"]);
}

/// A pipe to which nobody writes has a row as well, and those behind it are graded.
#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for_without_end() {
    let folder = Folder::new();
    let (right, pipe) = (folder.file("right.py", RIGHT), folder.path("pipe"));
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let output = with(&["--grade", &pipe, &right, "--as", "csv", "--time-limit", "1"], "");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let rows: Vec<String> = out(&output).lines().map(|line| line.split(',').skip(1).take(3).collect::<Vec<_>>().join(",")).collect();
    assert_eq!(rows, ["points,max,status", "0,4,unread", "4,4,right"], "{output:?}");
    assert!(told(&output).contains("`--time-limit` waits longer"), "{output:?}");
    // Somebody who writes is waited for, also by a comparison of one.
    for flags in [&["--grade", &pipe][..], &["--against", &pipe]] {
        let writer = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::write(pipe, RIGHT)
        });
        assert_eq!(with(flags, "").status.code(), Some(0), "{flags:?}");
        writer.join().expect("it ends").expect("it is written");
    }
}

/// Where somebody stops it, the files before have their rows; a sum of points for some of them would be wrong, and is not written.
#[cfg(unix)]
#[test]
fn a_class_that_is_stopped_keeps_what_was_graded() {
    use std::io::{BufRead as _, BufReader};
    let folder = Folder::new();
    let (right, missing, slow) = (folder.file("right.py", RIGHT), folder.path("missing.py"), folder.file("slow.py", slow()));
    let graded = |last: &[&str]| {
        let mut run = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
        run.args(["-e", FORWARD, "x=-2", "y=5", "z=-4", "--time-limit", "600", "--grade", &right, &missing, &slow]).args(last);
        let mut run = run.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        // The slow file is next where the missing one was told of.
        let mut stderr = BufReader::new(run.stderr.take().expect("a pipe"));
        let mut line = String::new();
        stderr.read_line(&mut line).expect("a line");
        assert!(line.contains("missing.py"), "{line}");
        let sent = Command::new("kill").args(["-INT", &run.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        let output = run.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(130));
        line.clear();
        stderr.read_line(&mut line).expect("a line");
        assert_eq!(line, "interrupted after 2 of 3 files\n");
        out(&output)
    };
    let rows = graded(&["--as", "csv"]);
    assert_eq!(rows.lines().count(), 3, "{rows}");
    assert_eq!(rows_of(&graded(&[])).count(), 3);
}

#[cfg(unix)]
#[test]
fn a_class_shows_its_progress_where_somebody_sees_it() {
    use crate::terminal::{Setup, Stream, Terminal};
    let folder = Folder::new();
    let (right, slow) = (folder.file("right.py", RIGHT), folder.file("slow.py", slow()));
    let rows = fs::File::create(folder.path("rows.csv")).expect("a file");
    let words = ["-e", FORWARD, "x=-2", "y=5", "z=-4", "--time-limit", "600", "--as", "csv", "--grade", &right, &slow, &right];
    let home = folder.0.path();
    let mut run = Terminal::start(&words, Setup { stdout: Stream::Other(rows.into()), ..Setup::new(home) });
    run.wait_for("file 2 of 3");
    run.send("\x03");
    assert_eq!(run.wait(), Some(130));
    // It leaves the screen as it found it, and the rows without a trace of it.
    let screen = run.screen().replace("^C", "");
    assert!(screen.trim_start().starts_with("interrupted after 1 of 3 files") && !screen.contains('%'), "{screen}");
    let rows = fs::read_to_string(folder.path("rows.csv")).expect("rows");
    assert_eq!(rows, format!("file,points,max,status,remark\n{right},4,4,right,all right\n"));
}

/// A folder with the forward pass and the program where the recipe of a service has them, and a submission where it looks for one.
#[cfg(unix)]
fn handed_in(places: [&str; 2], submission: Option<&[u8]>) -> Folder {
    let folder = Folder::new();
    let [course, work] = places.map(|place| folder.0.path().join(place));
    fs::create_dir_all(&course).and_then(|()| fs::create_dir_all(&work)).expect("folders");
    fs::copy("examples/homework/key.grad", course.join("key.grad")).expect("the key");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_gradcalc"), course.join("gradcalc")).expect("the program");
    if let Some(bytes) = submission {
        fs::write(work.join("backward.py"), bytes).expect("a submission");
    }
    folder
}

/// Submissions with their points of 4; without one there is no file.
#[cfg(unix)]
const SUBMISSIONS: &[(Option<&[u8]>, f64)] = &[
    (Some(b"dq = z\ndz = q\ndx = dq\ndy = dq\n"), 4.0),
    (Some(b"dq = z\ndz = q\ndx += dq\ndy = -dq\n"), 2.5),
    (Some(b"\xff\xfe"), 0.0),
    (Some(b"import os\nraise SystemExit\n"), 0.0),
    (None, 0.0),
];

#[cfg(unix)]
#[test]
fn gradescope_gets_points_of_whatever_is_handed_in() {
    for (submission, points) in SUBMISSIONS {
        let folder = handed_in(["source", "submission"], *submission);
        fs::create_dir(folder.path("results")).expect("a folder");
        let ended = Command::new("sh").arg("examples/homework/run_autograder").env("AUTOGRADER", folder.0.path()).status();
        assert!(ended.expect("sh runs").success());
        let results: Value = serde_json::from_slice(&fs::read(folder.path("results/results.json")).expect("results")).expect("JSON");
        assert_eq!(results["score"].as_f64(), Some(*points), "{results}");
        let tests = results["tests"].as_array().expect("tests");
        assert_eq!(tests.iter().map(|test| test["max_score"].as_f64().expect("a number")).sum::<f64>(), 4.0, "{results}");
    }
}

#[cfg(unix)]
#[test]
fn github_classroom_gets_points_of_whatever_is_handed_in() {
    if Command::new("jq").arg("--version").stdout(Stdio::null()).status().is_err() {
        return crate::skip("jq is not installed");
    }
    let workflow = fs::read_to_string("examples/homework/classroom.yml").expect("the workflow");
    let (_, script) = workflow.split_once("        run: |\n").expect("a script");
    let script: Vec<&str> = script.lines().map_while(|line| line.strip_prefix("          ")).collect();
    assert!(script.len() > 5, "{script:?}");
    for (submission, points) in SUBMISSIONS {
        let folder = handed_in([".github/classroom", "."], *submission);
        // The service stops a script at the first command that fails.
        let mut run = Command::new("bash");
        let run = run.args(["-e", "-c", &script.join("\n")]).current_dir(folder.0.path()).env("GITHUB_OUTPUT", folder.path("output"));
        let ended = run.stderr(Stdio::null()).status().expect("bash runs");
        assert!(ended.success(), "{submission:?}");
        let handed = fs::read_to_string(folder.path("output")).expect("an output");
        let encoded = handed.strip_prefix("result=").expect("the result").trim_end();
        assert!(!encoded.contains('\n'));
        fs::write(folder.path("encoded"), encoded).expect("a file");
        let decoded = Command::new("base64").args(["-d", &folder.path("encoded")]).output().expect("base64 runs");
        let result: Value = serde_json::from_slice(&decoded.stdout).expect("JSON");
        // As the reporter adds up.
        let scores = result["tests"].as_array().expect("tests").iter().map(|test| test["score"].as_f64().expect("a score"));
        assert_eq!((scores.sum::<f64>(), result["max_score"].as_f64()), (*points, Some(4.0)), "{result}");
        assert_eq!(result["status"] == "pass", *points == 4.0, "{result}");
    }
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
        // The remark shows the line as it would be right, and a tab would part it.
        ("tabs", "dz = q\t/dq × qdq\ndy\t=\tfoo\t+ 1\n"),
        ("huge", "a = ones(100000, 100000)\ndx = sum((ones(30000)[:, None]*ones(30000))[1:])\n"),
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
