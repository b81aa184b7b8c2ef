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
    ("tg", "write `tan(x)`"),
    ("ctg", "write `1/tan(x)`"),
    ("ctan", "write `1/tan(x)`"),
    ("cotan", "write `1/tan(x)`"),
    ("cosec", "write `1/sin(x)`"),
    ("sech", "write `1/cosh(x)`"),
    ("csch", "write `1/sinh(x)`"),
    ("acot", "write `pi/2 - atan(x)`, or `atan(1/x)`; they differ below 0"),
    ("asec", "write `acos(1/x)`"),
    ("acsc", "write `asin(1/x)`"),
    ("acoth", "write `atanh(1/x)`"),
    ("asech", "write `acosh(1/x)`"),
    ("acsch", "write `asinh(1/x)`"),
    ("sind", DEGREE),
    ("cosd", DEGREE),
    ("tand", DEGREE),
    ("rad", RADIAN),
    ("radians", RADIAN),
    ("deg2rad", RADIAN),
    ("degrees", "an angle in degrees is `x/deg`; 30 degrees are written `30°` or `30*deg`"),
    ("rad2deg", "an angle in degrees is `x/deg`"),
    ("exp10", "write `10^x`"),
    ("pow10", "write `10^x`"),
    ("log3", BASE),
    ("logn", BASE),
    ("logb", BASE),
    ("nthroot", ROOT),
    ("cuberoot", "write `cbrt(x)`"),
    ("reciprocal", "write `1/x`"),
    ("trunc", "write `sign(x)*floor(abs(x))`"),
    ("fix", "write `sign(x)*floor(abs(x))`"),
    ("frac", "write `x - floor(x)`"),
    ("heaviside", "a comparison is 1 or 0: write `x > 0`"),
    ("factorial", FACTORIAL),
    ("fact", FACTORIAL),
    ("comb", CHOOSE),
    ("binom", CHOOSE),
    ("binomial", CHOOSE),
    ("choose", CHOOSE),
    ("ncr", CHOOSE),
    ("nCr", CHOOSE),
    ("avg", "write `mean(x)`"),
    ("average", "write `mean(x)`"),
    ("stdev", "write `std(x)`"),
    ("variance", "write `var(x)`"),
    ("median", library::SORT),
    ("cov", "write `mean((x - mean(x))*(y - mean(y)))`"),
    ("corr", "write `mean((x - mean(x))*(y - mean(y)))/(std(x)*std(y))`"),
    ("gammaln", "write `lgamma(x)`"),
    ("loggamma", "write `lgamma(x)`"),
    ("psi", "write `digamma(x)`"),
    ("beta", "write `exp(lgamma(x) + lgamma(y) - lgamma(x + y))`"),
    ("lbeta", "write `lgamma(x) + lgamma(y) - lgamma(x + y)`"),
    ("betaln", "write `lgamma(x) + lgamma(y) - lgamma(x + y)`"),
    ("erfi", ABSENT),
    ("erfinv", ABSENT),
    ("ei", ABSENT),
    ("expi", ABSENT),
    ("zeta", ABSENT),
    ("logit", "write `log(x/(1 - x))`"),
    ("expit", "write `sigma(x)`"),
    ("logistic", "write `sigma(x)`"),
    ("mish", "write `x*tanh(softplus(x))`"),
    ("relu6", "write `clamp(x, 0, 6)`"),
    ("hardtanh", "write `clamp(x, -1, 1)`"),
    ("prelu", "write `where(x > 0, x, a*x)`"),
    ("celu", "write `where(x > 0, x, a*expm1(x/a))`"),
    ("selu", "write `1.0507009873554805*where(x > 0, x, 1.6732632423543772*expm1(x))`"),
    ("mse", "write `mean((x - y)^2)`"),
    ("l1", "write `sum(abs(x))`"),
    ("l2", "write `norm(x)`, or `sum(x^2)` for its square"),
    ("norm1", "write `sum(abs(x))`"),
    ("norm2", "write `norm(x)`"),
    ("normsq", "write `sum(x^2)`"),
    ("sumsq", "write `sum(x^2)`"),
    ("dist", "write `norm(x - y)`"),
    ("length", LENGTH),
    ("shape", "the sizes of an array are `x.shape`"),
    ("rank", "there is no such function; whether a square matrix has full rank shows `det(X)`"),
    ("T", "to transpose, write `X.T`"),
    ("vec", VECTOR),
    ("vector", VECTOR),
    ("matrix", VECTOR),
    ("randint", "random whole numbers from 0 to n - 1 are `floor(n*rand(5))`"),
    ("iif", CHOICE),
    ("ifelse", CHOICE),
    ("select", CHOICE),
    ("piecewise", CHOICE),
    ("solve", "an equation f = 0 is solved by Newton's steps: `repeat 10 { x -= f/d(f, x) }`"),
    ("integrate", "nothing is integrated here; a sum of many is `sum(f(i/100)/100 for i in range(100))`"),
    ("integral", "nothing is integrated here; a sum of many is `sum(f(i/100)/100 for i in range(100))`"),
    ("lim", "there are no limits here; ask for a number near the place"),
    ("limit", "there are no limits here; ask for a number near the place"),
    ("lg", "a logarithm is `log10(x)`, `log2(x)` or, the natural one, `log(x)`"),
    ("class", "there are no classes here; a function is written `f(x) = x^2`"),
    ("with", "there is nothing to open or to close here; a file is read by `load(\"points.csv\")`"),
    ("raise", "a statement that must hold is written `assert x > 0`"),
    ("del", "a name keeps its meaning until it is given another"),
    ("global", "every name is known everywhere"),
    ("let", "a name is given a value by `x = 3` alone"),
    ("var", "a name is given a value by `x = 3` alone"),
    ("len", LENGTH),
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

const LENGTH: &str = "the number of elements of a vector is `size(x)`, that of the rows of a matrix `X.shape[0]`";
const DEGREE: &str = "functions of angles take radians; of 30 degrees the sine is `sin(30°)`, of x degrees `sin(x*deg)`";
const RADIAN: &str = "angles are in radians as they are; 30 degrees are written `30°`, x degrees `x*deg`";
/// What is said of logarithms to other bases.
pub const BASE: &str = "a logarithm to the base b is `log(x)/log(b)`; there are `log2(x)` and `log10(x)`";
const FACTORIAL: &str = "a factorial is written `gamma(n + 1)`";
const CHOOSE: &str = "a binomial coefficient is `gamma(n + 1)/(gamma(k + 1)*gamma(n - k + 1))`";
const ABSENT: &str = "there is no such function; the list of gates has those that there are";
const VECTOR: &str = "a vector is written `[1, 2]`, a matrix `[1, 2; 3, 4]`";
const CHOICE: &str = "a choice is written `x if c else y`, or `where(c, x, y)`";

const LOGISTIC: &str = "the logistic function is `sigma(x)`";

/// What is written here instead of a function of another language.
pub fn function_elsewhere(word: &str) -> Option<&'static str> {
    let logistic = ["sig", "sigm", "logistic", "expit"].contains(&word).then_some(LOGISTIC);
    elsewhere(word).or(logistic).or_else(|| spoken(word).map(|spoken| spoken.instead))
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
    said("degrees", "an angle in degrees is written `30°` or `30 deg`"),
    said("degree", "an angle in degrees is written `30°` or `30 deg`"),
    said("radians", RADIAN),
    said("radian", RADIAN),
    said("rad", RADIAN),
    said("grad", "a derivative is written `d(f, x)`; 30 gradians are `30*pi/200`"),
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
