//! `def`: a function as Python writes it, with assignments and one `return` in its body; and what a call of it is asked for.
//!
//! Each line of a body is read as a statement is; a name that it gives stands for its node in the lines below. Functions that
//! printed programs define for themselves are known by their whole text.

use super::super::tokens::{self, Kind, Token};
use super::super::words::is_indented;
use super::statements::check_name;
use super::{Builder, Previous};
use crate::forms::target::python;
use crate::ground::text::shortened;
use crate::ground::{Fault, FaultKind, Span};
use crate::vocabulary::ast::{NamedResult, Node, NodeId, Statement, StatementKind};
use crate::vocabulary::{LOAD, Symbol, library};
use std::collections::HashMap;

/// What must come next in a `def`.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    Name,
    Open,
    Parameter,
    Close,
    Colon,
    /// A statement of the body, or what belongs to one.
    Body,
    /// The `{` of what is returned beside the value.
    Brace,
    /// A key's quotation mark.
    Mark,
    Key,
    KeyEnd,
    KeyColon,
    /// Nothing: all that is returned has been said.
    Nothing,
}

impl Next {
    /// What it is, for people.
    fn says(self) -> &'static str {
        match self {
            Self::Name => "its name",
            Self::Open => "`(`",
            Self::Parameter => "the name of a parameter",
            Self::Close => "`,` or `)`",
            Self::Colon => "`:`",
            Self::Nothing => "the end of the line",
            Self::Body => "a statement",
            _ => "gradients by name, as in `return f, {'x': dx}`",
        }
    }
}

/// A `def` that is being read.
#[derive(Debug)]
pub(super) struct Def {
    next: Next,
    start: Span,
    first: NodeId,
    name: Option<(Symbol, Span)>,
    parameters: Vec<(Symbol, Span)>,
    /// Whether its body stands in lines of its own, and whether a statement of it has come.
    lines: bool,
    begun: bool,
    locals: HashMap<Symbol, NodeId>,
    /// The place of its `return`, and what that returns.
    returns: Option<Span>,
    value: Option<NodeId>,
    /// The key whose value is being read.
    key: Option<String>,
    /// What it returns beside its value, where it returns more.
    results: Option<Vec<NamedResult>>,
}

/// The text of a function that begins at a byte: its line, and the indented or empty lines below.
fn extent(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    let mut end = 0;
    for (at, line) in rest.split_inclusive('\n').enumerate() {
        if at > 0 && !line.trim().is_empty() && !line.starts_with([' ', '\t']) {
            break;
        }
        end += line.len();
    }
    rest[..end].trim_end()
}

/// Whether a text is one name.
fn is_name(text: &str) -> bool {
    matches!(tokens::all(text)[..], [Token { kind: Kind::Name, span }] if span.of(text) == text)
}

impl Builder<'_> {
    /// Begins a function behind its word, which was taken for a name so far.
    pub(super) fn begin_def(&mut self, name: Span) -> Result<(), Fault> {
        if let Some(&(_, at)) = self.blocks.last() {
            let fault =
                Fault::new(FaultKind::Parse, self.last, "a function is not defined in a block").related(at, "the block begins here");
            return Err(fault.help("define it before the `repeat`"));
        }
        let start = self.last;
        self.drop_operands();
        let text = extent(self.text, start.range().start);
        if python::is_helper(name.of(self.text), text) {
            let symbol = self.symbols.intern(name.of(self.text));
            self.skipped = start.range().start + text.len();
            let span = Span::new(start.range().start, self.skipped);
            let root = self.tree.push(Node::Absent, name);
            let kind = StatementKind::Known { name: symbol, at: name };
            self.tree.statements.push(Statement { kind, root, first: root, span, silenced: false });
            self.begin_statement();
            return Ok(());
        }
        self.def = Some(Def {
            next: Next::Name,
            start,
            first: NodeId::new(self.tree.len()),
            name: None,
            parameters: Vec::new(),
            lines: false,
            begun: false,
            locals: HashMap::new(),
            returns: None,
            value: None,
            key: None,
            results: None,
        });
        self.begin_statement();
        Ok(())
    }

    /// Takes a token as part of a `def`; false where it is one of an expression, or where the `def` has ended before it.
    pub(super) fn define(&mut self, token: Token) -> Result<bool, Fault> {
        let Some(def) = &self.def else { return Ok(false) };
        let (next, lines) = (def.next, def.lines);
        match next {
            Next::Body => {}
            Next::Nothing if matches!(token.kind, Kind::Line | Kind::End) => {}
            Next::Parameter | Next::Close if token.kind == Kind::Line => return Ok(true),
            Next::Nothing => return Err(self.wanted(token.span, next.says())),
            _ => {
                self.head(next, token)?;
                self.last = token.span;
                return Ok(true);
            }
        }
        let outside = |at: Span| lines && !is_indented(self.text, at.range().start);
        match token.kind {
            Kind::End if self.start.is_none() && outside(token.span) => self.end_def().map(|()| false),
            Kind::Line if self.start.is_some() && self.line_goes_on() => Ok(true),
            Kind::Line | Kind::End => {
                self.end_statement(token.span, false)?;
                match &mut self.def {
                    Some(def) if token.kind == Kind::Line && !def.begun => def.lines = true,
                    Some(def) if token.kind == Kind::Line && !def.lines => self.end_def()?,
                    _ => {}
                }
                Ok(true)
            }
            _ if self.start.is_some() => self.dict_sign(token),
            _ if outside(token.span) => self.end_def().map(|()| false),
            _ => self.begin_line(token),
        }
    }

    /// Begins a statement of the body; true where the token is its `return`.
    fn begin_line(&mut self, token: Token) -> Result<bool, Fault> {
        let Some(def) = &mut self.def else { return Ok(false) };
        def.begun = true;
        if let Some(at) = def.returns {
            let fault =
                Fault::new(FaultKind::Parse, token.span, "nothing runs behind `return`").label("here").related(at, "it returns here");
            return Err(fault.help("begin the next statement at the start of its line"));
        }
        let returns = token.kind == Kind::Name && token.span.of(self.text) == "return";
        if returns {
            def.returns = Some(token.span);
            self.start = Some(token.span);
            self.last = token.span;
        }
        Ok(returns)
    }

    /// `return f, {'x': dx, 'y': dy}`: a comma or a brace that divides what is returned.
    fn dict_sign(&mut self, token: Token) -> Result<bool, Fault> {
        let sign = token.span.of(self.text);
        let Some(def) = self.def.as_ref().filter(|def| def.returns.is_some() && self.depth == 0) else { return Ok(false) };
        if token.kind != Kind::Sign || sign != "," && (sign != "}" || def.key.is_none()) {
            return Ok(false);
        }
        self.need_operand(token.span)?;
        self.settle(token.span)?;
        let root = self.operands.pop();
        let Some(def) = &mut self.def else { return Ok(false) };
        match (def.key.take(), root) {
            (Some(key), Some(node)) => {
                let word = def.name.map_or("", |(name, _)| self.symbols.name(name));
                let name = format!("{word}[1]['{key}']");
                def.results.get_or_insert_default().push(NamedResult { key, name: self.symbols.intern(&name), node });
                def.next = if sign == "," { Next::Mark } else { Next::Nothing };
            }
            (_, root) => {
                def.value = root;
                def.next = Next::Brace;
            }
        }
        self.before = Previous::Open;
        self.last = token.span;
        Ok(true)
    }

    /// Takes a token of what stands before the body, or of a key.
    fn head(&mut self, next: Next, token: Token) -> Result<(), Fault> {
        let text = self.text;
        let word = token.span.of(text);
        let symbol = (token.kind == Kind::Name).then(|| self.symbols.intern(word));
        match (next, word, symbol) {
            (Next::Name, _, Some(name)) => {
                check_name(word, token.span)?;
                self.step(Next::Open, |def| def.name = Some((name, token.span)));
            }
            (Next::Open, "(", _) => self.step(Next::Parameter, |_| {}),
            (Next::Parameter, _, Some(name)) => {
                check_name(word, token.span)?;
                if let Some(&(_, first)) = self.def.iter().flat_map(|def| &def.parameters).find(|&&(known, _)| known == name) {
                    let fault = Fault::new(FaultKind::Name, token.span, format!("the parameter `{}` stands twice", shortened(word)));
                    return Err(fault.related(first, "here it stands first").help("give every parameter a name of its own"));
                }
                self.step(Next::Close, |def| def.parameters.push((name, token.span)));
            }
            (Next::Parameter, ")", _) if self.last.of(text) == "(" => self.step(Next::Colon, |_| {}),
            (Next::Close, ",", _) => self.step(Next::Parameter, |_| {}),
            (Next::Close, ")", _) => self.step(Next::Colon, |_| {}),
            (Next::Colon, ":", _) | (Next::Nothing, ..) => self.step(Next::Body, |_| {}),
            (Next::Brace, "{", _) => self.step(Next::Mark, |_| {}),
            (Next::Mark, "'", _) => self.step(Next::Key, |_| {}),
            (Next::Mark, quoted, _) if token.kind == Kind::Quoted && is_name(quoted.trim_matches('"')) => {
                self.step(Next::KeyColon, |def| def.key = Some(quoted.trim_matches('"').to_owned()));
            }
            (Next::Mark, "}", _) => self.step(Next::Nothing, |def| def.results = Some(def.results.take().unwrap_or_default())),
            (Next::Key, _, Some(_)) => self.step(Next::KeyEnd, |def| def.key = Some(word.to_owned())),
            (Next::KeyEnd, "'", _) => self.step(Next::KeyColon, |_| {}),
            (Next::KeyColon, ":", _) => self.step(Next::Body, |_| {}),
            _ => return Err(self.wanted(token.span, next.says())),
        }
        Ok(())
    }

    fn step(&mut self, next: Next, work: impl FnOnce(&mut Def)) {
        if let Some(def) = &mut self.def {
            work(def);
            def.next = next;
        }
    }

    fn wanted(&self, span: Span, wanted: &str) -> Fault {
        let message = format!("`{}` stands in a `def` where {wanted} must follow", shortened(span.of(self.text)));
        let help = "a function is written `def f(x): return x**2`; parameters have names alone";
        Fault::new(FaultKind::Parse, span, message).label("here").help(help)
    }

    /// What a name was given in a line above of the function that is being read.
    pub(super) fn local(&self, name: Symbol) -> Option<NodeId> {
        self.def.as_ref().and_then(|def| def.locals.get(&name).copied())
    }

    /// Whether what is read is a function's body.
    pub(super) fn in_def(&self) -> bool {
        self.def.is_some()
    }

    /// Takes a statement of a body that has been read.
    pub(super) fn end_line(&mut self, kind: &StatementKind, root: NodeId, span: Span) -> Result<(), Fault> {
        let Some(def) = &mut self.def else { return Ok(()) };
        if def.key.is_some() {
            return Err(Fault::new(FaultKind::Parse, span, "this `{` is never closed").label("here").help("close it with `}` in its line"));
        }
        match (kind, def.returns) {
            (StatementKind::Show, Some(_)) => def.value = Some(root),
            (&StatementKind::Name { name, constant: false, .. }, None) => drop(def.locals.insert(name, root)),
            (_, returns) => {
                let message = if returns.is_some() { "`return` gives back an expression" } else { "this does nothing in a function" };
                let help = "in the body of a `def` stand assignments, such as `a = x**2`, and one `return`";
                return Err(Fault::new(FaultKind::Parse, span, message).label("here").help(help));
            }
        }
        Ok(())
    }

    /// Ends the line of a `return` that has been read to its last brace; false where there is none.
    pub(super) fn end_return(&mut self) -> bool {
        let Some(def) = self.def.as_mut().filter(|def| def.next == Next::Nothing) else { return false };
        def.next = Next::Body;
        self.begin_statement();
        true
    }

    /// Ends a function.
    pub(super) fn end_def(&mut self) -> Result<(), Fault> {
        let Some(def) = self.def.take() else { return Ok(()) };
        let (Some((name, at)), Some(root)) = (def.name, def.value) else {
            return Err(Fault::new(FaultKind::Parse, def.start, "this function returns nothing")
                .label("here")
                .help("write such as `def f(x): return x**2`, or the lines of its body below it, each with blanks before it"));
        };
        let span = def.start.to(self.last);
        let kind = StatementKind::Function { name, at, parameters: def.parameters, results: def.results };
        self.tree.statements.push(Statement { kind, root, first: def.first, span, silenced: false });
        self.begin_statement();
        Ok(())
    }

    /// Makes ready for the next statement.
    pub(super) fn begin_statement(&mut self) {
        self.first = NodeId::new(self.tree.len());
        self.kind = StatementKind::Show;
        self.keyword = None;
        self.start = None;
        self.before = Previous::Open;
        self.waiting.clear();
        self.operands.clear();
    }

    /// `f(3, -4)[1]['x']`: a call of what `f` returns under a key. False where the bracket opens anything else.
    pub(super) fn keyed_result(&mut self, bracket: Span) -> bool {
        let behind = &self.text[bracket.range().end..];
        let marked = [("'", "']"), ("\"", "\"]")].iter().find_map(|(opens, closes)| behind.strip_prefix(opens)?.split_once(closes));
        let Some((key, _)) = marked else { return false };
        let Some(&index) =
            self.operands.last().filter(|_| !key.is_empty() && !key.contains(|c: char| c.is_whitespace() || "'\"[]".contains(c)))
        else {
            return false;
        };
        let Node::Index(given) = self.tree.node(index) else { return false };
        let &[call, one] = self.tree.operands(given) else { return false };
        let Node::Call(name, given) = self.tree.node(call) else { return false };
        let known = self.symbols.name(name);
        if library::is_foreign(known)
            || known == LOAD
            || known.contains('[')
            || self.tree.span(one).of(self.text) != "1"
            || one.at() != call.at() + 1
        {
            return false;
        }
        let name = format!("{}[1]['{key}']", self.symbols.name(name));
        let name = self.symbols.intern(&name);
        let (start, given) = (self.tree.span(call), self.tree.operands(given).to_vec());
        self.operands.pop();
        self.tree.truncate(call);
        self.skipped = bracket.range().end + key.len() + 3;
        let kept = self.tree.keep(&given);
        self.operand(Node::Call(name, kept), start.to(Span::new(bracket.range().start, self.skipped)));
        self.before = Previous::Closed;
        true
    }

    /// `lambda: x` as an operand of `choose`, which is a function of printed programs.
    pub(super) fn is_lambda(&self, token: Token) -> bool {
        self.depth > 0
            && self.before == Previous::Open
            && (token.span.of(self.text) == "lambda" && self.text[token.span.range().end..].trim_start().starts_with(':')
                || token.span.of(self.text) == ":" && self.last.of(self.text) == "lambda")
            && matches!(self.innermost(), Some((super::Opens::Call(name, _), ..)) if self.symbols.name(name) == "choose")
    }
}
