//! Square matrices of numbers of many digits: elimination with the largest pivot of each column, and what follows from it.
//!
//! Numbers stand row by row. Knows no shape but the number of rows.

use super::Big::{self, Nan, Num};
use super::Kit;
use dashu_int::Word;
use std::cmp::Ordering;

/// Rows in the order of their pivots: above the diagonal what elimination left, below it the factors.
struct Elimination<const B: Word> {
    n: usize,
    factors: Vec<Big<B>>,
    order: Vec<usize>,
    swapped: bool,
}

impl<const B: Word> Elimination<B> {
    fn new(kit: &mut Kit<B>, n: usize, x: &[Big<B>]) -> Self {
        let mut found = Self { n, factors: x.to_vec(), order: (0..n).collect(), swapped: false };
        for column in 0..n {
            found.pivot(kit, column);
            if found.factors[column * n + column].is_zero() {
                continue;
            }
            for row in column + 1..n {
                found.eliminate(kit, column, row);
            }
        }
        found
    }

    /// Puts the row of the largest number of a column on its diagonal.
    fn pivot(&mut self, kit: &Kit<B>, column: usize) {
        let n = self.n;
        let size = |row: usize| kit.magnitude(&self.factors[row * n + column]);
        let best =
            (column + 1..n).fold(column, |best, row| if size(row).compare(&size(best)) == Some(Ordering::Greater) { row } else { best });
        if best != column {
            (0..n).for_each(|at| self.factors.swap(best * n + at, column * n + at));
            self.order.swap(best, column);
            self.swapped = !self.swapped;
        }
    }

    fn eliminate(&mut self, kit: &mut Kit<B>, column: usize, row: usize) {
        let n = self.n;
        let factor = kit.div(&self.factors[row * n + column], &self.factors[column * n + column]);
        if !factor.is_zero() {
            for at in column + 1..n {
                let part = kit.mul(&factor, &self.factors[column * n + at]);
                self.factors[row * n + at] = kit.sub(&self.factors[row * n + at], &part);
            }
        }
        self.factors[row * n + column] = factor;
    }

    fn diagonal(&self) -> impl Iterator<Item = &Big<B>> {
        (0..self.n).map(|at| &self.factors[at * (self.n + 1)])
    }

    /// The solution of one right-hand side.
    fn solve(&self, kit: &mut Kit<B>, right: &[Big<B>]) -> Vec<Big<B>> {
        let n = self.n;
        let mut z: Vec<Big<B>> = self.order.iter().map(|&row| right[row].clone()).collect();
        for row in 0..n {
            for at in 0..row {
                let part = kit.mul(&self.factors[row * n + at], &z[at]);
                z[row] = kit.sub(&z[row], &part);
            }
        }
        for row in (0..n).rev() {
            for at in row + 1..n {
                let part = kit.mul(&self.factors[row * n + at], &z[at]);
                z[row] = kit.sub(&z[row], &part);
            }
            z[row] = kit.div(&z[row], &self.factors[row * (n + 1)]);
        }
        z
    }
}

/// A square matrix without a row and a column.
fn without<const B: Word>(n: usize, x: &[Big<B>], row: usize, column: usize) -> Vec<Big<B>> {
    (0..n * n).filter(|at| at / n != row && at % n != column).map(|at| x[at].clone()).collect()
}

fn is_finite<const B: Word>(x: &[Big<B>]) -> bool {
    x.iter().all(|x| matches!(x, Num(_)))
}

/// Up to this many rows a determinant is written out, so that it is exact where the digits allow.
const WRITTEN_OUT: usize = 3;

impl<const B: Word> Kit<B> {
    /// The determinant of `n` rows; nan where a number is not finite.
    pub fn determinant(&mut self, n: usize, x: &[Big<B>]) -> Big<B> {
        if !is_finite(x) {
            return Nan;
        }
        if n > WRITTEN_OUT {
            let factors = Elimination::new(self, n, x);
            let sign = self.whole(if factors.swapped { -1 } else { 1 });
            return factors.diagonal().fold(sign, |product, pivot| self.mul(&product, pivot));
        }
        match n {
            0 => self.whole(1),
            1 => x[0].clone(),
            _ => (0..n).fold(self.whole(0), |sum, column| {
                let rest = self.determinant(n - 1, &without(n, x, 0, column));
                let term = self.mul(&x[column], &rest);
                if column % 2 == 0 { self.add(&sum, &term) } else { self.sub(&sum, &term) }
            }),
        }
    }

    /// The solutions of `columns` right-hand sides, which stand beside each other; nan where the matrix has no inverse.
    pub fn solved(&mut self, n: usize, x: &[Big<B>], right: &[Big<B>]) -> Vec<Big<B>> {
        let columns = right.len() / n;
        let factors = Elimination::new(self, n, x);
        if !is_finite(x) || !is_finite(right) || factors.diagonal().any(Big::is_zero) {
            return vec![Nan; right.len()];
        }
        let mut found = vec![Nan; right.len()];
        for column in 0..columns {
            let side: Vec<Big<B>> = (0..n).map(|row| right[row * columns + column].clone()).collect();
            for (row, z) in factors.solve(self, &side).into_iter().enumerate() {
                found[row * columns + column] = z;
            }
        }
        found
    }

    /// Ones on the diagonal.
    pub fn identity(&self, n: usize) -> Vec<Big<B>> {
        (0..n * n).map(|at| self.truth(at % (n + 1) == 0)).collect()
    }

    /// For each number the determinant of what is left without its row and column, signed: of few rows written out, of more in
    /// `n^3` steps.
    pub fn cofactors(&mut self, n: usize, x: &[Big<B>]) -> Vec<Big<B>> {
        if !is_finite(x) {
            return vec![Nan; n * n];
        }
        if n > WRITTEN_OUT + 1 {
            return Complete::new(self, n, x).cofactors(self);
        }
        let mut minor = |at: usize| {
            let (row, column) = (at / n, at % n);
            let found = self.determinant(n - 1, &without(n, x, row, column));
            if (row + column) % 2 == 0 { found } else { self.negated(&found) }
        };
        (0..n * n).map(&mut minor).collect()
    }
}

/// An elimination whose pivots are the largest numbers that are left in any row and column: only the last one of a matrix that
/// has next to no inverse is small, and cofactors are found without a division by it, as `vocabulary/gate/cofactor` says.
struct Complete<const B: Word> {
    n: usize,
    factors: Vec<Big<B>>,
    /// Where the rows and the columns come from.
    rows: Vec<usize>,
    columns: Vec<usize>,
    swapped: bool,
}

impl<const B: Word> Complete<B> {
    fn new(kit: &mut Kit<B>, n: usize, x: &[Big<B>]) -> Self {
        let mut found = Self { n, factors: x.to_vec(), rows: (0..n).collect(), columns: (0..n).collect(), swapped: false };
        for k in 0..n {
            found.pivot(kit, k);
            if found.at(k, k).is_zero() {
                break;
            }
            (k + 1..n).for_each(|row| found.eliminate(kit, k, row));
        }
        found
    }

    fn at(&self, row: usize, column: usize) -> &Big<B> {
        &self.factors[row * self.n + column]
    }

    /// Puts the largest number of the rows and columns from `k` on into row and column `k`.
    fn pivot(&mut self, kit: &Kit<B>, k: usize) {
        let n = self.n;
        let size = |(row, column): (usize, usize)| kit.magnitude(self.at(row, column));
        let places = (k..n).flat_map(|row| (k..n).map(move |column| (row, column)));
        let larger = |best, place| if size(place).compare(&size(best)) == Some(Ordering::Greater) { place } else { best };
        let (row, column) = places.fold((k, k), larger);
        if row != k {
            (0..n).for_each(|at| self.factors.swap(row * n + at, k * n + at));
            self.rows.swap(row, k);
            self.swapped = !self.swapped;
        }
        if column != k {
            (0..n).for_each(|at| self.factors.swap(at * n + column, at * n + k));
            self.columns.swap(column, k);
            self.swapped = !self.swapped;
        }
    }

    fn eliminate(&mut self, kit: &mut Kit<B>, k: usize, row: usize) {
        let n = self.n;
        let factor = kit.div(self.at(row, k), self.at(k, k));
        for at in k + 1..n {
            let part = kit.mul(&factor, self.at(k, at));
            self.factors[row * n + at] = kit.sub(self.at(row, at), &part);
        }
        self.factors[row * n + k] = factor;
    }

    fn cofactors(&self, kit: &mut Kit<B>) -> Vec<Big<B>> {
        let n = self.n;
        let mut found = vec![kit.whole(0); n * n];
        if (0..n - 1).any(|k| self.at(k, k).is_zero()) {
            return found;
        }
        let mut adjugate = self.adjugate_of_upper(kit);
        for row in adjugate.chunks_exact_mut(n) {
            self.divide_by_lower(kit, row);
        }
        for (at, value) in adjugate.iter().enumerate() {
            found[self.rows[at % n] * n + self.columns[at / n]] = if self.swapped { kit.negated(value) } else { value.clone() };
        }
        found
    }

    /// The adjugate of U = [V w; 0 u]: [u det(V) inv(V), -det(V) inv(V) w; 0, det(V)].
    fn adjugate_of_upper(&self, kit: &mut Kit<B>) -> Vec<Big<B>> {
        let (n, m) = (self.n, self.n - 1);
        let det = (0..m).fold(kit.whole(1), |product, k| kit.mul(&product, self.at(k, k)));
        let mut out = vec![kit.whole(0); n * n];
        for row in (0..m).rev() {
            out[row * n + row] = det.clone();
            out[row * n + m] = kit.mul(&det, self.at(row, m));
            for other in row + 1..m {
                for at in other..n {
                    let part = kit.mul(self.at(row, other), &out[other * n + at]);
                    out[row * n + at] = kit.sub(&out[row * n + at], &part);
                }
            }
            for at in row..n {
                out[row * n + at] = kit.div(&out[row * n + at], self.at(row, row));
            }
        }
        for row in 0..m {
            for at in row..m {
                out[row * n + at] = kit.mul(&out[row * n + at], self.at(m, m));
            }
            out[row * n + m] = kit.negated(&out[row * n + m]);
        }
        out[n * n - 1] = det;
        out
    }

    /// Replaces a row x by x inv(L).
    fn divide_by_lower(&self, kit: &mut Kit<B>, row: &mut [Big<B>]) {
        for k in (1..self.n).rev() {
            for at in 0..k {
                let part = kit.mul(&row[k], self.at(k, at));
                row[at] = kit.sub(&row[at], &part);
            }
        }
    }
}
