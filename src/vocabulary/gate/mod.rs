//! What a gate is: the columns of the gate table, and how to find a row.
//!
//! The rows stand in `table`. Nothing above this floor asks which gate it holds: it reads the row's columns.
//! A derivative is text in the calculator's own language; this file never reads that text.

#[macro_use]
mod macros;
pub mod array;
pub mod bounds;
pub mod cofactor;
pub mod dense;
pub mod fused;
pub mod parts;
#[macro_use]
pub mod precise;
pub mod runs;
#[expect(clippy::missing_errors_doc, reason = "every rule fails in one way: a mismatch says why")]
pub mod shape_rules;
mod table;

use crate::ground::Shape;
use hashbrown::HashMap;
use std::sync::LazyLock;

pub use array::KernelArgs;
pub use fused::Fused;
pub use precise::Precise;
pub use shape_rules::{ShapeArgs, ShapeError};
pub use table::{Gate, TABLE, apply, apply_to_arrays};

/// How tightly an expression holds together when written, loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// `x < y`
    Compare,
    /// `x + y`
    Sum,
    /// `x * y`
    Product,
    /// `-x`
    Unary,
    /// `x ^ y`
    Power,
    /// `x`, `f(x)`, `(...)`
    Atom,
}

/// A fragment of a notation: text, or an operand and the loosest level at which it needs no brackets.
#[derive(Clone, Copy, Debug)]
pub enum Fragment {
    /// Text as it stands.
    Text(&'static str),
    /// The operand of this number, in brackets when it is looser than this level.
    Operand(usize, Level),
    /// An operand of which only matters whether it is 0.
    Condition(usize),
}

/// How one application of a gate is written.
#[derive(Clone, Copy, Debug)]
pub enum Written {
    /// `name(x, y)`, by the row's own name.
    Call,
    /// `x sign y`, grouping to the left.
    Infix(&'static str, Level),
    /// Fragments in a row; the whole is of this level.
    Fragments(&'static [Fragment], Level),
    /// Operands between two texts: `[x, y]`.
    List(&'static str, &'static str),
    /// A function of two operands, given its start, for any number of them: `f(f(x, y), z)`.
    Nested(&'static str),
    /// The operand of this number with the subscripts that follow it, between two texts: `x[0, 1:]`.
    Subscripts(&'static str, usize, &'static str),
}

/// The function behind a gate.
#[derive(Clone, Copy, Debug)]
pub enum Kernel {
    /// A leaf of the circuit has no function: its value is given.
    Leaf,
    /// One operand.
    Unary(fn(f64) -> f64),
    /// Two operands.
    Binary(fn(f64, f64) -> f64),
    /// Three operands.
    Ternary(fn(f64, f64, f64) -> f64),
    /// Any number of operands, combined two at a time from the left.
    Fold(fn(f64, f64) -> f64),
    /// Whole arrays: fills the result.
    Array(fn(&KernelArgs<'_>, &mut [f64])),
    /// Whole arrays of one number.
    Fill(f64),
    /// A number that follows from the operands' shapes alone.
    Size(fn(&ShapeArgs<'_>) -> f64),
    /// Random numbers: the next of a stream.
    Draw(Draw),
}

/// The function of a gate over long slices, which fills another slice.
#[derive(Clone, Copy, Debug)]
pub enum OverSlices {
    /// Of each number of one, within two units in the last place.
    Each(fn(&[f64], &mut [f64])),
    /// Of each number of one and a number that is the second operand, to the bit.
    ByOne(fn(&[f64], f64, &mut [f64])),
}

impl OverSlices {
    /// Fills a slice, and tells whether it is a function of such operands.
    #[inline]
    pub fn fill(self, operands: &[&[f64]], out: &mut [f64]) -> bool {
        match (self, operands) {
            (Self::Each(f), [x]) => f(x, out),
            (Self::ByOne(f), [x, [by]]) if x.len() == out.len() => f(x, *by, out),
            _ => return false,
        }
        true
    }
}

/// A function of all numbers of a long array that goes by two numbers which are known of it.
#[derive(Clone, Copy, Debug)]
pub struct Whole {
    /// Those two.
    pub summary: runs::Summary,
    /// What is made of them.
    pub made: Made,
}

/// What a function of an array and of two numbers that are known of it makes.
#[derive(Clone, Copy, Debug)]
pub enum Made {
    /// One number.
    One(fn(&[f64], [f64; 2]) -> f64),
    /// A number of each one.
    Each(fn(&[f64], [f64; 2], &mut [f64])),
}

/// Two functions over the same numbers.
pub type TwoOverSlices = fn(&[f64], &mut [f64], &mut [f64]);

/// How far the value of a gate of single numbers is from what it would be at the same operands without rounding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rounding {
    /// Not at all.
    Exact,
    /// As far as a sum of its operands is rounded.
    Sum,
    /// A difference.
    Difference,
    /// A product.
    Product,
    /// A square.
    Square,
    /// A quotient.
    Quotient,
    /// An inverse.
    Inverse,
    /// A square root.
    Root,
    /// By so many units in the last place at most.
    Ulps(f64),
}

/// What a gate decides by the order of its operands, so that a rounded operand can make it decide otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Nothing.
    No,
    /// Which of its operands, or of the numbers of its operand, is larger.
    Between,
    /// Whether its operand is above or below 0.
    Sign,
    /// Between which whole numbers its operand is.
    Step,
    /// Which whole number is nearest to its operand.
    Nearest,
    /// How often its second operand goes into its first.
    Quotient,
}

/// Where a number that a gate makes is fixed by structure: where no small change of an input changes it, whatever numbers the inputs
/// are. Numbers of the text are fixed, inputs are not. A gradient that is fixed and 0 carries nothing, not even inf or nan: it is
/// that of an operand that is not selected, of a branch that is not taken, of a constant 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// Where all its operands are.
    WithAll,
    /// And also where an operand is fixed and 0, and it is 0 with it.
    AtAnyZero,
    /// And also where its first operand is fixed and 0, and it is 0 with it.
    AtFirstZero,
    /// Where its first operand is.
    WithFirst,
    /// Where the operand that the first of three chooses is.
    WithChosen,
    /// Everywhere: it is a decision.
    Always,
    /// But for 0, which it only is between two decisions.
    ButZero,
}

impl Fixed {
    /// Whether a result is fixed: whether it is 0, and of each operand whether it is 0 and whether it is fixed.
    pub fn of(self, is_zero: bool, operands: &[(bool, bool)]) -> bool {
        let all = operands.iter().all(|&(_, fixed)| fixed);
        let nothing = |&(is_zero, fixed): &(bool, bool)| is_zero && fixed;
        match self {
            Self::WithAll => all,
            Self::AtAnyZero => all || is_zero && operands.iter().any(nothing),
            Self::AtFirstZero => all || is_zero && operands.first().is_some_and(nothing),
            Self::WithFirst => operands.first().is_some_and(|&(_, fixed)| fixed),
            Self::WithChosen => match operands {
                [(chooses_last, _), .., (_, last)] if *chooses_last => *last,
                [_, (_, first), ..] => *first,
                _ => false,
            },
            Self::Always => true,
            Self::ButZero => !is_zero,
        }
    }
}

/// How a gate of arrays is written out in single numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unroll {
    /// Not at all.
    No,
    /// It moves numbers and leaves them as they are.
    Moves,
    /// A gate over all numbers, or over those along an axis.
    Fold(Gate),
    /// A gate over the numbers up to each one, or from each one on.
    Scan {
        /// The gate.
        gate: Gate,
        /// Whether each result is of the numbers from its place on.
        from_end: bool,
    },
    /// It adds numbers up at the places from which this gate takes them.
    Accumulates(Gate),
    /// Sums of products, as in a matrix product.
    Products,
    /// The determinant.
    Determinant,
    /// The inverse.
    Inverse,
    /// As text in the language.
    Text(&'static str),
}

/// What random numbers are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// The normal distribution of mean 0 and variance 1.
    Normal,
    /// The interval from 0 to 1.
    Uniform,
}

/// What an axis after its operands means to a gate of arrays. In the row's texts it is `axis`; where it is left out, the
/// texts are those of the whole array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// It takes none.
    None,
    /// Without one it gives a number of all numbers, with one a number of each run along it.
    Reduces,
    /// The result has the operand's shape: of all numbers together, or of each run along the axis.
    Keeps,
    /// It adds an axis of size 1; where a text of the table has none to add, the gate is its operand. Users give it.
    Adds,
}

/// How a user can reach a gate, and so where it is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `+ - * / ^` and their like.
    Arithmetic,
    /// Exponentials, logarithms and roots.
    Exponential,
    /// Circular and hyperbolic functions.
    Trigonometric,
    /// What neurons are made of.
    Activation,
    /// Pieces, steps and choices.
    Piecewise,
    /// Special functions of statistics and physics.
    Special,
    /// Sums and their like over the numbers of an array.
    Reduction,
    /// Products, inverses and their like.
    Matrix,
    /// Arrays from numbers and from other arrays.
    Building,
    /// `< <= > >= == !=`
    Comparison,
    /// The notes' one-operand gates `c+x` and `a*x`; made by `--stages primitive` only.
    Primitive,
    /// Made by the program itself, never named by a user.
    Internal,
}

impl Family {
    /// The heading under which the family is listed; none for what is not listed.
    pub fn heading(self) -> Option<&'static str> {
        match self {
            Self::Arithmetic => Some("arithmetic"),
            Self::Exponential => Some("exponentials, logarithms, roots"),
            Self::Trigonometric => Some("circular and hyperbolic"),
            Self::Activation => Some("activations"),
            Self::Piecewise => Some("pieces, steps and choices"),
            Self::Special => Some("special functions"),
            Self::Reduction => Some("over the elements of an array"),
            Self::Matrix => Some("vectors and matrices"),
            Self::Building => Some("arrays and their parts"),
            Self::Comparison => Some("comparisons (0 or 1, no gradient)"),
            Self::Primitive => Some("made by cutting into primitive stages"),
            Self::Internal => None,
        }
    }
}

/// A place where a gate has no derivative but slopes from either side.
#[derive(Clone, Copy, Debug)]
pub struct Kink {
    /// The condition on the operands under which it is met, in the language.
    pub when: &'static str,
    /// The operand that the slopes belong to.
    pub operand: usize,
    /// The slope from below, in the language.
    pub below: &'static str,
    /// The slope from above, in the language.
    pub above: &'static str,
}

/// Where the slopes of a gate may change, number by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meets {
    /// Where its two operands are equal.
    Operands,
    /// Where its operand is 0.
    Zero,
}

/// One row of the gate table: all that the program knows of one gate.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "columns of a table")]
pub struct Row {
    /// The gate itself.
    pub gate: Gate,
    /// Its name in calls and in JSON.
    pub name: &'static str,
    /// Other names that read as this one.
    pub aliases: &'static [&'static str],
    /// Where it is listed.
    pub family: Family,
    /// The operands' names in the row's own texts. A gate of any number of operands has two: `x` is the
    /// operand in question, `y` the other one (of two) or the result (of more).
    pub operands: &'static [&'static str],
    /// The signs that stand for it between two operands, the first as it is printed.
    pub signs: &'static [&'static str],
    /// The signs that stand for it before its operand.
    pub prefixes: &'static [&'static str],
    /// How it is written in the language.
    pub written: Written,
    /// Whether a second operand of 0 makes it 0, whatever the first one is: also infinite or nan.
    pub absorbs: bool,
    /// What the gate is called in a drawing, such as `1/x`; empty where the sign or the name says it.
    pub label: &'static str,
    /// The function.
    pub kernel: Kernel,
    /// The same function over many numbers, for long arrays.
    pub lanes: Option<OverSlices>,
    /// The same function of all numbers of a long array, in two steps; absent where there is one step alone.
    pub whole: Option<Whole>,
    /// What it makes of the sum of all numbers of its operand and of how many they are, where it goes by those alone.
    pub of_sum: Option<fn(f64, f64) -> f64>,
    /// What is known of all its numbers from what is known of its operands'; absent where nobody worked it out.
    pub bounds: Option<bounds::Rule>,
    /// Another gate of the same operand whose numbers such a loop gives at the same time, with the same bits.
    pub twin: Option<(Gate, TwoOverSlices)>,
    /// The same function of numbers of any precision; absent where the text `primitive` or `unroll` says it.
    pub precise: Precise,
    /// What it decides by the order of numbers.
    pub choice: Choice,
    /// Where its value is fixed by structure.
    pub fixed: Fixed,
    /// How its value is rounded.
    pub rounding: Rounding,
    /// The shape of the result, or why the operands do not go together.
    pub shape_rule: shape_rules::Rule,
    /// The gates of the same name or sign for operands of other shapes or another number of them.
    pub cases: &'static [Gate],
    /// What an axis after the operands means to it.
    pub axis: Axis,
    /// Whether that axis is written by its name, because a second operand is another array to the gates of this name.
    pub axis_by_name: bool,
    /// Whether it only gives its first operand the shape of the result, so that it is nothing where that is its own.
    pub regroups: bool,
    /// The products that take its place in a backward pass, where its first or its last operand carries the upstream
    /// gradient, of which a 0 carries nothing.
    pub carrying: Option<[Gate; 2]>,
    /// The gates that `axis=0` and `axis=1` choose, where the axis is no operand of theirs.
    pub by_axis: &'static [Gate],
    /// Whether an array function takes any number of operands.
    pub many: bool,
    /// The derivative for each operand, as text in the language, which may speak of the operands, of `out`
    /// and of `dout`: a text with `dout` is the whole contribution, any other a local gradient. An empty
    /// text lets nothing through.
    pub slopes: &'static [&'static str],
    /// The same under `--ties split`, where that differs; `ties` is the number of operands that reach `out`.
    pub split: &'static [&'static str],
    /// Whether the slopes must be made nan where the value is nan because their text alone would not be.
    pub guarded: bool,
    /// Whether its value counts as a constant where gradients are taken.
    pub passes_nothing: bool,
    /// The first of the operands that count places, as the ends and the steps of ranges do, and the one behind the last: no gradient goes to them.
    pub places: [usize; 2],
    /// Whether equal operands count once: `max(x, x)` is `x` for every number.
    pub idempotent: bool,
    /// Whether operands may be swapped without changing any bit of the result.
    pub commutes: bool,
    /// The name a person would give the result, such as `sig{x}` or `{x}p{y}`.
    pub short: &'static str,
    /// One sentence on how it treats a gradient.
    pub says: &'static str,
    /// What it does, and what that does to a gradient, in a phrase that an application of it can stand before; empty where its
    /// slopes say no more than those of others.
    pub does: &'static str,
    /// Whether its slope comes near to 0 where it flattens out.
    pub saturates: bool,
    /// Where it has a real value, in words.
    pub domain: &'static str,
    /// An interval inside the domain of each operand, for random programs.
    pub range: [f64; 2],
    /// What its operands are called in a name: `num` and `den` for the parts of a quotient. The role `inverse`
    /// makes the other roles apply only where its operand is an inverse.
    pub roles: &'static [&'static str],
    /// Whether it turns a denominator into a factor.
    pub inverse: bool,
    /// How a person reads special cases, as texts: what is written (as a call), and what it is.
    pub readings: &'static [(&'static str, &'static str)],
    /// What it equals for every f64, as texts: the case (as a call), and the simpler expression.
    pub identities: &'static [(&'static str, &'static str)],
    /// How a person stages it when its last operand is compound, as text in the language.
    pub staged: &'static str,
    /// The same function from smaller gates, as text in the language; empty where the gate is primitive.
    pub primitive: &'static str,
    /// The primitive gate that takes its place when one operand is a constant, and the operand of it that is.
    pub with_constant: Option<Gate>,
    /// What a person may have written for it, as texts in the language, for `--stages fused`.
    pub forms: &'static [&'static str],
    /// Where it has no derivative but slopes from either side.
    pub kinks: &'static [Kink],
    /// The elements of its operand that reach its value, as text; empty where none stands out.
    pub reaches: &'static str,
    /// How a gate of arrays is written out in single numbers.
    pub unroll: Unroll,
    /// Whether it is a matrix product, whose gradients the shapes alone give.
    pub multiplies: bool,
    /// Whether it undoes a matrix, which may be nearly singular.
    pub inverts: bool,
    /// Whether it scales each operand's gradient by the other operand.
    pub swaps: bool,
    /// What to write instead where its gradient fails, as texts: the case (as a call), and the better expression.
    pub instead: &'static [(&'static str, &'static str)],
    /// What larger gates make of it that are no gate alone, as texts: the case, and what it becomes, for `--stages fused`.
    pub fuses: &'static [(&'static str, &'static str)],
    /// What keeps digits that its operands lose, as texts: the case, and the better expression.
    pub keeps: &'static [(&'static str, &'static str)],
}

impl Gate {
    /// Whether it reads operands of such shapes as fast, and to the same bits, where their numbers lie column by column.
    pub fn reads_turned(self, shapes: [Shape; 2]) -> bool {
        self.row().unroll == Unroll::Products && array::reads_turned(shapes[0], shapes[1])
    }

    /// The gate's row.
    #[inline]
    pub fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The gate of a name in a text of the program's own, which may be one that no user can call.
    pub fn known(name: &str) -> Option<Self> {
        let pass = table::OF_BACKWARD_PASSES.iter().find(|(known, _)| *known == name).map(|&(_, gate)| gate);
        pass.or_else(|| Self::named(name)).or_else(|| TABLE.iter().find(|row| row.name == name).map(|row| row.gate))
    }

    /// The gate that a call by this name applies, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.callable() && (row.name == name || row.aliases.contains(&name))).map(|row| row.gate)
    }

    /// The comparison that holds of two numbers, neither of them nan, where this one does not; none for what is no comparison.
    pub fn complement(self) -> Option<Self> {
        const PAIRS: [(Gate, Gate); 3] = [(Gate::Lt, Gate::Ge), (Gate::Le, Gate::Gt), (Gate::Eq, Gate::Ne)];
        PAIRS.iter().find_map(|&(x, y)| if self == x { Some(y) } else { (self == y).then_some(x) })
    }
}

/// Gates and how tightly they bind, by their sign: those of one letter of ASCII by its code, which most are, and all others.
struct BySign {
    short: [Option<(Gate, Level)>; 128],
    other: HashMap<&'static str, (Gate, Level)>,
}

impl BySign {
    /// Of several gates with the same sign, it stands for the first one.
    fn of(signs: impl Iterator<Item = (&'static str, (Gate, Level))>) -> Self {
        let mut found = Self { short: [None; 128], other: HashMap::new() };
        for (sign, gate) in signs {
            match *sign.as_bytes() {
                [code] => found.short[code as usize] = found.short[code as usize].or(Some(gate)),
                _ => _ = found.other.entry(sign).or_insert(gate),
            }
        }
        found
    }

    fn get(&self, sign: &str) -> Option<(Gate, Level)> {
        match *sign.as_bytes() {
            [code] => self.short[code as usize],
            _ => self.other.get(sign).copied(),
        }
    }
}

/// The gate that a sign between two operands stands for, and how tightly it binds.
pub fn infix(sign: &str) -> Option<(Gate, Level)> {
    static SIGNS: LazyLock<BySign> = LazyLock::new(|| {
        let level = |row: &Row| match row.written {
            Written::Infix(_, level) | Written::Fragments(_, level) => level,
            Written::Call | Written::List(..) | Written::Nested(_) | Written::Subscripts(..) => Level::Atom,
        };
        BySign::of(TABLE.iter().flat_map(|row| row.signs.iter().map(move |&sign| (sign, (row.gate, level(row))))))
    });
    SIGNS.get(sign)
}

/// The gate that a sign before its operand stands for, and how tightly it binds.
pub fn prefix(sign: &str) -> Option<(Gate, Level)> {
    static SIGNS: LazyLock<BySign> = LazyLock::new(|| {
        let level = |row: &Row| if let Written::Fragments(_, level) = row.written { level } else { Level::Atom };
        BySign::of(TABLE.iter().flat_map(|row| row.prefixes.iter().map(move |&sign| (sign, (row.gate, level(row))))))
    });
    SIGNS.get(sign)
}

impl Row {
    /// The number of operands, or none where any number will do.
    pub fn arity(&self) -> Option<usize> {
        match self.kernel {
            Kernel::Leaf => Some(0),
            Kernel::Unary(_) => Some(1),
            Kernel::Binary(_) => Some(2),
            Kernel::Ternary(_) => Some(3),
            Kernel::Fold(_) => None,
            Kernel::Array(_) | Kernel::Fill(_) | Kernel::Size(_) | Kernel::Draw(_) => (!self.many).then_some(self.operands.len()),
        }
    }

    /// Whether it can be applied to so many operands.
    pub fn takes(&self, count: usize) -> bool {
        match self.arity() {
            None => count > 0,
            Some(arity) => count == arity || (self.takes_axis() && count == arity + 1),
        }
    }

    /// How it is called: by its operands, and with an axis after them where it takes one.
    pub fn usages(&self) -> Vec<String> {
        let operands = self.operands.join(", ");
        let axis = if self.axis_by_name { "axis=0" } else { "axis" };
        let along = self.takes_axis().then(|| format!("{}({operands}, {axis})", self.name));
        std::iter::once(format!("{}({operands})", self.name)).chain(along).collect()
    }

    /// A text of the row as it reads without an axis.
    pub fn without_axis(text: &str) -> String {
        let mut text = text.replace(", axis=axis)", ")").replace(", axis)", ")");
        while let Some(start) = text.find("expand(") {
            let open = start + "expand".len();
            let mut depth = 0usize;
            let close = text[open..].find(|c| {
                depth = if c == '(' {
                    depth + 1
                } else if c == ')' {
                    depth - 1
                } else {
                    depth
                };
                depth == 0
            });
            let Some(close) = close.map(|at| open + at) else { break };
            text = format!("{}{}{}", &text[..start], &text[open + 1..close], &text[close + 1..]);
        }
        text
    }

    /// Whether an axis may follow its operands.
    pub fn takes_axis(&self) -> bool {
        matches!(self.axis, Axis::Reduces | Axis::Keeps)
    }

    /// The row itself, and those of its name for other operands.
    pub fn with_cases(&self) -> impl Iterator<Item = &'static Row> + use<> {
        std::iter::once(self.gate).chain(self.cases.iter().copied()).map(Gate::row)
    }

    /// The gate of those that share its name or its sign which operands fit, and the shape of the result.
    ///
    /// # Errors
    /// Why the operands do not go together.
    pub fn resolve(&self, operands: &ShapeArgs<'_>) -> Result<(Gate, Shape), ShapeError> {
        let count = operands.shapes.len();
        let mut mismatch = None;
        for row in self.with_cases().filter(|row| row.takes(count)) {
            match (row.shape_rule)(operands) {
                Ok(shape) => return Ok((row.gate, shape)),
                // The first of them is the one that its name or sign stands for.
                Err(other) => mismatch = mismatch.or(Some(other)),
            }
        }
        Err(mismatch.unwrap_or_else(|| ShapeError { says: "this takes another number of operands".to_owned(), help: String::new() }))
    }

    /// Where its slopes may change, where two numbers tell that.
    pub fn meets(&self) -> Option<Meets> {
        let zero = |kink: &Kink| kink.when == "x == 0" && kink.operand == 0;
        if !self.reaches.is_empty() {
            None
        } else if self.kinks.is_empty() {
            (self.idempotent || self.family == Family::Comparison).then_some(Meets::Operands)
        } else {
            (self.arity() == Some(1) && self.kinks.iter().all(zero)).then_some(Meets::Zero)
        }
    }

    /// Whether it takes less time than to fetch a number from memory.
    pub fn is_cheap(&self) -> bool {
        let rounded =
            matches!(self.rounding, Rounding::Exact | Rounding::Sum | Rounding::Difference | Rounding::Product | Rounding::Square);
        rounded && self.lanes.is_none() && matches!(self.kernel, Kernel::Unary(_) | Kernel::Binary(_))
    }

    /// Whether a user can apply it by its name.
    pub fn callable(&self) -> bool {
        !matches!(self.family, Family::Internal | Family::Primitive)
    }

    /// Whether there are regions in which it lets no gradient through.
    pub fn blocks(&self) -> bool {
        let stops = |text: &&str| text.is_empty() || **text == *"0" || text.starts_with("1(") || text.starts_with("where(");
        !matches!(self.family, Family::Arithmetic | Family::Special) && self.slopes.iter().any(stops)
    }

    /// What it does to a gradient, in a phrase: its own, or that of the gates whose slopes are of the same kind.
    pub fn does(&self) -> &'static str {
        let mixes = self.slopes.iter().any(|text| text.contains("dout"));
        let several = self.slopes.iter().filter(|text| !text.is_empty()).count() > 1;
        match self.family {
            _ if !self.does.is_empty() => self.does,
            _ if self.slopes.iter().all(|text| text.is_empty()) => "hands nothing on: blocks the gradient",
            Family::Building => "puts numbers in their places: hands each part of the gradient back to where the numbers came from",
            _ if mixes => "takes numbers together: what it hands on is made of all that arrives",
            Family::Reduction | Family::Matrix => "takes elements together: each gets the gradient times a local gradient of its own",
            _ if several => "scales: each operand gets the gradient times a local gradient of its own",
            _ => "scales: its operand gets the gradient times the local gradient",
        }
    }

    /// What the gate is called in a drawing: its label, its sign or its name.
    pub fn label(&self) -> &'static str {
        match self.written {
            _ if !self.label.is_empty() => self.label,
            Written::Infix(sign, _) => sign.trim(),
            _ => self.name,
        }
    }
}
