//! Printed languages: how names, numbers, gates and a whole function look in each, and in the calculator's own.
//!
//! A printed language is one file here, its `mod` and its place in the list below. Its file holds a table with an entry for each
//! gate that it can write, its reserved words, and how a function stands in it. Precedence is the printer's, names
//! are chosen by the views; neither knows any particular language. A gate without an entry is refused, never guessed.

pub mod c;
pub mod columns;
pub mod function;
pub mod javascript;
pub mod jax;
pub mod numpy;
pub mod polars;
pub mod pyspark;
pub mod python;
pub mod pytorch;
pub mod rust;
pub mod sql;
pub mod vectorised;

use crate::forms::{Program, StageId};
use crate::ground::{Shape, number, value};
use crate::vocabulary::Gate;
use crate::vocabulary::gate::{Fragment, Level, TABLE, Written};
use hashbrown::HashSet;

/// Every language that a function can be printed in.
pub static TARGETS: &[&Target] =
    &[&python::TARGET, &c::TARGET, &javascript::TARGET, &rust::TARGET, &numpy::TARGET, &pyspark::TARGET, &jax::TARGET, &pytorch::TARGET];

/// A language that a function with its gradient can be printed in.
#[derive(Debug)]
pub struct Target {
    /// The name that `--as` takes.
    pub name: &'static str,
    /// What it prints, in a phrase.
    pub says: &'static str,
    /// How names of its files end.
    pub ending: &'static str,
    /// What begins a line that is a comment.
    pub comment: &'static str,
    /// How expressions of a program look in it.
    pub dialect: fn(&Program) -> &'static Dialect,
    /// Every dialect that this may be, the last of them for arrays too.
    pub dialects: &'static [&'static Dialect],
    /// Whether it takes programs of single numbers alone.
    pub plain: bool,
    /// Whether what depends on no input is a number as written.
    pub folds: bool,
    /// The text of a function.
    pub function: fn(&function::Function<'_>) -> String,
}

/// How expressions look in a language.
#[derive(Debug)]
pub struct Dialect {
    /// What the language is called in a message.
    pub title: &'static str,
    /// The entry of a gate; none where the language cannot write it.
    pub entry: fn(Gate) -> Option<Entry>,
    /// Whether truth values and whole numbers have types of their own, which differ from that of other numbers.
    pub typed: bool,
    /// What stands behind a number of which only matters whether it is 0, where truth values are no numbers.
    pub truth: &'static str,
    /// What stands around a truth value that is needed as a number.
    pub of_truth: [&'static str; 2],
    /// Whether a truth value may be a factor beside a number.
    pub truths_multiply: bool,
    /// Whether axes, sizes and subscripts must be whole numbers.
    pub whole: bool,
    /// Opens the subscripts at which an array is placed among zeros.
    pub place: &'static str,
    /// A number, so that it is read as the same float.
    pub float: fn(f64) -> String,
    /// A number beside a float, which makes it one; also an element of an array in the calculator's own language.
    pub number: fn(f64) -> String,
    /// An array as written.
    pub array: fn(Shape, &[f64]) -> String,
    /// What a constant of the calculator's language is called, where it is not called so.
    pub constant: fn(f64) -> Option<&'static str>,
    /// Words that no name may be.
    pub reserved: &'static [&'static [&'static str]],
    /// A name as the language can spell it.
    pub spell: fn(&str) -> String,
    /// A name as the language reads it: names that are read alike are one.
    pub read: fn(&str) -> String,
    /// Functions that printed text may call, by name, each after those that it calls itself where the language asks
    /// for that.
    pub helpers: &'static [&'static [Helper]],
}

/// A function that printed text may call: its name and its text.
pub type Helper = (&'static str, &'static str);

/// How one gate looks in a language.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The gate.
    pub gate: Gate,
    /// What is written for it.
    pub look: Look,
    /// What is written for it between single numbers, where that differs.
    pub between_numbers: Option<Written>,
    /// What is written for it where its first, or its second, operand is a number as written, where that differs.
    pub beside_literal: [Option<Written>; 2],
    /// Whether the result may share its numbers with the operand, so that changing it would change the operand; of a
    /// single number the result is the operand.
    pub view: bool,
}

/// What is written for a gate.
#[derive(Clone, Copy, Debug)]
pub enum Look {
    /// An expression, as in the calculator's own language.
    Same,
    /// An expression.
    As(Written),
    /// A statement that fills a buffer, with places to be filled in.
    Fill(&'static str),
    /// Such a statement for each operand.
    FillEach(&'static str),
}

/// The entry of a gate that looks as in the calculator's own language.
pub(crate) const fn same(gate: Gate) -> Entry {
    Entry { gate, look: Look::Same, between_numbers: None, beside_literal: [None; 2], view: false }
}

/// The entry of a gate that is an expression of its own kind.
pub(crate) const fn like(gate: Gate, written: Written) -> Entry {
    Entry { gate, look: Look::As(written), between_numbers: None, beside_literal: [None; 2], view: false }
}

/// The entry of a gate that is a call: the text up to the opening bracket, that included.
pub(crate) const fn call(gate: Gate, start: &'static str) -> Entry {
    like(gate, Written::List(start, ")"))
}

impl Entry {
    /// The same entry for a gate whose result may share its operand's numbers.
    pub(crate) const fn view(self) -> Self {
        Self { view: true, ..self }
    }

    /// The same entry with other looks where its first, or its second, operand is a number as written.
    pub(crate) const fn beside_literal(self, first: Written, second: Written) -> Self {
        Self { beside_literal: [Some(first), Some(second)], ..self }
    }

    /// The same entry with another look between single numbers.
    pub(crate) const fn between_numbers(self, written: Written) -> Self {
        Self { between_numbers: Some(written), ..self }
    }
}

/// What has the signs of the calculator's own language in every printed one.
pub(crate) const SIGNS: &[Entry] = &[
    same(Gate::Copy),
    same(Gate::Shift),
    same(Gate::Scale),
    same(Gate::Add),
    same(Gate::Sub),
    same(Gate::Mul),
    same(Gate::Div),
    same(Gate::Lt),
    same(Gate::Le),
    same(Gate::Gt),
    same(Gate::Ge),
    same(Gate::Eq),
    same(Gate::Ne),
];

/// What a language of functions rarely has, so that it is a helper of its own name.
pub(crate) const HELPED: &[Entry] = &[
    same(Gate::Sigma),
    same(Gate::Relu),
    same(Gate::LeakyRelu),
    same(Gate::Elu),
    same(Gate::Softplus),
    same(Gate::Silu),
    same(Gate::Gelu),
    same(Gate::Logsigmoid),
    same(Gate::Log1mexp),
    same(Gate::Sinc),
];

/// Special functions, each a helper of its own name where a language computes single numbers, or arrays of them.
pub(crate) const SPECIAL: &[Entry] = &[
    same(Gate::Logaddexp),
    same(Gate::Xlogy),
    same(Gate::SincDerivative),
    same(Gate::Erf),
    same(Gate::Erfc),
    same(Gate::Erfcx),
    same(Gate::ErfcxDerivative),
    same(Gate::Gamma),
    same(Gate::Lgamma),
    same(Gate::Digamma),
    same(Gate::Polygamma),
];

/// A choice by a helper, of which both sides are computed.
pub(crate) const CHOOSE: Written = Written::Fragments(
    &[
        Fragment::Text("choose("),
        Fragment::Condition(0),
        Fragment::Text(", "),
        Fragment::Operand(1, Level::Compare),
        Fragment::Text(", "),
        Fragment::Operand(2, Level::Compare),
        Fragment::Text(")"),
    ],
    Level::Atom,
);

/// The entries of several tables, each at its gate; what an earlier table says of a gate stands.
pub(crate) fn by_gate(tables: &[&[Entry]]) -> Vec<Option<Entry>> {
    let find = |gate: Gate| tables.iter().flat_map(|table| table.iter()).find(|entry| entry.gate == gate).copied();
    TABLE.iter().map(|row| find(row.gate)).collect()
}

/// The calculator's own language: every gate as its row says.
pub static CALCULATOR: Dialect = OWN;

/// The calculator's own language, to make others of.
pub const OWN: Dialect = Dialect {
    title: "gradcalc",
    entry: |gate| Some(same(gate)),
    typed: false,
    truth: "",
    of_truth: ["1.0 * (", ")"],
    truths_multiply: true,
    whole: false,
    place: "[",
    float: number::shortest,
    number: number::shortest,
    array: |shape, numbers| value::written(shape, numbers, number::shortest),
    constant: |_| None,
    reserved: &[],
    spell: str::to_owned,
    read: str::to_owned,
    helpers: &[],
};

/// The exponents from which on some languages' powers are wrong, so that their texts for them differ.
const LARGE_EXPONENT: f64 = 1e12;

/// Whether a number as an operand is one for which a gate's own text must be asked: nan, a divisor of 0, what makes a power 1 of
/// anything, and large exponents.
fn is_special(gate: Gate, at: usize, number: f64) -> bool {
    number.is_nan()
        || matches!((gate, at), (Gate::Div | Gate::Pow, 1)) && number == 0.0
        || (gate, at) == (Gate::Pow, 0) && number == 1.0
        || (gate, at) == (Gate::Pow, 1) && number.abs() >= LARGE_EXPONENT
}

/// A gate that is written as its operand alone.
const OPERAND: Written = Written::Fragments(&[Fragment::Operand(0, Level::Compare)], Level::Compare);

impl Dialect {
    /// How a stage is written as an expression.
    pub fn written(&self, program: &Program, id: StageId) -> Written {
        let gate = program.gate(id);
        let own = gate.row().written;
        let Some(entry) = (self.entry)(gate) else {
            debug_assert!(false, "{} cannot write {}", self.title, gate.row().name);
            return own;
        };
        let scalar = |id: StageId| program.shape(id).is_scalar();
        // Where a number as written matters, constants stand as their numbers too.
        let number = |at: usize| program.operands(id).get(at).and_then(|&operand| program.constant(operand)?.value.number());
        let literal = |at: usize| number(at).is_some_and(|number| !is_special(gate, at, number));
        if let Some(written) = (0..2).find_map(|at| entry.beside_literal[at].filter(|_| literal(at))) {
            return written;
        }
        match (entry.look, entry.between_numbers) {
            // A single number is no array: what would be a view of one is the number.
            _ if entry.view && scalar(id) && program.operands(id).first().is_none_or(|&operand| scalar(operand)) => OPERAND,
            (_, Some(written)) if scalar(id) => written,
            (Look::As(written), _) => written,
            (Look::Same | Look::Fill(_) | Look::FillEach(_), _) => own,
        }
    }

    /// How a stage is written, as in the calculator's own language where this one cannot.
    pub fn written_or_own(&self, program: &Program, id: StageId) -> Written {
        let gate = program.gate(id);
        if (self.entry)(gate).is_some() { self.written(program, id) } else { gate.row().written }
    }

    /// Whether the numbers of a stage may be those of its operand.
    pub fn is_view(&self, gate: Gate) -> bool {
        (self.entry)(gate).is_some_and(|entry| entry.view)
    }

    /// Whether a stage stands in an expression; if not, it is a statement of its own.
    pub fn is_expression(&self, gate: Gate) -> bool {
        (self.entry)(gate).is_none_or(|entry| matches!(entry.look, Look::Same | Look::As(_)))
    }

    /// The first stage of a program that the language cannot write.
    pub fn lacks(&self, program: &Program) -> Option<StageId> {
        program.ids().find(|&id| !matches!(program.gate(id), Gate::Input | Gate::Constant) && (self.entry)(program.gate(id)).is_none())
    }

    fn all_helpers(&self) -> impl Iterator<Item = &'static Helper> + use<> {
        self.helpers.iter().flat_map(|table| table.iter())
    }

    /// The names that printed text uses itself: words of the language, helpers and what helpers call.
    pub fn kept(&self) -> HashSet<&'static str> {
        let words = self.reserved.iter().flat_map(|words| words.iter().copied());
        words.chain(self.all_helpers().flat_map(|&(helper, text)| called(text).chain([helper]))).collect()
    }

    /// The helpers of some names, and those that they call in turn, in the order of the tables.
    pub fn helpers(&self, mut wanted: impl FnMut(&str) -> bool) -> Vec<&'static str> {
        let all: Vec<&Helper> = self.all_helpers().collect();
        let mut chosen: Vec<bool> = all.iter().map(|(name, _)| wanted(name)).collect();
        let mut rest: Vec<usize> = (0..all.len()).filter(|&at| chosen[at]).collect();
        while let Some(at) = rest.pop() {
            for other in 0..all.len() {
                if !chosen[other] && uses(all[at].1, all[other].0) {
                    chosen[other] = true;
                    rest.push(other);
                }
            }
        }
        all.iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|((_, text), _)| *text).collect()
    }
}

fn is_of_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The functions that are called by their names alone in a text.
fn called(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('(').filter_map(|(at, _)| {
        let before = text[..at].trim_end_matches(is_of_name);
        (before.len() < at && !before.ends_with('.')).then(|| &text[before.len()..at])
    })
}

/// Whether a text calls a function by its name, or hands it on, as `&name`.
pub(crate) fn uses(text: &str, name: &str) -> bool {
    let handed = |(at, sign): (usize, &str)| !text[at + sign.len()..].starts_with(is_of_name);
    called(text).any(|called| called == name) || text.match_indices(&format!("&{name}")).any(handed)
}
