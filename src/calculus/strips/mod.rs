//! Long arrays a strip at a time: runs of gates that go over arrays number by number, and the sums of what they give.
//!
//! A strip of every stage of a run stays in the first-level cache; stages that nothing outside of the run needs are never stored,
//! and are computed again where somebody asks for them after all. Knows the order of stages and which are needed; the functions are
//! the gate table's, the elementary ones within two units in the last place.

mod scheduler;

use crate::forms::{Program, StageId};
use crate::ground::{Shape, broken};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::runs::{Extent, Measuring, Summing};
use crate::vocabulary::gate::{Kernel, KernelArgs, Meets, apply_to_arrays};
use crate::vocabulary::lanes::{self, LONG};
use scheduler::Scheduler;
use std::collections::HashSet;
use std::ops::ControlFlow;

/// How many numbers of each stage are computed at a time: whole blocks of sums.
const STRIP: usize = 512;

/// How many places of a stage that is not stored are kept, spread evenly.
pub(super) const SAMPLE: usize = 1024;

/// Whether a gate over arrays of a shape is computed a strip at a time, so that it need not be stored.
pub(super) fn goes_in_strips(gate: Gate, shape: Shape) -> bool {
    shape.size() >= LONG && (gate.is_elementwise() || matches!(gate.row().kernel, Kernel::Fill(_)))
}

/// Some places of so many, spread evenly.
pub(super) fn spread(size: usize, most: usize) -> impl Iterator<Item = usize> + Clone {
    let count = size.min(most);
    (0..count).map(move |k| k * size / count)
}

/// Where an operand of a gate in a run comes from.
#[derive(Clone, Copy, Debug)]
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
}

/// Gates over arrays of one shape, in order.
#[derive(Clone, Debug)]
pub(super) struct Run {
    shape: Shape,
    instructions: Vec<Instruction>,
    slots: usize,
    /// The sums over all numbers of one of the gates.
    sums: Vec<(usize, StageId)>,
    /// The gates that are measured.
    measured: Vec<usize>,
    /// The gates of which it is asked whether their slopes may change somewhere.
    compared: Vec<usize>,
}

/// What a run finds beside the numbers of its stages.
pub(super) struct Found {
    /// The sums, which are in order.
    pub(super) sums: Vec<(StageId, f64)>,
    /// The range and the norm of the stages that are measured.
    pub(super) extents: Vec<(StageId, Extent)>,
    /// The stages that are compared and whose slopes change nowhere.
    pub(super) apart: Vec<StageId>,
}

/// What is asked of the stages of a program.
pub struct Wanted<'a> {
    /// Whether a stage's numbers are.
    pub stored: &'a dyn Fn(StageId) -> bool,
    /// Whether its range and norm are, found while it is at hand.
    pub measured: &'a dyn Fn(StageId) -> bool,
    /// Whether it is to be known that its slopes change nowhere: that no sides of a comparison are equal, and the like.
    pub compared: &'a dyn Fn(StageId) -> bool,
}

/// What is computed next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// A stage by itself.
    Stage(StageId),
    /// A run.
    Run(usize),
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
}

impl Schedule {
    /// The schedule for a program of which some stages are stored.
    pub fn of(program: &Program, stored: &dyn Fn(StageId) -> bool) -> Self {
        Self::for_wanted(program, &Wanted { stored, measured: &|_| false, compared: &|_| false })
    }

    /// The schedule for a program of which that is asked.
    pub fn for_wanted(program: &Program, wanted: &Wanted<'_>) -> Self {
        let mut schedule = Scheduler::of(program).placed();
        for run in &mut schedule.runs {
            let places = |asked: &dyn Fn(StageId) -> bool, run: &Run| -> Vec<usize> {
                (0..run.instructions.len()).filter(|&at| asked(run.instructions[at].id)).collect()
            };
            run.measured = places(wanted.measured, run);
            run.compared = places(wanted.compared, run);
            run.compared.retain(|&at| run.instructions[at].gate.row().meets().is_some());
        }
        schedule.choose(program, wanted.stored);
        schedule
    }

    /// Whether a stage belongs to a run, so that it need not be stored.
    pub fn goes_in_run(program: &Program, id: StageId) -> bool {
        goes_in_strips(program.gate(id), program.shape(id))
    }

    /// Decides what is stored: what is wanted, or used outside of its run.
    fn choose(&mut self, program: &Program, wanted: &dyn Fn(StageId) -> bool) {
        for id in program.ids() {
            if self.homes[id.at()].is_some() {
                self.kept[id.at()] = wanted(id);
            }
        }
        let mut within: Vec<Option<usize>> = self.homes.iter().map(|home| home.map(|(run, _)| run)).collect();
        for (at, run) in self.runs.iter().enumerate() {
            run.sums.iter().for_each(|(_, sum)| within[sum.at()] = Some(at));
        }
        for id in program.ids() {
            for operand in program.operands(id) {
                if self.homes[operand.at()].is_some_and(|(home, _)| within[id.at()] != Some(home)) {
                    self.kept[operand.at()] = true;
                }
            }
        }
    }

    /// Whether a stage is stored.
    pub(super) fn keeps(&self, id: StageId) -> bool {
        self.kept[id.at()]
    }

    /// How many numbers are stored: those of every stage that is, but the leaves that are arrays. Those of a stage that is measured count
    /// too, since they may be asked for.
    pub fn numbers_held(&self, program: &Program) -> usize {
        let measured = self.runs.iter().flat_map(|run| run.measured.iter().map(|&at| run.instructions[at].id));
        let asked: HashSet<StageId> = measured.collect();
        numbers_stored(program, &|id| self.keeps(id) || asked.contains(&id))
    }

    /// The run and the place in it of a stage that is not stored.
    fn home(&self, id: StageId) -> (&Run, usize) {
        let (run, at) = self.homes[id.at()].unwrap_or_else(|| broken("a stage that is not stored belongs to a run"));
        (&self.runs[run], at)
    }

    /// How many numbers a stage has that is not stored.
    pub(super) fn size(&self, id: StageId) -> usize {
        self.home(id).0.shape.size()
    }

    /// The numbers of a stage that is not stored.
    pub(super) fn again<'v>(&self, id: StageId, stored: &dyn Fn(StageId) -> &'v [f64]) -> Vec<f64> {
        self.computed(id, Places::All, stored)
    }

    /// The numbers of a stage that is not stored, at some places.
    pub(super) fn at<'v>(&self, id: StageId, places: &[usize], stored: &dyn Fn(StageId) -> &'v [f64]) -> Vec<f64> {
        self.computed(id, Places::Some(places), stored)
    }

    fn computed<'v>(&self, id: StageId, places: Places<'_>, stored: &dyn Fn(StageId) -> &'v [f64]) -> Vec<f64> {
        let (run, at) = self.home(id);
        let mut out = Vec::new();
        let _ = run.compute(&run.cone(at), places, stored, &mut |strip| {
            out.extend_from_slice(strip.out);
            ControlFlow::Continue(())
        });
        out
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
    /// Which one of its run it is.
    pub(super) at: usize,
    /// The stage,
    pub(super) id: StageId,
    /// and its gate.
    pub(super) gate: Gate,
    /// What the operands are here: of a strip each is as long as it or one number; of a whole stage whatever its gate takes.
    pub(super) operands: &'a [&'a [f64]],
    /// What the stage is here.
    pub(super) out: &'a [f64],
    /// Whether it is one number, as in the strip before.
    pub(super) repeats: bool,
}

impl Run {
    fn of(shape: Shape) -> Self {
        Self { shape, instructions: Vec::new(), slots: 0, sums: Vec::new(), measured: Vec::new(), compared: Vec::new() }
    }

    /// Gives each gate a strip that no other needs as long as it is needed.
    fn assign_slots(&mut self) {
        let mut last: Vec<usize> = (0..self.instructions.len()).collect();
        for (at, instruction) in self.instructions.iter().enumerate() {
            for operand in &instruction.operands {
                if let Operand::Made(made) = operand {
                    last[*made] = at;
                }
            }
        }
        let mut free = Vec::new();
        let mut ends = vec![Vec::new(); self.instructions.len()];
        for at in 0..self.instructions.len() {
            // What is computed once has a strip that no other ever fills.
            let taken = if self.instructions[at].uniform { None } else { free.pop() };
            let slot = taken.unwrap_or_else(|| {
                self.slots += 1;
                self.slots - 1
            });
            self.instructions[at].slot = slot;
            if !self.instructions[at].uniform {
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

    /// Computes every gate over all numbers into the place of its own that it has, if any, and hands each strip of each to `take`.
    pub(super) fn evaluate<'v>(
        &self,
        stored: &dyn Fn(StageId) -> &'v [f64],
        own: &mut [Option<&mut [f64]>],
        take: &mut dyn FnMut(&Strip<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<(), Found> {
        let all: Vec<usize> = (0..self.instructions.len()).collect();
        let mut summing: Vec<Summing> = vec![Summing::default(); self.sums.len()];
        let mut measuring: Vec<Measuring> = vec![Measuring::default(); self.measured.len()];
        let mut apart = vec![true; self.compared.len()];
        let (mut next, mut next_measured, mut next_compared) = (0, 0, 0);
        self.compute_all(&all, Places::All, stored, own, &mut |strip| {
            if strip.at == 0 {
                (next, next_measured, next_compared) = (0, 0, 0);
            }
            while self.sums.get(next).is_some_and(|(at, _)| *at == strip.at) {
                summing[next].add(strip.out);
                next += 1;
            }
            if self.measured.get(next_measured) == Some(&strip.at) {
                measuring[next_measured].add(strip.out);
                next_measured += 1;
            }
            if self.compared.get(next_compared) == Some(&strip.at) {
                apart[next_compared] = apart[next_compared] && !meets(strip);
                next_compared += 1;
            }
            take(strip)
        })?;
        let id = |&at: &usize| self.instructions[at].id;
        ControlFlow::Continue(Found {
            sums: self.sums.iter().zip(&summing).map(|((_, id), summing)| (*id, summing.total())).collect(),
            extents: self.measured.iter().zip(&measuring).filter_map(|(at, found)| Some((id(at), found.found()?))).collect(),
            apart: self.compared.iter().zip(&apart).filter(|(_, apart)| **apart).map(|(at, _)| id(at)).collect(),
        })
    }

    /// The numbers of every stage at places that are spread evenly, in order.
    pub(super) fn sample<'v>(&self, stored: &dyn Fn(StageId) -> &'v [f64]) -> Vec<Vec<f64>> {
        let all: Vec<usize> = (0..self.instructions.len()).collect();
        let places: Vec<usize> = spread(self.shape.size(), SAMPLE).collect();
        let mut found: Vec<Vec<f64>> = all.iter().map(|_| Vec::with_capacity(places.len())).collect();
        let _ = self.compute_all(&all, Places::Some(&places), stored, &mut [], &mut |strip| {
            found[strip.at].extend_from_slice(strip.out);
            ControlFlow::Continue(())
        });
        found
    }

    /// Computes some gates, and hands each strip of the last one to `take`.
    fn compute<'v>(
        &self,
        which: &[usize],
        places: Places<'_>,
        stored: &dyn Fn(StageId) -> &'v [f64],
        take: &mut dyn FnMut(&Strip<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let last = which.last().copied();
        self.compute_all(which, places, stored, &mut [], &mut |strip| {
            if Some(strip.at) == last { take(strip) } else { ControlFlow::Continue(()) }
        })
    }

    fn compute_all<'v>(
        &self,
        which: &[usize],
        places: Places<'_>,
        stored: &dyn Fn(StageId) -> &'v [f64],
        own: &mut [Option<&mut [f64]>],
        take: &mut dyn FnMut(&Strip<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let size = match places {
            Places::All => self.shape.size(),
            Places::Some(places) => places.len(),
        };
        let mut strips: Vec<Vec<f64>> = vec![vec![0.0; STRIP]; self.slots];
        let ready: Vec<Vec<Ready<'v>>> = which.iter().map(|&at| self.ready(&self.instructions[at], places, stored, own)).collect();
        let mut repeated = vec![Vec::new(); ready.iter().map(Vec::len).fold(0, usize::max)];
        let mut start = 0;
        while start < size {
            let len = STRIP.min(size - start);
            let here = match places {
                Places::All => Here::From(start),
                Places::Some(places) => Here::At(&places[start..start + len]),
            };
            for (&at, operands) in which.iter().zip(&ready) {
                let instruction = &self.instructions[at];
                let stored = own.get_mut(at).and_then(Option::take);
                let mut strip = std::mem::take(&mut strips[instruction.slot]);
                let (go_on, stored) = {
                    let computing = Computing { run: self, at, instruction, here, len, operands, strips: &strips, own, start };
                    if instruction.uniform && start == 0 {
                        computing.compute_once(&mut repeated, &mut strip);
                    }
                    match stored {
                        Some(own) => {
                            if instruction.uniform {
                                own[start..start + len].copy_from_slice(&strip[..len]);
                            }
                            (computing.compute(&mut repeated, &mut own[start..start + len], take), Some(own))
                        }
                        None => (computing.compute(&mut repeated, &mut strip[..len], take), None),
                    }
                };
                strips[instruction.slot] = strip;
                if stored.is_some() {
                    own[at] = stored;
                }
                go_on?;
            }
            start += len;
        }
        ControlFlow::Continue(())
    }
}

impl Run {
    /// Where the operands of a gate stand while a strip of it is computed.
    fn ready<'v>(
        &self,
        instruction: &Instruction,
        places: Places<'_>,
        stored: &dyn Fn(StageId) -> &'v [f64],
        own: &[Option<&mut [f64]>],
    ) -> Vec<Ready<'v>> {
        // One number stands for a strip of it.
        let takes_number = instruction.operands.len() == 2 && matches!(instruction.gate.row().kernel, Kernel::Binary(_));
        let ready = |&operand: &Operand| match operand {
            Operand::Made(made) => {
                let Instruction { slot, uniform, .. } = self.instructions[made];
                match own.get(made) {
                    _ if takes_number && uniform => Ready::Once(slot),
                    Some(Some(_)) => Ready::Own(made),
                    _ => Ready::Strip(slot),
                }
            }
            Operand::Whole(id) if matches!(places, Places::All) => Ready::Whole(stored(id)),
            Operand::Whole(id) => Ready::Repeated(stored(id), self.shape),
            Operand::Number(id) if takes_number => Ready::Number(&stored(id)[..1]),
            Operand::Number(id) => Ready::Repeated(&stored(id)[..1], Shape::Scalar),
            Operand::Repeated(id, shape) => Ready::Repeated(stored(id), shape),
        };
        instruction.operands.iter().map(ready).collect()
    }
}

/// Whether the slopes of a gate may change somewhere in a strip.
fn meets(strip: &Strip<'_>) -> bool {
    match (strip.gate.row().meets(), strip.operands) {
        (Some(Meets::Zero), [x, ..]) => lanes::some_equal(x, &[0.0]),
        (Some(Meets::Operands), &[x, y]) => {
            if x.len() < y.len() {
                lanes::some_equal(y, x)
            } else {
                lanes::some_equal(x, y)
            }
        }
        _ => true,
    }
}

/// An operand, ready for each strip.
#[derive(Clone, Copy)]
enum Ready<'v> {
    /// In the strip of a slot.
    Strip(usize),
    /// The first number of that.
    Once(usize),
    /// Among the numbers of a gate of the run that is stored.
    Own(usize),
    /// Among these.
    Whole(&'v [f64]),
    /// This one number.
    Number(&'v [f64]),
    /// These of another shape, repeated or gathered for each strip.
    Repeated(&'v [f64], Shape),
}

/// Where a strip is.
#[derive(Clone, Copy)]
enum Here<'a> {
    /// From a place on.
    From(usize),
    /// At some places.
    At(&'a [usize]),
}

/// One strip of one gate.
struct Computing<'a, 'v> {
    run: &'a Run,
    at: usize,
    instruction: &'a Instruction,
    here: Here<'a>,
    len: usize,
    operands: &'a [Ready<'v>],
    strips: &'a [Vec<f64>],
    /// The places of those that are stored, by their place in the run.
    own: &'a [Option<&'a mut [f64]>],
    /// The place of the first number.
    start: usize,
}

impl<'v> Computing<'_, 'v> {
    /// One number, in place of a strip.
    fn compute_once(&self, repeated: &mut [Vec<f64>], out: &mut [f64]) {
        for (operand, repeated) in self.operands.iter().zip(&mut *repeated) {
            self.repeat(*operand, repeated);
        }
        let operands: Vec<&[f64]> = (0..self.operands.len()).map(|at| &self.operand(at, &repeated[at])[..1]).collect();
        self.fill(&operands, &mut out[..1]);
        let (first, rest) = out.split_at_mut(1);
        rest.fill(first[0]);
    }

    fn fill(&self, operands: &[&[f64]], out: &mut [f64]) {
        let gate = self.instruction.gate;
        match (gate.row().lanes, operands) {
            (Some(lanes), [x]) if x.len() == out.len() => lanes(x, out),
            // No kernel asks for the shapes where each operand is as long as the result, or one number of two.
            _ => apply_to_arrays(gate, &KernelArgs { numbers: operands, shapes: &[], out: self.run.shape }, out),
        }
    }

    fn compute(&self, repeated: &mut [Vec<f64>], out: &mut [f64], take: &mut dyn FnMut(&Strip<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        for (operand, repeated) in self.operands.iter().zip(&mut *repeated) {
            self.repeat(*operand, repeated);
        }
        let here = |at: usize| self.operand(at, &repeated[at]);
        match self.operands.len() {
            0 => self.apply(&[], out, take),
            1 => self.apply(&[here(0)], out, take),
            2 => self.apply(&[here(0), here(1)], out, take),
            count => self.apply(&(0..count).map(here).collect::<Vec<_>>(), out, take),
        }
    }

    fn apply(&self, operands: &[&[f64]], out: &mut [f64], take: &mut dyn FnMut(&Strip<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        if !self.instruction.uniform {
            self.fill(operands, out);
        }
        let repeats = self.instruction.uniform && self.start > 0;
        take(&Strip { at: self.at, id: self.instruction.id, gate: self.instruction.gate, operands, out, repeats })
    }

    /// What an operand is here.
    #[inline]
    fn operand<'s>(&'s self, at: usize, repeated: &'s [f64]) -> &'s [f64] {
        match self.operands[at] {
            Ready::Strip(slot) => &self.strips[slot][..self.len],
            Ready::Once(slot) => &self.strips[slot][..1],
            Ready::Own(made) => {
                let own = self.own[made].as_ref().unwrap_or_else(|| broken("what is stored has numbers of its own"));
                &own[self.start..self.start + self.len]
            }
            Ready::Whole(numbers) => &numbers[self.start..self.start + self.len],
            Ready::Number(number) => number,
            Ready::Repeated(..) => &repeated[..self.len],
        }
    }

    /// Fills in an operand that is not there as it is needed.
    #[inline]
    fn repeat(&self, operand: Ready<'v>, out: &mut Vec<f64>) {
        let Ready::Repeated(numbers, shape) = operand else { return };
        out.clear();
        match (self.here, numbers) {
            (_, [one]) => out.resize(self.len, *one),
            (Here::At(places), _) => out.extend(places.iter().map(|&at| numbers[shape.met(self.run.shape, at)])),
            (Here::From(start), _) => repeat_rows(numbers, shape, self.run.shape, start..start + self.len, out),
        }
    }
}

/// What an operand of a shape is at the places of a larger one, row by row.
fn repeat_rows(numbers: &[f64], shape: Shape, whole: Shape, places: std::ops::Range<usize>, out: &mut Vec<f64>) {
    let columns = whole.sides().1;
    let (rows, own) = shape.sides();
    let mut at = places.start;
    while at < places.end {
        let (i, j) = (at / columns, at % columns);
        let count = (columns - j).min(places.end - at);
        let row = if rows > 1 { i * own } else { 0 };
        if own > 1 {
            out.extend_from_slice(&numbers[row + j..row + j + count]);
        } else {
            out.resize(out.len() + count, numbers[row]);
        }
        at += count;
    }
}
