//! What happens where this crate breaks a promise to itself: never a number, always a named fault.
//!
//! Knows no fault of the user's. Whoever enters the crate, a session's statement, a function of the library or the program,
//! does its work in [`guarded`].

use super::fault::Fault;
use super::span::Span;
use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

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
    panic::resume_unwind(Box::new(Broken(promise)))
}

/// Does some work for a text's place; a promise that is broken on the way is a fault of the kind `internal`.
///
/// # Errors
/// What the work fails with, or a promise that it breaks.
pub fn guarded<T>(span: Span, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| match told(payload.as_ref()) {
        Some(promise) => Err(Fault::internal(span, promise)),
        None => panic::resume_unwind(payload),
    })
}

/// The promise that was broken, where a panic's payload is one of [`broken`] in a release build.
pub fn told(payload: &(dyn Any + Send)) -> Option<&'static str> {
    payload.downcast_ref::<Broken>().map(|broken| broken.0)
}
