//! Completion, driven through real shells in a pseudo-terminal: keys are typed, and the line that comes of them is looked at.

use crate::terminal::{Setup, Terminal, line_of_cursor};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What is typed before the tabulator, and what that makes of the line once a `Z` is typed behind it.
const LINES: &[(&str, &str)] = &[
    ("gradcalc --hess", "gradcalc --hessian Z"),
    ("gradcalc --as tab", "gradcalc --as table Z"),
    ("gradcalc --as=mark", "gradcalc --as=markdown Z"),
    ("gradcalc --ties=s", "gradcalc --ties=split Z"),
    ("gradcalc --check=st", "gradcalc --check=stages Z"),
    ("gradcalc --completions pow", "gradcalc --completions powershell Z"),
    ("gradcalc --syntax vi", "gradcalc --syntax vim Z"),
    ("gradcalc --gates logsum", "gradcalc --gates logsumexp Z"),
    ("gradcalc --gates trig", "gradcalc --gates trigonometric Z"),
    // Names of the expression, of which those that have a value are not offered again.
    ("gradcalc 'alpha*y' al", "gradcalc 'alpha*y' alpha=Z"),
    ("gradcalc 'x*y' x=3 ", "gradcalc 'x*y' x=3 y=Z"),
    ("gradcalc \"f(u, v) = u*v\" u=1 ", "gradcalc \"f(u, v) = u*v\" u=1 v=Z"),
    ("gradcalc -e -beta be", "gradcalc -e -beta beta=Z"),
    ("gradcalc -f worksheet.grad ra", "gradcalc -f worksheet.grad rate=Z"),
    ("gradcalc 'x*y' --wrt x,", "gradcalc 'x*y' --wrt x,y Z"),
    ("gradcalc '(x + y)*z' --focus xp", "gradcalc '(x + y)*z' --focus xpy Z"),
    ("gradcalc 'x^2' --rows points.csv --keep no", "gradcalc 'x^2' --rows points.csv --keep none Z"),
    ("gradcalc 'x^2' --rows points.csv --keep hei", "gradcalc 'x^2' --rows points.csv --keep height Z"),
    ("gradcalc 'x^2' --sd ", "gradcalc 'x^2' --sd x=Z"),
    ("gradcalc 'x^2' --rows points.csv --sd x=we", "gradcalc 'x^2' --rows points.csv --sd x=weight Z"),
    // Where output goes is no word of the command.
    ("gradcalc 'x*y' x=1 >poi", "gradcalc 'x*y' x=1 >points.csv Z"),
    ("gradcalc 'x*y' x=1 > poi", "gradcalc 'x*y' x=1 > points.csv Z"),
    ("gradcalc 'x*y' x=1 2>/dev/null ", "gradcalc 'x*y' x=1 2>/dev/null y=Z"),
    // Files, also behind a name and behind a flag's sign of equality.
    ("gradcalc X X=@po", "gradcalc X X=@points.csv Z"),
    ("gradcalc -f wor", "gradcalc -f worksheet.grad Z"),
    ("gradcalc --file=wor", "gradcalc --file=worksheet.grad Z"),
    ("gradcalc 'x^2' --rows po", "gradcalc 'x^2' --rows points.csv Z"),
    ("gradcalc x X=@deeper/in", "gradcalc x X=@deeper/inside.csv Z"),
];

/// A shell that knows how gradcalc is completed.
fn shell(name: &str, arguments: &[&str], begin: &str, home: &Path) -> Option<Terminal> {
    let there = Command::new(name).args(["-c", "true"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        crate::skip(&format!("there is no {name}"));
        return None;
    }
    fs::write(home.join("points.csv"), "height,weight\n1,2\n").expect("a table");
    fs::write(home.join("worksheet.grad"), "rate = 0.1; x = 3; loss = x^2\nx -= rate*d(loss, x)\n").expect("a script");
    fs::create_dir(home.join("deeper")).expect("a folder");
    fs::write(home.join("deeper/inside.csv"), "1\n").expect("a table");
    let folder = Path::new(env!("CARGO_BIN_EXE_gradcalc")).parent().expect("a folder");
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([folder.to_owned()].into_iter().chain(std::env::split_paths(&rest))).expect("a path");
    let variables = [("PATH", path.to_str().expect("text")), ("LC_ALL", "C.UTF-8")];
    let shell = Terminal::run(name, arguments, Setup { variables: &variables, ..Setup::new(home) });
    shell.send(begin);
    shell.wait_for_prompt();
    Some(shell)
}

/// Keys: `lists` makes the shell list what is possible, and `clear` takes the line away.
#[track_caller]
fn completes(shell: &Terminal, lists: &str, clear: &str) {
    for (typed, becomes) in LINES {
        shell.send(typed);
        shell.wait_for_line(format!("> {typed}").trim_end());
        shell.send("\tZ");
        shell.wait_until(&format!("`{becomes}` of `{typed}`"), |screen| line_of_cursor(screen) == format!("> {becomes}"));
        // To the end, and everything before it away.
        shell.send("\x05\x15");
        shell.wait_for_prompt();
    }
    for (typed, listed) in [("gradcalc 'x*y' ", ["x=", "y="]), ("gradcalc --as c", ["circuit", "csv"])] {
        shell.send(typed);
        shell.send(lists);
        shell.wait_until(&format!("{listed:?}"), |screen| listed.iter().all(|word| screen.contents().contains(word)));
        shell.clear_by(clear);
    }
}

#[test]
fn bash_completes() {
    let home = tempfile::tempdir().expect("a folder");
    let begin = "PS1='> '; source <(gradcalc --completions bash); clear\r";
    if let Some(shell) = shell("bash", &["--norc", "--noprofile", "-i"], begin, home.path()) {
        completes(&shell, "\t\t", "\x15");
        // A path to the program, and a command behind another one.
        for (typed, becomes) in [
            ("true; gradcalc --as tab", "true; gradcalc --as table Z"),
            ("NO_COLOR=1 gradcalc 'x*y' x=1 ", "NO_COLOR=1 gradcalc 'x*y' x=1 y=Z"),
        ] {
            shell.send(&format!("{typed}\tZ"));
            shell.wait_for_line(&format!("> {becomes}"));
            shell.send("\x05\x15");
            shell.wait_for_prompt();
        }
    }
}

#[test]
fn zsh_completes() {
    let home = tempfile::tempdir().expect("a folder");
    let begin = "PS1='> '; autoload -U compinit; compinit -u -D; source <(gradcalc --completions zsh); clear\r";
    if let Some(shell) = shell("zsh", &["-f", "-i"], begin, home.path()) {
        completes(&shell, "\t", "\x15");
    }
}

#[test]
fn fish_completes() {
    let home = tempfile::tempdir().expect("a folder");
    let begin =
        "function fish_prompt; echo -n '> '; end; set -g fish_autosuggestion_enabled 0; gradcalc --completions fish | source; clear\r";
    if let Some(shell) = shell("fish", &["--no-config"], begin, home.path()) {
        completes(&shell, "\t", "\x03");
    }
}

/// Words with a sign of equality are quoted there, and a list of files stays open until one is chosen.
#[test]
fn elvish_completes() {
    let home = tempfile::tempdir().expect("a folder");
    // A key of one byte closes the list: Esc, and what follows it, would be one key with Alt.
    let begin = "set edit:prompt = { put '> ' }; set edit:rprompt = { }; set edit:completion:binding[Ctrl-G] = { edit:close-mode }; \
        set edit:insert:binding[Ctrl-G] = { nop }; eval (gradcalc --completions elvish | slurp); clear\r";
    let Some(shell) = shell("elvish", &["-norc"], begin, home.path()) else { return };
    for (typed, becomes) in [
        ("gradcalc --hess", "gradcalc --hessian"),
        ("gradcalc --as tab", "gradcalc --as table"),
        ("gradcalc --ties=s", "gradcalc '--ties=split'"),
        ("gradcalc --gates logsum", "gradcalc --gates logsumexp"),
        ("gradcalc 'alpha*y' al", "gradcalc 'alpha*y' 'alpha='"),
        ("gradcalc 'x*y' x=3 ", "gradcalc 'x*y' x=3 'y='"),
        ("gradcalc -f worksheet.grad ra", "gradcalc -f worksheet.grad 'rate='"),
        ("gradcalc 'x^2' --rows points.csv --keep hei", "gradcalc 'x^2' --rows points.csv --keep height"),
        ("gradcalc -f wor", "gradcalc -f worksheet.grad"),
        ("gradcalc x X=@deeper/in", "gradcalc x 'X=@deeper/inside.csv'"),
        ("gradcalc 'x*y' x=1 > poi", "gradcalc 'x*y' x=1 > points.csv"),
    ] {
        shell.send(typed);
        shell.wait_for_line(format!("> {typed}").trim_end());
        shell.send("\t");
        shell.wait_until(&format!("`{becomes}` of `{typed}`"), |screen| screen.contents().contains(&format!("> {}", becomes.trim_end())));
        // What is listed goes away, and the line.
        shell.send("\x07\x15");
        shell.wait_for_prompt();
    }
}

/// Asks as a shell's script does.
fn offered(line: &str) -> Vec<String> {
    let run = Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(["--complete-line", line]).stdin(Stdio::null()).output().expect("it runs");
    assert_eq!((run.status.code(), run.stderr.len()), (Some(0), 0), "{line}");
    let text = String::from_utf8(run.stdout).expect("text");
    text.lines().skip(1).map(|line| line.split('\t').take(2).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn what_is_offered_follows_from_the_line() {
    let none: &[&str] = &[];
    for (line, words) in [
        ("gradcalc 'x*y' ", &["open x=", "open y="][..]),
        // Neither constants, nor gates, nor what goes through a sum, nor stages, nor parameters of what is called wait for values.
        ("gradcalc 'sum(v[i]*e^k for i in range(3)) + pi + sigma(w)' ", &["open v=", "open k=", "open w="]),
        ("gradcalc 'q = a + b; const c = 3; f(t) = t*q; f(u)' ", &["open q=", "open a=", "open b=", "open u="][1..]),
        ("gradcalc y=x^2 ", &["open x="]),
        ("gradcalc x=3 ", none),
        ("gradcalc 'x=3; x*k' ", &["open x=", "open k="]),
        ("gradcalc -e 'a' -e -b ", &["open a=", "open b="]),
        ("gradcalc x*y x=1 y=2 --wrt ", &["word x", "word y"]),
        ("gradcalc --along ", none),
        ("gradcalc x*y --along x=1,", &["open x=1,y="]),
        ("gradcalc x*y --nudge ", &["open x=", "open y="]),
        ("gradcalc x*y --grid ", &["open x=", "open y="]),
        ("gradcalc --grid x=0:1:5 x*y ", &["open y="]),
        ("gradcalc x*y --grid x=0:1:5 ", &["open y="]),
        ("gradcalc --digits ", &["word full"]),
        ("gradcalc --upstream ", none),
        ("gradcalc --seed=", none),
        ("gradcalc --nonsense=", none),
        ("gradcalc -x", none),
        ("gradcalc 'x*y' x=", none),
        ("gradcalc 'x*", none),
        ("gradcalc 'x*y' x=@", &["files x=@"]),
        ("gradcalc 'x*y' --output=", &["files --output="]),
        ("gradcalc -o ", &["files "]),
        ("gradcalc --against ", &["files "]),
        ("gradcalc --rejects ", &["files "]),
        ("gradcalc --grade one.grad ", &["files "]),
        ("gradcalc --stages ", &["word written", "word fused", "word primitive"]),
        ("gradcalc -- -x", none),
        ("gradcalc -- -x ", &["open x="]),
        // Neither work without end nor room without end is a matter of a key, nor is waiting for what somebody may write.
        ("gradcalc 'X = ones(30000, 30000); sum(X)*y' --focus ", none),
        ("gradcalc -f /dev/stdin ", none),
        ("gradcalc x --rows /dev/zero --keep ", &["word none"]),
        ("gradcalc 'x = 1; repeat 1000000000 { x += 1 }; x*y' --focus ", none),
        ("gradcalc 'σ1*λ' ", &["open σ1=", "open λ="]),
        ("gradcalc x*y --sd ", &["open x=", "open y="]),
        ("gradcalc x*y --sd=x=0.1,", &["open --sd=x=0.1,y="]),
        ("gradcalc x*y --sd x=", none),
        ("gradcalc 'x>2' ", &["open x="]),
        ("gradcalc x*y >r", &["files "]),
        ("gradcalc x*y &>> ", &["files "]),
        ("gradcalc x*y <r", &["files "]),
        ("gradcalc x*y 2>err.txt >|out.txt x=1 ", &["open y="]),
        ("gradcalc x2>out ", &["open x2="]),
        ("gradcalc '(((' ", none),
        ("", none),
    ] {
        let mut found = offered(line);
        // Where nothing else is known, flags are offered.
        if found.first().is_some_and(|first| first == "word --expr") {
            found.clear();
        }
        assert_eq!(found, words, "{line}");
    }
    // Columns whose names hold commas stand in quotation marks in a list, and as they are where one is asked for.
    let folder = tempfile::tempdir().expect("a folder");
    let table = folder.path().join("t.csv").display().to_string();
    fs::write(&table, "x,\"a, b\",\"c\"\"d\",sy\n1,2,3,4\n").expect("a table");
    let about = |rest: &str| offered(&format!("gradcalc x*y --rows {table} {rest}"));
    assert_eq!(about("--keep "), ["word none", "word x", "word \"a, b\"", "word c\"d", "word sy"]);
    assert_eq!(about("--keep \\\"a\\,\\ b\\\",x,"), ["word \"a, b\",x,c\"d", "word \"a, b\",x,sy"]);
    assert_eq!(about("--summary --by "), ["word x", "word a, b", "word c\"d", "word sy"]);
    assert_eq!(about("--sd x=0.1,y=s"), ["word x=0.1,y=sy"]);
    // A flag that cannot be given twice is not offered twice.
    assert!(offered("gradcalc --as table --a").iter().all(|word| word != "word --as"));
    assert!(offered("gradcalc -f a.grad --fi").contains(&"word --file".to_owned()));
    assert!(!offered("gradcalc --").iter().any(|word| word.contains("complete-line")));
}
