//! Large pages for long runs of numbers: fresh memory is made ready 2 MiB at a time, and no longer 4 KiB.
//!
//! The second room with `unsafe`, beside the loops over lanes: the call that asks the system. What it buys: value and gradient of `sum(x*x)`
//! over ten million numbers take 0.4 of the processor time, ten gates over a million 0.8 (`benches/pages.py`). Knows Linux alone.

#![cfg_attr(all(target_os = "linux", feature = "cli"), expect(unsafe_code, reason = "advice about memory that is one's own"))]

/// Memory of so many bytes is worth asking for. Where there is more, a system whose free memory is in pieces may take longer to join
/// them than is saved.
#[cfg(all(target_os = "linux", feature = "cli"))]
const WORTH: std::ops::RangeInclusive<usize> = 4 << 20..=128 << 20;

/// So many zeros.
pub fn zeros(len: usize) -> Vec<f64> {
    // They are the system's, which fills no page before it is touched.
    let mut numbers = vec![0.0; len];
    ask_for_large(&mut numbers);
    numbers
}

/// The same numbers in memory of their own.
pub fn copied(numbers: &[f64]) -> Vec<f64> {
    let mut copy = zeros(numbers.len());
    copy.copy_from_slice(numbers);
    copy
}

/// Asks for large pages where numbers will stand. Nothing but the time that it takes to fill them changes.
#[cfg(all(target_os = "linux", feature = "cli"))]
fn ask_for_large(numbers: &mut [f64]) {
    use rustix::mm::{Advice, madvise};
    // Advice is about whole pages, of 64 KiB at most.
    const PAGE: usize = 1 << 16;
    let bytes = size_of_val(numbers);
    if !WORTH.contains(&bytes) {
        return;
    }
    let start = numbers.as_mut_ptr().cast::<u8>();
    let before = start.addr().wrapping_neg() % PAGE;
    let len = (bytes - before) / PAGE * PAGE;
    // SAFETY: the pages lie within memory that is borrowed alone, and this advice leaves what stands there as it is.
    let asked = unsafe { madvise(start.wrapping_add(before).cast(), len, Advice::LinuxHugepage) };
    // A system without them does as before.
    let _ = asked;
}

/// There are none to ask for.
#[cfg(not(all(target_os = "linux", feature = "cli")))]
fn ask_for_large(_numbers: &mut [f64]) {}
