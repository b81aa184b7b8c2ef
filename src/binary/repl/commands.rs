//! The commands of a session at a terminal: a row of a table each, and one for each view and each analysis that the
//! program has.

use super::{Flow, Repl};
use crate::forms::parse;
use crate::forms::reader::{self, Waits};
use crate::ground::text::nearest;
use crate::session::Setting;
use crate::session::settings::SETTINGS;
use crate::session::typing::openings;
use crate::views::{self, VIEWS};
use crate::vocabulary::{Gate, StatementWord, Symbols};
use std::borrow::Cow;

/// What a command is given.
#[derive(Clone, Copy)]
pub enum Argument {
    /// Nothing.
    Nothing,
    /// Something that `:help` explains.
    Topic,
    /// A view.
    View,
    /// A setting and its value.
    Setting,
    /// The name of a file.
    File,
    /// An expression; the last one where there is none.
    Expression,
}

/// A command.
pub struct Command {
    /// Its name, without the colon.
    pub name: &'static str,
    /// What it is given, for people.
    pub takes: &'static str,
    /// What it is given, for completion.
    pub argument: Argument,
    /// What it does, in a phrase.
    pub says: &'static str,
    /// How it is typed.
    pub example: &'static str,
    run: fn(&mut Repl, &str) -> Flow,
}

/// The commands that are neither a view nor an analysis, as they are listed.
pub static COMMANDS: &[Command] = &[
    Command {
        name: "help",
        takes: "[TOPIC]",
        argument: Argument::Topic,
        says: "explain a gate, a statement, a command or a setting, or list them",
        example: ":help sigma",
        run: |repl, text| repl.help(text),
    },
    Command {
        name: "vars",
        takes: "",
        argument: Argument::Nothing,
        says: "every name: input, stage, constant or function, with its value or its text",
        example: ":vars",
        run: |repl, _| repl.vars(),
    },
    Command {
        name: "stages",
        takes: "",
        argument: Argument::Nothing,
        says: "the named stages, with their values",
        example: ":stages",
        run: |repl, _| repl.stages(),
    },
    Command {
        name: "gates",
        takes: "[NAME]",
        argument: Argument::Nothing,
        says: "the gates with their derivatives, those of a family such as activation, or one explained",
        example: ":gates activation",
        run: |repl, text| repl.gates(text),
    },
    Command {
        name: "set",
        takes: "[NAME VALUE]",
        argument: Argument::Setting,
        says: "change a setting, or list them",
        example: ":set digits 10",
        run: |repl, text| repl.set(text),
    },
    Command {
        name: "view",
        takes: "NAME",
        argument: Argument::View,
        says: "how answers are shown from here on",
        example: ":view brief",
        run: |repl, text| repl.view(text),
    },
    Command {
        name: "again",
        takes: "",
        argument: Argument::Nothing,
        says: "evaluate the last expression once more, with the inputs as they are now",
        example: ":again",
        run: |repl, _| repl.again(),
    },
    Command {
        name: "play",
        takes: "[table] [EXPRESSION]",
        argument: Argument::Expression,
        says: "go through the two passes in the circuit, or in the table, a gate a key: space on, left back, q leaves",
        example: ":play (x + y)*z",
        run: |repl, text| repl.play(text),
    },
    Command {
        name: "undo",
        takes: "[COUNT]",
        argument: Argument::Nothing,
        says: "take back the last line that worked, or so many of them",
        example: ":undo 3",
        run: |repl, text| repl.undo(text),
    },
    Command {
        name: "redo",
        takes: "[COUNT]",
        argument: Argument::Nothing,
        says: "bring back what `:undo` took back last",
        example: ":redo",
        run: |repl, text| repl.redo(text),
    },
    Command {
        name: "step",
        takes: "STEP [COUNT]",
        argument: Argument::Nothing,
        says: "move every input along its gradient, down with a minus, once or so many times, and see the value follow",
        example: ":step -0.1 100",
        run: |repl, text| repl.step(text),
    },
    Command {
        name: "time",
        takes: "[EXPRESSION]",
        argument: Argument::Expression,
        says: "evaluate, and say how long it took",
        example: ":time x^2",
        run: |repl, text| repl.time(text),
    },
    Command {
        name: "history",
        takes: "[COUNT]",
        argument: Argument::Nothing,
        says: "the lines typed so far, or the last of them",
        example: ":history 5",
        run: |repl, text| repl.history(text),
    },
    Command {
        name: "load",
        takes: "FILE",
        argument: Argument::File,
        says: "run a script, or of a table such as data.csv load each column of numbers as a vector under the name of its header",
        example: ":load worksheet.grad",
        run: |repl, text| repl.load(text),
    },
    Command {
        name: "against",
        takes: "FILE",
        argument: Argument::File,
        says: "compare a backward pass that was derived by hand with that of the last answer, line by line",
        example: ":against homework.py",
        run: |repl, text| repl.against(text),
    },
    Command {
        name: "rows",
        takes: "FILE [--FLAG VALUE...] [EXPRESSION]",
        argument: Argument::File,
        says: "answer for each row of a table, whose columns stand for inputs of their names; other names have their values here, and flags \
               are those of the command line",
        example: ":rows readings.csv --wrt=t exp(-b*t)*a",
        run: |repl, text| repl.rows(text, false),
    },
    Command {
        name: "summary",
        takes: "FILE [--FLAG VALUE...] [EXPRESSION]",
        argument: Argument::File,
        says: "the mean and the spread of the value and of each gradient over the rows of a table, or of each of its groups",
        example: ":summary readings.csv --by site exp(-b*t)*a",
        run: |repl, text| repl.rows(text, true),
    },
    Command {
        name: "save",
        takes: "FILE",
        argument: Argument::File,
        says: "write the statements that worked as a script; `:save!` replaces a file",
        example: ":save worksheet.grad",
        run: |repl, text| repl.save(text, false),
    },
    Command {
        name: "save!",
        takes: "FILE",
        argument: Argument::File,
        says: "write the statements that worked in the place of a file",
        example: ":save! worksheet.grad",
        run: |repl, text| repl.save(text, true),
    },
    Command {
        name: "clear",
        takes: "",
        argument: Argument::Nothing,
        says: "clear the screen",
        example: ":clear",
        run: |repl, _| repl.clear(),
    },
    Command {
        name: "reset",
        takes: "",
        argument: Argument::Nothing,
        says: "forget every name and setting of this session",
        example: ":reset",
        run: |repl, _| repl.reset(),
    },
    Command {
        name: "quit",
        takes: "",
        argument: Argument::Nothing,
        says: "leave; so does Ctrl-D",
        example: ":quit",
        run: |_, _| Flow::Leave,
    },
];

/// Words that are commands without a colon, unless they are names.
const BARE: &[(&str, &str)] = &[("help", "help"), ("?", "help"), ("quit", "quit"), ("exit", "quit")];

/// Signs that continue from the last value at the beginning of a line; a minus begins an expression.
const CONTINUING: &[char] = &['*', '/', '+', '^', '×', '·', '÷'];

/// Whether a line is a command.
pub fn is_command(line: &str) -> bool {
    line.trim_start().starts_with(':')
}

/// The name and the argument of a command.
pub fn parts(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start().strip_prefix(':')?;
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    Some((&rest[..end], rest[end..].trim_start()))
}

/// The command that a line without a colon is, if its words are not names.
pub fn bare(line: &str, is_name: impl Fn(&str) -> bool) -> Option<(&'static str, &str)> {
    let line = line.trim();
    // `?clamp` asks as `? clamp` does.
    let glued = line.strip_prefix('?').filter(|rest| !rest.is_empty()).map(|rest| ("?", rest.trim()));
    let (word, rest) = glued.or_else(|| line.split_once(char::is_whitespace)).unwrap_or((line, ""));
    let &(_, command) = BARE.iter().find(|(bare, _)| *bare == word)?;
    // `help sigma` is a question, `help * 2` is not.
    let asks = rest.is_empty() || command == "help" && rest.chars().all(|c| c.is_alphanumeric() || c == '_');
    (asks && !is_name(word)).then_some((command, rest))
}

/// A line that begins with an operator continues from the last value.
pub fn continued(line: &str) -> Cow<'_, str> {
    if line.trim_start().starts_with(CONTINUING) { Cow::Owned(format!("ans {}", line.trim_start())) } else { Cow::Borrowed(line) }
}

/// The names of all commands.
pub fn names() -> impl Iterator<Item = &'static str> {
    let own = COMMANDS.iter().map(|command| command.name);
    let settings = SETTINGS.iter().map(|setting| setting.name).filter(|name| COMMANDS.iter().all(|command| command.name != *name));
    own.chain(VIEWS.iter().map(|view| view.name)).chain(settings)
}

/// The settings that ask about one expression.
pub fn asking() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(|setting| setting.asks)
}

/// What a command is given.
pub fn argument(name: &str) -> Argument {
    COMMANDS.iter().find(|command| command.name == name).map_or(Argument::Expression, |command| command.argument)
}

/// How often something is to be done, as it is given to a command.
pub fn count(text: &str, without: usize) -> Option<usize> {
    if text.is_empty() { Some(without) } else { text.parse().ok().filter(|&count| count > 0) }
}

/// Whether a text is several operands, one of which has a sign that stands apart: `5 -0.1` is no difference here.
pub fn is_list(text: &str) -> bool {
    let number = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let signed = |rest: &str| rest.strip_prefix(['-', '+', '−']).is_some_and(number);
    let gaps = text.char_indices().filter(|(_, c)| c.is_whitespace());
    gaps.into_iter().any(|(at, space)| !reader::goes_on(&text[..at]) && signed(&text[at + space.len_utf8()..]))
}

/// The command that a line without a colon is meant as: its first word is a command's and no name, and no sign of an
/// expression or a definition follows.
pub fn meant(line: &str, is_name: impl Fn(&str) -> bool) -> Option<&str> {
    let line = line.trim();
    let (word, rest) = line.split_once(char::is_whitespace).map_or((line, ""), |(word, rest)| (word, rest.trim_start()));
    let follows = rest.is_empty() || rest.starts_with(|c: char| c.is_alphanumeric()) || is_list(&format!("0 {rest}"));
    let opens = StatementWord::named(word).is_some();
    let free = !opens && !is_name(word) && Gate::named(word).is_none() && !line.contains('\n');
    (word.len() > SHORT && follows && free && names().any(|name| name == word)).then_some(word)
}

/// Words of so many letters are rather names than commands.
const SHORT: usize = 2;

/// Whether the last line of a text of several is a command, after which what is before it can go on.
pub fn ends_in_command(text: &str) -> bool {
    text.rsplit_once('\n').is_some_and(|(before, last)| is_command_behind(before, last))
}

/// Whether a line behind an unfinished statement is a command: a colon and a word, which between the brackets of an index, where
/// a range has a colon, is that of a command.
fn is_command_behind(begun: &str, line: &str) -> bool {
    let Some((name, _)) = parts(line).filter(|(name, _)| name.starts_with(char::is_alphabetic)) else { return false };
    let in_range = matches!(openings(begun).last, Some(('[', _)));
    names().any(|known| known == name) || !in_range
}

/// What is entered one by one.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// Commands and statements, in their order.
    pub entries: Vec<String>,
    /// The statement that is not finished and goes on behind the command that ends the text.
    pub begun: Option<String>,
}

/// What is entered one by one of a text that was pasted: the lines behind the prompts of a session, without its answers; where
/// a line is a command or continues from the last value, every statement; any other text as a whole. A command in an
/// unfinished statement comes before it.
pub fn entries(text: &str) -> Entries {
    if let Some(entries) = behind_prompts(text) {
        return Entries { entries, begun: None };
    }
    let apart = statements(text);
    let alone = |entry: &String| is_command(entry) || entry.trim_start().starts_with(CONTINUING);
    if apart.begun.is_some() || apart.entries.len() > 1 && apart.entries.iter().any(alone) {
        return apart;
    }
    Entries { entries: vec![text.to_owned()], begun: None }
}

/// The lines of a text, those together that a statement goes on in.
fn statements(text: &str) -> Entries {
    let (mut entries, mut ends_in_command): (Vec<String>, bool) = (Vec::new(), false);
    for line in text.lines() {
        let indented = line.is_empty() || line.starts_with(char::is_whitespace);
        let command = |begun: &str| is_command_behind(begun, line);
        let goes_on = |begun: &&mut String| match reader::waits(begun) {
            Some(Waits::Body) if command(begun) => parse(begun.as_str(), &mut Symbols::default()).is_err(),
            Some(Waits::Body) => indented,
            waits => waits.is_some(),
        };
        let last = entries.len().saturating_sub(1);
        ends_in_command = false;
        match entries.last_mut().filter(|begun| !is_command(begun)).filter(goes_on) {
            Some(begun) if command(begun) => {
                entries.insert(last, line.to_owned());
                ends_in_command = true;
            }
            Some(begun) => *begun = format!("{begun}\n{line}"),
            None => entries.push(line.to_owned()),
        }
    }
    let begun = if ends_in_command { entries.pop() } else { None };
    entries.retain(|entry| !entry.trim().is_empty());
    Entries { entries, begun }
}

/// Whether a text was copied from a session: a line of it has a prompt.
pub fn is_copied(text: &str) -> bool {
    text.lines().any(|line| behind_prompt(line).is_some())
}

/// What stands behind the prompt of a line, if it has one.
fn behind_prompt(line: &str) -> Option<&str> {
    line.strip_prefix(super::PROMPT).or((line == super::PROMPT.trim_end()).then_some(""))
}

/// What was typed, where a text is copied from a session; none where it has no prompts.
pub fn behind_prompts(text: &str) -> Option<Vec<String>> {
    if !is_copied(text) {
        return None;
    }
    let mut typed: Vec<String> = Vec::new();
    for line in text.lines() {
        if let Some(line) = behind_prompt(line) {
            typed.push(line.to_owned());
        } else if let Some(begun) = typed.last_mut().filter(|begun| !is_command(begun) && reader::goes_on(begun)) {
            // Behind the answer of a command in it, a statement stands again from its beginning.
            *begun = if is_command_behind(begun, line) { line.to_owned() } else { format!("{begun}\n{line}") };
        }
    }
    Some(typed)
}

/// Runs a command.
pub fn run(repl: &mut Repl, name: &str, argument: &str) -> Flow {
    let argument = argument.trim();
    if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
        if command.takes.is_empty() && !argument.is_empty() {
            return super::refuse(&format!("`:{name}` takes nothing behind it"));
        }
        return (command.run)(repl, argument);
    }
    let (plain, replace) = name.strip_suffix('!').map_or((name, false), |plain| (plain, true));
    if let Some(view) = views::named(plain) {
        return repl.shown_as(view, argument, replace);
    }
    if let Some(setting) = asking().find(|setting| setting.name == name) {
        return repl.analyse(setting, argument);
    }
    if let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name || setting.flag == name) {
        return repl.setting(setting, argument);
    }
    let hint = match nearest(name, names()) {
        Some(near) => format!("; did you mean `:{near}`?"),
        None => "; `:help` lists the commands".to_owned(),
    };
    super::refuse(&format!("there is no command `:{name}`{hint}"))
}
