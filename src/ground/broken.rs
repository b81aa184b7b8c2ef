//! What happens where this crate breaks a promise to itself: never a number, always a named fault.
//!
//! Knows no fault of the user's. The session turns it into a fault of the kind `internal`; see `session`.

/// A promise of this crate that it did not keep, in words; the payload of the panic that [`broken`] starts.
#[derive(Clone, Copy, Debug)]
pub struct Broken(pub &'static str);

/// Ends the work because of a mistake in this crate, which no text of a user's should reach.
///
/// # Panics
/// Always, with a [`Broken`]; whoever runs statements catches it.
#[cold]
#[track_caller]
pub fn broken(promise: &'static str) -> ! {
    #[cfg(debug_assertions)]
    panic!("a mistake in this crate: {promise}");
    #[cfg(not(debug_assertions))]
    std::panic::resume_unwind(Box::new(Broken(promise)))
}
