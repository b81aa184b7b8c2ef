//! From stages to numbers: one loop over a program, in order.
//!
//! Knows nothing of derivatives: a backward pass is stages like any other.

use super::precise::carries;
use super::strips::{Change, Ends, History, Outside, Run, SAMPLE, Schedule, Step, Strip, numbers_stored, spread};
use super::watch::{Unwatched, Watch};
use crate::forms::program::Constant;
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId};
use crate::ground::{Buffer, Cancellation, Shape, Value, broken, pages};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::runs::{self, Extent, Summary};
use crate::vocabulary::gate::{KernelArgs, Made, Unroll, Whole, apply, apply_to_arrays};
use crate::vocabulary::lanes;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};

/// The value of every stage of a program, by the stage's index.
#[derive(Clone, Debug, Default)]
pub struct Values {
    numbers: Buffer,
    /// Where each stage's numbers are; empty where every stage is a single number.
    places: Vec<Place>,
    /// The values of leaves that are arrays, which are not copied.
    shared: Vec<Value>,
    /// The stages that are not stored.
    passing: Option<Arc<Passing>>,
    /// The range and the norm of the stages of which they were asked.
    extents: HashMap<StageId, Extent>,
    /// Whether the slopes of a stage change nowhere, where that was asked.
    apart: HashMap<StageId, bool>,
    /// What was found of all of a stage.
    summaries: Summaries,
    /// How gradients lie in the range of 64-bit numbers.
    pub range: Range,
    /// Whether the stages that are not stored are too many for the budget, so that nobody may ask for all of them.
    pub crowded: bool,
}

/// How the gradients of a program lie in the range of 64-bit numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Range {
    /// All their products do.
    #[default]
    Kept,
    /// Some do not, and were evaluated in wider numbers.
    Widened,
    /// Some do not, and there are too many to be evaluated again.
    Left,
}

/// Where the numbers of a stage are.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Among the values' own: the first and the last but one.
    Own(usize, usize),
    /// A leaf's own.
    Shared(usize),
    /// Nowhere: it is computed where it is asked for.
    Passing(usize),
}

/// Stages of long arrays that are not stored.
#[derive(Debug)]
struct Passing {
    schedule: Schedule,
    /// What was asked for, and how often something was.
    known: Vec<OnceLock<Vec<f64>>>,
    asked: AtomicUsize,
    /// What the totals hold after each step, once somebody asks.
    histories: Vec<OnceLock<History>>,
    /// What each is at places that are spread evenly, once somebody asks.
    samples: OnceLock<Vec<Vec<f64>>>,
    /// The range and the norm of each that belongs to a run, once somebody asks for those of one: to compute one after the other would
    /// take the time of all before it each time.
    extents: OnceLock<HashMap<StageId, Extent>>,
}

/// After so many stages that were asked for, all are computed at once: each alone takes the time of those before it.
const MOST_ASKED: usize = 16;

/// What was found of all of a stage.
type Summaries = HashMap<(StageId, Summary), [f64; 2]>;

impl<'v> Outside<'v> for &'v Values {
    fn numbers(&self, id: StageId) -> &'v [f64] {
        self.slice(id)
    }

    fn summary(&self, id: StageId, summary: Summary) -> [f64; 2] {
        self.summaries.get(&(id, summary)).copied().unwrap_or_else(|| summary.of(self.slice(id)))
    }

    fn ends(&self, _id: StageId) -> Option<Arc<Ends>> {
        None
    }
}

impl Values {
    /// Those of stages by their numbers, in order.
    pub(super) fn of(stages: impl Iterator<Item = Vec<f64>>) -> Self {
        let (mut all, mut places) = (Vec::new(), Vec::new());
        for mut numbers in stages {
            let start = all.len();
            all.append(&mut numbers);
            places.push(Place::Own(start, all.len()));
        }
        Self { numbers: all.into(), places, ..Self::default() }
    }

    /// The value of a stage that is a single number; the first number of any other.
    #[inline]
    pub fn scalar(&self, id: StageId) -> f64 {
        if self.places.is_empty() { self.numbers[id.at()] } else { self.slice(id)[0] }
    }

    /// The numbers of a stage's value, row by row.
    #[inline]
    pub fn slice(&self, id: StageId) -> &[f64] {
        match self.places.get(id.at()) {
            None => &self.numbers[id.at()..=id.at()],
            Some(&Place::Own(start, end)) => &self.numbers[start..end],
            Some(&Place::Shared(at)) => self.shared[at].numbers(),
            Some(&Place::Passing(at)) => {
                let passing = self.passing();
                if passing.known[at].get().is_none() && !self.crowded && passing.asked.fetch_add(1, Relaxed) == MOST_ASKED {
                    self.store_all(passing);
                }
                passing.known[at].get_or_init(|| passing.schedule.again(id, &self))
            }
        }
    }

    /// Whether a stage's numbers are stored.
    pub fn is_stored(&self, id: StageId) -> bool {
        !matches!(self.places.get(id.at()), Some(Place::Passing(_)))
    }

    /// The same as `slice`, not kept where it is not stored.
    pub fn read_once(&self, id: StageId) -> Cow<'_, [f64]> {
        match self.places.get(id.at()) {
            Some(&Place::Passing(at)) if self.passing().known[at].get().is_none() => self.passing().schedule.again(id, &self).into(),
            _ => self.slice(id).into(),
        }
    }

    /// The number of a stage at a place, row by row.
    pub fn at(&self, id: StageId, place: usize) -> f64 {
        let Some(&Place::Passing(at)) = self.places.get(id.at()) else { return self.slice(id)[place] };
        let passing = self.passing();
        if let Some(numbers) = passing.known[at].get() {
            return numbers[place];
        }
        if let Some(turned) = passing.schedule.turned(id) {
            return self.at(turned.source, turned.place(place));
        }
        if let Some(total) = passing.schedule.totals.home(id) {
            let history = passing.histories[total].get_or_init(|| passing.schedule.totals.history(total, &self));
            return passing.schedule.totals.number(id, place, history, &self);
        }
        let size = passing.schedule.size(id);
        let near = (place * SAMPLE).div_ceil(size);
        if near * size / SAMPLE == place {
            return passing.samples.get_or_init(|| self.samples(passing))[at][near];
        }
        passing.schedule.at(id, &[place], &self)[0]
    }

    /// The numbers of a stage at so many places that are spread evenly, a part of those that are kept of what is not stored.
    pub(super) fn spread(&self, id: StageId, size: usize, most: usize) -> Vec<f64> {
        if let Some(&Place::Passing(at)) = self.places.get(id.at())
            && let passing = self.passing()
            && passing.known[at].get().is_none()
        {
            if passing.schedule.turned(id).is_some() || passing.schedule.totals.home(id).is_some() {
                return spread(size, most).map(|place| self.at(id, place)).collect();
            }
            let kept = &passing.samples.get_or_init(|| self.samples(passing))[at];
            return kept.iter().step_by(kept.len() / most.min(kept.len())).copied().collect();
        }
        let numbers = self.slice(id);
        spread(size, most).map(|place| numbers[place]).collect()
    }

    /// The numbers of a matrix, and whether they lie column by column, as they do where it is another one turned.
    pub(super) fn matrix(&self, id: StageId) -> (&[f64], bool) {
        match self.passing.as_ref().and_then(|passing| passing.schedule.turned(id)) {
            Some(turned) => (self.slice(turned.source), true),
            None => (self.slice(id), false),
        }
    }

    /// The range and the norm of a stage's numbers; both nan where one of them is.
    pub fn extent(&self, id: StageId) -> Extent {
        self.known_extent(id).unwrap_or_else(|| runs::range_and_norm(self.slice(id)))
    }

    /// The range and the norm of a stage's numbers where they were found on the way, or are found without its numbers being kept.
    fn known_extent(&self, id: StageId) -> Option<Extent> {
        let found = self.extents.get(&id).copied();
        found.or_else(|| match self.places.get(id.at()) {
            Some(&Place::Passing(at)) if self.passing().known[at].get().is_none() => {
                let passing = self.passing();
                passing.extents.get_or_init(|| passing.schedule.extents(&self)).get(&id).copied()
            }
            _ => None,
        })
    }

    /// Whether every number of a stage is finite.
    pub fn are_finite(&self, id: StageId) -> bool {
        match self.known_extent(id) {
            Some(([least, most], _)) => least.is_finite() && most.is_finite(),
            None => match self.slice(id) {
                [number] => number.is_finite(),
                numbers => lanes::are_finite(numbers),
            },
        }
    }

    /// Whether some number of a stage has a magnitude above a limit.
    pub fn exceed(&self, id: StageId, limit: f64) -> bool {
        match self.known_extent(id) {
            Some(([least, most], _)) if !least.is_nan() => least < -limit || most > limit,
            _ => self.slice(id).iter().any(|number| number.abs() > limit),
        }
    }

    /// Whether every number of a stage is 0.
    pub fn are_zeros(&self, id: StageId) -> bool {
        match self.known_extent(id) {
            Some((ends, _)) => ends == [0.0; 2],
            None => self.slice(id).iter().all(|&number| number == 0.0),
        }
    }

    /// How many numbers of a stage equal its largest or its smallest, where that is known.
    pub fn count_of_extreme(&self, id: StageId, extreme: f64) -> Option<usize> {
        let known = [Summary::Largest, Summary::Smallest].iter().filter_map(|&summary| self.summaries.get(&(id, summary)));
        known.into_iter().find(|[end, _]| *end == extreme).map(|[_, count]| *count as usize)
    }

    /// Whether it is known of a stage that its slopes change nowhere: no sides of a comparison are equal, no operand is 0 where the
    /// sign decides.
    pub fn is_apart(&self, id: StageId) -> bool {
        self.apart.get(&id) == Some(&true)
    }

    /// Whether a stage's slopes change somewhere, and nobody may ask where, since its operands are not stored and the budget has no room
    /// for them.
    pub fn changes_unseen(&self, id: StageId) -> bool {
        self.crowded && self.apart.get(&id) == Some(&false)
    }

    /// Computes all stages of runs that are not stored: each run goes over its arrays once.
    fn store_all(&self, passing: &Passing) {
        for (id, numbers) in passing.schedule.all(&self) {
            if let Some(&Place::Passing(at)) = self.places.get(id.at()) {
                // What was asked for before is known, and the same.
                let _ = passing.known[at].set(numbers);
            }
        }
    }

    /// What the stages that are not stored are at places that are spread evenly.
    fn samples(&self, Passing { schedule, known, .. }: &Passing) -> Vec<Vec<f64>> {
        let mut samples = vec![Vec::new(); known.len()];
        for run in schedule.runs.iter().filter(|run| run.stages().any(|id| !schedule.keeps(id))) {
            for (id, sample) in run.stages().zip(run.sample(&self)) {
                if let Place::Passing(at) = self.places[id.at()] {
                    samples[at] = sample;
                }
            }
        }
        samples
    }

    fn passing(&self) -> &Passing {
        self.passing.as_deref().unwrap_or_else(|| broken("what is not stored can be computed"))
    }

    /// The value of a stage of some shape.
    pub fn value(&self, id: StageId, shape: Shape) -> Value {
        match self.places.get(id.at()) {
            Some(&Place::Shared(at)) if self.shared[at].shape() == shape => self.shared[at].clone(),
            _ => Value::new(shape, pages::copied(self.slice(id))),
        }
    }

    /// The same, where nothing else is asked of these values: what is stored is handed over.
    pub fn into_value(mut self, id: StageId, shape: Shape) -> Value {
        match self.places.get(id.at()) {
            Some(&Place::Own(start, end)) if end - start > 1 => Value::new(shape, std::mem::take(&mut self.numbers).part(start..end)),
            _ => self.value(id, shape),
        }
    }

    /// The bytes that the values take.
    pub fn bytes(&self) -> usize {
        let passing = self
            .passing
            .iter()
            .flat_map(|passing| passing.known.iter().filter_map(OnceLock::get).chain(passing.samples.get().into_iter().flatten()));
        let numbers = self.numbers.capacity() + passing.map(Vec::capacity).sum::<usize>();
        numbers * size_of::<f64>() + self.places.capacity() * size_of::<Place>()
    }
}

/// After how many stages it is asked whether to go on; a power of two.
const WATCHED: usize = 1 << 12;

/// Evaluates every stage in 64-bit numbers, the inputs given in the program's order; none where it is cancelled before its end.
///
/// What the products of a backward pass need besides is `range`'s, through which everything above evaluates.
pub(super) fn evaluate_in_binary64(program: &Program, inputs: &[Value], cancellation: &Cancellation) -> Option<Values> {
    if program.is_plain() {
        return evaluate_plain(program, inputs, cancellation);
    }
    evaluate_arrays(program, inputs, Schedule::of(program, &|_| true), &mut Unwatched, cancellation)
}

/// Evaluates every stage of a program of single numbers.
pub(super) fn evaluate_plain(program: &Program, inputs: &[Value], cancellation: &Cancellation) -> Option<Values> {
    let mut numbers = Vec::with_capacity(program.len());
    replay(program, &mut Numbers { inputs, cancellation }, &mut numbers).ok()?;
    Some(Values { numbers: numbers.into(), ..Values::default() })
}

/// The work was cancelled.
struct Cancelled;

/// Every stage as a single number.
struct Numbers<'a> {
    inputs: &'a [Value],
    cancellation: &'a Cancellation,
}

impl Backend for Numbers<'_> {
    type Value = f64;
    type Error = Cancelled;

    fn input(&mut self, _id: StageId, at: usize) -> Result<f64, Cancelled> {
        Ok(self.inputs.get(at).and_then(Value::number).unwrap_or_else(|| broken("every input is given a value of its shape")))
    }

    fn constant(&mut self, _id: StageId, constant: &Constant) -> Result<f64, Cancelled> {
        Ok(constant.value.number().unwrap_or_else(|| broken("the constants of a program of single numbers are such")))
    }

    #[expect(clippy::inline_always, reason = "the loop of the evaluator: a call for each stage costs a tenth of it")]
    #[inline(always)]
    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, f64>) -> Result<f64, Cancelled> {
        if id.at().is_multiple_of(WATCHED) && self.cancellation.is_cancelled() {
            return Err(Cancelled);
        }
        Ok(apply(gate, operands.len(), |at| *operands.get(at)))
    }
}

/// How many numbers evaluation stores: those of every stage but the leaves that are arrays, which are shared.
pub fn numbers_held(program: &Program) -> usize {
    if program.is_scalar() { program.len() } else { numbers_stored(program, &|_| true) }
}

/// How many numbers an evaluation meets: those of every stage, or the terms of its products.
pub(super) fn numbers_met(program: &Program) -> usize {
    let of = |id: StageId| {
        let sizes = program.operands(id).iter().map(|&operand| program.shape(operand).size());
        let most = sizes.fold(program.shape(id).size(), usize::max);
        match (program.gate(id).row().unroll, program.operands(id)) {
            (Unroll::Products, [first, ..]) => program.shape(id).size().saturating_mul(program.shape(*first).sides().1),
            (_, []) => 0,
            _ => most,
        }
    };
    program.ids().map(of).fold(0, usize::saturating_add)
}

/// Evaluates in 64-bit numbers the stages whose numbers are not known, from those that are. Every input is known.
pub fn evaluate_beside(program: &Program, known: &dyn Fn(StageId) -> Option<Vec<f64>>) -> Values {
    let mut stages = Vec::with_capacity(program.len());
    let Ok(()) = replay(program, &mut Beside { program, known }, &mut stages);
    Values::of(stages.iter().map(|numbers: &Rc<[f64]>| numbers.to_vec()))
}

/// Every stage as its numbers, some of which are known.
struct Beside<'a> {
    program: &'a Program,
    known: &'a dyn Fn(StageId) -> Option<Vec<f64>>,
}

impl Backend for Beside<'_> {
    type Value = Rc<[f64]>;
    type Error = Infallible;

    fn input(&mut self, id: StageId, _at: usize) -> Result<Rc<[f64]>, Infallible> {
        Ok((self.known)(id).unwrap_or_else(|| broken("the numbers of every input are known")).into())
    }

    fn constant(&mut self, id: StageId, constant: &Constant) -> Result<Rc<[f64]>, Infallible> {
        Ok((self.known)(id).unwrap_or_else(|| constant.value.numbers().to_vec()).into())
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Rc<[f64]>>) -> Result<Rc<[f64]>, Infallible> {
        if let Some(numbers) = (self.known)(id) {
            return Ok(numbers.into());
        }
        let numbers: Vec<&[f64]> = operands.iter().map(|numbers| &**numbers).collect();
        let shapes: Vec<Shape> = operands.ids().iter().map(|&operand| self.program.shape(operand)).collect();
        let mut out = vec![0.0; self.program.shape(id).size()];
        apply_to_arrays(gate, &KernelArgs::new(&numbers, &shapes, self.program.shape(id)), &mut out);
        Ok(out.into())
    }
}

/// Every stage as the numbers that it holds, in one buffer; leaves that are arrays stay where they are.
struct Slices<'a, 'w, W> {
    program: &'a Program,
    cancellation: &'a Cancellation,
    watch: &'w mut W,
    /// What each stage holds that is computed, or is a leaf.
    done: Vec<&'a [f64]>,
    /// Where the others go.
    own: Vec<Option<&'a mut [f64]>>,
    shapes: Vec<Shape>,
    schedule: &'w Schedule,
    leaves: &'w [Option<&'a Value>],
    extents: HashMap<StageId, Extent>,
    apart: HashMap<StageId, bool>,
    summaries: RefCell<Summaries>,
    ends: RefCell<HashMap<StageId, Arc<Ends>>>,
}

impl<'a, W> Outside<'a> for Slices<'a, '_, W> {
    fn numbers(&self, id: StageId) -> &'a [f64] {
        self.done[id.at()]
    }

    fn summary(&self, id: StageId, summary: Summary) -> [f64; 2] {
        let found = || {
            let mut numbers = Vec::new();
            let found = summary.of_parts(self.done[id.at()], |_, end| numbers.push(end));
            // Of numbers some of which are nan only the parts before those were looked at.
            if !numbers.is_empty() && !found[0].is_nan() {
                self.ends.borrow_mut().insert(id, Arc::new(Ends { summary, numbers }));
            }
            found
        };
        *self.summaries.borrow_mut().entry((id, summary)).or_insert_with(found)
    }

    fn ends(&self, id: StageId) -> Option<Arc<Ends>> {
        self.ends.borrow().get(&id).cloned()
    }
}

impl<'a, W: Watch> Slices<'a, '_, W> {
    fn out(&mut self, id: StageId) -> &'a mut [f64] {
        self.own[id.at()].take().unwrap_or_else(|| broken("a stage that is stored has numbers of its own"))
    }

    /// A stage by itself.
    fn stage(&mut self, id: StageId) -> ControlFlow<()> {
        // A stage may hold many numbers.
        if self.cancellation.is_cancelled() {
            return ControlFlow::Break(());
        }
        if self.schedule.turned(id).is_some() {
            return ControlFlow::Continue(());
        }
        let (gate, operands, out) = (self.program.gate(id), self.program.operands(id), self.out(id));
        if out.len() == 1 && gate.is_elementwise() && operands.iter().all(|operand| self.done[operand.at()].len() == 1) {
            out[0] = apply(gate, operands.len(), |at| self.done[operands[at].at()][0]);
            let number = |at: usize| &self.done[operands[at].at()][..1];
            match operands.len() {
                1 => self.watch.see(&Strip { id, twins: &[], gate, operands: &[number(0)], out }),
                2 => self.watch.see(&Strip { id, twins: &[], gate, operands: &[number(0), number(1)], out }),
                count => self.watch.see(&Strip { id, twins: &[], gate, operands: &(0..count).map(number).collect::<Vec<_>>(), out }),
            };
        } else {
            let source = |operand: StageId| self.schedule.turned(operand).map(|turned| turned.source);
            let turned = [0, 1].map(|at| operands.get(at).is_some_and(|&operand| source(operand).is_some()));
            let numbers: Vec<&[f64]> = operands.iter().map(|&operand| self.done[source(operand).unwrap_or(operand).at()]).collect();
            self.shapes.clear();
            self.shapes.extend(operands.iter().map(|&operand| self.program.shape(operand)));
            match (gate.row().whole, &*numbers) {
                (Some(Whole { summary, made: Made::One(f) }), [x]) if x.len() >= lanes::LONG => {
                    out[0] = f(x, self.summary(operands[0], summary));
                }
                _ => {
                    let is_finite = |operand: StageId| self.leaves[source(operand).unwrap_or(operand).at()].is_some_and(Value::is_finite);
                    let mut finite = [false; 2];
                    if let Some(upstream) = carries(gate) {
                        let local = 1 - upstream;
                        finite[local] = is_finite(operands[local]) || lanes::are_finite(numbers[local]);
                        if !finite[local] && numbers[upstream].contains(&0.0) {
                            self.watch.see_hidden();
                        }
                    }
                    let args = KernelArgs { turned, finite, ..KernelArgs::new(&numbers, &self.shapes, self.program.shape(id)) };
                    apply_to_arrays(gate, &args, out);
                }
            }
            let mut largest = f64::INFINITY;
            if self.schedule.measures(id) {
                let extent @ ([least, most], _) = runs::range_and_norm(out);
                largest = least.abs().max(most.abs());
                self.extents.insert(id, extent);
            }
            if self.watch.minds_up_to(gate, largest) {
                self.watch.see(&Strip { id, twins: &[], gate, operands: &numbers, out });
            }
        }
        self.done[id.at()] = out;
        ControlFlow::Continue(())
    }

    /// A total of numbers that are put in their places.
    fn total(&mut self, id: StageId) -> ControlFlow<()> {
        if self.cancellation.is_cancelled() {
            return ControlFlow::Break(());
        }
        let (out, schedule) = (self.out(id), self.schedule);
        let total = schedule.totals.ended_by(id).unwrap_or_else(|| broken("the step of a total is the stage that ends it"));
        let mut changes = Vec::new();
        total.add_all(self, out, &mut |change| changes.push(change));
        let gate = self.program.gate(id);
        for Change { total, numbers: [before, added, after] } in changes {
            self.watch.see(&Strip { id: total, twins: &[], gate, operands: &[&[before], &[added]], out: &[after] });
        }
        // Nothing is added to what is there in the end.
        self.watch.see(&Strip { id, twins: &[], gate, operands: &[out, &[0.0]], out });
        if schedule.measures(id) {
            self.extents.insert(id, runs::range_and_norm(out));
        }
        if schedule.measures_steps {
            self.extents.extend(total.extents(self));
        }
        self.done[id.at()] = out;
        ControlFlow::Continue(())
    }

    /// A run of stages, a strip at a time.
    fn run(&mut self, run: &Run) -> ControlFlow<()> {
        let mut own: Vec<Option<&'a mut [f64]>> = run.stages().map(|id| self.own[id.at()].take()).collect();
        let mut watch = self.watch.fork();
        let found = run.evaluate(self, &mut own, &mut watch, self.cancellation)?;
        self.watch.join(watch);
        for (id, own) in run.stages().zip(own) {
            if let Some(own) = own {
                self.done[id.at()] = own;
            }
        }
        self.extents.extend(found.extents);
        self.apart.extend(found.apart);
        for (id, sum) in found.sums {
            let out = self.out(id);
            let (gate, operand) = (self.program.gate(id), self.program.operands(id)[0]);
            let of_sum = gate.row().of_sum.unwrap_or_else(|| broken("a run adds up for gates that go by sums"));
            out[0] = of_sum(sum, self.program.shape(operand).size() as f64);
            self.done[id.at()] = out;
            let operand = self.done[operand.at()];
            self.watch.see(&Strip { id, twins: &[], gate, operands: &[operand], out });
        }
        ControlFlow::Continue(())
    }
}

/// Evaluates the stages of a program by a schedule, and lets each be looked at.
pub(super) fn evaluate_arrays<W: Watch>(
    program: &Program,
    inputs: &[Value],
    schedule: Schedule,
    watch: &mut W,
    cancellation: &Cancellation,
) -> Option<Values> {
    let leaf = |id: StageId| match program.gate(id) {
        Gate::Input => inputs.get(program.leaf(id)).filter(|value| value.shape() == program.shape(id)),
        Gate::Constant => program.constant(id).map(|constant| &constant.value),
        _ => None,
    };
    let leaves: Vec<Option<&Value>> = program.ids().map(leaf).collect();
    let mut places = Vec::with_capacity(program.len());
    let (mut size, mut shared, mut passing) = (0, Vec::new(), Vec::new());
    for id in program.ids() {
        let place = if let Some(value @ Value::Array(_)) = leaves[id.at()] {
            shared.push(value.clone());
            Place::Shared(shared.len() - 1)
        } else if schedule.keeps(id) {
            let start = size;
            size += program.shape(id).size();
            Place::Own(start, size)
        } else {
            passing.push(id);
            Place::Passing(passing.len() - 1)
        };
        places.push(place);
    }
    let mut numbers = Buffer::of(size);
    let (done, own) = given_out(&mut numbers, &places, &leaves);
    let mut slices = Slices {
        program,
        cancellation,
        watch,
        done,
        own,
        shapes: Vec::new(),
        schedule: &schedule,
        leaves: &leaves,
        extents: HashMap::new(),
        apart: HashMap::new(),
        summaries: RefCell::default(),
        ends: RefCell::default(),
    };
    for step in &schedule.steps {
        let computed = match *step {
            Step::Stage(id) => slices.stage(id),
            Step::Run(at) => slices.run(&schedule.runs[at]),
            Step::Total(id) => slices.total(id),
        };
        if computed.is_break() {
            return None;
        }
    }
    let (extents, apart, summaries) = (std::mem::take(&mut slices.extents), std::mem::take(&mut slices.apart), slices.summaries.take());
    let known = passing.iter().map(|_| OnceLock::new()).collect();
    let histories = (0..schedule.totals.count()).map(|_| OnceLock::new()).collect();
    let passing = (!passing.is_empty()).then(|| {
        let (samples, extents) = (OnceLock::new(), OnceLock::new());
        Arc::new(Passing { schedule, known, asked: AtomicUsize::new(0), histories, samples, extents })
    });
    Some(Values { numbers, places, shared, passing, extents, apart, summaries, ..Values::default() })
}

/// What each stage holds that is a leaf, and the part of a buffer that each other stored one fills.
fn given_out<'a>(numbers: &'a mut [f64], places: &[Place], leaves: &[Option<&'a Value>]) -> (Vec<&'a [f64]>, Vec<Option<&'a mut [f64]>>) {
    let mut rest = numbers;
    let mut part = |size: usize| {
        let (own, after) = std::mem::take(&mut rest).split_at_mut(size);
        rest = after;
        own
    };
    let given = |(place, leaf): (&Place, Option<&'a Value>)| -> (&'a [f64], Option<&'a mut [f64]>) {
        match (place, leaf) {
            (Place::Own(start, end), None) => (&[], Some(part(end - start))),
            (Place::Own(start, end), Some(value)) => {
                let own = part(end - start);
                own.fill(value.number().unwrap_or_else(|| broken("every leaf has a value of its shape")));
                (own, None)
            }
            (Place::Shared(_), Some(value)) => (value.numbers(), None),
            _ => (&[], None),
        }
    };
    places.iter().zip(leaves.iter().copied()).map(given).unzip()
}
