//! The cofactors of a matrix that has no inverse, or next to none, in n^3 steps.
//!
//! Cofactors of a product are the product of the cofactors, also where a factor has no inverse. With complete pivoting
//! P A Q = L U, in which only the last pivot of a matrix of rank n - 1 is small, and the adjugate of U can be written without
//! a division by it (Stewart, "On the adjugate matrix", Linear Algebra and its Applications 283, 1998).

/// A square matrix factorised in place: below the diagonal L, whose own diagonal is 1, and from there on U.
struct Factors {
    n: usize,
    lu: Vec<f64>,
    /// Where the rows and the columns come from.
    rows: Vec<usize>,
    columns: Vec<usize>,
    /// The sign of both permutations together.
    sign: f64,
}

/// The cofactors of a matrix of `n` rows of finite numbers; all 0 where its rank is less than n - 1.
pub fn cofactors(n: usize, x: &[f64], out: &mut [f64]) {
    let factors = Factors::of(n, x);
    if (0..n.saturating_sub(1)).any(|i| factors.at(i, i) == 0.0) {
        return out.fill(0.0);
    }
    let mut adjugate = factors.adjugate_of_upper();
    factors.divide_by_lower(&mut adjugate);
    for (at, value) in adjugate.iter().enumerate() {
        out[factors.rows[at % n] * n + factors.columns[at / n]] = factors.sign * value;
    }
}

impl Factors {
    /// Gaussian elimination; the largest number that is left is the next pivot.
    fn of(n: usize, x: &[f64]) -> Self {
        let mut factors = Self { n, lu: x.to_vec(), rows: (0..n).collect(), columns: (0..n).collect(), sign: 1.0 };
        for k in 0..n {
            let (row, column) = factors.largest(k);
            factors.swap(k, row, column);
            if factors.at(k, k) == 0.0 {
                break;
            }
            factors.eliminate(k);
        }
        factors
    }

    fn at(&self, i: usize, j: usize) -> f64 {
        self.lu[i * self.n + j]
    }

    /// Where the largest number from row and column `k` on stands.
    fn largest(&self, k: usize) -> (usize, usize) {
        let mut best = (k, k);
        let mut most = 0.0;
        for i in k..self.n {
            for (j, value) in self.lu[i * self.n..(i + 1) * self.n].iter().enumerate().skip(k) {
                if value.abs() > most {
                    (most, best) = (value.abs(), (i, j));
                }
            }
        }
        best
    }

    /// Exchanges row `k` with `row` and column `k` with `column`.
    fn swap(&mut self, k: usize, row: usize, column: usize) {
        if row != k {
            let (above, below) = self.lu.split_at_mut(row * self.n);
            above[k * self.n..(k + 1) * self.n].swap_with_slice(&mut below[..self.n]);
            self.rows.swap(k, row);
            self.sign = -self.sign;
        }
        if column != k {
            self.lu.chunks_exact_mut(self.n).for_each(|row| row.swap(k, column));
            self.columns.swap(k, column);
            self.sign = -self.sign;
        }
    }

    /// Takes the pivot's row off the rows below it.
    fn eliminate(&mut self, k: usize) {
        let (above, below) = self.lu.split_at_mut((k + 1) * self.n);
        let pivot = &above[k * self.n..];
        for row in below.chunks_exact_mut(self.n) {
            let factor = row[k] / pivot[k];
            row[k] = factor;
            row[k + 1..].iter_mut().zip(&pivot[k + 1..]).for_each(|(x, pivot)| *x -= factor * pivot);
        }
    }

    /// The adjugate of U = [V w; 0 u]: [u det(V) inv(V), -det(V) inv(V) w; 0, det(V)].
    fn adjugate_of_upper(&self) -> Vec<f64> {
        let (n, m) = (self.n, self.n - 1);
        let det: f64 = (0..m).map(|i| self.at(i, i)).product();
        let mut out = vec![0.0; n * n];
        // Row i of X with V X = det(V) [identity, w], from the last row up.
        for i in (0..m).rev() {
            let (above, below) = out.split_at_mut((i + 1) * n);
            let own = &mut above[i * n..];
            own[i] = det;
            own[m] = det * self.at(i, m);
            for k in i + 1..m {
                let factor = self.at(i, k);
                let other = &below[(k - i - 1) * n..(k - i) * n];
                own[k..].iter_mut().zip(&other[k..]).for_each(|(x, other)| *x -= factor * other);
            }
            let pivot = self.at(i, i);
            own[i..].iter_mut().for_each(|x| *x /= pivot);
        }
        let last = self.at(m, m);
        for row in out.chunks_exact_mut(n).take(m) {
            row[..m].iter_mut().for_each(|x| *x *= last);
            row[m] = -row[m];
        }
        out[n * n - 1] = det;
        out
    }

    /// Replaces X by X inv(L).
    fn divide_by_lower(&self, x: &mut [f64]) {
        for row in x.chunks_exact_mut(self.n) {
            for k in (1..self.n).rev() {
                let factor = row[k];
                row[..k].iter_mut().zip(&self.lu[k * self.n..]).for_each(|(x, l)| *x -= factor * l);
            }
        }
    }
}
