//! The public face of the library: what a program that uses it needs, and nothing that the house may wish to change.
//!
//! Wraps the session, the forms, the calculus and the views; adds no meaning of its own. Everything that it shows is its own
//! or of the standard library.

use crate::calculus::backprop::{Backward, Path, is_reached};
use crate::calculus::evaluate::numbers_held;
use crate::calculus::granularity::Granularity;
use crate::calculus::precise::Leaves;
use crate::calculus::range::evaluate_cancellable;
use crate::calculus::rule::{Rules, Ties};
use crate::forms::program::{Constant, Input};
use crate::forms::{self, StageId, StageNames};
use crate::ground::broken::{broken, guarded};
use crate::ground::{Cancellation, Fault, FaultKind, Remedy, Shape, Span, Value, number, value};
use crate::session::{self, FinalDefinition, Outcome, Remark, without_columns};
use crate::views::losses::Measuring;
use crate::views::{self, Note, Source, Style, VIEWS};
use crate::vocabulary::gate::shape_rules::MOST_NUMBERS;
use crate::vocabulary::{Letters, Symbols, ast};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The value and the gradient of an expression at a point, as [`gradient`] gives them.
///
/// ```
/// let found = gradcalc::gradient("x*y", &[("x", 4.0), ("y", -3.0)])?;
/// assert_eq!((found.value, found.of("y")), (-12.0, Some(4.0)));
/// # Ok::<(), gradcalc::Fault>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// The value of the expression.
    pub value: f64,
    /// How much the value moves when an input moves, for each name that was given, in that order.
    pub gradients: Vec<(String, f64)>,
}

impl Gradients {
    /// The gradient on the input of a name.
    pub fn of(&self, name: &str) -> Option<f64> {
        self.gradients.iter().find(|(known, _)| known == name).map(|&(_, gradient)| gradient)
    }
}

/// The short way: the value of a text and its gradient with respect to every name that is given a number.
///
/// What is not finite is given as it is.
///
/// ```
/// let found = gradcalc::gradient("x*y", &[("x", 4.0), ("y", -3.0)])?;
/// assert_eq!(found.value, -12.0);
/// assert_eq!(found.gradients, [("x".to_owned(), -3.0), ("y".to_owned(), 4.0)]);
/// # Ok::<(), gradcalc::Fault>(())
/// ```
///
/// # Errors
/// Where the text is not in the language, a name has no value or is no input of the text, or its value is not one number.
pub fn gradient(text: &str, inputs: &[(&str, f64)]) -> Result<Gradients, Fault> {
    let wrt = inputs.iter().map(|&(name, _)| name.to_owned()).collect();
    let mut session = Session::with(Settings { wrt: Some(wrt), ..Settings::default() });
    for &(name, value) in inputs {
        session.set_input(name, value)?;
    }
    let answer = session.answer(text)?;
    guarded(Span::new(0, text.len()), || {
        let slope = |name: &str| answer.gradient(name).and_then(|gradient| gradient.number());
        let slope = |name: &str| slope(name).unwrap_or_else(|| broken("every input that an answer was asked for has a gradient"));
        let gradients = inputs.iter().map(|&(name, _)| (name.to_owned(), slope(name)));
        Ok(Gradients { value: answer.inner.value(), gradients: gradients.collect() })
    })
}

/// What a session does unless a statement of its texts sets another.
///
/// ```
/// let mut settings = gradcalc::Settings::default();
/// settings.wrt = Some(vec!["x".to_owned()]);
/// let answer = gradcalc::Session::with(settings).answer("x = 4; y = -3; x*y")?;
/// assert_eq!(answer.gradient("y"), None);
/// # Ok::<(), gradcalc::Fault>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How finely expressions are cut into stages.
    pub stages: Granularity,
    /// Who gets the gradient where operands of `max` or `min` tie.
    pub ties: Ties,
    /// The inputs to differentiate with respect to; none for all of them.
    pub wrt: Option<Vec<String>>,
    /// The gradient that arrives at the result; none for 1 at a single number.
    pub upstream: Option<Value>,
    /// Whether second derivatives are computed.
    pub hessian: bool,
    /// What random numbers start from.
    pub seed: u64,
}

impl Settings {
    fn inner(self) -> session::Settings {
        let Self { stages, ties, wrt, upstream, hessian, seed } = self;
        session::Settings { stages, ties, wrt, seed, upstream, hessian, ..session::Settings::default() }
    }
}

/// What names stand for, from one text to the next.
///
/// ```
/// let mut session = gradcalc::Session::new();
/// session.run("q = x + y; f(a) = a*q");
/// session.set_input("x", -2.0)?;
/// session.set_input("y", 5.0)?;
/// assert_eq!(session.answer("f(-4)")?.value().number(), Some(-12.0));
/// # Ok::<(), gradcalc::Fault>(())
/// ```
#[derive(Clone, Debug)]
pub struct Session {
    inner: session::Session,
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// A session without names.
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    /// A session without names that has some settings.
    pub fn with(settings: Settings) -> Self {
        Self { inner: session::Session::new(settings.inner()) }
    }

    /// Gives an input its value.
    ///
    /// # Errors
    /// Where `name` is no name.
    pub fn set_input(&mut self, name: &str, value: impl Into<Value>) -> Result<(), Fault> {
        if !session::Session::is_name(name) {
            let message = format!("`{}` is no name that a value can be given to", crate::ground::text::shortened(name));
            return Err(Fault::new(FaultKind::Name, Span::new(0, name.len()), message));
        }
        self.inner.set_input(name, value.into());
        Ok(())
    }

    /// Ends evaluations before their end as soon as the flag is true; they fail with [`FaultKind::Interrupt`].
    pub fn stop_on(&mut self, flag: Arc<AtomicBool>) {
        self.inner.cancellation(Cancellation::on_flag(flag));
    }

    /// Runs a text statement by statement: what the statements give, up to the first fault. Scripts and files that a text
    /// names are not read.
    pub fn run(&mut self, text: &str) -> Vec<Result<Output, Fault>> {
        self.outputs(text, FinalDefinition::Hidden)
    }

    /// The answer to a text, that of its last expression or of the definition that ends it.
    ///
    /// # Errors
    /// The first fault, or that there is no answer.
    pub fn answer(&mut self, text: &str) -> Result<Answer, Fault> {
        let mut answer = None;
        for output in self.outputs(text, FinalDefinition::Shown) {
            if let Output::Answer(found) = output? {
                answer = Some(found);
            }
        }
        answer.ok_or_else(|| nothing_to_answer(text))
    }

    /// What should be said of the texts run so far, and has not been said yet.
    pub fn warnings(&mut self) -> Vec<String> {
        self.inner
            .remarks()
            .into_iter()
            .filter_map(|remark| match remark {
                Remark::Warning(text) | Remark::Note(text) => Some(text),
                Remark::WithoutColumns { given, .. } => Some(without_columns(&given)),
                Remark::Turned(_) => None,
            })
            .collect()
    }

    fn outputs(&mut self, text: &str, last: FinalDefinition) -> Vec<Result<Output, Fault>> {
        let mut reading = match self.inner.read(text, &whole(), last) {
            Ok(reading) => reading,
            Err(fault) => return vec![Err(fault)],
        };
        let mut outputs = Vec::new();
        while let Some(outcome) = self.inner.step(&mut reading) {
            outputs.push(match outcome {
                Ok(Outcome::Done) => continue,
                Ok(Outcome::Answer(answer)) => Ok(Output::Answer(Answer { inner: answer })),
                Ok(Outcome::Printed(printed)) => Ok(Output::Printed(printed.text)),
                Ok(Outcome::Include(_, span)) => Err(Fault::new(FaultKind::Io, span, "no script can be read here")),
                Err(fault) => Err(fault),
            });
            if matches!(outputs.last(), Some(Err(_))) {
                break;
            }
        }
        outputs
    }
}

fn nothing_to_answer(text: &str) -> Fault {
    let fault = Fault::new(FaultKind::Name, Span::new(0, text.len()), "this text has no value");
    fault.help("end it with an expression, or with the definition of a stage")
}

/// The source of a text that a program gave.
fn whole() -> Source {
    Source { name: "<text>".into(), line: 1 }
}

/// What a statement gives to whoever runs it.
///
/// ```
/// use gradcalc::{Output, Session};
/// let outputs = Session::new().run("x = 3; print \"x is\", x; x^2");
/// assert!(matches!(&outputs[0], Ok(Output::Printed(line)) if line == "x is 3"));
/// assert!(matches!(&outputs[1], Ok(Output::Answer(answer)) if answer.value().number() == Some(9.0)));
/// ```
#[non_exhaustive]
#[derive(Clone, Debug)]
pub enum Output {
    /// An evaluated expression.
    Answer(Answer),
    /// A line that a `print` prints, without its end; it may hold characters that a terminal obeys.
    Printed(String),
}

/// One stage of an answer or of a program.
///
/// ```
/// let answer = gradcalc::Session::new().answer("x = 3; y = -4; sigma(y)*x")?;
/// let stage = &answer.stages()[0];
/// assert_eq!((stage.name.as_str(), stage.gate, stage.operands[0].as_str()), ("sigy", "sigma", "y"));
/// assert_eq!(stage.gradient.as_ref().and_then(|gradient| gradient.number()), Some(3.0));
/// # Ok::<(), gradcalc::Fault>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Its name: the user's, or the one that a person would write.
    pub name: String,
    /// The gate that it applies; `input` and `constant` for leaves.
    pub gate: &'static str,
    /// Its operands, in order: the names of stages, and constants as numbers.
    pub operands: Vec<String>,
    /// The shape of its value.
    pub shape: Shape,
    /// Its value; none before it is evaluated.
    pub value: Option<Value>,
    /// How much the result moves when it moves, in its own shape; none where it is not wanted or not known.
    pub gradient: Option<Value>,
}

/// An evaluated expression: every stage with its value and its gradient.
///
/// ```
/// let answer = gradcalc::Session::new().answer("x = -2; y = 5; z = -4; q = x + y; f = q*z")?;
/// let line = |stage: &gradcalc::Stage| format!("{} {:?}", stage.name, stage.gradient.as_ref().and_then(|g| g.number()));
/// assert_eq!(answer.stages().iter().map(line).collect::<Vec<_>>(), ["q Some(-4.0)", "f Some(1.0)"]);
/// # Ok::<(), gradcalc::Fault>(())
/// ```
#[derive(Clone, Debug)]
pub struct Answer {
    inner: Arc<views::Answer>,
}

impl Answer {
    fn new(answer: views::Answer) -> Self {
        Self { inner: Arc::new(answer) }
    }

    /// The expression as it was written.
    pub fn expression(&self) -> &str {
        &self.inner.expression
    }

    /// The value of the expression.
    pub fn value(&self) -> Value {
        self.value_of(self.inner.output)
    }

    /// The inputs and named constants, in the order in which the text names them.
    pub fn inputs(&self) -> Vec<Stage> {
        self.described(self.inner.leaves())
    }

    /// The stages of the forward pass, the output last.
    pub fn stages(&self) -> Vec<Stage> {
        self.described(self.inner.stages())
    }

    /// The gradient on the input or stage of a name; none where there is none, or it is not wanted.
    pub fn gradient(&self, name: &str) -> Option<Value> {
        let names = self.inner.names();
        let id = self.inner.leaves().chain(self.inner.stages()).find(|&id| names.of(id) == Some(name))?;
        self.gradient_of(id)
    }

    /// The second derivatives, where [`Settings::hessian`] asks for them: a row for each number of the inputs, in the order
    /// of [`Self::inputs`].
    pub fn hessian(&self) -> Option<&[Vec<f64>]> {
        self.inner.analysis.hessian.as_ref().map(|hessian| &hessian.rows[..])
    }

    /// What happened on the way and should be known: kinks, ties, numbers that are not finite.
    pub fn notes(&self) -> &[Note] {
        &self.inner.notes
    }

    /// Whether the value and every gradient is finite.
    pub fn is_finite(&self) -> bool {
        self.inner.is_finite()
    }

    /// The answer as a view shows it, without colours, in lines of 80 columns. It may hold what the user wrote.
    ///
    /// # Errors
    /// Where the view cannot show this answer, as a query without a table cannot.
    pub fn render(&self, view: View) -> Result<String, Fault> {
        guarded(Span::default(), || {
            if let Some(refusal) = view.0.refusal(&self.inner) {
                return Err(refusal);
            }
            let mut text = String::from(view.0.head);
            let shown = view.0.show(&self.inner, &Style::default(), &mut text);
            shown.unwrap_or_else(|_| broken("a text takes whatever a view writes"));
            Ok(text)
        })
    }

    fn value_of(&self, id: StageId) -> Value {
        Value::new(self.inner.shape(id), self.inner.numbers(id).to_vec())
    }

    fn gradient_of(&self, id: StageId) -> Option<Value> {
        self.inner.gradients(id).map(|numbers| Value::new(self.inner.shape(id), numbers.into_owned()))
    }

    fn described(&self, ids: impl Iterator<Item = StageId>) -> Vec<Stage> {
        let names = self.inner.names();
        let described =
            |id| Stage { value: Some(self.value_of(id)), gradient: self.gradient_of(id), ..described(&self.inner.program, &names, id) };
        ids.map(described).collect()
    }
}

/// A stage without its numbers.
fn described(program: &forms::Program, names: &StageNames, id: StageId) -> Stage {
    let literal = |id| {
        let constant = program.constant(id).map(|constant| &constant.value);
        constant.map_or(String::new(), |constant| value::written(constant.shape(), constant.numbers(), number::shortest))
    };
    let word = |&id: &StageId| names.word(id).map_or_else(|| literal(id), str::to_owned);
    Stage {
        name: names.of(id).map_or_else(|| literal(id), str::to_owned),
        gate: program.gate(id).row().name,
        operands: program.operands(id).iter().map(word).collect(),
        shape: program.shape(id),
        value: None,
        gradient: None,
    }
}

/// A way to show an answer as text: a table, code, JSON and others.
///
/// ```
/// let answer = gradcalc::Session::new().answer("x = 4; y = -3; x*y")?;
/// let view = gradcalc::View::named("brief").expect("there is such a view");
/// assert_eq!(answer.render(view)?, "f = -12  dx = -3  dy = 4\n");
/// # Ok::<(), gradcalc::Fault>(())
/// ```
#[derive(Clone, Copy)]
pub struct View(&'static views::View);

impl View {
    /// The view of a name, such as `table` or `json`.
    pub fn named(name: &str) -> Option<Self> {
        views::named(name).map(Self)
    }

    /// Every view, the table first.
    pub fn all() -> impl Iterator<Item = Self> {
        VIEWS.iter().map(Self)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What it shows, in a phrase.
    pub fn says(self) -> &'static str {
        self.0.says
    }
}

impl fmt::Debug for View {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "View({})", self.name())
    }
}

/// A text that was read: the first of the four steps that an answer takes, for those who want them one by one.
///
/// ```
/// assert_eq!(gradcalc::parse("q = x + y; q*z")?.statements(), 2);
/// # Ok::<(), gradcalc::Fault>(())
/// ```
#[derive(Clone, Debug)]
pub struct Expression {
    tree: ast::Tree,
}

impl Expression {
    /// How many statements it holds.
    pub fn statements(&self) -> usize {
        self.tree.statements.len()
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.tree.text
    }
}

/// Reads a text.
///
/// ```
/// let fault = gradcalc::parse("x +").unwrap_err();
/// assert_eq!(fault.kind, gradcalc::FaultKind::Parse);
/// ```
///
/// # Errors
/// The first place where the text is not in the language.
pub fn parse(text: &str) -> Result<Expression, Fault> {
    Ok(Expression { tree: forms::parse(text, &mut Symbols::default())? })
}

/// Cuts a text into stages; its names are inputs, single numbers but for those whose shapes are given.
///
/// ```
/// use gradcalc::{Shape, lower, parse};
/// let program = lower(&parse("sum(W @ x)")?, &[("W", Shape::Matrix(3, 2)), ("x", Shape::Vector(2))])?;
/// assert_eq!(program.stages()[0].shape, Shape::Vector(3));
/// # Ok::<(), gradcalc::Fault>(())
/// ```
///
/// # Errors
/// Where shapes do not go together, a function is unknown, or a statement before the last fails.
pub fn lower(expression: &Expression, shapes: &[(&str, Shape)]) -> Result<Program, Fault> {
    let mut session = Session::new();
    for &(name, shape) in shapes {
        session.set_input(name, Value::new(shape, vec![0.0; shape.size()]))?;
    }
    let lowered = session.inner.lowered(expression.text(), &whole())?.ok_or_else(|| nothing_to_answer(expression.text()))?;
    let session::Lowered { program, output, symbols } = lowered;
    let symbols = Letters::clone(&symbols);
    let forward = program.len();
    Ok(Program { text: expression.text().to_owned(), program: Arc::new(program), output, forward, backward: None, symbols })
}

/// Stages in order, operands first: the forward pass of an expression, and its backward pass once [`backprop`] has added it.
///
/// ```
/// use gradcalc::{backprop, lower, parse};
/// let forward = lower(&parse("sigma(x)*y")?, &[])?;
/// assert_eq!(forward.stages().iter().map(|stage| stage.gate).collect::<Vec<_>>(), ["sigma", "mul"]);
/// assert!(backprop(&forward)?.size() > forward.size());
/// # Ok::<(), gradcalc::Fault>(())
/// ```
#[expect(clippy::struct_field_names, reason = "it wraps a program of the forms")]
#[derive(Clone, Debug)]
pub struct Program {
    text: String,
    program: Arc<forms::Program>,
    output: StageId,
    /// How many stages are forward.
    forward: usize,
    backward: Option<Backward>,
    symbols: Letters,
}

impl Program {
    /// How many stages it has, leaves and the backward pass among them.
    pub fn size(&self) -> usize {
        self.program.len()
    }

    /// The inputs, in the order in which the text names them.
    pub fn inputs(&self) -> Vec<Stage> {
        self.forward(|program, id| program.input(id).is_some())
    }

    /// The stages of the forward pass that are no leaves.
    pub fn stages(&self) -> Vec<Stage> {
        self.forward(|program, id| program.input(id).is_none() && program.constant(id).is_none())
    }

    fn forward(&self, wanted: impl Fn(&forms::Program, StageId) -> bool) -> Vec<Stage> {
        let names = StageNames::new(&self.program, self.forward, self.output, &self.symbols, &|id| is_reached(self.backward.as_ref(), id));
        let ids = self.program.ids().take(self.forward).filter(|&id| wanted(&self.program, id));
        ids.map(|id| described(&self.program, &names, id)).collect()
    }

    /// The values of its inputs, each of which must be given in its shape.
    fn inputs_from(&self, given: &[(&str, Value)]) -> Result<Vec<Value>, Fault> {
        let name = |input: &Input| self.symbols.name(input.name).to_owned();
        let value = |input: &Input| {
            let found = given.iter().find(|(known, _)| *known == self.symbols.name(input.name)).map(|(_, value)| value.clone());
            found.or_else(|| input.value.clone())
        };
        let place = Span::new(0, self.text.len());
        let missing: Vec<String> = self.program.inputs().iter().filter(|&input| value(input).is_none()).map(name).collect();
        if let Some(first) = missing.first() {
            let fault = Fault::new(FaultKind::Name, place, format!("`{first}` has no value")).unknown(&missing);
            return Err(fault.remedy(Remedy::GiveValues { names: missing, meant: None }));
        }
        for id in self.program.ids().take(self.forward) {
            let Some((input, found)) = self.program.input(id).and_then(|input| Some((input, value(input)?))) else { continue };
            let shape = self.program.shape(id);
            if found.shape() != shape {
                let message = format!("`{}` is {shape} in this program, and its value is {}", name(input), found.shape());
                return Err(Fault::new(FaultKind::Shape, place, message).help("lower it again with the shape of the value"));
            }
        }
        Ok(self.program.inputs().iter().filter_map(value).collect())
    }
}

/// The program with the stages that compute the gradient of its output on every stage.
///
/// ```
/// use gradcalc::{backprop, evaluate, lower, parse};
/// let program = backprop(&lower(&parse("x*y")?, &[])?)?;
/// let answer = evaluate(&program, &[("x", 4.0.into()), ("y", (-3.0).into())])?;
/// assert_eq!(answer.gradient("x").and_then(|gradient| gradient.number()), Some(-3.0));
/// # Ok::<(), gradcalc::Fault>(())
/// ```
///
/// # Errors
/// Where the output is not a single number.
pub fn backprop(program: &Program) -> Result<Program, Fault> {
    let shape = program.program.shape(program.output);
    if !shape.is_scalar() {
        let message = format!("the result is {shape}, and a gradient needs a single number");
        let place = Span::new(0, program.text.len());
        return Err(Fault::new(FaultKind::Shape, place, message).help("reduce it, as in `sum(...)`"));
    }
    guarded(Span::new(0, program.text.len()), || Ok(with_backward(program)))
}

fn with_backward(program: &Program) -> Program {
    let mut with = program.clone();
    if with.backward.is_none() && with.program.is_active(with.output) {
        let one = Constant { value: Value::Number(1.0), name: None, decimal: None };
        let stages = Arc::make_mut(&mut with.program);
        let upstream = stages.add_own_constant(one, Span::default());
        let mut rules = Rules::default();
        let backward = crate::calculus::backprop(stages, with.output, upstream, Path::Active, Ties::default(), &mut rules);
        with.backward = Some(backward);
    }
    with
}

/// Runs a program: the value of every stage, and, after [`backprop`], its gradient.
///
/// ```
/// use gradcalc::{evaluate, lower, parse};
/// let program = lower(&parse("x^2 + 1")?, &[])?;
/// assert_eq!(evaluate(&program, &[("x", 3.0.into())])?.value().number(), Some(10.0));
/// # Ok::<(), gradcalc::Fault>(())
/// ```
///
/// # Errors
/// Where an input has no value, or one of another shape, or the stages hold more numbers than fit.
pub fn evaluate(program: &Program, values: &[(&str, Value)]) -> Result<Answer, Fault> {
    let inputs = program.inputs_from(values)?;
    let place = Span::new(0, program.text.len());
    guarded(place, || evaluated(program, &inputs, place))
}

fn evaluated(program: &Program, inputs: &[Value], place: Span) -> Result<Answer, Fault> {
    let held = numbers_held(&program.program);
    if held > MOST_NUMBERS {
        let message = format!("the values of all stages hold {held} numbers, and at most {MOST_NUMBERS} fit");
        return Err(Fault::new(FaultKind::Limit, place, message).help("use smaller arrays"));
    }
    let values = evaluate_cancellable(&program.program, inputs, &Cancellation::default()).ok_or_else(|| Fault::interrupted(place))?;
    let (stages, symbols) = (Arc::clone(&program.program), program.symbols.clone());
    let bare = views::Answer::of(stages, program.forward, program.output, program.backward.clone(), values, symbols);
    let mut answer = views::Answer { source: whole(), expression: program.text.clone(), ..bare };
    let mut rules = Rules::default();
    answer.notes = views::notes::find(&answer, &mut rules);
    let asked = Measuring { leaves: &&Leaves::default(), ties: Ties::default(), shares: false, cancellation: &Cancellation::default() };
    let report = views::losses::measured(&answer, &asked, &mut rules);
    answer.notes.extend(views::losses::find(&answer, &report));
    answer.digits = Some(Arc::new(report));
    Ok(Answer::new(answer))
}
