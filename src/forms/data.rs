//! Tables of numbers as text: comma-separated values, read into a vector or a matrix.
//!
//! Knows the text of a file and not the file; the crate csv knows quotes and line ends.

use crate::ground::budget::Unloaded;
use crate::ground::{Shape, Value};
use crate::vocabulary::gate::shape_rules::MOST_NUMBERS;

/// Reads lines of numbers, separated by commas, or by semicolons or tabs where the first line has no comma. A first line
/// that is not all numbers is a header; lines that begin with `#` are left out. One column is a vector.
///
/// # Errors
/// What is wrong with the text, and in which line; or that it holds more than `most` numbers.
pub fn read(bytes: &[u8], most: usize) -> Result<Value, Unloaded> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let first = bytes.split(|&byte| byte == b'\n').find(|line| !line.is_empty() && line[0] != b'#').unwrap_or(bytes);
    let separator = [b',', b';', b'\t'].into_iter().find(|separator| first.contains(separator)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(separator)
        .comment(Some(b'#'))
        .from_reader(bytes);
    let mut numbers = Vec::new();
    let (mut rows, mut columns) = (0usize, 0);
    let mut record = csv::ByteRecord::new();
    let mut first = true;
    let most = most.min(MOST_NUMBERS);
    let wrong_text = |text: String| Err(Unloaded::Unreadable(text));
    while reader.read_byte_record(&mut record).map_err(|error| Unloaded::Unreadable(error.to_string()))? {
        let line = record.position().map_or(0, csv::Position::line);
        let start = numbers.len();
        let wrong = record.iter().position(|field| match parsed(field) {
            Some(number) => {
                numbers.push(number);
                false
            }
            None => true,
        });
        if let Some(at) = wrong {
            numbers.truncate(start);
            if !std::mem::take(&mut first) {
                let field = String::from_utf8_lossy(&record[at]);
                let field = crate::ground::text::shortened(&field);
                return wrong_text(format!("line {line}, field {}: `{field}` is no number", at + 1));
            }
            continue;
        }
        first = false;
        if rows > 0 && record.len() != columns {
            return wrong_text(format!("line {line} has {} numbers, and the lines before it have {columns}", record.len()));
        }
        if numbers.len() > most {
            return Err(Unloaded::TooMany(most));
        }
        (rows, columns) = (rows + 1, record.len());
    }
    let dims = if columns == 1 { vec![rows] } else { vec![rows, columns] };
    Shape::from_dims(&dims).map(|shape| Value::new(shape, numbers)).ok_or_else(|| Unloaded::Unreadable("it holds no numbers".to_owned()))
}

fn parsed(field: &[u8]) -> Option<f64> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape_and_numbers(text: &str) -> (String, Vec<f64>) {
        let value = read(text.as_bytes(), MOST_NUMBERS).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        (value.shape().to_string(), value.numbers().to_vec())
    }

    #[test]
    fn lines_of_numbers_are_a_matrix_and_one_column_a_vector() {
        let matrix = || ("[2, 2]".to_owned(), vec![1.0, 2.0, 3.0, 4.5]);
        for text in ["1,2\n3,4.5\n", "1,2\r\n3,4.5", "x,y\n1,2\n3,4.5\n", "\u{feff}x;y\n1;2\n3;4.5", "# made by hand\n1\t2\n\n3\t4.5\n"] {
            assert_eq!(shape_and_numbers(text), matrix(), "{text:?}");
        }
        assert_eq!(shape_and_numbers("\"x\"\n 1 \n-inf\n"), ("[2]".to_owned(), vec![1.0, f64::NEG_INFINITY]));
        assert_eq!(shape_and_numbers("1,2,3"), ("[1, 3]".to_owned(), vec![1.0, 2.0, 3.0]));
    }

    #[test]
    fn what_is_no_table_of_numbers_is_told_with_its_line() {
        let error = |text: &str| match read(text.as_bytes(), 4).expect_err(text) {
            Unloaded::Unreadable(why) => why,
            other => format!("{other:?}"),
        };
        assert_eq!(error("1,2\n3,4\n5,6\n"), "TooMany(4)");
        assert_eq!(error("x,y\n1,2\n3,oops\n"), "line 3, field 2: `oops` is no number");
        assert_eq!(error("1,2\n3\n"), "line 2 has 1 numbers, and the lines before it have 2");
        assert_eq!(error("1,2\n3,\n"), "line 2, field 2: `` is no number");
        assert_eq!(error(""), "it holds no numbers");
        assert_eq!(error("x,y\n"), "it holds no numbers");
    }
}
