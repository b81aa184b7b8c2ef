//! The house's rules, read from its own source: imports go down the floors, colours stay in `paint`, the world
//! outside is the binary's, a gate is named in the gate table only, and every file says what it knows.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, ItemMod, ItemUse, Macro, UseTree};

/// The floors, the ground first.
const FLOORS: &[&str] = &["ground", "vocabulary", "forms", "calculus", "views", "session", "binary"];

/// The gates that may be named outside the gate table, the floors where they may, and why.
const STRUCTURAL: &[(&str, &[&str])] = &[
    // Leaves hold what the user gave.
    ("Input", &["forms", "calculus", "views", "session"]),
    ("Constant", &["forms", "calculus", "views"]),
    // A choice has words instead of a sign.
    ("Where", &["forms"]),
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
    // What an index hands back, which is added up in place.
    ("Scatter", &["calculus"]),
    ("Gather", &["calculus"]),
    ("GatherPairs", &["calculus"]),
    ("Nonzero", &["calculus"]),
    ("Transpose", &["calculus"]),
    ("Transpose", &["forms"]),
    // The slope of a side is that of where something moves to.
    ("Where", &["calculus"]),
    ("Gt", &["calculus"]),
    ("Lt", &["calculus"]),
    // What is true or false stays so.
    ("Abs", &["calculus"]),
    // Independent deviations add up as sides of a right angle do.
    ("Hypot", &["calculus"]),
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

/// What no part of the program has to do with: the network and other programs (.github/SECURITY.md promises it).
const NEVER: &[&str] = &["std::net", "process::Command", "rustix::net", "os::unix::net"];

pub fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            found.push(entry);
        }
    }
}

/// What the code of a file says: comments, documentation and texts in quotation marks are none of it.
#[derive(Default)]
struct Code {
    /// The modules that the place being read lies in, from the root.
    module: Vec<String>,
    /// Every path, with the module in which it stands: `crate::a::b`, and one for each name of a `use`.
    paths: Vec<(Vec<String>, Vec<String>)>,
    /// Every word.
    words: Vec<String>,
    /// The macros that are called.
    macros: Vec<String>,
}

impl Code {
    fn read(file: &str, text: &str) -> Self {
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file} is no Rust: {error}"));
        let mut module: Vec<String> = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
            module.pop();
        }
        let mut code = Self { module, ..Self::default() };
        code.visit_file(&parsed);
        code
    }

    fn path(&mut self, path: Vec<String>) {
        self.words.extend(path.iter().cloned());
        self.paths.push((self.module.clone(), path));
    }

    /// A path for each name that a `use` brings.
    fn used(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: String| before.iter().cloned().chain([name]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.used(&with(path.ident.to_string()), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.used(before, tree)),
            UseTree::Name(name) => self.path(with(name.ident.to_string())),
            UseTree::Rename(name) => self.path(with(name.ident.to_string())),
            UseTree::Glob(_) => self.path(with("*".to_owned())),
        }
    }

    /// The words and paths among the tokens of a macro, whose grammar is its own.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut colons, mut last) = (0, String::new());
        for token in tokens {
            match token {
                TokenTree::Ident(word) => {
                    if colons != 2 && !path.is_empty() {
                        self.path(std::mem::take(&mut path));
                    }
                    path.push(word.to_string());
                    (colons, last) = (0, word.to_string());
                }
                TokenTree::Punct(sign) if sign.as_char() == ':' => colons += 1,
                TokenTree::Punct(sign) => {
                    if sign.as_char() == '!' {
                        self.macros.push(last.clone());
                    }
                    self.path(std::mem::take(&mut path));
                    colons = 0;
                }
                TokenTree::Group(group) => {
                    self.path(std::mem::take(&mut path));
                    self.tokens(group.stream());
                    colons = 0;
                }
                TokenTree::Literal(_) => {}
            }
        }
        self.path(path);
    }

    /// The modules that the paths lead to, each from the root: `crate::a` leads to `a`, and in `forms/print.rs`
    /// `super::super::a` does.
    fn imports(&self) -> Vec<&str> {
        let root = |(module, path): &'_ (Vec<String>, Vec<String>)| -> Option<String> {
            let supers = path.iter().take_while(|word| *word == "super").count();
            match path.first()?.as_str() {
                "crate" => path.get(1).cloned(),
                "super" if supers >= module.len() => path.get(supers).cloned(),
                "super" => module.first().cloned(),
                _ => None,
            }
        };
        let found = self.paths.iter().filter_map(root);
        found.filter_map(|name| FLOORS.iter().copied().find(|floor| *floor == name)).collect()
    }

    /// The gates that are named, `*` where all are.
    fn gates(&self) -> impl Iterator<Item = &str> {
        let gate = |(_, path): &'_ (Vec<String>, Vec<String>)| {
            let at = path.iter().position(|word| word == "Gate")?;
            Some(at + 1).filter(|&at| path.get(at).is_some_and(|name| name.starts_with(|c: char| c.is_uppercase() || c == '*')))
        };
        self.paths.iter().filter_map(move |path| gate(path).map(|at| path.1[at].as_str()))
    }

    /// Whether a path goes through some modules in a row.
    fn goes_through(&self, through: &str) -> bool {
        let through: Vec<&str> = through.split("::").collect();
        self.paths.iter().any(|(_, path)| path.windows(through.len()).any(|part| part == through))
    }
}

impl<'a> Visit<'a> for Code {
    fn visit_attribute(&mut self, _: &'a Attribute) {}

    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.used(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        self.path(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_ident(&mut self, word: &'a Ident) {
        self.words.push(word.to_string());
    }

    fn visit_macro(&mut self, made: &'a Macro) {
        self.macros.extend(made.path.segments.last().map(|segment| segment.ident.to_string()));
        visit::visit_macro(self, made);
        self.tokens(made.tokens.clone());
    }
}

/// The files of the program, each with its text and what its code says, in the order of their names; read once for all tests.
fn house() -> &'static BTreeMap<String, (String, Code)> {
    static HOUSE: LazyLock<BTreeMap<String, (String, Code)>> = LazyLock::new(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        sources(&root, &mut files);
        let name = |path: &PathBuf| path.strip_prefix(&root).expect("inside").to_string_lossy().replace('\\', "/");
        let read = |path: &PathBuf| {
            let (name, text) = (name(path), fs::read_to_string(path).expect("text"));
            let code = Code::read(&name, &text);
            (name, (text, code))
        };
        files.iter().map(read).collect()
    });
    &HOUSE
}

/// What is wrong with a file, a sentence each.
fn faults(file: &str, text: &str) -> Vec<String> {
    faults_of(file, text, &Code::read(file, text))
}

fn faults_of(file: &str, text: &str, code: &Code) -> Vec<String> {
    let height = |name: &str| FLOORS.iter().position(|floor| *floor == name);
    // `lib.rs` and `api.rs` name the floors of the library, whose top is the session.
    let floor = match file.split('/').next().unwrap_or_default() {
        "main.rs" => "binary",
        "lib.rs" | "api.rs" => "session",
        floor => floor,
    };
    let mut faults = Vec::new();
    let Some(own) = height(floor) else { return vec![format!("{file} is on no floor")] };
    if !text.starts_with("//!") {
        faults.push(format!("{file} does not say what it knows"));
    }
    if floor != "binary" {
        for name in code.imports().iter().filter(|name| height(name).is_some_and(|other| other > own)) {
            faults.push(format!("{file} looks up to {name}"));
        }
    }
    let mut words: Vec<&str> = code.words.iter().map(String::as_str).collect();
    words.sort_unstable();
    words.dedup();
    if file != PAINT {
        for word in words.iter().filter(|word| COLOURS.contains(&word.trim_start_matches("on_").trim_start_matches("bright_"))) {
            faults.push(format!("{file} knows a colour: {word}"));
        }
    }
    if floor != "binary" {
        for word in
            words.iter().filter(|word| OUTSIDE.contains(word) && (!word.contains("print") || code.macros.iter().any(|made| made == *word)))
        {
            faults.push(format!("{file} knows the world outside: {word}"));
        }
        for path in OUTSIDE_PATHS.iter().filter(|path| code.goes_through(path)) {
            faults.push(format!("{file} knows the world outside: {path}"));
        }
    }
    for path in NEVER.iter().filter(|path| code.goes_through(path)) {
        faults.push(format!("{file} reaches out: {path}"));
    }
    if !GATE_TABLES.iter().any(|table| file.starts_with(table)) {
        for gate in code.gates() {
            if !STRUCTURAL.iter().any(|(known, floors)| *known == gate && floors.contains(&floor)) {
                faults.push(format!("{file} knows the gate {gate}"));
            }
        }
    }
    // Two names of one `use` are one fault.
    faults.dedup();
    faults
}

#[test]
fn the_house_keeps_its_rules() {
    assert!(house().len() > 20, "the walk finds the house");
    let all: Vec<String> = house().iter().flat_map(|(name, (text, code))| faults_of(name, text, code)).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Every exception is still needed: an exception that nobody uses is taken back.
#[test]
fn no_exception_is_idle() {
    for (gate, floors) in STRUCTURAL {
        for floor in *floors {
            let mut files = house().iter().filter(|(name, _)| name.starts_with(&format!("{floor}/")));
            assert!(files.any(|(_, (_, code))| code.gates().any(|name| name == *gate)), "{floor} no longer names {gate}");
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
        ("views/a.rs", "//! A.\nuse std::{env, io};", "knows the world outside: std::env"),
        ("views/a.rs", "//! A.\nfn f() { assert!(crate::session::g()); }", "looks up to session"),
        ("views/a.rs", "//! A.\nmod b { use super::super::super::session; }", "looks up to session"),
        ("api.rs", "//! A.\nuse crate::binary::cli;", "looks up to binary"),
        ("views/a.rs", "//! A.\nuse clap::Parser;", "knows the world outside: clap"),
        ("views/a.rs", "//! A.\nfn f() -> Gate { Gate::Sigma }", "knows the gate Sigma"),
        ("vocabulary/ast.rs", "//! A.\nfn f() -> Gate { Gate::Add }", "knows the gate Add"),
        ("views/a.rs", "//! A.\nuse crate::vocabulary::Gate;\nuse Gate::{Input, Mul};", "knows the gate Mul"),
        ("views/a.rs", "//! A.\nuse Gate::*;", "knows the gate *"),
        ("binary/a.rs", "//! A.\nfn f() -> Gate { Gate::Copy }", "knows the gate Copy"),
        ("binary/a.rs", "//! A.\nuse std::{io, net::TcpStream};", "reaches out: std::net"),
        ("binary/a.rs", "//! A.\nuse std::process;\nfn f() { process::Command::new(\"sh\"); }", "reaches out: process::Command"),
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
