//! The work on one part of a table: fields become numbers, numbers answers, answers lines of text.
//!
//! Each part is worked on by itself, on any thread; what comes of it depends on its bytes alone. Knows what is asked of every row; no
//! file and no clock.

use super::covariance::Covariance;
use super::table::{Part, Row, fields, rows, said};
use crate::calculus::rows::{BLOCK, Rows};
use crate::forms::data::{decimal_comma, parsed};
use crate::ground::Cancellation;
use crate::ground::number::{Digits, push_shortest};
use crate::ground::text::shortened;
use memchr::memchr;
use std::collections::HashMap;

/// How many rows that are wrong are told one by one.
pub const TOLD: usize = 5;

/// The largest weight: a table's weights can be added up.
const HEAVIEST: f64 = 1e290;

/// What becomes of a row in which a number is missing, or one that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Fate {
    /// The work stops there
    Stop,
    /// It is left out, and counted
    Skip,
    /// It stays, and what is appended to it is empty
    Nan,
}

/// The form of what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Fields with something between them.
    Fields,
    /// Objects.
    Objects,
    /// A table for people, of a summary.
    Table,
}

/// What is asked of every row.
#[derive(Debug)]
pub struct Plan {
    pub rows: Rows,
    /// The names of the table's columns.
    pub columns: Vec<String>,
    /// Which of them are inputs, in the order of the program's columns.
    pub used: Vec<usize>,
    /// Which of these are standard deviations.
    pub deviations: Vec<bool>,
    /// Which are written, and whether those are all of them in their order, so that a row is written as it stands.
    pub kept: Vec<usize>,
    pub as_it_stands: bool,
    /// The names of what is appended.
    pub appended: Vec<String>,
    pub divider: u8,
    pub missing: Fate,
    pub bad: Fate,
    /// What stands for a number that is missing.
    pub absent: Absent,
    /// The form of what is written, and the digits of a table.
    pub form: Form,
    pub digits: Digits,
    /// Whether rows are written at all: a summary shows none.
    pub writes: bool,
    /// The column by which a summary is parted, and the one of its weights.
    pub by: Option<usize>,
    pub weights: Option<usize>,
    /// Whether a summary is of one evaluation at the means of the columns.
    pub at_means: bool,
    /// What standard errors are made of, if they are asked for.
    pub inference: Option<Inference>,
    /// How numbers are defined that are neither values nor gradients, in lines.
    pub formulas: Vec<String>,
}

/// What standard errors are made of.
#[derive(Debug)]
pub struct Inference {
    pub covariance: Covariance,
    /// What its file is called.
    pub file: String,
    /// For each number that is appended, and each parameter, where its slope stands among the numbers asked for; none where it is 0.
    pub slopes: Vec<Vec<Option<usize>>>,
}

/// What stands for a number that is missing.
#[derive(Debug)]
pub struct Absent {
    words: Vec<String>,
    /// Those of them that are numbers.
    numbers: Vec<f64>,
}

impl Absent {
    /// Words divided by commas, and the empty one.
    pub fn of(words: &str) -> Self {
        let words: Vec<String> = words.split(',').map(|word| word.trim().to_owned()).chain([String::new()]).collect();
        let numbers = words.iter().filter_map(|word| word.parse::<f64>().ok()).filter(|number| number.is_finite()).collect();
        Self { words, numbers }
    }

    /// Whether a field says so.
    fn has(&self, said: &[u8]) -> bool {
        self.words.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(said))
    }
}

/// A row that is wrong.
#[derive(Debug)]
pub struct Bad {
    pub line: u64,
    pub byte: u64,
    pub column: String,
    pub reason: String,
    pub raw: Vec<u8>,
}

/// The numbers of a group of rows: of each that is appended and of the slopes behind them, and the weights.
pub type Numbers = (Vec<Vec<f64>>, Vec<f64>);

/// What came of a part.
#[derive(Debug, Default)]
pub struct Done {
    pub text: Vec<u8>,
    pub rows: u64,
    pub blank: u64,
    pub missing: u64,
    /// How many rows have an answer, and of how many it is not finite.
    pub answered: u64,
    pub not_finite: u64,
    pub bad: Vec<Bad>,
    /// How many numbers were too small and are read as 0, and the line and the column of the first.
    pub vanished: u64,
    pub first_vanished: Option<(u64, String)>,
    /// The line where the work stops because a number is missing, and the column.
    pub stopped: Option<(u64, String)>,
    /// What a summary is made of, by the groups in the order in which they come.
    pub groups: Vec<(Vec<u8>, Numbers)>,
    pub cancelled: bool,
}

impl Done {
    /// Whether nothing behind this part is wanted.
    pub fn stops(&self, plan: &Plan) -> bool {
        self.cancelled || self.stopped.is_some() || plan.bad == Fate::Stop && !self.bad.is_empty()
    }
}

/// A row that is written: where it stands, its fields, and whether it has an answer.
struct Kept {
    row: Row,
    answered: bool,
    /// How many fields it has less than there are columns.
    short: usize,
}

/// Rows that wait for their answers.
#[derive(Default)]
struct Waiting {
    kept: Vec<Kept>,
    columns: Vec<Vec<f64>>,
    weights: Vec<f64>,
    answered: usize,
}

/// Works on a part.
pub fn work(plan: &Plan, part: &Part, cancellation: &Cancellation) -> Done {
    let quoted = memchr(b'"', &part.bytes).is_some();
    let dividers = [plan.divider];
    let is_text = plan.form == Form::Fields && plan.by.is_none() || std::str::from_utf8(&part.bytes).is_ok();
    let mut worker = Worker {
        plan,
        part,
        quoted,
        is_text,
        cancellation,
        done: Done::default(),
        vanished: None,
        groups: HashMap::new(),
        waiting: Waiting::default(),
    };
    worker.waiting.columns = vec![Vec::with_capacity(BLOCK); plan.used.len()];
    let mut halted = false;
    let (mut line, mut found, mut counted) = (part.line, Vec::with_capacity(plan.columns.len()), 0);
    for row in rows(&part.bytes, &dividers, quoted) {
        // Only rows that are told need their lines.
        let mut at = |worker: &Worker<'_>, from: &mut usize| {
            line += memchr::memchr_iter(b'\n', &worker.part.bytes[*from..row.start.max(*from)]).count() as u64;
            *from = row.start;
            line
        };
        let bytes = &part.bytes[row.start..row.end];
        if bytes.is_empty() {
            worker.done.blank += 1;
            continue;
        }
        fields(bytes, plan.divider, quoted, &mut found);
        let taken = worker.take(bytes, &found);
        if let Some(column) = worker.vanished.take().filter(|_| worker.done.first_vanished.is_none()) {
            let line = at(&worker, &mut counted);
            worker.done.first_vanished = Some((line, plan.columns[column].clone()));
        }
        match taken {
            Taken::Numbers => worker.waiting.keep(row, true, 0),
            Taken::Missing(_) if plan.missing == Fate::Nan => {
                worker.done.missing += 1;
                worker.waiting.keep(row, false, 0);
            }
            Taken::Missing(_) if plan.missing == Fate::Skip => worker.done.missing += 1,
            Taken::Missing(column) => {
                let line = at(&worker, &mut counted);
                worker.done.stopped = Some((line, plan.columns[column].clone()));
                break;
            }
            Taken::Bad(column, reason) => {
                let line = at(&worker, &mut counted);
                let column = column.map_or(String::new(), |column| plan.columns[column].clone());
                worker.done.bad.push(Bad { line, byte: part.start + row.start as u64, column, reason, raw: bytes.to_vec() });
                if plan.bad == Fate::Stop && worker.done.bad.len() >= TOLD {
                    break;
                }
                // One with more fields than there are columns has no place for them.
                if plan.bad == Fate::Nan && found.len() <= plan.columns.len() {
                    worker.waiting.keep(row, false, plan.columns.len() - found.len());
                }
            }
        }
        // Behind the first row that stops the work, rows are looked at and not written.
        if halted {
            worker.waiting.clear();
        } else if plan.bad == Fate::Stop && !worker.done.bad.is_empty() {
            halted = true;
            worker.answer();
        } else if worker.waiting.answered == BLOCK || worker.waiting.kept.len() >= 2 * BLOCK {
            worker.answer();
        }
        if worker.done.cancelled {
            break;
        }
    }
    if !halted {
        worker.answer();
    }
    worker.done
}

/// What the fields of a row are.
enum Taken {
    Numbers,
    /// A number is missing in this column.
    Missing(usize),
    /// A field of this column is wrong, or the row is.
    Bad(Option<usize>, String),
}

struct Worker<'a> {
    plan: &'a Plan,
    part: &'a Part,
    quoted: bool,
    /// Whether its fields need not be looked at for bytes that are no text.
    is_text: bool,
    cancellation: &'a Cancellation,
    done: Done,
    /// The column of a number of this row that is read as 0.
    vanished: Option<usize>,
    /// Where a group is among those that were found.
    groups: HashMap<Vec<u8>, usize>,
    waiting: Waiting,
}

impl Waiting {
    fn keep(&mut self, row: Row, answered: bool, short: usize) {
        self.answered += usize::from(answered);
        self.kept.push(Kept { row, answered, short });
    }

    fn clear(&mut self) {
        self.kept.clear();
        self.columns.iter_mut().for_each(Vec::clear);
        self.weights.clear();
        self.answered = 0;
    }
}

impl Worker<'_> {
    /// Takes the numbers of a row, all or none.
    fn take(&mut self, bytes: &[u8], found: &[(usize, usize)]) -> Taken {
        let plan = self.plan;
        if found.len() != plan.columns.len() {
            let fields = |count: usize| format!("{count} field{}", if count == 1 { "" } else { "s" });
            return Taken::Bad(None, format!("the row has {}, and the header names {}", fields(found.len()), plan.columns.len()));
        }
        if !self.is_text
            && let Some(column) = self.no_text(bytes, found)
        {
            return Taken::Bad(
                Some(column),
                "the field is no text in UTF-8; convert the table, as by `iconv -f latin1 -t utf-8`".to_owned(),
            );
        }
        let before = self.waiting.answered;
        let weight = plan.weights.iter();
        for (place, &column) in plan.used.iter().chain(weight).enumerate() {
            let (start, end) = found[column];
            let field = &bytes[start..end];
            let number = match number(field, &plan.absent) {
                Ok(Some(number)) if number == 0.0 && is_too_small(field) => {
                    self.done.vanished += 1;
                    self.vanished = Some(column);
                    Ok(Some(number))
                }
                other => other,
            };
            let number = match number {
                Ok(Some(number)) if place == plan.used.len() && !(0.0..=HEAVIEST).contains(&number) => {
                    Err(format!("a weight is a number from 0 to {HEAVIEST:e}"))
                }
                Ok(Some(number)) if plan.deviations.get(place) == Some(&true) && !(0.0..=f64::MAX).contains(&number) => {
                    Err("a standard deviation is a finite number from 0 on".to_owned())
                }
                Ok(Some(number)) => Ok(number),
                Ok(None) => {
                    self.forget(before);
                    return Taken::Missing(column);
                }
                Err(reason) => Err(reason),
            };
            match number {
                Ok(number) if place == plan.used.len() => self.waiting.weights.push(number),
                Ok(number) => self.waiting.columns[place].push(number),
                Err(reason) => {
                    self.forget(before);
                    return Taken::Bad(Some(column), reason);
                }
            }
        }
        Taken::Numbers
    }

    /// The first column that is written, or parts a summary, whose field is no text: what is written anew would change its bytes.
    fn no_text(&self, bytes: &[u8], found: &[(usize, usize)]) -> Option<usize> {
        let plan = self.plan;
        let kept = if plan.writes { &plan.kept[..] } else { &[] };
        kept.iter().copied().chain(plan.by).find(|&column| std::str::from_utf8(&bytes[found[column].0..found[column].1]).is_err())
    }

    /// What was taken of a row that has no answer is none.
    fn forget(&mut self, before: usize) {
        self.waiting.columns.iter_mut().for_each(|column| column.truncate(before));
        self.waiting.weights.truncate(before);
    }

    /// Answers the rows that wait, and writes them.
    fn answer(&mut self) {
        let (plan, part) = (self.plan, self.part);
        if self.waiting.kept.is_empty() {
            return self.waiting.clear();
        }
        if self.cancellation.is_cancelled() {
            self.done.cancelled = true;
            return;
        }
        let answers = if plan.at_means {
            means_of(&self.waiting.columns)
        } else {
            let Some(answers) = plan.rows.evaluate(&self.waiting.columns, self.waiting.answered, self.cancellation) else {
                self.done.cancelled = true;
                return;
            };
            answers
        };
        // What stands behind is for standard errors.
        let shown = if plan.at_means { answers.len() } else { plan.appended.len() };
        let (mut found, mut at) = (Vec::new(), 0);
        for kept in &self.waiting.kept {
            let bytes = &part.bytes[kept.row.start..kept.row.end];
            if plan.writes && (plan.form == Form::Objects || !plan.as_it_stands) || plan.by.is_some() {
                fields(bytes, plan.divider, self.quoted, &mut found);
            }
            if plan.writes {
                let text = &mut self.done.text;
                let answer = kept.answered.then_some((&answers[..], at));
                if plan.form == Form::Objects {
                    object(plan, bytes, &found, answer, text);
                } else {
                    line(plan, bytes, &found, (answer, kept.short), text);
                }
            }
            self.done.rows += 1;
            if kept.answered {
                self.done.answered += 1;
                let finite = answers[..shown].iter().all(|numbers| numbers[at].is_finite());
                self.done.not_finite += u64::from(!finite);
                if !plan.writes {
                    let group = plan.by.map_or(Vec::new(), |by| said(&bytes[found[by].0..found[by].1]).into_owned());
                    let next = self.done.groups.len();
                    let place = *self.groups.entry(group).or_insert_with_key(|group| {
                        self.done.groups.push((group.clone(), (vec![Vec::new(); answers.len()], Vec::new())));
                        next
                    });
                    let (numbers, weights) = &mut self.done.groups[place].1;
                    numbers.iter_mut().zip(&answers).for_each(|(numbers, answers)| numbers.push(answers[at]));
                    weights.extend(self.waiting.weights.get(at));
                }
                at += 1;
            }
        }
        self.waiting.clear();
    }
}

/// The numbers that means are taken of: a row with one that is not finite is none of theirs.
fn means_of(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut numbers = columns.to_vec();
    for at in 0..columns.first().map_or(0, Vec::len) {
        if columns.iter().any(|column| !column[at].is_finite()) {
            for column in &mut numbers {
                column[at] = f64::NAN;
            }
        }
    }
    numbers
}

/// Whether a field that is read as 0 has another digit.
fn is_too_small(field: &[u8]) -> bool {
    field.iter().take_while(|byte| !matches!(byte, b'e' | b'E')).any(|byte| matches!(byte, b'1'..=b'9'))
}

/// The number of a field; none where it is missing.
fn number(field: &[u8], absent: &Absent) -> Result<Option<f64>, String> {
    let plain = field.trim_ascii();
    // Most fields are numbers, and nothing but one; a number may stand for one that is missing.
    if let Ok(number) = fast_float2::parse::<f64, _>(plain)
        && number.is_finite()
    {
        return Ok(Some(number).filter(|number| !absent.numbers.contains(number)));
    }
    let said = said(field);
    let said = said.trim_ascii();
    if absent.has(said) {
        return Ok(None);
    }
    if field.first() == Some(&b'"') && field.trim_ascii_end().last() != Some(&b'"') {
        return Err(format!("`{}` has something behind its quotation marks", shortened(&String::from_utf8_lossy(field))));
    }
    let text = String::from_utf8_lossy(said).into_owned();
    match parsed(said) {
        Some(number) if number.is_infinite() && text.contains(|c: char| c.is_ascii_digit()) => {
            Err(format!("`{}` is larger than the largest number, 1.8e308", shortened(&text)))
        }
        Some(number) => Ok(Some(number)),
        None => {
            let hint = if decimal_comma(said).is_some_and(|field| parsed(&field).is_some()) {
                "; numbers have a decimal point here"
            } else if parsed(text.replace('_', "").as_bytes()).is_some() {
                "; digits are written without `_` here"
            } else {
                ""
            };
            Err(format!("`{}` is no number{hint}", shortened(&text)))
        }
    }
}

type Answer<'a> = Option<(&'a [Vec<f64>], usize)>;

/// A row as it stood, but for columns that are not kept, with what is appended.
fn line(plan: &Plan, bytes: &[u8], found: &[(usize, usize)], (answer, short): (Answer<'_>, usize), text: &mut Vec<u8>) {
    let mut begun = false;
    if plan.as_it_stands {
        text.extend_from_slice(bytes);
        text.resize(text.len() + short, plan.divider);
        begun = true;
    } else {
        for &column in &plan.kept {
            if std::mem::replace(&mut begun, true) {
                text.push(plan.divider);
            }
            text.extend_from_slice(found.get(column).map_or(b"", |&(from, to)| &bytes[from..to]));
        }
    }
    for place in 0..plan.appended.len() {
        if std::mem::replace(&mut begun, true) {
            text.push(plan.divider);
        }
        if let Some((answers, at)) = answer {
            push_shortest(answers[place][at], text);
        }
    }
    text.push(b'\n');
}

/// A row as an object on one line: numbers as they stood, other fields as texts, null for what is missing.
fn object(plan: &Plan, bytes: &[u8], found: &[(usize, usize)], answer: Answer<'_>, text: &mut Vec<u8>) {
    let mut before = b'{';
    let mut name = |name: &str, text: &mut Vec<u8>| {
        text.push(std::mem::replace(&mut before, b','));
        quote(name, text);
        text.push(b':');
    };
    for &column in &plan.kept {
        name(&plan.columns[column], text);
        let field = found.get(column).map_or(&b""[..], |&(from, to)| &bytes[from..to]);
        let said = said(field);
        if plan.used.contains(&column) && plan.absent.has(said.trim_ascii()) {
            text.extend_from_slice(b"null");
        } else if field.first() != Some(&b'"') && serde_json::from_slice::<serde_json::Number>(said.trim_ascii()).is_ok() {
            text.extend_from_slice(said.trim_ascii());
        } else {
            quote(&String::from_utf8_lossy(&said), text);
        }
    }
    for (place, appended) in plan.appended.iter().enumerate() {
        name(appended, text);
        match answer.map(|(answers, at)| answers[place][at]) {
            None => text.extend_from_slice(b"null"),
            Some(number) if number.is_finite() => push_shortest(number, text),
            Some(number) => {
                text.push(b'"');
                push_shortest(number, text);
                text.push(b'"');
            }
        }
    }
    if before == b'{' {
        text.push(before);
    }
    text.extend_from_slice(b"}\n");
}

/// A text in JSON's quotation marks.
pub fn quote(said: &str, text: &mut Vec<u8>) {
    // A text can be written to memory.
    let _ = serde_json::to_writer(text, said);
}
