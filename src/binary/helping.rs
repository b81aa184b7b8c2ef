//! The texts of help: what stands above and below the flags, and which of them short help shows.
//!
//! Knows the exit codes; what the flags are is clap's.

use super::Exit;
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
