//! A hand-derived backward pass compared with ours, line by line, given the forward pass.
//!
//! Every line is held against the values of ours that it uses, so that one mistake is told once. What is said of a slip has been
//! tried: a candidate is a text that is evaluated in the line's place. No file is read.

mod bench;
mod parts;
mod pass;
mod slips;

use super::Session;
use crate::forms::StageId;
use crate::forms::parse::tokens::{self, Kind};
use crate::ground::budget::Budget;
use crate::ground::text::shortened;
use crate::ground::{Cancellation, Fault, FaultKind, Span, Value};
use crate::views::Answer;
use crate::views::against::{Comparison, Credit, Line, Slip, Verdict};
use crate::vocabulary::DERIVATIVE;
use bench::{Bench, Gradient, Numbers, Scene};
use hashbrown::{HashMap, HashSet};
use parts::{Finding, Own};
use pass::{Act, Pass, Row};
use slips::Means;
use std::collections::BTreeMap;

/// The bytes that what is judged may take, where the forward pass takes little.
const ROOM: usize = 1 << 26;

/// How many times the bytes of the forward and the backward pass it may take.
const ROOMS: usize = 8;

/// Of how many wrong lines the slip is sought.
const MOST_SOUGHT: usize = 20;

/// How many names may stand in the place of another.
const MOST_NAMES: usize = 16;

/// The fewest and the most texts that are tried in the place of a line, and how many numbers all of them may take.
const TRIED: (usize, usize, usize) = (60, 5_000, 1 << 26);

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
        let known = bench.known();
        let pass = pass::read(text, &known)?;
        // Numbers alone are right or wrong at the given inputs.
        if pass.rows.iter().any(|row| known.own.contains(&row.name) && !row.uses.is_empty()) {
            bench.add_points(&self.scratch.limits.cancellation)?;
        }
        let mut session = self.clone();
        let room = ROOM.max(bench.bytes().saturating_mul(ROOMS)).min(self.settings.budget);
        session.scratch.limits.budget = Budget::of(room);
        let judge = Judge::new(&session, bench, &pass);
        let (lines, gradients) = judge.compare(&pass)?;
        Ok(Comparison { name: name.to_owned(), lines, gradients })
    }
}

/// What a pass is judged by.
struct Judge<'a> {
    bench: Bench<'a>,
    /// The gradients of ours that the pass speaks of.
    gradients: HashMap<String, Gradient>,
    /// What stands for what before its first line.
    scene: Scene,
    aliases: &'a HashMap<String, String>,
}

/// What becomes of the lines of a pass, each given the right values of the gradients that it uses.
struct Walk {
    scene: Scene,
    /// The values of what each line computes, or why it has none.
    values: Vec<Result<Vec<Value>, String>>,
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

impl<'a> Judge<'a> {
    fn new(session: &Session, bench: Bench<'a>, pass: &'a Pass) -> Self {
        let mut words: HashSet<String> = pass.rows.iter().flat_map(|row| row.uses.iter().cloned().chain([row.name.clone()])).collect();
        for function in &pass.functions {
            let tokens = tokens::all(function);
            words.extend(tokens.iter().filter(|token| token.kind == Kind::Name).map(|token| token.span.of(function).to_owned()));
        }
        let mut scene = bench.scene(session, &words);
        pass.functions.iter().for_each(|function| scene.define(function));
        let spoken = words.iter().cloned().chain(bench.inputs());
        let gradients = spoken.filter_map(|name| bench.gradient(&name).map(|gradient| (name, gradient))).collect();
        Self { bench, gradients, scene, aliases: &pass.aliases }
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
        self.search(rows, &mut found)?;
        let mut lines = pass.lines.clone();
        if !accepted {
            lines.append(&mut found.missing);
            lines.extend(self.absent(rows));
        }
        let credits = self.credits(rows, &found.lines, &lines);
        let shown = |(row, line): (&Row, Line)| if self.is_silent(row, &line) { None } else { Some(line) };
        lines.extend(rows.iter().zip(found.lines).filter_map(shown));
        lines.iter_mut().for_each(|line| self.trim(line));
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
    fn trim(&self, line: &mut Line) {
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
                        scene.bind(&row.name, &values);
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
                    walk.scene.bind(&rows[from].name, &values);
                }
            }
            let values = match self.gradients.get(&row.name) {
                Some(gradient) => gradient_line(&mut walk, row, gradient),
                None => self.other_line(&mut walk, row),
            };
            let values = match values {
                Err(fault) if fault.kind == FaultKind::Interrupt => return Err(fault),
                values => values.map_err(|fault| fault.message),
            };
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
            Ok(values) if !self.is_ours(row, Some(values)) => walk.scene.bind(&row.name, values),
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
            found.lines.push(self.line(rows, row, at, &walk, used.contains(row.name.as_str())));
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
    fn line(&self, rows: &[Row], row: &Row, at: usize, walk: &Walk, used: bool) -> Line {
        let is_gradient = self.gradients.contains_key(&row.name);
        let values = walk.values[at].as_ref();
        let verdict = match (is_gradient, values.is_ok(), walk.late[at]) {
            (false, false, _) if used && !self.is_ours(row, None) => Verdict::Wrong,
            (false, ..) => Verdict::Aside,
            (true, _, None) => Verdict::Right,
            (true, _, Some(_)) => Verdict::Place,
        };
        let says = match (values, walk.late[at]) {
            (_, Some(from)) => format!("it uses `{}`, which is complete only at line {}", rows[from].written, rows[from].number),
            (Err(message), _) => message.clone(),
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
        let own: Vec<Own> = places.iter().map(|at| Own { row: &rows[*at], numbers: handed(at) }).collect();
        let judged = parts::judge(gradient, &own, walk.own.get(&rows[places[0]].name));
        for ((&at, own), finding) in places.iter().zip(&own).zip(judged.findings) {
            self.tell(gradient, rows, own, finding, at, found);
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
    fn tell(&self, gradient: &Gradient, rows: &[Row], own: &Own, finding: Finding, at: usize, found: &mut Verdicts) {
        let row = &rows[at];
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
                if let Some(point) = own.numbers.as_ref().and_then(|numbers| self.bench.by_chance(gradient, numbers, &wanted)) {
                    line.value = own.numbers.as_ref().map(|numbers| gradient.values(&said(numbers)).swap_remove(point));
                    line.wanted = Some(gradient.values(&said(&wanted)).swap_remove(point));
                    line.says = format!("it is right at the given inputs alone; these are the values at {}", self.bench.place(point));
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
        absent.map(|name| lacking(name, &self.gradients[name], &self.gradients[name].total, "no line computes it".to_owned())).collect()
    }

    /// Names the slips of wrong lines, as long as there is time.
    fn search(&self, rows: &[Row], found: &mut Verdicts) -> Result<(), Fault> {
        match self.search_all(rows, found) {
            Err(fault) if fault.kind == FaultKind::Interrupt && self.cancellation().is_out_of_time() => Ok(()),
            searched => searched,
        }
    }

    fn cancellation(&self) -> &Cancellation {
        self.scene.cancellation()
    }

    fn search_all(&self, rows: &[Row], found: &mut Verdicts) -> Result<(), Fault> {
        for name in found.turned.clone() {
            self.blame_turned(rows, &name, found)?;
        }
        if self.blame_temporary(rows, found)? {
            return Ok(());
        }
        let sought: Vec<usize> = (0..rows.len()).filter(|&at| found.wanted[at].is_some()).take(MOST_SOUGHT).collect();
        for at in sought {
            if rows[at].act != Act::Turns && !rows[at].derives {
                self.repair(rows, at, found)?;
            }
        }
        Ok(())
    }

    /// What may stand in a line of some gradients.
    fn means<'g>(&self, targets: impl Iterator<Item = &'g Gradient>, scene: &mut Scene, row: &Row) -> Means {
        let gradients = self.gradients.keys().cloned().collect();
        let mut means = Means { names: Vec::new(), arriving: Vec::new(), gradients, arrays: Vec::new() };
        for gradient in targets {
            for (name, values) in self.bench.near(gradient.id, MOST_NAMES) {
                // What the pass speaks of has its value already, perhaps one of its own.
                if !row.uses.contains(&name) {
                    scene.bind(&name, &values);
                }
                if !values[0].shape().is_scalar() {
                    means.arrays.push(name.clone());
                }
                means.names.push(name);
            }
            for part in &gradient.parts {
                if let Some(arriving) = self.bench.gradient(&part.arriving) {
                    scene.bind(&part.arriving, &arriving.values(&arriving.total));
                    if !arriving.shape.is_scalar() {
                        means.arrays.push(part.arriving.clone());
                    }
                }
                means.gradients.insert(part.arriving.clone());
                means.arriving.push(part.arriving.clone());
            }
        }
        for list in [&mut means.names, &mut means.arriving, &mut means.arrays] {
            let mut seen = HashSet::new();
            list.retain(|name| seen.insert(name.clone()));
            list.truncate(MOST_NAMES);
        }
        means
    }

    /// How many texts are tried in the place of a line.
    fn effort(&self) -> usize {
        let (least, most, numbers) = TRIED;
        (numbers / (self.bench.bytes() / size_of::<f64>()).max(1)).clamp(least, most)
    }

    /// Names the slip of a wrong line, where putting it right makes it match.
    fn repair(&self, rows: &[Row], at: usize, found: &mut Verdicts) -> Result<(), Fault> {
        let row = &rows[at];
        let (Some(gradient), Some(wanted)) = (self.gradients.get(&row.name), found.wanted[at].as_ref()) else { return Ok(()) };
        let mut scene = self.walk(rows, at)?.scene;
        // The parts that it is to be, where it is to be one.
        let meant: Vec<bench::Part> = gradient.parts.iter().filter(|part| gradient.is_close(&part.numbers, wanted)).cloned().collect();
        let all = if meant.is_empty() { gradient.clone() } else { Gradient { parts: meant, ..gradient.clone() } };
        let means = self.means(std::iter::once(&all), &mut scene, row);
        let signed = |numbers: &[f64]| -> Numbers { numbers.iter().map(|number| row.factor() * number).collect() };
        let line = Sought { row, gradient: &all, wanted: signed(wanted) };
        let mut mended = self.mended(&line, &means, &mut scene)?;
        let values = scene.values(&row.expression).unwrap_or_default();
        let own = gradient.numbers(&values).filter(|own| own.len() == wanted.len());
        let mut lost = None;
        if let Some(own) = own.as_ref().filter(|_| mended.iter().all(|(slip, _)| *slip != Slip::Factor)) {
            lost = all
                .parts
                .iter()
                .find(|part| part.local.as_ref().is_some_and(|local| line.is_wanted(&times(own, local))))
                .map(|part| part.stage.clone());
            mended.extend(self.factor(&line, own).or_else(|| lost.is_some().then(String::new)).map(|text| (Slip::Factor, text)));
        }
        // Another operand may have another shape.
        let own = signed(&values.iter().flat_map(Value::numbers).copied().collect::<Numbers>());
        let same = |part: &&bench::Part| self.bench.siblings(gradient, part).iter().any(|sibling| gradient.is_close(&own, sibling));
        let beside = all.parts.iter().filter(|_| own.iter().any(|number| *number != 0.0)).find(same).map(|part| part.product);
        if let Some((slip, text)) = slips::chosen(&mended, beside, &means, &row.uses) {
            let line = &mut found.lines[at];
            line.slip = Some(slip);
            line.says = match (text.filter(|text| !text.is_empty()), lost) {
                (Some(text), _) => self.would_be(row, &text),
                (None, Some(stage)) if slip == Slip::Factor => format!("the local gradient of `{stage}`"),
                _ => String::new(),
            };
        }
        Ok(())
    }

    /// The texts that would be right in the place of a line's, one for each kind of slip.
    fn mended(&self, line: &Sought, means: &Means, scene: &mut Scene) -> Result<Vec<slips::Mended>, Fault> {
        let size = line.gradient.shape.size();
        let near = |value: &Value| {
            line.gradient.numbers(std::slice::from_ref(value)).is_some_and(|own| line.gradient.is_close(&own, &line.wanted[..size]))
        };
        let mut mended: Vec<slips::Mended> = Vec::new();
        for (slip, text) in slips::candidates(&line.row.expression, means).into_iter().take(self.effort()) {
            if mended.iter().any(|(known, _)| *known == slip) {
                continue;
            }
            match scene.values_while(&text, near) {
                Err(fault) if fault.kind == FaultKind::Interrupt => return Err(fault),
                Ok(values) if line.gradient.numbers(&values).is_some_and(|own| line.is_wanted(&own)) => mended.push((slip, text)),
                _ => {}
            }
        }
        Ok(mended)
    }

    /// A factor of the line as a whole that makes it right.
    fn factor(&self, line: &Sought, own: &Numbers) -> Option<String> {
        let text = line.row.expression.as_str();
        let sizes = self
            .bench
            .sizes()
            .into_iter()
            .flat_map(|size| [(format!("(?)*{size}"), size as f64), (format!("(?)/{size}"), 1.0 / size as f64)]);
        let plain = [("2*(?)", 2.0), ("0.5*(?)", 0.5), ("3*(?)", 3.0), ("(?)/3", 1.0 / 3.0), ("4*(?)", 4.0)];
        for (form, factor) in plain.map(|(form, factor)| (form.to_owned(), factor)).into_iter().chain(sizes) {
            if line.is_wanted(&own.iter().map(|number| number * factor).collect::<Numbers>()) {
                return Some(form.replace('?', text));
            }
        }
        for (name, values) in self.bench.near(line.gradient.id, MOST_NAMES) {
            let Some(numbers) = line.gradient.spread(&values) else { continue };
            for (form, of) in slips::FACTORS {
                if line.is_wanted(&times(own, &numbers.iter().map(|&number| of(number)).collect::<Numbers>())) {
                    return Some(form.replace('#', &name).replace('?', text));
                }
            }
        }
        None
    }

    /// The line with another expression, in its own words.
    fn would_be(&self, row: &Row, expression: &str) -> String {
        let names: HashMap<String, String> = self.aliases.iter().map(|(written, own)| (own.clone(), written.clone())).collect();
        let sign = if row.act == Act::Adds && row.sign == "=" { "+=" } else { &row.sign };
        format!("`{} {sign} {}` would be right", row.written, pass::renamed(expression, &names))
    }

    /// The lines of a gradient of which one makes another value of it: the line is to blame that can be put right.
    fn blame_turned(&self, rows: &[Row], name: &str, found: &mut Verdicts) -> Result<(), Fault> {
        let gradient = &self.gradients[name];
        let kept: Vec<usize> =
            (0..rows.len()).filter(|&at| rows[at].name == name || !self.gradients.contains_key(&rows[at].name)).collect();
        let places: Vec<usize> = kept.iter().copied().filter(|&at| rows[at].name == name).collect();
        for &at in &places {
            let mut judge = self.scene.clone();
            let means = self.means(std::iter::once(gradient), &mut judge, &rows[at]);
            for (slip, text) in slips::candidates(&rows[at].expression, &means).into_iter().take(self.effort() / 4) {
                let mut mended: Vec<Row> = kept.iter().map(|&at| rows[at].clone()).collect();
                let place = kept.iter().position(|&kept| kept == at).unwrap_or_default();
                mended[place].expression.clone_from(&text);
                let walk = self.walk(&mended, mended.len())?;
                if walk.own.get(name).is_some_and(|own| gradient.is_close(own, &gradient.total)) {
                    for &other in &places {
                        found.lines[other].verdict = Verdict::Right;
                        (found.lines[other].wanted, found.wanted[other]) = (None, None);
                    }
                    let line = &mut found.lines[at];
                    (line.verdict, line.slip) = (Verdict::Wrong, Some(slip));
                    line.wanted = walk.values[place].as_ref().ok().map(|values| values[0].clone());
                    line.says = self.would_be(&rows[at], &text);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Where the lines that are wrong are all those that use one line of the student's own, that line is the wrong one.
    fn blame_temporary(&self, rows: &[Row], found: &mut Verdicts) -> Result<bool, Fault> {
        let faulty: Vec<usize> = (0..rows.len()).filter(|&at| found.wanted[at].is_some()).collect();
        if faulty.len() < 2 {
            return Ok(false);
        }
        let suspects: Vec<usize> = (0..rows.len())
            .filter(|&at| {
                found.lines[at].verdict == Verdict::Aside && found.lines[at].value.is_some() && !self.gradients.contains_key(&rows[at].name)
            })
            .filter(|&at| reached(rows, at, &|row| self.gradients.contains_key(&row.name)) == faulty)
            .collect();
        // The last of them is the nearest to what is wrong.
        for &at in suspects.iter().rev() {
            if self.mend_temporary(rows, at, &faulty, found)? {
                return Ok(true);
            }
        }
        if let Some(&at) = suspects.last() {
            let line = &mut found.lines[at];
            (line.verdict, line.says) = (Verdict::Wrong, "every line that uses it comes out wrong".to_owned());
        }
        Ok(false)
    }

    fn mend_temporary(&self, rows: &[Row], at: usize, faulty: &[usize], found: &mut Verdicts) -> Result<bool, Fault> {
        let mut scene = self.scene.clone();
        let means = self.means(faulty.iter().filter_map(|&user| self.gradients.get(&rows[user].name)), &mut scene, &rows[at]);
        let judge = Judge { bench: self.bench.clone(), gradients: self.gradients.clone(), scene, aliases: self.aliases };
        for (slip, text) in slips::candidates(&rows[at].expression, &means).into_iter().take(self.effort() / 4) {
            let mut mended = rows.to_vec();
            mended[at].expression.clone_from(&text);
            let again = judge.verdicts(&mended)?;
            if faulty.iter().all(|&user| again.lines[user].verdict == Verdict::Right) {
                for &user in faulty {
                    (found.lines[user], found.wanted[user]) = (again.lines[user].clone(), None);
                }
                let line = &mut found.lines[at];
                (line.verdict, line.slip, line.wanted) = (Verdict::Wrong, Some(slip), again.lines[at].value.clone());
                line.says = self.would_be(&rows[at], &text);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What each gradient of ours gets: that of its lines, and one that the pass leaves out what those get that it hands on to.
    fn credits(&self, rows: &[Row], lines: &[Line], others: &[Line]) -> Vec<Credit> {
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
                None => self
                    .bench
                    .handed_to(id)
                    .filter_map(|to| of.get(&to).copied())
                    .max_by_key(|verdict| verdict.weight())
                    .unwrap_or(Verdict::Missing),
            };
            let verdict = if worst.is_none() && verdict == Verdict::Wrong { Verdict::Missing } else { verdict };
            of.insert(id, verdict);
            let numbers = own.iter().map(|&at| rows[at].number).collect();
            credits.push(Credit { name, verdict, lines: numbers });
        }
        credits
    }
}

/// A wrong line whose slip is sought: its gradient, of which only the parts are there that it is to be, and what its right side
/// should be.
struct Sought<'a> {
    row: &'a Row,
    gradient: &'a Gradient,
    wanted: Numbers,
}

impl Sought<'_> {
    fn is_wanted(&self, numbers: &[f64]) -> bool {
        self.gradient.is_close(numbers, &self.wanted)
    }
}

fn times(one: &[f64], other: &[f64]) -> Numbers {
    one.iter().zip(other).map(|(one, other)| one * other).collect()
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
    let values = found?;
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
    (shape != gradient.shape).then(|| format!("it is {shape}, and must be {}", gradient.shape))
}

/// A line that is missing.
fn lacking(name: &str, gradient: &Gradient, wanted: &Numbers, says: String) -> Line {
    Line { name: name.to_owned(), wanted: Some(gradient.first(wanted)), says, ..Line::of(Verdict::Missing) }
}

/// The lines of gradients that the value of a line reaches through names of the student's own.
fn reached(rows: &[Row], from: usize, is_gradient: &dyn Fn(&Row) -> bool) -> Vec<usize> {
    let mut names: HashSet<&str> = HashSet::from([rows[from].name.as_str()]);
    let mut found = Vec::new();
    for (at, row) in rows.iter().enumerate().skip(from + 1) {
        let uses = row.uses.iter().any(|used| names.contains(used.as_str()));
        match (uses, is_gradient(row)) {
            (true, true) => found.push(at),
            (true, false) => drop(names.insert(&row.name)),
            // It has another value from here on.
            (false, false) => drop(names.remove(row.name.as_str())),
            (false, true) => {}
        }
    }
    found
}
