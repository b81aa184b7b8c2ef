//! What each command of a session does.
//!
//! Knows the session and the page; which command a line is, the table of commands knows.

use super::{Flow, Repl, SOURCE, UndoPoint, commands, flags, help, included, places, refuse};
use crate::binary::cli::{self, described};
use crate::binary::conversation::{Left, Said, unsilenced};
use crate::binary::job::{Tally, source};
use crate::binary::output::Output;
use crate::binary::report;
use crate::forms::reader;
use crate::ground::text::{one_line, shortened};
use crate::ground::{Fault, FaultKind, Value, broken};
use crate::session::settings::{Refusal, SETTINGS, Takes};
use crate::session::typing::WordKind;
use crate::session::{ANS, FinalDefinition, Setting, Settings};
use crate::views::page::padded;
use crate::views::{ANALYSES, Answer, Role, VIEWS, brief};
use rustyline::history::{History as _, SearchDirection};
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

/// The first line of a script that `:save` writes.
const SAVED: &str = "# Saved by gradcalc.\n";

/// How many values on the way are shown after several steps.
const SHOWN: usize = 6;

/// A step along a gradient: every input's name with its value before and behind it.
struct Moved {
    output: String,
    value: f64,
    predicted: f64,
    moves: Vec<(String, Value, Value)>,
}

/// Why there is no step.
enum Stopped {
    Says(String),
    Failed(Box<Fault>),
}

/// There is nothing that a command could be about.
fn unasked(command: &str) -> Flow {
    refuse(&format!("`:{command}` asks about the last expression, and there is none yet"))
}

/// The first line of a text of several, which stands for it in a list.
fn first_line(mut text: String) -> String {
    if let Some(end) = text.find('\n') {
        text.replace_range(end.., " ...");
    }
    text
}

impl Repl<'_, '_> {
    pub(super) fn help(&mut self, topic: &str) -> Flow {
        if let Some(text) = self.job.session.function_text(topic.trim_end_matches('(')) {
            self.job.write(|page| page.put(Role::Expression, &format!("{text}\n")));
            return Flow::Stay;
        }
        if let Some(text) = help::page(topic, self.job.session.settings.style.width) {
            self.job.write_fitted(|page| text.into_iter().try_for_each(|(role, text)| page.put(role, &text)));
            return Flow::Stay;
        }
        let near = help::nearest_topic(topic).map_or("`:help` lists what there is".to_owned(), |near| format!("did you mean `{near}`?"));
        refuse(&format!("there is no help on `{}`; {near}", shortened(topic)))
    }

    /// Lists names of some kinds.
    fn list(&mut self, wanted: &[WordKind], none: &str) -> Flow {
        let style = self.job.session.settings.style;
        let session = &self.job.session;
        let rows: Vec<(String, &str, Option<String>)> = session
            .listed()
            .into_iter()
            .filter(|(_, piece, ..)| wanted.contains(piece))
            .map(|(name, piece, value)| {
                let text = session.function_text(name.split('(').next().unwrap_or_default()).filter(|_| piece == WordKind::Function);
                let text = text.map(first_line);
                let shown = value.map(|value| brief::line(&style, value.shape(), value.numbers())).or(text);
                let word = match piece {
                    WordKind::Constant => "const",
                    WordKind::Function => "function",
                    WordKind::Stage => "stage",
                    _ => "input",
                };
                (name, word, shown)
            })
            .collect();
        let width = |text: &str| unicode_width::UnicodeWidthStr::width(text);
        let widest = rows.iter().map(|(name, ..)| width(name)).max().unwrap_or_default();
        let kinds = rows.iter().map(|(_, kind, _)| kind.len()).max().unwrap_or_default();
        self.job.write_fitted(|page| {
            if rows.is_empty() {
                return page.put(Role::Comment, &format!("{none}\n"));
            }
            for (name, kind, value) in &rows {
                page.put(Role::Name, &padded(name, widest))?;
                page.put(Role::Comment, &format!("  {}", padded(kind, kinds)))?;
                if let Some(value) = value {
                    page.put(Role::Plain, "  ")?;
                    page.put(Role::Value, value)?;
                }
                page.put(Role::Plain, "\n")?;
            }
            Ok(())
        });
        Flow::Stay
    }

    pub(super) fn vars(&mut self) -> Flow {
        self.list(
            &[WordKind::Input, WordKind::Constant, WordKind::Stage, WordKind::Function],
            "there are no names yet; `x = 3` makes an input",
        )
    }

    pub(super) fn stages(&mut self) -> Flow {
        self.list(&[WordKind::Stage], "there are no named stages yet; `q = x + y` names one")
    }

    pub(super) fn set(&mut self, text: &str) -> Flow {
        if !text.is_empty() {
            self.statements(&format!("set {text}"));
            return Flow::Stay;
        }
        let settings = self.job.session.settings.clone();
        let width = SETTINGS.iter().map(|setting| setting.name.len()).max().unwrap_or_default();
        let values: Vec<String> = SETTINGS.iter().map(|setting| setting.of(&settings)).collect();
        let widest = values.iter().map(|value| value.chars().count()).max().unwrap_or_default().min(24);
        self.job.write_fitted(|page| {
            SETTINGS.iter().zip(&values).try_for_each(|(setting, value)| {
                page.put(Role::Name, &padded(setting.name, width))?;
                page.put(Role::Value, &format!("  {}", padded(value, widest)))?;
                page.put(Role::Comment, &format!("  {}\n", setting.says))
            })
        });
        Flow::Stay
    }

    pub(super) fn view(&mut self, name: &str) -> Flow {
        self.set(&format!("view {name}"))
    }

    pub(super) fn again(&mut self) -> Flow {
        let Some(question) = self.job.said.question.clone() else { return unasked("again") };
        let text = question.now(&self.job.session).to_owned();
        // What continues from the value before it does so from the same one.
        self.job.session.set_ans(question.session.ans());
        let settings = self.job.session.settings.clone();
        self.answered_under(settings, &text);
        self.noted(&text);
        self.ended();
        Flow::Stay
    }

    /// Evaluates an expression, or the last one where there is none.
    fn ask(&mut self, text: &str, command: &str) -> Flow {
        let settings = self.job.session.settings.clone();
        self.ask_under(settings, text, command)
    }

    /// The same under other settings, which hold for this question alone.
    pub(super) fn ask_under(&mut self, settings: Settings, text: &str, command: &str) -> Flow {
        if text.is_empty() {
            return self.recall(settings, command);
        }
        let text = commands::continued(unsilenced(text));
        let before = self.before(&format!(":{command} {text}"));
        if self.answered_under(settings, &text) {
            self.job.said.showed(&text, self.job.session.ans());
            self.keep(before);
        }
        self.ended();
        Flow::Stay
    }

    /// Shows the last answer under other settings. It is asked for where it was asked first, and nothing changes: no name, no last
    /// value, and nothing of what is saved or undone.
    fn recall(&mut self, settings: Settings, command: &str) -> Flow {
        let Some(question) = self.job.said.question.clone() else { return unasked(command) };
        let then = self.job.session.as_at(&question.session, settings);
        let now = std::mem::replace(&mut self.job.session, then);
        let said = std::mem::take(&mut self.job.said);
        self.job.recalls = true;
        let well = self.job.text(question.text.as_str(), &question.source, FinalDefinition::Shown);
        self.job.remarks(&question.source);
        self.job.recalls = false;
        let then = std::mem::replace(&mut self.job.session, now);
        self.job.session.told_as(&then);
        self.job.said = said;
        if let Some(answer) = self.job.answered().filter(|_| well) {
            self.tell_turned(&answer);
        }
        self.ended();
        Flow::Stay
    }

    /// Says which inputs of an answer have other values by now.
    pub(super) fn tell_turned(&mut self, answer: &Answer) {
        let names = answer.names();
        let inputs = answer.active_inputs().filter_map(|input| Some((names.of(input)?, input)));
        let turned = inputs.filter(|&(name, input)| {
            let now = self.job.session.input_value(name);
            name != ANS && now.is_some_and(|now| now.numbers() != answer.numbers(input))
        });
        let turned: Vec<String> = turned.map(|(name, _)| format!("`{}`", shortened(name))).collect();
        if turned.is_empty() {
            return;
        }
        let (verb, with) = if turned.len() == 1 { ("has turned", "its value") } else { ("have turned", "their values") };
        let text = format!("this is the last answer; {} {verb} since, and `:again` evaluates with {with} of now", turned.join(", "));
        self.job.results.aside(|| report::remark("note", &text, None));
    }

    fn answered_under(&mut self, settings: Settings, text: &str) -> bool {
        let usual = std::mem::replace(&mut self.job.session.settings, settings);
        self.job.said.begin();
        let well = self.job.text(text, &source(SOURCE), FinalDefinition::Shown);
        self.job.session.settings = usual;
        well
    }

    /// A question was answered once more: what continues from its value in a saved script needs it there.
    fn noted(&mut self, question: &str) {
        // One that continues from another would continue from itself.
        if !reader::speaks_of(question, ANS) {
            self.job.said.showed(question, self.job.session.ans());
        }
    }

    /// Evaluates an expression under other settings.
    pub(super) fn ask_with(&mut self, text: &str, change: impl FnOnce(&mut Settings)) -> Flow {
        let mut settings = self.job.session.settings.clone();
        change(&mut settings);
        let name = settings.view.name;
        self.ask_under(settings, text, name)
    }

    /// Asks an analysis about an expression.
    pub(super) fn analyse(&mut self, setting: &'static Setting, text: &str) -> Flow {
        let (value, rest) = match setting.takes {
            // The setting's own words, unless they are names here, ask for the last answer.
            Takes::Switch if ["on", "off"].contains(&text) && !self.job.session.is_known_name(text) => (text.to_owned(), ""),
            Takes::Switch => ("on".to_owned(), text),
            Takes::Scope(_, choices) => {
                let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
                // The first choice is to ask for nothing.
                let named = choices().into_iter().skip(1).any(|(name, _)| name == word);
                if named { (word.to_owned(), rest.trim_start()) } else { (String::new(), text) }
            }
            Takes::Word(form) => match text.split_once(char::is_whitespace).unwrap_or((text, "")) {
                ("", _) => return refuse(&format!("`:{0}` takes a {form}, and an expression or none: `:{0} q`", setting.name)),
                (word, rest) => (word.to_owned(), rest.trim_start()),
            },
            _ => match reader::steps_and_rest(text) {
                Some(split) => split,
                None => return refuse(&format!("`:{}` takes names and steps: `:{} x=0.01`", setting.name, setting.name)),
            },
        };
        let usual = self.job.session.settings.clone();
        match self.job.session.set(setting, &value) {
            Ok(()) => {}
            Err(Refusal::Form(message)) => return refuse(&message),
            Err(Refusal::Failed(fault)) => {
                self.job.fault(&fault, &source(SOURCE), &value);
                return Flow::Stay;
            }
        }
        let mut settings = std::mem::replace(&mut self.job.session.settings, usual);
        if !settings.view.shows_analysis(setting.name) {
            let shows = VIEWS.iter().find(|view| view.shows_analysis(setting.name));
            settings.view = shows.unwrap_or_else(|| broken("each analysis is shown by a view"));
        }
        self.job.analyses = rest.is_empty() && ANALYSES.contains(&setting.name);
        let flow = self.ask_under(settings, rest, setting.name);
        self.job.analyses = false;
        flow
    }

    /// A gate, the gates of a family, or all.
    pub(super) fn gates(&mut self, name: &str) -> Flow {
        match self.job.gates(name, ":help NAME") {
            Ok(()) => Flow::Stay,
            Err(message) => refuse(&format!("{message}; `:gates` lists them all")),
        }
    }

    /// Changes a setting, or shows what it is set to.
    pub(super) fn setting(&mut self, setting: &'static Setting, value: &str) -> Flow {
        if let Some((first, rest)) = value.split_once(char::is_whitespace) {
            // A setting and an expression behind it.
            let takes = |value: &str| self.job.session.clone().set(setting, value).is_ok();
            if !takes(value) && takes(first) {
                let name = setting.name;
                let rest = shortened(rest.trim());
                return refuse(&format!("`:{name}` takes one value: type `:{name} {first}`, then `{rest}` in a line of its own"));
            }
        }
        if !value.is_empty() {
            return self.set(&format!("{} {value}", setting.name));
        }
        let value = setting.of(&self.job.session.settings);
        self.job.write(|page| page.put(Role::Value, &format!("{value}\n")));
        Flow::Stay
    }

    pub(super) fn undo(&mut self, times: &str) -> Flow {
        self.travel(times, "undo", "undone")
    }

    pub(super) fn redo(&mut self, times: &str) -> Flow {
        self.travel(times, "redo", "done again")
    }

    /// Goes back or forth between what the session was after its lines.
    fn travel(&mut self, times: &str, command: &str, done: &str) -> Flow {
        let Some(times) = commands::count(times, 1) else {
            return refuse(&format!("`:{command}` takes how many lines: `:{command} 3`"));
        };
        for _ in 0..times {
            let from = if command == "undo" { self.undo.pop() } else { self.redo.pop() };
            let Some(point) = from else { return refuse(&format!("there is nothing to {command}")) };
            let line = first_line(self.exchange(point, command == "undo"));
            self.job.write(|page| page.put(Role::Comment, &format!("{done}: {line}\n")));
        }
        Flow::Stay
    }

    /// Makes the session what it was at a point, keeps what it is now for the way back, and gives the line between the two.
    fn exchange(&mut self, point: UndoPoint, back: bool) -> String {
        let mut here = self.before(&point.line);
        let said = &mut self.job.said;
        here.taken = said.journal.split_off(point.journal.min(said.journal.len()));
        here.journal = said.journal.len();
        said.journal.extend(point.taken);
        (said.question, said.of_rows) = (point.question, None);
        self.job.session = point.session;
        (if back { &mut self.redo } else { &mut self.undo }).push(here);
        point.line
    }

    /// Moves every input of the last expression along its gradient, once or so many times.
    pub(super) fn step(&mut self, text: &str) -> Flow {
        let (step, times) = match self.step_and_times(text) {
            Ok(found) => found,
            Err(stopped) => return self.stopped(stopped, text),
        };
        let Some(asked) = self.job.said.question.clone() else {
            return refuse("`:step` moves the inputs of the last expression, and there is none yet");
        };
        let (question, ans) = (asked.now(&self.job.session).to_owned(), asked.session.ans());
        let kept = self.before(&format!(":step {text}"));
        let (mut first, mut went): (Option<Moved>, Vec<f64>) = (None, Vec::new());
        for _ in 0..times {
            self.job.session.set_ans(ans.clone());
            let moved = match self.moved(&question, step) {
                Ok(moved) => moved,
                Err(stopped) if first.is_none() => return self.stopped(stopped, &question),
                Err(stopped) => {
                    self.stopped(stopped, &question);
                    break;
                }
            };
            for (name, _, new) in &moved.moves {
                self.job.session.set_input(name, new.clone());
            }
            went.push(moved.value);
            match &mut first {
                Some(first) => first.moves.iter_mut().zip(moved.moves).for_each(|(all, one)| all.2 = one.2),
                None => first = Some(moved),
            }
        }
        let Some(moved) = first else { return Flow::Stay };
        self.job.session.set_ans(ans);
        let after = match self.job.session.answer_to(&question) {
            Ok(after) => after,
            Err(fault) => {
                self.job.session = kept.session;
                return refuse(&format!("the inputs stay as they are: behind this step, {}", one_line(&fault.message)));
            }
        };
        for (name, _, new) in &moved.moves {
            self.job.said.given(name, false, new);
        }
        self.keep(kept);
        self.job.said.asked(&question, asked.source.clone(), self.job.session.clone());
        self.job.session.set_ans(Some(after.value().into()));
        self.job.said.begin();
        self.job.said.runs(&question, &self.job.session);
        self.job.said.leaves = Left { gradients: false, ans: true };
        self.noted(&question);
        went.push(after.value());
        self.tell_steps(&moved, &went);
        Flow::Stay
    }

    /// A step, and how often it is to be taken.
    fn step_and_times(&self, text: &str) -> Result<(f64, usize), Stopped> {
        const USAGE: &str = "`:step` moves the inputs of the last expression, and takes a step and how often: `:step 0.1` goes up, `:step -0.1` \
                             down, `:step -0.1 100` a hundred times";
        if text.is_empty() || commands::is_list(text) {
            return Err(Stopped::Says(USAGE.to_owned()));
        }
        // `:step 0.1 * 2` is one step.
        let apart = text.rsplit_once(char::is_whitespace).filter(|(step, _)| !reader::goes_on(step));
        let counted = apart.and_then(|(step, times)| Some((step, times.parse().ok().filter(|&times: &usize| times > 0)?)));
        let (step, times) = counted.unwrap_or((text, 1));
        let value = self.job.session.clone().value_here(step).map_err(|fault| match fault.kind {
            FaultKind::Parse => Stopped::Says(USAGE.to_owned()),
            _ => Stopped::Failed(Box::new(fault)),
        })?;
        let step = value.number().filter(|step| step.is_finite());
        Ok((step.ok_or_else(|| Stopped::Says("a step is a single finite number".to_owned()))?, times))
    }

    /// Says why there is no step.
    fn stopped(&mut self, stopped: Stopped, text: &str) -> Flow {
        match stopped {
            Stopped::Says(message) => return refuse(&message),
            Stopped::Failed(fault) => self.job.fault(&fault, &source(SOURCE), text),
        }
        Flow::Stay
    }

    /// Where a step along the gradient leads; nothing moves yet.
    fn moved(&self, question: &str, step: f64) -> Result<Moved, Stopped> {
        let says = |message: String| Err(Stopped::Says(message));
        let before = self.job.session.answer_to(question).map_err(|fault| Stopped::Failed(Box::new(fault)))?;
        if !before.shape(before.output).is_scalar() {
            return says("`:step` follows a single number; reduce the last expression, as in `sum(ans)`".to_owned());
        }
        let names = before.names();
        let output = names.of(before.output).unwrap_or_default().to_owned();
        let mut moved = Moved { output, value: before.value(), predicted: 0.0, moves: Vec::new() };
        for input in before.active_inputs() {
            let Some(gradients) = before.gradients(input) else { continue };
            let (name, shape) = (names.of(input).unwrap_or_default(), before.shape(input));
            if name == ANS {
                return says("`ans` is a value found before and cannot move; name it first, as in `q = ans`".to_owned());
            }
            if !self.job.session.is_input(name) {
                return says(format!("`{}` is written in the expression and cannot move; name its value first", shortened(name)));
            }
            if gradients.iter().any(|gradient| !gradient.is_finite()) {
                return says(format!("the gradient on `{}` is not finite, so there is no direction to step in", shortened(name)));
            }
            moved.predicted += step * gradients.iter().map(|gradient| gradient * gradient).sum::<f64>();
            let old = before.numbers(input);
            let new: Vec<f64> = old.iter().zip(gradients.iter()).map(|(x, gradient)| x + step * gradient).collect();
            moved.moves.push((name.to_owned(), Value::new(shape, old.to_vec()), Value::new(shape, new)));
        }
        if moved.moves.is_empty() { says("the last expression has no inputs that could move".to_owned()) } else { Ok(moved) }
    }

    /// Shows where steps have led, and the values of the expression on the way.
    fn tell_steps(&mut self, moved: &Moved, went: &[f64]) {
        let style = self.job.session.settings.style;
        let names = moved.moves.iter().map(|(name, ..)| name).chain([&moved.output]);
        let widest = names.map(|name| name.chars().count()).max().unwrap_or_default();
        let (&[old, .., new], steps) = (went, went.len().saturating_sub(1)) else { return };
        let told = if steps == 1 {
            format!("it moved by {}; the gradient predicts {}", style.number(new - old), style.number(moved.predicted))
        } else {
            let places: Vec<usize> = (0..SHOWN.min(steps + 1)).map(|at| at * steps / (SHOWN.min(steps + 1) - 1)).collect();
            let values: Vec<String> = places.iter().map(|&at| style.number(went[at])).collect();
            format!("{steps} steps: {}", values.join(", "))
        };
        self.job.write_fitted(|page| {
            for (name, old, new) in &moved.moves {
                page.put(Role::Name, &padded(name, widest))?;
                page.put(Role::Plain, &format!("  {} -> ", brief::line(&style, old.shape(), old.numbers())))?;
                page.put(Role::Value, &brief::line(&style, new.shape(), new.numbers()))?;
                page.put(Role::Plain, "\n")?;
            }
            page.put(Role::Name, &padded(&moved.output, widest))?;
            page.put(Role::Plain, &format!("  {} -> ", style.number(old)))?;
            page.put(Role::Value, &style.number(new))?;
            page.put(Role::Comment, &format!("   {told}\n"))
        });
    }

    pub(super) fn time(&mut self, text: &str) -> Flow {
        let began = Instant::now();
        let flow = self.ask(text, "time");
        let took = began.elapsed();
        self.job.write(|page| page.put(Role::Comment, &format!("{:.3} ms\n", took.as_secs_f64() * 1e3)));
        flow
    }

    pub(super) fn history(&mut self, last: &str) -> Flow {
        let Some(last) = commands::count(last, usize::MAX) else {
            return refuse("`:history` takes how many lines: `:history 5`");
        };
        let history = self.editor.history();
        let entries: Vec<String> = (0..history.len())
            .filter_map(|at| history.get(at, SearchDirection::Forward).ok().flatten())
            .map(|found| found.entry.replace('\n', "\n      "))
            .collect();
        self.job.write(|page| {
            entries
                .iter()
                .enumerate()
                .skip(entries.len().saturating_sub(last))
                .try_for_each(|(at, entry)| page.put(Role::Plain, &format!("{:>4}  {entry}\n", at + 1)))
        });
        Flow::Stay
    }

    pub(super) fn load(&mut self, file: &str) -> Flow {
        if file.is_empty() {
            return refuse("`:load` takes the name of a script or of a table: `:load worksheet.grad`, `:load data.csv`");
        }
        let parted = match flags::around(file) {
            Ok(parted) => parted,
            Err(message) => return refuse(&message),
        };
        let path = places::typed(parted.rest);
        if cli::is_table(&path) {
            return self.load_table(&path, &parted);
        }
        if !parted.flags.is_empty() {
            return refuse(&format!("`:load` of a script takes no flags, and `{}` is none of the tables that take some", path.display()));
        }
        let before = self.before(&format!(":load {file}"));
        self.job.results.headed = true;
        self.job.script(&path);
        self.job.results.unhold();
        self.job.results.headed = false;
        self.ended();
        let Tally { statements, failed, .. } = self.job.tally;
        if failed > 0 {
            report::message(&format!("{failed} of {statements} statements failed"));
        }
        if statements > failed {
            // What a script takes of the answer before it, it alone knows.
            self.job.said.journal.push(Said::statement(included(&path), Left::ALL, Left::default()));
            self.keep(before);
        }
        Flow::Stay
    }

    pub(super) fn against(&mut self, file: &str) -> Flow {
        if file.is_empty() {
            return refuse("`:against` takes the name of a file: `:against homework.py`");
        }
        let Some(answer) = self.job.answered() else {
            return refuse("there is no answer yet to compare with; evaluate the forward pass first");
        };
        let exit = self.job.exit;
        self.job.compare(&answer, &places::typed(file));
        self.ended();
        // A session goes on whatever is found.
        self.job.exit = exit;
        Flow::Stay
    }

    pub(super) fn save(&mut self, file: &str, replace: bool) -> Flow {
        if file.is_empty() {
            return refuse("`:save` takes the name of a file: `:save worksheet.grad`");
        }
        let path = places::typed(file);
        if path.exists() && !replace {
            return refuse(&format!("`{}` exists; `:save! {}` replaces it", path.display(), path.display()));
        }
        // Files are sought beside a script, and here they were sought where the program runs.
        let moves = path.parent().is_some_and(|folder| !folder.as_os_str().is_empty());
        let script = self.job.said.script();
        let lines = script.iter().map(|line| if moves { Self::rooted(line) } else { line.clone() } + "\n");
        let text: String = std::iter::once(SAVED.to_owned()).chain(lines).collect();
        let written = Output::open(Some(&path)).and_then(|mut output| {
            output.write_all(text.as_bytes())?;
            output.keep()
        });
        let count = script.len();
        match written {
            Ok(()) => self.job.write(|page| page.put(Role::Comment, &format!("{count} statements saved\n"))),
            Err(error) => return refuse(&format!("cannot write `{}`: {}", path.display(), described(&error))),
        }
        Flow::Stay
    }

    /// A statement whose files are named from the root.
    fn rooted(statement: &str) -> String {
        let mut rooted = String::with_capacity(statement.len());
        let mut done = 0;
        for range in reader::files(statement) {
            let path = Path::new(statement[range.clone()].trim_matches('"')).canonicalize();
            if let Ok(path) = path {
                rooted.extend([&statement[done..range.start], "\"", &path.display().to_string(), "\""]);
                done = range.end;
            }
        }
        rooted.push_str(&statement[done..]);
        rooted
    }

    pub(super) fn clear(&mut self) -> Flow {
        match self.editor.clear_screen() {
            Ok(()) => Flow::Stay,
            Err(error) => refuse(&format!("the screen cannot be cleared: {error}")),
        }
    }

    pub(super) fn reset(&mut self) -> Flow {
        let mut before = self.before(":reset");
        before.taken = self.job.said.journal.split_off(self.given.min(self.job.said.journal.len()));
        before.journal = self.job.said.journal.len();
        self.keep(before);
        self.job.session = self.start.clone();
        (self.job.said.question, self.job.said.of_rows) = (None, None);
        self.job.write(|page| page.put(Role::Comment, "every name of this session is forgotten; `:undo` brings them back\n"));
        Flow::Stay
    }
}
