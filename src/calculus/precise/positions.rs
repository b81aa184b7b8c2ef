//! Places, ends of ranges and sizes in numbers of any precision: which elements are taken, and whether they are as many as the shapes say,
//! which were made of numbers of 64 bits.
//!
//! Knows what is told of an array that has another number of elements with more digits; nothing of what a gate computes of numbers.

use super::{Given, Numbers, Parts};
use crate::calculus::choices::Part;
use crate::calculus::unroll::{MovedFrom, positions_moved};
use crate::forms::StageId;
use crate::ground::Shape;
use crate::ground::big::Big;
use crate::vocabulary::Gate;
use crate::vocabulary::gate::ShapeArgs;
use crate::vocabulary::gate::precise::{Kernels, Precise};
use dashu_int::Word;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A place made of binary numbers is a whole number where it is one but for so much.
const BINARY_PLACE: f64 = 1e-9;

/// Why an array has no elements: its shape is one of 64-bit numbers.
pub const OTHER_COUNT: &str = "which elements it has, or how many, was decided by numbers of 64 bits, and with more digits they are others; write its \
                           size, its places or its condition so that nothing is rounded";

/// How many of the digits rounding may have spoiled on the way to a place.
const SPOILED_PLACE: f64 = 12.0;

impl<const B: Word> Numbers<'_, '_, B>
where
    Precise: Kernels<B>,
{
    /// Notes of a leaf that what it was made of has not as many elements as its shape says.
    pub(super) fn follow_leaf(&mut self, id: StageId, given: &Given) {
        if let Given::Made(origin) = given
            && self.uncounted_parts.contains(&Part::of(origin))
        {
            self.refusals.push((id, OTHER_COUNT));
            self.uncounted.insert(id);
        }
    }

    /// Whether a stage has the shape that it was given by numbers of 64 bits, of which one was computed or read rounded.
    pub(super) fn has_shape(&mut self, id: StageId, given: &[Rc<Parts<B>>]) -> bool {
        let program = self.task.program;
        let gate = program.gate(id);
        let rounded = |&operand: &StageId| !program.is_written(operand) && !program.varies(operand) && program.shape(operand).is_scalar();
        if gate.is_elementwise() || !program.operands(id).iter().any(rounded) {
            return true;
        }
        let shapes: Vec<Shape> = given.iter().map(|operand| operand.shape).collect();
        let is_none = Cell::new(false);
        let own = RefCell::new(&mut *self);
        let number = |at: usize| {
            let operand = given.get(at).filter(|operand| operand.shape.is_scalar())?;
            let number = own.borrow_mut().in_binary64(true, &operand.numbers[0], operand.exact[0]);
            // What was left out is a nan as written, which no place or size that is none is to be taken for.
            is_none.set(is_none.get() || number.is_nan() && !program.is_written(program.operands(id)[at]));
            Some(number)
        };
        // What is put among zeros is as many numbers as would be taken.
        let resolved = if gate == Gate::Scatter {
            let taken = Gate::Index.row().resolve(&ShapeArgs { shapes: &shapes[1..], number: &|at| number(at + 1) });
            taken.is_ok_and(|(_, shape)| shape == shapes[0])
        } else {
            let resolved = gate.row().resolve(&ShapeArgs { shapes: &shapes, number: &number });
            resolved.is_ok_and(|(_, shape)| shape == program.shape(id))
        };
        resolved && !is_none.get()
    }

    /// Notes that a stage has not as many elements as its shape says, and stands for no numbers.
    pub(super) fn without_numbers(&mut self, id: StageId, shape: Shape) -> Rc<Parts<B>> {
        self.refusals.push((id, OTHER_COUNT));
        self.uncounted.insert(id);
        nowhere(shape)
    }

    /// A number of an operand in 64 bits, nan for a place or a size that is no whole number. What was rounded on the way to one is taken for
    /// the whole number that it is as far as the digits tell; where leaves are binary numbers, as far as those tell.
    pub(super) fn in_binary64(&mut self, is_place: bool, number: &Big<B>, exact: bool) -> f64 {
        let told = if B == 2 { BINARY_PLACE } else { 10f64.powf(SPOILED_PLACE - self.task.digits as f64) };
        let near = number.to_f64();
        if !is_place || number.is_whole() || near.is_infinite() {
            return near;
        }
        let whole = self.kit.binary64(near.round());
        let apart = self.kit.sub(number, &whole).to_f64().abs();
        // Of binary numbers it is the place that it rounds to, as that of `x[a*10]` at 0.3.
        let rounded = !exact || self.is_binary.is_some() || B == 2 && near == near.round();
        if rounded && apart <= told * near.abs().max(1.0) { near.round() } else { f64::NAN }
    }

    /// A gate that moves numbers. Places and sizes alone are taken in 64 bits, which costs more than moving all the others.
    pub(super) fn moved(&mut self, gate: Gate, operands: &[Rc<Parts<B>>], shape: Shape) -> Rc<Parts<B>> {
        let shapes: Vec<Shape> = operands.iter().map(|operand| operand.shape).collect();
        let own = RefCell::new(&mut *self);
        let number = |at: usize, k: usize| {
            let operand = &operands[at];
            // An array that gives no places gives its shape.
            if operand.numbers.len() > 1 && !gate.is_place(at) {
                return 0.0;
            }
            own.borrow_mut().in_binary64(gate.is_place(at), &operand.numbers[k], operand.exact[k])
        };
        let places = positions_moved(gate, &shapes, shape, &number);
        let sources: Vec<(&Big<B>, bool)> =
            operands.iter().flat_map(|operand| operand.numbers.iter().zip(operand.exact.iter().copied())).collect();
        let (zero, nan) = (self.kit.whole(0), Big::Nan);
        let part = |source: MovedFrom| match source {
            MovedFrom::Zero => (&zero, true),
            MovedFrom::Number(at) => sources[at],
            MovedFrom::Nowhere => (&nan, false),
        };
        let (numbers, exact) = places.into_iter().map(part).map(|(number, exact)| (number.clone(), exact)).unzip();
        Rc::new(Parts { shape, numbers, exact })
    }
}

/// The numbers of a stage that has none.
pub(super) fn nowhere<const B: Word>(shape: Shape) -> Rc<Parts<B>> {
    Rc::new(Parts { shape, numbers: vec![Big::Nan; shape.size()], exact: vec![false; shape.size()] })
}
