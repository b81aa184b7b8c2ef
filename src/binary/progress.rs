//! How far a long script, or a block that is repeated, has come, on stderr where that is a terminal. Knows the crate indicatif; no result passes here.

use super::paint;
use crate::ground::text::{one_line, shortened};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A script that takes longer is long.
const LONG: Duration = Duration::from_secs(1);

/// A block that is repeated for longer is long: it is one thing that somebody waits for.
const LONG_BLOCK: Duration = Duration::from_millis(500);

/// The progress of one script, or of one block.
pub struct Progress {
    /// The script's length in bytes, if it is known, or the rounds of the block.
    length: Option<u64>,
    began: Instant,
    shown: bool,
    bar: Option<ProgressBar>,
    /// The files that were compared, and what is said of the next one.
    waits: Option<(u64, String)>,
}

impl Progress {
    /// The progress of a script of some length; it shows nothing where nobody sees it.
    pub fn new(length: Option<u64>) -> Self {
        Self { length, began: Instant::now(), shown: io::stderr().is_terminal() && !paint::is_dumb(), bar: None, waits: None }
    }

    /// The progress of a block of so many rounds.
    pub fn of_rounds(count: u64) -> Self {
        Self::new(Some(count))
    }

    /// This round of so many has begun.
    pub fn at_round(&mut self, number: u64, count: u64) {
        self.show(LONG_BLOCK);
        if let Some(bar) = &self.bar {
            bar.set_position(number - 1);
            bar.set_message(format!("round {number} of {count}"));
        }
    }

    /// So many of some files were compared, and the one of this name is being compared.
    pub fn at_file(&mut self, done: usize, count: usize, name: &str) {
        self.waits = Some((done as u64, format!("file {} of {count}: {}", done + 1, shortened(&one_line(name)))));
        self.wait();
    }

    /// The file is still being compared.
    pub fn wait(&mut self) {
        self.show(LONG_BLOCK);
        if let (Some(bar), Some((done, message))) = (&self.bar, &self.waits) {
            bar.set_position(*done);
            bar.set_message(message.clone());
        }
    }

    /// So much of a table is done, as its length is measured, and so many rows were answered.
    pub fn at_rows(&mut self, done: u64, rows: u64) {
        self.show(LONG);
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            let seconds = self.began.elapsed().as_secs_f64();
            bar.set_message(format!("{rows} rows, {:.0} a second", rows as f64 / seconds.max(1e-9)));
        }
    }

    /// Shows nothing until there is more to tell.
    pub fn hide(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// Shows it where it has taken long.
    fn show(&mut self, long: Duration) {
        if self.shown && self.bar.is_none() && self.began.elapsed() > long {
            self.bar = Some(bar(self.length).with_elapsed(self.began.elapsed()));
        }
    }

    /// So many bytes have been read, and so many statements have run.
    pub fn at(&mut self, bytes: u64, statements: usize) {
        self.show(LONG);
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
        self.hide();
    }
}

fn bar(length: Option<u64>) -> ProgressBar {
    let target = ProgressDrawTarget::term_like_with_hz(Box::new(Screen::default()), 10);
    let (bar, template) = match length {
        Some(length) => (ProgressBar::with_draw_target(Some(length), target), "{bar:30} {percent:>3} %  {msg}  {elapsed}, {eta} to go"),
        None => (ProgressBar::with_draw_target(None, target), "{spinner} {binary_bytes} read  {msg}  {elapsed}"),
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style.progress_chars("=> ").tick_chars("-\\|/ "))
}

/// The terminal that stderr is, drawn on as far as a few columns before its edge: the `^C` that it shows where somebody
/// types it must not begin another line, which nobody would clear. What is drawn is written at once: at Ctrl-C the system forgets
/// what the terminal has not taken yet, and a drawing without its beginning would stand behind the one before it.
#[derive(Debug, Default)]
struct Screen {
    drawn: Mutex<String>,
}

impl Screen {
    /// What is drawn next.
    fn drawn(&self) -> MutexGuard<'_, String> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self, text: &str) {
        self.drawn().push_str(text);
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        const FREE: usize = 4;
        paint::columns().and_then(|columns| u16::try_from(columns.saturating_sub(FREE)).ok()).unwrap_or(76)
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        if lines > 0 {
            self.draw(&format!("\x1b[{lines}A"));
        }
        Ok(())
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        if lines > 0 {
            self.draw(&format!("\x1b[{lines}B"));
        }
        Ok(())
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        if columns > 0 {
            self.draw(&format!("\x1b[{columns}C"));
        }
        Ok(())
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        if columns > 0 {
            self.draw(&format!("\x1b[{columns}D"));
        }
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.draw(&format!("{text}\n"));
        Ok(())
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.draw(text);
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.draw("\r\x1b[2K");
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        let drawn = std::mem::take(&mut *self.drawn());
        let mut screen = io::stderr().lock();
        screen.write_all(drawn.as_bytes())?;
        screen.flush()
    }
}
