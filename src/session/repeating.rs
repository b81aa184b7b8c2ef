//! `repeat`: the statements of a block, as often as it says, one after the other.
//!
//! Knows which statement comes next; nothing of what statements do.

use super::preparing::Preparations;
use super::{Place, Session};
use crate::ground::{Fault, FaultKind};

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
        let rounds: Vec<String> = self.rounds.drain(..).map(|round| format!("round {} of {}", round.number, round.count)).collect();
        Some(rounds.join(", "))
    }
}

impl Session {
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
