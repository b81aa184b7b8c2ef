//! The names of stages: the user's own, and for the others the name that a person would write.
//!
//! Names are made when a circuit is shown, never when it is built, and are the same on every run. What a gate
//! contributes to a name is a column of the gate table.

use super::{Program, StageId};
use crate::vocabulary::gate::TABLE;
use crate::vocabulary::{Gate, Letters, STATEMENTS};
use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;
use std::sync::LazyLock;

/// The name of a result that has none, where nothing else has it.
pub const RESULT: &str = "f";

/// The longest name that is made, in characters.
const LONGEST: usize = 12;

/// Words of the language that no made name may be, beside those that open statements.
const RESERVED: &[&str] = &["d", "ans", "load", "nan", "pi", "e", "tau", "inf"];

/// The reserved words, and the names of gates.
static KEPT: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let gates = TABLE.iter().flat_map(|row| std::iter::once(row.name).chain(row.aliases.iter().copied()));
    let words = STATEMENTS.iter().map(|row| row.word);
    RESERVED.iter().copied().chain(words).chain(gates).collect()
});

/// Whether a name is a word of the language, or a gate's.
pub fn is_reserved(name: &str) -> bool {
    KEPT.contains(name)
}

/// The names of the forward stages of a program. Constants are written in place and are no stages of their own,
/// unless a constant is itself the output.
#[derive(Clone, Debug)]
pub struct StageNames {
    stages: Vec<Option<Box<str>>>,
    /// How named constants are written.
    constants: HashMap<StageId, Box<str>>,
    /// Gradients whose plain name, `d` and the stage's, is a name of the user's.
    gradients: HashMap<StageId, String>,
}

struct Maker<'a> {
    program: &'a Program,
    symbols: &'a Letters,
    stages: Vec<Option<Box<str>>>,
    constants: HashMap<StageId, Box<str>>,
    taken: HashSet<Cow<'a, str>>,
    counter: usize,
}

impl StageNames {
    /// Names the first `count` stages of a program whose value is `output`; which of them have a gradient, `reached` says.
    pub fn new(program: &Program, count: usize, output: StageId, symbols: &Letters, reached: &dyn Fn(StageId) -> bool) -> Self {
        let mut maker = Maker::of_ends(program, count, output, symbols);
        maker.name_quotients(output);
        let hidden = hidden(program, count, output, reached);
        for at in (0..count).filter(|&at| !hidden.get(at).copied().unwrap_or(false)) {
            maker.name(StageId::new(at));
        }
        maker.made()
    }

    /// The same names of the output and of what the user named; none of the other stages.
    pub fn of_ends(program: &Program, count: usize, output: StageId, symbols: &Letters) -> Self {
        Maker::of_ends(program, count, output, symbols).made()
    }

    /// The name of a forward stage; none for a constant written in place.
    pub fn of(&self, id: StageId) -> Option<&str> {
        self.stages.get(id.at()).and_then(Option::as_deref)
    }

    /// How a stage is written where it stands in an expression: by its name, a constant by its own; none where what
    /// it computes is written in place.
    pub fn word(&self, id: StageId) -> Option<&str> {
        self.of(id).or_else(|| self.constants.get(&id).map(|name| &**name))
    }

    /// The name of a stage's gradient: `dx` for `x`.
    pub fn gradient(&self, id: StageId) -> String {
        self.gradients.get(&id).cloned().unwrap_or_else(|| format!("d{}", self.of(id).unwrap_or_default()))
    }
}

/// Stages that are not shown: what a guarded slope guards is written in the guard's own place, unless a gradient is handed on through it,
/// and what it is guarded by is no part of the work. Empty where there is nothing to hide.
pub fn hidden(program: &Program, count: usize, output: StageId, reached: &dyn Fn(StageId) -> bool) -> Vec<bool> {
    if !(0..count).any(|at| program.gate(StageId::new(at)) == Gate::Guard) {
        return Vec::new();
    }
    let mut hidden = vec![true; count];
    let mut followed = vec![false; count];
    hidden[output.at()] = false;
    followed[output.at()] = true;
    for at in (0..=output.at()).rev().filter(|&at| at < count) {
        let id = StageId::new(at);
        hidden[at] &= program.name(id).is_none() && program.gate(id) != Gate::Input && !reached(id);
        if !followed[at] {
            continue;
        }
        let guard = program.gate(id) == Gate::Guard;
        for operand in program.operands(id).iter().take(if guard { 1 } else { usize::MAX }) {
            followed[operand.at()] = true;
            hidden[operand.at()] &= guard;
        }
    }
    hidden
}

impl<'a> Maker<'a> {
    /// Names what the user named, and the output.
    fn of_ends(program: &'a Program, count: usize, output: StageId, symbols: &'a Letters) -> Self {
        let mut maker = Self { program, symbols, stages: vec![None; count], constants: HashMap::new(), taken: HashSet::new(), counter: 0 };
        maker.take_given(count);
        maker.name_output(output);
        maker
    }

    /// The names that are made, with those of gradients.
    fn made(self) -> StageNames {
        let gradients = self.shadowed_gradients();
        StageNames { stages: self.stages, constants: self.constants, gradients }
    }

    /// Names that the user gave stand.
    fn take_given(&mut self, count: usize) {
        for at in 0..count {
            let id = StageId::new(at);
            let constant = self.program.constant(id).and_then(|constant| constant.name);
            let given = self.program.input(id).map(|input| input.name).or_else(|| self.program.name(id));
            let Some(name) = given.or(constant).map(|name| self.symbols.name(name)) else { continue };
            // Arguments of several calls with numbers have the same parameter's name; a constant may be redefined.
            let name: Cow<str> = if self.taken.contains(name) {
                let mut numbered = (2..).map(|count| format!("{name}{count}"));
                numbered.find(|name| !self.taken.contains(name.as_str())).unwrap_or_default().into()
            } else {
                name.into()
            };
            if given.is_some() {
                self.give(id, name);
            } else {
                self.constants.insert(id, (*name).into());
                self.taken.insert(name);
            }
        }
    }

    fn give(&mut self, id: StageId, name: Cow<'a, str>) {
        self.stages[id.at()] = Some((*name).into());
        self.taken.insert(name);
    }

    /// Whether a made name clashes with no name and no gradient's name.
    fn is_free(&self, name: &str) -> bool {
        let gradient = format!("d{name}");
        let of = name.strip_prefix('d').unwrap_or("");
        !self.taken.contains(name) && !self.taken.contains(gradient.as_str()) && !self.taken.contains(of) && !is_reserved(name)
    }

    fn name_output(&mut self, output: StageId) {
        if self.stages[output.at()].is_none() {
            let fallbacks = (2..).map(|n| format!("f{n}"));
            let free = [RESULT, "out", "result"].map(str::to_owned).into_iter().chain(fallbacks).find(|name| self.is_free(name));
            self.give(output, free.unwrap_or_default().into());
        }
    }

    /// The compound parts of a quotient are `num` and `den`; of several quotients, the outermost has them.
    fn name_quotients(&mut self, output: StageId) {
        for at in (0..=output.at()).rev() {
            let id = StageId::new(at);
            let (roles, operands) = (self.program.gate(id).row().roles, self.program.operands(id));
            let applies = |(role, &operand): (&&str, &StageId)| *role != "inverse" || self.program.gate(operand).row().inverse;
            if roles.is_empty() || !roles.iter().zip(operands).all(applies) {
                continue;
            }
            for (role, &operand) in roles.iter().zip(operands).filter(|(role, _)| **role != "inverse") {
                self.role(operand, role);
            }
            if self.taken.contains("num") && self.taken.contains("den") {
                return;
            }
        }
    }

    fn role(&mut self, part: StageId, role: &'static str) {
        if self.stages[part.at()].is_none() && !self.program.operands(part).is_empty() && self.is_free(role) {
            self.give(part, role.into());
        }
    }

    fn name(&mut self, id: StageId) {
        if self.stages[id.at()].is_some() || self.program.gate(id) == Gate::Constant {
            return;
        }
        let name = self.composed(id).filter(|name| self.is_free(name)).unwrap_or_else(|| self.numbered());
        self.give(id, name.into());
    }

    fn numbered(&mut self) -> String {
        loop {
            self.counter += 1;
            let name = format!("s{}", self.counter);
            if self.is_free(&name) {
                return name;
            }
        }
    }

    /// The gate's short name with its operands' names filled in, if that is short enough.
    fn composed(&self, id: StageId) -> Option<String> {
        let row = self.program.gate(id).row();
        let operands = self.program.operands(id);
        if operands.iter().all(|&operand| self.program.literal(operand).is_some()) {
            return None;
        }
        let mut name = String::with_capacity(LONGEST);
        let fill = |name: &mut String, operand: StageId| -> Option<()> {
            let part = self.part(operand, name.is_empty())?;
            name.push_str(&part);
            (name.len() <= LONGEST * 4).then_some(())
        };
        if row.arity().is_none() {
            name.push_str(row.short.split('{').next().unwrap_or(""));
            operands.iter().try_for_each(|&operand| fill(&mut name, operand))?;
        } else {
            let mut rest = row.short;
            while let Some((before, after)) = rest.split_once('{') {
                let (operand, after) = after.split_once('}')?;
                name.push_str(before);
                let at = row.operands.iter().position(|&known| known == operand)?;
                fill(&mut name, operands[at])?;
                rest = after;
            }
            name.push_str(rest);
        }
        (!row.short.is_empty() && name.chars().count() <= LONGEST).then_some(name)
    }

    /// An operand's part of a name: its own name, or a small number.
    fn part(&self, operand: StageId, leading: bool) -> Option<String> {
        if let Some(name) = self.stages[operand.at()].as_deref().or_else(|| self.constants.get(&operand).map(|name| &**name)) {
            return Some(name.to_owned());
        }
        let constant = self.program.constant(operand)?;
        let number = constant.value.number()?;
        let word = match number {
            -1.0 => "neg",
            0.5 => "half",
            1.0 => "one",
            2.0 => "two",
            3.0 => "three",
            4.0 => "four",
            5.0 => "five",
            10.0 => "ten",
            _ => "",
        };
        match (leading, word) {
            (true, "") | (false, "neg" | "half") => None,
            (true, word) => Some(word.to_owned()),
            // A subscript that was left out.
            (false, _) if number.is_nan() => Some(String::new()),
            // No sign stands in a name, that of -0 neither.
            (false, _) => {
                let is_count = number.is_sign_positive() && number < 1000.0 && number.fract() == 0.0;
                is_count.then(|| format!("{number}"))
            }
        }
    }

    fn shadowed_gradients(&self) -> HashMap<StageId, String> {
        let mut gradients: HashMap<StageId, String> = HashMap::new();
        let mut gradient = "d".to_owned();
        for (at, name) in self.stages.iter().enumerate() {
            let Some(name) = name else { continue };
            gradient.truncate(1);
            gradient.push_str(name);
            if !self.taken.contains(gradient.as_str()) {
                continue;
            }
            let mut free = format!("d_{name}");
            while self.taken.contains(free.as_str()) || gradients.values().any(|other| *other == free) {
                free.insert(1, '_');
            }
            gradients.insert(StageId::new(at), free);
        }
        gradients
    }
}
