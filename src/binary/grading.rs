//! Backward passes that others wrote, compared with ours: each is read, judged on a thread of its own within a time, and shown.
//!
//! Knows files, the clock and the views of comparisons; what is right is the session's business. No text of what is compared
//! goes out but through the views and through `one_line`.

use super::cli::{Against, Arguments, bytes_within, described};
use super::job::{Job, source};
use super::progress::Progress;
use super::wording::Asked;
use super::{Exit, interrupt, report, wording};
use crate::ground::text::one_line;
use crate::ground::{Fault, FaultKind, Remedy, Span};
use crate::views::against::{Comparison, Graded};
use crate::views::{self, Answer};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// The most bytes of a file that is compared.
const MOST_BYTES: usize = 1 << 22;

/// The seconds that a comparison may take where nobody says.
const SECONDS: u64 = 10;

/// How long something is waited for that should have noticed that its time has passed.
const GRACE: Duration = Duration::from_secs(2);

/// How often somebody who waits is told of it, and Ctrl-C is looked for.
const LOOK: Duration = Duration::from_millis(100);

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
        let seconds = arguments.time_limit.unwrap_or(SECONDS);
        match against {
            Against::Compare(path) => {
                let found = waited(path).and_then(|text| self.compared(&answer, path, text, seconds));
                if self.exit != Exit::Interrupted {
                    self.show(path, found);
                }
            }
            Against::Grade(paths, gradescope) => self.grade(&answer, paths, *gradescope, seconds),
        }
    }

    /// Grades files, each of which has a row, an object or an entry, whatever is wrong with it.
    fn grade(&mut self, answer: &Arc<Answer>, paths: &[PathBuf], gradescope: bool, seconds: u64) {
        // What a pass without a line could have got.
        let most = match self.session.against(answer, "", "") {
            Ok(empty) => empty.points().1,
            Err(fault) => return self.refuse(&format!("nothing can be graded: {}", one_line(&fault.to_string()))),
        };
        if !gradescope {
            let view = self.session.settings.view.name;
            self.write(|page| views::against::head(view, page));
        }
        let mut files = Vec::new();
        self.results.progress = Some(Progress::of_rounds(paths.len() as u64));
        for (at, path) in paths.iter().enumerate() {
            let name = path.display().to_string();
            if let Some(progress) = &mut self.results.progress {
                progress.at_file(at, paths.len(), &name);
            }
            self.tally.graded = Some((at, paths.len()));
            let found = self.submitted(path, seconds).and_then(|text| self.compared(answer, path, text, seconds));
            if self.exit == Exit::Interrupted {
                break;
            }
            let file = self.graded(Graded { name, found, most }, path, gradescope);
            if !gradescope {
                let (view, style) = (self.session.settings.view.name, self.session.settings.style);
                self.write(|page| views::against::grade(&file, view, &style, page));
                self.results.flush_in_time();
            }
            files.push(file);
        }
        self.results.progress = None;
        self.show_graded(&files, gradescope);
    }

    /// Compares a backward pass with an answer.
    pub fn compare(&mut self, answer: &Arc<Answer>, path: &Path) {
        let found = waited(path).and_then(|text| self.compared(answer, path, text, SECONDS));
        self.show(path, found);
    }

    fn refuse(&mut self, message: &str) {
        report::message(&format!("error: {message}"));
        (self.exit, self.whole) = (self.exit.max(Exit::Failed), false);
    }

    /// What is found of the text of one file.
    fn compared(&mut self, answer: &Arc<Answer>, path: &Path, text: String, seconds: u64) -> Result<Comparison, Fault> {
        let mut session = self.session.clone();
        session.cancellation(interrupt::listen().or_until(Instant::now() + Duration::from_secs(seconds)));
        let most = Duration::from_secs(seconds) + GRACE;
        let (answer, name) = (Arc::clone(answer), path.display().to_string());
        let found = apart(move || session.against(&answer, &text, &name), (most, GRACE), self.results.progress.as_mut());
        if interrupt::is_heard() {
            (self.exit, self.whole) = (Exit::Interrupted, false);
        }
        // Of many files what is asked for is decided already; where a flag asked for a comparison, a flag asks for less.
        let asked = match self.asked {
            _ if self.tally.graded.is_some() => None,
            Asked::Session => Some(Asked::Session),
            Asked::CommandLine | Asked::Script => Some(Asked::CommandLine),
        };
        let worded = |mut found: Comparison| {
            for line in &mut found.lines {
                if let (Some(remedy), Some(asked)) = (line.remedy.take(), asked) {
                    let gap = if line.says.is_empty() { "" } else { "; " };
                    line.says.extend([gap, &wording::said(&remedy, asked)]);
                }
            }
            found
        };
        found.map(worded).map_err(|fault| match fault.kind {
            FaultKind::Interrupt => {
                let message = format!("it was ended after {seconds} s");
                Fault::new(FaultKind::Limit, Span::default(), message).help("`--time-limit` gives it more time")
            }
            _ => fault,
        })
    }

    /// The text of one of many files; where nobody writes to a pipe in time, it has none.
    fn submitted(&mut self, path: &Path, seconds: u64) -> Result<String, Fault> {
        if path.as_os_str() == "-" || !waits(path) {
            return waited(path);
        }
        interrupt::listen();
        let owned = path.to_owned();
        let most = Duration::from_secs(seconds);
        let found = apart(move || text(&owned), (most, Duration::ZERO), self.results.progress.as_mut());
        if interrupt::is_heard() {
            (self.exit, self.whole) = (Exit::Interrupted, false);
        }
        found.map_err(|fault| match fault.kind {
            FaultKind::Interrupt => {
                let message = format!("it is no file, and did not come to an end within {seconds} s");
                Fault::new(FaultKind::Io, Span::default(), message).help("`--time-limit` waits longer")
            }
            _ => fault,
        })
    }

    /// Tells of a file that was not compared; in the table of many it has an object of its own where a view has those.
    fn untold(&mut self, path: &Path, fault: &Fault, graded: bool) {
        self.exit = self.exit.max(if fault.kind == FaultKind::Io { Exit::File } else { Exit::Failed });
        if graded && self.session.settings.view.name == "json" {
            return;
        }
        if self.session.settings.view.fault.is_some() {
            self.fault(fault, &source(&path.display().to_string()), "");
        } else {
            let name = path.display().to_string();
            let told = format!("error: cannot compare `{}`: {}", one_line(&name), one_line(&fault.to_string()));
            // In a log of both streams, what was found before stands before.
            self.results.flush();
            self.results.aside(|| report::message(&told));
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
                self.untold(path, &fault, false);
                self.whole = false;
            }
        }
    }

    fn count(&mut self, comparison: &Comparison) {
        self.exit = self.exit.max(if comparison.is_right() { Exit::Well } else { Exit::Failed });
    }

    /// Counts a file that was graded, and tells why where it was not compared.
    fn graded(&mut self, file: Graded, path: &Path, gradescope: bool) -> Graded {
        match &file.found {
            Ok(comparison) => self.count(comparison),
            Err(fault) => self.untold(path, fault, !gradescope),
        }
        file
    }

    /// Shows what needs all files. Where somebody stopped it that is the table of those that were graded, and no points for a class.
    fn show_graded(&mut self, files: &[Graded], gradescope: bool) {
        let (view, style) = (self.session.settings.view.name, self.session.settings.style);
        match view {
            _ if gradescope && self.exit == Exit::Interrupted => {}
            _ if gradescope => self.write(|page| views::json::results(files, &style, page)),
            "table" => self.write(|page| views::against::graded(files, &style, page)),
            _ => {}
        }
    }
}

/// The text of a file that is compared.
fn text(path: &Path) -> Result<String, Fault> {
    let fault = |message: String| Fault::new(FaultKind::Io, Span::default(), message);
    if path.is_dir() {
        let files = path.join("*.py").display().to_string();
        return Err(fault("it is a directory".to_owned()).help(format!("name the files in it, such as `{files}`")));
    }
    let read = || {
        if path.as_os_str() == "-" {
            bytes_within(&mut io::stdin().lock(), MOST_BYTES)
        } else {
            bytes_within(&mut File::open(path)?, MOST_BYTES)
        }
    };
    let bytes = read().map_err(|error| {
        let fault = fault(described(&error));
        let name = path.display().to_string();
        // A pass in the place of a file's name.
        if error.kind() == io::ErrorKind::NotFound && name.contains('=') && !name.contains('\'') {
            return fault.help(format!("a backward pass is read from a file or a pipe: `echo '{name}' | gradcalc ... --against -`"));
        }
        fault
    })?;
    if bytes.len() > MOST_BYTES {
        return Err(fault(format!("it has more than {} MiB", MOST_BYTES >> 20)));
    }
    let text = String::from_utf8(bytes).map_err(|_| fault("it is no text in UTF-8".to_owned()))?;
    if text.trim_start().starts_with('{') && text.contains("\"cells\"") && text.contains("\"nbformat\"") {
        return Err(fault("it is a notebook".to_owned()).help("save it as a Python file, such as by `jupyter nbconvert --to script`"));
    }
    Ok(text)
}

/// The same, however long it takes until it is there.
fn waited(path: &Path) -> Result<String, Fault> {
    // A file comes at once; where Ctrl-C ended the program meanwhile, what was graded before would be lost.
    if waits(path) { interrupt::while_waiting(|| text(path)) } else { text(path) }
}

/// Whether somebody may have to write first: to a pipe with a name, at a terminal.
fn waits(path: &Path) -> bool {
    !path.is_file() && !path.is_dir()
}

/// Works on a thread of its own, which is left behind where it does not end in time, or not soon after it should stop: the times say
/// what that is.
fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    (most, grace): (Duration, Duration),
    mut progress: Option<&mut Progress>,
) -> Result<T, Fault> {
    let (sender, receiver) = mpsc::channel();
    let work = move || drop(sender.send(work()));
    let failed = |what: &str| {
        Fault::new(FaultKind::Internal, Span::default(), format!("a mistake inside the program: {what}")).remedy(Remedy::Report)
    };
    if thread::Builder::new().spawn(work).is_err() {
        return Err(failed("no thread could be started"));
    }
    let mut end = Instant::now() + most;
    let mut heard = false;
    loop {
        match receiver.recv_timeout(end.saturating_duration_since(Instant::now()).min(LOOK)) {
            Ok(found) => return found,
            Err(mpsc::RecvTimeoutError::Disconnected) => return Err(failed("the comparison broke off")),
            Err(mpsc::RecvTimeoutError::Timeout) if Instant::now() >= end => return Err(Fault::interrupted(Span::default())),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
        if !heard && interrupt::is_heard() {
            (heard, end) = (true, end.min(Instant::now() + grace));
        }
        if let Some(progress) = &mut progress {
            progress.wait();
        }
    }
}
