//! Owns what a database says was applied, as facts. Must never judge them: that is the
//! comparison's and the verdict's part.

use crate::core::digest::Digest;
use std::time::SystemTime;

/// What a database says was applied, in the byte order of versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Whether the history table exists; a database without one was never migrated.
    pub table_exists: bool,
    /// Whether the history log exists; the predecessor script made none.
    pub log_exists: bool,
    /// One entry for each row of the history table.
    pub applied: Vec<AppliedMigration>,
    /// Versions that the log calls applied or baselined and that the history table lacks.
    pub unlisted: Vec<String>,
    /// Versions that the log calls applied or baselined more than once.
    pub repeated: Vec<String>,
}

/// One row of the history table, with what the log knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// The version as stored; stored text is not trusted to be a valid name.
    pub version: Box<str>,
    /// The checksum that the log recorded; `None` where the predecessor recorded none.
    pub digest: Option<Digest>,
}

impl History {
    /// The entry of this version.
    #[must_use]
    pub fn get(&self, version: &str) -> Option<&AppliedMigration> {
        let at = self.applied.binary_search_by(|entry| entry.version.as_ref().cmp(version));
        at.ok().and_then(|at| self.applied.get(at))
    }

    /// Puts the entries into byte order, which no collation of a server can promise, and gives
    /// each the checksum that the log recorded. At most one row of the log says of a version
    /// that it was applied or taken over; a second one is a contradiction.
    pub fn attach(&mut self, mut checksums: Vec<(Box<str>, Option<Digest>)>) {
        self.applied.sort_unstable_by(|a, b| a.version.cmp(&b.version));
        checksums.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut entries = self.applied.iter_mut().peekable();
        let mut previous: Option<Box<str>> = None;
        for (version, digest) in checksums {
            while entries.next_if(|entry| entry.version < version).is_some() {}
            if previous.as_ref() == Some(&version) {
                self.repeated.push(version.into());
                continue;
            }
            // A table whose key was dropped may list a version more than once.
            let mut listed = false;
            while let Some(entry) = entries.next_if(|entry| entry.version == version) {
                entry.digest = digest;
                listed = true;
            }
            if !listed {
                self.unlisted.push(version.to_string());
            }
            previous = Some(version);
        }
    }

    /// The greatest version in byte order.
    #[must_use]
    pub fn newest(&self) -> Option<&str> {
        self.applied.last().map(|entry| entry.version.as_ref())
    }
}

/// When and by whom a migration was applied, for `status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The version as stored.
    pub version: String,
    /// `applied_at` of the history table.
    pub applied_at: Option<SystemTime>,
    /// The operating-system user and the database role, where the log knows them.
    pub by: Option<String>,
    /// `applied` or `baselined`, where the log knows it.
    pub event: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_find_their_versions_whatever_the_order() {
        let entry = |version: &str| AppliedMigration { version: version.into(), digest: None };
        let sum = |version: &str| (Box::from(version), Some(Digest::of(version.as_bytes())));
        let mut history =
            History { applied: vec![entry("c"), entry("a"), entry("d")], ..History::default() };
        history.attach(vec![sum("d"), sum("b"), sum("a"), sum("d"), sum("e")]);
        let found: Vec<_> =
            history.applied.iter().map(|it| (&*it.version, it.digest.is_some())).collect();
        assert_eq!(found, [("a", true), ("c", false), ("d", true)]);
        assert_eq!(
            (history.unlisted, history.repeated),
            (vec!["b".into(), "e".into()], vec!["d".into()])
        );
    }
}
