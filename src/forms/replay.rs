//! The one walk over a program: each stage in turn, its operands' results at hand, over a backend that says what a
//! leaf, a constant and an application of a gate come to.
//!
//! Evaluating, copying a part, filling in a gate's text and writing arrays out are backends. Knows the order of
//! stages and nothing of what a backend makes of them.

use super::program::{Constant, Program, StageId};
use crate::ground::broken;
use crate::vocabulary::Gate;

/// What the stages of a program come to.
pub trait Backend {
    /// What one stage comes to.
    type Value;
    /// What ends the walk before its end.
    type Error;

    /// What an input comes to, the `at`-th of the program.
    ///
    /// # Errors
    /// What ends the walk.
    fn input(&mut self, id: StageId, at: usize) -> Result<Self::Value, Self::Error>;

    /// What a constant comes to.
    ///
    /// # Errors
    /// What ends the walk.
    fn constant(&mut self, id: StageId, constant: &Constant) -> Result<Self::Value, Self::Error>;

    /// What a gate comes to, applied to what its operands came to.
    ///
    /// # Errors
    /// What ends the walk.
    fn apply(&mut self, id: StageId, gate: Gate, operands: Operands<'_, Self::Value>) -> Result<Self::Value, Self::Error>;
}

/// What the operands of a stage came to.
#[derive(Debug)]
pub struct Operands<'a, V> {
    ids: &'a [StageId],
    made: &'a [V],
    places: Places<'a>,
}

/// Where among what was made a stage's is.
#[derive(Clone, Copy, Debug)]
enum Places<'a> {
    /// At the stage's own position: every stage was walked.
    Own,
    /// At that of the stage among those that were kept, which are few.
    Among(&'a [StageId]),
    /// At that which the table has for the stage's position.
    Table(&'a [u32]),
}

impl<V> Clone for Operands<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Operands<'_, V> {}

impl<'a, V> Operands<'a, V> {
    /// How many operands there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The stages that the operands are.
    pub fn ids(&self) -> &'a [StageId] {
        self.ids
    }

    /// What the operand at a position came to.
    ///
    /// # Panics
    /// Where the operand was not walked: a mistake in this crate.
    #[inline]
    pub fn get(&self, at: usize) -> &'a V {
        let id = self.ids[at];
        let place = match self.places {
            Places::Own => id.at(),
            Places::Among(kept) => kept.binary_search(&id).unwrap_or_else(|_| broken("a part of a program holds its stages' operands")),
            Places::Table(table) => table[id.at()] as usize,
        };
        &self.made[place]
    }

    /// What all operands came to, in order.
    pub fn iter(self) -> impl Iterator<Item = &'a V> {
        (0..self.len()).map(move |at| self.get(at))
    }
}

/// Walks every stage; what they come to is added to `made`, which is empty.
///
/// # Errors
/// What the backend ends the walk with.
#[inline]
pub fn replay<B: Backend>(program: &Program, backend: &mut B, made: &mut Vec<B::Value>) -> Result<(), B::Error> {
    let constants = program.constants();
    for (at, (gate, ids, leaf)) in program.stages_from(0).enumerate() {
        let id = StageId::new(at);
        let value = match gate {
            Gate::Input => backend.input(id, leaf)?,
            Gate::Constant => backend.constant(id, &constants[leaf])?,
            gate => backend.apply(id, gate, Operands { ids, made, places: Places::Own })?,
        };
        made.push(value);
    }
    Ok(())
}

/// Walks some stages, which hold all their operands, each behind its own.
///
/// # Errors
/// What the backend ends the walk with.
pub fn replay_part<B: Backend>(program: &Program, kept: &[StageId], backend: &mut B) -> Result<Vec<B::Value>, B::Error> {
    let end = kept.iter().map(|id| id.at() + 1).max().unwrap_or(0);
    let table = if kept.len() < end / FEW { Vec::new() } else { table(kept, end) };
    let places = if table.is_empty() { Places::Among(kept) } else { Places::Table(&table) };
    let mut made = Vec::with_capacity(kept.len());
    for &id in kept {
        let value = match program.gate(id) {
            Gate::Input => backend.input(id, program.leaf(id))?,
            Gate::Constant => backend.constant(id, &program.constants()[program.leaf(id)])?,
            gate => backend.apply(id, gate, Operands { ids: program.operands(id), made: &made, places })?,
        };
        made.push(value);
    }
    Ok(made)
}

/// Fewer stages than one of so many are searched; of more, a table of all positions is quicker.
const FEW: usize = 8;

/// The position of each kept stage among those kept, by its position in the program.
fn table(kept: &[StageId], end: usize) -> Vec<u32> {
    let mut table = vec![u32::MAX; end];
    for (place, id) in (0..).zip(kept) {
        table[id.at()] = place;
    }
    table
}
