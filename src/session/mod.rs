//! Floor 5, the session: what names stand for, the settings, and from statements to answers.
//!
//! Knows no file, terminal or colour. A session outlives its texts: what one text names, the next can use.

mod scope;

use crate::calculus::cut::Cut;
use crate::calculus::lower::{Scope as _, lower, nearest};
use crate::calculus::{Rules, Ties, backprop, evaluate};
use crate::forms::{Program, StageId, parse};
use crate::ground::{Fault, FaultKind, Span};
use crate::views::{Answer, Source};
use crate::vocabulary::ast::{Deed, Statement, Tree};
use crate::vocabulary::{Gate, Symbol, Symbols};
use scope::Names;
use std::collections::HashSet;
use std::rc::Rc;

/// How finely expressions are cut into stages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stages {
    /// As the user wrote them.
    #[default]
    Written,
    /// Into the largest gates there are.
    Fused,
    /// Into the smallest.
    Primitive,
}

/// What a user can set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How finely to cut.
    pub stages: Stages,
    /// Who gets the gradient where operands of max or min tie.
    pub ties: Ties,
    /// The inputs to differentiate with respect to; none for all of them.
    pub wrt: Option<Vec<String>>,
    /// The gradient that arrives at the output.
    pub upstream: f64,
    /// Whether gradients are computed at all.
    pub gradients: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { stages: Stages::Written, ties: Ties::Course, wrt: None, upstream: 1.0, gradients: true }
    }
}

/// A session: names, functions and settings.
#[derive(Debug, Default)]
pub struct Session {
    /// What the user has set.
    pub settings: Settings,
    symbols: Rc<Symbols>,
    rules: Rules,
    program: Program,
    names: Names,
    warnings: Vec<String>,
}

impl Session {
    /// A session without names.
    pub fn new(settings: Settings) -> Self {
        Self { settings, program: Program::new(), ..Self::default() }
    }

    /// Gives a name a value that no statement of a text can change: a binding of the command line.
    ///
    /// # Errors
    /// Where `name` is no name or the value is no expression without inputs. Places are bytes in `value`.
    pub fn bind(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        let value = self.number(value)?;
        let name = Rc::make_mut(&mut self.symbols).intern(name);
        self.names.fix(name, value);
        Ok(())
    }

    /// The value of an expression without inputs.
    ///
    /// # Errors
    /// Where it is no such expression.
    pub fn number(&mut self, text: &str) -> Result<f64, Fault> {
        let tree = parse(text, Rc::make_mut(&mut self.symbols))?;
        let [statement] = &tree.statements[..] else {
            let fault = Fault::new(FaultKind::Parse, Span::new(0, text.len()), "a value is one expression");
            return Err(fault.help("write a number, or an expression such as `pi/2`"));
        };
        if statement.deed != Deed::Show {
            return Err(Fault::new(FaultKind::Parse, statement.span, "a value is an expression, not a statement").help("write the value alone"));
        }
        let statement = statement.clone();
        let mut program = Program::new();
        let mut names = Names::default();
        let mut scope = names.scope(&self.symbols, &self.settings);
        let stage = lower(&Rc::new(tree), &statement, &self.symbols, &mut program, &mut scope, &mut Cut::Plain)?;
        if let Some((name, span)) = scope.missing().first() {
            let message = format!("`{}` has no value here", self.symbols.name(*name));
            return Err(Fault::new(FaultKind::Name, *span, message).label("a value may not use other names").help("write its number"));
        }
        Ok(program.known(stage).unwrap_or(f64::NAN))
    }

    /// Whether a text is a name that a value can be given to.
    pub fn is_name(text: &str) -> bool {
        let mut symbols = Symbols::default();
        let Ok(tree) = parse(&format!("{text}=0"), &mut symbols) else { return false };
        matches!(&tree.statements[..], [Statement { deed: Deed::Name { name, constant: false, .. }, .. }] if symbols.name(*name) == text)
    }

    /// Runs the statements of a text in order and hands every answer or fault to `take`. With `last`, a text that
    /// ends in a definition shows what it defines. Places in faults are bytes in `text`.
    ///
    /// # Errors
    /// Where the text is not in the language; no statement has run then.
    pub fn run(&mut self, text: &str, source: &Source, last: bool, take: &mut dyn FnMut(Result<Answer, Fault>)) -> Result<(), Fault> {
        let tree = Rc::new(parse(text, Rc::make_mut(&mut self.symbols))?);
        if last && tree.statements.is_empty() {
            let fault = Fault::new(FaultKind::Parse, Span::new(0, text.len()), "the expression is empty");
            return Err(fault.help("write one, such as `gradcalc 'x*y' x=4 y=-3`"));
        }
        for (at, statement) in tree.statements.iter().enumerate() {
            let shown = last && at + 1 == tree.statements.len();
            match self.perform(&tree, statement, shown, text, source) {
                Ok(None) => {}
                Ok(Some(answer)) => take(Ok(*answer)),
                Err(fault) => take(Err(fault)),
            }
        }
        Ok(())
    }

    /// What should be said on the way, and has not been said yet.
    pub fn warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
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

    fn perform(&mut self, tree: &Rc<Tree>, statement: &Statement, last: bool, text: &str, source: &Source) -> Result<Option<Box<Answer>>, Fault> {
        let (name, constant) = match &statement.deed {
            Deed::Show => (None, false),
            Deed::Name { name, constant, .. } => (Some(*name), *constant),
            Deed::Function { at, .. } => {
                return Err(Fault::new(FaultKind::Parse, *at, "functions cannot be defined yet"));
            }
            Deed::Assert { .. } => return Err(Fault::new(FaultKind::Parse, statement.span, "assertions cannot be checked yet")),
        };
        if let Some(name) = name
            && self.names.is_fixed(name)
        {
            let word = self.symbols.name(name);
            self.warnings.push(format!("the command line's value of `{word}` overrides the text's"));
            return Ok(None);
        }
        let stage = self.lower(tree, statement)?;
        if let Some(name) = name {
            self.define(name, stage, constant);
            if !last {
                return Ok(None);
            }
        }
        let stage = match name {
            Some(name) => self.names.scope(&self.symbols, &self.settings).value(name, statement.span, &mut self.program)?,
            None => stage,
        };
        let source = Source { name: Rc::clone(&source.name), line: source.line + text[..statement.span.start as usize].matches('\n').count() };
        self.answer(stage, source, statement.span.of(text), statement.span).map(Some)
    }

    fn lower(&mut self, tree: &Rc<Tree>, statement: &Statement) -> Result<StageId, Fault> {
        let mut cut = match self.settings.stages {
            Stages::Written => Cut::Written(&mut self.rules),
            Stages::Fused => Cut::Fused(&mut self.rules),
            Stages::Primitive => Cut::Primitive(&mut self.rules),
        };
        let mut scope = self.names.scope(&self.symbols, &self.settings);
        lower(tree, statement, &self.symbols, &mut self.program, &mut scope, &mut cut)
    }

    /// Gives a stage a name: a number becomes an input or a constant, anything else a named stage.
    fn define(&mut self, name: Symbol, stage: StageId, constant: bool) {
        match self.program.known(stage) {
            Some(value) if constant => self.names.set_constant(name, value),
            Some(value) => self.names.set_input(name, value),
            None => {
                let named = self.program.name(stage).is_some() || self.program.gate(stage) == Gate::Input;
                let stage = if named { self.program.apply(Gate::Copy, &[stage], self.program.span(stage)) } else { stage };
                self.program.set_name(stage, name);
                self.names.set_stage(name, stage);
            }
        }
    }

    /// Evaluates and differentiates a stage.
    fn answer(&mut self, stage: StageId, source: Source, expression: &str, span: Span) -> Result<Box<Answer>, Fault> {
        let (mut program, output) = self.program.cone(stage);
        self.check_values(&program)?;
        self.check_wrt(&program, span)?;
        let inputs: Vec<f64> = program.inputs().iter().map(|input| self.names.value(input.name).unwrap_or(f64::NAN)).collect();
        let forward = program.len();
        let backward = (self.settings.gradients && program.is_active(output)).then(|| {
            let upstream = program.add_constant(self.settings.upstream, None, Span::default());
            backprop(&mut program, output, upstream, self.settings.ties, &mut self.rules)
        });
        let values = evaluate(&program, &inputs);
        Ok(Box::new(Answer {
            source,
            expression: expression.to_owned(),
            program,
            forward,
            output,
            backward,
            values,
            notes: Vec::new(),
            symbols: Rc::clone(&self.symbols),
        }))
    }

    /// Every input has a value.
    fn check_values(&self, program: &Program) -> Result<(), Fault> {
        let missing: Vec<(Symbol, Span)> = program
            .ids()
            .filter_map(|id| program.input(id).map(|input| (input.name, program.span(id))))
            .filter(|&(name, _)| self.names.value(name).is_none())
            .collect();
        let Some(&(first, span)) = missing.first() else { return Ok(()) };
        let words: Vec<&str> = missing.iter().map(|&(name, _)| self.symbols.name(name)).collect();
        let known = self.names.known().map(|name| self.symbols.name(name));
        let first = self.symbols.name(first);
        let help = match nearest(first, known.chain(["pi", "tau", "inf"])) {
            Some(near) => format!("did you mean `{near}`? Or give it a value: {first}=1"),
            None => format!("give {} a value after the expression: {}", if words.len() == 1 { "it" } else { "each" }, example(&words)),
        };
        let (verb, list) = if words.len() == 1 { ("has", format!("`{first}`")) } else { ("have", listed(&words)) };
        Err(Fault::new(FaultKind::Name, span, format!("{list} {verb} no value")).label("no value").help(help))
    }

    /// Every name of `--wrt` is an input.
    fn check_wrt(&self, program: &Program, span: Span) -> Result<(), Fault> {
        let Some(wrt) = &self.settings.wrt else { return Ok(()) };
        let inputs: Vec<&str> = program.inputs().iter().map(|input| self.symbols.name(input.name)).collect();
        let known: HashSet<&str> = inputs.iter().copied().collect();
        let Some(unknown) = wrt.iter().find(|name| !known.contains(name.as_str())) else { return Ok(()) };
        let help = match nearest(unknown, inputs.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if inputs.is_empty() => "the expression has no inputs".to_owned(),
            None => format!("its inputs are {}", listed(&inputs)),
        };
        let message = format!("`{unknown}` is no input of this expression, so nothing can be differentiated with respect to it");
        Err(Fault::new(FaultKind::Name, span, message).help(help))
    }
}

/// `` `x`, `y` and `z` ``, the first few of them.
fn listed(words: &[&str]) -> String {
    const MOST: usize = 8;
    let quoted: Vec<String> = words.iter().take(MOST).map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some(_) if words.len() > MOST => format!("{} and {} more", quoted.join(", "), words.len() - MOST),
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.join(""),
    }
}

/// `x=1 y=2`
fn example(words: &[&str]) -> String {
    let bindings: Vec<String> = words.iter().take(8).enumerate().map(|(at, word)| format!("{word}={}", at + 1)).collect();
    bindings.join(" ")
}
