//! What a pass is held against: the forward pass and our gradients at several points.
//!
//! Beside the given inputs stand others nearby, so that what is right at one point by chance is found out. Knows programs and
//! values; reads no line.

use crate::calculus::backprop::Step;
use crate::calculus::evaluate::{Values, numbers_held};
use crate::calculus::range::evaluate_cancellable;
use crate::forms::{StageId, StageNames};
use crate::ground::{Cancellation, Fault, FaultKind, Shape, Span, Value};
use crate::session::Session;
use crate::session::against::pass::Known;
use crate::session::against::points::{WAYS, are_parts, moved, other_places, width};
use crate::views::Answer;
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Family, infix};
use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;
use std::sync::Arc;

/// How far apart numbers may be that are the same but for rounding, relative to themselves, and to the largest that they are
/// made of.
const CLOSE: (f64, f64) = (1e-8, 1e-11);

/// How many other points there are.
const POINTS: usize = 2;

/// Above how many numbers one other point is enough.
const LARGE: usize = 1 << 20;

/// The most parts of a gradient of which every sum is tried.
const MOST_PARTS: usize = 10;

/// The numbers of a value at all points, one after the other.
pub type Numbers = Vec<f64>;

/// A part of a gradient: what one stage hands on.
#[derive(Clone, Debug)]
pub struct Part {
    /// The stage.
    pub through: StageId,
    /// Its name.
    pub stage: String,
    /// The name of the gradient that arrives at it.
    pub arriving: String,
    pub numbers: Numbers,
    /// The local gradient, where the part is a product of it.
    pub local: Option<Numbers>,
    /// Whether the stage is a product.
    pub product: bool,
}

/// A gradient of ours.
#[derive(Clone, Debug)]
pub struct Gradient {
    pub id: StageId,
    pub shape: Shape,
    pub total: Numbers,
    pub parts: Vec<Part>,
    pub input: bool,
    /// At how many of the points it is judged.
    pub judged: usize,
}

impl Gradient {
    fn scale(&self) -> f64 {
        let numbers = self.parts.iter().flat_map(|part| &part.numbers).chain(&self.total);
        numbers.filter(|number| number.is_finite()).fold(0.0, |most, number| number.abs().max(most))
    }

    /// Whether numbers are those that are wanted, but for rounding.
    pub fn is_close(&self, numbers: &[f64], wanted: &[f64]) -> bool {
        let scale = CLOSE.1 * self.scale();
        let close = |(one, other): (&f64, &f64)| {
            one == other || one.is_nan() && other.is_nan() || (one - other).abs() <= CLOSE.0 * other.abs() + scale
        };
        numbers.len() == wanted.len() && self.judged(numbers).iter().zip(self.judged(wanted)).all(close)
    }

    /// The numbers at the points where it is judged.
    fn judged<'n>(&self, numbers: &'n [f64]) -> &'n [f64] {
        &numbers[..numbers.len().min(self.judged * self.shape.size())]
    }

    /// Whether numbers are 0 wherever it is judged.
    pub fn is_nothing(&self, numbers: &[f64]) -> bool {
        self.judged(numbers).iter().all(|number| *number == 0.0)
    }

    /// The numbers of a value of its shape at every point; a single 0 stands for zeros.
    pub fn numbers(&self, values: &[Value]) -> Option<Numbers> {
        let mut numbers = Vec::with_capacity(self.total.len());
        for value in values {
            match value.number() {
                Some(0.0) => numbers.resize(numbers.len() + self.shape.size(), 0.0),
                _ if value.shape() == self.shape => numbers.extend_from_slice(value.numbers()),
                _ => return None,
            }
        }
        Some(numbers)
    }

    /// The same where a single number stands for as many as it has.
    pub fn spread(&self, values: &[Value]) -> Option<Numbers> {
        let fits = |value: &Value| value.shape().is_scalar() || value.shape() == self.shape;
        values.iter().all(fits).then(|| values.iter().flat_map(|value| value.repeated(self.shape).numbers().to_vec()).collect())
    }

    /// Numbers as values of its shape, one for each point.
    pub fn values(&self, numbers: &[f64]) -> Vec<Value> {
        numbers.chunks(self.shape.size().max(1)).map(|own| Value::new(self.shape, own.to_vec())).collect()
    }

    /// The value at the given inputs.
    pub fn first(&self, numbers: &[f64]) -> Value {
        Value::new(self.shape, numbers[..self.shape.size()].to_vec())
    }

    /// Whether numbers are right at the given inputs alone, and at which point they are not.
    pub fn by_chance(&self, numbers: &[f64], wanted: &[f64]) -> Option<usize> {
        let size = self.shape.size().max(1);
        let mut points =
            self.judged(numbers).chunks(size).zip(self.judged(wanted).chunks(size)).map(|(own, wanted)| self.is_close(own, wanted));
        if numbers.len() != wanted.len() || !points.next()? { None } else { points.position(|close| !close).map(|at| at + 1) }
    }

    pub fn zeros(&self) -> Numbers {
        vec![0.0; self.total.len()]
    }

    /// The sum of some parts.
    pub fn sum(&self, parts: impl IntoIterator<Item = usize>) -> Numbers {
        parts.into_iter().fold(self.zeros(), |sum, part| plus(&sum, &self.parts[part].numbers))
    }

    /// The parts among `left` that add up to some numbers; none where no sum does that is tried.
    pub fn adding_up(&self, numbers: &[f64], left: &[usize]) -> Option<Vec<usize>> {
        if self.is_close(numbers, &self.sum(left.iter().copied())) {
            return Some(left.to_vec());
        }
        let tried = &left[..left.len().min(MOST_PARTS)];
        let chosen = |mask: usize| tried.iter().enumerate().filter(move |(at, _)| mask >> at & 1 == 1).map(|(_, &part)| part);
        let mask = (1..1usize << tried.len()).find(|&mask| self.is_close(numbers, &self.sum(chosen(mask))))?;
        Some(chosen(mask).collect())
    }
}

pub fn plus(one: &[f64], other: &[f64]) -> Numbers {
    one.iter().zip(other).map(|(one, other)| one + other).collect()
}

/// Sessions at all points, in which names stand for their values.
#[derive(Clone)]
pub struct Scene {
    sessions: Vec<Session>,
}

impl Scene {
    /// Gives a name its value at each point.
    pub fn bind(&mut self, name: &str, values: &[Value]) {
        for (session, value) in self.sessions.iter_mut().zip(values) {
            session.bind_value(name, value.clone());
        }
    }

    /// Gives a name the value that a text was found to have, a mask where that is one.
    pub fn bind_found(&mut self, name: &str, values: &[Value]) {
        self.bind(name, values);
        for session in &mut self.sessions {
            session.set_mask(name, session.read_truth);
        }
    }

    /// Gives a name a value at each point that is a mask.
    pub fn bind_mask(&mut self, name: &str, values: &[Value]) {
        self.bind(name, values);
        self.sessions.iter_mut().for_each(|session| session.set_mask(name, true));
    }

    /// Gives a name the same value at every point.
    pub fn bind_everywhere(&mut self, name: &str, value: &Value) {
        self.sessions.iter_mut().for_each(|session| session.bind_value(name, value.clone()));
    }

    /// A name stands for nothing.
    pub fn forget(&mut self, name: &str) {
        self.sessions.iter_mut().for_each(|session| session.forget(name));
    }

    /// Defines the functions of a text.
    pub fn define(&mut self, text: &str) {
        let source = crate::views::Source { name: "".into(), line: 1 };
        for session in &mut self.sessions {
            // Where it is none of the language, the line that calls it says so.
            let _ = session.run(text, &source, false, &mut |_| {});
            session.names.remarks.clear();
        }
    }

    /// Whether a name is a function.
    pub fn is_function(&self, name: &str) -> bool {
        let session = &self.sessions[0];
        session.symbols.find(name).is_some_and(|name| session.names.function(name).is_some())
    }

    /// The value of a text at every point, of which the last ones need not be computed where `goes_on` says no.
    ///
    /// # Errors
    /// Where it has none at one of them, or the work is to stop.
    pub fn values_while(&mut self, text: &str, goes_on: impl Fn(&Value) -> bool) -> Result<Vec<Value>, Fault> {
        let mut values = Vec::with_capacity(self.sessions.len());
        for session in &mut self.sessions {
            if session.scratch.limits.cancellation.is_cancelled() {
                return Err(Fault::interrupted(Span::default()));
            }
            let value = session.value_here(text);
            session.names.remarks.clear();
            values.push(value?);
            if !values.first().is_some_and(&goes_on) {
                break;
            }
        }
        Ok(values)
    }

    /// The value of a text at every point.
    ///
    /// # Errors
    /// As there.
    pub fn values(&mut self, text: &str) -> Result<Vec<Value>, Fault> {
        self.values_while(text, |_| true)
    }

    /// How work stops.
    pub fn cancellation(&self) -> &Cancellation {
        &self.sessions[0].scratch.limits.cancellation
    }
}

/// The forward pass and our gradients at several points.
#[derive(Clone)]
pub struct Bench<'a> {
    answer: &'a Answer,
    names: Arc<StageNames>,
    /// The values of all stages, at the given inputs and at others.
    points: Vec<Cow<'a, Values>>,
    /// Where the names of the forward pass stand, and those of the gradients.
    ids: HashMap<String, StageId>,
    targets: HashMap<String, StageId>,
    /// The steps of the backward pass, by what they hand a gradient to.
    steps: HashMap<StageId, Vec<Step>>,
    /// How many points keep the meaning of all inputs.
    kept: usize,
    /// The stages whose gradients are judged at the points behind those too.
    free: HashSet<StageId>,
}

impl<'a> Bench<'a> {
    /// # Errors
    /// The answer has no gradients.
    pub fn new(answer: &'a Answer) -> Result<Self, Fault> {
        let Some(backward) = &answer.backward else {
            let fault = Fault::new(FaultKind::Shape, Span::default(), "there is no gradient to compare a backward pass with");
            return Err(fault.help("the forward pass must end in one number that depends on an input"));
        };
        let (names, selecting) = (answer.names(), answer.program.selecting(answer.output));
        let (mut ids, mut targets) = (HashMap::new(), HashMap::new());
        for id in answer.leaves().chain(answer.stages()) {
            let Some(name) = names.of(id) else { continue };
            ids.insert(name.to_owned(), id);
            // What only selects has no gradient.
            if answer.program.is_active(id) && !selecting.only_selects(id) {
                targets.insert(names.gradient(id), id);
            }
        }
        let mut steps: HashMap<StageId, Vec<Step>> = HashMap::new();
        for step in &backward.steps {
            steps.entry(step.target).or_default().push(*step);
        }
        Ok(Self { answer, names, points: vec![Cow::Borrowed(&answer.values)], ids, targets, steps, kept: 1, free: HashSet::new() })
    }

    /// # Errors
    /// The result or the gradient of an input is not finite, and nothing can be held against it.
    pub fn check_finite(&self) -> Result<(), Fault> {
        let output = self.answer.output;
        let backward = self.answer.backward.iter();
        let gradients = backward.flat_map(|backward| self.answer.active_inputs().filter_map(|id| Some((id, backward.adjoint(id)?))));
        let gradients = gradients.map(|(id, adjoint)| (self.names.gradient(id), adjoint));
        let named = self.names.of(output).unwrap_or("the result").to_owned();
        let odd = |(name, id): (String, StageId)| {
            let number = self.answer.numbers(id).iter().copied().find(|number| !number.is_finite())?;
            Some((name, if number.is_nan() { "nan" } else { "infinite" }))
        };
        let Some((name, is)) = std::iter::once((named, output)).chain(gradients).find_map(odd) else { return Ok(()) };
        let message = format!("`{name}` is {is} at these inputs, and no backward pass can be held against it");
        let help = "give inputs at which the result and its gradients are finite, or write the forward pass so that they are";
        Err(Fault::new(FaultKind::Domain, self.answer.program.span(output), message).help(help))
    }

    /// The name of the input whose gradient has a name.
    pub fn input_of(&self, gradient: &str) -> Option<String> {
        self.targets.get(gradient).and_then(|&id| self.names.of(id)).map(str::to_owned)
    }

    /// The names by which a pass speaks.
    pub fn known(&self) -> Known {
        let named = |(gradient, id): (&String, &StageId)| self.names.of(*id).map(|name| (name.to_owned(), gradient.clone()));
        let output = self.names.of(self.answer.output).unwrap_or_default().to_owned();
        let rank = |(gradient, id): (&String, &StageId)| (gradient.clone(), self.answer.program.shape(*id).rank());
        Known {
            gradients: self.targets.iter().filter_map(named).collect(),
            own: self.targets.keys().cloned().collect(),
            inputs: self.inputs().into_iter().collect(),
            ranks: self.targets.iter().map(rank).collect(),
            output,
        }
    }

    /// The gradient of the result, which is given.
    pub fn given(&self) -> String {
        self.names.gradient(self.answer.output)
    }

    /// Adds points near the given inputs where everything is as finite as there. The last one, where some inputs are parts of a whole,
    /// moves them freely, and only gradients of what depends on them are judged there: others may take them for parts.
    ///
    /// # Errors
    /// The work is to stop.
    pub fn add_points(&mut self, cancellation: &Cancellation) -> Result<(), Fault> {
        let wanted = if numbers_held(&self.answer.program) > LARGE { 1 } else { POINTS };
        self.add(wanted, false, cancellation)?;
        self.kept = self.points.len();
        self.free = self.behind_parts();
        if self.free.is_empty() { Ok(()) } else { self.add(1, true, cancellation) }
    }

    /// Adds so many points.
    fn add(&mut self, wanted: usize, free: bool, cancellation: &Cancellation) -> Result<(), Fault> {
        let program = &self.answer.program;
        let selecting = program.selecting(self.answer.output);
        let before = self.points.len();
        for (try_number, &way) in WAYS.iter().enumerate() {
            if self.points.len() == before + wanted {
                break;
            }
            let inputs: Vec<Value> = program
                .ids()
                .filter(|&id| program.gate(id) == Gate::Input)
                .map(|id| {
                    let value = Value::new(program.shape(id), self.answer.numbers(id).to_vec());
                    // Between places is none, and others may be beyond the ends: what selects is turned in some tries, moved where
                    // a place is calculated from it in others, and stays in the rest.
                    let turns = try_number % 4;
                    let moved = |value: &Value| moved(value, way, try_number, program.leaf(id), free);
                    match (program.is_active(id), selecting.selects(id), selecting.only_selects(id)) {
                        (true, false, _) => moved(&value),
                        (true, true, true) if turns == 0 || turns == 2 => other_places(&value, turns == 0),
                        (true, true, false) if turns == 2 => other_places(&value, true),
                        (true, true, false) if turns == 0 || turns == 3 => moved(&value),
                        _ => value,
                    }
                })
                .collect();
            // A point that is the given one tells nothing.
            let given = program.ids().filter(|&id| program.gate(id) == Gate::Input).map(|id| self.answer.numbers(id));
            if given.zip(&inputs).all(|(given, input)| given == input.numbers()) {
                continue;
            }
            let values = evaluate_cancellable(program, &inputs, cancellation).ok_or_else(|| Fault::interrupted(Span::default()))?;
            let finite = |values: &Values, id: StageId| values.slice(id).iter().all(|number| number.is_finite());
            if program.ids().all(|id| finite(&values, id) || !finite(&self.answer.values, id)) {
                self.points.push(Cow::Owned(values));
            }
        }
        Ok(())
    }

    /// The stages that depend on inputs which are parts of a whole, such as the labels of classes.
    fn behind_parts(&self) -> HashSet<StageId> {
        let program = &self.answer.program;
        let is_parts = |id: StageId| program.is_active(id) && self.answer.numbers(id).chunks(width(program.shape(id))).any(are_parts);
        let mut found: HashSet<StageId> = self.answer.active_inputs().filter(|&id| is_parts(id)).collect();
        if !found.is_empty() {
            for id in program.ids() {
                if program.operands(id).iter().any(|operand| found.contains(operand)) {
                    found.insert(id);
                }
            }
        }
        found
    }

    /// Whether there is no point but the given inputs.
    pub fn is_alone(&self) -> bool {
        self.points.len() == 1
    }

    /// The inputs of another point than the given one, in words.
    pub fn place(&self, point: usize) -> String {
        const MOST: usize = 4;
        let small = self.answer.active_inputs().filter(|&id| self.answer.shape(id).size() <= MOST);
        let said = small.filter_map(|id| {
            let numbers = self.points[point].slice(id);
            let written = crate::ground::value::written(self.answer.shape(id), numbers, |number| format!("{number:.4}"));
            Some((numbers.len(), format!("{} = {written}", self.names.of(id)?)))
        });
        let mut left = MOST;
        let fits = |(count, text): (usize, String)| {
            left = left.checked_sub(count)?;
            Some(text)
        };
        let said: Vec<String> = said.map_while(fits).collect();
        if said.is_empty() { "other inputs".to_owned() } else { said.join(", ") }
    }

    /// A session for each point, in which what a text speaks of has its value; none reads a file, or takes more than `room`
    /// bytes.
    pub fn scene(&self, session: &Session, words: &HashSet<String>) -> Scene {
        let mut session = session.clone();
        session.settings.files = None;
        session.settings.precise = None;
        session.preparations = None;
        let mut scene = Scene { sessions: vec![session; self.points.len()] };
        for (name, &id) in self.ids.iter().filter(|(name, _)| words.contains(*name)) {
            if self.answer.program.gate(id).row().family == Family::Comparison {
                scene.bind_mask(name, &self.values(id));
            } else {
                scene.bind(name, &self.values(id));
            }
        }
        scene
    }

    /// The values of a forward stage.
    fn values(&self, id: StageId) -> Vec<Value> {
        let shape = self.answer.shape(id);
        self.points.iter().map(|point| Value::new(shape, point.slice(id).to_vec())).collect()
    }

    /// The values of a name of the forward pass, and whether it is an input or a constant.
    pub fn forward(&self, name: &str) -> Option<(Vec<Value>, bool)> {
        let id = *self.ids.get(name)?;
        Some((self.values(id), self.answer.program.operands(id).is_empty()))
    }

    fn numbers(&self, id: StageId) -> Numbers {
        self.points.iter().flat_map(|point| point.slice(id).iter().copied()).collect()
    }

    /// A gradient by its name.
    pub fn gradient(&self, name: &str) -> Option<Gradient> {
        let id = *self.targets.get(name)?;
        let shape = self.answer.shape(id);
        let adjoint = self.answer.backward.as_ref()?.adjoint(id);
        let total = adjoint.map_or_else(|| vec![0.0; shape.size() * self.points.len()], |adjoint| self.numbers(adjoint));
        let part = |step: &Step| Part {
            through: step.through,
            stage: self.names.word(step.through).map_or_else(|| self.names.gradient(step.through), str::to_owned),
            arriving: self.names.gradient(step.through),
            numbers: self.numbers(step.contribution),
            local: step.local.stage().filter(|&local| self.answer.shape(local) == shape).map(|local| self.numbers(local)),
            product: is_product(self.answer.program.gate(step.through)),
        };
        let parts = self.steps.get(&id).into_iter().flatten().map(part).collect();
        let judged = if self.free.contains(&id) { self.points.len() } else { self.kept };
        Some(Gradient { id, shape, total, parts, input: self.answer.program.input(id).is_some(), judged })
    }

    /// The names of all gradients that reach a named stage or input, the inputs first; not that of the result.
    pub fn targets(&self) -> Vec<(String, StageId)> {
        let mut found: Vec<(String, StageId)> = self.targets.iter().map(|(name, &id)| (name.clone(), id)).collect();
        found.retain(|&(_, id)| id != self.answer.output);
        found.sort_unstable_by_key(|&(_, id)| id);
        found
    }

    /// The names of the inputs' gradients, in order.
    pub fn inputs(&self) -> Vec<String> {
        self.answer.active_inputs().filter(|&id| self.names.of(id).is_some()).map(|id| self.names.gradient(id)).collect()
    }

    /// What a stage hands its gradient on to.
    pub fn handed_to(&self, id: StageId) -> impl Iterator<Item = StageId> + '_ {
        let backward = self.answer.backward.iter();
        backward.flat_map(move |backward| backward.steps_through(id)).map(|step| step.target)
    }

    /// What other operands of a stage get through which a part of a gradient comes.
    pub fn siblings(&self, gradient: &Gradient, part: &Part) -> Vec<Numbers> {
        let through = self.answer.backward.iter().flat_map(|backward| backward.steps_through(part.through));
        through.filter(|step| step.target != gradient.id).map(|step| self.numbers(step.contribution)).collect()
    }

    /// The names of the forward pass that may stand in a line of a gradient: those of the stages that it comes through, of
    /// their operands, and of the stages behind them.
    pub fn near(&self, id: StageId, most: usize) -> Vec<(String, Vec<Value>)> {
        let mut found = vec![id];
        let mut from = 0;
        for _ in 0..2 {
            let until = found.len();
            for at in from..until {
                for step in self.steps.get(&found[at]).into_iter().flatten() {
                    let operands = self.answer.program.operands(step.through).iter().copied();
                    for near in std::iter::once(step.through).chain(operands) {
                        if found.len() < 4 * most && !found.contains(&near) {
                            found.push(near);
                        }
                    }
                }
            }
            from = until;
        }
        let named = found.into_iter().filter_map(|id| Some((self.names.word(id)?.to_owned(), self.values(id))));
        named.take(most).collect()
    }

    /// The sizes of the arrays of the forward pass, whole and along their sides.
    pub fn sizes(&self) -> Vec<usize> {
        let shapes = self.ids.values().map(|&id| self.answer.shape(id)).filter(|shape| !shape.is_scalar());
        let mut sizes: Vec<usize> =
            shapes.flat_map(|shape| shape.dims().into_iter().map(|side| side as usize).chain([shape.size()])).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes.retain(|&size| size > 1);
        sizes.truncate(8);
        sizes
    }

    /// The bytes that the numbers of the forward and the backward pass take.
    pub fn bytes(&self) -> usize {
        self.answer.values.bytes()
    }
}

/// Whether a gate multiplies.
fn is_product(gate: Gate) -> bool {
    ["*", "@"].iter().any(|sign| infix(sign).is_some_and(|(known, _)| known == gate))
}
