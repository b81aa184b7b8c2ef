//! A quiz: any view for people, with a numbered blank in the place of each gradient, and the key with what belongs there.
//!
//! Knows that a view puts gradients on a page as what they are; knows no view.

use super::page::put_note;
use super::{Answer, Note, Page, Role, Style, View, notes};
use std::io;
use unicode_width::UnicodeWidthStr;

/// The room of a blank with its number.
pub const BLANK: &str = "_________";

/// Whether gradients are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quiz {
    /// They are.
    #[default]
    Off,
    /// Each is left blank.
    Blank,
    /// What belongs into the blanks is shown, and nothing else.
    Key,
}

/// Shows an answer with blanks, or what belongs into them.
///
/// # Errors
/// When the page cannot be written.
pub fn show(view: &View, answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    if style.quiz == Quiz::Blank {
        // What is noted tells of gradients; it stands in the key.
        let untold: Vec<Note> = answer.notes.iter().filter(|note| note.kind == notes::WITHOUT_GRADIENT).cloned().collect();
        return view.show_whole(&Answer { notes: untold, ..answer.clone() }, style, &mut Blanks { page, count: 0 });
    }
    let mut key = Key::default();
    view.show_whole(answer, style, &mut key)?;
    for (at, gradient) in key.gradients.iter().enumerate() {
        page.put(Role::Plain, &format!("({}) ", at + 1))?;
        page.put(Role::Gradient, gradient)?;
        page.put(Role::Plain, "\n")?;
    }
    answer.notes.iter().try_for_each(|note| put_note(note, style, page))
}

/// Whether a piece of text is a gradient.
fn is_gradient(role: Role, text: &str) -> bool {
    role == Role::Gradient && !text.trim().is_empty()
}

/// A page with blanks in the place of gradients.
struct Blanks<'a> {
    page: &'a mut dyn Page,
    count: usize,
}

impl Page for Blanks<'_> {
    fn put(&mut self, role: Role, text: &str) -> io::Result<()> {
        if !is_gradient(role, text) {
            return self.page.put(role, text);
        }
        self.count += 1;
        let blank = format!("____({})", self.count);
        // In a column it takes the room of what it stands for.
        let room = if text.trim() == text { 0 } else { text.width().saturating_sub(blank.len()) };
        self.page.put(role, &blank)?;
        self.page.put(Role::Plain, &" ".repeat(room))
    }
}

/// A page that keeps gradients alone.
#[derive(Default)]
struct Key {
    gradients: Vec<String>,
}

impl Page for Key {
    fn put(&mut self, role: Role, text: &str) -> io::Result<()> {
        if is_gradient(role, text) {
            self.gradients.push(text.trim().to_owned());
        }
        Ok(())
    }
}
