//! Backpropagation: given a circuit, the stages that compute every gradient in it.
//!
//! The only place that knows how to differentiate. It reads each gate's derivative from the gate table, and keeps
//! a log of its steps, so that the backward pass can be printed as a person would write it. It computes nothing.

use super::rule::{Fill, Hole, Rules, Slope, Template, Ties, simplest};
use crate::forms::names::hidden;
use crate::forms::{Program, StageId};
use crate::ground::{Shape, Span};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::Axis;

/// Where gradients are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// On every stage that depends on an input whose gradient is wanted.
    Active,
    /// On one stage, and on what lies between it and the output. Equal stages of such passes are shared.
    To(StageId),
}

/// The factor by which a gradient is handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    /// 1 for each number: what arrives is handed on as it is.
    One,
    /// The numbers of a stage, by which what arrives is multiplied one by one.
    Stage(StageId),
    /// None: what is handed on mixes the numbers that arrive, as a matrix product does.
    Whole,
}

impl Local {
    /// The stage that holds it, where one does.
    pub fn stage(self) -> Option<StageId> {
        if let Self::Stage(stage) = self { Some(stage) } else { None }
    }
}

/// One wire of the backward pass: through a stage to one of its operands.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The stage whose gradient is being handed on.
    pub through: StageId,
    /// The operand that receives it.
    pub target: StageId,
    /// Which of the stage's operands that is.
    pub position: usize,
    /// The gradient that arrives at the stage.
    pub upstream: StageId,
    /// The local gradient.
    pub local: Local,
    /// What this step adds to the operand's gradient.
    pub contribution: StageId,
    /// The operand's gradient after this step; the contribution itself where it is the first.
    pub total: StageId,
}

/// A backward pass: gradients as stages of the program, and how they came about.
#[derive(Clone, Debug)]
pub struct Backward {
    /// The stage that was differentiated.
    pub output: StageId,
    /// The gradient that arrives at the output.
    pub upstream: StageId,
    /// The steps in the order of the pass.
    pub steps: Vec<Step>,
    adjoints: Vec<Option<StageId>>,
}

impl Backward {
    /// Gradients that were found otherwise, of which no step is known: each forward stage with the stage that holds its gradient.
    pub fn of_ends(output: StageId, upstream: StageId, gradients: &[(StageId, StageId)]) -> Self {
        let mut adjoints = vec![None; output.at() + 1];
        adjoints[output.at()] = Some(upstream);
        for &(of, gradient) in gradients {
            adjoints[of.at()] = Some(gradient);
        }
        Self { output, upstream, steps: Vec::new(), adjoints }
    }

    /// The stage that holds the gradient of a forward stage; none where no gradient reaches it.
    #[inline]
    pub fn adjoint(&self, id: StageId) -> Option<StageId> {
        self.adjoints.get(id.at()).copied().flatten()
    }

    /// The steps through one stage; the pass goes from later stages to earlier ones.
    pub fn steps_through(&self, through: StageId) -> &[Step] {
        let first = self.steps.partition_point(|step| step.through > through);
        let count = self.steps[first..].partition_point(|step| step.through == through);
        &self.steps[first..first + count]
    }

    /// Takes out the steps from a guard to a slope that hands nothing on: such slopes, as `x >= y` is one, are no stages of their own.
    fn end_at_guards(&mut self, program: &Program) {
        let guarded = hidden(program, self.output.at() + 1, self.output, &|_| false);
        if guarded.is_empty() {
            return;
        }
        // Steps through a stage come behind those that lead to it.
        let mut hands_on = vec![false; self.output.at() + 1];
        let mut kept = vec![true; self.steps.len()];
        for (step, kept) in self.steps.iter().zip(&mut kept).rev() {
            *kept = !guarded[step.target.at()] || hands_on[step.target.at()];
            hands_on[step.through.at()] |= *kept;
        }
        for step in self.steps.iter().zip(&kept).filter(|(_, kept)| !**kept).map(|(step, _)| step) {
            self.adjoints[step.target.at()] = None;
        }
        let mut kept = kept.into_iter();
        self.steps.retain(|_| kept.next().unwrap_or(true));
    }

    /// The bytes that the pass holds beside its stages.
    pub fn bytes(&self) -> usize {
        self.steps.capacity() * size_of::<Step>() + self.adjoints.capacity() * size_of::<Option<StageId>>()
    }
}

/// Whether a backward pass, if there is one, hands a gradient to a stage.
pub fn is_reached(backward: Option<&Backward>, id: StageId) -> bool {
    backward.is_some_and(|backward| backward.adjoint(id).is_some())
}

/// Adds to `program` the stages that compute the gradient of `output` on every stage of `path`, when the gradient
/// `upstream` arrives at the output.
pub fn backprop(program: &mut Program, output: StageId, upstream: StageId, path: Path, ties: Ties, rules: &mut Rules) -> Backward {
    let mut backward = Backward { output, upstream, steps: Vec::new(), adjoints: vec![None; output.at() + 1] };
    let on_path = match path {
        Path::Active => None,
        Path::To(stage) => Some(dependents(program, stage, output)),
    };
    let wanted = |program: &Program, id: StageId| match &on_path {
        None => program.is_active(id),
        Some(on_path) => on_path[id.at()],
    };
    if !wanted(program, output) {
        return backward;
    }
    backward.adjoints[output.at()] = Some(upstream);
    let edges: usize = (0..=output.at())
        .map(StageId::new)
        .filter(|&id| wanted(program, id))
        .map(|id| program.operands(id).iter().filter(|&&operand| wanted(program, operand)).count())
        .sum();
    backward.steps.reserve_exact(edges);
    program.reserve(edges + edges / 2);
    let mut handing = Handing { path, ties, rules };
    let mut operands = Vec::new();
    for at in (0..=output.at()).rev() {
        let through = StageId::new(at);
        let Some(upstream) = backward.adjoints[at] else { continue };
        if path == Path::To(through) {
            break;
        }
        operands.clear();
        operands.extend_from_slice(program.operands(through));
        for position in 0..operands.len() {
            if wanted(program, operands[position]) {
                let edge = Edge { gate: program.gate(through), through, upstream, operands: &operands, position };
                step(program, &mut backward, edge, &mut handing);
            }
        }
    }
    if path == Path::Active {
        backward.end_at_guards(program);
    }
    if cfg!(debug_assertions) {
        program.check();
    }
    backward
}

/// Which stages up to `output` depend on `stage`, itself among them.
fn dependents(program: &Program, stage: StageId, output: StageId) -> Vec<bool> {
    let mut depends = vec![false; output.at() + 1];
    for at in stage.at()..=output.at() {
        depends[at] = at == stage.at() || program.operands(StageId::new(at)).iter().any(|operand| depends[operand.at()]);
    }
    depends
}

/// The way from a stage to one of its operands.
#[derive(Clone, Copy)]
pub(super) struct Edge<'a> {
    pub gate: Gate,
    pub through: StageId,
    pub upstream: StageId,
    pub operands: &'a [StageId],
    pub position: usize,
}

impl Edge<'_> {
    /// The axis along which the gate leaves one number of many, where it works along one.
    fn reduced_axis(self) -> Option<StageId> {
        let row = self.gate.row();
        if row.axis == Axis::Reduces { self.operands.get(row.operands.len()).copied() } else { None }
    }

    /// Something of the result's shape in a shape that meets the operand's: the axis that was added up is one of size 1.
    fn expanded(self, program: &mut Program, stage: StageId, rules: &mut Rules) -> StageId {
        match self.reduced_axis() {
            Some(axis) => simplest(rules, program, Gate::Expand, &[stage, axis]),
            None => stage,
        }
    }

    /// The number for a hole that asks for the place of the operand in question among the others.
    fn place(self, program: &mut Program, template: &Template) -> Option<StageId> {
        let number = if template.speaks_of(Hole::At) {
            self.position as f64
        } else if template.speaks_of(Hole::Start) {
            // Along the axis in which the result is longer than its operands.
            let across = program.shape(self.through).sides().1 != program.shape(self.operands[0]).sides().1
                || program.shape(self.through).rank() == 1;
            let length = |&operand: &StageId| {
                let (rows, columns) = program.shape(operand).sides();
                if across { columns } else { rows }
            };
            self.operands[..self.position].iter().map(length).sum::<usize>() as f64
        } else {
            return None;
        };
        Some(program.add_constant(number, None, Span::default()))
    }

    /// What fills the holes of a slope's text.
    fn fill(&self) -> Fill<'_> {
        let out = Some(self.through);
        Fill { position: self.position, out, upstream: Some(self.upstream), ..Fill::operands(self.gate, self.operands) }
    }
}

/// How a gradient is handed on: where, under which rule for ties, by which rules.
pub(super) struct Handing<'a> {
    pub path: Path,
    pub ties: Ties,
    pub rules: &'a mut Rules,
}

/// What an edge hands on: the local gradient, where there is one, and its product with `edge.upstream`, in the shape that
/// follows from the two. In a forward pass the operand's tangent takes the place of the upstream gradient.
///
/// The one place where a slope meets what arrives: a value that is nan makes its slope nan, what a gate took together along
/// an axis is spread out again, and an upstream gradient of 0 carries nothing.
#[inline]
pub(super) fn contribution(program: &mut Program, edge: Edge, handing: &mut Handing<'_>) -> Option<(Local, StageId)> {
    let rules = &mut *handing.rules;
    Some(match rules.slope(edge.gate, edge.position, handing.ties) {
        Slope::Blocked => return None,
        Slope::One => (Local::One, edge.expanded(program, edge.upstream, rules)),
        Slope::Whole(template) => {
            let place = edge.place(program, &template);
            (Local::Whole, rules.fill(&template, program, &Fill { place, ..edge.fill() }))
        }
        Slope::Local(template) => {
            let ties = template.speaks_of(Hole::Ties).then(|| tied(program, edge.through, edge.operands));
            let mut local = rules.fill(&template, program, &Fill { ties, ..edge.fill() });
            if edge.gate.row().guarded {
                let out = edge.expanded(program, edge.through, rules);
                local = program.share(Gate::Guard, &[local, out], Span::default());
            }
            let upstream = edge.expanded(program, edge.upstream, rules);
            (Local::Stage(local), chain(program, local, upstream, handing.path))
        }
    })
}

/// Whether what an edge hands on is more than a number for each number of what arrives.
pub(super) fn mixes(edge: Edge, handing: &mut Handing<'_>) -> bool {
    matches!(handing.rules.slope(edge.gate, edge.position, handing.ties), Slope::Whole(_)) || edge.reduced_axis().is_some()
}

#[inline]
fn step(program: &mut Program, backward: &mut Backward, edge: Edge, handing: &mut Handing<'_>) {
    let target = edge.operands[edge.position];
    let Some((local, contribution)) = contribution(program, edge, handing) else { return };
    let contribution =
        if program.is_scalar() { contribution } else { unbroadcast(program, contribution, program.shape(target), handing.rules) };
    let total = match backward.adjoints[target.at()] {
        None => contribution,
        Some(before) => add(program, Gate::Add, &[before, contribution], handing.path),
    };
    backward.adjoints[target.at()] = Some(total);
    backward.steps.push(Step {
        through: edge.through,
        target,
        position: edge.position,
        upstream: edge.upstream,
        local,
        contribution,
        total,
    });
}

/// A gradient in the shape of what it belongs to: along axes that broadcasting repeated it is summed, and where one
/// number stands for many it is repeated. The only place that undoes a broadcast.
pub(super) fn unbroadcast(program: &mut Program, stage: StageId, wanted: Shape, rules: &mut Rules) -> StageId {
    let shape = program.shape(stage);
    if shape == wanted || program.is_open() {
        return stage;
    }
    let mut push = |program: &mut Program, gate: Gate, operands: &[StageId]| simplest(rules, program, gate, operands);
    let number = |program: &mut Program, n: usize| program.add_constant(n as f64, None, Span::default());
    let sizes = |program: &mut Program, shape: Shape| -> Vec<StageId> {
        let (rows, columns) = shape.sides();
        let dims = [rows, columns];
        dims[2 - shape.rank()..].iter().map(|&n| number(program, n)).collect()
    };
    if shape.broadcast(wanted) == Some(wanted) {
        let sizes = sizes(program, wanted);
        let ones = push(program, Gate::Ones, &sizes);
        return push(program, Gate::Mul, &[ones, stage]);
    }
    let ((rows, columns), (wanted_rows, wanted_columns)) = (shape.sides(), wanted.sides());
    let summed = match (rows > 1 && wanted_rows == 1, columns > 1 && wanted_columns == 1) {
        (false, false) if !wanted.is_scalar() => stage,
        (true, false) if shape.rank() == 2 && columns > 1 => {
            let axis = number(program, 0);
            push(program, Gate::Sum, &[stage, axis])
        }
        (false, true) if shape.rank() == 2 && rows > 1 => {
            let axis = number(program, 1);
            push(program, Gate::Sum, &[stage, axis])
        }
        _ => push(program, Gate::Sum, &[stage]),
    };
    if program.shape(summed) == wanted || wanted.is_scalar() {
        return summed;
    }
    let operands: Vec<StageId> = std::iter::once(summed).chain(sizes(program, wanted)).collect();
    push(program, Gate::Reshape, &operands)
}

/// The chain rule: a local gradient times an upstream gradient.
fn chain(program: &mut Program, local: StageId, upstream: StageId, path: Path) -> StageId {
    if program.exact_literal(upstream) == Some(1.0) {
        local
    } else if program.exact_literal(local) == Some(1.0) {
        upstream
    } else {
        add(program, Gate::Chain, &[local, upstream], path)
    }
}

/// A stage of the pass itself. The main pass makes each only once, so it need not look for equal ones.
fn add(program: &mut Program, gate: Gate, operands: &[StageId], path: Path) -> StageId {
    match path {
        Path::Active => program.apply(gate, operands, Span::default()),
        Path::To(_) => program.share(gate, operands, Span::default()),
    }
}

/// The number of operands that equal the gate's value.
fn tied(program: &mut Program, through: StageId, operands: &[StageId]) -> StageId {
    let mut reaches = operands.iter();
    let first = reaches.next().map_or(through, |&operand| program.share(Gate::Eq, &[operand, through], Span::default()));
    reaches.fold(first, |sum, &operand| {
        let one = program.share(Gate::Eq, &[operand, through], Span::default());
        program.share(Gate::Add, &[sum, one], Span::default())
    })
}
