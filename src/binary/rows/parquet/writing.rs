//! Rows of text written as a file in Parquet.

use super::Kind;
use crate::binary::rows::table::{fields, rows, said};
use memchr::memchr;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::io::{self, Write};
use std::sync::Arc;

/// How many rows a row group has.
const GROUP: usize = 1 << 17;

/// The values of a column of the row group at hand, and of each row whether it has one.
enum Values {
    Numbers(Vec<f64>),
    Wholes(Vec<i64>),
    Truths(Vec<bool>),
    Texts(Vec<ByteArray>),
}

struct Column {
    levels: Vec<i16>,
    values: Values,
}

/// Rows of text with commas that become row groups of a file.
pub struct Sink<W: Write + Send> {
    /// Until the columns are known, where the file goes; from then on, what writes it.
    place: Option<W>,
    writer: Option<SerializedFileWriter<W>>,
    columns: Vec<Column>,
    divider: u8,
    /// Bytes that are no whole row yet, and whether the header has been met.
    rest: Vec<u8>,
    headed: bool,
}

fn told(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(cause) => io::Error::other(cause.to_string()),
        },
        other => io::Error::other(other.to_string()),
    }
}

impl<W: Write + Send> Sink<W> {
    pub fn new(place: W) -> Self {
        Self { place: Some(place), writer: None, columns: Vec::new(), divider: b',', rest: Vec::new(), headed: false }
    }

    /// Says which columns the rows have, and what divides them.
    ///
    /// # Errors
    /// Where the file cannot be begun.
    pub fn begin(&mut self, columns: &[(String, Kind)], divider: u8) -> io::Result<()> {
        let described = |(name, kind): &(String, Kind)| {
            let (physical, logical) = match kind {
                Kind::Number => (Physical::DOUBLE, None),
                Kind::Whole => (Physical::INT64, None),
                Kind::Truth => (Physical::BOOLEAN, None),
                Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            };
            let built =
                Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build();
            built.map(Arc::new)
        };
        let described: Vec<_> = columns.iter().map(described).collect::<Result<_, _>>().map_err(told)?;
        let schema = Type::group_type_builder("rows").with_fields(described).build().map_err(told)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(format!("gradcalc {}", env!("CARGO_PKG_VERSION")))
            .build();
        self.columns = columns
            .iter()
            .map(|(_, kind)| Column {
                levels: Vec::new(),
                values: match kind {
                    Kind::Number => Values::Numbers(Vec::new()),
                    Kind::Whole => Values::Wholes(Vec::new()),
                    Kind::Truth => Values::Truths(Vec::new()),
                    Kind::Text => Values::Texts(Vec::new()),
                },
            })
            .collect();
        self.divider = divider;
        if let Some(place) = self.place.take() {
            self.writer = Some(SerializedFileWriter::new(place, Arc::new(schema), Arc::new(properties)).map_err(told)?);
        }
        Ok(())
    }

    /// Takes over the rows that are whole; at the end all of them.
    fn take(&mut self, all: bool) -> io::Result<()> {
        let rest = std::mem::take(&mut self.rest);
        let quoted = memchr(b'"', &rest).is_some();
        let (mut at, mut found) = (0, Vec::new());
        for row in rows(&rest, &[self.divider], quoted) {
            if !row.ends && !all {
                break;
            }
            at = row.next;
            if !self.headed {
                self.headed = true;
                continue;
            }
            let bytes = &rest[row.start..row.end];
            fields(bytes, self.divider, quoted, &mut found);
            for (place, column) in self.columns.iter_mut().enumerate() {
                column.push(found.get(place).map_or(&[][..], |&(from, to)| &bytes[from..to]));
            }
            if self.columns.first().is_some_and(|column| column.levels.len() == GROUP) {
                self.group()?;
            }
        }
        self.rest = rest[at..].to_vec();
        Ok(())
    }

    /// Writes the rows at hand as a row group.
    fn group(&mut self) -> io::Result<()> {
        let Some(writer) = self.writer.as_mut() else { return Ok(()) };
        let mut group = writer.next_row_group().map_err(told)?;
        let mut columns = self.columns.iter_mut();
        while let (Some(mut place), Some(column)) = (group.next_column().map_err(told)?, columns.next()) {
            let levels = Some(&column.levels[..]);
            let written = match &column.values {
                Values::Numbers(values) => place.typed::<DoubleType>().write_batch(values, levels, None),
                Values::Wholes(values) => place.typed::<Int64Type>().write_batch(values, levels, None),
                Values::Truths(values) => place.typed::<BoolType>().write_batch(values, levels, None),
                Values::Texts(values) => place.typed::<ByteArrayType>().write_batch(values, levels, None),
            };
            written.map_err(told)?;
            place.close().map_err(told)?;
            column.clear();
        }
        group.close().map_err(told)?;
        Ok(())
    }

    /// Ends the file; where it went.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn end(mut self) -> io::Result<W> {
        self.take(true)?;
        if self.columns.first().is_some_and(|column| !column.levels.is_empty()) {
            self.group()?;
        }
        match (self.writer, self.place) {
            (Some(writer), _) => writer.into_inner().map_err(told),
            (None, Some(place)) => Ok(place),
            (None, None) => Err(io::Error::other("there is no file to write")),
        }
    }
}

impl Column {
    fn clear(&mut self) {
        self.levels.clear();
        match &mut self.values {
            Values::Numbers(values) => values.clear(),
            Values::Wholes(values) => values.clear(),
            Values::Truths(values) => values.clear(),
            Values::Texts(values) => values.clear(),
        }
    }

    /// Takes a field; what is empty, or no number among numbers, is missing.
    fn push(&mut self, field: &[u8]) {
        fn kept<T>(values: &mut Vec<T>, value: Option<T>) -> bool {
            let is = value.is_some();
            values.extend(value);
            is
        }
        let said = said(field);
        let word = std::str::from_utf8(&said).unwrap_or_default();
        let is_there = match &mut self.values {
            Values::Numbers(values) => kept(values, word.parse().ok()),
            Values::Wholes(values) => kept(values, word.parse().ok()),
            Values::Truths(values) => kept(values, word.parse::<u8>().ok().map(|truth| truth != 0)),
            // Blanks around a text belong to it.
            Values::Texts(values) => {
                let text = if field.first() == Some(&b'"') { &said } else { field };
                kept(values, (!field.is_empty()).then(|| ByteArray::from(text.to_vec())))
            }
        };
        self.levels.push(i16::from(is_there));
    }
}

impl<W: Write + Send> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Rows are written whole, and are taken over then.
    fn flush(&mut self) -> io::Result<()> {
        self.take(false)
    }
}
