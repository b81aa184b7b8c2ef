//! What must hold for every text and every expression, tried on random ones.
//!
//! The seed is fixed, so that a failure tells of a change; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` choose others.
//! No failure is kept in a file: it prints the smallest case that was found.

use crate::support::is_deep;
use gradcalc::calculus::backprop::Path;
use gradcalc::calculus::lower::{Function, Lowering, Plain, Scope, Scratch};
use gradcalc::calculus::{Granularity, Rules, Ties, backprop, evaluate};
use gradcalc::forms::print;
use gradcalc::forms::program::Input;
use gradcalc::forms::target::CALCULATOR;
use gradcalc::forms::target::sql::ENGINES;
use gradcalc::forms::{Program, StageId, parse};
use gradcalc::ground::number::{Digits, shortest};
use gradcalc::ground::{Fault, Shape, Span, Value};
use gradcalc::session::{Session, Settings};
use gradcalc::views::columns::Place;
use gradcalc::views::{Answer, Source, Style, VIEWS};
use gradcalc::vocabulary::gate::{Family, Row, TABLE, apply};
use gradcalc::vocabulary::{Gate, Symbol, Symbols, language_constant};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseResult, TestRunner};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

const STAGES: [Granularity; 3] = [Granularity::Written, Granularity::Fused, Granularity::Primitive];

/// Tries a property on so many cases, or on the first quarter of them where full counts are not asked for: some hundreds still meet
/// every kind of text and every gate.
pub fn for_all<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value) -> TestCaseResult) {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = if is_deep() { cases } else { cases.div_ceil(4) };
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(1);
    }
    if let Err(failure) = TestRunner::new(config).run(strategy, property) {
        panic!("{failure}");
    }
}

fn source() -> Source {
    Source { name: "<test>".into(), line: 1 }
}

/// Numbers as the evaluator takes them.
fn values(numbers: &[f64]) -> Vec<Value> {
    numbers.iter().map(|&number| number.into()).collect()
}

fn callable() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(|row| row.callable() && row.gate.is_elementwise() && !row.passes_nothing)
}

// (a) No text makes the program panic, and every fault points into the text.

fn check_span(text: &str, span: Span) -> TestCaseResult {
    let range = span.range();
    prop_assert!(range.start <= range.end && text.get(range.clone()).is_some(), "{range:?} is no place in {text:?}");
    Ok(())
}

fn check_fault(text: &str, fault: &Fault) -> TestCaseResult {
    prop_assert!(!fault.message.is_empty());
    if let Some((span, _)) = &fault.related {
        check_span(text, *span)?;
    }
    check_span(text, fault.span)
}

/// Runs texts one after the other in a session and shows all that comes of them in every view.
fn run_everything(texts: &[&str], settings: Settings, style: &Style) -> TestCaseResult {
    let mut session = Session::new(settings);
    if let Err(fault) = session.bind("q", texts[0]) {
        check_fault(texts[0], &fault)?;
    }
    for (name, value) in [("x", "2"), ("y", "-0.5"), ("z", "0"), ("X", "[1, 2; 3, 4]"), ("v", "[0.5, -1]"), ("u", "[0; 2]")] {
        prop_assert!(session.bind(name, value).is_ok());
    }
    for text in texts {
        let mut outcomes = Vec::new();
        if let Err(fault) = session.run(text, &source(), true, &mut |outcome| outcomes.push(outcome)) {
            check_fault(text, &fault)?;
        }
        for outcome in outcomes {
            match outcome {
                Ok(answer) => {
                    for view in VIEWS.iter().filter(|view| view.refusal(&answer).is_none()) {
                        let mut page = String::new();
                        prop_assert!(view.show(&answer, style, &mut page).is_ok());
                        prop_assert!(page.ends_with('\n'), "{}: {page:?}", view.name);
                    }
                }
                Err(fault) => check_fault(text, &fault)?,
            }
        }
    }
    session.remarks();
    session.unused();
    Ok(())
}

/// Settings of every kind, and pages of every kind.
fn settings() -> impl Strategy<Value = (Settings, Style)> {
    let upstream = prop::sample::select(vec![1.0, 1.0, 0.0, -2.5, f64::INFINITY, f64::NAN]);
    (0..3usize, any::<[bool; 9]>(), upstream, 0..120usize, 0..20usize).prop_map(|(stages, flags, upstream, width, digits)| {
        let [split, hessian, relative, along, nudge, wrt, unicode, rounded, scalars] = flags;
        let step = |asked: bool| if asked { vec![("x".to_owned(), 0.5.into())] } else { Vec::new() };
        let settings = Settings {
            stages: STAGES[stages],
            ties: if split { Ties::Split } else { Ties::Course },
            wrt: wrt.then(|| vec!["x".to_owned()]),
            upstream: Some(upstream.into()),
            hessian,
            relative,
            scalars,
            along: step(along),
            nudge: step(nudge),
            place: Place { engine: Some(ENGINES[digits % ENGINES.len()].name), table: Some("t".to_owned()), ..Place::default() },
            ..Settings::default()
        };
        let digits = rounded.then_some(Digits::Rounded(digits));
        (
            settings,
            Style {
                digits,
                width,
                unicode,
                full: hessian,
                shapes: relative,
                alone: false,
                flow: gradcalc::views::page::Flow::Fitting,
                height: None,
                quiz: gradcalc::views::Quiz::Off,
            },
        )
    })
}

/// The words of the language, and a few that are not.
fn words() -> Vec<&'static str> {
    let mut words = vec![
        "x",
        "y",
        "z",
        "w",
        "f",
        "q",
        "ans",
        "pi",
        "e",
        "inf",
        "nan",
        "d",
        "σ",
        "0",
        "1",
        "2",
        "0.5",
        "1e3",
        "1e-320",
        ".5",
        "3.",
        "1_0",
        "(",
        "(",
        "(",
        ")",
        ")",
        ")",
        ",",
        "=",
        ";",
        "\n",
        "\r\n",
        "const",
        "assert",
        "±",
        "+/-",
        "²",
        "³",
        "√",
        "-",
        "−",
        "^",
        "x",
        "y",
        "+",
        "*",
        "/",
        "f(x) =",
        "f(x, y) =",
        "d(x*y, x)",
        "q = ",
        "# remark",
        "@",
        "[",
        "]",
        "'",
        ":",
        "!",
        "%",
        "é",
        "🦀",
        "\u{feff}",
        "\u{a0}",
        "\0",
        "X",
        "v",
        "u",
        "[",
        "]",
        ".T",
        "axis=",
        "load(",
        "\"a\"",
        "[1, 2]",
        "[1, 2; 3, 4]",
        "[0:",
    ];
    for row in TABLE.iter().filter(|row| row.callable()) {
        words.extend(std::iter::once(row.name).chain(row.aliases.iter().copied()).chain(row.signs.iter().copied()));
    }
    words
}

#[test]
fn no_bytes_make_it_panic() {
    for_all(5000, &(prop::collection::vec(any::<u8>(), 0..200), settings()), |(bytes, (settings, style))| {
        run_everything(&[&String::from_utf8_lossy(&bytes)], settings, &style)
    });
}

#[test]
fn no_words_make_it_panic() {
    let words = words();
    let word = (0..words.len(), any::<bool>());
    for_all(10000, &(prop::collection::vec(word, 0..40), settings()), |(chosen, (settings, style))| {
        let text: String = chosen.iter().flat_map(|&(at, spaced)| [words[at], if spaced { " " } else { "" }]).collect();
        run_everything(&[&text], settings, &style)
    });
}

#[test]
fn no_slip_of_the_pen_makes_it_panic() {
    let words = words();
    let slip = (any::<u16>(), 0..4usize, 0..words.len());
    for_all(1500, &(recipes(12), prop::collection::vec(slip, 1..4), settings()), |(recipe, slips, (settings, style))| {
        let mut text = recipe.cook().text();
        for &(place, length, word) in &slips {
            let start = (0..=place as usize % (text.len() + 1)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
            let end = (start + length..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
            text.replace_range(start..end, words[word]);
        }
        run_everything(&[&text], settings, &style)
    });
}

/// Statements that give names to values and functions, use them, and give them anew.
fn statements() -> impl Strategy<Value = String> + Clone {
    let name = prop::sample::select(vec!["x", "y", "z", "w", "q", "r", "k", "f", "g", "e", "pi", "ans", "d", "dx", "σ", "num"]);
    let leaf = prop_oneof![
        name.clone().prop_map(str::to_owned),
        prop::sample::select(vec!["0", "1", "2", "-0.5", "1e300"]).prop_map(str::to_owned),
        prop::sample::select(vec!["X", "v", "u", "[1, -1]", "[x, y]", "[1, 2, 3]", "[[0, x], [1, 2]]", "zeros(2)", "randn(2, 2)"])
            .prop_map(str::to_owned)
    ];
    let expression = leaf.prop_recursive(4, 16, 3, move |inner| {
        let pair = (inner.clone(), inner.clone());
        let gate = prop::sample::select(TABLE.iter().filter(|row| row.callable()).map(|row| row.name).collect::<Vec<_>>());
        let part = prop::sample::select(vec!["[0]", "[-1]", "[1:]", "[:, 0]", "[0, :]", "[::-1]", "[0, 1]", "'", ".T"]);
        prop_oneof![
            (pair.clone(), prop::sample::select(vec!["+", "-", "*", "/", "^", "<", "==", "@", "@"]))
                .prop_map(|((a, b), sign)| format!("({a} {sign} {b})")),
            pair.clone().prop_map(|(a, b)| format!("{a} * -{b}")),
            pair.clone().prop_map(|(a, b)| format!("[{a}, {b}]")),
            (inner.clone(), part).prop_map(|(a, part)| format!("({a}){part}")),
            (inner.clone(), prop::sample::select(vec!["sum", "max", "softmax", "var"]), 0..2u8)
                .prop_map(|(a, gate, axis)| format!("{gate}({a}, axis={axis})")),
            inner.clone().prop_map(|a| format!("sum({a})")),
            (prop::sample::select(vec!["f", "g", "q"]), inner.clone()).prop_map(|(name, a)| format!("{name}({a})")),
            pair.clone().prop_map(|(a, b)| format!("f({a}, {b})")),
            (inner.clone(), prop::sample::select(vec!["x", "q", "r", "w"])).prop_map(|(a, name)| format!("d({a}, {name})")),
            (gate, prop::collection::vec(inner, 1..=3)).prop_map(|(gate, operands)| format!("{gate}({})", operands.join(", "))),
        ]
    });
    let pair = (expression.clone(), expression.clone());
    prop_oneof![
        3 => expression.clone(),
        3 => (name.clone(), expression.clone()).prop_map(|(name, a)| format!("{name} = {a}")),
        1 => (name, expression.clone()).prop_map(|(name, a)| format!("const {name} = {a}")),
        2 => (prop::sample::select(vec!["f(x)", "g(x)", "f(x, y)", "g(q)", "q(r)", "f(pi)"]), expression).prop_map(|(head, a)| format!("{head} = {a}")),
        1 => pair.clone().prop_map(|(a, b)| format!("assert {a} == {b}")),
        1 => pair.prop_map(|(a, b)| format!("assert {a} == {b} ± 1e-6")),
    ]
}

#[test]
fn no_script_makes_it_panic() {
    let separator = prop::sample::select(vec!["; ", "\n", " # remark\n"]);
    let script = prop::collection::vec((statements(), separator), 1..8);
    let script = script.prop_map(|lines| lines.into_iter().flat_map(|(line, separator)| [line, separator.to_owned()]).collect::<String>());
    for_all(2000, &(script.clone(), script, settings()), |(first, second, (settings, style))| {
        run_everything(&[&first, &second], settings, &style)
    });
}

// Random well-formed expressions.

/// How to make an expression: choices that any numbers will do for, so that a failing case can be made smaller.
#[derive(Clone, Debug)]
pub struct Recipe {
    inputs: Vec<f64>,
    steps: Vec<Step>,
}

/// One operation: which, how it is written, whether it gets a name, and its operands.
#[derive(Clone, Debug)]
pub struct Step {
    gate: u16,
    manner: u8,
    named: bool,
    operands: [Pick; 3],
}

/// An operand: which of the earlier results, or a number; `aim` says where in the gate's interval it is brought.
#[derive(Clone, Copy, Debug)]
pub struct Pick {
    which: u16,
    kind: u8,
    aim: f64,
}

pub fn recipes(most: usize) -> impl Strategy<Value = Recipe> {
    let pick = (any::<u16>(), any::<u8>(), 0.0..1.0).prop_map(|(which, kind, aim)| Pick { which, kind, aim });
    let operands = [pick.clone(), pick.clone(), pick];
    let step = (any::<u16>(), any::<u8>(), prop::bool::weighted(0.2), operands);
    let steps = prop::collection::vec(step.prop_map(|(gate, manner, named, operands)| Step { gate, manner, named, operands }), 1..=most);
    (prop::collection::vec(-2.0..2.0, 1..=4), steps).prop_map(|(inputs, steps)| Recipe { inputs, steps })
}

/// A result on the way: its text as an operand, its value, and the length of its text when all is written out.
#[derive(Clone, Debug)]
struct Part {
    text: String,
    value: f64,
    length: usize,
}

/// An expression, and the values of its inputs.
#[derive(Clone, Debug)]
pub struct Dish {
    pub inputs: Vec<(String, f64)>,
    definitions: Vec<String>,
    expression: String,
}

impl Dish {
    pub fn text(&self) -> String {
        self.definitions.iter().fold(String::new(), |text, definition| text + definition + "; ") + &self.expression
    }

    /// The answer with its notes.
    pub fn answer(&self, stages: Granularity) -> std::sync::Arc<Answer> {
        self.answered(&self.text(), stages)
    }

    /// The answer of a text that shows nothing, for which nobody looks for lost digits: that takes most of an answer's time.
    pub fn silent(&self, stages: Granularity) -> std::sync::Arc<Answer> {
        self.answered(&format!("{};", self.text()), stages)
    }

    fn answered(&self, text: &str, stages: Granularity) -> std::sync::Arc<Answer> {
        let mut session = Session::new(Settings { stages, ..Settings::default() });
        for (name, value) in &self.inputs {
            session.bind(name, &shortest(*value)).expect("a number");
        }
        let mut outcomes = Vec::new();
        let ran = session.run(text, &source(), true, &mut |outcome| outcomes.push(outcome));
        ran.and_then(|()| outcomes.pop().expect("an answer")).unwrap_or_else(|fault| panic!("{}: {fault:?}", self.text()))
    }
}

/// The longest text of one operand.
const LONGEST: usize = 2000;

impl Recipe {
    pub fn cook(&self) -> Dish {
        let inputs: Vec<(String, f64)> =
            ["x", "y", "z", "w"].iter().zip(&self.inputs).map(|(&name, &value)| (name.to_owned(), value)).collect();
        let mut parts: Vec<Part> = inputs.iter().map(|(name, value)| Part { text: name.clone(), value: *value, length: 1 }).collect();
        let (mut definitions, mut expression) = (Vec::new(), inputs[0].0.clone());
        for (at, step) in self.steps.iter().enumerate() {
            let (text, value, length) = step.take(&parts);
            expression.clone_from(&text);
            let last = at + 1 == self.steps.len();
            let operand = if step.named && !last {
                definitions.push(format!("s{at} = {text}"));
                format!("s{at}")
            } else {
                format!("({text})")
            };
            parts.push(Part { text: operand, value, length });
        }
        Dish { inputs, definitions, expression }
    }
}

impl Step {
    /// The text of the operation, its value and its length.
    fn take(&self, parts: &[Part]) -> (String, f64, usize) {
        let rows: Vec<&Row> = callable().collect();
        let row = rows[self.gate as usize % rows.len()];
        let count = row.arity().unwrap_or(2 + usize::from(self.manner & 1));
        let mut operands: Vec<Part> = (0..count).map(|at| self.operands[at].part(parts, row.range, at > 0)).collect();
        let whole = |number: f64| Part { text: format!("{number}"), value: number, length: 1 };
        match row.name {
            // The order is a whole number.
            "polygamma" | "sinc_derivative" | "erfcx_derivative" => {
                operands[1] = self.operands[1].part(parts, row.range, false);
                operands[0] = whole((self.operands[0].aim * 4.0).floor());
            }
            // A whole exponent allows any base.
            "pow" if self.manner.is_multiple_of(4) => {
                operands = vec![self.operands[0].part(parts, [-2.0, 2.0], false), whole((self.operands[1].aim * 4.0).floor())];
            }
            _ => {}
        }
        let value = apply(row.gate, count, |at| operands[at].value);
        let length = operands.iter().map(|operand| operand.length + 8).sum();
        (self.write(row, &operands), value, length)
    }

    /// One of the ways in which a gate can be written.
    fn write(&self, row: &Row, operands: &[Part]) -> String {
        let texts: Vec<&str> = operands.iter().map(|operand| operand.text.as_str()).collect();
        let manner = (self.manner >> 2) as usize;
        let phrases: Vec<&str> = row.forms.iter().copied().chain([row.primitive]).filter(|text| !text.is_empty()).collect();
        match texts[..] {
            // What a person may write for it, for `--stages fused` to find; a text speaks of as many operands as the row names.
            _ if !phrases.is_empty() && texts.len() == row.operands.len() && manner.is_multiple_of(3) => {
                substitute(phrases[manner / 3 % phrases.len()], row.operands, &texts)
            }
            [x, y] if !row.signs.is_empty() && !manner.is_multiple_of(5) => format!("{x} {} {y}", row.signs[manner / 5 % row.signs.len()]),
            [x] if !row.prefixes.is_empty() && !manner.is_multiple_of(5) => format!("{}{x}", row.prefixes[manner / 5 % row.prefixes.len()]),
            _ => format!("{}({})", row.name, texts.join(", ")),
        }
    }
}

/// A text of the gate table with its operands filled in.
fn substitute(text: &str, names: &[&str], operands: &[&str]) -> String {
    let mut whole = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()).max(c.len_utf8());
        match names.iter().position(|&name| name == &rest[..word]) {
            Some(at) => whole.push_str(operands[at]),
            None => whole.push_str(&rest[..word]),
        }
        rest = &rest[word..];
    }
    whole
}

impl Pick {
    /// An operand in an interval: an earlier result, moved there if need be, or a number.
    fn part(&self, parts: &[Part], [low, high]: [f64; 2], number: bool) -> Part {
        let aim = low + (high - low) * (0.1 + 0.8 * self.aim);
        if number && self.kind < 64 {
            // Whole numbers are what people write, and where special cases are.
            let value =
                if self.kind < 32 && aim.round() >= low && aim.round() <= high { aim.round() } else { (aim * 100.0).round() / 100.0 };
            let text = shortest(value);
            return Part { text: if value.is_sign_negative() { format!("({text})") } else { text }, value, length: 5 };
        }
        let last = &parts[parts.len() - 1];
        let part = if self.kind < 160 { last } else { &parts[self.which as usize % parts.len()] };
        let part = if part.value.is_finite() && part.length < LONGEST { part } else { &parts[0] };
        if (low..=high).contains(&part.value) {
            return part.clone();
        }
        let shift = ((part.value - aim) * 1000.0).round() / 1000.0;
        let (sign, size) = if shift < 0.0 { ('+', -shift) } else { ('-', shift) };
        Part { text: format!("({} {sign} {})", part.text, shortest(size)), value: part.value - shift, length: part.length + 10 }
    }
}

/// Whether a stage stands so close to a kink, a tie or a step that rounding may decide on which side.
pub fn near_a_kink(answer: &Answer) -> bool {
    const NEAR: f64 = 1e-6;
    let row = |id: StageId| answer.program.gate(id).row();
    // What depends on no input, or in steps, is the same however it is computed.
    let steps = |row: &Row| !row.slopes.is_empty() && row.slopes.iter().all(|slope| slope.is_empty() || *slope == "0");
    let flat = |id: StageId| !answer.program.is_active(id) || steps(row(id));
    (0..answer.forward).map(StageId::new).any(|id| {
        let operands = answer.program.operands(id);
        let close = |a: f64, b: f64| (a - b).abs() < NEAR;
        let near = |at: usize, to: f64| close(answer.value_of(operands[at]), to) && !flat(operands[at]);
        let tie =
            || (1..operands.len()).any(|i| (0..i).any(|j| near(i, answer.value_of(operands[j])) || near(j, answer.value_of(operands[i]))));
        match row(id).name {
            "clamp" => tie(),
            _ if row(id).family == Family::Comparison || row(id).idempotent => tie(),
            "floor" | "ceil" | "round" => near(0, (2.0 * answer.value_of(operands[0])).round() / 2.0),
            "where" => near(0, 0.0),
            "mod" => {
                let parts = answer.value_of(operands[0]) / answer.value_of(operands[1]);
                (parts - parts.round()).abs() < NEAR
            }
            "hypot" => operands.iter().all(|&operand| close(answer.value_of(operand), 0.0)),
            _ if !row(id).kinks.is_empty() => near(0, 0.0),
            _ => false,
        }
    })
}

/// The names and values of an answer's inputs, in the program's order.
fn inputs_of(dish: &Dish, answer: &Answer) -> Vec<(String, f64)> {
    let value = |name: &str| dish.inputs.iter().find(|(known, _)| known == name).map_or(f64::NAN, |(_, value)| *value);
    answer.program.inputs().iter().map(|input| answer.symbols.name(input.name)).map(|name| (name.to_owned(), value(name))).collect()
}

fn input_stages(answer: &Answer) -> Vec<StageId> {
    (0..answer.forward).map(StageId::new).filter(|&id| answer.program.gate(id) == Gate::Input).collect()
}

/// How often something was tried, and how often given up.
#[derive(Default)]
struct Tally {
    tried: Cell<usize>,
    skipped: Cell<usize>,
}

impl Tally {
    fn count(&self, skipped: bool) {
        self.tried.set(self.tried.get() + 1);
        self.skipped.set(self.skipped.get() + usize::from(skipped));
    }

    /// The check is no check if too many cases were given up.
    fn check(&self, what: &str, most: f64) {
        let (tried, skipped) = (self.tried.get() as f64, self.skipped.get() as f64);
        println!("{what}: {tried} tried, {skipped} skipped");
        assert!(tried > 0.0 && skipped <= most * tried, "{what}: {skipped} of {tried} were skipped");
    }
}

// (b) Gradients are what a small change of an input does.

/// The size of what the rounding of each stage can do to the output, in epsilons: the sum of all stages' values
/// times their gradients.
fn rounding(answer: &Answer) -> f64 {
    (0..answer.forward).map(StageId::new).filter_map(|id| answer.gradient(id).map(|slope| (slope * answer.value_of(id)).abs())).sum()
}

#[test]
fn gradients_are_slopes() {
    let tally = Tally::default();
    let gates = Cell::new(HashSet::new());
    for_all(3000, &recipes(40), |recipe| {
        let dish = recipe.cook();
        let answer = dish.silent(Granularity::Written);
        let inputs: Vec<f64> = inputs_of(&dish, &answer).into_iter().map(|(_, value)| value).collect();
        let kink = near_a_kink(&answer);
        prop_assert!(kink || answer.is_finite(), "{} is not finite", dish.text());
        let mut known = gates.take();
        known.extend((0..answer.forward).map(|at| answer.program.gate(StageId::new(at)).row().name));
        gates.set(known);
        for (at, id) in input_stages(&answer).into_iter().enumerate() {
            let gradient = answer.gradient(id).unwrap_or(f64::NAN);
            // Central differences at three steps, extrapolated twice.
            let value = |step: f64| {
                let mut moved = inputs.clone();
                moved[at] += step;
                evaluate(&answer.program, &values(&moved)).scalar(answer.output)
            };
            let step = 2f64.powi(-8);
            let slope = |step: f64| (value(step) - value(-step)) / (2.0 * step);
            let [coarse, middle, fine] = [slope(step), slope(step / 2.0), slope(step / 4.0)];
            let [rough, smooth] = [(4.0 * middle - coarse) / 3.0, (4.0 * fine - middle) / 3.0];
            // Where the two disagree, a kink is near, the curve too steep or the domain at its end.
            let noise = 64.0 * f64::EPSILON * rounding(&answer) / step;
            let doubt = (rough - smooth).abs();
            let scale = gradient.abs().max(smooth.abs()).max(1e-3);
            let skipped = kink || doubt.is_nan() || noise.is_nan() || doubt > 1e-5 * scale + noise || noise > 1e-5 * scale;
            tally.count(skipped);
            let error = (gradient - smooth).abs();
            prop_assert!(
                skipped || error <= doubt + noise + 1e-9 * scale,
                "{} at {:?}: gradient {gradient:e} on input {at}, slope {smooth:e}, {error:e} apart, doubt {doubt:e}, noise {noise:e}",
                dish.text(),
                dish.inputs
            );
        }
        Ok(())
    });
    tally.check("gradients and slopes", 0.4);
    let gates = gates.take();
    let missing: Vec<_> = callable().map(|row| row.name).filter(|name| !gates.contains(name)).collect();
    assert!(missing.is_empty(), "never tried: {missing:?}");
}

// (c) What is printed reads back as the same.

/// Names as inputs of a program.
struct Reading<'a> {
    symbols: &'a Symbols,
    inputs: HashMap<Symbol, StageId>,
}

impl Scope for Reading<'_> {
    fn value(&mut self, name: Symbol, span: Span, program: &mut Program) -> Result<StageId, Fault> {
        if let Some(value) = language_constant(self.symbols.name(name)) {
            return Ok(program.add_constant(value, Some(name), span));
        }
        let add = || program.add_input(Input { name, active: true, value: None }, Shape::Scalar, span);
        Ok(*self.inputs.entry(name).or_insert_with(add))
    }

    fn function(&self, _name: Symbol) -> Option<Arc<Function>> {
        None
    }

    fn functions(&self) -> Vec<Symbol> {
        Vec::new()
    }
}

/// The value of an expression whose gates are taken as they are written.
fn value_as_printed(text: &str, inputs: &[(String, f64)]) -> Result<f64, Fault> {
    let mut symbols = Symbols::default();
    let tree = Arc::new(parse(text, &mut symbols)?);
    let mut program = Program::new();
    let mut scope = Reading { symbols: &symbols, inputs: HashMap::new() };
    let mut lowering = Lowering {
        symbols: &symbols,
        program: &mut program,
        scope: &mut scope,
        staging: &mut Plain,
        dry_run: false,
        scratch: &mut Scratch::default(),
    };
    let output = lowering.run(&tree, tree.statements[0].first, tree.statements[0].root)?;
    let value = |input: &Input| inputs.iter().find(|(name, _)| name == symbols.name(input.name)).map_or(f64::NAN, |(_, value)| *value);
    let inputs: Vec<f64> = program.inputs().iter().map(value).collect();
    Ok(evaluate(&program, &values(&inputs)).scalar(output))
}

#[test]
fn what_is_printed_reads_back() {
    for_all(2000, &recipes(40), |recipe| {
        let dish = recipe.cook();
        for stages in STAGES {
            let answer = dish.silent(stages);
            let name = |id: StageId| answer.program.input(id).map(|input| Cow::Borrowed(answer.symbols.name(input.name)));
            let text = print::stage(&answer.program, answer.output, &CALCULATOR, &answer.symbols, &name);
            let same = |value: f64| value.to_bits() == answer.value().to_bits() || value.is_nan() && answer.value().is_nan();
            let plain = value_as_printed(&text, &dish.inputs);
            let plain = plain.map_err(|fault| TestCaseError::fail(format!("{text}: {fault:?}")))?;
            prop_assert!(same(plain), "{} is {:e}, printed as {text} it is {plain:e}", dish.text(), answer.value());
        }
        Ok(())
    });
}

// (d) However finely it is cut, the value and the gradients are the same.

/// A number, and the size of the terms whose rounding it carries: the sum, over every stage that it is computed
/// from, of that stage's value times the number's slope on it. It is as large as the number where nothing cancels.
#[derive(Clone, Copy, Debug)]
struct Conditioned {
    number: f64,
    terms: f64,
}

/// The value and the gradients of an answer, the gradients by the names of their inputs.
fn conditioned(answer: &Answer) -> Vec<(String, Conditioned)> {
    let mut program = Program::clone(&answer.program);
    let mut rules = Rules::default();
    let inputs = input_stages(answer);
    let one = program.add_constant(1.0, None, Span::default());
    let gradients = inputs.iter().map(|&id| (id, answer.backward.as_ref().and_then(|backward| backward.adjoint(id))));
    let mut asked = vec![("value".to_owned(), Some(answer.output))];
    asked.extend(
        gradients.map(|(id, slope)| (answer.program.input(id).map_or("", |input| answer.symbols.name(input.name)).to_owned(), slope)),
    );
    let passes: Vec<_> = asked
        .into_iter()
        .map(|(name, of)| (name, of.map(|of| (of, backprop(&mut program, of, one, Path::Active, Ties::Course, &mut rules)))))
        .collect();
    let mut values = vec![f64::NAN; program.inputs().len()];
    for &id in &inputs {
        values[program.leaf(id)] = answer.value_of(id);
    }
    let values = evaluate(&program, &self::values(&values));
    let of_pass = |pass: Option<(StageId, gradcalc::calculus::Backward)>| {
        let Some((of, backward)) = pass else { return Conditioned { number: 0.0, terms: 0.0 } };
        let number = values.scalar(of);
        let slope = |id: StageId| backward.adjoint(id).map_or(0.0, |adjoint| values.scalar(adjoint));
        let terms: f64 =
            (0..=of.at()).map(StageId::new).map(|id| (values.scalar(id) * slope(id)).abs()).filter(|term| !term.is_nan()).sum();
        Conditioned { number, terms: terms.max(number.abs()) }
    };
    passes.into_iter().map(|(name, pass)| (name, of_pass(pass))).collect()
}

#[test]
fn every_way_to_cut_gives_the_same() {
    /// What may differ, as a part of the terms: ten times as much as any rounding of a few dozen stages.
    const PART: f64 = 1e-12;
    let (tally, cancelled) = (Tally::default(), Tally::default());
    for_all(2000, &recipes(40), |recipe| {
        let dish = recipe.cook();
        let answers = STAGES.map(|stages| dish.silent(stages));
        let kink = answers.iter().any(|answer| near_a_kink(answer));
        tally.count(kink);
        if kink {
            return Ok(());
        }
        let [written, others @ ..] = answers.each_ref().map(|answer| conditioned(answer));
        for (name, written) in written {
            for (other, stages) in others.iter().zip(&STAGES[1..]) {
                let Some(&(_, other)) = other.iter().find(|(known, _)| *known == name) else {
                    return Err(TestCaseError::fail(format!("{} has no {name} when {stages:?}", dish.text())));
                };
                let terms = written.terms.max(other.terms);
                cancelled.count(terms > 100.0 * written.number.abs());
                prop_assert!(
                    (written.number - other.number).abs() <= PART * terms,
                    "{} at {:?}: {name} is {:e} as written and {:e} when {stages:?}, with terms of {terms:e}",
                    dish.text(),
                    dish.inputs,
                    written.number,
                    other.number
                );
            }
        }
        Ok(())
    });
    tally.check("ways to cut", 0.4);
    cancelled.check("of terms that cancel", 0.4);
}

/// Programs of the size meant, and forks in them.
#[test]
fn recipes_make_programs_worth_trying() {
    let (sizes, forks, count) = (Cell::new(0), Cell::new(0), Cell::new(0));
    for_all(800, &recipes(40), |recipe| {
        let answer = recipe.cook().silent(Granularity::Written);
        let mut uses = HashMap::new();
        for at in 0..answer.forward {
            answer.program.operands(StageId::new(at)).iter().for_each(|&operand| *uses.entry(operand).or_insert(0) += 1);
        }
        count.set(count.get() + 1);
        sizes.set(sizes.get() + answer.stages().count());
        forks.set(forks.get() + uses.values().filter(|&&uses| uses > 1).count());
        Ok(())
    });
    let mut text = String::new();
    let _ = write!(text, "{} stages and {} forks in {} programs", sizes.get(), forks.get(), count.get());
    println!("{text}");
    assert!(sizes.get() > 5 * count.get() && forks.get() > count.get(), "{text}");
}
