//! What a shell may complete a command line with. The script of a shell asks by a hidden flag, with the line up to the cursor.
//!
//! Knows the flags as clap has them and what the forms of their values mean; the words come from the tables of views, settings,
//! gates and from the expression that has been typed. Changes nothing, and reads only the scripts and the head of the table that the line
//! names.

mod line;

use super::rows::table;
use crate::forms::StageNames;
use crate::ground::Cancellation;
use crate::session::{Session, Setting, Settings};
use crate::views::{Source, gates};
use crate::vocabulary::gate::TABLE;
use clap::{Arg, ArgAction, Command, ValueHint};
use clap_complete::Shell;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Read as _;
use std::time::{Duration, Instant};

/// The flag by which a shell's script asks; nobody types it.
pub const FLAG: &str = "--complete-line";

/// How shells ask.
const BASH: &str = include_str!("bash.sh");
const ZSH: &str = include_str!("zsh.sh");
const FISH: &str = include_str!("fish.fish");
const ELVISH: &str = include_str!("elvish.elv");

/// The script by which a shell completes; where none asks the program, one that knows the flags.
pub fn script(shell: Shell, command: &mut Command) -> String {
    let mut script = Vec::new();
    match shell {
        Shell::Bash => return BASH.to_owned(),
        Shell::Zsh => return ZSH.to_owned(),
        Shell::Fish => return FISH.to_owned(),
        Shell::Elvish => return ELVISH.to_owned(),
        shell => clap_complete::generate(shell, command, "gradcalc", &mut script),
    }
    String::from_utf8_lossy(&script).into_owned()
}

/// The most that is read of a script, or of a table, in bytes.
const MOST: u64 = 1 << 20;

/// The most time that names of stages are worth: statements before an expression are run for them.
const PATIENCE: Duration = Duration::from_millis(200);

/// The most memory that they are worth.
const ROOM: &str = "8MiB";

/// What the line says up to the word that is being typed.
#[derive(Default)]
struct Said<'a> {
    expressions: Vec<String>,
    scripts: Vec<String>,
    bindings: Vec<(String, String)>,
    table: Option<String>,
    flags: Vec<&'a str>,
    /// The flag that waits for a value.
    waits: Option<&'a Arg>,
    /// The flag that may take one or another one.
    may_take: Option<&'a Arg>,
    /// Whether flags are over.
    only_words: bool,
}

/// What is offered.
#[derive(Default)]
struct Offer {
    /// What stands before each candidate in the word that is being typed.
    before: String,
    text: String,
}

impl Offer {
    /// Offers a word where what is typed may become it; one that goes on is followed by no blank.
    fn add(&mut self, typed: &str, word: &str, goes_on: bool, says: &str) {
        let says = says.split_whitespace().collect::<Vec<_>>().join(" ");
        if word.starts_with(typed) && !word.contains(['\t', '\n']) {
            let _ = writeln!(self.text, "{}\t{}{word}\t{says}", if goes_on { "open" } else { "word" }, self.before);
        }
    }

    /// Offers the names of files.
    fn files(&mut self) {
        let _ = writeln!(self.text, "files\t{}", self.before);
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// What a line may be completed with: a line of text `typed`, a tab and the word without its quotation marks, then one for each candidate:
/// `word` or, where it goes on without a blank, `open`, a tab, the whole word, a tab, and what it is; or `files`, a tab, and
/// what stands before the name of a file.
pub fn offered(line: &str, command: &Command) -> String {
    let line = line::cut(line);
    if line.redirected {
        // It is the shell's, which some shells leave to the command.
        return format!("typed\t{}\nfiles\t\n", line.typed);
    }
    // A shell may hand over what is set for the command, `NO_COLOR=1 gradcalc`.
    let begins = line.words.iter().position(|word| !word.contains('=')).map_or(line.words.len(), |at| at + 1);
    let said = said(command, &line.words[begins..]);
    let mut offer = Offer::default();
    // What is quoted is an expression; a shell would quote the rest of it once more.
    if !line.quoted {
        offers(&said, command, &line.typed, &mut offer);
    }
    format!("typed\t{}\n{}", line.typed, offer.text)
}

fn offers(said: &Said, command: &Command, typed: &str, offer: &mut Offer) {
    if let Some(arg) = said.waits {
        return values(arg, said, typed, offer);
    }
    if let Some((flag, value)) = typed.strip_prefix("--").filter(|_| !said.only_words).and_then(|flag| flag.split_once('=')) {
        if let Some(arg) = command.get_arguments().find(|arg| arg.get_long() == Some(flag)) {
            offer.before = format!("--{flag}=");
            values(arg, said, value, offer);
        }
        return;
    }
    if typed.starts_with('-') {
        if !said.only_words {
            flags(said, command, typed, offer);
        }
        return;
    }
    if let Some(arg) = said.may_take {
        values(arg, said, typed, offer);
    }
    names(said, typed, offer);
    if typed.is_empty() && offer.is_empty() && !said.only_words {
        flags(said, command, typed, offer);
    }
}

/// Flags that may still be given.
fn flags(said: &Said, command: &Command, typed: &str, offer: &mut Offer) {
    let again = |arg: &Arg| matches!(arg.get_action(), ArgAction::Append);
    let open = |arg: &&Arg| !arg.is_hide_set() && (again(arg) || !said.flags.contains(&arg.get_id().as_str()));
    for arg in command.get_arguments().filter(open) {
        let says = arg.get_help().map(ToString::to_string).unwrap_or_default();
        if let Some(long) = arg.get_long() {
            offer.add(typed, &format!("--{long}"), false, &says);
        }
        if let Some(short) = arg.get_short().filter(|_| typed == "-") {
            offer.add(typed, &format!("-{short}"), false, &says);
        }
    }
}

/// What the words of a line say.
fn said<'a>(command: &'a Command, words: &[String]) -> Said<'a> {
    let mut said = Said::default();
    for word in words {
        if let Some(arg) = said.waits.take() {
            given(&mut said, arg, word);
            continue;
        }
        if said.only_words {
            positional(&mut said, word);
            continue;
        }
        let long = word.strip_prefix("--").map(|flag| flag.split_once('=').map_or((flag, None), |(flag, value)| (flag, Some(value))));
        let flag = match long {
            Some(("", None)) => {
                said.only_words = true;
                continue;
            }
            Some((long, value)) => command.get_arguments().find(|arg| arg.get_long() == Some(long)).map(|arg| (arg, value)),
            None => {
                command.get_arguments().find(|arg| arg.get_short().is_some_and(|short| *word == format!("-{short}"))).map(|arg| (arg, None))
            }
        };
        match flag {
            Some((arg, value)) => flagged(&mut said, arg, value),
            None if long.is_none() => match said.may_take.filter(|arg| arg.get_id() != "grid" || word.contains(':')) {
                Some(arg) => given(&mut said, arg, word),
                None => positional(&mut said, word),
            },
            None => {}
        }
    }
    said
}

/// A flag, with a value behind its `=` or without one.
fn flagged<'a>(said: &mut Said<'a>, arg: &'a Arg, value: Option<&str>) {
    said.flags.push(arg.get_id().as_str());
    said.may_take = None;
    match value {
        Some(value) => given(said, arg, value),
        None if !arg.get_action().takes_values() || arg.is_require_equals_set() => {}
        None if arg.get_num_args().is_some_and(|count| count.min_values() == 0) => said.may_take = Some(arg),
        None => said.waits = Some(arg),
    }
}

/// What a flag is given.
fn given<'a>(said: &mut Said<'a>, arg: &'a Arg, value: &str) {
    match arg.get_id().as_str() {
        "expr" => said.expressions.push(value.to_owned()),
        "file" => said.scripts.push(value.to_owned()),
        "rows" => said.table = Some(value.to_owned()),
        "grid" => positional(said, value),
        _ => {}
    }
    said.may_take = arg.get_num_args().is_some_and(|count| count.max_values() > 1).then_some(arg);
}

fn positional(said: &mut Said, word: &str) {
    let first = said.expressions.is_empty() && said.scripts.is_empty() && !said.flags.contains(&"interactive");
    // What gives a name no numbers is a definition, and may be the expression.
    let defines = |value: &str| first && !value.starts_with('@') && !Session::new(Settings::default()).wanted(value).is_empty();
    match word.split_once('=').filter(|(name, value)| Session::is_name(name) && !value.starts_with('=')) {
        Some((name, value)) if !defines(value) => said.bindings.push((name.to_owned(), value.to_owned())),
        _ if first => said.expressions.push(word.to_owned()),
        _ => {}
    }
}

/// The text that the line evaluates.
fn text(said: &Said) -> String {
    let mut texts = said.expressions.clone();
    for script in said.scripts.iter().filter(|script| *script != "-") {
        texts.extend(head(script).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()));
    }
    texts.join("\n")
}

/// What a file begins with; none where it is no file: to open a pipe is to wait for who writes to it.
fn head(path: &str) -> Option<Vec<u8>> {
    let file = fs::metadata(path).is_ok_and(|known| known.is_file()).then(|| File::open(path).ok()).flatten()?;
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes).ok().map(|_| bytes)
}

/// The names that values can be given to.
fn wanted(said: &Said) -> Vec<String> {
    Session::new(Settings::default()).wanted(&text(said))
}

/// `NAME=` of the expression's names that have no value yet, and files behind `NAME=@`.
fn names(said: &Said, typed: &str, offer: &mut Offer) {
    if let Some((name, value)) = typed.split_once('=') {
        if value.starts_with('@') {
            offer.before = format!("{name}=@");
            offer.files();
        }
        return;
    }
    for name in wanted(said).iter().filter(|name| !said.bindings.iter().any(|(known, _)| known == *name)) {
        offer.add(typed, &format!("{name}="), true, "the value of an input");
    }
}

/// Values of a flag; what they are is said by its form.
fn values(arg: &Arg, said: &Said, typed: &str, offer: &mut Offer) {
    let choices = arg.get_possible_values();
    for choice in choices.iter().filter(|choice| !choice.is_hide_set()) {
        offer.add(typed, choice.get_name(), false, &choice.get_help().map(ToString::to_string).unwrap_or_default());
    }
    if !choices.is_empty() {
        return;
    }
    let form = arg.get_value_names().and_then(<[_]>::first).map_or("", |form| form.as_str());
    match form {
        "NAME" => gate_words(typed, offer),
        "NAMES" => list(&wanted(said), "", typed, offer),
        "NAME=STEP,..." => list(&wanted(said), "=", typed, offer),
        "NAME=SD,..." => deviations(said, typed, offer),
        // Behind its first axis every word may be a value or another axis.
        "NAME=FROM:TO:COUNT" if said.waits.is_some() => names(said, typed, offer),
        "STAGE" => stages(said).iter().for_each(|stage| offer.add(typed, stage, false, "a stage")),
        "STAGES" => list(&stages(said), "", typed, offer),
        "COLUMN" => columns(said).iter().for_each(|column| offer.add(typed, column, false, "a column")),
        "COLUMNS" => {
            offer.add(typed, "none", false, "no column of the table");
            let quoted: Vec<String> = columns(said).iter().map(|column| in_a_list(column)).collect();
            list(&quoted, "", typed, offer);
        }
        "SIGN" => [",", ";", "|", "tab"].iter().for_each(|sign| offer.add(typed, sign, false, "")),
        // Of a form such as `N|full` what is no kind of value is a word.
        _ => form.split('|').filter(|part| part.chars().all(|c| c.is_ascii_lowercase())).for_each(|word| offer.add(typed, word, false, "")),
    }
    if matches!(arg.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath) {
        offer.files();
    }
}

/// The gates, by all of their names, and the families of them.
fn gate_words(typed: &str, offer: &mut Offer) {
    let mut known = Vec::new();
    for row in TABLE.iter().filter(|row| row.callable()) {
        for name in std::iter::once(&row.name).chain(row.aliases) {
            if !known.contains(name) {
                offer.add(typed, name, false, &format!("It {}", row.says));
                known.push(name);
            }
        }
    }
    for (word, heading) in gates::family_words() {
        offer.add(typed, &word, false, heading);
    }
}

/// A column as a word between commas: in quotation marks, as in a table, where it holds a comma or begins with such a mark.
fn in_a_list(column: &str) -> String {
    if column.contains(',') || column.starts_with('"') { format!("\"{}\"", column.replace('"', "\"\"")) } else { column.to_owned() }
}

/// `NAME=` of a list of deviations; behind it, the columns of the table.
fn deviations(said: &Said, typed: &str, offer: &mut Offer) {
    let last = between_commas(typed).pop().unwrap_or_default();
    let Some((_, value)) = last.split_once('=') else { return list(&wanted(said), "=", typed, offer) };
    offer.before.push_str(&typed[..typed.len() - value.len()]);
    // Another column could not be told from an expression.
    columns(said).iter().filter(|column| Session::is_name(column)).for_each(|column| offer.add(value, column, false, "a column"));
}

/// One more of a list with commas.
fn list(words: &[String], end: &str, typed: &str, offer: &mut Offer) {
    let mut given = between_commas(typed);
    let last = given.pop().unwrap_or_default();
    let given: Vec<&str> = given.iter().map(|part| part.split('=').next().unwrap_or_default()).collect();
    offer.before.push_str(&typed[..typed.len() - last.len()]);
    for word in words.iter().filter(|word| !given.contains(&word.as_str())) {
        offer.add(last, &format!("{word}{end}"), !end.is_empty(), "");
    }
}

/// The words of a list; a comma in quotation marks divides none.
fn between_commas(typed: &str) -> Vec<&str> {
    let mut quoted = false;
    let divides = |sign: char| {
        quoted ^= sign == '"';
        sign == ',' && !quoted
    };
    typed.split(divides).collect()
}

/// The stages of the expression by their names, as far as they are found in a moment.
fn stages(said: &Said) -> Vec<String> {
    let mut session = Session::new(Settings::default());
    if Setting::named("budget").is_none_or(|budget| session.set(budget, ROOM).is_err()) {
        return Vec::new();
    }
    session.cancellation(Cancellation::until(Instant::now() + PATIENCE));
    for (name, value) in said.bindings.iter().filter(|(_, value)| !value.starts_with('@')) {
        let _ = session.bind(name, value);
    }
    let Ok(Some(lowered)) = session.lowered(&text(said), &Source { name: "<expr>".into(), line: 1 }) else { return Vec::new() };
    let count = lowered.program.len();
    let names = StageNames::new(&lowered.program, count, lowered.output, &lowered.symbols, &|_| false);
    (0..count).filter_map(|at| names.of(crate::forms::StageId::new(at)).map(str::to_owned)).collect()
}

/// The columns of the table that the line names.
fn columns(said: &Said) -> Vec<String> {
    let bytes = said.table.as_deref().and_then(head).unwrap_or_default();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let Some(row) = table::rows(bytes, table::DIVIDERS, true).next() else { return Vec::new() };
    let (first, mut found) = (&bytes[row.start..row.end], Vec::new());
    table::fields(first, table::divider(first), true, &mut found);
    found.into_iter().map(|(from, to)| String::from_utf8_lossy(&table::said(&first[from..to])).trim().to_owned()).collect()
}
