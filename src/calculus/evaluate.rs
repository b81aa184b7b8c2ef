//! From stages to numbers: one loop over a program, in order.
//!
//! Knows nothing of derivatives: a backward pass is stages like any other.

use crate::forms::program::Constant;
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId};
use crate::ground::{Cancellation, Shape, Value, broken};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{KernelArgs, apply, apply_to_arrays};
use std::convert::Infallible;
use std::rc::Rc;

/// The value of every stage of a program, by the stage's index.
#[derive(Clone, Debug, Default)]
pub struct Values {
    numbers: Vec<f64>,
    /// Where each stage's numbers are; empty where every stage is a single number.
    places: Vec<Place>,
    /// The values of leaves that are arrays, which are not copied.
    shared: Vec<Value>,
    /// How gradients lie in the range of 64-bit numbers.
    pub range: Range,
}

/// How the gradients of a program lie in the range of 64-bit numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Range {
    /// All their products do.
    #[default]
    Kept,
    /// Some do not, and were evaluated in wider numbers.
    Widened,
    /// Some do not, and there are too many to be evaluated again.
    Left,
}

/// Where the numbers of a stage are.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Among the values' own: the first and the last but one.
    Own(usize, usize),
    /// A leaf's own.
    Shared(usize),
}

impl Values {
    /// Those of stages by their numbers, in order.
    pub(super) fn of(stages: impl Iterator<Item = Vec<f64>>) -> Self {
        let mut values = Self::default();
        for mut numbers in stages {
            let start = values.numbers.len();
            values.numbers.append(&mut numbers);
            values.places.push(Place::Own(start, values.numbers.len()));
        }
        values
    }

    /// The value of a stage that is a single number; the first number of any other.
    #[inline]
    pub fn scalar(&self, id: StageId) -> f64 {
        if self.places.is_empty() { self.numbers[id.at()] } else { self.slice(id)[0] }
    }

    /// The numbers of a stage's value, row by row.
    #[inline]
    pub fn slice(&self, id: StageId) -> &[f64] {
        match self.places.get(id.at()) {
            None => &self.numbers[id.at()..=id.at()],
            Some(&Place::Own(start, end)) => &self.numbers[start..end],
            Some(&Place::Shared(at)) => self.shared[at].numbers(),
        }
    }

    /// The value of a stage of some shape.
    pub fn value(&self, id: StageId, shape: Shape) -> Value {
        Value::new(shape, self.slice(id).to_vec())
    }

    /// The bytes that the values take.
    pub fn bytes(&self) -> usize {
        self.numbers.capacity() * size_of::<f64>() + self.places.capacity() * size_of::<Place>()
    }
}

/// After how many stages it is asked whether to go on; a power of two.
const WATCHED: usize = 1 << 12;

/// Evaluates every stage in 64-bit numbers, the inputs given in the program's order; none where it is cancelled before its end.
///
/// What the products of a backward pass need besides is `range`'s, through which everything above evaluates.
pub(super) fn evaluate_in_binary64(program: &Program, inputs: &[Value], cancellation: &Cancellation) -> Option<Values> {
    if !program.is_plain() {
        return evaluate_arrays(program, inputs, cancellation);
    }
    let mut numbers = Vec::with_capacity(program.len());
    replay(program, &mut Numbers { inputs, cancellation }, &mut numbers).ok()?;
    Some(Values { numbers, ..Values::default() })
}

/// The work was cancelled.
struct Cancelled;

/// Every stage as a single number.
struct Numbers<'a> {
    inputs: &'a [Value],
    cancellation: &'a Cancellation,
}

impl Backend for Numbers<'_> {
    type Value = f64;
    type Error = Cancelled;

    fn input(&mut self, _id: StageId, at: usize) -> Result<f64, Cancelled> {
        Ok(self.inputs.get(at).and_then(Value::number).unwrap_or_else(|| broken("every input is given a value of its shape")))
    }

    fn constant(&mut self, _id: StageId, constant: &Constant) -> Result<f64, Cancelled> {
        Ok(constant.value.number().unwrap_or_else(|| broken("the constants of a program of single numbers are such")))
    }

    #[expect(clippy::inline_always, reason = "the loop of the evaluator: a call for each stage costs a tenth of it")]
    #[inline(always)]
    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, f64>) -> Result<f64, Cancelled> {
        if id.at().is_multiple_of(WATCHED) && self.cancellation.is_cancelled() {
            return Err(Cancelled);
        }
        Ok(apply(gate, operands.len(), |at| *operands.get(at)))
    }
}

/// How many numbers evaluation stores: those of every stage but the leaves that are arrays, which are shared.
pub fn numbers_held(program: &Program) -> usize {
    if program.is_scalar() {
        return program.len();
    }
    let stored = |id: StageId| match (program.gate(id), program.shape(id)) {
        (Gate::Input | Gate::Constant, shape) if !shape.is_scalar() => 0,
        (_, shape) => shape.size(),
    };
    program.ids().map(stored).fold(0, usize::saturating_add)
}

/// Evaluates in 64-bit numbers the stages whose numbers are not known, from those that are. Every input is known.
pub fn evaluate_beside(program: &Program, known: &dyn Fn(StageId) -> Option<Vec<f64>>) -> Values {
    let mut stages = Vec::with_capacity(program.len());
    let Ok(()) = replay(program, &mut Beside { program, known }, &mut stages);
    Values::of(stages.iter().map(|numbers: &Rc<[f64]>| numbers.to_vec()))
}

/// Every stage as its numbers, some of which are known.
struct Beside<'a> {
    program: &'a Program,
    known: &'a dyn Fn(StageId) -> Option<Vec<f64>>,
}

impl Backend for Beside<'_> {
    type Value = Rc<[f64]>;
    type Error = Infallible;

    fn input(&mut self, id: StageId, _at: usize) -> Result<Rc<[f64]>, Infallible> {
        Ok((self.known)(id).unwrap_or_else(|| broken("the numbers of every input are known")).into())
    }

    fn constant(&mut self, id: StageId, constant: &Constant) -> Result<Rc<[f64]>, Infallible> {
        Ok((self.known)(id).unwrap_or_else(|| constant.value.numbers().to_vec()).into())
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Rc<[f64]>>) -> Result<Rc<[f64]>, Infallible> {
        if let Some(numbers) = (self.known)(id) {
            return Ok(numbers.into());
        }
        let numbers: Vec<&[f64]> = operands.iter().map(|numbers| &**numbers).collect();
        let shapes: Vec<Shape> = operands.ids().iter().map(|&operand| self.program.shape(operand)).collect();
        let mut out = vec![0.0; self.program.shape(id).size()];
        apply_to_arrays(gate, &KernelArgs { numbers: &numbers, shapes: &shapes, out: self.program.shape(id) }, &mut out);
        Ok(out.into())
    }
}

/// Every stage as the numbers that it holds, in one buffer; leaves that are arrays stay where they are.
struct Slices<'a> {
    program: &'a Program,
    leaves: &'a [Option<&'a Value>],
    places: &'a [Place],
    cancellation: &'a Cancellation,
    rest: &'a mut [f64],
    shapes: Vec<Shape>,
}

impl<'a> Slices<'a> {
    /// The part of the buffer that is the stage's own.
    fn own(&mut self, id: StageId) -> &'a mut [f64] {
        let Place::Own(start, end) = self.places[id.at()] else { broken("a stage that is no leaf has numbers of its own") };
        let (own, rest) = std::mem::take(&mut self.rest).split_at_mut(end - start);
        self.rest = rest;
        own
    }

    fn leaf(&mut self, id: StageId) -> &'a [f64] {
        match self.leaves[id.at()] {
            Some(value) if matches!(self.places[id.at()], Place::Shared(_)) => value.numbers(),
            value => {
                let own = self.own(id);
                own.fill(value.and_then(Value::number).unwrap_or_else(|| broken("every leaf has a value of its shape")));
                own
            }
        }
    }
}

impl<'a> Backend for Slices<'a> {
    type Value = &'a [f64];
    type Error = Cancelled;

    fn input(&mut self, id: StageId, _at: usize) -> Result<&'a [f64], Cancelled> {
        Ok(self.leaf(id))
    }

    fn constant(&mut self, id: StageId, _constant: &Constant) -> Result<&'a [f64], Cancelled> {
        Ok(self.leaf(id))
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, &'a [f64]>) -> Result<&'a [f64], Cancelled> {
        // A stage may hold many numbers.
        if self.cancellation.is_cancelled() {
            return Err(Cancelled);
        }
        let out = self.own(id);
        if out.len() == 1 && gate.is_elementwise() && operands.iter().all(|numbers| numbers.len() == 1) {
            out[0] = apply(gate, operands.len(), |at| operands.get(at)[0]);
            return Ok(out);
        }
        let numbers: Vec<&[f64]> = operands.iter().copied().collect();
        self.shapes.clear();
        self.shapes.extend(operands.ids().iter().map(|&operand| self.program.shape(operand)));
        apply_to_arrays(gate, &KernelArgs { numbers: &numbers, shapes: &self.shapes, out: self.program.shape(id) }, out);
        Ok(out)
    }
}

fn evaluate_arrays(program: &Program, inputs: &[Value], cancellation: &Cancellation) -> Option<Values> {
    let leaf = |id: StageId| match program.gate(id) {
        Gate::Input => inputs.get(program.leaf(id)).filter(|value| value.shape() == program.shape(id)),
        Gate::Constant => program.constant(id).map(|constant| &constant.value),
        _ => None,
    };
    let leaves: Vec<Option<&Value>> = program.ids().map(leaf).collect();
    let mut places = Vec::with_capacity(program.len());
    let (mut size, mut shared) = (0, Vec::new());
    for id in program.ids() {
        let place = if let Some(value @ Value::Array(_)) = leaves[id.at()] {
            shared.push(value.clone());
            Place::Shared(shared.len() - 1)
        } else {
            let start = size;
            size += program.shape(id).size();
            Place::Own(start, size)
        };
        places.push(place);
    }
    let mut numbers = vec![0.0; size];
    let mut slices = Slices { program, leaves: &leaves, places: &places, cancellation, rest: &mut numbers, shapes: Vec::new() };
    replay(program, &mut slices, &mut Vec::with_capacity(program.len())).ok()?;
    Some(Values { numbers, places, shared, ..Values::default() })
}
