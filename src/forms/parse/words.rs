//! Which tokens open a statement, and after which one it goes on: what the tree and whoever cuts a script both ask.

use super::tokens::Kind;
use crate::vocabulary::statement::Follows;
use crate::vocabulary::{StatementWord, gate};

/// Whether a sign waits for an operand behind it, so that a statement goes on in the next line.
pub fn is_operator(sign: &str) -> bool {
    matches!(sign, "±" | "+/-") || gate::infix(sign).is_some() || gate::prefix(sign).is_some()
}

/// Whether a word opens a statement that goes on with a token.
pub fn opens_statement(row: &StatementWord, next: Kind, word: &str) -> bool {
    match row.follows {
        Follows::Name => next == Kind::Name,
        Follows::Count => matches!(next, Kind::Name | Kind::Number),
        // Its quotation mark may be typed and not closed yet.
        Follows::Quoted => next == Kind::Quoted || word == "\"",
        Follows::Operand => match next {
            Kind::Sign => matches!(word, "(" | "[" | "-" | "−" | "√"),
            kind => !matches!(kind, Kind::Line | Kind::End),
        },
    }
}

/// The sign of the operator that an update applies: `-=` takes away.
pub fn updating(sign: &str) -> Option<&str> {
    matches!(sign, "+=" | "-=" | "−=" | "*=" | "/=").then(|| sign.trim_end_matches('='))
}
