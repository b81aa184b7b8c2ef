//! `repeat`: the statements of a block, as often as it says, one after the other.
//!
//! Knows which statement comes next; nothing of what statements do.

use super::preparing::Preparations;
use super::{ANS, Place, Reading, Session};
use crate::ground::{Fault, FaultKind, Value};
use crate::vocabulary::Symbol;

/// The most rounds that a block may be asked for.
const MOST_ROUNDS: f64 = 1e15;

/// A block that is being repeated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Round {
    /// Its first statement.
    pub(super) first: usize,
    /// The first statement behind it.
    pub(super) until: usize,
    /// The number of the round, from 1.
    pub(super) number: u64,
    /// How many there are.
    pub(super) count: u64,
}

/// Where a text has come to.
#[derive(Debug, Default)]
pub(super) struct Position {
    /// The statement that comes next.
    pub(super) next: usize,
    /// The blocks that it stands in, from the outermost.
    pub(super) rounds: Vec<Round>,
    /// What is kept of their statements.
    pub(super) preparations: Preparations,
    /// The values of the inputs before the outermost block, where somebody is told how they turn.
    pub(super) before: Vec<(Symbol, Value)>,
}

impl Position {
    /// The statement that comes next: at the end of a block its first one, as long as rounds are left.
    pub(super) fn settle(&mut self) -> usize {
        while let Some(round) = self.rounds.last_mut().filter(|round| round.until == self.next) {
            if round.number < round.count {
                round.number += 1;
                self.next = round.first;
                break;
            }
            self.rounds.pop();
            if self.rounds.is_empty() {
                self.preparations = Preparations::default();
            }
        }
        self.next
    }

    /// Enters a block, or passes it where there is no round.
    pub(super) fn enter(&mut self, until: usize, count: u64) {
        if count == 0 || until == self.next {
            self.next = until;
        } else {
            self.rounds.push(Round { first: self.next, until, number: 1, count });
        }
    }

    /// Leaves every block: a statement in one has failed. Says in which round, where there is more than one.
    pub(super) fn leave(&mut self) -> Option<String> {
        let outermost = self.rounds.first().copied()?;
        self.next = outermost.until;
        self.preparations = Preparations::default();
        self.before.clear();
        let rounds: Vec<String> = self.rounds.drain(..).map(|round| format!("round {} of {}", round.number, round.count)).collect();
        Some(rounds.join(", "))
    }
}

/// How many rounds of the outermost block are done, of which a statement at `next` is the next one.
fn rounds_done(rounds: &[Round], next: usize) -> Option<String> {
    let outermost = rounds.first()?;
    let whole = rounds.len() == 1 && next == outermost.first;
    let (done, count) = (outermost.number - 1, outermost.count);
    Some(match (done, whole) {
        (0, _) => format!("a part of the first of {count} rounds"),
        (_, true) => format!("{done} of {count} rounds"),
        (_, false) => format!("{done} of {count} rounds and a part of the next"),
    })
}

impl Session {
    /// A block is about to be entered: whoever types is told behind it how the inputs have turned.
    pub(super) fn enter_block(&self, position: &mut Position, until: usize, count: u64) {
        if self.converses && position.rounds.is_empty() {
            position.before = self.names.input_values().filter(|(name, _)| self.symbols.name(*name) != ANS).collect();
        }
        position.enter(until, count);
    }

    /// A statement of a block has run: goes to the next one, and says behind the last one how the inputs have turned.
    pub(super) fn settle(&mut self, position: &mut Position) {
        let count = position.rounds.first().map_or(0, |round| round.count);
        position.settle();
        if position.rounds.is_empty() {
            let rounds = if count == 1 { "1 round".to_owned() } else { format!("{count} rounds") };
            self.tell_rounds(position, &rounds);
        }
    }

    /// Leaves the block that a text is in, whose rounds are interrupted, and says how the inputs have turned.
    pub fn interrupt_block(&mut self, reading: &mut Reading) {
        let next = reading.position.next;
        self.interrupt_at(&mut reading.position, next);
    }

    /// The same where the statement that is the next one to run is known.
    pub(super) fn interrupt_at(&mut self, position: &mut Position, next: usize) -> Option<String> {
        if let Some(rounds) = rounds_done(&position.rounds, next) {
            self.tell_rounds(position, &rounds);
        }
        position.leave()
    }

    fn tell_rounds(&mut self, position: &mut Position, rounds: &str) {
        for (name, old) in std::mem::take(&mut position.before) {
            if let Some(value) = self.names.value(name).cloned() {
                self.tell_turned(name, &old, &value, Some(rounds));
            }
        }
    }

    /// How many rounds a `repeat` asks for.
    ///
    /// # Errors
    /// Where it is no whole number from 0 on.
    pub(super) fn rounds(&mut self, place: &Place) -> Result<u64, Fault> {
        let before = self.program.len();
        let stage = self.lower(place, place.statement.root)?;
        let span = place.tree.span(place.statement.root);
        let (value, _) = self.evaluated(stage, before, span)?;
        match value.number() {
            Some(count) if count >= 0.0 && count.fract() == 0.0 && count <= MOST_ROUNDS => Ok(count as u64),
            _ => Err(Fault::new(FaultKind::Shape, span, "`repeat` takes a whole number of rounds, from 0 to 1e15")
                .label("here")
                .help("write such as `repeat 100 { x += 1 }`")),
        }
    }
}
