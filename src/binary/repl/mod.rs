//! A session at a terminal: lines are typed, and answered. Knows rustyline; what a line means, the session knows, and
//! what is shown, the job.

mod actions;
pub mod burst;
mod cancel;
mod commands;
mod figures;
mod flags;
pub mod help;
mod helper;
mod places;
mod play;
mod recall;
#[cfg(unix)]
mod screen;
mod tables;

use super::cli::{self, Arguments};
use super::conversation::{Left, Question, Said};
use super::job::{Job, Tally, source};
use super::wording::Asked;
use super::{Exit, interrupt, paint, report};
use crate::ground::text::{one_line, shortened};
use crate::session::{FinalDefinition, Keys, Session};
use crate::views::Role;
use cancel::Cancelled;
use helper::Typing;
use rustyline::config::Configurer as _;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{ColorMode, CompletionType, Config, EditMode, Editor};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Instant;

const PROMPT: &str = "> ";

/// What the source of a typed line is called.
const SOURCE: &str = "<repl>";

/// The most lines of the history.
const LONGEST_HISTORY: usize = 10_000;

/// How many lines `:undo` can take back.
const MOST_UNDONE: usize = 200;

/// The part of the budget that what can be undone may hold: one in so many.
const UNDONE: usize = 4;

/// The most stages of sessions that are kept for it.
const MOST_KEPT: usize = 2_000_000;

/// Whether the session goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It goes on.
    Stay,
    /// It ends.
    Leave,
}

/// What `:undo` goes back to.
struct UndoPoint {
    session: Session,
    /// How long the journal was, and what was taken from it then.
    journal: usize,
    taken: Vec<Said>,
    question: Option<Rc<Question>>,
    line: String,
}

impl UndoPoint {
    /// The sessions that it holds.
    fn sessions(&self) -> impl Iterator<Item = &Session> {
        std::iter::once(&self.session).chain(self.question.as_ref().map(|question| &question.session))
    }
}

/// A session at a terminal.
pub struct Repl<'a, 'b> {
    job: &'a mut Job<'b>,
    editor: Editor<Typing, FileHistory>,
    /// Whether the last line was given up.
    cancelled: Cancelled,
    /// The session as it began, and how much of the journal it is.
    start: Session,
    given: usize,
    undo: Vec<UndoPoint>,
    /// What was taken back, the last of it last.
    redo: Vec<UndoPoint>,
    /// A statement that a command interrupted, typed again for its user.
    begun: String,
    /// Where the history is kept, as long as it can be.
    kept: Option<PathBuf>,
}

/// Runs a session at a terminal until it is left.
pub fn run(job: &mut Job, arguments: &Arguments) {
    let coloured = arguments.color.on(true);
    let config = Config::builder()
        .history_ignore_space(true)
        .auto_add_history(false)
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .color_mode(if coloured { ColorMode::Forced } else { ColorMode::Disabled })
        .tab_stop(4)
        .build();
    let history = FileHistory::with_config(&config);
    let mut editor = match Editor::with_history(config, history) {
        Ok(editor) => editor,
        Err(error) => {
            report::message(&format!("error: the terminal cannot be used: {error}"));
            job.exit = Exit::File;
            return;
        }
    };
    paint::force(coloured);
    job.session.cancellation(interrupt::listen());
    interrupt::stay();
    job.asked = Asked::Session;
    job.said.journal = given(arguments);
    let cancelled = cancel::bind(&mut editor);
    let mut repl = Repl {
        job,
        editor,
        cancelled,
        start: Session::default(),
        given: 0,
        undo: Vec::new(),
        redo: Vec::new(),
        begun: String::new(),
        kept: None,
    };
    repl.editor.set_helper(Some(Typing::new(coloured, PROMPT.len())));
    recall::bind(&mut repl.editor);
    let _ = repl.editor.set_max_history_size(LONGEST_HISTORY);
    repl.open_history();
    if !arguments.no_init {
        repl.start_up();
    }
    repl.job.session.release();
    (repl.start, repl.given) = (repl.job.session.clone(), repl.job.said.journal.len());
    repl.job.write(|page| page.put(Role::Comment, &format!("gradcalc {}   :help explains, :quit leaves\n", env!("CARGO_PKG_VERSION"))));
    repl.talk();
    repl.job.exit = if repl.job.results.written.is_ok() { Exit::Well } else { repl.job.exit };
}

/// What the command line gave, as statements of a script.
fn given(arguments: &Arguments) -> Vec<Said> {
    let binding = |(name, value): &(String, String)| match value.strip_prefix('@') {
        Some(file) => format!("{name} = load(\"{file}\")"),
        None => format!("{name} = {value}"),
    };
    let bindings = arguments.bindings.iter().map(binding);
    let scripts = arguments.files.iter().filter(|path| path.as_os_str() != "-").map(|path| included(path));
    let said = bindings.chain(arguments.expressions.iter().cloned()).chain(scripts);
    said.map(|text| Said::statement(text, Left::default(), Left::default())).collect()
}

/// The statement that includes a script, wherever it stands.
fn included(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    format!("include \"{}\"", path.display())
}

/// A message about what was typed.
fn refuse(message: &str) -> Flow {
    report::message(&format!("error: {message}"));
    Flow::Stay
}

/// What to say where the name of a table or of a script stands alone, which as an expression would be an element of a name.
fn instead_of_file(line: &str, is_name: impl Fn(&str) -> bool) -> Option<String> {
    let path = places::typed(line);
    let name = line.trim_matches('"');
    let is_path = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '~'));
    let named = path.is_file() || !is_name(line.split('.').next().unwrap_or_default());
    if !is_path || !named {
        return None;
    }
    if cli::is_table(&path) {
        return Some(format!(
            "`{name}` is the name of a table; `:load {name}` loads its columns, and `:rows {name}` answers the last expression for each row"
        ));
    }
    cli::is_script(&path).then(|| format!("`{name}` is the name of a script; `:load {name}` runs it"))
}

impl Repl<'_, '_> {
    /// Answers lines until the session is left.
    fn talk(&mut self) {
        let mut asked_to_leave = false;
        loop {
            interrupt::forget();
            let style = &mut self.job.session.settings.style;
            (style.width, style.height) = (paint::width(false), paint::height(false));
            self.begin();
            self.editor.set_edit_mode(match self.job.session.settings.keys {
                Keys::Emacs => EditMode::Emacs,
                Keys::Vi => EditMode::Vi,
            });
            match self.line() {
                Ok(line) => {
                    asked_to_leave = false;
                    let is_copied = commands::is_copied(&line);
                    let is_answer = !is_copied && self.editor.helper().is_some_and(Typing::is_in_copy);
                    if let Some(typing) = self.editor.helper_mut() {
                        typing.copied = is_copied || is_answer;
                    }
                    if is_answer {
                        continue;
                    }
                    self.remember(&line);
                    if self.enter(&line) == Flow::Leave {
                        return;
                    }
                }
                Err(ReadlineError::Interrupted) => {
                    let empty = self.editor.helper().is_none_or(|typing| typing.line.borrow().is_empty());
                    if empty && asked_to_leave {
                        return;
                    }
                    if empty {
                        report::message(interrupt::HOW_TO_LEAVE);
                    }
                    asked_to_leave = empty;
                }
                Err(ReadlineError::Eof) => return,
                // A line that is no text.
                Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => report::message(&format!("error: {error}")),
                Err(error) => {
                    report::message(&format!("error: the terminal cannot be read: {error}"));
                    return;
                }
            }
            if self.job.results.written.is_err() {
                return;
            }
        }
    }

    /// Reads a line, the session lent to what helps typing it.
    fn line(&mut self) -> rustyline::Result<String> {
        if let Some(typing) = self.editor.helper_mut() {
            typing.session = std::mem::take(&mut self.job.session);
            typing.line.borrow_mut().clear();
            typing.began = Instant::now();
        }
        let begun = std::mem::take(&mut self.begun);
        let line = interrupt::while_waiting(|| self.editor.readline_with_initial(PROMPT, (&begun, "")));
        if let Some(typing) = self.editor.helper_mut() {
            self.job.session = std::mem::take(&mut typing.session);
        }
        if self.cancelled.take() { Err(ReadlineError::Interrupted) } else { line }
    }

    /// Answers what was entered: a line, or a text that was pasted.
    fn enter(&mut self, text: &str) -> Flow {
        let commands::Entries { entries, begun } = commands::entries(text);
        self.begun = begun.map(|begun| begun + "\n").unwrap_or_default();
        for entry in entries {
            self.begin();
            if self.entry(&entry) == Flow::Leave {
                return Flow::Leave;
            }
            if self.job.exit == Exit::Interrupted || self.job.results.written.is_err() {
                break;
            }
        }
        Flow::Stay
    }

    /// What comes now is judged by itself.
    fn begin(&mut self) {
        self.job.results.begin();
        (self.job.exit, self.job.whole, self.job.tally) = (Exit::Well, true, Tally::default());
    }

    /// Answers a line: a command, or statements.
    fn entry(&mut self, line: &str) -> Flow {
        if line.trim().is_empty() {
            return Flow::Stay;
        }
        let is_name = |word: &str| self.job.session.is_known_name(word);
        if let Some((name, argument)) = commands::parts(line).or_else(|| commands::bare(line, is_name)) {
            return commands::run(self, name, argument);
        }
        if let Some(message) = instead_of_file(line.trim(), is_name) {
            return refuse(&message);
        }
        if let Some(word) = commands::meant(line, is_name) {
            let line = shortened(line.trim());
            return refuse(&format!("`{word}` has no value; the command of this name is typed with a colon: `:{line}`"));
        }
        self.statements(&commands::continued(line));
        Flow::Stay
    }

    /// Runs statements as a script does.
    fn statements(&mut self, text: &str) {
        let before = self.before(text);
        let began = self.job.said.journal.len();
        let ran = self.job.lines(SOURCE, FinalDefinition::KnownStage, &mut text.as_bytes());
        debug_assert!(ran.is_ok(), "a text can be read");
        self.ended();
        if self.job.said.journal.len() > began {
            self.keep(before);
        }
        self.bound_question();
    }

    /// Where the session of the last question holds arrays that are given up by now, more of them than undoing may keep, it is asked of the
    /// session as it is.
    fn bound_question(&mut self) {
        let Some(question) = self.job.said.question.clone() else { return };
        let session = &self.job.session;
        let [both, here] = [&[session, &question.session][..], &[session]].map(|held| Session::held_by(held.iter().copied()));
        if both - here > session.settings.budget / UNDONE {
            let text = question.now(session).to_owned();
            self.job.said.asked(&text, question.source.clone(), self.job.session.clone());
        }
    }

    /// What is said after a line.
    fn ended(&mut self) {
        if self.job.exit == Exit::Interrupted {
            report::message("interrupted");
        }
        self.job.remarks(&source(SOURCE));
    }

    fn before(&self, line: &str) -> UndoPoint {
        let question = self.job.said.question.clone();
        UndoPoint {
            session: self.job.session.clone(),
            journal: self.job.said.journal.len(),
            taken: Vec::new(),
            question,
            line: line.trim().to_owned(),
        }
    }

    fn keep(&mut self, before: UndoPoint) {
        self.redo.clear();
        self.undo.push(before);
        let held = |undo: &[UndoPoint]| undo.iter().flat_map(UndoPoint::sessions).map(Session::size).sum::<usize>();
        while self.undo.len() > 1 && (self.undo.len() > MOST_UNDONE || held(&self.undo) > MOST_KEPT) {
            self.undo.remove(0);
        }
        // Arrays that were given up are kept for undoing as far as a part of the budget goes.
        let most = self.job.session.settings.budget / UNDONE;
        while self.undo.len() > 1 && Session::held_by(self.undo.iter().flat_map(UndoPoint::sessions)) > most {
            self.undo.drain(..self.undo.len().div_ceil(8));
        }
    }

    // History and start-up.

    fn open_history(&mut self) {
        let Some(path) = places::history() else { return };
        let made = places::make_history(&path).map_err(ReadlineError::Io);
        let opened = made.and_then(|()| self.editor.load_history(&path).or_else(|_| self.load_damaged(&path)));
        match opened {
            Ok(()) => self.kept = Some(path),
            Err(error) => {
                report::message(&format!("warning: the history is not kept in `{}`: {error}", one_line(&path.display().to_string())));
            }
        }
    }

    /// Reads of a history what is text.
    fn load_damaged(&mut self, path: &Path) -> rustyline::Result<()> {
        let copy = places::mend_history(path).map_err(ReadlineError::Io)?;
        self.editor.load_history(path)?;
        report::message(&format!("warning: the history was damaged; what could be read is kept, all of it is in `{}`", copy.display()));
        Ok(())
    }

    fn remember(&mut self, line: &str) {
        let added = self.editor.add_history_entry(line.trim_end_matches('\n'));
        if let (Ok(true), Some(path)) = (added, &self.kept)
            && let Err(error) = self.editor.append_history(path)
        {
            report::message(&format!("warning: the history is not kept in `{}`: {error}", one_line(&path.display().to_string())));
            self.kept = None;
        }
    }

    fn start_up(&mut self) {
        if let Some(path) = places::init() {
            self.job.script(&path);
            self.ended();
            self.job.said.journal.insert(0, Said::statement(included(&path), Left::default(), Left::default()));
        }
    }
}
