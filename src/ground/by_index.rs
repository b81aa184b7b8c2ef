//! A map whose keys are typed indexes: a place for each up to the largest, so that the next index is a neighbour in memory.
//!
//! For what most indexes have, and is made in their order; knows nothing of what the indexes are of.

use super::index::Index;
use std::marker::PhantomData;

/// Values by typed indexes.
#[derive(Clone, Debug)]
pub struct ByIndex<K, V> {
    places: Vec<Option<V>>,
    len: usize,
    keys: PhantomData<K>,
}

impl<K, V> Default for ByIndex<K, V> {
    fn default() -> Self {
        Self { places: Vec::new(), len: 0, keys: PhantomData }
    }
}

impl<K: Index, V> ByIndex<K, V> {
    /// The value of a key, if it has one.
    #[inline]
    pub fn get(&self, key: K) -> Option<&V> {
        self.places.get(key.position())?.as_ref()
    }

    /// Whether a key has a value.
    #[inline]
    pub fn has(&self, key: K) -> bool {
        self.get(key).is_some()
    }

    /// Gives a key a value, and gives the one that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let at = key.position();
        if at >= self.places.len() {
            self.places.resize_with(at + 1, || None);
        }
        let before = self.places[at].replace(value);
        self.len += usize::from(before.is_none());
        before
    }

    /// Takes the value of a key away.
    pub fn remove(&mut self, key: K) -> Option<V> {
        let before = self.places.get_mut(key.position())?.take();
        self.len -= usize::from(before.is_some());
        before
    }

    /// The bytes of its memory.
    pub fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<Option<V>>()
    }

    /// How many keys have a value.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The keys with their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.places.iter().enumerate().filter_map(|(at, value)| Some((K::at_position(at), value.as_ref()?)))
    }

    /// The keys that have a value, in order.
    pub fn keys(&self) -> impl Iterator<Item = K> {
        self.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.places.iter().flatten()
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.places.iter_mut().flatten()
    }
}

impl<K: Index, V> FromIterator<(K, V)> for ByIndex<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        entries.into_iter().for_each(|(key, value)| drop(map.insert(key, value)));
        map
    }
}
