//! Parts of a program as programs of their own: what an output depends on, and what names still stand for.

use super::{Constant, Input, Program, SHARED, StageId};
use crate::forms::replay::{Backend, Operands, replay_part};
use crate::ground::{Shape, Span, Value, broken};
use crate::vocabulary::{Gate, Symbol};
use hashbrown::HashSet;

impl Program {
    /// The part of the program that `output` depends on, in the same order, and the place of `output` in it.
    ///
    /// Stages that other stages were found to replace are left behind.
    pub fn cone(&self, output: StageId) -> (Self, StageId) {
        self.part(output, false, |input| input.active)
    }

    /// The same with the inputs `idle`, which it does not depend on, and with the gradients wanted on the inputs of some names
    /// alone.
    pub fn cone_for(&self, output: StageId, idle: &[StageId], wanted: impl Fn(Symbol) -> bool) -> (Self, StageId) {
        let mut kept = self.needed(output, false);
        if !idle.is_empty() {
            kept.extend_from_slice(idle);
            kept.sort();
            kept.dedup();
        }
        let (cone, moved) = self.rebuilt(&kept, &|input| wanted(input.name));
        (cone, gone_to(output, &kept, &moved))
    }

    /// The same with every input, also those that `output` does not depend on.
    pub fn cone_with_inputs(&self, output: StageId) -> (Self, StageId) {
        self.part(output, true, |input| input.active)
    }

    fn part(&self, output: StageId, inputs: bool, active: impl Fn(&Input) -> bool) -> (Self, StageId) {
        let kept = self.needed(output, inputs);
        let (cone, moved) = self.rebuilt(&kept, &active);
        (cone, gone_to(output, &kept, &moved))
    }

    /// The program with its inputs in the order of the ranks of their names, before all else, and where the output is then.
    pub fn with_inputs_by(self, output: StageId, rank: impl Fn(Symbol) -> usize) -> (Self, StageId) {
        let rank = |id: &StageId| self.input(*id).map_or(usize::MAX, |input| rank(input.name));
        let (mut inputs, others): (Vec<StageId>, Vec<StageId>) = self.ids().partition(|&id| self.gate(id) == Gate::Input);
        if inputs.is_sorted_by_key(rank) && inputs.last().is_none_or(|last| *last <= output) {
            return (self, output);
        }
        inputs.sort_by_key(rank);
        inputs.extend(others);
        let (ordered, moved) = self.rebuilt(&inputs, &|input| input.active);
        let output = inputs.iter().position(|&id| id == output).map_or(output, |at| moved[at]);
        (ordered, output)
    }

    /// The part of the program that some stages depend on, and where each of those stages is in it.
    pub fn compact(&self, live: &[StageId]) -> (Self, Vec<StageId>) {
        let mut needed = vec![false; self.len()];
        for id in live {
            needed[id.at()] = true;
        }
        self.mark_operands(&mut needed, &|_| false);
        let kept: Vec<StageId> = (0..self.len()).filter(|&at| needed[at]).map(StageId::new).collect();
        let (part, moved) = self.rebuilt(&kept, &|input| input.active);
        let live = live.iter().map(|&id| gone_to(id, &kept, &moved)).collect();
        (part, live)
    }

    /// The part of the program that `output` depends on above the stages whose numbers are `known`, which become inputs with those as
    /// their own values; the place of `output` in it, and where each of its stages comes from. None where one of them does not fit.
    pub fn above(
        &self,
        output: StageId,
        known: &dyn Fn(StageId) -> Option<f64>,
        fits: &dyn Fn(StageId) -> bool,
    ) -> Option<(Self, StageId, Vec<StageId>)> {
        // An input has a name, which these had.
        let input = |id: StageId| {
            let name = self.name(id).or_else(|| self.former_name(id))?;
            Some(Input { name, active: false, value: Some(Value::Number(known(id).filter(|_| id != output)?)) })
        };
        let kept = self.needed_above(output, false, &|id| input(id).is_some());
        if !kept.iter().all(|&id| fits(id)) {
            return None;
        }
        let (part, moved) = if kept.iter().any(|&id| input(id).is_some()) {
            self.copied(&kept, &|input| input.active, &input)
        } else {
            self.rebuilt(&kept, &|input| input.active)
        };
        let mut whence = vec![output; part.len()];
        kept.iter().zip(&moved).rev().for_each(|(&from, to)| whence[to.at()] = from);
        Some((part, gone_to(output, &kept, &moved), whence))
    }

    /// A program of the stages kept alone, which hold all their operands, and where each of them went.
    fn rebuilt(&self, kept: &[StageId], active: &dyn Fn(&Input) -> bool) -> (Self, Vec<StageId>) {
        // The whole as it is needs no stage to be looked up again.
        let whole = kept.len() == self.len() && kept.iter().enumerate().all(|(at, id)| id.at() == at);
        if whole && self.inputs.iter().all(|input| active(input) == input.active) {
            return (self.clone(), kept.to_vec());
        }
        self.copied(kept, active, &|_| None)
    }

    /// The same, some stages as inputs in their places.
    fn copied(
        &self,
        kept: &[StageId],
        active: &dyn Fn(&Input) -> bool,
        instead: &dyn Fn(StageId) -> Option<Input>,
    ) -> (Self, Vec<StageId>) {
        let part = Self { open: self.open, renamings: self.renamings, ..Self::new() };
        // Stages that can be found again differ, and so do their copies.
        let differ = kept.iter().all(|&id| self.is_shared(id) || self.gate(id) == Gate::Input);
        let mut copy = Copy { whole: self, active, instead, part, differ, operands: Vec::new() };
        copy.part.reserve(kept.len());
        let Ok(moved) = replay_part(self, kept, &mut copy);
        if cfg!(debug_assertions) {
            copy.part.check();
        }
        (copy.part, moved)
    }

    /// The stages that `output` depends on, itself among them, in order; and every input, where they are wanted.
    pub fn needed(&self, output: StageId, inputs: bool) -> Vec<StageId> {
        self.needed_above(output, inputs, &|_| false)
    }

    /// The same without what stages depend on at which it `ends`.
    fn needed_above(&self, output: StageId, inputs: bool, ends: &dyn Fn(StageId) -> bool) -> Vec<StageId> {
        // A small part of a large program is walked from its output, without a look at the rest. A step of that walk costs as much
        // as a look at so many stages: where it has not ended by then, the whole is looked at.
        const LOOKS: usize = 64;
        let few = output.at() / LOOKS;
        if !inputs && few > 0 {
            let mut seen: HashSet<StageId> = HashSet::new();
            seen.insert(output);
            let mut found = vec![output];
            let mut next = 0;
            while let Some(&id) = found.get(next).filter(|_| found.len() <= few) {
                if !ends(id) {
                    found.extend(self.operands(id).iter().copied().filter(|&operand| seen.insert(operand)));
                }
                next += 1;
            }
            if next == found.len() {
                found.sort();
                return found;
            }
        }
        let end = if inputs { self.len() } else { output.at() + 1 };
        let mut needed: Vec<bool> = self.stages[..end].iter().map(|node| inputs && node.gate == Gate::Input).collect();
        needed[output.at()] = true;
        self.mark_operands(&mut needed, ends);
        (0..end).filter(|&at| needed[at]).map(StageId::new).collect()
    }

    /// Which stages before another one it depends on as places in an array, or on what such are made of; and which ones as numbers.
    pub fn selecting(&self, output: StageId) -> Selecting {
        let mut found = Selecting { places: vec![false; output.at() + 1], numbers: vec![false; output.at() + 1] };
        found.numbers[output.at()] = true;
        for at in (0..=output.at()).rev() {
            let (gate, place, number) = (self.gate(StageId::new(at)), found.places[at], found.numbers[at]);
            for (position, operand) in self.operands(StageId::new(at)).iter().enumerate() {
                let selects = gate.is_place(position);
                found.places[operand.at()] |= place || selects && number;
                found.numbers[operand.at()] |= number && !selects;
            }
        }
        found
    }

    /// A stage, what it depends on among the stages from a position on and those without a name, which a text may share with an
    /// earlier one, and the operands that those have; in order.
    pub fn used_from(&self, output: StageId, first: usize) -> Vec<StageId> {
        let mut used = Vec::with_capacity(2 * (self.len() - first) + 1);
        used.push(output);
        // Few texts share a stage without a name with an earlier one.
        let (mut own, mut shared) = (Seen::of(self.len() - first), HashSet::new());
        let mut at = 0;
        while let Some(&id) = used.get(at) {
            at += 1;
            let operands = self.operands(id);
            let goes_on = !operands.is_empty()
                && match id.at().checked_sub(first) {
                    Some(place) => own.is_new(place),
                    None => self.name(id).is_none() && shared.insert(id),
                };
            if goes_on {
                used.extend_from_slice(operands);
            }
        }
        used.sort_unstable();
        used
    }

    /// Marks the operands of every marked stage at which it does not end.
    fn mark_operands(&self, needed: &mut [bool], ends: &dyn Fn(StageId) -> bool) {
        for at in (0..needed.len()).rev() {
            if needed[at] && !ends(StageId::new(at)) {
                for operand in self.operands(StageId::new(at)) {
                    needed[operand.at()] = true;
                }
            }
        }
    }
}

/// Which of so many places were seen; few take no memory of their own.
struct Seen {
    few: u64,
    many: Vec<bool>,
}

impl Seen {
    fn of(count: usize) -> Self {
        Self { few: 0, many: if count > u64::BITS as usize { vec![false; count] } else { Vec::new() } }
    }

    /// Whether a place is seen for the first time.
    fn is_new(&mut self, place: usize) -> bool {
        if let Some(seen) = self.many.get_mut(place) {
            return !std::mem::replace(seen, true);
        }
        let place = 1 << place;
        let is_new = self.few & place == 0;
        self.few |= place;
        is_new
    }
}

/// The last stages of a program without names, apart from it.
#[derive(Clone, Debug)]
pub struct Tail(Vec<(Kept, Span)>);

#[derive(Clone, Debug)]
enum Kept {
    Input(Input, Shape),
    Constant(Constant),
    Gate { gate: Gate, operands: Box<[StageId]>, shared: bool },
}

impl Program {
    /// A copy of the stages from a position on.
    pub fn tail(&self, from: usize) -> Tail {
        let kept = |id: StageId| match (self.input(id), self.constant(id)) {
            (Some(input), _) => Kept::Input(input.clone(), self.shape(id)),
            (_, Some(constant)) => Kept::Constant(constant.clone()),
            _ => Kept::Gate { gate: self.gate(id), operands: self.operands(id).into(), shared: self.is_shared(id) },
        };
        Tail((from..self.len()).map(StageId::new).map(|id| (kept(id), self.span(id))).collect())
    }

    /// Puts stages back behind those that they stood behind.
    pub fn put_back(&mut self, tail: &Tail) {
        for (kept, span) in &tail.0 {
            match kept {
                Kept::Input(input, shape) => self.add_input(input.clone(), *shape, *span),
                Kept::Constant(constant) => self.add_own_constant(constant.clone(), *span),
                Kept::Gate { gate, operands, shared: true } => self.share(*gate, operands, *span),
                Kept::Gate { gate, operands, shared: false } => self.apply(*gate, operands, *span),
            };
        }
    }
}

/// Where a stage that was kept went.
fn gone_to(id: StageId, kept: &[StageId], moved: &[StageId]) -> StageId {
    moved[kept.binary_search(&id).unwrap_or_else(|_| broken("a stage that is asked for was kept"))]
}

/// The stages of a program added to another.
struct Copy<'a> {
    whole: &'a Program,
    active: &'a dyn Fn(&Input) -> bool,
    /// The inputs that stand in the places of stages.
    instead: &'a dyn Fn(StageId) -> Option<Input>,
    part: Program,
    /// Whether no two of its stages are equal, so that none need be looked for.
    differ: bool,
    operands: Vec<StageId>,
}

impl Copy<'_> {
    /// Marks a copy as one that can be found again; it is entered when one is looked for.
    fn can_be_found(&mut self, made: StageId) -> StageId {
        self.part.marks[made.at()] |= SHARED;
        made
    }

    fn named(&mut self, id: StageId, made: StageId) -> StageId {
        if let Some(name) = self.whole.name(id) {
            self.part.set_name(made, name);
        } else if let Some(&former) = self.whole.former.get(&id) {
            self.part.former.insert(made, former);
        }
        made
    }
}

impl Backend for Copy<'_> {
    type Value = StageId;
    type Error = std::convert::Infallible;

    fn input(&mut self, id: StageId, at: usize) -> Result<StageId, Self::Error> {
        let input = &self.whole.inputs[at];
        let input = Input { active: (self.active)(input), ..input.clone() };
        let made = self.part.add_input(input, self.whole.shape(id), self.whole.span(id));
        Ok(self.named(id, made))
    }

    fn constant(&mut self, id: StageId, constant: &Constant) -> Result<StageId, Self::Error> {
        let made = if self.differ {
            let made = self.part.add_own_constant(constant.clone(), self.whole.span(id));
            self.can_be_found(made)
        } else {
            self.part.add_shared_constant(constant.clone(), self.whole.span(id))
        };
        Ok(self.named(id, made))
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, StageId>) -> Result<StageId, Self::Error> {
        if let Some(input) = (self.instead)(id) {
            return Ok(self.part.add_input(input, self.whole.shape(id), self.whole.span(id)));
        }
        self.operands.clear();
        self.operands.extend(operands.iter());
        let made = if self.differ {
            let made = self.part.apply(gate, &self.operands, self.whole.span(id));
            self.can_be_found(made)
        } else {
            self.part.share(gate, &self.operands, self.whole.span(id))
        };
        Ok(self.named(id, made))
    }
}

/// What stages are to another one.
#[derive(Clone, Debug)]
pub struct Selecting {
    places: Vec<bool>,
    numbers: Vec<bool>,
}

impl Selecting {
    /// Whether a stage selects what is taken of an array.
    pub fn selects(&self, id: StageId) -> bool {
        self.places.get(id.at()).is_some_and(|&place| place)
    }

    /// Whether it does nothing else.
    pub fn only_selects(&self, id: StageId) -> bool {
        self.selects(id) && !self.numbers[id.at()]
    }
}
