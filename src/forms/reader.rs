//! The reader of the language: takes text as it comes, cuts it with the grammar's tokens, and hands out statements.
//!
//! Knows where a statement ends (at a line's end or a semicolon, unless a bracket is open or an operator waits for its
//! operand), what kind it is, and which names it defines and uses. Whether it is in the language, the parser knows.

use super::parse::Written;
use super::parse::table;
use super::parse::tokens::{self, Kind, Token};
use crate::forms::parse::words::{is_indented, is_operator, opens_statement, updating};
use crate::ground::Span;
use crate::vocabulary::statement::Form;
use crate::vocabulary::{LOAD, StatementWord};
use std::collections::{HashSet, VecDeque};
use std::ops::Range;

/// For what a statement waits at the end of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// A bracket that is open.
    Bracket,
    /// The operand of an operator.
    Operand,
    /// The end of its line.
    Line,
    /// The end of the indented lines of a `def`.
    Body,
}

/// How an open bracket was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    Round,
    /// `[1; 2]`, where a semicolon ends a row.
    List,
    Index,
    /// The braces of a `repeat`, where lines and semicolons end the statements inside.
    Block,
}

/// Whether a statement has a body, as Python's blocks have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Body {
    /// It has none.
    #[default]
    None,
    /// Its first word begins one.
    Begun,
    /// It stands in lines of its own.
    Lines,
}

/// What the last token of a statement is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Last {
    /// Anything else.
    #[default]
    Other,
    /// An operator.
    Operator,
    /// A bracket or a comma, behind which an operand may be given by name.
    Divider,
    /// A name or a closing bracket, behind which `[` opens an index.
    Closed,
}

/// How far a statement has come.
#[derive(Clone, Debug, Default)]
struct Extent {
    open: Vec<Bracket>,
    /// Which of them open blocks.
    blocks: Vec<usize>,
    /// How many tokens it has.
    count: usize,
    /// What its last token is.
    last: Last,
    /// What the word that opens it takes, where that is no expression alone.
    form: Option<Form>,
    /// The last token is a colon outside of brackets.
    colon: bool,
    /// Whether it is a `def`, or a block of Python's that is not known here.
    body: Body,
    /// It is a table without brackets, whose lines have so many numbers.
    table: Option<usize>,
}

/// The words that begin Python's blocks.
const BLOCKS: &[&str] = &["def", "if", "elif", "else", "for", "while", "with", "try", "except", "finally", "class", "async", "match"];

impl Extent {
    /// Takes the next token; true where it ends the statement.
    fn take(&mut self, token: Token, text: &str) -> bool {
        // Most tokens are words inside of a statement, which open and close nothing.
        if self.count > 1 && matches!(token.kind, Kind::Name | Kind::Number) {
            self.colon = false;
            self.last = if token.kind == Kind::Name { Last::Closed } else { Last::Other };
            self.count += 1;
            return false;
        }
        let sign = token.span.of(text);
        match token.kind {
            // Python's blocks begin so. What stands in one that is not known here is not run by itself.
            Kind::Line if self.colon && self.body == Body::Begun => {
                self.body = Body::Lines;
                return false;
            }
            Kind::Line if self.waits().is_some() => return false,
            Kind::Line => {
                let line = text[..token.span.range().start].lines().next_back().unwrap_or_default();
                self.table = table::columns(line);
                return self.table.is_none();
            }
            Kind::End if self.form == Some(Form::Function) => {
                self.colon = false;
                return false;
            }
            // The parser refuses one in another bracket, and the text behind it is a statement of its own.
            Kind::End if self.sets() && self.open.is_empty() => return true,
            Kind::End if !self.sets() && self.open.last() != Some(&Bracket::List) && !self.is_in_block() => return true,
            _ => {}
        }
        match sign {
            "(" => self.open.push(Bracket::Round),
            "[" => self.open.push(if self.last == Last::Closed { Bracket::Index } else { Bracket::List }),
            "{" if self.form == Some(Form::Block) => {
                self.blocks.push(self.open.len());
                self.open.push(Bracket::Block);
            }
            "}" => self.open.truncate(self.blocks.pop().unwrap_or(self.open.len())),
            // A brace is closed by a brace alone.
            ")" | "]" => drop(self.open.pop_if(|open| *open != Bracket::Block)),
            _ => {}
        }
        self.colon = sign == ":" && self.open.is_empty();
        // Behind a word such as `print` a bracket opens what the statement takes.
        let opening = self.count == 0 && StatementWord::named(sign).is_some_and(|row| opens_statement(row, Kind::Sign, "["));
        let closes = matches!(token.kind, Kind::Name | Kind::Member | Kind::Quoted) || matches!(sign, ")" | "]" | "'" | ".T");
        self.last = match sign {
            "(" | "," => Last::Divider,
            // Behind a backslash at its end a line goes on.
            "\\" => Last::Operator,
            _ if token.kind == Kind::Sign && is_operator(sign) => Last::Operator,
            _ if closes && !opening => Last::Closed,
            _ => Last::Other,
        };
        self.form = match self.count {
            0 => StatementWord::named(sign).map(|row| row.form),
            1 => self.form.filter(|form| match form {
                Form::Block => matches!(token.kind, Kind::Name | Kind::Number),
                form => (form.takes_words() || *form == Form::Function) && token.kind == Kind::Name,
            }),
            _ => self.form,
        };
        if self.count == 0 {
            let begins = token.kind == Kind::Name && BLOCKS.contains(&sign);
            self.body = if begins { Body::Begun } else { Body::None };
        }
        self.count += 1;
        false
    }

    /// Whether a block is open.
    fn is_in_block(&self) -> bool {
        !self.blocks.is_empty()
    }

    /// Whether it gives a setting a value.
    fn sets(&self) -> bool {
        self.form.is_some_and(Form::takes_words)
    }

    /// For what the statement waits, so that a line's end does not end it.
    fn waits(&self) -> Option<Waits> {
        if !self.open.is_empty() {
            Some(Waits::Bracket)
        } else if self.last == Last::Operator && !(self.sets() && self.count > 1) {
            Some(Waits::Operand)
        } else if self.body == Body::Lines || self.colon && self.form == Some(Form::Function) {
            Some(Waits::Body)
        } else {
            None
        }
    }

    /// For what it waits in vain before a line that can only begin a statement.
    fn broken_off(&self, text: &str, tokens: &[Token]) -> Option<Waits> {
        match self.waits()? {
            Waits::Operand if begins(text, tokens) => Some(Waits::Operand),
            // In a block every line begins a statement, and `axis=1` may give an operand by its name.
            Waits::Bracket if !self.sets() && !self.is_in_block() && begins(text, tokens) => {
                let by_name = self.last == Last::Divider && self.open.last() == Some(&Bracket::Round) && tokens[1].span.of(text) == "=";
                (!by_name).then_some(Waits::Bracket)
            }
            _ => None,
        }
    }

    /// Whether it ends before a line: it is a `def`, and the line is not indented; or a table, of which the line is none.
    fn ends_before(&self, text: &str, tokens: &[Token]) -> bool {
        if let (Some(columns), Some(first)) = (self.table, tokens.first()) {
            let line = text[first.span.range().start..].lines().next().unwrap_or_default();
            return !table::goes_on(line, columns);
        }
        let begins = |token: &Token| token.kind != Kind::Line && !is_indented(text, token.span.range().start);
        self.waits() == Some(Waits::Body) && tokens.first().is_some_and(begins)
    }
}

/// What a statement defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Which token is the name.
    pub name: usize,
    /// Which tokens are the parameters, where it is a function.
    pub parameters: Option<Vec<usize>>,
    /// The token behind its `=`.
    pub body: usize,
}

/// A statement as a run of tokens in a text.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a, 't> {
    /// The text.
    pub text: &'a str,
    /// Its tokens; the last one may be the line's end or the semicolon that ends it.
    pub tokens: &'t [Token],
    /// For what it waits, unless it is whole.
    pub waits: Option<Waits>,
}

impl<'a, 't> Piece<'a, 't> {
    /// What a token says; nothing where there is none.
    pub fn word(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.span.of(self.text))
    }

    /// What kind of token it is, if there is one.
    pub fn token(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The row of the word that opens it, where it is opened by one.
    pub fn opening(&self) -> Option<&'static StatementWord> {
        let next = self.tokens.get(1)?;
        StatementWord::named(self.word(0)).filter(|row| opens_statement(row, next.kind, self.word(1)))
    }

    /// What it defines, if it has the look of a definition.
    pub fn definition(&self) -> Option<Definition> {
        let opening = self.opening();
        let name = usize::from(opening.is_some());
        if opening.is_some_and(|row| row.form == Form::Function) {
            let close = (2..self.tokens.len()).find(|&at| self.word(at) == ")")?;
            let parameters = (2..close).filter(|&at| self.token(at) == Some(Kind::Name)).collect();
            return Some(Definition { name, parameters: Some(parameters), body: close + 2 });
        }
        if opening.is_some_and(|row| row.form != Form::Definition) || self.token(name) != Some(Kind::Name) {
            return None;
        }
        if self.word(name + 1) == "=" || opening.is_none() && updating(self.word(name + 1)).is_some() {
            return Some(Definition { name, parameters: None, body: name + 2 });
        }
        if opening.is_some() || self.word(1) != "(" {
            return None;
        }
        let close = tokens::closing(self.text, self.tokens, 1)?;
        let parameters = (2..close).filter(|&at| self.token(at) == Some(Kind::Name)).collect();
        let defines = self.word(close) == ")" && self.word(close + 1) == "=";
        defines.then_some(Definition { name, parameters: Some(parameters), body: close + 2 })
    }

    /// The name that it defines, if any.
    pub fn defines(&self) -> Option<&'a str> {
        self.definition().map(|definition| self.word(definition.name))
    }

    /// The names that stand in it, except for the one that it defines and the word that opens it.
    pub fn uses(&self) -> impl Iterator<Item = &'a str> + use<'a, 't> {
        let skipped = self.definition().map_or(usize::from(self.opening().is_some()), |definition| definition.name + 1);
        let (text, tokens) = (self.text, self.tokens);
        tokens.iter().skip(skipped).filter(|token| token.kind == Kind::Name).map(move |token| token.span.of(text))
    }

    /// Its place: from its first token to its last, without what ends it.
    pub fn span(&self) -> Span {
        let said = self.tokens.iter().filter(|token| !matches!(token.kind, Kind::Line | Kind::End));
        let mut places = said.map(|token| token.span);
        places.next().map_or(Span::default(), |first| places.fold(first, Span::to))
    }

    /// Whether a semicolon ends it.
    pub fn is_silenced(&self) -> bool {
        self.tokens.last().is_some_and(|token| token.kind == Kind::End)
    }
}

/// Whether tokens can only begin a statement: they continue no expression whose operator waits for an operand.
fn begins(text: &str, tokens: &[Token]) -> bool {
    let line = tokens.iter().position(|token| token.kind == Kind::Line).unwrap_or(tokens.len());
    let piece = Piece { text, tokens: &tokens[..line], waits: None };
    piece.definition().is_some() || piece.opening().is_some() && piece.token(1) != Some(Kind::Sign)
}

/// The statements of a text, in order, as runs of its tokens.
pub fn pieces<'a, 't>(text: &'a str, tokens: &'t [Token]) -> Vec<Piece<'a, 't>> {
    let mut found = Vec::new();
    let mut extent = Extent::default();
    let mut start = 0;
    for (at, &token) in tokens.iter().enumerate() {
        let in_line = at > 0 && tokens[at - 1].kind == Kind::Line;
        if in_line && let Some(waits) = extent.broken_off(text, &tokens[at..]) {
            found.push(Piece { text, tokens: &tokens[start..at], waits: Some(waits) });
            (start, extent) = (at, Extent::default());
        }
        if in_line && extent.ends_before(text, &tokens[at..]) {
            found.push(Piece { text, tokens: &tokens[start..at], waits: None });
            (start, extent) = (at, Extent::default());
        }
        let nothing = extent.count == 0 && matches!(token.kind, Kind::Line | Kind::End);
        if nothing {
            start = at + 1;
        } else if extent.take(token, text) {
            found.push(Piece { text, tokens: &tokens[start..=at], waits: None });
            (start, extent) = (at + 1, Extent::default());
        }
    }
    if extent.count > 0 {
        // An empty line ends the lines of a `def`.
        let waits = extent.waits().filter(|&waits| waits != Waits::Body || !ends_empty(text)).unwrap_or(Waits::Line);
        found.push(Piece { text, tokens: &tokens[start..], waits: Some(waits) });
    }
    found
}

/// Whether the last line of a text is empty.
fn ends_empty(text: &str) -> bool {
    text.rsplit_once('\n').is_some_and(|(_, last)| last.trim().is_empty())
}

/// For what a text waits that goes on in a next line: a bracket is open at its end, an operator waits, or the lines of a `def`
/// are not ended.
pub fn waits(text: &str) -> Option<Waits> {
    let tokens = tokens::all(text);
    pieces(text, &tokens).last().and_then(|piece| piece.waits).filter(|&waits| waits != Waits::Line)
}

/// Whether a text goes on in a next line.
pub fn goes_on(text: &str) -> bool {
    waits(text).is_some()
}

/// The parts of a text between commas that stand in no brackets and no quotation marks.
pub fn between_commas(text: &str) -> Vec<Range<usize>> {
    let (mut depth, mut start, mut parts) = (0usize, 0, Vec::new());
    for token in tokens::all(text) {
        match token.span.of(text) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "," if depth == 0 => {
                parts.push(start..token.span.range().start);
                start = token.span.range().end;
            }
            _ => {}
        }
    }
    parts.push(start..text.len());
    parts
}

/// The steps that an analysis is given at the start of a text, `x=0.1, y=1` or `x 0.1`, and what stands behind them.
pub fn steps_and_rest(text: &str) -> Option<(String, &str)> {
    let tokens = tokens::all(text);
    let word = |at: usize| tokens.get(at).map_or("", |token: &Token| token.span.of(text));
    let named = word(1) == "=";
    let joins = |at: usize| named && matches!(word(at), "=" | ",");
    let first = usize::from(!named);
    let mut depth = 0usize;
    let last = (first..tokens.len()).find(|&at| {
        match word(at) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let gap = tokens.get(at + 1).is_none_or(|next| next.span.start > tokens[at].span.end);
        at + 1 == tokens.len() || gap && depth == 0 && !joins(at) && !joins(at + 1)
    })?;
    let start = tokens[0].span.range().start;
    let (end, rest) = (tokens[last].span.range().end, text[tokens[last].span.range().end..].trim_start());
    if named {
        return Some((text[start..end].to_owned(), rest));
    }
    Some((format!("{}={}", word(0), &text[tokens[1].span.range().start..end]), rest))
}

/// Where the names of files stand in a text, their quotation marks included.
pub fn files(text: &str) -> Vec<Range<usize>> {
    let tokens = tokens::all(text);
    let mut found = Vec::new();
    for piece in pieces(text, &tokens) {
        let included = piece.opening().is_some_and(|row| row.form == Form::File);
        let is_file = |at: usize| included && at == 1 || at > 1 && piece.word(at - 1) == "(" && piece.word(at - 2) == LOAD;
        let quoted = (0..piece.tokens.len()).filter(|&at| piece.token(at) == Some(Kind::Quoted) && is_file(at));
        found.extend(quoted.map(|at| piece.tokens[at].span.range()));
    }
    found
}

/// Whether a text is an assertion, whatever may be wrong with it.
pub fn asserts(text: &str) -> bool {
    let tokens = tokens::all(text);
    pieces(text, &tokens).first().and_then(Piece::opening).is_some_and(|row| row.form == Form::Assertion)
}

/// The name that a text defines, where it is one statement.
pub fn defined(text: &str) -> Option<&str> {
    let tokens = tokens::all(text);
    match &pieces(text, &tokens)[..] {
        [piece] => piece.defines(),
        _ => None,
    }
}

/// Whether a text speaks of a name.
pub fn speaks_of(text: &str, name: &str) -> bool {
    let tokens = tokens::all(text);
    pieces(text, &tokens).iter().any(|piece| piece.uses().any(|used| used == name))
}

/// A statement that was read, in a text of its own.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The text of its lines, without what stands before it in its first line.
    pub text: String,
    /// The number of its first line.
    pub line: usize,
    /// How many characters stand before it there.
    pub column: usize,
    /// Its tokens, with their places in `text`.
    pub tokens: Vec<Token>,
    /// For what it waits, where it is not whole.
    pub waits: Option<Waits>,
}

impl Statement {
    /// Its text as the parser takes it.
    pub fn written(&self) -> Written<'_> {
        Written { text: &self.text, tokens: Some(&self.tokens), column: self.column }
    }

    /// Its tokens and what they say.
    pub fn piece(&self) -> Piece<'_, '_> {
        Piece { text: &self.text, tokens: &self.tokens, waits: self.waits }
    }
}

/// A line and its tokens.
#[derive(Debug)]
struct Line {
    text: String,
    number: usize,
    /// How many characters stand before it.
    column: usize,
    tokens: Vec<Token>,
}

/// Whole lines and their tokens, of which single lines are made when they are read. No token spans two lines, so that a line's tokens are those of
/// the whole text.
#[derive(Debug)]
struct Chunk {
    text: String,
    tokens: Vec<Token>,
    /// Where its next line begins, and which is the first token of it.
    at: usize,
    next: usize,
}

impl Chunk {
    fn new(text: String) -> Self {
        Self { tokens: tokens::all(&text), text, at: 0, next: 0 }
    }

    /// Its next line, under a number; the last one may lack its end. None where all have been made.
    fn line(&mut self, number: usize) -> Option<Line> {
        let start = self.at;
        let text = self.text[start..].split_inclusive('\n').next()?;
        self.at += text.len();
        let tokens = &self.tokens[self.next..];
        let count = tokens.iter().position(|token| token.span.range().start >= self.at).unwrap_or(tokens.len());
        self.next += count;
        let tokens = tokens[..count].iter().map(|&token| shifted(token, -start.cast_signed())).collect();
        Some(Line { text: text.to_owned(), number, column: 0, tokens })
    }
}

/// The lines of a statement that is not whole yet.
#[derive(Debug, Default)]
struct Begun {
    lines: Vec<Line>,
    bytes: usize,
    extent: Extent,
    /// The numbers of the lines that have the brackets which are open.
    opened: Vec<usize>,
}

/// Cuts a script into statements as its text comes, so that a script of any length takes the room of one statement.
#[derive(Debug)]
pub struct Reader {
    /// Text whose line has not ended.
    rest: String,
    /// What is to be read.
    chunks: VecDeque<Chunk>,
    /// Lines that are to be read once more, before it.
    again: VecDeque<Line>,
    begun: Option<Begun>,
    ready: VecDeque<Statement>,
    /// The number of the next line.
    number: usize,
    /// The bytes of the lines that have been read to their end.
    taken: usize,
    ended: bool,
    /// Of a text that has ended, the lines with a bracket that nothing closes: none of them is read to the end twice.
    unclosed: HashSet<usize>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            rest: String::new(),
            chunks: VecDeque::new(),
            again: VecDeque::new(),
            begun: None,
            ready: VecDeque::new(),
            number: 1,
            taken: 0,
            ended: false,
            unclosed: HashSet::new(),
        }
    }
}

impl Reader {
    /// Adds text, cut anywhere.
    pub fn feed(&mut self, text: &str) {
        let (whole, rest) = text.split_at(text.rfind('\n').map_or(0, |end| end + 1));
        let mut begun = std::mem::take(&mut self.rest);
        if !whole.is_empty() {
            begun.push_str(whole);
            self.chunks.push_back(Chunk::new(std::mem::take(&mut begun)));
        }
        begun.push_str(rest);
        self.rest = begun;
    }

    /// Says that no more text comes: what waits is handed out as it is.
    pub fn finish(&mut self) {
        self.ended = true;
        let rest = std::mem::take(&mut self.rest);
        self.chunks.push_back(Chunk::new(rest));
    }

    /// The number of the line that is read next.
    pub fn next_number(&self) -> usize {
        self.number
    }

    /// How many bytes of its text have been read.
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// The number and the text of the first line of the statement that is not whole yet, where it has more than `most` bytes.
    pub fn waiting(&self, most: usize) -> Option<(usize, &str)> {
        let begun = self.begun.as_ref().filter(|begun| begun.bytes > most)?;
        begun.lines.first().map(|line| (line.number, line.text.as_str()))
    }

    /// Leaves out a line.
    pub fn skip(&mut self) {
        self.chunks.push_back(Chunk::new("\n".to_owned()));
    }

    /// The next line that is to be read.
    fn next_line(&mut self) -> Option<Line> {
        if let Some(line) = self.again.pop_front() {
            return Some(line);
        }
        loop {
            if let Some(line) = self.chunks.front_mut()?.line(self.number) {
                self.number += 1;
                return Some(line);
            }
            self.chunks.pop_front();
        }
    }

    /// The next statement that is whole; none where more text must come first.
    pub fn next_statement(&mut self) -> Option<Statement> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready);
            }
            match self.next_line() {
                Some(line) => self.take(line),
                None if self.ended && self.begun.is_some() => self.give_up(),
                None => return None,
            }
        }
    }

    /// Reads a line to its end.
    fn take(&mut self, line: Line) {
        self.taken += line.text.len();
        if let Some(waits) = self.begun.as_ref().and_then(|begun| begun.extent.broken_off(&line.text, &line.tokens)) {
            let begun = self.begun.take().map(|begun| statement(&begun.lines, None, Some(waits)));
            self.ready.extend(begun);
        }
        if let Some(begun) = self.begun.take_if(|begun| begun.extent.ends_before(&line.text, &line.tokens)) {
            self.ready.push_back(statement(&begun.lines, None, None));
        }
        let Begun { mut lines, mut bytes, mut extent, mut opened } = self.begun.take().unwrap_or_default();
        // Of a line in which a statement begins, it holds what is not read before.
        let (mut start, mut before) = (0, line.column);
        let (mut column, mut counted) = (line.column, 0);
        // Each character is counted once, however many statements a line has.
        let mut go_on = |to: usize| {
            let at = line.start_of(to);
            column += line.text[counted..at].chars().count();
            counted = at;
            (to, column)
        };
        for (at, &token) in line.tokens.iter().enumerate() {
            if extent.count == 0 && matches!(token.kind, Kind::Line | Kind::End) {
                (start, before) = go_on(at + 1);
            } else if extent.take(token, &line.text) {
                if token.kind == Kind::Line && lines.is_empty() && start == 0 && at + 1 == line.tokens.len() {
                    return self.ready.push_back(line.into_statement());
                }
                self.ready.push_back(statement(&lines, Some((&line, start..at + 1, before)), None));
                lines.clear();
                (start, before) = go_on(at + 1);
                (bytes, extent) = (0, Extent::default());
            }
            opened.resize(extent.open.len(), line.number);
        }
        if extent.count > 0 {
            bytes += line.text.len();
            // A line before this one with such a bracket would have ended it.
            let hopeless = opened.last() == Some(&line.number) && self.unclosed.contains(&line.number);
            lines.push(if start > 0 { line.tail(start, before) } else { line });
            self.begun = Some(Begun { lines, bytes, extent, opened });
            if hopeless {
                self.give_up();
            }
        }
    }

    /// Hands out a statement that is not whole. A bracket that nothing closes is blamed on its own line, and the lines
    /// after it are read again.
    fn give_up(&mut self) {
        let Some(mut begun) = self.begun.take() else { return };
        let waits = begun.extent.waits().unwrap_or(Waits::Line);
        // What stands in a block that is never closed is not run: it belongs to the block.
        if waits == Waits::Bracket && !begun.extent.is_in_block() {
            self.unclosed.extend(&begun.opened);
            for line in begun.lines.drain(1..).rev() {
                self.taken -= line.text.len();
                self.again.push_front(line);
            }
        }
        let waits = if matches!(waits, Waits::Line | Waits::Body) { None } else { Some(waits) };
        self.ready.push_back(statement(&begun.lines, None, waits));
    }
}

impl Line {
    /// The statement that all of it is.
    fn into_statement(self) -> Statement {
        let Self { mut text, number, column, mut tokens } = self;
        text.truncate(text.trim_end().len());
        tokens.retain(|token| token.span.range().end <= text.len());
        Statement { text, line: number, column, tokens, waits: None }
    }

    /// Where its token `start` begins.
    fn start_of(&self, start: usize) -> usize {
        if start == 0 { 0 } else { self.tokens.get(start).map_or(self.text.len(), |token| token.span.range().start) }
    }

    /// What it holds from its token `start` on, before which so many characters stand.
    fn tail(&self, start: usize, column: usize) -> Self {
        let at = self.start_of(start);
        let tokens = self.tokens[start..].iter().map(|&token| shifted(token, -at.cast_signed())).collect();
        Self { text: self.text[at..].to_owned(), tokens, column, number: self.number }
    }
}

fn shifted(token: Token, by: isize) -> Token {
    let moved = |at: u32| (at as usize).saturating_add_signed(by);
    Token { span: Span::new(moved(token.span.start), moved(token.span.end)), ..token }
}

/// A statement of whole lines and of a part of the last one, given by tokens and the characters that stand before it.
fn statement(lines: &[Line], last: Option<(&Line, Range<usize>, usize)>, waits: Option<Waits>) -> Statement {
    let (line, column) = match (lines.first(), &last) {
        (Some(first), _) => (first.number, first.column),
        (None, Some((line, _, column))) => (line.number, *column),
        (None, None) => (0, 0),
    };
    let (mut text, mut tokens) = (String::new(), Vec::new());
    for line in lines {
        let by = text.len().cast_signed();
        tokens.extend(line.tokens.iter().map(|&token| shifted(token, by)));
        text.push_str(&line.text);
    }
    if let Some((line, part, _)) = last {
        // What stands behind a semicolon belongs to the next statement.
        let semicolon = line.tokens[part.end - 1];
        let end = if semicolon.kind == Kind::End { semicolon.span.range().end } else { line.text.len() };
        let start = line.start_of(part.start);
        let by = text.len().cast_signed() - start.cast_signed();
        tokens.extend(line.tokens[part].iter().map(|&token| shifted(token, by)));
        text.push_str(&line.text[start..end]);
    }
    text.truncate(text.trim_end().len());
    tokens.retain(|token| token.span.range().end <= text.len());
    Statement { text, line, column, tokens, waits }
}
