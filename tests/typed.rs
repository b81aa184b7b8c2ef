//! A text while it is being typed: its pieces, what completes a word, which brackets belong together, what it would give.

use gradcalc::ground::Cancellation;
use gradcalc::session::typing::{SPELLED, WordKind, open_quote, openings, partner};
use gradcalc::session::{Session, Settings};
use gradcalc::views::Source;

fn session(text: &str) -> Session {
    let mut session = Session::new(Settings::default());
    let source = Source { name: "test".into(), line: 1 };
    session.run(text, &source, false, &mut |_| {}).expect("a text of the language");
    session
}

fn words(session: &Session, text: &str) -> Vec<(String, WordKind)> {
    session
        .pieces(text)
        .into_iter()
        .filter(|(_, piece)| *piece != WordKind::Space)
        .map(|(range, piece)| (text[range].to_owned(), piece))
        .collect()
}

#[test]
fn pieces_are_told_apart() {
    use WordKind::{Comment, Constant, Function, Gate, Input, Keyword, Number, Quoted, Sign, Stage, Stray, Unknown};
    let session = session("x = 3; const k = 2; q = x^2; f(a) = a*x");
    let text = "y = x*k + q # f\nf(y, sigma(z)) - pi\nprint \"a b\", 2.5\ng(u, x) = u*w; g(1, 2) ? sum(q, axis=0) set digits 7";
    let expected = [
        ("y", Stage),
        ("=", Sign),
        ("x", Input),
        ("*", Sign),
        ("k", Constant),
        ("+", Sign),
        ("q", Stage),
        ("# f", Comment),
        ("\n", Sign),
        ("f", Function),
        ("(", Sign),
        ("y", Stage),
        (",", Sign),
        ("sigma", Gate),
        ("(", Sign),
        ("z", Unknown),
        (")", Sign),
        (")", Sign),
        ("-", Sign),
        ("pi", Constant),
        ("\n", Sign),
        ("print", Keyword),
        ("\"a b\"", Quoted),
        (",", Sign),
        ("2.5", Number),
        ("\n", Sign),
        ("g", Function),
        ("(", Sign),
        ("u", Input),
        (",", Sign),
        ("x", Input),
        (")", Sign),
        ("=", Sign),
        ("u", Input),
        ("*", Sign),
        ("w", Unknown),
        (";", Sign),
        ("g", Function),
        ("(", Sign),
        ("1", Number),
        (",", Sign),
        ("2", Number),
        (")", Sign),
        ("?", Stray),
        ("sum", Gate),
        ("(", Sign),
        ("q", Stage),
        (",", Sign),
        ("axis", Keyword),
        ("=", Sign),
        ("0", Number),
        (")", Sign),
        ("set", Unknown),
        ("digits", Unknown),
        ("7", Number),
    ];
    let expected: Vec<(String, WordKind)> = expected.iter().map(|&(word, piece)| (word.to_owned(), piece)).collect();
    assert_eq!(words(&session, text), expected);
    let set: Vec<WordKind> = words(&session, "set digits full").into_iter().map(|(_, piece)| piece).collect();
    assert_eq!(set, [Keyword, Keyword, Constant]);
    let plain: Vec<WordKind> = words(&session, "set + x").into_iter().map(|(_, piece)| piece).collect();
    assert_eq!(plain, [Unknown, Sign, Input]);
}

#[test]
fn pieces_follow_the_parser() {
    let session = session("x = 3; f(a) = a*x");
    let last = |text: &str| words(&session, text).last().expect("a word").1;
    // An operator at a line's end waits for its operand.
    assert_eq!(last("g(a, b) = a +\n b"), WordKind::Input);
    assert_eq!(last("g(a, b) = a\n b"), WordKind::Unknown);
    // A constant is one whatever it is made of, and what is made of constants is one too; an update keeps what a name was.
    assert_eq!((last("const q = x; q"), last("const q = 2; p = 3*q; p")), (WordKind::Constant, WordKind::Constant));
    assert_eq!((last("x += 2*x; x"), last("const q = 2; q -= x; q")), (WordKind::Input, WordKind::Constant));
    // A function and a number may share a name, which stands for the function only before its brackets.
    assert_eq!((last("g(a) = a; g"), last("f = 3; f")), (WordKind::Unknown, WordKind::Input));
    assert_eq!(words(&session, "f = 3; f(2)")[4].1, WordKind::Function);
    // The language's own functions stay.
    assert_eq!(words(&session, "sigma(a) = a")[0].1, WordKind::Gate);
    assert_eq!(words(&session, "include \"a")[0].1, WordKind::Keyword);
}

#[test]
fn words_are_completed() {
    let session = session("sigmund = 3; f(silly) = silly; const side = 1; q = sigmund^2");
    let texts = |text: &str| {
        let (start, found) = session.completions(text, text.len());
        (start, found.into_iter().map(|candidate| candidate.text).collect::<Vec<_>>())
    };
    assert_eq!(texts("2*sig"), (2, vec!["sigmund".to_owned(), "sigma(".to_owned(), "sigmoid(".to_owned(), "sign(".to_owned()]));
    assert_eq!(texts("sid"), (0, vec!["side".to_owned()]));
    assert_eq!(texts("1 + f"), (4, vec!["f(".to_owned(), "floor(".to_owned()]));
    assert_eq!(texts("pri"), (0, vec!["print ".to_owned()]));
    assert_eq!(texts("1 + pri").1, Vec::<String>::new());
    assert_eq!(texts("x; ass").1, ["assert "]);
    // A word begins where the grammar begins one.
    assert_eq!(texts("2sigmu"), (1, vec!["sigmund".to_owned()]));
    assert_eq!(texts("x²sigmu"), (3, vec!["sigmund".to_owned()]));
    assert_eq!(texts("x\u{304}a").0, 0);
    assert_eq!(texts("rand").1, ["rand(", "randn("]);
    // What the text itself defines is known behind it, and parameters in their body.
    assert_eq!(texts("alpha = 3; alp").1, ["alpha"]);
    assert_eq!(texts("h(rate) = ra").1, ["rate", "rand(", "randn(", "range("]);
    assert_eq!(texts("h(rate) = 1; rat").1, Vec::<String>::new());
    assert_eq!(texts("\\sigma"), (0, vec!["σ".to_owned()]));
    assert_eq!(texts("2\\the"), (1, vec!["θ".to_owned()]));
    assert_eq!(texts("\\pi").1, ["π"]);
    for (name, sign) in SPELLED {
        assert_eq!(texts(&format!("\\{name}")).1, [*sign]);
        assert!(session.pieces(sign).iter().all(|(_, piece)| *piece != WordKind::Stray), "{sign}");
    }
    assert!(texts("\\").1.len() > 30);
    for nothing in ["", "2", "# sig", "print \"sig", "# \"sig", "x²", "zzz", "1 + [2;\n pri", "x +\n pri", "alpha = alp"] {
        assert_eq!(texts(nothing).1, Vec::<String>::new(), "{nothing:?}");
    }
    let (_, found) = session.completions("f", 1);
    assert_eq!(found[0].says, "function f(silly)");
}

#[test]
fn brackets_find_each_other() {
    let text = "f([1, 2), (x[0]) # )";
    assert_eq!((partner(text, 10), partner(text, 15)), (Some(15), Some(10)));
    assert_eq!((partner(text, 12), partner(text, 15 + 1)), (Some(14), Some(10)));
    // Those in comments and behind quotation marks belong to none.
    assert_eq!((partner("print \"(a)\", (1)", 7), partner("print \"(a)", 7), partner("# (a)", 2)), (None, None, None));
    assert_eq!((open_quote("print \"a"), open_quote("# \"a"), open_quote("\"a\" # \"")), (Some(6), None, None));
    assert_eq!((partner(text, 2), partner(text, 19), partner("", 0), partner("()", 1)), (None, None, None, Some(0)));
}

#[test]
fn what_is_open_is_known() {
    let found = |text: &str| openings(text);
    let open = |text: &str| (found(text).closing, found(text).last.map(|(sign, name)| format!("{name}{sign}")));
    assert_eq!(open("max(x, [1, 2"), ("])".to_owned(), Some("[".to_owned())));
    assert_eq!(open("(max(x,\n y), clamp(z"), ("))".to_owned(), Some("clamp(".to_owned())));
    assert_eq!(open("w[0"), ("]".to_owned(), Some("w[".to_owned())));
    assert_eq!((open("f(x)"), open("f(x) +"), open("# (")), Default::default());
    assert!(found("((x]").hopeless && found("[(1, 2], 3").hopeless && !found("((x)").hopeless && !found("(x]").hopeless);
}

#[test]
fn a_preview_tells_the_answer_and_changes_nothing() {
    let mut session = session("x = 3; y = -4; q = x + y; f(a) = a^2");
    session.settings.hessian = true;
    let before = format!("{session:?}");
    let preview = |text: &str| session.preview(text, &Cancellation::default());
    let answer = preview("(x+sigma(y))/(sigma(x)+(x+y)^2)").expect("an answer");
    assert_eq!(format!("{:.6}", answer.value()), "1.545645");
    assert!(answer.backward.is_some() && answer.analysis.hessian.is_none());
    for (text, value) in [("x*y", -12.0), ("q*2", -2.0), ("f(5)", 25.0), ("z = 2; z*x", 6.0), ("p = x*q", -3.0), ("x = 5; x^2", 25.0)] {
        assert_eq!(preview(text).expect(text).value(), value, "{text}");
    }
    for nothing in
        ["", "x =", "x = 3", "w", "f(", "f(x) = 2", "p = x*w", "print x", "assert x == 3", "load(\"Cargo.toml\")", "x/", "include \"x\""]
    {
        assert!(preview(nothing).is_none(), "{nothing}");
    }
    // What would take long is left alone.
    for large in ["sum(zeros(1000, 1000)*x)", "sum(randn(9999, 9999))", "sum(zeros(200, 200) @ zeros(200, 200)*x)"] {
        assert!(preview(large).is_none(), "{large}");
    }
    let over = Cancellation::until(std::time::Instant::now());
    assert!(session.preview("x*y", &over).is_none());
    // The random numbers are those that the text will have.
    let drawn = preview("sum(randn(3)*x)").expect("an answer").value();
    assert_eq!(preview("sum(randn(3)*x)").expect("an answer").value(), drawn);
    assert_eq!(format!("{session:?}"), before);
}
