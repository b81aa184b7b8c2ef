//! What a word may become: names of the text and of the session, gates, constants, settings, and signs typed by name.
//!
//! Knows what may stand where a text ends; changes nothing.

use super::highlight::{Sketch, WordKind};
use crate::forms::parse::tokens::{self, Kind, Token};
use crate::forms::reader::{Waits, pieces};
use crate::session::Session;
use crate::session::settings::{SETTINGS, Setting, Takes};
use crate::vocabulary::gate::TABLE;
use crate::vocabulary::statement::Form;
use crate::vocabulary::{CONSTANTS, DERIVATIVE, LOAD, STATEMENTS, StatementWord};

/// What a word may become.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// What takes the word's place.
    pub text: String,
    /// What that is, in a word or two.
    pub says: String,
}

/// Signs that are typed by name: `\sigma` for σ.
pub const SPELLED: &[(&str, &str)] = &[
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

impl Session {
    /// What the word before byte `at` may become: where it starts, and the candidates, the user's own names first.
    pub fn completions(&self, text: &str, at: usize) -> (usize, Vec<Candidate>) {
        let before = &text[..text.floor_char_boundary(at)];
        let line = last_line(before);
        if line.is_comment || line.quote.is_some() {
            return (before.len(), Vec::new());
        }
        let mut tokens = tokens::all(before);
        if let Some(rest) = behind_set(before, &tokens) {
            let (start, found) = setting_words(&before[rest..]);
            return (rest + start, found);
        }
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
        Some(Takes::Choice(_, choices) | Takes::Scope(_, choices)) => choices(),
        _ => Vec::new(),
    };
    let value = value.trim_start();
    let found = choices.into_iter().filter(|(choice, _)| choice.starts_with(value));
    (rest.len() - value.len(), found.map(|(choice, says)| candidate(choice, says)).collect())
}

/// Where what is given to a setting begins, if a text ends in a statement that sets one.
fn behind_set(text: &str, tokens: &[Token]) -> Option<usize> {
    let all = pieces(text, tokens);
    let last = all.last().filter(|piece| piece.waits.is_some_and(|waits| waits != Waits::Bracket))?;
    let sets = StatementWord::named(last.word(0)).is_some_and(|row| row.form == Form::Setting);
    let goes_on = match last.token(1) {
        None => text.ends_with(char::is_whitespace),
        next => next != Some(Kind::Sign) || last.word(1) == "-",
    };
    let end = last.tokens[0].span.range().end;
    let rest = text[end..].len() - text[end..].strip_prefix(char::is_whitespace)?.len();
    (sets && goes_on).then_some(end + rest)
}

/// In what a text ends.
struct LastLine {
    /// Where the quotation mark stands that its last line leaves open.
    quote: Option<usize>,
    is_comment: bool,
}

fn last_line(text: &str) -> LastLine {
    let tokens = tokens::all(text);
    let line = tokens.iter().rposition(|token| token.kind == Kind::Line).map_or(0, |at| at + 1);
    // A quotation mark without its partner opens a text that is being typed.
    let quote = tokens[line..].iter().find(|token| token.kind == Kind::Other && token.span.of(text) == "\"");
    let behind = tokens.last().map_or(0, |token| token.span.range().end);
    LastLine { quote: quote.map(|token| token.span.range().start), is_comment: text[behind..].contains('#') }
}

/// Where the quotation mark stands that a text leaves open.
pub fn open_quote(text: &str) -> Option<usize> {
    last_line(text).quote
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
        for row in STATEMENTS {
            add(row.word, " ", "statement");
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
