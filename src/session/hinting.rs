//! What is offered where a name means nothing: what it is made of, as it must stand in its place.
//!
//! Knows a text and a place in it; no statement's meaning.

use super::Session;
use crate::ground::{Fault, Remedy};
use crate::vocabulary::{DERIVATIVE, Gate, language_constant};

/// The signs behind which a product is read without them, unless brackets are around it.
const BINDING: &[char] = &['/', '÷', '%', '^', '*', '@', '√'];

/// The power that a text begins with, such as `^2` or `²`; none where there is none.
fn power(text: &str) -> Option<String> {
    let small = text.find(|c: char| !matches!(c, '⁰'..='⁹' | '¹' | '²' | '³' | '⁻')).unwrap_or(text.len());
    if small > 0 {
        return Some(text[..small].to_owned());
    }
    let sign = ["^", "**"].into_iter().find(|sign| text.starts_with(sign))?;
    let exponent = text[sign.len()..].trim_start();
    let exponent = &exponent[..exponent.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(exponent.len())];
    Some(format!("{sign}{}", if exponent.is_empty() { "(...)" } else { exponent }))
}

/// The most letters of a name that may be several names without signs between them.
const MOST_LETTERS: usize = 64;

impl Session {
    /// What a name is that is made of known names without signs between them: `xy` is `x*y`, `sinx` is `sin(x)`.
    pub(super) fn unglued(&self, word: &str) -> Option<String> {
        if word.chars().count() > MOST_LETTERS {
            return None;
        }
        let known = |part: &str| self.symbols.find(part).is_some_and(|name| self.names.is_given(name));
        let call = word.char_indices().skip(1).map(|(at, _)| word.split_at(at)).find(|(function, operand)| {
            Gate::named(function).is_some() && (known(operand) || operand.bytes().all(|byte| byte.is_ascii_digit()))
        });
        if let Some((function, operand)) = call {
            return Some(format!("{function}({operand})"));
        }
        let (mut factors, mut rest) = (Vec::new(), word);
        while !rest.is_empty() {
            let ends = rest.char_indices().map(|(at, sign)| at + sign.len_utf8());
            let end = ends.rev().find(|&end| known(&rest[..end]) || language_constant(&rest[..end]).is_some())?;
            factors.push(&rest[..end]);
            rest = &rest[end..];
        }
        (factors.len() > 1 && factors.iter().any(|factor| known(factor))).then(|| format!("({})", factors.join("*")))
    }
}

/// A fault about a name, with what is offered in its place as it must stand there.
pub(super) fn placed(fault: Fault, text: &str) -> Fault {
    let (Some(before), Some(after)) = (text.get(..fault.span.start as usize), text.get(fault.span.end as usize..)) else { return fault };
    let before = before.trim_end().trim_end_matches(['-', '−']).trim_end();
    let remedy = match fault.remedy.as_deref() {
        Some(Remedy::GiveValues { names, meant: Some(meant) }) => meant_before(meant, after, before.ends_with(BINDING), names),
        Some(Remedy::MultiplyOrCall { name }) if before.ends_with(BINDING) => Some(Remedy::Advice(format!(
            "to multiply, put brackets around what belongs together: `({name}*(...))`, or those before the sign in front of it and `{name}`"
        ))),
        Some(Remedy::MultiplyCall { factor, function }) if before.ends_with(BINDING) => {
            Some(Remedy::Advice(format!("to multiply, write `({factor}*{function}(...))`")))
        }
        Some(Remedy::DefineFunction { name }) if name.starts_with('d') && name.len() > 1 => slope(before, &name[1..]),
        _ => None,
    };
    match remedy {
        Some(remedy) => fault.remedy(remedy),
        None => fault,
    }
}

/// `df/dx(3)`: a quotient that is meant as a derivative.
fn slope(before: &str, input: &str) -> Option<Remedy> {
    let over = before.strip_suffix('/')?.trim_end();
    let start =
        over.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + over[at..].chars().next().map_or(0, char::len_utf8));
    let of = over[start..].strip_prefix('d')?;
    let of = if of.is_empty() { "f" } else { of };
    Some(Remedy::Advice(format!("a derivative is written `{DERIVATIVE}({of}, {input})`, of an expression {of}")))
}

/// What a name is made of, where a power follows it: it belongs to the last factor.
fn meant_before(meant: &str, after: &str, binds: bool, names: &[String]) -> Option<Remedy> {
    let power = power(after)?;
    if let Some(product) = meant.strip_prefix('(').and_then(|meant| meant.strip_suffix(')')) {
        let meant = if binds { format!("({product}{power})") } else { format!("{product}{power}") };
        return Some(Remedy::GiveValues { names: names.to_vec(), meant: Some(meant) });
    }
    let (function, operand) = meant.strip_suffix(')')?.split_once('(')?;
    Some(Remedy::Advice(format!("did you mean `{meant}{power}` or `{function}({operand}{power})`?")))
}
