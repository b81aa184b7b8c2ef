//! What can be asked of an expression beside its gradient: the derivatives of each of its numbers, second derivatives, derivatives along a direction, and
//! what a small change of an input really does.
//!
//! A plan adds the stages that are needed; when they have been evaluated, it is read. All of it is `backprop` of
//! gradients and `tangent` of tangents: there are no rules here.

use super::backprop::{Backward, Path, backprop};
use super::evaluate::Values;
use super::forward::tangent;
use super::lower::Limits;
use super::range::evaluate_cancellable;
use super::rule::{Rules, Ties};
use super::verdict::{Verdict, verdict};
use crate::forms::{Program, StageId};
use crate::ground::{Cancellation, Fault, Remedy, Shape, Span, Value};
use crate::vocabulary::gate::dense::eigenvalues;
use crate::vocabulary::{Gate, elementary};

/// What is asked; inputs are given by their position in the program, each with a step of its shape.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The derivative of each number of the result by each number of the inputs.
    pub jacobian: bool,
    /// The matrix of second derivatives.
    pub hessian: bool,
    /// The direction of a directional derivative.
    pub along: Vec<(usize, Value)>,
    /// Changes of inputs.
    pub nudge: Vec<(usize, Value)>,
    /// Standard deviations of inputs, of each number of an array its own.
    pub deviations: Vec<(usize, Value)>,
}

/// Second derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Hessian {
    /// The second derivatives, inputs with a gradient in the program's order, an array's numbers row by row.
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
    /// The change of the value that it predicts.
    pub change: f64,
    /// The value there.
    pub actual: f64,
}

/// The standard deviation that those of independent inputs give to the value, to first order.
#[derive(Clone, Debug, PartialEq)]
pub struct Deviation {
    /// The root of the sum of squares of gradient times deviation.
    pub total: f64,
    /// The same of each input that has a deviation alone.
    pub parts: Vec<(StageId, f64)>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analysis {
    /// The derivatives of each number of the result, row by row: inputs with a gradient in the program's order, an array's
    /// numbers row by row.
    pub jacobian: Option<Vec<Vec<f64>>>,
    /// Second derivatives.
    pub hessian: Option<Hessian>,
    /// Derivatives along a direction.
    pub along: Option<Along>,
    /// A small change.
    pub nudge: Option<Nudge>,
    /// The deviation of the value.
    pub deviation: Option<Deviation>,
}

/// What a plan is made with.
#[derive(Debug)]
pub struct Means<'a> {
    /// Who gets the gradient at a tie.
    pub ties: Ties,
    /// The rules of the gates.
    pub rules: &'a mut Rules,
    /// How far it may go.
    pub limits: &'a Limits,
    /// Where the expression stands.
    pub span: Span,
}

/// What is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Circuit<'a> {
    /// How many stages the circuit has.
    pub forward: usize,
    /// The stage of its result.
    pub output: StageId,
    /// The gradient of the result; none where none arrives at it.
    pub backward: Option<&'a Backward>,
}

/// A single number and its slopes on the inputs, none where they are 0.
#[derive(Clone, Debug)]
struct Row {
    number: Option<StageId>,
    slopes: Vec<Option<StageId>>,
}

/// The stages that a request needs.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The inputs with a gradient, and the stages of their gradients.
    inputs: Vec<(StageId, Option<StageId>)>,
    /// For each number of the result, its slopes on the inputs.
    jacobian: Option<Vec<Row>>,
    /// For each number of the gradient, its slopes on the inputs.
    hessian: Option<Vec<Row>>,
    along: Option<Direction>,
    /// The change that the nudge would make if the result were linear; none where it is 0.
    nudge: Option<StageId>,
}

impl Plan {
    /// Where the numbers of the matrices and of the directional derivatives are read.
    pub fn sources(&self, program: &Program) -> Sources {
        let sizes: Vec<usize> = self.inputs.iter().map(|&(input, _)| program.shape(input).size()).collect();
        let row = |row: &Row| row.slopes.iter().copied().zip(sizes.iter().copied()).collect();
        let rows = |rows: &Vec<Row>| rows.iter().map(row).collect();
        Sources {
            jacobian: self.jacobian.as_ref().map(rows),
            hessian: self.hessian.as_ref().map(rows),
            slopes: self.hessian.iter().flatten().map(|row| row.number).collect(),
            along: self.along.clone(),
        }
    }
}

/// A part of a row of derivatives: the stage of the slopes on one input, none where they are 0, and how many there are.
type Slopes = (Option<StageId>, usize);

/// The stages that the numbers of analyses are read from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// For each number of the result.
    jacobian: Option<Vec<Vec<Slopes>>>,
    /// For each number of the gradient.
    hessian: Option<Vec<Vec<Slopes>>>,
    /// The numbers of the gradient, each a stage of its own; none for those that depend on no input.
    slopes: Vec<Option<StageId>>,
    along: Option<Direction>,
}

/// The stages of derivatives along a direction; none where they are 0.
#[derive(Clone, Debug)]
pub struct Direction {
    /// The inputs that change, each with the stage of its step.
    pub steps: Vec<(StageId, StageId)>,
    /// The first derivative and the second one.
    derivatives: [Option<StageId>; 2],
}

/// A number of an analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// In this row and this column of the Jacobian matrix.
    Jacobian(usize, usize),
    /// In this row and this column of the Hessian matrix.
    Hessian(usize, usize),
    /// The first derivative along a direction, or the second.
    Along(usize),
}

impl Sources {
    /// The Jacobian matrix of the numbers that stages have.
    pub fn jacobian<T: Clone>(&self, numbers: impl Fn(StageId) -> Vec<T>, zero: &T) -> Option<Vec<Vec<T>>> {
        let rows = self.jacobian.as_ref()?;
        let mut whole = zeros(rows, zero);
        for Part { row, column, stage, from } in parts(rows, false) {
            for (at, number) in numbers(stage).into_iter().enumerate().skip(from) {
                whole[row][column + at] = number;
            }
        }
        Some(whole)
    }

    /// The Hessian matrix of the numbers that stages have. Mixed derivatives commute: each is read from one of its two places.
    pub fn hessian<T: Clone>(&self, numbers: impl Fn(StageId) -> Vec<T>, zero: &T) -> Option<Vec<Vec<T>>> {
        let rows = self.hessian.as_ref()?;
        let mut whole = zeros(rows, zero);
        for Part { row, column, stage, from } in parts(rows, true) {
            for (at, number) in numbers(stage).into_iter().enumerate().skip(from) {
                whole[column + at][row] = number.clone();
                whole[row][column + at] = number;
            }
        }
        Some(whole)
    }

    /// The numbers of the gradient of which the Hessian matrix has the slopes, each a stage of its own.
    pub fn slopes(&self) -> &[Option<StageId>] {
        &self.slopes
    }

    /// The stages that numbers are read from, each with the first that is.
    pub fn stages(&self) -> impl Iterator<Item = (StageId, usize)> + '_ {
        let matrices = [(&self.jacobian, false), (&self.hessian, true)];
        let matrices = matrices.into_iter().flat_map(|(rows, mixed)| parts(rows.as_deref().unwrap_or_default(), mixed));
        let along = self.along.iter().flat_map(|along| along.derivatives).flatten();
        matrices.map(|part| (part.stage, part.from)).chain(along.map(|stage| (stage, 0)))
    }

    /// The direction along which derivatives are asked for.
    pub fn direction(&self) -> Option<&Direction> {
        self.along.as_ref()
    }

    /// What a number of a stage is; none where it is no number of an analysis.
    pub fn figure(&self, stage: StageId, at: usize) -> Option<Figure> {
        let find = |rows: &Option<Vec<Vec<Slopes>>>, mixed: bool| {
            parts(rows.as_deref().unwrap_or_default(), mixed).find(|part| part.stage == stage && part.from <= at)
        };
        let jacobian = || find(&self.jacobian, false).map(|part| Figure::Jacobian(part.row, part.column + at));
        let hessian = || find(&self.hessian, true).map(|part| Figure::Hessian(part.row, part.column + at));
        let along = || self.along.as_ref()?.derivatives.iter().position(|&along| along == Some(stage)).map(Figure::Along);
        jacobian().or_else(hessian).or_else(along)
    }
}

/// The numbers of a stage in a row of derivatives.
struct Part {
    row: usize,
    /// The column of its number 0.
    column: usize,
    stage: StageId,
    /// Its first number that is read.
    from: usize,
}

/// What rows of derivatives are made of; where those on both sides of the diagonal are the same, from there on.
fn parts(rows: &[Vec<Slopes>], mixed: bool) -> impl Iterator<Item = Part> + '_ {
    let of = move |(row, slopes): (usize, &'_ Vec<Slopes>)| {
        let mut column = 0;
        let mut found = Vec::with_capacity(slopes.len());
        for &(stage, size) in slopes {
            let from = if mixed { row.saturating_sub(column) } else { 0 };
            found.extend(stage.filter(|_| from < size).map(|stage| Part { row, column, stage, from }));
            column += size;
        }
        found
    };
    rows.iter().enumerate().flat_map(of)
}

/// A matrix as large as rows of derivatives.
fn zeros<T: Clone>(rows: &[Vec<Slopes>], zero: &T) -> Vec<Vec<T>> {
    rows.iter().map(|row| vec![zero.clone(); row.iter().map(|&(_, size)| size).sum()]).collect()
}

/// Adds the stages that a request needs to a program whose first `forward` stages are a circuit; where no gradient arrives at
/// its output there is no backward pass, and only the derivatives of its elements can be asked for.
///
/// # Errors
/// Where that takes more than the budget has room for, or is interrupted.
pub fn plan(program: &mut Program, circuit: Circuit, request: &Request, means: &mut Means) -> Result<Plan, Fault> {
    let Circuit { forward, output, backward } = circuit;
    let all: Vec<StageId> = (0..forward).map(StageId::new).filter(|&id| program.gate(id) == Gate::Input).collect();
    let active = all.iter().copied().filter(|&id| program.is_active(id));
    let inputs: Vec<(StageId, Option<StageId>)> = active.map(|id| (id, backward.and_then(|backward| backward.adjoint(id)))).collect();
    let jacobian = if request.jacobian { Some(rows(program, output, &inputs, means)?) } else { None };
    let hessian = if request.hessian {
        let mut second = Vec::new();
        for &(input, slope) in &inputs {
            second.extend(match slope.filter(|&slope| program.is_active(slope)) {
                Some(slope) => rows(program, slope, &inputs, means)?,
                None => vec![Row { number: None, slopes: vec![None; inputs.len()] }; program.shape(input).size()],
            });
        }
        Some(second)
    } else {
        None
    };
    let (ties, rules) = (means.ties, &mut *means.rules);
    let along = (!request.along.is_empty()).then(|| {
        let seeds = request.along.iter().map(|(at, step)| (all[*at], program.add_constant(step.clone(), None, Span::default())));
        let seeds: Vec<(StageId, StageId)> = seeds.collect();
        let first = tangent(program, output, &seeds, ties, rules);
        let second = first.and_then(|first| tangent(program, first, &seeds, ties, rules));
        Direction { steps: seeds, derivatives: [first, second] }
    });
    // Of the result itself, whatever gradient arrives at it and whichever gradients are asked for.
    let seeds = request.nudge.iter().map(|(at, step)| (all[*at], program.add_constant(step.clone(), None, Span::default())));
    let seeds: Vec<(StageId, StageId)> = seeds.collect();
    let nudge = if seeds.is_empty() { None } else { tangent(program, output, &seeds, ties, rules) };
    Ok(Plan { inputs, jacobian, hessian, along, nudge })
}

/// For each number of a stage's value, the stages of its slopes on the inputs: a backward pass for each.
fn rows(program: &mut Program, stage: StageId, inputs: &[(StageId, Option<StageId>)], means: &mut Means) -> Result<Vec<Row>, Fault> {
    let Means { ties, rules, limits, span } = means;
    let (height, width) = (program.shape(stage).size(), inputs.iter().map(|&(input, _)| program.shape(input).size()));
    let width = width.fold(0, usize::saturating_add);
    // The matrix itself, a copy for its eigenvalues, and a stage at least for each of its rows.
    limits.budget.fits(height.saturating_mul(width).saturating_mul(2), *span)?;
    limits.budget.check_stages(program.len().saturating_add(height), *span)?;
    let mut rows = Vec::new();
    for at in 0..height {
        let slope = element(program, stage, at);
        let one = program.add_constant(1.0, None, Span::default());
        let pass = backprop(program, slope, one, Path::Active, *ties, rules);
        rows.push(Row { number: Some(slope), slopes: inputs.iter().map(|&(input, _)| pass.adjoint(input)).collect() });
        limits.budget.check_stages(program.len(), *span).map_err(|fault| fault.remedy(Remedy::AskForLess))?;
        if limits.cancellation.is_cancelled() {
            return Err(Fault::interrupted(*span));
        }
    }
    Ok(rows)
}

/// One number of a stage's value, counted row by row.
pub(super) fn element(program: &mut Program, stage: StageId, at: usize) -> StageId {
    let shape = program.shape(stage);
    let columns = shape.sides().1;
    let places = match shape {
        Shape::Scalar => return stage,
        Shape::Vector(_) => [at as f64, f64::NAN, 0.0, f64::NAN, f64::NAN, f64::NAN],
        Shape::Matrix(..) => [(at / columns) as f64, f64::NAN, 0.0, (at % columns) as f64, f64::NAN, 0.0],
    };
    let places = places.map(|place| program.add_constant(place, None, Span::default()));
    let operands: Vec<StageId> = std::iter::once(stage).chain(places).collect();
    program.share(Gate::Index, &operands, Span::default())
}

/// A program with the values of its stages.
pub struct Point<'a> {
    /// The program.
    pub program: &'a Program,
    /// Its result.
    pub output: StageId,
    /// The values of its inputs, in its order.
    pub inputs: &'a [Value],
    /// The values of its stages.
    pub values: &'a Values,
    /// What ends an evaluation at another point.
    pub cancellation: &'a Cancellation,
}

impl Plan {
    /// Reads what was planned from the values of the program's stages; none where it is cancelled.
    pub fn read(&self, point: &Point<'_>, request: &Request) -> Option<Analysis> {
        let &Point { program, output, inputs, values, cancellation } = point;
        let numbers = |input: StageId, gradient: Option<StageId>| match gradient {
            Some(gradient) => values.slice(gradient).to_vec(),
            None => vec![0.0; program.shape(input).size()],
        };
        let value = values.scalar(output);
        let sources = self.sources(program);
        let slopes = |id: StageId| values.slice(id).to_vec();
        let jacobian = sources.jacobian(slopes, &0.0);
        let hessian = sources.hessian(slopes, &0.0).map(|rows| {
            let eigenvalues = eigenvalues(rows.len(), &rows.concat());
            // The numbers of an array have one unit.
            let size = |input: StageId| values.slice(input).iter().fold(0.0f64, |size, x| size.max(x.abs()));
            let sizes = self.inputs.iter().flat_map(|&(input, _)| std::iter::repeat_n(size(input), program.shape(input).size()));
            let sizes: Vec<f64> = sizes.collect();
            let gradient: Vec<f64> = self.inputs.iter().flat_map(|&(input, gradient)| numbers(input, gradient)).collect();
            let verdict = verdict(&sizes, &gradient, &rows.concat());
            Hessian { rows, eigenvalues, verdict }
        });
        let along = self.along.as_ref().map(|along| {
            let number = |id: Option<StageId>| id.map_or(0.0, |id| values.scalar(id));
            let [first, second] = along.derivatives.map(number);
            Along { first, second }
        });
        let nudge = if request.nudge.is_empty() {
            None
        } else {
            let mut moved = inputs.to_vec();
            let change = self.nudge.map_or(0.0, |change| values.scalar(change));
            for (at, step) in &request.nudge {
                let sum = moved[*at].numbers().iter().zip(step.numbers()).map(|(x, step)| x + step).collect();
                moved[*at] = Value::new(step.shape(), sum);
            }
            let predicted = value + change;
            Some(Nudge { predicted, change, actual: evaluate_cancellable(program, &moved, cancellation)?.scalar(output) })
        };
        let deviation = (!request.deviations.is_empty()).then(|| self.deviation(program, &request.deviations, numbers));
        Some(Analysis { jacobian, hessian, along, nudge, deviation })
    }

    /// The deviation that those of inputs make, whose gradients `numbers` reads.
    fn deviation(&self, program: &Program, given: &[(usize, Value)], numbers: impl Fn(StageId, Option<StageId>) -> Vec<f64>) -> Deviation {
        let mut found = Deviation { total: 0.0, parts: Vec::new() };
        for (leaf, deviations) in given {
            let Some(&(input, gradient)) = self.inputs.iter().find(|(input, _)| program.leaf(*input) == *leaf) else { continue };
            let gradients = numbers(input, gradient);
            let sides = gradients.iter().zip(deviations.numbers()).map(|(slope, deviation)| slope * deviation);
            found.total = sides.clone().fold(found.total, elementary::hypot);
            found.parts.push((input, sides.fold(0.0, elementary::hypot)));
        }
        found
    }
}
