//! From the fields of a row to its numbers: what is a number, what says that one is missing, and what is neither.
//!
//! Knows bytes and what is asked of columns; no answer.

use super::table::said;
use super::work::Plan;
use crate::forms::data::{decimal_comma, parsed};
use crate::ground::text::shortened;
use memchr::memchr3;

/// What stands for a number that is missing.
#[derive(Debug)]
pub struct Absent {
    words: Vec<String>,
    /// Those of them that are numbers.
    numbers: Vec<f64>,
}

impl Absent {
    /// Words divided by commas, and the empty one.
    pub fn of(words: &str) -> Self {
        let words: Vec<String> = words.split(',').map(|word| word.trim().to_owned()).chain([String::new()]).collect();
        let numbers = words.iter().filter_map(|word| word.parse::<f64>().ok()).filter(|number| number.is_finite()).collect();
        Self { words, numbers }
    }

    /// Whether a field says so.
    pub fn has(&self, said: &[u8]) -> bool {
        self.words.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(said))
    }
}

/// What is asked of a column.
#[derive(Clone, Copy, Debug)]
pub enum Role {
    /// A number, the one at this place among the program's columns.
    Number(usize),
    Nothing,
}

/// What is asked of each column; none where more may be asked of it, or numbers may hold what divides fields.
pub fn roles(plan: &Plan) -> Option<Vec<Role>> {
    let plain = plan.weights.is_none() && !plan.deviations.contains(&true) && plan.absent.numbers.is_empty();
    let divides = !plan.divider.is_ascii_alphanumeric() && !b".+-\r".contains(&plan.divider);
    let role = |column| plan.used.iter().position(|&used| used == column).map_or(Role::Nothing, Role::Number);
    (plain && divides).then(|| (0..plan.columns.len()).map(role).collect())
}

/// The numbers of a row that begins at a place and has a plain number in each column that is asked for one: where it ends, and where the
/// next one begins. None of any other row, of which some numbers may be taken.
#[inline]
pub fn plain_row(bytes: &[u8], start: usize, roles: &[Role], divider: u8, columns: &mut [Vec<f64>]) -> Option<(usize, usize)> {
    let mut at = start;
    for (column, role) in roles.iter().enumerate() {
        match *role {
            Role::Number(place) => {
                let (number, length) = fast_float2::parse_partial::<f64, _>(&bytes[at..]).ok()?;
                // Others are words, or too small or too large.
                if !number.is_finite() || number == 0.0 && is_too_small(&bytes[at..at + length]) {
                    return None;
                }
                columns[place].push(number);
                at += length;
            }
            Role::Nothing => at += memchr3(divider, b'\n', b'"', &bytes[at..])?,
        }
        let last = column + 1 == roles.len();
        match bytes.get(at) {
            Some(&byte) if byte == divider && !last => at += 1,
            Some(b'\n') if last => {}
            Some(b'\r') if last && bytes.get(at + 1) == Some(&b'\n') => return Some((at, at + 2)),
            _ => return None,
        }
    }
    let end = if at > start && bytes[at - 1] == b'\r' { at - 1 } else { at };
    Some((end, at + 1))
}

/// Whether a field that is read as 0 has another digit.
pub fn is_too_small(field: &[u8]) -> bool {
    field.iter().take_while(|byte| !matches!(byte, b'e' | b'E')).any(|byte| matches!(byte, b'1'..=b'9'))
}

/// Whether commas stand where they would part thousands.
fn parts_thousands(said: &[u8]) -> bool {
    let mut parts = said.strip_prefix(b"-").unwrap_or(said).split(|&byte| byte == b',');
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let first = parts.next().is_some_and(|first| (1..=3).contains(&first.len()) && digits(first) && first[0] != b'0');
    let mut rest = parts.peekable();
    first && rest.peek().is_some() && rest.all(|part| part.len() == 3 && digits(part))
}

/// The number of a field; none where it is missing.
pub fn number(field: &[u8], absent: &Absent) -> Result<Option<f64>, String> {
    let plain = field.trim_ascii();
    // Most fields are numbers, and nothing but one; a number may stand for one that is missing.
    if let Ok(number) = fast_float2::parse::<f64, _>(plain)
        && number.is_finite()
    {
        return Ok(Some(number).filter(|number| !absent.numbers.contains(number)));
    }
    let said = said(field);
    let said = said.trim_ascii();
    if absent.has(said) {
        return Ok(None);
    }
    if field.first() == Some(&b'"') && field.trim_ascii_end().last() != Some(&b'"') {
        return Err(format!("`{}` has something behind its quotation marks", shortened(&String::from_utf8_lossy(field))));
    }
    let text = String::from_utf8_lossy(said).into_owned();
    match parsed(said) {
        Some(number) if number.is_infinite() && text.contains(|c: char| c.is_ascii_digit()) => {
            Err(format!("`{}` is larger than the largest number, 1.8e308", shortened(&text)))
        }
        // A sign may be spelled otherwise.
        Some(number) if number.is_nan() && absent.has(b"nan") => Ok(None),
        Some(number) => Ok(Some(number).filter(|number| !absent.numbers.contains(number))),
        None => {
            let thousands;
            let hint = if parts_thousands(said) {
                let (whole, point) = (text.replace(',', ""), text.replacen(',', ".", 1));
                thousands =
                    if point.contains(',') { format!("; write it as {whole}") } else { format!("; write it as {whole} or as {point}") };
                &thousands
            } else if decimal_comma(said).is_some_and(|field| parsed(&field).is_some()) {
                if field.contains(&b'"') {
                    "; numbers have a decimal point here"
                } else {
                    "; numbers have a decimal point here: `tr , . < FILE > NEW` makes one of each comma, in texts too"
                }
            } else if parsed(text.replace('_', "").as_bytes()).is_some() {
                "; digits are written without `_` here"
            } else {
                ""
            };
            Err(format!("`{}` is no number{hint}", shortened(&text)))
        }
    }
}
