//! What a session shows of its last answer, here and in files, and that showing it changes nothing.

use crate::terminal::{Setup, Terminal};
use gradcalc::session::settings::SETTINGS;
use gradcalc::views::{self, VIEWS};
use std::fs;
use std::path::Path;

/// What is typed before: every kind of statement that changes what a session is.
const STATES: &[(&str, &[&str])] = &[
    ("an expression", &["x = 3; y = 2", "x^2*y"]),
    ("an update behind it", &["x = 3; y = 2", "x^2*y", "x -= 0.1*dx"]),
    ("a definition", &["x = 3; y = 2", "q = x*y"]),
    ("an update of a stage", &["x = 3; y = 2", "q = x*y", "q += 1"]),
    ("a block", &["x = 1; y = 2", "loss = (x - y)^2;", "repeat 5 { loss; x -= 0.1*dx }"]),
    ("a block in a block", &["x = 1; y = 2", "repeat 2 { repeat 2 { x*y; x += 1 }; y += 1 }"]),
    ("a block that fails", &["x = 1; y = 2", "x*y", "repeat 3 { x^2; x += 1; assert x < 3 }"]),
    ("a block without a question", &["x = 1; y = 2", "x*y", "repeat 3 { x += 1 }"]),
    ("a constant", &["x = 3; const k = 2", "k*x^2", "const k = 3"]),
    ("a script", &["x = 3; y = 2", "include \"s.grad\""]),
    ("a loaded script", &["x = 3; y = 2", ":load s.grad"]),
    ("random numbers", &["x = 3", "sum(x*randn(3))"]),
    ("the last value", &["x = 3", "x^2", "* 2 + x"]),
    ("a name given anew", &["x = 3", "q = x^2", "q*2", "q = x^3"]),
    ("a function given anew", &["x = 3; g(a) = a^2", "g(x)*2", "g(a) = a^3"]),
    ("a silenced question", &["x = 3", "x^2;", "x = 4"]),
    ("steps", &["x = 3", "x^2", ":step -0.1 2"]),
    ("two questions in a line", &["x = 3", "x^2; x += 1; x^3; x += 1"]),
    ("a setting", &["x = 3; y = 2", "x^2*y", "set digits 3"]),
    ("nothing asked", &["x = 3; y = 2"]),
];

fn plain(home: &Path) -> Terminal {
    let session = Terminal::start(&["--no-init", "--as", "brief"], Setup { variables: &[("NO_COLOR", "1")], ..Setup::new(home) });
    session.wait_for_prompt();
    session
}

/// Every command that shows something, about the last answer where it is about one.
fn showing() -> Vec<String> {
    let views = VIEWS.iter().map(|view| format!(":{}", view.name));
    let written = VIEWS.iter().map(|view| format!(":{}! > shown.txt", view.name));
    let asking = SETTINGS.iter().filter(|setting| setting.asks).map(|setting| match setting.name {
        "along" | "nudge" | "sd" => format!(":{} x=0.1", setting.name),
        "focus" => ":focus f".to_owned(),
        name => format!(":{name}"),
    });
    let others = [":time", ":vars", ":stages", ":gates activation", ":history 3", ":set", ":digits", ":help sigma", ":hessian 5 +"];
    views.chain(written).chain(asking).chain(others.map(str::to_owned)).collect()
}

/// All that a session is: its names, its last value, its gradients, what it saves, and what it takes back.
fn state(session: &Terminal, home: &Path) -> Vec<String> {
    let mut state = Vec::new();
    for line in [":vars", ":save! saved.grad", "print ans", "print dx", "print dy", "print sum(rand(2))", ":undo 100", ":vars"] {
        session.enter(":clear");
        state.push(format!("{line}: {}", session.enter(line)));
    }
    state.push(fs::read_to_string(home.join("saved.grad")).expect("a script"));
    state
}

/// Where a state is reached, everything is shown or nothing, and the session is the same.
#[test]
fn showing_changes_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join("s.grad"), "x^2*y\nx += 1\n").expect("a script");
    for (kind, lines) in STATES {
        let sessions = [false, true].map(|shows| {
            let session = plain(home.path());
            for line in *lines {
                session.enter(line);
            }
            if shows {
                let text = showing().join("\n");
                session.send(&format!("\x1b[200~{text}\n:help nothing-of-this-name\x1b[201~"));
                session.send("\r");
                session.wait_for("there is no help on `nothing-of-this-name`");
                session.wait_for_prompt();
            }
            state(&session, home.path())
        });
        assert_eq!(sessions[0], sessions[1], "{kind}");
    }
}

/// The numbers are those of the last question, whatever has turned since; that is told, and `:again` asks anew.
#[test]
fn the_last_answer_is_shown_as_it_was() {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join("s.grad"), "x^2*y\nx += 1\n").expect("a script");
    // The loss before the last of five steps, each of which takes a fifth of x - y away: 0.8^8. Of blocks in a block the last question
    // is 4*3; three steps of 0.1 against 2x leave 3*0.8^2.
    let shown: &[(&[&str], f64, bool)] = &[
        (&["x = 1; y = 2", "loss = (x - y)^2;", "repeat 5 { loss; x -= 0.1*dx }"], 0.167_772_16, true),
        (&["x = 1; y = 2", "repeat 2 { repeat 2 { x*y; x += 1 }; y += 1 }"], 12.0, true),
        (&["x = 1; y = 2", "x*y", "repeat 3 { x^2; x += 1; assert x < 3 }"], 2.0, false),
        (&["x = 3; y = 2", "q = x*y", "q += 1"], 7.0, false),
        (&["x = 3; y = 2", "include \"s.grad\""], 18.0, true),
        (&["x = 3; y = 2", ":load s.grad"], 18.0, true),
        (&["x = 3", "q = x^2", "q*2", "q = x^3"], 27.0, false),
        (&["x = 3", "q = x^2", "q*2", "q = 7"], 18.0, false),
        (&["x = 3; g(a) = a^2", "g(x)*2", "g(a) = a^3"], 18.0, false),
        (&["x = 3", "x^2", ":step -0.1 2"], 3.0 * 3.0 * 0.8_f64.powi(4), false),
        (&["x = 3", "x^2; x += 1; x^3; x += 1"], 64.0, true),
        (&["x = 3", "x^2", "x = x^2", "* 2"], 18.0, false),
    ];
    for (lines, value, turned) in shown {
        let session = plain(home.path());
        for line in *lines {
            session.enter(line);
        }
        for _ in 0..2 {
            session.enter(":clear");
            let text = session.enter(":value");
            let found: f64 = text.lines().next().and_then(|line| line.parse().ok()).unwrap_or_else(|| panic!("{lines:?}: {text}"));
            assert!((found - value).abs() < 1e-12 * value, "{lines:?}: {text}");
            assert_eq!(text.contains("since, and `:again`"), *turned, "{lines:?}: {text}");
        }
    }
    let session = plain(home.path());
    session.enter("x = 3");
    session.enter("sum(x*rand(3))");
    let random = session.enter(":value");
    session.enter(":clear");
    assert_eq!(session.enter(":value"), random);
    // What a block asks for is saved as it was typed, and nothing else.
    let session = plain(home.path());
    for line in ["w = 1", "loss = (w - 3)^2;", "repeat 5 { loss; w -= 0.1*dw }", ":table", ":save! block.grad"] {
        session.enter(line);
    }
    let saved = fs::read_to_string(home.path().join("block.grad")).expect("a script");
    assert_eq!(saved, "# Saved by gradcalc.\nw = 1\nloss = (w - 3)^2;\nrepeat 5 { loss; w -= 0.1*dw }\n");
}

/// A script that is included at a terminal has a progress as long as it runs, and the lines behind it have none.
#[test]
fn an_included_script_leaves_no_progress() {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join("s.grad"), "x^2*y\nx += 1\n").expect("a script");
    let session = plain(home.path());
    session.enter("x = 3; y = 2");
    session.enter("include \"s.grad\"");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    for line in ["x + 1", "x + 2", "x + 3"] {
        session.enter(line);
    }
    assert!(!session.raw().contains(" to go") && !session.raw().contains("statements"), "{}", session.screen());
}

/// Where the rounds of a block are interrupted, its last question is asked of what they have left.
#[test]
fn the_question_of_a_block_that_is_interrupted_is_kept() {
    let home = tempfile::tempdir().expect("a folder");
    let session = plain(home.path());
    session.enter("x = 1; y = 2");
    session.send("repeat 1000000000 { x*y; x += 1 }\r");
    // Its rounds have begun.
    session.wait_for("of 1000000000");
    session.interrupt();
    session.wait_for("interrupted");
    session.wait_for_prompt();
    session.enter(":clear");
    let number = |text: String| text.lines().next().and_then(|line| line.parse::<f64>().ok()).unwrap_or_else(|| panic!("{text}"));
    let (product, again) = (number(session.enter(":value")), number(session.enter(":value")));
    assert!(product > 2.0 && product.to_bits() == again.to_bits(), "{product} {again}");
    assert!((number(session.enter(":value x")) * 2.0 - product).abs() < 1e-9);
}

/// Each view writes a file of its ending, and of any name behind `>`; over one that is there only where that is said.
#[test]
fn every_view_is_written_to_a_file() {
    let home = tempfile::tempdir().expect("a folder");
    let session = plain(home.path());
    session.enter("set dialect duckdb; set table t");
    session.enter("x = 3; y = 2");
    session.enter("x^2*y");
    let enter = |line: &str| {
        session.enter(":clear");
        session.enter(line)
    };
    let read = |name: &str| fs::read_to_string(home.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    for (at, view) in VIEWS.iter().enumerate() {
        let name = view.name;
        let file = format!("a{at}.{}", if view.ending.is_empty() { "txt" } else { view.ending });
        let shown = enter(&format!(":{name} {file}"));
        // That nothing is a column is told before.
        let said = if view.columns { shown.rsplit('\n').next().unwrap_or_default() } else { &shown };
        assert_eq!(said, format!("written to `{file}`"), "{name}");
        assert_eq!(view.columns, shown.starts_with("note: no column"), "{name}: {shown}");
        let text = read(&file);
        // What the program writes to such a file is what the session writes.
        let other = format!("b{at}.{}", if view.ending.is_empty() { "txt" } else { view.ending });
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_gradcalc"))
            .current_dir(home.path())
            .args(["x^2*y", "x=3", "y=2", "--as", name, "-o", &other])
            .args(if name == views::columns::QUERY { &["--dialect", "duckdb", "--table", "t"][..] } else { &[] })
            .env("LC_ALL", "C.UTF-8")
            .output()
            .expect("it runs");
        assert!(run.status.success(), "{name}: {run:?}");
        assert_eq!(text.replace("<repl>", "<expr>"), read(&other), "{name}");
        assert!(enter(&format!(":{name} {file} x")).contains(&format!("`:{name}! {file}` replaces it")), "{name}");
        assert_eq!(read(&file), text, "{name}");
        assert!(enter(&format!(":{name}! {file}")).contains("written"), "{name}");
        assert_eq!(read(&file), text, "{name}");
        assert!(enter(&format!(":{name} > any{at}.xyz x^2*y")).contains("written"), "{name}");
        assert_eq!(read(&format!("any{at}.xyz")), text, "{name}");
        for (ending, way) in [("png", "rsvg-convert"), ("pdf", "rsvg-convert"), ("xlsx", ".csv"), ("gz", "gzip")] {
            let shown = enter(&format!(":{name} no.{ending}"));
            assert!(
                shown.contains("error") && shown.contains(way) && !home.path().join(format!("no.{ending}")).exists(),
                "{name}: {shown}"
            );
        }
        let shown = enter(&format!(":{name} no/where.{}", if view.ending.is_empty() { "txt" } else { view.ending }));
        assert!(shown.contains("cannot write"), "{name}: {shown}");
        // What a terminal cannot show is not poured over it.
        let shown = enter(&format!(":{name}"));
        assert_eq!(shown.contains("for other programs"), view.markup, "{name}: {shown}");
        let shown = enter(&format!(":help :{name}"));
        assert!(
            session.raw().contains(&format!("`:{name}! answer.")) && !shown.contains("<svg") && !shown.contains("<!doctype"),
            "{name}: {shown}"
        );
    }
    // A view's file has its own ending; a number and a transposed matrix are no files.
    assert!(enter(":svg a.html").contains("named as `:html` writes it"));
    assert_eq!(enter(":brief x.T"), "f = 3  dx = 1");
    assert_eq!(enter(":brief 2.5"), "f = 2.5");
    assert!(enter(":svg >").contains("no file is named"));
    assert!(enter(":svg!").contains("the name of the file that it replaces"));
    assert!(!enter(":as brief").contains("error"));
    // What fails leaves no file.
    assert!(enter(":svg fails.svg x +* 2").contains("error"));
    assert!(!home.path().join("fails.svg").exists());
}
