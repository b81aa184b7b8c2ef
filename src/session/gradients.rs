//! The gradients of the last answer as constants that texts can name, `dx` for the one on `x`.
//!
//! Knows an answer and which inputs have turned since; no statement.

use super::ends::Deferred;
use crate::forms::StageId;
use crate::ground::Value;
use crate::views::Answer;
use crate::vocabulary::Symbol;
use hashbrown::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// The gradients of the last answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Gradients {
    /// The answer; none before the first, and where the last statement that asked has failed.
    pub(super) answer: Option<Arc<Answer>>,
    /// What it takes to make the answer, where that is left to whoever names a gradient.
    pub(super) deferred: Option<Deferred>,
    /// The inputs that have turned since.
    pub(super) turned: HashSet<Symbol>,
    /// The stage that each gradient is one of, found when the first is asked for.
    names: OnceLock<Arc<HashMap<String, StageId>>>,
}

impl Gradients {
    /// Those of an answer.
    pub(super) fn of(answer: Option<Arc<Answer>>) -> Self {
        Self { answer, ..Self::default() }
    }

    /// Those that are made when a text names one.
    pub(super) fn deferred(deferred: Deferred) -> Self {
        Self { deferred: Some(deferred), ..Self::default() }
    }

    /// The gradient of a name, or the input that it is on, where that has turned; none where it names no gradient.
    pub(super) fn named(&self, text: &str) -> Option<Result<Value, Symbol>> {
        let answer = self.answer.as_ref()?;
        let &stage = self.names.get_or_init(|| Arc::new(names(answer))).get(text)?;
        if let Some(input) = answer.program.input(stage).filter(|input| self.turned.contains(&input.name)) {
            return Some(Err(input.name));
        }
        Some(Ok(Value::new(answer.shape(stage), answer.gradients(stage)?.to_vec())))
    }

    /// How many numbers a gradient has that was not stored, by its name.
    pub(super) fn unstored(&self, text: &str) -> Option<usize> {
        let answer = self.answer.as_ref()?;
        let &stage = self.names.get_or_init(|| Arc::new(names(answer))).get(text)?;
        answer.adjoint(stage).filter(|&adjoint| !answer.values.is_stored(adjoint)).map(|adjoint| answer.shape(adjoint).size())
    }

    /// The bytes of the values that the answer holds.
    pub(super) fn bytes(&self) -> usize {
        self.answer.as_ref().map_or(0, |answer| answer.values.bytes())
    }
}

fn names(answer: &Answer) -> HashMap<String, StageId> {
    let names = answer.names();
    let shown = answer.active_inputs().chain(answer.stages()).filter(|&id| names.of(id).is_some() && answer.gradients(id).is_some());
    shown.map(|id| (names.gradient(id), id)).collect()
}
