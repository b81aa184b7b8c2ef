//! A table of numbers in lines without brackets, as spreadsheets copy it: what it would be in the language.
//!
//! Knows lines and numbers; reads nothing as a matrix by itself, since a blank before a minus leaves two readings.

use crate::ground::Span;

/// The most numbers that are written out.
const MOST: usize = 12;

/// Rows of numbers that belong together.
#[derive(Debug)]
pub struct Table<'a> {
    /// The name that it is given to.
    name: &'a str,
    rows: Vec<Vec<&'a str>>,
}

/// The fields of a line of numbers, and the name before them with its `=`; none where anything else stands in it.
fn row(line: &str) -> Option<(Option<&str>, Vec<&str>)> {
    // Most lines are no numbers, which their signs tell.
    let is_of_numbers = |&byte: &u8| !byte.is_ascii() || byte.is_ascii_digit() || b" \t,;.+-eE\r\n".contains(&byte);
    if !line.bytes().rev().take_while(|&byte| byte != b'=').all(|byte| is_of_numbers(&byte)) {
        return None;
    }
    let (name, numbers) = match line.split_once('=') {
        Some((name, numbers)) => (Some(name.trim()), numbers),
        None => (None, line),
    };
    let numbers = numbers.trim();
    let is_name = |name: &str| name.starts_with(|c: char| c.is_alphabetic()) && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if name.is_some_and(|name| !is_name(name)) {
        return None;
    }
    // A comma beside another divider may be that of decimals.
    let commas = numbers.matches(',').count();
    let decimal =
        commas > 0 && (numbers.contains(['\t', ';']) || commas == 1 || numbers.contains(' ') && numbers.matches(", ").count() < commas);
    if decimal {
        return None;
    }
    let fields: Vec<&str> = numbers.split([' ', '\t', ',', ';']).filter(|field| !field.is_empty()).collect();
    let is_number = |field: &&str| field.replace('\u{2212}', "-").parse::<f64>().is_ok_and(f64::is_finite);
    fields.iter().all(is_number).then_some((name, fields))
}

/// How many numbers a line of a table has that is no statement by itself; 0 of the line that names it.
pub fn columns(line: &str) -> Option<usize> {
    let (name, fields) = row(line)?;
    // `1 -2` is a difference.
    let is_signed = |field: &&str| field.starts_with(['+', '-', '\u{2212}']);
    let is_row = fields.len() > 1 && (line.contains('\t') || !fields[1..].iter().all(is_signed));
    (is_row || name.is_some() && fields.is_empty()).then_some(fields.len())
}

/// Whether a line goes on with a table whose lines have so many numbers.
pub fn goes_on(line: &str, columns: usize) -> bool {
    row(line).is_some_and(|(name, fields)| name.is_none() && fields.len() > 1 && (columns == 0 || fields.len() == columns))
}

impl<'a> Table<'a> {
    /// The table that a place in a text belongs to: rows of as many numbers, two at least, and the line that names it.
    pub fn around(text: &'a str, at: Span) -> Option<Self> {
        let start = text[..at.start as usize].rfind('\n').map_or(0, |end| end + 1);
        let (mut name, mut first) = row(text[start..].lines().next()?)?;
        let mut rows = Vec::new();
        let fits =
            |rows: &[Vec<&str>], fields: &[&str]| fields.len() > 1 && rows.first().is_none_or(|row: &Vec<&str>| row.len() == fields.len());
        if !first.is_empty() {
            rows.push(std::mem::take(&mut first));
        }
        let mut above = text[..start].lines().rev();
        while name.is_none() {
            let Some((named, fields)) = above.next().and_then(row) else { break };
            if fits(&rows, &fields) {
                rows.insert(0, fields);
            } else if !fields.is_empty() || named.is_none() {
                break;
            }
            name = named;
        }
        for line in text[start..].lines().skip(1) {
            match row(line) {
                Some((None, fields)) if fits(&rows, &fields) => rows.push(fields),
                _ => break,
            }
        }
        let long = rows.first().is_some_and(|row| row.len() > 1);
        long.then_some(Self { name: name.unwrap_or("X"), rows })
    }

    /// How many rows it has.
    pub fn height(&self) -> usize {
        self.rows.len()
    }

    /// How it is written.
    pub fn advice(&self) -> String {
        let Self { name, rows } = self;
        let row = |row: &Vec<&str>| row.join(", ");
        let columns = rows[0].len();
        let shown = if columns > MOST { 0 } else { rows.len().min(MOST / columns) };
        let mut list: Vec<String> = rows[..shown].iter().map(row).collect();
        if shown < rows.len() {
            list.push("...".to_owned());
        }
        let what = if rows.len() == 1 { "a vector" } else { "a matrix" };
        format!("{what} stands in brackets, `{name} = [{}]`, or in a file, `{name} = load(\"table.txt\")`", list.join("; "))
    }
}
