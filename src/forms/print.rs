//! The one printer of expressions: a stage, in terms of named stages, in the words of a dialect.
//!
//! Precedence is decided here and nowhere else. How a gate is written is a column of the gate table. Stages that
//! have no name are printed in place; a stack of our own takes the place of recursion.

use super::{Program, StageId};
use crate::ground::{Shape, Value, number, value};
use crate::vocabulary::Symbols;
use crate::vocabulary::gate::{Family, Level, Piece, Written};
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
    Stage(StageId, Level, As),
    /// A whole number, such as an axis or a size.
    Whole(f64),
}

/// What a printed operand is needed as. It matters with NumPy only, where numbers have types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum As {
    /// A float: not a truth value, not an integer.
    Float,
    /// A number that an operator turns into a float, because another operand is one.
    Number,
    /// A truth value will do.
    Truth,
}

/// What the gate table calls operands that are whole numbers.
const WHOLE: &[&str] = &["axis", "m", "n"];

/// How a named stage is called; none for a stage that is to be printed in place.
pub type Namer<'a> = dyn Fn(StageId) -> Option<Cow<'a, str>> + 'a;

/// Prints what a stage computes: its own gate always, its operands by their names where `name` has one.
pub fn stage(program: &Program, id: StageId, dialect: Dialect, symbols: &Symbols, name: &Namer<'_>) -> String {
    let mut printer = Printer { program, dialect, symbols, name, tasks: Vec::new(), out: String::new() };
    printer.expand(id, Level::Compare, As::Float);
    printer.run()
}

/// Prints a stage as an operand of something that binds as tight as `level`.
pub fn operand(program: &Program, id: StageId, level: Level, dialect: Dialect, symbols: &Symbols, name: &Namer<'_>) -> String {
    let tasks = vec![Task::Stage(id, level, As::Float)];
    Printer { program, dialect, symbols, name, tasks, out: String::new() }.run()
}

/// A number that Python reads as the same float.
pub fn python_float(value: f64) -> String {
    if !value.is_finite() {
        return format!("float('{}')", number::shortest(value));
    }
    let text = number::shortest(value);
    if text.contains(['.', 'e']) { text } else { format!("{text}.0") }
}

/// How NumPy writes a constant of the language.
pub fn numpy_constant(value: f64) -> Option<&'static str> {
    use std::f64::consts::{E, PI, TAU};
    let known = [(PI, "np.pi"), (E, "np.e"), (TAU, "(2 * np.pi)"), (f64::INFINITY, "np.inf")];
    known.iter().find(|(known, _)| known.to_bits() == value.to_bits()).map(|&(_, text)| text)
}

/// A value with NumPy: every number a float.
pub fn numpy_value(shape: Shape, numbers: &[f64]) -> String {
    let text = value::written(shape, numbers, python_float);
    if shape.is_scalar() { text } else { format!("np.array({text})") }
}

/// Whether what is printed for a stage is its operand's text alone.
fn is_transparent(written: Written) -> bool {
    matches!(written, Written::Pieces([Piece::Operand(..)], _))
}

/// The stage whose text is printed for a stage in place: a gate that is written as its operand alone is looked through.
pub fn printed(program: &Program, mut id: StageId, name: &Namer<'_>) -> StageId {
    while name(id).is_none() && is_transparent(program.gate(id).row().written) {
        id = program.operands(id)[0];
    }
    id
}

struct Printer<'a, 'n> {
    program: &'a Program,
    dialect: Dialect,
    symbols: &'a Symbols,
    name: &'a Namer<'n>,
    tasks: Vec<Task>,
    out: String,
}

impl Printer<'_, '_> {
    fn run(mut self) -> String {
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Text(text) => self.out.push_str(text),
                Task::Whole(number) => self.out.push_str(&number::shortest(number)),
                Task::Stage(id, level, needed) => match (self.name)(id) {
                    Some(name) => self.out.push_str(&name),
                    None => self.expand(id, level, needed),
                },
            }
        }
        self.out
    }

    /// Prints a leaf that stands in place; none for what is no leaf.
    fn leaf(&self, id: StageId, needed: As) -> Option<Cow<'_, str>> {
        if let Some(input) = self.program.input(id) {
            return Some(Cow::Borrowed(self.symbols.name(input.name)));
        }
        let constant = self.program.constant(id)?;
        let numpy = self.dialect == Dialect::NumPy;
        Some(match (constant.name, &constant.value) {
            (Some(name), value) => {
                let own = value.number().filter(|_| numpy).and_then(numpy_constant);
                Cow::Borrowed(own.unwrap_or_else(|| self.symbols.name(name)))
            }
            (None, Value::Array(array)) if numpy => Cow::Owned(numpy_value(array.shape, &array.numbers)),
            (None, Value::Array(array)) => Cow::Owned(value::written(array.shape, &array.numbers, number::shortest)),
            (None, Value::Number(number)) if numpy && (needed == As::Float || !number.is_finite()) => Cow::Owned(python_float(*number)),
            (None, Value::Number(number)) => Cow::Owned(number::shortest(*number)),
        })
    }

    /// Puts the pieces of one stage on the stack, the first on top.
    fn expand(&mut self, id: StageId, level: Level, needed: As) {
        if let Some(text) = self.leaf(id, needed) {
            let loose = text.starts_with('-') && level > Level::Unary;
            let text = if loose { format!("({text})") } else { text.into_owned() };
            self.out.push_str(&text);
            return;
        }
        let (program, gate) = (self.program, self.program.gate(id));
        let row = gate.row();
        let operands = program.operands(id);
        let (written, before) = match self.dialect {
            Dialect::Calculator => (row.written, ""),
            Dialect::Python => (row.python.unwrap_or(row.written), ""),
            // Between single numbers Python has its own way, which does not compute what is not wanted.
            Dialect::NumPy if gate.is_elementwise() && program.shape(id).is_scalar() && row.python.is_some() => {
                (row.python.unwrap_or(row.written), "")
            }
            // A single number is no array: what would be a view of one is the number.
            Dialect::NumPy if row.numpy_view && operands.iter().take(1).chain([&id]).all(|&id| program.shape(id).is_scalar()) => {
                (Written::Pieces(&[Piece::Operand(0, Level::Compare)], Level::Compare), "")
            }
            Dialect::NumPy => row.in_numpy(),
        };
        // Of numbers as written alone an operator would make an integer.
        let number = if program.varies(id) { As::Number } else { As::Float };
        let start = self.tasks.len();
        let mut own = match written {
            Written::Call => {
                self.tasks.extend([Task::Text(before), Task::Text(row.name), Task::Text("(")]);
                self.list(id, operands);
                self.tasks.push(Task::Text(")"));
                Level::Atom
            }
            Written::Infix(sign, own) => {
                let left = if own == Level::Compare { Level::Sum } else { own };
                let [x, y] = [0, 1].map(|at| self.is_truth(operands[at]));
                // A product with a float is a float.
                let [x, y] = if own == Level::Product { [x && !y, y] } else { [false, false] };
                let needed = |truth: bool| if truth { As::Truth } else { number };
                self.tasks.extend([
                    Task::Stage(operands[0], left, needed(x)),
                    Task::Text(sign),
                    Task::Stage(operands[1], tighter(own), needed(y)),
                ]);
                own
            }
            Written::List(first, last) => {
                self.tasks.push(Task::Text(first));
                self.list(id, operands);
                self.tasks.push(Task::Text(last));
                Level::Atom
            }
            Written::Nested(first) => {
                self.tasks.extend(operands[1..].iter().map(|_| Task::Text(first)));
                for (at, &operand) in operands.iter().enumerate() {
                    let alone = operands.len() == 1;
                    self.tasks.push(Task::Stage(operand, if alone { Level::Atom } else { Level::Compare }, As::Float));
                    if at > 0 {
                        self.tasks.push(Task::Text(")"));
                    }
                    if at + 1 < operands.len() {
                        self.tasks.push(Task::Text(", "));
                    }
                }
                Level::Atom
            }
            Written::Subscripts(before, at, after) => {
                self.subscripted(operands, before, at, after);
                Level::Atom
            }
            Written::Pieces(pieces, own) => {
                for piece in pieces {
                    let task = match *piece {
                        Piece::Text(text) => Task::Text(text),
                        Piece::Operand(at, level) => match self.whole(id, at) {
                            Some(whole) => Task::Whole(whole),
                            None => Task::Stage(operands[at], level, if level == Level::Compare { As::Float } else { number }),
                        },
                        Piece::Condition(at) => Task::Stage(operands[at], Level::Compare, As::Truth),
                    };
                    self.tasks.push(task);
                }
                own
            }
        };
        // A gate that is written as its operand alone takes that operand's level, and is needed as what it is.
        if is_transparent(written) {
            if let Some(Task::Stage(_, inner, inner_needed)) = self.tasks.last_mut() {
                (*inner, *inner_needed) = (level, needed);
            }
        } else {
            let truth = self.dialect == Dialect::NumPy && row.family == Family::Comparison;
            if truth && needed != As::Truth {
                self.tasks.splice(start..start, [Task::Text("1.0 * (")]);
                self.tasks.push(Task::Text(")"));
                own = Level::Product;
            }
            if own < level {
                self.tasks.insert(start, Task::Text("("));
                self.tasks.push(Task::Text(")"));
            }
        }
        self.tasks[start..].reverse();
    }

    /// Whether what is printed for an operand in place is a truth value.
    fn is_truth(&self, operand: StageId) -> bool {
        let shown = printed(self.program, operand, self.name);
        self.dialect == Dialect::NumPy && (self.name)(shown).is_none() && self.program.gate(shown).row().family == Family::Comparison
    }

    /// The whole number that the operand at a position must be with NumPy: an axis, a size or an order.
    fn whole(&self, id: StageId, at: usize) -> Option<f64> {
        let row = self.program.gate(id).row();
        let axis = row.takes_axis() && at == row.operands.len();
        let whole = axis || row.operands.get(at).is_some_and(|operand| WHOLE.contains(operand));
        let operand = self.program.operands(id)[at];
        self.program.known(operand).filter(|number| whole && self.dialect == Dialect::NumPy && number.fract() == 0.0)
    }

    /// Operands with commas between them.
    fn list(&mut self, id: StageId, operands: &[StageId]) {
        for (at, &operand) in operands.iter().enumerate() {
            if at > 0 {
                self.tasks.push(Task::Text(", "));
            }
            let row = self.program.gate(id).row();
            if row.axis_by_name && at == row.operands.len() && self.dialect == Dialect::Calculator {
                self.tasks.push(Task::Text("axis="));
            }
            self.tasks.push(match self.whole(id, at) {
                Some(whole) => Task::Whole(whole),
                None => Task::Stage(operand, Level::Compare, As::Float),
            });
        }
    }

    /// `x[0, 1:]`, and what places numbers there: `scatter(g, x[0, 1:])`.
    fn subscripted(&mut self, operands: &[StageId], before: &'static str, array: usize, after: &'static str) {
        let (program, numpy) = (self.program, self.dialect == Dialect::NumPy);
        let tasks = &mut self.tasks;
        tasks.push(Task::Text(before));
        for &operand in &operands[..array] {
            tasks.extend([Task::Stage(operand, Level::Compare, As::Float), Task::Text(", ")]);
        }
        tasks.push(Task::Stage(operands[array], Level::Atom, As::Float));
        // In Python what is placed somewhere is told the place by an index of its own.
        tasks.push(Task::Text(if array > 0 && numpy { ", np.s_[" } else { "[" }));
        let absent = |operand: StageId| program.known(operand).is_some_and(f64::is_nan);
        let axes = program.shape(operands[array]).rank().max(1);
        for (at, parts) in operands[array + 1..].chunks_exact(3).take(axes).enumerate() {
            if at > 0 && parts.iter().all(|&part| absent(part)) {
                continue;
            }
            if at > 0 {
                tasks.push(Task::Text(", "));
            }
            let part = |tasks: &mut Vec<Task>, operand: StageId| match program.known(operand) {
                Some(number) if number.is_nan() => {}
                Some(number) if numpy => tasks.push(Task::Whole(number)),
                _ => tasks.push(Task::Stage(operand, Level::Compare, As::Number)),
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
