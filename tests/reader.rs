//! The reader of statements: where they end, what they define and use, and what they wait for.

use gradcalc::forms::parse::tokens;
use gradcalc::forms::reader::{Reader, Statement, Waits, files, steps_and_rest};

fn read(texts: &[&str]) -> Vec<Statement> {
    let mut reader = Reader::default();
    for text in texts {
        reader.feed(text);
    }
    reader.finish();
    std::iter::from_fn(|| reader.next_statement()).collect()
}

fn told(text: &str) -> Vec<(usize, String, Option<Waits>)> {
    read(&[text]).into_iter().map(|statement| (statement.line, statement.text.trim().to_owned(), statement.waits)).collect()
}

#[test]
fn a_statement_ends_where_nothing_waits() {
    let text = "# a remark\nx = 3\n\nf(x,\n  2) +  # more\n  1\ny == \n 3\nq =\nX = [1, 2;\n 3, 4]; z\n";
    let found = told(text);
    let lines: Vec<usize> = found.iter().map(|(line, ..)| *line).collect();
    assert_eq!(lines, [2, 4, 7, 9, 10, 11], "{found:?}");
    assert_eq!(found[1].1, "f(x,\n  2) +  # more\n  1");
    assert_eq!((found[4].1.as_str(), found[5].1.as_str()), ("X = [1, 2;\n 3, 4];", "z"));
    for operator in ["+", "-", "*", "/", "^", "**", "@", "==", "<=", "≠", "×", "÷", "√", "±", "+/-"] {
        assert_eq!(told(&format!("assert x == 2 {operator}\n\n# remark\n 1\n")).len(), 1, "{operator}");
    }
}

#[test]
fn a_definition_is_never_swallowed() {
    let waits = Some(Waits::Operand);
    for (next, name) in [("y = 5", "y"), ("const  k = 2", "k"), ("x\u{304} = 1", "x\u{304}"), ("f(a, b) = a", "f")] {
        let text = format!("assert x == 3 ±\n{next}\ny");
        assert_eq!(told(&text), [(1, "assert x == 3 ±".into(), waits), (2, next.into(), None), (3, "y".into(), None)]);
        assert_eq!(read(&[&text])[1].piece().defines(), Some(name));
    }
    // A bracket that nothing closes is blamed on its own line.
    let found = told("x = log(\ny = 5\ny");
    assert_eq!(found, [(1, "x = log(".into(), Some(Waits::Bracket)), (2, "y = 5".into(), None), (3, "y".into(), None)]);
    let found = told("f(1; y = 5; x[1; z = 2");
    assert_eq!(found.iter().map(|(_, text, _)| text.as_str()).collect::<Vec<_>>(), ["f(1;", "y = 5;", "x[1;", "z = 2"]);
}

/// However many brackets are never closed, each is blamed on its own line, and no line is read for each of them.
#[test]
fn what_never_ends_is_given_up() {
    const COUNT: usize = 200_000;
    for line in ["(\n", "x + (\n"] {
        let found = read(&[&line.repeat(COUNT), "y = 5\n"]);
        assert_eq!(found.len(), COUNT + 1);
        let last = found.last().expect("a statement");
        assert_eq!((last.piece().defines(), last.line), (Some("y"), COUNT + 1));
    }
}

/// A list over any number of lines is one statement.
#[test]
fn a_long_list_is_one_statement() {
    let text = format!("x = [\n{}1]\ny = 5\n", "1,\n".repeat(100_000));
    assert_eq!(read(&[&text]).iter().map(|statement| statement.line).collect::<Vec<_>>(), [1, 100_003]);
}

/// What is remembered of brackets that nothing closes changes nothing: the lines behind such a statement give what they give alone.
#[test]
fn lines_behind_an_open_bracket_are_read_as_if_they_stood_alone() {
    const LINES: &[&str] =
        &["(", ")", "x", "[1", "]", "x +", "y = 5", "f(x", "a; (b; c", "A[(0", "1]; 2", "[1; (2", "print (", "repeat 2 {", "}"];
    let mut state = 3u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut compared = 0;
    for _ in 0..3_000 {
        let lines: Vec<&str> = (0..=random(9)).map(|_| LINES[random(LINES.len())]).collect();
        let found = told(&lines.join("\n"));
        let Some(at) = found.iter().position(|(.., waits)| *waits == Some(Waits::Bracket)) else { continue };
        let first = found[at].0;
        let rest: Vec<_> = told(&lines[first..].join("\n")).into_iter().map(|(line, text, waits)| (line + first, text, waits)).collect();
        // What stands in a block that is not closed belongs to it.
        if found[at].1.contains('{') || found[at].1.contains('\n') {
            continue;
        }
        assert_eq!(found[at + 1..], rest, "{lines:?}");
        compared += 1;
    }
    assert!(compared > 1_000, "{compared}");
}

#[test]
fn semicolons_end_statements_outside_of_brackets() {
    let found = read(&["a = [1; 2]; load(\"a;b\"); c # d; e\n"]);
    let texts: Vec<(&str, bool)> = found.iter().map(|statement| (statement.text.trim(), statement.piece().is_silenced())).collect();
    assert_eq!(texts, [("a = [1; 2];", true), ("load(\"a;b\");", true), ("c # d; e", false)]);
    // A statement keeps its column.
    assert_eq!(found.iter().map(|statement| statement.column).collect::<Vec<_>>(), [0, 12, 25]);
    assert!(found.iter().all(|statement| statement.tokens.iter().zip(&tokens::all(&statement.text)).all(|(a, b)| a.span == b.span)));
}

#[test]
fn definitions_are_known_by_their_look() {
    for (text, name) in [
        ("q = 1", Some("q")),
        (" const k=2", Some("k")),
        ("const\tk = log(", Some("k")),
        ("x\u{304} = log(", Some("x\u{304}")),
        ("f(x, y) = x", Some("f")),
        ("x == 1", None),
        ("x + y", None),
        ("set = 3", Some("set")),
        ("set digits = 3", None),
        ("print (x) = 3", None),
    ] {
        assert_eq!(read(&[text])[0].piece().defines(), name, "{text}");
    }
    let found = read(&["f(x, y) = x + z*f(k)"]);
    assert_eq!(found[0].piece().uses().collect::<Vec<_>>(), ["x", "y", "x", "z", "f", "k"]);
}

#[test]
fn steps_are_split_from_the_expression() {
    let split = |text: &str| steps_and_rest(text).map(|(value, rest)| (value, rest.to_owned()));
    assert_eq!(split("x 0.01"), Some(("x=0.01".to_owned(), String::new())));
    assert_eq!(split("x 0.01 x^2 + y"), Some(("x=0.01".to_owned(), "x^2 + y".to_owned())));
    assert_eq!(split("x=1, y=2 x*y"), Some(("x=1, y=2".to_owned(), "x*y".to_owned())));
    assert_eq!(split("x=1,y=2 , z=3"), Some(("x=1,y=2 , z=3".to_owned(), String::new())));
    assert_eq!((split(""), split("x")), (None, None));
}

#[test]
fn files_are_found() {
    let text = "X = load( \"a.csv\"); include \"b.grad\"\nprint \"c\", load(\"d\")";
    let found: Vec<&str> = files(text).into_iter().map(|range| &text[range]).collect();
    assert_eq!(found, ["\"a.csv\"", "\"b.grad\"", "\"d\""]);
}
