//! The statement `assert`: whether it holds, and what it says when it does not.

use super::{Place, Session};
use crate::calculus::evaluate;
use crate::forms::StageId;
use crate::ground::{Fault, FaultKind, Span, number};
use crate::vocabulary::ast::{Node, NodeId};
use crate::vocabulary::gate::Family;

impl Session {
    /// Checks an assertion.
    ///
    /// # Errors
    /// Where it does not hold, or cannot be evaluated.
    pub(super) fn claim(&mut self, place: &Place, tolerance: Option<NodeId>, before: usize) -> Result<(), Fault> {
        let statement = place.statement;
        // The tolerance stands after the claim, so that lowering up to it lowers both.
        let claim = self.lower(place, statement.root)?;
        let span = place.tree.span(statement.root);
        if let Some(tolerance) = tolerance {
            let Node::Apply(_, sides) = place.tree.node(statement.root) else { return Ok(()) };
            let sides = place.tree.operands(sides).to_vec();
            let [left, right] = [self.lower(place, sides[0])?, self.lower(place, sides[1])?];
            let allowed = self.lower(place, tolerance)?;
            let [left, right, allowed] =
                [self.evaluated(left, before, span)?, self.evaluated(right, before, span)?, self.evaluated(allowed, before, span)?];
            // A difference that is nan is not within any tolerance.
            return if (left - right).abs() <= allowed || left == right { Ok(()) } else { Err(failed(span, left, right, Some(allowed))) };
        }
        if self.evaluated(claim, before, span)? != 0.0 {
            return Ok(());
        }
        match place.tree.node(statement.root) {
            Node::Apply(gate, sides) if gate.row().family == Family::Comparison => {
                let sides = place.tree.operands(sides).to_vec();
                let [left, right] = [self.lower(place, sides[0])?, self.lower(place, sides[1])?];
                let [left, right] = [self.evaluated(left, before, span)?, self.evaluated(right, before, span)?];
                Err(failed(span, left, right, None))
            }
            _ => Err(Fault::new(FaultKind::Check, span, "the assertion does not hold").label("this is 0")),
        }
    }

    fn evaluated(&mut self, stage: StageId, before: usize, span: Span) -> Result<f64, Fault> {
        let (program, output) = self.program.cone(stage);
        let inputs = self.values(&program, before, span)?;
        Ok(evaluate(&program, &inputs).scalar(output))
    }
}

fn failed(span: Span, left: f64, right: f64, allowed: Option<f64>) -> Fault {
    let [left_text, right_text] = [left, right].map(number::shortest);
    let label = format!("left is {left_text}, right is {right_text}");
    let fault = Fault::new(FaultKind::Check, span, "the assertion does not hold").label(label);
    let apart = number::shortest((left - right).abs());
    match allowed {
        Some(allowed) => fault.help(format!("they are {apart} apart, and {} is allowed", number::shortest(allowed))),
        None if (left - right).abs() <= 1e-9 * left.abs().max(right.abs()) && left != right => {
            fault.help(format!("they are {apart} apart; to allow for rounding, write `a == b ± 1e-9`"))
        }
        None => fault,
    }
}
