//! From tokens to the syntax tree: precedence, brackets, calls and implied products.
//!
//! Operators wait on a stack of our own until what follows binds looser; nothing here recurses. What is wrong
//! with a text is found here and worded in `faults`.

use super::LONGEST_TEXT;
use super::tokens::{self, Kind, Token};
use crate::forms::reader::{is_operator, opens_statement};
use crate::ground::text::shortened;
use crate::ground::{Fault, FaultKind, Span};
use crate::vocabulary::ast::{self, Node, NodeId, Statement, StatementKind, Tree};
use crate::vocabulary::gate::{self, Level};
use crate::vocabulary::statement::Form;
use crate::vocabulary::{Gate, LOAD, StatementWord, Symbol, Symbols};

/// What waits on the stack for its last operand or its closing bracket.
#[derive(Clone, Copy, Debug)]
enum Waiting {
    /// An operator between two operands.
    Infix { gate: Gate, level: Level, at: Span },
    /// An operator before its operand.
    Prefix { gate: Gate, level: Level, at: Span },
    /// An open bracket, and how many operands stood before it.
    Bracket { opens: Opens, operands: usize, at: Span },
}

/// What an open bracket encloses.
#[derive(Clone, Copy, Debug)]
enum Opens {
    /// `(`: an expression.
    Group,
    /// `f(`: the operands of a function.
    Call(Symbol, Span),
    /// `axis=`: an operand given by name; it closes with the bracket around it.
    Keyword(Symbol, Span),
    /// `[`: elements; with rows, the operands since `row` belong to the last one.
    List { row: usize, rows: bool },
    /// `x[`: subscripts; the current one has seen so many colons.
    Index { colons: usize },
}

/// What the text before the current token was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Previous {
    /// Nothing, an operator, a comma or an opening bracket: an operand must follow.
    Open,
    /// A number.
    Number,
    /// A name; the bracket that may follow it makes it a call.
    Name(Symbol),
    /// A closing bracket.
    Closed,
    /// `²` or `³`.
    Raised,
    /// A text in quotation marks, where one may stand alone.
    Text,
}

pub(super) struct Builder<'a> {
    pub(super) text: &'a str,
    pub(super) symbols: &'a mut Symbols,
    pub(super) tree: Tree,
    waiting: Vec<Waiting>,
    pub(super) operands: Vec<NodeId>,
    depth: usize,
    pub(super) before: Previous,
    /// The last token, for words about what came before.
    pub(super) last: Span,
    /// The current statement.
    pub(super) start: Option<Span>,
    first: NodeId,
    keyword: Option<Keyword>,
    kind: StatementKind,
    tolerance: Option<NodeId>,
    /// The value that a setting is given so far.
    setting: Option<Setting>,
}

/// A word that opens a statement when an operand follows it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Keyword {
    Const(Span),
    Other,
}

/// The words after `set`, which are no expression: what they say is the business of the setting.
#[derive(Clone, Copy, Debug)]
struct Setting {
    name: Span,
    value: Option<Span>,
    /// How many brackets are open.
    depth: usize,
}

/// Reads `text` to its end.
pub fn build(text: &str, symbols: &mut Symbols) -> Result<Tree, Fault> {
    if text.len() > LONGEST_TEXT {
        let help = "cut it into statements that name their stages, each in its own file";
        let message = format!("the text is {} bytes long; at most {LONGEST_TEXT} are read at once", text.len());
        return Err(Fault::new(FaultKind::Limit, Span::new(0, 1), message).help(help));
    }
    let mut builder = Builder {
        text,
        symbols,
        tree: Tree::new(text),
        waiting: Vec::new(),
        operands: Vec::new(),
        depth: 0,
        before: Previous::Open,
        last: Span::default(),
        start: None,
        first: NodeId::new(0),
        keyword: None,
        kind: StatementKind::Show,
        tolerance: None,
        setting: None,
    };
    let body = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    tokens::each(&text[body..], |token| builder.take(tokens::moved(token, body)))?;
    builder.end_statement(Span::new(text.len(), text.len()), false)?;
    Ok(builder.tree)
}

impl Builder<'_> {
    fn take(&mut self, token: Token) -> Result<(), Fault> {
        if self.setting.is_some() && self.set(token) {
            return Ok(());
        }
        match token.kind {
            Kind::Line => {
                let operator = || self.start.is_some() && is_operator(self.last.of(self.text));
                let goes_on = self.depth > 0 || (self.before == Previous::Open && operator());
                if goes_on { Ok(()) } else { self.end_statement(token.span, false) }
            }
            Kind::End if self.in_list() => self.row(token.span),
            Kind::End => self.end_statement(token.span, true),
            kind => {
                self.start.get_or_insert(token.span);
                self.open_with_keyword(token);
                if self.setting.is_some() {
                    self.set(token);
                    return Ok(());
                }
                if self.before == Previous::Text && token.span.of(self.text) != "," {
                    return Err(self.beside_text(token.span));
                }
                match kind {
                    Kind::Number => self.number(token.span)?,
                    Kind::Name => self.name(token.span)?,
                    Kind::Sign => self.sign(token.span)?,
                    Kind::Quoted => self.quoted(token.span)?,
                    _ => return Err(self.stray(token.span)),
                }
                self.last = token.span;
                Ok(())
            }
        }
    }

    // Operands.

    fn number(&mut self, span: Span) -> Result<(), Fault> {
        if self.before != Previous::Open {
            return Err(self.two_operands(span));
        }
        let text = span.of(self.text);
        let digits: String = text.chars().filter(|&c| c != '_').collect();
        let value: f64 = digits.parse().unwrap_or(f64::INFINITY);
        if value.is_infinite() {
            let message = format!("`{}` is larger than the largest number, about 1.797e308", shortened(text));
            return Err(Fault::new(FaultKind::Limit, span, message).help("write `inf` for infinity"));
        }
        self.operand(Node::Number(value), span);
        self.before = Previous::Number;
        Ok(())
    }

    fn name(&mut self, span: Span) -> Result<(), Fault> {
        let name = span.of(self.text);
        if self.before == Previous::Number && self.last.end == span.start {
            self.check_number_suffix(name, span)?;
        }
        match self.before {
            Previous::Open => {}
            Previous::Number | Previous::Closed => self.implied_product(span)?,
            Previous::Name(_) | Previous::Raised | Previous::Text => return Err(self.two_operands(span)),
        }
        let symbol = self.symbols.intern(name);
        self.operand(Node::Name(symbol), span);
        self.before = Previous::Name(symbol);
        Ok(())
    }

    /// A text in quotation marks: the name of a file, which stands alone in the brackets of `load` or behind
    /// `include`, or what `print` shows.
    fn quoted(&mut self, span: Span) -> Result<(), Fault> {
        if self.before == Previous::Open
            && self.waiting.is_empty()
            && matches!(self.kind, StatementKind::Print { .. } | StatementKind::Include)
        {
            self.operand(Node::Quoted, span);
            self.before = Previous::Text;
            return Ok(());
        }
        match self.waiting.last() {
            Some(Waiting::Bracket { opens: Opens::Call(name, _), .. })
                if self.before == Previous::Open && self.symbols.name(*name) == LOAD =>
            {
                self.operand(Node::Quoted, span);
                self.before = Previous::Closed;
                Ok(())
            }
            _ if matches!(self.kind, StatementKind::Print { .. }) => {
                Err(Fault::new(FaultKind::Parse, span, "a text stands alone between the commas of `print`")
                    .label("here")
                    .help("write such as `print \"slope\", 2*x`, without brackets around it"))
            }
            _ => Err(Fault::new(FaultKind::Parse, span, "a text in quotation marks stands behind `load(`, `include` or `print`")
                .label("here")
                .help("write `load(\"points.csv\")` for a file's numbers; an expression needs no quotation marks")),
        }
    }

    fn operand(&mut self, node: Node, span: Span) {
        let id = self.tree.push(node, span);
        self.operands.push(id);
    }

    /// Turns a word such as `const`, taken as a name so far, into a keyword when it opens a statement and an operand
    /// follows it.
    fn open_with_keyword(&mut self, next: Token) {
        let opens = matches!(self.before, Previous::Name(_)) && self.start == Some(self.last) && self.keyword.is_none();
        if !opens || !self.waiting.is_empty() || self.kind != StatementKind::Show {
            return;
        }
        let Some(row) = StatementWord::named(self.last.of(self.text)) else { return };
        if !opens_statement(row, next.kind, next.span.of(self.text)) {
            return;
        }
        match row.form {
            Form::Definition => self.keyword = Some(Keyword::Const(self.last)),
            Form::Assertion => self.kind = StatementKind::Assert { tolerance: None },
            Form::Items => self.kind = StatementKind::Print { items: Vec::new() },
            Form::File => self.kind = StatementKind::Include,
            Form::Setting => self.setting = Some(Setting { name: next.span, value: None, depth: 0 }),
        }
        self.keyword.get_or_insert(Keyword::Other);
        self.drop_operands();
        self.before = Previous::Open;
    }

    /// Takes a token as part of what a setting is given; false where it ends the statement.
    fn set(&mut self, token: Token) -> bool {
        let Some(setting) = &mut self.setting else { return false };
        let sign = token.span.of(self.text);
        match token.kind {
            Kind::Line | Kind::End if setting.depth == 0 => return false,
            // The name itself; and `=`, which may stand behind it.
            _ if token.span == setting.name || setting.value.is_none() && sign == "=" => {}
            kind => {
                match sign {
                    "(" | "[" => setting.depth += 1,
                    ")" | "]" => setting.depth = setting.depth.saturating_sub(1),
                    _ => {}
                }
                if kind != Kind::Line {
                    setting.value = Some(setting.value.map_or(token.span, |value| value.to(token.span)));
                }
            }
        }
        if token.kind != Kind::Line {
            self.last = token.span;
        }
        true
    }

    fn drop_operands(&mut self) {
        self.operands.clear();
        self.tree.truncate(self.first);
    }

    // Signs.

    fn sign(&mut self, span: Span) -> Result<(), Fault> {
        let sign = span.of(self.text);
        match sign {
            "(" => self.open(span),
            "[" => self.open_square(span),
            ")" | "]" => self.close(span, sign),
            ":" => self.colon(span),
            "'" | ".T" => self.transposed(span),
            "," => self.comma(span),
            "=" => self.equals(span),
            "+/-" | "±" => self.tolerance(span),
            "²" => self.raised(2.0, span),
            "³" => self.raised(3.0, span),
            "√" if self.before != Previous::Open => {
                self.implied_product(span)?;
                self.sign(span)
            }
            "+" if self.before == Previous::Open => Ok(()),
            _ => match (gate::prefix(sign), gate::infix(sign)) {
                (Some((gate, level)), _) if self.before == Previous::Open => {
                    self.waiting.push(Waiting::Prefix { gate, level, at: span });
                    Ok(())
                }
                (_, Some((gate, level))) => self.infix(gate, level, span),
                _ => Err(self.stray(span)),
            },
        }
    }

    fn infix(&mut self, gate: Gate, level: Level, at: Span) -> Result<(), Fault> {
        self.need_operand(at)?;
        if level == Level::Compare {
            self.reduce(Level::Sum, false);
            if let Some(&Waiting::Infix { level: Level::Compare, at: first, .. }) = self.waiting.last() {
                return Err(Fault::new(FaultKind::Parse, at, "comparisons do not chain")
                    .label("a second comparison")
                    .related(first, "the first one")
                    .help("compare two at a time: `(a < b) * (b < c)`"));
            }
        }
        self.reduce(level, level == Level::Power);
        self.waiting.push(Waiting::Infix { gate, level, at });
        self.before = Previous::Open;
        Ok(())
    }

    fn raised(&mut self, power: f64, span: Span) -> Result<(), Fault> {
        self.need_operand(span)?;
        if self.before == Previous::Raised && self.last.end == span.start {
            return Err(self.two_powers(span));
        }
        self.reduce(Level::Power, true);
        self.operand(Node::Number(power), span);
        if let Some((gate, _)) = gate::infix("^") {
            self.apply(gate, 2, span);
        }
        self.before = Previous::Raised;
        Ok(())
    }

    /// `X'` and `X.T` bind tighter than anything before them.
    fn transposed(&mut self, span: Span) -> Result<(), Fault> {
        self.need_operand(span)?;
        if matches!(self.before, Previous::Raised) {
            return Err(self.two_operands(span));
        }
        self.apply(Gate::Transpose, 1, span);
        self.before = Previous::Closed;
        Ok(())
    }

    /// Gives waiting operators that bind tighter than `level` (or as tight, unless `right`) their operands.
    fn reduce(&mut self, level: Level, right: bool) {
        while let Some(&top) = self.waiting.last() {
            let (gate, count, at) = match top {
                Waiting::Infix { gate, level: own, at } if own > level || (own == level && !right) => (gate, 2, at),
                Waiting::Prefix { gate, level: own, at } if own > level || (own == level && !right) => (gate, 1, at),
                _ => return,
            };
            self.waiting.pop();
            self.apply(gate, count, at);
        }
    }

    /// Applies a gate to the last `count` operands. A minus before a number belongs to the number.
    fn apply(&mut self, gate: Gate, count: usize, at: Span) {
        if let (Gate::Neg, Some(&operand)) = (gate, self.operands.last())
            && let Node::Number(value) = self.tree.node(operand)
        {
            let span = at.to(self.tree.span(operand));
            self.tree.replace_last(Node::Number(-value), span);
            return;
        }
        let operands = &self.operands[self.operands.len() - count..];
        let span = operands.iter().fold(at, |span, &operand| span.to(self.tree.span(operand)));
        let kept = self.tree.keep(operands);
        self.operands.truncate(self.operands.len() - count);
        let id = self.tree.push(Node::Apply(gate, kept, at.start), span);
        self.operands.push(id);
    }

    /// A number or a closing bracket before a name or an opening bracket: a product.
    fn implied_product(&mut self, span: Span) -> Result<(), Fault> {
        if !matches!(self.before, Previous::Number | Previous::Closed) {
            return Err(self.two_operands(span));
        }
        self.reduce(Level::Unary, false);
        if let Some(&Waiting::Infix { at, .. }) = self.waiting.last()
            && matches!(at.of(self.text), "/" | "÷")
        {
            return Err(self.two_readings(at, span));
        }
        self.reduce(Level::Product, false);
        if let Some((gate, level)) = gate::infix("*") {
            self.waiting.push(Waiting::Infix { gate, level, at: Span::new(span.start as usize, span.start as usize) });
        }
        self.before = Previous::Open;
        Ok(())
    }

    // Brackets.

    fn open(&mut self, span: Span) -> Result<(), Fault> {
        let opens = match self.before {
            Previous::Open => Opens::Group,
            Previous::Name(symbol) => {
                self.operands.pop();
                self.tree.truncate(NodeId::new(self.tree.len() - 1));
                Opens::Call(symbol, self.last)
            }
            Previous::Number | Previous::Closed => {
                self.implied_product(span)?;
                Opens::Group
            }
            Previous::Raised | Previous::Text => return Err(self.two_operands(span)),
        };
        self.open_bracket(opens, span);
        Ok(())
    }

    /// `[` opens a list where an operand must follow, and subscripts after a name or a closing bracket.
    fn open_square(&mut self, span: Span) -> Result<(), Fault> {
        let opens = match self.before {
            Previous::Name(_) | Previous::Closed => Opens::Index { colons: 0 },
            Previous::Open => Opens::List { row: self.operands.len(), rows: false },
            Previous::Number => {
                self.implied_product(span)?;
                Opens::List { row: self.operands.len(), rows: false }
            }
            Previous::Raised | Previous::Text => return Err(self.two_operands(span)),
        };
        self.open_bracket(opens, span);
        Ok(())
    }

    fn open_bracket(&mut self, opens: Opens, span: Span) {
        self.waiting.push(Waiting::Bracket { opens, operands: self.operands.len(), at: span });
        self.depth += 1;
        self.before = Previous::Open;
    }

    /// The innermost open bracket: what it encloses, how many operands stood before it, and where it is.
    fn innermost(&self) -> Option<(Opens, usize, Span)> {
        self.waiting.iter().rev().find_map(|waiting| match *waiting {
            Waiting::Bracket { opens, operands, at } => Some((opens, operands, at)),
            _ => None,
        })
    }

    fn in_list(&self) -> bool {
        matches!(self.innermost(), Some((Opens::List { .. }, ..)))
    }

    /// Puts another meaning on the bracket that waits on top.
    fn reopen(&mut self, changed: Opens) {
        if let Some(Waiting::Bracket { opens, .. }) = self.waiting.last_mut() {
            *opens = changed;
        }
    }

    /// Makes one node of the operands since `first`.
    fn gather(&mut self, first: usize, span: Span, node: impl FnOnce(ast::NodeList) -> Node) {
        let kept = self.tree.keep(&self.operands[first..]);
        self.operands.truncate(first);
        self.operand(node(kept), span);
    }

    /// Ends what stands alone between two commas or brackets: an operand given by name, a subscript.
    fn end_element(&mut self, span: Span) -> Result<(), Fault> {
        match self.innermost() {
            Some((Opens::Index { colons }, ..)) if colons > 0 => {
                if self.before == Previous::Open {
                    self.no_sign_waits(span)?;
                    self.operand(Node::Absent, Span::new(span.start as usize, span.start as usize));
                }
                self.reduce(Level::Compare, false);
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
                self.reduce(Level::Compare, false);
                self.waiting.pop();
                self.gather(first, at, |operands| Node::Keyword(name, operands));
                Ok(())
            }
            _ => {
                self.need_operand(span)?;
                self.reduce(Level::Compare, false);
                Ok(())
            }
        }
    }

    fn close(&mut self, span: Span, sign: &str) -> Result<(), Fault> {
        let Some((mut opens, mut operands, mut at)) = self.innermost() else {
            let open = if sign == ")" { "(" } else { "[" };
            return Err(Fault::new(FaultKind::Parse, span, format!("`{sign}` closes nothing"))
                .label(format!("no `{open}` is open here"))
                .help(format!("remove it, or open a `{open}` before it")));
        };
        let square = matches!(opens, Opens::List { .. } | Opens::Index { .. });
        if square != (sign == "]") {
            let (open, wanted) = if square { ("[", "]") } else { ("(", ")") };
            return Err(Fault::new(FaultKind::Parse, span, format!("`{sign}` closes a `{open}`"))
                .label(format!("`{wanted}` must come first"))
                .related(at, "opened here")
                .help(format!("close the `{open}` with `{wanted}`")));
        }
        if self.last == at && self.before == Previous::Open {
            return Err(self.nothing_between(opens, at, span));
        }
        self.end_element(span)?;
        if let (Opens::Keyword(..), Some(outer)) = (opens, self.innermost()) {
            (opens, operands, at) = outer;
        }
        if let Opens::List { row, rows: true } = opens {
            let start = self.tree.span(self.operands[row]);
            self.gather(row, start.to(self.last), Node::List);
        }
        self.waiting.pop();
        self.depth -= 1;
        match opens {
            Opens::Call(name, name_at) => self.gather(operands, name_at.to(span), |given| Node::Call(name, given)),
            Opens::List { .. } => self.gather(operands, at.to(span), Node::List),
            Opens::Index { .. } => {
                let whole = self.tree.span(self.operands[operands - 1]).to(span);
                self.gather(operands - 1, whole, Node::Index);
            }
            Opens::Group | Opens::Keyword(..) => {
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

    fn nothing_between(&self, opens: Opens, at: Span, span: Span) -> Fault {
        let fault = |place: Span, message: String| Fault::new(FaultKind::Parse, place, message);
        match opens {
            Opens::Call(name, name_at) => {
                fault(name_at.to(span), format!("`{}()` has nothing in its brackets", shortened(self.symbols.name(name))))
                    .help("put what it applies to between the brackets")
            }
            Opens::List { .. } => {
                fault(at.to(span), "a vector has one element at least".to_owned()).help("write its elements, as in `[1, 2]`")
            }
            Opens::Index { .. } => fault(at.to(span), "there is no index in these brackets".to_owned()).help("write one, as in `x[0]`"),
            Opens::Group | Opens::Keyword(..) => {
                fault(at.to(span), "there is nothing in these brackets".to_owned()).help("put an expression between them")
            }
        }
    }

    /// Ends an item of `print`.
    fn end_item(&mut self, span: Span) -> Result<(), Fault> {
        if self.before == Previous::Open {
            return Err(self.missing(span));
        }
        self.reduce(Level::Compare, false);
        let first = self.first;
        if let (StatementKind::Print { items }, Some(root)) = (&mut self.kind, self.operands.pop()) {
            items.push((first, root));
        }
        self.first = NodeId::new(self.tree.len());
        self.before = Previous::Open;
        Ok(())
    }

    fn comma(&mut self, span: Span) -> Result<(), Fault> {
        let open = self.innermost();
        if open.is_none() && matches!(self.kind, StatementKind::Print { .. }) {
            return self.end_item(span);
        }
        let subscript = matches!(open, Some((Opens::Index { colons }, ..)) if colons > 0);
        if self.before == Previous::Open && !subscript {
            return Err(self.missing(span));
        }
        match open {
            Some((Opens::Call(..) | Opens::List { .. } | Opens::Index { .. } | Opens::Keyword(..), ..)) => {
                self.end_element(span)?;
                self.before = Previous::Open;
                Ok(())
            }
            _ if self.before == Previous::Number && self.text[span.end as usize..].starts_with(|c: char| c.is_ascii_digit()) => {
                let whole = self.last.to(self.digits_after(span));
                let written = whole.of(self.text);
                Err(Fault::new(FaultKind::Parse, span, "a comma is no decimal point")
                    .label("here")
                    .help(format!("write `{}`", written.replace(',', "."))))
            }
            _ => Err(Fault::new(FaultKind::Parse, span, "a comma separates the operands of a function, and no function is open here")
                .help("statements are separated by `;`")),
        }
    }

    /// `[1, 2; 3, 4]`: a semicolon ends a row.
    fn row(&mut self, span: Span) -> Result<(), Fault> {
        self.need_operand(span)?;
        self.reduce(Level::Compare, false);
        let Some((Opens::List { row, .. }, _, at)) = self.innermost() else { return Ok(()) };
        let start = if self.operands.len() > row { self.tree.span(self.operands[row]) } else { at };
        self.gather(row, start.to(self.last), Node::List);
        self.reopen(Opens::List { row: self.operands.len(), rows: true });
        self.before = Previous::Open;
        self.last = span;
        Ok(())
    }

    /// An operator before a part of a range that was left out has no operand.
    fn no_sign_waits(&self, span: Span) -> Result<(), Fault> {
        if matches!(self.waiting.last(), Some(Waiting::Bracket { .. })) { Ok(()) } else { Err(self.missing(span)) }
    }

    /// `from:to:by` between the brackets of an index; each part may be left out.
    fn colon(&mut self, span: Span) -> Result<(), Fault> {
        let Some((Opens::Index { colons }, ..)) = self.innermost() else {
            let help = "a range of elements is written `x[1:3]`";
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
        self.reduce(Level::Compare, false);
        self.reopen(Opens::Index { colons: colons + 1 });
        self.before = Previous::Open;
        Ok(())
    }

    fn digits_after(&self, comma: Span) -> Span {
        let from = comma.end as usize;
        let count = self.text[from..].bytes().take_while(u8::is_ascii_digit).count();
        Span::new(from, from + count)
    }

    // Statements.

    fn equals(&mut self, span: Span) -> Result<(), Fault> {
        let compares = "`=` gives a name to a value; to compare, write `==`";
        let fault = |place: Span| Fault::new(FaultKind::Parse, place, "`=` is not a comparison").label("here").help(compares);
        if self.start == Some(span) {
            return Err(Fault::new(FaultKind::Parse, span, "`=` has nothing before it").label("a name must come first").help(compares));
        }
        if let (Previous::Name(name), Some(&Waiting::Bracket { opens: Opens::Call(..), .. })) = (self.before, self.waiting.last())
            && self.symbols.name(name) == "axis"
        {
            let at = self.last;
            self.operands.pop();
            self.tree.truncate(NodeId::new(self.tree.len() - 1));
            self.waiting.push(Waiting::Bracket { opens: Opens::Keyword(name, at), operands: self.operands.len(), at });
            self.before = Previous::Open;
            return Ok(());
        }
        if self.before == Previous::Open || !self.waiting.is_empty() || self.operands.len() != 1 {
            return Err(fault(span));
        }
        let root = self.operands[0];
        let at = self.tree.span(root);
        if self.kind != StatementKind::Show {
            return Err(fault(span));
        }
        let constant = self.keyword.is_some();
        // The name stands bare: neither brackets nor a sign are around it.
        if !constant && self.start.map(|start| start.start) != Some(at.start) {
            return Err(fault(at));
        }
        self.kind = match self.tree.node(root) {
            Node::Name(name) => StatementKind::Name { name, at, constant },
            Node::Call(name, operands) if !constant => {
                let mut parameters = Vec::new();
                for &operand in self.tree.operands(operands) {
                    let place = self.tree.span(operand);
                    let Node::Name(parameter) = self.tree.node(operand) else {
                        return Err(Fault::new(FaultKind::Parse, place, "a parameter of a function is a name").help(compares));
                    };
                    if let Some(&(_, first)) = parameters.iter().find(|&&(known, _)| known == parameter) {
                        return Err(Fault::new(
                            FaultKind::Name,
                            place,
                            format!("the parameter `{}` stands twice", self.symbols.name(parameter)),
                        )
                        .related(first, "here it stands first")
                        .help("give every parameter a name of its own"));
                    }
                    parameters.push((parameter, place));
                }
                // In brackets, the whole left side is blamed.
                let word = self.symbols.name(name);
                let bare = at.of(self.text).starts_with(word);
                let at = if bare { Span::new(at.start as usize, at.start as usize + word.len()) } else { at };
                StatementKind::Function { name, at, parameters }
            }
            _ => return Err(fault(span)),
        };
        self.drop_operands();
        self.before = Previous::Open;
        Ok(())
    }

    /// `assert a == b ± tol`: what stands before it is the assertion, what follows is the tolerance.
    fn tolerance(&mut self, span: Span) -> Result<(), Fault> {
        self.need_operand(span)?;
        self.reduce(Level::Compare, false);
        let compares_equal = self.operands.last().is_some_and(|&root| matches!(self.tree.node(root), Node::Apply(Gate::Eq, ..)));
        if !matches!(self.kind, StatementKind::Assert { .. }) || self.depth > 0 || self.tolerance.is_some() || !compares_equal {
            let message = format!("`{}` gives a tolerance to the `==` of an assert, and to nothing else", span.of(self.text));
            return Err(Fault::new(FaultKind::Parse, span, message).help("write `assert a == b ± 1e-6`"));
        }
        self.tolerance = self.operands.pop();
        self.before = Previous::Open;
        self.waiting.clear();
        Ok(())
    }

    fn end_statement(&mut self, span: Span, semicolon: bool) -> Result<(), Fault> {
        if self.depth > 0 {
            let at = self.waiting.iter().rev().find_map(|waiting| match *waiting {
                Waiting::Bracket { opens: Opens::Keyword(..), .. } => None,
                Waiting::Bracket { at, .. } => Some(at),
                _ => None,
            });
            let at = at.unwrap_or(span);
            let open = at.of(self.text);
            let close = if open == "[" { "]" } else { ")" };
            return Err(Fault::new(FaultKind::Parse, at, format!("this `{open}` is never closed"))
                .label("opened here")
                .help(if semicolon { format!("close it with `{close}` before the `;`") } else { format!("close it with `{close}`") }));
        }
        let Some(start) = self.start else { return Ok(()) };
        if let Some(setting) = self.setting.take() {
            let nothing = Span::new(setting.name.end as usize, setting.name.end as usize);
            self.kind = StatementKind::Set { name: setting.name, value: setting.value.unwrap_or(nothing) };
            self.operand(Node::Absent, setting.name);
        } else if self.before == Previous::Open {
            return Err(self.missing(Span::new(span.start as usize, span.start as usize)));
        }
        self.reduce(Level::Compare, false);
        let Some(mut root) = self.operands.pop() else { return Ok(()) };
        let mut kind = std::mem::replace(&mut self.kind, StatementKind::Show);
        if let (Some(Keyword::Const(at)), StatementKind::Show) = (self.keyword.take(), &kind) {
            return Err(Fault::new(FaultKind::Parse, at, "`const` declares a constant: a name, `=` and a value must follow")
                .help("write `const k = 2`"));
        }
        match &mut kind {
            StatementKind::Assert { tolerance } => {
                if let Some(assertion) = self.tolerance.take() {
                    *tolerance = Some(root);
                    root = assertion;
                }
            }
            StatementKind::Print { items } => items.push((self.first, root)),
            _ => {}
        }
        self.tree.statements.push(Statement { kind, root, first: self.first, span: start.to(self.last), silenced: semicolon });
        self.first = NodeId::new(self.tree.len());
        self.start = None;
        self.before = Previous::Open;
        self.waiting.clear();
        self.operands.clear();
        Ok(())
    }
}
