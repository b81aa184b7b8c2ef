//! From flags and a header to what is asked of every row, all of which is checked before the first.
//!
//! Knows flags, columns by their names and the session that gives the stages; evaluates no row.

use super::asked::{Wishes, asked};
use super::flags::At;
use super::grid::Grid;
use super::known::{Known, Length};
use super::numbers::Absent;
use super::packed::{Metered, Packing, unpacked};
use super::table::{Source, Waits, divider, fields, said};
use super::work::{Form, Plan, TOLD};
use crate::binary::cli::{Arguments, described};
use crate::binary::job::Job;
use crate::binary::paint::Painter;
use crate::binary::{Exit, interrupt, report};
use crate::calculus::rows::{Given, Rows};
use crate::forms::StageId;
use crate::forms::parse::tokens::{self, Kind};
use crate::ground::text::{nearest, one_line, shortened};
use crate::ground::{Shape, Value, number, value};
use crate::session::Session;
use crate::views::{self, Answer};
use crate::vocabulary::{Gate, language_constant, unit};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io;
#[cfg(unix)]
use std::os::fd::AsFd;
use std::sync::Arc;

/// Why nothing was done.
#[derive(Debug)]
pub struct Refused(pub Exit, pub String);

pub fn usage<T>(message: String) -> Result<T, Refused> {
    Err(Refused(Exit::Usage, message))
}

/// What the table is called in a message.
pub fn name(arguments: &Arguments) -> String {
    match &arguments.rows.rows {
        Some(path) if path.as_os_str() == "-" => "stdin".to_owned(),
        Some(path) => one_line(&path.display().to_string()).into_owned(),
        None => "the grid".to_owned(),
    }
}

/// The table, and what is known of it.
pub fn open(arguments: &Arguments) -> Result<(Source, Known), Refused> {
    let Some(path) = &arguments.rows.rows else {
        let Some(grid) = Grid::of(arguments.rows.axes.clone()) else {
            return usage("the grid has more points than can be counted".to_owned());
        };
        let length = Length::Rows(grid.points() as u64);
        return Ok((Source::new(Box::new(grid)), Known::long(Some(length))));
    };
    let is_stdin = path.as_os_str() == "-";
    let shown = if is_stdin { name(arguments) } else { format!("`{}`", name(arguments)) };
    let unreadable = |error: &io::Error| {
        let exit = if error.kind() == io::ErrorKind::Unsupported { Exit::Usage } else { Exit::File };
        Refused(exit, format!("cannot read {shown}: {}", described(error)))
    };
    // A summary is made part by part, and should not depend on when they come.
    let hands_on = !arguments.rows.summary;
    if is_stdin {
        let (from, packed) = interrupt::while_waiting(|| unpacked(Box::new(io::stdin()), None)).map_err(|error| unreadable(&error))?;
        let mut source = Source::new(from);
        if hands_on && !packed {
            source.hand_on(waits(io::stdin()));
        }
        return Ok((source, Known::default()));
    }
    let ending = path.extension().and_then(|ending| Packing::of_ending(ending.to_str()?));
    let opened = File::open(path).and_then(|#[cfg_attr(not(feature = "parquet"), expect(unused_mut))] mut file| {
        let known = file.metadata()?;
        if known.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        #[cfg(feature = "parquet")]
        if super::parquet::is_one(&mut file)? {
            let (from, typed) = super::parquet::open(file)?;
            return Ok((Source::new(from), Known { typed: Some(typed), ..Known::default() }));
        }
        let waits = if hands_on && !known.is_file() { Some(waits(file.try_clone()?)) } else { None };
        let (file, read) = Metered::of(file);
        let (from, packed) = interrupt::while_waiting(|| unpacked(Box::new(file), ending))?;
        // How long it is unpacked is not known.
        let length = if packed { Length::Packed(known.len(), read) } else { Length::Bytes(known.len()) };
        let mut source = Source::new(from);
        if let Some(waits) = waits.filter(|_| !packed) {
            source.hand_on(waits);
        }
        Ok((source, Known::long(known.is_file().then_some(length))))
    });
    opened.map_err(|error| unreadable(&error))
}

/// Tells whether nothing is there to be read from what is no regular file.
#[cfg(unix)]
fn waits(from: impl AsFd + Send + 'static) -> Waits {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    Box::new(move || matches!(poll(&mut [PollFd::new(&from, PollFlags::IN)], Some(&at_once)), Ok(0)))
}

#[cfg(not(unix))]
fn waits<T>(_from: T) -> Waits {
    Box::new(|| false)
}

/// The names of the columns, and what divides them.
pub fn header(source: &mut Source, arguments: &Arguments, name: &str) -> Result<(Vec<String>, u8), Refused> {
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
    if first.starts_with(b"{") && serde_json::from_slice::<serde_json::Value>(&first).is_ok() {
        let help = "write it as CSV, as by `duckdb -csv -c \"FROM 'FILE.json'\"`";
        return Err(Refused(Exit::Failed, format!("{name} holds objects of JSON, and rows are read from fields; {help}")));
    }
    if first.contains(&b'\r') && !first.contains(&b'"') {
        let help = "save it with line ends of Unix or Windows";
        return Err(Refused(Exit::Failed, format!("the lines of {name} end in a lone carriage return; {help}")));
    }
    if std::str::from_utf8(&first).is_err() {
        let help = "names of columns are text; convert it, as by `iconv -f latin1 -t utf-8`";
        return Err(Refused(Exit::Failed, format!("the first line of {name} is no UTF-8; {help}")));
    }
    let mut found = Vec::new();
    let divider = given.unwrap_or_else(|| divider(&first));
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

/// The names between commas; one that holds a comma stands in quotation marks, as in a table.
pub fn split(words: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), words);
    loop {
        rest = rest.trim_start();
        let mut quoted = false;
        let marks = rest.starts_with('"');
        let end = rest.find(|c| {
            quoted ^= marks && c == '"';
            c == ',' && !quoted
        });
        let word = rest[..end.unwrap_or(rest.len())].trim_end();
        found.push(String::from_utf8_lossy(&said(word.as_bytes())).into_owned());
        let Some(end) = end else { return found };
        rest = &rest[end + 1..];
    }
}

/// What to do where a word of the expression may be meant as columns that it cannot name: one whose name is none of the language, or an
/// array whose elements are counted from 1.
fn hint_of_columns(word: &str, columns: &[String]) -> String {
    let flat = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let unwritable = columns.iter().filter(|column| !Session::is_name(column) && !column.contains('['));
    let near = unwritable.into_iter().find(|column| {
        flat(column) == flat(word)
            || column.split(|c: char| !c.is_alphanumeric()).any(|part| part == word)
            || nearest(word, std::iter::once(column.as_str())).is_some()
    });
    if let Some(column) = near {
        return format!("; `{}` is no name that an expression can speak of: rename it in the first line of the table", shortened(column));
    }
    let element = |number: usize| columns.iter().find(|column| **column == format!("{word}{number}")).map(|column| shortened(column));
    let elements: Vec<String> = (1..).map_while(element).collect();
    if elements.is_empty() {
        return String::new();
    }
    let listed = if elements.len() > 4 {
        format!("{}, ..., {}", elements[..2].join(", "), elements[elements.len() - 1])
    } else {
        elements.join(", ")
    };
    format!("; columns are the elements of an array where they are counted from 0, `{word}0`: rename them, or write `[{listed}]`")
}

/// What stands twice among some names.
fn twice<'a>(names: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    let mut known = HashSet::new();
    names.into_iter().find(|name| !known.insert(*name))
}

/// The place of the column that a flag names.
fn column_of(columns: &[String], word: &str, flag: &str, name: &str) -> Result<usize, Refused> {
    let word = word.trim();
    columns.iter().position(|column| column == word).ok_or_else(|| {
        let near = nearest(word, columns.iter().map(String::as_str)).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        Refused(Exit::Usage, format!("{flag}: `{}` is no column of {name}{near}", shortened(word)))
    })
}

/// The columns that `--keep` asks for.
pub fn kept(columns: &[String], keep: Option<&str>, name: &str) -> Result<Vec<usize>, Refused> {
    let column = |word: &str| column_of(columns, word, "--keep", name);
    match keep {
        None => Ok((0..columns.len()).collect()),
        Some("none") => Ok(Vec::new()),
        Some(word) if columns.iter().any(|column| column == word) => Ok(vec![column(word)?]),
        Some(words) => split(words).iter().map(|word| column(word)).collect(),
    }
}

/// What is asked of every row, all of which is checked before the first.
pub fn plan(mut session: Session, arguments: &Arguments, columns: Vec<String>, divider: u8, name: &str) -> Result<Plan, Refused> {
    let flags = &arguments.rows;
    let column = |word: &str, flag: &str| column_of(&columns, word, flag, name);
    let kept = kept(&columns, flags.keep.as_deref(), name)?;
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
    let texts = spoken_of(arguments);
    let wishes = Wishes::of(&mut session, flags, &|name| !arguments.files.is_empty() || texts.contains(&name))?;
    let replaced = replaced(&mut session, &columns);
    let (answer, exit) = answered(session, arguments, &columns)?;
    let Some(answer) = answer.filter(|_| exit == Exit::Well) else {
        let message = "there is no expression to evaluate; end in one, such as `gradcalc 'x^2' --rows data.csv`";
        return Err(Refused(exit.max(Exit::Failed), if exit == Exit::Well { message.to_owned() } else { String::new() }));
    };
    shadowed(&answer, &columns, name)?;
    let (given, used) = inputs(&answer, arguments, &columns, name)?;
    tell_columns(&answer, &columns, &replaced, name);
    let asked = asked(&answer, wishes, flags, (given, used), &columns, name)?;
    let prefix = flags.prefix.as_deref().unwrap_or_default();
    let appended: Vec<String> = asked.names.iter().map(|name| format!("{prefix}{name}")).collect();
    if let Some(name) = twice(appended.iter()) {
        return usage(format!("two new columns are called `{}`; ask for each once", shortened(name)));
    }
    if flags.summary && flags.keep.is_some() {
        return usage(
            "`--keep` is for rows that are written, and a summary has none; leave it out, or part the summary with `--by`".to_owned(),
        );
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
    let rows = Rows::new(asked.program, asked.given, asked.numbers);
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
        used: asked.used,
        deviations: asked.deviations,
        kept,
        appended,
        divider,
        missing: flags.missing,
        bad: flags.bad_rows,
        most_told: TOLD,
        absent: Absent::of(&flags.na),
        form,
        digits: digits.unwrap_or_default(),
        writes: !flags.summary,
        by,
        weights,
        at_means: flags.at == Some(At::Means),
        inference: asked.inference,
        formulas: asked.formulas,
    };
    Ok(plan)
}

/// The columns and arrays of them that a session has given values, which hold no longer, and these as texts.
fn replaced(session: &mut Session, columns: &[String]) -> Vec<(String, String)> {
    // A column that was loaded is an array in the session, and one number in a row.
    let whole = columns.iter().map(|column| (column.clone(), None));
    let names = whole.chain(arrays(columns).into_iter().map(|(name, places)| (name, Some(places.len()))));
    let mut found = Vec::new();
    for (name, count) in names {
        let fits = |value: &&Value| count.is_none_or(|count| value.numbers().len() == count);
        let Some(shape) = session.input_value(&name).filter(fits).map(Value::shape) else { continue };
        let text = session.meaning_of(&name).unwrap_or_default();
        let nothing = Value::Number(f64::NAN);
        session.bind_value(&name, if count.is_some() { nothing.repeated(shape) } else { nothing });
        found.push((name, text));
    }
    found
}

/// Says which columns of a table an answer takes in the place of what their names stood for before.
fn tell_columns(answer: &Answer, columns: &[String], replaced: &[(String, String)], name: &str) {
    for (column, value) in replaced.iter().filter(|(column, _)| takes(answer, column)) {
        report::remark("note", &format!("`{}` is the column of {name} here, and not {value} as before", shortened(column)), None);
    }
    let known = |column: &String| replaced.iter().any(|(replaced, _)| replaced == column);
    for column in columns.iter().filter(|column| takes(answer, column) && !known(column)) {
        let what = if language_constant(column).is_some() {
            "constant"
        } else if unit(column).is_some() {
            "unit"
        } else {
            continue;
        };
        report::remark("note", &format!("`{column}` is the column of {name} here, and not the {what}"), None);
    }
}

/// Whether an answer has an input of some name.
fn takes(answer: &Answer, name: &str) -> bool {
    answer.program.inputs().iter().any(|input| answer.symbols.name(input.name) == name)
}

/// The answer that is asked of every row, without values; columns `x0`, `x1`, ... or `x[0]`, `x[1]`, ... are an array `x`, and one called as a
/// constant of the language is an input all the same.
fn answered(mut session: Session, arguments: &Arguments, columns: &[String]) -> Result<(Option<Arc<Answer>>, Exit), Refused> {
    let bound = |name: &str| arguments.bindings.iter().any(|(bound, _)| bound == name);
    if let Some(column) = columns.iter().find(|column| bound(column)) {
        return usage(format!("`{column}` is a column of the table, and is given a value; leave one of them out"));
    }
    let texts = spoken_of(arguments);
    let spoken = |name: &str| !arguments.files.is_empty() || texts.contains(&name);
    for column in columns.iter().filter(|column| language_constant(column).is_some() && spoken(column)) {
        session.bind_value(column, Value::Number(1.0));
    }
    // A column that is called as a function is meant where no bracket follows; one that is called as a unit, everywhere.
    let is_other = |column: &str| unit(column).is_some() || Gate::named(column).is_some() && texts.contains(&column);
    for column in columns.iter().filter(|column| is_other(column) && spoken(column) && Session::is_name(column)) {
        session.bind_value(column, Value::Number(f64::NAN));
    }
    for (name, places) in arrays(columns) {
        let free = !columns.contains(&name) && !bound(&name) && session.input_value(&name).is_none();
        if free && spoken(&name) && Session::is_name(&name) {
            let shape = Shape::from_dims(&[places.len()]).unwrap_or(Shape::Scalar);
            session.bind_value(&name, Value::Number(1.0).repeated(shape));
        }
    }
    session.settings.view = &views::ROWS;
    // What is shown of an answer stands in rows; anything else is a message.
    let mut messages = io::stderr();
    let mut job = Job::new(session, Painter::new(&mut messages, false), false, arguments);
    job.columns = columns.to_vec();
    job.run(arguments);
    job.flush();
    if let (Exit::Well, 2.., Some(answer)) = (job.exit, job.kept(), job.answered()) {
        let message =
            format!("of {} expressions the last one is evaluated in each row, `{}`", job.kept(), shortened(&one_line(&answer.expression)));
        report::remark("note", &message, None);
    }
    Ok((job.answered(), job.exit))
}

/// No stage that the answer depends on is called as a column: which of them is meant would not be seen.
fn shadowed(answer: &Answer, columns: &[String], name: &str) -> Result<(), Refused> {
    let stages = (0..answer.forward).map(StageId::new).filter(|&id| id != answer.output && answer.program.input(id).is_none());
    for id in stages {
        let word = answer.program.name(id).map(|name| answer.symbols.name(name));
        if let Some(word) = word.filter(|word| columns.iter().any(|column| column == word)) {
            return usage(format!("`{word}` is a column of {name}, and a stage of the text; give one of them another name"));
        }
    }
    Ok(())
}

/// The names that stand in the expressions of the command line.
fn spoken_of(arguments: &Arguments) -> Vec<&str> {
    let names = |text: &'_ String| tokens::all(text).into_iter().filter(|token| token.kind == Kind::Name).map(|token| token.span);
    arguments.expressions.iter().flat_map(|text| names(text).map(|span| span.of(text))).collect()
}

/// The arrays that columns are the elements of, and which columns those are, in their order; none of which an element stands twice.
pub fn arrays(columns: &[String]) -> BTreeMap<String, Vec<usize>> {
    let whole = |places: &BTreeMap<usize, Vec<usize>>| places.len() > 1 && places.keys().copied().eq(0..places.len());
    let once = |places: &BTreeMap<usize, Vec<usize>>| places.values().all(|places| places.len() == 1);
    let found = elements(columns).into_iter().filter(|(_, places)| whole(places) && once(places));
    found.map(|(name, places)| (name, places.into_values().flatten().collect())).collect()
}

/// The columns that are elements of arrays, as `x0` and `x[0]` are, by the array's name and the element's number.
fn elements(columns: &[String]) -> BTreeMap<String, BTreeMap<usize, Vec<usize>>> {
    let base = |column: &str| -> Option<(String, usize)> {
        let plain = column.trim_end_matches(|c: char| c.is_ascii_digit());
        let bracketed = column.strip_suffix(']').and_then(|rest| rest.split_once('['));
        let (name, number) = bracketed.unwrap_or((plain, &column[plain.len()..]));
        // `x01` is a name of its own.
        let at: usize = number.parse().ok().filter(|at: &usize| at.to_string() == number)?;
        (!name.is_empty()).then(|| (name.to_owned(), at))
    };
    let mut found: BTreeMap<String, BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
    for (place, column) in columns.iter().enumerate() {
        if let Some((name, at)) = base(column) {
            found.entry(name).or_default().entry(at).or_default().push(place);
        }
    }
    found
}

/// What each input is given, and the columns that are used.
fn inputs(answer: &Answer, arguments: &Arguments, columns: &[String], name: &str) -> Result<(Vec<Given>, Vec<usize>), Refused> {
    let program = &answer.program;
    let arrays = arrays(columns);
    let known: HashMap<&str, usize> = columns.iter().enumerate().map(|(at, column)| (column.as_str(), at)).collect();
    let (mut used, mut places): (Vec<usize>, HashMap<usize, usize>) = (Vec::new(), HashMap::new());
    let asked: HashSet<&str> = program.inputs().iter().map(|input| answer.symbols.name(input.name)).collect();
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
        } else if let Some(elements) = arrays.get(word).filter(|elements| !shape.is_scalar() && shape.size() == elements.len()) {
            if bound {
                let [first, last] = [0, elements.len() - 1].map(|at| shortened(&columns[elements[at]]));
                return usage(format!(
                    "`{word}` is given a value, and the columns `{first}` to `{last}` of {name} are its elements; leave one of them out"
                ));
            }
            whole.push(word);
            given.push(Given::Columns(shape, elements.iter().map(|&column| place(column)).collect()));
        } else if has_value || bound {
            if let Some(elements) = arrays.get(word).filter(|elements| elements.iter().all(|&at| !asked.contains(&*columns[at]))) {
                let [first, last] = [0, elements.len() - 1].map(|at| shortened(&columns[elements[at]]));
                let value = shortened(&value::written(shape, value.numbers(), number::shortest));
                let message = format!("`{word}` is {value} in each row, and not the array of the columns `{first}` to `{last}` of {name}");
                report::remark("note", &message, None);
            }
            given.push(Given::Value(value));
        } else if let Some(places) = elements(columns).get(word).and_then(|places| places.values().find(|places| places.len() > 1).cloned())
        {
            let [first, second] = [places[0], places[1]].map(|at| shortened(&columns[at]));
            return usage(format!(
                "the columns `{first}` and `{second}` of {name} are the same element of `{word}`; give one of them another name"
            ));
        } else {
            let near = nearest(word, columns.iter().map(String::as_str)).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            let list: Vec<String> = columns.iter().take(8).map(|column| format!("`{}`", shortened(column))).collect();
            let more = if columns.len() > list.len() { ", ..." } else { "" };
            let hint = hint_of_columns(word, columns);
            let near = if hint.is_empty() { near } else { String::new() };
            let message =
                format!("`{word}` is no column of {name}, and has no value{near}; its columns are {}{more}{hint}", list.join(", "));
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
