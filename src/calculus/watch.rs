//! What looks at every stage while it is evaluated, without asking for it again.
//!
//! Says what a watch is asked and told; knows nothing of what any of them is for.

use super::strips::Strip;
use crate::forms::StageId;
use crate::vocabulary::Gate;
use crate::vocabulary::gate::bounds::Bounds;

/// What looks at every stage while it is at hand.
pub(super) trait Watch: Send + Sized {
    /// Sees a stage, or a part of it, and tells whether nothing about it can matter, nor about what passes it on.
    fn see(&mut self, strip: &Strip<'_>) -> bool;

    /// Whether a stage, others being the same, is anything to it.
    fn minds(&self, id: StageId, twins: &[StageId]) -> bool;

    /// Sees that a gradient of 0 met a local gradient that is not finite in a product, whose numbers do not tell.
    fn see_hidden(&mut self);

    /// Whether something may matter about a whole stage of a gate whose numbers are no larger than that, if all of them are numbers.
    fn minds_up_to(&self, gate: Gate, largest: f64) -> bool;

    /// Whether nothing can matter about a stage of whose numbers that much is known.
    fn rules_out(&self, bounds: &Bounds) -> bool;

    /// Whether nothing can matter about a gate where nothing does about its operands.
    fn passes_on(&self, gate: Gate) -> bool;

    /// Another one that sees other parts and has seen nothing.
    fn fork(&self) -> Self;

    /// Takes in what another one has seen.
    fn join(&mut self, other: Self);
}

/// It looks at nothing.
pub(super) struct Unwatched;

impl Watch for Unwatched {
    fn see(&mut self, _strip: &Strip<'_>) -> bool {
        true
    }

    fn minds(&self, _id: StageId, _twins: &[StageId]) -> bool {
        false
    }

    fn see_hidden(&mut self) {}

    fn minds_up_to(&self, _gate: Gate, _largest: f64) -> bool {
        false
    }

    fn rules_out(&self, _bounds: &Bounds) -> bool {
        true
    }

    fn passes_on(&self, _gate: Gate) -> bool {
        true
    }

    fn fork(&self) -> Self {
        Self
    }

    fn join(&mut self, _other: Self) {}
}
