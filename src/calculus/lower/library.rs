//! Calls of a library's functions and of methods: which function of the table a call means, and what its operands are.
//!
//! A function of the table is a function whose text stands in the table instead of in the user's text. Knows no library.

use super::Function;
use crate::forms::program::Input;
use crate::forms::{Program, StageId, parse};
use crate::ground::text::{nearest, shortened};
use crate::ground::{Fault, FaultKind, Shape, Span, Value, broken};
use crate::vocabulary::ast::{Node, NodeId, Tree};
use crate::vocabulary::gate::Row;
use crate::vocabulary::library::{self, Meaning, Takes};
use crate::vocabulary::{Gate, Symbol, Symbols};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// An operand of a call as it is given.
struct Given<'a> {
    /// The name that it is given by.
    name: Option<&'a str>,
    what: What,
}

enum What {
    One(StageId),
    /// Sizes, or arrays in square brackets.
    Many(Vec<StageId>),
    /// `None`
    Nothing,
}

/// Which text of a row a call means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Variant {
    row: usize,
    axis: bool,
    keeps: bool,
    /// How many axes are kept where none is named.
    rank: usize,
    parts: usize,
}

/// What a call means: a function and its arguments.
pub(super) type Meant = (Arc<Function>, Vec<StageId>);

/// The call that is asked about.
pub(super) struct Asked<'a> {
    /// Its name.
    pub name: &'a str,
    /// The tree that it stands in, and the letters of its names.
    pub tree: &'a Tree,
    pub symbols: &'a Symbols,
    /// What it is given.
    pub given: &'a [NodeId],
    /// Where it stands in its tree.
    pub own: Span,
    /// The place that is blamed.
    pub span: Span,
}

/// The operands that are given to a call: a tuple is one of them, and a spread vector as many as it has elements.
fn operands<'a>(asked: &'a Asked, place: &dyn Fn(&NodeId) -> StageId, program: &mut Program) -> Result<Vec<Given<'a>>, Fault> {
    let mut found = Vec::new();
    for node in asked.given {
        let (name, value) = match asked.tree.node(*node) {
            Node::Keyword(name, operands) => (Some(asked.symbols.name(name)), asked.tree.operands(operands)[0]),
            _ => (None, *node),
        };
        match asked.tree.node(value) {
            // Every number is a float.
            Node::Name(_) if name == Some(library::DTYPE) => {}
            // Every input has a gradient.
            Node::Number(1.0) if name == Some(library::WANTS_GRADIENT) && asked.name.starts_with("torch.") => {}
            Node::Tuple(list) => {
                found.push(Given { name, what: What::Many(asked.tree.operands(list).iter().map(place).collect()) });
            }
            Node::Spread(_) => {
                let elements = elements(program, place(&value), asked.span)?;
                found.extend(elements.into_iter().map(|element| Given { name: None, what: What::One(element) }));
            }
            Node::Absent => found.push(Given { name, what: What::Nothing }),
            _ => found.push(Given { name, what: What::One(place(&value)) }),
        }
    }
    Ok(found)
}

/// The numbers of a constant vector, each as a stage.
pub(super) fn elements(program: &mut Program, vector: StageId, span: Span) -> Result<Vec<StageId>, Fault> {
    let known = program.constant(vector).map(|constant| constant.value.clone());
    match known {
        Some(Value::Array(array)) if array.shape.rank() == 1 => {
            Ok(array.numbers.iter().map(|&number| program.add_constant(number, None, span)).collect())
        }
        _ => Err(Fault::new(FaultKind::Shape, span, "`*` stands before the shape of an array, or a vector of numbers as written")
            .label("here")
            .help("write `*D.shape`, or the numbers themselves")),
    }
}

impl Asked<'_> {
    /// A method is called with brackets, and the shape of an array without.
    pub(super) fn check_brackets(&self) -> Result<(), Fault> {
        let written = self.own.of(&self.tree.text);
        let (called, property) = (written.ends_with(')'), self.name == library::SHAPE);
        let known = property || library::is_method(self.name) && library::meanings(self.name).next().is_some();
        if !known || called != property {
            return Ok(());
        }
        let name = self.name.trim_start_matches('.');
        let (message, help) = if property {
            (format!("`{name}` takes no brackets"), "write `x.shape`".to_owned())
        } else {
            (format!("`{name}` is a method and stands here without its brackets"), format!("write `{}()`", shortened(written)))
        };
        Err(Fault::new(FaultKind::Name, self.span, message).label("here").help(help))
    }
}

/// What an asked call means.
pub(super) fn meant(asked: &Asked, place: &dyn Fn(&NodeId) -> StageId, program: &mut Program) -> Result<Meant, Fault> {
    let given = operands(asked, place, program)?;
    asked.check_brackets()?;
    if given.iter().any(|operand| operand.name == Some(library::WANTS_GRADIENT)) {
        let fault = Fault::new(FaultKind::Name, asked.span, "`requires_grad` can be nothing but `True` here").label("here");
        return Err(fault.help("every input has a gradient; write `const x = 3` for a value that has none"));
    }
    for row in library::meanings(asked.name).filter(|row| !row.means.is_empty()) {
        if let Some(meant) = fitted(row, &given, program, asked.span) {
            return Ok(meant);
        }
    }
    Err(no_meaning(asked))
}

/// The function of a row and its arguments, where the operands of a call are those that it takes.
fn fitted(row: &'static Meaning, given: &[Given], program: &mut Program, span: Span) -> Option<Meant> {
    if row.takes == [Takes::Several] {
        return several(row, given);
    }
    let slots = slots(row, given)?;
    let mut variant = Variant { row: place_of(row), axis: false, keeps: false, rank: 0, parts: 0 };
    let mut arguments = Vec::new();
    for (takes, slot) in row.takes.iter().zip(slots) {
        match (*takes, slot.map(|at| &given[at].what)) {
            (Takes::Kind(kind), Some(&What::One(given))) => _ = program.known(given).filter(|given| *given == kind)?,
            (Takes::Keep, Some(&What::One(keeps))) => variant.keeps = program.known(keeps)? != 0.0,
            (Takes::Axis | Takes::OneAxis | Takes::NamedAxis, Some(&What::One(axis))) => {
                variant.axis = true;
                arguments.push(axis);
            }
            (Takes::Or(_, number), None | Some(What::Nothing)) => arguments.push(program.add_constant(number, None, span)),
            (takes, None | Some(What::Nothing)) if takes.is_optional() => {}
            (Takes::Parts, Some(What::Many(parts))) => {
                variant.parts = parts.len();
                arguments.extend_from_slice(parts);
            }
            (Takes::Sizes(names), Some(what)) => arguments.extend(sizes(names, what, program, span)?),
            (Takes::One(_) | Takes::Size(_) | Takes::Named(_) | Takes::Or(..), Some(&What::One(value))) => arguments.push(value),
            _ => return None,
        }
    }
    if let (true, false, Some(&of)) = (variant.keeps, variant.axis, arguments.first()) {
        variant.rank = program.shape(of).rank();
    }
    fill_in(row, &mut arguments, program, span);
    Some((function(variant), arguments))
}

/// The same of a row that takes any number of operands.
fn several(row: &'static Meaning, given: &[Given]) -> Option<Meant> {
    let one = |operand: &Given| match operand {
        Given { name: None, what: What::One(stage) } => Some(*stage),
        _ => None,
    };
    let arguments: Vec<StageId> = given.iter().map(one).collect::<Option<_>>()?;
    let parts = arguments.len();
    (parts > 0).then(|| (function(Variant { row: place_of(row), axis: false, keeps: false, rank: 0, parts }), arguments))
}

/// The place of a row in the table.
fn place_of(row: &'static Meaning) -> usize {
    library::MEANINGS.iter().position(|known| std::ptr::eq(known, row)).unwrap_or_else(|| broken("the row is one of the table"))
}

/// Which of the given operands each operand of a row is; none where they do not go together.
fn slots(row: &Meaning, given: &[Given]) -> Option<Vec<Option<usize>>> {
    let mut slots = vec![None; row.takes.len()];
    let mut places = row.takes.iter().enumerate().filter(|(_, takes)| takes.has_place()).map(|(at, _)| at);
    for (at, operand) in given.iter().enumerate() {
        let slot = match operand.name {
            None => places.next()?,
            Some(name) => row.takes.iter().position(|takes| takes.is_called(name))?,
        };
        if slots[slot].replace(at).is_some() {
            return None;
        }
    }
    let complete = row.takes.iter().zip(&slots).all(|(takes, slot)| slot.is_some() || takes.is_optional());
    complete.then_some(slots)
}

/// The sizes that stand in brackets, or are those of an array, or are one number.
fn sizes(names: &[&str], what: &What, program: &mut Program, span: Span) -> Option<Vec<StageId>> {
    let sizes = match what {
        What::Many(sizes) => sizes.clone(),
        What::One(one) if program.shape(*one).is_scalar() => vec![*one],
        What::One(one) => elements(program, *one, span).ok()?,
        What::Nothing => return None,
    };
    (sizes.len() == names.len()).then_some(sizes)
}

/// A size of -1 is what the others leave of the first operand's size.
fn fill_in(row: &Meaning, arguments: &mut [StageId], program: &mut Program, span: Span) {
    let [Takes::One(_), Takes::Size(_) | Takes::Sizes(_), ..] = row.takes else { return };
    let [whole, sizes @ ..] = arguments else { return };
    let Some(open) = sizes.iter().position(|&size| program.known(size) == Some(-1.0)) else { return };
    let others = sizes.iter().enumerate().filter(|&(at, _)| at != open).map(|(_, &size)| program.known(size));
    let Some(others) = others.product::<Option<f64>>().filter(|others| *others > 0.0) else { return };
    let left = program.shape(*whole).size() as f64 / others;
    sizes[open] = program.add_constant(left, None, span);
}

/// The function of a row's text, read when it is first called.
fn function(variant: Variant) -> Arc<Function> {
    static READ: LazyLock<Mutex<HashMap<Variant, Arc<Function>>>> = LazyLock::new(Mutex::default);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(read.entry(variant).or_insert_with(|| Arc::new(read_text(variant))))
}

fn read_text(variant: Variant) -> Function {
    let row = &library::MEANINGS[variant.row];
    let mut names: Vec<String> = Vec::new();
    for takes in row.takes {
        match *takes {
            Takes::Sizes(sizes) => names.extend(sizes.iter().map(|&size| size.to_owned())),
            Takes::Parts | Takes::Several => names.extend((0..variant.parts).map(|at| format!("part{at}"))),
            Takes::Keep | Takes::Kind(_) => {}
            takes if takes.name() == "axis" && !variant.axis && !matches!(takes, Takes::Or(..)) => {}
            takes => names.push(takes.name().to_owned()),
        }
    }
    let parts: Vec<String> = (0..variant.parts).map(|at| format!("part{at}")).collect();
    let speaks = variant.axis || names.iter().any(|name| name == "axis");
    let text = if speaks { row.means.to_owned() } else { Row::without_axis(row.means) };
    let text = text.replace("arrays", &parts.join(", "));
    let text = match variant {
        Variant { keeps: true, axis: true, .. } => format!("expand({text}, axis)"),
        // Every axis is gone, and comes back.
        Variant { keeps: true, rank, .. } => (0..rank).fold(text, |text, _| format!("expand({text}, 0)")),
        _ => text,
    };
    let mut symbols = Symbols::default();
    let tree = parse(&text, &mut symbols).unwrap_or_else(|_| broken("a text of the table of libraries is not in the language"));
    let parameters: Vec<Symbol> = names.iter().map(|name| symbols.intern(name)).collect();
    let name = symbols.intern(row.name);
    let Some((first, root)) = tree.statements.first().map(|statement| (statement.first, statement.root)) else {
        broken("a text of the table of libraries is empty")
    };
    Function { name, parameters, tree: Arc::new(tree), first, root, symbols: Some(Arc::new(symbols)), known: None, results: None }
}

/// The sizes of an array, as NumPy tells them.
pub(super) fn shape_of(program: &mut Program, array: StageId, span: Span) -> Result<StageId, Fault> {
    if program.is_open() {
        let name = Symbols::default().intern("x");
        return Ok(program.add_input(Input { name, active: false, value: None }, Shape::Scalar, span));
    }
    let sizes: Vec<f64> = program.shape(array).dims().iter().map(|&size| f64::from(size)).collect();
    let Some(shape) = Shape::from_dims(&[sizes.len()]).filter(|_| !sizes.is_empty()) else {
        let fault = Fault::new(FaultKind::Shape, span, "a single number has no shape");
        return Err(fault.label("here").help("ask for the shape of a vector or a matrix"));
    };
    Ok(program.add_constant(Value::new(shape, sizes), None, span))
}

/// A name that a library does not have, or a call that is none of its own.
fn no_meaning(asked: &Asked) -> Fault {
    let of = asked.given.first().map(|&first| asked.tree.node(first));
    let networks = |name: Symbol| [library::NEURAL, library::NETWORKS].contains(&asked.symbols.name(name));
    let shown = match of {
        // A library's function, and no method of a value.
        Some(Node::Name(of)) if library::is_method(asked.name) && networks(of) => format!("{}{}", asked.symbols.name(of), asked.name),
        _ => asked.name.trim_start_matches('.').to_owned(),
    };
    let gate = Gate::named(&shown).map(|gate| format!("{}({})", gate.row().name, gate.row().operands.join(", ")));
    if let Some(Node::Name(of)) = of
        && library::is_method(asked.name)
        && asked.given.len() > 1
        && library::ELSEWHERE.contains(&asked.symbols.name(of))
    {
        let message = format!("`{}` names no library that is known here", asked.symbols.name(of));
        let call = gate.unwrap_or_else(|| "np.exp(x)".to_owned());
        return Fault::new(FaultKind::Name, asked.span, message).label("here").help(format!("write such as `{call}`"));
    }
    let mut usages: Vec<String> =
        library::meanings(asked.name).filter(|row| !row.means.is_empty()).map(|row| usage(asked.name, row)).collect();
    usages.dedup();
    let fault = |message: String| Fault::new(FaultKind::Name, asked.span, message).label("here");
    if !usages.is_empty() {
        let list: Vec<String> = usages.iter().map(|usage| format!("`{usage}`")).collect();
        return fault(format!("`{}` takes other operands here", shortened(&shown))).help(format!("write {}", list.join(" or ")));
    }
    let beside = library::names_beside(asked.name);
    let kind = if library::is_method(asked.name) && !shown.contains('.') { "method" } else { "name" };
    let fault = fault(format!("the {kind} `{}` has no meaning here", shortened(&shown)));
    if let Some(instead) = library::instead(asked.name) {
        return fault.help(instead);
    }
    // A name that a library has may be near to another one; only letters that changed places are a slip.
    let letters = |name: &str| {
        let mut letters: Vec<char> = name.chars().collect();
        letters.sort_unstable();
        letters
    };
    let slip = |near: &&str| letters(near) == letters(asked.name);
    match nearest(asked.name, beside.iter().map(String::as_str)).filter(slip) {
        Some(near) => fault.help(format!("did you mean `{}`?", near.trim_start_matches('.'))),
        None if let Some(call) = gate => fault.help(format!("write `{call}`")),
        None => fault.help("write it with the functions of the language, which the list of gates shows"),
    }
}

/// How a function is called.
fn usage(name: &str, row: &Meaning) -> String {
    let operands = row.takes.iter().map(|takes| match takes {
        Takes::Axis | Takes::NamedAxis => "axis=0".to_owned(),
        Takes::OneAxis => "0".to_owned(),
        Takes::Keep => "keepdims=True".to_owned(),
        Takes::Named(name) | Takes::Or(name, _) => format!("{name}=1"),
        Takes::Sizes([one]) => (*one).to_owned(),
        Takes::Sizes(names) => format!("({})", names.join(", ")),
        Takes::Parts => "[x, y]".to_owned(),
        Takes::Several => "x, y, z".to_owned(),
        Takes::One(name) | Takes::Size(name) => (*name).to_owned(),
        Takes::Kind(kind) => library::word_of_kind(*kind).to_owned(),
    });
    let mut operands: Vec<String> = operands.collect();
    if library::is_method(name) && !operands.is_empty() {
        let receiver = operands.remove(0);
        return format!("{receiver}{name}({})", operands.join(", "));
    }
    format!("{name}({})", operands.join(", "))
}
