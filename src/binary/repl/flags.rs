//! The flags of a command: they stand before and behind what it is about, as on the command line.
//!
//! Knows words, quotation marks and brackets; which flags there are, the command line knows.

use crate::binary::cli;
use crate::ground::text::shortened;
use std::borrow::Cow;

/// The short flag of a file to write to, and the name that it has.
const OUTPUT: (&str, &str) = ("-o", "output");

/// What stands between the flags of a text, and the flags, each a word of the command line that holds its value.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parted<'t> {
    pub flags: Vec<String>,
    pub rest: &'t str,
}

impl Parted<'_> {
    /// The names of the flags.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.flags.iter().map(|flag| name_of(flag.strip_prefix("--").unwrap_or(flag)))
    }
}

fn name_of(flag: &str) -> &str {
    flag.split_once('=').map_or(flag, |(name, _)| name)
}

/// The flags that a text begins with, and what follows them.
pub fn leading(text: &str) -> Parted<'_> {
    let mut parted = Parted { flags: Vec::new(), rest: text.trim() };
    while let Some(name) = flag(parted.rest) {
        let (word, rest) = word(parted.rest);
        let value = |rest| self::word(rest);
        let (flag, rest) = match name {
            _ if word == OUTPUT.0 => {
                let (value, rest) = value(rest);
                (format!("--{}={value}", OUTPUT.1), rest)
            }
            // Where no value follows, the command line says so.
            _ if !word.contains('=') && cli::takes_next(name) == Some(true) && !rest.is_empty() => {
                let (value, rest) = value(rest);
                (format!("--{name}={value}"), rest)
            }
            _ => (word.into_owned(), rest),
        };
        parted.flags.push(flag);
        parted.rest = rest;
    }
    parted
}

/// The flags that a text ends in, and what stands before them; a name of the session behind two signs is none, as in `x --sd`.
///
/// # Errors
/// What to say of a text that goes on behind a flag.
pub fn trailing(text: &str, is_name: impl Fn(&str) -> bool) -> Result<Parted<'_>, String> {
    let text = text.trim();
    let Some(begin) = boundaries(text).find(|&at| ends(&text[at..], &is_name)) else { return Ok(Parted { flags: Vec::new(), rest: text }) };
    let found = leading(&text[begin..]);
    if !found.rest.is_empty() {
        let last = found.flags.last().map_or("", |flag| name_of(flag));
        return Err(format!("`{}` stands behind `{last}`; flags stand before the expression or behind all of it", shortened(found.rest)));
    }
    Ok(Parted { flags: found.flags, rest: text[..begin].trim_end() })
}

/// The flags before and behind the name of a file.
///
/// # Errors
/// As for [`trailing`].
pub fn around(text: &str) -> Result<Parted<'_>, String> {
    let before = leading(text);
    let behind = trailing(before.rest, |_| false)?;
    Ok(Parted { flags: [before.flags, behind.flags].concat(), rest: behind.rest })
}

/// Whether the flags begin there with which an expression ends.
fn ends(text: &str, is_name: &impl Fn(&str) -> bool) -> bool {
    let Some(name) = flag(text) else { return false };
    let (word, rest) = word(text);
    if word == OUTPUT.0 {
        return !is_name(name);
    }
    word.contains('=') || cli::takes_next(name).is_some_and(|takes| takes && is_operand(rest) || !is_name(name))
}

/// Whether a text begins as a value or a file's name does, and not with the sign of an operation.
fn is_operand(text: &str) -> bool {
    let begins = |c: char| c.is_alphanumeric() || matches!(c, '"' | '\'' | '.' | '~' | '_');
    text.strip_prefix('/').map_or_else(|| text.starts_with(begins), |rest| rest.starts_with(char::is_alphabetic))
}

/// The places outside of brackets and quotation marks where a word begins behind a blank.
fn boundaries(text: &str) -> impl Iterator<Item = usize> + '_ {
    let (mut depth, mut quoted, mut blank) = (0usize, false, true);
    text.char_indices().filter_map(move |(at, c)| {
        let begins = blank && depth == 0 && !quoted && !c.is_whitespace();
        blank = c.is_whitespace();
        match c {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        begins.then_some(at)
    })
}

/// The name of the flag that a text begins with: two dashes and a word of small letters, alone or with a value behind `=`. `--x` and
/// `--exp(x)` are expressions.
fn flag(text: &str) -> Option<&str> {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    if &text[..end] == OUTPUT.0 {
        return is_operand(text[end..].trim_start()).then_some(&OUTPUT.0[1..]);
    }
    let word = text.strip_prefix("--")?;
    let name = name_of(&word[..end - 2]);
    let small = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let compares = word[name.len()..].starts_with("==");
    (small && name.len() > 1 && name.starts_with(|c: char| c.is_ascii_lowercase()) && !compares).then_some(name)
}

/// The first word of a text, without its quotation marks, and what follows: blanks in quotation marks are part of it, as in a shell.
pub fn word(text: &str) -> (Cow<'_, str>, &str) {
    let text = text.trim_start();
    let (mut open, mut before, mut marks) = (None, None, false);
    let mut said = String::new();
    for (at, c) in text.char_indices() {
        match open {
            Some(mark) if c == mark => open = None,
            None if c.is_whitespace() => {
                let word = if marks { Cow::Owned(said) } else { Cow::Borrowed(&text[..at]) };
                return (word, text[at..].trim_start());
            }
            // `X'` is a transposed matrix.
            None if c == '"' || c == '\'' && matches!(before, None | Some('=')) => (open, marks) = (Some(c), true),
            _ => said.push(c),
        }
        before = Some(c);
    }
    (if marks { Cow::Owned(said) } else { Cow::Borrowed(text) }, "")
}
