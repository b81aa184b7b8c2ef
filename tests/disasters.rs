//! What goes wrong around the program: it is killed, disks are full, files are unreadable, no files at all, or gone.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_gradcalc");

/// How long the slowest machine may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A place for the runs of one test.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn with(files: &[(&str, &str)]) -> Self {
        let place = Self::new();
        for (name, text) in files {
            fs::write(place.path(name), text).expect("a file");
        }
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("the file")
    }

    /// The program in this place, with nothing on its stdin and with pipes on the others.
    fn command(&self, arguments: &[&str]) -> Command {
        self.of(Path::new(PROGRAM), arguments)
    }

    fn of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.0.path()).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it runs")
    }

    fn names(&self) -> Vec<OsString> {
        names(self.0.path())
    }
}

fn names(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<OsString> = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").file_name()).collect();
    names.sort();
    names
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn ended(output: &Output, code: i32, stdout: &str, stderr: &str) {
    assert_eq!((output.status.code(), out(output).as_str(), err(output).as_str()), (Some(code), stdout, stderr));
}

/// A script of sums, and its values.
fn sums(count: usize) -> (String, String) {
    let lines: Vec<String> = (0..count).map(|at| format!("x*y + {at}\n")).collect();
    let values: Vec<String> = (0..count).map(|at| format!("{}\n", 6 + at)).collect();
    (format!("x = 2; y = 3\n{}", lines.concat()), values.concat())
}

/// Waits until something is so.
#[track_caller]
fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Waits for the end of a program whose pipes are taken.
#[track_caller]
fn code_of(run: &mut Child) -> Option<i32> {
    let mut code = None;
    wait_until("it never ends", || {
        code = run.try_wait().expect("a child");
        code.is_some()
    });
    code.and_then(|status| status.code())
}

/// Whether a run that was killed has left the file as it was or as it should become, and beside it at most the file
/// that was about to take its place; gives whether that one is there.
#[track_caller]
fn left_well(place: &Place, old: &str, new: &str) -> bool {
    let content = place.text("result");
    assert!(content == old || content == new, "{} of {} bytes", content.len(), new.len());
    let names = place.names();
    let left: Vec<&OsString> = names.iter().filter(|name| !["result", "script"].map(OsString::from).contains(name)).collect();
    assert!(left.len() <= 1 && left.iter().all(|name| name.to_string_lossy().starts_with(".gradcalc-")), "{names:?}");
    for name in &left {
        fs::remove_file(place.path(&name.to_string_lossy())).expect("the file");
    }
    !left.is_empty()
}

#[test]
fn a_file_is_old_or_new_whenever_the_program_is_killed() {
    const OLD: &str = "as it was\n";
    let (script, values) = sums(4_000);
    let place = Place::with(&[("script", &script), ("result", OLD)]);
    let arguments = ["--as", "value", "-f", "script", "-o", "result"];
    let began = Instant::now();
    ended(&place.run(&arguments), 0, "", "");
    let time = began.elapsed();
    assert_eq!(place.text("result"), values);
    let mut unfinished = 0;
    for at in 0..20 {
        fs::write(place.path("result"), OLD).expect("a file");
        let mut run = place.command(&arguments).spawn().expect("it starts");
        thread::sleep(time * at / 18);
        // One that has ended already is none the worse for it.
        run.kill().expect("it can be killed");
        let status = run.wait().expect("it ends");
        left_well(&place, OLD, &values);
        match status.signal() {
            Some(_) => unfinished += 1,
            None => assert_eq!((status.code(), place.text("result")), (Some(0), values.clone())),
        }
    }
    assert!(unfinished > 0, "all have ended before they were killed");
}

/// At the moment when the new file has a name, and is being filled.
#[test]
fn a_file_is_old_or_new_where_the_program_is_killed_at_the_end() {
    const OLD: &str = "as it was\n";
    let arguments = ["--as", "value", "zeros(700, 700)", "-o", "result"];
    let place = Place::with(&[("result", OLD)]);
    ended(&place.run(&arguments), 0, "", "");
    let new = place.text("result");
    // A digit and a sign for each of 490,000 numbers.
    assert_eq!(new.matches('0').count(), 490_000);
    let mut left = 0;
    for _ in 0..10 {
        fs::write(place.path("result"), OLD).expect("a file");
        let mut run = place.command(&arguments).spawn().expect("it starts");
        while run.try_wait().expect("a child").is_none() && place.names().len() < 2 {}
        run.kill().expect("it can be killed");
        run.wait().expect("it ends");
        left += usize::from(left_well(&place, OLD, &new));
    }
    println!("{left} of 10 have left a file behind, a known limit");
}

/// A signal that asks the program to end lets it clear away the file that was about to take the place of another.
#[test]
fn a_file_in_the_making_is_removed_where_the_program_is_asked_to_end() {
    const OLD: &str = "as it was\n";
    let arguments = ["--as", "value", "zeros(500, 500)", "-o", "result"];
    for signal in ["-TERM", "-HUP", "-INT"] {
        let mut ended = 0;
        for _ in 0..4 {
            let place = Place::with(&[("result", OLD)]);
            let mut run = place.command(&arguments).spawn().expect("it starts");
            while run.try_wait().expect("a child").is_none() && place.names().len() < 2 {}
            let sent = Command::new("kill").args([signal, &run.id().to_string()]).stderr(Stdio::null()).status().expect("kill runs");
            let status = run.wait().expect("it ends");
            assert_eq!(place.names(), [OsString::from("result")], "{signal}: {status:?}");
            ended += usize::from(sent.success() && !status.success());
        }
        println!("{signal}: {ended} of 4 were ended on the way");
    }
}

fn full() -> Option<File> {
    let full = OpenOptions::new().write(true).open("/dev/full").ok();
    if full.is_none() {
        crate::skip("there is no /dev/full");
    }
    full
}

#[test]
fn a_full_device_ends_a_script() {
    let (script, _) = sums(50_000);
    let place = Place::with(&[("script", &script)]);
    for arguments in [&["-f", "script"][..], &["--as", "json", "-f", "script"], &["--as", "value", "-f", "script", "-o", "/dev/full"]] {
        let Some(full) = full() else { return };
        let name = if arguments.contains(&"-o") { "`/dev/full`" } else { "stdout" };
        let output = place.command(arguments).stdout(full).output().expect("it runs");
        let told = err(&output);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {told}");
        assert!(told.starts_with(&format!("error: cannot write {name}: ")) && told.lines().count() == 1, "{arguments:?}: {told}");
    }
    // Somebody who writes forever is left alone: the script is not read to its end.
    let Some(full) = full() else { return };
    let mut run = place.command(&["--as", "value"]).stdin(Stdio::piped()).stdout(full).spawn().expect("it starts");
    let mut stdin = run.stdin.take().expect("a pipe");
    let end = Instant::now() + PATIENCE;
    while stdin.write_all(b"2*3\n").is_ok() {
        assert!(Instant::now() < end, "it reads on");
    }
    assert_eq!(code_of(&mut run), Some(3));
}

#[test]
fn messages_that_nobody_can_read_change_nothing() {
    // The slopes of x^3 and x^4 at 2 are 3*4 and 4*8; what is printed is no row.
    const ROWS: &str = "source,line,expression,name,value,gradient\n\
        script,2,x^3,f,8,1\nscript,2,x^3,x,2,12\nscript,4,x^4,f,16,1\nscript,4,x^4,x,2,32\n";
    let place = Place::with(&[("script", "x = 2\nx^3\nx +* 1\nx^4\nprint x\n")]);
    for (arguments, code, shown) in [
        (&["--as", "value", "-f", "script"][..], 1, "8\n16\n2\n"),
        (&["--as", "csv", "-f", "script"], 1, ROWS),
        (&["--as", "value", "x", "x=1", "unused=2"], 0, "1\n"),
        (&["x +"], 1, ""),
        (&["--bogus"], 2, ""),
        (&["-f", "none"], 3, ""),
        (&["x", "x=1", "-o", "/nowhere/at/all"], 3, ""),
    ] {
        let Some(full) = full() else { return };
        let output = place.command(arguments).stderr(full).output().expect("it runs");
        assert_eq!((output.status.code(), out(&output).as_str()), (Some(code), shown), "{arguments:?}");
        // A pipe that nobody reads.
        let mut run = place.command(arguments).spawn().expect("it starts");
        drop(run.stderr.take());
        let output = run.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), out(&output).as_str()), (Some(code), shown), "{arguments:?}");
    }
    let (Some(one), Some(other)) = (full(), full()) else { return };
    let output = place.command(&["-f", "script"]).stdout(one).stderr(other).output().expect("it runs");
    assert_eq!(output.status.code(), Some(3));
}

/// A file system of its own, so small that it is soon full.
struct Disk(TempDir);

impl Disk {
    fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let options = format!("size={size},mode=0777");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "gradcalc-test"]).arg(folder.path()).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            crate::skip("no file system can be mounted here");
            return None;
        }
        Some(Self(folder))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    let Some(disk) = Disk::new("64k") else { return };
    let inside = |name: &str| disk.0.path().join(name);
    let result = inside("result");
    let path = result.to_str().expect("a name");
    let place = Place::new();
    let numbers = |side: usize| format!("ones({side}, {side})");
    ended(&place.run(&["--as", "value", "2*3", "-o", path]), 0, "", "");
    // About 2 bytes a number: 130,000 do not fit once, and 45,000 do not fit twice, as the new file beside its name.
    for side in [255, 150] {
        let output = place.run(&["--as", "value", &numbers(side), "-o", path]);
        assert_eq!((output.status.code(), out(&output).as_str()), (Some(3), ""), "{}", err(&output));
        assert!(err(&output).starts_with(&format!("error: cannot write `{path}`: ")), "{}", err(&output));
        assert_eq!(err(&output).lines().count(), 1, "{}", err(&output));
        assert_eq!(fs::read_to_string(&result).expect("the file"), "6\n");
        assert_eq!(names(disk.0.path()), ["result"], "nothing is left behind");
    }
    // What does not fit is told also where a shell has opened the file.
    let whole = File::create(inside("whole")).expect("a file");
    let output = place.command(&["--as", "value", &numbers(255)]).stdout(whole).output().expect("it runs");
    assert_eq!(output.status.code(), Some(3));
    assert!(err(&output).starts_with("error: cannot write stdout: "), "{}", err(&output));
    // Emptied first: a child of another test may hold it open between its fork and its exec.
    File::create(inside("whole")).expect("the file");
    fs::remove_file(inside("whole")).expect("the file");
    // There is room again.
    ended(&place.run(&["--as", "value", &numbers(10), "-o", path]), 0, "", "");
    assert_eq!(fs::read_to_string(&result).expect("the file").matches('1').count(), 100);
}

/// A file so long that the disk is asked to take it while it is written holds what stdout does, to the byte.
#[test]
fn a_long_file_is_what_stdout_is() {
    let place = Place::new();
    let path = place.path("long.csv");
    let asked = ["exp(x)", "--grid", "x=0:1:900001"];
    fs::write(&path, "old\n").expect("a file");
    ended(&place.run(&[&asked[..], &["-o", path.to_str().expect("a name")]].concat()), 0, "", "");
    let whole = place.run(&asked).stdout;
    // Twice as much as is waited for at once, and a line for each number of the grid.
    assert!(whole.len() > 32 << 20 && whole.split(|&byte| byte == b'\n').count() == 900_003, "{}", whole.len());
    assert_eq!(fs::read(&path).expect("the file"), whole);
    assert_eq!(names(path.parent().expect("a folder")), ["long.csv"], "nothing is left behind");
}

/// The program as a user whom permissions bind, where there is one.
fn as_nobody(place: &Place, arguments: &[&str]) -> Option<Command> {
    let secret = place.path("secret");
    fs::write(&secret, "1\n").expect("a file");
    fs::set_permissions(&secret, Permissions::from_mode(0o000)).expect("permissions");
    let bound = File::open(&secret).is_err();
    fs::remove_file(&secret).expect("the file");
    if bound {
        return Some(place.command(arguments));
    }
    fs::set_permissions(place.0.path(), Permissions::from_mode(0o777)).expect("permissions");
    // The folder that the program was built in may be closed to others.
    let copy = place.path("gradcalc");
    if !copy.exists() {
        fs::copy(PROGRAM, &copy).expect("a copy");
    }
    let user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let with = |arguments: &[&str]| {
        let mut command = place.of(Path::new("setpriv"), &user);
        command.arg(&copy).args(arguments);
        command
    };
    let mut tried = with(&["-V"]).output();
    // Another test that starts a program while the copy is written holds it open for a moment: setpriv then ends with 126.
    for _ in 0..100 {
        if tried.as_ref().is_ok_and(|output| output.status.code() != Some(126)) {
            break;
        }
        thread::sleep(Duration::from_millis(20));
        tried = with(&["-V"]).output();
    }
    let able = tried.is_ok_and(|output| output.status.success());
    if !able {
        crate::skip("the superuser may read everything, and nobody else can be had");
    }
    able.then(|| with(arguments))
}

#[test]
fn what_may_not_be_read_or_written_is_told() {
    let place = Place::with(&[
        ("closed", "1\n2\n"),
        ("kept", "as it was\n"),
        ("includes", "1\ninclude \"closed\"\n2\n"),
        ("loads", "sum(load(\"closed\"))\n3\n"),
    ]);
    fs::create_dir(place.path("folder")).expect("a folder");
    fs::set_permissions(place.path("closed"), Permissions::from_mode(0o000)).expect("permissions");
    fs::set_permissions(place.path("kept"), Permissions::from_mode(0o444)).expect("permissions");
    fs::set_permissions(place.path("folder"), Permissions::from_mode(0o555)).expect("permissions");
    for (arguments, shown, told) in [
        (&["-f", "closed"][..], "", "error: cannot read `closed`: Permission denied"),
        (&["-f", "includes"], "1\n2\n", "error: cannot read `closed`: Permission denied"),
        (&["-f", "loads"], "3\n", "error: cannot read `closed`: Permission denied"),
        (&["sum(x)", "x=@closed"], "", "error: cannot read `closed`: Permission denied"),
        (&["2*3", "-o", "kept"], "", "error: cannot write `kept`: Permission denied"),
        (&["2*3", "-o", "folder/new"], "", "error: cannot write `folder/new`: "),
    ] {
        let Some(mut command) = as_nobody(&place, arguments) else { return };
        let output = command.args(["--as", "value"]).output().expect("it runs");
        assert_eq!((output.status.code(), out(&output).as_str()), (Some(3), shown), "{arguments:?}: {}", err(&output));
        assert!(err(&output).starts_with(told), "{arguments:?}: {}", err(&output));
    }
    assert_eq!(place.text("kept"), "as it was\n");
    assert!(names(&place.path("folder")).is_empty());
}

#[test]
fn a_folder_is_no_script_and_no_data() {
    let place = Place::new();
    fs::create_dir(place.path("folder")).expect("a folder");
    let folder = || File::open(place.path("folder")).expect("the folder");
    for arguments in [&[][..], &["-f", "-"]] {
        let output = place.command(arguments).stdin(folder()).output().expect("it runs");
        ended(&output, 3, "", "error: cannot read `<stdin>`: it is a directory\n");
    }
    for arguments in [&["sum(load(\"folder\"))"][..], &["sum(x)", "x=@folder"]] {
        let output = place.run(arguments);
        assert_eq!((output.status.code(), out(&output).as_str()), (Some(3), ""), "{arguments:?}");
        assert!(err(&output).starts_with("error: cannot read `folder`: it is a directory\n"), "{}", err(&output));
    }
    // One file that is no script does not hide the others.
    fs::write(place.path("script"), "2*3\n").expect("a script");
    ended(&place.run(&["--as", "value", "-f", "folder", "-f", "script"]), 3, "6\n", "error: cannot read `folder`: it is a directory\n");
}

/// A pipe with a name, where one can be made.
fn fifo(place: &Place, name: &str) -> bool {
    let made = Command::new("mkfifo").arg(place.path(name)).status().is_ok_and(|status| status.success());
    if !made {
        crate::skip("there is no mkfifo");
    }
    made
}

#[test]
fn a_pipe_with_a_name_is_a_script_data_and_a_place_for_results() {
    let place = Place::with(&[("loads", "sum(load(\"pipe\"))\n"), ("includes", "include \"pipe\"\nx^2\n")]);
    if !fifo(&place, "pipe") || !fifo(&place, "drain") {
        return;
    }
    let told = |text: String| {
        let path = place.path("pipe");
        thread::spawn(move || fs::write(path, text).expect("somebody reads"))
    };
    let heard = || {
        let path = place.path("drain");
        thread::spawn(move || fs::read_to_string(path).expect("somebody writes"))
    };
    let (script, values) = sums(5_000);
    for (arguments, text, shown) in [
        (&["-f", "pipe"][..], script.as_str(), values.as_str()),
        (&["-f", "loads"], "1,2\n3,4\n", "10\n"),
        (&["sum(x)", "x=@pipe"], "1,2\n3,4\n", "10\n"),
        (&["-f", "includes"], "x = 3\n", "9\n"),
    ] {
        let teller = told(text.to_owned());
        ended(&place.command(&[arguments, &["--as", "value"]].concat()).output().expect("it runs"), 0, shown, "");
        teller.join().expect("no panic");
        // From one pipe to another.
        let (teller, hearer) = (told(text.to_owned()), heard());
        ended(&place.command(&[arguments, &["--as", "value", "-o", "drain"]].concat()).output().expect("it runs"), 0, "", "");
        teller.join().expect("no panic");
        assert_eq!(hearer.join().expect("no panic"), shown);
    }
    for name in ["pipe", "drain"] {
        assert!(fs::metadata(place.path(name)).expect("the pipe").file_type().is_fifo(), "{name}");
    }
    // Whoever reads may leave.
    let path = place.path("drain");
    let hearer = thread::spawn(move || File::open(path).expect("the pipe").read_exact(&mut [0; 3]).expect("a line"));
    let (script, _) = sums(50_000);
    fs::write(place.path("script"), script).expect("a script");
    ended(&place.run(&["--as", "value", "-f", "script", "-o", "drain"]), 0, "", "");
    hearer.join().expect("no panic");
    assert_eq!(place.names().len(), 5, "{:?}", place.names());
}

#[test]
fn ctrl_c_leaves_a_pipe_that_nobody_writes_to() {
    let place = Place::with(&[("include.grad", "x = 2; x^2\ninclude \"pipe\"\n"), ("load.grad", "x = 2; x^2\nsum(load(\"pipe\"))\n")]);
    if !fifo(&place, "pipe") {
        return;
    }
    for scripts in [&["include.grad"][..], &["load.grad"], &["load.grad", "pipe"]] {
        let files = scripts.iter().flat_map(|script| ["-f", script]);
        let mut run = place.command(&[&["--as", "brief"], &files.collect::<Vec<_>>()[..]].concat()).spawn().expect("it starts");
        let mut lines = BufReader::new(run.stdout.take().expect("a pipe")).lines();
        assert_eq!(lines.next().expect("a line").expect("text"), "f = 4  dx = 4");
        let sent = Command::new("kill").args(["-INT", &run.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        assert_eq!(code_of(&mut run), Some(130), "{scripts:?}");
    }
}

#[test]
fn a_log_of_both_streams_is_in_order() {
    let place = Place::with(&[("s.grad", "2*3\nx +* 1\n4*5\n")]);
    let log = File::create(place.path("log")).expect("a file");
    let mut command = place.command(&["--as", "value", "-f", "s.grad"]);
    let status = command.stdout(log.try_clone().expect("a file")).stderr(log).status().expect("it runs");
    assert_eq!(status.code(), Some(1));
    let text = place.text("log");
    assert!(text.starts_with("6\nerror: ") && text.ends_with("20\n1 of 3 statements failed\n"), "{text}");
}

#[test]
fn a_closed_pipe_ends_a_script_quietly() {
    let endless = "sum(randn(100, 100) @ randn(100, 100)) - 1\n".repeat(200_000);
    let place = Place::with(&[("script", &format!("x = 2\n{}{endless}", "x^3\n".repeat(100_000)))]);
    for view in ["table", "brief", "value", "json", "csv", "code"] {
        let mut run = place.command(&["--as", view, "-f", "script"]).spawn().expect("it starts");
        let mut stdout = BufReader::new(run.stdout.take().expect("a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        assert!(!line.trim().is_empty(), "{view}");
        drop(stdout);
        // The rest of the script would take hours.
        assert_eq!(code_of(&mut run), Some(0), "{view}");
        let mut told = String::new();
        run.stderr.take().expect("a pipe").read_to_string(&mut told).expect("text");
        assert_eq!(told, "", "{view}");
    }
    let shell = Command::new("sh").current_dir(place.0.path()).args(["-c", "\"$0\" --as value -f script | head -1", PROGRAM]).output();
    ended(&shell.expect("sh"), 0, "8\n", "");
}

#[test]
fn an_empty_script_has_nothing_to_show() {
    let place = Place::new();
    let texts = ["", "\n", "# a remark", "# one\n\n   # another\r\n\t\n", "\u{feff}", "\u{feff}# a remark\n", ";\n;;\n"];
    for (at, text) in texts.iter().enumerate() {
        fs::write(place.path("script"), text).expect("a script");
        for view in ["table", "brief", "value", "json"] {
            ended(&place.run(&["--as", view, "-f", "script"]), 0, "", "");
            let stdin = File::open(place.path("script")).expect("the script");
            ended(&place.command(&["--as", view]).stdin(stdin).output().expect("it runs"), 0, "", "");
        }
        // Nothing is missing in a file of nothing.
        let name = format!("result{at}");
        ended(&place.run(&["--as", "value", "-f", "script", "-o", &name]), 0, "", "");
        assert_eq!(place.text(&name), "", "{text:?}");
        // Others go on behind it.
        ended(&place.run(&["--as", "value", "-f", "script", "-f", "script", "-e", "2*3"]), 0, "6\n", "");
    }
}

#[test]
fn a_script_that_vanishes_is_read_to_its_end() {
    let (script, values) = sums(50_000);
    let place = Place::with(&[("script", &script)]);
    let mut run = place.command(&["--as", "value", "-f", "script"]).spawn().expect("it starts");
    let mut stdout = BufReader::new(run.stdout.take().expect("a pipe"));
    let mut shown = String::new();
    stdout.read_line(&mut shown).expect("a line");
    fs::remove_file(place.path("script")).expect("the script");
    stdout.read_to_string(&mut shown).expect("text");
    assert_eq!(code_of(&mut run), Some(0));
    assert!(shown == values, "{} of {} bytes", shown.len(), values.len());
    assert!(place.names().is_empty());
}

/// A conversation with a program on pipes: each line is answered before the next is written.
struct Talk {
    run: Child,
    answers: std::io::Lines<BufReader<std::process::ChildStderr>>,
}

impl Talk {
    /// Rows go to the file, so that what is printed goes to stderr.
    fn new(place: &Place, output: &str) -> Self {
        let mut run = place.command(&["--as", "csv", "-o", output]).stdin(Stdio::piped()).spawn().expect("it starts");
        let answers = BufReader::new(run.stderr.take().expect("a pipe")).lines();
        let mut talk = Self { run, answers };
        talk.tell("print \"begun\"\n2*3\nprint \"done\"\n");
        assert_eq!([talk.hear(), talk.hear()], ["begun", "done"]);
        talk
    }

    fn tell(&mut self, text: &str) {
        self.run.stdin.as_mut().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    }

    fn hear(&mut self) -> String {
        self.answers.next().expect("a line").expect("text")
    }

    /// Ends the script; gives the exit code and what else is told.
    fn end(mut self) -> (Option<i32>, Vec<String>) {
        drop(self.run.stdin.take());
        let rest = self.answers.map(|line| line.expect("text")).collect();
        (code_of(&mut self.run), rest)
    }
}

#[test]
fn what_vanishes_while_a_script_runs_is_told() {
    const ROWS: &str = "source,line,expression,name,value,gradient\n<stdin>,2,2*3,f,6,";
    // The file that is replaced.
    let place = Place::with(&[("result", "as it was\n")]);
    let talk = Talk::new(&place, "result");
    fs::remove_file(place.path("result")).expect("the file");
    assert_eq!(talk.end(), (Some(0), vec![]));
    assert!(place.text("result").starts_with(ROWS), "{}", place.text("result"));
    // A folder takes its place.
    let place = Place::with(&[("result", "as it was\n")]);
    let talk = Talk::new(&place, "result");
    fs::remove_file(place.path("result")).expect("the file");
    fs::create_dir(place.path("result")).expect("a folder");
    let (code, told) = talk.end();
    assert_eq!((code, told.len()), (Some(3), 1), "{told:?}");
    assert!(told[0].starts_with("error: cannot write `result`: "), "{told:?}");
    assert_eq!(place.names(), ["result"]);
    assert!(names(&place.path("result")).is_empty());
    // The folder that it would lie in.
    let place = Place::new();
    fs::create_dir(place.path("folder")).expect("a folder");
    let talk = Talk::new(&place, "folder/result");
    fs::remove_dir(place.path("folder")).expect("the folder, for nothing in it has a name");
    let (code, told) = talk.end();
    assert_eq!((code, told.len()), (Some(3), 1), "{told:?}");
    assert!(told[0].starts_with("error: cannot write `folder/result`: "), "{told:?}");
    assert!(place.names().is_empty());
    // A script that is included, and data.
    let place = Place::with(&[("more", "print \"more\"\n"), ("data", "1\n2\n")]);
    let mut talk = Talk::new(&place, "result");
    talk.tell("include \"more\"\nprint sum(load(\"data\"))\n");
    assert_eq!([talk.hear(), talk.hear()], ["more", "3"]);
    fs::remove_file(place.path("more")).expect("the script");
    fs::remove_file(place.path("data")).expect("the data");
    talk.tell("include \"more\"\nprint sum(load(\"data\"))\n");
    let (code, told) = talk.end();
    assert_eq!(code, Some(3), "{told:?}");
    for name in ["more", "data"] {
        assert!(told.contains(&format!("error: cannot read `{name}`: there is no such file")), "{told:?}");
    }
    assert!(place.names().is_empty(), "an answer is missing, so that nothing is written");
}

#[test]
fn a_script_is_not_replaced_by_its_results() {
    let text = "x = 3\nx^2\nx^3\n";
    let place = Place::with(&[("script", text)]);
    let run = place.run(&["--as", "value", "-f", "script", "-o", "script"]);
    assert!(run.status.code() == Some(2) && String::from_utf8_lossy(&run.stderr).contains("which -f reads"), "{run:?}");
    assert_eq!(place.text("script"), text);
}
