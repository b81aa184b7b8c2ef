//! What a text would give, were it entered.
//!
//! Works on a copy of the session, within limits of stages, numbers and time; reads no file.

use crate::calculus::lower::Limits;
use crate::ground::Cancellation;
use crate::session::{FinalDefinition, Outcome, Session};
use crate::views::{Answer, Source, VIEWS};
use std::sync::Arc;

/// The most stages that a preview adds.
const MOST_STAGES: usize = 5_000;

/// The most numbers that the values of a preview's stages hold.
const MOST_NUMBERS: usize = 50_000;

/// The most stages of a session whose texts are previewed: the preview works on a copy.
const LARGEST: usize = 100_000;

/// The longest text that is previewed, in bytes.
const LONGEST: usize = 4_000;

/// The most statements that one answers to, those of a block counted in every round.
const MOST_STEPS: usize = 1_000;

impl Session {
    /// What a text would give, were it entered: its last answer, found within limits and before `cancellation` ends it. The
    /// session stays as it is; files are not read.
    pub fn preview(&self, text: &str, cancellation: &Cancellation) -> Option<Arc<Answer>> {
        if text.len() > LONGEST || self.program.len() > LARGEST || cancellation.is_cancelled() {
            return None;
        }
        let mut copy = self.clone();
        copy.begin();
        let budget = copy.scratch.limits.budget.with_room(self.program.len(), MOST_STAGES, MOST_NUMBERS);
        copy.scratch.limits = Limits { budget, cancellation: cancellation.clone() };
        let settings = &mut copy.settings;
        settings.files = None;
        (settings.hessian, settings.relative, settings.scalars) = (false, false, false);
        settings.along.clear();
        settings.nudge.clear();
        settings.sd.clear();
        settings.view = &VIEWS[0];
        let source = Source { name: "".into(), line: 1 };
        let mut reading = copy.read(text, &source, FinalDefinition::KnownStage).ok()?;
        let (mut last, mut steps) = (None, 0);
        while let Some(outcome) = copy.step(&mut reading) {
            steps += 1;
            if steps > MOST_STEPS {
                return None;
            }
            last = match outcome {
                Ok(Outcome::Answer(answer)) => Some(answer),
                Ok(_) => None,
                Err(_) => return None,
            };
            if cancellation.is_cancelled() {
                return None;
            }
        }
        last
    }
}
