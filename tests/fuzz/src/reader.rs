//! A script is cut into the same statements, at the same lines, however its text comes.
#![no_main]

use gradcalc::forms::reader::Reader;
use libfuzzer_sys::fuzz_target;

/// The statements of pieces of a text.
fn read<'a>(pieces: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut reader = Reader::default();
    let mut found = Vec::new();
    for piece in pieces {
        reader.feed(piece);
        found.extend(std::iter::from_fn(|| reader.next_statement()).map(|statement| format!("{statement:?}")));
    }
    reader.finish();
    found.extend(std::iter::from_fn(|| reader.next_statement()).map(|statement| format!("{statement:?}")));
    found
}

fuzz_target!(|text: &str| {
    let whole = read(std::iter::once(text));
    let letters = read(text.split_inclusive(|_| true));
    assert_eq!(whole, letters, "{text:?}");
});
