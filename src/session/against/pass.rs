//! A hand-derived backward pass as text: its lines that give names values, cut out of the language or out of Python.
//!
//! Knows tokens and the names that gradients go by; evaluates nothing and opens no file.

use crate::forms::parse::tokens::{self, Kind, Token};
use crate::forms::reader::{Piece, Reader, Statement, between_commas};
use crate::ground::{Fault, FaultKind, Span};
use crate::views::against::{Line, Verdict};
use crate::vocabulary::DERIVATIVE;
use crate::vocabulary::library::PUT;
use hashbrown::{HashMap, HashSet};

/// The most lines of a pass that are judged.
const MOST_LINES: usize = 10_000;

/// How deep functions whose lines are judged may lie in each other.
const DEEPEST: usize = 3;

/// What the gradient of `x` is called beside `dx`, `?` for its name and `!` for that of the result.
const ALIASES: &[&str] =
    &["d_?", "D?", "grad_?", "?_grad", "grad?", "g_?", "?_bar", "d!d?", "d!_d?", "d!_?", "dLd?", "dL_d?", "dloss_d?", "dout_d?"];

/// The signs of comparisons, of which a mask is made.
const COMPARISONS: &[&str] = &["<", "<=", ">", ">=", "==", "!=", "≤", "≥", "≠"];

/// What opens a text of Python's that is no value.
const QUOTED: &str = "\"\"\"";

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
    /// Of the result.
    pub output: String,
}

/// A pass that was read.
#[derive(Default)]
pub struct Pass {
    /// The lines that give names values, in order.
    pub rows: Vec<Row>,
    /// What is said of others.
    pub lines: Vec<Line>,
    /// The functions that it defines.
    pub functions: Vec<String>,
    /// The names of gradients of ours that go by another name in it.
    pub aliases: HashMap<String, String>,
}

/// Reads a pass.
///
/// # Errors
/// It has too many lines, or there is too little memory.
pub fn read(text: &str, known: &Known) -> Result<Pass, Fault> {
    let mut pass = Pass::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    lines_of(text, 0, DEEPEST, known, &mut pass)?;
    rename(&mut pass, known);
    Ok(pass)
}

fn lines_of(text: &str, before: usize, deep: usize, known: &Known, pass: &mut Pass) -> Result<(), Fault> {
    let mut reader = Reader::default();
    reader.feed(text);
    reader.finish();
    while let Some(mut statement) = reader.next_statement() {
        statement.line += before;
        if pass.rows.len() + pass.lines.len() + pass.functions.len() >= MOST_LINES {
            let fault = Fault::new(FaultKind::Limit, Span::default(), format!("it has more than {MOST_LINES} lines"));
            return Err(fault.help("a backward pass has a line or a few for each stage"));
        }
        take(&statement, deep, known, pass)?;
    }
    Ok(())
}

fn take(statement: &Statement, deep: usize, known: &Known, pass: &mut Pass) -> Result<(), Fault> {
    let piece = statement.piece();
    if piece.definition().is_some_and(|definition| definition.parameters.is_some()) {
        return function(statement, deep, known, pass);
    }
    let found = rows(statement, &piece);
    if found.is_empty() {
        pass.lines.extend(aside(&piece, number(statement, &piece)));
    }
    pass.rows.extend(found);
    Ok(())
}

/// A function: one that computes gradients is the pass itself, any other is defined.
fn function(statement: &Statement, deep: usize, known: &Known, pass: &mut Pass) -> Result<(), Fault> {
    let text = &statement.text;
    let Some(end) = text.find(":\n").or_else(|| text.find(":\r\n")).filter(|_| deep > 0) else {
        pass.functions.push(text.clone());
        return Ok(());
    };
    // Its lines begin as lines of no block do.
    let body: Vec<&str> = text[end + 1..].lines().map(str::trim_start).collect();
    let body = body.join("\n");
    let mut inner = Pass::default();
    lines_of(&body, statement.line + text[..end].matches('\n').count() - 1, deep - 1, known, &mut inner)?;
    if inner.rows.iter().any(|row| known.own.contains(&row.name) || aliased(&row.name, known).is_some()) {
        inner.lines.retain(|line| !line.text.starts_with("return"));
        pass.rows.append(&mut inner.rows);
        pass.lines.append(&mut inner.lines);
        pass.functions.append(&mut inner.functions);
    } else {
        pass.functions.push(text.clone());
    }
    Ok(())
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
    if piece.opening().is_some_and(|opening| opening.word != "const") {
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
    } else if let Some((name, expression)) = masked(piece, text, end) {
        vec![row(name, "=", &expression)]
    } else {
        several(piece, text, end).into_iter().map(|(name, expression)| row(name, "=", expression)).collect()
    };
    found.iter_mut().for_each(settle);
    found
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
    let mut depth = 0usize;
    let close = (1..piece.tokens.len()).find(|&at| {
        match piece.word(at) {
            "[" | "(" => depth += 1,
            "]" | ")" => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
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
            let whole = rows == ":" || rows.contains("range(");
            let sign = if sign == "+=" { '+' } else { '-' };
            whole.then(|| (name, format!("{name} {sign} onehot({column}, {name}.shape[1])*({value})")))
        }
        _ => None,
    }
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

/// What is said of a statement that gives no name a value.
fn aside(piece: &Piece, number: usize) -> Option<Line> {
    let text = piece.span().of(piece.text).to_owned();
    let word = piece.word(0);
    let (verdict, says) = match word {
        "import" | "from" | "print" | "assert" | "return" => return None,
        // What Python's functions say of themselves.
        _ if piece.tokens.iter().all(|token| !matches!(token.kind, Kind::Sign | Kind::Name | Kind::Number) || text.starts_with(QUOTED)) => {
            return None;
        }
        "include" => (Verdict::Wrong, "no file is read here"),
        _ => (Verdict::Aside, "it gives no name a value, and is not judged"),
    };
    Some(Line { number: Some(number), text, name: word.to_owned(), says: says.to_owned(), ..Line::of(verdict) })
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
