//! Ctrl-C: the first asks the work to stop, so that what is finished is written; while the program waits for somebody
//! to write, there is nothing to stop, and it ends at once. So does a second one; in a session at a terminal, a third.
//! While a file takes the place of another, every signal that ends the program removes what is half made first.

use super::{Exit, report};
use crate::ground::Cancellation;
#[cfg(unix)]
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::{io, process};
#[cfg(unix)]
use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
    {fs, thread},
};
use tempfile::NamedTempFile;

/// Whether somebody wishes that the work stop.
static WISH: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// How often Ctrl-C was heard since the last line.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// What is said where there is nothing to stop.
pub const HOW_TO_LEAVE: &str = "Ctrl-D or :quit leaves; so does another Ctrl-C";

/// Whether the program waits for a text, everything written.
static WAITING: AtomicBool = AtomicBool::new(false);

/// Whether a session at a terminal goes on after Ctrl-C.
static STAYS: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C from here on; what is returned tells of it. Where nothing can listen, Ctrl-C ends the program as usual.
pub fn listen() -> Cancellation {
    let wish = WISH.get_or_init(|| {
        let wish = Arc::new(AtomicBool::new(false));
        let heard = Arc::clone(&wish);
        let _ = ctrlc::set_handler(move || {
            heard.store(true, Ordering::SeqCst);
            let count = COUNT.fetch_add(1, Ordering::Relaxed) + 1;
            let (waits, stays) = (WAITING.load(Ordering::SeqCst), STAYS.load(Ordering::Relaxed));
            match count {
                // A terminal that reads whole lines tells of Ctrl-C in this way.
                1 if waits && stays => report::message(HOW_TO_LEAVE),
                1 if !waits => {}
                2 if stays && !waits => report::message("still at work on one large stage; another Ctrl-C ends the program"),
                _ => process::exit(Exit::Interrupted as i32),
            }
        });
        wish
    });
    Cancellation::on_flag(Arc::clone(wish))
}

/// From here on, one Ctrl-C stops what is being done, and not the program.
pub fn stay() {
    STAYS.store(true, Ordering::Relaxed);
}

/// What was heard so far is done with.
pub fn forget() {
    if let Some(wish) = WISH.get() {
        wish.store(false, Ordering::Relaxed);
        COUNT.store(0, Ordering::Relaxed);
    }
}

/// Whether Ctrl-C was heard.
pub fn is_heard() -> bool {
    WISH.get().is_some_and(|wish| wish.load(Ordering::SeqCst))
}

/// Waits for somebody to write: until `read` returns, Ctrl-C ends the program.
pub fn while_waiting<T>(read: impl FnOnce() -> T) -> T {
    WAITING.store(true, Ordering::SeqCst);
    // It may have been heard right before.
    if is_heard() && !STAYS.load(Ordering::Relaxed) {
        process::exit(Exit::Interrupted as i32);
    }
    let read = read();
    WAITING.store(false, Ordering::SeqCst);
    read
}

/// A file in the making that a signal which ends the program removes first. While it lives, the first Ctrl-C ends the program.
#[cfg(unix)]
pub struct Removal {
    place: Arc<Mutex<Option<PathBuf>>>,
    signals: signal_hook::iterator::Handle,
}

#[cfg(unix)]
impl Removal {
    /// Listens for signals from here on.
    ///
    /// # Errors
    /// Where the system lets nobody listen.
    pub fn on_signals() -> io::Result<Self> {
        let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
        let place: Arc<Mutex<Option<PathBuf>>> = Arc::default();
        let removal = Self { place: Arc::clone(&place), signals: signals.handle() };
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                // The place stays locked: nothing new is made while the program ends.
                let place = place.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(path) = &*place {
                    let _ = fs::remove_file(path);
                }
                if signal != SIGINT {
                    let _ = signal_hook::low_level::emulate_default_handler(signal);
                }
                process::exit(Exit::Interrupted as i32);
            }
        });
        Ok(removal)
    }

    /// Makes the file; no signal is obeyed between its making and its being known here.
    pub fn of(&self, make: impl FnOnce() -> io::Result<NamedTempFile>) -> io::Result<NamedTempFile> {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        let file = make()?;
        *place = Some(file.path().to_owned());
        Ok(file)
    }
}

#[cfg(unix)]
impl Drop for Removal {
    fn drop(&mut self) {
        self.signals.close();
    }
}

/// Something to be put right before a signal ends the program, as long as this lives.
#[cfg(unix)]
pub struct Restoring(signal_hook::iterator::Handle);

#[cfg(unix)]
impl Restoring {
    /// Listens for signals from here on.
    ///
    /// # Errors
    /// Where the system lets nobody listen.
    pub fn before_signals(restore: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGTERM])?;
        let restoring = Self(signals.handle());
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                restore();
                let _ = signal_hook::low_level::emulate_default_handler(signal);
                process::exit(Exit::Interrupted as i32);
            }
        });
        Ok(restoring)
    }
}

#[cfg(unix)]
impl Drop for Restoring {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Where there are no signals, nothing is to be done.
#[cfg(not(unix))]
pub struct Removal;

#[cfg(not(unix))]
impl Removal {
    /// Nothing to listen for.
    pub fn on_signals() -> io::Result<Self> {
        Ok(Self)
    }

    /// Makes the file.
    pub fn of(&self, make: impl FnOnce() -> io::Result<NamedTempFile>) -> io::Result<NamedTempFile> {
        make()
    }
}
