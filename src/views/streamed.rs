//! JSON on a page, piece by piece: lists whose items are made when they are written, and a writer that holds little of it.
//!
//! Knows how JSON is escaped; no field of any object.

use super::{Page, Role};
use crate::ground::text::is_obeyed;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

/// A list whose items are made one by one, when they are written.
pub struct Listed<'a, T> {
    count: usize,
    item: Box<dyn Fn(usize) -> T + 'a>,
}

impl<'a, T> Listed<'a, T> {
    /// A list of so many items.
    pub fn new(count: usize, item: impl Fn(usize) -> T + 'a) -> Self {
        Self { count, item: Box::new(item) }
    }
}

impl<T: Serialize> Serialize for Listed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((0..self.count).map(&self.item))
    }
}

impl<T: JsonSchema> JsonSchema for Listed<'_, T> {
    fn schema_name() -> Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(generator)
    }

    fn inline_schema() -> bool {
        Vec::<T>::inline_schema()
    }
}

/// How many bytes are held before they are put on the page.
const HELD: usize = 1 << 15;

/// Text that goes to a page in pieces.
struct Pieces<'a> {
    page: &'a mut dyn Page,
    held: Vec<u8>,
}

impl Pieces<'_> {
    /// Puts what is held on the page, but for the beginning of a character whose end is yet to come.
    fn put(&mut self) -> io::Result<()> {
        let (whole, text) = match std::str::from_utf8(&self.held) {
            Ok(text) => (self.held.len(), text),
            Err(error) if error.error_len().is_none() => {
                let whole = error.valid_up_to();
                (whole, std::str::from_utf8(&self.held[..whole]).map_err(io::Error::other)?)
            }
            Err(error) => return Err(io::Error::other(error)),
        };
        self.page.put(Role::Plain, &escaped(text))?;
        self.held.drain(..whole);
        Ok(())
    }
}

impl io::Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= HELD {
            self.put()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.put()
    }
}

/// JSON whose texts hold nothing that a terminal would obey: JSON has escapes for all of it, so that nothing is lost.
fn escaped(json: &str) -> Cow<'_, str> {
    if json.is_ascii() && !json.contains('\u{7f}') || !json.contains(is_obeyed) {
        return Cow::Borrowed(json);
    }
    Cow::Owned(json.chars().fold(String::new(), |mut text, c| {
        if is_obeyed(c) {
            let _ = write!(text, "\\u{:04x}", u32::from(c));
        } else {
            text.push(c);
        }
        text
    }))
}

/// Puts an object on a line of its own.
///
/// # Errors
/// When the page cannot be written.
pub fn line(object: &impl Serialize, page: &mut dyn Page) -> io::Result<()> {
    let mut pieces = Pieces { page, held: Vec::new() };
    // The crate wraps what went wrong with the page.
    serde_json::to_writer(&mut pieces, object).map_err(io::Error::from)?;
    io::Write::flush(&mut pieces)?;
    pieces.page.put(Role::Plain, "\n")
}
