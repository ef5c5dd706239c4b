//! Owns rows of a catalog that are looked up by their key. Must never be searched before it was
//! sorted.

/// What a row is found by.
pub(super) trait Keyed {
    /// Its type.
    type Key: Ord + Copy;
    /// The key.
    fn key(&self) -> Self::Key;
}

/// Rows in the order of their keys, once they are sorted.
#[derive(Debug)]
pub(super) struct Rows<T>(Vec<T>);

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Extend<T> for Rows<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, rows: I) {
        self.0.extend(rows);
    }
}

impl<T> Rows<T> {
    /// All of them.
    pub(super) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// All of them, to be marked; their keys stay.
    pub(super) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.0.iter_mut()
    }
}

impl<T: Keyed> Rows<T> {
    /// Puts them in order; rows of one key stay in theirs.
    pub(super) fn sort(&mut self) {
        self.0.sort_by_key(Keyed::key);
    }

    /// The row of this key.
    pub(super) fn get(&self, key: T::Key) -> Option<&T> {
        self.0.get(self.0.binary_search_by_key(&key, Keyed::key).ok()?)
    }

    /// All rows of this key.
    pub(super) fn all(&self, key: T::Key) -> impl Iterator<Item = &T> {
        let start = self.0.partition_point(|row| row.key() < key);
        self.0.iter().skip(start).take_while(move |row| row.key() == key)
    }
}
