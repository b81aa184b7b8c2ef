//! New columns of a table, before they are text: layers of expressions, each of columns of the layers before it.
//!
//! Knows stages, names and layers; knows no particular language and not which stages are columns.

use super::Dialect;
use crate::forms::print;
use crate::forms::{Program, StageId};
use crate::ground::number;
use crate::vocabulary::Letters;
use crate::vocabulary::gate::Level;
use hashbrown::HashMap;
use std::borrow::Cow;

/// The stages of a program as columns of a table.
#[derive(Debug)]
pub struct Columns<'a> {
    /// The stages, of single numbers.
    pub program: &'a Program,
    /// The letters of names.
    pub symbols: &'a Letters,
    /// How expressions look.
    pub dialect: &'static Dialect,
    /// The expression, on one line.
    pub expression: String,
    /// The columns that the table has, as inputs: what each is called there, and in the text.
    pub inputs: &'a [(String, StageId)],
    /// Columns of the table that stand beside the results, and are used for nothing.
    pub kept: &'a [String],
    /// The columns that each layer adds.
    pub layers: &'a [Vec<StageId>],
    /// What each column is called.
    pub names: &'a HashMap<StageId, String>,
    /// The value and the gradients, each with its name.
    pub results: &'a [(String, StageId)],
    /// The inputs that are the same in every row, with their values.
    pub given: &'a [(String, f64)],
    /// The constants of the language that stand in the expression, with their values.
    pub constants: &'a [(String, f64)],
}

impl Columns<'_> {
    /// What a column computes, as one expression; `word` writes the name of a column.
    pub fn expression(&self, id: StageId, word: &dyn Fn(&str) -> String) -> String {
        let named = |id: StageId| self.names.get(&id).map(|name| Cow::Owned(word(name)));
        if self.program.constant(id).is_some() {
            return print::operand(self.program, id, Level::Compare, self.dialect, self.symbols, &|_| None);
        }
        print::stage(self.program, id, self.dialect, self.symbols, &named)
    }

    /// Says which constants there are: a column that is called so is not read.
    pub fn told_constants(&self) -> Option<String> {
        let told = |(name, value): &(String, f64)| format!("{name} = {}", number::shortest(*value));
        let all: Vec<String> = self.constants.iter().map(told).collect();
        (!all.is_empty()).then(|| format!("Constants of the language, and no columns: {}.", all.join(", ")))
    }

    /// The columns that each layer hands on: made before it, and read behind it or shown.
    pub fn carried(&self) -> Vec<Vec<StageId>> {
        let shown = self.results.iter().chain(self.inputs).map(|&(_, id)| (id, self.layers.len()));
        let mut last: HashMap<StageId, usize> = shown.collect();
        for (at, layer) in self.layers.iter().enumerate() {
            for id in layer.iter().flat_map(|&id| self.reads(id)) {
                let reader = last.entry(id).or_insert(at);
                *reader = at.max(*reader);
            }
        }
        let mut live: Vec<StageId> = self.inputs.iter().map(|&(_, id)| id).collect();
        let hands_on = |(at, layer): (usize, &Vec<StageId>)| {
            live.retain(|id| last.get(id).is_some_and(|&reader| reader > at));
            let carried = live.clone();
            live.extend(layer);
            carried
        };
        self.layers.iter().enumerate().map(hands_on).collect()
    }

    /// The columns that an expression reads.
    pub fn reads(&self, id: StageId) -> Vec<StageId> {
        let (mut found, mut rest) = (Vec::new(), self.program.operands(id).to_vec());
        while let Some(id) = rest.pop() {
            if self.names.contains_key(&id) {
                found.push(id);
            } else {
                rest.extend_from_slice(self.program.operands(id));
            }
        }
        found
    }
}
