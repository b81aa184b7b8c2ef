//! The lines of one gradient, judged together: each adds a part of it, or a sum of some, and together they add all of it.
//!
//! Knows numbers and which names a line uses; evaluates nothing.

use super::bench::{Gradient, Numbers, plus};
use super::pass::{Act, Row};
use hashbrown::HashSet;

/// A line of a gradient and what it hands it.
pub struct Own<'a> {
    /// Its place among the lines of the pass.
    pub at: usize,
    pub row: &'a Row,
    /// What it adds, with its sign, or the value that it gives; none where it has none of the right shape.
    pub numbers: Option<Numbers>,
}

/// What is found of a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    Right,
    /// It stands in the wrong place, and why.
    Place(&'static str),
    /// It overwrites what it should add to: the sum after it.
    Overwrites(Numbers),
    /// It is overwritten further down.
    Overwritten,
    /// It is wrong: what it should hand the gradient.
    Wrong(Numbers),
    /// It is the whole gradient, but for some parts.
    Lacks(Vec<usize>),
}

/// What is found of the lines of a gradient.
pub struct Judged {
    pub findings: Vec<Finding>,
    /// The parts that no line adds.
    pub missing: Vec<usize>,
    /// Whether a line that makes another value of the gradient may be to blame.
    pub turned: bool,
}

/// Judges the lines of a gradient; `whole` is what they make of it, from top to bottom.
pub fn judge(gradient: &Gradient, own: &[Own], whole: Option<&Numbers>) -> Judged {
    let right = |findings| Judged { findings, missing: Vec::new(), turned: false };
    let starts = own[0].row.adds();
    if whole.is_some_and(|whole| gradient.is_close(whole, &gradient.total)) {
        return right(whole_right(own, starts));
    }
    // What has no value yet cannot be turned.
    if own.iter().skip(1).any(|own| own.row.act == Act::Turns) {
        let mut findings = vec![Finding::Right; own.len()];
        findings[own.len() - 1] = Finding::Wrong(gradient.total.clone());
        return Judged { findings, missing: Vec::new(), turned: true };
    }
    let sums = running(gradient, own);
    if let Some(sums) = &sums
        && sums.last().is_some_and(|sum| gradient.is_close(sum, &gradient.total))
    {
        return right(in_order(own, starts, sums));
    }
    by_parts(gradient, own)
}

fn is_nothing(numbers: Option<&Numbers>) -> bool {
    numbers.is_some_and(|numbers| numbers.iter().all(|number| *number == 0.0))
}

fn whole_right(own: &[Own], starts: bool) -> Vec<Finding> {
    let last = own.iter().rposition(|own| own.row.act == Act::Sets).unwrap_or(0);
    let finding = |(place, line): (usize, &Own)| match place {
        0 if starts => Finding::Place("it adds to what has no value yet"),
        _ if place < last && !is_nothing(line.numbers.as_ref()) => Finding::Overwritten,
        _ => Finding::Right,
    };
    own.iter().enumerate().map(finding).collect()
}

/// The sums of what lines add, `=` read as `+=`; none where one adds nothing that fits.
fn running(gradient: &Gradient, own: &[Own]) -> Option<Vec<Numbers>> {
    let mut sum = gradient.zeros();
    own.iter()
        .map(|line| {
            sum = plus(&sum, line.numbers.as_ref()?);
            Some(sum.clone())
        })
        .collect()
}

/// Together the lines are right, but for `=` and `+=`.
fn in_order(own: &[Own], starts: bool, sums: &[Numbers]) -> Vec<Finding> {
    let finding = |place: usize| match own[place].row.act {
        _ if place == 0 && starts => Finding::Place("`+=` stands before `=`"),
        Act::Sets if place > 0 && !starts && !sums[place - 1].iter().all(|number| *number == 0.0) => {
            Finding::Overwrites(sums[place].clone())
        }
        _ => Finding::Right,
    };
    (0..own.len()).map(finding).collect()
}

fn by_parts(gradient: &Gradient, own: &[Own]) -> Judged {
    let (matched, mut left) = matches(gradient, own);
    let mut findings: Vec<Finding> = vec![Finding::Right; own.len()];
    let wrong: Vec<usize> = (0..own.len()).filter(|&place| matched[place].is_none()).collect();
    let alone = gradient.parts.is_empty();
    let mut pending = Vec::new();
    for &place in &wrong {
        let (meant, rest): (Vec<usize>, Vec<usize>) = left.iter().partition(|&&part| mentions(own[place].row, gradient, part));
        if meant.is_empty() {
            pending.push(place);
        } else {
            left = rest;
            findings[place] = Finding::Wrong(gradient.sum(meant));
        }
    }
    let last = pending.last().copied();
    for place in pending {
        let parts = if Some(place) == last { std::mem::take(&mut left) } else { left.drain(..left.len().min(1)).collect() };
        findings[place] = Finding::Wrong(if alone { gradient.total.clone() } else { gradient.sum(parts) });
    }
    left.retain(|&part| gradient.parts[part].numbers.iter().any(|number| *number != 0.0));
    halved(gradient, &matched, &mut findings, &mut left);
    let stages = |parts: &[usize]| parts.iter().map(|&part| gradient.parts[part].through).collect::<HashSet<_>>().len();
    if let ([Some(parts)], false) = (&matched[..], left.is_empty())
        && stages(parts) > 1
    {
        findings[0] = Finding::Lacks(std::mem::take(&mut left));
    }
    overwriting(gradient, own, &mut findings);
    Judged { findings, missing: left, turned: false }
}

/// A line that has one of several equal parts of a stage, as of `x*x`, and not the others, is wrong itself.
fn halved(gradient: &Gradient, matched: &[Option<Vec<usize>>], findings: &mut [Finding], left: &mut Vec<usize>) {
    for (place, parts) in matched.iter().enumerate() {
        let Some([first]) = parts.as_deref() else { continue };
        let through = gradient.parts[*first].through;
        let (same, others): (Vec<usize>, Vec<usize>) = left.iter().partition(|&&part| gradient.parts[part].through == through);
        if !same.is_empty() {
            *left = others;
            findings[place] = Finding::Wrong(gradient.sum(same.into_iter().chain([*first])));
        }
    }
}

/// Lines that are right themselves and lose what stands before them.
fn overwriting(gradient: &Gradient, own: &[Own], findings: &mut [Finding]) {
    let mut sum = gradient.zeros();
    for (place, line) in own.iter().enumerate() {
        let before = sum.iter().any(|number| *number != 0.0);
        let added = match &findings[place] {
            Finding::Wrong(wanted) => wanted.clone(),
            _ => line.numbers.clone().unwrap_or_else(|| gradient.zeros()),
        };
        sum = plus(&sum, &added);
        if findings[place] == Finding::Right && line.row.act == Act::Sets && before {
            findings[place] = Finding::Overwrites(sum.clone());
        }
    }
}

fn mentions(row: &Row, gradient: &Gradient, part: usize) -> bool {
    row.uses.contains(&gradient.parts[part].arriving)
}

/// Of each line the parts that it adds, none where it is wrong; and the parts that are left.
fn matches(gradient: &Gradient, own: &[Own]) -> (Vec<Option<Vec<usize>>>, Vec<usize>) {
    let mut left: Vec<usize> = (0..gradient.parts.len()).collect();
    let mut matched: Vec<Option<Vec<usize>>> = vec![None; own.len()];
    for named in [true, false] {
        for (place, line) in own.iter().enumerate() {
            let Some(numbers) = line.numbers.as_ref().filter(|_| matched[place].is_none()) else { continue };
            let meant: Vec<usize> = left.iter().copied().filter(|&part| !named || mentions(line.row, gradient, part)).collect();
            let single = meant.iter().copied().find(|&part| gradient.is_close(numbers, &gradient.parts[part].numbers));
            let several = || if meant.is_empty() { None } else { gradient.adding_up(numbers, &meant) };
            let nothing = || (!named && own.len() > 1 && is_nothing(Some(numbers))).then(Vec::new);
            if let Some(parts) = single.map(|part| vec![part]).or_else(several).or_else(nothing) {
                left.retain(|part| !parts.contains(part));
                matched[place] = Some(parts);
            }
        }
    }
    if let Some(&part) = left.first() {
        twice(gradient, own, &mut matched, part);
    }
    (matched, left)
}

/// Of two lines that add the same part, the one is wrong that stands where the part that is left belongs: parts come in the
/// order of the pass.
fn twice(gradient: &Gradient, own: &[Own], matched: &mut [Option<Vec<usize>>], left: usize) {
    for second in (0..own.len()).filter(|&place| matched[place].is_none()).collect::<Vec<_>>() {
        let Some(numbers) = &own[second].numbers else { continue };
        let same = |parts: &[usize]| parts.len() == 1 && gradient.is_close(numbers, &gradient.parts[parts[0]].numbers);
        let first = (0..own.len()).find(|&place| matched[place].as_ref().is_some_and(|parts| same(parts)));
        if let Some(first) = first
            && matched[first].as_ref().is_some_and(|parts| (first < second) == (left < parts[0]))
        {
            matched.swap(first, second);
        }
    }
}
