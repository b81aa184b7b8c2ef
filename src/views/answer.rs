//! An answer: an evaluated expression with every stage, value, gradient and note. What the views show.

use crate::calculus::Backward;
use crate::calculus::analysis::Analysis;
use crate::calculus::evaluate::Values;
use crate::forms::program::Constant;
use crate::forms::{Names, Program, StageId};
use crate::vocabulary::{Gate, Symbols, language_constant};
use std::rc::Rc;

/// Where a text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name of the source: a file's, or a word in angle brackets.
    pub name: Rc<str>,
    /// The line, from 1.
    pub line: usize,
}

/// Something that happened on the way and that the user should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The kind, for scripts.
    pub kind: &'static str,
    /// The stage or input that it is about.
    pub stage: String,
    /// What happened, in a sentence or two.
    pub message: String,
}

/// An evaluated expression.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Where the expression stands.
    pub source: Source,
    /// The expression as the user wrote it.
    pub expression: String,
    /// The forward stages, then the backward ones.
    pub program: Program,
    /// How many stages are forward.
    pub forward: usize,
    /// The stage of the expression's value.
    pub output: StageId,
    /// The backward pass; none where it was not asked for or the expression depends on no input.
    pub backward: Option<Backward>,
    /// The value of every stage.
    pub values: Values,
    /// Second derivatives, directional derivatives and nudges, where they were asked for.
    pub analysis: Analysis,
    /// Whether what 1 % on an input does to the result is shown.
    pub relative: bool,
    /// What happened on the way.
    pub notes: Vec<Note>,
    /// The letters of names.
    pub symbols: Rc<Symbols>,
}

impl Answer {
    /// The names of the forward stages.
    pub fn names(&self) -> Names {
        Names::new(&self.program, self.forward, self.output, &self.symbols)
    }

    /// The value of the expression.
    pub fn value(&self) -> f64 {
        self.values.scalar(self.output)
    }

    /// The value of a stage.
    pub fn value_of(&self, id: StageId) -> f64 {
        self.values.scalar(id)
    }

    /// The gradient on a forward stage, 0 where none reaches it; none where it was not asked for.
    pub fn gradient(&self, id: StageId) -> Option<f64> {
        let backward = self.backward.as_ref()?;
        if !self.program.is_active(id) {
            return None;
        }
        Some(backward.adjoint(id).map_or(0.0, |adjoint| self.values.scalar(adjoint)))
    }

    /// What 1 % on an input does to the result, in per cent; none where it was not asked for.
    pub fn elasticity(&self, id: StageId) -> Option<f64> {
        let gradient = self.gradient(id).filter(|_| self.relative)?;
        Some(gradient * self.value_of(id) / self.value())
    }

    /// The inputs with a gradient, in the program's order.
    pub fn active_inputs(&self) -> impl Iterator<Item = StageId> + '_ {
        self.forward_ids().filter(|&id| self.program.gate(id) == Gate::Input && self.program.is_active(id))
    }

    /// The leaves that have names of the user's: inputs and named constants, in the order of the text.
    pub fn leaves(&self) -> impl Iterator<Item = StageId> + '_ {
        self.forward_ids().filter(|&id| match self.program.gate(id) {
            Gate::Input => true,
            Gate::Constant => self.is_named_constant(id),
            _ => false,
        })
    }

    /// Whether it is a constant that the user named; `pi` is the language's own as long as it has the language's value.
    fn is_named_constant(&self, id: StageId) -> bool {
        let Some(Constant { value, name: Some(name) }) = self.program.constant(id) else { return false };
        language_constant(self.symbols.name(name)).is_none_or(|own| own.to_bits() != value.to_bits())
    }

    /// The stages that are shown, in forward order: all but the leaves, and the output whatever it is.
    pub fn stages(&self) -> impl Iterator<Item = StageId> + '_ {
        self.forward_ids().filter(|&id| match self.program.gate(id) {
            Gate::Input => false,
            Gate::Constant => id == self.output,
            _ => true,
        })
    }

    fn forward_ids(&self) -> impl Iterator<Item = StageId> + use<> {
        (0..self.forward).map(StageId::new)
    }

    /// Whether the value and every gradient asked for is a finite number.
    pub fn is_finite(&self) -> bool {
        self.value().is_finite() && self.leaves().filter_map(|id| self.gradient(id)).all(f64::is_finite)
    }
}
