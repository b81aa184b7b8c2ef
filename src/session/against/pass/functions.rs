//! Functions of a pass: one whose lines give gradients values may be the pass itself, any other is defined as it stands.
//!
//! Knows which functions are called, with what, and what becomes of their lines; evaluates nothing.

use super::{Known, Pass, Row, Unread, aliased, body_of, lines_of};
use crate::forms::reader::Statement;
use crate::ground::Fault;
use crate::session::against::shared;
use crate::session::against::unread::{self, Effect};
use crate::views::against::{Line, Verdict};
use hashbrown::{HashMap, HashSet};

/// A function whose lines give gradients values: the pass itself, or one that has names of its own.
pub(super) struct Held {
    name: String,
    text: String,
    at: usize,
    inner: Pass,
}

/// A function: one that computes gradients may be the pass itself, any other is defined.
pub(super) fn function(statement: &Statement, deep: usize, known: &Known, pass: &mut Pass) -> Result<(), Fault> {
    let (text, piece) = (&statement.text, statement.piece());
    let Some(definition) = piece.definition() else { return Ok(()) };
    let name = piece.word(definition.name).to_owned();
    let parameters: Vec<&str> = definition.parameters.iter().flatten().map(|&at| piece.word(at)).collect();
    pass.called.insert(name.clone(), unread::called(text, &parameters, &pass.called));
    let close = (definition.name..piece.tokens.len()).find(|&at| piece.word(at) == ")").unwrap_or(definition.name);
    let colon = (close..piece.tokens.len()).find(|&at| piece.word(at) == ":").filter(|_| piece.word(0) == "def" && deep > 0);
    if let Some(colon) = colon {
        let (body, before) = body_of(statement, piece.tokens[colon].span.range().end);
        let mut inner = Pass { called: std::mem::take(&mut pass.called), ..Pass::default() };
        lines_of(&body, before, deep - 1, known, &mut inner)?;
        pass.called = std::mem::take(&mut inner.called);
        if inner.rows.iter().any(|row| is_of_gradient(row, known)) {
            pass.held.push(Held { name, text: text.clone(), at: pass.rows.len(), inner });
            return Ok(());
        }
    }
    pass.functions.push(text.clone());
    Ok(())
}

fn is_of_gradient(row: &Row, known: &Known) -> bool {
    known.own.contains(&row.name) || aliased(&row.name, known).is_some()
}

/// Takes the lines of functions for the pass, where no lines outside of them give gradients values: of those that are called outside, or of
/// all where none is. Any other has names of its own.
pub(super) fn enter(pass: &mut Pass, known: &Known) {
    if pass.held.is_empty() {
        return;
    }
    let names: HashSet<String> = pass.held.iter().map(|held| held.name.clone()).collect();
    let outside = pass.rows.iter().any(|row| is_of_gradient(row, known) && !unread::calls_one(&row.expression, &names));
    let texts = pass.rows.iter().map(|row| &row.text).chain(pass.unread.iter().map(|unread| &unread.line.text)).chain(&pass.calls);
    let called: HashSet<String> = texts.flat_map(|text| unread::names_called(text)).filter(|name| names.contains(name)).collect();
    let held = std::mem::take(&mut pass.held);
    let (entered, others): (Vec<Held>, Vec<Held>) =
        held.into_iter().partition(|held| !outside && (called.is_empty() || called.contains(&held.name)));
    pass.functions.extend(others.into_iter().map(|held| held.text));
    let names: HashSet<String> = entered.iter().map(|held| held.name.clone()).collect();
    let crossed = crossed(pass, &entered, known);
    for held in entered.into_iter().rev() {
        let Held { at, inner, .. } = held;
        let count = inner.rows.len();
        pass.unread.iter_mut().filter(|unread| unread.at > at).for_each(|unread| unread.at += count);
        pass.unread.extend(inner.unread.into_iter().map(|unread| Unread { at: unread.at + at, ..unread }));
        pass.rows.splice(at..at, inner.rows);
        pass.lines.extend(inner.lines);
        pass.functions.extend(inner.functions);
    }
    // What it returns is the gradients that its lines compute.
    if !names.is_empty() {
        let mut at = 0;
        let kept: Vec<bool> = pass.rows.iter().map(|row| !unread::calls_one(&row.expression, &names)).collect();
        for unread in &mut pass.unread {
            unread.at = kept[..unread.at].iter().filter(|kept| **kept).count();
        }
        pass.rows.retain(|_| {
            at += 1;
            kept[at - 1]
        });
        pass.unread.retain(|unread| !unread::calls_one(&unread.line.text, &names));
        let at = pass.rows.len();
        pass.unread.extend(crossed.into_iter().map(|unread| Unread { at, ..unread }));
    }
}

/// The calls that give a function that is the pass other names than it has, or take them from it in another order.
fn crossed(pass: &Pass, entered: &[Held], known: &Known) -> Vec<Unread> {
    let is_known = |name: &str| known.gradients.contains_key(name) || known.own.contains(name) || aliased(name, known).is_some();
    let rows = pass.rows.iter().map(|row| (Some(row.number), &row.text));
    let lines = rows.chain(pass.unread.iter().map(|unread| (unread.line.number, &unread.line.text)));
    let by_name: HashMap<&str, &Held> = entered.iter().map(|held| (held.name.as_str(), held)).collect();
    let found = lines.filter_map(|(number, text)| {
        let held = by_name.get(shared::function_of(text)?)?;
        let (says, names) = shared::crossed(text, &held.text, &is_known)?;
        let name = text.split(['=', ',']).next().unwrap_or_default().trim().to_owned();
        let line = Line { number, text: text.clone(), name, says, ..Line::of(Verdict::Look) };
        Some(Unread { line, at: 0, effect: Effect { names, ..Effect::default() } })
    });
    found.collect()
}
