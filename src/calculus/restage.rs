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
use crate::vocabulary::gate::{Choice, Family, Fixed, Kernel, TABLE, apply};
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
        Self { program: restaging.made, places: made.into_iter().map(|made: Placed| made.id).collect() }
    }

    /// The stages of a program of arrays, in which a product with a gradient that arrives is a plain one where nothing in it can be 0
    /// by structure. Elsewhere a gradient of 0 carries nothing, also where it is 0 by chance.
    pub fn of_arrays(program: &Program) -> Self {
        let mut plain = Plain { old: program, made: Program::new() };
        let mut made = Vec::with_capacity(program.len());
        let Ok(()) = replay(program, &mut plain, &mut made);
        Self { program: plain.made, places: made.into_iter().map(|array: Array| array.id).collect() }
    }

    /// Where a stage went.
    pub fn place(&self, id: StageId) -> StageId {
        self.places[id.at()]
    }
}

/// When something is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Never,
    Always,
    /// Where this stage, which is 0 or 1, is 1.
    If(StageId),
    /// Where this comparison is 0, as it is of a nan.
    Unless(StageId),
}

/// What a stage came to.
#[derive(Clone, Copy, Debug)]
struct Placed {
    id: StageId,
    /// When it is fixed by structure, as the rows of the gate table have it.
    fixed: When,
    /// When it is that, and 0.
    blocked: When,
}

struct Restaging<'a> {
    old: &'a Program,
    forward: usize,
    means: &'a Means<'a>,
    rules: Rules,
    made: Program,
}

impl Backend for Restaging<'_> {
    type Value = Placed;
    type Error = Infallible;

    fn input(&mut self, id: StageId, at: usize) -> Result<Placed, Infallible> {
        let span = self.old.span(id);
        let made = match (self.means.given)(id) {
            Some(value) => self.made.add_constant(value, None, span),
            None => self.made.add_input(Input { ..self.old.inputs()[at].clone() }, Shape::Scalar, span),
        };
        Ok(Placed { id: made, fixed: When::Never, blocked: When::Never })
    }

    fn constant(&mut self, id: StageId, constant: &Constant) -> Result<Placed, Infallible> {
        let blocked = if constant.value.number() == Some(0.0) { When::Always } else { When::Never };
        let name = constant.name.filter(|_| !self.means.folds);
        let constant = Constant { name, ..constant.clone() };
        Ok(Placed { id: self.made.add_shared_constant(constant, self.old.span(id)), fixed: When::Always, blocked })
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Placed>) -> Result<Placed, Infallible> {
        let operands: Vec<Placed> = operands.iter().copied().collect();
        if gate == Gate::Chain {
            return Ok(self.chained(operands[0], operands[1]));
        }
        let ids: Vec<StageId> = operands.iter().map(|made| made.id).collect();
        let products = matches!(gate.row().fixed, Fixed::AtAnyZero | Fixed::AtFirstZero);
        let (fixed, blocked) = self.structure(id, gate, &operands);
        // The value of a text stays what it is, and what is not finite makes no 0 of a 0.
        let is_zero = blocked == Some(When::Always) && id.at() >= self.forward && !products;
        let made = if is_zero { self.zero() } else { self.stage(gate, &ids, self.old.span(id)) };
        let blocked = match blocked {
            Some(blocked) if !products || blocked == When::Never => blocked,
            blocked => {
                let zero = self.where_zero(made);
                self.both(blocked.unwrap_or(fixed), zero)
            }
        };
        let fixed = if products { self.either(fixed, blocked) } else { fixed };
        let fixed = if gate.row().fixed == Fixed::ButZero { self.where_not_zero(made) } else { fixed };
        Ok(Placed { id: made, fixed, blocked })
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
    fn chained(&mut self, local: Placed, upstream: Placed) -> Placed {
        let blocked = self.either(local.blocked, upstream.blocked);
        if blocked == When::Always {
            return Placed { id: self.zero(), fixed: blocked, blocked };
        }
        let fixed = self.both(local.fixed, upstream.fixed);
        let fixed = self.either(fixed, blocked);
        let (id, chooses) = self.product(local.id, upstream.id);
        let id = match (chooses, upstream.blocked) {
            // A comparison makes the choice itself; what is not let through is 0, and what arrives there may be nothing.
            (Chooses::Bare, _) => id,
            (Chooses::Guarded, upstream) => self.let_through(upstream, id),
            (Chooses::No, _) => self.let_through(blocked, id),
        };
        Placed { id, fixed, blocked }
    }

    /// A number where it is no 0 by structure, and 0 where it is.
    fn let_through(&mut self, blocked: When, id: StageId) -> StageId {
        let zero = self.zero();
        match blocked {
            When::Never => id,
            When::Always => zero,
            When::If(condition) => self.choice(condition, zero, id, Span::default()),
            When::Unless(condition) => self.choice(condition, id, zero, Span::default()),
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

    /// When what a gate makes is fixed, and when it is that and 0; nothing of the latter where that is where its number is 0.
    fn structure(&mut self, id: StageId, gate: Gate, operands: &[Placed]) -> (When, Option<When>) {
        let row = gate.row();
        let all = operands.iter().fold(When::Always, |all, operand| self.both(all, operand.fixed));
        match (row.fixed, operands) {
            (Fixed::Always, _) => (When::Always, (row.family == Family::Comparison).then(|| self.fails(gate, operands))),
            // A sign that is no 0 is a decision.
            (Fixed::ButZero, _) => (When::Never, Some(When::Never)),
            (Fixed::WithFirst, &[slope, value]) => {
                (slope.fixed, Some(self.guarded(slope.blocked, value.id, self.is_nan_with_operands(id))))
            }
            (Fixed::WithChosen, &[chooses, yes, no]) => {
                let fixed = self.chosen(chooses.id, yes.fixed, no.fixed);
                (fixed, Some(self.chosen(chooses.id, yes.blocked, no.blocked)))
            }
            // Numbers that are fixed make another 0 only by a quotient or a remainder.
            (Fixed::AtAnyZero, &[x, y]) => (all, Some(self.either(x.blocked, y.blocked))),
            (Fixed::AtFirstZero, &[x, _]) if all == When::Never => (all, Some(x.blocked)),
            (Fixed::AtFirstZero, &[x, _]) => {
                let either = self.either(all, x.blocked);
                (all, Some(either))
            }
            _ if all == When::Never => (all, Some(all)),
            // Of zeros alone most are 0 too.
            _ if operands.iter().all(|operand| operand.blocked == all) && is_zero_of_zeros(gate, operands.len()) => (all, Some(all)),
            _ => (all, None),
        }
    }

    /// Whether a guard's value is nan where an operand of it is, and nowhere else.
    fn is_nan_with_operands(&self, id: StageId) -> bool {
        let value = self.old.operands(id).get(1).map(|&value| self.old.gate(value).row().choice);
        matches!(value, Some(Choice::Between | Choice::Sign))
    }

    /// When a comparison does not hold.
    fn fails(&mut self, gate: Gate, operands: &[Placed]) -> When {
        let ids: Vec<StageId> = operands.iter().map(|made| made.id).collect();
        let holds = self.push(gate, &ids);
        match self.made.known(holds) {
            Some(0.0) => When::Always,
            Some(_) => When::Never,
            None => When::Unless(holds),
        }
    }

    /// That a number is 0 by structure wherever it is 0.
    fn where_zero(&mut self, id: StageId) -> When {
        let zero = self.zero();
        let is_zero = self.push(Gate::Eq, &[id, zero]);
        self.settled(is_zero)
    }

    fn where_not_zero(&mut self, id: StageId) -> When {
        let differs = self.is_not_zero(id);
        self.settled(differs)
    }

    /// A condition, or what is known of it.
    fn settled(&self, condition: StageId) -> When {
        match self.made.known(condition) {
            Some(0.0) => When::Never,
            Some(_) => When::Always,
            None => When::If(condition),
        }
    }

    /// When a slope is 0 by structure that is nan where a value is.
    fn guarded(&mut self, slope: When, value: StageId, with_operands: bool) -> When {
        match slope {
            When::Always => {
                let is_number = self.push(Gate::Eq, &[value, value]);
                self.settled(is_number)
            }
            // What compares operands is nan where one of them is, and then most comparisons do not hold.
            When::Unless(holds) if let Some(complement) = self.made.gate(holds).complement() => {
                let operands = self.made.operands(holds).to_vec();
                let condition = self.push(complement, &operands);
                let settled = self.settled(condition);
                if with_operands && apply(complement, 2, |_| f64::NAN) == 0.0 { settled } else { self.both_number(settled, value) }
            }
            When::Unless(_) | When::If(_) => self.both_number(slope, value),
            When::Never => slope,
        }
    }

    /// When something is so and a value is a number.
    fn both_number(&mut self, blocked: When, value: StageId) -> When {
        let is_number = self.push(Gate::Eq, &[value, value]);
        let is_number = self.settled(is_number);
        self.both(blocked, is_number)
    }

    /// What is so of a choice, of whose operands it is when they are chosen; where what chooses is nan, it is not.
    fn chosen(&mut self, chooses: StageId, yes: When, no: When) -> When {
        if self.is_truth(chooses) {
            return self.chosen_by(chooses, yes, no);
        }
        match (yes, no) {
            (When::Never, When::Never) => yes,
            (When::Never, When::Always) => self.where_zero(chooses),
            _ => {
                let condition = self.is_not_zero(chooses);
                let chosen = self.chosen_by(condition, yes, no);
                self.both_number(chosen, chooses)
            }
        }
    }

    fn chosen_by(&mut self, condition: StageId, yes: When, no: When) -> When {
        if yes == no {
            return yes;
        }
        match (self.made.known(condition), yes, no) {
            (Some(0.0), ..) => no,
            (Some(_), ..) => yes,
            (None, When::Always, When::Never) => When::If(condition),
            (None, When::Never, When::Always) => When::Unless(condition),
            _ => {
                let [yes, no] = [yes, no].map(|when| self.as_stage(when));
                let chosen = self.choice(condition, yes, no, Span::default());
                let is_one = self.is_not_zero(chosen);
                self.settled(is_one)
            }
        }
    }

    fn as_stage(&mut self, blocked: When) -> StageId {
        match blocked {
            When::Never => self.zero(),
            When::Always => self.made.add_constant(1.0, None, Span::default()),
            When::If(condition) => condition,
            When::Unless(condition) => {
                let zero = self.zero();
                self.push(Gate::Eq, &[condition, zero])
            }
        }
    }

    fn either(&mut self, x: When, y: When) -> When {
        match (x, y) {
            (When::Always, _) | (_, When::Always) => When::Always,
            (When::Never, other) | (other, When::Never) => other,
            (x, y) if x == y => x,
            (x, y) => {
                let [x, y] = [x, y].map(|blocked| self.as_stage(blocked));
                let sum = self.push(Gate::Add, &[x, y]);
                When::If(self.is_not_zero(sum))
            }
        }
    }

    fn both(&mut self, x: When, y: When) -> When {
        match (x, y) {
            (When::Never, _) | (_, When::Never) => When::Never,
            (When::Always, other) | (other, When::Always) => other,
            (x, y) if x == y => x,
            (x, y) => {
                let [x, y] = [x, y].map(|blocked| self.as_stage(blocked));
                let product = self.push(Gate::Mul, &[x, y]);
                When::If(self.is_not_zero(product))
            }
        }
    }
}

/// What a stage of a program of arrays came to: whether all its numbers are fixed by structure, and whether one may be that and 0.
#[derive(Clone, Copy, Debug)]
struct Array {
    id: StageId,
    fixed: bool,
    blocked: bool,
}

struct Plain<'a> {
    old: &'a Program,
    made: Program,
}

impl Backend for Plain<'_> {
    type Value = Array;
    type Error = Infallible;

    fn input(&mut self, id: StageId, at: usize) -> Result<Array, Infallible> {
        let id = self.made.add_input(self.old.inputs()[at].clone(), self.old.shape(id), self.old.span(id));
        Ok(Array { id, fixed: false, blocked: false })
    }

    fn constant(&mut self, id: StageId, constant: &Constant) -> Result<Array, Infallible> {
        let blocked = constant.value.numbers().contains(&0.0);
        Ok(Array { id: self.made.add_shared_constant(constant.clone(), self.old.span(id)), fixed: true, blocked })
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Array>) -> Result<Array, Infallible> {
        let given: Vec<Array> = operands.iter().copied().collect();
        let row = gate.row();
        let all = given.iter().all(|operand| operand.fixed);
        let any = given.iter().any(|operand| operand.blocked);
        let size = self.old.shape(id).size();
        let product = plain_product(gate);
        let blocked = match (row.fixed, row.kernel) {
            (_, Kernel::Fill(number)) => number == 0.0,
            (_, Kernel::Size(_)) | (Fixed::ButZero, _) => false,
            (Fixed::Always, _) => true,
            _ if product != gate => any,
            // An axis and a size are fixed, and of numbers that are moved, which come first, some may be taken from nowhere.
            (_, Kernel::Array(_)) => any || all || given.first().is_some_and(|moved| self.made.shape(moved.id).size() < size),
            (Fixed::WithAll, _) => all || given.iter().all(|operand| operand.blocked),
            _ => any,
        };
        let gate = if any { gate } else { product };
        let ids: Vec<StageId> = given.iter().map(|operand| operand.id).collect();
        let fixed = row.fixed == Fixed::Always || all;
        Ok(Array { id: self.made.apply(gate, &ids, self.old.span(id)), fixed, blocked })
    }
}

/// The product whose place a gate of backward passes takes; the gate itself where it takes none's.
fn plain_product(gate: Gate) -> Gate {
    TABLE.iter().find(|row| row.carrying.is_some_and(|carrying| carrying.contains(&gate))).map_or(gate, |row| row.gate)
}

/// Whether a gate makes 0 of zeros.
fn is_zero_of_zeros(gate: Gate, count: usize) -> bool {
    !matches!(gate.row().kernel, Kernel::Array(_) | Kernel::Fill(_) | Kernel::Size(_) | Kernel::Draw(_) | Kernel::Leaf)
        && apply(gate, count, |_| 0.0) == 0.0
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
