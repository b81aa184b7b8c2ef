//! A terminal for tests: the binary runs in a pseudo-terminal, and an emulator says what its screen shows.
//!
//! Nothing here waits for time to pass: a test waits until the screen shows what it should, and fails with the screen
//! where it never does.

#![allow(dead_code, reason = "each test uses what it needs")]

use pty_process::Size;
use pty_process::blocking::{Command, Pts, Pty, open};
use std::io::{self, Read, Write as _};
use std::os::fd::AsFd as _;
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
    /// A terminal of its own, so that what is written there is told apart; one stream may have it.
    Apart,
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

/// Where what has arrived is found, and who waits for more.
type Shared = Arc<(Mutex<Seen>, Condvar)>;

/// A program in a terminal.
pub struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    seen: Shared,
    /// What arrives in the terminal of the stream that has its own.
    apart: Option<Shared>,
    readers: Vec<JoinHandle<()>>,
}

/// What a program has left behind.
pub struct Ended {
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to the terminal.
    pub terminal: String,
    /// What it wrote to the terminal of the stream that has its own.
    pub apart: String,
    /// What it wrote to stdout, where that is a pipe.
    pub stdout: String,
    /// What it wrote to stderr, where that is a pipe.
    pub stderr: String,
}

impl Terminal {
    /// Starts the binary.
    pub fn start(arguments: &[&str], setup: Setup) -> Self {
        Self::run(env!("CARGO_BIN_EXE_gradcalc"), arguments, setup)
    }

    /// Starts a program.
    pub fn run(program: &str, arguments: &[&str], setup: Setup) -> Self {
        let (pty, pts, seen, reader) = opened(setup.size);
        let mut readers = vec![reader];
        let mut apart = None;
        let mut command = Command::new(program)
            .args(arguments)
            .current_dir(setup.home)
            .env_clear()
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", setup.home)
            .env("XDG_STATE_HOME", setup.home.join("state"))
            .env("XDG_CONFIG_HOME", setup.home.join("config"))
            .env("XDG_DATA_HOME", setup.home.join("data"))
            .env("XDG_CACHE_HOME", setup.home.join("cache"))
            .envs(setup.variables.iter().copied());
        let mut place = |stream| match stream {
            Stream::Terminal => None,
            Stream::Apart => {
                assert!(apart.is_none(), "one stream may have a terminal of its own");
                let (_, pts, seen, reader) = opened(setup.size);
                apart = Some(seen);
                readers.push(reader);
                Some(Stdio::from(pts.as_fd().try_clone_to_owned().expect("a descriptor")))
            }
            Stream::Other(stream) => Some(stream),
        };
        if let Some(stream) = place(setup.stdin) {
            command = command.stdin(stream);
        }
        if let Some(stream) = place(setup.stdout) {
            command = command.stdout(stream);
        }
        if let Some(stream) = place(setup.stderr) {
            command = command.stderr(stream);
        }
        // All that is left of the program's side goes to the program: a terminal that nobody holds any more has ended.
        let child = command.spawn(pts).expect("the program starts");
        Self { pty, child, seen, apart, readers }
    }

    /// Types.
    pub fn send(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// The screen as text, without the space at the ends of lines.
    pub fn screen(&self) -> String {
        shown(&self.seen.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The lines of the screen that the terminal broke, since they are wider than it is.
    pub fn broken_lines(&self) -> Vec<String> {
        let seen = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        let screen = seen.parser.screen();
        let rows = screen.rows(0, u16::from(screen.size().1)).enumerate();
        let broken = rows.filter(|&(at, _)| u16::try_from(at).is_ok_and(|at| screen.row_wrapped(at)));
        broken.map(|(_, row)| row).collect()
    }

    /// Everything that was written, escapes and all.
    pub fn raw(&self) -> String {
        raw(&self.seen)
    }

    /// The row and the column of the cursor, from 0.
    pub fn cursor(&self) -> (u16, u16) {
        self.seen.0.lock().unwrap_or_else(PoisonError::into_inner).parser.screen().cursor_position()
    }

    /// Presses Ctrl-C. The terminal is the program's own, so that this reaches it also where it reads from elsewhere.
    pub fn interrupt(&self) {
        self.send("\x03");
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

    /// Presses keys that clear the line, again where a shell that was busy with something else took them for that.
    #[track_caller]
    pub fn clear_by(&self, keys: &str) {
        for _ in 0..10 {
            self.send(keys);
            let end = Instant::now() + Duration::from_secs(2);
            let mut known = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
            while line_of_cursor(known.parser.screen()) != ">" && Instant::now() < end {
                let left = end.saturating_duration_since(Instant::now());
                known = self.seen.1.wait_timeout(known, left).unwrap_or_else(PoisonError::into_inner).0;
            }
            if line_of_cursor(known.parser.screen()) == ">" {
                return;
            }
        }
        self.wait_for_prompt();
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
                for reader in self.readers.drain(..) {
                    reader.join().expect("no panic");
                }
                return status.code();
            }
            assert!(Instant::now() < end, "it never ends:\n{}", self.screen());
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Gives the program a text to read where stdin is a pipe, reads what it writes into pipes, and waits for its end.
    #[track_caller]
    pub fn finish(mut self, text: &[u8]) -> Ended {
        let (stdin, stdout, stderr) = (self.child.stdin.take(), self.child.stdout.take(), self.child.stderr.take());
        let (stdout, stderr) = thread::scope(|scope| {
            if let Some(mut stdin) = stdin {
                // A program need not read to the end.
                scope.spawn(move || drop(stdin.write_all(text)));
            }
            let stderr = scope.spawn(move || read(stderr).expect("stderr is read"));
            (read(stdout).expect("stdout is read"), stderr.join().expect("no panic"))
        });
        let code = self.wait();
        let apart = self.apart.as_ref().map(raw).unwrap_or_default();
        Ended { code, terminal: self.raw(), apart, stdout, stderr }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A new terminal, its other end for a program, and what arrives from there.
fn opened((rows, columns): (u16, u16)) -> (Arc<Pty>, Pts, Shared, JoinHandle<()>) {
    let (pty, pts) = open().expect("a pseudo-terminal");
    pty.resize(Size::new(rows, columns)).expect("a size");
    let pty = Arc::new(pty);
    let parser = vt100::Parser::new(rows.try_into().expect("rows"), columns.try_into().expect("columns"), 0);
    let seen = Arc::new((Mutex::new(Seen { parser, raw: Vec::new(), ended: false }), Condvar::new()));
    let reader = {
        let (pty, seen) = (Arc::clone(&pty), Arc::clone(&seen));
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // A pseudo-terminal that nobody holds any more cannot be read. Linux may say so, rarely, just before it gives what
            // was written last: only what has ended twice in a row has ended.
            while let Some(count) = (0..2).find_map(|_| (&*pty).read(&mut bytes).ok().filter(|&count| count > 0)) {
                let mut known = seen.0.lock().unwrap_or_else(PoisonError::into_inner);
                known.parser.process(&bytes[..count]);
                known.raw.extend_from_slice(&bytes[..count]);
                seen.1.notify_all();
            }
            seen.0.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
            seen.1.notify_all();
        })
    };
    (pty, pts, seen, reader)
}

fn raw(seen: &Shared) -> String {
    String::from_utf8_lossy(&seen.0.lock().unwrap_or_else(PoisonError::into_inner).raw).into_owned()
}

fn read(pipe: Option<impl Read>) -> io::Result<String> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes)?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
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
