//! Which tokens open a statement, and after which one it goes on: what the tree and whoever cuts a script both ask.

use super::tokens::Kind;
use crate::vocabulary::statement::Follows;
use crate::vocabulary::{Gate, StatementWord, gate, library};

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
    ("yield", "a function returns once; what is printed on the way is printed by `print`"),
    ("await", "statements run one after the other"),
    ("async", "statements run one after the other"),
    ("True", "what is true is 1, what is false 0"),
    ("False", "what is true is 1, what is false 0"),
    ("None", "what has no value is not written"),
    ("arcsin", "the inverse function is `asin(x)`"),
    ("arccos", "the inverse function is `acos(x)`"),
    ("arctan", "the inverse function is `atan(x)`, of two operands `atan2(y, x)`"),
    ("arctan2", "the angle of a point is `atan2(y, x)`"),
    ("arcsinh", "the inverse function is `asinh(x)`"),
    ("arccosh", "the inverse function is `acosh(x)`"),
    ("arctanh", "the inverse function is `atanh(x)`"),
    ("cot", "write `1/tan(x)`"),
    ("sec", "write `1/cos(x)`"),
    ("csc", "write `1/sin(x)`"),
    ("coth", "write `1/tanh(x)`"),
    ("lg", "a logarithm is `log10(x)`, `log2(x)` or, the natural one, `log(x)`"),
    ("class", "there are no classes here; a function is written `f(x) = x^2`"),
    ("with", "there is nothing to open or to close here; a file is read by `load(\"points.csv\")`"),
    ("raise", "a statement that must hold is written `assert x > 0`"),
    ("del", "a name keeps its meaning until it is given another"),
    ("global", "every name is known everywhere"),
    ("let", "a name is given a value by `x = 3` alone"),
    ("var", "a name is given a value by `x = 3` alone"),
    ("len", "the number of elements of a vector is `size(x)`, that of the rows of a matrix `X.shape[0]`"),
    ("any", library::ANY),
    ("all", library::EVERY),
    ("count", library::COUNT),
    ("sort", library::SORT),
    ("sorted", library::SORT),
    ("argsort", library::SORT),
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

/// What is said for `and`, also where it is written `&`.
pub const AND: &str = "for `and`, multiply two comparisons: `(a < b) * (b < c)`";

/// What is said for `or`, also where it is written `|`.
pub const OR: &str = "for `or`, write `max(a < b, b < c)`; for a magnitude, `abs(x)`";

/// What to do about a `%` without an operand behind it.
pub const PER_CENT: &str = "for per cent, divide by 100; the remainder of two numbers is `x % y`";

const TIMES: &str = "to multiply, write `x*y`";
const PLUS: &str = "to add, write `x + y`";
const MINUS: &str = "to subtract, write `x - y`";
const OVER: &str = "to divide, write `x/y`";
const POWER: &str = "a power is written `x^y`";
const ROOT: &str = "a square root is written `sqrt(x)`, a cube root `cbrt(x)`, the n-th one `x^(1/n)`";
const SQUARE: &str = "a square is written `x^2`, a square root `sqrt(x)`";
const CUBE: &str = "a cube is written `x^3`, a cube root `cbrt(x)`";
const REMAINDER: &str = "the remainder of two numbers is `x % y`, or `mod(x, y)`";
const EQUALS: &str = "to compare, write `x == y`; to give a name a value, `x = 3`";

/// Operators as they are spoken.
pub struct Spoken {
    word: &'static str,
    instead: &'static str,
    /// Whether it may be meant as a name.
    noun: bool,
}

const fn said(word: &'static str, instead: &'static str) -> Spoken {
    Spoken { word, instead, noun: false }
}

const fn noun(word: &'static str, instead: &'static str) -> Spoken {
    Spoken { word, instead, noun: true }
}

static SPOKEN: &[Spoken] = &[
    said("times", TIMES),
    said("multiplied", TIMES),
    said("plus", PLUS),
    noun("add", PLUS),
    said("minus", MINUS),
    noun("subtract", MINUS),
    said("divided", OVER),
    noun("over", OVER),
    noun("by", OVER),
    noun("per", OVER),
    noun("to", POWER),
    noun("raised", POWER),
    noun("power", POWER),
    noun("root", ROOT),
    noun("square", SQUARE),
    noun("cube", CUBE),
    said("squared", SQUARE),
    said("cubed", CUBE),
    said("equals", EQUALS),
    said("is", EQUALS),
    said("percent", PER_CENT),
    noun("of", "a part of a number is a product: 50 % of 20 is `50/100*20`"),
    noun("half", "half of a number is `x/2`"),
    noun("mod", REMAINDER),
    said("modulo", REMAINDER),
    said("and", AND),
    said("or", OR),
    said("not", "for `not`, write `x == 0`"),
];

/// The row of an operator as it is spoken.
pub fn spoken(word: &str) -> Option<&'static Spoken> {
    SPOKEN.iter().find(|spoken| spoken.word == word)
}

impl Spoken {
    /// What is written instead of a word that stands between or beside operands.
    pub fn help(&self, left: &str, right: &str) -> String {
        let Self { instead, word, noun } = self;
        if *noun && !instead.contains("to multiply") {
            format!("{instead}; if `{word}` is a name, multiply by `{left}*{right}`")
        } else {
            (*instead).to_owned()
        }
    }
}

/// Words of Python that nobody means as a name.
const NO_NAMES: &[&str] = &["True", "False", "None", "pass", "break", "continue", "return"];

/// What is written here instead of a word that is no name, in Python or in speech.
pub fn no_name(word: &str) -> Option<&'static str> {
    let said = || spoken(word).filter(|spoken| !spoken.noun).map(|spoken| spoken.instead);
    elsewhere(word).filter(|_| NO_NAMES.contains(&word)).or_else(said)
}

/// What a word is that can be given no other meaning.
pub fn settled(word: &str) -> Option<&'static str> {
    match word {
        "True" | "False" | "None" => Some("a value of Python"),
        "°" | "∞" => Some("a sign of a number"),
        _ => None,
    }
}

/// The name of the inverse of a function that is written with an exponent of -1, as in `sin^-1`.
pub fn inverse(gate: Gate) -> Option<&'static str> {
    Gate::named(&format!("a{}", gate.row().name)).map(|inverse| inverse.row().name)
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
