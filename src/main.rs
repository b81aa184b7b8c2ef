//! The program `gradcalc`: its work is done by the library's floor 6, which is there with the feature `cli`.

/// That of musl is slow; Cargo.toml has the numbers.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    gradcalc::command_line()
}
