//! A long script of short mixed expressions, by this program with every gradient, by other calculators without any,
//! and by a Python program with its gradients written out: statements per second of the whole process.
//!
//! Peers are looked for in the folder `$PEERS` and on the path; one that is not there is listed as missing. Each has the
//! expressions in its own syntax, and what it printed is compared with what this program printed, every value. A peer that would
//! take too long, or fails with all of them, gets the first part. Best of three, in turns; the processor time is that of the process and its
//! children, where the system tells it.

use std::env;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const STATEMENTS: usize = 100_000;
const ROUNDS: usize = 3;

/// How many statements a peer is tried with first, how long a run must take to tell how long all of them would, and for how
/// long it may run.
const PROBE: usize = 500;
const ENOUGH: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(15);

/// fend answers one text with one result: it is given a process for so many statements, where it is at its best.
const TOGETHER: usize = 20;

/// The inputs: names that no peer has for anything else.
const INPUTS: [(&str, &str); 3] = [("va", "1.25"), ("vb", "2.5"), ("vc", "0.75")];

/// An expression in this program's syntax, and its derivatives by hand, in which `f` is its value.
struct Expression {
    text: String,
    gradients: Vec<String>,
}

/// The expressions: the same on every run.
fn expressions() -> Vec<Expression> {
    let mut state = 1u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut expression = || {
        let kind = random(10);
        let [k, m] = [1 + random(899), 1 + random(899)].map(|number| format!("{}.{:02}", number / 100, number % 100));
        let (text, gradients): (String, &[String]) = match kind {
            0 => (format!("va*vb + {k}"), &["vb".into(), "va".into()]),
            1 => (format!("(va + {k})*vb - {m}*vc"), &["vb".into(), format!("va + {k}"), format!("-{m}")]),
            2 => (format!("{k}*va^2 - vb/vc"), &[format!("2*{k}*va"), "-1/vc".into(), "vb/vc^2".into()]),
            3 => (format!("sin({k}*va)*vb"), &[format!("{k}*cos({k}*va)*vb"), format!("sin({k}*va)")]),
            4 => (format!("exp(-({k}*va + vb))"), &[format!("-{k}*f"), "-f".into()]),
            5 => (format!("log(va + {k}) + sqrt(vb*vc)"), &[format!("1/(va + {k})"), "sqrt(vc/vb)/2".into(), "sqrt(vb/vc)/2".into()]),
            6 => (
                format!("1/(1 + exp(-({k}*va - {m}*vb + vc)))"),
                &[format!("{k}*(1 - f)*f"), format!("-{m}*(1 - f)*f"), "(1 - f)*f".into()],
            ),
            7 => (format!("va/(vb + {k})"), &[format!("1/(vb + {k})"), format!("-va/(vb + {k})^2")]),
            8 => (format!("(va - vb)^3 + {m}*vc"), &["3*(va - vb)^2".into(), "-3*(va - vb)^2".into(), m.clone()]),
            _ => (format!("sqrt(va^2 + vb^2 + {k})"), &["va/f".into(), "vb/f".into()]),
        };
        Expression { text, gradients: gradients.to_vec() }
    };
    (0..STATEMENTS).map(|_| expression()).collect()
}

/// An expression with a peer's own names of functions and its own sign of a power.
fn translated(text: &str, names: &[(&str, &str)]) -> String {
    names.iter().fold(text.to_owned(), |text, (ours, theirs)| text.replace(ours, theirs))
}

const BC: [(&str, &str); 3] = [("sin(", "s("), ("exp(", "e("), ("log(", "l(")];
const LN: [(&str, &str); 1] = [("log(", "ln(")];
const PYTHON: [(&str, &str); 1] = [("^", "**")];

/// A script of definitions and expressions, a line for each.
fn script(expressions: &[Expression], define: impl Fn(&str, &str) -> String, show: impl Fn(&Expression) -> String) -> String {
    let definitions = INPUTS.iter().map(|(name, value)| define(name, value));
    definitions.chain(expressions.iter().map(show)).fold(String::new(), |mut script, line| {
        let _ = writeln!(script, "{line}");
        script
    })
}

fn assigned(name: &str, value: &str) -> String {
    format!("{name} = {value}")
}

fn python(expression: &Expression) -> String {
    let value = translated(&expression.text, &PYTHON);
    format!("f = {value}; print(f, {})", translated(&expression.gradients.join(", "), &PYTHON))
}

fn fend(expressions: &[Expression]) -> String {
    let mut text = INPUTS.iter().map(|(name, value)| assigned(name, value)).collect::<Vec<_>>();
    text.extend(expressions.iter().enumerate().map(|(at, expression)| format!("f{at} = {}", translated(&expression.text, &LN))));
    let shown: Vec<String> = (0..expressions.len()).map(|at| format!("(f{at} to string)")).collect();
    format!("{}; {}", text.join("; "), shown.join(" + \"\\n\" + "))
}

/// A way to run the expressions: what it is called, the program it needs, the lines it prints before the first result, and what
/// writes the expressions into a folder and makes the command.
struct Peer {
    name: &'static str,
    does: &'static str,
    program: &'static str,
    head: usize,
    command: fn(&Path, &Path, &[Expression]) -> Command,
}

/// Writes a file into a folder and gives a command that ends in its path.
fn on_file(program: &Path, arguments: &[&str], folder: &Path, script: &str) -> Command {
    let file = folder.join("script");
    fs::write(&file, script).expect("a file");
    let mut command = Command::new(program);
    command.args(arguments).arg(file);
    command
}

fn own(view: &str, program: &Path, folder: &Path, expressions: &[Expression]) -> Command {
    on_file(program, &["--as", view, "-f"], folder, &script(expressions, assigned, |expression| expression.text.clone()))
}

const OWN: &str = env!("CARGO_BIN_EXE_gradcalc");

const PEERS: [Peer; 9] = [
    Peer {
        name: "gradcalc --as brief",
        does: "value and gradient",
        program: OWN,
        head: 0,
        command: |program, folder, expressions| own("brief", program, folder, expressions),
    },
    Peer {
        name: "gradcalc --as value",
        does: "value",
        program: OWN,
        head: 0,
        command: |program, folder, expressions| own("value", program, folder, expressions),
    },
    Peer {
        name: "python3",
        does: "value and gradient by hand",
        program: "python3",
        head: 0,
        command: |program, folder, expressions| {
            let script = script(expressions, assigned, python);
            on_file(program, &[], folder, &format!("from math import *\n{script}"))
        },
    },
    Peer { name: "bc -l", does: "value", program: "bc", head: 0, command: bc },
    Peer { name: "bc-gh -l", does: "value", program: "bc-gh", head: 0, command: bc },
    Peer {
        name: "busybox bc -l",
        does: "value",
        program: "busybox",
        head: 0,
        command: |program, folder, expressions| {
            let script = script(expressions, assigned, |expression| translated(&expression.text, &BC));
            on_file(program, &["bc", "-l"], folder, &script)
        },
    },
    Peer {
        name: "fend, 20 a process",
        does: "value",
        program: "fend",
        head: 0,
        command: |program, folder, expressions| {
            for (at, part) in expressions.chunks(TOGETHER).enumerate() {
                fs::write(folder.join(format!("{at:06}.fend")), fend(part)).expect("a file");
            }
            let mut command = Command::new("sh");
            command.args(["-c", "for part in \"$1\"/*.fend; do \"$0\" \"$part\" || exit 1; echo; done"]).arg(program).arg(folder);
            command
        },
    },
    Peer {
        name: "numbat",
        does: "value",
        program: "numbat",
        head: 0,
        command: |program, folder, expressions| {
            let show = |expression: &Expression| format!("print({})", translated(&expression.text, &LN));
            let define = |name: &str, value: &str| format!("let {name} = {value}");
            on_file(program, &["--no-config", "--no-init"], folder, &script(expressions, define, show))
        },
    },
    // It answers a definition too, with its value.
    Peer {
        name: "qalc",
        does: "value",
        program: "qalc",
        head: INPUTS.len(),
        command: |program, folder, expressions| {
            let define = |name: &str, value: &str| format!("{name} := {value}");
            let script = script(expressions, define, |expression| translated(&expression.text, &LN));
            on_file(program, &["-t", "-f"], folder, &script)
        },
    },
];

fn bc(program: &Path, folder: &Path, expressions: &[Expression]) -> Command {
    let script = script(expressions, assigned, |expression| translated(&expression.text, &BC));
    on_file(program, &["-l"], folder, &script)
}

/// Where a program is: at its own path, in the folder `$PEERS`, or on the path.
fn found(program: &str) -> Option<PathBuf> {
    let folders = [env::var_os("PEERS"), env::var_os("PATH")].into_iter().flatten();
    let folders: Vec<PathBuf> = folders.flat_map(|folders| env::split_paths(&folders).collect::<Vec<_>>()).collect();
    folders.iter().map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The processor time of the children that have ended, where the system tells it.
fn processor() -> Option<Duration> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // After the name in brackets, user and system time of the children are the 14th and 15th field, in hundredths.
    let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
    let ticks: u64 = fields.get(13)?.parse::<u64>().ok()? + fields.get(14)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

/// One run: how long it took, how long it kept processors busy, and the first number of each line it printed; none if it failed.
fn run(peer: &Peer, program: &Path, expressions: &[Expression], folder: &Path) -> Option<(Duration, Option<Duration>, Vec<f64>)> {
    let folder = folder.join("run");
    fs::create_dir(&folder).expect("a folder");
    let mut command = (peer.command)(program, &folder, expressions);
    let out = folder.join("printed");
    command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(File::create(&out).expect("a file")).env("BC_LINE_LENGTH", "0");
    let (busy, start) = (processor(), Instant::now());
    let ended = command.status().expect("it runs");
    let wall = start.elapsed();
    let busy = busy.zip(processor()).map(|(before, after)| after.checked_sub(before).unwrap_or_default());
    let printed = fs::read_to_string(&out).expect("text");
    let number = |line: &str| {
        let line = line.replace('−', "-");
        line.split_whitespace().find_map(|word| word.trim_start_matches('~').parse::<f64>().ok()).unwrap_or(f64::NAN)
    };
    let values = printed.lines().skip(peer.head).filter(|line| !line.is_empty()).map(number).collect();
    fs::remove_dir_all(&folder).expect("the folder goes");
    ended.success().then_some((wall, busy, values))
}

/// How many of the expressions a peer is timed with, and whether it fails with many more.
fn resolved(peer: &Peer, program: &Path, expressions: &[Expression], folder: &Path) -> (usize, bool) {
    let timed = |count: usize| run(peer, program, &expressions[..count], folder).map(|(wall, ..)| wall);
    let mut count = PROBE;
    let mut wall = timed(count).unwrap_or_else(|| panic!("{} fails", peer.name));
    while wall < ENOUGH && count < STATEMENTS {
        let mut more = (count * 10).min(STATEMENTS);
        let mut fails = false;
        loop {
            if let Some(longer) = timed(more) {
                (count, wall) = (more, longer);
                break;
            }
            (more, fails) = (more / 2, true);
        }
        if fails {
            return (count, true);
        }
    }
    // As many as there is patience for.
    let fits = PATIENCE.as_secs_f64() / wall.as_secs_f64() * (count / TOGETHER) as f64;
    (((fits as usize).max(PROBE / TOGETHER) * TOGETHER).min(STATEMENTS), false)
}

/// What a peer takes: it runs the first so many of the expressions, for so long.
struct Timing {
    peer: Peer,
    program: PathBuf,
    count: usize,
    fails: bool,
    wall: Duration,
    busy: Option<Duration>,
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let expressions = expressions();
    let mut timings = Vec::new();
    let mut missing = Vec::new();
    for peer in PEERS {
        let Some(program) = found(peer.program) else {
            missing.push(peer.name);
            continue;
        };
        let (count, fails) = resolved(&peer, &program, &expressions, folder.path());
        timings.push(Timing { peer, program, count, fails, wall: Duration::MAX, busy: None });
    }
    let mut truth = Vec::new();
    for _ in 0..ROUNDS {
        for timing in &mut timings {
            let done = run(&timing.peer, &timing.program, &expressions[..timing.count], folder.path());
            let (wall, busy, values) = done.unwrap_or_else(|| panic!("{} fails", timing.peer.name));
            assert_eq!(values.len(), timing.count, "{} has a result for every expression", timing.peer.name);
            if truth.is_empty() {
                truth.clone_from(&values);
            }
            // Some print six digits, some ten decimals.
            let apart =
                values.iter().zip(&truth).position(|(&one, &other)| (one - other).abs() > 1e-6 + 1e-5 * other.abs() || one.is_nan());
            if let Some(at) = apart {
                panic!("{} finds {} for {}, not {}", timing.peer.name, values[at], expressions[at].text, truth[at]);
            }
            timing.wall = timing.wall.min(wall);
            timing.busy = busy.map(|busy| timing.busy.map_or(busy, |least| least.min(busy)));
        }
    }
    let rate = |timing: &Timing| timing.count as f64 / timing.wall.as_secs_f64();
    println!("{:<20} {:<27} {:>10} {:>9} {:>9} {:>12} {:>8}", "", "", "statements", "wall", "busy", "a second", "ratio");
    for timing in &timings {
        let Timing { peer, count, fails, wall, busy, .. } = timing;
        let busy = busy.map_or_else(|| "-".to_owned(), |busy| format!("{:.2} s", busy.as_secs_f64()));
        let wall = format!("{:.3} s", wall.as_secs_f64());
        let ratio = rate(timing) / rate(&timings[0]);
        println!(
            "{:<20} {:<27} {count:>10} {wall:>9} {busy:>9} {:>12.0} {ratio:>8.4}{}",
            peer.name,
            peer.does,
            rate(timing),
            if *fails { "  fails with many more" } else { "" }
        );
    }
    if !missing.is_empty() {
        println!("missing: {}", missing.join(", "));
    }
}
