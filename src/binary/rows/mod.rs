//! One evaluation for each row of a table, or for each point of a grid: what the command line asks for is planned before any work, parts
//! of the table go to threads, and what comes of them is written in the order of the table.
//!
//! Knows flags, files and threads; what a part comes to is `work`'s, what rows are is `table`'s.

mod summed;
pub mod table;
pub mod work;

use super::cli::{Arguments, described, unmarked};
use super::job::Job;
use super::output::Output;
use super::paint::Painter;
use super::progress::Progress;
use super::{Exit, interrupt, report};
use crate::calculus::rows::{Asked, Given, Rows};
use crate::forms::{Program, StageId};
use crate::ground::number::shortest;
use crate::ground::text::{nearest, one_line, shortened};
use crate::ground::{Cancellation, Shape, Span, Value};
use crate::session::Session;
use crate::views::{self, Answer};
use crate::vocabulary::language_constant;
use flate2::read::MultiGzDecoder;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use summed::Summed;
use table::{DIVIDERS, Part, Source, fields, said};
use work::{Absent, Done, Fate, Form, Plan, TOLD, work};

/// What stands for a number that is missing.
const ABSENT: &str = "NA,N/A,NaN,null,.";

/// The flags that ask about rows.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Rows")]
pub struct RowFlags {
    /// Evaluate once for each row of a table of which the columns are inputs by their names, and append the value and the gradients to it;
    /// `-` is stdin
    #[arg(long, value_name = "FILE")]
    pub rows: Option<PathBuf>,

    /// The same for each point of a grid; may be repeated, the first name goes slowest
    #[arg(long, value_name = "NAME=FROM:TO:COUNT", value_parser = unmarked, num_args = 1.., conflicts_with = "rows")]
    pub grid: Vec<String>,

    /// The columns that are written beside the new ones, divided by commas, or `none`; without it, all
    #[arg(long, value_name = "COLUMNS", value_parser = unmarked)]
    pub keep: Option<String>,

    /// What the names of new columns begin with
    #[arg(long, value_name = "TEXT", value_parser = unmarked)]
    pub prefix: Option<String>,

    /// Stages whose values are columns too, by their names, divided by commas
    #[arg(long, value_name = "STAGES", value_parser = unmarked)]
    pub stage: Option<String>,

    /// What becomes of a row in which a number is missing
    #[arg(long, value_name = "FATE", value_enum, default_value_t = Fate::Nan)]
    pub missing: Fate,

    /// What stands for a number that is missing, divided by commas; an empty field always does
    #[arg(long, value_name = "WORDS", value_parser = unmarked, default_value = ABSENT)]
    pub na: String,

    /// What becomes of a row that has another number of fields, or a text in the place of a number
    #[arg(long, value_name = "FATE", value_enum, default_value_t = Fate::Stop)]
    pub bad_rows: Fate,

    /// Write the rows that are bad to this file: line, byte, column, reason and the row
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,

    /// What divides fields: `,`, `;`, `|` or `tab`; without it, what the first line has most of
    #[arg(long, value_name = "SIGN", value_parser = unmarked)]
    pub delimiter: Option<String>,

    /// The first line holds numbers: the columns are called c1, c2, ...
    #[arg(long)]
    pub no_header: bool,

    /// Print count, mean, deviation and quantiles of the value and of each gradient instead of rows
    #[arg(long)]
    pub summary: bool,

    /// A summary for each group of rows that have the same in this column
    #[arg(long, value_name = "COLUMN", value_parser = unmarked, requires = "summary")]
    pub by: Option<String>,

    /// The column of weights in a summary
    #[arg(long, value_name = "COLUMN", value_parser = unmarked, requires = "summary")]
    pub weights: Option<String>,

    /// How many threads work; without it, as many as there are processors, up to 16
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

impl RowFlags {
    /// Whether rows are asked for.
    pub fn ask(&self) -> bool {
        self.rows.is_some() || !self.grid.is_empty()
    }

    /// The flag of these that makes no sense without rows, if one is given.
    pub fn alone(&self) -> Option<&'static str> {
        [
            ("--keep", self.keep.is_some()),
            ("--prefix", self.prefix.is_some()),
            ("--stage", self.stage.is_some()),
            ("--missing", self.missing != Fate::Nan),
            ("--na", self.na != ABSENT),
            ("--bad-rows", self.bad_rows != Fate::Stop),
            ("--rejects", self.rejects.is_some()),
            ("--delimiter", self.delimiter.is_some()),
            ("--no-header", self.no_header),
            ("--summary", self.summary),
            ("--threads", self.threads.is_some()),
        ]
        .into_iter()
        .find_map(|(flag, given)| given.then_some(flag))
        .filter(|_| !self.ask())
    }
}

/// A name of a grid and its numbers.
#[derive(Clone, Debug)]
pub struct Axis {
    pub name: String,
    from: f64,
    to: f64,
    count: usize,
}

impl Axis {
    /// Reads `NAME=FROM:TO:COUNT`; none where the word has another form.
    pub fn read(word: &str) -> Option<Result<Self, String>> {
        let (name, range) = word.split_once('=')?;
        let parts: Vec<&str> = range.split(':').collect();
        let [from, to, count] = parts[..] else { return None };
        let number = |text: &str| {
            let value = Session::new(crate::session::Settings::default()).value(text);
            value.ok().and_then(|value| value.number()).filter(|number| number.is_finite())
        };
        let wrong = || Err(format!("`{word}` is no NAME=FROM:TO:COUNT of two numbers and a whole number from 1 on"));
        let (Some(from), Some(to), Some(count)) = (number(from), number(to), count.trim().parse::<usize>().ok().filter(|&count| count > 0))
        else {
            return Some(wrong());
        };
        if !Session::is_name(name.trim()) {
            return Some(wrong());
        }
        Some(Ok(Self { name: name.trim().to_owned(), from, to, count }))
    }

    fn number(&self, at: usize) -> f64 {
        if at + 1 == self.count && at > 0 {
            return self.to;
        }
        let (share, step) = (at as f64 / (self.count - 1).max(1) as f64, self.to - self.from);
        if step.is_finite() { self.from + step * share } else { self.from * (1.0 - share) + self.to * share }
    }
}

/// A grid as the lines of a table.
struct Grid {
    axes: Vec<Axis>,
    next: usize,
    count: usize,
    rest: Vec<u8>,
}

impl Read for Grid {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.rest.len() < out.len() && self.next < self.count {
            let mut within = self.count;
            for (at, axis) in self.axes.iter().enumerate() {
                within /= axis.count;
                if at > 0 {
                    self.rest.push(b',');
                }
                crate::ground::number::push_shortest(axis.number(self.next / within % axis.count), &mut self.rest);
            }
            self.rest.push(b'\n');
            self.next += 1;
        }
        let len = self.rest.len().min(out.len());
        out[..len].copy_from_slice(&self.rest[..len]);
        self.rest.drain(..len);
        Ok(len)
    }
}

/// How long is waited before it is asked whether anything is still wanted.
const PAUSE: Duration = Duration::from_millis(50);

/// The most threads that work where nobody says how many.
const MOST_THREADS: usize = 16;

/// Why nothing was done.
struct Refused(Exit, String);

fn usage<T>(message: String) -> Result<T, Refused> {
    Err(Refused(Exit::Usage, message))
}

/// What is asked of the rows of a table, from the flags to the last line; how the program ends, and whether everything was written.
pub fn run(session: Session, arguments: &Arguments, output: &mut Output) -> (Exit, bool, io::Result<()>) {
    let limit = arguments.time_limit.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let cancellation = limit.map_or_else(interrupt::listen, |end| interrupt::listen().or_until(end));
    let name = name(arguments);
    let begun = open(arguments).and_then(|(mut source, length)| {
        let (columns, divider) = header(&mut source, arguments, &name)?;
        Ok((source, length, plan(session, arguments, columns, divider, &name)?))
    });
    let (source, length, plan) = match begun {
        Ok(begun) => begun,
        Err(Refused(exit, message)) => {
            if !message.is_empty() {
                report::message(&format!("error: {message}"));
            }
            return (exit, false, Ok(()));
        }
    };
    let same = |path: &Path, other: &Option<PathBuf>| {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        other.as_ref().is_some_and(|other| real(path) == real(other))
    };
    if let Some(path) = arguments.rows.rejects.as_deref()
        && (path.as_os_str() == "-" || same(path, &arguments.rows.rows) || same(path, &arguments.output))
    {
        report::message("error: --rejects is a file of its own, and not the table, stdout or the output; give it another name");
        return (Exit::Usage, false, Ok(()));
    }
    let begin = |path: &Path| {
        let mut rejects = Output::open(Some(path))?;
        rejects.write_all(b"line,byte,column,reason,row\n")?;
        Ok::<Output, io::Error>(rejects)
    };
    let rejects = match arguments.rows.rejects.as_deref().map(begin).transpose() {
        Ok(rejects) => rejects,
        Err(error) => {
            let path = arguments.rows.rejects.as_deref().unwrap_or(Path::new("-")).display().to_string();
            report::message(&format!("error: cannot write `{}`: {error}", one_line(&path)));
            return (Exit::File, false, Ok(()));
        }
    };
    let mut writer = Writer {
        plan: &plan,
        flags: &arguments.rows,
        name,
        output: io::BufWriter::with_capacity(1 << 20, output),
        rejects,
        summed: Summed::new(&plan),
        told: Vec::new(),
        rows: 0,
        blank: 0,
        missing: 0,
        bad: 0,
        not_finite: 0,
        answered: 0,
        stopped: false,
        crowded: false,
        progress: Progress::new(length),
    };
    let written = writer.write(source, &cancellation, arguments.rows.threads);
    let exit = writer.conclude();
    match written {
        Err(Ended::Read(error)) => {
            report::message(&format!("error: cannot read {}: {}", writer.name, described(&error)));
            (Exit::File, false, Ok(()))
        }
        Err(Ended::Written(error)) => (exit, false, Err(error)),
        Ok(()) if interrupt::is_heard() => {
            let flushed = writer.output.flush();
            report::message(&format!("interrupted after {} rows", writer.rows));
            (Exit::Interrupted, false, flushed)
        }
        Ok(()) if cancellation.is_cancelled() => {
            let flushed = writer.output.flush();
            report::message(&format!("error: the time of `--time-limit` has passed after {} rows", writer.rows));
            (Exit::Failed, false, flushed)
        }
        Ok(()) => {
            let whole = !writer.stopped;
            let written = writer.end();
            (exit, whole, written)
        }
    }
}

/// What the table is called in a message.
fn name(arguments: &Arguments) -> String {
    match &arguments.rows.rows {
        Some(path) if path.as_os_str() == "-" => "stdin".to_owned(),
        Some(path) => one_line(&path.display().to_string()).into_owned(),
        None => "the grid".to_owned(),
    }
}

/// The table, and how many bytes it has where that is known.
fn open(arguments: &Arguments) -> Result<(Source, Option<u64>), Refused> {
    let Some(path) = &arguments.rows.rows else {
        let axes = arguments.grid.clone();
        let count = axes.iter().try_fold(1usize, |count, axis| count.checked_mul(axis.count));
        let Some(count) = count else { return usage("the grid has more points than can be counted".to_owned()) };
        let names: Vec<&str> = axes.iter().map(|axis| axis.name.as_str()).collect();
        let rest = format!("{}\n", names.join(",")).into_bytes();
        return Ok((Source::new(Box::new(Grid { axes, next: 0, count, rest })), None));
    };
    if path.as_os_str() == "-" {
        return Ok((Source::new(Box::new(io::stdin())), None));
    }
    let shown = one_line(&path.display().to_string()).into_owned();
    let ends = |endings: &[&str]| path.extension().is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)));
    if ends(&["zst", "xz", "bz2", "parquet"]) {
        let help = "tables are CSV, as they are or packed by gzip; unpack it, as in `zstd -dc FILE | gradcalc ... --rows -`";
        return usage(format!("`{shown}` is in a format that is not read; {help}"));
    }
    let opened = File::open(path).and_then(|file| {
        let known = file.metadata()?;
        if known.is_dir() { Err(io::Error::from(io::ErrorKind::IsADirectory)) } else { Ok((file, known)) }
    });
    match opened {
        // How long it is unpacked is not known.
        Ok((file, _)) if ends(&["gz"]) => Ok((Source::new(Box::new(MultiGzDecoder::new(file))), None)),
        Ok((file, known)) => Ok((Source::new(Box::new(file)), known.is_file().then_some(known.len()))),
        Err(error) => Err(Refused(Exit::File, format!("cannot read `{shown}`: {}", described(&error)))),
    }
}

/// The names of the columns, and what divides them.
fn header(source: &mut Source, arguments: &Arguments, name: &str) -> Result<(Vec<String>, u8), Refused> {
    let flags = &arguments.rows;
    let given = match flags.delimiter.as_deref() {
        None => None,
        Some("tab" | "\t" | "\\t") => Some(b'\t'),
        Some(sign) if sign.len() == 1 && sign.is_ascii() && !sign.starts_with(|c: char| c.is_alphanumeric() || "\"\n\r.-+".contains(c)) => {
            Some(sign.as_bytes()[0])
        }
        Some(other) => return usage(format!("--delimiter takes one sign, such as `,`, `;`, `|` or `tab`, and `{other}` is none")),
    };
    let first = interrupt::while_waiting(|| source.first(flags.no_header));
    let first = first.map_err(|error| Refused(Exit::File, format!("cannot read {name}: {}", described(&error))))?;
    let Some(first) = first else { return Err(Refused(Exit::Failed, format!("{name} is empty"))) };
    if first.contains(&0) {
        return Err(Refused(Exit::Failed, format!("{name} is no text; save it as UTF-8")));
    }
    if first.contains(&b'\r') && !first.contains(&b'"') {
        let help = "save it with line ends of Unix or Windows";
        return Err(Refused(Exit::Failed, format!("the lines of {name} end in a lone carriage return; {help}")));
    }
    let mut found = Vec::new();
    let divider = given.unwrap_or_else(|| {
        let count = |divider: u8| {
            let mut found = Vec::new();
            fields(&first, divider, true, &mut found);
            found.len()
        };
        // Of several the first one counts.
        DIVIDERS.iter().copied().rev().max_by_key(|&divider| count(divider)).unwrap_or(b',')
    });
    source.divide_by(divider);
    fields(&first, divider, true, &mut found);
    if flags.no_header {
        return Ok(((1..=found.len()).map(|at| format!("c{at}")).collect(), divider));
    }
    let columns: Vec<String> = found.iter().map(|&(from, to)| String::from_utf8_lossy(&said(&first[from..to])).trim().to_owned()).collect();
    if columns.iter().all(|column| column.parse::<f64>().is_ok()) {
        let help = "`--no-header` takes it for a row, and calls the columns c1, c2, ...";
        return Err(Refused(Exit::Failed, format!("the first line of {name} holds numbers, and no names; {help}")));
    }
    if let Some(column) = twice(columns.iter().filter(|column| !column.is_empty())) {
        return Err(Refused(Exit::Failed, format!("{name} has two columns `{}`; name each once", shortened(column))));
    }
    Ok((columns, divider))
}

/// What stands twice among some names.
fn twice<'a>(names: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    let mut known = HashSet::new();
    names.into_iter().find(|name| !known.insert(*name))
}

/// What is asked of every row, all of which is checked before the first.
fn plan(session: Session, arguments: &Arguments, columns: Vec<String>, divider: u8, name: &str) -> Result<Plan, Refused> {
    let flags = &arguments.rows;
    let column = |word: &str, flag: &str| {
        columns.iter().position(|column| column == word.trim()).ok_or_else(|| {
            let near =
                nearest(word.trim(), columns.iter().map(String::as_str)).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            Refused(Exit::Usage, format!("{flag}: `{}` is no column of {name}{near}", shortened(word.trim())))
        })
    };
    let kept = match flags.keep.as_deref() {
        None => (0..columns.len()).collect(),
        Some("none") => Vec::new(),
        Some(words) => words.split(',').map(|word| column(word, "--keep")).collect::<Result<_, _>>()?,
    };
    let by = flags.by.as_deref().map(|word| column(word, "--by")).transpose()?;
    let weights = flags.weights.as_deref().map(|word| column(word, "--weights")).transpose()?;
    let view = session.settings.view.name;
    let digits = session.settings.style.digits;
    if digits.is_some() && !(flags.summary && view == "table") {
        return usage("rows are written in full; `--digits` and `--decimals` are for the table of `--summary`".to_owned());
    }
    if session.settings.strict {
        return usage("`--strict` asks which digits are lost, and no digits of rows are measured; leave it out".to_owned());
    }
    let (answer, exit) = answered(session, arguments, &columns)?;
    let Some(answer) = answer.filter(|_| exit == Exit::Well) else {
        let message = "there is no expression to evaluate; end in one, such as `gradcalc 'x^2' --rows data.csv`";
        return Err(Refused(exit.max(Exit::Failed), if exit == Exit::Well { message.to_owned() } else { String::new() }));
    };
    let (given, used) = inputs(&answer, arguments, &columns, name)?;
    let mut program = (*answer.program).clone();
    let (asked, names) = asked(&answer, flags, &given, &mut program, &columns)?;
    let prefix = flags.prefix.as_deref().unwrap_or_default();
    let appended: Vec<String> = names.into_iter().map(|name| format!("{prefix}{name}")).collect();
    if let Some(name) = twice(appended.iter()) {
        return usage(format!("two new columns are called `{}`; ask for each once", shortened(name)));
    }
    if !flags.summary {
        let kept: Vec<&String> = kept.iter().map(|&at| &columns[at]).collect();
        if let Some(name) = twice(kept.iter().copied()).filter(|name| !name.is_empty()) {
            return usage(format!("--keep names `{}` twice", shortened(name)));
        }
        let kept: HashSet<&String> = kept.into_iter().collect();
        if let Some(taken) = appended.iter().find(|name| kept.contains(name)) {
            return usage(format!(
                "{name} has a column `{}` already; `--prefix` names the new ones apart, `--keep` leaves columns out",
                shortened(taken)
            ));
        }
    }
    let rows = Rows::new(program, given, asked);
    let form = match view {
        "json" => Form::Objects,
        "table" if flags.summary => Form::Table,
        _ => Form::Fields,
    };
    let as_it_stands = kept.iter().copied().eq(0..columns.len());
    let plan = Plan {
        rows,
        as_it_stands,
        columns,
        used,
        kept,
        appended,
        divider,
        missing: flags.missing,
        bad: flags.bad_rows,
        absent: Absent::of(&flags.na),
        form,
        digits: digits.unwrap_or_default(),
        writes: !flags.summary,
        by,
        weights,
    };
    Ok(plan)
}

/// The answer that is asked of every row, without values; columns `x0`, `x1`, ... or `x[0]`, `x[1]`, ... are an array `x`, and one called as a
/// constant of the language is an input all the same.
fn answered(mut session: Session, arguments: &Arguments, columns: &[String]) -> Result<(Option<Arc<Answer>>, Exit), Refused> {
    let bound = |name: &str| arguments.bindings.iter().any(|(bound, _)| bound == name);
    if let Some(column) = columns.iter().find(|column| bound(column)) {
        return usage(format!("`{column}` is a column of the table, and is given a value; leave one of them out"));
    }
    let texts: Vec<&str> = arguments.expressions.iter().flat_map(|text| words(text)).collect();
    let spoken = |name: &str| !arguments.files.is_empty() || texts.contains(&name);
    for column in columns.iter().filter(|column| language_constant(column).is_some() && spoken(column)) {
        session.bind_value(column, Value::Number(1.0));
    }
    for (name, places) in arrays(columns) {
        if !columns.contains(&name) && !bound(&name) && spoken(&name) && Session::is_name(&name) {
            let shape = Shape::from_dims(&[places.len()]).unwrap_or(Shape::Scalar);
            session.bind_value(&name, Value::Number(1.0).repeated(shape));
        }
    }
    session.settings.view = &views::ROWS;
    // What is shown of an answer stands in rows; anything else is a message.
    let mut messages = io::stderr();
    let mut job = Job::new(session, Painter::new(&mut messages, false), false, arguments);
    job.run(arguments);
    job.flush();
    Ok((job.answered(), job.exit))
}

/// The names of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The arrays that columns are the elements of, and which columns those are, in their order.
fn arrays(columns: &[String]) -> BTreeMap<String, Vec<usize>> {
    let base = |column: &str| -> Option<(String, usize)> {
        let plain = column.trim_end_matches(|c: char| c.is_ascii_digit());
        let bracketed = column.strip_suffix(']').and_then(|rest| rest.split_once('['));
        let (name, number) = bracketed.unwrap_or((plain, &column[plain.len()..]));
        // `x01` is a name of its own.
        let at: usize = number.parse().ok().filter(|at: &usize| at.to_string() == number)?;
        (!name.is_empty()).then(|| (name.to_owned(), at))
    };
    let mut found: BTreeMap<String, BTreeMap<usize, usize>> = BTreeMap::new();
    for (place, column) in columns.iter().enumerate() {
        if let Some((name, at)) = base(column) {
            found.entry(name).or_default().insert(at, place);
        }
    }
    let whole = |places: &BTreeMap<usize, usize>| places.len() > 1 && places.keys().copied().eq(0..places.len());
    found.into_iter().filter(|(_, places)| whole(places)).map(|(name, places)| (name, places.into_values().collect())).collect()
}

/// What each input is given, and the columns that are used.
fn inputs(answer: &Answer, arguments: &Arguments, columns: &[String], name: &str) -> Result<(Vec<Given>, Vec<usize>), Refused> {
    let program = &answer.program;
    let arrays = arrays(columns);
    let known: HashMap<&str, usize> = columns.iter().enumerate().map(|(at, column)| (column.as_str(), at)).collect();
    let (mut used, mut places): (Vec<usize>, HashMap<usize, usize>) = (Vec::new(), HashMap::new());
    let (mut given, mut alone, mut whole) = (Vec::new(), HashSet::new(), Vec::new());
    let mut place = |column: usize| {
        *places.entry(column).or_insert_with(|| {
            used.push(column);
            used.len() - 1
        })
    };
    for id in program.ids() {
        let named = program.constant(id).and_then(|constant| constant.name).map(|name| answer.symbols.name(name));
        if let Some(word) = named.filter(|word| known.contains_key(word)) {
            return usage(format!("`{word}` is a column of {name}, and a constant of the text; give one of them another name"));
        }
        let Some(input) = program.input(id) else { continue };
        let word = answer.symbols.name(input.name);
        let shape = program.shape(id);
        let value = answer.values.value(id, shape);
        let has_value = !value.numbers().iter().any(|number| number.is_nan());
        let bound = arguments.bindings.iter().any(|(bound, _)| bound == word);
        if let Some(&column) = known.get(word) {
            if !shape.is_scalar() {
                return usage(format!("`{word}` is {shape} in the expression, and a column of {name} is a number in each row"));
            }
            if has_value && language_constant(word).is_none() {
                return usage(format!("`{word}` is a column of {name}, and the text gives it a value; give one of them another name"));
            }
            alone.insert(column);
            given.push(Given::Column(place(column)));
        } else if let Some(elements) = arrays.get(word).filter(|elements| !bound && shape.size() == elements.len()) {
            whole.push(word);
            given.push(Given::Columns(shape, elements.iter().map(|&column| place(column)).collect()));
        } else if has_value || bound {
            given.push(Given::Value(value));
        } else {
            let near = nearest(word, columns.iter().map(String::as_str)).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            let list: Vec<String> = columns.iter().take(8).map(|column| format!("`{}`", shortened(column))).collect();
            let more = if columns.len() > list.len() { ", ..." } else { "" };
            let message = format!("`{word}` is no column of {name}, and has no value{near}; its columns are {}{more}", list.join(", "));
            return usage(message);
        }
    }
    for word in whole {
        if let Some(&column) = arrays[word].iter().find(|column| alone.contains(column)) {
            let column = &columns[column];
            return usage(format!(
                "`{column}` is asked for by itself and as an element of `{word}`; write it as `{word}[{}]`",
                &column[word.len()..].trim_matches(['[', ']'])
            ));
        }
    }
    Ok((given, used))
}

/// The numbers that are asked of every row, and their names: the value, stages, gradients. An input that no gradient reaches has a 0.
fn asked(
    answer: &Answer,
    flags: &RowFlags,
    given: &[Given],
    program: &mut Program,
    columns: &[String],
) -> Result<(Vec<Asked>, Vec<String>), Refused> {
    let names = answer.names();
    let (mut asked, mut called) = (Vec::new(), Vec::new());
    let mut all = |id: StageId, name: &str| {
        let shape = answer.program.shape(id);
        for at in 0..shape.size() {
            asked.push((id, at));
            called.push(format!("{name}{}", if shape.is_scalar() { String::new() } else { shape.subscript(at) }));
        }
    };
    all(answer.output, names.word(answer.output).unwrap_or("f"));
    for word in flags.stage.iter().flat_map(|words| words.split(',')) {
        let found = (0..answer.forward).map(StageId::new).find(|&id| names.word(id) == Some(word.trim()));
        let Some(id) = found else {
            let known: Vec<&str> = (0..answer.forward).map(StageId::new).filter_map(|id| names.word(id)).collect();
            let near = nearest(word.trim(), known.iter().copied()).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return usage(format!("--stage: there is no stage `{}`{near}", shortened(word.trim())));
        };
        all(id, word.trim());
    }
    let Some(backward) = &answer.backward else { return Ok((asked, called)) };
    let arrays = arrays(columns);
    let inputs: Vec<StageId> = program.ids().filter(|&id| program.input(id).is_some()).collect();
    for (id, given) in inputs.into_iter().zip(given).filter(|(id, _)| id.at() < answer.forward && answer.program.is_active(*id)) {
        let shape = answer.program.shape(id);
        let adjoint = backward.adjoint(id);
        let gradient = names.gradient(id);
        match given {
            Given::Columns(..) => {
                for at in 0..shape.size() {
                    asked.push(adjoint.map_or_else(|| (program.add_constant(0.0, None, Span::default()), 0), |adjoint| (adjoint, at)));
                    // By the name of its column.
                    let word = names.word(id).unwrap_or_default();
                    let column = arrays.get(word).map_or("", |elements| columns[elements[at]].as_str());
                    called.push(format!("d{column}"));
                }
            }
            _ if shape.is_scalar() => {
                asked.push((adjoint.unwrap_or_else(|| program.add_constant(0.0, None, Span::default())), 0));
                called.push(gradient);
            }
            Given::Value(_) | Given::Column(_) => {}
        }
    }
    Ok((asked, called))
}

/// What ended the work.
enum Ended {
    Read(io::Error),
    Written(io::Error),
}

/// Writes what comes of parts, in their order.
struct Writer<'a, 'o> {
    plan: &'a Plan,
    flags: &'a RowFlags,
    name: String,
    output: io::BufWriter<&'o mut Output>,
    rejects: Option<Output>,
    summed: Summed<'a>,
    /// The first rows that were wrong, in words.
    told: Vec<String>,
    rows: u64,
    blank: u64,
    missing: u64,
    bad: u64,
    not_finite: u64,
    answered: u64,
    /// Whether the work ended before the table did, and whether that was for too many groups.
    stopped: bool,
    crowded: bool,
    progress: Progress,
}

impl Writer<'_, '_> {
    fn write(&mut self, source: Source, cancellation: &Cancellation, threads: Option<u16>) -> Result<(), Ended> {
        self.head().map_err(Ended::Written)?;
        let threads = threads.map_or_else(|| thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS), usize::from);
        if threads == 1 { self.alone(source, cancellation) } else { self.shared(source, cancellation, threads) }
    }

    /// All on one thread.
    fn alone(&mut self, mut source: Source, cancellation: &Cancellation) -> Result<(), Ended> {
        // What is written is written whole while something is waited for.
        while let Some(part) = interrupt::while_waiting(|| source.next()).map_err(Ended::Read)? {
            let done = work(self.plan, &part, cancellation);
            if !self.take(&part, done).map_err(Ended::Written)? {
                break;
            }
        }
        Ok(())
    }

    /// One thread reads, some work, and this one writes; of parts that were read there are two more than work. The thread that reads may
    /// wait for somebody to write, and is left behind where nothing more is wanted.
    fn shared(&mut self, mut source: Source, cancellation: &Cancellation, threads: usize) -> Result<(), Ended> {
        let plan = self.plan;
        let (parts, to_do) = mpsc::sync_channel::<(usize, io::Result<Part>)>(threads);
        let (results, done) = mpsc::channel::<(usize, io::Result<(Part, Done)>)>();
        let (room, taken) = mpsc::sync_channel::<()>(threads + 2);
        let (to_do, over) = (Mutex::new(to_do), AtomicBool::new(false));
        thread::spawn(move || {
            let mut at = 0;
            // Another part may be read where somebody wants one.
            while room.send(()).is_ok() {
                let Some(read) = source.next().transpose() else { break };
                let failed = read.is_err();
                if parts.send((at, read)).is_err() || failed {
                    break;
                }
                at += 1;
            }
        });
        thread::scope(|scope| {
            for _ in 0..threads {
                let (results, to_do, ended) = (results.clone(), &to_do, &over);
                scope.spawn(move || {
                    loop {
                        let next = to_do.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(PAUSE);
                        let (at, part) = match next {
                            Ok(next) => next,
                            Err(mpsc::RecvTimeoutError::Timeout) if !ended.load(Ordering::Relaxed) => continue,
                            Err(_) => break,
                        };
                        let found = part.map(|part| {
                            let done = work(plan, &part, cancellation);
                            (part, done)
                        });
                        if results.send((at, found)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(results);
            let (mut next, mut early) = (0, BTreeMap::new());
            let mut ended = Ok(());
            'all: loop {
                let (at, found) = match done.recv_timeout(PAUSE) {
                    Ok(found) => found,
                    Err(mpsc::RecvTimeoutError::Timeout) if !cancellation.is_cancelled() => continue,
                    Err(_) => break,
                };
                early.insert(at, found);
                while let Some(found) = early.remove(&next) {
                    next += 1;
                    let _ = taken.try_recv();
                    match found {
                        Err(error) => ended = Err(Ended::Read(error)),
                        Ok((part, done)) => match self.take(&part, done) {
                            Ok(true) => continue,
                            Ok(false) => {}
                            Err(error) => ended = Err(Ended::Written(error)),
                        },
                    }
                    break 'all;
                }
            }
            // Whoever waits for room or for a part finds nobody there.
            over.store(true, Ordering::Relaxed);
            drop((done, taken));
            ended
        })
    }

    /// What stands before the first row.
    fn head(&mut self) -> io::Result<()> {
        if !self.plan.writes || self.plan.form == Form::Objects {
            return Ok(());
        }
        let plan = self.plan;
        let names = plan.kept.iter().map(|&at| plan.columns[at].as_str()).chain(plan.appended.iter().map(String::as_str));
        let line: Vec<String> = names.map(|name| cell(name, plan.divider)).collect();
        writeln!(self.output, "{}", line.join(&char::from(plan.divider).to_string()))
    }

    /// Writes what came of a part; false where nothing behind it is wanted.
    fn take(&mut self, part: &Part, done: Done) -> io::Result<bool> {
        self.rows += done.rows;
        self.blank += done.blank;
        self.missing += done.missing;
        self.not_finite += done.not_finite;
        self.bad += done.bad.len() as u64;
        let stops = done.stops(self.plan);
        for bad in &done.bad {
            if self.told.len() < TOLD {
                let column = if bad.column.is_empty() { String::new() } else { format!(", column `{}`", shortened(&bad.column)) };
                self.told.push(format!("{}:{}{column}: {}", self.name, bad.line, bad.reason));
            }
            if let Some(rejects) = &mut self.rejects {
                let raw = String::from_utf8_lossy(&bad.raw);
                let cells =
                    [bad.line.to_string(), bad.byte.to_string(), cell(&bad.column, b','), cell(&bad.reason, b','), cell(&raw, b',')];
                writeln!(rejects, "{}", cells.join(","))?;
            }
        }
        self.answered += done.answered;
        self.output.write_all(&done.text)?;
        self.output.flush()?;
        if let Err(most) = self.summed.take(done.groups) {
            self.told.push(format!("{} has more than {most} groups, and each takes memory; sort out fewer by another column", self.name));
            (self.stopped, self.crowded) = (true, true);
            return Ok(false);
        }
        if let Some((line, column)) = &done.stopped {
            self.told.push(format!("{}:{line}, column `{}`: the number is missing", self.name, shortened(column)));
        }
        self.stopped |= stops;
        self.progress.at_rows(part.start + part.bytes.len() as u64, self.rows);
        Ok(!stops)
    }

    /// Says what there is to say of the rows, and how the program ends.
    fn conclude(&mut self) -> Exit {
        self.progress.hide();
        let count = |count: u64, what: &str| format!("{count} row{} {what}", if count == 1 { "" } else { "s" });
        if self.stopped && !self.told.is_empty() {
            if self.crowded {
                self.told.iter().for_each(|told| report::message(&format!("error: {told}")));
                return Exit::Failed;
            }
            let flag = if self.bad > 0 { "--bad-rows" } else { "--missing" };
            for told in &self.told {
                report::message(&format!("error: {told}"));
            }
            report::message(&format!("`{flag} skip` leaves such rows out, `{flag} nan` keeps them with empty fields"));
            return Exit::Failed;
        }
        let mut notes = Vec::new();
        if self.bad > 0 {
            let fate = match self.flags.bad_rows {
                Fate::Nan if self.plan.writes => "kept with empty fields where they have no more than there are columns",
                _ => "left out",
            };
            notes.push(count(self.bad, &format!("bad, {fate}, such as {}", self.told.first().map_or("", |told| told))));
        }
        if self.missing > 0 {
            let fate = if self.flags.missing == Fate::Skip || !self.plan.writes { "left out" } else { "kept with empty fields" };
            notes.push(count(self.missing, &format!("with a number missing, {fate}")));
        }
        if self.not_finite > 0 {
            notes.push(count(self.not_finite, "with a value or a gradient that is not finite"));
        }
        if self.blank > 0 {
            notes.push(format!("{} empty line{} left out", self.blank, if self.blank == 1 { "" } else { "s" }));
        }
        for note in notes {
            report::remark("note", &note, None);
        }
        if self.answered > 0 && self.not_finite == self.answered { Exit::Failed } else { Exit::Well }
    }

    /// Writes what comes at the end.
    fn end(self) -> io::Result<()> {
        let Self { mut output, rejects, summed, plan, .. } = self;
        if !plan.writes {
            summed.write(&mut output)?;
        }
        output.flush()?;
        rejects.map_or(Ok(()), Output::keep)
    }
}

/// A text as a field.
fn cell(text: &str, divider: u8) -> String {
    if text.contains([char::from(divider), '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// A number as a field.
fn figure(number: Option<f64>) -> String {
    number.map_or(String::new(), shortest)
}
