//! The forward pass of derivatives: how a stage moves when the inputs move along a direction.
//!
//! Reads the same slopes as backpropagation, from operands to results instead of from results to operands.

use super::backprop::{Edge, Handing, Path, backprop, contribution, mixes, unbroadcast};
use super::rule::{Rules, Ties};
use crate::forms::{Program, StageId};
use crate::ground::Span;
use crate::vocabulary::Gate;

/// Adds to `program` the stages that compute the derivative of `output` when each stage of `seeds` moves by its
/// tangent, which has its shape; none where the output does not depend on them.
pub fn tangent(program: &mut Program, output: StageId, seeds: &[(StageId, StageId)], ties: Ties, rules: &mut Rules) -> Option<StageId> {
    let mut tangents: Vec<Option<StageId>> = vec![None; output.at() + 1];
    for &(stage, seed) in seeds.iter().filter(|(stage, _)| stage.at() <= output.at()) {
        tangents[stage.at()] = Some(seed);
    }
    for at in 0..=output.at() {
        let through = StageId::new(at);
        let operands = program.operands(through).to_vec();
        for (position, operand) in operands.iter().enumerate() {
            let Some(tangent) = tangents[operand.at()] else { continue };
            let edge = Edge { gate: program.gate(through), through, upstream: tangent, operands: &operands, position };
            let Some(moved) = push_forward(program, edge, ties, rules) else { continue };
            tangents[at] = Some(match tangents[at] {
                None => moved,
                Some(sum) => program.share(Gate::Add, &[sum, moved], Span::default()),
            });
        }
    }
    tangents[output.at()]
}

/// How the result moves when the operand of an edge moves by `edge.upstream`.
fn push_forward(program: &mut Program, edge: Edge, ties: Ties, rules: &mut Rules) -> Option<StageId> {
    let (through, tangent) = (edge.through, edge.upstream);
    let mut handing = Handing { path: Path::To(through), ties, rules };
    let moved = if mixes(edge, &mut handing) {
        // What the edge hands back is linear in what arrives: backpropagation through that turns it round.
        let arriving = program.apply(Gate::Copy, &[through], Span::default());
        handing.path = Path::To(arriving);
        let (_, back) = contribution(program, Edge { upstream: arriving, ..edge }, &mut handing)?;
        let back = unbroadcast(program, back, program.shape(tangent), handing.rules);
        backprop(program, back, tangent, Path::To(arriving), ties, handing.rules).adjoint(arriving)?
    } else {
        contribution(program, edge, &mut handing)?.1
    };
    Some(unbroadcast(program, moved, program.shape(through), handing.rules))
}
