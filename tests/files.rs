//! Files of numbers and what the command line gives: every shape of a first line in every way of reading it, stdin as a
//! value and as a script, and what stands in a wrong place.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A first line, field by field: what is made of it, where the numbers 1, 2 and 3, 4 follow.
enum First {
    /// It is a header, or a remark, and the sum of the numbers is 10.
    Header,
    /// It is a line of numbers, and the sum is this.
    Numbers(&'static str),
    /// The field of this column is no number.
    Wrong(usize),
}

const FIRST_LINES: &[(&[&str], First)] = &[
    (&["x", "y"], First::Header),
    (&["_1", "Größe"], First::Header),
    (&["\"the x\"", "y"], First::Header),
    (&["\"2020\"", "\"2021\""], First::Header),
    (&["# x", "NA"], First::Header),
    (&["e5", "nano"], First::Header),
    (&["5", "6"], First::Numbers("21")),
    (&["-5", "−6"], First::Numbers("-1")),
    (&["inf", "1"], First::Numbers("inf")),
    (&["1", "NA"], First::Wrong(2)),
    (&["NA", "NA"], First::Wrong(1)),
    (&["x", "null"], First::Wrong(2)),
    (&["x", "5"], First::Wrong(1)),
    (&["3O", "10"], First::Wrong(1)),
    (&["5", "\"6 m\""], First::Wrong(2)),
    (&["1_000", "1"], First::Wrong(1)),
];

/// What divides fields, with the end of lines that its files have here.
const DIVIDERS: &[(&str, &str)] = &[(",", "\n"), (";", "\r\n"), ("\t", "\n"), ("  ", "\n"), (" \t", "\r\n")];

fn run(folder: &Path, arguments: &[&str], stdin: &[u8]) -> Output {
    let mut run = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
    run.current_dir(folder).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = run.spawn().expect("it starts");
    // A program need not read to the end.
    let _ = run.stdin.take().expect("a pipe").write_all(stdin);
    run.wait_with_output().expect("it ends")
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn every_shape_of_a_first_line_reads_the_same_in_every_way() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("s.grad"), "sum(load(\"a.csv\"))\n").expect("a script");
    for (first, made) in FIRST_LINES {
        for (divider, end) in DIVIDERS {
            let lines = [first.join(divider), ["1", "2"].join(divider), ["3", "4"].join(divider)];
            let table = lines.join(end) + end;
            fs::write(folder.path().join("a.csv"), &table).expect("a file");
            let ways: [(&[&str], &str); 5] = [
                (&["sum(load(\"a.csv\"))"], ""),
                (&["sum(X)", "X=@a.csv"], ""),
                (&["sum(X)", "X=@-"], &table),
                (&["-f", "s.grad"], ""),
                (&["Y=1"], "sum(load(\"a.csv\"))"),
            ];
            for (arguments, stdin) in ways {
                let output = run(folder.path(), &[&["--as", "value"], arguments].concat(), stdin.as_bytes());
                let (out, err) = texts(&output);
                let place = format!("{table:?} {arguments:?}: {out}{err}");
                match made {
                    First::Header => assert_eq!((out.as_str(), output.status.code()), ("10\n", Some(0)), "{place}"),
                    First::Numbers(sum) => assert_eq!(out.trim_end(), *sum, "{place}"),
                    First::Wrong(column) => {
                        assert_eq!((out.as_str(), output.status.code()), ("", Some(3)), "{place}");
                        let wrong = first[column - 1].trim_matches('"');
                        assert!(err.contains(&format!("line 1, column {column}: `{wrong}` is no number")), "{place}");
                        assert!(err.contains("begins with `#`"), "{place}");
                    }
                }
            }
        }
    }
}

#[test]
fn decimal_commas_are_read_and_told() {
    let folder = tempfile::tempdir().expect("a folder");
    for (divider, table) in [("semicolons", "1,5;2,25\n-3,0;4\n"), ("tabs", "a\tb\n1,5\t2,25\n-3\t4,0\n")] {
        let (out, err) = texts(&run(folder.path(), &["--as", "value", "sum(X)", "X=@-"], table.as_bytes()));
        // 1.5 + 2.25 - 3 + 4
        assert_eq!(out, "4.75\n", "{divider}");
        assert!(err.contains("commas are read as decimal commas: `1,5` is 1.5"), "{err}");
    }
    let (_, err) = texts(&run(folder.path(), &["sum(X)", "X=@-"], b"1,5;2.5\n"));
    assert!(err.contains("write all numbers in one way"), "{err}");
}

#[test]
fn values_alone_are_those_of_a_script_on_stdin() {
    let folder = tempfile::tempdir().expect("a folder");
    let shown = |arguments: &[&str], stdin: &str| {
        let output = run(folder.path(), &[&["--as", "brief"], arguments].concat(), stdin.as_bytes());
        (texts(&output).0, output.status.code())
    };
    assert_eq!(shown(&["x=3"], "x^2\n"), ("f = 9  dx = 6\n".to_owned(), Some(0)));
    assert_eq!(shown(&["x=3", "y=pi - pi"], "\n# a remark\nq = x + y\n"), ("q = 3  dx = 1  dy = 1\n".to_owned(), Some(0)));
    // Where nothing comes, what is given is shown.
    for nothing in ["", "\n", "# nothing\n"] {
        assert_eq!(shown(&["x=3"], nothing), ("x = 3  dx = 1\n".to_owned(), Some(0)), "{nothing:?}");
    }
    // What is no value is an expression, and stdin is left alone.
    assert_eq!(shown(&["x=y^2", "y=4"], "x*100\n"), ("x = 16  dy = 8\n".to_owned(), Some(0)));
    // A file is as good as a pipe.
    fs::write(folder.path().join("s.grad"), "x^2\n").expect("a script");
    let file = fs::File::open(folder.path().join("s.grad")).expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(["--as", "value", "x=3"]).stdin(file).output().expect("it runs");
    assert_eq!(texts(&output).0, "9\n");
    let output = Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(["--as", "value", "x=3"]).stdin(Stdio::null()).output();
    assert_eq!(texts(&output.expect("it runs")).0, "3\n");
}

#[test]
fn what_stands_in_a_wrong_place_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("notes.txt"), "x = 3\nx^2\n").expect("a script");
    for (arguments, told) in [
        (&["worksheet.grad"][..], "write `-f worksheet.grad`"),
        (&["lib/worksheet.grad", "x=3"], "write `-f lib/worksheet.grad`"),
        (&["notes.txt"], "write `-f notes.txt`"),
        (&["x^2", "x=3", "worksheet.grad"], "write `-f worksheet.grad`"),
        (&["sum(X) + sum(Y)", "X=@-", "Y=@-"], "stdin is asked for twice"),
        (&["-f", "-", "X=@-"], "stdin is asked for twice"),
    ] {
        let output = run(folder.path(), arguments, b"1\n2\n");
        let (out, err) = texts(&output);
        assert_eq!((out.as_str(), output.status.code()), ("", Some(2)), "{arguments:?}: {err}");
        assert!(err.contains(told), "{arguments:?}: {err}");
    }
    // A product with a transposed matrix is no file.
    let output = run(folder.path(), &["--as", "value", "sum(x.T)", "x=[1, 2]"], b"");
    assert_eq!(texts(&output).0, "3\n");
}

#[test]
fn gradients_by_a_name_that_is_not_there_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(folder.path(), &["--as", "value"], b"set wrt w\nx = 3; set wrt x\nf(u) = u^2; set wrt u\nf(3)\n");
    let (out, err) = texts(&output);
    assert!(err.contains("there is no `w` yet; give it a value first"), "{err}");
    assert!(err.contains("1 of 6 statements failed"), "{err}");
    assert_eq!((out.as_str(), output.status.code()), ("9\n", Some(1)));
}

/// What is read is replaced by nothing that is written, however the two are named; nothing is done then.
#[test]
fn no_output_replaces_an_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path();
    fs::create_dir(place.join("sub")).expect("a folder");
    let held = [
        ("key.grad", "x = 3\nx^2\n"),
        ("inner.grad", "const k = 2\n"),
        ("outer.grad", "include \"inner.grad\"\nx = 3\nk*x\n"),
        ("loads.grad", "sum(load(\"d.csv\"))\n"),
        ("k.py", "dx = 2*x\n"),
        ("d.csv", "x\n1\n2\n"),
        ("v.csv", "x\n0.1\n"),
    ];
    for (name, text) in held {
        fs::write(place.join(name), text).expect("a file");
    }
    // What is read, and by which words; the last of them is found on the way alone.
    let reading: &[(&str, &[&str])] = &[
        ("key.grad", &["-f", "key.grad"]),
        ("k.py", &["-f", "k.py", "x=3"]),
        ("d.csv", &["x^2", "--rows", "d.csv", "--bad-rows", "skip"]),
        ("d.csv", &["sum(X)", "X=@d.csv"]),
        ("d.csv", &["x*b", "b=1", "--rows", "d.csv", "--summary", "--cov", "v.csv"]),
        ("v.csv", &["x*b", "b=1", "--rows", "d.csv", "--summary", "--cov", "v.csv"]),
        ("k.py", &["x^2", "x=3", "--against", "k.py"]),
        ("k.py", &["x^2", "x=3", "--grade", "k.py", "key.grad"]),
        ("key.grad", &["x^2", "x=3", "--grade", "k.py", "key.grad"]),
        ("inner.grad", &["-f", "outer.grad"]),
        ("d.csv", &["-f", "loads.grad"]),
        ("d.csv", &["sum(load(\"d.csv\"))"]),
        #[cfg(unix)]
        ("d.csv", &["x^2", "--rows", "-"]),
        #[cfg(unix)]
        ("key.grad", &["-f", "-"]),
    ];
    for (at, (name, words)) in reading.iter().enumerate() {
        let whole = place.join(name).display().to_string();
        let mut spelled = vec![(*name).to_owned(), format!("./{name}"), format!("sub/../{name}"), whole];
        #[cfg(unix)]
        {
            let [symbolic, hard] = ["s", "h"].map(|kind| format!("{kind}{at}-{name}"));
            std::os::unix::fs::symlink(place.join(name), place.join(&symbolic)).expect("a link");
            fs::hard_link(place.join(name), place.join(&hard)).expect("a link");
            spelled.extend([symbolic, hard]);
        }
        for output in &spelled {
            for view in [&[][..], &["--as", "table"], &["--as", "json"]] {
                let before = fs::read(place.join(name)).expect("a file");
                let mut run = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
                let stdin = if words.contains(&"-") { fs::File::open(place.join(name)).expect("a file").into() } else { Stdio::null() };
                let run = run.current_dir(place).args(*words).args(["-o", output]).args(view).stdin(stdin).output().expect("it runs");
                let (out, err) = texts(&run);
                // What a script reads is known when it runs; before that, an ending may be refused that says no view.
                let told = err.contains("-o would replace") || view.is_empty() && err.contains("`.grad` says no view");
                assert!(!run.status.success() && told, "{words:?} -o {output}: {out}{err}");
                assert_eq!(fs::read(place.join(name)).expect("a file"), before, "{words:?} -o {output}");
            }
        }
    }
    // Two outputs are two files, and the rows that are rejected replace no table.
    for (words, told) in [
        (&["x^2", "--rows", "d.csv", "--rejects", "r.csv", "-o", "./r.csv"][..], "-o and --rejects write to the same file"),
        (&["x^2", "--rows", "d.csv", "--rejects", "d.csv"][..], "--rejects would replace `d.csv`, which --rows reads"),
        (&["x^2", "--rows", "d.csv", "--rejects", "-"][..], "--rejects is a file of its own"),
    ] {
        let run = run(place, words, b"");
        assert!(run.status.code() == Some(2) && texts(&run).1.contains(told), "{words:?}: {run:?}");
    }
    // Also where one is a link to what is not there yet, or stdout is a file.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("later.csv", place.join("link.csv")).expect("a link");
        let run = run(place, &["x^2", "--rows", "d.csv", "-o", "later.csv", "--rejects", "link.csv"], b"");
        assert!(run.status.code() == Some(2) && texts(&run).1.contains("write to the same file"), "{run:?}");
        let stdout = fs::File::create(place.join("rows.csv")).expect("a file");
        let mut run = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
        let run =
            run.current_dir(place).args(["x^2", "--rows", "d.csv", "--rejects", "rows.csv"]).stdout(stdout).output().expect("it runs");
        assert!(run.status.code() == Some(2) && texts(&run).1.contains("stdout, which has the rows, is `rows.csv`"), "{run:?}");
    }
    // What is no result is written by the shell.
    for flags in [&["--man"][..], &["--json-schema"], &["--completions", "bash"], &["--syntax", "vim"]] {
        let run = run(place, &[flags, &["-o", "made.txt"]].concat(), b"");
        assert!(
            run.status.code() == Some(2) && texts(&run).1.contains("to stdout") && !place.join("made.txt").exists(),
            "{flags:?}: {run:?}"
        );
    }
    // Anything else is written, also over an old file.
    for _ in 0..2 {
        let run = run(place, &["-f", "key.grad", "-o", "new.txt"], b"");
        assert!(run.status.success() && fs::read_to_string(place.join("new.txt")).is_ok_and(|text| text.contains("x^2")), "{run:?}");
    }
}

/// The ending of a name chooses the view, or says nothing of one, or is refused with a way to come to such a file.
#[test]
fn endings_say_what_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, more: &[&str]| {
        let arguments = [&["x^2", "x=3", "-o", name], more].concat();
        let run = run(folder.path(), &arguments, b"");
        (run.status.code(), texts(&run).1, fs::read_to_string(folder.path().join(name)).ok())
    };
    for (name, begins) in [
        ("a.svg", "<svg"),
        ("A.SVG", "<svg"),
        ("a.json", "{\"schema\""),
        ("a.csv", "source,"),
        ("a.py", "#"),
        ("a.md", "| name"),
        ("a.tex", "% x^2"),
        ("plain", "   name"),
        ("a.txt", "   name"),
        ("a.out", "   name"),
        ("a.log", "   name"),
        ("a.1", "   name"),
        ("tmp.aB3dE6gH1i", "   name"),
        (".hidden", "   name"),
    ] {
        let (code, err, text) = write(name, &[]);
        assert!(code == Some(0) && text.as_ref().is_some_and(|text| text.starts_with(begins)), "{name}: {err}{text:?}");
    }
    for (name, told) in [
        ("neuron.png", "write `neuron.svg`, then `rsvg-convert -z 2 -o neuron.png neuron.svg`"),
        ("neuron.PDF", "rsvg-convert -f pdf -o neuron.PDF neuron.svg"),
        ("a b.png", "-o 'a b.png' 'a b.svg'"),
        ("x.jpg", "magick x.svg x.jpg"),
        ("x.xlsx", "write `x.csv`"),
        ("x.docx", "pandoc -o x.docx x.md"),
        ("x.gz", "gzip"),
        ("x.xyz", "those that do are .svg, .html, .dot, .md, .tex, .json, .csv, .sql"),
        ("x.tsv", ".csv"),
    ] {
        let (code, err, text) = write(name, &[]);
        assert!(code == Some(2) && err.contains(told) && text.is_none(), "{name}: {err}{text:?}");
    }
    // With a view that is asked for, the name may end in anything that is no kind of its own.
    assert!(write("x.xyz", &["--as", "svg"]).2.is_some_and(|text| text.starts_with("<svg")));
    assert_eq!(write("y.png", &["--as", "svg"]).0, Some(2));
}
