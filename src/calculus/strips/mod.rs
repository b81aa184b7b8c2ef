//! Long arrays a strip at a time: runs of gates that go over arrays number by number, and the sums of what they give.
//!
//! A strip of every stage of a run stays in the first-level cache; stages that nothing outside of the run needs are never stored,
//! and are computed again where somebody asks for them after all. Knows the order of stages and which are needed; the functions are
//! the gate table's, the elementary ones within two units in the last place.

use crate::forms::{Program, StageId};
use crate::ground::{Shape, broken};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::runs::Summing;
use crate::vocabulary::gate::{Kernel, KernelArgs, apply_to_arrays};
use crate::vocabulary::lanes::LONG;
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
    /// The schedule for a program of which some stages are wanted.
    pub fn of(program: &Program, wanted: &dyn Fn(StageId) -> bool) -> Self {
        let mut scheduler = Scheduler {
            program,
            schedule: Self { steps: Vec::new(), runs: Vec::new(), homes: vec![None; program.len()], kept: vec![true; program.len()] },
            open: None,
            pending: vec![false; program.len()],
        };
        for id in program.ids().filter(|&id| !matches!(program.gate(id), Gate::Input | Gate::Constant)) {
            scheduler.place(id);
        }
        scheduler.close();
        let mut schedule = scheduler.schedule;
        schedule.choose(program, wanted);
        schedule
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

    /// How many numbers are stored: those of every stage that is, but the leaves that are arrays.
    pub fn numbers_held(&self, program: &Program) -> usize {
        numbers_stored(program, &|id| self.keeps(id))
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

struct Scheduler<'a> {
    program: &'a Program,
    schedule: Schedule,
    open: Option<Run>,
    /// What the run that is open gives.
    pending: Vec<bool>,
}

impl Scheduler<'_> {
    fn place(&mut self, id: StageId) {
        let (gate, shape) = (self.program.gate(id), self.program.shape(id));
        let operands = self.program.operands(id);
        let run = self.schedule.runs.len();
        if goes_in_strips(gate, shape) {
            let sums = |operand: &StageId| self.pending[operand.at()] && self.schedule.homes[operand.at()].is_none();
            if self.open.as_ref().is_some_and(|open| open.shape != shape) || operands.iter().any(sums) {
                self.close();
            }
            let run = self.schedule.runs.len();
            let homes = &self.schedule.homes;
            let place = |&operand: &StageId| match (homes[operand.at()], self.program.shape(operand)) {
                (Some((home, at)), own) if home == run && own == shape => Operand::Made(at),
                (_, own) if own == shape => Operand::Whole(operand),
                (_, own) if own.size() == 1 => Operand::Number(operand),
                (_, own) => Operand::Repeated(operand, own),
            };
            let is_uniform = |operand: &Operand| match *operand {
                Operand::Made(made) => self.open.as_ref().is_some_and(|open| open.instructions[made].uniform),
                Operand::Number(_) => true,
                Operand::Whole(_) | Operand::Repeated(..) => false,
            };
            let operands: Box<[Operand]> = if gate.is_elementwise() { operands.iter().map(place).collect() } else { Box::default() };
            let uniform = operands.iter().all(is_uniform);
            let open = self.open.get_or_insert_with(|| Run { shape, instructions: Vec::new(), slots: 0, sums: Vec::new() });
            self.schedule.homes[id.at()] = Some((run, open.instructions.len()));
            open.instructions.push(Instruction { id, gate, operands, slot: 0, uniform });
            self.pending[id.at()] = true;
        } else if let (Gate::Sum, &[operand], Some(open)) = (gate, operands, self.open.as_mut())
            && let Some((home, at)) = self.schedule.homes[operand.at()]
            && home == run
        {
            open.sums.push((at, id));
            self.pending[id.at()] = true;
        } else {
            if operands.iter().any(|operand| self.pending[operand.at()]) {
                self.close();
            }
            self.schedule.steps.push(Step::Stage(id));
        }
    }

    /// Ends the run that is open.
    fn close(&mut self) {
        let Some(mut run) = self.open.take() else { return };
        run.assign_slots();
        run.sums.sort_by_key(|(at, _)| *at);
        self.schedule.steps.push(Step::Run(self.schedule.runs.len()));
        for instruction in &run.instructions {
            self.pending[instruction.id.at()] = false;
        }
        for (_, sum) in &run.sums {
            self.pending[sum.at()] = false;
        }
        self.schedule.runs.push(run);
    }
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

    /// Computes every gate over all numbers into the place of its own that it has, if any, hands each strip of each to `take`, and gives
    /// the sums, which are in order.
    pub(super) fn evaluate<'v>(
        &self,
        stored: &dyn Fn(StageId) -> &'v [f64],
        own: &mut [Option<&mut [f64]>],
        take: &mut dyn FnMut(&Strip<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<(), Vec<(StageId, f64)>> {
        let all: Vec<usize> = (0..self.instructions.len()).collect();
        let mut summing: Vec<Summing> = vec![Summing::default(); self.sums.len()];
        let mut next = 0;
        self.compute_all(&all, Places::All, stored, own, &mut |strip| {
            if strip.at == 0 {
                next = 0;
            }
            while self.sums.get(next).is_some_and(|(at, _)| *at == strip.at) {
                summing[next].add(strip.out);
                next += 1;
            }
            take(strip)
        })?;
        ControlFlow::Continue(self.sums.iter().zip(&summing).map(|((_, id), summing)| (*id, summing.total())).collect())
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
        let operands: Vec<Vec<(Operand, &[f64])>> = which
            .iter()
            .map(|&at| self.instructions[at].operands.iter().map(|&operand| (operand, numbers(operand, stored))).collect())
            .collect();
        let mut repeated = vec![Vec::new(); operands.iter().map(Vec::len).fold(0, usize::max)];
        let mut start = 0;
        while start < size {
            let len = STRIP.min(size - start);
            let here = match places {
                Places::All => Here::From(start),
                Places::Some(places) => Here::At(&places[start..start + len]),
            };
            for (&at, operands) in which.iter().zip(&operands) {
                let instruction = &self.instructions[at];
                let stored = own.get_mut(at).and_then(Option::take);
                let mut strip = std::mem::take(&mut strips[instruction.slot]);
                let (go_on, stored) = {
                    let computing = Computing { run: self, at, instruction, here, len, operands, strips: &strips, own, start };
                    if instruction.uniform && start == 0 {
                        computing.compute_once(&mut strip);
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

/// The numbers of an operand that stands outside of the run.
fn numbers<'v>(operand: Operand, stored: &dyn Fn(StageId) -> &'v [f64]) -> &'v [f64] {
    match operand {
        Operand::Made(_) => &[],
        Operand::Whole(id) | Operand::Number(id) | Operand::Repeated(id, _) => stored(id),
    }
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
    operands: &'a [(Operand, &'v [f64])],
    strips: &'a [Vec<f64>],
    /// The places of those that are stored, by their place in the run.
    own: &'a [Option<&'a mut [f64]>],
    /// The place of the first number.
    start: usize,
}

impl<'v> Computing<'_, 'v> {
    /// One number, in place of a strip.
    fn compute_once(&self, out: &mut [f64]) {
        let operand = |&(operand, numbers): &(Operand, &'v [f64])| match operand {
            Operand::Made(made) => self.strips[self.run.instructions[made].slot][0],
            _ => numbers[0],
        };
        let numbers: Vec<[f64; 1]> = self.operands.iter().map(|given| [operand(given)]).collect();
        let operands: Vec<&[f64]> = numbers.iter().map(|number| &number[..]).collect();
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
        let gate = self.instruction.gate;
        for ((operand, numbers), repeated) in self.operands.iter().zip(&mut *repeated) {
            self.repeat(*operand, numbers, repeated);
        }
        let here = |at: usize| self.operand(at, &repeated[at]);
        match self.operands.len() {
            0 => self.apply(gate, &[], out, take),
            1 => self.apply(gate, &[here(0)], out, take),
            2 => self.apply(gate, &[here(0), here(1)], out, take),
            count => self.apply(gate, &(0..count).map(here).collect::<Vec<_>>(), out, take),
        }
    }

    fn apply(
        &self,
        gate: Gate,
        operands: &[&[f64]],
        out: &mut [f64],
        take: &mut dyn FnMut(&Strip<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if !self.instruction.uniform {
            self.fill(operands, out);
        }
        let repeats = self.instruction.uniform && self.start > 0;
        take(&Strip { at: self.at, id: self.instruction.id, gate, operands, out, repeats })
    }

    /// Whether one number stands for a strip of it.
    fn takes_number(&self) -> bool {
        self.operands.len() == 2 && matches!(self.instruction.gate.row().kernel, Kernel::Binary(_)) && self.len > 1
    }

    /// What an operand is here.
    fn operand<'s>(&'s self, at: usize, repeated: &'s [f64]) -> &'s [f64] {
        match (self.operands[at], self.here) {
            ((Operand::Made(made), _), _) if self.takes_number() && self.run.instructions[made].uniform => {
                &self.strips[self.run.instructions[made].slot][..1]
            }
            ((Operand::Made(made), _), _) => match self.own.get(made) {
                Some(Some(own)) => &own[self.start..self.start + self.len],
                _ => &self.strips[self.run.instructions[made].slot][..self.len],
            },
            ((Operand::Whole(_), numbers), Here::From(start)) => &numbers[start..start + self.len],
            ((Operand::Number(_), numbers), _) if self.takes_number() => &numbers[..1],
            _ => &repeated[..self.len],
        }
    }

    /// Fills in an operand that is not there as it is needed.
    fn repeat(&self, operand: Operand, numbers: &[f64], out: &mut Vec<f64>) {
        match (operand, self.here) {
            (Operand::Made(_), _) | (Operand::Whole(_), Here::From(_)) => {}
            (Operand::Number(_), _) if self.takes_number() => {}
            (Operand::Number(_), _) => {
                out.clear();
                out.resize(self.len, numbers[0]);
            }
            (Operand::Whole(_), Here::At(places)) => {
                out.clear();
                out.extend(places.iter().map(|&at| numbers[at]));
            }
            (Operand::Repeated(_, shape), Here::At(places)) => {
                out.clear();
                out.extend(places.iter().map(|&at| numbers[shape.met(self.run.shape, at)]));
            }
            (Operand::Repeated(_, shape), Here::From(start)) => {
                out.clear();
                repeat_rows(numbers, shape, self.run.shape, start..start + self.len, out);
            }
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
