//! A hand-derived backward pass compared with ours, line by line, given the forward pass.
//!
//! Every line is held against the values of ours that it uses, so that one mistake is told once. What is said of a slip has been
//! tried: a candidate is a text that is evaluated in the line's place. No file is read.

mod bench;
mod parts;
mod pass;
mod points;
mod search;
mod shared;
mod slips;
mod unread;

use super::Session;
use crate::forms::StageId;
use crate::forms::parse;
use crate::forms::parse::tokens::{self, Kind};
use crate::ground::budget::Budget;
use crate::ground::text::shortened;
use crate::ground::{Fault, FaultKind, Remedy, Span, Value};
use crate::views::Answer;
use crate::views::against::{Comparison, Credit, Line, Slip, Verdict};
use crate::vocabulary::{DERIVATIVE, Symbols};
use bench::{Bench, Gradient, Numbers, Scene};
use hashbrown::{HashMap, HashSet};
use parts::{Finding, Own};
use pass::{Pass, Row};
use std::collections::BTreeMap;

/// The bytes that what is judged may take, where the forward pass takes little.
const ROOM: usize = 1 << 26;

/// How many times the bytes of the forward and the backward pass it may take.
const ROOMS: usize = 8;

/// What is said of a line that is right by chance.
const ALONE: &str = "it is right at the given inputs alone";

/// The longest text of a line that is kept, in characters.
const LONGEST: usize = 2_000;

/// The most numbers of a line's value that are kept, beside as many as the gradient has.
const MOST_NUMBERS: usize = 1_000;

impl Session {
    /// Compares a backward pass with ours.
    ///
    /// # Errors
    /// Where the answer has no gradients, the pass is too long, or the work was stopped before its end.
    pub fn against(&self, answer: &Answer, text: &str, name: &str) -> Result<Comparison, Fault> {
        let mut bench = Bench::new(answer)?;
        bench.check_finite()?;
        let known = bench.known();
        let mut pass = pass::read(text, &known)?;
        // Numbers alone are right or wrong at the given inputs.
        let speaks = pass.rows.iter().any(|row| known.own.contains(&row.name) && !row.uses.is_empty());
        if speaks {
            bench.add_points(&self.scratch.limits.cancellation)?;
        }
        let alone = speaks && bench.is_alone();
        let mut session = self.clone();
        let room = ROOM.max(bench.bytes().saturating_mul(ROOMS)).min(self.settings.budget);
        session.scratch.limits.budget = Budget::of(room);
        let judge = Judge::new(&session, bench, &pass);
        let unread = judge.unread(&pass)?;
        let (lines, gradients) = if unread.is_empty() {
            judge.compare(&pass)?
        } else {
            let bench = judge.bench;
            pass.set_aside(&unread, &known);
            Judge::new(&session, bench, &pass).compare(&pass)?
        };
        Ok(Comparison { name: name.to_owned(), lines, gradients, empty: pass.empty, alone })
    }
}

/// What a pass is judged by.
struct Judge<'b, 'p> {
    bench: Bench<'b>,
    /// The gradients of ours that the pass speaks of.
    gradients: HashMap<String, Gradient>,
    /// What stands for what before its first line.
    scene: Scene,
    aliases: &'p HashMap<String, String>,
}

/// What becomes of the lines of a pass, each given the right values of the gradients that it uses.
struct Walk {
    scene: Scene,
    /// The values of what each line computes, or why it has none.
    values: Vec<Result<Vec<Value>, Fault>>,
    /// What the lines of each gradient have made of it so far.
    own: HashMap<String, Numbers>,
    /// Of each line the line further down that it needs.
    late: Vec<Option<usize>>,
}

/// What is found of the lines of a pass.
struct Verdicts {
    lines: Vec<Line>,
    /// What each line should hand its gradient, where that is something else.
    wanted: Vec<Option<Numbers>>,
    missing: Vec<Line>,
    /// The gradients of which it is not known which line is to blame.
    turned: Vec<String>,
}

impl<'b, 'p> Judge<'b, 'p> {
    fn new(session: &Session, bench: Bench<'b>, pass: &'p Pass) -> Self {
        let mut words: HashSet<String> = pass.rows.iter().flat_map(|row| row.uses.iter().cloned().chain([row.name.clone()])).collect();
        for function in &pass.functions {
            let tokens = tokens::all(function);
            words.extend(tokens.iter().filter(|token| token.kind == Kind::Name).map(|token| token.span.of(function).to_owned()));
        }
        let mut scene = bench.scene(session, &words);
        // What Python has by itself.
        for (name, value) in [("True", 1.0), ("False", 0.0)].into_iter().filter(|(name, _)| words.contains(*name)) {
            scene.bind_everywhere(name, &Value::from(value));
        }
        for (name, text) in [("float", "float(x) = x"), ("int", "int(x) = sign(x)*floor(abs(x))"), ("len", "len(x) = x.shape[0]")] {
            if words.contains(name) {
                scene.define(text);
            }
        }
        pass.functions.iter().for_each(|function| scene.define(function));
        let spoken = words.iter().cloned().chain(bench.inputs());
        let gradients = spoken.filter_map(|name| bench.gradient(&name).map(|gradient| (name, gradient))).collect();
        Self { bench, gradients, scene, aliases: &pass.aliases }
    }

    /// The lines that are no part of the language, or speak of what is not known here: Python may give their names right values.
    fn unread(&self, pass: &Pass) -> Result<BTreeMap<usize, String>, Fault> {
        let defined: Vec<(&str, &String)> = pass.functions.iter().filter_map(|text| Some((unread::defined(text)?, text))).collect();
        // Functions of the file that could not be defined or speak of others themselves, what it imports, and the functions that call such.
        let is_own = |name: &str| self.scene.is_function(name);
        let none = HashSet::new();
        let speaks = |(name, text): &&(&str, &String)| !is_own(name) || unread::speaks_of_others(text, &none);
        let imported = unread::imported(pass.others());
        let is_any = imported.is_none();
        let mut found: Vec<String> = imported.unwrap_or_default().into_iter().filter(|name| !is_own(name)).collect();
        found.extend(defined.iter().filter(speaks).map(|(name, _)| (*name).to_owned()));
        let mut callers: HashMap<String, Vec<&str>> = HashMap::new();
        for (name, text) in &defined {
            for called in unread::names_called(text) {
                callers.entry(called).or_default().push(name);
            }
        }
        let mut others: HashSet<String> = HashSet::new();
        while let Some(name) = found.pop() {
            if !others.contains(&name) {
                found.extend(callers.get(&name).into_iter().flatten().map(|caller| (*caller).to_owned()));
                others.insert(name);
            }
        }
        let is_other = |row: &Row| {
            let is_language = parse(&row.expression, &mut Symbols::default()).is_ok();
            let is_function = |name: &str| is_any || others.contains(name) || self.scene.is_function(name);
            let is_python = is_language || !unread::is_broken(&row.expression, &is_function);
            let is_call = || is_any && !unread::names_called(&row.expression).is_empty();
            !row.derives && is_python && (!is_language || is_call() || unread::speaks_of_others(&row.expression, &others))
        };
        let places: Vec<usize> = (0..pass.rows.len()).filter(|&at| is_other(&pass.rows[at])).collect();
        let mut unread = BTreeMap::new();
        if !places.is_empty() {
            let walk = self.walk(&pass.rows, pass.rows.len())?;
            let faults = places.into_iter().filter_map(|at| Some((at, walk.values[at].as_ref().err()?)));
            unread.extend(faults.map(|(at, fault)| (at, fault.message.clone())));
        }
        Ok(unread)
    }

    fn compare(&self, pass: &Pass) -> Result<(Vec<Line>, Vec<Credit>), Fault> {
        let rows = &pass.rows;
        let own = self.run(rows)?;
        let held = |name: &str| {
            let gradient = self.gradients.get(name)?;
            let numbers = own.get(name).and_then(|values| gradient.numbers(values))?;
            gradient.is_close(&numbers, &gradient.total).then_some(())
        };
        let accepted = self.bench.inputs().iter().all(|name| held(name).is_some());
        let mut found = self.verdicts(rows)?;
        if accepted {
            self.accept(rows, &mut found, &|name| held(name).is_some());
        }
        self.leave_unsettled(pass, &mut found);
        self.search(rows, &mut found)?;
        let mut lines: Vec<Line> = pass.lines.iter().chain(&pass.looks).cloned().collect();
        if !accepted {
            lines.append(&mut found.missing);
            lines.extend(self.absent(rows).into_iter().filter(|line| !pass.unsettled.contains_key(&line.name)));
        }
        let mut credits = self.credits(pass, &found.lines, &lines);
        let whole: Vec<&Line> = lines.iter().chain(&found.lines).collect();
        self.charge(rows, &whole, &mut credits);
        let shown = |(row, line): (&Row, Line)| if self.is_silent(row, &line) { None } else { Some(line) };
        lines.extend(rows.iter().zip(found.lines).filter_map(shown));
        lines.iter_mut().for_each(Self::trim);
        lines.sort_by_key(|line| (line.number.unwrap_or(usize::MAX), line.name.clone()));
        Ok((lines, credits))
    }

    /// Whether a line only repeats the forward pass.
    fn is_silent(&self, row: &Row, line: &Line) -> bool {
        line.verdict == Verdict::Aside
            && line.says.is_empty()
            && !self.gradients.contains_key(&row.name)
            && self.bench.forward(&row.name).is_some()
    }

    /// What is written is shortened, and names stand as they were written.
    fn trim(line: &mut Line) {
        let cut = |text: &mut String| {
            if let Some((at, _)) = text.char_indices().nth(LONGEST) {
                text.truncate(at);
                text.push_str("...");
            }
        };
        cut(&mut line.text);
        cut(&mut line.says);
        let most = line.wanted.as_ref().map_or(0, |wanted| wanted.numbers().len()).max(MOST_NUMBERS);
        line.value.take_if(|value| value.numbers().len() > most);
    }

    /// Whether what a line gives a name of the forward pass is what it has there, or is to be.
    fn is_ours(&self, row: &Row, values: Option<&[Value]>) -> bool {
        let Some((ours, leaf)) = self.bench.forward(&row.name) else { return false };
        let Some(values) = values else { return true };
        let near = |(one, other): (&f64, &f64)| one == other || (one - other).abs() <= 1e-9 * other.abs();
        let (value, own) = (&values[0], &ours[0]);
        let same = value.shape() == own.shape() && value.numbers().iter().zip(own.numbers()).all(near);
        same || leaf && row.uses.is_empty()
    }

    /// The values that names have after a run from top to bottom, as Python would run it.
    fn run(&self, rows: &[Row]) -> Result<HashMap<String, Vec<Value>>, Fault> {
        let mut scene = self.scene.clone();
        self.bind_given(&mut scene);
        let mut found = HashMap::new();
        for row in rows {
            match valued(&mut scene, row, &row.whole()) {
                Ok(values) => {
                    if !self.is_ours(row, Some(&values)) {
                        scene.bind_found(&row.name, &values);
                    }
                    found.insert(row.name.clone(), values);
                }
                Err(fault) if fault.kind == FaultKind::Interrupt => return Err(fault),
                Err(_) if self.is_ours(row, None) => {}
                Err(_) => {
                    scene.forget(&row.name);
                    found.remove(&row.name);
                }
            }
        }
        Ok(found)
    }

    /// The gradient of the result is known from the start.
    fn bind_given(&self, scene: &mut Scene) {
        let given = self.bench.given();
        if let Some(gradient) = self.gradients.get(&given) {
            scene.bind(&given, &gradient.values(&gradient.total));
        }
    }

    /// Evaluates the lines before `stop`, each given the right values of all gradients of ours.
    fn walk(&self, rows: &[Row], stop: usize) -> Result<Walk, Fault> {
        let last: HashMap<&str, usize> = rows.iter().enumerate().map(|(at, row)| (row.name.as_str(), at)).collect();
        let mut walk = Walk { scene: self.scene.clone(), values: Vec::new(), own: HashMap::new(), late: Vec::new() };
        for (name, gradient) in &self.gradients {
            walk.scene.bind(name, &gradient.values(&gradient.total));
        }
        let mut named: HashSet<&str> = HashSet::new();
        for (at, row) in rows[..stop].iter().enumerate() {
            let late = self.late(row, at, &last, &named);
            if let Some(from) = late.filter(|&from| !self.gradients.contains_key(&rows[from].name)) {
                // What stands further down is needed here.
                if let Ok(values) = walk.scene.values(&rows[from].expression) {
                    walk.scene.bind_found(&rows[from].name, &values);
                }
            }
            let values = match self.gradients.get(&row.name) {
                Some(gradient) => gradient_line(&mut walk, row, gradient),
                None => self.other_line(&mut walk, row),
            };
            if let Err(fault) = &values
                && fault.kind == FaultKind::Interrupt
            {
                return Err(fault.clone());
            }
            named.insert(&row.name);
            walk.values.push(values);
            walk.late.push(late);
        }
        Ok(walk)
    }

    /// The line further down that completes what a line uses.
    fn late(&self, row: &Row, at: usize, last: &HashMap<&str, usize>, named: &HashSet<&str>) -> Option<usize> {
        let needs = |name: &&String| {
            **name != row.name
                && (self.gradients.contains_key(*name) || !named.contains(name.as_str()) && self.bench.forward(name).is_none())
        };
        row.uses.iter().filter(needs).filter_map(|name| last.get(name.as_str()).copied()).filter(|&from| from > at).min()
    }

    /// A line of a name of the student's own.
    fn other_line(&self, walk: &mut Walk, row: &Row) -> Result<Vec<Value>, Fault> {
        let found = valued(&mut walk.scene, row, &row.whole());
        match &found {
            Ok(values) if !self.is_ours(row, Some(values)) => walk.scene.bind_found(&row.name, values),
            Err(fault) if fault.kind != FaultKind::Interrupt && !self.is_ours(row, None) => walk.scene.forget(&row.name),
            _ => {}
        }
        found
    }

    /// What is found of every line by itself and of the lines of each gradient together.
    fn verdicts(&self, rows: &[Row]) -> Result<Verdicts, Fault> {
        let walk = self.walk(rows, rows.len())?;
        let mut found = Verdicts { lines: Vec::new(), wanted: vec![None; rows.len()], missing: Vec::new(), turned: Vec::new() };
        let used: HashSet<&str> = rows.iter().flat_map(|row| row.uses.iter().map(String::as_str)).collect();
        let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, row) in rows.iter().enumerate() {
            found.lines.push(self.line(rows, at, &walk, used.contains(row.name.as_str())));
            places.entry(&row.name).or_default().push(at);
        }
        for (name, places) in places {
            if let Some(gradient) = self.gradients.get(name) {
                self.group(gradient, rows, &places, &walk, &mut found);
            }
        }
        Ok(found)
    }

    /// What is known of a line by itself.
    fn line(&self, rows: &[Row], at: usize, walk: &Walk, used: bool) -> Line {
        let row = &rows[at];
        let is_gradient = self.gradients.contains_key(&row.name);
        let values = walk.values[at].as_ref();
        let verdict = match (is_gradient, values.is_ok(), walk.late[at]) {
            (false, false, _) if used && !self.is_ours(row, None) => Verdict::Wrong,
            // What is made of a gradient before that is whole is another number than what it is judged by.
            (false, true, Some(_)) if used && !self.is_ours(row, None) => Verdict::Place,
            (false, ..) => Verdict::Aside,
            (true, _, None) => Verdict::Right,
            (true, _, Some(_)) => Verdict::Place,
        };
        let says = match (values, walk.late[at]) {
            (_, Some(from)) => format!("it uses `{}`, which is complete only at line {}", rows[from].written, rows[from].number),
            (Err(fault), _) => fault.message.clone(),
            (Ok(_), _) => String::new(),
        };
        let value = values.ok().map(|values| values[0].clone());
        let line = Line { number: Some(row.number), text: row.text.clone(), name: row.written.clone(), value, says, ..Line::of(verdict) };
        match values.ok().and_then(|values| self.other_value(row, values)) {
            Some(ours) if !is_gradient => Line { wanted: Some(ours), says: "the forward pass has another value".to_owned(), ..line },
            _ => line,
        }
    }

    /// The value of a name in the forward pass, where it has another one here.
    fn other_value(&self, row: &Row, values: &[Value]) -> Option<Value> {
        let (mut ours, _) = self.bench.forward(&row.name)?;
        let same = self.is_ours(row, Some(values)) && !row.uses.is_empty() || values[0].is_same(&ours[0]);
        (!same).then(|| ours.swap_remove(0))
    }

    /// Judges the lines of one gradient.
    fn group(&self, gradient: &Gradient, rows: &[Row], places: &[usize], walk: &Walk, found: &mut Verdicts) {
        let handed = |&at: &usize| {
            let numbers = gradient.numbers(walk.values[at].as_ref().ok()?)?;
            Some(numbers.into_iter().map(|number| rows[at].factor() * number).collect())
        };
        let own: Vec<Own> = places.iter().map(|at| Own { at: *at, row: &rows[*at], numbers: handed(at) }).collect();
        let judged = parts::judge(gradient, &own, walk.own.get(&rows[places[0]].name));
        for (own, finding) in own.iter().zip(judged.findings) {
            self.tell(gradient, own, finding, found);
        }
        if judged.turned {
            found.turned.push(rows[places[0]].name.clone());
        }
        for part in judged.missing {
            let says = format!("no line adds what comes through `{}`", gradient.parts[part].stage);
            found.missing.push(lacking(&rows[places[0]].written, gradient, &gradient.parts[part].numbers, says));
        }
    }

    /// Notes what is found of a line.
    fn tell(&self, gradient: &Gradient, own: &Own, finding: Finding, found: &mut Verdicts) {
        let (row, at) = (own.row, own.at);
        let line = &mut found.lines[at];
        let said = |numbers: &Numbers| -> Numbers { numbers.iter().map(|number| row.factor() * number).collect() };
        match finding {
            Finding::Right => {}
            Finding::Place(why) => (line.verdict, line.says) = (Verdict::Place, why.to_owned()),
            Finding::Overwritten => (line.verdict, line.says) = (Verdict::Aside, "it is overwritten further down".to_owned()),
            Finding::Overwrites(sum) => {
                (line.verdict, line.slip) = (Verdict::Wrong, Some(Slip::Plus));
                (line.wanted, line.says) = (Some(gradient.first(&sum)), format!("after it `{}` should have this value", row.written));
            }
            Finding::Lacks(parts) => {
                let stages: Vec<String> = parts.iter().map(|&part| format!("`{}`", gradient.parts[part].stage)).collect();
                (line.verdict, line.wanted) = (Verdict::Wrong, Some(gradient.first(&gradient.total)));
                line.says = format!("what comes through {} is missing in it", stages.join(" and "));
            }
            Finding::Wrong(wanted) => {
                let shape = walk_shape(line.value.as_ref(), gradient);
                (line.verdict, line.wanted) = (Verdict::Wrong, Some(gradient.first(&said(&wanted))));
                if let Some(point) = own.numbers.as_ref().and_then(|numbers| gradient.by_chance(numbers, &wanted)) {
                    line.value = own.numbers.as_ref().map(|numbers| gradient.values(&said(numbers)).swap_remove(point));
                    line.wanted = Some(gradient.values(&said(&wanted)).swap_remove(point));
                    line.says = format!("{ALONE}; these are the values at {}", self.bench.place(point));
                } else if let Some(shape) = shape {
                    line.says = shape;
                }
                found.wanted[at] = Some(wanted);
            }
        }
    }

    /// All gradients of inputs are right: a gradient of a stage that others use, or that is right in the end, is so too.
    fn accept(&self, rows: &[Row], found: &mut Verdicts, held: &dyn Fn(&str) -> bool) {
        let used: HashSet<&String> = rows.iter().flat_map(|row| row.uses.iter().filter(|name| **name != row.name)).collect();
        for (at, row) in rows.iter().enumerate() {
            let line = &mut found.lines[at];
            let counted = matches!(line.verdict, Verdict::Place | Verdict::Wrong) && self.gradients.contains_key(&row.name);
            if counted && (used.contains(&row.name) || held(&row.name)) {
                *line = Line { verdict: Verdict::Right, wanted: None, slip: None, says: String::new(), ..line.clone() };
                found.wanted[at] = None;
            }
            found.turned.retain(|name| !(used.contains(name) || held(name)));
        }
    }

    /// Lines of gradients to which something that is not read may give other values are neither wrong nor missing.
    fn leave_unsettled(&self, pass: &Pass, found: &mut Verdicts) {
        for (at, row) in pass.rows.iter().enumerate() {
            let Some(number) = pass.unsettled.get(&row.name) else { continue };
            let line = &mut found.lines[at];
            found.wanted[at] = None;
            if matches!(line.verdict, Verdict::Wrong | Verdict::Place) {
                let says = format!("it is not judged: line {number}, which is not read, may give `{}` another value", row.written);
                *line = Line { verdict: Verdict::Aside, wanted: None, slip: None, says, ..line.clone() };
            }
        }
        found.turned.retain(|name| !pass.unsettled.contains_key(name));
        found.missing.retain(|line| {
            let own = self.aliases.get(&line.name).unwrap_or(&line.name);
            !pass.unsettled.contains_key(own)
        });
    }

    /// Gradients that are nowhere, though they are an input's or a line uses them.
    fn absent(&self, rows: &[Row]) -> Vec<Line> {
        let mut names: Vec<&String> = self.gradients.keys().collect();
        names.sort_unstable();
        let used: HashSet<&String> = rows.iter().flat_map(|row| &row.uses).collect();
        let given: HashSet<&String> = rows.iter().map(|row| &row.name).collect();
        let absent = names.into_iter().filter(|name| {
            let needed = self.gradients[*name].input || used.contains(*name);
            needed && **name != self.bench.given() && !given.contains(*name)
        });
        // Where only some inputs have gradients, perhaps no others were meant.
        let wanted = self.bench.inputs().into_iter().filter(|name| given.contains(name));
        let wanted: Vec<String> = wanted.filter_map(|name| self.bench.input_of(&name)).collect();
        let less = Remedy::Set { setting: "wrt", to: wanted.join(","), which: " where no other gradients are asked for" };
        let less = Some(less).filter(|_| !wanted.is_empty());
        absent
            .map(|name| {
                let gradient = &self.gradients[name];
                let remedy = less.clone().filter(|_| gradient.input && !used.contains(name));
                Line { remedy, ..lacking(name, gradient, &gradient.total, "no line computes it".to_owned()) }
            })
            .collect()
    }

    /// A line that is not right and has no point of its own, such as one of a name of the student's, costs that of the first line which
    /// uses its name; so a pass that is not right never has all points.
    fn charge(&self, rows: &[Row], lines: &[&Line], credits: &mut [Credit]) {
        let whole = |verdict: Verdict| matches!(verdict, Verdict::Right | Verdict::Aside);
        for line in lines.iter().filter(|line| !whole(line.verdict)) {
            let own = self.aliases.get(&line.name).unwrap_or(&line.name);
            let user = rows.iter().filter(|row| row.uses.contains(own)).map(|row| &row.name);
            let place = std::iter::once(own).chain(user).find_map(|name| credits.iter().position(|credit| credit.name == *name));
            let place = place.or_else(|| credits.iter().all(|credit| whole(credit.verdict)).then_some(0));
            if let Some(credit) = place.and_then(|place| credits.get_mut(place)).filter(|credit| whole(credit.verdict)) {
                credit.verdict = line.verdict;
            }
        }
    }

    /// What each gradient of ours gets: that of its lines, and one that the pass leaves out what those get that it hands on to.
    fn credits(&self, pass: &Pass, lines: &[Line], others: &[Line]) -> Vec<Credit> {
        let rows = &pass.rows;
        let missing: HashSet<&str> = others.iter().filter(|line| line.verdict == Verdict::Missing).map(|line| line.name.as_str()).collect();
        let mut of: HashMap<StageId, Verdict> = HashMap::new();
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        rows.iter().enumerate().for_each(|(at, row)| places.entry(row.name.as_str()).or_default().push(at));
        let mut credits = Vec::new();
        for (name, id) in self.bench.targets() {
            let own = places.remove(name.as_str()).unwrap_or_default();
            let worst =
                own.iter().map(|&at| lines[at].verdict).filter(|&verdict| verdict != Verdict::Aside).max_by_key(|verdict| verdict.weight());
            let lacks = own.iter().any(|&at| missing.contains(rows[at].written.as_str()));
            let verdict = match worst {
                Some(_) if lacks => worst.filter(|&worst| worst == Verdict::Wrong).unwrap_or(Verdict::Missing),
                Some(worst) => worst,
                // A line uses it that is right but for that.
                None if missing.contains(name.as_str()) => Verdict::Missing,
                None => self
                    .bench
                    .handed_to(id)
                    .filter_map(|to| of.get(&to).copied())
                    .max_by_key(|verdict| verdict.weight())
                    .unwrap_or(Verdict::Missing),
            };
            let verdict = if worst.is_none() && verdict == Verdict::Wrong { Verdict::Missing } else { verdict };
            let open = pass.unsettled.contains_key(&name) || pass.anything && verdict.weight() < Verdict::Look.weight();
            let verdict = if open { Verdict::Look } else { verdict };
            of.insert(id, verdict);
            let numbers = own.iter().map(|&at| rows[at].number).collect();
            credits.push(Credit { name, verdict, lines: numbers });
        }
        credits
    }
}

/// The values of a line's text; it is to be derived by hand.
fn valued(scene: &mut Scene, row: &Row, text: &str) -> Result<Vec<Value>, Fault> {
    if row.derives {
        let message = format!("`{DERIVATIVE}` differentiates, and what is compared is derived by hand");
        return Err(Fault::new(FaultKind::Name, Span::default(), message));
    }
    scene.values(text)
}

/// A line of a gradient of ours, given what the lines before it have made of it.
fn gradient_line(walk: &mut Walk, row: &Row, gradient: &Gradient) -> Result<Vec<Value>, Fault> {
    let so_far = walk.own.get(&row.name).cloned();
    let own = row.uses.contains(&row.name);
    match (&so_far, own) {
        (Some(numbers), true) => walk.scene.bind(&row.name, &gradient.values(numbers)),
        (None, true) => {
            let message = format!("`{}` has no value yet", shortened(&row.written));
            return Err(Fault::new(FaultKind::Name, Span::default(), message));
        }
        _ => {}
    }
    let found = valued(&mut walk.scene, row, &row.expression);
    if own {
        walk.scene.bind(&row.name, &gradient.values(&gradient.total));
    }
    let values = match found {
        Ok(values) => values,
        Err(fault) => {
            // What it would have made of it is not known.
            walk.own.remove(&row.name);
            return Err(fault);
        }
    };
    let numbers = gradient.numbers(&values).map(|numbers| match (row.adds(), so_far) {
        (true, before) => {
            let before = before.unwrap_or_else(|| gradient.zeros());
            before.iter().zip(&numbers).map(|(before, number)| before + row.factor() * number).collect()
        }
        (false, _) => numbers,
    });
    match numbers {
        Some(numbers) => walk.own.insert(row.name.clone(), numbers),
        None => walk.own.remove(&row.name),
    };
    Ok(values)
}

/// What is said where a line's value has another shape than its gradient.
fn walk_shape(value: Option<&Value>, gradient: &Gradient) -> Option<String> {
    let shape = value?.shape();
    (shape != gradient.shape).then(|| format!("it is {}, and must be {}", shape.spoken(), gradient.shape.spoken()))
}

/// A line that is missing.
fn lacking(name: &str, gradient: &Gradient, wanted: &Numbers, says: String) -> Line {
    Line { name: name.to_owned(), wanted: Some(gradient.first(wanted)), says, ..Line::of(Verdict::Missing) }
}
