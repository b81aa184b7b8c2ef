//! The grammar, whole, against the program's reader and tree builder: the same tree or the same refusal for every text.

use gradcalc::forms::parse;
use gradcalc::forms::parse::tokens;
use gradcalc::forms::reader::{self, Reader, Statement};
use gradcalc::vocabulary::ast::{Node, NodeId, StatementKind, Tree};
use gradcalc::vocabulary::{Gate, Symbols, gate, library};
use pest::Parser as _;
use pest::iterators::{Pair, Pairs};

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/gradcalc.pest"]
struct Grammar;

/// An expression: a number, into which a minus before it goes, or anything else as a text.
enum Said {
    Number(f64),
    Other(String),
}

impl Said {
    fn text(&self) -> String {
        match self {
            Self::Number(value) => format!("{value:?}"),
            Self::Other(text) => text.clone(),
        }
    }
}

fn applied(name: &str, operands: &[Said]) -> Said {
    let operands: Vec<String> = operands.iter().map(Said::text).collect();
    Said::Other(format!("{name}({})", operands.join(",")))
}

fn gate_of(sign: &str) -> Option<String> {
    gate::infix(sign).map(|(gate, _)| format!("{gate:?}"))
}

/// What the program's tree says of an expression.
fn built(tree: &Tree, symbols: &Symbols, node: NodeId) -> Said {
    let all = |list| tree.operands(list).iter().map(|&operand| built(tree, symbols, operand)).collect::<Vec<_>>();
    match tree.node(node) {
        Node::Number(value) => Said::Number(value),
        Node::Name(name) | Node::Bound(name) => Said::Other(symbols.name(name).to_owned()),
        Node::UpTo(list) => applied("upto", &all(list)),
        Node::Local(given) => Said::Other(built(tree, symbols, given).text()),
        Node::Apply(gate, list, _) => applied(&format!("{gate:?}"), &all(list)),
        Node::Call(name, list) => applied(&format!("call {}", symbols.name(name)), &all(list)),
        Node::Keyword(name, list) => applied(&format!("key {}", symbols.name(name)), &all(list)),
        Node::Over(name, list) => applied(&format!("over {}", symbols.name(name)), &all(list)),
        Node::Tuple(list) => applied("tuple", &all(list)),
        Node::Spread(list) => applied("spread", &all(list)),
        Node::List(list) => applied("list", &all(list)),
        Node::Index(list) => applied("index", &all(list)),
        Node::Range(list) => applied("range", &all(list)),
        Node::Absent => Said::Other("_".to_owned()),
        Node::Quoted => Said::Other(format!("{:?}", tree.quoted(node))),
    }
}

/// The statements as the program reads them.
fn by_builder(text: &str) -> Option<Vec<String>> {
    let mut symbols = Symbols::default();
    let tree = parse(text, &mut symbols).ok()?;
    let says = |node| built(&tree, &symbols, node).text();
    let one = |statement: &gradcalc::vocabulary::ast::Statement| match &statement.kind {
        StatementKind::Show => says(statement.root),
        StatementKind::Name { name, constant, .. } => {
            format!("{}{} = {}", if *constant { "const " } else { "" }, symbols.name(*name), says(statement.root))
        }
        StatementKind::Function { name, parameters, results, .. } => {
            let parameters: Vec<&str> = parameters.iter().map(|&(parameter, _)| symbols.name(parameter)).collect();
            let results: Vec<String> = results.iter().flatten().map(|result| format!(" {}: {}", result.key, says(result.node))).collect();
            let results = results.concat();
            format!("{}({}) = {}{results}", symbols.name(*name), parameters.join(","), says(statement.root))
        }
        StatementKind::Known { name, .. } => format!("known {}", symbols.name(*name)),
        StatementKind::Assert { tolerance } => {
            format!("assert {} ± {}", says(statement.root), tolerance.map_or("_".to_owned(), says))
        }
        StatementKind::Print { items } => {
            format!("print {}", items.iter().map(|&(_, root)| says(root)).collect::<Vec<_>>().join(","))
        }
        StatementKind::Include => format!("include {}", says(statement.root)),
        StatementKind::Import { name, .. } => format!("import {}", name.of(text)),
        StatementKind::Set { name, .. } => format!("set {}", name.of(text)),
        StatementKind::Repeat { until } => format!("repeat {} until {until}", says(statement.root)),
    };
    Some(tree.statements.iter().map(one).collect())
}

/// What a sentence is made of: a newline between two of its parts is none of them.
fn parts(pair: Pair<'_, Rule>) -> impl Iterator<Item = Pair<'_, Rule>> {
    pair.into_inner().filter(|inner| inner.as_rule() != Rule::line)
}

/// The sentences of the grammar as trees; what no grammar of this kind can refuse is refused here.
struct Sentences<'a> {
    text: &'a str,
    refused: bool,
    /// What names stand for in the body of a `def`.
    locals: std::collections::HashMap<String, String>,
}

impl<'a> Sentences<'a> {
    fn refuse(&mut self) -> Said {
        self.refused = true;
        Said::Other(String::new())
    }

    fn all(&mut self, pair: Pair<'a, Rule>) -> Vec<Said> {
        parts(pair).map(|inner| self.said(inner)).collect()
    }

    fn said(&mut self, pair: Pair<'a, Rule>) -> Said {
        let start = pair.as_span().start();
        match pair.as_rule() {
            Rule::number => {
                let value: f64 = pair.as_str().replace('_', "").replace(['−', '–'], "-").parse().expect("a number");
                let digits = pair.as_str().split(['e', 'E']).next().unwrap_or_default();
                let vanishes = value == 0.0 && digits.contains(|c: char| matches!(c, '1'..='9'));
                if value.is_infinite() || vanishes { self.refuse() } else { Said::Number(value) }
            }
            Rule::name | Rule::letters => {
                if self.is_glued(start, pair.as_str()) {
                    return self.refuse();
                }
                Said::Other(self.locals.get(pair.as_str()).cloned().unwrap_or_else(|| pair.as_str().to_owned()))
            }
            Rule::quoted => Said::Other(format!("{:?}", pair.as_str().trim_matches('"'))),
            Rule::part => match pair.into_inner().next() {
                Some(inner) => self.said(inner),
                None => Said::Other("_".to_owned()),
            },
            Rule::range => {
                let mut parts = self.all(pair);
                parts.resize_with(3, || Said::Other("_".to_owned()));
                applied("range", &parts)
            }
            Rule::upto => {
                let both = self.all(pair);
                applied("upto", &both)
            }
            Rule::list => self.list(pair),
            Rule::call => {
                let mut inner = parts(pair);
                let callee = inner.next().expect("a name");
                let name = callee.as_str();
                if self.is_glued(callee.as_span().start(), name) {
                    return self.refuse();
                }
                let said = |given: Pair<'a, Rule>| match given.as_rule() {
                    Rule::over => self.over(name, given),
                    _ => self.said(given),
                };
                let given: Vec<Said> = inner.map(said).collect();
                applied(&format!("call {name}"), &given)
            }
            Rule::infinite => Said::Number(pair.as_str()["float('".len()..].trim_end_matches("')").parse().expect("a number")),
            Rule::returned => {
                let mut inner = parts(pair);
                let mut called = parts(inner.next().expect("a call"));
                let name = called.next().expect("a name").as_str();
                let given: Vec<Said> = called.map(|given| self.said(given)).collect();
                applied(&format!("call {name}[1]['{}']", inner.next().expect("a key").as_str()), &given)
            }
            Rule::load => applied("call load", &self.all(pair)),
            Rule::named => {
                let name = if pair.as_str().starts_with("keepdims") { "keepdims" } else { "axis" };
                applied(&format!("key {name}"), &self.all(pair))
            }
            Rule::keyed => {
                let mut inner = parts(pair);
                let name = inner.next().expect("a name").as_str();
                let value: Vec<Said> = inner.map(|value| self.said(value)).collect();
                applied(&format!("key {name}"), &value)
            }
            Rule::flag => match library::FLAGS.iter().find(|(flag, _)| *flag == pair.as_str()).map(|&(_, value)| value) {
                Some(value) if !value.is_nan() => Said::Number(value),
                _ => Said::Other("_".to_owned()),
            },
            Rule::tuple => applied("tuple", &self.all(pair)),
            Rule::spread => applied("spread", &self.all(pair)),
            Rule::negated => match self.all(pair).pop() {
                Some(Said::Number(value)) => Said::Number(-value),
                Some(other) => applied("Neg", &[other]),
                None => self.refuse(),
            },
            Rule::root => {
                let root = pair.as_str().starts_with('√');
                let inner = self.all(pair).pop().expect("an operand");
                let (gate, _) = gate::prefix("√").expect("a gate");
                if root { applied(&format!("{gate:?}"), &[inner]) } else { inner }
            }
            Rule::power => self.folded(pair, "^"),
            Rule::expression | Rule::condition | Rule::sum | Rule::product | Rule::raised | Rule::operand => self.chain(pair),
            _ => self.all(pair).pop().unwrap_or_else(|| Said::Other("?".to_owned())),
        }
    }

    /// Whether a name that begins at a byte is glued to a number, and looks like another kind of number with it.
    fn is_glued(&self, start: usize, name: &str) -> bool {
        self.text[..start].chars().next_back().is_some_and(|c| c.is_ascii_digit() || c == '.') && self.is_suffix(start, name)
    }

    /// The elements of a list, or its rows, or what has a `for`.
    fn list(&mut self, pair: Pair<'a, Rule>) -> Said {
        let mut rows: Vec<Said> = Vec::new();
        let inner: Vec<Pair<'a, Rule>> = pair.into_inner().filter(|inner| matches!(inner.as_rule(), Rule::row | Rule::over)).collect();
        let elements = |row: &Pair<'a, Rule>| {
            let count = if row.as_rule() == Rule::over { 1 } else { usize::MAX };
            parts(row.clone()).take(count)
        };
        let sums = inner.iter().flat_map(elements).flat_map(parts).filter(|sum| sum.as_rule() == Rule::sum);
        let signs = sums.flat_map(parts).filter(|sign| sign.as_rule() == Rule::adds).map(|sign| sign.as_span());
        let apart = |sign: &pest::Span<'_>| {
            let behind = &self.text[sign.end()..];
            self.text[..sign.start()].ends_with(char::is_whitespace) && !behind.starts_with(|c: char| c.is_whitespace() || c == '#')
        };
        self.refused |= signs.into_iter().any(|sign| apart(&sign));
        if let [over] = &inner[..]
            && over.as_rule() == Rule::over
        {
            let over = self.over("[", over.clone());
            return applied("list", &[over]);
        }
        if let [row] = &inner[..] {
            return applied("list", &self.all(row.clone()));
        }
        for row in inner {
            let elements = self.all(row);
            rows.push(applied("list", &elements));
        }
        applied("list", &rows)
    }

    /// What is computed each time, then for each `for` the name that goes and what it goes over.
    fn over(&mut self, name: &str, pair: Pair<'a, Rule>) -> Said {
        let inner: Vec<Pair<'a, Rule>> = parts(pair).collect();
        let [body, goes @ ..] = &inner[..] else { return self.refuse() };
        let goes: Vec<[Pair<'a, Rule>; 2]> = goes
            .iter()
            .map(|goes| {
                let mut inner = parts(goes.clone());
                [(); 2].map(|()| inner.next().expect("a name, and what it goes over"))
            })
            .collect();
        // A name that goes is not what a line above gave it: in what is computed, and in what those behind it go over.
        let outer = self.locals.clone();
        for [word, _] in &goes {
            self.locals.remove(word.as_str());
        }
        let mut said = vec![self.said(body.clone())];
        self.locals = outer.clone();
        for [word, elements] in goes {
            said.push(Said::Other(word.as_str().to_owned()));
            said.push(self.said(elements));
            self.locals.remove(word.as_str());
        }
        self.locals = outer;
        if name.contains('.') {
            return self.refuse();
        }
        applied(&format!("over {name}"), &said)
    }

    /// A name glued to a number that looks like another kind of number.
    fn is_suffix(&self, start: usize, name: &str) -> bool {
        let digits = |rest: &str, radix| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix));
        let before = &self.text[..start];
        let number = tokens::all(before).last().map_or("", |token| token.span.of(before)).to_owned();
        let radix = name.chars().next().is_some_and(|first| {
            let rest = &name[first.len_utf8()..];
            match first {
                'x' | 'X' => digits(rest, 16),
                'b' | 'B' => digits(rest, 2),
                'o' | 'O' => rest.chars().all(|c| c.is_ascii_digit()) && !rest.is_empty(),
                _ => false,
            }
        });
        let glued = number.chars().next().is_some_and(|c| c.is_ascii_digit() || c == '.');
        glued
            && (matches!(name, "e" | "E")
                || name.starts_with('_') && name.chars().all(|c| c == '_' || c.is_ascii_digit())
                || radix && number == "0")
    }

    fn folded(&mut self, pair: Pair<'a, Rule>, sign: &str) -> Said {
        let mut operands = self.all(pair);
        if operands.len() == 1 { operands.remove(0) } else { applied(&gate_of(sign).expect("a gate"), &operands) }
    }

    /// Operands with operators between or behind them, from the left.
    fn chain(&mut self, pair: Pair<'a, Rule>) -> Said {
        let mut inner = parts(pair);
        let first = inner.next().expect("an operand");
        let mut before = first.clone();
        let rule = first.as_rule();
        let mut end = first.as_span().end();
        let mut last = self.said(first);
        let mut sign: Option<&str> = None;
        let mut before_divides = false;
        let mut path = matches!(rule, Rule::name | Rule::letters);
        for pair in inner {
            let place = pair.as_span();
            let (rule, kept) = (pair.as_rule(), pair.clone());
            match pair.as_rule() {
                Rule::compares | Rule::adds | Rule::times | Rule::percent => sign = Some(pair.as_str()),
                Rule::raises => {
                    let digits = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹".chars().zip("-0123456789".chars()).collect::<std::collections::HashMap<char, char>>();
                    let power: String = pair.as_str().chars().map(|sign| digits[&sign]).collect();
                    last = applied(&gate_of("^").expect("a gate"), &[last, Said::Number(power.parse().expect("a power"))]);
                }
                Rule::choice => {
                    let mut inner = parts(pair);
                    let condition = inner.next().map(|inner| self.said(inner)).expect("a condition");
                    let other = inner.next().map(|inner| self.said(inner)).expect("another");
                    last = applied(&format!("{:?}", Gate::Where), &[condition, last, other]);
                }
                Rule::method => {
                    let called = pair.as_str().ends_with(')');
                    let prefixed = path && library::is_prefix(&last.text());
                    last = self.method(last, pair, prefixed);
                    path = prefixed && !called;
                    end = place.end();
                    continue;
                }
                Rule::transposed => last = applied(&format!("{:?}", Gate::Transpose), &[last]),
                Rule::index => {
                    let mut given = vec![last];
                    given.extend(self.all(pair));
                    last = applied("index", &given);
                }
                _ => {
                    let multiplies = sign.is_none();
                    if multiplies && (before_divides || !self.joins(end, place.start())) {
                        return self.refuse();
                    }
                    let before_it = &self.text[..end];
                    let number = tokens::all(before_it)
                        .last()
                        .is_some_and(|token| token.kind == tokens::Kind::Number || is_raised(token.span.of(before_it)));
                    let degrees = begins_with_degrees(pair.as_str());
                    if multiplies && degrees && (has_power(pair.clone()) || self.is_ambiguous(before.clone(), false, false, true)) {
                        return self.refuse();
                    }
                    if multiplies && number && !pair.as_str().starts_with('√') && self.is_ambiguous(before.clone(), false, false, false) {
                        return self.refuse();
                    }
                    let right = self.said(pair);
                    let written = sign.take().unwrap_or("*");
                    before_divides = matches!(written, "/" | "÷" | "%");
                    last = applied(&gate_of(written).expect("a gate"), &[last, right]);
                }
            }
            if matches!(rule, Rule::factor | Rule::power) {
                before = kept;
            }
            end = place.end();
            path = false;
        }
        last
    }

    /// Whether what follows a factor could belong to an exponent whose base is a number or a root or which has a sign, or to
    /// what is under a root; degrees could belong to any exponent.
    fn is_ambiguous(&mut self, pair: Pair<'a, Rule>, exponent: bool, mut hit: bool, degrees: bool) -> bool {
        let text = pair.as_str();
        let root = text.starts_with('√');
        let rule = pair.as_rule();
        let mut inner: Vec<Pair<'a, Rule>> = parts(pair).collect();
        let Some(last) = inner.pop() else { return hit };
        match rule {
            Rule::factor => self.is_ambiguous(last, exponent, hit || exponent && text.starts_with('+'), degrees),
            Rule::negated => self.is_ambiguous(last, exponent, hit || exponent, degrees),
            Rule::power | Rule::raised if inner.is_empty() => self.is_ambiguous(last, exponent, hit, degrees),
            Rule::power => {
                let base = self.said(inner.remove(0));
                hit |= degrees || root;
                hit |= matches!(base, Said::Number(_)) || gradcalc::vocabulary::language_constant(&base.text()).is_some();
                self.is_ambiguous(last, true, hit, degrees)
            }
            Rule::root if root => self.is_ambiguous(last, exponent, true, degrees),
            // A root with a power in small digits.
            _ => hit || rule == Rule::raised && root,
        }
    }

    /// `W.dot(X)`, or the next part of a library's name, with the operands of a call.
    fn method(&mut self, last: Said, pair: Pair<'a, Rule>, prefixed: bool) -> Said {
        let called = pair.as_str().ends_with(')');
        let mut inner = parts(pair);
        let member = inner.next().expect("a member").as_str();
        let mut given: Vec<Said> = inner.map(|given| self.said(given)).collect();
        let name = if prefixed { format!("{}{member}", last.text()) } else { member.to_owned() };
        if !prefixed {
            given.insert(0, last);
        } else if !called {
            return Said::Other(name);
        }
        if let (true, true, Some(Said::Other(first))) = (called, library::takes_parts(&name), given.first_mut())
            && let Some(rest) = first.strip_prefix("list(")
        {
            *first = format!("tuple({rest}");
        }
        applied(&format!("call {name}"), &given)
    }

    /// Whether what ends at a byte and what starts at another may stand side by side: a number or a closing bracket
    /// comes first.
    fn joins(&self, end: usize, start: usize) -> bool {
        let before = &self.text[..end];
        let tokens = tokens::all(before);
        let last = tokens.last().expect("an operand");
        if self.text[start..].starts_with("float('") {
            return false;
        }
        let next = self.text[start..].chars().next().unwrap_or_default();
        match last.kind {
            tokens::Kind::Number => !next.is_ascii_digit() && next != '.',
            tokens::Kind::Name if last.span.of(before) == "°" => !next.is_ascii_digit() && next != '.',
            tokens::Kind::Name | tokens::Kind::Member => false,
            _ if is_raised(last.span.of(before)) => !next.is_ascii_digit() && !matches!(next, '.' | '['),
            _ => matches!(last.span.of(before), ")" | "]" | "'" | ".T") && !next.is_ascii_digit() && next != '.',
        }
    }
}

/// Whether a factor begins with the sign of degrees or is their name.
fn begins_with_degrees(text: &str) -> bool {
    text.starts_with('°') || tokens::all(text).first().is_some_and(|token| token.span.of(text) == "deg")
}

/// Whether a factor is degrees with a power.
fn has_power(power: Pair<'_, Rule>) -> bool {
    let mut inner = parts(power);
    let raised = inner.next().expect("a base");
    let mut parts = parts(raised);
    let base = parts.next().expect("an operand");
    let degrees = base.as_str().starts_with('°') || base.as_str() == "deg";
    degrees && (parts.next().is_some() || inner.next().is_some())
}

/// Whether a token is a power in small digits.
fn is_raised(token: &str) -> bool {
    token.chars().all(|sign| "⁻⁰¹²³⁴⁵⁶⁷⁸⁹".contains(sign))
}

/// The statements as the grammar's sentences say them.
fn by_grammar(text: &str) -> Option<Vec<String>> {
    let script = Grammar::parse(Rule::script, text).ok()?.next()?;
    let mut sentences = Sentences { text, refused: false, locals: std::collections::HashMap::new() };
    let mut found = Vec::new();
    statements(script.into_inner(), &mut sentences, &mut found)?;
    (!sentences.refused).then_some(found)
}

/// A `def`, with what its lines give written out in what it returns.
fn python<'a>(pair: Pair<'a, Rule>, sentences: &mut Sentences<'a>) -> Option<String> {
    let mut inner = parts(pair);
    let name = inner.next()?.as_str();
    let parameters: Vec<&str> = parts(inner.next()?).map(|parameter| parameter.as_str()).collect();
    sentences.refused |= parameters.iter().enumerate().any(|(at, name)| parameters[..at].contains(name));
    let mut returned = None;
    for line in inner.filter(|line| line.as_rule() != Rule::end) {
        sentences.refused |= returned.is_some();
        let rule = line.as_rule();
        let mut parts = parts(line);
        let first = parts.next()?;
        if rule == Rule::returning {
            let value = sentences.said(first).text();
            let entries = parts.map(|entry| {
                let mut inner = entry.into_inner().filter(|inner| inner.as_rule() != Rule::line);
                let key = inner.next().map_or("", |key| key.as_str());
                format!(" {key}: {}", inner.next().map(|inner| sentences.said(inner).text()).unwrap_or_default())
            });
            let entries = entries.collect::<Vec<String>>().concat();
            returned = Some(format!("{name}({}) = {value}{entries}", parameters.join(",")));
            continue;
        }
        let word = first.as_str().to_owned();
        let said = if rule == Rule::update {
            let old = sentences.said(first);
            let sign = parts.next()?.as_str().trim_end_matches('=');
            applied(&gate_of(sign)?, &[old, sentences.said(parts.next()?)])
        } else {
            sentences.said(parts.next()?)
        };
        sentences.locals.insert(word, said.text());
    }
    sentences.locals.clear();
    returned
}

/// Statements, and those of blocks behind the one that opens the block.
fn statements<'a>(pairs: Pairs<'a, Rule>, sentences: &mut Sentences<'a>, found: &mut Vec<String>) -> Option<()> {
    for statement in pairs.filter(|pair| matches!(pair.as_rule(), Rule::statement | Rule::python)) {
        if statement.as_rule() == Rule::python {
            let function = python(statement, sentences)?;
            found.push(function);
            continue;
        }
        let Some(kind) = statement.into_inner().next() else { continue };
        let rule = kind.as_rule();
        if rule == Rule::repetition {
            let mut inner = parts(kind);
            let count = sentences.said(inner.next()?).text();
            let at = found.len();
            found.push(count);
            let rest: Vec<Pair<'a, Rule>> = inner.collect();
            for statement in rest {
                statements(Pairs::single(statement), sentences, found)?;
            }
            found[at] = format!("repeat {} until {}", found[at], found.len());
            continue;
        }
        if rule == Rule::update {
            let mut inner = parts(kind);
            let (name, sign) = (sentences.said(inner.next()?), inner.next()?.as_str().trim_end_matches('='));
            let right = sentences.said(inner.next()?);
            let name_text = name.text();
            found.push(format!("{name_text} = {}", applied(&gate_of(sign)?, &[name, right]).text()));
            continue;
        }
        if rule == Rule::constant {
            let definition = kind.into_inner().next()?;
            let all = sentences.all(definition);
            found.push(format!("const {} = {}", all[0].text(), all[1].text()));
            continue;
        }
        if matches!(rule, Rule::setting | Rule::importing) {
            let word = if rule == Rule::setting { "set" } else { "import" };
            found.push(format!("{word} {}", kind.into_inner().next()?.as_str()));
            continue;
        }
        if rule == Rule::expression {
            found.push(sentences.said(kind).text());
            continue;
        }
        let all = sentences.all(kind);
        let texts: Vec<String> = all.iter().map(Said::text).collect();
        found.push(match rule {
            Rule::definition => format!("{} = {}", texts[0], texts[1]),
            Rule::function => {
                let parameters = &texts[1..texts.len() - 1];
                let twice = parameters.iter().enumerate().any(|(at, name)| parameters[..at].contains(name));
                sentences.refused |= twice;
                format!("{}({}) = {}", texts[0], parameters.join(","), texts[texts.len() - 1])
            }
            Rule::assertion => {
                let equal = texts[0].starts_with(&format!("{:?}(", Gate::Eq));
                sentences.refused |= texts.len() > 1 && !equal;
                format!("assert {} ± {}", texts[0], texts.get(1).map_or("_", String::as_str))
            }
            Rule::printing => format!("print {}", texts.join(",")),
            _ => format!("include {}", texts[0]),
        });
    }
    Some(())
}

/// Pieces of texts, so that many of those put together at random are in the language.
const WORDS: &[&str] = &[
    "x",
    "y",
    "x",
    "f",
    "axis",
    "const",
    "assert",
    "print",
    "set",
    "include",
    "load(\"a\")",
    "x\u{304}",
    "σ",
    "2",
    "3.5",
    ".5",
    "1e-3",
    "(",
    ")",
    "(",
    ")",
    "[",
    "]",
    "x[",
    "f(",
    ",",
    ";",
    "\n",
    "+",
    "-",
    "*",
    "/",
    "^",
    "**",
    "@",
    "=",
    " += ",
    "-=",
    "repeat 2 {",
    "{",
    "}",
    "==",
    "<",
    ">=",
    "≠",
    "±",
    "+/-",
    "²",
    "³",
    "√",
    "'",
    ".T",
    ":",
    "÷",
    "·",
    "−",
    "\"t\"",
    " ",
    "  ",
    "\t",
    "# r\n",
    "axis=",
    "x = ",
    "f(x, y) = ",
    "print ",
    "assert ",
    "const k = ",
    " == ",
    " + ",
    "*x",
    "+2",
    "\r\n",
    "0x1",
    "1_0",
    "?",
    "∞",
    ".sum",
    ".T",
    "np.",
    "np.exp(",
    "x.dot(",
    ".shape",
    "*",
    "np.zeros((2, 3))",
    "shape=(2, 3)",
    "keepdims=True",
    "axis=None",
    "np.concatenate([x, y])",
    "randn(*x.shape)",
    " if ",
    " else ",
    "if",
    "{\"x\": ",
    "[1][\"x\"]",
    "import ",
    "from ",
    "print(",
    "e^-2",
    "√2",
    "2^",
    "⁻¹",
    "¹⁰",
    "⋅",
    "–",
    "1e−3",
    "1e-400",
    "°",
    "[1 -2",
    " -x",
    "%",
    "30°^2",
    "30°",
    "x^30°",
    " deg",
    "√2²",
    "float('inf')",
    "f()",
    "[1]['x']",
    "def f(x): ",
    "def f(x, y):\n  ",
    "\n  ",
    "\n ",
    "return ",
    "; return x",
    "return x, {'x': y}",
    ", {'x': x",
    "'y': ",
    "a = x\n",
    " for i in ",
    " for y in 1..x",
    "[x for x in ",
    "sum(x for i in ",
    "..",
    "1..",
];

/// Functions of Python's that are in the language, and that are not.
const FUNCTIONS: &[&str] = &[
    "def f(x): return x**2",
    "def f(x, y): a = x*y; return a + 1\nf(3, -4)",
    "def f(x,\n  y):  # r\n  a = x*y\n\n# r\n  b = a; a += b;\n\n  return a, {'x': b, 'y': y,}\ny = f(1, 2)[1]['x'] + f(1, 2)[0]",
    "def f(): return 3",
    "def f(x): return x, {}",
    "def f(x):\n\treturn x\nx",
    "def f(x):\n  return x\n; x",
    "def f(x):\nreturn x",
    "def f(x) return x",
    "def f(x, x): return x",
    "def f(x): return x\n  return x",
    "def f(x): return x; x = 3",
    "def f(x): x + 1",
    "def f(x): return x, 3",
    "def f(x): return x, {x: 3}",
    "repeat 3 { def f(x): return x }",
    "f(x)[2]['x']",
    "f[1]['x']",
    "np.exp(x)[1]['x']",
    "sum(i^2 for i in 1..10)",
    "sum(x[i]*y[i] for i in range(3)) + sum(sum(i*j for j in range(i)) for i in 1 .. n)",
    "sum(x*i*j for i in 1..3 for j in range(i) for k in i..j)",
    "x = 2 \\\n + 3\ny = x",
    "x = 2 +\\\r\n3",
    "a\\\nb",
    "x = 2 \\ + 3",
    "x = 2 + \\",
    "def f(x): \\\n return x",
    "[1, \\\n 2]",
    "# \\\nx",
    "° = 3",
    "° += x",
    "f(°) = 3",
    "∞(x) = x",
    "True -= 1",
    "const None = 3",
    "def f(True): return 1",
    "def °(x): return x",
    "sum(° for ° in 1..3)",
    "[True for True in 1..3]",
    "2[i^2 for i in 1..3]",
    "2[1; 2]",
    "(2)[1; 2]",
    "x²[1, 2]",
    "x²[i for i in 1..2]",
    "30°[i for i in 1..2]",
    "x[i for i in 1..2]",
    "x'[i for i in 1..2]",
    "exp(x)[1; 2]",
    "2'[i for i in 1..2]",
    "√2[1, 2]",
    "2^2[1, 2]",
    "[1, 2][i for i in 1..2]",
    "[\n=x",
    "[\nx=x",
    "2\n[=x",
    "[i^2 for i in 1..3]",
    "[i^2 for i in 1..3][0]",
    "[i -2 for i in 1..3]",
    "[i - 2 for i in 1 -2..3]",
    "[[i*j for i in 1..3] for j in x]",
    "[1, i^2 for i in 1..3]",
    "[i^2 for i in 1..3, 2]",
    "[i^2 for i in 1..3; 2]",
    "[1; i^2 for i in 1..3]",
    "np.sum(i^2 for i in 1..3)",
    "np.sum([i^2 for i in 1..3])",
    "sum(x for i in y if i)",
    "sum(x if i else y for i in y)",
    "sum(x for i in y if i else 3)",
    "sum(x for i in 1 if i else 3..4)",
    "sum((x for i in y))",
    "sum(x for i, j in y)",
    "sum(x for in y)",
    "sum(for i in y)",
    "sum(x for i in)",
    "sum(x for i in 1..)",
    "sum(x for i in ..2)",
    "sum(x, axis=0 for i in y)",
    "sum(*x for i in y)",
    "sum(x\n for i\n in\n 1..\n2)",
    "sum(2i for i in 1..2x)",
    "sum(x for i in 1...2)",
    "sum(x for i in 1. ..2)",
    "sum(x for i in a.b..2)",
    "print(x for i in y)",
    "f(i) = sum(x for i in 1..i)",
    "def f(x):\n  i = x\n  y = 3\n  return sum(x*i*y for i in 1..i) + i\n",
    "def f(x):\n  i = x\n  return sum(i*j for i in 1..i for j in i..3) + i\n",
    "for = 3",
    "for i in y",
    "x for",
    "in = 3; sum(in for in in in)",
    "sum(x for i in y, 3)",
    "sum(x, y for i in z)",
    "sum(x for i z)",
    "sum(x for 3 in z)",
    "x for i in y",
    "(x for i in y)",
    "x.sum(x for i in y)",
    "sum(x for i in a..b..c)",
    "1..2",
    "x^30°",
    "x^-30°",
    "x^y^30°",
    "x^(30)°",
    "x^y²°",
    "x²°",
    "√30°",
    "√(x)°",
    "x*30°",
    "x^2 + 30°",
    "30°^2",
    "30°**x",
    "30° ^-x",
    "30°²",
    "30°'²",
    "30°'^2",
    "(30°)^2",
    "30*°^2",
    "°^2",
    "°²x",
    "-30°^2",
    "(x)°²",
    "x²°^2",
    "30 deg^2",
    "x^30 deg",
    "30 deg²",
    "30 deg(x)^2",
    "30 deg x",
    "deg^2",
    "30°[1, 2]",
    "30°'[0]",
    "°[0]",
    "2x^30°y",
    "√2²x",
    "√2²(x)",
    "√x²y",
    "√x² y",
    "√√x²y",
    "√(x)²y",
    "(√x²)y",
    "-√2²x",
    "3√2²x",
    "x^√2²y",
    "√x²√y",
    "√x^2y",
    "√x^y²z",
    "√x^2*y",
    "√x²^2y",
    "√x²°",
    "√x'^2y",
    "x^2y",
    "5 % 3 % 2*x",
    "5 %\n 3",
    "(5 %\n 3)",
];

/// The generator splitmix64.
struct Random(u64);

impl Random {
    fn next_u32(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) as u32
    }
}

fn random(random: &mut Random) -> String {
    let count = 1 + random.next_u32() as usize % 12;
    (0..count).map(|_| WORDS[random.next_u32() as usize % WORDS.len()]).collect()
}

/// How many random texts: a slice, or all where the environment asks for them.
fn count() -> usize {
    if crate::support::is_deep() { 100_000 } else { 5_000 }
}

fn on_a_large_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(work).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// The texts of the error table, of the pages and of the scripts.
fn written() -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir("examples").expect("the examples") {
        let path = entry.expect("an example").path();
        if path.extension().is_some_and(|extension| extension == "grad") {
            texts.push(std::fs::read_to_string(path).expect("a script"));
        }
    }
    let table = std::fs::read_to_string("tests/errors.md").expect("the table");
    let pages = table + &std::fs::read_to_string("README.md").expect("the page");
    let quoted = pages.lines().filter_map(|line| line.strip_prefix("$ gradcalc '")?.split_once('\'').map(|(text, _)| text.to_owned()));
    texts.extend(quoted);
    texts
}

#[test]
fn the_grammar_and_the_builder_agree() {
    on_a_large_stack(|| {
        let mut source = Random(11);
        let texts =
            written().into_iter().chain(FUNCTIONS.iter().map(|text| (*text).to_owned())).chain((0..count()).map(|_| random(&mut source)));
        let (mut accepted, mut wrong) = (0, Vec::new());
        for text in texts {
            let (one, other) = (by_builder(&text), by_grammar(&text));
            accepted += usize::from(one.as_ref().is_some_and(|statements| !statements.is_empty()));
            if one != other {
                wrong.push(format!("{text:?}\n  builder {one:?}\n  grammar {other:?}"));
            }
        }
        assert!(accepted > 100, "{accepted}");
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
    });
}

/// The statements that a reader hands out of pieces of a text.
fn read(pieces: &[&str]) -> Vec<(String, usize)> {
    let mut reader = Reader::default();
    for piece in pieces {
        reader.feed(piece);
    }
    reader.finish();
    let statement = |statement: Statement| {
        // The parser takes a statement's tokens as they are.
        assert_eq!(tokens::all(&statement.text), statement.tokens, "{:?}", statement.text);
        (statement.text, statement.line)
    };
    std::iter::from_fn(|| reader.next_statement()).map(statement).collect()
}

#[test]
fn a_text_cut_anywhere_gives_the_same_statements() {
    let mut source = Random(12);
    for _ in 0..count() / 5 {
        let text = random(&mut source) + "\n" + &random(&mut source);
        let whole = read(&[&text]);
        for at in (0..=text.len()).filter(|&at| text.is_char_boundary(at)) {
            assert_eq!(read(&[&text[..at], &text[at..]]), whole, "{text:?} at {at}");
        }
        // What is in the language has the statements that the parser finds, and each is in the language by itself.
        if let Some(statements) = by_builder(&text) {
            let alone: Vec<String> = whole.iter().flat_map(|(text, _)| by_builder(text).unwrap_or_default()).collect();
            assert_eq!(alone, statements, "{text:?}");
            let tokens = tokens::all(&text);
            assert_eq!(reader::pieces(&text, &tokens).len(), statements.len(), "{text:?}");
            assert_eq!(whole.len(), statements.len(), "{text:?}");
            for piece in reader::pieces(&text, &tokens) {
                let start = piece.span().range();
                let mut symbols = Symbols::default();
                let tree = parse(&text[start], &mut symbols).expect("a statement");
                let name = match tree.statements[0].kind {
                    StatementKind::Name { name, .. } | StatementKind::Function { name, .. } => Some(symbols.name(name)),
                    _ => None,
                };
                assert_eq!(piece.defines(), name, "{text:?}");
            }
        } else {
            assert!(whole.iter().any(|(text, _)| by_builder(text).is_none()), "{text:?}");
        }
    }
}

/// A byte-order mark is a blank, however the text comes: files that begin with one may be joined.
#[test]
fn a_mark_of_byte_order_is_a_blank() {
    for text in [
        "\u{feff}x = 2\nx",
        "x = 2\n\u{feff}x",
        "\u{feff}\u{feff}x",
        "x\n\n\u{feff}y = 3\ny",
        "# r\n\u{feff}x +\n\u{feff}1",
        "\u{feff}\n\u{feff}x",
    ] {
        let whole = read(&[text]);
        for at in (0..=text.len()).filter(|&at| text.is_char_boundary(at)) {
            assert_eq!(read(&[&text[..at], &text[at..]]), whole, "{text:?} at {at}");
        }
        let letters: Vec<&str> = text.split_inclusive(|_| true).collect();
        assert_eq!(read(&letters), whole, "{text:?}");
        let plain = text.replace('\u{feff}', "");
        assert_eq!(by_builder(text), by_builder(&plain), "{text:?}");
        assert_eq!(by_grammar(text), by_grammar(&plain), "{text:?}");
        assert!(by_grammar(text).is_some(), "{text:?}");
    }
    assert!(by_builder("a\u{feff}b").is_none());
}

/// A token that lies across the end of a block is one token.
#[test]
fn blocks_cut_no_token() {
    for (token, behind) in [
        ("+/-", "1"),
        ("\"a b, (c) #d\"", ""),
        ("1_000.5e-3", ""),
        ("ab.T", " "),
        ("x\u{304}\u{304}y", " "),
        ("# (a) + b", "\n"),
        ("**", "x"),
    ] {
        for shift in 0..24 {
            let before = "x + ".repeat(4096 - 6) + &" ".repeat(shift);
            let text = format!("{before}{token}{behind}");
            let expected = tokens::all(&format!(" {token}{behind}"));
            let found = tokens::all(&text);
            let tail: Vec<&str> =
                found.iter().filter(|found| found.span.range().start >= before.len()).map(|found| found.span.of(&text)).collect();
            let spaced = format!(" {token}{behind}");
            assert_eq!(tail, expected.iter().map(|found| found.span.of(&spaced)).collect::<Vec<_>>(), "{token} {shift}");
        }
    }
}
