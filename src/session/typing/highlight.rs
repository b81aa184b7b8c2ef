//! What the pieces of a text are, for colours, and which brackets belong together.
//!
//! Knows the names of the session and those that the text itself defines; changes nothing.

use crate::forms::parse::tokens::{self, Kind, Token};
use crate::forms::reader::{self, Piece};
use crate::session::Session;
use crate::session::settings::SETTINGS;
use crate::vocabulary::library::is_prefix;
use crate::vocabulary::statement::Form;
use crate::vocabulary::{DERIVATIVE, Gate, LOAD, language_constant, unit};
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

/// What a text says of itself, as far as it goes.
pub(super) struct Sketch<'a> {
    pub(super) tokens: Vec<Token>,
    /// What each token is.
    pub(super) kinds: Vec<WordKind>,
    /// What the names stand for that the text gives a meaning.
    pub(super) known: HashMap<&'a str, WordKind>,
    /// The names that the stages depend on which the text defines.
    pub(super) depends: HashMap<&'a str, HashSet<&'a str>>,
    /// The functions that the text defines, with their parameters.
    pub(super) functions: HashMap<&'a str, Vec<&'a str>>,
    /// The parameters of the statement in which the text ends.
    pub(super) parameters: HashSet<&'a str>,
    /// Whether what comes next opens a statement.
    pub(super) opens: bool,
}

impl Session {
    /// The pieces of a text, in order; together they are the whole text.
    pub fn pieces(&self, text: &str) -> Vec<(Range<usize>, WordKind)> {
        let sketch = self.sketch(text, tokens::all(text));
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

    pub(super) fn sketch<'a>(&self, text: &'a str, tokens: Vec<Token>) -> Sketch<'a> {
        let mut sketch = Sketch {
            kinds: Vec::with_capacity(tokens.len()),
            tokens: Vec::new(),
            known: HashMap::new(),
            depends: HashMap::new(),
            functions: HashMap::new(),
            parameters: HashSet::new(),
            opens: true,
        };
        let mut done = 0;
        for piece in reader::pieces(text, &tokens) {
            // Between statements stand the ends of lines.
            let start = tokens.partition_point(|token| token.span.start < piece.tokens[0].span.start);
            sketch.kinds.extend((done..start).map(|_| WordKind::Sign));
            done = start + piece.tokens.len();
            self.classify(&piece, &mut sketch);
        }
        sketch.kinds.extend((done..tokens.len()).map(|_| WordKind::Sign));
        sketch.tokens = tokens;
        sketch
    }

    /// The kinds of a statement's tokens; what it defines is known from here on.
    fn classify<'a>(&self, piece: &Piece<'a, '_>, sketch: &mut Sketch<'a>) {
        let definition = piece.definition();
        let parameters: Vec<&str> =
            definition.iter().flat_map(|found| found.parameters.iter().flatten()).map(|&at| piece.word(at)).collect();
        sketch.parameters = parameters.iter().copied().collect();
        let base = sketch.kinds.len();
        let (mut varies, mut data) = (false, false);
        let body = definition.as_ref().map_or(piece.tokens.len(), |found| found.body);
        for at in 0..piece.tokens.len() {
            let kind = self.kind(piece, at, sketch);
            // A call with numbers makes inputs of them.
            varies |= at >= body && matches!(kind, WordKind::Input | WordKind::Stage | WordKind::Unknown | WordKind::Function);
            data |= at >= body && kind == WordKind::Constant && self.meaning(piece.word(at), sketch).is_some();
            sketch.kinds.push(kind);
        }
        let complete = piece.waits.is_none();
        if let Some(found) = definition {
            let word = piece.word(found.name);
            let before = self.meaning(word, sketch);
            let depends = Self::depends(piece, sketch);
            let reached =
                || before == Some(WordKind::Input) && (depends.contains(word) || piece.uses().any(|used| self.reaches(used, word)));
            let itself = piece.word(found.name + 1) != "=" || piece.uses().any(|used| used == word) || reached();
            let kind = match (found.parameters.is_some(), found.name > 0) {
                (true, _) => WordKind::Function,
                (_, true) => WordKind::Constant,
                // An update keeps what the name was.
                _ if itself && matches!(before, Some(WordKind::Input | WordKind::Constant)) => before.unwrap_or(WordKind::Input),
                _ if varies => WordKind::Stage,
                _ if data => WordKind::Constant,
                _ => WordKind::Input,
            };
            if kind != WordKind::Function || !is_gate(word) {
                sketch.kinds[base + found.name] = kind;
                if complete && kind == WordKind::Function {
                    sketch.functions.insert(word, parameters);
                } else if complete {
                    sketch.known.insert(word, kind);
                    sketch.depends.remove(word);
                    if kind == WordKind::Stage {
                        sketch.depends.insert(word, depends);
                    }
                }
            }
        }
        sketch.opens = complete;
        if complete {
            sketch.parameters.clear();
        }
    }

    /// The names that the right side of a definition speaks of, by itself and through stages that the text defines.
    fn depends<'a>(piece: &Piece<'a, '_>, sketch: &Sketch<'a>) -> HashSet<&'a str> {
        let mut found: HashSet<&str> = piece.uses().collect();
        for used in piece.uses() {
            found.extend(sketch.depends.get(used).into_iter().flatten());
        }
        found
    }

    /// Whether a stage of the session depends on an input of it.
    fn reaches(&self, stage: &str, input: &str) -> bool {
        let [stage, input] = [stage, input].map(|word| self.symbols.find(word));
        let (Some(stage), Some(input)) = (stage.and_then(|name| self.names.stage(name)), input) else { return false };
        self.depends_on(stage, input)
    }

    /// What a token of a statement is.
    fn kind(&self, piece: &Piece, at: usize, sketch: &Sketch) -> WordKind {
        let opening = piece.opening();
        let sets = opening.is_some_and(|row| row.form == Form::Setting);
        let word = piece.word(at);
        match piece.token(at) {
            Some(Kind::Name) if opening.is_some() && at == 0 => WordKind::Keyword,
            Some(Kind::Name) if sets && at == 1 => {
                let known = SETTINGS.iter().any(|setting| [setting.name, setting.flag].contains(&word));
                if known { WordKind::Keyword } else { WordKind::Unknown }
            }
            Some(Kind::Name) if sets => WordKind::Constant,
            Some(Kind::Name) if word == "axis" && piece.word(at + 1) == "=" && at > usize::from(opening.is_some()) => WordKind::Keyword,
            Some(Kind::Name) if sketch.parameters.contains(word) => WordKind::Input,
            Some(Kind::Name) if is_prefix(word) && piece.token(at + 1) == Some(Kind::Member) => WordKind::Gate,
            Some(Kind::Name) => self.name(word, piece.word(at + 1) == "(", sketch),
            Some(Kind::Number) => WordKind::Number,
            Some(Kind::Quoted) => WordKind::Quoted,
            Some(Kind::Member) => WordKind::Gate,
            Some(Kind::Other) => WordKind::Stray,
            Some(Kind::Sign | Kind::Line | Kind::End) | None => WordKind::Sign,
        }
    }

    /// What a name stands for that the text or the session has given a meaning.
    fn meaning(&self, word: &str, sketch: &Sketch) -> Option<WordKind> {
        sketch.known.get(word).copied().or_else(|| self.symbols.find(word).and_then(|symbol| self.names.piece(symbol)))
    }

    fn name(&self, word: &str, called: bool, sketch: &Sketch) -> WordKind {
        if called {
            let symbol = self.symbols.find(word);
            return if is_gate(word) {
                WordKind::Gate
            } else if sketch.functions.contains_key(word) || symbol.is_some_and(|symbol| self.names.function(symbol).is_some()) {
                WordKind::Function
            } else {
                WordKind::Unknown
            };
        }
        self.meaning(word, sketch)
            .or_else(|| language_constant(word).or_else(|| unit(word)).map(|_| WordKind::Constant))
            .unwrap_or(WordKind::Unknown)
    }
}

/// The bracket that belongs to the one at byte `at`, or right before it.
pub fn partner(text: &str, at: usize) -> Option<usize> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    // A quotation mark without its partner opens a text that is being typed.
    let mut quoted = false;
    for token in tokens::all(text) {
        let place = token.span.range().start;
        match token.span.of(text) {
            "\"" => quoted = true,
            _ if token.kind == Kind::Line => quoted = false,
            _ if quoted => {}
            "(" | "[" | "{" => open.push((token.span.of(text), place)),
            sign @ (")" | "]" | "}") => {
                if let Some((bracket, partner)) = open.pop()
                    && matches!((bracket, sign), ("(", ")") | ("[", "]") | ("{", "}"))
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

/// What is open at the end of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Openings {
    /// What would close every bracket that is open.
    pub closing: String,
    /// The bracket that was opened last, and the name before it.
    pub last: Option<(char, String)>,
    /// A bracket is closed by one of another kind, so that nothing to come can make the statement whole.
    pub hopeless: bool,
}

/// The brackets that are open at the end of a text.
pub fn openings(text: &str) -> Openings {
    let tokens = tokens::all(text);
    let all = reader::pieces(text, &tokens);
    let Some(piece) = all.last().filter(|piece| piece.waits == Some(reader::Waits::Bracket)) else { return Openings::default() };
    let mut found = Openings::default();
    let mut open: Vec<(char, usize)> = Vec::new();
    for at in 0..piece.tokens.len() {
        match piece.word(at) {
            "(" => open.push((')', at)),
            "[" => open.push((']', at)),
            "{" => open.push(('}', at)),
            sign @ (")" | "]" | "}") => found.hopeless |= open.pop().is_some_and(|(close, _)| !sign.starts_with(close)),
            _ => {}
        }
    }
    found.closing = open.iter().rev().map(|(close, _)| *close).collect();
    found.last = open.last().map(|&(close, at)| {
        let named = at > 0 && close != '}' && piece.token(at - 1) == Some(Kind::Name);
        (piece.word(at).chars().next().unwrap_or('('), if named { piece.word(at - 1).to_owned() } else { String::new() })
    });
    found
}

fn is_gate(name: &str) -> bool {
    Gate::named(name).is_some() || [DERIVATIVE, LOAD].contains(&name)
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
