//! SQL: the stages of a row as layers of columns, for engines that hold the data.
//!
//! Each layer is a common table expression that reads the one before it: a form that every engine runs without computing a stage
//! twice, given a fence where it would. Knows engines, one row of a table for each, and how a query stands; which stages are columns
//! its view knows.

mod entries;

use super::columns::Columns;
use super::{Dialect, OWN};
use crate::forms::StageId;
use crate::ground::number;
use crate::vocabulary::Gate;
use std::fmt::Write as _;

pub use entries::{text_for, texts};

/// An engine that reads SQL.
#[derive(Debug)]
pub struct Engine {
    /// The name that `--dialect` takes.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// How expressions look.
    pub dialect: Dialect,
    /// What stands around a name.
    pub quote: char,
    /// Whether names that differ in case only are one.
    pub ignores_case: bool,
    /// What stands behind `AS`, so that a layer is computed once.
    pub before: &'static str,
    /// What stands at the end of a layer, so that it is computed once.
    pub behind: &'static str,
    /// The gates that it computes to too few digits, and what stands in their place.
    pub instead: &'static [(Gate, &'static str)],
    /// What a number is read from a column by, in which `{}` is the column.
    pub reads: &'static str,
    /// Whether a backslash between quotes stands for more than itself.
    pub escapes: bool,
    /// The most bytes of a query.
    pub bytes: usize,
    /// The most layers that it takes.
    pub layers: usize,
    /// The most columns that a layer may have.
    pub columns: usize,
    /// The most bytes of a name: it cuts longer ones, with a notice at most.
    pub name_bytes: usize,
    /// What it does otherwise than the calculator, for the first comment.
    pub remarks: &'static [&'static str],
}

/// A number as most engines read it: with an exponent, so that it is no decimal.
fn float(value: f64) -> String {
    if value.is_nan() {
        return "CAST('NaN' AS DOUBLE)".to_owned();
    }
    if value.is_infinite() {
        return format!("CAST('{}Infinity' AS DOUBLE)", if value < 0.0 { "-" } else { "" });
    }
    with_exponent(value)
}

fn with_exponent(value: f64) -> String {
    let text = number::shortest(value);
    if text.contains('e') { text } else { format!("{text}e0") }
}

fn float_of_postgres(value: f64) -> String {
    match value {
        _ if value.is_nan() => "float8 'NaN'".to_owned(),
        f64::INFINITY => "float8 'Infinity'".to_owned(),
        f64::NEG_INFINITY => "float8 '-Infinity'".to_owned(),
        _ => format!("float8 '{}'", number::shortest(value)),
    }
}

fn float_of_sqlite(value: f64) -> String {
    match value {
        _ if value.is_nan() => "NULL".to_owned(),
        f64::INFINITY => "9e999".to_owned(),
        f64::NEG_INFINITY => "-9e999".to_owned(),
        _ => with_exponent(value),
    }
}

fn float_of_clickhouse(value: f64) -> String {
    match value {
        _ if value.is_nan() => "nan".to_owned(),
        f64::INFINITY => "inf".to_owned(),
        f64::NEG_INFINITY => "-inf".to_owned(),
        _ => with_exponent(value),
    }
}

/// What every engine has in common.
const SQL: Dialect = Dialect {
    title: "SQL",
    entry: |_| None,
    typed: true,
    truth: " <> 0e0",
    of_truth: ["CASE WHEN ", " THEN 1e0 ELSE 0e0 END"],
    truths_multiply: false,
    float,
    number: float,
    read: |name| name.to_lowercase(),
    ..OWN
};

const ENGINE: Engine = Engine {
    name: "",
    title: "",
    dialect: SQL,
    quote: '"',
    ignores_case: false,
    before: "",
    behind: "",
    instead: &[],
    reads: "CAST({} AS DOUBLE)",
    escapes: false,
    bytes: usize::MAX,
    layers: 500,
    columns: 10_000,
    name_bytes: usize::MAX,
    remarks: &[],
};

/// Every engine.
pub static ENGINES: &[Engine] = &[
    Engine {
        name: "duckdb",
        title: "DuckDB",
        dialect: Dialect { title: "the SQL of DuckDB", entry: entries::duckdb, ..SQL },
        ignores_case: true,
        ..ENGINE
    },
    Engine {
        name: "datafusion",
        title: "DataFusion",
        dialect: Dialect { title: "the SQL of DataFusion", entry: entries::datafusion, ..SQL },
        ..ENGINE
    },
    Engine {
        name: "postgres",
        title: "PostgreSQL",
        dialect: Dialect {
            title: "the SQL of PostgreSQL",
            entry: entries::postgres,
            truth: " <> float8 '0'",
            of_truth: ["CASE WHEN ", " THEN float8 '1' ELSE float8 '0' END"],
            float: float_of_postgres,
            number: float_of_postgres,
            ..SQL
        },
        reads: "CAST({} AS double precision)",
        behind: " OFFSET 0",
        layers: 200,
        columns: 1_600,
        name_bytes: 63,
        remarks: &[
            "A result of finite numbers that leaves the range of 64 bits, of a sum, a product, a power or a function, stops the query;",
            "an exponential that is too small is 0.",
        ],
        ..ENGINE
    },
    Engine {
        name: "sqlite",
        title: "SQLite",
        dialect: Dialect { title: "the SQL of SQLite", entry: entries::sqlite, float: float_of_sqlite, number: float_of_sqlite, ..SQL },
        quote: '`',
        ignores_case: true,
        // A text is a number where it is one as a whole, of any number of digits.
        reads: "CASE WHEN typeof({}) IN ('integer', 'real') OR typeof({}) = 'text' AND CAST({} AS NUMERIC) = trim({}) THEN CAST({} AS DOUBLE) END",
        before: "MATERIALIZED ",
        columns: 2_000,
        remarks: &[
            "NULL stands for what has no value (nan), and a text that is no number, or a BLOB, is NULL; the sign of 0 is lost.",
            "The functions are those of a SQLite that was built with its mathematics, as its shell is from 3.35 on.",
        ],
        ..ENGINE
    },
    Engine {
        name: "spark",
        title: "Spark",
        dialect: Dialect { title: "the SQL of Spark", entry: entries::spark, ..SQL },
        quote: '`',
        ignores_case: true,
        ..ENGINE
    },
    Engine {
        name: "clickhouse",
        title: "ClickHouse",
        dialect: Dialect {
            title: "the SQL of ClickHouse",
            entry: entries::clickhouse,
            float: float_of_clickhouse,
            number: float_of_clickhouse,
            ..SQL
        },
        quote: '`',
        instead: &[(Gate::Tanh, entries::TANH)],
        // A type that has no NULL would stop the query at one.
        reads: "CAST({} AS Nullable(Float64))",
        escapes: true,
        bytes: 250_000,
        layers: 98,
        remarks: &["A power of a number nearer to 0 than 2.3e-308 has few right digits."],
        ..ENGINE
    },
];

/// The engine of a name.
pub fn named(name: &str) -> Option<&'static Engine> {
    ENGINES.iter().find(|engine| engine.name == name)
}

impl Engine {
    /// A name between quotes.
    pub fn quoted(&self, name: &str) -> String {
        let quote = self.quote;
        let name = if self.escapes { name.replace('\\', "\\\\") } else { name.to_owned() };
        format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")))
    }

    /// The text in the calculator's language for a gate that the engine lacks.
    pub fn text(&self, gate: Gate) -> Option<&'static str> {
        let instead = self.instead.iter().find(|(known, _)| *known == gate).map(|&(_, text)| text);
        instead.or_else(|| text_for(&self.dialect, gate))
    }

    /// A table as it is named in a query: a name, or names between dots, are quoted; a call, or what is quoted already, stands as it is.
    pub fn table(&self, name: &str) -> String {
        let as_is = name.contains('(') || name.starts_with(['\'', '"', '`']);
        if as_is { name.to_owned() } else { name.split('.').map(|part| self.quoted(part)).collect::<Vec<_>>().join(".") }
    }

    /// The query.
    pub fn query(&self, columns: &Columns<'_>, table: &str) -> String {
        let word = |name: &str| self.quoted(name);
        let name = |id: StageId| word(columns.names.get(&id).map_or("", String::as_str));
        let kept = || columns.kept.iter().map(|kept| word(kept));
        let mut prefix = "layer".to_owned();
        while table.to_lowercase().contains(&prefix) {
            prefix.insert_str(0, "stage_");
        }
        let layer = |at: usize| format!("{prefix}{at}");
        let cast = |(key, id): &(String, StageId)| format!("{} AS {}", self.reads.replace("{}", &word(key)), name(*id));
        // Where an input is missing there is no result, whatever a choice makes of it.
        let mut missing = "is missing".to_owned();
        while columns.kept.contains(&missing) || columns.inputs.iter().any(|(key, _)| *key == missing) {
            missing.push('_');
        }
        let is_missing: Vec<String> = columns.inputs.iter().map(|(key, _)| format!("{} IS NULL", word(key))).collect();
        let missing = (!is_missing.is_empty()).then(|| word(&missing));
        let mut items: Vec<String> = kept().chain(columns.inputs.iter().map(cast)).collect();
        items.extend(missing.iter().map(|missing| format!("({}) AS {missing}", is_missing.join(" OR "))));
        if items.is_empty() {
            items.push("1 AS no_column".to_owned());
        }
        let mut layers = vec![(items, self.table(table))];
        for (at, (added, carried)) in columns.layers.iter().zip(columns.carried()).enumerate() {
            let computed = added.iter().map(|&id| format!("{} AS {}", columns.expression(id, &word), name(id)));
            let carried = missing.iter().cloned().chain(carried.into_iter().map(name));
            layers.push((kept().chain(carried).chain(computed).collect(), layer(at)));
        }
        let mut text = self.comment(columns);
        text.push_str("WITH\n");
        for (at, (items, from)) in layers.iter().enumerate() {
            let comma = if at + 1 < layers.len() { "," } else { "" };
            let (layer, before, behind, items) = (layer(at), self.before, self.behind, items.join(",\n        "));
            let _ = writeln!(text, "{layer} AS {before}(\n    SELECT\n        {items}\n    FROM {from}{behind}\n){comma}");
        }
        let shown = |(key, id): &(String, StageId)| {
            let key = word(key);
            let own = columns.names.get(id).map_or_else(|| columns.expression(*id, &word), |name| word(name));
            if own == key { key } else { format!("{own} AS {key}") }
        };
        let result = |(key, id): &(String, StageId)| {
            let Some(missing) = &missing else { return shown(&(key.clone(), *id)) };
            let own = columns.names.get(id).map_or_else(|| columns.expression(*id, &word), |name| word(name));
            format!("CASE WHEN {missing} THEN NULL ELSE {own} END AS {}", word(key))
        };
        let results = kept().chain(columns.inputs.iter().map(shown)).chain(columns.results.iter().map(result));
        let results: Vec<String> = results.collect();
        let _ = writeln!(text, "SELECT\n    {}\nFROM {};", results.join(",\n    "), layer(layers.len() - 1));
        text
    }

    fn comment(&self, columns: &Columns<'_>) -> String {
        let gradient = if columns.results.len() > 1 { " and its gradient" } else { "" };
        let mut text = format!("-- {}{}, stage by stage, for {}.\n", columns.expression, gradient, self.title);
        if !columns.given.is_empty() {
            let given: Vec<String> = columns.given.iter().map(|(name, value)| format!("{name} = {}", number::shortest(*value))).collect();
            let _ = writeln!(text, "-- The same in every row: {}.", given.join(", "));
        }
        if let Some(constants) = columns.told_constants() {
            let _ = writeln!(text, "-- {constants}");
        }
        text.push_str("-- Each stage is rounded to 64 bits. Where a product leaves their range on the way it is not brought back: the value, a gradient\n");
        text.push_str("-- or a part of it may be inf, nan or 0, which `--rows` has right.\n");
        for remark in self.remarks {
            let _ = writeln!(text, "-- {remark}");
        }
        text
    }
}
