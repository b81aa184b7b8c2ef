//! The words that open a statement: what may follow each, what it takes, and what help says of it.
//!
//! A new kind of statement is a row here and a meaning in the session. Knows no text.

/// What must follow a word, so that it opens a statement and is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// A name.
    Name,
    /// A number or a name.
    Count,
    /// A text in quotation marks.
    Quoted,
    /// Anything that an expression may begin with, or a text in quotation marks.
    Operand,
}

/// What a statement takes behind its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `const k = 2`: a definition.
    Definition,
    /// `assert a == b ± c`: an expression, and a tolerance behind a comparison.
    Assertion,
    /// `print "slope", 2*x`: texts and expressions between commas.
    Items,
    /// `include "other.grad"`: the name of a file.
    File,
    /// `set digits 10`: the name of a setting and what it is given, which is no expression.
    Setting,
    /// `repeat 10 { x -= 0.1*d(f, x) }`: an expression, and statements in braces.
    Block,
    /// `def f(x): return x**2`: a function, on one line or with indented lines below.
    Function,
    /// `import numpy as np`, `from math import *`: the name of a library and what is taken of it.
    Module,
}

impl Form {
    /// Whether what it takes are words, and no expression.
    pub fn takes_words(self) -> bool {
        matches!(self, Self::Setting | Self::Module)
    }
}

/// A word that opens a statement.
#[derive(Debug)]
pub struct StatementWord {
    /// The word.
    pub word: &'static str,
    /// What must follow it.
    pub follows: Follows,
    /// What it takes.
    pub form: Form,
    /// What to write, where the word stands in the middle of an expression.
    pub misplaced: Option<&'static str>,
    /// A text that shows it.
    pub example: &'static str,
    /// What it does, in a sentence.
    pub says: &'static str,
}

/// The word of an assertion.
pub const ASSERT: &str = "assert";

/// All of them, in the order of the alphabet.
pub const STATEMENTS: &[StatementWord] = &[
    StatementWord {
        word: ASSERT,
        follows: Follows::Operand,
        form: Form::Assertion,
        misplaced: None,
        example: "x = 3; assert x^2 == 9; assert x/7 == 0.43 +/- 0.01; x",
        says: "An assertion is silent where it holds, and an error where it does not.",
    },
    StatementWord {
        word: "const",
        follows: Follows::Name,
        form: Form::Definition,
        misplaced: Some("a constant is declared by `const k = 2`"),
        example: "const k = 2; x = 3; k*x",
        says: "A constant has a value and no gradient.",
    },
    StatementWord {
        word: "def",
        follows: Follows::Name,
        form: Form::Function,
        misplaced: Some("a function is written `f(x) = x^2`"),
        example: "def f(x, y): return x**2 * y\nf(3, -4)",
        says: "Defines a function as Python writes it, on one line or with lines below that begin with blanks.",
    },
    StatementWord {
        word: "from",
        follows: Follows::Name,
        form: Form::Module,
        misplaced: None,
        example: "from math import *; x = 1; exp(x)",
        says: "Says nothing new: the functions of the libraries that are known here have their names already.",
    },
    StatementWord {
        word: "import",
        follows: Follows::Name,
        form: Form::Module,
        misplaced: None,
        example: "import numpy as np; x = [1, 2]; np.max(x)",
        says: "Says nothing new: the libraries math, numpy, jax, torch and scipy are known by their usual names.",
    },
    StatementWord {
        word: "include",
        follows: Follows::Quoted,
        form: Form::File,
        misplaced: None,
        example: "include \"other.grad\"",
        says: "Runs the statements of another script, sought beside the one that names it.",
    },
    StatementWord {
        word: "print",
        follows: Follows::Operand,
        form: Form::Items,
        misplaced: None,
        example: "x = 3; print \"slope\", 2*x",
        says: "Prints texts and values on one line.",
    },
    StatementWord {
        word: "repeat",
        follows: Follows::Count,
        form: Form::Block,
        misplaced: None,
        example: "x = 3; f = (x - 1)^2; repeat 100 { x -= 0.1*d(f, x) }; x",
        says: "Runs the statements in its braces as often as it says.",
    },
    StatementWord {
        word: "set",
        follows: Follows::Name,
        form: Form::Setting,
        misplaced: None,
        example: "set digits 3; x = 3; x/7",
        says: "Changes a setting; `set NAME default` puts it back.",
    },
];

impl StatementWord {
    /// The row of a word.
    pub fn named(word: &str) -> Option<&'static Self> {
        STATEMENTS.iter().find(|row| row.word == word)
    }
}
