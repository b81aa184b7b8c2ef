//! Which gates are at a kink, a jump or a tie, and the slopes that each has there by itself.
//!
//! Where a gate has a kink stands in the gate table. What the result does there is found in `bends`.

use super::super::answer::Answer;
use super::{Finder, places, shown};
use crate::calculus::lower::constant_value;
use crate::calculus::rule::Hole;
use crate::forms::{Program, StageId};
use crate::ground::{Shape, Value, broken};
use crate::vocabulary::gate::{Family, Kink};
use crate::vocabulary::lanes;

/// The kind of the note on slopes that are not what the rules for ties and kinks give.
pub(super) const SIDES: &str = "sides";

/// The kind of the notes on slopes that differ from side to side.
pub(super) const KINK: &str = "kink";

/// The kind of the note on operands of which several reach the value.
pub(super) const TIE: &str = "tie";

/// A stage that has a kink or a tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Met {
    pub(super) id: StageId,
    /// Whether operands of it tie.
    pub(super) tie: bool,
    /// A number of an operand that is there.
    pub(super) at: (StageId, usize),
    /// An operand that stands in it several times, so that the slopes in one place alone say nothing.
    pub(super) repeated: Option<StageId>,
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
    /// Gates at whose kinks or ties some numbers are, where the budget has no room to look for them. At one kink alone a gradient lies
    /// between the slopes on its sides; at several, as where others are known `besides`, or at a jump, it may not.
    pub(super) fn kinks_somewhere(&mut self, besides: bool) {
        let answer = self.answer;
        let split: Vec<StageId> = self.differentiated().into_iter().filter(|&id| answer.values.changes_unseen(id)).collect();
        let jumps = split.iter().any(|&id| answer.program.gate(id).row().family == Family::Comparison);
        let kind = if split.len() > 1 || besides || jumps { SIDES } else { KINK };
        for id in split {
            let (name, expression) = (self.name(id), self.expression(id));
            let message = format!(
                "{name} = {expression} is at a kink, a jump or a tie somewhere: gradients there are what the rules give, and may be no slopes; \
                 where that is was not looked for, since the budget has no room for every stage of arrays so large"
            );
            self.add(kind, id, message);
        }
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
    pub(super) fn place_of_equals(&self, id: StageId) -> Option<usize> {
        let answer = self.answer;
        let &[left, right] = answer.program.operands(id) else { return None };
        if answer.program.gate(id).row().family != Family::Comparison || is_known(answer, id) {
            return None;
        }
        let shape = answer.shape(id);
        let [left, right] = [left, right].map(|operand| Repeated::of(answer, operand, shape));
        (0..shape.size()).find(|&at| left.number(at) == right.number(at))
    }

    /// Tells of kinks and ties, and gives the stages where there are some.
    pub(super) fn ties_and_kinks(&mut self) -> Vec<Met> {
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
            // A function of whole arrays has its kinks where it is 0: without a look at those there are none elsewhere.
            let may_bend = answer.program.gate(id).is_elementwise() || answer.numbers(id).contains(&0.0);
            for kink in row.kinks.iter().filter(|_| may_bend) {
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

/// What a value does where it has such slopes.
pub(super) fn bends(slopes: &[f64; 2]) -> &'static str {
    if slopes.iter().any(|slope| slope.is_infinite()) { "jumps" } else { "has a kink" }
}

/// Slopes from below and from above, in words.
pub(super) fn from_both([below, above]: [String; 2]) -> String {
    if below == above { format!("{below} on both sides") } else { format!("{below} from below and {above} from above") }
}
