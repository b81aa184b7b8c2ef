//! A `.sublime-syntax`, as YAML: Sublime Text, bat and others read it.
//!
//! Knows how such a file is written; which words and signs there are is said by the rules.

use super::{BRACKETS, Class, ENDING, FIRST_LINE, Rule, TOLD, joined, rules};

/// The whole file.
pub fn text() -> String {
    let rules = rules();
    let written = |opens: bool| rules.iter().filter(|rule| rule.opens == opens).map(pattern).collect::<Vec<String>>().concat();
    let pushes: Vec<String> = BRACKETS.iter().map(|bracket| change(bracket.0, &format!("push: {}", bracket.3))).collect();
    let contexts: Vec<String> = BRACKETS
        .iter()
        .map(|&(_, close, statements, context)| {
            let inside = if statements { "    - include: statement\n" } else { "" };
            format!("  {context}:\n{}{inside}    - include: expression\n", change(close, "pop: true"))
        })
        .collect();
    format!(
        "%YAML 1.2\n---\n# {}\nname: gradcalc\nscope: source.gradcalc\nversion: 2\nfile_extensions: [{ENDING}]\n\
         first_line_match: {}\ncontexts:\n  main:\n    - include: statement\n    - include: expression\n\
         \x20 statement:\n{}  expression:\n{}{}{}",
        TOLD,
        quoted(FIRST_LINE),
        written(true),
        written(false),
        pushes.concat(),
        contexts.concat(),
    )
}

/// A bracket, and what becomes of the context at it.
fn change(sign: &str, what: &str) -> String {
    format!("    - match: {}\n      scope: {}\n      {what}\n", quoted(&format!(r"\{sign}")), scope(Class::Bracket))
}

fn scope(class: Class) -> String {
    format!("{}.gradcalc", class.scope())
}

/// A text as YAML takes it as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn pattern(rule: &Rule) -> String {
    let (text, classes) = joined(rule);
    let captures: Vec<String> =
        classes.into_iter().enumerate().map(|(at, class)| format!("        {}: {}\n", at + 1, scope(class))).collect();
    format!("    - match: {}\n      captures:\n{}", quoted(&text), captures.concat())
}
