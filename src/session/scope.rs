//! What names stand for: inputs, constants, named stages. Knows nothing of statements or of values of stages.

use super::Settings;
use super::typing::WordKind;
use crate::calculus::lower::{Function, Scope};
use crate::forms::program::Input;
use crate::forms::{Program, StageId, data};
use crate::ground::budget::{Budget, Unloaded};
use crate::ground::{Fault, FaultKind, Shape, Span, Value};
use crate::vocabulary::gate::Draw;
use crate::vocabulary::{Gate, Symbol, Symbols, language_constant};
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
}

/// The names of a session.
#[derive(Clone, Debug, Default)]
pub struct Bindings {
    meanings: HashMap<Symbol, Meaning>,
    /// The stages of inputs, with and without a value.
    inputs: HashMap<Symbol, StageId>,
    /// The same in the order in which they were made.
    made: Vec<(Symbol, StageId)>,
    functions: HashMap<Symbol, Arc<Function>>,
    /// Names whose value the command line gave, in its order.
    fixed: Vec<Symbol>,
    /// The names that expressions have used.
    used: HashSet<Symbol>,
    /// The bytes of the arrays that names stand for, one with two names counted twice.
    array_bytes: usize,
    /// The stream of random numbers, shared until the next one is drawn.
    random: Arc<Random>,
}

/// Random numbers, the same for the same seed on every machine.
#[derive(Debug)]
struct Random(ChaCha8Rng);

impl Clone for Random {
    fn clone(&self) -> Self {
        Self(ChaCha8Rng::deserialize_state(&self.0.serialize_state()))
    }
}

impl Default for Random {
    fn default() -> Self {
        Self(ChaCha8Rng::seed_from_u64(0))
    }
}

impl Random {
    fn draw(&mut self, from: Draw, out: &mut [f64]) {
        match from {
            Draw::Normal => out.iter_mut().for_each(|out| *out = StandardNormal.sample(&mut self.0)),
            Draw::Uniform => out.iter_mut().for_each(|out| *out = StandardUniform.sample(&mut self.0)),
        }
    }
}

impl Bindings {
    /// Starts the stream of random numbers at a seed.
    pub fn seed(&mut self, seed: u64) {
        self.random = Arc::new(Random(ChaCha8Rng::seed_from_u64(seed)));
    }

    /// Goes on with another stream of random numbers, as the one of `names` does.
    pub fn draw_as(&mut self, names: &Self) {
        self.random = Arc::clone(&names.random);
    }

    /// Gives a name a meaning in place of the one it had.
    fn set(&mut self, name: Symbol, meaning: Option<Meaning>) {
        self.array_bytes += meaning.as_ref().map_or(0, Meaning::array_bytes);
        let before = match meaning {
            Some(meaning) => self.meanings.insert(name, meaning),
            None => self.meanings.remove(&name),
        };
        self.array_bytes -= before.map_or(0, |before| before.array_bytes());
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

    /// Whether a name's value stays.
    pub fn is_fixed(&self, name: Symbol) -> bool {
        self.fixed.contains(&name)
    }

    /// Makes a name an input.
    pub fn set_input(&mut self, name: Symbol, value: Value) {
        self.set(name, Some(Meaning::Input(value)));
    }

    /// Makes a name a constant.
    pub fn set_constant(&mut self, name: Symbol, value: Value) {
        self.set(name, Some(Meaning::Constant(value)));
    }

    /// Makes a name stand for a stage.
    pub fn set_stage(&mut self, name: Symbol, stage: StageId) {
        self.set(name, Some(Meaning::Stage(stage)));
    }

    /// Defines a function.
    pub fn set_function(&mut self, function: Arc<Function>) {
        self.functions.insert(function.name, function);
    }

    /// The same functions and values for a program of its own, in which no name stands for a stage.
    pub fn dry_run(&self) -> Self {
        let meanings = self
            .meanings
            .iter()
            .filter(|(_, meaning)| !matches!(meaning, Meaning::Stage(_)))
            .map(|(&name, meaning)| (name, meaning.clone()));
        Self { meanings: meanings.collect(), functions: self.functions.clone(), ..Self::default() }
    }

    /// The same functions, and every name with a value as a constant.
    pub fn values(&self) -> Self {
        let values = self.meanings.iter().filter_map(|(&name, meaning)| match meaning {
            Meaning::Input(value) | Meaning::Constant(value) => Some((name, Meaning::Constant(value.clone()))),
            Meaning::Stage(_) => None,
        });
        Self { meanings: values.collect(), functions: self.functions.clone(), ..Self::default() }
    }

    /// Puts a function back as it was, or takes it away.
    pub fn restore_function(&mut self, name: Symbol, before: Option<Arc<Function>>) {
        match before {
            Some(function) => self.functions.insert(name, function),
            None => self.functions.remove(&name),
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
        let place = |stage: StageId| live.binary_search(&stage).map_or(stage, |at| places[at]);
        for meaning in self.meanings.values_mut() {
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
        self.functions.remove(&name);
    }

    /// The value of an input.
    pub fn value(&self, name: Symbol) -> Option<&Value> {
        match self.meanings.get(&name) {
            Some(Meaning::Input(value)) => Some(value),
            _ => None,
        }
    }

    /// The value of an input or a constant.
    pub fn constant_or_input(&self, name: Symbol) -> Option<&Value> {
        match self.meanings.get(&name) {
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
        match self.meanings.get(&name) {
            Some(Meaning::Stage(stage)) => Some(*stage),
            _ => None,
        }
    }

    /// What kind of name it is, where it has a meaning.
    pub fn piece(&self, name: Symbol) -> Option<WordKind> {
        Some(match self.meanings.get(&name)? {
            Meaning::Input(_) => WordKind::Input,
            Meaning::Constant(_) => WordKind::Constant,
            Meaning::Stage(_) => WordKind::Stage,
        })
    }

    /// The names that have a meaning, each with what kind it is, in no order.
    pub fn pieces(&self) -> impl Iterator<Item = (Symbol, WordKind)> + '_ {
        self.meanings.keys().filter_map(|&name| Some((name, self.piece(name)?)))
    }

    /// The user's functions, in the order of their names' first use.
    pub fn functions(&self) -> impl Iterator<Item = &Arc<Function>> {
        let mut functions: Vec<&Arc<Function>> = self.functions.values().collect();
        functions.sort_by_key(|function| function.name);
        functions.into_iter()
    }

    /// The names that have a meaning.
    pub fn known(&self) -> impl Iterator<Item = Symbol> + '_ {
        let mut known: Vec<Symbol> = self.meanings.keys().copied().collect();
        known.sort();
        known.into_iter()
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

impl Scope for ExpressionScope<'_> {
    fn value(&mut self, name: Symbol, span: Span, program: &mut Program) -> Result<StageId, Fault> {
        self.names.used.insert(name);
        let mut shape = Shape::Scalar;
        let text = self.symbols.name(name);
        match self.names.meanings.get(&name) {
            Some(Meaning::Stage(stage)) => return Ok(*stage),
            Some(Meaning::Constant(value)) => return Ok(program.add_constant(value.clone(), Some(name), span)),
            Some(Meaning::Input(value)) => shape = value.shape(),
            None => {
                if let Some(value) = language_constant(text) {
                    return Ok(program.add_constant(value, Some(name), span));
                }
                if let Some(function) = self.names.function(name) {
                    let parameters: Vec<&str> = function.parameters.iter().map(|&parameter| self.symbols.name(parameter)).collect();
                    let message = format!("`{text}` is a function and stands here without its brackets");
                    let usage = format!("write `{text}({})`", parameters.join(", "));
                    return Err(Fault::new(FaultKind::Name, span, message).label("a function").help(usage));
                }
                if let Some(gate) = Gate::named(text) {
                    let message = format!("`{text}` is a function and stands here without its brackets");
                    let usage = format!("write `{text}({})`", gate.row().operands.join(", "));
                    return Err(Fault::new(FaultKind::Name, span, message).label("a function").help(usage));
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

    fn function(&self, name: Symbol) -> Option<Arc<Function>> {
        self.names.function(name)
    }

    fn is_known(&self, name: Symbol) -> bool {
        self.names.meanings.contains_key(&name)
    }

    fn functions(&self) -> Vec<Symbol> {
        let mut names: Vec<Symbol> = self.names.functions.keys().copied().collect();
        names.sort();
        names
    }

    fn draw(&mut self, from: Draw, out: &mut [f64]) {
        Arc::make_mut(&mut self.names.random).draw(from, out);
    }

    fn load(&mut self, from: &str, file: &str, budget: &Budget) -> Result<Value, Unloaded> {
        match &self.settings.files {
            Some(files) => data::read(&files(from, file, budget.file())?, budget.numbers_left()),
            None => Err(Unloaded::Unreadable("this session reads no files".to_owned())),
        }
    }

    fn is_wanted(&self, name: Symbol) -> bool {
        let text = self.symbols.name(name);
        self.settings.wrt.as_ref().is_none_or(|wrt| wrt.iter().any(|wanted| wanted == text))
    }
}
