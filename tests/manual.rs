//! The manual page and the pages of help: their parts are there, what they say is complete, and checkers have nothing to say.

use gradcalc::vocabulary::STATEMENTS;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
    command.args(arguments).env("LC_ALL", "C.UTF-8").env_remove("COLUMNS").stdin(Stdio::null()).output().expect("the program runs")
}

fn out(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{arguments:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// What a program says of the page on its stdin.
fn of_the_page(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).envs(variables.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        crate::skip(&format!("there is no {program}"));
        return None;
    };
    let mut stdin = child.stdin.take().expect("stdin");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || drop(stdin.write_all(out(&["--man"]).as_bytes())));
        child.wait_with_output().expect("it ends")
    });
    Some(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_checker_of_manuals_has_nothing_to_say() {
    if let Some(said) = of_the_page("mandoc", &["-T", "lint"], &[]) {
        assert_eq!(said, "");
    }
}

#[test]
fn the_page_has_its_sections_and_fits_a_terminal() {
    let Some(page) = of_the_page("mandoc", &["-T", "utf8", "-O", "width=80"], &[("LC_ALL", "C.UTF-8")]) else { return };
    // Letters are made bold by being struck twice.
    let mut plain = String::new();
    for sign in page.chars() {
        match sign {
            '\u{8}' => plain.truncate(plain.len() - plain.chars().next_back().map_or(0, char::len_utf8)),
            sign => plain.push(sign),
        }
    }
    let headings: Vec<&str> =
        plain.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()) && !line.contains("(1)")).collect();
    let wanted = [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "ARGUMENTS",
        "OPTIONS",
        "ROWS",
        "EXAMPLES",
        "LANGUAGE",
        "ENVIRONMENT",
        "FILES",
        "EXIT STATUS",
        "SEE ALSO",
    ];
    assert_eq!(headings.iter().map(|heading| heading.to_uppercase()).collect::<Vec<_>>(), wanted);
    let wide: Vec<&str> = plain.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:?}");
    let (_, language) = plain.split_once("\nLANGUAGE").expect("the section");
    for row in STATEMENTS {
        assert!(language.contains(row.example.lines().next().expect("a line")), "{}", row.word);
    }
    let (_, exits) = plain.split_once("\nEXIT STATUS").expect("the section");
    for code in ["0 ", "1 ", "2 ", "3 ", "130 "] {
        assert!(exits.lines().any(|line| line.trim_start().starts_with(code)), "{code}: {exits}");
    }
}

/// What the program asks of its environment is told.
#[test]
fn every_variable_that_counts_is_told() {
    let page = out(&["--man"]);
    let mut sources = Vec::new();
    crate::floors::sources(Path::new("src/binary"), &mut sources);
    let mut found = 0;
    for source in sources {
        let text = fs::read_to_string(&source).expect("a source");
        let words = text.split('"').skip(1).step_by(2);
        let asked = words.filter(|word| word.len() > 3 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
        for name in asked.filter(|name| text.contains("env::var") && !source.ends_with("manual.rs") && **name != *"TERM_PROGRAM") {
            assert!(page.contains(name), "{name} of {} is told", source.display());
            found += 1;
        }
    }
    assert!(found > 5, "there are variables");
}

#[test]
fn short_help_fits_a_screen_and_leads_on() {
    let (short, long) = (out(&["-h"]), out(&["--help"]));
    assert!(short.lines().count() < 60 && short.contains("gradcalc --help") && !short.contains("--bad-rows"), "{short}");
    for flag in ["--bad-rows", "--json-schema", "--no-init", "--losses", "Exit codes: 0 all well; 1 "] {
        assert!(long.contains(flag), "{flag}");
    }
    // What is no flag about rows is not under their heading.
    let (before, rows) = long.split_once("\nRows:\n").expect("a heading");
    assert!(before.contains("--output <FILE>") && !rows.contains("--output <FILE>"), "{long}");
    assert_eq!(out(&["help"]), short);
    assert_eq!(out(&["version"]), out(&["--version"]));
}

#[test]
fn the_word_help_is_a_name_like_any_other() {
    for (arguments, value) in
        [(&["help", "help=3"][..], "3"), (&["version^2", "version=3"], "9"), (&["-e", "help = 2", "-e", "help*3"], "6"), (&["help=4"], "4")]
    {
        assert_eq!(out(&[&["--as", "value"], arguments].concat()), format!("{value}\n"), "{arguments:?}");
    }
    // Asked as an expression it is one.
    for arguments in [&["-e", "help"][..], &["--as", "json", "help"], &["--", "help"]] {
        assert_eq!(run(arguments).status.code(), Some(1), "{arguments:?}");
    }
    let told = |arguments: &[&str]| String::from_utf8(run(arguments).stderr).expect("text");
    assert!(told(&["help", "sigma"]).contains("`gradcalc --gates sigma` explains it"));
    assert!(told(&["help", "me"]).contains("`gradcalc --help` has all options"));
}
