//! Where results go: stdout, or a file that is written whole or not at all.

use super::paint::Colours;
use std::fs;
use std::io::{self, IsTerminal as _, Seek as _, Write};
use std::path::{Path, PathBuf};

/// An open place for results.
pub enum Output {
    /// Standard output.
    Stdout(io::StdoutLock<'static>),
    /// A file without a name, whose contents take their place at the end: what is cut short leaves nothing behind.
    Whole(fs::File, PathBuf),
    /// What is there and is no regular file, such as a pipe or a device, written as it is.
    Device(fs::File),
}

/// How many links in a row are followed.
const MOST_LINKS: usize = 40;

impl Output {
    /// Opens the place of results: a path, or stdout. What would fail at the end fails here, as far as can be known.
    pub fn open(path: Option<&Path>) -> io::Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else { return Ok(Self::Stdout(io::stdout().lock())) };
        let place = target(path)?;
        let known = fs::metadata(&place);
        if known.as_ref().is_ok_and(fs::Metadata::is_dir) || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
        }
        if known.as_ref().is_ok_and(|known| !known.is_file()) {
            return Ok(Self::Device(fs::OpenOptions::new().write(true).open(&place)?));
        }
        if known.is_ok() {
            // A file that may not be written is not replaced either.
            fs::OpenOptions::new().append(true).open(&place)?;
        }
        let file = tempfile::tempfile_in(folder(&place)).map_err(|error| plain(&error))?;
        Ok(Self::Whole(file, place))
    }

    /// Whether what is written there is coloured.
    pub fn is_terminal(&self, colours: Colours) -> bool {
        match self {
            Self::Stdout(stdout) => colours.on(stdout.is_terminal()),
            Self::Device(file) => colours.on(file.is_terminal()),
            Self::Whole(..) => colours == Colours::Always,
        }
    }

    /// Whether it is a file that is not yet in its place.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::Whole(..))
    }

    /// Ends the writing: a file takes its place.
    pub fn keep(self) -> io::Result<()> {
        match self {
            Self::Stdout(mut stdout) => stdout.flush(),
            Self::Device(mut file) => file.flush(),
            Self::Whole(mut written, place) => {
                let mut builder = tempfile::Builder::new();
                builder.prefix(".gradcalc-");
                #[cfg(unix)]
                builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
                let mut file = builder.tempfile_in(folder(&place)).map_err(|error| plain(&error))?;
                if let Ok(known) = fs::metadata(&place) {
                    file.as_file().set_permissions(known.permissions())?;
                }
                written.rewind()?;
                io::copy(&mut written, &mut file)?;
                file.as_file().sync_all()?;
                file.persist(place).map(drop).map_err(|error| plain(&error.error))
            }
        }
    }
}

/// What a path leads to: a link stays a link, and what it points to is replaced, or made.
fn target(path: &Path) -> io::Result<PathBuf> {
    if path.as_os_str().is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the name of the file is empty"));
    }
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(link) = fs::read_link(&path) else { return Ok(path) };
        path = folder(&path).join(link);
    }
    Err(io::Error::other("its links lead to one another"))
}

fn folder(place: &Path) -> &Path {
    place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The error without the name of a temporary file in it.
fn plain(error: &io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(io::ErrorKind::NotFound, "there is no such folder"),
        io::ErrorKind::NotADirectory => io::Error::new(io::ErrorKind::NotADirectory, "a part of its path is no folder"),
        kind => io::Error::from(kind),
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::Whole(file, _) | Self::Device(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::Whole(file, _) | Self::Device(file) => file.flush(),
        }
    }
}
