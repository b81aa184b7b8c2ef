//! The circuit as a TikZ picture: the value in green above each wire, the gradient in red below, a mark before it besides the colour.
//!
//! How names and signs are set in LaTeX's mathematics is told by who asks.

use super::figure::{Figure, Gate, LINE, Label, Numbers, Piece, tenths};
use super::{Circuit, drawn};
use crate::views::{Answer, Style};
use std::fmt::Write as _;

/// What a document must have in its head.
pub const HEAD: &str = "\\newif\\ifdrawn
\\IfFileExists{tikz.sty}{\\usepackage{tikz}\\drawntrue}{}
\\ifdrawn
\\definecolor{value}{HTML}{00704F}
\\definecolor{gradient}{HTML}{B3400B}
\\fi
";

/// The most nodes of a circuit that is drawn.
const MOST: usize = 120;
/// The width and the height of a page, in points.
const PAGE: [f64; 2] = [480.0, 600.0];
/// A picture is drawn in this size, unless a page is too small for it; and never in less than that.
const USUAL: f64 = 0.75;
const LEAST: f64 = 0.2;

/// How texts are set as mathematics.
pub struct Setting<'a> {
    /// A name.
    pub name: &'a dyn Fn(&str) -> String,
    /// What stands in a gate, in ASCII.
    pub sign: &'a dyn Fn(&str) -> String,
    /// A number.
    pub number: &'a dyn Fn(&str) -> String,
}

/// The picture; none where there is no gate.
///
/// # Errors
/// How many boxes it has, where no page would show them so that they can be read.
pub fn text(answer: &Answer, style: &Style, setting: &Setting) -> Result<Option<String>, usize> {
    let circuit = Circuit::of(answer, &answer.names());
    if circuit.nodes.iter().all(|node| node.sign.is_none()) {
        return Ok(None);
    }
    if circuit.nodes.len() > MOST {
        return Err(circuit.nodes.len());
    }
    let style = drawn(style);
    let figure = Figure::of(answer, &circuit, &style);
    let scale = USUAL.min(PAGE[0] / figure.width).min(PAGE[1] / figure.height);
    if scale < LEAST {
        return Err(circuit.nodes.len());
    }
    let mut painter = Painter { circuit: &circuit, setting, scale, out: String::new() };
    painter.paint(&figure);
    Ok(Some(painter.out))
}

struct Painter<'a> {
    circuit: &'a Circuit,
    setting: &'a Setting<'a>,
    scale: f64,
    out: String,
}

impl Painter<'_> {
    fn paint(&mut self, figure: &Figure) {
        let size = tenths(self.scale / USUAL * 100.0) + "/100";
        let _ = writeln!(
            self.out,
            "\\begin{{tikzpicture}}[x=1pt, y=-1pt, >=stealth, line width=0.6pt, inner sep=0pt, every node/.style={{scale={size}}}]"
        );
        figure.pieces.iter().for_each(|piece| self.wire(piece));
        for &(_, x, y) in &figure.forks {
            let _ = writeln!(self.out, "\\fill {} circle[radius=1.6pt];", self.at(x, y));
        }
        figure.gates.iter().for_each(|gate| self.gate(gate));
        figure.labels.iter().for_each(|label| self.label(label));
        for share in &figure.shares {
            let text = format!("\\scriptstyle {}", (self.setting.number)(&share.text));
            self.node(share.x, share.y, "gradient, anchor=base east", &text);
        }
        self.out.push_str("\\end{tikzpicture}\n");
    }

    fn wire(&mut self, piece: &Piece) {
        let points: Vec<String> = piece.points.iter().map(|&(x, y)| self.at(x, y)).collect();
        let head = if piece.to.is_some() { "->, " } else { "" };
        let corner = tenths(5.0 * self.scale);
        let _ = writeln!(self.out, "\\draw[{head}rounded corners={corner}pt] {};", points.join(" -- "));
    }

    fn gate(&mut self, &Gate { node, x, y, half, tall }: &Gate) {
        let (from, to) = (self.at(x - half, y - tall), self.at(x + half, y + tall));
        let corner = tenths(half.min(tall) * self.scale);
        let _ = writeln!(self.out, "\\draw[fill=white, rounded corners={corner}pt] {from} rectangle {to};");
        let sign = self.circuit.nodes[node].sign.as_ref().map_or("", |sign| &sign.ascii);
        self.node(x, y, "", &(self.setting.sign)(sign));
    }

    fn label(&mut self, label: &Label) {
        let node = &self.circuit.nodes[label.node];
        let name = (self.setting.name)(&node.name);
        if node.sign.is_none() {
            self.node(label.x - 12.0, label.y + 4.0, "anchor=base east", &name);
        } else {
            let lines = label.value.as_ref().map_or(0, Numbers::lines) as f64;
            let up = if matches!(label.value, Some(Numbers::Grid(_))) { 11.0 + LINE * lines } else { 22.0 };
            self.node(label.x, label.y - up, "anchor=base west", &format!("\\scriptstyle {name}"));
        }
        if let Some(value) = &label.value {
            self.numbers(label, value, -4.0, "value, anchor=south west", "");
        }
        if let Some(gradient) = &label.gradient {
            self.numbers(label, gradient, 4.0, "gradient, anchor=north west", "{\\triangleleft}\\,");
        }
    }

    fn numbers(&mut self, label: &Label, numbers: &Numbers, aside: f64, options: &str, mark: &str) {
        let set = match numbers {
            Numbers::Text(text) => (self.setting.number)(text),
            Numbers::Grid(cells) => {
                let row = |row: &Vec<String>| row.iter().map(|cell| (self.setting.number)(cell)).collect::<Vec<_>>().join(" & ");
                let rows: Vec<String> = cells.iter().map(row).collect();
                format!("\\left[\\begin{{smallmatrix}} {} \\end{{smallmatrix}}\\right]", rows.join(" \\\\ "))
            }
        };
        self.node(label.x, label.y + aside, options, &format!("{mark}{{{set}}}"));
    }

    fn node(&mut self, x: f64, y: f64, options: &str, text: &str) {
        let _ = writeln!(self.out, "\\node[{options}] at {} {{${text}$}};", self.at(x, y));
    }

    /// A place on the page.
    fn at(&self, x: f64, y: f64) -> String {
        format!("({}, {})", tenths(x * self.scale), tenths(y * self.scale))
    }
}
