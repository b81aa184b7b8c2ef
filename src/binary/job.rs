//! One run of the program: texts go through the session, and what comes out goes to the page or to stderr.

use super::cli::{self, Arguments};
use super::paint::Painter;
use super::progress::Progress;
use super::{Exit, interrupt, report};
use crate::calculus::lower::nearest;
use crate::ground::text::shortened;
use crate::ground::{Fault, FaultKind, Value};
use crate::session::{FinalDefinition, Outcome, Session};
use crate::views::{self, Answer, Page, Printed, Role, Source, Style, View};
use crate::vocabulary::Gate;
use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is finished waits no longer than this before it is written.
const PROMPT: Duration = Duration::from_millis(100);

/// One run of the program.
#[expect(clippy::struct_excessive_bools, reason = "they are told apart by their names")]
pub struct Job<'a> {
    /// What names stand for.
    pub session: Session,
    /// How the program will end.
    pub exit: Exit,
    /// Whether the page holds everything that was asked for.
    pub whole: bool,
    /// Whether what was written arrived.
    pub written: io::Result<()>,
    /// How the scripts went.
    pub tally: Tally,
    /// A script stops at its first failing statement.
    pub fail_fast: bool,
    /// The scripts that include each other now, the outermost first.
    pub including: Vec<PathBuf>,
    /// Whether somebody types: a slip does not undo what was defined before.
    pub converses: bool,
    /// The statements that worked, where somebody types them.
    pub journal: Vec<String>,
    /// The text that was answered last, and what `ans` was before.
    pub question: Option<(String, Option<Value>)>,
    /// The progress of the outermost script.
    pub progress: Option<Progress>,
    page: Painter<'a>,
    /// Whether somebody watches the page.
    watched: bool,
    flushed: Instant,
    /// The view of the last answer, and whether a printed line followed it.
    last: Option<&'static View>,
    printed: bool,
    /// The first answer, held back until it is known whether another follows it.
    held: Option<(Box<Answer>, &'static View, Style)>,
    /// Whether answers are headed by where they stand, if there are several.
    pub headed: bool,
    /// Names whose definitions failed, and where they did.
    lost: HashMap<String, Source>,
    /// What to say of a fault in an expression that looks like an option.
    hint: Option<&'static str>,
}

/// How scripts went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// How many statements there were.
    pub statements: usize,
    /// How many of them failed.
    pub failed: usize,
}

impl<'a> Job<'a> {
    /// A run that writes to a page.
    pub fn new(session: Session, page: Painter<'a>, watched: bool, arguments: &Arguments) -> Self {
        Self {
            session,
            exit: Exit::Well,
            whole: true,
            written: Ok(()),
            tally: Tally::default(),
            fail_fast: arguments.fail_fast,
            including: Vec::new(),
            converses: arguments.interactive,
            journal: Vec::new(),
            question: None,
            progress: None,
            page,
            watched,
            flushed: Instant::now(),
            last: None,
            printed: false,
            held: None,
            headed: false,
            lost: HashMap::new(),
            hint: None,
        }
    }

    /// Does what the command line asks for, up to the scripts' end; false where it makes too little sense to go on.
    pub fn run(&mut self, arguments: &Arguments) -> bool {
        if let Some(gate) = &arguments.gates {
            self.gates(gate.as_deref());
            return false;
        }
        if let Some((flag, text, fault)) = &arguments.refused {
            self.fault(fault, &source(flag), text);
            return false;
        }
        for (name, value) in &arguments.bindings {
            if let Err(fault) = self.session.bind(name, value) {
                // The value is shown where it stands, behind its name.
                self.fault(&fault.moved(name.len() + 1), &source("<binding>"), &format!("{name}={value}"));
                return false;
            }
        }
        for (at, text) in arguments.expressions.iter().enumerate() {
            let last = at + 1 == arguments.expressions.len() && arguments.files.is_empty();
            self.hint = arguments.hint;
            self.text(text, &source("<expr>"), if last { FinalDefinition::Shown } else { FinalDefinition::Hidden });
            self.hint = None;
        }
        self.scripts(arguments);
        for warning in self.session.warnings() {
            report::message(&format!("warning: {warning}"));
        }
        if self.exit == Exit::Well && !arguments.interactive {
            for (name, meant) in self.session.unused() {
                let hint = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
                report::message(&format!("warning: no expression uses `{name}`{hint}"));
            }
        }
        if self.exit == Exit::Interrupted {
            report::message(&format!("interrupted after {} statements", self.tally.statements));
        }
        if self.tally.failed > 0 {
            report::message(&format!("{} of {} statements failed", self.tally.failed, self.tally.statements));
        }
        self.exit != Exit::Interrupted
    }

    fn scripts(&mut self, arguments: &Arguments) {
        if arguments.files.is_empty() {
            return;
        }
        self.session.cancellation(interrupt::listen());
        self.headed = true;
        self.session.settings.values_follow = false;
        for path in &arguments.files {
            self.script(path);
            if self.stops() {
                break;
            }
        }
        self.unhold();
        self.headed = false;
    }

    /// Runs the statements of a text; true if none of them failed.
    pub fn text(&mut self, text: &str, source: &Source, last: FinalDefinition) -> bool {
        let mut well = true;
        let mut failed = |job: &mut Self, fault: Fault| {
            well = false;
            let fault = job.blamed(fault, source);
            job.fault(&job.hinted(fault), source, text);
        };
        match self.session.read(text, source, last) {
            Err(fault) => failed(self, fault),
            Ok(mut reading) => {
                let ans = |job: &Self| if job.converses { job.session.ans() } else { None };
                let mut before = ans(self);
                while let Some(outcome) = self.session.step(&mut reading) {
                    match outcome {
                        Ok(Outcome::Done) => {}
                        Ok(Outcome::Answer(answer)) => {
                            if self.converses {
                                self.question = Some((text.trim().to_owned(), before));
                            }
                            self.answer(answer);
                        }
                        Ok(Outcome::Printed(printed)) => self.printed(&printed),
                        Ok(Outcome::Include(file, span)) => {
                            if let Err(fault) = self.include(&source.name, &file, span) {
                                failed(self, fault);
                            }
                        }
                        Err(fault) if fault.kind == FaultKind::Interrupt => self.interrupted(),
                        Err(fault) => failed(self, fault),
                    }
                    if self.stops() {
                        break;
                    }
                    before = ans(self);
                }
            }
        }
        well
    }

    /// What comes now is set apart by the line that asks for it; the head of a table of rows stands once.
    pub fn begin(&mut self) {
        self.last = self.last.filter(|view| !view.head.is_empty());
        self.printed = false;
    }

    /// Whether nothing more is to be run.
    pub fn stops(&mut self) -> bool {
        if interrupt::is_heard() {
            self.interrupted();
        }
        self.fail_fast && self.tally.failed > 0 || self.written.is_err() || self.exit == Exit::Interrupted
    }

    fn interrupted(&mut self) {
        (self.exit, self.whole) = (Exit::Interrupted, false);
    }

    /// A name was defined, or its definition failed: what it meant before would be a wrong answer in what follows.
    pub fn defined(&mut self, name: &str, well: bool, source: &Source) {
        if well {
            self.lost.remove(name);
        } else if !self.converses || !self.including.is_empty() {
            self.session.forget(name);
            self.lost.insert(name.to_owned(), source.clone());
        }
    }

    /// A fault in an expression that may have been meant as an option says so.
    fn hinted(&self, fault: Fault) -> Fault {
        // A name that is missing further on says that the first one is known.
        let doubtful = fault.kind == FaultKind::Parse || fault.kind == FaultKind::Name && fault.span.start == 1;
        match self.hint.filter(|_| doubtful) {
            Some(hint) if fault.help.is_empty() => fault.help(hint),
            Some(hint) => {
                let help = format!("{}; {hint}", fault.help);
                fault.help(help)
            }
            None => fault,
        }
    }

    /// A fault that another one caused says so.
    fn blamed(&self, fault: Fault, source: &Source) -> Fault {
        // The name that a message is about stands first in it.
        let word = fault.message.split('`').nth(1).unwrap_or_default();
        match self.lost.get(word).filter(|_| fault.kind == FaultKind::Name) {
            Some(cause) => {
                let place = if Arc::ptr_eq(&cause.name, &source.name) || cause.name == source.name {
                    format!("line {}", cause.line)
                } else {
                    format!("line {} of {}", cause.line, cause.name)
                };
                Fault::new(FaultKind::Name, fault.span, format!("`{}` failed in {place}", shortened(word)))
                    .label("needed here")
                    .help(format!("this is skipped; mend {place} first"))
            }
            None => fault,
        }
    }

    /// Puts an answer on the page, or holds it back.
    fn answer(&mut self, answer: Box<Answer>) {
        if !answer.is_finite() {
            self.exit = self.exit.max(Exit::Failed);
        }
        if answer.silenced {
            return;
        }
        let (view, style) = (self.session.settings.view, self.session.settings.style);
        if !self.headed || !view.apart {
            self.unhold();
            return self.put(&answer, view, &style, false);
        }
        if let Some((first, view, style)) = self.held.take() {
            self.put(&first, view, &style, true);
        } else if self.last.is_none() {
            self.held = Some((answer, view, style));
            return;
        }
        self.put(&answer, view, &style, true);
    }

    /// Puts the answer that is held back on the page: no other follows it.
    pub fn unhold(&mut self) {
        if let Some((answer, view, style)) = self.held.take() {
            self.put(&answer, view, &style, false);
        }
    }

    /// Puts an answer on the page, headed by where it stands or not.
    fn put(&mut self, answer: &Answer, view: &'static View, style: &Style, headed: bool) {
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
                page.put(Role::Comment, &format!("# {}:{}\n", answer.source.name, answer.source.line))?;
            }
            view.show(answer, style, page)
        });
    }

    fn printed(&mut self, printed: &Printed) {
        // More follows the first answer.
        if let Some((first, view, style)) = self.held.take() {
            self.put(&first, view, &style, true);
        }
        match self.session.settings.view.print {
            Some(print) => {
                let apart = !self.printed && self.last.is_some_and(|view| view.apart);
                self.printed = true;
                self.write(|page| {
                    if apart {
                        page.put(Role::Plain, "\n")?;
                    }
                    print(printed, page)
                });
            }
            None => self.aside(|| report::message(&printed.text)),
        }
    }

    /// Tells of a fault: in the place of an answer, or beside the answers.
    pub fn fault(&mut self, fault: &Fault, source: &Source, text: &str) {
        self.exit = self.exit.max(if fault.kind == FaultKind::Io { Exit::File } else { Exit::Failed });
        if let Some(show) = self.session.settings.view.fault {
            return self.write(|page| show(fault, source, text, page));
        }
        self.whole = false;
        // In a log of both streams, what was found before stands before.
        self.flush();
        self.aside(|| report::fault(fault, source, text));
    }

    /// Writes to stderr where no progress is shown.
    fn aside(&self, write: impl FnOnce()) {
        match &self.progress {
            Some(progress) => progress.aside(write),
            None => write(),
        }
    }

    /// A file that cannot be read.
    pub fn unreadable(&mut self, name: &str, error: &io::Error) {
        self.aside(|| report::message(&format!("error: cannot read `{name}`: {}", cli::described(error))));
        (self.exit, self.whole) = (self.exit.max(Exit::File), false);
    }

    fn gates(&mut self, name: Option<&str>) {
        match name.map(|name| (name, gate_of(name))) {
            None => self.write(views::gates::list),
            Some((_, Some(gate))) => self.write(|page| views::gates::explain(gate, page)),
            Some((name, None)) => {
                let names = crate::vocabulary::gate::TABLE.iter().filter(|row| row.callable()).map(|row| row.name);
                let hint = nearest(name, names).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                report::message(&format!("error: there is no gate `{name}`{hint}"));
                (self.exit, self.whole) = (Exit::Usage, false);
            }
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
            self.written = match &self.progress {
                Some(progress) if self.watched => progress.aside(|| self.page.flush()),
                _ => self.page.flush(),
            };
        }
        self.flushed = Instant::now();
    }
}

/// The source of a text that is all on one line.
pub fn source(name: &str) -> Source {
    Source { name: name.into(), line: 1 }
}

/// A gate by its name or by a sign of its.
fn gate_of(name: &str) -> Option<Gate> {
    use crate::vocabulary::gate;
    Gate::named(name).or_else(|| gate::infix(name).map(|(gate, _)| gate)).or_else(|| gate::prefix(name).map(|(gate, _)| gate))
}
