//! How rows and what is appended to them are written: as fields, and as objects.
//!
//! Knows fields, numbers and the plan; where the numbers come from, `work` knows.

use super::numbers::number;
use super::table::said;
use super::work::Plan;
use crate::ground::number::{push_shortest, shortest};

/// A text as a field.
pub fn cell(text: &str, divider: u8) -> String {
    if text.contains([char::from(divider), '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// A number as a field.
pub fn figure(number: Option<f64>) -> String {
    number.map_or(String::new(), shortest)
}

/// The numbers of every row that has an answer, by columns, and which of them is meant; none where a row has none.
pub type Answer<'a> = Option<(&'a [Vec<f64>], usize)>;

/// A row as it stood, but for columns that are not kept, with what is appended.
pub fn line(plan: &Plan, bytes: &[u8], found: &[(usize, usize)], (answer, short): (Answer<'_>, usize), text: &mut Vec<u8>) {
    let mut begun = false;
    if plan.as_it_stands {
        text.extend_from_slice(bytes);
        text.resize(text.len() + short, plan.divider);
        begun = true;
    } else {
        for &column in &plan.kept {
            if std::mem::replace(&mut begun, true) {
                text.push(plan.divider);
            }
            text.extend_from_slice(found.get(column).map_or(b"", |&(from, to)| &bytes[from..to]));
        }
    }
    for place in 0..plan.appended.len() {
        if std::mem::replace(&mut begun, true) {
            text.push(plan.divider);
        }
        if let Some((answers, at)) = answer {
            push_shortest(answers[place][at], text);
        }
    }
    text.push(b'\n');
}

/// A row as an object on one line: numbers as they stood where JSON writes them so and of columns that are read as such, other fields as
/// texts, null for what is missing.
pub fn object(plan: &Plan, bytes: &[u8], found: &[(usize, usize)], answer: Answer<'_>, text: &mut Vec<u8>) {
    let mut before = b'{';
    let mut name = |name: &str, text: &mut Vec<u8>| {
        text.push(std::mem::replace(&mut before, b','));
        quote(name, text);
        text.push(b':');
    };
    for &column in &plan.kept {
        name(&plan.columns[column], text);
        let field = found.get(column).map_or(&b""[..], |&(from, to)| &bytes[from..to]);
        let said = said(field);
        let is_read = plan.used.contains(&column);
        if field.is_empty() || is_read && plan.absent.has(said.trim_ascii()) {
            text.extend_from_slice(b"null");
        } else if field.first() != Some(&b'"') && serde_json::from_slice::<serde_json::Number>(said.trim_ascii()).is_ok() {
            text.extend_from_slice(said.trim_ascii());
        } else if let Some(read) = number(field, &plan.absent).ok().flatten().filter(|read| is_read && read.is_finite()) {
            push_shortest(read, text);
        } else {
            quote(&String::from_utf8_lossy(&said), text);
        }
    }
    for (place, appended) in plan.appended.iter().enumerate() {
        name(appended, text);
        match answer.map(|(answers, at)| answers[place][at]) {
            None => text.extend_from_slice(b"null"),
            Some(number) if number.is_finite() => push_shortest(number, text),
            Some(number) => {
                text.push(b'"');
                push_shortest(number, text);
                text.push(b'"');
            }
        }
    }
    if before == b'{' {
        text.push(before);
    }
    text.extend_from_slice(b"}\n");
}

/// A text in JSON's quotation marks.
pub fn quote(said: &str, text: &mut Vec<u8>) {
    // A text can be written to memory.
    let _ = serde_json::to_writer(text, said);
}
