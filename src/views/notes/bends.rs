//! What is told of kinks, ties and jumps: the slopes that there are on either side, and the one that was taken.
//!
//! Where a gate has a kink stands in the gate table; what a result does on either side is computed elsewhere.

use super::super::answer::Answer;
use super::{Finder, places, shown};
use crate::calculus::backprop;
use crate::calculus::backprop::Path;
use crate::calculus::check::{Asked, Glance};
use crate::calculus::lower::constant_value;
use crate::calculus::range::evaluate;
use crate::calculus::rule::{Hole, Ties};
use crate::calculus::selection::{Beside, Change, Selection};
use crate::calculus::sides::{Sides, element, sides, sides_at};
use crate::forms::program::{Constant, Input};
use crate::forms::{Program, StageId};
use crate::ground::{Cancellation, Shape, Span, Value, broken};
use crate::vocabulary::gate::{Family, Kink};
use crate::vocabulary::lanes;
use crate::vocabulary::{Gate, Symbol};
use std::collections::HashMap;

/// The kind of the note on slopes that are not what the rules for ties and kinks give.
pub(super) const SIDES: &str = "sides";

/// The kind of the notes on slopes that differ from side to side.
pub(super) const KINK: &str = "kink";

/// The kind of the note on operands of which several reach the value.
pub(super) const TIE: &str = "tie";

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

/// A stage that has a kink or a tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Met {
    id: StageId,
    /// Whether operands of it tie.
    tie: bool,
    /// A number of an operand that is there.
    at: (StageId, usize),
    /// An operand that stands in it several times, so that the slopes in one place alone say nothing.
    repeated: Option<StageId>,
}

/// The numbers of an operand where it meets a larger shape.
struct Repeated<'a> {
    numbers: &'a [f64],
    shape: Shape,
    whole: Shape,
}

impl<'a> Repeated<'a> {
    fn of(answer: &'a Answer, operand: StageId, whole: Shape) -> Self {
        Self { numbers: answer.numbers(operand), shape: answer.shape(operand), whole }
    }

    fn number(&self, at: usize) -> f64 {
        match *self.numbers {
            [one] => one,
            _ => self.numbers[self.shape.met(self.whole, at)],
        }
    }
}

/// Whether it is known of a stage whether its slopes change somewhere, and no more is to be found out.
fn is_known(answer: &Answer, id: StageId) -> bool {
    answer.values.is_apart(id) || answer.values.changes_unseen(id)
}

impl Finder<'_> {
    /// Kinks and ties: the choice made, and the slopes on either side.
    pub(super) fn kinks(&mut self) {
        self.kinks_somewhere();
        let mut met = self.ties_and_kinks();
        met.dedup();
        let bounds = self.boundaries();
        if self.answer.shape(self.answer.output).size() == 1 {
            self.sides(&met, &bounds);
        } else if self.answer.analysis.jacobian.is_some() {
            self.sides_of_several(&met, &bounds);
        }
        self.places_that_change();
    }

    /// Gates at whose kinks or ties some numbers are, where the budget has no room to look for them. At one kink alone a gradient lies
    /// between the slopes on its sides; at several, or at a jump, it may not.
    fn kinks_somewhere(&mut self) {
        let answer = self.answer;
        let split: Vec<StageId> = self.differentiated().into_iter().filter(|&id| answer.values.changes_unseen(id)).collect();
        let jumps = split.iter().any(|&id| answer.program.gate(id).row().family == Family::Comparison);
        let kind = if split.len() > 1 || jumps { SIDES } else { KINK };
        for id in split {
            let (name, expression) = (self.name(id), self.expression(id));
            let message = format!(
                "{name} = {expression} is at a kink, a jump or a tie somewhere: gradients there are what the rules give, and may be no slopes; \
                 where that is was not looked for, since the budget has no room for every stage of arrays so large"
            );
            self.add(kind, id, message);
        }
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

    /// Comparisons of the forward pass whose sides are equal somewhere, which jump there.
    pub(super) fn boundaries(&self) -> Vec<StageId> {
        self.differentiated().into_iter().filter(|&id| self.is_boundary(id)).collect()
    }

    /// Whether a stage is a comparison whose sides are equal somewhere.
    pub(super) fn is_boundary(&self, id: StageId) -> bool {
        self.place_of_equals(id).is_some()
    }

    /// The first place of a comparison at which its sides are equal.
    fn place_of_equals(&self, id: StageId) -> Option<usize> {
        let answer = self.answer;
        let &[left, right] = answer.program.operands(id) else { return None };
        if answer.program.gate(id).row().family != Family::Comparison || is_known(answer, id) {
            return None;
        }
        let shape = answer.shape(id);
        let [left, right] = [left, right].map(|operand| Repeated::of(answer, operand, shape));
        (0..shape.size()).find(|&at| left.number(at) == right.number(at))
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

    /// Tells of kinks and ties, and gives the stages where there are some.
    fn ties_and_kinks(&mut self) -> Vec<Met> {
        let mut met = Vec::new();
        let answer = self.answer;
        for id in self.differentiated().into_iter().filter(|&id| !is_known(answer, id)) {
            let row = answer.program.gate(id).row();
            let tie = |at: (StageId, usize)| Met { id, tie: true, at, repeated: None };
            if row.idempotent {
                met.extend(self.tie(id).map(tie));
            }
            if !row.reaches.is_empty() {
                met.extend(self.tie_of_elements(id, row.reaches).map(tie));
            }
            for kink in row.kinks {
                // Of any number of operands each is the one in question.
                let operands = answer.program.operands(id);
                let operands = if row.arity().is_none() { operands } else { &operands[kink.operand..=kink.operand] };
                for &operand in operands.iter().filter(|&&operand| answer.program.is_active(operand)) {
                    let (found, shape) = self.places_of(id, kink.when);
                    let found: Vec<usize> = found.into_iter().filter(|&at| self.is_reached(id, at, shape)).collect();
                    if found.is_empty() {
                        continue;
                    }
                    let repeated = answer.program.operands(id).iter().filter(|&&other| other == operand).count() > 1;
                    if !repeated {
                        self.kink(id, operand, kink, (&found, shape));
                    }
                    let at = (operand, answer.shape(operand).met(shape, found[0]));
                    met.push(Met { id, tie: false, at, repeated: repeated.then_some(operand) });
                }
            }
        }
        met
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
        let slopes = [kink.below, kink.above].map(|text| number(self.text_at(id, text).numbers()));
        // A function of whole arrays has its kinks where it is 0.
        let elementwise = answer.program.gate(id).is_elementwise();
        let (met, each) = if elementwise { (self.operands(id, at), "") } else { (format!("{} = 0", self.name(id)), "each number of ") };
        let message = format!(
            "{} = {} {}{} where {met}: its slope in {each}{} is {}{taken}",
            self.name(id),
            self.expression(id),
            bends(&slopes),
            places(shape, found),
            self.name(operand),
            from_both(slopes.map(shown))
        );
        self.add(KINK, id, message);
    }

    /// Operands of a max or min that tie: where one of them does.
    fn tie(&mut self, id: StageId) -> Option<(StageId, usize)> {
        let answer = self.answer;
        let operands = answer.program.operands(id);
        if let &[x, y] = operands
            && let (x, y) = (answer.numbers(x), answer.numbers(y))
            && let (x, y) = if x.len() < y.len() { (y, x) } else { (x, y) }
            && (x.len() == y.len() || y.len() == 1)
            && !lanes::some_equal(x, y)
        {
            return None;
        }
        let (shape, own) = (answer.shape(id), answer.numbers(id));
        let given: Vec<Repeated<'_>> = operands.iter().map(|&operand| Repeated::of(answer, operand, shape)).collect();
        let reaches = |operand: &Repeated<'_>, at: usize| operand.number(at) == own[at];
        let ties = |at: &usize| given.iter().filter(|operand| reaches(operand, *at)).nth(1).is_some();
        let found: Vec<usize> = (0..shape.size()).filter(ties).filter(|&at| self.is_reached(id, at, shape)).collect();
        let &first = found.first()?;
        let tied: Vec<StageId> =
            operands.iter().zip(&given).filter(|(_, given)| reaches(given, first)).map(|(&operand, _)| operand).collect();
        let active = tied.iter().copied().find(|&operand| answer.program.is_active(operand))?;
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
        Some((active, answer.shape(active).met(shape, first)))
    }

    /// Elements of one array that tie for the largest or the smallest: the first of them.
    fn tie_of_elements(&mut self, id: StageId, reaches: &'static str) -> Option<(StageId, usize)> {
        let answer = self.answer;
        let operand = answer.program.operands(id)[0];
        let (shape, out) = (answer.shape(operand), answer.shape(id));
        // One alone reaches the largest or the smallest of all.
        let count = |extreme: f64| match answer.values.count_of_extreme(operand, extreme) {
            Some(count) => count,
            None => lanes::count_equal(answer.numbers(operand), extreme) as usize,
        };
        if out.is_scalar() && count(answer.numbers(id)[0]) <= 1 {
            return None;
        }
        let reach = self.text_at(id, reaches);
        let found: Vec<usize> = (0..shape.size()).filter(|&at| reach.numbers()[at] == 1.0).collect();
        if found.len() <= out.size() || !answer.program.is_active(operand) || !self.is_reached(id, 0, Shape::Scalar) {
            return None;
        }
        let words: Vec<String> = found.iter().take(4).map(|&at| format!("{}{}", self.name(operand), shape.subscript(at))).collect();
        let words = if found.len() > words.len() { format!("{}, ...", words.join(", ")) } else { words.join(" and ") };
        let message = format!(
            "{} = {} is a tie: {words} reach it together; what of its gradient each of them gets, the setting ties says",
            self.name(id),
            self.expression(id)
        );
        self.add(TIE, id, message);
        Some((operand, found[0]))
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

/// What a value does where it has such slopes.
fn bends(slopes: &[f64; 2]) -> &'static str {
    if slopes.iter().any(|slope| slope.is_infinite()) { "jumps" } else { "has a kink" }
}

/// Slopes from below and from above, in words.
fn from_both([below, above]: [String; 2]) -> String {
    if below == above { format!("{below} on both sides") } else { format!("{below} from below and {above} from above") }
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
