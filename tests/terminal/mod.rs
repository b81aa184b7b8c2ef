//! A terminal for tests: the binary runs in a pseudo-terminal, and an emulator says what its screen shows.
//!
//! Nothing here waits for time to pass: a test waits until the screen shows what it should, and fails with the screen
//! where it never does.

#![allow(dead_code, reason = "each test uses what it needs")]

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long the slowest machine may take to show something.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is behind a file descriptor of the program.
pub enum Stream {
    /// The terminal.
    Terminal,
    /// Anything else.
    Other(Stdio),
}

/// How a program is started.
pub struct Setup<'a> {
    /// Rows and columns.
    pub size: (u16, u16),
    /// The home of the program: its history and its configuration lie below it.
    pub home: &'a Path,
    /// Variables beside the usual ones; an empty name is none.
    pub variables: &'a [(&'a str, &'a str)],
    /// Where results go.
    pub stdout: Stream,
    /// Where messages go.
    pub stderr: Stream,
    /// Where texts come from.
    pub stdin: Stream,
}

impl<'a> Setup<'a> {
    /// Everything is a terminal of 100 columns, and the home is `home`.
    pub fn new(home: &'a Path) -> Self {
        Self { size: (60, 100), home, variables: &[], stdout: Stream::Terminal, stderr: Stream::Terminal, stdin: Stream::Terminal }
    }
}

/// What has arrived from the program.
struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    ended: bool,
}

/// A program in a terminal.
pub struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    reader: Option<JoinHandle<()>>,
}

impl Terminal {
    /// Starts the binary.
    pub fn start(arguments: &[&str], setup: Setup) -> Self {
        let (pty, pts) = open().expect("a pseudo-terminal");
        pty.resize(Size::new(setup.size.0, setup.size.1)).expect("a size");
        let mut command = Command::new(env!("CARGO_BIN_EXE_gradcalc"))
            .args(arguments)
            .current_dir(setup.home)
            .env_clear()
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", setup.home)
            .env("XDG_STATE_HOME", setup.home.join("state"))
            .env("XDG_CONFIG_HOME", setup.home.join("config"))
            .envs(setup.variables.iter().copied());
        if let Stream::Other(stream) = setup.stdin {
            command = command.stdin(stream);
        }
        if let Stream::Other(stream) = setup.stdout {
            command = command.stdout(stream);
        }
        if let Stream::Other(stream) = setup.stderr {
            command = command.stderr(stream);
        }
        let child = command.spawn(pts).expect("the program starts");
        let parser = vt100::Parser::new(setup.size.0.try_into().expect("rows"), setup.size.1.try_into().expect("columns"), 0);
        let seen = Arc::new((Mutex::new(Seen { parser, raw: Vec::new(), ended: false }), Condvar::new()));
        let pty = Arc::new(pty);
        let reader = {
            let (pty, seen) = (Arc::clone(&pty), Arc::clone(&seen));
            thread::spawn(move || {
                let mut bytes = [0; 4096];
                // A pseudo-terminal that nobody holds any more cannot be read.
                while let Ok(count @ 1..) = (&*pty).read(&mut bytes) {
                    let mut known = seen.0.lock().unwrap_or_else(PoisonError::into_inner);
                    known.parser.process(&bytes[..count]);
                    known.raw.extend_from_slice(&bytes[..count]);
                    seen.1.notify_all();
                }
                seen.0.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
                seen.1.notify_all();
            })
        };
        Self { pty, child, seen, reader: Some(reader) }
    }

    /// Types.
    pub fn send(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// The screen as text, without the space at the ends of lines.
    pub fn screen(&self) -> String {
        shown(&self.seen.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Everything that was written, escapes and all.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.seen.0.lock().unwrap_or_else(PoisonError::into_inner).raw).into_owned()
    }

    /// Waits until what the emulator shows is as wanted.
    #[track_caller]
    pub fn wait_until(&self, what: &str, mut wanted: impl FnMut(&vt100::Screen) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut known = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !wanted(known.parser.screen()) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !known.ended, "the screen never shows {what}:\n{}", shown(&known));
            known = self.seen.1.wait_timeout(known, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until the screen holds a text.
    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        self.wait_until(&format!("{text:?}"), |screen| screen.contents().contains(text));
    }

    /// Waits until the line of the cursor is a text.
    #[track_caller]
    pub fn wait_for_line(&self, text: &str) {
        self.wait_until(&format!("{text:?} at the cursor"), |screen| line_of_cursor(screen) == text);
    }

    /// Waits for an empty prompt.
    #[track_caller]
    pub fn wait_for_prompt(&self) {
        self.wait_for_line(">");
    }

    /// Types a text and waits until the line of the cursor ends in `end`.
    #[track_caller]
    pub fn type_to(&self, keys: &str, end: &str) {
        self.send(keys);
        self.wait_until(&format!("a line that ends in {end:?}"), |screen| line_of_cursor(screen).ends_with(end));
    }

    /// Enters a line, and waits for the next prompt; gives what the screen shows since.
    #[track_caller]
    pub fn enter(&self, line: &str) -> String {
        self.wait_for_prompt();
        let before = self.screen().lines().count();
        self.send(line);
        // What is typed is seen, so that the prompt that comes next is another one.
        self.wait_until(&format!("{line:?}"), |screen| line_of_cursor(screen).starts_with(&format!("> {line}")));
        self.send("\r");
        self.wait_for_prompt();
        let screen = self.screen();
        let shown: Vec<&str> = screen.lines().skip(before).collect();
        shown[..shown.len().saturating_sub(1)].join("\n")
    }

    /// Changes the size.
    pub fn resize(&self, rows: u16, columns: u16) {
        let mut known = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.parser.screen_mut().set_size(rows.try_into().expect("rows"), columns.try_into().expect("columns"));
        drop(known);
        self.pty.resize(Size::new(rows, columns)).expect("a size");
    }

    /// The number of the program's process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What the program writes into a pipe instead of the terminal.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits for the program's end; gives its exit code.
    #[track_caller]
    pub fn wait(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                if let Some(reader) = self.reader.take() {
                    reader.join().expect("no panic");
                }
                return status.code();
            }
            assert!(Instant::now() < end, "it never ends:\n{}", self.screen());
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn shown(seen: &Seen) -> String {
    let screen = seen.parser.screen();
    let text: Vec<String> = screen.rows(0, u16::from(screen.size().1)).map(|row| row.trim_end().to_owned()).collect();
    text.join("\n").trim_end().to_owned()
}

/// The line that the cursor is on.
pub fn line_of_cursor(screen: &vt100::Screen) -> String {
    let (row, _) = screen.cursor_position();
    screen.rows(0, u16::from(screen.size().1)).nth(usize::from(row)).unwrap_or_default().trim_end().to_owned()
}
