//! What a definition makes of a name: an input, a constant or a stage; and what becomes of those that were built on it.
//!
//! Knows names and stages; no text but a name's own.

use super::answering::Evaluation;
use super::preparing::Work;
use super::scope::Remark;
use super::{Place, Session};
use crate::calculus::range::constant_within;
use crate::forms::StageId;
use crate::ground::text::shortened;
use crate::ground::{Fault, Shape, Span, Value, number};
use crate::vocabulary::ast::{Node, NodeId};
use crate::vocabulary::{Gate, Symbol, lanes};
use std::sync::Arc;

/// A definition as a statement gives it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Defined {
    /// The name.
    pub(super) name: Symbol,
    /// Whether it is declared a constant.
    pub(super) constant: bool,
    /// Whether it is an update, `x += 1`.
    pub(super) update: bool,
}

impl Session {
    /// Runs a definition.
    ///
    /// # Errors
    /// What is wrong with the value; the name stands for what it stood for before.
    pub(super) fn define(&mut self, place: &Place, defined: Defined) -> Result<(), Fault> {
        let Defined { name, constant, update } = defined;
        let statement = place.statement;
        let speaks_of_itself = update || Self::speaks_of(place, name);
        if self.names.is_fixed(name) && !speaks_of_itself {
            let word = self.symbols.name(name);
            self.names.remarks.push(Remark::Warning(format!("the command line's value of `{word}` overrides the text's")));
            return Ok(());
        }
        let before = self.program.len();
        let (root, span) = (statement.root, place.tree.span(statement.root));
        if let Some(prepared) = self.recall(root) {
            if matches!(prepared.work, Work::Named) {
                self.keep(root, prepared);
            } else {
                // In a repeated block what a value was made of is kept where more digits are asked for.
                let evaluation = match &prepared.work {
                    Work::Value(evaluation) if self.settings.precise.is_some() => Some(evaluation.clone()),
                    _ => None,
                };
                let (value, _) = self.evaluated_again(place, root, prepared)?;
                if let Some(evaluation) = evaluation {
                    self.keep_made(name, &evaluation, &value, before, span)?;
                }
                // What follows it has been said in the first round.
                let (truth, silent) = (self.names.is_truth(name), self.names.silent(name));
                self.give(name, value, constant || self.names.is_constant(name));
                self.names.set_truth(name, truth);
                self.names.set_silent(name, silent);
            }
            return Ok(());
        }
        let stage = self.lower(place, root)?;
        let truth = (constant || !self.program.varies(stage)) && self.lowering(|lowering| Ok(lowering.is_truth(stage)))?;
        // What is an update follows from the texts, whatever was found not to depend on the input.
        let silent = self.names.silent_of(stage, before, &self.program);
        let speaks_of_itself =
            speaks_of_itself || self.depends_on(stage, name) || self.names.value(name).is_some() && silent.spoken.contains(&name);
        let silent = Some(silent).filter(|silent| !silent.spoken.is_empty() && !speaks_of_itself && !constant).map(Arc::new);
        let computed = constant || speaks_of_itself && self.names.stage(name).is_none();
        if computed && self.program.varies(stage) {
            let evaluation = self.evaluation(stage);
            let (value, _) = self.evaluate(&evaluation, before, span, is_finite_number)?;
            self.keep_made(name, &evaluation, &value, before, span)?;
            self.tell_sides();
            self.keep_value(name, value, constant || self.names.is_constant(name));
            self.names.set_truth(name, truth);
            self.prepare(place, root, Some(name), || Work::Value(Box::new(evaluation)));
            return Ok(());
        }
        if self.program.varies(stage) {
            self.set_aside(name);
            let of = self.program.input(stage).filter(|input| input.value.is_none()).map(|input| input.name);
            // What is kept of a block's statements may hold the stage without a name.
            if stage.at() < before && self.program.name(stage).is_none() && self.program.former_name(stage).is_none() {
                self.names.versions.changed_all();
            }
            let stage = self.name_stage(name, stage);
            self.names.set_stage(name, stage, self.program.renamings(), of);
            self.names.set_silent(name, silent);
            // Another name of an input follows it from the line that gives the name, in each round anew.
            if of.is_none() {
                self.prepare(place, root, Some(name), || Work::Named);
            }
            return Ok(());
        }
        let value = constant_within(&self.program, stage, &self.scratch.limits, span)?;
        let constant = constant || speaks_of_itself && self.names.is_constant(name) || !speaks_of_itself && self.is_data(stage);
        let told = is_finite_number(value.number()) || !lanes::are_finite(value.numbers());
        if told && !self.program.operands(stage).is_empty() {
            let evaluation = self.evaluation(stage);
            self.evaluate(&evaluation, before, span, is_finite_number)?;
        }
        if self.keeps_history() {
            let evaluation = self.evaluation(stage);
            self.keep_made(name, &evaluation, &value, before, span)?;
        }
        self.keep_value(name, value, constant);
        self.names.set_truth(name, truth);
        self.names.set_silent(name, silent.filter(|_| !constant));
        Ok(())
    }

    /// Keeps what a value that a name gets was made of.
    fn keep_made(&mut self, name: Symbol, evaluation: &Evaluation, value: &Value, before: usize, span: Span) -> Result<(), Fault> {
        let Evaluation { program, output } = evaluation;
        if !self.keeps_history() {
            return Ok(());
        }
        // A number that is written is what it is.
        let written = program.constant(*output).is_some_and(|constant| constant.name.is_none() && constant.decimal.is_none());
        if written {
            return Ok(());
        }
        let inputs = self.values(program, before, span)?;
        let given = self.made(program, *output, inputs);
        self.names.keep_given(name, value.clone(), given);
        Ok(())
    }

    /// Whether the expression of a statement speaks of a name.
    fn speaks_of(place: &Place, name: Symbol) -> bool {
        let (first, root) = (place.statement.first.at(), place.statement.root.at());
        (first..=root).any(|at| place.tree.node(NodeId::new(at)) == Node::Name(name))
    }

    /// Whether a stage depends on the input that a name is, through whatever stages and functions.
    pub(super) fn depends_on(&self, stage: StageId, name: Symbol) -> bool {
        let Some(input) = self.names.input(name).filter(|_| self.names.value(name).is_some()) else { return false };
        self.program.varies(stage) && self.program.needed(stage, false).binary_search(&input).is_ok()
    }

    /// Whether a stage that depends on no input is made of constants of the user's: data, which has no gradient.
    fn is_data(&self, stage: StageId) -> bool {
        let is_constant =
            |id: StageId| self.program.constant(id).and_then(|constant| constant.name).is_some_and(|name| self.names.is_constant(name));
        if self.program.operands(stage).is_empty() {
            is_constant(stage)
        } else {
            self.program.needed(stage, false).into_iter().any(is_constant)
        }
    }

    /// Gives a name a value as the statement `name = value` of a session does, without a text; what follows it is among the remarks.
    pub fn give_value(&mut self, name: &str, value: Value) {
        let name = Arc::make_mut(&mut self.symbols).intern(name);
        self.keep_value(name, value, false);
    }

    /// Gives a name a value, and says what follows it.
    fn keep_value(&mut self, name: Symbol, value: Value, constant: bool) {
        // Of the rounds of a block it is said behind them.
        if self.converses
            && self.preparations.is_none()
            && !constant
            && let Some(old) = self.names.value(name)
        {
            self.tell_turned(name, &old.clone(), &value, None);
        }
        self.give(name, value, constant);
    }

    /// Gives a name a value: a constant's, or that of an input, which turns.
    fn give(&mut self, name: Symbol, value: Value, constant: bool) {
        if constant {
            self.set_aside(name);
            self.names.set_constant(name, value);
            return;
        }
        if self.names.stage(name).is_some() {
            self.program.take_name(name);
        }
        self.names.set_input(name, value);
    }

    /// Says what follows an input that turns, and in how many rounds of a block it has turned.
    pub(super) fn tell_turned(&mut self, name: Symbol, old: &Value, value: &Value, rounds: Option<&str>) {
        let Some(input) = self.names.input(name).filter(|_| !old.is_same(value)) else { return };
        let followers = self.built_on(input);
        if followers.is_empty() {
            return;
        }
        let words: Vec<&str> = followers.iter().map(|&name| self.symbols.name(name)).collect();
        let (verb, word) = (if words.len() == 1 { "follows" } else { "follow" }, self.symbols.name(name));
        // A circuit has the shapes that it was named with.
        let [was, is] = [self.program.shape(input), value.shape()];
        if was != is {
            let [was, is] = [was, is].map(Shape::spoken);
            let verb = if words.len() == 1 { "was named" } else { "were named" };
            let list = super::answering::plainly(&words);
            self.names.remarks.push(Remark::Turned(format!("{word} is {is} now; {list} {verb} when it was {was}")));
            return;
        }
        let change = match (old.number(), value.number()) {
            (Some(old), Some(new)) => number::apart([old, new], self.settings.style.digits.unwrap_or_default()).join(" -> "),
            _ => "turned".to_owned(),
        };
        let change = rounds.map_or(change.clone(), |rounds| format!("{change} in {rounds}"));
        self.names.remarks.push(Remark::Turned(format!("{word} {change}; {} {verb}", super::answering::plainly(&words))));
    }

    /// The names of the stages that depend on an input.
    fn built_on(&self, input: StageId) -> Vec<Symbol> {
        let named = self.names.stages();
        let Some(last) = named.iter().map(|&(_, stage)| stage).max().filter(|&last| last >= input) else { return Vec::new() };
        let mut depends = vec![false; last.at() + 1];
        depends[input.at()] = true;
        for at in input.at() + 1..=last.at() {
            depends[at] = self.program.operands(StageId::new(at)).iter().any(|operand| depends[operand.at()]);
        }
        named.into_iter().filter(|(_, stage)| depends[stage.at()]).map(|(name, _)| name).collect()
    }

    /// What a name stood for goes on under another name for those that were built on it; the name is about to stand for
    /// something else.
    fn set_aside(&mut self, name: Symbol) {
        if self.names.value(name).is_none() {
            return;
        }
        let followers = self.names.input(name).map_or(Vec::new(), |input| self.built_on(input));
        if followers.is_empty() {
            return;
        }
        let word = self.symbols.name(name).to_owned();
        let mut number = 1;
        while self.is_known_name(&format!("{word}_{number}")) {
            number += 1;
        }
        let other = format!("{word}_{number}");
        let symbol = Arc::make_mut(&mut self.symbols).intern(&other);
        if let Some(stage) = self.names.set_aside(name, symbol) {
            self.program.rename_input(stage, symbol);
        }
        let words: Vec<&str> = followers.iter().map(|&name| self.symbols.name(name)).collect();
        let verb = if words.len() == 1 { "keeps" } else { "keep" };
        let text = format!("{} {verb} the input that `{}` was, as `{other}`", super::answering::listed(&words), shortened(&word));
        self.names.remarks.push(Remark::Note(text));
    }

    /// A stage under a name of the user's: the stage itself, or a copy where it has another name already.
    pub(super) fn name_stage(&mut self, name: Symbol, stage: StageId) -> StageId {
        let named = self.program.name(stage).is_some_and(|known| known != name) || self.program.gate(stage) == Gate::Input;
        let stage = if named { self.program.apply(Gate::Copy, &[stage], self.program.span(stage)) } else { stage };
        self.program.set_name(stage, name);
        stage
    }

    /// Says of the named stages that a question speaks of which older meanings of names they keep.
    pub(super) fn tell_kept(&mut self, mut spoken: Vec<Symbol>) {
        spoken.sort_unstable();
        spoken.dedup();
        for stage in spoken {
            let Some(id) = self.names.stage(stage) else { continue };
            let named_at = self.names.named_at(stage);
            if self.program.renamings() <= named_at {
                continue;
            }
            let (cone, _) = self.program.cone(id);
            let mut older: Vec<Symbol> =
                cone.former_names().filter(|&(name, at)| at > named_at && name != stage).map(|(name, _)| name).collect();
            older.sort_unstable();
            older.retain(|&name| self.names.keeps(stage, name));
            if older.is_empty() {
                continue;
            }
            let words: Vec<&str> = older.iter().map(|&name| self.symbols.name(name)).collect();
            let stage = shortened(self.symbols.name(stage));
            let text = format!(
                "`{stage}` keeps the {} of its own line; define `{stage}` again to use the new one",
                super::answering::listed(&words)
            );
            self.names.remarks.push(Remark::Note(text));
        }
    }

    /// A function of the user's hides one of the language: said once.
    pub(super) fn tell_hidden(&mut self, name: Symbol) {
        let word = self.symbols.name(name);
        if let Some(gate) = Gate::named(word) {
            let row = gate.row();
            let others: Vec<&str> = std::iter::once(row.name).chain(row.aliases.iter().copied()).filter(|&other| other != word).collect();
            let stay = match others[..] {
                [] => String::new(),
                [_] => format!("; {} stays the language's", super::answering::listed(&others)),
                _ => format!("; {} stay the language's", super::answering::listed(&others)),
            };
            self.names.note(format!("`{word}` is the function defined here from now on, and no longer the one of the language{stay}"));
        }
    }
}

/// Whether a value is one number, and finite.
fn is_finite_number(number: Option<f64>) -> bool {
    number.is_some_and(f64::is_finite)
}
