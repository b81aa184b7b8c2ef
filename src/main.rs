//! The program `gradcalc`: floor 6, the only one that knows the command line, files, terminals and colour.

mod binary;

fn main() -> std::process::ExitCode {
    binary::main()
}
