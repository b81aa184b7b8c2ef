//! The time of one operation on numbers of many digits: `cargo bench --bench precise`.
//!
//! Base 10 is what people ask for, base 2 what a suspect result is evaluated with again.

use divan::Bencher;
use gradcalc::ground::big::{Big, Decimal, Kit, Word};

fn main() {
    divan::main();
}

const DIGITS: &[usize] = &[34, 50, 100, 1000];

/// Operations of one or two numbers, by name.
type Operation<const B: Word> = fn(&mut Kit<B>, &Big<B>, &Big<B>) -> Big<B>;

fn operations<const B: Word>() -> Vec<(&'static str, Operation<B>)> {
    vec![
        ("add", |kit, x, y| kit.add(x, y)),
        ("mul", |kit, x, y| kit.mul(x, y)),
        ("div", |kit, x, y| kit.div(x, y)),
        ("sqrt", |kit, x, _| kit.sqrt(x)),
        ("exp", |kit, x, _| kit.exp(x)),
        ("log", |kit, x, _| kit.ln(x)),
        ("sin", |kit, x, _| kit.sin(x)),
        ("atan", |kit, x, _| kit.atan(x)),
        ("tanh", |kit, x, _| kit.tanh(x)),
        ("pow", |kit, x, y| kit.pow(x, y)),
        ("erf", |kit, x, _| kit.erf(x)),
        ("erfc", |kit, x, _| kit.erfc(x)),
        ("lgamma", |kit, x, _| kit.lgamma(x)),
        ("digamma", |kit, x, _| kit.digamma(x)),
    ]
}

/// Two numbers of as many digits as are kept.
fn operands<const B: Word>(kit: &mut Kit<B>) -> [Big<B>; 2] {
    ["0.71234567890123456789", "1.3987654321"].map(|text| {
        let x = Decimal::parse(text).map_or(Big::Nan, |decimal| kit.decimal(&decimal));
        kit.sqrt(&x)
    })
}

fn timed<const B: Word>(bencher: Bencher, name: &str, digits: usize) {
    let mut kit = Kit::<B>::new(digits);
    let [x, y] = operands(&mut kit);
    let Some((_, operation)) = operations::<B>().into_iter().find(|(known, _)| *known == name) else { return };
    bencher.bench_local(|| operation(&mut kit, divan::black_box(&x), divan::black_box(&y)));
}

fn cases() -> Vec<(&'static str, usize)> {
    operations::<2>().into_iter().flat_map(|(name, _)| DIGITS.iter().map(move |&digits| (name, digits))).collect()
}

/// A case as it is printed.
#[derive(Clone, Copy)]
struct Case(&'static str, usize);

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{} {}", self.0, self.1)
    }
}

#[divan::bench(args = cases().into_iter().map(|(name, digits)| Case(name, digits)), max_time = 0.2)]
fn base_2(bencher: Bencher, case: Case) {
    timed::<2>(bencher, case.0, case.1);
}

#[divan::bench(args = cases().into_iter().map(|(name, digits)| Case(name, digits)), max_time = 0.2)]
fn base_10(bencher: Bencher, case: Case) {
    timed::<10>(bencher, case.0, case.1);
}
