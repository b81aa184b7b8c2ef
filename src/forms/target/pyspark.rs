//! PySpark: the function of NumPy, and one that adds its results to a Spark DataFrame, batch by batch as Arrow columns.
//!
//! Knows how a DataFrame is mapped; what a row computes, NumPy's file knows.

use super::function::Function;
use super::python::{RESERVED, RESERVED_NUMPY};
use super::vectorised::SHAPE;
use super::{Dialect, Target, numpy, python};
use std::fmt::Write as _;

/// PySpark as a language of functions.
pub static TARGET: Target = Target {
    name: "pyspark",
    says: "a function that adds the value and the gradients to the rows of a Spark DataFrame",
    ending: "",
    comment: "# ",
    dialect: |_| &PYSPARK,
    dialects: &[&PYSPARK],
    plain: true,
    folds: true,
    function,
};

/// Expressions of NumPy, beside what maps a DataFrame.
pub static PYSPARK: Dialect = Dialect { title: "PySpark", reserved: &[RESERVED, RESERVED_NUMPY, &[SHAPE], OWN], ..numpy::DIALECT };

/// The names in the function that maps a DataFrame.
const OWN: &[&str] = &[
    "frame",
    "pa",
    "names",
    "name",
    "column",
    "rows",
    "batches",
    "batch",
    "number",
    "value",
    "gradients",
    "results",
    "result",
    "missing",
    "columns",
    "map",
    "DoubleType",
    "StructField",
    "StructType",
    "ValueError",
];

fn function(function: &Function<'_>) -> String {
    let mut text = numpy::function(function);
    let columns = function.parameters.iter().filter(|parameter| parameter.number.is_none());
    let columns: Vec<&str> = columns.map(|parameter| &*parameter.key).collect();
    let list = |names: &[&str]| names.iter().map(|name| python::quoted(name)).collect::<Vec<_>>().join(", ");
    let given = function.parameters.iter().map(|parameter| match parameter.number {
        Some(number) => python::float(number),
        None => format!("number({})", python::quoted(&parameter.key)),
    });
    let given = given.collect::<Vec<_>>().join(", ");
    let is_column = columns.contains(&&*function.output);
    let value = if is_column { "f" } else { &function.output };
    let gradients = function.parameters.iter().filter_map(|parameter| parameter.gradient.as_deref());
    let results: Vec<&str> = std::iter::once(value).chain(gradients).collect();
    let (name, own) = (&function.name, function.fresh(&format!("with_{value}")));
    let _ = write!(
        text,
        "\n
# Returns a Spark DataFrame of the rows of another, with the value and the gradients as new columns of doubles. Where a number is missing they are null.
def {own}(frame):
    import pyarrow as pa
    from pyspark.sql.types import DoubleType, StructField, StructType

    names = [{}]
    for name in names:
        if name.lower() in (column.lower() for column in frame.columns):
            raise ValueError(f'there is a column {{name}} already: rename it first')

    def rows(batches):
        for batch in batches:
            def number(name): return batch.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
            value, gradients = {name}({given})
            results = [np.broadcast_to(result, batch.num_rows) for result in (value, *gradients.values())]
            missing = np.any([np.zeros(batch.num_rows, bool), *(batch.column(name).is_null().to_numpy(False) for name in [{}])], axis=0)
            columns = [*batch.columns, *(pa.array(result, mask=missing) for result in results)]
            yield pa.RecordBatch.from_arrays(columns, names=[*batch.schema.names, *names])

    return frame.mapInArrow(rows, StructType(frame.schema.fields + [StructField(name, DoubleType()) for name in names]))
",
        list(&results),
        list(&columns)
    );
    text
}
