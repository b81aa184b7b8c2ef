//! The work on one part of a table: fields become numbers, numbers answers, answers lines of text.
//!
//! Each part is worked on by itself, on any thread; what comes of it depends on its bytes alone. Knows what is asked of every row; no
//! file and no clock.

use super::covariance::Covariance;
use super::numbers::{Absent, Role, is_too_small, number, plain_row, roles};
use super::table::{Part, Row, fields, row_at, said};
use super::written::{line, object};
use crate::calculus::rows::{BLOCK, Rows, Scratch};
use crate::ground::Cancellation;
use crate::ground::number::Digits;
use crate::vocabulary::lanes;
use memchr::memchr;
use std::collections::HashMap;
use std::ops::ControlFlow;

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
    /// How many rows that are wrong are told where the first stops the work: the others are of the same part.
    pub most_told: usize,
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

/// A row that is wrong.
#[derive(Debug)]
pub struct Bad {
    pub line: u64,
    pub byte: u64,
    pub column: String,
    pub reason: String,
    pub raw: Vec<u8>,
}

/// What a summary takes of the rows of a group.
#[derive(Debug)]
pub struct Numbers {
    /// The numbers of each column that is appended, and of the slopes behind them.
    pub columns: Vec<Vec<f64>>,
    pub weights: Vec<f64>,
    /// In how many rows a number is missing.
    pub missing: u64,
}

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
    /// How many rows that are bad have no place, since they have more fields than there are columns.
    pub wide: u64,
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

/// A row that is written, or summed up, and where it stands.
struct Kept {
    start: usize,
    end: usize,
    kind: Kind,
}

/// What is known of a row that is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Answered,
    /// A number is missing.
    Missing,
    /// It is bad, and has so many fields less than there are columns.
    Bad(usize),
}

/// Rows that wait for their answers.
struct Waiting {
    kept: Vec<Kept>,
    columns: Vec<Vec<f64>>,
    weights: Vec<f64>,
    answered: usize,
}

/// What a thread works with, part after part.
pub struct Tools {
    waiting: Waiting,
    scratch: Scratch,
    /// The numbers asked for of the rows that waited.
    answers: Vec<Vec<f64>>,
    /// What is asked of each column, where that is a number or nothing.
    roles: Option<Vec<Role>>,
    /// How many bytes are written for each that is read.
    growth: f64,
}

impl Tools {
    /// Those for a plan.
    pub fn new(plan: &Plan) -> Self {
        let waiting = Waiting {
            kept: Vec::with_capacity(BLOCK),
            columns: vec![Vec::with_capacity(BLOCK); plan.used.len()],
            weights: Vec::new(),
            answered: 0,
        };
        Self { waiting, scratch: plan.rows.scratch(), answers: vec![Vec::new(); plan.rows.asked()], roles: roles(plan), growth: 1.0 }
    }
}

/// Works on a part.
pub fn work(plan: &Plan, part: &Part, tools: &mut Tools, cancellation: &Cancellation) -> Done {
    let quoted = memchr(b'"', &part.bytes).is_some();
    let is_text = plan.form == Form::Fields && plan.by.is_none() || std::str::from_utf8(&part.bytes).is_ok();
    tools.waiting.clear();
    // A little more than before, so that what is written need not be moved.
    let room = if plan.writes { (part.bytes.len() as f64 * tools.growth * 1.05) as usize } else { 0 };
    let mut worker = Worker {
        plan,
        part,
        quoted,
        is_text,
        cancellation,
        done: Done { text: Vec::with_capacity(room), ..Done::default() },
        vanished: None,
        groups: HashMap::new(),
        line: part.line,
        counted: 0,
        found: Vec::with_capacity(plan.columns.len()),
        tools,
    };
    worker.rows();
    let done = worker.done;
    tools.growth = done.text.len() as f64 / part.bytes.len().max(1) as f64;
    done
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
    /// The line of the byte up to which lines are counted.
    line: u64,
    counted: usize,
    /// Where the fields of a row stand.
    found: Vec<(usize, usize)>,
    tools: &'a mut Tools,
}

impl Waiting {
    fn keep(&mut self, (start, end): (usize, usize), kind: Kind) {
        self.answered += usize::from(kind == Kind::Answered);
        self.kept.push(Kept { start, end, kind });
    }

    fn clear(&mut self) {
        self.kept.clear();
        self.columns.iter_mut().for_each(Vec::clear);
        self.weights.clear();
        self.answered = 0;
    }
}

impl Worker<'_> {
    /// Works on every row.
    fn rows(&mut self) {
        let (plan, part) = (self.plan, self.part);
        let (mut at, mut halted) = (0, false);
        while at < part.bytes.len() && !self.done.cancelled {
            if let Some((end, next)) = self.quickly(at) {
                self.tools.waiting.keep((at, end), Kind::Answered);
                at = next;
            } else {
                let row = row_at(&part.bytes, at, &[plan.divider], self.quoted);
                at = row.next;
                if self.row(row).is_break() {
                    break;
                }
            }
            let waiting = &mut self.tools.waiting;
            // Behind the first row that stops the work, rows are looked at and not written.
            if halted {
                waiting.clear();
            } else if plan.bad == Fate::Stop && !self.done.bad.is_empty() {
                halted = true;
                self.answer();
            } else if waiting.answered == BLOCK || waiting.kept.len() >= 2 * BLOCK {
                self.answer();
            }
        }
        if !halted {
            self.answer();
        }
    }

    /// Takes the numbers of a row that begins there and whose fields are as most are, without a quotation mark or a blank, and numbers
    /// where such are asked for: where it ends, and where the next one begins. Of any other row nothing is taken.
    #[inline]
    fn quickly(&mut self, start: usize) -> Option<(usize, usize)> {
        let roles = self.tools.roles.as_deref().filter(|_| self.is_text)?;
        let (bytes, before) = (&self.part.bytes[..], self.tools.waiting.answered);
        let ends = plain_row(bytes, start, roles, self.plan.divider, &mut self.tools.waiting.columns);
        if ends.is_none() {
            self.forget(before);
        }
        ends
    }

    /// The line in which a row begins; only rows that are told need it.
    fn line_of(&mut self, row: Row) -> u64 {
        self.line += memchr::memchr_iter(b'\n', &self.part.bytes[self.counted..row.start.max(self.counted)]).count() as u64;
        self.counted = row.start;
        self.line
    }

    /// Works on a row; nothing behind one that stops the work is.
    fn row(&mut self, row: Row) -> ControlFlow<()> {
        let (plan, part) = (self.plan, self.part);
        let bytes = &part.bytes[row.start..row.end];
        if bytes.is_empty() {
            self.done.blank += 1;
            return ControlFlow::Continue(());
        }
        let mut found = std::mem::take(&mut self.found);
        fields(bytes, plan.divider, self.quoted, &mut found);
        let taken = self.take(bytes, &found);
        let short = plan.columns.len().checked_sub(found.len());
        self.found = found;
        if let Some(column) = self.vanished.take().filter(|_| self.done.first_vanished.is_none()) {
            self.done.first_vanished = Some((self.line_of(row), plan.columns[column].clone()));
        }
        let place = (row.start, row.end);
        match taken {
            Taken::Numbers => self.tools.waiting.keep(place, Kind::Answered),
            // A summary counts those that are left out, too.
            Taken::Missing(_) if plan.missing == Fate::Nan || plan.missing == Fate::Skip && !plan.writes => {
                self.done.missing += 1;
                self.tools.waiting.keep(place, Kind::Missing);
            }
            Taken::Missing(_) if plan.missing == Fate::Skip => self.done.missing += 1,
            Taken::Missing(column) => {
                self.done.stopped = Some((self.line_of(row), plan.columns[column].clone()));
                return ControlFlow::Break(());
            }
            Taken::Bad(column, reason) => {
                let line = self.line_of(row);
                let column = column.map_or(String::new(), |column| plan.columns[column].clone());
                self.done.bad.push(Bad { line, byte: part.start + row.start as u64, column, reason, raw: bytes.to_vec() });
                if plan.bad == Fate::Stop && self.done.bad.len() >= plan.most_told {
                    return ControlFlow::Break(());
                }
                match short.filter(|_| plan.bad == Fate::Nan) {
                    Some(short) => self.tools.waiting.keep(place, Kind::Bad(short)),
                    None => self.done.wide += u64::from(short.is_none()),
                }
            }
        }
        ControlFlow::Continue(())
    }

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
        // A row that has both is bad, whatever is read first.
        let (before, mut missing) = (self.tools.waiting.answered, None);
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
                    missing = missing.or(Some(column));
                    continue;
                }
                Err(reason) => Err(reason),
            };
            match number {
                Ok(number) if place == plan.used.len() => self.tools.waiting.weights.push(number),
                Ok(number) => self.tools.waiting.columns[place].push(number),
                Err(reason) => {
                    self.forget(before);
                    return Taken::Bad(Some(column), reason);
                }
            }
        }
        if let Some(column) = missing {
            self.forget(before);
            return Taken::Missing(column);
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
        self.tools.waiting.columns.iter_mut().for_each(|column| column.truncate(before));
        self.tools.waiting.weights.truncate(before);
    }

    /// Answers the rows that wait, and writes them.
    fn answer(&mut self) {
        if !self.tools.waiting.kept.is_empty() {
            if self.cancellation.is_cancelled() || self.evaluate().is_none() {
                self.done.cancelled = true;
                return;
            }
            let (waiting, answers) = (&self.tools.waiting, &self.tools.answers);
            // What stands behind is for standard errors.
            let shown = if self.plan.at_means { answers.len() } else { self.plan.appended.len() };
            let not_finite = not_finite(&answers[..shown], waiting.answered);
            self.done.rows += waiting.kept.len() as u64;
            self.done.answered += waiting.answered as u64;
            self.done.not_finite += not_finite;
            if self.plan.writes {
                self.write();
            } else {
                self.sum_up();
            }
        }
        self.tools.waiting.clear();
    }

    /// The numbers asked for of the rows that wait; none where it is cancelled.
    fn evaluate(&mut self) -> Option<()> {
        let Tools { waiting, scratch, answers, .. } = &mut *self.tools;
        if self.plan.at_means {
            *answers = means_of(&waiting.columns);
            return Some(());
        }
        let columns: Vec<&[f64]> = waiting.columns.iter().map(Vec::as_slice).collect();
        for numbers in &mut *answers {
            numbers.resize(waiting.answered, 0.0);
        }
        let mut out: Vec<&mut [f64]> = answers.iter_mut().map(Vec::as_mut_slice).collect();
        self.plan.rows.evaluate_into(scratch, &columns, &mut out, self.cancellation)
    }

    /// Writes the rows that wait, with their answers.
    fn write(&mut self) {
        let (plan, part, answers) = (self.plan, self.part, &self.tools.answers[..]);
        let (text, mut at) = (&mut self.done.text, 0);
        for kept in &self.tools.waiting.kept {
            let bytes = &part.bytes[kept.start..kept.end];
            let answered = kept.kind == Kind::Answered;
            let answer = answered.then_some((answers, at));
            let short = if let Kind::Bad(short) = kept.kind { short } else { 0 };
            if plan.form == Form::Objects || !plan.as_it_stands {
                fields(bytes, plan.divider, self.quoted, &mut self.found);
            }
            if plan.form == Form::Objects {
                object(plan, bytes, &self.found, answer, text);
            } else {
                line(plan, bytes, &self.found, (answer, short), text);
            }
            at += usize::from(answered);
        }
    }

    /// Adds the answers of the rows that wait to their groups.
    fn sum_up(&mut self) {
        let (plan, Tools { waiting, answers, .. }) = (self.plan, &*self.tools);
        let kept = || waiting.kept.iter().filter(|kept| !matches!(kept.kind, Kind::Bad(_)));
        let mut at = 0;
        for kept in kept() {
            let Some(by) = plan.by else { break };
            let bytes = &self.part.bytes[kept.start..kept.end];
            fields(bytes, plan.divider, self.quoted, &mut self.found);
            let group = said(&bytes[self.found[by].0..self.found[by].1]);
            let group = group_of(&mut self.groups, &mut self.done.groups, &group, answers.len());
            if kept.kind == Kind::Missing {
                group.missing += 1;
                continue;
            }
            group.columns.iter_mut().zip(answers).for_each(|(numbers, answers)| numbers.push(answers[at]));
            group.weights.extend(waiting.weights.get(at));
            at += 1;
        }
        if plan.by.is_none() && kept().next().is_some() {
            let group = group_of(&mut self.groups, &mut self.done.groups, b"", answers.len());
            group.missing += kept().filter(|kept| kept.kind == Kind::Missing).count() as u64;
            group.columns.iter_mut().zip(answers).for_each(|(numbers, answers)| numbers.extend_from_slice(&answers[..waiting.answered]));
            group.weights.extend_from_slice(&waiting.weights);
        }
    }
}

/// The numbers of a group, which may be a new one, of so many numbers.
fn group_of<'a>(groups: &mut HashMap<Vec<u8>, usize>, all: &'a mut Vec<(Vec<u8>, Numbers)>, name: &[u8], count: usize) -> &'a mut Numbers {
    let place = groups.get(name).copied().unwrap_or_else(|| {
        all.push((name.to_vec(), Numbers { columns: vec![Vec::new(); count], weights: Vec::new(), missing: 0 }));
        groups.insert(name.to_vec(), all.len() - 1);
        all.len() - 1
    });
    &mut all[place].1
}

/// Of how many rows some number is not finite.
fn not_finite(answers: &[Vec<f64>], rows: usize) -> u64 {
    if answers.iter().all(|numbers| lanes::are_finite(numbers)) {
        return 0;
    }
    (0..rows).filter(|&at| !answers.iter().all(|numbers| numbers[at].is_finite())).count() as u64
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
