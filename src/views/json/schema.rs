//! The schema of the contract, made of the same types that are written, and of what rows are said to be.
//!
//! Knows all objects that may stand in a line.

use super::LineObject;
use super::numbers::Number;
use crate::ground::broken;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use std::collections::BTreeMap;

/// The schema of the contract, a JSON Schema of the draft 2020-12.
pub fn schema() -> String {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    // Lines of rows are told apart by what was asked, and not by their fields, so that they stand beside the others.
    generator.subschema_for::<RowObject>();
    generator.subschema_for::<SummaryObject>();
    let whole = generator.into_root_schema_for::<LineObject>();
    serde_json::to_string_pretty(&whole).unwrap_or_else(|_| broken("a schema is JSON")) + "\n"
}

/// A line of `--rows`, which stands here beside the lines of expressions: the fields of the table, then the value, the stages asked
/// for and the gradients. What is missing is null; what is not finite is the string `"inf"`, `"-inf"` or `"nan"`.
#[derive(JsonSchema)]
#[schemars(rename = "Row")]
#[expect(dead_code, reason = "rows are written field by field")]
struct RowObject(BTreeMap<String, FieldObject>);

/// A field of a row.
#[derive(JsonSchema)]
#[schemars(rename = "Field", untagged)]
#[expect(dead_code, reason = "rows are written field by field")]
enum FieldObject {
    Number(f64),
    Text(String),
    Missing(()),
}

/// A line of `--rows` with `--summary`, which stands here beside the lines of expressions.
#[derive(JsonSchema)]
#[schemars(rename = "Summary")]
#[expect(dead_code, reason = "summaries are written field by field")]
struct SummaryObject {
    /// With `--by`, what the rows of the group have in that column.
    #[schemars(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    /// The number that is summed up: the value, a stage, a gradient, a relative gradient or a deviation.
    name: String,
    /// Of how many rows it is; with `--at means`, of how many the means are.
    count: u64,
    /// In how many rows of the group a number is missing, of a column that is used or of weights.
    missing: u64,
    /// In how many rows it is not finite; with `--at means`, how many rows the means leave out for that.
    not_finite: u64,
    /// Its mean over the rows; null of no row.
    #[schemars(skip_serializing_if = "Option::is_none")]
    mean: Option<Number>,
    /// With `--at means`, what it is where each column has its mean.
    #[schemars(skip_serializing_if = "Option::is_none")]
    value: Option<Number>,
    /// With `--cov`, its standard error by the delta method; null where it is not known.
    #[schemars(skip_serializing_if = "Option::is_none")]
    se: Option<Number>,
    /// With `--cov`, how many standard errors it is from 0.
    #[schemars(skip_serializing_if = "Option::is_none")]
    z: Option<Number>,
    /// With `--cov`, how likely a normal number is as far from 0 or farther.
    #[schemars(skip_serializing_if = "Option::is_none")]
    p: Option<Number>,
    /// With `--cov`, the lower end of its 95 % interval.
    #[schemars(skip_serializing_if = "Option::is_none")]
    low: Option<Number>,
    /// With `--cov`, the upper end of its 95 % interval.
    #[schemars(skip_serializing_if = "Option::is_none")]
    high: Option<Number>,
    /// Its standard deviation over the rows; null of one row.
    #[schemars(skip_serializing_if = "Option::is_none")]
    sd: Option<Number>,
    /// The smallest.
    #[schemars(skip_serializing_if = "Option::is_none")]
    min: Option<Number>,
    /// The quantile of 5 %; as all quantiles of weighted rows, the smallest number up to which there is that part of the weight.
    #[schemars(skip_serializing_if = "Option::is_none")]
    q05: Option<Number>,
    /// The quantile of 25 %.
    #[schemars(skip_serializing_if = "Option::is_none")]
    q25: Option<Number>,
    /// The quantile of 50 %.
    #[schemars(skip_serializing_if = "Option::is_none")]
    median: Option<Number>,
    /// The quantile of 75 %.
    #[schemars(skip_serializing_if = "Option::is_none")]
    q75: Option<Number>,
    /// The quantile of 95 %.
    #[schemars(skip_serializing_if = "Option::is_none")]
    q95: Option<Number>,
    /// The largest.
    #[schemars(skip_serializing_if = "Option::is_none")]
    max: Option<Number>,
    /// The part of the rows, or of their weight, that the places of quantiles may be off; 0 where they are exact.
    #[schemars(skip_serializing_if = "Option::is_none")]
    rank_error: Option<f64>,
    /// With `--at means`, the mean of each column that is used.
    #[schemars(skip_serializing_if = "Option::is_none")]
    at: Option<BTreeMap<String, FieldObject>>,
    /// With `--cov`, `--relative` and `--sd`, how the numbers are defined.
    #[schemars(skip_serializing_if = "Option::is_none")]
    formulas: Option<Vec<String>>,
}
