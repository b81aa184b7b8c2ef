//! The search for slips: texts are tried in the place of a wrong line until one makes it right, as long as there is time.
//!
//! Knows the bench and the verdicts; which texts are tried, and which slip is named, `slips` knows.

use super::bench::{Gradient, Numbers, Part, Scene};
use super::pass::{self, Act, Row};
use super::slips::{self, Means};
use super::{ALONE, Judge, Verdicts};
use crate::ground::{Cancellation, Fault, FaultKind, Value};
use crate::views::against::{Slip, Verdict};
use crate::vocabulary::library::PUT;
use hashbrown::{HashMap, HashSet};

/// Of how many wrong lines the slip is sought.
const MOST_SOUGHT: usize = 20;

/// How many names may stand in the place of another.
const MOST_NAMES: usize = 16;

/// The fewest and the most texts that are tried in the place of a line, and how many numbers all of them may take.
const TRIED: (usize, usize, usize) = (60, 5_000, 1 << 26);

impl Judge<'_, '_> {
    /// Names the slips of wrong lines, as long as there is time.
    pub(super) fn search(&self, rows: &[Row], found: &mut Verdicts) -> Result<(), Fault> {
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
        // Whatever is multiplied by 0 is 0, and numbers alone speak of one point.
        if gradient.is_nothing(wanted) {
            return Ok(());
        }
        let mut scene = self.walk(rows, at)?.scene;
        // The parts that it is to be, where it is to be one.
        let meant: Vec<Part> = gradient.parts.iter().filter(|part| gradient.is_close(&part.numbers, wanted)).cloned().collect();
        let gradient = &if meant.is_empty() { gradient.clone() } else { Gradient { parts: meant, ..gradient.clone() } };
        let means = self.means(std::iter::once(gradient), &mut scene, row);
        let line = Sought { row, gradient, wanted: signed(row, wanted) };
        let mut mended = self.mended(&line, &means, &mut scene)?;
        if self.bench.is_alone() && row.uses.is_empty() {
            mended.retain(|(slip, _)| *slip == Slip::Sign);
        }
        let values = scene.values(&row.expression).unwrap_or_default();
        let own = gradient.numbers(&values).filter(|own| own.len() == wanted.len());
        let own = own.filter(|_| !(self.bench.is_alone() && row.uses.is_empty()) && mended.iter().all(|(slip, _)| *slip != Slip::Factor));
        let lost = own.as_ref().and_then(|own| line.without_local(own));
        let factor = own.as_ref().and_then(|own| self.factor(&line, own)).or_else(|| lost.map(|_| String::new()));
        mended.extend(factor.map(|text| (Slip::Factor, text)));
        let Some((slip, text)) = slips::chosen(&mended, self.beside(&line, &values), &means, &row.uses) else { return Ok(()) };
        let chance = Some(std::mem::take(&mut found.lines[at].says)).filter(|says| says.starts_with(ALONE));
        found.lines[at].slip = Some(slip);
        found.lines[at].says = match (text.filter(|text| !text.is_empty()), lost) {
            (Some(text), _) => self.would_be(row, &text),
            (None, Some(part)) if slip == Slip::Factor => format!("the local gradient of `{}`", part.stage),
            _ => String::new(),
        };
        if let Some(chance) = chance {
            let gap = if found.lines[at].says.is_empty() { "" } else { "; " };
            found.lines[at].says.extend([gap, &chance]);
        }
        Ok(())
    }

    /// Whether a line is what another operand gets of the same stage, and then whether the stage is a product.
    fn beside(&self, line: &Sought, values: &[Value]) -> Option<bool> {
        // Another operand may have another shape.
        let own = signed(line.row, &values.iter().flat_map(Value::numbers).copied().collect::<Numbers>());
        let same = |part: &&Part| self.bench.siblings(line.gradient, part).iter().any(|sibling| line.gradient.is_close(&own, sibling));
        let something = own.iter().any(|number| *number != 0.0);
        line.gradient.parts.iter().filter(|_| something).find(same).map(|part| part.product)
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
        format!("`{} {sign} {}` would be right", row.written, pass::renamed(&expression.replace(PUT, "put"), &names))
    }

    /// The lines of a gradient of which one makes another value of it: the line is to blame that can be put right.
    fn blame_turned(&self, rows: &[Row], name: &str, found: &mut Verdicts) -> Result<(), Fault> {
        let gradient = &self.gradients[name];
        let kept: Vec<usize> =
            (0..rows.len()).filter(|&at| rows[at].name == name || !self.gradients.contains_key(&rows[at].name)).collect();
        let places: Vec<usize> = kept.iter().copied().filter(|&at| rows[at].name == name).collect();
        for &at in &places {
            let mut scene = self.scene.clone();
            let means = self.means(std::iter::once(gradient), &mut scene, &rows[at]);
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
                let name = &rows[at].name;
                let own = !self.gradients.contains_key(name) && self.bench.forward(name).is_none();
                found.lines[at].verdict == Verdict::Aside && found.lines[at].value.is_some() && own
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

    /// The part whose local gradient is all that it lacks.
    fn without_local(&self, own: &[f64]) -> Option<&'_ Part> {
        let lacks = |part: &&Part| part.local.as_ref().is_some_and(|local| self.is_wanted(&times(own, local)));
        self.gradient.parts.iter().find(lacks)
    }
}

fn times(one: &[f64], other: &[f64]) -> Numbers {
    one.iter().zip(other).map(|(one, other)| one * other).collect()
}

/// Numbers of a gradient as the right side of a line has them, or the other way round.
fn signed(row: &Row, numbers: &[f64]) -> Numbers {
    numbers.iter().map(|number| row.factor() * number).collect()
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
