//! Pieces of the user's text in sentences of ours.

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
