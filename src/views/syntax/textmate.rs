//! A grammar of TextMate's kind, as JSON: VS Code, Shiki and others read it.
//!
//! Knows how such a grammar is written; which words and signs there are is said by the rules.

use super::{BRACKETS, Class, ENDING, FIRST_LINE, Rule, TOLD, joined, rules};
use serde_json::{Map, Value, json};

/// The whole file.
pub fn text() -> String {
    let rules = rules();
    let (opening, others): (Vec<&Rule>, Vec<&Rule>) = rules.iter().partition(|rule| rule.opens);
    let mut expression: Vec<Value> = others.into_iter().map(pattern).collect();
    expression.extend(BRACKETS.iter().map(|&(open, close, statements, _)| bracket(open, close, statements)));
    let grammar = json!({
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "information_for_contributors": [TOLD],
        "name": "gradcalc",
        "scopeName": "source.gradcalc",
        "fileTypes": [ENDING],
        "firstLineMatch": FIRST_LINE,
        "patterns": [{ "include": "#statement" }, { "include": "#expression" }],
        "repository": {
            "statement": { "patterns": opening.into_iter().map(pattern).collect::<Vec<_>>() },
            "expression": { "patterns": expression },
        },
    });
    format!("{grammar:#}\n")
}

fn scope(class: Class) -> Value {
    json!({ "name": format!("{}.gradcalc", class.scope()) })
}

fn pattern(rule: &Rule) -> Value {
    let (text, captures) = joined(rule);
    let captures: Map<String, Value> = captures.into_iter().enumerate().map(|(at, class)| ((at + 1).to_string(), scope(class))).collect();
    json!({ "match": text, "captures": captures })
}

/// What stands between two brackets.
fn bracket(open: &str, close: &str, statements: bool) -> Value {
    let sign = json!({ "0": scope(Class::Bracket) });
    let mut inside = vec![json!({ "include": "#expression" })];
    if statements {
        inside.insert(0, json!({ "include": "#statement" }));
    }
    json!({ "begin": format!(r"\{open}"), "end": format!(r"\{close}"), "beginCaptures": sign, "endCaptures": sign, "patterns": inside })
}
