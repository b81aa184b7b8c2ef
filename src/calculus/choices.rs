//! Choices that rounding may have made: which numbers no digits tell apart, and what a gate is given instead.
//!
//! Knows from two evaluations whether a choice would be the same whatever was rounded. How many digits they had, and how many there
//! should be, is not known here.

use super::precise::{Given, Leaves, Origin, Parts, Stages};
use crate::forms::{Program, StageId};
use crate::ground::Shape;
use crate::ground::big::{Big, Kit, bits_of};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::Choice;
use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;
use dashu_int::Word;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

/// The program that a stage belongs to: the one that was asked for, or one that made a leaf.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Part(usize);

impl Part {
    /// The program that made a leaf.
    pub fn of(origin: &Arc<Origin>) -> Self {
        Self(Arc::as_ptr(origin).addr())
    }

    /// Whether it is the program that was asked for.
    pub fn is_asked(self) -> bool {
        self == Self::default()
    }
}

/// Numbers between which no digits decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Open {
    /// Two operands at a place of the result.
    Operands {
        /// The place.
        at: usize,
        /// The operands.
        pair: [usize; 2],
    },
    /// Two elements of the first operand.
    Elements([usize; 2]),
    /// The operands at a place of the result are where the gate jumps.
    Jump(usize),
}

/// What no digits decide, by the stages whose gates choose.
pub type Choices = HashMap<(Part, StageId), BTreeSet<Open>>;

/// What a gate decides by, of which a mask is also what chooses among its operands.
pub fn choice_of(gate: Gate) -> Choice {
    if gate == Gate::Where { Choice::Sign } else { gate.row().choice }
}

/// What two evaluations of a program do not decide, but for what is tied already.
pub fn undecided<const B: Word>(part: Part, program: &Program, before: &Stages<B>, last: &Stages<B>, known: &Choices) -> Choices {
    let open = |id: StageId| {
        let gate = program.gate(id);
        if choice_of(gate) == Choice::No {
            return None;
        }
        let values = |stages: &Stages<B>| program.operands(id).iter().map(|operand| Rc::clone(&stages[operand.at()])).collect::<Vec<_>>();
        let tied = known.get(&(part, id));
        let is_new = |open: &Open| tied.is_none_or(|tied| !tied.contains(open));
        let open: BTreeSet<Open> = open(gate, program.shape(id), &values(before), &values(last)).into_iter().filter(is_new).collect();
        (!open.is_empty()).then_some(((part, id), open))
    };
    program.ids().filter_map(open).collect()
}

/// Those of a program's open choices that depend on no other that is open, also in what made its leaves: the others may be decided once
/// these are.
pub fn first_of(part: Part, program: &Program, leaves: &Leaves, open: &Choices) -> Choices {
    if depends_on_open(leaves, open) {
        return Choices::new();
    }
    let mut behind = vec![false; program.len()];
    let mut first = Choices::new();
    for id in program.ids() {
        behind[id.at()] = program.operands(id).iter().any(|operand| behind[operand.at()]);
        if let Some(choices) = open.get(&(part, id)) {
            if !behind[id.at()] {
                first.insert((part, id), choices.clone());
            }
            behind[id.at()] = true;
        }
    }
    first
}

/// Whether leaves were made by choices that are open.
fn depends_on_open(leaves: &Leaves, open: &Choices) -> bool {
    leaves.inputs.iter().chain(&leaves.constants).any(|given| match given {
        Given::Made(origin) => {
            let part = Part::of(origin);
            open.keys().any(|(of, _)| *of == part) || depends_on_open(&origin.leaves, open)
        }
        _ => false,
    })
}

/// What is open of a gate's choice in two evaluations of its operands.
fn open<const B: Word>(gate: Gate, shape: Shape, before: &[Rc<Parts<B>>], last: &[Rc<Parts<B>>]) -> Vec<Open> {
    let mut kit = Kit::<B>::new(20);
    let places = 0..shape.size();
    let met = |operand: usize, at: usize| last[operand].shape.met(shape, at);
    let jump = |is_open: bool, at: usize| is_open.then_some(Open::Jump(at));
    match choice_of(gate) {
        Choice::No => Vec::new(),
        Choice::Between if gate.is_elementwise() => {
            let mut open = Vec::new();
            for at in places {
                for pair in (0..last.len()).flat_map(|other| (0..other).map(move |one| [one, other])) {
                    let numbers = |values: &[Rc<Parts<B>>]| pair.map(|operand| values[operand].numbers[met(operand, at)].clone());
                    let exact = pair.iter().all(|&operand| last[operand].exact[met(operand, at)]);
                    if !exact && !are_apart(&mut kit, &numbers(before), &numbers(last)) {
                        open.push(Open::Operands { at, pair });
                    }
                }
            }
            open
        }
        Choice::Between => among(&mut kit, &before[0], &last[0]),
        Choice::Sign => {
            let zero = Big::<B>::Num(FBig::ZERO);
            let is_open = |kit: &mut Kit<B>, at: usize| {
                let number = |values: &[Rc<Parts<B>>]| [values[0].numbers[met(0, at)].clone(), zero.clone()];
                !last[0].exact[met(0, at)] && !are_apart(kit, &number(before), &number(last))
            };
            places.filter_map(|at| jump(is_open(&mut kit, at), at)).collect()
        }
        choice @ (Choice::Step | Choice::Nearest) => {
            let is_open = |at: usize| {
                let [one, other] = [before, last].map(|values| jumping(choice, &values[0].numbers[met(0, at)]));
                !last[0].exact[met(0, at)] && !is_within_step(&one, &other)
            };
            places.filter_map(|at| jump(is_open(at), at)).collect()
        }
        Choice::Quotient => {
            let quotient = |values: &[Rc<Parts<B>>], at: usize| {
                let [x, y] = [0, 1].map(|operand| &values[operand].numbers[met(operand, at)]);
                let digits = [x, y].map(|x| x.finite().map_or(0, FBig::precision));
                Kit::<B>::new(digits[0].max(digits[1]).max(20)).div(x, y)
            };
            let is_open = |at: usize| {
                let exact = (0..2).all(|operand| last[operand].exact[met(operand, at)]);
                !exact && !is_within_step(&quotient(before, at), &quotient(last, at))
            };
            places.filter_map(|at| jump(is_open(at), at)).collect()
        }
    }
}

/// What is whole where a choice jumps: of the nearest whole number half a one less than the operand.
fn jumping<const B: Word>(choice: Choice, x: &Big<B>) -> Big<B> {
    let Some(digits) = x.finite().map(FBig::precision).filter(|_| choice == Choice::Nearest) else { return x.clone() };
    let mut kit = Kit::<B>::new(digits);
    kit.with_more(8, |kit| {
        let half = kit.ratio(1, 2);
        kit.sub(x, &half)
    })
}

/// The numbers of an array that are not told apart from its largest or its smallest.
fn among<const B: Word>(kit: &mut Kit<B>, before: &Parts<B>, last: &Parts<B>) -> Vec<Open> {
    let extreme = |wanted: Ordering| {
        (1..last.numbers.len()).fold(0, |best, at| if last.numbers[at].compare(&last.numbers[best]) == Some(wanted) { at } else { best })
    };
    let mut open = Vec::new();
    for best in [Ordering::Greater, Ordering::Less].map(extreme) {
        for at in (0..last.numbers.len()).filter(|&at| at != best) {
            let exact = last.exact[at] && last.exact[best];
            let pair = |parts: &Parts<B>| [at, best].map(|at| parts.numbers[at].clone());
            if !exact && !are_apart(kit, &pair(before), &pair(last)) {
                open.push(Open::Elements([best, at]));
            }
        }
    }
    open
}

/// How many digits two numbers have in common.
pub fn agreement<const B: Word>(one: &Big<B>, other: &Big<B>) -> usize {
    let mut kit = Kit::<B>::new(20);
    let apart = kit.sub(one, other);
    if apart.is_zero() {
        return usize::MAX;
    }
    let places = other.top().saturating_sub(apart.top()) as f64 * bits_of::<B>() / bits_of::<10>();
    (places - 1.0).max(0.0) as usize
}

/// Whether two numbers are as far apart in both evaluations.
fn are_apart<const B: Word>(kit: &mut Kit<B>, before: &[Big<B>; 2], last: &[Big<B>; 2]) -> bool {
    let distance = |kit: &mut Kit<B>, [x, y]: &[Big<B>; 2]| kit.sub(x, y);
    let (one, other) = (distance(kit, before), distance(kit, last));
    match (&one, &other) {
        (Big::Num(_), Big::Num(_)) if one.is_zero() && other.is_zero() => last.iter().all(is_long),
        (Big::Num(_), Big::Num(_)) => {
            !other.is_zero() && !one.is_zero() && one.is_negative() == other.is_negative() && agreement(&one, &other) > 0
        }
        _ => true,
    }
}

/// Whether a number has most of the digits that it could have: two such ones are equal only where they must be.
fn is_long<const B: Word>(x: &Big<B>) -> bool {
    x.finite().is_some_and(|x| 2 * x.repr().digits() > x.precision())
}

/// Whether a number lies between the same whole numbers in both evaluations, on none of them.
fn is_within_step<const B: Word>(before: &Big<B>, last: &Big<B>) -> bool {
    let (Some(one), Some(other)) = (before.finite(), last.finite()) else { return true };
    if last.is_whole() || before.is_whole() || one.floor() != other.floor() {
        return false;
    }
    let fraction = |x: &FBig<HalfEven, B>| Big::Num(x.fract());
    let (one, other) = (fraction(one), fraction(other));
    // A fraction of nothing but zeros or nines is a whole number that was rounded.
    let mut kit = Kit::<B>::new(20);
    let whole = kit.whole(if other.is_negative() { -1 } else { 1 });
    let rest = |kit: &mut Kit<B>, x: &Big<B>| {
        let more = x.finite().map_or(20, |x| x.precision() + 20);
        kit.with_more(more * 4, |kit| kit.sub(x, &whole))
    };
    let (one_rest, other_rest) = (rest(&mut kit, &one), rest(&mut kit, &other));
    agreement(&one, &other) > 0 && agreement(&one_rest, &other_rest) > 0
}

/// The operands of a gate with what is tied made equal: of two numbers both are the one that is exact, and what is where the gate jumps
/// is there.
pub fn made_equal<const B: Word>(
    kit: &mut Kit<B>,
    gate: Gate,
    shape: Shape,
    tied: &BTreeSet<Open>,
    operands: Vec<Rc<Parts<B>>>,
) -> Vec<Rc<Parts<B>>> {
    let repeated = |operand: Rc<Parts<B>>| {
        if !gate.is_elementwise() || operand.shape == shape {
            return (*operand).clone();
        }
        let places = (0..shape.size()).map(|at| operand.shape.met(shape, at));
        let (numbers, exact) = places.map(|at| (operand.numbers[at].clone(), operand.exact[at])).unzip();
        Parts { shape, numbers, exact }
    };
    let mut operands: Vec<Parts<B>> = operands.into_iter().map(repeated).collect();
    for tied in tied {
        match *tied {
            Open::Operands { at, pair: [one, other] } => {
                let (from, to) = if operands[other].exact[at] { (other, one) } else { (one, other) };
                operands[to].numbers[at] = operands[from].numbers[at].clone();
                operands[to].exact[at] = operands[from].exact[at];
            }
            Open::Elements([best, at]) => {
                let x = &mut operands[0];
                let (from, to) = if x.exact[at] { (at, best) } else { (best, at) };
                x.numbers[to] = x.numbers[from].clone();
                x.exact[to] = x.exact[from];
            }
            Open::Jump(at) => {
                let x = operands[0].numbers[at].clone();
                operands[0].numbers[at] = match choice_of(gate) {
                    Choice::Sign => kit.whole(0),
                    Choice::Quotient => {
                        let quotient = kit.div(&x, &operands[1].numbers[at]);
                        operands[1].numbers[at] = kit.whole(1);
                        operands[1].exact[at] = true;
                        kit.round_ties_even(&quotient)
                    }
                    choice @ Choice::Nearest => {
                        let below = jumping(choice, &x);
                        let (below, half) = (kit.round_ties_even(&below), kit.ratio(1, 2));
                        kit.add(&below, &half)
                    }
                    _ => kit.round_ties_even(&x),
                };
                operands[0].exact[at] = true;
            }
        }
    }
    operands.into_iter().map(Rc::new).collect()
}
