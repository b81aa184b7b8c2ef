//! A function with its gradient, before it is text: parameters, and lines that set names to what stages compute.
//!
//! Knows stages and names; knows no particular language and not how gradients come about.

use super::Dialect;
use crate::forms::print;
use crate::forms::{Program, StageId};
use crate::ground::{Shape, Value};
use crate::vocabulary::Letters;
use crate::vocabulary::gate::Level;
use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;

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
    /// The gradient that arrives at a value that is a single number.
    pub upstream: f64,
}

/// One line of a function of single numbers, as text.
#[derive(Debug)]
pub enum Statement<'a> {
    /// What follows, in words.
    Heading(&'static str),
    /// The backward pass goes through this stage.
    Through(StageId),
    /// A name is set, or added to.
    Set {
        /// The name.
        name: &'a str,
        /// Whether it is added to.
        add: bool,
        /// The expression.
        text: String,
    },
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
    /// The number that it was given.
    pub number: Option<f64>,
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
    Stage {
        /// The stage.
        stage: StageId,
        /// The stage of the gradient above it, and what that is called, where it reads one.
        above: Option<(StageId, String)>,
    },
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
    pub fn stage(&self, id: StageId, what: &What) -> String {
        let name = |id: StageId| what.above(id).or_else(|| self.called(id)).map(Cow::Borrowed);
        print::stage(self.program, id, self.dialect, self.symbols, &name)
    }

    /// A part of a gradient, as one expression.
    pub fn part(&self, id: StageId, what: &What) -> String {
        let name = |id: StageId| what.above(id).or_else(|| self.called(id)).map(Cow::Borrowed);
        print::operand(self.program, id, Level::Compare, self.dialect, self.symbols, &name)
    }

    /// A stage that the backward pass goes through, with what it computes.
    pub fn through(&self, id: StageId) -> String {
        format!("{} = {}", self.word(id), self.stage(id, &What::Zeros))
    }

    /// What a name is set to, as one expression; numbers and arrays as written are the language's own.
    pub fn expression(&self, what: &What) -> Option<String> {
        match what {
            What::Stage { stage, .. } => Some(self.stage(*stage, what)),
            What::Part { stage, .. } => Some(self.part(*stage, what)),
            What::Value(_) | What::Zeros => None,
        }
    }

    /// The lines of single numbers, each name with its text and whether that is added to it, without lines that nothing reads;
    /// `float` writes a number.
    pub fn needed(&self, float: fn(f64) -> String) -> Vec<Statement<'_>> {
        let wanted = std::iter::once(&self.output).chain(self.parameters.iter().filter_map(|parameter| parameter.gradient.as_ref()));
        let mut read: HashSet<&str> = wanted.map(String::as_str).collect();
        let mut lines = Vec::new();
        for line in self.lines.iter().rev() {
            let set = match line {
                Line::Heading(text) => {
                    lines.push(Statement::Heading(text));
                    continue;
                }
                Line::Through(stage) => {
                    if matches!(lines.last(), Some(Statement::Set { .. })) {
                        lines.push(Statement::Through(*stage));
                    }
                    continue;
                }
                Line::Set(set) => set,
            };
            if !read.contains(set.name.as_str()) {
                continue;
            }
            self.reads(&set.what, &mut read);
            let text = match &set.what {
                What::Value(Value::Number(number)) => float(*number),
                what => self.expression(what).unwrap_or_else(|| float(0.0)),
            };
            lines.push(Statement::Set { name: &set.name, add: set.add, text });
        }
        lines.reverse();
        lines
    }

    /// The names that a line reads.
    fn reads<'a>(&'a self, what: &'a What, names: &mut HashSet<&'a str>) {
        let (What::Stage { stage, .. } | What::Part { stage, .. }) = what else { return };
        let named = |id: StageId| what.above(id).or_else(|| self.called(id));
        let mut rest = match what {
            What::Stage { .. } => self.program.operands(*stage).to_vec(),
            _ => vec![*stage],
        };
        while let Some(id) = rest.pop() {
            match named(id) {
                Some(name) => _ = names.insert(name),
                None => rest.extend_from_slice(self.program.operands(id)),
            }
        }
    }

    /// A name that nothing has: this one, or it with underscores.
    pub fn fresh(&self, name: &str) -> String {
        let kept = self.dialect.kept();
        let mut name = name.to_owned();
        while self.taken.contains(&name) || kept.contains(name.as_str()) {
            name.push('_');
        }
        name
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
            Self::Part { above: Some((stage, name)), .. } | Self::Stage { above: Some((stage, name)), .. } if *stage == id => Some(name),
            _ => None,
        }
    }
}
