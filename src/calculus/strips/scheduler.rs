//! In what order the stages of a program are computed: which of them make a run, and what waits for its end.
//!
//! Knows shapes and who uses what; no number.

use super::{Instruction, Operand, Run, Schedule, Step, Totals, goes_in_strips, summary};
use crate::forms::{Program, StageId};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::Kernel;
use std::collections::{HashMap, VecDeque};

/// The most stages that wait for the end of a run, while others join it.
const MOST_WAITING: usize = 256;

/// The most gates that a run computes again for others where memory is short.
const MOST_AGAIN: usize = 256;

/// What stands for a stage where others are placed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    /// It is computed before the run that is open.
    Known,
    /// The run that is open computes it, number by number.
    Strips,
    /// The end of the run that is open gives it, or comes before it.
    Later,
}

/// Where a stage goes.
enum Goes {
    Joins,
    Sums(usize),
    Alone,
    Waits,
    /// Into another run.
    Next,
}

/// Puts the stages of a program into runs.
pub(super) struct Scheduler<'a> {
    program: &'a Program,
    schedule: Schedule,
    open: Option<Run>,
    made: Vec<Made>,
    /// What is to be placed, in order.
    queue: VecDeque<StageId>,
    /// What waits for the end of the run that is open, in order.
    waiting: Vec<StageId>,
}

impl<'a> Scheduler<'a> {
    /// Everything that is computed is to be placed, in the program's order.
    pub(super) fn of(program: &'a Program, totals: Totals, spares: bool) -> Self {
        let schedule = Schedule {
            steps: Vec::new(),
            runs: Vec::new(),
            homes: vec![None; program.len()],
            kept: vec![true; program.len()],
            measured: Vec::new(),
            totals,
            measures_steps: false,
            turned: Vec::new(),
            spares,
        };
        let stages =
            program.ids().filter(|&id| !matches!(program.gate(id), Gate::Input | Gate::Constant) && !schedule.totals.leave_out(id));
        let queue = stages.collect();
        Self { program, schedule, open: None, made: vec![Made::Known; program.len()], queue, waiting: Vec::new() }
    }

    /// The runs are made as long as they can be: what waits for the end of one does not end it.
    pub(super) fn placed(mut self) -> Schedule {
        loop {
            let Some(id) = self.queue.pop_front() else {
                if self.open.is_none() {
                    return self.schedule;
                }
                self.close();
                continue;
            };
            match self.goes(id) {
                Goes::Joins => self.join(id),
                Goes::Sums(at) => {
                    self.open.iter_mut().for_each(|open| open.sums.push((at, id)));
                    self.made[id.at()] = Made::Later;
                }
                Goes::Alone if self.schedule.totals.ended_by(id).is_some() => self.schedule.steps.push(Step::Total(id)),
                Goes::Alone => self.schedule.steps.push(Step::Stage(id)),
                Goes::Waits if self.waiting.len() < MOST_WAITING => {
                    self.waiting.push(id);
                    self.made[id.at()] = Made::Later;
                }
                Goes::Waits | Goes::Next => {
                    self.queue.push_front(id);
                    self.close();
                }
            }
        }
    }

    fn goes(&self, id: StageId) -> Goes {
        if let Some(total) = self.schedule.totals.ended_by(id) {
            let are_known = total.operands().all(|operand| self.made[operand.at()] == Made::Known);
            return if are_known { Goes::Alone } else { Goes::Waits };
        }
        let (gate, shape) = (self.program.gate(id), self.program.shape(id));
        let operands = self.program.operands(id);
        let any = |made: Made| operands.iter().any(|operand| self.made[operand.at()] == made);
        if any(Made::Later) {
            Goes::Waits
        } else if summary(self.program, id).is_some() && any(Made::Strips) {
            // All of its operand must be there.
            Goes::Waits
        } else if goes_in_strips(self.program, id) {
            let fits = self.open.as_ref().is_none_or(|open| open.shape == shape);
            if fits { Goes::Joins } else { Goes::Next }
        } else if !any(Made::Strips) {
            Goes::Alone
        } else if let (Some(_), &[operand]) = (gate.row().of_sum, operands)
            && let (Some((_, at)), Some(open)) = (self.schedule.homes[operand.at()], &self.open)
        {
            Goes::Sums(open.computes(at))
        } else {
            Goes::Waits
        }
    }

    /// Makes a stage one of the run that is open.
    fn join(&mut self, id: StageId) {
        let (gate, shape) = (self.program.gate(id), self.program.shape(id));
        let run = self.schedule.runs.len();
        let homes = &self.schedule.homes;
        let computes = |at: usize| self.open.as_ref().map_or(at, |open| open.computes(at));
        let stands = |at: usize| self.open.as_ref().and_then(|open| open.instructions[at].stands);
        let place = |&operand: &StageId| match (homes[operand.at()], self.program.shape(operand)) {
            (Some((home, at)), own) if home == run && own == shape => stands(computes(at)).unwrap_or(Operand::Made(computes(at))),
            (_, own) if own == shape => Operand::Whole(operand),
            (_, own) if own.size() == 1 => Operand::Number(operand),
            (_, own) => Operand::Repeated(operand, own),
        };
        let is_uniform = |operand: &Operand| match *operand {
            Operand::Made(made) => self.open.as_ref().is_some_and(|open| open.instructions[made].uniform),
            Operand::Number(_) => true,
            Operand::Whole(_) | Operand::Repeated(..) => false,
        };
        let filled = matches!(gate.row().kernel, Kernel::Fill(_));
        let operands: Box<[Operand]> = if filled { Box::default() } else { self.program.operands(id).iter().map(place).collect() };
        let uniform = operands.iter().all(is_uniform);
        let stands = self.open.as_ref().and_then(|open| open.stands(gate, &operands));
        let (same, stands) = match stands {
            Some(Operand::Made(at)) => (Some(at), None),
            _ => (self.open.as_ref().and_then(|open| open.same(gate, &operands)), stands.filter(|_| !uniform)),
        };
        let (operands, same) = match same {
            Some(at) => (Box::from([Operand::Made(at)]), Some(at)),
            None => (operands, None),
        };
        let open = self.open.get_or_insert_with(|| Run::of(shape));
        self.schedule.homes[id.at()] = Some((run, open.instructions.len()));
        open.instructions.push(Instruction { id, gate, operands, slot: 0, uniform, same, again: false, elsewhere: false, stands });
        self.made[id.at()] = Made::Strips;
    }

    /// Ends the run that is open; what waited for that is placed next.
    fn close(&mut self) {
        let Some(run) = self.open.take() else { return };
        let mut run = self.with_copies(run);
        run.assign_slots();
        run.sums.sort_by_key(|(at, _)| *at);
        self.schedule.steps.push(Step::Run(self.schedule.runs.len()));
        let stages = run.stages().chain(run.sums.iter().map(|(_, sum)| *sum));
        stages.chain(self.waiting.iter().copied()).for_each(|id| self.made[id.at()] = Made::Known);
        self.schedule.runs.push(run);
        self.waiting.drain(..).rev().for_each(|id| self.queue.push_front(id));
    }

    /// The run, in which what earlier ones gave to it is computed again where that takes less than to store it and to fetch it.
    fn with_copies(&mut self, run: Run) -> Run {
        let mut made = Run { instructions: Vec::with_capacity(run.instructions.len()), ..Run::of(run.shape) };
        let (mut moved, mut copies) = (Vec::with_capacity(run.instructions.len()), HashMap::new());
        for mut instruction in run.instructions {
            // What goes by the whole of its operand needs that before.
            let by_whole = summary(self.program, instruction.id).is_some();
            for operand in &mut instruction.operands {
                *operand = match *operand {
                    Operand::Made(at) => Operand::Made(moved[at]),
                    Operand::Whole(id) if !by_whole && self.schedule.spares => self.all_copied(id, &mut made, &mut copies),
                    Operand::Whole(id) if !by_whole => self.copied(id, &mut made, &mut copies),
                    other => other,
                };
            }
            instruction.same = instruction.same.map(|at| moved[at]);
            if let Some((_, at)) = &mut self.schedule.homes[instruction.id.at()] {
                *at = made.instructions.len();
            }
            moved.push(made.instructions.len());
            made.instructions.push(instruction);
        }
        made.sums = run.sums.into_iter().map(|(at, id)| (moved[at], id)).collect();
        made
    }

    /// A stage as an operand of a run: computed again there if it is arithmetic of numbers and of what is stored anyway.
    fn copied(&mut self, id: StageId, made: &mut Run, copies: &mut HashMap<StageId, usize>) -> Operand {
        if let Some(&at) = copies.get(&id) {
            return Operand::Made(at);
        }
        let Some((from, at)) = self.schedule.homes[id.at()] else { return Operand::Whole(id) };
        let known = &self.schedule.runs[from].instructions;
        let at = known[at].same.unwrap_or(at);
        let source = known[at].clone();
        let stored = |made: &&usize| !known[**made].uniform;
        let fetched: Vec<usize> = source.operands.iter().filter_map(|operand| operand.made()).collect();
        let fetched = fetched.iter().filter(stored);
        // What it is made of is then stored in its place: that of one gate, which is not such a copy itself.
        let is_cheap = source.gate.row().is_cheap()
            && fetched.clone().count() < 2
            && !fetched.into_iter().any(|made| known[*made].gate.row().is_cheap());
        if !source.uniform && !is_cheap {
            return Operand::Whole(id);
        }
        let mut operands = source.operands.clone();
        for operand in &mut operands {
            if let Some(at) = operand.made() {
                let id = self.schedule.runs[from].instructions[at].id;
                *operand =
                    if self.schedule.runs[from].instructions[at].uniform { self.copied(id, made, copies) } else { Operand::Whole(id) };
            }
        }
        self.schedule.runs[from].instructions[at].elsewhere = true;
        copies.insert(id, made.instructions.len());
        made.instructions.push(Instruction { id, operands, same: None, again: true, elsewhere: false, stands: None, ..source });
        Operand::Made(made.instructions.len() - 1)
    }

    /// The same where memory is short: all that goes number by number is computed again, back to what does not, up to so many gates in a
    /// run; what is beyond them is stored.
    fn all_copied(&mut self, id: StageId, made: &mut Run, copies: &mut HashMap<StageId, usize>) -> Operand {
        let mut open = vec![id];
        while let Some(&next) = open.last() {
            let Some((from, at)) = self.schedule.homes[next.at()].filter(|_| !copies.contains_key(&next) && copies.len() < MOST_AGAIN)
            else {
                open.pop();
                continue;
            };
            let known = &self.schedule.runs[from].instructions;
            let at = known[at].same.unwrap_or(at);
            let by_whole = summary(self.program, known[at].id).is_some();
            let source = |operand: &Operand| match *operand {
                Operand::Made(made) => Some(known[known[made].same.unwrap_or(made)].id),
                Operand::Whole(id) if !by_whole => Some(id),
                _ => None,
            };
            let before = open.len();
            // Each that is open becomes one copy.
            let has_room = copies.len() + open.len() < MOST_AGAIN;
            let missing = |id: &StageId| has_room && self.schedule.homes[id.at()].is_some() && !copies.contains_key(id);
            open.extend(known[at].operands.iter().filter_map(source).filter(missing));
            if open.len() > before {
                continue;
            }
            let copied = |operand: &Operand| {
                source(operand).map_or(*operand, |id| copies.get(&id).map_or(Operand::Whole(id), |&at| Operand::Made(at)))
            };
            let operands = known[at].operands.iter().map(copied).collect();
            let copy = Instruction { id: next, operands, same: None, again: true, elsewhere: false, stands: None, ..known[at].clone() };
            self.schedule.runs[from].instructions[at].elsewhere = true;
            copies.insert(next, made.instructions.len());
            made.instructions.push(copy);
            open.pop();
        }
        copies.get(&id).map_or(Operand::Whole(id), |&at| Operand::Made(at))
    }
}
