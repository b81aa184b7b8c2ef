//! The one form of an error about what the user wrote: what, where, and what to do next.
//!
//! It holds a place as bytes and never the text itself: whoever shows it has the text. It knows no flag and no command: a
//! remedy that is a matter of how the program is asked is data, which whoever knows the asker puts into words.

use super::budget::size;
use super::text::shortened;
use super::{Shape, Span};
use std::fmt;

/// What kind of thing went wrong; the JSON contract names these kinds.
///
/// ```
/// let fault = gradcalc::Session::new().answer("[1, 2] + [1, 2, 3]").unwrap_err();
/// assert_eq!((fault.kind, fault.kind.word()), (gradcalc::FaultKind::Shape, "shape"));
/// ```
#[non_exhaustive]
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
    /// A mistake of this program, not of the user; it should be reported.
    Internal,
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
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// What to do about a fault.
///
/// Its text suits every asker; a command line or a session words the variants with data in its own way.
///
/// ```
/// use gradcalc::{Remedy, Session};
/// let fault = Session::new().answer("x = 3; x*y").unwrap_err();
/// let Some(Remedy::GiveValues { names, .. }) = fault.remedy.as_deref() else { panic!("{fault}") };
/// assert_eq!(names, &["y"]);
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Advice about the language, in words.
    Advice(String),
    /// The result has this shape: reduce it to one number, give the gradient that arrives at it, or ask for the value alone.
    ReduceOrGiveUpstream(Shape),
    /// Give an upstream gradient of the result's shape, or a single number for all of it.
    FitUpstream,
    /// Give names their values.
    GiveValues {
        /// The names without values, in the order in which they are needed.
        names: Vec<String>,
        /// What may have been meant by the first.
        meant: Option<String>,
    },
    /// Put a `*` between a name and the bracket after it, or look up which functions there are.
    MultiplyOrCall {
        /// The name.
        name: String,
    },
    /// Put a `*` between a name and the function that is glued to it.
    MultiplyCall {
        /// The name.
        factor: String,
        /// The function.
        function: String,
    },
    /// Define a function, put a `*` between its name and the bracket after it, or look up which functions there are.
    DefineFunction {
        /// The name.
        name: String,
    },
    /// Write an expression: there is none.
    WriteExpression,
    /// Leave out what a setting of this name asks for.
    LeaveOut(&'static str),
    /// Ask for fewer inputs, or for one direction instead of all second derivatives.
    AskForLess,
    /// Do something else, or raise the budget.
    OrRaiseBudget {
        /// What else could be done, in words.
        instead: &'static str,
        /// A budget that is large enough, in bytes.
        to: usize,
    },
    /// Set a setting.
    Set {
        /// Its name.
        setting: &'static str,
        /// The value, or some that it may have.
        to: String,
        /// What that does, in words; may be empty.
        which: &'static str,
    },
    /// Write arrays out in single numbers, or print a function of arrays.
    WriteOutArrays,
    /// Write an array number by number where it stands, and write arrays out in single numbers.
    WriteAsNumbers {
        /// The name of the array.
        name: String,
        /// Its shape, where it has a value: that is left out then.
        shape: Option<Shape>,
        /// What its numbers are where they are read: columns, or numbers.
        parts: &'static str,
    },
    /// Evaluate it here for each row of a file, which has no such limit.
    RowsInstead,
    /// Report it: the program is wrong, not the user.
    Report,
}

/// Of some arrays the one that advice names: a vector before others, since its numbers are what stands in a row of a table.
pub fn vector_first<T>(mut arrays: Vec<(T, Shape)>) -> Option<(T, Shape)> {
    let at = arrays.iter().position(|(_, shape)| shape.dims().len() == 1).unwrap_or(0);
    (at < arrays.len()).then(|| arrays.swap_remove(at))
}

/// How an array is written number by number, each with a name.
pub fn as_numbers(name: &str, shape: Option<Shape>, parts: &str) -> String {
    const MOST: usize = 16;
    let called = shortened(name);
    // The digits of a name and of a position would run together.
    let gap = if called.ends_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
    let dims = shape.filter(|shape| shape.size() <= MOST && !shape.is_scalar()).map_or(vec![2], Shape::dims);
    let row = |before: String, length: u32| (0..length).map(|at| format!("{called}{gap}{before}{at}")).collect::<Vec<_>>().join(", ");
    let written = match dims[..] {
        [rows, columns] => (0..rows).map(|at| row(at.to_string(), columns)).collect::<Vec<_>>().join("; "),
        _ => row(String::new(), dims.first().copied().unwrap_or(2)),
    };
    format!("write the array as its {parts}, such as `[{written}]` in place of `{called}`")
}

impl fmt::Display for Remedy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Advice(words) => out.write_str(words),
            Self::ReduceOrGiveUpstream(shape) => {
                write!(out, "reduce it, as in `sum(...)`, or set the upstream gradient that arrives at it, of the shape {shape}")
            }
            Self::FitUpstream => out.write_str("give an upstream gradient of the result's shape, or a single number for all of it"),
            Self::GiveValues { names, meant } => {
                if let Some(meant) = meant {
                    write!(out, "did you mean `{meant}`? Or ")?;
                }
                let first = names.first().map_or(String::new(), |name| shortened(name));
                let which = if names.len() == 1 || meant.is_some() { "it" } else { "each" };
                write!(out, "give {which} a value, as in `{first} = 1`")
            }
            Self::MultiplyOrCall { name } => write!(out, "to multiply, put `*` between `{}` and the bracket", shortened(name)),
            Self::MultiplyCall { factor, function } => write!(out, "to multiply, write `{factor}*{function}(...)`"),
            Self::DefineFunction { name } => {
                let name = shortened(name);
                write!(out, "a function is defined before, as in `{name}(x) = x^2`; to multiply, put `*` between `{name}` and the bracket")
            }
            Self::WriteExpression => out.write_str("write one, such as `x*y`"),
            Self::LeaveOut(setting) => write!(out, "leave `{setting}` out"),
            Self::OrRaiseBudget { instead, to } => write!(out, "{instead}, or raise the budget to {}", size(*to)),
            Self::AskForLess => out.write_str("ask for fewer inputs, or for one direction"),
            Self::Set { setting, to, which } => write!(out, "set `{setting}`{}{to}{which}", if to.is_empty() { "" } else { " to " }),
            Self::WriteOutArrays => {
                out.write_str("write arrays out in single numbers (`scalars`), or print a function of arrays (`python`)")
            }
            Self::WriteAsNumbers { name, shape, parts } => {
                write!(out, "{}, and write arrays out in single numbers (`scalars`)", as_numbers(name, *shape, parts))
            }
            Self::RowsInstead => out.write_str("evaluate it here, for each row of a file"),
            Self::Report => out.write_str("this is a mistake of the program, not yours; please report it with the text that led to it"),
        }
    }
}

/// An error in the user's text: what is wrong, where, and what to do next.
///
/// ```
/// let fault = gradcalc::Session::new().answer("x = 3; x*y").unwrap_err();
/// assert_eq!(fault.to_string(), "`y` has no value; give it a value, as in `y = 1`");
/// assert_eq!((fault.span.range(), &fault.unknown[..]), (9..10, &["y".to_owned()][..]));
/// ```
#[non_exhaustive]
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
    /// What to do next, where anything can be done.
    pub remedy: Option<Box<Remedy>>,
    /// The names that stand for nothing where the text needs them to; whoever knows why can say so.
    pub unknown: Box<[String]>,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        self.remedy.as_ref().map_or(Ok(()), |remedy| write!(out, "; {remedy}"))
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// An error of a kind at a place.
    pub fn new(kind: FaultKind, span: Span, message: impl Into<String>) -> Self {
        let (label, unknown) = (String::new(), Box::default());
        Self { kind, message: message.into(), span, label, related: None, remedy: None, unknown }
    }

    /// A mistake of ours, found before it could become a wrong number; debug builds stop there.
    pub fn internal(span: Span, what: impl fmt::Display) -> Self {
        Self::new(FaultKind::Internal, span, format!("a mistake inside the program: {what}")).remedy(Remedy::Report)
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

    /// The same error with advice about the language: what to do next.
    #[must_use]
    pub fn help(self, words: impl Into<String>) -> Self {
        self.remedy(Remedy::Advice(words.into()))
    }

    /// The same error with what to do next.
    #[must_use]
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        // Advice without words is none.
        self.remedy = (remedy != Remedy::Advice(String::new())).then(|| Box::new(remedy));
        self
    }

    /// The same error about names that stand for nothing.
    #[must_use]
    pub fn unknown(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.unknown = names.into_iter().map(Into::into).collect();
        self
    }
}
