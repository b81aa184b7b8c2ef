//! How finely to cut: which gates an expression as written becomes.
//!
//! Knows the three levels of `--stages`; what each gate is made of, and what people write for it, stands in the
//! gate table.

use super::rule::{Hole, Rules, simplest};
use crate::forms::{Program, StageId};
use crate::ground::Span;
use crate::vocabulary::Gate;

/// A policy for turning an application of a gate into stages.
#[derive(Debug)]
pub enum Granularity<'a> {
    /// Every gate is one stage.
    Plain,
    /// Every gate is one stage, special readings included: how the gate table's own texts are read.
    Read(&'a mut Rules),
    /// What the user wrote; a quotient by a compound denominator becomes `invden = 1 / den` and a product.
    Written(&'a mut Rules),
    /// Larger gates where a form of theirs is recognised.
    Fused(&'a mut Rules),
    /// Smaller gates, as far as the gate table goes.
    Primitive(&'a mut Rules),
}

impl Granularity<'_> {
    /// The gate table's texts, where the policy has them.
    pub fn rules(&mut self) -> Option<&mut Rules> {
        match self {
            Self::Plain => None,
            Self::Read(rules) | Self::Written(rules) | Self::Fused(rules) | Self::Primitive(rules) => Some(rules),
        }
    }

    /// The stage that an operator stands for, its special readings included: `x^2` is a square.
    ///
    /// `compound` says whether the last operand was written as more than a number or a name.
    pub fn read(&mut self, program: &mut Program, gate: Gate, operands: &[StageId], span: Span, compound: bool) -> StageId {
        if let Some((to, operands)) = self.rules().and_then(|rules| rules.reading(program, gate, operands)) {
            return self.push(program, to, &operands, span);
        }
        if let Self::Written(rules) = self
            && compound
            && operands.last().is_some_and(|&last| program.varies(last))
            && let Some(template) = rules.staged(gate)
        {
            return template.fill(
                program,
                &mut Vec::new(),
                |hole| operand(operands, hole),
                |program, gate, operands| program.share(gate, operands, span),
            );
        }
        self.push(program, gate, operands, span)
    }

    /// The stage that stands for `gate` applied to `operands`.
    pub fn push(&mut self, program: &mut Program, gate: Gate, operands: &[StageId], span: Span) -> StageId {
        match self {
            Self::Plain | Self::Read(_) | Self::Written(_) => program.share(gate, operands, span),
            Self::Fused(rules) => {
                let stage = program.share(gate, operands, span);
                fuse(program, stage, span, rules)
            }
            Self::Primitive(rules) => expand(program, gate, operands, span, rules),
        }
    }
}

/// The operand that fills a hole.
fn operand(operands: &[StageId], hole: Hole) -> StageId {
    match hole {
        Hole::Operand(at) => operands[at],
        // Such texts speak of operands only, which a test sees to.
        _ => operands[0],
    }
}

/// The larger gate that `stage` completes, or `stage`. Every step makes the expression shorter.
fn fuse(program: &mut Program, stage: StageId, span: Span, rules: &mut Rules) -> StageId {
    let forms = rules.forms();
    let mut stage = stage;
    loop {
        let (gate, operands) = (program.gate(stage), program.operands(stage));
        let larger = forms.iter().find_map(|(larger, form)| Some((*larger, form.matches(program, gate, operands)?)));
        let Some((larger, bound)) = larger else { return stage };
        let operands: Vec<StageId> = bound.into_iter().flatten().collect();
        stage = program.share(larger, &operands, span);
    }
}

/// The smaller gates that `gate` is made of. The recursion is as deep as the table's texts are nested.
fn expand(program: &mut Program, gate: Gate, operands: &[StageId], span: Span, rules: &mut Rules) -> StageId {
    if let Some(template) = rules.primitive(gate) {
        return template.fill(
            program,
            &mut Vec::new(),
            |hole| operand(operands, hole),
            |program, gate, operands| expand(program, gate, operands, span, rules),
        );
    }
    // The notes' gates `c+x` and `a*x`: one operand, and a constant that needs no gradient.
    match (gate.row().with_constant, operands) {
        (Some(unary), &[x, y]) if program.varies(x) && program.known(y).is_some() => program.share(unary, &[x, y], span),
        (Some(unary), &[x, y]) if program.varies(y) && program.known(x).is_some() => program.share(unary, &[y, x], span),
        (Some(_), &[x, y]) if program.literal(x).is_some() && program.literal(y).is_some() => simplest(rules, program, gate, operands),
        _ => program.share(gate, operands, span),
    }
}
