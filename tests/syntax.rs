//! What editors colour: the files kept in examples are what the program prints, and the grammar of TextMate's kind, read as an
//! editor reads it, tells the pieces of a text apart as the calculator itself does.

use gradcalc::binary::repl::help::parts;
use gradcalc::session::typing::WordKind;
use gradcalc::session::{Session, Settings};
use gradcalc::views::syntax::{EDITORS, bound_words};
use gradcalc::vocabulary::STATEMENTS;
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the file of each editor is kept.
const KEPT: &[(&str, &str)] = &[
    ("vim", "examples/editors/vim/syntax/gradcalc.vim"),
    ("textmate", "examples/editors/vscode/syntaxes/gradcalc.tmLanguage.json"),
    ("sublime", "examples/editors/sublime/gradcalc.sublime-syntax"),
];

/// Run with `TRYCMD=overwrite`, it writes them.
#[test]
fn what_is_kept_for_editors_is_what_the_program_prints() {
    assert!(EDITORS.iter().map(|editor| editor.name).eq(KEPT.iter().map(|(name, _)| *name)), "each has a file");
    for (name, path) in KEPT {
        let run = Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(["--syntax", name]).output().expect("the program runs");
        let printed = String::from_utf8(run.stdout).expect("text");
        if std::env::var_os("TRYCMD").is_some_and(|wish| wish == "overwrite") {
            fs::write(path, &printed).expect("the file is written");
        }
        let kept = fs::read_to_string(path).expect(path).replace("\r\n", "\n");
        assert!(kept == printed, "{path} is not what `gradcalc --syntax {name}` prints; TRYCMD=overwrite writes it");
    }
}

/// The words that only the grammar knows are all there, and no others.
#[test]
fn words_of_the_grammar_are_coloured() {
    let grammar = include_str!("../grammar/gradcalc.pest");
    let bound = grammar.lines().filter(|line| line.contains("~ bound")).flat_map(|line| line.split('"').skip(1).step_by(2));
    let mut words: Vec<&str> = bound.filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase())).collect();
    let values = ["True", "False", "None"];
    let known = |word: &&str| !values.contains(word) && *word != "load" && STATEMENTS.iter().all(|row| row.word != *word);
    words.retain(known);
    words.sort_unstable();
    words.dedup();
    let mut coloured: Vec<&str> = bound_words().collect();
    coloured.sort_unstable();
    assert_eq!(words, coloured);
}

fn scripts(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            scripts(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "grad") {
            found.push(path);
        }
    }
}

/// Texts that are easily taken for something else.
const TRICKY: &[&str] = &[
    "x = 1_000; y = 1e-3; z = .5 + 2. - 1_0.2_5e+1_0 # 3 \"no\"",
    "sum(i^2 for i in 1..10)",
    "W = [1, 2; 3, 4]; b = W' @ W.T.sum(axis=0, keepdims=True) + W[0, 1:]",
    "set = 3; print = 4; const = 5; set + print*const; import = 2; def = 1; repeat = 2; repeat*def",
    "print (set)\nassert -x == 1 ± 1e-6; assert [1, 2] == [1, 2]",
    "f(x, y) = x*y; f(3, -4) == 2\ndef g(x):\n    y = x**2\n    return y, {'x': y}\n\ng(3)[1]['x']",
    "def h(x, y): return np.exp(x)/(1 + math.exp(y))",
    "x = 3\nx -= 0.1*d(f, x); x /= 2; x**=2",
    "repeat 10 { x -= 1; print \"x\", x; set digits 4 }\nset view brief # behind\nset ties split; y",
    "from math import *; import numpy as np\nx = float('inf') + float('-inf')",
    "σ(π·x) ≤ √2² − 3⁻¹; e^2 + inf + 30°x + tau; 30 deg",
    "include \"other.grad\"; load(\"points.csv\") + x if x > 0 else -x",
    "axis = 2; sum(W, axis=1) + axis",
    "x2 + e2 + pie + np + sigma + max",
    "#!/usr/bin/env -S gradcalc -f\nλ = 2; λ2 = λ",
    "x'y' + \"set\" # import",
    "X[1:, None] + f(x)(y)",
];

/// What each piece of some texts is to an editor: where it begins and ends, and its scope. None where there is no node.
fn scopes(texts: &[String]) -> Option<Vec<Vec<(usize, usize, String)>>> {
    let node = Command::new("node").arg("tests/syntax.js").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut node = node.ok()?;
    let grammar: Value = serde_json::from_str(&fs::read_to_string(KEPT[1].1).expect("the grammar")).expect("JSON");
    let stdin = node.stdin.take().expect("stdin");
    write!(&stdin, "{}", json!([grammar, texts])).expect("node reads");
    drop(stdin);
    let output = node.wait_with_output().expect("node ends");
    assert!(output.status.success(), "node fails");
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

/// Whether an editor may show a piece of a kind so.
fn agrees(kind: WordKind, word: &str, scope: &str) -> bool {
    let is = |known: &[&str]| known.iter().any(|known| scope.starts_with(known));
    let words = ["return", "as", "import"].contains(&word) || bound_words().any(|known| known == word);
    match kind {
        WordKind::Space | WordKind::Stray => true,
        WordKind::Comment => is(&["comment"]),
        WordKind::Number => is(&["constant.numeric", "constant.other"]),
        WordKind::Quoted => is(&["string.quoted.double", "constant.other"]),
        WordKind::Keyword => is(&["keyword.control", "support.variable"]) || words && is(&["variable.parameter"]),
        WordKind::Gate => is(&["support.function", "entity.name"]),
        WordKind::Sign => {
            is(&[
                "keyword.operator",
                "punctuation",
                "variable.parameter",
                "constant.other",
                "string.quoted.single",
                "entity.name.namespace",
            ]) || word.trim().is_empty()
        }
        // A name of the user's may be one that means something elsewhere.
        WordKind::Constant => is(&["constant", "variable", "entity.name"]),
        WordKind::Input | WordKind::Stage | WordKind::Function | WordKind::Unknown => {
            let constant = ["e", "pi", "tau", "inf", "deg", "d", "load", "True", "False", "None"].contains(&word)
                && is(&["constant.language", "support.function"]);
            constant || is(&["variable", "entity.name", "string.quoted.single"]) || words && is(&["keyword.control"])
        }
    }
}

#[test]
fn an_editor_tells_pieces_apart_as_the_calculator_does() {
    let mut found = Vec::new();
    scripts(Path::new("examples"), &mut found);
    assert!(found.len() > 8, "there are scripts");
    let mut texts: Vec<String> = found.iter().map(|path| fs::read_to_string(path).expect("a script").replace("\r\n", "\n")).collect();
    texts.extend(parts().map(|(_, example, _)| example.to_owned()));
    texts.extend(TRICKY.iter().map(|text| (*text).to_owned()));
    let Some(scopes) = scopes(&texts) else {
        crate::skip("there is no node");
        return;
    };
    let mut faults = Vec::new();
    for (text, scopes) in texts.iter().zip(scopes) {
        // JavaScript counts in units of 16 bits.
        let places: Vec<usize> =
            text.char_indices().flat_map(|(at, c)| std::iter::repeat_n(at, c.len_utf16())).chain([text.len()]).collect();
        let scopes: Vec<(usize, usize, String)> = scopes.into_iter().map(|(from, to, scope)| (places[from], places[to], scope)).collect();
        for (range, kind) in Session::new(Settings::default()).pieces(text) {
            let scope = scopes.iter().find(|(from, to, _)| (*from..*to).contains(&range.start)).map_or("", |(.., scope)| scope.as_str());
            let word = &text[range.clone()];
            // The calculator looks at a block as a whole, an editor at its statements.
            let block = text[..range.start].matches('{').count() > text[..range.start].matches('}').count();
            let opens = block
                && kind == WordKind::Unknown
                && ["keyword.control.statement", "support.variable"].iter().any(|known| scope.starts_with(known));
            if !opens && !agrees(kind, word, scope) {
                let line = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
                faults.push(format!("{kind:?} `{word}` is {scope:?} in {:?}", text[line..].lines().next().unwrap_or_default()));
            }
        }
    }
    assert!(faults.is_empty(), "{} pieces:\n{}", faults.len(), faults.join("\n"));
}
