//! What the line editor shows while a text is typed: colours, brackets, completions and the live answer. What a text
//! is, the session knows; what a command is, the table of commands.

use super::burst::Burst;
use super::commands::{self, Argument};
use super::help;
use crate::binary::paint;
use crate::forms::reader::{self, Waits};
use crate::ground::Cancellation;
use crate::session::Session;
use crate::session::typing::{Candidate, open_quote, openings, partner, setting_words};
use crate::views::{Answer, VIEWS};
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The most time that a key waits for the live answer.
const PATIENCE: Duration = Duration::from_millis(20);

/// The longest text that is coloured at every key, in bytes: the whole line is drawn anew each time.
const LONGEST_COLOURED: usize = 2_000;

/// How many blanks stand between the line and what is shown behind it.
const BEFORE: usize = 4;

/// What helps while a line is typed.
pub struct Typing {
    /// The session, lent while a line is typed.
    pub session: Session,
    /// The line as it is now.
    pub line: RefCell<String>,
    files: FilenameCompleter,
    coloured: bool,
    /// What is shown behind the line.
    hint: RefCell<String>,
    /// The line is drawn because the cursor has moved in it.
    moved: Cell<bool>,
    /// The line is drawn for the last time.
    ending: Cell<bool>,
    burst: Burst,
    prompt: usize,
    /// When the line was begun.
    pub began: Instant,
    /// Whether the line before was one of a session that was copied.
    pub copied: bool,
}

/// No hand enters a line within this.
const FASTEST_LINE: Duration = Duration::from_millis(150);

impl Typing {
    /// Whether the line is one of a session that is pasted: an answer where it has no prompt. A terminal without bracketed paste
    /// sends such a text a line at a time.
    pub fn is_in_copy(&self) -> bool {
        self.copied && self.began.elapsed() < FASTEST_LINE
    }

    /// Help behind a prompt of some width.
    pub fn new(coloured: bool, prompt: usize) -> Self {
        Self {
            session: Session::default(),
            line: RefCell::default(),
            files: FilenameCompleter::new(),
            coloured,
            hint: RefCell::default(),
            moved: Cell::new(false),
            ending: Cell::new(false),
            burst: Burst::default(),
            prompt,
            began: Instant::now(),
            copied: false,
        }
    }
}

impl Helper for Typing {}

/// The live answer, which no key makes part of the line.
pub struct Live(String);

impl Hint for Live {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Typing {
    type Hint = Live;

    fn hint(&self, line: &str, pos: usize, _: &Context) -> Option<Live> {
        let hint = self.behind(line, pos);
        // What stands in a row of its own is not drawn again by hand.
        let beside = hint.as_deref().filter(|hint| !hint.starts_with(" ".repeat(BEFORE + 1).as_str()));
        beside.unwrap_or_default().clone_into(&mut self.hint.borrow_mut());
        hint.map(Live)
    }
}

impl Typing {
    /// What is shown behind a line.
    fn behind(&self, line: &str, pos: usize) -> Option<String> {
        line.clone_into(&mut self.line.borrow_mut());
        if self.burst.key(line.len()) || line.trim().is_empty() || commands::is_command(line) {
            return None;
        }
        if line.ends_with('\n') {
            return waits_for(line);
        }
        let indent = if line.contains('\n') { 0 } else { self.prompt };
        let last = line.rsplit('\n').next().unwrap_or_default();
        let width = |text: &str| unicode_width::UnicodeWidthStr::width(text);
        let columns = paint::columns()?;
        let used = (indent + width(last)) % columns.max(1);
        let room = columns.saturating_sub(used + BEFORE);
        let answer = self.preview(line);
        let told = |room: usize| answer.as_ref().and_then(|answer| live(answer, &self.session, room));
        if let Some(shown) = told(room).or_else(|| self.operands(&line[..pos]).filter(|_| answer.is_none())) {
            return (width(&shown) <= room + BEFORE).then_some(shown);
        }
        // In the row below, where a line leaves no room in its own.
        told(columns.saturating_sub(2 * BEFORE)).map(|shown| " ".repeat(columns - used) + &shown)
    }
}

/// What an unfinished statement waits for, and how to end it, where its next line is empty.
fn waits_for(line: &str) -> Option<String> {
    if reader::waits(line.trim_end()) == Some(Waits::Body) {
        return Some("    an empty line ends the function".to_owned());
    }
    reader::waits(line)?;
    let open = openings(line);
    let gives_up = if matches!(open.last, Some(('{', _))) { "Ctrl-C" } else { "Enter" };
    let what = match open.last {
        Some((sign, name)) => format!("`{}` is open: `{}` ends it", name + &sign.to_string(), open.closing),
        None => "an operand is missing".to_owned(),
    };
    Some(format!("    {what}; {gives_up} gives it up"))
}

impl Typing {
    /// What the text would give, with what is open closed.
    fn preview(&self, line: &str) -> Option<Arc<Answer>> {
        let mut text = commands::continued(line).into_owned();
        text.push_str(&openings(&text).closing);
        let answer = self.session.preview(&text, &Cancellation::until(Instant::now() + PATIENCE))?;
        // What is typed says already what it is.
        if answer.expression.trim() == answer.names().of(answer.output).unwrap_or_default() && answer.stages().next().is_none() {
            return None;
        }
        Some(answer)
    }

    /// The operands of the call that is open at the end of a text.
    fn operands(&self, text: &str) -> Option<String> {
        let (sign, name) = openings(text).last?;
        if sign != '(' {
            return None;
        }
        self.session.operands(&name).map(|call| format!("    {call}"))
    }
}

/// The value and as many gradients as there is room for.
fn live(answer: &Answer, session: &Session, room: usize) -> Option<String> {
    let style = session.settings.style;
    let names = answer.names();
    let value = style.numbers(answer.shape(answer.output), answer.numbers(answer.output));
    let mut text = format!("{} = {value}", names.of(answer.output).unwrap_or_default());
    let width = |text: &str| unicode_width::UnicodeWidthStr::width(text);
    if width(&text) > room {
        return None;
    }
    for leaf in answer.leaves() {
        let Some(gradients) = answer.gradients(leaf) else { continue };
        let more = format!("  {} {}", names.gradient(leaf), style.numbers(answer.shape(leaf), &gradients));
        if width(&text) + width(&more) > room {
            if width(&text) + 5 <= room {
                text.push_str("  ...");
            }
            break;
        }
        text.push_str(&more);
    }
    Some(format!("    {text}"))
}

impl Highlighter for Typing {
    fn highlight<'l>(&self, line: &'l str, pos: usize) -> Cow<'l, str> {
        if !self.coloured || line.is_empty() || line.len() > LONGEST_COLOURED {
            return Cow::Borrowed(line);
        }
        if commands::is_command(line) {
            return Cow::Owned(paint::command(line));
        }
        let pair = partner(line, pos).filter(|_| !self.ending.get()).and_then(|one| Some([one, partner(line, one)?]));
        let pair = pair.unwrap_or([usize::MAX; 2]);
        let mut text = String::with_capacity(line.len() * 3);
        for (range, piece) in self.session.pieces(line) {
            let matched = pair.contains(&range.start);
            text.push_str(&paint::piece(&line[range], piece, matched));
        }
        // The editor draws no hint where the cursor alone has moved.
        if self.moved.take() && *self.line.borrow() == line && !self.hint.borrow().is_empty() {
            text.push_str(&paint::beside(&self.hint.borrow()));
        }
        Cow::Owned(text)
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        if self.coloured { Cow::Owned(paint::prompt(prompt)) } else { Cow::Borrowed(prompt) }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.coloured { Cow::Owned(paint::aside(hint)) } else { Cow::Borrowed(hint) }
    }

    fn highlight_char(&self, line: &str, _: usize, kind: CmdKind) -> bool {
        self.ending.set(kind == CmdKind::ForcedRefresh);
        self.moved.set(kind == CmdKind::MoveCursor);
        self.coloured && line.len() <= LONGEST_COLOURED && (self.ending.get() || !self.burst.goes_on())
    }
}

impl Validator for Typing {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        // Of a session that was copied, the last thing that was typed goes on.
        let typed = commands::behind_prompts(text);
        let answer = self.is_in_copy() && typed.is_none();
        let text = typed.as_ref().map_or(text, |typed| typed.last().map_or("", |last| last));
        // An empty line ends what would never end; the statements of a block may have empty lines between them.
        let command = commands::is_command(text) || commands::ends_in_command(text);
        let open = openings(text);
        let in_block = open.last.as_ref().is_some_and(|(sign, _)| *sign == '{');
        // An answer ends whatever is open in it.
        let goes_on = !command && !answer && reader::goes_on(text) && (in_block || !text.ends_with('\n')) && !open.hopeless;
        Ok(if goes_on { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

impl Completer for Typing {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, context: &Context) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = &line[..pos];
        if let Some((name, rest)) = commands::parts(before) {
            let typed = before.len() - rest.len();
            return Ok(match (commands::argument(name), before.contains(' ')) {
                (_, false) => (0, words(commands::names().map(|name| format!(":{name} ")), before)),
                (Argument::File, true) => return self.files.complete(line, pos, context),
                (Argument::Topic, true) => (typed, words(help::topics().into_iter(), rest)),
                (Argument::View, true) => (typed, words(VIEWS.iter().map(|view| view.name.to_owned()), rest)),
                (Argument::Setting, true) => {
                    let (start, found) = setting_words(rest);
                    (typed + start, pairs(found))
                }
                (Argument::Expression, true) => self.names(line, pos),
                (Argument::Nothing, true) => (pos, Vec::new()),
            });
        }
        if let Some(at) = open_quote(before) {
            let (start, found) = self.files.complete_path(&before[at + 1..], pos - at - 1)?;
            return Ok((at + 1 + start, found));
        }
        Ok(self.names(line, pos))
    }
}

impl Typing {
    fn names(&self, line: &str, pos: usize) -> (usize, Vec<Pair>) {
        let (start, found) = self.session.completions(line, pos);
        (start, pairs(found))
    }
}

/// Candidates with what they are beside them.
fn pairs(found: Vec<Candidate>) -> Vec<Pair> {
    let widest = found.iter().map(|candidate| candidate.text.len()).max().unwrap_or_default();
    let pair = |candidate: Candidate| Pair {
        display: format!("{:widest$} {}", candidate.text, candidate.says).trim_end().to_owned(),
        replacement: candidate.text,
    };
    found.into_iter().map(pair).collect()
}

/// The words that begin as a text does.
fn words(words: impl Iterator<Item = String>, begun: &str) -> Vec<Pair> {
    words.filter(|word| word.starts_with(begun)).map(|word| Pair { display: word.trim_end().to_owned(), replacement: word }).collect()
}
