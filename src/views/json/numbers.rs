//! Numbers in the contract: what is not finite is a string, and shapes are lists.
//!
//! Knows how a number, a vector and a matrix are written and what the schema says of them; not what they are the numbers of.

use crate::calculus::rungs::Shown;
use crate::ground::{Shape, Value, broken, number};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// A number: what is not finite is a string.
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() { serializer.serialize_f64(self.0) } else { serializer.serialize_str(&number::shortest(self.0)) }
    }
}

impl JsonSchema for Number {
    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A binary64 number, as the shortest text that reads back to it; a string where it is not finite.",
            "anyOf": [{ "type": "number" }, { "enum": ["inf", "-inf", "nan"] }],
        })
    }
}

/// A number, a flat list or a list of rows.
pub struct Numbers<'a>(pub Shape, pub Cow<'a, [f64]>);

impl Serialize for Numbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers = self.1.iter().copied().map(Number);
        match self.0 {
            Shape::Scalar => {
                let number = self.1.first().copied().unwrap_or_else(|| broken("a single number has one"));
                Number(number).serialize(serializer)
            }
            Shape::Vector(_) => serializer.collect_seq(numbers),
            Shape::Matrix(_, n) => {
                let rows = self.1.chunks(n as usize).map(|row| Numbers(Shape::Vector(n), Cow::Borrowed(row)));
                serializer.collect_seq(rows)
            }
        }
    }
}

/// Numbers of many digits.
pub struct Texts<'a>(pub Shape, pub Cow<'a, [Shown]>);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Shape::Scalar => self.1.first().map(|shown| &shown.text).serialize(serializer),
            Shape::Vector(_) => serializer.collect_seq(self.1.iter().map(|shown| &shown.text)),
            Shape::Matrix(_, n) => serializer.collect_seq(self.1.chunks(n as usize).map(|row| Texts(Shape::Vector(n), Cow::Borrowed(row)))),
        }
    }
}

impl JsonSchema for Texts<'_> {
    fn schema_name() -> Cow<'static, str> {
        "Texts".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        let list = json_schema!({ "type": "array", "items": { "type": "string" }, "minItems": 1 });
        json_schema!({
            "description": "A number of many digits as a string, a vector as a list of such strings, or a matrix as a list of rows.",
            "anyOf": [{ "type": "string" }, list, { "type": "array", "items": list, "minItems": 1 }],
        })
    }
}

impl<'a> Numbers<'a> {
    /// The numbers of a value.
    pub fn of(value: &'a Value) -> Self {
        Self(value.shape(), Cow::Borrowed(value.numbers()))
    }
}

impl JsonSchema for Numbers<'_> {
    fn schema_name() -> Cow<'static, str> {
        "Numbers".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let number = generator.subschema_for::<Number>();
        let list = json_schema!({ "type": "array", "items": number, "minItems": 1 });
        json_schema!({
            "description": "A number, a vector as a list of numbers, or a matrix as a list of rows.",
            "anyOf": [number, list, { "type": "array", "items": list, "minItems": 1 }],
        })
    }
}

/// The dimensions of a shape.
pub struct Dims(pub Shape);

impl JsonSchema for Dims {
    fn schema_name() -> Cow<'static, str> {
        "Shape".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`[]` of a number, `[n]` of a vector, `[m, n]` of a matrix.",
            "type": "array", "items": { "type": "integer", "minimum": 1 }, "maxItems": 2,
        })
    }
}

impl Serialize for Dims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.dims().serialize(serializer)
    }
}

/// A matrix, row by row.
pub fn rows(rows: &[Vec<f64>]) -> Vec<Vec<Number>> {
    rows.iter().map(|row| row.iter().copied().map(Number).collect()).collect()
}

/// The same of numbers of many digits.
pub fn texts(rows: Vec<Vec<Shown>>) -> Vec<Vec<String>> {
    rows.into_iter().map(|row| row.into_iter().map(|shown| shown.text).collect()).collect()
}
