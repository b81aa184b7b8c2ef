//! Any table is answered row by row or refused: the program ends by an exit code that it promises, and what it writes is a table.
#![no_main]

use gradcalc::binary;
use libfuzzer_sys::fuzz_target;
use std::ffi::OsString;
use std::fs;
use std::sync::LazyLock;
use tempfile::TempDir;

/// Who runs it clears it away: nothing is dropped where the fuzzer ends.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fuzz_target!(|bytes: &[u8]| {
    // The first byte chooses what is asked.
    let Some((&first, table)) = bytes.split_first() else { return };
    let path = |name: &str| FOLDER.path().join(name);
    fs::write(path("table"), table).expect("a file");
    let flags: &[&[&str]] =
        &[&[], &["--no-header"], &["--summary"], &["--as", "json"], &["--summary", "--by", "a"], &["--keep", "a"], &["--relative"]];
    let expression = ["a*b + exp(a)", "c1*c2", "log(a)/b", "max(a, 2)"][usize::from(first) % 4];
    let words = ["gradcalc", expression, "--time-limit", "2"].map(OsString::from).into_iter();
    let words = words.chain(flags[usize::from(first) / 4 % flags.len()].iter().map(OsString::from));
    let words = words.chain([OsString::from("--rows"), path("table").into(), OsString::from("-o"), path("out").into()]);
    let code = binary::asked(words);
    assert!(["0", "1", "2", "3"].iter().any(|known| format!("{code:?}").contains(&format!("({known})"))), "{code:?}");
});
