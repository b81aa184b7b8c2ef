//! The one printer of expressions: a stage, in terms of named stages, in the words of a dialect.
//!
//! Precedence is decided here and nowhere else. How a gate is written is a column of the gate table. Stages that
//! have no name are printed in place; a stack of our own takes the place of recursion.

use super::{Program, StageId};
use crate::ground::{Value, number, value};
use crate::vocabulary::gate::{Level, Piece, Written};
use crate::vocabulary::{Gate, Symbols};
use std::borrow::Cow;

/// A language that an expression can be printed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The calculator's own.
    Calculator,
    /// Python, given `from math import *`.
    Python,
    /// Python for arrays, given `import numpy as np`.
    NumPy,
}

enum Task {
    Text(&'static str),
    Stage(StageId, Level),
}

/// How a named stage is called; none for a stage that is to be printed in place.
pub type Namer<'a> = dyn Fn(StageId) -> Option<Cow<'a, str>> + 'a;

/// Prints what a stage computes: its own gate always, its operands by their names where `name` has one.
pub fn stage(program: &Program, id: StageId, dialect: Dialect, symbols: &Symbols, name: &Namer<'_>) -> String {
    let mut out = String::new();
    let mut tasks = Vec::new();
    expand(program, id, Level::Compare, dialect, symbols, &mut tasks, &mut out);
    run(program, dialect, symbols, name, tasks, &mut out);
    out
}

/// Prints a stage as an operand of something that binds as tight as `level`.
pub fn operand(program: &Program, id: StageId, level: Level, dialect: Dialect, symbols: &Symbols, name: &Namer<'_>) -> String {
    let mut out = String::new();
    run(program, dialect, symbols, name, vec![Task::Stage(id, level)], &mut out);
    out
}

fn run(program: &Program, dialect: Dialect, symbols: &Symbols, name: &Namer<'_>, mut tasks: Vec<Task>, out: &mut String) {
    while let Some(task) = tasks.pop() {
        match task {
            Task::Text(text) => out.push_str(text),
            Task::Stage(id, level) => match name(id) {
                Some(name) => out.push_str(&name),
                None => expand(program, id, level, dialect, symbols, &mut tasks, out),
            },
        }
    }
}

/// Puts the pieces of one stage on the stack, the first on top.
fn expand(program: &Program, id: StageId, level: Level, dialect: Dialect, symbols: &Symbols, tasks: &mut Vec<Task>, out: &mut String) {
    let gate = program.gate(id);
    match gate {
        Gate::Input => {
            if let Some(input) = program.input(id) {
                out.push_str(symbols.name(input.name));
            }
            return;
        }
        Gate::Constant => {
            if let Some(constant) = program.constant(id) {
                let text = match (constant.name, &constant.value) {
                    (Some(name), _) => Cow::Borrowed(symbols.name(name)),
                    (None, Value::Array(array)) => {
                        let list = value::written(array.shape, &array.numbers, number::shortest);
                        Cow::Owned(if dialect == Dialect::NumPy { format!("np.array({list})") } else { list })
                    }
                    (None, Value::Number(number)) if dialect == Dialect::NumPy && !number.is_finite() => {
                        Cow::Owned(format!("float('{}')", number::shortest(*number)))
                    }
                    (None, Value::Number(number)) => Cow::Owned(number::shortest(*number)),
                };
                let loose = text.starts_with('-') && level > Level::Unary;
                out.push_str(&if loose { Cow::Owned(format!("({text})")) } else { text });
            }
            return;
        }
        _ => {}
    }
    let row = gate.row();
    let operands = program.operands(id);
    let (written, before) = match dialect {
        Dialect::Calculator => (row.written, ""),
        Dialect::Python => (row.python.unwrap_or(row.written), ""),
        Dialect::NumPy => row.in_numpy(),
    };
    let start = tasks.len();
    let own = match written {
        Written::Call => {
            tasks.push(Task::Text(before));
            tasks.push(Task::Text(row.name));
            tasks.push(Task::Text("("));
            for (at, &operand) in operands.iter().enumerate() {
                if at > 0 {
                    tasks.push(Task::Text(", "));
                }
                tasks.push(Task::Stage(operand, Level::Compare));
            }
            tasks.push(Task::Text(")"));
            Level::Atom
        }
        Written::Infix(sign, own) => {
            let left = if own == Level::Compare { Level::Sum } else { own };
            tasks.extend([Task::Stage(operands[0], left), Task::Text(sign), Task::Stage(operands[1], tighter(own))]);
            own
        }
        Written::List(start, end) => {
            tasks.push(Task::Text(start));
            for (at, &operand) in operands.iter().enumerate() {
                if at > 0 {
                    tasks.push(Task::Text(", "));
                }
                tasks.push(Task::Stage(operand, Level::Compare));
            }
            tasks.push(Task::Text(end));
            Level::Atom
        }
        Written::Subscripts(before, at, after) => {
            subscripted(program, operands, before, at, after, dialect, tasks);
            Level::Atom
        }
        Written::Pieces(pieces, own) => {
            tasks.extend(pieces.iter().map(|piece| match *piece {
                Piece::Text(text) => Task::Text(text),
                Piece::Operand(at, level) => Task::Stage(operands[at], level),
            }));
            own
        }
    };
    // A gate that is written as its operand alone takes that operand's level.
    let transparent = matches!(written, Written::Pieces([Piece::Operand(..)], _));
    if transparent {
        if let Some(Task::Stage(_, inner)) = tasks.last_mut() {
            *inner = level;
        }
    } else if own < level {
        tasks.insert(start, Task::Text("("));
        tasks.push(Task::Text(")"));
    }
    tasks[start..].reverse();
}

/// `x[0, 1:]`, and what places numbers there: `scatter(g, x[0, 1:])`.
fn subscripted(
    program: &Program,
    operands: &[StageId],
    before: &'static str,
    array: usize,
    after: &'static str,
    dialect: Dialect,
    tasks: &mut Vec<Task>,
) {
    tasks.push(Task::Text(before));
    for &operand in &operands[..array] {
        tasks.extend([Task::Stage(operand, Level::Compare), Task::Text(", ")]);
    }
    tasks.push(Task::Stage(operands[array], Level::Atom));
    // In Python what is placed somewhere is told the place by an index of its own.
    tasks.push(Task::Text(if array > 0 && dialect == Dialect::NumPy { ", np.s_[" } else { "[" }));
    let absent = |operand: StageId| program.known(operand).is_some_and(f64::is_nan);
    let axes = program.shape(operands[array]).rank().max(1);
    for (at, parts) in operands[array + 1..].chunks_exact(3).take(axes).enumerate() {
        if at > 0 && parts.iter().all(|&part| absent(part)) {
            continue;
        }
        if at > 0 {
            tasks.push(Task::Text(", "));
        }
        let part = |tasks: &mut Vec<Task>, operand: StageId| {
            if !absent(operand) {
                tasks.push(Task::Stage(operand, Level::Compare));
            }
        };
        part(tasks, parts[0]);
        if program.known(parts[2]) != Some(0.0) {
            tasks.push(Task::Text(":"));
            part(tasks, parts[1]);
            if !absent(parts[2]) {
                tasks.push(Task::Text(":"));
                part(tasks, parts[2]);
            }
        }
    }
    tasks.push(Task::Text("]"));
    tasks.push(Task::Text(after));
}

/// The next tighter level.
fn tighter(level: Level) -> Level {
    match level {
        Level::Compare => Level::Sum,
        Level::Sum => Level::Product,
        Level::Product => Level::Unary,
        Level::Unary => Level::Power,
        Level::Power | Level::Atom => Level::Atom,
    }
}
