//! Ctrl-C while a line is typed: the line is left as it was typed, without the live answer behind it.

use rustyline::history::History;
use rustyline::{Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, Helper, KeyEvent, RepeatCount};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the line that the editor gave last was given up.
#[derive(Clone, Default)]
pub struct Cancelled(Arc<AtomicBool>);

impl Cancelled {
    /// Says so, and forgets it.
    pub fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

impl ConditionalEventHandler for Cancelled {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext) -> Option<Cmd> {
        self.0.store(true, Ordering::Relaxed);
        // The editor draws a line for the last time where it is accepted, and only there.
        Some(Cmd::AcceptLine)
    }
}

/// Gives Ctrl-C its meaning.
pub fn bind<H: Helper, I: History>(editor: &mut Editor<H, I>) -> Cancelled {
    let cancelled = Cancelled::default();
    editor.bind_sequence(KeyEvent::ctrl('C'), EventHandler::Conditional(Box::new(cancelled.clone())));
    cancelled
}
