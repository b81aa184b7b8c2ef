//! What is known of a text while it is being typed: what its pieces are, what a word may become, which brackets belong
//! together, and what the text would give.
//!
//! Changes nothing in the session, reads no file, and knows no key and no terminal.

use super::settings::{SETTINGS, Setting, Takes};
use super::{FinalDefinition, Outcome, Session};
use crate::calculus::lower::Limits;
use crate::forms::parse::tokens::{self, Kind, Token};
use crate::ground::{Cancellation, Span};
use crate::views::{Answer, Source, VIEWS};
use crate::vocabulary::gate::{self, TABLE};
use crate::vocabulary::{CONSTANTS, DERIVATIVE, Gate, LOAD, language_constant};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// What a piece of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WordKind {
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
    ("Upsilon", "Υ"),
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
    ("omicron", "ο"),
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

/// What a text says of itself, as far as it goes.
struct Sketch<'a> {
    tokens: Vec<Token>,
    /// What each token is.
    kinds: Vec<WordKind>,
    /// What the names stand for that the text gives a meaning.
    known: HashMap<&'a str, WordKind>,
    /// The functions that the text defines, with their parameters.
    functions: HashMap<&'a str, Vec<&'a str>>,
    /// The parameters of the statement in which the text ends.
    parameters: HashSet<&'a str>,
    /// Whether what comes next opens a statement.
    opens: bool,
}

impl Session {
    /// The pieces of a text, in order; together they are the whole text.
    pub fn pieces(&self, text: &str) -> Vec<(Range<usize>, WordKind)> {
        let sketch = self.sketch(text, tokens_of(text));
        let mut pieces = Vec::with_capacity(2 * sketch.tokens.len() + 1);
        let mut done = 0;
        for (token, kind) in sketch.tokens.iter().zip(sketch.kinds) {
            between(text, done..token.span.range().start, &mut pieces);
            pieces.push((token.span.range(), kind));
            done = token.span.range().end;
        }
        between(text, done..text.len(), &mut pieces);
        pieces
    }

    fn sketch<'a>(&self, text: &'a str, tokens: Vec<Token>) -> Sketch<'a> {
        let mut sketch = Sketch {
            kinds: Vec::with_capacity(tokens.len()),
            tokens: Vec::new(),
            known: HashMap::new(),
            functions: HashMap::new(),
            parameters: HashSet::new(),
            opens: true,
        };
        let mut start = 0;
        while start < tokens.len() {
            let (end, complete) = statement_end(text, &tokens, start);
            self.classify(text, &tokens[start..end], complete, &mut sketch);
            start = end;
        }
        sketch.tokens = tokens;
        sketch
    }

    /// The kinds of a statement's tokens; what it defines is known from here on.
    fn classify<'a>(&self, text: &'a str, tokens: &[Token], complete: bool, sketch: &mut Sketch<'a>) {
        let word = |at: usize| tokens.get(at).map_or("", |token: &Token| token.span.of(text));
        let is_name = |at: usize| tokens.get(at).is_some_and(|token| token.kind == Kind::Name);
        let keyword = KEYWORDS.contains(&word(0)) && opens(word(0), tokens.get(1), word(1));
        let first = usize::from(keyword);
        let sets = keyword && word(0) == "set";
        // `x = ...` or `f(x, y) = ...`
        let close = (!keyword && word(1) == "(").then(|| (1..tokens.len()).find(|&at| word(at) == ")")).flatten();
        let function = close.filter(|&close| is_name(0) && word(close + 1) == "=");
        let name = is_name(first) && word(first + 1) == "=" && (!keyword || word(0) == "const");
        let body = function.unwrap_or(first) + 2;
        let parameters: Vec<&str> = function.map_or(Vec::new(), |close| (2..close).filter(|&at| is_name(at)).map(word).collect());
        sketch.parameters = parameters.iter().copied().collect();
        let base = sketch.kinds.len();
        let mut varies = false;
        for (at, token) in tokens.iter().enumerate() {
            let kind = match token.kind {
                Kind::Name if keyword && at == 0 => WordKind::Keyword,
                Kind::Name if sets && at == 1 => {
                    if SETTINGS.iter().any(|setting| [setting.name, setting.flag].contains(&word(1))) {
                        WordKind::Keyword
                    } else {
                        WordKind::Unknown
                    }
                }
                Kind::Name if sets => WordKind::Constant,
                Kind::Name if word(at) == "axis" && word(at + 1) == "=" && at > first => WordKind::Keyword,
                Kind::Name if sketch.parameters.contains(word(at)) => WordKind::Input,
                Kind::Name => self.name(word(at), word(at + 1) == "(", sketch),
                Kind::Number => WordKind::Number,
                Kind::Quoted => WordKind::Quoted,
                Kind::Sign | Kind::Line | Kind::End => WordKind::Sign,
                Kind::Other => WordKind::Stray,
            };
            // A call with numbers makes inputs of them.
            varies |= at >= body && matches!(kind, WordKind::Input | WordKind::Stage | WordKind::Unknown | WordKind::Function);
            sketch.kinds.push(kind);
        }
        if name {
            let kind = match (varies, keyword) {
                (true, _) => WordKind::Stage,
                (false, true) => WordKind::Constant,
                (false, false) => WordKind::Input,
            };
            sketch.kinds[base + first] = kind;
            if complete {
                sketch.known.insert(word(first), kind);
            }
        } else if function.is_some() && !is_gate(word(0)) {
            sketch.kinds[base] = WordKind::Function;
            if complete {
                sketch.functions.insert(word(0), parameters);
            }
        }
        sketch.opens = complete;
        if complete {
            sketch.parameters.clear();
        }
    }

    fn name(&self, word: &str, called: bool, sketch: &Sketch) -> WordKind {
        let symbol = self.symbols.find(word);
        if called {
            return if is_gate(word) {
                WordKind::Gate
            } else if sketch.functions.contains_key(word) || symbol.is_some_and(|symbol| self.names.function(symbol).is_some()) {
                WordKind::Function
            } else {
                WordKind::Unknown
            };
        }
        let known = sketch.known.get(word).copied().or_else(|| symbol.and_then(|symbol| self.names.piece(symbol)));
        known.or_else(|| language_constant(word).map(|_| WordKind::Constant)).unwrap_or(WordKind::Unknown)
    }

    /// What the word before byte `at` may become: where it starts, and the candidates, the user's own names first.
    pub fn completions(&self, text: &str, at: usize) -> (usize, Vec<Candidate>) {
        let before = &text[..text.floor_char_boundary(at)];
        if standing(before) != Standing::Plain {
            return (before.len(), Vec::new());
        }
        let statement = before.rfind([';', '\n']).map_or(0, |at| at + 1);
        if let Some(rest) =
            before[statement..].trim_start().strip_prefix("set ").filter(|rest| !rest.trim_start().starts_with(['=', '*', '/', '^', '+']))
        {
            let (start, found) = setting_words(rest);
            return (before.len() - rest.len() + start, found);
        }
        let mut tokens = tokens_of(before);
        let word = tokens.pop_if(|token| token.kind == Kind::Name && token.span.range().end == before.len());
        let start = word.map_or(before.len(), |token| token.span.range().start);
        let word = &before[start..];
        if before[..start].ends_with('\\') {
            return (start - 1, spelled(word));
        }
        if word.is_empty() {
            return (start, Vec::new());
        }
        let sketch = self.sketch(before, tokens);
        let mut found = self.own(&sketch, word);
        let general = general(&sketch, word);
        let new = |candidate: &Candidate| found.binary_search_by(|own| own.text.cmp(&candidate.text)).is_err();
        let general: Vec<Candidate> = general.into_iter().filter(new).collect();
        found.extend(general);
        (start, found)
    }

    /// The names of the text and of the session that begin with a word, sorted.
    fn own(&self, sketch: &Sketch, word: &str) -> Vec<Candidate> {
        let mut found = Vec::new();
        let mut add = |text: String, says: &str| found.push(Candidate { text, says: says.to_owned() });
        for parameter in sketch.parameters.iter().filter(|name| name.starts_with(word)) {
            add((*parameter).to_owned(), "parameter");
        }
        for (name, piece) in sketch.known.iter().filter(|(name, _)| name.starts_with(word) && !sketch.parameters.contains(**name)) {
            add((*name).to_owned(), meaning(*piece));
        }
        for (symbol, piece) in self.names.pieces() {
            let name = self.symbols.name(symbol);
            if name.starts_with(word) && !sketch.known.contains_key(name) && !sketch.parameters.contains(name) {
                add(name.to_owned(), meaning(piece));
            }
        }
        let mut call = |name: &str, parameters: &[&str]| add(format!("{name}("), &format!("function {name}({})", parameters.join(", ")));
        for (name, parameters) in sketch.functions.iter().filter(|(name, _)| name.starts_with(word)) {
            call(name, parameters);
        }
        for function in self.names.functions() {
            let name = self.symbols.name(function.name);
            if name.starts_with(word) && !sketch.functions.contains_key(name) {
                let parameters: Vec<&str> = function.parameters.iter().map(|&parameter| self.symbols.name(parameter)).collect();
                call(name, &parameters);
            }
        }
        found.sort();
        found
    }

    /// What a text would give, were it entered: its last answer, found within limits and before `cancellation` ends it. The
    /// session stays as it is; files are not read.
    pub fn preview(&self, text: &str, cancellation: &Cancellation) -> Option<Box<Answer>> {
        if text.len() > LONGEST || self.program.len() > LARGEST || cancellation.is_cancelled() {
            return None;
        }
        let mut copy = self.clone();
        copy.begin();
        let budget = copy.scratch.limits.budget.with_room(self.program.len(), MOST_STAGES, MOST_NUMBERS);
        copy.scratch.limits = Limits { budget, cancellation: cancellation.clone() };
        let settings = &mut copy.settings;
        settings.files = None;
        (settings.hessian, settings.relative, settings.scalars) = (false, false, false);
        settings.along.clear();
        settings.nudge.clear();
        settings.view = &VIEWS[0];
        let source = Source { name: "".into(), line: 1 };
        let mut reading = copy.read(text, &source, FinalDefinition::KnownStage).ok()?;
        let mut last = None;
        while let Some(outcome) = copy.step(&mut reading) {
            last = match outcome {
                Ok(Outcome::Answer(answer)) => Some(answer),
                Ok(_) => None,
                Err(_) => return None,
            };
            if cancellation.is_cancelled() {
                return None;
            }
        }
        last
    }
}

/// What `set` may go on with: a setting, then one of its values; and where in `rest`, the text behind it, that starts.
pub fn setting_words(rest: &str) -> (usize, Vec<Candidate>) {
    let begun = rest.trim_start();
    let lead = rest.len() - begun.len();
    let candidate = |text: &str, says: &str| Candidate { text: text.to_owned(), says: says.to_owned() };
    let Some((name, value)) = begun.split_once(' ') else {
        let found = SETTINGS.iter().filter(|setting| setting.name.starts_with(begun));
        return (lead, found.map(|setting| candidate(&format!("{} ", setting.name), setting.says)).collect());
    };
    let choices = match Setting::named(name).map(|setting| setting.takes) {
        Some(Takes::Switch) => vec![("on", ""), ("off", "")],
        Some(Takes::Choice(_, choices)) => choices(),
        _ => Vec::new(),
    };
    let value = value.trim_start();
    let found = choices.into_iter().filter(|(choice, _)| choice.starts_with(value));
    (rest.len() - value.len(), found.map(|(choice, says)| candidate(choice, says)).collect())
}

/// The bracket that belongs to the one at byte `at`, or right before it.
pub fn partner(text: &str, at: usize) -> Option<usize> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    // A quotation mark without its partner opens a text that is being typed.
    let mut quoted = false;
    for token in tokens_of(text) {
        let place = token.span.range().start;
        match token.span.of(text) {
            "\"" => quoted = true,
            _ if token.kind == Kind::Line => quoted = false,
            _ if quoted => {}
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
    match standing(text) {
        Standing::Quoted(at) => Some(at),
        Standing::Plain | Standing::Comment => None,
    }
}

/// In what a text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Plain,
    /// Behind a quotation mark.
    Quoted(usize),
    Comment,
}

fn standing(text: &str) -> Standing {
    let line = text.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let mut standing = Standing::Plain;
    for (at, sign) in text[line..].char_indices() {
        standing = match (standing, sign) {
            (Standing::Plain, '"') => Standing::Quoted(line + at),
            (Standing::Plain, '#') => return Standing::Comment,
            (Standing::Quoted(_), '"') => Standing::Plain,
            _ => standing,
        };
    }
    standing
}

fn is_gate(name: &str) -> bool {
    Gate::named(name).is_some() || [DERIVATIVE, LOAD].contains(&name)
}

/// What a name of the user's is called.
fn meaning(piece: WordKind) -> &'static str {
    match piece {
        WordKind::Constant => "constant",
        WordKind::Stage => "stage",
        _ => "input",
    }
}

/// The language's own names that begin with a word, sorted.
fn general(sketch: &Sketch, word: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut add = |name: &str, after: &str, says: &str| {
        if name.starts_with(word) {
            found.push(Candidate { text: format!("{name}{after}"), says: says.to_owned() });
        }
    };
    if sketch.opens {
        for keyword in KEYWORDS {
            add(keyword, " ", "statement");
        }
    }
    for row in TABLE.iter().filter(|row| row.callable()) {
        for name in std::iter::once(&row.name).chain(row.aliases).filter(|name| name.is_ascii()) {
            add(name, "(", "gate");
        }
    }
    add(DERIVATIVE, "(", "derivative");
    add(LOAD, "(", "file");
    for (name, _) in CONSTANTS {
        add(name, "", "constant");
    }
    found.sort();
    // Gates for other operands share their names.
    found.dedup();
    found
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

/// The token behind the statement that starts at a token, and whether the statement has ended there.
fn statement_end(text: &str, tokens: &[Token], start: usize) -> (usize, bool) {
    let mut depth = 0usize;
    // An operator at a line's end waits for its operand.
    let mut waits = false;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        let sign = token.span.of(text);
        match (token.kind, sign) {
            (Kind::Line, _) if depth > 0 || waits => continue,
            (Kind::Line, _) => return (at + 1, true),
            (Kind::End, _) if depth == 0 => return (at + 1, true),
            (_, "(" | "[") => depth += 1,
            (_, ")" | "]") => depth = depth.saturating_sub(1),
            _ => {}
        }
        let operator = || gate::infix(sign).is_some() || gate::prefix(sign).is_some() || matches!(sign, "±" | "+/-");
        waits = token.kind == Kind::Sign && operator();
    }
    (tokens.len(), false)
}

/// Whether a word of the language opens a statement that goes on with a token.
fn opens(keyword: &str, next: Option<&Token>, word: &str) -> bool {
    let Some(next) = next else { return false };
    match keyword {
        "const" | "set" => next.kind == Kind::Name,
        // Its quotation mark may be typed and not closed yet.
        "include" => next.kind == Kind::Quoted || word == "\"",
        _ => match next.kind {
            Kind::Sign => matches!(word, "(" | "[" | "-" | "−" | "√"),
            kind => !matches!(kind, Kind::Line | Kind::End),
        },
    }
}

/// The pieces between two tokens: space, and a remark at its end.
fn between(text: &str, range: Range<usize>, pieces: &mut Vec<(Range<usize>, WordKind)>) {
    let remark = text[range.clone()].find('#').map_or(range.end, |at| range.start + at);
    for (range, piece) in [(range.start..remark, WordKind::Space), (remark..range.end, WordKind::Comment)] {
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

    fn words(session: &Session, text: &str) -> Vec<(String, WordKind)> {
        session
            .pieces(text)
            .into_iter()
            .filter(|(_, piece)| *piece != WordKind::Space)
            .map(|(range, piece)| (text[range].to_owned(), piece))
            .collect()
    }

    #[test]
    fn pieces_are_told_apart() {
        use WordKind::{Comment, Constant, Function, Gate, Input, Keyword, Number, Quoted, Sign, Stage, Stray, Unknown};
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
        let expected: Vec<(String, WordKind)> = expected.iter().map(|&(word, piece)| (word.to_owned(), piece)).collect();
        assert_eq!(words(&session, text), expected);
        let set: Vec<WordKind> = words(&session, "set digits full").into_iter().map(|(_, piece)| piece).collect();
        assert_eq!(set, [Keyword, Keyword, Constant]);
        let plain: Vec<WordKind> = words(&session, "set + x").into_iter().map(|(_, piece)| piece).collect();
        assert_eq!(plain, [Unknown, Sign, Input]);
    }

    #[test]
    fn pieces_follow_the_parser() {
        let session = session("x = 3; f(a) = a*x");
        let last = |text: &str| words(&session, text).last().expect("a word").1;
        // An operator at a line's end waits for its operand.
        assert_eq!(last("g(a, b) = a +\n b"), WordKind::Input);
        assert_eq!(last("g(a, b) = a\n b"), WordKind::Unknown);
        // A constant made of inputs is a stage.
        assert_eq!((last("const q = x; q"), last("const q = 2; q")), (WordKind::Stage, WordKind::Constant));
        // A function and a number may share a name, which stands for the function only before its brackets.
        assert_eq!((last("g(a) = a; g"), last("f = 3; f")), (WordKind::Unknown, WordKind::Input));
        assert_eq!(words(&session, "f = 3; f(2)")[4].1, WordKind::Function);
        // The language's own functions stay.
        assert_eq!(words(&session, "sigma(a) = a")[0].1, WordKind::Gate);
        assert_eq!(words(&session, "include \"a")[0].1, WordKind::Keyword);
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
        // A word begins where the grammar begins one.
        assert_eq!(texts("2sigmu"), (1, vec!["sigmund".to_owned()]));
        assert_eq!(texts("x²sigmu"), (3, vec!["sigmund".to_owned()]));
        assert_eq!(texts("x\u{304}a").0, 0);
        assert_eq!(texts("rand").1, ["rand(", "randn("]);
        // What the text itself defines is known behind it, and parameters in their body.
        assert_eq!(texts("alpha = 3; alp").1, ["alpha"]);
        assert_eq!(texts("h(rate) = ra").1, ["rate", "rand(", "randn("]);
        assert_eq!(texts("h(rate) = 1; rat").1, Vec::<String>::new());
        assert_eq!(texts("\\sigma"), (0, vec!["σ".to_owned()]));
        assert_eq!(texts("2\\the"), (1, vec!["θ".to_owned()]));
        assert_eq!(texts("\\pi").1, ["π"]);
        for (name, sign) in SPELLED {
            assert_eq!(texts(&format!("\\{name}")).1, [*sign]);
            assert!(session.pieces(sign).iter().all(|(_, piece)| *piece != WordKind::Stray), "{sign}");
        }
        assert!(texts("\\").1.len() > 30);
        for nothing in ["", "2", "# sig", "print \"sig", "# \"sig", "x²", "zzz", "1 + [2;\n pri", "x +\n pri", "alpha = alp"] {
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
        // Those in comments and behind quotation marks belong to none.
        assert_eq!((partner("print \"(a)\", (1)", 7), partner("print \"(a)", 7), partner("# (a)", 2)), (None, None, None));
        assert_eq!((open_quote("print \"a"), open_quote("# \"a"), open_quote("\"a\" # \"")), (Some(6), None, None));
        assert_eq!((partner(text, 2), partner(text, 19), partner("", 0), partner("()", 1)), (None, None, None, Some(0)));
    }

    #[test]
    fn a_preview_tells_the_answer_and_changes_nothing() {
        let mut session = session("x = 3; y = -4; q = x + y; f(a) = a^2");
        session.settings.hessian = true;
        let before = format!("{session:?}");
        let preview = |text: &str| session.preview(text, &Cancellation::default());
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
        let over = Cancellation::until(std::time::Instant::now());
        assert!(session.preview("x*y", &over).is_none());
        // The random numbers are those that the text will have.
        let drawn = preview("sum(randn(3)*x)").expect("an answer").value();
        assert_eq!(preview("sum(randn(3)*x)").expect("an answer").value(), drawn);
        assert_eq!(format!("{session:?}"), before);
    }
}
