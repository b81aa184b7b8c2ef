//! The house's rules, read from its own source: imports go down the floors, colours stay in `paint`, a gate is
//! named in the gate table only.

use std::fs;
use std::path::{Path, PathBuf};

/// The floors, the ground first.
const FLOORS: &[&str] = &["ground", "vocabulary", "forms", "calculus", "views", "session", "binary"];

/// The gates that may be named outside the table, and why.
const STRUCTURAL: &[(&str, &[&str])] = &[
    ("Input", &["forms", "calculus", "views", "session"]),
    ("Constant", &["forms", "calculus", "views"]),
    // What backpropagation itself is made of: the chain rule, sums at forks, guarded slopes, counted ties.
    ("Chain", &["calculus"]),
    ("Add", &["calculus"]),
    ("Eq", &["calculus", "forms"]),
    ("Guard", &["calculus", "forms"]),
    // A second name for a stage.
    ("Copy", &["session"]),
    // A minus before a number is part of the number.
    ("Neg", &["forms"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            found.push(entry);
        }
    }
}

/// What is wrong with a file of a floor, a sentence each.
fn faults(floor: &str, file: &str, text: &str) -> Vec<String> {
    let height = |name: &str| FLOORS.iter().position(|floor| *floor == name);
    let own = height(floor).unwrap_or(FLOORS.len());
    let mut faults = Vec::new();
    if !text.starts_with("//!") {
        faults.push(format!("{file} does not say what it knows"));
    }
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        for (path, root) in [("crate::", floor != "binary"), ("gradcalc::", true)] {
            for rest in line.split(path).skip(1).filter(|_| root) {
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if height(&name).is_some_and(|other| other > own) {
                    faults.push(format!("{file} looks up to {name}: {line}"));
                }
            }
        }
        let coloured =
            line.contains("colored::") || [".red()", ".green()", ".cyan()", ".yellow()", ".dimmed()"].iter().any(|c| line.contains(c));
        if coloured && !file.ends_with("paint.rs") {
            faults.push(format!("{file} knows a colour: {line}"));
        }
        let outside = ["println!", "print!(", "std::process", "clap::", "std::env"].iter().any(|word| line.contains(word));
        if outside && floor != "binary" {
            faults.push(format!("{file} knows the world outside: {line}"));
        }
        for rest in line.split("Gate::").skip(1).filter(|_| !file.contains("vocabulary")) {
            let gate: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
            let named = gate.starts_with(char::is_uppercase);
            if named && !STRUCTURAL.iter().any(|(known, floors)| *known == gate && floors.contains(&floor)) {
                faults.push(format!("{file} knows the gate {gate}: {line}"));
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
    let all: Vec<String> = files
        .iter()
        .flat_map(|path| {
            let file = path.strip_prefix(&root).expect("inside").to_string_lossy().into_owned();
            let floor = file.split('/').next().unwrap_or_default();
            let floor = if floor == "lib.rs" || floor == "main.rs" { "binary" } else { floor };
            faults(floor, &file, &fs::read_to_string(path).expect("text"))
        })
        .collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn each_rule_bites() {
    for (floor, file, text) in [
        ("forms", "forms/a.rs", "//! A.\nuse crate::views::Answer;"),
        ("ground", "ground/a.rs", "//! A.\nfn f() { crate::calculus::g() }"),
        ("views", "views/a.rs", "use std::io;"),
        ("views", "views/a.rs", "//! A.\nfn f() { \"x\".red(); }"),
        ("session", "session/a.rs", "//! A.\nfn f() { println!(); }"),
        ("views", "views/a.rs", "//! A.\nfn f() { Gate::Sigma }"),
    ] {
        assert_eq!(faults(floor, file, text).len(), 1, "{text}");
    }
    assert!(faults("views", "views/a.rs", "//! A.\nuse crate::forms::Program;\n// use crate::session").is_empty());
}
