//! The view `csv`: a row for the value and for every input's gradient, as spreadsheets and scripts read them.

use super::analysis::elements;
use super::{Answer, Checked, Page, Role, Style};
use crate::forms::StageId;
use crate::ground::number;
use crate::vocabulary::statement::ASSERT;
use std::io;

/// The names of the columns.
pub const HEAD: &str = "source,line,expression,name,value,gradient\n";

/// Shows a row for each number of the output and of the inputs, and for each derivative of one by another where these are
/// asked for.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    // Unless digits are asked for, a row is for machines: it keeps the sign of a zero.
    let written = |value: f64| style.digits.map_or_else(|| number::shortest(value), |digits| number::rounded(value, digits));
    let mut rows = Rows { writer: csv::Writer::from_writer(Vec::new()), held: 0, page };
    let line = answer.source.line.to_string();
    let mut row = |id: StageId| -> io::Result<()> {
        let gradients = answer.gradients(id);
        let (precise, slopes) = (answer.precise(id), answer.precise_gradients(id));
        for (at, &value) in answer.numbers(id).iter().enumerate() {
            let name = format!("{}{}", names.of(id).unwrap_or_default(), answer.shape(id).subscript(at));
            let gradient = match &slopes {
                Some(shown) => shown[at].text.clone(),
                None => gradients.as_ref().map_or(String::new(), |gradients| written(gradients[at])),
            };
            let value = precise.map_or_else(|| written(value), |shown| shown[at].text.clone());
            rows.put([&*answer.source.name, &line, &answer.expression, &name, &value, &gradient])?;
        }
        Ok(())
    };
    row(answer.output)?;
    answer.active_inputs().filter(|&id| id != answer.output).try_for_each(row)?;
    if let Some(jacobian) = &answer.analysis.jacobian {
        let inputs: Vec<String> = answer.active_inputs().flat_map(|id| elements(answer, &names, id)).collect();
        for (output, row) in elements(answer, &names, answer.output).zip(jacobian) {
            for (input, &slope) in inputs.iter().zip(row) {
                let name = format!("d{output}/d{input}");
                rows.put([&*answer.source.name, &line, &answer.expression, &name, "", &written(slope)])?;
            }
        }
    }
    rows.flush()
}

/// So many bytes of rows are held before they go to the page.
const HELD: usize = 1 << 16;

/// Rows on their way to a page: each repeats the expression, so that all of them may be much longer than what they are of.
struct Rows<'a> {
    writer: csv::Writer<Vec<u8>>,
    held: usize,
    page: &'a mut dyn Page,
}

impl Rows<'_> {
    fn put(&mut self, fields: [&str; 6]) -> io::Result<()> {
        self.held += fields.iter().map(|field| field.len()).sum::<usize>();
        self.writer.write_record(fields)?;
        if self.held < HELD { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> io::Result<()> {
        let written = std::mem::replace(&mut self.writer, csv::Writer::from_writer(Vec::new()));
        let bytes = written.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        self.held = 0;
        self.page.put(Role::Plain, &String::from_utf8_lossy(&bytes))
    }
}

/// Shows a row for an assertion: the word in place of a name, and 1 where it holds, 0 where it does not.
///
/// # Errors
/// When the page cannot be written.
pub fn checked(checked: &Checked, pass: bool, page: &mut dyn Page) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let (line, held) = (checked.source.line.to_string(), if pass { "1" } else { "0" });
    writer.write_record([&*checked.source.name, &line, &checked.text, ASSERT, held, ""])?;
    let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    page.put(Role::Plain, &String::from_utf8_lossy(&bytes))
}
