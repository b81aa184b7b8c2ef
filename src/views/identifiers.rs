//! Names as a printed language can have them.
//!
//! Knows that a dialect keeps words for itself, spells names in its own way and may read two names as one. Knows
//! nothing of what names stand for, and no particular language.

use super::Answer;
use crate::forms::target::Dialect;
use crate::forms::{StageId, StageNames, names};
use crate::vocabulary::{Gate, language_constant, symbol};
use hashbrown::{HashMap, HashSet};

/// The names of an answer in a printed language: each stands for one thing, and none hides what the text calls.
#[derive(Debug)]
pub struct Identifiers {
    stages: HashMap<StageId, String>,
    gradients: HashMap<StageId, String>,
    taken: HashSet<String>,
}

impl Identifiers {
    /// Names everything that the text of an answer speaks of. Most names stay; one that the language keeps for itself,
    /// or reads as another one, gets an underscore. With `every`, stages that are not shown have names too.
    pub fn new(answer: &Answer, names: &StageNames, dialect: &Dialect, every: bool) -> Self {
        let ids = || (0..answer.forward).map(StageId::new);
        let mut made = Self { stages: HashMap::new(), gradients: HashMap::new(), taken: HashSet::new() };
        let mut wanted: Vec<(StageId, bool, String)> = Vec::new();
        for id in ids() {
            let unseen = (every && answer.program.gate(id) != Gate::Constant).then(|| format!("t{}", id.at()));
            let Some(name) = names.word(id).or(unseen.as_deref()) else { continue };
            match of_language(answer, id) {
                Some((constant, value)) => {
                    made.stages.insert(id, (dialect.constant)(value).unwrap_or(constant).to_owned());
                }
                None => wanted.push((id, false, (dialect.spell)(name))),
            }
        }
        wanted.extend(ids().filter(|&id| names.of(id).is_some()).map(|id| (id, true, (dialect.spell)(&names.gradient(id)))));
        made.give(wanted, dialect);
        made
    }

    /// Names that can stay are given first, those as the language reads them before all, so that an underscore meets none.
    fn give(&mut self, mut wanted: Vec<(StageId, bool, String)>, dialect: &Dialect) {
        let kept = dialect.kept();
        for pass in 0..3 {
            wanted.retain(|(id, gradient, name)| {
                let stays = self.is_free(name, dialect, &kept) && (pass > 0 || (dialect.read)(name) == *name);
                if pass < 2 && !stays {
                    return true;
                }
                let mut name = name.clone();
                while !self.is_free(&name, dialect, &kept) {
                    name.push('_');
                }
                self.taken.insert((dialect.read)(&name));
                let names = if *gradient { &mut self.gradients } else { &mut self.stages };
                names.insert(*id, name);
                false
            });
        }
    }

    /// What a stage or a named constant is called; none where it is written in place.
    pub fn of(&self, id: StageId) -> Option<&str> {
        self.stages.get(&id).map(String::as_str)
    }

    /// What a stage's gradient is called.
    pub fn gradient(&self, id: StageId) -> Option<&str> {
        self.gradients.get(&id).map(String::as_str)
    }

    /// The names of all stages, and every name that is taken as the language reads it.
    pub fn into_parts(self) -> (HashMap<StageId, String>, HashSet<String>) {
        (self.stages, self.taken)
    }

    fn is_free(&self, name: &str, dialect: &Dialect, kept: &HashSet<&str>) -> bool {
        let read = (dialect.read)(name);
        !self.taken.contains(&read) && !names::is_reserved(&read) && !kept.contains(read.as_str())
    }
}

/// The name that the language has for a constant, and its value.
fn of_language(answer: &Answer, id: StageId) -> Option<(&'static str, f64)> {
    let constant = answer.program.constant(id)?;
    let own = language_constant(answer.symbols.name(constant.name?))?;
    let same = constant.value.is_same(&own.into());
    symbol::CONSTANTS.iter().find(|(_, value)| same && value.to_bits() == own.to_bits()).copied()
}
