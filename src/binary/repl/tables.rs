//! Rows of a table in a session: its names are what is the same in every row.
//!
//! Knows how the command is typed; what is done with rows, `rows` knows.

use super::{Flow, Repl, refuse};
use crate::binary::cli::{self, Command};
use crate::binary::output::Output;
use crate::binary::{report, rows};
use crate::session::Settings;
use std::ffi::OsString;

impl Repl<'_, '_> {
    /// `FILE [--FLAG=VALUE]... [EXPRESSION]`: answers for each row, or sums up.
    pub(super) fn rows(&mut self, text: &str, summary: bool) -> Flow {
        let command = if summary { "summary" } else { "rows" };
        let Some((file, rest)) = first(text) else {
            return refuse(&format!("`:{command}` takes a table, and an expression or none: `:{command} data.csv x^2`"));
        };
        let (flags, rest) = leading_flags(rest);
        let said = &self.job.said;
        let session = &self.job.session;
        let last = said.of_rows.as_deref().or(said.question.as_deref().map(|question| question.now(session)));
        let question = match (rest, last) {
            ("", Some(question)) => question.to_owned(),
            ("", None) => return refuse(&format!("`:{command}` asks about the last expression, and there is none yet")),
            (rest, _) => rest.to_owned(),
        };
        let answered = question.clone();
        let words = ["gradcalc", "--rows", &file].into_iter().map(str::to_owned).chain(flags.iter().map(|&flag| flag.to_owned()));
        let words = words.chain(summary.then(|| "--summary".to_owned())).chain(["-e".to_owned(), question]);
        let arguments = match cli::read(words.map(OsString::from)) {
            Command::Run(arguments) => arguments,
            Command::Print(_) => return refuse(&format!("`:{command}` takes no such flag")),
            Command::Refuse(text) => {
                // What else the command line takes is no matter here.
                report::message(text.split("\n\n").next().unwrap_or_default());
                return Flow::Stay;
            }
        };
        if file == "-" {
            return refuse("stdin is where you type; keep the table in a file");
        }
        let mut session = self.job.session.clone();
        let (own, asked) = (std::mem::take(&mut session.settings), &arguments.session.settings);
        // Analyses and views of single answers are none of rows.
        session.settings = Settings {
            view: asked.view,
            style: own.style,
            files: own.files,
            stages: own.stages,
            ties: own.ties,
            wrt: asked.wrt.clone().or(own.wrt),
            budget: own.budget,
            seed: own.seed,
            relative: asked.relative || own.relative,
            sd: own.sd,
            ..Settings::default()
        };
        session.settings.style.digits = asked.style.digits.or(own.style.digits.filter(|_| summary && asked.view.name == "table"));
        self.job.flush();
        let written = match Output::open(arguments.output.as_deref()) {
            Ok(mut output) => {
                let (exit, whole, written) = rows::run(session, &arguments, &mut output);
                self.job.exit = exit;
                if whole {
                    self.job.said.of_rows = Some(answered);
                }
                written.and_then(|()| if whole || arguments.output.is_none() { output.keep() } else { Ok(()) })
            }
            Err(error) => Err(error),
        };
        match written {
            Ok(()) => Flow::Stay,
            Err(error) => refuse(&format!("cannot write {}: {error}", arguments.output_name())),
        }
    }
}

/// The first word, or what stands in quotation marks, and what follows.
pub(super) fn first(text: &str) -> Option<(String, &str)> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('"') {
        let (word, rest) = rest.split_once('"')?;
        return Some((word.to_owned(), rest.trim_start()));
    }
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (!word.is_empty()).then(|| (word.to_owned(), rest.trim_start()))
}

/// The words with two dashes that a text begins with, and what follows.
fn leading_flags(mut text: &str) -> (Vec<&str>, &str) {
    let mut flags = Vec::new();
    // `--x` is an expression.
    while let Some(rest) = text.strip_prefix("--")
        && rest.starts_with(|c: char| c.is_ascii_lowercase())
        && rest.len() > 1
        && rest.chars().nth(1).is_some_and(|c| c.is_ascii_lowercase())
    {
        let (flag, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        flags.push(flag);
        text = rest.trim_start();
    }
    (flags, text)
}
