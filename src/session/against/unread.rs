//! What of a pass is not read, such as loops and branches, and to which names it may give other values.
//!
//! Knows tokens and what statements of Python and of the language do to names; evaluates nothing, and which names matter it is not told.

use crate::forms::parse::tokens::{self, Kind, Token};
use crate::forms::parse::words::is_operator;
use crate::vocabulary::{Gate, library};
use hashbrown::{HashMap, HashSet};

/// The words that begin blocks, behind whose colon a statement may stand.
const BLOCKS: &[&str] =
    &["def", "if", "elif", "else", "for", "while", "with", "try", "except", "finally", "class", "async", "match", "case", "repeat"];

/// The functions that run a text, or set what they are not told by name.
const ANYTHING: &[&str] = &["exec", "eval", "execfile", "__import__"];

/// The functions that hand out all names, by which any may be set.
const TABLES: &[&str] = &["globals", "locals", "vars"];

/// The functions that end a program.
const ENDS: &[&str] = &["exit", "quit", ".exit", "._exit", ".abort"];

/// The methods that change what they are called of.
const CHANGES: &[&str] = &[
    ".fill",
    ".sort",
    ".append",
    ".extend",
    ".insert",
    ".pop",
    ".remove",
    ".clear",
    ".update",
    ".itemset",
    ".resize",
    ".put",
    ".partition",
    ".reverse",
    ".setfield",
    ".byteswap",
    ".setdefault",
];

/// The functions that change what they are given.
const CHANGE_GIVEN: &[&str] =
    &["setattr", "delattr", ".copyto", ".put", ".place", ".putmask", ".fill_diagonal", ".put_along_axis", ".shuffle", ".at", ".setattr"];

/// What a text may do to names.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// The names that may have other values behind it.
    pub names: HashSet<String>,
    /// Whether any name may.
    pub any: bool,
    /// Whether what stands below it may never be run, and whether that is so in any case.
    pub ends: Option<bool>,
    /// The names that a class gives values within itself.
    pub within: HashSet<String>,
    /// The names that it says belong to the whole file.
    pub shared: HashSet<String>,
}

impl Effect {
    pub fn is_nothing(&self) -> bool {
        self.names.is_empty() && self.within.is_empty() && !self.any && self.ends.is_none()
    }
}

/// What functions of a file do where they are called.
#[derive(Clone, Debug, Default)]
pub struct Called {
    /// To names of the file.
    effect: Effect,
    /// Whether they change what they are given.
    changes_given: bool,
}

/// What a call of a function does, of which this is the text.
pub fn called(text: &str, parameters: &[&str], known: &HashMap<String, Called>) -> Called {
    let body = text.split_once(':').map_or("", |(_, body)| body);
    let inner = effect(body, known);
    let names = inner.names.intersection(&inner.shared).cloned().collect();
    let changes_given = parameters.iter().any(|&parameter| inner.names.contains(parameter));
    Called { effect: Effect { names, any: inner.any, ..Effect::default() }, changes_given }
}

/// What statements that are not run here may do.
pub fn effect(text: &str, known: &HashMap<String, Called>) -> Effect {
    let text = &without_texts(text);
    let scan = Scan { text, tokens: tokens::all(text), known };
    let mut found = Effect::default();
    let mut start = 0;
    // The bodies of classes have names of their own.
    let class = scan.word(0) == "class";
    while start < scan.tokens.len() {
        let end = scan.end(start);
        scan.statement(start, end, class && start > 0, &mut found);
        start = end + 1;
    }
    let closers = scan.closers();
    scan.calls(&closers, &mut found);
    scan.loops(&closers, &mut found);
    found
}

/// What the calls in an expression may do.
pub fn effect_of_calls(text: &str, known: &HashMap<String, Called>) -> Effect {
    let text = &without_texts(text);
    let mut found = Effect::default();
    let scan = Scan { text, tokens: tokens::all(text), known };
    scan.calls(&scan.closers(), &mut found);
    found
}

/// Whether a word begins a block.
pub fn begins_block(word: &str) -> bool {
    BLOCKS.contains(&word)
}

/// The name of the function that a text defines, in the language or in Python.
pub fn defined(text: &str) -> Option<&str> {
    let tokens = tokens::all(text);
    let mut names = tokens.iter().filter(|token| token.kind == Kind::Name).map(|token| token.span.of(text));
    names.find(|name| *name != "def")
}

/// The functions that a text calls by their names.
pub fn names_called(text: &str) -> Vec<String> {
    let tokens = tokens::all(text);
    let called = tokens.windows(2).filter(|pair| pair[0].kind == Kind::Name && pair[1].span.of(text) == "(");
    called.map(|pair| pair[0].span.of(text).to_owned()).collect()
}

/// Python's own functions that are none here.
const BUILT_IN: &[&str] = &[
    "all",
    "any",
    "bool",
    "bytes",
    "callable",
    "complex",
    "dict",
    "divmod",
    "enumerate",
    "filter",
    "format",
    "frozenset",
    "getattr",
    "hasattr",
    "hash",
    "id",
    "input",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "map",
    "next",
    "object",
    "open",
    "ord",
    "pow",
    "print",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "str",
    "sum",
    "tuple",
    "type",
    "zip",
];

/// Whether a text speaks of what Python may know and is not known here: a method, a part of a library, a function of Python's own, or one
/// of those that have been told. A function of another name Python does not know either.
pub fn speaks_of_others(text: &str, others: &HashSet<String>) -> bool {
    let tokens = tokens::all(text);
    let word = |at: usize| tokens.get(at).map_or("", |token: &Token| token.span.of(text));
    let kind = |at: usize| tokens.get(at).map(|token: &Token| token.kind);
    let mut at = 0;
    while at < tokens.len() {
        let mut whole = word(at).to_owned();
        let is_prefixed = kind(at) == Some(Kind::Name) && library::is_prefix(&whole) && kind(at + 1) == Some(Kind::Member);
        while is_prefixed && kind(at + 1) == Some(Kind::Member) {
            at += 1;
            whole.push_str(word(at));
        }
        let other = match kind(at) {
            Some(Kind::Member) => !library::is_known(&whole),
            Some(Kind::Name) if others.contains(&whole) => true,
            Some(Kind::Name) if word(at + 1) == "(" => BUILT_IN.contains(&whole.as_str()) && Gate::named(&whole).is_none(),
            _ => false,
        };
        if other {
            return true;
        }
        at += 1;
    }
    false
}

/// Words of Python beside which a name or a number stands.
const BETWEEN: &[&str] = &["if", "else", "for", "in", "not", "and", "or", "is", "lambda", "await", "yield"];

/// Whether a text that is no part of the language is none of Python either: a bracket has no partner, the last operator no operand, two
/// operands nothing between them, or a function is called that there is not.
pub fn is_broken(text: &str, is_function: &dyn Fn(&str) -> bool) -> bool {
    let tokens = tokens::all(text);
    let word = |at: usize| tokens.get(at).map_or("", |token: &Token| token.span.of(text));
    let is_operand = |at: usize| matches!(tokens[at].kind, Kind::Name | Kind::Number) && !BETWEEN.contains(&word(at));
    let mut open = Vec::new();
    for at in 0..tokens.len() {
        match word(at) {
            sign @ ("(" | "[") => open.push(if sign == "(" { ")" } else { "]" }),
            sign @ (")" | "]") if open.pop() != Some(sign) => return true,
            _ => {}
        }
        let is_first = at == 0 || tokens[at - 1].kind != Kind::Member && word(at - 1) != "'";
        let is_called = is_first && tokens[at].kind == Kind::Name && word(at + 1) == "(" && !BETWEEN.contains(&word(at));
        if is_called && !BUILT_IN.contains(&word(at)) && Gate::named(word(at)).is_none() && !is_function(word(at)) {
            return true;
        }
        if at > 0 && matches!(word(at), ")" | "]" | ",") && word(at - 1) != "'" && is_operator(word(at - 1)) {
            return true;
        }
        if at > 0 && is_operand(at) && (is_operand(at - 1) || matches!(word(at - 1), ")" | "]")) {
            return true;
        }
    }
    !open.is_empty() || tokens.last().is_none_or(|last| is_operator(last.span.of(text)))
}

/// The names that statements import; none where they may be any.
pub fn imported<'a>(texts: impl Iterator<Item = &'a str>) -> Option<HashSet<String>> {
    let mut found = HashSet::new();
    for text in texts {
        let tokens = tokens::all(text);
        let words: Vec<&str> = tokens.iter().map(|token| token.span.of(text)).collect();
        if !matches!(words.first(), Some(&("import" | "from"))) {
            continue;
        }
        if words.contains(&"*") {
            return None;
        }
        found.extend(tokens.iter().filter(|token| token.kind == Kind::Name).map(|token| token.span.of(text).to_owned()));
    }
    Some(found)
}

/// Whether a text calls one of some functions.
pub fn calls_one(text: &str, names: &HashSet<String>) -> bool {
    names_called(text).iter().any(|name| names.contains(name))
}

/// How many tokens of a call are looked at: nobody wrote more by hand.
const MOST: usize = 1_000;

struct Scan<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    known: &'a HashMap<String, Called>,
}

impl Scan<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.span.of(self.text))
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Name)
    }

    /// How many brackets are open before each token from one on.
    fn depths(&self, start: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let mut depth = 0usize;
        (start..self.tokens.len()).map(move |at| match self.word(at) {
            "(" | "[" => {
                depth += 1;
                (at, depth - 1)
            }
            ")" | "]" => {
                depth = depth.saturating_sub(1);
                (at, depth)
            }
            _ => (at, depth),
        })
    }

    /// The token that ends the statement which begins at a token, a block's head ended by its colon.
    fn end(&self, start: usize) -> usize {
        let heads = BLOCKS.contains(&self.word(start));
        let ends = |(at, depth): (usize, usize)| {
            let kind = self.tokens[at].kind;
            let divides = matches!(self.word(at), "{" | "}") || heads && self.word(at) == ":";
            (depth == 0 && (matches!(kind, Kind::Line | Kind::End) || divides)).then_some(at)
        };
        self.depths(start).find_map(ends).unwrap_or(self.tokens.len())
    }

    fn put(&self, names: impl Iterator<Item = usize>, found: &mut HashSet<String>) {
        found.extend(names.filter(|&at| self.is_name(at)).map(|at| self.word(at).to_owned()));
    }

    /// What a statement does that stands from one token to before another.
    fn statement(&self, start: usize, end: usize, own: bool, found: &mut Effect) {
        let word = self.word(start);
        let mut names = HashSet::new();
        match word {
            "import" | "from" => return,
            "del" => self.put(start + 1..end, &mut names),
            "global" | "nonlocal" => self.put(start + 1..end, &mut found.shared),
            "raise" => found.ends = Some(start == 0),
            "while" => found.ends = Some(true),
            // A function is left, and behind it nothing is run.
            "return" => found.ends = found.ends.or(Some(false)),
            "def" | "class" => self.put(start + 1..end.min(start + 2), &mut names),
            "for" => {
                let until = (start..end).find(|&at| self.word(at) == "in").unwrap_or(end);
                self.put(start + 1..until, &mut names);
            }
            _ => {}
        }
        for at in start..end {
            if self.word(at) == "as" && self.is_name(at + 1) {
                names.insert(self.word(at + 1).to_owned());
            }
        }
        if !BLOCKS.contains(&word) {
            let gives = |&(at, depth): &(usize, usize)| depth == 0 && self.gives(at);
            if let Some((last, _)) = self.depths(start).take_while(|&(at, _)| at < end).filter(gives).last() {
                self.put(start..last, &mut names);
                found.any |= TABLES.contains(&word);
            }
        }
        if own { &mut found.within } else { &mut found.names }.extend(names);
    }

    /// Whether a token is the sign of an assignment; `**=` and others are several tokens.
    fn gives(&self, at: usize) -> bool {
        self.tokens[at].kind != Kind::Name && matches!(self.word(at), "=" | "+=" | "-=" | "−=" | "*=" | "/=")
    }

    /// What the calls do that stand anywhere.
    fn calls(&self, closers: &HashMap<usize, usize>, found: &mut Effect) {
        for at in 0..self.tokens.len() {
            let word = self.word(at);
            if word == "out" && self.word(at + 1) == "=" && matches!(self.word(at.wrapping_sub(1)), "," | "(") {
                let end = (at + 2..self.tokens.len()).find(|&at| matches!(self.word(at), "," | ")" | "]")).unwrap_or(self.tokens.len());
                self.put(at + 2..end.min(at + MOST), &mut found.names);
            }
            // A value that is named within an expression.
            if self.is_name(at) && self.word(at + 1) == ":" && self.word(at + 2) == "=" {
                found.names.insert(word.to_owned());
            }
            if self.word(at + 1) != "(" || !matches!(self.tokens[at].kind, Kind::Name | Kind::Member) {
                continue;
            }
            let close = closers.get(&(at + 1)).copied().unwrap_or(self.tokens.len());
            let given = at + 2..close.min(at + MOST);
            let method = self.tokens[at].kind == Kind::Member;
            let root = if method { self.root(at) } else { None };
            let library = root.is_none_or(|root| library::is_prefix(self.word(root)));
            found.any |= ANYTHING.contains(&word) || TABLES.contains(&word) && matches!(self.word(close + 1), ".update" | ".__setitem__");
            if ENDS.contains(&word) && (!method || root.is_some_and(|root| matches!(self.word(root), "sys" | "os"))) {
                found.ends = found.ends.or(Some(false));
            }
            if CHANGE_GIVEN.contains(&word) && (library || word != ".put") {
                self.put(given.clone(), &mut found.names);
            }
            if let Some(root) = root.filter(|_| !library && (CHANGES.contains(&word) || changes_in_place(word))) {
                found.names.insert(self.word(root).to_owned());
            }
            if let Some(own) = self.known.get(word).filter(|_| !method) {
                found.any |= own.effect.any;
                found.names.extend(own.effect.names.iter().cloned());
                if own.changes_given {
                    self.put(given, &mut found.names);
                }
            }
        }
    }

    /// What loops do to the values that they go over, `for g in (dx, dy): g *= 2`, where they change each in its place.
    fn loops(&self, closers: &HashMap<usize, usize>, found: &mut Effect) {
        let changes = |at: usize| {
            let next = self.word(at + 1);
            let behind = if next == "[" { closers.get(&(at + 1)).map_or("", |close| self.word(close + 1)) } else { "" };
            matches!(next, "+=" | "-=" | "−=" | "*=" | "/=")
                || matches!(behind, "=" | "+=" | "-=" | "−=" | "*=" | "/=")
                || CHANGES.contains(&next)
                || next.starts_with('.') && changes_in_place(next)
        };
        let changed: HashSet<&str> = (0..self.tokens.len()).filter(|&at| self.is_name(at) && changes(at)).map(|at| self.word(at)).collect();
        for at in (0..self.tokens.len()).filter(|&at| self.word(at) == "for") {
            let most = self.tokens.len().min(at + MOST);
            let Some(goes) = (at..most).find(|&at| self.word(at) == "in") else { continue };
            let end = (goes..most).find(|&at| self.word(at) == ":").unwrap_or(most);
            if (at + 1..goes).any(|at| self.is_name(at) && changed.contains(self.word(at))) {
                self.put((goes + 1..end).filter(|&at| self.word(at + 1) != "("), &mut found.names);
            }
        }
    }

    /// The tokens that close brackets, by those that open them.
    fn closers(&self) -> HashMap<usize, usize> {
        let (mut open, mut found) = (Vec::new(), HashMap::new());
        for at in 0..self.tokens.len() {
            match self.word(at) {
                "(" | "[" => open.push(at),
                ")" | "]" => drop(open.pop().map(|opens| found.insert(opens, at))),
                _ => {}
            }
        }
        found
    }

    /// The name of whose members a member is.
    fn root(&self, member: usize) -> Option<usize> {
        let mut depth = 0usize;
        for at in (member.saturating_sub(MOST)..member).rev() {
            match (self.tokens[at].kind, self.word(at)) {
                (_, "]" | ")") => depth += 1,
                (_, "[" | "(") => depth = depth.checked_sub(1)?,
                (Kind::Name, _) if depth == 0 => return Some(at),
                (Kind::Member, _) | (_, ".T") => {}
                _ if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }
}

/// Whether a method's name says that it changes what it is called of: PyTorch's `.add_` does, and Python's `.__iadd__`.
fn changes_in_place(method: &str) -> bool {
    method.starts_with(".__i") || method == ".__setitem__" || method.ends_with('_') && !method.ends_with("__")
}

/// A text with blanks in the place of Python's texts, however they are marked; `X'` stays.
fn without_texts(text: &str) -> String {
    blanked(text, false)
}

/// A text with blanks in the place of those of Python's texts that may have several lines, whose ends stay.
pub fn without_long_texts(text: &str) -> String {
    blanked(text, true)
}

fn blanked(text: &str, long: bool) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    // Where a mark stands directly behind one of these it transposes.
    let transposes = |before: &str| {
        let word = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        let marks = matches!(word.to_ascii_lowercase().as_str(), "r" | "b" | "f" | "u" | "rb" | "br" | "fr" | "rf");
        !marks && before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ')' | ']' | '\''))
    };
    while let Some(c) = rest.chars().next() {
        let three = ["\"\"\"", "'''"].into_iter().find(|mark| rest.starts_with(mark));
        let mark = three.or_else(|| [("\"", '"'), ("'", '\'')].into_iter().find(|(_, mark)| !long && *mark == c).map(|(mark, _)| mark));
        if c == '#' {
            let end = rest.find('\n').unwrap_or(rest.len());
            made.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        // In texts that stay, such as "#", no other begins.
        let stays = long && three.is_none() && matches!(c, '"' | '\'') && !(c == '\'' && transposes(&made));
        if stays {
            let end = closed(rest, if c == '"' { "\"" } else { "'" });
            made.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let Some(mark) = mark.filter(|mark| mark.starts_with('"') || !transposes(&made)) else {
            made.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        let end = closed(rest, mark);
        made.extend(rest[..end].chars().map(|c| if matches!(c, '\n' | '\r') { c } else { ' ' }));
        // What stood there was a value.
        if !long {
            made.pop();
            made.push('0');
        }
        rest = &rest[end..];
    }
    made
}

/// Where a text of Python ends that begins with a mark: behind the next such mark, of one character at its line's end at the latest.
fn closed(text: &str, mark: &str) -> usize {
    let mut at = mark.len();
    while at < text.len() {
        if text[at..].starts_with(mark) {
            return at + mark.len();
        }
        let mut rest = text[at..].chars();
        match rest.next() {
            Some('\n') if mark.len() == 1 => return at,
            Some('\\') => at += 1 + rest.next().map_or(0, char::len_utf8),
            Some(c) => at += c.len_utf8(),
            None => break,
        }
    }
    text.len()
}
