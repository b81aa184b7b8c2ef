//! The forward pass of derivatives: how a stage moves when the inputs move along a direction.
//!
//! Reads the same slopes as backpropagation, from operands to results instead of from results to operands.

use super::backprop::{Edge, Handing, Path, backprop, contribution, mixes, unbroadcast};
use super::rule::{Rules, Ties};
use crate::forms::program::Constant;
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId};
use crate::ground::Span;
use crate::vocabulary::Gate;
use std::convert::Infallible;

/// Adds to `program` the stages that compute the derivative of `output` when each stage of `seeds` moves by its
/// tangent, which has its shape; none where the output does not depend on them.
pub fn tangent(program: &mut Program, output: StageId, seeds: &[(StageId, StageId)], ties: Ties, rules: &mut Rules) -> Option<StageId> {
    // The program grows while it is walked.
    let whole = program.clone();
    let mut made = Vec::with_capacity(whole.len());
    let Ok(()) = replay(&whole, &mut Tangents { program, seeds, ties, rules }, &mut made);
    made[output.at()]
}

/// The tangent of every stage, where it has one.
struct Tangents<'a> {
    program: &'a mut Program,
    seeds: &'a [(StageId, StageId)],
    ties: Ties,
    rules: &'a mut Rules,
}

impl Tangents<'_> {
    fn seed(&self, id: StageId) -> Option<StageId> {
        self.seeds.iter().find(|&&(stage, _)| stage == id).map(|&(_, seed)| seed)
    }
}

impl Backend for Tangents<'_> {
    type Value = Option<StageId>;
    type Error = Infallible;

    fn input(&mut self, id: StageId, _at: usize) -> Result<Self::Value, Infallible> {
        Ok(self.seed(id))
    }

    fn constant(&mut self, id: StageId, _constant: &Constant) -> Result<Self::Value, Infallible> {
        Ok(self.seed(id))
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Self::Value>) -> Result<Self::Value, Infallible> {
        let mut sum = self.seed(id);
        for (position, tangent) in operands.iter().enumerate() {
            let Some(upstream) = *tangent else { continue };
            let edge = Edge { gate, through: id, upstream, operands: operands.ids(), position };
            let Some(moved) = push_forward(self.program, edge, self.ties, self.rules) else { continue };
            sum = Some(sum.map_or(moved, |sum| self.program.share(Gate::Add, &[sum, moved], Span::default())));
        }
        Ok(sum)
    }
}

/// How the result moves when the operand of an edge moves by `edge.upstream`.
pub(super) fn push_forward(program: &mut Program, edge: Edge, ties: Ties, rules: &mut Rules) -> Option<StageId> {
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
