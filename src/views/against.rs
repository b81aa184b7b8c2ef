//! A hand-derived backward pass beside ours: what was found of each of its lines, and how that is shown.
//!
//! Knows verdicts and pages; compares nothing, and lets no text of the pass on a page that a terminal would obey.

use super::json;
use super::page::{Page, Role, Style, padded};
use crate::ground::text::{in_a_cell, one_line, shortened};
use crate::ground::{Fault, FaultKind, Value};
use std::borrow::Cow;
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

    /// The points of a gradient whose lines are so.
    pub fn points(self) -> f64 {
        match self {
            Self::Right | Self::Aside => 1.0,
            Self::Place => 0.5,
            Self::Missing | Self::Wrong => 0.0,
        }
    }

    /// How bad it is, beside others.
    pub fn weight(self) -> u8 {
        match self {
            Self::Aside => 0,
            Self::Right => 1,
            Self::Place => 2,
            Self::Missing => 3,
            Self::Wrong => 4,
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
            Self::Factor => "a factor is missing or wrong",
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

impl Line {
    /// A line of which nothing is known but its verdict.
    pub fn of(verdict: Verdict) -> Self {
        let (text, name, says) = (String::new(), String::new(), String::new());
        Self { number: None, text, name, verdict, value: None, wanted: None, slip: None, says }
    }
}

/// What a gradient of ours gets in a backward pass.
#[derive(Clone, Debug)]
pub struct Credit {
    /// Its name.
    pub name: String,
    /// The verdict on its lines; where it has none, on those of the gradients that it hands on to.
    pub verdict: Verdict,
    /// The numbers of its lines.
    pub lines: Vec<usize>,
}

/// A backward pass compared with ours.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The name of its file.
    pub name: String,
    /// Its lines in order, then those that are missing.
    pub lines: Vec<Line>,
    /// What each gradient of a named stage and of an input gets, but for that of the result.
    pub gradients: Vec<Credit>,
}

/// A file that was graded.
#[derive(Clone, Debug)]
pub struct Graded {
    /// Its name.
    pub name: String,
    /// What was found, or why it was not compared.
    pub found: Result<Comparison, Fault>,
    /// How many points there are to get.
    pub most: f64,
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

    /// The points of all gradients, and how many there are to get.
    pub fn points(&self) -> (f64, f64) {
        (self.gradients.iter().map(|credit| credit.verdict.points()).sum(), self.gradients.len() as f64)
    }
}

/// What is said of a line beside its verdict.
fn remark(line: &Line) -> String {
    let slip = line.slip.map_or(String::new(), |slip| slip.says().to_owned());
    let gap = if slip.is_empty() || line.says.is_empty() { "" } else { ": " };
    in_a_cell(&format!("{slip}{gap}{}", line.says)).into_owned()
}

fn place(line: &Line) -> String {
    line.number.map_or("-".to_owned(), |number| number.to_string())
}

/// What is said of a line that is not right.
fn sentence(line: &Line, style: &Style) -> String {
    let name = in_a_cell(&line.name);
    let at = line.number.map_or_else(|| format!("`{name}`"), |at| format!("line {at}, `{name}`,"));
    let wanted = line.wanted.as_ref().map_or(String::new(), |wanted| format!(", should be {}", shown(style, wanted)));
    let remark = remark(line);
    let remark = if remark.is_empty() { remark } else { format!(" ({remark})") };
    format!("{at} is {}{wanted}{remark}", worded(line.verdict))
}

/// What a verdict on the whole says in a sentence.
fn summary(comparison: &Comparison, style: &Style) -> String {
    let (points, most) = comparison.points();
    let first = comparison.first_wrong().map_or("all right".to_owned(), |line| sentence(line, style));
    format!("{first}: {points} of {most} points")
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
    let head = ["line", "text", "verdict", "value", "should be", "remark"].map(str::to_owned);
    let row = |line: &Line| {
        // On one line of the table, however many it has.
        let text = line.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = in_a_cell(if line.number.is_some() { &text } else { &line.name }).into_owned();
        let text = shortened(&text);
        [place(line), text, line.verdict.word().to_owned(), value(&line.value), value(&line.wanted), remark(line)]
    };
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(comparison.lines.iter().map(row)).collect();
    columns(&rows, page)?;
    brief(comparison, style, page)
}

/// Rows of cells below each other, the first of them headings.
fn columns<const N: usize>(rows: &[[String; N]], page: &mut dyn Page) -> io::Result<()> {
    let widths: [usize; N] = std::array::from_fn(|at| rows.iter().map(|row| row[at].width()).max().unwrap_or_default());
    for (number, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| padded(cell, width)).collect();
        page.put(if number == 0 { Role::Heading } else { Role::Plain }, cells.join("  ").trim_end())?;
        page.put(Role::Plain, "\n")?;
    }
    Ok(())
}

impl Graded {
    /// The points that it gets: none where it was not compared.
    fn points(&self) -> f64 {
        self.found.as_ref().map_or(0.0, |found| found.points().0)
    }

    /// One word of what became of it.
    fn status(&self) -> &'static str {
        match &self.found {
            Ok(found) if found.is_right() => Verdict::Right.word(),
            Ok(_) => Verdict::Wrong.word(),
            Err(fault) if fault.kind == FaultKind::Io => "unread",
            Err(fault) if fault.kind == FaultKind::Limit => "limit",
            Err(_) => "failed",
        }
    }

    /// What to look at first.
    fn says(&self, style: &Style) -> String {
        match &self.found {
            Ok(found) => found.first_wrong().map_or("all right".to_owned(), |line| sentence(line, style)),
            Err(fault) => in_a_cell(&fault.message).into_owned(),
        }
    }
}

/// Shows graded files as a table: the points of each, and the first line that is not right.
///
/// # Errors
/// When the page cannot be written.
pub fn graded(files: &[Graded], style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let head = ["file", "points", "of", "first to look at"].map(str::to_owned);
    let row = |file: &Graded| [in_a_cell(&file.name).into_owned(), file.points().to_string(), file.most.to_string(), file.says(style)];
    let rows: Vec<[String; 4]> = std::iter::once(head).chain(files.iter().map(row)).collect();
    columns(&rows, page)
}

/// What stands above the graded files in a view.
///
/// # Errors
/// When the page cannot be written.
pub fn head(view: &str, page: &mut dyn Page) -> io::Result<()> {
    if view == "csv" { page.put(Role::Plain, "file,points,max,status,remark\n") } else { Ok(()) }
}

/// Shows a graded file in a view that has each for itself: a row of CSV, an object or a sentence. What was not compared is a fault
/// there, but for its row. The table needs all files, and is shown by `graded`.
///
/// # Errors
/// When the page cannot be written.
pub fn grade(file: &Graded, view: &str, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    match (view, &file.found) {
        ("csv", _) => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            let (points, most) = (file.points().to_string(), file.most.to_string());
            writer.write_record([&*no_formula(&file.name), &points, &most, file.status(), &file.says(style)])?;
            let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
            page.put(Role::Plain, &String::from_utf8_lossy(&bytes))
        }
        ("json", Ok(found)) => json::compared(found, page),
        ("brief", Ok(found)) => brief(found, style, page),
        _ => Ok(()),
    }
}

/// A path as a text also for spreadsheets, which take what begins with one of these signs for a formula and obey it: `./=a.py` is the same
/// file as `=a.py`.
fn no_formula(path: &str) -> Cow<'_, str> {
    let shown = one_line(path);
    if shown != "-" && shown.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        Cow::Owned(format!("./{shown}"))
    } else {
        shown
    }
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

/// What a grader's report says of a gradient.
pub fn reported(comparison: &Comparison, credit: &Credit, style: &Style) -> String {
    let own = |line: &&Line| match line.number {
        Some(number) => credit.lines.contains(&number),
        None => line.name == credit.name,
    };
    let told = comparison.lines.iter().filter(own).filter(|line| !matches!(line.verdict, Verdict::Right | Verdict::Aside));
    let told: Vec<String> = told.map(|line| sentence(line, style)).collect();
    if told.is_empty() { credit.verdict.word().to_owned() } else { told.join("\n") }
}
