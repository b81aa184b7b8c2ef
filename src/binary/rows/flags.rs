//! The flags that ask about rows.
//!
//! Knows clap and what the flags are; what they mean together is the plan's.

use super::grid::Axis;
use super::plan::split;
use super::work::Fate;
use crate::binary::cli::{unmarked, unmarked_path};
use crate::session::Settings;
use crate::views::columns::QUERY;
use std::path::PathBuf;

/// What stands for a number that is missing.
const ABSENT: &str = "NA,N/A,NaN,null,.";

/// Where a summary is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum At {
    /// Where each column has its mean
    Means,
}

/// The flags that ask about rows.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Rows")]
pub struct RowFlags {
    /// Evaluate once for each row of a table of which the columns are inputs by their names, and append the value and the gradients to it;
    /// `-` is stdin
    #[arg(long, value_name = "FILE", value_parser = unmarked_path())]
    pub rows: Option<PathBuf>,

    /// The same for each point of a grid; may be repeated, the first name goes slowest
    #[arg(long, value_name = "NAME=FROM:TO:COUNT", value_parser = unmarked, num_args = 1.., conflicts_with = "rows")]
    pub grid: Vec<String>,

    /// The axes of the grid, once its words are read.
    #[arg(skip)]
    pub axes: Vec<Axis>,

    /// The columns that are written beside the new ones, divided by commas, or `none`; without it, all
    #[arg(long, value_name = "COLUMNS", value_parser = unmarked)]
    pub keep: Option<String>,

    /// What the names of new columns begin with
    #[arg(long, value_name = "TEXT", value_parser = unmarked)]
    pub prefix: Option<String>,

    /// Stages whose values are columns too, by their names, divided by commas
    #[arg(long, value_name = "STAGES", value_parser = unmarked)]
    pub stage: Option<String>,

    /// What becomes of a row in which a number is missing
    #[arg(long, value_name = "FATE", value_enum, default_value_t = Fate::Nan)]
    pub missing: Fate,

    /// What stands for a number that is missing, divided by commas; an empty field always does
    #[arg(long, value_name = "WORDS", value_parser = unmarked, default_value = ABSENT)]
    pub na: String,

    /// What becomes of a row that has another number of fields, or a text in the place of a number; `nan` has no place for one with more
    /// fields than there are columns
    #[arg(long, value_name = "FATE", value_enum, default_value_t = Fate::Stop)]
    pub bad_rows: Fate,

    /// Write the rows that are bad to this file: line, byte, column, reason and the row
    #[arg(long, value_name = "FILE", value_parser = unmarked_path())]
    pub rejects: Option<PathBuf>,

    /// What divides fields: `,`, `;`, `|` or `tab`; without it, what the first line has most of
    #[arg(long, value_name = "SIGN", value_parser = unmarked)]
    pub delimiter: Option<String>,

    /// The first line holds numbers: the columns are called c1, c2, ...
    #[arg(long)]
    pub no_header: bool,

    /// Print counts, mean, deviation and quantiles of the value and of each gradient instead of rows
    #[arg(long)]
    pub summary: bool,

    /// A summary for each group of rows that have the same in this column
    #[arg(long, value_name = "COLUMN", value_parser = unmarked)]
    pub by: Option<String>,

    /// The column of weights in a summary
    #[arg(long, value_name = "COLUMN", value_parser = unmarked)]
    pub weights: Option<String>,

    /// Evaluate a summary once, where each column has its mean, instead of in every row
    #[arg(long, value_name = "POINT", value_enum)]
    pub at: Option<At>,

    /// Standard errors, z, p and 95 % intervals of a summary by the delta method: the covariances of estimated parameters, a table
    /// whose header names them
    #[arg(long, value_name = "FILE", value_parser = unmarked_path())]
    pub cov: Option<PathBuf>,

    /// The standard deviations that `--sd` gives to inputs, numbers or columns.
    #[arg(skip)]
    pub sd: Option<String>,

    /// How many threads work; without it, as many as there are processors, up to 16
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

impl RowFlags {
    /// Whether rows are asked for.
    pub fn ask(&self) -> bool {
        self.rows.is_some() || !self.axes.is_empty()
    }

    /// Hands on what concerns the columns of a query.
    pub fn place(&self, settings: &mut Settings) {
        if settings.view.name == QUERY {
            let keep = self.keep.as_deref().filter(|&keep| keep != "none");
            settings.place.keep = keep.map(split).unwrap_or_default();
            settings.place.keep.retain(|name| !name.is_empty());
            settings.place.prefix = self.prefix.clone().unwrap_or_default();
        }
    }

    /// The first flag that is given of those that ask about a summary, and what it adds to one, where none is asked for.
    pub fn without_summary(&self) -> Option<(&'static str, &'static str)> {
        let asked = [
            ("--cov", "the standard errors", self.cov.is_some()),
            ("--by", "groups", self.by.is_some()),
            ("--weights", "weights", self.weights.is_some()),
            ("--at", "the point", self.at.is_some()),
        ];
        asked.into_iter().find(|&(.., given)| given && !self.summary).map(|(flag, adds, _)| (flag, adds))
    }

    /// The flags that say how a file is read, and whether they are given.
    fn of_files(&self) -> [(&'static str, bool); 6] {
        [
            ("--missing", self.missing != Fate::Nan),
            ("--na", self.na != ABSENT),
            ("--bad-rows", self.bad_rows != Fate::Stop),
            ("--rejects", self.rejects.is_some()),
            ("--delimiter", self.delimiter.is_some()),
            ("--no-header", self.no_header),
        ]
    }

    /// The first of these that is given where there is a grid in the place of a file.
    pub fn beside_grid(&self) -> Option<&'static str> {
        self.of_files().into_iter().find(|&(_, given)| given && !self.axes.is_empty()).map(|(flag, _)| flag)
    }

    /// The flags that are given of those that make no sense without rows.
    pub fn alone(&self) -> impl Iterator<Item = &'static str> + use<> {
        let alone = !self.ask();
        let shown = [("--keep", self.keep.is_some()), ("--prefix", self.prefix.is_some()), ("--stage", self.stage.is_some())];
        let summed_up = [
            ("--summary", self.summary),
            ("--by", self.by.is_some()),
            ("--weights", self.weights.is_some()),
            ("--at", self.at.is_some()),
            ("--cov", self.cov.is_some()),
            ("--threads", self.threads.is_some()),
        ];
        let all = shown.into_iter().chain(self.of_files()).chain(summed_up);
        all.filter_map(move |(flag, given)| (given && alone).then_some(flag))
    }
}
