//! What a check of gradients has found, in words: a line for each number or array, more where its numbers differ.
//!
//! Knows what each verdict means to a reader; how it was found is `calculus::check`.

use super::analysis::field;
use super::page::wrapped;
use super::{Answer, Page, Role, Style};
use crate::calculus::check::{Checked, DIRECTIONS, Place, Verdict};
use crate::forms::StageNames;
use std::io;
use unicode_width::UnicodeWidthStr;

/// Of the numbers of an array that do not match so many are told of.
const MOST: usize = 8;

/// Shows the checks of an answer.
///
/// # Errors
/// When the page cannot be written.
pub fn show(checks: &[Checked], answer: &Answer, style: &Style, names: &StageNames, page: &mut dyn Page) -> io::Result<()> {
    page.put(Role::Plain, "\n")?;
    if checks.is_empty() {
        return field("check", "the result depends on no input whose gradient is asked for", page);
    }
    let teller = Teller { answer, style, names };
    for of_stage in checks.chunk_by(|one, other| one.stage == other.stage) {
        for (name, text) in teller.lines(of_stage) {
            let name = format!("check {name}");
            let indent = (name.width() + ": ".len()).min(style.width / 3);
            field(&name, &wrapped(&text, indent, style.width), page)?;
        }
    }
    Ok(())
}

struct Teller<'a> {
    answer: &'a Answer,
    style: &'a Style,
    names: &'a StageNames,
}

impl Teller<'_> {
    /// What is told of a stage, each line with what it is about.
    fn lines(&self, checks: &[Checked]) -> Vec<(String, String)> {
        let digits = |checked: &Checked| match checked.verdict {
            Verdict::Match(digits) if !is_rounding(checked) => Some(digits),
            _ => None,
        };
        let fewest = checks.iter().filter_map(digits).min();
        let told: Vec<&Checked> = checks.iter().filter(|checked| digits(checked).is_none()).collect();
        let mut lines: Vec<(String, String)> =
            told.iter().take(MOST).map(|checked| (self.answer.checked_name(checked, self.names), self.told(checked))).collect();
        let name = || self.names.word(checks[0].stage).unwrap_or_default().to_owned();
        if let Some(fewest) = fewest {
            lines.insert(0, (name(), matches(checks, checks.len() - told.len(), fewest)));
        }
        if told.len() > MOST {
            lines.push((name(), format!("so do {} more (the view `json` has all)", told.len() - MOST)));
        }
        lines
    }

    fn number(&self, number: f64) -> String {
        self.style.number(number)
    }

    fn slopes(&self, checked: &Checked) -> String {
        match (checked.below, checked.above) {
            (Some(below), Some(above)) if below == above => format!("the slope is {}", self.number(above)),
            (Some(below), Some(above)) => format!("the slope is {} from below and {} from above", self.number(below), self.number(above)),
            (Some(below), None) => format!("the slope is {} from below, and there is no value above", self.number(below)),
            (None, Some(above)) => format!("the slope is {} from above, and there is no value below", self.number(above)),
            (None, None) => "differences show no slope".to_owned(),
        }
    }

    /// The gate that is blamed, after some words.
    fn gate(&self, checked: &Checked, words: &str) -> String {
        let Some((through, target)) = checked.blamed else { return String::new() };
        let row = self.answer.program.gate(through).row();
        let word = |id| self.names.word(id).unwrap_or("a constant");
        format!("{words} `{}` in {} for {}", row.name, word(through), word(target))
    }

    /// What was found of one gradient that is no plain match.
    fn told(&self, checked: &Checked) -> String {
        let (word, slopes, gradient) = (checked.verdict.word(), self.slopes(checked), self.number(checked.gradient));
        let rest = match checked.verdict {
            Verdict::Match(_) if is_rounding(checked) => format!(", and the gradient {gradient} is rounding"),
            Verdict::Match(digits) => return matches(std::slice::from_ref(checked), 1, digits),
            Verdict::Kink => format!("; the gradient {gradient} lies between them"),
            Verdict::Jump => format!(": the result jumps; the gradient is {gradient}"),
            Verdict::Edge | Verdict::Undetermined | Verdict::NoNumber => format!("; the gradient is {gradient}"),
            Verdict::Infinite => ", and so is the gradient".to_owned(),
            Verdict::Convention => {
                format!("; the gradient {gradient} follows the rule for a tie, a kink or an edge{}", self.gate(checked, " of"))
            }
            Verdict::Mismatch => {
                format!(", and the gradient is {gradient}{}", self.gate(checked, "; the first gate that disagrees is"))
            }
            Verdict::Lost(0) => format!(", and no digit of the gradient {gradient} is right; more digits (`precise`) keep it"),
            Verdict::Lost(kept) => {
                format!(", and of the gradient {gradient} {kept} digits are right; more digits (`precise`) keep it")
            }
        };
        format!("{word}: {slopes}{rest}")
    }
}

/// Whether a gradient is what rounding has made of a slope of 0.
fn is_rounding(checked: &Checked) -> bool {
    checked.below == Some(0.0) && checked.above == Some(0.0) && checked.gradient != 0.0
}

/// How many of some checks match, and to how many digits.
fn matches(checks: &[Checked], count: usize, fewest: usize) -> String {
    let directed = matches!(checks[0].place, Place::Direction(_));
    let what = match (checks.len(), count) {
        (1, _) => "match".to_owned(),
        (DIRECTIONS, DIRECTIONS) if directed => format!("match along {DIRECTIONS} random directions"),
        (_, count) if directed => format!("match along {count} of {DIRECTIONS} random directions"),
        (all, count) if all == count => format!("match of all {all} numbers"),
        (all, count) => format!("match of {count} of {all} numbers"),
    };
    let or_more = if count > 1 { " or more" } else { "" };
    if fewest == usize::MAX { format!("{what}, exactly") } else { format!("{what} to {fewest} digits{or_more}") }
}
