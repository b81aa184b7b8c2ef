//! What statisticians ask of an answer, as stages: relative slopes, the deviation that deviations of inputs make, and the slopes of
//! any of these on parameters.
//!
//! Knows how they are made of values and gradients; nothing of tables and of names.

use super::analysis::element;
use super::backprop::{Path, backprop};
use super::rows::Asked;
use super::rule::{Rules, Ties};
use crate::forms::{Program, StageId};
use crate::ground::{Budget, Fault, Span};
use crate::vocabulary::Gate;

/// Adds stages to a program.
#[derive(Debug)]
pub struct Effects<'a> {
    /// Where they are added.
    pub program: &'a mut Program,
    /// Who gets the gradient at a tie.
    pub ties: Ties,
    /// How many stages there may be.
    pub budget: &'a Budget,
    rules: Rules,
}

impl<'a> Effects<'a> {
    /// What adds stages to a program.
    pub fn new(program: &'a mut Program, ties: Ties, budget: &'a Budget) -> Self {
        Self { program, ties, budget, rules: Rules::default() }
    }

    /// A number of a stage as a stage.
    fn number(&mut self, (stage, at): Asked) -> StageId {
        element(self.program, stage, at)
    }

    /// The relative slope of `f` on `x`, by how many per cent it changes for each per cent of `x`: `x * dx / f`.
    pub fn elasticity(&mut self, x: Asked, slope: Asked, f: Asked) -> Asked {
        let [x, slope, f] = [x, slope, f].map(|number| self.number(number));
        let product = self.program.share(Gate::Mul, &[x, slope], Span::default());
        (self.program.share(Gate::Div, &[product, f], Span::default()), 0)
    }

    /// The deviation that independent deviations of inputs make, to first order: the root of the sum of squares of slope times
    /// deviation.
    pub fn deviation(&mut self, parts: &[(Asked, StageId)]) -> Asked {
        let mut sides = Vec::with_capacity(parts.len());
        for &(slope, deviation) in parts {
            let slope = self.number(slope);
            sides.push(self.program.share(Gate::Mul, &[slope, deviation], Span::default()));
        }
        match sides[..] {
            [] => (self.program.add_constant(0.0, None, Span::default()), 0),
            [one] => (self.program.share(Gate::Abs, &[one], Span::default()), 0),
            // Squares neither overflow nor vanish there.
            _ => (self.program.share(Gate::Hypot, &sides, Span::default()), 0),
        }
    }

    /// The slopes of a number on parameters; none where they are 0.
    ///
    /// # Errors
    /// Where that takes more stages than the budget has room for.
    pub fn slopes(&mut self, of: Asked, on: &[Asked]) -> Result<Vec<Option<Asked>>, Fault> {
        let stage = self.number(of);
        let one = self.program.add_constant(1.0, None, Span::default());
        let pass = backprop(self.program, stage, one, Path::Active, self.ties, &mut self.rules);
        self.budget.check_stages(self.program.len(), Span::default())?;
        Ok(on.iter().map(|&(input, at)| pass.adjoint(input).map(|slope| (slope, at))).collect())
    }
}
