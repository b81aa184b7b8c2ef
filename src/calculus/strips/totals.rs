//! Totals of numbers that are put in their places, one after the other: `dx += scatter(dx0, x[0])` for each element that is taken of an
//! array.
//!
//! Each step changes the places that it adds to, so that what stands between the steps is not stored: the work and the memory are in
//! proportion to what is added, not to the size of the array times the steps. What stands between is told where somebody asks for it,
//! to the bit what the gates give. Knows no run.

use super::{Outside, SAMPLE};
use crate::forms::{Program, StageId};
use crate::ground::{Shape, broken, pages};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::parts::Subscripts;
use crate::vocabulary::gate::runs::{Extent, Gauge};
use hashbrown::HashMap;

/// Steps that store fewer numbers than this between them are stages like any other.
const WORTH_IT: usize = 1 << 12;

/// One step: what is added, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Added {
    /// The stage that puts numbers in their places among zeros.
    placed: StageId,
    /// The numbers.
    pub(super) given: StageId,
    places: Subscripts,
    /// The total after this step; the one that is placed itself where it is the first.
    pub(super) total: StageId,
}

/// A total, and the steps that lead to it.
#[derive(Clone, Debug)]
pub(in crate::calculus) struct Total {
    /// What is added to first; zeros where that is none.
    base: Option<StageId>,
    added: Vec<Added>,
    shape: Shape,
}

/// What a stage is to a total.
#[derive(Clone, Copy, Debug)]
enum Role {
    /// What a step places.
    Placed(usize),
    /// What the total is after a step.
    Total(usize),
}

/// The totals of a program.
#[derive(Clone, Debug, Default)]
pub(in crate::calculus) struct Totals {
    all: Vec<Total>,
    roles: HashMap<StageId, (usize, Role)>,
}

/// The numbers of a total at each place that is added to, each after a step; none of a total whose few steps are gone through for each
/// number that is asked for.
pub(in crate::calculus) type History = Option<HashMap<usize, Vec<(usize, f64)>>>;

impl Totals {
    /// Those of a program of which some stages are to be stored.
    pub(super) fn of(program: &Program, stored: &dyn Fn(StageId) -> bool) -> Self {
        let places = |id: StageId| {
            let (Gate::Scatter, [_, x, subscripts @ ..]) = (program.gate(id), program.operands(id)) else { return None };
            let numbers: Option<Vec<f64>> = subscripts.iter().map(|&at| program.constant(at)?.value.number()).collect();
            let numbers = numbers?;
            Subscripts::of(program.shape(*x), |at| numbers[at])
        };
        let placed: HashMap<StageId, Subscripts> = program.ids().filter_map(|id| Some((id, places(id)?))).collect();
        let mut totals = Self::default();
        if placed.len() < 2 {
            return totals;
        }
        let mut uses = vec![0u32; program.len()];
        program.ids().flat_map(|id| program.operands(id)).for_each(|operand| uses[operand.at()] += 1);
        let is_passing = |id: StageId| uses[id.at()] == 1 && !stored(id);
        let added = |placed_at: StageId, total: StageId| Added {
            placed: placed_at,
            given: program.operands(placed_at)[0],
            places: placed[&placed_at],
            total,
        };
        // Which total a stage is the last step of so far.
        let mut open: HashMap<StageId, usize> = HashMap::new();
        let mut all: Vec<Total> = Vec::new();
        for id in program.ids().filter(|&id| program.gate(id) == Gate::Add) {
            let &[one, other] = program.operands(id) else { continue };
            let (shape, goes) = (program.shape(id), |id: StageId| placed.contains_key(&id) && is_passing(id));
            let (before, last) = match (goes(one), goes(other)) {
                (_, true) => (one, other),
                (true, false) => (other, one),
                (false, false) => continue,
            };
            if before == last || program.shape(before) != shape || program.shape(last) != shape {
                continue;
            }
            let at = match open.remove(&before).filter(|_| is_passing(before)) {
                Some(at) => at,
                None if goes(before) => {
                    all.push(Total { base: None, added: vec![added(before, before)], shape });
                    all.len() - 1
                }
                None => {
                    all.push(Total { base: Some(before), added: Vec::new(), shape });
                    all.len() - 1
                }
            };
            all[at].added.push(added(last, id));
            open.insert(id, at);
        }
        for total in all.into_iter().filter(|total| total.added.len().saturating_mul(total.shape.size()) >= WORTH_IT) {
            let at = totals.all.len();
            for (step, added) in total.added.iter().enumerate() {
                totals.roles.insert(added.placed, (at, Role::Placed(step)));
                totals.roles.insert(added.total, (at, Role::Total(step)));
            }
            totals.all.push(total);
        }
        totals
    }

    /// The total that a stage ends, if it does.
    pub(in crate::calculus) fn ended_by(&self, id: StageId) -> Option<&Total> {
        let &(at, Role::Total(step)) = self.roles.get(&id)? else { return None };
        Some(&self.all[at]).filter(|total| step + 1 == total.added.len())
    }

    /// Whether a stage stands between the steps of a total.
    pub(super) fn leave_out(&self, id: StageId) -> bool {
        self.roles.contains_key(&id) && self.ended_by(id).is_none()
    }

    /// How many there are.
    pub(in crate::calculus) fn count(&self) -> usize {
        self.all.len()
    }

    /// Which total a stage belongs to.
    pub(in crate::calculus) fn home(&self, id: StageId) -> Option<usize> {
        self.roles.get(&id).map(|&(at, _)| at)
    }

    /// What a total holds at the places that are added to, after each step.
    pub(in crate::calculus) fn history(&self, at: usize, outside: &dyn Outside<'_>) -> History {
        let total = &self.all[at];
        // Of the stages of each step a sample is asked for.
        let (steps, asked) = (total.added.len(), 2 * SAMPLE * total.added.len());
        let numbers: usize = total.added.iter().map(|added| added.places.count()).sum();
        if steps.saturating_mul(asked) <= numbers {
            return None;
        }
        let mut history: HashMap<usize, Vec<(usize, f64)>> = HashMap::new();
        for (step, added) in total.added.iter().enumerate() {
            for (k, &number) in outside.numbers(added.given).iter().enumerate() {
                let place = added.places.place(k);
                let found = history.entry(place).or_default();
                found.push((step, total.changed(found.last().copied(), step, place, number, outside)));
            }
        }
        Some(history)
    }

    /// The number of a stage that is left out, at a place.
    pub(in crate::calculus) fn number(&self, id: StageId, place: usize, history: &History, outside: &dyn Outside<'_>) -> f64 {
        let &(at, role) = self.roles.get(&id).unwrap_or_else(|| broken("a stage that is left out belongs to a total"));
        let total = &self.all[at];
        let taken = |step: usize| {
            let added = &total.added[step];
            added.places.taken(place).map(|k| outside.numbers(added.given)[k])
        };
        match (role, history) {
            // A step places its numbers among zeros.
            (Role::Placed(step), _) => taken(step).unwrap_or(0.0),
            (Role::Total(step), Some(history)) => {
                let found = history.get(&place).map_or(&[][..], |found| found);
                let before = found[..found.partition_point(|&(after, _)| after <= step)].last().copied();
                total.held(before, step + 1, place, outside)
            }
            (Role::Total(step), None) => {
                let changes = (0..=step).filter_map(|step| Some((step, taken(step)?)));
                let before = changes.fold(None, |before, (step, number)| Some((step, total.changed(before, step, place, number, outside))));
                total.held(before, step + 1, place, outside)
            }
        }
    }

    /// The numbers of a stage that is left out.
    pub(super) fn numbers(&self, id: StageId, outside: &dyn Outside<'_>) -> Vec<f64> {
        let &(at, role) = self.roles.get(&id).unwrap_or_else(|| broken("a stage that is left out belongs to a total"));
        let total = &self.all[at];
        let mut out = pages::zeros(total.shape.size());
        match role {
            Role::Placed(step) => {
                let added = &total.added[step];
                outside.numbers(added.given).iter().enumerate().for_each(|(k, &number)| out[added.places.place(k)] = number);
            }
            Role::Total(step) => total.add_up(step + 1, outside, &mut out, &mut |_| {}),
        }
        out
    }
}

/// One number that a step changes.
pub(in crate::calculus) struct Change {
    /// The total after the step.
    pub(in crate::calculus) total: StageId,
    /// What was there, what is added, and what is there then.
    pub(in crate::calculus) numbers: [f64; 3],
}

impl Total {
    /// The stages that it is made of.
    pub(super) fn operands(&self) -> impl Iterator<Item = StageId> {
        self.base.into_iter().chain(self.added.iter().map(|added| added.given))
    }

    /// What a place holds after a step that adds a number to it.
    fn changed(&self, before: Option<(usize, f64)>, step: usize, place: usize, number: f64, outside: &dyn Outside<'_>) -> f64 {
        let added = &self.added[step];
        // The first step of all puts its numbers where nothing was.
        if added.total == added.placed { number } else { self.held(before, step, place, outside) + number }
    }

    /// What a place holds before a step, from what the last step that changed it left; others have added 0 to it.
    fn held(&self, before: Option<(usize, f64)>, step: usize, place: usize, outside: &dyn Outside<'_>) -> f64 {
        let (after, number) = match (before, self.base) {
            (Some((changed, number)), _) => (changed + 1, number),
            (None, Some(base)) => (0, outside.numbers(base)[place]),
            (None, None) => (0, 0.0),
        };
        if after < step { number + 0.0 } else { number }
    }

    /// The range and the norm of each stage that stands between its steps.
    pub(in crate::calculus) fn extents(&self, outside: &dyn Outside<'_>) -> Vec<(StageId, Extent)> {
        let mut held = self.base.map_or_else(|| pages::zeros(self.shape.size()), |base| pages::copied(outside.numbers(base)));
        let mut put = pages::zeros(self.shape.size());
        let [mut of_held, mut of_put] = [&held, &put].map(|numbers| Gauge::of(numbers));
        let mut found = Vec::with_capacity(2 * self.added.len());
        for added in &self.added {
            let given = outside.numbers(added.given);
            let places = || (0..given.len()).map(|k| added.places.place(k));
            for (place, &number) in places().zip(given) {
                held[place] += number;
                put[place] = number;
            }
            of_held.renew(&held, places());
            of_put.renew(&put, places());
            found.extend([(added.placed, of_put.extent(&put)), (added.total, of_held.extent(&held))]);
            places().for_each(|place| put[place] = 0.0);
            of_put.renew(&put, places());
        }
        found
    }

    /// Adds up all its steps, and tells each change.
    pub(in crate::calculus) fn add_all(&self, outside: &dyn Outside<'_>, out: &mut [f64], tell: &mut dyn FnMut(Change)) {
        self.add_up(self.added.len(), outside, out, tell);
    }

    /// Adds up its first steps, and tells each change.
    fn add_up(&self, steps: usize, outside: &dyn Outside<'_>, out: &mut [f64], tell: &mut dyn FnMut(Change)) {
        match self.base {
            Some(base) => out.copy_from_slice(outside.numbers(base)),
            None => out.fill(0.0),
        }
        let mut last: Option<Subscripts> = None;
        for (step, added) in self.added[..steps].iter().enumerate() {
            // What no step adds to has 0 added, which makes a 0 of either sign one without. The first step does so to all of them.
            let others = |place: &usize| added.places.taken(*place).is_none();
            match last {
                Some(places) => {
                    let count = outside.numbers(self.added[step - 1].given).len();
                    (0..count).map(|k| places.place(k)).filter(others).for_each(|place| out[place] += 0.0);
                }
                None if self.base.is_some() => (0..out.len()).filter(others).for_each(|place| out[place] += 0.0),
                None => {}
            }
            for (k, &number) in outside.numbers(added.given).iter().enumerate() {
                let place = added.places.place(k);
                let before = out[place];
                // The first step of all puts its numbers where nothing was.
                out[place] = if added.total == added.placed { number } else { before + number };
                tell(Change { total: added.total, numbers: [before, number, out[place]] });
            }
            last = Some(added.places);
        }
    }
}
