//! C: a function in C11 with pointers for arrays, row by row, and for the gradients.
//!
//! What stands in an expression is an expression in C; a gate of whole arrays is a statement that fills a buffer. The
//! numbers are the calculator's own but for the elementary functions, which are those of the C library.

mod entries;
mod helpers;

use self::entries::{ARRAYS, KEYWORDS, LIBRARY, NUMBERS};
use self::helpers::HELPERS;
use super::function::{Function, Line, Set, What};
use super::{Dialect, Entry, HELPED, Look, OWN, SIGNS, SPECIAL, Target, by_gate, uses};
use crate::forms::{StageId, print};
use crate::ground::{Shape, Value, broken, number};
use crate::vocabulary::gate::{Level, array, parts};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

/// C as a language of functions.
pub static TARGET: Target = Target {
    name: "c",
    says: "a C function of the inputs that returns the value and fills in the gradients",
    ending: "c",
    comment: "// ",
    dialect: |_| &C,
    dialects: &[&C],
    plain: false,
    folds: false,
    function,
};

/// Expressions in C.
pub static C: Dialect = Dialect {
    title: "C",
    entry: |gate| {
        static ENTRIES: LazyLock<Vec<Option<Entry>>> = LazyLock::new(|| by_gate(&[NUMBERS, ARRAYS, SIGNS, HELPED, SPECIAL]));
        ENTRIES[gate as usize]
    },
    typed: true,
    whole: false,
    place: "[",
    float,
    number: float,
    array: |_, numbers| list(numbers),
    constant,
    reserved: &[KEYWORDS, LIBRARY],
    spell,
    read: str::to_owned,
    helpers: &[HELPERS],
    ..OWN
};

/// A number that C reads as the same float.
fn float(value: f64) -> String {
    if value.is_nan() {
        return "NAN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "INFINITY" } else { "-INFINITY" }.to_owned();
    }
    let text = number::shortest(value);
    if text.contains(['.', 'e']) { text } else { format!("{text}.0") }
}

/// The constants of the language, for which C has no names.
fn constant(value: f64) -> Option<&'static str> {
    use std::f64::consts::{E, PI, TAU};
    let known = [(PI, "3.141592653589793"), (E, "2.718281828459045"), (TAU, "6.283185307179586"), (f64::INFINITY, "INFINITY")];
    known.iter().find(|(known, _)| known.to_bits() == value.to_bits()).map(|&(_, text)| text)
}

/// A name in the letters that every C compiler reads.
pub(super) fn spell(name: &str) -> String {
    let mut spelt = String::new();
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            spelt.push(letter);
        } else {
            let _ = write!(spelt, "u{:04x}", u32::from(letter));
        }
    }
    spelt
}

/// Numbers between braces.
fn list(numbers: &[f64]) -> String {
    let texts: Vec<String> = numbers.iter().map(|&number| float(number)).collect();
    format!("{{ {} }}", texts.join(", "))
}

/// More numbers than this in the buffers of a function do not go on the stack.
const MOST_ON_STACK: usize = 8192;

/// The text of a function: what it includes, the helpers that it calls, the function itself.
fn function(function: &Function<'_>) -> String {
    let mut writer = Writer::new(function);
    function.lines.iter().for_each(|line| writer.line(line));
    writer.hand_out();
    let used = writer.drop_unread();
    let numbers: usize = writer.statements.iter().map(|statement| statement.buffer).sum();
    let buffers = if numbers > MOST_ON_STACK { "static double" } else { "double" };
    let mut body = String::new();
    for parameter in function.parameters.iter().filter(|parameter| !used.contains(&parameter.name)) {
        let _ = writeln!(body, "    (void){};", parameter.name);
    }
    for line in writer.statements.iter().flat_map(|statement| statement.text.lines()) {
        let line = line.strip_prefix("double[]").map_or_else(|| line.to_owned(), |rest| format!("{buffers}{rest}"));
        let _ = writeln!(body, "{}{line}", if line.is_empty() { "" } else { "    " });
    }
    if function.shape.is_scalar() {
        let _ = writeln!(body, "\n    return {};", function.output);
    }
    let helpers = function.dialect.helpers(|name| uses(&body, name));
    let mut text = "#include <math.h>\n".to_owned();
    if helpers.iter().any(|helper| helper.contains("malloc(")) {
        text.push_str("#include <stdlib.h>\n");
    }
    text.push('\n');
    for helper in &helpers {
        let _ = write!(text, "{helper}\n\n");
    }
    for remark in function.remarks() {
        let _ = writeln!(text, "/* {remark} */");
    }
    if numbers > MOST_ON_STACK {
        text.push_str("/* Its buffers are too large for the stack and are kept from call to call: one thread at a time. */\n");
    }
    format!("{text}{}\n{{\n{}}}\n", signature(function), body.trim_start_matches('\n'))
}

/// `double f(double x, const double *W, double *dx, double *dW)`; a value that is an array is filled in.
fn signature(function: &Function<'_>) -> String {
    let mut parameters: Vec<String> = Vec::new();
    for parameter in &function.parameters {
        let kind = if parameter.shape.is_scalar() { "double " } else { "const double *" };
        parameters.push(format!("{kind}{}", parameter.name));
    }
    if !function.shape.is_scalar() {
        parameters.push(format!("double *{}", result(function)));
    }
    parameters.extend(function.parameters.iter().filter_map(|parameter| Some(format!("double *{}", parameter.gradient.as_ref()?))));
    let kind = if function.shape.is_scalar() { "double" } else { "void" };
    let parameters = if parameters.is_empty() { "void".to_owned() } else { parameters.join(", ") };
    format!("{kind} {}({parameters})", function.name)
}

/// The name of the buffer for a value that is an array; of an input's own value it is another one.
fn result(function: &Function<'_>) -> String {
    if function.parameters.iter().any(|parameter| parameter.name == function.output) {
        fresh(function, "out")
    } else {
        function.output.clone()
    }
}

/// A name that nothing has, or that name with a number.
fn fresh(function: &Function<'_>, name: &str) -> String {
    let numbered = (2..).map(|count| format!("{name}{count}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    let kept = function.dialect.kept();
    let free = names.find(|name| !function.taken.contains(name) && !kept.contains(name.as_str()));
    free.unwrap_or_else(|| broken("some number makes a name that nothing has"))
}

/// Some lines that set one name.
struct Statement {
    text: String,
    /// The name that it sets, where that is the function's own.
    sets: Option<String>,
    /// What it reads, as a text that has the names in it; none for a heading.
    reads: Option<String>,
    /// The numbers of the buffer that it declares.
    buffer: usize,
}

/// Turns lines into statements, with buffers for what has no name.
struct Writer<'a> {
    function: &'a Function<'a>,
    statements: Vec<Statement>,
    /// What was computed on the way, and what it is called.
    temporary: HashMap<StageId, String>,
    /// The pointers that the caller hands in.
    outward: HashSet<String>,
    /// Names that have been declared.
    declared: HashSet<String>,
    counter: usize,
}

/// How the numbers of one result are gone over.
#[derive(Clone, Copy)]
enum Walk {
    /// A single number.
    Once,
    /// All arrays have the result's shape: one after the other.
    Flat(usize),
    /// By rows and columns.
    Grid(usize, usize),
}

impl<'a> Writer<'a> {
    fn new(function: &'a Function<'a>) -> Self {
        let mut outward: HashSet<String> = function.parameters.iter().filter_map(|parameter| parameter.gradient.clone()).collect();
        if !function.shape.is_scalar() {
            outward.insert(result(function));
        }
        let (statements, temporary, declared) = (Vec::new(), HashMap::new(), HashSet::new());
        Self { function, statements, temporary, outward, declared, counter: 0 }
    }

    fn shape(&self, id: StageId) -> Shape {
        self.function.program.shape(id)
    }

    fn line(&mut self, line: &Line) {
        match line {
            Line::Heading(text) => self.heading(format!("\n/* {text} */")),
            Line::Through(stage) => self.heading(format!("/* backprop {} */", self.function.word(*stage))),
            Line::Set(set) => self.set(set),
        }
    }

    fn heading(&mut self, text: String) {
        self.statements.push(Statement { text, sets: None, reads: None, buffer: 0 });
    }

    fn set(&mut self, set: &Set) {
        match &set.what {
            What::Value(value) => self.value(&set.name, value),
            What::Zeros => self.assign(set, Walk::of(set.shape, true), "0.0"),
            What::Stage { stage, .. } => self.stage(set, *stage, true),
            What::Part { stage, .. } => self.stage(set, *stage, false),
        }
    }

    /// Copies a value that is an input's own to where the caller wants it.
    fn hand_out(&mut self) {
        let (function, name) = (self.function, result(self.function));
        if !function.shape.is_scalar() && name != function.output {
            let set = Set { name, shape: function.shape, add: false, what: What::Zeros, shared: false };
            self.assign(&set, Walk::of(function.shape, true), &format!("{}[i]", function.output));
        }
    }

    /// A value as written.
    fn value(&mut self, name: &str, value: &Value) {
        let set = Set { name: name.to_owned(), shape: value.shape(), add: false, what: What::Zeros, shared: false };
        match value {
            Value::Number(number) => self.assign(&set, Walk::Once, &float(*number)),
            Value::Array(array) if self.outward.contains(name) => {
                let own = self.next();
                self.table(&own, &array.numbers);
                self.assign(&set, Walk::of(array.shape, true), &format!("{own}[i]"));
            }
            Value::Array(array) => self.table(name, &array.numbers),
        }
    }

    fn table(&mut self, name: &str, numbers: &[f64]) {
        let text = format!("static const double {name}[{}] = {};", numbers.len(), list(numbers));
        self.statements.push(Statement { text, sets: Some(name.to_owned()), reads: Some(String::new()), buffer: 0 });
    }

    /// The next name for what has none.
    fn next(&mut self) -> String {
        loop {
            self.counter += 1;
            let name = format!("t{}", self.counter);
            if !self.function.taken.contains(&name) {
                return name;
            }
        }
    }

    /// What a stage is called without subscripts; none where it is printed in place.
    fn called(&self, id: StageId, what: &What) -> Option<String> {
        let named = what.above(id).or_else(|| self.function.called(id)).or_else(|| self.temporary.get(&id).map(String::as_str));
        named.map(str::to_owned)
    }

    /// Sets a name to what a stage computes: by its own gate, or by whatever stands for it.
    fn stage(&mut self, set: &Set, id: StageId, own: bool) {
        let named = !own && self.called(id, &set.what).is_some();
        let statement = !named && !self.function.dialect.is_expression(self.function.program.gate(id));
        if !named {
            self.prepare(id, set, statement);
        }
        if statement && !set.add {
            let text = self.filled(id, &set.what, &self.pointer_to(&set.name, set.shape));
            self.fill(set, &text);
            return;
        }
        let walk = self.walk(id, set, own);
        let function = self.function;
        let name = |stage: StageId| Some(Cow::Owned(self.called(stage, &set.what)? + &walk.subscript(self.shape(stage))));
        let text = if own {
            print::stage(function.program, id, function.dialect, function.symbols, &name)
        } else {
            print::operand(function.program, id, Level::Compare, function.dialect, function.symbols, &name)
        };
        self.assign(set, walk, &text);
    }

    /// Computes what the expression of a stage needs and C cannot write in place.
    fn prepare(&mut self, root: StageId, set: &Set, is_filled: bool) {
        let program = self.function.program;
        let mut found: Vec<StageId> = Vec::new();
        let mut pointed: HashSet<StageId> = HashSet::new();
        let mut seen: HashSet<StageId> = HashSet::from([root]);
        let mut rest = vec![root];
        while let Some(id) = rest.pop() {
            let needed = self.pointed(id);
            let operands = program.operands(id).iter().enumerate();
            for (_, &operand) in operands.filter(|(at, _)| needed.as_ref().is_none_or(|needed| needed.contains(at))) {
                if self.called(operand, &set.what).is_some() {
                    continue;
                }
                if needed.is_some() {
                    pointed.insert(operand);
                }
                if seen.insert(operand) {
                    found.push(operand);
                    rest.push(operand);
                }
            }
        }
        found.sort_unstable();
        let array_constant = |id: StageId| program.constant(id).is_some_and(|constant| constant.value.number().is_none());
        if array_constant(root) {
            found.push(root);
        }
        for id in found {
            let statement = self.pointed(id).is_some();
            if statement || pointed.contains(&id) || array_constant(id) {
                self.temporary(id, &set.what);
            }
        }
        if is_filled && set.add {
            self.temporary(root, &set.what);
        }
    }

    /// Gives a stage without a name one of its own.
    fn temporary(&mut self, id: StageId, what: &What) {
        let name = self.next();
        if let Some(constant) = self.function.program.constant(id).filter(|constant| constant.value.number().is_none()) {
            self.table(&name, constant.value.numbers());
        } else {
            let what = match what {
                What::Part { above, .. } => What::Part { stage: id, above: above.clone() },
                _ => What::Part { stage: id, above: None },
            };
            let set = Set { name: name.clone(), shape: self.shape(id), add: false, what, shared: false };
            // What it needs has been prepared.
            if self.pointed(id).is_some() {
                let text = self.filled(id, &set.what, &self.pointer_to(&name, set.shape));
                self.fill(&set, &text);
            } else {
                let walk = self.walk(id, &set, false);
                let function = self.function;
                let called = |stage: StageId| Some(Cow::Owned(self.called(stage, &set.what)? + &walk.subscript(self.shape(stage))));
                let text = print::operand(function.program, id, Level::Compare, function.dialect, function.symbols, &called);
                self.assign(&set, walk, &text);
            }
        }
        self.temporary.insert(id, name);
    }

    /// The operands whose numbers a statement points to; none for a gate that is an expression.
    fn pointed(&self, id: StageId) -> Option<Vec<usize>> {
        let count = self.function.program.operands(id).len();
        match (self.function.dialect.entry)(self.function.program.gate(id))?.look {
            Look::Same | Look::As(_) => None,
            Look::Fill(text) => Some((0..count).filter(|at| text.contains(&format!("{{{at}}}"))).collect()),
            Look::FillEach(_) => Some((0..count).collect()),
        }
    }

    /// How the numbers of a stage are gone over: in one loop where every array that is named has the same shape.
    fn walk(&self, root: StageId, set: &Set, own: bool) -> Walk {
        let program = self.function.program;
        let mut flat = true;
        let mut seen: HashSet<StageId> = HashSet::new();
        let mut rest = vec![root];
        while let Some(id) = rest.pop() {
            let named = !(own && id == root) && self.called(id, &set.what).is_some();
            if named {
                flat &= self.shape(id).is_scalar() || self.shape(id) == set.shape;
            } else if seen.insert(id) {
                rest.extend_from_slice(program.operands(id));
            }
        }
        Walk::of(set.shape, flat)
    }

    /// The pointer to the numbers of a name.
    fn pointer_to(&self, name: &str, shape: Shape) -> String {
        if shape.is_scalar() && !self.outward.contains(name) { format!("&{name}") } else { name.to_owned() }
    }

    /// The statements that fill a buffer with the value of a stage.
    fn filled(&self, id: StageId, what: &What, out: &str) -> String {
        let program = self.function.program;
        let filler = Filler {
            shapes: program.operands(id).iter().map(|&operand| self.shape(operand)).collect(),
            pointers: program
                .operands(id)
                .iter()
                .map(|&operand| self.called(operand, what).map(|name| self.pointer_to(&name, self.shape(operand))))
                .collect(),
            numbers: program.operands(id).iter().map(|&operand| program.known(operand)).collect(),
            out,
            shape: self.shape(id),
        };
        match (self.function.dialect.entry)(program.gate(id)).map(|entry| entry.look) {
            Some(Look::Fill(text)) => filler.filled(text, None) + ";",
            Some(Look::FillEach(text)) => {
                let statements: Vec<String> = (0..filler.shapes.len()).map(|at| filler.filled(text, Some(at)) + ";").collect();
                statements.join("\n")
            }
            _ => broken("a gate that makes an array has a statement that fills it"),
        }
    }

    /// Adds a statement that fills what a name stands for.
    fn fill(&mut self, set: &Set, text: &str) {
        // `*&x` is x.
        let text = text.replace("*&", "");
        let (declaration, buffer) = self.declaration(set);
        let separator = if declaration.is_empty() { "" } else { "\n" };
        let statement = format!("{declaration}{separator}{text}");
        self.push(set, statement, text, buffer);
    }

    /// Adds a statement that sets the numbers of a name, one by one.
    fn assign(&mut self, set: &Set, walk: Walk, text: &str) {
        let operator = if set.add { "+=" } else { "=" };
        let (declaration, buffer) = self.declaration(set);
        let outward = self.outward.contains(&set.name);
        let name = &set.name;
        let statement = match walk {
            Walk::Once if outward => format!("*{name} {operator} {text};"),
            Walk::Once if declaration.is_empty() => format!("{name} {operator} {text};"),
            Walk::Once => format!("double {name} {operator} {text};"),
            Walk::Flat(size) => format!("{declaration}\nfor (long i = 0; i < {size}; ++i) {name}[i] {operator} {text};"),
            Walk::Grid(1, n) => format!("{declaration}\nfor (long j = 0; j < {n}; ++j) {name}[j] {operator} {text};"),
            Walk::Grid(m, n) => format!(
                "{declaration}\nfor (long i = 0; i < {m}; ++i)\n    for (long j = 0; j < {n}; ++j) {name}[i * {n} + j] {operator} {text};"
            ),
        };
        self.push(set, statement.trim_start_matches('\n').to_owned(), text.to_owned(), buffer);
    }

    fn push(&mut self, set: &Set, text: String, reads: String, buffer: usize) {
        let sets = (!self.outward.contains(&set.name)).then(|| set.name.clone());
        self.statements.push(Statement { text, sets, reads: Some(reads), buffer });
    }

    /// The declaration of a name that has none yet, and the numbers of its buffer.
    fn declaration(&mut self, set: &Set) -> (String, usize) {
        if self.outward.contains(&set.name) || !self.declared.insert(set.name.clone()) {
            return (String::new(), 0);
        }
        match set.shape {
            Shape::Scalar => (format!("double {};", set.name), 0),
            shape => (format!("double[] {}[{}];", set.name, shape.size()), shape.size()),
        }
    }

    /// Leaves out what nothing reads, and headings over nothing; the names that are read.
    fn drop_unread(&mut self) -> HashSet<String> {
        let mut used: HashSet<String> = HashSet::new();
        if self.function.shape.is_scalar() {
            used.insert(self.function.output.clone());
        }
        let mut kept: Vec<Statement> = Vec::new();
        for statement in std::mem::take(&mut self.statements).into_iter().rev() {
            let over_nothing = kept.last().is_none_or(|after| after.reads.is_none()) && !statement.text.starts_with('\n');
            match &statement.reads {
                None if over_nothing => continue,
                None => {}
                Some(_) if statement.sets.as_ref().is_some_and(|name| !used.contains(name)) => continue,
                Some(reads) => used.extend(reads.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').map(str::to_owned)),
            }
            kept.push(statement);
        }
        kept.reverse();
        self.statements = kept;
        used
    }
}

impl Walk {
    /// The walk over a result, `flat` where every array has its shape.
    fn of(shape: Shape, flat: bool) -> Self {
        let (m, n) = shape.sides();
        match shape {
            Shape::Scalar => Self::Once,
            _ if flat => Self::Flat(shape.size()),
            _ => Self::Grid(m, n),
        }
    }

    /// What stands behind the name of an array of some shape: sides of 1 are repeated.
    fn subscript(self, shape: Shape) -> String {
        let (m, n) = shape.sides();
        match self {
            _ if shape.is_scalar() => String::new(),
            Self::Once => "[0]".to_owned(),
            Self::Flat(_) => "[i]".to_owned(),
            Self::Grid(..) => match (m > 1, n > 1) {
                (true, true) => format!("[i * {n} + j]"),
                (true, false) => "[i]".to_owned(),
                (false, true) => "[j]".to_owned(),
                (false, false) => "[0]".to_owned(),
            },
        }
    }
}

/// What fills the places in a statement of one stage.
struct Filler<'a> {
    shapes: Vec<Shape>,
    pointers: Vec<Option<String>>,
    numbers: Vec<Option<f64>>,
    out: &'a str,
    shape: Shape,
}

impl Filler<'_> {
    /// A statement with its places filled in; `each` is the operand that it is repeated for.
    fn filled(&self, text: &str, each: Option<usize>) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (place, after) = after.split_once('}').unwrap_or_else(|| broken("a place in a text ends"));
            filled.push_str(before);
            filled.push_str(&self.place(place, each));
            rest = after;
        }
        filled + rest
    }

    fn place(&self, place: &str, each: Option<usize>) -> String {
        let words: Vec<&str> = place.split(' ').collect();
        let at = |word: usize| words.get(word).and_then(|word| word.parse::<usize>().ok());
        // A measure is that of the operand named behind it, of the one in turn, or of the result.
        let shape = at(1).or(each).and_then(|at| self.shapes.get(at)).copied().unwrap_or(self.shape);
        let turn = || each.unwrap_or_else(|| broken("a text that speaks of the operand in turn stands where there is one"));
        match words[0] {
            "out" => self.out.to_owned(),
            "own" => self.pointer(turn()),
            "size" => shape.size().to_string(),
            "rows" => shape.sides().0.to_string(),
            "columns" => shape.sides().1.to_string(),
            // The columns of a matrix, or the one of a vector that stands on the right of a product.
            "matched" => if shape.rank() == 2 { shape.sides().1 } else { 1 }.to_string(),
            "width" => self.shape.sides().1.to_string(),
            "before" => self.shapes[..turn()].iter().map(|shape| shape.size()).sum::<usize>().to_string(),
            "left" => self.shapes[..turn()].iter().map(|shape| shape.sides().1).sum::<usize>().to_string(),
            "lanes" => self.lanes(shape, at(2).unwrap_or(usize::MAX)),
            "places" => self.places(shape, at(2).unwrap_or_else(|| broken("a text says where its subscripts begin"))),
            _ => self.pointer(at(0).unwrap_or_else(|| broken("a text has the places that are known"))),
        }
    }

    /// The numbers of an operand.
    fn pointer(&self, at: usize) -> String {
        self.pointers.get(at).cloned().flatten().unwrap_or_else(|| broken("an operand that a text speaks of has a buffer"))
    }

    /// How many runs of numbers an array has along the axis that an operand names, if it is there; how many numbers in
    /// each; and the steps from run to run and from number to number.
    fn lanes(&self, shape: Shape, axis: usize) -> String {
        let along = self.numbers.get(axis).copied().flatten().and_then(|number| array::axis(shape, number));
        let (m, n) = shape.sides();
        let [lanes, count, step, stride] = match (shape, along) {
            (Shape::Matrix(..), Some(0)) => [n, m, 1, n],
            (Shape::Matrix(..), Some(_)) => [m, n, n, 1],
            _ => [1, shape.size(), shape.size(), 1],
        };
        format!("{lanes}, {count}, {step}, {stride}")
    }

    /// For rows and for columns: the first place, the step to the next one, and how many.
    fn places(&self, shape: Shape, first: usize) -> String {
        let number = |at: usize| {
            self.numbers.get(first + at).copied().flatten().unwrap_or_else(|| broken("a subscript is a number that no input changes"))
        };
        let Some((rows, columns)) = parts::subscripts(shape, number) else { broken("a shape rule has accepted the subscripts") };
        let places = |of: parts::Subscript| format!("{}, {}, {}", of.first, of.step, of.count);
        format!("{}, {}", places(rows), places(columns))
    }
}
