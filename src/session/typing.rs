//! What is known of a text while it is being typed: what its pieces are, what a word may become, which brackets belong
//! together, and what the text would give.
//!
//! Changes nothing in the session, reads no file, and knows no key and no terminal.

use super::settings::SETTINGS;
use super::{Last, Outcome, Session};
use crate::calculus::lower::Bounds;
use crate::forms::parse::tokens::{self, Kind, Token};
use crate::ground::{Span, Watch};
use crate::views::{Answer, Source, VIEWS};
use crate::vocabulary::gate::TABLE;
use crate::vocabulary::{CONSTANTS, DERIVATIVE, Gate, LOAD, language_constant};
use std::collections::HashMap;
use std::ops::Range;

/// What a piece of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// The name of an input.
    Input,
    /// The name of a constant.
    Constant,
    /// The name of a stage.
    Stage,
    /// The name of a function of the user's.
    Function,
    /// The name of a gate.
    Gate,
    /// A number.
    Number,
    /// An operator, a bracket, or what ends a statement.
    Sign,
    /// A word of the language.
    Keyword,
    /// A text in quotation marks.
    Quoted,
    /// A remark.
    Comment,
    /// Space between the rest.
    Space,
    /// A name that stands for nothing yet.
    Unknown,
    /// No part of the language.
    Stray,
}

/// What a word may become.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// What takes the word's place.
    pub text: String,
    /// What that is, in a word or two.
    pub says: String,
}

/// The words that open a statement.
pub const KEYWORDS: &[&str] = &["assert", "const", "include", "print", "set"];

/// Signs that are typed by name: `\sigma` for σ.
const SPELLED: &[(&str, &str)] = &[
    ("Delta", "Δ"),
    ("Gamma", "Γ"),
    ("Lambda", "Λ"),
    ("Omega", "Ω"),
    ("Phi", "Φ"),
    ("Pi", "Π"),
    ("Psi", "Ψ"),
    ("Sigma", "Σ"),
    ("Theta", "Θ"),
    ("Xi", "Ξ"),
    ("alpha", "α"),
    ("beta", "β"),
    ("cdot", "·"),
    ("chi", "χ"),
    ("delta", "δ"),
    ("div", "÷"),
    ("epsilon", "ε"),
    ("eta", "η"),
    ("gamma", "γ"),
    ("ge", "≥"),
    ("infty", "∞"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("le", "≤"),
    ("mu", "μ"),
    ("ne", "≠"),
    ("nu", "ν"),
    ("omega", "ω"),
    ("phi", "φ"),
    ("pi", "π"),
    ("pm", "±"),
    ("psi", "ψ"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("sqrt", "√"),
    ("tau", "τ"),
    ("theta", "θ"),
    ("times", "×"),
    ("upsilon", "υ"),
    ("xi", "ξ"),
    ("zeta", "ζ"),
];

/// The most stages that a preview adds.
const MOST_STAGES: usize = 5_000;

/// The most numbers that the values of a preview's stages hold.
const MOST_NUMBERS: usize = 50_000;

/// The most stages of a session whose texts are previewed: the preview works on a copy.
const LARGEST: usize = 100_000;

/// The longest text that is previewed, in bytes.
const LONGEST: usize = 4_000;

impl Session {
    /// The pieces of a text, in order; together they are the whole text.
    pub fn pieces(&self, text: &str) -> Vec<(Range<usize>, Piece)> {
        let found = tokens_of(text);
        let mut known: HashMap<&str, Piece> = HashMap::new();
        let mut kinds = Vec::with_capacity(found.len());
        let mut start = 0;
        while start < found.len() {
            let end = statement_end(text, &found, start);
            self.classify(text, &found[start..end], &mut known, &mut kinds);
            start = end;
        }
        let mut pieces = Vec::with_capacity(2 * found.len() + 1);
        let mut done = 0;
        for (token, kind) in found.iter().zip(kinds) {
            between(text, done..token.span.range().start, &mut pieces);
            pieces.push((token.span.range(), kind));
            done = token.span.range().end;
        }
        between(text, done..text.len(), &mut pieces);
        pieces
    }

    /// The kinds of a statement's tokens; what it defines is known from here on.
    fn classify<'a>(&self, text: &'a str, tokens: &[Token], known: &mut HashMap<&'a str, Piece>, kinds: &mut Vec<Piece>) {
        let word = |at: usize| tokens.get(at).map_or("", |token: &Token| token.span.of(text));
        let is_name = |at: usize| tokens.get(at).is_some_and(|token| token.kind == Kind::Name);
        let keyword = KEYWORDS.contains(&word(0)) && opens(word(0), tokens.get(1), word(1));
        let first = usize::from(keyword);
        let sets = keyword && word(0) == "set";
        // `x = ...` or `f(x, y) = ...`
        let close = (word(first + 1) == "(").then(|| (first..tokens.len()).find(|&at| word(at) == ")")).flatten();
        let function = close.filter(|&close| is_name(first) && word(close + 1) == "=");
        let defines = !sets && (function.is_some() || is_name(first) && word(first + 1) == "=");
        let body = function.map_or(first, |close| close) + 2;
        let parameters: Vec<&str> = function.map_or(Vec::new(), |close| (first + 2..close).filter(|&at| is_name(at)).map(word).collect());
        let base = kinds.len();
        let mut varies = false;
        for (at, token) in tokens.iter().enumerate() {
            let kind = match token.kind {
                Kind::Name if keyword && at == 0 => Piece::Keyword,
                Kind::Name if sets && at == 1 => {
                    if SETTINGS.iter().any(|setting| [setting.name, setting.flag].contains(&word(1))) {
                        Piece::Keyword
                    } else {
                        Piece::Unknown
                    }
                }
                Kind::Name if sets => Piece::Constant,
                Kind::Name if word(at) == "axis" && word(at + 1) == "=" && at > first => Piece::Keyword,
                Kind::Name if parameters.contains(&word(at)) => Piece::Input,
                Kind::Name => self.name(word(at), word(at + 1) == "(", known),
                Kind::Number => Piece::Number,
                Kind::Quoted => Piece::Quoted,
                Kind::Sign | Kind::Line | Kind::End => Piece::Sign,
                Kind::Other => Piece::Stray,
            };
            varies |= at >= body && matches!(kind, Piece::Input | Piece::Stage | Piece::Unknown);
            kinds.push(kind);
        }
        if defines {
            let kind = match (function, word(0)) {
                (Some(_), _) => Piece::Function,
                (None, "const") if keyword => Piece::Constant,
                _ if varies => Piece::Stage,
                _ => Piece::Input,
            };
            known.insert(word(first), kind);
            kinds[base + first] = kind;
        }
    }

    fn name(&self, word: &str, called: bool, known: &HashMap<&str, Piece>) -> Piece {
        let own = known.get(word).copied();
        let symbol = self.symbols.find(word);
        let function = own == Some(Piece::Function) || own.is_none() && symbol.is_some_and(|symbol| self.names.function(symbol).is_some());
        if called {
            let gate = Gate::named(word).is_some() || [DERIVATIVE, LOAD].contains(&word);
            return if gate {
                Piece::Gate
            } else if function {
                Piece::Function
            } else {
                Piece::Unknown
            };
        }
        own.or_else(|| symbol.and_then(|symbol| self.names.piece(symbol)))
            .or_else(|| language_constant(word).map(|_| Piece::Constant))
            .unwrap_or(Piece::Unknown)
    }

    /// What the word before byte `at` may become: where it starts, and the candidates.
    pub fn completions(&self, text: &str, at: usize) -> (usize, Vec<Candidate>) {
        let before = text.get(..at).unwrap_or(text);
        let start =
            before.char_indices().rev().take_while(|&(_, c)| c.is_alphanumeric() || c == '_').last().map_or(before.len(), |(at, _)| at);
        let word = &before[start..];
        if is_in_comment(before) || open_quote(before).is_some() {
            return (start, Vec::new());
        }
        if before[..start].ends_with('\\') {
            return (start - 1, spelled(word));
        }
        if word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit()) {
            return (start, Vec::new());
        }
        let mut found: Vec<Candidate> = self
            .names
            .known()
            .filter_map(|symbol| Some((symbol, self.names.piece(symbol)?)))
            .map(|(symbol, piece)| {
                let says = match piece {
                    Piece::Constant => "constant",
                    Piece::Stage => "stage",
                    _ => "input",
                };
                Candidate { text: self.symbols.name(symbol).to_owned(), says: says.to_owned() }
            })
            .collect();
        found.extend(self.names.functions().map(|function| {
            let parameters: Vec<&str> = function.parameters.iter().map(|&parameter| self.symbols.name(parameter)).collect();
            let name = self.symbols.name(function.name);
            Candidate { text: format!("{name}("), says: format!("function {name}({})", parameters.join(", ")) }
        }));
        found.retain(|candidate| candidate.text.starts_with(word));
        found.sort();
        let mut general: Vec<Candidate> = Vec::new();
        let mut add = |text: String, says: &str| {
            if text.starts_with(word) {
                general.push(Candidate { text, says: says.to_owned() });
            }
        };
        if before[..start].trim_end_matches([' ', '\t']).is_empty() || before[..start].trim_end_matches([' ', '\t']).ends_with([';', '\n'])
        {
            for keyword in KEYWORDS {
                add(format!("{keyword} "), "statement");
            }
        }
        for row in TABLE.iter().filter(|row| row.callable()) {
            for name in std::iter::once(&row.name).chain(row.aliases).filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic())) {
                add(format!("{name}("), "gate");
            }
        }
        for (name, says) in [(DERIVATIVE, "derivative"), (LOAD, "file")] {
            add(format!("{name}("), says);
        }
        for (name, _) in CONSTANTS {
            add((*name).to_owned(), "constant");
        }
        general.sort();
        for candidate in general {
            if !found.iter().any(|known| known.text == candidate.text) {
                found.push(candidate);
            }
        }
        (start, found)
    }

    /// What a text would give, were it entered: its last answer, found within bounds and before `watch` ends it. The
    /// session stays as it is; files are not read.
    pub fn preview(&self, text: &str, watch: &Watch) -> Option<Box<Answer>> {
        if text.len() > LONGEST || self.program.len() > LARGEST || watch.is_over() {
            return None;
        }
        let mut copy = self.clone();
        copy.room.bounds = Bounds { stages: self.program.len() + MOST_STAGES, numbers: MOST_NUMBERS, watch: watch.clone() };
        let settings = &mut copy.settings;
        settings.files = None;
        (settings.hessian, settings.relative, settings.scalars) = (false, false, false);
        settings.along.clear();
        settings.nudge.clear();
        settings.view = &VIEWS[0];
        let source = Source { name: "".into(), line: 1 };
        let mut reading = copy.read(text, &source, Last::KnownStage).ok()?;
        let mut last = None;
        while let Some(outcome) = copy.step(&mut reading) {
            last = match outcome {
                Ok(Outcome::Answer(answer)) => Some(answer),
                Ok(_) => None,
                Err(_) => return None,
            };
            if watch.is_over() {
                return None;
            }
        }
        last
    }
}

/// The bracket that belongs to the one at byte `at`, or right before it.
pub fn partner(text: &str, at: usize) -> Option<usize> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    for token in tokens_of(text) {
        let place = token.span.range().start;
        match token.span.of(text) {
            "(" | "[" => open.push((token.span.of(text), place)),
            sign @ (")" | "]") => {
                if let Some((bracket, partner)) = open.pop()
                    && (bracket == "(") == (sign == ")")
                {
                    pairs.push((partner, place));
                }
            }
            _ => {}
        }
    }
    let of = |at: usize| pairs.iter().find_map(|&(open, close)| (open == at).then_some(close).or((close == at).then_some(open)));
    of(at).or_else(|| at.checked_sub(1).and_then(of))
}

/// Where the quotation mark stands that a text leaves open.
pub fn open_quote(text: &str) -> Option<usize> {
    let line = text.rfind('\n').map_or(0, |at| at + 1);
    let marks: Vec<usize> = text[line..].match_indices('"').map(|(at, _)| line + at).collect();
    marks.last().copied().filter(|_| marks.len() % 2 == 1)
}

fn is_in_comment(text: &str) -> bool {
    let line = &text[text.rfind('\n').map_or(0, |at| at + 1)..];
    let mut quoted = false;
    line.chars().any(|c| {
        quoted ^= c == '"';
        c == '#' && !quoted
    })
}

fn spelled(word: &str) -> Vec<Candidate> {
    let candidate = |&(name, sign): &(&str, &str)| Candidate { text: sign.to_owned(), says: format!("\\{name}") };
    if let Some(exact) = SPELLED.iter().find(|(name, _)| *name == word) {
        return vec![candidate(exact)];
    }
    SPELLED.iter().filter(|(name, _)| name.starts_with(word)).map(candidate).collect()
}

fn tokens_of(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let body = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let all: Result<(), ()> = tokens::each(&text[body..], |token| {
        let span = Span::new(token.span.range().start + body, token.span.range().end + body);
        found.push(Token { span, ..token });
        Ok(())
    });
    debug_assert!(all.is_ok(), "no token is refused");
    found
}

/// The token behind the statement that starts at a token.
fn statement_end(text: &str, tokens: &[Token], start: usize) -> usize {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match (token.kind, token.span.of(text)) {
            (Kind::Line | Kind::End, _) if depth == 0 => return at + 1,
            (_, "(" | "[") => depth += 1,
            (_, ")" | "]") => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    tokens.len()
}

/// Whether a word of the language opens a statement that goes on with a token.
fn opens(keyword: &str, next: Option<&Token>, word: &str) -> bool {
    let Some(next) = next else { return false };
    match keyword {
        "const" | "set" => next.kind == Kind::Name,
        "include" => next.kind == Kind::Quoted,
        _ => match next.kind {
            Kind::Sign => matches!(word, "(" | "[" | "-" | "−" | "√"),
            kind => !matches!(kind, Kind::Line | Kind::End),
        },
    }
}

/// The pieces between two tokens: space, and a remark at its end.
fn between(text: &str, range: Range<usize>, pieces: &mut Vec<(Range<usize>, Piece)>) {
    let remark = text[range.clone()].find('#').map_or(range.end, |at| range.start + at);
    for (range, piece) in [(range.start..remark, Piece::Space), (remark..range.end, Piece::Comment)] {
        if !range.is_empty() {
            pieces.push((range, piece));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Settings;

    fn session(text: &str) -> Session {
        let mut session = Session::new(Settings::default());
        let source = Source { name: "test".into(), line: 1 };
        session.run(text, &source, false, &mut |_| {}).expect("a text of the language");
        session
    }

    fn words(session: &Session, text: &str) -> Vec<(String, Piece)> {
        session
            .pieces(text)
            .into_iter()
            .filter(|(_, piece)| *piece != Piece::Space)
            .map(|(range, piece)| (text[range].to_owned(), piece))
            .collect()
    }

    #[test]
    fn pieces_are_told_apart() {
        use Piece::{Comment, Constant, Function, Gate, Input, Keyword, Number, Quoted, Sign, Stage, Stray, Unknown};
        let session = session("x = 3; const k = 2; q = x^2; f(a) = a*x");
        let text = "y = x*k + q # f\nf(y, sigma(z)) - pi\nprint \"a b\", 2.5\ng(u, x) = u*w; g(1, 2) ? sum(q, axis=0) set digits 7";
        let expected = [
            ("y", Stage),
            ("=", Sign),
            ("x", Input),
            ("*", Sign),
            ("k", Constant),
            ("+", Sign),
            ("q", Stage),
            ("# f", Comment),
            ("\n", Sign),
            ("f", Function),
            ("(", Sign),
            ("y", Stage),
            (",", Sign),
            ("sigma", Gate),
            ("(", Sign),
            ("z", Unknown),
            (")", Sign),
            (")", Sign),
            ("-", Sign),
            ("pi", Constant),
            ("\n", Sign),
            ("print", Keyword),
            ("\"a b\"", Quoted),
            (",", Sign),
            ("2.5", Number),
            ("\n", Sign),
            ("g", Function),
            ("(", Sign),
            ("u", Input),
            (",", Sign),
            ("x", Input),
            (")", Sign),
            ("=", Sign),
            ("u", Input),
            ("*", Sign),
            ("w", Unknown),
            (";", Sign),
            ("g", Function),
            ("(", Sign),
            ("1", Number),
            (",", Sign),
            ("2", Number),
            (")", Sign),
            ("?", Stray),
            ("sum", Gate),
            ("(", Sign),
            ("q", Stage),
            (",", Sign),
            ("axis", Keyword),
            ("=", Sign),
            ("0", Number),
            (")", Sign),
            ("set", Unknown),
            ("digits", Unknown),
            ("7", Number),
        ];
        let expected: Vec<(String, Piece)> = expected.iter().map(|&(word, piece)| (word.to_owned(), piece)).collect();
        assert_eq!(words(&session, text), expected);
        let set: Vec<Piece> = words(&session, "set digits full").into_iter().map(|(_, piece)| piece).collect();
        assert_eq!(set, [Keyword, Keyword, Constant]);
        let plain: Vec<Piece> = words(&session, "set + x").into_iter().map(|(_, piece)| piece).collect();
        assert_eq!(plain, [Unknown, Sign, Input]);
    }

    #[test]
    fn words_are_completed() {
        let session = session("sigmund = 3; f(silly) = silly; const side = 1; q = sigmund^2");
        let texts = |text: &str| {
            let (start, found) = session.completions(text, text.len());
            (start, found.into_iter().map(|candidate| candidate.text).collect::<Vec<_>>())
        };
        assert_eq!(texts("2*sig"), (2, vec!["sigmund".to_owned(), "sigma(".to_owned(), "sigmoid(".to_owned(), "sign(".to_owned()]));
        assert_eq!(texts("sid"), (0, vec!["side".to_owned()]));
        assert_eq!(texts("1 + f"), (4, vec!["f(".to_owned(), "floor(".to_owned()]));
        assert_eq!(texts("pri"), (0, vec!["print ".to_owned()]));
        assert_eq!(texts("1 + pri").1, Vec::<String>::new());
        assert_eq!(texts("x; ass").1, ["assert "]);
        assert_eq!(texts("\\sigma"), (0, vec!["σ".to_owned()]));
        assert_eq!(texts("2\\the"), (1, vec!["θ".to_owned()]));
        assert_eq!(texts("\\pi").1, ["π"]);
        assert!(texts("\\").1.len() > 30);
        for nothing in ["", "2", "# sig", "print \"sig", "12a", "zzz"] {
            assert_eq!(texts(nothing).1, Vec::<String>::new(), "{nothing:?}");
        }
        let (_, found) = session.completions("f", 1);
        assert_eq!(found[0].says, "function f(silly)");
    }

    #[test]
    fn brackets_find_each_other() {
        let text = "f([1, 2), (x[0]) # )";
        assert_eq!((partner(text, 10), partner(text, 15)), (Some(15), Some(10)));
        assert_eq!((partner(text, 12), partner(text, 15 + 1)), (Some(14), Some(10)));
        assert_eq!((partner(text, 2), partner(text, 19), partner("", 0), partner("()", 1)), (None, None, None, Some(0)));
    }

    #[test]
    fn a_preview_tells_the_answer_and_changes_nothing() {
        let mut session = session("x = 3; y = -4; q = x + y; f(a) = a^2");
        session.settings.hessian = true;
        let before = format!("{session:?}");
        let preview = |text: &str| session.preview(text, &Watch::default());
        let answer = preview("(x+sigma(y))/(sigma(x)+(x+y)^2)").expect("an answer");
        assert_eq!(format!("{:.6}", answer.value()), "1.545645");
        assert!(answer.backward.is_some() && answer.analysis.hessian.is_none());
        for (text, value) in [("x*y", -12.0), ("q*2", -2.0), ("f(5)", 25.0), ("z = 2; z*x", 6.0), ("p = x*q", -3.0), ("x = 5; x^2", 25.0)] {
            assert_eq!(preview(text).expect(text).value(), value, "{text}");
        }
        for nothing in [
            "",
            "x =",
            "x = 3",
            "w",
            "f(",
            "f(x) = 2",
            "p = x*w",
            "print x",
            "assert x == 3",
            "load(\"Cargo.toml\")",
            "x/",
            "include \"x\"",
        ] {
            assert!(preview(nothing).is_none(), "{nothing}");
        }
        // What would take long is left alone.
        for large in ["sum(zeros(1000, 1000)*x)", "sum(randn(9999, 9999))", "sum(zeros(200, 200) @ zeros(200, 200)*x)"] {
            assert!(preview(large).is_none(), "{large}");
        }
        let over = Watch::until(std::time::Instant::now());
        assert!(session.preview("x*y", &over).is_none());
        // The random numbers are those that the text will have.
        let drawn = preview("sum(randn(3)*x)").expect("an answer").value();
        assert_eq!(preview("sum(randn(3)*x)").expect("an answer").value(), drawn);
        assert_eq!(format!("{session:?}"), before);
    }
}
