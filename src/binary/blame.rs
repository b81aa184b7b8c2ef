//! Names whose definitions failed: what needs them is skipped, and the place that failed first is blamed.

use crate::ground::text::{one_line, shortened};
use crate::ground::{Fault, FaultKind};
use crate::views::Source;
use std::collections::HashMap;

/// The names whose definitions failed, and where.
#[derive(Debug, Default)]
pub struct Blame(HashMap<String, Source>);

impl Blame {
    /// The definition of a name failed.
    pub fn failed(&mut self, name: &str, source: &Source) {
        self.0.insert(name.to_owned(), source.clone());
    }

    /// A name was defined.
    pub fn mended(&mut self, name: &str) {
        if !self.0.is_empty() {
            self.0.remove(name);
        }
    }

    /// A fault in `source` that failed definitions caused says which, every one of them.
    pub fn of(&self, fault: Fault, source: &Source) -> Fault {
        let (lost, rest): (Vec<&String>, Vec<&String>) = fault.unknown.iter().partition(|name| self.0.contains_key(*name));
        if lost.is_empty() {
            return fault;
        }
        let places: Vec<String> = lost.iter().filter_map(|name| self.0.get(*name)).map(|cause| place(cause, source)).collect();
        let failed = lost.iter().zip(&places).map(|(name, place)| format!("`{}` failed in {place}", shortened(name)));
        let missing = rest.iter().map(|name| format!("`{}` has no value", shortened(name)));
        let mut first = places.clone();
        first.dedup();
        let mut help = format!("this is skipped; mend {} first", and(&first));
        if !rest.is_empty() {
            let names: Vec<String> = rest.iter().map(|name| format!("`{}`", shortened(name))).collect();
            help = format!("{help}, and give {} a value", and(&names));
        }
        let message = and(&failed.chain(missing).collect::<Vec<_>>());
        Fault::new(FaultKind::Name, fault.span, message).label("needed here").help(help).unknown(rest)
    }
}

/// Where a definition failed, for a reader of `source`.
fn place(cause: &Source, source: &Source) -> String {
    if cause.name == source.name { format!("line {}", cause.line) } else { format!("line {} of {}", cause.line, one_line(&cause.name)) }
}

/// The first few of some phrases: `a, b and c`.
fn and(phrases: &[String]) -> String {
    const MOST: usize = 8;
    match phrases {
        [] => String::new(),
        [one] => one.clone(),
        _ if phrases.len() > MOST => format!("{} and {} more", phrases[..MOST].join(", "), phrases.len() - MOST),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
