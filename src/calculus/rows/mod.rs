//! A program evaluated once for each row of a table: the stages of a row are those of a single answer.
//!
//! Where every stage is a single number that depends on its operands number by number, strips of rows are computed stage by stage, and
//! what no column reaches is computed once. Any other program is evaluated row by row. Knows columns of numbers; no file and no text.

mod tape;

use super::evaluate::{Range, Values};
use super::range;
use crate::forms::{Program, StageId};
use crate::ground::{Cancellation, Shape, Value};
use crate::vocabulary::Gate;
use crate::vocabulary::lanes::{self, LONG};
use tape::{Extent, Registers, STRIP, Tape, Target};

/// How many rows are well evaluated at a time: what comes of them stays in the cache.
pub const BLOCK: usize = LONG;

/// After how many strips it is asked whether to go on.
const WATCHED: usize = 16;

/// So many numbers are more than a second-level cache holds.
const FAR: usize = 1 << 18;

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
    tapes: Option<Tapes>,
}

/// The program over strips of rows.
#[derive(Debug)]
struct Tapes {
    quick: Tape,
    /// What is run where a number is so large that products may leave the range of 64-bit numbers.
    watched: Tape,
}

/// Where rows are computed; one for each thread.
#[derive(Clone, Debug)]
pub struct Scratch {
    quick: Registers,
    watched: Option<Registers>,
}

impl Rows {
    /// A program whose inputs, in its order, are given so, and the numbers that are asked for.
    pub fn new(program: Program, given: Vec<Given>, asked: Vec<Asked>) -> Self {
        let elementwise = |id: StageId| matches!(program.gate(id), Gate::Input | Gate::Constant) || program.gate(id).is_elementwise();
        let can = program.is_plain() && program.ids().all(elementwise) && given.iter().all(|given| !matches!(given, Given::Columns(..)));
        let stages: Vec<StageId> = asked.iter().map(|(id, _)| *id).collect();
        let tape = |extent: Extent| Tape::of(&program, &given, &stages, extent);
        let tapes = can.then(|| Tapes { quick: tape(Extent::Quick), watched: tape(Extent::Whole) });
        Self { program, given, asked, tapes }
    }

    /// Whether the rows are evaluated in strips.
    pub fn are_strips(&self) -> bool {
        self.tapes.is_some()
    }

    /// How many numbers are asked for.
    pub fn asked(&self) -> usize {
        self.asked.len()
    }

    /// Where rows are computed.
    pub fn scratch(&self) -> Scratch {
        Scratch { quick: self.tapes.as_ref().map(|tapes| tapes.quick.registers()).unwrap_or_default(), watched: None }
    }

    /// The numbers asked for, each in every one of `count` rows; none where it is cancelled. Each column has a number for each row.
    pub fn evaluate(&self, columns: &[Vec<f64>], count: usize, cancellation: &Cancellation) -> Option<Vec<Vec<f64>>> {
        let mut found = vec![vec![0.0; count]; self.asked.len()];
        let columns: Vec<&[f64]> = columns.iter().map(|column| &column[..count]).collect();
        let mut out: Vec<&mut [f64]> = found.iter_mut().map(Vec::as_mut_slice).collect();
        self.evaluate_into(&mut self.scratch(), &columns, &mut out, cancellation)?;
        Some(found)
    }

    /// Fills each of `out` with a number asked for in every row; none where it is cancelled. Each column has a number for each row, and
    /// each of `out` has room for as many.
    pub fn evaluate_into(
        &self,
        scratch: &mut Scratch,
        columns: &[&[f64]],
        out: &mut [&mut [f64]],
        cancellation: &Cancellation,
    ) -> Option<()> {
        let count = out.first().map_or(0, |out| out.len());
        let Some(tapes) = &self.tapes else {
            for row in 0..count {
                let values = self.row(columns, row, cancellation)?;
                out.iter_mut().zip(&self.asked).for_each(|(out, &(id, at))| out[row] = values.at(id, at));
            }
            return Some(());
        };
        // Whoever asks for so many numbers has no cache for them.
        let far = count * out.len() > FAR;
        // Whole lines of the cache are written at once, where what is asked for begins alike in its lines.
        let first = if far { lanes::before_line(out[0]) } else { 0 };
        let strip = |start: usize| start..count.min(start + STRIP);
        let strips = std::iter::once(0..first).filter(|rows| !rows.is_empty()).chain((first..count).step_by(STRIP).map(strip));
        for (at, rows) in strips.enumerate() {
            if at.is_multiple_of(WATCHED) && cancellation.is_cancelled() {
                return None;
            }
            if !tapes.quick.run_quickly(&mut scratch.quick, &mut Target { columns, out: &mut *out, far, rows: rows.clone() }) {
                let registers = scratch.watched.get_or_insert_with(|| tapes.watched.registers());
                let mut target = Target { columns, out: &mut *out, far, rows: rows.clone() };
                if tapes.watched.run_watched(&self.program, registers, &mut target) {
                    self.again(columns, out, rows, cancellation)?;
                }
            }
        }
        if far {
            lanes::settle();
        }
        Some(())
    }

    /// Evaluates rows again by themselves, some of whose products leave the range of 64-bit numbers.
    fn again(&self, columns: &[&[f64]], out: &mut [&mut [f64]], rows: std::ops::Range<usize>, cancellation: &Cancellation) -> Option<()> {
        for row in rows {
            let values = self.row(columns, row, cancellation)?;
            if values.range == Range::Widened {
                out.iter_mut().zip(&self.asked).for_each(|(out, &(id, at))| out[row] = values.at(id, at));
            }
        }
        Some(())
    }

    /// The values of every stage in a row.
    fn row(&self, columns: &[&[f64]], row: usize, cancellation: &Cancellation) -> Option<Values> {
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
