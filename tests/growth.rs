//! How the work for a script grows with its length: one twice as long takes twice as much.
//!
//! What is counted is what is allocated, in bytes and in pieces: whatever is copied for each statement shows there. The
//! instructions that are taken are counted by `benches/growth.py` before a release.

use allocation_counter::measure;
use gradcalc::forms::reader::Reader;
use gradcalc::ground::Buffer;
use gradcalc::session::{Session, Settings};
use gradcalc::views::{Answer, Page, Role, Source, Style, named};
use std::fmt::Write;
use std::io;
use std::sync::Arc;

/// How much more a script of twice the length may allocate: a list that grows takes steps of two.
const MOST: f64 = 2.6;

/// A script of so many statements, terms or letters.
type Script = fn(usize) -> String;

fn lines(n: usize, line: impl Fn(usize) -> String) -> String {
    (0..n).fold(String::new(), |mut text, at| {
        let _ = writeln!(text, "{}", line(at));
        text
    })
}

const SCRIPTS: &[(&str, usize, Script)] = &[
    ("statements on one line", 700, |n| "x = 1; ".repeat(n)),
    ("stages on one line", 700, |n| format!("x = 1; {}y", "y = 2*x; ".repeat(n))),
    ("names", 700, |n| lines(n, |at| format!("v{at} = {at}"))),
    ("constants", 700, |n| lines(n, |at| format!("const v{at} = {at}"))),
    ("stages", 700, |n| format!("x = 2\n{}", lines(n, |at| format!("v{at} = x*{at}")))),
    ("a chain of stages", 1500, |n| format!("x = 2\nv0 = x\n{}v{n}", lines(n, |at| format!("v{} = v{at}*0.5 + x", at + 1)))),
    ("functions", 700, |n| lines(n, |at| format!("f{at}(x) = x*{at}"))),
    ("questions", 500, |n| format!("x = 2\n{}", lines(n, |at| format!("x*{at}")))),
    ("stages and questions", 500, |n| format!("x = 2\n{}", lines(n, |at| format!("y{at} = x*{at}\ny{at}")))),
    ("a dial that is turned and asked", 500, |n| format!("x = 2\ny = x^2\n{}", lines(n, |at| format!("x = {at}\ny")))),
    ("updates", 500, |n| format!("x = 2\nf = x^2\n{}", "x -= 0.001*d(f, x)\n".repeat(n))),
    ("rounds", 500, |n| format!("x = 2\nf = x^2\nrepeat {n} {{ x -= 0.001*d(f, x) }}")),
    ("assertions", 500, |n| format!("x = 2\n{}", "assert x == 2\n".repeat(n))),
    ("lines that print", 500, |n| format!("x = 2\n{}", lines(n, |at| format!("print x*{at}")))),
    ("notes", 300, |n| format!("x = 0\n{}", "abs(x)\n".repeat(n))),
    ("unknown names", 300, |n| lines(n, |at| format!("w{at}x"))),
    ("lines that open a bracket", 300, |n| "(\n".repeat(n)),
    ("brackets", 3000, |n| format!("{}1{}", "(".repeat(n), ")".repeat(n))),
    ("letters of a name", 9000, |n| "a".repeat(n)),
    ("terms", 3000, |n| format!("x = 0.5\n{}0", lines(n, |at| format!("x^{}*{at} + \\", at % 7 + 1)).replace("\\\n", ""))),
    ("elements by a mask", 20_000, |n| format!("x = linspace(-1, 1, {n}); sum(x[x > 0]^2)")),
    ("numbers of an array", 30_000, |n| format!("x = linspace(0, 1, {n})\nsum(exp(x)*tanh(x) + x^2)")),
];

/// Many parts of one array. What each hands back is as large as the array.
const PARTS: &[(&str, usize, Script)] = &[
    ("elements one by one", 700, |n| format!("x = linspace(0, 1, {n})\n{}0", lines(n, |at| format!("x[{at}]^2 + \\")).replace("\\\n", ""))),
    ("rows one by one", 300, |n| format!("M = ones({n}, 4)\n{}0", lines(n, |at| format!("sum(M[{at}]^2) + \\")).replace("\\\n", ""))),
    ("parts beside the whole", 500, |n| {
        format!("x = linspace(0, 1, {n})\nsum(x^2) + {}0", lines(n, |at| format!("x[{at}:{}]@ones(1) + \\", at + 1)).replace("\\\n", ""))
    }),
];

/// Less than what all parts of an array would hand back together.
const SMALL_BUDGET: usize = 1 << 22;

/// Scripts of which each statement fails, or the whole.
const REFUSED: &[&str] = &["unknown names", "lines that open a bracket", "letters of a name"];

/// Runs a script statement by statement, as the program does, and gives its last answer, and how many statements failed.
fn run(text: &str) -> (Option<Arc<Answer>>, usize) {
    run_with(text, Settings::default())
}

fn run_with(text: &str, settings: Settings) -> (Option<Arc<Answer>>, usize) {
    run_in(&mut Session::new(settings), text)
}

fn run_in(session: &mut Session, text: &str) -> (Option<Arc<Answer>>, usize) {
    let mut reader = Reader::default();
    reader.feed(text);
    reader.finish();
    let (mut last, mut failed) = (None, 0);
    while let Some(statement) = reader.next_statement() {
        let source = Source { name: "<test>".into(), line: statement.line };
        let ran = session.run(&statement.text, &source, false, &mut |answer| match answer {
            Ok(answer) => last = Some(answer),
            Err(_) => failed += 1,
        });
        failed += usize::from(ran.is_err());
    }
    (last, failed)
}

/// How many times as much a second work allocates, in bytes or in pieces.
fn growth(works: [&mut dyn FnMut(); 2]) -> f64 {
    let [one, two] = works.map(|work| {
        Buffer::release();
        measure(work)
    });
    (two.bytes_total as f64 / one.bytes_total as f64).max(two.count_total as f64 / one.count_total as f64)
}

#[test]
fn a_script_of_twice_the_length_takes_twice_the_work() {
    // What is read once is no part of it.
    run("x = 2\nf = x^2\nf");
    let grown = SCRIPTS.iter().map(|&(what, n, script)| {
        let [short, long] = [script(n), script(2 * n)];
        assert_eq!(run(&short).1 > 0, REFUSED.contains(&what), "{what}");
        (what, growth([&mut || drop(run(&short)), &mut || drop(run(&long))]))
    });
    let wrong: Vec<(&str, f64)> = grown.filter(|&(_, growth)| growth > MOST).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A stage of a chain, asked for by its place in it.
type Asks = fn(usize) -> String;

fn asked_on_the_way(n: usize, asks: Asks) -> String {
    format!("x = 2\nv0 = x\n{}", lines(n, |at| format!("v{} = v{at}*0.5 + x\n{}", at + 1, asks(at + 1))))
}

/// A number that is given anew by a step, and asked for each time.
fn asked_in_steps(n: usize, step: &str) -> String {
    format!("k = 0.5; r = 2.5; x = 0.3\nv = x\n{}", lines(n, |_| format!("v = {step}\nv")))
}

fn asked_behind(n: usize, asks: Asks) -> String {
    format!("x = 2\nv0 = x\n{}{}", lines(n, |at| format!("v{} = v{at}*0.5 + x", at + 1)), lines(n, asks))
}

/// Chains of stages each of which is asked for.
const ASKED: &[(&str, Script)] = &[
    ("one by one", |n| asked_on_the_way(n, |at| format!("v{at}"))),
    ("in an expression", |n| asked_on_the_way(n, |at| format!("v{at}*3 + v0"))),
    ("printed", |n| asked_on_the_way(n, |at| format!("print v{at}"))),
    ("asserted", |n| asked_on_the_way(n, |at| format!("assert v{at} > 0"))),
    ("asserted within a tolerance", |n| asked_on_the_way(n, |at| format!("assert v{at} == 3 ± 1"))),
    ("silenced", |n| asked_on_the_way(n, |at| format!("v{at};"))),
    ("behind the chain", |n| asked_behind(n, |at| format!("v{at}"))),
    ("by a name given anew", |n| format!("x = 2\nv = x\n{}", lines(n, |_| "v = v*0.5 + x\nv".to_owned()))),
    ("in steps of time", |n| asked_in_steps(n, "v + 0.01*(-k*v)")),
    ("with steps that are no lines", |n| asked_in_steps(n, "v*0.999 + sin(v)/10")),
    ("used twice by the next", |n| asked_in_steps(n, "r*v*(1 - v)")),
    ("vanishing", |n| asked_in_steps(n, "v*0.5")),
    ("to which nothing comes through", |n| asked_in_steps(n, "relu(v*k - 5)")),
    ("with an input for each", |n| {
        format!("x = 2\nv0 = x\n{}", lines(n, |at| format!("x{at} = 0.5\nv{} = v{at}*x{at} + x\nv{}", at + 1, at + 1)))
    }),
];

/// A chain of stages each of which is asked for is evaluated once, and differentiated once. Of a chain with an input for each stage the
/// gradients that are shown are four times as many where it is twice as long.
#[test]
fn a_chain_of_stages_that_are_each_asked_is_evaluated_once() {
    let run = |text: &str, view: &str| {
        let mut session = Session::new(Settings { view: named(view).expect("a view"), ..Settings::default() });
        session.shows_ends_alone = true;
        assert_eq!(run_in(&mut session, text).1, 0, "{text:.60}");
    };
    run("x = 2\nf = x^2\nf\nprint f", "value");
    let mut wrong = Vec::new();
    for (what, script) in ASKED {
        let gradients = if *what == "with an input for each" { 2.0 } else { 1.0 };
        for (view, n, most) in [("value", 500, MOST), ("brief", 250, gradients * MOST)] {
            let [short, long] = [script(n), script(2 * n)];
            let growth = growth([&mut || run(&short, view), &mut || run(&long, view)]);
            if growth > most {
                wrong.push((view, what, growth));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Long arrays through many stages, with something to say of each: that nothing goes through, or that numbers are none.
const CHAINS: &[(&str, Script)] = &[
    ("choices", |n| chain(n, |at| format!("where(b > 0.5, v{at}, Y)"))),
    ("ramps that nothing passes", |n| chain(n, |at| format!("relu(v{at} - 5)*Y + b*v{at}*0"))),
    ("numbers that are none", |n| chain(n, |at| format!("log(v{at} - 5) + Y"))),
    ("numbers too large", |n| chain(n, |at| format!("v{at}*1e200 + Y"))),
    ("numbers too small", |n| chain(n, |at| format!("v{at}*1e-200 + v{at}*0.5"))),
    ("kinks", |n| chain(n, |at| format!("abs(v{at} - X)*Y + X"))),
    ("ties", |n| chain(n, |at| format!("max(v{at}, X)*Y - Y"))),
];

fn chain(n: usize, next: impl Fn(usize) -> String) -> String {
    let stages = lines(n, |at| format!("v{} = {};", at + 1, next(at)));
    format!("X = linspace(0, 1, 5000)\nY = linspace(1, 2, 5000)\nb = 1\nv0 = X*b;\n{stages}sum(v{n}*X)")
}

/// What is not stored is not computed anew for each stage of which something is asked.
#[test]
fn long_arrays_through_many_stages_take_a_look_each() {
    let mut wrong = Vec::new();
    // So many that the buffer for all of them comes from the system both times.
    for (view, n) in [("brief", 500), ("value", 500), ("table", 200)] {
        let run = |text: &str| {
            let shown = named(view).expect("a view");
            let (answer, failed) = run_with(text, Settings { view: shown, ..Settings::default() });
            assert_eq!(failed, 0, "{view}: {text:.60}");
            shown.show(&answer.expect("an answer"), &Style::default(), &mut String::new()).expect("a page");
        };
        run("x = 2\nf = x^2\nf");
        for (what, script) in CHAINS {
            let [short, long] = [script(n), script(2 * n)];
            let growth = growth([&mut || run(&short), &mut || run(&long)]);
            if growth > MOST {
                wrong.push((view, what, growth));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// What parts of an array hand back is added up where it belongs: neither the work nor the memory is that of so many arrays, whatever
/// is shown but the arrays.
#[test]
fn parts_of_an_array_take_no_array_each() {
    let mut wrong = Vec::new();
    for view in ["table", "brief", "value", "code", "explain", "markdown", "latex", "circuit", "svg", "dot", "html", "python", "c"] {
        let run = |text: &str| {
            let shown = named(view).expect("a view");
            let settings = Settings { view: shown, budget: SMALL_BUDGET, ..Settings::default() };
            let (answer, failed) = run_with(text, settings);
            assert_eq!(failed, 0, "{view}: {text:.60}");
            shown.show(&answer.expect("an answer"), &Style::default(), &mut String::new()).expect("a page");
        };
        run("x = 2\nf = x^2\nf");
        for &(what, n, script) in PARTS {
            let [short, long] = [script(n), script(2 * n)];
            let growth = growth([&mut || run(&short), &mut || run(&long)]);
            if growth > MOST {
                wrong.push((view, what, growth));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A page of which the length alone is kept.
struct Length(usize);

impl Page for Length {
    fn put(&mut self, _: Role, text: &str) -> io::Result<()> {
        self.0 += text.len();
        Ok(())
    }
}

/// Where all that parts of an array hand back is printed, it is at no time held.
#[test]
fn arrays_of_parts_are_printed_one_by_one() {
    let mut wrong = Vec::new();
    for view in ["json", "csv"] {
        let shown = named(view).expect("a view");
        let run = |text: &str, length: &mut usize| {
            let settings = Settings { view: shown, budget: SMALL_BUDGET, ..Settings::default() };
            let (answer, failed) = run_with(text, settings);
            assert_eq!(failed, 0, "{view}: {text:.60}");
            let mut page = Length(0);
            shown.show(&answer.expect("an answer"), &Style::default(), &mut page).expect("a page");
            *length = page.0;
        };
        run("x = 2\nf = x^2\nf", &mut 0);
        for &(what, n, script) in PARTS {
            let [(short, small), (long, large)] = [n, 2 * n].map(|n| {
                let (text, mut length) = (script(n), 0);
                Buffer::release();
                let most = measure(|| run(&text, &mut length)).bytes_max;
                (length, most)
            });
            let growth = large as f64 / small as f64;
            assert!(view == "csv" || long as f64 > 3.0 * short as f64, "{view} of {what}: {short} letters, then {long}");
            if growth > MOST {
                wrong.push((view, what, growth));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Views of an answer of twice as many stages, or twice as large, take twice the work.
#[test]
fn views_grow_with_the_answer() {
    let terms: Script = |n| format!("x = 0.5; {}", (0..n).map(|at| format!("sin(x*{at})")).collect::<Vec<_>>().join(" + "));
    let arrays: Script = |n| format!("x = linspace(0, 1, {n}); sum(exp(x)*tanh(x) + x^2)");
    let mut wrong = Vec::new();
    for (what, n, script) in [("terms", 400, terms), ("numbers", 20_000, arrays)] {
        let answers = [n, 2 * n].map(|n| run(&script(n)).0.expect("an answer"));
        for view in [
            "table", "brief", "value", "json", "csv", "code", "explain", "markdown", "latex", "circuit", "svg", "dot", "html", "python",
            "c",
        ] {
            let show = |answer: &Answer| {
                let mut page = String::new();
                named(view).expect("a view").show(answer, &Style::default(), &mut page).expect("a page");
            };
            // The names of an answer are made once.
            for answer in &answers {
                show(answer);
            }
            let growth = growth([&mut || show(&answers[0]), &mut || show(&answers[1])]);
            if growth > MOST {
                wrong.push((what, view, growth));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A question about an array that is given looks at its numbers in loops: nothing is made for each of them.
#[test]
fn questions_about_given_arrays_allocate_no_piece_for_a_number() {
    let pieces = |n: usize, question: &str| {
        let mut session = Session::new(Settings::default());
        let source = Source { name: "<test>".into(), line: 1 };
        let numbers: Vec<String> = (0..n).map(|at| format!("0.{:03}1", at % 997)).collect();
        session.run(&format!("x = [{}]", numbers.join(", ")), &source, false, &mut |_| ()).expect("it is defined");
        let mut ask = || session.run(question, &source, false, &mut |answer| assert!(answer.is_ok())).expect("it is answered");
        // What is made once is made.
        ask();
        measure(ask).count_total
    };
    for question in ["sum(x*x)", "sum(exp(x))", "max(x)", "logsumexp(x)", "softmax(x)@x", "sum(where(x > 0.5, x, 0))"] {
        let [one, two] = [25_000, 50_000].map(|n| pieces(n, question));
        assert!(two < one + 200, "{question}: {one} pieces, of twice as many numbers {two}");
    }
}

/// A long array in full stands on one line, and fills no other row up to its width.
#[test]
fn a_long_array_in_full_widens_no_other_row() {
    let pages = [500, 1000].map(|n| {
        let terms: Vec<String> = (0..n).map(|at| format!("x[{at}]^2")).collect();
        let (answer, _) = run(&format!("x = linspace(0, 1, {n})\n{}", terms.join(" + ")));
        let mut page = String::new();
        named("table")
            .expect("a view")
            .show(&answer.expect("an answer"), &Style { full: true, ..Style::default() }, &mut page)
            .expect("a page");
        let lines: Vec<usize> = page.lines().map(str::len).collect();
        assert!(lines.len() > 2 * n, "{n}");
        // The sum speaks of all elements too.
        let wide = lines.iter().filter(|&&line| line > 5000).count();
        assert!(wide <= 2, "{wide} of {} lines are as wide as the array", lines.len());
        page.len() as f64
    });
    assert!(pages[1] / pages[0] < MOST, "{pages:?}");
}
