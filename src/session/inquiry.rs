//! What can be asked of a session without changing it: its names, its values, the answer to a text.

use super::typing::WordKind;
use super::{ANS, FinalDefinition, Outcome, Session};
use crate::calculus::evaluate;
use crate::calculus::evaluate::numbers_held;
use crate::forms::StageId;
use crate::ground::text::shortened;
use crate::ground::{Fault, FaultKind, Span, Value, number, value};
use crate::views::{Answer, Source, VIEWS, View};
use crate::vocabulary::Gate;
use std::sync::Arc;

/// The most numbers of an array that are written to say what a name stands for.
const FEW: usize = 8;

impl Session {
    /// The answer to a text in this session, which stays as it is.
    ///
    /// # Errors
    /// What failed, or that there is no answer.
    pub fn answer_to(&self, text: &str) -> Result<Arc<Answer>, Fault> {
        let mut copy = self.clone();
        copy.settings.focus = None;
        copy.answer_as(&VIEWS[0], text)
    }

    /// The same for a view, with what else is set.
    ///
    /// # Errors
    /// What failed, or that there is no answer.
    pub fn answer_for(&self, view: &'static View, text: &str) -> Result<Arc<Answer>, Fault> {
        self.clone().answer_as(view, text)
    }

    fn answer_as(mut self, view: &'static View, text: &str) -> Result<Arc<Answer>, Fault> {
        self.settings.view = view;
        let copy = &mut self;
        let mut reading = copy.read(text, &Source { name: "".into(), line: 1 }, FinalDefinition::Shown)?;
        let mut answer = None;
        while let Some(outcome) = copy.step(&mut reading) {
            if let Outcome::Answer(found) = outcome? {
                answer = Some(found);
            }
        }
        answer.ok_or_else(|| Fault::new(FaultKind::Name, Span::new(0, text.len()), "this has no value"))
    }

    /// The value of a stage whose inputs have values; none where the budget has no room for it.
    fn stage_value(&self, stage: StageId) -> Option<Value> {
        let (program, output) = self.program.cone(stage);
        let inputs = self.values(&program, 0, Span::default()).ok()?;
        self.scratch.limits.budget.fits(numbers_held(&program), Span::default()).ok()?;
        Some(evaluate(&program, &inputs).value(output, program.shape(output)))
    }

    /// Every name with a meaning, what it is, and its value where it has one.
    pub fn listed(&self) -> Vec<(String, WordKind, Option<Value>)> {
        let names = self.names.known().filter_map(|name| {
            let piece = self.names.piece(name)?;
            let value = match self.names.stage(name) {
                None => self.names.constant_or_input(name).cloned(),
                Some(stage) => self.is_known(stage).then(|| self.stage_value(stage)).flatten(),
            };
            Some((self.symbols.name(name).to_owned(), piece, value))
        });
        let functions = self.names.functions().map(|function| {
            let parameters: Vec<&str> = function.parameters.iter().map(|&parameter| self.symbols.name(parameter)).collect();
            (format!("{}({})", self.symbols.name(function.name), parameters.join(", ")), WordKind::Function, None)
        });
        names.chain(functions).collect()
    }

    /// The text that defines a function of the user's.
    pub fn function_text(&self, word: &str) -> Option<String> {
        let function = self.names.function(self.symbols.find(word)?)?;
        let defined = function.tree.statements.iter().find(|statement| statement.root == function.root)?;
        Some(defined.span.of(&function.tree.text).trim().to_owned())
    }

    /// What a call of a function or a gate is given, as it is written.
    pub fn operands(&self, word: &str) -> Option<String> {
        let function = self.symbols.find(word).and_then(|name| self.names.function(name));
        let operands: Vec<&str> = match (&function, Gate::named(word)) {
            (Some(function), _) => function.parameters.iter().map(|&parameter| self.symbols.name(parameter)).collect(),
            (None, Some(gate)) if gate.row().arity().is_some() => gate.row().operands.to_vec(),
            _ => return None,
        };
        Some(format!("{word}({})", operands.join(", ")))
    }

    /// The inputs and the constants that have other values than at another moment, and whether each is a constant.
    pub fn changed_since(&self, before: &Self) -> Vec<(String, bool, Value)> {
        let changed = self.names.known().filter_map(|name| {
            let value = self.names.constant_or_input(name)?;
            let word = self.symbols.name(name);
            let same = before.names.constant_or_input(name).is_some_and(|old| old.is_same(value));
            (!same && word != ANS).then(|| (word.to_owned(), self.names.is_constant(name), value.clone()))
        });
        changed.collect()
    }

    /// Whether a word is a name with a meaning here.
    pub fn is_known_name(&self, word: &str) -> bool {
        self.symbols.find(word).is_some_and(|name| self.names.piece(name).is_some() || self.names.function(name).is_some())
    }

    /// The value of an input, by its name.
    pub fn input_value(&self, word: &str) -> Option<&Value> {
        self.symbols.find(word).and_then(|name| self.names.value(name))
    }

    /// What a name stands for, in a few words: a value, or what else it is; none for a name without a meaning.
    pub fn meaning_of(&self, word: &str) -> Option<String> {
        let name = self.symbols.find(word)?;
        // Of a long array the numbers would say less than how many there are.
        let written = |value: &Value| match value.numbers().len() {
            0..=FEW => shortened(&value::written(value.shape(), value.numbers(), number::shortest)),
            _ => format!("an array of the shape {}", value.shape()),
        };
        if let Some(value) = self.names.value(name) {
            return Some(written(value));
        }
        match self.names.constant_or_input(name) {
            Some(value) => Some(format!("the constant {}", written(value))),
            None => self.names.stage(name).map(|_| "the stage".to_owned()),
        }
    }

    /// Whether a word names a gradient of the last answer.
    pub fn is_gradient(&self, word: &str) -> bool {
        !self.is_known_name(word) && self.names.gradient(word).is_some()
    }

    /// Whether a gradient may be asked with respect to a name: one with a meaning, or a parameter of a function.
    pub fn may_vary(&self, word: &str) -> bool {
        let Some(name) = self.symbols.find(word) else { return false };
        self.names.piece(name).is_some() || self.names.functions().any(|function| function.parameters.contains(&name))
    }

    /// Whether a name stands for an input with a value.
    pub fn is_input(&self, word: &str) -> bool {
        self.symbols.find(word).is_some_and(|name| self.names.value(name).is_some())
    }

    /// Whether a name stands for a stage.
    pub fn is_stage(&self, word: &str) -> bool {
        self.symbols.find(word).is_some_and(|name| self.names.stage(name).is_some())
    }

    /// The last value, as the name `ans` has it.
    pub fn ans(&self) -> Option<Value> {
        self.symbols.find(ANS).and_then(|name| self.names.value(name).cloned())
    }

    /// How many stages it holds.
    pub fn size(&self) -> usize {
        self.program.len()
    }

    /// Whether every input of a stage has a value.
    pub(super) fn is_known(&self, stage: StageId) -> bool {
        let (program, _) = self.program.cone(stage);
        program.inputs().iter().all(|input| input.value.is_some() || self.names.value(input.name).is_some())
    }
}
