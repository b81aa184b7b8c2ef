//! Products of matrices: every kernel, every way that operands lie, every border of a block. The expected bits are those of plain loops.

use gradcalc::vocabulary::gate::dense;
use gradcalc::vocabulary::lanes;
use ndarray::{Array2, ArrayView2, s};

/// How the numbers of a matrix lie: row by row, column by column, with others between them, or from the last to the first.
#[derive(Clone, Copy, Debug)]
enum Layout {
    ByRows,
    ByColumns,
    Apart,
    Backwards,
}

impl Layout {
    const EVERY: [Self; 4] = [Self::ByRows, Self::ByColumns, Self::Apart, Self::Backwards];

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
            Self::Backwards => x.slice(s![..;-1, ..;-1]).to_owned(),
        }
    }

    fn view(self, laid: &Array2<f64>) -> ArrayView2<'_, f64> {
        match self {
            Self::ByRows | Self::ByColumns => laid.view(),
            Self::Apart => laid.slice(s![..;2, ..;3]),
            Self::Backwards => laid.slice(s![..;-1, ..;-1]),
        }
    }
}

/// How many terms are added up before they are added to the result, and where one of so many parts of them begins.
const RUN: usize = 384;

fn start(part: usize, parts: usize, k: usize) -> usize {
    part * (k / parts) + part.min(k % parts)
}

/// The product of two matrices whose terms are added up in their order by runs, which are set, added to what stands in `out` or subtracted
/// from it.
fn product_of_runs(x: &Array2<f64>, y: &Array2<f64>, fuses: bool, update: lanes::Update, out: &Array2<f64>) -> Array2<f64> {
    let k = x.ncols();
    let runs = k.div_ceil(RUN);
    let of_run = |run: usize, i: usize, j: usize| {
        (start(run, runs, k)..start(run + 1, runs, k)).fold(0.0, |sum: f64, at| {
            let (x, y) = (x[(i, at)], y[(at, j)]);
            if fuses { x.mul_add(y, sum) } else { x * y + sum }
        })
    };
    Array2::from_shape_fn(out.dim(), |(i, j)| match update {
        lanes::Update::Set => (0..runs).map(|run| of_run(run, i, j)).reduce(|sum, run| sum + run).unwrap_or(0.0),
        lanes::Update::Add => (0..runs).fold(out[(i, j)], |sum, run| sum + of_run(run, i, j)),
        lanes::Update::Subtract => (0..runs).fold(out[(i, j)], |sum, run| sum - of_run(run, i, j)),
    })
}

/// Bits, of which those of all nans are the same.
fn bits(x: &ArrayView2<'_, f64>) -> Array2<u64> {
    x.mapv(|x| if x.is_nan() { f64::NAN } else { x }.to_bits())
}

/// Shapes of products at whose borders there are rests: of rows, of columns, of terms, and of all blocks of them.
const SHAPES: [[usize; 3]; 19] = [
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
    [260, 3, 270],
];

/// A matrix of numbers whose products and sums are rounded.
fn rounded_matrix(rows: usize, columns: usize, seed: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| ((i * columns + j) * 7919 + seed) as f64 % 1009.0 / 7.0 - 70.0)
}

/// The same with zeros of both signs, infinities, and numbers whose products leave the range of normal ones.
fn special_matrix(rows: usize, columns: usize, seed: usize) -> Array2<f64> {
    let special = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, -1e-200, 5e-324, 1e200, f64::MAX, f64::NAN];
    let mut numbers = rounded_matrix(rows, columns, seed);
    numbers.iter_mut().enumerate().filter(|(at, _)| (at * 31 + seed) % 47 < 10).for_each(|(at, x)| *x = special[(at * 31 + seed) % 47]);
    numbers
}

/// Every kernel adds up the terms of a product in their order, by runs: the bits are those of plain loops, however operands lie.
#[test]
fn products_add_up_in_one_order() {
    for kernel in lanes::product_kernels() {
        for [m, k, n] in SHAPES {
            let matrix = if m * k * n < 20_000 { special_matrix } else { rounded_matrix };
            let (x, y, before) = (matrix(m, k, 3), matrix(k, n, 5), matrix(m, n, 7));
            for update in [lanes::Update::Set, lanes::Update::Add, lanes::Update::Subtract] {
                let expected = bits(&product_of_runs(&x, &y, kernel.fuses, update, &before).view());
                for (of_x, of_y) in Layout::EVERY.into_iter().flat_map(|of_x| Layout::EVERY.map(|of_y| (of_x, of_y))) {
                    let (x, y) = (of_x.lay(&x), of_y.lay(&y));
                    // The result is part of a wider matrix, of whose other numbers none is touched.
                    let mut wide = Array2::from_elem((m, n + 3), 11.0);
                    let mut out = wide.slice_mut(s![.., 1..=n]);
                    out.assign(&before);
                    lanes::product_by(kernel, of_x.view(&x), of_y.view(&y), update, out);
                    let case = format!("{} {m} x {k} x {n} {of_x:?} {of_y:?}", kernel.name);
                    assert_eq!(bits(&wide.slice(s![.., 1..=n])), expected, "{case}");
                    assert!(wide.column(0).iter().chain(wide.slice(s![.., n + 1..])).all(|&other| other == 11.0), "{case}");
                }
            }
        }
    }
}

/// A product that is shared among threads has the bits of one that is not, however its operands lie.
#[test]
fn products_of_several_threads_have_the_same_bits() {
    let fuses = lanes::product_kernels()[0].fuses;
    for [m, k, n] in [[129, 300, 140], [140, 300, 129], [300, 30, 301], [2, 3000, 500]] {
        assert!(dense::is_blocked(m, k, n));
        let (x, y) = (rounded_matrix(m, k, 3), rounded_matrix(k, n, 5));
        let expected = bits(&product_of_runs(&x, &y, fuses, lanes::Update::Set, &Array2::zeros((m, n))).view());
        for turned in [[false, false], [true, false], [false, true], [true, true]] {
            let laid =
                |x: &Array2<f64>, turned| if turned { x.t().iter().copied().collect::<Vec<_>>() } else { x.iter().copied().collect() };
            let (x, y) = (laid(&x, turned[0]), laid(&y, turned[1]));
            let mut out = vec![f64::NAN; m * n];
            dense::multiply(m, k, n, [&x, &y], turned, &mut out);
            let found = Array2::from_shape_vec((m, n), out).expect("rows times columns");
            assert_eq!(bits(&found.view()), expected, "{m} x {k} x {n} {turned:?}");
        }
    }
}

/// What is multiplied by addresses has sides that fit, and rows of a result whose numbers lie side by side.
#[test]
fn products_whose_sides_do_not_fit_are_refused() {
    let of = |rows, columns| Array2::<f64>::zeros((rows, columns));
    let is_refused = |x: &Array2<f64>, y: &Array2<f64>, mut out: Array2<f64>| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| lanes::product(x.view(), y.view(), lanes::Update::Set, out.view_mut())))
            .is_err()
    };
    assert!(!is_refused(&of(3, 4), &of(4, 5), of(3, 5)));
    for [m, k, other, n] in [[2, 4, 4, 5], [3, 4, 5, 5], [3, 3, 4, 5], [3, 4, 4, 6]] {
        assert!(is_refused(&of(m, k), &of(other, n), of(3, 5)), "{m} x {k} by {other} x {n}");
    }
    assert!(is_refused(&of(3, 4), &of(4, 5), of(5, 3).reversed_axes()));
}
