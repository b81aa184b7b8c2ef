//! Many numbers in little room: of so many as they are their quantiles are exact, of more they are as near as is told.
//!
//! What is found depends on the numbers and their order alone. Knows numbers and weights; nothing of what they are.

/// As many numbers are kept as they are, so that their quantiles are exact.
pub const EXACT: usize = 1 << 20;

/// How many numbers a level holds; of more, every second one in order goes up.
const LEVEL: usize = 1 << 15;

/// Numbers, of which so many in order stand for more: each level holds some that stand for twice as many as those of the level below.
#[derive(Clone, Debug, Default)]
pub struct Sketch {
    levels: Vec<Vec<f64>>,
    /// Whether the next half that goes up begins with the first or with the second, in turns.
    second: bool,
    /// How often a level of so many was halved, in numbers that each may have moved a place by.
    moved: u64,
    count: u64,
}

impl Sketch {
    /// Takes a number.
    pub fn add(&mut self, number: f64) {
        if self.levels.is_empty() {
            self.levels.push(Vec::new());
        }
        self.count += 1;
        self.levels[0].push(number);
        let room = if self.levels.len() == 1 { EXACT } else { LEVEL };
        if self.levels[0].len() > room {
            self.compact();
        }
    }

    /// Halves what is too much, from below.
    fn compact(&mut self) {
        let mut at = 0;
        while at < self.levels.len() {
            if self.levels[at].len() > LEVEL {
                let mut full = std::mem::take(&mut self.levels[at]);
                full.sort_by(f64::total_cmp);
                // What has no partner stays.
                if full.len() % 2 == 1 {
                    self.levels[at].extend(full.pop());
                }
                let half = full.into_iter().skip(usize::from(self.second)).step_by(2);
                self.second = !self.second;
                self.moved += 1 << at;
                if at + 1 == self.levels.len() {
                    self.levels.push(Vec::new());
                }
                self.levels[at + 1].extend(half);
            }
            at += 1;
        }
    }

    /// The part of the numbers that the place of a quantile may be off.
    pub fn rank_error(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.moved as f64 / self.count as f64 }
    }

    /// The numbers at some parts of the whole in order, between two neighbours in proportion.
    pub fn quantiles<const N: usize>(&self, parts: &[f64; N]) -> [f64; N] {
        let weighted =
            self.levels.iter().enumerate().flat_map(|(level, numbers)| numbers.iter().map(move |&number| (number, 1u64 << level)));
        let mut all: Vec<(f64, u64)> = weighted.collect();
        all.sort_by(|one, other| one.0.total_cmp(&other.0));
        let total: u64 = all.iter().map(|(_, weight)| weight).sum();
        parts.map(|part| {
            let place = part * (total.saturating_sub(1)) as f64;
            let below = place.floor() as u64;
            let at = |wanted: u64| {
                let mut before = 0;
                let found = all.iter().find(|(_, weight)| {
                    before += weight;
                    before > wanted
                });
                found.or(all.last()).map_or(f64::NAN, |(number, _)| *number)
            };
            let (low, high) = (at(below), at((below + 1).min(total.saturating_sub(1))));
            let share = place - below as f64;
            if low == high { low } else { low * (1.0 - share) + high * share }
        })
    }
}

/// Numbers with weights, of which so many in order stand for more: of two neighbours the heavier one stays, with the weight of both.
#[derive(Clone, Debug, Default)]
pub struct WeightedSketch {
    levels: Vec<Vec<(f64, f64)>>,
    /// Whether of two that weigh the same the second one stays, in turns.
    second: bool,
    /// The weight by which places may be off.
    moved: f64,
    weight: f64,
}

impl WeightedSketch {
    /// Takes a number with its weight; one that weighs nothing has no place.
    pub fn add(&mut self, number: f64, weight: f64) {
        if weight <= 0.0 {
            return;
        }
        if self.levels.is_empty() {
            self.levels.push(Vec::new());
        }
        self.weight += weight;
        self.levels[0].push((number, weight));
        let room = if self.levels.len() == 1 { EXACT } else { LEVEL };
        if self.levels[0].len() > room {
            self.compact();
        }
    }

    /// Halves what is too much, from below.
    fn compact(&mut self) {
        let mut at = 0;
        while at < self.levels.len() {
            if self.levels[at].len() > LEVEL {
                let mut full = std::mem::take(&mut self.levels[at]);
                full.sort_by(|one, other| one.0.total_cmp(&other.0));
                if full.len() % 2 == 1 {
                    self.levels[at].extend(full.pop());
                }
                // Between two neighbours the weight below a place is off by that of the one that goes.
                let (second, mut most) = (self.second, 0.0f64);
                let pair = |pair: &[(f64, f64)]| {
                    let (one, other) = (pair[0], pair[1]);
                    most = most.max(one.1.min(other.1));
                    let later = if one.1 == other.1 { second } else { other.1 > one.1 };
                    (if later { other.0 } else { one.0 }, one.1 + other.1)
                };
                let half: Vec<(f64, f64)> = full.chunks_exact(2).map(pair).collect();
                self.second = !self.second;
                self.moved += most;
                if at + 1 == self.levels.len() {
                    self.levels.push(Vec::new());
                }
                self.levels[at + 1].extend(half);
            }
            at += 1;
        }
    }

    /// The part of the weight that the place of a quantile may be off.
    pub fn rank_error(&self) -> f64 {
        if self.weight > 0.0 { self.moved / self.weight } else { 0.0 }
    }

    /// The smallest numbers up to which there are some parts of the weight (NumPy's `inverted_cdf`); none of no weight.
    pub fn quantiles<const N: usize>(&self, parts: &[f64; N]) -> Option<[f64; N]> {
        let mut all: Vec<(f64, f64)> = self.levels.iter().flatten().copied().collect();
        all.sort_by(|one, other| one.0.total_cmp(&other.0));
        let last = all.last()?.0;
        let mut up_to = 0.0;
        for (_, weight) in &mut all {
            up_to += *weight;
            *weight = up_to;
        }
        // Sums are rounded: what misses a part by that alone has reached it.
        let near = up_to * all.len() as f64 * f64::EPSILON;
        Some(parts.map(|part| {
            let wanted = part * up_to - near.min(0.5 * part * up_to);
            all.get(all.partition_point(|&(_, up_to)| up_to < wanted)).map_or(last, |&(number, _)| number)
        }))
    }
}
