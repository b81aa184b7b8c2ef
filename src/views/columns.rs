//! The view of engines: an answer's stages as new columns of a table, in layers.
//!
//! Knows which stages are columns: results, what is used twice, and what would nest too deep; all else stands in the expressions that
//! use it. How a query looks, its language knows.

use super::identifiers::Identifiers;
use super::{Answer, Page, Role};
use crate::calculus::restage::{Means, Restaged};
use crate::forms::target::Dialect;
use crate::forms::target::columns::Columns;
use crate::forms::target::sql::{self, ENGINES, Engine};
use crate::forms::{Program, StageId};
use crate::ground::Span;
use crate::ground::text::{one_line, shortened};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Family, Fragment, Written};
use std::collections::{HashMap, HashSet};
use std::io;

/// Where the columns are that an answer's inputs stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The engine that has the table.
    pub engine: Option<&'static str>,
    /// The table.
    pub table: Option<String>,
    /// Its columns that stand beside the results.
    pub keep: Vec<String>,
}

/// Why an answer cannot be shown.
#[derive(Debug)]
pub struct Refusal {
    /// Its place in the text, where it has one.
    pub place: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// How deep an expression nests before a part of it is a column: some parsers take no more than fifty.
const DEEPEST: usize = 16;

/// Shows the query of an engine.
///
/// # Errors
/// When the page cannot be written.
pub fn show_sql(answer: &Answer, page: &mut dyn Page) -> io::Result<()> {
    let Ok((engine, table, columns)) = query(answer) else { return Ok(()) };
    page.put(Role::Plain, &engine.query(&columns.view(answer, &engine.dialect), table))
}

/// Why there is no query for an answer.
pub fn refuse_sql(answer: &Answer) -> Option<Refusal> {
    query(answer).err()
}

fn refuse<T>(place: Option<Span>, message: String, help: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { place, message, help: help.into() })
}

fn query(answer: &Answer) -> Result<(&'static Engine, &str, Layered), Refusal> {
    let names: Vec<&str> = ENGINES.iter().map(|engine| engine.name).collect();
    let Some(engine) = answer.place.engine.and_then(sql::named) else {
        return refuse(None, "SQL differs from engine to engine".to_owned(), format!("name one with `--dialect`: {}", names.join(", ")));
    };
    let Some(table) = answer.place.table.as_deref() else {
        return refuse(None, "a query needs a table".to_owned(), "name it with `--table`, as in `--table readings`");
    };
    if !answer.program.is_plain() {
        let help = "`--scalars` writes arrays out in single numbers, each a column; `--as python` prints a function of arrays";
        return refuse(None, "a column is a number in each row, and this has arrays".to_owned(), help);
    }
    let layered = Layered::of(answer, &engine.dialect, &|gate| engine.text(gate), &answer.place.keep);
    let program = &layered.program;
    if let Some(lacking) = layered.lacking(&|gate| (engine.dialect.entry)(gate).is_some()) {
        let gate = program.gate(lacking).row().name;
        let help = "`--rows` evaluates it for each row of a file, and `--as numpy` prints a function of columns";
        return refuse(Some(program.span(lacking)), format!("`{gate}` cannot be printed in {}", engine.dialect.title), help);
    }
    if engine.folds
        && let Some(pair) = layered.alike()
    {
        let message = format!("the columns `{}` and `{}` are one to {}", shortened(&pair[0]), shortened(&pair[1]), engine.title);
        return refuse(None, message, "give one of them another name");
    }
    let (layers, widest) = (layered.layers.len(), layered.widest());
    let help = "`--rows` evaluates it for each row of a file, without a limit; or ask for fewer gradients with `--wrt`";
    if layers > engine.layers {
        return refuse(None, format!("it takes {layers} layers of columns, and {} at most plans {}", engine.title, engine.layers), help);
    }
    if widest > engine.columns {
        return refuse(None, format!("a layer has {widest} columns, and {} takes some {}", engine.title, engine.columns), help);
    }
    Ok((engine, table, layered))
}

/// The stages of an answer as columns in layers.
pub(super) struct Layered {
    program: Program,
    inputs: Vec<(String, StageId)>,
    kept: Vec<String>,
    layers: Vec<Vec<StageId>>,
    names: HashMap<StageId, String>,
    results: Vec<(String, StageId)>,
    given: Vec<(String, f64)>,
}

impl Layered {
    pub(super) fn of(answer: &Answer, dialect: &'static Dialect, text: &dyn Fn(Gate) -> Option<&'static str>, keep: &[String]) -> Self {
        let value = |id: StageId| answer.values.slice(id).first().copied().filter(|number| !number.is_nan());
        let mut restaged = Restaged::of(&answer.program, answer.forward, &Means { text, given: &value, folds: true });
        let names = answer.names();
        let identifiers = Identifiers::new(answer, &names, dialect, false);
        let inputs: Vec<StageId> = answer.leaves().filter(|&leaf| answer.program.gate(leaf) == Gate::Input).collect();
        let key = |id: StageId| names.of(id).unwrap_or_default().to_owned();
        let mut results = vec![(identifiers.of(answer.output).unwrap_or("f").to_owned(), restaged.place(answer.output))];
        for &input in inputs.iter().filter(|&&input| answer.backward.is_some() && answer.program.is_active(input)) {
            let adjoint = answer.backward.as_ref().and_then(|backward| backward.adjoint(input));
            let place = match adjoint {
                Some(adjoint) => restaged.place(adjoint),
                None => restaged.program.add_constant(0.0, None, Span::default()),
            };
            results.push((identifiers.gradient(input).unwrap_or_default().to_owned(), place));
        }
        let given = inputs.iter().filter_map(|&id| Some((key(id), value(id)?))).collect();
        let columns: Vec<(String, StageId)> =
            inputs.iter().filter(|&&id| value(id).is_none()).map(|&id| (key(id), restaged.place(id))).collect();
        let ids: Vec<StageId> = results.iter().map(|&(_, id)| id).collect();
        let chosen = chosen(&restaged.program, dialect, &ids);
        let layers = layers(&restaged.program, &chosen);
        let kept: Vec<String> = keep.iter().filter(|kept| columns.iter().all(|(key, _)| key != *kept)).cloned().collect();
        let names = called(answer, &restaged, identifiers, &columns, &chosen, &kept);
        // The output may be a column of the table itself.
        if let Some((key, _)) = results.first_mut().filter(|(key, _)| columns.iter().any(|(column, _)| column == key)) {
            "f".clone_into(key);
            while columns.iter().any(|(column, _)| column == key) || kept.contains(key) {
                key.push('_');
            }
        }
        Self { program: restaged.program, inputs: columns, kept, layers, names, results, given }
    }

    pub(super) fn view<'a>(&'a self, answer: &'a Answer, dialect: &'static Dialect) -> Columns<'a> {
        Columns {
            program: &self.program,
            symbols: &answer.symbols,
            dialect,
            expression: one_line(&answer.expression).into_owned(),
            inputs: &self.inputs,
            kept: &self.kept,
            layers: &self.layers,
            names: &self.names,
            results: &self.results,
            given: &self.given,
        }
    }

    /// The first stage of the columns whose gate a language does not have.
    pub(super) fn lacking(&self, has: &dyn Fn(Gate) -> bool) -> Option<StageId> {
        let columns = self.layers.iter().flatten().copied().chain(self.results.iter().map(|&(_, id)| id));
        columns.flat_map(|id| self.stands_in(id)).find(|&id| !has(self.gate(id)))
    }

    /// The gate of a stage.
    pub(super) fn gate(&self, id: StageId) -> Gate {
        self.program.gate(id)
    }

    /// Where a stage stands in the text.
    pub(super) fn span(&self, id: StageId) -> Span {
        self.program.span(id)
    }

    /// How many layers there are.
    pub(super) fn depth(&self) -> usize {
        self.layers.len()
    }

    /// The stages that stand in a column's expression, its own first.
    fn stands_in(&self, id: StageId) -> Vec<StageId> {
        let is_leaf = |id: StageId| matches!(self.program.gate(id), Gate::Input | Gate::Constant);
        let (mut found, mut rest) = (Vec::new(), vec![id]);
        while let Some(id) = rest.pop().filter(|&id| !is_leaf(id) || !found.is_empty()) {
            if is_leaf(id) {
                continue;
            }
            found.push(id);
            rest.extend(self.program.operands(id).iter().filter(|operand| !self.names.contains_key(operand)));
        }
        found
    }

    /// Two columns whose names differ in case only.
    fn alike(&self) -> Option<[String; 2]> {
        let all: Vec<&String> = self.inputs.iter().map(|(key, _)| key).chain(&self.kept).collect();
        all.iter().enumerate().find_map(|(at, name)| {
            let other = all[..at].iter().find(|other| other.to_lowercase() == name.to_lowercase())?;
            Some([(*other).clone(), (*name).clone()])
        })
    }

    fn widest(&self) -> usize {
        let own = |layer: &Vec<StageId>| layer.len();
        self.layers.iter().map(own).max().unwrap_or(0) + self.inputs.len() + self.kept.len() + self.results.len()
    }
}

/// How often the text of a gate mentions the operand at a position.
fn mentions(written: Written, at: usize) -> usize {
    let Written::Fragments(fragments, _) = written else { return 1 };
    let of = |fragment: &&Fragment| matches!(fragment, Fragment::Operand(operand, _) | Fragment::Condition(operand) if *operand == at);
    fragments.iter().filter(of).count()
}

/// The stages that are columns, in the program's order.
fn chosen(program: &Program, dialect: &Dialect, results: &[StageId]) -> Vec<StageId> {
    let is_leaf = |id: StageId| matches!(program.gate(id), Gate::Input | Gate::Constant);
    // A comparison is a condition, and stands where it is asked for.
    let is_condition = |id: StageId| program.gate(id).row().family == Family::Comparison;
    let mut uses = vec![0_usize; program.len()];
    let mut is_column = vec![false; program.len()];
    for &id in results {
        is_column[id.at()] = !is_leaf(id);
    }
    let mut needed: HashSet<StageId> = results.iter().copied().collect();
    for id in program.ids().rev() {
        if !needed.contains(&id) || is_leaf(id) {
            continue;
        }
        is_column[id.at()] |= uses[id.at()] > 1 && !is_condition(id);
        let times = if is_column[id.at()] { 1 } else { uses[id.at()] };
        let written = dialect.written_or_own(program, id);
        for (at, &operand) in program.operands(id).iter().enumerate() {
            needed.insert(operand);
            uses[operand.at()] += times * mentions(written, at);
        }
    }
    let mut depth = vec![0_usize; program.len()];
    for id in program.ids().filter(|id| needed.contains(id) && !is_leaf(*id)) {
        let deepest = program.operands(id).iter().map(|operand| if is_column[operand.at()] { 0 } else { depth[operand.at()] }).max();
        depth[id.at()] = 1 + deepest.unwrap_or(0);
        is_column[id.at()] |= depth[id.at()] > DEEPEST && !is_condition(id);
    }
    program.ids().filter(|id| is_column[id.at()]).collect()
}

/// The columns in layers, each behind those that it reads.
fn layers(program: &Program, columns: &[StageId]) -> Vec<Vec<StageId>> {
    // The first layer in which each stage can be read.
    let mut level = vec![0_usize; program.len()];
    let is_column: HashSet<StageId> = columns.iter().copied().collect();
    let mut layers: Vec<Vec<StageId>> = Vec::new();
    for id in program.ids() {
        let read = program.operands(id).iter().map(|operand| level[operand.at()]).max().unwrap_or(0);
        level[id.at()] = read + usize::from(is_column.contains(&id));
        if is_column.contains(&id) {
            layers.resize_with(layers.len().max(read + 1), Vec::new);
            layers[read].push(id);
        }
    }
    layers
}

/// What the columns are called: as in the answer, where it has a name for them.
fn called(
    answer: &Answer,
    restaged: &Restaged,
    identifiers: Identifiers,
    inputs: &[(String, StageId)],
    columns: &[StageId],
    kept: &[String],
) -> HashMap<StageId, String> {
    let mut wanted: HashMap<StageId, String> = HashMap::new();
    let forward = || (0..answer.forward).map(StageId::new);
    for id in forward() {
        if let Some(name) = identifiers.of(id) {
            wanted.entry(restaged.place(id)).or_insert_with(|| name.to_owned());
        }
    }
    for id in forward() {
        let adjoint = answer.backward.as_ref().and_then(|backward| backward.adjoint(id));
        if let (Some(adjoint), Some(name)) = (adjoint, identifiers.gradient(id)) {
            wanted.entry(restaged.place(adjoint)).or_insert_with(|| name.to_owned());
        }
    }
    let mut taken = identifiers.into_parts().1;
    let mut names = HashMap::new();
    for &(_, id) in inputs {
        names.insert(id, wanted.remove(&id).unwrap_or_default());
    }
    let kept: HashSet<String> = kept.iter().map(|name| name.to_lowercase()).collect();
    let mut count = 0;
    for &id in columns {
        let free = |name: &str, taken: &HashSet<String>| !taken.contains(&name.to_lowercase()) && !kept.contains(&name.to_lowercase());
        let name = match wanted.remove(&id) {
            Some(mut name) if kept.contains(&name.to_lowercase()) => {
                while !free(&name, &taken) {
                    name.push('_');
                }
                name
            }
            Some(name) => name,
            None => loop {
                count += 1;
                let name = format!("s{count}");
                if free(&name, &taken) {
                    break name;
                }
            },
        };
        taken.insert(name.to_lowercase());
        names.insert(id, name);
    }
    names
}
