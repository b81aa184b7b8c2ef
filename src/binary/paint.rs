//! Colour, and what a stream can show. The only file that knows a colour.

use crate::ground::text::harmless;
use crate::session::typing::WordKind;
use crate::views::{Page, Role};
use clap::ValueEnum;
use colored::Colorize as _;
use std::env;
use std::io::{self, BufWriter, IsTerminal as _, Write};

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colours {
    /// When the stream is a terminal that shows colours
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Colours {
    /// Whether a stream is coloured: by the flag, then `CLICOLOR_FORCE`, then `NO_COLOR`, then `TERM`, then
    /// whether it is a terminal.
    pub fn on(self, terminal: bool) -> bool {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            Self::Auto if set("NO_COLOR").is_some() => false,
            Self::Auto if is_dumb() => false,
            Self::Auto => terminal,
        }
    }
}

/// A page on a stream, coloured or not. What a terminal would obey comes from here alone: in a text it is replaced, whatever
/// the stream is, since what goes to a pipe or a file may be shown by a terminal later.
pub struct Painter<'a> {
    stream: BufWriter<&'a mut dyn Write>,
    coloured: bool,
}

impl<'a> Painter<'a> {
    /// A page on `stream`.
    pub fn new(stream: &'a mut dyn Write, coloured: bool) -> Self {
        if coloured {
            // The decision has been made for this stream.
            force(true);
        }
        Self { stream: BufWriter::with_capacity(1 << 16, stream), coloured }
    }

    /// Writes what is still held back.
    pub fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Page for Painter<'_> {
    fn put(&mut self, role: Role, text: &str) -> io::Result<()> {
        let text = &*harmless(text);
        if !self.coloured || text.trim().is_empty() {
            return self.stream.write_all(text.as_bytes());
        }
        // Escapes stay inside a line.
        let body = text.trim_end_matches('\n');
        let painted = match role {
            Role::Plain | Role::Expression => return self.stream.write_all(text.as_bytes()),
            Role::Heading => body.bold(),
            Role::Name => body.cyan(),
            Role::Value => body.green(),
            Role::Gradient => body.red(),
            Role::Comment => body.dimmed(),
            Role::Note => body.yellow(),
        };
        write!(self.stream, "{painted}{}", &text[body.len()..])
    }
}

/// Whether the terminal obeys no escapes.
pub fn is_dumb() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Paints from here on as it is told: the crate would decide by stdout alone.
pub fn force(coloured: bool) {
    // A console of Windows shows escapes as they are until it is told to obey them; what is none obeys nothing.
    #[cfg(windows)]
    if coloured {
        let _ = colored::control::set_virtual_terminal(true);
    }
    colored::control::set_override(coloured);
}

/// A piece of a text being typed; `matched` is a bracket beside the cursor or its partner.
pub fn piece(text: &str, piece: WordKind, matched: bool) -> String {
    let painted = match piece {
        _ if matched => text.bold().reversed(),
        WordKind::Input => text.cyan(),
        WordKind::Stage => text.cyan().bold(),
        WordKind::Constant | WordKind::Number => text.green(),
        WordKind::Function => text.blue().bold(),
        WordKind::Gate => text.blue(),
        WordKind::Keyword => text.magenta(),
        WordKind::Quoted => text.yellow(),
        WordKind::Comment => text.dimmed(),
        WordKind::Unknown => text.underline(),
        WordKind::Stray => text.red().underline(),
        WordKind::Sign | WordKind::Space => return text.to_owned(),
    };
    painted.to_string()
}

/// A command being typed.
pub fn command(text: &str) -> String {
    text.magenta().to_string()
}

/// The word that says how bad something is; it is painted whatever has been decided for results.
pub fn severity(word: &str) -> String {
    let painted = if word == "error" { word.bright_red() } else { word.yellow() };
    let before = colored::control::SHOULD_COLORIZE.should_colorize();
    force(true);
    let painted = painted.bold().to_string();
    force(before);
    painted
}

/// The prompt.
pub fn prompt(text: &str) -> String {
    text.bold().to_string()
}

/// What stands beside a text being typed.
pub fn aside(text: &str) -> String {
    text.dimmed().to_string()
}

/// The same, behind which the cursor stands where it stood before.
pub fn beside(text: &str) -> String {
    format!("\x1b7{}\x1b8", aside(text))
}

/// Whether the locale can show signs beyond ASCII.
pub fn speaks_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// The columns of a line: the terminal's; where the output is a file or a pipe, those that `COLUMNS` says, or 80.
pub fn width(to_file: bool) -> usize {
    const USUAL: usize = 80;
    const NARROWEST: usize = 40;
    let terminal = !to_file && io::stdout().is_terminal();
    let given = || env::var("COLUMNS").ok()?.parse().ok().filter(|&columns: &usize| columns > 0);
    let columns = if terminal { columns() } else { given() };
    columns.map_or(USUAL, |columns| columns.max(NARROWEST))
}

/// The lines of the screen, where results go to one.
pub fn height(to_file: bool) -> Option<usize> {
    let (_, terminal_size::Height(lines)) = terminal_size::terminal_size().filter(|_| !to_file && io::stdout().is_terminal())?;
    Some(usize::from(lines))
}

/// The columns of the terminal, where there is one.
pub fn columns() -> Option<usize> {
    terminal_size::terminal_size().map(|(terminal_size::Width(width), _)| usize::from(width))
}
