//! Tables of numbers as text: comma-separated values and their like, read into a vector or a matrix.
//!
//! Knows the text of a file and not the file; the crate csv knows quotes and line ends. No line and no field is left out
//! in silence: a first line is a header only where it can be nothing else.

use crate::ground::budget::Unloaded;
use crate::ground::text::shortened;
use crate::ground::{Shape, Value};
use crate::vocabulary::gate::shape_rules::MOST_NUMBERS;
use std::borrow::Cow;

/// Words for a number that is missing or not finite, which name no column.
const NO_NAMES: &[&str] = &["na", "n/a", "nan", "null", "none", "inf", "infinity"];

/// The numbers of a table, and what should be said of how they were read.
#[derive(Debug)]
pub struct Table {
    /// A vector where the table has one column, a matrix otherwise.
    pub value: Value,
    /// Sentences for people.
    pub notes: Vec<String>,
}

const QUOTE: u8 = b'"';

/// The signs that may divide the fields of a table, those that are likelier first.
pub const DIVIDERS: &[u8] = b";,\t|";

/// What divides the fields of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Divider {
    Byte(u8),
    /// One or more blanks and tabs.
    Blanks,
}

/// What has been read so far.
#[derive(Default)]
struct Taken {
    numbers: Vec<f64>,
    rows: usize,
    columns: usize,
    /// How many columns a header names.
    named: Option<usize>,
    decimals: Decimals,
    notes: Vec<String>,
}

/// How the numbers of a table are written: all with a decimal point, or all with a comma.
#[derive(Debug, Default)]
pub struct Decimals {
    /// The first field with a comma, and the first with a point.
    comma: Option<String>,
    point: Option<String>,
}

impl Decimals {
    /// The number of a field; none where it is no number.
    ///
    /// # Errors
    /// What to say where some have a comma and others a point.
    pub fn number(&mut self, field: &[u8]) -> Result<Option<f64>, String> {
        let shown = || shortened(&String::from_utf8_lossy(field));
        let decimal = decimal_comma(field);
        let Some(number) = parsed(decimal.as_deref().unwrap_or(field)) else { return Ok(None) };
        if decimal.is_some() {
            self.comma.get_or_insert_with(shown);
        } else if field.contains(&b'.') {
            self.point.get_or_insert_with(shown);
        }
        if let (Some(comma), Some(point)) = (&self.comma, &self.point) {
            return Err(format!("`{comma}` has a decimal comma and `{point}` a decimal point; write all numbers in one way"));
        }
        Ok(Some(number))
    }

    /// What should be said of it.
    pub fn note(&self) -> Option<String> {
        let comma = self.comma.as_ref()?;
        Some(format!("commas are read as decimal commas: `{comma}` is {}", comma.replacen(',', ".", 1)))
    }
}

/// Reads lines of numbers, divided by semicolons, commas, tabs, bars or blanks, whichever the first line has. A first line
/// whose every field is a name is a header; lines that begin with `#` are left out. One column is a vector. Where commas
/// divide nothing, they are decimal commas.
///
/// # Errors
/// What is wrong with the text, in which line and column; or that it holds more than `most` numbers.
pub fn read(bytes: &[u8], most: usize) -> Result<Table, Unloaded> {
    let bytes = text(bytes).map_err(unreadable)?;
    let mut lines = bytes.split(|&byte| matches!(byte, b'\n' | b'\r')).filter(|line| is_content(line));
    let (first, second) = (lines.next().unwrap_or_default(), lines.next());
    let divider = divider(first);
    let mut taken = Taken::default();
    let mut header = is_header(&fields(first, divider), second);
    let most = most.min(MOST_NUMBERS);
    let plain = taken.plain_lines(bytes, first, divider, header, most)?;
    header &= plain == 0;
    let before = count_of(b'\n', &bytes[..plain]);
    let bytes = &bytes[plain..];
    let (bytes, delimiter) = divided(bytes, divider);
    if let Some((at, why)) = misquoted(&bytes, delimiter) {
        return Err(unreadable(format!("line {}: {why}", before + count_of(b'\n', &bytes[..at]) + 1)));
    }
    // A first record of several lines is known when it is read.
    let broken_header = count_of(QUOTE, first) % 2 == 1;
    let mut reader = reader(&bytes, delimiter);
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| unreadable(error.to_string()))? {
        if record.len() == 1 && record[0].is_empty() {
            continue;
        }
        if std::mem::take(&mut header) && (!broken_header || record.iter().all(is_name)) {
            taken.named = Some(record.len());
        } else {
            let start = record.position().map_or(0, csv::Position::byte) as usize;
            taken.row(&record, &|| before + line_at(&bytes, start), most)?;
        }
    }
    taken.table()
}

/// A line of a table that names what stands in it.
#[derive(Debug)]
pub struct Fields {
    /// Where it begins, counted from 1.
    pub line: u64,
    /// What its fields say.
    pub fields: Vec<String>,
}

/// Reads the lines of a table, whatever their fields say; those that are empty and those that begin with `#` are left out.
///
/// # Errors
/// What is wrong with the text, and in which line.
pub fn fields_of(bytes: &[u8]) -> Result<Vec<Fields>, String> {
    let bytes = text(bytes)?;
    let first = bytes.split(|&byte| matches!(byte, b'\n' | b'\r')).find(|line| is_content(line)).unwrap_or_default();
    let (bytes, delimiter) = divided(bytes, divider(first));
    if let Some((at, why)) = misquoted(&bytes, delimiter) {
        return Err(format!("line {}: {why}", count_of(b'\n', &bytes[..at]) + 1));
    }
    let mut found = Vec::new();
    for record in reader(&bytes, delimiter).byte_records() {
        let record = record.map_err(|error| error.to_string())?;
        if !(record.len() == 1 && record[0].is_empty()) {
            let start = record.position().map_or(0, csv::Position::byte) as usize;
            let fields = record.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect();
            found.push(Fields { line: line_at(&bytes, start), fields });
        }
    }
    Ok(found)
}

/// What makes text of a file that is none.
#[derive(Clone, Copy, Debug)]
pub enum Unpacked {
    /// A command that writes it to stdout, behind which stands the name of the file.
    By(&'static str),
    /// What to do.
    Else(&'static str),
}

/// How files begin that are no text, what they are, and what makes text of them.
pub const FORMATS: &[(&[u8], &str, Unpacked)] = &[
    (b"\x1f\x8b", "packed by gzip", Unpacked::By("gzip -dc")),
    (b"\x28\xb5\x2f\xfd", "packed by zstd", Unpacked::By("zstd -dc")),
    (b"\xfd7zXZ\0", "packed by xz", Unpacked::By("xz -dc")),
    (b"BZh", "packed by bzip2", Unpacked::By("bzip2 -dc")),
    (b"PK\x03\x04", "a ZIP archive or a workbook", Unpacked::Else("unpack it, or save it as CSV")),
    (b"PAR1", "Parquet", Unpacked::Else("write it as CSV, as by `duckdb -csv -c \"FROM 'FILE'\"`")),
    (b"ARROW1", "Arrow", Unpacked::Else("write it as CSV, as by `df.to_csv`")),
    (b"\x93NUMPY", "an array of NumPy", Unpacked::Else("write it as text, as by `np.savetxt(FILE, array)`")),
];

/// The bytes of a text, without the sign of UTF-8 before it.
fn text(bytes: &[u8]) -> Result<&[u8], String> {
    if let Some((_, what, unpacked)) = FORMATS.iter().find(|(begins, ..)| bytes.starts_with(begins)) {
        return Err(match unpacked {
            Unpacked::By(command) => format!("it is {what}; unpack it first, as by `{command} FILE > TEXT`"),
            Unpacked::Else(help) => format!("it is {what}; {help}"),
        });
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("it is written in UTF-16; save it as UTF-8".to_owned());
    }
    Ok(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes))
}

/// A text whose fields one sign divides, and that sign.
fn divided(bytes: &[u8], divider: Divider) -> (Cow<'_, [u8]>, u8) {
    match divider {
        Divider::Byte(byte) => (Cow::Borrowed(bytes), byte),
        Divider::Blanks => (Cow::Owned(with_tabs(bytes)), b'\t'),
    }
}

fn reader(bytes: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter)
        .comment(Some(b'#'))
        .from_reader(bytes)
}

impl Taken {
    /// Takes lines of plain numbers, as long as they are such and as many as those before, and gives where the first other one begins: a
    /// line of which something is to be said, or that the crate csv is to read.
    ///
    /// # Errors
    /// Where there are more than `most` numbers.
    fn plain_lines(&mut self, bytes: &[u8], first: &[u8], divider: Divider, header: bool, most: usize) -> Result<usize, Unloaded> {
        let mut at = 0;
        if header {
            at = bytes.split_inclusive(|&byte| byte == b'\n').take_while(|line| !is_content(line)).map(<[u8]>::len).sum();
            let line = bytes[at..].split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default();
            // A quotation mark may hold the end of the line, and other ends of lines are the crate's.
            let open = count_of(QUOTE, first) % 2 == 1;
            if open || line.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line)) != Some(first) {
                return Ok(0);
            }
            at += line.len();
            self.named = Some(fields(first, divider).len());
        }
        while at < bytes.len() {
            let before = self.numbers.len();
            let Some(len) = plain_line(&bytes[at..], divider, &mut self.numbers) else { break };
            let count = self.numbers.len() - before;
            if before == 0 && count > 0 {
                // As many numbers as there are where all lines are as long as the first, and some more.
                self.numbers.reserve(((bytes.len() - at) / len + 1).saturating_mul(count).min(most) / 16 * 17);
            }
            let wanted = if self.rows > 0 { Some(self.columns) } else { self.named };
            if count > 0 && wanted.is_some_and(|wanted| wanted != count) {
                self.numbers.truncate(before);
                break;
            }
            if self.numbers.len() > most {
                return Err(Unloaded::TooMany(most));
            }
            if count > 0 {
                (self.rows, self.columns) = (self.rows + 1, count);
                let line = &bytes[at..at + len];
                if self.decimals.point.is_none() && line.contains(&b'.') {
                    let fields = fields(line.trim_ascii(), divider);
                    self.decimals.point =
                        fields.into_iter().find(|field| field.contains(&b'.')).map(|field| shortened(&String::from_utf8_lossy(field)));
                }
            }
            at += len;
        }
        Ok(at)
    }

    /// Takes the numbers of a line, which is the one that `line` counts.
    fn row(&mut self, record: &csv::ByteRecord, line: &dyn Fn() -> u64, most: usize) -> Result<(), Unloaded> {
        // Of a first line that is no header because of one field, that field is blamed.
        let stray = |field: &[u8]| parsed(field).is_none() && decimal_comma(field).is_none() && !is_name(field);
        if let Some(at) = record.iter().position(stray).filter(|_| self.rows == 0) {
            let why = self.no_number(&shortened(&String::from_utf8_lossy(&record[at])));
            return Err(unreadable(format!("line {}, column {}: {why}", line(), at + 1)));
        }
        for (at, field) in record.iter().enumerate() {
            let place = || format!("line {}, column {}", line(), at + 1);
            let number = self.number(field, &place).map_err(|why| unreadable(format!("{}: {why}", place())))?;
            self.numbers.push(number);
        }
        let count = record.len();
        if let Some(named) = self.named.filter(|&named| named != count && self.rows == 0) {
            return Err(unreadable(format!("its header names {named} columns, and line {} has {}", line(), numbers(count))));
        }
        if self.rows > 0 && count != self.columns {
            return Err(unreadable(format!("line {} has {}, and the lines before it have {}", line(), numbers(count), self.columns)));
        }
        if self.numbers.len() > most {
            return Err(Unloaded::TooMany(most));
        }
        (self.rows, self.columns) = (self.rows + 1, count);
        Ok(())
    }

    /// The number of a field, or why it has none.
    fn number(&mut self, field: &[u8], place: &dyn Fn() -> String) -> Result<f64, String> {
        let shown = || shortened(&String::from_utf8_lossy(field));
        let Some(number) = self.decimals.number(field)? else { return Err(self.no_number(&shown())) };
        let written = String::from_utf8_lossy(field);
        if number.is_infinite() && written.contains(|c: char| c.is_ascii_digit()) {
            return Err(format!("`{}` is larger than the largest number, 1.8e308", shown()));
        }
        let digits = written.split(['e', 'E']).next().unwrap_or_default();
        if number == 0.0 && digits.contains(|c: char| matches!(c, '1'..='9')) && self.notes.is_empty() {
            self.notes.push(format!("{}: `{}` is smaller than the smallest number, and is read as 0", place(), shown()));
        }
        Ok(number)
    }

    /// What is said of a field that is no number.
    fn no_number(&self, field: &str) -> String {
        let missing = field.is_empty() || NO_NAMES.contains(&field.to_lowercase().as_str());
        let mut advice = Vec::new();
        if missing {
            advice.push("write `nan` for a number that is missing");
        }
        if self.rows == 0 && self.named.is_none() {
            advice.push("a line that names the columns begins with `#`, or has every name in quotation marks");
        }
        let advice: String = advice.iter().flat_map(|advice| ["; ", advice]).collect();
        format!("`{field}` is no number{advice}")
    }

    fn table(mut self) -> Result<Table, Unloaded> {
        self.notes.extend(self.decimals.note());
        let dims = if self.columns == 1 { vec![self.rows] } else { vec![self.rows, self.columns] };
        let shape = Shape::from_dims(&dims).ok_or_else(|| unreadable("it holds no numbers"))?;
        Ok(Table { value: Value::new(shape, self.numbers), notes: self.notes })
    }
}

/// The first quotation mark that begins a field and is never closed, or has something behind the one that closes it: its place, and what
/// is wrong. The crate csv would read on.
fn misquoted(bytes: &[u8], divider: u8) -> Option<(usize, String)> {
    let ends = |byte: u8| byte == divider || matches!(byte, b'\n' | b'\r');
    let end_from = |at: usize| bytes[at..].iter().position(|&byte| ends(byte)).map_or(bytes.len(), |length| at + length);
    let mut at = 0;
    while at < bytes.len() {
        let begins_line = at == 0 || matches!(bytes[at - 1], b'\n' | b'\r');
        if begins_line && bytes[at] == b'#' {
            at = bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |length| at + length);
        } else if bytes[at] == QUOTE {
            let open = at;
            loop {
                let Some(next) = bytes[at + 1..].iter().position(|&byte| byte == QUOTE) else {
                    return Some((open, "a quotation mark is never closed".to_owned()));
                };
                at += next + 2;
                if bytes.get(at) != Some(&QUOTE) {
                    break;
                }
            }
            let end = end_from(at);
            if !bytes[at..end].trim_ascii().is_empty() {
                let field = shortened(&String::from_utf8_lossy(&bytes[open..end]));
                return Some((open, format!("`{field}` has something behind its quotation marks")));
            }
            at = end;
        } else {
            at = end_from(at);
        }
        at += 1;
    }
    None
}

/// The line of a record, from 1, that the crate csv began to look for there: what is left of the end of the line before, empty lines and
/// remarks may stand in front of it.
fn line_at(bytes: &[u8], mut start: usize) -> u64 {
    loop {
        match bytes.get(start) {
            Some(b'\n' | b'\r') => start += 1,
            Some(b'#') => start += bytes[start..].iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len() - start),
            _ => return count_of(b'\n', &bytes[..start]) + 1,
        }
    }
}

/// Reads a line of numbers as most are written, or a line that holds none, and gives its length with its end; none where anything else
/// stands there, in which case no number is taken.
fn plain_line(bytes: &[u8], divider: Divider, numbers: &mut Vec<f64>) -> Option<usize> {
    let before = numbers.len();
    let found = plain_fields(bytes, divider, numbers);
    if found.is_none() {
        numbers.truncate(before);
    }
    found
}

fn plain_fields(bytes: &[u8], divider: Divider, numbers: &mut Vec<f64>) -> Option<usize> {
    let blanks = |at: usize| {
        let blank = |&&byte: &&u8| byte == b' ' || byte == b'\t' && divider != Divider::Byte(b'\t');
        at + bytes[at..].iter().take_while(blank).count()
    };
    // The length up to an end of a line that stands there.
    let end = |at: usize| match bytes[at..] {
        [] => Some(at),
        [b'\n', ..] => Some(at + 1),
        [b'\r', b'\n', ..] => Some(at + 2),
        _ => None,
    };
    let mut at = blanks(0);
    if let Some(end) = end(at) {
        return Some(end);
    }
    if at == 0 && bytes[0] == b'#' {
        let len = bytes.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |at| at + 1);
        // Another end of a line is the crate's.
        return (!bytes[..len.saturating_sub(2)].contains(&b'\r')).then_some(len);
    }
    loop {
        let (number, len) = fast_float2::parse_partial::<f64, _>(&bytes[at..]).ok()?;
        let field = &bytes[at..at + len];
        // Of numbers that are too large or too small something is said.
        let mut digits = field.iter().take_while(|byte| !matches!(byte, b'e' | b'E'));
        if number.is_infinite() && digits.clone().any(u8::is_ascii_digit) || number == 0.0 && digits.any(|byte| matches!(byte, b'1'..=b'9'))
        {
            return None;
        }
        numbers.push(number);
        let after = blanks(at + len);
        if let Some(end) = end(after) {
            return Some(end);
        }
        at = match divider {
            Divider::Blanks if after > at + len => after,
            Divider::Byte(byte) if bytes[after] == byte => blanks(after + 1),
            _ => return None,
        };
    }
}

fn count_of(wanted: u8, bytes: &[u8]) -> u64 {
    bytes.iter().map(|&byte| u64::from(byte == wanted)).sum()
}

fn numbers(count: usize) -> String {
    format!("{count} number{}", if count == 1 { "" } else { "s" })
}

fn unreadable(why: impl Into<String>) -> Unloaded {
    Unloaded::Unreadable(why.into())
}

/// Whether a line holds fields, and no remark.
fn is_content(line: &[u8]) -> bool {
    !line.starts_with(b"#") && !line.trim_ascii().is_empty()
}

/// What divides the fields of a line.
fn divider(line: &[u8]) -> Divider {
    let line = line.trim_ascii();
    let open = unquoted(line);
    let has = |byte: u8| line.iter().zip(&open).any(|(&found, &open)| open && found == byte);
    // A field of a line that tabs divide may have blanks around it, but none inside.
    let blank_inside = || {
        let blank = |field: &[u8]| !field.starts_with(b"\"") && field.contains(&b' ');
        fields(line, Divider::Byte(b'\t')).into_iter().any(blank)
    };
    // `1,5  2,5`: commas between digits, where blanks divide what is a number each; commas as dividers would leave blanks in one.
    let decimals = |divider: Divider| {
        let found = fields(line, divider);
        found.len() > 1
            && found.iter().all(|field| parsed(field).is_some() || decimal_comma(field).is_some_and(|field| parsed(&field).is_some()))
    };
    let commas = has(b',') && !has(b';');
    if let Some(blanks) = [Divider::Byte(b'\t'), Divider::Blanks].into_iter().find(|&blanks| commas && decimals(blanks)) {
        return blanks;
    }
    match sign(line) {
        Some(b'\t') if blank_inside() => Divider::Blanks,
        Some(byte) => Divider::Byte(byte),
        None if has(b' ') => Divider::Blanks,
        None => Divider::Byte(b','),
    }
}

/// The sign that divides the fields of a table that begins with this line, if one does: what stands there most often outside of quotation
/// marks. Beside another one, a comma between digits is a decimal comma.
pub fn sign(line: &[u8]) -> Option<u8> {
    let digit = |at: Option<usize>| at.and_then(|at| line.get(at)).is_some_and(u8::is_ascii_digit);
    let (mut counts, mut decimals) = ([0usize; DIVIDERS.len()], 0);
    let (mut begins, mut quoted) = (true, false);
    for (at, &byte) in line.iter().enumerate() {
        let divides = DIVIDERS.iter().position(|&sign| sign == byte && !quoted);
        if byte == QUOTE && (quoted || begins) {
            // Doubled, it goes on.
            (quoted, begins) = (!quoted, true);
            continue;
        }
        if let Some(place) = divides {
            let decimal = byte == b',' && digit(at.checked_sub(1)) && digit(Some(at + 1));
            decimals += usize::from(decimal);
            counts[place] += usize::from(!decimal);
        }
        begins = divides.is_some();
    }
    if counts.iter().all(|&count| count == 0) {
        return (decimals > 0).then_some(b',');
    }
    if counts.iter().zip(DIVIDERS).all(|(&count, &sign)| count == 0 || sign == b',') {
        return Some(b',');
    }
    DIVIDERS.iter().copied().rev().zip(counts.into_iter().rev()).max_by_key(|&(_, count)| count).map(|(sign, _)| sign)
}

/// Which bytes of a text stand outside of quotation marks.
fn unquoted(text: &[u8]) -> Vec<bool> {
    let mut quoted = false;
    let outside = |&byte: &u8| {
        quoted ^= byte == b'"';
        !quoted && byte != b'"'
    };
    text.iter().map(outside).collect()
}

/// The fields of a line as they stand there, quotation marks included.
fn fields(line: &[u8], divider: Divider) -> Vec<&[u8]> {
    let open = unquoted(line);
    let divides = |at: usize| match divider {
        Divider::Byte(byte) => open[at] && line[at] == byte,
        Divider::Blanks => open[at] && matches!(line[at], b' ' | b'\t'),
    };
    let mut found = Vec::new();
    let mut start = 0;
    for at in (0..line.len()).filter(|&at| divides(at)) {
        found.push(line[start..at].trim_ascii());
        start = at + 1;
    }
    found.push(line[start..].trim_ascii());
    if divider == Divider::Blanks {
        found.retain(|field| !field.is_empty());
    }
    found
}

/// The text with one tab for every run of blanks and tabs between fields, line by line.
fn with_tabs(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if is_content(line) {
            text.extend(fields(line.trim_ascii(), Divider::Blanks).join(&b'\t'));
            text.push(b'\n');
        } else {
            text.extend(line);
        }
    }
    text
}

/// Whether the fields of a first line name columns: every one is a name. Numbers in quotation marks are names where the
/// next line has no quotation marks.
fn is_header(first: &[&[u8]], second: Option<&[u8]>) -> bool {
    let numbers = first.iter().all(|field| parsed(unwrapped(field)).is_some());
    let apart = || second.is_some_and(|line| !line.contains(&b'"'));
    first.iter().all(|field| is_name(field)) && (!numbers || apart())
}

fn is_name(field: &[u8]) -> bool {
    let inner = String::from_utf8_lossy(unwrapped(field)).into_owned();
    let quoted = matches!(field.first(), Some(b'"' | b'\''));
    let letter = inner.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '\u{fffd}' | '“' | '‘'));
    (quoted && !inner.is_empty() || letter) && !NO_NAMES.contains(&inner.to_lowercase().as_str())
}

/// A field without the quotation marks around it.
fn unwrapped(field: &[u8]) -> &[u8] {
    field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\"")).unwrap_or(field).trim_ascii()
}

/// A number with a decimal comma, with a point in its place; none where it has no such comma.
pub fn decimal_comma(field: &[u8]) -> Option<Vec<u8>> {
    let at = field.iter().position(|&byte| byte == b',')?;
    let digit = |at: Option<usize>| at.and_then(|at| field.get(at)).is_some_and(u8::is_ascii_digit);
    if !digit(at.checked_sub(1)) || !digit(Some(at + 1)) || field.contains(&b'.') {
        return None;
    }
    let mut decimal = field.to_vec();
    decimal[at] = b'.';
    Some(decimal)
}

/// The number that a field is, if it is one.
pub fn parsed(field: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(field).ok()?;
    // The minus sign of print.
    if text.contains('−') { text.replace('−', "-").parse().ok() } else { text.parse().ok() }
}
