//! How editors colour the language: its words and signs as patterns, one list for every editor.
//!
//! Knows the gate table, the words of statements and how tokens look; which editors there are is a row of [`EDITORS`], how one
//! of them writes the list is a file beside this one. Knows no file and no answer.

mod sublime;
mod textmate;
mod vim;

use crate::vocabulary::gate::TABLE;
use crate::vocabulary::library::{FLAGS, PREFIXES};
use crate::vocabulary::statement::{Follows, Form};
use crate::vocabulary::{CONSTANTS, DERIVATIVE, LOAD, STATEMENTS, StatementWord, UNITS};

/// An editor, or a family of them that read the same file.
#[derive(Debug)]
pub struct Editor {
    /// The name that `--syntax` takes.
    pub name: &'static str,
    /// Which programs read it.
    pub says: &'static str,
    /// The whole text of the file.
    pub text: fn() -> String,
}

/// Every editor that the language is described for.
pub const EDITORS: &[Editor] = &[
    Editor { name: "vim", says: "Vim and Neovim", text: vim::text },
    Editor { name: "textmate", says: "VS Code, TextMate, Shiki and others that read a TextMate grammar as JSON", text: textmate::text },
    Editor { name: "sublime", says: "Sublime Text, bat and others that read a .sublime-syntax", text: sublime::text },
];

/// The editor of a name.
pub fn named(name: &str) -> Option<&'static Editor> {
    EDITORS.iter().find(|editor| editor.name == name)
}

/// What the names of scripts end in.
pub const ENDING: &str = "grad";

/// The first line of a script that a system runs by itself.
const FIRST_LINE: &str = r"^#!.*\bgradcalc\b";

/// What a piece of a text is to an editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Comment,
    Text,
    Key,
    Number,
    Constant,
    Gate,
    Library,
    Statement,
    Word,
    Defined,
    Function,
    Parameter,
    Setting,
    Given,
    Call,
    Name,
    Operator,
    Bracket,
    Divider,
}

impl Class {
    /// Its scope, as themes of TextMate's kind know it.
    fn scope(self) -> &'static str {
        match self {
            Self::Comment => "comment.line.number-sign",
            Self::Text => "string.quoted.double",
            Self::Key => "string.quoted.single",
            Self::Number => "constant.numeric",
            Self::Constant => "constant.language",
            Self::Gate => "support.function",
            Self::Library => "entity.name.namespace",
            Self::Statement => "keyword.control.statement",
            Self::Word => "keyword.control",
            Self::Defined => "variable.other.definition",
            Self::Function => "entity.name.function",
            Self::Parameter => "variable.parameter",
            Self::Setting => "support.variable",
            Self::Given => "constant.other",
            Self::Call => "variable.function",
            Self::Name => "variable.other.readwrite",
            Self::Operator => "keyword.operator",
            Self::Bracket => "punctuation.section",
            Self::Divider => "punctuation.separator",
        }
    }

    /// The group of Vim's that it is shown like; none where it is plain text.
    fn group(self) -> Option<&'static str> {
        Some(match self {
            Self::Comment => "Comment",
            Self::Text | Self::Key => "String",
            Self::Number => "Number",
            Self::Constant | Self::Given => "Constant",
            Self::Gate | Self::Function => "Function",
            Self::Library => "Include",
            Self::Statement => "Statement",
            Self::Word => "Conditional",
            Self::Defined | Self::Parameter => "Identifier",
            Self::Setting => "Type",
            Self::Operator => "Operator",
            Self::Bracket | Self::Divider => "Delimiter",
            Self::Call | Self::Name => return None,
        })
    }
}

/// A pattern, as pieces with blanks between them.
struct Rule {
    /// Whether it holds where a statement begins alone.
    opens: bool,
    /// What each piece is, and how it looks.
    pieces: Vec<(Class, String)>,
    /// What follows them and is no part of them; empty for anything.
    ahead: String,
}

// Patterns are written in what Oniguruma, JavaScript and, translated, Vim have in common: inside of brackets no `\d` and no `\s`.

/// What a name begins with, and what goes on with it.
const BEGINS: &str = r"[\p{L}_]";
const GOES_ON: &str = r"[\p{L}\p{M}\p{Nd}_]";
/// Where a statement begins: a line, behind a semicolon, in braces, behind the colon of a `def`.
const START: &str = r"(?:^|(?<=[;{:]))\s*";
const DIGITS: &str = r"\d+(?:_\d+)*";
const GIVES: &str = r"\s*=(?!=)";

fn name() -> String {
    format!("{BEGINS}{GOES_ON}*")
}

/// One of some words, the longest first, and no part of a longer name.
fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words: Vec<&str> = words.into_iter().collect();
    words.sort_by_key(|word| (std::cmp::Reverse(word.len()), *word));
    words.dedup();
    format!("(?:{})(?!{GOES_ON})", words.join("|"))
}

/// Every rule, in order: of those that begin at one place, the first holds.
fn rules() -> Vec<Rule> {
    let mut rules = vec![anywhere(Class::Comment, "#.*")];
    rules.extend(STATEMENTS.iter().flat_map(statement));
    rules.extend(definitions());
    rules.extend(words());
    rules
}

fn anywhere(class: Class, pattern: impl Into<String>) -> Rule {
    Rule { opens: false, pieces: vec![(class, pattern.into())], ahead: String::new() }
}

fn followed(class: Class, pattern: impl Into<String>, ahead: &str) -> Rule {
    Rule { ahead: ahead.to_owned(), ..anywhere(class, pattern) }
}

fn opening(pieces: Vec<(Class, String)>, ahead: impl Into<String>) -> Rule {
    Rule { opens: true, pieces, ahead: ahead.into() }
}

/// How a function's name and its parameters look.
fn signature() -> Vec<(Class, String)> {
    let bracket = |sign: &str| (Class::Bracket, sign.to_owned());
    vec![(Class::Function, name()), bracket(r"\("), (Class::Parameter, r"[^()#]*".to_owned()), bracket(r"\)")]
}

/// A statement that a word opens; what it takes first, where that is no expression.
fn statement(row: &StatementWord) -> Vec<Rule> {
    let word = (Class::Statement, format!("{}(?!{GOES_ON})", row.word));
    let dotted = format!(r"{0}(?:\.{0})*", name());
    let with = |pieces: Vec<(Class, String)>, ahead: &str| opening(std::iter::once(word.clone()).chain(pieces).collect(), ahead);
    let mut rules = match row.form {
        Form::Definition => vec![with(vec![(Class::Defined, name())], GIVES)],
        Form::Function => vec![with(signature(), "")],
        Form::Setting => {
            let set = (Class::Setting, name());
            // What stands in brackets may hold what ends a statement elsewhere.
            let given = (Class::Given, r"(?:\[[^\]]*\]|[^;# \t\[}])(?:\[[^\]]*\]|[^;#\[}])*".to_owned());
            vec![with(vec![set.clone(), given], ""), with(vec![set], "")]
        }
        Form::Module => {
            let library = (Class::Library, dotted);
            let second = (Class::Statement, one_of(["as", "import"]));
            let taken = (Class::Library, format!(r"\*|{}", name()));
            vec![with(vec![library.clone(), second, taken], ""), with(vec![library], "")]
        }
        Form::Assertion | Form::Items | Form::File | Form::Block => Vec::new(),
    };
    let ahead = match row.follows {
        Follows::Name => format!(r"\s*{BEGINS}"),
        Follows::Count => format!(r"\s*(?:{BEGINS}|[0-9.])"),
        Follows::Quoted => r#"\s*""#.to_owned(),
        Follows::Operand => format!(r#"\s*(?:{BEGINS}|[0-9.(\["√]|[-+−–](?!=))"#),
    };
    rules.push(with(Vec::new(), &ahead));
    rules
}

/// What gives a name a meaning, and the end of a function as Python writes it.
fn definitions() -> Vec<Rule> {
    let defined = || vec![(Class::Defined, name())];
    vec![
        opening(signature(), GIVES),
        opening(defined(), GIVES),
        opening(defined(), r"\s*[-+*/−]="),
        opening(vec![(Class::Statement, one_of([RETURN]))], ""),
    ]
}

// Words of expressions and of Python that are in no table, only in the grammar.

/// The words of a choice, `x if c else y`.
const CHOICE: [&str; 2] = ["if", "else"];

/// The words of a sum over numbers, `sum(x[i] for i in 1..3)`.
const FOR: &str = "for";
const IN: &str = "in";

/// What hands over a function's value as Python writes it.
const RETURN: &str = "return";

/// The names by which an argument can be given.
const KEYS: [&str; 2] = ["axis", "keepdims"];

/// Those of them that are no names where they stand between operands.
pub fn binding_words() -> impl Iterator<Item = &'static str> {
    CHOICE.into_iter().chain([FOR, IN, RETURN])
}

/// All of them.
pub fn bound_words() -> impl Iterator<Item = &'static str> {
    binding_words().chain(KEYS)
}

/// What may stand in an expression.
fn words() -> Vec<Rule> {
    let called = TABLE.iter().filter(|row| row.callable()).flat_map(|row| std::iter::once(&row.name).chain(row.aliases));
    let gates = called.copied().filter(|name| name.chars().all(|c| c == '_' || c.is_alphanumeric())).chain([DERIVATIVE, LOAD]);
    let constants = CONSTANTS.iter().chain(UNITS).map(|(name, _)| *name).chain(FLAGS.iter().map(|(name, _)| *name));
    let (words, signs): (Vec<&str>, Vec<&str>) = constants.partition(|name| name.chars().all(char::is_alphabetic));
    let goes = vec![(Class::Word, one_of([FOR])), (Class::Parameter, name()), (Class::Word, one_of([IN]))];
    vec![
        anywhere(Class::Text, r#""[^"]*""#),
        anywhere(Class::Number, r"float\('-?(?:inf|nan)'\)"),
        anywhere(Class::Key, format!(r"(?<=[\[{{, \t])'{}'(?=\s*[:\]])", name())),
        anywhere(Class::Number, format!(r"(?:{DIGITS}(?:\.(?!\.)(?:{DIGITS})?)?|\.{DIGITS})(?:[eE][-+−–]?{DIGITS})?")),
        anywhere(Class::Operator, format!(r"\.\.|\.T(?!{GOES_ON})")),
        followed(Class::Library, one_of(PREFIXES.iter().map(|(prefix, _)| *prefix)), r"\."),
        anywhere(Class::Gate, format!(r"\.{}", name())),
        Rule { opens: false, pieces: goes, ahead: String::new() },
        anywhere(Class::Word, one_of(CHOICE.into_iter().chain([FOR]))),
        followed(Class::Parameter, one_of(KEYS), GIVES),
        followed(Class::Gate, one_of(gates), r"\s*\("),
        followed(Class::Call, name(), r"\s*\("),
        anywhere(Class::Constant, one_of(words)),
        anywhere(Class::Constant, signs.join("|")),
        anywhere(Class::Name, name()),
        anywhere(Class::Operator, format!("[{}]", operators())),
        anywhere(Class::Divider, "[,;:]"),
    ]
}

/// The characters of operators, as they stand in a pattern's brackets.
fn operators() -> String {
    let of_gates = TABLE.iter().flat_map(|row| row.signs.iter().chain(row.prefixes)).flat_map(|sign| sign.chars());
    // Equality, tolerances, transposes and powers in small digits belong to no gate, or to one by another sign.
    let mut signs: Vec<char> =
        of_gates.filter(|c| !c.is_alphanumeric() && !"()[]{}.".contains(*c)).chain("=!±'−–⁻⁰¹²³⁴⁵⁶⁷⁸⁹".chars()).collect();
    signs.sort_unstable();
    signs.dedup();
    signs.into_iter().map(|sign| if r"-^\]&".contains(sign) { format!(r"\{sign}") } else { sign.to_string() }).collect()
}

/// The kinds of brackets, whether statements stand inside, and what the inside is called.
const BRACKETS: &[(&str, &str, bool, &str)] = &[("(", ")", false, "Group"), ("[", "]", false, "List"), ("{", "}", true, "Block")];

/// What a file of this kind begins with, behind a sign for a remark.
const TOLD: &str = "Made by gradcalc out of its gates and statements; do not edit.";

/// A rule as one pattern, a group for each piece, and what each group is.
fn joined(rule: &Rule) -> (String, Vec<Class>) {
    let pieces: Vec<String> = rule.pieces.iter().map(|(_, pattern)| format!("({pattern})")).collect();
    let mut text = pieces.join(r"\s*");
    if !rule.ahead.is_empty() {
        text += &["(?=", &rule.ahead, ")"].concat();
    }
    let start = if rule.opens { START } else { "" };
    (format!("{start}{text}"), rule.pieces.iter().map(|(class, _)| *class).collect())
}
