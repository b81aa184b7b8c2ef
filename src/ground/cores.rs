//! How many threads the machine runs at once.

use std::num::NonZero;
use std::sync::OnceLock;

/// How many threads the machine runs at once; asked once, since asking reads files.
pub fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}
