//! What is known of a table before its rows: how long it is, and what its columns are where it has types; where rows are written as columns,
//! what those are.
//!
//! Knows whether this build has Parquet; no row.

use super::plan::Refused;
use super::work::Plan;
use crate::binary::output::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How long a table is.
#[derive(Clone, Debug)]
pub enum Length {
    Bytes(u64),
    Rows(u64),
    /// So many bytes that are packed, of which so many were read.
    Packed(u64, Arc<AtomicU64>),
}

impl Length {
    /// How much there is.
    pub fn all(&self) -> u64 {
        match self {
            Self::Bytes(all) | Self::Rows(all) | Self::Packed(all, _) => *all,
        }
    }

    /// How much of it is done, where so many bytes and rows are.
    pub fn done(&self, bytes: u64, rows: u64) -> u64 {
        match self {
            Self::Bytes(_) => bytes,
            Self::Rows(_) => rows,
            Self::Packed(_, read) => read.load(Ordering::Relaxed),
        }
    }
}

/// What is known of a table.
#[derive(Debug, Default)]
pub struct Known {
    pub length: Option<Length>,
    /// What its columns are.
    #[cfg(feature = "parquet")]
    pub typed: Option<super::parquet::Typed>,
}

impl Known {
    /// Of a table of text that is so long, if that is known.
    pub fn long(length: Option<Length>) -> Self {
        Self {
            length,
            #[cfg(feature = "parquet")]
            typed: None,
        }
    }
}

#[cfg(not(feature = "parquet"))]
#[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "a build with Parquet has something to do here")]
impl Known {
    /// Says what the columns are that are written.
    pub fn begin(&self, _plan: &Plan, _output: &mut Output) -> Result<(), Refused> {
        Ok(())
    }

    /// Says which columns are left out whatever is asked of them.
    pub fn tell_left_out(&self) {}

    /// Says what became of the columns that were read, by their names.
    pub fn conclude<'n>(&self, _used: impl Iterator<Item = &'n String>) {}
}

#[cfg(feature = "parquet")]
mod columns {
    use super::{Known, Output, Plan, Refused};
    use crate::binary::Exit;
    use crate::binary::report::remark;
    use crate::binary::rows::parquet::Kind;
    use crate::binary::rows::plan::usage;
    use crate::binary::rows::work::Form;
    use crate::ground::text::shortened;

    impl Known {
        /// Says what the columns are that are written.
        ///
        /// # Errors
        /// Where what is asked for is no rows of fields, or the file cannot be begun.
        pub fn begin(&self, plan: &Plan, output: &mut Output) -> Result<(), Refused> {
            self.tell_left_out();
            let Output::Columns(sink) = output else { return Ok(()) };
            if plan.form != Form::Fields || !plan.writes {
                return usage("rows are written in Parquet, and neither objects nor a summary; give `-o` another name".to_owned());
            }
            let read = |name: &String| Some(self.typed.as_ref()?.columns.iter().find(|(known, _)| known == name)?.1);
            let kept = plan.kept.iter().map(|&at| {
                let name = &plan.columns[at];
                let usual = if plan.used.contains(&at) { Kind::Number } else { Kind::Text };
                (name.clone(), read(name).unwrap_or(usual))
            });
            let columns: Vec<(String, Kind)> = kept.chain(plan.appended.iter().map(|name| (name.clone(), Kind::Number))).collect();
            sink.begin(&columns, plan.divider).map_err(|error| Refused(Exit::File, format!("cannot write in Parquet: {error}")))
        }

        /// Says which columns are left out whatever is asked of them.
        pub fn tell_left_out(&self) {
            for (name, what) in self.typed.iter().flat_map(|typed| &typed.left_out) {
                remark("note", &format!("the column `{}` holds {what}, and is left out", shortened(name)), None);
            }
        }

        /// Says what became of the columns that were read, by their names.
        pub fn conclude<'n>(&self, used: impl Iterator<Item = &'n String>) {
            let Some(typed) = &self.typed else { return };
            for name in used {
                if let Some(row) = typed.beyond(name) {
                    let what = "whole numbers that a 64-bit float cannot hold, and are rounded as inputs";
                    remark("note", &format!("the column `{}` has {what}, such as in row {row}", shortened(name)), None);
                }
            }
        }
    }
}
