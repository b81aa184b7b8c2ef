//! What a run writes: answers and printed lines on the page, in an order and with gaps that people can read, and messages
//! beside it. Knows no statement and no name; what is written where is decided here alone.

use super::paint::Painter;
use super::progress::Progress;
use super::report;
use crate::ground::Fault;
use crate::ground::text::one_line;
use crate::views::{Answer, Checked, Page, Printed, Quiz, Role, Source, Style, View, notes};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is finished waits no longer than this before it is written.
const PROMPT: Duration = Duration::from_millis(100);

/// The page of a run.
pub struct Results<'a> {
    /// Whether what was written arrived.
    pub written: io::Result<()>,
    /// The progress of the outermost script.
    pub progress: Option<Progress>,
    /// The progress of the block that is being repeated; of a script nothing is shown meanwhile.
    rounds: Option<Progress>,
    /// Whether answers are headed by where they stand, if there are several.
    pub headed: bool,
    page: Painter<'a>,
    /// Whether somebody watches the page.
    watched: bool,
    flushed: Instant,
    /// The view of the last answer, and whether a printed line followed it.
    last: Option<&'static View>,
    printed: bool,
    /// How many answers there have been.
    answers: usize,
    /// The first answer, held back until it is known whether another follows it.
    held: Option<Held>,
}

/// A statement that failed.
pub struct Failed<'a> {
    /// Why.
    pub fault: &'a Fault,
    /// Where its text stands.
    pub source: &'a Source,
    /// The text.
    pub text: &'a str,
    /// The assertion that it is, if it is one.
    pub checked: Option<&'a Checked>,
}

/// An answer and how it was to be shown when it was found.
struct Held {
    answer: Arc<Answer>,
    view: &'static View,
    style: Style,
}

impl<'a> Results<'a> {
    /// What is written to a page, which somebody watches or not.
    pub fn new(page: Painter<'a>, watched: bool) -> Self {
        Self {
            written: Ok(()),
            progress: None,
            rounds: None,
            headed: false,
            page,
            watched,
            flushed: Instant::now(),
            last: None,
            printed: false,
            answers: 0,
            held: None,
        }
    }

    /// What comes now is set apart by the line that asks for it; the head of a table of rows stands once.
    pub fn begin(&mut self) {
        self.last = self.last.filter(|view| !view.head.is_empty());
        self.printed = false;
    }

    /// Whether the page is a document that no other answer can follow.
    pub fn is_complete(&self) -> bool {
        self.last.is_some_and(|view| view.document)
    }

    /// Whether there has been one answer so far, and no other.
    pub fn has_one_answer(&self) -> bool {
        self.answers == 1
    }

    /// Puts an answer on the page, or holds it back.
    pub fn answer(&mut self, answer: Arc<Answer>, view: &'static View, style: Style) {
        self.answers += 1;
        let next = Held { answer, view, style };
        if !self.headed || !view.apart {
            self.unhold();
            return self.put(&next, false);
        }
        if let Some(first) = self.held.take() {
            self.put(&first, true);
        } else if self.last.is_none() {
            self.held = Some(next);
            return;
        }
        self.put(&next, true);
    }

    /// Puts the answer that is held back on the page: no other follows it.
    pub fn unhold(&mut self) {
        if let Some(held) = self.held.take() {
            self.put(&held, false);
        }
    }

    /// Puts an answer on the page, headed by where it stands or not.
    fn put(&mut self, shown: &Held, headed: bool) {
        let Held { answer, view, style } = shown;
        let before = self.last.replace(view);
        let printed = std::mem::take(&mut self.printed);
        self.write(|page| {
            if printed && view.apart || before.is_some_and(|before| !printed && (before.apart || view.apart)) {
                page.put(Role::Plain, "\n")?;
            }
            if before.is_none_or(|before| before.name != view.name) {
                page.put(Role::Plain, view.head)?;
            }
            if headed {
                page.put(Role::Comment, &format!("{}{}:{}\n", view.comment, one_line(&answer.source.name), answer.source.line))?;
            }
            view.show(answer, style, page)
        });
        // A note on a blank would fill it.
        if view.terse && style.quiz == Quiz::Off {
            for note in notes::on_wrong_numbers(answer) {
                self.aside(|| report::remark("note", &note.message, Some(&answer.source)));
            }
        }
    }

    /// Puts a line that a script prints on the page, or beside it where it would be taken for a result.
    pub fn printed(&mut self, printed: &Printed, view: &View) {
        // More follows the first answer.
        if let Some(first) = self.held.take() {
            self.put(&first, true);
        }
        let Some(print) = view.print else { return self.aside(|| report::message(&printed.text)) };
        let apart = !self.printed && self.last.is_some_and(|view| view.apart);
        self.printed = true;
        self.write(|page| {
            if apart {
                page.put(Role::Plain, "\n")?;
            }
            print(printed, page)
        });
    }

    /// Puts an assertion that holds on the page, where the view shows them.
    pub fn held(&mut self, checked: &Checked, view: &'static View) {
        self.checked(checked, true, view);
    }

    /// Puts an assertion on the page as a result; false where the view shows none.
    fn checked(&mut self, checked: &Checked, pass: bool, view: &'static View) -> bool {
        let Some(show) = view.checked else { return false };
        let before = self.last.replace(view);
        self.write(|page| {
            if before.is_none_or(|before| before.name != view.name) {
                page.put(Role::Plain, view.head)?;
            }
            show(checked, pass, page)
        });
        true
    }

    /// Tells of a fault in the place of an answer, or beside the answers; false where the page lacks it.
    pub fn fault(&mut self, failed: &Failed, view: &'static View) -> bool {
        let Failed { fault, source, text, checked } = failed;
        if let Some(show) = view.fault {
            self.write(|page| show(fault, source, text, *checked, page));
            return true;
        }
        let shown = checked.is_some_and(|checked| self.checked(checked, false, view));
        // In a log of both streams, what was found before stands before.
        self.flush();
        self.aside(|| report::fault(fault, source, text));
        shown
    }

    /// A round of a block, of so many, has begun; or none is going on.
    pub fn round(&mut self, round: Option<(u64, u64)>) {
        let Some((number, count)) = round else {
            self.rounds = None;
            return;
        };
        if let (None, Some(progress)) = (&self.rounds, &mut self.progress) {
            progress.hide();
        }
        self.rounds.get_or_insert_with(|| Progress::of_rounds(count)).at_round(number, count);
    }

    /// Writes to stderr where no progress is shown.
    pub fn aside(&self, write: impl FnOnce()) {
        match self.rounds.as_ref().or(self.progress.as_ref()) {
            Some(progress) => progress.aside(write),
            None => write(),
        }
    }

    /// Writes to the page.
    pub fn write(&mut self, show: impl FnOnce(&mut dyn Page) -> io::Result<()>) {
        if self.written.is_ok() {
            self.written = show(&mut self.page);
        }
        if self.watched {
            self.flush();
        }
    }

    /// Writes what has waited for long.
    pub fn flush_in_time(&mut self) {
        if self.flushed.elapsed() > PROMPT {
            self.flush();
        }
    }

    /// Writes what is finished.
    pub fn flush(&mut self) {
        if self.written.is_ok() {
            self.written = match self.rounds.as_ref().or(self.progress.as_ref()) {
                Some(progress) if self.watched => progress.aside(|| self.page.flush()),
                _ => self.page.flush(),
            };
        }
        self.flushed = Instant::now();
    }
}
