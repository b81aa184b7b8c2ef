//! Scripts: statements from a file or from stdin, run in order. What fails is told where it stands, and the rest goes on.

use super::cli::beside;
use super::job::Job;
use super::progress::Progress;
use super::{Exit, cli, files, interrupt, report};
use crate::forms::reader::{Piece, Reader, Statement};
use crate::ground::text::{one_line, shortened};
use crate::ground::{Fault, FaultKind, Span};
use crate::session::FinalDefinition;
use crate::views::Source;
use crate::vocabulary::LOAD;
use crate::vocabulary::statement::Form;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

/// How many bytes of lines are read at once: what pest makes of a text is many times as long, and stays in the cache.
const AT_ONCE: usize = 1 << 13;

/// How deep scripts may include each other.
const DEEPEST_INCLUDE: usize = 64;

/// A script being run.
struct Script {
    name: Arc<str>,
    /// Whether the definition that ends it is shown.
    last: FinalDefinition,
    /// The definition read last: whether a statement follows it decides whether it is shown.
    held: Option<(Source, Statement)>,
    /// What it has defined so far.
    passes: Passes,
}

/// The two passes of a script that writes both by hand, as far as names tell: `dx` behind a definition of `x` begins the second one.
#[derive(Default)]
struct Passes {
    /// The name that the forward pass ends in.
    forward: Option<String>,
    /// How many gradients follow it.
    gradients: usize,
}

impl Passes {
    /// A name was defined, where some are known.
    fn define(&mut self, name: &str, is_known: impl Fn(&str) -> bool) {
        if self.forward.is_some() && Self::is_gradient(name, is_known) {
            self.gradients += 1;
        } else if self.gradients == 0 {
            self.forward = Some(name.to_owned());
        }
    }

    /// Whether a name is that of a gradient on a known one.
    fn is_gradient(name: &str, is_known: impl Fn(&str) -> bool) -> bool {
        name.strip_prefix('d').is_some_and(|of| is_known(of.strip_prefix('_').unwrap_or(of)))
    }
}

impl Job<'_> {
    /// Runs a script of the command line; `-` is stdin.
    pub fn script(&mut self, path: &Path) {
        let stdin = path.as_os_str() == "-";
        let name = if stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        let ran = if stdin {
            self.results.progress = Some(Progress::new(None));
            self.lines(&name, FinalDefinition::Stage, &mut io::stdin().lock())
        } else {
            self.file(path, &name, FinalDefinition::Stage)
        };
        self.results.progress = None;
        if let Err(error) = ran {
            self.unreadable(&name, &error);
        }
    }

    /// Runs a script that the source `from` includes at a place of its text.
    ///
    /// # Errors
    /// Where it cannot be read, or includes itself.
    pub fn include(&mut self, from: &str, file: &str, span: Span) -> Result<(), Fault> {
        let path = beside(from, file);
        let name = path.display().to_string();
        let refused = |kind, message: String| Fault::new(kind, span, message).label("here");
        if self.no_files {
            return Err(refused(FaultKind::Io, format!("cannot read `{}`: --no-files is given", shortened(&one_line(file)))));
        }
        let unreadable =
            |error| refused(FaultKind::Io, format!("cannot read `{}`: {}", shortened(&one_line(&name)), cli::described(&error)));
        let place = path.canonicalize().map_err(unreadable)?;
        if let Some(refusal) = files::refused_reading(&path, "`include`") {
            return Err(refused(FaultKind::Io, refusal));
        }
        if self.including.contains(&place) {
            let message = format!("`{}` includes itself", shortened(&one_line(&name)));
            return Err(refused(FaultKind::Limit, message).help("remove this, or put what both need into a script of its own"));
        }
        if self.including.len() > DEEPEST_INCLUDE {
            let message = format!("scripts include each other more than {DEEPEST_INCLUDE} deep");
            return Err(refused(FaultKind::Limit, message).help("put their statements into fewer scripts"));
        }
        self.file(&path, &name, FinalDefinition::Hidden).map_err(unreadable)
    }

    fn file(&mut self, path: &Path, name: &str, last: FinalDefinition) -> io::Result<()> {
        // A pipe with a name opens when somebody writes to it.
        self.flush();
        let mut file = interrupt::while_waiting(|| File::open(path))?;
        let known = file.metadata()?;
        let outermost = self.including.is_empty();
        if outermost {
            self.results.progress = Some(Progress::new(known.is_file().then_some(known.len())));
        }
        // A pipe has no place of its own, and cannot include itself.
        self.including.push(path.canonicalize().unwrap_or_default());
        let ran = self.lines(name, last, &mut file);
        self.including.pop();
        if outermost {
            // At a terminal lines follow that have no progress.
            self.results.progress = None;
        }
        ran
    }

    /// Runs the script that `lines` are, under a name for messages.
    pub fn lines(&mut self, name: &str, last: FinalDefinition, lines: &mut dyn Read) -> io::Result<()> {
        let mut script = Script { name: name.into(), last, held: None, passes: Passes::default() };
        let mut reader = Reader::default();
        let mut lines = Lines { source: BufReader::with_capacity(1 << 16, lines), offset: 0, begun: Vec::new(), ended: false };
        while !self.stops() {
            let text = lines.next(self)?;
            let ended = text.is_none();
            let mut unreadable = None;
            match text {
                Some(Ok(text)) => reader.feed(&text),
                Some(Err(why)) => unreadable = Some(why),
                None => reader.finish(),
            }
            script.take_all(self, &mut reader);
            if let (Some((shown, fault)), false) = (unreadable, self.stops()) {
                script.unreadable(self, &fault, reader.next_number(), &shown);
                reader.skip();
            }
            if let Some((line, first)) = reader.waiting(self.session.budget().text()) {
                script.endless(self, line, first);
                break;
            }
            if ended {
                script.perform(self, true);
                break;
            }
        }
        Ok(())
    }
}

/// The lines of a script.
struct Lines<'a> {
    source: BufReader<&'a mut dyn Read>,
    /// How many bytes have been read.
    offset: usize,
    /// Bytes of a line whose end has not been read yet.
    begun: Vec<u8>,
    /// Whether the rest is not read: a line had no end.
    ended: bool,
}

impl Lines<'_> {
    /// The next lines that are there, or a line that is no text and what is wrong with it; none at the end.
    fn next(&mut self, job: &mut Job) -> io::Result<Option<Result<String, (String, Fault)>>> {
        if let Some(text) = self.at_hand(job.session.budget().text()) {
            return Ok(Some(Ok(text)));
        }
        let start = self.offset;
        if self.ended {
            return Ok(None);
        }
        let bytes = self.bytes(job)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let budget = job.session.budget();
        if bytes.len() > budget.text() {
            let fault = budget.too_long("the line", budget.text(), Span::new(0, 1));
            let rest = if self.ended { "it has no end; the rest of the script is not read" } else { "it is left out" };
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]).replace('\0', "\u{fffd}");
            return Ok(Some(Err((shown, fault.label(rest)))));
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

    /// The whole lines that have been read already, where they are text and none can be longer than `most` bytes. The first line of all, which
    /// may begin with a byte-order mark, is read by itself.
    fn at_hand(&mut self, most: usize) -> Option<String> {
        if self.offset == 0 || self.ended || !self.begun.is_empty() {
            return None;
        }
        let held = self.source.buffer();
        let held = &held[..held.len().min(most).min(AT_ONCE)];
        let end = held.iter().rposition(|&byte| byte == b'\n')? + 1;
        let text = std::str::from_utf8(&held[..end]).ok()?.to_owned();
        self.source.consume(end);
        self.offset += end;
        Some(text)
    }

    /// The bytes of the next line, its end included; none at the end. Of a line longer than the budget allows there is one
    /// byte more than that. What is finished is written before anything is waited for.
    fn bytes(&mut self, job: &mut Job) -> io::Result<Vec<u8>> {
        let (most, last) = (job.session.budget().text() + 1, self.offset + job.session.budget().file());
        loop {
            if self.source.buffer().is_empty() {
                job.flush();
            }
            let held = match interrupt::while_waiting(|| self.source.fill_buf()) {
                Ok(held) => held,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let end = held.iter().position(|&byte| byte == b'\n').map(|at| at + 1);
            let taken = end.unwrap_or(held.len());
            self.begun.extend_from_slice(&held[..taken.min(most - self.begun.len())]);
            self.source.consume(taken);
            self.offset += taken;
            self.ended = self.offset > last && end.is_none();
            if self.ended || end.is_some() || taken == 0 {
                return Ok(std::mem::take(&mut self.begun));
            }
        }
    }
}

impl Script {
    /// Takes the statements that are whole.
    fn take_all(&mut self, job: &mut Job, reader: &mut Reader) {
        while let Some(statement) = reader.next_statement() {
            if let (true, Some(progress)) = (job.including.len() < 2, &mut job.results.progress) {
                progress.at(reader.taken() as u64, job.tally.statements);
            }
            let source = Source { name: Arc::clone(&self.name), line: statement.line };
            self.take(job, source, statement);
            if job.stops() {
                return;
            }
        }
    }

    /// Runs the definition that was held back, and this statement, unless it is a definition.
    fn take(&mut self, job: &mut Job, source: Source, statement: Statement) {
        self.perform(job, false);
        if !job.stops() {
            let defines = statement.piece().defines().is_some();
            self.held = Some((source, statement));
            if !defines {
                self.perform(job, false);
            }
        }
    }

    fn perform(&mut self, job: &mut Job, last: bool) {
        let Some((source, statement)) = self.held.take() else { return };
        let (piece, text) = (statement.piece(), &statement.text);
        // A file that is read may be a pipe that somebody must write to first.
        if piece.uses().any(|name| name == LOAD) {
            job.flush();
        }
        job.results.flush_in_time();
        job.tally.statements += 1;
        let typed = job.converses && job.including.is_empty();
        let block = piece.opening().is_some_and(|row| row.form == Form::Block);
        let before = (typed && block).then(|| job.session.clone());
        let question = job.said.question.clone();
        if typed {
            job.said.begin();
        }
        let well = job.text(statement.written(), &source, if last { self.last } else { FinalDefinition::Hidden });
        match before {
            // A slip changes nothing: what the rounds before it did is taken back.
            Some(before) if !well => (job.session, job.said.question) = (before, question),
            Some(before) if job.exit == Exit::Interrupted => job.halted(&before, &once(&piece)),
            _ if well && typed => job.said.worked(text, piece.defines(), job.session.ans()),
            _ => {}
        }
        job.tally.failed += usize::from(!well);
        if let Some(name) = piece.defines() {
            job.defined(name, well, &source);
            self.passes.define(name, |word| job.session.is_known_name(word));
            if last && well && job.results.has_one_answer() {
                self.tell_answered(job, name, &source);
            }
        }
    }

    /// Where the only answer of a script of definitions is a gradient that it computes by itself, says so: what is shown as gradients are
    /// those of that gradient.
    fn tell_answered(&self, job: &Job, name: &str, source: &Source) {
        // One name alone may begin with a d by chance.
        let Passes { forward: Some(forward), gradients: 2.. } = &self.passes else { return };
        let known = |word: &str| job.session.is_known_name(word);
        if self.last != FinalDefinition::Stage || !Passes::is_gradient(name, known) {
            return;
        }
        let [answered, forward] = [name, forward].map(shortened);
        let text = format!(
            "the answer is `{answered}`, a number of the file's own, and the gradients are those of `{answered}`; for the gradients of `{forward}` end \
             the file with the line `{forward}`, and with the file cut off behind `{forward}`, `--against` compares its `d...` with them"
        );
        job.results.aside(|| report::remark("note", &text, Some(source)));
    }

    /// A statement that is too long to be read to its end; where that would be, only its middle could tell.
    fn endless(&mut self, job: &mut Job, line: usize, first: &str) {
        let budget = job.session.budget();
        let fault = budget.too_long("the statement", budget.text(), Span::new(0, 1));
        self.unreadable(job, &fault.label("it starts here; the rest of the script is not read"), line, first);
    }

    /// A line that is no text; what was read before it comes first.
    fn unreadable(&mut self, job: &mut Job, fault: &Fault, line: usize, shown: &str) {
        self.perform(job, false);
        if job.stops() {
            return;
        }
        job.tally.statements += 1;
        job.tally.failed += 1;
        let source = Source { name: Arc::clone(&self.name), line };
        job.fault(fault, &source, shown.trim_end());
    }
}

/// The text of a block as a script would repeat it once, for the stages that it defines.
fn once(piece: &Piece) -> String {
    let brace = (0..piece.tokens.len()).find(|&at| piece.word(at) == "{");
    let start = brace.and_then(|at| piece.tokens.get(at)).map_or(0, |token| token.span.range().start);
    format!("repeat 1 {}", &piece.text[start..])
}
