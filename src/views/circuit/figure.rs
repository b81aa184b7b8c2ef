//! A circuit as a figure: where boxes, wires and labels stand, in points of a page, and how wide texts are taken to be.
//!
//! Wires run along rows and columns. A label stands at the source end of its wire: name, value above, gradient below. Where a
//! wire splits, each branch has at its gate what it adds to the gradient. Knows no drawing language: `svg` paints it.

use super::channel::{Crossing, Route, channel};
use super::layout::{Layout, Sizes, place};
use super::{Circuit, share};
use crate::ground::Shape;
use crate::views::{Answer, Style};

/// The radius of a gate, and half of its height.
pub const RADIUS: f64 = 19.0;
/// The room around the figure.
pub const MARGIN: f64 = 26.0;
/// The height of a row of a small matrix.
pub const LINE: f64 = 16.0;
/// The width of a letter of a number, in the widest of the fonts that may be there.
const LETTER: f64 = 9.8;
const NAME_LETTER: f64 = 9.4;
const INPUT_LETTER: f64 = 10.0;
const SHARE_LETTER: f64 = 7.0;
const CELL_LETTER: f64 = 8.4;
const SIGN_LETTER: f64 = 9.2;
/// The distance of tracks, and of wires into a gate.
const TRACK: f64 = 16.0;
/// Room in front of a gate for the arrow heads.
const HEAD: f64 = 22.0;
/// Matrices of at most so many rows and columns are shown whole.
const SMALL: usize = 4;

/// A number, or the numbers of a small array, as they are shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// On one line.
    Text(String),
    /// The cells of a grid, row by row.
    Grid(Vec<Vec<String>>),
}

impl Numbers {
    /// Numbers in a shape; a vector is a column, a large array its shape.
    pub fn of(shape: Shape, numbers: &[f64], style: &Style) -> Self {
        let (rows, columns) = match shape {
            Shape::Scalar => return Self::Text(set(&style.number(numbers[0]))),
            Shape::Vector(n) => (n as usize, 1),
            Shape::Matrix(m, n) => (m as usize, n as usize),
        };
        if rows > SMALL || columns > SMALL {
            return Self::Text(shape.to_string());
        }
        Self::Grid(numbers.chunks(columns).map(|row| row.iter().map(|&number| set(&style.number(number))).collect()).collect())
    }

    /// The widths of the columns of a grid.
    pub fn widths(cells: &[Vec<String>]) -> Vec<f64> {
        let widest = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        (0..cells.first().map_or(0, Vec::len)).map(|column| CELL_LETTER * widest(column) as f64 + 10.0).collect()
    }

    /// How many lines it fills.
    pub fn lines(&self) -> usize {
        if let Self::Grid(cells) = self { cells.len() } else { 1 }
    }

    /// How wide it is.
    pub fn width(&self) -> f64 {
        match self {
            Self::Text(text) => LETTER * text.chars().count() as f64,
            Self::Grid(cells) => Self::widths(cells).iter().sum(),
        }
    }
}

/// What stands at the beginning of a wire.
#[derive(Clone, Debug)]
pub struct Label {
    /// The node whose wire it is.
    pub node: usize,
    /// Where its texts begin.
    pub x: f64,
    /// The row of its wire.
    pub y: f64,
    /// The value, above the wire; none where there are no values.
    pub value: Option<Numbers>,
    /// The gradient, below.
    pub gradient: Option<Numbers>,
}

/// A gate.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    /// The node that it is.
    pub node: usize,
    /// Its middle.
    pub x: f64,
    /// Its row.
    pub y: f64,
    /// Half of its width.
    pub half: f64,
    /// Half of its height.
    pub tall: f64,
}

/// A piece of a wire, as a line with corners.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The net that it is of.
    pub net: usize,
    /// Its ends and corners.
    pub points: Vec<(f64, f64)>,
    /// The gate that it ends in, and which of its wires it is.
    pub to: Option<(usize, usize)>,
}

/// What a branch adds to a gradient.
#[derive(Clone, Debug)]
pub struct Share {
    /// The gate, and which of its wires it is.
    pub to: (usize, usize),
    /// Where its text ends.
    pub x: f64,
    /// The row in which it stands.
    pub y: f64,
    /// The number, with its sign.
    pub text: String,
}

/// A figure.
#[derive(Clone, Debug, Default)]
pub struct Figure {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// The gates.
    pub gates: Vec<Gate>,
    /// The labels of inputs and gates.
    pub labels: Vec<Label>,
    /// The wires.
    pub pieces: Vec<Piece>,
    /// Where wires split, by their nets.
    pub forks: Vec<(usize, f64, f64)>,
    /// What branches add.
    pub shares: Vec<Share>,
}

impl Figure {
    /// The figure of a circuit.
    pub fn of(answer: &Answer, circuit: &Circuit, style: &Style) -> Self {
        Self::with_room(answer, circuit, style, 0)
    }

    /// The same where every number has room for so many letters at least.
    pub fn with_room(answer: &Answer, circuit: &Circuit, style: &Style, room: usize) -> Self {
        let labels: Vec<Label> = (0..circuit.nodes.len()).map(|node| label(answer, circuit, node, style)).collect();
        let lines = labels.iter().flat_map(|label| [&label.value, &label.gradient]).flatten().map(Numbers::lines).max().unwrap_or(1);
        let height = if lines == 1 { 66.0 } else { 40.0 + 34.0 * lines as f64 };
        let layout = place(&circuit.graph(), &Sizes { gate: height, lane: 22.0, port: TRACK, whole: false });
        let shares = shares(answer, circuit, style);
        let (uses, starts) = (circuit.uses(), vec![0.0; labels.len()]);
        let mut drafting = Drafting { circuit, layout: &layout, shares, labels, uses, room, starts, figure: Self::default() };
        drafting.draft();
        let mut figure = drafting.figure;
        let lowest = figure.pieces.iter().flat_map(|piece| &piece.points).fold(0.0, |lowest: f64, point| lowest.max(point.1));
        figure.height = (layout.height + MARGIN).max(lowest) + MARGIN;
        figure
    }
}

/// A length to a tenth of a point.
pub fn tenths(length: f64) -> String {
    let length = (length * 10.0).round() / 10.0;
    format!("{}", if length == 0.0 { 0.0 } else { length })
}

/// A number as it is set in print: a point that nothing follows tells in a table that the number was rounded, and looks lost in a figure.
fn set(number: &str) -> String {
    number.strip_suffix('.').unwrap_or(number).to_owned()
}

/// The label of a node, in no place yet.
fn label(answer: &Answer, circuit: &Circuit, node: usize, style: &Style) -> Label {
    let id = circuit.nodes[node].id;
    let shape = answer.shape(id);
    let gradient = answer.gradients(id).filter(|_| answer.valued).map(|gradient| Numbers::of(shape, &gradient, style));
    let value = answer.valued.then(|| Numbers::of(shape, answer.numbers(id), style));
    Label { node, x: 0.0, y: 0.0, value, gradient }
}

/// What each wire into each gate adds to the gradient, where several add to it and it is a single number.
fn shares(answer: &Answer, circuit: &Circuit, style: &Style) -> Vec<Vec<String>> {
    let uses = circuit.uses();
    let share = |node: &super::Node, wire: super::Wire| {
        share(answer, node, wire, style).filter(|_| uses[wire.from].len() > 1).map(|share| set(&share))
    };
    let of = |node: &super::Node| node.wires.iter().map(|&wire| share(node, wire).unwrap_or_default()).collect();
    circuit.nodes.iter().map(of).collect()
}

struct Drafting<'a> {
    circuit: &'a Circuit,
    layout: &'a Layout,
    shares: Vec<Vec<String>>,
    labels: Vec<Label>,
    uses: Vec<Vec<(usize, usize)>>,
    /// How many letters a number has room for at least.
    room: usize,
    /// Where the wire of each box begins that is placed.
    starts: Vec<f64>,
    figure: Figure,
}

/// Where the parts of a column stand.
#[derive(Clone, Copy)]
struct Column {
    /// Where it begins.
    begin: f64,
    /// The middle of its gates.
    middle: f64,
    /// Where its labels begin.
    text: f64,
    /// Where its wires leave it.
    end: f64,
}

impl Drafting<'_> {
    /// Half of the width of a gate.
    fn half(&self, node: usize) -> f64 {
        let sign = self.circuit.nodes[node].sign.as_ref();
        sign.map_or(0.0, |sign| {
            let letters = sign.unicode.chars().count();
            if letters <= 2 { RADIUS } else { RADIUS.max(6.0 + SIGN_LETTER / 2.0 * letters as f64) }
        })
    }

    fn tall(&self, node: usize) -> f64 {
        RADIUS.max((self.circuit.nodes[node].wires.len() as f64 - 1.0) * TRACK / 2.0 + 11.0)
    }

    fn row(&self, net: usize, column: usize) -> f64 {
        self.layout.row(net, column) + MARGIN
    }

    /// The row in which a wire ends.
    fn port(&self, to: usize, which: usize) -> f64 {
        let ports = &self.layout.ports[to];
        self.row(to, self.layout.column[to]) + (ports[which] as f64 - (ports.len() as f64 - 1.0) / 2.0) * TRACK
    }

    fn draft(&mut self) {
        let mut begin = 24.0;
        let mut columns = Vec::new();
        let mut channels = Vec::new();
        for at in 0..self.layout.columns.len() {
            let column = self.column(at, begin);
            let crossings = self.crossings(at);
            let channel = channel(&crossings, 6.0, 7.0);
            let is_final = at + 1 == self.layout.columns.len();
            let shares = self.ends_in(at + 1).map(|(_, to, which)| self.shares[to][which].chars().count()).max().unwrap_or(0);
            let shares = if shares > 0 { SHARE_LETTER * shares.max(self.room) as f64 + 12.0 } else { 0.0 };
            let tracks = if channel.tracks > 0 { TRACK * channel.tracks as f64 + TRACK } else { 6.0 };
            begin = column.end + tracks + shares + if is_final { 0.0 } else { HEAD };
            columns.push(column);
            channels.push((crossings, channel));
        }
        self.figure.width = begin + 14.0;
        for (at, (crossings, channel)) in channels.into_iter().enumerate() {
            let next = columns.get(at + 1).map_or(begin, |next| next.begin);
            self.put_boxes(at, columns[at]);
            for (crossing, route) in crossings.iter().zip(&channel.routes) {
                let middle = columns.get(at + 1).map_or(next, |next| next.middle);
                self.put_wires(at, crossing, route, [columns[at].begin, columns[at].end, next, middle]);
            }
        }
    }

    /// The wires that end in the gates of a column: the net, the gate, and which of its wires.
    fn ends_in(&self, column: usize) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
        self.layout
            .boxes(column)
            .flat_map(|to| self.circuit.nodes[to].wires.iter().enumerate().map(move |(which, wire)| (wire.from, to, which)))
    }

    fn column(&self, at: usize, begin: f64) -> Column {
        let widest = |width: &dyn Fn(usize) -> f64| self.layout.boxes(at).map(width).fold(0.0, f64::max);
        let gates = 2.0 * widest(&|net| self.half(net));
        let names = widest(&|net| {
            let node = &self.circuit.nodes[net];
            if node.sign.is_none() { INPUT_LETTER * node.name.chars().count() as f64 + 10.0 } else { 0.0 }
        });
        let labels = widest(&|net| {
            let (node, label) = (&self.circuit.nodes[net], &self.labels[net]);
            let name = if node.sign.is_some() { NAME_LETTER * node.name.chars().count() as f64 } else { 0.0 };
            let room = LETTER * self.room as f64;
            let value = label.value.as_ref().map_or(0.0, |numbers| numbers.width().max(room));
            let gradient = label.gradient.as_ref().map_or(0.0, |numbers| numbers.width().max(room) + 2.0 * LETTER);
            name.max(value).max(gradient) + 14.0
        });
        let text = begin + gates + names;
        Column { begin, middle: begin + gates / 2.0, text, end: text + labels }
    }

    /// The wires between a column and the next one.
    fn crossings(&self, column: usize) -> Vec<Crossing> {
        let port = |to: usize, which: usize| self.port(to, which);
        self.layout.between(column, &self.uses, MARGIN, &port)
    }

    fn put_boxes(&mut self, at: usize, column: Column) {
        for net in self.layout.boxes(at).collect::<Vec<_>>() {
            let y = self.row(net, at);
            let is_input = self.circuit.nodes[net].sign.is_none();
            self.starts[net] = if is_input { column.text } else { column.middle + self.half(net) };
            if !is_input {
                self.figure.gates.push(Gate { node: net, x: column.middle, y, half: self.half(net), tall: self.tall(net) });
            }
            let label = self.labels[net].clone();
            self.figure.labels.push(Label { x: column.text + 5.0, y, ..label });
        }
    }

    /// The wire of a net in a column, and from its end to the next one.
    fn put_wires(&mut self, at: usize, crossing: &Crossing, route: &Route, [begin, end, next, middle]: [f64; 4]) {
        let net = crossing.net;
        let y = crossing.from;
        let start = if self.layout.is_lane(net, at) { begin } else { self.starts[net] };
        self.figure.pieces.push(Piece { net, points: vec![(start, y), (end, y)], to: None });
        let track = |track: usize| end + 12.0 + TRACK * track as f64;
        let (mut lead, mut row) = (vec![(end, y)], y);
        if let Some((aside, free)) = route.aside {
            lead.extend([(track(aside), y), (track(aside), free)]);
            row = free;
        }
        let lane = self.layout.last[net] > at + 1 && at + 1 < self.layout.columns.len();
        let mut ends: Vec<(f64, Option<(usize, usize)>)> = Vec::new();
        if lane {
            ends.push((self.row(net, at + 1), None));
        }
        for (to, which) in self.uses[net].clone() {
            if self.layout.column[to] == at + 1 {
                ends.push((self.port(to, which), Some((to, which))));
            }
        }
        for &(port, to) in &ends {
            let x = to.map_or(next, |(gate, _)| middle - self.reach(gate, port));
            let mut points = lead.clone();
            if let Some(turn) = route.track.filter(|_| (port - row).abs() > 0.5) {
                points.extend([(track(turn), row), (track(turn), port)]);
            }
            points.push((x, port));
            self.figure.pieces.push(Piece { net, points, to });
            if let Some((gate, which)) = to.filter(|&(gate, which)| !self.shares[gate][which].is_empty()) {
                let below = port >= self.row(gate, at + 1) - 1.0;
                let text = self.shares[gate][which].clone();
                self.figure.shares.push(Share { to: (gate, which), x: x - 11.0, y: port + if below { 13.0 } else { -5.0 }, text });
            }
        }
        self.put_forks(net, row, route.track.map(track), &ends);
    }

    /// Dots where a net splits.
    fn put_forks(&mut self, net: usize, row: f64, track: Option<f64>, ends: &[(f64, Option<(usize, usize)>)]) {
        let Some(x) = track.filter(|_| ends.len() > 1) else { return };
        let mut rows: Vec<f64> = ends.iter().map(|&(port, _)| port).chain([row]).collect();
        rows.sort_by(f64::total_cmp);
        rows.dedup_by(|one, other| (*one - *other).abs() < 0.5);
        let straight = ends.iter().any(|&(port, _)| (port - row).abs() < 0.5);
        for (at, &y) in rows.iter().enumerate() {
            let is_end = at == 0 || at + 1 == rows.len();
            if !is_end || straight && (y - row).abs() < 0.5 {
                self.figure.forks.push((net, x, y));
            }
        }
    }

    /// How far left of a gate's middle its edge is in a row.
    fn reach(&self, node: usize, row: f64) -> f64 {
        let (half, tall) = (self.half(node), self.tall(node));
        let beyond = ((row - self.row(node, self.layout.column[node])).abs() - (tall - RADIUS)).max(0.0);
        half - RADIUS + (RADIUS * RADIUS - beyond * beyond).max(0.0).sqrt() + 1.0
    }
}
