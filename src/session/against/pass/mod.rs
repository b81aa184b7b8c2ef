//! A hand-derived backward pass as text: its lines that give names values, cut out of the language or out of Python.
//!
//! Knows tokens and the names that gradients go by; evaluates nothing and opens no file.

mod functions;

use self::functions::{Held, enter, function};
use super::shared;
use super::unread::{self, Called, Effect};
use crate::forms::parse::tokens::{self, Kind, Token};
use crate::forms::reader::{Piece, Reader, Statement, between_commas};
use crate::ground::text::shortened;
use crate::ground::{Fault, FaultKind, Span};
use crate::views::against::{Line, Verdict};
use crate::vocabulary::DERIVATIVE;
use crate::vocabulary::library::PUT;
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;

/// The most lines of a pass that are judged.
const MOST_LINES: usize = 10_000;

/// How deep functions whose lines are judged may lie in each other.
const DEEPEST: usize = 3;

/// What the gradient of `x` is called beside `dx`, `?` for its name and `!` for that of the result.
const ALIASES: &[&str] =
    &["d_?", "D?", "grad_?", "?_grad", "grad?", "g_?", "?_bar", "d!d?", "d!_d?", "d!_?", "dLd?", "dL_d?", "dloss_d?", "dout_d?"];

/// What the gradient that arrives at the result is called where a pass is a function of it.
const ARRIVES: &[&str] = &["dout", "d_out", "dOut", "grad_out", "grad_output", "upstream"];

/// The signs of comparisons, of which a mask is made.
const COMPARISONS: &[&str] = &["<", "<=", ">", ">=", "==", "!=", "≤", "≥", "≠"];

/// What is said of a statement that changes nothing.
const ASIDE: &str = "it gives no name a value that counts, and is not judged";

/// What a line does to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It gives the name a value.
    Sets,
    /// It adds to the name's value.
    Adds,
    /// It subtracts from it.
    Subtracts,
    /// It makes another value of it, such as by `/=`.
    Turns,
}

/// A line that gives a name a value.
#[derive(Clone, Debug)]
pub struct Row {
    pub number: usize,
    /// The line as it was written.
    pub text: String,
    /// The name, a gradient's by the name that it has here.
    pub name: String,
    /// The name as it was written.
    pub written: String,
    /// `=`, `+=` or another sign of an update, as it was written.
    pub sign: String,
    pub act: Act,
    /// What is evaluated: for `Adds` and `Subtracts` what is added, else the value of the name.
    pub expression: String,
    pub uses: HashSet<String>,
    /// Whether it has the calculator differentiate.
    pub derives: bool,
}

impl Row {
    /// The expression whose value the name has after it.
    pub fn whole(&self) -> String {
        match self.act {
            Act::Adds => format!("{} + ({})", self.name, self.expression),
            Act::Subtracts => format!("{} - ({})", self.name, self.expression),
            Act::Sets | Act::Turns => self.expression.clone(),
        }
    }

    pub fn adds(&self) -> bool {
        matches!(self.act, Act::Adds | Act::Subtracts)
    }

    /// The sign of what it adds.
    pub fn factor(&self) -> f64 {
        if self.act == Act::Subtracts { -1.0 } else { 1.0 }
    }
}

/// The names of a forward pass.
pub struct Known {
    /// Of its stages and inputs, with the names of their gradients.
    pub gradients: HashMap<String, String>,
    /// Of the gradients.
    pub own: HashSet<String>,
    /// Of the gradients of inputs.
    pub inputs: HashSet<String>,
    /// Of the gradients, with how many axes they have.
    pub ranks: HashMap<String, usize>,
    /// Of the result.
    pub output: String,
}

/// A pass that was read.
#[derive(Default)]
pub struct Pass {
    /// The lines that give names values, in order.
    pub rows: Vec<Row>,
    /// What is said of others,
    pub lines: Vec<Line>,
    /// and of those that are not read.
    pub looks: Vec<Line>,
    /// The functions that it defines.
    pub functions: Vec<String>,
    /// The names of gradients of ours that go by another name in it.
    pub aliases: HashMap<String, String>,
    /// The gradients of which it is not known what becomes of them, each with the number of the line that is not read.
    pub unsettled: HashMap<String, usize>,
    /// Whether a line is not read that may change anything, or behind which the file may not come to its end.
    pub anything: bool,
    /// Whether it has no statement.
    pub empty: bool,
    unread: Vec<Unread>,
    held: Vec<Held>,
    called: HashMap<String, Called>,
    /// Statements that may call functions of the file, and do nothing else.
    calls: Vec<String>,
}

/// A statement that is not read.
#[derive(Clone)]
struct Unread {
    line: Line,
    /// How many lines that give names values stand above it.
    at: usize,
    effect: Effect,
}

/// Reads a pass.
///
/// # Errors
/// It has too many lines, or there is too little memory.
pub fn read(text: &str, known: &Known) -> Result<Pass, Fault> {
    let mut pass = Pass::default();
    let text = unread::without_long_texts(text);
    lines_of(&text, 0, DEEPEST, known, &mut pass)?;
    pass.empty = pass.rows.is_empty() && pass.lines.is_empty() && pass.functions.is_empty() && pass.unread.is_empty();
    rename(&mut pass, known);
    for (at, names) in shared::changed_beside(&pass.rows, known) {
        let row = &pass.rows[at];
        let line = Line { number: Some(row.number), text: row.text.clone(), name: row.written.clone(), ..Line::of(Verdict::Look) };
        let says = format!("it changes the array that is `{}` too", names.join("` and `"));
        let effect = Effect { names: names.into_iter().collect(), ..Effect::default() };
        pass.unread.push(Unread { line: Line { says, ..line }, at: at + 1, effect });
    }
    settle_unread(&mut pass, known);
    Ok(pass)
}

impl Pass {
    /// The texts of statements that give no name a value that is read.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.calls.iter().chain(self.unread.iter().map(|unread| &unread.line.text)).map(String::as_str)
    }

    /// Takes some lines for statements that are not read, each with the reason: what they give their names is not known.
    pub fn set_aside(&mut self, reasons: &BTreeMap<usize, String>, known: &Known) {
        for (at, says) in reasons.iter().rev() {
            let row = self.rows.remove(*at);
            self.unread.iter_mut().filter(|unread| unread.at > *at).for_each(|unread| unread.at -= 1);
            let line = Line { number: Some(row.number), text: row.text, name: row.written, says: says.clone(), ..Line::of(Verdict::Look) };
            let effect = Effect { names: HashSet::from([row.name]), ..Effect::default() };
            self.unread.push(Unread { line, at: *at, effect });
        }
        settle_unread(self, known);
    }
}

/// Reads lines and decides which of their functions are the pass.
fn lines_of(text: &str, before: usize, deep: usize, known: &Known, pass: &mut Pass) -> Result<(), Fault> {
    statements_of(text, before, deep, known, pass)?;
    enter(pass, known);
    Ok(())
}

fn statements_of(text: &str, before: usize, deep: usize, known: &Known, pass: &mut Pass) -> Result<(), Fault> {
    let mut reader = Reader::default();
    reader.feed(text);
    reader.finish();
    // The line of a block that stands in one line: what follows there belongs to it.
    let mut block = None;
    while let Some(mut statement) = reader.next_statement() {
        statement.line += before;
        if pass.rows.len() + pass.lines.len() + pass.functions.len() + pass.unread.len() >= MOST_LINES {
            let fault = Fault::new(FaultKind::Limit, Span::default(), format!("it has more than {MOST_LINES} lines"));
            return Err(fault.help("a backward pass has a line or a few for each stage"));
        }
        if block == Some(statement.line) {
            let piece = statement.piece();
            let effect = unread::effect(&statement.text, &pass.called);
            left_aside(&piece, number(&statement, &piece), effect, pass);
        } else {
            block = take(&statement, deep, known, pass)?.then_some(statement.line);
        }
    }
    Ok(())
}

/// Takes a statement; true where it is a block that is not read.
fn take(statement: &Statement, deep: usize, known: &Known, pass: &mut Pass) -> Result<bool, Fault> {
    let piece = statement.piece();
    if piece.definition().is_some_and(|definition| definition.parameters.is_some()) {
        function(statement, deep, known, pass)?;
        return Ok(false);
    }
    if deep > 0
        && let Some(body) = always(&piece)
    {
        let (text, before) = body_of(statement, body);
        statements_of(&text, before, deep - 1, known, pass)?;
        return Ok(false);
    }
    let found = rows(statement, &piece);
    let at = number(statement, &piece);
    if found.is_empty() {
        let effect = unread::effect(&statement.text, &pass.called);
        left_aside(&piece, at, effect, pass);
        return Ok(unread::begins_block(piece.word(0)));
    }
    // A right side may do more than to have a value.
    let effect = unread::effect_of_calls(&statement.text, &pass.called);
    pass.rows.extend(found);
    if !effect.is_nothing() {
        let text = piece.span().of(piece.text).to_owned();
        let line = Line { number: Some(at), text, name: piece.word(0).to_owned(), ..Line::of(Verdict::Look) };
        pass.unread.push(Unread { line, at: pass.rows.len(), effect });
    }
    Ok(false)
}

/// The byte behind the head of a block whose body is run in any case.
fn always(piece: &Piece) -> Option<usize> {
    let colon = (1..piece.tokens.len()).find(|&at| piece.word(at) == ":")?;
    let head: Vec<&str> = (0..colon).map(|at| piece.word(at)).collect();
    let runs = match &head[..] {
        ["if", "True" | "1"] | ["if", "__name__", "==", ..] => true,
        ["with", rest @ ..] => !rest.contains(&"as"),
        _ => false,
    };
    runs.then(|| piece.tokens[colon].span.range().end)
}

/// The lines of a block or a function as lines of none, and how many lines stand before their first.
fn body_of(statement: &Statement, start: usize) -> (String, usize) {
    let body = &statement.text[start..];
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let own = body.lines().skip(1).find(|line| !line.trim().is_empty()).map_or(0, blanks);
    // A line that goes on with another may stand further out.
    let lines: Vec<&str> =
        body.lines().enumerate().map(|(at, line)| if at == 0 { line.trim_start() } else { &line[blanks(line).min(own)..] }).collect();
    (lines.join("\n"), statement.line + statement.text[..start].matches('\n').count() - 1)
}

/// The number of the line in which a statement begins.
fn number(statement: &Statement, piece: &Piece) -> usize {
    statement.line + statement.text[..piece.span().range().start].matches('\n').count()
}

/// The lines that a statement stands for; none where it gives no name a value.
fn rows(statement: &Statement, piece: &Piece) -> Vec<Row> {
    let text = &statement.text;
    let (number, written) = (number(statement, piece), piece.span().of(text));
    let end = piece.span().range().end;
    let row = |name: &str, sign: &str, expression: &str| Row {
        number,
        text: written.to_owned(),
        name: name.to_owned(),
        written: name.to_owned(),
        sign: sign.to_owned(),
        act: Act::Sets,
        expression: expression.trim().to_owned(),
        uses: HashSet::new(),
        derives: false,
    };
    // Python's dictionaries are not read.
    let braces = (0..piece.tokens.len()).any(|at| piece.word(at) == "{");
    if braces || piece.opening().is_some_and(|opening| opening.word != "const") {
        return Vec::new();
    }
    let from = |token: Option<&Token>| token.map_or("", |token| Span::new(token.span.range().start, end).of(text));
    let mut found = if let Some(definition) = piece.definition() {
        let mut names = vec![(piece.word(definition.name), piece.word(definition.name + 1))];
        let mut body = definition.body;
        // `a = b = e` gives both the value of e.
        while piece.token(body) == Some(Kind::Name) && piece.word(body + 1) == "=" {
            names.push((piece.word(body), "="));
            body += 2;
        }
        let expression = from(piece.tokens.get(body));
        names.into_iter().rev().map(|(name, sign)| row(name, sign, expression)).collect()
    } else if let Some(equals) = annotated(piece) {
        vec![row(piece.word(0), "=", Span::new(piece.tokens[equals].span.range().end, end).of(text))]
    } else if let Some((name, expression)) = masked(piece, text, end) {
        vec![row(name, "=", &expression)]
    } else {
        several(piece, text, end).into_iter().map(|(name, expression)| row(name, "=", expression)).collect()
    };
    found.iter_mut().for_each(settle);
    found
}

/// The sign behind which a value stands whose name has its type beside it: `dx: float = dq`.
fn annotated(piece: &Piece) -> Option<usize> {
    if piece.token(0) != Some(Kind::Name) || piece.word(1) != ":" || unread::begins_block(piece.word(0)) {
        return None;
    }
    let mut depth = 0usize;
    (2..piece.tokens.len()).find(|&at| {
        match piece.word(at) {
            "[" | "(" => depth += 1,
            "]" | ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && piece.word(at) == "="
    })
}

/// Names that get a value each, `a, b = 1, 2`, where no value speaks of a name of the others.
fn several<'a>(piece: &Piece<'a, '_>, text: &'a str, end: usize) -> Vec<(&'a str, &'a str)> {
    let Some(equals) = (1..piece.tokens.len()).find(|&at| piece.word(at) == "=") else { return Vec::new() };
    let fits = |at: usize| if at.is_multiple_of(2) { piece.token(at) == Some(Kind::Name) } else { piece.word(at) == "," };
    if equals < 3 || equals.is_multiple_of(2) || !(0..equals).all(fits) {
        return Vec::new();
    }
    let names: Vec<&str> = (0..equals).step_by(2).map(|at| piece.word(at)).collect();
    let right = Span::new(piece.tokens[equals].span.range().end, end).of(text);
    let parts: Vec<&str> = between_commas(right).into_iter().map(|range| &right[range]).collect();
    let crossed = piece.tokens[equals..].iter().any(|token| token.kind == Kind::Name && names.contains(&token.span.of(text)));
    if parts.len() == names.len() && !crossed { names.into_iter().zip(parts).collect() } else { Vec::new() }
}

/// What an assignment to elements makes of the whole: where a mask holds, or at a place, another value; at one place of each row, one less.
fn masked<'a>(piece: &Piece<'a, '_>, text: &str, end: usize) -> Option<(&'a str, String)> {
    if piece.token(0) != Some(Kind::Name) || piece.word(1) != "[" {
        return None;
    }
    let close = tokens::closing(piece.text, piece.tokens, 1)?;
    let name = piece.word(0);
    let index = Span::new(piece.tokens[1].span.range().end, piece.tokens[close].span.range().start).of(text).trim();
    let value = Span::new(piece.tokens.get(close + 1)?.span.range().end, end).of(text).trim();
    let compares = (2..close).any(|at| COMPARISONS.contains(&piece.word(at)));
    // A name, of a mask or of places, and a number, which may count from the end.
    let plain = (close == 3 && piece.token(2) == Some(Kind::Name)) || index.parse::<i64>().is_ok();
    let parts = between_commas(index);
    // All columns of some rows are the rows.
    let rows = match &parts[..] {
        [_] => index,
        [rows, columns] if index[columns.clone()].trim() == ":" => index[rows.clone()].trim(),
        _ => "",
    };
    let one = rows.len() == index.len();
    match piece.word(close + 1) {
        "=" if (compares || plain || !one) && !rows.is_empty() => Some((name, format!("{PUT}({name}, {value}, {rows})"))),
        sign @ ("+=" | "-=" | "−=" | "*=" | "/=") if (compares || plain) && !rows.is_empty() => {
            let sign = if sign.starts_with('−') { "-" } else { &sign[..1] };
            Some((name, format!("{PUT}({name}, {name}[{rows}] {sign} ({value}), {rows})")))
        }
        sign @ ("-=" | "+=" | "−=") if parts.len() == 2 => {
            let (rows, column) = (index[parts[0].clone()].trim(), index[parts[1].clone()].trim());
            // Of all rows, `[:, y]` means every one of some columns.
            let takes = each_row(rows) || rows == ":" && column.parse::<i64>().is_ok();
            let sign = if sign == "+=" { '+' } else { '-' };
            takes.then(|| (name, format!("{name} {sign} onehot({column}, {name}.shape[1])*({value})")))
        }
        _ => None,
    }
}

/// Whether an index goes through the rows one by one, as `range(len(y))` does and `np.arange(N)`.
fn each_row(rows: &str) -> bool {
    let count = ["range(", "np.arange(", "numpy.arange(", "arange("].iter().find_map(|begins| rows.strip_prefix(begins)?.strip_suffix(')'));
    count.is_some_and(|count| !count.contains(',') && count.trim() != "1")
}

/// Finds out what a line does: `dx = dx + e` is `dx += e`.
fn settle(row: &mut Row) {
    let tokens = tokens::all(&row.expression);
    let word = |at: usize| tokens.get(at).map_or("", |token: &Token| token.span.of(&row.expression));
    let own = (0..tokens.len()).filter(|&at| word(at) == row.name).count();
    row.act = match row.sign.as_str() {
        "+=" => Act::Adds,
        "-=" | "−=" => Act::Subtracts,
        "=" if own == 0 => Act::Sets,
        "=" if own == 1 && word(0) == row.name && matches!(word(1), "+" | "-" | "−") => {
            let rest = tokens[1].span.range();
            let start = if word(1) == "+" { rest.end } else { rest.start };
            row.expression = row.expression[start..].trim().to_owned();
            Act::Adds
        }
        "=" => Act::Turns,
        sign => {
            row.expression = format!("{} {} ({})", row.name, sign.trim_end_matches('='), row.expression);
            Act::Turns
        }
    };
}

/// What is said of a statement that is not one of those which give names values; where it may have changed some, that is decided later.
fn left_aside(piece: &Piece, number: usize, effect: Effect, pass: &mut Pass) {
    let text = piece.span().of(piece.text).to_owned();
    let word = piece.word(0);
    let line = Line { number: Some(number), text, name: word.to_owned(), ..Line::of(Verdict::Aside) };
    let look = |says: &str| Line { verdict: Verdict::Look, says: says.to_owned(), ..line.clone() };
    let at = pass.rows.len();
    if let Some(name) = quotient(piece) {
        let written = piece.text[..piece.tokens[3].span.range().start].trim();
        let says = format!("`{}` is no name: write `{name} = ...`", shortened(written));
        pass.lines.push(Line { verdict: Verdict::Wrong, name: name.to_owned(), says, ..line });
    } else if word == "include" {
        pass.unread.push(Unread { line: look("no file is read here"), at, effect: Effect { any: true, ..Effect::default() } });
    } else if !effect.is_nothing() {
        pass.unread.push(Unread { line: look(""), at, effect });
    } else {
        pass.calls.push(line.text.clone());
        let silent = matches!(word, "import" | "from" | "print" | "assert" | "return" | "pass" | "global" | "nonlocal")
            || piece.tokens.iter().all(|token| !matches!(token.kind, Kind::Sign | Kind::Name | Kind::Number));
        if !silent {
            pass.lines.push(Line { says: ASIDE.to_owned(), ..line });
        }
    }
}

/// The name of a gradient that is written as a quotient: `dx` of `dL/dx = ...`.
fn quotient<'a>(piece: &Piece<'a, '_>) -> Option<&'a str> {
    let name = |at: usize| piece.token(at) == Some(Kind::Name) && piece.word(at).starts_with('d') && piece.word(at).len() > 1;
    (name(0) && piece.word(1) == "/" && name(2) && piece.word(3) == "=").then(|| piece.word(2))
}

/// Finds out which statements that are not read matter: those behind which a gradient may have another value, or a line that is read.
fn settle_unread(pass: &mut Pass, known: &Known) {
    let spoken: HashSet<String> = pass.rows.iter().flat_map(|row| row.uses.iter().chain([&row.name])).cloned().collect();
    let other = |name: &String| aliased(name, known).filter(|own| !known.own.contains(name) && !spoken.contains(own));
    let named = |name: &String| pass.aliases.get(name).cloned().or_else(|| other(name)).unwrap_or_else(|| name.clone());
    // Where nothing else gives gradients values, a class may be meant to.
    let outside = pass.rows.iter().any(|row| known.own.contains(&row.name));
    let mut unsettled = HashMap::new();
    let mut lines = Vec::new();
    pass.anything = false;
    for Unread { line, at, effect } in pass.unread.clone() {
        let number = line.number.unwrap_or_default();
        let within = effect.within.iter().filter(|_| !outside);
        let direct: HashSet<String> = effect.names.iter().chain(within).map(named).collect();
        let mut tainted = direct.clone();
        let mut used = HashSet::new();
        for row in &pass.rows[at..] {
            used.extend(row.uses.iter().filter(|name| tainted.contains(*name)).cloned());
            // Of the gradients of ours each line is given the right values.
            if row.uses.iter().any(|name| tainted.contains(name) && (*name == row.name || !known.own.contains(name))) {
                tainted.insert(row.name.clone());
            } else if row.act == Act::Sets {
                tainted.remove(&row.name);
            }
        }
        let left = tainted.iter().filter(|name| known.own.contains(*name)).cloned();
        let mut told: Vec<String> = left.chain(used).filter(|name| direct.contains(name)).collect();
        told.sort_unstable();
        told.dedup();
        let below: Vec<&Row> = pass.rows[at..].iter().filter(|row| known.own.contains(&row.name)).collect();
        let ends = effect.ends.is_some_and(|surely| surely || !below.is_empty());
        if told.is_empty() && !effect.any && !ends {
            let silent = matches!(line.name.as_str(), "return") || pass.rows.iter().any(|row| Some(row.number) == line.number);
            if !silent {
                lines.push(Line { verdict: Verdict::Aside, says: ASIDE.to_owned(), ..line });
            }
            continue;
        }
        unsettled.extend(tainted.iter().filter(|name| known.own.contains(*name)).map(|name| (name.clone(), number)));
        if ends {
            unsettled.extend(below.iter().map(|row| (row.name.clone(), number)));
        }
        // Where the file does not run to its end, nothing that it computes counts by itself.
        if effect.any || effect.ends == Some(true) {
            pass.anything = true;
        }
        lines.push(Line { says: said(&line, &told, effect.any, ends), ..line });
    }
    pass.unsettled = unsettled;
    pass.looks = lines;
}

/// What is said of a statement that is not read and matters.
fn said(line: &Line, names: &[String], any: bool, ends: bool) -> String {
    const MOST: usize = 3;
    let shown: Vec<String> = names.iter().take(MOST).map(|name| format!("`{}`", shortened(name))).collect();
    let more = if names.len() > MOST { format!(" and {} more", names.len() - MOST) } else { String::new() };
    match (names.len(), any, ends) {
        (_, true, _) if line.says.is_empty() => "it may give any name another value".to_owned(),
        (_, true, _) => format!("{}, and it may give any name another value", line.says),
        (0, false, _) if line.name == "raise" => "Python stops here".to_owned(),
        (0, false, _) => "what stands below may not be run".to_owned(),
        (1, ..) if line.says.is_empty() => format!("it may give {} another value", shown[0]),
        _ if line.says.is_empty() => format!("it may give {}{more} other values", shown.join(", ")),
        _ => line.says.clone(),
    }
}

/// The name here of a gradient that goes by another name.
fn aliased(name: &str, known: &Known) -> Option<String> {
    let stage = |form: &&str| {
        let form = form.replace('!', &known.output);
        let (head, tail) = form.split_once('?')?;
        let stage = name.strip_prefix(head)?.strip_suffix(tail)?;
        known.gradients.get(stage).cloned()
    };
    ALIASES.iter().find_map(stage)
}

/// Writes gradients by the names that they have here, unless those are in use too, and notes which names each line uses.
fn rename(pass: &mut Pass, known: &Known) {
    let words = |row: &Row| -> Vec<String> {
        let tokens = tokens::all(&row.expression);
        tokens.iter().filter(|token| token.kind == Kind::Name).map(|token| token.span.of(&row.expression).to_owned()).collect()
    };
    let used: HashSet<String> = pass.rows.iter().flat_map(|row| words(row).into_iter().chain([row.name.clone()])).collect();
    let stays = |name: &str| known.gradients.contains_key(name) || known.own.contains(name);
    for row in &pass.rows {
        let alias = aliased(&row.name, known).filter(|own| !stays(&row.name) && !used.contains(own));
        if let Some(own) = alias.filter(|own| !pass.aliases.values().any(|known| known == own)) {
            pass.aliases.insert(row.name.clone(), own);
        }
    }
    let given = |name: &&&str| known.gradients.contains_key(**name) || stays(name) || pass.rows.iter().any(|row| row.name == **name);
    let arrives = ARRIVES.iter().filter(|name| used.contains(**name)).find(|name| !given(name));
    if let (Some(name), Some(own)) = (arrives, known.gradients.get(&known.output)) {
        pass.aliases.insert((*name).to_owned(), own.clone());
    }
    for row in &mut pass.rows {
        if let Some(own) = pass.aliases.get(&row.name) {
            row.name.clone_from(own);
        }
        row.expression = renamed(&row.expression, &pass.aliases);
        row.uses = words(row).into_iter().collect();
        row.derives = derives(&row.expression);
    }
    pass.functions.retain(|function| !derives(function));
}

/// Whether a text has the calculator differentiate.
fn derives(text: &str) -> bool {
    let tokens = tokens::all(text);
    tokens.windows(2).any(|pair| pair[0].kind == Kind::Name && pair[0].span.of(text) == DERIVATIVE && pair[1].span.of(text) == "(")
}

/// A text with other names in the place of some.
pub fn renamed(text: &str, names: &HashMap<String, String>) -> String {
    if names.is_empty() {
        return text.to_owned();
    }
    let (mut made, mut at) = (String::new(), 0);
    for token in tokens::all(text) {
        let range = token.span.range();
        let name = names.get(token.span.of(text)).filter(|_| token.kind == Kind::Name);
        made.push_str(&text[at..range.start]);
        made.push_str(name.map_or(&text[range.clone()], String::as_str));
        at = range.end;
    }
    made.push_str(&text[at..]);
    made
}
