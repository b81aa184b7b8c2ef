//! The command line: flags, expressions and bindings. Knows clap; evaluates nothing.

use super::paint::{self, Colours};
use clap::builder::Styles;
use clap::{CommandFactory as _, Parser, ValueEnum};
use gradcalc::calculus::Ties;
use gradcalc::ground::number::Digits;
use gradcalc::ground::{Fault, FaultKind};
use gradcalc::session::{Session, Settings, Stages};
use gradcalc::views::{self, Style, VIEWS, View};
use gradcalc::vocabulary::{Gate, language_constant};
use std::ffi::OsString;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

/// Three examples with their output; a test runs them.
const EXAMPLES: &str = include_str!("examples.txt");

const AFTER: &str = "\
VALUE is an expression without inputs, such as 3, -4, pi/2 or '[[1, 2], [3, 4]]', or @FILE.csv.
Expressions may begin with a minus. Quote them for the shell: gradcalc '-x^2' x=3

Exit codes: 0 all well; 1 an expression failed, or a value or gradient asked for is not finite;
2 the command line makes no sense; 3 a file cannot be read or written.";

/// Marks an argument with one dash that is no option, so that clap takes it as it is.
const MARK: char = '\u{f8ff}';

/// The options with one dash; anything else with one dash is an expression or a value.
const SHORT: &[&str] = &["-e", "-f", "-o", "-h", "-V"];

#[derive(Parser, Debug)]
#[command(
    name = "gradcalc",
    version,
    about = "A calculator that shows its work backward",
    before_help = EXAMPLES,
    after_help = AFTER,
    override_usage = "gradcalc [OPTIONS] EXPR [NAME=VALUE]...\n       gradcalc [OPTIONS] -e EXPR... [NAME=VALUE]...\n       gradcalc [OPTIONS] -f FILE... [NAME=VALUE]...",
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
    #[arg(short, long, value_name = "FILE")]
    file: Vec<PathBuf>,

    /// A script stops at its first failing statement
    #[arg(long)]
    fail_fast: bool,

    /// How to show the answer
    #[arg(long = "as", value_name = "VIEW", default_value = VIEWS[0].name, value_parser = view, long_help = views_help())]
    view: &'static View,

    /// Significant digits that people see, 1 to 17, or `full`
    #[arg(long, value_name = "N|full", value_parser = digits)]
    digits: Option<Digits>,

    /// Show arrays whole, however large
    #[arg(long)]
    full: bool,

    /// Explain the gradients of matrix products and broadcasts by their shapes
    #[arg(long)]
    shapes: bool,

    /// Write arrays out in single numbers, a stage for each, up to 10,000 stages
    #[arg(long)]
    scalars: bool,

    /// How finely to cut the expression into stages
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = Level::Written)]
    stages: Level,

    /// Differentiate with respect to these inputs only
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = unmarked)]
    wrt: Option<Vec<String>>,

    /// The gradient that arrives at the output, when it is not 1
    #[arg(long, value_name = "VALUE", value_parser = unmarked)]
    upstream: Option<String>,

    /// Second derivatives, their eigenvalues, and what kind of point it is
    #[arg(long)]
    hessian: bool,

    /// First and second derivative along a direction
    #[arg(long, value_name = "NAME=STEP,...", value_parser = unmarked)]
    along: Vec<String>,

    /// What 1 % on each input does to the result, in per cent
    #[arg(long)]
    relative: bool,

    /// What the gradient predicts for a small change, beside what really happens
    #[arg(long, value_name = "NAME=STEP,...", value_parser = unmarked)]
    nudge: Vec<String>,

    /// What the random numbers of randn and rand start from
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Who gets the gradient where operands of max or min tie
    #[arg(long, value_name = "RULE", value_enum, default_value_t = Rule::Course)]
    ties: Rule,

    /// Write to this file, all or nothing, instead of to stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// When to colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Colours::Auto)]
    color: Colours,

    /// List the gates, or explain one
    #[arg(long, value_name = "NAME", num_args = 0..=1, value_parser = unmarked)]
    #[expect(clippy::option_option, reason = "clap's form of a flag with an optional value")]
    gates: Option<Option<String>>,

    /// Print a completion script for a shell
    #[arg(long, value_name = "SHELL")]
    completions: Option<clap_complete::Shell>,

    /// Print the manual page
    #[arg(long)]
    man: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Level {
    /// As it is written
    Written,
    /// Into the largest gates there are
    Fused,
    /// Into the smallest
    Primitive,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rule {
    /// Every operand that ties, as in the course notes
    Course,
    /// Operands that tie share it
    Split,
}

/// What the command line asks for.
#[derive(Debug)]
pub struct Arguments {
    /// The expressions, in order.
    pub expressions: Vec<String>,
    /// The scripts, in order, after the expressions.
    pub files: Vec<PathBuf>,
    /// Whether a script stops at its first failing statement.
    pub fail_fast: bool,
    /// The inputs' values, as text.
    pub bindings: Vec<(String, String)>,
    /// The view.
    pub view: &'static View,
    /// How it is laid out.
    pub style: Style,
    /// The settings of the session.
    pub settings: Settings,
    /// The direction of `--along`, as text.
    pub along: Vec<(String, String)>,
    /// The changes of `--nudge`, as text.
    pub nudge: Vec<(String, String)>,
    /// The gradient at the output, as text.
    pub upstream: Option<String>,
    /// Where to write.
    pub output: Option<PathBuf>,
    /// When to colour.
    pub color: Colours,
    /// The expression, where it looks like an option with its value glued on, and what to write then.
    glued: Option<&'static str>,
    /// The gate to explain, or none for a list of all.
    #[expect(clippy::option_option, reason = "asked for or not, and with a name or without")]
    pub gates: Option<Option<String>>,
}

impl Arguments {
    /// What the place of the output is called in a message.
    pub fn output_name(&self) -> String {
        let file = self.output.as_ref().filter(|path| path.as_os_str() != "-");
        file.map_or("stdout".to_owned(), |path| format!("`{}`", path.display()))
    }

    /// A fault in an expression, with a hint where the expression may have been meant as an option.
    pub fn hinted(&self, fault: Fault) -> Fault {
        // A name that is missing further on says that the first one is known.
        let doubtful = fault.kind == FaultKind::Parse || fault.kind == FaultKind::Name && fault.span.start == 1;
        match self.glued.filter(|_| doubtful) {
            Some(hint) if fault.help.is_empty() => fault.help(hint),
            Some(hint) => {
                let help = format!("{}; {hint}", fault.help);
                fault.help(help)
            }
            None => fault,
        }
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

/// Reads the command line.
pub fn read(arguments: impl Iterator<Item = OsString>) -> Command {
    let flags = match Flags::try_parse_from(marked(arguments)) {
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
            return if error.use_stderr() { Command::Refuse(text) } else { Command::Print(text) };
        }
    };
    if let Some(shell) = flags.completions {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Flags::command(), "gradcalc", &mut script);
        return Command::Print(String::from_utf8_lossy(&script).into_owned());
    }
    if flags.man {
        let mut page = Vec::new();
        return match clap_mangen::Man::new(Flags::command()).render(&mut page) {
            Ok(()) => Command::Print(String::from_utf8_lossy(&page).into_owned()),
            Err(error) => Command::Refuse(format!("error: {error}\n")),
        };
    }
    match arguments_of(flags) {
        Ok(arguments) => Command::Run(Box::new(arguments)),
        Err(message) => Command::Refuse(format!("error: {message}\n\nFor more, try `gradcalc --help`.\n")),
    }
}

fn arguments_of(flags: Flags) -> Result<Arguments, String> {
    let mut words = flags.words.into_iter();
    let mut expressions = flags.expr;
    let mut first = None;
    let mut files = flags.file;
    if expressions.is_empty() && files.is_empty() && flags.gates.is_none() && words.len() == 0 && !io::stdin().is_terminal() {
        files.push(PathBuf::from("-"));
    }
    if expressions.is_empty() && files.is_empty() && flags.gates.is_none() {
        let hint = "give one, such as `gradcalc 'x*y' x=4 y=-3`";
        let word = words.next().ok_or_else(|| format!("there is no expression; {hint}"))?;
        first = Some(word.clone());
        expressions.push(word);
    }
    let mut bindings: Vec<(String, String)> = Vec::new();
    for word in words {
        let (name, value) = binding(&word).map_err(|message| misplaced(&word, first.as_deref()).unwrap_or(message))?;
        if bindings.iter().any(|(known, _)| *known == name) {
            return Err(format!("`{name}` is given two values"));
        }
        bindings.push((name, value));
    }
    let known = |text: &str| bindings.iter().any(|(name, _)| name == leading_name(text));
    let glued = first.as_deref().filter(|text| !known(text)).and_then(glued);
    if flags.gates.as_ref().is_some_and(|gate| gate.as_ref().is_some_and(|name| name.trim().is_empty())) {
        return Err("--gates has an empty name; without a name it lists the gates".to_owned());
    }
    let stages = match flags.stages {
        Level::Written => Stages::Written,
        Level::Fused => Stages::Fused,
        Level::Primitive => Stages::Primitive,
    };
    let ties = match flags.ties {
        Rule::Course => Ties::Course,
        Rule::Split => Ties::Split,
    };
    let wrt = flags.wrt.map(|names| listed("--wrt", "x,y", names)).transpose()?;
    let steps = |flag, words: Vec<String>| {
        let words = words.iter().flat_map(|words| between_commas(words)).map(str::to_owned).collect();
        listed(flag, "x=1,y=2", words)?.iter().map(|word| binding(word)).collect::<Result<Vec<_>, String>>()
    };
    Ok(Arguments {
        along: steps("--along", flags.along)?,
        nudge: steps("--nudge", flags.nudge)?,
        expressions,
        files,
        fail_fast: flags.fail_fast,
        bindings,
        view: flags.view,
        style: Style {
            digits: flags.digits,
            width: paint::width(flags.output.is_some()),
            unicode: paint::speaks_unicode(),
            full: flags.full,
            shapes: flags.shapes,
        },
        settings: Settings {
            stages,
            ties,
            wrt,
            hessian: flags.hessian,
            relative: flags.relative,
            seed: flags.seed,
            scalars: flags.scalars,
            files: Some(bytes_of),
            ..Settings::default()
        },
        upstream: flags.upstream,
        output: flags.output,
        color: flags.color,
        glued,
        gates: flags.gates,
    })
}

/// The parts of a text between commas that stand in no brackets.
fn between_commas(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0usize, 0, Vec::new());
    for (at, sign) in text.char_indices() {
        match sign {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The bytes of a file.
fn bytes_of(file: &str) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|error| told(&error))
}

/// Why a file cannot be read.
pub fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}

/// The parts of a list with commas, none of which may be empty.
fn listed(flag: &str, such_as: &str, parts: Vec<String>) -> Result<Vec<String>, String> {
    let parts: Vec<String> = parts.into_iter().map(|part| part.trim().to_owned()).collect();
    let empty = parts.iter().filter(|part| part.is_empty()).count();
    let wrong = match empty {
        0 => return Ok(parts),
        _ if empty == parts.len() => format!("{flag} is given nothing"),
        _ => format!("nothing stands beside a comma in `{flag} {}`", parts.join(",")),
    };
    Err(format!("{wrong}; write such as `{flag} {such_as}`"))
}

/// What to say of a word that is no binding where the fault lies with the order of words, or with an option;
/// `first` is what was read as the expression.
fn misplaced(word: &str, first: Option<&str>) -> Option<String> {
    let refused = format!("`{word}` is no NAME=VALUE");
    if let Some(hint) = glued(word) {
        return Some(format!("{refused}; {hint}"));
    }
    let first = first.filter(|_| !word.contains('=') && !word.trim().is_empty())?;
    if let Some(hint) = glued(first) {
        return Some(format!("{refused}, and `{first}` is read as the expression; {hint}"));
    }
    is_binding(first).then(|| format!("{refused}, and `{first}` is read as the expression; the expression comes first"))
}

/// Whether a text gives a name a number, so that it is hardly meant as an expression.
fn is_binding(text: &str) -> bool {
    binding(text).is_ok_and(|(_, value)| Session::new(Settings::default()).value(&value).is_ok())
}

/// A hint for a word that looks like a short option with its value glued on, and like no expression.
fn glued(word: &str) -> Option<&'static str> {
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

fn binding(word: &str) -> Result<(String, String), String> {
    if word.trim().is_empty() {
        return Err("an argument is empty; write a binding such as `x=3`, without spaces".to_owned());
    }
    let Some((name, value)) = word.split_once('=') else {
        return Err(format!("`{word}` is no NAME=VALUE; write a binding such as `x=3`, and quote an expression that has spaces"));
    };
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() {
        let value = if value.is_empty() { "3" } else { value };
        return Err(format!("`{word}` has no name; write `x={value}`, without spaces"));
    }
    if !Session::is_name(name) {
        return Err(format!("`{name}` in `{word}` is no name that a value can be given to"));
    }
    if value.is_empty() {
        return Err(format!("`{word}` has no value; write `{name}=3`, without spaces"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// Marks the arguments with one dash that are no options.
fn marked(arguments: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let mut only_words = false;
    arguments.enumerate().map(move |(at, argument)| {
        let Some(text) = argument.to_str().filter(|_| at > 0) else { return argument };
        if only_words {
            return argument;
        }
        only_words = text == "--";
        let option = !text.starts_with('-') || text.starts_with("--") || text == "-" || SHORT.contains(&text);
        if option { argument } else { OsString::from(format!("{MARK}{text}")) }
    })
}

#[expect(clippy::unnecessary_wraps, reason = "clap wants a Result")]
fn unmarked(text: &str) -> Result<String, String> {
    Ok(text.strip_prefix(MARK).unwrap_or(text).to_owned())
}

fn view(text: &str) -> Result<&'static View, String> {
    views::named(text).ok_or_else(|| {
        let names: Vec<&str> = VIEWS.iter().map(|view| view.name).collect();
        let near = gradcalc::calculus::lower::nearest(text, names.iter().copied());
        near.map_or_else(|| format!("the views are {}", names.join(", ")), |near| format!("did you mean `{near}`?"))
    })
}

fn views_help() -> String {
    let lines: Vec<String> = VIEWS.iter().map(|view| format!("{:<8} {}", view.name, view.says)).collect();
    format!("How to show the answer:\n{}", lines.join("\n"))
}

fn digits(text: &str) -> Result<Digits, String> {
    match text {
        "full" => Ok(Digits::Full),
        _ => match text.parse() {
            Ok(count) if (1..=17).contains(&count) => Ok(Digits::Rounded(count)),
            _ => Err("a whole number from 1 to 17, or `full`".to_owned()),
        },
    }
}
