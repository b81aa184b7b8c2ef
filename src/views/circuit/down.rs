//! The circuit from top to bottom, a stage a line, its wires at the side of the table: the form for any number of stages.
//!
//! Every arm of a character is a connection; a wire that crosses another shows it as a bare bar in the row. A stage stands in
//! the lane of its leftmost operand that ends there, else in a free lane, but never in one that ended in the line above: it
//! would read as its continuation.

use super::Circuit;
use crate::ground::broken;
use std::collections::{BTreeMap, HashSet};

/// More values than these are not held in lanes at once: the one needed latest is cut, and comes back with its name.
const MOST_LANES: usize = 12;

/// A line of the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The wires.
    pub wires: String,
    /// The node that stands in it; of a value that comes back, the node that it is of.
    pub node: usize,
    /// Whether it is one that comes back from above.
    pub is_back: bool,
}

/// The letters of the drawing.
struct Letters {
    bar: char,
    dash: char,
    input: char,
    stage: char,
    output: char,
    back: char,
    /// Where a wire ends in the row: on the left, on the right, in between.
    ends: [char; 3],
    /// Where it goes on below.
    forks: [char; 3],
}

const UNICODE: Letters =
    Letters {
        bar: '│', dash: '─', input: '○', stage: '●', output: '◆', back: '╷', ends: ['└', '┘', '┴'], forks: ['├', '┤', '┼']
    };

const ASCII: Letters = Letters { bar: '|', dash: '-', input: 'O', stage: '*', output: '@', back: ':', ends: ['\''; 3], forks: ['+'; 3] };

/// The lines of a circuit.
pub fn lines(circuit: &Circuit, unicode: bool) -> Vec<Line> {
    let order = order(circuit);
    let mut drawing = Drawing::new(circuit, &order, if unicode { &UNICODE } else { &ASCII });
    for (at, &node) in order.iter().enumerate() {
        drawing.bring_back(node);
        drawing.put(at, node);
    }
    drawing.lines
}

/// Inputs just before their first use.
fn order(circuit: &Circuit) -> Vec<usize> {
    let nodes = &circuit.nodes;
    let uses = circuit.uses();
    let is_leaf = |at: usize| nodes[at].sign.is_none();
    let (mut order, mut done) = (Vec::new(), vec![false; nodes.len()]);
    for at in (0..nodes.len()).filter(|&at| is_leaf(at) && uses[at].is_empty()) {
        done[at] = true;
        order.push(at);
    }
    for at in (0..nodes.len()).filter(|&at| !is_leaf(at)) {
        for from in nodes[at].wires.iter().map(|wire| wire.from).filter(|&from| is_leaf(from)) {
            if !std::mem::replace(&mut done[from], true) {
                order.push(from);
            }
        }
        order.push(at);
    }
    order
}

struct Drawing<'a> {
    circuit: &'a Circuit,
    order: &'a [usize],
    letters: &'static Letters,
    /// Where each node's uses stand in the order, from first to last.
    uses: Vec<Vec<usize>>,
    /// The lane of each node that is live.
    lane: Vec<usize>,
    /// The node in each lane.
    live: BTreeMap<usize, usize>,
    /// Lanes that ended in the line above.
    ended: HashSet<usize>,
    /// Nodes that were cut.
    cut: HashSet<usize>,
    lines: Vec<Line>,
}

impl<'a> Drawing<'a> {
    fn new(circuit: &'a Circuit, order: &'a [usize], letters: &'static Letters) -> Self {
        let count = circuit.nodes.len();
        let mut place = vec![0; count];
        for (at, &node) in order.iter().enumerate() {
            place[node] = at;
        }
        let mut uses: Vec<Vec<usize>> =
            circuit.uses().into_iter().map(|uses| uses.into_iter().map(|(to, _)| place[to]).collect()).collect();
        for uses in &mut uses {
            uses.sort_unstable();
        }
        Self {
            circuit,
            order,
            letters,
            uses,
            lane: vec![0; count],
            live: BTreeMap::new(),
            ended: HashSet::new(),
            cut: HashSet::new(),
            lines: Vec::new(),
        }
    }

    /// The nodes that a node's wires come from, each once.
    fn operands(&self, node: usize) -> Vec<usize> {
        let mut operands: Vec<usize> = self.circuit.nodes[node].wires.iter().map(|wire| wire.from).collect();
        operands.sort_unstable();
        operands.dedup();
        operands
    }

    /// A line of bars in the lanes that are live, wide enough for another lane.
    fn bars(&self, lane: usize) -> Vec<char> {
        let widest = self.live.keys().next_back().copied().unwrap_or(0).max(lane);
        let mut line = vec![' '; 2 * widest + 1];
        self.live.keys().for_each(|live| line[2 * live] = self.letters.bar);
        line
    }

    fn push(&mut self, line: Vec<char>, node: usize, is_back: bool) {
        self.lines.push(Line { wires: line.into_iter().collect(), node, is_back });
    }

    /// Operands that were cut come back, each in a line of its own.
    fn bring_back(&mut self, node: usize) {
        for operand in self.operands(node) {
            if !self.cut.remove(&operand) {
                continue;
            }
            let lane = self.free_lanes().next().unwrap_or_default();
            let mut line = self.bars(lane);
            line[2 * lane] = self.letters.back;
            self.live.insert(lane, operand);
            self.lane[operand] = lane;
            self.ended.clear();
            self.push(line, operand, true);
        }
    }

    /// Lanes in which something may begin, from the left; there is always one more.
    fn free_lanes(&self) -> impl Iterator<Item = usize> + '_ {
        (0..).filter(|lane| !self.live.contains_key(lane) && !self.ended.contains(lane))
    }

    /// The lane of a node: that of its leftmost operand that ends here, else a free one, right of its operands if there is one.
    fn lane_of(&self, lanes: &[usize], ending: &[usize]) -> usize {
        if let Some(&lane) = ending.first() {
            return lane;
        }
        let wanted = lanes.first().map_or(0, |lane| lane + 1);
        let used = self.live.keys().chain(&self.ended).max().map_or(0, |lane| lane + 1);
        let free = self.free_lanes().take_while(|&lane| lane <= used.max(wanted));
        free.min_by_key(|&lane| (lane < wanted, lane.abs_diff(wanted))).unwrap_or(used)
    }

    /// A node, whose place in the order is `at`.
    fn put(&mut self, at: usize, node: usize) {
        let mut operands = self.operands(node);
        operands.sort_by_key(|&operand| self.lane[operand]);
        let lanes: Vec<usize> = operands.iter().map(|&operand| self.lane[operand]).collect();
        let is_last = |operand: usize| self.uses[operand].last() == Some(&at);
        let ending: Vec<usize> = operands.iter().filter(|&&operand| is_last(operand)).map(|&operand| self.lane[operand]).collect();
        let own = self.lane_of(&lanes, &ending);
        let line = self.line(node, own, &lanes, &ending);
        self.push(line, node, false);
        for lane in ending {
            self.live.remove(&lane);
        }
        self.lane[node] = own;
        self.ended.clear();
        if self.uses[node].is_empty() {
            self.ended.insert(own);
        } else {
            self.live.insert(own, node);
        }
        self.cut_latest(at);
    }

    fn line(&self, node: usize, own: usize, lanes: &[usize], ending: &[usize]) -> Vec<char> {
        let letters = self.letters;
        let low = lanes.iter().copied().fold(own, usize::min);
        let high = lanes.iter().copied().fold(own, usize::max);
        let mut line = self.bars(own);
        for (at, letter) in line.iter_mut().enumerate().take(2 * high).skip(2 * low + 1) {
            let is_live = at % 2 == 0 && self.live.contains_key(&(at / 2));
            *letter = if is_live { letters.bar } else { letters.dash };
        }
        for &lane in lanes.iter().filter(|&&lane| lane != own) {
            let side = if lane == low { 0 } else { 1 + usize::from(lane != high) };
            line[2 * lane] = if ending.contains(&lane) { letters.ends[side] } else { letters.forks[side] };
        }
        line[2 * own] = if Some(node) == self.circuit.output {
            letters.output
        } else if self.circuit.nodes[node].sign.is_none() {
            letters.input
        } else {
            letters.stage
        };
        line
    }

    /// Cuts the values that are needed latest, where more are live than there are lanes.
    fn cut_latest(&mut self, at: usize) {
        let next = self.order.get(at + 1).map(|&next| self.operands(next)).unwrap_or_default();
        while self.live.len() > MOST_LANES {
            let later = |node: usize| {
                let uses = &self.uses[node];
                *uses.get(uses.partition_point(|&used| used <= at)).unwrap_or_else(|| broken("what is live is used later"))
            };
            let candidates = self.live.iter().filter(|(_, node)| !next.contains(node));
            let Some((&lane, &node)) = candidates.max_by_key(|(_, node)| later(**node)) else { break };
            self.live.remove(&lane);
            self.ended.insert(lane);
            self.cut.insert(node);
        }
    }
}
