//! A page: pieces of text, each with a meaning. What a meaning looks like is decided by whoever holds the page.

use super::{Note, Quiz};
use crate::ground::number::{self, Digits, MOST_DIGITS};
use crate::ground::{Shape, value};
use crate::vocabulary::gate::runs::{self, Extent};
use std::io;
use unicode_width::UnicodeWidthStr;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Spaces, signs and words between the rest.
    Plain,
    /// The heading of a column or a section.
    Heading,
    /// The name of an input or a stage.
    Name,
    /// An expression.
    Expression,
    /// A value: the forward pass, green in the notes.
    Value,
    /// A gradient: the backward pass, red in the notes.
    Gradient,
    /// A remark beside the rest.
    Comment,
    /// A note about what happened.
    Note,
}

/// Where a view writes.
pub trait Page {
    /// Adds a piece of text, which may hold newlines.
    ///
    /// # Errors
    /// When the page cannot be written.
    fn put(&mut self, role: Role, text: &str) -> io::Result<()>;
}

/// A page that keeps the text alone.
impl Page for String {
    fn put(&mut self, _role: Role, text: &str) -> io::Result<()> {
        self.push_str(text);
        Ok(())
    }
}

/// Pieces of a line or of a paragraph.
pub type Pieces = Vec<(Role, String)>;

/// A piece between the rest.
pub fn plain(text: &str) -> (Role, String) {
    (Role::Plain, text.to_owned())
}

/// A page without the empty line that its first piece begins with.
pub struct Begun<'a> {
    page: &'a mut dyn Page,
    /// Whether anything stands on it.
    pub written: bool,
}

impl<'a> Begun<'a> {
    /// Nothing stands on it yet.
    pub fn new(page: &'a mut dyn Page) -> Self {
        Self { page, written: false }
    }
}

impl Page for Begun<'_> {
    fn put(&mut self, role: Role, text: &str) -> io::Result<()> {
        let text = if self.written { text } else { text.trim_start_matches('\n') };
        self.written |= !text.is_empty();
        self.page.put(role, text)
    }
}

/// In which direction a circuit is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// From left to right where that fits, else from top to bottom.
    #[default]
    Fitting,
    /// From left to right.
    Right,
    /// From top to bottom, a stage a line.
    Down,
}

/// How numbers and lines are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "switches")]
pub struct Style {
    /// The digits asked for; none for the view's own default.
    pub digits: Option<Digits>,
    /// The columns that a line may fill.
    pub width: usize,
    /// Whether signs beyond ASCII may be used.
    pub unicode: bool,
    /// Whether arrays and lists of stages are shown whole, however large.
    pub full: bool,
    /// Whether the gradients of matrix products and broadcasts are explained by their shapes.
    pub shapes: bool,
    /// Whether analyses stand alone, without the stages that they are about.
    pub alone: bool,
    /// In which direction a circuit is drawn.
    pub flow: Flow,
    /// The lines of the screen, where a long list of stages is shown in part; none where it is shown whole.
    pub height: Option<usize>,
    /// Whether gradients are left blank.
    pub quiz: Quiz,
}

/// The most rows of a matrix that are shown, unless all are asked for.
const MOST_ROWS: usize = 8;

/// The most lines that a vector is broken into.
const MOST_LINES: usize = 4;

impl Default for Style {
    fn default() -> Self {
        Self {
            digits: None,
            width: 80,
            unicode: true,
            full: false,
            shapes: false,
            alone: false,
            flow: Flow::Fitting,
            height: None,
            quiz: Quiz::Off,
        }
    }
}

impl Style {
    /// A number as people read it.
    pub fn number(&self, value: f64) -> String {
        number::rounded(value, self.digits.unwrap_or_default())
    }

    /// Numbers in a shape as people read them, on one line.
    pub fn numbers(&self, shape: Shape, numbers: &[f64]) -> String {
        value::written(shape, numbers, |number| self.number(number))
    }

    /// Numbers in a shape in lines of at most `width` columns: a matrix as rows whose columns are aligned, and what does
    /// not fit as its range and its norm.
    pub fn block(&self, shape: Shape, numbers: &[f64], width: usize) -> Vec<String> {
        let Shape::Matrix(rows, columns) = shape else {
            if self.full || shape.is_scalar() {
                return vec![self.numbers(shape, numbers)];
            }
            // Each number takes three places at least, or a line: nobody writes a million to see that they do not fit.
            if numbers.len() > MOST_LINES * (width / 3).max(1) {
                return narrowed(self.summary(numbers), width);
            }
            let lines = list(&numbers.iter().map(|&number| self.number(number)).collect::<Vec<_>>(), width);
            return if lines.len() <= MOST_LINES { lines } else { narrowed(self.summary(numbers), width) };
        };
        let columns = columns as usize;
        // Each column takes two places at least.
        if !self.full && (rows as usize > MOST_ROWS || columns * 2 > width) {
            return narrowed(self.summary(numbers), width);
        }
        let texts: Vec<String> = numbers.iter().map(|&number| self.number(number)).collect();
        let aligned: Vec<Aligned> =
            (0..columns).map(|j| Aligned::of("", texts.iter().skip(j).step_by(columns).map(String::as_str))).collect();
        let lines: Vec<String> = texts.chunks(columns).map(|row| matrix_row(row, &aligned)).collect();
        if self.full || lines[0].len() <= width {
            return lines;
        }
        // A row goes on below its first number.
        let broken: Vec<String> = texts.chunks(columns).flat_map(|row| list(row, width)).collect();
        if broken.len() <= MOST_ROWS { broken } else { narrowed(self.summary(numbers), width) }
    }

    /// Two numbers with as many digits as it takes to tell them apart.
    pub fn told_apart(&self, one: f64, other: f64) -> [String; 2] {
        let digits = self.digits.unwrap_or_default();
        let more: Vec<Digits> = match digits {
            Digits::Rounded(count) => (count..=MOST_DIGITS).map(Digits::Rounded).collect(),
            Digits::Decimals(count) => (count..=MOST_DIGITS).map(Digits::Decimals).chain([Digits::Full]).collect(),
            Digits::Full => vec![Digits::Full],
        };
        let texts = |digits: Digits| [one, other].map(|number| number::rounded(number, digits));
        // A zero more at the end tells nothing apart.
        let read = |text: &String| text.parse::<f64>().map(f64::to_bits);
        let apart = more.into_iter().map(texts).find(|[one, other]| read(one) != read(other));
        apart.unwrap_or_else(|| texts(digits))
    }

    /// The range of numbers and the root of the sum of their squares.
    pub fn summary(&self, numbers: &[f64]) -> Vec<String> {
        self.extent(runs::range_and_norm(numbers))
    }

    /// A range and a norm.
    pub fn extent(&self, ([least, most], norm): Extent) -> Vec<String> {
        let range =
            if least == most { format!("all {}", self.number(least)) } else { format!("{} to {}", self.number(least), self.number(most)) };
        vec![range, format!("norm {}", self.number(norm))]
    }

    /// An expression in at most `most` lines of `width` columns, broken before operators and shortened where it has more.
    pub fn broken(&self, text: &str, width: usize, most: usize) -> Vec<String> {
        if text.width() <= width && most > 0 {
            return vec![text.to_owned()];
        }
        let mut lines = vec![String::new()];
        // An operator stays with what follows it.
        let mut words = text.split(' ').peekable();
        while let Some(word) = words.next() {
            let operator = word.chars().all(|c| !c.is_alphanumeric() && !"([{)]},".contains(c));
            let next = if operator { words.next() } else { None };
            let piece = next.map_or(word.to_owned(), |next| format!("{word} {next}"));
            // What is too wide for a line is broken behind its operator and its brackets.
            let parts: Vec<&str> = if piece.width() > width { piece.split_inclusive([' ', '(']).collect() } else { vec![&piece] };
            for (at, part) in parts.into_iter().enumerate() {
                let last = lines.len() - 1;
                let gap = if at > 0 || lines[last].is_empty() { "" } else { " " };
                if lines[last].is_empty() || lines[last].width() + gap.len() + part.width() <= width {
                    lines[last] += gap;
                    lines[last] += part;
                } else {
                    lines.push(part.to_owned());
                }
            }
        }
        let lines: Vec<String> = lines.iter().flat_map(|line| split(line, width)).collect();
        if lines.len() <= most { lines } else { vec![self.shortened(text, width)] }
    }

    /// A text of at most `width` columns, its middle left out if need be.
    pub fn shortened(&self, text: &str, width: usize) -> String {
        if text.width() <= width {
            return text.to_owned();
        }
        let gap = if self.unicode { "…" } else { "..." };
        let room = width.saturating_sub(gap.width());
        let (head, tail) = (room - room / 2, room / 2);
        let take = |chars: &mut dyn Iterator<Item = char>, room: usize| {
            let mut taken = String::new();
            for c in chars {
                if taken.width() + c.to_string().width() > room {
                    break;
                }
                taken.push(c);
            }
            taken
        };
        let head = take(&mut text.chars(), head);
        let tail: String = take(&mut text.chars().rev(), tail).chars().rev().collect();
        format!("{head}{gap}{tail}")
    }
}

/// A text in pieces of at most `width` columns.
fn split(text: &str, width: usize) -> Vec<String> {
    if text.width() <= width {
        return vec![text.to_owned()];
    }
    let mut pieces = vec![String::new()];
    for c in text.chars() {
        let last = pieces.len() - 1;
        if pieces[last].width() + c.to_string().width() > width.max(1) && !pieces[last].is_empty() {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

/// A row of a matrix whose columns are aligned; it reads back.
fn matrix_row(row: &[String], columns: &[Aligned]) -> String {
    let last = row.len() - 1;
    let cell = |(at, (text, column)): (usize, (&String, &Aligned))| {
        if at == last {
            return column.place(text);
        }
        padded(&format!("{},", column.place(text).trim_end()), column.width() + 1)
    };
    let cells: Vec<String> = row.iter().zip(columns).enumerate().map(cell).collect();
    format!("[{}]", cells.join(" "))
}

/// A list of numbers, broken into lines of at most `width` columns.
fn list(numbers: &[String], width: usize) -> Vec<String> {
    let mut lines = vec!["[".to_owned()];
    for (at, number) in numbers.iter().enumerate() {
        let end = if at + 1 == numbers.len() { "]" } else { "," };
        let last = lines.len() - 1;
        // A list goes on below its first number.
        if lines[last].len() > 1 && lines[last].len() + 1 + number.len() + end.len() > width {
            lines.push(format!(" {number}{end}"));
        } else {
            let gap = if lines[last].len() > 1 { " " } else { "" };
            lines[last] += &[gap, number, end].concat();
        }
    }
    lines
}

/// A range of numbers in two lines, where one would be wider than the page.
fn narrowed(lines: Vec<String>, width: usize) -> Vec<String> {
    let parts = |line: String| match line.split_once(" to ") {
        Some((least, most)) if line.len() > width => vec![least.to_owned(), format!("to {most}")],
        _ => vec![line],
    };
    lines.into_iter().flat_map(parts).collect()
}

/// A sentence in lines of at most `width` columns, each but the first behind `indent` spaces.
pub fn wrapped(text: &str, indent: usize, width: usize) -> String {
    let mut lines = String::new();
    let mut used = indent;
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 && used + 1 + word.width() > width {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            used = indent;
        } else if at > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += word.width();
    }
    lines
}

/// A page whose lines are broken between words where they are wider than it is; what goes on stands below the last column.
pub struct Fitted<'a> {
    page: &'a mut dyn Page,
    width: usize,
    /// The line that has been begun.
    line: Vec<(Role, String)>,
}

impl<'a> Fitted<'a> {
    /// A page of so many columns.
    pub fn new(page: &'a mut dyn Page, width: usize) -> Self {
        Self { page, width, line: Vec::new() }
    }

    /// Ends the page.
    ///
    /// # Errors
    /// When the page cannot be written.
    pub fn end(mut self) -> io::Result<()> {
        self.put_line()
    }

    fn put_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let text: String = line.iter().map(|(_, text)| text.as_str()).collect();
        let hang = hanging(&text, self.width);
        let mut breaks = breaks(&text, hang, self.width).into_iter().peekable();
        let mut offset = 0;
        for (role, text) in &line {
            let mut from = 0;
            while let Some(at) = breaks.next_if(|&at| at < offset + text.len()) {
                self.page.put(*role, &text[from..at - offset])?;
                self.page.put(Role::Plain, &format!("\n{}", " ".repeat(hang)))?;
                from = at - offset + 1;
            }
            self.page.put(*role, &text[from..])?;
            offset += text.len();
        }
        Ok(())
    }
}

impl Page for Fitted<'_> {
    fn put(&mut self, role: Role, text: &str) -> io::Result<()> {
        for part in text.split_inclusive('\n') {
            self.line.push((role, part.to_owned()));
            if part.ends_with('\n') {
                self.put_line()?;
            }
        }
        Ok(())
    }
}

/// Where a line goes on: below the text behind its last column, or a little further than it begins.
fn hanging(text: &str, width: usize) -> usize {
    let begins = text.len() - text.trim_start_matches(' ').len();
    let behind_gap = |&(at, c): &(usize, char)| c != ' ' && text[..at].ends_with("  ");
    let mut columns = text.char_indices().filter(behind_gap).map(|(at, _)| text[..at].width());
    let last = columns.rfind(|&column| column > begins && column <= width / 2);
    last.unwrap_or(begins + 2).min(width / 2)
}

/// The spaces at which a line is broken, as bytes.
fn breaks(text: &str, hang: usize, width: usize) -> Vec<usize> {
    let (mut breaks, mut column, mut space) = (Vec::new(), 0, None);
    for (at, c) in text.trim_end_matches('\n').char_indices() {
        if c == ' ' && column > hang {
            space = Some((at, column + 1));
        }
        column += c.to_string().width();
        if let Some((at, behind)) = space.filter(|_| column > width) {
            breaks.push(at);
            column = hang + column.saturating_sub(behind);
            space = None;
        }
    }
    breaks
}

/// Puts a note on lines of its own.
///
/// # Errors
/// When the page cannot be written.
pub fn put_note(note: &Note, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    const NOTE: &str = "note: ";
    page.put(Role::Note, NOTE)?;
    page.put(Role::Plain, &wrapped(&note.message, NOTE.len(), style.width))?;
    page.put(Role::Plain, "\n")
}

/// A text followed by spaces up to `width` columns.
pub fn padded(text: &str, width: usize) -> String {
    let mut padded = String::with_capacity(text.len() + width);
    push_padded(text, width, &mut padded);
    padded
}

/// Adds that to a text.
pub fn push_padded(text: &str, width: usize, padded: &mut String) {
    padded.push_str(text);
    push_blanks(width.saturating_sub(text.width()), padded);
}

fn push_blanks(mut count: usize, text: &mut String) {
    const BLANKS: &str = "                                                                ";
    while count > 0 {
        let taken = count.min(BLANKS.len());
        text.push_str(&BLANKS[..taken]);
        count -= taken;
    }
}

/// The width of a column of numbers, aligned at their decimal points.
#[derive(Clone, Copy, Debug)]
pub struct Aligned {
    before: usize,
    after: usize,
}

impl Aligned {
    fn point(text: &str) -> usize {
        text.find(['.', 'e']).unwrap_or(text.len())
    }

    /// The width that some numbers and their heading need.
    pub fn of<'a>(heading: &str, texts: impl Iterator<Item = &'a str>) -> Self {
        let mut column = Self { before: 0, after: 0 };
        for text in texts {
            let point = Self::point(text);
            column.before = column.before.max(point);
            column.after = column.after.max(text.len() - point);
        }
        column.after = column.after.max(heading.len().saturating_sub(column.before));
        column
    }

    /// The columns that it takes.
    pub fn width(&self) -> usize {
        self.before + self.after
    }

    /// A number in its place in the column.
    pub fn place(&self, text: &str) -> String {
        let mut placed = String::with_capacity(self.width());
        self.push(text, self.width(), &mut placed);
        placed
    }

    /// Adds that to a text, as wide as a column of numbers and others.
    pub fn push(&self, text: &str, width: usize, placed: &mut String) {
        let blanks = self.before - Self::point(text);
        push_blanks(blanks, placed);
        placed.push_str(text);
        push_blanks(width.saturating_sub(blanks + text.len()), placed);
    }
}
