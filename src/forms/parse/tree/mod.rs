//! From tokens to the syntax tree: precedence, brackets, calls and implied products.
//!
//! Operators wait on a stack of our own until what follows binds looser; nothing here recurses. What is wrong
//! with a text is found here and worded in `faults`.

mod brackets;
mod over;
mod python;
mod statements;

use super::Written;
use super::tokens::{self, Kind, Token};
use super::words::is_operator;
use crate::ground::span::LONGEST_TEXT;
use crate::ground::text::shortened;
use crate::ground::{Fault, FaultKind, Span, broken};
use crate::vocabulary::ast::{Node, NodeId, StatementKind, Tree};
use crate::vocabulary::gate::{self, Level};
use crate::vocabulary::{Gate, LOAD, Symbol, Symbols, language_constant, library, unit};
use std::borrow::Cow;

/// What waits on the stack for its last operand or its closing bracket.
#[derive(Clone, Copy, Debug)]
enum Waiting {
    /// An operator between two operands.
    Infix { gate: Gate, level: Level, at: Span },
    /// An operator before its operand.
    Prefix { gate: Gate, level: Level, at: Span },
    /// `a if c else b`, up to its `else` or behind it.
    Choice { chosen: bool, at: Span },
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
    /// `*`: the elements of a vector as operands; it closes with the bracket around it.
    Spread(Span),
    /// `for`: what a sum goes over; it closes with the bracket around it.
    Over(Over),
    /// `(2, 3)` as an operand of a library's function.
    Tuple,
    /// `print(`: what is printed.
    Printed,
    /// `[`: elements; with rows, the operands since `row` belong to the last one.
    List { row: usize, rows: bool },
    /// `x[`: subscripts; the current one has seen so many colons.
    Index { colons: usize },
}

/// How far a `for` has come.
#[derive(Clone, Copy, Debug)]
enum Over {
    /// The name that goes comes next.
    Name,
    /// `in` comes next, behind the name.
    In,
    /// What it goes over.
    Elements,
    /// The last number of `1..10`.
    Last,
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
    /// A power in small digits, `²`.
    Raised,
    /// `.shape`; the bracket that may follow it makes it a call.
    Member(Symbol),
    /// `(2, 3)`, which is one operand of a call by itself.
    Whole,
    /// A text in quotation marks, where one may stand alone.
    Text,
    /// All that `print` is given, in brackets.
    Printed,
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
    pub(super) kind: StatementKind,
    tolerance: Option<NodeId>,
    /// The value that a setting is given so far.
    setting: Option<Setting>,
    /// The operator of an update, and where it stands.
    update: Option<(Gate, Span)>,
    /// The statements whose blocks are open, each with the place of its brace.
    blocks: Vec<(usize, Span)>,
    /// The last token closed a block, behind which a statement ends.
    block_closed: bool,
    /// Whether a plus stands right before the last number.
    signed: bool,
    /// The `def` that is being read.
    def: Option<python::Def>,
    /// Up to which byte the text has been read already.
    skipped: usize,
    /// What has a `for` and stands in nothing else that has one, and how many stand in each other there.
    nested: Vec<(NodeId, usize)>,
}

/// What a small raised sign stands for.
fn small(sign: char) -> Option<char> {
    const SMALL: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    if sign == '⁻' { Some('-') } else { SMALL.chars().zip('0'..='9').find(|&(small, _)| small == sign).map(|(_, digit)| digit) }
}

/// Few statements have more that waits at once.
const FEW: usize = 8;

/// The sign of degrees, a name that stands for pi/180.
pub(super) const DEGREES: &str = "°";

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
    /// How many brackets are open, and where the outermost of them stands.
    depth: usize,
    opened: Span,
}

/// Reads `text` to its end, into the memory of a tree that nobody needs any more, where there is one.
pub fn build(spent: Option<Tree>, written: Written, symbols: &mut Symbols) -> Result<Tree, Fault> {
    let text = written.text;
    if text.len() > LONGEST_TEXT {
        let help = "cut it into statements that name their stages, each in its own file";
        let message = format!("the text is {} bytes long; at most {LONGEST_TEXT} are read at once", text.len());
        return Err(Fault::new(FaultKind::Limit, Span::new(0, 1), message).help(help));
    }
    // A token makes at most one node, but for a few.
    let count = written.tokens.map_or(0, <[Token]>::len);
    let mut builder = Builder {
        text,
        symbols,
        tree: spent.unwrap_or_else(|| Tree::new("")).renewed(text, count),
        waiting: Vec::with_capacity(FEW.min(count)),
        operands: Vec::with_capacity(FEW.min(count)),
        depth: 0,
        before: Previous::Open,
        last: Span::default(),
        start: None,
        first: NodeId::new(0),
        keyword: None,
        kind: StatementKind::Show,
        tolerance: None,
        setting: None,
        update: None,
        blocks: Vec::new(),
        block_closed: false,
        signed: false,
        def: None,
        skipped: 0,
        nested: Vec::new(),
    };
    match written.tokens {
        Some(tokens) => tokens.iter().try_for_each(|&token| builder.take(token))?,
        None => tokens::each(text, |token| builder.take(token))?,
    }
    builder.end_statement(Span::new(text.len(), text.len()), false)?;
    builder.end_def()?;
    builder.end_blocks()?;
    Ok(builder.tree)
}

impl Builder<'_> {
    fn take(&mut self, token: Token) -> Result<(), Fault> {
        if token.span.range().start < self.skipped || self.def.is_some() && self.define(token)? {
            return Ok(());
        }
        if self.setting.is_some() && self.set(token) {
            return Ok(());
        }
        if self.block_closed && !matches!(token.kind, Kind::Line | Kind::End) && token.span.of(self.text) != "}" {
            return Err(self.behind_block(token.span));
        }
        self.block_closed = false;
        match token.kind {
            Kind::Sign if self.brace(token.span)? => Ok(()),
            Kind::Line => {
                // What a setting takes is no expression, and waits for no operand.
                if self.line_goes_on() { Ok(()) } else { self.end_statement(token.span, false) }
            }
            Kind::End if self.in_list() => self.row(token.span),
            Kind::End => self.end_statement(token.span, true),
            kind => {
                self.start.get_or_insert(token.span);
                self.open_with_keyword(token)?;
                if self.skipped > token.span.range().start || self.def.is_some() && self.define(token)? {
                    return Ok(());
                }
                if self.over(token)? {
                    self.last = token.span;
                    return Ok(());
                }
                if self.is_lambda(token) {
                    self.last = token.span;
                    return Ok(());
                }
                if self.setting.is_some() {
                    self.set(token);
                    return Ok(());
                }
                let closes = |sign: &str| sign == ")" && matches!(self.innermost(), Some((Opens::Printed, ..)));
                if self.before == Previous::Printed
                    || self.before == Previous::Text && token.span.of(self.text) != "," && !closes(token.span.of(self.text))
                {
                    return Err(self.beside_text(token.span));
                }
                if self.before == Previous::Whole && !matches!(token.span.of(self.text), "," | ")") {
                    return Err(Self::beside_sizes(token.span));
                }
                match kind {
                    Kind::Member => self.member(token.span)?,
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

    /// Whether a statement goes on in the next line.
    fn line_goes_on(&self) -> bool {
        let operator = || self.start.is_some() && self.setting.is_none() && is_operator(self.last.of(self.text));
        self.depth > 0 || (self.before == Previous::Open && operator())
    }

    // Operands.

    fn number(&mut self, span: Span) -> Result<(), Fault> {
        if self.before != Previous::Open {
            return Err(self.two_operands(span));
        }
        let text = span.of(self.text);
        if let Some(word) = text.strip_prefix("float('").and_then(|rest| rest.strip_suffix("')")) {
            self.operand(Node::Number(word.parse().unwrap_or_else(|_| broken("the grammar has inf and nan alone there"))), span);
            self.before = Previous::Number;
            return Ok(());
        }
        let plain = text.is_ascii() && !text.contains('_');
        let written = || text.chars().filter(|&c| c != '_').map(|c| if matches!(c, '−' | '–') { '-' } else { c }).collect();
        let digits = if plain { Cow::Borrowed(text) } else { Cow::<str>::Owned(written()) };
        let value: f64 = digits.parse().unwrap_or(f64::INFINITY);
        if value == 0.0 && digits.split(['e', 'E']).next().is_some_and(|digits| digits.contains(|c: char| matches!(c, '1'..='9'))) {
            let message = format!("`{}` is smaller than the smallest number, about 4.94e-324", shortened(text));
            return Err(Fault::new(FaultKind::Limit, span, message).help("write `0` for what is no larger"));
        }
        if value.is_infinite() {
            let message = format!("`{}` is larger than the largest number, about 1.797e308", shortened(text));
            return Err(Fault::new(FaultKind::Limit, span, message).help("write `inf` for infinity"));
        }
        self.signed = self.last.end <= span.start && matches!(self.last.of(self.text), "+");
        self.operand(Node::Number(value), span);
        self.before = Previous::Number;
        Ok(())
    }

    fn name(&mut self, span: Span) -> Result<(), Fault> {
        let name = span.of(self.text);
        if self.before == Previous::Number && self.last.end == span.start && !self.last.of(self.text).ends_with(')') {
            self.check_number_suffix(name, span)?;
        }
        match self.before {
            Previous::Open => {}
            _ if matches!(name, "if" | "else") => return self.choose(name, span),
            _ if name == "for" => return self.begin_over(span),
            Previous::Number | Previous::Closed | Previous::Raised => self.implied_product(span)?,
            Previous::Printed | Previous::Name(_) | Previous::Member(_) | Previous::Whole | Previous::Text => {
                return Err(self.two_operands(span));
            }
        }
        let symbol = self.symbols.intern(name);
        self.operand(self.local(symbol).map_or(Node::Name(symbol), Node::Local), span);
        // No name goes on behind the sign of degrees.
        self.before = if name == DEGREES { Previous::Closed } else { Previous::Name(symbol) };
        Ok(())
    }

    /// `.sum` behind a value, or the next part of a library's name.
    fn member(&mut self, span: Span) -> Result<(), Fault> {
        self.need_operand(span)?;
        let word = span.of(self.text);
        match self.before {
            Previous::Name(symbol) if library::is_prefix(self.symbols.name(symbol)) => {
                let symbol = self.symbols.intern(&format!("{}{word}", self.symbols.name(symbol)));
                let at = self.operands.pop().map_or(span, |operand| self.tree.span(operand).to(span));
                self.tree.truncate(NodeId::new(self.tree.len() - 1));
                self.operand(Node::Name(symbol), at);
                self.before = Previous::Name(symbol);
            }
            Previous::Name(_) | Previous::Closed | Previous::Member(_) => {
                let symbol = self.symbols.intern(word);
                let of = self.operands.len() - 1;
                let at = self.tree.span(self.operands[of]).to(span);
                self.gather(of, at, |operands| Node::Call(symbol, operands));
                self.before = Previous::Member(symbol);
            }
            _ => return Err(self.two_operands(span)),
        }
        Ok(())
    }

    /// A text in quotation marks: the name of a file, which stands alone in the brackets of `load` or behind
    /// `include`, or what `print` shows.
    fn quoted(&mut self, span: Span) -> Result<(), Fault> {
        let alone = matches!(self.waiting[..], [] | [Waiting::Bracket { opens: Opens::Printed, .. }]);
        if self.before == Previous::Open && alone && matches!(self.kind, StatementKind::Print { .. } | StatementKind::Include) {
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
            _ if self.is_before_text() => Err(self.filled_text(span)),
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

    /// Whether the letter stands right before a text that in Python has values filled into it.
    fn is_before_text(&self) -> bool {
        matches!(self.kind, StatementKind::Print { .. })
            && matches!(self.before, Previous::Name(_))
            && matches!(self.last.of(self.text), "f" | "F")
            && self.text[self.last.end as usize..].starts_with(['"', '\''])
    }

    fn operand(&mut self, node: Node, span: Span) {
        let id = self.tree.push(node, span);
        self.operands.push(id);
    }

    // Signs.

    /// Whether a plus stands right before a sign.
    fn is_behind_plus(&self, span: Span) -> bool {
        self.last.end == span.start && self.last.of(self.text) == "+"
    }

    fn sign(&mut self, span: Span) -> Result<(), Fault> {
        let sign = span.of(self.text);
        // By its bytes, which are compared all at once.
        match sign.as_bytes() {
            b"(" => return self.open(span),
            b"[" => return self.open_square(span),
            b")" | b"]" => return self.close(span, sign),
            b":" => return self.colon(span),
            b"'" | b".T" => return self.transposed(span),
            b"," => return self.comma(span),
            b"=" => return self.equals(span),
            b"+=" | b"-=" | b"*=" | b"/=" => return self.updates(span),
            _ => {}
        }
        match sign {
            "−=" => self.updates(span),
            "+/-" | "±" => self.tolerance(span),
            ".." => self.up_to(span),
            _ if !sign.is_ascii() && sign.chars().all(|digit| small(digit).is_some()) => self.raised(span),
            "√" if self.before != Previous::Open => {
                self.implied_product(span)?;
                self.sign(span)
            }
            "*" if self.before == Previous::Open && self.begins_operand() => {
                self.waiting.push(Waiting::Bracket { opens: Opens::Spread(span), operands: self.operands.len(), at: span });
                Ok(())
            }
            "+" if self.before == Previous::Open => Ok(()),
            "-" if matches!(self.kind, StatementKind::Assert { .. }) && self.depth == 0 && self.is_behind_plus(span) => {
                Err(Self::plus_minus(self.last.to(span)))
            }
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

    /// The place of the last operand with the sign before it that it waits for.
    pub(super) fn with_sign(&self, operand: NodeId) -> Span {
        let place = self.tree.span(operand);
        match self.waiting.last() {
            Some(&Waiting::Prefix { at, .. }) => at.to(place),
            _ => place,
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
        if level == Level::Sum && (self.in_list() || self.is_behind_tab(at)) && self.stands_apart(at) {
            return Err(self.two_elements(at));
        }
        if level == Level::Power && self.ends_in_degrees() {
            return Err(self.power_of_degrees(at));
        }
        self.reduce(level, level == Level::Power);
        self.waiting.push(Waiting::Infix { gate, level, at });
        self.before = Previous::Open;
        Ok(())
    }

    /// `a if c else b`
    fn choose(&mut self, word: &str, span: Span) -> Result<(), Fault> {
        self.reduce(Level::Compare, false);
        let chosen = match self.waiting.last() {
            Some(Waiting::Choice { chosen, .. }) => Some(*chosen),
            _ => None,
        };
        match (word, chosen) {
            ("if", None | Some(true)) => self.waiting.push(Waiting::Choice { chosen: false, at: span }),
            ("else", Some(false)) => {
                if let Some(Waiting::Choice { chosen, .. }) = self.waiting.last_mut() {
                    *chosen = true;
                }
            }
            _ => return Err(self.misplaced_choice(span)),
        }
        self.before = Previous::Open;
        Ok(())
    }

    /// Ends an expression: gives all operators that wait in it their operands.
    fn settle(&mut self, end: Span) -> Result<(), Fault> {
        self.reduce(Level::Compare, false);
        while let Some(&Waiting::Choice { chosen, at }) = self.waiting.last() {
            if !chosen {
                return Err(self.misplaced_choice(at));
            }
            self.waiting.pop();
            let count = self.operands.len();
            if count < 3 {
                return Err(self.missing(end));
            }
            // The gate takes the condition first.
            self.operands.swap(count - 3, count - 2);
            self.apply(Gate::Where, 3, at);
        }
        Ok(())
    }

    fn raised(&mut self, span: Span) -> Result<(), Fault> {
        self.need_operand(span)?;
        let power = span.of(self.text).chars().filter_map(small).collect::<String>().parse();
        let power = power.unwrap_or_else(|_| broken("small digits are a number"));
        if self.before == Previous::Raised && self.last.end == span.start {
            return Err(self.two_powers(span));
        }
        if self.ends_in_degrees() {
            return Err(self.power_of_degrees(span));
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
        if span.of(self.text) == "'" && matches!(self.kind, StatementKind::Print { .. }) {
            let rest = self.text[span.end as usize..].split(['\n', '\r']).next().unwrap_or_default();
            let quoted = rest.split_once('\'').map(|(inside, _)| inside);
            if self.is_before_text() && quoted.is_some_and(|inside| inside.contains('{')) {
                return Err(self.filled_text(Span::new(span.start as usize, span.end as usize + quoted.unwrap_or_default().len() + 1)));
            }
            if self.before == Previous::Open && quoted.is_some() {
                return Err(Self::single_marks(span));
            }
        }
        self.need_operand(span)?;
        if self.before == Previous::Raised {
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

    /// The sign before a number or a power in small digits that what follows it could belong to: a `^` whose base is a
    /// number or a root or whose exponent has a sign, or a root. Degrees could belong to whatever is an exponent or under a
    /// root.
    pub(super) fn ambiguous_exponent(&self, next: Span) -> Option<Span> {
        let degrees = unit(next.of(self.text)).is_some();
        if !degrees && !matches!(self.before, Previous::Number | Previous::Raised) {
            return None;
        }
        let (mut signed, mut base) = (self.signed || degrees, self.operands.len().checked_sub(1)?);
        if let Some(root) = self.root(base).filter(|_| self.before == Previous::Raised) {
            return Some(root);
        }
        for waiting in self.waiting.iter().rev() {
            match *waiting {
                Waiting::Prefix { at, .. } if at.of(self.text) == "√" => return Some(at),
                Waiting::Prefix { .. } => signed = true,
                Waiting::Infix { level: Level::Power, at, .. } => {
                    base = base.checked_sub(1)?;
                    let node = self.tree.node(self.operands[base]);
                    let number = match node {
                        Node::Number(_) => true,
                        Node::Name(name) => language_constant(self.symbols.name(name)).is_some(),
                        _ => self.root(base).is_some(),
                    };
                    if number || signed {
                        return Some(at);
                    }
                }
                _ => return None,
            }
        }
        None
    }

    /// The sign of the root that an operand begins with.
    fn root(&self, operand: usize) -> Option<Span> {
        let span = self.tree.span(self.operands[operand]);
        span.of(self.text).starts_with('√').then(|| Span::new(span.start as usize, span.start as usize + '√'.len_utf8()))
    }

    /// Whether the last operand is the degrees of a product without its sign, `30°`.
    pub(in crate::forms::parse) fn ends_in_degrees(&self) -> bool {
        let Some(span) = self.operands.last().map(|&operand| self.tree.span(operand)) else { return false };
        let implied = matches!(self.waiting.last(), Some(Waiting::Infix { at, .. }) if at.start == at.end && at.start == span.start);
        implied && (span.of(self.text).starts_with(DEGREES) || unit(span.of(self.text)).is_some())
    }

    /// The sign of the quotient or the remainder that waits for its divisor.
    pub(super) fn quotient(&self) -> Option<Span> {
        match self.waiting.last() {
            Some(&Waiting::Infix { at, .. }) if matches!(at.of(self.text), "/" | "÷" | "%") => Some(at),
            _ => None,
        }
    }

    /// The sign of a quotient, a power or a root that the last operand belongs to.
    pub(super) fn sign_before(&self) -> Option<Span> {
        let is_sign = |waiting: &&Waiting| matches!(waiting, Waiting::Prefix { at, .. } if at.of(self.text) != "√");
        match *self.waiting.iter().rev().find(|waiting| !is_sign(waiting))? {
            Waiting::Prefix { at, .. } | Waiting::Infix { level: Level::Power, at, .. } => Some(at),
            Waiting::Infix { at, .. } if matches!(at.of(self.text), "/" | "÷" | "%") => Some(at),
            _ => None,
        }
    }

    /// A number, a closing bracket or a power in small digits before a name or an opening bracket: a product.
    fn implied_product(&mut self, span: Span) -> Result<(), Fault> {
        if !matches!(self.before, Previous::Number | Previous::Closed | Previous::Raised) {
            return Err(self.two_operands(span));
        }
        if let Some(sign) = self.ambiguous_exponent(span).filter(|_| span.of(self.text) != "√") {
            return Err(self.two_exponents(sign, span));
        }
        self.reduce(Level::Unary, false);
        if let Some(at) = self.quotient() {
            return Err(self.two_readings(at, span));
        }
        self.reduce(Level::Product, false);
        if let Some((gate, level)) = gate::infix("*") {
            self.waiting.push(Waiting::Infix { gate, level, at: Span::new(span.start as usize, span.start as usize) });
        }
        self.before = Previous::Open;
        Ok(())
    }
}
