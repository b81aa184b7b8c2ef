//! Floor 5, the session: what names stand for, the settings, and from statements to answers.
//!
//! Knows no file, terminal or colour. A session outlives its texts: what one text names, the next can use. A text is read,
//! and then run statement by statement, so that whoever runs it can do what a statement asks of the world outside.

mod against;
mod answering;
mod assertion;
mod cached;
mod defining;
mod ends;
mod gradients;
mod hinting;
mod holding;
mod inquiry;
mod precise;
mod preparing;
mod repeating;
mod returning;
mod scope;
pub mod settings;
pub mod typing;

use crate::calculus::lower::{Function, Lowering, Returned, Scope as _, Scratch};
use crate::calculus::precise::Given;
use crate::calculus::range::constant_within;
use crate::calculus::{Granularity, Rules, Stager, Ties};
use crate::forms::program::Input;
use crate::forms::{Program, StageId, Written, parse};
use crate::ground::broken::{broken, guarded};
use crate::ground::text::{nearest, shortened};
use crate::ground::{Cancellation, Fault, FaultKind, Remedy, Shape, Span, Value};
use crate::views::{Answer, Checked, Printed, Source, brief, notes};
use crate::vocabulary::ast::{NamedResult, Node, NodeId, Statement, StatementKind, Tree};
use crate::vocabulary::{DERIVATIVE, LOAD, Symbol, Symbols, library};
use answering::Question;
use cached::ValueCache;
use defining::Defined;
use holding::Holding;
use preparing::{Preparations, Work};
use repeating::Position;
use scope::Bindings;
pub use scope::{Remark, without_columns};
use settings::Refusal;
pub use settings::{Keys, Setting, Settings};
use std::sync::Arc;

/// The name of the last value.
pub const ANS: &str = "ans";

/// A session: names, functions and settings. A copy shares what is large.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// What the user has set.
    pub settings: Settings,
    symbols: Arc<Symbols>,
    rules: Rules,
    scratch: Scratch,
    program: Program,
    names: Bindings,
    /// Whether somebody types, who is told what follows an input that turns, and may ask for more digits of what was computed.
    pub converses: bool,
    /// Whether of an answer that is shown as its value alone, or with the gradients on its inputs, nobody asks for more, and of its notes
    /// those alone are told that speak of wrong numbers.
    pub shows_ends_alone: bool,
    /// The source of the text that was read last.
    origin: Arc<str>,
    /// The tree of that text, where it is small.
    last_tree: Option<Arc<Tree>>,
    /// The settings that no statement changes.
    fixed: Vec<&'static str>,
    holding: Holding,
    cache: ValueCache,
    /// The assertion that the last statement was, as far as it is known.
    checked: Option<Checked>,
    /// What is kept of the statements of the block that is being repeated.
    preparations: Option<Preparations>,
    /// What is known of the value that was read last beside its binary64 numbers.
    read: Option<Given>,
    /// Whether that value was made of comparisons alone.
    read_truth: bool,
}

/// A text on its way through a session, statement by statement.
#[derive(Debug)]
pub struct Reading {
    tree: Arc<Tree>,
    source: Source,
    last: FinalDefinition,
    position: Position,
    /// The statement that ran last.
    ran: Option<usize>,
}

impl Reading {
    /// Where the statement that ran last stands.
    pub fn at(&self) -> Source {
        let statement = self.ran.and_then(|at| self.tree.statements.get(at));
        statement.map_or_else(|| self.source.clone(), |statement| Place { tree: &self.tree, statement, source: &self.source }.here())
    }

    /// The text of the statement that ran last.
    pub fn statement(&self) -> &str {
        self.ran.and_then(|at| self.tree.statements.get(at)).map_or("", |statement| statement.span.of(&self.tree.text))
    }

    /// The text of the statement that comes next, unless it has run in a round before; of a block only that of how often.
    pub fn upcoming(&self) -> Option<&str> {
        let statement = self.tree.statements.get(self.position.next)?;
        let span = if let StatementKind::Repeat { .. } = statement.kind { self.tree.span(statement.root) } else { statement.span };
        self.position.rounds.iter().all(|round| round.number == 1).then(|| span.of(&self.tree.text))
    }

    /// The statement that ran last, to be found again.
    pub fn mark(&self) -> Option<usize> {
        self.ran
    }

    /// Makes a statement that has run the one that ran last.
    pub fn go_to(&mut self, mark: Option<usize>) {
        self.ran = mark;
    }

    /// The round of the outermost block that it is in, and how many there are.
    pub fn round(&self) -> Option<(u64, u64)> {
        self.position.rounds.first().map(|round| (round.number, round.count))
    }

    /// Leaves the block that it is in, if any: what it asked of the world outside has failed.
    pub fn leave_block(&mut self) {
        self.position.leave();
    }
}

/// Whether a definition that ends a text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalDefinition {
    /// Never: another text follows.
    Hidden,
    /// Always, also one of an input or of a function.
    Shown,
    /// Where it names a stage.
    Stage,
    /// Where it names a stage whose inputs have values.
    KnownStage,
}

/// What a statement gives to whoever runs it.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing to show: a definition, a setting, an assertion that holds.
    Done,
    /// An evaluated expression.
    Answer(Arc<Answer>),
    /// A line to show.
    Printed(Printed),
    /// A script to run before the next statement: its name, and where that stands.
    Include(String, Span),
}

/// The stages of an expression alone.
#[derive(Debug)]
pub struct Lowered {
    /// The stages, those that the output needs.
    pub program: Program,
    /// The stage of the expression's value.
    pub output: StageId,
    /// The letters of names.
    pub symbols: Arc<Symbols>,
}

/// A statement and the text that it stands in.
struct Place<'a> {
    tree: &'a Arc<Tree>,
    statement: &'a Statement,
    source: &'a Source,
}

impl Place<'_> {
    /// The first node of an expression that ends in the node `root`, the statement's or one of those that it prints.
    fn first_of(&self, root: NodeId) -> NodeId {
        let printed = match &self.statement.kind {
            StatementKind::Print { items } => items.iter().find(|&&(_, last)| last == root),
            _ => None,
        };
        printed.map_or(self.statement.first, |&(first, _)| first)
    }

    /// Where the statement stands.
    fn here(&self) -> Source {
        let before = &self.tree.text[..self.statement.span.start as usize];
        Source { name: Arc::clone(&self.source.name), line: self.source.line + before.matches('\n').count() }
    }
}

/// Whether the libraries that a statement imports are known, under the names that it gives them.
fn imports(text: &str, name: Span, value: Span) -> Result<(), Fault> {
    let takes = value.of(text).strip_prefix("import ").is_some();
    let whole = if takes { name.of(text).to_owned() } else { name.to(value).of(text).to_owned() };
    for import in whole.split(',') {
        let words: Vec<&str> = import.split_whitespace().collect();
        let named = match words[..] {
            [library] => library::is_prefix(library),
            [library, "as", name] => library::is_alias(library, name),
            _ => false,
        };
        if !named {
            let message = format!("`{}` is no import that is known here", shortened(import.trim()));
            let help = "the libraries are math, numpy as np, jax, jax.numpy as jnp, torch and scipy";
            return Err(Fault::new(FaultKind::Name, name.to(value), message).label("here").help(help));
        }
    }
    Ok(())
}

impl Session {
    /// A session without names.
    pub fn new(settings: Settings) -> Self {
        let mut names = Bindings::default();
        names.seed(settings.seed);
        let budget = settings.budget;
        let mut session = Self { settings, names, program: Program::new(), ..Self::default() };
        session.set_budget(budget);
        session
    }

    /// Gives a name a value that no statement of a text can change: a binding of the command line.
    ///
    /// # Errors
    /// Where `name` is no name or the value is no expression without inputs. Places are bytes in `value`.
    pub fn bind(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        let value = self.value(value)?;
        self.bind_value(name, value.clone());
        if let (Some(given), Some(name)) = (self.read.take(), self.symbols.find(name)) {
            self.names.keep_given(name, value, given);
        }
        Ok(())
    }

    /// Gives a name a value as `bind` does, without a text.
    pub fn bind_value(&mut self, name: &str, value: Value) {
        let name = Arc::make_mut(&mut self.symbols).intern(name);
        self.names.fix(name, value);
    }

    /// Says whether the value of a name is a mask.
    pub(super) fn set_mask(&mut self, name: &str, mask: bool) {
        let name = Arc::make_mut(&mut self.symbols).intern(name);
        self.names.set_truth(name, mask);
    }

    /// The value of an expression without inputs, or of a file: `@points.csv`.
    ///
    /// # Errors
    /// Where it is no such expression, or the file cannot be read.
    pub fn value(&mut self, text: &str) -> Result<Value, Fault> {
        self.value_with(text, Bindings::default())
    }

    /// The same where the names of the session stand for their values.
    ///
    /// # Errors
    /// As `value`; named stages have no value here.
    pub fn value_here(&mut self, text: &str) -> Result<Value, Fault> {
        let names = self.names.values();
        self.value_with(text, names)
    }

    fn value_with(&mut self, text: &str, mut names: Bindings) -> Result<Value, Fault> {
        self.read = None;
        let origin = Arc::clone(&self.origin);
        if let Some(file) = text.strip_prefix('@') {
            self.begin();
            let budget = &self.scratch.limits.budget;
            let loaded = self.names.scope(&self.symbols, &self.settings).load(&origin, file, budget);
            return loaded.map_err(|why| budget.unloaded(&shortened(file), why, Span::new(0, text.len())));
        }
        let mut tree = self.parsed(text)?;
        tree.origin = origin;
        let [statement] = &tree.statements[..] else {
            let fault = Fault::new(FaultKind::Parse, Span::new(0, text.len()), "a value is one expression");
            return Err(fault.help("write a number, or an expression such as `pi/2`"));
        };
        if statement.kind != StatementKind::Show {
            return Err(
                Fault::new(FaultKind::Parse, statement.span, "a value is an expression, not a statement").help("write the value alone")
            );
        }
        let (first, root, statement_span) = (statement.first, statement.root, statement.span);
        self.begin();
        let mut program = Program::new();
        names.draw_as(&self.names);
        let mut scope = names.scope(&self.symbols, &self.settings);
        let mut lowering = Lowering {
            symbols: &self.symbols,
            program: &mut program,
            scope: &mut scope,
            staging: &mut Stager { rules: &mut self.rules, granularity: Granularity::Written, ties: Ties::Course },
            dry_run: false,
            scratch: &mut self.scratch,
        };
        let stage = lowering.run(&Arc::new(tree), first, root)?;
        let truth = lowering.is_truth(stage);
        let missing = scope.missing().first().copied();
        if let Some((name, span)) = missing {
            let message = format!("`{}` has no value here", self.symbols.name(name));
            return Err(Fault::new(FaultKind::Name, span, message)
                .label("a value may not use other names")
                .help("write its number")
                .unknown([self.symbols.name(name)]));
        }
        self.names.draw_as(&names);
        self.names.remarks.append(&mut names.remarks);
        let value = constant_within(&program, stage, &self.scratch.limits, statement_span)?;
        self.read = Some(self.made(&program, stage, Vec::new()));
        self.read_truth = truth;
        Ok(value)
    }

    /// Whether a text is a name that a value can be given to.
    pub fn is_name(text: &str) -> bool {
        let mut symbols = Symbols::default();
        let Ok(tree) = parse(&format!("{text}=0"), &mut symbols) else { return false };
        matches!(&tree.statements[..], [Statement { kind: StatementKind::Name { name, constant: false, .. }, .. }] if symbols.name(*name) == text)
    }

    /// Reads a text, to be run statement by statement.
    ///
    /// # Errors
    /// Where the text is not in the language. Places in faults are bytes in `text`.
    pub fn read<'a>(&mut self, text: impl Into<Written<'a>>, source: &Source, last: FinalDefinition) -> Result<Reading, Fault> {
        let written = text.into();
        let mut tree = guarded(Span::new(0, written.text.len()), || self.parsed(written))?;
        if last == FinalDefinition::Shown && tree.statements.is_empty() {
            let fault = Fault::new(FaultKind::Parse, Span::new(0, written.text.len()), "the expression is empty");
            return Err(fault.remedy(Remedy::WriteExpression));
        }
        tree.origin = Arc::clone(&source.name);
        self.origin = Arc::clone(&source.name);
        Ok(Reading { tree: self.shared(tree), source: source.clone(), last, position: Position::default(), ran: None })
    }

    /// The assertion that the statement was which ran last, held or not.
    pub fn checked(&mut self) -> Option<Checked> {
        self.checked.take()
    }

    /// Whether the next statement of a text may be answered, and is run no more behind that: no further round of a block follows.
    pub fn asks_last(&self, reading: &mut Reading) -> bool {
        let position = &mut reading.position;
        let Some(statement) = reading.tree.statements.get(position.settle()) else { return false };
        let ends = reading.last != FinalDefinition::Hidden && position.next + 1 == reading.tree.statements.len();
        let asks = statement.kind == StatementKind::Show || ends && !matches!(statement.kind, StatementKind::Repeat { .. });
        asks && position.rounds.iter().all(|round| round.number == round.count)
    }

    /// The session as it was at another moment, under settings; what has been said since is not said again.
    #[must_use]
    pub fn as_at(&self, moment: &Self, settings: Settings) -> Self {
        let mut then = moment.clone();
        then.settings = settings;
        then.names.told_as(&self.names);
        then.scratch.limits = self.scratch.limits.clone();
        then
    }

    /// What another moment's session has said need not be said here.
    pub fn told_as(&mut self, other: &Self) {
        self.names.told_as(&other.names);
    }

    /// Whether a note is one that is said once.
    pub fn has_told(&self, note: &str) -> bool {
        self.names.has_told(note)
    }

    /// Runs the next statement of a text; none where it has ended. Places in faults are bytes in the text.
    pub fn step(&mut self, reading: &mut Reading) -> Option<Result<Outcome, Fault>> {
        let tree = Arc::clone(&reading.tree);
        let statement = tree.statements.get(reading.position.settle())?;
        reading.ran = Some(reading.position.next);
        reading.position.next += 1;
        self.checked = None;
        let in_block = !reading.position.rounds.is_empty();
        // What is to be said of a derivative is said in the first round, and later where a tie is met.
        self.names.derived.clear();
        self.names.met = reading.position.rounds.iter().any(|round| round.number > 1).then_some(false);
        // At a terminal a silenced definition leaves its gradients, as a silenced expression does.
        let passed = statement.silenced && reading.last != FinalDefinition::KnownStage;
        let ends = reading.position.next == tree.statements.len() && !passed && !in_block;
        let last = if ends { reading.last } else { FinalDefinition::Hidden };
        self.preparations = in_block.then(|| std::mem::take(&mut reading.position.preparations));
        let place = Place { tree: &tree, statement, source: &reading.source };
        let mut outcome = if let StatementKind::Repeat { until } = statement.kind {
            let rounds = self.attempt(&place, &|session| session.rounds(&place));
            match rounds {
                Ok(count) => self.enter_block(&mut reading.position, until, count),
                // A block whose number of rounds is not known is not run.
                Err(_) => reading.position.next = until,
            }
            rounds.map(|_| Outcome::Done)
        } else {
            self.attempt(&place, &|session| session.perform(&place, last))
        };
        self.names.versions.end();
        reading.position.preparations = self.preparations.take().unwrap_or_default();
        self.go_on(reading, &mut outcome, in_block.then_some(statement.span));
        Some(outcome)
    }

    /// Goes to the statement behind one that has run; out of a block where it has failed, or is interrupted.
    fn go_on(&mut self, reading: &mut Reading, outcome: &mut Result<Outcome, Fault>, in_block: Option<Span>) {
        let position = &mut reading.position;
        let mut next = reading.ran.unwrap_or_default();
        if let (Some(span), Ok(_)) = (in_block, &outcome) {
            self.settle(position);
            next = position.next;
            if self.scratch.limits.cancellation.is_cancelled() {
                *outcome = Err(Fault::interrupted(span));
            }
        }
        let Err(fault) = outcome else { return };
        let left = if fault.kind == FaultKind::Interrupt { self.interrupt_at(position, next) } else { position.leave() };
        if let Some(rounds) = left {
            fault.message = format!("{} ({rounds})", fault.message);
        }
    }

    /// Does what a statement asks; once more with more room, where it has passed a limit and there is some to be had.
    fn attempt<T>(&mut self, place: &Place, work: &dyn Fn(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        let drawn = self.names.drawn();
        let mut outcome = self.attempt_once(place, work);
        // What passed a limit may have room where what no name needs was left behind; it draws the same random numbers.
        if outcome.as_ref().is_err_and(|fault| fault.kind == FaultKind::Limit) && self.compact() {
            self.names.draw_again(drawn);
            outcome = self.attempt_once(place, work);
        }
        outcome
    }

    fn attempt_once<T>(&mut self, place: &Place, work: &dyn Fn(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        let before = self.program.len();
        self.begin();
        // What was spoken of was so in another statement, whose stages may have been left behind.
        self.names.begin_statement();
        let outcome = self.guarded(place, work).map_err(|fault| hinting::placed(fault, &place.tree.text));
        let spoken = self.names.take_spoken();
        if !spoken.is_empty()
            && matches!(place.statement.kind, StatementKind::Show | StatementKind::Assert { .. } | StatementKind::Print { .. })
        {
            self.tell_kept(spoken);
        }
        self.leave_behind(place.statement, before);
        outcome
    }

    /// Runs a whole text that names no other and hands every answer or fault to `take`. With `last`, a definition that
    /// ends the text is shown.
    ///
    /// # Errors
    /// Where the text is not in the language; no statement has run then.
    pub fn run(&mut self, text: &str, source: &Source, last: bool, take: &mut dyn FnMut(Result<Arc<Answer>, Fault>)) -> Result<(), Fault> {
        let mut reading = self.read(text, source, if last { FinalDefinition::Shown } else { FinalDefinition::Hidden })?;
        while let Some(outcome) = self.step(&mut reading) {
            match outcome {
                Ok(Outcome::Answer(answer)) => take(Ok(answer)),
                Ok(Outcome::Done | Outcome::Printed(_)) => {}
                Ok(Outcome::Include(_, span)) => take(Err(Fault::new(FaultKind::Io, span, "no script can be read here"))),
                Err(fault) => take(Err(fault)),
            }
        }
        Ok(())
    }

    /// Gives `ans` the last value of another moment.
    pub fn set_ans(&mut self, value: Option<Value>) {
        match value {
            Some(value) => self.set_input(ANS, value),
            None => self.forget(ANS),
        }
    }

    /// Gives an input a value, as the statement `name = value` does.
    pub fn set_input(&mut self, name: &str, value: Value) {
        let name = Arc::make_mut(&mut self.symbols).intern(name);
        self.names.set_input(name, value);
    }

    /// The stages of the last statement of a text, whose inputs need no values; what stands before it is run. None where it
    /// ends in no expression and no definition of a stage.
    ///
    /// # Errors
    /// The first fault.
    pub fn lowered(&mut self, text: &str, source: &Source) -> Result<Option<Lowered>, Fault> {
        guarded(Span::new(0, text.len()), || self.lowered_alone(text, source))
    }

    fn lowered_alone(&mut self, text: &str, source: &Source) -> Result<Option<Lowered>, Fault> {
        let mut reading = self.read(text, source, FinalDefinition::Shown)?;
        let tree = Arc::clone(&reading.tree);
        let Some((last, before)) = tree.statements.split_last() else { return Ok(None) };
        if before.iter().any(|statement| matches!(statement.kind, StatementKind::Repeat { until } if until == tree.statements.len())) {
            return Ok(None);
        }
        while reading.position.settle() < before.len() {
            if let Some(outcome) = self.step(&mut reading) {
                outcome?;
            }
        }
        let place = Place { tree: &tree, statement: last, source };
        let stage = match last.kind {
            StatementKind::Show => self.lower(&place, last.root)?,
            StatementKind::Name { name, .. } => {
                self.perform(&place, FinalDefinition::Hidden)?;
                self.value_of(name, last.span)?
            }
            _ => return Ok(None),
        };
        let (program, output) = self.program.cone(stage);
        Ok(Some(Lowered { program, output, symbols: Arc::clone(&self.symbols) }))
    }

    /// What ends an evaluation before its end.
    pub fn cancellation(&mut self, cancellation: Cancellation) {
        self.scratch.limits.cancellation = cancellation;
    }

    /// Whether the time for evaluations has ended, and nobody wished it.
    pub fn is_out_of_time(&self) -> bool {
        self.scratch.limits.cancellation.is_out_of_time()
    }

    /// Forgets what a name stands for: its definition failed, and its old meaning would be a wrong one.
    pub fn forget(&mut self, name: &str) {
        if let Some(name) = self.symbols.find(name) {
            self.names.forget(name);
        }
    }

    /// What should be said on the way, and has not been said yet.
    pub fn remarks(&mut self) -> Vec<Remark> {
        std::mem::take(&mut self.names.remarks)
    }

    /// Bindings of the command line that no expression used, each with the name that may have been meant.
    pub fn unused(&self) -> Vec<(String, Option<String>)> {
        let unused = self.names.unused();
        let wanted: Vec<&str> = self.names.used().map(|name| self.symbols.name(name)).collect();
        unused
            .into_iter()
            .map(|name| {
                let text = self.symbols.name(name);
                (text.to_owned(), nearest(text, wanted.iter().copied()).map(str::to_owned))
            })
            .collect()
    }

    /// Does what a statement asks; a promise of ours that is broken on the way is a fault.
    fn guarded<T>(&mut self, place: &Place, work: &dyn Fn(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        guarded(place.statement.span, || work(self))
    }

    fn perform(&mut self, place: &Place, last: FinalDefinition) -> Result<Outcome, Fault> {
        let statement = place.statement;
        self.recover_gradients(place)?;
        let before = self.program.len();
        let stage = match &statement.kind {
            StatementKind::Show => return self.show(place, before),
            StatementKind::Assert { tolerance } => {
                self.check_assertion(place, *tolerance, before)?;
                return Ok(Outcome::Done);
            }
            StatementKind::Print { items } => return self.print(place, items, before).map(Outcome::Printed),
            StatementKind::Include => {
                return Ok(Outcome::Include(place.tree.quoted(statement.root).to_owned(), place.tree.span(statement.root)));
            }
            StatementKind::Repeat { .. } => broken("a block is entered, and only its statements are performed"),
            StatementKind::Import { name, value } => return imports(&place.tree.text, *name, *value).map(|()| Outcome::Done),
            StatementKind::Set { name, value } => return self.set_as_written(place, *name, *value),
            StatementKind::Name { name, constant, update, .. } => {
                self.define(place, Defined { name: *name, constant: *constant, update: *update })?;
                if !self.is_shown(*name, last) {
                    return Ok(Outcome::Done);
                }
                self.value_of(*name, statement.span)?
            }
            StatementKind::Known { name, .. } => {
                self.define_known(place, *name);
                return Ok(Outcome::Done);
            }
            StatementKind::Function { name, at, parameters, results } => {
                let function = self.define_function(place, (*name, *at), parameters, results.as_deref())?;
                if last != FinalDefinition::Shown {
                    return Ok(Outcome::Done);
                }
                // `f(x, y) = x*y` alone shows f of the inputs x and y.
                let arguments: Result<Vec<StageId>, Fault> =
                    parameters.iter().map(|&(parameter, at)| self.value_of(parameter, at)).collect();
                let stage = self.lower_body(&function, arguments?)?;
                self.name_stage(*name, stage)
            }
        };
        self.ask_anew(self.program.is_active(stage));
        let question = self.question(stage, before, statement.span)?;
        self.answered(&question, place, before).map(Outcome::Answer)
    }

    /// Evaluates, differentiates and shows an expression, whose value is the last one from then on.
    fn show(&mut self, place: &Place, before: usize) -> Result<Outcome, Fault> {
        let (root, span) = (place.statement.root, place.statement.span);
        let answer = if let Some(prepared) = self.recall(root) {
            let Work::Answer(question) = &prepared.work else { broken("of an expression that is shown its question is kept") };
            self.ask_anew(question.is_active());
            let answer = self.answered(question, place, before)?;
            self.keep(root, prepared);
            answer
        } else {
            let stage = self.lower(place, root)?;
            if !place.statement.silenced {
                self.tell_sides();
            }
            self.ask_anew(self.program.is_active(stage));
            if let Some(answer) = self.value_alone(stage, before, place)? {
                answer
            } else if let Some(answer) = self.ends_alone(stage, before, place)? {
                answer
            } else {
                let question = self.question(stage, before, span)?;
                let answer = self.answered(&question, place, before)?;
                if question.is_kept() {
                    self.prepare(place, root, None, || Work::Answer(Box::new(question)));
                }
                answer
            }
        };
        if answer.valued {
            let ans = Arc::make_mut(&mut self.symbols).intern(ANS);
            let value = answer.values.value(answer.output, answer.shape(answer.output));
            self.keep_answered(ans, &answer, &value);
            let turned = self.names.turned();
            self.names.set_input(ans, value);
            // Nothing that is known depends on it.
            self.cache.keep_through(turned, self.names.turned());
        }
        Ok(Outcome::Answer(answer))
    }

    /// Where an answer has gradients, those of the last one have no names any more, even if it fails.
    fn ask_anew(&mut self, active: bool) {
        if active {
            self.names.keep_gradients(None);
            self.program.unwatch_names();
        }
    }

    fn answered(&mut self, question: &Question, place: &Place, before: usize) -> Result<Arc<Answer>, Fault> {
        let statement = place.statement;
        let mut answer = self.answer(question, before, place.here(), statement.span.of(&place.tree.text), statement.span)?;
        answer.silenced = statement.silenced;
        // What happened on the way is not known without values, and not looked for where nobody asks.
        if answer.valued && !answer.silenced {
            let notes = notes::find(&answer.in_its_digits(), &mut self.rules);
            answer.notes.splice(..0, notes);
            answer.judge_bends();
            self.measure_digits(&mut answer)?;
            if statement.kind == StatementKind::Show {
                answer.notes.extend(self.returned(place, before)?);
            }
        }
        if !question.given.is_empty() && !answer.silenced {
            let remark = Remark::WithoutColumns { given: question.given.clone(), expression: answer.expression.clone() };
            self.names.remarks.push(remark);
        }
        if answer.valued && answer.silenced && !answer.is_finite() {
            self.tell_not_finite(&answer);
        }
        let answer = Arc::new(answer);
        if answer.valued && answer.backward.is_some() {
            self.names.keep_gradients(Some(Arc::clone(&answer)));
        }
        Ok(answer)
    }

    /// Whether a definition of a name that ends a text is shown.
    fn is_shown(&self, name: Symbol, last: FinalDefinition) -> bool {
        match (last, self.names.stage(name)) {
            (FinalDefinition::Hidden, _) => false,
            (FinalDefinition::Shown, _) => true,
            (FinalDefinition::Stage, stage) => stage.is_some(),
            (FinalDefinition::KnownStage, stage) => stage.is_some_and(|stage| self.is_known(stage)),
        }
    }

    /// The line of a `print`.
    fn print(&mut self, place: &Place, items: &[(NodeId, NodeId)], before: usize) -> Result<Printed, Fault> {
        let mut line = Vec::new();
        for &(first, root) in items {
            if place.tree.node(root) == Node::Quoted {
                line.push(place.tree.quoted(root).to_owned());
                continue;
            }
            let span = place.tree.span(root);
            if self.settings.precise.is_some() {
                let stage = self.lowering(|lowering| lowering.run(place.tree, first, root))?;
                let (program, output) = self.program.cone(stage);
                let inputs = self.values(&program, before, span)?;
                let shown = self.precise_numbers(&program, output, &inputs, span)?;
                let shown = shown.unwrap_or_else(|| broken("many digits are asked for"));
                line.push(brief::texts(&self.settings.style, program.shape(output), &shown));
                continue;
            }
            let (value, shape) = if let Some(prepared) = self.recall(root) {
                self.evaluated_again(place, root, prepared)?
            } else {
                let stage = self.lowering(|lowering| lowering.run(place.tree, first, root))?;
                self.evaluated_first(place, root, stage, before)?
            };
            self.tell_sides();
            line.push(brief::line(&self.settings.style, shape, value.numbers()));
        }
        Ok(Printed { source: place.here(), text: line.join(" ") })
    }

    /// Sets what a statement asks for, unless the command line has set it.
    fn set_as_written(&mut self, place: &Place, name: Span, value: Span) -> Result<Outcome, Fault> {
        let (word, text) = (name.of(&place.tree.text), value.of(&place.tree.text).to_owned());
        let Some(setting) = Setting::named(word) else {
            let names = settings::SETTINGS.iter().map(|setting| setting.name);
            let help = match nearest(word, names.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the settings are {}", names.collect::<Vec<_>>().join(", ")),
            };
            return Err(Fault::new(FaultKind::Name, name, format!("there is no setting `{}`", shortened(word))).label("here").help(help));
        };
        if self.fixed.contains(&setting.name) {
            let mut copy = self.clone();
            let changes = copy.set(setting, &text).is_ok() && setting.of(&copy.settings) != setting.of(&self.settings);
            if changes {
                self.names.remarks.push(Remark::Warning(format!("the command line's `{word}` overrides the text's `set {word}`")));
            }
            return Ok(Outcome::Done);
        }
        match self.set(setting, &text) {
            Ok(()) => Ok(Outcome::Done),
            Err(Refusal::Form(help)) => {
                let (place, message) = if text.is_empty() {
                    (name, format!("`set {word}` lacks a value"))
                } else {
                    (value, format!("`{}` is no value of `{word}`", shortened(&text)))
                };
                Err(Fault::new(FaultKind::Parse, place, message).label("here").help(help))
            }
            Err(Refusal::Failed(fault)) => Err(fault.moved(value.start as usize)),
        }
    }

    /// The stage of a name of the session.
    fn value_of(&mut self, name: Symbol, span: Span) -> Result<StageId, Fault> {
        self.names.scope(&self.symbols, &self.settings).value(name, span, &mut self.program)
    }

    fn lower(&mut self, place: &Place, root: NodeId) -> Result<StageId, Fault> {
        self.names.begin_statement();
        self.lowering(|lowering| lowering.run(place.tree, place.first_of(root), root))
    }

    /// The body of a function whose parameters are names of the session, as part of the text that defines it.
    fn lower_body(&mut self, function: &Arc<Function>, arguments: Vec<StageId>) -> Result<StageId, Fault> {
        self.names.begin_statement();
        self.lowering(|lowering| lowering.run_body(function, arguments))
    }

    fn lowering<T>(&mut self, work: impl FnOnce(&mut Lowering) -> Result<T, Fault>) -> Result<T, Fault> {
        let Settings { stages: granularity, ties, .. } = self.settings;
        let mut scope = self.names.scope(&self.symbols, &self.settings);
        let lowered = work(&mut Lowering {
            symbols: &self.symbols,
            program: &mut self.program,
            scope: &mut scope,
            staging: &mut Stager { rules: &mut self.rules, granularity, ties },
            dry_run: false,
            scratch: &mut self.scratch,
        });
        let missing = scope.missing().first().copied();
        let parts = self.settings.view.parts();
        lowered.map_err(|fault| match missing {
            // A name without a value was taken for a single number.
            Some((name, span)) if fault.kind == FaultKind::Shape => {
                let word = self.symbols.name(name);
                let message = format!("`{}` has no value, so its shape is not known", shortened(word));
                let remedy = match parts {
                    // With a value it would be the same in every row, or no argument.
                    Some(parts) => Remedy::WriteAsNumbers { name: word.to_owned(), shape: None, parts },
                    None => Remedy::Advice(format!("give it one, such as `{word} = [1, 2]`")),
                };
                Fault::new(FaultKind::Name, span, message).label("no value").remedy(remedy).unknown([word])
            }
            _ => fault,
        })
    }

    /// Defines a function, after its body has been lowered once with inputs for parameters: what is wrong with it
    /// is told where it stands.
    fn define_function(
        &mut self,
        place: &Place,
        (name, at): (Symbol, Span),
        parameters: &[(Symbol, Span)],
        results: Option<&[NamedResult]>,
    ) -> Result<Arc<Function>, Fault> {
        let statement = place.statement;
        let word = self.symbols.name(name);
        if [DERIVATIVE, LOAD].contains(&word) {
            let message = format!("`{word}` is a function of the language");
            return Err(Fault::new(FaultKind::Name, at, message).label("cannot be redefined").help("choose another name"));
        }
        let mut function = Function {
            name,
            parameters: parameters.iter().map(|&(parameter, _)| parameter).collect(),
            tree: Arc::clone(place.tree),
            first: statement.first,
            root: statement.root,
            symbols: None,
            known: None,
            results: None,
        };
        let returned = |result: &NamedResult| {
            let of = Function { name: result.name, root: result.node, ..function.clone() };
            Returned { key: result.key.clone(), name: result.name, function: Arc::new(of) }
        };
        function.results = results.map(|results| results.iter().map(returned).collect());
        let function = Arc::new(function);
        let before = self.names.function(name);
        self.names.set_function(Arc::clone(&function));
        let mut program = Program::open();
        let mut names = self.names.dry_run();
        let mut scope = names.scope(&self.symbols, &self.settings);
        let mut lowering = Lowering {
            symbols: &self.symbols,
            program: &mut program,
            scope: &mut scope,
            staging: &mut Stager { rules: &mut self.rules, granularity: Granularity::Written, ties: Ties::Course },
            dry_run: true,
            scratch: &mut self.scratch,
        };
        let inputs: Vec<StageId> = function
            .parameters
            .iter()
            .map(|&name| lowering.program.add_input(Input { name, active: true, value: None }, Shape::Scalar, at))
            .collect();
        let bodies = std::iter::once(&function).chain(function.results.iter().flatten().map(|result| &result.function));
        let checked = bodies.map(|body| lowering.run_body(body, Vec::clone(&inputs))).find_map(Result::err);
        if let Some(fault) = checked {
            self.names.restore_function(name, before);
            return Err(fault);
        }
        self.names.functions_name_gradients |= self.speaks_of_gradients(place, parameters);
        self.tell_hidden(name);
        Ok(function)
    }

    /// Defines a function of a printed program, which is one of the program's own.
    fn define_known(&mut self, place: &Place, name: Symbol) {
        let known = format!("{}.{}", library::PRINTED, self.symbols.name(name));
        let (first, root) = (place.statement.first, place.statement.root);
        let tree = Arc::clone(place.tree);
        let function = Function { name, parameters: Vec::new(), tree, first, root, symbols: None, known: Some(known), results: None };
        self.names.set_function(Arc::new(function));
    }
}
