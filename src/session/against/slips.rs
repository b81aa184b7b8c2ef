//! Likely slips: texts in the place of a line's expression, each with one slip put right, and which slip is named.
//!
//! Knows tokens; evaluates nothing. What is named has been tried by whoever asks.

use crate::forms::parse::tokens::{self, Kind, Token};
use crate::ground::Span;
use crate::views::against::Slip;
use crate::vocabulary::library::{self, PUT};
use hashbrown::HashSet;

/// What may stand in a line.
pub struct Means {
    /// The names of the forward pass that are near.
    pub names: Vec<String>,
    /// The gradients that arrive at the stages through which the line's gradient comes.
    pub arriving: Vec<String>,
    /// The gradients of ours.
    pub gradients: HashSet<String>,
    /// Those of the names that stand for arrays.
    pub arrays: Vec<String>,
}

impl Means {
    /// Whether a line speaks of a gradient.
    fn speaks_of_gradients(&self, uses: &HashSet<String>) -> bool {
        uses.iter().any(|name| self.gradients.contains(name))
    }
}

/// A factor as text, `#` for a name's value, and what it is of that value.
pub type Factor = (&'static str, fn(f64) -> f64);

/// What is tried as a factor of a line as a whole.
pub const FACTORS: &[Factor] = &[
    ("(?)*#", |x| x),
    ("(?)/#", |x| 1.0 / x),
    ("(?)*(1 - #)", |x| 1.0 - x),
    ("(?)*(1 - #^2)", |x| 1.0 - x * x),
    ("(?)*#^2", |x| x * x),
    ("(?)/#^2", |x| 1.0 / (x * x)),
    ("(?)*exp(#)", f64::exp),
    ("(?)*cos(#)", f64::cos),
    ("(?)*sin(#)", f64::sin),
];

/// A text in the place of an expression, with the slip that it puts right.
pub type Mended = (Slip, String);

/// The bytes of the longest expression in which slips are sought: what is tried takes the square of them in memory.
const LONGEST: usize = 2_000;

/// Everything that is tried; nothing in an expression that nobody wrote by hand.
pub fn candidates(text: &str, means: &Means) -> Vec<Mended> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let line = Line { text, tokens: tokens::all(text), means };
    let mut found = Vec::new();
    line.signs(&mut found);
    line.upstreams(&mut found);
    line.transposes(&mut found);
    line.sums(&mut found);
    line.operands(&mut found);
    line.factors(&mut found);
    found
}

struct Line<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    means: &'a Means,
}

impl Line<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.span.of(self.text))
    }

    /// The text with something in the place of a token.
    fn with(&self, at: usize, word: &str) -> String {
        self.spanned(self.tokens[at].span, word)
    }

    fn spanned(&self, span: Span, word: &str) -> String {
        format!("{}{word}{}", &self.text[..span.range().start], &self.text[span.range().end..])
    }

    /// The tokens that name a value.
    fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        let value = |at: &usize| {
            let prefix = library::is_prefix(self.word(*at)) && self.tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Member);
            let keyword = self.word(at + 1) == "=";
            self.tokens[*at].kind == Kind::Name && self.word(at + 1) != "(" && !prefix && !keyword
        };
        (0..self.tokens.len()).filter(value).map(|at| (at, self.word(at)))
    }

    fn uses(&self, name: &str) -> bool {
        self.names().any(|(_, word)| word == name)
    }

    /// The gradients that arrive and do not stand in it.
    fn lacking(&self) -> impl Iterator<Item = &String> {
        self.means.arriving.iter().filter(|name| !self.uses(name))
    }

    fn signs(&self, found: &mut Vec<Mended>) {
        for at in 0..self.tokens.len() {
            match self.word(at) {
                "+" => found.push((Slip::Sign, self.with(at, "-"))),
                "-" | "−" => found.extend(["", "+"].map(|sign| (Slip::Sign, self.with(at, sign)))),
                _ => {}
            }
        }
        found.push((Slip::Sign, format!("-({})", self.text)));
        found.extend(self.names().map(|(at, word)| (Slip::Sign, self.with(at, &format!("(-{word})")))));
    }

    fn upstreams(&self, found: &mut Vec<Mended>) {
        let text = self.text;
        for name in self.lacking() {
            found.push((Slip::Upstream, format!("({text})*{name}")));
            found.extend(self.names().map(|(at, word)| (Slip::Upstream, self.with(at, &format!("({word}*{name})")))));
            if self.means.arrays.contains(name) {
                found.extend(orders(text, name).into_iter().map(|text| (Slip::Upstream, text)));
                found.extend([format!("outer({text}, {name})"), format!("outer({name}, {text})")].map(|text| (Slip::Upstream, text)));
            }
        }
    }

    fn transposes(&self, found: &mut Vec<Mended>) {
        if self.means.arrays.is_empty() {
            return;
        }
        let mut put = |text: String| found.push((Slip::Transpose, text));
        for at in 0..self.tokens.len() {
            match self.word(at) {
                ".T" | "'" => put(self.with(at, "")),
                "@" => {
                    if let (Some(left), Some(right)) = (self.before(at), self.after(at)) {
                        let whole = left.to(right);
                        for text in orders(bare(left.of(self.text)), bare(right.of(self.text))) {
                            put(self.spanned(whole, &format!("({text})")));
                        }
                    }
                }
                _ => {}
            }
            self.calls(at, &mut put);
        }
        for (at, word) in self.names() {
            put(self.with(at, &format!("{word}.T")));
        }
        put(format!("({}).T", self.text));
    }

    /// The products of two that are written as calls: `np.dot(a, b)`, `a.dot(b)`, `np.outer(a, b)`.
    fn calls(&self, at: usize, put: &mut impl FnMut(String)) {
        let called = self.word(at).trim_start_matches('.');
        if !matches!(called, "dot" | "matmul" | "outer") || self.word(at + 1) != "(" {
            return;
        }
        let Some(inside) =
            self.closing(at + 1).map(|close| Span::new(self.tokens[at + 1].span.range().end, self.tokens[close].span.range().start))
        else {
            return;
        };
        let parts = crate::forms::reader::between_commas(inside.of(self.text));
        match &parts[..] {
            [one, other] => {
                let (a, b) = (inside.of(self.text)[one.clone()].trim(), inside.of(self.text)[other.clone()].trim());
                let sides = ["", ".T"].map(|s| ["", ".T"].map(|t| (s, t)));
                for (s, t) in sides.into_iter().flatten() {
                    let (a, b) = (bare(a), bare(b));
                    put(self.spanned(inside, &format!("({a}){s}, ({b}){t}")));
                    put(self.spanned(inside, &format!("({b}){t}, ({a}){s}")));
                }
            }
            [_] if at > 0 => {
                if let (Some(left), Some(close)) = (self.before(at), self.closing(at + 1)) {
                    let whole = left.to(self.tokens[close].span);
                    let texts = orders(bare(left.of(self.text)), bare(inside.of(self.text)));
                    for text in texts {
                        put(self.spanned(whole, &format!("({text})")));
                    }
                }
            }
            _ => {}
        }
    }

    fn sums(&self, found: &mut Vec<Mended>) {
        if self.means.arrays.is_empty() {
            return;
        }
        let forms = ["sum(?, 0)", "sum(?, 1)", "sum(?)", "sum(?, 0, keepdims=1)", "sum(?, 1, keepdims=1)"];
        found.extend(forms.map(|form| (Slip::Sum, form.replace('?', self.text))));
        // The place that an assignment to an element names is no axis.
        let place = self.text.starts_with(PUT).then(|| self.tokens.len().saturating_sub(2));
        for at in (1..self.tokens.len()).filter(|&at| Some(at) != place) {
            let axis =
                self.word(at - 1) == "=" && at > 1 && self.word(at - 2) == "axis" || self.word(at - 1) == "," || self.word(at - 1) == "(";
            match self.word(at) {
                "0" if axis => found.push((Slip::Sum, self.with(at, "1"))),
                "1" if axis => found.push((Slip::Sum, self.with(at, "0"))),
                _ => {}
            }
        }
    }

    /// Other names: in the place of a gradient one that arrives, in the place of a value one that is near.
    fn operands(&self, found: &mut Vec<Mended>) {
        let Means { names, arriving, gradients, .. } = self.means;
        for (at, word) in self.names() {
            let (is_gradient, is_value) = (gradients.contains(word), names.iter().any(|name| name == word));
            if !is_value && !arriving.iter().any(|name| name == word) {
                found.extend(arriving.iter().map(|name| (Slip::Operand, self.with(at, name))));
            }
            if !is_gradient {
                found.extend(names.iter().filter(|name| *name != word).map(|name| (Slip::Operand, self.with(at, name))));
            }
        }
    }

    /// Factors of a term, and of a matrix product; those of the whole are told by numbers alone.
    fn factors(&self, found: &mut Vec<Mended>) {
        let text = self.text;
        let mut put = |text: String| found.push((Slip::Factor, text));
        let sums = self.tokens.iter().any(|token| matches!(token.span.of(text), "+" | "-" | "−"));
        for (at, word) in self.names().filter(|_| sums) {
            for name in &self.means.names {
                put(self.with(at, &format!("({word}*{name})")));
            }
        }
        for name in &self.means.arrays {
            put(format!("({text})*{name}"));
            put(format!("({text})/{name}"));
            orders(text, name).into_iter().for_each(&mut put);
        }
    }

    /// The place of the operand that ends before a token.
    fn before(&self, at: usize) -> Option<Span> {
        let mut last = at.checked_sub(1)?;
        let end = self.tokens[last].span;
        while matches!(self.word(last), ".T" | "'") {
            last = last.checked_sub(1)?;
        }
        if self.word(last) == ")" {
            let mut depth = 0usize;
            while last > 0 {
                match self.word(last) {
                    ")" | "]" => depth += 1,
                    "(" | "[" => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
                last -= 1;
            }
            // A call begins with its name.
            let called = last.checked_sub(1).filter(|&at| self.tokens[at].kind == Kind::Name);
            last = called.unwrap_or(last);
        }
        Some(self.tokens[last].span.to(end))
    }

    /// The place of the operand that begins behind a token.
    fn after(&self, at: usize) -> Option<Span> {
        let start = self.tokens.get(at + 1)?.span;
        let mut last = at + 1;
        if self.word(last) == "(" {
            last = self.closing(last)?;
        } else if self.word(last + 1) == "(" {
            last = self.closing(last + 1)?;
        }
        while matches!(self.word(last + 1), ".T" | "'") {
            last += 1;
        }
        Some(start.to(self.tokens[last].span))
    }

    /// The token that closes a bracket.
    fn closing(&self, open: usize) -> Option<usize> {
        tokens::closing(self.text, &self.tokens, open)
    }
}

/// An operand that is not transposed.
fn bare(side: &str) -> &str {
    side.trim().trim_end_matches(".T").trim_end_matches('\'')
}

/// Matrix products of two operands in every order, transposed in every way.
fn orders(a: &str, b: &str) -> Vec<String> {
    let (a, b) = (a.trim(), b.trim());
    let forms = [(a, b), (b, a)].map(|(a, b)| ["", ".T"].map(|s| ["", ".T"].map(|t| format!("({a}){s} @ ({b}){t}"))));
    forms.into_iter().flatten().flatten().collect()
}

/// The one slip that is named of those whose mending makes a line right; none where unlike ones do. `beside` says that the line
/// is what another operand gets, and whether of a product.
pub fn chosen(found: &[Mended], beside: Option<bool>, means: &Means, uses: &HashSet<String>) -> Option<(Slip, Option<String>)> {
    let of = |slip: Slip| found.iter().find(|(known, _)| *known == slip).map(|(slip, text)| (*slip, Some(text.clone())));
    let only = |slips: &[Slip]| found.iter().all(|(known, _)| slips.contains(known));
    if found.len() == 1 && (beside.is_none() || only(&[Slip::Sign])) {
        // A lost sign may make it what another operand gets.
        return found.first().map(|(slip, text)| (*slip, Some(text.clone())));
    }
    match beside {
        Some(true) if only(&[Slip::Operand]) => Some(of(Slip::Operand).unwrap_or((Slip::Operand, None))),
        Some(false) if only(&[Slip::Operand]) => Some((Slip::Variable, None)),
        // What speaks of another gradient has the wrong one, rather than none.
        None if of(Slip::Upstream).is_some() && means.speaks_of_gradients(uses) => of(Slip::Operand),
        None if only(&[Slip::Upstream, Slip::Operand, Slip::Factor]) => of(Slip::Upstream),
        None if only(&[Slip::Transpose, Slip::Operand, Slip::Factor]) => of(Slip::Transpose),
        _ => None,
    }
}
