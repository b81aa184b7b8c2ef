//! The summary of what was appended to rows, for each group of them, as a table, as CSV or as objects.
//!
//! Knows how it is laid out; what a mean and a quantile are, `calculus::summary` knows.

use super::work::{Numbers, Plan, quote};
use super::{cell, figure};
use crate::calculus::summary::{QUANTILES, Summary};
use crate::ground::number::{Digits, rounded};
use std::collections::HashMap;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr as _;

/// The names of what is told of a column.
const HEADS: [&str; 4] = ["count", "not_finite", "mean", "sd"];

/// The names of the quantiles.
const PARTS: [&str; QUANTILES.len()] = ["min", "q05", "q25", "median", "q75", "q95", "max"];

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
    pub fn take(&mut self, found: Vec<(Vec<u8>, Numbers)>) {
        for (group, (columns, weights)) in found {
            let place = *self.places.entry(group).or_insert_with_key(|group| {
                self.groups.push((group.clone(), vec![Summary::default(); columns.len()]));
                self.groups.len() - 1
            });
            let weights = self.plan.weights.map(|_| &weights[..]);
            self.groups[place].1.iter_mut().zip(&columns).for_each(|(summary, numbers)| summary.add(numbers, weights));
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.plan.objects {
            return self.objects(out);
        }
        let by = self.plan.by.map(|by| self.plan.columns[by].as_str());
        let head: Vec<String> = by.into_iter().chain(["name"]).chain(HEADS).chain(PARTS).map(str::to_owned).collect();
        let mut rows = vec![head];
        for (group, summaries) in &self.groups {
            for (name, summary) in self.plan.appended.iter().zip(summaries) {
                let mut row: Vec<String> = by.map(|_| String::from_utf8_lossy(group).into_owned()).into_iter().collect();
                row.extend([name.clone(), summary.count.to_string(), summary.not_finite.to_string()]);
                let quantiles = summary.quantiles().map_or([None; QUANTILES.len()], |found| found.map(Some));
                row.extend([summary.mean(), summary.deviation()].into_iter().chain(quantiles).map(|number| self.number(number)));
                rows.push(row);
            }
        }
        if self.plan.rows_as_csv {
            for row in rows {
                let cells: Vec<String> = row.iter().map(|text| cell(text, b',')).collect();
                writeln!(out, "{}", cells.join(","))?;
            }
            return Ok(());
        }
        let widths: Vec<usize> = (0..rows[0].len()).map(|at| rows.iter().map(|row| row[at].width()).max().unwrap_or(0)).collect();
        for row in rows {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(text, &width)| format!("{text}{}", " ".repeat(width - text.width()))).collect();
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
        if self.plan.rows_as_csv { figure(number) } else { number.map_or(String::new(), |number| rounded(number, Digits::default())) }
    }

    fn objects(&self, out: &mut dyn Write) -> io::Result<()> {
        for (group, summaries) in &self.groups {
            for (name, summary) in self.plan.appended.iter().zip(summaries) {
                let mut text = b"{".to_vec();
                let key = |name: &str, text: &mut Vec<u8>| {
                    if text.len() > 1 {
                        text.push(b',');
                    }
                    quote(name, text);
                    text.push(b':');
                };
                if let Some(by) = self.plan.by {
                    key(&self.plan.columns[by], &mut text);
                    quote(&String::from_utf8_lossy(group), &mut text);
                }
                key("name", &mut text);
                quote(name, &mut text);
                for (head, count) in HEADS.iter().zip([summary.count, summary.not_finite]) {
                    key(head, &mut text);
                    text.extend_from_slice(count.to_string().as_bytes());
                }
                let quantiles = summary.quantiles().map_or([None; QUANTILES.len()], |found| found.map(Some));
                let numbers = [summary.mean(), summary.deviation()].into_iter().chain(quantiles);
                for (head, number) in HEADS[2..].iter().chain(&PARTS).zip(numbers) {
                    key(head, &mut text);
                    text.extend_from_slice(number.map_or("null".to_owned(), |number| figure(Some(number))).as_bytes());
                }
                key("rank_error", &mut text);
                text.extend_from_slice(figure(Some(summary.rank_error())).as_bytes());
                text.extend_from_slice(b"}\n");
                out.write_all(&text)?;
            }
        }
        Ok(())
    }
}
