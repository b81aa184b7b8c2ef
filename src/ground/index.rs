//! Typed indexes: a number that can only index the table it was made for.

/// A typed index.
pub trait Index: Copy {
    /// The position in its table.
    fn position(self) -> usize;

    /// The index of the entry at a position.
    fn at_position(position: usize) -> Self;
}

/// Defines a 32-bit index type; an `Option` of it takes no more room than the index itself.
macro_rules! define_index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(std::num::NonZeroU32);

        #[allow(dead_code, reason = "not every table has need of a last index")]
        impl $name {
            /// The index that stands for no entry.
            pub const MAX: Self = Self(std::num::NonZeroU32::MAX);

            /// The index of the entry at `position`, held at the last index beyond four billion entries, which
            /// the limits on texts and programs exclude.
            #[inline]
            pub fn new(position: usize) -> Self {
                let held = u32::try_from(position).unwrap_or(u32::MAX).saturating_add(1);
                Self(std::num::NonZeroU32::new(held).unwrap_or(std::num::NonZeroU32::MAX))
            }

            /// The position in its table.
            #[inline]
            pub fn at(self) -> usize {
                self.0.get() as usize - 1
            }
        }

        impl $crate::ground::Index for $name {
            #[inline]
            fn position(self) -> usize {
                self.at()
            }

            #[inline]
            fn at_position(position: usize) -> Self {
                Self::new(position)
            }
        }
    };
}
