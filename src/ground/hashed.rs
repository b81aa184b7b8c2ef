//! A table of small entries that are found by a hash, which is kept with each: a table that grows looks at none of what they stand for.
//!
//! Knows nothing of the entries; who asks compares them.

use hashbrown::HashTable;

/// Entries by their hashes, of which 32 bits are kept.
#[derive(Clone, Debug)]
pub struct Hashed<T> {
    table: HashTable<(u32, T)>,
}

impl<T> Default for Hashed<T> {
    fn default() -> Self {
        Self { table: HashTable::new() }
    }
}

/// The bits that are kept, spread over a word: tables take the highest and the lowest of them.
#[inline]
fn spread(kept: u32) -> u64 {
    u64::from(kept).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl<T: Copy> Hashed<T> {
    /// The entry that is the one asked for.
    #[inline]
    pub fn find(&self, hash: u64, is_same: impl Fn(T) -> bool) -> Option<T> {
        let kept = hash as u32;
        self.table.find(spread(kept), |&(other, entry)| other == kept && is_same(entry)).map(|&(_, entry)| entry)
    }

    /// Adds an entry that is not among them.
    #[inline]
    pub fn insert(&mut self, hash: u64, entry: T) {
        let kept = hash as u32;
        self.table.insert_unique(spread(kept), (kept, entry), |&(kept, _)| spread(kept));
    }

    /// Takes an entry away.
    pub fn remove(&mut self, hash: u64, is_same: impl Fn(T) -> bool) {
        let kept = hash as u32;
        if let Ok(entry) = self.table.find_entry(spread(kept), |&(other, entry)| other == kept && is_same(entry)) {
            entry.remove();
        }
    }

    /// The bytes of its memory.
    pub fn bytes(&self) -> usize {
        self.table.allocation_size()
    }
}
