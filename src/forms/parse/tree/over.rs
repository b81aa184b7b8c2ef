//! `for` in a call: `sum(x[i]*y[i] for i in range(3))`, `sum(i^2 for i in 1..10)`.
//!
//! What is computed each time stands before the name that goes; the tree keeps that it is not computed where it stands. What
//! the call makes of it all is the business of whoever lowers the tree.

use super::super::tokens::{Kind, Token};
use super::{Builder, Opens, Over, Previous, Waiting};
use crate::ground::{Fault, FaultKind, Span};
use crate::vocabulary::ast::{Node, NodeId};
use crate::vocabulary::gate::infix;
use crate::vocabulary::{Gate, library};

/// What to write.
const USAGE: &str = "write such as `sum(i^2 for i in range(1, 11))` or `sum(x[i]*y[i] for i in 0..2)`; a sum may stand in another";

impl Builder<'_> {
    pub(super) fn no_over(span: Span, says: &str) -> Fault {
        Fault::new(FaultKind::Parse, span, says.to_owned()).label("here").help(USAGE)
    }

    /// `for` behind what is computed each time.
    pub(super) fn begin_over(&mut self, span: Span) -> Result<(), Fault> {
        let says = "`for` stands behind what a call such as `sum(...)` adds up; what is done again and again is a block of `repeat`";
        let Some((Opens::Call(name, _), operands, _)) = self.innermost() else { return Err(Self::no_over(span, says)) };
        self.settle(span)?;
        let alone = self.operands.len() == operands + 1 && !library::is_foreign(self.symbols.name(name));
        if !alone || !matches!(self.waiting.last(), Some(Waiting::Bracket { .. })) {
            return Err(Self::no_over(span, says));
        }
        self.waiting.push(Waiting::Bracket { opens: Opens::Over(Over::Name), operands: self.operands.len(), at: span });
        self.before = Previous::Open;
        Ok(())
    }

    /// Takes the name that goes, and `in`; false for any other token.
    pub(super) fn over(&mut self, token: Token) -> Result<bool, Fault> {
        let Some(Waiting::Bracket { opens: Opens::Over(over), .. }) = self.waiting.last() else { return Ok(false) };
        let word = token.span.of(self.text);
        match *over {
            Over::Name if token.kind == Kind::Name => {
                let symbol = self.symbols.intern(word);
                let name = self.tree.push(Node::Name(symbol), token.span);
                self.reopen(Opens::Over(Over::In(name)));
            }
            Over::In(name) if word == "in" => self.reopen(Opens::Over(Over::Elements(name, None))),
            Over::Name => return Err(Self::no_over(token.span, "the name that goes stands behind `for`")),
            Over::In(_) => return Err(Self::no_over(token.span, "`in` stands behind the name that goes")),
            Over::Elements(..) => return Ok(false),
        }
        Ok(true)
    }

    /// `1..10` behind `in`: the numbers from one to another, the last one too.
    pub(super) fn up_to(&mut self, span: Span) -> Result<(), Fault> {
        self.need_operand(span)?;
        let Some((Opens::Over(Over::Elements(name, None)), ..)) = self.innermost() else {
            return Err(Self::no_over(span, "`..` stands between the first and the last number behind `in`"));
        };
        self.settle(span)?;
        self.reopen(Opens::Over(Over::Elements(name, Some(span))));
        self.before = Previous::Open;
        Ok(())
    }

    /// Ends what a sum goes over.
    pub(super) fn end_over(&mut self, over: Over, first: usize, span: Span) -> Result<(), Fault> {
        let Over::Elements(name, sign) = over else {
            return Err(Self::no_over(span, "`for` names what goes, and what it goes over"));
        };
        self.need_operand(span)?;
        self.settle(span)?;
        self.waiting.pop();
        if let Some(sign) = sign {
            self.apply(Gate::Floor, 1, sign);
            self.operand(Node::Number(1.0), sign);
            if let Some((plus, _)) = infix("+") {
                self.apply(plus, 2, sign);
            }
            self.apply(Gate::RangeFrom, 2, sign);
        }
        let (body, elements) = (self.operands[first - 1], self.operands[first]);
        let Some((Opens::Call(callee, _), ..)) = self.innermost() else { return Err(Self::no_over(span, "`for` stands in a call")) };
        self.tree.repeat(self.tree.first_of(body), name);
        let given = self.tree.keep(&[body, name, elements]);
        let place = self.tree.span(body).to(self.last);
        self.operands.truncate(first - 1);
        self.operand(Node::Over(callee, given), place);
        Ok(())
    }

    /// Whether a node is what a `for` stands in.
    pub(super) fn is_over(&self, node: NodeId) -> bool {
        matches!(self.tree.node(node), Node::Over(..))
    }
}
