//! The stages of single numbers as another language computes them: with products in the place of the chain rule, and with the gates
//! that the language has.
//!
//! A gradient of 0 that arrives at an infinite local gradient carries nothing only where it is 0 by structure: an operand that is
//! not selected, a branch that is not taken. Where that can be, the product stands in a choice by that condition; elsewhere it is a
//! product, as in the language it is printed in. Knows no language: the texts for gates that one lacks are given.

use super::rule::{Fill, Rules};
use crate::forms::program::{Constant, Input};
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId};
use crate::ground::{Shape, Span};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Choice, Family, Kernel, apply};
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
    /// Where this comparison is 0, as it is of a nan.
    Unless(StageId),
}

/// What a stage came to.
#[derive(Clone, Copy, Debug)]
struct Made {
    id: StageId,
    blocked: Blocked,
    /// Whether it is made of decisions and of numbers of the text alone, so that a 0 of it is one of structure.
    exact: bool,
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
        Ok(Made { id: made, blocked: Blocked::Never, exact: false })
    }

    fn constant(&mut self, id: StageId, constant: &Constant) -> Result<Made, Infallible> {
        let blocked = if constant.value.number() == Some(0.0) { Blocked::Always } else { Blocked::Never };
        let name = constant.name.filter(|_| !self.means.folds);
        let constant = Constant { name, ..constant.clone() };
        Ok(Made { id: self.made.add_shared_constant(constant, self.old.span(id)), blocked, exact: true })
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Made>) -> Result<Made, Infallible> {
        let operands: Vec<Made> = operands.iter().copied().collect();
        if gate == Gate::Chain {
            return Ok(self.chained(operands[0], operands[1]));
        }
        let row = gate.row();
        let ids: Vec<StageId> = operands.iter().map(|made| made.id).collect();
        let blocked = self.blocked(gate, &operands);
        // The value of a text stays what it is.
        let is_zero = blocked == Blocked::Always && id.at() >= self.forward;
        let made = if is_zero { self.zero() } else { self.stage(gate, &ids, self.old.span(id)) };
        let decides = row.kinks_are_steps() && matches!(row.choice, Choice::Between | Choice::Step);
        // What is made of decisions alone is finite.
        let exact = decides || operands.iter().all(|made| made.exact);
        let blocked = match blocked {
            // A comparison is a condition itself.
            _ if row.family == Family::Comparison => blocked,
            _ if exact && !is_zero => self.where_zero(made),
            // A product with an infinite number is no 0, whatever the other one is.
            Blocked::If(_) | Blocked::Unless(_) | Blocked::Always if row.is_product() && !is_zero => {
                let zero = self.where_zero(made);
                self.both(blocked, zero)
            }
            _ => blocked,
        };
        Ok(Made { id: made, blocked, exact })
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
        let operands = &self.unnamed(operands)[..];
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

    /// Operands, each number of them as written where the language has no names for numbers.
    fn unnamed(&mut self, operands: &[StageId]) -> Vec<StageId> {
        let named = |made: &Program, id: StageId| made.constant(id).filter(|constant| constant.name.is_some()).and_then(|_| made.known(id));
        let folds = self.means.folds;
        let unnamed = |&id: &StageId| match named(&self.made, id).filter(|_| folds) {
            Some(value) => self.made.add_constant(value, None, Span::default()),
            None => id,
        };
        operands.iter().map(unnamed).collect()
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
            return Made { id: self.zero(), blocked, exact: true };
        }
        let exact = local.exact && upstream.exact;
        let (id, chooses) = self.product(local.id, upstream.id);
        let id = match (chooses, upstream.blocked) {
            // A comparison makes the choice itself; what is not let through is 0, and what arrives there may be nothing.
            (Chooses::Bare, _) => id,
            (Chooses::Guarded, upstream) => self.let_through(upstream, id),
            (Chooses::No, _) => self.let_through(blocked, id),
        };
        Made { id, blocked, exact }
    }

    /// A number where it is no 0 by structure, and 0 where it is.
    fn let_through(&mut self, blocked: Blocked, id: StageId) -> StageId {
        let zero = self.zero();
        match blocked {
            Blocked::Never => id,
            Blocked::Always => zero,
            Blocked::If(condition) => self.choice(condition, zero, id, Span::default()),
            Blocked::Unless(condition) => self.choice(condition, id, zero, Span::default()),
        }
    }

    /// A product with a local gradient, and how it is 0 where that is 0 by structure, whatever the other one is.
    fn product(&mut self, local: StageId, upstream: StageId) -> (StageId, Chooses) {
        if self.is_truth(local) && self.made.known(local).is_none() {
            let zero = self.zero();
            return (self.choice(local, upstream, zero, Span::default()), Chooses::Bare);
        }
        if let (Gate::Guard, &[slope, value]) = (self.made.gate(local), self.made.operands(local)) {
            if self.made.known(slope) == Some(0.0) {
                return (local, Chooses::Guarded);
            }
            let (inner, chooses) = self.product(slope, upstream);
            let chooses = if chooses == Chooses::No { Chooses::No } else { Chooses::Guarded };
            return (self.push(Gate::Guard, &[inner, value]), chooses);
        }
        let made = match (self.made.known(local), self.made.known(upstream)) {
            (Some(1.0), _) => upstream,
            (_, Some(1.0)) => local,
            (Some(-1.0), _) => self.push(Gate::Neg, &[upstream]),
            _ => self.push(Gate::Mul, &[local, upstream]),
        };
        (made, Chooses::No)
    }

    /// When a gate is 0 by structure because an operand is.
    fn blocked(&mut self, gate: Gate, operands: &[Made]) -> Blocked {
        let row = gate.row();
        if row.family == Family::Comparison {
            let ids: Vec<StageId> = operands.iter().map(|made| made.id).collect();
            let holds = self.push(gate, &ids);
            return match self.made.known(holds) {
                Some(0.0) => Blocked::Always,
                Some(_) => Blocked::Never,
                None => Blocked::Unless(holds),
            };
        }
        match (gate, operands) {
            (Gate::Where, &[chooses, yes, no]) => self.blocked_choice(chooses.id, yes.blocked, no.blocked),
            (Gate::Guard, &[slope, value]) => self.guarded(slope.blocked, value.id),
            (Gate::Neg | Gate::Copy, [x, ..]) => x.blocked,
            (Gate::Add | Gate::Sub, &[x, y]) => self.both(x.blocked, y.blocked),
            (_, &[x, y]) if row.is_product() => self.either(x.blocked, y.blocked),
            _ => Blocked::Never,
        }
    }

    /// That a number is 0 by structure wherever it is 0.
    fn where_zero(&mut self, id: StageId) -> Blocked {
        let zero = self.zero();
        let is_zero = self.push(Gate::Eq, &[id, zero]);
        self.settled(is_zero)
    }

    /// A condition, or what is known of it.
    fn settled(&self, condition: StageId) -> Blocked {
        match self.made.known(condition) {
            Some(0.0) => Blocked::Never,
            Some(_) => Blocked::Always,
            None => Blocked::If(condition),
        }
    }

    /// When a slope is 0 by structure that is nan where a value is.
    fn guarded(&mut self, slope: Blocked, value: StageId) -> Blocked {
        match slope {
            Blocked::Always => {
                let is_number = self.push(Gate::Eq, &[value, value]);
                self.settled(is_number)
            }
            // What compares operands is nan where one of them is, and then most comparisons do not hold.
            Blocked::Unless(holds) if let Some(complement) = self.made.gate(holds).complement() => {
                let operands = self.made.operands(holds).to_vec();
                let condition = self.push(complement, &operands);
                let settled = self.settled(condition);
                if apply(complement, 2, |_| f64::NAN) == 0.0 { settled } else { self.both_number(settled, value) }
            }
            Blocked::Unless(_) | Blocked::If(_) => self.both_number(slope, value),
            Blocked::Never => slope,
        }
    }

    /// When something is so and a value is a number.
    fn both_number(&mut self, blocked: Blocked, value: StageId) -> Blocked {
        let is_number = self.push(Gate::Eq, &[value, value]);
        let is_number = self.settled(is_number);
        self.both(blocked, is_number)
    }

    fn blocked_choice(&mut self, chooses: StageId, yes: Blocked, no: Blocked) -> Blocked {
        if yes == no {
            return yes;
        }
        let condition = if self.is_truth(chooses) { chooses } else { self.is_not_zero(chooses) };
        match (self.made.known(condition), yes, no) {
            (Some(0.0), ..) => no,
            (Some(_), ..) => yes,
            (None, Blocked::Always, Blocked::Never) => Blocked::If(condition),
            (None, Blocked::Never, Blocked::Always) => Blocked::Unless(condition),
            _ => {
                let [yes, no] = [yes, no].map(|blocked| self.as_stage(blocked));
                let chosen = self.choice(condition, yes, no, Span::default());
                let is_one = self.is_not_zero(chosen);
                self.settled(is_one)
            }
        }
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
            (x, y) if x == y => x,
            (x, y) => {
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
            (x, y) if x == y => x,
            (x, y) => {
                let [x, y] = [x, y].map(|blocked| self.as_stage(blocked));
                let product = self.push(Gate::Mul, &[x, y]);
                Blocked::If(self.is_not_zero(product))
            }
        }
    }
}

/// How a product is 0 where its local gradient is 0 by structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chooses {
    /// Not by itself.
    No,
    /// It is 0.
    Bare,
    /// It is 0, or nan where the gate's value is.
    Guarded,
}
