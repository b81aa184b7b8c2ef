//! The texts of help: what stands above and below the flags, and which of them short help shows.
//!
//! Knows the exit codes; what the flags are is clap's.

use super::{Exit, files};
use crate::views;
use clap::Command;
use std::ffi::OsString;

/// Three examples with their output; a test runs them.
pub const EXAMPLES: &str = include_str!("examples.txt");

/// What a value may be.
pub const VALUES: &str = "VALUE is an expression without inputs, such as 3, -4, pi/2 or '[[1, 2], [3, 4]]', or @FILE.csv, or @- for stdin. \
    Expressions may begin with a minus. Quote them for the shell: gradcalc '-x^2' x=3.";

/// What stands below the flags in short help.
pub const MORE: &str =
    "`gradcalc --help` has all options, and examples. `gradcalc --gates` lists the functions, `gradcalc --man | man -l -` is the manual.";

/// The flags of short help; long help has all.
pub const COMMON: &[&str] = &[
    "expr",
    "file",
    "interactive",
    "as",
    "digits",
    "stages",
    "wrt",
    "check",
    "precise",
    "hessian",
    "output",
    "against",
    "grade",
    "rows",
    "grid",
    "color",
    "gates",
    "completions",
    "man",
    "help",
    "version",
];

/// What stands below the flags.
pub fn after() -> String {
    let exits: Vec<String> = Exit::ALL.iter().map(|exit| format!("{} {}", *exit as u8, exit.says())).collect();
    format!(
        "{VALUES}\n\nWithout an expression or a script, a terminal opens a session, and a pipe is read as a script, with the values given.\n\n\
         Exit codes: {}.",
        exits.join("; ")
    )
}

/// What is printed where one word is all that was given, and asks as other programs are asked. As an input it would have no value.
pub fn asked_by_word(arguments: &[OsString], command: fn() -> Command) -> Option<String> {
    let [_, word] = arguments else { return None };
    match word.to_str()? {
        "help" => Some(command().render_help().to_string()),
        "version" => Some(command().render_version()),
        _ => None,
    }
}

/// What is written instead of a flag that there is not: of a view, of a kind of picture, or of what another flag asks for.
pub fn instead_of_flag(flag: &str) -> Option<String> {
    let name = flag.trim_start_matches('-').split('=').next().unwrap_or_default().to_ascii_lowercase();
    if let Some(view) = views::named(&name).or_else(|| views::ending(&name)) {
        return Some(format!("a view is asked for by `--as {}`", view.name));
    }
    if let Some((from, makes)) = files::made_of(&name) {
        return Some(format!("write `-o figure.{from}`, then `{makes}`"));
    }
    let errors = ["se", "stderr", "std-err", "std-error", "standard-error", "standard-errors", "delta-method", "vcov", "ci"];
    errors
        .contains(&name.as_str())
        .then(|| "standard errors are asked for by `--rows FILE --summary --cov COVARIANCES`, one deviation by `--sd x=0.1`".to_owned())
}
