//! The view `explain`: the two passes told in sentences, the backward one gate by gate, with the expression's own numbers.
//!
//! Knows what a row says that its gate does to a gradient, and the numbers on each wire of the backward pass; computes none of
//! them. What is claimed of a wire (blocked, saturated, wants to be higher) is read off its numbers.

use super::circuit::Circuit;
use super::code::Wording;
use super::page::{Fitted, Pieces, plain, put_note};
use super::quiz::BLANK;
use super::{Answer, Page, Quiz, Role, Style, brief, notes, shapes};
use crate::calculus::evaluate::Range;
use crate::calculus::{Backward, Local, Step};
use crate::forms::StageId;
use crate::forms::target::CALCULATOR;
use crate::ground::Shape;
use crate::ground::text::one_line;
use crate::vocabulary::Gate;
use crate::vocabulary::gate::Row;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io;

/// A local gradient nearer to 0 than this is that of a saturated gate, where a gate can saturate.
pub const SATURATED: f64 = 0.01;

/// The most gates that are all explained, and how many of more: at a screen, and elsewhere.
pub const AT_A_SCREEN: [usize; 2] = [60, 20];
/// See [`AT_A_SCREEN`].
pub const ELSEWHERE: [usize; 2] = [400, 60];

/// The most inputs and stages that a list in a sentence names.
const LISTED: usize = 8;

/// The most inputs that are explained one by one.
const INPUTS: usize = 20;

/// The longest expression that is told whole.
const LONGEST: usize = 160;

/// Explains the passes.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    let wording = Wording::new(answer, &names, &CALCULATOR);
    let around = answer.focus.map(|_| {
        let circuit = Circuit::of(answer, &names).focused(answer);
        circuit.nodes.iter().filter(|node| !node.is_cut).map(|node| node.id).collect()
    });
    let teller = Teller { answer, style, wording, names: &names, around };
    // In a key each gradient is a piece of its own.
    let mut fitted = Fitted::new(page, if style.quiz == Quiz::Key { usize::MAX } else { style.width });
    teller.forward(&mut fitted)?;
    let reached = answer.backward.as_ref().filter(|backward| backward.adjoint(answer.output).is_some());
    match reached {
        Some(backward) => teller.backward(backward, &mut fitted)?,
        None => teller.no_backward(&mut fitted)?,
    }
    fitted.end()?;
    for note in answer.notes.iter().filter(|note| note.kind != notes::WITHOUT_GRADIENT) {
        put_note(note, style, page)?;
    }
    Ok(())
}

/// Where each step stands among those that hand a gradient to the same stage.
struct Branches {
    /// How many there are, by the stage.
    counts: HashMap<StageId, usize>,
    /// Which of them each step is, from 1.
    places: Vec<usize>,
}

impl Branches {
    fn new(backward: &Backward) -> Self {
        let mut counts = HashMap::new();
        let count = |step: &Step| {
            let count = counts.entry(step.target).or_insert(0);
            *count += 1;
            *count
        };
        let places = backward.steps.iter().map(count).collect();
        Self { counts, places }
    }
}

struct Teller<'a> {
    answer: &'a Answer,
    style: &'a Style,
    wording: Wording<'a>,
    names: &'a crate::forms::StageNames,
    /// The stages of which alone is told, where the surroundings of one are asked for.
    around: Option<HashSet<StageId>>,
}

impl Teller<'_> {
    /// The forward pass, in one paragraph.
    fn forward(&self, page: &mut dyn Page) -> io::Result<()> {
        let gates: Vec<StageId> = self.answer.stages().filter(|&id| self.names.of(id).is_some() && !self.is_leaf(id)).collect();
        let mut told = vec![(Role::Heading, "forward pass".to_owned()), plain(": ")];
        told.extend(self.origins());
        told.extend(self.computed(&gates));
        told.push(plain(".\n"));
        self.put(page, told)
    }

    /// What the forward pass starts from.
    fn origins(&self) -> Pieces {
        let leaves: Vec<StageId> = self.answer.leaves().collect();
        let mut told = match leaves.len() {
            0 => return Vec::new(),
            1..=LISTED => joined(leaves.iter().map(|&leaf| self.valued(leaf)).collect()),
            many => vec![plain(&format!("{many} inputs and constants"))],
        };
        told.insert(0, plain("from "));
        told.push(plain(", "));
        told
    }

    /// What the gates compute.
    fn computed(&self, gates: &[StageId]) -> Pieces {
        let (lead, shown) = match gates {
            [] => ("no gate computes anything: the result is ".to_owned(), vec![self.valued(self.answer.output)]),
            [gate] => ("one gate computes ".to_owned(), vec![self.staged(*gate)]),
            [.., last] if gates.len() > LISTED => {
                (format!("{} gates compute the result, the last of them ", gates.len()), vec![self.staged(*last)])
            }
            _ => (format!("{} gates compute ", gates.len()), gates.iter().map(|&gate| self.staged(gate)).collect()),
        };
        std::iter::once(plain(&lead)).chain(joined(shown)).collect()
    }

    /// `x = 3`
    fn valued(&self, id: StageId) -> Pieces {
        vec![(Role::Name, self.name(id)), plain(" = "), (Role::Value, self.numbers(id))]
    }

    /// `q = x + y = 3`
    fn staged(&self, id: StageId) -> Pieces {
        let expression = (Role::Expression, format!(" = {}", self.expression(id)));
        vec![(Role::Name, self.name(id)), expression, plain(" = "), (Role::Value, self.numbers(id))]
    }

    /// Why there is no backward pass.
    fn no_backward(&self, page: &mut dyn Page) -> io::Result<()> {
        let note = self.answer.notes.iter().find(|note| note.kind == notes::WITHOUT_GRADIENT);
        let why = note.map_or_else(
            || format!("{} depends on no input whose gradient is asked for", self.name(self.answer.output)),
            |note| note.message.clone(),
        );
        self.put(page, vec![plain("\n"), (Role::Heading, "no backward pass".to_owned()), plain(&format!(": {why}.\n"))])
    }

    /// The backward pass, a paragraph a gate.
    fn backward(&self, backward: &Backward, page: &mut dyn Page) -> io::Result<()> {
        self.begin(backward, page)?;
        let gates = self.gates(backward);
        let chosen = self.chosen(backward, &gates);
        let branches = Branches::new(backward);
        let mut left_out = 0;
        for &gate in &gates {
            if !chosen.contains(&gate) {
                left_out += 1;
                continue;
            }
            self.gap(left_out, page)?;
            left_out = 0;
            self.gate(backward, &branches, gate, page)?;
        }
        self.gap(left_out, page)?;
        self.unreached(backward, page)?;
        self.inputs(backward, page)
    }

    /// What arrives at the result.
    fn begin(&self, backward: &Backward, page: &mut dyn Page) -> io::Result<()> {
        let answer = self.answer;
        let mut told = vec![plain("\n"), (Role::Heading, "backward pass".to_owned()), plain(": it begins at the result, with ")];
        told.extend(self.gradient(answer.output, backward.upstream));
        let unit = answer.shape(backward.upstream).is_scalar() && answer.values.scalar(backward.upstream) == 1.0;
        let output = self.name(answer.output);
        told.push(plain(&if unit {
            format!(", as {output} is the result itself.\n")
        } else {
            ", the gradient that arrives there.\n".to_owned()
        }));
        self.put(page, told)
    }

    /// The gates at which a gradient arrives, in the order of the pass.
    fn gates(&self, backward: &Backward) -> Vec<StageId> {
        let ids = (0..=self.answer.output.at()).rev().map(StageId::new);
        ids.filter(|&id| backward.adjoint(id).is_some() && !self.is_leaf(id) && self.names.of(id).is_some()).collect()
    }

    /// Those of them that are explained: all, or of many the result's and those with the largest gradients.
    fn chosen(&self, backward: &Backward, gates: &[StageId]) -> HashSet<StageId> {
        if let Some(around) = &self.around {
            return gates.iter().copied().filter(|gate| around.contains(gate)).collect();
        }
        let [most, shown] = if self.style.height.is_some() { AT_A_SCREEN } else { ELSEWHERE };
        if self.style.full || gates.len() <= most {
            return gates.iter().copied().collect();
        }
        let (result, others) = (gates.iter().take(1), gates.iter().skip(1));
        largest(others.copied(), shown - 1, |id| self.force(backward.adjoint(id))).into_iter().chain(result.copied()).collect()
    }

    /// The largest of the numbers of a gradient, whatever its sign; nan counts as the largest.
    fn force(&self, adjoint: Option<StageId>) -> f64 {
        let numbers = adjoint.map_or(&[][..], |adjoint| self.answer.values.slice(adjoint));
        numbers.iter().map(|number| if number.is_nan() { f64::INFINITY } else { number.abs() }).fold(0.0, f64::max)
    }

    /// How many gates are left out in a place.
    fn gap(&self, count: usize, page: &mut dyn Page) -> io::Result<()> {
        if count == 0 {
            return Ok(());
        }
        let told = match (count, self.around.is_some()) {
            (1, true) => "gate is left out here",
            (_, true) => "gates are left out here",
            (1, false) => "gate with no larger gradient is left out here; the setting full explains them",
            (_, false) => "gates with no larger gradients are left out here; the setting full explains them",
        };
        self.put(page, vec![(Role::Comment, format!("... {count} {told}\n"))])
    }

    /// A gate: what it does, what arrives, and what it hands on.
    fn gate(&self, backward: &Backward, branches: &Branches, gate: StageId, page: &mut dyn Page) -> io::Result<()> {
        let row = self.answer.program.gate(gate).row();
        let mut told = vec![plain("\n"), (Role::Name, self.name(gate)), (Role::Expression, format!(" = {}", self.expression(gate)))];
        told.push(plain(&format!(" {}.", row.does())));
        told.extend(self.arrival(backward, gate));
        told.push(plain("\n"));
        self.put(page, told)?;
        let steps = backward.steps_through(gate);
        let first = backward.steps.partition_point(|step| step.through > gate);
        for (at, step) in steps.iter().enumerate() {
            self.put(page, self.step(row, step, branches.places[first + at], branches.counts[&step.target]))?;
        }
        self.tie(row, steps, page)?;
        self.without_step(gate, steps, page)
    }

    /// Operands that tie, where a gradient goes to one of them.
    fn tie(&self, row: &Row, steps: &[Step], page: &mut dyn Page) -> io::Result<()> {
        let made = |step: &Step| self.answer.values.scalar(step.contribution);
        let gets = |step: &&Step| self.answer.shape(step.contribution).size() == 1 && made(step) != 0.0 && !made(step).is_nan();
        let count = steps.iter().filter(gets).count();
        if !row.idempotent || count < 2 || self.style.quiz != Quiz::Off {
            return Ok(());
        }
        self.put(page, vec![plain(&format!("  {count} operands tie here, and the rule for ties says what each of them gets.\n"))])
    }

    /// What arrives at a gate, and what that makes it want.
    fn arrival(&self, backward: &Backward, gate: StageId) -> Pieces {
        let Some(adjoint) = backward.adjoint(gate) else { return Vec::new() };
        let mut told = vec![plain(" ")];
        told.extend(self.gradient(gate, adjoint));
        told.push(plain(" arrives"));
        if self.answer.shape(gate).is_scalar() && gate != self.answer.output {
            told.push(plain(": "));
            told.push((Role::Name, self.name(gate)));
            told.extend(self.wants(self.answer.values.scalar(adjoint)));
        }
        told.push(plain("."));
        told
    }

    /// What a gradient makes a number want.
    fn wants(&self, gradient: f64) -> Pieces {
        let whole = self.style.quiz == Quiz::Off;
        if gradient.is_nan() && whole {
            return vec![plain("'s gradient is "), (Role::Gradient, "undetermined".to_owned())];
        }
        if gradient == 0.0 && whole {
            return vec![plain(" wants to be "), (Role::Gradient, "neither higher nor lower".to_owned())];
        }
        let direction = match gradient {
            _ if gradient > 0.0 => "higher",
            _ if gradient < 0.0 => "lower",
            _ => "neither",
        };
        let force = (Role::Gradient, self.style.number(gradient.abs()));
        vec![plain(" wants to be "), (Role::Gradient, direction.to_owned()), plain(", with a force of "), force]
    }

    /// One wire: the local gradient, what arrives, the product, and what has come together.
    fn step(&self, row: &Row, step: &Step, place: usize, count: usize) -> Pieces {
        let (operator, text) = self.wording.step(step);
        let mut told = vec![plain("  "), (Role::Name, self.wording.gradient(step.target))];
        told.push((Role::Expression, format!(" {operator} {}", self.short(&text))));
        told.extend(self.product(step));
        if place > 1 {
            told.push(plain(if place == count { ", which makes " } else { ", so far " }));
            told.push((Role::Gradient, self.numbers(step.total)));
            told.push(plain(&format!(" ({place} of {count} branches)")));
        }
        told.push(plain("."));
        if count > 1 && place == 1 {
            told.extend([plain(" "), (Role::Name, self.name(step.target))]);
            told.push(plain(&format!(" is a fork: {count} branches come back to it and add up, and this is the first.")));
        }
        if row.multiplies {
            told.push(plain(
                &shapes::analysed(self.answer, &self.wording, step).iter().fold(String::new(), |all, line| all + " " + line + "."),
            ));
        }
        // It would tell what the blanks are to hold.
        if self.style.quiz == Quiz::Off {
            told.extend(self.remark(row, step).into_iter().map(|remark| plain(&remark)));
        }
        told.push(plain("\n"));
        told
    }

    /// The product of the chain rule.
    fn product(&self, step: &Step) -> Pieces {
        let made = (Role::Gradient, self.numbers(step.contribution));
        let local = match step.local {
            Local::Whole => return vec![plain(", which is "), made],
            Local::One => self.style.number(1.0),
            Local::Stage(stage) => self.numbers(stage),
        };
        if !self.is_product(step) {
            return vec![plain(": the product, evaluated in numbers of a wider range, is "), made];
        }
        let arrives = (Role::Gradient, self.numbers(step.upstream));
        vec![plain(&format!(": the local gradient {local} times ")), arrives, plain(&self.reshaped(step)), plain(" is "), made]
    }

    /// Whether the numbers of a scalar step are those of the product that is told: where it was evaluated in wider numbers they may
    /// be others.
    fn is_product(&self, step: &Step) -> bool {
        let values = &self.answer.values;
        let Some(local) = step.local.stage().filter(|_| values.range == Range::Widened) else { return true };
        let [local, upstream, made] = [local, step.upstream, step.contribution].map(|id| values.slice(id));
        let ([local], [upstream], [made]) = (local, upstream, made) else { return local.iter().chain(upstream).all(|x| x.is_finite()) };
        let product = local * upstream;
        let nothing = *upstream == 0.0 && *made == 0.0;
        nothing || product == *made || (product - made).abs() <= 1e-9 * made.abs() || product.is_nan() && made.is_nan()
    }

    /// How a product is brought to the shape of what it belongs to.
    fn reshaped(&self, step: &Step) -> String {
        let shape = |id: StageId| self.answer.program.shape(id);
        let local = step.local.stage().map_or(Shape::Scalar, shape);
        let (through, made) = (shape(step.through), shape(step.contribution));
        let product = [local, shape(step.upstream)].into_iter().max_by_key(|shape| shape.size()).unwrap_or(local);
        match made.size().cmp(&product.size()) {
            std::cmp::Ordering::Less => {
                format!(", summed over {},", shapes::repeated_over(made, if local.size() > through.size() { local } else { through }))
            }
            std::cmp::Ordering::Greater => format!(", repeated to the shape {made},"),
            std::cmp::Ordering::Equal => String::new(),
        }
    }

    /// What stands out about a wire: blocked, saturated, carrying nothing, too small.
    fn remark(&self, row: &Row, step: &Step) -> Option<String> {
        let answer = self.answer;
        let (upstream, made) = (answer.values.slice(step.upstream), answer.shape(step.contribution).size());
        let nothing = answer.values.are_zeros(step.contribution);
        let arrives = upstream.iter().all(|&number| !number.is_nan()) && upstream.iter().any(|&number| number != 0.0);
        let path = format!(" The path to {} is blocked", self.name(step.target));
        let Some(local) = step.local.stage().map(|stage| answer.values.slice(stage)) else {
            let alike = answer.program.gate(step.through).is_elementwise() && answer.shape(step.target) == answer.shape(step.through);
            return (step.local == Local::Whole && nothing && arrives && alike).then(|| format!("{path} here."));
        };
        let count = |is: &dyn Fn(f64) -> bool| local.iter().filter(|&&number| is(number)).count();
        let (all, zeros) = (local.len(), count(&|number| number == 0.0));
        let flat = count(&|number| row.saturates && number.abs() < SATURATED);
        let of = |count: usize| if count == all { String::new() } else { format!(" at {count} of {all} numbers") };
        let blocked = zeros == all && nothing && arrives;
        let single = all == 1 && upstream.len() == 1 && nothing;
        match () {
            () if flat > 0 && blocked => Some(format!(" The gate is saturated.{path} here.")),
            () if flat > 0 => Some(format!(" The gate is saturated{}: almost nothing gets through.", of(flat))),
            () if blocked => Some(format!("{path} here.")),
            () if zeros > 0 && zeros < all && all == made => Some(format!("{path}{}.", of(zeros))),
            () if single && arrives => Some(" The product is too small for a 64-bit number.".to_owned()),
            () if single && upstream[0] == 0.0 && count(&|number| !number.is_finite()) > 0 => {
                Some(" A gradient of 0 carries nothing, whatever the slope.".to_owned())
            }
            () => None,
        }
    }

    /// The operands of a gate to which nothing is handed.
    fn without_step(&self, gate: StageId, steps: &[Step], page: &mut dyn Page) -> io::Result<()> {
        let program = &self.answer.program;
        let row = program.gate(gate).row();
        let operands = program.operands(gate);
        let handed: HashSet<usize> = steps.iter().map(|step| step.position).collect();
        let texts = self.wording.operands(gate);
        for (at, &operand) in operands.iter().enumerate().filter(|(at, _)| !handed.contains(at)) {
            if program.gate(gate).is_place(at) {
                let text = texts.get(at).map_or_else(String::new, |text| self.short(text).into_owned());
                self.put(page, vec![plain("  "), (Role::Expression, text), plain(" counts places, and gets none.\n")])?;
            } else if program.is_active(operand) {
                let text = format!("  Nothing is handed on to {}: the path to it is blocked here.\n", self.name(operand));
                self.put(page, vec![plain(&text)])?;
            } else if program.gate(gate).is_elementwise() || row.multiplies {
                let text = texts.get(at).map_or_else(String::new, |text| self.short(text).into_owned());
                let why = if program.gate(operand) == Gate::Constant { "is a constant" } else { "is taken as a constant" };
                self.put(page, vec![plain("  "), (Role::Expression, text), plain(&format!(" {why} and gets none.\n"))])?;
            }
        }
        Ok(())
    }

    /// The stages that no gradient reaches.
    fn unreached(&self, backward: &Backward, page: &mut dyn Page) -> io::Result<()> {
        let answer = self.answer;
        let unreached = |&id: &StageId| answer.program.is_active(id) && backward.adjoint(id).is_none() && !self.is_leaf(id);
        let ids: Vec<StageId> = answer.stages().filter(|id| self.names.of(*id).is_some()).filter(unreached).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let mut told = vec![plain("\nNo gradient reaches ")];
        if ids.len() <= LISTED {
            told.extend(joined(ids.iter().map(|&id| vec![(Role::Name, self.name(id))]).collect()));
        } else {
            told.push(plain(&format!("{} stages", ids.len())));
        }
        told.push(plain(": no path to the result lets one through.\n"));
        self.put(page, told)
    }

    /// What the inputs want.
    fn inputs(&self, backward: &Backward, page: &mut dyn Page) -> io::Result<()> {
        let is_told = |input: &StageId| self.around.as_ref().is_none_or(|around| around.contains(input));
        let inputs: Vec<StageId> = self.answer.active_inputs().filter(is_told).collect();
        if inputs.is_empty() {
            return Ok(());
        }
        self.put(page, vec![plain("\n"), (Role::Heading, "what the inputs want".to_owned()), plain("\n")])?;
        let most = if self.style.full { usize::MAX } else { INPUTS };
        let chosen: HashSet<StageId> = largest(inputs.iter().copied(), most, |id| self.force(backward.adjoint(id))).into_iter().collect();
        for &input in inputs.iter().filter(|input| chosen.contains(input)) {
            self.put(page, self.input(backward, input))?;
        }
        if chosen.len() < inputs.len() {
            let text = format!(
                "  ... {} inputs with no larger gradients are left out; the setting full shows them\n",
                inputs.len() - chosen.len()
            );
            self.put(page, vec![(Role::Comment, text)])?;
        }
        Ok(())
    }

    fn input(&self, backward: &Backward, input: StageId) -> Pieces {
        let mut told = vec![plain("  ")];
        let Some(adjoint) = backward.adjoint(input) else {
            told.extend([plain("no gradient reaches "), (Role::Name, self.name(input)), plain(": ")]);
            told.push((Role::Name, self.wording.gradient(input)));
            told.extend([plain(" = "), (Role::Gradient, self.style.number(0.0)), plain(".\n")]);
            return told;
        };
        told.push((Role::Name, self.name(input)));
        if self.answer.shape(input).size() == 1 {
            told.extend(self.wants(self.answer.values.scalar(adjoint)));
        } else {
            told.extend(self.many_want(input, self.answer.values.slice(adjoint)));
        }
        told.push(plain(": "));
        told.extend(self.gradient(input, adjoint));
        told.push(plain(".\n"));
        told
    }

    /// What the numbers of an array want.
    fn many_want(&self, input: StageId, numbers: &[f64]) -> Pieces {
        let count = |wants: fn(&f64) -> bool| (Role::Gradient, numbers.iter().filter(|number| wants(number)).count().to_string());
        let (higher, lower) = (count(|&number| number > 0.0), count(|&number| number < 0.0));
        let mut told = vec![plain(&format!(": of its {} numbers ", numbers.len()))];
        told.extend([higher, plain(" want to be higher and "), lower, plain(" lower")]);
        let force = numbers.iter().fold(0.0, |most: f64, number| most.max(number.abs()));
        if force == 0.0 || numbers.iter().any(|number| number.is_nan()) {
            return told;
        }
        let strongest: Vec<usize> = (0..numbers.len()).filter(|&at| numbers[at].abs() == force).collect();
        let force = (Role::Gradient, self.style.number(force));
        if let [at] = strongest[..] {
            let place = (Role::Gradient, format!("{}{}", self.name(input), self.answer.shape(input).subscript(at)));
            told.extend([plain(", most of all "), place, plain(", with a force of "), force]);
        } else {
            told.extend([plain(", with a force of "), force, plain(" at most")]);
        }
        told
    }

    /// Puts a paragraph; a gradient that is left blank takes the room of the blank.
    fn put(&self, page: &mut dyn Page, pieces: Pieces) -> io::Result<()> {
        let blank = |role: Role| role == Role::Gradient && self.style.quiz == Quiz::Blank;
        pieces.into_iter().try_for_each(|(role, text)| page.put(role, if blank(role) { BLANK } else { &text }))
    }

    /// `dq = -4`
    fn gradient(&self, id: StageId, adjoint: StageId) -> Pieces {
        vec![(Role::Name, self.wording.gradient(id)), plain(" = "), (Role::Gradient, self.numbers(adjoint))]
    }

    fn numbers(&self, id: StageId) -> String {
        brief::stage(self.answer, id, self.style)
    }

    fn name(&self, id: StageId) -> String {
        self.wording.name(id).map_or_else(|| self.expression(id), Cow::into_owned)
    }

    fn expression(&self, id: StageId) -> String {
        let text = self.wording.stage(id);
        self.short(&text).into_owned()
    }

    /// A text of the program on one line, its middle left out where it is long.
    fn short<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let text = one_line(text);
        if self.style.full || text.len() <= LONGEST { text } else { Cow::Owned(self.style.shortened(&text, LONGEST)) }
    }

    fn is_leaf(&self, id: StageId) -> bool {
        matches!(self.answer.program.gate(id), Gate::Input | Gate::Constant)
    }
}

/// So many stages with the largest forces; of equal ones the first.
fn largest(ids: impl Iterator<Item = StageId>, most: usize, force: impl Fn(StageId) -> f64) -> Vec<StageId> {
    let mut forces: Vec<(f64, StageId)> = ids.map(|id| (force(id), id)).collect();
    forces.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    forces.truncate(most);
    forces.into_iter().map(|(_, id)| id).collect()
}

/// `a`, `a and b`, `a, b and c`
fn joined(items: Vec<Pieces>) -> Pieces {
    let last = items.len().saturating_sub(1);
    let sign = |at: usize| if at == 0 { None } else { Some(plain(if at == last { " and " } else { ", " })) };
    items.into_iter().enumerate().flat_map(|(at, pieces)| sign(at).into_iter().chain(pieces)).collect()
}
