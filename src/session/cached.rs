//! What evaluations have found of stages: of a chain of named stages each of which is asked for its value, none is evaluated twice.
//!
//! Knows values and how far they may be off, and keeps what `ends` finds of derivatives. What there is to tell of a value is told of all
//! its stages, and found by evaluating them.

use super::ends::Slopes;
use super::{ANS, Place, Session};
use crate::calculus::Rules;
use crate::calculus::digits::{Report, Subject, is_sure};
use crate::calculus::errors::{Back, Derivatives, Errors, Off};
use crate::calculus::evaluate::Values;
use crate::calculus::range::{evaluate_by, is_derived};
use crate::forms::{Program, StageId};
use crate::ground::{Fault, Span};
use crate::views::{Answer, Between};
use std::cell::LazyCell;
use std::sync::Arc;

/// A stage whose value was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cached {
    pub(super) number: f64,
    /// How far rounding and reading may have put it off.
    pub(super) errors: Errors,
}

/// The stages of a session's program whose values are known.
#[derive(Clone, Debug, Default)]
pub(super) struct ValueCache {
    /// By their indexes.
    stages: Vec<Option<Cached>>,
    /// Their derivatives, by the same.
    slopes: Vec<Slopes>,
    /// The bytes of those.
    slope_bytes: usize,
    /// How often inputs had turned when they were found.
    turned: u64,
    /// How often the stages of the program are used, so many of them, and how often any but an input is.
    uses: Vec<u32>,
    counted: usize,
    most_uses: u32,
    /// How many were found, in all the session, of whose digits their bounds said too little.
    unsure: usize,
}

/// After so many stages of whose digits bounds say too little, errors are found by total derivatives.
const UNSURE: usize = 2;

impl ValueCache {
    pub(super) fn get(&self, id: StageId) -> Option<Cached> {
        self.stages.get(id.at()).copied().flatten()
    }

    pub(super) fn keep(&mut self, id: StageId, known: Cached) {
        if id.at() >= self.stages.len() {
            self.stages.resize(id.at() + 1, None);
        }
        self.stages[id.at()] = Some(known);
    }

    /// What is known of a stage's derivatives.
    pub(super) fn slopes(&self, id: StageId) -> &Slopes {
        self.slopes.get(id.at()).unwrap_or(&Slopes::Unknown)
    }

    pub(super) fn keep_slopes(&mut self, id: StageId, slopes: Slopes) {
        if id.at() >= self.slopes.len() {
            self.slopes.resize(id.at() + 1, Slopes::Unknown);
        }
        self.slope_bytes += slopes.bytes();
        self.slope_bytes -= std::mem::replace(&mut self.slopes[id.at()], slopes).bytes();
    }

    /// How often any stage but an input is used at most, and a stage; what is not there any more counts.
    pub(super) fn uses(&mut self, program: &Program, id: StageId) -> (f64, f64) {
        self.uses.resize(program.len().max(self.uses.len()), 0);
        for user in (self.counted..program.len()).map(StageId::new) {
            for &operand in program.operands(user) {
                let uses = &mut self.uses[operand.at()];
                *uses += 1;
                if !program.operands(operand).is_empty() {
                    self.most_uses = self.most_uses.max(*uses);
                }
            }
        }
        self.counted = program.len();
        (f64::from(self.most_uses.max(1)), f64::from(self.uses[id.at()]))
    }

    /// Whether the errors of the stages that it holds are found by total derivatives.
    pub(super) fn is_exacting(&self) -> bool {
        self.unsure >= UNSURE
    }

    /// Bounds said too little of the digits of a stage; whether from now on errors are found by total derivatives, which begins anew.
    pub(super) fn begins_anew(&mut self) -> bool {
        self.unsure += 1;
        let begins = self.unsure == UNSURE;
        if begins {
            self.clear();
        }
        begins
    }

    /// Forgets what was found of other inputs than those that have turned so often.
    pub(super) fn renew(&mut self, turned: u64) {
        if self.turned != turned {
            self.clear();
            self.turned = turned;
        }
    }

    /// An input has turned on which nothing depends that is known.
    pub(super) fn keep_through(&mut self, before: u64, after: u64) {
        if self.turned == before {
            self.turned = after;
        }
    }

    /// Forgets the stages from a position on.
    pub(super) fn truncate(&mut self, len: usize) {
        self.counted = self.counted.min(len);
        self.stages.truncate(len);
        self.slope_bytes -= self.slopes.drain(len.min(self.slopes.len())..).map(|slopes| slopes.bytes()).sum::<usize>();
    }

    /// Forgets all of them, where they have other places now.
    pub(super) fn leave(&mut self) {
        self.clear();
        self.uses.clear();
        (self.counted, self.most_uses) = (0, 0);
    }

    /// Forgets all of them.
    fn clear(&mut self) {
        self.stages.clear();
        self.slopes.clear();
        self.slope_bytes = 0;
    }

    /// The bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        let uses = self.uses.capacity() * size_of::<u32>();
        self.stages.capacity() * size_of::<Option<Cached>>() + self.slopes.capacity() * size_of::<Slopes>() + self.slope_bytes + uses
    }
}

/// A stage that was evaluated from those that are known.
pub(super) struct Found {
    program: Program,
    output: StageId,
    values: Values,
    sure: bool,
}

impl Found {
    /// The value of the stage.
    pub(super) fn number(&self) -> f64 {
        self.values.scalar(self.output)
    }

    /// Whether there is nothing to tell of its digits.
    pub(super) fn is_sure(&self) -> bool {
        self.sure
    }
}

/// A part of the program of single numbers, above stages that are known.
pub(super) struct Asked<'a> {
    /// Its stages.
    pub(super) program: &'a Program,
    pub(super) output: StageId,
    /// Which of them are derivatives; of these it is asked how far they are off by total derivatives.
    pub(super) derivatives: Option<Derivatives<'a>>,
    /// What is known of one that was found before.
    pub(super) known: &'a dyn Fn(&ValueCache, StageId) -> Option<Off>,
    /// Whether its numbers are such as are asked for.
    pub(super) holds: &'a dyn Fn(&Values) -> bool,
}

/// Such a part, evaluated.
pub(super) struct Bounded {
    pub(super) values: Values,
    /// How far each number may be off.
    pub(super) offs: Vec<Off>,
    /// Whether there is nothing to tell of the digits of what is asked for.
    sure: bool,
}

impl Session {
    /// Whether what is known of a stage now is not known of it later, or not without others: `ans` is another number after each answer, and
    /// whether gradients that a text computes leave the range of numbers is known of all its stages together.
    pub(super) fn is_open(&self, id: StageId) -> bool {
        is_derived(&self.program, id) || self.program.input(id).is_some_and(|input| self.symbols.find(ANS) == Some(input.name))
    }

    /// Evaluates a stage of single numbers from those that are known; none where more is asked than its value, or where a number is not
    /// finite.
    pub(super) fn found(&mut self, stage: StageId, before: usize, span: Span) -> Option<Found> {
        let asks_more = self.settings.precise.is_some() || self.preparations.is_some() || !self.names.idle.is_empty();
        if !self.shows_ends_alone || asks_more {
            return None;
        }
        self.cache.renew(self.names.turned());
        let found = self.found_above(stage, before, span)?;
        if !found.sure && self.cache.begins_anew() {
            return self.found_above(stage, before, span);
        }
        Some(found)
    }

    /// The same, whether or not there is something to tell of its digits.
    fn found_above(&mut self, stage: StageId, before: usize, span: Span) -> Option<Found> {
        let whole = &self.program;
        let number = |id: StageId| self.cache.get(id).map(|known| known.number);
        let (program, output, whence) = whole.above(stage, &number, &|id| whole.is_single(id) && !self.is_open(id))?;
        let known = |cache: &ValueCache, id: StageId| {
            let known = program.input(id).and_then(|_| cache.get(whence[id.at()]))?;
            Some(Off { errors: known.errors, ..Off::default() })
        };
        let is_finite = |values: &Values| program.ids().all(|id| values.scalar(id).is_finite());
        let asked = Asked { program: &program, output, derivatives: None, known: &known, holds: &is_finite };
        let bounded = self.bounded(&asked, before, span)?;
        for id in program.ids().filter(|&id| !program.operands(id).is_empty()) {
            self.cache.keep(whence[id.at()], Cached { number: bounded.values.scalar(id), errors: bounded.offs[id.at()].errors });
        }
        let Bounded { values, sure, .. } = bounded;
        Some(Found { program, output, values, sure })
    }

    /// The answer that a stage is where its value alone is shown, evaluated so.
    ///
    /// # Errors
    /// What is wrong with what a function returns beside it.
    pub(super) fn value_alone(&mut self, stage: StageId, before: usize, place: &Place) -> Result<Option<Arc<Answer>>, Fault> {
        let settings = &self.settings;
        let more = settings.wrt.is_some() || settings.upstream.is_some() || settings.scalars || settings.analyses().next().is_some();
        if more || settings.view.gradients || settings.view.between != Between::Nothing {
            return Ok(None);
        }
        let statement = place.statement;
        let found = self.found(stage, before, statement.span).filter(|found| found.sure || statement.silenced);
        let Some(Found { program, output, values, .. }) = found else { return Ok(None) };
        let forward = program.len();
        let answer = self.unasked(Arc::new(program), forward, output, None, values);
        self.alone(answer, before, place).map(Some)
    }

    /// An answer of whose digits there is nothing to tell, as that to a statement.
    ///
    /// # Errors
    /// What is wrong with what a function returns beside it.
    pub(super) fn alone(&mut self, mut answer: Answer, before: usize, place: &Place) -> Result<Arc<Answer>, Fault> {
        answer.source = place.here();
        place.statement.span.of(&place.tree.text).clone_into(&mut answer.expression);
        answer.silenced = place.statement.silenced;
        answer.digits = Some(Arc::new(Report::default()));
        if !answer.silenced {
            answer.notes.extend(self.returned(place, before)?);
        }
        Ok(Arc::new(answer))
    }

    /// Evaluates a part of the program and bounds what rounding and reading did to it; none where the budget has no room, where it is
    /// cancelled, and where the numbers are not such as are asked for.
    pub(super) fn bounded(&mut self, asked: &Asked<'_>, before: usize, span: Span) -> Option<Bounded> {
        let Asked { program, output, derivatives, known, holds } = *asked;
        let limits = &self.scratch.limits;
        limits.budget.check_stages(program.len(), span).ok()?;
        limits.budget.fits(program.len(), span).ok()?;
        let inputs = self.values(program, before, span).ok()?;
        let values = evaluate_by(None, program, &inputs, &limits.cancellation)?;
        if !holds(&values) {
            return None;
        }
        let mut rules = std::mem::take(&mut self.rules);
        let leaves = LazyCell::new(|| self.leaves(program, &inputs));
        let cancellation = &limits.cancellation;
        let subject = Subject { program, values: &values, output, shown: &[(output, 0)], leaves: &leaves, shares: false, cancellation };
        let known = |id: StageId| known(&self.cache, id);
        let by_total_derivatives = |derivatives: Derivatives<'_>, rules: &mut Rules| {
            let offs = subject.offs(Back::Stages, derivatives, &known, rules)?;
            let sure = is_sure(values.scalar(output), offs[output.at()].errors);
            Some((offs, sure))
        };
        let found = match derivatives {
            Some(derivatives) => by_total_derivatives(derivatives, &mut rules),
            None => subject.bounds(&|id| known(id).map(|off| off.errors.bound()), &mut rules).and_then(|(bounds, sure)| {
                if self.cache.is_exacting() {
                    return by_total_derivatives(Derivatives::none(program), &mut rules).map(|(offs, known)| (offs, sure || known));
                }
                let within = |id: StageId| Off { errors: Errors::within(bounds.slice(id)[0]), ..Off::default() };
                Some((program.ids().map(within).collect(), sure))
            }),
        };
        drop(leaves);
        self.rules = rules;
        let (offs, sure) = found?;
        Some(Bounded { values, offs, sure })
    }
}
