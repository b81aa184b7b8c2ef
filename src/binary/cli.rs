//! The command line: flags, expressions and bindings. Knows clap, and that a setting is a flag; evaluates nothing else.

use super::helping::{COMMON, EXAMPLES, MORE, after};
use super::paint::{self, Colours};
use super::rows::{self, Axis};
use super::{completing, files, helping, interrupt, manual};
use crate::ground::Fault;
use crate::ground::budget::Unloaded;
use crate::ground::text::one_line;
use crate::session::settings::{Refusal, SETTINGS, Takes, binding};
use crate::session::{Session, Setting, Settings};
use crate::views::columns::{Place, QUERY};
use crate::views::page::Flow;
use crate::views::syntax::{self, EDITORS};
use crate::views::{self, SD, Style, json};
use crate::vocabulary::{Gate, language_constant};
use clap::builder::{OsStringValueParser, PossibleValue, PossibleValuesParser, Styles, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, CommandFactory as _, FromArgMatches, Parser};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

/// The value that is the numbers on stdin.
const STDIN_VALUE: &str = "@-";

/// What the names of scripts end in.
const SCRIPT: &str = "grad";

/// Marks an argument with one dash that is no option, so that clap takes it as it is.
const MARK: char = '\u{f8ff}';

/// The options with one dash; anything else with one dash is an expression or a value.
const SHORT: &[&str] = &["-e", "-f", "-i", "-o", "-h", "-V"];

#[derive(Parser, Debug)]
#[command(
    name = "gradcalc",
    version,
    about = "A calculator that shows its work backward",
    before_long_help = EXAMPLES,
    after_help = MORE,
    after_long_help = after(),
    override_usage = "gradcalc [OPTIONS] EXPR [NAME=VALUE]...\n       gradcalc [OPTIONS] -e EXPR... [NAME=VALUE]...\n       gradcalc [OPTIONS] -f FILE... [NAME=VALUE]...\n       gradcalc [OPTIONS]",
    color = clap::ColorChoice::Never,
    styles = Styles::plain(),
    max_term_width = 100
)]
#[expect(clippy::struct_excessive_bools, reason = "flags")]
struct Flags {
    /// The expression, unless -e or -f gives it, and the values of its inputs
    #[arg(value_name = "EXPR | NAME=VALUE", value_parser = unmarked)]
    words: Vec<String>,

    /// An expression; may be repeated, all share their names
    #[arg(short, long, value_name = "EXPR", value_parser = unmarked)]
    expr: Vec<String>,

    /// A script; may be repeated, `-` is stdin
    #[arg(short, long, value_name = "FILE", value_parser = unmarked_path())]
    file: Vec<PathBuf>,

    /// After the expressions and the scripts, go on at the terminal with their names
    #[arg(short, long)]
    interactive: bool,

    /// At the terminal, do not run the start-up script first
    #[arg(long)]
    no_init: bool,

    /// A script stops at its first failing statement
    #[arg(long)]
    fail_fast: bool,

    #[command(flatten)]
    chosen: Chosen,

    /// Write to this file, all or nothing, instead of to stdout; without `--as` its ending chooses the view
    #[arg(short, long, value_name = "FILE", value_parser = unmarked_path())]
    output: Option<PathBuf>,

    /// When to colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Colours::Auto)]
    color: Colours,

    /// Compare a hand-derived backward pass with that of the last expression, line by line; `-` is stdin
    #[arg(long, value_name = "FILE", value_parser = unmarked_path())]
    against: Option<PathBuf>,

    /// The same for each of some files, with points: a table, or with `--as csv` a row and with `--as json` an object for each
    #[arg(long, value_name = "FILE", value_parser = unmarked_path(), num_args = 1.., conflicts_with = "against")]
    grade: Vec<PathBuf>,

    /// With --grade of one file, print Gradescope's results.json
    #[arg(long, requires = "grade")]
    gradescope: bool,

    /// Refuse `load` and `include`, as is always done in what is compared
    #[arg(long)]
    no_files: bool,

    /// End the work after this many seconds, and the comparison of each file; without it, that after 10
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    time_limit: Option<u64>,

    /// List the gates or those of a family, or explain one
    #[arg(long, value_name = "NAME", num_args = 0..=1, value_parser = unmarked)]
    #[expect(clippy::option_option, reason = "clap's form of a flag with an optional value")]
    gates: Option<Option<String>>,

    /// Print a completion script for a shell
    #[arg(long, value_name = "SHELL")]
    completions: Option<clap_complete::Shell>,

    /// Print a file by which an editor colours scripts
    #[arg(long, value_name = "EDITOR", value_parser = editors())]
    syntax: Option<String>,

    /// Print the JSON Schema of what `--as json` prints
    #[arg(long)]
    json_schema: bool,

    /// Print the manual page
    #[arg(long)]
    man: bool,

    // Last, since what stands behind it would come under its heading.
    #[command(flatten)]
    rows: rows::RowFlags,
}

/// The command line, as clap knows it.
fn command() -> clap::Command {
    Flags::command().mut_args(|arg| if COMMON.contains(&arg.get_id().as_str()) { arg } else { arg.hide_short_help(true) })
}

/// Whether there is a flag of this name, without its dashes, and whether the next word is its value.
pub fn takes_next(flag: &str) -> Option<bool> {
    let command = Flags::command();
    let arg = command.get_arguments().find(|arg| arg.get_long() == Some(flag))?;
    Some(arg.get_action().takes_values() && !arg.is_require_equals_set())
}

/// The settings that the command line gives, in the order of their table.
#[derive(Debug)]
struct Chosen(Vec<(&'static Setting, String)>);

impl clap::Args for Chosen {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.args(SETTINGS.iter().map(flag))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Chosen {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |setting: &&Setting| matches.value_source(setting.flag) == Some(ValueSource::CommandLine);
        let text = |setting: &Setting| match setting.takes {
            Takes::Switch => "on".to_owned(),
            _ => matches.get_many::<String>(setting.flag).map_or(String::new(), |texts| texts.cloned().collect::<Vec<_>>().join(",")),
        };
        Ok(Self(SETTINGS.iter().filter(given).map(|setting| (setting, text(setting))).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The editors that colour scripts.
fn editors() -> PossibleValuesParser {
    PossibleValuesParser::new(EDITORS.iter().map(|editor| PossibleValue::new(editor.name).help(editor.says)))
}

/// The flag of a setting.
fn flag(setting: &'static Setting) -> clap::Arg {
    let arg = clap::Arg::new(setting.flag).long(setting.flag).help(setting.says);
    let arg = setting.rival().into_iter().fold(arg, clap::Arg::conflicts_with);
    match setting.takes {
        Takes::Switch => arg.action(ArgAction::SetTrue),
        Takes::Choice(form, choices) => {
            let choices = choices();
            let arg = arg.value_name(form).default_value(choices[0].0);
            arg.value_parser(PossibleValuesParser::new(choices.into_iter().map(|(name, says)| PossibleValue::new(name).help(says))))
        }
        Takes::Scope(form, choices) => {
            let choices = choices();
            let arg = arg.value_name(form).num_args(0..=1).require_equals(true).default_missing_value(choices[1].0);
            arg.value_parser(PossibleValuesParser::new(choices.into_iter().map(|(name, says)| PossibleValue::new(name).help(says))))
        }
        Takes::Word(form) | Takes::Expression(form) => arg.value_name(form).value_parser(unmarked),
        Takes::List(form) => arg.value_name(form).value_parser(unmarked).action(ArgAction::Append),
    }
}

/// What the command line asks for.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "flags")]
pub struct Arguments {
    /// The expressions, in order.
    pub expressions: Vec<String>,
    /// The scripts, in order, after the expressions.
    pub files: Vec<PathBuf>,
    /// The name whose value is shown where the script on stdin turns out to be empty.
    pub shown: Option<String>,
    /// Whether it goes on at the terminal.
    pub interactive: bool,
    /// Whether the start-up script is left out.
    pub no_init: bool,
    /// Whether a script stops at its first failing statement.
    pub fail_fast: bool,
    /// What is asked about rows.
    pub rows: rows::RowFlags,
    /// The inputs' values, as text.
    pub bindings: Vec<(String, String)>,
    /// The session, with the settings of the command line.
    pub session: Session,
    /// What failed in the expressions of the settings: the flag, the text, and the fault.
    pub refused: Option<(String, String, Fault)>,
    /// Where to write.
    pub output: Option<PathBuf>,
    /// The backward passes to compare, and how.
    pub against: Option<Against>,
    /// The seconds that scripts may take, and each comparison.
    pub time_limit: Option<u64>,
    /// Whether no script may name a file.
    pub no_files: bool,
    /// When to colour.
    pub color: Colours,
    /// The expression, where it looks like an option with its value glued on, and what to write then.
    pub hint: Option<&'static str>,
    /// The gate to explain, or none for a list of all.
    #[expect(clippy::option_option, reason = "asked for or not, and with a name or without")]
    pub gates: Option<Option<String>>,
}

/// Backward passes to compare.
#[derive(Debug)]
pub enum Against {
    /// One, line by line.
    Compare(PathBuf),
    /// Some, for points; and whether as Gradescope's results.json.
    Grade(Vec<PathBuf>, bool),
}

impl Against {
    /// Their files.
    pub fn files(&self) -> &[PathBuf] {
        match self {
            Self::Compare(file) => std::slice::from_ref(file),
            Self::Grade(files, _) => files,
        }
    }
}

/// The view that draws a circuit as text.
const CIRCUIT: &str = "circuit";

/// The views that show a comparison.
const COMPARING: &[&str] = &["table", "brief", "json"];

/// The views that show graded files.
const GRADING: &[&str] = &["table", "brief", "csv", "json"];

/// What makes no sense beside a comparison.
fn beside_comparison(against: &Against, flags: &Flags, settings: &Settings) -> Option<String> {
    let flag = if matches!(against, Against::Compare(_)) { "--against" } else { "--grade" };
    if flags.interactive {
        return Some(format!("{flag} compares files, and `-i` stays at the terminal; leave one of them out"));
    }
    if let Some(name) = settings.analyses().next() {
        return Some(format!("{flag} shows no analysis such as `--{name}`; leave one of them out"));
    }
    let view = settings.view.name;
    let showing = match against {
        Against::Compare(_) => COMPARING,
        Against::Grade(_, false) => GRADING,
        Against::Grade(paths, true) if paths.len() > 1 => {
            let message = "--gradescope prints results.json, which is that of one student, and takes one file";
            return Some(format!("{message}; `--as csv` has a row for each of many"));
        }
        Against::Grade(_, true) if ["table", "json"].contains(&view) => return None,
        Against::Grade(_, true) => {
            return Some(format!("--gradescope prints results.json, and no view such as `{view}`; leave `--as` out"));
        }
    };
    (!showing.contains(&view)).then(|| format!("{flag} is not shown `--as {view}`; views that show it: {}", showing.join(", ")))
}

impl Arguments {
    /// What the place of the output is called in a message.
    pub fn output_name(&self) -> String {
        let file = self.output.as_ref().filter(|path| path.as_os_str() != "-");
        file.map_or("stdout".to_owned(), |path| format!("`{}`", one_line(&path.display().to_string())))
    }
}

/// What to do.
#[derive(Debug)]
pub enum Command {
    /// Evaluate.
    Run(Box<Arguments>),
    /// Print a text on stdout.
    Print(String),
    /// Refuse the command line with a text on stderr.
    Refuse(String),
}

/// What is said of a flag that there is not, with a tip in the place of the one for a flag that is written like it.
fn tipped(text: &str, tip: &str) -> String {
    let mut lines = text.lines().filter(|line| !line.starts_with("  tip:"));
    let first = lines.next().unwrap_or_default();
    // What the tip stood between is one gap now.
    let rest: Vec<&str> = lines.skip_while(|line| line.is_empty()).collect();
    format!("{first}\n\n  tip: {tip}\n\n{}\n", rest.join("\n"))
}

/// Reads the command line.
pub fn read(arguments: impl Iterator<Item = OsString>) -> Command {
    let arguments: Vec<OsString> = arguments.collect();
    if let [_, flag, line] = arguments.as_slice()
        && flag == completing::FLAG
    {
        let mut command = command();
        command.build();
        return Command::Print(completing::offered(&line.to_string_lossy(), &command));
    }
    if let Some(printed) = helping::asked_by_word(&arguments, command) {
        return Command::Print(printed);
    }
    let matches = command().try_get_matches_from(marked(arguments.into_iter()));
    let flags = match matches.and_then(|matches| Flags::from_arg_matches(&matches)) {
        Ok(flags) => flags,
        Err(error) => {
            // Without colours of its own, what looks like one came from the user, and is shown instead of left out.
            let text = error.render().ansi().to_string().replace(MARK, "");
            // Two dashes are always an option here, so clap's hint at `--` would mislead.
            let text = text
                .split("  tip: to pass")
                .enumerate()
                .map(|(at, part)| if at == 0 { part } else { part.split_once("\n\n").map_or("", |(_, rest)| rest) });
            let text: String = text.collect();
            let text: String = text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
            let unknown = match error.get(ContextKind::InvalidArg) {
                Some(ContextValue::String(flag)) if error.kind() == ErrorKind::UnknownArgument => helping::instead_of_flag(flag),
                _ => None,
            };
            let text = unknown.map_or(text.clone(), |tip| tipped(&text, &tip));
            return if error.use_stderr() { Command::Refuse(text) } else { Command::Print(text) };
        }
    };
    let printed = [
        ("--completions", flags.completions.is_some()),
        ("--syntax", flags.syntax.is_some()),
        ("--json-schema", flags.json_schema),
        ("--man", flags.man),
    ];
    if let (Some((flag, _)), true) = (printed.iter().find(|(_, asked)| *asked), flags.output.is_some()) {
        return Command::Refuse(format!(
            "error: {flag} prints a file to stdout, and -o writes results; write `gradcalc {flag} ... > FILE`\n"
        ));
    }
    if let Some(shell) = flags.completions {
        return Command::Print(completing::script(shell, &mut command()));
    }
    if let Some(editor) = flags.syntax.as_deref().and_then(syntax::named) {
        return Command::Print((editor.text)());
    }
    if flags.json_schema {
        return Command::Print(json::schema());
    }
    if flags.man {
        return match manual::page(Flags::command(), EXAMPLES) {
            Ok(page) => Command::Print(page),
            Err(error) => Command::Refuse(format!("error: {error}\n")),
        };
    }
    match arguments_of(flags) {
        Ok(arguments) => Command::Run(Box::new(arguments)),
        Err(message) => Command::Refuse(format!("error: {message}\n\nFor more, try `gradcalc --help`.\n")),
    }
}

fn arguments_of(mut flags: Flags) -> Result<Arguments, String> {
    take_axes(&mut flags)?;
    let mut words = std::mem::take(&mut flags.words).into_iter();
    let mut expressions = std::mem::take(&mut flags.expr);
    let mut first = None;
    let mut files = std::mem::take(&mut flags.file);
    let terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    let alone = expressions.is_empty() && files.is_empty() && flags.gates.is_none();
    // In a session, all words may be bindings.
    let only_bindings = words.as_slice().first().is_none_or(|word| flags.interactive && binding(word).is_ok());
    let mut interactive = flags.interactive || alone && words.len() == 0;
    let values_alone = alone && !only_bindings && words.as_slice().iter().all(|word| is_binding(word));
    let file_shown = words.as_slice().first().and_then(|word| binding(word).ok()).filter(|(_, value)| value.starts_with('@'));
    let mut shown = None;
    if values_alone && !words.as_slice().iter().any(|word| reads_stdin(word)) && may_hold_script(&io::stdin()) {
        // The values are those of the script on stdin; where none comes, what they give is shown.
        shown = words.as_slice().first().map(|word| leading_name(word).to_owned());
        files.push(PathBuf::from("-"));
    } else if let Some((name, _)) = file_shown.filter(|_| values_alone) {
        expressions.push(name.to_owned());
    } else if alone && !only_bindings {
        first = words.next();
        expressions.extend(first.clone());
    }
    // Who cannot be talked to may send a script.
    if interactive && !terminal {
        interactive = false;
        files.push(PathBuf::from("-"));
    }
    if interactive && flags.output.is_some() {
        return Err("-o keeps the answers of expressions and scripts, and a session at the terminal has none to keep".to_owned());
    }
    let mut bindings: Vec<(String, String)> = Vec::new();
    for word in words {
        let (name, value) = binding(&word).map_err(|message| misplaced(&word, first.as_deref()).unwrap_or(message))?;
        if bindings.iter().any(|(known, _)| known == name) {
            return Err(format!("`{name}` is given two values"));
        }
        bindings.push((name.to_owned(), value.to_owned()));
    }
    if let Some(refusal) = expressions.iter().find_map(|text| script_for_expression(text)) {
        return Err(refusal);
    }
    let against = match flags.against.take() {
        Some(file) => Some(Against::Compare(file)),
        None => (!flags.grade.is_empty()).then(|| Against::Grade(std::mem::take(&mut flags.grade), flags.gradescope)),
    };
    let compared = against.as_ref().map_or(&[][..], Against::files);
    let asked = bindings.iter().filter(|(_, value)| value == STDIN_VALUE).count()
        + files.iter().chain(compared).chain(&flags.rows.rows).filter(|path| path.as_os_str() == "-").count();
    if asked > 1 {
        return Err("stdin is asked for twice, and can be read only once; keep it in a file".to_owned());
    }
    let known = |text: &str| bindings.iter().any(|(name, _)| name == leading_name(text));
    let hint = first.as_deref().filter(|text| !known(text)).and_then(glued);
    if flags.gates.as_ref().is_some_and(|gate| gate.as_ref().is_some_and(|name| name.trim().is_empty())) {
        return Err("--gates has an empty name; without a name it lists the gates".to_owned());
    }
    let to_file = flags.output.is_some();
    let (width, height) = (paint::width(to_file), paint::height(to_file));
    let style = Style { width, height, unicode: paint::speaks_unicode(), ..Style::default() };
    let mut session = Session::new(Settings { style, files: Some(bytes_of), ..Settings::default() });
    if let Some(view) = flags.output.as_deref().and_then(Path::extension).and_then(|ending| views::ending(&ending.to_string_lossy())) {
        session.settings.view = view;
    }
    let chosen = flags.chosen.0.iter().any(|(setting, _)| setting.name == "view");
    let named =
        files::Named { output: flags.output.as_deref(), rows: &flags.rows, scripts: &files, compared: against.as_ref(), values: &bindings };
    let ending = || flags.output.as_deref().and_then(|path| files::refused_ending(path, flags.rows.ask(), chosen));
    if let Some(refusal) = named.refused().or_else(ending) {
        return Err(refusal);
    }
    let refused = take_settings(&mut flags, &mut session)?;
    flags.rows.place(&mut session.settings);
    if let Some(message) = nonsense(&flags, against.as_ref(), &session.settings, chosen) {
        return Err(message);
    }
    if flags.gradescope {
        // It is an object of its own, whatever the output ends in: no fault stands beside it.
        session.settings.view = Settings::default().view;
    }
    Ok(Arguments {
        expressions,
        files,
        shown,
        interactive,
        no_init: flags.no_init,
        fail_fast: flags.fail_fast,
        bindings,
        session,
        refused,
        output: flags.output,
        against,
        rows: flags.rows,
        time_limit: flags.time_limit,
        no_files: flags.no_files,
        color: flags.color,
        hint,
        gates: flags.gates,
    })
}

/// Gives a session the settings of the flags; the flag, the text and the fault of an expression that failed.
fn take_settings(flags: &mut Flags, session: &mut Session) -> Result<Option<(String, String, Fault)>, String> {
    let mut refused = None;
    for (setting, text) in std::mem::take(&mut flags.chosen.0) {
        let flag = format!("--{}", setting.flag);
        if setting.name == SD && flags.rows.ask() {
            // Columns may be deviations there.
            flags.rows.sd = Some(text);
            continue;
        }
        match session.fix(setting, &text) {
            Ok(()) => {}
            Err(Refusal::Form(help)) => return Err(format!("invalid value '{text}' for '{flag}': {help}")),
            Err(Refusal::Failed(fault)) => {
                refused.get_or_insert((flag, text, fault));
            }
        }
    }
    Ok(refused)
}

/// Reads the axes of a grid; what else stands behind its flag is a word like any other. Flags about rows need rows, and these an expression.
fn take_axes(flags: &mut Flags) -> Result<(), String> {
    let mut axes: Vec<Axis> = Vec::new();
    for (at, word) in std::mem::take(&mut flags.rows.grid).into_iter().enumerate() {
        match Axis::read(&word) {
            None if at == 0 => return Err(format!("--grid takes NAME=FROM:TO:COUNT, such as `x=-1:1:101`, and `{word}` is none")),
            Some(axis) => axes.push(axis?),
            None => flags.words.push(word),
        }
    }
    // What is behind it may be an axis too.
    let grid = !axes.is_empty();
    let words = std::mem::take(&mut flags.words);
    for word in words {
        match Axis::read(&word).filter(|_| grid) {
            Some(axis) => axes.push(axis?),
            None => flags.words.push(word),
        }
    }
    if let Some(twice) =
        axes.iter().enumerate().find_map(|(at, axis)| axes[..at].iter().any(|other| other.name == axis.name).then_some(&axis.name))
    {
        return Err(format!("--grid names `{twice}` twice"));
    }
    flags.rows.axes = axes;
    let begins = flags.words.first().filter(|word| !is_binding(word));
    if flags.rows.ask() && flags.expr.is_empty() && flags.file.is_empty() && begins.is_none() {
        return Err("rows need an expression, such as `gradcalc 'x^2' --rows data.csv`".to_owned());
    }
    Ok(())
}

/// What the settings and the flags ask for that does not go together.
fn nonsense(flags: &Flags, against: Option<&Against>, settings: &Settings, chosen: bool) -> Option<String> {
    let mut shown = settings.clone();
    if flags.rows.ask() {
        // Numbers of their own there, in any form.
        shown.relative = false;
    }
    let unshown = shown.unshown().map(|(message, help)| format!("{message}; {help}"));
    if settings.style.flow != Flow::Fitting && settings.view.name != CIRCUIT && !flags.interactive {
        let name = settings.view.name;
        return Some(format!(
            "--flow says how `--as {CIRCUIT}` draws, and the view `{name}` has a form of its own; leave it out, or add `--as {CIRCUIT}`"
        ));
    }
    unshown.or_else(|| beside_rows(flags, against, settings, chosen)).or_else(|| beside_comparison(against?, flags, settings))
}

/// What makes no sense beside rows, or without them; whether a view is `chosen` by its name.
fn beside_rows(flags: &Flags, against: Option<&Against>, settings: &Settings, chosen: bool) -> Option<String> {
    let columns = settings.view.name == QUERY;
    if settings.place != Place::default() && !columns {
        return Some(format!("--dialect and --table ask about a query; add `--as {QUERY}`"));
    }
    if let Some(flag) = flags.rows.alone().find(|flag| !(columns && ["--keep", "--prefix"].contains(flag))) {
        let meant = if flag == "--stage" { "; did you mean `--stages`?" } else { "" };
        return Some(format!("{flag} asks about rows; give them with `--rows FILE` or `--grid NAME=FROM:TO:COUNT`{meant}"));
    }
    if !flags.rows.ask() {
        return None;
    }
    if let Some((flag, adds)) = flags.rows.without_summary() {
        return Some(format!("{flag} gives a summary {adds}; add `--summary`"));
    }
    let flag = if flags.rows.rows.is_some() { "--rows" } else { "--grid" };
    if let Some(of_a_file) = flags.rows.beside_grid() {
        return Some(format!("{of_a_file} says how a file is read, and a grid is none; leave it out, or give the rows with `--rows FILE`"));
    }
    let rival = [
        ("-i", flags.interactive),
        ("--against", matches!(against, Some(Against::Compare(_)))),
        ("--grade", matches!(against, Some(Against::Grade(..)))),
    ];
    if let Some((other, _)) = rival.into_iter().find(|(_, given)| *given) {
        return Some(format!("{flag} evaluates the rows of a table, and `{other}` asks for something else; leave one of them out"));
    }
    if let Some(name) = settings.analyses().find(|&name| name != "relative") {
        return Some(format!("{flag} shows no analysis such as `--{name}`; leave one of them out"));
    }
    let view = settings.view.name;
    let shown = if flags.rows.summary || !chosen { &["table", "csv", "json"][..] } else { &["csv", "json"] }.contains(&view);
    let forms = if flags.rows.summary { "a summary is printed `--as table`, `--as csv`" } else { "rows are written `--as csv`" };
    (!shown).then(|| format!("{flag} is not shown `--as {view}`; {forms} or `--as json`"))
}

/// Whether stdin is something that may hold a script: a pipe, or a file that is not empty.
fn may_hold_script(stdin: &io::Stdin) -> bool {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        use std::os::unix::fs::FileTypeExt as _;
        let known = stdin.as_fd().try_clone_to_owned().and_then(|stdin| fs::File::from(stdin).metadata());
        known.is_ok_and(|known| known.file_type().is_fifo() || known.is_file() && known.len() > 0)
    }
    #[cfg(not(unix))]
    !stdin.is_terminal()
}

/// Whether a binding takes the numbers on stdin.
fn reads_stdin(word: &str) -> bool {
    binding(word).is_ok_and(|(_, value)| value == STDIN_VALUE)
}

/// How names of files end that are tables.
const TABLES: &[&str] = &["csv", "tsv", "psv", "tab", "gz", "zst", "parquet"];

/// Whether a file is a table, by the ending of its name.
pub fn is_table(path: &Path) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|ending| TABLES.contains(&ending.to_ascii_lowercase().as_str()))
}

/// Whether a file is a script, by the ending of its name.
pub fn is_script(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == SCRIPT)
}

/// What to say where a script's name, or a table's, stands in the place of an expression.
fn script_for_expression(word: &str) -> Option<String> {
    let path = Path::new(word);
    let extension = path.extension().and_then(OsStr::to_str)?;
    // `x.T` is a transposed matrix, `2.5` a number.
    let named = is_script(path) || extension != "T" && extension.starts_with(char::is_alphabetic) && path.is_file();
    let place = "and stands in the place of an expression";
    if named && is_table(path) {
        return Some(format!("`{word}` is the name of a table, {place}; write what each row is to give, as in `'x^2' --rows {word}`"));
    }
    named.then(|| format!("`{word}` is the name of a script, {place}; write `-f {word}`"))
}

/// The bytes of a file that a source names, `most` of them at most; stdin, where the command line gives it to a name.
fn bytes_of(from: &str, file: &str, most: usize) -> Result<Vec<u8>, Unloaded> {
    if from.is_empty() && STDIN_VALUE.strip_prefix('@') == Some(file) {
        return bounded(interrupt::while_waiting(|| bytes_within(&mut io::stdin().lock(), most)), most);
    }
    let path = beside(from, file);
    if let Some(refusal) = files::refused_reading(&path, "`load`") {
        return Err(Unloaded::Unreadable(refusal));
    }
    let known = fs::metadata(&path);
    if known.as_ref().is_ok_and(|known| known.is_file() && known.len() > most as u64) {
        return Err(Unloaded::TooLong(most));
    }
    let read = || bytes_within(&mut fs::File::open(&path)?, most);
    // A pipe with a name waits for whoever writes to it.
    let waits = known.is_ok_and(|known| !known.is_file());
    bounded(if waits { interrupt::while_waiting(read) } else { read() }, most)
}

/// All bytes, or one more than `most`.
pub fn bytes_within(from: &mut dyn io::Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most as u64 + 1).read_to_end(&mut bytes).map(|_| bytes)
}

fn bounded(read: io::Result<Vec<u8>>, most: usize) -> Result<Vec<u8>, Unloaded> {
    match read {
        Ok(bytes) if bytes.len() > most => Err(Unloaded::TooLong(most)),
        Ok(bytes) => Ok(bytes),
        Err(error) => Err(Unloaded::Unreadable(described(&error))),
    }
}

/// The path of a file that a source names: a script's files are sought beside it.
pub fn beside(from: &str, file: &str) -> PathBuf {
    Path::new(from).parent().map_or_else(|| PathBuf::from(file), |folder| folder.join(file))
}

/// Why a file cannot be read.
pub fn described(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}

/// What to say of a word that is no binding where the fault lies with the order of words, or with an option;
/// `first` is what was read as the expression.
fn misplaced(word: &str, first: Option<&str>) -> Option<String> {
    if let Some(refusal) = script_for_expression(word) {
        return Some(refusal);
    }
    let refused = format!("`{word}` is no NAME=VALUE");
    if let Some(hint) = glued(word) {
        return Some(format!("{refused}; {hint}"));
    }
    let first = first.filter(|_| !word.contains('=') && !word.trim().is_empty())?;
    if first == "help" {
        let topic = if Gate::named(word).is_some() {
            format!("`gradcalc --gates {word}` explains it")
        } else {
            "`gradcalc --help` has all options".to_owned()
        };
        return Some(format!("{refused}, and `help` is read as the expression; {topic}, and in a session `:help {word}` is asked"));
    }
    if let Some(hint) = glued(first) {
        return Some(format!("{refused}, and `{first}` is read as the expression; {hint}"));
    }
    is_binding(first).then(|| format!("{refused}, and `{first}` is read as the expression; the expression comes first"))
}

/// Whether a text gives a name numbers, so that it is hardly meant as an expression.
fn is_binding(text: &str) -> bool {
    binding(text).is_ok_and(|(_, value)| value.starts_with('@') || Session::new(Settings::default()).value(value).is_ok())
}

/// A hint for a word that looks like a short option with its value glued on, or like stdin, and like no expression.
fn glued(word: &str) -> Option<&'static str> {
    if word == "-" {
        return Some("a script is read from stdin with `-f -`");
    }
    let name = leading_name(word);
    let of_language = Gate::named(name).is_some() || language_constant(name).is_some();
    let hint = match (word.strip_prefix('-')?.chars().next()?, of_language) {
        ('e', false) => "a short option takes its value from the next argument: `-e EXPR`",
        ('o', false) => "a short option takes its value from the next argument: `-o FILE`",
        _ => return None,
    };
    Some(hint)
}

/// The name right behind a minus.
fn leading_name(word: &str) -> &str {
    let rest = word.strip_prefix('-').unwrap_or(word);
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// Marks the arguments with one dash that are no options.
fn marked(arguments: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let (mut only_words, mut takes) = (false, false);
    arguments.enumerate().map(move |(at, argument)| {
        let Some(text) = argument.to_str().filter(|_| at > 0) else { return argument };
        if only_words {
            return argument;
        }
        // An expression's flag takes what follows it, whatever that is.
        let taken = std::mem::replace(&mut takes, false);
        takes = !taken && matches!(text, "-e" | "--expr");
        only_words = !taken && text == "--";
        let option = !text.starts_with('-') || text.starts_with("--") || text == "-" || SHORT.contains(&text);
        let as_it_is = if taken { !text.starts_with('-') } else { option };
        if as_it_is { argument } else { OsString::from(format!("{MARK}{text}")) }
    })
}

/// An argument as it was given.
#[expect(clippy::unnecessary_wraps, reason = "clap wants a Result")]
pub fn unmarked(text: &str) -> Result<String, String> {
    Ok(text.strip_prefix(MARK).unwrap_or(text).to_owned())
}

/// The same for the name of a file, which may begin with a dash and need not be text.
pub fn unmarked_path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(|path| match path.to_str().and_then(|text| text.strip_prefix(MARK)) {
        Some(text) => PathBuf::from(text),
        None => PathBuf::from(path),
    })
}
