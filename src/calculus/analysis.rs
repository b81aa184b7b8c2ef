//! What can be asked of an expression beside its gradient: second derivatives, derivatives along a direction, and
//! what a small change of an input really does.
//!
//! A plan adds the stages that are needed; when they have been evaluated, it is read. All of it is `backprop` of
//! gradients and `tangent` of tangents: there are no rules here.

use super::backprop::{Backward, Path, Ties, backprop};
use super::evaluate::{Values, evaluate};
use super::forward::tangent;
use super::lower::MOST_STAGES;
use super::rule::Rules;
use crate::forms::{Program, StageId};
use crate::ground::{Fault, FaultKind, Span};
use crate::vocabulary::Gate;

/// What is asked; inputs are given by their position in the program.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The matrix of second derivatives.
    pub hessian: bool,
    /// The direction of a directional derivative.
    pub along: Vec<(usize, f64)>,
    /// Changes of inputs.
    pub nudge: Vec<(usize, f64)>,
}

/// What kind of point it is, by the gradient and the second derivatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The gradient is not near zero.
    Slope,
    /// The gradient is near zero and every eigenvalue positive.
    Minimum,
    /// The gradient is near zero and every eigenvalue negative.
    Maximum,
    /// The gradient is near zero and eigenvalues have both signs.
    Saddle,
    /// The gradient is near zero and some eigenvalue is too, none of the others having another sign.
    Flat,
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Slope => "slope",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::Saddle => "saddle",
            Self::Flat => "flat",
        }
    }
}

/// Second derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Hessian {
    /// The second derivatives, inputs with a gradient in the program's order.
    pub rows: Vec<Vec<f64>>,
    /// The eigenvalues, the smallest first; empty where an entry is not finite.
    pub eigenvalues: Vec<f64>,
    /// What kind of point it is.
    pub verdict: Verdict,
}

/// Derivatives along a direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Along {
    /// How fast the value changes.
    pub first: f64,
    /// How fast that changes.
    pub second: f64,
}

/// A small change of inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nudge {
    /// What the gradient predicts: the value plus each change times its gradient.
    pub predicted: f64,
    /// The value there.
    pub actual: f64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analysis {
    /// Second derivatives.
    pub hessian: Option<Hessian>,
    /// Derivatives along a direction.
    pub along: Option<Along>,
    /// A small change.
    pub nudge: Option<Nudge>,
}

/// The stages that a request needs.
#[derive(Debug)]
pub struct Plan {
    gradient: Vec<Option<StageId>>,
    leaves: Vec<usize>,
    hessian: Option<Vec<Vec<Option<StageId>>>>,
    along: Option<(Option<StageId>, Option<StageId>)>,
}

/// Adds the stages that a request needs to a program whose first `forward` stages are the circuit.
///
/// # Errors
/// Where that takes more than `MOST_STAGES` stages; the place is for the caller to fill in.
pub fn plan(
    program: &mut Program,
    forward: usize,
    backward: &Backward,
    request: &Request,
    ties: Ties,
    rules: &mut Rules,
) -> Result<Plan, Fault> {
    let all: Vec<StageId> = (0..forward).map(StageId::new).filter(|&id| program.gate(id) == Gate::Input).collect();
    let inputs: Vec<StageId> = all.iter().copied().filter(|&id| program.is_active(id)).collect();
    let gradient: Vec<Option<StageId>> = inputs.iter().map(|&input| backward.adjoint(input)).collect();
    let hessian = if request.hessian {
        let mut rows = Vec::with_capacity(inputs.len());
        for &slope in &gradient {
            let row = match slope.filter(|&slope| program.is_active(slope)) {
                None => vec![None; inputs.len()],
                Some(slope) => {
                    let one = program.add_constant(1.0, None, Span::default());
                    let second = backprop(program, slope, one, Path::Active, ties, rules);
                    inputs.iter().map(|&input| second.adjoint(input)).collect()
                }
            };
            rows.push(row);
            if program.len() > MOST_STAGES {
                let message = format!("the second derivatives take more than {MOST_STAGES} stages");
                return Err(Fault::new(FaultKind::Limit, Span::default(), message)
                    .help("ask for fewer inputs with --wrt, or for one direction with --along"));
            }
        }
        Some(rows)
    } else {
        None
    };
    let along = (!request.along.is_empty()).then(|| {
        let seed = |program: &mut Program, step: f64| program.add_constant(step, None, Span::default());
        let seeds: Vec<(StageId, StageId)> = request.along.iter().map(|&(at, step)| (all[at], seed(program, step))).collect();
        let first = tangent(program, backward.output, &seeds, ties, rules);
        let second = first.and_then(|first| tangent(program, first, &seeds, ties, rules));
        (first, second)
    });
    let leaves = inputs.iter().map(|&input| program.leaf(input)).collect();
    Ok(Plan { gradient, leaves, hessian, along })
}

impl Plan {
    /// Reads what was planned from the values of the program's stages.
    pub fn read(&self, program: &Program, output: StageId, inputs: &[f64], values: &Values, request: &Request) -> Analysis {
        let number = |id: Option<StageId>| id.map_or(0.0, |id| values.scalar(id));
        let gradient: Vec<f64> = self.gradient.iter().map(|&id| number(id)).collect();
        let value = values.scalar(output);
        let hessian = self.hessian.as_ref().map(|stages| {
            // Mixed derivatives commute: each is read from one of its two places.
            let count = stages.len();
            let entry = |i: usize, j: usize| number(stages[i.min(j)][i.max(j)]);
            let rows: Vec<Vec<f64>> = (0..count).map(|i| (0..count).map(|j| entry(i, j)).collect()).collect();
            let eigenvalues = eigenvalues(&rows);
            let verdict = verdict(value, &gradient, &eigenvalues);
            Hessian { rows, eigenvalues, verdict }
        });
        let along = self.along.map(|(first, second)| Along { first: number(first), second: number(second) });
        let nudge = (!request.nudge.is_empty()).then(|| {
            let mut moved = inputs.to_vec();
            let mut predicted = value;
            for &(at, step) in &request.nudge {
                moved[at] += step;
                predicted += step * self.leaves.iter().position(|&leaf| leaf == at).map_or(0.0, |position| gradient[position]);
            }
            Nudge { predicted, actual: evaluate(program, &moved).scalar(output) }
        });
        Analysis { hessian, along, nudge }
    }
}

fn verdict(value: f64, gradient: &[f64], eigenvalues: &[f64]) -> Verdict {
    /// A slope this small, beside the value and the curvature, is rounding.
    const NEAR: f64 = 1e-8;
    let largest = eigenvalues.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    let near = NEAR * (1.0 + value.abs().max(largest));
    if gradient.iter().any(|slope| slope.is_nan() || slope.abs() > near) || eigenvalues.is_empty() {
        return Verdict::Slope;
    }
    let positive = eigenvalues.iter().any(|&value| value > NEAR * largest);
    let negative = eigenvalues.iter().any(|&value| value < -NEAR * largest);
    let zero = eigenvalues.iter().any(|&value| value.abs() <= NEAR * largest);
    match (positive, negative, zero) {
        (true, true, _) => Verdict::Saddle,
        (true, false, false) => Verdict::Minimum,
        (false, true, false) => Verdict::Maximum,
        _ => Verdict::Flat,
    }
}

/// The eigenvalues of a symmetric matrix, the smallest first, by Jacobi's rotations (Golub and Van Loan, 8.5);
/// none where an entry is not finite.
fn eigenvalues(matrix: &[Vec<f64>]) -> Vec<f64> {
    let mut a = matrix.to_vec();
    let n = a.len();
    if a.iter().flatten().any(|entry| !entry.is_finite()) {
        return Vec::new();
    }
    let whole: f64 = a.iter().flatten().map(|entry| entry.abs()).fold(0.0, f64::max);
    for _sweep in 0..64 {
        let rest: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j].abs()).fold(0.0, f64::max);
        if rest <= f64::EPSILON * f64::EPSILON * whole {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, p, q);
            }
        }
    }
    let mut values: Vec<f64> = (0..n).map(|i| a[i][i]).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The rotation that makes the entry `(p, q)` zero.
fn rotate(a: &mut [Vec<f64>], p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = 1f64.copysign(theta) / (theta.abs() + core_math::hypot(theta, 1.0));
    let c = 1.0 / core_math::hypot(t, 1.0);
    let s = t * c;
    for row in a.iter_mut() {
        let (x, y) = (row[p], row[q]);
        row[p] = c * x - s * y;
        row[q] = s * x + c * y;
    }
    // p < q, so the two rows lie in different halves.
    let (above, below) = a.split_at_mut(q);
    for (x, y) in above[p].iter_mut().zip(&mut below[0]) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}
