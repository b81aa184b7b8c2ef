//! What keeps the digits that an expression loses: other ways to write its stages, each of them tried.
//!
//! The texts stand in the gate table. One is offered only where the answer with it in place is right.

use super::backprop::{Path, backprop};
use super::digits::Lost;
use super::evaluate::Values;
use super::granularity::fuse;
use super::range::evaluate_cancellable;
use super::rule::{Fill, Rules, Template, Ties};
use crate::forms::program::Constant;
use crate::forms::replay::{Backend, Operands, replay_part};
use crate::forms::{Program, StageId};
use crate::ground::{Cancellation, Span, Value};
use crate::vocabulary::Gate;
use std::convert::Infallible;
use std::sync::Arc;

/// A number is right that is off by no more than this part of it.
const RIGHT: f64 = 1e-12;

/// The most ways that are tried.
const MOST_TRIED: usize = 24;

/// The most stages of an expression that is written in other ways.
const MOST_STAGES: usize = 2000;

/// What keeps the digits.
#[derive(Clone, Debug)]
pub enum Remedy {
    /// To write something else for a stage.
    Instead {
        /// A program that has it,
        program: Arc<Program>,
        /// where it is there,
        stage: StageId,
        /// and which of the stages it is made of are stages of the answer.
        known: Vec<(StageId, StageId)>,
    },
    /// To cut into the largest gates.
    Fused,
}

/// What is to be right.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    /// The stages, forward and backward.
    pub program: &'a Program,
    /// Their values.
    pub values: &'a Values,
    /// The result.
    pub output: StageId,
    /// The gradient that arrives at it, and who gets it at a tie; none where no gradient is shown.
    pub upstream: Option<(StageId, Ties)>,
    /// Each input with a gradient, and the gradient.
    pub gradients: &'a [(StageId, StageId)],
    /// The numbers that lost digits.
    pub lost: &'a [Lost],
    /// What ends it before its end.
    pub cancellation: &'a Cancellation,
}

/// Finds what keeps the digits of an answer; none where nothing that is known does.
pub fn remedy(sought: &Sought<'_>, rules: &mut Rules) -> Option<Remedy> {
    let kept = sought.program.needed(sought.output, false);
    if kept.len() > MOST_STAGES {
        return None;
    }
    let base = Copied::of(sought.program, &kept, &mut |copy, gate, operands, _| copy.unstaged(gate, operands), rules);
    let output = base.gone_to(&kept, sought.output);
    let candidates = candidates(&base.program, rules);
    for candidate in candidates.iter().take(MOST_TRIED) {
        let all: Vec<StageId> = base.program.needed(output, false);
        if all.binary_search(&candidate.stage).is_err() {
            continue;
        }
        let tried = Copied::of(
            &base.program,
            &all,
            &mut |copy, gate, operands, id| {
                if id == candidate.stage { candidate.fill(copy, &all) } else { copy.program.share(gate, operands, WRITTEN) }
            },
            rules,
        );
        if sought.is_right(&tried, tried.gone_to(&all, output), rules) {
            let whence = |id: &StageId| kept.iter().zip(&base.moved).find(|(_, moved)| *moved == id).map(|(&from, _)| from);
            let known = all.iter().zip(&tried.moved).filter(|(id, _)| **id != candidate.stage);
            let known = known.filter_map(|(id, &moved)| Some((moved, whence(id)?))).collect();
            return Some(Remedy::Instead { stage: tried.gone_to(&all, candidate.stage), program: Arc::new(tried.program), known });
        }
    }
    let named = |&&id: &&StageId| sought.program.name(id).is_some() && id != sought.output && sought.program.input(id).is_none();
    if kept.iter().any(|id| named(&id)) {
        return None;
    }
    let fused = Copied::of(sought.program, &kept, &mut |copy, gate, operands, _| copy.fused(gate, operands), rules);
    sought.is_right(&fused, fused.gone_to(&kept, sought.output), rules).then_some(Remedy::Fused)
}

/// The place of what is written otherwise: a stage that has none belongs to a backward pass, whose products are evaluated in wider
/// numbers where they leave the range.
const WRITTEN: Span = Span { start: 0, end: 1 };

/// Something that can be written for a stage.
struct Candidate {
    stage: StageId,
    gate: Gate,
    better: Better,
    bound: Vec<Option<StageId>>,
}

enum Better {
    Gate(Gate),
    Text(Arc<Template>),
}

impl Candidate {
    /// Puts it in the place of its stage; the stages before are those of `kept`.
    fn fill(&self, copy: &mut Copied<'_>, kept: &[StageId]) -> StageId {
        let moved = |id: StageId| copy.gone_to(kept, id);
        match &self.better {
            Better::Gate(gate) => {
                let operands: Vec<StageId> = self.bound.iter().flatten().map(|&id| moved(id)).collect();
                copy.program.share(*gate, &operands, WRITTEN)
            }
            Better::Text(template) => {
                let any = self.bound.iter().flatten().next().map_or(StageId::new(0), |&id| moved(id));
                let operands: Vec<StageId> = self.bound.iter().map(|bound| bound.map_or(any, moved)).collect();
                template.fill(&mut copy.program, &Fill::operands(self.gate, &operands), &mut |program, gate, operands| {
                    program.share(gate, operands, WRITTEN)
                })
            }
        }
    }
}

/// Everything that could be written otherwise, the last stages first.
fn candidates(program: &Program, rules: &mut Rules) -> Vec<Candidate> {
    let forms = rules.forms();
    let mut found = Vec::new();
    for stage in program.ids().rev() {
        let (gate, operands) = (program.gate(stage), program.operands(stage));
        for (larger, form) in forms.iter() {
            if let Some(bound) = form.matches(program, gate, operands) {
                found.push(Candidate { stage, gate, better: Better::Gate(*larger), bound });
            }
        }
        for (case, better) in rules.keeps(gate).iter() {
            if let Some(bound) = case.matches(program, gate, operands) {
                found.push(Candidate { stage, gate, better: Better::Text(Arc::clone(better)), bound });
            }
        }
    }
    found
}

/// A copy of stages that writes some of them otherwise.
struct Copied<'r> {
    program: Program,
    moved: Vec<StageId>,
    rules: Option<&'r mut Rules>,
}

/// Makes the copy of a stage of its operands' copies.
type Make<'m> = &'m mut dyn FnMut(&mut Copied<'_>, Gate, &[StageId], StageId) -> StageId;

/// The walk that copies.
struct Copying<'a, 'c, 'r, 'm> {
    whole: &'a Program,
    copied: &'c mut Copied<'r>,
    make: Make<'m>,
}

impl Backend for Copying<'_, '_, '_, '_> {
    type Value = StageId;
    type Error = Infallible;

    fn input(&mut self, id: StageId, at: usize) -> Result<StageId, Infallible> {
        let made = self.copied.program.add_input(self.whole.inputs()[at].clone(), self.whole.shape(id), WRITTEN);
        self.copied.moved.push(made);
        Ok(made)
    }

    fn constant(&mut self, _id: StageId, constant: &Constant) -> Result<StageId, Infallible> {
        let made = self.copied.program.add_shared_constant(constant.clone(), WRITTEN);
        self.copied.moved.push(made);
        Ok(made)
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, StageId>) -> Result<StageId, Infallible> {
        let operands: Vec<StageId> = operands.iter().copied().collect();
        let made = (self.make)(self.copied, gate, &operands, id);
        self.copied.moved.push(made);
        Ok(made)
    }
}

impl<'r> Copied<'r> {
    fn of(whole: &Program, kept: &[StageId], make: Make<'_>, rules: &'r mut Rules) -> Copied<'static> {
        let mut copied = Self { program: Program::new(), moved: Vec::with_capacity(kept.len()), rules: Some(rules) };
        let Ok(_) = replay_part(whole, kept, &mut Copying { whole, copied: &mut copied, make });
        Copied { program: copied.program, moved: copied.moved, rules: None }
    }

    fn gone_to(&self, kept: &[StageId], id: StageId) -> StageId {
        kept.binary_search(&id).map_or(id, |at| self.moved[at])
    }

    /// A quotient that was staged as a product with an inverse is a quotient again.
    fn unstaged(&mut self, gate: Gate, operands: &[StageId]) -> StageId {
        if let Some(rules) = &mut self.rules
            && let Some((whole, bound)) = rules.whole_of(&self.program, gate, operands)
        {
            return self.program.share(whole, &bound, WRITTEN);
        }
        self.program.share(gate, operands, WRITTEN)
    }

    fn fused(&mut self, gate: Gate, operands: &[StageId]) -> StageId {
        let stage = self.unstaged(gate, operands);
        match &mut self.rules {
            Some(rules) => fuse(&mut self.program, stage, WRITTEN, rules),
            None => stage,
        }
    }
}

impl Sought<'_> {
    /// Whether an expression written otherwise has the value and the gradients that there are.
    fn is_right(&self, tried: &Copied<'_>, output: StageId, rules: &mut Rules) -> bool {
        let mut program = tried.program.clone();
        let backward = self.upstream.map(|(upstream, ties)| {
            let value = self.values.value(upstream, self.program.shape(upstream));
            let upstream = program.add_own_constant(Constant { value, name: None, decimal: None }, WRITTEN);
            backprop(&mut program, output, upstream, Path::Active, ties, rules)
        });
        let name = |program: &Program, id: StageId| program.input(id).map(|input| input.name);
        let find = |wanted: StageId| {
            self.program.ids().find(|&id| self.program.input(id).is_some() && name(self.program, id) == name(&program, wanted))
        };
        let given: Vec<StageId> = program.ids().filter(|&id| program.input(id).is_some()).collect();
        let inputs: Vec<Value> = given.iter().filter_map(|&id| find(id)).map(|id| self.values.value(id, self.program.shape(id))).collect();
        let Some(values) = evaluate_cancellable(&program, &inputs, self.cancellation) else { return false };
        if !self.agree(self.output, values.slice(output)) {
            return false;
        }
        self.gradients.iter().all(|&(input, gradient)| {
            let own = given.iter().find(|&&id| name(&program, id) == name(self.program, input));
            match own.zip(backward.as_ref()).and_then(|(&own, backward)| backward.adjoint(own)) {
                Some(adjoint) => self.agree(gradient, values.slice(adjoint)),
                None => self.agree(gradient, &vec![0.0; self.program.shape(gradient).size()]),
            }
        })
    }

    /// Whether numbers are those that a stage should have.
    fn agree(&self, stage: StageId, numbers: &[f64]) -> bool {
        let own = self.values.slice(stage);
        own.len() == numbers.len()
            && numbers.iter().enumerate().all(|(at, &number)| {
                let lost = self.lost.iter().find(|lost| (lost.stage, lost.at) == (stage, at));
                let truth = lost.map_or(own[at], |lost| lost.truth);
                number == truth || (number - truth).abs() <= RIGHT * truth.abs()
            })
    }
}
