//! Pieces of text from outside on their way into sentences of ours, to a terminal, or into a line of a language.

use std::borrow::Cow;

/// A piece of the user's text, short enough for a sentence.
pub fn shortened(text: &str) -> String {
    const LONGEST: usize = 32;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONGEST / 2).collect();
    let tail: Vec<char> = text.chars().rev().take(LONGEST / 2 - 3).collect();
    format!("{head}...{}", tail.into_iter().rev().collect::<String>())
}

/// Whether a terminal would obey a character instead of showing it: control characters, and those that turn the direction
/// of writing or break lines unseen. Newlines and tabs are among them.
pub fn is_obeyed(c: char) -> bool {
    c.is_control() || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text with `U+FFFD` in the place of every character that a terminal would obey, but for newlines and tabs.
pub fn harmless(text: &str) -> Cow<'_, str> {
    replaced(text, |at, c| is_obeyed(c) && !matches!(c, '\n' | '\t') && !text[at..].starts_with("\r\n"))
}

/// A text that stays on one line, in a comment or a message: as `harmless`, and without newlines.
pub fn one_line(text: &str) -> Cow<'_, str> {
    replaced(text, |_, c| is_obeyed(c) && c != '\t')
}

/// A text that stays in its cell of a table: as `one_line`, with a blank for each tab, whose width depends on where it stands.
pub fn in_a_cell(text: &str) -> Cow<'_, str> {
    let line = one_line(text);
    if line.contains('\t') { Cow::Owned(line.replace('\t', " ")) } else { line }
}

/// Whether every byte is one from a blank to `~`: looked at eight by eight, since all that is shown comes by here.
fn is_visible_ascii(text: &str) -> bool {
    const EACH: u64 = u64::MAX / 0xff;
    let (words, rest) = text.as_bytes().as_chunks();
    // Of bytes below 128, what is less than a blank or more than `~` reaches the highest bit, and nothing is carried to another byte
    // but from one that did.
    let is_other = |word: u64| (word | word.wrapping_sub(EACH * 0x20) | word.wrapping_add(EACH)) & (EACH * 0x80) != 0;
    !words.iter().any(|&word| is_other(u64::from_le_bytes(word))) && rest.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

fn replaced(text: &str, unfit: impl Fn(usize, char) -> bool) -> Cow<'_, str> {
    // Nearly every text is free of them, and ASCII is told quickly.
    if is_visible_ascii(text) || !text.char_indices().any(|(at, c)| unfit(at, c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.char_indices().map(|(at, c)| if unfit(at, c) { char::REPLACEMENT_CHARACTER } else { c }).collect())
}

/// The longest word to which a near one is sought.
const LONGEST: usize = 100;

/// The bytes of a word as bits, small and capital letters as the same, of which several bytes may share one.
fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |letters, byte| letters | 1 << ((byte | 32) & 63))
}

/// The known word nearest to `word`, if one is near enough to be meant. Capitals do not count.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let reach = match word.chars().count() {
        0..=1 => 0,
        2..=4 => 1,
        5..=LONGEST => 2,
        _ => return None,
    };
    let (count, own, word) = (word.chars().count(), letters(word), word.to_lowercase());
    let distance = |candidate: &str| {
        // Words whose lengths or letters differ by more than so many changes can make need no closer look, which is slow. One change is
        // of two letters at most, each of so many bytes.
        let bytes = if candidate.is_ascii() && word.is_ascii() { 1 } else { 4 };
        let differ = (letters(candidate) ^ own).count_ones() as usize > 2 * bytes * reach;
        let near = !differ && candidate.chars().count().abs_diff(count) < reach + bytes;
        near.then(|| strsim::damerau_levenshtein(&word, &candidate.to_lowercase()))
    };
    known
        .filter_map(|candidate| Some((distance(candidate)?, candidate)))
        .filter(|&(distance, candidate)| distance <= reach && distance < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}
