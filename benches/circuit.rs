//! A random circuit of a million operations with forks: lowering and backpropagation, then evaluation, beside a
//! hand-written tape that does only the arithmetic. Prints the bytes held for each operation first.

use divan::counter::ItemsCount;
use gradcalc::calculus::backprop::Path;
use gradcalc::calculus::evaluate::Values;
use gradcalc::calculus::lower::{Function, Lowering, Scope, Scratch};
use gradcalc::calculus::{Backward, Granularity, Rules, Stager, Ties, backprop, evaluate};
use gradcalc::forms::program::Input;
use gradcalc::forms::{Program, StageId, parse};
use gradcalc::ground::{Fault, Shape, Span, Value};
use gradcalc::views::circuit::layout::{Graph, Sizes, place};
use gradcalc::vocabulary::ast::{StatementKind, Tree};
use gradcalc::vocabulary::{Symbol, Symbols};
use std::collections::{HashSet, VecDeque};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::LazyLock;

const OPERATIONS: usize = 1_000_000;

/// Where the circuit is evaluated.
const POINT: [f64; 2] = [0.7, -1.3];

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Sum,
    Product,
    Sine,
    Exponential,
}

/// One operation of the circuit, on two earlier values; that of one operand has it twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Operation {
    kind: Kind,
    left: u32,
    right: u32,
}

/// The circuit: values 0 and 1 are the inputs, and the last value depends on all.
///
/// Most operations take the value that has waited longest to be used, and the last ones sum what is left, so that
/// paths are about a hundred operations long. A sum, a product and an exponential take a recent sine besides: a value
/// grows by 1 at most, but for the last sums, and gradients neither vanish nor explode.
static CIRCUIT: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut circuit = Vec::with_capacity(OPERATIONS);
    let mut unused = VecDeque::from([0, 1]);
    let mut sines: Vec<u32> = Vec::new();
    let mut seen = HashSet::new();
    while circuit.len() + unused.len() - 1 < OPERATIONS {
        let at = circuit.len() + 2;
        let waits = random(10) > 0;
        let left = if waits { unused[0] } else { (at - 1 - random(at.min(64))) as u32 };
        let sine = if sines.is_empty() { None } else { Some(sines[sines.len() - 1 - random(sines.len().min(16))]) };
        let operation = match (random(100), sine) {
            (0..15, Some(sine)) => Operation { kind: Kind::Exponential, left: sine, right: sine },
            (15..36, Some(right)) => Operation { kind: Kind::Sum, left, right },
            (36..57, Some(right)) => Operation { kind: Kind::Product, left, right },
            _ => Operation { kind: Kind::Sine, left, right: left },
        };
        // Equal operations would be shared, and a value times itself is its square.
        let unary = matches!(operation.kind, Kind::Sine | Kind::Exponential);
        if unary != (operation.left == operation.right) || !seen.insert(operation) {
            continue;
        }
        if waits && operation.left == unused[0] {
            unused.pop_front();
        }
        if operation.kind == Kind::Sine {
            sines.push(at as u32);
        }
        unused.push_back(at as u32);
        circuit.push(operation);
    }
    while let (Some(left), Some(right)) = (unused.pop_front(), unused.pop_front()) {
        unused.push_back(circuit.len() as u32 + 2);
        circuit.push(Operation { kind: Kind::Sum, left, right });
    }
    circuit
});

fn text() -> String {
    let mut text = String::new();
    let name = |at: u32| if at < 2 { ["x", "y"][at as usize].to_owned() } else { format!("v{at}") };
    for (at, operation) in CIRCUIT.iter().enumerate() {
        let (left, right) = (name(operation.left), name(operation.right));
        let at = at + 2;
        let _ = match operation.kind {
            Kind::Sum => writeln!(text, "v{at} = {left} + {right}"),
            Kind::Product => writeln!(text, "v{at} = {left} * {right}"),
            Kind::Sine => writeln!(text, "v{at} = sin({left})"),
            Kind::Exponential => writeln!(text, "v{at} = exp({left})"),
        };
    }
    text
}

/// Names of the circuit, kept as a session keeps them.
#[derive(Default)]
struct Names(Vec<Option<StageId>>);

impl Scope for Names {
    fn value(&mut self, name: Symbol, span: Span, program: &mut Program) -> Result<StageId, Fault> {
        if self.0.len() <= name.at() {
            self.0.resize(name.at() + 1, None);
        }
        Ok(*self.0[name.at()].get_or_insert_with(|| program.add_input(Input { name, active: true, value: None }, Shape::Scalar, span)))
    }

    fn function(&self, _name: Symbol) -> Option<Arc<Function>> {
        None
    }

    fn functions(&self) -> Vec<Symbol> {
        Vec::new()
    }
}

struct Source {
    tree: Arc<Tree>,
    symbols: Symbols,
}

fn source() -> Source {
    let mut symbols = Symbols::default();
    let tree = parse(&text(), &mut symbols).unwrap_or_else(|fault| panic!("{}", fault.message));
    Source { tree: Arc::new(tree), symbols }
}

fn lowered(source: &Source, rules: &mut Rules) -> (Program, StageId) {
    let mut program = Program::new();
    let mut names = Names::default();
    let mut scratch = Scratch::default();
    let mut last = None;
    for statement in &source.tree.statements {
        let mut lowering = Lowering {
            symbols: &source.symbols,
            program: &mut program,
            scope: &mut names,
            staging: &mut Stager { rules, granularity: Granularity::Written, ties: Ties::Course },
            dry_run: false,
            scratch: &mut scratch,
        };
        let stage = lowering.run(&source.tree, statement.first, statement.root).unwrap_or_else(|fault| panic!("{}", fault.message));
        if let StatementKind::Name { name, .. } = statement.kind {
            let last = names.0.len().max(name.at() + 1);
            names.0.resize(last, None);
            names.0[name.at()] = Some(stage);
        }
        last = Some(stage);
    }
    let last = last.unwrap_or_else(|| panic!("the circuit has operations"));
    (program, last)
}

fn differentiated(program: &mut Program, output: StageId, rules: &mut Rules) -> Backward {
    let one = program.add_constant(1.0, None, Span::default());
    backprop(program, output, one, Path::Active, Ties::Course, rules)
}

/// The tape's own forward pass: every value.
fn tape_forward() -> Vec<f64> {
    let mut values = vec![0.0; OPERATIONS + 2];
    values[..2].copy_from_slice(&POINT);
    for (at, operation) in CIRCUIT.iter().enumerate() {
        let (left, right) = (values[operation.left as usize], values[operation.right as usize]);
        values[at + 2] = match operation.kind {
            Kind::Sum => left + right,
            Kind::Product => left * right,
            Kind::Sine => core_math::sin(left),
            Kind::Exponential => core_math::exp(left),
        };
    }
    values
}

/// The tape's own forward and backward pass: the gradient on the first input.
fn tape() -> f64 {
    let values = tape_forward();
    let mut adjoints = vec![0.0; OPERATIONS + 2];
    adjoints[OPERATIONS + 1] = 1.0;
    for (at, operation) in CIRCUIT.iter().enumerate().rev() {
        let adjoint: f64 = adjoints[at + 2];
        let (left, right) = (operation.left as usize, operation.right as usize);
        match operation.kind {
            Kind::Sum => {
                adjoints[left] += adjoint;
                adjoints[right] += adjoint;
            }
            Kind::Product => {
                adjoints[left] += values[right] * adjoint;
                adjoints[right] += values[left] * adjoint;
            }
            Kind::Sine => adjoints[left] += core_math::cos(values[left]) * adjoint,
            Kind::Exponential => adjoints[left] += values[at + 2] * adjoint,
        }
    }
    adjoints[0]
}

fn main() {
    let source = source();
    let mut rules = Rules::default();
    let (mut program, output) = lowered(&source, &mut rules);
    let forward = program.len();
    let backward = differentiated(&mut program, output, &mut rules);
    let values = evaluate(&program, &POINT.map(Value::Number));
    check(&program, forward, &backward, &values);
    let per = |bytes: usize| bytes as f64 / OPERATIONS as f64;
    println!(
        "{forward} forward stages, {} in all; bytes an operation: program {:.0}, steps {:.0}, values {:.0}",
        program.len(),
        per(program.bytes()),
        per(backward.bytes()),
        per(values.bytes())
    );
    divan::main();
}

/// Infinities, nans, zeros and subnormal numbers take other paths through the machine than numbers do: a circuit
/// of them would measure nothing.
fn check(program: &Program, forward: usize, backward: &Backward, values: &Values) {
    assert!(forward + OPERATIONS / 1000 > OPERATIONS, "hardly any operations are the same stage: {forward} are not");
    assert!(program.ids().all(|id| values.scalar(id).is_finite()), "every value and gradient is finite");
    let gradient = |id| backward.adjoint(id).map_or(0.0, |gradient| values.scalar(gradient));
    let lost = program.ids().take(forward).filter(|&id| !gradient(id).is_normal()).count();
    assert!(lost * 100 < forward, "{lost} gradients are 0 or subnormal");
    let (ours, theirs) = (program.ids().next().map_or(f64::NAN, gradient), tape());
    assert!((ours - theirs).abs() <= 1e-9 * theirs.abs(), "the gradient on x is {ours}, by the tape {theirs}");
}

#[divan::bench(sample_count = 7)]
fn lower_and_backprop(bencher: divan::Bencher) {
    let source = source();
    bencher.counter(ItemsCount::new(OPERATIONS)).bench_local(|| {
        let mut rules = Rules::default();
        let (mut program, output) = lowered(&source, &mut rules);
        let backward = differentiated(&mut program, output, &mut rules);
        (program.len(), backward.steps.len())
    });
}

#[divan::bench(sample_count = 15)]
fn evaluate_forward_and_backward(bencher: divan::Bencher) {
    let source = source();
    let mut rules = Rules::default();
    let (mut program, output) = lowered(&source, &mut rules);
    let backward = differentiated(&mut program, output, &mut rules);
    let input = program.ids().next().and_then(|input| backward.adjoint(input));
    bencher.counter(ItemsCount::new(OPERATIONS)).bench_local(|| {
        let values = evaluate(&program, &POINT.map(Value::Number));
        input.map(|input| values.scalar(input))
    });
}

#[divan::bench(sample_count = 15)]
fn evaluate_forward(bencher: divan::Bencher) {
    let (program, output) = lowered(&source(), &mut Rules::default());
    bencher.counter(ItemsCount::new(OPERATIONS)).bench_local(|| evaluate(&program, &POINT.map(Value::Number)).scalar(output));
}

#[divan::bench(sample_count = 15)]
fn hand_written_tape_forward(bencher: divan::Bencher) {
    LazyLock::force(&CIRCUIT);
    bencher.counter(ItemsCount::new(OPERATIONS)).bench_local(tape_forward);
}

#[divan::bench(sample_count = 15)]
fn hand_written_tape_forward_and_backward(bencher: divan::Bencher) {
    LazyLock::force(&CIRCUIT);
    bencher.counter(ItemsCount::new(OPERATIONS)).bench_local(tape);
}

/// The places of 200 boxes and their wires, as figures and pages ask for them.
#[divan::bench]
fn place_200_boxes(bencher: divan::Bencher) {
    let operands = |operation: &Operation| {
        let unary = matches!(operation.kind, Kind::Sine | Kind::Exponential);
        [operation.left, operation.right].into_iter().take(if unary { 1 } else { 2 }).map(|at| at as usize).collect()
    };
    let operands: Vec<Vec<usize>> = [vec![], vec![]].into_iter().chain(CIRCUIT.iter().take(198).map(operands)).collect();
    let graph = Graph { commutes: vec![true; operands.len()], output: operands.len() - 1, operands };
    bencher.bench_local(|| place(&graph, &Sizes { gate: 66.0, lane: 22.0, port: 16.0, whole: false }).height);
}
