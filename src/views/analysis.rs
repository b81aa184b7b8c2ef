//! How second derivatives, directional derivatives and nudges are shown below a table.

use super::page::{Aligned, padded, wrapped};
use super::{Answer, Page, Role, Style};
use crate::forms::{StageId, StageNames};
use std::io;
use unicode_width::UnicodeWidthStr;

/// Shows what was asked for beside the gradient.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, names: &StageNames, page: &mut dyn Page) -> io::Result<()> {
    if let Some(hessian) = &answer.analysis.hessian {
        // An array has a row and a column for each of its numbers.
        let elements = |id: StageId| {
            let shape = answer.shape(id);
            (0..shape.size()).map(move |at| format!("{}{}", names.of(id).unwrap_or_default(), shape.subscript(at)))
        };
        let inputs: Vec<String> = answer.active_inputs().flat_map(elements).collect();
        page.put(Role::Heading, "\nhessian")?;
        let texts: Vec<Vec<String>> = hessian.rows.iter().map(|row| row.iter().map(|&entry| style.number(entry)).collect()).collect();
        let side = inputs.iter().map(|name| name.width()).max().unwrap_or(0).max("hessian".len());
        let columns: Vec<Aligned> =
            inputs.iter().enumerate().map(|(at, name)| Aligned::of(name, texts.iter().map(|row| row[at].as_str()))).collect();
        let heading: Vec<String> = inputs.iter().zip(&columns).map(|(name, column)| padded(name, column.width())).collect();
        page.put(Role::Name, &format!("{}  {}", " ".repeat(side - "hessian".len()), heading.join("  ").trim_end()))?;
        page.put(Role::Plain, "\n")?;
        for (name, row) in inputs.iter().zip(&texts) {
            page.put(Role::Name, &padded(name, side))?;
            page.put(Role::Plain, "  ")?;
            let placed: Vec<String> = row.iter().zip(&columns).map(|(text, column)| column.place(text)).collect();
            page.put(Role::Gradient, placed.join("  ").trim_end())?;
            page.put(Role::Plain, "\n")?;
        }
        if !hessian.eigenvalues.is_empty() {
            let eigenvalues: Vec<String> = hessian.eigenvalues.iter().map(|&value| style.number(value)).collect();
            field("eigenvalues", &eigenvalues.join("  "), page)?;
        }
        field("verdict", hessian.verdict.word(), page)?;
    }
    if let Some(along) = &answer.analysis.along {
        page.put(Role::Plain, "\n")?;
        field("along", &format!("first derivative {}, second derivative {}", style.number(along.first), style.number(along.second)), page)?;
    }
    if let Some(nudge) = &answer.analysis.nudge {
        let [predicted, actual] = style.told_apart(nudge.predicted, nudge.actual);
        let change = |number: f64| style.number(number - answer.value());
        let text = format!(
            "the gradient predicts {predicted} (a change of {}), and it really becomes {actual} ({}): {} apart",
            change(nudge.predicted),
            change(nudge.actual),
            style.number(nudge.actual - nudge.predicted)
        );
        page.put(Role::Plain, "\n")?;
        field("nudge", &wrapped(&text, 0, style.width - "nudge: ".len().min(style.width)), page)?;
    }
    Ok(())
}

/// Puts a line under a name.
///
/// # Errors
/// When the page cannot be written.
pub fn field(name: &str, text: &str, page: &mut dyn Page) -> io::Result<()> {
    page.put(Role::Heading, name)?;
    page.put(Role::Plain, &format!(": {text}\n"))
}
