//! A hand-derived backward pass beside ours: what was found of each of its lines, and how that is shown.
//!
//! Knows verdicts and pages; compares nothing, and lets no text of the pass on a page that a terminal would obey.

use super::json;
use super::page::{Page, Role, Style, padded};
use crate::ground::Value;
use crate::ground::text::{one_line, shortened};
use std::io;
use unicode_width::UnicodeWidthStr as _;

/// What is found of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Right,
    /// It is right, but stands in the wrong place: before what it needs, or `+=` before `=`.
    Place,
    /// It is not there: a gradient that the pass needs, or a part of one.
    Missing,
    /// It is wrong.
    Wrong,
    /// It is no gradient of ours; it is judged through the lines that use it.
    Aside,
}

impl Verdict {
    /// The word of the table and of the JSON contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Place => "place",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::Aside => "aside",
        }
    }

    /// The points that it gets, of how many; none where it is not counted.
    fn points(self) -> Option<f64> {
        match self {
            Self::Right => Some(1.0),
            Self::Place => Some(0.5),
            Self::Missing | Self::Wrong => Some(0.0),
            Self::Aside => None,
        }
    }
}

/// What was likely done wrong: putting it right makes the line match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// A sign is turned.
    Sign,
    /// The line overwrites what it should add to.
    Plus,
    /// A matrix is not transposed, or stands on the wrong side.
    Transpose,
    /// A sum over what was repeated is missing.
    Sum,
    /// The gradient that arrives is missing.
    Upstream,
    /// It is the gradient on another operand of the same stage.
    Variable,
    /// Another name stands where one is needed.
    Operand,
    /// A factor is missing.
    Factor,
}

impl Slip {
    /// The word of the JSON contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Plus => "plus",
            Self::Transpose => "transpose",
            Self::Sum => "sum",
            Self::Upstream => "upstream",
            Self::Variable => "variable",
            Self::Operand => "operand",
            Self::Factor => "factor",
        }
    }

    /// The slip in words.
    pub fn says(self) -> &'static str {
        match self {
            Self::Sign => "a sign",
            Self::Plus => "`+=` is forgotten",
            Self::Transpose => "a transpose, or the order of a matrix product",
            Self::Sum => "the sum over what was repeated is forgotten",
            Self::Upstream => "the upstream gradient is forgotten",
            Self::Variable => "the derivative of another variable",
            Self::Operand => "the wrong operand",
            Self::Factor => "a factor is forgotten",
        }
    }
}

/// A line of a backward pass, or one that is missing in it.
#[derive(Clone, Debug)]
pub struct Line {
    /// The number of the line in its file, from 1; none of one that is missing.
    pub number: Option<usize>,
    /// The line as it was written.
    pub text: String,
    /// The gradient that it is about.
    pub name: String,
    /// What is found of it.
    pub verdict: Verdict,
    /// The value of its right side, given the right values of what it uses.
    pub value: Option<Value>,
    /// The value that it should have.
    pub wanted: Option<Value>,
    /// What was likely done wrong.
    pub slip: Option<Slip>,
    /// More about it, in words; may be empty.
    pub says: String,
}

/// A backward pass compared with ours.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The name of its file.
    pub name: String,
    /// Its lines in order, then those that are missing.
    pub lines: Vec<Line>,
}

impl Comparison {
    /// Whether nothing is wrong, missing or out of place.
    pub fn is_right(&self) -> bool {
        self.lines.iter().all(|line| matches!(line.verdict, Verdict::Right | Verdict::Aside))
    }

    /// The first line that is not right.
    pub fn first_wrong(&self) -> Option<&Line> {
        let wrong = |verdict| self.lines.iter().find(move |line| line.verdict == verdict);
        wrong(Verdict::Wrong).or_else(|| wrong(Verdict::Place)).or_else(|| wrong(Verdict::Missing))
    }

    /// The points of all lines, one for each that is right, and how many there are to get.
    pub fn points(&self) -> (f64, f64) {
        let points = self.lines.iter().filter_map(|line| line.verdict.points());
        points.fold((0.0, 0.0), |(points, most), own| (points + own, most + 1.0))
    }
}

/// What is said of a line beside its verdict.
fn remark(line: &Line) -> String {
    let slip = line.slip.map_or(String::new(), |slip| slip.says().to_owned());
    let gap = if slip.is_empty() || line.says.is_empty() { "" } else { ": " };
    one_line(&format!("{slip}{gap}{}", line.says)).into_owned()
}

fn place(line: &Line) -> String {
    line.number.map_or("-".to_owned(), |number| number.to_string())
}

/// What a verdict on the whole says in a sentence.
fn summary(comparison: &Comparison, style: &Style) -> String {
    let (points, most) = comparison.points();
    let counted = format!("{points} of {most} points");
    let Some(line) = comparison.first_wrong() else { return format!("all right: {counted}") };
    let at = line.number.map_or_else(|| format!("`{}`", one_line(&line.name)), |at| format!("line {at}, `{}`,", one_line(&line.name)));
    let wanted = line.wanted.as_ref().map_or(String::new(), |wanted| format!(", should be {}", shown(style, wanted)));
    let remark = remark(line);
    let remark = if remark.is_empty() { remark } else { format!(" ({remark})") };
    format!("{at} is {}{wanted}{remark}: {counted}", worded(line.verdict))
}

/// A verdict in a sentence.
fn worded(verdict: Verdict) -> &'static str {
    if verdict == Verdict::Place { "out of place" } else { verdict.word() }
}

fn shown(style: &Style, value: &Value) -> String {
    style.numbers(value.shape(), value.numbers())
}

/// Shows a comparison as a table with a sentence below.
///
/// # Errors
/// When the page cannot be written.
pub fn table(comparison: &Comparison, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let value = |value: &Option<Value>| value.as_ref().map_or(String::new(), |value| shown(style, value));
    let head = ["line", "text", "verdict", "value", "should be", "slip"].map(str::to_owned);
    let row = |line: &Line| {
        let text = shortened(&one_line(&line.text));
        [place(line), text, line.verdict.word().to_owned(), value(&line.value), value(&line.wanted), remark(line)]
    };
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(comparison.lines.iter().map(row)).collect();
    let widths: [usize; 6] = std::array::from_fn(|at| rows.iter().map(|row| row[at].width()).max().unwrap_or_default());
    for (number, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| padded(cell, width)).collect();
        page.put(if number == 0 { Role::Heading } else { Role::Plain }, cells.join("  ").trim_end())?;
        page.put(Role::Plain, "\n")?;
    }
    brief(comparison, style, page)
}

/// Shows a comparison as a sentence.
///
/// # Errors
/// When the page cannot be written.
pub fn brief(comparison: &Comparison, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    page.put(Role::Plain, &format!("{}: {}\n", one_line(&comparison.name), summary(comparison, style)))
}

/// Shows comparisons in a view: JSON where that was asked for, the sentence alone in `brief`, else the table.
///
/// # Errors
/// When the page cannot be written.
pub fn show(comparison: &Comparison, view: &str, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    match view {
        "json" => json::compared(comparison, page),
        "brief" => brief(comparison, style, page),
        _ => table(comparison, style, page),
    }
}

/// What a grader's report says of a line: its title and its text.
pub fn reported(line: &Line, style: &Style) -> (String, String) {
    let at = line.number.map_or("missing".to_owned(), |at| format!("line {at}"));
    let title = format!("{at}: {}", one_line(&line.name));
    let wanted = line.wanted.as_ref().map_or(String::new(), |wanted| format!(", should be {}", shown(style, wanted)));
    let remark = remark(line);
    let remark = if remark.is_empty() { remark } else { format!(" ({remark})") };
    (title, format!("{}{wanted}{remark}", line.verdict.word()))
}

/// The lines that are counted, with their points.
pub fn counted(comparison: &Comparison) -> impl Iterator<Item = (&Line, f64)> {
    comparison.lines.iter().filter_map(|line| line.verdict.points().map(|points| (line, points)))
}
