//! Every command that README and examples show is run, and what it prints is compared byte by byte; so is every script
//! of examples with what is kept beside it: what it prints (`.out`), and, where it fails, what it tells (`.err`).
//!
//! To write what the program prints into the pages and beside the scripts, run the test with `TRYCMD=overwrite`, and
//! review the change.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The error table: each kind of bad input, with the exact text printed.
#[test]
fn bad_input_is_told_as_the_table_says() {
    trycmd::TestCases::new().case("tests/errors.md");
}

#[test]
fn pages_show_what_the_program_prints() {
    trycmd::TestCases::new().case("README.md").case("examples/*.md");
}

/// The pages: README, the examples with their folders, and what is beside the code for those who work on it, which a published package
/// does not hold.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![PathBuf::from("README.md"), PathBuf::from("CHANGELOG.md")];
    let mut folders = vec![PathBuf::from("examples")];
    folders.extend([PathBuf::from(".github")].into_iter().filter(|folder| folder.exists()));
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == "md") {
                pages.push(path);
            }
        }
    }
    pages
}

/// The lines of a page, each with the word behind the fence of the block in which it stands, if it is in one.
fn blocks(page: &str) -> impl Iterator<Item = (Option<&str>, &str)> {
    page.lines().scan(None, |block: &mut Option<(&str, &str)>, line| {
        let shown = block.map(|(_, word)| word);
        let word = line.trim_start_matches('`');
        let fence = &line[..line.len() - word.len()];
        // A block may hold shorter fences than its own.
        *block = match *block {
            None => (fence.len() >= 3).then_some((fence, word)),
            Some((opened, _)) if word.is_empty() && fence.len() >= opened.len() => None,
            open => open,
        };
        Some((shown, line))
    })
}

/// The name by which a link finds a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
    kept.chars().filter(|found| found.is_alphanumeric() || matches!(found, '-' | '_')).collect()
}

/// Where the links of a line lead, without those to other places of the net.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target).filter(|target| !target.contains("://"))
}

#[test]
fn every_link_leads_somewhere() {
    let (mut faults, mut seen) = (Vec::new(), 0);
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        let folder = page.parent().expect("a folder");
        for target in blocks(&text).filter(|(block, _)| block.is_none()).flat_map(|(_, line)| links(line)) {
            let (file, place) = target.split_once('#').unwrap_or((target, ""));
            let unpacked = target.contains(".github/") && !Path::new(".github").exists();
            let led = if file.is_empty() { page.clone() } else { folder.join(file) };
            let named = |found: &str| blocks(found).any(|(block, line)| block.is_none() && line.starts_with('#') && anchor(line) == place);
            let leads = led.exists() && (place.is_empty() || fs::read_to_string(&led).is_ok_and(|found| named(&found)));
            seen += 1;
            if !leads && !unpacked {
                faults.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(seen > 100, "{seen} links");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Only commands in blocks of `console` are run: one that stands elsewhere would go on saying what was true once.
#[test]
fn every_command_that_is_shown_with_its_answer_is_run() {
    let shown: Vec<PathBuf> = ["README.md".into()].into_iter().chain(examples("md")).collect();
    for page in shown {
        let text = fs::read_to_string(&page).expect("a page");
        let astray = blocks(&text).find(|(block, line)| line.starts_with("$ ") && *block != Some("console"));
        assert!(astray.is_none(), "{}: {astray:?}", page.display());
    }
}

/// The examples that end so, in order.
fn examples(extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir("examples").expect("the examples");
    let paths = entries.map(|entry| entry.expect("an example").path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    paths.sort();
    assert!(!paths.is_empty(), "there are examples");
    paths
}

/// What differs between what is kept and what came: the first line that does.
fn difference(kept: &Path, found: &[u8]) -> Option<String> {
    let found = String::from_utf8_lossy(found);
    if std::env::var_os("TRYCMD").is_some_and(|wish| wish == "overwrite") {
        let written = if found.is_empty() && kept.extension().is_some_and(|kind| kind == "err") {
            fs::remove_file(kept).or_else(|_| if kept.exists() { Err("it stays") } else { Ok(()) }).map_err(str::to_owned)
        } else {
            fs::write(kept, found.as_bytes()).map_err(|error| error.to_string())
        };
        written.unwrap_or_else(|error| panic!("{}: {error}", kept.display()));
        return None;
    }
    // A checkout may end lines in its own way.
    let expected = fs::read_to_string(kept).unwrap_or_default().replace("\r\n", "\n");
    let lines = expected.split('\n').zip(found.split('\n')).position(|(one, other)| one != other);
    let line = lines.unwrap_or_else(|| expected.lines().count().min(found.lines().count()));
    (expected != found).then(|| format!("{}:{}: what is kept differs from what came:\n{found}", kept.display(), line + 1))
}

/// What a script printed, told and ended with, against what is kept.
fn differences(script: &Path, output: &Output) -> Vec<String> {
    let err = script.with_extension("err");
    let mut differences: Vec<String> = [(script.with_extension("out"), &output.stdout), (err.clone(), &output.stderr)]
        .into_iter()
        .filter_map(|(kept, found)| difference(&kept, found))
        .collect();
    let expected = i32::from(err.exists());
    if output.status.code() != Some(expected) {
        differences.push(format!("{}: it ended with {:?}, not {expected}", script.display(), output.status.code()));
    }
    differences
}

#[test]
fn example_scripts_print_what_is_kept_beside_them() {
    let faults: Vec<String> = examples("grad")
        .iter()
        .flat_map(|script| {
            let mut run = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
            differences(script, &run.arg("-f").arg(script).stdin(Stdio::null()).output().expect("the program runs"))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[cfg(unix)]
#[test]
fn example_pipelines_print_what_is_kept_beside_them() {
    if Command::new("jq").arg("--version").stdout(Stdio::null()).status().is_err() {
        crate::skip("jq is not installed");
        return;
    }
    let folder = Path::new(env!("CARGO_BIN_EXE_gradcalc")).parent().expect("a folder");
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let path: OsString = std::env::join_paths([folder.to_owned()].into_iter().chain(std::env::split_paths(&rest))).expect("a path");
    let faults: Vec<String> = examples("sh")
        .iter()
        .flat_map(|script| differences(script, &Command::new("sh").arg(script).env("PATH", &path).output().expect("sh runs")))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The statements by which README introduces the language run as they are written.
#[test]
fn the_language_runs_as_it_is_written() {
    let page = fs::read_to_string("README.md").expect("README");
    let (_, section) = page.split_once("\n## The language\n").expect("the section");
    let lines = section.lines().skip_while(|line| line.is_empty()).take_while(|line| line.starts_with("    "));
    let script: Vec<&str> = lines.map(str::trim_start).collect();
    assert!(script.len() > 15, "{script:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let files = [("page.grad", script.join("\n")), ("points.csv", "1,2\n3,4\n".to_owned()), ("other.grad", "x^2\n".to_owned())];
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let mut run = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
    let output = run.current_dir(folder.path()).args(["-f", "page.grad"]).stdin(Stdio::null()).output().expect("the program runs");
    assert_eq!((String::from_utf8_lossy(&output.stderr).as_ref(), output.status.code()), ("", Some(0)));
}

/// A script that nobody is led to might as well not be there.
#[test]
fn the_index_names_every_example() {
    let index = fs::read_to_string("examples/README.md").expect("the index");
    for path in ["grad", "sh", "md", "out"].into_iter().flat_map(examples) {
        let name = path.file_name().expect("a name").to_string_lossy();
        assert!(name == "README.md" || index.contains(&format!("]({name})")), "examples/README.md names {name}");
    }
}

/// What pages say of the version is true of it.
#[test]
fn pages_speak_of_this_version() {
    const VERSION: &str = env!("CARGO_PKG_VERSION");
    let (series, _) = VERSION.rsplit_once('.').expect("three numbers");
    let page = fs::read_to_string("README.md").expect("README");
    for text in [
        format!("gradcalc-{VERSION}-x86_64-linux.tar.gz"),
        format!("gradcalc_{VERSION}-1_amd64.deb"),
        format!("gradcalc-{VERSION}-*.whl"),
        format!("gradcalc = {{ version = \"{series}\""),
    ] {
        assert!(page.contains(&text), "README has no {text}");
    }
    let changes = fs::read_to_string("CHANGELOG.md").expect("the changes");
    let latest = changes.lines().find_map(|line| line.strip_prefix("## "));
    assert_eq!(latest, Some(VERSION));
}
