//! Answers of which the value and the gradients on the inputs alone are shown: of a chain of named stages each of which is asked for,
//! none is differentiated twice.
//!
//! A backward pass begins at what is asked for, so that each question has its own. Derivatives that go forward are the same numbers for
//! every question, but for how their products are rounded. They are taken where that shows nowhere: where no digit that is shown may be
//! another one, and where there is nothing to tell. All else is left to the backward pass. Knows no view but what such a one shows.

use super::cached::{Asked, Cached, ValueCache};
use super::{Place, Session};
use crate::calculus::backprop::Backward;
use crate::calculus::digits::is_sure;
use crate::calculus::errors::Off;
use crate::calculus::evaluate::{Range, Values};
use crate::calculus::range::evaluate_by;
use crate::calculus::slopes::{Carried, Known, Slope};
use crate::forms::names::RESULT;
use crate::forms::program::{Constant, Input, Tail};
use crate::forms::{Program, StageId};
use crate::ground::number::{self, Digits};
use crate::ground::{Fault, Shape, Span, Value, broken};
use crate::views::{Answer, Between, notes};
use crate::vocabulary::ast::{Node, NodeId, StatementKind};
use crate::vocabulary::gate::{Choice, Family};
use crate::vocabulary::{Gate, Symbol};
use std::sync::Arc;

/// No pass over all stages is in danger of leaving the range of numbers where values and derivatives are no larger: what arrives at a stage is
/// a quotient of two.
const LARGEST: f64 = 1e100;

/// A number that is smaller may be 0 but for rounding, where slopes change.
const NEAR_NOTHING: f64 = 1e-150;

/// Of a stage behind no more than so many others in a row all that is shown is what a backward pass would show. Of a deeper one all digits
/// are, but the zeros behind the last one are not compared: a number that is short in one order of products may not be in another.
const DEEP: usize = 64;

/// The most operands of a gate through which they go.
const MOST_OPERANDS: usize = 8;

/// The most digits of a number that is shown.
const MOST_DIGITS: usize = 12;

/// What is known of a stage's derivatives.
#[derive(Clone, Debug, Default)]
pub(super) enum Slopes {
    /// Nothing yet.
    #[default]
    Unknown,
    /// They are left to backward passes.
    Unfit,
    /// One for each input.
    Known(Known),
}

impl Slopes {
    /// The bytes that they hold.
    pub(super) fn bytes(&self) -> usize {
        self.known().map_or(0, |known| size_of_val(&*known.slopes))
    }

    fn known(&self) -> Option<&Known> {
        if let Self::Known(known) = self { Some(known) } else { None }
    }
}

/// The value and the derivatives of a stage.
struct Ends {
    value: Cached,
    slopes: Vec<Slope>,
    /// How many stages in a row there are from an input to it.
    depth: usize,
}

impl Ends {
    /// Whether there is nothing to tell of the digits of any of them; a derivative that has vanished has none.
    fn are_sure(&self) -> bool {
        is_sure(self.value.number, self.value.errors) && self.slopes.iter().all(Slope::is_sure)
    }
}

impl ValueCache {
    /// The value and the derivatives of a stage, as binary64 numbers; none where one of these has few digits.
    fn ends(&self, id: StageId) -> Option<Ends> {
        let Known { slopes, depth } = self.slopes(id).known()?;
        let slopes = slopes.iter().map(|slope| slope.alone()).collect::<Option<_>>()?;
        Some(Ends { value: self.get(id)?, slopes, depth: *depth })
    }
}

/// An answer without its backward pass, which is made when a text names one of its gradients.
#[derive(Clone, Debug)]
pub(super) struct Deferred {
    /// The stage that was asked for.
    stage: StageId,
    /// Where the statement's own stages began, which are not kept with it,
    before: usize,
    /// and those stages.
    tail: Tail,
    /// The values that its inputs had.
    inputs: Vec<(Symbol, Value)>,
}

/// Whether the same digits are shown of all numbers within a distance from one; and the same zeros behind them, where that is asked.
fn is_shown_alike(number: f64, digits: Digits, off: f64, zeros: bool) -> bool {
    let rounded =
        |number: f64| -> f64 { number::rounded(number, digits).parse().unwrap_or_else(|_| broken("a number that is written can be read")) };
    let shown = rounded(number);
    // A number that has no more digits than are shown is written without zeros behind them, and a whole one with all its digits.
    let short = [shown, number.round()];
    let is_alike = |short: f64| (short - number).abs() > off || !zeros && rounded(short) == shown;
    [-off, off].iter().all(|off| rounded(number + off) == shown) && short.into_iter().all(is_alike)
}

/// Whether a number is apart from 0, and none that is too large.
fn is_ordinary(number: f64) -> bool {
    (NEAR_NOTHING..=LARGEST).contains(&number.abs())
}

impl Session {
    /// The answer that a stage is where its value and the gradients on its inputs alone are shown, by derivatives that go forward; none
    /// where that may show, or where there may be something to tell.
    ///
    /// # Errors
    /// What is wrong with what a function returns beside it.
    pub(super) fn ends_alone(&mut self, stage: StageId, before: usize, place: &Place) -> Result<Option<Arc<Answer>>, Fault> {
        if !self.takes_ends(stage) {
            return Ok(None);
        }
        let Some(Ends { value, slopes, depth }) = self.ends_of(stage, before, place.statement.span) else { return Ok(None) };
        let digits = self.settings.style.digits.unwrap_or_default();
        let (program, cache) = (&self.program, &mut self.cache);
        let mut is_settled = |slope: &Slope| {
            let (most_uses, uses_of_input) = cache.uses(program, slope.input);
            let off = slope.apart(most_uses, uses_of_input);
            slope.is_exact() || slope.is_sure_in_any_order() && is_shown_alike(slope.number, digits, off, depth <= DEEP)
        };
        if !slopes.iter().all(&mut is_settled) {
            return Ok(None);
        }
        let Some(answer) = self.of_ends(stage, value.number, &slopes) else { return Ok(None) };
        let answer = self.alone(answer, before, place)?;
        let values = slopes.iter().filter_map(|slope| {
            let name = self.program.input(slope.input)?.name;
            Some((name, self.names.value(name)?.clone()))
        });
        let inputs = values.collect();
        self.names.defer_gradients(Deferred { stage, before, tail: self.program.tail(before), inputs });
        self.program.watch_names();
        Ok(Some(answer))
    }

    /// Whether what is asked for is what such answers show.
    fn takes_ends(&self, stage: StageId) -> bool {
        let settings = &self.settings;
        let shows = settings.view.gradients && settings.view.sums_up && settings.view.between == Between::Nothing;
        let more = settings.wrt.is_some()
            || settings.upstream.is_some()
            || settings.scalars
            || settings.precise.is_some()
            || settings.analyses().next().is_some();
        let rounded = match settings.style.digits.unwrap_or_default() {
            Digits::Rounded(count) | Digits::Decimals(count) => count <= MOST_DIGITS,
            Digits::Full => false,
        };
        let elsewhere = self.preparations.is_some() || !self.names.idle.is_empty() || self.names.functions_name_gradients;
        let leaf = self.program.gate(stage) == Gate::Input;
        self.shows_ends_alone && shows && !more && rounded && !elsewhere && !leaf && self.program.is_active(stage)
    }

    /// Whether the derivatives of a stage may go forward through it: it is a gate of single numbers that is smooth, but where operands are 0
    /// or tie.
    fn is_smooth(&self, id: StageId) -> bool {
        let program = &self.program;
        let gate = program.gate(id);
        let own = program.input(id).is_some_and(|input| input.value.is_some());
        let row = gate.row();
        let sided = row.choice == Choice::Sign || row.choice == Choice::Between && row.idempotent;
        let smooth = gate.is_elementwise() && row.family != Family::Comparison && (sided || row.choice == Choice::No);
        let leaf = program.operands(id).is_empty();
        program.is_single(id) && !self.is_open(id) && !own && (leaf || smooth) && program.operands(id).len() <= MOST_OPERANDS
    }

    /// The value and the derivatives of a stage, of whose digits there is nothing to tell; those of the stages on the way to it are known from
    /// then on.
    fn ends_of(&mut self, stage: StageId, before: usize, span: Span) -> Option<Ends> {
        self.cache.renew(self.names.turned());
        let mut ends = self.kept_ends(stage, before, span)?;
        if !ends.are_sure() && self.cache.begins_anew() {
            ends = self.kept_ends(stage, before, span)?;
        }
        ends.are_sure().then_some(ends)
    }

    /// The same, whether or not there is something to tell.
    fn kept_ends(&mut self, stage: StageId, before: usize, span: Span) -> Option<Ends> {
        if self.keep_slopes_to(stage, before, span).is_none() {
            self.cache.keep_slopes(stage, Slopes::Unfit);
            return None;
        }
        self.cache.ends(stage)
    }

    /// Keeps the derivatives of a stage and of those on the way to it; none where they are left to backward passes.
    fn keep_slopes_to(&mut self, stage: StageId, before: usize, span: Span) -> Option<()> {
        let carried = self.carried(stage)?;
        let Carried { program, forward, whence, output, .. } = &carried;
        let known = |cache: &ValueCache, id: StageId| match carried.given(id) {
            Some(slope) => Some(Off { errors: slope.errors, reaching: slope.reaching }),
            None if id.at() < *forward && program.input(id).is_some() => {
                Some(Off { errors: cache.get(whence[id.at()])?.errors, ..Off::default() })
            }
            None => None,
        };
        let holds = |values: &Values| Self::is_told_nothing(&carried, values);
        let asked = Asked { program, output: *output, derivatives: Some(carried.derivatives()), known: &known, holds: &holds };
        let bounded = self.bounded(&asked, before, span)?;
        let mut found = carried.slopes(&bounded.values, &|id| bounded.offs[id.at()]);
        if !found.iter().flat_map(|known| &known.slopes).all(|slope| slope.is_whole(LARGEST)) {
            return None;
        }
        found.iter_mut().for_each(Known::hold);
        for id in (0..*forward).map(StageId::new).filter(|&id| !program.operands(id).is_empty()) {
            self.cache.keep(whence[id.at()], Cached { number: bounded.values.scalar(id), errors: bounded.offs[id.at()].errors });
            self.cache.keep_slopes(whence[id.at()], Slopes::Known(std::mem::take(&mut found[id.at()])));
        }
        Some(())
    }

    /// The part of the program above stages whose derivatives are known, with those of its own; none where one is left to backward passes.
    fn carried(&mut self, stage: StageId) -> Option<Carried> {
        let (whole, cache) = (&self.program, &self.cache);
        let number = |id: StageId| cache.slopes(id).known().and_then(|_| Some(cache.get(id)?.number));
        let fits = |id: StageId| !matches!(cache.slopes(id), Slopes::Unfit) && (number(id).is_some() || self.is_smooth(id));
        let part = whole.above(stage, &number, &fits)?;
        Carried::of(part, &|id| cache.slopes(id).known(), self.settings.ties, &mut self.rules)
    }

    /// Whether all numbers are such that there is nothing to tell of them that such answers tell, whatever a backward pass comes by.
    fn is_told_nothing(carried: &Carried, values: &Values) -> bool {
        let Carried { program, forward, .. } = carried;
        let is_small = |number: f64| number.abs() <= LARGEST;
        let mut gates = (0..*forward).map(StageId::new).filter(|&id| !program.operands(id).is_empty());
        let ordinary = gates.all(|id| {
            let operands = || program.operands(id).iter().map(|&operand| values.scalar(operand));
            let apart = || match program.gate(id).row().choice {
                Choice::Between => operands().enumerate().all(|(at, x)| operands().take(at).all(|y| x != y)),
                _ => operands().all(is_ordinary),
            };
            let locals = carried.factors(id).iter().filter_map(|(_, local)| local.stage());
            is_small(values.scalar(id))
                && locals.map(|local| values.scalar(local)).all(is_small)
                && (!notes::may_split(program.gate(id)) || apart())
        });
        ordinary && program.ids().all(|id| values.scalar(id).is_finite()) && values.range == Range::Kept
    }

    /// The answer that a value and gradients are; none where their names depend on what else the stage depends on.
    fn of_ends(&self, stage: StageId, value: f64, slopes: &[Slope]) -> Option<Answer> {
        // Where another stage has the name that one has here, or its gradient's, others are made.
        let is_constant = |word: &str| self.symbols.find(word).is_some_and(|name| self.names.was_constant(name));
        let is_taken = |word: &str| {
            let of_stage = |name: Symbol| self.names.stage(name).is_some() || self.names.input(name).is_some();
            is_constant(word) || self.symbols.find(word).is_some_and(of_stage)
        };
        let is_own = |word: &str| {
            let base = word.trim_end_matches(|c: char| c.is_ascii_digit());
            !is_constant(word) && !is_constant(base) && !is_taken(&format!("d{word}"))
        };
        let name = self.program.name(stage);
        let unnamed = || !is_taken(RESULT) && !is_taken(&format!("d{RESULT}"));
        if !name.map_or_else(unnamed, |name| is_own(self.symbols.name(name))) {
            return None;
        }
        let mut inputs: Vec<(Symbol, &Slope)> = Vec::new();
        for slope in slopes {
            let input = self.program.input(slope.input)?;
            if Some(input.name) == name || !is_own(self.symbols.name(input.name)) || self.names.input(input.name) != Some(slope.input) {
                return None;
            }
            inputs.push((input.name, slope));
        }
        inputs.sort_by_key(|(name, slope)| (self.names.rank(*name), slope.input));
        let own = |value: f64| Constant { value: Value::Number(value), name: None, decimal: None };
        let mut program = Program::new();
        let hold = |&(name, slope): &(Symbol, &Slope)| {
            program.add_input(Input { name, active: true, value: None }, Shape::Scalar, self.program.span(slope.input))
        };
        let leaves: Vec<StageId> = inputs.iter().map(hold).collect();
        let value = program.add_own_constant(own(value), Span::default());
        let output = program.apply(Gate::Copy, &[value], self.program.span(stage));
        if let Some(name) = name {
            program.set_name(output, name);
        }
        let forward = program.len();
        let upstream = program.add_own_constant(own(1.0), Span::default());
        let hold =
            |(&leaf, (_, slope)): (&StageId, &(Symbol, &Slope))| (leaf, program.add_own_constant(own(slope.number), Span::default()));
        let gradients: Vec<(StageId, StageId)> = leaves.iter().zip(&inputs).map(hold).collect();
        let values: Option<Vec<Value>> = inputs.iter().map(|(name, _)| self.names.value(*name).cloned()).collect();
        let values = evaluate_by(None, &program, &values?, &self.scratch.limits.cancellation)?;
        let backward = Backward::of_ends(output, upstream, &gradients);
        Some(self.unasked(Arc::new(program), forward, output, Some(backward), values))
    }

    /// Makes ready what a statement may name of the last answer's gradients: its backward pass, where it was shown without one.
    ///
    /// # Errors
    /// Where the budget has no room for it, or for a gradient that was not stored, or it is interrupted.
    pub(super) fn recover_gradients(&mut self, place: &Place) -> Result<(), Fault> {
        if self.names.defers_gradients() && self.speaks_of_gradients(place, &[]) {
            self.make_gradients(place.statement.span)?;
        }
        if self.names.has_unstored_gradients() {
            for (name, span) in self.spoken_gradients(place) {
                if let Some(numbers) = self.names.unstored_gradient(self.symbols.name(name)) {
                    // Read once, and kept by its name.
                    self.scratch.limits.budget.fits(numbers.saturating_mul(2), span)?;
                }
            }
        }
        Ok(())
    }

    /// The same, whoever names one.
    ///
    /// # Errors
    /// As there.
    pub(super) fn make_gradients(&mut self, span: Span) -> Result<(), Fault> {
        let Some(deferred) = self.names.take_deferred() else { return Ok(()) };
        let Deferred { stage, before, tail, inputs } = &deferred;
        let mut whole = self.program.as_watched(*before);
        whole.put_back(tail);
        let (program, output) = whole.cone(*stage);
        let (program, output) = program.with_inputs_by(output, |name| self.names.rank(name));
        let value = |name: Symbol| inputs.iter().find(|(input, _)| *input == name).map(|(_, value)| value.clone());
        let values: Option<Vec<Value>> = program.inputs().iter().map(|input| value(input.name)).collect();
        let values = values.unwrap_or_else(|| broken("derivatives go forward from every input"));
        match self.differentiated(program, output, &values, span) {
            Ok(answer) => {
                self.names.restore_gradients(Arc::new(answer));
                self.program.unwatch_names();
                Ok(())
            }
            Err(fault) => {
                self.names.put_back_deferred(deferred);
                Err(fault)
            }
        }
    }

    /// Whether a statement speaks of a name that may be a gradient's, and is none of its parameters; or is a setting, whose value is read
    /// where it is set.
    pub(super) fn speaks_of_gradients(&self, place: &Place, parameters: &[(Symbol, Span)]) -> bool {
        let is_other = |name: Symbol| parameters.iter().all(|&(parameter, _)| parameter != name);
        matches!(place.statement.kind, StatementKind::Set { .. }) || self.spoken_gradients(place).iter().any(|&(name, _)| is_other(name))
    }

    /// The names in a statement that may be gradients', and where they stand.
    fn spoken_gradients(&self, place: &Place) -> Vec<(Symbol, Span)> {
        let (tree, statement) = (place.tree, place.statement);
        let last = match &statement.kind {
            StatementKind::Assert { tolerance } => tolerance.unwrap_or(statement.root).max(statement.root),
            StatementKind::Print { items } => items.iter().map(|&(_, last)| last).fold(statement.root, Ord::max),
            StatementKind::Function { results, .. } => results.iter().flatten().map(|result| result.node).fold(statement.root, Ord::max),
            _ => statement.root,
        };
        let names = (statement.first.at()..=last.at()).map(NodeId::new).filter_map(|id| match tree.node(id) {
            Node::Name(name) | Node::Call(name, _) => Some((name, tree.span(id))),
            _ => None,
        });
        let may_be = |name: Symbol| {
            let word = self.symbols.name(name);
            word.starts_with('d') && !self.is_known_name(word)
        };
        names.filter(|&(name, _)| may_be(name)).collect()
    }
}
