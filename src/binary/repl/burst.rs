//! Whether more input waits at the terminal, so that a paste is drawn once it is whole and not at every byte.
//!
//! rustyline takes up to a buffer of bytes at a time and draws for each; what the terminal still holds can be asked, and
//! what rustyline holds follows from it. Where it does not, keys that no hand types so fast are taken for a paste.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// No hand types two keys within this.
const FASTEST: Duration = Duration::from_millis(2);

/// Whoever types nothing for this long has pasted nothing.
const IDLE: Duration = Duration::from_secs(1);

/// Texts up to this many bytes are drawn at every key.
const SHORT: usize = 200;

/// What is known of the input.
#[derive(Default)]
pub struct Burst {
    /// How many bytes the terminal held at the last key, and how many of them rustyline has taken and not shown.
    waited: Cell<usize>,
    taken: Cell<usize>,
    /// How long the line was.
    len: Cell<usize>,
    /// When the last key was dealt with.
    last: Cell<Option<Instant>>,
    goes_on: Cell<bool>,
}

impl Burst {
    /// Takes note of the line after a key; true where more keys wait behind it.
    pub fn key(&self, len: usize) -> bool {
        self.key_before(len, held_by_terminal())
    }

    /// The same where the terminal holds so many bytes more.
    pub fn key_before(&self, len: usize, held: usize) -> bool {
        self.goes_on.set(self.more(len, held));
        self.last.set(Some(Instant::now()));
        self.goes_on.get()
    }

    /// What the last key was told.
    pub fn goes_on(&self) -> bool {
        self.goes_on.get()
    }

    fn more(&self, len: usize, waits: usize) -> bool {
        let typed = len.saturating_sub(self.len.replace(len));
        let waited = self.waited.replace(waits);
        if waits > 0 {
            self.taken.set(0);
            return true;
        }
        // What the terminal held before is in rustyline's buffer now, with this key as its first byte.
        let taken = if waited > 0 { waited } else { self.taken.get() };
        self.taken.set(taken.saturating_sub(typed));
        let gap = self.last.get().map(|last| last.elapsed());
        if gap.is_some_and(|gap| gap > IDLE) {
            self.taken.set(0);
        }
        let fast = gap.is_some_and(|gap| gap < FASTEST);
        self.taken.get() > 0 || taken == 0 && fast && len > SHORT
    }
}

/// How many bytes the terminal holds.
fn held_by_terminal() -> usize {
    #[cfg(unix)]
    {
        rustix::io::ioctl_fionread(std::io::stdin()).map_or(0, |count| usize::try_from(count).unwrap_or_default())
    }
    #[cfg(not(unix))]
    0
}
