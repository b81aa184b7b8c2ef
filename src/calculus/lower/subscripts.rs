//! What stands between the brackets of an index: numbers, ranges, arrays of places, masks, new axes.
//!
//! How many elements are taken must be known before anything is evaluated, since shapes follow from it: ranges are made of what no
//! input changes; places may follow one, and a mask that follows one takes as many elements as it does when it is written. Knows the gates that take elements; computes no function of a number.

use super::faults::{no_slices, shape_fault};
use super::{Frame, Limits, Lowering, constant_by, parameter};
use crate::forms::{Program, StageId};
use crate::ground::{Fault, FaultKind, Shape, Span, Value, number};
use crate::vocabulary::ast::{Node, NodeId, Tree};
use crate::vocabulary::gate::{Family, Unroll, parts};
use crate::vocabulary::library::{self, NEURAL, PLACED, SLICES};
use crate::vocabulary::{Gate, Symbol};
use std::collections::HashMap;

/// Words that mean something in their places alone, and the number that stands for each.
const WORDS: &[(&str, f64)] =
    &[(NEURAL, f64::NAN), ("True", 1.0), ("False", 0.0), (SLICES, f64::NAN), ("float", f64::NAN), ("np.float64", f64::NAN)];

/// A subscript of one axis, or for one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subscript {
    /// A new axis of size 1.
    New,
    /// `from:to:by`.
    Range([StageId; 3]),
    /// A single element, with its node.
    Single(StageId, NodeId),
    /// Several elements by their places, or those where a mask is not 0; with its node.
    Several(StageId, NodeId),
}

impl Subscript {
    /// The stages that it is made of.
    fn parts(&self) -> &[StageId] {
        match self {
            Self::Single(place, _) | Self::Several(place, _) => std::slice::from_ref(place),
            Self::Range(parts) => parts,
            Self::New => &[],
        }
    }
}

/// How far a value is made of comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truths {
    /// It is, and what is not 0 is true: what is an array of truth values in NumPy.
    All,
    /// Of comparisons and of numbers.
    Some,
    /// Of comparisons, by a function that gives neither truth values nor places.
    Spoilt,
    /// Of numbers alone.
    None,
}

impl Truths {
    /// What is joined of parts, such as the elements of an array: of truth values alone, of both, or of numbers alone.
    fn joined(parts: &[Self]) -> Self {
        if parts.contains(&Self::Spoilt) {
            Self::Spoilt
        } else if parts.iter().all(|&part| part == Self::None) {
            Self::None
        } else if parts.iter().all(|&part| part == Self::All) {
            Self::All
        } else {
            Self::Some
        }
    }
}

/// An index as it stands in the text.
pub(super) struct Indexing<'a> {
    pub tree: &'a Tree,
    /// What is indexed, then its subscripts.
    pub given: &'a [NodeId],
    pub span: Span,
    /// Whether the text is the user's statement, whose places can be told one by one.
    pub own: bool,
}

impl Indexing<'_> {
    fn fault(&self, node: NodeId, says: impl Into<String>) -> Fault {
        let span = if self.own { self.tree.span(node) } else { self.span };
        Fault::new(FaultKind::Shape, span, says.into()).label("here")
    }
}

impl Lowering<'_> {
    /// Whether a subscript is the word for a new axis.
    pub(super) fn is_new_axis(&self, frame: &Frame, node: NodeId) -> bool {
        matches!(frame.tree.node(node), Node::Name(name) if library::is_new_axis(frame.letters(self.symbols).name(name)))
            && self.word(frame, node).is_some()
    }

    /// The number of a word that means something in its place alone, where its name stands for nothing else: nan for a new axis
    /// as a subscript, 1 and 0 for what is true and false as an operand given by name, that of a kind of numbers behind `astype`.
    pub(super) fn word(&self, frame: &Frame, node: NodeId) -> Option<f64> {
        let tree = &frame.tree;
        let Node::Name(name) = tree.node(node) else { return None };
        let word = frame.letters(self.symbols).name(name);
        let adds = library::is_new_axis(word).then_some(f64::NAN);
        let kind = library::kind(word);
        let number = adds.or_else(|| WORDS.iter().find(|(known, _)| *known == word).map(|&(_, number)| number)).or(kind)?;
        if parameter(frame, name).is_some() || self.scope.is_known(word) {
            return None;
        }
        let user = (node.at() + 1..=frame.root).map(|at| tree.node(NodeId::new(at))).find_map(|user| {
            let operands = tree.operands(user.operands()?);
            operands.contains(&node).then_some((user, operands[0]))
        });
        let in_place = match user? {
            (Node::Call(method, _), first) if frame.letters(self.symbols).name(method) == library::CONVERTS => {
                return kind.filter(|_| first != node);
            }
            (Node::Index(_), first) => (word == SLICES && first == node) || (adds.is_some() && first != node),
            (Node::Keyword(name, _), _) => {
                !number.is_nan() || library::DTYPE == frame.letters(self.symbols).name(name) && word.contains("float")
            }
            (Node::Call(method, given), first) => {
                word == NEURAL && first == node && self.neural(frame, method, tree.operands(given)).is_some()
            }
            _ => false,
        };
        in_place.then_some(number)
    }

    /// The whole name of `F.softmax` in a call of it with operands; whether the first of what it is given stands for a value of
    /// its own is not asked.
    fn neural(&self, frame: &Frame, method: Symbol, given: &[NodeId]) -> Option<String> {
        if given.len() < 2 { None } else { library::neural(frame.letters(self.symbols).name(method)) }
    }

    /// The whole name of a function of neural networks that is called as `F.softmax(x)`, where F is no name of the user's.
    pub(super) fn neural_call(&self, frame: &Frame, name: Symbol, given: &[NodeId]) -> Option<String> {
        self.neural(frame, name, given).filter(|_| self.word(frame, given[0]).is_some())
    }

    /// Whether an index is `np.s_[...]` where it stands for the places in an array.
    pub(super) fn is_placing(&self, frame: &Frame, node: NodeId, given: &[NodeId]) -> bool {
        self.is_slices(frame, given[0])
            && (node.at() + 1..=frame.root).map(|at| frame.tree.node(NodeId::new(at))).any(|user| match user {
                Node::Call(name, operands) => {
                    let known = self.scope.function(name).is_some_and(|function| function.known.as_deref() == Some(PLACED));
                    known && frame.tree.operands(operands).get(2) == Some(&node)
                }
                _ => false,
            })
    }

    /// Whether a node is `np.s_`, whose subscripts stand for themselves.
    pub(super) fn is_slices(&self, frame: &Frame, node: NodeId) -> bool {
        matches!(frame.tree.node(node), Node::Name(name) if frame.letters(self.symbols).name(name) == SLICES)
    }

    /// The subscripts of `np.s_[...]`, the last of what a call is given.
    pub(super) fn slices(&mut self, frame: &Frame, given: &[NodeId], place: &dyn Fn(&NodeId) -> StageId) -> Option<Vec<Subscript>> {
        let &[_, _, at] = given else { return None };
        let Node::Index(inner) = frame.tree.node(at) else { return None };
        let inner = frame.tree.operands(inner);
        self.is_slices(frame, inner[0]).then(|| inner[1..].iter().map(|&node| self.subscript(frame, node, place)).collect())
    }

    /// The value of a stage that depends on no input.
    pub(super) fn constant_within(&mut self, stage: StageId, span: Span) -> Result<Value, Fault> {
        let Self { staging, program, scratch, .. } = self;
        let mut evaluate = |program: &Program, output: StageId, inputs: &[Value], limits: &Limits, span: Span| {
            staging.value(program, output, inputs, limits, span)
        };
        constant_by(&mut evaluate, program, stage, &scratch.limits, span)
    }

    /// What places come to with the values that their inputs have now; none where one has none.
    fn present(&mut self, place: StageId, span: Span) -> Result<Option<Value>, Fault> {
        let (cone, output) = self.program.cone(place);
        let scope = &mut self.scope;
        let values: Option<Vec<Value>> =
            cone.inputs().iter().map(|input| input.value.clone().or_else(|| scope.present(input.name))).collect();
        let Some(values) = values else { return Ok(None) };
        self.staging.value(&cone, output, &values, &self.scratch.limits, span).map(Some)
    }

    /// Numbers in the places of an array that subscripts take, among zeros.
    pub(super) fn placed(&mut self, [numbers, of]: [StageId; 2], subscripts: &[Subscript], at: &Indexing<'_>) -> Result<StageId, Fault> {
        if self.program.is_open() {
            return Ok(of);
        }
        let taken = self.elements(of, subscripts, at)?;
        if self.program.gate(taken) != Gate::Index {
            return Err(no_slices(at.span));
        }
        let mut operands = vec![numbers];
        operands.extend_from_slice(self.program.operands(taken));
        let scatter = Gate::known("scatter").ok_or_else(|| no_slices(at.span))?;
        self.applied(scatter, &operands, at)
    }

    /// An array with a value in some places, which a mask of it or of its rows takes, or their numbers: one value for all of them, or one
    /// for each.
    pub(super) fn put(&mut self, [of, value]: [StageId; 2], (index, node): (StageId, NodeId), at: &Indexing<'_>) -> Result<StageId, Fault> {
        if self.program.is_open() {
            return Ok(of);
        }
        let (shape, given) = (self.program.shape(of), self.program.shape(value));
        let whole = self.program.shape(index) == shape && self.truths(index) == Truths::All;
        let number = |lowering: &mut Self, number: usize| lowering.program.add_constant(number as f64, None, at.span);
        // A mask of a whole matrix takes numbers, any other index rows of it.
        let flat = if whole && shape.rank() == 2 {
            let size = number(self, shape.size());
            self.applied(Gate::Reshape, &[of, size], at)?
        } else {
            of
        };
        let (rows, columns) = self.program.shape(flat).sides();
        let length = if self.program.shape(flat).rank() == 2 { rows } else { columns };
        let places = self.places(index, length, node, at)?;
        let known = if self.program.varies(places) { self.present(places, at.span)? } else { Some(self.constant_within(places, at.span)?) };
        let mut counted: Vec<f64> = known.iter().flat_map(Value::numbers).map(|&k| if k < 0.0 { k + length as f64 } else { k }).collect();
        counted.sort_by(f64::total_cmp);
        if counted.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(at.fault(node, "an element is given two values").help("write each place once"));
        }
        let add = |lowering: &mut Self, what: StageId| {
            let gate = Gate::known("scatter_add").ok_or_else(|| no_slices(at.span))?;
            lowering.applied(gate, &[what, flat, places], at)
        };
        // One value for each place, or what meets all of them.
        let taken = self.applied(Gate::Gather, &[flat, places], at)?;
        let each = self.program.shape(taken);
        let spread = if given == each { value } else { self.spread(value, each, at)? };
        let placed = add(self, spread)?;
        let one = number(self, 1);
        let chosen = if self.truths(index) != Truths::All {
            let ones = self.program.add_constant(Value::Number(1.0).repeated(each), None, at.span);
            let marked = add(self, ones)?;
            self.applied(Gate::Eq, &[marked, one], at)?
        } else if flat != of {
            let size = number(self, shape.size());
            self.applied(Gate::Reshape, &[index, size], at)?
        } else if shape.rank() == 2 {
            self.applied(Gate::Expand, &[index, one], at)?
        } else {
            index
        };
        let put = self.applied(Gate::Where, &[chosen, placed, flat], at)?;
        if flat == of { Ok(put) } else { self.applied(Gate::known("like").ok_or_else(|| no_slices(at.span))?, &[put, of], at) }
    }

    /// A value in a larger shape that it meets.
    fn spread(&mut self, value: StageId, shape: Shape, at: &Indexing<'_>) -> Result<StageId, Fault> {
        if self.program.shape(value).broadcast(shape) != Some(shape) {
            let says = format!("{} and {} do not go together", self.program.shape(value), shape);
            return Err(Fault::new(FaultKind::Shape, at.span, says).label("here").help("give one number, or as many as there are places"));
        }
        let zeros = self.program.add_constant(Value::Number(0.0).repeated(shape), None, at.span);
        self.applied(Gate::Add, &[value, zeros], at)
    }

    /// The elements, rows or columns that subscripts take.
    pub(super) fn elements(&mut self, of: StageId, subscripts: &[Subscript], at: &Indexing<'_>) -> Result<StageId, Fault> {
        // A single place that follows an input is gathered as several are.
        let single = |place: StageId, node: NodeId| {
            let follows = !self.program.is_open() && self.program.varies(place) && self.program.shape(of).rank() > 0;
            if follows { Subscript::Several(place, node) } else { Subscript::Single(place, node) }
        };
        let axes = subscripts.iter().filter_map(|subscript| match *subscript {
            Subscript::New => None,
            Subscript::Single(place, node) => Some(single(place, node)),
            other => Some(other),
        });
        let axes: Vec<Subscript> = axes.collect();
        // What a parameter of a function is, is not known where it is defined.
        if self.program.is_open() && axes.iter().flat_map(Subscript::parts).any(|&part| self.truths(part) != Truths::None) {
            return Ok(of);
        }
        self.no_truth_alone(&axes, at)?;
        if axes.len() > 2 {
            let message = format!("a value has two axes at most, and {} are indexed", axes.len());
            return Err(Fault::new(FaultKind::Shape, at.span, message)
                .label("here")
                .help("write one index for each axis, as in `X[0, 1]`"));
        }
        let rank = self.program.shape(of).rank();
        if axes.len() > rank && axes.iter().any(|subscript| matches!(subscript, Subscript::Several(..))) {
            let says = format!("what is indexed is {}, and {} axes are indexed", self.program.shape(of), axes.len());
            return Err(at.fault(at.given[0], says).help("write one index for each axis"));
        }
        for subscript in &axes {
            if let Subscript::Range(range) = *subscript {
                self.check_range(range, at)?;
            }
        }
        let mut value = match axes[..] {
            [] => of,
            [Subscript::Several(places, node)] => self.several(of, places, node, at)?,
            [Subscript::Several(places, node), Subscript::Range(range)] => {
                let columns = self.columns_in(of, range, at)?;
                self.several(columns, places, node, at)?
            }
            [Subscript::Range(range), Subscript::Several(places, node)] => {
                let rows = if self.is_all(range) { of } else { self.plain(of, &[Subscript::Range(range)], at)? };
                let turned = self.applied(Gate::Transpose, &[rows], at)?;
                let taken = self.several(turned, places, node, at)?;
                // A single column is a vector.
                if self.program.shape(taken).rank() == 2 { self.applied(Gate::Transpose, &[taken], at)? } else { taken }
            }
            [Subscript::Several(..), _] | [_, Subscript::Several(..)] => self.pairs(of, [axes[0], axes[1]], at)?,
            _ => self.plain(of, &axes, at)?,
        };
        let mut axis = 0;
        for subscript in subscripts {
            match subscript {
                Subscript::New => {
                    let number = self.program.add_constant(f64::from(axis), None, at.span);
                    value = self.applied(Gate::Expand, &[value, number], at)?;
                    axis += 1;
                }
                Subscript::Range(_) | Subscript::Several(..) => axis += 1,
                Subscript::Single(..) => {}
            }
        }
        Ok(value)
    }

    fn applied(&mut self, gate: Gate, operands: &[StageId], at: &Indexing<'_>) -> Result<StageId, Fault> {
        self.program.resolve(gate, operands).map_err(|mismatch| shape_fault(&mismatch, at.tree, at.given, at.span))?;
        Ok(self.program.share(gate, operands, at.span))
    }

    /// Single elements and ranges: of each axis where it starts, where it ends and its step, nan for what was left out, a
    /// step of 0 for a single element.
    fn plain(&mut self, of: StageId, axes: &[Subscript], at: &Indexing<'_>) -> Result<StageId, Fault> {
        let [absent, single] = [f64::NAN, 0.0].map(|number| self.program.add_constant(number, None, at.span));
        let mut operands = vec![of];
        for subscript in axes {
            operands.extend(match *subscript {
                Subscript::Range(parts) => parts,
                Subscript::Single(place, _) | Subscript::Several(place, _) => [place, absent, single],
                Subscript::New => continue,
            });
        }
        operands.resize(operands.len().max(7), absent);
        self.applied(Gate::Index, &operands, at)
    }

    /// The step of a range is not 0, which is that of a single element, and what is calculated is not nan, which stands for what was left
    /// out.
    fn check_range(&self, range: [StageId; 3], at: &Indexing<'_>) -> Result<(), Fault> {
        let fault = |says: &str, help: &str| Err(Fault::new(FaultKind::Shape, at.span, says).label("here").help(help));
        let is_none = |part: StageId| self.program.literal(part).is_none() && self.program.known(part).is_some_and(f64::is_nan);
        if range.into_iter().any(is_none) {
            return fault("an end or the step of a range is nan", "to take all elements from or to an end, leave it out: `x[2:]`");
        }
        if self.program.known(range[2]) == Some(0.0) {
            return fault("the step of a range is 0", "every second element is `x[::2]`, from the end `x[::-2]`");
        }
        Ok(())
    }

    /// Whether a range leaves nothing out, as `:` does.
    fn is_all(&self, range: [StageId; 3]) -> bool {
        range.iter().all(|&part| self.program.literal(part).is_some_and(f64::is_nan))
    }

    /// The columns in a range; all of them are the matrix itself.
    fn columns_in(&mut self, of: StageId, range: [StageId; 3], at: &Indexing<'_>) -> Result<StageId, Fault> {
        let absent = self.program.add_constant(f64::NAN, None, at.span);
        let all = Subscript::Range([absent; 3]);
        if self.program.shape(of).rank() == 2 && self.is_all(range) {
            return Ok(of);
        }
        self.plain(of, &[all, Subscript::Range(range)], at)
    }

    /// Elements of a vector or rows of a matrix by their places, or where a mask is not 0.
    fn several(&mut self, of: StageId, places: StageId, node: NodeId, at: &Indexing<'_>) -> Result<StageId, Fault> {
        let shape = self.program.shape(of);
        let (rows, columns) = shape.sides();
        let length = if shape.rank() == 2 { rows } else { columns };
        let whole = shape.rank() == 2 && self.program.shape(places) == shape && self.truths(places) == Truths::All;
        if whole {
            let size = self.program.add_constant(shape.size() as f64, None, at.span);
            let row_by_row = self.applied(Gate::Reshape, &[of, size], at)?;
            let places = self.places(places, shape.size(), node, at)?;
            return self.applied(Gate::Gather, &[row_by_row, places], at);
        }
        if shape.rank() == 2 && self.program.shape(places).rank() == 2 {
            let says = format!("a matrix indexed by {} would have three axes, and a value has two at most", self.program.shape(places));
            return Err(at.fault(node, says).help("index it with a vector, or with rows and columns: `X[i, j]`"));
        }
        let places = self.places(places, length, node, at)?;
        self.applied(Gate::Gather, &[of, places], at)
    }

    /// Elements of a matrix at rows and columns that go together one by one.
    fn pairs(&mut self, of: StageId, axes: [Subscript; 2], at: &Indexing<'_>) -> Result<StageId, Fault> {
        let lengths = <[usize; 2]>::from(self.program.shape(of).sides());
        let mut places = [of; 2];
        for (axis, subscript) in axes.into_iter().enumerate() {
            let (Subscript::Single(stage, node) | Subscript::Several(stage, node)) = subscript else { continue };
            places[axis] = self.places(stage, lengths[axis], node, at)?;
        }
        let [i, j] = places.map(|stage| self.program.shape(stage));
        let Some(common) = i.broadcast(j) else {
            let says = format!("the rows are {i} and the columns {j}: they go together one by one");
            return Err(Fault::new(FaultKind::Shape, at.span, says).label("here").help("give as many rows as columns"));
        };
        for place in &mut places {
            if self.program.shape(*place) == common {
                continue;
            }
            *place = if self.program.is_written(*place) {
                let value = self.constant_within(*place, at.span)?;
                self.program.add_constant(value.repeated(common), None, at.span)
            } else {
                let zeros = self.program.add_constant(Value::Number(0.0).repeated(common), None, at.span);
                self.applied(Gate::Add, &[*place, zeros], at)?
            };
        }
        self.applied(Gate::GatherPairs, &[of, places[0], places[1]], at)
    }

    /// The stage of places along an axis of some length: what is given, or where a mask is not 0.
    fn places(&mut self, given: StageId, length: usize, node: NodeId, at: &Indexing<'_>) -> Result<StageId, Fault> {
        let truths = self.truths(given);
        let follows = self.program.varies(given);
        let value = if follows { self.present(given, at.span)? } else { Some(self.constant_within(given, at.span)?) };
        if truths == Truths::All {
            let Some(value) = value else {
                let says = "how many elements this takes is known once the inputs of the condition have values";
                let help = "give values; or add up what a condition selects with a product, as in `sum(x^2*(x > 1))`";
                return Err(at.fault(node, says).help(help));
            };
            let taken = where_not_zero(&value, length).map_err(|(says, help)| at.fault(node, says).help(help))?;
            if !follows && self.compares_written(given) {
                return Ok(self.program.add_constant(taken, None, at.span));
            }
            let count = self.program.add_constant(taken.numbers().len() as f64, None, at.span);
            // What is made of masks may be larger than 1, as their sum.
            let is_mask = self.program.gate(given).row().family == Family::Comparison || self.program.gate(given) == Gate::Input;
            let mask = match Gate::known("ne").filter(|_| !is_mask) {
                Some(unequal) => {
                    let zero = self.program.add_constant(0.0, None, at.span);
                    self.applied(unequal, &[given, zero], at)?
                }
                None => given,
            };
            return self.applied(Gate::Nonzero, &[mask, count], at);
        }
        let text = if at.own { at.tree.span(node).of(&at.tree.text) } else { "m" };
        // The place of an operand may leave a closing bracket out.
        let whole = if text.matches('(').count() == text.matches(')').count() { text } else { "..." };
        let readings = || format!("for a mask, compare all of it, as in `({whole}) > 0`; for places, add 0: `({whole}) + 0`");
        if truths == Truths::Spoilt {
            return Err(at.fault(node, "this is calculated from conditions: it is no mask any more, and no places").help(readings()));
        }
        if truths == Truths::Some {
            return Err(at.fault(node, "this is made of conditions and of numbers: it may be a mask, or places").help(readings()));
        }
        // Where nothing is known yet, what is beyond the ends is told when it is asked for.
        let Some(value) = value else { return Ok(given) };
        if self.program.gate(given) == Gate::Nonzero && value.numbers().iter().any(|place| place.is_nan()) {
            let says = format!("the mask takes another number of elements than {}", value.numbers().len());
            return Err(at.fault(node, says).help("an index by a mask, as in `x[x > 0]`, counts them itself"));
        }
        if let Some(wrong) = value.numbers().iter().find(|&&place| parts::position(place, length).is_none()) {
            let says = format!("the elements along this axis are 0 to {}, and {} is asked for", length - 1, number::shortest(*wrong));
            return Err(at.fault(node, says).help("elements are counted from 0, or from the end with -1; an index is a whole number"));
        }
        let named = self.program.constant(given).is_some_and(|constant| constant.name.is_some());
        let zeros_and_ones = value.numbers().iter().all(|&number| number == 0.0 || number == 1.0);
        if named && zeros_and_ones && length > 2 && Some(value.shape()) == Shape::from_dims(&[length]) {
            let says = "this may be a mask, 1 for each element that is taken, or the places 0 and 1 again and again";
            return Err(at.fault(node, says).help(format!("for a mask, write `{text} == 1`; for places, `{text} + 0`")));
        }
        Ok(given)
    }

    /// Whether a mask compares numbers as they were written, none of them computed or read rounded.
    fn compares_written(&self, mask: StageId) -> bool {
        let operands = self.program.operands(mask);
        if operands.is_empty() {
            return self.program.is_written(mask);
        }
        self.program.gate(mask).row().family == Family::Comparison && operands.iter().all(|&stage| self.program.is_written(stage))
    }

    /// A condition is no place of a single element, nor an end of a range.
    fn no_truth_alone(&self, axes: &[Subscript], at: &Indexing<'_>) -> Result<(), Fault> {
        let parts = axes.iter().filter(|axis| !matches!(axis, Subscript::Several(..))).flat_map(Subscript::parts);
        if parts.into_iter().all(|&part| !matches!(self.truths(part), Truths::All | Truths::Spoilt)) {
            return Ok(());
        }
        Err(Fault::new(FaultKind::Shape, at.span, "a condition says yes or no, and is no place in an array")
            .label("here")
            .help("to choose, write such as `where(a > b, x[1], x[0])`; for the place 0 or 1, add 0: `x[(a > b) + 0]`"))
    }

    /// Whether a stage is made of comparisons alone.
    pub fn is_truth(&self, stage: StageId) -> bool {
        self.truths(stage) == Truths::All
    }

    /// How far a stage is made of comparisons, as NumPy tells truth values from numbers.
    pub(super) fn truths(&self, stage: StageId) -> Truths {
        if self.program.operands(stage).is_empty() {
            return self.truths_of(stage, &[]);
        }
        let mut known: HashMap<StageId, Truths> = HashMap::new();
        for id in self.program.needed(stage, false) {
            let operands: Vec<Truths> = self.program.operands(id).iter().map(|operand| known[operand]).collect();
            known.insert(id, self.truths_of(id, &operands));
        }
        known[&stage]
    }

    /// The same where that is known of the operands. Arrays of truth values and their parts, products, sums, the larger and the
    /// smaller, magnitudes and choices are truth values; with numbers among them they may be meant as either.
    fn truths_of(&self, stage: StageId, operands: &[Truths]) -> Truths {
        let (gate, row) = (self.program.gate(stage), self.program.gate(stage).row());
        match (gate, operands) {
            _ if row.family == Family::Comparison => Truths::All,
            (Gate::Constant | Gate::Input, _) => {
                let constant = self.program.constant(stage).and_then(|constant| constant.name);
                let name = constant.or_else(|| self.program.input(stage).map(|input| input.name));
                if name.is_some_and(|name| self.scope.is_truth(name)) { Truths::All } else { Truths::None }
            }
            // To add 0 is how places are written.
            (Gate::Add, _) if operands.contains(&Truths::None) => Truths::None,
            (Gate::Add | Gate::Mul | Gate::Abs | Gate::Copy, _) => Truths::joined(operands),
            _ if row.idempotent || row.passes_nothing => Truths::joined(operands),
            (Gate::Where, &[condition, ref chosen @ ..]) => match Truths::joined(chosen) {
                Truths::None if condition == Truths::All => Truths::Some,
                chosen => chosen,
            },
            (_, [first, ..]) if matches!(row.unroll, Unroll::Moves) => {
                Truths::joined(if row.many { operands } else { std::slice::from_ref(first) })
            }
            _ if row.family == Family::Matrix => Truths::joined(operands),
            (Gate::Sub, _) if operands.contains(&Truths::None) => Truths::joined(operands),
            _ if gate.is_elementwise() && Truths::joined(operands) != Truths::None => Truths::Spoilt,
            _ => Truths::None,
        }
    }
}

/// The places at which a mask is not 0, along an axis of some length; or what is wrong with it, and what to do.
fn where_not_zero(mask: &Value, length: usize) -> Result<Value, (String, &'static str)> {
    if mask.numbers().len() != length {
        let says = format!("the mask has {} elements, and there are {length} along this axis", mask.numbers().len());
        return Err((says, "a mask has an element for each that it may take"));
    }
    let places: Vec<f64> = mask.numbers().iter().enumerate().filter(|&(_, &taken)| taken != 0.0).map(|(k, _)| k as f64).collect();
    match Shape::from_dims(&[places.len()]) {
        Some(shape) if !places.is_empty() => Ok(Value::new(shape, places)),
        _ => Err(("the mask takes no element, and a vector has one at least".to_owned(), "choose another condition")),
    }
}
