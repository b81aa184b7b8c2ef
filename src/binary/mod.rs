//! What happens between the command line and the exit code.

mod batch;
mod blame;
mod cli;
mod completing;
mod conversation;
mod files;
mod grading;
mod helping;
mod interrupt;
mod job;
mod manual;
mod output;
mod paint;
mod progress;
pub mod repl;
mod report;
mod results;
mod rows;
mod wording;

use crate::ground::broken::told;
use crate::ground::{Fault, Span};
use crate::session::Session;
use cli::{Arguments, Command};
use job::Job;
use output::Output;
use paint::Painter;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// How the program ends: a contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All well.
    Well = 0,
    /// An expression failed, or something asked for is not finite.
    Failed = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// A file cannot be read or written.
    File = 3,
    /// Somebody stopped it.
    Interrupted = 130,
}

impl Exit {
    /// All of them, by their codes.
    pub const ALL: &[Self] = &[Self::Well, Self::Failed, Self::Usage, Self::File, Self::Interrupted];

    /// When the program ends so.
    pub fn says(self) -> &'static str {
        match self {
            Self::Well => "all well",
            Self::Failed => {
                "an expression failed, a value or gradient asked for is not finite, a check fails, or a line that is compared is not right"
            }
            Self::Usage => "the command line makes no sense",
            Self::File => "a file cannot be read or written",
            Self::Interrupted => "interrupted",
        }
    }
}

/// The stack that the program runs on, in bytes, whatever the one is that it was given: scripts include each other, and some
/// shells leave little.
const STACK: usize = 8 << 20;

/// Runs the program, on a stack of its own.
pub fn main() -> ExitCode {
    let own = std::thread::Builder::new().stack_size(STACK).spawn(program);
    match own.map(std::thread::JoinHandle::join) {
        Ok(Ok(exit)) => exit,
        Ok(Err(payload)) => {
            // Any other panic has been told as it began.
            if let Some(promise) = told(payload.as_ref()) {
                report::message(&format!(
                    "error: {}",
                    wording::worded(Fault::internal(Span::default(), promise), wording::Asked::CommandLine)
                ));
            }
            ExitCode::from(101)
        }
        Err(_) => program(),
    }
}

fn program() -> ExitCode {
    asked(std::env::args_os())
}

/// Does what the words of a command line ask for, the first of which is the program's name.
pub fn asked(words: impl Iterator<Item = OsString>) -> ExitCode {
    let exit = match cli::read(words) {
        Command::Run(mut arguments) => {
            let session = std::mem::take(&mut arguments.session);
            run(session, &arguments)
        }
        Command::Print(text) => print(&text),
        Command::Refuse(text) => {
            report::message(text.trim_end());
            Exit::Usage
        }
    };
    ExitCode::from(exit as u8)
}

/// Writes a text to stdout.
fn print(text: &str) -> Exit {
    let mut stdout = io::stdout().lock();
    ended(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()), "stdout", Exit::Well)
}

/// The exit code after writing: a closed pipe ends quietly, anything else is told.
fn ended(written: io::Result<()>, name: &str, exit: Exit) -> Exit {
    match written {
        Ok(()) => exit,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit,
        Err(error) => {
            report::message(&format!("error: cannot write {name}: {error}"));
            Exit::File
        }
    }
}

fn run(session: Session, arguments: &Arguments) -> Exit {
    report::colour(arguments.color);
    files::keep(arguments);
    let mut output = match Output::open(arguments.output.as_deref()) {
        Ok(output) => output,
        Err(error) => {
            report::message(&format!("error: cannot write {}: {error}", arguments.output_name()));
            return Exit::File;
        }
    };
    if arguments.rows.ask() {
        let (exit, whole, written) = rows::run(session, arguments, &mut output);
        return closed(arguments, output, (exit, whole, written));
    }
    let coloured = output.is_terminal(arguments.color);
    let watched = output.is_watched();
    let (exit, whole, written) = {
        let mut job = Job::new(session, Painter::new(&mut output, coloured), watched, arguments);
        if job.run(arguments) && arguments.interactive {
            repl::run(&mut job, arguments);
        }
        job.flush();
        (job.exit, job.whole, job.results.written)
    };
    closed(arguments, output, (exit, whole, written))
}

/// Ends the writing: a file takes its place where everything is in it.
fn closed(arguments: &Arguments, output: Output, (exit, whole, written): (Exit, bool, io::Result<()>)) -> Exit {
    let name = arguments.output_name();
    let refusal = files::refusal();
    if output.takes_its_place() && (!whole || refusal.is_some()) && written.is_ok() {
        let why = refusal.map_or(String::new(), |refusal| format!(": {refusal}"));
        report::message(&format!("error: nothing was written to {name}{why}"));
        return exit;
    }
    ended(written.and_then(|()| output.keep()), &name, exit)
}
