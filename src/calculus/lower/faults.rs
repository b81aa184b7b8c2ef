//! What is said about a call or an operator whose operands do not go together, in the user's own words.

use crate::forms::parse::words::BASE;
use crate::ground::text::shortened;
use crate::ground::{Fault, FaultKind, Span};
use crate::vocabulary::ast::{NodeId, Tree};
use crate::vocabulary::gate::{Family, Row, ShapeError};

pub(super) fn plural(count: usize) -> String {
    if count == 1 { "1 operand".to_owned() } else { format!("{count} operands") }
}

pub(super) fn are(count: usize) -> String {
    if count == 1 { "1 is".to_owned() } else { format!("{count} are") }
}

pub(super) fn no_keyword(name: &str, span: Span) -> Fault {
    let message = format!("`{}` takes no operand by name here", shortened(name));
    Fault::new(FaultKind::Name, span, message)
        .label("here")
        .help("only gates that work along an axis do, as in `sum(X, axis=0, keepdims=True)`")
}

/// What is meant by a call with more operands than a function takes.
const INSTEAD: &[(&str, usize, &str)] = &[
    ("log", 2, BASE),
    ("round", 2, "to n decimals, write `round(x*10^n)/10^n`"),
    ("exp", 2, "a power is written `x^y`"),
    ("sqrt", 2, "the n-th root is `x^(1/n)`"),
    ("atan", 2, "the angle of a point is `atan2(y, x)`"),
];

pub(super) fn check_arity(row: &Row, given: usize, span: Span) -> Result<(), Fault> {
    if row.with_cases().any(|row| row.takes(given)) {
        return Ok(());
    }
    let counts = |row: &'static Row| (row.arity().unwrap_or(1), row.takes_axis());
    let mut wanted: Vec<usize> = row.with_cases().map(counts).flat_map(|(n, axis)| n..=n + usize::from(axis)).collect();
    wanted.dedup();
    let takes = match wanted[..] {
        [one, other, ..] => format!("{one} or {}", plural(other)),
        [one] => plural(one),
        [] => plural(1),
    };
    let message = format!("`{}` takes {takes}, and {} given", row.name, are(given));
    if let Some((.., instead)) = INSTEAD.iter().find(|(name, count, _)| *name == row.name && *count == given) {
        return Err(Fault::new(FaultKind::Name, span, message).label("here").help(*instead));
    }
    if row.family == Family::Reduction && given > 2 {
        let help = format!("put the numbers in a vector: `{}([x, y, z])`", row.name);
        return Err(Fault::new(FaultKind::Name, span, message).label("here").help(help));
    }
    let mut usage: Vec<String> = Vec::new();
    for call in row.with_cases().flat_map(Row::usages).map(|call| format!("`{call}`")) {
        if !usage.contains(&call) {
            usage.push(call);
        }
    }
    Err(Fault::new(FaultKind::Name, span, message).label("here").help(format!("write {}", usage.join(" or "))))
}

/// A shape error in the user's own words.
pub(super) fn shape_fault(mismatch: &ShapeError, tree: &Tree, operands: &[NodeId], span: Span) -> Fault {
    // A number has no sizes that could be told.
    let mut words = [mismatch.says.replace("} is []", "} is a single number"), mismatch.help.clone()];
    for (at, &operand) in operands.iter().enumerate().take(64) {
        let text = shortened(tree.span(operand).of(&tree.text));
        for (sentence, quote) in words.iter_mut().zip(["`", ""]) {
            *sentence = sentence.replace(&format!("{{{at}}}"), &format!("{quote}{text}{quote}"));
        }
    }
    let [says, help] = words;
    Fault::new(FaultKind::Shape, span, says).label("here").help(help)
}

/// Numbers that are put in their places without `np.s_`.
pub(super) fn no_slices(span: Span) -> Fault {
    Fault::new(FaultKind::Name, span, "`scatter` takes numbers, an array, and places in it as `np.s_[0]`").label("here")
}
