//! The view `circuit`: the circuit in lines of text, from left to right where it fits, else a stage a line.

use super::right::{self, Asked, Label};
use super::{Circuit, Node, down, drawn as drawn_style, left_out, not_drawn};
use crate::forms::StageId;
use crate::forms::StageNames;
use crate::forms::target::CALCULATOR;
use crate::ground::Shape;
use crate::views::code::Wording;
use crate::views::page::{Aligned, Flow, padded};
use crate::views::quiz::BLANK;
use crate::views::{Answer, MOST_SHOWN, Page, Quiz, Role, Style, table};
use std::io;
use unicode_width::UnicodeWidthStr;

/// The longest text of an array's numbers that stands beside a wire.
const BESIDE: usize = 24;
const _: () = assert!(BESIDE <= MOST_SHOWN);
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
    let beside = |node: &Node, style: &Style| usual(answer, node, style);
    draw(&Drawn { answer, names: &names, circuit: &circuit, beside: &beside, wired: true }, style, page)?;
    if let Some(told) = not_drawn(left_out(count, &circuit)) {
        page.put(Role::Comment, &format!("{told}\n"))?;
    }
    table::below(answer, style, &names, page)
}

/// Holds the room of a text that does not stand there yet, a letter of it; to be shown as a space.
pub const HELD: &str = "\u{2800}";

/// What stands beside a wire, and every text that may stand there in its time, for which there is room.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The value.
    pub value: String,
    /// The gradient.
    pub gradient: String,
    /// What may stand in the place of the value.
    pub values: Vec<String>,
    /// What may stand in the place of the gradient.
    pub gradients: Vec<String>,
}

impl Beside {
    /// The same for a drawing whose room is that of the texts in it.
    fn label(self, style: &Style) -> Label {
        // A blank takes its own room.
        let blank = if style.quiz == Quiz::Off || self.gradient.is_empty() { 0 } else { BLANK.len() };
        let wide = |texts: &[String]| texts.iter().map(|text| text.width()).max().unwrap_or_default();
        let held = |text: &str, width: usize| if text.is_empty() { HELD.repeat(width) } else { padded(text, width) };
        Label { value: held(&self.value, wide(&self.values)), gradient: held(&self.gradient, wide(&self.gradients).max(blank)) }
    }
}

/// A circuit to be drawn.
pub struct Drawn<'a> {
    /// Whose circuit it is.
    pub answer: &'a Answer,
    /// The names of its stages.
    pub names: &'a StageNames,
    /// What of it is drawn.
    pub circuit: &'a Circuit,
    /// What stands beside the wire of a node.
    pub beside: &'a dyn Fn(&Node, &Style) -> Beside,
    /// Whether wires are drawn; without them it is a table.
    pub wired: bool,
}

/// Draws a circuit in the direction that is asked for or fits.
///
/// # Errors
/// When the page cannot be written.
pub fn draw(drawn: &Drawn, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    if let Some(drawing) = from_left(drawn, style) {
        return put_right(&drawing, page);
    }
    if drawn.wired && style.flow == Flow::Right {
        page.put(Role::Comment, "from left to right two wires would run over each other: a stage a line\n")?;
    }
    put_down(drawn, style, page)
}

/// The drawing from left to right, where it is asked for or fits, and cannot be misread.
fn from_left(drawn: &Drawn, style: &Style) -> Option<right::Drawing> {
    let circuit = drawn.circuit;
    if !drawn.wired || style.flow == Flow::Down || style.flow == Flow::Fitting && circuit.nodes.len() > MOST_NODES {
        return None;
    }
    let few = drawn_style(style);
    let labels: Vec<Label> = circuit.nodes.iter().map(|node| (drawn.beside)(node, &few).label(&few)).collect();
    let draw = |names: bool| right::draw(&Asked { circuit, labels: &labels, names, unicode: style.unicode, width: style.width });
    let named = draw(true);
    // The names that the program made go first.
    let drawing = if named.bands > 1 { Some(draw(false)).filter(|bare| bare.bands < named.bands).unwrap_or(named) } else { named };
    let fits = drawing.bands <= MOST_BANDS && drawing.lines.len() <= MOST_LINES && drawing.width <= style.width;
    (!drawing.meets && (fits || style.flow == Flow::Right)).then_some(drawing)
}

/// What stands beside a wire once both passes are done.
fn usual(answer: &Answer, node: &Node, style: &Style) -> Beside {
    let shape = answer.shape(node.id);
    let gradient = answer.gradients(node.id).filter(|_| answer.valued).map(|gradient| numbers(shape, &gradient, style));
    let value = if answer.valued { stage(answer, node.id, style) } else { String::new() };
    Beside { value, gradient: gradient.unwrap_or_default(), ..Beside::default() }
}

/// The numbers of a stage on one line, or of a large array its shape.
pub fn stage(answer: &Answer, id: StageId, style: &Style) -> String {
    let shape = answer.shape(id);
    if shape.size() > BESIDE { shape.to_string() } else { numbers(shape, answer.numbers(id), style) }
}

/// Numbers on one line, or of a large array its shape.
pub fn numbers(shape: Shape, numbers: &[f64], style: &Style) -> String {
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
    /// What it computes, and its value and its gradient; nothing of a value that comes back.
    texts: Option<(String, Beside)>,
}

fn put_down(drawn: &Drawn, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let rows: Vec<Row> = lines(drawn, style).into_iter().map(|line| row(drawn, style, line)).collect();
    let shown = || rows.iter().filter_map(|row| row.texts.as_ref());
    let wires = rows.iter().map(|row| row.wires.width()).max().unwrap_or(0);
    let name = rows.iter().filter(|row| row.texts.is_some()).map(|row| row.name.width()).max().unwrap_or(0).max("name".len());
    let values = shown().flat_map(|(_, beside)| beside.values.iter().chain([&beside.value]));
    let gradients = shown().flat_map(|(_, beside)| beside.gradients.iter().chain([&beside.gradient]));
    let values = Aligned::of("value", values.map(String::as_str));
    let gradients = gradients.map(String::as_str).filter(|text| !text.is_empty());
    let gradients = (drawn.answer.backward.is_some() && drawn.answer.valued).then(|| Aligned::of("gradient", gradients));
    let widest = shown().map(|(text, _)| text.width()).max().unwrap_or(0).max("expression".len());
    let others = wires + name + values.width() + gradients.as_ref().map_or(0, |column| GAP.len() + column.width()) + 3 * GAP.len();
    let left = if style.full { widest } else { style.width.saturating_sub(others).min(widest) };
    let expression = if left < NARROW.min(widest) { 0 } else { left };
    let mut heading = if drawn.wired { vec![padded("", wires)] } else { Vec::new() };
    heading.push(padded("name", name));
    if expression > 0 {
        heading.push(padded("expression", expression));
    }
    if drawn.answer.valued {
        heading.push(padded("value", values.width()));
    }
    heading.extend(gradients.as_ref().map(|_| "gradient".to_owned()));
    page.put(Role::Heading, heading.join(GAP).trim_end())?;
    page.put(Role::Plain, "\n")?;
    for row in &rows {
        let mut pieces = if drawn.wired { vec![(Role::Comment, padded(&row.wires, wires))] } else { Vec::new() };
        match &row.texts {
            None => pieces.push((Role::Comment, format!("{}, from above", row.name))),
            Some((text, Beside { value, gradient, .. })) => {
                pieces.push((Role::Name, padded(&row.name, name)));
                if expression > 0 {
                    pieces.push((Role::Expression, padded(&style.shortened(text, expression), expression)));
                }
                if drawn.answer.valued {
                    pieces.push((Role::Value, padded(&values.place(value), values.width())));
                }
                pieces.extend(gradients.as_ref().map(|column| (Role::Gradient, column.place(gradient))));
            }
        }
        table::put_line(&pieces, page)?;
    }
    Ok(())
}

/// The lines of the wires, or of a table a line a node.
fn lines(drawn: &Drawn, style: &Style) -> Vec<down::Line> {
    if drawn.wired {
        return down::lines(drawn.circuit, style.unicode);
    }
    (0..drawn.circuit.nodes.len()).map(|node| down::Line { node, wires: String::new(), is_back: false }).collect()
}

fn row(drawn: &Drawn, style: &Style, line: down::Line) -> Row {
    let Drawn { answer, names, .. } = drawn;
    let node = &drawn.circuit.nodes[line.node];
    let texts = || (Wording::new(answer, names, &CALCULATOR).expression(node.id), (drawn.beside)(node, style));
    Row { wires: line.wires, name: node.name.clone(), texts: (!line.is_back).then(texts) }
}
