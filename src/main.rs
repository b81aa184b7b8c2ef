//! The program `gradcalc`: its work is done by the library's floor 6, which is there with the feature `cli`.

fn main() -> std::process::ExitCode {
    gradcalc::command_line()
}
