//! The manual page: what the flags are comes from clap, what the language is from its tables.
//!
//! Knows how a page of `man` is divided, and what of the world outside the program looks at; evaluates nothing.

use super::Exit;
use super::repl::help;
use clap::Command;
use roff::{Inline, Roff, roman};
use std::io::{self, Write as _};

/// The day on which this text was last changed; the same program writes the same page on every day.
const DATE: &str = "2026-11-27";

/// The variables of the environment that count, and for what.
pub const ENVIRONMENT: &[(&str, &str)] = &[
    ("NO_COLOR", "Where it is not empty, nothing is coloured, unless `--color always` says so."),
    ("CLICOLOR_FORCE", "Where it is neither empty nor 0, everything is coloured, also in a pipe; it goes before NO_COLOR."),
    ("TERM", "Where it is dumb, nothing is coloured."),
    (
        "LC_ALL",
        "With LC_CTYPE and LANG, the first of them that is set: circuits and tables are drawn with signs beyond ASCII where it names UTF-8.",
    ),
    ("LC_CTYPE", "See LC_ALL."),
    ("LANG", "See LC_ALL."),
    ("COLUMNS", "The width of a page that goes to no terminal, 40 columns at least; without it, 80."),
    ("GRADCALC_HISTORY", "The file that keeps the lines of sessions; /dev/null keeps none."),
    ("XDG_STATE_HOME", "The folder in which gradcalc/history is kept; without it, ~/.local/state."),
    ("XDG_CONFIG_HOME", "The folder in which gradcalc/init.grad is sought; without it, ~/.config."),
];

/// The files that are read or written without being named, and for what.
const FILES: &[(&str, &str)] = &[
    ("~/.config/gradcalc/init.grad", "The script that a session at a terminal runs first, unless `--no-init` is given."),
    ("~/.local/state/gradcalc/history", "The lines of sessions, for their owner alone."),
];

const DESCRIPTION: &[&str] = &[
    "gradcalc reads an expression, breaks it into named stages, each simple enough that its derivative is obvious, runs the stages \
     forward for the value, then runs the chain rule backward through them, and prints every stage with its value and its gradient: \
     how much the result moves when that stage moves.",
    "Without an expression and without a script, a terminal opens a session, in which `:help` explains everything, and a pipe is \
     read as a script.",
    "Results go to stdout, messages and warnings to stderr. A closed pipe ends the program quietly.",
];

const LANGUAGE: &[&str] = &[
    "Statements end at a newline or a semicolon; # begins a remark. Numbers are 3, .5, 1e-3 and 1_000, all of them IEEE binary64.",
    "Operators, loosest first: < <= > >= == != (0 or 1, without a gradient); + -; * / @ (the product of matrices) and % (the \
     remainder); the minus before an operand; ^ or **, to the right; behind an operand X' or X.T for the transpose and x[0], W[0, :], \
     W[1:3] for parts, counted from 0. 2x and 3(x+1) multiply; 1/2x and x y are refused, with what to write.",
    "The constants are pi, e, tau and inf. What is common in the Python of a course (math.exp(x), W.dot(X), x**2, def f(x): return x*x) is read as it \
     stands. `gradcalc --gates` lists the functions, each with its derivative; `gradcalc --gates sigma` explains one.",
];

/// The page.
///
/// # Errors
/// Where it cannot be written to memory.
pub fn page(command: Command, examples: &str) -> io::Result<String> {
    let (name, version) = (command.get_name().to_owned(), command.get_version().unwrap_or_default().to_owned());
    let arguments: Vec<String> = command.get_positionals().filter_map(|arg| arg.get_help().map(ToString::to_string)).collect();
    let man = clap_mangen::Man::new(command);
    let mut bytes = Vec::new();
    // The date is that of the version: the same program writes the same page.
    writeln!(bytes, r#".TH {} 1 {DATE} "{name} {version}" "User Commands""#, name.to_uppercase())?;
    man.render_name_section(&mut bytes)?;
    man.render_synopsis_section(&mut bytes)?;
    let mut roff = Roff::new();
    section(&mut roff, "DESCRIPTION", DESCRIPTION);
    section(&mut roff, "ARGUMENTS", &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    paragraph(&mut roff, super::helping::VALUES);
    roff.to_writer(&mut bytes)?;
    man.render_options_section(&mut bytes)?;
    rest(examples).to_writer(&mut bytes)?;
    Ok(tidied(&String::from_utf8_lossy(&bytes)))
}

/// What stands behind the options.
fn rest(examples: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    let (first, listed) = examples.split_once("\n\n").unwrap_or((examples, ""));
    roff.text([roman(first.replace('\n', " "))]);
    for example in listed.split("\n$ ") {
        let (typed, printed) = example.split_once('\n').unwrap_or((example, ""));
        roff.control("PP", []).control("EX", []);
        roff.text([strong(format!("$ {}", typed.trim_start_matches("$ ")))]);
        verbatim(&mut roff, printed.trim_end());
        roff.control("EE", []);
    }
    section(&mut roff, "LANGUAGE", LANGUAGE);
    for (name, example, says) in help::parts() {
        roff.control("TP", []).text([strong(name)]).text(marked(says));
        roff.control("RS", []).control("PP", []).control("EX", []);
        verbatim(&mut roff, example);
        roff.control("EE", []).control("RE", []);
    }
    listed_as(&mut roff, "ENVIRONMENT", ENVIRONMENT.iter().copied());
    listed_as(&mut roff, "FILES", FILES.iter().copied());
    let exits: Vec<(String, &str)> = Exit::ALL.iter().map(|exit| ((*exit as u8).to_string(), exit.says())).collect();
    listed_as(&mut roff, "EXIT STATUS", exits.iter().map(|(code, says)| (code.as_str(), *says)));
    roff.control("SH", ["SEE ALSO"]);
    roff.text([strong("bc"), roman("(1), "), strong("jq"), roman("(1)")]);
    roff
}

/// A word as it is typed.
fn strong(text: impl Into<String>) -> Inline {
    Inline::Bold(text.into())
}

fn section(roff: &mut Roff, heading: &str, paragraphs: &[&str]) {
    roff.control("SH", [heading]);
    for (at, text) in paragraphs.iter().enumerate() {
        if at > 0 {
            roff.control("PP", []);
        }
        roff.text(marked(text));
    }
}

fn paragraph(roff: &mut Roff, text: &str) {
    roff.control("PP", []).text(marked(text));
}

fn verbatim(roff: &mut Roff, text: &str) {
    for line in text.lines() {
        roff.text([roman(line)]);
    }
}

/// What stands between two backquotes is typed as it is.
fn marked(text: &str) -> Vec<Inline> {
    text.split('`').enumerate().map(|(at, part)| if at % 2 == 1 { strong(part) } else { roman(part) }).collect()
}

fn listed_as<'a>(roff: &mut Roff, heading: &str, rows: impl Iterator<Item = (&'a str, &'a str)>) {
    roff.control("SH", [heading]);
    for (name, says) in rows {
        roff.control("TP", [])
            .text([if name.starts_with('~') { Inline::Italic(name.to_owned()) } else { strong(name) }])
            .text(marked(says));
    }
}

/// The page in lines that editors and checkers of manual pages take without a word: 79 bytes at most where lines are filled, one dash as
/// it is typed, and no paragraph where a heading or another one begins anyway.
fn tidied(page: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut verbatim = false;
    for line in page.lines() {
        let paragraph = |line: &str| matches!(line, ".PP" | ".br");
        verbatim = line == ".EX" || verbatim && line != ".EE";
        let last = lines.last().map_or("", String::as_str);
        let begins = last.starts_with(".SH") || [".RS", ".br"].contains(&last);
        // Each part of the page would say anew what an apostrophe is.
        let known = line.contains(".ds Aq") && lines.iter().any(|before| before == line);
        if begins && (paragraph(line) || line.is_empty()) || known {
            continue;
        }
        if line.starts_with('.') || verbatim {
            lines.push(line.trim_end().to_owned());
            continue;
        }
        let mut filled = String::new();
        for word in line.split(' ').filter(|word| !word.is_empty()) {
            if !filled.is_empty() && filled.len() + 1 + word.len() > 79 {
                lines.push(std::mem::take(&mut filled));
            }
            // What begins a line with a dot or a mark would be a request.
            let request = filled.is_empty() && word.starts_with(['.', '\'']);
            filled.push_str(match (filled.is_empty(), request) {
                (_, true) => r"\&",
                (false, _) => " ",
                (true, _) => "",
            });
            filled.push_str(word);
        }
        lines.push(filled);
    }
    lines.join("\n") + "\n"
}
