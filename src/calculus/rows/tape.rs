//! The stages of a row as steps over strips of rows: what is prepared once and run for every strip.
//!
//! A strip of every stage stays in the cache, columns are read where they stand, and strips of stages that are needed no more are filled
//! again. Knows stages of single numbers and in which order they are computed; the functions are the gate table's, the elementary ones
//! within two units in the last place.

use super::Given;
use crate::calculus::range::{LARGE, Leaving};
use crate::calculus::strips::Strip;
use crate::calculus::watch::Watch;
use crate::forms::{Program, StageId};
use crate::ground::{Shape, broken};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::bounds::Bounds;
use crate::vocabulary::gate::{Fused, Kernel, KernelArgs, OverSlices, TwoOverSlices, apply, apply_to_arrays};
use crate::vocabulary::lanes;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// How many rows a strip has: what it takes to begin a step is little beside that, and most operands are still in the first-level cache.
pub(super) const STRIP: usize = 768;

/// What is watched of a quick run is no larger than this: products of three such numbers, and sums of them, are no larger than `LARGE`.
const MODEST: f64 = 1e30;

/// Where an operand of a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    Column(usize),
    /// A strip of its own.
    Register(usize),
    /// The same in every row: this one of the numbers.
    Number(usize),
}

/// A stage that is computed for every strip.
#[derive(Clone, Debug)]
struct Step {
    id: StageId,
    gate: Gate,
    lanes: Option<OverSlices>,
    operands: Box<[Place]>,
    /// The register that it fills.
    out: usize,
    /// The gate that is computed with it, and the register which that fills.
    twin: Option<(TwoOverSlices, usize)>,
    /// It and the gates that are computed on the way to it, whose results are stored nowhere: operands stand in their order.
    fused: Option<Fused>,
    /// Whether a quick run looks at how large it is.
    watched: bool,
    /// The columns that no step before it reads.
    fresh: Box<[usize]>,
    /// Where it goes, and where its twin does, among what is asked for.
    goes: [Box<[usize]>; 2],
}

/// A number that is the same in every row, and the stage that it is.
#[derive(Clone, Debug)]
struct Uniform {
    id: StageId,
    number: f64,
    /// Which numbers it is computed from; none of a leaf.
    operands: Vec<usize>,
}

/// The stages of a row, ready to be run over strips.
#[derive(Clone, Debug)]
pub(super) struct Tape {
    uniform: Vec<Uniform>,
    steps: Vec<Step>,
    registers: usize,
    /// The registers that hold one number all along, and which.
    filled: Vec<(usize, usize)>,
    /// What is asked for that no step computes, and where that stands.
    asked: Vec<(usize, Place)>,
    /// The columns that are used, and those of them that no step reads.
    columns: Vec<usize>,
    unread: Vec<usize>,
    /// Whether the numbers that are the same in every row are modest.
    modest: bool,
}

/// Numbers that begin where a line of the cache does.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Register([f64; STRIP]);

/// Where a tape computes.
#[derive(Clone, Debug, Default)]
pub(super) struct Registers(Vec<Register>);

/// The registers but one or two that are filled.
struct Others<'a> {
    parts: [&'a [Register]; 3],
    /// Which register each of these begins with.
    begins: [usize; 3],
}

impl Registers {
    /// One that is filled, and the others.
    #[inline]
    fn apart(&mut self, out: usize) -> (&mut Register, Others<'_>) {
        let (before, rest) = self.0.split_at_mut(out);
        let Some((out, after)) = rest.split_first_mut() else { broken("a register is one of them") };
        let begins = [0, before.len() + 1, usize::MAX];
        (out, Others { parts: [before, after, &[]], begins })
    }

    /// Two that are filled, and the others.
    fn both_apart(&mut self, out: usize, twin: usize) -> ([&mut Register; 2], Others<'_>) {
        let (low, high) = (out.min(twin), out.max(twin));
        let (before, rest) = self.0.split_at_mut(high);
        let (before, between) = before.split_at_mut(low);
        let (Some((first, between)), Some((second, after))) = (between.split_first_mut(), rest.split_first_mut()) else {
            broken("a register is one of them")
        };
        let others = Others { parts: [before, between, after], begins: [0, low + 1, high + 1] };
        (if out < twin { [first, second] } else { [second, first] }, others)
    }
}

impl<'a> Others<'a> {
    #[inline]
    fn at(&self, register: usize) -> &'a [f64; STRIP] {
        let part = usize::from(register >= self.begins[1]) + usize::from(register >= self.begins[2]);
        let found = self.parts[part].get(register - self.begins[part]);
        &found.unwrap_or_else(|| broken("no step reads what it fills")).0
    }
}

/// A strip of the columns, and where what is asked for goes.
pub(super) struct Target<'a, 'o> {
    pub(super) columns: &'a [&'a [f64]],
    pub(super) out: &'a mut [&'o mut [f64]],
    /// Whether what goes there is too much for the cache.
    pub(super) far: bool,
    pub(super) rows: Range<usize>,
}

impl Target<'_, '_> {
    /// Writes what is asked for: as many numbers as the strip has rows, or one for all of them.
    #[inline]
    fn write(&mut self, asked: &[usize], numbers: &[f64]) {
        for &at in asked {
            let strip = &mut self.out[at][self.rows.clone()];
            match numbers {
                &[number] => strip.fill(number),
                // While more is computed there is time to write it.
                numbers if self.far => lanes::stream(numbers, strip),
                numbers => strip.copy_from_slice(numbers),
            }
        }
    }
}

/// Where a stage is while a tape is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Made {
    Place(Place),
    /// The strip of a step.
    Step(usize),
}

/// How much of a program a tape computes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// What is asked for, and what shows that no number may be large.
    Quick,
    /// Every stage.
    Whole,
}

impl Tape {
    /// The stages of a program whose inputs are given so.
    pub(super) fn of(program: &Program, given: &[Given], asked: &[StageId], extent: Extent) -> Self {
        let mut making = Making::default();
        for id in program.ids() {
            let made = making.made(program, given, id);
            making.at.push(made);
        }
        making.finished(asked, extent)
    }

    /// Where it computes.
    pub(super) fn registers(&self) -> Registers {
        let mut registers = vec![Register([0.0; STRIP]); self.registers];
        for &(register, number) in &self.filled {
            registers[register] = Register([self.uniform[number].number; STRIP]);
        }
        Registers(registers)
    }

    /// Computes a strip; whether no number of it can be larger than `LARGE`, or not finite.
    pub(super) fn run_quickly(&self, registers: &mut Registers, target: &mut Target<'_, '_>) -> bool {
        let (columns, rows) = (target.columns, target.rows.clone());
        let are_modest = |column: &usize| lanes::are_within(&columns[*column][rows.clone()], MODEST);
        let mut modest = self.modest && self.unread.iter().all(are_modest);
        // Columns are looked at as soon as a step has brought them near.
        self.run(registers, target, &mut |step, strip| {
            modest &= step.fresh.iter().all(are_modest) && (!step.watched || lanes::are_within(strip.out, MODEST));
        });
        modest
    }

    /// Computes a strip, and lets every stage be looked at; whether products leave the range of 64-bit numbers somewhere.
    pub(super) fn run_watched(&self, program: &Program, registers: &mut Registers, target: &mut Target<'_, '_>) -> bool {
        let mut leaving = Leaving::of(program);
        for uniform in self.uniform.iter().filter(|uniform| !uniform.operands.is_empty()) {
            let operands: Vec<&[f64]> = uniform.operands.iter().map(|&at| std::slice::from_ref(&self.uniform[at].number)).collect();
            let out = std::slice::from_ref(&uniform.number);
            leaving.see(&Strip { id: uniform.id, twins: &[], gate: program.gate(uniform.id), operands: &operands, out });
        }
        let is_large = |numbers: &[f64]| numbers.iter().any(|number| number.abs() > LARGE);
        let mut large = self.uniform.iter().any(|uniform| is_large(&[uniform.number]))
            || self.columns.iter().any(|&column| is_large(&target.columns[column][target.rows.clone()]));
        self.run(registers, target, &mut |_, strip| {
            large |= is_large(strip.out);
            leaving.see(strip);
        });
        // Gates of single numbers are told by their operands as they are computed.
        leaving.leaves_range(|| large, |_| true)
    }

    /// Computes a strip, and hands each stage of it to `see`.
    fn run(&self, registers: &mut Registers, target: &mut Target<'_, '_>, see: &mut impl FnMut(&Step, &Strip<'_>)) {
        let rows = target.rows.clone();
        let share = rows.len().div_ceil(self.steps.len().max(1));
        let mut fetched = if target.far { rows.end } else { usize::MAX };
        for step in &self.steps {
            if fetched < rows.end + rows.len() {
                self.fetch(target, fetched..fetched + share);
                fetched += share;
            }
            if let Some((both, twin)) = step.twin {
                let ([out, other], others) = registers.both_apart(step.out, twin);
                let operand = self.numbers(step.operands[0], &others, target.columns, &rows);
                let (out, other) = (&mut out.0[..rows.len()], &mut other.0[..rows.len()]);
                both(operand, out, other);
                see(step, &step.strip(&[operand], out));
                target.write(&step.goes[0], out);
                target.write(&step.goes[1], other);
                continue;
            }
            let (out, others) = registers.apart(step.out);
            let out = &mut out.0[..rows.len()];
            let operand = |at: usize| self.numbers(step.operands[at], &others, target.columns, &rows);
            match step.operands.len() {
                1 => step.fill(&[operand(0)], out, see),
                2 => step.fill(&[operand(0), operand(1)], out, see),
                3 => step.fill(&[operand(0), operand(1), operand(2)], out, see),
                4 => step.fill(&[operand(0), operand(1), operand(2), operand(3)], out, see),
                5 => step.fill(&[operand(0), operand(1), operand(2), operand(3), operand(4)], out, see),
                6 => step.fill(&[operand(0), operand(1), operand(2), operand(3), operand(4), operand(5)], out, see),
                count => step.fill(&(0..count).map(operand).collect::<Vec<_>>(), out, see),
            }
            target.write(&step.goes[0], out);
        }
        let all = Others { parts: [&registers.0, &[], &[]], begins: [0, usize::MAX, usize::MAX] };
        for &(at, place) in &self.asked {
            target.write(&[at], self.numbers(place, &all, target.columns, &rows));
        }
    }

    /// Asks for rows of the columns of the next strip: memory is read while this one is computed.
    #[inline]
    fn fetch(&self, target: &Target<'_, '_>, rows: Range<usize>) {
        for &column in &self.columns {
            let column = target.columns[column];
            lanes::fetch(&column[rows.start.min(column.len())..rows.end.min(column.len())]);
        }
    }

    /// What stands at a place: as many numbers as the strip has rows, or one.
    #[inline]
    fn numbers<'a>(&'a self, place: Place, registers: &Others<'a>, columns: &[&'a [f64]], rows: &Range<usize>) -> &'a [f64] {
        match place {
            Place::Register(register) => &registers.at(register)[..rows.len()],
            Place::Column(column) => &columns[column][rows.clone()],
            Place::Number(at) => std::slice::from_ref(&self.uniform[at].number),
        }
    }
}

impl Step {
    #[inline]
    fn fill(&self, operands: &[&[f64]], out: &mut [f64], see: &mut impl FnMut(&Self, &Strip<'_>)) {
        if let Some(fused) = self.fused {
            fused.fill(operands, out);
        } else if !self.lanes.is_some_and(|lanes| lanes.fill(operands, out)) {
            // No kernel asks for the shapes where each operand is as long as the result, or one number of two.
            apply_to_arrays(self.gate, &KernelArgs::new(operands, &[], Shape::Scalar), out);
        }
        see(self, &self.strip(operands, out));
    }

    /// What it has computed.
    fn strip<'a>(&self, operands: &'a [&'a [f64]], out: &'a [f64]) -> Strip<'a> {
        Strip { id: self.id, twins: &[], gate: self.gate, operands, out }
    }
}

/// A tape that is being made.
#[derive(Default)]
struct Making {
    /// Where each stage is.
    at: Vec<Made>,
    /// Between which numbers each is, where nothing that is watched is more than modest.
    bounds: Vec<Bounds>,
    uniform: Vec<Uniform>,
    columns: Vec<usize>,
    steps: Vec<Draft>,
}

/// A step that has no place yet.
struct Draft {
    id: StageId,
    gate: Gate,
    operands: Vec<Made>,
    fused: Option<Fused>,
    watched: bool,
}

impl Making {
    /// A stage, whose operands are made.
    fn made(&mut self, program: &Program, given: &[Given], id: StageId) -> Made {
        let gate = program.gate(id);
        let leaf = match gate {
            Gate::Input => match &given[program.leaf(id)] {
                Given::Value(value) => value.number(),
                Given::Column(column) => {
                    if !self.columns.contains(column) {
                        self.columns.push(*column);
                    }
                    self.bounds.push(Bounds::up_to(MODEST));
                    return Made::Place(Place::Column(*column));
                }
                Given::Columns(..) => None,
            },
            Gate::Constant => program.constant(id).and_then(|constant| constant.value.number()),
            _ => return self.computed(program, id),
        };
        let number = leaf.unwrap_or_else(|| broken("the leaves of a program of single numbers are such"));
        self.same_everywhere(id, number, Vec::new())
    }

    fn same_everywhere(&mut self, id: StageId, number: f64, operands: Vec<usize>) -> Made {
        self.uniform.push(Uniform { id, number, operands });
        self.bounds.push(Bounds::of(&[number]).unwrap_or(Bounds::up_to(f64::INFINITY)));
        Made::Place(Place::Number(self.uniform.len() - 1))
    }

    fn computed(&mut self, program: &Program, id: StageId) -> Made {
        let (gate, operands) = (program.gate(id), program.operands(id));
        let made: Vec<Made> = operands.iter().map(|operand| self.at[operand.at()]).collect();
        let number = |made: &Made| if let Made::Place(Place::Number(at)) = made { Some(*at) } else { None };
        if let Some(numbers) = made.iter().map(number).collect::<Option<Vec<usize>>>() {
            let value = apply(gate, numbers.len(), |at| self.uniform[numbers[at]].number);
            return self.same_everywhere(id, value, numbers);
        }
        let bounds: Vec<Bounds> = operands.iter().map(|operand| self.bounds[operand.at()]).collect();
        // Bounds are rounded a little.
        let bounds = gate.row().bounds.and_then(|rule| rule(&bounds)).filter(|bounds| bounds.largest() <= LARGE / 2.0);
        self.bounds.push(bounds.unwrap_or(Bounds::up_to(MODEST)));
        self.steps.push(Draft { id, gate, operands: made, fused: None, watched: bounds.is_none() });
        Made::Step(self.steps.len() - 1)
    }

    fn finished(mut self, asked: &[StageId], extent: Extent) -> Tape {
        let mut needed = self.needed(asked, extent);
        let twins = if extent == Extent::Quick { self.twins(&needed) } else { vec![None; self.steps.len()] };
        if extent == Extent::Quick {
            self.fuse(&mut needed, asked);
        }
        let mut tape = Tape {
            steps: Vec::new(),
            registers: 0,
            filled: Vec::new(),
            asked: Vec::new(),
            columns: self.columns.clone(),
            unread: Vec::new(),
            modest: self.uniform.iter().all(|uniform| uniform.number.abs() <= LARGE / 2.0),
            uniform: self.uniform.clone(),
        };
        let last = self.last_uses(&needed);
        let mut unread: HashSet<usize> = self.columns.iter().copied().collect();
        let mut places: HashMap<StageId, Vec<usize>> = HashMap::new();
        for (place, &id) in asked.iter().enumerate() {
            places.entry(id).or_default().push(place);
        }
        let goes = |step: usize| places.get(&self.steps[step].id).map_or_else(Box::default, |places| places.clone().into());
        let mut registers: Vec<Option<usize>> = vec![None; self.steps.len()];
        let (mut free, mut ends) = (Vec::new(), vec![Vec::new(); self.steps.len()]);
        let of_step = |step: usize, registers: &[Option<usize>]| {
            registers[step].unwrap_or_else(|| broken("operands stand before what is made of them"))
        };
        for (at, draft) in self.steps.iter().enumerate().filter(|(at, _)| needed[*at]) {
            if registers[at].is_none() {
                // One number stands for a strip of it in a gate of two operands, and as the first of fused ones; others are given a strip.
                let pairs = draft.operands.len() == 2 && matches!(draft.gate.row().kernel, Kernel::Binary(_));
                let operand = |(at, made): (usize, &Made)| match *made {
                    Made::Step(step) => Place::Register(of_step(step, &registers)),
                    Made::Place(Place::Number(number)) if !pairs && (draft.fused.is_none() || at > 0) => {
                        Place::Register(tape.strip_of(number))
                    }
                    Made::Place(place) => place,
                };
                let operands: Box<[Place]> = draft.operands.iter().enumerate().map(operand).collect();
                let mut given = |step: usize| {
                    let register = free.pop().unwrap_or_else(|| tape.another());
                    registers[step] = Some(register);
                    ends[last[step]].push(register);
                    register
                };
                // The gate that stands in the row is the first of two, whichever is computed first.
                let row = draft.gate.row();
                let (first, second) = match twins[at] {
                    Some((twin, _)) if row.twin.is_none() => (twin, Some(at)),
                    twin => (at, twin.map(|(twin, _)| twin)),
                };
                let out = given(first);
                let twin = second.zip(twins[at]).map(|(second, (_, both))| (both, given(second)));
                let goes = [goes(first), second.map_or_else(Box::default, goes)];
                let is_fresh = |place: &Place| if let Place::Column(column) = *place { unread.take(&column) } else { None };
                let fresh = operands.iter().filter_map(is_fresh).collect();
                let Draft { id, gate, fused, watched, .. } = *draft;
                tape.steps.push(Step { id, gate, lanes: row.lanes, operands, out, twin, fused, watched, fresh, goes });
            }
            free.append(&mut ends[at]);
        }
        let of_none = |(at, id): (usize, &StageId)| match self.at[id.at()] {
            Made::Step(_) => None,
            Made::Place(place) => Some((at, place)),
        };
        tape.asked = asked.iter().enumerate().filter_map(of_none).collect();
        tape.unread = self.columns.iter().copied().filter(|column| unread.contains(column)).collect();
        tape
    }

    /// The last step that needs each one.
    fn last_uses(&self, needed: &[bool]) -> Vec<usize> {
        let mut last: Vec<usize> = (0..self.steps.len()).collect();
        for (at, draft) in self.steps.iter().enumerate().filter(|(at, _)| needed[*at]) {
            draft.operands.iter().for_each(|operand| {
                if let Made::Step(step) = *operand {
                    last[step] = at;
                }
            });
        }
        last
    }

    /// Computes steps that one other alone takes, and nobody looks at, on the way to that one.
    fn fuse(&mut self, needed: &mut [bool], asked: &[StageId]) {
        let mut uses = vec![0; self.steps.len()];
        let of_asked = asked.iter().map(|id| &self.at[id.at()]);
        let of_steps = self.steps.iter().zip(&*needed).filter(|(_, needed)| **needed).flat_map(|(draft, _)| &draft.operands);
        for made in of_asked.chain(of_steps) {
            if let Made::Step(step) = *made {
                uses[step] += 1;
            }
        }
        for taking in 0..self.steps.len() {
            let draft = &self.steps[taking];
            let found = draft.operands.iter().enumerate().find_map(|(at, made)| match *made {
                Made::Step(given) if uses[given] == 1 && !self.steps[given].watched => {
                    let before = &self.steps[given];
                    let fused = before.fused.map_or_else(|| Fused::of(before.gate, draft.gate, at), |fused| fused.then(draft.gate, at))?;
                    Some((given, fused, at))
                }
                _ => None,
            });
            let Some((given, fused, at)) = found.filter(|_| needed[taking] && draft.operands.len() <= 2) else { continue };
            let mut operands = self.steps[given].operands.clone();
            let beside = draft.operands.get(1 - at).copied();
            let is_number = |made: &Made| matches!(made, Made::Place(Place::Number(_)));
            if operands.len() == 2 && is_number(&operands[1]) && fused.first.row().commutes {
                operands.swap(0, 1);
            }
            // A gate of one operand leaves the number beside it alone, which is no number of all rows.
            operands.resize(fused.operands() - 1, operands[0]);
            operands.push(beside.unwrap_or(operands[1]));
            needed[given] = false;
            self.steps[taking] = Draft { operands, fused: Some(fused), ..self.steps[taking] };
        }
    }

    /// For the first of two steps that are computed at once, the other one, and how.
    fn twins(&self, needed: &[bool]) -> Vec<Option<(usize, TwoOverSlices)>> {
        let mut twins = vec![None; self.steps.len()];
        let unwatched = |at: &usize| needed[*at] && !self.steps[*at].watched;
        let places: HashMap<(Gate, Made), usize> = (0..self.steps.len())
            .filter(unwatched)
            .filter_map(|at| match self.steps[at].operands[..] {
                [operand] => Some(((self.steps[at].gate, operand), at)),
                _ => None,
            })
            .collect();
        for at in (0..self.steps.len()).filter(unwatched) {
            if let (Some((gate, both)), &[operand]) = (self.steps[at].gate.row().twin, &self.steps[at].operands[..])
                && let Some(&other) = places.get(&(gate, operand))
            {
                twins[at.min(other)] = Some((at.max(other), both));
            }
        }
        twins
    }

    /// Which steps are needed.
    fn needed(&self, asked: &[StageId], extent: Extent) -> Vec<bool> {
        let mut needed: Vec<bool> = self.steps.iter().map(|draft| extent == Extent::Whole || draft.watched).collect();
        for id in asked {
            if let Made::Step(step) = self.at[id.at()] {
                needed[step] = true;
            }
        }
        for at in (0..self.steps.len()).rev() {
            if needed[at] {
                for operand in &self.steps[at].operands {
                    if let Made::Step(step) = *operand {
                        needed[step] = true;
                    }
                }
            }
        }
        needed
    }
}

impl Tape {
    fn another(&mut self) -> usize {
        self.registers += 1;
        self.registers - 1
    }

    /// The register that holds a number all along.
    fn strip_of(&mut self, number: usize) -> usize {
        if let Some((register, _)) = self.filled.iter().find(|(_, filled)| *filled == number) {
            return *register;
        }
        let register = self.another();
        self.filled.push((register, number));
        register
    }
}
