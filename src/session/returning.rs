//! What a function of the user's returns beside its value: told where its call is a whole statement.
//!
//! Knows functions and calls; computes nothing but by the ways of every expression.

use super::{Place, Session};
use crate::ground::Fault;
use crate::views::{Note, brief};
use crate::vocabulary::ast::Node;
use std::sync::Arc;

impl Session {
    /// A note of the gradients that a function returns, where a statement is its call.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub(super) fn returned(&mut self, place: &Place, before: usize) -> Result<Option<Note>, Fault> {
        let Node::Call(name, _) = place.tree.node(place.statement.root) else { return Ok(None) };
        let Some(function) = self.names.function(name) else { return Ok(None) };
        let Some(results) = function.results.as_ref().filter(|results| !results.is_empty()) else { return Ok(None) };
        let call = place.tree.span(place.statement.root).of(&place.tree.text).to_owned();
        let mut told = Vec::new();
        for result in results {
            let tree = Arc::new(self.parsed(&format!("{call}[1]['{}']", result.key))?);
            let Some(statement) = tree.statements.first() else { continue };
            let (first, root) = (statement.first, statement.root);
            let stage = self.lowering(|lowering| lowering.run(&tree, first, root))?;
            let (value, shape) = self.evaluated(stage, before, place.statement.span)?;
            told.push(format!("{} {}", result.key, brief::line(&self.settings.style, shape, value.numbers())));
        }
        let (word, told, key) = (self.symbols.name(function.name), told.join(", "), &results[0].key);
        let message = format!("gradients that `{word}` itself returns: {told}; one alone is `{word}(...)[1]['{key}']`");
        Ok(Some(Note { kind: "returned", stage: word.to_owned(), message }))
    }
}
