//! From stages to numbers of any precision: the same program, the second kernels of the gate table.
//!
//! Knows which numbers are exact, so that a zero of structure and one of rounding are told apart. Knows nothing of how many
//! digits are right: that takes two evaluations and is in `rungs`.

mod positions;

use super::choices::{Choices, Part, made_equal};
use super::rule::{Hole, Maker, Rules};
use super::unroll::groups;
use crate::forms::program::Constant;
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId};
use crate::ground::big::{Big, Decimal, Kit};
use crate::ground::{Cancellation, Shape, Value, broken};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::precise::{Arrays, Kernels, Precise};
use crate::vocabulary::gate::{Axis, Choice, Fixed, Kernel, KernelArgs, ShapeArgs, TABLE, Unroll, apply_to_arrays, array};
use dashu_int::Word;
use positions::nowhere;
use std::collections::{HashMap, HashSet};
use std::f64::consts::{E, PI, TAU};
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

pub use positions::OTHER_COUNT;

/// What is known of a leaf beside its binary64 numbers.
#[derive(Clone, Debug, Default)]
pub enum Given {
    /// It is those numbers, exactly.
    #[default]
    Binary,
    /// It is the shortest decimal numbers that read as those.
    Shortest,
    /// It is these decimal numbers.
    Decimals(Arc<[Decimal]>),
    /// It is so many times the circle's constant.
    Circle(i64),
    /// It is a degree in radians.
    Degree,
    /// It is the base of the natural logarithm.
    Euler,
    /// It is what other stages come to.
    Made(Arc<Origin>),
}

impl Given {
    /// What a constant of the language is, by its binary64 number.
    pub fn of_language(value: f64) -> Option<Self> {
        let known = [(PI, Self::Circle(1)), (TAU, Self::Circle(2)), (E, Self::Euler)];
        known.into_iter().find(|&(known, _)| known == value).map(|(_, given)| given)
    }
}

/// Stages that a leaf is the result of.
#[derive(Debug)]
pub struct Origin {
    /// The stages.
    pub program: Program,
    /// The one that the leaf is.
    pub output: StageId,
    /// What their inputs are in binary64.
    pub inputs: Vec<Value>,
    /// What is known of their leaves.
    pub leaves: Leaves,
    /// How many stages lie behind the leaf, those of its own leaves among them.
    pub stages: usize,
    /// How many numbers their leaves have.
    pub numbers: usize,
}

/// What is known of the leaves of a program; of those beyond the lists, that they are binary64.
#[derive(Clone, Debug, Default)]
pub struct Leaves {
    /// Of its inputs, in order.
    pub inputs: Vec<Given>,
    /// Of its constants, in order.
    pub constants: Vec<Given>,
}

/// The numbers of a stage, and which of them are exact.
#[derive(Clone, Debug)]
pub struct Parts<const B: Word> {
    /// Their shape.
    pub shape: Shape,
    /// The numbers, row by row.
    pub numbers: Vec<Big<B>>,
    /// Whether each is exact, as the leaves are given; where gradients of 0 are told apart, whether each is fixed by structure.
    pub exact: Vec<bool>,
}

/// The value of every stage, by its index.
pub type Stages<const B: Word> = Vec<Rc<Parts<B>>>;

/// What made leaves, each with the value of every stage of it.
pub type Origins<const B: Word> = HashMap<Part, (Arc<Origin>, Stages<B>)>;

/// What is asked of an evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// The stages, forward and backward.
    pub program: &'a Program,
    /// The binary64 values of its inputs, in order.
    pub inputs: &'a [Value],
    /// What else is known of its leaves.
    pub leaves: &'a Leaves,
    /// How many decimal digits numbers have.
    pub digits: usize,
    /// Choices between numbers that cannot be told apart: they are taken as equal.
    pub ties: &'a Choices,
    /// What ends it before its end.
    pub cancellation: &'a Cancellation,
}

/// Why an evaluation has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It was cancelled, or its time was up.
    Cancelled,
    /// A gate that cannot be evaluated so.
    Gate(Gate),
}

/// What an evaluation comes to.
#[derive(Debug)]
pub struct Evaluated<const B: Word> {
    /// The value of every stage.
    pub stages: Stages<B>,
    /// What made its leaves, with the value of every stage of it.
    pub origins: Origins<B>,
    /// Why some stages have no value here though they have one, each with the stage that says so first.
    pub refusals: Vec<(StageId, &'static str)>,
}

/// The value of every stage of a program in numbers of so many digits.
///
/// # Errors
/// Where it was cancelled, or a gate has no such kernel.
pub fn evaluate_precisely<const B: Word>(task: &Task<'_>) -> Result<Evaluated<B>, Stopped>
where
    Precise: Kernels<B>,
{
    evaluate_with(&mut Kit::new(task.digits), task, Rounding::default())
}

/// The same with every result that is rounded moved by a few units in its last place.
///
/// # Errors
/// As `evaluate_precisely`.
pub fn evaluate_perturbed<const B: Word>(task: &Task<'_>) -> Result<Evaluated<B>, Stopped>
where
    Precise: Kernels<B>,
{
    evaluate_with(&mut Kit::new(task.digits), task, Rounding { perturbs: true, ..Rounding::default() })
}

/// The value of every stage: those of which `is_binary` holds rounded as in binary64, the others in numbers of so many digits. A
/// gradient that is 0 carries nothing only where it is 0 whatever the inputs are.
///
/// # Errors
/// As `evaluate_precisely`.
pub fn evaluate_mixed(task: &Task<'_>, is_binary: &dyn Fn(StageId) -> bool) -> Result<Stages<2>, Stopped> {
    evaluate_with(&mut Kit::new(task.digits), task, Rounding { binary: Some(is_binary), ..Rounding::default() }).map(|found| found.stages)
}

/// The value of every stage, as `evaluate_precisely` has it, but for one stage, whose numbers are rounded to binary64.
///
/// # Errors
/// As `evaluate_precisely`.
pub fn evaluate_rounding(task: &Task<'_>, rounded: StageId) -> Result<Stages<2>, Stopped> {
    evaluate_with(&mut Kit::new(task.digits), task, Rounding { stage: Some(rounded), ..Rounding::default() }).map(|found| found.stages)
}

/// What keeps all stages in numbers of so many digits.
const NONE_IS_BINARY: &dyn Fn(StageId) -> bool = &|_| false;

/// The same with no stage rounded as in binary64, by a kit that is kept.
///
/// # Errors
/// As `evaluate_precisely`.
pub fn evaluate_kept<const B: Word>(kit: &mut Kit<B>, task: &Task<'_>) -> Result<Evaluated<B>, Stopped>
where
    Precise: Kernels<B>,
{
    evaluate_with(kit, task, Rounding { binary: Some(NONE_IS_BINARY), ..Rounding::default() })
}

/// What is rounded otherwise than to the digits of the kit.
#[derive(Clone, Copy, Default)]
struct Rounding<'a> {
    /// The stages that are evaluated as in binary64, where the others are in wider numbers.
    binary: Option<&'a dyn Fn(StageId) -> bool>,
    /// The one stage that is rounded to binary64.
    stage: Option<StageId>,
    /// Whether what is rounded is moved by a few units more.
    perturbs: bool,
}

fn evaluate_with<const B: Word>(kit: &mut Kit<B>, task: &Task<'_>, rounding: Rounding<'_>) -> Result<Evaluated<B>, Stopped>
where
    Precise: Kernels<B>,
{
    let Rounding { binary: is_binary, stage: rounded, perturbs } = rounding;
    Numbers { is_binary, rounded, perturbs, ..Numbers::new(kit, *task) }.evaluated()
}

/// Stages whose numbers are others than they compute.
#[derive(Clone, Debug)]
pub struct Moved<'a, const B: Word> {
    /// The stages, each with its numbers.
    pub values: Vec<(StageId, Rc<Parts<B>>)>,
    /// The stages that depend on them, in order.
    pub behind: &'a [StageId],
}

/// What a stage comes to where others are moved, the rest being as they are, all of them by `evaluate_kept`.
///
/// # Errors
/// As `evaluate_precisely`.
pub fn evaluate_moved<const B: Word>(
    kit: &mut Kit<B>,
    task: &Task<'_>,
    stages: &[Rc<Parts<B>>],
    moved: Moved<'_, B>,
    watched: StageId,
) -> Result<Rc<Parts<B>>, Stopped>
where
    Precise: Kernels<B>,
{
    let mut numbers = Numbers { is_binary: Some(NONE_IS_BINARY), ..Numbers::new(kit, *task) };
    let mut made: HashMap<StageId, Rc<Parts<B>>> = moved.values.into_iter().collect();
    let program = task.program;
    for &id in moved.behind {
        // A place is where it is: beside it is none.
        let gate = program.gate(id);
        let moved = |at: usize, operand: &StageId| made.get(operand).filter(|_| !gate.is_place(at)).unwrap_or(&stages[operand.at()]);
        let given = program.operands(id).iter().enumerate().map(|(at, operand)| Rc::clone(moved(at, operand))).collect();
        let value = numbers.applied(id, gate, given)?;
        made.insert(id, value);
    }
    numbers.go_on()?;
    Ok(made.remove(&watched).unwrap_or_else(|| Rc::clone(&stages[watched.at()])))
}

/// The backend: every stage as its numbers.
struct Numbers<'a, 'k, const B: Word> {
    task: Task<'a>,
    kit: &'k mut Kit<B>,
    rules: Rules,
    refusals: Vec<(StageId, &'static str)>,
    /// The stages that have not as many elements as their shapes say, and all that depends on them: a comparison with nan is a number.
    uncounted: HashSet<StageId>,
    /// The leaves' programs of which that is so of what they end in.
    uncounted_parts: HashSet<Part>,
    /// The stages that are rounded as in binary64, where some are.
    is_binary: Option<&'a dyn Fn(StageId) -> bool>,
    /// The stage whose result alone is rounded to binary64.
    rounded: Option<StageId>,
    /// Whether every result that is rounded is moved by a few units in its last place.
    perturbs: bool,
    /// Which program its stages are of,
    part: Part,
    /// and what made leaves, as far as it was met.
    origins: Origins<B>,
}

impl<'a, 'k, const B: Word> Numbers<'a, 'k, B> {
    fn new(kit: &'k mut Kit<B>, task: Task<'a>) -> Self {
        kit.stop_on(task.cancellation);
        Self {
            task,
            kit,
            rules: Rules::default(),
            refusals: Vec::new(),
            uncounted: HashSet::new(),
            uncounted_parts: HashSet::new(),
            is_binary: None,
            rounded: None,
            perturbs: false,
            part: Part::default(),
            origins: Origins::new(),
        }
    }
}

impl<const B: Word> Backend for Numbers<'_, '_, B>
where
    Precise: Kernels<B>,
{
    type Value = Rc<Parts<B>>;
    type Error = Stopped;

    fn input(&mut self, id: StageId, at: usize) -> Result<Self::Value, Stopped> {
        let value = self.task.inputs.get(at).unwrap_or_else(|| broken("every input is given a value of its shape"));
        let given = self.task.leaves.inputs.get(at);
        let given = given.unwrap_or(&Given::Binary);
        let mut leaf = self.leaf(value, given)?;
        self.follow_leaf(id, given);
        if self.is_binary.is_some() {
            // No zero that depends on an input is one of structure.
            Rc::make_mut(&mut leaf).exact.fill(false);
        }
        Ok(leaf)
    }

    fn constant(&mut self, id: StageId, constant: &Constant) -> Result<Self::Value, Stopped> {
        let given = self.task.leaves.constants.get(self.task.program.leaf(id));
        let given = given.unwrap_or(&Given::Binary);
        let leaf = self.leaf(&constant.value, given)?;
        self.follow_leaf(id, given);
        Ok(leaf)
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Self::Value>) -> Result<Self::Value, Stopped> {
        self.applied(id, gate, operands.iter().cloned().collect())
    }
}

impl<const B: Word> Numbers<'_, '_, B>
where
    Precise: Kernels<B>,
{
    /// What all stages come to.
    fn evaluated(mut self) -> Result<Evaluated<B>, Stopped> {
        let stages = self.stages()?;
        Ok(Evaluated { stages, origins: self.origins, refusals: self.refusals })
    }

    fn stages(&mut self) -> Result<Stages<B>, Stopped> {
        let mut stages = Vec::with_capacity(self.task.program.len());
        replay(self.task.program, self, &mut stages)?;
        // The last stage too may be one whose series was ended.
        self.go_on()?;
        Ok(stages)
    }

    /// What a stage comes to, given what its operands came to.
    fn applied(&mut self, id: StageId, gate: Gate, given: Vec<Rc<Parts<B>>>) -> Result<Rc<Parts<B>>, Stopped> {
        let shape = self.task.program.shape(id);
        let given = match self.task.ties.get(&(self.part, id)) {
            Some(tied) => made_equal(self.kit, gate, shape, tied, given),
            None => given,
        };
        let operands = self.task.program.operands(id);
        if !self.uncounted.is_empty() && operands.iter().any(|operand| self.uncounted.contains(operand)) {
            self.uncounted.insert(id);
            return Ok(nowhere(shape));
        }
        if !self.has_shape(id, &given) {
            return Ok(self.without_numbers(id, shape));
        }
        let made = self.gate(gate, &given, shape)?;
        // A mask that takes as many elements as it did in 64 bits leaves no place out.
        if gate == Gate::Nonzero && made.numbers.contains(&Big::Nan) && given[0].numbers.iter().all(|mask| *mask != Big::Nan) {
            return Ok(self.without_numbers(id, shape));
        }
        if let Some(why) = self.kit.take_refusal() {
            self.refusals.push((id, why));
        }
        if self.is_binary.is_some_and(|is_binary| is_binary(id)) {
            let rounded = self.exactly(gate, &given, self.task.program.shape(id));
            return Ok(Rc::new(Parts { exact: made.exact.clone(), ..(*rounded).clone() }));
        }
        if self.rounded == Some(id) {
            let numbers = made.numbers.iter().map(|number| self.kit.binary64(number.to_f64())).collect();
            return Ok(Rc::new(Parts { numbers, ..(*made).clone() }));
        }
        Ok(made)
    }

    /// A stage may hold many numbers, and each may take long.
    fn go_on(&self) -> Result<(), Stopped> {
        if self.task.cancellation.is_cancelled() { Err(Stopped::Cancelled) } else { Ok(()) }
    }

    fn leaf(&mut self, value: &Value, given: &Given) -> Result<Rc<Parts<B>>, Stopped> {
        self.go_on()?;
        if let Given::Made(origin) = given {
            return self.made(origin);
        }
        let mut parts = Parts { shape: value.shape(), numbers: Vec::new(), exact: Vec::new() };
        for (at, &x) in value.numbers().iter().enumerate() {
            self.kit.take_rounded();
            let number = self.number_of(x, at, given);
            let rounded = self.rounded();
            let mark = || match given {
                Given::Decimals(decimals) => decimals.get(at).map_or(0, Decimal::mark),
                _ => x.to_bits(),
            };
            parts.numbers.push(if rounded && self.perturbs { self.kit.perturbed_by(number, mark()) } else { number });
            parts.exact.push(!rounded);
        }
        Ok(Rc::new(parts))
    }

    /// The value of a stage that a leaf was made of, evaluated once for all leaves.
    fn made(&mut self, origin: &Arc<Origin>) -> Result<Rc<Parts<B>>, Stopped> {
        let part = Part::of(origin);
        if !self.origins.contains_key(&part) {
            let task = Task { program: &origin.program, inputs: &origin.inputs, leaves: &origin.leaves, ..self.task };
            let (origins, uncounted_parts) = (std::mem::take(&mut self.origins), std::mem::take(&mut self.uncounted_parts));
            let mut numbers = Numbers { perturbs: self.perturbs, part, origins, uncounted_parts, ..Numbers::new(self.kit, task) };
            let stages = numbers.stages()?;
            let is_uncounted = numbers.uncounted.contains(&origin.output);
            (self.origins, self.uncounted_parts) = (numbers.origins, numbers.uncounted_parts);
            if is_uncounted {
                self.uncounted_parts.insert(part);
            }
            self.origins.insert(part, (Arc::clone(origin), stages));
        }
        Ok(Rc::clone(&self.origins[&part].1[origin.output.at()]))
    }

    fn number_of(&mut self, x: f64, at: usize, given: &Given) -> Big<B> {
        match given {
            Given::Circle(times) => {
                let (pi, times) = (self.kit.pi(), self.kit.whole(*times));
                self.kit.mul(&pi, &times)
            }
            Given::Degree => {
                let (pi, straight) = (self.kit.pi(), self.kit.whole(180));
                self.kit.div(&pi, &straight)
            }
            Given::Euler => self.kit.euler(),
            Given::Decimals(decimals) => self.kit.decimal(decimals.get(at).unwrap_or_else(|| broken("a decimal is given for each number"))),
            Given::Shortest if x.is_finite() => {
                let decimal = Decimal::shortest(x).unwrap_or_else(|| broken("a finite number has a shortest text"));
                self.kit.decimal(&decimal)
            }
            Given::Shortest | Given::Binary | Given::Made(_) => self.kit.binary64(x),
        }
    }

    /// A gate applied to values.
    fn gate(&mut self, gate: Gate, operands: &[Rc<Parts<B>>], shape: Shape) -> Result<Rc<Parts<B>>, Stopped> {
        self.go_on()?;
        let row = gate.row();
        if row.precise.number().is_some() {
            return self.elementwise(gate, operands, shape);
        }
        if let Some(run) = row.precise.run() {
            return self.runs(gate, run, operands, shape);
        }
        if let Some(whole) = row.precise.whole() {
            let numbers: Vec<&[Big<B>]> = operands.iter().map(|operand| &operand.numbers[..]).collect();
            let shapes: Vec<Shape> = operands.iter().map(|operand| operand.shape).collect();
            self.kit.take_rounded();
            self.kit.perturb_arithmetic(self.perturbs);
            let numbers = whole(self.kit, &Arrays { numbers: &numbers, shapes: &shapes, out: shape });
            self.kit.perturb_arithmetic(false);
            let exact = !self.rounded() && are_exact(operands);
            return Ok(Rc::new(Parts { shape, exact: vec![exact; numbers.len()], numbers }));
        }
        match (row.precise, row.unroll) {
            (Precise::Exact, _) => Ok(self.exactly(gate, operands, shape)),
            _ if !row.primitive.is_empty() => self.text(gate, row.primitive, operands),
            (_, Unroll::Moves) => Ok(self.moved(gate, operands, shape)),
            (_, Unroll::Fold(fold)) => self.folded(fold, operands, shape),
            (_, Unroll::Scan { gate, from_end }) => self.scanned(gate, from_end, operands, shape),
            (_, Unroll::Accumulates(gather)) => self.accumulated(gather, operands, shape),
            (_, Unroll::Products) => self.products(gate, operands, shape),
            (_, Unroll::Text(text)) => self.text(gate, text, operands),
            _ => Err(Stopped::Gate(gate)),
        }
    }

    /// Whether something was rounded, which is no matter of structure.
    fn rounded(&mut self) -> bool {
        self.kit.take_rounded() && self.is_binary.is_none()
    }

    /// A gate of single numbers.
    fn single(&mut self, gate: Gate, operands: &[(&Big<B>, bool)]) -> (Big<B>, bool) {
        let row = gate.row();
        let f = row.precise.number().unwrap_or_else(|| broken("a gate of single numbers has a kernel for them"));
        let numbers: Vec<&Big<B>> = operands.iter().map(|(number, _)| *number).collect();
        self.kit.take_rounded();
        let made = f(self.kit, &numbers);
        let rounded = self.kit.take_rounded();
        let made = if rounded && self.perturbs { self.kit.perturbed(made, numbers.iter().copied()) } else { made };
        if self.is_binary.is_some() && gate == Gate::Chain {
            // A path that is blocked carries nothing; an infinite slope times a gradient that happens to be 0 is undetermined.
            let is_blocked = |at: usize| numbers[at].is_zero() && operands[at].1;
            if is_blocked(0) || is_blocked(1) {
                return (self.kit.whole(0), true);
            }
            if numbers[1].is_zero() && !matches!(numbers[0], Big::Num(_)) {
                return (Big::Nan, false);
            }
        }
        let met: Vec<(bool, bool)> = operands.iter().map(|(number, exact)| (number.is_zero(), *exact)).collect();
        if self.is_binary.is_some() {
            let is_undecided = row.fixed == Fixed::WithChosen && matches!(made, Big::Nan);
            let fixed = row.fixed.of(made.is_zero(), &met) && !is_undecided;
            return (made, fixed);
        }
        let is_chosen = |(number, exact): &(&Big<B>, bool)| *exact && **number == made;
        let exact = match row.fixed {
            // Of what is chosen no other part is in the result; whether it is the right one is asked elsewhere.
            Fixed::WithChosen => !rounded && row.fixed.of(made.is_zero(), &met),
            _ if row.idempotent && operands.iter().any(is_chosen) => true,
            _ if row.choice == Choice::Sign && made.is_zero() && !numbers[0].is_zero() => true,
            // What a decision gives is exact; whether it is the right one is asked elsewhere.
            Fixed::Always | Fixed::ButZero if made.is_whole() => true,
            Fixed::Always | Fixed::ButZero | Fixed::WithAll => !rounded && met.iter().all(|&(_, exact)| exact),
            // A 0 stays 0 whatever it multiplies.
            fixed => (made.is_zero() || !rounded) && fixed.of(made.is_zero(), &met),
        };
        (made, exact)
    }

    fn elementwise(&mut self, gate: Gate, operands: &[Rc<Parts<B>>], shape: Shape) -> Result<Rc<Parts<B>>, Stopped> {
        let mut made = Parts { shape, numbers: Vec::with_capacity(shape.size()), exact: Vec::with_capacity(shape.size()) };
        for at in 0..shape.size() {
            self.go_on()?;
            let met: Vec<(&Big<B>, bool)> = operands
                .iter()
                .map(|operand| {
                    let at = operand.shape.met(shape, at);
                    (&operand.numbers[at], operand.exact[at])
                })
                .collect();
            let (number, exact) = self.single(gate, &met);
            made.numbers.push(number);
            made.exact.push(exact);
        }
        Ok(Rc::new(made))
    }

    /// What the kernel of binary64 makes of places and sizes.
    fn exactly(&mut self, gate: Gate, operands: &[Rc<Parts<B>>], shape: Shape) -> Rc<Parts<B>> {
        let numbers: Vec<Vec<f64>> = (operands.iter().enumerate())
            .map(|(at, operand)| {
                let numbers = operand.numbers.iter().zip(&operand.exact);
                numbers.map(|(number, &exact)| self.in_binary64(gate.is_place(at), number, exact)).collect()
            })
            .collect();
        let slices: Vec<&[f64]> = numbers.iter().map(Vec::as_slice).collect();
        let shapes: Vec<Shape> = operands.iter().map(|operand| operand.shape).collect();
        let mut out = vec![f64::NAN; shape.size()];
        apply_to_arrays(gate, &KernelArgs::new(&slices, &shapes, shape), &mut out);
        let numbers = out.iter().map(|&x| self.kit.binary64(x)).collect();
        Rc::new(Parts { shape, numbers, exact: vec![true; out.len()] })
    }

    /// The axis that the operand behind the gate's own names.
    fn along(gate: Gate, operands: &[Rc<Parts<B>>]) -> Option<usize> {
        let own = if gate.row().axis == Axis::None { operands.len() } else { gate.row().operands.len() };
        array::axis(operands[0].shape, operands.get(own)?.numbers[0].to_f64())
    }

    fn runs(
        &mut self,
        gate: Gate,
        run: crate::vocabulary::gate::precise::Run<B>,
        operands: &[Rc<Parts<B>>],
        shape: Shape,
    ) -> Result<Rc<Parts<B>>, Stopped> {
        let groups = groups(operands[0].shape, Self::along(gate, operands));
        let own = gate.row().operands.len();
        let mut made = Parts { shape, numbers: vec![Big::Nan; shape.size()], exact: vec![are_exact(operands); shape.size()] };
        for (position, group) in groups.iter().enumerate() {
            self.go_on()?;
            let runs: Vec<Vec<Big<B>>> =
                operands.iter().take(own).map(|operand| group.iter().map(|&at| operand.numbers[at].clone()).collect()).collect();
            let slices: Vec<&[Big<B>]> = runs.iter().map(Vec::as_slice).collect();
            self.kit.take_rounded();
            self.kit.perturb_arithmetic(self.perturbs);
            let found = run(self.kit, &slices);
            self.kit.perturb_arithmetic(false);
            let rounded = self.rounded();
            let keeps = gate.row().axis == Axis::Keeps;
            for (k, number) in found.into_iter().enumerate() {
                let at = if keeps { group[k] } else { position };
                made.numbers[at] = number;
                made.exact[at] &= !rounded;
            }
        }
        Ok(Rc::new(made))
    }

    fn folded(&mut self, fold: Gate, operands: &[Rc<Parts<B>>], shape: Shape) -> Result<Rc<Parts<B>>, Stopped> {
        let along = operands.get(1).and_then(|axis| array::axis(operands[0].shape, axis.numbers[0].to_f64()));
        let x = &operands[0];
        let mut made = Parts { shape, numbers: Vec::new(), exact: Vec::new() };
        for group in groups(x.shape, along) {
            self.go_on()?;
            let (mut number, mut exact) = (x.numbers[group[0]].clone(), x.exact[group[0]]);
            for &at in &group[1..] {
                (number, exact) = self.single(fold, &[(&number, exact), (&x.numbers[at], x.exact[at])]);
            }
            made.numbers.push(number);
            made.exact.push(exact);
        }
        Ok(Rc::new(made))
    }

    fn scanned(&mut self, gate: Gate, from_end: bool, operands: &[Rc<Parts<B>>], shape: Shape) -> Result<Rc<Parts<B>>, Stopped> {
        let along = operands.get(1).and_then(|axis| array::axis(operands[0].shape, axis.numbers[0].to_f64()));
        let mut made = Parts { shape, ..(*operands[0]).clone() };
        for mut group in groups(operands[0].shape, along) {
            self.go_on()?;
            if from_end {
                group.reverse();
            }
            for pair in group.windows(2) {
                let sum =
                    self.single(gate, &[(&made.numbers[pair[0]], made.exact[pair[0]]), (&made.numbers[pair[1]], made.exact[pair[1]])]);
                (made.numbers[pair[1]], made.exact[pair[1]]) = sum;
            }
        }
        Ok(Rc::new(made))
    }

    /// Numbers added up at the places from which a gate would gather them.
    fn accumulated(&mut self, gather: Gate, operands: &[Rc<Parts<B>>], shape: Shape) -> Result<Rc<Parts<B>>, Stopped> {
        let places = Parts { shape, numbers: (0..shape.size()).map(|at| self.kit.whole(at)).collect(), exact: vec![true; shape.size()] };
        let mut given = vec![Rc::new(places)];
        given.extend_from_slice(&operands[2..]);
        let taken = self.resolved(gather, &given)?;
        let mut made = Parts { shape, numbers: vec![self.kit.whole(0); shape.size()], exact: vec![true; shape.size()] };
        for (k, place) in taken.numbers.iter().enumerate() {
            let Some(at) = place.to_whole().and_then(|at| usize::try_from(at).ok()) else {
                if operands[0].numbers[k].is_zero() {
                    continue;
                }
                made.numbers.fill(Big::Nan);
                made.exact.fill(false);
                break;
            };
            let sum = self.single(Gate::Add, &[(&made.numbers[at], made.exact[at]), (&operands[0].numbers[k], operands[0].exact[k])]);
            (made.numbers[at], made.exact[at]) = sum;
        }
        Ok(Rc::new(made))
    }

    /// A matrix product, each number a sum of products.
    fn products(&mut self, gate: Gate, operands: &[Rc<Parts<B>>], shape: Shape) -> Result<Rc<Parts<B>>, Stopped> {
        let (x, y) = (&operands[0], &operands[1]);
        let (rows, inner) = x.shape.sides();
        let columns = if y.shape.rank() == 2 { y.shape.sides().1 } else { 1 };
        let mut made = Parts { shape, numbers: Vec::with_capacity(shape.size()), exact: Vec::with_capacity(shape.size()) };
        for (i, j) in (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))) {
            self.go_on()?;
            let mut sum: Option<(Big<B>, bool)> = None;
            for k in 0..inner {
                let (one, other) = (i * inner + k, k * columns + j);
                let term = self.product(gate, (&x.numbers[one], x.exact[one]), (&y.numbers[other], y.exact[other]));
                sum = Some(sum.map_or_else(|| term.clone(), |(sum, exact)| self.single(Gate::Add, &[(&sum, exact), (&term.0, term.1)])));
            }
            let (number, exact) = sum.unwrap_or_else(|| broken("a product has a term"));
            made.numbers.push(number);
            made.exact.push(exact);
        }
        Ok(Rc::new(made))
    }

    /// One product of a gate of products, which may carry upstream gradients in its first or last operand.
    fn product(&mut self, gate: Gate, x: (&Big<B>, bool), y: (&Big<B>, bool)) -> (Big<B>, bool) {
        match carries(gate) {
            None => self.single(Gate::Mul, &[x, y]),
            Some(0) => self.single(Gate::Chain, &[y, x]),
            Some(_) => self.single(Gate::Chain, &[x, y]),
        }
    }

    /// What a text of the row says the gate is made of.
    fn text(&mut self, gate: Gate, text: &'static str, operands: &[Rc<Parts<B>>]) -> Result<Rc<Parts<B>>, Stopped> {
        let template = self.rules.text(gate, text);
        template.replay(&mut Text { numbers: self, gate, operands })
    }

    /// A gate, or the one of its name that fits the operands, applied to them.
    fn resolved(&mut self, gate: Gate, operands: &[Rc<Parts<B>>]) -> Result<Rc<Parts<B>>, Stopped> {
        let shapes: Vec<Shape> = operands.iter().map(|operand| operand.shape).collect();
        let number = |at: usize| operands.get(at).filter(|operand| operand.shape.is_scalar()).map(|operand| operand.numbers[0].to_f64());
        let given = ShapeArgs { shapes: &shapes, number: &number };
        let (gate, shape) = gate.row().resolve(&given).map_err(|_| Stopped::Gate(gate))?;
        if let Kernel::Size(size) = gate.row().kernel {
            let size = self.kit.binary64(size(&given));
            return Ok(Rc::new(Parts { shape, numbers: vec![size], exact: vec![true] }));
        }
        self.gate(gate, operands, shape)
    }
}

fn are_exact<const B: Word>(operands: &[Rc<Parts<B>>]) -> bool {
    operands.iter().all(|operand| operand.exact.iter().all(|&exact| exact))
}

/// Whether the first or the last operand of a gate carries upstream gradients, of which a 0 carries nothing.
pub(super) fn carries(gate: Gate) -> Option<usize> {
    static CARRYING: LazyLock<Vec<(Gate, usize)>> = LazyLock::new(|| {
        let both = TABLE.iter().filter_map(|row| row.carrying).flat_map(|gates| gates.into_iter().zip(0..));
        both.filter(|(gate, _)| *gate != Gate::Chain).collect()
    });
    if gate.is_elementwise() {
        return None;
    }
    CARRYING.iter().find(|(carrying, _)| *carrying == gate).map(|&(_, operand)| operand)
}

/// A text of a row, whose stages are numbers.
struct Text<'n, 'a, 'k, const B: Word> {
    numbers: &'n mut Numbers<'a, 'k, B>,
    gate: Gate,
    operands: &'n [Rc<Parts<B>>],
}

impl<const B: Word> Maker for Text<'_, '_, '_, B>
where
    Precise: Kernels<B>,
{
    type Value = Rc<Parts<B>>;
    type Error = Stopped;

    fn hole(&mut self, hole: Hole, _at: usize) -> Option<Self::Value> {
        match hole {
            Hole::Operand(at) => Some(Rc::clone(&self.operands[at])),
            Hole::Axis => self.operands.get(self.gate.row().operands.len()).cloned(),
            _ => broken("what a gate is made of speaks of its operands alone"),
        }
    }

    fn constant(&mut self, constant: &Constant) -> Result<Self::Value, Stopped> {
        let given = if constant.name.is_some() { Given::Binary } else { Given::Shortest };
        self.numbers.leaf(&constant.value, &given)
    }

    fn apply(&mut self, gate: Gate, operands: &[Self::Value]) -> Result<Self::Value, Stopped> {
        // The product of all pairs carries what its gate does.
        let swapped;
        let (gate, operands) = match carries(self.gate) {
            Some(first) if gate == Gate::Mul => {
                swapped = if first == 0 { vec![Rc::clone(&operands[1]), Rc::clone(&operands[0])] } else { operands.to_vec() };
                (Gate::Chain, &swapped[..])
            }
            _ => (gate, operands),
        };
        self.numbers.resolved(gate, operands)
    }
}
