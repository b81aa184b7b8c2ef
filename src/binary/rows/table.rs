//! The rows of a table as bytes: parts of a file that end where a row ends, rows, fields.
//!
//! A field that begins with a quotation mark holds what stands up to the next one that is not doubled, line ends and all. Knows
//! bytes; no number and no name.

use crate::forms::data::sign;
use memchr::{memchr, memchr_iter, memrchr};
use std::io::{self, Read};

pub use crate::forms::data::DIVIDERS;

/// How many bytes are worked on at a time.
const PART: usize = 1 << 20;

/// The longest row, in bytes: a quotation mark that is never closed would make one row of all that follows.
const LONGEST: usize = 1 << 26;

const QUOTE: u8 = b'"';

/// Some rows of a table.
#[derive(Debug, Default)]
pub struct Part {
    pub bytes: Vec<u8>,
    /// The line of the first row, counted from 1, and its first byte, counted from 0.
    pub line: u64,
    pub start: u64,
}

/// Tells whether nothing is there to be read.
pub type Waits = Box<dyn Fn() -> bool + Send>;

/// How many bytes are read at a time where nobody should wait for more.
const PIECE: usize = 1 << 16;

/// Where rows come from.
pub struct Source {
    from: Box<dyn Read + Send>,
    /// Whether reading on would wait, where rows that are whole wait for no others.
    would_wait: Option<Waits>,
    rest: Vec<u8>,
    ended: bool,
    line: u64,
    start: u64,
    /// What divides fields: until that is known, what may.
    dividers: Vec<u8>,
}

impl Source {
    /// The rows of what is read.
    pub fn new(from: Box<dyn Read + Send>) -> Self {
        Self { from, would_wait: None, rest: Vec::new(), ended: false, line: 1, start: 0, dividers: DIVIDERS.to_vec() }
    }

    /// From here on rows that are whole are handed on where reading more would wait, as this tells.
    pub fn hand_on(&mut self, would_wait: Waits) {
        self.would_wait = Some(would_wait);
    }

    /// Whether where parts end depends on when their bytes come.
    pub fn hands_on(&self) -> bool {
        self.would_wait.is_some()
    }

    /// From here on fields are divided by this byte.
    pub fn divide_by(&mut self, divider: u8) {
        self.dividers = vec![divider];
    }

    /// The first row that is not empty, without the sign of UTF-8 before it; it is taken away, or stays the first of the next ones. None
    /// where there is no row at all.
    ///
    /// # Errors
    /// Where it cannot be read, or does not end.
    pub fn first(&mut self, stays: bool) -> io::Result<Option<Vec<u8>>> {
        self.fill(PART, 0)?;
        if let Some(rest) = self.rest.strip_prefix("\u{feff}".as_bytes()) {
            self.start += 3;
            self.rest = rest.to_vec();
        }
        loop {
            let quoted = memchr(QUOTE, &self.rest).is_some();
            let found = rows(&self.rest, &self.dividers, quoted).find(|row| row.start < row.end);
            let Some(row) = found else {
                if self.ended || self.rest.len() >= LONGEST {
                    return Ok(None);
                }
                self.fill(2 * self.rest.len(), self.rest.len() + 1)?;
                continue;
            };
            if !row.ends && !self.ended && self.rest.len() < LONGEST {
                self.fill(2 * self.rest.len(), self.rest.len() + 1)?;
                continue;
            }
            if row.open {
                return Err(self.unclosed(row.start));
            }
            let found = self.rest[row.start..row.end].to_vec();
            if !stays {
                let after = self.rest.split_off(row.next);
                let before = std::mem::replace(&mut self.rest, after);
                self.count(&before);
            }
            return Ok(Some(found));
        }
    }

    /// A row that begins there does not end.
    fn unclosed(&self, start: usize) -> io::Error {
        let line = self.line + memchr_iter(b'\n', &self.rest[..start]).count() as u64;
        io::Error::new(io::ErrorKind::InvalidData, format!("line {line}: a quotation mark is never closed"))
    }

    /// The next rows, in the order of the file.
    ///
    /// # Errors
    /// Where they cannot be read, or a row does not end.
    pub fn next(&mut self) -> io::Result<Option<Part>> {
        let (mut most, mut least) = (PART, 0);
        loop {
            self.fill(most, least)?;
            if self.rest.is_empty() {
                return Ok(None);
            }
            let quoted = memchr(QUOTE, &self.rest).is_some();
            let end = if !self.ended {
                end_of_rows(&self.rest, &self.dividers, quoted)
            } else if let Some(row) = rows(&self.rest, &self.dividers, quoted).last().filter(|row| quoted && row.open) {
                // What stands before it is whole.
                if row.start == 0 {
                    return Err(self.unclosed(0));
                }
                Some(row.start)
            } else {
                Some(self.rest.len())
            };
            if let Some(end) = end {
                let after = self.rest.split_off(end);
                let bytes = std::mem::replace(&mut self.rest, after);
                let (line, start) = (self.line, self.start);
                self.count(&bytes);
                return Ok(Some(Part { bytes, line, start }));
            }
            if self.rest.len() >= LONGEST {
                return Err(self.unclosed(0));
            }
            // What is there has no row that is whole. Where it is long it is not looked through again for each piece.
            least = self.rest.len() + if self.rest.len() > PIECE { self.rest.len() / 16 } else { 1 };
            if self.rest.len() >= most {
                most *= 2;
            }
        }
    }

    fn count(&mut self, bytes: &[u8]) {
        self.line += memchr_iter(b'\n', bytes).count() as u64;
        self.start += bytes.len() as u64;
    }

    /// Reads until so many bytes are at hand, so that where parts end depends on nothing but the bytes; or, where rows that are whole wait for
    /// no others, until there may be some in at least `least` bytes and reading would wait.
    fn fill(&mut self, most: usize, least: usize) -> io::Result<()> {
        let missing = most.saturating_sub(self.rest.len());
        if missing == 0 || self.ended {
            return Ok(());
        }
        let Some(would_wait) = &self.would_wait else {
            // With room to see the end of what is read.
            self.rest.reserve(missing + 1);
            self.ended = self.from.by_ref().take(missing as u64).read_to_end(&mut self.rest)? < missing;
            return Ok(());
        };
        while self.rest.len() < most {
            if self.rest.len() >= least && memchr(b'\n', &self.rest).is_some() && would_wait() {
                break;
            }
            let before = self.rest.len();
            self.rest.resize(most.min(before + PIECE), 0);
            let read = self.from.read(&mut self.rest[before..]);
            self.rest.truncate(before + read.as_ref().map_or(0, |&read| read));
            match read {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Where the last row that ends does so.
fn end_of_rows(bytes: &[u8], dividers: &[u8], quoted: bool) -> Option<usize> {
    if !quoted {
        return memrchr(b'\n', bytes).map(|at| at + 1);
    }
    rows(bytes, dividers, true).filter(|row| row.ends).map(|row| row.next).last()
}

/// A row: from where to where, without its end, and where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub start: usize,
    pub end: usize,
    pub next: usize,
    /// Whether a line ends it, and whether a quotation mark in it is never closed.
    pub ends: bool,
    pub open: bool,
}

/// The rows of some bytes; `quoted` says whether there is a quotation mark among them.
pub fn rows<'a>(bytes: &'a [u8], dividers: &'a [u8], quoted: bool) -> impl Iterator<Item = Row> + 'a {
    let mut start = 0;
    std::iter::from_fn(move || {
        let row = (start < bytes.len()).then(|| row_at(bytes, start, dividers, quoted))?;
        start = row.next;
        Some(row)
    })
}

/// The row that begins at a place.
pub fn row_at(bytes: &[u8], start: usize, dividers: &[u8], quoted: bool) -> Row {
    let rest = &bytes[start..];
    let (line, open) = if quoted { end_of_row(rest, dividers) } else { (memchr(b'\n', rest), false) };
    let len = line.unwrap_or(rest.len());
    let end = start + len;
    Row {
        start,
        end: if len > 0 && bytes[end - 1] == b'\r' { end - 1 } else { end },
        next: (end + 1).min(bytes.len()),
        ends: line.is_some(),
        open,
    }
}

/// Where the line ends that ends a row, one outside of quotation marks; and whether one is open where none does.
fn end_of_row(bytes: &[u8], dividers: &[u8]) -> (Option<usize>, bool) {
    let mut state = State::Begins;
    let found = bytes.iter().position(|&byte| {
        let ends = byte == b'\n' && state != State::Quoted;
        state = state.after(byte, |byte| dividers.contains(&byte));
        ends
    });
    (found, found.is_none() && state == State::Quoted)
}

/// What divides the fields of a table that begins with this row.
pub fn divider(first: &[u8]) -> u8 {
    sign(first).unwrap_or(b',')
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Begins,
    Plain,
    Quoted,
    /// Behind a mark that may end the quotation.
    Mark,
}

impl State {
    fn after(self, byte: u8, divides: impl Fn(u8) -> bool) -> Self {
        match (self, byte) {
            (Self::Quoted, QUOTE) => Self::Mark,
            (Self::Begins | Self::Mark, QUOTE) | (Self::Quoted, _) => Self::Quoted,
            _ if divides(byte) => Self::Begins,
            _ => Self::Plain,
        }
    }
}

/// Where the fields of a row stand.
pub fn fields(row: &[u8], divider: u8, quoted: bool, found: &mut Vec<(usize, usize)>) {
    found.clear();
    let mut start = 0;
    let mut end = |at: usize| {
        found.push((start, at));
        start = at + 1;
    };
    if quoted && memchr(QUOTE, row).is_some() {
        let mut state = State::Begins;
        for (at, &byte) in row.iter().enumerate() {
            if byte == divider && state != State::Quoted {
                end(at);
            }
            state = state.after(byte, |byte| byte == divider);
        }
    } else {
        memchr_iter(divider, row).for_each(&mut end);
    }
    end(row.len());
}

/// What a field says: without blanks around it, or what stands in its quotation marks.
pub fn said(field: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    if field.first() != Some(&QUOTE) {
        return field.trim_ascii().into();
    }
    let (mut said, mut state) = (Vec::with_capacity(field.len()), State::Begins);
    for &byte in field {
        let after = state.after(byte, |_| false);
        // A doubled mark is one, and those around the field are none.
        if !(byte == QUOTE && (state == State::Begins || after == State::Mark)) {
            said.push(byte);
        }
        state = after;
    }
    said.into()
}
