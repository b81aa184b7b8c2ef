//! Texts of settings as words and lists, and back.
//!
//! Knows the forms that several settings take; no setting by its name.

use super::{DEFAULT, Refusal};
use crate::forms::reader::between_commas;
use crate::ground::text::{nearest, shortened};
use crate::ground::{Value, number, value};
use crate::session::Session;
use std::ops::Range;

/// What a word of some choices stands for.
pub(super) fn chosen<T>(text: &str, choices: impl Iterator<Item = (&'static str, T)> + Clone) -> Result<T, Refusal> {
    if let Some((_, found)) = choices.clone().find(|&(name, _)| name == text) {
        return Ok(found);
    }
    let names: Vec<&str> = choices.map(|(name, _)| name).collect();
    Err(Refusal::Form(match nearest(text, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of {}", names.join(", ")),
    }))
}

pub(super) fn switch(switch: &mut bool, text: &str) -> Result<(), Refusal> {
    *switch = chosen(text, [("on", true), ("off", false)].into_iter())?;
    Ok(())
}

pub(super) fn switched(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

/// The steps of a list such as `x=1, y=pi/2`.
pub(super) fn steps(session: &mut Session, text: &str) -> Result<Vec<(String, Value)>, Refusal> {
    given(session, text, "x=1, y=2", "steps; add them up")
}

/// The standard deviations of a list such as `x=0.1, y=0.2`.
pub(super) fn deviations(session: &mut Session, text: &str) -> Result<Vec<(String, Value)>, Refusal> {
    let found = given(session, text, "x=0.1, y=0.2", "standard deviations")?;
    let wrong = |(_, value): &&(String, Value)| value.numbers().iter().any(|number| !(0.0..=f64::MAX).contains(number));
    match found.iter().find(wrong) {
        Some((name, _)) => Err(Refusal::Form(format!("the standard deviation of `{}` is a finite number from 0 on", shortened(name)))),
        None => Ok(found),
    }
}

/// The values that a list such as `x=1, y=pi/2` gives to names, each once.
pub(super) fn given(session: &mut Session, text: &str, such_as: &str, several: &str) -> Result<Vec<(String, Value)>, Refusal> {
    let mut steps = Vec::new();
    for place in listed(such_as, text)? {
        let (name, value) = binding(text[place.clone()].trim()).map_err(Refusal::Form)?;
        // The value ends where the part does, but for blanks.
        let at = place.start + text[place].trim_end().len() - value.len();
        let step = session.value_here(value).map_err(|fault| Refusal::Failed(fault.moved(at)))?;
        if steps.iter().any(|(known, _)| known == name) {
            return Err(Refusal::Form(format!("`{}` is given two {several}", shortened(name))));
        }
        steps.push((name.to_owned(), step));
    }
    Ok(steps)
}

pub(super) fn written(value: &Value) -> String {
    shortened(&value::written(value.shape(), value.numbers(), number::shortest))
}

pub(super) fn stepped(steps: &[(String, Value)]) -> String {
    let words: Vec<String> = steps.iter().map(|(name, step)| format!("{name}={}", written(step))).collect();
    if words.is_empty() { DEFAULT.to_owned() } else { words.join(", ") }
}

/// The parts of a list with commas, none of which may be empty.
pub(super) fn listed(such_as: &str, text: &str) -> Result<Vec<Range<usize>>, Refusal> {
    let parts = between_commas(text);
    let empty = parts.iter().filter(|part| text[(*part).clone()].trim().is_empty()).count();
    let wrong = match empty {
        0 => return Ok(parts),
        _ if empty == parts.len() => "it is given nothing".to_owned(),
        _ => format!("nothing stands beside a comma in `{}`", shortened(text)),
    };
    Err(Refusal::Form(format!("{wrong}; write such as `{such_as}`")))
}

/// The name and the value of a binding, `x=3`.
///
/// # Errors
/// What is wrong with it, and what to write.
pub fn binding(word: &str) -> Result<(&str, &str), String> {
    if word.trim().is_empty() {
        return Err("an argument is empty; write a binding such as `x=3`, without spaces".to_owned());
    }
    let Some((name, value)) = word.split_once('=') else {
        return Err(format!("`{word}` is no NAME=VALUE; write a binding such as `x=3`, and quote an expression that has spaces"));
    };
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() {
        let value = if value.is_empty() { "3" } else { value };
        return Err(format!("`{word}` has no name; write `x={value}`, without spaces"));
    }
    if !Session::is_name(name) {
        // Digits below the line are no part of a name.
        let line =
            |c: char| u32::from(c).checked_sub(u32::from('₀')).filter(|&digit| digit < 10).and_then(|digit| char::from_digit(digit, 10));
        let plain: String = name.chars().map(|c| line(c).unwrap_or(c)).collect();
        let help = if plain != name && Session::is_name(&plain) { format!("; write `{plain}`") } else { String::new() };
        return Err(format!("`{name}` in `{word}` is no name that a value can be given to{help}"));
    }
    if value.is_empty() {
        return Err(format!("`{word}` has no value; write `{name}=3`, without spaces"));
    }
    Ok((name, value))
}
