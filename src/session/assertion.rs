//! The statement `assert`: whether it holds, and what it says when it does not.

use super::{Place, Session};
use crate::ground::{Fault, FaultKind, Span, number};
use crate::views::Checked;
use crate::vocabulary::ast::{Node, NodeId};
use crate::vocabulary::gate::Family;

impl Session {
    /// Checks an assertion.
    ///
    /// # Errors
    /// Where it does not hold, or cannot be evaluated.
    pub(super) fn check_assertion(&mut self, place: &Place, tolerance: Option<NodeId>, before: usize) -> Result<(), Fault> {
        let statement = place.statement;
        // The tolerance stands after the assertion, so that lowering up to it lowers both.
        self.checked = Some(Checked::new(place.here(), statement.span.of(&place.tree.text)));
        let assertion = self.lower(place, statement.root)?;
        let span = place.tree.span(statement.root);
        let (holds, shape) = self.evaluated(assertion, before, span)?;
        self.tell_sides();
        let sides = match place.tree.node(statement.root) {
            Node::Apply(gate, sides, _) if gate.row().family == Family::Comparison => place.tree.operands(sides).to_vec(),
            _ => Vec::new(),
        };
        let &[left, right] = &sides[..] else {
            let fails = holds.numbers().contains(&0.0);
            let fault = || Fault::new(FaultKind::Check, span, "the assertion does not hold").label("this is 0");
            return if fails { Err(fault()) } else { Ok(()) };
        };
        let [left, right] = [self.lower(place, left)?, self.lower(place, right)?];
        let [(left, _), (right, _)] = [self.evaluated(left, before, span)?, self.evaluated(right, before, span)?];
        let allowed = match tolerance {
            Some(tolerance) => {
                let stage = self.lower(place, tolerance)?;
                let at = place.tree.span(tolerance);
                let (allowed, _) = self.evaluated(stage, before, at)?;
                if allowed.numbers().iter().any(|&number| number < 0.0) {
                    let fault = Fault::new(FaultKind::Domain, at, "a tolerance is no negative number").label("here");
                    return Err(fault.help("write how far apart the sides may be, such as `± 1e-9`"));
                }
                Some(allowed)
            }
            None => None,
        };
        if let Some(checked) = &mut self.checked {
            (checked.left, checked.right, checked.tolerance) = (Some(left.clone()), Some(right.clone()), allowed.clone());
        }
        let [left, right] = [left, right].map(|side| side.repeated(shape));
        let allowed = allowed.map(|allowed| allowed.repeated(shape));
        for (at, &holds) in holds.numbers().iter().enumerate() {
            let (left, right) = (left.numbers()[at], right.numbers()[at]);
            let allowed = allowed.as_ref().map(|allowed| allowed.numbers()[at]);
            // A difference that is nan is not within any tolerance.
            let within = allowed.map_or(holds != 0.0, |allowed| (left - right).abs() <= allowed || left == right);
            if !within {
                let fault = failed(span, left, right, allowed);
                let message = format!("{} at {}", fault.message, shape.subscript(at));
                return Err(if shape.is_scalar() { fault } else { Fault { message, ..fault } });
            }
        }
        Ok(())
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
