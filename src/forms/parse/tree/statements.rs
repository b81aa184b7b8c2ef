//! What makes a statement of an expression: the word that opens it, `=`, a tolerance, and its end.

use super::super::tokens::{Kind, Token};
use super::super::words::{opens_statement, settled, updating};
use super::{Builder, Keyword, Opens, Previous, Setting, Waiting};
use crate::ground::text::shortened;
use crate::ground::{Fault, FaultKind, Span};
use crate::vocabulary::ast::{Node, NodeId, Statement, StatementKind};
use crate::vocabulary::gate;
use crate::vocabulary::statement::Form;
use crate::vocabulary::{Gate, StatementWord, Symbol, library};

/// The operands that a call may be given by name.
const NAMED: &[&str] = &["axis", "keepdims"];

impl Builder<'_> {
    /// Turns a word such as `const`, taken as a name so far, into a keyword when it opens a statement and an operand
    /// follows it.
    pub(super) fn open_with_keyword(&mut self, next: Token) -> Result<(), Fault> {
        let opens = matches!(self.before, Previous::Name(_)) && self.start == Some(self.last) && self.keyword.is_none();
        if !opens || !self.waiting.is_empty() || self.kind != StatementKind::Show {
            return Ok(());
        }
        let Some(row) = StatementWord::named(self.last.of(self.text)) else { return Ok(()) };
        if !opens_statement(row, next.kind, next.span.of(self.text)) {
            return Ok(());
        }
        match row.form {
            Form::Definition => self.keyword = Some(Keyword::Const(self.last)),
            Form::Assertion => self.kind = StatementKind::Assert { tolerance: None },
            Form::Items => self.kind = StatementKind::Print { items: Vec::new() },
            Form::File => self.kind = StatementKind::Include,
            Form::Function => return self.begin_def(next.span),
            Form::Block => self.kind = StatementKind::Repeat { until: 0 },
            Form::Setting | Form::Module => self.setting = Some(Setting { name: next.span, value: None, depth: 0, opened: next.span }),
        }
        self.keyword.get_or_insert(Keyword::Other);
        self.drop_operands();
        self.before = Previous::Open;
        Ok(())
    }

    /// Takes a token as part of what a setting is given; false where it ends the statement.
    pub(super) fn set(&mut self, token: Token) -> bool {
        let Some(setting) = &mut self.setting else { return false };
        let sign = token.span.of(self.text);
        match token.kind {
            Kind::Line | Kind::End if setting.depth == 0 => return false,
            // The name itself; and `=`, which may stand behind it.
            _ if token.span == setting.name || setting.value.is_none() && sign == "=" => {}
            kind => {
                match sign {
                    "(" | "[" => {
                        setting.opened = if setting.depth == 0 { token.span } else { setting.opened };
                        setting.depth += 1;
                    }
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

    pub(super) fn drop_operands(&mut self) {
        self.operands.clear();
        self.tree.truncate(self.first);
    }

    /// Whether a call takes an operand by this name; which names a library's function has is asked when it is called.
    fn takes_by_name(&self, name: Symbol, callee: Symbol) -> bool {
        let [name, callee] = [name, callee].map(|symbol| self.symbols.name(symbol));
        NAMED.contains(&name) || library::is_foreign(callee) && !library::is_foreign(name)
    }

    pub(super) fn equals(&mut self, span: Span) -> Result<(), Fault> {
        let compares = "`=` gives a name to a value; to compare, write `==`";
        let fault = |place: Span| Fault::new(FaultKind::Parse, place, "`=` is not a comparison").label("here").help(compares);
        if self.start == Some(span) {
            return Err(Fault::new(FaultKind::Parse, span, "`=` has nothing before it").label("a name must come first").help(compares));
        }
        if let (Previous::Name(name), Some(&Waiting::Bracket { opens: Opens::Call(callee, _), .. })) = (self.before, self.waiting.last())
            && self.takes_by_name(name, callee)
        {
            let at = self.last;
            self.operands.pop();
            self.tree.truncate(NodeId::new(self.tree.len() - 1));
            self.waiting.push(Waiting::Bracket { opens: Opens::Keyword(name, at), operands: self.operands.len(), at });
            self.before = Previous::Open;
            return Ok(());
        }
        if let Some(fault) = self.swallowed(span) {
            return Err(fault);
        }
        let named = matches!((&self.kind, self.before), (StatementKind::Name { .. }, Previous::Name(_)));
        if let Some(help) = self.other_update(span) {
            return Err(Fault::new(FaultKind::Parse, self.last.to(span), "no update has this sign").label("here").help(help));
        }
        if self.before == Previous::Open || !named && !self.waiting.is_empty() || !named && self.operands.len() != 1 {
            return Err(fault(span));
        }
        let root = self.operands[0];
        let at = self.tree.span(root);
        if self.kind == StatementKind::Show && self.keyword.is_none() && matches!(self.tree.node(root), Node::Index(_)) {
            return Err(self.element_assigned(at, None));
        }
        if self.kind != StatementKind::Show {
            if named && self.waiting.is_empty() && self.operands.len() == 1 {
                let name = shortened(self.last.of(self.text));
                return Err(fault(span).help(format!("give each name its value by a statement of its own, as in `a = 1; {name} = 1`")));
            }
            let divided = "two statements are divided by `;` or by a new line; to compare, write `==`";
            return Err(if named { fault(span).help(divided) } else { fault(span) });
        }
        let constant = self.keyword.is_some();
        // The name stands bare: neither brackets nor a sign are around it.
        if !constant && self.start.map(|start| start.start) != Some(at.start) {
            return Err(fault(at));
        }
        if let Node::Name(name) | Node::Call(name, _) = self.tree.node(root)
            && library::is_foreign(self.symbols.name(name))
        {
            let message = format!("`{}` belongs to a library and cannot be given a meaning", self.symbols.name(name));
            let help = library::instead(self.symbols.name(name)).unwrap_or("choose a name without a point");
            return Err(Fault::new(FaultKind::Parse, at, message).label("a name with a point").help(help));
        }
        self.check_left(root)?;
        let local = if let (Node::Local(_), Previous::Name(name)) = (self.tree.node(root), self.before) { Some(name) } else { None };
        self.kind = match self.tree.node(root) {
            _ if let Some(name) = local => StatementKind::Name { name, at, constant, update: false },
            Node::Name(name) => StatementKind::Name { name, at, constant, update: false },
            Node::Call(name, operands) if !constant => {
                let mut parameters = Vec::new();
                if self.tree.operands(operands).is_empty() {
                    return Err(Fault::new(FaultKind::Parse, at, "a function has one parameter at least")
                        .label("here")
                        .help("write such as `f(x) = x^2`, or a stage as `q = x + y`"));
                }
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
                StatementKind::Function { name, at, parameters, results: None }
            }
            _ => return Err(fault(span)),
        };
        self.drop_operands();
        self.before = Previous::Open;
        Ok(())
    }

    /// A definition that begins a line of its own, inside a bracket of a line before it.
    fn swallowed(&self, equals: Span) -> Option<Fault> {
        let (_, _, at) = self.innermost()?;
        let Previous::Name(_) = self.before else { return None };
        let name = self.last.range();
        let begins = self.text[..name.start].trim_end_matches([' ', '\t']).ends_with(['\n', '\r']);
        let apart = begins && self.text[at.range().end..name.start].contains(['\n', '\r']);
        apart.then(|| self.never_closed(at, false).related(self.last.to(equals), "a statement begins here"))
    }

    /// What is written instead of `x **= 2` and the like.
    fn other_update(&self, equals: Span) -> Option<String> {
        let sign = self.last.of(self.text);
        let glued = self.before == Previous::Open && self.last.end == equals.start && matches!(sign, "^" | "**" | "%" | "@");
        let &name = self.operands.first().filter(|_| glued && self.operands.len() == 1)?;
        let name = shortened(self.tree.span(name).of(self.text));
        Some(format!("the updates are `+=`, `-=`, `*=` and `/=`; write `{name} = {name} {sign} (...)`"))
    }

    /// No name that is given a meaning has one that cannot change: not the name on a left side, nor those of parameters.
    fn check_left(&self, root: NodeId) -> Result<(), Fault> {
        let node = self.tree.node(root);
        let parameters = if let Node::Call(_, given) = node { self.tree.operands(given) } else { &[] };
        for &named in parameters.iter().chain([&root]) {
            let (Node::Name(name) | Node::Call(name, _)) = self.tree.node(named) else { continue };
            check_name(self.symbols.name(name), self.tree.span(named))?;
        }
        Ok(())
    }

    /// `x += e` is `x = x + (e)`: the name stays the first operand.
    pub(super) fn updates(&mut self, span: Span) -> Result<(), Fault> {
        let sign = span.of(self.text);
        let bare = self.start.is_some_and(|start| start == self.last) && self.keyword.is_none() && self.kind == StatementKind::Show;
        if let [element] = self.operands[..]
            && self.kind == StatementKind::Show
            && self.before == Previous::Closed
            && matches!(self.tree.node(element), Node::Index(_))
        {
            return Err(self.element_assigned(self.tree.span(element), updating(sign)));
        }
        if bare {
            check_name(self.last.of(self.text), self.last)?;
        }
        let (Previous::Name(name), true) = (self.before, bare) else {
            return Err(Fault::new(FaultKind::Parse, span, format!("`{sign}` changes the value of a name, which stands alone before it"))
                .label("here")
                .help("write such as `x += 1`"));
        };
        self.update = updating(sign).and_then(gate::infix).map(|(gate, _)| (gate, span));
        self.kind = StatementKind::Name { name, at: self.last, constant: false, update: true };
        // Its node stays: what the operator is applied to.
        self.operands.clear();
        self.before = Previous::Open;
        Ok(())
    }

    /// The right side of an update, as if it had been written out.
    fn written_out(&mut self, root: NodeId) -> NodeId {
        let Some((gate, at)) = self.update.take() else { return root };
        self.operands = vec![self.first, root];
        self.apply(gate, 2, at);
        self.operands.pop().unwrap_or(root)
    }

    /// Takes a brace: `{` behind `repeat N` opens a block of statements, `}` closes it. False for any other sign.
    pub(super) fn brace(&mut self, span: Span) -> Result<bool, Fault> {
        match span.of(self.text) {
            "{" if self.depth == 0 && matches!(self.kind, StatementKind::Repeat { .. }) => {
                self.need_operand(span)?;
                self.blocks.push((self.tree.statements.len(), span));
                self.end_statement(span, false)?;
                Ok(true)
            }
            "}" if self.depth == 0 && !self.blocks.is_empty() => {
                self.end_statement(span, false)?;
                let until = self.tree.statements.len();
                if let Some((at, _)) = self.blocks.pop() {
                    self.tree.statements[at].kind = StatementKind::Repeat { until };
                    self.tree.statements[at].span = self.tree.statements[at].span.to(span);
                }
                self.block_closed = true;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Every block is closed at the end of a text.
    pub(super) fn end_blocks(&self) -> Result<(), Fault> {
        self.blocks.last().map_or(Ok(()), |&(_, at)| Err(self.never_closed(at, false)))
    }

    /// What stands right behind a block.
    pub(super) fn behind_block(&self, span: Span) -> Fault {
        let message = format!("`{}` stands behind the block of a `repeat`", shortened(span.of(self.text)));
        Fault::new(FaultKind::Parse, span, message).label("the statement has ended").help("put `;` or a new line before it")
    }

    /// `assert a == b ± tol`: what stands before it is the assertion, what follows is the tolerance.
    pub(super) fn tolerance(&mut self, span: Span) -> Result<(), Fault> {
        self.need_operand(span)?;
        self.settle(span)?;
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

    fn never_closed(&self, at: Span, semicolon: bool) -> Fault {
        let open = at.of(self.text);
        let close = match open {
            "[" => "]",
            "{" => "}",
            _ => ")",
        };
        let help = if semicolon { format!("close it with `{close}` before the `;`") } else { format!("close it with `{close}`") };
        Fault::new(FaultKind::Parse, at, format!("this `{open}` is never closed")).label("opened here").help(help)
    }

    pub(super) fn end_statement(&mut self, span: Span, semicolon: bool) -> Result<(), Fault> {
        if self.depth > 0 {
            let at = self.waiting.iter().rev().find_map(|waiting| match *waiting {
                Waiting::Bracket { opens: Opens::Keyword(..) | Opens::Spread(_) | Opens::Over(_), .. } => None,
                Waiting::Bracket { at, .. } => Some(at),
                _ => None,
            });
            return Err(self.never_closed(at.unwrap_or(span), semicolon));
        }
        if let Some(setting) = self.setting.filter(|setting| setting.depth > 0) {
            return Err(self.never_closed(setting.opened, semicolon));
        }
        let Some(start) = self.start else { return Ok(()) };
        if self.end_return() {
            return Ok(());
        }
        if let Some(setting) = self.setting.take() {
            let nothing = Span::new(setting.name.end as usize, setting.name.end as usize);
            let (name, value) = (setting.name, setting.value.unwrap_or(nothing));
            let imports = StatementWord::named(start.of(self.text)).is_some_and(|row| row.form == Form::Module);
            self.kind = if imports { StatementKind::Import { name, value } } else { StatementKind::Set { name, value } };
            self.operand(Node::Absent, setting.name);
        } else if self.before == Previous::Open {
            return Err(self.missing(Span::new(span.start as usize, span.start as usize)));
        }
        self.settle(span)?;
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
            StatementKind::Name { update: true, .. } => root = self.written_out(root),
            StatementKind::Repeat { .. } if self.blocks.last().is_none_or(|&(at, _)| at != self.tree.statements.len()) => {
                return Err(Fault::new(FaultKind::Parse, start, "`repeat` lacks its block of statements")
                    .label("here")
                    .help("write `repeat 10 { x += 1 }`, with `{` in the same line"));
            }
            _ => {}
        }
        let first = if let StatementKind::Print { items } = &kind { items[0].0 } else { self.first };
        if self.in_def() {
            self.end_line(&kind, root, start.to(self.last))?;
        } else {
            self.tree.statements.push(Statement { kind, root, first, span: start.to(self.last), silenced: semicolon });
        }
        self.begin_statement();
        Ok(())
    }
}

/// A word that is given a meaning has none that cannot change.
pub(super) fn check_name(word: &str, at: Span) -> Result<(), Fault> {
    let Some(what) = settled(word) else { return Ok(()) };
    let message = format!("`{word}` is {what}, and no name that can be given a meaning");
    Err(Fault::new(FaultKind::Parse, at, message).label("here").help("choose another name"))
}
