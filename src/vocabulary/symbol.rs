//! Names as small numbers: every distinct name is kept once. Also the names that the language gives to numbers.

use crate::ground::Hashed;
use hashbrown::DefaultHashBuilder;
use std::hash::BuildHasher as _;
use std::ops::Deref;
use std::sync::Arc;

define_index! {
    /// A name, as an index into the table that knows its letters.
    Symbol
}

/// The names that the language itself gives to numbers, and their other spellings.
pub const CONSTANTS: &[(&str, f64)] = &[
    ("pi", std::f64::consts::PI),
    ("e", std::f64::consts::E),
    ("tau", std::f64::consts::TAU),
    ("inf", f64::INFINITY),
    ("π", std::f64::consts::PI),
    ("τ", std::f64::consts::TAU),
    ("∞", f64::INFINITY),
];

/// Units of angles: what a number of them is multiplied by.
pub const UNITS: &[(&str, f64)] = &[("deg", std::f64::consts::PI / 180.0), ("°", std::f64::consts::PI / 180.0)];

/// What a unit multiplies by, unless the user gave the name another meaning.
pub fn unit(name: &str) -> Option<f64> {
    UNITS.iter().find(|(known, _)| *known == name).map(|&(_, value)| value)
}

/// The derivative as an expression: `d(x^2, x)`.
pub const DERIVATIVE: &str = "d";

/// The numbers of a file as an expression: `load("points.csv")`.
pub const LOAD: &str = "load";

/// The value of a name that the language itself gives, unless the user gave it another meaning.
pub fn language_constant(name: &str) -> Option<f64> {
    CONSTANTS.iter().find(|(known, _)| *known == name).map(|&(_, value)| value)
}

/// The letters of names. A copy shares with its original what both have: an answer keeps the names of its time while the session goes
/// on.
#[derive(Clone, Debug, Default)]
pub struct Letters {
    /// So many to a part, but for the last one.
    parts: Vec<Arc<Vec<Arc<str>>>>,
}

/// The names of a part, of which a push copies at most one.
const PART: usize = 256;

impl Letters {
    /// The letters of a name.
    pub fn name(&self, symbol: Symbol) -> &str {
        &self.parts[symbol.at() / PART][symbol.at() % PART]
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.parts.last().map_or(0, |last| (self.parts.len() - 1) * PART + last.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    fn push(&mut self, name: Arc<str>) {
        match self.parts.last_mut().filter(|last| last.len() < PART) {
            Some(last) => Arc::make_mut(last).push(name),
            None => self.parts.push(Arc::new(vec![name])),
        }
    }

    fn pop(&mut self) -> Option<Arc<str>> {
        let last = Arc::make_mut(self.parts.last_mut()?);
        let name = last.pop();
        if last.is_empty() {
            self.parts.pop();
        }
        name
    }
}

/// The table of names. The language's own names come first in every table, so that their symbols are the same in
/// all of them.
#[derive(Clone, Debug)]
pub struct Symbols {
    letters: Letters,
    known: Hashed<Symbol>,
    hasher: DefaultHashBuilder,
}

impl Default for Symbols {
    fn default() -> Self {
        let mut symbols = Self { letters: Letters::default(), known: Hashed::default(), hasher: DefaultHashBuilder::default() };
        for (name, _) in CONSTANTS {
            symbols.intern(name);
        }
        symbols
    }
}

impl Deref for Symbols {
    type Target = Letters;

    fn deref(&self) -> &Letters {
        &self.letters
    }
}

impl Symbols {
    /// The symbol of a name, new or known.
    pub fn intern(&mut self, name: &str) -> Symbol {
        let hash = self.hasher.hash_one(name);
        if let Some(symbol) = self.known.find(hash, |symbol| self.letters.name(symbol) == name) {
            return symbol;
        }
        let symbol = Symbol::new(self.letters.len());
        self.letters.push(name.into());
        self.known.insert(hash, symbol);
        symbol
    }

    /// Takes back the names from a position on, which nothing may use any more.
    pub fn truncate(&mut self, len: usize) {
        while self.letters.len() > len {
            let symbol = Symbol::new(self.letters.len() - 1);
            if let Some(last) = self.letters.pop() {
                self.known.remove(self.hasher.hash_one(&*last), |other| other == symbol);
            }
        }
    }

    /// The symbol of a name, if the table has it.
    pub fn find(&self, name: &str) -> Option<Symbol> {
        self.known.find(self.hasher.hash_one(name), |symbol| self.letters.name(symbol) == name)
    }
}
