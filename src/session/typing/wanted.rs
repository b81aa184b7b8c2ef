//! Which names of a text wait for values: those that its circuits are made of, and that nothing in it computes.
//!
//! Knows what the pieces of a text are; evaluates nothing.

use super::highlight::WordKind;
use crate::forms::parse::tokens::{self, Kind};
use crate::forms::reader;
use crate::session::Session;
use crate::views::syntax::binding_words;

impl Session {
    /// The names that a text takes values for, in the order in which they stand there: its inputs, with a value or without one, and
    /// the parameters of the function that it ends in.
    pub fn wanted(&self, text: &str) -> Vec<String> {
        let all = tokens::all(text);
        let pieces = reader::pieces(text, &all);
        let sketch = self.sketch(text, all.clone());
        let mut found: Vec<String> = Vec::new();
        for (number, piece) in pieces.iter().enumerate() {
            let last = number + 1 == pieces.len();
            let definition = piece.definition();
            let parameters: Vec<&str> =
                definition.iter().flat_map(|found| found.parameters.iter().flatten()).map(|&at| piece.word(at)).collect();
            // What goes through a sum means nothing outside of it.
            let goes = |word: &str| (1..piece.tokens.len()).any(|at| piece.word(at) == word && piece.word(at - 1) == "for");
            let keyed = |at: usize| at > 0 && piece.word(at - 1) == "'" && piece.word(at + 1) == "'";
            let first = all.partition_point(|token| token.span.start < piece.tokens[0].span.start);
            for at in (0..piece.tokens.len()).filter(|&at| piece.token(at) == Some(Kind::Name)) {
                let word = piece.word(at);
                let kind = sketch.kinds.get(first + at);
                let waits = matches!(kind, Some(WordKind::Unknown | WordKind::Input)) && piece.word(at + 1) != "(";
                let inside = parameters.contains(&word) && !last || goes(word) || keyed(at);
                let of_language = binding_words().any(|known| known == word);
                if waits && !inside && !of_language && !found.iter().any(|known| known == word) {
                    found.push(word.to_owned());
                }
            }
        }
        found
    }
}
