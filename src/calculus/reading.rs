//! What reading a decimal as the nearest binary64 number did to an answer, measured: the same stages are evaluated with the leaves as
//! they are read and as they are written.
//!
//! What arithmetic did is another question, which `digits` answers. Knows no words.

use super::choices::Choices;
use super::digits::{COMPARED, Cone, NOISE, Number, READ, Read, Report, Subject, digits_lost, distance};
use super::precise::{Evaluated, Given, Leaves, Stages, Stopped, Task, evaluate_perturbed, evaluate_precisely};
use super::rule::Rules;
use super::rungs::estimate;
use super::screen::{Screened, half_ulp, screen};
use crate::forms::StageId;
use crate::ground::big::Kit;
use crate::ground::number::is_short_decimal;
use crate::vocabulary::Gate;
use std::collections::HashMap;

/// The most numbers of leaves of which it is asked what reading them did.
const MOST_LEAVES: usize = 2000;

/// The most stages of a program of which that is asked.
const MOST_READ: usize = 50_000;

/// What reading moves is more than what rounding does to the evaluations that are compared: that is less than this part of it.
const NOISY: f64 = 1e-6;

/// How many digits the evaluations have that are compared, one after the other until they are enough: the last hold any binary64 number.
const READ_WITH: [usize; 3] = [COMPARED, 6 * COMPARED, 18 * COMPARED];

/// More digits than the first ones may take about so many seconds.
const MOST_READING: f64 = 0.1;

/// How the stages of a program are evaluated in base 10.
type Evaluate = fn(&Task<'_>) -> Result<Evaluated<10>, Stopped>;

/// The most leaves that are looked at one by one.
const MOST_LEAVES_TRIED: usize = 16;

impl Subject<'_> {
    /// What is known of a leaf beside its number.
    fn given(&self, leaf: StageId) -> &Given {
        let given = match self.program.gate(leaf) {
            Gate::Input => self.leaves.inputs.get(self.program.leaf(leaf)),
            Gate::Constant => self.leaves.constants.get(self.program.leaf(leaf)),
            _ => None,
        };
        match given {
            Some(given @ (Given::Shortest | Given::Decimals(_) | Given::Circle(_) | Given::Euler)) => given,
            _ => &Given::Binary,
        }
    }

    /// How far a number of a leaf is at most from what it was read from.
    pub(super) fn off_at(&self, leaf: StageId, at: usize) -> f64 {
        let (given, x) = (self.given(leaf), self.values.slice(leaf)[at]);
        let exact = match given {
            Given::Binary => true,
            Given::Shortest | Given::Decimals(_) => is_short_decimal(x),
            _ => false,
        };
        if exact || !x.is_finite() { 0.0 } else { half_ulp(x) }
    }

    /// The same of all numbers of a leaf.
    fn off(&self, leaf: StageId) -> Vec<f64> {
        (0..self.values.slice(leaf).len()).map(|at| self.off_at(leaf, at)).collect()
    }

    /// Finds the numbers that reading the leaves moves.
    pub(super) fn read(&self, rules: &mut Rules, report: &mut Report) {
        if self.program.len() > MOST_READ {
            return;
        }
        let leaf = |&id: &StageId| matches!(self.program.gate(id), Gate::Input | Gate::Constant);
        let leaves: Vec<StageId> = self.program.ids().filter(leaf).filter(|&id| !matches!(self.given(id), Given::Binary)).collect();
        if leaves.iter().map(|&leaf| self.values.slice(leaf).len()).sum::<usize>() > MOST_LEAVES {
            return;
        }
        let off: HashMap<StageId, Vec<f64>> = leaves.into_iter().map(|leaf| (leaf, self.off(leaf))).collect();
        let off: HashMap<StageId, Vec<f64>> = off.into_iter().filter(|(_, off)| off.iter().any(|&off| off != 0.0)).collect();
        if off.is_empty() {
            return;
        }
        let of = |id: StageId, at: usize| off.get(&id).map_or(0.0, |off| off[at]);
        let screened =
            Screened { program: self.program, values: self.values, leaves: Some(&of), rounds: false, cancellation: self.cancellation };
        let Some(bounds) = screen(&screened, rules) else { return };
        let suspects = self.suspects(&bounds, READ);
        if suspects.is_empty() {
            return;
        }
        let Some(cone) = self.cone(suspects.iter().map(|&(stage, _)| stage)) else { return };
        report.read = self.moved(&cone, &suspects, &off);
    }

    /// The numbers that are moved, evaluated as people write numbers, each with the leaves that do it.
    fn moved(&self, cone: &Cone, suspects: &[Number], off: &HashMap<StageId, Vec<f64>>) -> Vec<Read> {
        let mut read = Vec::new();
        for digits in READ_WITH {
            // Stages of which the first few digits take long have few others.
            if digits > READ_WITH[0] && estimate(&cone.program, cone.program.ids(), digits) > MOST_READING {
                break;
            }
            let Some((found, is_clear)) = self.moved_with(digits, cone, suspects, off) else { break };
            read = found;
            if is_clear {
                break;
            }
        }
        read
    }

    /// The same with so many digits, and whether these were enough to tell what is moved from what rounding does to these evaluations.
    fn moved_with(&self, digits: usize, cone: &Cone, suspects: &[Number], off: &HashMap<StageId, Vec<f64>>) -> Option<(Vec<Read>, bool)> {
        let ties = Choices::new();
        let evaluate_by = |by: Evaluate, meant: &dyn Fn(StageId) -> bool| {
            let (program, inputs, leaves) = (&cone.program, &cone.inputs[..], &self.leaves_of(cone, meant));
            let task = Task { program, inputs, leaves, digits, ties: &ties, cancellation: self.cancellation };
            by(&task).ok().map(|found| found.stages)
        };
        let evaluate = |meant: &dyn Fn(StageId) -> bool| evaluate_by(evaluate_precisely, meant);
        let (own, meant) = (evaluate(&|_| false)?, evaluate(&|_| true)?);
        let perturbed = [evaluate_by(evaluate_perturbed, &|_| false)?, evaluate_by(evaluate_perturbed, &|_| true)?];
        let mut kit = Kit::<10>::new(digits);
        let number = |stages: &Stages<10>, (stage, at): Number| stages[cone.places[&stage].at()].numbers[at].clone();
        let (mut read, mut is_clear): (Vec<Read>, bool) = (Vec::new(), true);
        for &(stage, at) in suspects {
            let place = (stage, at);
            let noise = [(&own, &perturbed[0]), (&meant, &perturbed[1])]
                .map(|(one, other)| distance(&mut kit, &number(one, place), &number(other, place)));
            let (own, meant) = (number(&own, place), number(&meant, place));
            let moved = distance(&mut kit, &own, &meant);
            if noise.iter().any(|noise| noise / NOISY >= moved && *noise > 0.0) {
                is_clear = false;
                continue;
            }
            // What is left of a number that is 0 but for the digits of these evaluations is none.
            let truth = if meant.to_f64().abs() < NOISE * moved { 0.0 } else { meant.to_f64() };
            if moved.is_finite() && truth.is_finite() && digits_lost(moved, own.to_f64()) >= READ {
                read.push(Read { stage, at, truth, moved, leaves: Vec::new() });
            }
        }
        if read.is_empty() {
            return Some((read, is_clear));
        }
        let mut leaves: Vec<StageId> = off.keys().copied().filter(|leaf| cone.places.contains_key(leaf)).collect();
        leaves.sort();
        for &leaf in leaves.iter().take(MOST_LEAVES_TRIED) {
            let Some(found) = evaluate(&|id| id == leaf) else { break };
            for read in &mut read {
                let place = (read.stage, read.at);
                let moved = distance(&mut kit, &number(&own, place), &number(&found, place));
                if moved >= read.moved / 10.0 {
                    read.leaves.push(leaf);
                }
            }
        }
        // Where none does it alone, all do it together.
        read.iter_mut().filter(|read| read.leaves.is_empty()).for_each(|read| read.leaves.clone_from(&leaves));
        Some((read, is_clear))
    }

    /// What the leaves of a cone are, those of which `meant` holds as what they were read from.
    fn leaves_of(&self, cone: &Cone, meant: &dyn Fn(StageId) -> bool) -> Leaves {
        let given = |&id: &StageId| if meant(cone.whence[id.at()]) { self.given(cone.whence[id.at()]).clone() } else { Given::Binary };
        let of = |gate: Gate, count: usize| {
            let mut found = vec![Given::Binary; count];
            cone.program.ids().filter(|&id| cone.program.gate(id) == gate).for_each(|id| found[cone.program.leaf(id)] = given(&id));
            found
        };
        Leaves { inputs: of(Gate::Input, cone.program.inputs().len()), constants: of(Gate::Constant, cone.program.constants().len()) }
    }
}
