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
