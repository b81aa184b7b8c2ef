//! Which tokens open a statement, and after which one it goes on: what the tree and whoever cuts a script both ask.

use super::tokens::Kind;
use crate::vocabulary::statement::Follows;
use crate::vocabulary::{StatementWord, gate};

/// Words of other languages, and what is written here instead.
const ELSEWHERE: &[(&str, &str)] = &[
    ("if", "a choice is written `x if c else y`, or `where(c, x, y)`"),
    ("elif", "a choice is written `where(c, x, where(b, y, z))`"),
    ("else", "a choice is written `x if c else y`, or `where(c, x, y)`"),
    ("for", "statements are done again and again by `repeat 10 { x -= 0.1*d(f, x) }`; a sum is `sum(x[i]^2 for i in range(3))`"),
    ("enumerate", "to go along a vector by its places, write `sum(i*x[i] for i in range(size(x)))`"),
    ("zip", "to go along two vectors, write `sum(x[i]*y[i] for i in range(size(x)))`"),
    ("while", "what is done again and again is a block of `repeat`"),
    ("lambda", "a function is written `f(x) = x^2`"),
    ("def", "a function is written `f(x) = x^2`"),
    ("return", "a function is written `f(x) = x^2`, without `return`"),
    ("function", "a function is written `f(x) = x^2`"),
    ("try", "what fails is told, and the next statement runs"),
    ("except", "what fails is told, and the next statement runs"),
    ("pass", "a statement may be left out"),
    ("break", "`repeat` runs all its rounds; a choice between values is written `where(c, x, y)`"),
    ("continue", "`repeat` runs all its rounds; a choice between values is written `where(c, x, y)`"),
    ("is", "to compare, write `x == y`"),
    ("yield", "a function returns once; what is printed on the way is printed by `print`"),
    ("await", "statements run one after the other"),
    ("async", "statements run one after the other"),
    ("True", "what is true is 1, what is false 0"),
    ("False", "what is true is 1, what is false 0"),
    ("None", "what has no value is not written"),
    ("lg", "a logarithm is `log10(x)`, `log2(x)` or, the natural one, `log(x)`"),
    ("class", "there are no classes here; a function is written `f(x) = x^2`"),
    ("with", "there is nothing to open or to close here; a file is read by `load(\"points.csv\")`"),
    ("raise", "a statement that must hold is written `assert x > 0`"),
    ("del", "a name keeps its meaning until it is given another"),
    ("global", "every name is known everywhere"),
    ("let", "a name is given a value by `x = 3` alone"),
    ("var", "a name is given a value by `x = 3` alone"),
    ("len", "the number of elements of a vector is `size(x)`, that of the rows of a matrix `X.shape[0]`"),
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

/// Words of Python that nobody means as a name.
const NO_NAMES: &[&str] = &["True", "False", "None", "pass", "break", "continue", "return"];

/// What is written here instead of a word that is no name in Python.
pub fn no_name(word: &str) -> Option<&'static str> {
    elsewhere(word).filter(|_| NO_NAMES.contains(&word))
}

/// Whether the line in which a byte stands begins with a blank.
pub fn is_indented(text: &str, at: usize) -> bool {
    let start = text[..at].rfind(['\n', '\r']).map_or(0, |line| line + 1);
    text[start..].starts_with(char::is_whitespace)
}

/// Whether a sign waits for an operand behind it, so that a statement goes on in the next line.
pub fn is_operator(sign: &str) -> bool {
    // `5%` at the end of a line lacks its operand: most likely per cent is meant.
    matches!(sign, "±" | "+/-") || sign != "%" && (gate::infix(sign).is_some() || gate::prefix(sign).is_some())
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
