//! Arrays written out: the same circuit with a stage for every number, as one would draw a minimal example by hand.
//!
//! Knows how arrays are taken apart; what a gate of arrays is made of is a column of the gate table. Differentiates
//! nothing: the circuit of single numbers is differentiated like any other.

use super::lower::constant_value;
use super::rule::{Hole, Maker, Rules};
use crate::forms::program::{Constant, Input};
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId};
use crate::ground::text::shortened;
use crate::ground::{Fault, FaultKind, Remedy, Shape, Span, Value, broken};
use crate::vocabulary::gate::{Kernel, KernelArgs, ShapeArgs, Unroll, apply_to_arrays, array};
use crate::vocabulary::{Gate, Symbol, Symbols};
use std::collections::HashSet;

/// The most stages that a circuit may be written out to.
pub const MOST_SCALARS: usize = 10_000;

/// The most numbers of an array in a circuit that is written out; those that are equal constants share a stage.
const MOST_NUMBERS: usize = 100 * MOST_SCALARS;

/// The most rows of a matrix whose determinant is written out.
const MOST_ROWS: usize = 4;

/// A value taken apart: a stage for every number, row by row.
#[derive(Clone, Debug)]
struct Parts {
    shape: Shape,
    stages: Vec<StageId>,
}

/// Writes out a circuit whose inputs have `values`; an array is weighed with `upstream` and added up, so that the result
/// is a single number, or where there is none, is an array of its numbers. Gives the circuit, its output and its inputs' values; new names are added to `symbols`.
///
/// # Errors
/// Where it takes more than `MOST_SCALARS` stages, or a gate that cannot be written out.
pub fn unroll(
    program: &Program,
    output: StageId,
    values: &[Value],
    upstream: Option<&Value>,
    symbols: &mut Symbols,
    rules: &mut Rules,
) -> Result<(Program, StageId, Vec<Value>), Fault> {
    let given = |id: StageId| program.input(id).map(|input| input.name).or_else(|| program.name(id));
    let taken = program.ids().filter_map(given).collect();
    let mut unroller = Unroller { whole: program, values, program: Program::new(), symbols, rules, taken };
    let mut parts: Vec<Parts> = Vec::with_capacity(program.len());
    replay(program, &mut unroller, &mut parts)?;
    let result = parts[output.at()].clone();
    let span = program.span(output);
    let output = match (&result.stages[..], upstream) {
        (&[stage], _) if result.shape.is_scalar() => stage,
        (_, None) => unroller.together(&result, span),
        (_, Some(upstream)) => {
            let weights = Parts {
                shape: result.shape,
                stages: upstream.numbers().iter().map(|&number| unroller.program.add_constant(number, None, span)).collect(),
            };
            let terms = unroller.written_out(Gate::Mul, &[result, weights], span)?;
            unroller.folded(Gate::Add, &terms.stages, span)
        }
    };
    // An element that nothing uses is an input all the same, with a gradient of 0.
    let (program, output) = unroller.program.cone_with_inputs(output);
    let kept: Vec<Value> = program.inputs().iter().filter_map(|input| input.value.clone()).collect();
    Ok((program, output, kept))
}

struct Unroller<'a> {
    /// The circuit that is written out, and the values of its inputs.
    whole: &'a Program,
    values: &'a [Value],
    /// What it is written out to.
    program: Program,
    symbols: &'a mut Symbols,
    rules: &'a mut Rules,
    taken: HashSet<Symbol>,
}

impl Backend for Unroller<'_> {
    type Value = Parts;
    type Error = Fault;

    fn input(&mut self, id: StageId, at: usize) -> Result<Parts, Fault> {
        let value = self.values.get(at).cloned().unwrap_or_else(|| broken("every input of a circuit that is written out has a value"));
        let input = &self.whole.inputs()[at];
        self.check(self.whole.shape(id).size(), true, self.whole.span(id))?;
        let parts = self.inputs(self.whole.shape(id), input.name, input.active, &value, self.whole.span(id));
        self.bounded(id, parts)
    }

    fn constant(&mut self, id: StageId, constant: &Constant) -> Result<Parts, Fault> {
        self.check(self.whole.shape(id).size(), false, self.whole.span(id))?;
        let parts = self.numbers(id, &constant.value, constant.name);
        self.bounded(id, parts)
    }

    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Parts>) -> Result<Parts, Fault> {
        self.check(self.whole.shape(id).size(), false, self.whole.span(id))?;
        if !self.whole.varies(id) && !self.whole.shape(id).is_scalar() {
            let value = constant_value(self.whole, id);
            let parts = self.numbers(id, &value, None);
            return self.bounded(id, parts);
        }
        let operands: Vec<Parts> = operands.iter().cloned().collect();
        let made = self.written_out(gate, &operands, self.whole.span(id))?;
        if let Some(name) = self.whole.name(id) {
            self.name(&made, name);
        }
        self.bounded(id, made)
    }
}

impl Unroller<'_> {
    /// What a stage became, within the limit.
    fn bounded(&self, id: StageId, parts: Parts) -> Result<Parts, Fault> {
        self.check(0, false, self.whole.span(id))?;
        Ok(parts)
    }

    /// Whether an array of so many numbers has room, beside the stages that there are; an input takes one for
    /// each of them.
    fn check(&self, numbers: usize, input: bool, span: Span) -> Result<(), Fault> {
        let most = if input { MOST_SCALARS } else { MOST_NUMBERS };
        if self.program.len() <= MOST_SCALARS && numbers <= most {
            return Ok(());
        }
        let message = format!("written out, this takes more than {MOST_SCALARS} stages");
        Err(Fault::new(FaultKind::Limit, span, message).label("the limit is reached here").help("use smaller arrays"))
    }

    /// Constants, one for each number.
    fn numbers(&mut self, id: StageId, value: &Value, name: Option<Symbol>) -> Parts {
        let (shape, span) = (value.shape(), self.whole.span(id));
        let name = name.filter(|_| shape.is_scalar());
        Parts { shape, stages: value.numbers().iter().map(|&number| self.program.add_constant(number, name, span)).collect() }
    }

    /// The inputs that the numbers of an input become: `w0`, `w1` of `w`.
    fn inputs(&mut self, shape: Shape, name: Symbol, active: bool, value: &Value, span: Span) -> Parts {
        let mut stages = Vec::with_capacity(value.numbers().len());
        for (at, &number) in value.numbers().iter().enumerate() {
            let name = if shape.is_scalar() { name } else { self.element(name, shape, at) };
            let input = Input { name, active, value: Some(Value::Number(number)) };
            stages.push(self.program.add_input(input, Shape::Scalar, span));
        }
        Parts { shape, stages }
    }

    /// The name of a number of an array, which no other name is: `w0`, `W01`, `w_0`.
    fn element(&mut self, name: Symbol, shape: Shape, at: usize) -> Symbol {
        let (rows, columns) = shape.sides();
        let place = match shape {
            Shape::Matrix(..) if rows.max(columns) > 10 => format!("{}_{}", at / columns, at % columns),
            Shape::Matrix(..) => format!("{}{}", at / columns, at % columns),
            _ => at.to_string(),
        };
        let mut stem = self.symbols.name(name).to_owned();
        loop {
            let symbol = self.symbols.intern(&format!("{stem}{place}"));
            if self.taken.insert(symbol) {
                return symbol;
            }
            stem.push('_');
        }
    }

    /// Gives the numbers of a named stage names of their own.
    fn name(&mut self, parts: &Parts, name: Symbol) {
        for (at, &stage) in parts.stages.iter().enumerate() {
            let name = if parts.shape.is_scalar() { name } else { self.element(name, parts.shape, at) };
            if self.program.varies(stage) && self.program.input(stage).is_none() {
                self.program.set_name(stage, name);
            }
        }
    }

    /// A gate applied to values that are taken apart.
    fn written_out(&mut self, gate: Gate, operands: &[Parts], span: Span) -> Result<Parts, Fault> {
        let shapes: Vec<Shape> = operands.iter().map(|operand| operand.shape).collect();
        let number = |at: usize| {
            let single = operands.get(at).filter(|operand| operand.shape.is_scalar())?;
            self.program.known(single.stages[0])
        };
        let given = ShapeArgs { shapes: &shapes, number: &number };
        let fault = |message: String| Fault::new(FaultKind::Shape, span, message);
        let (gate, shape) = gate.row().resolve(&given).map_err(|mismatch| fault(mismatch.says))?;
        self.check(shape.size(), false, span)?;
        let row = gate.row();
        if let Kernel::Size(size) = row.kernel {
            let size = size(&given);
            return Ok(Parts { shape, stages: vec![self.program.add_constant(size, None, span)] });
        }
        let known: Option<Vec<Vec<f64>>> = if gate.is_elementwise() {
            None
        } else {
            operands.iter().map(|operand| operand.stages.iter().map(|&stage| self.program.known(stage)).collect()).collect()
        };
        if let Some(known) = known {
            let numbers: Vec<&[f64]> = known.iter().map(Vec::as_slice).collect();
            let mut out = vec![f64::NAN; shape.size()];
            apply_to_arrays(gate, &KernelArgs::new(&numbers, &shapes, shape), &mut out);
            return Ok(Parts { shape, stages: out.iter().map(|&number| self.program.add_constant(number, None, span)).collect() });
        }
        let is_counted = |(at, operand): (usize, &Parts)| {
            gate.is_place(at) && operand.stages.iter().any(|&stage| self.program.known(stage).is_none() && self.program.varies(stage))
        };
        if operands.iter().enumerate().any(is_counted) {
            let message = "the places that this takes change with an input: it cannot be written out in single numbers";
            return Err(fault(message.to_owned()).label("here").remedy(Remedy::LeaveOut("scalars")));
        }
        let stages = match row.unroll {
            _ if gate.is_elementwise() => (0..shape.size())
                .map(|at| {
                    let met: Vec<StageId> = operands.iter().map(|operand| operand.stages[operand.shape.met(shape, at)]).collect();
                    self.program.share(gate, &met, span)
                })
                .collect(),
            Unroll::Moves => self.moved(gate, operands, &shapes, shape),
            Unroll::Fold(fold) => {
                let along = number(1).and_then(|axis| array::axis(shapes[0], axis));
                let groups = groups(shapes[0], along.filter(|_| operands.len() > 1));
                groups
                    .iter()
                    .map(|group| self.folded(fold, &group.iter().map(|&at| operands[0].stages[at]).collect::<Vec<_>>(), span))
                    .collect()
            }
            Unroll::Scan { gate, from_end } => {
                let along = number(1).and_then(|axis| array::axis(shapes[0], axis));
                self.scanned(gate, from_end, &groups(shapes[0], along.filter(|_| operands.len() > 1)), &operands[0].stages, span)
            }
            Unroll::Accumulates(gather) => self.accumulated(gather, operands, shape, span),
            Unroll::Products => self.products(&operands[0], &operands[1], span)?,
            Unroll::Determinant if shapes[0].sides().0 <= MOST_ROWS => {
                vec![self.determinant(&operands[0].stages, shapes[0].sides().0, span)]
            }
            Unroll::Inverse if shapes[0].sides().0 <= MOST_ROWS => self.inverse(&operands[0].stages, shapes[0].sides().0, span),
            Unroll::Text(text) => return self.text(gate, text, operands, span),
            Unroll::Determinant | Unroll::Inverse | Unroll::No => {
                let message = format!("`{}` of {} cannot be written out in single numbers", shortened(row.name), shapes[0]);
                return Err(fault(message).label("here").remedy(Remedy::LeaveOut("scalars")));
            }
        };
        Ok(Parts { shape, stages })
    }

    /// What a gate that only moves numbers does, which no stage has to be made for.
    fn moved(&mut self, gate: Gate, operands: &[Parts], shapes: &[Shape], shape: Shape) -> Vec<StageId> {
        // Places that follow an input have been refused, and no input changes a size; of any other operand only the shape counts.
        let known = |operand: usize, at: usize| {
            let stage = operands[operand].stages[at];
            let number = self.program.known(stage);
            let shape_alone = || if self.program.varies(stage) { f64::NAN } else { constant_value(&self.program, stage).numbers()[0] };
            number.unwrap_or_else(shape_alone)
        };
        let places = positions_moved(gate, shapes, shape, &known);
        let sources: Vec<StageId> = operands.iter().flat_map(|operand| operand.stages.iter().copied()).collect();
        let mut stage = |source: MovedFrom| match source {
            MovedFrom::Zero => self.program.add_constant(0.0, None, Span::default()),
            MovedFrom::Number(at) => sources[at],
            MovedFrom::Nowhere => self.program.add_constant(f64::NAN, None, Span::default()),
        };
        places.into_iter().map(&mut stage).collect()
    }

    /// An array of the numbers that it was taken apart to.
    fn together(&mut self, whole: &Parts, span: Span) -> StageId {
        let row = |program: &mut Program, stages: &[StageId]| program.share(Gate::Stack, stages, span);
        if whole.shape.rank() < 2 {
            return row(&mut self.program, &whole.stages);
        }
        let rows: Vec<StageId> = whole.stages.chunks(whole.shape.sides().1).map(|stages| row(&mut self.program, stages)).collect();
        row(&mut self.program, &rows)
    }

    /// A gate over several stages: one stage where it takes any number of operands, else a chain.
    fn folded(&mut self, gate: Gate, stages: &[StageId], span: Span) -> StageId {
        if gate.row().arity().is_none() {
            let mut seen = HashSet::new();
            let distinct: Vec<StageId> = stages.iter().copied().filter(|&stage| seen.insert(stage)).collect();
            return if let [only] = distinct[..] { only } else { self.program.share(gate, &distinct, span) };
        }
        let (&first, rest) = stages.split_first().unwrap_or_else(|| broken("an array is not empty"));
        rest.iter().fold(first, |so_far, &stage| self.program.share(gate, &[so_far, stage], span))
    }

    /// A gate over the numbers of each group up to each one, or from each one on.
    fn scanned(&mut self, gate: Gate, from_end: bool, groups: &[Vec<usize>], stages: &[StageId], span: Span) -> Vec<StageId> {
        let mut made = stages.to_vec();
        for group in groups {
            let order: Vec<usize> = if from_end { group.iter().rev().copied().collect() } else { group.clone() };
            for pair in order.windows(2) {
                made[pair[1]] = self.program.share(gate, &[made[pair[0]], stages[pair[1]]], span);
            }
        }
        made
    }

    /// Sums of the first operand's numbers at the places from which a gate would gather them, given the others.
    fn accumulated(&mut self, gather: Gate, operands: &[Parts], shape: Shape, span: Span) -> Vec<StageId> {
        let places = Value::new(shape, (0..shape.size()).map(|at| at as f64).collect());
        let zero = self.program.add_constant(0.0, None, span);
        let mut sums = vec![None; shape.size()];
        let mut given = vec![self.constants(&places, span)];
        given.extend_from_slice(&operands[2..]);
        let taken = self.written_out(gather, &given, span).unwrap_or_else(|_| broken("what was scattered can be gathered"));
        for (&x, &place) in operands[0].stages.iter().zip(&taken.stages) {
            let Some(place) = self.program.known(place) else { continue };
            let sum = &mut sums[place as usize];
            *sum = Some(sum.map_or(x, |sum| self.program.share(Gate::Add, &[sum, x], span)));
        }
        sums.into_iter().map(|sum| sum.unwrap_or(zero)).collect()
    }

    fn constants(&mut self, value: &Value, span: Span) -> Parts {
        let stages = value.numbers().iter().map(|&number| self.program.add_constant(number, None, span)).collect();
        Parts { shape: value.shape(), stages }
    }

    /// The numbers of a matrix product, each a sum of products.
    fn products(&mut self, x: &Parts, y: &Parts, span: Span) -> Result<Vec<StageId>, Fault> {
        let (rows, inner) = x.shape.sides();
        let columns = if y.shape.rank() == 2 { y.shape.sides().1 } else { 1 };
        let mut stages = Vec::with_capacity(rows * columns);
        for (i, j) in (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))) {
            let term = |k: usize| self.program.share(Gate::Mul, &[x.stages[i * inner + k], y.stages[k * columns + j]], span);
            let terms: Vec<StageId> = (0..inner).map(term).collect();
            stages.push(self.folded(Gate::Add, &terms, span));
            self.check(0, false, span)?;
        }
        Ok(stages)
    }

    /// The determinant by its first row: each number times the determinant of what is left without its row and column.
    fn determinant(&mut self, x: &[StageId], n: usize, span: Span) -> StageId {
        if n == 1 {
            return x[0];
        }
        let mut whole = None;
        for j in 0..n {
            let minor = self.determinant(&without(x, n, 0, j), n - 1, span);
            let term = self.program.share(Gate::Mul, &[x[j], minor], span);
            let sign = if j % 2 == 0 { Gate::Add } else { Gate::Sub };
            whole = Some(whole.map_or(term, |whole| self.program.share(sign, &[whole, term], span)));
        }
        whole.unwrap_or_else(|| broken("a matrix has a row"))
    }

    /// The inverse: signed determinants of what is left without a row and a column, over the whole determinant.
    fn inverse(&mut self, x: &[StageId], n: usize, span: Span) -> Vec<StageId> {
        let whole = self.determinant(x, n, span);
        let one = self.program.add_constant(1.0, None, span);
        let mut stages = Vec::with_capacity(n * n);
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
            let minor = if n == 1 { one } else { self.determinant(&without(x, n, j, i), n - 1, span) };
            let signed = if (i + j) % 2 == 0 { minor } else { self.program.share(Gate::Neg, &[minor], span) };
            stages.push(self.program.share(Gate::Div, &[signed, whole], span));
        }
        stages
    }

    /// What a row's text says the gate is made of.
    fn text(&mut self, gate: Gate, text: &'static str, operands: &[Parts], span: Span) -> Result<Parts, Fault> {
        let template = self.rules.text(gate, text);
        template.replay(&mut Text { unroller: self, gate, operands, span })
    }
}

/// A row's text whose stages are written out.
struct Text<'a, 'u> {
    unroller: &'a mut Unroller<'u>,
    gate: Gate,
    operands: &'a [Parts],
    span: Span,
}

impl Maker for Text<'_, '_> {
    type Value = Parts;
    type Error = Fault;

    fn hole(&mut self, hole: Hole, _at: usize) -> Option<Parts> {
        match hole {
            Hole::Operand(at) => Some(self.operands[at].clone()),
            Hole::Axis => self.operands.get(self.gate.row().operands.len()).cloned(),
            _ => broken("what a gate is made of speaks of its operands alone"),
        }
    }

    fn constant(&mut self, constant: &Constant) -> Result<Parts, Fault> {
        let program = &mut self.unroller.program;
        let stages = constant.value.numbers().iter().map(|&number| program.add_constant(number, None, self.span)).collect();
        Ok(Parts { shape: constant.value.shape(), stages })
    }

    fn apply(&mut self, gate: Gate, operands: &[Parts]) -> Result<Parts, Fault> {
        self.unroller.written_out(gate, operands, self.span)
    }
}

/// Where a number of a gate that only moves them comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MovedFrom {
    /// From none: it is 0.
    Zero,
    /// From the one at a position among those of all operands end to end.
    Number(usize),
    /// From beyond the ends: it is nan.
    Nowhere,
}

/// Where the numbers of a gate that only moves them come from. The gate is run with the positions themselves, counted from 1; beside its first operand, a gate of a fixed number of
/// them has places and sizes, which `number` gives by the operand and the position in it.
pub(super) fn positions_moved(gate: Gate, shapes: &[Shape], shape: Shape, number: &dyn Fn(usize, usize) -> f64) -> Vec<MovedFrom> {
    let mut first = 1;
    let mut numbers: Vec<Vec<f64>> = Vec::new();
    for (at, operand) in shapes.iter().enumerate() {
        let size = operand.size();
        let places = gate.row().many || at == 0;
        numbers.push((0..size).map(|k| if places { (first + k) as f64 } else { number(at, k) }).collect());
        first += size;
    }
    let slices: Vec<&[f64]> = numbers.iter().map(Vec::as_slice).collect();
    let mut out = vec![0.0; shape.size()];
    apply_to_arrays(gate, &KernelArgs::new(&slices, shapes, shape), &mut out);
    let source = |place: f64| match place {
        0.0 => MovedFrom::Zero,
        _ if place.is_nan() => MovedFrom::Nowhere,
        _ => MovedFrom::Number(place as usize - 1),
    };
    out.into_iter().map(source).collect()
}

/// The positions of the numbers that are taken together: all of them, or each run along an axis.
pub(super) fn groups(shape: Shape, along: Option<usize>) -> Vec<Vec<usize>> {
    let (rows, columns) = shape.sides();
    match along {
        Some(0) if shape.rank() == 2 => (0..columns).map(|j| (0..rows).map(|i| i * columns + j).collect()).collect(),
        Some(_) if shape.rank() == 2 => (0..rows).map(|i| (i * columns..(i + 1) * columns).collect()).collect(),
        _ => vec![(0..shape.size()).collect()],
    }
}

/// A square matrix without a row and a column.
fn without(x: &[StageId], n: usize, row: usize, column: usize) -> Vec<StageId> {
    (0..n * n).filter(|at| at / n != row && at % n != column).map(|at| x[at]).collect()
}
