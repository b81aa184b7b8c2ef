//! A command line cut into words as a shell does it: blanks divide them, quotation marks and backslashes hold them together.
//!
//! Knows no flag. What a shell would put in the place of a variable is left as it is written.

/// A line up to the cursor.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The words before the one that is being typed.
    pub words: Vec<String>,
    /// The word that is being typed; empty behind a blank.
    pub typed: String,
    /// Whether a quotation mark is open in it.
    pub quoted: bool,
}

/// Cuts a line.
pub fn cut(line: &str) -> Line {
    let (mut found, mut begun) = (Line::default(), false);
    let mut quote = None;
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        match (quote, sign) {
            (None, sign) if sign.is_whitespace() => {
                if std::mem::take(&mut begun) {
                    found.words.push(std::mem::take(&mut found.typed));
                }
                continue;
            }
            (None, '\'' | '"') => quote = Some(sign),
            (Some(open), sign) if open == sign => quote = None,
            (None, '\\') => found.typed.extend(signs.next()),
            (Some('"'), '\\') if signs.peek().is_some_and(|next| "\"\\$`".contains(*next)) => found.typed.extend(signs.next()),
            _ => found.typed.push(sign),
        }
        begun = true;
    }
    found.quoted = quote.is_some();
    found
}
