//! So many digits, all of them right: a program is evaluated with more digits and with more still, each time with what is rounded
//! moved a little, and what both have in common is shown. What both rounded away alike would be no part of either; moved, it is told.
//!
//! Knows when two evaluations agree and when a number can only be 0. The numbers themselves come from `precise`, and which choices
//! rounding may have made from `choices`.

use super::choices::{Choices, Part, agreement, first_of, undecided};
use super::precise::{Evaluated, Leaves, Origins, Parts, Stages, Stopped, Task, evaluate_perturbed};
use crate::forms::{Program, StageId};
use crate::ground::big::text::rounded;
use crate::ground::big::{Big, bits_of};
use crate::ground::{Cancellation, Shape, broken};
use crate::ground::{Value, number};
use crate::vocabulary::gate::precise::{Kernels, Precise};
use crate::vocabulary::gate::{Family, Unroll};
use dashu_int::Word;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The fewest and the most digits that can be asked for.
pub const DIGITS: [usize; 2] = [30, 10_000];

/// An answer may take so long.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A number as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its digits, all of them right.
    pub text: String,
    /// How many of them, where they are fewer than promised; 0 where none is certain, and of a number that is 0 as far as
    /// the digits tell.
    pub fewer: Option<usize>,
    /// Whether it is 0 as far as the digits tell, and not by its structure.
    pub vanished: bool,
}

impl Shown {
    /// The binary64 number nearest to it.
    pub fn nearest(&self) -> f64 {
        self.text.parse().unwrap_or_else(|_| broken("the text of a number reads as one"))
    }

    /// The binary64 number nearest to it that is finite and not 0 where it is.
    pub fn kept(&self) -> f64 {
        let nearest = self.nearest();
        let is_number = self.text.contains(|c: char| c.is_ascii_digit());
        let has_digits = self.text.split('e').next().is_some_and(|digits| digits.contains(|c: char| ('1'..='9').contains(&c)));
        match nearest {
            x if x.is_infinite() && is_number => f64::MAX.copysign(x),
            0.0 if has_digits && !self.vanished => f64::MIN_POSITIVE.copysign(nearest),
            x => x,
        }
    }

    /// What it is, to a few digits, where it is too large or too small for a binary64 number.
    pub fn beyond_binary64(&self) -> Option<String> {
        const FEW: usize = 12;
        let (mantissa, exponent) = self.text.split_once('e').filter(|_| self.kept() != self.nearest())?;
        let mantissa = mantissa.parse().unwrap_or_else(|_| broken("the digits of a number read as one"));
        Some(format!("{}e{exponent}", number::rounded(mantissa, number::Digits::Rounded(FEW))))
    }

    /// 0, by structure.
    pub fn zero() -> Self {
        Self { text: "0".to_owned(), fewer: None, vanished: false }
    }
}

/// The numbers of stages, to so many digits.
#[derive(Clone, Debug, Default)]
pub struct Digits {
    /// How many digits were promised.
    pub promised: usize,
    /// How many the numbers were evaluated with at last.
    pub reached: usize,
    /// The numbers of each stage that was asked for, row by row.
    pub numbers: HashMap<StageId, Vec<Shown>>,
    /// Stages whose choice no digits decide: their operands were taken as equal.
    pub ties: Vec<StageId>,
    /// Why stages have no value here though they have one.
    pub refusals: Vec<(StageId, &'static str)>,
}

/// Why there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// It was interrupted.
    Interrupted,
    /// It would take about so many seconds.
    TooLong(u64),
    /// A gate cannot be evaluated so.
    Gate(&'static str),
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The stages, forward and backward.
    pub program: &'a Program,
    /// The binary64 values of its inputs.
    pub inputs: &'a [Value],
    /// What else is known of its leaves.
    pub leaves: &'a Leaves,
    /// The stages whose numbers are shown.
    pub wanted: &'a [StageId],
    /// How many digits are promised.
    pub digits: usize,
    /// How many more the first rung has.
    pub spare: usize,
    /// About how long it may take to evaluate with more digits than all rungs have, which numbers need that are far apart.
    pub patience: Duration,
    /// What ends it.
    pub cancellation: &'a Cancellation,
}

/// What rounding leaves of a number that is 0 may have so many digits more or fewer from rung to rung.
const UNEVEN: usize = 4;

/// Choices that depend on each other are tied in so many rounds at most.
const MOST_TIES: usize = 64;

/// What is 0 has its first digit below this place.
const ZERO_TOP: isize = isize::MIN / 8;

/// How many more digits than promised the first rung has, where the promise is one to a user.
pub const SPARE: usize = 10;

impl Asked<'_> {
    /// How many digits the numbers of each rung have.
    fn ladder(&self) -> [usize; 4] {
        [1, 2, 4, 8].map(|times| times * (self.digits + self.spare))
    }
}

/// About how many bytes the numbers of all stages take while so many digits of them are found: those of two rungs, and what is
/// made on the way to them.
pub fn bytes(program: &Program, digits: usize) -> usize {
    const BITS_OF_DIGIT: f64 = 3.33;
    const HEAD: usize = 64;
    let limbs = [1, 2].map(|times| times * (digits + SPARE)).iter().map(|&digits| 2.0 * digits as f64 * BITS_OF_DIGIT / 8.0).sum::<f64>();
    let numbers = program.ids().map(|id| program.shape(id).size()).fold(0, usize::saturating_add);
    numbers.saturating_mul(limbs as usize + 2 * HEAD)
}

/// About how many seconds an evaluation of some stages with so many digits takes.
pub(super) fn estimate(program: &Program, stages: impl Iterator<Item = StageId>, digits: usize) -> f64 {
    // Of 34 digits: measured, and growing with their number as multiplications and series do.
    let times = (digits as f64 / 34.0).max(1.0);
    let (arithmetic, elementary, special) =
        (8e-7 * (1.0 + 0.2 * times + 0.008 * times.powi(2)), 2.5e-4 * times + 1.5e-5 * times.powi(2), 2e-3 * times.powf(1.5));
    let sides = |id: StageId| program.shape(id).sides();
    let cost = |id: StageId| {
        let row = program.gate(id).row();
        let size = program.shape(id).size() as f64;
        let first = program.operands(id).first().map_or(Shape::Scalar, |&operand| program.shape(operand));
        match (row.family, row.unroll) {
            (_, Unroll::Products) => size * sides(program.operands(id)[0]).1 as f64 * 2.0 * arithmetic,
            (_, Unroll::Determinant | Unroll::Inverse) => (first.sides().0 as f64).powi(3) * 2.0 * arithmetic,
            (_, Unroll::Fold(_)) => first.size() as f64 * arithmetic,
            (Family::Exponential | Family::Trigonometric | Family::Activation, _) => size * elementary,
            (Family::Special, _) => size * special,
            // What a matrix makes of a matrix of its own size: cofactors.
            (Family::Internal, _) if !program.gate(id).is_elementwise() => size * first.sides().0 as f64 * 2.0 * arithmetic,
            _ if row.inverts => (first.sides().0 as f64).powi(3) * 2.0 * arithmetic,
            _ => size.max(first.size() as f64) * 2.0 * arithmetic,
        }
    };
    stages.map(cost).sum()
}

/// The numbers of the stages that are asked for, each with as many digits as were promised, or as are right, evaluated to base `B`:
/// 10 as people write numbers, 2 where the leaves are binary64 numbers.
///
/// # Errors
/// Where it was interrupted, would take too long, or a gate has no such kernel.
pub fn settle<const B: Word>(asked: &Asked<'_>) -> Result<Digits, Undone>
where
    Precise: Kernels<B>,
{
    let ladder = asked.ladder();
    let expected: f64 = ladder[..2].iter().map(|&digits| estimate(asked.program, asked.program.ids(), digits)).sum();
    if expected > 2.0 * PATIENCE.as_secs_f64() {
        return Err(Undone::TooLong(expected as u64));
    }
    let mut climb = Climb { asked, start: Instant::now(), ties: Choices::new(), rungs: Vec::new() };
    climb.up(&ladder)?;
    let beyond = climb.beyond().filter(|&digits| climb.is_soon(digits));
    climb.up(beyond.as_slice())?;
    // One more tells whether the last one had enough.
    let more = climb.last_two().1.digits * 5 / 4;
    if (beyond.is_some() || climb.emerges() || !climb.undecided().is_empty()) && climb.is_soon(more) {
        climb.up(&[more])?;
    }
    // What no digits decide is equal; what depends on it may be decided then.
    for _ in 0..MOST_TIES {
        let open = climb.undecided();
        if open.is_empty() || climb.start.elapsed() > PATIENCE {
            break;
        }
        for (stage, tied) in climb.first_of(&open) {
            climb.ties.entry(stage).or_default().extend(tied);
        }
        let digits: Vec<usize> = climb.rungs.iter().map(|rung| rung.digits).collect();
        climb.rungs.clear();
        climb.up(&digits[digits.len().min(3) - 2..])?;
    }
    Ok(climb.shown())
}

struct Rung<const B: Word> {
    digits: usize,
    stages: Stages<B>,
    /// The stages of what made its leaves.
    origins: Origins<B>,
    refusals: Vec<(StageId, &'static str)>,
    took: Duration,
}

struct Climb<'a, const B: Word> {
    asked: &'a Asked<'a>,
    start: Instant,
    ties: Choices,
    rungs: Vec<Rung<B>>,
}

impl<const B: Word> Climb<'_, B>
where
    Precise: Kernels<B>,
{
    /// Evaluates with more and more digits until all numbers and choices agree, or time is up.
    fn up(&mut self, ladder: &[usize]) -> Result<(), Undone> {
        for &digits in ladder {
            let next = self.expected(digits);
            match self.rungs.len() {
                // Two are needed; the first has shown what the second takes.
                1 if next > 2 * PATIENCE => return Err(Undone::TooLong(next.as_secs())),
                0 | 1 => {}
                _ if self.is_settled() || self.start.elapsed() + next > PATIENCE => break,
                _ => {}
            }
            self.step(digits)?;
        }
        Ok(())
    }

    /// How long an evaluation with so many digits takes, by the last one.
    fn expected(&self, digits: usize) -> Duration {
        let by = |last: &Rung<B>| last.took.mul_f64((digits as f64 / last.digits as f64).powi(2));
        self.rungs.last().map_or(Duration::ZERO, by)
    }

    fn step(&mut self, digits: usize) -> Result<(), Undone> {
        let begun = Instant::now();
        // Two evaluations are needed, and the second takes four times as long.
        let end = self.start + if self.rungs.is_empty() { PATIENCE / 2 } else { 3 * PATIENCE };
        let cancellation = self.asked.cancellation.or_until(end);
        let task = Task {
            program: self.asked.program,
            inputs: self.asked.inputs,
            leaves: self.asked.leaves,
            digits,
            ties: &self.ties,
            cancellation: &cancellation,
        };
        let Evaluated { stages, origins, refusals } = evaluate_perturbed(&task).map_err(|stopped| match stopped {
            Stopped::Cancelled if Instant::now() >= end => Undone::TooLong((2 * PATIENCE).as_secs()),
            Stopped::Cancelled => Undone::Interrupted,
            Stopped::Gate(gate) => Undone::Gate(gate.row().name),
        })?;
        self.rungs.push(Rung { digits, stages, origins, refusals, took: begun.elapsed() });
        Ok(())
    }

    fn last_two(&self) -> (&Rung<B>, &Rung<B>) {
        let count = self.rungs.len();
        (&self.rungs[count - 2], &self.rungs[count - 1])
    }

    fn is_settled(&self) -> bool {
        let (before, last) = self.last_two();
        let settled = |&id: &StageId| {
            let (one, other) = (&before.stages[id.at()], &last.stages[id.at()]);
            (0..other.numbers.len()).all(|at| Self::right(one, other, at).is_some_and(|right| right >= self.asked.digits))
        };
        self.asked.wanted.iter().all(settled) && self.undecided().is_empty()
    }

    /// How many digits of a number are right; none where both say 0 and neither knows it.
    fn right(before: &Parts<B>, last: &Parts<B>, at: usize) -> Option<usize> {
        let (one, other) = (&before.numbers[at], &last.numbers[at]);
        match (one, other) {
            (Big::Num(_), Big::Num(_)) if other.is_zero() && last.exact[at] => Some(usize::MAX),
            (Big::Num(_), Big::Num(_)) if one.is_zero() || other.is_zero() => None,
            (Big::Num(_), Big::Num(_)) => Some(agreement(one, other)),
            (Big::Nan, Big::Nan) => Some(usize::MAX),
            (Big::Inf(one), Big::Inf(other)) if one == other => Some(usize::MAX),
            _ => Some(0),
        }
    }

    /// What no digits have decided so far, in the program and in those that made its leaves.
    fn undecided(&self) -> Choices {
        let (before, last) = self.last_two();
        let mut open = undecided(Part::default(), self.asked.program, &before.stages, &last.stages, &self.ties);
        for (part, (origin, stages)) in &last.origins {
            if let Some((_, known)) = before.origins.get(part) {
                open.extend(undecided(*part, &origin.program, known, stages, &self.ties));
            }
        }
        open
    }

    /// Those of them that depend on no other.
    fn first_of(&self, open: &Choices) -> Choices {
        let mut first = first_of(Part::default(), self.asked.program, self.asked.leaves, open);
        for (part, (origin, _)) in &self.last_two().1.origins {
            first.extend(first_of(*part, &origin.program, &origin.leaves, open));
        }
        first
    }

    fn shown(self) -> Digits {
        let (before, last) = self.last_two();
        let is_short = self.beyond().is_some();
        let number = |id: StageId, at: usize| {
            let right = Self::right(&before.stages[id.at()], &last.stages[id.at()], at);
            let number = &last.stages[id.at()].numbers[at];
            // Beside numbers that need more digits than there were, noise is small only if it is so by itself.
            let is_small = || !is_short || number.top_bits() < -(self.asked.digits as f64) * bits_of::<10>();
            let shrinks = || self.shrinks(id, at) && is_small();
            match right {
                Some(right) if right >= self.asked.digits => {
                    Shown { text: rounded(number, self.asked.digits), fewer: None, vanished: false }
                }
                Some(right) if right > 0 && !shrinks() => Shown { text: rounded(number, right), fewer: Some(right), vanished: false },
                _ if number.is_zero() || shrinks() => Shown { text: "0".to_owned(), fewer: None, vanished: true },
                _ => Shown { text: rounded(number, 1), fewer: Some(0), vanished: false },
            }
        };
        let numbers = |&id: &StageId| (id, (0..last.stages[id.at()].numbers.len()).map(|at| number(id, at)).collect());
        let mut ties: Vec<StageId> = self.ties.keys().filter(|(part, _)| part.is_asked()).map(|(_, id)| *id).collect();
        ties.sort();
        Digits {
            promised: self.asked.digits,
            reached: last.digits,
            numbers: self.asked.wanted.iter().map(numbers).collect(),
            ties,
            refusals: last.refusals.clone(),
        }
    }

    /// Whether a number shrinks from rung to rung as the digits grow, as only 0 does; one that is 0 at last, or smaller at two
    /// rungs by the digits that were added.
    fn shrinks(&self, id: StageId, at: usize) -> bool {
        let number = |rung: &'_ Rung<B>| rung.stages[id.at()].numbers[at].clone();
        let digits = |digits: usize| (digits as f64 * bits_of::<10>() / bits_of::<B>()) as isize;
        let noise: Vec<(isize, isize)> = self
            .rungs
            .iter()
            .map(|rung| (number(rung), digits(rung.digits)))
            .filter(|(number, _)| number.finite().is_some() && !number.is_zero())
            .map(|(number, digits)| (number.top(), digits))
            .collect();
        let all_finite = self.rungs.iter().all(|rung| number(rung).finite().is_some());
        let told = noise.len() > 1 || number(&self.rungs[self.rungs.len() - 1]).is_zero();
        all_finite && told && noise.windows(2).all(|pair| pair[1].0 <= pair[0].0 - (pair[1].1 - pair[0].1) + digits(UNEVEN))
    }

    /// With how many digits each known number would keep those of every other beside it, where that is more than there were and
    /// not all is settled.
    fn beyond(&self) -> Option<usize> {
        let (before, last) = self.last_two();
        let known = |id: StageId| {
            let (one, other) = (&before.stages[id.at()], &last.stages[id.at()]);
            let is_known =
                move |&at: &usize| other.numbers[at].finite().is_some() && Self::right(one, other, at).is_some_and(|right| right > 0);
            (0..other.numbers.len()).filter(is_known).map(move |at| other.numbers[at].top())
        };
        let tops: Vec<isize> = self.asked.program.ids().flat_map(known).filter(|&top| top > ZERO_TOP).collect();
        let reach = tops.iter().max()?.abs_diff(*tops.iter().min()?) as f64 * bits_of::<B>() / bits_of::<10>();
        let digits = reach as usize + 1 + self.asked.digits + self.asked.spare;
        (digits > last.digits && !self.is_settled()).then_some(digits)
    }

    /// Whether a number that is not settled is none that shrinks, as one is that the digits of the last evaluation were the first to show.
    fn emerges(&self) -> bool {
        let (before, last) = self.last_two();
        let is_open = |id: StageId, at: usize| Self::right(&before.stages[id.at()], &last.stages[id.at()], at) < Some(self.asked.digits);
        self.asked.wanted.iter().any(|&id| (0..last.stages[id.at()].numbers.len()).any(|at| is_open(id, at) && !self.shrinks(id, at)))
    }

    /// Whether two evaluations with so many digits are to be had.
    fn is_soon(&self, digits: usize) -> bool {
        2.0 * estimate(self.asked.program, self.asked.program.ids(), digits) < self.asked.patience.as_secs_f64()
    }
}
