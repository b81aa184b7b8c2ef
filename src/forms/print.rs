//! The one printer of expressions: a stage, in terms of named stages, in the words of a dialect.
//!
//! Precedence is decided here and nowhere else. How a gate is written is an entry of the dialect, which knows one
//! language. Stages that have no name are printed in place; a stack of our own takes the place of recursion.

use super::target::Dialect;
use super::{Program, StageId};
use crate::ground::{Value, number};
use crate::vocabulary::Letters;
use crate::vocabulary::gate::{Family, Fragment, Level, Written};
use std::borrow::Cow;

enum Task {
    Text(&'static str),
    Stage(StageId, Level, As),
    /// A whole number, such as an axis or a size.
    Whole(f64),
}

/// What a printed operand is needed as. It matters where numbers have types.
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
pub fn stage(program: &Program, id: StageId, dialect: &Dialect, symbols: &Letters, name: &Namer<'_>) -> String {
    let mut printer = Printer { program, dialect, symbols, name, tasks: Vec::new(), out: String::new() };
    printer.expand(id, Level::Compare, As::Float);
    printer.run()
}

/// Prints a stage as an operand of something that binds as tight as `level`.
pub fn operand(program: &Program, id: StageId, level: Level, dialect: &Dialect, symbols: &Letters, name: &Namer<'_>) -> String {
    let tasks = vec![Task::Stage(id, level, As::Float)];
    Printer { program, dialect, symbols, name, tasks, out: String::new() }.run()
}

/// The operands of a stage one by one, each as it is printed; of the subscripts of an array, one for each axis.
pub fn operands(program: &Program, id: StageId, dialect: &Dialect, symbols: &Letters, name: &Namer<'_>) -> Vec<String> {
    let operands = program.operands(id);
    let printed = |mut tasks: Vec<Task>| {
        tasks.reverse();
        Printer { program, dialect, symbols, name, tasks, out: String::new() }.run()
    };
    let array = if let Written::Subscripts(_, array, _) = dialect.written(program, id) { Some(array) } else { None };
    let whole = &operands[..array.map_or(operands.len(), |array| array + 1)];
    let whole = whole.iter().map(|&operand| printed(vec![Task::Stage(operand, Level::Compare, As::Float)]));
    let subscripts = array.into_iter().flat_map(|array| subscripts_of(program, operands, array)).map(|parts| {
        let mut tasks = Vec::new();
        subscript(&mut tasks, program, parts, dialect.whole);
        printed(tasks)
    });
    whole.chain(subscripts).collect()
}

/// Whether what is printed for a stage is its operand's text alone.
fn is_transparent(written: Written) -> bool {
    matches!(written, Written::Fragments([Fragment::Operand(..)], _))
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
    dialect: &'a Dialect,
    symbols: &'a Letters,
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
                    Some(name) => {
                        self.out.push_str(&name);
                        self.out.push_str(if needed == As::Truth { self.dialect.truth } else { "" });
                    }
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
        Some(match (constant.name, &constant.value) {
            (Some(name), value) => {
                let own = value.number().and_then(self.dialect.constant);
                Cow::Borrowed(own.unwrap_or_else(|| self.symbols.name(name)))
            }
            (None, Value::Array(array)) => Cow::Owned((self.dialect.array)(array.shape, &array.numbers)),
            (None, Value::Number(number)) if self.dialect.typed && needed == As::Float => Cow::Owned((self.dialect.float)(*number)),
            (None, Value::Number(number)) => Cow::Owned((self.dialect.number)(*number)),
        })
    }

    /// Puts the fragments of one stage on the stack, the first on top.
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
        let written = self.dialect.written(program, id);
        // Of numbers as written alone an operator would make an integer.
        let number = if program.varies(id) { As::Number } else { As::Float };
        let start = self.tasks.len();
        let mut own = match written {
            Written::Call => {
                self.tasks.extend([Task::Text(row.name), Task::Text("(")]);
                self.list(id, operands, row.axis_by_name);
                self.tasks.push(Task::Text(")"));
                Level::Atom
            }
            Written::Infix(sign, own) => {
                let left = if own == Level::Compare { Level::Sum } else { own };
                let [x, y] = [0, 1].map(|at| self.is_truth(operands[at]));
                // A product with a float is a float.
                let [x, y] = if own == Level::Product && self.dialect.truths_multiply { [x && !y, y] } else { [false, false] };
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
                self.list(id, operands, false);
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
            Written::Fragments(fragments, own) => {
                for fragment in fragments {
                    let task = match *fragment {
                        Fragment::Text(text) => Task::Text(text),
                        Fragment::Operand(at, level) => match self.whole(id, at) {
                            Some(whole) => Task::Whole(whole),
                            None => Task::Stage(operands[at], level, if level == Level::Compare { As::Float } else { number }),
                        },
                        Fragment::Condition(at) => Task::Stage(operands[at], Level::Compare, As::Truth),
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
            let truth = self.dialect.typed && row.family == Family::Comparison;
            if truth && needed != As::Truth {
                let [before, behind] = self.dialect.of_truth;
                self.tasks.splice(start..start, [Task::Text(before)]);
                self.tasks.push(Task::Text(behind));
                own = if self.dialect.truths_multiply { Level::Product } else { Level::Atom };
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
        self.dialect.typed && (self.name)(shown).is_none() && self.program.gate(shown).row().family == Family::Comparison
    }

    /// The whole number that the operand at a position must be: an axis or a size.
    fn whole(&self, id: StageId, at: usize) -> Option<f64> {
        let row = self.program.gate(id).row();
        let axis = row.takes_axis() && at == row.operands.len();
        let whole = axis || row.operands.get(at).is_some_and(|operand| WHOLE.contains(operand));
        let operand = self.program.operands(id)[at];
        self.program.known(operand).filter(|number| whole && self.dialect.whole && number.fract() == 0.0)
    }

    /// Operands with commas between them; an axis after them `by_name` where a second operand would be another array.
    fn list(&mut self, id: StageId, operands: &[StageId], by_name: bool) {
        let row = self.program.gate(id).row();
        for (at, &operand) in operands.iter().enumerate() {
            if at > 0 {
                self.tasks.push(Task::Text(", "));
            }
            if by_name && at == row.operands.len() {
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
        let (program, whole) = (self.program, self.dialect.whole);
        let tasks = &mut self.tasks;
        tasks.push(Task::Text(before));
        for &operand in &operands[..array] {
            tasks.extend([Task::Stage(operand, Level::Compare, As::Float), Task::Text(", ")]);
        }
        tasks.push(Task::Stage(operands[array], Level::Atom, As::Float));
        tasks.push(Task::Text(if array > 0 { self.dialect.place } else { "[" }));
        for (at, parts) in subscripts_of(program, operands, array).enumerate() {
            if at > 0 {
                tasks.push(Task::Text(", "));
            }
            subscript(tasks, program, parts, whole);
        }
        tasks.push(Task::Text("]"));
        tasks.push(Task::Text(after));
    }
}

/// Whether a part of a subscript was left out.
fn is_absent(program: &Program, part: StageId) -> bool {
    program.known(part).is_some_and(f64::is_nan)
}

/// The parts of the subscripts that follow an array among operands, three for each axis; none for a later axis that is whole.
fn subscripts_of<'a>(program: &'a Program, operands: &'a [StageId], array: usize) -> impl Iterator<Item = &'a [StageId]> {
    let axes = program.shape(operands[array]).rank().max(1);
    let parts = operands[array + 1..].chunks_exact(3).take(axes).enumerate();
    parts.filter(|(at, parts)| *at == 0 || !parts.iter().all(|&part| is_absent(program, part))).map(|(_, parts)| parts)
}

/// `0`, `1:`, `::2`
fn subscript(tasks: &mut Vec<Task>, program: &Program, parts: &[StageId], whole: bool) {
    let part = |tasks: &mut Vec<Task>, operand: StageId| match program.known(operand) {
        Some(number) if number.is_nan() => {}
        Some(number) if whole => tasks.push(Task::Whole(number)),
        _ => tasks.push(Task::Stage(operand, Level::Compare, As::Number)),
    };
    part(tasks, parts[0]);
    if program.known(parts[2]) != Some(0.0) {
        tasks.push(Task::Text(":"));
        part(tasks, parts[1]);
        if !is_absent(program, parts[2]) {
            tasks.push(Task::Text(":"));
            part(tasks, parts[2]);
        }
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
