//! Products of matrices: every kernel, every way that operands lie, every border of a block. The expected bits are those of plain loops.

use gradcalc::vocabulary::gate::dense;
use gradcalc::vocabulary::lanes;
use ndarray::{Array2, ArrayView2, s};

/// A matrix of so many rows whose numbers lie row by row, column by column, or with others between them.
#[derive(Clone, Copy, Debug)]
enum Lie {
    ByRows,
    ByColumns,
    Apart,
}

impl Lie {
    const EVERY: [Self; 3] = [Self::ByRows, Self::ByColumns, Self::Apart];

    fn lay(self, x: &Array2<f64>) -> Array2<f64> {
        let (m, n) = x.dim();
        match self {
            Self::ByRows => x.clone(),
            Self::ByColumns => {
                let mut laid = Array2::zeros((n, m)).reversed_axes();
                laid.assign(x);
                laid
            }
            Self::Apart => {
                let mut laid = Array2::from_elem((2 * m, 3 * n), f64::NAN);
                laid.slice_mut(s![..;2, ..;3]).assign(x);
                laid
            }
        }
    }

    fn view(self, laid: &Array2<f64>) -> ArrayView2<'_, f64> {
        if matches!(self, Self::Apart) { laid.slice(s![..;2, ..;3]) } else { laid.view() }
    }
}

/// The product of two matrices whose terms are added up in their order by runs, each run to what stands in `out` or subtracted from it.
fn product_of_runs(x: &Array2<f64>, y: &Array2<f64>, fuses: bool, end: lanes::End, out: &Array2<f64>) -> Array2<f64> {
    let k = x.ncols();
    let runs = k.div_ceil(lanes::RUN);
    Array2::from_shape_fn(out.dim(), |(i, j)| {
        (0..runs).fold(if end == lanes::End::Set { 0.0 } else { out[(i, j)] }, |sum, run| {
            let of_run = (run * k / runs..(run + 1) * k / runs).fold(0.0, |sum: f64, at| {
                let (x, y) = (x[(i, at)], y[(at, j)]);
                if fuses { x.mul_add(y, sum) } else { x * y + sum }
            });
            if end == lanes::End::Subtract { sum - of_run } else { sum + of_run }
        })
    })
}

/// Shapes of products at whose borders there are rests: of rows, of columns, of terms, and of all blocks of them.
const SHAPES: [[usize; 3]; 18] = [
    [1, 1, 1],
    [1, 300, 5],
    [5, 1, 1],
    [3, 0, 4],
    [0, 4, 3],
    [4, 3, 0],
    [2, 3000, 3],
    [16, 257, 16],
    [12, 256, 16],
    [6, 512, 8],
    [13, 40, 17],
    [20, 784, 50],
    [33, 33, 33],
    [40, 3, 1030],
    [20, 1537, 9],
    [70, 513, 33],
    [200, 130, 2],
    [131, 40, 530],
];

/// A matrix of numbers whose products and sums are rounded.
fn rounded_matrix(rows: usize, columns: usize, seed: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| ((i * columns + j) * 7919 + seed) as f64 % 1009.0 / 7.0 - 70.0)
}

/// Every kernel adds up the terms of a product in their order, by runs: the bits are those of plain loops, however operands lie.
#[test]
fn products_add_up_in_one_order() {
    for kernel in lanes::kernels() {
        for [m, k, n] in SHAPES {
            let (x, y, before) = (rounded_matrix(m, k, 3), rounded_matrix(k, n, 5), rounded_matrix(m, n, 7));
            for end in [lanes::End::Set, lanes::End::Add, lanes::End::Subtract] {
                let expected = product_of_runs(&x, &y, kernel.fuses, end, &before).mapv(f64::to_bits);
                for (of_x, of_y) in Lie::EVERY.into_iter().flat_map(|of_x| Lie::EVERY.map(|of_y| (of_x, of_y))) {
                    let (x, y) = (of_x.lay(&x), of_y.lay(&y));
                    // The result is part of a wider matrix, of whose other numbers none is touched.
                    let mut wide = Array2::from_elem((m, n + 3), 11.0);
                    let mut out = wide.slice_mut(s![.., 1..=n]);
                    out.assign(&before);
                    lanes::product_by(kernel, of_x.view(&x), of_y.view(&y), end, out);
                    let case = format!("{} {m} x {k} x {n} {of_x:?} {of_y:?}", kernel.name);
                    assert_eq!(wide.slice(s![.., 1..=n]).mapv(f64::to_bits), expected, "{case}");
                    assert!(wide.column(0).iter().chain(wide.slice(s![.., n + 1..])).all(|&other| other == 11.0), "{case}");
                }
            }
        }
    }
}

/// A product that is shared among threads has the bits of one that is not, however its operands lie.
#[test]
fn products_of_several_threads_have_the_same_bits() {
    let fuses = lanes::kernels()[0].fuses;
    for [m, k, n] in [[129, 300, 140], [140, 300, 129], [300, 30, 301], [2, 3000, 500]] {
        assert!(dense::is_blocked(m, k, n));
        let (x, y) = (rounded_matrix(m, k, 3), rounded_matrix(k, n, 5));
        let expected = product_of_runs(&x, &y, fuses, lanes::End::Set, &Array2::zeros((m, n))).mapv(f64::to_bits);
        for turned in [[false, false], [true, false], [false, true], [true, true]] {
            let laid =
                |x: &Array2<f64>, turned| if turned { x.t().iter().copied().collect::<Vec<_>>() } else { x.iter().copied().collect() };
            let (x, y) = (laid(&x, turned[0]), laid(&y, turned[1]));
            let mut out = vec![f64::NAN; m * n];
            dense::multiply(m, k, n, [&x, &y], turned, &mut out);
            let found = Array2::from_shape_vec((m, n), out).expect("rows times columns").mapv(f64::to_bits);
            assert_eq!(found, expected, "{m} x {k} x {n} {turned:?}");
        }
    }
}
