//! What columns of numbers come to: how many, their mean and spread, their quantiles.
//!
//! Numbers are taken part by part, in order, and what is found depends on the parts and their order alone. Knows numbers; no name.

/// As many numbers are kept as they are, so that their quantiles are exact.
pub const EXACT: usize = 1 << 20;

/// How many numbers a level of the sketch holds; of more, every second one in order goes up.
const LEVEL: usize = 1 << 15;

/// The parts of the whole at which quantiles are told.
pub const QUANTILES: [f64; 7] = [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0];

/// What was found of one column.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many numbers are finite.
    pub count: u64,
    /// How many are infinite or nan.
    pub not_finite: u64,
    weight: f64,
    mean: f64,
    /// The weighted sum of squared distances from the mean.
    squares: f64,
    sketch: Sketch,
    ends: Option<[f64; 2]>,
}

impl Summary {
    /// Takes the next numbers, each with its weight if there are some.
    pub fn add(&mut self, numbers: &[f64], weights: Option<&[f64]>) {
        // The part by itself, in two passes, then both together.
        let weight = |at: usize| weights.map_or(1.0, |weights| weights[at]);
        let finite = || numbers.iter().copied().enumerate().filter(|(_, number)| number.is_finite());
        let total: f64 = finite().map(|(at, _)| weight(at)).sum();
        let count = finite().count();
        self.not_finite += (numbers.len() - count) as u64;
        self.count += count as u64;
        for (_, number) in finite() {
            self.sketch.add(number);
            let [least, most] = self.ends.unwrap_or([number; 2]);
            self.ends = Some([least.min(number), most.max(number)]);
        }
        if total <= 0.0 {
            return;
        }
        let mean = finite().map(|(at, number)| weight(at) * number).sum::<f64>() / total;
        let squares: f64 = finite().map(|(at, number)| weight(at) * (number - mean) * (number - mean)).sum();
        let (apart, all) = (mean - self.mean, self.weight + total);
        self.squares += squares + apart * apart * (self.weight * total / all);
        self.mean += apart * (total / all);
        self.weight = all;
    }

    /// The mean, weighted if there are weights: the sum of w x over the sum of w; none of no number.
    pub fn mean(&self) -> Option<f64> {
        (self.weight > 0.0).then_some(self.mean)
    }

    /// The standard deviation: of n numbers the root of the sum of squares over n - 1; with weights, of the sum of w times squares over
    /// the sum of w.
    pub fn deviation(&self, weighted: bool) -> Option<f64> {
        let of = if weighted { self.weight } else { self.weight - 1.0 };
        (of > 0.0).then(|| (self.squares / of).sqrt())
    }

    /// The smallest and the largest number; none of no number.
    pub fn ends(&self) -> Option<[f64; 2]> {
        self.ends
    }

    /// The numbers at some parts of the whole in order, between two neighbours in proportion; none of no number.
    pub fn quantiles(&self) -> Option<[f64; QUANTILES.len()]> {
        let [least, most] = self.ends?;
        let mut found = self.sketch.quantiles(&QUANTILES);
        (found[0], found[QUANTILES.len() - 1]) = (least, most);
        Some(found)
    }

    /// The part of the rows that the place of a quantile may be off; 0 where all are kept.
    pub fn rank_error(&self) -> f64 {
        self.sketch.rank_error()
    }
}

/// Numbers, of which so many in order stand for more: each level holds some that stand for twice as many as those of the level below.
#[derive(Clone, Debug, Default)]
struct Sketch {
    levels: Vec<Vec<f64>>,
    /// Whether the next half that goes up begins with the first or with the second, in turns.
    second: bool,
    /// How often a level of so many was halved, in numbers that each may have moved a place by.
    moved: u64,
    count: u64,
}

impl Sketch {
    fn add(&mut self, number: f64) {
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

    fn rank_error(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.moved as f64 / self.count as f64 }
    }

    fn quantiles<const N: usize>(&self, parts: &[f64; N]) -> [f64; N] {
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
