//! One evaluation for each row of a table, or for each point of a grid.
//!
//! Knows the order of the work: what is asked is planned before anything is done (`plan`), parts of the table (`table`, `grid`) are worked on
//! (`work`) and written in their order (`writer`), as rows (`written`) or summed up (`summed`).

mod asked;
mod columns;
mod covariance;
mod flags;
mod grid;
mod known;
mod numbers;
mod packed;
#[cfg(feature = "parquet")]
pub mod parquet;
mod plan;
mod summed;
pub mod table;
mod told;
mod work;
mod writer;
mod written;

use super::cli::{Arguments, described};
use super::output::Output;
use super::{Exit, interrupt, report};
use crate::ground::text::one_line;
use crate::session::Session;
use plan::{header, open, plan};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};
use writer::{Ended, Writer};

pub use columns::{Columns, columns, only_of_columns};
pub use flags::RowFlags;
pub use grid::Axis;
pub use plan::{Refused, name};

/// What is asked of the rows of a table, from the flags to the last line; how the program ends, and whether everything was written.
pub fn run(session: Session, arguments: &Arguments, output: &mut Output) -> (Exit, bool, io::Result<()>) {
    let limit = arguments.time_limit.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let cancellation = limit.map_or_else(interrupt::listen, |end| interrupt::listen().or_until(end));
    let name = name(arguments);
    let begun = open(arguments).and_then(|(mut source, known)| {
        let (columns, divider) = header(&mut source, arguments, &name)?;
        let mut plan = plan(session, arguments, columns, divider, &name)?;
        // Which rows come together is no matter of when they come.
        if source.hands_on() {
            plan.most_told = 1;
        }
        known.begin(&plan, output)?;
        Ok((source, known, plan))
    });
    let (source, known, plan) = match begun {
        Ok(begun) => begun,
        Err(Refused(exit, message)) => {
            if !message.is_empty() {
                report::message(&format!("error: {message}"));
            }
            return (exit, false, Ok(()));
        }
    };
    let begin = |path: &Path| {
        let mut rejects = Output::open(Some(path))?;
        rejects.write_all(b"line,byte,column,reason,row\n")?;
        Ok::<Output, io::Error>(rejects)
    };
    let rejects = match arguments.rows.rejects.as_deref().map(begin).transpose() {
        Ok(rejects) => rejects,
        Err(error) => {
            let path = arguments.rows.rejects.as_deref().unwrap_or(Path::new("-")).display().to_string();
            report::message(&format!("error: cannot write `{}`: {error}", one_line(&path)));
            return (Exit::File, false, Ok(()));
        }
    };
    let mut writer = Writer::new(&plan, &arguments.rows, name, output, (rejects, known.length.clone()));
    let written = writer.write(source, &cancellation, arguments.rows.threads);
    let exit = writer.conclude();
    known.conclude(plan.used.iter().map(|&at| &plan.columns[at]));
    match written {
        Err(Ended::Read(error)) => {
            report::message(&format!("error: cannot read {}: {}", writer.name, described(&error)));
            (Exit::File, false, Ok(()))
        }
        Err(Ended::Written(error)) => (exit, false, Err(error)),
        Ok(()) if interrupt::is_heard() => {
            let flushed = writer.output.flush();
            report::message(&format!("interrupted after {} rows", writer.rows));
            (Exit::Interrupted, false, flushed)
        }
        Ok(()) if cancellation.is_cancelled() => {
            let flushed = writer.output.flush();
            report::message(&format!("error: the time of `--time-limit` has passed after {} rows", writer.rows));
            (Exit::Failed, false, flushed)
        }
        Ok(()) => {
            let whole = !writer.stopped;
            let written = writer.end();
            (exit, whole, written)
        }
    }
}
