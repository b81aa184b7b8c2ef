//! The staged form: a circuit as a list of stages, each one application of a gate to earlier stages.
//!
//! Forward and backward passes are both programs of this form. Equal stages are shared when they are built with
//! `Program::share`. A program knows shapes, spans and the names that users gave; it knows no derivative.

use crate::ground::{Shape, Span};
use crate::vocabulary::gate::apply;
use crate::vocabulary::{Gate, Symbol};
use hashbrown::{HashMap, HashTable};

define_index! {
    /// A stage of a program: later stages have larger indexes.
    StageId
}

/// One application of a gate, in twelve bytes.
///
/// `places` holds up to two operands; of more, where they stand in the program's pool and how many there are;
/// of a leaf, its position among the inputs or the constants.
#[derive(Clone, Copy, Debug)]
struct Node {
    gate: Gate,
    count: u8,
    shape: u16,
    places: [StageId; 2],
}

/// The mark of a stage that depends on an input whose gradient is wanted.
const ACTIVE: u8 = 1;
/// The mark of a stage that depends on an input.
const VARIES: u8 = 2;

/// The count of a stage whose operands stand in the pool.
const POOLED: u8 = u8::MAX;

/// A leaf that gets a gradient, or would if it were asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: Symbol,
    /// Whether its gradient is wanted.
    pub active: bool,
    /// Its own value, where it is not the value of its name: an argument in a call with numbers.
    pub value: Option<f64>,
}

/// A leaf without a gradient.
#[derive(Clone, Copy, Debug)]
pub struct Constant {
    /// Its value.
    pub value: f64,
    /// The name that it was written by, such as `pi`.
    pub name: Option<Symbol>,
}

/// A list of stages in an order in which they can be evaluated.
#[derive(Clone, Debug, Default)]
pub struct Program {
    stages: Vec<Node>,
    marks: Vec<u8>,
    spans: Vec<Span>,
    shapes: Vec<Shape>,
    pool: Vec<StageId>,
    inputs: Vec<Input>,
    constants: Vec<Constant>,
    names: HashMap<StageId, Symbol>,
    /// The stage that has each name.
    holders: HashMap<Symbol, StageId>,
    /// The values of stages that depend on no input.
    known: HashMap<StageId, f64>,
    /// The stages that can be found again, by what they compute.
    shared: HashTable<StageId>,
}

impl Program {
    /// A program without stages.
    pub fn new() -> Self {
        Self { shapes: vec![Shape::Scalar], ..Self::default() }
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
    pub fn shape(&self, id: StageId) -> Shape {
        self.shapes[self.stages[id.at()].shape as usize]
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

    /// The value of a stage that depends on no input.
    #[inline]
    pub fn known(&self, id: StageId) -> Option<f64> {
        match self.gate(id) {
            Gate::Constant => Some(self.constants[self.leaf(id)].value),
            _ if self.varies(id) => None,
            _ => self.known.get(&id).copied(),
        }
    }

    /// The value of a stage that is a number as written.
    #[inline]
    pub fn literal(&self, id: StageId) -> Option<f64> {
        self.constant(id).and_then(|constant| constant.name.is_none().then_some(constant.value))
    }

    /// The input that a stage is, if it is one.
    pub fn input(&self, id: StageId) -> Option<Input> {
        (self.gate(id) == Gate::Input).then(|| self.inputs[self.leaf(id)])
    }

    /// The position of a leaf among the program's inputs or constants.
    #[inline]
    pub fn leaf(&self, id: StageId) -> usize {
        self.stages[id.at()].places[0].at()
    }

    /// The constant that a stage is, if it is one.
    pub fn constant(&self, id: StageId) -> Option<Constant> {
        (self.gate(id) == Gate::Constant).then(|| self.constants[self.leaf(id)])
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
        self.names.get(&id).copied()
    }

    /// Gives a stage the user's name for it. A stage keeps its first name; a name given anew leaves its old stage.
    pub fn set_name(&mut self, id: StageId, name: Symbol) {
        if self.names.contains_key(&id) {
            return;
        }
        if let Some(old) = self.holders.insert(name, id) {
            self.names.remove(&old);
        }
        self.names.insert(id, name);
    }

    /// Adds an input and its stage.
    pub fn add_input(&mut self, input: Input, span: Span) -> StageId {
        let leaf = StageId::new(self.inputs.len());
        self.inputs.push(input);
        self.add(Gate::Input, 0, [leaf, leaf], VARIES | (u8::from(input.active) * ACTIVE), span)
    }

    /// The stage of a constant, shared by its bits and its name.
    pub fn add_constant(&mut self, value: f64, name: Option<Symbol>, span: Span) -> StageId {
        let constant = Constant { value, name };
        let hash = constant.hash();
        let (stages, constants) = (&self.stages, &self.constants);
        let same = |id: &StageId| {
            let node = &stages[id.at()];
            node.gate == Gate::Constant && constants[node.places[0].at()].same(constant)
        };
        if let Some(&id) = self.shared.find(hash, same) {
            return id;
        }
        let leaf = StageId::new(self.constants.len());
        self.constants.push(constant);
        let id = self.add(Gate::Constant, 0, [leaf, leaf], 0, span);
        self.remember(hash, id);
        id
    }

    /// The stage that applies `gate` to `operands`: an equal one that exists already, or a new one.
    pub fn share(&mut self, gate: Gate, given: &[StageId], span: Span) -> StageId {
        let hash = hash(gate, given);
        let (stages, pool) = (&self.stages, &self.pool);
        let same = |id: &StageId| {
            let node = &stages[id.at()];
            node.gate == gate && operands(node, pool) == given
        };
        if let Some(&id) = self.shared.find(hash, same) {
            return id;
        }
        let id = self.apply(gate, given, span);
        self.remember(hash, id);
        id
    }

    fn remember(&mut self, own: u64, id: StageId) {
        let (stages, pool, constants) = (&self.stages, &self.pool, &self.constants);
        self.shared.insert_unique(own, id, |other| {
            let node = &stages[other.at()];
            if node.gate == Gate::Constant { constants[node.places[0].at()].hash() } else { hash(node.gate, operands(node, pool)) }
        });
    }

    /// A new stage that applies `gate` to `operands`, not shared with any other.
    #[inline]
    pub fn apply(&mut self, gate: Gate, operands: &[StageId], span: Span) -> StageId {
        let marks = operands.iter().fold(0, |marks, operand| marks | self.marks[operand.at()]);
        let (count, places) = match *operands {
            [x] => (1, [x, x]),
            [x, y] => (2, [x, y]),
            _ => {
                let start = StageId::new(self.pool.len());
                self.pool.extend_from_slice(operands);
                (POOLED, [start, StageId::new(operands.len())])
            }
        };
        let id = self.add(gate, count, places, marks, span);
        if marks & VARIES == 0 {
            let value = apply(gate, operands.len(), |at| self.known(operands[at]).unwrap_or(f64::NAN));
            self.known.insert(id, value);
        }
        id
    }

    #[inline]
    fn add(&mut self, gate: Gate, count: u8, places: [StageId; 2], marks: u8, span: Span) -> StageId {
        let id = StageId::new(self.stages.len());
        self.stages.push(Node { gate, count, shape: 0, places });
        self.marks.push(marks);
        // Backward stages come last and have no place in the text.
        if span != Span::default() {
            self.spans.resize(id.at(), Span::default());
            self.spans.push(span);
        }
        id
    }

    /// The part of the program that `output` depends on, in the same order, and the place of `output` in it.
    ///
    /// Stages that other stages were found to replace are left behind.
    pub fn cone(&self, output: StageId) -> (Self, StageId) {
        let mut needed = vec![false; output.at() + 1];
        needed[output.at()] = true;
        for at in (0..=output.at()).rev() {
            if needed[at] {
                for operand in self.operands(StageId::new(at)) {
                    needed[operand.at()] = true;
                }
            }
        }
        let mut cone = Self::new();
        cone.reserve(needed.iter().filter(|&&needed| needed).count());
        let mut moved = vec![output; output.at() + 1];
        let mut operands = Vec::new();
        for at in (0..=output.at()).filter(|&at| needed[at]) {
            let id = StageId::new(at);
            let span = self.span(id);
            moved[at] = match self.gate(id) {
                Gate::Input => cone.add_input(self.inputs[self.leaf(id)], span),
                Gate::Constant => {
                    let constant = self.constants[self.leaf(id)];
                    cone.add_constant(constant.value, constant.name, span)
                }
                gate => {
                    operands.clear();
                    operands.extend(self.operands(id).iter().map(|operand| moved[operand.at()]));
                    cone.share(gate, &operands, span)
                }
            };
            if let Some(name) = self.name(id) {
                cone.set_name(moved[at], name);
            }
        }
        if cfg!(debug_assertions) {
            cone.check();
        }
        (cone, moved[output.at()])
    }

    /// Makes room for `more` stages.
    pub fn reserve(&mut self, more: usize) {
        self.stages.reserve_exact(more);
        self.marks.reserve_exact(more);
    }

    /// The bytes that the program holds.
    pub fn bytes(&self) -> usize {
        self.stages.capacity() * size_of::<Node>()
            + self.marks.capacity()
            + self.spans.capacity() * size_of::<Span>()
            + self.pool.capacity() * size_of::<StageId>()
            + self.constants.capacity() * size_of::<Constant>()
            + self.shared.allocation_size()
    }

    /// Checks that operands precede their stages, that gates have the operands they take, that leaves exist and
    /// that no name is given twice. Every transformation of a program ends with it in debug builds.
    ///
    /// # Panics
    /// When the program is not well formed: a mistake in this crate, never in the user's text.
    pub fn check(&self) {
        assert_eq!(self.stages.len(), self.marks.len());
        let mut marks: Vec<u8> = Vec::with_capacity(self.len());
        for id in self.ids() {
            let row = self.gate(id).row();
            let operands = self.operands(id);
            assert!(operands.iter().all(|&operand| operand < id), "operands of {id:?} precede it");
            match row.kernel.arity() {
                Some(arity) => assert_eq!(operands.len(), arity, "{} takes {arity}", row.name),
                None => assert!(!operands.is_empty(), "{} takes one operand at least", row.name),
            }
            marks.push(match self.gate(id) {
                Gate::Input => VARIES | (u8::from(self.inputs[self.leaf(id)].active) * ACTIVE),
                Gate::Constant => {
                    assert!(self.leaf(id) < self.constants.len());
                    0
                }
                _ => operands.iter().fold(0, |marks_, operand| marks_ | marks[operand.at()]),
            });
            assert!(self.shapes.len() > self.stages[id.at()].shape as usize);
        }
        assert!(marks == self.marks, "what depends on an input follows from the operands");
        let mut names: Vec<_> = self.names.values().collect();
        names.sort_by_key(|name| name.at());
        names.dedup();
        assert_eq!(names.len(), self.names.len(), "names are unique");
    }
}

impl Constant {
    fn same(self, other: Self) -> bool {
        self.value.to_bits() == other.value.to_bits() && self.name == other.name
    }

    fn hash(self) -> u64 {
        mix(mix(self.value.to_bits()) ^ self.name.map_or(0, |name| name.at() as u64 + 1))
    }
}

#[inline]
fn operands<'a>(node: &'a Node, pool: &'a [StageId]) -> &'a [StageId] {
    if node.count == POOLED {
        let [start, count] = node.places;
        &pool[start.at()..start.at() + count.at()]
    } else {
        &node.places[..node.count as usize]
    }
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
