//! Special functions at any precision: the error functions, the gamma family, derivatives of sin(x)/x.
//!
//! Each is a series from arithmetic and elementary functions, with as many more bits as it cancels. Equation numbers are those
//! of the NIST Digital Library of Mathematical Functions (DLMF).

use super::Big::{self, Inf, Nan, Num};
use super::Kit;
use dashu_int::{IBig, Word};
use std::cmp::Ordering;
use std::f64::consts::{LN_2, LOG2_E};

/// What a series keeps beyond the digits asked for.
const GUARD: usize = 40;

/// More bits than these are not spent on what cancels.
const MOST_BITS: f64 = 1e6;

/// The largest order of a derivative that is taken.
const LAST_ORDER: isize = 170;

impl<const B: Word> Kit<B> {
    /// Whether a term is too small to change a sum.
    fn is_done(&self, term: &Big<B>, sum: &Big<B>) -> bool {
        term.is_zero() || term.top() < sum.top().saturating_sub(self.digits.cast_signed() + 1)
    }

    /// `x * n`, n a small whole number.
    fn times(&mut self, x: &Big<B>, n: impl Into<IBig>) -> Big<B> {
        let n = self.whole(n);
        self.mul(x, &n)
    }

    /// `x / n`, n a small whole number.
    fn over(&mut self, x: &Big<B>, n: impl Into<IBig>) -> Big<B> {
        let n = self.whole(n);
        self.div(x, &n)
    }

    /// `x^n`, n a whole number.
    fn power(&mut self, x: &Big<B>, n: impl Into<IBig>) -> Big<B> {
        let n = self.whole(n);
        self.pow(x, &n)
    }

    /// What `f` finds, again with more bits as long as it has lost some; `f` also gives its largest term.
    fn careful(&mut self, f: impl Fn(&mut Self) -> (Big<B>, Big<B>)) -> Big<B> {
        let mut more = GUARD;
        loop {
            let mut lost = 0.0;
            let found = self.with_more(more, |kit| {
                let (found, largest) = f(kit);
                lost = if found.is_zero() { f64::INFINITY } else { largest.top_bits() - found.top_bits() };
                found
            });
            let enough = lost + GUARD as f64 / 2.0 <= more as f64 || found.finite().is_none();
            if enough || self.is_stopped() || more > 4 * self.bits() + 4096 {
                return found;
            }
            more = if lost.is_finite() { lost as usize + GUARD } else { 2 * more + self.bits() };
        }
    }

    // The error functions.

    /// Whether x is so far out that the asymptotic series of erfc has all digits.
    fn is_far(&self, x: f64) -> bool {
        x * x > (self.bits() as f64 + 2.0 * GUARD as f64) * LN_2
    }

    /// `erf(x)` by DLMF 7.6.2, whose terms have one sign.
    pub fn erf(&mut self, x: &Big<B>) -> Big<B> {
        match x {
            Inf(negative) => self.whole(if *negative { -1 } else { 1 }),
            Num(_) if !x.is_zero() => {
                let small = self.magnitude(x);
                let found = if self.is_far(small.to_f64()) {
                    let rest = self.erfc(&small);
                    let one = self.whole(1);
                    self.sub(&one, &rest)
                } else {
                    self.with_more(GUARD, |kit| kit.erf_series(&small))
                };
                if x.is_negative() { self.negated(&found) } else { found }
            }
            other => other.clone(),
        }
    }

    fn erf_series(&mut self, x: &Big<B>) -> Big<B> {
        let square = self.mul(x, x);
        let twice = self.times(&square, 2);
        let (mut term, mut sum, mut n) = (x.clone(), x.clone(), 1);
        loop {
            term = self.mul(&term, &twice);
            term = self.over(&term, 2 * n + 1);
            if self.is_done(&term, &sum) || self.is_stopped() {
                break;
            }
            sum = self.add(&sum, &term);
            n += 1;
        }
        let root = self.root_of_pi();
        let bell = self.bell(&square);
        let scaled = self.mul(&sum, &bell);
        let scaled = self.times(&scaled, 2);
        self.div(&scaled, &root)
    }

    fn root_of_pi(&mut self) -> Big<B> {
        let pi = self.pi();
        self.sqrt(&pi)
    }

    fn bell(&mut self, square: &Big<B>) -> Big<B> {
        let square = self.negated(square);
        self.exp(&square)
    }

    /// `erfc(x)`: 1 - erf(x) with as many more bits as cancel, or far out DLMF 7.12.1.
    pub fn erfc(&mut self, x: &Big<B>) -> Big<B> {
        let near = x.to_f64();
        match x {
            Nan => Nan,
            Inf(negative) => self.whole(if *negative { 2 } else { 0 }),
            Num(_) if near > 0.0 && self.is_far(near) => self.with_more(GUARD, |kit| {
                let scaled = kit.erfcx_series(x);
                let bits = (near.min(1e150).powi(2) * LOG2_E).log2().max(0.0) as usize + 8;
                let bell = kit.with_more(bits, |kit| {
                    let square = kit.mul(x, x);
                    kit.bell(&square)
                });
                kit.mul(&scaled, &bell)
            }),
            Num(_) => {
                let lost = if near > 0.0 { (near * near * LOG2_E) as usize } else { 0 };
                self.with_more(GUARD + lost, |kit| {
                    let (one, erf) = (kit.whole(1), kit.erf(x));
                    kit.sub(&one, &erf)
                })
            }
        }
    }

    /// `exp(x^2) * erfc(x)` far out on the right.
    fn erfcx_series(&mut self, x: &Big<B>) -> Big<B> {
        let square = self.mul(x, x);
        let twice = self.times(&square, 2);
        let (mut term, mut sum, mut n) = (self.whole(1), self.whole(1), 1);
        loop {
            term = self.times(&term, 1 - 2 * n);
            let next = self.div(&term, &twice);
            // The terms of an asymptotic series grow again.
            if self.is_done(&next, &sum) || self.is_stopped() || next.top() > term.top() + 1 {
                break;
            }
            term = next;
            sum = self.add(&sum, &term);
            n += 1;
        }
        let root = self.root_of_pi();
        let below = self.mul(x, &root);
        self.div(&sum, &below)
    }

    /// `exp(x^2) * erfc(x)`
    pub fn erfcx(&mut self, x: &Big<B>) -> Big<B> {
        let near = x.to_f64();
        match x {
            Nan => Nan,
            Inf(negative) => {
                if *negative {
                    Inf(false)
                } else {
                    self.whole(0)
                }
            }
            Num(_) if near > 0.0 && self.is_far(near) => self.with_more(GUARD, |kit| kit.erfcx_series(x)),
            Num(_) => {
                let bits = GUARD + (near.abs().min(1e150).powi(2) * LOG2_E).log2().max(0.0) as usize;
                self.with_more(bits, |kit| {
                    let square = kit.mul(x, x);
                    let (power, erfc) = (kit.exp(&square), kit.erfc(x));
                    kit.mul(&power, &erfc)
                })
            }
        }
    }

    /// The order of a derivative that a number is.
    fn order(n: &Big<B>, most: isize) -> Option<isize> {
        n.to_whole().and_then(|n| isize::try_from(n).ok()).filter(|n| (0..=most).contains(n))
    }

    /// The n-th derivative of erfcx: f' = 2 x f - 2/sqrt(pi), and each later one from the two before it.
    pub fn erfcx_derivative(&mut self, n: &Big<B>, x: &Big<B>) -> Big<B> {
        let Some(order) = Self::order(n, 100) else { return Nan };
        match x {
            _ if order == 0 => self.erfcx(x),
            Nan => Nan,
            Inf(true) => Inf(order % 2 == 1),
            Inf(false) => self.signed_zero(order % 2 == 1),
            Num(_) => {
                // Each step cancels what the function falls by.
                let lost = order as f64 * (x.top_bits().max(1.0) * 2.0 + 4.0);
                if lost > MOST_BITS {
                    return self.refuse("a derivative of erfcx so far out cancels too many digits");
                }
                self.with_more(GUARD + lost as usize, |kit| kit.erfcx_steps(order, x))
            }
        }
    }

    fn erfcx_steps(&mut self, order: isize, x: &Big<B>) -> Big<B> {
        let twice = self.times(x, 2);
        let (two, root) = (self.whole(2), self.root_of_pi());
        let slope = self.div(&two, &root);
        let mut before = self.erfcx(x);
        let mut last = self.mul(&twice, &before);
        last = self.sub(&last, &slope);
        for k in 1..order {
            let (one, other) = (self.mul(&twice, &last), self.times(&before, 2 * k));
            before = std::mem::replace(&mut last, self.add(&one, &other));
        }
        last
    }

    // The gamma family.

    /// How far out the asymptotic series of the gamma family have all digits.
    fn shift(&self) -> f64 {
        0.2 * self.bits() as f64 + 5.0
    }

    /// The even Bernoulli number of twice `k`, from tangent numbers.
    fn bernoulli(&mut self, k: usize) -> Big<B> {
        let Some(tangent) = self.tangents(k).map(|tangents| tangents[k].clone()) else { return Big::Nan };
        let above = IBig::from(tangent) * IBig::from(2 * k) * if k % 2 == 1 { IBig::ONE } else { -IBig::ONE };
        let power = IBig::ONE << (2 * k);
        let below = power.clone() * (power - IBig::ONE);
        let (above, below) = (self.integer(above), self.integer(below));
        self.div(&above, &below)
    }

    /// How many Bernoulli numbers the series take at most.
    fn series_length(&mut self) -> usize {
        let length = self.bits() / 5 + 20;
        // None are made where the kit was stopped.
        if self.tangents(length).is_some() { length } else { 0 }
    }

    /// Whether a number is a pole of the gamma function.
    fn is_pole(x: &Big<B>) -> bool {
        x.is_whole() && (x.is_zero() || x.is_negative())
    }

    /// sin(pi x) and cos(pi x), x reduced exactly.
    fn turns(&mut self, x: &Big<B>) -> (Big<B>, Big<B>) {
        let near = self.round_ties_even(x);
        let rest = self.sub(x, &near);
        let pi = self.pi();
        let angle = self.mul(&rest, &pi);
        let (sin, cos) = (self.sin(&angle), self.cos(&angle));
        if near.is_odd() { (self.negated(&sin), self.negated(&cos)) } else { (sin, cos) }
    }

    /// `gamma(x)`
    pub fn gamma(&mut self, x: &Big<B>) -> Big<B> {
        /// Up to here a whole number's is its factorial.
        const FACTORIALS: i64 = 3000;
        /// From here on it is counted as infinite, as an exponential of its logarithm is.
        const BEYOND: f64 = 1e9;
        match x {
            Nan | Inf(true) => Nan,
            Inf(false) => Inf(false),
            Num(_) if x.is_zero() => Inf(x.is_negative()),
            Num(_) if Self::is_pole(x) => Nan,
            Num(_) if x.to_f64() > BEYOND => self.beyond(false),
            Num(_) => match x.to_whole() {
                Some(n) if n <= FACTORIALS => self.integer((2..n).map(IBig::from).product()),
                _ if x.to_f64() < 0.5 => self.with_more(GUARD + x.top_bits().max(0.0) as usize, |kit| kit.gamma_reflected(x)),
                _ => self.gamma_right(x),
            },
        }
    }

    fn gamma_right(&mut self, x: &Big<B>) -> Big<B> {
        // The logarithm's size is lost from the digits of the power.
        let bits = GUARD + (x.top_bits().max(1.0) * 1.2) as usize + 10;
        self.with_more(bits, |kit| {
            let log = kit.lgamma(x);
            kit.exp(&log)
        })
    }

    /// Where x < 0.5 (DLMF 5.5.3).
    fn gamma_reflected(&mut self, x: &Big<B>) -> Big<B> {
        let (sin, pi, one) = (self.turns(x).0, self.pi(), self.whole(1));
        let other = self.sub(&one, x);
        let other = self.gamma(&other);
        let below = self.mul(&sin, &other);
        self.div(&pi, &below)
    }

    /// `log(abs(gamma(x)))`
    pub fn lgamma(&mut self, x: &Big<B>) -> Big<B> {
        match x {
            Nan => Nan,
            Inf(_) => Inf(false),
            Num(_) if Self::is_pole(x) => Inf(false),
            Num(_) if x.to_whole().is_some_and(|n| n <= 2) => self.whole(0),
            Num(_) if x.to_f64() < 0.5 => self.careful(|kit| {
                let (sin, pi, one) = (kit.turns(x).0, kit.pi(), kit.whole(1));
                let sin = kit.magnitude(&sin);
                let ratio = kit.div(&pi, &sin);
                let (log, other) = (kit.ln(&ratio), kit.sub(&one, x));
                let other = kit.lgamma_right(&other).0;
                let largest = if log.top() > other.top() { log.clone() } else { other.clone() };
                (kit.sub(&log, &other), largest)
            }),
            Num(_) => self.careful(|kit| kit.lgamma_right(x)),
        }
    }

    /// For x > 0 by the recurrence and Stirling's series (DLMF 5.11.1); also the largest term.
    fn lgamma_right(&mut self, x: &Big<B>) -> (Big<B>, Big<B>) {
        let (mut z, mut product, mut count) = (x.clone(), self.whole(1), 0);
        let (far, one, half) = (self.shift(), self.whole(1), self.ratio(1, 2));
        while z.to_f64() < far && !self.is_stopped() {
            product = self.mul(&product, &z);
            z = self.add(&z, &one);
            count += 1;
        }
        let (log, before) = (self.ln(&z), self.sub(&z, &half));
        let first = self.mul(&before, &log);
        let circle = self.pi();
        let circle = self.times(&circle, 2);
        let circle = self.ln(&circle);
        let circle = self.mul(&circle, &half);
        let mut sum = self.sub(&first, &z);
        sum = self.add(&sum, &circle);
        let inverse = self.div(&one, &z);
        let square = self.mul(&inverse, &inverse);
        let mut power = inverse;
        for k in 1..self.series_length() {
            let term = self.bernoulli(k);
            let term = self.mul(&term, &power);
            let term = self.over(&term, 2 * k * (2 * k - 1));
            if term.top_bits() < -(self.bits() as f64) || self.is_stopped() {
                break;
            }
            sum = self.add(&sum, &term);
            power = self.mul(&power, &square);
        }
        if count > 0 {
            let log = self.ln(&product);
            sum = self.sub(&sum, &log);
        }
        (sum, first)
    }

    /// The slope of lgamma.
    pub fn digamma(&mut self, x: &Big<B>) -> Big<B> {
        match x {
            Nan | Inf(true) => Nan,
            Inf(false) => Inf(false),
            Num(_) if x.is_zero() => Inf(!x.is_negative()),
            Num(_) if Self::is_pole(x) => Nan,
            Num(_) if x.is_negative() => self.careful(|kit| {
                let ((sin, cos), pi, one) = (kit.turns(x), kit.pi(), kit.whole(1));
                let poles = kit.mul(&pi, &cos);
                let poles = kit.div(&poles, &sin);
                let other = kit.sub(&one, x);
                let other = kit.digamma_right(&other).0;
                let largest = if poles.top() > other.top() { poles.clone() } else { other.clone() };
                (kit.sub(&other, &poles), largest)
            }),
            Num(_) => self.careful(|kit| kit.digamma_right(x)),
        }
    }

    /// For x > 0 by the recurrence and DLMF 5.11.2; also the largest term.
    fn digamma_right(&mut self, x: &Big<B>) -> (Big<B>, Big<B>) {
        let (mut z, mut steps) = (x.clone(), self.whole(0));
        let (far, one) = (self.shift(), self.whole(1));
        while z.to_f64() < far && !self.is_stopped() {
            let step = self.div(&one, &z);
            steps = self.add(&steps, &step);
            z = self.add(&z, &one);
        }
        let log = self.ln(&z);
        let largest = if log.top() > steps.top() { log.clone() } else { steps.clone() };
        let mut sum = self.sub(&log, &steps);
        let inverse = self.div(&one, &z);
        let half = self.over(&inverse, 2);
        sum = self.sub(&sum, &half);
        let square = self.mul(&inverse, &inverse);
        let mut power = square.clone();
        for k in 1..self.series_length() {
            let term = self.bernoulli(k);
            let term = self.mul(&term, &power);
            let term = self.over(&term, 2 * k);
            if term.top_bits() < -(self.bits() as f64) + largest.top_bits().min(0.0) || self.is_stopped() {
                break;
            }
            sum = self.sub(&sum, &term);
            power = self.mul(&power, &square);
        }
        (sum, largest)
    }

    /// The n-th derivative of digamma.
    pub fn polygamma(&mut self, n: &Big<B>, x: &Big<B>) -> Big<B> {
        let Some(order) = Self::order(n, LAST_ORDER) else { return Nan };
        let odd = order % 2 == 1;
        match x {
            _ if order == 0 => self.digamma(x),
            Nan | Inf(true) => Nan,
            Inf(false) => self.signed_zero(!odd),
            Num(_) if Self::is_pole(x) => {
                if odd {
                    Inf(false)
                } else {
                    Nan
                }
            }
            Num(_) if x.is_negative() => self.careful(|kit| {
                let (poles, one) = (kit.cotangent(order, x), kit.whole(1));
                let other = kit.sub(&one, x);
                let other = kit.polygamma_right(order, &other);
                let largest = if poles.top() > other.top() { poles.clone() } else { other.clone() };
                let sum = kit.add(&poles, &other);
                (kit.negated(&sum), largest)
            }),
            Num(_) => {
                let found = self.with_more(GUARD + 4 * order as usize, |kit| kit.polygamma_right(order, x));
                if odd { found } else { self.negated(&found) }
            }
        }
    }

    /// n! times the sum of the powers (x + k)^-(n+1), x > 0, by the recurrence and DLMF 5.15.8.
    fn polygamma_right(&mut self, n: isize, x: &Big<B>) -> Big<B> {
        let (mut z, mut sum) = (x.clone(), self.whole(0));
        let (far, one) = (self.shift() + n as f64, self.whole(1));
        while z.to_f64() < far && !self.is_stopped() {
            let step = self.power(&z, -n - 1);
            sum = self.add(&sum, &step);
            z = self.add(&z, &one);
        }
        // The rest, without its factor n!: 1/(n z^n) + 1/(2 z^(n+1)) + sum of B_2k (2k+n-1)!/((2k)! n!) / z^(2k+n).
        let power = self.power(&z, -n);
        let mut rest = self.over(&power, n);
        let half = self.div(&power, &z);
        let half = self.over(&half, 2);
        rest = self.add(&rest, &half);
        let square = self.power(&z, -2);
        let (mut power, mut factor) = (self.mul(&power, &square), self.ratio(n + 1, 2));
        for k in 1..self.series_length() {
            let term = self.bernoulli(k);
            let term = self.mul(&term, &factor);
            let term = self.mul(&term, &power);
            if self.is_done(&term, &rest) || self.is_stopped() {
                break;
            }
            rest = self.add(&rest, &term);
            power = self.mul(&power, &square);
            let twice = 2 * k.cast_signed();
            factor = self.times(&factor, (twice + n) * (twice + n + 1));
            factor = self.over(&factor, (twice + 1) * (twice + 2));
        }
        let sum = self.add(&sum, &rest);
        let factorial = self.integer((2..=n).map(IBig::from).product());
        self.mul(&sum, &factorial)
    }

    /// pi times the n-th derivative of cot(pi x): the cotangent obeys y' = -pi (1 + y^2), which gives each Taylor coefficient
    /// from those before it.
    fn cotangent(&mut self, n: isize, x: &Big<B>) -> Big<B> {
        let ((sin, cos), pi) = (self.turns(x), self.pi());
        let mut y = vec![self.div(&cos, &sin)];
        for k in 1..=n {
            let mut square = self.whole(i64::from(k == 1));
            for (one, other) in y.clone().iter().zip(y.iter().rev()) {
                let product = self.mul(one, other);
                square = self.add(&square, &product);
            }
            let next = self.mul(&pi, &square);
            let next = self.over(&next, -k);
            y.push(next);
        }
        let factorial = self.integer((2..=n).map(IBig::from).product());
        let scaled = self.mul(&pi, &factorial);
        self.mul(&scaled, &y[y.len() - 1])
    }

    // Sines over angles.

    /// The n-th derivative of sin(x) / x, and of 1 at 0.
    pub fn sinc_derivative(&mut self, n: &Big<B>, x: &Big<B>) -> Big<B> {
        const LAST: isize = 16;
        let Some(order) = Self::order(n, LAST) else { return Nan };
        match x {
            Nan => Nan,
            Inf(_) => self.whole(0),
            Num(_) if x.is_zero() && order % 2 == 1 => self.whole(0),
            Num(_) if self.magnitude(x).compare(&self.whole(order + 10)) == Some(Ordering::Less) => {
                let bits = GUARD + 2 * (order as usize + 10);
                self.careful(|kit| kit.with_terms(bits, |kit| kit.sinc_series(order, x)))
            }
            Num(_) => self.careful(|kit| kit.sinc_steps(order, x)),
        }
    }

    fn with_terms(&mut self, bits: usize, f: impl FnOnce(&mut Self) -> (Big<B>, Big<B>)) -> (Big<B>, Big<B>) {
        let mut largest = Nan;
        let found = self.with_more(bits, |kit| {
            let (found, term) = f(kit);
            largest = term;
            found
        });
        (found, largest)
    }

    /// The series of the sine over x, its terms differentiated: (-1)^k x^(2k-n) / ((2k+1) (2k-n)!) from 2k >= n on.
    fn sinc_series(&mut self, n: isize, x: &Big<B>) -> (Big<B>, Big<B>) {
        let first = (n + 1) / 2;
        let mut power = if n % 2 == 1 { x.clone() } else { self.whole(1) };
        if first % 2 == 1 {
            power = self.negated(&power);
        }
        let square = self.mul(x, x);
        let square = self.negated(&square);
        let mut largest = self.over(&power, 2 * first + 1);
        let (mut sum, mut k) = (largest.clone(), first);
        loop {
            power = self.mul(&power, &square);
            let degree = 2 * k - n;
            power = self.over(&power, (degree + 1) * (degree + 2));
            k += 1;
            let term = self.over(&power, 2 * k + 1);
            if self.is_stopped() || self.is_done(&term, &sum) && self.is_done(&term, &largest) {
                return (sum, largest);
            }
            if term.top() > largest.top() {
                largest = term.clone();
            }
            sum = self.add(&sum, &term);
        }
    }

    /// x f_n + n f_(n-1) is the n-th derivative of the sine.
    fn sinc_steps(&mut self, n: isize, x: &Big<B>) -> (Big<B>, Big<B>) {
        let (sin, cos) = (self.sin(x), self.cos(x));
        let mut found = self.div(&sin, x);
        let mut largest = found.clone();
        for k in 1..=n {
            let wave = if k % 2 == 0 { sin.clone() } else { cos.clone() };
            let wave = if k % 4 >= 2 { self.negated(&wave) } else { wave };
            let before = self.times(&found, k);
            let rest = self.sub(&wave, &before);
            found = self.div(&rest, x);
            largest = self.div(if wave.top() > before.top() { &wave } else { &before }, x);
        }
        (found, largest)
    }
}
