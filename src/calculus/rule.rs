//! The texts of the gate table as stages: templates with holes for operands, filled in wherever a gate stands.
//!
//! A text is read by the calculator's own parser and lowered by its own lowering, once. Knows no gate: it reads
//! the columns of the row. Only identities that hold for every f64 are applied.

use super::lower::{Function, Lowering, Plain, Scope, Scratch, Staging};
use crate::forms::program::{Constant, Input};
use crate::forms::replay::{Backend, Operands, replay};
use crate::forms::{Program, StageId, parse};
use crate::ground::number::is_short_binary;
use crate::ground::{Fault, Shape, Span, Value, broken};
use crate::vocabulary::gate::{Axis, Family, Row, TABLE, apply};
use crate::vocabulary::{Gate, Symbol, Symbols, language_constant};
use std::collections::HashMap;
use std::sync::Arc;

/// Who gets the gradient of a max or min when operands tie.
///
/// ```
/// use gradcalc::{Session, Settings, Ties};
/// let mut settings = Settings::default();
/// settings.ties = Ties::Split;
/// let answer = Session::with(settings).answer("x = 1; y = 1; max(x, y)")?;
/// assert_eq!(answer.gradient("x").and_then(|gradient| gradient.number()), Some(0.5));
/// # Ok::<(), gradcalc::Fault>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// Every operand that ties, as the notes write it: `1(x >= y)` and `1(y >= x)`.
    #[default]
    Course,
    /// Operands that tie share it equally.
    Split,
}

/// What a hole in a template is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole {
    /// The operand of this number.
    Operand(usize),
    /// The axis along which the gate works, where it works along one.
    Axis,
    /// The gate's own value.
    Out,
    /// The upstream gradient.
    Upstream,
    /// The number of operands that reach the gate's value.
    Ties,
    /// Of any number of operands, the position of the one in question.
    At,
    /// Of any number of operands put end to end, where the one in question starts.
    Start,
}

/// A text of the gate table as stages.
#[derive(Debug)]
pub struct Template {
    program: Program,
    root: StageId,
    /// What each input of `program` stands for.
    holes: Vec<Hole>,
}

/// A slope of a gate for one of its operands.
#[derive(Clone, Debug)]
pub enum Slope {
    /// Nothing gets through.
    Blocked,
    /// The local gradient is 1: the upstream gradient passes unchanged.
    One,
    /// A local gradient, to be multiplied by the upstream gradient.
    Local(Arc<Template>),
    /// The whole contribution, which speaks of the upstream gradient itself.
    Whole(Arc<Template>),
}

/// What people write for larger gates.
type Forms = Arc<Vec<(Gate, Arc<Template>)>>;

/// Cases of a gate, each with what can be written for it.
pub type Ways = Arc<Vec<(Arc<Template>, Arc<Template>)>>;

/// The gate table's texts, each read when it is first needed.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    slopes: Vec<Vec<Option<Slope>>>,
    identities: HashMap<Gate, Arc<Vec<Case>>>,
    readings: HashMap<Gate, Arc<Vec<Case>>>,
    texts: HashMap<(Gate, &'static str), Arc<Template>>,
    forms: Option<Forms>,
    kept: HashMap<Gate, Ways>,
    /// Scratch space for filling in a template.
    filled: Vec<Option<StageId>>,
}

/// The names that a row's text may use.
struct Holes<'a> {
    row: &'a Row,
    symbols: &'a Symbols,
    found: Vec<(Symbol, Hole, StageId)>,
}

impl Scope for Holes<'_> {
    fn value(&mut self, name: Symbol, span: Span, program: &mut Program) -> Result<StageId, Fault> {
        if let Some(&(_, _, id)) = self.found.iter().find(|&&(known, _, _)| known == name) {
            return Ok(id);
        }
        let text = self.symbols.name(name);
        let hole = match (self.row.operands.iter().position(|&operand| operand == text), text) {
            (Some(at), _) => Hole::Operand(at),
            (None, "axis") if self.row.axis != Axis::None => Hole::Axis,
            (None, "out") => Hole::Out,
            (None, "dout") => Hole::Upstream,
            (None, "ties") => Hole::Ties,
            (None, "at") => Hole::At,
            (None, "start") => Hole::Start,
            (None, _) => {
                if let Some(value) = language_constant(text) {
                    return Ok(program.add_constant(value, Some(name), span));
                }
                let message = format!("the row of `{}` speaks of `{text}`, which it does not have", self.row.name);
                return Err(Fault::new(crate::ground::FaultKind::Name, span, message));
            }
        };
        let id = program.add_input(Input { name, active: true, value: None }, Shape::Scalar, span);
        self.found.push((name, hole, id));
        Ok(id)
    }

    fn gate(&self, name: &str) -> Option<Gate> {
        TABLE.iter().find(|row| row.name == name || row.aliases.contains(&name)).map(|row| row.gate)
    }

    fn function(&self, _name: Symbol) -> Option<Arc<Function>> {
        None
    }

    fn functions(&self) -> Vec<Symbol> {
        Vec::new()
    }
}

/// What a template is replayed over: values of some kind for its holes, its numbers and its gates.
pub trait Maker {
    /// What a stage comes to.
    type Value: Clone;
    /// What ends the replay.
    type Error;

    /// What fills a hole, the `at`-th of the template; none for an axis that is left out.
    fn hole(&mut self, hole: Hole, at: usize) -> Option<Self::Value>;

    /// What a number comes to.
    ///
    /// # Errors
    /// What ends the replay.
    fn constant(&mut self, constant: &Constant) -> Result<Self::Value, Self::Error>;

    /// What a gate comes to.
    ///
    /// # Errors
    /// What ends the replay.
    fn apply(&mut self, gate: Gate, operands: &[Self::Value]) -> Result<Self::Value, Self::Error>;
}

/// A template as a program that is replayed: a gate without the axis that its text speaks of works on the whole.
struct Filling<'a, M> {
    template: &'a Template,
    maker: &'a mut M,
}

impl<M: Maker> Backend for Filling<'_, M> {
    type Value = Option<M::Value>;
    type Error = M::Error;

    #[inline]
    fn input(&mut self, _id: StageId, at: usize) -> Result<Self::Value, M::Error> {
        Ok(self.maker.hole(self.template.holes[at], at))
    }

    #[inline]
    fn constant(&mut self, _id: StageId, constant: &Constant) -> Result<Self::Value, M::Error> {
        Ok(Some(self.maker.constant(constant)?))
    }

    #[inline]
    fn apply(&mut self, _id: StageId, gate: Gate, operands: Operands<'_, Self::Value>) -> Result<Self::Value, M::Error> {
        let made = match operands.len() {
            1 if operands.get(0).is_some() => self.maker.apply(gate, &[present(operands.get(0).as_ref())]),
            2 if operands.get(1).is_some() => {
                self.maker.apply(gate, &[present(operands.get(0).as_ref()), present(operands.get(1).as_ref())])
            }
            _ if gate.row().axis == Axis::Adds && operands.iter().last().is_none_or(Option::is_none) => return Ok(operands.get(0).clone()),
            _ => {
                let left_out = usize::from(operands.get(operands.len() - 1).is_none());
                let kept: Vec<M::Value> = operands.iter().take(operands.len() - left_out).map(|value| present(value.as_ref())).collect();
                self.maker.apply(gate, &kept)
            }
        };
        made.map(Some)
    }
}

fn present<V: Clone>(value: Option<&V>) -> V {
    value.cloned().unwrap_or_else(|| broken("only the axis of a gate, its last operand, is left out"))
}

/// The result of what cannot fail.
fn sure<T>(result: Result<T, std::convert::Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

/// What fills the holes of a text of a gate's row.
#[derive(Clone, Copy, Debug)]
pub struct Fill<'a> {
    /// The gate.
    pub gate: Gate,
    /// What it is applied to.
    pub operands: &'a [StageId],
    /// The operand in question, of any number of them.
    pub position: usize,
    /// The gate's own stage.
    pub out: Option<StageId>,
    /// The upstream gradient.
    pub upstream: Option<StageId>,
    /// How many operands reach the gate's value.
    pub ties: Option<StageId>,
    /// The position of the operand in question, or where it starts.
    pub place: Option<StageId>,
}

impl<'a> Fill<'a> {
    /// What fills the holes of a text that speaks of operands alone.
    pub fn operands(gate: Gate, operands: &'a [StageId]) -> Self {
        Self { gate, operands, position: 0, out: None, upstream: None, ties: None, place: None }
    }

    /// What fills a hole; none for an axis that is left out.
    #[inline]
    fn of(&self, hole: Hole) -> Option<StageId> {
        let row = self.gate.row();
        let filled = match hole {
            Hole::Axis => return self.operands.get(row.operands.len()).copied(),
            Hole::Upstream => self.upstream,
            Hole::Ties => self.ties,
            Hole::At | Hole::Start => self.place,
            Hole::Operand(at) if row.arity().is_some() => self.operands.get(at).copied(),
            // Of any number of operands, `x` is the one in question, `y` the other of two, or the result.
            Hole::Operand(0) => self.operands.get(self.position).copied(),
            Hole::Operand(_) if self.operands.len() == 2 => Some(self.operands[1 - self.position]),
            Hole::Out | Hole::Operand(_) => self.out,
        };
        if filled.is_none() {
            broken("a text of the gate table speaks of what its use does not have");
        }
        filled
    }
}

/// Adds the stage of a gate to a program.
pub type Push<'a> = &'a mut dyn FnMut(&mut Program, Gate, &[StageId]) -> StageId;

/// A template that becomes stages of a program.
struct Stages<'a, 'p> {
    program: &'a mut Program,
    fill: &'a Fill<'a>,
    push: Push<'p>,
}

impl Maker for Stages<'_, '_> {
    type Value = StageId;
    type Error = std::convert::Infallible;

    #[inline]
    fn hole(&mut self, hole: Hole, _at: usize) -> Option<StageId> {
        self.fill.of(hole)
    }

    fn constant(&mut self, constant: &Constant) -> Result<StageId, Self::Error> {
        Ok(self.program.add_shared_constant(constant.clone(), Span::default()))
    }

    #[inline]
    fn apply(&mut self, gate: Gate, operands: &[StageId]) -> Result<StageId, Self::Error> {
        Ok((self.push)(self.program, gate, operands))
    }
}

/// A template whose products become those of the chain rule; each stage with whether it carries the upstream gradient.
struct Chaining<'a> {
    template: &'a Template,
    program: Program,
}

impl Maker for Chaining<'_> {
    type Value = (StageId, bool);
    type Error = std::convert::Infallible;

    fn hole(&mut self, hole: Hole, at: usize) -> Option<Self::Value> {
        let input = self.template.program.inputs()[at].clone();
        Some((self.program.add_input(input, Shape::Scalar, Span::default()), hole == Hole::Upstream))
    }

    fn constant(&mut self, constant: &Constant) -> Result<Self::Value, Self::Error> {
        Ok((self.program.add_shared_constant(constant.clone(), Span::default()), false))
    }

    fn apply(&mut self, gate: Gate, operands: &[Self::Value]) -> Result<Self::Value, Self::Error> {
        let mut stages: Vec<StageId> = operands.iter().map(|&(stage, _)| stage).collect();
        let carries: Vec<bool> = operands.iter().map(|&(_, carries)| carries).collect();
        let row = gate.row();
        let gate = match (row.carrying, &carries[..]) {
            // Where the operands of a product can be swapped, what carries the gradient stands last.
            (Some([_, last]), [true, false]) if row.commutes => {
                stages.swap(0, 1);
                last
            }
            (Some([first, _]), [true, false]) => first,
            (Some([_, last]), [false, true]) => last,
            _ => gate,
        };
        Ok((self.program.share(gate, &stages, Span::default()), carries.contains(&true)))
    }
}

/// A template whose holes are values.
struct Known<'a> {
    program: &'a mut Program,
    value: &'a dyn Fn(Hole) -> Option<Value>,
}

impl Maker for Known<'_> {
    type Value = StageId;
    type Error = std::convert::Infallible;

    fn hole(&mut self, hole: Hole, _at: usize) -> Option<StageId> {
        (self.value)(hole).map(|value| self.program.add_constant(value, None, Span::default()))
    }

    fn constant(&mut self, constant: &Constant) -> Result<StageId, Self::Error> {
        Ok(self.program.add_shared_constant(constant.clone(), Span::default()))
    }

    fn apply(&mut self, gate: Gate, operands: &[StageId]) -> Result<StageId, Self::Error> {
        Ok(self.program.share(gate, operands, Span::default()))
    }
}

/// How a person reads the table's texts: `1 / x` is an inverse.
struct Reading<'a>(&'a mut Rules);

impl Staging for Reading<'_> {
    fn operator(&mut self, program: &mut Program, gate: Gate, operands: &[StageId], span: Span, _compound: bool) -> StageId {
        match self.0.reading(program, gate, operands) {
            Some((gate, operands)) => program.share(gate, &operands, span),
            None => program.share(gate, operands, span),
        }
    }

    fn call(&mut self, program: &mut Program, gate: Gate, operands: &[StageId], span: Span) -> StageId {
        program.share(gate, operands, span)
    }

    fn derivative(&mut self, _program: &mut Program, _of: StageId, _with: StageId) -> Option<StageId> {
        broken("the table's texts ask for no derivative")
    }
}

impl Template {
    /// Reads a text of a row.
    ///
    /// # Errors
    /// Where the text is not in the language or speaks of what the row does not have: a mistake in the table,
    /// which a test finds by reading every text of every row.
    pub fn read(row: &Row, text: &str, staging: &mut dyn Staging) -> Result<Self, Fault> {
        let mut symbols = Symbols::default();
        let tree = parse(text, &mut symbols)?;
        let mut program = Program::open();
        let mut holes = Holes { row, symbols: &symbols, found: Vec::new() };
        let statement = tree.statements.first().cloned();
        let Some(statement) = statement else {
            return Err(Fault::new(crate::ground::FaultKind::Parse, Span::default(), "an empty text"));
        };
        let mut lowering = Lowering {
            symbols: &symbols,
            program: &mut program,
            scope: &mut holes,
            staging,
            dry_run: false,
            scratch: &mut Scratch::default(),
        };
        let root = lowering.run(&Arc::new(tree), statement.first, statement.root)?;
        let holes = holes.found.into_iter().map(|(_, hole, _)| hole).collect();
        let (program, root) = match program.gate(root) {
            Gate::Input => (program, root),
            _ => program.cone(root),
        };
        Ok(Self { program, root, holes })
    }

    /// The number that the whole text is, if it is one.
    pub(super) fn number(&self) -> Option<f64> {
        self.program.literal(self.root)
    }

    /// The hole that the whole text is, if it is one.
    pub(super) fn hole(&self) -> Option<Hole> {
        (self.program.gate(self.root) == Gate::Input).then(|| self.holes[self.program.leaf(self.root)])
    }

    /// Whether the text speaks of something.
    pub fn speaks_of(&self, hole: Hole) -> bool {
        self.holes.contains(&hole)
    }

    /// Does again what the text does, over `maker`. `made` is space to work in.
    ///
    /// # Errors
    /// What the maker ends it with.
    pub fn replay_into<M: Maker>(&self, maker: &mut M, made: &mut Vec<Option<M::Value>>) -> Result<M::Value, M::Error> {
        made.clear();
        replay(&self.program, &mut Filling { template: self, maker }, made)?;
        Ok(made[self.root.at()].clone().unwrap_or_else(|| broken("a text is more than an axis that is left out")))
    }

    /// The same, in space of its own.
    ///
    /// # Errors
    /// What the maker ends it with.
    pub fn replay<M: Maker>(&self, maker: &mut M) -> Result<M::Value, M::Error> {
        self.replay_into(maker, &mut Vec::with_capacity(self.program.len()))
    }

    /// Adds the template's stages to `program`, its holes filled by `fill`, each stage made by `push`.
    pub fn fill(&self, program: &mut Program, fill: &Fill<'_>, push: Push<'_>) -> StageId {
        sure(self.replay(&mut Stages { program, fill, push }))
    }

    /// The same text with the chain rule for its products: what is multiplied with something that carries the upstream
    /// gradient is a local gradient, and a product is one in which an upstream gradient of 0 carries nothing.
    fn chained(&self) -> Self {
        let mut chaining = Chaining { template: self, program: Program::open() };
        let (root, _) = sure(self.replay(&mut chaining));
        Self { root, program: chaining.program, holes: self.holes.clone() }
    }

    /// Adds the template to `program` as stages that depend on no input, so that their values are known there. No value
    /// stands for an axis that is left out.
    pub fn evaluate(&self, program: &mut Program, value: &dyn Fn(Hole) -> Option<Value>) -> StageId {
        sure(self.replay(&mut Known { program, value }))
    }

    /// How many stages the template has.
    pub fn size(&self) -> usize {
        self.program.len()
    }

    /// What the holes for operands stand for when the template is `gate` applied to `operands`, if it is.
    ///
    /// Operands that commute may stand either way round. A stage that the user named is not looked through.
    pub fn matches(&self, program: &Program, gate: Gate, operands: &[StageId]) -> Option<Vec<Option<StageId>>> {
        let mut bound = vec![None; gate.row().operands.len().max(3)];
        self.match_gate(self.root, program, gate, operands, &mut bound).then_some(bound)
    }

    // The depth of the recursion is that of a row's own text.
    fn match_stage(&self, own: StageId, program: &Program, stage: StageId, bound: &mut Vec<Option<StageId>>) -> bool {
        match self.program.gate(own) {
            Gate::Input => match self.holes[self.program.leaf(own)] {
                Hole::Operand(at) => *bound[at].get_or_insert(stage) == stage,
                _ => false,
            },
            Gate::Constant => {
                let bits = |literal: Option<f64>| literal.map(f64::to_bits);
                bits(self.program.literal(own)).is_some_and(|own| bits(program.exact_literal(stage)) == Some(own))
            }
            _ => program.name(stage).is_none() && self.match_gate(own, program, program.gate(stage), program.operands(stage), bound),
        }
    }

    fn match_gate(&self, own: StageId, program: &Program, gate: Gate, theirs: &[StageId], bound: &mut Vec<Option<StageId>>) -> bool {
        let mine = self.program.operands(own);
        if self.program.gate(own) != gate || mine.len() != theirs.len() {
            return false;
        }
        let before = bound.clone();
        if mine.iter().zip(theirs).all(|(&mine, &theirs)| self.match_stage(mine, program, theirs, bound)) {
            return true;
        }
        *bound = before;
        let swapped = mine.iter().zip(theirs.iter().rev());
        gate.row().commutes && swapped.into_iter().all(|(&mine, &theirs)| self.match_stage(mine, program, theirs, bound))
    }
}

/// A case of a gate and the text that takes its place.
type Case = (Template, Template);

impl Rules {
    /// The slope of a gate for its operand `at` under a rule for ties.
    pub fn slope(&mut self, gate: Gate, at: usize, ties: Ties) -> Slope {
        let row = gate.row();
        // Every operand of a gate of any number of them has the slope of `x`.
        let at = if row.arity().is_none() { 0 } else { at };
        if at >= row.slopes.len() {
            return Slope::Blocked;
        }
        let split = ties == Ties::Split && !row.split.is_empty();
        let columns = row.slopes.len() * 2;
        let column = at + if split { row.slopes.len() } else { 0 };
        if self.slopes.is_empty() {
            self.slopes = vec![Vec::new(); TABLE.len()];
        }
        let known = &mut self.slopes[gate as usize];
        if known.is_empty() {
            known.resize(columns, None);
        }
        if let Some(slope) = &known[column] {
            return slope.clone();
        }
        let text = if split { row.split[at] } else { row.slopes[at] };
        let slope = self.read_slope(gate, text);
        self.slopes[gate as usize][column] = Some(slope.clone());
        slope
    }

    fn read_slope(&mut self, gate: Gate, text: &'static str) -> Slope {
        if text.is_empty() {
            return Slope::Blocked;
        }
        let template = self.text(gate, text);
        Self::sloped(template)
    }

    /// The constants that the slopes of a gate speak of.
    pub fn constants(&mut self, gate: Gate) -> Vec<Constant> {
        let row = gate.row();
        let texts = row.slopes.iter().chain(row.split).filter(|text| !text.is_empty());
        texts.flat_map(|text| self.text(gate, text).program.constants().to_vec()).collect()
    }

    /// Puts another text in the place of the slope of a gate for an operand, so that a test sees what a wrong one does.
    ///
    /// # Errors
    /// Where the text is not in the language.
    pub fn falsify(&mut self, gate: Gate, at: usize, text: &str) -> Result<(), Fault> {
        // The texts of the row are read first, so that there is a place.
        let _ = self.slope(gate, at, Ties::Course);
        let template = Arc::new(Template::read(gate.row(), text, &mut Reading(self))?);
        self.slopes[gate as usize][at] = Some(Self::sloped(template));
        Ok(())
    }

    fn sloped(template: Arc<Template>) -> Slope {
        if template.speaks_of(Hole::Upstream) {
            Slope::Whole(Arc::new(template.chained()))
        } else if template.number() == Some(1.0) {
            Slope::One
        } else {
            Slope::Local(template)
        }
    }

    /// The gate's expansion into smaller gates, if it has one.
    pub fn primitive(&mut self, gate: Gate) -> Option<Arc<Template>> {
        self.optional(gate, gate.row().primitive)
    }

    /// How a person stages the gate when its last operand is compound, if there is such a way.
    pub fn staged(&mut self, gate: Gate) -> Option<Arc<Template>> {
        self.optional(gate, gate.row().staged)
    }

    /// The gate, and its operands, as which a person reads `gate` applied to `operands`.
    pub fn reading(&mut self, program: &Program, gate: Gate, operands: &[StageId]) -> Option<(Gate, Vec<StageId>)> {
        let row = gate.row();
        if row.readings.is_empty() || !operands.iter().any(|&operand| program.literal(operand).is_some()) {
            return None;
        }
        let readings = Arc::clone(self.readings.entry(gate).or_insert_with(|| cases(row, row.readings)));
        readings.iter().find_map(|(case, reading)| {
            let bound = case.matches(program, gate, operands)?;
            let given = reading.program.operands(reading.root).iter().filter_map(|&operand| {
                match reading.holes.get(reading.program.leaf(operand)) {
                    Some(Hole::Operand(at)) => bound[*at],
                    _ => None,
                }
            });
            Some((reading.program.gate(reading.root), given.collect()))
        })
    }

    /// A simpler stage that equals `gate` applied to `operands` for every f64, if there is one.
    fn identity(&mut self, program: &mut Program, gate: Gate, operands: &[StageId]) -> Option<StageId> {
        let row = gate.row();
        if row.identities.is_empty() || !operands.iter().any(|&operand| program.literal(operand).is_some()) {
            return None;
        }
        let identities = Arc::clone(self.identities.entry(gate).or_insert_with(|| cases(row, row.identities)));
        let (simpler, bound) = identities.iter().find_map(|(case, simpler)| Some((simpler, case.matches(program, gate, operands)?)))?;
        // An operand that the case does not speak of stands for none in the simpler text either.
        let bound: Vec<StageId> = bound.iter().zip(operands).map(|(bound, &operand)| bound.unwrap_or(operand)).collect();
        Some(
            simpler.fill(program, &Fill::operands(gate, &bound), &mut |program, gate, operands| {
                program.share(gate, operands, Span::default())
            }),
        )
    }

    /// What people write for larger gates, the longest form first.
    pub fn forms(&mut self) -> Forms {
        if let Some(forms) = &self.forms {
            return Arc::clone(forms);
        }
        let mut forms = Vec::new();
        for row in TABLE {
            forms.extend(row.forms.iter().map(|text| (row.gate, self.text(row.gate, text))));
        }
        forms.sort_by_key(|(_, template)| std::cmp::Reverse(template.size()));
        let forms = Arc::new(forms);
        self.forms = Some(Arc::clone(&forms));
        forms
    }

    /// What keeps digits that the operands of a gate lose: each case and what to write for it, with up to three letters for operands.
    pub fn keeps(&mut self, gate: Gate) -> Ways {
        if let Some(known) = self.kept.get(&gate) {
            return Arc::clone(known);
        }
        let row = Row { operands: &["x", "y", "z"], axis: Axis::None, ..*gate.row() };
        let mut read = |text: &str| {
            let template = Template::read(&row, text, &mut Reading(self));
            Arc::new(template.unwrap_or_else(|_| broken("a test reads every text of the table")))
        };
        let kept = row.fuses.iter().chain(row.keeps).map(|(case, better)| (read(case), read(better))).collect();
        let kept = Arc::new(kept);
        self.kept.insert(gate, Arc::clone(&kept));
        kept
    }

    /// What larger gates make of a gate applied to operands, where they are no gate alone; the stage that it becomes.
    pub fn fused(&mut self, program: &mut Program, gate: Gate, operands: &[StageId], span: Span) -> Option<StageId> {
        let count = gate.row().fuses.len();
        let known = if count == 0 { return None } else { self.keeps(gate) };
        let (better, bound) = known[..count].iter().find_map(|(case, better)| Some((better, case.matches(program, gate, operands)?)))?;
        let any = bound.iter().flatten().next().copied()?;
        let bound: Vec<StageId> = bound.into_iter().map(|bound| bound.unwrap_or(any)).collect();
        Some(better.fill(program, &Fill::operands(gate, &bound), &mut |program, gate, operands| program.share(gate, operands, span)))
    }

    /// The gate that a gate applied to operands is the last stage of, as a person stages it, and its operands.
    pub fn whole_of(&mut self, program: &Program, gate: Gate, operands: &[StageId]) -> Option<(Gate, Vec<StageId>)> {
        TABLE.iter().filter(|row| !row.staged.is_empty()).find_map(|row| {
            let bound = self.text(row.gate, row.staged).matches(program, gate, operands)?;
            Some((row.gate, bound.into_iter().flatten().collect()))
        })
    }

    /// What to write instead of a gate applied to `operands`, and what `x` stands for in it.
    pub fn instead(&mut self, program: &Program, gate: Gate, operands: &[StageId]) -> Option<(&'static str, StageId)> {
        gate.row().instead.iter().find_map(|&(case, better)| {
            let bound = self.text(gate, case).matches(program, gate, operands)?;
            Some((better, bound.into_iter().flatten().next()?))
        })
    }

    /// A text of a gate's row, read as a person reads it: `1 / x` is an inverse.
    ///
    /// # Panics
    /// When the text is not in the language, which a test excludes for every row.
    pub fn text(&mut self, gate: Gate, text: &'static str) -> Arc<Template> {
        if let Some(template) = self.texts.get(&(gate, text)) {
            return Arc::clone(template);
        }
        let template =
            Template::read(gate.row(), text, &mut Reading(self)).unwrap_or_else(|_| broken("a test reads every text of the table"));
        let template = Arc::new(template);
        self.texts.insert((gate, text), Arc::clone(&template));
        template
    }

    fn optional(&mut self, gate: Gate, text: &'static str) -> Option<Arc<Template>> {
        (!text.is_empty()).then(|| self.text(gate, text))
    }

    /// Fills in a slope's template, applying the exact identities.
    pub fn fill(&mut self, template: &Template, program: &mut Program, fill: &Fill<'_>) -> StageId {
        let mut filled = std::mem::take(&mut self.filled);
        let mut push = |program: &mut Program, gate: Gate, operands: &[StageId]| simplest(self, program, gate, operands);
        let root = sure(template.replay_into(&mut Stages { program, fill, push: &mut push }, &mut filled));
        self.filled = filled;
        root
    }
}

/// Cases of a gate, whose texts are calls and read as they are.
fn cases(row: &Row, texts: &[(&str, &str)]) -> Arc<Vec<Case>> {
    let read = |text: &str| Template::read(row, text, &mut Plain).unwrap_or_else(|_| broken("a test reads every text of the table"));
    Arc::new(texts.iter().map(|(case, to)| (read(case), read(to))).collect())
}

/// The stage that applies `gate` to `operands`, or a simpler one that has the same value for every f64.
pub fn simplest(rules: &mut Rules, program: &mut Program, gate: Gate, operands: &[StageId]) -> StageId {
    if let Some(value) = folded(program, gate, operands) {
        return program.add_constant(value, None, Span::default());
    }
    if gate.row().regroups
        && !program.is_open()
        && program.resolve(gate, operands).is_ok_and(|(_, shape)| shape == program.shape(operands[0]))
    {
        return operands[0];
    }
    match rules.identity(program, gate, operands) {
        Some(simpler) => simpler,
        None => program.share(gate, operands, Span::default()),
    }
}

/// Numbers as written are combined where the result is a number that a person would write; comparisons of what
/// depends on no input are decided.
fn folded(program: &Program, gate: Gate, operands: &[StageId]) -> Option<f64> {
    let row = gate.row();
    let fold = match row.family {
        Family::Comparison => operands.iter().all(|&operand| program.known(operand).is_some() && !program.is_read_rounded(operand)),
        Family::Arithmetic => operands.iter().all(|&operand| program.exact_literal(operand).is_some()),
        _ => false,
    };
    if !fold {
        return None;
    }
    let value = apply(gate, operands.len(), |at| program.known(operands[at]).unwrap_or_else(|| broken("what is folded is known")));
    // Sixteenths are exact and short; a third is neither. Of numbers that are none, the rest was rounded away.
    let exact = row.family == Family::Comparison || operands.iter().all(|&operand| program.known(operand).is_some_and(is_short_binary));
    (exact && is_short_binary(value) && value.abs() < 1e6).then_some(value)
}
