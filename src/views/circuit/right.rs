//! The circuit from left to right in lines of text, as the notes draw it: the value above each wire, the gradient below it.
//!
//! Every arm of a character is a connection; two nets never share a character but where one crosses the other, which is a bare
//! bar. What is too wide is cut in front of a gate and goes on below, each wire that is cut named at both ends.

use super::channel::{Crossing, channel};
use super::layout::{Layout, Sizes, place};
use super::{Circuit, Node};
use crate::views::Role;
use std::collections::BTreeMap;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands beside a wire.
#[derive(Clone, Debug, Default)]
pub struct Label {
    /// The value, above.
    pub value: String,
    /// The gradient, below; empty where there is none.
    pub gradient: String,
}

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The circuit.
    pub circuit: &'a Circuit,
    /// What stands beside the wire of each node.
    pub labels: &'a [Label],
    /// Whether names that the program made stand there too.
    pub names: bool,
    /// Whether signs beyond ASCII may be used.
    pub unicode: bool,
    /// The columns that a line may fill.
    pub width: usize,
}

/// Lines of text.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// The lines, each as pieces with their meaning.
    pub lines: Vec<Vec<(Role, String)>>,
    /// How many bands it was cut into.
    pub bands: usize,
    /// Its widest line.
    pub width: usize,
    /// Whether wires of two nets meet where they do not cross, so that it could be misread.
    pub meets: bool,
}

const NORTH: u8 = 1;
const SOUTH: u8 = 2;
const EAST: u8 = 4;
const WEST: u8 = 8;

/// The letter of arms, by their sum.
const UNICODE: [char; 16] = [' ', '│', '│', '│', '─', '└', '┌', '├', '─', '┘', '┐', '┤', '─', '┴', '┬', '┼'];
const ASCII: [char; 16] = [' ', '|', '|', '|', '-', '\'', '.', '+', '-', '\'', '.', '+', '-', '+', '+', '+'];

/// Draws a circuit.
pub fn draw(asked: &Asked<'_>) -> Drawing {
    let layout = place(&asked.circuit.graph(), &Sizes { gate: 3.0, lane: 1.0, port: 2.0, whole: true });
    let uses = asked.circuit.uses();
    let mut painter = Painter { asked, layout: &layout, uses, canvas: Canvas::default(), ports: Vec::new(), begins: Vec::new() };
    painter.paint();
    painter.bands()
}

struct Painter<'a> {
    asked: &'a Asked<'a>,
    layout: &'a Layout,
    /// The gates that the wire of each node ends in, and which of their wires it is.
    uses: Vec<Vec<(usize, usize)>>,
    canvas: Canvas,
    /// The rows in which the wires of each node end.
    ports: Vec<Vec<isize>>,
    /// Where each column begins, and the whole ends.
    begins: Vec<isize>,
}

impl Painter<'_> {
    fn node(&self, net: usize) -> &Node {
        &self.asked.circuit.nodes[net]
    }

    fn row(&self, net: usize, column: usize) -> isize {
        self.layout.row(net, column) as isize
    }

    /// The sign of a gate, in brackets.
    fn sign(&self, net: usize) -> String {
        let sign = self.node(net).sign.as_ref();
        sign.map_or_else(String::new, |sign| format!("({})", if self.asked.unicode { &sign.unicode } else { &sign.ascii }))
    }

    /// The name that stands beside a wire.
    fn name(&self, net: usize) -> &str {
        let node = self.node(net);
        if self.asked.names || node.is_given || Some(net) == self.asked.circuit.output { &node.name } else { "" }
    }

    fn paint(&mut self) {
        self.ports = (0..self.asked.circuit.nodes.len()).map(|net| self.port_rows(net)).collect();
        let mut begin = 0;
        for column in 0..self.layout.columns.len() {
            self.begins.push(begin);
            begin = self.paint_column(column, begin);
        }
        self.begins.push(begin);
    }

    /// The rows in which the wires of a node end: above and below its sign, as near to where they come from as there is room.
    fn port_rows(&self, net: usize) -> Vec<isize> {
        let column = self.layout.column[net];
        let own = self.row(net, column);
        let ports = &self.layout.ports[net];
        let place = self.layout.columns[column].iter().position(|&other| other == net).unwrap_or_default();
        let half = |other: usize| match self.layout.ports[other].len().cast_signed() {
            _ if self.layout.is_lane(other, column) => 1,
            ports => ports.max(2),
        };
        let neighbour = |at: Option<usize>| at.and_then(|at| self.layout.columns[column].get(at)).copied();
        let above = neighbour(place.checked_sub(1)).map_or(isize::MIN / 2, |other| self.row(other, column) + half(other)).min(own - 1);
        let below = neighbour(Some(place + 1)).map_or(isize::MAX / 2, |other| self.row(other, column) - half(other)).max(own + 1);
        let row = |(which, &port): (usize, &usize)| {
            let from = self.row(self.node(net).wires[which].from, column - 1);
            let count = ports.len().cast_signed();
            match (count, port) {
                (1, _) | (3, 1) => own,
                (2 | 3, 0) => from.min(own - 1).max(above),
                (2 | 3, _) => from.max(own + 1).min(below),
                _ => own - (count - 1) + 2 * port.cast_signed(),
            }
        };
        ports.iter().enumerate().map(row).collect()
    }

    /// Paints the boxes of a column and the wires to the next one, and returns where that begins.
    fn paint_column(&mut self, column: usize, begin: isize) -> isize {
        let width = |text: &str| text.width().cast_signed();
        let gates = self.layout.boxes(column).map(|net| width(&self.sign(net))).max().unwrap_or(0);
        let label = |net: usize| {
            let label = &self.asked.labels[net];
            let name = width(self.name(net));
            (name + isize::from(name > 0) + width(&label.value)).max(width(&label.gradient))
        };
        let labels = self.layout.boxes(column).map(label).max().unwrap_or(0);
        let text = begin + gates + isize::from(gates > 0);
        let end = text + labels + 1;
        let middle = begin + gates / 2;
        let crossings = self.crossings(column);
        let channel = channel(&crossings, 0.5, 1.0);
        let is_final = column + 1 == self.layout.columns.len();
        let next = end + 2 * channel.tracks.cast_signed() + isize::from(!is_final);
        for net in self.layout.columns[column].clone() {
            let row = self.row(net, column);
            if self.layout.is_lane(net, column) {
                self.canvas.horizontal(net, row, begin, end);
            } else {
                self.paint_box(net, column, [middle, text, end]);
            }
        }
        let target = |to: f64| (to as isize, next);
        for (crossing, route) in crossings.iter().zip(&channel.routes) {
            let (net, from) = (crossing.net, crossing.from as isize);
            let Some(track) = route.track else {
                if let Some(&to) = crossing.to.first() {
                    let (row, next) = target(to);
                    self.canvas.horizontal(net, row, end, next);
                }
                continue;
            };
            let at = |track: usize| end + 1 + 2 * track.cast_signed();
            let mut row = from;
            let mut start = end;
            if let Some((aside, free)) = route.aside {
                self.canvas.horizontal(net, row, end, at(aside));
                self.canvas.vertical(net, at(aside), row, free as isize);
                (row, start) = (free as isize, at(aside));
            }
            self.canvas.horizontal(net, row, start, at(track));
            for &to in &crossing.to {
                self.canvas.vertical(net, at(track), row, to as isize);
                self.canvas.horizontal(net, to as isize, at(track), next);
            }
        }
        if !is_final {
            self.paint_ends(column + 1, next);
        }
        next
    }

    /// The wires between a column and the next one.
    fn crossings(&self, column: usize) -> Vec<Crossing> {
        let port = |to: usize, which: usize| self.ports[to][which] as f64;
        self.layout.between(column, &self.uses, 0.0, &port)
    }

    /// A box's sign, the wire that leaves it, and what stands beside that; `middle` is that of the gates, `text` where labels
    /// begin, `end` where the wires leave the column.
    fn paint_box(&mut self, net: usize, column: usize, [middle, text, end]: [isize; 3]) {
        let row = self.row(net, column);
        let sign = self.sign(net);
        let left = middle - sign.width().cast_signed() / 2;
        let start = if sign.is_empty() { text } else { left + sign.width().cast_signed() };
        self.canvas.text(left, row, &sign, Role::Plain);
        if self.ports[net].len() > 3 {
            for port in self.ports[net].clone().into_iter().filter(|&port| port != row) {
                self.canvas.text(left, port, "(", Role::Plain);
            }
        }
        let label = &self.asked.labels[net];
        let name = self.name(net).to_owned();
        self.canvas.text(text, row - 1, &name, Role::Name);
        let value = text + if name.is_empty() { 0 } else { name.width().cast_signed() + 1 };
        self.canvas.text(value, row - 1, &label.value, Role::Value);
        self.canvas.text(text, row + 1, &label.gradient, Role::Gradient);
        self.canvas.horizontal(net, row, start, end);
        if !sign.is_empty() {
            self.canvas.add(start, row, net, WEST);
        }
    }

    /// The last pieces of the wires that end in the gates of a column, which begins at `begin`.
    fn paint_ends(&mut self, column: usize, begin: isize) {
        let gates = self.layout.boxes(column).map(|net| self.sign(net).width().cast_signed()).max().unwrap_or(0);
        let middle = begin + gates / 2;
        for net in self.layout.boxes(column).collect::<Vec<_>>() {
            let (row, left) = (self.row(net, column), middle - self.sign(net).width().cast_signed() / 2);
            for (which, port) in self.ports[net].clone().into_iter().enumerate() {
                let from = self.node(net).wires[which].from;
                if port == row || self.ports[net].len() > 3 {
                    self.canvas.horizontal(from, port, begin - 1, left - 1);
                    self.canvas.add(left - 1, port, from, EAST);
                } else {
                    self.canvas.horizontal(from, port, begin - 1, middle);
                    let near = row + (port - row).signum();
                    self.canvas.vertical(from, middle, port, near);
                    self.canvas.add(middle, near, from, if port < row { SOUTH } else { NORTH });
                }
            }
        }
    }

    /// The drawing, cut in front of gates where it is wider than the page.
    fn bands(mut self) -> Drawing {
        let letters = if self.asked.unicode { &UNICODE } else { &ASCII };
        let total = self.begins.last().copied().unwrap_or(0);
        let room = self.asked.width.cast_signed();
        let mut drawing = Drawing { meets: self.canvas.meets(), ..Drawing::default() };
        let count = self.layout.columns.len();
        let (mut first, mut entering) = (0, BTreeMap::<isize, usize>::new());
        let width = self.canvas.width();
        let whole = width <= room;
        while first < count {
            let margin = entering.values().map(|&net| self.node(net).name.width().cast_signed() + 2).max().unwrap_or(0);
            let end = if whole { count } else { self.band_end(first, margin, [room, width]) };
            let last = if end < count { self.begins[end] } else { total.max(width) };
            let leaving = if end < count { self.canvas.leaving(last) } else { BTreeMap::new() };
            if drawing.bands > 0 {
                drawing.lines.push(Vec::new());
            }
            let mut lines: Vec<Vec<(Role, String)>> = Vec::new();
            let [top, bottom] = self.canvas.rows();
            for row in top..=bottom {
                let mut line = Vec::new();
                let arrow = if self.asked.unicode { '▸' } else { '>' };
                if margin > 0 {
                    let name = entering.get(&row).map(|&net| format!("{} {arrow}", self.node(net).name)).unwrap_or_default();
                    let pad = " ".repeat(margin.cast_unsigned().saturating_sub(name.width()));
                    line.push((Role::Plain, pad));
                    line.push((Role::Name, name));
                }
                self.canvas.line(row, self.begins[first], last, letters, &mut line);
                if let Some(&net) = leaving.get(&row) {
                    line.push((Role::Name, format!("{arrow} {}", self.node(net).name)));
                }
                lines.push(trimmed(line));
            }
            let blank = |line: &Vec<(Role, String)>| line.is_empty();
            let from = lines.iter().position(|line| !blank(line)).unwrap_or(0);
            let to = lines.iter().rposition(|line| !blank(line)).map_or(0, |at| at + 1);
            drawing.lines.extend(lines.drain(from..to.max(from)));
            drawing.bands += 1;
            (first, entering) = (end, leaving);
        }
        self.canvas = Canvas::default();
        let width = |line: &Vec<(Role, String)>| line.iter().map(|(_, text)| text.width()).sum();
        drawing.width = drawing.lines.iter().map(width).max().unwrap_or(0);
        drawing
    }

    /// The column before which a band that begins with `first` ends.
    fn band_end(&self, first: usize, margin: isize, [room, width]: [isize; 2]) -> usize {
        let count = self.layout.columns.len();
        let leaving = |end: usize| {
            if end == count {
                return 0;
            }
            self.canvas.leaving(self.begins[end]).values().map(|&net| self.node(net).name.width().cast_signed() + 2).max().unwrap_or(0)
        };
        // Behind the last column a text may go on.
        let last = self.begins[count].max(width);
        let wide = |end: usize| (if end == count { last } else { self.begins[end] }) - self.begins[first] + margin;
        let fits = |&end: &usize| wide(end) <= room && wide(end) + leaving(end) <= room;
        (first + 1..=count).rfind(fits).unwrap_or(first + 1)
    }
}

/// A line without spaces at its end.
fn trimmed(mut line: Vec<(Role, String)>) -> Vec<(Role, String)> {
    while let Some((_, text)) = line.last_mut() {
        let kept = text.trim_end().len();
        text.truncate(kept);
        if kept > 0 {
            break;
        }
        line.pop();
    }
    line
}

/// Characters by row and column: text, and the arms of nets.
#[derive(Default)]
struct Canvas {
    texts: BTreeMap<(isize, isize), (Role, String)>,
    wires: BTreeMap<(isize, isize), Vec<(usize, u8)>>,
}

impl Canvas {
    fn add(&mut self, x: isize, y: isize, net: usize, arms: u8) {
        let cell = self.wires.entry((y, x)).or_default();
        match cell.iter_mut().find(|(own, _)| *own == net) {
            Some((_, own)) => *own |= arms,
            None => cell.push((net, arms)),
        }
    }

    /// A wire along a row, both ends included.
    fn horizontal(&mut self, net: usize, y: isize, from: isize, to: isize) {
        for x in from..=to {
            self.add(x, y, net, if x < to { EAST } else { 0 } | if x > from { WEST } else { 0 });
        }
    }

    /// A wire along a column, both ends included.
    fn vertical(&mut self, net: usize, x: isize, from: isize, to: isize) {
        let (low, high) = (from.min(to), from.max(to));
        for y in low..=high {
            self.add(x, y, net, if y < high { SOUTH } else { 0 } | if y > low { NORTH } else { 0 });
        }
    }

    fn text(&mut self, x: isize, y: isize, text: &str, role: Role) {
        let mut at = x;
        for letter in text.chars() {
            match letter.width() {
                None | Some(0) => {
                    if let Some((_, before)) = self.texts.get_mut(&(y, at - 1)) {
                        before.push(letter);
                    }
                }
                Some(width) => {
                    self.texts.insert((y, at), (role, letter.to_string()));
                    for more in 1..width.cast_signed() {
                        self.texts.insert((y, at + more), (role, String::new()));
                    }
                    at += width.cast_signed();
                }
            }
        }
    }

    fn rows(&self) -> [isize; 2] {
        let ends = [self.texts.first_key_value().map(|(&at, _)| at), self.wires.first_key_value().map(|(&at, _)| at)];
        let first = ends.into_iter().flatten().min().map_or(0, |(y, _)| y);
        let ends = [self.texts.last_key_value().map(|(&at, _)| at), self.wires.last_key_value().map(|(&at, _)| at)];
        [first, ends.into_iter().flatten().max().map_or(0, |(y, _)| y)]
    }

    fn width(&self) -> isize {
        self.texts.keys().chain(self.wires.keys()).map(|&(_, x)| x + 1).max().unwrap_or(0)
    }

    /// Whether two nets share a cell otherwise than by crossing.
    fn meets(&self) -> bool {
        let crosses = |one: u8, other: u8| one == NORTH | SOUTH && other == EAST | WEST;
        self.wires.values().filter(|cell| cell.len() > 1).any(|cell| {
            let arms: Vec<u8> = cell.iter().map(|&(_, arms)| arms).filter(|&arms| arms != 0).collect();
            match arms[..] {
                [] | [_] => false,
                [one, other] => !crosses(one, other) && !crosses(other, one),
                _ => true,
            }
        })
    }

    /// The nets that a cut in front of a column goes through, by their rows.
    fn leaving(&self, x: isize) -> BTreeMap<isize, usize> {
        let [top, bottom] = self.rows();
        let cells = (top..=bottom).filter_map(|y| Some((y, self.wires.get(&(y, x))?)));
        cells.filter_map(|(y, cell)| cell.iter().find(|(_, arms)| arms & WEST != 0).map(|&(net, _)| (y, net))).collect()
    }

    /// The pieces of a row from one column up to another.
    fn line(&self, y: isize, from: isize, to: isize, letters: &[char; 16], line: &mut Vec<(Role, String)>) {
        for x in from..to {
            let (role, text) = match (self.texts.get(&(y, x)), self.wires.get(&(y, x))) {
                (Some((role, text)), _) => (*role, text.clone()),
                (None, Some(cell)) => {
                    let arms = if let [(_, arms)] = cell[..] { arms } else { NORTH | SOUTH };
                    (Role::Comment, letters[usize::from(arms)].to_string())
                }
                (None, None) => (Role::Plain, " ".to_owned()),
            };
            match line.last_mut() {
                Some((last, piece)) if *last == role || text == " " => piece.push_str(&text),
                _ => line.push((role, text)),
            }
        }
    }
}
