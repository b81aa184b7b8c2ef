//! Whether work should go on: what may take long asks, again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What tells work to stop: a flag, a moment, or nothing at all.
#[derive(Clone, Debug, Default)]
pub struct Cancellation {
    flag: Option<Arc<AtomicBool>>,
    end: Option<Instant>,
}

impl Cancellation {
    /// Work that goes on until `flag` is true.
    pub fn on_flag(flag: Arc<AtomicBool>) -> Self {
        Self { flag: Some(flag), end: None }
    }

    /// Work that goes on until a moment.
    pub fn until(end: Instant) -> Self {
        Self { flag: None, end: Some(end) }
    }

    /// The same, and not beyond a moment.
    #[must_use]
    pub fn or_until(&self, end: Instant) -> Self {
        Self { flag: self.flag.clone(), end: Some(self.end.map_or(end, |own| own.min(end))) }
    }

    /// Whether it is its time that has ended, and nobody wished it.
    pub fn is_out_of_time(&self) -> bool {
        !self.flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) && self.end.is_some_and(|end| Instant::now() >= end)
    }

    /// Whether the work should stop.
    pub fn is_cancelled(&self) -> bool {
        self.flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) || self.end.is_some_and(|end| Instant::now() >= end)
    }
}
