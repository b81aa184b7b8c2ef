//! Answers to more digits than binary64 has: what is known of the leaves of a program beside their binary64 numbers.
//!
//! A number in a text is the decimal that is written there; what a name was computed from is kept beside its value, as long as
//! it is small. Knows no view.

use super::Session;
use crate::calculus::precise::{Given, Leaves, Origin};
use crate::calculus::rungs::{Asked, Digits, PATIENCE, SPARE, Shown, Undone, bytes, settle};
use crate::forms::program::{Constant, Input};
use crate::forms::{Program, StageId};
use crate::ground::big::Decimal;
use crate::ground::big::text::SURE_DIGITS;
use crate::ground::budget::NUMBER;
use crate::ground::{Fault, FaultKind, Span, Value, broken, number};
use crate::views::Answer;
use crate::vocabulary::{Symbol, language_constant};
use std::f64::consts::PI;
use std::sync::Arc;

/// What a name was computed from is kept up to so many stages,
const MOST_STAGES: usize = 300;

/// and up to so many numbers of its leaves.
const MOST_NUMBERS: usize = 10_000;

/// What a value is as it stands: the decimal numbers that people would write for it, or binary64 where those are longer than
/// they write.
fn as_it_stands(value: &Value) -> Given {
    let sure = |&x: &f64| number::shortest_digits(x) <= SURE_DIGITS;
    if value.numbers().iter().all(sure) { Given::Shortest } else { Given::Binary }
}

/// A degree in radians.
const DEGREE: f64 = PI / 180.0;

impl Session {
    /// What is known of a constant.
    fn given_of_constant(&self, constant: &Constant) -> Given {
        if let Some(decimal) = &constant.decimal {
            return Given::Decimals(Arc::from([(**decimal).clone()]));
        }
        let Some(name) = constant.name else {
            // No number of as many digits as people write is read as a degree.
            let is_degree = constant.value.number() == Some(DEGREE);
            return if is_degree { Given::Degree } else { as_it_stands(&constant.value) };
        };
        if let Some(given) = self.names.given(name, &constant.value) {
            return given;
        }
        let own = language_constant(self.symbols.name(name)).filter(|&known| constant.value.number() == Some(known));
        own.and_then(Given::of_language).unwrap_or_else(|| as_it_stands(&constant.value))
    }

    fn given_of_input(&self, input: &Input, value: &Value) -> Given {
        let named = if input.value.is_none() { self.names.given(input.name, value) } else { None };
        named.unwrap_or_else(|| as_it_stands(value))
    }

    /// What is known of the leaves of a program whose inputs have these values.
    pub(super) fn leaves(&self, program: &Program, inputs: &[Value]) -> Leaves {
        Leaves {
            inputs: program.inputs().iter().zip(inputs).map(|(input, value)| self.given_of_input(input, value)).collect(),
            constants: program.constants().iter().map(|constant| self.given_of_constant(constant)).collect(),
        }
    }

    /// Whether what values are computed from is kept: more digits are asked for, or somebody may ask for them later.
    pub(super) fn keeps_history(&self) -> bool {
        self.settings.precise.is_some() || self.converses
    }

    /// What a value that a stage came to was made of.
    pub(super) fn made(&self, program: &Program, output: StageId, inputs: Vec<Value>) -> Given {
        if let Some(constant) = program.constant(output) {
            return self.given_of_constant(constant);
        }
        let own = inputs.iter().chain(program.constants().iter().map(|constant| &constant.value)).map(|value| value.numbers().len());
        let (mut stages, mut numbers) = (program.len(), own.sum::<usize>());
        if self.settings.precise.is_none() && (stages > MOST_STAGES || numbers > MOST_NUMBERS) {
            return Given::Binary;
        }
        let leaves = self.leaves(program, &inputs);
        for given in leaves.inputs.iter().chain(&leaves.constants) {
            if let Given::Made(origin) = given {
                stages += origin.stages;
                numbers += origin.numbers;
            }
        }
        if stages <= MOST_STAGES && numbers <= MOST_NUMBERS {
            return Given::Made(Arc::new(Origin { program: program.clone(), output, inputs, leaves, stages, numbers }));
        }
        let Some(digits) = self.settings.precise else { return Given::Binary };
        // A long history becomes a number of many more digits than anybody will ask for.
        let asked = Asked {
            program,
            inputs: &inputs,
            leaves: &leaves,
            wanted: &[output],
            digits: 4 * digits,
            spare: SPARE,
            patience: PATIENCE,
            cancellation: &self.scratch.limits.cancellation,
        };
        let found = settle::<10>(&asked).ok();
        let texts = found.as_ref().and_then(|found| found.numbers.get(&output));
        let decimals: Option<Vec<Decimal>> = texts.and_then(|texts| texts.iter().map(|shown| Decimal::parse(&shown.text)).collect());
        decimals.map_or(Given::Binary, |decimals| Given::Decimals(decimals.into()))
    }

    /// Keeps what the last value was made of.
    pub(super) fn keep_answered(&mut self, ans: Symbol, answer: &Answer, value: &Value) {
        if answer.forward > MOST_STAGES || !self.keeps_history() {
            return;
        }
        let (program, output) = answer.program.cone(answer.output);
        if let Ok(inputs) = self.values(&program, usize::MAX, Span::default()) {
            let given = self.made(&program, output, inputs);
            self.names.keep_given(ans, value.clone(), given);
        }
    }

    /// The numbers of some stages to the digits that are set; none where none are.
    ///
    /// # Errors
    /// Where that takes too long or is interrupted.
    pub(super) fn precise(&self, program: &Program, inputs: &[Value], wanted: &[StageId], span: Span) -> Result<Option<Digits>, Fault> {
        let Some(digits) = self.settings.precise else { return Ok(None) };
        self.scratch.limits.budget.fits(bytes(program, digits).div_ceil(NUMBER), span)?;
        let leaves = self.leaves(program, inputs);
        let cancellation = &self.scratch.limits.cancellation;
        let asked = Asked { program, inputs, leaves: &leaves, wanted, digits, spare: SPARE, patience: PATIENCE, cancellation };
        settle::<10>(&asked).map(Some).map_err(|undone| match undone {
            Undone::Interrupted => Fault::interrupted(span),
            Undone::TooLong(seconds) => {
                let message = format!("{digits} digits of this would take more than {}", lasting(seconds));
                Fault::new(FaultKind::Limit, span, message).help("ask for fewer digits, or for a part of it")
            }
            Undone::Gate(name) => {
                Fault::new(FaultKind::Limit, span, format!("`{name}` is not evaluated to {digits} digits")).help("leave `precise` out")
            }
        })
    }

    /// The numbers of one stage to the digits that are set.
    ///
    /// # Errors
    /// As `precise`.
    pub(super) fn precise_numbers(
        &self,
        program: &Program,
        output: StageId,
        inputs: &[Value],
        span: Span,
    ) -> Result<Option<Vec<Shown>>, Fault> {
        let digits = self.precise(program, inputs, &[output], span)?;
        let numbers = |mut digits: Digits| digits.numbers.remove(&output);
        Ok(digits.map(|digits| numbers(digits).unwrap_or_else(|| broken("what was wanted in many digits was evaluated in them"))))
    }

    /// The leaves of a program that are read as binary64 numbers though they were made of something else, by their names.
    pub(super) fn read_as_binary(&self, program: &Program, inputs: &[Value]) -> Vec<String> {
        let leaves = self.leaves(program, inputs);
        let quoted = |name: Symbol| format!("`{}`", self.symbols.name(name));
        let word = |constant: &Constant| match (constant.name, constant.value.number()) {
            (Some(name), _) => quoted(name),
            (None, Some(x)) => number::shortest(x),
            (None, None) => "an array of the text".to_owned(),
        };
        let inputs = program.inputs().iter().map(|input| quoted(input.name)).zip(&leaves.inputs);
        let constants = program.constants().iter().map(word).zip(&leaves.constants);
        let binary = inputs.chain(constants).filter(|(_, given)| matches!(given, Given::Binary));
        let mut names: Vec<String> = Vec::new();
        for (word, _) in binary {
            if !names.contains(&word) {
                names.push(word);
            }
        }
        names
    }
}

fn lasting(seconds: u64) -> String {
    if seconds < 120 { format!("{seconds} seconds") } else { format!("{} minutes", seconds / 60) }
}
