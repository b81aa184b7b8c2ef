//! What Python writes for each gate: of single numbers, and of arrays with NumPy; in listings, and in functions.

use super::super::{Entry, call, like, same};
#[allow(clippy::enum_glob_use, reason = "a table of every gate")]
use crate::vocabulary::Gate::{self, *};
use crate::vocabulary::gate::Fragment::{Condition, Operand, Text};
use crate::vocabulary::gate::Level;
use crate::vocabulary::gate::Written::{self, Fragments};

/// A choice between single numbers, which does not compute what is not wanted.
pub const CHOICE: Written = Fragments(
    &[Text("("), Operand(1, Level::Compare), Text(" if "), Condition(0), Text(" else "), Operand(2, Level::Compare), Text(")")],
    Level::Atom,
);
pub const POWER: Written = Fragments(&[Operand(0, Level::Atom), Text("**"), Operand(1, Level::Unary)], Level::Power);
pub const REMAINDER: Written = Fragments(&[Operand(0, Level::Product), Text(" % "), Operand(1, Level::Unary)], Level::Product);
pub const SQUARE: Written = Fragments(&[Operand(0, Level::Atom), Text("**2")], Level::Power);

macro_rules! of_shape {
    ($start:literal) => {
        Fragments(&[Text($start), Operand(0, Level::Compare), Text(", "), Operand(1, Level::Compare), Text("))")], Level::Atom)
    };
}

const fn infix(gate: Gate, sign: &'static str) -> Entry {
    like(gate, Written::Infix(sign, Level::Product))
}

/// What looks alike for numbers and for arrays. In a listing a product of the chain rule is a product.
pub const COMMON: &[Entry] = &[
    same(Chain),
    same(Guard),
    like(StopGradient, Fragments(&[Operand(0, Level::Compare)], Level::Compare)),
    same(Neg),
    same(Recip),
    like(Pow, POWER),
    like(Sqr, SQUARE),
];

/// Single numbers, given `from math import *`.
pub const NUMBERS: &[Entry] = &[
    like(Where, CHOICE),
    same(Exp),
    same(Expm1),
    same(Exp2),
    same(Log),
    same(Log1p),
    same(Log2),
    same(Log10),
    same(Sqrt),
    same(Cbrt),
    same(Sin),
    same(Cos),
    same(Tan),
    same(Asin),
    same(Acos),
    same(Atan),
    same(Atan2),
    same(Sinh),
    same(Cosh),
    same(Tanh),
    same(Asinh),
    same(Acosh),
    same(Atanh),
    same(Abs),
    same(Sign),
    same(Floor),
    same(Ceil),
    same(Round),
    same(Max),
    same(Min),
    same(Clamp),
    same(Hypot),
    like(Mod, REMAINDER),
];

/// Arrays, given `import numpy as np`.
#[rustfmt::skip]
pub const ARRAYS: &[Entry] = &[
    call(Exp, "np.exp("),
    call(Expm1, "np.expm1("),
    call(Exp2, "np.exp2("),
    call(Log, "np.log("),
    call(Log1p, "np.log1p("),
    call(Log2, "np.log2("),
    call(Log10, "np.log10("),
    call(Sqrt, "np.sqrt("),
    call(Cbrt, "np.cbrt("),
    call(Sin, "np.sin("),
    call(Cos, "np.cos("),
    call(Tan, "np.tan("),
    call(Sinh, "np.sinh("),
    call(Cosh, "np.cosh("),
    call(Tanh, "np.tanh("),
    call(Abs, "np.abs("),
    call(Sign, "np.sign("),
    call(Floor, "np.floor("),
    call(Ceil, "np.ceil("),
    call(Round, "np.round("),
    like(Hypot, Written::Nested("np.hypot(")),
    call(Mod, "np.mod("),
    call(Logaddexp, "np.logaddexp("),
    call(Sum, "np.sum("),
    call(Mean, "np.mean("),
    call(Prod, "np.prod("),
    call(MaxOver, "np.max("),
    call(MinOver, "np.min("),
    call(Var, "np.var("),
    call(Dot, "np.dot("),
    call(Outer, "np.outer("),
    call(Trace, "np.trace("),
    call(DiagOf, "np.diag("),
    call(Zeros, "np.zeros("),
    call(Ones, "np.ones("),
    call(Eye, "np.eye("),
    call(Linspace, "np.linspace("),
    call(Asin, "np.arcsin("),
    call(Acos, "np.arccos("),
    call(Atan, "np.arctan("),
    call(Atan2, "np.arctan2("),
    call(Asinh, "np.arcsinh("),
    call(Acosh, "np.arccosh("),
    call(Atanh, "np.arctanh("),
    call(Clamp, "np.clip("),
    like(Max, Written::Nested("np.maximum(")),
    like(Min, Written::Nested("np.minimum(")),
    like(
        Where,
        Fragments(
            &[Text("np.where("), Condition(0), Text(", "), Operand(1, Level::Compare), Text(", "), Operand(2, Level::Compare), Text(")")],
            Level::Atom,
        ),
    )
    .between_numbers(CHOICE),
    call(Det, "np.linalg.det("),
    same(Logdet),
    call(Inv, "np.linalg.inv("),
    call(Solve, "np.linalg.solve("),
    call(SolveVector, "np.linalg.solve("),
    call(Cumsum, "np.cumsum("),
    same(CumsumFromEnd),
    call(Argmax, "np.argmax("),
    call(Argmin, "np.argmin("),
    infix(MatmulFirst, " @ "),
    infix(MatvecFirst, " @ "),
    infix(VecmatFirst, " @ "),
    infix(InnerFirst, " @ "),
    infix(MatmulLast, " @ "),
    infix(MatvecLast, " @ "),
    infix(VecmatLast, " @ "),
    infix(InnerLast, " @ "),
    call(OuterFirst, "np.outer("),
    call(OuterLast, "np.outer("),
    infix(Matmul, " @ "),
    infix(Matvec, " @ "),
    infix(Vecmat, " @ "),
    infix(Inner, " @ "),
    like(Transpose, Fragments(&[Operand(0, Level::Atom), Text(".T")], Level::Atom)).view(),
    call(Diag, "np.diag(").view(),
    like(Stack, Written::List("np.array([", "])")),
    same(Index).view(),
    same(Scatter),
    call(Gather, "gather("),
    call(GatherRows, "gather("),
    call(GatherPairs, "gather("),
    same(ScatterAdd),
    same(ScatterAddPairs),
    like(Range, Written::List("np.arange(", ", dtype=float)")),
    like(RangeFrom, Written::List("np.arange(", ", dtype=float)")),
    like(RangeBy, Written::List("np.arange(", ", dtype=float)")),
    like(Concat, Written::List("np.concatenate([", "])")),
    like(ConcatAlong, Written::List("np.concatenate([", "], axis=1)")),
    call(Reshape, "np.reshape(").view(),
    like(
        ReshapeMatrix,
        Fragments(
            &[
                Text("np.reshape("), Operand(0, Level::Compare), Text(", ("), Operand(1, Level::Compare), Text(", "),
                Operand(2, Level::Compare), Text("))"),
            ],
            Level::Atom,
        ),
    )
    .view(),
    like(
        Like,
        Fragments(
            &[Text("np.reshape("), Operand(0, Level::Compare), Text(", np.shape("), Operand(1, Level::Compare), Text("))")],
            Level::Atom,
        ),
    )
    .view(),
    call(Expand, "np.expand_dims(").view(),
    like(ZerosMatrix, of_shape!("np.zeros((")),
    like(OnesMatrix, of_shape!("np.ones((")),
    same(Norm),
    same(Std),
    same(Logsumexp),
    same(Softmax),
    same(Centered),
    same(Others),
    same(Pairs),
    same(Cofactor),
    same(Onehot),
    same(Nonzero),
];

/// A choice between single numbers that a nan passes through.
#[rustfmt::skip]
pub const CAREFUL_CHOICE: Written = Fragments(
    &[
        Text("choose("), Condition(0), Text(", lambda: "), Operand(1, Level::Compare), Text(", lambda: "), Operand(2, Level::Compare),
        Text(")"),
    ],
    Level::Atom,
);

/// In a function of numbers the values are not known: nan is asked for each time. Its stages have no products of the chain rule.
pub const CAREFUL: &[Entry] = &[
    call(Guard, "guard("),
    // With `**` the power of a negative number is a complex one.
    call(Pow, "pow("),
    like(Max, Written::Nested("maximum(")),
    like(Min, Written::Nested("minimum(")),
];

/// In a function of arrays the chain rule's 0 is asked for too.
#[rustfmt::skip]
pub const CAREFUL_ARRAYS: &[Entry] = &[
    call(Argmax, "argmax("),
    call(Argmin, "argmin("),
    call(MatmulFirst, "matmul_first("),
    call(MatvecFirst, "matmul_first("),
    call(VecmatFirst, "matmul_first("),
    call(InnerFirst, "matmul_first("),
    call(MatmulLast, "matmul_last("),
    call(MatvecLast, "matmul_last("),
    call(VecmatLast, "matmul_last("),
    call(InnerLast, "matmul_last("),
    call(OuterFirst, "outer_first("),
    call(OuterLast, "outer_last("),
    call(Chain, "chain("),
    call(Guard, "guard("),
    like(
        Where,
        Fragments(
            &[Text("choose_each("), Condition(0), Text(", "), Operand(1, Level::Compare), Text(", "), Operand(2, Level::Compare), Text(")")],
            Level::Atom,
        ),
    )
    .between_numbers(CAREFUL_CHOICE),
];
