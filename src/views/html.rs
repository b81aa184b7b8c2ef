//! The view `html`: a page with the circuit, a player of the two passes, and inputs that can be moved.
//!
//! One file without anything from outside. What is specific to an answer is made here: the figure, the table, the texts and the
//! numbers of each step, and the program in JavaScript; the player is the same for every circuit. Where a program cannot be
//! computed anew in a page, it is shown without sliders, and the page says why.

use super::circuit::svg::{Drawing, escaped};
use super::circuit::{Circuit, Node, left_out, with_minus};
use super::code::Wording;
use super::{Answer, MOST_SHOWN, Page, Role, Style};
use crate::calculus::evaluate::Range;
use crate::calculus::{Local, Step};
use crate::forms::target::javascript::{JAVASCRIPT, float};
use crate::forms::target::{CALCULATOR, uses};
use crate::forms::{StageId, StageNames, print};
use crate::ground::broken;
use crate::ground::number::Digits;
use crate::vocabulary::Gate;
use crate::vocabulary::gate::Level;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io;

const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/page.css");
const PLAYER: &str = include_str!("html/player.js");

/// Where numbers may change, each has room for so many letters.
const ROOM: usize = 7;

/// Arrays of at most so many numbers are shown whole.
const SMALL: usize = 16;
const _: () = assert!(SMALL <= MOST_SHOWN);

/// The longest expression that stands whole in the title.
const LONGEST: usize = 320;

/// What the gradient that arrives is called in what a step hands on.
const UPSTREAM: &str = "u";

/// Shows the page.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    let whole = Circuit::of(answer, &names);
    let circuit = whole.shortened(answer, style);
    let drawing = Drawing::new(answer, &names, &circuit, style, left_out(whole.nodes.len(), &circuit));
    let places = circuit.nodes.iter().enumerate().map(|(at, node)| (node.id, at)).collect();
    let maker = Maker { answer, names: &names, circuit: &circuit, drawing, places, wording: Wording::new(answer, &names, &CALCULATOR) };
    page.put(Role::Plain, &maker.page()?)
}

/// What the player knows of a circuit.
#[derive(Serialize)]
struct Told {
    nodes: Vec<ToldNode>,
    /// The gates in the order of the forward pass.
    order: Vec<usize>,
    steps: Vec<ToldStep>,
    /// The result, where it is drawn.
    output: Option<usize>,
    /// The nodes whose gradients come from gates alone that are not drawn.
    arrives: Vec<usize>,
    /// The gradient that arrives at the result; none where there is no backward pass.
    seed: Option<String>,
    digits: ToldDigits,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToldNode {
    name: String,
    gradient_name: String,
    expression: String,
    /// What its gate does to a gradient.
    says: &'static str,
    /// The nodes that its wires come from.
    wires: Vec<usize>,
    value: String,
    gradient: Option<String>,
}

#[derive(Serialize)]
struct ToldStep {
    through: usize,
    target: usize,
    /// Which of the gate's wires it goes along.
    wires: Vec<usize>,
    /// Which of the contributions to its target it is, and how many there are.
    branch: usize,
    branches: usize,
    /// The line of the backward pass.
    text: String,
    /// The local gradient as text.
    local: Option<String>,
    /// Local gradient, upstream gradient, contribution and what it makes, where these are single numbers.
    numbers: Option<[Option<String>; 4]>,
    /// What it makes, where that is an array.
    totals: Option<String>,
    /// The shapes of the upstream gradient and of the contribution.
    shapes: String,
}

#[derive(Serialize)]
struct ToldDigits {
    kind: &'static str,
    count: usize,
}

struct Maker<'a> {
    answer: &'a Answer,
    names: &'a StageNames,
    circuit: &'a Circuit,
    drawing: Drawing<'a>,
    /// The nodes by their stages.
    places: HashMap<StageId, usize>,
    wording: Wording<'a>,
}

impl Maker<'_> {
    fn page(&self) -> io::Result<String> {
        let fixed = self.fixed();
        let room = if fixed.is_some() { 0 } else { ROOM };
        let told = serde_json::to_string(&self.told()).map_err(io::Error::other)?;
        let part = |name: &str| match name {
            "title" => escaped(&self.title()),
            "style" => STYLE.to_owned(),
            "figure" => Drawing { room, ..self.drawing }.text(),
            "remarks" => self.remarks(fixed.as_deref()),
            "rows" => self.rows(),
            "circuit" => told.replace('<', "\\u003c"),
            "program" => {
                if fixed.is_some() {
                    "const program = null;".to_owned()
                } else {
                    self.program()
                }
            }
            "player" => PLAYER.to_owned(),
            _ => broken("the page has the places that are known"),
        };
        Ok(filled(PAGE, part))
    }

    /// The result and its expression, of which a long one is told in part.
    fn title(&self) -> String {
        let name = self.names.word(self.answer.output).unwrap_or_default();
        let expression = self.drawing.style.shortened(self.answer.expression.trim(), LONGEST);
        if name.is_empty() || expression == name { expression } else { format!("{name} = {expression}") }
    }

    /// Why the inputs cannot be moved, in a sentence; none where they can.
    fn fixed(&self) -> Option<String> {
        let (answer, program) = (self.answer, &self.answer.program);
        let gate = |id: StageId| program.gate(id).row().name;
        let why = if self.drawing.left_out > 0 {
            format!("{} more stages are not drawn", self.drawing.left_out)
        } else if !program.is_scalar() {
            "the circuit has arrays".to_owned()
        } else if let Some(id) = JAVASCRIPT.lacks(program) {
            format!("this page cannot compute {}", gate(id))
        } else if answer.values.range != Range::Kept {
            "products here leave the range of 64-bit numbers, or meet an infinite slope".to_owned()
        } else if !self.circuit.nodes.iter().any(|node| self.is_input(node)) {
            "the circuit has none".to_owned()
        } else {
            return None;
        };
        Some(format!("There are no sliders for inputs: {why}."))
    }

    /// What is said below the inputs: why they cannot be moved, and the notes of the answer.
    fn remarks(&self, fixed: Option<&str>) -> String {
        let mut remarks = String::new();
        if let Some(remark) = fixed {
            let _ = writeln!(remarks, "<p class=\"remark\">{}</p>", escaped(remark));
        }
        for note in &self.answer.notes {
            let _ = writeln!(remarks, "<p class=\"remark note\">{}: {}</p>", escaped(note.kind), escaped(&note.message));
        }
        remarks
    }

    // What the player tells.

    fn told(&self) -> Told {
        let nodes = &self.circuit.nodes;
        let order = (0..nodes.len()).filter(|&at| self.is_gate(&nodes[at])).collect();
        let backward = self.answer.backward.as_ref().filter(|backward| backward.adjoint(self.answer.output).is_some());
        Told {
            nodes: nodes.iter().map(|node| self.told_node(node)).collect(),
            order,
            steps: self.steps().into_iter().map(|(step, branch)| self.told_step(step, branch)).collect(),
            output: self.circuit.output,
            arrives: self.arrives(),
            seed: backward.map(|backward| self.numbers(backward.upstream)),
            digits: match self.drawing.style.digits.unwrap_or_default() {
                Digits::Rounded(count) => ToldDigits { kind: "rounded", count },
                Digits::Decimals(count) => ToldDigits { kind: "decimals", count },
                Digits::Full => ToldDigits { kind: "full", count: 0 },
            },
        }
    }

    fn told_node(&self, node: &Node) -> ToldNode {
        let is_gate = self.is_gate(node);
        ToldNode {
            name: node.name.clone(),
            gradient_name: self.wording.gradient(node.id),
            expression: self.wording.expression(node.id),
            says: if is_gate { self.answer.program.gate(node.id).row().says } else { "" },
            wires: node.wires.iter().map(|wire| wire.from).collect(),
            value: self.numbers(node.id),
            gradient: self.gradient(node.id),
        }
    }

    fn told_step(&self, step: &Step, [branch, branches]: [usize; 2]) -> ToldStep {
        let through = self.places[&step.through];
        let target = self.places[&step.target];
        let (operator, text) = self.wording.step(step);
        let name = |id: StageId| self.wording.name(id);
        let local = step
            .local
            .stage()
            .map(|local| print::operand(&self.answer.program, local, Level::Compare, &CALCULATOR, &self.answer.symbols, &name));
        let is_along = |wire: &super::circuit::Wire| wire.position == step.position && wire.from == target;
        let gradient = self.wording.gradient(step.target);
        let numbers = self.step_numbers(step);
        ToldStep {
            through,
            target,
            wires: (0..).zip(&self.circuit.nodes[through].wires).filter(|(_, wire)| is_along(wire)).map(|(which, _)| which).collect(),
            branch,
            branches,
            text: format!("{gradient} {operator} {text}"),
            local: local.or_else(|| (step.local == Local::One).then(|| "1".to_owned())),
            totals: numbers.is_none().then(|| self.numbers(step.total)),
            numbers,
            shapes: format!(
                "{} {} arrives, {gradient} {} is made",
                self.wording.gradient(step.through),
                self.shape(step.upstream),
                self.shape(step.contribution)
            ),
        }
    }

    /// The numbers of a step, where it is one of single numbers.
    fn step_numbers(&self, step: &Step) -> Option<[Option<String>; 4]> {
        let stages = [step.local.stage(), Some(step.upstream), Some(step.contribution), Some(step.total)];
        let scalar = |id: &StageId| self.answer.shape(*id).is_scalar();
        let mut numbers = stages.iter().flatten().all(scalar).then(|| stages.map(|id| id.map(|id| self.numbers(id))))?;
        if step.local == Local::One {
            numbers[0] = Some("1".to_owned());
        }
        Some(numbers)
    }

    /// The steps of the backward pass between nodes that are drawn, and which of the contributions to its target each is.
    fn steps(&self) -> Vec<(&Step, [usize; 2])> {
        let steps = self.answer.backward.as_ref().map_or(&[][..], |backward| &backward.steps);
        let mut counts: HashMap<StageId, usize> = HashMap::new();
        let mut numbered = Vec::new();
        for step in steps {
            let count = counts.entry(step.target).or_default();
            *count += 1;
            numbered.push((step, *count));
        }
        let is_drawn = |step: &Step| {
            let through = self.places.get(&step.through).map(|&at| &self.circuit.nodes[at]);
            through.is_some_and(|node| !node.is_cut) && self.places.contains_key(&step.target)
        };
        let drawn = numbered.into_iter().filter(|(step, _)| is_drawn(step));
        drawn.map(|(step, branch)| (step, [branch, counts[&step.target]])).collect()
    }

    /// The nodes to which gradients come, but along no wire that is drawn.
    fn arrives(&self) -> Vec<usize> {
        let steps = self.answer.backward.as_ref().map_or(&[][..], |backward| &backward.steps);
        let along: HashSet<StageId> = self.steps().iter().map(|(step, _)| step.target).collect();
        let from_elsewhere = steps.iter().map(|step| step.target).filter(|target| !along.contains(target));
        let mut places: Vec<usize> = from_elsewhere.filter_map(|target| self.places.get(&target).copied()).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    // The table.

    /// The rows of the table: inputs and constants, then gates.
    fn rows(&self) -> String {
        let nodes = self.circuit.nodes.iter().enumerate();
        let (gates, given): (Vec<_>, Vec<_>) = nodes.map(|(at, node)| (Some(at), node.id)).partition(|&(_, id)| self.is_stage(id));
        let folded = self.answer.leaves().filter(|leaf| !self.places.contains_key(leaf)).filter(|_| self.drawing.left_out == 0);
        let all = given.into_iter().chain(folded.map(|leaf| (None, leaf))).chain(gates);
        all.map(|(at, id)| self.row(at, id)).collect()
    }

    fn row(&self, at: Option<usize>, id: StageId) -> String {
        let data = at.map_or_else(String::new, |at| format!(" data-node=\"{at}\""));
        let cell = |text: &str| escaped(&with_minus(text));
        format!(
            "<tr{data}><th scope=\"row\">{}</th><td class=\"expression\">{}</td><td class=\"value\">{}</td><td class=\"gradient\">{}</td></tr>\n",
            escaped(self.names.word(id).unwrap_or_default()),
            escaped(&self.wording.expression(id)),
            cell(&self.numbers(id)),
            cell(&self.gradient(id).unwrap_or_default()),
        )
    }

    /// The numbers of a stage; of a large array its shape.
    fn numbers(&self, id: StageId) -> String {
        if self.answer.shape(id).size() > SMALL { self.answer.shape(id).to_string() } else { self.shown(id, self.answer.numbers(id)) }
    }

    fn gradient(&self, id: StageId) -> Option<String> {
        self.answer.gradients(id).map(|numbers| self.shown(id, &numbers))
    }

    fn shown(&self, id: StageId, numbers: &[f64]) -> String {
        let shape = self.answer.shape(id);
        if numbers.len() <= SMALL { self.drawing.style.numbers(shape, numbers) } else { shape.to_string() }
    }

    fn shape(&self, id: StageId) -> String {
        let shape = self.answer.shape(id);
        if shape.is_scalar() { "(a number)".to_owned() } else { shape.to_string() }
    }

    fn is_stage(&self, id: StageId) -> bool {
        !matches!(self.answer.program.gate(id), Gate::Input | Gate::Constant)
    }

    fn is_gate(&self, node: &Node) -> bool {
        self.is_stage(node.id) && !node.is_cut
    }

    fn is_input(&self, node: &Node) -> bool {
        self.answer.program.gate(node.id) == Gate::Input
    }

    // The program in JavaScript.

    fn program(&self) -> String {
        let nodes = &self.circuit.nodes;
        let input = |node: &Node| if self.is_input(node) { float(self.answer.value_of(node.id)) } else { "null".to_owned() };
        let inputs: Vec<String> = nodes.iter().map(input).collect();
        let mut text = format!("const program = {{\n  inputs: [{}],\n", inputs.join(", "));
        if let Some(backward) = &self.answer.backward {
            let _ = writeln!(text, "  seed: {},", float(self.answer.value_of(backward.upstream)));
        }
        text.push_str("  forward: [\n");
        for node in nodes.iter().filter(|node| self.is_gate(node)) {
            let _ = writeln!(text, "    v => {},", self.in_javascript(node.id, None, true));
        }
        text.push_str("  ],\n  backward: [\n");
        for (step, _) in self.steps() {
            let handed = self.in_javascript(step.contribution, Some(step.upstream), false);
            let _ = writeln!(text, "    [{}, (v, {UPSTREAM}) => {handed}],", self.local(step));
        }
        text.push_str("  ],\n};\n");
        let helpers = JAVASCRIPT.helpers(|name| uses(&text, name));
        helpers.iter().fold(text, |text, helper| text + helper + "\n")
    }

    /// The function that computes a local gradient.
    fn local(&self, step: &Step) -> String {
        match step.local {
            Local::One => "() => 1".to_owned(),
            Local::Stage(local) => format!("v => {}", self.in_javascript(local, None, false)),
            Local::Whole => "null".to_owned(),
        }
    }

    /// What computes a stage: its own gate, or, if it may have one, its name.
    fn in_javascript(&self, id: StageId, upstream: Option<StageId>, own: bool) -> String {
        let program = &self.answer.program;
        let name = |id: StageId| {
            if Some(id) == upstream {
                return Some(Cow::Borrowed(UPSTREAM));
            }
            let number = program.constant(id).and_then(|constant| constant.value.number()).map(float);
            let number = number.map(|number| if number.starts_with('-') { format!("({number})") } else { number });
            number.or_else(|| self.names.of(id).map(field)).map(Cow::Owned)
        };
        let symbols = &self.answer.symbols;
        if own {
            print::stage(program, id, &JAVASCRIPT, symbols, &name)
        } else {
            print::operand(program, id, Level::Compare, &JAVASCRIPT, symbols, &name)
        }
    }
}

/// How the value of a name is read.
fn field(name: &str) -> String {
    let plain =
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { format!("v.{name}") } else { format!("v[{}]", serde_json::Value::from(name)).replace('<', "\\u003c") }
}

/// A text whose places `{{name}}` are filled.
fn filled(text: &str, part: impl Fn(&str) -> String) -> String {
    let mut pieces = text.split("{{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or_else(|| broken("a place in the page ends"));
        filled += &part(name);
        filled += rest;
    }
    filled
}
