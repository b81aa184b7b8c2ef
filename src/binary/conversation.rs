//! What a session at a terminal remembers of what was said: the statements that worked, and the question that was answered
//! last. Knows no terminal; the session that keeps the names is another thing.

use crate::forms::parse::tokens;
use crate::forms::reader;
use crate::ground::{Value, number, value};
use crate::session::{ANS, Session};
use crate::views::Source;
use std::rc::Rc;

/// Of what an answer leaves behind: its gradients, which have names, and its value, which is `ans`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Left {
    /// The gradients.
    pub gradients: bool,
    /// The value.
    pub ans: bool,
}

impl Left {
    /// Both.
    pub const ALL: Self = Self { gradients: true, ans: true };

    /// What a text takes of the last answer in a session.
    pub fn taken_by(text: &str, session: &Session) -> Self {
        let mut taken = Self::default();
        taken.add(text, session, true);
        taken
    }

    fn add(&mut self, text: &str, session: &Session, calls: bool) {
        let tokens = tokens::all(text);
        for word in reader::pieces(text, &tokens).iter().flat_map(reader::Piece::uses) {
            self.gradients |= session.is_gradient(word);
            self.ans |= word == ANS;
            if let Some(function) = session.function_text(word).filter(|_| calls) {
                self.add(&function, session, false);
            }
        }
    }
}

/// How a line that was said stands in a script.
#[derive(Clone, Debug)]
enum Part {
    /// As a statement.
    Statement,
    /// A question that was shown: silently, and only where what it leaves is taken by a later statement.
    Shown,
    /// A value that no statement gave to the name that the text is, or ends in; written out where a script is asked for, since an array
    /// may be long.
    Given(Value),
    /// The definition before it was shown, and left its gradients: the same, and `ans` is what it was.
    Defined(Option<Value>),
}

/// A line that was said.
#[derive(Clone, Debug)]
pub struct Said {
    text: String,
    part: Part,
    takes: Left,
    leaves: Left,
}

impl Said {
    /// A statement; what it takes of the answer before it and leaves for the next one.
    pub fn statement(text: impl Into<String>, takes: Left, leaves: Left) -> Self {
        Self { text: text.into(), part: Part::Statement, takes, leaves }
    }
}

/// A question, and the session in which it was asked: asked there once more, it has the answer that it had, whatever the statements
/// behind it have made of its names.
#[derive(Debug)]
pub struct Question {
    /// The statement that was answered.
    pub text: String,
    /// Where it stands.
    pub source: Source,
    /// The session before it ran.
    pub session: Session,
}

impl Question {
    /// The expression that asks it of a session as that is now: a definition is not repeated, but what it has made is asked for.
    pub fn now<'q>(&'q self, session: &Session) -> &'q str {
        reader::defined(&self.text).filter(|name| session.is_stage(name)).unwrap_or(&self.text)
    }
}

/// What was said.
#[derive(Debug, Default)]
pub struct Conversation {
    /// The lines that worked, in order.
    pub journal: Vec<Said>,
    /// The question that was answered last.
    pub question: Option<Rc<Question>>,
    /// The text that was answered for rows since then.
    pub of_rows: Option<String>,
    /// What the statement that runs takes of the answer before it.
    pub takes: Left,
    /// What the answers of the statement that runs leave.
    pub leaves: Left,
}

impl Conversation {
    /// A statement begins that may run others: what they take of its own answers, it does not take of the one before it.
    pub fn begin(&mut self) {
        (self.takes, self.leaves) = (Left::default(), Left::default());
    }

    /// A statement is about to run, for the first time.
    pub fn runs(&mut self, text: &str, session: &Session) {
        let Left { gradients, ans } = Left::taken_by(text, session);
        self.takes.gradients |= gradients && !self.leaves.gradients;
        self.takes.ans |= ans && !self.leaves.ans;
    }

    /// Something was answered, with gradients or without.
    pub fn answered(&mut self, gradients: bool) {
        self.leaves = Left { gradients: self.leaves.gradients | gradients, ans: true };
    }

    /// A statement in a session was answered. What was not shown is shown where it is asked for.
    pub fn asked(&mut self, text: &str, source: Source, session: Session) {
        self.question = Some(Rc::new(Question { text: unsilenced(text).to_owned(), source, session }));
        self.of_rows = None;
    }

    /// A name has a value that no statement gave it as it stands.
    pub fn given(&mut self, name: &str, constant: bool, value: &Value) {
        let word = if constant { "const " } else { "" };
        let (text, part) = (format!("{word}{name}"), Part::Given(value.clone()));
        self.journal.push(Said { text, part, takes: Left::default(), leaves: Left::default() });
    }

    /// A statement worked; `defines` is the name that it defines and `ans` the last value, which a definition leaves alone.
    pub fn worked(&mut self, text: &str, defines: Option<&str>, ans: Option<Value>) {
        let (takes, leaves) = (std::mem::take(&mut self.takes), std::mem::take(&mut self.leaves));
        let Some(name) = defines else { return self.journal.push(Said::statement(text.trim(), takes, leaves)) };
        self.journal.push(Said::statement(text.trim(), takes, Left::default()));
        if leaves.gradients {
            let leaves = Left { gradients: true, ans: false };
            self.journal.push(Said { text: format!("{name};"), part: Part::Defined(ans), takes: Left::default(), leaves });
        }
    }

    /// A command showed an answer. What it defines is kept, unless the line before it has defined just that.
    pub fn showed(&mut self, text: &str, ans: Option<Value>) {
        let text = unsilenced(text);
        let Some(name) = reader::defined(text) else {
            let (takes, leaves) = (std::mem::take(&mut self.takes), std::mem::take(&mut self.leaves));
            return self.journal.push(Said { text: format!("{text};"), part: Part::Shown, takes, leaves });
        };
        let last = self.journal.iter().rev().find(|said| matches!(said.part, Part::Statement | Part::Given(_)));
        if last.is_none_or(|said| unsilenced(&said.text) != text) {
            self.worked(&format!("{text};"), Some(name), ans);
        }
    }

    /// The statements of a script that has the numbers of the session: of what was shown by the way there is as much as
    /// later statements take.
    pub fn script(&self) -> Vec<String> {
        let (mut lines, mut wanted) = (Vec::new(), Left::default());
        for said in self.journal.iter().rev() {
            let Said { text, part, takes, leaves } = said;
            let asked = wanted.gradients && leaves.gradients || wanted.ans && leaves.ans;
            match part {
                Part::Statement => {}
                Part::Given(value) => {
                    lines.push(gives(text, value));
                    continue;
                }
                _ if !asked => continue,
                Part::Shown => {}
                Part::Defined(ans) => {
                    // Asked by its name alone, it is the last value.
                    lines.extend(ans.as_ref().filter(|_| wanted.ans).map(|ans| gives(ANS, ans)));
                    wanted.ans = false;
                }
            }
            lines.push(text.clone());
            wanted.gradients = wanted.gradients && !leaves.gradients || takes.gradients;
            wanted.ans = wanted.ans && !leaves.ans || takes.ans;
        }
        lines.reverse();
        lines
    }
}

/// The statement that gives a name a value.
fn gives(name: &str, value: &Value) -> String {
    format!("{name} = {}", value::written(value.shape(), value.numbers(), number::shortest))
}

/// A text without the semicolon that silences it.
pub fn unsilenced(text: &str) -> &str {
    text.trim().trim_end_matches(|c: char| c == ';' || c.is_whitespace())
}
