//! The numbers of a run: one loop for each gate over a strip, strips one after another.
//!
//! Knows slices and the functions of the gate table; nothing of threads and of what is found on the way.

use super::found::Asked;
use super::{Ends, Instruction, Operand, Outside, Places, Run, SAMPLE, Strip, spread};
use crate::forms::StageId;
use crate::ground::{Shape, broken};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::bounds::Bounds;
use crate::vocabulary::gate::{Kernel, KernelArgs, Made, OverSlices, Whole, apply_to_arrays};
use crate::vocabulary::lanes;
use std::ops::Range;
use std::sync::Arc;

/// How many numbers all strips together hold at most, so that they stay in the first-level cache, and the least and the most of one: whole
/// blocks of sums.
const AT_HAND: usize = 4096;
const STRIPS: [usize; 2] = [lanes::BLOCK, 8 * lanes::BLOCK];

/// For so many gates it is worth to know more of an operand from outside than magnitudes.
const MANY: usize = 8;

/// The parts of stored stages that are computed together, by the place of the gate in the run.
pub(super) type Own<'o> = Vec<Option<&'o mut [f64]>>;

/// Some gates of a run, ready to be computed.
pub(super) struct Engine<'r, 'v> {
    run: &'r Run,
    /// Those that are computed strip by strip.
    pub(super) ops: Vec<Op<'r, 'v>>,
    /// Those that are one number everywhere.
    pub(super) uniform: Vec<Op<'r, 'v>>,
    /// What these are, by the place of the gate in the run.
    numbers: Vec<f64>,
    /// How many numbers are computed at a time.
    strip: usize,
}

/// A gate, ready to be computed.
pub(super) struct Op<'r, 'v> {
    /// Its place in the run.
    pub(super) at: usize,
    pub(super) instruction: &'r Instruction,
    lanes: Option<OverSlices>,
    /// The function of each number that goes by what is known of all, and that.
    by: Option<(ByBoth, [f64; 2])>,
    /// What is known of the parts of what it compares with one number.
    ends: Option<Arc<Ends>>,
    operands: Box<[Ready<'v>]>,
    /// Whether one number may stand for a strip of it.
    takes_number: bool,
    /// Whether it is stored.
    owned: bool,
    /// Whether somebody needs all numbers of a strip though they are one.
    filled: bool,
    /// What stands for its numbers, where these are added up or measured alone.
    pub(super) unmade: Option<Unmade>,
    /// The stages that are the same, their places in the run.
    pub(super) twins: Vec<StageId>,
    copies: Vec<usize>,
    pub(super) asked: Asked,
}

/// What is added up or measured in the place of numbers that nobody else needs, to the bit.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unmade {
    /// Those of the first operand, each times one number other than 0.
    Scaled(f64),
    /// The products of those of both operands, which are only added up.
    Products,
}

/// A function of each number by two numbers that are known of all.
type ByBoth = fn(&[f64], [f64; 2], &mut [f64]);

/// An operand, ready for each strip.
#[derive(Clone, Debug)]
enum Ready<'v> {
    /// Made by another gate of the run, in the strip of a slot.
    Strip(usize, usize),
    /// Made by another gate of the run that is stored.
    Own(usize),
    /// The one number that a gate of the run is.
    Once(f64),
    /// Among these.
    Whole(&'v [f64]),
    /// This one number.
    Number(&'v [f64]),
    /// This one number, as often as a strip is long.
    Filled(Vec<f64>),
    /// These of another shape, repeated or gathered for each strip.
    Repeated(&'v [f64], Shape),
}

impl<'v> Ready<'v> {
    /// The numbers from outside of the run of which each strip takes some.
    fn outside(&self) -> Option<&'v [f64]> {
        match self {
            Ready::Whole(numbers) | Ready::Repeated(numbers, _) => Some(numbers),
            _ => None,
        }
    }
}

/// What is used again from strip to strip.
pub(super) struct Scratch {
    strips: Vec<Vec<f64>>,
    repeated: Vec<Vec<f64>>,
    /// The gates whose numbers nobody needs but sums and measures, in order.
    pub(super) unmade: Vec<bool>,
    /// The gates that are one number in the strip at hand, by their place in the run.
    flat: Vec<bool>,
    /// What those are that are one number in all of the part at hand, by their place in the run.
    hoisted: Vec<Option<f64>>,
}

/// Where a strip is.
#[derive(Clone, Copy)]
struct Here<'a> {
    places: Places<'a>,
    /// Its first number of all, and of the part that is computed.
    start: usize,
    inside: usize,
    len: usize,
}

/// Whether one number may stand for an operand of a gate: the gate's loops know it.
fn takes_number(instruction: &Instruction) -> bool {
    match instruction.operands.len() {
        1 => instruction.gate.is_elementwise(),
        2 => matches!(instruction.gate.row().kernel, Kernel::Binary(_) | Kernel::Fold(_)),
        _ => false,
    }
}

/// The function of a gate that goes by what is known of all of its operand, and that.
fn by(instruction: &Instruction, outside: &dyn Outside<'_>) -> Option<(ByBoth, [f64; 2])> {
    let Some(Whole { summary, made: Made::Each(f) }) = instruction.gate.row().whole else { return None };
    let known = match instruction.operands[0] {
        Operand::Whole(id) | Operand::Number(id) | Operand::Repeated(id, _) => outside.summary(id, summary),
        Operand::Made(_) => broken("all of the operand is there before the run"),
    };
    Some((f, known))
}

/// What is known of the parts of what a gate compares with one number.
fn ends(instruction: &Instruction, outside: &dyn Outside<'_>) -> Option<Arc<Ends>> {
    match (instruction.gate, &*instruction.operands) {
        (Gate::Eq, [Operand::Whole(id), _]) => outside.ends(*id),
        _ => None,
    }
}

impl<'r, 'v> Engine<'r, 'v> {
    /// Some gates of a run, in order; `outside` gives what is outside of it, `owned` says which gates of it are stored.
    pub(super) fn of(
        run: &'r Run,
        which: impl Iterator<Item = usize>,
        places: Places<'_>,
        outside: &dyn Outside<'v>,
        owned: &dyn Fn(usize) -> bool,
    ) -> Self {
        let strip = (AT_HAND / (run.slots + 2)).clamp(STRIPS[0], STRIPS[1]) / lanes::BLOCK * lanes::BLOCK;
        let mut engine = Self { run, ops: Vec::new(), uniform: Vec::new(), numbers: vec![f64::NAN; run.instructions.len()], strip };
        let mut filled = vec![false; run.instructions.len()];
        for at in which {
            let instruction = &run.instructions[at];
            if let Some(same) = instruction.same {
                let known = engine.ops.iter_mut().chain(&mut engine.uniform).rev().find(|op| op.at == same);
                let op = known.unwrap_or_else(|| broken("what a gate is the same as comes before it"));
                op.twins.push(instruction.id);
                op.copies.extend(owned(at).then_some(at));
                op.filled |= owned(at);
                continue;
            }
            let takes = takes_number(instruction);
            let operands: Box<[Ready<'v>]> =
                instruction.operands.iter().map(|operand| engine.ready(*operand, takes, places, outside, owned)).collect();
            for operand in &operands {
                if let (Ready::Strip(made, _) | Ready::Own(made), false) = (operand, takes) {
                    filled[*made] = true;
                }
            }
            let op = Op {
                at,
                instruction,
                lanes: instruction.gate.row().lanes,
                by: by(instruction, outside),
                ends: ends(instruction, outside),
                operands,
                takes_number: takes,
                owned: owned(at),
                filled: owned(at),
                unmade: None,
                twins: Vec::new(),
                copies: Vec::new(),
                asked: Asked::of(run, at),
            };
            if instruction.uniform {
                engine.numbers[at] = engine.once(&op);
                engine.uniform.push(op);
            } else {
                engine.ops.push(op);
            }
        }
        let mut used = vec![false; run.instructions.len()];
        engine.ops.iter().flat_map(Op::made).for_each(|made| used[made] = true);
        for op in &mut engine.ops {
            op.filled |= filled[op.at];
            if !used[op.at] && !op.filled && op.asked.is_measures() {
                let scaled = op.scale().filter(|by| *by != 0.0).map(Unmade::Scaled);
                op.unmade = scaled.or_else(|| (op.is_product() && op.asked.is_sums()).then_some(Unmade::Products));
            }
        }
        engine
    }

    /// Leaves out what later runs compute for themselves, where nobody here needs it.
    pub(super) fn leave_out(&mut self) {
        let mut needed = vec![false; self.numbers.len()];
        for op in self.ops.iter().rev() {
            let asked = op.owned || !op.asked.is_nothing() || !op.copies.is_empty();
            needed[op.at] |= asked || !op.instruction.elsewhere;
            if needed[op.at] {
                op.made().for_each(|made| needed[made] = true);
            }
        }
        self.ops.retain(|op| needed[op.at]);
    }

    /// Where an operand stands while strips are computed.
    fn ready(
        &self,
        operand: Operand,
        takes_number: bool,
        places: Places<'_>,
        outside: &dyn Outside<'v>,
        owned: &dyn Fn(usize) -> bool,
    ) -> Ready<'v> {
        match operand {
            Operand::Made(made) => match &self.run.instructions[made] {
                Instruction { uniform: true, .. } if takes_number => Ready::Once(self.numbers[made]),
                Instruction { uniform: true, .. } => Ready::Filled(vec![self.numbers[made]; self.strip]),
                _ if owned(made) => Ready::Own(made),
                Instruction { slot, .. } => Ready::Strip(made, *slot),
            },
            Operand::Whole(id) if matches!(places, Places::All) => Ready::Whole(outside.numbers(id)),
            Operand::Whole(id) => Ready::Repeated(outside.numbers(id), self.run.shape),
            Operand::Number(id) if takes_number => Ready::Number(&outside.numbers(id)[..1]),
            Operand::Number(id) => Ready::Filled(vec![outside.numbers(id)[0]; self.strip]),
            Operand::Repeated(id, shape) => Ready::Repeated(outside.numbers(id), shape),
        }
    }

    /// What a gate is that is one number everywhere.
    fn once(&self, op: &Op<'r, 'v>) -> f64 {
        let mut out = [f64::NAN];
        op.with_numbers(|operands| op.fill(self.run, operands, &mut out));
        out[0]
    }

    /// Hands each gate that is one number everywhere to `see`, as a strip of one number.
    pub(super) fn see_uniform(&self, mut see: impl FnMut(&Op<'r, 'v>, &Strip<'_>)) {
        for op in &self.uniform {
            let out = [self.number(op.at)];
            op.with_numbers(|operands| see(op, &op.strip(operands, &out)));
        }
    }

    /// What a gate is that is one number everywhere.
    pub(super) fn number(&self, at: usize) -> f64 {
        self.numbers[at]
    }

    /// How many gates the run has.
    pub(super) fn gates(&self) -> usize {
        self.numbers.len()
    }

    /// What strips need.
    pub(super) fn scratch(&self) -> Scratch {
        let most = self.ops.iter().map(|op| op.operands.len()).max().unwrap_or(0);
        Scratch {
            strips: vec![vec![0.0; self.strip]; self.run.slots],
            repeated: vec![Vec::new(); most],
            unmade: vec![false; self.ops.len()],
            flat: vec![false; self.run.instructions.len()],
            hoisted: vec![None; self.run.instructions.len()],
        }
    }

    /// Computes every gate at a range of places, into the part of its own that it has, if any, and hands each strip of each to `see` with
    /// how many numbers it stands for.
    pub(super) fn compute(
        &self,
        places: Places<'_>,
        range: Range<usize>,
        own: &mut Own<'_>,
        scratch: &mut Scratch,
        see: &mut impl FnMut(usize, &Op<'r, 'v>, &Strip<'_>, usize),
    ) {
        self.hoist(places, &range, scratch, see);
        let mut start = range.start;
        while start < range.end {
            let len = self.strip.min(range.end - start);
            let here = Here { places, start, inside: start - range.start, len };
            for (index, op) in self.ops.iter().enumerate() {
                if scratch.hoisted[op.at].is_some() {
                    continue;
                }
                if scratch.unmade[index] {
                    let numbers = [0, op.operands.len() - 1].map(|at| op.operand(at, here, scratch, own));
                    let taken = if matches!(op.unmade, Some(Unmade::Products)) { &numbers[..] } else { &numbers[..1] };
                    if taken.iter().all(|numbers| numbers.len() == len) {
                        see(index, op, &op.strip(taken, &[]), len);
                        continue;
                    }
                }
                for (operand, repeated) in op.operands.iter().zip(&mut scratch.repeated) {
                    if let Ready::Repeated(numbers, shape) = operand {
                        repeat(numbers, *shape, self.run.shape, here, repeated);
                    }
                }
                let mut stored = own.get_mut(op.at).and_then(Option::take);
                let mut strip = if stored.is_none() { std::mem::take(&mut scratch.strips[op.instruction.slot]) } else { Vec::new() };
                let out = match &mut stored {
                    Some(stored) => &mut stored[here.inside..here.inside + len],
                    None => &mut strip[..len],
                };
                scratch.flat[op.at] = self.strip_of(op, here, scratch, own, out, &mut |strip| see(index, op, strip, len));
                for &copy in &op.copies {
                    if let Some(copy) = &mut own[copy] {
                        copy[here.inside..here.inside + len].copy_from_slice(out);
                    }
                }
                if stored.is_some() {
                    own[op.at] = stored;
                } else {
                    scratch.strips[op.instruction.slot] = strip;
                }
            }
            start += len;
        }
    }

    /// Computes the gates that are one number in all of a part, and of which nobody needs more.
    fn hoist(
        &self,
        places: Places<'_>,
        range: &Range<usize>,
        scratch: &mut Scratch,
        see: &mut impl FnMut(usize, &Op<'r, 'v>, &Strip<'_>, usize),
    ) {
        scratch.hoisted.fill(None);
        if !matches!(places, Places::All) {
            return;
        }
        for (index, op) in self.ops.iter().enumerate().filter(|(_, op)| op.takes_number && !op.filled) {
            if let Some((numbers, number)) = op.excluded(range.start / lanes::PART) {
                scratch.hoisted[op.at] = Some(0.0);
                see(index, op, &op.strip(&[&numbers[range.clone()], &[number]], &[0.0]), range.len());
                continue;
            }
            let one = |operand: &Ready<'v>| match operand {
                Ready::Strip(made, _) => scratch.hoisted[*made],
                Ready::Once(number) => Some(*number),
                Ready::Number(number) => Some(number[0]),
                Ready::Own(_) | Ready::Whole(_) | Ready::Filled(_) | Ready::Repeated(..) => None,
            };
            let Some(numbers) = op.operands.iter().map(one).collect::<Option<Vec<f64>>>() else { continue };
            let (operands, mut out) = (numbers.chunks(1).collect::<Vec<_>>(), [f64::NAN]);
            op.fill(self.run, &operands, &mut out);
            scratch.hoisted[op.at] = Some(out[0]);
            see(index, op, &op.strip(&operands, &out), range.len());
        }
    }

    /// Computes a strip of a gate, and tells whether it is one number.
    fn strip_of(
        &self,
        op: &Op<'r, 'v>,
        here: Here<'_>,
        scratch: &Scratch,
        own: &Own<'_>,
        out: &mut [f64],
        see: &mut impl FnMut(&Strip<'_>),
    ) -> bool {
        let operand = |at: usize| op.operand(at, here, scratch, own);
        match op.operands.len() {
            1 => op.apply(self.run, &[operand(0)], out, see),
            2 => op.apply(self.run, &[operand(0), operand(1)], out, see),
            3 => op.apply(self.run, &[operand(0), operand(1), operand(2)], out, see),
            count => op.apply(self.run, &(0..count).map(operand).collect::<Vec<_>>(), out, see),
        }
    }

    /// What is known of each gate that is computed strip by strip, from what its operands are at a range of places. The look at these brings
    /// them into the second-level cache besides, at the speed of memory, which one strip after another would not.
    pub(super) fn bounds(&self, range: &Range<usize>, known: &mut Vec<Option<Bounds>>) {
        known.clear();
        known.resize(self.run.instructions.len(), None);
        // An operand from outside serves several gates.
        let mut seen: Vec<(*const f64, Option<Bounds>)> = Vec::new();
        for op in &self.ops {
            if op.excluded(range.start / lanes::PART).is_some() {
                continue;
            }
            for numbers in op.operands.iter().filter_map(Ready::outside) {
                let here = if numbers.len() == self.run.shape.size() { &numbers[range.clone()] } else { numbers };
                if !seen.iter().any(|(other, _)| *other == numbers.as_ptr()) {
                    seen.push((numbers.as_ptr(), if self.ops.len() < MANY { Bounds::coarse(here) } else { Bounds::of(here) }));
                }
            }
            let Some(rule) = op.instruction.gate.row().bounds else { continue };
            let of = |operand: &Ready<'v>| match operand {
                Ready::Strip(made, _) | Ready::Own(made) => known[*made],
                Ready::Once(number) => Bounds::of(&[*number]),
                Ready::Number(number) => Bounds::of(number),
                Ready::Filled(numbers) => Bounds::of(&numbers[..1]),
                Ready::Whole(numbers) | Ready::Repeated(numbers, _) => {
                    seen.iter().find(|(other, _)| *other == numbers.as_ptr()).and_then(|(_, bounds)| *bounds)
                }
            };
            known[op.at] = match &*op.operands {
                [x] => of(x).and_then(|x| rule(&[x])),
                [x, y] => of(x).zip(of(y)).and_then(|(x, y)| rule(&[x, y])),
                operands => operands.iter().map(of).collect::<Option<Vec<_>>>().and_then(|operands| rule(&operands)),
            };
        }
    }
}

impl Op<'_, '_> {
    /// Hands its operands, which are one number each, to a function.
    fn with_numbers<R>(&self, f: impl FnOnce(&[&[f64]]) -> R) -> R {
        let one = |operand: &Ready<'_>| match *operand {
            Ready::Once(number) => number,
            Ready::Number(number) => number[0],
            Ready::Filled(ref numbers) => numbers[0],
            _ => broken("what is one number is made of such"),
        };
        let numbers: Vec<f64> = self.operands.iter().map(one).collect();
        f(&numbers.chunks(1).collect::<Vec<_>>())
    }

    /// What an operand is here.
    #[inline]
    fn operand<'s>(&'s self, at: usize, here: Here<'_>, scratch: &'s Scratch, own: &'s Own<'_>) -> &'s [f64] {
        let len = |made: usize| if self.takes_number && scratch.flat[made] { 1 } else { here.len };
        match self.operands[at] {
            Ready::Strip(made, slot) => match &scratch.hoisted[made] {
                Some(number) => std::slice::from_ref(number),
                None => &scratch.strips[slot][..len(made)],
            },
            Ready::Own(made) => {
                let own = own[made].as_ref().unwrap_or_else(|| broken("what is stored has numbers of its own"));
                &own[here.inside..here.inside + len(made)]
            }
            Ready::Once(ref number) => std::slice::from_ref(number),
            Ready::Whole(numbers) => &numbers[here.start..here.start + here.len],
            Ready::Number(number) => number,
            Ready::Filled(ref numbers) => &numbers[..here.len],
            Ready::Repeated(..) => &scratch.repeated[at][..here.len],
        }
    }

    /// The gates of the run that make its operands strip by strip.
    pub(super) fn made(&self) -> impl Iterator<Item = usize> {
        self.operands.iter().filter_map(|operand| if let Ready::Strip(made, _) | Ready::Own(made) = operand { Some(*made) } else { None })
    }

    /// Whether all of its operands are made by gates of a kind, or numbers of a kind.
    pub(super) fn is_made_of(&self, gate: impl Fn(usize) -> bool, number: impl Fn(f64) -> bool) -> bool {
        self.operands.iter().all(|operand| match operand {
            Ready::Strip(made, _) | Ready::Own(made) => gate(*made),
            Ready::Number(numbers) => number(numbers[0]),
            Ready::Filled(numbers) => number(numbers[0]),
            Ready::Once(once) => number(*once),
            Ready::Whole(_) | Ready::Repeated(..) => false,
        })
    }

    /// The number by which it multiplies its first operand, to the bit.
    fn scale(&self) -> Option<f64> {
        match (self.instruction.gate, &*self.operands) {
            (Gate::Mul | Gate::Chain, [Ready::Strip(..) | Ready::Own(_) | Ready::Whole(_), by]) => match by {
                Ready::Once(number) => Some(*number),
                Ready::Number(number) => Some(number[0]),
                _ => None,
            },
            // The sum of a number with itself.
            (Gate::Add, [Ready::Strip(x, _), Ready::Strip(y, _)]) if x == y => Some(2.0),
            _ => None,
        }
    }

    /// Whether it multiplies the numbers of two operands, each at its place.
    fn is_product(&self) -> bool {
        let is_whole = |operand: &Ready<'_>| matches!(operand, Ready::Strip(..) | Ready::Own(_) | Ready::Whole(_));
        self.instruction.gate == Gate::Mul && self.operands.iter().all(is_whole)
    }

    /// What it compares with one number, where it is known that none of a part is that.
    fn excluded(&self, part: usize) -> Option<(&[f64], f64)> {
        let number = match self.operands.get(1)? {
            Ready::Once(number) => *number,
            Ready::Number(number) => number[0],
            _ => return None,
        };
        let Ready::Whole(numbers) = self.operands[0] else { return None };
        self.ends.as_ref()?.exclude(part, number).then_some((numbers, number))
    }

    fn fill(&self, run: &Run, operands: &[&[f64]], out: &mut [f64]) {
        match (operands, self.lanes, self.by) {
            ([x], Some(lanes), _) => lanes(x, out),
            ([x], _, Some((f, known))) => f(x, known, out),
            // No kernel asks for the shapes where each operand is as long as the result, or one number of two.
            _ => apply_to_arrays(self.instruction.gate, &KernelArgs::new(operands, &[], run.shape), out),
        }
    }

    pub(super) fn strip<'s>(&'s self, operands: &'s [&'s [f64]], out: &'s [f64]) -> Strip<'s> {
        Strip { id: self.instruction.id, twins: &self.twins, gate: self.instruction.gate, operands, out }
    }

    /// Computes a strip, as one number where its operands are such, and tells whether it is one.
    fn apply(&self, run: &Run, operands: &[&[f64]], out: &mut [f64], see: &mut impl FnMut(&Strip<'_>)) -> bool {
        let is_flat = if operands.iter().all(|numbers| numbers.len() == 1) {
            self.fill(run, operands, &mut out[..1]);
            true
        } else if let (Gate::Eq, [x, [one]]) = (self.instruction.gate, operands)
            && !lanes::some_equal(x, &[*one])
        {
            // What selects a few of many.
            out[0] = 0.0;
            true
        } else {
            self.fill(run, operands, out);
            false
        };
        let given = if is_flat { 1 } else { out.len() };
        see(&self.strip(operands, &out[..given]));
        if is_flat && self.filled {
            out.fill(out[0]);
        }
        is_flat
    }
}

impl Run {
    /// The numbers of a gate at some places.
    pub(super) fn numbers(&self, at: usize, places: Places<'_>, outside: &dyn Outside<'_>) -> Vec<f64> {
        let at = self.computes(at);
        let engine = Engine::of(self, self.cone(at).into_iter(), places, outside, &|_| false);
        let size = places.count(self);
        if self.instructions[at].uniform {
            return vec![engine.number(at); size];
        }
        let mut out = Vec::with_capacity(size);
        engine.compute(places, 0..size, &mut Vec::new(), &mut engine.scratch(), &mut |_, op, strip, len| {
            if op.at == at {
                extend(&mut out, strip, len);
            }
        });
        out
    }

    /// The numbers of every stage at places that are spread evenly, in order.
    pub(crate) fn sample(&self, outside: &dyn Outside<'_>) -> Vec<Vec<f64>> {
        let places: Vec<usize> = spread(self.shape.size(), SAMPLE).collect();
        let mut found = vec![Vec::with_capacity(places.len()); self.instructions.len()];
        let engine = Engine::of(self, 0..self.instructions.len(), Places::Some(&places), outside, &|_| false);
        engine.compute(Places::Some(&places), 0..places.len(), &mut Vec::new(), &mut engine.scratch(), &mut |_, op, strip, len| {
            extend(&mut found[op.at], strip, len);
        });
        engine.uniform.iter().for_each(|op| found[op.at] = vec![engine.number(op.at); places.len()]);
        for (at, instruction) in self.instructions.iter().enumerate() {
            if let Some(same) = instruction.same {
                let numbers = found[same].clone();
                found[at] = numbers;
            }
        }
        found
    }
}

/// Takes in a strip that stands for so many numbers.
fn extend(out: &mut Vec<f64>, strip: &Strip<'_>, len: usize) {
    match strip.out {
        [one] => out.resize(out.len() + len, *one),
        numbers => out.extend_from_slice(numbers),
    }
}

impl Places<'_> {
    /// How many there are.
    fn count(&self, run: &Run) -> usize {
        match self {
            Places::All => run.shape.size(),
            Places::Some(places) => places.len(),
        }
    }
}

/// What an operand of another shape is in a strip.
fn repeat(numbers: &[f64], shape: Shape, whole: Shape, here: Here<'_>, out: &mut Vec<f64>) {
    // Runs of numbers are filled at once: a list that grows looks at its length for each.
    out.resize(here.len, 0.0);
    match (here.places, numbers) {
        (_, [one]) => out.fill(*one),
        (Places::Some(places), _) => {
            let places = &places[here.start..here.start + here.len];
            out.iter_mut().zip(places).for_each(|(out, &at)| *out = numbers[shape.met(whole, at)]);
        }
        (Places::All, _) => repeat_rows(numbers, shape, whole, here.start, out),
    }
}

/// What an operand of a shape is at the places of a larger one, row by row.
fn repeat_rows(numbers: &[f64], shape: Shape, whole: Shape, start: usize, mut out: &mut [f64]) {
    let columns = whole.sides().1;
    let (rows, own) = shape.sides();
    let (mut i, mut j) = (start / columns, start % columns);
    while !out.is_empty() {
        let count = (columns - j).min(out.len());
        let (here, rest) = out.split_at_mut(count);
        let row = if rows > 1 { i * own } else { 0 };
        if own > 1 {
            here.copy_from_slice(&numbers[row + j..row + j + count]);
        } else {
            here.fill(numbers[row]);
        }
        (out, i, j) = (rest, i + 1, 0);
    }
}
