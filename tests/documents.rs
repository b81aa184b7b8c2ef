//! The views for other pages: Markdown as a parser of CommonMark with GitHub's tables reads it, LaTeX as a whole document.

use crate::support::ask;
use gradcalc::views::circuit::Circuit;
use gradcalc::views::{Answer, Style, named};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::fs;
use std::process::Command;

/// Expressions with names of all kinds, arrays, forks, ties and notes.
const CASES: &[(&str, &str)] = &[
    ("(x+y)*z", "x=-2 y=5 z=-4"),
    ("(x+sigma(y))/(sigma(x)+(x+y)^2)", "x=3 y=-4"),
    ("1/(1+exp(-(w0*x0+w1*x1+w2)))", "w0=2 x0=-1 w1=-3 x1=-2 w2=-3"),
    ("2*(x*y+max(z,w))", "x=3 y=-4 z=2 w=-1"),
    ("sum(W @ X)", "W=[1,2;3,4;5,6] X=[1,0,2,1;0,1,1,3]"),
    ("q = W'; sum(leaky_relu(q @ v)^2)", "W=[1,2;3,4] v=[1,-9]"),
    ("alpha_1*β + größe^2 + 名*alpha - Δx", "alpha_1=1e-9 β=2 größe=3 名=1 alpha=4 Δx=2"),
    ("max(x, y) + sqrt(x)^2^y + x^-y", "x=1 y=1"),
    ("log(x) + where(x > 0, x, -x) + hypot(x, y)", "x=0 y=0"),
    ("x*[1, 2]", "x=3"),
    ("sum(v[1:]*v[0]) + std(v) + norm(v)", "v=linspace(1,20,20)"),
    ("x", "x=3"),
    ("2 + 3", ""),
    ("const k_0 = 2; exp(-(x - k_0)^2/(2*k_0)) % 3", "x=1"),
    ("f(a, b) = a*b; f(3, 4)", ""),
];

fn answers() -> impl Iterator<Item = (&'static str, std::sync::Arc<Answer>)> {
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    CASES.iter().map(move |(text, values)| (*text, ask(text, &values.split_whitespace().filter_map(pair).collect::<Vec<_>>())))
}

fn shown(view: &str, answer: &Answer) -> String {
    let mut text = String::new();
    named(view).expect("a view").show(answer, &Style::default(), &mut text).expect("a page");
    text
}

#[test]
fn markdown_is_a_table_and_the_code() {
    for (text, answer) in answers() {
        let page = shown("markdown", &answer);
        let (mut rows, mut cells, mut code, mut inside) = (Vec::new(), Vec::new(), Vec::new(), false);
        let mut drawn = None;
        for event in Parser::new_ext(&page, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::TableCell) => cells.push(String::new()),
                Event::Text(text) | Event::Code(text) if inside => code.push(text.into_string()),
                Event::Text(text) | Event::Code(text) => cells.last_mut().expect("text stands in cells").push_str(&text),
                Event::End(TagEnd::TableRow | TagEnd::TableHead) => rows.push(std::mem::take(&mut cells)),
                Event::Start(Tag::CodeBlock(kind)) => {
                    let pulldown_cmark::CodeBlockKind::Fenced(language) = kind else { panic!("{page}") };
                    assert!(["mermaid", "python"].contains(&&*language), "{page}");
                    (inside, code) = (true, Vec::new());
                }
                Event::End(TagEnd::CodeBlock) => {
                    inside = false;
                    drawn = drawn.or(Some(code.concat()).filter(|code| code.starts_with("flowchart")));
                }
                Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow) | Event::End(TagEnd::Table | TagEnd::TableCell) => {}
                other => panic!("{text}: {other:?}\n{page}"),
            }
        }
        assert_eq!(code.concat(), shown("code", &answer), "{text}");
        check_mermaid(&answer, drawn.as_deref());
        assert_eq!(rows[0], ["name", "expression", "value", "gradient"]);
        let names = answer.names();
        let ids: Vec<_> = gradcalc::views::markdown::rows(&answer);
        assert_eq!(rows.len(), ids.len() + 1, "{text}: {page}");
        for (row, id) in rows[1..].iter().zip(ids) {
            let numbers = |numbers: &[f64]| gradcalc::views::brief::line(&Style::default(), answer.shape(id), numbers);
            let gradient = answer.gradients(id).map_or_else(String::new, |gradients| numbers(&gradients));
            assert_eq!(
                (row[0].as_str(), &row[2], &row[3]),
                (names.word(id).unwrap_or_default(), &numbers(answer.numbers(id)), &gradient),
                "{text}"
            );
            assert!(!row[1].is_empty(), "{text}");
        }
    }
}

/// The circuit in Mermaid's language has every gate and every wire, and nothing in quotation marks that Mermaid or a page obeys.
fn check_mermaid(answer: &Answer, drawn: Option<&str>) {
    let circuit = Circuit::of(answer, &answer.names());
    let wires: usize = circuit.nodes.iter().map(|node| node.wires.len()).sum();
    let Some(drawn) = drawn else { return assert_eq!(wires, 0) };
    let lines: Vec<&str> = drawn.lines().skip(1).map(str::trim).collect();
    let ends = |line: &&str| {
        line.split_once(" -->|\"").map(|(from, rest)| (from.to_owned(), rest.rsplit_once("| ").expect("an end").1.to_owned()))
    };
    let mut found: Vec<(String, String)> = lines.iter().filter_map(ends).filter(|(_, to)| !to.starts_with("out")).collect();
    let nodes = circuit.nodes.iter().enumerate();
    let wire = |(at, node): (usize, &gradcalc::views::circuit::Node)| -> Vec<(String, String)> {
        node.wires.iter().map(|wire| (format!("n{}", wire.from), format!("n{at}"))).collect()
    };
    let mut wanted: Vec<(String, String)> = nodes.flat_map(wire).collect();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted, "{drawn}");
    for line in lines {
        for quoted in line.split('"').skip(1).step_by(2) {
            let bare = quoted.replace("<br/>", "");
            let is_safe = |c: char| c.is_alphanumeric() || " .,=#;".contains(c) || !c.is_ascii();
            assert!(bare.chars().all(is_safe), "{line}");
        }
        assert_eq!(line.matches('"').count() % 2, 0, "{line}");
    }
}

/// What is wrong with a document: brackets and environments that are left open, and characters that LaTeX does not know.
fn fault(page: &str) -> Option<String> {
    let (mut open, mut environments, mut rest) = (0i64, Vec::new(), page);
    while let Some(c) = rest.chars().next() {
        if let Some(name) = rest.strip_prefix("\\begin{") {
            environments.push(&name[..name.find('}')?]);
        } else if let Some(name) = rest.strip_prefix("\\end{") {
            let name = &name[..name.find('}')?];
            if environments.pop() != Some(name) {
                return Some(format!("{name} is not open"));
            }
        }
        match c {
            '\\' => {
                rest = &rest[1 + rest[1..].chars().next().map_or(0, char::len_utf8)..];
                continue;
            }
            '%' => rest = &rest[rest.find('\n').unwrap_or(rest.len() - 1)..],
            '{' => open += 1,
            '}' => open -= 1,
            _ if !c.is_ascii() => return Some(format!("{c} is no ASCII")),
            _ => {}
        }
        if open < 0 {
            return Some(format!("a bracket closes nothing before {rest}"));
        }
        rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
    }
    (open != 0 || !environments.is_empty()).then(|| format!("{open} brackets and {environments:?} are open"))
}

/// Where a folder is named by `GRADCALC_LATEX`, the documents are compiled there.
#[test]
fn latex_is_a_whole_document() {
    let folder = std::env::var_os("GRADCALC_LATEX").map(std::path::PathBuf::from);
    for (at, (text, answer)) in answers().enumerate() {
        let page = shown("latex", &answer);
        let fault = fault(&page);
        assert!(fault.is_none(), "{text}: {}\n{page}", fault.unwrap_or_default());
        assert!(page.contains("\\begin{document}") && page.ends_with("\\end{document}\n"), "{page}");
        let steps = answer.backward.as_ref().map_or(0, |backward| backward.steps.len());
        let wires: usize = Circuit::of(&answer, &answer.names()).nodes.iter().map(|node| node.wires.len()).sum();
        assert_eq!(page.matches("\\draw[->").count(), wires, "{text}: {page}");
        let unit = answer.backward.as_ref().is_some_and(|backward| backward.adjoint(answer.output).is_some());
        let backward = page.split("Backward pass}").nth(1).map_or("", |part| part.split("\\end{align*}").next().unwrap_or_default());
        let left = |line: &&str| line.trim_start().starts_with("\\frac{\\partial");
        assert!(backward.lines().filter(left).count() >= steps + usize::from(unit), "{text}: {page}");
        if let Some(folder) = &folder {
            let name = format!("case{at}.tex");
            fs::write(folder.join(&name), &page).expect("a file");
            let mut run = Command::new("pdflatex");
            let output = run.current_dir(folder).args(["-interaction=nonstopmode", "-halt-on-error", &name]).output().expect("pdflatex");
            assert!(output.status.success(), "{text}: {}\n{page}", String::from_utf8_lossy(&output.stdout));
        }
    }
}

/// A document holds one answer: a second one is refused, and nothing stands before the document.
#[test]
fn a_document_holds_one_answer() {
    let documents: Vec<&str> = gradcalc::views::VIEWS.iter().filter(|view| view.document).map(|view| view.name).collect();
    assert_eq!(documents, ["svg", "html", "latex"]);
    let folder = tempfile::tempdir().expect("a folder");
    let script = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a script");
        path
    };
    let (two, one) = (script("two.grad", "x = 2\nx^2\nx^3\n"), script("one.grad", "x = 2\nx^2;\nx^3\n"));
    let run = |arguments: &[&std::ffi::OsStr]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_gradcalc")).args(arguments).output().expect("the program runs")
    };
    for view in documents {
        let asked = |script: &std::path::Path| run(&["--as".as_ref(), view.as_ref(), "-f".as_ref(), script.as_ref()]);
        let (first, whole) = (asked(&two), asked(&one));
        let told = String::from_utf8_lossy(&first.stderr);
        assert_eq!(first.status.code(), Some(1), "{view}: {told}");
        assert!(told.contains("two.grad:3") && told.contains(view), "{view}: {told}");
        assert_eq!(whole.status.code(), Some(0), "{view}");
        for out in [&first.stdout, &whole.stdout] {
            let text = String::from_utf8_lossy(out);
            let begins = ["<svg ", "<!doctype html>", "% x^"].iter().any(|begin| text.to_lowercase().starts_with(begin));
            assert!(begins, "{view} begins with {}", text.lines().next().unwrap_or_default());
            let ends = ["</svg>", "</html>", "\\end{document}"].iter().map(|end| text.matches(end).count()).max();
            assert!(ends == Some(1) || view == "html" && ends == Some(2), "{view}: {ends:?}");
        }
        let place = folder.path().join("kept");
        let kept = run(&["--as".as_ref(), view.as_ref(), "-f".as_ref(), two.as_ref(), "-o".as_ref(), place.as_ref()]);
        assert!(kept.status.code() == Some(1) && !place.exists(), "{view}: a file is whole or not there");
    }
}

/// What a page cannot draw is told.
#[test]
fn large_circuits_are_told_where_they_are_not_drawn() {
    let sum: Vec<String> = (0..200).map(|at| format!("x*sin(x + {at})")).collect();
    let answer = ask(&format!("x = 2; {}", sum.join(" + ")), &[]);
    for view in ["markdown", "latex"] {
        let mut page = String::new();
        gradcalc::views::named(view).expect("a view").show(&answer, &Style::default(), &mut page).expect("a page of text");
        assert!(page.contains("boxes, more than this page draws"), "{view}");
        assert!(!page.contains("flowchart") && !page.contains("tikzpicture"), "{view}");
    }
}
