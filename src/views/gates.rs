//! The gate table as a page: the list of all gates, and the explanation of one.

use super::page::{padded, wrapped};
use super::{Page, Role};
use crate::vocabulary::gate::{Axis, Family, Gate, Row, TABLE, Written};
use std::io;

const FAMILIES: &[Family] = &[
    Family::Arithmetic,
    Family::Exponential,
    Family::Trigonometric,
    Family::Activation,
    Family::Piecewise,
    Family::Special,
    Family::Reduction,
    Family::Matrix,
    Family::Building,
    Family::Comparison,
    Family::Primitive,
];

/// The families whose headings speak of a word; all of them for an empty one.
pub fn families(word: &str) -> Vec<Family> {
    let word = word.to_lowercase();
    let speaks = |family: &&Family| {
        family.heading().unwrap_or_default().to_lowercase().contains(&word) || format!("{family:?}").to_lowercase().starts_with(&word)
    };
    FAMILIES.iter().filter(speaks).copied().collect()
}

/// A word for each family, and its heading.
pub fn family_words() -> impl Iterator<Item = (String, &'static str)> {
    FAMILIES.iter().map(|family| (format!("{family:?}").to_lowercase(), family.heading().unwrap_or_default()))
}

/// Lists every gate with its derivative.
///
/// # Errors
/// When the page cannot be written.
pub fn list(page: &mut dyn Page) -> io::Result<()> {
    list_of(FAMILIES, page)
}

/// Lists the gates of some families with their derivatives.
///
/// # Errors
/// When the page cannot be written.
pub fn list_of(families: &[Family], page: &mut dyn Page) -> io::Result<()> {
    let listed = TABLE.iter().filter(|row| families.contains(&row.family));
    let width = listed.flat_map(usages).map(|(usage, _)| usage.chars().count()).max().unwrap_or(0);
    for (at, family) in families.iter().enumerate() {
        page.put(Role::Heading, &format!("{}{}\n", if at > 0 { "\n" } else { "" }, family.heading().unwrap_or_default()))?;
        for row in TABLE.iter().filter(|row| row.family == *family) {
            for (usage, along) in usages(row) {
                let slopes = slopes(row, along).join("   ");
                page.put(Role::Plain, "  ")?;
                if slopes.is_empty() {
                    page.put(Role::Expression, &usage)?;
                } else {
                    page.put(Role::Expression, &padded(&usage, width))?;
                    page.put(Role::Plain, "  ")?;
                    page.put(Role::Gradient, &slopes)?;
                }
                page.put(Role::Plain, "\n")?;
            }
        }
    }
    page.put(Role::Plain, "\nout is the gate's own value, dout the gradient that arrives at it.")
}

/// Explains one gate, and those of its name for other operands, in lines of so many columns.
///
/// # Errors
/// When the page cannot be written.
pub fn explain(gate: Gate, width: usize, page: &mut dyn Page) -> io::Result<()> {
    for (at, row) in gate.row().with_cases().enumerate() {
        if at > 0 {
            page.put(Role::Plain, "\n")?;
        }
        explain_one(row, width, page)?;
    }
    Ok(())
}

/// How wide the headings of an explanation are.
const HEADINGS: usize = 14;

/// Formulas behind a heading: in one line where they fit, each in its own line elsewhere.
fn in_lines<'a>(heading: &'a str, formulas: &[String], width: usize) -> Vec<(&'a str, String)> {
    let line = formulas.join("   ");
    if line.chars().count() + HEADINGS + 2 <= width {
        return vec![(heading, line)];
    }
    formulas.iter().enumerate().map(|(at, formula)| (if at == 0 { heading } else { "" }, formula.clone())).collect()
}

fn explain_one(row: &Row, width: usize, page: &mut dyn Page) -> io::Result<()> {
    let calls: Vec<String> = usages(row).into_iter().map(|(usage, _)| usage).collect();
    page.put(Role::Expression, &calls.join("   "))?;
    page.put(Role::Plain, "\n")?;
    page.put(Role::Plain, &format!("  {}\n", wrapped(&format!("It {}", row.says), 2, width)))?;
    let mut field = |name: &str, text: &str, role: Role| -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        page.put(Role::Plain, "  ")?;
        page.put(Role::Heading, &padded(name, HEADINGS))?;
        page.put(role, text)?;
        page.put(Role::Plain, "\n")
    };
    for (_, along) in usages(row) {
        let heading = if along { "along an axis" } else { "gradient" };
        for (heading, text) in in_lines(heading, &slopes(row, along), width) {
            field(heading, &text, Role::Gradient)?;
        }
    }
    for (_, along) in usages(row).into_iter().filter(|_| !row.split.is_empty()) {
        let split: Vec<String> = row.operands.iter().zip(row.split).map(|(operand, text)| slope(row, operand, text, along)).collect();
        for (heading, text) in in_lines(if along { "" } else { "ties: split" }, &split, width) {
            field(heading, &text, Role::Gradient)?;
        }
    }
    field("defined for", row.domain, Role::Plain)?;
    for kink in row.kinks {
        let when = Row::without_axis(kink.when);
        let text = format!("{when}: slope {} from below, {} from above", kink.below, kink.above);
        field("kink at", &text, Role::Plain)?;
    }
    field("also written", &row.signs.iter().chain(row.prefixes).chain(row.aliases).copied().collect::<Vec<_>>().join(" "), Role::Plain)?;
    field("primitive", row.primitive, Role::Plain)?;
    field("recognised as", &row.forms.join("   "), Role::Plain)
}

/// How the gate is called.
fn usage(row: &Row) -> String {
    let sign = match (row.written, row.operands) {
        (Written::Infix(sign, _), [x, y]) => Some(format!("{x}{sign}{y}")),
        (_, [x, y]) => row.signs.first().map(|sign| format!("{x} {sign} {y}")),
        _ => None,
    };
    let prefix = row.prefixes.first().map(|sign| format!("{sign}{}", row.operands[0]));
    let more = if row.arity().is_none() { ", ..." } else { "" };
    let call = format!("{}({}{more})", row.name, row.operands.join(", "));
    match (sign, prefix) {
        (Some(sign), _) => sign,
        (None, Some(prefix)) if !prefix.starts_with('√') => prefix,
        _ => call,
    }
}

/// The ways in which it is called, each with whether an axis follows.
fn usages(row: &Row) -> Vec<(String, bool)> {
    let along = row.usages().into_iter().skip(1).map(|usage| (usage, true));
    std::iter::once((usage(row), false)).chain(along).collect()
}

fn slopes(row: &Row, along: bool) -> Vec<String> {
    let operands = if row.arity().is_none() { &row.operands[..1] } else { row.operands };
    let texts = operands.iter().zip(row.slopes).filter(|(_, text)| !text.is_empty());
    texts.map(|(operand, text)| slope(row, operand, text, along)).collect()
}

/// How a gradient is written; a local gradient times the upstream gradient, which meets it along an axis once expanded.
fn slope(row: &Row, operand: &str, text: &str, along: bool) -> String {
    let upstream = if along && row.axis == Axis::Reduces { "expand(dout, axis)" } else { "dout" };
    let text = if along { text.to_owned() } else { Row::without_axis(text) };
    match text.as_str() {
        "1" => format!("d{operand} = {upstream}"),
        text if text.contains("dout") => format!("d{operand} = {text}"),
        text if text.contains([' ', '-']) => format!("d{operand} = ({text}) * {upstream}"),
        text => format!("d{operand} = {text} * {upstream}"),
    }
}
