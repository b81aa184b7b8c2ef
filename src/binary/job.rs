//! One run of the program: what the command line asks for is done in order, texts go through the session, and what comes
//! out goes to the results. Knows what ends a run and with which code; not how anything looks.

use super::blame::Blame;
use super::cli::{self, Arguments};
use super::conversation::Conversation;
use super::paint::Painter;
use super::results::{Failed, Results};
use super::wording::{self, Asked};
use super::{Exit, interrupt, report};
use crate::forms::Written;
use crate::forms::reader;
use crate::ground::text::{nearest, one_line, shortened};
use crate::ground::{Fault, FaultKind};
use crate::session::{FinalDefinition, Outcome, Reading, Remark, Session, without_columns};
use crate::views::page::Fitted;
use crate::views::{self, Answer, Checked, Page, Role, Source, Style};
use crate::vocabulary::{Gate, library};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One run of the program.
#[expect(clippy::struct_excessive_bools, reason = "each is asked by itself")]
pub struct Job<'a> {
    /// What names stand for.
    pub session: Session,
    /// How the program will end.
    pub exit: Exit,
    /// Whether the page holds everything that was asked for.
    pub whole: bool,
    /// How the scripts went.
    pub tally: Tally,
    /// A script stops at its first failing statement.
    pub fail_fast: bool,
    /// The scripts that include each other now, the outermost first.
    pub including: Vec<PathBuf>,
    /// Whether somebody types: a slip does not undo what was defined before.
    pub converses: bool,
    /// What somebody typed.
    pub said: Conversation,
    /// What is written.
    pub results: Results<'a>,
    /// Where the program is asked now.
    pub asked: Asked,
    /// Names whose definitions failed.
    blame: Blame,
    /// What to say of a fault in an expression that looks like an option.
    hint: Option<&'static str>,
    /// Whether an analysis of the last answer is asked for, which then need not be shown again.
    pub analyses: bool,
    /// Whether a question is asked once more that has been answered.
    pub recalls: bool,
    /// The answer that was shown last.
    shown: Option<Arc<Answer>>,
    /// Whether answers are kept for a comparison instead of being shown.
    compares: bool,
    /// How many answers were kept, and not silenced.
    kept: usize,
    /// Whether no script may name a file.
    pub no_files: bool,
    /// The columns of a table, which have a value in each row and none before.
    pub columns: Vec<String>,
    /// Whether the time for scripts has passed.
    out_of_time: bool,
    /// What is said at the end.
    warnings: Vec<(String, Option<Source>)>,
}

/// How scripts went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// How many statements there were.
    pub statements: usize,
    /// How many of them failed.
    pub failed: usize,
    /// How many files were graded, of how many, where some are.
    pub graded: Option<(usize, usize)>,
}

impl<'a> Job<'a> {
    /// A run that writes to a page.
    pub fn new(mut session: Session, page: Painter<'a>, watched: bool, arguments: &Arguments) -> Self {
        session.converses = arguments.interactive;
        let compares = arguments.against.is_some() || arguments.rows.ask();
        session.shows_ends_alone = !session.converses && !compares;
        Self {
            session,
            exit: Exit::Well,
            whole: true,
            tally: Tally::default(),
            fail_fast: arguments.fail_fast,
            including: Vec::new(),
            converses: arguments.interactive,
            said: Conversation::default(),
            results: Results::new(page, watched),
            asked: Asked::CommandLine,
            blame: Blame::default(),
            hint: None,
            analyses: false,
            recalls: false,
            shown: None,
            compares,
            kept: 0,
            no_files: arguments.no_files,
            columns: Vec::new(),
            out_of_time: false,
            warnings: Vec::new(),
        }
    }

    /// Does what the command line asks for, up to the scripts' end; false where it makes too little sense to go on.
    pub fn run(&mut self, arguments: &Arguments) -> bool {
        if let Some(gate) = &arguments.gates {
            if let Err(message) = self.gates(gate.as_deref().unwrap_or_default(), "gradcalc --gates NAME") {
                report::message(&format!("error: {message}"));
                (self.exit, self.whole) = (Exit::Usage, false);
            }
            return false;
        }
        if let Some((flag, text, fault)) = &arguments.refused {
            self.fault(fault, &source(flag), text);
            return false;
        }
        if !self.bindings(arguments) {
            return false;
        }
        if self.no_files {
            // The values of the command line are whoever's who asks.
            self.session.settings.files = None;
        }
        let limit = arguments.time_limit.map(|seconds| Instant::now() + Duration::from_secs(seconds));
        if let Some(end) = limit {
            self.session.cancellation(interrupt::listen().or_until(end));
        }
        self.expressions(arguments);
        self.scripts(arguments);
        if let (Some(name), 0, Exit::Well) = (&arguments.shown, self.tally.statements, self.exit) {
            self.text(name, &source("<expr>"), FinalDefinition::Shown);
        }
        self.comparisons(arguments);
        self.conclude(arguments);
        self.exit != Exit::Interrupted
    }

    /// Gives names the values of the command line; false where one has none.
    fn bindings(&mut self, arguments: &Arguments) -> bool {
        for (name, value) in &arguments.bindings {
            if let Err(fault) = self.session.bind(name, value) {
                let fault = quoted_list(fault, name, value);
                // The value is shown where it stands, behind its name.
                self.fault(&fault.moved(name.len() + 1), &source("<binding>"), &format!("{name}={value}"));
                return false;
            }
        }
        true
    }

    fn expressions(&mut self, arguments: &Arguments) {
        for (at, text) in arguments.expressions.iter().enumerate() {
            let last = at + 1 == arguments.expressions.len() && arguments.files.is_empty();
            self.hint = arguments.hint;
            self.text(text, &source("<expr>"), if last { FinalDefinition::Shown } else { FinalDefinition::Hidden });
            self.hint = None;
        }
    }

    fn scripts(&mut self, arguments: &Arguments) {
        if arguments.files.is_empty() {
            return;
        }
        if arguments.time_limit.is_none() {
            self.session.cancellation(interrupt::listen());
        }
        self.results.headed = true;
        self.asked = Asked::Script;
        for path in &arguments.files {
            self.script(path);
            if self.stops() {
                break;
            }
        }
        self.results.unhold();
        self.results.headed = false;
    }

    /// What is said at the end.
    fn conclude(&mut self, arguments: &Arguments) {
        for (warning, place) in std::mem::take(&mut self.warnings) {
            report::remark("warning", &warning, place.as_ref());
        }
        if self.exit == Exit::Well && !arguments.interactive {
            // A session knows names that a table's columns stand for, too.
            let given = |name: &str| arguments.bindings.iter().any(|(given, _)| given == name);
            for (name, meant) in self.session.unused().into_iter().filter(|(name, _)| given(name)) {
                let hint = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
                report::message(&format!("warning: no expression uses `{name}`{hint}"));
            }
        }
        let Tally { statements, failed, graded } = self.tally;
        if self.exit == Exit::Interrupted {
            let after = graded.map_or_else(|| format!("{statements} statements"), |(done, all)| format!("{done} of {all} files"));
            report::message(&format!("interrupted after {after}"));
        }
        if failed > 0 {
            report::message(&format!("{failed} of {statements} statements failed"));
        }
    }

    /// Runs the statements of a text; true if none of them failed.
    pub fn text<'t>(&mut self, text: impl Into<Written<'t>>, source: &Source, last: FinalDefinition) -> bool {
        let written = text.into();
        let (text, column) = (written.text, written.column);
        let mut reading = match self.session.read(written, source, last) {
            Ok(reading) => reading,
            Err(fault) => {
                // What cannot be read may be an assertion all the same.
                let checked = reader::asserts(text).then(|| Checked::new(source.clone(), text));
                self.failed(fault, source, (text, column), checked.as_ref());
                return false;
            }
        };
        let mut well = true;
        // The statement that was answered last, as long as the session before it is not kept.
        let mut passed = None;
        loop {
            let before = if self.converses { self.listened(&mut reading) } else { None };
            let failed = self.tally.failed;
            let Some(outcome) = self.session.step(&mut reading) else {
                self.results.round(None);
                return well;
            };
            let done = match outcome {
                Ok(Outcome::Answer(answer)) => {
                    if self.converses {
                        self.said.answered(answer.backward.is_some());
                        passed = before.is_none().then(|| reading.mark());
                        if let Some(before) = before {
                            self.said.asked(reading.statement(), reading.at(), before);
                        }
                    }
                    self.answer(answer);
                    Ok(())
                }
                Ok(outcome) => self.outcome(outcome, source),
                Err(fault) => Err(fault),
            };
            let checked = self.session.checked();
            if let (Some(checked), Ok(())) = (&checked, &done) {
                self.results.held(checked, self.session.settings.view);
            }
            // What fails in a script that a block includes ends the block too.
            if done.is_err() || self.tally.failed > failed {
                reading.leave_block();
            }
            if let Err(fault) = done {
                well &= !self.failed(fault, source, (text, column), checked.as_ref());
            }
            self.results.round(reading.round());
            let stops = self.stops();
            if self.exit == Exit::Interrupted {
                self.session.interrupt_block(&mut reading);
                if let Some(mark) = passed.take() {
                    // What it was asked of is gone; it is asked of what the rounds have left.
                    reading.go_to(mark);
                    self.said.asked(reading.statement(), reading.at(), self.session.clone());
                }
            }
            self.remarks(&reading.at());
            if stops {
                self.results.round(None);
                return well;
            }
        }
    }

    /// What a session remembers of the next statement of a text: what it takes, and the session before it where it asks something
    /// and runs no more behind that.
    fn listened(&mut self, reading: &mut Reading) -> Option<Session> {
        let asks = self.session.asks_last(reading);
        if let Some(text) = reading.upcoming() {
            self.said.runs(text, &self.session);
        }
        asks.then(|| self.session.clone())
    }

    /// Says what there is to say of names, of a script with its place: warnings at its end.
    pub fn remarks(&mut self, at: &Source) {
        let place = (self.asked == Asked::Script || !self.including.is_empty()).then_some(at);
        for remark in self.session.remarks() {
            match remark {
                // What it did when it was asked first has been told then.
                Remark::Warning(_) | Remark::Turned(_) if self.recalls => {}
                Remark::Note(text) if self.recalls && !self.session.has_told(&text) => {}
                Remark::Warning(text) if self.converses => report::remark("warning", &text, place),
                Remark::Warning(text) => self.warnings.push((text, place.cloned())),
                Remark::Note(text) => self.results.aside(|| report::remark("note", &text, place)),
                Remark::WithoutColumns { given, expression } => {
                    let advice = wording::without_columns(&given, &expression, self.asked);
                    let text = format!("{}; {advice}", without_columns(&given));
                    self.results.aside(|| report::remark("note", &text, place));
                }
                Remark::Turned(text) => self.results.aside(|| report::message(&text)),
            }
        }
    }

    /// Does what a statement that is no question asks of the world outside.
    fn outcome(&mut self, outcome: Outcome, source: &Source) -> Result<(), Fault> {
        match outcome {
            Outcome::Done => {}
            Outcome::Answer(answer) => self.answer(answer),
            Outcome::Printed(printed) => self.results.printed(&printed, self.session.settings.view),
            Outcome::Include(file, span) => self.include(&source.name, &file, span)?,
        }
        Ok(())
    }

    /// A block was interrupted: what its rounds have made of names is what a script would have to say.
    pub fn halted(&mut self, before: &Session, once: &str) {
        self.said.worked(once, None, None);
        for (name, constant, value) in self.session.changed_since(before) {
            self.said.given(&name, constant, &value);
        }
    }

    /// A statement, before which so many characters stand in its line, failed, or was interrupted: then it has not failed, and false
    /// is returned.
    fn failed(&mut self, fault: Fault, source: &Source, (text, column): (&str, usize), checked: Option<&Checked>) -> bool {
        if fault.kind == FaultKind::Interrupt {
            self.interrupted();
            return false;
        }
        // It is shown in its column.
        let in_line = " ".repeat(column) + text;
        let fault = self.hinted(self.blame.of(fault.moved(column), source));
        self.told(&fault, source, &in_line, checked);
        true
    }

    /// Whether nothing more is to be run.
    pub fn stops(&mut self) -> bool {
        if interrupt::is_heard() {
            self.interrupted();
        }
        self.fail_fast && self.tally.failed > 0 || self.results.written.is_err() || self.exit == Exit::Interrupted || self.out_of_time
    }

    fn interrupted(&mut self) {
        if interrupt::is_heard() || !self.session.is_out_of_time() {
            (self.exit, self.whole) = (Exit::Interrupted, false);
        } else if !std::mem::replace(&mut self.out_of_time, true) {
            self.results.aside(|| report::message("error: the time of `--time-limit` has passed"));
            (self.exit, self.whole) = (self.exit.max(Exit::Failed), false);
        }
    }

    /// A name was defined, or its definition failed: what it meant before would be a wrong answer in what follows.
    pub fn defined(&mut self, name: &str, well: bool, source: &Source) {
        if well {
            self.blame.mended(name);
        } else if !self.converses || !self.including.is_empty() {
            self.session.forget(name);
            self.blame.failed(name, source);
        }
    }

    /// A fault in an expression that may have been meant as an option says so.
    fn hinted(&self, fault: Fault) -> Fault {
        // A name that is missing further on says that the first one is known.
        let doubtful = fault.kind == FaultKind::Parse || fault.kind == FaultKind::Name && fault.span.start == 1;
        match self.hint.filter(|_| doubtful) {
            Some(hint) => wording::advised(wording::worded(fault, self.asked), hint),
            None => fault,
        }
    }

    /// Puts an answer on the page, unless it is not to be shown.
    fn answer(&mut self, answer: Arc<Answer>) {
        // What columns have before the first row is nobody's number.
        let failed = !answer.is_finite() && self.columns.is_empty();
        if failed || answer.fails_check() || self.session.settings.strict && answer.has_lost_digits() {
            self.exit = self.exit.max(Exit::Failed);
        }
        if self.compares {
            self.kept += usize::from(!answer.silenced);
            self.shown = Some(answer);
        } else if !answer.silenced {
            let known = self.shown.as_ref().is_some_and(|shown| shown.shows_the_same(&answer));
            let style = Style { alone: self.analyses && known, ..self.session.settings.style };
            if self.converses {
                self.shown = Some(Arc::clone(&answer));
            }
            self.put(answer, style);
        }
    }

    /// Puts an answer on the page, unless that is a document already.
    fn put(&mut self, answer: Arc<Answer>, style: Style) {
        let view = self.session.settings.view;
        if !self.results.is_complete() {
            return self.results.answer(answer, view, style);
        }
        let (name, line) = (one_line(&answer.source.name), answer.source.line);
        let message = format!(
            "error: {name}:{line}: a second answer cannot follow a document of the view `{}`; end the others with `;`, or ask for each by itself",
            view.name
        );
        self.results.aside(|| report::message(&message));
        (self.exit, self.whole) = (self.exit.max(Exit::Failed), false);
    }

    /// Tells of a fault: in the place of an answer, or beside the answers.
    pub fn fault(&mut self, fault: &Fault, source: &Source, text: &str) {
        self.told(fault, source, text, None);
    }

    /// The same of a fault that may be an assertion's.
    fn told(&mut self, fault: &Fault, source: &Source, text: &str, checked: Option<&Checked>) {
        self.exit = self.exit.max(if fault.kind == FaultKind::Io { Exit::File } else { Exit::Failed });
        let fault = wording::worded(wording::beside_columns(fault.clone(), &self.columns), self.asked);
        let view = self.session.settings.view;
        self.whole &= self.results.fault(&Failed { fault: &fault, source, text, checked }, view);
    }

    /// A file that cannot be read.
    pub fn unreadable(&mut self, name: &str, error: &io::Error) {
        self.results.aside(|| report::message(&format!("error: cannot read `{}`: {}", one_line(name), cli::described(error))));
        (self.exit, self.whole) = (self.exit.max(Exit::File), false);
    }

    /// The answer that was shown last, or kept for a comparison.
    pub fn answered(&self) -> Option<Arc<Answer>> {
        self.shown.clone()
    }

    /// How many answers were kept of which only the last one counts.
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// From here on answers are kept instead of being shown, or shown again; gives the one that counted as shown, in whose place the given
    /// one does.
    pub fn keep_answers(&mut self, keep: bool, shown: Option<Arc<Answer>>) -> Option<Arc<Answer>> {
        self.compares = keep;
        std::mem::replace(&mut self.shown, shown)
    }

    /// No answer counts as shown any more.
    pub fn forget_shown(&mut self) {
        self.shown = None;
    }

    /// Explains a gate, or lists those of a family, or all of them for an empty name; `explains` says how one is explained.
    ///
    /// # Errors
    /// What to say where there is neither.
    pub fn gates(&mut self, name: &str, explains: &str) -> Result<(), String> {
        let width = self.session.settings.style.width;
        if let Some(gate) = gate_of(name) {
            self.write_fitted(|page| views::gates::explain(gate, width, page));
            return Ok(());
        }
        let families = views::gates::families(name);
        if families.is_empty() {
            let names = crate::vocabulary::gate::TABLE.iter().filter(|row| row.callable()).map(|row| row.name);
            let is_loss = ["loss", "entropy", "cross"].iter().any(|word| name.to_ascii_lowercase().contains(word));
            let written = library::loss(name).or(is_loss.then_some(library::WRITTEN_OUT)).map(str::to_owned);
            let hint = written.or_else(|| nearest(name, names).map(|near| format!("did you mean `{near}`?")));
            let hint = hint.map_or(String::new(), |hint| format!("; {hint}"));
            return Err(format!("there is no gate and no family of gates `{}`{hint}", shortened(name)));
        }
        self.write_fitted(|page| {
            views::gates::list_of(&families, page)?;
            page.put(Role::Plain, &format!(" `{explains}` explains one.\n"))
        });
        Ok(())
    }

    /// Writes to the page.
    pub fn write(&mut self, show: impl FnOnce(&mut dyn Page) -> io::Result<()>) {
        self.results.write(show);
    }

    /// Writes to the page in lines that fit it.
    pub fn write_fitted(&mut self, show: impl FnOnce(&mut dyn Page) -> io::Result<()>) {
        let width = self.session.settings.style.width;
        self.results.write(|page| {
            let mut page = Fitted::new(page, width);
            show(&mut page)?;
            page.end()
        });
    }

    /// Writes what is finished.
    pub fn flush(&mut self) {
        self.results.flush();
    }
}

/// The fault of a value that is several numbers without brackets says how they are written for a shell.
fn quoted_list(fault: Fault, name: &str, value: &str) -> Fault {
    let numbers: Vec<&str> = value.split(',').map(str::trim).collect();
    let is_list = numbers.len() > 2 && numbers.iter().all(|number| number.parse::<f64>().is_ok());
    // Commas between the digits of one number have groups of three behind them.
    let is_one = numbers.iter().skip(1).all(|number| number.len() == 3);
    if is_list && !is_one && fault.kind == FaultKind::Parse {
        return fault.help(format!("several numbers are a vector: `{name}='[{}]'`", numbers.join(", ")));
    }
    fault
}

/// The source of a text that is all on one line.
pub fn source(name: &str) -> Source {
    Source { name: name.into(), line: 1 }
}

/// A gate by its name or by a sign of its.
pub fn gate_of(name: &str) -> Option<Gate> {
    use crate::vocabulary::gate;
    Gate::named(name).or_else(|| gate::infix(name).map(|(gate, _)| gate)).or_else(|| gate::prefix(name).map(|(gate, _)| gate))
}
