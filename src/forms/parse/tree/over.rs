//! `for` in a call or a list: `sum(x[i]*y[i] for i in range(3))`, `sum(i^2 for i in 1..10)`.
//!
//! What is computed each time stands before the names that go; the tree keeps that it is not computed where it stands, and
//! which names in it are those that go. What the call makes of it all is the business of whoever lowers the tree.

use super::super::tokens::{Kind, Token};
use super::statements::check_name;
use super::{Builder, Opens, Over, Previous, Waiting};
use crate::ground::{Fault, FaultKind, Span};
use crate::vocabulary::ast::{LIST, Node, NodeId};
use crate::vocabulary::{Symbol, library};

/// What to write.
const USAGE: &str = "write such as `sum(i^2 for i in 1..10)` or `sum(x[i]*y[i] for i in range(3))`";

/// What a `for` is, where it stands elsewhere.
const PLACE: &str =
    "`for` stands behind what a call such as `sum(...)` adds up, or behind the elements of a list; statements are done again by `repeat`";

/// How many may stand in each other.
const MOST_NESTED: usize = 64;

impl Builder<'_> {
    pub(super) fn no_over(span: Span, says: &str) -> Fault {
        Fault::new(FaultKind::Parse, span, says.to_owned()).label("here").help(USAGE)
    }

    /// `for` behind what is computed each time, or behind what another name goes over.
    pub(super) fn begin_over(&mut self, span: Span) -> Result<(), Fault> {
        match self.innermost() {
            Some((Opens::Over(Over::Elements | Over::Last), ..)) => {
                self.end_elements(span)?;
                self.reopen(Opens::Over(Over::Name));
            }
            Some((Opens::Call(..) | Opens::List { rows: false, .. }, operands, _)) => {
                self.settle(span)?;
                self.check_alone(operands, span)?;
                self.waiting.push(Waiting::Bracket { opens: Opens::Over(Over::Name), operands: self.operands.len(), at: span });
            }
            _ => return Err(Self::no_over(span, PLACE)),
        }
        self.before = Previous::Open;
        Ok(())
    }

    /// What has a `for` stands alone between its brackets, which are not those of a library's function.
    fn check_alone(&self, operands: usize, span: Span) -> Result<(), Fault> {
        let Some(Waiting::Bracket { opens, .. }) = self.waiting.last() else { return Err(Self::no_over(span, PLACE)) };
        if self.operands.len() != operands + 1 {
            return Err(Self::no_over(span, "what has a `for` stands alone in its brackets"));
        }
        match opens {
            Opens::Call(name, _) if library::is_foreign(self.symbols.name(*name)) => {
                let name = self.symbols.name(*name);
                let says = format!("`{name}` takes an array, and what has a `for` is one in square brackets");
                Err(Fault::new(FaultKind::Parse, span, says).label("here").help(format!("write `{name}([x[i]^2 for i in range(3)])`")))
            }
            _ => Ok(()),
        }
    }

    /// Takes the name that goes, and `in`; false for any other token.
    pub(super) fn over(&mut self, token: Token) -> Result<bool, Fault> {
        let Some(Waiting::Bracket { opens: Opens::Over(over), .. }) = self.waiting.last() else { return Ok(false) };
        let word = token.span.of(self.text);
        match *over {
            Over::Name if token.kind == Kind::Name => {
                check_name(word, token.span)?;
                let symbol = self.symbols.intern(word);
                self.operand(Node::Bound(symbol), token.span);
                self.reopen(Opens::Over(Over::In));
            }
            Over::In if word == "in" => self.reopen(Opens::Over(Over::Elements)),
            Over::Name => return Err(Self::no_over(token.span, "the name that goes stands behind `for`")),
            Over::In if word == "," => {
                return Err(Self::no_over(
                    token.span,
                    "one name goes behind a `for`; along a vector and its places go the places: `i*x[i]`",
                ));
            }
            Over::In => return Err(Self::no_over(token.span, "`in` stands behind the name that goes")),
            Over::Elements | Over::Last => return Ok(false),
        }
        Ok(true)
    }

    /// Whether the operands of a function are open.
    pub(in super::super) fn in_call(&self) -> bool {
        matches!(self.innermost(), Some((Opens::Call(..), ..)))
    }

    /// `if` behind what a name goes over.
    pub(in super::super) fn conditional(&self, span: Span) -> Option<Fault> {
        let Some((Opens::Over(_), ..)) = self.innermost() else { return None };
        let help = "what a condition leaves out adds 0: write `sum(where(x[i] > 0, x[i], 0) for i in range(3))`";
        Some(Fault::new(FaultKind::Parse, span, "a `for` has no condition here").label("here").help(help))
    }

    /// `1..10` behind `in`: the numbers from one to another, the last one too.
    pub(super) fn up_to(&mut self, span: Span) -> Result<(), Fault> {
        self.need_operand(span)?;
        let Some((Opens::Over(Over::Elements), ..)) = self.innermost() else {
            return Err(Self::no_over(span, "`..` stands between the first and the last number behind `in`"));
        };
        self.settle(span)?;
        self.reopen(Opens::Over(Over::Last));
        self.before = Previous::Open;
        Ok(())
    }

    /// Ends what a name goes over.
    fn end_elements(&mut self, span: Span) -> Result<(), Fault> {
        self.need_operand(span)?;
        self.settle(span)?;
        if let Some((Opens::Over(Over::Last), ..)) = self.innermost() {
            let first = self.operands.len() - 2;
            let place = self.tree.span(self.operands[first]).to(self.last);
            self.gather(first, place, Node::UpTo);
        }
        Ok(())
    }

    /// Ends the last `for`, and with it what is computed each time; `first` is its place among the operands, and one.
    pub(super) fn end_over(&mut self, over: Over, first: usize, span: Span) -> Result<(), Fault> {
        if matches!(over, Over::Name | Over::In) {
            return Err(Self::no_over(span, "`for` names what goes, and what it goes over"));
        }
        self.end_elements(span)?;
        self.waiting.pop();
        let callee = match self.innermost() {
            Some((Opens::Call(callee, _), ..)) => callee,
            _ => self.symbols.intern(LIST),
        };
        let parts = self.operands.split_off(first - 1);
        self.check_nested(&parts, span)?;
        self.bind(&parts);
        let given = self.tree.keep(&parts);
        let place = self.tree.span(parts[0]).to(self.last);
        self.operand(Node::Over(callee, given), place);
        Ok(())
    }

    /// Not too many stand in each other; each is lowered as often as those around it go.
    fn check_nested(&mut self, parts: &[NodeId], span: Span) -> Result<(), Fault> {
        let first = self.tree.first_of(parts[0]);
        let inner = self.nested.iter().rev().take_while(|(node, _)| *node >= first).map(|&(_, count)| count).max();
        let count = inner.unwrap_or(0) + parts.len() / 2;
        if count > MOST_NESTED {
            let message = format!("more than {MOST_NESTED} `for` stand in each other here");
            return Err(Fault::new(FaultKind::Limit, span, message).label("here").help("give a part of it a name of its own"));
        }
        while self.nested.pop_if(|(node, _)| *node >= first).is_some() {}
        self.nested.push((NodeId::new(self.tree.len()), count));
        Ok(())
    }

    /// Tells the tree what is computed again and again, and which names in it go.
    fn bind(&mut self, parts: &[NodeId]) {
        let names: Vec<Symbol> = parts.iter().skip(1).step_by(2).filter_map(|&name| self.bound(name)).collect();
        let start = self.tree.first_of(parts[0]);
        for (level, pair) in parts[1..].chunks_exact(2).enumerate() {
            let &[name, elements] = pair else { continue };
            self.tree.go_over(elements);
            if level == 0 {
                self.bind_run(start, parts[0], &names);
                self.tree.repeat(start, name);
            } else {
                self.bind_run(name, elements, &names[..level]);
                self.tree.repeat(name, elements);
            }
        }
    }

    /// The names of some that stand in a run of nodes are those that go.
    fn bind_run(&mut self, first: NodeId, last: NodeId, names: &[Symbol]) {
        for at in (first.at()..=last.at()).map(NodeId::new) {
            let name = match self.tree.node(at) {
                Node::Name(name) => Some(name),
                // A line above may have given the name something.
                Node::Local(_) => self.symbols.find(self.tree.span(at).of(self.text)),
                _ => None,
            };
            if let Some(name) = name.filter(|name| names.contains(name)) {
                self.tree.bind(at, name);
            }
        }
    }

    fn bound(&self, node: NodeId) -> Option<Symbol> {
        if let Node::Bound(name) = self.tree.node(node) { Some(name) } else { None }
    }
}
