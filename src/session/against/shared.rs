//! Values that several names stand for: arrays that are changed by one of them, and what functions are given and return.
//!
//! Knows tokens and the names of gradients; evaluates nothing.

use super::pass::{Act, Known, Row};
use crate::forms::parse::tokens::{self, Kind, Token};
use crate::forms::reader::between_commas;
use crate::vocabulary::library::PUT;
use hashbrown::{HashMap, HashSet};

/// The methods of an array that give the same numbers in another shape.
const VIEWS: &[&str] = &[".T", ".reshape", ".ravel", ".view", ".squeeze", ".transpose"];

/// The array that an expression is, or is a part of or another view of: its name, and by how much its rank is lower.
fn view(expression: &str) -> Option<(&str, usize)> {
    let tokens = tokens::all(expression);
    let word = |at: usize| tokens.get(at).map_or("", |token: &Token| token.span.of(expression));
    let name = tokens.first().filter(|token| token.kind == Kind::Name)?.span.of(expression);
    let (mut at, mut lower) = (1, 0);
    while at < tokens.len() {
        let is_index = word(at) == "[";
        let opens = if is_index { at } else { at + 1 };
        if !is_index && !VIEWS.contains(&word(at)) {
            return None;
        }
        if is_index || word(opens) == "(" {
            let close = tokens::closing(expression, &tokens, opens)?;
            let mut inner = opens + 1..close;
            if is_index {
                // A list of places or a mask copies; a place takes one axis away, a range of places none.
                let copies = |at: usize| tokens[at].kind == Kind::Name || matches!(word(at), "[" | "<" | ">" | "<=" | ">=" | "==" | "!=");
                if inner.clone().any(copies) {
                    return None;
                }
                let is_place = |&at: &usize| tokens[at].kind == Kind::Number && matches!(word(at + 1), "," | "]") && word(at - 1) != ":";
                lower += inner.by_ref().filter(is_place).count();
            }
            at = close + 1;
        } else {
            at += 1;
        }
    }
    Some((name, lower))
}

/// Lines that change an array in its place that is another name's too, with the names that have other values behind each: gradients of
/// inputs, and gradients, stages and inputs that lines below use.
pub fn changed_beside(rows: &[Row], known: &Known) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    // What each name stands for, where that is an array of another one.
    let mut roots: HashMap<&str, String> = HashMap::new();
    let rank = |name: &str| known.ranks.get(known.gradients.get(name).map_or(name, String::as_str)).copied();
    for (at, row) in rows.iter().enumerate() {
        let name = row.name.as_str();
        let root = roots.get(name).cloned().unwrap_or_else(|| name.to_owned());
        if row.sign != "=" || row.expression.starts_with(PUT) {
            let is_other = |other: &&str| *other != name && (**other == root || roots.get(*other) == Some(&root));
            let is_needed = |other: &&str| {
                let below = &rows[at + 1..];
                let until = below.iter().position(|row| row.name == **other && row.sign == "=" && row.act == Act::Sets);
                known.inputs.contains(*other) || below[..until.unwrap_or(below.len())].iter().any(|row| row.uses.contains(*other))
            };
            let names = known.own.iter().chain(known.gradients.keys()).map(String::as_str).filter(is_other).filter(is_needed);
            let mut names: Vec<String> = names.map(str::to_owned).collect();
            names.sort_unstable();
            if !names.is_empty() {
                found.push((at, names));
            }
            continue;
        }
        // Who had its array keeps that.
        let left = format!("{name} before line {at}");
        roots.values_mut().filter(|root| **root == name).for_each(|root| root.clone_from(&left));
        roots.remove(name);
        if let Some((of, lower)) = view(&row.expression).filter(|(of, _)| *of != name) {
            let root = roots.get(of).map_or(of, String::as_str);
            if rank(root).is_some_and(|rank| rank > lower) {
                let root = root.to_owned();
                roots.insert(name, root);
            }
        }
    }
    found
}

/// Names divided by commas; none where anything else stands between.
fn names(text: &str) -> Option<Vec<&str>> {
    let text = text.trim();
    let text = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(text);
    let is_name = |part: &str| {
        let tokens = tokens::all(part);
        matches!(&tokens[..], [one] if one.kind == Kind::Name)
    };
    let parts: Vec<&str> = between_commas(text).into_iter().map(|range| text[range].trim()).filter(|part| !part.is_empty()).collect();
    parts.iter().all(|part| is_name(part)).then_some(parts)
}

/// The function whose value a statement gives to names.
pub fn function_of(call: &str) -> Option<&str> {
    Some(call.split_once('=')?.1.split_once('(')?.0.trim())
}

/// What is wrong with how a function is called and what its call gives, where both are names; with the names that the call gives.
pub fn crossed(call: &str, text: &str, is_known: &dyn Fn(&str) -> bool) -> Option<(String, HashSet<String>)> {
    let function = function_of(call)?;
    let (targets, rest) = call.split_once('=')?;
    let targets = names(targets)?;
    let given = rest.split_once('(')?.1.trim().strip_suffix(')')?;
    let head = text.split_once('(')?.1;
    let parameters = names(head.split_once(')')?.0)?;
    let last = text.lines().rev().find_map(|line| line.trim().strip_prefix("return "))?;
    let returned = names(last)?;
    let own = || targets.iter().map(|&name| name.to_owned()).collect();
    for (parameter, given) in parameters.iter().zip(names(given)?) {
        if *parameter != given && is_known(parameter) && is_known(given) {
            return Some((format!("`{function}` takes `{given}` for its `{parameter}`"), own()));
        }
    }
    let pair = targets.iter().zip(&returned).find(|(target, returned)| target != returned && is_known(target) && is_known(returned))?;
    Some((format!("it gives `{}` what `{function}` returns as `{}`", pair.0, pair.1), own()))
}
