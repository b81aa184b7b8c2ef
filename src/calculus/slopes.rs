//! Derivatives of single numbers by a few inputs, carried forward from stage to stage: those of a stage are made of those of its operands.
//!
//! Knows how they are made, how far rounding puts them off and in which other order of products they could be other numbers; not for whom.

use super::backprop::{Edge, Handing, Local, Path, contribution, mixes};
use super::digits::is_sure;
use super::errors::{Derivatives, Errors, Off, Reaching};
use super::evaluate::Values;
use super::rule::{Rules, Ties};
use crate::forms::program::{Constant, Input};
use crate::forms::{Program, StageId};
use crate::ground::{Shape, Span, Value};
use crate::vocabulary::Gate;
use std::collections::HashMap;

/// The most inputs whose derivatives are carried forward.
const MOST_INPUTS: usize = 32;

/// How many times as many stages as a part of a program has its derivatives may have; a backward pass has no more.
const MOST_STAGES: usize = 8;

/// A part so small may have derivatives of any number of stages.
const SMALL: usize = 256;

/// The derivative of a stage by an input.
#[derive(Clone, Copy, Debug)]
pub struct Slope {
    /// The input.
    pub input: StageId,
    /// The derivative.
    pub number: f64,
    /// How far it may be off.
    pub errors: Errors,
    /// What its products and sums come to.
    pub reaching: Reaching,
    /// What all ways from the input add to it, without their signs.
    pub gross: f64,
    /// A power of two of which each of those, and whatever they are made of, is a multiple.
    grain: f64,
    /// How many times all these are to be multiplied by `STEP`, where a derivative has vanished.
    steps: i32,
}

/// A derivative that is smaller than this is held as a multiple of it.
const STEP: f64 = 1.0 / ((1_u128 << 100) as f64 * (1_u128 << 100) as f64 * (1_u128 << 100) as f64 * (1_u128 << 100) as f64);

/// What is smaller than this has few digits as a binary64 number, or is none but 0 where it is smaller than that.
const FEW_DIGITS: f64 = 1e-290;
const NOTHING: f64 = -330.0;

/// A derivative by whose numbers no digit has been lost yet, however small they are.
const SMALLEST: f64 = 1e-250;

impl Slope {
    /// Whether there is nothing to tell of its digits.
    pub fn is_sure(&self) -> bool {
        is_sure(self.number, self.errors)
    }

    /// The same in whatever other order its products and sums are made, whose errors have both signs.
    pub fn is_sure_in_any_order(&self) -> bool {
        is_sure(self.number, Errors::within(2.0 * f64::EPSILON * self.reaching.spread))
    }

    /// How far it may be from what it is where its products and sums are made in another order, where stages and the input are used so often at
    /// most: either order rounds each product and each sum once, and adds up what is handed on by one use after the other.
    pub fn apart(&self, most_uses: f64, uses_of_input: f64) -> f64 {
        4.0 * f64::EPSILON * (most_uses * self.reaching.stages + uses_of_input * self.reaching.input)
    }

    /// The same times a power of two.
    fn times(self, factor: f64) -> Self {
        Self {
            number: self.number * factor,
            errors: self.errors.times(factor),
            reaching: self.reaching.times(factor),
            gross: self.gross * factor,
            grain: self.grain * factor,
            ..self
        }
    }

    /// The same as a multiple of so many steps, which are no more than its own; none where it would vanish.
    fn with(self, steps: i32) -> Option<Self> {
        match self.steps - steps {
            0 => Some(self),
            1 => Some(Self { steps, ..self.times(STEP) }),
            _ => None,
        }
    }

    /// The same, as a multiple of a smaller number where it has vanished.
    fn held(self) -> Self {
        if self.gross < STEP && self.gross != 0.0 { Self { steps: self.steps + 1, ..self.times(STEP.recip()) } } else { self }
    }

    /// The same by itself, as binary64 numbers; none where these have few digits.
    pub fn alone(self) -> Option<Self> {
        if self.steps == 0 {
            return Some(self);
        }
        // What reaches it may be larger than what was found to: a slope on the way was rounded to 0.
        let largest = self.gross.max(self.errors.bound());
        if largest.log10() + f64::from(self.steps) * STEP.log10() < NOTHING {
            return Some(Self { steps: 0, ..self.times(0.0) });
        }
        let factor = STEP.powi(self.steps);
        (self.number.abs() * factor >= FEW_DIGITS).then(|| Self { steps: 0, ..self.times(factor) })
    }

    /// Whether it is held with all its digits: it is neither too small nor too large, or it is 0 because no way leads from the input, or
    /// because ways cancel.
    pub fn is_whole(&self, largest: f64) -> bool {
        let grows = self.steps > 0 && self.gross > 1.0;
        let within = |number: f64| (SMALLEST..=largest).contains(&number);
        let nothing = self.gross == 0.0 && self.number == 0.0;
        nothing || !grows && self.gross >= SMALLEST && (self.number == 0.0 || within(self.number.abs()))
    }

    /// Whether the derivative is the same number in whatever order its products and sums are made: none of them rounds.
    pub fn is_exact(&self) -> bool {
        self.gross <= self.grain / f64::EPSILON
    }
}

/// The largest power of two of which a number is a multiple; 0 where that is too small for a normal number.
fn grain(number: f64) -> f64 {
    let (bits, exponent) = (number.to_bits() & ((1 << 52) - 1) | 1 << 52, (number.to_bits() >> 52) & 0x7ff);
    if exponent == 0 { 0.0 } else { f64::from_bits(exponent << 52) * f64::EPSILON * (1_u64 << bits.trailing_zeros()) as f64 }
}

/// The derivatives of a stage.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// One for each input.
    pub slopes: Box<[Slope]>,
    /// How many stages in a row there are from an input to it.
    pub depth: usize,
}

impl Known {
    /// Holds as multiples of smaller numbers what has vanished.
    pub fn hold(&mut self) {
        self.slopes.iter_mut().for_each(|slope| *slope = slope.held());
    }
}

/// A derivative of a stage by an input as a stage.
#[derive(Clone, Copy, Debug)]
pub struct Partial {
    /// The input.
    pub input: StageId,
    /// The stage that computes it.
    pub stage: StageId,
}

/// A part of a program with the derivatives of its stages.
pub struct Carried {
    /// The stages of the part, then those of the derivatives.
    pub program: Program,
    /// How many of them are the part's.
    pub forward: usize,
    /// Which stage of the whole each of the part's is.
    pub whence: Vec<StageId>,
    /// The stage that is asked for.
    pub output: StageId,
    depths: Vec<usize>,
    partials: Vec<Vec<Partial>>,
    /// For each stage the operands that hand on derivatives, and by which factors.
    factors: Vec<Vec<(StageId, Local)>>,
    /// Those that were known before, by the stages that hold them, in order.
    given: Vec<(StageId, Slope)>,
    /// The derivative of an input by itself,
    one: StageId,
    /// and the stages by which inputs hand it on, in order.
    seeds: Vec<StageId>,
    /// As the multiple of how many steps the derivatives by each input are held.
    steps: HashMap<StageId, i32>,
}

impl Carried {
    /// Adds derivatives to a part of a program: its stages, the output among them, and where each comes from. An input with a value of its
    /// own is a stage whose derivatives are `known`. None where a gate hands on more than a factor, and where a backward pass is less work.
    pub fn of<'k>(
        (mut program, output, whence): (Program, StageId, Vec<StageId>),
        known: &dyn Fn(StageId) -> Option<&'k Known>,
        ties: Ties,
        rules: &mut Rules,
    ) -> Option<Self> {
        let forward = program.len();
        // A derivative by an input is the same multiple in all stages of the part.
        let mut steps: HashMap<StageId, i32> = HashMap::new();
        for id in (0..forward).map(StageId::new) {
            let mut least = |input: StageId, own: i32| {
                steps.entry(input).and_modify(|steps| *steps = own.min(*steps)).or_insert(own);
            };
            match program.input(id) {
                Some(Input { value: None, .. }) => least(whence[id.at()], 0),
                Some(_) => known(whence[id.at()])?.slopes.iter().for_each(|slope| least(slope.input, slope.steps)),
                None => {}
            }
        }
        let one = program.add_own_constant(Constant { value: Value::Number(1.0), name: None, decimal: None }, Span::default());
        let mut carried = Self {
            program,
            forward,
            whence,
            output,
            depths: vec![0; forward],
            partials: Vec::with_capacity(forward),
            factors: Vec::with_capacity(forward),
            given: Vec::new(),
            one,
            seeds: Vec::new(),
            steps,
        };
        for id in (0..forward).map(StageId::new) {
            let mut factors = Vec::new();
            let partials = match carried.program.input(id).cloned() {
                Some(Input { value: None, .. }) => vec![Partial { input: carried.whence[id.at()], stage: one }],
                Some(input) => carried.hold(id, &input, known(carried.whence[id.at()])?)?,
                None => carried.hand_on(id, &mut factors, ties, rules)?,
            };
            if partials.len() > MOST_INPUTS || carried.program.len() > SMALL.max(forward.saturating_mul(MOST_STAGES)) {
                return None;
            }
            carried.partials.push(partials);
            carried.factors.push(factors);
        }
        Some(carried)
    }

    /// The derivatives of a stage of the part.
    pub fn partials(&self, id: StageId) -> &[Partial] {
        &self.partials[id.at()]
    }

    /// The operands of a stage that hand on derivatives to it, and by which factors.
    pub fn factors(&self, id: StageId) -> &[(StageId, Local)] {
        &self.factors[id.at()]
    }

    /// Which stages are derivatives.
    pub fn derivatives(&self) -> Derivatives<'_> {
        Derivatives { from: self.forward, seeds: &self.seeds }
    }

    /// What was known before of a derivative, by the stage that holds it.
    pub fn given(&self, stage: StageId) -> Option<Slope> {
        self.given.binary_search_by_key(&stage, |&(given, _)| given).ok().map(|at| self.given[at].1)
    }

    /// Stages that hold known derivatives; none where one vanishes beside those of other stages.
    fn hold(&mut self, id: StageId, input: &Input, known: &Known) -> Option<Vec<Partial>> {
        self.depths[id.at()] = known.depth;
        let hold = |slope: &Slope| {
            let slope = slope.with(self.steps[&slope.input])?;
            let held = Input { name: input.name, active: false, value: Some(Value::Number(slope.number)) };
            let stage = self.program.add_input(held, Shape::Scalar, Span::default());
            self.given.push((stage, slope));
            Some(Partial { input: slope.input, stage })
        };
        known.slopes.iter().map(hold).collect()
    }

    /// The derivatives of a gate, of those of its operands.
    fn hand_on(&mut self, through: StageId, factors: &mut Vec<(StageId, Local)>, ties: Ties, rules: &mut Rules) -> Option<Vec<Partial>> {
        let (gate, operands) = (self.program.gate(through), self.program.operands(through).to_vec());
        let mut handing = Handing { path: Path::To(through), ties, rules };
        let mut found: Vec<Partial> = Vec::new();
        for (position, &operand) in operands.iter().enumerate() {
            self.depths[through.at()] = self.depths[through.at()].max(1 + self.depths[operand.at()]);
            let mut factor = None;
            for &Partial { input, stage } in &self.partials[operand.at()] {
                let edge = Edge { gate, through, upstream: stage, operands: &operands, position };
                if mixes(edge, &mut handing) {
                    return None;
                }
                let (local, mut moved) = contribution(&mut self.program, edge, &mut handing)?;
                if stage == self.one {
                    moved = self.program.apply(Gate::Copy, &[moved], Span::default());
                    self.seeds.push(moved);
                }
                factor = Some(local);
                match found.iter_mut().find(|partial| partial.input == input) {
                    Some(partial) => partial.stage = self.program.share(Gate::Add, &[partial.stage, moved], Span::default()),
                    None => found.push(Partial { input, stage: moved }),
                }
            }
            factors.extend(factor.map(|local| (operand, local)));
        }
        Some(found)
    }

    /// The derivatives of every stage of the part, by the values of all stages and what is known of how far those may be off.
    pub fn slopes(&self, values: &Values, off: &dyn Fn(StageId) -> Off) -> Vec<Known> {
        let mut found: Vec<Known> = Vec::with_capacity(self.forward);
        for id in (0..self.forward).map(StageId::new) {
            let is_leaf = self.program.operands(id).is_empty();
            let slope = |partial: &Partial| {
                if let Some(slope) = self.given(partial.stage) {
                    return slope;
                }
                let number = values.scalar(partial.stage);
                let Off { errors, reaching } = off(partial.stage);
                let steps = self.steps[&partial.input];
                let own = Slope { input: partial.input, number, errors, reaching, gross: 0.0, grain: f64::INFINITY, steps };
                if is_leaf {
                    return Slope { gross: 1.0, grain: 1.0, ..own };
                }
                let handed_on = self.factors(id).iter().filter_map(|&(operand, local)| {
                    let of = found[operand.at()].slopes.iter().find(|of| of.input == partial.input)?;
                    Some((of, local.stage().map_or(1.0, |local| values.scalar(local))))
                });
                handed_on.filter(|&(of, local)| local != 0.0 && of.gross != 0.0).fold(own, |sum, (of, local)| Slope {
                    gross: sum.gross + of.gross * local.abs(),
                    grain: sum.grain.min(of.grain * grain(local)),
                    ..sum
                })
            };
            let slopes = self.partials(id).iter().map(slope).collect();
            found.push(Known { slopes, depth: self.depths[id.at()] });
        }
        found
    }
}
