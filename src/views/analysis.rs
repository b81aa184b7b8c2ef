//! How derivatives of each number, second derivatives, directional derivatives and nudges are shown below a
//! table, or alone.

use super::page::{Aligned, padded, wrapped};
use super::{Answer, Page, Role, Style, check};
use crate::calculus::analysis::{Deviation, Figure, Nudge};
use crate::calculus::rungs::Shown;
use crate::forms::{StageId, StageNames};
use crate::ground::number::{self, Digits, MOST_DIGITS};
use std::io;
use unicode_width::UnicodeWidthStr;

const GAP: &str = "  ";

/// Shows what was asked for beside the gradient.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, names: &StageNames, page: &mut dyn Page) -> io::Result<()> {
    let inputs = || answer.active_inputs().flat_map(|id| elements(answer, names, id)).collect::<Vec<_>>();
    let [precise_jacobian, precise_hessian] = answer.precise_matrices();
    if let Some(jacobian) = &answer.analysis.jacobian {
        let outputs: Vec<String> = elements(answer, names, answer.output).collect();
        let texts = precise_jacobian.as_deref();
        matrix(&Matrix { title: "jacobian", rows: &outputs, columns: &inputs(), entries: jacobian, texts }, style, page)?;
    }
    if let Some(hessian) = &answer.analysis.hessian {
        let inputs = inputs();
        let texts = precise_hessian.as_deref();
        matrix(&Matrix { title: "hessian", rows: &inputs, columns: &inputs, entries: &hessian.rows, texts }, style, page)?;
        if !hessian.eigenvalues.is_empty() {
            let eigenvalues: Vec<String> = hessian.eigenvalues.iter().map(|&value| style.number(value)).collect();
            field("eigenvalues", &spaced(&eigenvalues, style.width.saturating_sub("eigenvalues: ".len())), page)?;
        }
        field("verdict", hessian.verdict.word(), page)?;
    }
    if let Some(found) = &answer.checks {
        check::show(found, answer, style, names, page)?;
    }
    if let Some(along) = &answer.analysis.along {
        page.put(Role::Plain, "\n")?;
        field("along", &format!("first derivative {}, second derivative {}", style.number(along.first), style.number(along.second)), page)?;
    }
    if let Some(deviation) = &answer.analysis.deviation {
        page.put(Role::Plain, "\n")?;
        let text = deviating(deviation, names, style);
        field("sd", &wrapped(&text, 0, style.width.saturating_sub("sd: ".len())), page)?;
    }
    if let Some(nudge) = &answer.analysis.nudge {
        let text = nudged(nudge, answer.value(), style);
        page.put(Role::Plain, "\n")?;
        field("nudge", &wrapped(&text, 0, style.width - "nudge: ".len().min(style.width)), page)?;
    }
    Ok(())
}

/// Numbers beside each other, in lines of so many columns.
fn spaced(numbers: &[String], width: usize) -> String {
    let mut lines = String::new();
    let mut used = 0;
    for number in numbers {
        let gap = match used {
            0 => "",
            _ if used + GAP.len() + number.len() > width => "\n  ",
            _ => GAP,
        };
        used = if gap.starts_with('\n') { gap.len() - 1 } else { used + gap.len() } + number.len();
        lines += gap;
        lines += number;
    }
    lines
}

/// The deviation of the value, and what each input alone makes of it: the squares of these add up.
fn deviating(deviation: &Deviation, names: &StageNames, style: &Style) -> String {
    let share = |part: f64| match (part / deviation.total).powi(2) * 100.0 {
        share if share.is_finite() => format!(" ({share:.1} %)"),
        _ => String::new(),
    };
    let part =
        |&(input, part): &(StageId, f64)| format!("{} alone {}{}", names.of(input).unwrap_or_default(), style.number(part), share(part));
    let parts: Vec<String> = deviation.parts.iter().map(part).collect();
    if deviation.total == 0.0 {
        return "0, to first order: the gradients are 0 here, or the deviations are, and say nothing of it".to_owned();
    }
    format!("{}, to first order; {}", style.number(deviation.total), parts.join(", "))
}

/// What a nudge does, in words. A change that is the difference of two values is known to their last places and no further.
fn nudged(nudge: &Nudge, value: f64, style: &Style) -> String {
    if nudge.actual.is_nan() {
        let [predicted, foretold] = [nudge.predicted, nudge.change].map(|number| style.number(number));
        return format!(
            "the gradient predicts {predicted} (a change of {foretold}), and what it really becomes is nan: a domain is left, or what is taken of an array is not what it was"
        );
    }
    let known = 2.0 * value.abs().max(nudge.actual.abs()) * f64::EPSILON;
    let (change, apart) = (nudge.actual - value, nudge.actual - nudge.predicted);
    let is_same = apart.abs() <= known;
    let [predicted, actual] =
        if is_same { [nudge.predicted; 2].map(|number| style.number(number)) } else { style.told_apart(nudge.predicted, nudge.actual) };
    let [foretold, change] =
        if is_same { [nudge.change; 2].map(|number| style.number(number)) } else { style.told_apart(nudge.change, change) };
    let digits = (apart.abs() / known).log10().floor().clamp(1.0, MOST_DIGITS as f64) as usize;
    let apart = match style.digits.unwrap_or_default() {
        _ if is_same => style.number(0.0),
        Digits::Rounded(count) => number::rounded(apart, Digits::Rounded(count.min(digits))),
        _ => style.number(apart),
    };
    format!("the gradient predicts {predicted} (a change of {foretold}), and it really becomes {actual} ({change}): {apart} apart")
}

/// What the numbers of a stage are called: its name, and for those of an array a place.
pub fn elements<'a>(answer: &'a Answer, names: &'a StageNames, id: StageId) -> impl Iterator<Item = String> + 'a {
    let shape = answer.shape(id);
    (0..shape.size()).map(move |at| format!("{}{}", names.of(id).unwrap_or_default(), shape.subscript(at)))
}

/// What a number of an analysis is called.
pub fn figure(answer: &Answer, names: &StageNames, figure: Figure) -> String {
    let column = |at: usize| answer.active_inputs().flat_map(|id| elements(answer, names, id)).nth(at).unwrap_or_default();
    match figure {
        Figure::Jacobian(row, at) => {
            format!("jacobian[{}, {}]", elements(answer, names, answer.output).nth(row).unwrap_or_default(), column(at))
        }
        Figure::Hessian(row, at) => format!("hessian[{}, {}]", column(row), column(at)),
        Figure::Along(0) => "the first derivative along the direction".to_owned(),
        Figure::Along(_) => "the second derivative along the direction".to_owned(),
    }
}

/// Derivatives of some numbers by others.
struct Matrix<'a> {
    title: &'static str,
    rows: &'a [String],
    columns: &'a [String],
    entries: &'a [Vec<f64>],
    /// The entries to more digits than binary64 has.
    texts: Option<&'a [Vec<Shown>]>,
}

/// Puts a matrix with names for its rows and columns; columns that do not fit beside the others go below them.
fn matrix(matrix: &Matrix, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    if matrix.columns.is_empty() {
        page.put(Role::Plain, "\n")?;
        return field(matrix.title, "the result depends on no input whose gradient is asked for", page);
    }
    let texts: Vec<Vec<String>> = match matrix.texts {
        Some(rows) => rows.iter().map(|row| row.iter().map(|shown| shown.text.clone()).collect()).collect(),
        None => matrix.entries.iter().map(|row| row.iter().map(|&entry| style.number(entry)).collect()).collect(),
    };
    let side = matrix.rows.iter().map(|name| name.width()).max().unwrap_or(0).max(matrix.title.len());
    let aligned = |(at, name): (usize, &String)| Aligned::of(name, texts.iter().map(|row| row[at].as_str()));
    let columns: Vec<Aligned> = matrix.columns.iter().enumerate().map(aligned).collect();
    let mut first = 0;
    while first < columns.len() {
        let mut until = first + 1;
        let mut used = side + columns[first..until].iter().map(|column| column.width() + GAP.len()).sum::<usize>();
        while until < columns.len() && (style.full || used + GAP.len() + columns[until].width() <= style.width) {
            used += GAP.len() + columns[until].width();
            until += 1;
        }
        let heading: Vec<String> = (first..until).map(|at| padded(&matrix.columns[at], columns[at].width())).collect();
        page.put(Role::Heading, &format!("\n{}", matrix.title))?;
        page.put(Role::Name, format!("{}{GAP}{}", " ".repeat(side - matrix.title.len()), heading.join(GAP)).trim_end())?;
        page.put(Role::Plain, "\n")?;
        for (name, row) in matrix.rows.iter().zip(&texts) {
            page.put(Role::Name, &padded(name, side))?;
            let placed: Vec<String> = (first..until).map(|at| columns[at].place(&row[at])).collect();
            page.put(Role::Gradient, format!("{GAP}{}", placed.join(GAP)).trim_end())?;
            page.put(Role::Plain, "\n")?;
        }
        first = until;
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
