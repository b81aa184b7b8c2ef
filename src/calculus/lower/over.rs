//! `sum(x[i]^2 for i in range(3))`: what is computed each time is written out as often as the name goes, and added up.
//!
//! Knows how a name goes and what becomes of the rounds; what a round computes is lowered as everything is.

use super::subscripts::{Indexing, Subscript};
use super::{Call, Frame, Function, Lowering, constant_within};
use crate::forms::StageId;
use crate::forms::program::Input;
use crate::ground::{Fault, FaultKind, Shape, Span, number};
use crate::vocabulary::ast::{Node, NodeId};
use crate::vocabulary::{Gate, Symbol};
use std::sync::Arc;

/// The calls that a `for` may stand in, what two rounds are put together by, and what no round is.
const CALLS: &[(&str, Gate, Option<f64>)] =
    &[("sum", Gate::Add, Some(0.0)), ("prod", Gate::Mul, Some(1.0)), ("max", Gate::Max, None), ("min", Gate::Min, None)];

/// What a name goes over.
#[derive(Debug)]
enum Elements {
    /// Numbers that no input changes.
    Numbers(Vec<f64>),
    /// The elements or rows of an array.
    Of(StageId, usize),
    /// In a dry run nothing is known, and there is one round.
    Unknown,
}

/// A sum that is being written out.
#[derive(Debug)]
pub(super) struct Looping {
    name: Symbol,
    gate: Gate,
    elements: Elements,
    round: usize,
    values: Vec<StageId>,
    span: Span,
    /// The node that it goes over.
    node: NodeId,
}

impl Looping {
    fn rounds(&self) -> usize {
        match &self.elements {
            Elements::Numbers(numbers) => numbers.len(),
            Elements::Of(_, count) => *count,
            Elements::Unknown => 1,
        }
    }

    /// Where it has come to, in words: `i is 3`.
    pub(super) fn says(&self, word: &str) -> String {
        match &self.elements {
            Elements::Numbers(numbers) => {
                format!("{word} is {}", numbers.get(self.round).map_or(String::new(), |&at| number::shortest(at)))
            }
            _ => format!("{word} is element {}", self.round),
        }
    }
}

impl Lowering<'_> {
    /// Begins a sum; the stage of its value where it has no round.
    pub(super) fn begin_over(&mut self, frame: &Frame, node: NodeId, over: StageId, base: usize) -> Result<Result<Frame, StageId>, Fault> {
        let Node::Over(callee, given) = frame.tree.node(node) else { return Ok(Err(over)) };
        let &[body, name_node, elements] = frame.tree.operands(given) else { return Ok(Err(over)) };
        let span = frame.tree.span(node);
        let word = frame.letters(self.symbols).name(callee);
        let known = CALLS.iter().find(|(known, ..)| *known == word).filter(|_| frame.is_own() || self.scope.function(callee).is_none());
        let Some(&(_, gate, none)) = known else {
            let message = format!("`{word}` takes no `for`");
            return Err(Fault::new(FaultKind::Name, span, message).label("here").help("`sum`, `prod`, `max` and `min` do"));
        };
        let Node::Name(name) = frame.tree.node(name_node) else { return Ok(Err(over)) };
        let elements_span = frame.tree.span(elements);
        let found = self.elements_of(over, elements_span)?;
        let looping = Looping { name, gate, elements: found, round: 0, values: Vec::new(), span, node: elements };
        let rounds = looping.rounds();
        if rounds == 0 {
            let Some(none) = none else {
                return Err(Fault::new(FaultKind::Shape, elements_span, format!("`{word}` goes over nothing")).label("no element"));
            };
            return Ok(Err(self.program.add_constant(none, None, span)));
        }
        // Every round makes a stage at least.
        self.scratch.limits.budget.check_stages(self.program.len().saturating_add(rounds), span)?;
        let first = frame.tree.first_of(body).at();
        let call = Call { function: self.round_of(frame, name, body), given: Vec::new(), arguments: Vec::new() };
        let tree = Arc::clone(&frame.tree);
        let mut round = Frame { tree, first, next: first, root: body.at(), base, call: Some(call), looping: Some(looping) };
        let outer = frame.call.as_ref().map_or_else(Vec::new, |call| call.arguments.clone());
        self.set_round(&mut round, outer)?;
        Ok(Ok(round))
    }

    /// What a round computes, as a function of the name that goes and of the parameters around it.
    fn round_of(&self, frame: &Frame, name: Symbol, body: NodeId) -> Arc<Function> {
        let outer = frame.call.as_ref().map(|call| &call.function);
        let parameters = std::iter::once(name).chain(outer.iter().flat_map(|function| function.parameters.iter().copied())).collect();
        Arc::new(Function {
            name,
            parameters,
            tree: Arc::clone(&frame.tree),
            first: frame.tree.first_of(body),
            root: body,
            symbols: outer.and_then(|function| function.symbols.clone()),
            known: None,
            results: None,
        })
    }

    fn elements_of(&mut self, over: StageId, span: Span) -> Result<Elements, Fault> {
        if self.program.is_open() {
            return Ok(Elements::Unknown);
        }
        let count = match self.program.shape(over) {
            Shape::Scalar => {
                return Err(Fault::new(FaultKind::Shape, span, "`for` goes over a vector, and this is a single number")
                    .label("here")
                    .help("write `range(n)` for the numbers 0 to n - 1, or `1..n`"));
            }
            Shape::Vector(count) if !self.program.varies(over) => {
                self.scratch.limits.budget.check_stages(self.program.len().saturating_add(count as usize), span)?;
                let value = constant_within(self.program, over, &self.scratch.limits.budget, span)?;
                return Ok(Elements::Numbers(value.numbers().to_vec()));
            }
            Shape::Vector(count) | Shape::Matrix(count, _) => count as usize,
        };
        Ok(Elements::Of(over, count))
    }

    /// Gives the name that goes the element of the round, before the parameters around it.
    fn set_round(&mut self, frame: &mut Frame, outer: Vec<StageId>) -> Result<(), Fault> {
        let Some(looping) = &frame.looping else { return Ok(()) };
        let span = looping.span;
        let element = match &looping.elements {
            Elements::Numbers(numbers) => self.program.add_constant(numbers[looping.round], None, span),
            Elements::Unknown => self.program.add_input(Input { name: looping.name, active: true, value: None }, Shape::Scalar, span),
            &Elements::Of(of, _) => {
                let at = self.program.add_constant(looping.round as f64, None, span);
                let indexing = Indexing { tree: &frame.tree, given: &[looping.node], span, own: true };
                self.elements(of, &[Subscript::Single(at)], &indexing)?
            }
        };
        if let Some(call) = &mut frame.call {
            call.arguments = std::iter::once(element).chain(outer).collect();
        }
        frame.next = frame.first;
        Ok(())
    }

    /// Takes the value of a round: the frame of the next one, or the value of the whole.
    pub(super) fn end_round(&mut self, mut frame: Frame, value: StageId) -> Result<Result<Frame, StageId>, Fault> {
        let Some(looping) = &mut frame.looping else { return Ok(Err(value)) };
        looping.round += 1;
        let (gate, span, rounds, many) = (looping.gate, looping.span, looping.rounds(), matches!(looping.gate, Gate::Max | Gate::Min));
        match looping.values.last().copied().filter(|_| !many) {
            None => looping.values.push(value),
            Some(before) => {
                self.program
                    .resolve(gate, &[before, value])
                    .map_err(|mismatch| Fault::new(FaultKind::Shape, span, mismatch.says.clone()).label("two rounds do not go together"))?;
                let both = self.staging.operator(self.program, gate, &[before, value], span, false);
                looping.values = vec![both];
            }
        }
        if looping.round < rounds {
            let outer = frame.call.as_ref().map_or_else(Vec::new, |call| call.arguments[1..].to_vec());
            self.set_round(&mut frame, outer)?;
            return Ok(Ok(frame));
        }
        let mut values = std::mem::take(&mut looping.values);
        if !many || values.len() == 1 {
            return Ok(Err(values[0]));
        }
        let (_, shape) = self
            .program
            .resolve(gate, &values)
            .map_err(|mismatch| Fault::new(FaultKind::Shape, span, mismatch.says.clone()).label("the rounds do not go together"))?;
        Ok(Err(self.call(gate, &mut values, shape, span)))
    }

    /// Where the sums have come to that are being written out, in words; nothing where there are none.
    pub(super) fn rounds_in(&self, frames: &[Frame]) -> Option<String> {
        let loops = frames.iter().filter_map(|frame| Some((frame.looping.as_ref()?, frame.letters(self.symbols))));
        let told: Vec<String> = loops.map(|(looping, letters)| looping.says(letters.name(looping.name))).collect();
        (!told.is_empty()).then(|| format!(" (where {})", told.join(", ")))
    }
}
