//! What a summary is made of, group by group: the numbers of every row, or one evaluation at the means of the columns.
//!
//! Knows groups and the plan; what a mean and a quantile are, `calculus::summary` knows, and how it is laid out, `told`.

use super::covariance::Unknown;
use super::told::{self, Told};
use super::work::{Numbers, Plan};
use crate::calculus::rows::BLOCK;
use crate::calculus::summary::{Moments, Summary};
use crate::ground::{Cancellation, broken};
use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

/// The most groups: each holds its numbers.
const MOST_GROUPS: usize = 100_000;

/// What was found of one group.
struct Group {
    name: Vec<u8>,
    /// In how many rows a number is missing.
    missing: u64,
    /// Of each number that is shown; of one evaluation at the means, of each column.
    summaries: Vec<Summary>,
    /// Of each number that is shown, the mean of its slope on each parameter.
    slopes: Vec<Vec<Moments>>,
    /// The numbers at the means.
    there: Option<Vec<f64>>,
}

/// What was found of each group, in the order in which they come.
pub struct Summed<'a> {
    plan: &'a Plan,
    groups: Vec<Group>,
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
        let plan = self.plan;
        for (name, Numbers { columns, weights, missing }) in found {
            let shown = if plan.at_means { columns.len() } else { plan.appended.len() };
            let place = *self.places.entry(name).or_insert_with_key(|name| {
                let slopes = plan.inference.as_ref().map_or(0, |inference| inference.covariance.names.len());
                let slopes = vec![vec![Moments::default(); slopes]; if plan.at_means { 0 } else { shown }];
                let summaries = vec![Summary::default(); shown];
                self.groups.push(Group { name: name.clone(), missing: 0, summaries, slopes, there: None });
                self.groups.len() - 1
            });
            let weights = plan.weights.map(|_| &weights[..]);
            let group = &mut self.groups[place];
            group.missing += missing;
            group.summaries.iter_mut().zip(&columns).for_each(|(summary, numbers)| summary.add(numbers, weights));
            let Some(inference) = &plan.inference else { continue };
            for (at, slopes) in group.slopes.iter_mut().enumerate() {
                for (moments, column) in slopes.iter_mut().zip(&inference.slopes[at]) {
                    // Over the rows that the mean is of; a slope that is not finite is not passed over.
                    let counted = (0..columns[at].len()).filter(|&row| columns[at][row].is_finite());
                    let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
                    moments.add(counted.map(|row| (column.map_or(0.0, |column| columns[column][row]), weight(row))));
                }
            }
        }
        if self.groups.len() > MOST_GROUPS { Err(MOST_GROUPS) } else { Ok(()) }
    }

    /// Evaluates at the means, where that is asked for; in how many groups there is an answer, and in how many one that is not finite.
    pub fn settle(&mut self) -> (u64, u64) {
        let plan = self.plan;
        let known: Vec<usize> = (0..self.groups.len()).filter(|&at| self.groups[at].means().is_some()).collect();
        let mut not_finite = 0;
        for block in known.chunks(BLOCK).filter(|_| plan.at_means) {
            let means: Vec<Vec<f64>> = block.iter().filter_map(|&at| self.groups[at].means()).collect();
            let columns: Vec<Vec<f64>> = (0..plan.used.len()).map(|column| means.iter().map(|means| means[column]).collect()).collect();
            let Some(found) = plan.rows.evaluate(&columns, block.len(), &Cancellation::default()) else { broken("nothing cancels it") };
            for (row, &at) in block.iter().enumerate() {
                let numbers: Vec<f64> = found.iter().map(|numbers| numbers[row]).collect();
                not_finite += u64::from(!numbers[..plan.appended.len()].iter().all(|number| number.is_finite()));
                self.groups[at].there = Some(numbers);
            }
        }
        (known.len() as u64, not_finite)
    }

    /// What is told of each group and number.
    fn told(&self) -> Vec<Told<'_>> {
        let plan = self.plan;
        let weighted = plan.weights.is_some();
        let mut all = Vec::new();
        for group in &self.groups {
            for (at, name) in plan.appended.iter().enumerate() {
                let told = Told::new(&group.name, name, group.missing);
                let error = |slope: &dyn Fn(usize) -> Option<f64>| {
                    let inference = plan.inference.as_ref()?;
                    let slopes = (0..inference.covariance.names.len()).map(slope).collect::<Option<Vec<f64>>>()?;
                    Some(inference.covariance.error(&slopes))
                };
                all.push(if plan.at_means {
                    let number = |at: usize| group.there.as_ref().map(|numbers| numbers[at]);
                    let column = |parameter: usize| plan.inference.as_ref().and_then(|inference| inference.slopes[at][parameter]);
                    let slope = |parameter: usize| column(parameter).map_or(Some(0.0), number);
                    told.at_means(group.counts(), number(at), error(&slope), &group.means().unwrap_or_default())
                } else {
                    let slope = |parameter: usize| group.slopes[at][parameter].mean();
                    told.over_rows(&group.summaries[at], weighted, error(&slope))
                });
            }
        }
        all
    }

    /// Writes it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let weighted = self.plan.weights.is_some();
        let error = self.groups.iter().flat_map(|group| &group.summaries).map(|summary| summary.rank_error(weighted)).fold(0.0, f64::max);
        told::write(self.plan, &self.told(), error, out)
    }

    /// How many groups have rows of no weight alone, so that nothing is known of them.
    pub fn weightless(&self) -> usize {
        let weightless = |group: &&Group| group.summaries.iter().any(|summary| summary.count > 0 && summary.mean().is_none());
        if self.plan.weights.is_some() { self.groups.iter().filter(weightless).count() } else { 0 }
    }

    /// Why standard errors are not known that are asked for.
    pub fn unknown(&self) -> BTreeSet<Unknown> {
        if self.plan.inference.is_some() { self.told().iter().filter_map(Told::unknown).collect() } else { BTreeSet::new() }
    }
}

impl Group {
    /// The means of the columns; none of no weight.
    fn means(&self) -> Option<Vec<f64>> {
        self.summaries.iter().map(Summary::mean).collect()
    }

    /// How many rows there are, and how many of them have a number that is not finite.
    fn counts(&self) -> [u64; 2] {
        self.summaries.first().map_or([0; 2], |summary| [summary.count, summary.not_finite])
    }
}
