//! The ways of nets between two columns of a circuit: where each splits and turns, so that few cross and none runs over another.
//!
//! Knows rows and nets; no gate, no size of a box and no drawing.

use crate::ground::broken;
use std::collections::{BTreeSet, HashMap};

/// A net between two columns: the row that it comes from, and those that it goes to.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// The net.
    pub net: usize,
    /// Where it comes from.
    pub from: f64,
    /// Where it goes to.
    pub to: Vec<f64>,
}

/// How a net goes between two columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// The net.
    pub net: usize,
    /// A track in front on which it leaves its row for another one, and that row.
    pub aside: Option<(usize, f64)>,
    /// The track on which it splits and turns; none where it goes straight.
    pub track: Option<usize>,
}

/// The tracks between two columns.
#[derive(Clone, Debug, Default)]
pub struct Channel {
    /// The way of each net.
    pub routes: Vec<Route>,
    /// How many tracks there are.
    pub tracks: usize,
    /// How many nets and rows were looked at to find them.
    pub steps: usize,
}

/// How often all nets are gone through to put those first that should turn first; enough for those of a figure, and of more
/// some cross that need not.
const SWEEPS: usize = 64;

/// How many steps away a free row is looked for on both sides; beyond, below the others.
const NEAREST: u32 = 12;

/// How many steps above the first row one may be.
const ABOVE: u32 = 3;

/// A net that turns, and the rows that it runs along on its track.
#[derive(Clone, Debug)]
struct Turning {
    net: usize,
    from: f64,
    to: Vec<f64>,
    low: f64,
    high: f64,
}

/// The tracks of nets between two columns: few cross, and where one net ends in the row in which another begins, the other's
/// track comes first. Where that is a cycle, one leaves its row first, for a free one that is some times `step` away;
/// rows nearer than `near` are one.
pub fn channel(nets: &[Crossing], near: f64, step: f64) -> Channel {
    let mut found = Channel::default();
    let turns = |net: &&Crossing| net.to.iter().any(|to| (to - net.from).abs() > near / 10.0);
    let mut turning: Vec<Turning> = nets.iter().filter(turns).map(Turning::new).collect();
    sort(&mut turning, near, &mut found.steps);
    let asides = put_aside(nets, &mut turning, [near, step], &mut found);
    let tracks = tracks(&turning, near, &mut found);
    let at: HashMap<usize, usize> = turning.iter().enumerate().map(|(at, turning)| (turning.net, at)).collect();
    let route = |net: &Crossing| {
        let at = at.get(&net.net);
        Route { net: net.net, aside: at.and_then(|&at| asides[at]), track: at.map(|&at| tracks[at]) }
    };
    found.routes = nets.iter().map(route).collect();
    found
}

impl Turning {
    fn new(net: &Crossing) -> Self {
        let mut turning = Self { net: net.net, from: net.from, to: net.to.clone(), low: net.from, high: net.from };
        turning.measure();
        turning
    }

    /// Finds the lowest and the highest of its rows.
    fn measure(&mut self) {
        self.low = self.to.iter().copied().fold(self.from, f64::min);
        self.high = self.to.iter().copied().fold(self.from, f64::max);
    }

    fn is_inside(&self, row: f64) -> bool {
        self.low < row && row < self.high
    }

    /// How many wires cross where it turns before another net.
    fn cost_before(&self, other: &Self, near: f64) -> usize {
        const NEVER: usize = 1000;
        let meets = |to: f64| if (to - other.from).abs() < near { NEVER } else { 0 };
        let ends = self.to.iter().map(|&to| usize::from(other.is_inside(to)) + meets(to));
        usize::from(self.is_inside(other.from)) + ends.sum::<usize>()
    }
}

/// Sorts nets by which of two should turn first.
fn sort(nets: &mut [Turning], near: f64, steps: &mut usize) {
    for _ in 0..=SWEEPS.min(nets.len()) {
        let mut changed = false;
        for at in 1..nets.len() {
            let (first, second) = (&nets[at - 1], &nets[at]);
            *steps += first.to.len() + second.to.len();
            if first.cost_before(second, near) > second.cost_before(first, near) {
                nets.swap(at - 1, at);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
}

/// Rows in their order.
#[derive(Clone, Debug, Default)]
struct Rows(BTreeSet<u64>);

impl Rows {
    /// A number that is larger where the row is, whatever their signs.
    fn key(row: f64) -> u64 {
        let bits = row.to_bits();
        if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
    }

    fn row(key: u64) -> f64 {
        f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
    }

    fn add(&mut self, row: f64) {
        self.0.insert(Self::key(row));
    }

    /// Whether none of them is near another row.
    fn are_away_from(&self, row: f64, near: f64) -> bool {
        let key = Self::key(row);
        let beside = [self.0.range(..=key).next_back(), self.0.range(key..).next()];
        beside.into_iter().flatten().all(|&beside| (Self::row(beside) - row).abs() >= near)
    }

    /// A row near another one that none of them is near to.
    fn free(&self, row: f64, near: f64, step: f64, steps: &mut usize) -> f64 {
        let beside = (1..=NEAREST).flat_map(|count| [f64::from(count) * step, -f64::from(count) * step]);
        let below = (NEAREST + 1..).map(|count| f64::from(count) * step);
        let mut rows = beside.chain(below).map(|away| row + away).inspect(|_| *steps += 1);
        // A drawing has little room above its first row.
        let top = self.0.first().map_or(row, |&first| Self::row(first)) - f64::from(ABOVE) * step;
        rows.find(|&free| free >= top && self.are_away_from(free, near)).unwrap_or_else(|| broken("below the last row is a free one"))
    }
}

/// Moves the nets that begin where one before them ends to rows in which nothing runs, each on a track of its own in front of all
/// others.
fn put_aside(nets: &[Crossing], turning: &mut [Turning], [near, step]: [f64; 2], found: &mut Channel) -> Vec<Option<(usize, f64)>> {
    let mut ends: Vec<(f64, usize)> = turning.iter().enumerate().flat_map(|(at, net)| net.to.iter().map(move |&to| (to, at))).collect();
    ends.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut rows = Rows::default();
    nets.iter().flat_map(|net| net.to.iter().chain([&net.from])).for_each(|&row| rows.add(row));
    found.steps += ends.len() + nets.len();
    let mut asides = vec![None; turning.len()];
    for later in 0..turning.len() {
        let begins = turning[later].from;
        let first = ends.partition_point(|&(to, _)| to <= begins - near);
        let mut there = ends[first..].iter().take_while(|(to, _)| *to < begins + near).inspect(|_| found.steps += 1);
        if !there.any(|&(_, before)| before < later) {
            continue;
        }
        let row = rows.free(begins, near, step, &mut found.steps);
        asides[later] = Some((found.tracks, row));
        turning[later].from = row;
        turning[later].measure();
        rows.add(row);
        found.tracks += 1;
    }
    asides
}

/// The track of each net, in their order: the first one behind those of all nets before it that it would touch.
fn tracks(turning: &[Turning], near: f64, found: &mut Channel) -> Vec<usize> {
    let mut rows: Vec<f64> = turning.iter().flat_map(|net| [net.low, net.high]).collect();
    rows.sort_by(f64::total_cmp);
    let mut taken = Taken::new(rows.len());
    let front = found.tracks;
    let mut tracks = Vec::with_capacity(turning.len());
    for net in turning {
        let reach = [rows.partition_point(|row| row + near < net.low), rows.partition_point(|&row| row <= net.high + near)];
        let own = [rows.partition_point(|&row| row < net.low), rows.partition_point(|&row| row <= net.high)];
        let track = taken.free_in(reach, &mut found.steps).max(front);
        taken.take(own, track + 1, &mut found.steps);
        tracks.push(track);
    }
    found.tracks = tracks.iter().max().map_or(front, |last| last + 1);
    tracks
}

/// For each of some places the first track that is free there, as a tree over ranges of them.
#[derive(Clone, Debug)]
struct Taken {
    size: usize,
    /// For each node the first track that is free in the whole of its range, as far as what was taken covers all of it;
    all: Vec<usize>,
    /// and the first one that is free anywhere in it, whatever was taken.
    any: Vec<usize>,
}

impl Taken {
    fn new(places: usize) -> Self {
        let size = places.next_power_of_two();
        Self { size, all: vec![0; 2 * size], any: vec![0; 2 * size] }
    }

    /// The nodes whose ranges make up a range of places.
    fn nodes(&self, [first, end]: [usize; 2]) -> Vec<usize> {
        let (mut first, mut end, mut nodes) = (first + self.size, end + self.size, Vec::new());
        while first < end {
            if first % 2 == 1 {
                nodes.push(first);
                first += 1;
            }
            if end % 2 == 1 {
                end -= 1;
                nodes.push(end);
            }
            (first, end) = (first / 2, end / 2);
        }
        nodes
    }

    /// The nodes above one.
    fn above(node: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(node / 2), |&node| Some(node / 2)).take_while(|&node| node > 0)
    }

    /// Takes all tracks before one in a range of places.
    fn take(&mut self, range: [usize; 2], free: usize, steps: &mut usize) {
        for node in self.nodes(range) {
            self.all[node] = self.all[node].max(free);
            for node in std::iter::once(node).chain(Self::above(node)) {
                *steps += 1;
                self.any[node] = self.any[node].max(free);
            }
        }
    }

    /// The first track that is free in all of a range of places.
    fn free_in(&self, range: [usize; 2], steps: &mut usize) -> usize {
        let free = |node: usize| {
            *steps += 1;
            Self::above(node).map(|node| self.all[node]).fold(self.any[node], usize::max)
        };
        self.nodes(range).into_iter().map(free).max().unwrap_or(0)
    }
}
