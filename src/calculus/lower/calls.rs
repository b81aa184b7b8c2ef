//! Calls of the user's functions: what they are given, how large they are written out, and that none calls itself.

use super::faults::{are, plural};
use super::{Frame, Function, Lowering};
use crate::forms::StageId;
use crate::forms::program::Input;
use crate::ground::{Fault, FaultKind, Span};
use crate::vocabulary::ast::{Node, NodeId, Tree};
use crate::vocabulary::gate::{Family, Row};
use crate::vocabulary::{Gate, Symbol};
use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

impl Lowering<'_> {
    /// How many nodes an expression has when every call in it is written out, held at the largest number.
    pub(super) fn written_out(&self, whole: &Frame) -> usize {
        let mut sizes: HashMap<Symbol, usize> = HashMap::new();
        // A function is on the list twice: to ask for what it calls, and to add that up.
        let mut asked: Vec<(Symbol, bool)> = calls(&whole.tree, whole.first, whole.root).map(|name| (name, false)).collect();
        while let Some((name, added)) = asked.pop() {
            let Some(function) = self.scope.function(name).filter(|_| !sizes.contains_key(&name)) else { continue };
            let (first, root) = (function.first.at(), function.root.at());
            if added {
                let callees = calls(&function.tree, first, root).map(|callee| sizes.get(&callee).copied().unwrap_or(0));
                sizes.insert(name, callees.fold(root + 1 - first, usize::saturating_add));
            } else {
                asked.push((name, true));
                asked.extend(calls(&function.tree, first, root).filter(|callee| !sizes.contains_key(callee)).map(|callee| (callee, false)));
            }
        }
        calls(&whole.tree, whole.first, whole.root).map(|name| sizes.get(&name).copied().unwrap_or(0)).fold(0, usize::saturating_add)
    }

    /// A call with numbers makes inputs of them, under the parameters' names; not of an index or a size, from which shapes follow.
    pub(super) fn inputs_of(&mut self, function: &Function, numbers: &[StageId], span: Span) -> Result<Vec<StageId>, Fault> {
        let places = self.places_of(function);
        let inputs = function.parameters.iter().zip(numbers).map(|(&name, &number)| {
            if places.contains(&name) {
                return Ok(number);
            }
            let value = Some(self.constant_within(number, span)?);
            let active = self.scope.is_wanted(name);
            Ok(self.program.add_input(Input { name, active, value }, self.program.shape(number), span))
        });
        inputs.collect()
    }

    /// The parameters of a function that stand in a subscript, in a size, or as such a parameter of another function.
    fn places_of(&self, function: &Function) -> HashSet<Symbol> {
        let mut known: HashMap<Symbol, HashSet<Symbol>> = HashMap::new();
        // A function is on the list twice: to ask for what it calls, and to look at its own body.
        let mut asked = vec![(function.name, false)];
        let mut seen: HashSet<Symbol> = std::iter::once(function.name).collect();
        let find = |name: Symbol| if name == function.name { Some(Arc::new(function.clone())) } else { self.scope.function(name) };
        while let Some((name, ready)) = asked.pop() {
            let Some(function) = find(name).filter(|_| !known.contains_key(&name)) else { continue };
            if ready {
                let found = self.places_in(&function, &known);
                known.insert(name, found);
            } else {
                asked.push((name, true));
                let callees = calls(&function.tree, function.first.at(), function.root.at());
                asked.extend(callees.filter(|&callee| seen.insert(callee)).map(|callee| (callee, false)));
            }
        }
        known.remove(&function.name).unwrap_or_default()
    }

    /// The names that stand in the places of a body, given those of the functions that it calls.
    fn places_in(&self, function: &Function, known: &HashMap<Symbol, HashSet<Symbol>>) -> HashSet<Symbol> {
        let (tree, first, root) = (&function.tree, function.first.at(), function.root.at());
        let mut marked = vec![false; root + 1 - first];
        let mut names = HashSet::new();
        for at in (first..=root).rev() {
            let node = tree.node(NodeId::new(at));
            let operands = node.operands().map_or(&[][..], |given| tree.operands(given));
            match node {
                Node::Name(name) if marked[at - first] => drop(names.insert(name)),
                Node::Local(given) => marked[given.at() - first] |= marked[at - first],
                _ => {}
            }
            for (position, operand) in operands.iter().enumerate() {
                marked[operand.at() - first] |= marked[at - first] || self.is_fixed(node, position, known);
            }
        }
        names
    }

    /// Whether an operand of a node stays a number where a function is called with numbers: a size or the end of a range, which no
    /// input may change, or a place.
    fn is_fixed(&self, node: Node, position: usize, known: &HashMap<Symbol, HashSet<Symbol>>) -> bool {
        match node {
            Node::Index(_) | Node::Over(..) => position > 0,
            Node::Keyword(..) => true,
            Node::Call(name, _) => match self.scope.function(name) {
                Some(function) => {
                    let places = known.get(&name);
                    function.parameters.get(position).is_some_and(|parameter| places.is_some_and(|places| places.contains(parameter)))
                }
                None => self.scope.gate(self.symbols.name(name)).is_some_and(|gate| is_size(gate, position)),
            },
            _ => false,
        }
    }

    pub(super) fn check_call(&self, function: &Function, given: usize, span: Span) -> Result<(), Fault> {
        let wanted = function.parameters.len();
        if wanted == given {
            return Ok(());
        }
        let name = self.symbols.name(function.name);
        let parameters: Vec<&str> = function.parameters.iter().map(|&parameter| self.symbols.name(parameter)).collect();
        let message = format!("`{name}` takes {}, and {} given", plural(wanted), are(given));
        Err(Fault::new(FaultKind::Name, span, message).label("here").help(format!("write `{name}({})`", parameters.join(", "))))
    }

    /// A function whose body is being lowered cannot be called again, by itself or through others.
    pub(super) fn check_circle(&self, frames: &[Frame], function: &Arc<Function>, span: Span) -> Result<(), Fault> {
        let Some(own) = frames.iter().find_map(|frame| frame.call.as_ref()).filter(|_| self.dry_run) else { return Ok(()) };
        // Definitions are rehearsed one by one, so that a circle closes at the function being defined.
        let mut ways = vec![vec![own.function.name, function.name]];
        let mut seen = HashSet::new();
        while let Some(way) = ways.pop() {
            let last = way[way.len() - 1];
            if last == own.function.name {
                let circle: Vec<&str> = way.iter().map(|&name| self.symbols.name(name)).collect();
                let message = format!("`{}` calls itself: {}", circle[0], circle.join(" -> "));
                let help = "a function is written out where it is called, so it cannot call itself";
                return Err(Fault::new(FaultKind::Name, span, message).label("the circle starts here").help(help));
            }
            let Some(function) = self.scope.function(last).filter(|_| seen.insert(last)) else { continue };
            for at in (function.first.at()..=function.root.at()).rev() {
                if let Node::Call(callee, _) = function.tree.node(NodeId::new(at)) {
                    ways.push(way.iter().copied().chain([callee]).collect());
                }
            }
        }
        Ok(())
    }
}

/// Whether an operand of a gate that builds arrays decides their shape.
fn is_size(gate: Gate, position: usize) -> bool {
    let blocked = |row: &Row| row.slopes.get(position).is_none_or(|slope| slope.is_empty());
    gate.row().family == Family::Building && gate.row().with_cases().filter(|row| !row.many && position < row.operands.len()).any(blocked)
}

/// The calls in a run of nodes, by name.
pub(super) fn calls(tree: &Tree, first: usize, root: usize) -> impl Iterator<Item = Symbol> + '_ {
    (first..=root).filter_map(|at| if let Node::Call(name, _) = tree.node(NodeId::new(at)) { Some(name) } else { None })
}
