//! Names as a Python program can have them.
//!
//! Knows which words Python and the printed program keep for themselves, and that Python reads names by their
//! compatibility form (NFKC: `µ` and `μ` are one name to it). Knows nothing of what names stand for.

use super::Answer;
use crate::forms::print::{self, Dialect};
use crate::forms::{StageId, StageNames, names};
use crate::vocabulary::gate::TABLE;
use crate::vocabulary::{language_constant, symbol};
use std::collections::{HashMap, HashSet};
use unicode_normalization::{UnicodeNormalization as _, is_nfkc};

/// The names of an answer in Python: each stands for one thing, and none hides what the program calls.
#[derive(Debug)]
pub struct Identifiers {
    stages: HashMap<StageId, String>,
    gradients: HashMap<StageId, String>,
}

impl Identifiers {
    /// Names everything that the program of an answer speaks of. Most names stay; one that Python keeps for itself,
    /// or reads as another one, gets an underscore.
    pub fn new(answer: &Answer, names: &StageNames, dialect: Dialect) -> Self {
        let numpy = dialect == Dialect::NumPy;
        let ids = || (0..answer.forward).map(StageId::new);
        let mut made = Self { stages: HashMap::new(), gradients: HashMap::new() };
        let mut wanted: Vec<(StageId, bool, String)> = Vec::new();
        for id in ids() {
            let Some(name) = names.word(id) else { continue };
            match of_language(answer, id) {
                Some((constant, value)) => {
                    let constant = if numpy { print::numpy_constant(value).unwrap_or(constant) } else { constant };
                    made.stages.insert(id, constant.to_owned());
                }
                None => wanted.push((id, false, name.to_owned())),
            }
        }
        wanted.extend(ids().filter(|&id| names.of(id).is_some()).map(|id| (id, true, names.gradient(id))));
        let mut taken: HashSet<String> = HashSet::new();
        // Names that can stay are given first, those as Python reads them before all, so that an underscore meets none.
        for pass in 0..3 {
            wanted.retain(|(id, gradient, name)| {
                let mut name = name.clone();
                let stays = is_free(&name, &taken, dialect) && (pass > 0 || is_nfkc(&name));
                if pass < 2 && !stays {
                    return true;
                }
                while !is_free(&name, &taken, dialect) {
                    name.push('_');
                }
                taken.insert(read(&name));
                let names = if *gradient { &mut made.gradients } else { &mut made.stages };
                names.insert(*id, name);
                false
            });
        }
        made
    }

    /// What a stage or a named constant is called; none where it is written in place.
    pub fn of(&self, id: StageId) -> Option<&str> {
        self.stages.get(&id).map(String::as_str)
    }

    /// What a stage's gradient is called.
    pub fn gradient(&self, id: StageId) -> Option<&str> {
        self.gradients.get(&id).map(String::as_str)
    }
}

/// The name that Python's `math` has for a constant of the language.
fn of_language(answer: &Answer, id: StageId) -> Option<(&'static str, f64)> {
    let constant = answer.program.constant(id)?;
    let own = language_constant(answer.symbols.name(constant.name?))?;
    let same = constant.value.is_same(&own.into());
    symbol::CONSTANTS.iter().find(|(_, value)| same && value.to_bits() == own.to_bits()).copied()
}

fn is_free(name: &str, taken: &HashSet<String>, dialect: Dialect) -> bool {
    let read = read(name);
    !taken.contains(&read) && !names::is_reserved(&read) && !is_kept(&read, dialect)
}

/// A name as Python reads it.
fn read(name: &str) -> String {
    if is_nfkc(name) { name.to_owned() } else { name.nfkc().collect() }
}

/// Whether the printed program uses this name itself: a function that a gate's definition calls, a module, a type.
fn is_kept(name: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::NumPy => ["np", "math", "float", "int"].contains(&name) || TABLE.iter().any(|row| calls(row.numpy_def, name)),
        _ => name == "float" || TABLE.iter().any(|row| calls(row.python_def, name)),
    }
}

/// Whether Python calls a function by this name alone.
pub fn calls(text: &str, name: &str) -> bool {
    let part = |c: char| c == '_' || c == '.' || c.is_alphanumeric();
    text.match_indices(&format!("{name}(")).any(|(at, _)| !text[..at].ends_with(part))
}
