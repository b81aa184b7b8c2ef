//! Functions in Python of numbers or of arrays that broadcast, by NumPy and by libraries like it.
//!
//! Knows how such a function stands; what a library calls its functions, its own file knows. Nothing is added to in place: an array
//! may be the caller's.

use super::function::{Function, Statement};
use super::{python, uses};
use crate::ground::number;
use std::fmt::Write as _;

/// A word that is taken in such functions: the shape that their arguments have together.
pub const SHAPE: &str = "shape";

/// A library of arrays.
#[derive(Debug)]
pub struct Library {
    /// What is imported.
    pub imports: &'static str,
    /// In what the function's lines stand, where they do.
    pub within: &'static str,
    /// What it does otherwise than the calculator.
    pub remark: &'static str,
}

/// The text of a function.
pub fn function(function: &Function<'_>, library: &Library) -> String {
    let names: Vec<&str> = function.parameters.iter().map(|parameter| &*parameter.name).collect();
    let parameters = names.join(", ");
    let mut body = String::new();
    let _ = match &names[..] {
        [] => Ok(()),
        [name] => writeln!(body, "    [{name}] = reals({name})"),
        _ => writeln!(body, "    {parameters} = reals({parameters})"),
    };
    for line in function.needed(python::float) {
        let _ = match line {
            Statement::Heading(text) => writeln!(body, "\n    # {text}"),
            Statement::Through(stage) => writeln!(body, "    # backprop {}", function.through(stage)),
            Statement::Set { name, add: false, text } => writeln!(body, "    {name} = {text}"),
            Statement::Set { name, add: true, text } => writeln!(body, "    {name} = {name} + {text}"),
        };
    }
    let gradient = |(key, name): (&str, &str)| format!("'{key}': spread({name}, shape)");
    let gradients: Vec<String> = gradients(function).map(gradient).collect();
    let _ = writeln!(body, "\n    shape = joint({parameters})");
    let _ = writeln!(body, "    return spread({}, shape), {{{}}}", function.output, gradients.join(", "));
    let helpers = function.dialect.helpers(|name| uses(&body, name));
    let math = if helpers.iter().any(|text| text.contains("math.")) { "import math\n" } else { "" };
    let mut text = format!("{math}{}", library.imports);
    for helper in &helpers {
        let _ = writeln!(text, "{helper}");
    }
    let _ = writeln!(text, "\n# Takes numbers, or arrays that broadcast; what it returns has the shape that they have together.");
    text.push_str(library.remark);
    let _ = writeln!(text, "def {}({parameters}):", function.name);
    // A decorator instead would keep Spark from handing the function on.
    if !library.within.is_empty() {
        let _ = writeln!(text, "    {}", library.within);
        let deeper = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") };
        body = body.lines().map(deeper).collect();
    }
    text.push_str(body.trim_start_matches('\n'));
    text
}

/// The inputs that get gradients, each as the user calls it, and what its gradient is called.
fn gradients<'a>(function: &'a Function<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    function.parameters.iter().filter_map(|parameter| Some((&*parameter.key, parameter.gradient.as_deref()?)))
}

/// Numbers at which a function is asked where none were given.
const CHOSEN: [f64; 8] = [0.5, 0.5625, 0.625, 0.6875, 0.75, 0.8125, 0.875, 0.9375];

/// Where a function is asked for its value and its gradients: a remark on inputs to which no number was given, the numbers, and the places
/// of the inputs that get gradients, as lists in Python.
pub fn point(function: &Function<'_>) -> (String, String, String) {
    let some = |(at, given): (usize, Option<f64>)| python::float(given.unwrap_or(CHOSEN[at % CHOSEN.len()]));
    let numbers: Vec<String> = function.parameters.iter().map(|parameter| parameter.number).enumerate().map(some).collect();
    let free = function.parameters.iter().filter(|parameter| parameter.number.is_none());
    let free: Vec<&str> = free.map(|parameter| &*parameter.name).collect();
    let remark =
        if free.is_empty() { String::new() } else { format!("    # No value was given for {}: any number will do.\n", free.join(", ")) };
    let with = |(at, parameter): (usize, &super::function::Parameter)| parameter.gradient.is_some().then(|| number::shortest(at as f64));
    let places: Vec<String> = function.parameters.iter().enumerate().filter_map(with).collect();
    (remark, numbers.join(", "), places.join(", "))
}
