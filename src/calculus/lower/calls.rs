//! Calls of the user's functions: what they are given, how large they are written out, and that none calls itself.

use super::faults::{are, plural};
use super::{Frame, Function, Lowering, constant_within};
use crate::forms::StageId;
use crate::forms::program::Input;
use crate::ground::{Fault, FaultKind, Span};
use crate::vocabulary::Symbol;
use crate::vocabulary::ast::{Node, NodeId, Tree};
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

    /// A call with numbers makes inputs of them, under the parameters' names.
    pub(super) fn inputs_of(&mut self, function: &Function, numbers: &[StageId], span: Span) -> Result<Vec<StageId>, Fault> {
        let inputs = function.parameters.iter().zip(numbers).map(|(&name, &number)| {
            let value = Some(constant_within(self.program, number, &self.scratch.limits.budget, span)?);
            let active = self.scope.is_wanted(name);
            Ok(self.program.add_input(Input { name, active, value }, self.program.shape(number), span))
        });
        inputs.collect()
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

/// The calls in a run of nodes, by name.
pub(super) fn calls(tree: &Tree, first: usize, root: usize) -> impl Iterator<Item = Symbol> + '_ {
    (first..=root).filter_map(|at| if let Node::Call(name, _) = tree.node(NodeId::new(at)) { Some(name) } else { None })
}
