//! Every command that README and examples show is run, and what it prints is compared byte by byte.
//!
//! To write what the program prints into the pages, run the test with `TRYCMD=overwrite`, and review the change.

/// The error table: each kind of bad input, with the exact text printed.
#[test]
fn bad_input_is_told_as_the_table_says() {
    trycmd::TestCases::new().case("tests/errors.md");
}

#[test]
fn pages_show_what_the_program_prints() {
    trycmd::TestCases::new().case("README.md").case("examples/*.md");
}
