//! Whether work should go on: what may take long asks, again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What tells work to stop: somebody's wish, a moment, or nothing at all.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    wish: Option<Arc<AtomicBool>>,
    end: Option<Instant>,
}

impl Watch {
    /// Work that goes on until `wish` is true.
    pub fn wish(wish: Arc<AtomicBool>) -> Self {
        Self { wish: Some(wish), end: None }
    }

    /// Work that goes on until a moment.
    pub fn until(end: Instant) -> Self {
        Self { wish: None, end: Some(end) }
    }

    /// Whether the work should stop.
    pub fn is_over(&self) -> bool {
        self.wish.as_ref().is_some_and(|wish| wish.load(Ordering::Relaxed)) || self.end.is_some_and(|end| Instant::now() >= end)
    }
}
