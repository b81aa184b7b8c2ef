//! The house's rules, read from its own source: imports go down the floors, colours stay in `paint`, the world
//! outside is the binary's, a gate is named in the gate table only, and every file says what it knows.

use std::fs;
use std::path::{Path, PathBuf};

/// The floors, the ground first.
const FLOORS: &[&str] = &["ground", "vocabulary", "forms", "calculus", "views", "session", "binary"];

/// The gates that may be named outside the gate table, the floors where they may, and why.
const STRUCTURAL: &[(&str, &[&str])] = &[
    // Leaves hold what the user gave.
    ("Input", &["forms", "calculus", "views", "session"]),
    ("Constant", &["forms", "calculus", "views"]),
    // What backpropagation itself is made of: the chain rule, sums at forks, counted ties, guarded slopes. Names
    // look through a guard.
    ("Chain", &["calculus"]),
    ("Add", &["calculus"]),
    ("Eq", &["calculus", "forms"]),
    ("Guard", &["calculus", "forms"]),
    // Undoing a broadcast: sums along what was repeated, and ones times what was not.
    ("Sum", &["calculus"]),
    ("Reshape", &["calculus"]),
    // What was taken together along an axis is spread out along it again.
    ("Expand", &["calculus"]),
    ("Ones", &["calculus"]),
    ("Mul", &["calculus"]),
    // Brackets: a list of elements, one element or a range of them; and the sign that makes rows of columns.
    ("Stack", &["calculus"]),
    ("Index", &["calculus"]),
    ("Transpose", &["forms"]),
    // A second name for a stage.
    ("Copy", &["session", "calculus"]),
    // What determinants are made of when arrays are written out.
    ("Sub", &["calculus"]),
    ("Div", &["calculus"]),
    // A minus before a number is part of the number; determinants alternate in sign. (`Eq` in the parser: only `==` takes a tolerance.)
    ("Neg", &["forms", "calculus"]),
];

/// Where a specific gate may be named freely: in the gate table, and where printed languages say how gates look.
const GATE_TABLES: &[&str] = &["vocabulary/gate/", "forms/target/"];

/// The only file that knows a colour.
const PAINT: &str = "binary/paint.rs";

/// What colours and their like are called in code.
const COLOURS: &[&str] =
    &["colored", "black", "red", "green", "yellow", "blue", "magenta", "purple", "cyan", "white", "bold", "dimmed", "italic", "underline"];

/// What only the binary knows of the world outside: streams, the command line, the environment, files.
const OUTSIDE: &[&str] = &["print", "println", "eprint", "eprintln", "dbg", "clap", "terminal_size", "tempfile", "annotate_snippets"];
const OUTSIDE_PATHS: &[&str] = &["std::process", "std::env", "std::fs", "io::stdout", "io::stderr", "io::stdin"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            found.push(entry);
        }
    }
}

/// A text without comments and without what stands in quotation marks; lines stay lines.
fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut code = String::new();
    let mut i = 0;
    while i < chars.len() {
        let hashes = (i + 1..chars.len()).take_while(|&j| at(i) == 'r' && at(j) == '#').count();
        let raw = at(i) == 'r' && at(i + 1 + hashes) == '"' && !code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        match at(i) {
            '/' if at(i + 1) == '/' => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            _ if raw => {
                let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                i += hashes + 2;
                while i < chars.len() && !chars[i..].starts_with(&end) {
                    i += 1;
                }
                i += end.len();
                code.push_str("\"\"");
            }
            '"' => {
                i += 1;
                while i < chars.len() && at(i) != '"' {
                    i += if at(i) == '\\' { 2 } else { 1 };
                }
                i += 1;
                code.push_str("\"\"");
            }
            // A character, and not a lifetime.
            '\'' if at(i + 1) == '\\' || at(i + 2) == '\'' => {
                i += if at(i + 1) == '\\' { 3 } else { 2 };
                while i < chars.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
                code.push_str("' '");
            }
            c => {
                code.push(c);
                i += 1;
            }
        }
    }
    code
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The names that a path goes on with: one, or several where it opens a brace, which may span lines.
fn heads(rest: &str) -> Vec<String> {
    let head = |text: &str| text.trim_start().chars().take_while(|&c| in_word(c) || c == '*').collect::<String>();
    let Some(group) = rest.trim_start().strip_prefix('{') else { return vec![head(rest)] };
    let (mut depth, mut start, mut names) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                names.push(head(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// What follows each place where `path` stands as a whole word.
fn after<'a>(code: &'a str, path: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(path)
        .filter(|&(at, _)| !code[..at].ends_with(|c: char| in_word(c) || c == ':'))
        .map(move |(at, _)| &code[at + path.len()..])
}

/// The modules that a file's paths lead to, each from the root: `crate::a` leads to `a`, and in `forms/print.rs`
/// `super::super::a` does.
fn imports(file: &str, code: &str) -> Vec<String> {
    let mut found: Vec<String> = after(code, "crate::").flat_map(heads).collect();
    let mut module: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
    if matches!(module.last(), Some(&("mod" | "lib" | "main"))) {
        module.pop();
    }
    for mut rest in after(code, "super::") {
        let mut place = module.clone();
        place.pop();
        while let Some(further) = rest.strip_prefix("super::") {
            place.pop();
            rest = further;
        }
        match place.first() {
            Some(root) => found.push((*root).to_owned()),
            None => found.extend(heads(rest)),
        }
    }
    found
}

/// What is wrong with a file, a sentence each.
fn faults(file: &str, text: &str) -> Vec<String> {
    let height = |name: &str| FLOORS.iter().position(|floor| *floor == name);
    // `lib.rs` names the floors of the library, whose top is the session.
    let floor = match file.split('/').next().unwrap_or_default() {
        "main.rs" => "binary",
        "lib.rs" => "session",
        floor => floor,
    };
    let code = code(text);
    let mut faults = Vec::new();
    let Some(own) = height(floor) else { return vec![format!("{file} is on no floor")] };
    if !text.starts_with("//!") {
        faults.push(format!("{file} does not say what it knows"));
    }
    if floor != "binary" {
        for name in imports(file, &code).iter().filter(|name| height(name).is_some_and(|other| other > own)) {
            faults.push(format!("{file} looks up to {name}"));
        }
    }
    let words: Vec<&str> = code.split(|c| !in_word(c)).collect();
    if file != PAINT {
        for word in words.iter().filter(|word| COLOURS.contains(&word.trim_start_matches("on_").trim_start_matches("bright_"))) {
            faults.push(format!("{file} knows a colour: {word}"));
        }
    }
    if floor != "binary" {
        for word in words.iter().filter(|word| OUTSIDE.contains(word) && (!word.contains("print") || code.contains(&format!("{word}!")))) {
            faults.push(format!("{file} knows the world outside: {word}"));
        }
        for path in OUTSIDE_PATHS.iter().filter(|path| code.contains(**path)) {
            faults.push(format!("{file} knows the world outside: {path}"));
        }
    }
    if !GATE_TABLES.iter().any(|table| file.starts_with(table)) {
        for gate in after(&code, "Gate::").flat_map(heads).filter(|name| name.starts_with(|c: char| c.is_uppercase() || c == '*')) {
            if !STRUCTURAL.iter().any(|(known, floors)| *known == gate && floors.contains(&floor)) {
                faults.push(format!("{file} knows the gate {gate}"));
            }
        }
    }
    faults
}

#[test]
fn the_house_keeps_its_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 20, "the walk finds the house");
    let name = |path: &PathBuf| path.strip_prefix(&root).expect("inside").to_string_lossy().replace('\\', "/");
    let all: Vec<String> = files.iter().flat_map(|path| faults(&name(path), &fs::read_to_string(path).expect("text"))).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Every exception is still needed: an exception that nobody uses is taken back.
#[test]
fn no_exception_is_idle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (gate, floors) in STRUCTURAL {
        for floor in *floors {
            let mut files = Vec::new();
            sources(&root.join(floor), &mut files);
            let names =
                |path: &PathBuf| after(&code(&fs::read_to_string(path).expect("text")), "Gate::").flat_map(heads).any(|name| name == *gate);
            assert!(files.iter().any(names), "{floor} no longer names {gate}");
        }
    }
}

#[test]
fn each_rule_bites() {
    for (file, text, fault) in [
        ("forms/a.rs", "//! A.\nuse crate::views::Answer;", "looks up to views"),
        ("forms/a.rs", "//! A.\nuse crate::{ground::Span, views::{Answer, Page}};", "looks up to views"),
        ("forms/a.rs", "//! A.\nuse crate::{\n    ground::Span,\n    session,\n};", "looks up to session"),
        ("ground/a.rs", "//! A.\nfn f() { crate::calculus::g() }", "looks up to calculus"),
        ("vocabulary/gate/a.rs", "//! A.\nuse super::super::super::forms::Program;", "looks up to forms"),
        ("views/mod.rs", "//! A.\nuse super::session::Session;", "looks up to session"),
        ("views/a.rs", "//! A.\nuse super::super::{ground, session};", "looks up to session"),
        ("session/a.rs", "//! A.\nuse crate::binary::cli;", "looks up to binary"),
        ("attic/a.rs", "//! A.", "is on no floor"),
        ("views/a.rs", "use std::io;", "does not say what it knows"),
        ("views/a.rs", "\n//! A.", "does not say what it knows"),
        ("views/a.rs", "//! A.\nfn f() { \"x\".red(); }", "knows a colour: red"),
        ("views/a.rs", "//! A.\nfn f() { \"x\".on_bright_blue(); }", "knows a colour: on_bright_blue"),
        ("binary/report.rs", "//! A.\nuse colored::Color;", "knows a colour: colored"),
        ("session/a.rs", "//! A.\nfn f() { println!(); }", "knows the world outside: println"),
        ("session/a.rs", "//! A.\nfn f() { eprintln!(); }", "knows the world outside: eprintln"),
        ("calculus/a.rs", "//! A.\nfn f() { print!(); }", "knows the world outside: print"),
        ("lib.rs", "//! A.\nfn f() { std::process::exit(1) }", "knows the world outside: std::process"),
        ("views/a.rs", "//! A.\nuse clap::Parser;", "knows the world outside: clap"),
        ("views/a.rs", "//! A.\nfn f() -> Gate { Gate::Sigma }", "knows the gate Sigma"),
        ("vocabulary/ast.rs", "//! A.\nfn f() -> Gate { Gate::Add }", "knows the gate Add"),
        ("views/a.rs", "//! A.\nuse crate::vocabulary::Gate;\nuse Gate::{Input, Mul};", "knows the gate Mul"),
        ("views/a.rs", "//! A.\nuse Gate::*;", "knows the gate *"),
        ("binary/a.rs", "//! A.\nfn f() -> Gate { Gate::Copy }", "knows the gate Copy"),
        // A quotation mark as a character, and a raw text, hide nothing that follows them.
        ("views/a.rs", "//! A.\nconst Q: char = '\"'; fn f() -> Gate { Gate::Exp }", "knows the gate Exp"),
        ("views/a.rs", "//! A.\nconst Q: &str = r#\"a\"b\"#; fn f<'a>() -> Gate { Gate::Exp }", "knows the gate Exp"),
    ] {
        assert_eq!(faults(file, text), [format!("{file} {fault}")], "{text}");
    }
}

#[test]
fn what_the_rules_allow_is_left_alone() {
    for (file, text) in [
        ("views/a.rs", "//! A.\nuse crate::forms::{Program, print};\n// use crate::session\nuse super::page::Page;"),
        ("forms/parse/tree.rs", "//! A.\nuse super::tokens;\nuse crate::ground::Fault;\nfn f() { Gate::named(\"x\"); Gate::Neg; }"),
        ("views/a.rs", "//! A.\nconst A: &str = \"red, Gate::Sigma, println!, crate::session\";"),
        ("views/a.rs", "//! A.\nuse crate::forms::print::{self, Namer};\nfn f() { print::stage(); }"),
        ("binary/mod.rs", "//! A.\nuse gradcalc::session::Session;\nfn f() { println!(); std::process::exit(1) }"),
        ("binary/paint.rs", "//! A.\nuse colored::Colorize as _;"),
        ("vocabulary/gate/table.rs", "//! A.\nfn f() -> Gate { Gate::Sigma }"),
        ("forms/target/python.rs", "//! A.\nfn f() -> Gate { Gate::Sigma }"),
    ] {
        assert_eq!(faults(file, text), [""; 0], "{text}");
    }
}
