//! What is told of second derivatives, and of those along a direction, beside a kink or a tie: the slopes of the gradient that
//! there are on either side.
//!
//! Knows which numbers of an analysis may be others there; what a number does on either side is computed elsewhere.

use super::super::analysis::figure;
use super::bends::{near, told_slopes};
use super::kinks::{KINK, SIDES, TIE};
use super::{Finder, shown};
use crate::calculus::analysis::Figure;
use crate::calculus::check::{Asked, Glance};
use crate::forms::StageId;
use crate::ground::Cancellation;

/// The kind of the notes on second derivatives that are not what the rules for ties and kinks give.
pub(super) const CURVED: &str = "curvature";

/// Below this a second derivative is 0 but for rounding.
const NOTHING: f64 = 1e-300;

/// Of entries that are the same on either side, so many are named; or one less, where there are more.
const NAMED: usize = 3;

/// Entries of a matrix that are the same on either side, and not what the matrix has.
struct Others {
    /// The number and the input of each.
    entries: Vec<(Figure, StageId)>,
    told: String,
    given: f64,
}

impl Finder<'_> {
    /// Second derivatives and those along a direction on either side of a kink or a tie, or where they are nan, that are not
    /// those of the answer.
    pub(super) fn curved(&mut self) {
        let answer = self.answer;
        let Some(backward) = &answer.backward else { return };
        if answer.analysis.hessian.is_none() && answer.analysis.along.is_none() || !answer.is_of_its_binary_leaves() {
            return;
        }
        // A comparison may stand in a derivative alone, as in that of `elu`.
        let bends = self.notes.iter().any(|note| [KINK, TIE, SIDES].contains(&note.kind))
            || answer.program.ids().any(|id| answer.program.is_active(id) && self.is_boundary(id));
        let inputs = self.values_of(&answer.program);
        let cancellation = Cancellation::default();
        let point = Asked { program: &answer.program, forward: answer.forward, backward, inputs: &inputs, cancellation: &cancellation };
        self.curved_entries(&point, bends);
        self.curved_along(&point, bends);
    }

    /// The entries of the matrix of second derivatives.
    fn curved_entries(&mut self, point: &Asked<'_>, bends: bool) {
        let answer = self.answer;
        let Some(hessian) = &answer.analysis.hessian else { return };
        let elements: Vec<(StageId, usize)> =
            answer.active_inputs().flat_map(|id| (0..answer.shape(id).size()).map(move |at| (id, at))).collect();
        let count = elements.len();
        // Where not all are looked at, those of the diagonal are.
        let pairs = || (0..count).flat_map(|row| (row + 1..count).map(move |column| (row, column)));
        // A gradient may be smooth in a number whose own gradient is not smooth in the other one.
        let beside = pairs().chain(pairs().map(|(row, column)| (column, row)));
        let entries = (0..count).map(|at| (at, at)).chain(beside);
        let is_asked = |&(row, column): &(usize, usize)| bends || hessian.rows[row][column].is_nan();
        // Numbers of the gradient that depend on no input have no slopes.
        let number = |row: usize| answer.sources.slopes().get(row).copied().flatten();
        let asked: Vec<(usize, usize, StageId)> =
            entries.filter(is_asked).filter_map(|(row, column)| Some((row, column, number(row)?))).collect();
        let (mut glance, most) = match Glance::several(point, asked.iter().map(|&(.., number)| number)) {
            Some(found) => found,
            None if asked.is_empty() => return,
            None => return self.not_looked_at(asked.len(), 0),
        };
        let (mut others, mut compared): (Vec<Others>, usize) = (Vec::new(), 0);
        for &(row, column, number) in asked.iter().take(most) {
            let ((input, at), given) = (elements[column], hessian.rows[row][column]);
            if column < row && others.iter().any(|other| other.entries.iter().any(|&(entry, _)| entry == Figure::Hessian(column, row))) {
                compared += 1;
                continue;
            }
            let found = glance.slopes_of(number, input, at);
            compared += usize::from(found.is_some());
            let Some(told) = told_otherwise(given, found) else { continue };
            let entry = (Figure::Hessian(row.min(column), row.max(column)), input);
            match others.iter_mut().find(|other| other.told == told && other.given.to_bits() == given.to_bits()) {
                Some(other) => other.entries.push(entry),
                None => others.push(Others { entries: vec![entry], told, given }),
            }
        }
        for Others { entries, told, given } in others {
            let named = if entries.len() <= NAMED { entries.len() } else { NAMED - 1 };
            let mut names: Vec<String> = entries[..named].iter().map(|&(entry, _)| figure(answer, self.names(), entry)).collect();
            if named < entries.len() {
                names.push(format!("{} more of its entries", entries.len() - named));
            }
            let verb = if entries.len() == 1 { "is" } else { "are" };
            self.add(CURVED, entries[0].1, format!("{} {verb} {told}{}", joined(&names), by_the_rules(given)));
        }
        if asked.len() > compared {
            self.not_looked_at(asked.len(), compared);
        }
    }

    /// Entries that may be others on either side, of which too many were left out.
    fn not_looked_at(&mut self, asked: usize, most: usize) {
        let output = self.answer.output;
        let says = if most == 0 { "none".to_owned() } else { most.to_string() };
        let message = format!(
            "entries of the hessian may not be what they are on either side of this point: {says} of {asked} were compared with the slopes"
        );
        self.add(CURVED, output, message);
    }

    /// The derivatives along a direction.
    fn curved_along(&mut self, point: &Asked<'_>, bends: bool) {
        let answer = self.answer;
        let Some(along) = answer.analysis.along.filter(|along| bends || along.first.is_nan() || along.second.is_nan()) else { return };
        let Some(direction) = answer.sources.direction() else { return };
        let steps: Vec<(StageId, &[f64])> = direction.steps.iter().map(|&(input, step)| (input, answer.values.slice(step))).collect();
        let Some(mut glance) = Glance::new(point, false) else {
            let message = "the derivatives along the direction may not be what they are on either side of this point: to compare them would take too long";
            return self.add(CURVED, answer.output, message.to_owned());
        };
        for (at, given) in [along.first, along.second].into_iter().enumerate() {
            let Some(told) = told_otherwise(given, glance.slopes_along(answer.output, &steps, at > 0)) else { continue };
            let name = figure(answer, self.names(), Figure::Along(at));
            let kind = if at == 0 { SIDES } else { CURVED };
            self.add(kind, answer.output, format!("{name} is {told}{}", by_the_rules(given)));
        }
    }
}

/// The slopes of a number in words, where they are not all what was given.
fn told_otherwise(given: f64, found: Option<[Option<f64>; 2]>) -> Option<String> {
    let found = found?;
    let given_is = |side: f64| near(side, given) || !given.is_nan() && side.abs().max(given.abs()) < NOTHING;
    told_slopes(found).filter(|_| !found.iter().flatten().all(|&side| given_is(side)))
}

/// What says where a number comes from that is not the slope.
fn by_the_rules(given: f64) -> String {
    if given.is_nan() { String::new() } else { format!("; {} is what the rules for ties and kinks give", shown(given)) }
}

/// Names in a row, as in `a, b and c`.
fn joined(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}
