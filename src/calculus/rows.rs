//! A program evaluated once for each row of a table: the stages of a row are those of a single answer.
//!
//! Where every stage is a single number that depends on its operands number by number, the rows are the axis of the strips: each
//! column is an array, and what no column reaches is computed once. Any other program is evaluated row by row. Knows columns of
//! numbers; no file and no text.

use super::evaluate::Range;
use super::evaluate::Values;
use super::range;
use super::strips::Schedule;
use crate::forms::program::{Constant, Input};
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId};
use crate::ground::{Cancellation, Shape, Value, broken};
use crate::vocabulary::Gate;
use crate::vocabulary::lanes::LONG;
use std::convert::Infallible;

/// How many rows are evaluated at a time: an array of so many numbers is computed in strips.
pub const BLOCK: usize = LONG;

/// What an input is given in each row.
#[derive(Clone, Debug)]
pub enum Given {
    /// The same value in every row.
    Value(Value),
    /// The number of a column, by the column's place.
    Column(usize),
    /// The numbers of columns as an array of some shape, row by row.
    Columns(Shape, Vec<usize>),
}

/// A number of a stage that is asked for.
pub type Asked = (StageId, usize);

/// A program and what its inputs are given.
#[derive(Debug)]
pub struct Rows {
    program: Program,
    given: Vec<Given>,
    asked: Vec<Asked>,
    lifted: Option<Lifted>,
}

/// The program over a block of rows.
#[derive(Debug)]
struct Lifted {
    program: Program,
    schedule: Schedule,
    /// Where the stages that are asked for went.
    asked: Vec<StageId>,
}

impl Rows {
    /// A program whose inputs, in its order, are given so, and the numbers that are asked for.
    pub fn new(program: Program, given: Vec<Given>, asked: Vec<Asked>) -> Self {
        let elementwise = |id: StageId| matches!(program.gate(id), Gate::Input | Gate::Constant) || program.gate(id).is_elementwise();
        let can = program.is_plain() && program.ids().all(elementwise) && given.iter().all(|given| !matches!(given, Given::Columns(..)));
        let lifted = can.then(|| Lifted::of(&program, &given, &asked));
        Self { program, given, asked, lifted }
    }

    /// Whether the rows are evaluated in strips.
    pub fn are_strips(&self) -> bool {
        self.lifted.is_some()
    }

    /// The numbers asked for, each in every one of `count` rows, up to a block of them; none where it is cancelled. Each column has a
    /// number for each row.
    pub fn evaluate(&self, columns: &[Vec<f64>], count: usize, cancellation: &Cancellation) -> Option<Vec<Vec<f64>>> {
        if count == 0 {
            return Some(vec![Vec::new(); self.asked.len()]);
        }
        let Some(lifted) = &self.lifted else {
            let mut found = vec![Vec::with_capacity(count); self.asked.len()];
            for row in 0..count {
                let values = self.row(columns, row, cancellation)?;
                for (numbers, &(id, at)) in found.iter_mut().zip(&self.asked) {
                    numbers.push(values.at(id, at));
                }
            }
            return Some(found);
        };
        let array = |column: usize| {
            let mut numbers = Vec::with_capacity(BLOCK);
            numbers.extend_from_slice(&columns[column][..count]);
            // Every block is as long, so that a row's answer does not depend on where it stands.
            numbers.resize(BLOCK, numbers[count - 1]);
            Value::new(block(), numbers)
        };
        let inputs: Vec<Value> = (self.given.iter())
            .map(|given| match given {
                Given::Value(value) => value.clone(),
                Given::Column(column) => array(*column),
                Given::Columns(..) => broken("columns that make an array are evaluated row by row"),
            })
            .collect();
        let (values, leaves) = range::evaluate_and_tell(lifted.schedule.clone(), &lifted.program, &inputs, cancellation)?;
        let numbers = |&id: &StageId| match values.slice(id) {
            [one] => vec![*one; count],
            numbers => numbers[..count].to_vec(),
        };
        let mut found: Vec<Vec<f64>> = lifted.asked.iter().map(numbers).collect();
        if leaves {
            for row in 0..count {
                let values = self.row(columns, row, cancellation)?;
                if values.range == Range::Widened {
                    found.iter_mut().zip(&self.asked).for_each(|(numbers, &(id, at))| numbers[row] = values.at(id, at));
                }
            }
        }
        Some(found)
    }

    /// The values of every stage in a row.
    fn row(&self, columns: &[Vec<f64>], row: usize, cancellation: &Cancellation) -> Option<Values> {
        let inputs: Vec<Value> = (self.given.iter())
            .map(|given| match given {
                Given::Value(value) => value.clone(),
                Given::Column(column) => Value::Number(columns[*column][row]),
                Given::Columns(shape, places) => Value::new(*shape, places.iter().map(|&column| columns[column][row]).collect()),
            })
            .collect();
        range::evaluate_cancellable(&self.program, &inputs, cancellation)
    }
}

fn block() -> Shape {
    Shape::from_dims(&[BLOCK]).unwrap_or_else(|| broken("a block is a vector"))
}

impl Lifted {
    fn of(program: &Program, given: &[Given], asked: &[Asked]) -> Self {
        let mut lifting = Lifting { program, given, made: Program::new() };
        let mut moved = Vec::with_capacity(program.len());
        let Ok(()) = replay(program, &mut lifting, &mut moved);
        let asked: Vec<StageId> = asked.iter().map(|(id, _)| moved[id.at()]).collect();
        let schedule = Schedule::of(&lifting.made, &|id| asked.contains(&id));
        Self { program: lifting.made, schedule, asked }
    }
}

/// The stages of a row as those of a block of rows.
struct Lifting<'a> {
    program: &'a Program,
    given: &'a [Given],
    made: Program,
}

impl Backend for Lifting<'_> {
    type Value = StageId;
    type Error = Infallible;

    fn input(&mut self, id: StageId, at: usize) -> Result<StageId, Infallible> {
        let input = Input { value: None, ..self.program.inputs()[at].clone() };
        let shape = if matches!(self.given[at], Given::Column(_)) { block() } else { Shape::Scalar };
        Ok(self.made.add_input(input, shape, self.program.span(id)))
    }

    fn constant(&mut self, id: StageId, constant: &Constant) -> Result<StageId, Infallible> {
        Ok(self.made.add_shared_constant(constant.clone(), self.program.span(id)))
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, StageId>) -> Result<StageId, Infallible> {
        let operands: Vec<StageId> = operands.iter().copied().collect();
        Ok(self.made.share(gate, &operands, self.program.span(id)))
    }
}
