//! The staged form: a circuit as a list of stages, each one application of a gate to earlier stages.
//!
//! Forward and backward passes are both programs of this form. Equal stages are shared when they are built with
//! `Program::share`. A program knows shapes, spans and the names that users gave; it knows no derivative.

mod check;
mod part;

pub use part::Tail;

use crate::ground::big::Decimal;
use crate::ground::{ByIndex, Hashed, Shape, Span, Value, broken};
use crate::vocabulary::gate::{Kernel, KernelArgs, ShapeArgs, ShapeError, apply, apply_to_arrays};
use crate::vocabulary::{Gate, Symbol};
use hashbrown::HashMap;
use std::sync::Arc;

define_index! {
    /// A stage of a program: later stages have larger indexes.
    StageId
}

/// One application of a gate, in twelve bytes.
///
/// `places` holds up to two operands; of more, where they stand in the program's pool and how many there are;
/// of a leaf, its position among the inputs or the constants.
#[derive(Clone, Copy, Debug)]
struct Stage {
    gate: Gate,
    count: u8,
    shape: u16,
    places: [StageId; 2],
}

/// The mark of a stage that depends on an input whose gradient is wanted.
const ACTIVE: u8 = 1;
/// The mark of a stage that depends on an input.
const VARIES: u8 = 2;
/// The mark of a stage whose value is no single number.
const ARRAY: u8 = 4;
/// The mark of a stage that can be found again, by what it computes.
const SHARED: u8 = 8;

/// The count of a stage whose operands stand in the pool.
const POOLED: u8 = u8::MAX;

/// A leaf that gets a gradient, or would if it were asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: Symbol,
    /// Whether its gradient is wanted.
    pub active: bool,
    /// Its own value, where it is not the value of its name: an argument in a call with numbers.
    pub value: Option<Value>,
}

/// A leaf without a gradient.
#[derive(Clone, Debug)]
pub struct Constant {
    /// Its value.
    pub value: Value,
    /// The name that it was written by, such as `pi`.
    pub name: Option<Symbol>,
    /// The decimal number that was written, where the value's shortest text is another one.
    pub decimal: Option<Arc<Decimal>>,
}

/// A list of stages in an order in which they can be evaluated.
#[derive(Clone, Debug, Default)]
pub struct Program {
    stages: Vec<Stage>,
    marks: Vec<u8>,
    spans: Vec<Span>,
    shapes: Vec<Shape>,
    /// Where each shape but the first stands among them.
    shape_places: HashMap<Shape, u16>,
    /// The stage that each shape but the first was met with.
    shapes_from: Vec<StageId>,
    /// The bytes of the arrays that its leaves hold.
    array_bytes: usize,
    pool: Vec<StageId>,
    inputs: Vec<Input>,
    constants: Vec<Constant>,
    names: ByIndex<StageId, Symbol>,
    /// The stage that has each name.
    holders: HashMap<Symbol, StageId>,
    /// The names that stages had before they were given to others, each with how many had been given anew by then.
    former: HashMap<StageId, (Symbol, usize)>,
    /// How often a name was given anew.
    renamings: usize,
    /// Each stage that was named or lost its name since that is watched, with the name that it had before.
    named: Option<Vec<(StageId, Option<Symbol>)>>,
    /// The values of stages that depend on no input.
    known: HashMap<StageId, f64>,
    /// The stages that can be found again, by what they compute, among the first so many.
    shared: Hashed<StageId>,
    entered: usize,
    /// Whether a stage is a function of whole arrays.
    whole: bool,
    /// Whether it is a form to be filled in, whose leaves stand for values of any shape.
    open: bool,
}

/// The most different shapes that a circuit may have; its backward pass has four times the room.
pub const MOST_SHAPES: usize = 1 << 14;

impl Program {
    /// A program without stages.
    pub fn new() -> Self {
        Self { shapes: vec![Shape::Scalar], ..Self::default() }
    }

    /// A program without stages whose inputs will stand for values of any shape: no shape is asked for in it.
    pub fn open() -> Self {
        Self { open: true, ..Self::new() }
    }

    /// Whether its inputs stand for values of any shape.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// How many stages there are, leaves included.
    #[inline]
    pub fn len(&self) -> usize {
        self.stages.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }

    /// Every stage, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = StageId> + use<> {
        (0..self.stages.len()).map(StageId::new)
    }

    /// Every stage from a position on: its gate, its operands, and the position of a leaf among its like.
    #[inline]
    pub fn stages_from(&self, first: usize) -> impl Iterator<Item = (Gate, &[StageId], usize)> {
        self.stages[first..].iter().map(|node| (node.gate, operands(node, &self.pool), node.places[0].at()))
    }

    /// The gate of a stage.
    #[inline]
    pub fn gate(&self, id: StageId) -> Gate {
        self.stages[id.at()].gate
    }

    /// The operands of a stage, in order.
    #[inline]
    pub fn operands(&self, id: StageId) -> &[StageId] {
        operands(&self.stages[id.at()], &self.pool)
    }

    /// The shape of a stage's value.
    #[inline]
    pub fn shape(&self, id: StageId) -> Shape {
        self.shapes[self.stages[id.at()].shape as usize]
    }

    /// Whether every value is a single number.
    pub fn is_scalar(&self) -> bool {
        self.shapes.len() == 1
    }

    /// Whether every stage is a function of single numbers.
    pub fn is_plain(&self) -> bool {
        self.is_scalar() && !self.whole
    }

    /// Whether a stage is a function of single numbers.
    pub fn is_single(&self, id: StageId) -> bool {
        let node = &self.stages[id.at()];
        node.shape == 0 && (node.gate.is_elementwise() || matches!(node.gate, Gate::Input | Gate::Constant))
    }

    /// How many different shapes its stages have.
    pub fn shape_count(&self) -> usize {
        self.shapes.len()
    }

    /// Whether it has more different shapes than it can tell apart.
    pub fn has_too_many_shapes(&self) -> bool {
        self.shapes.len() > usize::from(u16::MAX)
    }

    /// The bytes of the arrays that its leaves hold, one held twice counted twice.
    pub fn array_bytes(&self) -> usize {
        self.array_bytes
    }

    /// The arrays that its leaves hold.
    pub fn arrays(&self) -> impl Iterator<Item = &Value> {
        let inputs = self.inputs.iter().filter_map(|input| input.value.as_ref());
        inputs.chain(self.constants.iter().map(|constant| &constant.value)).filter(|value| value.bytes() > 0)
    }

    /// How many of the stages up to one change with an input whose gradient is wanted and are needed for it, or fewer.
    pub fn active_below(&self, output: StageId) -> usize {
        const FEW: usize = 1 << 16;
        if output.at() < FEW {
            return 0;
        }
        self.needed(output, false).into_iter().filter(|&id| self.is_active(id)).count()
    }

    /// The place in the user's text that a forward stage comes from.
    pub fn span(&self, id: StageId) -> Span {
        self.spans.get(id.at()).copied().unwrap_or_default()
    }

    /// Whether a stage depends on an input whose gradient is wanted.
    #[inline]
    pub fn is_active(&self, id: StageId) -> bool {
        self.marks[id.at()] & ACTIVE != 0
    }

    /// Whether a stage depends on an input at all.
    #[inline]
    pub fn varies(&self, id: StageId) -> bool {
        self.marks[id.at()] & VARIES != 0
    }

    /// The number of a stage that depends on no input, where it is a single one.
    #[inline]
    pub fn known(&self, id: StageId) -> Option<f64> {
        match self.gate(id) {
            Gate::Constant => self.constants[self.leaf(id)].value.number(),
            _ if self.varies(id) => None,
            _ => self.known.get(&id).copied(),
        }
    }

    /// The value of a stage that is a number as written.
    #[inline]
    pub fn literal(&self, id: StageId) -> Option<f64> {
        let constant = self.constant(id)?;
        if constant.name.is_none() { constant.value.number() } else { None }
    }

    /// Whether a stage is a number that was written with more digits than its value has.
    pub fn is_read_rounded(&self, id: StageId) -> bool {
        self.constant(id).is_some_and(|constant| constant.decimal.is_some())
    }

    /// Whether a stage is a number, or an array of such, as written: a name may stand for what was computed.
    pub fn is_written(&self, id: StageId) -> bool {
        self.constant(id).is_some_and(|constant| constant.name.is_none() && constant.decimal.is_none())
    }

    /// The value of a stage that is a number as written, and nothing but that value.
    #[inline]
    pub fn exact_literal(&self, id: StageId) -> Option<f64> {
        self.literal(id).filter(|_| !self.is_read_rounded(id))
    }

    /// The input that a stage is, if it is one.
    pub fn input(&self, id: StageId) -> Option<&Input> {
        (self.gate(id) == Gate::Input).then(|| &self.inputs[self.leaf(id)])
    }

    /// The position of a leaf among the program's inputs or constants.
    #[inline]
    pub fn leaf(&self, id: StageId) -> usize {
        self.stages[id.at()].places[0].at()
    }

    /// The constant that a stage is, if it is one.
    #[inline]
    pub fn constant(&self, id: StageId) -> Option<&Constant> {
        (self.gate(id) == Gate::Constant).then(|| &self.constants[self.leaf(id)])
    }

    /// The program's inputs, in the order in which the text names them.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The program's constants.
    pub fn constants(&self) -> &[Constant] {
        &self.constants
    }

    /// The name that the user gave a stage.
    pub fn name(&self, id: StageId) -> Option<Symbol> {
        self.names.get(id).copied()
    }

    /// Puts another value in the place of the constants that were written by a name; false where a shape differs. What is
    /// known of stages that depend on no input is not found anew.
    pub fn renew_constant(&mut self, name: Symbol, value: &Value) -> bool {
        let mut named = self.constants.iter_mut().filter(|constant| constant.name == Some(name));
        named.all(|constant| {
            let fits = constant.value.shape() == value.shape();
            if fits {
                constant.value = value.clone();
            }
            fits
        })
    }

    /// Gives a stage the user's name for it. A stage keeps its first name; a name given anew leaves its old stage.
    pub fn set_name(&mut self, id: StageId, name: Symbol) {
        if self.names.has(id) {
            return;
        }
        if self.holders.get(&name) != Some(&id) {
            self.take_name(name);
        }
        self.former.remove(&id);
        self.holders.insert(name, id);
        self.names.insert(id, name);
        self.was_named(id, None);
    }

    /// Keeps from now on what names stages have: `as_watched`.
    pub fn watch_names(&mut self) {
        self.named = Some(Vec::new());
    }

    /// Ends that.
    pub fn unwatch_names(&mut self) {
        self.named = None;
    }

    /// The stages before a position with the names that they had when they began to be watched.
    #[must_use]
    pub fn as_watched(&self, before: usize) -> Self {
        let mut part = self.clone();
        part.truncate(before);
        for (id, name) in part.named.take().into_iter().flatten().rev().filter(|(id, _)| id.at() < before) {
            match name {
                Some(name) if part.gate(id) == Gate::Input => part.rename_input(id, name),
                Some(name) => part.set_name(id, name),
                None => {
                    if let Some(name) = part.names.remove(id) {
                        part.holders.remove(&name);
                    }
                }
            }
        }
        part
    }

    fn was_named(&mut self, id: StageId, name: Option<Symbol>) {
        if let Some(named) = &mut self.named {
            named.push((id, name));
        }
    }

    /// Takes a name from the stage that has it, which remembers that it had it.
    pub fn take_name(&mut self, name: Symbol) {
        if let Some(old) = self.holders.remove(&name) {
            self.names.remove(old);
            self.renamings += 1;
            self.former.insert(old, (name, self.renamings));
            self.was_named(old, Some(name));
        }
    }

    /// How often a name was taken from a stage.
    pub fn renamings(&self) -> usize {
        self.renamings
    }

    /// The name that a stage had before it was given to another.
    pub fn former_name(&self, id: StageId) -> Option<Symbol> {
        self.former.get(&id).map(|&(name, _)| name)
    }

    /// The names that stages had and that were given anew, each with how many had been by then, itself among them.
    pub fn former_names(&self) -> impl Iterator<Item = (Symbol, usize)> {
        self.former.values().copied()
    }

    /// Gives an input another name.
    pub fn rename_input(&mut self, id: StageId, name: Symbol) {
        if self.gate(id) == Gate::Input {
            let leaf = self.leaf(id);
            let before = std::mem::replace(&mut self.inputs[leaf].name, name);
            self.was_named(id, Some(before));
        }
    }

    /// Adds an input of some shape and its stage.
    pub fn add_input(&mut self, input: Input, shape: Shape, span: Span) -> StageId {
        let leaf = StageId::new(self.inputs.len());
        let marks = VARIES | (u8::from(input.active) * ACTIVE);
        self.array_bytes += input.value.as_ref().map_or(0, Value::bytes);
        self.inputs.push(input);
        let shape = self.keep_shape(shape);
        self.add(Gate::Input, 0, [leaf, leaf], marks, shape, span)
    }

    /// The stage of a constant, shared by its bits and its name.
    pub fn add_constant(&mut self, value: impl Into<Value>, name: Option<Symbol>, span: Span) -> StageId {
        self.add_shared_constant(Constant { value: value.into(), name, decimal: None }, span)
    }

    /// The stage of a constant, shared with an equal one.
    pub fn add_shared_constant(&mut self, constant: Constant, span: Span) -> StageId {
        self.enter();
        let hash = constant.hash();
        let (stages, constants) = (&self.stages, &self.constants);
        let same = |id: StageId| {
            let node = &stages[id.at()];
            node.gate == Gate::Constant && constants[node.places[0].at()].same(&constant)
        };
        if let Some(id) = self.shared.find(hash, same) {
            return id;
        }
        let id = self.add_own_constant(constant, span);
        self.enter_as(hash, id);
        id
    }

    /// Enters a new stage as one that can be found again.
    #[inline]
    fn enter_as(&mut self, hash: u64, id: StageId) {
        self.shared.insert(hash, id);
        self.marks[id.at()] |= SHARED;
        self.entered = self.len();
    }

    /// Enters the stages that can be found again and were copied.
    #[inline]
    fn enter(&mut self) {
        for at in self.entered..self.len() {
            if self.marks[at] & SHARED != 0 {
                let id = StageId::new(at);
                self.shared.insert(self.hash_of(id), id);
            }
        }
        self.entered = self.len();
    }

    fn hash_of(&self, id: StageId) -> u64 {
        match self.gate(id) {
            Gate::Constant => self.constants[self.leaf(id)].hash(),
            gate => hash(gate, self.operands(id)),
        }
    }

    /// Whether a stage can be found again.
    fn is_shared(&self, id: StageId) -> bool {
        self.marks[id.at()] & SHARED != 0
    }

    /// A constant that is a stage of its own, shared with no equal one.
    pub fn add_own_constant(&mut self, constant: Constant, span: Span) -> StageId {
        let leaf = StageId::new(self.constants.len());
        let shape = self.keep_shape(constant.value.shape());
        self.array_bytes += constant.value.bytes();
        self.constants.push(constant);
        self.add(Gate::Constant, 0, [leaf, leaf], 0, shape, span)
    }

    /// The place of a shape in the program's list of them; beyond the most there can be, that of a single number.
    fn keep_shape(&mut self, shape: Shape) -> u16 {
        if shape.is_scalar() {
            return 0;
        }
        *self.shape_places.entry(shape).or_insert_with(|| {
            self.shapes.push(shape);
            self.shapes_from.push(StageId::new(self.stages.len()));
            u16::try_from(self.shapes.len() - 1).unwrap_or_else(|_| broken("shapes are counted before there are too many"))
        })
    }

    /// The gate of those that share a name or a sign which the operands fit, and the shape of its result.
    ///
    /// # Errors
    /// Why the operands do not go together.
    pub fn resolve(&self, gate: Gate, operands: &[StageId]) -> Result<(Gate, Shape), ShapeError> {
        if self.open || (gate.is_elementwise() && !self.has_array(operands) && !is_alone(gate, operands)) {
            return Ok((gate, Shape::Scalar));
        }
        let shapes: Vec<Shape> = operands.iter().map(|&operand| self.shape(operand)).collect();
        let given = ShapeArgs { shapes: &shapes, number: &|at| self.known(operands[at]) };
        gate.row().resolve(&given)
    }

    /// The stage that applies `gate` to `operands`: an equal one that exists already, or a new one. A size becomes a
    /// number.
    pub fn share(&mut self, gate: Gate, given: &[StageId], span: Span) -> StageId {
        let plain = gate.is_elementwise() && !self.has_array(given) && !is_alone(gate, given);
        let gate = if plain { gate } else { self.resolved(gate, given).0 };
        if let Some(size) = self.size(gate, given) {
            return self.add_constant(size, None, span);
        }
        self.enter();
        let hash = hash(gate, given);
        let (stages, pool) = (&self.stages, &self.pool);
        let same = |id: StageId| {
            let node = &stages[id.at()];
            node.gate == gate && operands(node, pool) == given
        };
        if let Some(id) = self.shared.find(hash, same) {
            return id;
        }
        let id = self.apply(gate, given, span);
        self.enter_as(hash, id);
        id
    }

    #[inline]
    fn has_array(&self, operands: &[StageId]) -> bool {
        operands.iter().any(|operand| self.marks[operand.at()] & ARRAY != 0)
    }

    /// As `resolve`, for operands that were made to go together.
    fn resolved(&self, gate: Gate, operands: &[StageId]) -> (Gate, Shape) {
        let resolved = self.resolve(gate, operands);
        resolved.unwrap_or_else(|_| broken("operands that were made to go together do"))
    }

    /// The number that follows from the operands' shapes alone.
    fn size(&self, gate: Gate, operands: &[StageId]) -> Option<f64> {
        if gate.is_elementwise() || self.open {
            return None;
        }
        let Kernel::Size(size) = gate.row().kernel else { return None };
        let shapes: Vec<Shape> = operands.iter().map(|&operand| self.shape(operand)).collect();
        Some(size(&ShapeArgs { shapes: &shapes, number: &|at| self.known(operands[at]) }))
    }

    /// A new stage that applies `gate` to `operands`, not shared with any other.
    #[inline]
    pub fn apply(&mut self, gate: Gate, operands: &[StageId], span: Span) -> StageId {
        let marks = operands.iter().fold(0, |marks, operand| marks | self.marks[operand.at()]) & !SHARED;
        let shape = if marks & ARRAY == 0 && gate.is_elementwise() {
            0
        } else {
            let (_, shape) = self.resolved(gate, operands);
            self.whole |= !gate.is_elementwise();
            self.keep_shape(shape)
        };
        let marks = marks & !own_marks(gate);
        let (count, places) = match *operands {
            [x] => (1, [x, x]),
            [x, y] => (2, [x, y]),
            _ => {
                let start = StageId::new(self.pool.len());
                self.pool.extend_from_slice(operands);
                (POOLED, [start, StageId::new(operands.len())])
            }
        };
        let id = self.add(gate, count, places, marks, shape, span);
        if marks & VARIES == 0
            && shape == 0
            && !(self.open && self.whole)
            && let Some(value) = self.number_of(gate, operands)
        {
            self.known.insert(id, value);
        }
        id
    }

    /// The number of a gate whose operands are known, or arrays as written.
    fn number_of(&self, gate: Gate, operands: &[StageId]) -> Option<f64> {
        if gate.is_elementwise() {
            return match *operands {
                [x] => {
                    let x = self.known(x)?;
                    Some(apply(gate, 1, |_| x))
                }
                [x, y] => {
                    let known = [self.known(x)?, self.known(y)?];
                    Some(apply(gate, 2, |at| known[at]))
                }
                _ => {
                    let known: Vec<f64> = operands.iter().map(|&operand| self.known(operand)).collect::<Option<_>>()?;
                    Some(apply(gate, known.len(), |at| known[at]))
                }
            };
        }
        let value = |&operand: &StageId| match self.constant(operand) {
            Some(constant) => Some(constant.value.clone()),
            None => self.known(operand).map(Value::Number),
        };
        let values: Vec<Value> = operands.iter().map(value).collect::<Option<_>>()?;
        let numbers: Vec<&[f64]> = values.iter().map(Value::numbers).collect();
        let shapes: Vec<Shape> = values.iter().map(Value::shape).collect();
        let mut out = [f64::NAN];
        apply_to_arrays(gate, &KernelArgs::new(&numbers, &shapes, Shape::Scalar), &mut out);
        Some(out[0])
    }

    #[inline]
    fn add(&mut self, gate: Gate, count: u8, places: [StageId; 2], marks: u8, shape: u16, span: Span) -> StageId {
        let id = StageId::new(self.stages.len());
        self.stages.push(Stage { gate, count, shape, places });
        self.marks.push(marks | if shape == 0 { 0 } else { ARRAY });
        // Backward stages come last and have no place in the text.
        if span != Span::default() {
            self.spans.resize(id.at(), Span::default());
            self.spans.push(span);
        }
        id
    }

    /// Takes back the stages from a position on: the program is as it was when it had that many. Names that were given
    /// anew since are not given back.
    pub fn truncate(&mut self, len: usize) {
        for at in (len..self.len()).rev() {
            let id = StageId::new(at);
            let node = self.stages[at];
            if at < self.entered && self.is_shared(id) {
                self.shared.remove(self.hash_of(id), |other| other == id);
            }
            match node.gate {
                Gate::Input => {
                    let given = self.inputs.drain(node.places[0].at()..).filter_map(|input| input.value);
                    self.array_bytes -= given.map(|value| value.bytes()).sum::<usize>();
                }
                Gate::Constant => {
                    let given = self.constants.drain(node.places[0].at()..);
                    self.array_bytes -= given.map(|constant| constant.value.bytes()).sum::<usize>();
                }
                _ if node.count == POOLED => self.pool.truncate(node.places[0].at()),
                _ => {}
            }
            self.known.remove(&id);
            self.former.remove(&id);
            if let Some(name) = self.names.remove(id) {
                self.holders.remove(&name);
            }
        }
        let shapes = self.shapes_from.partition_point(|from| from.at() < len);
        self.shapes_from.truncate(shapes);
        for shape in &self.shapes[shapes + 1..] {
            self.shape_places.remove(shape);
        }
        self.shapes.truncate(shapes + 1);
        self.entered = self.entered.min(len);
        self.stages.truncate(len);
        self.marks.truncate(len);
        self.spans.truncate(len);
    }

    /// Makes room for `more` stages.
    pub fn reserve(&mut self, more: usize) {
        self.stages.reserve_exact(more);
        self.marks.reserve_exact(more);
    }

    /// The bytes that the program holds.
    pub fn bytes(&self) -> usize {
        self.stages.capacity() * size_of::<Stage>()
            + self.marks.capacity()
            + self.spans.capacity() * size_of::<Span>()
            + self.pool.capacity() * size_of::<StageId>()
            + self.constants.capacity() * size_of::<Constant>()
            + self.names.bytes()
            + self.shared.bytes()
    }
}

impl Constant {
    fn same(&self, other: &Self) -> bool {
        self.value.is_same(&other.value) && self.name == other.name && self.decimal == other.decimal
    }

    fn hash(&self) -> u64 {
        let value = self.value.numbers().iter().take(2).fold(0, |hash, number| mix(hash ^ number.to_bits()));
        mix(value ^ self.name.map_or(0, |name| name.at() as u64 + 1))
    }
}

/// The marks that a stage does not take over from its operands.
#[inline]
fn own_marks(gate: Gate) -> u8 {
    if gate.row().passes_nothing { ARRAY | ACTIVE } else { ARRAY }
}

#[inline]
fn operands<'a>(node: &'a Stage, pool: &'a [StageId]) -> &'a [StageId] {
    if node.count == POOLED {
        let [start, count] = node.places;
        &pool[start.at()..start.at() + count.at()]
    } else {
        &node.places[..node.count as usize]
    }
}

/// Whether a gate of any number of operands has one, which another gate of its name may be for.
fn is_alone(gate: Gate, operands: &[StageId]) -> bool {
    operands.len() == 1 && gate.row().arity().is_none()
}

fn hash(gate: Gate, operands: &[StageId]) -> u64 {
    operands.iter().fold(gate as u64, |hash, id| mix(hash ^ id.at() as u64))
}

/// Spreads the bits of a word, by Moremur (Pelle Evensen's mixer): every bit of the result depends on all.
fn mix(mut word: u64) -> u64 {
    word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    word = (word ^ (word >> 27)).wrapping_mul(0x3c79_ac49_2ba7_b653);
    word = (word ^ (word >> 33)).wrapping_mul(0x1c69_b3f7_4ac4_ae35);
    word ^ (word >> 27)
}
