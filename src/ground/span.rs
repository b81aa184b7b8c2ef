//! A place in a source text, in bytes. Knows no text: lines and columns are found when an error is shown.

/// The longest text, in bytes, whose places can be told.
pub const LONGEST_TEXT: usize = u32::MAX as usize;

/// A half-open range of bytes, `start..end`, in one source text of at most 4 GiB.
///
/// ```
/// let fault = gradcalc::parse("x + $").unwrap_err();
/// assert_eq!(fault.span.range(), 4..5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just after the last byte.
    pub end: u32,
}

impl Span {
    /// The span of the bytes `start..end`; offsets beyond 4 GiB are held at the limit.
    pub fn new(start: usize, end: usize) -> Self {
        let held = |n: usize| n.min(LONGEST_TEXT) as u32;
        Self { start: held(start), end: held(end) }
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The span as a range of byte offsets.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The text that the span covers; empty where the span does not fit `text`.
    pub fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }
}
