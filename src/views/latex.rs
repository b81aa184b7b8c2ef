//! The view `latex`: the two passes as aligned equations, the circuit and a table of every stage, as a document that compiles as it is.
//!
//! Knows how names, numbers and signs of the calculator's language look in LaTeX's mathematics. What a stage computes and what a
//! step hands on are worded by others and set here token by token.

use super::circuit::tikz::{self, Setting};
use super::circuit::too_large;
use super::code::Wording;
use super::{Answer, MOST_SHOWN, Page, Role, Style, brief, markdown};
use crate::calculus::Backward;
use crate::forms::StageId;
use crate::forms::parse::tokens::{self, Kind};
use crate::forms::target::CALCULATOR;
use crate::ground::Shape;
use crate::ground::text::one_line;
use crate::vocabulary::Gate;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;
use unicode_normalization::char::decompose_canonical;

/// What every document begins with.
const PREAMBLE: &str = "\\documentclass{article}
\\usepackage{amsmath}
\\usepackage{booktabs}
\\usepackage{longtable}
\\usepackage[margin=2cm]{geometry}
\\setcounter{MaxMatrixCols}{30}
\\setlength{\\jot}{6pt}
\\allowdisplaybreaks
";

/// The longest equation that stands on one line, in characters of what is set.
const LINE: usize = 160;

/// The most rows of a table that stand on one page.
const ROWS: usize = 30;

/// The most numbers of an array that are set one by one.
const ENTRIES: usize = 16;
const _: () = assert!(ENTRIES <= MOST_SHOWN);

/// Shows the document.
///
/// # Errors
/// When the page cannot be written.
pub fn show(answer: &Answer, style: &Style, page: &mut dyn Page) -> io::Result<()> {
    let names = answer.names();
    let setter = Setter::new(answer, style, Wording::new(answer, &names, &CALCULATOR));
    page.put(Role::Comment, &format!("% {}\n", one_line(&answer.expression)))?;
    let circuit = setter.circuit();
    page.put(Role::Plain, PREAMBLE)?;
    page.put(Role::Plain, if matches!(circuit, Ok(Some(_))) { tikz::HEAD } else { "" })?;
    page.put(Role::Plain, "\\begin{document}\n")?;
    setter.forward(page)?;
    if let Some(backward) = &answer.backward {
        setter.backward(backward, page)?;
    }
    match circuit {
        Ok(Some(circuit)) => page.put(Role::Plain, &format!("\\ifdrawn\n\\section*{{Circuit}}\n\\noindent\n{circuit}\\fi\n"))?,
        Ok(None) => {}
        Err(count) => page.put(Role::Plain, &format!("\n\\noindent {}\n", prose(&too_large(count))))?,
    }
    setter.table(page)?;
    setter.notes(page)?;
    page.put(Role::Plain, "\\end{document}\n")
}

struct Setter<'a> {
    answer: &'a Answer,
    style: &'a Style,
    wording: Wording<'a>,
    /// What names of stages and of gradients look like.
    names: HashMap<String, String>,
}

impl<'a> Setter<'a> {
    fn new(answer: &'a Answer, style: &'a Style, wording: Wording<'a>) -> Self {
        let rows = markdown::rows(answer);
        let name = |id: StageId| wording.name(id).unwrap_or_default().into_owned();
        let mut names: HashMap<String, String> = rows.iter().map(|&id| (name(id), spelled(&name(id)))).collect();
        let unit = answer
            .backward
            .as_ref()
            .is_none_or(|backward| answer.shape(backward.upstream).is_scalar() && answer.values.scalar(backward.upstream) == 1.0);
        // Where another gradient arrives, it is that of something behind the result.
        let top = if unit { spelled(&name(answer.output)) } else { "\\mathcal{L}".to_owned() };
        for &id in &rows {
            names.insert(wording.gradient(id), format!("\\frac{{\\partial {top}}}{{\\partial {}}}", spelled(&name(id))));
        }
        Self { answer, style, wording, names }
    }

    fn name(&self, id: StageId) -> String {
        self.set(&self.wording.name(id).unwrap_or_default())
    }

    fn gradient(&self, id: StageId) -> String {
        self.set(&self.wording.gradient(id))
    }

    /// The picture of the circuit, or how many boxes it has that are too many for one.
    fn circuit(&self) -> Result<Option<String>, usize> {
        let number = |text: &str| match text.strip_prefix('+').unwrap_or(text).parse::<f64>() {
            Ok(_) => number_set(text),
            Err(_) => format!("\\text{{{}}}", prose(text)),
        };
        // A dot alone would not be seen.
        let sign = |sign: &str| sign.strip_prefix('*').map_or_else(|| self.set(sign), |rest| format!("\\times {}", self.set(rest)));
        let setting = Setting { name: &spelled, sign: &sign, number: &number };
        tikz::text(self.answer, self.style, &setting)
    }

    fn forward(&self, page: &mut dyn Page) -> io::Result<()> {
        let lines = markdown::rows(self.answer).into_iter().map(|id| {
            let leaf = matches!(self.answer.program.gate(id), Gate::Input | Gate::Constant);
            let parts = if leaf { vec![self.value(id)] } else { vec![self.set(&self.wording.stage(id)), self.value(id)] };
            equation(&self.name(id), "=", &parts)
        });
        aligned("Forward pass", &lines.collect::<Vec<_>>(), page)
    }

    fn backward(&self, backward: &Backward, page: &mut dyn Page) -> io::Result<()> {
        let mut lines = vec![equation(&self.gradient(self.answer.output), "=", &[self.value(backward.upstream)])];
        if backward.adjoint(self.answer.output).is_none() {
            lines.clear();
        }
        for step in &backward.steps {
            let (operator, text) = self.wording.step(step);
            let made = self.value(step.contribution);
            let (sign, last) = if operator == "=" {
                ("=", made)
            } else {
                ("\\mathrel{+}=", format!("{made} \\quad\\text{{makes}}\\quad {}", self.value(step.total)))
            };
            lines.push(equation(&self.gradient(step.target), sign, &[self.set(&text), last]));
        }
        let none = self.answer.active_inputs().filter(|&input| backward.adjoint(input).is_none());
        lines.extend(none.map(|input| equation(&self.gradient(input), "=", &["0".to_owned()])));
        aligned("Backward pass", &lines, page)
    }

    /// Every stage; a table that may not fit a page is one of those whose columns settle in the second run of LaTeX.
    fn table(&self, page: &mut dyn Page) -> io::Result<()> {
        let rows = markdown::rows(self.answer);
        let [before, after] = if rows.len() > ROWS {
            ["\\begin{longtable}{llll}\n", "\\end{longtable}\n"]
        } else {
            ["\\begin{center}\n\\begin{tabular}{llll}\n", "\\end{tabular}\n\\end{center}\n"]
        };
        page.put(Role::Plain, &format!("\\section*{{Stages}}\n{before}\\toprule\n"))?;
        page.put(Role::Heading, "name & expression & value & gradient \\\\\n")?;
        page.put(Role::Plain, "\\midrule\n")?;
        rows.into_iter().try_for_each(|id| self.row(id, page))?;
        page.put(Role::Plain, &format!("\\bottomrule\n{after}"))
    }

    fn row(&self, id: StageId, page: &mut dyn Page) -> io::Result<()> {
        let answer = self.answer;
        let leaf = matches!(answer.program.gate(id), Gate::Input | Gate::Constant);
        let expression = self.wording.expression(id);
        let expression = if leaf { expression } else { format!("${}$", self.set(&expression)) };
        let gradient = answer.gradients(id).map_or_else(String::new, |numbers| format!("${}$", self.numbers(answer.shape(id), &numbers)));
        page.put(Role::Plain, &format!("${}$ & {expression} & ", self.name(id)))?;
        page.put(Role::Value, &format!("${}$", self.value(id)))?;
        page.put(Role::Plain, " & ")?;
        page.put(Role::Gradient, &gradient)?;
        page.put(Role::Plain, " \\\\\n")
    }

    fn notes(&self, page: &mut dyn Page) -> io::Result<()> {
        for note in &self.answer.notes {
            page.put(Role::Plain, "\n\\noindent Note: ")?;
            page.put(Role::Plain, &prose(&note.message))?;
            page.put(Role::Plain, "\n")?;
        }
        Ok(())
    }

    fn value(&self, id: StageId) -> String {
        let shape = self.answer.shape(id);
        if !shape.is_scalar() && shape.size() > ENTRIES {
            return in_words(&brief::stage(self.answer, id, self.style));
        }
        self.numbers(shape, self.answer.values.slice(id))
    }

    /// Numbers: a matrix as one, what is large in words.
    fn numbers(&self, shape: Shape, numbers: &[f64]) -> String {
        let one = |number: &f64| number_set(&self.style.number(*number));
        let row = |row: &[f64], sign: &str| row.iter().map(one).collect::<Vec<_>>().join(sign);
        match shape {
            Shape::Scalar => row(numbers, ""),
            _ if numbers.len() > ENTRIES => in_words(&brief::line(self.style, shape, numbers)),
            Shape::Vector(_) => format!("\\left({}\\right)", row(numbers, ",\\ ")),
            Shape::Matrix(_, columns) => {
                let rows: Vec<String> = numbers.chunks(columns as usize).map(|numbers| row(numbers, " & ")).collect();
                format!("\\begin{{bmatrix}} {} \\end{{bmatrix}}", rows.join(" \\\\ "))
            }
        }
    }

    /// A text of the calculator's language as mathematics.
    fn set(&self, text: &str) -> String {
        let tokens = tokens::all(text);
        let word = |at: usize| tokens.get(at).map_or("", |token| token.span.of(text));
        let mut line = Line { setter: self, out: String::new(), closers: Vec::new(), behind: "", raised: false };
        for (at, token) in tokens.iter().enumerate() {
            let beside = [if at > 0 { word(at - 1) } else { "" }, word(at + 1)];
            line.add(token.kind, word(at), beside);
        }
        line.out
    }

    /// A token that stands for itself.
    fn token(&self, kind: Kind, token: &str) -> String {
        match (kind, token) {
            (Kind::Sign, sign) => SIGNS.iter().find(|(own, _)| *own == sign).map_or(sign, |(_, set)| set).to_owned(),
            (Kind::Number, number) => number_set(number),
            (Kind::Member, ".T") => "^{\\top}{}".to_owned(),
            (Kind::Name, name) => self.word(name, false),
            (_, other) => format!("\\text{{{}}}", prose(other)),
        }
    }

    /// A name, or what is called.
    fn word(&self, name: &str, calls: bool) -> String {
        if let Some(set) = self.names.get(name) {
            return set.clone();
        }
        match name {
            "sqrt" if calls => "\\sqrt{".to_owned(),
            "sigma" => "\\sigma ".to_owned(),
            "inf" => "\\infty ".to_owned(),
            "pi" | "tau" => format!("\\{name} "),
            _ if calls && FUNCTIONS.contains(&name) => format!("\\{name}"),
            _ if calls => format!("\\operatorname{{{}}}", name.replace('_', "\\_")),
            _ => spelled(name),
        }
    }
}

/// A line of mathematics, and what is open in it.
struct Line<'a> {
    setter: &'a Setter<'a>,
    out: String,
    /// What closes each bracket.
    closers: Vec<String>,
    /// What follows the bracket of a call.
    behind: &'static str,
    /// Whether an exponent has begun.
    raised: bool,
}

impl Line<'_> {
    /// Adds a token that stands between two others.
    fn add(&mut self, kind: Kind, token: &str, [before, after]: [&str; 2]) {
        let exponent = std::mem::take(&mut self.raised);
        let end = if exponent { "}{}" } else { "" };
        match (kind, token) {
            (Kind::Sign, "(") => {
                let root = before == "sqrt" && !self.setter.names.contains_key(before);
                let [open, close] = if root { ["", "}"] } else { [["(", ")"], ["", ""]][usize::from(exponent)] };
                self.out.push_str(open);
                self.closers.push([close, end, std::mem::take(&mut self.behind)].concat());
            }
            (Kind::Sign, ")") => self.out.push_str(&self.closers.pop().unwrap_or_default()),
            (Kind::Sign, "^" | "**") => self.raise("^{"),
            (Kind::Sign, "-") if exponent => self.raise("-"),
            (Kind::Name, name) if after == "(" => {
                self.out.push_str(&self.setter.word(name, true));
                self.behind = end;
            }
            _ => {
                self.out.push_str(&self.setter.token(kind, token));
                self.out.push_str(end);
            }
        }
    }

    /// What follows is an exponent.
    fn raise(&mut self, text: &str) {
        self.out.push_str(text);
        self.raised = true;
    }
}

/// Functions that LaTeX has.
const FUNCTIONS: &[&str] = &["exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "det"];

/// Signs that look otherwise.
const SIGNS: &[(&str, &str)] = &[
    ("*", " \\cdot "),
    ("@", " \\mathbin{@} "),
    ("'", "^{\\top}{}"),
    (",", ", "),
    ("<=", " \\le "),
    (">=", " \\ge "),
    ("!=", " \\ne "),
    ("==", " = "),
    ("%", " \\bmod "),
    ("+", " + "),
    ("-", " - "),
    ("<", " < "),
    (">", " > "),
    ("{", "\\{"),
    ("}", "\\}"),
    ("&", "\\& "),
    ("#", "\\# "),
    ("$", "\\$ "),
    ("_", "\\_ "),
    ("~", "\\sim "),
    ("\\", "\\backslash "),
];

/// Greek letters that have a command of their own.
const GREEK: &[(&str, char)] = &[
    ("Gamma", 'Γ'),
    ("Delta", 'Δ'),
    ("Theta", 'Θ'),
    ("Lambda", 'Λ'),
    ("Xi", 'Ξ'),
    ("Pi", 'Π'),
    ("Sigma", 'Σ'),
    ("Upsilon", 'Υ'),
    ("Phi", 'Φ'),
    ("Psi", 'Ψ'),
    ("Omega", 'Ω'),
    ("alpha", 'α'),
    ("beta", 'β'),
    ("gamma", 'γ'),
    ("delta", 'δ'),
    ("epsilon", 'ε'),
    ("zeta", 'ζ'),
    ("eta", 'η'),
    ("theta", 'θ'),
    ("iota", 'ι'),
    ("kappa", 'κ'),
    ("lambda", 'λ'),
    ("mu", 'μ'),
    ("nu", 'ν'),
    ("xi", 'ξ'),
    ("pi", 'π'),
    ("rho", 'ρ'),
    ("sigma", 'σ'),
    ("tau", 'τ'),
    ("upsilon", 'υ'),
    ("phi", 'φ'),
    ("chi", 'χ'),
    ("psi", 'ψ'),
    ("omega", 'ω'),
];

/// A name in mathematics: `w_{0}`, `\mathit{sigx}`, `\alpha`.
fn spelled(name: &str) -> String {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &name[stem.len()..];
    let letters: String = stem.chars().map(letter).collect();
    let greek = GREEK.iter().find(|(word, _)| *word == stem);
    let index = if digits.is_empty() { String::new() } else { format!("_{{{digits}}}") };
    match greek {
        Some((word, _)) => format!("\\{word} {index}"),
        None if stem.chars().count() == 1 => letters + &index,
        None => format!("\\mathit{{{letters}{digits}}}"),
    }
}

/// The accents of letters, as combining characters.
const ACCENTS: &[(char, &str)] = &[
    ('\u{300}', "grave"),
    ('\u{301}', "acute"),
    ('\u{302}', "hat"),
    ('\u{303}', "tilde"),
    ('\u{304}', "bar"),
    ('\u{306}', "breve"),
    ('\u{307}', "dot"),
    ('\u{308}', "ddot"),
    ('\u{30a}', "mathring"),
    ('\u{30c}', "check"),
];

/// A letter of a name; one that LaTeX's mathematics does not have by its number.
fn letter(c: char) -> String {
    if c.is_ascii_alphanumeric() {
        return c.to_string();
    }
    let greek = GREEK.iter().find(|(_, greek)| *greek == c).map(|(word, _)| format!("\\{word} "));
    greek.or_else(|| accented(c)).unwrap_or_else(|| match c {
        '_' => "\\_".to_owned(),
        'ß' => "\\text{\\ss}".to_owned(),
        _ => format!("\\mathrm{{u{:04X}}}", u32::from(c)),
    })
}

/// A letter of ASCII with an accent.
fn accented(c: char) -> Option<String> {
    let mut parts = Vec::new();
    decompose_canonical(c, |part| parts.push(part));
    let [letter, mark] = parts[..] else { return None };
    let &(_, accent) = ACCENTS.iter().find(|&&(own, _)| own == mark)?;
    letter.is_ascii_alphabetic().then(|| format!("\\{accent}{{{letter}}}"))
}

/// A number as it is written: `1.5 \cdot 10^{-7}`.
fn number_set(text: &str) -> String {
    let (sign, size) = text.strip_prefix('-').map_or(("", text), |size| ("-", size));
    match size.split_once(['e', 'E']) {
        _ if size == "inf" => format!("{sign}\\infty "),
        _ if size == "nan" => "\\text{nan}".to_owned(),
        Some((digits, exponent)) => format!("{sign}{digits} \\cdot 10^{{{}}}{{}}", exponent.trim_start_matches('+')),
        None => format!("{sign}{}", size.replace('_', "")),
    }
}

/// A text within mathematics.
fn in_words(text: &str) -> String {
    format!("\\text{{{}}}", prose(text))
}

/// Prose, in which nothing is a command.
fn prose(text: &str) -> String {
    let mut set = String::new();
    for c in one_line(text).chars() {
        match c {
            '\\' => set.push_str("\\textbackslash{}"),
            '{' | '}' | '$' | '&' | '#' | '%' | '_' => set.extend(['\\', c]),
            '^' => set.push_str("\\textasciicircum{}"),
            '~' => set.push_str("\\textasciitilde{}"),
            '<' => set.push_str("$<$"),
            '>' => set.push_str("$>$"),
            '|' => set.push_str("$|$"),
            '`' => set.push('\''),
            c if c.is_ascii() => set.push(c),
            c => {
                let _ = write!(set, "${}$", letter(c).trim_end());
            }
        }
    }
    set
}

/// A line of aligned equations; what is long goes on below.
fn equation(name: &str, sign: &str, parts: &[String]) -> String {
    let length: usize = parts.iter().map(String::len).sum();
    format!("{name} &{sign} {}", parts.join(if length > LINE { " \\\\\n  &= " } else { " = " }))
}

/// A section of aligned equations.
fn aligned(title: &str, lines: &[String], page: &mut dyn Page) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    page.put(Role::Heading, &format!("\\section*{{{title}}}\n"))?;
    page.put(Role::Expression, &format!("\\begin{{align*}}\n{}\n\\end{{align*}}\n", lines.join(" \\\\\n")))
}
