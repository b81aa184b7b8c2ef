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
use crate::ground::fault::vector_first;
use crate::ground::text::{one_line, shortened};
use crate::ground::{Fault, FaultKind, Remedy, Span};
use crate::vocabulary::gate::{Family, Fragment, Written};
use crate::vocabulary::{Gate, language_constant};
use hashbrown::{HashMap, HashSet};
use std::io;

/// The name of the view that prints a query.
pub const QUERY: &str = "sql";

/// Where the columns are that an answer's inputs stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The engine that has the table.
    pub engine: Option<&'static str>,
    /// The table.
    pub table: Option<String>,
    /// Its columns that stand beside the results.
    pub keep: Vec<String>,
    /// What the names of the results begin with.
    pub prefix: String,
}

/// How deep an expression nests before a part of it is a column: some parsers take no more than fifty.
const DEEPEST: usize = 16;

/// The longest name of a column: an engine cuts longer ones.
const LONGEST: usize = 60;

/// Shows the query of an engine.
///
/// # Errors
/// When the page cannot be written.
pub fn show_sql(answer: &Answer, page: &mut dyn Page) -> io::Result<()> {
    let Ok((engine, table, columns)) = query(answer) else { return Ok(()) };
    page.put(Role::Plain, &engine.query(&columns.view(answer, &engine.dialect), table))
}

/// Why there is no query for an answer.
pub fn refuse_sql(answer: &Answer) -> Option<Fault> {
    query(answer).err()
}

fn refuse<T>(message: String, remedy: Remedy) -> Result<T, Fault> {
    Err(Fault::new(FaultKind::Name, Span::default(), message).remedy(remedy))
}

/// Why an answer with arrays has no columns.
pub(super) fn refuse_arrays(answer: &Answer) -> Option<Fault> {
    let message = "a column is a number in each row, and this has arrays";
    (!answer.program.is_plain()).then(|| Fault::new(FaultKind::Name, Span::default(), message).remedy(write_out(answer)))
}

/// What to do about arrays. Where every input has a value, nothing is a column, and written out they would all be the same in every row.
fn write_out(answer: &Answer) -> Remedy {
    let inputs = || answer.leaves().filter(|&leaf| answer.program.gate(leaf) == Gate::Input);
    let lacks = |id: StageId| answer.values.slice(id).iter().all(|number| number.is_nan());
    let arrays = inputs().map(|id| (id, answer.shape(id))).filter(|(_, shape)| !shape.is_scalar()).collect();
    let array = vector_first(arrays).and_then(|(id, shape)| Some((answer.names().of(id)?.to_owned(), shape)));
    match array {
        Some((name, shape)) if !inputs().any(lacks) => Remedy::WriteAsNumbers { name, shape: Some(shape), parts: "columns" },
        _ => Remedy::WriteOutArrays,
    }
}

fn query(answer: &Answer) -> Result<(&'static Engine, &str, Layered), Fault> {
    let Some(engine) = answer.place.engine.and_then(sql::named) else {
        let names: Vec<&str> = ENGINES.iter().map(|engine| engine.name).collect();
        let to = format!("{}, or another: {}", names[0], names[1..].join(", "));
        return refuse("SQL differs from engine to engine".to_owned(), Remedy::Set { setting: "dialect", to, which: "" });
    };
    let Some(table) = answer.place.table.as_deref() else {
        let remedy = Remedy::Set { setting: "table", to: "readings".to_owned(), which: ", or what its name is" };
        return refuse("a query needs a table".to_owned(), remedy);
    };
    if let Some(refusal) = refuse_arrays(answer) {
        return Err(refusal);
    }
    let layered = Layered::of(answer, &engine.dialect, &|gate| engine.text(gate), &answer.place);
    if let Some(refusal) = layered.refuse_gates(&engine.dialect) {
        return Err(refusal);
    }
    if let Some([one, other]) = layered.alike(engine.ignores_case) {
        let message = format!("the columns `{}` and `{}` would be one", shortened(&one), shortened(&other));
        let is_input = |name: &str| answer.program.inputs().iter().any(|input| answer.symbols.name(input.name) == name);
        let help = if is_input(&one) && is_input(&other) {
            format!(
                "{} does not tell capitals from small letters: call one of the inputs otherwise, in the text and the table",
                engine.title
            )
        } else {
            "keep one of them, or name the results apart by a prefix".to_owned()
        };
        return refuse(message, Remedy::Advice(help));
    }
    if let Some(name) = layered.keys().find(|name| name.len() > engine.name_bytes) {
        let (bytes, most) = (name.len(), engine.name_bytes);
        let message =
            format!("the name of the column `{}` has {bytes} bytes, and {} cuts names behind {most}", shortened(name), engine.title);
        let help = "give the result or the input a shorter name; of a column of the table, in a view of it";
        return refuse(message, Remedy::Advice(help.to_owned()));
    }
    if let Some(refusal) = layered.refuse_depth(engine.title, engine.layers) {
        return Err(refusal);
    }
    let widest = layered.widest(answer, &engine.dialect);
    if widest > engine.columns {
        return refuse(format!("a layer has {widest} columns, and {} takes {} at most", engine.title, engine.columns), Remedy::RowsInstead);
    }
    if engine.bytes < usize::MAX && engine.query(&layered.view(answer, &engine.dialect), table).len() > engine.bytes {
        return refuse(format!("the query is longer than the {} bytes that {} reads", engine.bytes, engine.title), Remedy::RowsInstead);
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
    constants: Vec<(String, f64)>,
}

/// The constants of the language that an answer has by their names: a column that is called so would be another number.
pub(super) fn constants(answer: &Answer) -> Vec<(String, f64)> {
    let mut found: Vec<(String, f64)> = Vec::new();
    for id in (0..answer.forward).map(StageId::new) {
        let Some(constant) = answer.program.constant(id) else { continue };
        let name = constant.name.map(|name| answer.symbols.name(name));
        // A text may give the name another value.
        if let Some((name, value)) = name.and_then(|name| Some((name, language_constant(name)?)))
            && constant.value.number().is_some_and(|number| number == value || number.is_nan() && value.is_nan())
            && found.iter().all(|(known, _)| known != name)
        {
            found.push((name.to_owned(), value));
        }
    }
    found
}

impl Layered {
    pub(super) fn of(answer: &Answer, dialect: &'static Dialect, text: &dyn Fn(Gate) -> Option<&'static str>, place: &Place) -> Self {
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
        let kept: Vec<String> = place.keep.iter().filter(|kept| columns.iter().all(|(key, _)| key != *kept)).cloned().collect();
        let names = called(answer, &restaged, identifiers, &columns, &chosen, &kept);
        // The output may be a column of the table itself.
        if let Some((key, _)) = results.first_mut().filter(|(key, _)| columns.iter().any(|(column, _)| column == key)) {
            "f".clone_into(key);
            while columns.iter().any(|(column, _)| column == key) || kept.contains(key) {
                key.push('_');
            }
        }
        for (key, _) in &mut results {
            key.insert_str(0, &place.prefix);
        }
        let constants = constants(answer);
        Self { program: restaged.program, inputs: columns, kept, layers, names, results, given, constants }
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
            constants: &self.constants,
        }
    }

    /// Why a language cannot write a gate of the columns.
    pub(super) fn refuse_gates(&self, dialect: &Dialect) -> Option<Fault> {
        let columns = self.layers.iter().flatten().copied().chain(self.results.iter().map(|&(_, id)| id));
        let lacking = columns.flat_map(|id| self.stands_in(id)).find(|&id| (dialect.entry)(self.program.gate(id)).is_none())?;
        let message = format!("`{}` cannot be printed in {}", self.program.gate(lacking).row().name, dialect.title);
        Some(Fault::new(FaultKind::Name, self.program.span(lacking), message).remedy(Remedy::RowsInstead))
    }

    /// Why there are more layers than a language takes.
    pub(super) fn refuse_depth(&self, title: &str, most: usize) -> Option<Fault> {
        let message = format!("it takes {} layers of columns, and {title} plans {most} at most", self.layers.len());
        (self.layers.len() > most).then(|| Fault::new(FaultKind::Name, Span::default(), message).remedy(Remedy::RowsInstead))
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
            rest.extend(self.program.operands(id).iter().filter(|operand| !self.names.contains_key(*operand)));
        }
        found
    }

    /// The names of the columns that the query reads and gives.
    fn keys(&self) -> impl Iterator<Item = &String> {
        self.kept.iter().chain(self.inputs.iter().chain(&self.results).map(|(key, _)| key))
    }

    /// Two columns of the result with one name.
    fn alike(&self, ignores_case: bool) -> Option<[String; 2]> {
        let read = |name: &String| if ignores_case { name.to_lowercase() } else { name.clone() };
        let mut known: HashMap<String, &String> = HashMap::new();
        self.keys().find_map(|name| known.insert(read(name), name).map(|other| [other.clone(), name.clone()]))
    }

    /// The most columns of a layer.
    fn widest(&self, answer: &Answer, dialect: &'static Dialect) -> usize {
        let carried = self.view(answer, dialect).carried();
        let own = self.layers.iter().zip(carried).map(|(layer, carried)| layer.len() + carried.len() + self.kept.len());
        own.max().unwrap_or(0).max(self.inputs.len() + self.kept.len() + self.results.len())
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
    // A comparison is a condition, and stands where it is asked for, unless it is one of comparisons.
    let compares = |id: StageId| program.gate(id).row().family == Family::Comparison;
    let is_condition = |id: StageId| compares(id) && !program.operands(id).iter().any(|&operand| compares(operand));
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
            uses[operand.at()] = times.saturating_mul(mentions(written, at)).saturating_add(uses[operand.at()]);
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
    let kept: HashSet<String> = kept.iter().map(|name| name.to_lowercase()).collect();
    let mut count = 0;
    for id in inputs.iter().map(|&(_, id)| id).chain(columns.iter().copied()) {
        let free = |name: &str, taken: &HashSet<String>| !taken.contains(&name.to_lowercase()) && !kept.contains(&name.to_lowercase());
        let name = match wanted.remove(&id) {
            Some(mut name) if kept.contains(&name.to_lowercase()) => {
                while !free(&name, &taken) {
                    name.push('_');
                }
                name
            }
            Some(name) if name.len() <= LONGEST => name,
            _ => loop {
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
