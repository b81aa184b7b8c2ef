//! The session at a terminal, typed key by key in a pseudo-terminal: what its screen shows, and what it keeps.

use crate::terminal::{self, Setup, Terminal};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const CTRL_A: &str = "\x01";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const CTRL_E: &str = "\x05";
const CTRL_R: &str = "\x12";
const CTRL_U: &str = "\x15";
const UP: &str = "\x1b[A";
const LEFT: &str = "\x1b[D";

fn home() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A session without colours.
fn plain(home: &TempDir, arguments: &[&str]) -> Terminal {
    let variables = [("NO_COLOR", "1")];
    let session = Terminal::start(arguments, Setup { variables: &variables, ..Setup::new(home.path()) });
    session.wait_for_prompt();
    session
}

#[track_caller]
fn leave(mut session: Terminal) {
    session.send(CTRL_D);
    assert_eq!(session.wait(), Some(0));
}

const TABLE: &str = "   name    expression     value       gradient
   x       input           3           2.05957
   y       input          -4           1.59223
1  sigy    sigma(y)        0.0179862   0.512144
2  num     x + sigy        3.01799     0.512144
3  sigx    sigma(x)        0.952574   -0.791593
4  xpy     x + y          -1           1.58319
5  xpysqr  xpy^2           1          -0.791593
6  den     sigx + xpysqr   1.95257    -0.791593
7  invden  1 / den         0.512144    3.01799
8  f       num * invden    1.54564     1";

/// Names that have values are no columns of a query, which is told each time, with a way that leads to columns.
#[test]
fn queries_without_a_column_are_told() {
    let home = home();
    let session = plain(&home, &[]);
    // Room for all of it.
    session.resize(200, 100);
    session.enter("set dialect duckdb; set table t");
    session.enter("x = 2; y = 3");
    session.enter("x*y");
    for typed in [":sql", ":sql", ":sql x*y"] {
        let shown = session.enter(typed).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            shown.contains("6e0 AS \"f\"") && shown.contains("note: no column of the table is read: `x` and `y` have values"),
            "{shown}"
        );
        assert!(shown.contains("`:reset` forgets every name and setting; write `x*y` in full then, without names of stages"), "{shown}");
    }
    session.enter(":reset");
    // Where settings are forgotten too, they are asked for.
    session.enter("set dialect duckdb; set table t");
    let shown = session.enter(":sql x*y");
    assert!(shown.contains("\"x\" * \"y\" AS \"f\"") && !shown.contains("note:"), "{shown}");
    // What help shows is a query of columns.
    let shown = session.enter(":help sql");
    assert!(shown.contains(":sql x^2*y") && !shown.contains("x = 3"), "{shown}");
    leave(session);
}

#[test]
fn lines_are_answered_as_in_a_script() {
    let home = home();
    let session = plain(&home, &[]);
    assert_eq!(session.enter("x = 3; y = -4"), "");
    // The numbers of the notes.
    assert_eq!(session.enter("(x+sigma(y))/(sigma(x)+(x+y)^2)"), TABLE);
    session.enter(":view brief");
    assert_eq!(session.enter("x*y"), "f = -12  dx = -4  dy = 3");
    // The last value; an operator continues from it, a minus begins anew.
    assert_eq!(session.enter("* 2"), "f = -24  dans = 2");
    assert_eq!(session.enter("+ 1"), "f = -23  dans = 1");
    assert_eq!(session.enter("/ 23"), "f = -1  dans = 0.0434783");
    assert_eq!(session.enter("^ 2"), "f = 1  dans = -2");
    assert_eq!(session.enter("-x"), "f = -3  dx = -1");
    assert_eq!(session.enter("ans + 0*x"), "f = -3  dx = 0  dans = 1");
    // A semicolon silences; a named stage is shown, an input and a function are not.
    assert_eq!(session.enter("x^2;"), "");
    assert_eq!(session.enter("q = x + y"), "q = -1  dx = 1  dy = 1");
    assert_eq!(session.enter("f(a, b) = a*b"), "");
    assert_eq!(session.enter("f(q, 2)"), "f = -2  dx = 2  dy = 2");
    assert_eq!(session.enter("p = x*w"), "");
    // A slip changes nothing.
    assert!(session.enter("q = x +* y").contains("error: an operand is missing"));
    assert_eq!(session.enter("q"), "q = -1  dx = 1  dy = 1");
    assert!(session.enter("p").contains("error: `w` has no value"));
    // New inputs, the same question.
    assert_eq!(session.enter("x*q"), "f = -3  dx = 2  dy = 3");
    session.enter(":clear");
    assert_eq!(session.enter("x = 5"), "x 3 -> 5; q and p follow");
    assert_eq!(session.enter(":again"), "f = 5  dx = 6  dy = 5");
    leave(session);
}

#[test]
fn what_is_typed_is_coloured_and_previewed() {
    let home = home();
    let session = Terminal::start(&[], Setup::new(home.path()));
    session.wait_for_prompt();
    session.enter("x = 3; y = -4; const k = 2");
    session.type_to("(x+sigma(y))/(sigma(x)+(x+y)^2)", "    f = 1.54564  dx 2.05957  dy 1.59223");
    session.send(CTRL_U);
    session.wait_for_prompt();
    session.type_to("sigma(x) + zz # remark", "# remark");
    let style = |word: &str| {
        let mut found = None;
        session.wait_until("the line", |screen| {
            let (row, _) = screen.cursor_position();
            let line = terminal::line_of_cursor(screen);
            let at = line.find(word).and_then(|at| u16::try_from(at).ok());
            let cell = at.and_then(|at| screen.cell(row, at)).cloned();
            found.replace(cell.expect("the word is there"));
            true
        });
        found.expect("a cell")
    };
    let (gate, input, unknown, remark) = (style("sigma"), style("x)"), style("zz"), style("# "));
    assert!(unknown.underline() && !input.underline() && !gate.underline());
    assert!(gate.fgcolor() != input.fgcolor() && remark.dim());
    // The bracket at the cursor and its partner stand out, and no others.
    session.send(CTRL_U);
    session.wait_for_prompt();
    session.type_to("(x+(y)*2)", "(x+(y)*2)    f = -5  dx 1  dy 2");
    session.wait_until("the matching bracket", |screen| {
        let (row, _) = screen.cursor_position();
        let inverse = |at: u16| screen.cell(row, at).is_some_and(vt100::Cell::inverse);
        (0..12).filter(|&at| inverse(at)).collect::<Vec<_>>() == [2, 10]
    });
    // The answer stays while the cursor goes through the line, over brackets and beside them.
    for back in 1..=9 {
        session.send(LEFT);
        session.wait_until("the answer with the cursor in the middle", |screen| {
            let column = usize::from(screen.cursor_position().1);
            column == 11 - back && terminal::line_of_cursor(screen) == "> (x+(y)*2)    f = -5  dx 1  dy 2"
        });
    }
    session.type_to("2*", "> 2*(x+(y)*2)    f = -10  dx 2  dy 4");
    session.send(CTRL_E);
    session.send(CTRL_U);
    session.wait_for_prompt();
    // A line that leaves no room has its answer in the row below.
    let long = format!("x + y{}", " + 0".repeat(22));
    session.send(&long);
    session.wait_until("the answer of a long line", |screen| {
        let (row, _) = screen.cursor_position();
        let rows: Vec<String> = screen.rows(0, 100).collect();
        rows[usize::from(row)].trim_end() == format!("> {long}") && rows[usize::from(row) + 1].trim() == "f = -1  dx 1  dy 1"
    });
    session.send(CTRL_U);
    session.wait_for_prompt();
    session.send(CTRL_D);
    // Without colour, no escape paints anything.
    let session = plain(&home, &[]);
    session.type_to("sigma(zz)", "sigma(zz)");
    assert!(!session.raw().contains("\x1b[4m") && !session.raw().contains("\x1b[3"), "{:?}", session.raw());
}

#[test]
fn words_are_completed() {
    let home = home();
    fs::write(home.path().join("worksheet.grad"), "x = 2\nx^2\n").expect("a file");
    let session = plain(&home, &[]);
    session.enter("silver = 3; fun(a) = a");
    for (keys, line) in [
        ("softp\t", "> softplus(    softplus(x)"),
        ("silv\t + 1", "> silver + 1    f = 4  dsilver 1"),
        ("2*fu\t", "> 2*fun(    fun(a)"),
        ("\\sigma\t", "> σ"),
        ("\\the\t", "> θ"),
        ("asser\t", "> assert"),
        (":hes\t", "> :hessian"),
        (":load work\t", "> :load worksheet.grad"),
        ("include \"work\t", "> include \"worksheet.grad"),
        (":set dig\t3", "> :set digits 3"),
        (":set stages pri\t", "> :set stages primitive"),
        (":view br\t", "> :view brief"),
        (":help softp\t", "> :help softplus"),
    ] {
        session.send(keys);
        session.wait_for_line(line);
        session.send(CTRL_U);
        session.wait_for_prompt();
    }
    session.send("sig\t");
    session.wait_for("sigmoid( gate");
    session.send(CTRL_U);
    session.wait_for_prompt();
    leave(session);
}

#[test]
fn lines_go_on_while_something_waits() {
    let home = home();
    let session = plain(&home, &[]);
    session.enter("x = 3");
    session.enter(":view brief");
    session.type_to("max(x,", "> max(x,");
    session.send("\r");
    session.wait_for_line("    `max(` is open: `)` ends it; Enter gives it up");
    session.type_to("  5) *", "  5) *");
    session.send("\r");
    session.wait_for_line("    an operand is missing; Enter gives it up");
    session.type_to("2", "2    f = 10  dx 0");
    session.send("\r");
    session.wait_for("f = 10  dx = 0");
    session.wait_for_prompt();
    // One entry of the history, whole.
    session.send(UP);
    session.wait_for_line("2    f = 10  dx 0");
    session.send("\r");
    session.wait_for_prompt();
    // An empty line ends what would never end.
    session.type_to("(x", "> (x    x = 3  dx 1");
    session.send("\r");
    session.wait_for_line("    `(` is open: `)` ends it; Enter gives it up");
    session.send("\r");
    session.wait_for("this `(` is never closed");
    session.wait_for_prompt();
    leave(session);
    let history = fs::read_to_string(home.path().join("state/gradcalc/history")).expect("a history");
    assert_eq!(history.lines().filter(|line| line.starts_with("max(x,\\n  5) *\\n2")).count(), 1, "{history}");
}

#[test]
fn a_pasted_script_runs_line_by_line() {
    let home = home();
    let session = plain(&home, &[]);
    session.enter(":view brief");
    session.send("\x1b[200~x = 2\nx^2\nx +* 3\nf(a) = a^3\nf(x)\n\x1b[201~");
    session.wait_for("f(x)");
    session.send("\r");
    session.wait_for("f = 8  dx = 12");
    session.wait_for_prompt();
    let screen = session.screen();
    assert!(screen.contains("f = 4  dx = 4") && screen.contains("<repl>:3:4"), "{screen}");
    // So does what is typed ahead.
    session.send("x*5\rx*6\r");
    session.wait_for("f = 12  dx = 6");
    session.wait_for_prompt();
    assert!(session.screen().contains("f = 10  dx = 5"));
    leave(session);
}

#[test]
fn commands_do_what_they_say() {
    let home = home();
    let session = plain(&home, &[]);
    session.enter(":view brief");
    assert!(session.enter(":again").contains("there is none yet"));
    assert_eq!(session.enter(":undo"), "undone: set view brief");
    session.enter(":set view brief");
    assert!(session.enter(":vars").contains("no names yet"));
    session.enter("x = 3; y = -4; const k = 2; f(a, b) = a*b; q = x + y;");
    let vars = [
        "x        input     3",
        "y        input     -4",
        "k        const     2",
        "q        stage     -1",
        "f(a, b)  function  f(a, b) = a*b",
    ];
    assert_eq!(session.enter(":vars").lines().collect::<Vec<_>>(), vars);
    assert_eq!(session.enter(":stages"), "q  stage  -1");
    assert_eq!(session.enter("q*k"), "f = -2  dx = 2  dy = 2");
    // Every view and every analysis, of the last expression or of one that is given.
    assert!(session.enter(":table").contains("1  q     x + y"));
    assert_eq!(session.enter(":value x*y"), "-12");
    assert!(session.enter(":code").contains("dx = y"));
    assert!(session.enter(":json").replace('\n', "").contains("\"output\":\"f\",\"shape\":[],\"value\":-12.0"));
    assert!(session.enter(":csv").contains("<repl>,1,x*y,x,3,-4"));
    session.enter(":view table");
    for (command, told) in [
        (":hessian x^2*y", "eigenvalues"),
        // x^2*y moves by 2 % where x does.
        (":relative", "% per %"),
        (":check x^2*y", "check x: match to"),
        (":check stages x^2*y", "check xsqr: match to"),
        (":along x=1, y=2", "along: first derivative -6, second derivative 16"),
        (":shapes sum([1, 2; 3, 4] @ [x, y])", "ds1 must have the shape of s1, [2]"),
        (":full sum([x, y])", "sum"),
        (":full on", "sum"),
        (":full off", "sum"),
        (":scalars [1, 2] @ [x, y]", "1 * x"),
    ] {
        let shown = session.enter(command);
        assert!(shown.contains(told), "{command}: {shown}");
        session.enter(":clear");
    }
    // What an analysis asks for once is not asked again.
    assert!(!session.enter(":again").contains("first derivative"));
    let nudged = session.enter(":nudge x 0.01 x^2");
    assert!(nudged.contains("the gradient predicts 9.06 (a change of 0.06), and it really becomes 9.06010"), "{nudged}");
    assert!(session.enter(":nudge").contains("takes names and steps"));
    assert!(session.enter(":time x^2").contains(" ms"));
    session.enter(":clear");
    assert!(session.screen().lines().count() < 3, "{}", session.screen());
    assert!(session.enter(":set").contains("digits    default"));
    assert!(session.enter(":set digits 99").contains("`99` is no value of `digits`"));
    assert!(session.enter(":quti").contains("did you mean `:quit`?"));
    assert!(session.enter(":hesian").contains("did you mean `:hessian`?"));
    session.enter(":reset");
    assert!(session.enter(":vars").contains("no names yet"));
    session.enter(":undo");
    assert!(session.enter(":vars").contains("input"));
    session.enter(":save all.grad");
    assert!(fs::read_to_string(home.path().join("all.grad")).expect("a script").contains("const k = 2"));
    session.enter(":clear");
    // An analysis is shown also where the view has no room for it.
    session.enter(":clear");
    session.enter(":view brief");
    assert!(session.enter(":hessian x^3").contains("eigenvalues"));
    assert_eq!(session.enter("x^3"), "f = 27  dx = 27");
    leave(session);
}

#[test]
fn the_circuit_steps_up_and_down() {
    let home = home();
    let session = plain(&home, &[]);
    session.enter("x = -2; y = 5; z = -4");
    session.enter(":view brief");
    // The notes' first circuit: its gradient is (-4, -4, 3), whose square is 41.
    session.enter("(x + y)*z");
    let shown = session.enter(":step 0.01");
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[..3], ["x  -2 -> -2.04", "y  5 -> 4.96", "z  -4 -> -3.97"]);
    // (2.92)*(-3.97) = -11.5924
    assert_eq!(lines[3], "f  -12 -> -11.5924   it moved by 0.407600; the gradient predicts 0.410000");
    assert!(session.enter(":step -0.01").contains("the gradient predicts -0."));
    session.enter(":undo");
    assert_eq!(session.enter("x"), "x = -2.04  dx = 1");
    assert!(session.enter(":step").contains("takes a step"));
    assert!(session.enter(":step 1/0").contains("finite"));
    session.enter("f(a) = a^2; f(3)");
    assert!(session.enter(":step 0.1").contains("is written in the expression"));
    session.enter("x = 0; sqrt(x)");
    assert!(session.enter(":step 0.1").contains("not finite"));
    session.enter("w = [1, 2]; sum(w^2)");
    assert_eq!(session.enter(":step -0.25").lines().next(), Some("w  [1, 2] -> [0.5, 1]"));
    leave(session);
}

#[test]
fn steps_are_repeated_and_shown() {
    let home = home();
    let session = plain(&home, &["--as", "brief"]);
    session.enter("x = 8; x^2");
    // Each step of -0.25 halves x.
    let shown = session.enter(":step -0.25 3");
    assert_eq!(shown, "x  8 -> 1\nf  64 -> 1   3 steps: 64, 16, 4, 1");
    assert_eq!(session.enter(":undo"), "undone: :step -0.25 3");
    assert_eq!(session.enter("x"), "x = 8  dx = 1");
    assert!(session.enter(":step 0.1 0").contains("error"));
    leave(session);
}

#[test]
fn what_was_undone_comes_back() {
    let home = home();
    let session = plain(&home, &["--as", "brief"]);
    for line in ["x = 1", "x = 2", "x = 3"] {
        session.enter(line);
    }
    assert_eq!(session.enter(":undo 2"), "undone: x = 3\nundone: x = 2");
    assert_eq!(session.enter("x;"), "");
    session.enter(":undo");
    assert_eq!(session.enter(":vars"), "x  input  1");
    session.enter("x = 4");
    session.enter("x = 5");
    session.enter(":undo 2");
    assert_eq!(session.enter(":redo"), "done again: x = 4");
    assert_eq!(session.enter(":vars"), "x  input  4");
    assert_eq!(session.enter(":redo"), "done again: x = 5");
    assert!(session.enter(":redo").contains("nothing to redo"));
    assert!(session.enter(":undo some").contains("takes how many lines"));
    session.enter(":save kept.grad");
    assert!(fs::read_to_string(home.path().join("kept.grad")).expect("a script").ends_with("x = 1\nx = 4\nx = 5\n"));
    leave(session);
}

#[test]
fn every_setting_is_a_command_and_none_takes_what_it_does_not_read() {
    let home = home();
    let session = plain(&home, &["--as", "brief"]);
    session.enter(":digits 4");
    assert_eq!(session.enter(":digits"), "4");
    assert_eq!(session.enter("f(a) = a^2/3"), "");
    assert_eq!(session.enter(":help f"), "f(a) = a^2/3");
    assert_eq!(session.enter("?f"), "f(a) = a^2/3");
    assert!(session.enter("?clamp").contains("clamp(x, "));
    let gates = session.enter(":gates activation");
    assert!(gates.contains("sigma(x)") && !gates.contains("atan2"), "{gates}");
    session.enter(":clear");
    assert!(session.enter(":gates nothing").contains("there is no gate and no family of gates `nothing`"));
    for extra in [":vars x", ":again x", ":quit now", ":reset all"] {
        assert!(session.enter(extra).contains("takes nothing behind it"), "{extra}");
    }
    let shown = session.enter(":history 2");
    assert_eq!(shown.lines().count(), 2, "{shown}");
    leave(session);
}

#[test]
fn an_unfinished_statement_is_no_trap() {
    let home = home();
    let session = plain(&home, &["--as", "brief"]);
    session.enter("x = 3");
    session.type_to("max(x,", "> max(x,");
    session.send("\r");
    session.wait_for_line("    `max(` is open: `)` ends it; Enter gives it up");
    // A command is a command, and the statement waits.
    session.send(":digits\r");
    session.wait_for("default");
    session.wait_for_line("    `max(` is open: `)` ends it; Enter gives it up");
    session.send("5)\r");
    session.wait_for("f = 5  dx = 0");
    session.wait_for_prompt();
    // What can never close is refused at once.
    session.send("((x]\r");
    session.wait_for("error");
    session.wait_for_prompt();
    leave(session);
}

/// A command inside of whatever is unfinished is one, right or mistyped, and the statement stays and ends as it would have.
#[test]
fn a_command_keeps_what_is_unfinished() {
    let home = home();
    let session = plain(&home, &["--as", "brief"]);
    session.enter("x = 3");
    for (begun, ended, shown) in [
        (&["max(x,"][..], &["5)"][..], "f = 5  dx = 0"),
        (&["x*"], &["7"], "f = 21  dx = 7"),
        (&["[x,", "4"], &["][0]"], "f = 3  dx = 1"),
        (&["repeat 2 {", "x += 1"], &["}; x*10"], "f = 50  dx = 10"),
        (&["y = x +"], &["20; y"], "y = 25  dx = 1"),
        (&["def g(a):", "  b = a*2"], &["  return b", "", "g(x)"], "f = 10  dx = 2"),
    ] {
        session.enter(":clear");
        for line in begun {
            session.send(&format!("{line}\r"));
            session.wait_for(line.trim());
        }
        for (command, told) in [(":digits", "default"), (":digist", "did you mean `:digits`?"), (":set digits x", "error")] {
            // In a list a colon could be of a range.
            if command == ":digist" && begun[0].starts_with('[') {
                continue;
            }
            session.send(&format!("{command}\r"));
            session.wait_for(told);
            session.wait_until("the statement", |screen| {
                let shown = screen.contents();
                let last = shown.trim_end().lines().rev().take(begun.len() + 1).map(str::to_owned).collect::<Vec<_>>().concat();
                last.contains(begun[0]) && !last.contains(command)
            });
        }
        for line in ended {
            session.send(&format!("{line}\r"));
        }
        session.wait_for(shown);
        session.wait_for_prompt();
    }
    // The same in a text that is pasted, and behind a whole function.
    for (pasted, shown) in [
        ("max(x,\n:digits\n6)*x", "f = 30  dx = 6"),
        ("[x,\n:digits\n:vars\n5][1]*x", "f = 25  dx = 5"),
        ("def h(a):\n  b = a*3\n:digits\n  return b\nh(x)", "f = 15  dx = 3"),
        ("def k(a):\n  return a*4\n:digits\nk(x)", "f = 20  dx = 4"),
    ] {
        session.enter(":clear");
        session.send(&format!("\x1b[200~{pasted}\x1b[201~"));
        session.wait_for(pasted.lines().last().unwrap_or_default());
        session.send("\r");
        session.wait_for(shown);
        session.wait_for_prompt();
        let screen = session.screen();
        assert!(!screen.contains("error") && screen.contains("default"), "{screen}");
    }
    leave(session);
}

#[test]
fn the_lines_of_a_def_are_typed_one_by_one() {
    let home = home();
    let session = plain(&home, &["--as", "brief"]);
    for line in ["def g(a):", "    b = a + 1", "    return b*a"] {
        session.type_to(line, line.trim());
        session.send("\r");
    }
    // An empty line ends it.
    session.wait_for_line("    an empty line ends the function");
    session.send("\r");
    session.wait_for_prompt();
    // (a + 1)a at 3
    assert!(session.enter("x = 3; g(x)").contains("f = 12  dx = 7"));
    // A block that is not known here is refused at once.
    assert!(session.enter("while x > 2:").contains("repeat"));
    leave(session);
}

#[test]
fn a_copied_session_pastes_back() {
    let home = home();
    let session = plain(&home, &["--as", "brief"]);
    session.send(
        "\x1b[200~gradcalc 0.1.0   :help explains, :quit leaves\n> x = 2\n> max(x,\n5)*x\nf = 10  dx = 5\n> x^3\nf = 8  dx = 12\x1b[201~",
    );
    session.wait_for("x^3");
    session.send("\r");
    session.wait_until("the answers", |screen| screen.contents().matches("f = 8  dx = 12").count() == 2);
    session.wait_for_prompt();
    let shown = session.screen();
    assert!(!shown.contains("error"), "{shown}");
    let last: Vec<&str> = shown.lines().rev().skip(1).take(2).collect();
    assert_eq!(last, ["f = 8  dx = 12", "f = 10  dx = 5"], "{shown}");
    leave(session);
}

/// A terminal without bracketed paste sends it a line at a time; what is typed behind it is no answer, also where it goes on.
#[test]
fn a_copied_session_pastes_back_a_line_at_a_time() {
    let home = home();
    let session = plain(&home, &["--as", "brief"]);
    session.send(
        "> x = [1, 2]\r> sum(x)*\r5\r   name  expression  value  gradient\r   x     [1,\r1  f     sum(  15\rx 1 -> 2; f follows\r> y = 4\r> y^3\rf = 64  dy = 48\r",
    );
    session.wait_for("f = 64  dy = 48\n> f = 64");
    session.wait_for_prompt();
    std::thread::sleep(std::time::Duration::from_millis(300));
    session.send("(y +");
    session.wait_for("(y +");
    std::thread::sleep(std::time::Duration::from_millis(300));
    session.send("\r");
    session.send("1)*2\r");
    session.wait_for("f = 10  dy = 2");
    session.wait_for_prompt();
    let shown = session.screen();
    assert!(!shown.contains("error"), "{shown}");
    assert!(shown.contains("f = 15  dx = [5, 5]"), "{shown}");
    // Blocks have lines without a prompt, and an empty prompt asks nothing.
    session.send("> n = 3\r> repeat 2 {\r  n += 1\r}\rn 3 -> 5 in 2 rounds\r> def g(a):\r    b = a + n\r    return b*a\r> g(n)\rf = 50  dn = 20\r>\r");
    session.wait_for("> f = 50  dn = 20\n> >");
    session.wait_for_prompt();
    std::thread::sleep(std::time::Duration::from_millis(300));
    session.send("n*3\r");
    session.wait_for("f = 15  dn = 3");
    session.wait_for_prompt();
    assert!(!session.screen().contains("error"), "{}", session.screen());
    leave(session);
}

#[test]
fn arrows_find_what_begins_as_typed() {
    let home = home();
    let session = plain(&home, &["--as", "brief"]);
    for line in ["x = 2", "y = 3", "x*y;", "y + 1;"] {
        session.enter(line);
    }
    session.send("x");
    session.type_to(UP, "> x*y;    f = 6  dx 3  dy 2");
    session.send(UP);
    session.wait_for_line("> x = 2");
    session.send(CTRL_C);
    session.wait_for_prompt();
    session.send(UP);
    session.wait_until("the last line", |screen| terminal::line_of_cursor(screen).starts_with("> y + 1;"));
    session.send(UP);
    session.wait_until("the one before", |screen| terminal::line_of_cursor(screen).starts_with("> x*y;"));
    session.send(CTRL_U);
    session.wait_for_prompt();
    leave(session);
}

#[test]
fn what_is_typed_is_answered_before_it_is_whole() {
    let home = home();
    let session = plain(&home, &[]);
    session.enter("x = 3");
    session.type_to("2*(x + 1", "> 2*(x + 1    f = 8  dx 2");
    session.send(LEFT);
    session.send("\x7f");
    session.wait_for_line("> 2*(x +1    f = 8  dx 2");
    session.send(CTRL_A);
    session.send("\x0b");
    session.wait_for_prompt();
    session.type_to("clamp(", "clamp(    clamp(x, lo, hi)");
    session.send(CTRL_U);
    session.wait_for_prompt();
    leave(session);
}

#[test]
fn a_damaged_history_is_read_as_far_as_it_goes() {
    let home = home();
    let history = home.path().join("history");
    fs::write(&history, b"#V2\nx = 1\n\xff\xfe broken\nx = 2\n").expect("a file");
    let variables = [("NO_COLOR", "1"), ("GRADCALC_HISTORY", history.to_str().expect("a path"))];
    let session = Terminal::start(&[], Setup { variables: &variables, ..Setup::new(home.path()) });
    session.wait_for("the history was damaged");
    let shown = session.enter(":history");
    assert_eq!(shown.lines().map(str::trim).collect::<Vec<_>>(), ["1  x = 1", "2  x = 2", "3  :history"]);
    leave(session);
    assert!(fs::read(home.path().join("history.damaged")).expect("a copy").contains(&0xff));
    assert!(fs::read_to_string(&history).expect("text").contains(":history"));
}

/// A paste without brackets is drawn for the lines that it takes, not for each of its bytes.
#[test]
fn a_long_paste_is_drawn_once() {
    let home = home();
    let session = plain(&home, &["--as", "value"]);
    session.enter("x = 1");
    let before = session.raw().len();
    let text = "x+".repeat(1500) + "0";
    session.send(&text);
    session.send("\r");
    session.wait_for("\n1500");
    session.wait_for_prompt();
    let drawn = session.raw().len() - before;
    // The whole line at each of its 38 rows would be 60,000 bytes; at each byte, millions.
    assert!(drawn < 400_000, "{drawn}");
    leave(session);
}

#[test]
fn help_is_there_for_everything_asked() {
    let home = home();
    let variables = [("NO_COLOR", "1")];
    let session = Terminal::start(&[], Setup { size: (120, 100), variables: &variables, ..Setup::new(home.path()) });
    assert!(session.enter(":help").contains("keys"));
    session.enter(":clear");
    // sigma(0) = 1/2, and its slope a quarter.
    assert!(session.enter(":help sigma").contains("> x = 0; sigma(x)\n  f = 0.5  dx = 0.25"));
    assert!(session.enter("help const").contains("  > const k = 2; x = 3; k*x\n  f = 6  dx = 2"));
    assert!(session.enter(":help step").contains(":step STEP [COUNT]  move every input"));
    assert!(session.enter(":help digits").contains("the flag --digits"));
    session.enter(":clear");
    // x^2*y at (3, -4): its second derivatives are -8, 6 and 0.
    assert!(session.enter(":help :hessian").contains("  > :hessian x^2*y\n"));
    assert!(session.screen().contains("  hessian  x   y\n  x        -8  6\n  y         6  0\n"), "{}", session.screen());
    assert!(session.enter(":help sigmaa").contains("did you mean `sigma`?"));
    assert!(session.enter("?").contains("commands"));
    session.enter(":clear");
    // They are names where they are.
    assert_eq!(
        session.enter("help = 2; quit = 3; :view brief").lines().next(),
        Some("error: `:view` is a command of the session at a terminal, and no statement")
    );
    session.enter("help = 2; quit = 3");
    session.enter(":view brief");
    assert_eq!(session.enter("help * quit"), "f = 6  dhelp = 3  dquit = 2");
    assert_eq!(session.enter("quit"), "quit = 3  dquit = 1");
    session.send("exit\r");
    let mut session = session;
    assert_eq!(session.wait(), Some(0));
}

#[test]
fn control_keys_clear_stop_and_leave() {
    let home = home();
    let mut session = plain(&home, &[]);
    session.type_to("x + ", "> x +");
    session.send(CTRL_C);
    session.wait_for_prompt();
    assert!(!session.screen().contains("leaves; so does"), "{}", session.screen());
    session.send(CTRL_C);
    session.wait_for("Ctrl-D or :quit leaves; so does another Ctrl-C");
    session.wait_for_prompt();
    // Only two in a row leave.
    session.enter("x = 2");
    session.send(CTRL_C);
    session.wait_until("the advice again", |screen| screen.contents().matches("so does another").count() == 2);
    session.wait_for_prompt();
    session.send(CTRL_C);
    assert_eq!(session.wait(), Some(0));
    // An evaluation that would take minutes.
    let session = plain(&home, &[]);
    session.enter("f0(x) = sin(x)*x");
    let nested: Vec<String> = (1..22).map(|at| format!("f{at}(x) = f{}(x) + f{}(x + {at})", at - 1, at - 1)).collect();
    for function in &nested {
        session.enter(function);
    }
    session.enter("y = 2");
    session.type_to("f21(y)", "> f21(y)");
    session.send("\r");
    session.wait_for_line("");
    session.send(CTRL_C);
    session.wait_for("interrupted");
    session.wait_for_prompt();
    session.enter(":view brief");
    assert_eq!(session.enter("y^2"), "f = 4  dy = 4");
    leave(session);
}

/// The live answer has the digits that are set, and a line that is given up keeps none of it.
#[test]
fn the_live_answer_obeys_the_digits_and_leaves_with_its_line() {
    let home = home();
    let session = plain(&home, &[]);
    session.enter("x = 3");
    // 3/7 is 0.42857142857..., its derivative 1/7 0.14285714...
    for (setting, live) in [
        ("", "f = 0.428571  dx 0.142857"),
        (":digits 3", "f = 0.429  dx 0.143"),
        (":digits 9", "f = 0.428571429  dx 0.142857143"),
        (":decimals 2", "f = 0.43  dx 0.14"),
        (":digits full", "f = 0.42857142857142855  dx 0.14285714285714285"),
    ] {
        if !setting.is_empty() {
            session.enter(setting);
        }
        session.type_to("x/7", &format!("> x/7    {live}"));
        session.send(CTRL_C);
        session.wait_for_prompt();
        let screen = session.screen();
        let typed: Vec<&str> = screen.lines().filter(|line| line.starts_with("> x/7")).map(str::trim_end).collect();
        assert!(!typed.is_empty() && typed.iter().all(|line| *line == "> x/7"), "{screen}");
    }
    // In the middle of a line, over several lines, and in a search.
    session.type_to("1 + x/7", "> 1 + x/7    f = 1.4285714285714286  dx 0.14285714285714285");
    session.send(LEFT);
    session.send(CTRL_C);
    session.wait_for_prompt();
    session.send("sum([x,\r1])");
    session.wait_for("f = 4  dx 1");
    session.send(CTRL_C);
    session.wait_for_prompt();
    session.send(CTRL_R);
    session.wait_for("reverse-i-search");
    session.send(CTRL_C);
    session.wait_for_prompt();
    assert!(!session.screen().contains("f = 4"), "{}", session.screen());
    assert!(session.enter(":brief x").ends_with("x = 3  dx = 1"));
    leave(session);
}

#[test]
fn the_history_outlives_the_session() {
    let home = home();
    let session = plain(&home, &[]);
    session.enter("x = 7");
    session.enter("x*11");
    session.send(" secret = 1\r");
    session.wait_until("the next prompt", |screen| screen.contents().contains("secret") && terminal::line_of_cursor(screen) == ">");
    // It is kept after every line: nothing is lost with the terminal.
    drop(session);
    let session = plain(&home, &[]);
    session.send(UP);
    session.wait_for_line("> x*11");
    session.send(UP);
    session.wait_for_line("> x = 7");
    session.send(CTRL_U);
    session.wait_for_prompt();
    session.send(CTRL_R);
    session.send("*1");
    session.wait_for("x*11");
    session.send(CTRL_C);
    session.wait_for_prompt();
    let shown = session.enter(":history");
    assert!(shown.contains("1  x = 7") && shown.contains("2  x*11") && !shown.contains("secret"), "{shown}");
    leave(session);
    // Elsewhere, or nowhere.
    let other = home.path().join("other");
    let variables = [("NO_COLOR", "1"), ("GRADCALC_HISTORY", other.to_str().expect("a path"))];
    let session = Terminal::start(&[], Setup { variables: &variables, ..Setup::new(home.path()) });
    session.enter("1 + 1");
    leave(session);
    assert!(fs::read_to_string(&other).expect("a history").contains("1 + 1"));
    let variables = [("NO_COLOR", "1"), ("GRADCALC_HISTORY", "/dev/null/nowhere")];
    let session = Terminal::start(&[], Setup { variables: &variables, ..Setup::new(home.path()) });
    session.wait_for("warning: the history is not kept in `/dev/null/nowhere`");
    session.enter("x = 1");
    session.enter("x + 1");
    assert_eq!(session.screen().matches("warning").count(), 1);
    leave(session);
}

/// A pipe with a name would wait for somebody to read it; no history is wanted where it goes nowhere.
#[test]
fn a_history_that_is_no_file_does_not_keep_the_session_waiting() {
    let home = home();
    let pipe = home.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    for (history, warns) in [(pipe.to_str().expect("a path"), true), ("/dev/zero", true), ("/dev/null", false)] {
        let variables = [("NO_COLOR", "1"), ("GRADCALC_HISTORY", history)];
        let session = Terminal::start(&[], Setup { variables: &variables, ..Setup::new(home.path()) });
        let shown = session.enter("1 + 1");
        assert!(shown.contains('2'), "{shown}");
        assert_eq!(session.screen().contains("it is no regular file"), warns, "{}", session.screen());
        leave(session);
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

#[test]
fn scripts_are_loaded_and_saved() {
    let home = home();
    write(&home.path().join("config/gradcalc/init.grad"), "set view brief\nset keys emacs\nconst g = 9.81\n");
    write(&home.path().join("lib/part.grad"), "include \"more.grad\"\na = 4\na*b\nbroken +* 1\n");
    write(&home.path().join("lib/more.grad"), "b = 5\n");
    let session = plain(&home, &[]);
    assert_eq!(session.enter("h = 2; g*h"), "f = 19.62  dh = 9.81");
    let loaded = session.enter(":load lib/part.grad");
    assert!(loaded.contains("f = 20  db = 4  da = 5") && loaded.contains("lib/part.grad:4:9"), "{loaded}");
    assert!(loaded.contains("1 of 5 statements failed"), "{loaded}");
    assert!(session.enter("oops +* 1").contains("error"));
    assert_eq!(session.enter("a*h"), "f = 8  dh = 4  da = 2");
    assert_eq!(session.enter(":save kept.grad"), "4 statements saved".replace('4', "5"));
    assert!(session.enter(":save kept.grad").contains("`:save! kept.grad` replaces it"));
    assert!(session.enter(":save! kept.grad").contains("saved"));
    assert!(session.enter(":save /dev/null/x").contains("error: cannot write"));
    assert!(session.enter(":load nowhere.grad").contains("cannot read `nowhere.grad`: there is no such file"));
    leave(session);
    // What was saved runs, and answers the same.
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_gradcalc"))
        .current_dir(home.path())
        .args(["-f", "kept.grad"])
        .output()
        .expect("it runs");
    let answers = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(answers, "f = 19.62  dh = 9.81\nf = 20  db = 4  da = 5\nf = 8  dh = 4  da = 2\n");
    // The start-up script can be left out, and what it gets wrong is told.
    let session = plain(&home, &["--no-init"]);
    assert!(session.enter("g").contains("`g` has no value"));
    leave(session);
    write(&home.path().join("config/gradcalc/init.grad"), "set view brif\n");
    let session = plain(&home, &[]);
    assert!(session.screen().contains("did you mean `brief`?"), "{}", session.screen());
    leave(session);
}

#[test]
fn a_saved_script_answers_as_the_session_did() {
    let home = home();
    write(&home.path().join("numbers.csv"), "1\n2\n4\n");
    write(&home.path().join("lib/part.grad"), "h(w) = sum(load(\"more.csv\")*w)\n");
    write(&home.path().join("lib/more.csv"), "10\n20\n");
    let session = plain(&home, &["-i", "--as", "brief", "x=3"]);
    let mut shown = Vec::new();
    for line in [
        "v = load(\"numbers.csv\")",
        "include \"lib/part.grad\"",
        "sum(v)*x",
        "+ 1",
        "h(x)",
        ":step 0.01",
        "+ 1",
        ":hessian x^2",
        "* 2",
        "y = x^2;",
        "x*y",
        ":again",
        "max(x,",
    ] {
        if line.starts_with("max") {
            session.type_to(line, line);
            session.send("\r");
            session.wait_for_line("    `max(` is open: `)` ends it; Enter gives it up");
            session.type_to("y)", "y)    f = 10.8900  dx 6.6");
            session.send("\r");
            session.wait_for("f = 10.8900  dx = 6.6");
            session.wait_for_prompt();
            shown.push("f = 10.8900  dx = 6.6".to_owned());
        } else if line.starts_with(':') {
            session.enter(line);
        } else {
            shown.extend(session.enter(line).lines().filter(|line| line.contains(" = ")).map(str::to_owned));
        }
    }
    fs::create_dir(home.path().join("elsewhere")).expect("a folder");
    assert!(session.enter(":save elsewhere/kept.grad").contains("saved"));
    leave(session);
    // h(x) = 30*x: a step of 0.01 along its gradient moves x by 0.3 to 3.3, and h to 99.
    assert_eq!(shown[2], "f = 90  dx = 30");
    assert!(shown[3].starts_with("f = 100"), "{shown:?}");
    let script = home.path().join("elsewhere/kept.grad");
    let run =
        std::process::Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(["--as", "brief", "-f"]).arg(&script).output().expect("it runs");
    let answers = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(answers.lines().collect::<Vec<_>>(), shown, "{}", fs::read_to_string(script).expect("a script"));
}

/// A session as a lecture has it: data and weights, each looked at, a network trained by hand and by `repeat`, slips on the way;
/// what is saved is loaded and has the same numbers.
#[test]
fn a_network_is_trained_saved_and_loaded() {
    let home = home();
    let variables = [("NO_COLOR", "1")];
    let started = || {
        let setup = Setup { size: (200, 100), variables: &variables, ..Setup::new(home.path()) };
        let session = Terminal::start(&["--as", "brief"], setup);
        session.wait_for_prompt();
        session
    };
    let session = started();
    session.enter("const X = [1, 2; 3, 4; 5, 7]");
    session.enter("const y = [1, 0, 2]");
    session.enter("w = [0.5, -0.25]; b = 0.1");
    assert!(session.enter("X").contains("[[1, 2], [3, 4], [5, 7]]"));
    session.enter("loss = mean((X @ w + b - y)^2)");
    let vars = session.enter(":vars");
    assert!(["X", "y", "w", "b", "loss"].iter().all(|name| vars.contains(name)), "{vars}");
    // The same steps in plain numbers.
    let (mut w, mut b) = ([0.5, -0.25], 0.1);
    let mut step = |rate: f64| {
        let rows = [([1.0, 2.0], 1.0), ([3.0, 4.0], 0.0), ([5.0, 7.0], 2.0)];
        let errors = rows.map(|(x, y)| x[0] * w[0] + x[1] * w[1] + b - y);
        let slope = |at: usize| rows.iter().zip(errors).map(|((x, _), error)| 2.0 / 3.0 * error * x[at]).sum::<f64>();
        let slopes = [slope(0), slope(1), 2.0 / 3.0 * errors.iter().sum::<f64>()];
        w[0] -= rate * slopes[0];
        w[1] -= rate * slopes[1];
        b -= rate * slopes[2];
        let errors = rows.map(|(x, y)| x[0] * w[0] + x[1] * w[1] + b - y);
        errors.iter().map(|error| error * error).sum::<f64>() / 3.0
    };
    let shown = |session: &Terminal| {
        let text = session.enter("print loss + 0");
        text.lines().last().and_then(|line| line.trim().parse::<f64>().ok()).unwrap_or_else(|| panic!("{text}"))
    };
    // By hand, from one answer's gradients.
    session.enter("loss; w -= 0.01*dw; b -= 0.01*db");
    let by_hand = step(0.01);
    assert!((shown(&session) - by_hand).abs() < 1e-5 * by_hand, "{} {by_hand}", shown(&session));
    // A slip in a block changes nothing.
    assert!(session.enter("repeat 3 { w *= 2; w -= los*w }").contains("error"));
    assert!((shown(&session) - by_hand).abs() < 1e-5 * by_hand);
    session.enter("repeat 50 { loss; w -= 0.01*dw; b -= 0.01*db }");
    let trained = (0..50).fold(by_hand, |_, _| step(0.01));
    assert!((shown(&session) - trained).abs() < 1e-5 * trained, "{} {trained}", shown(&session));
    // A view for one line is gone with it.
    session.enter(":json loss");
    assert!(session.enter(":undo").contains("undone"));
    let last = session.enter("loss");
    assert!(last.starts_with("loss = "), "{last}");
    assert!(session.enter(":save trained.grad").contains("saved"));
    leave(session);
    let session = started();
    session.enter(":load trained.grad");
    assert_eq!(session.enter("loss"), last);
    leave(session);
}

/// What later lines take of answers that were shown by the way is in the saved script, and nothing else of them: the script has
/// the numbers of the session, and shows nothing twice.
#[test]
fn what_was_shown_by_the_way_is_saved_where_it_is_taken() {
    let home = home();
    // w = 3 steps to 3 - 0.1*2*3 = 2.4.
    let sessions: &[(&str, &[&str], &str, &str)] = &[
        ("a definition", &["w = 3", "loss = w^2", "w -= 0.1*dw", "w"], "w = 3\nloss = w^2\nloss;\nw -= 0.1*dw\nw\n", "2.4"),
        ("a silenced one", &["w = 3", "loss = w^2;", "w -= 0.1*dw", "w"], "w = 3\nloss = w^2;\nloss;\nw -= 0.1*dw\nw\n", "2.4"),
        (
            "the last value",
            &["w = 3", "2*w", "loss = w^2", "w -= 0.1*dw", "+ 1"],
            "w = 3\n2*w\nloss = w^2\nloss;\nans = 6\nw -= 0.1*dw\nans + 1\n",
            "7",
        ),
        ("a view", &["w = 3", ":brief w^2", "w -= 0.1*dw", "w"], "w = 3\nw^2;\nw -= 0.1*dw\nw\n", "2.4"),
        ("its value", &["w = 3", ":brief w^2", "w = 1", "* 2"], "w = 3\nw^2;\nw = 1\nans * 2\n", "18"),
        ("views alone", &["w = 3", "w^2;", ":table", ":brief", ":hessian", ":again", "w = 4", "w"], "w = 3\nw^2;\nw = 4\nw\n", "4"),
        ("a definition shown again", &["w = 3", "q = w^2", ":table", ":brief q", ":check", "q"], "w = 3\nq = w^2\nq\n", "9"),
        ("what a view defines", &["w = 3", ":brief q = w^2", "q"], "w = 3\nq = w^2;\nq\n", "9"),
        (
            "a function that takes it",
            &["w = 3", "loss = w^2", "s(a) = a - 0.1*dw", "w = s(w)", "w"],
            "w = 3\nloss = w^2\nloss;\ns(a) = a - 0.1*dw\nw = s(w)\nw\n",
            "2.4",
        ),
    ];
    for (kind, lines, script, value) in sessions {
        let session = plain(&home, &["--as", "brief"]);
        for line in *lines {
            let shown = session.enter(line);
            assert!(!shown.contains("error"), "{kind}, {line}: {shown}");
            session.enter(":clear");
        }
        assert!(session.enter(":save! said.grad").contains("saved"), "{kind}");
        leave(session);
        let saved = fs::read_to_string(home.path().join("said.grad")).expect("a script");
        assert_eq!(saved, format!("# Saved by gradcalc.\n{script}"), "{kind}");
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_gradcalc"))
            .current_dir(home.path())
            .args(["--as", "brief", "-f", "said.grad"])
            .output()
            .expect("it runs");
        let answers = String::from_utf8_lossy(&run.stdout).into_owned();
        let last = answers.lines().last().and_then(|line| line.split_whitespace().nth(2));
        assert_eq!(last, Some(*value), "{kind}: {answers}{}", String::from_utf8_lossy(&run.stderr));
    }
}

/// A silenced line is the last expression for every command that asks about it.
#[test]
fn what_was_silenced_is_shown_where_it_is_asked_for() {
    let home = home();
    for silenced in ["x^2;", "x^2 ;  # note", "q = x^2;", "q = x^2\rq;"] {
        let session = plain(&home, &["--as", "brief"]);
        session.enter("x = 3");
        for line in silenced.split('\r') {
            session.enter(line);
        }
        assert_eq!(session.enter(":value"), "9", "{silenced}");
        for (command, told) in [
            (":brief", " = 9  dx = 6"),
            (":again", " = 9  dx = 6"),
            (":table", "x^2"),
            (":code", "x"),
            (":json", "\"value\":9"),
            (":hessian", "eigenvalues"),
            (":check", "check x: match"),
            (":time", " = 9  dx = 6"),
            (":brief x^3;", "f = 27  dx = 27"),
        ] {
            session.enter(":clear");
            let shown = session.enter(command);
            assert!(shown.contains(told), "{silenced} {command}: {shown}");
        }
        leave(session);
    }
}

/// Behind a block stands from what to what its inputs went, over all rounds.
#[test]
fn a_block_says_where_its_rounds_have_led() {
    let home = home();
    let session = plain(&home, &["--as", "brief"]);
    session.enter("w = 3; loss = w^2;");
    session.enter(":digits 6");
    // Each round takes a fifth of w away: 3*0.8^3 = 1.536.
    for (block, told) in [
        ("repeat 3 { w -= 0.1*d(loss, w) }", "w 3 -> 1.536 in 3 rounds; loss follows"),
        ("w = 3;", "w 1.536 -> 3; loss follows"),
        ("repeat 1 { loss; w -= 0.1*dw }", "w 3 -> 2.4 in 1 round; loss follows"),
        ("w = 3;", "w 2.4 -> 3; loss follows"),
        ("repeat 2 { repeat 2 { w += 1 }; w -= 1 }", "w 3 -> 5 in 2 rounds; loss follows"),
        ("repeat 3 { w = 7 }; w = 8", "w 5 -> 7 in 3 rounds; loss follows\nw 7 -> 8; loss follows"),
        ("repeat 0 { w = 7 }", ""),
        ("repeat 4 { w = 8 }", ""),
        ("repeat 2 { w += 1; w -= 1 }", ""),
    ] {
        let shown = session.enter(block);
        assert_eq!(shown, told, "{block}");
        session.enter(":clear");
    }
    // A slip changes nothing, and says nothing of it.
    assert!(!session.enter("repeat 3 { w += 1; w -= los*w }").contains("follows"));
    session.enter(":clear");
    session.send("repeat 1000000000 { w += 1 }\r");
    std::thread::sleep(std::time::Duration::from_millis(700));
    session.send(CTRL_C);
    session.wait_for("interrupted");
    session.wait_for_prompt();
    let (led, now) = (session.screen(), session.enter(":value w"));
    let line = led.lines().find_map(|line| line.find("w 8 -> ").map(|at| &line[at..])).unwrap_or_else(|| panic!("{led}"));
    let words: Vec<&str> = line.split_whitespace().collect();
    let (to, rounds): (f64, f64) = (words[3].parse().expect("a number"), words[5].parse().expect("a number"));
    assert_eq!(words[4..].join(" "), format!("in {rounds} of 1000000000 rounds; loss follows"));
    assert_eq!((to, now.as_str()), (8.0 + rounds, words[3]));
    leave(session);
    // In a script nothing is said of it.
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_gradcalc"))
        .args(["--as", "value", "w=3", "-e", "loss = w^2; repeat 3 { w -= 1 }; w"])
        .output()
        .expect("it runs");
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
}

/// A change is told with the digits that are set, and with as many more as tell the two apart.
#[test]
fn a_change_is_told_with_the_digits_that_are_set() {
    let home = home();
    let session = plain(&home, &["--as", "brief"]);
    session.enter("x = 1/3; q = x^2;");
    for (line, told) in [
        (":digits 4", ""),
        ("x += 1", "x 0.3333 -> 1.333; q follows"),
        ("x = 1.33333333", "x 1.333333333 -> 1.33333333; q follows"),
        (":decimals 2", ""),
        ("x = 2", "x 1.33 -> 2.00; q follows"),
        ("x = 2.0004", "x 2.0000 -> 2.0004; q follows"),
        (":digits full", ""),
        ("x = 1/3", "x 2.0004 -> 0.3333333333333333; q follows"),
    ] {
        assert_eq!(session.enter(line), told, "{line}");
    }
    leave(session);
}

/// A paste with commands in it runs as if each of its lines had been typed.
#[test]
fn commands_in_a_paste_run_in_their_order() {
    let home = home();
    let lines = ["x = 8", "q = max(x,", "  2)^2", "/ 4", ":step -0.25", ":brief x + 1", "x = 5", ":undo", "x"];
    // With and without the prompts and the answers of the session that it is copied from. 8^2/4 = 16; ans is a number.
    let bare = lines.join("\n");
    let copied = "> x = 8\n> q = max(x,\n  2)^2\nq = 64  dx = 16\n> / 4\nf = 16  dans = 0.25\n> :brief x + 1\nf = 9  dx = 1\n> x = 5\n\
                  x 8 -> 5; q follows\n> :undo\nundone: x = 5\n> x\nf = 8  dx = 1";
    for pasted in [bare.replace(":step -0.25\n", ""), copied.to_owned()] {
        let session = plain(&home, &["--as", "brief"]);
        session.enter("w = 1; ans = 1");
        session.enter(":clear");
        session.send(&format!("\x1b[200~{pasted}\x1b[201~"));
        session.send("\r");
        session.wait_for("undone: x = 5\nx = 8  dx = 1");
        session.wait_for_prompt();
        let shown = session.screen();
        for told in ["q = 64  dx = 16", "f = 0.25  dans = 0.25", "f = 9  dx = 1", "x 8 -> 5; q follows"] {
            assert!(shown.contains(told), "{pasted}: {shown}");
        }
        assert!(!shown.contains("error"), "{shown}");
        leave(session);
    }
    let session = plain(&home, &["--as", "brief"]);
    session.send("\x1b[200~x = 8\nx^2\n:step -0.25 3\n\n+ 1\nrepeat 2 {\n  x += 1\n}\ndef g(a):\n    return a + x\n:brief g(x)\x1b[201~");
    session.send("\r");
    session.wait_for("f = 6  dx = 2");
    session.wait_for_prompt();
    let shown = session.screen();
    // Each step of -0.25 halves x, to 1; then 1 + 1, and x is 3 at the end.
    assert!(shown.contains("f  64 -> 1") && shown.contains("f = 2  dans = 1") && !shown.contains("error"), "{shown}");
    leave(session);
}

#[test]
fn a_function_of_several_lines_is_listed_by_its_first() {
    let home = home();
    let session = plain(&home, &["--as", "brief"]);
    session.send("\x1b[200~def g(a):\n    b = a + 1\n    return b*a\n\nx = 2\x1b[201~");
    session.wait_for("x = 2");
    session.send("\r");
    session.wait_for_prompt();
    session.enter(":clear");
    assert_eq!(session.enter(":vars"), "x     input     2\ng(a)  function  def g(a): ...");
    leave(session);
}

#[test]
fn a_session_goes_on_after_expressions_and_scripts() {
    let home = home();
    write(&home.path().join("a.grad"), "q = x^2\n");
    let session = plain(&home, &["-i", "--as", "brief", "-f", "a.grad", "x=3"]);
    assert!(session.screen().starts_with("q = 9  dx = 6"), "{}", session.screen());
    assert_eq!(session.enter("q*2"), "f = 18  dx = 12");
    // What the command line gave can be changed now.
    session.enter("x = 4; q = x^2;");
    assert_eq!(session.enter("q"), "q = 16  dx = 8");
    session.enter(":view value");
    assert_eq!(session.enter("q"), "16");
    leave(session);
    let session = plain(&home, &["-i", "--as", "brief", "w=2"]);
    assert_eq!(session.enter("w^3"), "f = 8  dw = 12");
    leave(session);
    let session = plain(&home, &["-i", "--as", "brief", "x*y", "x=2", "y=3"]);
    assert_eq!(session.enter(":again"), "f = 6  dx = 3  dy = 2");
    leave(session);
}

#[test]
fn vi_keys_edit_as_vi_does() {
    let home = home();
    let session = plain(&home, &["--keys", "vi", "--as", "brief"]);
    session.type_to("2*3*4", "> 2*3*4    f = 24");
    // Escape, to the beginning, delete two signs, append at the end.
    session.send("\x1b");
    session.send("0");
    session.send("2x");
    session.wait_for_line("> 3*4    f = 12");
    session.send("A+1");
    session.wait_for_line("> 3*4+1    f = 13");
    session.send("\r");
    session.wait_for("f = 13");
    session.wait_for_prompt();
    session.enter(":set keys emacs");
    session.type_to("3*4", "> 3*4    f = 12");
    session.send(CTRL_A);
    session.send("1+");
    session.wait_for_line("> 1+3*4    f = 13");
    session.send(CTRL_U);
    session.wait_for_line("> 3*4    f = 12");
    session.send(CTRL_C);
    session.wait_for_prompt();
    leave(session);
}

#[test]
fn every_terminal_is_served() {
    let home = home();
    // A dumb one: no colours, no keys, the same answers.
    let variables = [("TERM", "dumb")];
    let session = Terminal::start(&["--as", "brief"], Setup { variables: &variables, ..Setup::new(home.path()) });
    session.wait_for_prompt();
    session.send("x = 3\n");
    session.wait_until("the next prompt", |screen| screen.contents().contains("x = 3") && terminal::line_of_cursor(screen) == ">");
    session.send("x^2\n");
    session.wait_for("f = 9  dx = 6");
    session.wait_for_prompt();
    assert!(!session.raw().contains('\x1b'), "{:?}", session.raw());
    leave(session);
    // A narrow one: no live answer where there is no room for it.
    let variables = [("NO_COLOR", "1")];
    let session = Terminal::start(&["--as", "brief"], Setup { size: (40, 24), variables: &variables, ..Setup::new(home.path()) });
    session.enter("x = 3");
    session.send("x^2*3.125*x*2/17");
    session.wait_for_line("> x^2*3.125*x*2/17");
    session.send(CTRL_U);
    session.wait_for_prompt();
    session.type_to("x^2", "> x^2    f = 9  dx 6");
    // Wider while a line is being typed.
    session.resize(40, 100);
    session.send("*1000000*x");
    session.wait_for_line("> x^2*1000000*x    f = 27000000  dx 27000000");
    session.send("\r");
    session.wait_for_prompt();
    // Signs of every width, with the cursor among them.
    session.enter("σ1 = 2; 変数 = 5");
    session.type_to("変数*σ1", "> 変数*σ1    f = 10  dσ1 5  d変数 2");
    session.send(&LEFT.repeat(3));
    session.send("+x");
    session.wait_until("the line", |screen| terminal::line_of_cursor(screen).starts_with("> 変数+x*σ1    f = 11"));
    session.send("\r");
    session.wait_for("f = 11");
    session.wait_for_prompt();
    leave(session);
}

#[test]
fn what_is_no_terminal_gets_no_session() {
    let home = home();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gradcalc"));
        command.current_dir(home.path()).env("HOME", home.path()).args(arguments).stdin(std::process::Stdio::null());
        command.output().expect("it runs")
    };
    let piped = run(&["-i", "x^2", "x=3", "--as", "brief"]);
    assert_eq!((String::from_utf8_lossy(&piped.stdout).as_ref(), piped.status.code()), ("f = 9  dx = 6\n", Some(0)));
    assert!(!home.path().join(".local").exists(), "no history of what nobody types");
    let session = Terminal::start(&["-i", "-o", "kept"], Setup::new(home.path()));
    let mut session = session;
    assert_eq!(session.wait(), Some(2));
}

/// Types what a page shows of a session, and compares what comes.
fn replay(page: &str, session: &Terminal) {
    let (_, rest) = page.split_once("```text\n> ").expect("a session");
    let (block, _) = rest.split_once("\n```").expect("its end");
    for exchange in block.split("\n> ") {
        let (line, answer) = exchange.split_once('\n').unwrap_or((exchange, ""));
        assert_eq!(session.enter(line), answer, "{line}");
    }
}

#[test]
fn the_sessions_in_the_pages_are_replayed() {
    let home = home();
    let session = plain(&home, &[]);
    replay(include_str!("../README.md"), &session);
    leave(session);
    let samples = include_str!("../examples/samples.csv");
    write(&home.path().join("samples.csv"), samples);
    let session = plain(&home, &[]);
    replay(include_str!("../examples/session.md"), &session);
    // What is written between the blocks holds too.
    session.enter(":clear");
    assert!(session.enter(":summary samples.csv --by y").contains("y  name"));
    session.enter(":clear");
    assert!(session.enter(":rows samples.csv w*x0 + b --as json").contains("\"dw\":0.5"));
    assert!(session.enter(":load samples.csv --keep x0,y").contains("loaded from samples.csv: x0, y; 6 rows each"));
    leave(session);
}

/// Each column of numbers is loaded under its name; what is not, is told with its line, and nothing is loaded in part.
#[test]
fn columns_of_a_table_are_loaded() {
    let home = home();
    let file = |name: &str, text: &str| write(&home.path().join(name), text);
    file("d.csv", "x,y,id,z,my col,,e\n1,2,a,1,1,1,5\n\n2,4,b,NA,2,1,6\n3,7,a,3,3,1,7\n");
    file("t.tsv", "a\tb\n0.5\t\"2\"\n");
    file("short.csv", "x,y\n1,2\n3\n");
    file("texts.csv", "x,y\na,1\n2,\n");
    file("empty.csv", "x,y\n");
    file("bare.csv", "1,2\n3,4\n");
    file("part.grad", "p = 2\n");
    file("large.csv", &format!("x,y\n{}", "1,2\n".repeat(100_000)));
    let packed = std::process::Command::new("gzip").arg("-k").arg(home.path().join("t.tsv")).status();
    assert!(packed.is_ok_and(|ended| ended.success()));
    let session = plain(&home, &["--as", "brief"]);
    // Long messages are broken into lines.
    let enter = |line: &str| session.enter(line).split_whitespace().collect::<Vec<_>>().join(" ");
    enter("a = 1; b = 0; x = 3; const y = 4; q = x^2;");
    let shown = enter(":load d.csv");
    for told in [
        "`id` of d.csv is not loaded: line 2: `a` is no number",
        "`z` of d.csv is not loaded: line 4 has no number there",
        "`my col` of d.csv is not loaded: this is no name",
        "column 6 of d.csv is not loaded: it has no name",
        "`x` is the column of d.csv now, and not 3 as before",
        "`y` is the column of d.csv now, and not the constant 4 as before",
        "`e` is the column of d.csv now, and not the constant as before",
        "q was named when it was a number",
        "loaded from d.csv: x, y, e; 3 rows each",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    // (2-1)^2 + (4-2)^2 + ... of the residuals 1, 2, 4.
    assert_eq!(enter("sum((y - (a*x+b))^2)"), "f = 21 da = -34 db = -14 dx = [-2, -4, -8] dy = [2, 4, 8]");
    // As behind `e = [5, 6, 7]`, the name is the session's.
    assert_eq!(enter("mean(e)"), "f = 6 de = [0.333333, 0.333333, 0.333333]");
    session.enter(":clear");
    assert!(!enter(":load d.csv").contains("as before"), "the same values replace nothing");
    // What is saved has the numbers, and what is undone is as before.
    assert!(enter(":save kept.grad").contains("saved"));
    assert!(fs::read_to_string(home.path().join("kept.grad")).expect("a script").contains("\ny = [2, 4, 7]\n"));
    session.enter(":clear");
    assert!(enter(":load t.tsv.gz").contains("loaded from t.tsv.gz: a, b; 1 row each"));
    assert_eq!(enter("sum(a*b)"), "f = 1 da = [2] db = [0.5]");
    session.enter(":undo 2");
    session.enter(":clear");
    assert_eq!(enter("a*1"), "f = 1 da = 1");
    session.enter(":clear");
    // Rows have a number where the session has the column.
    let shown = enter(":rows d.csv --keep id x*a");
    assert!(shown.contains("`x` is the column of d.csv here") && shown.contains("id,f,da,dx a,1,1,1 b,2,2,1 a,3,3,1"), "{shown}");
    for (line, told) in [
        (":load short.csv", "nothing of short.csv is loaded: line 3 has 1 field, and its header names 2"),
        (":load texts.csv", "no column of texts.csv can be loaded"),
        (":load empty.csv", "has no row behind its header"),
        (":load nowhere.csv", "there is no such file"),
        (":load bare.csv", "`--no-header` takes it for a row"),
        (":load bare.csv --no-header", "loaded from bare.csv: c1, c2; 2 rows each"),
        (":load --no-header bare.csv --keep c2", "loaded from bare.csv: c2; 2 rows"),
        (":load bare.csv --by c1", "takes the flags --keep, --na, --delimiter, --no-header, and no `--by`"),
        (":load d.csv --keep u", "`u` is no column of d.csv"),
        (":load part.grad --keep u", "of a script takes no flags"),
        (":load", "`:load data.csv`"),
        ("d.csv", "`:load d.csv` loads its columns, and `:rows d.csv` answers the last expression for each row"),
        ("part.grad", "`:load part.grad` runs it"),
        ("set budget 1MiB", ""),
        (":load large.csv", "nothing of large.csv is loaded: there is room for"),
        (":load large.csv --keep x", "loaded from large.csv: x; 100000 rows"),
    ] {
        session.enter(":clear");
        let shown = enter(line);
        assert!(shown.contains(told), "{line}: {shown}");
    }
    leave(session);
}

/// Flags stand before the file, before the expression and behind it, with their values behind a blank or `=`.
#[test]
fn flags_of_rows_stand_where_they_do_on_the_command_line() {
    let home = home();
    write(&home.path().join("d.csv"), "x,y,id\n1,2,a\n2,4,b\n3,7,a\n");
    write(&home.path().join("my data.csv"), "x\n5\n");
    let session = plain(&home, &[]);
    for (line, told) in [
        (":summary d.csv --by id x*y", "b f 1 0 0 8"),
        (":summary d.csv x*y --by id", "b f 1 0 0 8"),
        (":summary --by=id d.csv x*y", "b f 1 0 0 8"),
        (":rows d.csv x*y --wrt=x --keep none", "f,dx 2,2 8,4 21,7"),
        (":rows --threads=1 d.csv --keep none --wrt x x*y", "f,dx 2,2 8,4 21,7"),
        (":rows --threads 1 d.csv --keep \"id, x\" x*y", "id,x,f,dx,dy a,1,2,2,1"),
        // Two signs before an expression are none of a flag.
        (":rows d.csv --keep none --x", "f,dx 1,1"),
        (":rows d.csv --keep none --exp(0*x)", "f,dx 1,0"),
        (":rows d.csv --keep none y --x", "f,dy,dx 3,1,1"),
        (":rows \"my data.csv\" x^2", "x,f,dx 5,25,10"),
        (":rows d.csv --by", "a value is required for '--by <COLUMN>'"),
        (":rows d.csv x --wrt x + 1", "`+ 1` stands behind `--wrt`"),
        (":rows d.csv x --wtr=x", "unexpected argument '--wtr' found; `gradcalc --help` lists the flags"),
        (":rows d.csv x --thread=1", "unexpected argument '--thread' found; a similar argument exists: '--threads'"),
        (":rows --threads=1", "takes a table"),
        (":rows d.csv max(x, 2) --keep none --ties split", "f,dx 2,0 2,0.5 3,1"),
        ("by = 3;", ""),
        // A name of the session behind two signs is subtracted twice.
        (":rows d.csv --keep none x --by", "f,dby,dx 4,1,1"),
    ] {
        session.enter(":clear");
        let shown = session.enter(line).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains(told), "{line}: {shown}");
    }
    session.enter(":rows d.csv -o new.csv --keep none x*y");
    let written = fs::read_to_string(home.path().join("new.csv")).expect("a table");
    assert_eq!(written, "f,dx,dy\n2,2,1\n8,4,2\n21,7,3\n");
    leave(session);
}

/// Objects as they are written, without the place of their text.
fn without_source(objects: &str) -> Vec<String> {
    let cut = |text: &str, from: &str, to: &str| match text.split_once(from) {
        Some((before, rest)) => format!("{before}{}", rest.split_once(to).expect("its end").1),
        None => text.to_owned(),
    };
    // The line of an error counts in the whole text.
    objects.lines().map(|line| cut(&cut(line, "\"source\":{", "},"), "\"line\":", ",")).collect()
}

#[test]
fn a_session_gives_the_objects_of_a_script() {
    let statements = [
        "x = 3; y = -4",
        "(x+sigma(y))/(sigma(x)+(x+y)^2)",
        "ans*2",
        "const k = 2",
        "f(a, b) = a^b/k",
        "f(x, 2) + f(2, 3)",
        "q = max(x, y)",
        "q*[1, 2] @ [x, y]",
        "W = [1, 2; 3, 4]",
        "sum(W @ [x, y])",
        "W @ [x, y]",
        "d(x^3*y, x)",
        "sqrt(y)",
        "x +* y",
        "w",
        "assert x == 4",
        "assert x == 3",
        "print \"x\", x",
        "load(\"nowhere.csv\")",
        "set stages primitive",
        "sigma(x)",
        "σ(x)·2 − √x",
        "p = x*y",
    ];
    let home = home();
    let variables = [("NO_COLOR", "1")];
    // A terminal wide enough for an object in a line.
    let session = Terminal::start(&["--as", "json"], Setup { size: (60, 20_000), variables: &variables, ..Setup::new(home.path()) });
    // A named stage is shown where a line ends in it, and a script only at its end; the question after it asks once more.
    let typed: Vec<String> = statements.iter().map(|line| session.enter(line)).filter(|shown| !shown.is_empty()).collect();
    leave(session);
    let mut script = statements.join("\n");
    script.push('\n');
    fs::write(home.path().join("all.grad"), script.replace("q = max(x, y)\n", "q = max(x, y);\n")).expect("a script");
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_gradcalc"))
        .current_dir(home.path())
        .args(["--as", "json", "-f", "all.grad"])
        .output();
    let written = String::from_utf8(run.expect("it runs").stdout).expect("text");
    let (mut typed, written) = (without_source(&typed.join("\n")), without_source(&written));
    typed.retain(|object| !object.contains("\"expression\":\"q = max(x, y)\""));
    assert_eq!(typed, written);
    assert!(written.len() > 15);
}

/// Rows of a table with the names of the session: columns stand for inputs of their names, which is told; other names are as they are.
#[test]
fn rows_are_answered_in_a_session() {
    let home = home();
    let table = home.path().join("t.csv");
    std::fs::write(&table, "x,s\n1,a\n5,b\nNA,a\n").expect("it can be written");
    let table = table.display();
    let session = plain(&home, &[]);
    session.enter("k = 3; x = 0; q = log(x - 0.5)");
    session.enter(":clear");
    let shown = session.enter(&format!(":rows {table} k*x^2"));
    assert!(shown.contains("x,s,f,dk,dx") && shown.contains("1,a,3,1,6") && shown.contains("5,b,75,25,30"), "{shown}");
    assert!(shown.contains("`x` is the column") && shown.contains("not 0 as before"), "{shown}");
    session.enter(":clear");
    let shown = session.enter(&format!(":summary {table} --by=s --wrt=x k*x^2"));
    // The name of the folder is random, and may hold any letters.
    let has = |column: &str| shown.split_whitespace().any(|word| word == column);
    assert!(has("dx") && !has("dk") && has("75"), "{shown}");
    session.enter(":clear");
    // The last expression, also of stages that speak of the column.
    session.enter("x = 2; exp(q)*k");
    session.enter(":clear");
    let shown = session.enter(&format!(":rows {table} --keep=none"));
    assert!(shown.contains("f,") && shown.contains("1.5,") && shown.contains("13.5,"), "{shown}");
    session.enter(":clear");
    assert!(session.enter("x").contains('2'), "the session is as it was");
    // What was asked for rows is the last expression for rows, until another one is answered; names of the session that are columns and
    // stand in no expression are no mistake.
    let other = home.path().join("other.csv");
    std::fs::write(&other, "x,k\n7,2\n").expect("it can be written");
    let other = other.display();
    session.enter(":clear");
    let shown = session.enter(&format!(":rows {other} x + 1"));
    assert!(shown.contains("7,2,8,1") && !shown.contains("no expression uses"), "{shown}");
    session.enter(":clear");
    let shown = session.enter(&format!(":rows {other} --keep=none"));
    assert!(shown.contains("8,1"), "{shown}");
    session.enter(":clear");
    session.enter("x - 3");
    session.enter(":clear");
    let shown = session.enter(&format!(":rows {other} --keep=none"));
    assert!(shown.contains("4,1"), "{shown}");
    session.enter(":reset");
    session.enter(":clear");
    let shown = session.enter(&format!(":rows {other} x^2"));
    assert!(shown.contains("49,14"), "{shown}");
    session.enter(":clear");
    let shown = session.enter(&format!(":rows {other}"));
    assert!(shown.contains("49,14") && !shown.contains("none yet"), "{shown}");
    assert!(session.enter(":rows").contains("takes a table"));
    assert!(session.enter(":rows nothing.csv x").contains("there is no such file"));
    assert!(session.enter(":rows - x").contains("stdin is where you type"));
}

/// An analysis of the answer that was just shown stands alone; of another expression, or of other values, the stages are shown.
#[test]
fn analyses_do_not_show_the_stages_again() {
    let home = home();
    let session = plain(&home, &[]);
    session.enter("x = 3; y = -4");
    let asked = [
        (":jacobian", "jacobian"),
        (":hessian", "hessian"),
        (":along x=1", "along:"),
        (":relative", "% per %:"),
        (":nudge x=0.1", "nudge:"),
        (":sd x=0.1", "sd:"),
        (":check", "check x:"),
    ];
    for view in ["table", "brief"] {
        session.enter(&format!(":view {view}"));
        let mark = if view == "table" { "expression" } else { "f = " };
        assert!(session.enter("x^2*y").contains(mark));
        for (command, begins) in asked {
            session.enter(":clear");
            let shown = session.enter(command);
            assert!(shown.starts_with(begins) && !shown.contains(mark), "{command}: {shown}");
            assert!(session.enter(&format!("{command} x*y")).contains(mark), "{command}");
            session.enter("x^2*y");
        }
        session.enter(":clear");
        // Where an input has turned, the last answer is still what was shown, and that is told; `:again` asks anew.
        session.enter("x = x + 1");
        let shown = session.enter(":hessian");
        assert!(!shown.contains(mark) && shown.contains("`x` has turned since"), "{shown}");
        assert!(session.enter(":again").contains(mark));
        let shown = session.enter(":hessian");
        assert!(!shown.contains(mark) && !shown.contains("turned"), "{shown}");
    }
    // What shows no answer of its own shows the stages.
    session.enter(":view table");
    session.enter("x^2*y");
    assert!(session.enter(":shapes").contains("expression"));
    leave(session);
}

/// On a narrow page prose is broken between words: help, notes, errors and what is said of names.
#[test]
fn prose_fits_a_narrow_page() {
    let home = home();
    let variables = [("NO_COLOR", "1")];
    let session = Terminal::start(&[], Setup { size: (200, 46), variables: &variables, ..Setup::new(home.path()) });
    session.wait_for_prompt();
    let lines = [
        "x = 1",
        "f = max(x, x^2)",
        "p = x",
        "x -= 0.1*d(f, x)",
        "p",
        "f = q + w(3)",
        ":foo",
        "assert x == 3",
        "sigma(t) = t",
        "log(x - 1)",
        ":help names",
        ":help step",
        ":help ties",
        ":help ?",
        "?clamp",
        ":gates activation",
        ":set",
        ":nudge x=0.1 x^2",
        ":check stages max(x, x^2)",
        "long_name_of_one*long_name_of_two",
        "long_name_of_one = 1/3",
        "long_name_of_two = 2/3",
        "long_name_of_one*long_name_of_two + sin(x)",
    ];
    for line in lines {
        session.enter(":clear");
        let shown = session.enter(line);
        // But for what is quoted of the user's own line.
        let broken: Vec<String> = session.broken_lines().into_iter().filter(|line| !line.contains(" |")).collect();
        assert!(broken.is_empty(), "{line}: {broken:?}\n{shown}");
    }
    // A name is whole, whatever stands beside it.
    let table = session.screen();
    assert!(table.contains("long_name_of_one *\n") || table.contains("* long_name_of_two"), "{table}");
    leave(session);
}

/// Beyond a screenful the middle of the stages is left out, with its count; inputs and the result stay, and all can be had.
#[test]
fn long_lists_of_stages_are_shown_in_part_on_a_screen() {
    let home = home();
    let variables = [("NO_COLOR", "1")];
    let setup = || Setup { size: (20, 80), variables: &variables, ..Setup::new(home.path()) };
    let terms: Vec<String> = (2..40).map(|k| format!("sin({k}*x)")).collect();
    let expression = format!("{} + y", terms.join("+"));
    let all = |text: &str| (1..=114).filter(|at| text.lines().any(|line| line.trim_start().starts_with(&format!("{at} ")))).count();
    let once = |arguments: &[&str]| {
        let session = Terminal::start(&[arguments, &[&expression, "x=1", "y=2"]].concat(), setup());
        session.finish(b"").terminal
    };
    let text = once(&[]);
    assert!(text.contains("x      ") && text.contains("y      ") && text.contains(" f  "), "{text}");
    let shown = all(&text);
    assert!(text.contains(&format!("... {} stages are left out here; the setting full shows them", 114 - shown)), "{shown}: {text}");
    assert!((6..=17).contains(&shown) && text.lines().count() <= 19, "{shown}: {text}");
    // Arrays take several lines each, in columns and, where the page is narrow, below each other.
    for (columns, digits) in [(80, "6"), (80, "full"), (50, "6"), (60, "9")] {
        let setup = Setup { size: (30, columns), variables: &variables, ..Setup::new(home.path()) };
        let terms: Vec<String> = (2..20).map(|k| format!("sin({k}*v)")).collect();
        let expression = format!("sum({}) + y", terms.join("+"));
        let text = Terminal::start(&["--digits", digits, &expression, "v=[1, 2, 3, 4, 5]/7", "y=1/3"], setup).finish(b"").terminal;
        assert!(text.contains("stages are left out here") && text.contains("f  "), "{columns} {digits}: {text}");
        assert!((14..=30).contains(&text.lines().count()), "{columns} {digits}: {} lines: {text}", text.lines().count());
        assert!(text.lines().all(|line| line.chars().count() <= usize::from(columns)), "{columns} {digits}: {text}");
    }
    let whole = once(&["--full"]);
    assert!(all(&whole) == 114 && !whole.contains("left out"), "{whole}");
    // A pipe gets all.
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gradcalc")).args([&expression, "x=1", "y=2"]).output().expect("it runs");
    let piped = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(all(&piped) == 114 && !piped.contains("left out"), "{piped}");
    // So does a screen in a session where it is set.
    let session = Terminal::start(&[], setup());
    session.wait_for_prompt();
    session.send("x = 1; y = 2\r");
    session.send(&format!("\x1b[200~{expression}\x1b[201~\r"));
    session.wait_for("stages are left out here");
    session.wait_for_prompt();
    session.send("set full on\r:again\r");
    session.wait_until("the whole list", |screen| {
        let text = screen.contents();
        all(&text) > 12 && !text.contains("left out") && terminal::line_of_cursor(screen) == ">"
    });
    leave(session);
}

/// Where steps lead, and what names stand for, is broken between numbers.
#[test]
fn no_number_is_broken_at_the_end_of_a_line() {
    let home = home();
    let variables = [("NO_COLOR", "1")];
    let setup = Setup { size: (60, 50), variables: &variables, ..Setup::new(home.path()) };
    let session = Terminal::start(&[], setup);
    session.wait_for_prompt();
    session.enter("w = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]/7");
    session.enter("g = sum(w^2)/3");
    let numbers = |text: &str| -> Vec<f64> {
        text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']')).filter_map(|word| word.parse().ok()).collect()
    };
    let vars = session.enter(":vars");
    let ws: Vec<f64> = numbers(&vars).into_iter().take(11).collect();
    assert!(ws.iter().zip(1..).all(|(w, k)| (w - f64::from(k) / 7.0).abs() < 1e-5) && ws.len() == 11, "{vars}");
    // Each step of 0.1 against the slope 2w/3 multiplies g by (1 - 0.2/3)^2; ten steps, of which six numbers are shown.
    let steps = session.enter(":step -0.1 10");
    let told = steps.split("10 steps:").nth(1).unwrap_or_else(|| panic!("{steps}"));
    let first = (1..12).map(|k| f64::from(k * k)).sum::<f64>() / 49.0 / 3.0;
    let found = numbers(told);
    assert_eq!(found.len(), 6, "{steps}");
    for (at, found) in (0i32..).zip(&found) {
        let expected = first * (1.0 - 0.2 / 3.0f64).powi(4 * at);
        assert!((found - expected).abs() < 1e-5 * expected, "{steps}: {found}, not {expected}");
    }
    leave(session);
}

/// Commands without their colon, with what they do not take, and a gate where a family is listed.
#[test]
fn slips_of_commands_are_told() {
    let home = home();
    let session = plain(&home, &[]);
    session.enter("x = 3; x^2;");
    for (line, told) in [
        ("vars", "typed with a colon: `:vars`"),
        ("undo 2", "typed with a colon: `:undo 2`"),
        ("step -0.1 10", "typed with a colon: `:step -0.1 10`"),
        ("precise 40", "typed with a colon: `:precise 40`"),
        ("view brief", "typed with a colon: `:view brief`"),
        (":step -0.1 5 x^2", "takes a step and how often"),
        (":step 5 -0.1", "takes a step and how often"),
        (":gates softmax", "dx = out * (dout - sum(out * dout))"),
        (":gates sofmax", "did you mean `softmax`?"),
        (":digits 4 x/3", "type `:digits 4`, then `x/3` in a line of its own"),
        (":precise 40 x/3", "type `:precise 40`, then `x/3` in a line of its own"),
    ] {
        let found = session.enter(line).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(found.contains(told), "{line}: {found}");
    }
    // Nothing has moved; a step may be computed, and each word may be a name.
    session.enter(":clear");
    assert!(session.enter("x").contains("3      1"));
    session.enter("x^2;");
    assert!(session.enter(":step 0.1 * -2").contains("3 -> 1.8"));
    session.enter("step = 0.5");
    assert!(session.enter("step").contains("0.5"));
    assert!(session.enter("dot").contains("write `dot(x, y)`"));
    leave(session);
    // An open bracket ends at a statement.
    let session = plain(&home, &[]);
    session.type_to("f = (1 + 2", "> f = (1 + 2");
    session.send("\r");
    session.wait_for_line("    `(` is open: `)` ends it; Enter gives it up");
    session.send("y = 5\r");
    session.wait_for("this `(` is never closed");
    session.wait_for_prompt();
    session.enter(":clear");
    assert!(session.enter("y").contains("5      1"));
    leave(session);
}

#[test]
fn a_backward_pass_is_compared_with_the_last_answer() {
    let home = home();
    fs::write(home.path().join("homework.py"), "dq = z\ndz = q\ndx = dq\ndy = -dq\n").expect("a file");
    let session = plain(&home, &[]);
    let file = home.path().join("homework.py");
    let asked = format!(":against {}", file.display());
    assert!(session.enter(&asked).contains("there is no answer yet"));
    session.enter("x = -2; y = 5; z = -4; q = x + y; f = q*z");
    assert!(session.enter(&asked).contains("3 of 4 points"));
    assert!(session.enter(":against").contains("takes the name of a file"));
    leave(session);
}

/// The passes are played a gate a key on a screen of its own, which leaves the terminal as it was, however it is left.
#[test]
fn the_passes_are_played() {
    let home = home();
    let session = plain(&home, &[]);
    session.enter("x = 3; y = -4");
    assert!(session.enter(":play").contains("there is none yet"));
    session.enter("(x+sigma(y))/(sigma(x)+(x+y)^2)");
    session.send(":play\r");
    session.wait_for("before the passes, step 1 of 18");
    for (keys, told) in [
        (" ", "forward pass, step 2 of 18\nsigy = sigma(y): 0.0179862"),
        ("n\x1b[C", "step 4 of 18\nsigx = sigma(x): 0.952574"),
        (LEFT, "step 3 of 18\nnum = x + sigy: 3.01799"),
        ("\x1b[F", "step 18 of 18\ndy += (1 - sigy) * sigy * dsigy: 0.00904"),
        (" ", "step 18 of 18"),
        ("b", "step 17 of 18\ndx += dnum: 0.512144 added, so far 2.05957"),
        ("\x1b[H", "step 1 of 18"),
        ("b?", "step 1 of 18"),
    ] {
        session.send(keys);
        session.wait_for(told);
    }
    for leaving in ["q", "\x1b", CTRL_C, CTRL_D] {
        session.send(leaving);
        session.wait_for_prompt();
        // What is typed is seen again, on the screen from before.
        session.enter("x*y");
        session.wait_for("> x*y");
        session.send(":play x + y\r");
        session.wait_for("step 1 of 4");
    }
    // A screen that is too low shows what changes.
    session.resize(8, 80);
    session.send("n");
    session.wait_for("step 2 of 4\nf = x + y: -1");
    session.send("q");
    session.wait_for_prompt();
    assert!(!session.enter(":play 1 +").contains("step"));
    session.resize(24, 80);
    session.send(":play a + b\r");
    session.wait_for("`a` and `b` have no value");
    session.wait_for_prompt();
    for (played, told) in [
        (
            ":play table x + y\r",
            "name  expression  value  gradient\nx     input        3\ny     input       -4\nf     x + y\nbefore the passes, step 1 of 4",
        ),
        // Where something has that name, it is an expression like others.
        ("table = 2\r:play table * x\r", "step 1 of 4\nthe inputs have their values"),
    ] {
        session.send(played);
        session.wait_for(told);
        session.send("q");
        session.wait_for_prompt();
    }
    leave(session);
    let mut session = plain(&home, &["-i", "x=3"]);
    session.send(":play x^2\r");
    session.wait_for("step 1 of 4");
    let id = session.id().to_string();
    let killed = std::process::Command::new("kill").arg(&id).status();
    assert!(killed.is_ok_and(|status| status.success()));
    session.wait();
    let raw = session.raw();
    assert!(raw.rfind("\x1b[?1049l") > raw.rfind("\x1b[?1049h"), "{raw:?}");
    // Where no escape is obeyed, every step stands below the last.
    let variables = [("TERM", "dumb")];
    let session = Terminal::start(&["-i", "x=3"], Setup { variables: &variables, ..Setup::new(home.path()) });
    session.wait_for_prompt();
    session.send(":play x^2\n");
    session.wait_for("backward pass, step 4 of 4\ndx = 2 * x: 6");
    assert!(!session.raw().contains("\x1b[?1049h") && session.screen().contains("step 3 of 4\ndf = 1"));
}
