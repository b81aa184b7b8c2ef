//! A command line cut into words as a shell does it: blanks divide them, quotation marks and backslashes hold them together.
//!
//! Knows no flag. Where input comes from and output goes is no word of the command. What a shell would put in the place of a variable
//! is left as it is written.

/// A line up to the cursor.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The words before the one that is being typed.
    pub words: Vec<String>,
    /// The word that is being typed; empty behind a blank.
    pub typed: String,
    /// Whether a quotation mark is open in it.
    pub quoted: bool,
    /// Whether it names where input comes from, or output goes.
    pub redirected: bool,
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
                    let word = std::mem::take(&mut found.typed);
                    if !std::mem::take(&mut found.redirected) {
                        found.words.push(word);
                    }
                }
                continue;
            }
            (None, '>' | '<') => {
                let word = std::mem::take(&mut found.typed);
                // `2>` and `&>` say which stream is meant.
                let stream = word == "&" || word.chars().all(|sign| sign.is_ascii_digit());
                if !stream && !found.redirected {
                    found.words.push(word);
                }
                found.redirected = true;
                // `>>`, `<>` and `>|` go on.
                while signs.next_if(|sign| "<>|".contains(*sign)).is_some() {}
                begun = false;
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
