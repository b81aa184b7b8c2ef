//! The view `table`: inputs, then stages in forward order, each with its expression, value and gradient.

use super::page::{Aligned, padded};
use super::{Answer, Page, Role, Style, analysis};
use crate::forms::print::{self, Dialect};
use crate::forms::{Names, StageId};
use crate::vocabulary::Gate;
use std::borrow::Cow;
use std::io;
use unicode_width::UnicodeWidthStr;

const GAP: &str = "  ";

const NOTE: &str = "note: ";

/// The narrowest that the column of expressions may become.
const NARROWEST: usize = 10;

struct Row {
    number: String,
    name: String,
    expression: String,
    value: String,
    gradient: String,
    elasticity: String,
}

/// Shows the table, and below it what happened.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    let rows = rows(answer, style, &names);
    let number = rows.iter().map(|row| row.number.len()).max().unwrap_or(0);
    let name = rows.iter().map(|row| row.name.width()).max().unwrap_or(0).max("name".len());
    let gradients = rows.iter().any(|row| !row.gradient.is_empty());
    let mut numbers: Vec<Numbers> = vec![Numbers::new("value", Role::Value, &rows, |row| &row.value)];
    if gradients {
        numbers.push(Numbers::new("gradient", Role::Gradient, &rows, |row| &row.gradient));
    }
    if gradients && answer.relative {
        numbers.push(Numbers::new("% per %", Role::Gradient, &rows, |row| &row.elasticity));
    }
    let others = number + name + GAP.len() * 2 + numbers.iter().map(|column| column.aligned.width() + GAP.len()).sum::<usize>();
    let widest = rows.iter().map(|row| row.expression.width()).max().unwrap_or(0).max("expression".len());
    let expression = widest.min(style.width.saturating_sub(others).max(NARROWEST));

    let heading = [padded("", number), padded("name", name), padded("expression", expression)];
    let headings = numbers.iter().map(|column| padded(column.heading, column.aligned.width()));
    let heading: Vec<String> = heading.into_iter().chain(headings).collect();
    page.put(Role::Heading, heading.join(GAP).trim_end())?;
    page.put(Role::Plain, "\n")?;
    for row in &rows {
        page.put(Role::Comment, &format!("{:>number$}", row.number))?;
        page.put(Role::Plain, GAP)?;
        page.put(Role::Name, &padded(&row.name, name))?;
        page.put(Role::Plain, GAP)?;
        page.put(Role::Expression, &padded(&style.shortened(&row.expression, expression), expression))?;
        let last = numbers.iter().rposition(|column| !(column.text)(row).is_empty()).unwrap_or(0);
        for (at, column) in numbers.iter().enumerate().take(last + 1) {
            let placed = column.aligned.place((column.text)(row));
            page.put(Role::Plain, GAP)?;
            page.put(column.role, if at == last { placed.trim_end() } else { &placed })?;
        }
        page.put(Role::Plain, "\n")?;
    }
    analysis::show(answer, style, &names, page)?;
    for note in &answer.notes {
        page.put(Role::Note, NOTE)?;
        page.put(Role::Plain, &wrapped(&note.message, NOTE.len(), style.width))?;
        page.put(Role::Plain, "\n")?;
    }
    Ok(())
}

/// A column of numbers.
struct Numbers {
    heading: &'static str,
    role: Role,
    text: fn(&Row) -> &str,
    aligned: Aligned,
}

impl Numbers {
    fn new(heading: &'static str, role: Role, rows: &[Row], text: fn(&Row) -> &str) -> Self {
        Self { heading, role, text, aligned: Aligned::of(heading, rows.iter().map(text)) }
    }
}

/// A sentence in lines of at most `width` columns, each but the first behind `indent` spaces.
fn wrapped(text: &str, indent: usize, width: usize) -> String {
    let mut lines = String::new();
    let mut used = indent;
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 && used + 1 + word.width() > width {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            used = indent;
        } else if at > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += word.width();
    }
    lines
}

fn rows(answer: &Answer, style: &Style, names: &Names) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |number: String, id: StageId, expression: String| {
        let name = names.word(id).unwrap_or_default().to_owned();
        let shape = answer.shape(id);
        let gradient = answer.gradients(id).map_or(String::new(), |gradients| style.numbers(shape, &gradients));
        let input = answer.program.gate(id) == Gate::Input;
        let elasticity = answer.elasticities(id).filter(|_| input).map_or(String::new(), |percent| style.numbers(shape, &percent));
        rows.push(Row { number, name, expression, value: style.numbers(shape, answer.numbers(id)), gradient, elasticity });
    };
    for leaf in
        answer.leaves().filter(|&leaf| names.of(leaf).is_none_or(|_| leaf != answer.output || answer.program.gate(leaf) == Gate::Input))
    {
        let kind = if answer.program.is_active(leaf) { "input" } else { "constant" };
        add(String::new(), leaf, kind.to_owned());
    }
    for (at, stage) in answer.stages().filter(|&id| names.of(id).is_some()).enumerate() {
        let text = print::stage(&answer.program, stage, Dialect::Calculator, &answer.symbols, &|id| names.word(id).map(Cow::Borrowed));
        add((at + 1).to_string(), stage, text);
    }
    rows
}
