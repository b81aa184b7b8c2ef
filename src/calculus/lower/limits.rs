//! How far lowering may go, and how far it has gone.
//!
//! Knows the budget and what a program holds; nothing of the language.

use crate::calculus::strips::goes_in_strips;
use crate::forms::program::MOST_SHAPES;
use crate::forms::{Program, StageId};
use crate::ground::{Budget, Cancellation, Fault, FaultKind, Span};
use crate::vocabulary::Gate;

/// How far lowering may go.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// How much it may make.
    pub budget: Budget,
    /// What ends it before its end.
    pub cancellation: Cancellation,
}

/// How far lowering has gone.
#[derive(Debug)]
pub(super) struct SoFar {
    nodes: usize,
    /// How many stages of the program have been charged.
    charged: usize,
}

impl SoFar {
    /// Nothing has been charged of what is added to a program from here on.
    pub(super) fn at(program: &Program) -> Self {
        Self { nodes: 0, charged: program.len() }
    }

    /// Charges the stages that a node has added.
    pub(super) fn check(&mut self, limits: &mut Limits, program: &Program, span: Span) -> Result<(), Fault> {
        limits.budget.check_stages(program.len(), span)?;
        let (planned, made) = new_numbers(program, self.charged);
        self.charged = program.len();
        limits.budget.charge(made, span)?;
        limits.budget.plan(planned, span)?;
        self.nodes += 1;
        if self.nodes.is_multiple_of(WATCHED) && limits.cancellation.is_cancelled() {
            return Err(Fault::interrupted(span));
        }
        if program.shape_count() > MOST_SHAPES {
            return Err(Fault::new(FaultKind::Limit, span, "there are too many different shapes")
                .label("one more here")
                .help("evaluate it in parts"));
        }
        Ok(())
    }
}

/// The numbers that the stages from a position on will take when they are evaluated, and those that they hold already. The
/// value of a name is held by the name.
fn new_numbers(program: &Program, from: usize) -> (usize, usize) {
    if program.is_scalar() {
        return (program.len() - from, 0);
    }
    (from..program.len()).map(StageId::new).fold((0, 0), |(planned, made): (usize, usize), id| {
        let size = program.shape(id).size();
        let own = program.constant(id).is_some_and(|constant| constant.name.is_none())
            || program.input(id).is_some_and(|input| input.value.is_some());
        match program.gate(id) {
            Gate::Input | Gate::Constant => (planned, if own { made.saturating_add(size) } else { made }),
            // What may not be stored is charged where it is known that it will be.
            _ if goes_in_strips(program, id) => (planned, made),
            _ => (planned.saturating_add(size), made),
        }
    })
}

/// After how many nodes it is asked whether to go on; a power of two.
const WATCHED: usize = 1 << 12;
