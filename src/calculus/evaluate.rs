//! From stages to numbers: one loop over a program, in order.
//!
//! Knows nothing of derivatives: a backward pass is stages like any other.

use crate::forms::{Program, StageId};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::apply;

/// The value of every stage of a program, by the stage's index.
#[derive(Clone, Debug, Default)]
pub struct Values {
    numbers: Vec<f64>,
}

impl Values {
    /// The value of a stage that is a single number.
    #[inline]
    pub fn scalar(&self, id: StageId) -> f64 {
        self.numbers[id.at()]
    }

    /// The numbers of a stage's value, row by row.
    pub fn slice(&self, id: StageId) -> &[f64] {
        &self.numbers[id.at()..=id.at()]
    }

    /// The bytes that the values take.
    pub fn bytes(&self) -> usize {
        self.numbers.capacity() * size_of::<f64>()
    }
}

/// Evaluates every stage, the inputs given in the program's order.
pub fn evaluate(program: &Program, inputs: &[f64]) -> Values {
    let mut values = Values { numbers: Vec::with_capacity(program.len()) };
    extend(program, inputs, &mut values);
    values
}

/// Evaluates the stages that were added to a program since `values` were computed.
pub fn extend(program: &Program, inputs: &[f64], values: &mut Values) {
    let numbers = &mut values.numbers;
    numbers.reserve_exact(program.len() - numbers.len());
    let constants = program.constants();
    for (gate, operands, leaf) in program.stages_from(numbers.len()) {
        let value = match gate {
            Gate::Input => inputs.get(leaf).copied().unwrap_or(f64::NAN),
            Gate::Constant => constants[leaf].value,
            gate => apply(gate, operands.len(), |at| numbers[operands[at].at()]),
        };
        numbers.push(value);
    }
}
