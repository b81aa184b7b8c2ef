//! A screen of its own, on which keys are read one by one. What the terminal was before comes back whatever happens.

use crate::binary::interrupt;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use std::io;

/// The other screen, without the cursor and without broken lines; and back.
const OPEN: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[?7l";
const CLOSE: &[u8] = b"\x1b[?7h\x1b[?25h\x1b[?1049l";
const CLEAR: &[u8] = b"\x1b[H\x1b[2J";

/// How long the rest of a key may take behind an escape, and how often a wait is looked at, in nanoseconds.
const REST: i64 = 60_000_000;
const LOOK: i64 = 200_000_000;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// One on.
    Forward,
    /// One back.
    Back,
    /// To the beginning.
    First,
    /// To the end.
    Last,
    /// Leave.
    Leave,
    /// Nothing, but draw again.
    Other,
}

/// What the bytes of a key ask for.
const KEYS: &[(&[u8], Key)] = &[
    (b" ", Key::Forward),
    (b"n", Key::Forward),
    (b"l", Key::Forward),
    (b"\r", Key::Forward),
    (b"\n", Key::Forward),
    (b"\x1b[C", Key::Forward),
    (b"\x1bOC", Key::Forward),
    (b"\x1b[B", Key::Forward),
    (b"\x1bOB", Key::Forward),
    (b"b", Key::Back),
    (b"h", Key::Back),
    (b"\x7f", Key::Back),
    (b"\x1b[D", Key::Back),
    (b"\x1bOD", Key::Back),
    (b"\x1b[A", Key::Back),
    (b"\x1bOA", Key::Back),
    (b"\x1b[H", Key::First),
    (b"\x1bOH", Key::First),
    (b"\x1b[1~", Key::First),
    (b"\x1b[7~", Key::First),
    (b"\x1b[F", Key::Last),
    (b"\x1bOF", Key::Last),
    (b"\x1b[4~", Key::Last),
    (b"\x1b[8~", Key::Last),
    (b"q", Key::Leave),
    (b"\x03", Key::Leave),
    (b"\x04", Key::Leave),
];

/// The screen, as long as it is open.
pub struct Screen {
    before: Termios,
    typed: Vec<u8>,
    _restoring: interrupt::Restoring,
}

impl Screen {
    /// Opens a screen.
    ///
    /// # Errors
    /// Where there is no terminal.
    pub fn open() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let kept = before.clone();
        let restoring = interrupt::Restoring::before_signals(move || close(&kept))?;
        let screen = Self { before: before.clone(), typed: Vec::new(), _restoring: restoring };
        let mut raw = before;
        raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG | LocalModes::IEXTEN);
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        put(OPEN)?;
        Ok(screen)
    }

    /// Clears the screen.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn clear() -> io::Result<()> {
        put(CLEAR)
    }

    /// Waits for a key, or for a screen of another size.
    pub fn key(&mut self) -> Key {
        let size = terminal_size::terminal_size();
        loop {
            if let Some(key) = self.decoded() {
                return key;
            }
            let is_begun = !self.typed.is_empty();
            if !ready(if is_begun { REST } else { LOOK }) {
                if is_begun || interrupt::is_heard() {
                    return Key::Leave;
                }
                if terminal_size::terminal_size() != size {
                    return Key::Other;
                }
                continue;
            }
            let mut bytes = [0; 64];
            match rustix::io::read(io::stdin(), &mut bytes) {
                Ok(count) if count > 0 => self.typed.extend(&bytes[..count]),
                Err(rustix::io::Errno::INTR) => {}
                _ => return Key::Leave,
            }
        }
    }

    /// The key that has been typed; none where it is not whole.
    fn decoded(&mut self) -> Option<Key> {
        let length = match self.typed[..] {
            [] | [0x1b] | [0x1b, b'[' | b'O'] => return None,
            [0x1b, b'[' | b'O', ref rest @ ..] => 3 + rest.iter().position(|byte| (0x40..=0x7e).contains(byte))?,
            [0x1b, ..] => 2,
            _ => 1,
        };
        let key: Vec<u8> = self.typed.drain(..length).collect();
        Some(KEYS.iter().find(|(bytes, _)| *bytes == key).map_or(Key::Other, |&(_, key)| key))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        close(&self.before);
    }
}

/// Makes the terminal what it was.
fn close(before: &Termios) {
    let _ = put(CLOSE);
    let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
}

/// Writes what the terminal obeys, past what is held back: a signal may come while that is locked.
fn put(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = rustix::io::write(io::stdout(), bytes)?;
        bytes = &bytes[written..];
    }
    Ok(())
}

/// Whether something can be read within so many nanoseconds.
fn ready(nanoseconds: i64) -> bool {
    let stdin = io::stdin();
    let limit = Timespec { tv_sec: 0, tv_nsec: nanoseconds };
    poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&limit)).is_ok_and(|count| count > 0)
}
