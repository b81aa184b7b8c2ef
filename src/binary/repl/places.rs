//! Where a session at a terminal keeps what outlives it: its history and its start-up script.

use etcetera::{BaseStrategy as _, choose_base_strategy, home_dir};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The variable that names another file for the history.
const HISTORY: &str = "GRADCALC_HISTORY";

/// The file that keeps nothing: no history is wanted.
const NOWHERE: &str = "/dev/null";

const OWN: &str = "gradcalc";

/// The file of the history, by `GRADCALC_HISTORY` or in the folder for state; none where there is no home or none is wanted.
pub fn history() -> Option<PathBuf> {
    if let Some(path) = env::var_os(HISTORY).filter(|path| !path.is_empty()) {
        return Some(PathBuf::from(path)).filter(|path| path != Path::new(NOWHERE));
    }
    let strategy = choose_base_strategy().ok()?;
    let folder = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Some(folder.join(OWN).join("history"))
}

/// Makes a history where there is none, for its owner alone; fails where nothing can be added to it.
pub fn make_history(path: &Path) -> io::Result<()> {
    // What rustyline writes first.
    const HEAD: &[u8] = b"#V2\n";
    let mut folders = fs::DirBuilder::new();
    let mut files = fs::OpenOptions::new();
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut files, 0o600);
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        folders.recursive(true).create(folder)?;
    }
    // A pipe would wait for a reader, and a device holds no lines.
    if fs::metadata(path).is_ok_and(|known| !known.is_file()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut file = files.append(true).create(true).open(path)?;
    if file.metadata()?.len() == 0 { file.write_all(HEAD) } else { Ok(()) }
}

/// Leaves out of a history the lines that are no text, and keeps a copy of it as it was, whose path is returned.
pub fn mend_history(path: &Path) -> io::Result<PathBuf> {
    let bytes = fs::read(path)?;
    if std::str::from_utf8(&bytes).is_ok() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no history"));
    }
    let copy = path.with_extension("damaged");
    fs::copy(path, &copy)?;
    let lines = bytes.split_inclusive(|&byte| byte == b'\n').filter(|line| std::str::from_utf8(line).is_ok());
    fs::write(path, lines.collect::<Vec<_>>().concat())?;
    Ok(copy)
}

/// The start-up script, if there is one.
pub fn init() -> Option<PathBuf> {
    let path = choose_base_strategy().ok()?.config_dir().join(OWN).join("init.grad");
    path.exists().then_some(path)
}

/// A path as a person types it: `~` is the home folder, and quotation marks may stand around it.
pub fn typed(text: &str) -> PathBuf {
    let text = text.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    match (text.strip_prefix("~/"), home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => PathBuf::from(text),
    }
}
