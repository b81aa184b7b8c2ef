//! The files that a run names: none is read and replaced, and what the ending of a name says.
//!
//! Knows when two names lead to one file; reads and writes nothing.

use super::cli::{Against, Arguments};
use super::output::STDOUT;
use super::rows::RowFlags;
use crate::ground::text::one_line;
use crate::views::{self, VIEWS};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Whether this build writes Parquet.
const PARQUET: bool = cfg!(feature = "parquet");

/// The files that this run replaces, each with its flag.
static REPLACED: OnceLock<Vec<(&'static str, PathBuf)>> = OnceLock::new();

/// What was said where one of them was to be read.
static READ: OnceLock<String> = OnceLock::new();

/// The endings of names that say no more than that there is text: any view stands in such a file.
const TEXTS: &[&str] = &["txt", "text", "out", "log", "lst", "err", "res", "tmp", "bak", "old", "new", "orig", "part"];

/// The most letters of an ending that names a kind of file; what is longer is a part of the name.
const LONGEST_ENDING: usize = 5;

/// The endings of files that are packed, and what packs them.
const PACKED: &[(&str, &str)] = &[("gz", "gzip"), ("zst", "zstd"), ("xz", "xz"), ("bz2", "bzip2")];

/// How to come to a file of a kind that is no text: its endings, the ending to write, and what makes one of the other.
const MADE: &[(&[&str], &str, &str)] = &[
    (&["png"], "svg", "rsvg-convert -z 2 -o {to} {from}"),
    (&["pdf"], "svg", "rsvg-convert -f pdf -o {to} {from}"),
    (&["eps"], "svg", "rsvg-convert -f eps -o {to} {from}"),
    (&["ps"], "svg", "rsvg-convert -f ps -o {to} {from}"),
    (&["jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "ico"], "svg", "magick {from} {to}"),
    (&["xlsx", "xls", "ods"], "csv", "libreoffice --convert-to {ending} {from}"),
    (&["docx", "odt", "rtf", "epub"], "md", "pandoc -o {to} {from}"),
];

/// Whether two names lead to one file, however they are written; of files that are not there yet, whether they would.
fn are_same(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one_known), Ok(other_known)) => {
            #[cfg(unix)]
            {
                use std::os::unix::fs::MetadataExt as _;
                let place = |known: &fs::Metadata| (known.dev(), known.ino());
                one_known.is_file() && other_known.is_file() && place(&one_known) == place(&other_known)
            }
            #[cfg(not(unix))]
            {
                let place = |path: &Path| path.canonicalize().ok();
                one_known.is_file() && other_known.is_file() && place(one).is_some() && place(one) == place(other)
            }
        }
        (Err(_), Err(_)) => {
            let place = |path: &Path| {
                // A link may lead to a file that is not there yet.
                let led = fs::read_link(path).map(|to| path.parent().unwrap_or(Path::new("")).join(to));
                let path = led.as_deref().unwrap_or(path);
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                Some(folder.canonicalize().ok()?.join(path.file_name()?))
            };
            place(one).is_some_and(|one| place(other) == Some(one))
        }
        _ => false,
    }
}

fn shown(path: &Path) -> String {
    format!("`{}`", one_line(&path.display().to_string()))
}

/// The files that a command line names.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// Where results are written.
    pub output: Option<&'a Path>,
    /// What is asked about rows.
    pub rows: &'a RowFlags,
    /// The scripts.
    pub scripts: &'a [PathBuf],
    /// The backward passes to compare.
    pub compared: Option<&'a Against>,
    /// The values of names, as text.
    pub values: &'a [(String, String)],
}

impl Named<'_> {
    /// Why the command line is refused that replaces a file which it reads, or writes two things to one file.
    pub fn refused(self) -> Option<String> {
        let replaced = replaced(self.output, self.rows);
        if self.rows.rejects.as_deref().is_some_and(is_stdout) {
            return Some("--rejects is a file of its own, and stdout has the rows; give it a name".to_owned());
        }
        if let (None, Some(rejects)) = (self.output, &self.rows.rejects)
            && STDOUT.iter().any(|name| are_same(rejects, Path::new(name)))
        {
            return Some(format!(
                "--rejects is a file of its own, and stdout, which has the rows, is {}; name another one",
                shown(rejects)
            ));
        }
        if let [(one, first), (other, second)] = &replaced[..]
            && are_same(first, second)
        {
            return Some(format!("{one} and {other} write to the same file, {}; name another one for {other}", shown(first)));
        }
        let read = self.read();
        replaced.iter().find_map(|(flag, path)| {
            let (reads, known) = read.iter().find(|(_, known)| are_same(known, path))?;
            Some(would_replace(flag, path, reads, known))
        })
    }

    /// The files that are read, each with what reads it.
    fn read(self) -> Vec<(String, PathBuf)> {
        let comparing = if matches!(self.compared, Some(Against::Compare(_))) { "--against" } else { "--grade" };
        let compared = self.compared.map_or(&[][..], Against::files);
        let flagged = self.scripts.iter().map(|path| ("-f", path));
        let flagged = flagged.chain(self.rows.rows.iter().map(|path| ("--rows", path)));
        let flagged = flagged.chain(self.rows.cov.iter().map(|path| ("--cov", path)));
        let flagged = flagged.chain(compared.iter().map(|path| (comparing, path)));
        let flagged = flagged.map(|(flag, path)| (flag.to_owned(), path.clone()));
        let given = self.values.iter().filter_map(|(name, value)| Some((format!("{name}=@"), PathBuf::from(value.strip_prefix('@')?))));
        // What stands before a program on its stdin may be a file too.
        let stdin = |path: PathBuf| if path.as_os_str() == "-" { PathBuf::from("/dev/stdin") } else { path };
        flagged.chain(given).map(|(reads, path)| (reads, stdin(path))).collect()
    }
}

fn is_stdout(path: &Path) -> bool {
    STDOUT.iter().any(|name| path == Path::new(name))
}

/// The files that are replaced, each with its flag.
fn replaced(output: Option<&Path>, rows: &RowFlags) -> Vec<(&'static str, PathBuf)> {
    let output = output.filter(|path| !is_stdout(path)).map(|path| ("-o", path.to_owned()));
    output.into_iter().chain(rows.rejects.iter().map(|path| ("--rejects", path.clone()))).collect()
}

/// What is said of a file that is read and would be replaced.
fn would_replace(flag: &str, path: &Path, reads: &str, known: &Path) -> String {
    let called = if known == path { String::new() } else { format!(" as {}", shown(known)) };
    format!("{flag} would replace {}, which {reads} reads{called}; name another file to write to", shown(path))
}

/// Makes the files known that this run replaces, so that nothing reads them on the way.
pub fn keep(arguments: &Arguments) {
    let _ = REPLACED.set(replaced(arguments.output.as_deref(), &arguments.rows));
}

/// What to say where a script reads a file that this run replaces; nothing is written then.
pub fn refused_reading(path: &Path, reads: &str) -> Option<String> {
    let (flag, replaced) = REPLACED.get()?.iter().find(|(_, replaced)| are_same(replaced, path))?;
    let refusal = would_replace(flag, replaced, reads, path);
    let _ = READ.set(refusal.clone());
    Some(refusal)
}

/// Why nothing is written, where something was to be read that this run replaces.
pub fn refusal() -> Option<&'static str> {
    READ.get().map(String::as_str)
}

/// The ending of a name that says what kind of file it is, in small letters.
fn ending(path: &Path) -> Option<String> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    let is_kind = ending.len() <= LONGEST_ENDING && ending.chars().all(|c| c.is_ascii_alphanumeric());
    (is_kind && !ending.chars().all(|c| c.is_ascii_digit())).then_some(ending)
}

/// Of a kind of file that is not written, the ending to write instead and what makes one of the other.
pub fn made_of(ending: &str) -> Option<(&'static str, String)> {
    let (_, from, makes) = MADE.iter().find(|(endings, ..)| endings.contains(&ending))?;
    let [to, source] = [ending, from].map(|ending| format!("figure.{ending}"));
    Some((from, makes.replace("{to}", &to).replace("{from}", &source).replace("{ending}", ending)))
}

/// Whether a word that may be an expression is the name of a file: its ending is that of one.
pub fn is_named_as_file(path: &Path) -> bool {
    let Some(ending) = ending(path) else { return false };
    let is_text = views::ending(&ending).is_some() || TEXTS.contains(&ending.as_str());
    is_text || PACKED.iter().any(|(known, _)| *known == ending) || MADE.iter().any(|(endings, ..)| endings.contains(&ending.as_str()))
}

/// Why a file of such a name is not written: its ending says that it is packed or no text, or, where no view was `chosen`, none that is
/// known.
pub fn refused_ending(path: &Path, rows: bool, chosen: bool) -> Option<String> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
        return refused_parquet(path, rows);
    }
    let ending = ending(path)?;
    let name = shown(path);
    if let Some((_, packs)) = PACKED.iter().find(|(known, _)| *known == ending) {
        return Some(format!("{name}: what is written is not packed; leave `.{ending}` out, or pack it: `gradcalc ... | {packs} > FILE`"));
    }
    if let Some((_, from, makes)) = MADE.iter().find(|(endings, ..)| endings.contains(&ending.as_str())) {
        let source = path.with_extension(from);
        let quoted = |path: &Path| {
            let text = one_line(&path.display().to_string()).into_owned();
            if text.contains(char::is_whitespace) { format!("'{text}'") } else { text }
        };
        let makes = makes.replace("{to}", &quoted(path)).replace("{from}", &quoted(&source)).replace("{ending}", &ending);
        return Some(format!("{name}: no `.{ending}` is written; write {}, then `{makes}`", shown(&source)));
    }
    let known = views::ending(&ending).is_some() || TEXTS.contains(&ending.as_str());
    (!known && !chosen).then(|| {
        let endings: Vec<String> = if rows {
            ["csv", "json", "jsonl"].map(str::to_owned).into()
        } else {
            VIEWS.iter().filter(|view| !view.ending.is_empty()).map(|view| view.ending.to_owned()).collect()
        };
        let mut known: Vec<String> = Vec::new();
        for ending in endings.into_iter().map(|ending| format!(".{ending}")) {
            if !known.contains(&ending) {
                known.push(ending);
            }
        }
        format!(
            "{name}: the ending `.{ending}` says no view; those that do are {}; `.txt` takes the table, and with `--as VIEW` the name may end in anything",
            known.join(", ")
        )
    })
}

fn refused_parquet(path: &Path, rows: bool) -> Option<String> {
    let name = shown(path);
    if PARQUET {
        return (!rows)
            .then(|| format!("{name}: what is written in Parquet is rows; give them with `--rows FILE` or `--grid NAME=FROM:TO:COUNT`"));
    }
    let help = "build it with `cargo install gradcalc --features parquet`, or write CSV";
    Some(format!("{name}: this build writes no Parquet; {help}"))
}
