//! Long arrays a strip at a time: runs of gates that go over arrays number by number, and the sums of what they give.
//!
//! A strip of every stage of a run stays in the first-level cache; stages that nothing outside of the run needs are never stored,
//! and are computed again where somebody asks for them after all. Nor is a transposed matrix that only products need, which read the
//! matrix by columns, nor what stands between the steps of a total. Knows the order of stages and which are needed; the functions are
//! the gate table's, the elementary ones within two units in the last place.

mod engine;
mod found;
mod parts;
mod scheduler;
mod totals;

use super::watch::Unwatched;
use crate::forms::{Program, StageId};
use crate::ground::{Cancellation, Shape, broken, pages};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::array::transposed;
use crate::vocabulary::gate::runs::{Extent, Summary};
use crate::vocabulary::gate::{Kernel, Made, Whole};
use crate::vocabulary::lanes::LONG;
use scheduler::Scheduler;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use totals::Total;

pub(super) use totals::{Change, History, Totals};

/// How many places of a stage that is not stored are kept, spread evenly.
pub(super) const SAMPLE: usize = 256;

/// Whether a stage is computed a strip at a time, so that it need not be stored: a gate over long arrays that goes number by number, once
/// what is known of the whole of its operand is.
pub(super) fn goes_in_strips(program: &Program, id: StageId) -> bool {
    let (gate, shape) = (program.gate(id), program.shape(id));
    shape.size() >= LONG && (gate.is_elementwise() || matches!(gate.row().kernel, Kernel::Fill(_)) || summary(program, id).is_some())
}

/// What is to be known of the whole of a stage's operand to compute it number by number, where it does not go so without.
fn summary(program: &Program, id: StageId) -> Option<Summary> {
    match (program.gate(id).row().whole, program.operands(id)) {
        (Some(Whole { summary, made: Made::Each(_) }), [_]) => Some(summary),
        _ => None,
    }
}

/// What a run needs from outside of it.
pub(super) trait Outside<'v> {
    /// The numbers of a stage.
    fn numbers(&self, id: StageId) -> &'v [f64];

    /// What is known of the whole of a stage.
    fn summary(&self, id: StageId, summary: Summary) -> [f64; 2];

    /// The largest or the smallest number of each part of a stage, where it is known.
    fn ends(&self, id: StageId) -> Option<Arc<Ends>>;
}

/// The largest or the smallest numbers of the parts of a stage.
#[derive(Debug)]
pub(super) struct Ends {
    /// Which.
    pub(super) summary: Summary,
    /// One for each part.
    pub(super) numbers: Vec<f64>,
}

impl Ends {
    /// Whether no number of a part is a number, as far as they tell.
    fn exclude(&self, part: usize, number: f64) -> bool {
        match self.summary {
            Summary::Largest => self.numbers[part] < number,
            Summary::Smallest => self.numbers[part] > number,
            Summary::Middle | Summary::Powers => false,
        }
    }
}

/// Some places of so many, spread evenly.
pub(super) fn spread(size: usize, most: usize) -> impl Iterator<Item = usize> + Clone {
    let count = size.min(most);
    (0..count).map(move |k| if count == size { k } else { k * size / count })
}

/// With how many gates of a run a new one is compared.
const MOST_COMPARED: usize = 64;

/// Where an operand of a gate in a run comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Operand {
    /// From an earlier gate of the run.
    Made(usize),
    /// A stage of the run's shape.
    Whole(StageId),
    /// A stage of one number.
    Number(StageId),
    /// A stage of another shape, repeated.
    Repeated(StageId, Shape),
}

impl Operand {
    /// The earlier gate that makes it.
    fn made(self) -> Option<usize> {
        if let Self::Made(made) = self { Some(made) } else { None }
    }
}

/// A gate of a run.
#[derive(Clone, Debug)]
struct Instruction {
    id: StageId,
    gate: Gate,
    operands: Box<[Operand]>,
    /// Which strip it fills.
    slot: usize,
    /// Whether it is one number everywhere, which is computed once.
    uniform: bool,
    /// An earlier gate of the run that gives the same numbers, so that this one is not computed.
    same: Option<usize>,
    /// Whether it is computed again for a run that comes after the one that it is of.
    again: bool,
    /// Whether later runs compute it again, so that it may be left out.
    elsewhere: bool,
    /// What comes from outside and has the same numbers, so that others take that.
    stands: Option<Operand>,
}

impl Instruction {
    /// The operands of which it is one, chosen by a number that is the same everywhere.
    fn choices(&self) -> &[Operand] {
        match (self.gate, &*self.operands) {
            (Gate::Where, [Operand::Number(_), choices @ ..]) => choices,
            _ => &[],
        }
    }
}

/// Gates over arrays of one shape, in order.
#[derive(Clone, Debug)]
pub(super) struct Run {
    shape: Shape,
    instructions: Vec<Instruction>,
    slots: usize,
    /// The stages that go by the sum of all numbers of one of the gates, in the order of these.
    sums: Vec<(usize, StageId)>,
    /// The gates that are measured, and the stages for which, in order.
    measured: Vec<(usize, StageId)>,
    /// The gates of which it is asked whether their slopes may change somewhere, and the stages for which, in order.
    compared: Vec<(usize, StageId)>,
}

/// What is asked of the stages of a program.
pub struct Wanted<'a> {
    /// Whether a stage's numbers are.
    pub stored: &'a dyn Fn(StageId) -> bool,
    /// Whether its range and norm are, found while it is at hand.
    pub measured: &'a dyn Fn(StageId) -> bool,
    /// Whether it is to be known that its slopes change nowhere: that no sides of a comparison are equal, and the like.
    pub compared: &'a dyn Fn(StageId) -> bool,
    /// Whether memory is short: what goes number by number is computed again wherever it is needed, whatever time that takes, and nobody
    /// asks for the numbers of what is measured.
    pub spares: bool,
}

/// What is computed next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// A stage by itself.
    Stage(StageId),
    /// A run.
    Run(usize),
    /// A total of numbers that are put in their places, which ends with the stage.
    Total(StageId),
}

/// A matrix that is another one turned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turned {
    id: StageId,
    /// The other one.
    pub(super) source: StageId,
    /// Its own shape.
    shape: Shape,
}

impl Turned {
    /// The place of the source where the number of a place is.
    pub(super) fn place(self, place: usize) -> usize {
        let (rows, columns) = self.shape.sides();
        place % columns * rows + place / columns
    }
}

/// In what order the stages of a program are computed, and which are stored.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub(super) steps: Vec<Step>,
    pub(super) runs: Vec<Run>,
    /// For each stage, the run and the place in it; none where it is computed by itself, or is a leaf or a sum.
    homes: Vec<Option<(usize, usize)>>,
    /// Whether a stage is stored.
    kept: Vec<bool>,
    /// The stages computed by themselves whose range and norm are asked for, in order.
    measured: Vec<StageId>,
    pub(super) totals: Totals,
    /// Whether the range and the norm are asked for of what stands between the steps of totals.
    pub(super) measures_steps: bool,
    /// The matrices that are not stored since they are others turned, in order.
    turned: Vec<Turned>,
    /// Whether memory is short.
    spares: bool,
}

impl Schedule {
    /// The schedule for a program of which some stages are stored.
    pub fn of(program: &Program, stored: &dyn Fn(StageId) -> bool) -> Self {
        Self::for_wanted(program, &Wanted { stored, measured: &|_| false, compared: &|_| false, spares: false })
    }

    /// The schedule for a program of which every stage is stored or, where it stands between the steps of a total of a shape that is
    /// summed up, measured.
    pub fn of_steps(program: &Program, is_summed_up: &dyn Fn(Shape) -> bool) -> Self {
        let totals = Totals::of(program, &|id| !is_summed_up(program.shape(id)));
        Self { measures_steps: true, ..Self::of(program, &|id| !totals.leave_out(id)) }
    }

    /// The schedule for a program of which that is asked.
    pub fn for_wanted(program: &Program, wanted: &Wanted<'_>) -> Self {
        let mut schedule = Scheduler::of(program, Totals::of(program, wanted.stored), wanted.spares).placed();
        for run in &mut schedule.runs {
            run.measured = run.places_of(wanted.measured);
            run.compared = run.places_of(&|id| (wanted.compared)(id) && program.gate(id).row().meets().is_some());
        }
        let alone = |&id: &StageId| schedule.homes[id.at()].is_none() && !program.operands(id).is_empty() && (wanted.measured)(id);
        schedule.measured = program.ids().filter(alone).collect();
        schedule.choose(program, wanted.stored);
        schedule
    }

    /// Whether a stage belongs to a run, so that it need not be stored.
    pub fn goes_in_run(program: &Program, id: StageId) -> bool {
        goes_in_strips(program, id)
    }

    /// Decides what is stored: what is wanted, or used outside of its run.
    fn choose(&mut self, program: &Program, wanted: &dyn Fn(StageId) -> bool) {
        let is_turned = |id: StageId| program.gate(id) == Gate::Transpose && program.shape(id).rank() == 2;
        for id in program.ids() {
            if self.homes[id.at()].is_some() || is_turned(id) || self.totals.leave_out(id) {
                self.kept[id.at()] = wanted(id);
            }
        }
        for instruction in self.runs.iter().flat_map(|run| &run.instructions) {
            for operand in &instruction.operands {
                if let Operand::Whole(id) | Operand::Number(id) | Operand::Repeated(id, _) = *operand {
                    self.kept[id.at()] = true;
                }
            }
        }
        for step in &self.steps {
            match *step {
                Step::Run(_) => {}
                Step::Total(id) => {
                    self.totals.ended_by(id).into_iter().flat_map(Total::operands).for_each(|operand| self.kept[operand.at()] = true);
                }
                Step::Stage(id) => {
                    let operands = program.operands(id);
                    let reads_turned =
                        matches!(*operands, [x, y] if program.gate(id).reads_turned([x, y].map(|operand| program.shape(operand))));
                    let read = operands.iter().filter(|&&operand| !(reads_turned && is_turned(operand)));
                    read.for_each(|operand| self.kept[operand.at()] = true);
                }
            }
        }
        let turned = program.ids().filter(|&id| is_turned(id) && !self.keeps(id));
        self.turned = turned.map(|id| Turned { id, source: program.operands(id)[0], shape: program.shape(id) }).collect();
    }

    /// Whether the range and the norm of a stage that is computed by itself are asked for.
    pub(super) fn measures(&self, id: StageId) -> bool {
        self.measured.binary_search(&id).is_ok()
    }

    /// What a stage is that is not stored since it is another matrix turned; none for any other stage.
    pub(super) fn turned(&self, id: StageId) -> Option<Turned> {
        self.turned.binary_search_by_key(&id, |turned| turned.id).ok().map(|at| self.turned[at])
    }

    /// Whether a stage is stored.
    pub(super) fn keeps(&self, id: StageId) -> bool {
        self.kept[id.at()]
    }

    /// How many numbers are stored: those of every stage that is, but the leaves that are arrays. Those of a stage that is measured count
    /// too, where they may be asked for.
    pub fn numbers_held(&self, program: &Program) -> usize {
        let runs = if self.spares { &[][..] } else { &self.runs[..] };
        let asked: HashSet<StageId> = runs.iter().flat_map(|run| run.measured.iter().map(|(_, id)| *id)).collect();
        numbers_stored(program, &|id| self.keeps(id) || asked.contains(&id))
    }

    /// The run and the place in it of a stage that is not stored.
    fn home(&self, id: StageId) -> (&Run, usize) {
        let (run, at) = self.homes[id.at()].unwrap_or_else(|| broken("a stage that is not stored belongs to a run"));
        (&self.runs[run], at)
    }

    /// How many numbers a stage of a run has that is not stored.
    pub(super) fn size(&self, id: StageId) -> usize {
        self.home(id).0.shape.size()
    }

    /// The numbers of a stage that is not stored.
    pub(super) fn again(&self, id: StageId, outside: &dyn Outside<'_>) -> Vec<f64> {
        if let Some(turned) = self.turned(id) {
            let (rows, columns) = turned.shape.sides();
            return transposed(columns, rows, outside.numbers(turned.source));
        }
        if self.totals.home(id).is_some() {
            return self.totals.numbers(id, outside);
        }
        self.computed(id, Places::All, outside)
    }

    /// The numbers of a stage of a run that is not stored, at some places.
    pub(super) fn at(&self, id: StageId, places: &[usize], outside: &dyn Outside<'_>) -> Vec<f64> {
        self.computed(id, Places::Some(places), outside)
    }

    /// The range and the norm of every stage of a run that is not stored, as far as they are found while it is at hand.
    pub(super) fn extents(&self, outside: &dyn Outside<'_>) -> HashMap<StageId, Extent> {
        let of = |run: &Run| {
            let measured = run.places_of(&|id| !self.keeps(id));
            let run = Run { sums: Vec::new(), compared: Vec::new(), measured, ..run.clone() };
            let mut own: Vec<Option<&mut [f64]>> = (0..run.instructions.len()).map(|_| None).collect();
            match run.evaluate(outside, &mut own, &mut Unwatched, &Cancellation::default()) {
                ControlFlow::Continue(found) => found.extents,
                ControlFlow::Break(()) => Vec::new(),
            }
        };
        self.runs.iter().filter(|run| run.stages().any(|id| !self.keeps(id))).flat_map(of).collect()
    }

    /// The numbers of every stage of a run that is not stored.
    pub(super) fn all(&self, outside: &dyn Outside<'_>) -> Vec<(StageId, Vec<f64>)> {
        let of = |run: &Run| {
            let run = Run { sums: Vec::new(), compared: Vec::new(), measured: Vec::new(), ..run.clone() };
            let is_asked = |(at, id): &(usize, StageId)| !run.instructions[*at].again && !self.keeps(*id);
            let mut numbers: Vec<Vec<f64>> = run.stages().map(|_| Vec::new()).collect();
            run.stages().enumerate().filter(is_asked).for_each(|(at, _)| numbers[at] = pages::zeros(run.shape.size()));
            let mut own: Vec<Option<&mut [f64]>> =
                numbers.iter_mut().map(|numbers| if numbers.is_empty() { None } else { Some(&mut numbers[..]) }).collect();
            let _ = run.evaluate(outside, &mut own, &mut Unwatched, &Cancellation::default());
            run.stages().zip(numbers).filter(|(_, numbers)| !numbers.is_empty()).collect::<Vec<_>>()
        };
        self.runs.iter().flat_map(of).collect()
    }

    fn computed(&self, id: StageId, places: Places<'_>, outside: &dyn Outside<'_>) -> Vec<f64> {
        let (run, at) = self.home(id);
        run.numbers(at, places, outside)
    }
}

/// How many numbers are stored of the stages that are: none of leaves that are arrays, which are shared.
pub(super) fn numbers_stored(program: &Program, keeps: &dyn Fn(StageId) -> bool) -> usize {
    let stored = |id: StageId| match (program.gate(id), program.shape(id)) {
        (Gate::Input | Gate::Constant, shape) if !shape.is_scalar() => 0,
        (_, shape) => shape.size(),
    };
    program.ids().filter(|&id| keeps(id)).map(stored).fold(0, usize::saturating_add)
}

/// Which numbers of a run are computed.
#[derive(Clone, Copy)]
enum Places<'a> {
    All,
    Some(&'a [usize]),
}

/// A strip of a stage with those of its operands, or a whole stage that is computed by itself.
pub(super) struct Strip<'a> {
    /// The stage,
    pub(super) id: StageId,
    /// others that are the same,
    pub(super) twins: &'a [StageId],
    /// and its gate.
    pub(super) gate: Gate,
    /// What the operands are here: of a strip each is as long as it or one number; of a whole stage whatever its gate takes.
    pub(super) operands: &'a [&'a [f64]],
    /// What the stage is here.
    pub(super) out: &'a [f64],
}

impl Run {
    fn of(shape: Shape) -> Self {
        Self { shape, instructions: Vec::new(), slots: 0, sums: Vec::new(), measured: Vec::new(), compared: Vec::new() }
    }

    /// The operand whose numbers a gate gives for operands: what is multiplied by ones.
    fn stands(&self, gate: Gate, operands: &[Operand]) -> Option<Operand> {
        let ones =
            |operand: Operand| operand.made().is_some_and(|made| matches!(self.instructions[made].gate.row().kernel, Kernel::Fill(1.0)));
        match (gate, operands) {
            (Gate::Chain | Gate::Mul, &[x, y]) if ones(y) => Some(x),
            (Gate::Mul, &[x, y]) if ones(x) => Some(y),
            _ => None,
        }
    }

    /// The gate that gives the numbers which a gate gives for operands, if there is one: the same gate for the same operands.
    fn same(&self, gate: Gate, operands: &[Operand]) -> Option<usize> {
        let mut recent = self.instructions.iter().enumerate().rev().take(MOST_COMPARED);
        let equal = |other: &Instruction| other.gate == gate && *other.operands == *operands && other.same.is_none();
        recent.find(|(_, other)| equal(other)).map(|(at, _)| at)
    }

    /// Gives each gate a strip that no other needs as long as it is needed.
    fn assign_slots(&mut self) {
        let mut last: Vec<usize> = (0..self.instructions.len()).collect();
        for (at, instruction) in self.instructions.iter().enumerate().rev() {
            // Who needs a choice may take what was chosen.
            let until = if instruction.choices().is_empty() { at } else { last[at] };
            for made in instruction.operands.iter().filter_map(|operand| operand.made()) {
                last[made] = last[made].max(until);
            }
        }
        let mut free = Vec::new();
        let mut ends = vec![Vec::new(); self.instructions.len()];
        for at in 0..self.instructions.len() {
            // What is computed once needs no strip, nor does what another computes.
            if !self.instructions[at].uniform && self.instructions[at].same.is_none() {
                let slot = free.pop().unwrap_or_else(|| {
                    self.slots += 1;
                    self.slots - 1
                });
                self.instructions[at].slot = slot;
                ends[last[at]].push(slot);
            }
            free.append(&mut ends[at]);
        }
    }

    /// The gates that one of them depends on, and itself; it is the last one.
    fn cone(&self, at: usize) -> Vec<usize> {
        let mut needed = vec![false; at + 1];
        needed[at] = true;
        for at in (0..=at).rev() {
            if needed[at] {
                for operand in &self.instructions[at].operands {
                    if let Operand::Made(made) = *operand {
                        needed[made] = true;
                    }
                }
            }
        }
        (0..=at).filter(|&at| needed[at]).collect()
    }

    /// Its stages, in order.
    pub(super) fn stages(&self) -> impl Iterator<Item = StageId> {
        self.instructions.iter().map(|instruction| instruction.id)
    }

    /// The gates that compute the stages of which something is asked, with these, in order.
    fn places_of(&self, asked: &dyn Fn(StageId) -> bool) -> Vec<(usize, StageId)> {
        let asked = self.stages().enumerate().filter(|&(at, id)| !self.instructions[at].again && asked(id));
        let mut places: Vec<(usize, StageId)> = asked.map(|(at, id)| (self.computes(at), id)).collect();
        places.sort_unstable_by_key(|(at, _)| *at);
        places
    }

    /// The gate that computes the numbers of one.
    fn computes(&self, at: usize) -> usize {
        self.instructions[at].same.unwrap_or(at)
    }
}
