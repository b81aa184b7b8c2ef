//! The arrows up and down: behind a typed text they find the earlier lines that begin with it, otherwise every line.

use rustyline::history::History;
use rustyline::{
    Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, Helper, KeyCode, KeyEvent, Modifiers, RepeatCount,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a key does to the search.
#[derive(Clone)]
struct Recall {
    /// The command where the line begins as it was typed; none for a key that is no arrow.
    search: Option<Cmd>,
    /// Whether the line was recalled, and nothing has been typed since.
    recalled: Arc<AtomicBool>,
}

impl ConditionalEventHandler for Recall {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let Some(search) = &self.search else {
            self.recalled.store(false, Ordering::Relaxed);
            return None;
        };
        let (line, at) = (context.line(), context.pos());
        if line.is_empty() {
            self.recalled.store(true, Ordering::Relaxed);
        }
        let plain = self.recalled.load(Ordering::Relaxed) && at == line.len();
        (at > 0 && !plain && !line.contains('\n')).then(|| search.clone())
    }
}

/// Gives the arrows of an editor their meaning.
pub fn bind<H: Helper, I: History>(editor: &mut Editor<H, I>) {
    let recalled = Arc::new(AtomicBool::new(false));
    let handler = |search: Option<Cmd>| EventHandler::Conditional(Box::new(Recall { search, recalled: Arc::clone(&recalled) }));
    let arrow = |code: KeyCode| KeyEvent(code, Modifiers::NONE);
    editor.bind_sequence(arrow(KeyCode::Up), handler(Some(Cmd::HistorySearchBackward)));
    editor.bind_sequence(arrow(KeyCode::Down), handler(Some(Cmd::HistorySearchForward)));
    editor.bind_sequence(Event::Any, handler(None));
}
