//! From a syntax tree to stages.
//!
//! A tree lists children before parents, so lowering is one loop over a list; a call of a user's function
//! suspends it for a loop over the function's own list. What a name means, it asks a `Scope`; what a derivative is, a `Staging`.

mod asks;
mod calls;
mod constants;
mod faults;
mod library;
mod limits;
mod over;
mod subscripts;

pub use asks::{Plain, Scope, Staging};
pub use constants::{Evaluate, constant_by, constant_value};
pub use limits::Limits;

use crate::forms::parse::words::function_elsewhere;
use crate::forms::program::{Constant, Input};
use crate::forms::{Program, StageId};
use crate::ground::text::{nearest, shortened};
use crate::ground::{Fault, FaultKind, Remedy, Shape, Span, Value, broken, number};
use crate::vocabulary::ast::{Node, NodeId, NodeList, Tree};
use crate::vocabulary::gate::{Axis, Family, Kernel, TABLE, array};
use crate::vocabulary::library::{PLACED, PUT, constant, is_foreign, is_shape, meanings};
use crate::vocabulary::{DERIVATIVE, Gate, LOAD, Symbol, Symbols, language_constant};
use constants::{decimal_of, literal};
use faults::{are, check_arity, no_keyword, no_slices, shape_fault};
use hashbrown::{HashMap, HashSet};
use limits::SoFar;
use std::sync::Arc;
use subscripts::{Indexing, Subscript};

/// What keeps the axes of a reduction, by name.
const KEEPDIMS: &str = "keepdims";

/// How many stages of a place are looked at to work it out.
const MOST_WORKED_OUT: usize = 64;

/// After how many calls it is asked whether all of them, written out, could stay within the budget's stages.
const MANY_CALLS: usize = 1 << 19;

/// A function of the user's: its parameters and its body.
#[derive(Clone, Debug)]
pub struct Function {
    /// The function's name.
    pub name: Symbol,
    /// The parameters, in order.
    pub parameters: Vec<Symbol>,
    /// The tree that holds the body.
    pub tree: Arc<Tree>,
    /// The first node of the body.
    pub first: NodeId,
    /// The last node of the body, its value.
    pub root: NodeId,
    /// The letters of its names, where its text is one of the program's own: it speaks of gates and of its parameters alone.
    pub symbols: Option<Arc<Symbols>>,
    /// The name of the function of a printed program that it is, known by its whole text.
    pub known: Option<String>,
    /// What it returns under keys beside its value, where it returns more than that.
    pub results: Option<Vec<Returned>>,
}

/// What a function returns under a key beside its value.
#[derive(Clone, Debug)]
pub struct Returned {
    /// The key.
    pub key: String,
    /// The name by which it is called: `f[1]['x']`.
    pub name: Symbol,
    /// The function that it is.
    pub function: Arc<Function>,
}

/// Scratch space for lowering, kept from one expression to the next.
#[derive(Debug, Default)]
pub struct Scratch {
    /// How far lowering may go.
    pub limits: Limits,
    /// How often what has a `for` has been gone through.
    rounds: usize,
    stages: Vec<StageId>,
    frames: Vec<Frame>,
    operands: Vec<StageId>,
}

impl Clone for Scratch {
    /// A room of the same size; what lies in it is of use to nobody.
    fn clone(&self) -> Self {
        Self { limits: self.limits.clone(), ..Self::default() }
    }
}

/// What lowering needs: where stages go, what names mean, how finely to cut.
pub struct Lowering<'a> {
    /// The letters of names.
    pub symbols: &'a Symbols,
    /// Where the stages go.
    pub program: &'a mut Program,
    /// What names mean.
    pub scope: &'a mut dyn Scope,
    /// Which stages an application of a gate becomes.
    pub staging: &'a mut dyn Staging,
    /// Whether this is a dry run: calls of functions are checked but not written out.
    pub dry_run: bool,
    /// Scratch space to work in.
    pub scratch: &'a mut Scratch,
}

/// An expression being lowered: the statement's own, or the body of a function that it calls.
#[derive(Debug)]
struct Frame {
    tree: Arc<Tree>,
    first: usize,
    next: usize,
    root: usize,
    /// Where the stages of its nodes start in the common list.
    base: usize,
    /// The call whose body it is.
    call: Option<Call>,
    /// What it is a round of, or computes what a name of that goes over.
    looping: Option<Box<over::Looping>>,
    /// Whether its nodes are of the statement itself, and not of a function that it calls.
    in_statement: bool,
}

/// A call of a function.
#[derive(Clone, Debug)]
struct Call {
    function: Arc<Function>,
    /// What it was given.
    given: Vec<StageId>,
    /// What its parameters stand for: what it was given, or inputs made of it.
    arguments: Vec<StageId>,
}

/// In whose text a call stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The user's statement, whose places can be told.
    Statement,
    /// A function of the user's.
    Function,
    /// A text of the program's own.
    Ours,
}

/// Stands for the stage of a node that has none where it stands: what is computed again and again, and how far it goes.
const SKIPPED: StageId = StageId::MAX;

impl Frame {
    /// The body of a call, whose stages start at `base`.
    fn of_call(call: Call, base: usize) -> Self {
        let function = &call.function;
        let (tree, first, root) = (Arc::clone(&function.tree), function.first.at(), function.root.at());
        Self { tree, first, next: first, root, base, call: Some(call), looping: None, in_statement: false }
    }

    /// The letters of its names.
    fn letters<'a>(&'a self, session: &'a Symbols) -> &'a Symbols {
        self.call.as_ref().and_then(|call| call.function.symbols.as_deref()).unwrap_or(session)
    }

    /// Whether it is a whole statement.
    fn is_statement(&self) -> bool {
        self.call.is_none() && self.looping.is_none()
    }

    /// Whether it is the body of a function of the program's own.
    fn is_own(&self) -> bool {
        self.call.as_ref().is_some_and(|call| call.function.symbols.is_some())
    }
}

impl Lowering<'_> {
    /// Adds the stages of the expression `first..=root` of a tree and returns the stage of its value.
    ///
    /// # Errors
    /// The first name that means nothing, the first call that does not fit, functions that call each other in a
    /// circle, or more than the budget has room for.
    pub fn run(&mut self, tree: &Arc<Tree>, first: NodeId, root: NodeId) -> Result<StageId, Fault> {
        self.run_frame(Frame {
            tree: Arc::clone(tree),
            first: first.at(),
            next: first.at(),
            root: root.at(),
            base: 0,
            call: None,
            looping: None,
            in_statement: true,
        })
    }

    /// Adds the stages of a function's body, its parameters standing for `arguments`; places are in the text that
    /// defines it.
    ///
    /// # Errors
    /// As for [`Self::run`].
    pub fn run_body(&mut self, function: &Arc<Function>, arguments: Vec<StageId>) -> Result<StageId, Fault> {
        let (first, root) = (function.first.at(), function.root.at());
        let call = Call { function: Arc::clone(function), given: Vec::new(), arguments };
        let tree = Arc::clone(&function.tree);
        self.run_frame(Frame { tree, first, next: first, root, base: 0, call: Some(call), looping: None, in_statement: true })
    }

    fn run_frame(&mut self, whole: Frame) -> Result<StageId, Fault> {
        // The account stays where every step can charge it.
        let limits = std::mem::take(&mut self.scratch.limits);
        let mut scratch = std::mem::replace(self.scratch, Scratch { limits, ..Scratch::default() });
        let value = self.walk(whole, &mut scratch).map_err(|mut fault| {
            if !matches!(fault.kind, FaultKind::Limit | FaultKind::Interrupt) {
                fault.message.extend(self.rounds_in(&scratch.frames));
            }
            fault
        });
        scratch.limits = std::mem::take(&mut self.scratch.limits);
        *self.scratch = scratch;
        value
    }

    #[expect(clippy::too_many_lines, reason = "an arm for each kind of node")]
    fn walk(&mut self, whole: Frame, scratch: &mut Scratch) -> Result<StageId, Fault> {
        let Scratch { stages, frames, operands, .. } = scratch;
        stages.clear();
        stages.reserve(whole.root + 1 - whole.first);
        frames.clear();
        frames.push(whole);
        let mut so_far = SoFar::at(self.program);
        // Equal calls have equal values.
        let mut known: HashMap<(*const Function, Vec<StageId>), StageId> = HashMap::new();
        while let Some(frame) = frames.last_mut() {
            if frame.next > frame.root {
                let Some(frame) = frames.pop() else { break };
                let value = stages[stages.len() - 1];
                let base = frame.base;
                if frame.looping.is_some() {
                    let next = self.end_part(frame, stages)?;
                    stages.truncate(base);
                    match next {
                        over::Next::Round(round) => frames.push(round),
                        over::Next::Whole(whole) => stages.push(whole),
                    }
                    continue;
                }
                stages.truncate(base);
                stages.push(value);
                if let Some(call) = frame.call {
                    known.insert((Arc::as_ptr(&call.function), call.given), value);
                }
                continue;
            }
            let node = NodeId::new(frame.next);
            if let Some(last) = frame.tree.repeated(node, NodeId::new(frame.root)) {
                // What is computed again and again has no stage where it stands.
                stages.resize(stages.len() + last.at() + 1 - node.at(), SKIPPED);
                frame.next = last.at() + 1;
                continue;
            }
            frame.next += 1;
            // What a function's body does is blamed on the call that the user's text makes.
            let top = frames.len() - 1;
            let own = frames[top].in_statement;
            let outermost = &frames[0];
            let span = if own { frames[top].tree.span(node) } else { outermost.tree.span(NodeId::new(outermost.next - 1)) };
            let frame = &frames[top];
            let place = |operand: &NodeId| match stages[frame.base + operand.at() - frame.first] {
                SKIPPED => broken("an operand stands where it has a stage"),
                stage => stage,
            };
            operands.clear();
            let stage = match frame.tree.node(node) {
                Node::Number(value) => {
                    let decimal = decimal_of(frame.tree.span(node).of(&frame.tree.text), value);
                    self.program.add_shared_constant(Constant { value: value.into(), name: None, decimal }, span)
                }
                Node::Name(name) => match (parameter(frame, name), self.word(frame, node)) {
                    (Some(argument), _) => argument,
                    (None, Some(number)) => self.program.add_constant(number, None, span),
                    (None, None) => self.name(frame.letters(self.symbols), name, span)?,
                },
                Node::Local(given) => {
                    // Lines above stand in the body, and in nothing that is done again and again.
                    let body = frames.iter().rev().find(|frame| frame.looping.is_none()).unwrap_or(frame);
                    stages[body.base + given.at() - body.first]
                }
                Node::Bound(name) => match frame.looping.as_ref().and_then(|looping| looping.bound(name)) {
                    Some(element) => element,
                    None => broken("a name that goes stands in what goes with it"),
                },
                Node::UpTo(_) => SKIPPED,
                Node::Call(..) if self.is_gone_through(frame, node) => SKIPPED,
                Node::Over(..) => match self.begin_over(frame, node, stages, span)? {
                    over::Next::Round(round) => {
                        frames.push(round);
                        continue;
                    }
                    over::Next::Whole(whole) => whole,
                },
                // What has a `for` is the whole value of the call, or of the list.
                Node::Call(_, given) | Node::List(given) if is_over(&frame.tree, given) => place(&frame.tree.operands(given)[0]),
                Node::Keyword(_, given) | Node::Spread(given) => place(&frame.tree.operands(given)[0]),
                Node::Apply(gate, given, at) => {
                    let given = frame.tree.operands(given);
                    if !frame.is_own() {
                        self.check_quotient(gate, &frame.tree, given, span)?;
                    }
                    operands.extend(given.iter().map(place));
                    // The sign itself is blamed, where it stands in the user's text.
                    let sign = if own { frame.tree.sign(gate, at) } else { span };
                    self.operator(gate, &frame.tree, given, operands, span, sign)?
                }
                Node::List(given) => {
                    let given = frame.tree.operands(given);
                    operands.extend(given.iter().map(place));
                    self.list(&frame.tree, given, operands, span)?
                }
                Node::Index(given) if self.is_value_of(frame, node, frame.tree.operands(given)) => place(&frame.tree.operands(given)[0]),
                Node::Index(given) if self.is_placing(frame, node, frame.tree.operands(given)) => {
                    self.program.add_constant(f64::NAN, None, span)
                }
                Node::Index(given) => {
                    let given = frame.tree.operands(given);
                    if self.is_slices(frame, given[0]) {
                        return Err(no_slices(span));
                    }
                    let subscripts: Vec<Subscript> = given[1..].iter().map(|&node| self.subscript(frame, node, &place)).collect();
                    let at = Indexing { tree: &frame.tree, given, span, own };
                    self.elements(place(&given[0]), &subscripts, &at)?
                }
                // What stands for it is asked for by the index or the call around it.
                Node::Range(_) | Node::Tuple(_) | Node::Absent | Node::Quoted => self.program.add_constant(f64::NAN, None, span),
                Node::Call(name, given) => {
                    let given = frame.tree.operands(given);
                    let printed = if frame.is_own() { None } else { self.scope.function(name).and_then(|function| function.known.clone()) };
                    let neural = self.neural_call(frame, name, given);
                    let given = if neural.is_some() { &given[1..] } else { given };
                    let printed = printed.or(neural);
                    let word = printed.as_deref().unwrap_or_else(|| frame.letters(self.symbols).name(name));
                    let has_spread = given.iter().any(|&node| matches!(frame.tree.node(node), Node::Spread(_)));
                    if has_spread && self.program.is_open() {
                        // How many operands it has is known when it is called.
                        stages.push(self.program.add_input(Input { name, active: true, value: None }, Shape::Scalar, span));
                        continue;
                    }
                    if given.is_empty()
                        && !is_foreign(word)
                        && self.scope.function(name).is_none_or(|function| !function.parameters.is_empty())
                    {
                        return Err(Fault::new(FaultKind::Parse, span, format!("`{}()` has nothing in its brackets", shortened(word)))
                            .help("put what it applies to between the brackets"));
                    }
                    if word == PLACED {
                        let at = |of: NodeId| Indexing { tree: &frame.tree, given, span, own: own && of.at() <= frame.root };
                        let Some(subscripts) = self.slices(frame, given, &place) else { return Err(no_slices(span)) };
                        self.placed([place(&given[0]), place(&given[1])], &subscripts, &at(given[2]))?
                    } else if word == PUT && given.len() == 3 {
                        let at = Indexing { tree: &frame.tree, given, span, own: own && given[2].at() <= frame.root };
                        self.put([place(&given[0]), place(&given[1])], (place(&given[2]), given[2]), &at)?
                    } else if is_shape(word) && given.len() == 1 {
                        let (tree, symbols) = (&frame.tree, frame.letters(self.symbols));
                        library::Asked { name: word, tree, symbols, given, own: tree.span(node), span }.check_brackets()?;
                        library::shape_of(self.program, place(&given[0]), span)?
                    } else if is_foreign(word) || self.is_bare(frame, word, name) {
                        let asked = library::Asked {
                            name: word,
                            tree: &frame.tree,
                            symbols: frame.letters(self.symbols),
                            given,
                            own: frame.tree.span(node),
                            span,
                        };
                        let (function, arguments) = library::meant(&asked, &place, self.program)?;
                        frames.push(Frame::of_call(Call { function, given: arguments.clone(), arguments }, stages.len()));
                        continue;
                    } else if let Some(function) = self.function_of(frame, name, given, &place, operands, span)? {
                        if let Some(&keyword) = given.iter().find(|&&node| matches!(frame.tree.node(node), Node::Keyword(..))) {
                            return Err(no_keyword(self.symbols.name(name), if own { frame.tree.span(keyword) } else { span }));
                        }
                        self.check_call(&function, operands.len(), span)?;
                        self.check_circle(frames, &function, span)?;
                        if function.results.is_some() && !Self::takes_value(&frames[top], node) {
                            return Err(self.several_results(&function, span));
                        }
                        if self.dry_run {
                            stages.push(self.program.add_input(Input { name, active: true, value: None }, Shape::Scalar, span));
                            continue;
                        }
                        let numbers = frame.is_statement() && operands.iter().all(|&operand| !self.program.varies(operand));
                        if let Some(&value) = known.get(&(Arc::as_ptr(&function), operands.clone())) {
                            value
                        } else {
                            let arguments = if numbers { self.inputs_of(&function, operands, span)? } else { operands.clone() };
                            frames.push(Frame::of_call(Call { function, given: operands.clone(), arguments }, stages.len()));
                            if known.len() == MANY_CALLS {
                                self.scratch.limits.budget.check_stages(self.written_out(&frames[0]), span)?;
                            }
                            continue;
                        }
                    } else if word == DERIVATIVE {
                        let with = given.get(1).and_then(|&with| match frame.tree.node(with) {
                            Node::Name(name) => Some((name, if own { frame.tree.span(with) } else { span })),
                            _ => None,
                        });
                        let with = with.map(|(name, place)| (name, place, parameter(frame, name).is_some()));
                        self.derivative(operands, with, span)?
                    } else if word == LOAD {
                        self.load(&frame.tree, given, span)?
                    } else {
                        let whose = if frame.is_own() {
                            Whose::Ours
                        } else if own {
                            Whose::Statement
                        } else {
                            Whose::Function
                        };
                        self.apply_by_name(word, &frame.tree, given, operands, span, whose)?
                    }
                }
            };
            so_far.check(&mut self.scratch.limits, self.program, span)?;
            stages.push(stage);
        }
        Ok(stages[0])
    }

    /// What a name stands for that is no parameter.
    fn name(&mut self, letters: &Symbols, name: Symbol, span: Span) -> Result<StageId, Fault> {
        let word = letters.name(name);
        if !is_foreign(word) && std::ptr::eq(letters, self.symbols) {
            return self.scope.value(name, span, self.program);
        }
        match constant(word).or_else(|| language_constant(word).map(|value| (word, value))) {
            // The language's own names have the same symbols in every table.
            Some((known, value)) => Ok(self.program.add_constant(value, self.symbols.find(known), span)),
            None if is_foreign(word) => {
                let message = format!("the name `{}` has no value here", shortened(word));
                Err(Fault::new(FaultKind::Name, span, message).label("no value").help("call it with brackets, or write a value"))
            }
            None => broken("a text of the table of libraries speaks of its operands, of constants and of gates"),
        }
    }

    /// Whether a name without a prefix is that of a library's function, and neither the user's nor a gate's.
    fn is_bare(&self, frame: &Frame, word: &str, name: Symbol) -> bool {
        !frame.is_own() && self.scope.gate(word).is_none() && self.scope.function(name).is_none() && meanings(word).next().is_some()
    }

    /// The user's function that a call means, and the operands that the call is given.
    fn function_of(
        &mut self,
        frame: &Frame,
        name: Symbol,
        given: &[NodeId],
        place: &dyn Fn(&NodeId) -> StageId,
        operands: &mut Vec<StageId>,
        span: Span,
    ) -> Result<Option<Arc<Function>>, Fault> {
        for node in given {
            match frame.tree.node(*node) {
                Node::Spread(_) => operands.extend(library::elements(self.program, place(node), span)?),
                _ => operands.push(place(node)),
            }
        }
        Ok(if frame.is_own() { None } else { self.scope.function(name).or_else(|| self.returned(name)) })
    }

    /// What a function returns under a key, by the name that such a call has: `f[1]['x']`.
    fn returned(&self, name: Symbol) -> Option<Arc<Function>> {
        let (of, _) = self.symbols.name(name).split_once("[1]['")?;
        let function = self.scope.function(self.symbols.find(of)?)?;
        function.results.iter().flatten().find(|result| result.name == name).map(|result| Arc::clone(&result.function))
    }

    /// Why a name such as `f[1]['z']` is none of what the function returns.
    fn no_such_key(&self, name: &str, span: Span) -> Option<Fault> {
        let (of, key) = name.split_once("[1]['")?;
        let function = self.scope.function(self.symbols.find(of)?)?;
        let (of, key) = (shortened(of), shortened(key.trim_end_matches("']")));
        let keys: Vec<String> = function.results.iter().flatten().map(|result| format!("`'{}'`", result.key)).collect();
        let (message, help) = match keys.split_last() {
            None => (format!("`{of}` returns its value alone"), format!("write `{of}(...)` for the value")),
            Some((only, [])) => (format!("`{of}` returns no `'{key}'`"), format!("the key is {only}")),
            Some((last, rest)) => (format!("`{of}` returns no `'{key}'`"), format!("the keys are {} and {last}", rest.join(", "))),
        };
        Some(Fault::new(FaultKind::Name, span, message).label("here").help(help))
    }

    /// Whether an index takes the value, `f(3, -4)[0]`, of a function that returns more than it.
    fn is_value_of(&self, frame: &Frame, node: NodeId, given: &[NodeId]) -> bool {
        let Node::Call(name, _) = frame.tree.node(given[0]) else { return false };
        !frame.is_own()
            && self.scope.function(name).is_some_and(|function| function.results.is_some())
            && Self::value_taken(&frame.tree, given[0]) == Some(node)
    }

    /// The index that takes the first of what the call at a node returns, if one stands behind it.
    fn value_taken(tree: &Tree, call: NodeId) -> Option<NodeId> {
        let index = NodeId::new(call.at() + 2);
        let Node::Index(given) = (index.at() < tree.len()).then(|| tree.node(index))? else { return None };
        let &[of, first] = tree.operands(given) else { return None };
        (of == call && tree.node(first) == Node::Number(0.0)).then_some(index)
    }

    /// Whether a call of a function that returns more than its value asks for the value: as a whole statement or by `[0]`.
    fn takes_value(frame: &Frame, node: NodeId) -> bool {
        frame.is_statement() && node.at() == frame.root || Self::value_taken(&frame.tree, node).is_some()
    }

    /// A function that returns several things, in an expression.
    fn several_results(&self, function: &Function, span: Span) -> Fault {
        let name = self.symbols.name(function.name);
        let key = function.results.iter().flatten().next().map_or("x", |result| result.key.as_str());
        Fault::new(FaultKind::Name, span, format!("`{}` returns a value and gradients", shortened(name)))
            .label("one of them must be chosen")
            .help(format!("write `{name}(...)[0]` for the value, `{name}(...)[1]['{key}']` for a gradient"))
    }

    /// `df/dx` of two gradients of the last answer is meant as a derivative, and is another number.
    fn check_quotient(&self, gate: Gate, tree: &Tree, given: &[NodeId], span: Span) -> Result<(), Fault> {
        let (Gate::Div, [over, under]) = (gate, given) else { return Ok(()) };
        let (Node::Name(over), Node::Name(under)) = (tree.node(*over), tree.node(*under)) else { return Ok(()) };
        if !self.scope.is_gradient(over) || !self.scope.is_gradient(under) {
            return Ok(());
        }
        let [over, under] = [over, under].map(|name| self.symbols.name(name));
        let [of, with] = [over, under].map(|name| name.strip_prefix('d').unwrap_or(name));
        let message = format!("`{over}` and `{under}` are gradients of the last answer, and their quotient is no derivative");
        Err(Fault::new(FaultKind::Name, span, message)
            .label("can be read in two ways")
            .help(format!("write `d({of}, {with})` for the derivative; for the quotient, keep one under another name: `const g = {over}`")))
    }

    /// An operator's stage; `sign` is its own place.
    fn operator(
        &mut self,
        gate: Gate,
        tree: &Tree,
        given: &[NodeId],
        operands: &[StageId],
        span: Span,
        sign: Span,
    ) -> Result<StageId, Fault> {
        self.program.resolve(gate, operands).map_err(|mismatch| shape_fault(&mismatch, tree, given, sign))?;
        let compound = given.last().is_some_and(|&last| matches!(tree.node(last), Node::Apply(..) | Node::Call(..)));
        Ok(self.staging.operator(self.program, gate, operands, span, compound))
    }

    /// `[x, y]`: a constant where every element is a number as written.
    fn list(&mut self, tree: &Tree, given: &[NodeId], operands: &[StageId], span: Span) -> Result<StageId, Fault> {
        self.program.resolve(Gate::Stack, operands).map_err(|mismatch| shape_fault(&mismatch, tree, given, span))?;
        Ok(match literal(self.program, operands) {
            Some(value) => self.program.add_constant(value, None, span),
            None => self.program.share(Gate::Stack, operands, span),
        })
    }

    fn subscript(&mut self, frame: &Frame, node: NodeId, place: &dyn Fn(&NodeId) -> StageId) -> Subscript {
        match frame.tree.node(node) {
            Node::Range(parts) => {
                let parts = frame.tree.operands(parts);
                Subscript::Range([0, 1, 2].map(|at| self.worked_out(place(&parts[at]))))
            }
            Node::Name(_) if self.is_new_axis(frame, node) => Subscript::New,
            _ if self.program.shape(place(&node)).is_scalar() => Subscript::Single(self.worked_out(place(&node)), node),
            _ => Subscript::Several(place(&node), node),
        }
    }

    /// A place that is made of written numbers alone without rounding, such as `1 + 1` in a round of `x[i + 1]`, is the number.
    fn worked_out(&mut self, place: StageId) -> StageId {
        let Some(number) = self.program.known(place).filter(|_| self.program.gate(place) != Gate::Constant) else { return place };
        // A condition is no place.
        if self.is_truth(place) {
            return place;
        }
        let mut rest = vec![place];
        for _ in 0..MOST_WORKED_OUT {
            let Some(stage) = rest.pop() else { return self.program.add_constant(number, None, self.program.span(place)) };
            let is_exact = match self.program.gate(stage) {
                Gate::Constant => self.program.exact_literal(stage).is_some(),
                gate => matches!(gate.row().family, Family::Arithmetic | Family::Piecewise),
            };
            if !is_exact || !self.program.known(stage).is_some_and(number::is_short_binary) {
                return place;
            }
            rest.extend_from_slice(self.program.operands(stage));
        }
        place
    }

    /// The stage of a gate called by its name, in the text of `whose`.
    fn apply_by_name(
        &mut self,
        name: &str,
        tree: &Tree,
        given: &[NodeId],
        operands: &mut Vec<StageId>,
        span: Span,
        whose: Whose,
    ) -> Result<StageId, Fault> {
        let own = whose == Whose::Statement;
        let gate = match Gate::known(name).filter(|_| whose == Whose::Ours) {
            Some(gate) => gate,
            None => self.callee(name, span, own)?,
        };
        // The texts of the program's own keep no axes by name.
        let kept = if whose == Whose::Ours { None } else { self.keeps_axes(gate, tree, given, operands, span)? };
        let given = &given[..given.len() - usize::from(kept.is_some())];
        let gate = self.keyword(gate, tree, given, operands, span)?;
        check_arity(gate.row(), operands.len(), span)?;
        let end = span.start as usize + name.len();
        let place = if own { Span::new(span.start as usize, end) } else { span };
        let (_, shape) = self.program.resolve(gate, operands).map_err(|mismatch| shape_fault(&mismatch, tree, given, place))?;
        if matches!(gate.row().kernel, Kernel::Draw(_)) {
            self.scratch.limits.budget.fits(shape.size(), span)?;
        }
        let (Some(true), &[reduced, ref axis @ ..]) = (kept, &operands[..]) else { return Ok(self.call(gate, operands, shape, span)) };
        let of = self.program.shape(reduced);
        let along = axis.first().and_then(|&axis| self.program.known(axis)).and_then(|axis| array::axis(of, axis));
        let reduced = self.call(gate, operands, shape, span);
        Ok(self.with_axes_kept(reduced, of, along, span))
    }

    /// Whether a call is given `keepdims=`, its last operand, which is taken off; none where it is not.
    fn keeps_axes(
        &mut self,
        gate: Gate,
        tree: &Tree,
        given: &[NodeId],
        operands: &mut Vec<StageId>,
        span: Span,
    ) -> Result<Option<bool>, Fault> {
        let is_keepdims = |&node: &NodeId| matches!(tree.node(node), Node::Keyword(name, _) if self.symbols.name(name) == KEEPDIMS);
        let Some(at) = given.iter().position(is_keepdims) else { return Ok(None) };
        let reduces = gate.row().with_cases().any(|row| row.axis == Axis::Reduces);
        if !reduces || at == 0 || at + 1 != given.len() {
            let message = format!("`{}` takes no `{KEEPDIMS}=` here", gate.row().name);
            let help = "it stands last in a reduction, as in `sum(X, axis=1, keepdims=1)`";
            return Err(Fault::new(FaultKind::Name, span, message).label("here").help(help));
        }
        match operands.pop().and_then(|kept| self.program.known(kept)) {
            Some(kept) => Ok(Some(kept != 0.0)),
            None if self.program.is_open() => Ok(Some(false)),
            None => Err(Fault::new(FaultKind::Shape, span, format!("`{KEEPDIMS}` is a number that no input changes"))
                .label("here")
                .help("write `keepdims=1`")),
        }
    }

    /// A reduction with axes of size 1 in place of those that it went along.
    fn with_axes_kept(&mut self, reduced: StageId, of: Shape, along: Option<usize>, span: Span) -> StageId {
        let axes = along.map_or_else(|| vec![0; of.rank()], |axis| vec![axis]);
        axes.into_iter().fold(reduced, |value, axis| {
            let axis = self.program.add_constant(axis as f64, None, span);
            self.program.share(Gate::Expand, &[value, axis], span)
        })
    }

    /// A called gate's stage. Operands that count once are named once: `max(x, x)` is `x`.
    fn call(&mut self, gate: Gate, operands: &mut Vec<StageId>, shape: Shape, span: Span) -> StageId {
        if let (Kernel::Draw(from), false) = (gate.row().kernel, self.program.is_open()) {
            let mut numbers = vec![0.0; shape.size()];
            self.scope.draw(from, &mut numbers);
            return self.program.add_constant(Value::new(shape, numbers), None, span);
        }
        if gate.row().idempotent && operands.len() > 1 {
            let mut seen = HashSet::with_capacity(operands.len());
            operands.retain(|&operand| seen.insert(operand));
            if let [only] = operands[..] {
                return only;
            }
        }
        self.staging.call(self.program, gate, operands, span)
    }

    /// The numbers of a file.
    fn load(&mut self, tree: &Tree, given: &[NodeId], span: Span) -> Result<StageId, Fault> {
        let &[file] = given else {
            let message = format!("`{LOAD}` takes the name of one file, and {} given", are(given.len()));
            return Err(Fault::new(FaultKind::Name, span, message).label("here").help("write `load(\"points.csv\")`"));
        };
        if tree.node(file) != Node::Quoted {
            return Err(Fault::new(FaultKind::Name, span, "the name of a file stands in quotation marks")
                .label("here")
                .help("write `load(\"points.csv\")`"));
        }
        if self.program.is_open() {
            return Ok(self.program.add_constant(f64::NAN, None, span));
        }
        let name = tree.quoted(file);
        let budget = &self.scratch.limits.budget;
        match self.scope.load(&tree.origin, name, budget) {
            Ok(value) => Ok(self.program.add_constant(value, None, span)),
            Err(why) => Err(budget.unloaded(&shortened(name), why, span)),
        }
    }

    /// The derivative of one stage with respect to another, as stages.
    ///
    /// `named` is the name that stands for the second, its place, and whether it is a parameter of a function.
    fn derivative(&mut self, operands: &[StageId], named: Option<(Symbol, Span, bool)>, span: Span) -> Result<StageId, Fault> {
        let usage = "write `d(x^3*y, x)`: the derivative of an expression with respect to an input or a named stage";
        let [of, with] = *operands else {
            let message = format!("`{DERIVATIVE}` takes 2 operands, and {} given", are(operands.len()));
            return Err(Fault::new(FaultKind::Name, span, message).label("here").help(usage));
        };
        let Some((name, place, parameter)) = named else {
            return Err(Fault::new(FaultKind::Name, span, "a derivative is taken with respect to a name")
                .label("its second operand is no name")
                .help(usage));
        };
        let shape = self.program.shape(of);
        if !shape.is_scalar() {
            let message = format!("a derivative is that of a single number, and this is {shape}");
            return Err(Fault::new(FaultKind::Shape, span, message).label("here").help("reduce it first, as in `d(sum(...), x)`"));
        }
        // Its backward pass has a stage at least for every stage that changes with an input.
        self.scratch.limits.budget.check_stages(self.program.len() + self.program.active_below(of), span)?;
        if let Some(gradient) = self.staging.derivative(self.program, of, with) {
            self.scope.differentiated(of, with);
            Ok(gradient)
        } else {
            let text = shortened(self.symbols.name(name));
            if !self.program.is_open() && !parameter {
                if !self.scope.is_known(self.symbols.name(name)) {
                    let message = format!("`{text}` stands for nothing that could be differentiated with respect to");
                    return Err(Fault::new(FaultKind::Name, place, message)
                        .label("unknown")
                        .help(usage)
                        .unknown([self.symbols.name(name)]));
                }
                let (cone, _) = self.program.cone(of);
                let unknown = |input: &&Input| input.value.is_none() && !self.scope.is_known(self.symbols.name(input.name));
                if let Some(input) = cone.inputs().iter().find(unknown) {
                    let word = self.symbols.name(input.name);
                    let message = format!("`{}` has no value, and does not depend on `{text}`", shortened(word));
                    return Err(Fault::new(FaultKind::Name, span, message).label("here").help("give it a value before").unknown([word]));
                }
                self.scope.note(if self.program.selecting(of).only_selects(with) {
                    format!("`{text}` counts places, and no gradient goes to places: `{DERIVATIVE}` is 0")
                } else {
                    format!("what `{DERIVATIVE}` differentiates does not depend on `{text}`, so that it is 0")
                });
            }
            let shape = self.program.shape(with);
            self.scratch.limits.budget.fits(shape.size(), span)?;
            Ok(self.program.add_constant(zeros(shape), None, span))
        }
    }

    /// The gate of those that share a name which an operand given by name chooses: one that takes it as its last, or one
    /// that is what it is by it.
    fn keyword(&self, gate: Gate, tree: &Tree, given: &[NodeId], operands: &mut Vec<StageId>, span: Span) -> Result<Gate, Fault> {
        let Some(at) = given.iter().position(|&node| matches!(tree.node(node), Node::Keyword(..))) else { return Ok(gate) };
        let row = gate.row();
        let last = at + 1 == given.len() && at > 0;
        if let Some(case) = row.with_cases().find(|case| last && (case.takes_axis() || case.operands.last() == Some(&"axis"))) {
            return Ok(case.gate);
        }
        if row.by_axis.is_empty() || !last {
            return Err(no_keyword(row.name, span));
        }
        let axis = operands.pop().and_then(|axis| self.program.known(axis)).map(|axis| if axis < 0.0 { axis + 2.0 } else { axis });
        let chosen = row.by_axis.iter().enumerate().find(|&(at, _)| axis == Some(at as f64));
        chosen.map(|(_, &gate)| gate).ok_or_else(|| {
            Fault::new(FaultKind::Shape, span, "the axis must be 0 or 1, a number that no input changes")
                .label("here")
                .help("write `axis=1`")
        })
    }

    /// The gate of a name; `own` says whether the place is that of the call itself, which starts with the name.
    fn callee(&self, text: &str, span: Span, own: bool) -> Result<Gate, Fault> {
        if let Some(gate) = self.scope.gate(text) {
            return Ok(gate);
        }
        if let Some(fault) = self.no_such_key(text, span) {
            return Err(fault);
        }
        let text = text.split_once("[1]['").map_or(text, |(function, _)| function);
        let end = (span.start as usize + text.len()).min(span.end as usize);
        let place = if own { Span::new(span.start as usize, end) } else { span };
        let fault = Fault::new(FaultKind::Name, place, format!("`{}` is no function", shortened(text))).unknown([text]);
        let functions = self.scope.functions();
        // What has a sign of its own is not what a slip of the pen means.
        let gates = TABLE.iter().filter(|row| row.callable() && row.signs.is_empty());
        let gates = gates.flat_map(|row| std::iter::once(row.name).chain(row.aliases.iter().copied()));
        if self.scope.is_known(text) {
            return Err(fault.label("a name before a bracket is a call").remedy(Remedy::MultiplyOrCall { name: text.to_owned() }));
        }
        if let Some(instead) = function_elsewhere(text).or_else(|| crate::vocabulary::library::loss(text)) {
            return Err(fault.label("unknown").help(instead));
        }
        let glued = text.char_indices().skip(1).map(|(at, _)| text.split_at(at));
        if let Some((factor, function)) =
            glued.into_iter().find(|(factor, function)| self.scope.is_known(factor) && self.scope.gate(function).is_some())
        {
            let remedy = Remedy::MultiplyCall { factor: factor.to_owned(), function: function.to_owned() };
            return Err(fault.label("unknown").remedy(remedy));
        }
        // Nor does a number in a name come about by one.
        let digits = |word: &str| word.chars().filter(char::is_ascii_digit).collect::<String>();
        let known = gates.chain(functions.iter().map(|&name| self.symbols.name(name))).filter(|&known| digits(known) == digits(text));
        Err(match nearest(text, known) {
            Some(near) => fault.label("unknown").help(format!("did you mean `{near}`?")),
            None => fault.label("unknown").remedy(Remedy::DefineFunction { name: text.to_owned() }),
        })
    }
}

/// Whether a call or a list is of what has a `for`.
fn is_over(tree: &Tree, given: NodeList) -> bool {
    matches!(tree.operands(given), [of] if matches!(tree.node(*of), Node::Over(..)))
}

fn parameter(frame: &Frame, name: Symbol) -> Option<StageId> {
    let call = frame.call.as_ref()?;
    call.function.parameters.iter().position(|&parameter| parameter == name).map(|at| call.arguments[at])
}

fn zeros(shape: Shape) -> Value {
    Value::new(shape, vec![0.0; shape.size()])
}
