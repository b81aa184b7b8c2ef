//! Backward passes that others wrote, compared with ours: each is read, judged on a thread of its own within a time, and shown.
//!
//! Knows files, the clock and the views of comparisons; what is right is the session's business. No text of what is compared
//! goes out but through the views and through `one_line`.

use super::cli::{Against, Arguments, bytes_within, described};
use super::job::{Job, source};
use super::{Exit, interrupt, report};
use crate::ground::text::one_line;
use crate::ground::{Fault, FaultKind, Remedy, Span};
use crate::session::Session;
use crate::views::against::{Comparison, Graded};
use crate::views::{self, Answer};
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// The most bytes of a file that is compared.
const MOST_BYTES: usize = 1 << 22;

/// The seconds that a comparison may take where nobody says.
const SECONDS: u64 = 10;

/// How long something is waited for that should have noticed that its time has passed.
const GRACE: Duration = Duration::from_secs(2);

impl Job<'_> {
    /// Compares backward passes with the last answer.
    pub fn comparisons(&mut self, arguments: &Arguments) {
        let Some(against) = &arguments.against else { return };
        if self.stops() || self.tally.failed > 0 {
            return self.refuse("the forward pass failed, and nothing was compared with it");
        }
        let Some(answer) = self.answered() else {
            return self.refuse("there is no forward pass; give an expression, or a script that ends in one");
        };
        let mut graded = Vec::new();
        for path in against.files() {
            let found = self.compared(&answer, path, arguments.time_limit.unwrap_or(SECONDS));
            if self.exit == Exit::Interrupted {
                return;
            }
            match against {
                Against::Compare(_) => self.show(path, found),
                Against::Grade(..) => graded.extend(self.graded(&answer, path, found)),
            }
        }
        if let Against::Grade(_, gradescope) = against {
            self.show_graded(&graded, *gradescope);
        }
    }

    /// Compares a backward pass with an answer.
    pub fn compare(&mut self, answer: &Arc<Answer>, path: &Path) {
        let found = self.compared(answer, path, SECONDS);
        self.show(path, found);
    }

    fn refuse(&mut self, message: &str) {
        report::message(&format!("error: {message}"));
        (self.exit, self.whole) = (self.exit.max(Exit::Failed), false);
    }

    /// What is found of one file; a fault of the kind `Io` where it cannot be read.
    fn compared(&mut self, answer: &Arc<Answer>, path: &Path, seconds: u64) -> Result<Comparison, Fault> {
        let text = read(path)?;
        let mut session = self.session.clone();
        session.cancellation(interrupt::listen().or_until(Instant::now() + Duration::from_secs(seconds)));
        let found = judged(session, answer, text, path.display().to_string(), Duration::from_secs(seconds) + GRACE);
        if interrupt::is_heard() {
            (self.exit, self.whole) = (Exit::Interrupted, false);
        }
        found.map_err(|fault| match fault.kind {
            FaultKind::Interrupt => {
                let message = format!("it was ended after {seconds} s");
                Fault::new(FaultKind::Limit, Span::default(), message).help("`--time-limit` gives it more time")
            }
            _ => fault,
        })
    }

    /// Tells of a file that was not compared.
    fn untold(&mut self, path: &Path, fault: &Fault) {
        self.exit = self.exit.max(if fault.kind == FaultKind::Io { Exit::File } else { Exit::Failed });
        if self.session.settings.view.fault.is_some() {
            self.fault(fault, &source(&path.display().to_string()), "");
        } else {
            let name = path.display().to_string();
            report::message(&format!("error: cannot compare `{}`: {}", one_line(&name), one_line(&fault.to_string())));
        }
    }

    fn show(&mut self, path: &Path, found: Result<Comparison, Fault>) {
        match found {
            Ok(comparison) => {
                self.count(&comparison);
                let (view, style) = (self.session.settings.view.name, self.session.settings.style);
                self.write(|page| views::against::show(&comparison, view, &style, page));
            }
            Err(fault) => {
                self.untold(path, &fault);
                self.whole = false;
            }
        }
    }

    fn count(&mut self, comparison: &Comparison) {
        self.exit = self.exit.max(if comparison.is_right() { Exit::Well } else { Exit::Failed });
    }

    /// The points of a file: none where it was not compared.
    fn graded(&mut self, answer: &Answer, path: &Path, found: Result<Comparison, Fault>) -> Option<Graded> {
        let name = path.display().to_string();
        match found {
            Ok(comparison) => {
                self.count(&comparison);
                Some(Graded { name, most: comparison.points().1, found: Ok(comparison) })
            }
            Err(fault) => {
                self.untold(path, &fault);
                let most = self.session.against(answer, "", "").ok()?.points().1;
                Some(Graded { name, found: Err(fault.message), most })
            }
        }
    }

    fn show_graded(&mut self, files: &[Graded], gradescope: bool) {
        let (view, style) = (self.session.settings.view.name, self.session.settings.style);
        let found = || files.iter().filter_map(|file| file.found.as_ref().ok());
        self.write(|page| match view {
            _ if gradescope => views::json::results(files, &style, page),
            "json" => found().try_for_each(|comparison| views::json::compared(comparison, page)),
            "brief" => found().try_for_each(|comparison| views::against::brief(comparison, &style, page)),
            _ => views::against::graded(files, &style, page),
        });
    }
}

/// The text of a file that is compared.
fn read(path: &Path) -> Result<String, Fault> {
    let fault = |message: String| Fault::new(FaultKind::Io, Span::default(), message);
    let read = || {
        if path.as_os_str() == "-" {
            bytes_within(&mut io::stdin().lock(), MOST_BYTES)
        } else {
            bytes_within(&mut File::open(path)?, MOST_BYTES)
        }
    };
    let bytes = interrupt::while_waiting(read).map_err(|error| fault(described(&error)))?;
    if bytes.len() > MOST_BYTES {
        return Err(fault(format!("it has more than {} MiB", MOST_BYTES >> 20)));
    }
    String::from_utf8(bytes).map_err(|_| fault("it is no text in UTF-8".to_owned()))
}

/// Compares on a thread of its own, which is left behind where it does not end in time.
fn judged(session: Session, answer: &Arc<Answer>, text: String, name: String, most: Duration) -> Result<Comparison, Fault> {
    let (sender, receiver) = mpsc::channel();
    let answer = Arc::clone(answer);
    let work = move || drop(sender.send(session.against(&answer, &text, &name)));
    let failed = |what: &str| {
        Fault::new(FaultKind::Internal, Span::default(), format!("a mistake inside the program: {what}")).remedy(Remedy::Report)
    };
    if thread::Builder::new().spawn(work).is_err() {
        return Err(failed("no thread could be started"));
    }
    match receiver.recv_timeout(most) {
        Ok(found) => found,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Fault::interrupted(Span::default())),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(failed("the comparison broke off")),
    }
}
