//! The syntax tree: statements and expressions as one flat table of small nodes.
//!
//! Children stand before their parents, so that whoever walks the tree walks a list. It knows no values of
//! names and no stages. A node knows its place in the text, which the tree keeps for words about it.

use super::{Gate, Symbol};
use crate::ground::Span;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

/// Stands for the callee of what has a `for` in a list: no name has these letters.
pub const LIST: &str = "[";

define_index! {
    /// A node of the syntax tree.
    NodeId
}

/// A run of operands in the tree's table of operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeList {
    start: u32,
    count: u32,
}

/// An expression, one level deep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// A number as written.
    Number(f64),
    /// A name that stands for a value.
    Name(Symbol),
    /// An operator's gate applied to its operands, and the byte at which the operator stands.
    Apply(Gate, NodeList, u32),
    /// A call by name, `f(x, y)`: a gate, a function of the user's, or neither.
    Call(Symbol, NodeList),
    /// An operand that a call is given by name: `axis=0`.
    Keyword(Symbol, NodeList),
    /// `(2, 3)`, or arrays in square brackets, as one operand of a library's function.
    Tuple(NodeList),
    /// `*D.shape`: the elements of a vector as operands of a call.
    Spread(NodeList),
    /// `[x, y]`, or one row of `[x, y; z, w]`.
    List(NodeList),
    /// `x[0, 1:]`: what is indexed, then a subscript for each axis.
    Index(NodeList),
    /// A subscript `from:to:by`.
    Range(NodeList),
    /// `x[i]^2 for i in range(3)` in the brackets of a call by the name, or of a list: what is computed each time, then for each
    /// `for` the node of the name that goes and what it goes over.
    Over(Symbol, NodeList),
    /// `1..10` behind `in`: the first number and the last.
    UpTo(NodeList),
    /// A name that a `for` around it gives its elements.
    Bound(Symbol),
    /// What a name was given in a line above, in the body of a `def`.
    Local(NodeId),
    /// A part of a subscript that was left out.
    Absent,
    /// A text in quotation marks, such as the name of a file.
    Quoted,
}

impl Node {
    /// The operands, where the node has any.
    pub fn operands(self) -> Option<NodeList> {
        match self {
            Self::Number(_) | Self::Name(_) | Self::Bound(_) | Self::Local(_) | Self::Absent | Self::Quoted => None,
            Self::Apply(_, operands, _)
            | Self::Call(_, operands)
            | Self::Over(_, operands)
            | Self::UpTo(operands)
            | Self::Keyword(_, operands)
            | Self::Tuple(operands)
            | Self::Spread(operands)
            | Self::List(operands)
            | Self::Index(operands)
            | Self::Range(operands) => Some(operands),
        }
    }
}

/// What a function returns under a key beside its value.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedResult {
    /// The key.
    pub key: String,
    /// The name by which it is called: `f[1]['x']`.
    pub name: Symbol,
    /// Its node, in the function's body.
    pub node: NodeId,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `q * z`: evaluate, differentiate, show.
    Show,
    /// `q = x + y`, or `const k = 2`.
    Name {
        /// The name being given.
        name: Symbol,
        /// Where the name stands.
        at: Span,
        /// Whether it is declared a constant.
        constant: bool,
        /// Whether the statement is an update, `x += 1`, whose expression is the whole right side, `x + 1`.
        update: bool,
    },
    /// `f(x, y) = x * y`
    Function {
        /// The function's name.
        name: Symbol,
        /// Where the name stands.
        at: Span,
        /// The parameters and where they stand.
        parameters: Vec<(Symbol, Span)>,
        /// What it returns beside its value, `{'x': dx}`, where it returns more than that.
        results: Option<Vec<NamedResult>>,
    },
    /// `def relu(x): ...` as a printed program has it, known by its whole text.
    Known {
        /// The function's name.
        name: Symbol,
        /// Where the name stands.
        at: Span,
    },
    /// `assert q == -1`, with the node of a tolerance after `±`.
    Assert {
        /// How far apart the sides of `==` may be.
        tolerance: Option<NodeId>,
    },
    /// `print "slope", 2*x`: a line of texts and values.
    Print {
        /// The first and the last node of each; a text is a node of its own.
        items: Vec<(NodeId, NodeId)>,
    },
    /// `include "other.grad"`: the statements of another script, whose name is the statement's node.
    Include,
    /// `repeat 10 { x -= 0.1*d(f, x) }`: the statements behind it, up to one, as often as its expression says.
    Repeat {
        /// The first statement behind its block.
        until: usize,
    },
    /// `import numpy as np`, `from math import *`
    Import {
        /// Where the library's name stands.
        name: Span,
        /// What stands behind it; empty where nothing does.
        value: Span,
    },
    /// `set digits 10`
    Set {
        /// Where the setting's name stands.
        name: Span,
        /// Where its value stands; empty where there is none.
        value: Span,
    },
}

/// One statement: its kind and the expression that it concerns.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Its expression.
    pub root: NodeId,
    /// The first node that belongs to it; its nodes are `first..=root` (and a tolerance after them).
    pub first: NodeId,
    /// The whole statement.
    pub span: Span,
    /// Whether a `;` follows it.
    pub silenced: bool,
}

/// A syntax tree of any number of statements.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    spans: Vec<Span>,
    operands: Vec<NodeId>,
    /// The runs of nodes that are computed again and again, by their first nodes: the last ones, from the innermost run.
    repeated: HashMap<NodeId, Vec<NodeId>>,
    /// What a `for` goes over.
    gone_over: HashSet<NodeId>,
    /// The text that was read.
    pub text: Arc<str>,
    /// The name of its source: files that it names are sought beside it.
    pub origin: Arc<str>,
    /// The statements in the order of the text.
    pub statements: Vec<Statement>,
}

/// The origin of a tree until it is told.
static UNTOLD: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from(""));

impl Tree {
    /// A tree of a text, without nodes.
    pub fn new(text: &str) -> Self {
        Self {
            nodes: Vec::new(),
            spans: Vec::new(),
            operands: Vec::new(),
            repeated: HashMap::new(),
            gone_over: HashSet::new(),
            text: text.into(),
            origin: Arc::clone(&UNTOLD),
            statements: Vec::new(),
        }
    }

    /// A tree of another text, without nodes and with room for so many, in the memory of this one.
    #[must_use]
    pub fn renewed(mut self, text: &str, nodes: usize) -> Self {
        self.nodes.clear();
        self.spans.clear();
        self.operands.clear();
        self.statements.clear();
        self.nodes.reserve(nodes);
        self.spans.reserve(nodes);
        self.operands.reserve(nodes);
        self.repeated.clear();
        self.gone_over.clear();
        self.text = text.into();
        self.origin = Arc::clone(&UNTOLD);
        self
    }

    /// Adds a node; its operands are there already.
    pub fn push(&mut self, node: Node, span: Span) -> NodeId {
        let id = NodeId::new(self.nodes.len());
        self.nodes.push(node);
        self.spans.push(span);
        id
    }

    /// Keeps a list of operands for a node about to be added.
    pub fn keep(&mut self, operands: &[NodeId]) -> NodeList {
        let start = u32::try_from(self.operands.len()).unwrap_or(u32::MAX);
        self.operands.extend_from_slice(operands);
        NodeList { start, count: u32::try_from(operands.len()).unwrap_or(u32::MAX) }
    }

    /// Keeps that the nodes from `first` to `last` are computed again and again, and not once where they stand.
    pub fn repeat(&mut self, first: NodeId, last: NodeId) {
        self.repeated.entry(first).or_default().push(last);
    }

    /// Keeps that a `for` goes over what a node stands for.
    pub fn go_over(&mut self, elements: NodeId) {
        self.gone_over.insert(elements);
    }

    /// Whether a `for` goes over what a node stands for.
    pub fn is_gone_over(&self, elements: NodeId) -> bool {
        !self.gone_over.is_empty() && self.gone_over.contains(&elements)
    }

    /// Makes a name one that a `for` around it gives its elements.
    pub fn bind(&mut self, id: NodeId, name: Symbol) {
        self.nodes[id.at()] = Node::Bound(name);
    }

    /// The last node of the outermost run of nodes that is computed again and again, where one begins at a node and ends
    /// before another.
    pub fn repeated(&self, first: NodeId, before: NodeId) -> Option<NodeId> {
        if self.repeated.is_empty() {
            return None;
        }
        self.repeated.get(&first)?.iter().rev().find(|&&last| last < before).copied()
    }

    /// The first node of an expression.
    pub fn first_of(&self, mut node: NodeId) -> NodeId {
        while let Some(&first) = self.node(node).operands().and_then(|operands| self.operands(operands).iter().min()) {
            node = first;
        }
        node
    }

    /// Takes back the nodes from `first` on, and with them the operands kept since.
    pub fn truncate(&mut self, first: NodeId) {
        for node in self.nodes.drain(first.at()..) {
            if let Some(operands) = node.operands() {
                let start = operands.start as usize;
                if start < self.operands.len() {
                    self.operands.truncate(start);
                }
            }
        }
        for at in (first.at()..self.spans.len()).map(NodeId::new) {
            if !self.repeated.is_empty() {
                self.repeated.remove(&at);
                self.gone_over.remove(&at);
            }
        }
        self.spans.truncate(first.at());
    }

    /// The node at an index.
    #[inline]
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes[id.at()]
    }

    /// The place of a node in its source.
    #[inline]
    pub fn span(&self, id: NodeId) -> Span {
        self.spans[id.at()]
    }

    /// The place of the sign of a gate that stands at a byte; in a product without a sign, of one character.
    pub fn sign(&self, gate: Gate, at: u32) -> Span {
        let start = at as usize;
        let text = self.text.get(start..).unwrap_or_default();
        let known = gate.row().signs.iter().filter(|sign| text.starts_with(**sign)).map(|sign| sign.len()).max();
        let length = known.or_else(|| text.chars().next().map(char::len_utf8)).unwrap_or_default();
        Span::new(start, start + length)
    }

    /// Puts another node without operands in the place of the last one.
    pub fn replace_last(&mut self, node: Node, span: Span) {
        self.nodes.pop();
        self.spans.pop();
        self.push(node, span);
    }

    /// Makes a list a tuple: it is one operand of a call, and no array.
    pub fn untie(&mut self, id: NodeId) {
        if let Node::List(operands) = self.nodes[id.at()] {
            self.nodes[id.at()] = Node::Tuple(operands);
        }
    }

    /// Gives a node the place of the brackets around it.
    pub fn widen(&mut self, id: NodeId, span: Span) {
        self.spans[id.at()] = span;
    }

    /// The operands of a node.
    #[inline]
    pub fn operands(&self, operands: NodeList) -> &[NodeId] {
        let start = operands.start as usize;
        &self.operands[start..start + operands.count as usize]
    }

    /// The text of a node between its quotation marks.
    pub fn quoted(&self, id: NodeId) -> &str {
        self.span(id).of(&self.text).trim_matches('"')
    }

    /// How many nodes it has room for.
    pub fn room(&self) -> usize {
        self.nodes.capacity()
    }

    /// How many nodes the tree has.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the tree has no nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}
