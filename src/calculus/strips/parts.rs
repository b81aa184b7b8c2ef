//! A run over a whole array: in parts, several at a time where the array is long and the machine has threads.
//!
//! What is found in the parts joins in their order: the numbers are the same with any number of threads. Knows no gate.

use super::engine::{Engine, Op, Own, Scratch, Unmade};
use super::found::{Finding, Found};
use super::{Outside, Places, Run, Strip};
use crate::calculus::watch::Watch;
use crate::ground::{Cancellation, cores};
use crate::vocabulary::gate::bounds::Bounds;
use crate::vocabulary::lanes::PART;
use std::ops::{ControlFlow, Range};
use std::sync::{Mutex, PoisonError};

/// So many numbers of all gates are computed by several threads: a thread takes the time of some 20,000 to begin.
const SEVERAL: usize = 1 << 20;

/// A part of an array that is computed at a time.
struct Part<'o> {
    range: Range<usize>,
    own: Own<'o>,
}

/// What is used again from part to part.
struct Used<W> {
    scratch: Scratch,
    bounds: Vec<Option<Bounds>>,
    /// Whether a gate is anything to the watch, and what passes on what that knows of its operands, by its place among the gates.
    minds: Vec<bool>,
    passes_on: Vec<bool>,
    /// The gates about which nothing matters whatever their operands are, in the part at hand, and in the strip, by their place in the run.
    harmless: Vec<bool>,
    ruled_out: Vec<bool>,
    ordinary: Vec<bool>,
    watch: W,
}

/// How many gates may pass on to one another that nothing matters: each may make numbers twice as large.
const MOST_PASSED: usize = 64;

impl<W: Watch> Used<W> {
    fn of(engine: &Engine<'_, '_>, watch: W) -> Self {
        // What only hands numbers on was seen where they come from.
        let minds = engine.ops.iter().map(|op| !engine.hands_on(op) && watch.minds(op.instruction.id, &op.twins)).collect();
        let mut passed = vec![0; engine.gates()];
        let passes_on = |op: &Op<'_, '_>| {
            let before = op.made().map(|made| passed[made]).max().unwrap_or(0);
            passed[op.at] = before + 1;
            before < MOST_PASSED && watch.passes_on(op.instruction.gate)
        };
        let passes_on = engine.ops.iter().map(passes_on).collect();
        let mut harmless = vec![false; engine.gates()];
        for op in &engine.ops {
            let gate = op.instruction.gate;
            harmless[op.at] = gate.row().bounds.and_then(|rule| rule(&[])).is_some_and(|bounds| watch.rules_out(&bounds));
        }
        let (ruled_out, ordinary) = (harmless.clone(), harmless.clone());
        Self { scratch: engine.scratch(), bounds: Vec::new(), minds, passes_on, harmless, ruled_out, ordinary, watch }
    }
}

impl Run {
    /// Computes every gate over all numbers into the place of its own that it has, if any; `watch` sees what may matter to it.
    pub(crate) fn evaluate<W: Watch>(
        &self,
        outside: &dyn Outside<'_>,
        own: &mut [Option<&mut [f64]>],
        watch: &mut W,
        cancellation: &Cancellation,
    ) -> ControlFlow<(), Found> {
        let mut engine = Engine::of(self, 0..self.instructions.len(), Places::All, outside, &|at| own[at].is_some());
        engine.leave_out();
        engine.leave_unmade();
        let (size, mut found) = (self.shape.size(), Finding::of(self));
        engine.see_uniform(|op, strip| {
            watch.see(strip);
            found.see_same(&op.asked, strip, size);
        });
        self.fill_uniform(&engine, own);
        let parts = self.parts(own);
        let mut used = Used::of(&engine, watch.fork());
        let threads = if size.saturating_mul(engine.ops.len()) < SEVERAL { 1 } else { cores().min(parts.len()) };
        let finished = if threads == 1 {
            parts.into_iter().all(|part| {
                found.join(&self.part(&engine, part, &mut used));
                !cancellation.is_cancelled()
            })
        } else {
            let mut findings = vec![Finding::default(); parts.len()];
            let queue = Mutex::new(parts.into_iter().zip(&mut findings));
            // One at a time takes the next part.
            let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let work = |used: &mut Used<W>| {
                while !cancellation.is_cancelled()
                    && let Some((part, finding)) = next()
                {
                    *finding = self.part(&engine, part, used);
                }
            };
            std::thread::scope(|scope| {
                let others: Vec<_> = (1..threads)
                    .map(|_| {
                        let mut used = Used::of(&engine, used.watch.fork());
                        let work = &work;
                        scope.spawn(move || {
                            work(&mut used);
                            used.watch
                        })
                    })
                    .collect();
                work(&mut used);
                for other in others {
                    match other.join() {
                        Ok(other) => watch.join(other),
                        Err(panic) => std::panic::resume_unwind(panic),
                    }
                }
            });
            drop(queue);
            for finding in &findings {
                found.join(finding);
            }
            !cancellation.is_cancelled()
        };
        watch.join(used.watch);
        if finished { ControlFlow::Continue(found.found(self)) } else { ControlFlow::Break(()) }
    }

    /// The stored gates that are one number everywhere are filled with it.
    fn fill_uniform(&self, engine: &Engine<'_, '_>, own: &mut [Option<&mut [f64]>]) {
        for (at, own) in own.iter_mut().enumerate() {
            let from = self.computes(at);
            if let (Some(own), true) = (own, self.instructions[from].uniform) {
                own.fill(engine.number(from));
            }
        }
    }

    /// The parts of all numbers, each with those of the stored gates.
    fn parts<'o>(&self, own: &'o mut [Option<&mut [f64]>]) -> Vec<Part<'o>> {
        let size = self.shape.size();
        let range = |at: usize| at * PART..size.min((at + 1) * PART);
        let part = |at: usize| Part { range: range(at), own: Vec::with_capacity(own.len()) };
        let mut parts: Vec<Part<'o>> = (0..size.div_ceil(PART)).map(part).collect();
        for own in own.iter_mut() {
            match own {
                Some(own) => own.chunks_mut(PART).zip(&mut parts).for_each(|(own, part)| part.own.push(Some(own))),
                None => parts.iter_mut().for_each(|part| part.own.push(None)),
            }
        }
        parts
    }

    /// Computes a part, and gives what is found there.
    fn part<W: Watch>(&self, engine: &Engine<'_, '_>, mut part: Part<'_>, used: &mut Used<W>) -> Finding {
        let mut finding = Finding::of(self);
        let Used { scratch, bounds, minds, passes_on, harmless, ruled_out, ordinary, watch } = used;
        engine.bounds(&part.range, bounds);
        for op in &engine.ops {
            ruled_out[op.at] = harmless[op.at] || bounds[op.at].is_some_and(|bounds| watch.rules_out(&bounds));
        }
        for (index, op) in engine.ops.iter().enumerate() {
            let is_unseen = ruled_out[op.at] || !minds[index];
            scratch.unmade[index] = op.unmade.filter(|_| is_unseen);
            scratch.bare[index] = is_unseen && !op.asked.is_compared();
        }
        scratch.passed.fill(false);
        for (index, op) in engine.ops.iter().enumerate() {
            if let (Some(_), Some((before, _))) = (scratch.unmade[index], op.through) {
                let passed = &engine.ops[before];
                let is_free = ruled_out[passed.at] || !minds[before];
                scratch.passed[before] = is_free && bounds[passed.at].is_some_and(|bounds| bounds.are_normal_when_doubled());
            }
        }
        let mut see = |index: usize, op: &Op<'_, '_>, strip: &Strip<'_>, len: usize| {
            if !op.asked.is_nothing() {
                see(&mut finding, op, strip, len);
            }
            ordinary[op.at] = ruled_out[op.at]
                || minds[index] && (passes_on[index] && op.is_made_of(|made| ordinary[made], is_ordinary) || watch.see(strip));
        };
        engine.compute(Places::All, part.range.clone(), &mut part.own, scratch, &mut see);
        finding
    }
}

/// Whether nothing can matter about a number.
fn is_ordinary(number: f64) -> bool {
    number == 0.0 || (1e-100..1e100).contains(&number.abs())
}

/// What is found of a strip that stands for so many numbers.
fn see(finding: &mut Finding, op: &Op<'_, '_>, strip: &Strip<'_>, len: usize) {
    if let (true, Some(unmade), [first, second]) = (strip.out.is_empty(), op.unmade, strip.operands) {
        match unmade {
            Unmade::Scaled(_) => finding.see_scaled(&op.asked, first, second[0]),
            Unmade::Products => finding.see_products(&op.asked, [first, second]),
        }
        return;
    }
    if strip.out.len() == len {
        finding.see(&op.asked, strip);
        return;
    }
    finding.see_same(&op.asked, strip, len);
}
