//! How far a long script has come, on stderr where that is a terminal. Knows the crate indicatif; no result passes here.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

/// A script that takes longer is long.
const LONG: Duration = Duration::from_secs(1);

/// The progress of one script.
pub struct Progress {
    /// The script's length in bytes, if it is known.
    length: Option<u64>,
    began: Instant,
    shown: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// The progress of a script of some length; it shows nothing where nobody sees it.
    pub fn new(length: Option<u64>) -> Self {
        Self { length, began: Instant::now(), shown: io::stderr().is_terminal(), bar: None }
    }

    /// So many bytes have been read, and so many statements have run.
    pub fn at(&mut self, bytes: u64, statements: usize) {
        if !self.shown {
            return;
        }
        if self.bar.is_none() && self.began.elapsed() > LONG {
            self.bar = Some(bar(self.length));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(bytes);
            bar.set_message(format!("{statements} statements"));
        }
    }

    /// Writes while nothing of it is on the screen.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(length: Option<u64>) -> ProgressBar {
    // What a terminal shows by default is drawn on stderr.
    let target = ProgressDrawTarget::stderr_with_hz(10);
    let (bar, template) = match length {
        Some(length) => (ProgressBar::with_draw_target(Some(length), target), "{bar:30} {percent:>3} %  {msg}  {elapsed}, {eta} to go"),
        None => (ProgressBar::with_draw_target(None, target), "{spinner} {binary_bytes} read  {msg}  {elapsed}"),
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style.progress_chars("=> ").tick_chars("-\\|/ "))
}
