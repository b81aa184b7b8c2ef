//! From a stage to its answer: evaluated, differentiated, with the analyses that are set.
//!
//! Knows the settings and the values of names; no statement and no text but the one that is blamed.

use super::cached::Found;
use super::preparing::{Prepared, Work};
use super::{Place, Session};
use crate::calculus::analysis::{self, Analysis, Circuit, Means, Plan, Point, Request, Sources};
use crate::calculus::backprop;
use crate::calculus::backprop::{Backward, Path};
use crate::calculus::check::{Asked, Checked, What, check};
use crate::calculus::evaluate::{Values, numbers_held};
use crate::calculus::range::{evaluate_by, evaluate_cancellable, fitting, numbers_held_by};
use crate::calculus::rungs::{Digits, Shown, Undone};
use crate::calculus::strips::{Schedule, Wanted};
use crate::calculus::unroll::unroll;
use crate::forms::parse::words::no_name;
use crate::forms::program::{Constant, Input};
use crate::forms::{Program, StageId};
use crate::ground::text::nearest;
use crate::ground::text::shortened;
use crate::ground::{Fault, FaultKind, Remedy, Shape, Span, Value, broken};
use crate::views::losses::Measuring;
use crate::views::{Answer, Between, FOCUS, MOST_SHOWN, Source, brief, circuit, losses, notes};
use crate::vocabulary::ast::NodeId;
use crate::vocabulary::gate::{Choice, Family};
use crate::vocabulary::{DERIVATIVE, Gate, Letters, Symbol};
use std::cell::LazyCell;
use std::collections::HashSet;
use std::sync::Arc;

/// A value that is asked for: the stages that it needs.
#[derive(Clone, Debug)]
pub(super) struct Evaluation {
    /// The stages.
    pub(super) program: Program,
    pub(super) output: StageId,
}

/// An answer that is asked for: everything about it but values.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The forward stages, those of the backward pass and those of analyses.
    pub(super) program: Arc<Program>,
    forward: usize,
    output: StageId,
    backward: Option<Backward>,
    request: Request,
    plan: Option<Plan>,
    /// Whether the result has a gradient, or is shown without one.
    differentiated: bool,
    /// Whether it adds up the numbers of what was asked for, each times the gradient that arrives at it.
    weighed: bool,
    /// The inputs, where they are not those of the session: of a program that was written out in single numbers.
    inputs: Option<Vec<Value>>,
    /// Whether some of those had no value.
    unvalued: bool,
    /// The inputs, and the shapes of arrays among them, where they should be columns of a table and all of them have values.
    pub(super) given: Vec<(String, Option<Shape>)>,
}

impl Question {
    /// Whether the result depends on an input whose gradient is wanted.
    pub(super) fn is_active(&self) -> bool {
        self.program.is_active(self.output)
    }

    /// Whether it can be asked again with other values of the inputs.
    pub(super) fn is_kept(&self) -> bool {
        self.inputs.is_none()
    }
}

/// Whether the sides of a comparison, such as one that a gradient is routed by, or operands of the same gate are equal somewhere,
/// or a number of which the sign decides is 0.
fn meets_a_tie(program: &Program, values: &Values) -> bool {
    program.ids().any(|id| {
        let (row, operands) = (program.gate(id).row(), program.operands(id));
        if row.choice == Choice::Sign {
            return values.slice(operands[0]).contains(&0.0);
        }
        let &[left, right, ..] = operands else { return false };
        let shape = program.shape(id);
        let met = |operand: StageId, at: usize| values.slice(operand)[program.shape(operand).met(shape, at)];
        (row.idempotent || row.family == Family::Comparison) && (0..shape.size()).any(|at| met(left, at) == met(right, at))
    })
}

impl Session {
    /// The value of a stage without its gradients. `before` is the length of the program when the statement began.
    pub(super) fn evaluated(&mut self, stage: StageId, before: usize, span: Span) -> Result<(Value, Shape), Fault> {
        if let Some(found) = self.found(stage, before, span) {
            return Ok((Value::Number(found.number()), Shape::Scalar));
        }
        let evaluation = self.evaluation(stage);
        self.evaluate(&evaluation, before, span, |_| false)
    }

    /// The same for the expression that ends in the node `root`, whose evaluation is kept for a next round.
    pub(super) fn evaluated_first(&mut self, place: &Place, root: NodeId, stage: StageId, before: usize) -> Result<(Value, Shape), Fault> {
        if let Some(found) = self.found(stage, before, place.tree.span(root)).filter(Found::is_sure) {
            return Ok((Value::Number(found.number()), Shape::Scalar));
        }
        let evaluation = self.evaluation(stage);
        let value = self.evaluate(&evaluation, before, place.tree.span(root), |_| true)?;
        self.prepare(place, root, None, || Work::Value(Box::new(evaluation)));
        Ok(value)
    }

    /// The same in a next round.
    pub(super) fn evaluated_again(&mut self, place: &Place, root: NodeId, prepared: Prepared) -> Result<(Value, Shape), Fault> {
        let Work::Value(evaluation) = &prepared.work else { broken("of an expression that is evaluated its evaluation is kept") };
        let value = self.evaluate(evaluation, self.program.len(), place.tree.span(root), |_| false)?;
        self.keep(root, prepared);
        if self.names.met == Some(true) && self.looks_again(root) {
            // What it differentiates is known where it is lowered.
            self.lower(place, root)?;
            self.tell_sides();
        }
        Ok(value)
    }

    pub(super) fn evaluation(&self, stage: StageId) -> Evaluation {
        let (program, output) = self.program.cone(stage);
        Evaluation { program, output }
    }

    /// Evaluates a stage, and says where its value went infinite or became nan, and, where `tells_digits` says so of the number that it is, if
    /// it is one, which digits it has lost; the latter not in later rounds of a block.
    ///
    /// # Errors
    /// Where an input has no value, the budget no room, or it is interrupted.
    pub(super) fn evaluate(
        &mut self,
        evaluation: &Evaluation,
        before: usize,
        span: Span,
        tells_digits: impl Fn(Option<f64>) -> bool,
    ) -> Result<(Value, Shape), Fault> {
        let Evaluation { program, output } = evaluation;
        let shape = program.shape(*output);
        let inputs = self.values(program, before, span)?;
        let held = |order: Option<&Schedule>| numbers_held_by(order, program);
        let order = fitting(&|spares| self.order_of(evaluation, spares), &held, &self.scratch.limits.budget, span)?;
        if let Some(shown) = self.precise_numbers(program, *output, &inputs, span)? {
            return Ok((Value::new(shape, shown.iter().map(Shown::nearest).collect()), shape));
        }
        let values = self.values_by(order, program, &inputs, span)?;
        if let Some(met) = &mut self.names.met {
            *met |= meets_a_tie(program, &values);
        }
        let finite = values.are_finite(*output);
        let number = shape.is_scalar().then(|| values.scalar(*output));
        let measured = tells_digits(number) && self.names.met.is_none() && !program.operands(*output).is_empty();
        if finite && !measured {
            return Ok((values.into_value(*output, shape), shape));
        }
        let mut answer = self.unasked(Arc::new(program.clone()), program.len(), *output, None, values);
        if !finite {
            self.tell_not_finite(&answer);
        }
        if measured {
            self.tell_digits(&mut answer)?;
        }
        Ok((answer.values.into_value(*output, shape), shape))
    }

    /// In what order arrays are evaluated of which one stage is asked for; in later rounds of a block ties are looked for in all.
    fn order_of(&self, Evaluation { program, output }: &Evaluation, spares: bool) -> Option<Schedule> {
        let all = self.names.met.is_some();
        let wanted = Wanted { stored: &|id| all || id == *output, measured: &|_| false, compared: &|_| false, spares };
        (!program.is_plain()).then(|| Schedule::for_wanted(program, &wanted))
    }

    /// The values of a program's stages.
    fn values_by(&self, order: Option<Schedule>, program: &Program, inputs: &[Value], span: Span) -> Result<Values, Fault> {
        let limits = &self.scratch.limits;
        let mut values = evaluate_by(order, program, inputs, &limits.cancellation).ok_or_else(|| Fault::interrupted(span))?;
        values.crowded = limits.budget.fits(numbers_held(program), span).is_err();
        Ok(values)
    }

    /// Says where a value that nobody is shown with its stages went infinite or became nan, once.
    pub(super) fn tell_not_finite(&mut self, answer: &Answer) {
        for text in notes::of_not_finite(answer, &mut self.rules) {
            self.names.note(text);
        }
    }

    /// Says which digits a value has lost that nobody is shown with its stages.
    fn tell_digits(&mut self, answer: &mut Answer) -> Result<(), Fault> {
        self.measure_digits(answer)?;
        for note in answer.notes.iter().filter(|note| note.kind == losses::DIGITS) {
            self.names.note(note.message.clone());
        }
        Ok(())
    }

    /// The answer that stages are for which nobody has asked.
    pub(super) fn unasked(
        &self,
        program: Arc<Program>,
        forward: usize,
        output: StageId,
        backward: Option<Backward>,
        values: Values,
    ) -> Answer {
        Answer::of(program, forward, output, backward, values, Letters::clone(&self.symbols))
    }

    /// What is asked of a stage: its value, its gradients and the analyses that are set. `before` is the length of the
    /// program when the statement began.
    pub(super) fn question(&mut self, stage: StageId, before: usize, span: Span) -> Result<Question, Fault> {
        self.check_shown(span)?;
        // What is asked for now may not have been when the stages were named.
        let wanted = |name| self.settings.wrt.as_ref().is_none_or(|wrt| wrt.iter().any(|wanted| wanted == self.symbols.name(name)));
        let (program, output) = self.program.cone_for(stage, &self.names.idle, wanted);
        let missing = self.missing(&program).len();
        // A drawing holds all numbers or none, and what arrives is one of them.
        let is_partial = missing < program.inputs().len() || self.settings.upstream.is_some();
        let needs_values = self.settings.needs_values() || !self.settings.view.partial && is_partial;
        if needs_values && missing > 0 {
            // Names without a value are told in the order of the text.
            self.values(&program, before, span)?;
        }
        let (mut program, mut output) = program.with_inputs_by(output, |name| self.names.rank(name));
        self.check_inputs(&program, self.settings.wrt.iter().flatten(), span)?;
        self.scratch.limits.budget.fits(repeated(program.shape(output)), span)?;
        let given = if self.settings.view.columns && missing == 0 { self.named_inputs(&program) } else { Vec::new() };
        let arriving = self.upstream(&program, output, span)?;
        let differentiated = arriving.is_some();
        let mut upstream = arriving.unwrap_or(Value::Number(1.0));
        let (mut inputs, mut adds_up) = (None, false);
        // What is given, or 1 on the one number; nobody is shown the gradients of a result that depends on no input.
        let weighed = differentiated && (self.settings.upstream.is_some() || program.shape(output).size() == 1);
        if self.settings.scalars && !program.is_plain() {
            let given = self.inputs_of(&program, before, span)?;
            let symbols = Arc::make_mut(&mut self.symbols);
            let shape = program.shape(output);
            let weights = weighed.then(|| upstream.repeated(shape));
            let unrolled = unroll(&program, output, &given, weights.as_ref(), symbols, &mut self.rules)
                .map_err(|fault| Fault { span: if fault.span == Span::default() { span } else { fault.span }, ..fault })?;
            (program, output) = (unrolled.0, unrolled.1);
            inputs = Some(unrolled.2);
            // What arrives at an array is part of the circuit now.
            if weighed && !shape.is_scalar() {
                adds_up = true;
                upstream = Value::Number(1.0);
            }
        }
        let steps = self.settings.along.iter().chain(&self.settings.nudge).chain(&self.settings.sd).map(|(name, _)| name);
        self.check_inputs(&program, steps, span)?;
        let forward = program.len();
        // On an input that stands in a sum over nothing it is 0, and on one that is asked for by its name though nothing passes it on.
        let idles = !self.names.idle.is_empty() || self.settings.wrt.is_some();
        let active = program.is_active(output) || idles && program.ids().any(|id| program.is_active(id));
        let upstream = program.add_own_constant(Constant { value: upstream, name: None, decimal: None }, Span::default());
        let backward = (self.settings.view.gradients && active && differentiated)
            .then(|| backprop(&mut program, output, upstream, Path::Active, self.settings.ties, &mut self.rules));
        self.scratch.limits.budget.check_stages(program.len(), span)?;
        let request = self.request(&program, output, span)?;
        let mut means = Means { ties: self.settings.ties, rules: &mut self.rules, limits: &self.scratch.limits, span };
        let circuit = Circuit { forward, output, backward: backward.as_ref() };
        let asked = backward.is_some() || request.jacobian && self.settings.view.gradients;
        let plan = if asked { Some(analysis::plan(&mut program, circuit, &request, &mut means)?) } else { None };
        self.check_printable(&program, span)?;
        if program.has_too_many_shapes() {
            return Err(Fault::new(FaultKind::Limit, span, "there are too many different shapes").help("evaluate it in parts"));
        }
        Ok(Question {
            program: Arc::new(program),
            forward,
            output,
            backward,
            request,
            plan,
            differentiated,
            weighed: adds_up,
            unvalued: inputs.is_some() && missing > 0,
            given,
            inputs,
        })
    }

    /// The names of a program's inputs, and the shapes of arrays among them.
    fn named_inputs(&self, program: &Program) -> Vec<(String, Option<Shape>)> {
        let shape = |id: StageId| Some(program.shape(id)).filter(|shape| !shape.is_scalar());
        let named = |id: StageId| Some((self.symbols.name(program.input(id)?.name).to_owned(), shape(id)));
        // What has no value though it was given one is a column all the same.
        let is_nan = |input: &Input| self.value_of_input(input).and_then(|value| value.number()).is_some_and(f64::is_nan);
        if program.inputs().iter().any(is_nan) { Vec::new() } else { program.ids().filter_map(named).collect() }
    }

    /// The answer to a question with the present values of its inputs; `before` as there.
    pub(super) fn answer(&self, question: &Question, before: usize, source: Source, expression: &str, span: Span) -> Result<Answer, Fault> {
        let Question { program, output, request, .. } = question;
        let missing = self.missing(program);
        let valued = missing.is_empty() && !question.unvalued || self.settings.needs_values();
        let inputs = match &question.inputs {
            Some(inputs) => inputs.clone(),
            None => self.inputs_of(program, before, span)?,
        };
        let sources = question.plan.as_ref().map(|plan| plan.sources(program)).unwrap_or_default();
        let held = |order: Option<&Schedule>| {
            // A nudge evaluates once more, and the answer is kept as the last value.
            let held = numbers_held_by(order, program).saturating_mul(if request.nudge.is_empty() { 1 } else { 2 });
            held.saturating_add(repeated(program.shape(*output)))
        };
        let order = fitting(&|spares| self.order(question, &sources, spares), &held, &self.scratch.limits.budget, span)?;
        let cancellation = &self.scratch.limits.cancellation;
        let values = self.values_by(order, program, &inputs, span)?;
        let precise = self.precise_answer(question, &sources, &inputs, span)?;
        let point = Point { program, output: *output, inputs: &inputs, values: &values, cancellation };
        let analysis = match &question.plan {
            Some(plan) => plan.read(&point, request).ok_or_else(|| Fault::interrupted(span))?,
            None => Analysis::default(),
        };
        let bare =
            Answer::of(Arc::clone(program), question.forward, *output, question.backward.clone(), values, Letters::clone(&self.symbols));
        let (expression, precise, relative) = (expression.to_owned(), precise.map(Arc::new), self.settings.relative);
        let mut answer = Answer { source, expression, analysis, sources, precise, relative, valued, ..bare };
        answer.focus = self.focus(&answer, span)?;
        answer.place = Arc::new(self.settings.place.clone());
        if let Some(refusal) = self.settings.view.refusal(&answer) {
            return Err(if refusal.span == Span::default() { Fault { span, ..refusal } } else { refusal });
        }
        answer.checks = self.checks(&answer, &inputs, span)?.map(Arc::new);
        if answer.precise.is_some() {
            let binary = self.read_as_binary(&answer.program, &inputs);
            answer.notes.extend(notes::of_precision(&answer, &binary));
        }
        if question.weighed {
            answer.notes.push(notes::weighed(&answer));
        }
        if !question.differentiated && answer.analysis.jacobian.is_none() {
            answer.notes.push(notes::without_gradient(&answer));
        }
        Ok(answer)
    }

    /// In what order arrays are evaluated: what neither the view shows nor anything else that is asked for is not stored; where memory is
    /// short, nor is what can be computed again.
    fn order(&self, question: &Question, sources: &Sources, spares: bool) -> Option<Schedule> {
        let Question { program, output, backward, .. } = question;
        if program.is_plain() {
            return None;
        }
        let settings = &self.settings;
        let adjoint = |id: StageId| backward.as_ref().and_then(|backward| backward.adjoint(id));
        let forward = || (0..question.forward).map(StageId::new);
        if settings.check.is_some() || settings.losses {
            return Some(Schedule::of(program, &|_| true));
        }
        match settings.view.between {
            Between::Steps => return Some(Schedule::of_steps(program, &|shape| shape.size() > MOST_SHOWN)),
            Between::Stages => {
                // What is handed on is no gradient yet where more is added to it.
                let asked = sources.stages().map(|(stage, _)| stage);
                let gradients: HashSet<StageId> = forward().filter_map(adjoint).chain(asked).collect();
                let shown = |id: StageId| id.at() < question.forward || gradients.contains(&id);
                return Some(Schedule::of(program, &shown));
            }
            Between::Nothing => {}
        }
        let slopes: HashSet<StageId> = program.ids().filter(|&id| program.input(id).is_some()).filter_map(adjoint).collect();
        // What is not stored is computed again where somebody asks for it after all; where the budget has no room for that, nobody does.
        let plain = !settings.relative && sources.stages().next().is_none();
        let summed_up = plain && settings.view.sums_up;
        let measured = |id: StageId| summed_up && brief::is_summed_up(&settings.style, program.shape(id)) && slopes.contains(&id);
        let compared = |id: StageId| plain && id.at() < question.forward && program.gate(id).row().meets().is_some();
        let mut ends: HashSet<StageId> = slopes.iter().copied().filter(|&id| !measured(id)).collect();
        ends.insert(*output);
        ends.extend(adjoint(*output));
        ends.extend(sources.stages().map(|(stage, _)| stage));
        // What notes look at: where a slope may differ from side to side, and what arrives there.
        for id in forward().filter(|&id| notes::may_split(program.gate(id)) && program.is_active(id)) {
            if compared(id) && Schedule::goes_in_run(program, id) {
                continue;
            }
            ends.extend(program.operands(id));
            ends.insert(id);
            ends.extend(adjoint(id));
        }
        Some(Schedule::for_wanted(program, &Wanted { stored: &|id| ends.contains(&id), measured: &measured, compared: &compared, spares }))
    }

    /// The values of a program's inputs; where the view needs none, nan for those that have none.
    fn inputs_of(&self, program: &Program, before: usize, span: Span) -> Result<Vec<Value>, Fault> {
        let valued = self.settings.needs_values() || self.missing(program).is_empty();
        if valued { self.values(program, before, span) } else { self.values_or_nan(program, span) }
    }

    /// The numbers of an answer to the digits that are set.
    fn precise_answer(&self, question: &Question, sources: &Sources, inputs: &[Value], span: Span) -> Result<Option<Digits>, Fault> {
        let stages = (0..question.forward).map(StageId::new);
        let slopes = stages.clone().filter_map(|id| question.backward.as_ref()?.adjoint(id));
        let wanted: Vec<StageId> = stages.clone().chain(slopes).chain(sources.stages().map(|(stage, _)| stage)).collect();
        self.precise(&question.program, inputs, &wanted, span)
    }

    /// The stage whose surroundings are asked for.
    fn focus(&self, answer: &Answer, span: Span) -> Result<Option<StageId>, Fault> {
        let Some(name) = &self.settings.focus else { return Ok(None) };
        let circuit = circuit::Circuit::of(answer, &answer.names());
        if let Some(node) = circuit.named(name) {
            return Ok(Some(node.id));
        }
        let known = || circuit.nodes.iter().map(|node| node.name.as_str()).filter(|name| !name.is_empty());
        let help = match nearest(name, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its stages: {}", listed(&known().collect::<Vec<_>>())),
        };
        let message = format!("the setting `{FOCUS}` names `{}`, which is no stage here", shortened(name));
        Err(Fault::new(FaultKind::Name, span, message).help(help))
    }

    /// The checks that are asked for of an answer's gradients.
    fn checks(&self, answer: &Answer, inputs: &[Value], span: Span) -> Result<Option<Vec<Checked>>, Fault> {
        let Some(what) = self.settings.check.filter(|_| answer.valued) else { return Ok(None) };
        let Some(backward) = &answer.backward else { return Ok(Some(Vec::new())) };
        let stages: Vec<StageId> = match what {
            What::Inputs => answer.active_inputs().collect(),
            What::Stages => {
                answer.active_inputs().chain(answer.stages()).filter(|&id| answer.program.is_active(id) && id <= answer.output).collect()
            }
        };
        let cancellation = &self.scratch.limits.cancellation;
        let asked = Asked { program: &answer.program, forward: answer.forward, backward, inputs, cancellation };
        check(&asked, &answer.values, &stages).map(Some).map_err(|undone| match undone {
            Undone::Interrupted => Fault::interrupted(span),
            Undone::TooLong(seconds) => Fault::new(FaultKind::Limit, span, format!("to check this would take more than {seconds} seconds"))
                .help("check fewer inputs, with `wrt`, or a part of it"),
            Undone::Gate(name) => {
                Fault::new(FaultKind::Limit, span, format!("`{name}` is not evaluated to many digits")).help("leave `check` out")
            }
        })
    }

    /// Measures the digits of an answer that is shown in binary64, and notes what was lost.
    pub(super) fn measure_digits(&mut self, answer: &mut Answer) -> Result<(), Fault> {
        if answer.precise.is_some() {
            return Ok(());
        }
        let (ties, shares) = (self.settings.ties, self.settings.losses);
        let cancellation = &self.scratch.limits.cancellation;
        let mut rules = std::mem::take(&mut self.rules);
        let leaves = LazyCell::new(|| {
            let (program, values) = (&answer.program, &answer.values);
            let inputs = program.ids().filter(|&id| program.gate(id) == Gate::Input);
            self.leaves(program, &inputs.map(|id| values.value(id, program.shape(id))).collect::<Vec<_>>())
        });
        let report = losses::measured(answer, &Measuring { leaves: &leaves, ties, shares, cancellation }, &mut rules);
        drop(leaves);
        self.rules = rules;
        if self.scratch.limits.cancellation.is_cancelled() {
            return Err(Fault::interrupted(Span::default()));
        }
        answer.notes.extend(losses::find(answer, &report));
        answer.notes.extend((shares && report.shares.is_none()).then(|| losses::without_parts(answer)));
        answer.digits = Some(Arc::new(report));
        Ok(())
    }

    /// Says of what the current statement differentiates where its slopes are not what the rules for ties and kinks give.
    pub(super) fn tell_sides(&mut self) {
        let derived = std::mem::take(&mut self.names.derived);
        if self.names.met == Some(false) {
            return;
        }
        for (of, with) in derived {
            let Some(name) = self.program.input(with).map(|input| input.name) else { continue };
            let Some(answer) = self.derived(of) else { continue };
            for text in notes::sides_in(&answer, self.symbols.name(name), &mut self.rules) {
                self.names.note(text);
            }
        }
    }

    /// The answer that a stage would be, where it has gates that may tie or have kinks, and its inputs have values.
    fn derived(&mut self, of: StageId) -> Option<Answer> {
        let (program, output) = self.program.cone(of);
        if !program.ids().any(|id| notes::may_split(program.gate(id)) && program.is_active(id)) {
            return None;
        }
        let inputs = self.values(&program, 0, Span::default()).ok()?;
        self.differentiated(program, output, &inputs, Span::default()).ok()
    }

    /// The answer that a program is with some values of its inputs.
    ///
    /// # Errors
    /// Where the budget has no room for its backward pass, or it is interrupted.
    pub(super) fn differentiated(&mut self, mut program: Program, output: StageId, inputs: &[Value], span: Span) -> Result<Answer, Fault> {
        let forward = program.len();
        let one = program.add_own_constant(Constant { value: Value::Number(1.0), name: None, decimal: None }, Span::default());
        let backward = backprop(&mut program, output, one, Path::Active, self.settings.ties, &mut self.rules);
        self.scratch.limits.budget.check_stages(program.len(), span)?;
        self.scratch.limits.budget.fits(numbers_held(&program), span)?;
        let values = evaluate_cancellable(&program, inputs, &self.scratch.limits.cancellation).ok_or_else(|| Fault::interrupted(span))?;
        Ok(self.unasked(Arc::new(program), forward, output, Some(backward), values))
    }

    /// The view shows every analysis that is asked for.
    fn check_shown(&self, span: Span) -> Result<(), Fault> {
        let Some((message, help)) = self.settings.unshown() else { return Ok(()) };
        Err(Fault::new(FaultKind::Name, span, message).help(help))
    }

    /// The gradient that arrives at an output of more than one number, which needs one of its shape; none where it is not
    /// given and nobody asked for the gradient by name, so that the result is shown without it.
    fn upstream(&self, program: &Program, output: StageId, span: Span) -> Result<Option<Value>, Fault> {
        let shape = program.shape(output);
        let given = self.settings.upstream.as_ref();
        let needed = self.settings.view.gradients && program.is_active(output);
        match given {
            Some(upstream) if upstream.shape().broadcast(shape) == Some(shape) => return Ok(Some(upstream.repeated(shape))),
            None if shape.size() == 1 => return Ok(Some(Value::Number(1.0).repeated(shape))),
            None if !needed => return Ok(Some(Value::Number(1.0))),
            None if self.settings.shows_without_gradient() => return Ok(None),
            _ => {}
        }
        let (message, remedy) = match given {
            Some(upstream) => (format!("the result is {shape}, and the upstream gradient is {}", upstream.shape()), Remedy::FitUpstream),
            None => (format!("the result is {shape}, and a gradient needs a single number"), Remedy::ReduceOrGiveUpstream(shape)),
        };
        Err(Fault::new(FaultKind::Shape, span, message).label(format!("this is {shape}")).remedy(remedy))
    }

    /// The analyses asked for, in terms of the program's inputs.
    fn request(&self, program: &Program, output: StageId, span: Span) -> Result<Request, Fault> {
        let settings = &self.settings;
        let shape = program.shape(output);
        let asked = settings.hessian || !settings.along.is_empty() || !settings.nudge.is_empty() || !settings.sd.is_empty();
        if asked && shape.size() > 1 {
            let message = format!("second derivatives, changes and deviations are those of a single number, and this is {shape}");
            return Err(Fault::new(FaultKind::Shape, span, message).help("reduce it, as in `sum(...)`"));
        }
        let active = |name: &String| program.inputs().iter().any(|input| input.active && self.symbols.name(input.name) == name);
        if let Some((name, _)) = settings.sd.iter().find(|(name, _)| !active(name)) {
            let message = format!("`{name}` has a standard deviation, and no gradient is asked for that hands it on");
            return Err(Fault::new(FaultKind::Name, span, message).help("name it in `wrt`, or give it no deviation"));
        }
        let positions = |named: &[(String, Value)]| -> Result<Vec<(usize, Value)>, Fault> {
            let inputs: Vec<StageId> = program.ids().filter(|&id| program.gate(id) == Gate::Input).collect();
            let mut steps = Vec::new();
            for (name, step) in named {
                for &input in &inputs {
                    let own = program.input(input).is_some_and(|input| self.symbols.name(input.name) == name);
                    let shape = program.shape(input);
                    if own && step.shape().broadcast(shape) != Some(shape) {
                        let message = format!("`{name}` is {shape}, and what is given to it is {}", step.shape());
                        return Err(Fault::new(FaultKind::Shape, span, message)
                            .help("give an array of its shape, or a single number for all of it"));
                    }
                    if own {
                        steps.push((program.leaf(input), step.repeated(shape)));
                    }
                }
            }
            Ok(steps)
        };
        Ok(Request {
            jacobian: settings.jacobian,
            hessian: settings.hessian,
            along: positions(&settings.along)?,
            nudge: positions(&settings.nudge)?,
            deviations: positions(&settings.sd)?,
        })
    }

    /// The value of an input, if it has one.
    fn value_of_input(&self, input: &Input) -> Option<Value> {
        input.value.clone().or_else(|| self.names.value(input.name).cloned())
    }

    /// The inputs of a program that have no value.
    fn missing(&self, program: &Program) -> Vec<Symbol> {
        program.inputs().iter().filter(|input| self.value_of_input(input).is_none()).map(|input| input.name).collect()
    }

    /// The values of a program's inputs, nan in the input's shape where there is none.
    fn values_or_nan(&self, program: &Program, span: Span) -> Result<Vec<Value>, Fault> {
        self.check_shapes(program, span)?;
        let mut values = vec![Value::Number(f64::NAN); program.inputs().len()];
        for id in program.ids() {
            let Some(input) = program.input(id) else { continue };
            let value = self.value_of_input(input).unwrap_or(Value::Number(f64::NAN));
            values[program.leaf(id)] = value.repeated(program.shape(id));
        }
        Ok(values)
    }

    /// What the view prints in another language can be written in it.
    fn check_printable(&self, program: &Program, span: Span) -> Result<(), Fault> {
        let Some(dialect) = self.settings.view.dialect.map(|dialect| dialect(program)) else { return Ok(()) };
        let Some(lacking) = dialect.lacks(program) else { return Ok(()) };
        let (gate, place) = (program.gate(lacking).row().name, program.span(lacking));
        let span = if place == Span::default() { span } else { place };
        let message = format!("`{gate}` cannot be printed in {}", dialect.title);
        Err(Fault::new(FaultKind::Name, span, message).help("choose another view, or write it with other functions"))
    }

    /// The inputs that have values have them in the shapes that the program was made for.
    fn check_shapes(&self, program: &Program, span: Span) -> Result<(), Fault> {
        for id in program.ids().filter(|&id| program.gate(id) == Gate::Input) {
            let Some((input, given)) = program.input(id).and_then(|input| Some((input, self.value_of_input(input)?))) else { continue };
            if given.shape() != program.shape(id) {
                let name = self.symbols.name(input.name);
                let [is, was] = [given.shape(), program.shape(id)].map(Shape::spoken);
                let message = format!("`{name}` is {is} now, and a stage that this uses was named when it was {was}");
                return Err(Fault::new(FaultKind::Shape, span, message)
                    .help(format!("name the stages that use `{name}` again, or write them out in the expression")));
            }
        }
        self.check_places(program, span)
    }

    /// A mask is no place: what was defined with places takes none.
    fn check_places(&self, program: &Program, span: Span) -> Result<(), Fault> {
        if !self.names.has_truths() {
            return Ok(());
        }
        let gathers = program.ids().filter(|&id| program.gate(id).row().places[0] > 0);
        let mut places = gathers.flat_map(|id| {
            let operands = program.operands(id).iter().enumerate();
            operands.filter(move |&(at, _)| program.gate(id).is_place(at)).map(|(_, &operand)| operand)
        });
        let is_mask = |&id: &StageId| program.input(id).is_some_and(|input| self.names.is_truth(input.name));
        let Some(input) = places.find(is_mask).and_then(|id| program.input(id)) else { return Ok(()) };
        let name = self.symbols.name(input.name);
        let message = format!("`{name}` is a mask now, and a stage that this uses takes elements at its places");
        let help =
            format!("for the places 0 and 1, write `{name} = {name} + 0`; for a mask, name the stages that use it again, of a `const`");
        Err(Fault::new(FaultKind::Shape, span, message).help(help))
    }

    /// The values of a program's inputs, every one of which must have one.
    pub(super) fn values(&self, program: &Program, before: usize, span: Span) -> Result<Vec<Value>, Fault> {
        let missing = self.missing(program);
        self.check_shapes(program, span)?;
        let Some(&first) = missing.first() else {
            return Ok(program.inputs().iter().filter_map(|input| self.value_of_input(input)).collect());
        };
        // The name may have been used first in an earlier text.
        let here = self.names.input(first).filter(|stage| stage.at() >= before);
        let span = here.map_or(span, |stage| self.program.span(stage));
        let words: Vec<&str> = missing.iter().map(|&name| self.symbols.name(name)).collect();
        let first = self.symbols.name(first);
        // A constant is meant by its own letters alone: phi is not pi.
        let constants = ["pi", "tau", "inf"].into_iter().filter(|constant| first.eq_ignore_ascii_case(constant));
        let known = self.names.known().map(|name| self.symbols.name(name));
        let slope = match words[..] {
            [over, under] if over.len() > 1 && under.len() > 1 && over.starts_with('d') && under.starts_with('d') => {
                Some(format!("{DERIVATIVE}({}, {})", &over[1..], &under[1..]))
            }
            _ => None,
        };
        let meant = slope.or_else(|| self.unglued(first)).or_else(|| nearest(first, known.chain(constants)).map(str::to_owned));
        let (verb, list) = if words.len() == 1 { ("has", format!("`{}`", shortened(first))) } else { ("have", listed(&words)) };
        let names = words.iter().map(|&word| word.to_owned()).collect();
        if let [gradient] = words[..]
            && let Some(input) = gradient.strip_prefix('d').filter(|input| self.is_input(input))
        {
            let help = format!(
                "it names the gradient on `{input}` of the last answer that has one; ask for that first, or write `{DERIVATIVE}(f, {input})`"
            );
            return Err(Fault::new(FaultKind::Name, span, format!("{list} {verb} no value")).label("no value").help(help).unknown(words));
        }
        let fault = Fault::new(FaultKind::Name, span, format!("{list} {verb} no value")).label("no value");
        if let Some(instead) = no_name(first) {
            return Err(fault.help(instead).unknown(words));
        }
        Err(fault.remedy(Remedy::GiveValues { names, meant }).unknown(words))
    }

    /// Every name that the settings `wrt`, `along`, `nudge` and `sd` give is an input.
    fn check_inputs<'a>(&self, program: &Program, mut asked: impl Iterator<Item = &'a String>, span: Span) -> Result<(), Fault> {
        let inputs: Vec<&str> = program.inputs().iter().map(|input| self.symbols.name(input.name)).collect();
        let known: HashSet<&str> = inputs.iter().copied().collect();
        let Some(unknown) = asked.find(|name| !known.contains(name.as_str())) else { return Ok(()) };
        let help = match nearest(unknown, inputs.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if inputs.is_empty() => "the expression has no inputs".to_owned(),
            None => format!("its inputs are {}", listed(&inputs)),
        };
        let message = format!("`{unknown}` is no input of this expression, so nothing can be differentiated with respect to it");
        Err(Fault::new(FaultKind::Name, span, message).help(help).unknown([unknown.as_str()]))
    }
}

/// How many numbers arrive at a result of more than one, which may be one number repeated.
fn repeated(shape: Shape) -> usize {
    if shape.is_scalar() { 0 } else { shape.size() }
}

/// `x, y and z`, the first few of them.
pub(super) fn plainly(words: &[&str]) -> String {
    listed(words).replace('`', "")
}

/// `` `x`, `y` and `z` ``, the first few of them.
pub(super) fn listed(words: &[&str]) -> String {
    const MOST: usize = 8;
    let quoted: Vec<String> = words.iter().take(MOST).map(|word| format!("`{}`", shortened(word))).collect();
    match quoted.split_last() {
        Some(_) if words.len() > MOST => format!("{} and {} more", quoted.join(", "), words.len() - MOST),
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.join(""),
    }
}
