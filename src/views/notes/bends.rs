//! What is told of results at kinks, ties and jumps: the slopes that there are on either side, and the one that was taken.
//!
//! Which gates are there is found in `kinks`; what a result does on either side is computed elsewhere.

use super::kinks::{KINK, Met, SIDES, bends, from_both};
use super::{Finder, places, shown};
use crate::calculus::backprop;
use crate::calculus::backprop::Path;
use crate::calculus::check::{Asked, Glance};
use crate::calculus::range::evaluate;
use crate::calculus::rule::Ties;
use crate::calculus::selection::{Beside, Change, Selection};
use crate::calculus::sides::{Sides, element, sides, sides_at};
use crate::forms::program::{Constant, Input};
use crate::forms::{Program, StageId};
use crate::ground::{Cancellation, Span, Value, broken};
use crate::vocabulary::gate::Family;
use crate::vocabulary::{Gate, Symbol};
use std::collections::HashMap;

/// The most stages that are looked at, for each input anew, to find the slopes of a result on its sides.
const MOST_LOOKED_AT: usize = 4_000_000;

/// The most gradients whose slopes on either side are looked for by differences.
const MOST_GLANCES: usize = 3;

/// The most numbers of an input that are looked at where it has too many to look at all,
const MOST_ELEMENTS: usize = 4;

/// and of those by which one number moves.
const MOST_ELEMENTS_BEHIND: usize = 2;

/// The most derivatives of several numbers of which it is looked what they are on either side.
const MOST_ENTRIES: usize = 256;

impl Finder<'_> {
    /// Kinks and ties: the choice made, and the slopes on either side.
    pub(super) fn kinks(&mut self) {
        let mut met = self.ties_and_kinks();
        met.dedup();
        let bounds = self.boundaries();
        self.kinks_somewhere(!met.is_empty() || !bounds.is_empty());
        if self.answer.shape(self.answer.output).size() == 1 {
            self.sides(&met, &bounds);
        } else if self.answer.analysis.jacobian.is_some() {
            self.sides_of_several(&met, &bounds);
        }
        self.places_that_change();
    }

    /// Places and masks that are others beside the point: the gradients are those of what is taken at it.
    fn places_that_change(&mut self) {
        let answer = self.answer;
        let inputs = self.values_of(&answer.program);
        let asked = !self.differentiated().is_empty();
        let Some(mut selection) = Selection::of(&answer.program, answer.output, &inputs).filter(|_| asked) else { return };
        let mut told = Vec::new();
        for input in answer.active_inputs() {
            let found = (0..answer.shape(input).size()).find_map(|at| Some((at, selection.beside(input, at)?)));
            let Some((at, Change { taking, sides })) = found.filter(|(_, change)| !told.contains(&change.taking)) else { continue };
            told.push(taking);
            let (which, number) = (answer.shape(input).subscript(at), shown(answer.numbers(input)[at]));
            let [below, above] = sides.map(|side| side.is_some());
            let aside = if below && above {
                "below and just above"
            } else if below {
                "below"
            } else {
                "above"
            };
            let what =
                if sides.iter().flatten().any(|side| *side == Beside::Nothing) { "another number of elements" } else { "other elements" };
            let (name, result) = (self.name(input), self.name(answer.output));
            let message = format!(
                "just {aside} {name}{which} = {number}, {result} takes {what} of an array: its gradients are those of the elements taken here"
            );
            self.add(KINK, input, message);
        }
    }

    /// The derivatives of several numbers where they are not the slopes on both sides; where that is not known, the comparisons
    /// and kinks behind which they may be others.
    fn sides_of_several(&mut self, met: &[Met], bounds: &[StageId]) {
        let answer = self.answer;
        let ties = met.iter().any(|met| met.tie);
        let active: Vec<StageId> = answer.active_inputs().collect();
        let much = active.len().saturating_mul(answer.forward) > MOST_LOOKED_AT;
        if met.is_empty() && bounds.is_empty() || much {
            // What is not looked at may be so.
            for &bound in bounds {
                self.jump(bound);
            }
            return;
        }
        for input in active {
            let moved = self.moved_by(input);
            let bound = bounds.iter().copied().find(|bound| moved[bound.at()]);
            let repeated = met.iter().find(|met| met.repeated.is_some_and(|operand| moved[operand.at()])).map(|met| met.id);
            if bound.is_none() && !met.iter().any(|met| moved[met.id.at()]) {
                continue;
            }
            let found = if answer.is_of_its_binary_leaves() { self.entries(input, repeated.is_some(), ties) } else { None };
            let Some(found) = found else {
                if let Some(open) = bound.or(repeated) {
                    self.jump(open);
                }
                continue;
            };
            let bent: Vec<&Entry> = found.iter().filter(|entry| !near(entry.slopes[0], entry.slopes[1])).collect();
            if let (Some(bound), Some((first, _))) = (bound, bent.split_first()) {
                self.bound(bound, first, bent.iter().filter(|entry| entry.of == first.of).count() - 1);
            }
            for entry in found.iter().filter(|entry| !entry.slopes.iter().any(|&slope| near(slope, entry.gradient))) {
                self.side(entry, ties);
            }
        }
    }

    /// The derivatives of every number of the result in every number of an input, with the slopes on either side; none where one
    /// is not known. Those that differences show have been told of.
    fn entries(&mut self, input: StageId, untold: bool, ties: bool) -> Option<Vec<Entry>> {
        let answer = self.answer;
        let (size, of) = (answer.shape(input).size(), answer.shape(answer.output));
        let jacobian = answer.analysis.jacobian.as_ref().filter(|_| size * of.size() <= MOST_ENTRIES)?;
        let before: usize = answer.active_inputs().take_while(|&other| other != input).map(|other| answer.shape(other).size()).sum();
        let (mut cone, output) = answer.program.cone(answer.output);
        let known = self.known(&cone, input)?;
        let inputs = self.values_of(&cone);
        let (mut entries, mut open) = (Vec::new(), Vec::new());
        for (row, derivatives) in jacobian.iter().enumerate() {
            let number = element(&mut cone, output, row);
            let slopes = sides(&cone, number, &inputs, known, self.rules)?;
            for (at, Sides { below, above }) in slopes.into_iter().enumerate() {
                let entry = Entry { of: Some(row), input, at, slopes: [below, above], gradient: derivatives[before + at] };
                if below.is_nan() || above.is_nan() { open.push((entry, number)) } else { entries.push(entry) }
            }
        }
        let mut found = Vec::new();
        if open.len() > MOST_GLANCES {
            return None;
        }
        for (entry, number) in &open {
            found.push(self.slopes_by_differences((&cone, *number), (known, entry.at), &inputs)?);
        }
        for ((entry, _), found) in open.iter().zip(found) {
            self.found_by_differences(entry, found, untold, ties);
        }
        Some(entries)
    }

    /// The slopes of a single number of a program on either side, as differences show them.
    fn slopes_by_differences(
        &mut self,
        (program, number): (&Program, StageId),
        (input, at): (StageId, usize),
        inputs: &[Value],
    ) -> Option<[Option<f64>; 2]> {
        let (mut program, forward) = (program.clone(), program.len());
        let one = program.add_own_constant(Constant { value: Value::Number(1.0), name: None, decimal: None }, Span::default());
        let backward = backprop(&mut program, number, one, Path::Active, Ties::Course, self.rules);
        let cancellation = Cancellation::default();
        let asked = Asked { program: &program, forward, backward: &backward, inputs, cancellation: &cancellation };
        Glance::new(&asked, false)?.slopes(input, at)
    }

    /// An input of the answer in a part of its program.
    fn known(&self, cone: &Program, input: StageId) -> Option<StageId> {
        let name = self.answer.program.input(input).map(|input| input.name);
        cone.ids().find(|&id| cone.input(id).map(|input| input.name) == name)
    }

    /// A gate that may bend or jump where it is, behind which derivatives of several numbers may be others.
    fn jump(&mut self, id: StageId) {
        let message = if self.answer.program.gate(id).row().family == Family::Comparison {
            let &[left, right] = self.answer.program.operands(id) else { return };
            let met = |at: &usize| self.met(left, id, *at) == self.met(right, id, *at);
            let found: Vec<usize> = (0..self.answer.shape(id).size()).filter(met).collect();
            let Some(&first) = found.first() else { return };
            let (name, expression) = (self.name(id), self.expression(id));
            let places = places(self.answer.shape(id), &found);
            format!(
                "the sides of {name} = {expression} are equal{places}{}: derivatives there are those of one side, and may be others on the other",
                self.at(id, first)
            )
        } else {
            let (name, expression, at) = (self.name(id), self.expression(id), self.at(id, 0));
            format!(
                "{name} = {expression} has a kink or a jump{at}: derivatives there are what the rules give, and may be others on either side"
            )
        };
        self.add(KINK, id, message);
    }

    /// The numbers of an input by which what is met of gates at kinks, ties and jumps moves: few of each.
    fn elements_met(&mut self, met: &[Met], bounds: &[StageId], moved: &[bool], input: StageId) -> Vec<usize> {
        let answer = self.answer;
        let mut places: Vec<(StageId, usize)> = met.iter().map(|met| met.at).collect();
        for &bound in bounds {
            let Some(at) = self.place_of_equals(bound) else { continue };
            let operands = answer.program.operands(bound).iter();
            places.extend(operands.map(|&operand| (operand, answer.shape(operand).met(answer.shape(bound), at))));
        }
        let mut elements = Vec::new();
        for (operand, at) in places.into_iter().filter(|(operand, _)| moved[operand.at()]) {
            for element in self.elements_behind(operand, at, input) {
                if !elements.contains(&element) {
                    elements.push(element);
                }
            }
        }
        elements.truncate(MOST_ELEMENTS);
        elements
    }

    /// The first few numbers of an input by which a number of a stage moves.
    fn elements_behind(&mut self, stage: StageId, at: usize, input: StageId) -> Vec<usize> {
        if stage == input {
            return vec![at];
        }
        let (mut cone, stage) = self.answer.program.cone(stage);
        let Some(known) = self.known(&cone, input) else { return Vec::new() };
        let inputs = self.values_of(&cone);
        let number = element(&mut cone, stage, at);
        let one = cone.add_own_constant(Constant { value: Value::Number(1.0), name: None, decimal: None }, Span::default());
        let Some(adjoint) = backprop(&mut cone, number, one, Path::To(known), Ties::Course, self.rules).adjoint(known) else {
            return Vec::new();
        };
        let values = evaluate(&cone, &inputs);
        let moves = values.slice(adjoint).iter().enumerate().filter(|(_, slope)| **slope != 0.0).map(|(at, _)| at);
        moves.take(MOST_ELEMENTS_BEHIND).collect()
    }

    /// The slopes of the result itself on either side, of inputs whose gradient is neither of them or not the one there is.
    fn sides(&mut self, met: &[Met], bounds: &[StageId]) {
        let answer = self.answer;
        let ties = met.iter().any(|met| met.tie);
        let active: Vec<StageId> = answer.active_inputs().collect();
        // Each input is looked at by itself.
        let much = active.len().saturating_mul(answer.forward) > MOST_LOOKED_AT;
        if met.is_empty() && bounds.is_empty() || much || !answer.is_of_its_binary_leaves() {
            return;
        }
        let moved: Vec<Vec<bool>> = active.iter().map(|&input| self.moved_by(input)).collect();
        // Through several operands at once a gate has other slopes than through each.
        let tangled = |moved: &[bool], id: StageId| answer.program.operands(id).iter().filter(|operand| moved[operand.at()]).count() > 1;
        let is_tangled = |moved: &[bool]| met.iter().any(|met| tangled(moved, met.id));
        // One kink alone has been told with its slopes.
        let alone = !ties && met.iter().all(|other| other.id == met[0].id) && bounds.is_empty();
        if alone && !moved.iter().any(|moved| is_tangled(moved)) {
            return;
        }
        let Some(backward) = &answer.backward else { return };
        let upstream = answer.values.scalar(backward.upstream);
        let (cone, output) = answer.program.cone(answer.output);
        let inputs: Vec<Value> = self.values_of(&cone);
        let shared = met.len() == 1 && bounds.is_empty() && self.is_shared(met[0].id);
        for (&input, moved) in active.iter().zip(&moved) {
            let is_met = met.iter().map(|met| met.id).chain(bounds.iter().copied()).any(|id| moved[id.at()]);
            if !is_met || alone && !is_tangled(moved) {
                continue;
            }
            let (Some(known), Some(gradients)) = (self.known(&cone, input), answer.gradients(input)) else { continue };
            let repeated = met.iter().filter_map(|met| met.repeated).any(|operand| moved[operand.at()]);
            // Of many numbers those count by which what is met moves.
            let all = sides(&cone, output, &inputs, known, self.rules);
            let (places, found) = if let Some(slopes) = all {
                ((0..slopes.len()).collect(), Some(slopes))
            } else {
                let places = self.elements_met(met, bounds, moved, input);
                let found = sides_at(&cone, output, &inputs, known, &places, self.rules);
                (places, found)
            };
            let Some(slopes) = found else {
                self.by_differences(input, &places, repeated, ties);
                continue;
            };
            let bound = bounds.iter().copied().find(|bound| moved[bound.at()]);
            let (mut bent, mut unknown) = (Vec::new(), Vec::new());
            for (at, slope) in places.into_iter().zip(&slopes) {
                let gradient = gradients[at];
                let [below, above] = [slope.below, slope.above].map(|slope| slope * upstream);
                if below.is_nan() || above.is_nan() {
                    unknown.push(at);
                    continue;
                }
                // What operands that tie share lies between the slopes, and has been told with them.
                let between = shared && gradient > below.min(above) && gradient < below.max(above);
                let taken = between || near(gradient, below) || near(gradient, above);
                let entry = Entry { of: None, input, at, slopes: [below, above], gradient };
                match bound {
                    Some(_) if !near(below, above) => bent.push(entry),
                    _ if !taken => self.side(&entry, ties),
                    _ => {}
                }
            }
            if let (Some(bound), Some((first, more))) = (bound, bent.split_first()) {
                self.bound(bound, first, more.len());
            }
            self.by_differences(input, &unknown, repeated, ties);
        }
    }

    /// Slopes that are not known gate by gate, as differences show them: told where the gradient is neither of them, and where
    /// no kink has been told.
    fn by_differences(&mut self, input: StageId, places: &[usize], untold: bool, ties: bool) {
        let answer = self.answer;
        if places.is_empty() {
            return;
        }
        let (Some(backward), Some(gradients)) = (&answer.backward, answer.gradients(input)) else { return };
        let (inputs, cancellation) = (self.values_of(&answer.program), Cancellation::default());
        let asked = Asked { program: &answer.program, forward: answer.forward, backward, inputs: &inputs, cancellation: &cancellation };
        let Some(mut glance) = Glance::new(&asked, false) else { return };
        for &at in places.iter().take(MOST_GLANCES) {
            let gradient = gradients[at];
            // What is nan is told with its slopes anyway.
            let Some(found) = glance.slopes(input, at).filter(|_| !gradient.is_nan()) else { continue };
            self.found_by_differences(&Entry { of: None, input, at, slopes: [f64::NAN; 2], gradient }, found, untold, ties);
        }
    }

    /// Slopes that differences have shown: told where the gradient is neither of them, and where they differ and nothing has
    /// been told of it.
    fn found_by_differences(&mut self, entry: &Entry, found: [Option<f64>; 2], untold: bool, ties: bool) {
        let taken = found.iter().flatten().any(|&slope| near(slope, entry.gradient));
        let bends = matches!(found, [Some(below), Some(above)] if !near(below, above));
        if let Some(told) = told_slopes(found).filter(|_| !taken || bends && untold) {
            self.slopes_beside(entry, &told, ties);
        }
    }

    /// The slopes on either side of gradients that are not finite though the result is, where differences show some.
    pub(super) fn undetermined(&mut self) {
        let answer = self.answer;
        let Some(backward) = answer.backward.as_ref().filter(|_| !answer.is_finite()) else { return };
        if answer.numbers(answer.output).iter().any(|number| !number.is_finite()) || !answer.is_of_its_binary_leaves() {
            return;
        }
        let wrong = |input: StageId| Some((input, answer.gradients(input)?.iter().position(|number| !number.is_finite())?));
        let open: Vec<(StageId, usize)> = answer.active_inputs().filter_map(wrong).take(MOST_GLANCES).collect();
        let inputs = if open.is_empty() { Vec::new() } else { self.values_of(&answer.program) };
        let cancellation = Cancellation::default();
        let asked = Asked { program: &answer.program, forward: answer.forward, backward, inputs: &inputs, cancellation: &cancellation };
        let Some(mut glance) = Glance::new(&asked, false).filter(|_| !open.is_empty()) else { return };
        for (input, at) in open {
            let name = self.name(input);
            if self.notes.iter().any(|note| note.kind == SIDES && note.stage == name) {
                continue;
            }
            let Some(mut slopes) = glance.slopes(input, at) else { continue };
            let mut near_here = "";
            if answer.gradients(input).is_some_and(|gradients| gradients[at].is_infinite()) {
                // An end of a domain has been told. What is finite there is so because a number was rounded to a singular one, and
                // its neighbours lie on either side.
                let finite = matches!(slopes, [Some(below), Some(above)] if below.is_finite() && near(below, above));
                let beside = if finite { neighbours(&asked, input, at) } else { None };
                let Some(beside) = beside.filter(|[below, above]| !near(*below, *above)) else { continue };
                slopes = beside.map(Some);
                near_here = ", at the 64-bit numbers next to it";
            }
            let Some(slopes) = told_slopes(slopes) else { continue };
            let subscript = answer.shape(input).subscript(at);
            let message = format!("the slope of {} in {name}{subscript} is {slopes}{near_here}", self.name(answer.output));
            self.add(SIDES, input, message);
        }
    }

    fn side(&mut self, entry: &Entry, ties: bool) {
        if let Some(told) = told_slopes(entry.slopes.map(Some)) {
            self.slopes_beside(entry, &told, ties);
        }
    }

    fn slopes_beside(&mut self, entry: &Entry, told: &str, ties: bool) {
        let setting = if ties { " (see the setting ties)" } else { "" };
        let (result, which) = self.result_and_input(entry);
        let gradient = shown(entry.gradient);
        let message = format!(
            "the slope of {result} in {which} is {told}; {gradient} is what the rules for ties and kinks give, stage by stage{setting}"
        );
        self.add(SIDES, entry.input, message);
    }

    /// What is differentiated and with respect to what, such as `f` and `x[0]`.
    fn result_and_input(&mut self, entry: &Entry) -> (String, String) {
        let answer = self.answer;
        let of = entry.of.map_or(String::new(), |at| answer.shape(answer.output).subscript(at));
        let result = format!("{}{of}", self.name(answer.output));
        (result, format!("{}{}", self.name(entry.input), answer.shape(entry.input).subscript(entry.at)))
    }

    /// Whether operands that tie share the gradient of a stage, or one of them alone is reached.
    fn is_shared(&self, id: StageId) -> bool {
        let steps = self.answer.backward.as_ref().map_or(&[][..], |backward| backward.steps_through(id));
        let mut locals = steps.iter().filter_map(|step| step.local.stage()).flat_map(|local| self.answer.values.slice(local));
        steps.len() < 2 || locals.any(|&local| local > 0.0 && local < 1.0)
    }

    /// A result that bends or jumps where a comparison changes, at an element of an input and at some more.
    fn bound(&mut self, bound: StageId, entry: &Entry, more: usize) {
        let size = self.answer.shape(entry.input).size();
        let more = if more == 0 { String::new() } else { format!(" (and so at {more} more of {size})") };
        let (result, which) = self.result_and_input(entry);
        let message = format!(
            "{result} {} where the sides of {} = {} are equal, at {which} = {}: its slope in {which} is {}; the slope taken is {}{more}",
            bends(&entry.slopes),
            self.name(bound),
            self.expression(bound),
            shown(self.answer.numbers(entry.input)[entry.at]),
            from_both(entry.slopes.map(shown)),
            shown(entry.gradient)
        );
        self.add(KINK, entry.input, message);
    }

    /// The values of a program's inputs, which are inputs of the answer.
    pub(super) fn values_of(&self, program: &Program) -> Vec<Value> {
        let answer = self.answer;
        let known = |id: StageId| Some((answer.program.input(id)?.name, id));
        let known: HashMap<Symbol, StageId> = answer.program.ids().filter_map(known).collect();
        let value = |input: &Input| {
            let &id = known.get(&input.name).unwrap_or_else(|| broken("an input of a part is one of the whole"));
            answer.values.value(id, answer.shape(id))
        };
        program.inputs().iter().map(value).collect()
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
}

/// A derivative and the slopes on either side.
#[derive(Clone, Debug)]
struct Entry {
    /// The number of the result, where it has several.
    of: Option<usize>,
    input: StageId,
    /// The number of the input.
    at: usize,
    /// From below and from above.
    slopes: [f64; 2],
    /// The derivative that was taken.
    gradient: f64,
}

/// The slopes of a result at the 64-bit numbers below and above a number of an input.
fn neighbours(asked: &Asked, input: StageId, at: usize) -> Option<[f64; 2]> {
    let place = (0..input.at()).filter(|&before| asked.program.gate(StageId::new(before)) == Gate::Input).count();
    let mut slopes = [f64::NAN; 2];
    for (slope, step) in slopes.iter_mut().zip([f64::next_down, f64::next_up]) {
        let mut inputs = asked.inputs.to_vec();
        let mut numbers = inputs[place].numbers().to_vec();
        numbers[at] = step(numbers[at]);
        inputs[place] = Value::new(inputs[place].shape(), numbers);
        let beside = Asked { inputs: &inputs, ..*asked };
        let [Some(below), Some(above)] = Glance::new(&beside, false)?.slopes(input, at)? else { return None };
        *slope = Some(below).filter(|&below| below.is_finite() && near(below, above))?;
    }
    Some(slopes)
}

/// Slopes from below and from above, in words; none where there are none.
pub(super) fn told_slopes(slopes: [Option<f64>; 2]) -> Option<String> {
    match slopes {
        [Some(below), Some(above)] if near(below, above) => Some(format!("{} on both sides", shown(below))),
        [Some(below), Some(above)] => Some(from_both([below, above].map(shown))),
        [Some(below), None] => Some(format!("{} from below, and there is no value above", shown(below))),
        [None, Some(above)] => Some(format!("{} from above, and there is no value below", shown(above))),
        [None, None] => None,
    }
}

/// Whether two slopes are the same but for rounding.
pub(super) fn near(one: f64, other: f64) -> bool {
    let apart = (one - other).abs();
    one == other || apart.is_finite() && apart <= 1e-9 * one.abs().max(other.abs())
}
