//! Scripts: statements from a file or from stdin, run in order. What fails is told where it stands, and the rest goes on.

use super::Job;
use gradcalc::forms::script::{self, Splitter};
use gradcalc::ground::text::shortened;
use gradcalc::ground::{Fault, FaultKind, Span};
use gradcalc::session::Session;
use gradcalc::views::Source;
use std::collections::{HashMap, VecDeque};
use std::io::{self, BufRead};
use std::rc::Rc;

/// How a script went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// How many statements there were.
    pub statements: usize,
    /// How many of them failed.
    pub failed: usize,
}

/// One script being run.
struct Script<'a, 'b, 'c> {
    job: &'a mut Job<'b, 'c>,
    session: &'a mut Session,
    name: Rc<str>,
    tally: Tally,
    /// Names whose definitions failed, and the lines where they did.
    lost: HashMap<String, usize>,
    /// The statement read last: whether another follows it decides how it is shown.
    held: Option<(Source, String)>,
}

/// Runs the script that `lines` are, under a name for messages.
///
/// # Errors
/// Where it cannot be read.
pub fn run(job: &mut Job<'_, '_>, session: &mut Session, name: &str, lines: &mut dyn BufRead) -> io::Result<Tally> {
    let mut script = Script { job, session, name: name.into(), tally: Tally::default(), lost: HashMap::new(), held: None };
    let mut splitter = Splitter::default();
    let mut reader = Reader { lines, offset: 0, again: VecDeque::new() };
    loop {
        let line = match reader.next()? {
            Some(Ok(line)) => Some(line),
            Some(Err((shown, fault))) => {
                script.unreadable(&fault, splitter.line(), &shown);
                splitter.skip();
                if script.stops() {
                    return Ok(script.tally);
                }
                continue;
            }
            None => None,
        };
        let ended = line.is_none();
        let chunk = match line {
            Some(line) => splitter.feed(&line),
            None => splitter.finish(),
        };
        if let Some(chunk) = chunk {
            // A bracket that nothing closes is blamed on its own line; the lines after it are read again.
            let whole = if chunk.open { chunk.text.lines().next().unwrap_or_default() } else { &chunk.text };
            for (start, text, silenced) in script::statements(whole) {
                let lead = text.len() - text.trim_start().len();
                let before = &whole[..start + lead];
                let in_line = before.rfind('\n').map_or(0, |at| at + 1);
                // The statement keeps its column: what stands before it in its line is blanked out.
                let padding: String = whole[in_line..start + lead].chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
                let source = Source { name: Rc::clone(&script.name), line: chunk.line + before.matches('\n').count() };
                let end = if silenced { ";" } else { "" };
                script.take(source, format!("{padding}{}{end}", text.trim()));
                if script.stops() {
                    return Ok(script.tally);
                }
            }
            if chunk.open {
                let mut rest = splitter.go_back(&chunk);
                rest.append(&mut reader.again);
                reader.again = rest;
                continue;
            }
        }
        if ended {
            script.perform(true);
            return Ok(script.tally);
        }
    }
}

/// The lines of a script.
struct Reader<'a> {
    lines: &'a mut dyn BufRead,
    /// How many bytes have been read.
    offset: usize,
    /// Lines that a bracket never closed had swallowed; they come before those not read yet.
    again: VecDeque<String>,
}

impl Reader<'_> {
    /// The next line, or a line that is no text and what is wrong with it; none at the end.
    fn next(&mut self) -> io::Result<Option<Result<String, (String, Fault)>>> {
        if let Some(line) = self.again.pop_front() {
            return Ok(Some(Ok(line)));
        }
        let mut bytes = Vec::new();
        let start = self.offset;
        self.offset += self.lines.read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        Ok(Some(match std::str::from_utf8(&bytes) {
            Ok(text) if start == 0 => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                let at = error.valid_up_to();
                let fault =
                    Fault::new(FaultKind::Parse, Span::new(at, at + 1), format!("byte {} of the script is no UTF-8 text", start + at));
                Err((String::from_utf8_lossy(&bytes).into_owned(), fault.label("here").help("save the script as UTF-8")))
            }
        }))
    }
}

impl Script<'_, '_, '_> {
    fn stops(&self) -> bool {
        self.job.arguments.fail_fast && self.tally.failed > 0 || self.job.written.is_err()
    }

    /// Runs the statement that was held back, and holds this one.
    fn take(&mut self, source: Source, text: String) {
        self.perform(false);
        if !self.stops() {
            self.held = Some((source, text));
        }
    }

    fn perform(&mut self, last: bool) {
        let Some((source, text)) = self.held.take() else { return };
        self.tally.statements += 1;
        let view = self.job.arguments.view;
        let mut faults: Vec<Fault> = Vec::new();
        let job = &mut *self.job;
        let ran = self.session.run(&text, &source, last, &mut |outcome| match outcome {
            Ok(answer) => job.answer(answer, view),
            Err(fault) => faults.push(fault),
        });
        faults.extend(ran.err());
        let defined = script::defined(&text).map(str::to_owned);
        if faults.is_empty() {
            if let Some(name) = defined {
                self.lost.remove(&name);
            }
            return;
        }
        self.tally.failed += 1;
        for fault in faults {
            let fault = self.blamed(fault);
            self.job.fault(&fault, &source, &text);
        }
        if let Some(name) = defined {
            // What it meant before would be a wrong answer in what follows.
            self.session.forget(&name);
            self.lost.insert(name, source.line);
        }
    }

    /// A fault that another one caused says so.
    fn blamed(&self, fault: Fault) -> Fault {
        // The name that a message is about stands first in it.
        let word = fault.message.split('`').nth(1).unwrap_or_default();
        match self.lost.get(word).filter(|_| fault.kind == FaultKind::Name) {
            Some(line) => Fault::new(FaultKind::Name, fault.span, format!("`{}` failed in line {line}", shortened(word)))
                .label("needed here")
                .help(format!("this is skipped; mend line {line} first")),
            None => fault,
        }
    }

    /// A line that is no text; what was read before it comes first.
    fn unreadable(&mut self, fault: &Fault, line: usize, shown: &str) {
        self.perform(false);
        if self.stops() {
            return;
        }
        self.tally.statements += 1;
        self.tally.failed += 1;
        let source = Source { name: Rc::clone(&self.name), line };
        self.job.fault(fault, &source, shown.trim_end());
    }
}
