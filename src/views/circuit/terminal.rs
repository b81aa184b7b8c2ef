//! The view `circuit`: the circuit in lines of text, from left to right where it fits, else a stage a line.

use super::right::{self, Asked, Label};
use super::{Circuit, down, left_out, not_drawn};
use crate::forms::target::CALCULATOR;
use crate::forms::{StageNames, print};
use crate::ground::Shape;
use crate::ground::number::Digits;
use crate::views::page::{Aligned, Flow, padded};
use crate::views::quiz::BLANK;
use crate::views::{Answer, Page, Quiz, Role, Style, table};
use crate::vocabulary::Gate;
use std::borrow::Cow;
use std::io;
use unicode_width::UnicodeWidthStr;

/// From left to right, numbers have so many digits, unless others are asked for.
const DIGITS: usize = 3;
/// The longest text of an array's numbers that stands beside a wire.
const BESIDE: usize = 24;
/// From left to right a circuit may be cut into so many bands and fill so many lines, where the direction is not asked for.
const MOST_BANDS: usize = 2;
const MOST_LINES: usize = 24;
/// A circuit of more nodes is not laid out from left to right to see whether it fits.
const MOST_NODES: usize = 60;
/// The narrowest that a column of expressions may become before it is left out.
const NARROW: usize = 10;
const GAP: &str = "  ";

/// Shows the circuit, and below it what happened.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    let whole = Circuit::of(answer, &names);
    let count = whole.nodes.len();
    let circuit = whole.focused(answer);
    match from_left(answer, &circuit, style) {
        Some(drawing) => put_right(&drawing, page)?,
        None => put_down(answer, &names, &circuit, style, page)?,
    }
    if let Some(told) = not_drawn(left_out(count, &circuit)) {
        page.put(Role::Comment, &format!("{told}\n"))?;
    }
    table::below(answer, style, &names, page)
}

/// The drawing from left to right, where it is asked for or fits, and cannot be misread.
fn from_left(answer: &Answer, circuit: &Circuit, style: &Style) -> Option<right::Drawing> {
    if style.flow == Flow::Down || style.flow == Flow::Fitting && circuit.nodes.len() > MOST_NODES {
        return None;
    }
    let labels = labels(answer, circuit, style);
    let draw = |names: bool| right::draw(&Asked { circuit, labels: &labels, names, unicode: style.unicode, width: style.width });
    let named = draw(true);
    // The names that the program made go first.
    let drawing = if named.bands > 1 { Some(draw(false)).filter(|bare| bare.bands < named.bands).unwrap_or(named) } else { named };
    let fits = drawing.bands <= MOST_BANDS && drawing.lines.len() <= MOST_LINES && drawing.width <= style.width;
    (!drawing.overlaps && (fits || style.flow == Flow::Right)).then_some(drawing)
}

/// What stands beside each wire.
fn labels(answer: &Answer, circuit: &Circuit, style: &Style) -> Vec<Label> {
    let style = Style { digits: Some(style.digits.unwrap_or(Digits::Rounded(DIGITS))), ..*style };
    let label = |node: &super::Node| Label {
        value: if answer.valued { beside(answer.shape(node.id), answer.numbers(node.id), &style) } else { String::new() },
        gradient: answer
            .gradients(node.id)
            .filter(|_| answer.valued)
            .map(|gradient| beside(answer.shape(node.id), &gradient, &style))
            // A blank takes its own room.
            .map(|gradient| if style.quiz == Quiz::Off { gradient } else { padded(&gradient, BLANK.len()) })
            .unwrap_or_default(),
    };
    circuit.nodes.iter().map(label).collect()
}

/// Numbers on one line, or of a large array its shape.
fn beside(shape: Shape, numbers: &[f64], style: &Style) -> String {
    let text = if numbers.len() <= BESIDE { style.numbers(shape, numbers) } else { String::new() };
    if shape.is_scalar() || !text.is_empty() && text.width() <= BESIDE { text } else { shape.to_string() }
}

fn put_right(drawing: &right::Drawing, page: &mut dyn Page) -> io::Result<()> {
    for line in &drawing.lines {
        for (role, text) in line {
            page.put(*role, text)?;
        }
        page.put(Role::Plain, "\n")?;
    }
    Ok(())
}

/// A line of the table at whose side the wires are.
struct Row {
    wires: String,
    name: String,
    /// What it computes, its value and its gradient; nothing of a value that comes back.
    texts: Option<[String; 3]>,
}

fn put_down(answer: &Answer, names: &StageNames, circuit: &Circuit, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let rows: Vec<Row> = down::lines(circuit, style.unicode).into_iter().map(|line| row(answer, names, circuit, style, line)).collect();
    let texts = |at: usize| rows.iter().filter_map(move |row| row.texts.as_ref().map(|texts| texts[at].as_str()));
    let wires = rows.iter().map(|row| row.wires.width()).max().unwrap_or(0);
    let name = rows.iter().filter(|row| row.texts.is_some()).map(|row| row.name.width()).max().unwrap_or(0).max("name".len());
    let values = Aligned::of("value", texts(1));
    let gradients = answer.backward.is_some().then(|| Aligned::of("gradient", texts(2).filter(|text| !text.is_empty())));
    let widest = texts(0).map(UnicodeWidthStr::width).max().unwrap_or(0).max("expression".len());
    let others = wires + name + values.width() + gradients.as_ref().map_or(0, |column| GAP.len() + column.width()) + 3 * GAP.len();
    let left = if style.full { widest } else { style.width.saturating_sub(others).min(widest) };
    let expression = if left < NARROW.min(widest) { 0 } else { left };
    let mut heading = vec![padded("", wires), padded("name", name)];
    if expression > 0 {
        heading.push(padded("expression", expression));
    }
    heading.push(padded("value", values.width()));
    heading.extend(gradients.as_ref().map(|_| "gradient".to_owned()));
    page.put(Role::Heading, heading.join(GAP).trim_end())?;
    page.put(Role::Plain, "\n")?;
    for row in &rows {
        let mut pieces = vec![(Role::Comment, padded(&row.wires, wires))];
        match &row.texts {
            None => pieces.push((Role::Comment, format!("{}, from above", row.name))),
            Some([text, value, gradient]) => {
                pieces.push((Role::Name, padded(&row.name, name)));
                if expression > 0 {
                    pieces.push((Role::Expression, padded(&style.shortened(text, expression), expression)));
                }
                pieces.push((Role::Value, padded(&values.place(value), values.width())));
                pieces.extend(gradients.as_ref().map(|column| (Role::Gradient, column.place(gradient))));
            }
        }
        table::put_line(pieces, page)?;
    }
    Ok(())
}

fn row(answer: &Answer, names: &StageNames, circuit: &Circuit, style: &Style, line: down::Line) -> Row {
    let node = &circuit.nodes[line.node];
    let id = node.id;
    let texts = || {
        let expression = match answer.program.gate(id) {
            Gate::Input if answer.program.is_active(id) => "input".to_owned(),
            Gate::Input | Gate::Constant => "constant".to_owned(),
            _ => print::stage(&answer.program, id, &CALCULATOR, &answer.symbols, &|id| names.word(id).map(Cow::Borrowed)),
        };
        let value = if answer.valued { beside(answer.shape(id), answer.numbers(id), style) } else { String::new() };
        let gradient = answer.gradients(id).map(|gradient| beside(answer.shape(id), &gradient, style)).unwrap_or_default();
        [expression, value, gradient]
    };
    Row { wires: line.wires, name: node.name.clone(), texts: (!line.is_back).then(texts) }
}
