//! The second kernels of the gates: the same functions of numbers of any precision.
//!
//! Knows the kinds of such kernels and what no text of the gate table says; what is a function by itself is in `ground::big`.
//! Knows no row.

use crate::ground::big::{Big, Kit};
use crate::ground::{Shape, broken};
use dashu_int::Word;
use std::cmp::Ordering;

/// A function of single numbers.
pub type Number<const B: Word> = fn(&mut Kit<B>, &[&Big<B>]) -> Big<B>;
/// A function of runs of numbers, one of each operand: one number, or as many.
pub type Run<const B: Word> = fn(&mut Kit<B>, &[&[Big<B>]]) -> Vec<Big<B>>;
/// A function of whole arrays.
pub type Whole<const B: Word> = fn(&mut Kit<B>, &Arrays<'_, B>) -> Vec<Big<B>>;

/// What a function of whole arrays is given.
#[derive(Clone, Copy, Debug)]
pub struct Arrays<'a, const B: Word> {
    /// The operands' numbers, row by row.
    pub numbers: &'a [&'a [Big<B>]],
    /// The operands' shapes.
    pub shapes: &'a [Shape],
    /// The shape of the result.
    pub out: Shape,
}

/// The kernel of a gate for numbers of any precision, in base 2 and in base 10.
#[derive(Clone, Copy, Debug)]
pub enum Precise {
    /// None: the gate is what its text `primitive`, or `unroll`, says.
    Text,
    /// The kernel of binary64 is exact: it makes small whole numbers of places and sizes.
    Exact,
    /// Numbers of the operands.
    Number(Number<2>, Number<10>),
    /// Runs along the axis, or all numbers.
    Run(Run<2>, Run<10>),
    /// Whole arrays.
    Whole(Whole<2>, Whole<10>),
}

/// The kernel of a base.
pub trait Kernels<const B: Word> {
    /// The function of single numbers.
    fn number(&self) -> Option<Number<B>>;
    /// The function of runs.
    fn run(&self) -> Option<Run<B>>;
    /// The function of whole arrays.
    fn whole(&self) -> Option<Whole<B>>;
}

macro_rules! kernels {
    ($base:literal, $number:pat => $found:expr, $run:pat => $found_run:expr, $whole:pat => $found_whole:expr) => {
        impl Kernels<$base> for Precise {
            fn number(&self) -> Option<Number<$base>> {
                if let $number = *self { Some($found) } else { None }
            }
            fn run(&self) -> Option<Run<$base>> {
                if let $run = *self { Some($found_run) } else { None }
            }
            fn whole(&self) -> Option<Whole<$base>> {
                if let $whole = *self { Some($found_whole) } else { None }
            }
        }
    };
}

kernels!(2, Precise::Number(two, _) => two, Precise::Run(two, _) => two, Precise::Whole(two, _) => two);
kernels!(10, Precise::Number(_, ten) => ten, Precise::Run(_, ten) => ten, Precise::Whole(_, ten) => ten);

/// A function of the kit, of one operand.
macro_rules! unary {
    ($f:ident) => {
        Precise::Number(|kit, x| kit.$f(x[0]), |kit, x| kit.$f(x[0]))
    };
}

/// A function of the kit, of two operands.
macro_rules! binary {
    ($f:ident) => {
        Precise::Number(|kit, x| kit.$f(x[0], x[1]), |kit, x| kit.$f(x[0], x[1]))
    };
}

/// A function of the kit, of two operands, over any number of them from the left.
macro_rules! fold {
    ($f:ident) => {
        Precise::Number(
            |kit, x| x[1..].iter().fold(x[0].clone(), |out, x| kit.$f(&out, x)),
            |kit, x| x[1..].iter().fold(x[0].clone(), |out, x| kit.$f(&out, x)),
        )
    };
}

/// A comparison.
macro_rules! order {
    ($($order:pat_param)|+) => {
        Precise::Number(
            |kit, x| kit.truth(matches!(x[0].compare(x[1]), $($order)|+)),
            |kit, x| kit.truth(matches!(x[0].compare(x[1]), $($order)|+)),
        )
    };
}

/// A function of this file.
macro_rules! number {
    ($f:ident) => {
        Precise::Number(precise::$f::<2>, precise::$f::<10>)
    };
}
macro_rules! run {
    ($f:ident) => {
        Precise::Run(precise::$f::<2>, precise::$f::<10>)
    };
}
macro_rules! whole {
    ($f:ident) => {
        Precise::Whole(precise::$f::<2>, precise::$f::<10>)
    };
}

/// The operand itself.
pub fn same<const B: Word>(_kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    x[0].clone()
}

/// A local gradient times an upstream gradient, of which a 0 carries nothing.
pub fn carried<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    if x[1].is_zero() { kit.whole(0) } else { kit.mul(x[0], x[1]) }
}

/// The first operand, made nan where the second is.
pub fn guarded<const B: Word>(_kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    if x[1].is_nan() { Big::Nan } else { x[0].clone() }
}

/// `1 / x`
pub fn inverse<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    let one = kit.whole(1);
    kit.div(&one, x[0])
}

/// `x^2`
pub fn square<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    kit.mul(x[0], x[0])
}

/// `-x`
pub fn negated<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    kit.negated(x[0])
}

/// `log(exp(x) + exp(y))`
pub fn logaddexp<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    if x[0] == x[1] {
        let two = kit.whole(2);
        let log = kit.ln(&two);
        return kit.add(x[0], &log);
    }
    let top = kit.max(x[0], x[1]);
    let apart = kit.sub(x[0], x[1]);
    let apart = kit.magnitude(&apart);
    let apart = kit.negated(&apart);
    let power = kit.exp(&apart);
    let log = kit.log1p(&power);
    kit.add(&top, &log)
}

/// `log(1 - exp(-x))`, by the one of two formulas that keeps its digits on either side of log(2).
pub fn log1mexp<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    let down = kit.negated(x[0]);
    if x[0].to_f64() > std::f64::consts::LN_2 {
        let power = kit.exp(&down);
        let power = kit.negated(&power);
        return kit.log1p(&power);
    }
    let power = kit.expm1(&down);
    let power = kit.negated(&power);
    kit.ln(&power)
}

/// `x * log(y)`, and 0 where x is 0.
pub fn xlogy<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    if x[0].is_zero() && !x[1].is_nan() {
        return kit.whole(0);
    }
    let log = kit.ln(x[1]);
    kit.mul(x[0], &log)
}

/// `sin(x) / x`
pub fn sinc<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    match x[0] {
        Big::Inf(_) => kit.whole(0),
        x if x.is_zero() => kit.whole(1),
        x => {
            let sine = kit.sin(x);
            kit.div(&sine, x)
        }
    }
}

fn is_positive<const B: Word>(x: &Big<B>) -> bool {
    !x.is_zero() && !x.is_nan() && !x.is_negative()
}

/// x above 0, else 0.
pub fn relu<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    if is_positive(x[0]) || x[0].is_nan() { x[0].clone() } else { kit.whole(0) }
}

/// x above 0, else a hundredth of it.
pub fn leaky_relu<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    if is_positive(x[0]) {
        return x[0].clone();
    }
    let hundredth = kit.ratio(1, 100);
    kit.mul(&hundredth, x[0])
}

/// x above 0, else `exp(x) - 1`.
pub fn elu<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    if is_positive(x[0]) { x[0].clone() } else { kit.expm1(x[0]) }
}

/// `1 / (1 + exp(-x))`
pub fn sigma<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    let down = kit.negated(x[0]);
    let (power, one) = (kit.exp(&down), kit.whole(1));
    let below = kit.add(&one, &power);
    kit.div(&one, &below)
}

/// `x * sigma(x)`, -0 at -inf.
pub fn silu<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    if matches!(x[0], Big::Inf(true)) {
        return kit.signed_zero(true);
    }
    let part = sigma(kit, x);
    kit.mul(x[0], &part)
}

/// x times the normal distribution function, -0 at -inf.
pub fn gelu<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    if matches!(x[0], Big::Inf(true)) {
        return kit.signed_zero(true);
    }
    // The slope of erfc magnifies what its argument is rounded by.
    let more = 2 * x[0].top_bits().clamp(0.0, 200.0) as usize + 8;
    kit.with_more(more, |kit| {
        let half = kit.ratio(1, 2);
        let root = kit.sqrt(&half);
        let scaled = kit.mul(x[0], &root);
        let scaled = kit.negated(&scaled);
        let part = kit.erfc(&scaled);
        let part = kit.mul(&part, &half);
        kit.mul(x[0], &part)
    })
}

/// `|x|`
pub fn magnitude<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    kit.magnitude(x[0])
}

/// The sign; x itself where that is 0 or nan.
pub fn sign<const B: Word>(kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    if x[0].is_zero() || x[0].is_nan() { x[0].clone() } else { kit.whole(if x[0].is_negative() { -1 } else { 1 }) }
}

/// The second operand where the first is not 0, else the third.
pub fn choice<const B: Word>(_kit: &mut Kit<B>, x: &[&Big<B>]) -> Big<B> {
    if x[0].is_nan() { Big::Nan } else { x[if x[0].is_zero() { 2 } else { 1 }].clone() }
}

/// The place of the number that none is better than, the first of them; of the first nan, if one is nan.
fn place<const B: Word>(kit: &Kit<B>, x: &[Big<B>], better: Ordering) -> Vec<Big<B>> {
    let best = (1..x.len()).fold(0, |best, at| if x[at].compare(&x[best]) == Some(better) { at } else { best });
    vec![kit.whole(x.iter().position(Big::is_nan).unwrap_or(best))]
}

/// The place of the largest number.
pub fn place_of_largest<const B: Word>(kit: &mut Kit<B>, x: &[&[Big<B>]]) -> Vec<Big<B>> {
    place(kit, x[0], Ordering::Greater)
}

/// The place of the smallest number.
pub fn place_of_smallest<const B: Word>(kit: &mut Kit<B>, x: &[&[Big<B>]]) -> Vec<Big<B>> {
    place(kit, x[0], Ordering::Less)
}

/// The logarithm of the sum of exponentials, the largest taken out first.
pub fn logsumexp<const B: Word>(kit: &mut Kit<B>, x: &[&[Big<B>]]) -> Vec<Big<B>> {
    let top = x[0][1..].iter().fold(x[0][0].clone(), |top, x| kit.max(&top, x));
    if top.finite().is_none() {
        return vec![top];
    }
    let powers: Vec<Big<B>> = x[0]
        .iter()
        .map(|x| {
            let below = kit.sub(x, &top);
            kit.exp(&below)
        })
        .collect();
    let sum = kit.sum(&powers);
    let log = kit.ln(&sum);
    vec![kit.add(&top, &log)]
}

/// The product of all the others, for each number.
pub fn others<const B: Word>(kit: &mut Kit<B>, x: &[&[Big<B>]]) -> Vec<Big<B>> {
    let mut out = Vec::with_capacity(x[0].len());
    let mut before = kit.whole(1);
    for x in x[0] {
        out.push(before.clone());
        before = kit.mul(&before, x);
    }
    let mut after = kit.whole(1);
    for (out, x) in out.iter_mut().zip(x[0]).rev() {
        *out = kit.mul(out, &after);
        after = kit.mul(&after, x);
    }
    out
}

/// For each number, the sum of the others' weights, each times the product of all numbers but those two; see `runs::pairs`.
pub fn pairs<const B: Word>(kit: &mut Kit<B>, operands: &[&[Big<B>]]) -> Vec<Big<B>> {
    type Joined<const B: Word> = (Big<B>, Big<B>);
    fn join<const B: Word>(kit: &mut Kit<B>, (p, s): &Joined<B>, (q, t): &Joined<B>) -> Joined<B> {
        let (left, right) = (kit.mul(s, q), kit.mul(p, t));
        (kit.mul(p, q), kit.add(&left, &right))
    }
    let (weights, x) = (operands[0], operands[1]);
    let alone = |at: usize| (x[at].clone(), weights[at].clone());
    let mut after = vec![(kit.whole(1), kit.whole(0))];
    for at in (0..x.len()).rev() {
        let next = join(kit, &alone(at), &after[after.len() - 1]);
        after.push(next);
    }
    let mut before = (kit.whole(1), kit.whole(0));
    let mut out = Vec::with_capacity(x.len());
    for at in 0..x.len() {
        out.push(join(kit, &before, &after[x.len() - 1 - at]).1);
        before = join(kit, &before, &alone(at));
    }
    out
}

/// The rows of the first operand.
fn rows<const B: Word>(args: &Arrays<'_, B>) -> usize {
    args.shapes[0].sides().0
}

/// The determinant.
pub fn determinant<const B: Word>(kit: &mut Kit<B>, args: &Arrays<'_, B>) -> Vec<Big<B>> {
    vec![kit.determinant(rows(args), args.numbers[0])]
}

/// The logarithm of the determinant; nan where that is negative.
pub fn log_determinant<const B: Word>(kit: &mut Kit<B>, args: &Arrays<'_, B>) -> Vec<Big<B>> {
    let whole = kit.determinant(rows(args), args.numbers[0]);
    vec![kit.ln(&whole)]
}

/// The slope of the determinant.
pub fn cofactors<const B: Word>(kit: &mut Kit<B>, args: &Arrays<'_, B>) -> Vec<Big<B>> {
    kit.cofactors(rows(args), args.numbers[0])
}

/// The inverse; nan where there is none.
pub fn inverse_matrix<const B: Word>(kit: &mut Kit<B>, args: &Arrays<'_, B>) -> Vec<Big<B>> {
    let n = rows(args);
    let right = kit.identity(n);
    kit.solved(n, args.numbers[0], &right)
}

/// The solution z of `x @ z == y`; nan where there is none.
pub fn solution<const B: Word>(kit: &mut Kit<B>, args: &Arrays<'_, B>) -> Vec<Big<B>> {
    kit.solved(rows(args), args.numbers[0], args.numbers[1])
}

fn number_at<'a, const B: Word>(args: &Arrays<'a, B>, at: usize) -> &'a Big<B> {
    args.numbers[at].first().unwrap_or_else(|| broken("a value holds a number"))
}

/// Numbers from 0, or from the first operand of several, by steps of 1, or of the third operand.
pub fn range<const B: Word>(kit: &mut Kit<B>, args: &Arrays<'_, B>) -> Vec<Big<B>> {
    let from = if args.numbers.len() == 1 { kit.whole(0) } else { number_at(args, 0).clone() };
    let by = if args.numbers.len() == 3 { number_at(args, 2).clone() } else { kit.whole(1) };
    let mut number = |at: usize| {
        let steps = kit.whole(at);
        let steps = kit.mul(&steps, &by);
        kit.add(&from, &steps)
    };
    (0..args.out.size()).map(&mut number).collect()
}

/// Numbers at equal distances from the first operand to the second, both included.
pub fn linspace<const B: Word>(kit: &mut Kit<B>, args: &Arrays<'_, B>) -> Vec<Big<B>> {
    let (from, to) = (number_at(args, 0), number_at(args, 1));
    let last = args.out.size() - 1;
    let apart = kit.sub(to, from);
    let mut number = |at: usize| {
        if at == last && last > 0 {
            return to.clone();
        }
        let part = kit.whole(at);
        let part = kit.mul(&part, &apart);
        let steps = kit.whole(last.max(1));
        let part = kit.div(&part, &steps);
        kit.add(from, &part)
    };
    (0..=last).map(&mut number).collect()
}
