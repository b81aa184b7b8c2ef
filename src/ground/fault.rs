//! The one form of an error about what the user wrote: what, where, and what to do next.
//!
//! It holds a place as bytes and never the text itself: whoever shows it has the text.

use super::Span;

/// What kind of thing went wrong; the JSON contract names these kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The text is no statement of the language.
    Parse,
    /// A name is unknown, misused or has no value.
    Name,
    /// Values of these shapes do not go together.
    Shape,
    /// A number lies where the operation has no meaning.
    Domain,
    /// The text or the program is larger than a stated limit.
    Limit,
    /// A file cannot be read or written.
    Io,
    /// A check or an assertion failed.
    Check,
    /// The work was stopped before its end.
    Interrupt,
}

impl FaultKind {
    /// The word that the JSON contract uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Name => "name",
            Self::Shape => "shape",
            Self::Domain => "domain",
            Self::Limit => "limit",
            Self::Io => "io",
            Self::Check => "check",
            Self::Interrupt => "interrupt",
        }
    }
}

/// An error in the user's text: what is wrong, where, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind, for scripts.
    pub kind: FaultKind,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where, in the text that was being read.
    pub span: Span,
    /// A few words beside the caret; may be empty.
    pub label: String,
    /// A second place that explains the first, with its words.
    pub related: Option<(Span, String)>,
    /// What to do next; may be empty.
    pub help: String,
}

impl Fault {
    /// An error of a kind at a place.
    pub fn new(kind: FaultKind, span: Span, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), span, label: String::new(), related: None, help: String::new() }
    }

    /// Work at a place of the text was stopped before its end.
    pub fn interrupted(span: Span) -> Self {
        Self::new(FaultKind::Interrupt, span, "interrupted")
    }

    /// The same error with words beside its caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same error with a second place that explains it.
    #[must_use]
    pub fn related(mut self, span: Span, words: impl Into<String>) -> Self {
        self.related = Some((span, words.into()));
        self
    }

    /// The same error in a text that has `bytes` more before it.
    #[must_use]
    pub fn moved(self, bytes: usize) -> Self {
        let moved = |span: Span| Span::new(span.start as usize + bytes, span.end as usize + bytes);
        let related = self.related.map(|(span, words)| (moved(span), words));
        Self { span: moved(self.span), related, ..self }
    }

    /// The same error with what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}
