//! The view `svg`: the circuit as a figure for a slide, a page or a paper.
//!
//! One file without anything from outside: it follows light and dark, prints, and says in its title and description what it
//! shows. Value and gradient are told apart by their place and by a sign too, not by colour alone.

use super::figure::{Figure, Gate, LINE, Label, Numbers, Piece, tenths};
use super::{Circuit, Node, drawn, left_out, not_drawn, with_minus};
use crate::forms::StageNames;
use crate::forms::target::CALCULATOR;
use crate::views::code::Wording;
use crate::views::{Answer, Page, Role, Style};
use std::fmt::Write as _;
use std::io;

/// The radius of a corner.
const CORNER: f64 = 7.0;

/// How it looks: colours by what they mean, in light, in the dark and on paper.
const STYLE: &str = include_str!("figure.css");

/// Shows the figure.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    let whole = Circuit::of(answer, &names);
    let circuit = whole.shortened(answer, style);
    page.put(Role::Plain, &Drawing::new(answer, &names, &circuit, style, left_out(whole.nodes.len(), &circuit)).text())
}

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// Its names.
    pub names: &'a StageNames,
    /// The circuit, or the part of it that is drawn.
    pub circuit: &'a Circuit,
    /// How numbers are shown.
    pub style: Style,
    /// How many stages are not drawn.
    pub left_out: usize,
    /// How many letters a number must have room for, where others may take its place.
    pub room: usize,
}

impl<'a> Drawing<'a> {
    /// The figure of an answer.
    pub fn new(answer: &'a Answer, names: &'a StageNames, circuit: &'a Circuit, style: &Style, left_out: usize) -> Self {
        Self { answer, names, circuit, style: drawn(style), left_out, room: 0 }
    }

    /// The figure as text.
    pub fn text(&self) -> String {
        let figure = Figure::with_room(self.answer, self.circuit, &self.style, self.room);
        let mut painter = Painter { circuit: self.circuit, key: key(self.answer), out: String::new() };
        painter.head(self, &figure);
        painter.wires(&figure);
        painter.gates(&figure);
        painter.labels(&figure);
        painter.out.push_str("</g>\n</svg>\n");
        painter.out
    }
}

/// Letters that tell the names of one figure from those of another on the same page.
fn key(answer: &Answer) -> String {
    // Fowler, Noll and Vo's hash of the expression.
    let hash = answer.expression.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("c{hash:08x}")
}

struct Painter<'a> {
    circuit: &'a Circuit,
    key: String,
    out: String,
}

impl Painter<'_> {
    fn head(&mut self, drawing: &Drawing<'_>, figure: &Figure) {
        let Drawing { answer, names, ref style, left_out, .. } = *drawing;
        let key = &self.key;
        let (width, height) = (figure.width.ceil(), figure.height.ceil());
        let out = &mut self.out;
        let _ = writeln!(
            out,
            "<svg class=\"circuit\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"{key}-title {key}-desc\">"
        );
        let _ = writeln!(out, "<title id=\"{key}-title\">Circuit of {}</title>", escaped(&answer.expression));
        let said = self.circuit.nodes.iter().map(|node| sentence(answer, names, node, style)).collect::<Vec<_>>().join("; ");
        let rest = not_drawn(left_out).map_or_else(String::new, |told| format!(" {told}."));
        let _ = writeln!(out, "<desc id=\"{key}-desc\">{}.{rest}</desc>", escaped(&said));
        let _ = writeln!(out, "<style>\n{STYLE}</style>");
        let _ = writeln!(
            out,
            "<defs><marker id=\"{key}-head\" viewBox=\"0 0 8 8\" refX=\"7.2\" refY=\"4\" markerUnits=\"userSpaceOnUse\" markerWidth=\"10\" markerHeight=\"10\" orient=\"auto\"><path class=\"head\" d=\"M0 .8L7.6 4L0 7.2z\"/></marker></defs>"
        );
        out.push_str("<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n<g aria-hidden=\"true\">\n");
        if let Some(told) = not_drawn(left_out) {
            let _ = writeln!(out, "<text class=\"left-out\" x=\"24\" y=\"16\">{told}</text>");
        }
    }

    fn wires(&mut self, figure: &Figure) {
        let key = self.key.clone();
        let count = self.circuit.nodes.len();
        let (mut all, mut forks) = (vec![Vec::<&Piece>::new(); count], vec![Vec::new(); count]);
        figure.pieces.iter().for_each(|piece| all[piece.net].push(piece));
        figure.forks.iter().for_each(|&(net, x, y)| forks[net].push((x, y)));
        for (net, pieces) in all.iter().enumerate() {
            if pieces.is_empty() {
                continue;
            }
            let _ = writeln!(self.out, "<g data-net=\"{}\">", escaped(&self.circuit.nodes[net].name));
            for piece in pieces {
                let _ = writeln!(self.out, "<path class=\"halo\" d=\"{}\"/>", path(&piece.points));
            }
            for piece in pieces {
                let to = piece.to.map(|(gate, which)| {
                    let name = escaped(&self.circuit.nodes[gate].name);
                    format!(" data-to=\"{name}\" data-operand=\"{which}\" marker-end=\"url(#{key}-head)\"")
                });
                let _ = writeln!(self.out, "<path class=\"wire\" d=\"{}\"{}/>", path(&piece.points), to.unwrap_or_default());
            }
            for (x, y) in &forks[net] {
                let _ = writeln!(self.out, "<circle class=\"fork\" cx=\"{}\" cy=\"{}\" r=\"3.2\"/>", tenths(*x), tenths(*y));
            }
            self.out.push_str("</g>\n");
        }
    }

    fn gates(&mut self, figure: &Figure) {
        for &Gate { node, x, y, half, tall } in &figure.gates {
            let Node { name, sign, .. } = &self.circuit.nodes[node];
            let sign = sign.as_ref().map_or("", |sign| &sign.unicode);
            let is_short = sign.chars().count() <= 2;
            let _ = writeln!(
                self.out,
                "<g data-gate=\"{}\"><rect class=\"gate\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"19\"/><text class=\"sign{}\" x=\"{}\" y=\"{}\">{}</text></g>",
                escaped(name),
                tenths(x - half),
                tenths(y - tall),
                tenths(2.0 * half),
                tenths(2.0 * tall),
                if is_short { "" } else { " long" },
                tenths(x),
                tenths(y + if is_short { 6.0 } else { 4.5 }),
                escaped(&with_minus(sign)),
            );
        }
    }

    fn labels(&mut self, figure: &Figure) {
        for label in &figure.labels {
            let node = &self.circuit.nodes[label.node];
            let name = set_name(&node.name);
            if node.sign.is_none() {
                let class = if node.is_cut { "name cut" } else { "name" };
                let _ = writeln!(
                    self.out,
                    "<text class=\"{class}\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>",
                    tenths(label.x - 12.0),
                    tenths(label.y + 5.0)
                );
            } else {
                let lines = label.value.as_ref().map_or(0, Numbers::lines);
                let up = if matches!(label.value, Some(Numbers::Grid(_))) { 11.0 + LINE * lines as f64 } else { 23.0 };
                let class = if node.is_given { "name" } else { "name made" };
                let _ = writeln!(
                    self.out,
                    "<text class=\"{class} stage\" x=\"{}\" y=\"{}\">{name}</text>",
                    tenths(label.x),
                    tenths(label.y - up)
                );
            }
            if let Some(value) = &label.value {
                self.numbers(value, label, "value");
            }
            if let Some(gradient) = &label.gradient {
                self.numbers(gradient, label, "gradient");
            }
        }
        for share in &figure.shares {
            let _ = writeln!(
                self.out,
                "<text class=\"share\" data-share=\"{}\" data-operand=\"{}\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
                escaped(&self.circuit.nodes[share.to.0].name),
                share.to.1,
                tenths(share.x),
                tenths(share.y),
                escaped(&with_minus(&share.text))
            );
        }
    }

    /// The value of a label above its wire, or its gradient below.
    fn numbers(&mut self, numbers: &Numbers, label: &Label, class: &str) {
        let is_value = class == "value";
        let mark = if is_value { "" } else { "◂ " };
        let of = format!("data-{class}=\"{}\"", escaped(&self.circuit.nodes[label.node].name));
        match numbers {
            Numbers::Text(text) => {
                let y = label.y + if is_value { -7.0 } else { 18.0 };
                let text = escaped(&with_minus(text));
                let _ =
                    writeln!(self.out, "<text class=\"{class}\" {of} x=\"{}\" y=\"{}\">{mark}{text}</text>", tenths(label.x), tenths(y));
            }
            Numbers::Grid(cells) => {
                let height = LINE * cells.len() as f64;
                let left = label.x + if is_value { 0.0 } else { 14.0 };
                let top = if is_value { label.y - 6.0 - height } else { label.y + 6.0 };
                let _ = writeln!(self.out, "<g class=\"grid {class}\" {of}>");
                if !is_value {
                    let _ = writeln!(
                        self.out,
                        "<text class=\"{class}\" x=\"{}\" y=\"{}\">◂</text>",
                        tenths(label.x),
                        tenths(top + height / 2.0 + 5.0)
                    );
                }
                self.grid(cells, class, [left, top, height]);
                self.out.push_str("</g>\n");
            }
        }
    }

    fn grid(&mut self, cells: &[Vec<String>], class: &str, [left, top, height]: [f64; 3]) {
        let widths = Numbers::widths(cells);
        let width: f64 = widths.iter().sum();
        let _ = writeln!(
            self.out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\"/>",
            tenths(left),
            tenths(top),
            tenths(width),
            tenths(height)
        );
        let mut right = left;
        for (column, width) in widths.iter().enumerate() {
            if column > 0 {
                let _ = writeln!(self.out, "<path d=\"M{} {}v{}\"/>", tenths(right), tenths(top), tenths(height));
            }
            right += width;
            for (row, cells) in cells.iter().enumerate() {
                let y = top + LINE * row as f64 + 12.5;
                let text = escaped(&with_minus(&cells[column]));
                let _ = writeln!(
                    self.out,
                    "<text class=\"{class}\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{text}</text>",
                    tenths(right - 5.0),
                    tenths(y)
                );
            }
        }
        for row in 1..cells.len() {
            let _ = writeln!(self.out, "<path d=\"M{} {}h{}\"/>", tenths(left), tenths(top + LINE * row as f64), tenths(width));
        }
    }
}

/// A line with round corners.
fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (place, &(x, y)) in points.iter().enumerate() {
        let (before, next) = (place.checked_sub(1).map(|before| points[before]), points.get(place + 1));
        match (before, next) {
            (None, _) => {
                let _ = write!(path, "M{} {}", tenths(x), tenths(y));
            }
            (Some(_), None) => {
                let _ = write!(path, "L{} {}", tenths(x), tenths(y));
            }
            (Some(before), Some(&next)) => {
                let toward = |(to_x, to_y): (f64, f64)| {
                    let length = (to_x - x).abs() + (to_y - y).abs();
                    let part = if length > 0.0 { CORNER.min(length / 2.0) / length } else { 0.0 };
                    (x + (to_x - x) * part, y + (to_y - y) * part)
                };
                let ((from_x, from_y), (to_x, to_y)) = (toward(before), toward(next));
                let _ =
                    write!(path, "L{} {}Q{} {} {} {}", tenths(from_x), tenths(from_y), tenths(x), tenths(y), tenths(to_x), tenths(to_y));
            }
        }
    }
    path
}

/// What a node is, in a sentence.
fn sentence(answer: &Answer, names: &StageNames, node: &Node, style: &Style) -> String {
    let what = Wording::new(answer, names, &CALCULATOR).expression(node.id);
    let shape = answer.shape(node.id);
    let numbers = |numbers: &[f64]| if numbers.len() <= 16 { style.numbers(shape, numbers) } else { shape.to_string() };
    let value = if answer.valued { format!(", value {}", numbers(answer.numbers(node.id))) } else { String::new() };
    let gradient = answer.gradients(node.id).filter(|_| answer.valued).map(|gradient| format!(", gradient {}", numbers(&gradient)));
    format!("{} = {what}{value}{}", node.name, gradient.unwrap_or_default())
}

/// A name as it is set in print: of `w_0`, the 0 below the line.
fn set_name(name: &str) -> String {
    let parts = name.split_once('_').filter(|(stem, index)| {
        stem.chars().count() == 1 && !index.is_empty() && index.len() <= 2 && index.chars().all(char::is_alphanumeric)
    });
    match parts {
        Some((stem, index)) => format!("{}<tspan dy=\"4\" font-size=\"11\">{}</tspan>", escaped(stem), escaped(index)),
        None => escaped(name),
    }
}

/// A text as it stands in XML.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => out.push(' '),
            letter if letter.is_control() => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}
