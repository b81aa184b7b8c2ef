//! A summary as a table for people, as CSV or as objects.
//!
//! Knows how it is laid out and what the standard errors mean; where the numbers come from, `summed` knows.

use super::covariance::Unknown;
use super::work::{Form, Plan};
use super::written::{cell, figure, quote};
use crate::calculus::summary::{QUANTILES, Summary};
use crate::ground::number::{Digits, rounded};
use crate::ground::text::{in_a_cell, one_line};
use crate::views::page::padded;
use crate::vocabulary::elementary;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr as _;

/// The names of the quantiles.
const PARTS: [&str; QUANTILES.len()] = ["min", "q05", "q25", "median", "q75", "q95", "max"];

/// 1.96 and so on: of a normal deviate, 95 % lie within so many standard errors of 0.
const WITHIN: f64 = 1.959_963_984_540_054;

/// What is told of standard errors: the names of their columns.
pub const INFERENCE: [&str; 5] = ["se", "z", "p", "low", "high"];

/// How wide a number is told where a table is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Everywhere.
    Always,
    /// Not in a table for people beside standard errors.
    Aside,
    /// In no table for people.
    Full,
}

/// What is told of a number in a group.
pub struct Told<'a> {
    group: &'a [u8],
    name: &'a str,
    counts: [(&'static str, u64); 3],
    numbers: Vec<(&'static str, Option<f64>, Place)>,
    /// The means of the columns that were used, where it was evaluated at these.
    means: Vec<f64>,
    /// Why it has no standard error.
    unknown: Option<Unknown>,
}

/// A standard error; none where none is asked for, or nothing is known of the number.
pub type Deviation = Option<Result<f64, Unknown>>;

impl<'a> Told<'a> {
    pub fn new(group: &'a [u8], name: &'a str, missing: u64) -> Self {
        Self {
            group,
            name,
            counts: [("count", 0), ("missing", missing), ("not_finite", 0)],
            numbers: Vec::new(),
            means: Vec::new(),
            unknown: None,
        }
    }

    /// Of the number in every row.
    pub fn over_rows(mut self, summary: &Summary, weighted: bool, error: Deviation) -> Self {
        self.count([summary.count, summary.not_finite]);
        let mean = summary.mean();
        self.numbers.push(("mean", mean, Place::Always));
        self.infer(mean, error);
        self.numbers.push(("sd", summary.deviation(weighted), Place::Aside));
        let quantiles = summary.quantiles(weighted).map_or([None; QUANTILES.len()], |found| found.map(Some));
        self.numbers.extend(PARTS.into_iter().zip(quantiles).map(|(name, number)| (name, number, Place::Aside)));
        self.numbers.push(("rank_error", Some(summary.rank_error(weighted)), Place::Full));
        self
    }

    /// In how many rows there is a number, and in how many of them it is not finite.
    fn count(&mut self, [count, not_finite]: [u64; 2]) {
        (self.counts[0].1, self.counts[2].1) = (count, not_finite);
    }

    /// Of the number at the means of the columns.
    pub fn at_means(mut self, [count, not_finite]: [u64; 2], number: Option<f64>, error: Deviation, means: &[f64]) -> Self {
        self.count([count, not_finite]);
        self.numbers.push(("value", number, Place::Always));
        self.infer(number, error);
        self.means = means.to_vec();
        self
    }

    /// The standard error, how many of them the number is from 0, how likely that would be, and the 95 % interval.
    fn infer(&mut self, number: Option<f64>, error: Deviation) {
        self.unknown = error.and_then(Result::err);
        let error = error.and_then(Result::ok);
        let z = number.zip(error).map(|(number, error)| number / error);
        let p = z.map(|z| elementary::erfc(z.abs() / std::f64::consts::SQRT_2));
        let bound = |sign: f64| number.zip(error).map(|(number, error)| number + sign * WITHIN * error);
        let found = [error, z, p, bound(-1.0), bound(1.0)];
        self.numbers.extend(INFERENCE.into_iter().zip(found).map(|(name, number)| (name, number, Place::Always)));
    }

    /// Why there is a number and no standard error of it.
    pub fn unknown(&self) -> Option<Unknown> {
        self.unknown.filter(|_| self.numbers.first().is_some_and(|number| number.1.is_some_and(f64::is_finite)))
    }

    /// The numbers that a form shows.
    fn shown(&self, plan: &Plan) -> impl Iterator<Item = (&'static str, Option<f64>)> + '_ {
        let infers = plan.inference.is_some();
        let table = plan.form == Form::Table;
        let fits = move |place: Place| match place {
            Place::Always => true,
            Place::Aside => !(table && infers),
            Place::Full => !table,
        };
        let asked = move |name: &str| infers || !INFERENCE.contains(&name);
        self.numbers.iter().filter(move |&&(name, _, place)| fits(place) && asked(name)).map(|&(name, number, _)| (name, number))
    }
}

/// How the numbers are defined that say nothing of it themselves, in lines.
pub fn formulas(plan: &Plan) -> Vec<String> {
    const MOST: usize = 8;
    let mut lines = plan.formulas.clone();
    if let Some(inference) = &plan.inference {
        let each = if plan.at_means { "value" } else { "mean" };
        let names: Vec<String> = inference.covariance.names.iter().take(MOST).map(|name| one_line(name).into_owned()).collect();
        let more = if inference.covariance.names.len() > MOST { ", ..." } else { "" };
        let mean = match (plan.at_means, plan.weights) {
            (true, _) => "the gradient at the means",
            (false, None) => "the mean over the rows of the gradient",
            (false, Some(_)) => "the weighted mean over the rows of the gradient",
        };
        let file = &inference.file;
        lines.push(format!("se = sqrt(J V J'): V is {file}, J {mean} on {}{more}; all else is taken as known", names.join(", ")));
        lines.push(format!("z = {each}/se, p = P(|Z| > |z|) of a normal Z; low and high are {each} -+ 1.96 se"));
    }
    lines
}

/// Where the numbers are that are told, in words: `x = 1, y = 2`.
fn place(plan: &Plan, told: &Told<'_>) -> String {
    let column = |(&column, &mean): (&usize, &f64)| format!("{} = {}", one_line(&plan.columns[column]), rounded(mean, plan.digits));
    let words: Vec<String> = plan.used.iter().zip(&told.means).map(column).collect();
    words.join(", ")
}

/// Writes a summary; places of quantiles may be off by a part of the rows.
///
/// # Errors
/// Where it cannot be written.
pub fn write(plan: &Plan, all: &[Told<'_>], error: f64, out: &mut dyn Write) -> io::Result<()> {
    match plan.form {
        Form::Objects => all.iter().try_for_each(|told| object(plan, told, out)),
        Form::Fields => fields(plan, all, out),
        Form::Table => table(plan, all, error, out),
    }
}

/// The heads of the columns, also where nothing is told.
fn heads(plan: &Plan) -> Vec<String> {
    let nothing = Told::new(b"", "", 0);
    let nothing = if plan.at_means {
        nothing.at_means([0; 2], None, None, &[])
    } else {
        nothing.over_rows(&Summary::default(), plan.weights.is_some(), None)
    };
    let numbers = nothing.shown(plan).map(|(name, _)| name.to_owned());
    let own: Vec<String> = ["name".to_owned()].into_iter().chain(nothing.counts.map(|(name, _)| name.to_owned())).chain(numbers).collect();
    // Groups go by the name of their column, unless a column of the summary does.
    let by = plan.by.map(|by| plan.columns[by].clone()).map(|name| if own.contains(&name) { "group".to_owned() } else { name });
    by.into_iter().chain(own).collect()
}

fn fields(plan: &Plan, all: &[Told<'_>], out: &mut dyn Write) -> io::Result<()> {
    let means = plan.used.iter().filter(|_| plan.at_means).map(|&column| format!("at_{}", plan.columns[column]));
    let head: Vec<String> = heads(plan).into_iter().chain(means).map(|head| cell(&head, b',')).collect();
    writeln!(out, "{}", head.join(","))?;
    for told in all {
        let group = plan.by.map(|_| cell(&String::from_utf8_lossy(told.group), b','));
        let counts = told.counts.iter().map(|(_, count)| count.to_string());
        let numbers = told.shown(plan).map(|(_, number)| figure(number));
        let means = (0..if plan.at_means { plan.used.len() } else { 0 }).map(|at| figure(told.means.get(at).copied()));
        let row: Vec<String> = group.into_iter().chain([cell(told.name, b',')]).chain(counts).chain(numbers).chain(means).collect();
        writeln!(out, "{}", row.join(","))?;
    }
    Ok(())
}

fn table(plan: &Plan, all: &[Told<'_>], error: f64, out: &mut dyn Write) -> io::Result<()> {
    let head = heads(plan).iter().map(|head| in_a_cell(head).into_owned()).collect();
    let mut rows: Vec<Vec<String>> = vec![head];
    for told in all {
        let group = plan.by.map(|_| in_a_cell(&String::from_utf8_lossy(told.group)).into_owned());
        let counts = told.counts.iter().map(|(_, count)| count.to_string());
        let number = |number: Option<f64>| number.map_or(String::new(), |number| rounded(number, plan.digits));
        let numbers = told.shown(plan).map(|(_, found)| number(found));
        rows.push(group.into_iter().chain([told.name.to_owned()]).chain(counts).chain(numbers).collect());
    }
    let widths: Vec<usize> = (0..rows[0].len()).map(|at| rows.iter().map(|row| row[at].width()).max().unwrap_or(0)).collect();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(text, &width)| padded(text, width)).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    if plan.at_means {
        // Once for each group.
        for told in all.iter().filter(|told| Some(told.name) == plan.appended.first().map(String::as_str) && !told.means.is_empty()) {
            let group = if plan.by.is_some() { format!(" of {}", one_line(&String::from_utf8_lossy(told.group))) } else { String::new() };
            writeln!(out, "at the means{group}: {}", place(plan, told))?;
        }
    }
    for line in formulas(plan) {
        writeln!(out, "{line}")?;
    }
    if error > 0.0 {
        let of = if plan.weights.is_some() { "weight" } else { "rows" };
        writeln!(out, "quantiles: their places may be off by {} of the {of}", rounded(error, Digits::Rounded(2)))?;
    }
    Ok(())
}

/// A number as a value of an object.
fn value(number: Option<f64>, text: &mut Vec<u8>) {
    match number {
        Some(number) if number.is_finite() => text.extend_from_slice(figure(Some(number)).as_bytes()),
        Some(number) => quote(&figure(Some(number)), text),
        None => text.extend_from_slice(b"null"),
    }
}

fn object(plan: &Plan, told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut text = b"{".to_vec();
    let key = |name: &str, text: &mut Vec<u8>| {
        if !text.ends_with(b"{") {
            text.push(b',');
        }
        quote(name, text);
        text.push(b':');
    };
    if plan.by.is_some() {
        key("group", &mut text);
        quote(&String::from_utf8_lossy(told.group), &mut text);
    }
    key("name", &mut text);
    quote(told.name, &mut text);
    for (head, count) in told.counts {
        key(head, &mut text);
        text.extend_from_slice(count.to_string().as_bytes());
    }
    for (head, number) in told.shown(plan) {
        key(head, &mut text);
        value(number, &mut text);
    }
    if plan.at_means {
        key("at", &mut text);
        text.push(b'{');
        for (&column, &mean) in plan.used.iter().zip(&told.means) {
            key(&plan.columns[column], &mut text);
            value(Some(mean), &mut text);
        }
        text.push(b'}');
    }
    let formulas = formulas(plan);
    if !formulas.is_empty() {
        key("formulas", &mut text);
        text.push(b'[');
        for (at, line) in formulas.iter().enumerate() {
            if at > 0 {
                text.push(b',');
            }
            quote(line, &mut text);
        }
        text.push(b']');
    }
    text.extend_from_slice(b"}\n");
    out.write_all(&text)
}
