//! The summary of what was appended to rows, for each group of them, as a table, as CSV or as objects.
//!
//! Knows how it is laid out; what a mean and a quantile are, `calculus::summary` knows.

use super::work::{Form, Numbers, Plan, quote};
use super::writer::{cell, figure};
use crate::calculus::summary::{QUANTILES, Summary};
use crate::ground::number::{Digits, rounded};
use crate::ground::text::one_line;
use crate::views::page::padded;
use std::collections::HashMap;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr as _;

/// The names of the quantiles.
const PARTS: [&str; QUANTILES.len()] = ["min", "q05", "q25", "median", "q75", "q95", "max"];

/// The most groups: each holds its numbers.
const MOST_GROUPS: usize = 100_000;

/// What is told of a column: counts, and numbers that may be none.
struct Told {
    counts: [(&'static str, u64); 2],
    numbers: Vec<(&'static str, Option<f64>)>,
}

impl Told {
    /// Of weighted rows there are no quantiles: which numbers are kept does not depend on weights.
    fn of(summary: &Summary, weighted: bool) -> Self {
        let mut numbers = vec![("mean", summary.mean()), ("sd", summary.deviation(weighted))];
        if weighted {
            numbers.extend(["min", "max"].into_iter().enumerate().map(|(at, name)| (name, summary.ends().map(|ends| ends[at]))));
        } else {
            let quantiles = summary.quantiles().map_or([None; QUANTILES.len()], |found| found.map(Some));
            numbers.extend(PARTS.into_iter().zip(quantiles));
            numbers.push(("rank_error", Some(summary.rank_error())));
        }
        Self { counts: [("count", summary.count), ("not_finite", summary.not_finite)], numbers }
    }
}

/// What was found of each group, in the order in which they come.
pub struct Summed<'a> {
    plan: &'a Plan,
    groups: Vec<(Vec<u8>, Vec<Summary>)>,
    places: HashMap<Vec<u8>, usize>,
}

impl<'a> Summed<'a> {
    pub fn new(plan: &'a Plan) -> Self {
        Self { plan, groups: Vec::new(), places: HashMap::new() }
    }

    /// Takes the numbers of the next rows.
    ///
    /// # Errors
    /// Where there are too many groups, how many may be.
    pub fn take(&mut self, found: Vec<(Vec<u8>, Numbers)>) -> Result<(), usize> {
        for (group, (columns, weights)) in found {
            let place = *self.places.entry(group).or_insert_with_key(|group| {
                self.groups.push((group.clone(), vec![Summary::default(); columns.len()]));
                self.groups.len() - 1
            });
            let weights = self.plan.weights.map(|_| &weights[..]);
            self.groups[place].1.iter_mut().zip(&columns).for_each(|(summary, numbers)| summary.add(numbers, weights));
        }
        if self.groups.len() > MOST_GROUPS { Err(MOST_GROUPS) } else { Ok(()) }
    }

    fn told(&self) -> impl Iterator<Item = (&[u8], &str, Told)> {
        let weighted = self.plan.weights.is_some();
        self.groups.iter().flat_map(move |(group, summaries)| {
            self.plan.appended.iter().zip(summaries).map(move |(name, summary)| (&group[..], name.as_str(), Told::of(summary, weighted)))
        })
    }

    /// Writes it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.plan.form == Form::Objects {
            return self.objects(out);
        }
        let by = self.plan.by.map(|by| self.plan.columns[by].as_str());
        let csv = self.plan.form == Form::Fields;
        let known = Told::of(&Summary::default(), self.plan.weights.is_some());
        // How far places may be off stands below a table.
        let shown = |name: &str| csv || name != "rank_error";
        let heads =
            known.counts.iter().map(|(name, _)| *name).chain(known.numbers.iter().map(|(name, _)| *name).filter(|name| shown(name)));
        let head: Vec<String> =
            by.into_iter().map(|by| one_line(by).into_owned()).chain(["name".to_owned()]).chain(heads.map(str::to_owned)).collect();
        let mut rows = vec![head];
        for (group, name, told) in self.told() {
            let group = String::from_utf8_lossy(group).into_owned();
            let mut row: Vec<String> = by.map(|_| if csv { group.clone() } else { one_line(&group).into_owned() }).into_iter().collect();
            row.push(name.to_owned());
            row.extend(told.counts.iter().map(|(_, count)| count.to_string()));
            row.extend(told.numbers.iter().filter(|(name, _)| shown(name)).map(|(_, number)| self.number(*number)));
            rows.push(row);
        }
        if csv {
            for row in rows {
                let cells: Vec<String> = row.iter().map(|text| cell(text, b',')).collect();
                writeln!(out, "{}", cells.join(","))?;
            }
            return Ok(());
        }
        let widths: Vec<usize> = (0..rows[0].len()).map(|at| rows.iter().map(|row| row[at].width()).max().unwrap_or(0)).collect();
        for row in rows {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(text, &width)| padded(text, width)).collect();
            writeln!(out, "{}", cells.join("  ").trim_end())?;
        }
        let error = self.groups.iter().flat_map(|(_, summaries)| summaries).map(Summary::rank_error).fold(0.0, f64::max);
        if error > 0.0 {
            writeln!(out, "quantiles: their places may be off by {} of the rows", rounded(error, Digits::Rounded(2)))?;
        }
        Ok(())
    }

    /// A number in the digits of a table, or in full.
    fn number(&self, number: Option<f64>) -> String {
        if self.plan.form == Form::Fields {
            figure(number)
        } else {
            number.map_or(String::new(), |number| rounded(number, self.plan.digits))
        }
    }

    fn objects(&self, out: &mut dyn Write) -> io::Result<()> {
        for (group, name, told) in self.told() {
            let mut text = b"{".to_vec();
            let key = |name: &str, text: &mut Vec<u8>| {
                if text.len() > 1 {
                    text.push(b',');
                }
                quote(name, text);
                text.push(b':');
            };
            if self.plan.by.is_some() {
                key("group", &mut text);
                quote(&String::from_utf8_lossy(group), &mut text);
            }
            key("name", &mut text);
            quote(name, &mut text);
            for (head, count) in told.counts {
                key(head, &mut text);
                text.extend_from_slice(count.to_string().as_bytes());
            }
            for (head, number) in told.numbers {
                key(head, &mut text);
                match number {
                    Some(number) if number.is_finite() => text.extend_from_slice(figure(Some(number)).as_bytes()),
                    Some(number) => quote(&figure(Some(number)), &mut text),
                    None => text.extend_from_slice(b"null"),
                }
            }
            text.extend_from_slice(b"}\n");
            out.write_all(&text)?;
        }
        Ok(())
    }
}
