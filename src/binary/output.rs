//! Where results go: stdout, or a file that is written whole or not at all. Knows files; not what is written there.

use super::interrupt::Removal;
use super::paint::Colours;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, IsTerminal as _, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

/// What stdout is called.
pub const STDOUT: &[&str] = &["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// Where open files have names.
const STREAMS: &[&str] = &["/dev/stderr", "/dev/fd", "/proc"];

/// An open place for results.
pub enum Output {
    /// Standard output.
    Stdout(io::Stdout),
    /// A file that takes its place at the end.
    Whole(Whole),
    /// What is there and is no regular file, such as a pipe or a device, written as it is.
    Device(File),
    /// A file that holds rows as columns.
    #[cfg(feature = "parquet")]
    Columns(Box<super::rows::parquet::Sink<Whole>>),
}

/// After so many bytes the disk is asked to take them, while more are made.
const AHEAD: usize = 4 << 20;

/// The bytes of a page, or of several. Only whole ones are written before the end: who writes into a page that the disk is taking waits for it.
const PAGE: usize = 4096;

/// A file in the making.
pub struct Whole {
    /// What it will hold, in a file without a name: a run that is killed leaves nothing behind.
    held: File,
    /// Whether that can be given a name, so that nothing need be copied.
    nameable: bool,
    place: PathBuf,
    /// The permissions of the file that it replaces.
    permissions: Option<Permissions>,
    /// The last bytes, fewer than a page, which are not yet written.
    rest: Vec<u8>,
    /// How many bytes were written since the disk was asked for, and who asks it.
    waiting: usize,
    ahead: Option<Ahead>,
}

/// A thread that waits for the disk while more is written, so that little is left to wait for at the end.
struct Ahead {
    asked: mpsc::SyncSender<()>,
    thread: thread::JoinHandle<io::Result<()>>,
}

impl Ahead {
    fn of(held: &File) -> io::Result<Self> {
        let held = held.try_clone()?;
        let (asked, wanted) = mpsc::sync_channel(1);
        // An error is told once, to whoever asks first.
        let thread = thread::Builder::new().spawn(move || wanted.iter().try_for_each(|()| held.sync_data()))?;
        Ok(Self { asked, thread })
    }

    /// Waits for what was asked.
    fn end(self) -> io::Result<()> {
        drop(self.asked);
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Output {
    /// Opens the place of results: a path, or stdout.
    ///
    /// # Errors
    /// Where nothing can be written there, as far as that can be known before writing.
    pub fn open(path: Option<&Path>) -> io::Result<Self> {
        let opened = Self::opened(path)?;
        #[cfg(feature = "parquet")]
        if path.and_then(Path::extension).is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
            return match opened {
                Self::Whole(whole) => Ok(Self::Columns(Box::new(super::rows::parquet::Sink::new(whole)))),
                _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "Parquet is written to a regular file")),
            };
        }
        Ok(opened)
    }

    fn opened(path: Option<&Path>) -> io::Result<Self> {
        let is_stdout = |path: &&Path| STDOUT.iter().any(|name| *path == Path::new(name));
        let Some(path) = path.filter(|path| !is_stdout(path)) else { return Ok(Self::Stdout(io::stdout())) };
        match fs::metadata(path) {
            Ok(known) if known.is_dir() => Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder, not a file")),
            Ok(known) if !known.is_file() => Ok(Self::Device(OpenOptions::new().write(true).open(path)?)),
            // A file that somebody else has open, and may have begun to write.
            Ok(_) if STREAMS.iter().any(|folder| path.starts_with(folder)) => Ok(Self::Device(OpenOptions::new().append(true).open(path)?)),
            Ok(known) => {
                // A file that may not be written is not replaced either.
                OpenOptions::new().append(true).open(path)?;
                Ok(Self::Whole(Whole::new(fs::canonicalize(path)?, Some(known.permissions()))?))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::Whole(Whole::new(behind_links(path)?, None)?)),
            Err(error) => Err(error),
        }
    }

    /// Whether what is written there is coloured.
    pub fn is_terminal(&self, colours: Colours) -> bool {
        match self {
            Self::Stdout(stdout) => colours.on(stdout.is_terminal()),
            Self::Device(file) => colours.on(file.is_terminal()),
            Self::Whole(..) => colours == Colours::Always,
            #[cfg(feature = "parquet")]
            Self::Columns(_) => false,
        }
    }

    /// Whether somebody watches what is written there.
    pub fn is_watched(&self) -> bool {
        match self {
            Self::Stdout(stdout) => stdout.is_terminal(),
            Self::Device(file) => file.is_terminal(),
            Self::Whole(_) => false,
            #[cfg(feature = "parquet")]
            Self::Columns(_) => false,
        }
    }

    /// Whether it is a file that takes its place at the end.
    pub fn takes_its_place(&self) -> bool {
        match self {
            Self::Stdout(_) | Self::Device(_) => false,
            Self::Whole(_) => true,
            #[cfg(feature = "parquet")]
            Self::Columns(_) => true,
        }
    }

    /// Ends the writing: a file takes its place. Without it, a file is as it was.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep(self) -> io::Result<()> {
        match self {
            Self::Stdout(mut stdout) => stdout.flush(),
            Self::Device(mut file) => file.flush(),
            Self::Whole(whole) => whole.keep(),
            #[cfg(feature = "parquet")]
            Self::Columns(sink) => sink.end()?.keep(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::Whole(whole) => whole.write(bytes),
            #[cfg(feature = "parquet")]
            Self::Columns(sink) => sink.write(bytes),
            Self::Device(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::Whole(whole) => whole.flush(),
            #[cfg(feature = "parquet")]
            Self::Columns(sink) => sink.flush(),
            Self::Device(file) => file.flush(),
        }
    }
}

impl Whole {
    fn new(place: PathBuf, permissions: Option<Permissions>) -> io::Result<Self> {
        let named = |name: &std::ffi::OsStr| place.as_os_str().as_encoded_bytes().ends_with(name.as_encoded_bytes());
        if !place.file_name().is_some_and(named) {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it names a folder, not a file"));
        }
        if let Some(held) = nameable_in(folder(&place)) {
            return Ok(Self { held, nameable: true, place, permissions, rest: Vec::new(), waiting: 0, ahead: None });
        }
        let held = tempfile::tempfile_in(folder(&place)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if !folder(&place).exists() => io::Error::new(error.kind(), "its folder does not exist"),
            // The crate's errors name a path that the user has never seen; their kind is the user's business.
            kind => io::Error::new(kind, format!("no file can be made in its folder: {kind}")),
        })?;
        Ok(Self { held, nameable: false, place, permissions, rest: Vec::new(), waiting: 0, ahead: None })
    }

    fn keep(mut self) -> io::Result<()> {
        self.held.write_all(&self.rest)?;
        if let Some(ahead) = self.ahead.take() {
            ahead.end()?;
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".gradcalc-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        if self.nameable {
            if let Some(permissions) = &self.permissions {
                self.held.set_permissions(permissions.clone())?;
            }
            self.held.sync_all()?;
        }
        // From here on there is a file with a name, which a signal must not leave behind.
        let removal = Removal::on_signals()?;
        let plain = |error: io::Error| io::Error::from(error.kind());
        if self.nameable {
            let linked = removal.of(|| builder.make_in(folder(&self.place), |path| give_name(&self.held, path)).map_err(plain));
            if let Ok(named) = linked {
                return named.persist(&self.place).map(drop).map_err(|error| error.error);
            }
        }
        let named = removal.of(|| builder.tempfile_in(folder(&self.place)).map_err(plain))?;
        let mut file = named.as_file();
        if let Some(permissions) = self.permissions {
            file.set_permissions(permissions)?;
        }
        self.held.rewind()?;
        io::copy(&mut self.held, &mut file)?;
        file.sync_all()?;
        named.persist(&self.place).map(drop).map_err(|error| error.error)
    }
}

/// A file without a name in a folder, which can be given one; none where the system or the folder knows no such files.
#[cfg(target_os = "linux")]
fn nameable_in(folder: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags};
    let mode = Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::WGRP | Mode::ROTH | Mode::WOTH;
    let held = rustix::fs::open(folder, OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, mode).ok()?;
    Some(held.into())
}

#[cfg(not(target_os = "linux"))]
fn nameable_in(_folder: &Path) -> Option<File> {
    None
}

/// Gives a file without a name one that no other has.
#[cfg(target_os = "linux")]
fn give_name(held: &File, path: &Path) -> io::Result<File> {
    use rustix::fs::{AtFlags, CWD};
    use std::os::fd::AsRawFd as _;
    let own = format!("/proc/self/fd/{}", held.as_raw_fd());
    rustix::fs::linkat(CWD, own, CWD, path, AtFlags::SYMLINK_FOLLOW)?;
    held.try_clone()
}

#[cfg(not(target_os = "linux"))]
fn give_name(_held: &File, _path: &Path) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The folder that a path lies in.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Where a path that leads to no file yet would make one: a link stays a link, and its target is made.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    // As many as Linux follows.
    const MOST: usize = 40;
    let mut place = path.to_owned();
    for _ in 0..MOST {
        match fs::read_link(&place) {
            Ok(target) => place = folder(&place).join(target),
            // No link, or nothing at all.
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::NotFound) => return Ok(place),
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("it leads from link to link"))
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (missing, mut left) = (PAGE - self.rest.len(), bytes);
        if !self.rest.is_empty() && bytes.len() >= missing {
            self.rest.extend_from_slice(&bytes[..missing]);
            self.held.write_all(&self.rest)?;
            self.rest.clear();
            left = &bytes[missing..];
        }
        if self.rest.is_empty() {
            let (pages, behind) = left.split_at(left.len() / PAGE * PAGE);
            self.held.write_all(pages)?;
            left = behind;
        }
        self.rest.extend_from_slice(left);
        self.waiting += bytes.len();
        // A file that is copied at the end has no use for it.
        if self.waiting >= AHEAD && self.nameable {
            self.waiting = 0;
            // Without such a thread all is waited for at the end.
            self.ahead = self.ahead.take().or_else(|| Ahead::of(&self.held).ok());
            // Who is still waiting need not be asked again.
            let _ = self.ahead.as_ref().map(|ahead| ahead.asked.try_send(()));
        }
        Ok(bytes.len())
    }

    /// Nobody reads it before it is kept.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
