//! The forward pass of derivatives: how a stage moves when the inputs move along a direction.
//!
//! Reads the same slopes as backpropagation, from operands to results instead of from results to operands.

use super::backprop::{Edge, Path, Ties, contribution};
use super::rule::Rules;
use crate::forms::{Program, StageId};
use crate::ground::Span;
use crate::vocabulary::Gate;

/// Adds to `program` the stages that compute the derivative of `output` when each stage of `seeds` moves by its
/// tangent; none where the output does not depend on them.
pub fn tangent(program: &mut Program, output: StageId, seeds: &[(StageId, StageId)], ties: Ties, rules: &mut Rules) -> Option<StageId> {
    let mut tangents: Vec<Option<StageId>> = vec![None; output.at() + 1];
    for &(stage, seed) in seeds.iter().filter(|(stage, _)| stage.at() <= output.at()) {
        tangents[stage.at()] = Some(seed);
    }
    for at in 0..=output.at() {
        let through = StageId::new(at);
        let operands = program.operands(through).to_vec();
        for (position, operand) in operands.iter().enumerate() {
            let Some(upstream) = tangents[operand.at()] else { continue };
            let edge = Edge { gate: program.gate(through), through, upstream, operands: &operands, position };
            let Some((_, moved)) = contribution(program, edge, Path::To(through), ties, rules) else { continue };
            tangents[at] = Some(match tangents[at] {
                None => moved,
                Some(sum) => program.share(Gate::Add, &[sum, moved], Span::default()),
            });
        }
    }
    tangents[output.at()]
}
