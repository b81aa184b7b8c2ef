//! A hand-derived backward pass beside ours: what was found of each of its lines, and how that is shown.
//!
//! Knows verdicts and pages; compares nothing, and lets no text of the pass on a page that a terminal would obey.

use super::json;
use super::page::{Page, Role, Style, padded, wrapped};
use crate::ground::text::{in_a_cell, one_line, shortened};
use crate::ground::{Fault, FaultKind, Remedy, Shape, Value};
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
    /// It is not read, and may change what is judged: a person must look.
    Look,
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
            Self::Look => "look",
        }
    }

    /// The points of a gradient whose lines are so.
    pub fn points(self) -> f64 {
        match self {
            Self::Right | Self::Aside => 1.0,
            Self::Place => 0.5,
            Self::Missing | Self::Wrong | Self::Look => 0.0,
        }
    }

    /// How bad it is, beside others.
    pub fn weight(self) -> u8 {
        match self {
            Self::Aside => 0,
            Self::Right => 1,
            Self::Place => 2,
            Self::Look => 3,
            Self::Missing => 4,
            Self::Wrong => 5,
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
    /// What to do about it where that is a matter of how the program is asked: whoever knows that says so in words of its own.
    pub remedy: Option<Remedy>,
}

impl Line {
    /// A line of which nothing is known but its verdict.
    pub fn of(verdict: Verdict) -> Self {
        let (text, name, says) = (String::new(), String::new(), String::new());
        Self { number: None, text, name, verdict, value: None, wanted: None, slip: None, says, remedy: None }
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
    /// Whether it has no line at all.
    pub empty: bool,
    /// Whether no other inputs nearby were found where everything is finite, so that what is right may be so by chance.
    pub alone: bool,
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

    /// One word of what was found: right, wrong, or look where nothing is wrong but something is not read that may change it.
    pub fn status(&self) -> &'static str {
        match self.first_wrong().map(|line| line.verdict) {
            None => Verdict::Right.word(),
            Some(Verdict::Look) => Verdict::Look.word(),
            Some(_) => Verdict::Wrong.word(),
        }
    }

    /// The first line that is not right.
    pub fn first_wrong(&self) -> Option<&Line> {
        let wrong = |verdict| self.lines.iter().find(move |line| line.verdict == verdict);
        [Verdict::Wrong, Verdict::Place, Verdict::Missing, Verdict::Look].into_iter().find_map(wrong)
    }

    /// The points of all gradients, and how many there are to get.
    pub fn points(&self) -> (f64, f64) {
        (self.gradients.iter().map(|credit| credit.verdict.points()).sum(), self.gradients.len() as f64)
    }
}

/// What is said of a line beside its verdict.
fn remark(line: &Line, style: &Style) -> String {
    let slip = line.slip.map_or(String::new(), |slip| slip.says().to_owned());
    let gap = if slip.is_empty() || line.says.is_empty() { "" } else { ": " };
    let said = format!("{slip}{gap}{}", line.says);
    let differs = differing(line, style).unwrap_or_default();
    let gap = if said.is_empty() || differs.is_empty() { "" } else { "; " };
    in_a_cell(&format!("{differs}{gap}{said}")).into_owned()
}

/// Relative to the largest number and to itself, by how much one differs that is wrong.
const APART: (f64, f64) = (1e-11, 1e-8);

/// Where a wrong line first has another number than it should, of an array; of single numbers that are shown alike, from which digit on.
fn differing(line: &Line, style: &Style) -> Option<String> {
    let (value, wanted) = (line.value.as_ref()?, line.wanted.as_ref()?);
    if line.verdict != Verdict::Wrong || line.slip == Some(Slip::Plus) || value.shape() != wanted.shape() {
        return None;
    }
    let numbers = || value.numbers().iter().copied().zip(wanted.numbers().iter().copied());
    let largest = numbers().map(|(_, wanted)| wanted.abs()).filter(|number| number.is_finite()).fold(0.0, f64::max);
    let differs = |(own, wanted): (f64, f64)| {
        !(own == wanted || own.is_nan() && wanted.is_nan() || (own - wanted).abs() <= APART.0 * largest + APART.1 * wanted.abs())
    };
    let at = numbers().position(differs)?;
    let (own, wanted) = numbers().nth(at)?;
    let shape = value.shape();
    let texts = style.told_apart(own, wanted);
    if shape.is_scalar() {
        let digit = digit(&texts).filter(|_| style.number(own) == style.number(wanted))?;
        return Some(format!("it differs in digit {digit}, as a rounded number does"));
    }
    let place = match shape {
        Shape::Matrix(_, columns) => format!("[{}, {}]", at / columns as usize, at % columns as usize),
        _ => format!("[{at}]"),
    };
    Some(format!("at {place}: {}, should be {}", texts[0], texts[1]))
}

/// The first significant digit in which two texts of numbers differ, from 1.
fn digit([one, other]: &[String; 2]) -> Option<usize> {
    let digits = |text: &str| -> Vec<char> {
        let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
        mantissa.chars().filter(char::is_ascii_digit).skip_while(|c| *c == '0').collect()
    };
    let (one, other) = (digits(one), digits(other));
    (0..one.len().max(other.len())).find(|&at| one.get(at) != other.get(at)).map(|at| at + 1)
}

fn place(line: &Line) -> String {
    line.number.map_or("-".to_owned(), |number| number.to_string())
}

/// What is said of a line that is not right.
fn sentence(line: &Line, style: &Style) -> String {
    let name = in_a_cell(&line.name);
    let at = line.number.map_or_else(|| format!("`{name}`"), |at| format!("line {at}, `{name}`,"));
    let [_, wanted] = values(line, style, ARRAY);
    let wanted = if wanted.is_empty() { wanted } else { format!(", should be {wanted}") };
    let remark = remark(line, style);
    let remark = if remark.is_empty() { remark } else { format!(" ({remark})") };
    let person = if line.verdict == Verdict::Look { ", a person must look" } else { "" };
    format!("{at} is {}{wanted}{remark}{person}", worded(line.verdict))
}

/// What a pass is that has no line.
const EMPTY: &str = "it has no line";

/// What a verdict on the whole says in a sentence.
fn first(comparison: &Comparison, style: &Style) -> String {
    match comparison.first_wrong() {
        Some(_) if comparison.empty => EMPTY.to_owned(),
        Some(line) => sentence(line, style),
        None if comparison.alone => "all right at the given inputs; near them none were found where all is finite".to_owned(),
        None => "all right".to_owned(),
    }
}

/// The same with the points.
fn summary(comparison: &Comparison, style: &Style) -> String {
    let (points, most) = comparison.points();
    format!("{}: {points} of {most} points", first(comparison, style))
}

/// A verdict in a sentence.
fn worded(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Place => "out of place",
        Verdict::Look => "not read",
        _ => verdict.word(),
    }
}

/// The columns that an array may take in a sentence, and in a table that has room.
const ARRAY: usize = 32;

/// The fewest columns of a line's text.
const NARROW: usize = 14;

/// The value of a line and the one that it should have, with as many digits as tell them apart; an array that is wider than some columns is
/// told by its shape and its norm.
fn values(line: &Line, style: &Style, width: usize) -> [String; 2] {
    if let [Some(value), Some(wanted)] = [&line.value, &line.wanted].map(|value| value.as_ref().and_then(Value::number)) {
        return style.told_apart(value, wanted);
    }
    [&line.value, &line.wanted].map(|value| value.as_ref().map_or(String::new(), |value| shown(style, value, width)))
}

fn shown(style: &Style, value: &Value, width: usize) -> String {
    // No number takes less than a column and the two that part it from the next.
    let is_large = !style.full && value.numbers().len() > width / 2;
    let whole = if is_large { String::new() } else { style.numbers(value.shape(), value.numbers()) };
    if !is_large && (style.full || value.shape().is_scalar() || whole.width() <= width) {
        return whole;
    }
    let norm = style.summary(value.numbers()).pop().unwrap_or_default();
    let both = format!("{}, {norm}", value.shape());
    if both.width() <= width { both } else { norm }
}

/// Shows a comparison as a table with a sentence below.
///
/// # Errors
/// When the page cannot be written.
pub fn table(comparison: &Comparison, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let head = ["line", "text", "verdict", "value", "should be", "remark"].map(str::to_owned);
    let mut before: Option<&Line> = None;
    let mut rows = vec![head];
    for line in &comparison.lines {
        // Several names that get their values in one line have a row each.
        let again = line.number.is_some() && before.is_some_and(|before| before.number == line.number && before.text == line.text);
        before = Some(line);
        // On one line of the table, however many it has.
        let text = line.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = in_a_cell(if line.number.is_some() && !again { &text } else { &line.name }).into_owned();
        let [value, wanted] = values(line, style, ARRAY);
        rows.push([place(line), shortened(&text), line.verdict.word().to_owned(), value, wanted, remark(line, style)]);
    }
    fit(&mut rows, comparison, style);
    columns(&rows, style.width, page)?;
    let sentence = format!("{}: {}", one_line(&comparison.name), summary(comparison, style));
    page.put(Role::Plain, &format!("{}\n", wrapped(&sentence, 0, style.width)))
}

/// How wide columns are, the gaps between them included.
fn widths<const N: usize>(rows: &[[String; N]]) -> [usize; N] {
    std::array::from_fn(|at| rows.iter().map(|row| row[at].width()).max().unwrap_or_default())
}

/// Narrows arrays, and then texts, where they leave the columns before the remarks no room.
fn fit(rows: &mut [[String; 6]], comparison: &Comparison, style: &Style) {
    let wide = |rows: &[[String; 6]]| widths(rows)[..5].iter().map(|width| width + GAP).sum::<usize>().saturating_sub(GAP);
    if wide(rows) > style.width {
        let [number, _, verdict, ..] = widths(rows);
        let room = style.width.saturating_sub(number + verdict + NARROW + 4 * GAP) / 2;
        for (row, line) in rows[1..].iter_mut().zip(&comparison.lines) {
            let [value, wanted] = values(line, style, room.max(NARROW));
            (row[3], row[4]) = (value, wanted);
        }
    }
    let over = wide(rows).saturating_sub(style.width);
    let room = widths(rows)[1].saturating_sub(over).max(NARROW);
    for row in rows {
        row[1] = style.shortened(&row[1], room);
    }
}

/// The columns between two cells.
const GAP: usize = 2;

/// How far a remark stands in that has no room beside its row.
const INDENT: usize = 6;

/// Rows of cells below each other, the first of them headings. What the last column has stands below a row that would be wider than a page
/// with it.
fn columns<const N: usize>(rows: &[[String; N]], width: usize, page: &mut dyn Page) -> io::Result<()> {
    let widths = widths(rows);
    let before: usize = widths[..N - 1].iter().map(|width| width + GAP).sum();
    for (number, row) in rows.iter().enumerate() {
        let last = &row[N - 1];
        let wide = before + last.width() > width;
        let below = wide && number > 0 && !last.is_empty();
        let cells: Vec<String> = row.iter().zip(widths).take(N - 1).map(|(cell, width)| padded(cell, width)).collect();
        let gap = " ".repeat(GAP);
        let line = if wide { cells.join(&gap) } else { format!("{}{gap}{last}", cells.join(&gap)) };
        page.put(if number == 0 { Role::Heading } else { Role::Plain }, line.trim_end())?;
        page.put(Role::Plain, "\n")?;
        if below {
            page.put(Role::Plain, &format!("{}{}\n", " ".repeat(INDENT), wrapped(last, INDENT, width)))?;
        }
    }
    Ok(())
}

impl Graded {
    /// The points that it gets: none where it was not compared.
    fn points(&self) -> f64 {
        self.found.as_ref().map_or(0.0, |found| found.points().0)
    }

    /// One word of what became of it.
    pub fn status(&self) -> &'static str {
        match &self.found {
            Ok(found) => found.status(),
            Err(fault) if fault.kind == FaultKind::Io => "unread",
            Err(fault) if fault.kind == FaultKind::Limit => "limit",
            Err(_) => "failed",
        }
    }

    /// What to look at first.
    fn says(&self, style: &Style) -> String {
        match &self.found {
            Ok(found) => first(found, style),
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
    columns(&rows, style.width, page)
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
        ("json", Err(fault)) => json::ungraded(file, fault, page),
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
        Some(number) => credit.lines.contains(&number) || credit.verdict == Verdict::Look && line.verdict == Verdict::Look,
        None => line.name == credit.name,
    };
    let told = comparison.lines.iter().filter(own).filter(|line| !matches!(line.verdict, Verdict::Right | Verdict::Aside));
    let told: Vec<String> = told.map(|line| sentence(line, style)).collect();
    if told.is_empty() { credit.verdict.word().to_owned() } else { told.join("\n") }
}
