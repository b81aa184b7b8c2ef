//! A file in Parquet read as the text of a table.

use super::Kind;
use crate::binary::rows::written::cell;
use crate::ground::number::push_shortest;
use parquet::basic::{ConvertedType, LogicalType};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, Int96};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::ColumnDescPtr;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

/// How many rows of a row group are read at a time.
const BATCH: usize = 4096;

/// Whole numbers beyond this are rounded where they are read as floats.
const EXACT: u64 = 1 << 53;

/// What is known of the columns of a table that has types.
#[derive(Clone, Debug)]
pub struct Typed {
    /// Their names, and what each is, in order.
    pub columns: Vec<(String, Kind)>,
    /// The columns that are left out, and what they hold.
    pub left_out: Vec<(String, &'static str)>,
    /// Of each column the first row, counted from 1, with a whole number that a float cannot hold.
    beyond: Arc<Mutex<Vec<Option<u64>>>>,
}

impl Typed {
    /// The first row in which a column holds a whole number that a float cannot hold.
    pub fn beyond(&self, name: &str) -> Option<u64> {
        let at = self.columns.iter().position(|(column, _)| column == name)?;
        self.beyond.lock().unwrap_or_else(PoisonError::into_inner)[at]
    }
}

/// Whether a file is in Parquet, by its first bytes; it stands at its start afterwards.
///
/// # Errors
/// Where it cannot be read.
pub fn is_one(file: &mut File) -> io::Result<bool> {
    if !file.metadata()?.is_file() {
        return Ok(false);
    }
    let mut first = Vec::new();
    file.by_ref().take(4).read_to_end(&mut first)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(first == b"PAR1")
}

#[expect(clippy::needless_pass_by_value, reason = "what errors are mapped by")]
fn told(error: ParquetError) -> io::Error {
    let says = error.to_string();
    let is_cut = matches!(error, ParquetError::EOF(_) | ParquetError::NeedMoreData(_)) || says.contains("footer");
    let says = if is_cut {
        "it is not whole: its end is not that of a file in Parquet; fetch it again".to_owned()
    } else if says.contains("feature") {
        format!("it is packed in a way that is not read here ({says}); write it with snappy, gzip or zstd")
    } else {
        format!("it is damaged, or coded in a way that is not read here: {says}")
    };
    io::Error::new(io::ErrorKind::InvalidData, says)
}

/// What a column is; or why it is none of single numbers or texts.
fn kind(column: &ColumnDescPtr) -> Result<Kind, &'static str> {
    use parquet::basic::Type;
    if column.max_rep_level() > 0 {
        return Err("lists");
    }
    let plain = matches!(column.converted_type(), ConvertedType::NONE) && column.logical_type_ref().is_none();
    let whole = matches!(column.logical_type_ref(), Some(LogicalType::Integer { .. }))
        || matches!(
            column.converted_type(),
            ConvertedType::INT_8
                | ConvertedType::INT_16
                | ConvertedType::INT_32
                | ConvertedType::INT_64
                | ConvertedType::UINT_8
                | ConvertedType::UINT_16
                | ConvertedType::UINT_32
        );
    let whole = whole && column.converted_type() != ConvertedType::UINT_64;
    match column.physical_type() {
        Type::DOUBLE | Type::FLOAT => Ok(Kind::Number),
        Type::BOOLEAN => Ok(Kind::Truth),
        Type::INT32 | Type::INT64 if plain || whole => Ok(Kind::Whole),
        // Days, times, decimals and what a column of whole numbers could not hold, as text that says them.
        Type::INT32 | Type::INT64 | Type::INT96 => Ok(Kind::Text),
        Type::BYTE_ARRAY => {
            let text = matches!(column.converted_type(), ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON)
                || matches!(column.logical_type_ref(), Some(LogicalType::String | LogicalType::Enum | LogicalType::Json));
            if text { Ok(Kind::Text) } else { Err("bytes that are no text") }
        }
        Type::FIXED_LEN_BYTE_ARRAY => Err("bytes that are no text"),
    }
}

/// The values of some rows of a column.
enum Values {
    Truths(Vec<bool>),
    Wholes32(Vec<i32>),
    Wholes64(Vec<i64>),
    Times(Vec<Int96>),
    Floats(Vec<f32>),
    Numbers(Vec<f64>),
    Texts(Vec<ByteArray>),
}

struct Column {
    /// Where it stands in the file.
    place: usize,
    described: ColumnDescPtr,
    reader: Option<ColumnReader>,
    levels: Vec<i16>,
    values: Values,
    /// The next value: fewer than rows, where some are missing.
    next: usize,
}

struct Table {
    file: SerializedFileReader<File>,
    columns: Vec<Column>,
    typed: Typed,
    /// The row group that comes next, the rows that are left of the one at hand, and all those before.
    group: usize,
    left: usize,
    row: u64,
    text: Vec<u8>,
    taken: usize,
}

/// The text of a file in Parquet, its header first, and what is known of its columns.
///
/// # Errors
/// Where it is damaged, or cut off.
pub fn open(file: File) -> io::Result<(Box<dyn Read + Send>, Typed)> {
    let file = SerializedFileReader::new(file).map_err(told)?;
    let schema = file.metadata().file_metadata().schema_descr_ptr();
    let mut typed = Typed { columns: Vec::new(), left_out: Vec::new(), beyond: Arc::default() };
    let mut columns = Vec::new();
    for place in 0..schema.num_columns() {
        let described = schema.column(place);
        let name = described.path().parts().join(".");
        match kind(&described) {
            Ok(kind) => typed.columns.push((name, kind)),
            Err(what) => {
                typed.left_out.push((name, what));
                continue;
            }
        }
        columns.push(Column { place, described, reader: None, levels: Vec::new(), values: Values::Truths(Vec::new()), next: 0 });
    }
    *typed.beyond.lock().unwrap_or_else(PoisonError::into_inner) = vec![None; columns.len()];
    let header: Vec<String> = typed.columns.iter().map(|(name, _)| cell(name, b',')).collect();
    let text = format!("{}\n", header.join(",")).into_bytes();
    let table = Table { file, columns, typed: typed.clone(), group: 0, left: 0, row: 0, text, taken: 0 };
    Ok((Box::new(table), typed))
}

impl Table {
    /// The next rows as text; none behind the last one.
    fn fill(&mut self) -> Result<(), ParquetError> {
        self.text.clear();
        self.taken = 0;
        while self.left == 0 {
            if self.group == self.file.num_row_groups() {
                return Ok(());
            }
            let group = self.file.get_row_group(self.group)?;
            self.group += 1;
            self.left =
                usize::try_from(group.metadata().num_rows()).map_err(|_| ParquetError::General("a row group of no rows".to_owned()))?;
            for column in &mut self.columns {
                column.reader = Some(group.get_column_reader(column.place)?);
            }
        }
        let count = self.left.min(BATCH);
        for column in &mut self.columns {
            column.read(count)?;
        }
        let mut beyond = Vec::new();
        for at in 0..count {
            for (place, column) in self.columns.iter_mut().enumerate() {
                if place > 0 {
                    self.text.push(b',');
                }
                if column.write(at, &mut self.text)? {
                    beyond.push((place, self.row + at as u64 + 1));
                }
            }
            // An empty line would be no row.
            if self.columns.len() == 1 && matches!(self.text.last(), None | Some(b'\n')) {
                self.text.extend_from_slice(b"\"\"");
            }
            self.text.push(b'\n');
        }
        if !beyond.is_empty() {
            let mut known = self.typed.beyond.lock().unwrap_or_else(PoisonError::into_inner);
            for (place, row) in beyond {
                known[place].get_or_insert(row);
            }
        }
        self.left -= count;
        self.row += count as u64;
        Ok(())
    }
}

impl Column {
    fn read(&mut self, count: usize) -> Result<(), ParquetError> {
        self.levels.clear();
        self.next = 0;
        let optional = self.described.max_def_level() > 0;
        let mut found = 0;
        macro_rules! read {
            ($reader:expr, $kind:path) => {{
                let mut values = Vec::with_capacity(count);
                while found < count {
                    let levels = optional.then_some(&mut self.levels);
                    let (records, _, _) = $reader.read_records(count - found, levels, None, &mut values)?;
                    if records == 0 {
                        return Err(ParquetError::General("a column has fewer rows than its row group".to_owned()));
                    }
                    found += records;
                }
                self.values = $kind(values);
            }};
        }
        match self.reader.as_mut() {
            Some(ColumnReader::BoolColumnReader(reader)) => read!(reader, Values::Truths),
            Some(ColumnReader::Int32ColumnReader(reader)) => read!(reader, Values::Wholes32),
            Some(ColumnReader::Int64ColumnReader(reader)) => read!(reader, Values::Wholes64),
            Some(ColumnReader::Int96ColumnReader(reader)) => read!(reader, Values::Times),
            Some(ColumnReader::FloatColumnReader(reader)) => read!(reader, Values::Floats),
            Some(ColumnReader::DoubleColumnReader(reader)) => read!(reader, Values::Numbers),
            Some(ColumnReader::ByteArrayColumnReader(reader)) => read!(reader, Values::Texts),
            Some(ColumnReader::FixedLenByteArrayColumnReader(_)) | None => {
                return Err(ParquetError::General("a column without a reader".to_owned()));
            }
        }
        Ok(())
    }

    /// Writes the field of a row; whether it is a whole number that a float cannot hold.
    fn write(&mut self, at: usize, text: &mut Vec<u8>) -> Result<bool, ParquetError> {
        if self.levels.get(at).is_some_and(|&level| level < self.described.max_def_level()) {
            return Ok(false);
        }
        let next = self.next;
        self.next += 1;
        let missing = || ParquetError::General("a column has fewer values than its rows say".to_owned());
        let described = &self.described;
        let field = match &self.values {
            Values::Truths(values) => {
                text.push(if *values.get(next).ok_or_else(missing)? { b'1' } else { b'0' });
                return Ok(false);
            }
            Values::Floats(values) => {
                push_shortest(f64::from(*values.get(next).ok_or_else(missing)?), text);
                return Ok(false);
            }
            Values::Numbers(values) => {
                push_shortest(*values.get(next).ok_or_else(missing)?, text);
                return Ok(false);
            }
            Values::Texts(values) => {
                let said = values.get(next).and_then(|bytes| std::str::from_utf8(bytes.data()).ok());
                let said = said.ok_or_else(|| ParquetError::General("a text is no UTF-8".to_owned()))?;
                // An empty text is none that is missing, and blanks around one belong to it.
                let quoted = said.is_empty() || said.trim() != said;
                let said = if quoted { format!("\"{}\"", said.replace('"', "\"\"")) } else { cell(said, b',') };
                text.extend_from_slice(said.as_bytes());
                return Ok(false);
            }
            Values::Wholes32(values) => Field::convert_int32(described, *values.get(next).ok_or_else(missing)?),
            Values::Wholes64(values) => Field::convert_int64(described, *values.get(next).ok_or_else(missing)?),
            Values::Times(values) => Field::convert_int96(described, *values.get(next).ok_or_else(missing)?),
        };
        text.extend_from_slice(field.to_string().as_bytes());
        Ok(match field {
            Field::Long(number) => {
                number.unsigned_abs() > EXACT && number.trailing_zeros() + 53 < 64 - number.unsigned_abs().leading_zeros()
            }
            Field::ULong(number) => number > EXACT && number.trailing_zeros() + 53 < 64 - number.leading_zeros(),
            _ => false,
        })
    }
}

impl Read for Table {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.text.len() {
            self.fill().map_err(told)?;
        }
        let count = bytes.len().min(self.text.len() - self.taken);
        bytes[..count].copy_from_slice(&self.text[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}
