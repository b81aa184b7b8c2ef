//! An answer: an evaluated expression with every stage, value, gradient and note. What the views show.

use super::columns::Place;
use crate::calculus::analysis::{Analysis, Sources};
use crate::calculus::check;
use crate::calculus::digits::Report;
use crate::calculus::evaluate::{Range, Values, evaluate_beside};
use crate::calculus::rungs::{Digits, Shown};
use crate::calculus::{Backward, is_reached};
use crate::forms::program::Constant;
use crate::forms::{Program, StageId, StageNames};
use crate::ground::number::is_short_decimal;
use crate::ground::{Shape, Value, broken};
use crate::vocabulary::statement::ASSERT;
use crate::vocabulary::{Gate, Letters, lanes, language_constant};
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Where a text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name of the source: a file's, or a word in angle brackets.
    pub name: Arc<str>,
    /// The line, from 1.
    pub line: usize,
}

/// Something that happened on the way and that the user should know.
///
/// ```
/// let answer = gradcalc::Session::new().answer("x = 0; abs(x)")?;
/// assert_eq!(answer.notes()[0].kind, "kink");
/// # Ok::<(), gradcalc::Fault>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The kind, for scripts.
    pub kind: &'static str,
    /// The stage or input that it is about.
    pub stage: String,
    /// What happened, in a sentence or two.
    pub message: String,
}

/// A line that a script prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// Where the statement stands.
    pub source: Source,
    /// The line, without its end.
    pub text: String,
}

/// An assertion that was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Where the statement stands.
    pub source: Source,
    /// The assertion, without its word.
    pub text: String,
    /// The left side of its comparison, where it is one and has a value.
    pub left: Option<Value>,
    /// The right side.
    pub right: Option<Value>,
    /// What it allows between the two, where it says so.
    pub tolerance: Option<Value>,
}

impl Checked {
    /// An assertion of which nothing is known yet; `text` begins with its word.
    pub fn new(source: Source, text: &str) -> Self {
        let text = text.trim();
        let text = text.strip_prefix(ASSERT).unwrap_or(text).trim().to_owned();
        Self { source, text, left: None, right: None, tolerance: None }
    }
}

/// An evaluated expression.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Where the expression stands.
    pub source: Source,
    /// The expression as the user wrote it.
    pub expression: String,
    /// The forward stages, then the backward ones.
    pub program: Arc<Program>,
    /// How many stages are forward.
    pub forward: usize,
    /// The stage of the expression's value.
    pub output: StageId,
    /// The backward pass; none where it was not asked for or the expression depends on no input.
    pub backward: Option<Backward>,
    /// The value of every stage.
    pub values: Values,
    /// Second derivatives, directional derivatives and nudges, where they were asked for.
    pub analysis: Analysis,
    /// The stages that their numbers are read from.
    pub sources: Sources,
    /// The numbers to more digits than binary64 has, where they were asked for.
    pub precise: Option<Arc<Digits>>,
    /// The checks of gradients, where they were asked for.
    pub checks: Option<Arc<Vec<check::Checked>>>,
    /// What is known of its digits, where some were lost.
    pub digits: Option<Arc<Report>>,
    /// Whether what 1 % on an input does to the result is shown.
    pub relative: bool,
    /// Whether every input has a value; if not, what follows from them is nan.
    pub valued: bool,
    /// Whether a semicolon after it asks that it be not shown.
    pub silenced: bool,
    /// The stage whose surroundings are shown; none for all of it.
    pub focus: Option<StageId>,
    /// Where its inputs are columns, for views that print a query.
    pub place: Arc<Place>,
    /// Whether every number of it is finite, once that was asked: `is_finite`.
    pub finite: OnceLock<bool>,
    /// The names of its stages: `names`.
    pub naming: Naming,
    /// What happened on the way.
    pub notes: Vec<Note>,
    /// The letters of names.
    pub symbols: Letters,
}

/// The names of an answer's stages, made when they are first asked for. Whether they are made shows nowhere.
#[derive(Clone, Default)]
pub struct Naming(OnceLock<Named>);

/// Names, and what they are the names of.
#[derive(Clone)]
struct Named {
    program: Arc<Program>,
    forward: usize,
    output: StageId,
    names: Arc<StageNames>,
}

impl fmt::Debug for Naming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Naming")
    }
}

impl Answer {
    /// Whether another answer is one to the same question, with the same value at the same inputs.
    pub fn shows_the_same(&self, other: &Self) -> bool {
        let numbers = |answer: &Self| -> Vec<u64> {
            let stages = answer.leaves().chain([answer.output]);
            stages.flat_map(|id| answer.numbers(id).iter().map(|number| number.to_bits())).collect()
        };
        self.expression == other.expression && numbers(self) == numbers(other)
    }

    /// The names of the forward stages.
    pub fn names(&self) -> Arc<StageNames> {
        let made = || {
            Arc::new(StageNames::new(&self.program, self.forward, self.output, &self.symbols, &|id| is_reached(self.backward.as_ref(), id)))
        };
        let named = self.naming.0.get_or_init(|| Named {
            program: Arc::clone(&self.program),
            forward: self.forward,
            output: self.output,
            names: made(),
        });
        let is_same = Arc::ptr_eq(&named.program, &self.program) && named.forward == self.forward && named.output == self.output;
        // An answer that was made of this one may have other stages.
        if is_same { Arc::clone(&named.names) } else { made() }
    }

    /// The names of the inputs, of the result and of what else the user named; those of all stages where they are made already.
    pub fn names_of_ends(&self) -> Arc<StageNames> {
        match self.naming.0.get() {
            Some(_) => self.names(),
            None => Arc::new(StageNames::of_ends(&self.program, self.forward, self.output, &self.symbols)),
        }
    }

    /// The shape of a forward stage.
    pub fn shape(&self, id: StageId) -> Shape {
        self.program.shape(id)
    }

    /// The value of the expression, or the first number of an array.
    pub fn value(&self) -> f64 {
        self.values.scalar(self.output)
    }

    /// The value of a stage that is a single number, or the first number of an array.
    pub fn value_of(&self, id: StageId) -> f64 {
        self.values.scalar(id)
    }

    /// The numbers of a stage's value, row by row.
    pub fn numbers(&self, id: StageId) -> &[f64] {
        self.values.slice(id)
    }

    /// The gradient on a forward stage, or its first number: 0 where none reaches it; none where it was not asked for.
    pub fn gradient(&self, id: StageId) -> Option<f64> {
        self.gradients(id).and_then(|numbers| numbers.first().copied())
    }

    /// The numbers of the gradient on a forward stage, in its shape: 0 where none reaches it; none where it was not
    /// asked for.
    pub fn gradients(&self, id: StageId) -> Option<Cow<'_, [f64]>> {
        let backward = self.backward.as_ref()?;
        if !self.program.is_active(id) {
            return None;
        }
        Some(match backward.adjoint(id) {
            Some(adjoint) => Cow::Borrowed(self.values.slice(adjoint)),
            None => Cow::Owned(vec![0.0; self.program.shape(id).size()]),
        })
    }

    /// The stage that the gradient on a forward stage is; none where it was not asked for, or none reaches it.
    pub fn adjoint(&self, id: StageId) -> Option<StageId> {
        self.backward.as_ref().filter(|_| self.program.is_active(id))?.adjoint(id)
    }

    /// Whether every number of the gradient on a forward stage is 0; none where it was not asked for.
    pub fn has_no_slope(&self, id: StageId) -> Option<bool> {
        self.backward.as_ref().filter(|_| self.program.is_active(id))?;
        Some(self.adjoint(id).is_none_or(|adjoint| self.values.are_zeros(adjoint)))
    }

    /// The numbers of a stage to more digits than binary64 has.
    pub fn precise(&self, id: StageId) -> Option<&[Shown]> {
        self.precise.as_ref()?.numbers.get(&id).map(Vec::as_slice)
    }

    /// The numbers of the gradient on a forward stage to more digits than binary64 has; 0 where none reaches it.
    pub fn precise_gradients(&self, id: StageId) -> Option<Cow<'_, [Shown]>> {
        let (backward, precise) = (self.backward.as_ref()?, self.precise.as_ref()?);
        if !self.program.is_active(id) {
            return None;
        }
        match backward.adjoint(id) {
            Some(adjoint) => precise.numbers.get(&adjoint).map(|numbers| Cow::Borrowed(&numbers[..])),
            None => Some(Cow::Owned(vec![Shown::zero(); self.program.shape(id).size()])),
        }
    }

    /// What a check moves: a name, with a subscript of an array.
    pub fn checked_name(&self, checked: &check::Checked, names: &StageNames) -> String {
        let name = names.word(checked.stage).unwrap_or_default();
        match checked.place {
            check::Place::Element(at) => format!("{name}{}", self.shape(checked.stage).subscript(at)),
            check::Place::Direction(number) => format!("{name} along random direction {}", number + 1),
        }
    }

    /// Whether a check says that a gradient is wrong.
    pub fn fails_check(&self) -> bool {
        self.checks.iter().flat_map(|checks| checks.iter()).any(|checked| checked.verdict.fails())
    }

    /// What 1 % on each number of an input does to the result, in per cent; none where it was not asked for.
    pub fn elasticities(&self, id: StageId) -> Option<Vec<f64>> {
        if !self.relative || self.shape(self.output).size() != 1 {
            return None;
        }
        let gradients = self.gradients(id)?;
        Some(gradients.iter().zip(self.numbers(id)).map(|(gradient, x)| gradient * x / self.value()).collect())
    }

    /// The inputs with a gradient, in the program's order.
    pub fn active_inputs(&self) -> impl Iterator<Item = StageId> + '_ {
        self.forward_ids().filter(|&id| self.program.gate(id) == Gate::Input && self.program.is_active(id))
    }

    /// The answer that evaluated stages are, of which nothing but values and gradients was asked.
    pub fn of(
        program: Arc<Program>,
        forward: usize,
        output: StageId,
        backward: Option<Backward>,
        values: Values,
        symbols: Letters,
    ) -> Self {
        Self {
            source: Source { name: "".into(), line: 1 },
            expression: String::new(),
            program,
            forward,
            output,
            backward,
            values,
            analysis: Analysis::default(),
            sources: Sources::default(),
            precise: None,
            checks: None,
            digits: None,
            relative: false,
            valued: true,
            silenced: false,
            focus: None,
            place: Arc::default(),
            finite: OnceLock::new(),
            naming: Naming::default(),
            notes: Vec::new(),
            symbols,
        }
    }

    /// The stages whose numbers count: the value, and the gradient of each input that has one.
    pub fn counted(&self) -> Vec<StageId> {
        let gradients = self.active_inputs().filter_map(|input| self.backward.as_ref()?.adjoint(input));
        std::iter::once(self.output).chain(gradients).collect()
    }

    /// The answer with the 64-bit numbers that are nearest to those of more digits, but for finite ones, which stay so, and for those
    /// that are not 0: what is told of an answer that is shown in them is true of them.
    pub fn in_its_digits(&self) -> Cow<'_, Self> {
        let Some(precise) = &self.precise else { return Cow::Borrowed(self) };
        let known = |id: StageId| Some(precise.numbers.get(&id)?.iter().map(Shown::kept).collect());
        Cow::Owned(Self { values: evaluate_beside(&self.program, &known), ..self.clone() })
    }

    /// Whether the numbers that the answer was computed from are what was written, in 64-bit numbers too.
    pub fn is_of_its_binary_leaves(&self) -> bool {
        let exact = |id: StageId| self.values.slice(id).iter().all(|&number| is_short_decimal(number));
        self.precise.is_none() || (0..self.forward).map(StageId::new).filter(|&id| self.program.operands(id).is_empty()).all(exact)
    }

    /// The Jacobian and the Hessian matrix to more digits than binary64 has.
    pub fn precise_matrices(&self) -> [Option<Vec<Vec<Shown>>>; 2] {
        let Some(precise) = &self.precise else { return [None, None] };
        let missing = || broken("what was wanted in many digits was evaluated in them");
        let numbers = |id: StageId| precise.numbers.get(&id).cloned().unwrap_or_else(missing);
        let zero = Shown::zero();
        [self.sources.jacobian(numbers, &zero), self.sources.hessian(numbers, &zero)]
    }

    /// Whether numbers that count have lost digits, or may have: also where gradients left the range of numbers.
    pub fn has_lost_digits(&self) -> bool {
        let left = self.values.range == Range::Left && self.backward.is_some();
        left || self.digits.as_ref().is_some_and(|report| !report.lost.is_empty() || !report.suspected.is_empty())
    }

    /// What of a stage's numbers was lost: how many digits of the worst are right, and the numbers that they truly are, unless one of
    /// them is 0 only as far as its digits tell; none where nothing was.
    pub fn truth(&self, id: StageId) -> Option<(usize, Option<Vec<f64>>)> {
        let lost = self.digits.as_ref()?.lost.iter().filter(|lost| lost.stage == id);
        let fewest = lost.clone().map(|lost| lost.right).min()?;
        if lost.clone().any(|lost| lost.vanishes.is_some()) {
            return Some((fewest, None));
        }
        let mut numbers = self.values.slice(id).to_vec();
        lost.for_each(|lost| numbers[lost.at] = lost.truth);
        Some((fewest, Some(numbers)))
    }

    /// The same of the gradient on a forward stage.
    pub fn true_gradient(&self, id: StageId) -> Option<(usize, Option<Vec<f64>>)> {
        self.truth(self.backward.as_ref()?.adjoint(id)?)
    }

    /// The part of the result's error that the rounding of a stage makes, in per cent; none where it was not asked for.
    pub fn part_of_loss(&self, id: StageId) -> Option<f64> {
        let shares = self.digits.as_ref()?.shares.as_ref()?;
        Some((shares.get(&id).copied().unwrap_or(0.0) * 1000.0).round() / 10.0)
    }

    /// The leaves that have names of the user's: inputs and named constants, in the order of the text.
    pub fn leaves(&self) -> impl Iterator<Item = StageId> + '_ {
        self.forward_ids().filter(|&id| match self.program.gate(id) {
            Gate::Input => true,
            Gate::Constant => self.is_named_constant(id),
            _ => false,
        })
    }

    /// Whether it is a constant that the user named; `pi` is the language's own as long as it has the language's value.
    fn is_named_constant(&self, id: StageId) -> bool {
        let Some(Constant { value, name: Some(name), .. }) = self.program.constant(id) else { return false };
        language_constant(self.symbols.name(*name)).is_none_or(|own| !value.is_same(&own.into()))
    }

    /// The stages that are shown, in forward order: all but the leaves, and the output whatever it is.
    pub fn stages(&self) -> impl Iterator<Item = StageId> + '_ {
        self.forward_ids().filter(|&id| match self.program.gate(id) {
            Gate::Input => false,
            Gate::Constant => id == self.output,
            _ => true,
        })
    }

    fn forward_ids(&self) -> impl Iterator<Item = StageId> + use<> {
        (0..self.forward).map(StageId::new)
    }

    /// Whether the value and every gradient asked for is a finite number, or there are no values at all.
    pub fn is_finite(&self) -> bool {
        if !self.valued {
            return true;
        }
        let finite = |numbers: &[f64]| lanes::are_finite(numbers);
        if let Some(precise) = &self.precise {
            let finite = |id: StageId| precise.numbers.get(&id).is_none_or(|numbers| numbers.iter().all(|shown| shown.kept().is_finite()));
            let gradients = self.leaves().filter_map(|id| self.backward.as_ref()?.adjoint(id));
            return std::iter::once(self.output).chain(gradients).chain(self.sources.stages().map(|(stage, _)| stage)).all(finite);
        }
        *self.finite.get_or_init(|| {
            let jacobian = self.analysis.jacobian.iter().flatten().all(|row| finite(row));
            jacobian
                && self.values.are_finite(self.output)
                && self.leaves().filter_map(|id| self.adjoint(id)).all(|adjoint| self.values.are_finite(adjoint))
        })
    }
}
