//! Long runs of numbers whose memory is used again: fresh memory costs more than the arithmetic of a gate over it.
//!
//! Knows no stage and no shape. Small buffers are the allocator's; of long ones each thread keeps a few for whoever asks next.

use super::pages::zeros;
use std::cell::RefCell;
use std::ops::{Deref, DerefMut, Range};

/// A buffer of so many numbers is long.
const LONG: usize = 1 << 15;

/// How many numbers are kept at most, in how many buffers.
const MOST: (usize, usize) = (1 << 24, 4);

thread_local! {
    /// The buffers that nobody uses.
    static UNUSED: RefCell<Vec<Vec<f64>>> = const { RefCell::new(Vec::new()) };
}

/// A run of numbers.
#[derive(Debug, Default)]
pub struct Buffer(Vec<f64>);

impl Buffer {
    /// A buffer of so many numbers, each of which is to be written before it is read.
    pub fn of(len: usize) -> Self {
        if len < LONG {
            return Self(vec![0.0; len]);
        }
        // What is much larger serves another one better.
        let fits = |buffer: &Vec<f64>| buffer.capacity() >= len && buffer.capacity() <= len.saturating_mul(4);
        let found = UNUSED.with_borrow_mut(|unused| Some(unused.swap_remove(unused.iter().position(fits)?)));
        let Some(mut numbers) = found else { return Self(zeros(len)) };
        numbers.resize(len, 0.0);
        // What reads before it writes is found by the tests.
        #[cfg(debug_assertions)]
        numbers.fill(f64::NAN);
        Self(numbers)
    }

    /// A part of it; where that is long, in the memory of the whole, of which the rest is given back.
    pub fn part(mut self, range: Range<usize>) -> Vec<f64> {
        if range.len() < LONG {
            return self.0[range].to_vec();
        }
        let mut numbers = std::mem::take(&mut self.0);
        numbers.truncate(range.end);
        numbers.drain(..range.start);
        numbers.shrink_to_fit();
        numbers
    }

    /// Gives back the memory that is kept.
    pub fn release() {
        UNUSED.take();
    }

    /// How many numbers its memory holds.
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl From<Vec<f64>> for Buffer {
    fn from(numbers: Vec<f64>) -> Self {
        Self(numbers)
    }
}

impl Clone for Buffer {
    fn clone(&self) -> Self {
        let mut copy = Self::of(self.len());
        copy.copy_from_slice(self);
        copy
    }
}

impl Deref for Buffer {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.0
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let (most_numbers, most_buffers) = MOST;
        if self.0.capacity() < LONG || self.0.capacity() > most_numbers {
            return;
        }
        let numbers = std::mem::take(&mut self.0);
        // At the end of a thread nothing is kept any more.
        let _ = UNUSED.try_with(|unused| {
            let mut unused = unused.borrow_mut();
            unused.push(numbers);
            // The oldest goes first.
            while unused.len() > most_buffers || unused.iter().map(Vec::capacity).sum::<usize>() > most_numbers {
                unused.remove(0);
            }
        });
    }
}
