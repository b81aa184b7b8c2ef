//! Names as small numbers: every distinct name is kept once.

use std::collections::HashMap;
use std::rc::Rc;

define_index! {
    /// A name, as an index into the table that knows its letters.
    Symbol
}

/// The table of names.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    names: Vec<Rc<str>>,
    known: HashMap<Rc<str>, Symbol>,
}

impl Symbols {
    /// The symbol of a name, new or known.
    pub fn intern(&mut self, name: &str) -> Symbol {
        if let Some(&symbol) = self.known.get(name) {
            return symbol;
        }
        let symbol = Symbol::new(self.names.len());
        let name: Rc<str> = name.into();
        self.names.push(Rc::clone(&name));
        self.known.insert(name, symbol);
        symbol
    }

    /// The symbol of a name, if the table has it.
    pub fn find(&self, name: &str) -> Option<Symbol> {
        self.known.get(name).copied()
    }

    /// The letters of a name.
    pub fn name(&self, symbol: Symbol) -> &str {
        &self.names[symbol.at()]
    }

    /// How many names the table has.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the table is empty.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
