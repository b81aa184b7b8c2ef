//! What happens between the command line and the exit code.

mod batch;
mod cli;
mod output;
mod paint;
mod report;

use cli::{Arguments, Command};
use gradcalc::ground::{Fault, FaultKind, Span};
use gradcalc::session::{Session, Settings};
use gradcalc::views::{self, Source, View, json};
use gradcalc::vocabulary::Gate;
use output::Output;
use paint::Painter;
use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// How the program ends: a contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// All well.
    Well = 0,
    /// An expression failed, or something asked for is not finite.
    Failed = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// A file cannot be read or written.
    File = 3,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let exit = match cli::read(std::env::args_os()) {
        Command::Run(arguments) => run(&arguments),
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

fn run(arguments: &Arguments) -> Exit {
    let mut output = match Output::open(arguments.output.as_deref()) {
        Ok(output) => output,
        Err(error) => {
            report::message(&format!("error: cannot write {}: {error}", arguments.output_name()));
            return Exit::File;
        }
    };
    let coloured = output.is_terminal(arguments.color);
    let mut page = Painter::new(&mut output, coloured);
    let mut job = Job { arguments, page: &mut page, exit: Exit::Well, shown: 0, held: None, headed: false, whole: true, written: Ok(()) };
    job.run();
    let (exit, whole, written) = (job.exit, job.whole, job.written);
    let written = written.and_then(|()| page.flush());
    drop(page);
    let name = arguments.output_name();
    if matches!(output, Output::Whole(_)) && !whole && written.is_ok() {
        report::message(&format!("error: nothing was written to {name}"));
        return exit;
    }
    ended(written.and_then(|()| output.keep()), &name, exit)
}

/// One run of the program.
struct Job<'a, 'b> {
    arguments: &'a Arguments,
    page: &'a mut Painter<'b>,
    exit: Exit,
    shown: usize,
    /// The first answer, held back until it is known whether another follows it.
    held: Option<Box<views::Answer>>,
    /// Whether answers are headed by where they stand, if there are several.
    headed: bool,
    /// Whether the page holds everything that was asked for.
    whole: bool,
    written: io::Result<()>,
}

impl Job<'_, '_> {
    fn run(&mut self) {
        let arguments = self.arguments;
        if let Some(gate) = &arguments.gates {
            self.gates(gate.as_deref());
            return;
        }
        let view = arguments.view;
        let settings = Settings { gradients: view.gradients, ..arguments.settings.clone() };
        let mut session = Session::new(settings);
        if let Some(upstream) = &arguments.upstream {
            match session.value(upstream) {
                Ok(value) => session.settings.upstream = Some(value),
                Err(fault) => return self.fault(&fault, &source("--upstream"), upstream),
            }
        }
        for (name, value) in &arguments.bindings {
            if let Err(fault) = session.bind(name, value) {
                return self.fault_in_value(fault, "<binding>", name, value);
            }
        }
        for (flag, steps, change) in [("--along", &arguments.along, false), ("--nudge", &arguments.nudge, true)] {
            for (name, value) in steps {
                match session.value(value) {
                    Ok(step) if change => session.settings.nudge.push((name.clone(), step)),
                    Ok(step) => session.settings.along.push((name.clone(), step)),
                    Err(fault) => return self.fault_in_value(fault, flag, name, value),
                }
            }
        }
        for (at, text) in arguments.expressions.iter().enumerate() {
            let source = source("<expr>");
            let last = at + 1 == arguments.expressions.len();
            let ran = session.run(text, &source, last, &mut |outcome| match outcome {
                Ok(answer) => self.answer(answer, view),
                Err(fault) => self.fault(&arguments.hinted(fault), &source, text),
            });
            if let Err(fault) = ran {
                self.fault(&arguments.hinted(fault), &source, text);
            }
        }
        let tally = self.scripts(&mut session);
        for warning in session.warnings() {
            report::message(&format!("warning: {warning}"));
        }
        if self.exit == Exit::Well {
            for (name, meant) in session.unused() {
                let hint = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
                report::message(&format!("warning: no expression uses `{name}`{hint}"));
            }
        }
        if tally.failed > 0 {
            report::message(&format!("{} of {} statements failed", tally.failed, tally.statements));
        }
    }

    /// Runs the scripts.
    fn scripts(&mut self, session: &mut Session) -> batch::Tally {
        let arguments = self.arguments;
        let mut tally = batch::Tally::default();
        self.headed = !arguments.files.is_empty() && arguments.view.apart;
        for path in &arguments.files {
            let stdin = path.as_os_str() == "-";
            let name = if stdin { "<stdin>".to_owned() } else { path.display().to_string() };
            let ran = if stdin {
                batch::run(self, session, &name, &mut io::stdin().lock())
            } else {
                fs::File::open(path).and_then(|file| batch::run(self, session, &name, &mut io::BufReader::with_capacity(1 << 16, file)))
            };
            match ran {
                Ok(ran) => {
                    tally.statements += ran.statements;
                    tally.failed += ran.failed;
                }
                Err(error) => {
                    report::message(&format!("error: cannot read `{name}`: {}", cli::told(&error)));
                    (self.exit, self.whole) = (Exit::File, false);
                }
            }
            if arguments.fail_fast && tally.failed > 0 {
                break;
            }
        }
        if let Some(answer) = self.held.take() {
            self.put(&answer, false);
        }
        tally
    }

    fn answer(&mut self, answer: views::Answer, view: &View) {
        if !answer.is_finite() {
            self.exit = self.exit.max(Exit::Failed);
        }
        if answer.silenced {
            return;
        }
        if !self.headed {
            return self.put(&answer, false);
        }
        if let Some(first) = self.held.take() {
            self.put(&first, true);
        } else if self.shown == 0 && view.apart {
            self.held = Some(Box::new(answer));
            return;
        }
        self.put(&answer, true);
    }

    /// Puts an answer on the page, headed by where it stands or not.
    fn put(&mut self, answer: &views::Answer, headed: bool) {
        let view = self.arguments.view;
        let first = self.shown == 0;
        self.shown += 1;
        let style = self.arguments.style;
        self.write(|page| {
            if first {
                page.put(views::Role::Plain, view.head)?;
            } else if view.apart {
                page.put(views::Role::Plain, "\n")?;
            }
            if headed {
                page.put(views::Role::Comment, &format!("# {}:{}\n", answer.source.name, answer.source.line))?;
            }
            (view.show)(answer, &style, page)
        });
    }

    fn fault(&mut self, fault: &Fault, source: &Source, text: &str) {
        self.exit = self.exit.max(if fault.kind == FaultKind::Io { Exit::File } else { Exit::Failed });
        if self.arguments.view.name == "json" {
            self.shown += 1;
            self.write(|page| json::fault(fault, source, text, page));
        } else {
            self.whole = false;
            report::fault(fault, source, text, self.arguments.color);
        }
    }

    /// A fault in a value, shown where it stands, behind its name.
    fn fault_in_value(&mut self, fault: Fault, place: &str, name: &str, value: &str) {
        let shift = |span: Span| Span::new(span.start as usize + name.len() + 1, span.end as usize + name.len() + 1);
        let related = fault.related.clone().map(|(span, words)| (shift(span), words));
        let fault = Fault { span: shift(fault.span), related, ..fault };
        self.fault(&fault, &source(place), &format!("{name}={value}"));
    }

    fn gates(&mut self, name: Option<&str>) {
        match name.map(|name| (name, gate_of(name))) {
            None => self.write(views::gates::list),
            Some((_, Some(gate))) => self.write(|page| views::gates::explain(gate, page)),
            Some((name, None)) => {
                let names = gradcalc::vocabulary::gate::TABLE.iter().filter(|row| row.callable()).map(|row| row.name);
                let hint =
                    gradcalc::calculus::lower::nearest(name, names).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                report::message(&format!("error: there is no gate `{name}`{hint}"));
                (self.exit, self.whole) = (Exit::Usage, false);
            }
        }
    }

    fn write(&mut self, show: impl FnOnce(&mut dyn views::Page) -> io::Result<()>) {
        if self.written.is_ok() {
            self.written = show(self.page);
        }
    }
}

fn source(name: &str) -> Source {
    Source { name: name.into(), line: 1 }
}

/// A gate by its name or by a sign of its.
fn gate_of(name: &str) -> Option<Gate> {
    use gradcalc::vocabulary::gate;
    Gate::named(name).or_else(|| gate::infix(name).map(|(gate, _)| gate)).or_else(|| gate::prefix(name).map(|(gate, _)| gate))
}
