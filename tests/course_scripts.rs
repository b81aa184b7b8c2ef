//! The exercises of a course, `examples/course`: their assertions are the tests.
//!
//! The numbers in them are JAX's; `tests/reference/course.py` wrote them and says whether they are still what it computes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const FOLDER: &str = "examples/course";

/// The scripts, in order.
fn scripts() -> Vec<PathBuf> {
    let entries = fs::read_dir(FOLDER).expect("the exercises");
    let paths = entries.map(|entry| entry.expect("an exercise").path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|found| found == "grad")).collect();
    paths.sort();
    paths
}

fn text(script: &Path) -> String {
    fs::read_to_string(script).unwrap_or_else(|error| panic!("{}: {error}", script.display()))
}

fn run(script: &Path) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
    program.arg("-f").arg(script).stdin(Stdio::null()).output().expect("the program runs")
}

/// What is wrong with a run: it must end well, tell nothing on the way, and show a result.
fn fault(script: &Path, output: &Output) -> Option<String> {
    let told = String::from_utf8_lossy(&output.stderr);
    let well = output.status.code() == Some(0) && told.is_empty() && !output.stdout.is_empty();
    (!well).then(|| format!("{}: {:?}, {} bytes shown, told:\n{told}", script.display(), output.status.code(), output.stdout.len()))
}

#[test]
fn every_assertion_of_every_exercise_holds() {
    let faults: Vec<String> = scripts().iter().filter_map(|script| fault(script, &run(script))).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_exercise_asserts_values_and_gradients() {
    assert_eq!(scripts().len(), 25, "exercises in {FOLDER}");
    for script in scripts() {
        let text = text(&script);
        let (gradients, values): (Vec<&str>, Vec<&str>) = text
            .lines()
            .filter(|line| line.starts_with("assert ") && line.ends_with(" ± 1e-9"))
            .partition(|line| line.starts_with("assert d("));
        assert!(!gradients.is_empty() && !values.is_empty(), "{}: values {values:?}, gradients {gradients:?}", script.display());
        assert!(!text.contains("== ?"), "{}: a number is not filled in", script.display());
    }
}

#[test]
fn the_index_names_every_exercise() {
    let index = text(&Path::new(FOLDER).join("README.md"));
    for script in scripts() {
        let name = script.file_name().expect("a name").to_string_lossy();
        assert!(index.contains(&format!("- [{name}]({name}): ")), "{FOLDER}/README.md names {name}");
    }
}
