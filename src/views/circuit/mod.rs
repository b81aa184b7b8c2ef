//! The circuit of an answer as it is drawn: inputs and gates, the wires between them, and the sign in each gate.
//!
//! Constants are no boxes: they stand in the sign of the gate that takes them (`×2`, `1/x`). What is made here is numbers and
//! signs only: `layout` places boxes of any size, `channel` finds the tracks between two columns, and each drawing paints what
//! it is given. No drawing knows the program.

pub mod channel;
pub mod dot;
pub mod down;
pub mod figure;
pub mod layout;
pub mod mermaid;
pub mod right;
pub mod svg;
pub mod terminal;
pub mod tikz;

use super::{Answer, Style};
use crate::calculus::Step;
use crate::forms::target::CALCULATOR;
use crate::forms::{StageId, StageNames, print};
use crate::ground::number::Digits;
use crate::vocabulary::Gate;
use layout::Graph;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// What stands in a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// In the signs of mathematics.
    pub unicode: String,
    /// In ASCII.
    pub ascii: String,
}

/// A wire that ends in a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    /// The node that it comes from.
    pub from: usize,
    /// Which of the stage's operands it is.
    pub position: usize,
}

/// An input or a gate.
#[derive(Clone, Debug)]
pub struct Node {
    /// The forward stage that it is.
    pub id: StageId,
    /// Its name.
    pub name: String,
    /// Whether that is a name of the user's.
    pub is_given: bool,
    /// The sign in the gate; none of an input.
    pub sign: Option<Sign>,
    /// The wires that end in it, in the order of its operands.
    pub wires: Vec<Wire>,
    /// Whether its operands may be swapped.
    pub commutes: bool,
    /// Whether it is a stage whose own gate is left out.
    pub is_cut: bool,
}

/// The nodes of an answer, each after those that its wires come from.
#[derive(Clone, Debug)]
pub struct Circuit {
    /// Inputs and gates.
    pub nodes: Vec<Node>,
    /// The one that is the result, where it is drawn.
    pub output: Option<usize>,
}

impl Circuit {
    /// The circuit of an answer.
    pub fn of(answer: &Answer, names: &StageNames) -> Self {
        let drawn: Vec<StageId> = (0..answer.forward).map(StageId::new).filter(|&id| is_drawn(answer, names, id)).collect();
        let at: HashMap<StageId, usize> = drawn.iter().enumerate().map(|(at, &id)| (id, at)).collect();
        let nodes = drawn.iter().map(|&id| node(answer, names, id, &at)).collect();
        let output = at.get(&answer.output).copied();
        Self { nodes, output }
    }

    /// The node that a drawing begins with: the result, or the last where that is not drawn.
    pub fn root(&self) -> usize {
        self.output.unwrap_or(self.nodes.len().saturating_sub(1))
    }

    /// What is placed.
    pub fn graph(&self) -> Graph {
        Graph {
            operands: self.nodes.iter().map(|node| node.wires.iter().map(|wire| wire.from).collect()).collect(),
            commutes: self.nodes.iter().map(|node| node.commutes).collect(),
            output: self.root(),
        }
    }

    /// The wires that begin at each node: the gates that they end in, and which of its wires they are.
    pub fn uses(&self) -> Vec<Vec<(usize, usize)>> {
        let mut uses = vec![Vec::new(); self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate() {
            for (which, wire) in node.wires.iter().enumerate() {
                uses[wire.from].push((at, which));
            }
        }
        uses
    }
}

/// A figure of more nodes shows a part of the circuit, unless all of it is asked for.
pub const MOST: usize = 400;

/// The most nodes of the surroundings of one.
pub const AROUND: usize = 40;

impl Circuit {
    /// The node of a name.
    pub fn named(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// The surroundings of the stage that is asked for: what it is made from and what uses it; without one, all.
    #[must_use]
    pub fn focused(self, answer: &Answer) -> Self {
        match answer.focus.and_then(|focus| self.nodes.iter().position(|node| node.id == focus)) {
            Some(centre) => self.around(centre),
            None => self,
        }
    }

    /// A node and those next to it in both directions, as many as a small drawing holds.
    fn around(&self, centre: usize) -> Self {
        let uses = self.uses();
        let sources = |at: usize| self.nodes[at].wires.iter().map(|wire| wire.from);
        let (mut kept, mut shown) = (vec![false; self.nodes.len()], HashSet::new());
        breadth_first(centre, self.nodes.len(), |at| {
            // What a node is made from is drawn with it.
            let drawn: HashSet<usize> = sources(at).chain([at]).filter(|at| !shown.contains(at)).collect();
            kept[at] = shown.len() + drawn.len() <= AROUND || at == centre;
            if !kept[at] {
                return Vec::new();
            }
            shown.extend(drawn);
            sources(at).chain(uses[at].iter().map(|&(to, _)| to)).collect()
        });
        self.part(&kept)
    }

    /// What of the circuit a figure shows: all of it, or where it is large the stages next to the result and those with the
    /// largest gradients, with the stages that they are made from.
    #[must_use]
    pub fn shortened(&self, answer: &Answer, style: &Style) -> Self {
        if answer.focus.is_some() {
            return self.clone().focused(answer);
        }
        if self.nodes.len() <= MOST || style.full {
            return self.clone();
        }
        let size = |at: &usize| {
            let gradient = answer.gradients(self.nodes[*at].id).unwrap_or_default();
            gradient.iter().fold(0.0, |size: f64, number| size.max(number.abs()))
        };
        let mut largest: Vec<usize> = (0..self.nodes.len()).collect();
        largest.sort_by(|one, other| size(other).total_cmp(&size(one)).then(other.cmp(one)));
        let near = breadth_first(self.root(), self.nodes.len(), |at| self.nodes[at].wires.iter().map(|wire| wire.from).collect());
        let mut kept = vec![false; self.nodes.len()];
        // As many again are drawn as what these are made from.
        for at in near.into_iter().take(MOST / 4).chain(largest.into_iter().take(MOST / 8)) {
            kept[at] = true;
        }
        self.part(&kept)
    }

    /// The nodes that are kept; what they are made from stands as an input.
    fn part(&self, kept: &[bool]) -> Self {
        let mut shown = kept.to_vec();
        for node in self.nodes.iter().zip(kept).filter(|(_, kept)| **kept).map(|(node, _)| node) {
            node.wires.iter().for_each(|wire| shown[wire.from] = true);
        }
        let mut place = vec![0; self.nodes.len()];
        let mut nodes = Vec::new();
        for (at, node) in self.nodes.iter().enumerate().filter(|&(at, _)| shown[at]) {
            place[at] = nodes.len();
            let wires = node.wires.iter().map(|wire| Wire { from: place[wire.from], ..*wire });
            let is_cut = !kept[at] && node.sign.is_some();
            nodes.push(Node {
                sign: node.sign.clone().filter(|_| !is_cut),
                wires: if kept[at] { wires.collect() } else { Vec::new() },
                is_cut,
                ..node.clone()
            });
        }
        Self { nodes, output: self.output.filter(|&output| shown[output]).map(|output| place[output]) }
    }
}

/// Of so many nodes those that one leads to, in the order of their distance from it, by the neighbours of each.
fn breadth_first(from: usize, count: usize, mut neighbours: impl FnMut(usize) -> Vec<usize>) -> Vec<usize> {
    let mut seen = vec![false; count];
    let mut order = vec![from];
    seen[from] = true;
    let mut next = 0;
    while let Some(&at) = order.get(next) {
        next += 1;
        order.extend(neighbours(at).into_iter().filter(|&near| !std::mem::replace(&mut seen[near], true)));
    }
    order
}

/// How many stages a part leaves out of a circuit of so many nodes.
pub fn left_out(count: usize, part: &Circuit) -> usize {
    count - part.nodes.iter().filter(|node| !node.is_cut).count()
}

/// What a page says that cannot draw a circuit of so many boxes.
pub fn too_large(count: usize) -> String {
    format!("The circuit has {count} boxes, more than this page draws; the view `svg` draws them.")
}

/// What says so, where there are any.
pub fn not_drawn(left_out: usize) -> Option<String> {
    match left_out {
        0 => None,
        1 => Some("1 more stage is not drawn".to_owned()),
        many => Some(format!("{many} more stages are not drawn")),
    }
}

/// In a drawing numbers have so many digits, unless others are asked for.
const DIGITS: usize = 3;

/// How numbers are shown in a drawing.
pub fn drawn(style: &Style) -> Style {
    Style { digits: Some(style.digits.unwrap_or(Digits::Rounded(DIGITS))), ..*style }
}

/// With minus signs as they are set in print.
pub fn with_minus(text: &str) -> String {
    text.replace('-', "−")
}

/// What a branch of a fork adds to a gradient that is a single number, with its sign.
pub fn share(answer: &Answer, node: &Node, wire: Wire, style: &Style) -> Option<String> {
    let step = step(answer, node, wire).filter(|step| answer.valued && answer.shape(step.contribution).is_scalar())?;
    let text = style.number(answer.value_of(step.contribution));
    Some(if text.starts_with(['-', 'n']) { text } else { format!("+{text}") })
}

/// The step of the backward pass along a wire; none where no gradient goes.
pub fn step<'a>(answer: &'a Answer, node: &Node, wire: Wire) -> Option<&'a Step> {
    let steps = answer.backward.as_ref()?.steps_through(node.id);
    steps.iter().find(|step| step.position == wire.position)
}

/// Whether a forward stage is a box of its own: what has a name is, but for single numbers that are constants.
fn is_drawn(answer: &Answer, names: &StageNames, id: StageId) -> bool {
    let program = &answer.program;
    match program.gate(id) {
        Gate::Input => true,
        Gate::Constant => id == answer.output || names.word(id).is_some() && !program.shape(id).is_scalar(),
        _ => names.of(id).is_some(),
    }
}

fn node(answer: &Answer, names: &StageNames, id: StageId, at: &HashMap<StageId, usize>) -> Node {
    let program = &answer.program;
    let is_leaf = matches!(program.gate(id), Gate::Input | Gate::Constant);
    let operands = program.operands(id).iter().enumerate();
    let wires: Vec<Wire> = operands
        .flat_map(|(position, &operand)| sources(answer, operand, at).into_iter().map(move |from| Wire { from, position }))
        .collect();
    Node {
        id,
        name: names.word(id).unwrap_or_default().to_owned(),
        is_given: is_leaf || program.name(id).is_some(),
        sign: (!is_leaf).then(|| sign(answer, names, id, at)),
        commutes: program.gate(id).row().commutes,
        wires,
        is_cut: false,
    }
}

/// The nodes that an operand is, or is made of where it is written in place.
fn sources(answer: &Answer, operand: StageId, at: &HashMap<StageId, usize>) -> Vec<usize> {
    let (mut found, mut open) = (Vec::new(), vec![operand]);
    while let Some(id) = open.pop() {
        match at.get(&id) {
            Some(&node) => found.push(node),
            None => open.extend(answer.program.operands(id).iter().rev()),
        }
    }
    found
}

/// What stands for an operand that has a wire.
const WIRED: &str = "\u{1}";

/// What stands in a gate: its label where every operand has a wire, else what it computes, with its constants.
fn sign(answer: &Answer, names: &StageNames, id: StageId, at: &HashMap<StageId, usize>) -> Sign {
    let program = &answer.program;
    let row = program.gate(id).row();
    let is_wired = |&operand: &StageId| !sources(answer, operand, at).is_empty();
    let label = row.label();
    let text = if program.operands(id).iter().all(is_wired) && !label.contains('{') {
        if label.is_ascii() { label } else { row.name }.to_owned()
    } else {
        let name = |id: StageId| if at.contains_key(&id) { Some(Cow::Borrowed(WIRED)) } else { names.word(id).map(Cow::Borrowed) };
        short(&print::stage(program, id, &CALCULATOR, &answer.symbols, &name))
    };
    Sign { unicode: in_signs(&text), ascii: text }
}

/// The text of a gate with constants, in few letters: `+1` for `x + 1`, `[0]` for `x[0]`.
fn short(text: &str) -> String {
    let one = text.matches(WIRED).count() == 1;
    let operand = if one { "x" } else { "." };
    let shortened = ["+", "-", "*", "/"].into_iter().find_map(|sign| {
        let after = text.strip_prefix(&format!("{WIRED} {sign} "));
        let before = text.strip_suffix(&format!(" {sign} {WIRED}")).filter(|_| "+*".contains(sign));
        let constant = after.or(before).filter(|rest| one && !rest.contains(' '))?;
        Some(format!("{sign}{constant}"))
    });
    let subscript = || text.strip_prefix(WIRED).filter(|rest| one && rest.starts_with('[')).map(str::to_owned);
    shortened.or_else(subscript).unwrap_or_else(|| tight(&text.replace(WIRED, operand)))
}

/// A text without the spaces beside signs and brackets.
fn tight(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_word = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|letter| letter.is_alphanumeric() || *letter == '.');
    let stays = |at: usize| letters[at] != ' ' || is_word(at.checked_sub(1)) && is_word(Some(at + 1));
    (0..letters.len()).filter(|&at| stays(at)).map(|at| letters[at]).collect()
}

/// The same with the signs of mathematics.
fn in_signs(text: &str) -> String {
    match text {
        "*" => return "×".to_owned(),
        "-" => return "−".to_owned(),
        "/" => return "÷".to_owned(),
        "sigma" => return "σ".to_owned(),
        _ => {}
    }
    let text = text.strip_prefix('*').map_or_else(|| text.to_owned(), |rest| format!("×{rest}"));
    let text = text.strip_prefix('-').map_or_else(|| text.clone(), |rest| format!("−{rest}"));
    let text = text.replace('*', "·");
    let power = [("^2", "²"), ("^3", "³")];
    power.into_iter().find_map(|(ascii, sign)| Some(format!("{}{sign}", text.strip_suffix(ascii)?))).unwrap_or(text)
}
