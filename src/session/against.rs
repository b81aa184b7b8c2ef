//! A hand-derived backward pass compared with ours, line by line, given the forward pass.
//!
//! Knows statements and values; a candidate of a repair is a text that is evaluated, so that what is said of a slip has been
//! tried. The names of the forward pass are constants here, and no file is read.

use super::Session;
use crate::forms::reader::Reader;
use crate::forms::{StageId, parse::tokens, parse::tokens::Kind};
use crate::ground::{Fault, FaultKind, Shape, Span, Value};
use crate::views::Answer;
use crate::views::against::{Comparison, Line, Slip, Verdict};
use hashbrown::{HashMap, HashSet};

/// How far apart numbers may be that are the same but for rounding, relative to what they are made of.
const CLOSE: f64 = 1e-9;

/// The most parts of a gradient of which every sum is tried.
const MOST_PARTS: usize = 8;

/// The most names that are tried in the place of another.
const MOST_NAMES: usize = 48;

/// A gradient of ours: its parts, each with the gradient that it is made of, and their sum.
#[derive(Clone, Debug)]
struct Gradient {
    shape: Shape,
    total: Vec<f64>,
    parts: Vec<(String, Vec<f64>)>,
    /// What other operands of the same stages get.
    siblings: Vec<Vec<f64>>,
    input: bool,
}

impl Gradient {
    fn scale(&self) -> f64 {
        let numbers = self.parts.iter().flat_map(|(_, part)| part).chain(&self.total);
        numbers.filter(|number| number.is_finite()).fold(0.0, |most, number| number.abs().max(most))
    }

    fn is_close(&self, numbers: &[f64], wanted: &[f64]) -> bool {
        let scale = 1e-3 * CLOSE * self.scale();
        let close = |(one, other): (&f64, &f64)| {
            one == other || one.is_nan() && other.is_nan() || (one - other).abs() <= CLOSE * other.abs() + scale
        };
        numbers.len() == wanted.len() && numbers.iter().zip(wanted).all(close)
    }

    /// The numbers of a value of its shape; a single 0 stands for zeros.
    fn numbers(&self, value: &Value) -> Option<Vec<f64>> {
        match value.number() {
            Some(0.0) => Some(vec![0.0; self.shape.size()]),
            _ => (value.shape() == self.shape).then(|| value.numbers().to_vec()),
        }
    }

    /// The sum of some parts, by the bits of their places.
    fn sum(&self, mask: usize) -> Vec<f64> {
        let parts = self.parts.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1).map(|(_, (_, part))| part);
        parts.fold(vec![0.0; self.total.len()], |sum, part| plus(&sum, part))
    }

    fn all(&self) -> usize {
        (1 << self.parts.len().min(MOST_PARTS)) - 1
    }
}

fn plus(one: &[f64], other: &[f64]) -> Vec<f64> {
    one.iter().zip(other).map(|(one, other)| one + other).collect()
}

fn minus(one: &[f64], other: &[f64]) -> Vec<f64> {
    one.iter().zip(other).map(|(one, other)| one - other).collect()
}

/// A line of the pass that is judged.
#[derive(Clone, Debug)]
struct Row {
    number: usize,
    text: String,
    name: String,
    /// `=`, `+=` or another sign of an update.
    sign: String,
    expression: String,
    uses: HashSet<String>,
}

impl Row {
    /// The expression whose value the name has after it.
    fn whole(&self) -> String {
        match self.sign.strip_suffix('=') {
            Some(sign) if !sign.is_empty() => format!("{} {sign} ({})", self.name, self.expression),
            _ => self.expression.clone(),
        }
    }

    fn adds(&self) -> bool {
        matches!(self.sign.as_str(), "+=" | "-=" | "−=")
    }
}

/// What the comparison rests on.
struct Bench {
    session: Session,
    gradients: HashMap<String, Gradient>,
    /// The names of the forward pass.
    names: Vec<String>,
}

impl Session {
    /// Compares a backward pass with ours.
    ///
    /// # Errors
    /// Where the answer has no gradients, or the work was stopped before its end.
    pub fn against(&self, answer: &Answer, text: &str, name: &str) -> Result<Comparison, Fault> {
        let mut bench = Bench::new(self, answer)?;
        let (rows, mut lines) = bench.rows(text)?;
        bench.judge(&rows, &mut lines)?;
        lines.sort_by_key(|line| line.number.unwrap_or(usize::MAX));
        Ok(Comparison { name: name.to_owned(), lines })
    }
}

impl Bench {
    fn new(session: &Session, answer: &Answer) -> Result<Self, Fault> {
        let Some(backward) = &answer.backward else {
            let fault = Fault::new(FaultKind::Shape, Span::default(), "there is no gradient to compare a backward pass with");
            return Err(fault.help("the forward pass ends in one number that depends on an input"));
        };
        let mut session = session.clone();
        session.settings.files = None;
        session.preparations = None;
        let names = answer.names();
        let value = |id: StageId| Value::new(answer.shape(id), answer.numbers(id).to_vec());
        let mut known = Vec::new();
        for id in answer.leaves().chain(answer.stages()) {
            if let Some(name) = names.of(id) {
                session.bind_value(name, value(id));
                known.push(name.to_owned());
            }
        }
        let mut gradients = HashMap::new();
        for id in answer.active_inputs().chain(answer.stages()) {
            let (Some(_), Some(total)) = (names.of(id), answer.gradients(id)) else { continue };
            let steps = || backward.steps.iter().filter(|step| step.target == id);
            let mut parts: Vec<(String, Vec<f64>)> =
                steps().map(|step| (names.gradient(step.through), answer.numbers(step.contribution).to_vec())).collect();
            if parts.is_empty() {
                parts.push((String::new(), total.to_vec()));
            }
            let through: Vec<StageId> = steps().map(|step| step.through).collect();
            let beside = backward.steps.iter().filter(|step| step.target != id && through.contains(&step.through));
            let siblings = beside.map(|step| answer.numbers(step.contribution).to_vec()).collect();
            let input = answer.program.input(id).is_some();
            gradients.insert(names.gradient(id), Gradient { shape: answer.shape(id), total: total.to_vec(), parts, siblings, input });
        }
        known.truncate(MOST_NAMES);
        Ok(Self { session, gradients, names: known })
    }

    fn value(&mut self, text: &str) -> Result<Value, Fault> {
        if self.session.scratch.limits.cancellation.is_cancelled() {
            return Err(Fault::interrupted(Span::default()));
        }
        let found = self.session.value_here(text);
        self.session.names.remarks.clear();
        found
    }

    /// The lines that give names values, and what is to be said of the others.
    fn rows(&mut self, text: &str) -> Result<(Vec<Row>, Vec<Line>), Fault> {
        let mut reader = Reader::default();
        reader.feed(text)?;
        reader.finish()?;
        let (mut rows, mut lines) = (Vec::new(), Vec::new());
        while let Some(statement) = reader.next_statement() {
            let piece = statement.piece();
            let written = piece.span().of(&statement.text).to_owned();
            let line = statement.line + statement.text[..piece.span().range().start].matches('\n').count();
            match piece.definition().filter(|definition| definition.parameters.is_none() && piece.opening().is_none()) {
                Some(definition) => rows.push(Row {
                    number: line,
                    name: piece.word(definition.name).to_owned(),
                    sign: piece.word(definition.name + 1).to_owned(),
                    expression: piece.tokens.get(definition.body).map_or(String::new(), |first| {
                        Span::new(first.span.range().start, piece.span().range().end).of(&statement.text).to_owned()
                    }),
                    uses: piece.uses().map(str::to_owned).collect(),
                    text: written,
                }),
                None => lines.extend(self.other(line, written, piece.definition().is_some(), &statement.text)),
            }
        }
        Ok((rows, lines))
    }

    /// A statement that gives no name a value: a function is defined; what would read a file is refused.
    fn other(&mut self, number: usize, text: String, function: bool, whole: &str) -> Option<Line> {
        let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if function {
            let source = crate::views::Source { name: "".into(), line: number };
            let _ = self.session.run(whole, &source, false, &mut |_| {});
            return None;
        }
        let says = match word.as_str() {
            "include" => "files are not read here",
            "import" | "from" | "print" | "assert" => return None,
            _ => "it gives no name a value, and is not judged",
        };
        let verdict = if word == "include" { Verdict::Wrong } else { Verdict::Aside };
        Some(Line { number: Some(number), text, name: word, verdict, value: None, wanted: None, slip: None, says: says.to_owned() })
    }

    /// The names and their values after a run from top to bottom, as Python would; none where a line fails.
    fn run(&mut self, rows: &[Row]) -> Result<Option<HashMap<String, Value>>, Fault> {
        let before = self.session.clone();
        let mut found = HashMap::new();
        for row in rows {
            match self.value(&row.whole()) {
                Ok(value) => {
                    self.session.bind_value(&row.name, value.clone());
                    found.insert(row.name.clone(), value);
                }
                Err(fault) if fault.kind == FaultKind::Interrupt => return Err(fault),
                Err(_) => {
                    self.session = before;
                    return Ok(None);
                }
            }
        }
        self.session = before;
        Ok(Some(found))
    }

    /// Judges all lines, and adds those that are missing.
    fn judge(&mut self, rows: &[Row], lines: &mut Vec<Line>) -> Result<(), Fault> {
        let own = self.run(rows)?;
        let held = |gradient: &Gradient, value: Option<&Value>| {
            value.and_then(|value| gradient.numbers(value)).is_some_and(|numbers| gradient.is_close(&numbers, &gradient.total))
        };
        let accepted =
            own.as_ref().is_some_and(|own| self.gradients.iter().all(|(name, gradient)| !gradient.input || held(gradient, own.get(name))));
        let used = |name: &str| rows.iter().any(|row| row.name != name && row.uses.contains(name));
        // Where all gradients of inputs are right, a stage's gradient that another line uses is a factoring of its own.
        let free = |name: &str| accepted && used(name);
        let mut verdicts = self.given_ours(rows)?;
        let wrong = |verdicts: &[Line]| -> Vec<usize> {
            (0..rows.len()).filter(|&at| verdicts[at].verdict == Verdict::Wrong && verdicts[at].slip != Some(Slip::Plus)).collect()
        };
        for (line, row) in verdicts.iter_mut().zip(rows) {
            if accepted
                && (line.verdict == Verdict::Place || line.verdict == Verdict::Wrong)
                && (free(&row.name) || held_by(&self.gradients, own.as_ref(), &row.name))
            {
                (line.verdict, line.wanted, line.slip, line.says) = (Verdict::Right, None, None, String::new());
            }
        }
        let faulty = wrong(&verdicts);
        if !self.blame_temporary(rows, &mut verdicts, &faulty)? {
            for at in faulty {
                self.repair(&rows[at], &mut verdicts[at])?;
            }
        }
        lines.append(&mut verdicts);
        if !accepted {
            self.missing(rows, lines);
        }
        Ok(())
    }

    /// Adds the gradients that are nowhere, though they are an input's or a line uses them, and the parts that lack.
    fn missing(&self, rows: &[Row], lines: &mut Vec<Line>) {
        let mut names: Vec<&String> = self.gradients.keys().collect();
        names.sort_unstable();
        for name in names {
            let gradient = &self.gradients[name];
            let own: Vec<&Row> = rows.iter().filter(|row| &row.name == name).collect();
            let needed = gradient.input || rows.iter().any(|row| row.uses.contains(name));
            let unread = gradient.parts.len() == 1 && gradient.parts[0].0.is_empty() && !gradient.input;
            if own.is_empty() && needed && !unread {
                lines.push(lacking(name, gradient, &gradient.total, "no line computes it"));
            }
        }
    }

    /// Judges every line, given the right values of all gradients of ours.
    fn given_ours(&mut self, rows: &[Row]) -> Result<Vec<Line>, Fault> {
        let before = self.session.clone();
        for (name, gradient) in &self.gradients {
            self.session.bind_value(name, Value::new(gradient.shape, gradient.total.clone()));
        }
        let mut lines: Vec<Line> = Vec::new();
        let mut running: HashMap<String, Value> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            let ours = self.gradients.get(&row.name).cloned();
            let late = self.late(rows, at, &running);
            if let Some(later) = late.iter().find_map(|&from| (!self.gradients.contains_key(&rows[from].name)).then_some(from)) {
                // What stands further down is needed here.
                if let Ok(value) = self.value(&rows[later].whole()) {
                    self.session.bind_value(&rows[later].name, value);
                }
            }
            let itself = row.uses.contains(&row.name) && ours.is_some();
            if let (true, Some(value)) = (itself, running.get(&row.name)) {
                self.session.bind_value(&row.name, value.clone());
            }
            let text = if ours.is_some() && row.adds() || row.sign == "=" { row.expression.clone() } else { row.whole() };
            let found = match self.value(&text) {
                Err(fault) if fault.kind == FaultKind::Interrupt => return Err(fault),
                found => found,
            };
            let (value, says) = match found {
                Ok(value) => (Some(value), String::new()),
                Err(fault) => (None, fault.message),
            };
            if let Some(gradient) = &ours {
                let numbers = Value::new(gradient.shape, gradient.total.clone());
                self.session.bind_value(&row.name, numbers);
            } else if let Some(value) = &value {
                self.session.bind_value(&row.name, value.clone());
            }
            if let Some(value) = &value {
                running.insert(row.name.clone(), value.clone());
            }
            let verdict = match (&ours, late.is_empty()) {
                (None, _) if value.is_none() => Verdict::Wrong,
                (None, _) => Verdict::Aside,
                (_, true) => Verdict::Right,
                (_, false) => Verdict::Place,
            };
            let says = match late.first() {
                Some(&from) => format!("it uses `{}`, which is complete only at line {}", rows[from].name, rows[from].number),
                None => says,
            };
            let text = row.text.clone();
            lines.push(Line { number: Some(row.number), text, name: row.name.clone(), verdict, value, wanted: None, slip: None, says });
        }
        self.groups(rows, &mut lines);
        self.session = before;
        Ok(lines)
    }

    /// The lines further down that complete what a line uses.
    fn late(&self, rows: &[Row], at: usize, running: &HashMap<String, Value>) -> Vec<usize> {
        let mut late: Vec<usize> = Vec::new();
        for name in rows[at].uses.iter().filter(|name| **name != rows[at].name) {
            let needs = self.gradients.contains_key(name) || !running.contains_key(name) && !self.names.contains(name);
            if needs && let Some(last) = (at + 1..rows.len()).rev().find(|&from| &rows[from].name == name) {
                late.push(last);
            }
        }
        late.sort_unstable();
        late
    }

    /// Judges the lines of each gradient together.
    fn groups(&self, rows: &[Row], lines: &mut [Line]) {
        let mut missing = Vec::new();
        for (name, gradient) in &self.gradients {
            let own: Vec<usize> = (0..rows.len()).filter(|&at| &rows[at].name == name).collect();
            if !own.is_empty() {
                missing.extend(group(gradient, rows, lines, &own).map(|part| (name.clone(), part)));
            }
        }
        for (name, part) in missing {
            // It is told at the last line of its gradient.
            let last = rows.iter().rposition(|row| row.name == name);
            if let (Some(last), Some(gradient)) = (last, self.gradients.get(&name)) {
                let line = &mut lines[last];
                line.verdict = Verdict::Missing;
                line.wanted = Some(Value::new(gradient.shape, gradient.total.clone()));
                line.says = format!(
                    "a part of the gradient is missing: {}",
                    crate::views::brief::line(&self.session.settings.style, gradient.shape, &part)
                );
            }
        }
    }

    /// Where lines are wrong that use the same line of the student's own, that line is the one that is wrong; true if one is.
    fn blame_temporary(&mut self, rows: &[Row], lines: &mut [Line], faulty: &[usize]) -> Result<bool, Fault> {
        let temporaries: Vec<usize> = (0..rows.len()).filter(|&at| lines[at].verdict == Verdict::Aside).collect();
        for at in temporaries {
            let users: Vec<usize> = faulty.iter().copied().filter(|&user| leads(rows, at, user)).collect();
            if faulty.len() < 2 || users.len() != faulty.len() {
                continue;
            }
            for (slip, text) in self.candidates(&rows[at]) {
                let mut mended = rows.to_vec();
                mended[at].expression = text;
                let again = self.given_ours(&mended)?;
                if users.iter().all(|&user| again[user].verdict == Verdict::Right) {
                    for &user in &users {
                        lines[user] = again[user].clone();
                    }
                    let line = &mut lines[at];
                    (line.verdict, line.slip) = (Verdict::Wrong, Some(slip));
                    line.wanted.clone_from(&again[at].value);
                    line.says = format!("`{}` would be right", mended[at].expression);
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Names the slip of a wrong line, where putting it right makes it match.
    fn repair(&mut self, row: &Row, line: &mut Line) -> Result<(), Fault> {
        let Some(gradient) = self.gradients.get(&row.name).cloned() else { return Ok(()) };
        let Some(wanted) = line.wanted.clone() else { return Ok(()) };
        let before = self.session.clone();
        for (name, gradient) in &self.gradients {
            self.session.bind_value(name, Value::new(gradient.shape, gradient.total.clone()));
        }
        let sign = if row.sign == "-=" || row.sign == "−=" { -1.0 } else { 1.0 };
        let value = line.value.as_ref().and_then(|value| gradient.numbers(value));
        let beside = value.as_ref().is_some_and(|value| gradient.siblings.iter().any(|part| gradient.is_close(value, part)));
        let mut found: Vec<(Slip, String)> = Vec::new();
        for (slip, text) in self.candidates(row) {
            if found.iter().any(|(known, _)| *known == slip) {
                continue;
            }
            let tried = match self.value(&text) {
                Err(fault) if fault.kind == FaultKind::Interrupt => return Err(fault),
                tried => tried.ok(),
            };
            let numbers = tried.and_then(|value| gradient.numbers(&value));
            let numbers = numbers.map(|numbers| numbers.iter().map(|number| sign * number).collect::<Vec<f64>>());
            if numbers.is_some_and(|numbers| gradient.is_close(&numbers, wanted.numbers())) {
                found.push((slip, text));
            }
        }
        self.session = before;
        line.slip = beside.then_some(Slip::Variable);
        if let (Some((slip, text)), false) = (chosen(&found), beside) {
            line.slip = Some(slip);
            line.says = format!("`{} {} {text}` would be right", row.name, row.sign);
        }
        Ok(())
    }

    /// Texts in the place of a line's expression, each with one slip put right.
    fn candidates(&self, row: &Row) -> Vec<(Slip, String)> {
        let text = row.expression.as_str();
        let tokens = tokens::all(text).unwrap_or_default();
        let mut found = vec![(Slip::Sign, format!("-({text})"))];
        let put = |span: Span, with: &str| format!("{}{with}{}", &text[..span.range().start], &text[span.range().end..]);
        let names: Vec<&String> = self.names.iter().collect();
        let mut gradients: Vec<&String> = self.gradients.keys().collect();
        gradients.sort_unstable();
        gradients.truncate(MOST_NAMES);
        let arriving: Vec<&String> =
            self.gradients.get(&row.name).map_or(Vec::new(), |own| own.parts.iter().map(|(name, _)| name).collect());
        let arriving: Vec<&String> = arriving.into_iter().filter(|name| !name.is_empty() && !row.uses.contains(*name)).collect();
        for (at, token) in tokens.iter().enumerate() {
            let word = token.span.of(text);
            match word {
                "+" => found.push((Slip::Sign, put(token.span, "-"))),
                "-" => {
                    found.push((Slip::Sign, put(token.span, "+")));
                    found.push((Slip::Sign, put(token.span, "")));
                }
                ".T" | "'" => found.push((Slip::Transpose, put(token.span, ""))),
                _ => {}
            }
            let called = tokens.get(at + 1).is_some_and(|next| next.span.of(text) == "(");
            if token.kind != Kind::Name || called {
                continue;
            }
            found.push((Slip::Transpose, put(token.span, &format!("{word}.T"))));
            found.push((Slip::Sign, put(token.span, &format!("(-{word})"))));
            let kin = if self.gradients.contains_key(word) { &gradients } else { &names };
            found.extend(kin.iter().filter(|name| name.as_str() != word).map(|name| (Slip::Operand, put(token.span, name))));
            found.extend(names.iter().map(|name| (Slip::Factor, put(token.span, &format!("({word}*{name})")))));
            found.extend(arriving.iter().map(|name| (Slip::Upstream, put(token.span, &format!("({word}*{name})")))));
        }
        found.extend(["sum(?, 0)", "sum(?, 1)", "sum(?)"].map(|form| (Slip::Sum, form.replace('?', text))));
        found.extend(arriving.iter().map(|name| (Slip::Upstream, format!("({text})*{name}"))));
        for form in ["2*(?)", "0.5*(?)", "3*(?)", "4*(?)"] {
            found.push((Slip::Factor, form.replace('?', text)));
        }
        for name in &names {
            found.extend(
                ["(?)*n", "(?)/n", "(?)*(1 - n)", "(?)/n^2"].map(|form| (Slip::Factor, form.replace('n', name).replace('?', text))),
            );
        }
        found.extend(products(text, &arriving));
        found
    }
}

/// Whether the last value of a name's own run is that of ours.
fn held_by(gradients: &HashMap<String, Gradient>, own: Option<&HashMap<String, Value>>, name: &str) -> bool {
    let Some(gradient) = gradients.get(name) else { return false };
    let numbers = own.and_then(|own| own.get(name)).and_then(|value| gradient.numbers(value));
    numbers.is_some_and(|numbers| gradient.is_close(&numbers, &gradient.total))
}

/// A line that is missing.
fn lacking(name: &str, gradient: &Gradient, wanted: &[f64], says: &str) -> Line {
    let wanted = Some(Value::new(gradient.shape, wanted.to_vec()));
    let (text, name) = (String::new(), name.to_owned());
    Line { number: None, text, name, verdict: Verdict::Missing, value: None, wanted, slip: None, says: says.to_owned() }
}

/// Matrix products of the operands of a text that is one, in every order and transposed in every way.
fn products(text: &str, arriving: &[&String]) -> Vec<(Slip, String)> {
    let split = text.split_once(".dot(").and_then(|(a, b)| Some((a, b.strip_suffix(')')?))).or_else(|| text.split_once('@'));
    let orders = |a: &str, b: &str| {
        let (a, b) = (a.trim(), b.trim());
        let forms = [(a, b), (b, a)].map(|(a, b)| ["", ".T"].map(|s| ["", ".T"].map(|t| format!("({a}){s} @ ({b}){t}"))));
        forms.into_iter().flatten().flatten().collect::<Vec<String>>()
    };
    let mut found = Vec::new();
    if let Some((a, b)) = split {
        let bare = |side: &str| side.trim().trim_end_matches(".T").to_owned();
        found.extend(orders(&bare(a), &bare(b)).into_iter().map(|text| (Slip::Transpose, text)));
    }
    for name in arriving {
        found.extend(orders(text, name).into_iter().map(|text| (Slip::Upstream, text)));
    }
    found
}

/// The one slip that is named: a special one before a general one, and none where unlike ones would do.
fn chosen(found: &[(Slip, String)]) -> Option<(Slip, String)> {
    let of = |slip: Slip| found.iter().find(|(known, _)| *known == slip).cloned();
    let special = of(Slip::Upstream).or_else(|| of(Slip::Transpose)).or_else(|| of(Slip::Sum));
    let [first] = found else { return special.filter(|_| of(Slip::Sign).is_none()) };
    Some(first.clone())
}

/// Whether the value of a line reaches another through names of the student's own.
fn leads(rows: &[Row], from: usize, to: usize) -> bool {
    let mut names: HashSet<&str> = HashSet::from([rows[from].name.as_str()]);
    for row in &rows[from + 1..to.max(from + 1)] {
        if row.uses.iter().any(|used| names.contains(used.as_str())) && row.name != rows[to].name {
            names.insert(&row.name);
        }
    }
    rows[to].uses.iter().any(|used| names.contains(used.as_str()))
}

/// Judges the lines of one gradient; returns a part that no line adds.
fn group(gradient: &Gradient, rows: &[Row], lines: &mut [Line], own: &[usize]) -> Option<Vec<f64>> {
    let numbers = |at: usize, lines: &[Line]| {
        let numbers = gradient.numbers(lines[at].value.as_ref()?)?;
        let sign = if rows[at].sign.starts_with(['-', '−']) && rows[at].adds() { -1.0 } else { 1.0 };
        Some(numbers.into_iter().map(|number| sign * number).collect::<Vec<f64>>())
    };
    let values: Vec<Option<Vec<f64>>> = own.iter().map(|&at| numbers(at, lines)).collect();
    let whole = |values: &[Vec<f64>]| values.iter().fold(vec![0.0; gradient.total.len()], |sum, value| plus(&sum, value));
    if let Some(values) = values.iter().cloned().collect::<Option<Vec<Vec<f64>>>>() {
        let last = own.iter().rposition(|&at| !rows[at].adds()).unwrap_or(0);
        let starts = rows[own[0]].adds();
        if gradient.is_close(&whole(&values[last..]), &gradient.total) && !(starts && last > 0) {
            if starts {
                out_of_place(&mut lines[own[0]], "it adds to what has no value here");
            }
            return None;
        }
        if gradient.is_close(&whole(&values), &gradient.total) {
            let overwriting = own.iter().enumerate().skip(1).filter(|&(_, &at)| !rows[at].adds());
            for (place, &at) in overwriting {
                if starts {
                    out_of_place(&mut lines[own[0]], "`+=` stands before `=`");
                } else {
                    lines[at].verdict = Verdict::Wrong;
                    lines[at].slip = Some(Slip::Plus);
                    lines[at].wanted = Some(Value::new(gradient.shape, whole(&values[..=place])));
                }
            }
            return None;
        }
    }
    let (matched, left) = matches(gradient, rows, own, &values);
    let wrong: Vec<usize> = (0..own.len()).filter(|&place| !matched[place]).collect();
    let mut rest: Vec<usize> = (0..gradient.parts.len()).filter(|part| left >> part & 1 == 1).collect();
    if wrong.is_empty() {
        return Some(gradient.sum(left)).filter(|part| part.iter().any(|number| *number != 0.0));
    }
    for (order, &place) in wrong.iter().enumerate() {
        let at = own[place];
        let mentioned = rest.iter().position(|&part| rows[at].uses.contains(&gradient.parts[part].0));
        let wanted = if order + 1 == wrong.len() && (rest.len() != wrong.len() - order || rest.is_empty()) {
            let others = (0..own.len()).filter(|&other| other != place).filter_map(|other| values[other].clone()).collect::<Vec<_>>();
            if wrong.len() == 1 {
                minus(&gradient.total, &whole(&others))
            } else {
                rest.drain(..).fold(vec![0.0; gradient.total.len()], |sum, part| plus(&sum, &gradient.parts[part].1))
            }
        } else if rest.is_empty() {
            vec![0.0; gradient.total.len()]
        } else {
            gradient.parts[rest.remove(mentioned.unwrap_or(0))].1.clone()
        };
        lines[at].verdict = Verdict::Wrong;
        lines[at].wanted = Some(Value::new(gradient.shape, wanted));
    }
    None
}

fn out_of_place(line: &mut Line, says: &str) {
    line.verdict = Verdict::Place;
    says.clone_into(&mut line.says);
}

/// Which lines are parts of a gradient, or sums of some, and the parts that are left.
fn matches(gradient: &Gradient, rows: &[Row], own: &[usize], values: &[Option<Vec<f64>>]) -> (Vec<bool>, usize) {
    let mut left = gradient.all();
    let mut matched = vec![false; own.len()];
    let singles = |left: usize| (0..gradient.parts.len().min(MOST_PARTS)).filter(move |part| left >> part & 1 == 1);
    for named in [true, false] {
        for (place, &at) in own.iter().enumerate() {
            let Some(value) = values[place].as_ref().filter(|_| !matched[place]) else { continue };
            let fits = |mask: usize| gradient.is_close(value, &gradient.sum(mask));
            let single = singles(left).find(|&part| fits(1 << part) && (!named || rows[at].uses.contains(&gradient.parts[part].0)));
            let several = || (1..=gradient.all()).find(|&mask| mask & left == mask && fits(mask));
            let mask = single.map(|part| 1 << part).or_else(|| if named { None } else { several() });
            let zero = !named && value.iter().all(|number| *number == 0.0) && own.len() > 1;
            if let Some(mask) = mask.or(zero.then_some(0)) {
                (matched[place], left) = (true, left & !mask);
            }
        }
    }
    (matched, left)
}
