//! Where the boxes of a circuit stand and how its wires run, in layers from left to right.
//!
//! What is placed is a net with all its uses: one wire that splits. Columns are found from the output backward, each box one
//! before its earliest use. A net that passes a column has one lane there. Orders come from a walk from the output and from
//! sweeps of averages, each followed by exchanges of neighbours (Sugiyama, Tagawa and Toda, 1981); rows from a regression
//! that keeps the order (pool adjacent violators). Knows numbers only: no program, no text, no drawing.

use super::channel::Crossing;
use std::collections::HashMap;

/// The boxes that are placed, each after those that its wires come from.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Where the wires into each box come from.
    pub operands: Vec<Vec<usize>>,
    /// Whether the wires into a box may be swapped.
    pub commutes: Vec<bool>,
    /// The box that is the result.
    pub output: usize,
}

/// How much room things take, from top to bottom.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// A box.
    pub gate: f64,
    /// A wire that passes a column.
    pub lane: f64,
    /// The distance of two wires into a box.
    pub port: f64,
    /// Whether rows are whole numbers, and a wire ends in the row of its box.
    pub whole: bool,
}

/// Up to so many boxes, those that no wire enters stand in the first column, as in a textbook's figure.
const FEW: usize = 16;
/// How often orders are averaged, and how often exchanges are tried after each.
const SWEEPS: usize = 12;
const EXCHANGES: usize = 4;
/// How often rows are averaged.
const ROW_SWEEPS: usize = 25;
/// How much more a lane weighs than a box, so that long wires are straight.
const LANE: f64 = 8.0;
/// A bend of less, in parts of a lane, is made straight.
const BEND: f64 = 0.8;

/// Boxes and lanes in their places.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The nets of each column, from top to bottom.
    pub columns: Vec<Vec<usize>>,
    /// The column of each box.
    pub column: Vec<usize>,
    /// The last column in which each net begins a wire or has a lane, and one more.
    pub last: Vec<usize>,
    /// Which of its box's ports each wire ends in, from top to bottom.
    pub ports: Vec<Vec<usize>>,
    /// The height of the whole.
    pub height: f64,
    /// How many nets and wires were looked at, for those who watch how the work grows.
    pub steps: usize,
    /// The rows of each net, from its own column on.
    rows: Vec<Vec<f64>>,
}

impl Layout {
    /// The row of a net in a column.
    pub fn row(&self, net: usize, column: usize) -> f64 {
        self.rows[net][column - self.column[net]]
    }

    /// The boxes of a column, from top to bottom; none behind the last one.
    pub fn boxes(&self, column: usize) -> impl Iterator<Item = usize> + '_ {
        self.columns.get(column).into_iter().flatten().copied().filter(move |&net| !self.is_lane(net, column))
    }

    /// The nets between a column and the next one, all rows `below` so far; `port` is the row in which a wire into a box ends.
    pub fn between(&self, column: usize, uses: &[Vec<(usize, usize)>], below: f64, port: &dyn Fn(usize, usize) -> f64) -> Vec<Crossing> {
        let crossing = |&net: &usize| {
            let goes_on = self.last[net] > column + 1 && column + 1 < self.columns.len();
            let lane = goes_on.then(|| self.row(net, column + 1) + below);
            let ends = uses[net].iter().filter(|(to, _)| self.column[*to] == column + 1).map(|&(to, which)| port(to, which));
            Crossing { net, from: self.row(net, column) + below, to: lane.into_iter().chain(ends).collect() }
        };
        self.columns[column].iter().map(crossing).collect()
    }

    /// Whether a net has a lane in a column, not its box.
    pub fn is_lane(&self, net: usize, column: usize) -> bool {
        self.column[net] != column
    }
}

/// Places a graph.
pub fn place(graph: &Graph, sizes: &Sizes) -> Layout {
    let mut placing = Placing::new(graph, sizes);
    placing.order();
    placing.assign_ports();
    placing.settle_rows();
    placing.finished()
}

struct Placing<'a> {
    graph: &'a Graph,
    sizes: &'a Sizes,
    /// The wires that begin at each box, by the column in which they end.
    uses: Vec<Vec<(usize, usize)>>,
    column: Vec<usize>,
    last: Vec<usize>,
    columns: Vec<Vec<usize>>,
    ports: Vec<Vec<usize>>,
    /// How far below the row of its box each wire ends, on the mean of those from the same box.
    below: Vec<Vec<f64>>,
    rows: Vec<Vec<f64>>,
    /// The place of each net in the column that was looked at last.
    place: Vec<usize>,
    /// What the nets of the column that was looked at last are drawn to, and how strongly.
    pull: Vec<(f64, f64)>,
    steps: usize,
}

impl<'a> Placing<'a> {
    fn new(graph: &'a Graph, sizes: &'a Sizes) -> Self {
        let count = graph.operands.len();
        let mut uses = vec![Vec::new(); count];
        for (at, operands) in graph.operands.iter().enumerate() {
            for (which, &from) in operands.iter().enumerate() {
                uses[from].push((at, which));
            }
        }
        let column = columns(graph, &uses);
        for uses in &mut uses {
            uses.sort_by_key(|&(to, _)| column[to]);
        }
        let last: Vec<usize> = (0..count).map(|at| uses[at].iter().map(|&(to, _)| column[to]).max().unwrap_or(column[at] + 1)).collect();
        let width = column.iter().max().map_or(0, |last| last + 1);
        let mut columns = vec![Vec::new(); width];
        for net in walk(graph) {
            for nets in &mut columns[column[net]..last[net].min(width)] {
                nets.push(net);
            }
        }
        let ports = graph.operands.iter().map(|operands| (0..operands.len()).collect()).collect();
        let rows = (0..count).map(|at| vec![0.0; last[at].min(width).max(column[at] + 1) - column[at]]).collect();
        let below = graph.operands.iter().map(|operands| vec![0.0; operands.len()]).collect();
        let (place, pull) = (vec![0; count], vec![(0.0, 0.0); count]);
        Self { graph, sizes, uses, column, last, columns, ports, below, rows, place, pull, steps: 0 }
    }

    /// The wires from a net that end in boxes of a column.
    fn uses_in(&self, net: usize, column: usize) -> &[(usize, usize)] {
        let uses = &self.uses[net];
        let begin = uses.partition_point(|&(to, _)| self.column[to] < column);
        let count = uses[begin..].partition_point(|&(to, _)| self.column[to] == column);
        &uses[begin..begin + count]
    }

    /// Keeps the places of the nets of a column.
    fn look_at(&mut self, column: usize) {
        for (at, &net) in self.columns[column].iter().enumerate() {
            self.place[net] = at;
        }
    }

    /// How far below the middle of its box a wire ends, in ports.
    fn offset(&self, to: usize, which: usize) -> f64 {
        self.ports[to][which] as f64 - (self.ports[to].len() as f64 - 1.0) / 2.0
    }

    /// The same where ports are not yet assigned: 0 where operands may be swapped.
    fn wish(&self, to: usize, which: usize) -> f64 {
        if self.graph.commutes[to] { 0.0 } else { which as f64 - (self.graph.operands[to].len() as f64 - 1.0) / 2.0 }
    }

    /// What the nets of a column lead to in the next one: pairs of places, that of the end moved by its port.
    fn links(&mut self, column: usize) -> Vec<(usize, usize, f64)> {
        self.look_at(column + 1);
        let mut links = Vec::new();
        for (at, &net) in self.columns[column].iter().enumerate() {
            if self.last[net] > column + 1 {
                links.push((at, self.place[net], 0.0));
            }
            let here = self.uses_in(net, column + 1).iter();
            links.extend(here.map(|&(to, which)| (at, self.place[to], self.wish(to, which))));
        }
        self.steps += self.columns[column].len() + self.columns[column + 1].len() + links.len();
        links
    }

    fn count_crossings(&mut self) -> usize {
        (0..self.columns.len().saturating_sub(1)).map(|column| crossings(&self.links(column))).sum()
    }

    /// Orders the columns so that few wires cross.
    fn order(&mut self) {
        let mut best = (self.count_crossings(), self.columns.clone());
        for sweep in 0..SWEEPS {
            if best.0 == 0 {
                break;
            }
            self.average(sweep % 2 == 0);
            self.exchange();
            let found = self.count_crossings();
            if found < best.0 {
                best = (found, self.columns.clone());
            }
        }
        self.columns = best.1;
    }

    /// Sorts each column by the mean place of what it is linked with, forward or backward.
    fn average(&mut self, forward: bool) {
        let width = self.columns.len();
        let order: Vec<usize> = if forward { (1..width).collect() } else { (0..width.saturating_sub(1)).rev().collect() };
        for column in order {
            let links = self.links(if forward { column - 1 } else { column });
            let mut means = vec![(0.0, 0.0_f64); self.columns[column].len()];
            for (from, to, port) in links {
                let (own, other) = if forward { (to, from as f64 - 0.2 * port) } else { (from, to as f64 + 0.2 * port) };
                means[own].0 += other;
                means[own].1 += 1.0;
            }
            let key = |at: usize| if means[at].1 > 0.0 { means[at].0 / means[at].1 } else { at as f64 };
            let mut places: Vec<usize> = (0..means.len()).collect();
            places.sort_by(|&one, &other| key(one).total_cmp(&key(other)));
            self.columns[column] = places.iter().map(|&at| self.columns[column][at]).collect();
        }
    }

    /// Exchanges neighbours as long as that makes fewer wires cross.
    fn exchange(&mut self) {
        for _ in 0..EXCHANGES {
            let mut changed = false;
            for column in 0..self.columns.len() {
                changed |= self.exchange_in(column);
            }
            if !changed {
                break;
            }
        }
    }

    fn exchange_in(&mut self, column: usize) -> bool {
        let count = self.columns[column].len();
        let mut sides = [vec![Vec::new(); count], vec![Vec::new(); count]];
        if column > 0 {
            for (from, to, port) in self.links(column - 1) {
                sides[0][to].push(from as f64 - 0.2 * port);
            }
        }
        if column + 1 < self.columns.len() {
            for (from, to, port) in self.links(column) {
                sides[1][from].push(to as f64 + 0.2 * port);
            }
        }
        sides.iter_mut().flatten().for_each(|ends| ends.sort_by(f64::total_cmp));
        let mut changed = false;
        for at in 1..count {
            let saved: isize = sides.iter().map(|ends| inversions(&ends[at - 1], &ends[at])).sum();
            if saved > 0 {
                self.columns[column].swap(at - 1, at);
                for ends in &mut sides {
                    ends.swap(at - 1, at);
                }
                changed = true;
            }
        }
        changed
    }

    /// Gates whose operands may be swapped take them in the order in which they arrive.
    fn assign_ports(&mut self) {
        for column in 1..self.columns.len() {
            self.look_at(column - 1);
            for to in self.columns[column].clone() {
                let operands = &self.graph.operands[to];
                if self.column[to] != column || !self.graph.commutes[to] {
                    continue;
                }
                let mut order: Vec<usize> = (0..operands.len()).collect();
                order.sort_by_key(|&which| (self.place[operands[which]], which));
                for (port, which) in order.into_iter().enumerate() {
                    self.ports[to][which] = port;
                }
            }
        }
        self.find_means();
    }

    /// Finds where wires end in their boxes, those from the same box together.
    fn find_means(&mut self) {
        if self.sizes.whole {
            return;
        }
        for (to, operands) in self.graph.operands.iter().enumerate() {
            let mut sums: HashMap<usize, (f64, f64)> = HashMap::new();
            for (which, &from) in operands.iter().enumerate() {
                let (sum, count) = sums.entry(from).or_default();
                (*sum, *count) = (*sum + self.offset(to, which), *count + 1.0);
            }
            self.below[to] = operands.iter().map(|from| self.sizes.port * sums[from].0 / sums[from].1).collect();
        }
    }

    /// Half of the room that a net takes in a column.
    fn half(&self, net: usize, column: usize) -> f64 {
        if self.column[net] != column {
            return self.sizes.lane / 2.0;
        }
        self.sizes.gate.max(self.ports[net].len() as f64 * self.sizes.port) / 2.0
    }

    /// The nets of the next column that a net leads to, its lane or the boxes that use it, and how far above its own row in this
    /// column theirs should be.
    fn ahead(&self, net: usize, column: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let lane = (self.last[net] > column + 1).then_some((net, 0.0));
        lane.into_iter().chain(self.uses_in(net, column + 1).iter().map(|&(to, which)| (to, self.below[to][which])))
    }

    fn settle_rows(&mut self) {
        for column in 0..self.columns.len() {
            let wishes: Vec<Wish> = self.wishes(column, |at, _| (at as f64 * self.sizes.gate, 1.0));
            self.put_rows(column, &wishes);
        }
        for sweep in 0..ROW_SWEEPS {
            let width = self.columns.len();
            let forward = sweep % 2 == 0;
            let order: Vec<usize> = if forward { (1..width).collect() } else { (0..width.saturating_sub(1)).rev().collect() };
            for column in order {
                self.settle_column(column, forward);
            }
        }
        self.straighten();
        self.straighten_sources();
        let top = self.all_rows().map(|(net, column, row)| row - self.half(net, column)).fold(f64::INFINITY, f64::min);
        self.rows.iter_mut().flatten().for_each(|row| *row -= top);
        if self.sizes.whole {
            self.round_rows();
        }
    }

    fn all_rows(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        let rows = self.columns.iter().enumerate();
        rows.flat_map(move |(column, nets)| nets.iter().map(move |&net| (net, column, self.rows[net][column - self.column[net]])))
    }

    fn row(&self, net: usize, column: usize) -> f64 {
        self.rows[net][column - self.column[net]]
    }

    fn wishes(&self, column: usize, wish: impl Fn(usize, usize) -> (f64, f64)) -> Vec<Wish> {
        let nets = self.columns[column].iter().enumerate();
        nets.map(|(at, &net)| {
            let (row, weight) = wish(at, net);
            Wish { row, weight, half: self.half(net, column) }
        })
        .collect()
    }

    fn put_rows(&mut self, column: usize, wishes: &[Wish]) {
        for (at, row) in pooled(wishes).into_iter().enumerate() {
            let net = self.columns[column][at];
            self.rows[net][column - self.column[net]] = row;
        }
    }

    fn settle_column(&mut self, column: usize, forward: bool) {
        let mut sums = std::mem::take(&mut self.pull);
        self.columns[column].iter().for_each(|&net| sums[net] = (0.0, 0.0));
        let side = if forward { column - 1 } else { column };
        let mut steps = self.columns[column].len() + self.columns[side].len();
        for &from in &self.columns[side] {
            for (to, drop) in self.ahead(from, side) {
                steps += 1;
                let lane = |net: usize, column: usize| self.column[net] != column;
                let (own, row, heavy) = if forward {
                    (to, self.row(from, side) - drop, from == to)
                } else {
                    (from, self.row(to, side + 1) + drop, from == to && lane(from, side))
                };
                let weight = if heavy { LANE } else { 1.0 };
                sums[own].0 += row * weight;
                sums[own].1 += weight;
            }
        }
        let wishes = self.wishes(column, |_, net| match sums[net] {
            (sum, weight) if weight > 0.0 => (sum / weight, weight),
            _ => (self.row(net, column), 0.3),
        });
        self.put_rows(column, &wishes);
        (self.pull, self.steps) = (sums, self.steps + steps);
    }

    /// Makes small bends straight where there is room.
    fn straighten(&mut self) {
        for column in 1..self.columns.len() {
            let mut bends: HashMap<usize, Vec<f64>> = HashMap::new();
            for &from in &self.columns[column - 1] {
                for (to, drop) in self.ahead(from, column - 1) {
                    bends.entry(to).or_default().push(self.row(from, column - 1) - drop - self.row(to, column));
                }
            }
            let nets = self.columns[column].clone();
            for (at, &net) in nets.iter().enumerate() {
                let small = |bend: &&f64| bend.abs() < BEND * self.sizes.lane || self.column[net] != column;
                let least = bends.get(&net).into_iter().flatten().filter(small).min_by(|one, other| one.abs().total_cmp(&other.abs()));
                if let Some(&bend) = least {
                    self.move_by(&nets, at, column, bend);
                }
            }
        }
    }

    /// Moves boxes that no wire enters into the rows of the lanes that they lead to, where there is room.
    fn straighten_sources(&mut self) {
        for column in 0..self.columns.len() {
            let nets = self.columns[column].clone();
            for (at, &net) in nets.iter().enumerate() {
                let is_source = self.column[net] == column && self.graph.operands[net].is_empty();
                if !is_source || self.last[net] <= column + 1 || column + 1 >= self.columns.len() {
                    continue;
                }
                let bend = self.row(net, column + 1) - self.row(net, column);
                if bend.abs() < BEND * self.sizes.lane {
                    self.move_by(&nets, at, column, bend);
                }
            }
        }
    }

    /// Moves a net of a column, where its neighbours leave room.
    fn move_by(&mut self, nets: &[usize], at: usize, column: usize, bend: f64) {
        let net = nets[at];
        let own = self.half(net, column);
        let above = at.checked_sub(1).map(|at| self.row(nets[at], column) + self.half(nets[at], column) + own);
        let below = nets.get(at + 1).map(|&next| self.row(next, column) - self.half(next, column) - own);
        let row = self.row(net, column) + bend;
        if above.is_none_or(|above| row >= above - 1e-6) && below.is_none_or(|below| row <= below + 1e-6) {
            self.rows[net][column - self.column[net]] = row;
        }
    }

    /// Rows as whole numbers, in the same order and with room for all.
    fn round_rows(&mut self) {
        for column in 0..self.columns.len() {
            let mut above = f64::NEG_INFINITY;
            for net in self.columns[column].clone() {
                let half = self.half(net, column);
                // A lane goes on in the row that it had, and half a row is rounded down: boxes of three rows side by side stay so.
                let before = (self.column[net] < column).then(|| self.row(net, column - 1));
                let straight = before.filter(|before| (before - self.row(net, column)).abs() <= 1.0);
                let row = straight.unwrap_or((self.row(net, column) + 0.499).floor()).max((above + half).ceil());
                self.rows[net][column - self.column[net]] = row;
                above = row + half;
            }
        }
    }

    fn finished(self) -> Layout {
        let height = self.all_rows().map(|(net, column, row)| row + self.half(net, column)).fold(0.0, f64::max);
        let Self { columns, column, last, ports, rows, steps, .. } = self;
        Layout { columns, column, last, ports, height, steps, rows }
    }
}

/// The column of each box: one before its earliest use, counted back from the output.
fn columns(graph: &Graph, uses: &[Vec<(usize, usize)>]) -> Vec<usize> {
    let count = graph.operands.len();
    let mut column = vec![0; count];
    for at in 0..count {
        column[at] = graph.operands[at].iter().map(|&from| column[from] + 1).max().unwrap_or(0);
    }
    for at in (0..count).rev() {
        if let Some(earliest) = uses[at].iter().map(|&(to, _)| column[to]).min() {
            column[at] = earliest - 1;
        }
    }
    let first = column.iter().min().copied().unwrap_or(0);
    for (at, column) in column.iter_mut().enumerate() {
        let stands_first = count <= FEW && graph.operands[at].is_empty();
        *column = if stands_first { 0 } else { *column - first };
    }
    column
}

/// The nets in the order of a walk from the output, operands first: no two wires of a tree cross in it.
fn walk(graph: &Graph) -> Vec<usize> {
    let count = graph.operands.len();
    let (mut seen, mut order) = (vec![false; count], Vec::with_capacity(count));
    for root in std::iter::once(graph.output).chain((0..count).rev()) {
        let mut open = vec![(root, 0)];
        while let Some((at, next)) = open.pop() {
            if next == 0 {
                match seen.get_mut(at) {
                    Some(seen) if !*seen => *seen = true,
                    _ => continue,
                }
            }
            match graph.operands[at].get(next) {
                Some(&operand) => open.extend([(at, next + 1), (operand, 0)]),
                None => order.push(at),
            }
        }
    }
    order
}

/// How many pairs of links cross, by merging.
fn crossings(links: &[(usize, usize, f64)]) -> usize {
    let mut ends: Vec<(usize, f64)> = links.iter().map(|&(from, to, port)| (from, to as f64 + 0.1 * port)).collect();
    ends.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let mut ends: Vec<f64> = ends.into_iter().map(|(_, end)| end).collect();
    sorted_with_swaps(&mut ends)
}

/// Sorts numbers and counts the pairs that were in the wrong order.
fn sorted_with_swaps(numbers: &mut [f64]) -> usize {
    let (mut swaps, mut run) = (0, 1);
    let mut spare = numbers.to_vec();
    while run < numbers.len() {
        for begin in (0..numbers.len()).step_by(2 * run) {
            let (middle, end) = ((begin + run).min(numbers.len()), (begin + 2 * run).min(numbers.len()));
            let (mut left, mut right) = (begin, middle);
            for slot in &mut spare[begin..end] {
                if right >= end || left < middle && numbers[left] <= numbers[right] {
                    *slot = numbers[left];
                    left += 1;
                } else {
                    *slot = numbers[right];
                    right += 1;
                    swaps += middle - left;
                }
            }
        }
        numbers.copy_from_slice(&spare);
        run *= 2;
    }
    swaps
}

/// How many more pairs of ends cross in this order of two neighbours than in the other, by merging.
fn inversions(above: &[f64], below: &[f64]) -> isize {
    let (mut smaller, mut equal, mut found) = (0, 0, 0);
    for x in above {
        while below.get(smaller).is_some_and(|y| y < x) {
            smaller += 1;
        }
        equal = equal.max(smaller);
        while below.get(equal).is_some_and(|y| y <= x) {
            equal += 1;
        }
        found += smaller.cast_signed() - (below.len() - equal).cast_signed();
    }
    found
}

/// Where something would like to be, how much, and half of the room that it takes.
struct Wish {
    row: f64,
    weight: f64,
    half: f64,
}

/// Rows in this order, no two closer than the room that they take, that are nearest to what is wished.
fn pooled(wishes: &[Wish]) -> Vec<f64> {
    let mut offsets = Vec::with_capacity(wishes.len());
    let mut below = 0.0;
    for (at, wish) in wishes.iter().enumerate() {
        if at > 0 {
            below += wishes[at - 1].half + wish.half;
        }
        offsets.push(below);
    }
    // Pools: the sum of weighted wishes, of weights, and how many are in it.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (wish, offset) in wishes.iter().zip(&offsets) {
        pools.push(((wish.row - offset) * wish.weight, wish.weight, 1));
        while let [.., before, last] = pools[..] {
            if before.0 / before.1 <= last.0 / last.1 {
                break;
            }
            pools.truncate(pools.len() - 2);
            pools.push((before.0 + last.0, before.1 + last.1, before.2 + last.2));
        }
    }
    let rows = pools.into_iter().flat_map(|(sum, weight, count)| std::iter::repeat_n(sum / weight, count));
    rows.zip(&offsets).map(|(row, offset)| row + offset).collect()
}
