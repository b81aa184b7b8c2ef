//! Which tokens open a statement, and after which one it goes on: what the tree and whoever cuts a script both ask.

use super::tokens::Kind;
use crate::vocabulary::statement::Follows;
use crate::vocabulary::{StatementWord, gate};

/// Words of other languages, and what is written here instead.
const ELSEWHERE: &[(&str, &str)] = &[
    ("if", "a choice is written `x if c else y`, or `where(c, x, y)`"),
    ("elif", "a choice is written `where(c, x, where(b, y, z))`"),
    ("else", "a choice is written `x if c else y`, or `where(c, x, y)`"),
    ("for", "what is done again and again is a block of `repeat`; over the elements of an array, write `sum(x^2)`"),
    ("while", "what is done again and again is a block of `repeat`"),
    ("lambda", "a function is written `f(x) = x^2`"),
    ("def", "a function is written `f(x) = x^2`"),
    ("return", "a function is written `f(x) = x^2`, without `return`"),
    ("function", "a function is written `f(x) = x^2`"),
    ("class", "there are no classes here; a function is written `f(x) = x^2`"),
    ("with", "there is nothing to open or to close here; a file is read by `load(\"points.csv\")`"),
    ("try", "what fails is told, and the next statement runs"),
    ("raise", "a statement that must hold is written `assert x > 0`"),
    ("del", "a name keeps its meaning until it is given another"),
    ("global", "every name is known everywhere"),
    ("let", "a name is given a value by `x = 3` alone"),
    ("var", "a name is given a value by `x = 3` alone"),
    ("len", "the number of elements is `size(x)`"),
    ("grad", "a derivative is written `d(f, x)`"),
    ("gradient", "a derivative is written `d(f, x)`"),
    ("diff", "a derivative is written `d(f, x)`"),
    ("deriv", "a derivative is written `d(f, x)`"),
    ("derivative", "a derivative is written `d(f, x)`"),
    ("pow", "a power is written `x^y`"),
    ("range", "numbers from 0 to n - 1 are `np.arange(n)`"),
    ("float", "every number is one already"),
    ("int", "the whole number below is `floor(x)`"),
];

/// What is written here instead of a word of another language.
pub fn elsewhere(word: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(known, _)| *known == word).map(|&(_, instead)| instead)
}

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
            Kind::Sign => matches!(word, "(" | "[") || gate::prefix(word).is_some(),
            kind => !matches!(kind, Kind::Member | Kind::Line | Kind::End),
        },
    }
}

/// The sign of the operator that an update applies: `-=` takes away.
pub fn updating(sign: &str) -> Option<&str> {
    matches!(sign, "+=" | "-=" | "−=" | "*=" | "/=").then(|| sign.trim_end_matches('='))
}
