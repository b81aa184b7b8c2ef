//! A session at a terminal: lines are typed, and answered. Knows rustyline; what a line means, the session knows, and
//! what is shown, the job.

mod commands;
mod help;
mod helper;
mod places;

use super::cli::{Arguments, told};
use super::job::{Job, Tally, source};
use super::output::Output;
use super::{Exit, interrupt, paint, report};
use gradcalc::ground::Value;
use gradcalc::ground::text::shortened;
use gradcalc::ground::{number, value};
use gradcalc::session::settings::{Refusal, SETTINGS, Takes};
use gradcalc::session::typing::Piece;
use gradcalc::session::{ANS, Keys, Last, Session, Setting, Settings};
use gradcalc::views::page::padded;
use gradcalc::views::{Role, VIEWS, brief};
use gradcalc::vocabulary::LOAD;
use helper::Typing;
use rustyline::config::Configurer as _;
use rustyline::error::ReadlineError;
use rustyline::history::{FileHistory, History as _, SearchDirection};
use rustyline::{ColorMode, CompletionType, Config, EditMode, Editor};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

const PROMPT: &str = "> ";

/// What the source of a typed line is called.
const SOURCE: &str = "<repl>";

/// The first line of a script that `:save` writes.
const SAVED: &str = "# Saved by gradcalc.\n";

/// The most lines of the history.
const LONGEST_HISTORY: usize = 10_000;

/// How many lines `:undo` can take back.
const MOST_UNDONE: usize = 200;

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
struct Before {
    session: Session,
    /// How long the journal was, and what was taken from it then.
    journal: usize,
    taken: Vec<String>,
    question: Option<(String, Option<Value>)>,
    line: String,
}

/// A session at a terminal.
pub struct Repl<'a, 'b> {
    job: &'a mut Job<'b>,
    editor: Editor<Typing, FileHistory>,
    /// The session as it began, and how much of the journal it is.
    start: Session,
    given: usize,
    undo: Vec<Before>,
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
    let editor = match Editor::with_history(config, history) {
        Ok(editor) => editor,
        Err(error) => {
            report::message(&format!("error: the terminal cannot be used: {error}"));
            job.exit = Exit::File;
            return;
        }
    };
    paint::force(coloured);
    job.session.watch(interrupt::listen());
    interrupt::stay();
    job.session.settings.values_follow = false;
    job.journal = given(arguments);
    let mut repl = Repl { job, editor, start: Session::default(), given: 0, undo: Vec::new(), kept: None };
    repl.editor.set_helper(Some(Typing::new(coloured, PROMPT.len())));
    let _ = repl.editor.set_max_history_size(LONGEST_HISTORY);
    repl.open_history();
    if !arguments.no_init {
        repl.start_up();
    }
    repl.job.session.release();
    (repl.start, repl.given) = (repl.job.session.clone(), repl.job.journal.len());
    repl.job.write(|page| page.put(Role::Comment, &format!("gradcalc {}   :help explains, :quit leaves\n", env!("CARGO_PKG_VERSION"))));
    repl.talk();
    repl.job.exit = if repl.job.written.is_ok() { Exit::Well } else { repl.job.exit };
}

/// What the command line gave, as statements of a script.
fn given(arguments: &Arguments) -> Vec<String> {
    let binding = |(name, value): &(String, String)| match value.strip_prefix('@') {
        Some(file) => format!("{name} = load(\"{file}\")"),
        None => format!("{name} = {value}"),
    };
    let bindings = arguments.bindings.iter().map(binding);
    let scripts = arguments.files.iter().filter(|path| path.as_os_str() != "-").map(|path| included(path));
    bindings.chain(arguments.expressions.iter().cloned()).chain(scripts).collect()
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

impl Repl<'_, '_> {
    /// Answers lines until the session is left.
    fn talk(&mut self) {
        let mut asked_to_leave = false;
        loop {
            interrupt::forget();
            self.job.session.settings.style.width = paint::width(false);
            self.job.begin();
            (self.job.exit, self.job.whole, self.job.tally) = (Exit::Well, true, Tally::default());
            self.editor.set_edit_mode(match self.job.session.settings.keys {
                Keys::Emacs => EditMode::Emacs,
                Keys::Vi => EditMode::Vi,
            });
            match self.line() {
                Ok(line) => {
                    asked_to_leave = false;
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
            if self.job.written.is_err() {
                return;
            }
        }
    }

    /// Reads a line, the session lent to what helps typing it.
    fn line(&mut self) -> rustyline::Result<String> {
        if let Some(typing) = self.editor.helper_mut() {
            typing.session = std::mem::take(&mut self.job.session);
            typing.line.borrow_mut().clear();
        }
        let line = interrupt::while_waiting(|| self.editor.readline(PROMPT));
        if let Some(typing) = self.editor.helper_mut() {
            self.job.session = std::mem::take(&mut typing.session);
        }
        line
    }

    /// Answers a line: a command, or statements.
    fn enter(&mut self, line: &str) -> Flow {
        if line.trim().is_empty() {
            return Flow::Stay;
        }
        let is_name = |word: &str| self.job.session.is_known_name(word);
        if let Some((name, argument)) = commands::parts(line).or_else(|| commands::bare(line, is_name)) {
            return commands::run(self, name, argument);
        }
        self.statements(&commands::continued(line));
        Flow::Stay
    }

    /// Runs statements as a script does.
    fn statements(&mut self, text: &str) {
        let before = self.before(text);
        let began = self.job.journal.len();
        let ran = self.job.lines(SOURCE, Last::KnownStage, &mut text.as_bytes());
        debug_assert!(ran.is_ok(), "a text can be read");
        self.ended();
        if self.job.journal.len() > began {
            self.keep(before);
        }
    }

    /// What is said after a line.
    fn ended(&mut self) {
        if self.job.exit == Exit::Interrupted {
            report::message("interrupted");
        }
        for warning in self.job.session.warnings() {
            report::message(&format!("warning: {warning}"));
        }
    }

    fn before(&self, line: &str) -> Before {
        let question = self.job.question.clone();
        Before {
            session: self.job.session.clone(),
            journal: self.job.journal.len(),
            taken: Vec::new(),
            question,
            line: line.trim().to_owned(),
        }
    }

    fn keep(&mut self, before: Before) {
        self.undo.push(before);
        let held = |undo: &[Before]| undo.iter().map(|before| before.session.size()).sum::<usize>();
        while self.undo.len() > 1 && (self.undo.len() > MOST_UNDONE || held(&self.undo) > MOST_KEPT) {
            self.undo.remove(0);
        }
    }

    // History and start-up.

    fn open_history(&mut self) {
        let Some(path) = places::history() else { return };
        let made = places::make_history(&path).map_err(ReadlineError::Io);
        let opened = made.and_then(|()| self.editor.load_history(&path));
        match opened {
            Ok(()) => self.kept = Some(path),
            Err(error) => report::message(&format!("warning: the history is not kept in `{}`: {error}", path.display())),
        }
    }

    fn remember(&mut self, line: &str) {
        let added = self.editor.add_history_entry(line.trim_end_matches('\n'));
        if let (Ok(true), Some(path)) = (added, &self.kept)
            && let Err(error) = self.editor.append_history(path)
        {
            report::message(&format!("warning: the history is not kept in `{}`: {error}", path.display()));
            self.kept = None;
        }
    }

    fn start_up(&mut self) {
        if let Some(path) = places::init() {
            self.job.script(&path);
            self.ended();
            self.job.journal.insert(0, included(&path));
        }
    }

    // Commands.

    fn help(&mut self, topic: &str) -> Flow {
        if let Some(text) = help::page(topic) {
            self.job.write(|page| text.into_iter().try_for_each(|(role, text)| page.put(role, &text)));
            return Flow::Stay;
        }
        let near = help::nearest_topic(topic).map_or("`:help` lists what there is".to_owned(), |near| format!("did you mean `{near}`?"));
        refuse(&format!("there is no help on `{}`; {near}", shortened(topic)))
    }

    /// Lists names of some kinds.
    fn list(&mut self, wanted: &[Piece], none: &str) -> Flow {
        let style = self.job.session.settings.style;
        let rows: Vec<(String, &str, Option<Value>)> = self
            .job
            .session
            .listed()
            .into_iter()
            .filter(|(_, piece, ..)| wanted.contains(piece))
            .map(|(name, piece, value)| {
                let word = match piece {
                    Piece::Constant => "const",
                    Piece::Function => "function",
                    Piece::Stage => "stage",
                    _ => "input",
                };
                (name, word, value)
            })
            .collect();
        let width = |text: &str| unicode_width::UnicodeWidthStr::width(text);
        let widest = rows.iter().map(|(name, ..)| width(name)).max().unwrap_or_default();
        let kinds = rows.iter().map(|(_, kind, _)| kind.len()).max().unwrap_or_default();
        self.job.write(|page| {
            if rows.is_empty() {
                return page.put(Role::Comment, &format!("{none}\n"));
            }
            for (name, kind, value) in &rows {
                page.put(Role::Name, &padded(name, widest))?;
                page.put(Role::Comment, &format!("  {}", padded(kind, kinds)))?;
                if let Some(value) = value {
                    page.put(Role::Plain, "  ")?;
                    page.put(Role::Value, &brief::line(&style, value.shape(), value.numbers()))?;
                }
                page.put(Role::Plain, "\n")?;
            }
            Ok(())
        });
        Flow::Stay
    }

    fn vars(&mut self) -> Flow {
        self.list(&[Piece::Input, Piece::Constant, Piece::Function], "there are no names yet; `x = 3` makes an input")
    }

    fn stages(&mut self) -> Flow {
        self.list(&[Piece::Stage], "there are no named stages yet; `q = x + y` names one")
    }

    fn set(&mut self, text: &str) -> Flow {
        if !text.is_empty() {
            self.statements(&format!("set {text}"));
            return Flow::Stay;
        }
        let settings = self.job.session.settings.clone();
        let width = SETTINGS.iter().map(|setting| setting.name.len()).max().unwrap_or_default();
        let values: Vec<String> = SETTINGS.iter().map(|setting| setting.of(&settings)).collect();
        let widest = values.iter().map(|value| value.chars().count()).max().unwrap_or_default().min(24);
        self.job.write(|page| {
            SETTINGS.iter().zip(&values).try_for_each(|(setting, value)| {
                page.put(Role::Name, &padded(setting.name, width))?;
                page.put(Role::Value, &format!("  {}", padded(value, widest)))?;
                page.put(Role::Comment, &format!("  {}\n", setting.says))
            })
        });
        Flow::Stay
    }

    fn view(&mut self, name: &str) -> Flow {
        self.set(&format!("view {name}"))
    }

    fn again(&mut self) -> Flow {
        self.ask("", "again")
    }

    /// Evaluates an expression, or the last one where there is none.
    fn ask(&mut self, text: &str, command: &str) -> Flow {
        if text.is_empty() {
            let Some((text, ans)) = self.job.question.clone() else {
                return refuse(&format!("`:{command}` asks about the last expression, and there is none yet"));
            };
            // The last value is what it was when the expression was typed.
            self.job.session.set_ans(ans);
            self.job.text(&text, &source(SOURCE), Last::Shown);
            self.noted(&text);
        } else {
            let text = commands::continued(text);
            let before = self.before(&format!(":{command} {text}"));
            if self.job.text(&text, &source(SOURCE), Last::Shown) {
                self.job.journal.push(format!("{text};"));
                self.keep(before);
            }
        }
        self.ended();
        Flow::Stay
    }

    /// A question was answered once more: what continues from its value in a saved script needs it there.
    fn noted(&mut self, question: &str) {
        let pieces = self.job.session.pieces(question);
        // One that continues from another would continue from itself.
        if !pieces.into_iter().any(|(range, _)| &question[range] == ANS) {
            self.job.journal.push(format!("{question};"));
        }
    }

    /// Evaluates an expression under other settings.
    fn ask_with(&mut self, text: &str, change: impl FnOnce(&mut Settings)) -> Flow {
        let before = self.job.session.settings.clone();
        change(&mut self.job.session.settings);
        let name = self.job.session.settings.view.name;
        let flow = self.ask(text, name);
        self.job.session.settings = before;
        flow
    }

    /// Asks an analysis about an expression.
    fn analyse(&mut self, setting: &'static Setting, text: &str) -> Flow {
        let (value, rest) = match setting.takes {
            Takes::Switch => ("on".to_owned(), text),
            _ => match help::value_and_rest(text) {
                Some(split) => split,
                None => return refuse(&format!("`:{}` takes names and steps: `:{} x=0.01`", setting.name, setting.name)),
            },
        };
        let before = self.job.session.settings.clone();
        match self.job.session.set(setting, &value) {
            Ok(()) => {}
            Err(Refusal::Form(message)) => return refuse(&message),
            Err(Refusal::Failed(fault)) => {
                self.job.fault(&fault, &source(SOURCE), &value);
                return Flow::Stay;
            }
        }
        let settings = &mut self.job.session.settings;
        if !settings.view.analyses {
            settings.view = &VIEWS[0];
        }
        let flow = self.ask(rest, setting.name);
        self.job.session.settings = before;
        flow
    }

    fn undo(&mut self) -> Flow {
        let Some(before) = self.undo.pop() else { return refuse("there is nothing to undo") };
        self.job.session = before.session;
        self.job.journal.truncate(before.journal);
        self.job.journal.extend(before.taken);
        self.job.question = before.question;
        let mut line = before.line;
        if let Some(end) = line.find('\n') {
            line.replace_range(end.., " ...");
        }
        self.job.write(|page| page.put(Role::Comment, &format!("undone: {line}\n")));
        Flow::Stay
    }

    /// Moves every input of the last expression along its gradient.
    fn step(&mut self, text: &str) -> Flow {
        if text.is_empty() {
            return refuse("`:step` takes a number: `:step 0.1` goes up, `:step -0.1` down");
        }
        let step = match self.job.session.value_here(text) {
            Ok(value) => match value.number().filter(|step| step.is_finite()) {
                Some(step) => step,
                None => return refuse("a step is a single finite number"),
            },
            Err(fault) => {
                self.job.fault(&fault, &source(SOURCE), text);
                return Flow::Stay;
            }
        };
        let Some((question, ans)) = self.job.question.clone() else {
            return refuse("`:step` moves the inputs of the last expression, and there is none yet");
        };
        self.job.session.set_ans(ans.clone());
        let before = match self.job.session.answer_to(&question) {
            Ok(answer) => answer,
            Err(fault) => {
                self.job.fault(&fault, &source(SOURCE), &question);
                return Flow::Stay;
            }
        };
        if !before.shape(before.output).is_scalar() {
            return refuse("`:step` follows a single number; reduce the last expression, as in `sum(ans)`");
        }
        let names = before.names();
        let mut moves = Vec::new();
        let mut predicted = 0.0;
        for input in before.active_inputs() {
            let Some(gradients) = before.gradients(input) else { continue };
            let (name, shape) = (names.of(input).unwrap_or_default(), before.shape(input));
            if name == ANS {
                return refuse("`ans` is a value found before and cannot move; name it first, as in `q = ans`");
            }
            if !self.job.session.is_input(name) {
                return refuse(&format!("`{}` is written in the expression and cannot move; name its value first", shortened(name)));
            }
            if gradients.iter().any(|gradient| !gradient.is_finite()) {
                return refuse(&format!("the gradient on `{}` is not finite, so there is no direction to step in", shortened(name)));
            }
            predicted += step * gradients.iter().map(|gradient| gradient * gradient).sum::<f64>();
            let old = before.numbers(input);
            let new: Vec<f64> = old.iter().zip(gradients.iter()).map(|(x, gradient)| x + step * gradient).collect();
            moves.push((name.to_owned(), Value::new(shape, old.to_vec()), Value::new(shape, new)));
        }
        if moves.is_empty() {
            return refuse("the last expression has no inputs that could move");
        }
        let kept = self.before(&format!(":step {text}"));
        for (name, _, new) in &moves {
            let statement = format!("{name} = {}", value::written(new.shape(), new.numbers(), number::shortest));
            self.job.text(&statement, &source(SOURCE), Last::Hidden);
            self.job.journal.push(statement);
        }
        self.keep(kept);
        self.job.session.set_ans(ans);
        let Ok(after) = self.job.session.answer_to(&question) else {
            return self.ask("", "step");
        };
        self.job.session.set_ans(Some(after.value().into()));
        self.noted(&question);
        let style = self.job.session.settings.style;
        let output = names.of(before.output).unwrap_or_default().to_owned();
        let (old, new) = (before.value(), after.value());
        let widest = moves.iter().map(|(name, ..)| name.chars().count()).chain([output.chars().count()]).max().unwrap_or_default();
        self.job.write(|page| {
            for (name, old, new) in &moves {
                page.put(Role::Name, &padded(name, widest))?;
                page.put(Role::Plain, &format!("  {} -> ", brief::line(&style, old.shape(), old.numbers())))?;
                page.put(Role::Value, &brief::line(&style, new.shape(), new.numbers()))?;
                page.put(Role::Plain, "\n")?;
            }
            page.put(Role::Name, &padded(&output, widest))?;
            page.put(Role::Plain, &format!("  {} -> ", style.number(old)))?;
            page.put(Role::Value, &style.number(new))?;
            let moved = format!("   it moved by {}; the gradient predicts {}\n", style.number(new - old), style.number(predicted));
            page.put(Role::Comment, &moved)
        });
        Flow::Stay
    }

    fn time(&mut self, text: &str) -> Flow {
        let began = Instant::now();
        let flow = self.ask(text, "time");
        let took = began.elapsed();
        self.job.write(|page| page.put(Role::Comment, &format!("{:.3} ms\n", took.as_secs_f64() * 1e3)));
        flow
    }

    fn history(&mut self) -> Flow {
        let history = self.editor.history();
        let entries: Vec<String> = (0..history.len())
            .filter_map(|at| history.get(at, SearchDirection::Forward).ok().flatten())
            .map(|found| found.entry.replace('\n', "\n      "))
            .collect();
        self.job.write(|page| {
            entries.iter().enumerate().try_for_each(|(at, entry)| page.put(Role::Plain, &format!("{:>4}  {entry}\n", at + 1)))
        });
        Flow::Stay
    }

    fn load(&mut self, file: &str) -> Flow {
        if file.is_empty() {
            return refuse("`:load` takes the name of a script: `:load worksheet.grad`");
        }
        let before = self.before(&format!(":load {file}"));
        let path = places::typed(file);
        self.job.headed = true;
        self.job.script(&path);
        self.job.unhold();
        self.job.headed = false;
        self.ended();
        let Tally { statements, failed } = self.job.tally;
        if failed > 0 {
            report::message(&format!("{failed} of {statements} statements failed"));
        }
        if statements > failed {
            self.job.journal.push(included(&path));
            self.keep(before);
        }
        Flow::Stay
    }

    fn save(&mut self, file: &str, replace: bool) -> Flow {
        if file.is_empty() {
            return refuse("`:save` takes the name of a file: `:save worksheet.grad`");
        }
        let path = places::typed(file);
        if path.exists() && !replace {
            return refuse(&format!("`{}` exists; `:save! {}` replaces it", path.display(), path.display()));
        }
        // Files are sought beside a script, and here they were sought where the program runs.
        let moves = path.parent().is_some_and(|folder| !folder.as_os_str().is_empty());
        let lines = self.job.journal.iter().map(|line| if moves { self.rooted(line) } else { line.clone() } + "\n");
        let text: String = std::iter::once(SAVED.to_owned()).chain(lines).collect();
        let written = Output::open(Some(&path)).and_then(|mut output| {
            output.write_all(text.as_bytes())?;
            output.keep()
        });
        let count = self.job.journal.len();
        match written {
            Ok(()) => self.job.write(|page| page.put(Role::Comment, &format!("{count} statements saved\n"))),
            Err(error) => return refuse(&format!("cannot write `{}`: {}", path.display(), told(&error))),
        }
        Flow::Stay
    }

    /// A statement whose files are named from the root.
    fn rooted(&self, statement: &str) -> String {
        let mut names_file = false;
        let mut rooted = String::with_capacity(statement.len());
        for (range, piece) in self.job.session.pieces(statement) {
            let text = &statement[range];
            let path = (names_file && piece == Piece::Quoted).then(|| Path::new(text.trim_matches('"')).canonicalize().ok()).flatten();
            match path {
                Some(path) => rooted.extend(["\"", &path.display().to_string(), "\""]),
                None => rooted.push_str(text),
            }
            // A bracket or a space may stand between.
            names_file = [LOAD, "include"].contains(&text) || names_file && (text == "(" || piece == Piece::Space);
        }
        rooted
    }

    fn clear(&mut self) -> Flow {
        match self.editor.clear_screen() {
            Ok(()) => Flow::Stay,
            Err(error) => refuse(&format!("the screen cannot be cleared: {error}")),
        }
    }

    fn reset(&mut self) -> Flow {
        let mut before = self.before(":reset");
        before.taken = self.job.journal.split_off(self.given.min(self.job.journal.len()));
        before.journal = self.job.journal.len();
        self.keep(before);
        self.job.session = self.start.clone();
        self.job.question = None;
        self.job.write(|page| page.put(Role::Comment, "every name of this session is forgotten; `:undo` brings them back\n"));
        Flow::Stay
    }
}
