//! The programs of a block's statements, kept from one round to the next: what lowering made of a statement is used again
//! as long as the names that it asked for have the meanings that they had.
//!
//! Knows names by when their meanings changed; nothing of what statements do.

use super::answering::{Evaluation, Question};
use super::{Place, Session};
use crate::forms::Program;
use crate::ground::Value;
use crate::vocabulary::ast::{Node, NodeId};
use crate::vocabulary::{Gate, Symbol};
use hashbrown::HashMap;

/// The most stages that are kept for the statements of a block.
const MOST_STAGES: usize = 1 << 20;

/// When the meanings of names changed such that what speaks of them must be lowered anew. The value of an input is no
/// such change, unless its shape is another.
#[derive(Clone, Debug, Default)]
pub(super) struct Versions {
    /// Changes of which names, functions and settings there are.
    all: u64,
    /// Changes of single names.
    of: HashMap<Symbol, u64>,
    /// What the expression that is being lowered has asked, in a block.
    asked: Option<Dependencies>,
}

/// What lowering an expression asked of the names.
#[derive(Clone, Debug, Default)]
pub(super) struct Dependencies {
    all: u64,
    names: Vec<(Symbol, u64)>,
    /// The names of the stages that it was made of.
    stages: Vec<(Symbol, u64)>,
    /// Gradients of the last answer, which have other values in each round.
    gradients: Vec<Symbol>,
    /// Whether it asked what differs each time, such as a random number.
    once: bool,
}

impl Versions {
    /// A name stands for something else.
    pub(super) fn changed(&mut self, name: Symbol) {
        *self.of.entry(name).or_default() += 1;
    }

    /// There is another name, function or setting.
    pub(super) fn changed_all(&mut self) {
        self.all += 1;
    }

    /// How often a name has changed.
    fn of(&self, name: Symbol) -> u64 {
        self.of.get(&name).copied().unwrap_or_default()
    }

    /// Takes note of what the next expression asks.
    fn listen(&mut self) {
        self.asked = Some(Dependencies { all: self.all, ..Dependencies::default() });
    }

    /// The statement has ended: nothing is listened to.
    pub(super) fn end(&mut self) {
        self.asked = None;
    }

    /// An expression asks for the meaning of a name.
    pub(super) fn ask(&mut self, name: Symbol) {
        let version = self.of(name);
        if let Some(asked) = &mut self.asked {
            asked.names.push((name, version));
        }
    }

    /// An expression asks for a gradient of the last answer.
    pub(super) fn ask_gradient(&mut self, name: Symbol) {
        if let Some(asked) = &mut self.asked {
            asked.gradients.push(name);
        }
    }

    /// An expression asks for what differs each time.
    pub(super) fn ask_once(&mut self) {
        if let Some(asked) = &mut self.asked {
            asked.once = true;
        }
    }

    /// Whether all that was asked would be answered in the same way.
    fn hold(&self, asked: &Dependencies) -> bool {
        let mut names = asked.names.iter().chain(&asked.stages);
        asked.all == self.all && names.all(|&(name, version)| self.of(name) == version)
    }
}

/// What is left to do of a statement, or a part of one, that has been lowered.
#[derive(Clone, Debug)]
pub(super) enum Work {
    /// Nothing: the name stands for its stage already.
    Named,
    /// A value.
    Value(Box<Evaluation>),
    /// An answer.
    Answer(Box<Question>),
}

impl Work {
    fn program(&self) -> Option<&Program> {
        match self {
            Self::Named => None,
            Self::Value(evaluation) => Some(&evaluation.program),
            Self::Answer(question) => Some(&question.program),
        }
    }

    fn stages(&self) -> usize {
        self.program().map_or(0, Program::len)
    }

    /// The names that its stages are shown by, and those that they had: another round shows them by what these mean then.
    fn names(&self) -> Vec<Symbol> {
        let named = |program: &Program| -> Vec<Symbol> {
            let names = program.ids().filter_map(|id| program.name(id));
            names.chain(program.former_names().map(|(name, _)| name)).collect()
        };
        self.program().map_or(Vec::new(), named)
    }

    /// Puts the present values of gradients where those of an earlier answer stand; false where one has another shape.
    fn renew(&mut self, gradients: &[(Symbol, Value)]) -> bool {
        match self {
            Self::Value(evaluation) => gradients.iter().all(|(name, value)| evaluation.program.renew_constant(*name, value)),
            // What is differentiated by rules may depend on the values of constants.
            Self::Named | Self::Answer(_) => gradients.is_empty(),
        }
    }
}

/// Work and what it rests on.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    /// The work.
    pub(super) work: Work,
    asked: Dependencies,
}

/// How often ties are looked at that a statement meets in later rounds.
const MOST_LOOKS: u8 = 3;

/// What is kept of the statements of a block.
#[derive(Clone, Debug, Default)]
pub(super) struct Preparations {
    kept: HashMap<NodeId, Prepared>,
    /// How often ties of statements were looked at.
    looks: HashMap<NodeId, u8>,
    stages: usize,
}

impl Session {
    /// What is left to do of an expression that was lowered in an earlier round; none where it must be lowered, which is
    /// listened to. Whoever takes it keeps it again.
    pub(super) fn recall(&mut self, root: NodeId) -> Option<Prepared> {
        let found = self.preparations.as_mut()?.take(root);
        let prepared = found.filter(|prepared| self.names.versions.hold(&prepared.asked)).and_then(|mut prepared| {
            let gradients = prepared.asked.gradients.iter();
            let values = gradients.map(|&name| Some((name, self.names.gradient(self.symbols.name(name))?)));
            let values: Vec<(Symbol, Value)> = values.collect::<Option<_>>()?;
            prepared.work.renew(&values).then_some(prepared)
        });
        match &prepared {
            Some(prepared) => {
                let asked = prepared.asked.names.iter().map(|&(name, _)| name);
                self.names.scope(&self.symbols, &self.settings).speak_of(asked, self.program.renamings());
            }
            None => self.names.versions.listen(),
        }
        prepared
    }

    /// Whether a tie that a statement has met is looked at, which is so in some rounds and no more.
    pub(super) fn looks_again(&mut self, root: NodeId) -> bool {
        let Some(preparations) = &mut self.preparations else { return false };
        let looks = preparations.looks.entry(root).or_default();
        *looks = looks.saturating_add(1);
        *looks <= MOST_LOOKS
    }

    /// Keeps what was recalled.
    pub(super) fn keep(&mut self, root: NodeId, prepared: Prepared) {
        if let Some(preparations) = &mut self.preparations {
            preparations.put(root, prepared);
        }
    }

    /// Keeps what lowering an expression has left to do. `defined` is the name that the statement defines, where what
    /// is left depends on what it stands for.
    pub(super) fn prepare(&mut self, place: &Place, root: NodeId, defined: Option<Symbol>, work: impl FnOnce() -> Work) {
        let Some(mut asked) = self.names.versions.asked.take().filter(|asked| !asked.once) else { return };
        if !asked.gradients.is_empty() && !self.is_elementwise(place, root) {
            return;
        }
        let Some(preparations) = &mut self.preparations else { return };
        let work = work();
        let version = |name| (name, self.names.versions.of(name));
        asked.names.extend(defined.map(version));
        asked.names.sort_unstable();
        asked.names.dedup();
        asked.stages = work.names().into_iter().map(version).collect();
        preparations.put(root, Prepared { work, asked });
    }

    /// Whether an expression is made of elementwise gates alone, so that nothing but its values depends on those of constants:
    /// no place, no size and no axis.
    fn is_elementwise(&self, place: &Place, root: NodeId) -> bool {
        (place.first_of(root).at()..=root.at()).all(|at| match place.tree.node(NodeId::new(at)) {
            Node::Number(_) | Node::Name(_) => true,
            Node::Apply(gate, ..) => gate.is_elementwise(),
            Node::Call(name, _) => {
                Gate::named(self.symbols.name(name)).is_some_and(Gate::is_elementwise) && self.names.function(name).is_none()
            }
            _ => false,
        })
    }
}

impl Preparations {
    fn take(&mut self, root: NodeId) -> Option<Prepared> {
        let prepared = self.kept.remove(&root)?;
        self.stages -= prepared.work.stages();
        Some(prepared)
    }

    fn put(&mut self, root: NodeId, prepared: Prepared) {
        let stages = self.stages + prepared.work.stages();
        if stages <= MOST_STAGES {
            self.stages = stages;
            self.kept.insert(root, prepared);
        }
    }
}
