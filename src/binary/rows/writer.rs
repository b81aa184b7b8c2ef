//! Parts of a table go to threads, and what comes of them is written in the order of the table; what there is to say of the rows is said at
//! the end.
//!
//! Knows threads and where rows go; what a part comes to is `work`'s.

use super::flags::RowFlags;
use super::known::Length;
use super::summed::Summed;
use super::table::{Part, Source};
use super::told;
use super::work::{Done, Fate, Form, Plan, TOLD, Tools, work};
use super::written::cell;
use crate::binary::output::Output;
use crate::binary::progress::Progress;
use crate::binary::{Exit, interrupt, report};
use crate::ground::text::shortened;
use crate::ground::{Cancellation, cores};
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// How long is waited before it is asked whether anything is still wanted.
const PAUSE: Duration = Duration::from_millis(50);

/// The most threads that work where nobody says how many.
const MOST_THREADS: usize = 16;

/// What ended the work.
pub enum Ended {
    Read(io::Error),
    Written(io::Error),
}

/// Writes what comes of parts, in their order.
pub struct Writer<'a, 'o> {
    plan: &'a Plan,
    flags: &'a RowFlags,
    pub name: String,
    pub output: io::BufWriter<&'o mut Output>,
    rejects: Option<Output>,
    summed: Summed<'a>,
    /// The first rows that were wrong, in words.
    told: Vec<String>,
    /// What else ended the work, in words.
    ended: Option<String>,
    pub rows: u64,
    blank: u64,
    missing: u64,
    bad: u64,
    wide: u64,
    not_finite: u64,
    answered: u64,
    /// How many numbers were too small, and where the first stands.
    vanished: u64,
    first_vanished: Option<(u64, String)>,
    /// Whether the work ended before the table did, and whether that was for too many groups.
    pub stopped: bool,
    crowded: bool,
    /// Whether nobody takes what is written any more, before all of it is: what has been counted is no count of the rows.
    cut: bool,
    progress: Progress,
    length: Option<Length>,
}

impl<'a, 'o> Writer<'a, 'o> {
    /// Writes rows, and those that are bad if somebody wants them, of a table that is so long if that is known.
    pub fn new(
        plan: &'a Plan,
        flags: &'a RowFlags,
        name: String,
        output: &'o mut Output,
        (rejects, length): (Option<Output>, Option<Length>),
    ) -> Self {
        Self {
            plan,
            flags,
            name,
            output: io::BufWriter::with_capacity(1 << 20, output),
            rejects,
            summed: Summed::new(plan),
            told: Vec::new(),
            ended: None,
            rows: 0,
            blank: 0,
            missing: 0,
            bad: 0,
            wide: 0,
            not_finite: 0,
            answered: 0,
            vanished: 0,
            first_vanished: None,
            stopped: false,
            crowded: false,
            cut: false,
            progress: Progress::new(length.as_ref().map(Length::all)),
            length,
        }
    }

    /// Works on a table to its end.
    ///
    /// # Errors
    /// What ended the work before.
    pub fn write(&mut self, source: Source, cancellation: &Cancellation, threads: Option<u16>) -> Result<(), Ended> {
        self.head().map_err(Ended::Written)?;
        let threads = threads.map_or_else(|| cores().min(MOST_THREADS), usize::from);
        if threads == 1 { self.alone(source, cancellation) } else { self.shared(source, cancellation, threads) }
    }

    /// All on one thread.
    fn alone(&mut self, mut source: Source, cancellation: &Cancellation) -> Result<(), Ended> {
        let mut tools = Tools::new(self.plan);
        // What is written is written whole while something is waited for.
        while let Some(part) = interrupt::while_waiting(|| source.next()).map_err(Ended::Read)? {
            let done = work(self.plan, &part, &mut tools, cancellation);
            if !self.take(&part, done).map_err(Ended::Written)? {
                break;
            }
        }
        Ok(())
    }

    /// One thread reads and some work; who ends the part that is next writes it, and those behind it that have ended before. Of parts that
    /// were read there are two more than work. The thread that reads may wait for somebody to write, and is left behind where nothing more
    /// is wanted.
    fn shared(&mut self, mut source: Source, cancellation: &Cancellation, threads: usize) -> Result<(), Ended> {
        let plan = self.plan;
        let (parts, to_do) = mpsc::sync_channel::<(usize, io::Result<Part>)>(threads);
        let (room, taken) = mpsc::sync_channel::<()>(threads + 2);
        let to_do = Mutex::new(to_do);
        thread::spawn(move || {
            let mut at = 0;
            // Another part may be read where somebody wants one.
            while room.send(()).is_ok() {
                let Some(read) = source.next().transpose() else { break };
                let failed = read.is_err();
                if parts.send((at, read)).is_err() || failed {
                    break;
                }
                at += 1;
            }
        });
        let order = Order { writer: Mutex::new(self), queue: Mutex::new(Queue { taken: Some(taken), ..Queue::default() }) };
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let mut tools = Tools::new(plan);
                    loop {
                        let next = to_do.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(PAUSE);
                        let (at, part) = match next {
                            Ok(next) => next,
                            Err(mpsc::RecvTimeoutError::Timeout) if !cancellation.is_cancelled() && !order.is_over() => continue,
                            Err(_) => break,
                        };
                        let found = part.map(|part| {
                            let done = work(plan, &part, &mut tools, cancellation);
                            (part, done)
                        });
                        order.take(at, found);
                        if order.is_over() {
                            break;
                        }
                    }
                });
            }
        });
        let queue = order.queue.into_inner().unwrap_or_else(PoisonError::into_inner);
        queue.ended.unwrap_or(Ok(()))
    }

    /// What stands before the first row.
    fn head(&mut self) -> io::Result<()> {
        if !self.plan.writes || self.plan.form == Form::Objects {
            return Ok(());
        }
        let plan = self.plan;
        let names = plan.kept.iter().map(|&at| plan.columns[at].as_str()).chain(plan.appended.iter().map(String::as_str));
        let line: Vec<String> = names.map(|name| cell(name, plan.divider)).collect();
        writeln!(self.output, "{}", line.join(&char::from(plan.divider).to_string()))
    }

    /// Writes what came of a part; false where nothing behind it is wanted.
    fn take(&mut self, part: &Part, done: Done) -> io::Result<bool> {
        self.rows += done.rows;
        self.blank += done.blank;
        self.missing += done.missing;
        self.not_finite += done.not_finite;
        self.bad += done.bad.len() as u64;
        self.wide += done.wide;
        let stops = done.stops(self.plan);
        for bad in &done.bad {
            if self.told.len() < TOLD {
                let column = if bad.column.is_empty() { String::new() } else { format!(", column `{}`", shortened(&bad.column)) };
                self.told.push(format!("{}:{}{column}: {}", self.name, bad.line, bad.reason));
            }
            if let Some(rejects) = &mut self.rejects {
                let raw = String::from_utf8_lossy(&bad.raw);
                let cells =
                    [bad.line.to_string(), bad.byte.to_string(), cell(&bad.column, b','), cell(&bad.reason, b','), cell(&raw, b',')];
                writeln!(rejects, "{}", cells.join(","))?;
            }
        }
        self.answered += done.answered;
        self.vanished += done.vanished;
        self.first_vanished = self.first_vanished.take().or(done.first_vanished);
        if let Some((line, column)) = &done.stopped {
            self.ended = Some(format!("{}:{line}, column `{}`: the number is missing", self.name, shortened(column)));
        }
        self.stopped |= stops;
        let written = self.output.write_all(&done.text).and_then(|()| self.output.flush());
        self.cut = written.is_err();
        written?;
        if let Err(most) = self.summed.take(done.groups) {
            self.ended =
                Some(format!("{} has more than {most} groups, and each takes memory; sort out fewer by another column", self.name));
            (self.stopped, self.crowded) = (true, true);
            return Ok(false);
        }
        let bytes = part.start + part.bytes.len() as u64;
        self.progress.at_rows(self.length.as_ref().map_or(bytes, |length| length.done(bytes, self.rows)), self.rows);
        Ok(!stops)
    }

    /// Says what there is to say of the rows, and how the program ends.
    pub fn conclude(&mut self) -> Exit {
        self.progress.hide();
        let count = |count: u64, what: &str| format!("{count} row{} {what}", if count == 1 { "" } else { "s" });
        // Of rows that are left out nothing is wrong.
        let bad = self.plan.bad == Fate::Stop && self.bad > 0;
        let errors = if bad { &self.told[..] } else { self.ended.as_slice() };
        let flag = if bad { "--bad-rows" } else { "--missing" };
        if self.stopped && !errors.is_empty() {
            for told in errors {
                report::message(&format!("error: {told}"));
            }
            let part = "no summary is printed, since it would be one of a part of the rows";
            report::message(&match (self.crowded, self.plan.writes) {
                (true, _) if !bad => part.to_owned(),
                (_, false) => format!("{part}; `{flag} skip` leaves such rows out"),
                (_, true) => format!("`{flag} skip` leaves such rows out, `{flag} nan` keeps them with empty fields"),
            });
            return Exit::Failed;
        }
        if self.cut {
            return Exit::Well;
        }
        let mut notes = Vec::new();
        if self.bad > 0 {
            let wide = "with more fields than there are columns";
            let fate = match (self.flags.bad_rows == Fate::Nan && self.plan.writes, self.wide) {
                (true, 0) => "kept with empty fields".to_owned(),
                (true, wide_ones) if wide_ones < self.bad => format!("kept with empty fields, but for {wide_ones} {wide}, left out"),
                (true, _) => format!("{wide}, left out"),
                (false, _) => "left out".to_owned(),
            };
            notes.push(count(self.bad, &format!("bad, {fate}, such as {}", self.told.first().map_or("", |told| told))));
        }
        if self.missing > 0 {
            let fate = if self.flags.missing == Fate::Skip || !self.plan.writes { "left out" } else { "kept with empty fields" };
            notes.push(count(self.missing, &format!("with a number missing, {fate}")));
        }
        if self.not_finite > 0 {
            let what = if self.plan.at_means {
                "with a number that is not finite, left out of the means"
            } else {
                "with a value or a gradient that is not finite"
            };
            notes.push(count(self.not_finite, what));
        }
        let at_means = self.plan.at_means && !self.stopped;
        let (groups, infinite) = if at_means { self.summed.settle() } else { (0, 0) };
        if infinite > 0 {
            notes.push("the value or a gradient at the means is not finite".to_owned());
        }
        match self.summed.weightless() {
            0 => {}
            1 if self.plan.by.is_none() => notes.push("all weights are 0, and nothing is known of what they weigh".to_owned()),
            count => notes.push(format!(
                "in {count} group{} all weights are 0, and nothing is known of what they weigh",
                if count == 1 { "" } else { "s" }
            )),
        }
        for why in self.summed.unknown() {
            notes.push(format!("of some numbers no standard error is known: {}", why.says()));
        }
        if self.plan.form == Form::Fields && !self.plan.writes {
            notes.extend(told::formulas(self.plan));
        }
        if let Some((line, column)) = &self.first_vanished {
            let what = if self.vanished == 1 { "1 number is".to_owned() } else { format!("{} numbers are", self.vanished) };
            let place = format!("{}:{line}, column `{}`", self.name, shortened(column));
            notes.push(format!("{what} nearer to 0 than 5e-324, and read as 0, such as {place}"));
        }
        if self.blank > 0 {
            notes.push(format!("{} empty line{} left out", self.blank, if self.blank == 1 { "" } else { "s" }));
        }
        for note in notes {
            report::remark("note", &note, None);
        }
        let all = if at_means { groups > 0 && infinite == groups } else { self.answered > 0 && self.not_finite == self.answered };
        if all { Exit::Failed } else { Exit::Well }
    }

    /// Writes what comes at the end.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn end(self) -> io::Result<()> {
        let Self { mut output, rejects, summed, plan, stopped, .. } = self;
        // Of a part of the rows it would be taken for one of all.
        if !plan.writes && !stopped {
            summed.write(&mut output)?;
        }
        output.flush()?;
        rejects.map_or(Ok(()), Output::keep)
    }
}

/// What came of parts, each written when those before it are.
struct Order<'w, 'a, 'o> {
    writer: Mutex<&'w mut Writer<'a, 'o>>,
    queue: Mutex<Queue>,
}

/// The parts that wait to be written.
#[derive(Default)]
struct Queue {
    /// Which part is written next.
    next: usize,
    early: BTreeMap<usize, io::Result<(Part, Done)>>,
    /// Whether somebody writes: that one writes all that is ready.
    busy: bool,
    /// For how many parts there is no room: one less for each that is taken. None where nothing more is wanted.
    taken: Option<mpsc::Receiver<()>>,
    /// How the work ended, where it ended before the table did.
    ended: Option<Result<(), Ended>>,
}

impl Order<'_, '_, '_> {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nothing more is wanted.
    fn is_over(&self) -> bool {
        self.queue().ended.is_some()
    }

    /// Takes what came of a part, and writes what is ready, unless another thread does.
    fn take(&self, at: usize, found: io::Result<(Part, Done)>) {
        let mut queue = self.queue();
        queue.early.insert(at, found);
        if std::mem::replace(&mut queue.busy, true) {
            return;
        }
        loop {
            let next = queue.next;
            let Some(found) = queue.early.remove(&next) else { break };
            queue.next += 1;
            let _ = queue.taken.as_ref().map(mpsc::Receiver::try_recv);
            drop(queue);
            let written = match found {
                Err(error) => Err(Ended::Read(error)),
                Ok((part, done)) => self.writer.lock().unwrap_or_else(PoisonError::into_inner).take(&part, done).map_err(Ended::Written),
            };
            queue = self.queue();
            if !matches!(written, Ok(true)) {
                // Whoever waits for room finds nobody there; nothing is written any more.
                queue.taken = None;
                queue.ended = Some(written.map(drop));
                return;
            }
        }
        queue.busy = false;
    }
}
