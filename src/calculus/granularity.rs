//! How finely to cut: which stages an expression as written becomes.
//!
//! Knows the three levels of `--stages`; what each gate is made of, and what people write for it, stands in the
//! gate table.

use super::backprop::{Path, backprop};
use super::lower::{Limits, Staging};
use super::range::value_within;
use super::rule::{Fill, Rules, Ties, simplest};
use crate::forms::{Program, StageId};
use crate::ground::{Fault, Span, Value};
use crate::vocabulary::Gate;

/// How finely expressions are cut into stages.
///
/// ```
/// use gradcalc::{Granularity, Session, Settings};
/// let mut settings = Settings::default();
/// settings.stages = Granularity::Fused;
/// let answer = Session::with(settings).answer("x = 1; 1/(1 + exp(-x))")?;
/// assert_eq!(answer.stages()[0].gate, "sigma");
/// # Ok::<(), gradcalc::Fault>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Granularity {
    /// As the user wrote them; a quotient by a compound denominator becomes `invden = 1 / den` and a product.
    #[default]
    Written,
    /// Into larger gates where a form of theirs is recognised.
    Fused,
    /// Into smaller gates, as far as the gate table goes.
    Primitive,
}

/// Makes the stages of a user's expression.
#[derive(Debug)]
pub struct Stager<'a> {
    /// The gate table's texts.
    pub rules: &'a mut Rules,
    /// How finely to cut.
    pub granularity: Granularity,
    /// Who gets the gradient at a tie, in derivatives that the expression asks for.
    pub ties: Ties,
}

impl Staging for Stager<'_> {
    fn operator(&mut self, program: &mut Program, gate: Gate, operands: &[StageId], span: Span, compound: bool) -> StageId {
        if let Some((to, operands)) = self.rules.reading(program, gate, operands) {
            return self.call(program, to, &operands, span);
        }
        if self.granularity == Granularity::Written
            && compound
            && operands.last().is_some_and(|&last| program.varies(last))
            && let Some(template) = self.rules.staged(gate)
        {
            return template
                .fill(program, &Fill::operands(gate, operands), &mut |program, gate, operands| program.share(gate, operands, span));
        }
        self.call(program, gate, operands, span)
    }

    fn value(&mut self, program: &Program, output: StageId, inputs: &[Value], limits: &Limits, span: Span) -> Result<Value, Fault> {
        value_within(program, output, inputs, limits, span)
    }

    fn call(&mut self, program: &mut Program, gate: Gate, operands: &[StageId], span: Span) -> StageId {
        match self.granularity {
            Granularity::Written => program.share(gate, operands, span),
            Granularity::Fused => {
                let stage = program.share(gate, operands, span);
                fuse(program, stage, span, self.rules)
            }
            Granularity::Primitive => expand(program, gate, operands, span, self.rules),
        }
    }

    fn derivative(&mut self, program: &mut Program, of: StageId, with: StageId) -> Option<StageId> {
        let one = program.add_constant(1.0, None, Span::default());
        backprop(program, of, one, Path::To(with), self.ties, self.rules).adjoint(with)
    }
}

/// The larger gate that `stage` completes, or `stage`. Every step makes the expression shorter.
pub(super) fn fuse(program: &mut Program, stage: StageId, span: Span, rules: &mut Rules) -> StageId {
    let forms = rules.forms();
    let mut stage = stage;
    loop {
        let (gate, operands) = (program.gate(stage), program.operands(stage));
        let larger = forms.iter().find_map(|(larger, form)| Some((*larger, form.matches(program, gate, operands)?)));
        let Some((larger, bound)) = larger else {
            let operands = operands.to_vec();
            return rules.fused(program, gate, &operands, span).unwrap_or(stage);
        };
        let operands: Vec<StageId> = bound.into_iter().flatten().collect();
        stage = program.share(larger, &operands, span);
    }
}

/// The smaller gates that `gate` is made of. The recursion is as deep as the table's texts are nested.
fn expand(program: &mut Program, gate: Gate, operands: &[StageId], span: Span, rules: &mut Rules) -> StageId {
    if let Some(template) = rules.primitive(gate) {
        return template
            .fill(program, &Fill::operands(gate, operands), &mut |program, gate, operands| expand(program, gate, operands, span, rules));
    }
    // The notes' gates `c+x` and `a*x`: one operand, and a constant that needs no gradient.
    match (gate.row().with_constant, operands) {
        (Some(unary), &[x, y]) if program.varies(x) && program.known(y).is_some() => program.share(unary, &[x, y], span),
        (Some(unary), &[x, y]) if program.varies(y) && program.known(x).is_some() => program.share(unary, &[y, x], span),
        (Some(_), &[x, y]) if program.literal(x).is_some() && program.literal(y).is_some() => simplest(rules, program, gate, operands),
        _ => program.share(gate, operands, span),
    }
}
