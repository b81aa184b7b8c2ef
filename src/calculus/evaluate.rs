//! From stages to numbers: one loop over a program, in order.
//!
//! Knows nothing of derivatives: a backward pass is stages like any other.

use crate::forms::{Program, StageId};
use crate::ground::{Cancellation, Shape, Value};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{KernelArgs, apply, apply_to_arrays};

/// The value of every stage of a program, by the stage's index.
#[derive(Clone, Debug, Default)]
pub struct Values {
    numbers: Vec<f64>,
    /// Where each stage's numbers are; empty where every stage is a single number.
    places: Vec<Place>,
    /// The values of leaves that are arrays, which are not copied.
    shared: Vec<Value>,
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

/// Evaluates every stage, the inputs given in the program's order.
pub fn evaluate(program: &Program, inputs: &[Value]) -> Values {
    evaluate_cancellable(program, inputs, &Cancellation::default()).unwrap_or_default()
}

/// Evaluates every stage as `evaluate` does; none where the watch ends it before.
pub fn evaluate_cancellable(program: &Program, inputs: &[Value], cancellation: &Cancellation) -> Option<Values> {
    if !program.is_plain() {
        return evaluate_arrays(program, inputs, cancellation);
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
        if numbers.len() % WATCHED == 0 && cancellation.is_cancelled() {
            return None;
        }
    }
    Some(Values { numbers, ..Values::default() })
}

/// How many numbers the values of a program's stages hold.
pub fn numbers_held(program: &Program) -> usize {
    if program.is_scalar() { program.len() } else { program.ids().map(|id| program.shape(id).size()).fold(0, usize::saturating_add) }
}

fn evaluate_arrays(program: &Program, inputs: &[Value], cancellation: &Cancellation) -> Option<Values> {
    let nowhere = Value::Number(f64::NAN);
    // An input without a value of its shape is nan.
    let leaf = |id: StageId| match program.gate(id) {
        Gate::Input => inputs.get(program.leaf(id)).filter(|value| value.shape() == program.shape(id)).or(Some(&nowhere)),
        Gate::Constant => program.constant(id).map(|constant| &constant.value),
        _ => None,
    };
    let mut places = Vec::with_capacity(program.len());
    let (mut size, mut shared) = (0, Vec::new());
    for id in program.ids() {
        let place = if let Some(value @ Value::Array(_)) = leaf(id) {
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
    let (mut given, mut shapes): (Vec<&[f64]>, Vec<Shape>) = (Vec::new(), Vec::new());
    let mut rest = &mut numbers[..];
    let mut known: Vec<&[f64]> = Vec::with_capacity(program.len());
    for id in program.ids() {
        // A stage may hold many numbers.
        if cancellation.is_cancelled() {
            return None;
        }
        let Place::Own(start, end) = places[id.at()] else {
            known.push(leaf(id).map_or(&[], Value::numbers));
            continue;
        };
        let (gate, operands) = (program.gate(id), program.operands(id));
        let (out, after) = rest.split_at_mut(end - start);
        rest = after;
        match leaf(id) {
            Some(value) => out.fill(value.number().unwrap_or(f64::NAN)),
            None if out.len() == 1 && gate.is_elementwise() && operands.iter().all(|operand| known[operand.at()].len() == 1) => {
                out[0] = apply(gate, operands.len(), |at| known[operands[at].at()][0]);
            }
            None => {
                given.clear();
                given.extend(operands.iter().map(|operand| known[operand.at()]));
                shapes.clear();
                shapes.extend(operands.iter().map(|&operand| program.shape(operand)));
                apply_to_arrays(gate, &KernelArgs { numbers: &given, shapes: &shapes, out: program.shape(id) }, out);
            }
        }
        known.push(out);
    }
    drop((known, given));
    Some(Values { numbers, places, shared })
}
