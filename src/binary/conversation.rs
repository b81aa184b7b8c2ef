//! What a session at a terminal remembers of what was said: the statements that worked, and the question that was answered
//! last. Knows no terminal; the session that keeps the names is another thing.

use crate::ground::{Value, number, value};

/// What was said.
#[derive(Debug, Default)]
pub struct Conversation {
    /// The statements that worked, as a script would hold them.
    pub journal: Vec<String>,
    /// The text that was answered last, and what `ans` was before.
    pub question: Option<(String, Option<Value>)>,
}

impl Conversation {
    /// A text was answered; `before` is what `ans` was when it was asked.
    pub fn answered(&mut self, text: &str, before: Option<Value>) {
        self.question = Some((text.trim().to_owned(), before));
    }

    /// A name has a value that no statement gave it as it stands.
    pub fn given(&mut self, name: &str, constant: bool, value: &Value) {
        let word = if constant { "const " } else { "" };
        self.journal.push(format!("{word}{name} = {}", value::written(value.shape(), value.numbers(), number::shortest)));
    }

    /// A statement worked.
    pub fn worked(&mut self, text: &str) {
        self.journal.push(text.trim().to_owned());
    }
}
