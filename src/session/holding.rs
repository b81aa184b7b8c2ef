//! What a session holds from one statement to the next, and what of it no name needs any more.
//!
//! Knows sizes; no statement's meaning.

use super::Session;
use super::cached::ValueCache;
use crate::forms::parse::tokens;
use crate::forms::program::MOST_SHAPES;
use crate::forms::{Program, Written, parse_into};
use crate::ground::{Budget, Fault, Span, Value};
use crate::vocabulary::ast::{Statement, StatementKind, Tree};
use hashbrown::HashMap;
use std::sync::Arc;

/// How many stages, bytes of arrays and shapes a program holds before it is worth looking for what is of no use.
const FEW: [usize; 3] = [1 << 16, 1 << 26, 1 << 10];

/// For how many nodes a tree has room at most whose memory is kept for the next one.
const SMALL_TREE: usize = 256;

/// When a session leaves behind what it does not need, and what it held when that was last counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holding {
    /// The stages, the bytes of arrays and the shapes of the program at which it is time to leave some behind.
    roomy: [usize; 3],
    /// What was held by a count of every holder, and then with each array counted once.
    counted: (usize, usize),
}

impl Default for Holding {
    fn default() -> Self {
        Self { roomy: FEW, counted: (0, 0) }
    }
}

/// The stages, the bytes of arrays and the shapes of a program.
fn load(program: &Program) -> [usize; 3] {
    [program.len(), program.array_bytes(), program.shape_count()]
}

impl Session {
    /// What it may use.
    pub fn budget(&self) -> &Budget {
        &self.scratch.limits.budget
    }

    /// How many numbers there is room for beside those that the session holds.
    pub fn numbers_left(&mut self) -> usize {
        self.begin();
        self.budget().numbers_left()
    }

    /// A text as a tree, which has room in the budget for its names.
    pub(super) fn parsed<'a>(&mut self, written: impl Into<Written<'a>>) -> Result<Tree, Fault> {
        let written = written.into();
        let text = written.text;
        let budget = &self.scratch.limits.budget;
        if text.len() > budget.text() {
            return Err(budget.too_long("the text", budget.text(), Span::new(0, text.chars().next().map_or(0, char::len_utf8))));
        }
        let symbols = Arc::make_mut(&mut self.symbols);
        let before = symbols.len();
        let tree = parse_into(self.last_tree.take().and_then(Arc::into_inner), written, symbols);
        if symbols.len() > budget.names().max(before) {
            // The first name that has no room.
            let name = symbols.name(crate::vocabulary::Symbol::new(budget.names().max(before)));
            let token = tokens::all(text).into_iter().find(|token| token.span.of(text) == name);
            let fault = budget.too_many_names(token.map_or(Span::new(0, text.len()), |token| token.span));
            symbols.truncate(before);
            return Err(fault);
        }
        tree
    }

    /// A tree that is shared by what runs it. One that is small is kept: once nothing else has it the next text is read into its memory.
    pub(super) fn shared(&mut self, tree: Tree) -> Arc<Tree> {
        let tree = Arc::new(tree);
        self.last_tree = (tree.room() <= SMALL_TREE).then(|| Arc::clone(&tree));
        tree
    }

    /// A statement begins: the budget is told what those before have left.
    pub(super) fn begin(&mut self) {
        // What was found of stages can be found again.
        if self.cache.bytes() > self.scratch.limits.budget.bytes() / 8 {
            self.cache = ValueCache::default();
        }
        let kept = self.kept();
        self.scratch.limits.budget.begin(kept);
    }

    /// The bytes that the session holds. Where they are a small part of the budget, an array that has two names may count twice.
    pub fn kept(&mut self) -> usize {
        let upper = self.upper();
        if upper <= self.scratch.limits.budget.bytes() / 4 {
            return upper;
        }
        if self.holding.counted.0 != upper {
            self.holding.counted = (upper, Self::held_by([&*self].into_iter()));
        }
        self.holding.counted.1
    }

    /// The bytes that it holds, by a count of every holder.
    fn upper(&self) -> usize {
        let set: usize = self.given().map(Value::bytes).sum();
        self.program.bytes()
            + self.cache.bytes()
            + self.program.array_bytes()
            + self.names.array_bytes()
            + self.names.gradient_bytes()
            + set
    }

    /// The bytes that several sessions hold, an array that they share counted once.
    pub fn held_by<'a>(sessions: impl Iterator<Item = &'a Self>) -> usize {
        let mut arrays: HashMap<*const f64, usize> = HashMap::new();
        let mut stages = 0;
        for session in sessions {
            stages += session.program.bytes();
            let held = session.program.arrays().chain(session.names.arrays()).chain(session.given());
            arrays.extend(held.map(|value| (value.numbers().as_ptr(), value.bytes())));
        }
        stages + arrays.values().sum::<usize>()
    }

    /// The values that settings hold.
    fn given(&self) -> impl Iterator<Item = &Value> {
        let steps = self.settings.along.iter().chain(&self.settings.nudge).chain(&self.settings.sd).map(|(_, step)| step);
        self.settings.upstream.iter().chain(steps)
    }

    /// Takes back the stages that a statement has added from a position on, unless a name stands for one of them, so that a
    /// session does not grow with its questions and its numbers.
    pub(super) fn leave_behind(&mut self, statement: &Statement, before: usize) {
        let named = match &statement.kind {
            StatementKind::Name { name, .. } => self.names.stage(*name).is_some_and(|stage| stage.at() >= before),
            _ => false,
        };
        if !named {
            self.program.truncate(before);
            self.cache.truncate(before);
            self.names.cut_back(before);
        }
        if load(&self.program).iter().zip(self.holding.roomy).any(|(&held, roomy)| held > roomy) {
            self.compact();
        }
    }

    /// Leaves behind the stages that no name stands for any more, so that a session does not grow with names given anew.
    /// Whether there were any.
    pub(super) fn compact(&mut self) -> bool {
        // Which stage they are of would not be known any more; where they cannot be made, no text names them.
        let _ = self.make_gradients(Span::default());
        self.names.take_deferred();
        let before = load(&self.program);
        let live = self.names.live();
        let (program, places) = self.program.compact(&live);
        self.names.moved(&live, &places);
        self.program = program;
        self.cache.leave();
        let budget = &self.scratch.limits.budget;
        let most = [budget.stages(), budget.bytes(), MOST_SHAPES];
        // Twice as much as is of use, so that the work is in proportion; near a limit less.
        let roomy = |at: usize, held: usize| FEW[at].max(2 * held).min(held + most[at].saturating_sub(held) / 2);
        let held = load(&self.program);
        self.holding.roomy = std::array::from_fn(|at| roomy(at, held[at]));
        held != before
    }
}
