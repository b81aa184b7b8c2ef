//! Cuts a script into statements as its lines come, so that a script of any length takes the room of one statement.
//!
//! Knows where a statement ends: at a line's end, unless a bracket is open or an operator waits for its operand. What a
//! statement says is the parser's business.

use std::collections::VecDeque;

/// The most lines that one statement may span.
const MOST_LINES: usize = 10_000;

/// A run of lines that holds whole statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The lines.
    pub text: String,
    /// The number of the first line.
    pub line: usize,
    /// Whether a bracket is still open at its end.
    pub open: bool,
}

/// The lines of a statement that is not complete yet.
#[derive(Debug)]
pub struct Splitter {
    text: String,
    line: usize,
    lines: usize,
    scan: Scan,
}

/// How far a statement has come.
#[derive(Clone, Copy, Debug, Default)]
struct Scan {
    depth: usize,
    /// Whether the last word is an operator that waits for an operand.
    waits: bool,
}

/// Signs after which a statement goes on.
const OPERATORS: &[char] = &['+', '-', '*', '/', '^', '@', '<', '>', '−', '·', '×', '÷', '√', '≤', '≥', '≠', '±'];

impl Default for Splitter {
    fn default() -> Self {
        Self { text: String::new(), line: 1, lines: 0, scan: Scan::default() }
    }
}

impl Splitter {
    /// Adds a line, its newline included; gives the statements that it completes.
    pub fn feed(&mut self, line: &str) -> Option<Chunk> {
        self.text.push_str(line);
        self.lines += 1;
        self.scan = scan(line, self.scan, |_| {});
        let complete = self.scan.depth == 0 && !self.scan.waits;
        if complete || self.lines == MOST_LINES { self.finish() } else { None }
    }

    /// Gives what is left, complete or not; nothing where only spaces and comments are.
    pub fn finish(&mut self) -> Option<Chunk> {
        let chunk = Chunk { text: std::mem::take(&mut self.text), line: self.line, open: self.scan.depth > 0 };
        self.line += std::mem::take(&mut self.lines);
        self.scan = Scan::default();
        let empty = chunk.text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
        (!empty).then_some(chunk)
    }

    /// The number of the line that comes next.
    pub fn line(&self) -> usize {
        self.line + self.lines
    }

    /// Leaves out a line.
    pub fn skip(&mut self) {
        if self.lines == 0 {
            self.line += 1;
        } else {
            self.text.push('\n');
            self.lines += 1;
        }
    }

    /// Goes back to the line after the first of a chunk, whose bracket swallowed the others; gives those lines.
    pub fn go_back(&mut self, chunk: &Chunk) -> VecDeque<String> {
        self.line = chunk.line + 1;
        chunk.text.split_inclusive('\n').skip(1).map(str::to_owned).collect()
    }
}

/// The statements of a chunk: where each starts, its text, and whether a semicolon follows it.
pub fn statements(text: &str) -> Vec<(usize, &str, bool)> {
    let mut ends = Vec::new();
    scan(text, Scan::default(), |at| ends.push(at));
    let mut start = 0;
    let mut found = Vec::new();
    for end in ends {
        found.push((start, &text[start..end], true));
        start = end + 1;
    }
    found.push((start, &text[start..], false));
    let says = |text: &str| text.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    found.retain(|(_, text, _)| says(text));
    found
}

/// Whether a text goes on: a bracket is open at its end, or an operator waits.
pub fn goes_on(text: &str) -> bool {
    let scan = scan(text, Scan::default(), |_| {});
    scan.depth > 0 || scan.waits
}

/// The name that a statement defines, if it looks like a definition.
pub fn defined(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let text = text.strip_prefix("const ").unwrap_or(text).trim_start();
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|&end| end > 0)?;
    let (name, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let rest = if rest.starts_with('(') { rest.split_once(')')?.1.trim_start() } else { rest };
    (rest.starts_with('=') && !rest.starts_with("==")).then_some(name)
}

/// Goes over a text; hands the place of every semicolon that ends a statement to `take`.
fn scan(text: &str, before: Scan, mut take: impl FnMut(usize)) -> Scan {
    let mut scan = before;
    let mut last = if before.waits { '+' } else { ' ' };
    let (mut comment, mut quoted) = (false, false);
    for (at, sign) in text.char_indices() {
        match sign {
            '\n' => (comment, quoted) = (false, false),
            _ if comment || sign.is_whitespace() => {}
            '"' => {
                quoted = !quoted;
                last = sign;
            }
            _ if quoted => {}
            '#' => comment = true,
            ';' if scan.depth == 0 => {
                take(at);
                last = sign;
            }
            _ => {
                match sign {
                    '(' | '[' => scan.depth += 1,
                    ')' | ']' => scan.depth = scan.depth.saturating_sub(1),
                    _ => {}
                }
                // `==` and its like wait for an operand, `=` does not.
                last = if sign == '=' && matches!(last, '=' | '!' | '<' | '>') { '<' } else { sign };
            }
        }
    }
    scan.waits = OPERATORS.contains(&last);
    scan
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(text: &str) -> Vec<(usize, String)> {
        let mut splitter = Splitter::default();
        let mut found: Vec<Chunk> = text.split_inclusive('\n').filter_map(|line| splitter.feed(line)).collect();
        found.extend(splitter.finish());
        found.into_iter().map(|chunk| (chunk.line, chunk.text)).collect()
    }

    #[test]
    fn a_statement_ends_where_nothing_waits() {
        let text = "# a remark\nx = 3\n\nf(x,\n  2) +  # more\n  1\ny == \n 3\nq =\nX = [1, 2;\n 3, 4]; z\n";
        let found = chunks(text);
        let lines: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 4, 7, 9, 10], "{found:?}");
        assert_eq!(found[1].1, "f(x,\n  2) +  # more\n  1\n");
        assert_eq!(found[4].1, "X = [1, 2;\n 3, 4]; z\n");
    }

    #[test]
    fn semicolons_end_statements_outside_of_brackets() {
        let found = statements("a = [1; 2]; load(\"a;b\"); c # d; e\n");
        let texts: Vec<(&str, bool)> = found.iter().map(|&(_, text, silenced)| (text.trim(), silenced)).collect();
        assert_eq!(texts, [("a = [1; 2]", true), ("load(\"a;b\")", true), ("c # d; e", false)]);
    }

    #[test]
    fn definitions_are_known_by_their_look() {
        for (text, name) in [("q = 1", Some("q")), (" const k=2", Some("k")), ("f(x, y) = x", Some("f")), ("x == 1", None), ("x + y", None)]
        {
            assert_eq!(defined(text), name, "{text}");
        }
    }
}
