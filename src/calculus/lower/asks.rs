//! What lowering asks of those around it: what names mean, which stages an application of a gate becomes, what a derivative is.
//!
//! Knows neither a session nor the rules of the gates; both answer through these traits.

use super::{Function, Limits};
use crate::calculus::evaluate::{evaluate_in_binary64, numbers_held};
use crate::forms::{Program, StageId};
use crate::ground::budget::Unloaded;
use crate::ground::{Budget, Fault, Span, Value, broken};
use crate::vocabulary::gate::Draw;
use crate::vocabulary::{Gate, Symbol};
use std::sync::Arc;

/// What names mean where an expression stands.
pub trait Scope {
    /// The stage that a name stands for; it may be added to the program.
    ///
    /// # Errors
    /// Where the name stands for no value.
    fn value(&mut self, name: Symbol, span: Span, program: &mut Program) -> Result<StageId, Fault>;

    /// The user's function of this name.
    fn function(&self, name: Symbol) -> Option<Arc<Function>>;

    /// The names of all the user's functions.
    fn functions(&self) -> Vec<Symbol>;

    /// The gate that a call by a name applies.
    fn gate(&self, name: &str) -> Option<Gate> {
        Gate::named(name)
    }

    /// The next random numbers.
    fn draw(&mut self, _from: Draw, _out: &mut [f64]) {
        broken("what draws random numbers has them")
    }

    /// The numbers of a file that the source `from` names.
    ///
    /// # Errors
    /// Why they cannot be read.
    fn load(&mut self, _from: &str, _file: &str, _budget: &Budget) -> Result<Value, Unloaded> {
        Err(Unloaded::Unreadable("no file can be read here".to_owned()))
    }

    /// Whether a name has a value.
    fn is_known(&self, _name: &str) -> bool {
        false
    }

    /// Whether a name stands for a constant that was made of comparisons alone.
    fn is_truth(&self, _name: Symbol) -> bool {
        false
    }

    /// A name stands in what is computed no time.
    fn mentioned(&mut self, _name: Symbol, _span: Span, _program: &mut Program) {}

    /// A stage stands in what is computed no time.
    fn idle(&mut self, _stage: StageId, _program: &Program) {}

    /// The value that an input has now.
    fn present(&mut self, _name: Symbol) -> Option<Value> {
        None
    }

    /// Whether a name stands for a gradient of the last answer.
    fn is_gradient(&self, _name: Symbol) -> bool {
        false
    }

    /// Something to tell the user of the text.
    fn note(&mut self, _text: String) {}

    /// One stage is differentiated with respect to another.
    fn differentiated(&mut self, _of: StageId, _with: StageId) {}

    /// Whether the gradient on an input of this name is wanted.
    fn is_wanted(&self, _name: Symbol) -> bool {
        true
    }
}

/// What lowering asks of the gates' rules: which stages an application of a gate becomes, and what a derivative is.
pub trait Staging {
    /// The stage of an operator; `compound` says whether its last operand was written as more than a number or a name.
    fn operator(&mut self, program: &mut Program, gate: Gate, operands: &[StageId], span: Span, compound: bool) -> StageId;

    /// The stage of a gate called by its name.
    fn call(&mut self, program: &mut Program, gate: Gate, operands: &[StageId], span: Span) -> StageId;

    /// The derivative of one stage, a single number, with respect to another; none where it does not depend on it.
    fn derivative(&mut self, program: &mut Program, of: StageId, with: StageId) -> Option<StageId>;

    /// The value of a stage of a program; a fault speaks of the span.
    ///
    /// # Errors
    /// Where the budget has no room for the stages that it takes, or it is cancelled.
    fn value(&mut self, program: &Program, output: StageId, inputs: &[Value], limits: &Limits, span: Span) -> Result<Value, Fault> {
        limits.budget.fits(numbers_held(program), span)?;
        // Without derivatives nothing leaves the range of 64-bit numbers that need not.
        let values = evaluate_in_binary64(program, inputs, &limits.cancellation).ok_or_else(|| Fault::interrupted(span))?;
        Ok(values.into_value(output, program.shape(output)))
    }
}

/// Every gate is one stage, as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl Staging for Plain {
    fn operator(&mut self, program: &mut Program, gate: Gate, operands: &[StageId], span: Span, _compound: bool) -> StageId {
        program.share(gate, operands, span)
    }

    fn call(&mut self, program: &mut Program, gate: Gate, operands: &[StageId], span: Span) -> StageId {
        program.share(gate, operands, span)
    }

    fn derivative(&mut self, _program: &mut Program, _of: StageId, _with: StageId) -> Option<StageId> {
        broken("a text whose gates are taken as written asks for no derivative")
    }
}
