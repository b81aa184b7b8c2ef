//! Ctrl-C: the first asks the work to stop, so that what is finished is written; while the program waits for somebody
//! to write, there is nothing to stop, and it ends at once. So does a second one.

use super::Exit;
use gradcalc::ground::Watch;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Whether somebody wishes that the work stop.
static WISH: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Whether the program waits for a text, everything written.
static WAITING: AtomicBool = AtomicBool::new(false);

/// Whether a session at a terminal goes on after Ctrl-C.
static STAYS: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C from here on; what is returned tells of it. Where nothing can listen, Ctrl-C ends the program as usual.
pub fn listen() -> Watch {
    let wish = WISH.get_or_init(|| {
        let wish = Arc::new(AtomicBool::new(false));
        let heard = Arc::clone(&wish);
        let _ = ctrlc::set_handler(move || {
            let again = heard.swap(true, Ordering::Relaxed);
            let waits = WAITING.load(Ordering::Relaxed);
            if again || waits && !STAYS.load(Ordering::Relaxed) {
                process::exit(Exit::Interrupted as i32);
            }
        });
        wish
    });
    Watch::wish(Arc::clone(wish))
}

/// From here on, one Ctrl-C stops what is being done, and not the program.
pub fn stay() {
    STAYS.store(true, Ordering::Relaxed);
}

/// What was heard so far is done with.
pub fn forget() {
    if let Some(wish) = WISH.get() {
        wish.store(false, Ordering::Relaxed);
    }
}

/// Whether Ctrl-C was heard.
pub fn is_heard() -> bool {
    WISH.get().is_some_and(|wish| wish.load(Ordering::Relaxed))
}

/// Waits for somebody to write: until `read` returns, Ctrl-C ends the program.
pub fn while_waiting<T>(read: impl FnOnce() -> T) -> T {
    WAITING.store(true, Ordering::Relaxed);
    let read = read();
    WAITING.store(false, Ordering::Relaxed);
    read
}
