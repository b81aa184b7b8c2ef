//! From a syntax tree to stages.
//!
//! A tree lists children before parents, so lowering is one loop over a list; a call of a user's function
//! suspends it for a loop over the function's own list. Knows which names are constants of the language; asks a
//! `Scope` about all others. It computes no derivative.

use super::cut::Cut;
use crate::forms::{Program, StageId};
use crate::ground::{Fault, FaultKind, Span};
use crate::vocabulary::ast::{Node, NodeId, Statement, Tree};
use crate::vocabulary::gate::{Row, TABLE};
use crate::vocabulary::{Gate, Symbol, Symbols};
use std::collections::HashSet;
use std::rc::Rc;

/// The names that the language itself gives to numbers, and their other spellings.
pub const CONSTANTS: &[(&str, f64)] = &[
    ("pi", std::f64::consts::PI),
    ("π", std::f64::consts::PI),
    ("e", std::f64::consts::E),
    ("tau", std::f64::consts::TAU),
    ("τ", std::f64::consts::TAU),
    ("inf", f64::INFINITY),
    ("∞", f64::INFINITY),
];

/// The most stages that one program may have.
pub const MOST_STAGES: usize = 10_000_000;

/// A function of the user's: its parameters and its body.
#[derive(Clone, Debug)]
pub struct Function {
    /// The function's name.
    pub name: Symbol,
    /// The parameters, in order.
    pub parameters: Vec<Symbol>,
    /// The tree that holds the body.
    pub tree: Rc<Tree>,
    /// The statement that defines it.
    pub statement: Statement,
}

/// What names mean where an expression stands.
pub trait Scope {
    /// The stage that a name stands for; it may be added to the program.
    ///
    /// # Errors
    /// Where the name stands for no value.
    fn value(&mut self, name: Symbol, span: Span, program: &mut Program) -> Result<StageId, Fault>;

    /// The user's function of this name.
    fn function(&self, name: Symbol) -> Option<Rc<Function>>;
}

/// The value of a name that the language itself gives, unless the user gave it another meaning.
pub fn language_constant(name: &str) -> Option<f64> {
    CONSTANTS.iter().find(|(known, _)| *known == name).map(|&(_, value)| value)
}

/// Adds the stages of a statement's expression to `program` and returns the stage of its value.
///
/// # Errors
/// The first name that means nothing, the first call that does not fit, or more than `MOST_STAGES` stages.
pub fn lower(
    tree: &Rc<Tree>,
    statement: &Statement,
    symbols: &Symbols,
    program: &mut Program,
    scope: &mut dyn Scope,
    cut: &mut Cut,
) -> Result<StageId, Fault> {
    let mut operands = Vec::new();
    let (first, count) = (statement.first.at(), statement.root.at() + 1 - statement.first.at());
    let mut stages: Vec<StageId> = Vec::with_capacity(count);
    for at in first..first + count {
        let node = NodeId::new(at);
        let span = tree.span(node);
        let stage = match tree.node(node) {
            Node::Number(value) => program.add_constant(value, None, span),
            Node::Name(name) => scope.value(name, span, program)?,
            Node::Apply(gate, given) => {
                operands.clear();
                operands.extend(tree.operands(given).iter().map(|operand| stages[operand.at() - first]));
                let compound = tree.operands(given).get(1).is_some_and(|&d| matches!(tree.node(d), Node::Apply(..) | Node::Call(..)));
                cut.read(program, gate, &operands, span, compound)
            }
            Node::Call(name, given) => {
                operands.clear();
                operands.extend(tree.operands(given).iter().map(|operand| stages[operand.at() - first]));
                let gate = callee(symbols, scope, name, span)?;
                check_arity(gate.row(), operands.len(), span)?;
                call(program, cut, gate, &mut operands, span)
            }
        };
        if program.len() > MOST_STAGES {
            return Err(Fault::new(FaultKind::Limit, span, format!("this takes more than {MOST_STAGES} stages"))
                .label("the limit is reached here")
                .help("evaluate it in parts"));
        }
        stages.push(stage);
    }
    Ok(stages[count - 1])
}

/// A called gate's stage. Operands that count once are named once: `max(x, x)` is `x`.
fn call(program: &mut Program, cut: &mut Cut, gate: Gate, operands: &mut Vec<StageId>, span: Span) -> StageId {
    if gate.row().idempotent {
        let mut seen = HashSet::with_capacity(operands.len());
        operands.retain(|&operand| seen.insert(operand));
        if let [only] = operands[..] {
            return only;
        }
    }
    cut.push(program, gate, operands, span)
}

fn callee(symbols: &Symbols, scope: &dyn Scope, name: Symbol, span: Span) -> Result<Gate, Fault> {
    let _ = scope.function(name);
    let text = symbols.name(name);
    if let Some(gate) = Gate::named(text) {
        return Ok(gate);
    }
    let place = Span::new(span.start as usize, span.start as usize + text.len());
    let fault = Fault::new(FaultKind::Name, place, format!("`{text}` is no function"));
    let near = nearest(text, TABLE.iter().filter(|row| row.callable()).flat_map(|row| std::iter::once(row.name).chain(row.aliases.iter().copied())));
    Err(match near {
        Some(near) => fault.label("unknown").help(format!("did you mean `{near}`?")),
        None => fault.label("a name before a bracket is a call").help(format!("to multiply, write `{text}*(...)`; `gradcalc --gates` lists the functions")),
    })
}

fn check_arity(row: &Row, given: usize, span: Span) -> Result<(), Fault> {
    let wanted = match row.kernel.arity() {
        Some(arity) if arity != given => arity,
        None if given == 0 => 1,
        _ => return Ok(()),
    };
    let plural = |count: usize| if count == 1 { "1 operand".to_owned() } else { format!("{count} operands") };
    let message = format!("`{}` takes {}, and {} given", row.name, plural(wanted), if given == 1 { "1 is".to_owned() } else { format!("{given} are") });
    let usage = format!("write `{}({})`", row.name, row.operands.join(", "));
    Err(Fault::new(FaultKind::Name, span, message).label("here").help(usage))
}

/// The known word nearest to `word`, if one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let reach = match word.chars().count() {
        0..=1 => 0,
        2..=3 => 1,
        _ => 2,
    };
    known
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|&(distance, candidate)| distance <= reach && distance < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}
