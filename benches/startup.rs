//! The whole process on the notes' staged example, beside an empty Rust program and `bc`, in shuffled rounds.
//! Prints medians and what each takes beyond the empty program.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 200;

fn main() {
    let folder = std::env::temp_dir().join(format!("gradcalc-startup-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let source = folder.join("empty.rs");
    std::fs::write(&source, "fn main() {}\n").expect("a file");
    let empty = folder.join("empty");
    let built = Command::new("rustc").args(["-O", "-o"]).arg(&empty).arg(&source).status().expect("rustc");
    assert!(built.success());

    let empty = Command::new(empty);
    let mut own = Command::new(env!("CARGO_BIN_EXE_gradcalc"));
    own.args(["(x+sigma(y))/(sigma(x)+(x+y)^2)", "x=3", "y=-4"]);
    let mut bc = Command::new("sh");
    bc.args(["-c", "exec bc -l </dev/null"]);
    let mut programs = vec![("empty program", empty), ("gradcalc", own)];
    if Command::new("bc").arg("--version").stdout(Stdio::null()).status().is_ok() {
        programs.push(("sh and bc -l", bc));
    }
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); programs.len()];
    for round in 0..ROUNDS {
        for at in 0..programs.len() {
            let at = (at + round) % programs.len();
            let start = Instant::now();
            let done = programs[at].1.stdout(Stdio::null()).status().expect("it runs");
            times[at].push(start.elapsed());
            assert!(done.success());
        }
    }
    for times in &mut times {
        times.sort();
    }
    let median = |at: usize| times[at][ROUNDS / 2].as_secs_f64() * 1e3;
    for (at, (name, _)) in programs.iter().enumerate() {
        println!("{name:<14} {:6.2} ms   {:+.2} ms   x{:.2}", median(at), median(at) - median(0), median(at) / median(0));
    }
    std::fs::remove_dir_all(&folder).expect("the folder goes");
}
