//! What names stand for: inputs, constants, named stages. Knows nothing of statements or of values of stages.

use super::Settings;
use super::ends::Deferred;
use super::gradients::Gradients;
use super::preparing::Versions;
use super::typing::WordKind;
use crate::calculus::lower::{Function, Scope};
use crate::calculus::precise::Given;
use crate::forms::parse::words::{inverse, no_name, settled};
use crate::forms::program::Input;
use crate::forms::{Program, StageId, data};
use crate::ground::budget::{Budget, Unloaded};
use crate::ground::text::shortened;
use crate::ground::{ByIndex, Fault, FaultKind, Shape, Span, Value, broken};
use crate::views::Answer;
use crate::vocabulary::gate::Draw;
use crate::vocabulary::{DERIVATIVE, Gate, Symbol, Symbols, language_constant, unit};
use chacha20::ChaCha8Rng;
use chacha20::rand_core::SeedableRng as _;
use hashbrown::{HashMap, HashSet};
use rand_distr::{Distribution as _, StandardNormal, StandardUniform};
use std::sync::Arc;

/// What a name stands for.
#[derive(Clone, Debug)]
enum Meaning {
    /// A leaf with a gradient.
    Input(Value),
    /// A leaf without one.
    Constant(Value),
    /// A named stage.
    Stage(StageId),
}

impl Meaning {
    /// The value that it is, where it is one.
    fn value(&self) -> Option<&Value> {
        match self {
            Self::Input(value) | Self::Constant(value) => Some(value),
            Self::Stage(_) => None,
        }
    }

    fn array_bytes(&self) -> usize {
        self.value().map_or(0, Value::bytes)
    }

    /// Whether what speaks of it is lowered to the same stages where it has this meaning instead.
    fn is_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Input(value), Self::Input(other)) => value.shape() == other.shape(),
            (Self::Constant(value), Self::Constant(other)) => value.is_same(other),
            (Self::Stage(stage), Self::Stage(other)) => stage == other,
            _ => false,
        }
    }
}

/// The most stages and numbers that are kept of what values were computed from.
const MOST_GIVEN: usize = 1 << 20;

/// How many stages and numbers it takes to keep what is known of a value.
fn size_of_given(given: &Given) -> usize {
    match given {
        Given::Made(origin) => origin.stages + origin.numbers,
        Given::Decimals(decimals) => decimals.len(),
        _ => 0,
    }
}

/// Something to say of names while texts run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// What may well be a mistake.
    Warning(String),
    /// What a name means.
    Note(String),
    /// Columns of a table are wanted, and there is none: every input of an expression has a value, these of the names and, of arrays, shapes.
    WithoutColumns {
        /// The inputs.
        given: Vec<(String, Option<Shape>)>,
        /// The expression.
        expression: String,
    },
    /// An input has turned, and what follows it: what a person at a terminal wants to know.
    Turned(String),
}

/// That no column of a table is read, since these inputs have values.
pub fn without_columns(given: &[(String, Option<Shape>)]) -> String {
    const MOST: usize = 8;
    let mut names: Vec<String> = given.iter().take(MOST).map(|(name, _)| format!("`{}`", shortened(name))).collect();
    if given.len() > MOST {
        names.push(format!("{} more", given.len() - MOST));
    }
    let has = if given.len() == 1 { "has a value, which is" } else { "have values, which are" };
    let last = names.pop().unwrap_or_default();
    let names = if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) };
    format!("no column of the table is read: {names} {has} the same in every row")
}

/// The names of a session.
#[derive(Clone, Debug, Default)]
pub struct Bindings {
    /// What there is to say of names, and has not been said yet.
    pub remarks: Vec<Remark>,
    /// How many names had been given anew when each stage was named.
    named_at: ByIndex<Symbol, usize>,
    /// Names that are another name of an input, and that input.
    aliases: HashMap<Symbol, Symbol>,
    /// Those of them whose input has turned since.
    following: HashSet<Symbol>,
    /// The older meanings of names that stages keep, where that has been said.
    kept: HashMap<Symbol, HashSet<Symbol>>,
    /// The notes that have been said.
    told: HashSet<String>,
    /// The named stages that the current statement speaks of.
    spoken: Vec<Symbol>,
    /// When meanings changed.
    pub(super) versions: Versions,
    /// What the current statement differentiates, and with respect to what.
    pub derived: Vec<(StageId, StageId)>,
    /// In a later round of a block: whether what the current statement computes has met a tie.
    pub met: Option<bool>,
    /// The gradients of the last answer.
    gradients: Gradients,
    /// The names that constants have been written by: the user's, the language's and those of gradients.
    constants: HashSet<Symbol>,
    /// Whether a function's body may name one.
    pub functions_name_gradients: bool,
    meanings: Arc<ByIndex<Symbol, Meaning>>,
    /// Whether it is of a program of its own, in which no name stands for a stage.
    without_stages: bool,
    /// How often a name that was an input was given another meaning.
    turned: u64,
    /// What is known of the values of names beside their binary64 numbers.
    givens: HashMap<Symbol, (Value, Given)>,
    /// How many stages and numbers that takes.
    given_size: usize,
    /// The stages of inputs, with and without a value.
    inputs: HashMap<Symbol, StageId>,
    /// The same in the order in which they were made.
    made: Vec<(Symbol, StageId)>,
    /// When each name was first given a meaning, counted from 0.
    ranks: ByIndex<Symbol, usize>,
    functions: Arc<HashMap<Symbol, Arc<Function>>>,
    /// Names whose value the command line gave, in its order.
    fixed: Vec<Symbol>,
    /// The names that expressions have used.
    used: HashSet<Symbol>,
    /// The constants that were made of comparisons alone.
    truths: HashSet<Symbol>,
    /// The inputs of which the current statement speaks where nothing is computed, in sums over nothing.
    pub idle: Vec<StageId>,
    /// The names of which the current statement speaks.
    asked: Vec<Symbol>,
    /// What the current statement differentiates.
    differentiated: Vec<StageId>,
    /// What the texts behind names speak of though the names do not depend on it.
    silent: HashMap<Symbol, Arc<Silent>>,
    /// The bytes of the arrays that names stand for, one with two names counted twice.
    array_bytes: usize,
    /// The stream of random numbers, shared until the next one is drawn.
    random: Arc<Random>,
}

/// The inputs of which the text behind a value speaks though the value does not depend on them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Silent {
    /// All of them: a derivative that is a number speaks of what it was taken of.
    pub spoken: Vec<Symbol>,
    /// Those in sums over nothing, on which there is a gradient of 0.
    pub idle: Vec<Symbol>,
}

/// Random numbers, the same for the same seed on every machine: a seed, and a generator once one was drawn, since making one asks the
/// processor what it is.
#[derive(Debug, Default)]
struct Random {
    seed: u64,
    generator: Option<ChaCha8Rng>,
}

impl Clone for Random {
    fn clone(&self) -> Self {
        let same = |generator: &ChaCha8Rng| ChaCha8Rng::deserialize_state(&generator.serialize_state());
        Self { seed: self.seed, generator: self.generator.as_ref().map(same) }
    }
}

/// A place in a stream of random numbers.
#[derive(Clone, Debug)]
pub struct Drawn(Arc<Random>);

impl Random {
    fn draw(&mut self, from: Draw, out: &mut [f64]) {
        let generator = self.generator.get_or_insert_with(|| ChaCha8Rng::seed_from_u64(self.seed));
        match from {
            Draw::Normal => out.iter_mut().for_each(|out| *out = StandardNormal.sample(generator)),
            Draw::Uniform => out.iter_mut().for_each(|out| *out = StandardUniform.sample(generator)),
        }
    }
}

impl Bindings {
    /// Starts the stream of random numbers at a seed.
    pub fn seed(&mut self, seed: u64) {
        self.random = Arc::new(Random { seed, generator: None });
    }

    /// Goes on with another stream of random numbers, as the one of `names` does.
    pub fn draw_as(&mut self, names: &Self) {
        self.draw_again(names.drawn());
    }

    /// How far its stream of random numbers has come.
    pub fn drawn(&self) -> Drawn {
        Drawn(Arc::clone(&self.random))
    }

    /// Goes on with its stream of random numbers from where it was.
    pub fn draw_again(&mut self, from: Drawn) {
        self.random = from.0;
    }

    /// Gives a name a meaning in place of the one it had.
    fn set(&mut self, name: Symbol, meaning: Option<Meaning>) {
        if !self.ranks.has(name) {
            self.ranks.insert(name, self.ranks.len());
        }
        self.array_bytes += meaning.as_ref().map_or(0, Meaning::array_bytes);
        match (self.meaning(name), &meaning) {
            (Some(before), Some(meaning)) if before.is_as(meaning) => {}
            (Some(_), Some(_)) => self.versions.changed(name),
            _ => self.versions.changed_all(),
        }
        self.turned += u64::from(matches!(self.meaning(name), Some(Meaning::Input(_))));
        let value = meaning.as_ref().and_then(Meaning::value);
        if self.givens.get(&name).is_some_and(|(own, _)| value.is_none_or(|value| !own.is_same(value))) {
            self.drop_given(name);
        }
        let before = match meaning {
            Some(meaning) => Arc::make_mut(&mut self.meanings).insert(name, meaning),
            None => Arc::make_mut(&mut self.meanings).remove(name),
        };
        self.array_bytes -= before.map_or(0, |before| before.array_bytes());
    }

    /// How often names that were inputs were given another meaning, such as another value. What depends on inputs is what it was as
    /// long as that is the same.
    pub fn turned(&self) -> u64 {
        self.turned
    }

    /// The bytes of the arrays that names stand for, one with two names counted twice.
    pub fn array_bytes(&self) -> usize {
        self.array_bytes
    }

    /// The arrays that names stand for.
    pub fn arrays(&self) -> impl Iterator<Item = &Value> {
        self.meanings.values().filter_map(Meaning::value).filter(|value| value.bytes() > 0)
    }

    /// Gives a name a value that stays.
    pub fn fix(&mut self, name: Symbol, value: Value) {
        self.set(name, Some(Meaning::Input(value)));
        if !self.fixed.contains(&name) {
            self.fixed.push(name);
        }
    }

    /// Keeps what is known of the value of a name beside its binary64 numbers, as long as there is room for it.
    pub fn keep_given(&mut self, name: Symbol, value: Value, given: Given) {
        self.drop_given(name);
        let size = size_of_given(&given);
        if self.given_size + size <= MOST_GIVEN {
            self.given_size += size;
            self.givens.insert(name, (value, given));
        }
    }

    fn drop_given(&mut self, name: Symbol) {
        if let Some((_, given)) = self.givens.remove(&name) {
            self.given_size -= size_of_given(&given);
        }
    }

    /// What is known of the value of a name beside its binary64 numbers.
    pub fn given(&self, name: Symbol, value: &Value) -> Option<Given> {
        self.givens.get(&name).filter(|(own, _)| own.is_same(value)).map(|(_, given)| given.clone())
    }

    /// The place of a name among those that were given a meaning, in the order of the user; the last for any other.
    pub fn rank(&self, name: Symbol) -> usize {
        self.ranks.get(name).copied().unwrap_or(usize::MAX)
    }

    /// Whether a name's value stays.
    pub fn is_fixed(&self, name: Symbol) -> bool {
        self.fixed.contains(&name)
    }

    /// Makes a name an input, or turns the one that it is.
    pub fn set_input(&mut self, name: Symbol, value: Value) {
        let turned = self.value(name).is_some_and(|old| !old.is_same(&value));
        if turned {
            let follows = self.aliases.iter().filter(|&(_, &input)| input == name).map(|(&alias, _)| alias);
            self.following.extend(follows);
            self.gradients.turned.insert(name);
        }
        self.renew(name);
        if self.fixed.contains(&name) && turned {
            self.used.insert(name);
        }
        self.set(name, Some(Meaning::Input(value)));
    }

    /// Makes a name a constant.
    pub fn set_constant(&mut self, name: Symbol, value: Value) {
        self.renew(name);
        self.constants.insert(name);
        self.set(name, Some(Meaning::Constant(value)));
    }

    /// Makes a name stand for a stage, where `renamings` names have been given anew. Where the stage is an input's value and
    /// nothing else, `of` is that input.
    pub fn set_stage(&mut self, name: Symbol, stage: StageId, renamings: usize, of: Option<Symbol>) {
        self.renew(name);
        self.named_at.insert(name, renamings);
        if let Some(of) = of {
            self.aliases.insert(name, of);
        }
        self.set(name, Some(Meaning::Stage(stage)));
    }

    /// Says of a value whether it was made of comparisons alone.
    pub fn set_truth(&mut self, name: Symbol, truth: bool) {
        if truth {
            self.truths.insert(name);
        }
    }

    /// Whether the value of any name was made of comparisons alone.
    pub fn has_truths(&self) -> bool {
        !self.truths.is_empty()
    }

    /// Whether the value of a name was made of comparisons alone.
    pub fn is_truth(&self, name: Symbol) -> bool {
        self.truths.contains(&name)
    }

    /// Nothing has been said by the next statement.
    pub fn begin_statement(&mut self) {
        self.idle.clear();
        self.asked.clear();
        self.differentiated.clear();
    }

    /// What the current statement, whose expression is a stage and has stages of its own from a position on, speaks of though the
    /// stage may not depend on it.
    pub fn silent_of(&self, stage: StageId, own: usize, program: &Program) -> Silent {
        let mut silent = Silent::default();
        if self.asked.is_empty() && self.idle.is_empty() && self.differentiated.is_empty() {
            return silent;
        }
        let name_of = |id: StageId| program.input(id).map(|input| input.name);
        let inputs = |of: StageId| program.needed(of, false).into_iter().filter_map(name_of);
        silent.idle.extend(self.idle.iter().filter_map(|&id| name_of(id)));
        silent.spoken.extend(self.differentiated.iter().flat_map(|&of| inputs(of)));
        let used = program.used_from(stage, own);
        let uses = |id: &StageId| used.binary_search(id).is_ok();
        for name in &self.asked {
            match self.meaning(*name) {
                Some(Meaning::Input(_)) if self.inputs.get(name).is_none_or(|input| !uses(input)) => silent.spoken.push(*name),
                Some(Meaning::Stage(stage)) if !uses(stage) => silent.spoken.extend(inputs(*stage)),
                _ => {}
            }
            if let Some(more) = self.silent.get(name) {
                silent.spoken.extend_from_slice(&more.spoken);
                silent.idle.extend_from_slice(&more.idle);
            }
        }
        silent.spoken.extend_from_slice(&silent.idle);
        for names in [&mut silent.spoken, &mut silent.idle] {
            names.sort_unstable();
            names.dedup();
        }
        silent
    }

    /// What the text behind a name speaks of, where it speaks of anything.
    pub fn silent(&self, name: Symbol) -> Option<Arc<Silent>> {
        self.silent.get(&name).cloned()
    }

    /// Says of a name what the text behind it speaks of, where it speaks of anything.
    pub fn set_silent(&mut self, name: Symbol, silent: Option<Arc<Silent>>) {
        if let Some(silent) = silent {
            self.silent.insert(name, silent);
        }
    }

    /// A name gets a meaning of its own.
    fn renew(&mut self, name: Symbol) {
        self.truths.remove(&name);
        self.silent.remove(&name);
        if !self.aliases.is_empty() {
            self.aliases.remove(&name);
            self.following.remove(&name);
        }
        self.kept.remove(&name);
    }

    /// Gives an input another name, for those that were built on it: the name itself is about to stand for something else.
    pub fn set_aside(&mut self, name: Symbol, other: Symbol) -> Option<StageId> {
        self.versions.changed_all();
        let stage = self.inputs.remove(&name)?;
        self.inputs.insert(other, stage);
        self.made.iter_mut().filter(|(_, made)| *made == stage).for_each(|(made, _)| *made = other);
        for of in self.aliases.values_mut().filter(|of| **of == name) {
            *of = other;
        }
        for silent in self.silent.values_mut().filter(|silent| silent.spoken.contains(&name)) {
            let Silent { spoken, idle } = Arc::make_mut(silent);
            spoken.iter_mut().chain(idle).filter(|of| **of == name).for_each(|of| *of = other);
        }
        if let Some(Meaning::Input(value)) = self.meaning(name) {
            self.set(other, Some(Meaning::Input(value.clone())));
        }
        Some(stage)
    }

    /// Whether a name is a constant of the user's.
    pub fn is_constant(&self, name: Symbol) -> bool {
        matches!(self.meaning(name), Some(Meaning::Constant(_)))
    }

    /// The names that stand for stages, with their stages, in the order of the names' first use.
    pub fn stages(&self) -> Vec<(Symbol, StageId)> {
        let stage = |(name, meaning): (Symbol, &Meaning)| match meaning {
            Meaning::Stage(stage) => Some((name, *stage)),
            _ => None,
        };
        self.meanings.iter().filter_map(stage).collect()
    }

    /// The named stages that a statement has spoken of since it began.
    pub fn take_spoken(&mut self) -> Vec<Symbol> {
        std::mem::take(&mut self.spoken)
    }

    /// How many names had been given anew when a stage was named.
    pub fn named_at(&self, name: Symbol) -> usize {
        self.named_at.get(name).copied().unwrap_or(usize::MAX)
    }

    /// Whether it is news that a stage keeps an older meaning of a name.
    pub fn keeps(&mut self, stage: Symbol, older: Symbol) -> bool {
        self.kept.entry(stage).or_default().insert(older)
    }

    /// Says what a name means, once in a session.
    pub fn note(&mut self, text: String) {
        if self.told.insert(text.clone()) {
            self.remarks.push(Remark::Note(text));
        }
    }

    /// Takes for said what others have said.
    pub fn told_as(&mut self, other: &Self) {
        self.told.clone_from(&other.told);
    }

    /// Whether a note of what a name means has been said.
    pub fn has_told(&self, text: &str) -> bool {
        self.told.contains(text)
    }

    /// The bytes that the gradients of the last answer take.
    pub fn gradient_bytes(&self) -> usize {
        self.gradients.bytes()
    }

    /// Keeps the gradients of an answer, so that they can be used by their names.
    pub fn keep_gradients(&mut self, answer: Option<Arc<Answer>>) {
        self.gradients = Gradients::of(answer);
    }

    /// Whether a name has been a constant's, so that a stage made of one, or named as it before, may have it.
    pub(super) fn was_constant(&self, name: Symbol) -> bool {
        self.constants.contains(&name)
    }

    /// Keeps what it takes to make the last answer's gradients.
    pub(super) fn defer_gradients(&mut self, deferred: Deferred) {
        self.gradients = Gradients::deferred(deferred);
    }

    /// Whether the last answer's gradients are yet to be made.
    pub(super) fn defers_gradients(&self) -> bool {
        self.gradients.deferred.is_some()
    }

    /// Takes what it takes to make them.
    pub(super) fn take_deferred(&mut self) -> Option<Deferred> {
        self.gradients.deferred.take()
    }

    /// Puts it back, where they could not be made.
    pub(super) fn put_back_deferred(&mut self, deferred: Deferred) {
        self.gradients.deferred = Some(deferred);
    }

    /// Keeps the gradients that were made since; some inputs may have turned by then.
    pub(super) fn restore_gradients(&mut self, answer: Arc<Answer>) {
        self.gradients.answer = Some(answer);
    }

    /// Whether gradients of the last answer were not stored since memory was short.
    pub(super) fn has_unstored_gradients(&self) -> bool {
        self.gradients.answer.as_ref().is_some_and(|answer| answer.values.crowded)
    }

    /// How many numbers such a gradient has, by its name.
    pub(super) fn unstored_gradient(&self, text: &str) -> Option<usize> {
        self.gradients.unstored(text)
    }

    /// A gradient of the last answer by its name, where its input has not turned since.
    pub(super) fn gradient(&self, text: &str) -> Option<Value> {
        self.gradients.named(text)?.ok()
    }

    /// Defines a function.
    pub fn set_function(&mut self, function: Arc<Function>) {
        let same = |before: &Arc<Function>| Arc::ptr_eq(&before.tree, &function.tree) && before.root == function.root;
        if !self.functions.get(&function.name).is_some_and(same) {
            self.versions.changed_all();
        }
        Arc::make_mut(&mut self.functions).insert(function.name, function);
    }

    /// The same functions and values for a program of its own, in which no name stands for a stage.
    pub fn dry_run(&self) -> Self {
        let (meanings, functions) = (Arc::clone(&self.meanings), Arc::clone(&self.functions));
        Self { meanings, functions, without_stages: true, ..Self::default() }
    }

    /// What a name means.
    fn meaning(&self, name: Symbol) -> Option<&Meaning> {
        self.meanings.get(name).filter(|meaning| self.knows(meaning))
    }

    /// Whether a meaning is one here.
    fn knows(&self, meaning: &Meaning) -> bool {
        !(self.without_stages && matches!(meaning, Meaning::Stage(_)))
    }

    /// The same functions, and every name with a value as a constant.
    pub fn values(&self) -> Self {
        let values = self.meanings.iter().filter_map(|(name, meaning)| match meaning {
            Meaning::Input(value) | Meaning::Constant(value) => Some((name, Meaning::Constant(value.clone()))),
            Meaning::Stage(_) => None,
        });
        Self {
            meanings: Arc::new(values.collect()),
            functions: Arc::clone(&self.functions),
            truths: self.truths.clone(),
            ..Self::default()
        }
    }

    /// Puts a function back as it was, or takes it away.
    pub fn restore_function(&mut self, name: Symbol, before: Option<Arc<Function>>) {
        self.versions.changed_all();
        match before {
            Some(function) => Arc::make_mut(&mut self.functions).insert(name, function),
            None => Arc::make_mut(&mut self.functions).remove(&name),
        };
    }

    /// The user's function of a name.
    pub fn function(&self, name: Symbol) -> Option<Arc<Function>> {
        self.functions.get(&name).cloned()
    }

    /// The stage of an input, if an expression has used it.
    pub fn input(&self, name: Symbol) -> Option<StageId> {
        self.inputs.get(&name).copied()
    }

    /// Forgets the stages of inputs from a position of the program on.
    pub fn cut_back(&mut self, len: usize) {
        while let Some(&(name, stage)) = self.made.last().filter(|(_, stage)| stage.at() >= len) {
            self.made.pop();
            if self.inputs.get(&name) == Some(&stage) {
                self.inputs.remove(&name);
            }
        }
    }

    /// The stages that names stand for, those of inputs among them.
    pub fn live(&self) -> Vec<StageId> {
        let named = self.meanings.values().filter_map(|meaning| match meaning {
            Meaning::Stage(stage) => Some(*stage),
            _ => None,
        });
        let mut live: Vec<StageId> = named.chain(self.inputs.values().copied()).collect();
        live.sort();
        live.dedup();
        live
    }

    /// Takes note that stages went elsewhere: from `live`, in order, to `places`.
    pub fn moved(&mut self, live: &[StageId], places: &[StageId]) {
        let place = |stage: StageId| places[live.binary_search(&stage).unwrap_or_else(|_| broken("what a name means is kept"))];
        for meaning in Arc::make_mut(&mut self.meanings).values_mut() {
            if let Meaning::Stage(stage) = meaning {
                *stage = place(*stage);
            }
        }
        self.inputs.values_mut().for_each(|stage| *stage = place(*stage));
        self.made = self.inputs.iter().map(|(&name, &stage)| (name, stage)).collect();
        self.made.sort_by_key(|&(_, stage)| stage);
    }

    /// Forgets what a name stands for, unless the command line gave it.
    pub fn forget(&mut self, name: Symbol) {
        if !self.is_fixed(name) {
            self.set(name, None);
        }
        self.versions.changed_all();
        Arc::make_mut(&mut self.functions).remove(&name);
    }

    /// The value of an input.
    pub fn value(&self, name: Symbol) -> Option<&Value> {
        match self.meaning(name) {
            Some(Meaning::Input(value)) => Some(value),
            _ => None,
        }
    }

    /// The inputs that have values, in the order of the names' first use.
    pub fn input_values(&self) -> impl Iterator<Item = (Symbol, Value)> + '_ {
        self.known().filter_map(|name| Some((name, self.value(name)?.clone())))
    }

    /// The value of an input or a constant.
    pub fn constant_or_input(&self, name: Symbol) -> Option<&Value> {
        match self.meaning(name) {
            Some(Meaning::Input(value) | Meaning::Constant(value)) => Some(value),
            _ => None,
        }
    }

    /// From here on, statements can change what the command line gave.
    pub fn release(&mut self) {
        self.fixed.clear();
    }

    /// The stage that a name stands for.
    pub fn stage(&self, name: Symbol) -> Option<StageId> {
        match self.meaning(name) {
            Some(Meaning::Stage(stage)) => Some(*stage),
            _ => None,
        }
    }

    /// What kind of name it is, where it has a meaning.
    pub fn piece(&self, name: Symbol) -> Option<WordKind> {
        Some(match self.meaning(name)? {
            Meaning::Input(_) => WordKind::Input,
            Meaning::Constant(_) => WordKind::Constant,
            Meaning::Stage(_) => WordKind::Stage,
        })
    }

    /// The names that have a meaning, each with what kind it is.
    pub fn pieces(&self) -> impl Iterator<Item = (Symbol, WordKind)> + '_ {
        self.meanings.keys().filter_map(|name| Some((name, self.piece(name)?)))
    }

    /// The user's functions, in the order of their names' first use.
    pub fn functions(&self) -> impl Iterator<Item = &Arc<Function>> {
        let mut functions: Vec<&Arc<Function>> = self.functions.values().collect();
        functions.sort_by_key(|function| function.name);
        functions.into_iter()
    }

    /// The names that have a meaning, in the order of their first use.
    pub fn known(&self) -> impl Iterator<Item = Symbol> + '_ {
        self.meanings.iter().filter(|(_, meaning)| self.knows(meaning)).map(|(name, _)| name)
    }

    /// The names that expressions have used.
    pub fn used(&self) -> impl Iterator<Item = Symbol> + '_ {
        let mut used: Vec<Symbol> = self.used.iter().copied().collect();
        used.sort();
        used.into_iter()
    }

    /// The names of the command line that no expression has used.
    pub fn unused(&self) -> Vec<Symbol> {
        self.fixed.iter().copied().filter(|name| !self.used.contains(name)).collect()
    }

    /// Whether the user gave a name a meaning.
    pub fn is_given(&self, name: Symbol) -> bool {
        self.meaning(name).is_some()
    }

    /// The names as an expression sees them.
    pub fn scope<'a>(&'a mut self, symbols: &'a Symbols, settings: &'a Settings) -> ExpressionScope<'a> {
        ExpressionScope { names: self, symbols, settings, missing: Vec::new() }
    }
}

/// The names as one expression sees them.
pub struct ExpressionScope<'a> {
    names: &'a mut Bindings,
    symbols: &'a Symbols,
    settings: &'a Settings,
    missing: Vec<(Symbol, Span)>,
}

impl ExpressionScope<'_> {
    /// The names that the expression uses and that have no value yet.
    pub fn missing(&self) -> &[(Symbol, Span)] {
        &self.missing
    }
}

impl ExpressionScope<'_> {
    /// An expression that was lowered before speaks of names again, where so many names have been given anew.
    pub(super) fn speak_of(&mut self, names: impl Iterator<Item = Symbol>, renamings: usize) {
        for name in names {
            if self.names.stage(name).is_some() {
                self.speak_of_stage(name, renamings);
            }
        }
    }

    fn speak_of_stage(&mut self, name: Symbol, renamings: usize) {
        if renamings > 0 {
            self.names.spoken.push(name);
        }
        if !self.names.following.is_empty() {
            self.tell_follower(name);
        }
    }

    /// Says once of another name of an input that it follows the input, which has turned.
    fn tell_follower(&mut self, alias: Symbol) {
        let Some(&of) = self.names.aliases.get(&alias).filter(|_| self.names.following.remove(&alias)) else { return };
        let [alias, of] = [alias, of].map(|name| self.symbols.name(name));
        let text = format!("`{alias}` is another name of `{of}`, which has turned since; `const {alias} = {of}` keeps a value");
        self.names.remarks.push(Remark::Note(text));
    }
}

/// The gradient of an answer whose input has turned since.
fn stale(gradient: &str, input: &str, span: Span) -> Fault {
    let message = format!("`{gradient}` is a gradient of the last answer, and `{input}` has turned since");
    Fault::new(FaultKind::Name, span, message)
        .label("out of date")
        .help("ask for the result again first, or write the derivative, as in `d(f, x)`")
}

impl ExpressionScope<'_> {
    /// The stage of a name.
    fn meaning(&mut self, name: Symbol, span: Span, program: &mut Program) -> Result<StageId, Fault> {
        self.names.used.insert(name);
        self.names.versions.ask(name);
        let mut shape = Shape::Scalar;
        let text = self.symbols.name(name);
        match self.names.meaning(name) {
            Some(Meaning::Stage(stage)) => {
                let stage = *stage;
                self.speak_of_stage(name, program.renamings());
                return Ok(stage);
            }
            Some(Meaning::Constant(value)) => return Ok(program.add_constant(value.clone(), Some(name), span)),
            Some(Meaning::Input(value)) => shape = value.shape(),
            None => {
                if let Some(value) = language_constant(text) {
                    self.names.constants.insert(name);
                    return Ok(program.add_constant(value, Some(name), span));
                }
                if let Some(value) = unit(text) {
                    return Ok(program.add_constant(value, None, span));
                }
                if let Some(function) = self.names.function(name) {
                    let parameters: Vec<&str> = function.parameters.iter().map(|&parameter| self.symbols.name(parameter)).collect();
                    let message = format!("`{text}` is a function and stands here without its brackets");
                    let call = format!("{text}({})", parameters.join(", "));
                    let usage = format!("write `{call}`; its derivative is `{DERIVATIVE}({call}, {})`", parameters[0]);
                    return Err(Fault::new(FaultKind::Name, span, message).label("a function").help(usage));
                }
                if let Some(gate) = Gate::named(text) {
                    let message = format!("`{text}` is a function and stands here without its brackets");
                    let call = format!("{text}({})", gate.row().operands.join(", "));
                    let inverse = inverse(gate).map_or(String::new(), |inverse| format!(", the inverse function `{inverse}(x)`"));
                    let usage = format!("write `{call}`; a power of it is `{call}^2`{inverse}");
                    return Err(Fault::new(FaultKind::Name, span, message).label("a function").help(usage));
                }
                if let Some(gradient) = self.names.gradients.named(text) {
                    let value = gradient.map_err(|input| stale(text, self.symbols.name(input), span))?;
                    self.names.versions.ask_gradient(name);
                    self.names.constants.insert(name);
                    return Ok(program.add_constant(value, Some(name), span));
                }
                if let Some(instead) = no_name(text).filter(|_| settled(text).is_some()) {
                    let message = format!("`{text}` has no value");
                    return Err(Fault::new(FaultKind::Name, span, message).label("no value").help(instead).unknown([text]));
                }
                self.missing.push((name, span));
            }
        }
        let active = self.is_wanted(name);
        // An input whose value has another shape now is another stage.
        if let Some(&stage) = self.names.inputs.get(&name).filter(|&&stage| program.shape(stage) == shape) {
            return Ok(stage);
        }
        let stage = program.add_input(Input { name, active, value: None }, shape, span);
        self.names.inputs.insert(name, stage);
        self.names.made.push((name, stage));
        Ok(stage)
    }

    /// What the text behind a name speaks of in sums over nothing is spoken of here too.
    fn idle_behind(&mut self, name: Symbol, span: Span, program: &mut Program) {
        let Some(silent) = self.names.silent(name) else { return };
        for &input in &silent.idle {
            if let Ok(stage) = self.meaning(input, span, program) {
                self.idle(stage, program);
            }
        }
    }
}

impl Scope for ExpressionScope<'_> {
    fn value(&mut self, name: Symbol, span: Span, program: &mut Program) -> Result<StageId, Fault> {
        if self.names.meaning(name).is_some() {
            self.names.asked.push(name);
            self.idle_behind(name, span, program);
        }
        self.meaning(name, span, program)
    }

    fn function(&self, name: Symbol) -> Option<Arc<Function>> {
        self.names.function(name)
    }

    fn functions(&self) -> Vec<Symbol> {
        let mut names: Vec<Symbol> = self.names.functions.keys().copied().collect();
        names.sort();
        names
    }

    fn draw(&mut self, from: Draw, out: &mut [f64]) {
        self.names.versions.ask_once();
        Arc::make_mut(&mut self.names.random).draw(from, out);
    }

    fn load(&mut self, from: &str, file: &str, budget: &Budget) -> Result<Value, Unloaded> {
        self.names.versions.ask_once();
        match &self.settings.files {
            Some(files) => {
                let table = data::read(&files(from, file, budget.file())?, budget.numbers_left())?;
                self.names.remarks.extend(table.notes.into_iter().map(|note| Remark::Warning(format!("`{}`: {note}", shortened(file)))));
                Ok(table.value)
            }
            None => Err(Unloaded::Unreadable("this session reads no files".to_owned())),
        }
    }

    fn is_gradient(&self, name: Symbol) -> bool {
        self.names.meaning(name).is_none() && self.names.gradients.named(self.symbols.name(name)).is_some()
    }

    fn note(&mut self, text: String) {
        self.names.note(text);
    }

    fn differentiated(&mut self, of: StageId, with: StageId) {
        self.names.differentiated.push(of);
        self.names.derived.push((of, with));
    }

    fn is_known(&self, name: &str) -> bool {
        let given = |name| self.symbols.find(name).is_some_and(|symbol| self.names.meaning(symbol).is_some());
        given(name) || language_constant(name).is_some()
    }

    fn is_truth(&self, name: Symbol) -> bool {
        self.names.is_truth(name)
    }

    fn mentioned(&mut self, name: Symbol, span: Span, program: &mut Program) {
        self.names.used.insert(name);
        if matches!(self.names.meaning(name), Some(Meaning::Input(_) | Meaning::Stage(_)))
            && let Ok(stage) = self.value(name, span, program)
        {
            self.idle(stage, program);
        }
    }

    fn idle(&mut self, stage: StageId, program: &Program) {
        self.names.idle.extend(program.needed(stage, false).into_iter().filter(|&id| program.input(id).is_some()));
    }

    fn present(&mut self, name: Symbol) -> Option<Value> {
        self.names.versions.ask_once();
        self.names.value(name).cloned()
    }

    fn is_wanted(&self, name: Symbol) -> bool {
        let text = self.symbols.name(name);
        self.settings.wrt.as_ref().is_none_or(|wrt| wrt.iter().any(|wanted| wanted == text))
    }
}
