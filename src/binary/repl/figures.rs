//! What a view shows, written to a file: `:svg neuron.svg`.
//!
//! Knows how a file is named in a command; what stands in it, the view knows.

use super::{Flow, Repl, places, refuse};
use crate::binary::output::{Output, STDOUT};
use crate::binary::{files, paint, report};
use crate::ground::text::one_line;
use crate::views::{self, Role, View, notes};
use std::io::Write as _;
use std::path::Path;

/// What a session shows of a view that a terminal cannot.
const HERE: &str = "circuit";

/// The file that a command names first, and the expression behind it: a word with an ending of a file, or whatever stands behind `>`.
fn named(text: &str) -> Option<(String, &str)> {
    let behind = text.strip_prefix('>');
    let (word, rest) = super::flags::word(behind.unwrap_or(text).trim());
    let is_file = !word.is_empty() && (behind.is_some() || files::is_named_as_file(Path::new(&*word)));
    is_file.then(|| (word.into_owned(), rest))
}

impl Repl<'_, '_> {
    /// Shows the last answer or that of an expression in a view, or writes it to the file that is named first, over an old one only
    /// with `replace`.
    pub(super) fn shown_as(&mut self, view: &'static View, text: &str, replace: bool) -> Flow {
        let name = view.name;
        let example = if view.ending.is_empty() { "answer.txt".to_owned() } else { format!("answer.{}", view.ending) };
        match named(text) {
            Some((file, expression)) => self.written_as(view, &file, expression, replace),
            None if replace => refuse(&format!("`:{name}!` takes the name of the file that it replaces: `:{name}! {example}`")),
            None if text.starts_with('>') => refuse(&format!("no file is named; write `:{name} > {example}`")),
            None if view.markup => refuse(&format!(
                "what `:{name}` writes is for other programs; name a file, as in `{}`, or see the circuit here with `:{HERE}`",
                format!(":{name} {example} {text}").trim_end()
            )),
            None => self.ask_with(text, |settings| settings.view = view),
        }
    }

    fn written_as(&mut self, view: &'static View, file: &str, expression: &str, replace: bool) -> Flow {
        let (path, name) = (places::typed(file), view.name);
        let shown = one_line(&path.display().to_string()).into_owned();
        if STDOUT.contains(&file) {
            return refuse(&format!("`:{name}` alone shows it here"));
        }
        if let Some(refusal) = files::refused_ending(&path, false, true) {
            return refuse(&refusal);
        }
        let meant = path.extension().and_then(|ending| views::ending(&ending.to_string_lossy()));
        if let Some(meant) = meant.filter(|meant| !view.ending.is_empty() && meant.ending != view.ending) {
            return refuse(&format!("`{shown}` is named as `:{}` writes it, and not `:{name}`", meant.name));
        }
        if path.exists() && !replace {
            return refuse(&format!("`{shown}` exists; `:{name}! {shown}` replaces it"));
        }
        let mut settings = self.job.session.settings.clone();
        settings.view = view;
        // A file has no width of its own, and is read where letters are known.
        (settings.style.width, settings.style.height) = (paint::width(true), paint::height(true));
        let style = settings.style;
        let before = self.job.keep_answers(true, None);
        self.ask_under(settings, expression, name);
        let Some(answer) = self.job.keep_answers(false, before) else { return Flow::Stay };
        let mut text = view.head.to_owned();
        let written = view.show(&answer, &style, &mut text).and_then(|()| Output::open(Some(&path))).and_then(|mut output| {
            output.write_all(text.as_bytes())?;
            output.keep()
        });
        if let Err(error) = written {
            return refuse(&format!("cannot write `{shown}`: {error}"));
        }
        if view.terse {
            for note in notes::on_wrong_numbers(&answer) {
                report::remark("note", &note.message, None);
            }
        }
        self.job.write(|page| page.put(Role::Comment, &format!("written to `{shown}`\n")));
        Flow::Stay
    }
}
