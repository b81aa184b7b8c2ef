//! Rows of a table in a session: its names are what is the same in every row.
//!
//! Knows how the command is typed; what is done with rows, `rows` knows.

use super::{Flow, Repl, flags, places, refuse};
use crate::binary::cli::{self, Arguments, Command};
use crate::binary::output::Output;
use crate::binary::rows::{Columns, Refused};
use crate::binary::{Exit, report, rows};
use crate::ground::text::{one_line, shortened};
use crate::ground::{Shape, Value};
use crate::session::Settings;
use crate::views::Role;
use crate::vocabulary::language_constant;
use std::ffi::OsString;
use std::path::Path;

/// How many notes of one kind are told one by one.
const TOLD: usize = 5;

/// The most names that the line of a table that was loaded lists.
const LISTED: usize = 24;

impl Repl<'_, '_> {
    /// `FILE [EXPRESSION]`, with flags before and behind each: answers for each row, or sums up.
    pub(super) fn rows(&mut self, text: &str, summary: bool) -> Flow {
        let command = if summary { "summary" } else { "rows" };
        let before = flags::leading(text);
        let (file, rest) = flags::word(before.rest);
        if file.is_empty() {
            return refuse(&format!("`:{command}` takes a table, and an expression or none: `:{command} data.csv x^2`"));
        }
        let between = flags::leading(rest);
        let behind = match flags::trailing(between.rest, |word| self.job.session.is_known_name(word)) {
            Ok(behind) => behind,
            Err(message) => return refuse(&message),
        };
        let rest = behind.rest;
        let said = &self.job.said;
        let session = &self.job.session;
        let last = said.of_rows.as_deref().or(said.question.as_deref().map(|question| question.now(session)));
        let question = match (rest, last) {
            ("", Some(question)) => question.to_owned(),
            ("", None) => return refuse(&format!("`:{command}` asks about the last expression, and there is none yet")),
            (rest, _) => rest.to_owned(),
        };
        let answered = question.clone();
        // A flag goes before what the session has, also where it says what is usual.
        let gives = |name: &str| [&before, &between, &behind].into_iter().flat_map(flags::Parted::names).any(|given| given == name);
        let given = ["stages", "ties", "budget", "seed"].map(gives);
        let flags = [before.flags, between.flags, behind.flags].concat().into_iter().chain(summary.then(|| "--summary".to_owned()));
        let Some(arguments) = arguments(command, &places::typed(&file), flags, question) else { return Flow::Stay };
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
            stages: if given[0] { asked.stages } else { own.stages },
            ties: if given[1] { asked.ties } else { own.ties },
            upstream: asked.upstream.clone().or(own.upstream),
            strict: asked.strict,
            wrt: asked.wrt.clone().or(own.wrt),
            budget: if given[2] { asked.budget } else { own.budget },
            seed: if given[3] { asked.seed } else { own.seed },
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

    /// Gives each column of numbers of a table its name.
    pub(super) fn load_table(&mut self, path: &Path, flags: &flags::Parted) -> Flow {
        let known = rows::only_of_columns(flags.names());
        if let Err(Refused(_, message)) = known {
            return refuse(&message);
        }
        // Nothing is evaluated in a row, and the command line wants to know what would be.
        let Some(arguments) = arguments("load", path, flags.flags.iter().cloned(), "0".to_owned()) else { return Flow::Stay };
        self.job.flush();
        let read = rows::columns(&arguments, self.job.session.numbers_left());
        let Columns { rows, numbers, others, notes } = match read {
            Ok(read) => read,
            Err(Refused(Exit::Interrupted, _)) => {
                self.job.exit = Exit::Interrupted;
                self.ended();
                return Flow::Stay;
            }
            Err(Refused(_, message)) => return refuse(&message),
        };
        let table = rows::name(&arguments);
        for note in notes {
            report::remark("note", &format!("{table}: {note}"), None);
        }
        let told: Vec<String> = others.iter().map(|(name, why)| format!("{name} of {table} is not loaded: {why}")).collect();
        tell(&told, &others.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), "not loaded for reasons of the same kinds");
        let Some(shape) = Shape::from_dims(&[rows]).filter(|_| !numbers.is_empty()) else {
            return refuse(&format!(
                "no column of {table} can be loaded; each number of a column must be there, and its header a name: mend the table, or ask \
                 `:rows {table}`, which needs the numbers of an expression's columns alone"
            ));
        };
        let before = self.before(&format!(":load {}", path.display()));
        let names: Vec<String> = numbers.iter().map(|(name, _)| name.clone()).collect();
        let (mut replaced, mut told) = (Vec::new(), Vec::new());
        for (name, numbers) in numbers {
            let value = Value::new(shape, numbers);
            let session = &mut self.job.session;
            // A table that is loaded again may be the same as before.
            let same = session.input_value(&name).is_some_and(|old| *old == value);
            let constant = || (language_constant(&name).is_some()).then(|| "the constant".to_owned());
            if let Some(meant) = session.meaning_of(&name).or_else(constant).filter(|_| !same) {
                told.push(format!("`{}` is the column of {table} now, and not {meant} as before", shortened(&name)));
                replaced.push(format!("`{}`", shortened(&name)));
            }
            session.give_value(&name, value.clone());
            self.job.said.given(&name, false, &value);
        }
        tell(&told, &replaced, "columns of it now, and not what they were before");
        self.keep(before);
        self.ended();
        let list = if names.len() > LISTED {
            format!("{} and {} more, which `:vars` lists", names[..LISTED - 1].join(", "), names.len() + 1 - LISTED)
        } else {
            names.join(", ")
        };
        let each = if names.len() == 1 { "" } else { " each" };
        let rows = if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
        self.job.write_fitted(|page| page.put(Role::Comment, &format!("loaded from {}: {list}; {rows}{each}\n", one_line(&table))));
        Flow::Stay
    }
}

/// Tells some notes, and of the others what they are about and what all of them are.
fn tell(notes: &[String], about: &[String], are: &str) {
    let shown = if notes.len() > TOLD + 1 { TOLD } else { notes.len() };
    for note in &notes[..shown] {
        report::remark("note", note, None);
    }
    if shown < notes.len() {
        report::remark("note", &format!("{} more are {are}: {}", notes.len() - shown, about[shown..].join(", ")), None);
    }
}

/// The command line that a command stands for; none where it is refused, which is told then.
fn arguments(command: &str, file: &Path, flags: impl Iterator<Item = String>, question: String) -> Option<Box<Arguments>> {
    let words = [OsString::from("gradcalc"), "--rows".into(), file.into()].into_iter().chain(flags.map(OsString::from));
    match cli::read(words.chain(["-e".into(), question.into()])) {
        Command::Run(arguments) => return Some(arguments),
        Command::Print(_) => refuse(&format!("`:{command}` takes no such flag")),
        Command::Refuse(text) => {
            // What else the command line takes is no matter here, but for what may have been meant.
            let mut parts = text.split("\n\n");
            let message = parts.next().unwrap_or_default();
            let tip = parts.find_map(|part| part.trim_start().strip_prefix("tip: "));
            // A flag that there is not, and none that is like it.
            let tip = tip.or(message.contains("unexpected argument").then_some("`gradcalc --help` lists the flags"));
            report::message(&tip.map_or(message.to_owned(), |tip| format!("{message}; {tip}")));
            Flow::Stay
        }
    };
    None
}
