//! Where results go: stdout, or a file that is written whole or not at all.

use super::paint::Colours;
use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// An open place for results.
pub enum Output {
    /// Standard output.
    Stdout(io::StdoutLock<'static>),
    /// A new file beside its place, moved there at the end.
    Whole(NamedTempFile, PathBuf),
    /// What is there and is no regular file, such as a pipe or a device, written as it is.
    Device(fs::File),
}

impl Output {
    /// Opens the place of results: a path, or stdout.
    pub fn open(path: Option<&Path>) -> io::Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else { return Ok(Self::Stdout(io::stdout().lock())) };
        // A link stays a link: what it points to is replaced.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let known = fs::metadata(&place);
        if known.as_ref().is_ok_and(fs::Metadata::is_dir) {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
        }
        if known.as_ref().is_ok_and(|known| !known.is_file()) {
            return Ok(Self::Device(fs::OpenOptions::new().write(true).open(&place)?));
        }
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".gradcalc-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder)?;
        if let Ok(known) = known {
            // A file that may not be written is not replaced either.
            fs::OpenOptions::new().append(true).open(&place)?;
            file.as_file().set_permissions(known.permissions())?;
        }
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

    /// Ends the writing: a file takes its place.
    pub fn keep(self) -> io::Result<()> {
        match self {
            Self::Stdout(mut stdout) => stdout.flush(),
            Self::Device(mut file) => file.flush(),
            Self::Whole(file, place) => {
                file.as_file().sync_all()?;
                file.persist(place).map(drop).map_err(|error| error.error)
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::Whole(file, _) => file.write(bytes),
            Self::Device(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::Whole(file, _) => file.flush(),
            Self::Device(file) => file.flush(),
        }
    }
}
