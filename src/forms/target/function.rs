//! A function with its gradient, before it is text: parameters, and lines that set names to what stages compute.
//!
//! Knows stages and names; knows no particular language and not how gradients come about.

use super::Dialect;
use crate::forms::print;
use crate::forms::{Program, StageId};
use crate::ground::{Shape, Value};
use crate::vocabulary::Letters;
use crate::vocabulary::gate::Level;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// A function of a program's inputs: its value, and the gradients on the inputs.
#[derive(Debug)]
pub struct Function<'a> {
    /// The forward stages, then the backward ones.
    pub program: &'a Program,
    /// The letters of names.
    pub symbols: &'a Letters,
    /// How expressions look.
    pub dialect: &'static Dialect,
    /// What the function is called.
    pub name: String,
    /// The inputs, in order.
    pub parameters: Vec<Parameter>,
    /// What is done, in order.
    pub lines: Vec<Line>,
    /// The name of the value.
    pub output: String,
    /// The shape of the value.
    pub shape: Shape,
    /// What forward stages are called.
    pub names: HashMap<StageId, String>,
    /// Every name that is taken, as the language reads it.
    pub taken: HashSet<String>,
}

/// An input of a function.
#[derive(Debug)]
pub struct Parameter {
    /// Its name in the function.
    pub name: String,
    /// Its name as the user gave it.
    pub key: String,
    /// Its shape.
    pub shape: Shape,
    /// The name of its gradient; none where it gets none.
    pub gradient: Option<String>,
    /// Whether its shape is that of a value; without one it is taken for a single number.
    pub known: bool,
}

/// One line of a function.
#[derive(Debug)]
pub enum Line {
    /// What follows, in words.
    Heading(&'static str),
    /// The backward pass goes through this stage.
    Through(StageId),
    /// A name is set.
    Set(Set),
}

/// A name and what it is set to.
#[derive(Debug)]
pub struct Set {
    /// The name.
    pub name: String,
    /// The shape of its value.
    pub shape: Shape,
    /// Whether it is added to.
    pub add: bool,
    /// What it is set to.
    pub what: What,
    /// Whether that may be another array itself, where the name must have its own.
    pub shared: bool,
}

/// What a name is set to.
#[derive(Debug)]
pub enum What {
    /// A value as written.
    Value(Value),
    /// As many zeros as its shape holds.
    Zeros,
    /// What a stage's own gate computes.
    Stage(StageId),
    /// A part of a gradient.
    Part {
        /// The stage that computes it.
        stage: StageId,
        /// The stage of the gradient above it, and what that is called.
        above: Option<(StageId, String)>,
    },
}

impl Function<'_> {
    /// What a stage is called; none where it is printed in place.
    pub fn called(&self, id: StageId) -> Option<&str> {
        self.names.get(&id).map(String::as_str)
    }

    /// The name of a forward stage.
    pub fn word(&self, id: StageId) -> &str {
        self.called(id).unwrap_or_default()
    }

    /// What a stage's own gate computes, as one expression.
    pub fn stage(&self, id: StageId) -> String {
        print::stage(self.program, id, self.dialect, self.symbols, &|id| self.called(id).map(Cow::Borrowed))
    }

    /// A part of a gradient, as one expression.
    pub fn part(&self, id: StageId, what: &What) -> String {
        let name = |id: StageId| what.above(id).or_else(|| self.called(id)).map(Cow::Borrowed);
        print::operand(self.program, id, Level::Compare, self.dialect, self.symbols, &name)
    }

    /// What a caller must know of the parameters: the shapes of arrays, and what was taken for a single number.
    pub fn remarks(&self) -> Vec<String> {
        let arrays: Vec<String> = self
            .parameters
            .iter()
            .filter(|parameter| !parameter.shape.is_scalar())
            .map(|parameter| format!("{} {}", parameter.name, parameter.shape))
            .collect();
        let assumed: Vec<&str> =
            self.parameters.iter().filter(|parameter| !parameter.known).map(|parameter| parameter.name.as_str()).collect();
        let mut remarks = Vec::new();
        if !arrays.is_empty() {
            remarks.push(format!("Shapes: {}, row by row.", arrays.join(", ")));
        }
        if !assumed.is_empty() {
            remarks.push(format!("Taken for single numbers, without values that say otherwise: {}.", assumed.join(", ")));
        }
        remarks
    }
}

impl What {
    /// What the gradient above is called, if a stage is that one.
    pub fn above(&self, id: StageId) -> Option<&str> {
        match self {
            Self::Part { above: Some((stage, name)), .. } if *stage == id => Some(name),
            _ => None,
        }
    }
}
