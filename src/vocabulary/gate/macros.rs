//! What makes an enum, a table and the calls of the kernels out of the rows of the gate table.
//!
//! Knows the kinds of kernels; knows no row. A kernel stands in a match arm of the evaluator's, so that it is compiled
//! into the loop.

macro_rules! kernel {
    (leaf $f:expr) => {
        Kernel::Leaf
    };
    (unary $f:expr) => {
        Kernel::Unary($f)
    };
    (binary $f:expr) => {
        Kernel::Binary($f)
    };
    (ternary $f:expr) => {
        Kernel::Ternary($f)
    };
    (fold $f:expr) => {
        Kernel::Fold($f)
    };
    (array $f:expr) => {
        Kernel::Array($f)
    };
    (fill $f:expr) => {
        Kernel::Fill($f)
    };
    (size $f:expr) => {
        Kernel::Size($f)
    };
    (draw $f:expr) => {
        Kernel::Draw($f)
    };
}

macro_rules! call {
    (leaf $f:expr, $operand:ident, $count:ident) => {
        $f
    };
    (unary $f:expr, $operand:ident, $count:ident) => {{
        let f: fn(f64) -> f64 = $f;
        f($operand(0))
    }};
    (binary $f:expr, $operand:ident, $count:ident) => {{
        let f: fn(f64, f64) -> f64 = $f;
        f($operand(0), $operand(1))
    }};
    (ternary $f:expr, $operand:ident, $count:ident) => {{
        let f: fn(f64, f64, f64) -> f64 = $f;
        f($operand(0), $operand(1), $operand(2))
    }};
    (fold $f:expr, $operand:ident, $count:ident) => {{
        let f: fn(f64, f64) -> f64 = $f;
        (1..$count).fold($operand(0), |out, at| f(out, $operand(at)))
    }};
    ($kind:ident $f:expr, $operand:ident, $count:ident) => {
        $crate::ground::broken("a gate of arrays is applied to arrays")
    };
}

macro_rules! call_with_arrays {
    (unary $f:expr, $args:ident, $out:ident) => {
        array::each($f, $args, $out)
    };
    (binary $f:expr, $args:ident, $out:ident) => {
        array::each_pair($f, $args, $out)
    };
    (ternary $f:expr, $args:ident, $out:ident) => {
        array::each_triple($f, $args, $out)
    };
    (fold $f:expr, $args:ident, $out:ident) => {
        array::each_folded($f, $args, $out)
    };
    (fill $f:expr, $args:ident, $out:ident) => {
        $out.fill($f)
    };
    (array $f:expr, $args:ident, $out:ident) => {{
        let f: fn(&KernelArgs<'_>, &mut [f64]) = $f;
        f($args, $out)
    }};
    ($kind:ident $f:expr, $args:ident, $out:ident) => {
        $crate::ground::broken("a leaf has a value")
    };
}

macro_rules! is_elementwise {
    (unary) => {
        true
    };
    (binary) => {
        true
    };
    (ternary) => {
        true
    };
    (fold) => {
        true
    };
    ($kind:ident) => {
        false
    };
}

macro_rules! gates {
    ($($gate:ident: $kind:ident $kernel:expr => $row:expr;)*) => {
        /// A gate, as an index into the gate table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Gate {
            $(#[doc = concat!("The row `", stringify!($gate), "`.")] $gate,)*
        }

        /// The gate table, in the order of `Gate`.
        pub static TABLE: &[Row] = &[$(Row { gate: Gate::$gate, kernel: kernel!($kind $kernel), ..$row }),*];

        /// Fills `out` with the value of a gate, its operands of any shapes that its row's rule accepts; with nan for a leaf.
        pub fn apply_to_arrays(gate: Gate, args: &KernelArgs<'_>, out: &mut [f64]) {
            match gate { $(Gate::$gate => call_with_arrays!($kind $kernel, args, out),)* }
        }

        impl Gate {
            /// Whether an operand counts places.
            #[inline]
            pub fn is_place(self, operand: usize) -> bool {
                let [first, end] = self.row().places;
                (first..end).contains(&operand)
            }

            /// Whether it is a function of single numbers, which goes over arrays number by number.
            #[inline]
            pub fn is_elementwise(self) -> bool {
                const ELEMENTWISE: &[bool] = &[$(is_elementwise!($kind)),*];
                ELEMENTWISE[self as usize]
            }
        }

        /// The value of a gate whose `count` operands are `operand(0)`, `operand(1)`, ...; nan for a leaf.
        #[inline(always)]
        pub fn apply(gate: Gate, count: usize, operand: impl Fn(usize) -> f64) -> f64 {
            match gate { $(Gate::$gate => call!($kind $kernel, operand, count),)* }
        }
    };
}
