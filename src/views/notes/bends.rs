//! What is told of kinks, ties and jumps: the slopes that there are on either side, and the one that was taken.
//!
//! Where a gate has a kink stands in the gate table; what a result does on either side is computed elsewhere.

use super::super::analysis::figure;
use super::{Finder, places, shown};
use crate::calculus::analysis::Figure;
use crate::calculus::check::{Asked, Glance};
use crate::calculus::lower::constant_value;
use crate::calculus::rule::Hole;
use crate::calculus::sides::sides;
use crate::forms::{Program, StageId};
use crate::ground::{Cancellation, Shape, Value, broken};
use crate::vocabulary::gate::{Family, Kink};

/// The kind of the note on slopes that are not what the rules for ties and kinks give.
pub(super) const SIDES: &str = "sides";

/// The kind of the notes on slopes that differ from side to side.
pub(super) const KINK: &str = "kink";

/// The kind of the note on operands of which several reach the value.
pub(super) const TIE: &str = "tie";

/// The kind of the note on second derivatives that are not what the rules for ties and kinks give.
pub(super) const CURVED: &str = "curvature";

/// The most second derivatives of which it is looked what they are on either side.
const MOST_CURVED: usize = 64;

/// Below this a second derivative is 0 but for rounding.
const NOTHING: f64 = 1e-300;

/// The most stages that are looked at, for each input anew, to find the slopes of a result on its sides.
const MOST_LOOKED_AT: usize = 4_000_000;

/// The most gradients that are nan whose slopes on either side are looked for.
const MOST_GLANCES: usize = 3;

impl Finder<'_> {
    /// Kinks and ties: the choice made, and the slopes on either side.
    pub(super) fn kinks(&mut self) {
        let mut met = self.ties_and_kinks();
        met.dedup();
        let bounds = self.boundaries();
        if self.answer.shape(self.answer.output).size() == 1 {
            self.sides(&met, &bounds);
        } else if self.answer.analysis.jacobian.is_some() {
            for bound in bounds {
                self.jump(bound);
            }
        }
    }

    /// A comparison whose sides are equal somewhere, of a result of several numbers whose slopes may change there.
    fn jump(&mut self, id: StageId) {
        let &[left, right] = self.answer.program.operands(id) else { return };
        let found: Vec<usize> = (0..self.answer.shape(id).size()).filter(|&at| self.met(left, id, at) == self.met(right, id, at)).collect();
        let Some(&first) = found.first() else { return };
        let message = format!(
            "the sides of {} = {} are equal{}{}: derivatives there are those of one side, and may be others on the other",
            self.name(id),
            self.expression(id),
            places(self.answer.shape(id), &found),
            self.at(id, first)
        );
        self.add(KINK, id, message);
    }

    /// Comparisons whose sides are equal somewhere, which jump there.
    fn boundaries(&self) -> Vec<StageId> {
        let answer = self.answer;
        let is_met = |&id: &StageId| {
            let &[left, right] = answer.program.operands(id) else { return false };
            let size = answer.shape(id).size();
            answer.program.gate(id).row().family == Family::Comparison
                && (0..size).any(|at| self.met(left, id, at) == self.met(right, id, at))
        };
        self.differentiated().into_iter().filter(is_met).collect()
    }

    /// Tells of kinks and ties, and gives the stages where there are some, each with whether it is a tie.
    fn ties_and_kinks(&mut self) -> Vec<(StageId, bool)> {
        let mut met = Vec::new();
        let answer = self.answer;
        for id in self.differentiated() {
            let row = answer.program.gate(id).row();
            if row.idempotent {
                met.extend(self.tie(id).then_some((id, true)));
            }
            if !row.reaches.is_empty() {
                met.extend(self.tie_of_elements(id, row.reaches).then_some((id, true)));
            }
            for kink in row.kinks {
                // Of any number of operands each is the one in question.
                let operands = answer.program.operands(id);
                let operands = if row.arity().is_none() { operands } else { &operands[kink.operand..=kink.operand] };
                for &operand in operands.iter().filter(|&&operand| answer.program.is_active(operand)) {
                    let (found, shape) = self.places_of(id, kink.when);
                    let found: Vec<usize> = found.into_iter().filter(|&at| self.is_reached(id, at, shape)).collect();
                    if !found.is_empty() {
                        self.kink(id, operand, kink, (&found, shape));
                        met.push((id, false));
                    }
                }
            }
        }
        met
    }

    /// The slopes of the result itself on either side, of inputs whose gradient is neither of them or not the one there is.
    fn sides(&mut self, met: &[(StageId, bool)], bounds: &[StageId]) {
        let answer = self.answer;
        let ties = met.iter().any(|&(_, tie)| tie);
        // One kink alone has been told with its slopes.
        if !ties && met.len() < 2 && bounds.is_empty() || !answer.is_of_its_binary_leaves() {
            return;
        }
        let Some(backward) = &answer.backward else { return };
        let upstream = answer.values.scalar(backward.upstream);
        let (cone, output) = answer.program.cone(answer.output);
        // Each input is looked at by itself.
        if answer.active_inputs().count().saturating_mul(cone.len()) > MOST_LOOKED_AT {
            return;
        }
        let inputs: Vec<Value> = self.values_of(&cone);
        let places: Vec<StageId> = met.iter().map(|&(id, _)| id).chain(bounds.iter().copied()).collect();
        let shared = met.len() == 1 && bounds.is_empty() && self.is_shared(met[0].0);
        let active: Vec<StageId> = answer.active_inputs().collect();
        for input in active {
            let moved = self.moved_by(input);
            if !places.iter().any(|id| moved[id.at()]) {
                continue;
            }
            let bound = bounds.iter().copied().find(|bound| moved[bound.at()]);
            let mut bent = Vec::new();
            let name = answer.program.input(input).map(|input| input.name);
            let known = cone.ids().find(|&id| cone.input(id).map(|input| input.name) == name);
            let (Some(known), Some(gradients)) = (known, answer.gradients(input)) else { continue };
            let Some(slopes) = sides(&cone, output, &inputs, known, self.rules) else { continue };
            for (at, (slope, &gradient)) in slopes.iter().zip(gradients.iter()).enumerate() {
                let [below, above] = [slope.below, slope.above].map(|slope| slope * upstream);
                if below.is_nan() || above.is_nan() {
                    continue;
                }
                // What operands that tie share lies between the slopes, and has been told with them.
                let between = shared && gradient > below.min(above) && gradient < below.max(above);
                let taken = between || near(gradient, below) || near(gradient, above);
                match bound {
                    Some(_) if !near(below, above) => bent.push((at, [below, above], gradient)),
                    _ if !taken => self.side(input, at, [below, above], gradient, ties),
                    _ => {}
                }
            }
            if let (Some(bound), Some((first, more))) = (bound, bent.split_first()) {
                self.bound(bound, input, first, more.len());
            }
        }
    }

    /// The slopes on either side of gradients that are nan though the result is not, where differences show some.
    pub(super) fn undetermined(&mut self) {
        let answer = self.answer;
        let Some(backward) = &answer.backward else { return };
        if answer.numbers(answer.output).iter().any(|number| !number.is_finite()) || !answer.is_of_its_binary_leaves() {
            return;
        }
        let nan = |input: StageId| Some((input, answer.gradients(input)?.iter().position(|number| number.is_nan())?));
        let open: Vec<(StageId, usize)> = answer.active_inputs().filter_map(nan).take(MOST_GLANCES).collect();
        let inputs = if open.is_empty() { Vec::new() } else { self.values_of(&answer.program) };
        let asked =
            Asked { program: &answer.program, forward: answer.forward, backward, inputs: &inputs, cancellation: &Cancellation::default() };
        let Some(mut glance) = Glance::new(&asked, false).filter(|_| !open.is_empty()) else { return };
        for (input, at) in open {
            let name = self.name(input);
            if self.notes.iter().any(|note| note.kind == SIDES && note.stage == name) {
                continue;
            }
            let Some(slopes) = glance.slopes(input, at).and_then(told_slopes) else { continue };
            let message = format!("the slope of {} in {name}{} is {slopes}", self.name(answer.output), answer.shape(input).subscript(at));
            self.add(SIDES, input, message);
        }
    }

    /// Second derivatives on either side of a kink or a tie, or where they are nan, that are not those of the matrix.
    pub(super) fn curved(&mut self) {
        let answer = self.answer;
        let (Some(hessian), Some(backward)) = (&answer.analysis.hessian, &answer.backward) else { return };
        if !answer.is_of_its_binary_leaves() {
            return;
        }
        let bends = self.notes.iter().any(|note| [KINK, TIE, SIDES].contains(&note.kind)) || !self.boundaries().is_empty();
        let elements: Vec<(StageId, usize)> =
            answer.active_inputs().flat_map(|id| (0..answer.shape(id).size()).map(move |at| (id, at))).collect();
        let entries = (0..elements.len()).flat_map(|row| (row..elements.len()).map(move |column| (row, column)));
        let asked: Vec<(usize, usize)> = entries.filter(|&(row, column)| bends || hessian.rows[row][column].is_nan()).collect();
        if asked.is_empty() || asked.len() > MOST_CURVED {
            return;
        }
        let inputs = self.values_of(&answer.program);
        let cancellation = Cancellation::default();
        let point = Asked { program: &answer.program, forward: answer.forward, backward, inputs: &inputs, cancellation: &cancellation };
        let Some(mut glance) = Glance::new(&point, true) else { return };
        for (row, column) in asked {
            let (Some(Some(slope)), (input, at)) = (answer.sources.slopes().get(row), elements[column]) else { continue };
            let (given, found) = (hessian.rows[row][column], glance.slopes_of(*slope, input, at));
            // A gradient that jumps is told as a kink.
            let Some(found) = found.filter(|sides| sides.iter().flatten().all(|slope| slope.is_finite())) else { continue };
            let given_is = |side: f64| near(side, given) || !given.is_nan() && side.abs().max(given.abs()) < NOTHING;
            if let Some(told) = told_slopes(found).filter(|_| !found.iter().flatten().all(|&side| given_is(side))) {
                let name = figure(answer, self.names(), Figure::Hessian(row, column));
                let rules =
                    if given.is_nan() { String::new() } else { format!("; {} is what the rules for ties and kinks give", shown(given)) };
                self.add(CURVED, input, format!("{name} is {told}{rules}"));
            }
        }
    }

    fn side(&mut self, input: StageId, at: usize, [below, above]: [f64; 2], gradient: f64, ties: bool) {
        let which = format!("{}{}", self.name(input), self.answer.shape(input).subscript(at));
        let Some(slopes) = told_slopes([Some(below), Some(above)]) else { return };
        let setting = if ties { " (see the setting ties)" } else { "" };
        let message = format!(
            "the slope of {} in {which} is {slopes}; {} is what the rules for ties and kinks give, stage by stage{setting}",
            self.name(self.answer.output),
            shown(gradient)
        );
        self.add(SIDES, input, message);
    }

    /// Whether operands that tie share the gradient of a stage, or one of them alone is reached.
    fn is_shared(&self, id: StageId) -> bool {
        let steps = self.answer.backward.as_ref().map_or(&[][..], |backward| backward.steps_through(id));
        let mut locals = steps.iter().filter_map(|step| step.local.stage()).flat_map(|local| self.answer.values.slice(local));
        steps.len() < 2 || locals.any(|&local| local > 0.0 && local < 1.0)
    }

    /// A result that bends or jumps where a comparison changes, at an element of an input and at some more.
    fn bound(&mut self, bound: StageId, input: StageId, &(at, [below, above], gradient): &(usize, [f64; 2], f64), more: usize) {
        let more = if more == 0 { String::new() } else { format!(" (and so at {more} more of {})", self.answer.shape(input).size()) };
        let subscript = self.answer.shape(input).subscript(at);
        let input_name = self.name(input);
        let message = format!(
            "{} has a kink where the sides of {} = {} are equal, at {input_name}{subscript} = {}: its slope in {input_name}{subscript} is \
             {} from below and {} from above; the slope taken is {}{more}",
            self.name(self.answer.output),
            self.name(bound),
            self.expression(bound),
            shown(self.answer.numbers(input)[at]),
            shown(below),
            shown(above),
            shown(gradient)
        );
        self.add(KINK, input, message);
    }

    /// The values of a program's inputs, which are inputs of the answer.
    fn values_of(&self, program: &Program) -> Vec<Value> {
        let answer = self.answer;
        let value = |name| {
            let id = answer.program.ids().find(|&id| answer.program.input(id).is_some_and(|input| input.name == name));
            let id = id.unwrap_or_else(|| broken("an input of a part is one of the whole"));
            answer.values.value(id, answer.shape(id))
        };
        program.inputs().iter().map(|input| value(input.name)).collect()
    }

    /// Which forward stages an input moves.
    fn moved_by(&self, input: StageId) -> Vec<bool> {
        let program = &self.answer.program;
        let mut moved = vec![false; self.answer.forward];
        moved[input.at()] = true;
        for at in input.at() + 1..self.answer.forward {
            moved[at] = program.operands(StageId::new(at)).iter().any(|operand| moved[operand.at()]);
        }
        moved
    }

    /// The places of a stage's value at which a condition of its row holds.
    fn places_of(&mut self, id: StageId, condition: &'static str) -> (Vec<usize>, Shape) {
        let holds = self.text_at(id, condition);
        let places = holds.numbers().iter().enumerate().filter(|&(_, &holds)| holds != 0.0 && !holds.is_nan()).map(|(at, _)| at);
        // Along an axis a condition has a number for each of the stage.
        let own = self.answer.shape(id);
        (places.collect(), if own.size() == holds.shape().size() { own } else { holds.shape() })
    }

    /// Whether a gradient other than 0 arrives at a place of a stage, or other slopes are asked for. Where none arrives, the
    /// result has one slope, whatever the stage has.
    fn is_reached(&self, id: StageId, at: usize, shape: Shape) -> bool {
        let analysis = &self.answer.analysis;
        if analysis.jacobian.is_some() || analysis.hessian.is_some() || analysis.along.is_some() {
            return true;
        }
        let Some(adjoint) = self.answer.backward.as_ref().and_then(|backward| backward.adjoint(id)) else { return false };
        let arrives = self.answer.values.slice(adjoint);
        let own = self.answer.shape(id);
        if own == shape { arrives[at] != 0.0 } else { arrives.iter().any(|&gradient| gradient != 0.0) }
    }

    /// The value of a text of the gate's row at a stage's operands.
    fn text_at(&mut self, id: StageId, text: &'static str) -> Value {
        let answer = self.answer;
        let gate = answer.program.gate(id);
        let template = self.rules.text(gate, text);
        let mut program = Program::new();
        let operands = answer.program.operands(id);
        let value = |hole: Hole| {
            let of = match hole {
                Hole::Operand(at) => operands[at],
                Hole::Axis => *operands.get(gate.row().operands.len())?,
                Hole::Out => id,
                Hole::Upstream | Hole::Ties | Hole::At | Hole::Start => broken("what a row says of a value speaks of its operands"),
            };
            Some(answer.values.value(of, answer.shape(of)))
        };
        let stage = template.evaluate(&mut program, &value);
        let value = constant_value(&program, stage);
        let shape = answer.shape(id);
        if value.shape().broadcast(shape) == Some(shape) { value.repeated(shape) } else { value }
    }

    fn kink(&mut self, id: StageId, operand: StageId, kink: &Kink, (found, shape): (&[usize], Shape)) {
        let answer = self.answer;
        let at = found[0];
        let local = answer.backward.as_ref().and_then(|backward| backward.steps_through(id).iter().find(|step| step.target == operand));
        let local = local.and_then(|step| step.local.stage()).map(|local| answer.values.slice(local));
        let number = |numbers: &[f64]| numbers.get(at).or(numbers.first()).copied().unwrap_or_else(|| broken("a value holds a number"));
        let taken = local.map(number);
        let taken = taken.map_or(String::new(), |taken| format!("; the slope taken is {}", shown(taken)));
        let mut slope = |text: &'static str| {
            let value = self.text_at(id, text);
            shown(number(value.numbers()))
        };
        let (below, above) = (slope(kink.below), slope(kink.above));
        // A function of whole arrays has its kinks where it is 0.
        let elementwise = answer.program.gate(id).is_elementwise();
        let (met, each) = if elementwise { (self.operands(id, at), "") } else { (format!("{} = 0", self.name(id)), "each number of ") };
        let message = format!(
            "{} = {} has a kink{} where {met}: its slope in {each}{} is {below} from below and {above} from above{taken}",
            self.name(id),
            self.expression(id),
            places(shape, found),
            self.name(operand)
        );
        self.add(KINK, id, message);
    }

    /// Operands of a max or min that tie; whether there are some.
    fn tie(&mut self, id: StageId) -> bool {
        let answer = self.answer;
        let operands = answer.program.operands(id);
        let reach = |at: usize| -> Vec<StageId> {
            operands.iter().copied().filter(|&operand| self.met(operand, id, at) == answer.numbers(id)[at]).collect()
        };
        let shape = answer.shape(id);
        let found: Vec<usize> = (0..shape.size()).filter(|&at| reach(at).len() > 1 && self.is_reached(id, at, shape)).collect();
        let Some(&first) = found.first() else { return false };
        let tied = reach(first);
        if !tied.iter().any(|&operand| answer.program.is_active(operand)) {
            return false;
        }
        let names: Vec<String> = tied.iter().map(|&operand| self.name(operand)).collect();
        let steps = answer.backward.as_ref().map_or(&[][..], |backward| backward.steps_through(id));
        let local = steps.iter().find(|step| tied.contains(&step.target)).and_then(|step| step.local.stage());
        let local = local.map(|local| answer.values.slice(local)).map(|numbers| numbers.get(first).or(numbers.first()).copied());
        let taken =
            local.flatten().map_or(String::new(), |local| format!("; here each gets {} of it (see the setting ties)", shown(local)));
        let message = format!(
            "{} = {} is a tie{}: {} are {} {}; the slope in each is 0 on one side and 1 on the other{taken}",
            self.name(id),
            self.expression(id),
            places(self.answer.shape(id), &found),
            names.join(" and "),
            if names.len() == 2 { "both" } else { "all" },
            shown(answer.numbers(id)[first])
        );
        self.add(TIE, id, message);
        true
    }

    /// Elements of one array that tie for the largest or the smallest; whether there are some.
    fn tie_of_elements(&mut self, id: StageId, reaches: &'static str) -> bool {
        let answer = self.answer;
        let operand = answer.program.operands(id)[0];
        let (shape, out) = (answer.shape(operand), answer.shape(id));
        let reach = self.text_at(id, reaches);
        let found: Vec<usize> = (0..shape.size()).filter(|&at| reach.numbers()[at] == 1.0).collect();
        if found.len() <= out.size() || !answer.program.is_active(operand) || !self.is_reached(id, 0, Shape::Scalar) {
            return false;
        }
        let words: Vec<String> = found.iter().take(4).map(|&at| format!("{}{}", self.name(operand), shape.subscript(at))).collect();
        let words = if found.len() > words.len() { format!("{}, ...", words.join(", ")) } else { words.join(" and ") };
        let message = format!(
            "{} = {} is a tie: {words} reach it together; what of its gradient each of them gets, the setting ties says",
            self.name(id),
            self.expression(id)
        );
        self.add(TIE, id, message);
        true
    }
}

/// Slopes from below and from above, in words; none where there are none.
fn told_slopes(slopes: [Option<f64>; 2]) -> Option<String> {
    match slopes {
        [Some(below), Some(above)] if near(below, above) => Some(format!("{} on both sides", shown(below))),
        [Some(below), Some(above)] => Some(format!("{} from below and {} from above", shown(below), shown(above))),
        [Some(below), None] => Some(format!("{} from below, and there is no value above", shown(below))),
        [None, Some(above)] => Some(format!("{} from above, and there is no value below", shown(above))),
        [None, None] => None,
    }
}

/// Whether two slopes are the same but for rounding.
fn near(one: f64, other: f64) -> bool {
    let apart = (one - other).abs();
    one == other || apart.is_finite() && apart <= 1e-9 * one.abs().max(other.abs())
}
