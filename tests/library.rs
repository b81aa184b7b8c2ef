//! The library as a stranger uses it: its public names, what crosses threads, and that it words no command line.

use crate::floors::sources;
use gradcalc::{Answer, Fault, FaultKind, Output, Program, Remedy, Session, Settings, Shape, Value, View};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use syn::visit::Visit;
use syn::{Item, UseTree, Visibility};

/// Every public name at the root of the crate. A change here is a change of what others build on.
const PUBLIC: &[&str] = &[
    "Answer",
    "Array",
    "Expression",
    "Fault",
    "FaultKind",
    "Gradients",
    "Granularity",
    "Note",
    "Output",
    "Program",
    "Remedy",
    "Session",
    "Settings",
    "Shape",
    "Span",
    "Stage",
    "Ties",
    "Value",
    "View",
    "backprop",
    "evaluate",
    "gradient",
    "lower",
    "parse",
];

fn source(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file)).expect("a source")
}

/// The names that a tree of a `use` brings, by the name they get.
fn names(tree: &UseTree, found: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => names(&path.tree, found),
        UseTree::Group(group) => group.items.iter().for_each(|tree| names(tree, found)),
        UseTree::Name(name) => found.push(name.ident.to_string()),
        UseTree::Rename(rename) => found.push(rename.rename.to_string()),
        UseTree::Glob(_) => found.push("*".to_owned()),
    }
}

/// Whether an item stands there for this package alone: its tests, or its program.
fn is_ours(attributes: &[syn::Attribute]) -> bool {
    let words = |attribute: &syn::Attribute| match &attribute.meta {
        syn::Meta::List(list) => list.tokens.to_string(),
        _ => String::new(),
    };
    attributes.iter().map(words).any(|words| words == "hidden" || words == "feature = \"internals\"")
}

#[test]
fn the_public_names_are_these() {
    let file = syn::parse_file(&source("lib.rs")).expect("Rust");
    let mut found = Vec::new();
    for item in &file.items {
        match item {
            Item::Use(item) if matches!(item.vis, Visibility::Public(_)) && !is_ours(&item.attrs) => names(&item.tree, &mut found),
            Item::Mod(item) if matches!(item.vis, Visibility::Public(_)) && !is_ours(&item.attrs) => found.push(item.ident.to_string()),
            Item::Use(_) | Item::Mod(_) | Item::ExternCrate(_) => {}
            _ => panic!("lib.rs holds modules and names of theirs only"),
        }
    }
    found.sort();
    assert_eq!(found, PUBLIC);
}

/// The texts in the code of a file, without its documentation.
#[derive(Default)]
struct Texts(Vec<String>);

impl<'a> Visit<'a> for Texts {
    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}

    fn visit_lit_str(&mut self, text: &'a syn::LitStr) {
        self.0.push(text.value());
    }

    fn visit_macro(&mut self, made: &'a syn::Macro) {
        self.tokens(made.tokens.clone());
    }
}

impl Texts {
    /// The texts among the tokens of a macro such as `format!`.
    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Group(group) => self.tokens(group.stream()),
                proc_macro2::TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        self.0.push(text.value());
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a text names a flag of a command line, such as `--wrt`.
fn names_flag(text: &str) -> bool {
    text.match_indices("--").any(|(at, _)| {
        text[at + 2..].starts_with(|c: char| c.is_ascii_lowercase()) && !text[..at].ends_with(|c: char| c == '-' || c.is_alphanumeric())
    })
}

#[test]
fn the_library_words_no_flag() {
    assert!(names_flag("leave --scalars out") && names_flag("--x") && !names_flag("x -- y") && !names_flag("a---b"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    // Printed languages have a `--` of their own.
    let apart = [root.join("binary"), root.join("forms/target")];
    let library = files.iter().filter(|path| !apart.iter().any(|apart| path.starts_with(apart)));
    let mut wrong = Vec::new();
    for path in library {
        let mut texts = Texts::default();
        texts.visit_file(&syn::parse_file(&fs::read_to_string(path).expect("text")).expect("Rust"));
        let flags = texts.0.into_iter().filter(|text| names_flag(text) || text.contains("gradcalc -"));
        wrong.extend(flags.map(|text| format!("{}: {text}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_public_crosses_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Session>();
    crosses::<Answer>();
    crosses::<Program>();
    crosses::<Fault>();
    crosses::<Settings>();
    crosses::<Value>();
    crosses::<Output>();
    let session = Session::new();
    let answer = thread::spawn(move || { session }.answer("x = 4; y = -3; x*y")).join().expect("it ends");
    assert_eq!(answer.map(|answer| answer.value()), Ok(Value::Number(-12.0)));
}

#[test]
fn a_fault_is_an_error_with_its_kind_its_place_and_its_remedy() {
    let fault = gradcalc::gradient("x*y*z", &[("x", 4.0)]).expect_err("y and z have no values");
    assert_eq!((fault.kind, fault.span.range(), fault.unknown.to_vec()), (FaultKind::Name, 2..3, vec!["y".to_owned(), "z".to_owned()]));
    let error: Box<dyn Error + Send + Sync> = fault.into();
    assert_eq!(error.to_string(), "`y` and `z` have no value; give each a value, as in `y = 1`");
    let shapes = gradcalc::gradient("x*[1, 2]", &[("x", 1.0)]).expect_err("it is no single number");
    assert_eq!(shapes.remedy.as_deref(), Some(&Remedy::ReduceOrGiveUpstream(Shape::Vector(2))));
}

#[test]
fn the_short_way_refuses_what_it_cannot_answer() {
    let kind = |text: &str, inputs: &[(&str, f64)]| gradcalc::gradient(text, inputs).map_err(|fault| fault.kind);
    // d(x^2 y)/dx = 2xy, d/dy = x^2.
    let found = kind("x^2*y", &[("y", 5.0), ("x", 3.0)]).expect("a gradient");
    assert_eq!((found.value, found.gradients), (45.0, vec![("y".to_owned(), 9.0), ("x".to_owned(), 30.0)]));
    // A constant has no gradient to give, and a name that is no input may be a slip.
    assert_eq!(kind("x", &[("x", 1.0), ("z", 2.0)]), Err(FaultKind::Name));
    assert_eq!(kind("x", &[("x y", 1.0)]), Err(FaultKind::Name));
    assert_eq!(kind("", &[]), Err(FaultKind::Parse));
    assert_eq!(kind("f(a) = a", &[]).map(|found| found.value), Err(FaultKind::Name));
    assert_eq!(kind("include \"x\"", &[]), Err(FaultKind::Io));
    assert_eq!(kind("[x, 1]", &[("x", 1.0)]), Err(FaultKind::Shape));
    assert_eq!(kind("3", &[]).map(|found| found.value), Ok(3.0));
    // log has the slope 1/x.
    assert_eq!(kind("log(x)", &[("x", 0.0)]).map(|found| found.of("x")), Ok(Some(f64::INFINITY)));
}

#[test]
fn the_steps_give_what_a_session_gives() -> Result<(), Fault> {
    let text = "y = W @ x; sum(y^2)";
    let shapes = [("W", Shape::Matrix(2, 2)), ("x", Shape::Vector(2))];
    let program = gradcalc::backprop(&gradcalc::lower(&gradcalc::parse(text)?, &shapes)?)?;
    let weights = Value::new(Shape::Matrix(2, 2), vec![1.0, 2.0, 0.0, 1.0]);
    let answer = gradcalc::evaluate(&program, &[("W", weights.clone()), ("x", vec![3.0, -1.0].into())])?;
    // y = [1, -1]; the gradient on x is 2 W' y, that on W 2 y x'.
    assert_eq!(answer.value(), Value::Number(2.0));
    assert_eq!(answer.gradient("x"), Some(vec![2.0, 2.0].into()));
    assert_eq!(answer.gradient("W"), Some(Value::new(Shape::Matrix(2, 2), vec![6.0, -2.0, -6.0, 2.0])));
    assert_eq!(program.inputs().iter().map(|input| input.name.as_str()).collect::<Vec<_>>(), ["W", "x"]);
    let missing = gradcalc::evaluate(&program, &[("W", weights)]).expect_err("x has no value");
    assert_eq!(missing.unknown.to_vec(), ["x"]);
    let misfit = gradcalc::evaluate(&program, &[("W", 1.0.into()), ("x", 1.0.into())]).expect_err("shapes differ");
    assert_eq!(misfit.kind, FaultKind::Shape);
    Ok(())
}

#[test]
fn every_view_renders_to_a_text() -> Result<(), Fault> {
    let answer = Session::new().answer("x = 4; y = -3; x*y")?;
    for view in View::all() {
        // A query is of a table, which is named in the settings.
        if view.name() == "sql" {
            let fault = answer.render(view).expect_err("there is no engine");
            assert!(fault.to_string().contains("set `dialect` to duckdb"), "{fault}");
            continue;
        }
        let text = answer.render(view)?;
        assert!((text.contains("12") || text.contains("x * y")) && text.ends_with('\n') && !text.contains('\u{1b}'), "{view:?}: {text}");
    }
    Ok(())
}

#[test]
fn a_session_ends_at_the_first_fault_and_stops_when_it_is_asked_to() {
    let outputs = Session::new().run("x = 2; x^2; nothing; x^3");
    assert!(matches!(&outputs[..], [Ok(Output::Answer(_)), Err(fault)] if fault.kind == FaultKind::Name), "{outputs:?}");
    let mut session = Session::new();
    session.stop_on(Arc::new(AtomicBool::new(true)));
    let stopped = session.answer("x = [1, 2]; sum(x)").expect_err("it is asked to stop");
    assert_eq!(stopped.kind, FaultKind::Interrupt);
}

/// A release build ends with such a payload where a promise is broken; whoever enters the library is given a fault.
#[test]
fn a_mistake_of_ours_is_a_fault_of_its_own_kind() {
    use gradcalc::ground::broken::{Broken, guarded};
    let place = gradcalc::Span::new(0, 1);
    let fault = guarded(place, || -> Result<(), Fault> { std::panic::resume_unwind(Box::new(Broken("a gate without a rule"))) });
    let fault = fault.expect_err("a fault");
    assert_eq!((fault.kind.word(), fault.span, fault.remedy.as_deref()), ("internal", place, Some(&Remedy::Report)));
    assert!(fault.message.contains("a gate without a rule"));
    // Any other panic goes on.
    let other = std::panic::catch_unwind(|| guarded(place, || -> Result<(), Fault> { std::panic::resume_unwind(Box::new(7)) }));
    assert_eq!(other.expect_err("a panic").downcast_ref::<i32>(), Some(&7));
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "a gate without a rule")]
fn a_mistake_of_ours_stops_debug_builds() {
    gradcalc::ground::broken("a gate without a rule");
}
