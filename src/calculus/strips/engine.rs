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

/// A row of so many numbers is worth a call of its own.
const LONG_ROW: usize = 64;

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
    /// What has the same numbers as a gate and is there without it, by the place of the gate in the run.
    stands: Vec<Option<Operand>>,
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
    /// The gate that makes its operand and that nobody else needs, by its place among those that are computed strip by strip, and by what
    /// that one's operand is multiplied to get the numbers of both, where these are normal.
    pub(super) through: Option<(usize, f64)>,
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
    /// What stands for the numbers of each gate in the part at hand, in order, and whether the only one that needs it goes without it.
    pub(super) unmade: Vec<Option<Unmade>>,
    pub(super) passed: Vec<bool>,
    /// Whether what sees a gate in the part at hand looks at none of its operands.
    pub(super) bare: Vec<bool>,
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

/// The operand that a gate is.
fn chosen(instruction: &Instruction, outside: &dyn Outside<'_>) -> Option<Operand> {
    let (choices, Operand::Number(by)) = (instruction.choices(), *instruction.operands.first()?) else { return None };
    let by = outside.numbers(by)[0];
    // A nan is no choice.
    if by.is_nan() { None } else { choices.get(usize::from(by == 0.0)).copied() }
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
        let gates = run.instructions.len();
        let mut engine =
            Self { run, ops: Vec::new(), uniform: Vec::new(), numbers: vec![f64::NAN; gates], stands: vec![None; gates], strip };
        let mut filled = vec![false; gates];
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
            // What stands for the choice stands for the gate: a long chain of choices is followed once.
            let chosen = chosen(instruction, outside).filter(|_| !instruction.uniform);
            engine.stands[at] = chosen.map(|operand| operand.made().and_then(|made| engine.stands[made]).unwrap_or(operand));
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
                through: None,
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
        for op in &mut engine.ops {
            op.filled |= filled[op.at];
        }
        engine
    }

    /// Leaves out what later runs compute for themselves and what something else stands for, where nobody here needs it.
    pub(super) fn leave_out(&mut self) {
        self.keep(|engine, op| op.is_asked() || !(op.instruction.elsewhere || engine.hands_on(op)));
    }

    /// Keeps the gates that are wanted, and what they need.
    fn keep(&mut self, is_wanted: impl Fn(&Self, &Op<'r, 'v>) -> bool) {
        let mut needed = vec![false; self.numbers.len()];
        for op in self.ops.iter().rev() {
            needed[op.at] |= is_wanted(self, op);
            if needed[op.at] {
                op.made().for_each(|made| needed[made] = true);
            }
        }
        self.ops.retain(|op| needed[op.at]);
    }

    /// Whether something that is there without it has the same numbers.
    pub(super) fn hands_on(&self, op: &Op<'_, '_>) -> bool {
        op.instruction.stands.or(self.stands[op.at]).is_some()
    }

    /// Finds the gates whose numbers nobody needs, since those of an operand tell what is asked of them.
    pub(super) fn leave_unmade(&mut self) {
        let (mut uses, mut index_of) = (vec![0; self.numbers.len()], vec![0; self.numbers.len()]);
        for (index, op) in self.ops.iter().enumerate() {
            index_of[op.at] = index;
            // What needs a gate twice is one that needs it.
            let mut before = None;
            op.made().filter(|&made| before.replace(made) != Some(made)).for_each(|made| uses[made] += 1);
        }
        for index in 0..self.ops.len() {
            let op = &self.ops[index];
            if uses[op.at] > 0 || op.filled || !op.asked.is_measures() {
                continue;
            }
            let scale = op.scale().filter(|by| *by != 0.0);
            let products = || (op.is_product() && op.asked.is_sums()).then_some(Unmade::Products);
            let unmade = scale.map(Unmade::Scaled).or_else(products);
            // A product that is doubled is one by twice the number.
            let before = op.made().next().filter(|&made| scale == Some(2.0) && uses[made] == 1).map(|made| index_of[made]);
            let doubled = |before: usize| self.ops[before].scale_of_whole().map(|by| by * 2.0).filter(|by| by.is_normal());
            let through = before.and_then(|before| Some((before, doubled(before)?)));
            (self.ops[index].unmade, self.ops[index].through) = (unmade, through);
        }
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
        if let Operand::Made(made) = operand
            && let Some(stands) = self.stands[made]
        {
            return self.ready(stands, takes_number, places, outside, owned);
        }
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
            unmade: vec![None; self.ops.len()],
            passed: vec![false; self.ops.len()],
            bare: vec![false; self.ops.len()],
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
                if scratch.passed[index] {
                    continue;
                }
                if let Some(unmade) = scratch.unmade[index] {
                    let through = op.through.filter(|(before, _)| scratch.passed[*before]);
                    let first = through.map_or(op, |(before, _)| &self.ops[before]).operand(0, here, scratch, own);
                    let second = match (&unmade, &through) {
                        (_, Some((_, by))) | (Unmade::Scaled(by), None) => std::slice::from_ref(by),
                        (Unmade::Products, None) => op.operand(1, here, scratch, own),
                    };
                    if first.len() == len && (second.len() == len || !matches!(unmade, Unmade::Products)) {
                        see(index, op, &op.strip(&[first, second], &[]), len);
                        continue;
                    }
                }
                let by_rows = scratch.bare[index] && op.goes_by_rows(here.places, self.run.shape);
                for (operand, repeated) in op.operands.iter().zip(&mut scratch.repeated) {
                    if let (Ready::Repeated(numbers, shape), false) = (operand, by_rows) {
                        repeat(numbers, *shape, self.run.shape, here, repeated);
                    }
                }
                let mut stored = own.get_mut(op.at).and_then(Option::take);
                let mut strip = if stored.is_none() { std::mem::take(&mut scratch.strips[op.instruction.slot]) } else { Vec::new() };
                let out = match &mut stored {
                    Some(stored) => &mut stored[here.inside..here.inside + len],
                    None => &mut strip[..len],
                };
                scratch.flat[op.at] = if by_rows {
                    self.fill_rows(op, here, scratch, own, out);
                    see(index, op, &op.strip(&[], out), len);
                    false
                } else {
                    self.strip_of(op, here, scratch, own, out, &mut |strip| see(index, op, strip, len))
                };
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

    /// Computes a strip of a gate row by row, its operands of another shape being read where they stand.
    fn fill_rows(&self, op: &Op<'r, 'v>, here: Here<'_>, scratch: &Scratch, own: &Own<'_>, out: &mut [f64]) {
        let mut at = 0;
        for (i, columns) in rows(self.run.shape, here.start, here.len) {
            let (count, range) = (columns.len(), at..at + columns.len());
            let operand = |operand: usize| match op.operands[operand] {
                Ready::Repeated(numbers, shape) => met_by_row(numbers, shape, i, &columns),
                _ => match op.operand(operand, here, scratch, own) {
                    one @ [_] => one,
                    numbers => &numbers[range.clone()],
                },
            };
            let operands = [operand(0), operand(op.operands.len() - 1)];
            let out = &mut out[range.clone()];
            if operands.iter().all(|numbers| numbers.len() == 1) {
                op.fill(self.run, &operands[..op.operands.len()], &mut out[..1]);
                out.fill(out[0]);
            } else {
                op.fill(self.run, &operands[..op.operands.len()], out);
            }
            at += count;
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
                [x] => match op.by {
                    None => of(x).and_then(|x| rule(&[x])),
                    Some((_, known)) => {
                        let [first, second] = known.map(|number| Bounds::of(&[number]));
                        of(x).zip(first).zip(second).and_then(|((x, first), second)| rule(&[x, first, second]))
                    }
                },
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

    /// The number by which it multiplies what comes from outside of the run, where nothing else is asked of it.
    fn scale_of_whole(&self) -> Option<f64> {
        let is_whole = matches!(self.operands[0], Ready::Whole(_));
        self.scale().filter(|by| is_whole && !self.filled && !self.is_asked() && by.is_normal())
    }

    /// Whether its numbers are stored, or something is asked of them.
    fn is_asked(&self) -> bool {
        self.owned || !self.asked.is_nothing() || !self.copies.is_empty()
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

    /// Whether it takes operands of other shapes row by row: where rows are long, and each of its operands may be one number.
    fn goes_by_rows(&self, places: Places<'_>, shape: Shape) -> bool {
        let meets = || self.operands.iter().any(|operand| matches!(operand, Ready::Repeated(..)));
        self.takes_number && matches!(places, Places::All) && shape.sides().1 >= LONG_ROW && meets()
    }

    fn fill(&self, run: &Run, operands: &[&[f64]], out: &mut [f64]) {
        match (operands, self.by) {
            ([x], Some((f, known))) => f(x, known, out),
            _ if self.lanes.is_some_and(|lanes| lanes.fill(operands, out)) => {}
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
        let mut engine = Engine::of(self, self.cone(at).into_iter(), places, outside, &|_| false);
        engine.keep(|_, op| op.at == at);
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

/// The rows of a shape that so many places from one on are in, each with the columns that are.
fn rows(shape: Shape, start: usize, len: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
    let (columns, end) = (shape.sides().1, start + len);
    (start / columns..end.div_ceil(columns)).map(move |row| {
        let first = row * columns;
        (row, start.max(first) - first..end.min(first + columns) - first)
    })
}

/// What an operand of a shape is in some columns of a row of a larger one: as many numbers, or one.
fn met_by_row<'n>(numbers: &'n [f64], shape: Shape, row: usize, columns: &Range<usize>) -> &'n [f64] {
    let (rows, own) = shape.sides();
    let start = if rows > 1 { row * own } else { 0 };
    if own > 1 { &numbers[start + columns.start..start + columns.end] } else { &numbers[start..=start] }
}

/// What an operand of a shape is at the places of a larger one, row by row.
fn repeat_rows(numbers: &[f64], shape: Shape, whole: Shape, start: usize, mut out: &mut [f64]) {
    for (row, columns) in rows(whole, start, out.len()) {
        let (here, rest) = out.split_at_mut(columns.len());
        match met_by_row(numbers, shape, row, &columns) {
            [one] => here.fill(*one),
            numbers => here.copy_from_slice(numbers),
        }
        out = rest;
    }
}
