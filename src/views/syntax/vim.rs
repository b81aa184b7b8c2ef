//! A syntax file of Vim's.
//!
//! Knows how Vim writes patterns: a match for each piece of a rule, with what stands before it looked back at. Which words and
//! signs there are is said by the rules.

use super::{BEGINS, BRACKETS, Class, GOES_ON, Rule, TOLD, rules};
use std::collections::BTreeMap;

/// The whole file.
pub fn text() -> String {
    let mut groups = BTreeMap::from([(group(false, Class::Bracket), Class::Bracket)]);
    let mut matches = Vec::new();
    for rule in rules() {
        for at in 0..rule.pieces.len() {
            let group = group(rule.opens, rule.pieces[at].0);
            groups.insert(group.clone(), rule.pieces[at].0);
            matches.push(format!("syn match {group} /{}/\n", piece(&rule, at)));
        }
    }
    // Vim takes the last.
    matches.reverse();
    let inside: Vec<&str> = groups.keys().filter(|group| !group.starts_with(&prefix(true))).map(String::as_str).collect();
    let enclosed = prefix(false) + "Enclosed";
    let regions: Vec<String> = BRACKETS
        .iter()
        .map(|&(open, close, statements, context)| {
            let contains = if statements { "TOP".to_owned() } else { format!("@{enclosed}") };
            let (region, bracket) = (format!("{}{context}", prefix(false)), group(false, Class::Bracket));
            format!("syn region {region} matchgroup={bracket} start=/\\V{open}/ end=/\\V{close}/ contains={contains}\n")
        })
        .collect();
    let names: Vec<String> = BRACKETS.iter().map(|bracket| format!("{}{}", prefix(false), bracket.3)).collect();
    let links: Vec<String> = groups.iter().filter_map(|(group, class)| Some(format!("hi def link {group} {}\n", class.group()?))).collect();
    format!(
        "\" Vim syntax file of gradcalc's scripts.\n\" {}\nif exists(\"b:current_syntax\")\n  finish\nendif\nscriptencoding utf-8\n\n\
         syn case match\nsyn sync fromstart\n\n\" Of what begins at one place, the last holds.\nsyn cluster {enclosed} contains={},{}\n{}{}\n{}\nlet b:current_syntax = \"gradcalc\"\n",
        TOLD,
        inside.join(","),
        names.join(","),
        regions.concat(),
        matches.concat(),
        links.concat(),
    )
}

/// What the names of groups begin with; of those where statements begin, another one, as they stand in no brackets.
fn prefix(opens: bool) -> String {
    if opens { "gradcalcOpening" } else { "gradcalc" }.to_owned()
}

fn group(opens: bool, class: Class) -> String {
    format!("{}{class:?}", prefix(opens))
}

/// The pattern of one piece of a rule.
fn piece(rule: &Rule, at: usize) -> String {
    let patterns: Vec<&str> = rule.pieces.iter().map(|(_, pattern)| pattern.as_str()).collect();
    let before: Vec<String> = patterns[..at].iter().map(|pattern| format!(r"(?:{pattern})\s*")).collect();
    let start = if rule.opens { r"(?:^|[;{:])\s*" } else { "" };
    let behind: Vec<String> = patterns[at + 1..].iter().map(|pattern| format!(r"\s*(?:{pattern})")).collect();
    let back = if start.is_empty() && at == 0 { String::new() } else { format!("(?<={start}{})", before.concat()) };
    let ahead = behind.concat() + &rule.ahead;
    let ahead = if ahead.is_empty() { String::new() } else { format!("(?={ahead})") };
    format!(r"\v{}", translated(&format!("{back}(?:{}){ahead}", patterns[at])))
}

/// What Vim writes for the characters of names: all that are no ASCII and no sign.
const LETTERS: &str = r"\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞";

/// A pattern in the most magic of Vim's notations.
fn translated(pattern: &str) -> String {
    let pattern = pattern.replace(GOES_ON, &format!(r"[^\x01-\x2f\x3a-\x40{LETTERS}]")).replace(BEGINS, &format!(r"[^\x01-\x40{LETTERS}]"));
    let mut text = String::new();
    // What stands behind the bracket that closes each group.
    let mut open: Vec<&str> = Vec::new();
    let (mut rest, mut in_class) = (pattern.as_str(), false);
    while let Some(sign) = rest.chars().next() {
        let kinds = [("(?:", ""), ("(?=", "@="), ("(?!", "@!"), ("(?<=", "@<="), ("(?<!", "@<!")];
        let group = kinds.into_iter().find(|(opening, _)| !in_class && rest.starts_with(opening));
        let mut taken = sign.len_utf8();
        match sign {
            '\\' => {
                taken += rest[1..].chars().next().map_or(0, char::len_utf8);
                text.push_str(&rest[..taken]);
            }
            '(' if group.is_some() => {
                let (opening, behind) = group.unwrap_or_default();
                text.push_str("%(");
                open.push(behind);
                taken = opening.len();
            }
            '(' if !in_class => {
                text.push('(');
                open.push("");
            }
            ')' if !in_class => {
                text.push(')');
                text.push_str(open.pop().unwrap_or_default());
            }
            '[' | ']' => {
                in_class = sign == '[';
                text.push(sign);
            }
            '=' | '<' | '>' | '@' | '&' | '~' | '%' | '{' if !in_class => text.extend(['\\', sign]),
            '/' => text.push_str(r"\/"),
            _ => text.push(sign),
        }
        rest = &rest[taken..];
    }
    text
}
