//! What is said of digits that were lost: which numbers, what they are, the stage that lost them, and what keeps them.
//!
//! Knows words; what was lost is measured elsewhere.

use super::code::Wording;
use super::{Answer, Note, analysis};
use crate::calculus::analysis::Figure;
use crate::calculus::digits::{self, ALL, Cause, Lost, Read, Report, Subject, Suspected};
use crate::calculus::precise::Leaves;
use crate::calculus::remedy::{Remedy, Sought, remedy};
use crate::calculus::{Rules, Ties};
use crate::forms::target::CALCULATOR;
use crate::forms::{StageId, StageNames, print};
use crate::ground::Cancellation;
use crate::ground::number::{self, Digits};
use std::borrow::Cow;
use std::ops::Deref;

/// The kind of the note on numbers that lost digits.
pub const DIGITS: &str = "digits";

/// The kind of the note on numbers that are moved by how decimals are read.
pub const READING: &str = "reading";

/// The most notes of one kind.
const MOST: usize = 4;

/// The most numbers that one note tells.
const MOST_TOLD: usize = 3;

/// Below this part of an error a second stage is named.
const MOST_OF_IT: f64 = 0.6;

/// How digits are measured.
#[derive(Clone, Copy)]
pub struct Measuring<'a> {
    /// What is known of the leaves; it may be found when it is first looked at.
    pub leaves: &'a dyn Deref<Target = Leaves>,
    /// Who gets the gradient at a tie.
    pub ties: Ties,
    /// Whether the part of each stage is asked for.
    pub shares: bool,
    /// What ends it before its end.
    pub cancellation: &'a Cancellation,
}

/// Measures the digits of an answer, of whose leaves more may be known, and looks for what keeps those that were lost.
pub fn measured(answer: &Answer, asked: &Measuring<'_>, rules: &mut Rules) -> Report {
    let (program, values) = (&*answer.program, &answer.values);
    let Measuring { leaves, ties, shares, cancellation } = *asked;
    let counted = answer.counted();
    let shown: Vec<(StageId, usize)> = counted.iter().map(|&stage| (stage, 0)).chain(answer.sources.stages()).collect();
    let subject = Subject { program, values, output: answer.output, shown: &shown, leaves, shares, cancellation };
    let mut report = digits::measure(&subject, rules);
    if report.lost.iter().any(|lost| counted.contains(&lost.stage)) {
        let gradient = |input: StageId| Some((input, answer.backward.as_ref()?.adjoint(input)?));
        let gradients: Vec<(StageId, StageId)> = answer.active_inputs().filter_map(gradient).collect();
        let upstream = answer.backward.as_ref().map(|backward| (backward.upstream, ties));
        let sought = Sought { program, values, output: answer.output, upstream, gradients: &gradients, lost: &report.lost, cancellation };
        report.remedy = remedy(&sought, rules);
    }
    report
}

/// Says that the part of each stage was asked for and is not known.
pub fn without_parts(answer: &Answer) -> Note {
    let stage = answer.names().word(answer.output).unwrap_or_default().to_owned();
    Note { kind: DIGITS, stage, message: "to measure the part of the error that each stage makes would take too long".to_owned() }
}

/// What is to be said of the digits of an answer.
pub fn find(answer: &Answer, report: &Report) -> Vec<Note> {
    if report.lost.is_empty() && report.suspected.is_empty() && report.read.is_empty() {
        return Vec::new();
    }
    let names = answer.names();
    let teller = Teller { answer, names: &names, wording: Wording::new(answer, &names, &CALCULATOR) };
    let mut notes = teller.lost(report);
    notes.extend(teller.suspected(&report.suspected));
    notes.extend(teller.read(&report.read));
    notes
}

struct Teller<'a> {
    answer: &'a Answer,
    names: &'a StageNames,
    wording: Wording<'a>,
}

impl Teller<'_> {
    /// The forward stage whose value or gradient a stage is, and whether it is a gradient.
    fn subject(&self, stage: StageId) -> (StageId, bool) {
        let answer = self.answer;
        if stage == answer.output {
            return (stage, false);
        }
        let gradient =
            answer.active_inputs().find(|&input| answer.backward.as_ref().is_some_and(|back| back.adjoint(input) == Some(stage)));
        gradient.map_or((stage, false), |input| (input, true))
    }

    /// What a number is called: `f`, `dx`, `dW[0, 1]` or `hessian[x, y]`.
    fn name(&self, stage: StageId, at: usize) -> String {
        let answer = self.answer;
        if let Some(figure) = answer.sources.figure(stage, at).filter(|_| !answer.counted().contains(&stage)) {
            return analysis::figure(answer, self.names, figure);
        }
        let (of, gradient) = self.subject(stage);
        let name = if gradient { self.names.gradient(of) } else { self.names.of(of).unwrap_or_default().to_owned() };
        format!("{name}{}", answer.shape(of).subscript(at))
    }

    fn note(&self, kind: &'static str, stage: StageId, message: String) -> Note {
        let (of, _) = self.subject(stage);
        Note { kind, stage: self.names.word(of).unwrap_or_default().to_owned(), message }
    }

    /// A note for each cause.
    fn lost(&self, report: &Report) -> Vec<Note> {
        let cause = |lost: &Lost| lost.causes.first().map(|cause| cause.stage);
        let mut causes: Vec<Option<StageId>> = Vec::new();
        for lost in &report.lost {
            if !causes.contains(&cause(lost)) {
                causes.push(cause(lost));
            }
        }
        let of = |wanted: &Option<StageId>| {
            let mut lost: Vec<&Lost> = report.lost.iter().filter(|lost| cause(lost) == *wanted).collect();
            lost.sort_by_key(|lost| lost.right);
            self.note(DIGITS, lost[0].stage, format!("{}{}", self.numbers(&lost), self.why(lost[0], report)))
        };
        causes.iter().take(MOST).map(of).collect()
    }

    fn numbers(&self, lost: &[&Lost]) -> String {
        let mut told: Vec<String> = lost.iter().take(MOST_TOLD).map(|lost| self.number(lost)).collect();
        if lost.len() > MOST_TOLD {
            told.push(format!("so {} {} more", if lost.len() == MOST_TOLD + 1 { "does" } else { "do" }, lost.len() - MOST_TOLD));
        }
        told.join("; ")
    }

    /// `f = 0 has no right digit: it is 1`
    fn number(&self, lost: &Lost) -> String {
        let name = self.name(lost.stage, lost.at);
        let truth = match lost.vanishes {
            Some(digits) => format!("it is 0 as far as {digits} digits tell"),
            None if lost.truth.is_nan() => "with more digits it has no value, or other elements of an array are taken".to_owned(),
            None => format!("it is {}", lost.beyond.clone().unwrap_or_else(|| number::rounded(lost.truth, Digits::Rounded(12)))),
        };
        match lost.right {
            0 => format!("{name} = {} has no right digit: {truth}", shown(lost.computed)),
            1 => format!("{name} has 1 right digit of {ALL}: {truth}"),
            right => format!("{name} has {right} right digits of {ALL}: {truth}"),
        }
    }

    /// What lost them, and what keeps them.
    fn why(&self, lost: &Lost, report: &Report) -> String {
        let name = self.name(lost.stage, lost.at);
        let mut causes: Vec<String> = Vec::new();
        if let Some(first) = lost.causes.first() {
            causes.push(self.cause(first, &name));
            if let Some(second) = lost.causes.get(1).filter(|second| first.share < MOST_OF_IT && second.share > first.share / 4.0) {
                causes.push(self.cause(second, &name));
            }
        }
        let why = if causes.is_empty() { String::new() } else { format!(". {}", causes.join("; ")) };
        let remedy = report.remedy.as_ref().filter(|_| self.answer.counted().contains(&lost.stage));
        // What a direction gives is computed in 64-bit numbers alone.
        let shows = match self.answer.sources.figure(lost.stage, lost.at) {
            Some(Figure::Along(_)) => String::new(),
            _ => "; the setting `precise` at 34 shows it".to_owned(),
        };
        why + &remedy.map_or(shows, |remedy| format!("; {}", self.remedy(remedy)))
    }

    /// `xpy = x + y rounds 1 away, and all of it reaches f`
    fn cause(&self, cause: &Cause, name: &str) -> String {
        let what = self.stage(cause.stage);
        if !cause.rounds.is_finite() {
            return format!("{what} is too large for a 64-bit number");
        }
        if cause.vanishes {
            return format!("{what} is too small for a 64-bit number and becomes 0");
        }
        if cause.rounds == 0.0 {
            return format!(
                "{what} is so small that a 64-bit number has few of its digits, which moves {name} by {}",
                shown(cause.reaches)
            );
        }
        let ratio = cause.reaches / cause.rounds;
        let reaches = if (0.99..=1.01).contains(&ratio) {
            format!("and all of it reaches {name}")
        } else {
            format!("which moves {name} by {}", shown(cause.reaches))
        };
        format!("{what} rounds {} away, {reaches}", shown(cause.rounds))
    }

    /// A stage with what it computes; one of the backward pass by the gradient that it is a part of.
    fn stage(&self, id: StageId) -> String {
        let answer = self.answer;
        let text = print::stage(&answer.program, id, &CALCULATOR, &answer.symbols, &|id| self.names.word(id).map(Cow::Borrowed));
        if let Some(name) = self.names.of(id) {
            return format!("{name} = {text}");
        }
        if id.at() < answer.forward {
            return text;
        }
        let step = answer.backward.iter().flat_map(|backward| &backward.steps).find(|step| self.is_part(id, step.total));
        match step {
            Some(step) => format!("{text} in the gradient {}", self.wording.gradient(step.target)),
            None => text,
        }
    }

    /// Whether a stage of the backward pass is one that another is made of.
    fn is_part(&self, id: StageId, whole: StageId) -> bool {
        let mut waiting = vec![whole];
        while let Some(stage) = waiting.pop() {
            if stage == id {
                return true;
            }
            waiting.extend(self.answer.program.operands(stage).iter().copied().filter(|operand| *operand >= id));
        }
        false
    }

    fn suspected(&self, suspected: &[Suspected]) -> Option<Note> {
        let worst = suspected.iter().max_by_key(|suspected| suspected.may_lose)?;
        let (name, lose) = (self.name(worst.stage, worst.at), worst.may_lose);
        let others = if suspected.len() > 1 { format!(", as may {} more numbers", suspected.len() - 1) } else { String::new() };
        let why = if worst.sampled { "a sample of all numbers says so" } else { "to evaluate it again would take too long" };
        let message = format!("{name} may have lost {lose} of {ALL} digits{others}; {why}");
        Some(self.note(DIGITS, worst.stage, message))
    }

    /// What reading decimals as binary numbers did: a note for the same leaves.
    fn read(&self, read: &[Read]) -> Vec<Note> {
        let mut causes: Vec<&[StageId]> = Vec::new();
        for read in read {
            if !causes.contains(&&read.leaves[..]) && !read.leaves.is_empty() {
                causes.push(&read.leaves);
            }
        }
        let of = |leaves: &&[StageId]| {
            let moved: Vec<&Read> = read.iter().filter(|read| read.leaves == **leaves).collect();
            let told: Vec<String> = moved.iter().take(MOST_TOLD).map(|read| self.moved(read)).collect();
            let more = if moved.len() > MOST_TOLD { format!(" and {} more", moved.len() - MOST_TOLD) } else { String::new() };
            let names: Vec<String> = leaves.iter().map(|&leaf| self.leaf(leaf)).collect();
            let (list, verb, number) = match names.split_last() {
                Some((last, rest)) if !rest.is_empty() => (format!("{} and {last}", rest.join(", ")), "are", "numbers"),
                _ => (names.concat(), "is", "number"),
            };
            let message = format!("{list} {verb} read as the nearest binary {number}; that alone moves {}{more}", told.join(", "));
            self.note(READING, moved[0].stage, message)
        };
        causes.iter().take(MOST).map(of).collect()
    }

    /// `f by 8.27e-8 of it`
    fn moved(&self, read: &Read) -> String {
        let name = self.name(read.stage, read.at);
        let computed = self.answer.values.slice(read.stage)[read.at];
        let part = read.moved / if computed.is_finite() { computed } else { read.truth }.abs();
        if part < 0.5 {
            return format!("{name} by {} of it", shown(part));
        }
        let truth = number::rounded(read.truth, Digits::Rounded(12));
        format!("{name} by {} (exactly as written it would be {truth})", shown(read.moved))
    }

    fn leaf(&self, leaf: StageId) -> String {
        let word = self.names.word(leaf).map(str::to_owned);
        word.unwrap_or_else(|| self.answer.program.literal(leaf).map_or_else(|| "an array of the text".to_owned(), number::shortest))
    }

    fn remedy(&self, remedy: &Remedy) -> String {
        match remedy {
            Remedy::Fused => "the setting `stages` at fused keeps it".to_owned(),
            Remedy::Instead { program, stage, known } => {
                let whence = |id: StageId| known.iter().find(|(known, _)| *known == id).map(|&(_, from)| from);
                let name = |id: StageId| whence(id).and_then(|from| self.names.word(from)).map(Cow::Borrowed);
                let text = print::stage(program, *stage, &CALCULATOR, &self.answer.symbols, &name);
                format!("{text} keeps it")
            }
        }
    }
}

fn shown(value: f64) -> String {
    number::rounded(value, Digits::Rounded(3))
}
