//! From stages to numbers: one loop over a program, in order.
//!
//! Knows nothing of derivatives: a backward pass is stages like any other.

use crate::forms::{Program, StageId};
use crate::ground::{Shape, Value};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Given, apply, apply_to_arrays};

/// The value of every stage of a program, by the stage's index.
#[derive(Clone, Debug, Default)]
pub struct Values {
    numbers: Vec<f64>,
    /// Where each stage's numbers start; empty where every stage is a single number.
    starts: Vec<usize>,
}

impl Values {
    /// The value of a stage that is a single number; the first number of any other.
    #[inline]
    pub fn scalar(&self, id: StageId) -> f64 {
        self.numbers[if self.starts.is_empty() { id.at() } else { self.starts[id.at()] }]
    }

    /// The numbers of a stage's value, row by row.
    #[inline]
    pub fn slice(&self, id: StageId) -> &[f64] {
        if self.starts.is_empty() {
            return &self.numbers[id.at()..=id.at()];
        }
        let end = self.starts.get(id.at() + 1).copied().unwrap_or(self.numbers.len());
        &self.numbers[self.starts[id.at()]..end]
    }

    /// The value of a stage of some shape.
    pub fn value(&self, id: StageId, shape: Shape) -> Value {
        Value::new(shape, self.slice(id).to_vec())
    }

    /// The bytes that the values take.
    pub fn bytes(&self) -> usize {
        self.numbers.capacity() * size_of::<f64>() + self.starts.capacity() * size_of::<usize>()
    }
}

/// Evaluates every stage, the inputs given in the program's order.
pub fn evaluate(program: &Program, inputs: &[Value]) -> Values {
    if !program.is_plain() {
        return evaluate_arrays(program, inputs);
    }
    let mut numbers = Vec::with_capacity(program.len());
    let constants: Vec<f64> = program.constants().iter().map(|constant| constant.value.number().unwrap_or(f64::NAN)).collect();
    for (gate, operands, leaf) in program.stages_from(0) {
        let value = match gate {
            Gate::Input => inputs.get(leaf).and_then(Value::number).unwrap_or(f64::NAN),
            Gate::Constant => constants[leaf],
            gate => apply(gate, operands.len(), |at| numbers[operands[at].at()]),
        };
        numbers.push(value);
    }
    Values { numbers, starts: Vec::new() }
}

/// How many numbers the values of a program's stages hold.
pub fn numbers_held(program: &Program) -> usize {
    if program.is_scalar() { program.len() } else { program.ids().map(|id| program.shape(id).size()).fold(0, usize::saturating_add) }
}

fn evaluate_arrays(program: &Program, inputs: &[Value]) -> Values {
    let mut starts = Vec::with_capacity(program.len());
    let mut size = 0;
    for id in program.ids() {
        starts.push(size);
        size += program.shape(id).size();
    }
    let mut numbers = vec![0.0; size];
    let (mut given, mut shapes): (Vec<&[f64]>, Vec<Shape>) = (Vec::new(), Vec::new());
    let mut rest = &mut numbers[..];
    let mut known: Vec<&[f64]> = Vec::with_capacity(program.len());
    for id in program.ids() {
        let (gate, operands) = (program.gate(id), program.operands(id));
        let (out, after) = rest.split_at_mut(program.shape(id).size());
        rest = after;
        match gate {
            Gate::Input => fill(out, inputs.get(program.leaf(id))),
            Gate::Constant => fill(out, program.constant(id).map(|constant| &constant.value)),
            gate if out.len() == 1 && gate.is_elementwise() && operands.iter().all(|operand| known[operand.at()].len() == 1) => {
                out[0] = apply(gate, operands.len(), |at| known[operands[at].at()][0]);
            }
            gate => {
                given.clear();
                given.extend(operands.iter().map(|operand| known[operand.at()]));
                shapes.clear();
                shapes.extend(operands.iter().map(|&operand| program.shape(operand)));
                apply_to_arrays(gate, &Given { numbers: &given, shapes: &shapes, out: program.shape(id) }, out);
            }
        }
        known.push(out);
    }
    drop((known, given));
    Values { numbers, starts }
}

/// Copies an input's or a constant's numbers; nan where it has no value of this size.
fn fill(out: &mut [f64], value: Option<&Value>) {
    match value {
        Some(value) if value.numbers().len() == out.len() => out.copy_from_slice(value.numbers()),
        _ => out.fill(f64::NAN),
    }
}
