//! What stands between brackets: groups, the operands of calls, elements and rows of lists, subscripts.

use super::super::table::Table;
use super::super::words::elsewhere;
use super::{Builder, DEGREES, Opens, Previous, Waiting};
use crate::ground::{Fault, FaultKind, Span};
use crate::vocabulary::ast::{self, Node, NodeId, StatementKind};
use crate::vocabulary::{Symbol, library};

impl Builder<'_> {
    pub(super) fn open(&mut self, span: Span) -> Result<(), Fault> {
        let opens = match self.before {
            Previous::Open if self.begins_print() => Opens::Printed,
            Previous::Open => Opens::Group,
            Previous::Name(symbol) => {
                let at = self.operands.pop().map_or(self.last, |operand| self.tree.span(operand));
                self.tree.truncate(NodeId::new(self.tree.len() - 1));
                Opens::Call(symbol, at)
            }
            Previous::Member(symbol) => return self.open_method(symbol, span),
            Previous::Closed if self.last.of(self.text) == "'" && self.last.end == span.start => return Err(self.primed(span)),
            Previous::Number | Previous::Closed | Previous::Raised => {
                self.implied_product(span)?;
                Opens::Group
            }
            Previous::Whole | Previous::Text | Previous::Printed => return Err(self.two_operands(span)),
        };
        self.open_bracket(opens, span);
        Ok(())
    }

    /// `W.dot(`: what stands before the point is the first operand.
    fn open_method(&mut self, symbol: Symbol, span: Span) -> Result<(), Fault> {
        let Some(member) = self.operands.pop() else { return Err(self.two_operands(span)) };
        let at = self.tree.span(member);
        let first = self.tree.node(member).operands().and_then(|operands| self.tree.operands(operands).first().copied());
        self.tree.truncate(member);
        self.operands.extend(first);
        self.open_bracket(Opens::Call(symbol, at), span);
        if let Some(Waiting::Bracket { operands, .. }) = self.waiting.last_mut() {
            *operands -= 1;
        }
        Ok(())
    }

    /// Whether the next token is the first that `print` is given.
    fn begins_print(&self) -> bool {
        matches!(&self.kind, StatementKind::Print { items } if items.is_empty()) && self.waiting.is_empty() && self.start == Some(self.last)
    }

    /// Whether a sign stands apart from what is before it and not from what is behind it.
    pub(super) fn stands_apart(&self, sign: Span) -> bool {
        let [before, behind] = [&self.text[..sign.start as usize], &self.text[sign.end as usize..]];
        before.ends_with(char::is_whitespace) && !behind.starts_with(|c: char| c.is_whitespace() || c == '#')
    }

    /// Whether an operand of a call begins at the next token.
    pub(super) fn begins_operand(&self) -> bool {
        matches!(self.waiting.last(), Some(Waiting::Bracket { opens: Opens::Call(..), .. })) && matches!(self.last.of(self.text), "(" | ",")
    }

    /// Ends what stands before a comma, if the innermost bracket is a whole operand of a library's function.
    fn is_operand_of(&mut self, span: Span) -> bool {
        self.settle(span).is_ok() && self.is_operand()
    }

    /// Whether the innermost bracket is a whole operand of a library's function so far.
    fn is_operand(&self) -> bool {
        let Some((Waiting::Bracket { opens: Opens::Group | Opens::Tuple, at, .. }, outer)) = self.waiting.split_last() else {
            return false;
        };
        let before = self.text[..at.start as usize].trim_end();
        match outer {
            [.., Waiting::Bracket { opens: Opens::Call(name, _), .. }] => {
                library::is_foreign(self.symbols.name(*name)) && before.ends_with(['(', ','])
            }
            [.., Waiting::Bracket { opens: Opens::Call(name, _), .. }, Waiting::Bracket { opens: Opens::Keyword(..), .. }] => {
                library::is_foreign(self.symbols.name(*name)) && before.ends_with('=')
            }
            _ => false,
        }
    }

    /// `[` opens a list where an operand must follow, and subscripts after a name or a closing bracket.
    pub(super) fn open_square(&mut self, span: Span) -> Result<(), Fault> {
        if self.before == Previous::Closed && self.keyed_result(span) {
            return Ok(());
        }
        if self.before == Previous::Closed && self.operands.last().is_some_and(|&of| self.tree.span(of).of(self.text).starts_with(DEGREES))
        {
            return Err(self.index_of_degrees(span));
        }
        let opens = match self.before {
            Previous::Name(_) | Previous::Closed | Previous::Member(_) => Opens::Index { colons: 0 },
            Previous::Open => Opens::List { row: self.operands.len(), rows: false },
            Previous::Number => {
                self.implied_product(span)?;
                Opens::List { row: self.operands.len(), rows: false }
            }
            Previous::Raised | Previous::Whole | Previous::Text | Previous::Printed => return Err(self.two_operands(span)),
        };
        self.open_bracket(opens, span);
        Ok(())
    }

    pub(super) fn open_bracket(&mut self, opens: Opens, span: Span) {
        self.waiting.push(Waiting::Bracket { opens, operands: self.operands.len(), at: span });
        self.depth += 1;
        self.before = Previous::Open;
    }

    /// The innermost open bracket: what it encloses, how many operands stood before it, and where it is.
    pub(super) fn innermost(&self) -> Option<(Opens, usize, Span)> {
        self.waiting.iter().rev().find_map(|waiting| match *waiting {
            Waiting::Bracket { opens, operands, at } => Some((opens, operands, at)),
            _ => None,
        })
    }

    /// Whether no bracket is open.
    pub(in super::super) fn waits_in_no_bracket(&self) -> bool {
        self.innermost().is_none()
    }

    /// Whether a tab divides what stands at a place from what stands before it, as the fields of a table.
    pub(super) fn is_behind_tab(&self, at: Span) -> bool {
        let behind_tab = self.text[self.last.end as usize..at.start as usize].contains('\t');
        behind_tab && self.waits_in_no_bracket() && Table::around(self.text, at).is_some()
    }

    pub(in super::super) fn in_list(&self) -> bool {
        matches!(self.innermost(), Some((Opens::List { .. }, ..)))
    }

    /// Puts another meaning on the bracket that waits on top.
    pub(super) fn reopen(&mut self, changed: Opens) {
        if let Some(Waiting::Bracket { opens, .. }) = self.waiting.last_mut() {
            *opens = changed;
        }
    }

    /// Makes one node of the operands since `first`.
    pub(super) fn gather(&mut self, first: usize, span: Span, node: impl FnOnce(ast::NodeList) -> Node) {
        let kept = self.tree.keep(&self.operands[first..]);
        self.operands.truncate(first);
        self.operand(node(kept), span);
    }

    /// Ends what stands alone between two commas or brackets: an operand given by name, a subscript.
    pub(super) fn end_element(&mut self, span: Span) -> Result<(), Fault> {
        match self.innermost() {
            Some((Opens::Index { colons }, ..)) if colons > 0 => {
                if self.before == Previous::Open {
                    self.no_sign_waits(span)?;
                    self.operand(Node::Absent, Span::new(span.start as usize, span.start as usize));
                }
                self.settle(span)?;
                for _ in colons..2 {
                    self.operand(Node::Absent, Span::new(span.start as usize, span.start as usize));
                }
                let first = self.operands.len() - 3;
                let start = self.tree.span(self.operands[first]);
                self.gather(first, start.to(Span::new(span.start as usize, span.start as usize)), Node::Range);
                self.reopen(Opens::Index { colons: 0 });
                Ok(())
            }
            Some((Opens::Keyword(name, at), first, _)) => {
                self.need_operand(span)?;
                self.settle(span)?;
                self.waiting.pop();
                self.flag();
                self.gather(first, at, |operands| Node::Keyword(name, operands));
                Ok(())
            }
            Some((Opens::Over(over), first, _)) => self.end_over(over, first, span),
            Some((Opens::Spread(at), first, _)) => {
                self.need_operand(span)?;
                self.settle(span)?;
                self.waiting.pop();
                self.gather(first, at.to(self.last), Node::Spread);
                Ok(())
            }
            _ => {
                self.need_operand(span)?;
                self.settle(span)?;
                Ok(())
            }
        }
    }

    /// `True` is a number where an operand is given by name.
    fn flag(&mut self) {
        let Some(&operand) = self.operands.last() else { return };
        if self.tree.span(operand) == self.last
            && let Node::Name(_) = self.tree.node(operand)
            && let Some(&(_, value)) = library::FLAGS.iter().find(|(flag, _)| *flag == self.last.of(self.text))
        {
            self.operands.pop();
            self.tree.truncate(operand);
            self.operand(if value.is_nan() { Node::Absent } else { Node::Number(value) }, self.last);
        }
    }

    pub(super) fn close(&mut self, span: Span, sign: &str) -> Result<(), Fault> {
        let Some((mut opens, mut operands, mut at)) = self.innermost() else {
            let open = if sign == ")" { "(" } else { "[" };
            return Err(Fault::new(FaultKind::Parse, span, format!("`{sign}` closes nothing"))
                .label(format!("no `{open}` is open here"))
                .help(format!("remove it, or open a `{open}` before it")));
        };
        // A `for` closes with the bracket around it.
        let around = || {
            self.waiting
                .iter()
                .rev()
                .filter_map(|waiting| if let Waiting::Bracket { opens, at, .. } = waiting { Some((*opens, *at)) } else { None })
        };
        let (bracket, opened) = around().find(|(opens, _)| !matches!(opens, Opens::Over(_))).unwrap_or((opens, at));
        let square = matches!(bracket, Opens::List { .. } | Opens::Index { .. });
        if square != (sign == "]") {
            let (open, wanted) = if square { ("[", "]") } else { ("(", ")") };
            return Err(Fault::new(FaultKind::Parse, span, format!("`{sign}` closes a `{open}`"))
                .label(format!("`{wanted}` must come first"))
                .related(opened, "opened here")
                .help(format!("close the `{open}` with `{wanted}`")));
        }
        if self.last == at && self.before == Previous::Open {
            match opens {
                // What it names takes no operands, or is refused where it is called.
                Opens::Call(..) => {}
                _ => return Err(Self::nothing_between(opens, at, span)),
            }
        } else {
            self.end_element(span)?;
        }
        if let (Opens::Keyword(..) | Opens::Spread(_) | Opens::Over(_), Some(outer)) = (opens, self.innermost()) {
            (opens, operands, at) = outer;
        }
        if let Opens::List { row, rows: true } = opens {
            let start = self.tree.span(self.operands[row]);
            self.gather(row, start.to(self.last), Node::List);
        }
        self.waiting.pop();
        self.depth -= 1;
        match opens {
            Opens::Call(name, name_at) => {
                if let Some(&first) = self.operands.get(operands)
                    && library::takes_parts(self.symbols.name(name))
                {
                    self.tree.untie(first);
                }
                self.gather(operands, name_at.to(span), |given| Node::Call(name, given));
            }
            Opens::Tuple => {
                self.gather(operands, at.to(span), Node::Tuple);
                self.before = Previous::Whole;
                return Ok(());
            }
            Opens::List { .. } => self.gather(operands, at.to(span), Node::List),
            Opens::Index { .. } => {
                let whole = self.tree.span(self.operands[operands - 1]).to(span);
                self.gather(operands - 1, whole, Node::Index);
            }
            Opens::Printed
                if self.before == Previous::Text || matches!(&self.kind, StatementKind::Print { items } if !items.is_empty()) =>
            {
                self.before = Previous::Printed;
                return Ok(());
            }
            Opens::Group | Opens::Printed | Opens::Keyword(..) | Opens::Spread(_) | Opens::Over(_) => {
                if let Some(&inner) = self.operands.last()
                    && matches!(self.tree.node(inner), Node::Apply(..))
                {
                    // A compound expression is blamed with its brackets on.
                    self.tree.widen(inner, at.to(span));
                }
            }
        }
        self.before = Previous::Closed;
        Ok(())
    }

    pub(super) fn nothing_between(opens: Opens, at: Span, span: Span) -> Fault {
        let fault = |place: Span, message: String| Fault::new(FaultKind::Parse, place, message);
        match opens {
            Opens::List { .. } => {
                fault(at.to(span), "a vector has one element at least".to_owned()).help("write its elements, as in `[1, 2]`")
            }
            Opens::Index { .. } => fault(at.to(span), "there is no index in these brackets".to_owned()).help("write one, as in `x[0]`"),
            Opens::Group | Opens::Call(..) | Opens::Printed | Opens::Tuple | Opens::Keyword(..) | Opens::Spread(_) | Opens::Over(_) => {
                fault(at.to(span), "there is nothing in these brackets".to_owned()).help("put an expression between them")
            }
        }
    }

    /// Ends an item of `print`.
    pub(super) fn end_item(&mut self, span: Span) -> Result<(), Fault> {
        if self.before == Previous::Open {
            return Err(self.missing(span));
        }
        self.settle(span)?;
        let first = self.first;
        if let (StatementKind::Print { items }, Some(root)) = (&mut self.kind, self.operands.pop()) {
            items.push((first, root));
        }
        self.first = NodeId::new(self.tree.len());
        self.before = Previous::Open;
        Ok(())
    }

    pub(super) fn comma(&mut self, span: Span) -> Result<(), Fault> {
        let open = self.innermost();
        if matches!(open, None | Some((Opens::Printed, ..))) && matches!(self.kind, StatementKind::Print { .. }) {
            return self.end_item(span);
        }
        let subscript = matches!(open, Some((Opens::Index { colons }, ..)) if colons > 0);
        if self.before == Previous::Open && !subscript {
            return Err(self.missing(span));
        }
        match open {
            Some((Opens::Call(..) | Opens::List { .. } | Opens::Index { .. } | Opens::Keyword(..) | Opens::Spread(_), ..)) => {
                self.end_element(span)?;
                self.before = Previous::Open;
                Ok(())
            }
            Some((Opens::Group | Opens::Tuple, ..)) if self.is_operand_of(span) => {
                self.reopen(Opens::Tuple);
                self.before = Previous::Open;
                Ok(())
            }
            _ if self.before == Previous::Number && self.text[span.end as usize..].starts_with(|c: char| c.is_ascii_digit()) => {
                Err(self.comma_in_number(span))
            }
            Some((Opens::Over(_), ..)) => Err(Self::no_over(span, "what has a `for` stands alone in its brackets")),
            _ => Err(self.stray_comma(span)),
        }
    }

    /// `[1, 2; 3, 4]`: a semicolon ends a row.
    pub(super) fn row(&mut self, span: Span) -> Result<(), Fault> {
        self.need_operand(span)?;
        self.settle(span)?;
        let Some((Opens::List { row, .. }, _, at)) = self.innermost() else { return Ok(()) };
        let start = if self.operands.len() > row { self.tree.span(self.operands[row]) } else { at };
        self.gather(row, start.to(self.last), Node::List);
        self.reopen(Opens::List { row: self.operands.len(), rows: true });
        self.before = Previous::Open;
        self.last = span;
        Ok(())
    }

    /// An operator before a part of a range that was left out has no operand.
    pub(super) fn no_sign_waits(&self, span: Span) -> Result<(), Fault> {
        if matches!(self.waiting.last(), Some(Waiting::Bracket { .. })) { Ok(()) } else { Err(self.missing(span)) }
    }

    /// `from:to:by` between the brackets of an index; each part may be left out.
    pub(super) fn colon(&mut self, span: Span) -> Result<(), Fault> {
        let Some((Opens::Index { colons }, ..)) = self.innermost() else {
            let assigns = self.text[span.end as usize..].starts_with('=');
            if let Some(instead) = self.start.and_then(|start| elsewhere(start.of(self.text))) {
                let word = self.start.map_or("", |start| start.of(self.text));
                return Err(Fault::new(FaultKind::Parse, span, format!("`:` begins no block of `{word}` here"))
                    .label("here")
                    .help(instead));
            }
            if self.start == Some(span) && self.text[span.end as usize..].starts_with(char::is_alphabetic) {
                return Err(self.command(span));
            }
            let help = if assigns { "a name is given a value by `x = 3`" } else { "a range of elements is written `x[1:3]`" };
            return Err(Fault::new(FaultKind::Parse, span, "`:` stands for a range, and only an index has one").label("here").help(help));
        };
        if colons == 2 {
            let help = "write `from:to` or `from:to:by`";
            return Err(Fault::new(FaultKind::Parse, span, "a range has two colons at most").label("a third one").help(help));
        }
        if self.before == Previous::Open {
            self.no_sign_waits(span)?;
            self.operand(Node::Absent, Span::new(span.start as usize, span.start as usize));
        }
        self.settle(span)?;
        self.reopen(Opens::Index { colons: colons + 1 });
        self.before = Previous::Open;
        Ok(())
    }

    pub(in crate::forms::parse) fn digits_after(&self, comma: Span) -> Span {
        let from = comma.end as usize;
        let count = self.text[from..].bytes().take_while(u8::is_ascii_digit).count();
        Span::new(from, from + count)
    }
}
