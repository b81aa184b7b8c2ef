//! `sum(x[i]^2 for i in range(3))`: what is computed each time is written out as often as the names go, and added up.
//!
//! Knows how names go and what becomes of the rounds; what a round computes is lowered as everything is.

use super::subscripts::{Indexing, Subscript};
use super::{Frame, Lowering, SKIPPED, parameter};
use crate::forms::StageId;
use crate::ground::{Fault, FaultKind, Shape, Span, broken, number};
use crate::vocabulary::ast::{LIST, Node, NodeId};
use crate::vocabulary::library::is_foreign;
use crate::vocabulary::{Gate, Symbol};

/// What becomes of the rounds of a call.
#[derive(Debug)]
struct Rule {
    /// The name of the call.
    word: &'static str,
    /// What puts the rounds together, where it is not the gate of the call's own name.
    gate: Option<Gate>,
    /// Whether it takes all rounds at once, and not one after the other.
    at_once: bool,
    /// The value where there is no round.
    none: Option<f64>,
    /// Whether what comes out is divided by the number of rounds.
    mean: bool,
}

const PLAIN: Rule = Rule { word: "", gate: Some(Gate::Add), at_once: false, none: None, mean: false };

impl Rule {
    fn gate(&self) -> Gate {
        self.gate.or_else(|| Gate::named(self.word)).unwrap_or_else(|| broken("a call that takes a `for` has a gate"))
    }
}

/// The calls that a `for` may stand in, and the list.
const RULES: &[Rule] = &[
    Rule { word: "sum", none: Some(0.0), ..PLAIN },
    Rule { word: "prod", gate: Some(Gate::Mul), none: Some(1.0), ..PLAIN },
    Rule { word: "mean", mean: true, ..PLAIN },
    Rule { word: "max", gate: None, at_once: true, ..PLAIN },
    Rule { word: "min", gate: None, at_once: true, ..PLAIN },
    Rule { word: LIST, gate: Some(Gate::Stack), at_once: true, ..PLAIN },
];

/// What a name goes over.
#[derive(Debug)]
enum Elements {
    /// Numbers that no input changes.
    Numbers(Vec<f64>),
    /// Numbers by equal steps that are no whole numbers: the first, the step, and how many there are.
    Steps([StageId; 2], usize),
    /// The elements or rows of an array.
    Of(StageId, usize),
    /// In a dry run nothing is known, and there is one round.
    Unknown,
}

impl Elements {
    fn count(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Steps(_, count) | Self::Of(_, count) => *count,
            Self::Unknown => 1,
        }
    }
}

/// A name that goes.
#[derive(Debug)]
struct Level {
    name: Symbol,
    elements: Elements,
    /// The node that it goes over.
    node: NodeId,
    round: usize,
}

/// What is being written out round by round.
#[derive(Debug)]
pub(super) struct Looping {
    rule: &'static Rule,
    /// What is computed each time, then for each name its node and what it goes over.
    parts: Vec<NodeId>,
    /// The names that go, from the outermost, as far as it is known what they go over.
    levels: Vec<Level>,
    /// What the names stand for: those of what is around it, then its own.
    bound: Vec<(Symbol, StageId)>,
    around: usize,
    values: Vec<StageId>,
    rounds: usize,
    /// How often it goes in all, with what is around it, as far as that is known.
    times: f64,
    span: Span,
}

impl Looping {
    /// What a name that goes stands for in this round.
    pub(super) fn bound(&self, name: Symbol) -> Option<StageId> {
        self.bound.iter().rev().find(|(known, _)| *known == name).map(|&(_, stage)| stage)
    }

    /// Whether what the next name goes over is being computed, and not what the rounds are made of.
    fn opens_level(&self) -> bool {
        2 * self.levels.len() + 1 < self.parts.len()
    }

    /// Ends the names that have gone through all; false where none is left.
    fn settle(&mut self) -> bool {
        while let Some(level) = self.levels.last_mut() {
            if level.round < level.elements.count() {
                return true;
            }
            self.levels.pop();
            self.next_round();
        }
        false
    }

    fn next_round(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.round += 1;
        }
    }
}

/// What comes after a part of what is written out.
pub(super) enum Next {
    /// The next part.
    Round(Frame),
    /// The value of the whole.
    Whole(StageId),
}

impl Lowering<'_> {
    /// Whether a node is numbers by equal steps that a `for` goes over: they may be none at all, which no array can be.
    pub(super) fn is_gone_through(&self, frame: &Frame, node: NodeId) -> bool {
        if !frame.tree.is_gone_over(node) {
            return false;
        }
        match frame.tree.node(node) {
            Node::UpTo(_) => true,
            Node::Call(name, given) => {
                let given = frame.tree.operands(given);
                let plain = |node: &NodeId| !matches!(frame.tree.node(*node), Node::Keyword(..) | Node::Spread(_) | Node::Quoted);
                (1..=3).contains(&given.len()) && given.iter().all(plain) && self.is_range(frame, name)
            }
            _ => false,
        }
    }

    fn is_range(&self, frame: &Frame, name: Symbol) -> bool {
        let word = frame.letters(self.symbols).name(name);
        let own = frame.is_own() || self.scope.function(name).is_none();
        let word = if is_foreign(word) { word.rsplit('.').next().filter(|&last| last == "arange") } else { Some(word).filter(|_| own) };
        word.and_then(Gate::named) == Gate::named("range")
    }

    /// Begins what has a `for`; the stages are those of the frames so far.
    pub(super) fn begin_over(&mut self, frame: &Frame, node: NodeId, stages: &[StageId], span: Span) -> Result<Next, Fault> {
        let Node::Over(callee, given) = frame.tree.node(node) else { broken("what begins here has a `for`") };
        let rule = self.rule_of(frame, callee, span)?;
        let bound = frame.looping.as_ref().map_or_else(Vec::new, |looping| looping.bound.clone());
        let around = bound.len();
        let times = frame.looping.as_ref().map_or(1.0, |looping| looping.times);
        let parts = frame.tree.operands(given).to_vec();
        let elements = self.elements_of(frame, parts[2], stages, span)?;
        let looping = Looping { rule, parts, levels: Vec::new(), bound, around, values: Vec::new(), rounds: 0, times, span };
        let mut inner = Frame {
            tree: frame.tree.clone(),
            first: 0,
            next: 0,
            root: 0,
            base: stages.len(),
            call: frame.call.clone(),
            looping: None,
            in_statement: frame.in_statement,
        };
        self.go_on(&mut inner, Box::new(looping), Some(elements))
    }

    fn rule_of(&self, frame: &Frame, callee: Symbol, span: Span) -> Result<&'static Rule, Fault> {
        let word = frame.letters(self.symbols).name(callee);
        let yours = word != LIST && !frame.is_own() && self.scope.function(callee).is_some();
        let (says, help) = match RULES.iter().find(|rule| rule.word == word) {
            Some(rule) if !yours => return Ok(rule),
            _ if yours => (
                format!("`{word}` is a function of yours, and takes no `for`"),
                "what has a `for` is a vector in brackets of its own: `[...]`",
            ),
            _ => (
                format!("`{word}` takes no `for`"),
                "`sum`, `prod`, `mean`, `max` and `min` do; for any other function make a vector: `norm([x[i]^2 for i in range(3)])`",
            ),
        };
        Err(Fault::new(FaultKind::Name, span, says).label("here").help(help))
    }

    fn elements_of(&mut self, frame: &Frame, node: NodeId, stages: &[StageId], around: Span) -> Result<Elements, Fault> {
        if self.program.is_open() {
            return Ok(Elements::Unknown);
        }
        let span = if frame.in_statement { frame.tree.span(node) } else { around };
        let place = |node: NodeId| stages[frame.base + node.at() - frame.first];
        let over = place(node);
        if over == SKIPPED {
            return self.steps_of(frame, node, &place, span);
        }
        let shape = self.program.shape(over);
        let count = match shape {
            Shape::Scalar => {
                return Err(Fault::new(
                    FaultKind::Shape,
                    span,
                    "`for` goes over a vector or the rows of a matrix, and this is a single number",
                )
                .label("here")
                .help("write `range(n)` for the numbers 0 to n - 1, or `1..n`"));
            }
            Shape::Vector(count) | Shape::Matrix(count, _) => count as usize,
        };
        self.check_rounds(count as f64, span)?;
        if shape.rank() == 1 && !self.program.varies(over) {
            let value = self.constant_within(over, span)?;
            let written = self.program.constant(over).is_some_and(|constant| constant.name.is_none());
            if written || value.numbers().iter().all(|number| number.fract() == 0.0) {
                return Ok(Elements::Numbers(value.numbers().to_vec()));
            }
        }
        Ok(Elements::Of(over, count))
    }

    /// Numbers by equal steps.
    fn steps_of(&mut self, frame: &Frame, node: NodeId, place: &dyn Fn(NodeId) -> StageId, span: Span) -> Result<Elements, Fault> {
        let given = frame.tree.node(node).operands().map_or(&[][..], |given| frame.tree.operands(given));
        let last_too = matches!(frame.tree.node(node), Node::UpTo(_));
        let mut numbers = Vec::with_capacity(given.len());
        for &node in given {
            let Some(number) = self.program.known(place(node)) else { return Err(self.unknown_end(frame, node, place(node), span)) };
            numbers.push(number);
        }
        let (from, to, by) = match numbers[..] {
            [to] => (0.0, to, 1.0),
            [from, to] => (from, to, 1.0),
            [from, to, by] => (from, to, by),
            _ => broken("a range has one to three numbers"),
        };
        let steps = (to - from) / by;
        let count = if last_too { steps.floor() + 1.0 } else { steps.ceil() };
        if !from.is_finite() || !by.is_finite() || by == 0.0 || count.is_nan() {
            let says = format!(
                "numbers from {} to {} by steps of {} have no end",
                number::shortest(from),
                number::shortest(to),
                number::shortest(by)
            );
            return Err(Fault::new(FaultKind::Shape, span, says)
                .label("here")
                .help("a range goes by steps that are not 0, as in `range(0, 10, 2)`"));
        }
        self.check_rounds(count, span)?;
        let count = count.max(0.0) as usize;
        if from.fract() == 0.0 && by.fract() == 0.0 {
            return Ok(Elements::Numbers((0..count).map(|round| from + round as f64 * by).collect()));
        }
        let first = if given.len() > 1 { place(given[0]) } else { self.program.add_constant(0.0, None, span) };
        let step = if given.len() > 2 { place(given[2]) } else { self.program.add_constant(1.0, None, span) };
        Ok(Elements::Steps([first, step], count))
    }

    /// An end of a range that is no number, or not known before anything is computed.
    fn unknown_end(&self, frame: &Frame, node: NodeId, stage: StageId, around: Span) -> Fault {
        let span = if frame.in_statement { frame.tree.span(node) } else { around };
        let shape = self.program.shape(stage);
        if !shape.is_scalar() {
            return Fault::new(FaultKind::Shape, span, format!("an end of a range is a single number, and this is {shape}"))
                .label("here")
                .help("to go over the elements of an array, name it: `sum(v^2 for v in x)`");
        }
        let word = match frame.tree.node(node) {
            Node::Name(name) if parameter(frame, name).is_none() => frame.letters(self.symbols).name(name),
            _ => "",
        };
        let fault = |says: String, help: &str| Fault::new(FaultKind::Name, span, says).label("how far does it go?").help(help);
        if !word.is_empty() && !self.scope.is_known(word) {
            let help = format!("declare it before: `const {word} = 3`");
            return fault(format!("`{word}` has no value, and how often a `for` goes must be known"), &help).unknown([word]);
        }
        fault("how often a `for` goes must not change with an input".to_owned(), "write the number, or declare it: `const n = 3`")
    }

    /// There may be as many rounds as stages.
    fn check_rounds(&self, rounds: f64, span: Span) -> Result<(), Fault> {
        let budget = &self.scratch.limits.budget;
        if rounds <= budget.stages() as f64 {
            return Ok(());
        }
        let says = format!("this `for` goes {} times, and {} stages are made at most", number::shortest(rounds), budget.stages());
        let needed = budget.bytes() as f64 * (rounds / budget.stages() as f64);
        Err(Fault::new(FaultKind::Limit, span, says).label("too far").remedy(budget.or_raise("go less far", needed as usize)))
    }

    /// The next part: what the next name goes over, or a round; or the value of the whole.
    fn go_on(&mut self, frame: &mut Frame, mut looping: Box<Looping>, opened: Option<Elements>) -> Result<Next, Fault> {
        if let Some(elements) = opened {
            self.open_level(frame, &mut looping, elements)?;
        }
        if !looping.settle() {
            if looping.rounds == 0 {
                self.mention(frame, &looping);
            }
            return self.end_over(&mut looping).map(Next::Whole);
        }
        self.set_element(frame, &mut looping)?;
        let tree = &frame.tree;
        let root = if looping.opens_level() { looping.parts[2 * looping.levels.len() + 2] } else { looping.parts[0] };
        let first = tree.first_of(root).at();
        Ok(Next::Round(Frame {
            tree: tree.clone(),
            first,
            next: first,
            root: root.at(),
            base: frame.base,
            call: frame.call.take(),
            looping: Some(looping),
            in_statement: frame.in_statement,
        }))
    }

    /// What no round computes speaks of its names all the same.
    fn mention(&mut self, frame: &Frame, looping: &Looping) {
        let body = looping.parts[0];
        for at in frame.tree.first_of(body).at()..=body.at() {
            let Node::Name(name) = frame.tree.node(NodeId::new(at)) else { continue };
            match parameter(frame, name).or_else(|| looping.bound(name)) {
                Some(stage) => self.scope.idle(stage, self.program),
                None if !frame.is_own() => self.scope.mentioned(name, looping.span, self.program),
                None => {}
            }
        }
    }

    /// Goes one name deeper.
    fn open_level(&mut self, frame: &Frame, looping: &mut Looping, elements: Elements) -> Result<(), Fault> {
        let at = 2 * looping.levels.len() + 1;
        let Node::Bound(name) = frame.tree.node(looping.parts[at]) else { broken("a name stands behind `for`") };
        let node = looping.parts[at + 1];
        // Where no name decides how far another goes, it is known how often all of it goes.
        let free = (frame.tree.first_of(node).at()..=node.at()).all(|at| !matches!(frame.tree.node(NodeId::new(at)), Node::Bound(_)));
        let first = looping.levels.iter().all(|level| level.round == 0);
        if first {
            looping.times = if free { looping.times * elements.count() as f64 } else { 1.0 };
            self.check_rounds(looping.times, looping.span)?;
        }
        looping.levels.push(Level { name, elements, node, round: 0 });
        Ok(())
    }

    /// Gives the innermost name that goes its element.
    fn set_element(&mut self, frame: &Frame, looping: &mut Looping) -> Result<(), Fault> {
        let depth = looping.levels.len();
        let Some(Level { name, elements, node, round }) = looping.levels.last() else { broken("a round has a name that goes") };
        let (name, round, span) = (*name, *round, looping.span);
        let element = match elements {
            Elements::Numbers(numbers) => self.program.add_constant(numbers[round], None, span),
            Elements::Unknown => self.program.add_constant(f64::NAN, None, span),
            &Elements::Steps([first, step], _) => {
                let times = self.program.add_constant(round as f64, None, span);
                let way = self.staging.operator(self.program, Gate::Mul, &[times, step], span, false);
                self.staging.operator(self.program, Gate::Add, &[first, way], span, false)
            }
            &Elements::Of(of, _) => {
                let at = self.program.add_constant(round as f64, None, span);
                let indexing = Indexing { tree: &frame.tree, given: &[*node], span, own: frame.in_statement };
                self.elements(of, &[Subscript::Single(at, *node)], &indexing)?
            }
        };
        looping.bound.truncate(looping.around + depth - 1);
        looping.bound.push((name, element));
        Ok(())
    }

    /// Takes what a frame has computed: what the next name goes over, or the value of a round.
    pub(super) fn end_part(&mut self, mut frame: Frame, stages: &[StageId]) -> Result<Next, Fault> {
        let Some(mut looping) = frame.looping.take() else { broken("what ends here has a `for`") };
        if looping.opens_level() {
            let elements = self.elements_of(&frame, NodeId::new(frame.root), stages, looping.span)?;
            return self.go_on(&mut frame, looping, Some(elements));
        }
        looping.rounds += 1;
        self.scratch.rounds += 1;
        self.check_rounds(self.scratch.rounds as f64, looping.span)?;
        self.take(&mut looping, stages[stages.len() - 1])?;
        looping.next_round();
        self.go_on(&mut frame, looping, None)
    }

    /// Puts a round to those before it.
    fn take(&mut self, looping: &mut Looping, value: StageId) -> Result<(), Fault> {
        let gate = looping.rule.gate();
        match looping.values.last().copied().filter(|_| !looping.rule.at_once) {
            None => looping.values.push(value),
            Some(before) => {
                self.check_together(looping, &[before, value])?;
                looping.values[0] = self.staging.operator(self.program, gate, &[before, value], looping.span, false);
            }
        }
        Ok(())
    }

    fn check_together(&self, looping: &Looping, values: &[StageId]) -> Result<(), Fault> {
        if self.program.resolve(looping.rule.gate(), values).is_ok() {
            return Ok(());
        }
        let shape = |&value: &StageId| self.program.shape(value);
        let first = shape(&values[0]);
        let other = values.iter().map(shape).find(|&shape| shape != first).unwrap_or(first);
        let says = if looping.rule.word == LIST && first == other {
            format!("every round is {first}, and a list of them would have more than two axes")
        } else {
            format!("one round is {first} and another {other}, and they do not go together")
        };
        Err(Fault::new(FaultKind::Shape, looping.span, says).label("here").help("every round has a value of the same shape"))
    }

    /// The value of the whole.
    fn end_over(&mut self, looping: &mut Looping) -> Result<StageId, Fault> {
        let (rule, span) = (looping.rule, looping.span);
        let mut values = std::mem::take(&mut looping.values);
        if values.is_empty() {
            return self.without_rounds(rule, span);
        }
        if rule.word == LIST {
            self.check_together(looping, &values)?;
            return Ok(match super::literal(self.program, &values) {
                Some(value) => self.program.add_constant(value, None, span),
                None => self.program.share(Gate::Stack, &values, span),
            });
        }
        if rule.at_once && values.len() > 1 {
            self.check_together(looping, &values)?;
            let (_, shape) = self.program.resolve(rule.gate(), &values).unwrap_or_else(|_| broken("the rounds go together"));
            return Ok(self.call(rule.gate(), &mut values, shape, span));
        }
        if rule.mean {
            let count = self.program.add_constant(looping.rounds as f64, None, span);
            return Ok(self.staging.operator(self.program, Gate::Div, &[values[0], count], span, false));
        }
        Ok(values[0])
    }

    fn without_rounds(&mut self, rule: &Rule, span: Span) -> Result<StageId, Fault> {
        let says = match (rule.none, rule.word) {
            (Some(none), _) => return Ok(self.program.add_constant(none, None, span)),
            (None, LIST) => "a vector has one element at least, and there is no round".to_owned(),
            (None, word) => format!("`{word}` of nothing has no value, and there is no round"),
        };
        Err(Fault::new(FaultKind::Shape, span, says).label("goes over nothing").help("go over one number at least, as in `range(1)`"))
    }

    /// Where the names have come to that go, in words; nothing where there are none.
    pub(super) fn rounds_in(&self, frames: &[Frame]) -> Option<String> {
        let levels = frames.iter().filter_map(|frame| Some((frame.looping.as_ref()?, frame.letters(self.symbols))));
        let told: Vec<String> =
            levels.flat_map(|(looping, letters)| looping.levels.iter().map(|level| level.says(letters.name(level.name)))).collect();
        (!told.is_empty()).then(|| format!(" (where {})", told.join(", ")))
    }
}

impl Level {
    /// Where it has come to, in words: `i is 3`.
    fn says(&self, word: &str) -> String {
        match &self.elements {
            Elements::Numbers(numbers) if self.round < numbers.len() => format!("{word} is {}", number::shortest(numbers[self.round])),
            _ => format!("{word} is element {}", self.round),
        }
    }
}
