//! A random circuit of a million operations with forks: lowering and backpropagation, then evaluation, beside a
//! hand-written tape that does only the arithmetic. Prints the bytes held for each operation first.

use divan::counter::ItemsCount;
use gradcalc::calculus::lower::{Function, Lowering, Room, Scope};
use gradcalc::calculus::{Backward, Cut, Path, Rules, Ties, backprop, evaluate};
use gradcalc::forms::program::Input;
use gradcalc::forms::{Program, StageId, parse};
use gradcalc::ground::{Fault, Span};
use gradcalc::vocabulary::ast::{Deed, Tree};
use gradcalc::vocabulary::{Symbol, Symbols};
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::LazyLock;

const OPERATIONS: usize = 1_000_000;

/// How far back an operand may lie.
const REACH: usize = 100_000;

/// One operation of the circuit, on two earlier values.
#[derive(Clone, Copy)]
struct Operation {
    kind: u8,
    left: u32,
    right: u32,
}

/// The circuit: values 0 and 1 are the inputs. Sums are of sines and products of exponentials of negative numbers,
/// so that no value grows.
static CIRCUIT: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    (0..OPERATIONS)
        .map(|at| {
            let known = at + 2;
            // The left operand is the value just before, so that the last value depends on all.
            let (left, right) = ((known - 1) as u32, (known - 1 - random(known.min(REACH))) as u32);
            // Half of the operations are sines, which keep the others bounded.
            let kind = [2, 0, 2, 1, 2, 3, 2, 1][random(8)];
            Operation { kind, left, right }
        })
        .collect()
});

fn text() -> String {
    let mut text = String::new();
    let name = |at: u32| if at < 2 { ["x", "y"][at as usize].to_owned() } else { format!("v{at}") };
    for (at, operation) in CIRCUIT.iter().enumerate() {
        let (left, right) = (name(operation.left), name(operation.right));
        let at = at + 2;
        let _ = match operation.kind {
            0 => writeln!(text, "v{at} = {left} + {right}"),
            1 => writeln!(text, "v{at} = {left} * {right}"),
            2 => writeln!(text, "v{at} = sin({left})"),
            _ => writeln!(text, "v{at} = exp({left})"),
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
        Ok(*self.0[name.at()]
            .get_or_insert_with(|| program.add_input(Input { name, active: true, value: None }, gradcalc::ground::Shape::Scalar, span)))
    }

    fn function(&self, _name: Symbol) -> Option<Rc<Function>> {
        None
    }

    fn functions(&self) -> Vec<Symbol> {
        Vec::new()
    }
}

struct Source {
    tree: Rc<Tree>,
    symbols: Symbols,
}

fn source() -> Source {
    let mut symbols = Symbols::default();
    let tree = parse(&text(), &mut symbols).unwrap_or_else(|fault| panic!("{}", fault.message));
    Source { tree: Rc::new(tree), symbols }
}

fn lowered(source: &Source, rules: &mut Rules) -> (Program, StageId) {
    let mut program = Program::new();
    let mut names = Names::default();
    let mut room = Room::default();
    let mut last = None;
    for statement in &source.tree.statements {
        let mut lowering = Lowering {
            symbols: &source.symbols,
            program: &mut program,
            scope: &mut names,
            cut: Cut::Written(rules),
            ties: Ties::Course,
            rehearsal: false,
            room: &mut room,
        };
        let stage = lowering.run(&source.tree, statement.first, statement.root).unwrap_or_else(|fault| panic!("{}", fault.message));
        if let Deed::Name { name, .. } = statement.deed {
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

/// The tape's own forward and backward pass: the gradient on the first input.
fn tape() -> f64 {
    let count = OPERATIONS + 2;
    let mut values = vec![0.0; count];
    let mut adjoints = vec![0.0; count];
    (values[0], values[1]) = (0.3, 0.7);
    for (at, operation) in CIRCUIT.iter().enumerate() {
        let (left, right) = (values[operation.left as usize], values[operation.right as usize]);
        values[at + 2] = match operation.kind {
            0 => left + right,
            1 => left * right,
            2 => core_math::sin(left),
            _ => core_math::exp(left),
        };
    }
    adjoints[count - 1] = 1.0;
    for (at, operation) in CIRCUIT.iter().enumerate().rev() {
        let adjoint: f64 = adjoints[at + 2];
        let (left, right) = (operation.left as usize, operation.right as usize);
        match operation.kind {
            0 => {
                adjoints[left] += adjoint;
                adjoints[right] += adjoint;
            }
            1 => {
                adjoints[left] += values[right] * adjoint;
                adjoints[right] += values[left] * adjoint;
            }
            2 => adjoints[left] += core_math::cos(values[left]) * adjoint,
            _ => adjoints[left] += values[at + 2] * adjoint,
        }
    }
    adjoints[0]
}

fn main() {
    let source = source();
    let mut rules = Rules::default();
    let (program, output) = lowered(&source, &mut rules);
    // The gradient is that of the last value, whatever part of the circuit it depends on; sharing drops equal stages.
    let mut whole = program.clone();
    let backward = differentiated(&mut whole, output, &mut rules);
    let values = evaluate(&whole, &[0.3.into(), 0.7.into()]);
    let per = |bytes: usize| bytes as f64 / OPERATIONS as f64;
    println!(
        "{} forward stages, {} in all; bytes an operation: program {:.0}, steps {:.0}, values {:.0}",
        program.len(),
        whole.len(),
        per(whole.bytes()),
        per(backward.bytes()),
        per(values.bytes())
    );
    divan::main();
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
        let values = evaluate(&program, &[0.3.into(), 0.7.into()]);
        input.map(|input| values.scalar(input))
    });
}

#[divan::bench(sample_count = 15)]
fn hand_written_tape(bencher: divan::Bencher) {
    LazyLock::force(&CIRCUIT);
    bencher.counter(ItemsCount::new(OPERATIONS)).bench_local(tape);
}
