//! The columns of a table as arrays: each of them whole, or not at all.
//!
//! Knows fields, numbers and which headers are names; what becomes of the names, the session knows.

use super::numbers::{Absent, is_too_small, number};
use super::plan::{Refused, header, kept, name, open, usage};
use super::table::{Part, Row, fields, rows};
use crate::binary::cli::{Arguments, described};
use crate::binary::{Exit, interrupt};
use crate::ground::text::shortened;
use crate::session::Session;
use crate::vocabulary::gate::shape_rules::MOST_NUMBERS;
use memchr::{memchr, memchr_iter};

/// The columns of a table.
#[derive(Debug, Default)]
pub struct Columns {
    /// How many rows the table has.
    pub rows: usize,
    /// The columns of numbers, in their order: the name and a number for each row.
    pub numbers: Vec<(String, Vec<f64>)>,
    /// The others: what each is called, and why it is not taken.
    pub others: Vec<(String, String)>,
    /// What is told of how numbers were read.
    pub notes: Vec<String>,
}

/// A column that is read.
struct Column {
    name: String,
    /// Its place in a row.
    at: usize,
    numbers: Vec<f64>,
    /// Why it is not taken.
    refused: Option<String>,
}

/// The columns of a table, of so many numbers at most.
///
/// # Errors
/// Where the table cannot be read, a row has another number of fields than the header, or there are more numbers.
pub fn columns(arguments: &Arguments, most: usize) -> Result<Columns, Refused> {
    let table = name(arguments);
    let cancellation = interrupt::listen();
    let (mut source, known) = open(arguments)?;
    known.tell_left_out();
    let (header, divider) = header(&mut source, arguments, &table)?;
    let absent = Absent::of(&arguments.rows.na);
    let kept = kept(&header, arguments.rows.keep.as_deref(), &table)?;
    if kept.is_empty() {
        return usage("`--keep none` leaves nothing to load; name the columns to load".to_owned());
    }
    if let Some(at) = kept.iter().enumerate().find_map(|(place, at)| kept[..place].contains(at).then_some(*at)) {
        return usage(format!("--keep names `{}` twice", shortened(&header[at])));
    }
    let mut found: Vec<Column> = Vec::new();
    for at in kept {
        let name = header[at].clone();
        let mut column = Column { name, at, numbers: Vec::new(), refused: None };
        if column.name.is_empty() {
            column.refuse("it has no name; give it one in the first line of the table".to_owned());
        } else if !Session::is_name(&column.name) {
            column.refuse("this is no name that an expression can speak of; rename it in the first line of the table".to_owned());
        }
        found.push(column);
    }
    let mut read = Columns::default();
    let (mut places, mut blank) = (Vec::with_capacity(header.len()), 0_u64);
    let unreadable = |error: std::io::Error| Refused(Exit::File, format!("cannot read {table}: {}", described(&error)));
    while let Some(part) = interrupt::while_waiting(|| source.next()).map_err(unreadable)? {
        if cancellation.is_cancelled() {
            return Err(Refused(Exit::Interrupted, String::new()));
        }
        let quoted = memchr(b'"', &part.bytes).is_some();
        for row in rows(&part.bytes, &[divider], quoted) {
            if row.start == row.end {
                blank += 1;
                continue;
            }
            let bytes = &part.bytes[row.start..row.end];
            fields(bytes, divider, quoted, &mut places);
            if places.len() != header.len() {
                let line = line_of(&part, row);
                let message = format!(
                    "nothing of {table} is loaded: line {line} has {} field{}, and its header names {}; mend that line",
                    places.len(),
                    if places.len() == 1 { "" } else { "s" },
                    header.len()
                );
                return Err(Refused(Exit::Failed, message));
            }
            read.rows += 1;
            for column in found.iter_mut().filter(|column| column.refused.is_none()) {
                let (from, to) = places[column.at];
                let field = &bytes[from..to];
                match number(field, &absent) {
                    Ok(Some(number)) => {
                        if number == 0.0 && is_too_small(field) && read.notes.is_empty() {
                            let field = shortened(&String::from_utf8_lossy(field));
                            let (line, name) = (line_of(&part, row), shortened(&column.name));
                            let note =
                                format!("numbers nearer to 0 than 5e-324 are read as 0, such as `{field}` of `{name}` in line {line}");
                            read.notes.push(note);
                        }
                        column.numbers.push(number);
                    }
                    Ok(None) => column.refuse(format!(
                        "line {} has no number there; write one, or ask `:rows`, which leaves that row empty",
                        line_of(&part, row)
                    )),
                    Err(reason) => column.refuse(format!("line {}: {reason}", line_of(&part, row))),
                }
            }
        }
        let taken = found.iter().filter(|column| column.refused.is_none()).count();
        if read.rows > MOST_NUMBERS || read.rows.saturating_mul(taken) > most {
            return Err(too_many(&table, most));
        }
    }
    for mut column in found {
        match column.refused {
            Some(why) if column.name.is_empty() => read.others.push((format!("column {}", column.at + 1), why)),
            Some(why) => read.others.push((format!("`{}`", shortened(&column.name)), why)),
            None => {
                column.numbers.shrink_to_fit();
                read.numbers.push((column.name, column.numbers));
            }
        }
    }
    if blank > 0 {
        read.notes.push(format!("{blank} empty line{} left out", if blank == 1 { "" } else { "s" }));
    }
    if read.rows == 0 {
        return Err(Refused(Exit::Failed, format!("{table} has no row behind its header, and nothing is loaded")));
    }
    known.conclude(read.numbers.iter().map(|(name, _)| name));
    Ok(read)
}

impl Column {
    /// It is not taken, and its numbers are given up.
    fn refuse(&mut self, why: String) {
        self.numbers = Vec::new();
        self.refused = Some(why);
    }
}

/// The line in which a row begins.
fn line_of(part: &Part, row: Row) -> u64 {
    part.line + memchr_iter(b'\n', &part.bytes[..row.start]).count() as u64
}

/// The table has more numbers than there is room for, or a column more than an array may have.
fn too_many(table: &str, most: usize) -> Refused {
    let help = "`--keep` loads some of its columns, `:rows` and `:summary` read any number of rows";
    let most = most.min(MOST_NUMBERS);
    Refused(
        Exit::Failed,
        format!("nothing of {table} is loaded: there is room for {most} numbers; {help}, and `:set budget` sets the room"),
    )
}

/// The flags that say which columns are read, and how.
const FLAGS: &[&str] = &["keep", "na", "delimiter", "no-header"];

/// Refuses a flag that says nothing of how columns are read.
///
/// # Errors
/// For any such flag.
pub fn only_of_columns<'f>(mut flags: impl Iterator<Item = &'f str>) -> Result<(), Refused> {
    let Some(other) = flags.find(|flag| !FLAGS.contains(flag)) else { return Ok(()) };
    let known: Vec<String> = FLAGS.iter().map(|flag| format!("--{flag}")).collect();
    usage(format!("`:load` of a table takes the flags {}, and no `--{}`", known.join(", "), shortened(other)))
}
