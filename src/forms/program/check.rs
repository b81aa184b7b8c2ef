//! The check of a program's form that ends every transformation in debug builds.

use super::{ACTIVE, ARRAY, Program, SHARED, StageId, VARIES, own_marks};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::Row;
use hashbrown::HashSet;

impl Program {
    /// Checks that operands precede their stages, that gates have the operands they take, that leaves exist and
    /// that no name is given twice. Every transformation of a program ends with it in debug builds.
    ///
    /// # Panics
    /// When the program is not well formed: a mistake in this crate, never in the user's text.
    pub fn check(&self) {
        assert_eq!(self.stages.len(), self.marks.len());
        let mut marks: Vec<u8> = Vec::with_capacity(self.len());
        for id in self.ids() {
            let row = self.gate(id).row();
            let operands = self.operands(id);
            assert!(operands.iter().all(|&operand| operand < id), "operands of {id:?} precede it");
            let takes = |row: &Row| row.takes(operands.len());
            // In a form to be filled in, a gate stands for all of its name.
            assert!(takes(row) || (self.open && row.with_cases().any(takes)), "{} takes {} operands", row.name, operands.len());
            let shape = self.shape(id);
            let own = match self.gate(id) {
                Gate::Input => VARIES | (u8::from(self.inputs[self.leaf(id)].active) * ACTIVE),
                Gate::Constant => {
                    assert_eq!(self.constants[self.leaf(id)].value.shape(), shape);
                    0
                }
                gate => {
                    let resolved = self.resolve(gate, operands);
                    assert!(self.open || resolved == Ok((gate, shape)), "{} of {shape}: {resolved:?}", row.name);
                    operands.iter().fold(0, |marks_, operand| marks_ | marks[operand.at()]) & !own_marks(gate)
                }
            };
            marks.push(own | if shape.is_scalar() { 0 } else { ARRAY });
        }
        let own = self.marks.iter().map(|marks| marks & !SHARED);
        assert!(own.eq(marks), "what depends on an input follows from the operands");
        let shared = || self.ids().filter(|&id| self.is_shared(id) && self.gate(id) != Gate::Constant);
        let different: HashSet<(Gate, &[StageId])> = shared().map(|id| (self.gate(id), self.operands(id))).collect();
        assert_eq!(different.len(), shared().count(), "stages that can be found again differ");
        let mut names: Vec<_> = self.names.values().collect();
        names.sort_by_key(|name| name.at());
        names.dedup();
        assert_eq!(names.len(), self.names.len(), "names are unique");
    }
}
