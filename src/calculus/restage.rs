//! The stages of single numbers as another language computes them: with products in the place of the chain rule, and with the gates
//! that the language has.
//!
//! A gradient of 0 that arrives at an infinite local gradient carries nothing only where it is 0 by structure: an operand that is
//! not selected, a branch that is not taken. Where that can be, the product stands in a choice by that condition; elsewhere it is a
//! product, as in the language it is printed in. Knows no language: the texts for gates that one lacks are given.

use super::range::is_derived;
use super::rule::{Fill, Rules};
use crate::forms::program::{Constant, Input};
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId};
use crate::ground::{Shape, Span};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Family, Kernel};
use std::convert::Infallible;

/// What another language has.
pub struct Means<'a> {
    /// The text in the calculator's language for a gate that is to be written by others.
    pub text: &'a dyn Fn(Gate) -> Option<&'static str>,
    /// The value of an input that is a number as written there.
    pub given: &'a dyn Fn(StageId) -> Option<f64>,
    /// Whether what depends on no other input is a number as written.
    pub folds: bool,
}

/// Stages as another language computes them.
#[derive(Debug)]
pub struct Restaged {
    /// The stages.
    pub program: Program,
    /// Where each stage of the program that they were made of went.
    places: Vec<StageId>,
}

impl Restaged {
    /// The stages of a program of single numbers, of which the first `forward` are those of the text.
    pub fn of(program: &Program, forward: usize, means: &Means<'_>) -> Self {
        let mut restaging = Restaging { old: program, forward, means, rules: Rules::default(), made: Program::new() };
        let mut made = Vec::with_capacity(program.len());
        let Ok(()) = replay(program, &mut restaging, &mut made);
        Self { program: restaging.made, places: made.into_iter().map(|made: Made| made.id).collect() }
    }

    /// Where a stage went.
    pub fn place(&self, id: StageId) -> StageId {
        self.places[id.at()]
    }
}

/// When a number is 0 by structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blocked {
    Never,
    Always,
    /// Where this stage, which is 0 or 1, is 1.
    If(StageId),
    /// Where this stage, which is 0 or 1, is 0.
    Unless(StageId),
}

/// What a stage came to.
#[derive(Clone, Copy, Debug)]
struct Made {
    id: StageId,
    blocked: Blocked,
}

struct Restaging<'a> {
    old: &'a Program,
    forward: usize,
    means: &'a Means<'a>,
    rules: Rules,
    made: Program,
}

impl Backend for Restaging<'_> {
    type Value = Made;
    type Error = Infallible;

    fn input(&mut self, id: StageId, at: usize) -> Result<Made, Infallible> {
        let span = self.old.span(id);
        let made = match (self.means.given)(id) {
            Some(value) => self.made.add_constant(value, None, span),
            None => self.made.add_input(Input { ..self.old.inputs()[at].clone() }, Shape::Scalar, span),
        };
        Ok(Made { id: made, blocked: Blocked::Never })
    }

    fn constant(&mut self, id: StageId, constant: &Constant) -> Result<Made, Infallible> {
        let blocked = if constant.value.number() == Some(0.0) { Blocked::Always } else { Blocked::Never };
        let name = constant.name.filter(|_| !self.means.folds);
        Ok(Made { id: self.made.add_shared_constant(Constant { name, ..constant.clone() }, self.old.span(id)), blocked })
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Made>) -> Result<Made, Infallible> {
        let operands: Vec<Made> = operands.iter().copied().collect();
        let ids: Vec<StageId> = operands.iter().map(|made| made.id).collect();
        let span = self.old.span(id);
        // What the text asks for as a derivative is a backward pass too.
        if id.at() < self.forward && !is_derived(self.old, id) {
            let zero = !self.old.varies(id) && self.old.known(id) == Some(0.0);
            let blocked = if zero { Blocked::Always } else { Blocked::Never };
            return Ok(Made { id: self.stage(gate, &ids, span), blocked });
        }
        if gate == Gate::Chain {
            return Ok(self.chained(operands[0], operands[1]));
        }
        let blocked = self.blocked(gate, &operands);
        let id = if blocked == Blocked::Always { self.zero() } else { self.stage(gate, &ids, span) };
        Ok(Made { id, blocked })
    }
}

impl Restaging<'_> {
    fn zero(&mut self) -> StageId {
        self.made.add_constant(0.0, None, Span::default())
    }

    fn push(&mut self, gate: Gate, operands: &[StageId]) -> StageId {
        self.stage(gate, operands, Span::default())
    }

    /// A gate applied to stages, by the gates that the language has.
    fn stage(&mut self, gate: Gate, operands: &[StageId], span: Span) -> StageId {
        if let (Kernel::Fold(_), [first, rest @ ..]) = (gate.row().kernel, operands)
            && rest.len() != 1
        {
            return rest.iter().fold(*first, |folded, &operand| self.stage(gate, &[folded, operand], span));
        }
        if let Some(text) = (self.means.text)(gate) {
            let template = self.rules.text(gate, text);
            let mut program = std::mem::take(&mut self.made);
            let fill = Fill::operands(gate, operands);
            let made = template.fill(&mut program, &fill, &mut |program, gate, operands| {
                std::mem::swap(&mut self.made, program);
                let made = self.stage(gate, operands, span);
                std::mem::swap(&mut self.made, program);
                made
            });
            self.made = program;
            return made;
        }
        if gate == Gate::Where {
            return self.choice(operands[0], operands[1], operands[2], span);
        }
        let made = self.made.share(gate, operands, span);
        self.folded(made)
    }

    /// A stage, or the number that it is.
    fn folded(&mut self, id: StageId) -> StageId {
        match self.made.known(id) {
            Some(value) if self.means.folds && self.made.constant(id).is_none() => self.made.add_constant(value, None, Span::default()),
            _ => id,
        }
    }

    /// A choice by a comparison, which a nan passes through where what chooses is any number.
    fn choice(&mut self, chooses: StageId, yes: StageId, no: StageId, span: Span) -> StageId {
        match self.made.known(chooses) {
            Some(number) if number.is_nan() => return chooses,
            Some(number) => return if number == 0.0 { no } else { yes },
            None => {}
        }
        if self.is_truth(chooses) {
            return self.made.share(Gate::Where, &[chooses, yes, no], span);
        }
        let condition = self.is_not_zero(chooses);
        let chosen = self.made.share(Gate::Where, &[condition, yes, no], span);
        self.made.share(Gate::Guard, &[chosen, chooses], span)
    }

    fn is_not_zero(&mut self, id: StageId) -> StageId {
        let zero = self.zero();
        Gate::Eq.complement().map_or(id, |differs| self.made.share(differs, &[id, zero], Span::default()))
    }

    fn is_truth(&self, id: StageId) -> bool {
        self.made.gate(id).row().family == Family::Comparison
    }

    /// A local gradient times one that arrives.
    fn chained(&mut self, local: Made, upstream: Made) -> Made {
        let blocked = self.either(local.blocked, upstream.blocked);
        if blocked == Blocked::Always {
            return Made { id: self.zero(), blocked };
        }
        let (slope, above) = (local.id, upstream.id);
        let flat = self.made.gate(slope) == Gate::Guard && self.made.known(self.made.operands(slope)[0]) == Some(0.0);
        let (id, own) = if flat { (slope, true) } else { self.product(slope, above) };
        // A comparison that is 0 makes the choice that is needed itself.
        let needed = if own { upstream.blocked } else { blocked };
        let id = match needed {
            Blocked::If(condition) if !(own && self.is_truth(local.id)) => {
                let zero = self.zero();
                self.choice(condition, zero, id, Span::default())
            }
            Blocked::Unless(condition) if !(own && self.is_truth(local.id)) => {
                let zero = self.zero();
                self.choice(condition, id, zero, Span::default())
            }
            _ => id,
        };
        Made { id, blocked }
    }

    /// A product with a local gradient, and whether it is 0 where that is 0 by structure, whatever the other one is.
    fn product(&mut self, local: StageId, upstream: StageId) -> (StageId, bool) {
        if self.is_truth(local) && self.made.known(local).is_none() {
            let zero = self.zero();
            return (self.choice(local, upstream, zero, Span::default()), true);
        }
        if self.made.gate(local) == Gate::Guard {
            let &[slope, value] = self.made.operands(local) else { return (local, false) };
            let (inner, own) = self.product(slope, upstream);
            return (self.push(Gate::Guard, &[inner, value]), own);
        }
        let made = match (self.made.known(local), self.made.known(upstream)) {
            (Some(1.0), _) => upstream,
            (_, Some(1.0)) => local,
            (Some(-1.0), _) => self.push(Gate::Neg, &[upstream]),
            _ => self.push(Gate::Mul, &[local, upstream]),
        };
        (made, false)
    }

    /// When a gate of a backward pass is 0 by structure.
    fn blocked(&mut self, gate: Gate, operands: &[Made]) -> Blocked {
        let row = gate.row();
        if row.family == Family::Comparison {
            let ids: Vec<StageId> = operands.iter().map(|made| made.id).collect();
            let Some(complement) = gate.complement() else { return Blocked::Never };
            let condition = self.push(complement, &ids);
            return self.settled(condition);
        }
        match (gate, operands) {
            (Gate::Where, &[chooses, yes, no]) => self.blocked_choice(chooses.id, yes.blocked, no.blocked),
            // A slope of 0 is nan where its value is.
            (Gate::Guard, &[Made { blocked: Blocked::Always, .. }, value]) => Blocked::If(self.push(Gate::Eq, &[value.id, value.id])),
            (Gate::Guard | Gate::Neg | Gate::Copy | Gate::Div, [x, ..]) => x.blocked,
            (Gate::Add | Gate::Sub, &[x, y]) => self.both(x.blocked, y.blocked),
            (_, &[x, y]) if row.is_product() => self.either(x.blocked, y.blocked),
            _ => Blocked::Never,
        }
    }

    /// A condition, or what is known of it.
    fn settled(&self, condition: StageId) -> Blocked {
        match self.made.known(condition) {
            Some(0.0) => Blocked::Never,
            Some(_) => Blocked::Always,
            None => Blocked::If(condition),
        }
    }

    /// When what a condition chooses is 0. A comparison holds for no nan, and its complement does not either.
    fn blocked_choice(&mut self, chooses: StageId, yes: Blocked, no: Blocked) -> Blocked {
        if yes == no {
            return yes;
        }
        let condition = if self.is_truth(chooses) { chooses } else { self.is_not_zero(chooses) };
        match (yes, no) {
            (Blocked::Always, Blocked::Never) => return Blocked::If(condition),
            (Blocked::Never, Blocked::Always) => return Blocked::Unless(condition),
            _ => {}
        }
        let [yes, no] = [yes, no].map(|blocked| self.as_stage(blocked));
        let chosen = self.choice(condition, yes, no, Span::default());
        let chosen = if self.made.known(chosen).is_some() || self.is_truth(chosen) { chosen } else { self.is_not_zero(chosen) };
        self.settled(chosen)
    }

    fn as_stage(&mut self, blocked: Blocked) -> StageId {
        match blocked {
            Blocked::Never => self.zero(),
            Blocked::Always => self.made.add_constant(1.0, None, Span::default()),
            Blocked::If(condition) => condition,
            Blocked::Unless(condition) => {
                let zero = self.zero();
                self.push(Gate::Eq, &[condition, zero])
            }
        }
    }

    fn either(&mut self, x: Blocked, y: Blocked) -> Blocked {
        match (x, y) {
            (Blocked::Always, _) | (_, Blocked::Always) => Blocked::Always,
            (Blocked::Never, other) | (other, Blocked::Never) => other,
            _ if x == y => x,
            _ => {
                let [x, y] = [x, y].map(|blocked| self.as_stage(blocked));
                let sum = self.push(Gate::Add, &[x, y]);
                Blocked::If(self.is_not_zero(sum))
            }
        }
    }

    fn both(&mut self, x: Blocked, y: Blocked) -> Blocked {
        match (x, y) {
            (Blocked::Never, _) | (_, Blocked::Never) => Blocked::Never,
            (Blocked::Always, other) | (other, Blocked::Always) => other,
            _ if x == y => x,
            _ => {
                let [x, y] = [x, y].map(|blocked| self.as_stage(blocked));
                let product = self.push(Gate::Mul, &[x, y]);
                Blocked::If(self.is_not_zero(product))
            }
        }
    }
}
