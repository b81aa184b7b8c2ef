//! Every command that README and examples show is run, and what it prints is compared byte by byte.
//!
//! To write what the program prints into the pages, run the test with `TRYCMD=overwrite`, and review the change.

#[test]
fn pages_show_what_the_program_prints() {
    trycmd::TestCases::new().case("README.md").case("examples/*.md");
}
