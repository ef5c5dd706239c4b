//! Owns the comparison of migration set and history: every way in which the two can
//! contradict each other, named once for plan, status and verdict. Pure.

use crate::core::code::Code;
use crate::core::digest::{Digest, only_line_endings_differ};
use crate::core::finding::Explain;
use crate::core::history::History;
use crate::core::set::{Migration, MigrationSet};
use crate::core::version::Version;
use std::collections::{BTreeMap, BTreeSet};

/// One contradiction between files and database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// An applied file has other bytes than the database recorded.
    Edited {
        /// The migration.
        version: Version,
        /// The checksum in the database.
        recorded: Digest,
        /// The checksum of the file.
        found: Digest,
        /// Whether only the line endings differ.
        line_endings: bool,
    },
    /// Applied, and no file has its name any more; a newer file exists.
    Missing(String),
    /// Applied under one name; the same bytes now have another name.
    Renamed {
        /// The name that the database recorded.
        recorded: String,
        /// The file that holds these bytes now.
        found: Version,
    },
    /// Never applied, but newer ones were.
    Inserted {
        /// The file.
        version: Version,
        /// The newest applied version.
        newest: String,
    },
    /// The history lists this version more than once.
    Duplicated(String),
    /// The log calls it applied; the history table has no row of it.
    Unlisted(String),
    /// The log says more than once that it was applied or taken over.
    Repeated(String),
    /// Applied without a checksum, by the predecessor.
    NoChecksum(String),
    /// Applied, newer than every file, and unknown to this release.
    Ahead(String),
}

impl Difference {
    /// The exit code that this difference asks for.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        match self {
            Self::Ahead(_) => Code::Ahead,
            Self::Edited { .. }
            | Self::Missing(_)
            | Self::Renamed { .. }
            | Self::Inserted { .. }
            | Self::Duplicated(_)
            | Self::Unlisted(_)
            | Self::Repeated(_)
            | Self::NoChecksum(_) => Code::Diverged,
        }
    }
}

/// What lies between a set and a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// In the set, not in the history, newer than everything applied; in order.
    pub pending: Vec<Migration>,
    /// Every contradiction, in the order of versions.
    pub differences: Vec<Difference>,
}

/// Compares the two.
#[must_use]
pub fn compare(set: &MigrationSet, history: &History) -> Comparison {
    let newest_file = set.newest().map(|migration| migration.version.as_str());
    let newest_applied = history.newest();
    let mut differences = Vec::new();
    let mut gone = Vec::new();
    let mut unapplied = Vec::new();
    // Both are in byte order, so one walk over both meets every version of either.
    let mut files = set.migrations().iter().peekable();
    let mut previous: Option<&str> = None;
    for applied in &history.applied {
        let version = applied.version.as_ref();
        if previous.replace(version) == Some(version) {
            differences.push(Difference::Duplicated(version.to_owned()));
            continue;
        }
        while let Some(file) = files.next_if(|file| file.version.as_str() < version) {
            unapplied.push(file);
        }
        match (files.next_if(|file| file.version.as_str() == version), applied.digest) {
            (Some(file), Some(recorded)) if recorded != file.digest => {
                differences.push(Difference::Edited {
                    version: file.version.clone(),
                    recorded,
                    found: file.digest,
                    line_endings: false,
                });
            }
            (Some(_), Some(_)) => {}
            (Some(_), None) => differences.push(Difference::NoChecksum(version.to_owned())),
            (None, digest) => gone.push((version, digest)),
        }
    }
    unapplied.extend(files);
    let mut pending = Vec::new();
    let mut inserted = BTreeMap::new();
    // What the log calls applied is a contradiction of its own, and never to be run again.
    let unlisted: BTreeSet<&str> = history.unlisted.iter().map(String::as_str).collect();
    for migration in unapplied {
        let version = migration.version.as_str();
        if unlisted.contains(version) {
            continue;
        }
        match newest_applied {
            Some(newest) if version < newest => {
                inserted.insert(migration.version.clone(), newest.to_owned());
            }
            _ => pending.push(migration.clone()),
        }
    }
    for (version, digest) in gone {
        let renamed = set.migrations().iter().find(|migration| {
            Some(migration.digest) == digest && history.get(migration.version.as_str()).is_none()
        });
        if let Some(migration) = renamed {
            inserted.remove(&migration.version);
            pending.retain(|other| other.version != migration.version);
            differences.push(Difference::Renamed {
                recorded: version.to_owned(),
                found: migration.version.clone(),
            });
        } else if newest_file.is_none_or(|newest| version > newest) {
            differences.push(Difference::Ahead(version.to_owned()));
        } else {
            differences.push(Difference::Missing(version.to_owned()));
        }
    }
    differences.extend(
        inserted.into_iter().map(|(version, newest)| Difference::Inserted { version, newest }),
    );
    differences.extend(history.unlisted.iter().cloned().map(Difference::Unlisted));
    differences.extend(history.repeated.iter().cloned().map(Difference::Repeated));
    differences.sort_by_key(Difference::subject);
    Comparison { pending, differences }
}

impl Comparison {
    /// Whether a file that was never applied stands before an applied one.
    #[must_use]
    pub fn has_gap(&self) -> bool {
        self.differences.iter().any(|it| matches!(it, Difference::Inserted { .. }))
    }

    /// Looks at the bytes of edited files once more, to tell line endings from edits.
    ///
    /// `bytes_of` returns `None` where a file cannot be read again; it then stays *edited*.
    pub fn examine_line_endings(&mut self, mut bytes_of: impl FnMut(&Version) -> Option<Vec<u8>>) {
        for difference in &mut self.differences {
            if let Difference::Edited { version, recorded, line_endings, .. } = difference
                && let Some(bytes) = bytes_of(version)
            {
                *line_endings = only_line_endings_differ(&bytes, recorded);
            }
        }
    }
}

impl Explain for Difference {
    fn code(&self) -> &'static str {
        match self {
            Self::Edited { line_endings: false, .. } => "edited",
            Self::Edited { line_endings: true, .. } => "line-endings",
            Self::Missing(_) => "missing",
            Self::Renamed { .. } => "renamed",
            Self::Inserted { .. } => "inserted",
            Self::Duplicated(_) => "duplicated",
            Self::Unlisted(_) => "unlisted",
            Self::Repeated(_) => "repeated",
            Self::NoChecksum(_) => "no-checksum",
            Self::Ahead(_) => "ahead",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Edited { version, .. } | Self::Inserted { version, .. } => version.to_string(),
            Self::Renamed { recorded, .. } => recorded.clone(),
            Self::Missing(version)
            | Self::Duplicated(version)
            | Self::Unlisted(version)
            | Self::Repeated(version)
            | Self::NoChecksum(version)
            | Self::Ahead(version) => version.clone(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Edited { version, recorded, found, line_endings: false } => format!(
                "'{version}' was edited after it was applied: the database recorded {recorded}, the file is {found}"
            ),
            Self::Edited { version, line_endings: true, .. } => format!(
                "'{version}' is not the file that was applied, but only its line endings differ"
            ),
            Self::Missing(version) => {
                format!("'{}' was applied and its file is missing", version.escape_debug())
            }
            Self::Renamed { recorded, found } => {
                format!("'{}' was applied and is now called '{found}'", recorded.escape_debug())
            }
            Self::Inserted { version, newest } => format!(
                "'{version}' was never applied, but the newer '{}' was",
                newest.escape_debug()
            ),
            Self::Duplicated(version) => {
                format!("the history lists '{}' more than once", version.escape_debug())
            }
            Self::Unlisted(version) => format!(
                "the log says that '{}' was applied, but the history table has no row of it",
                version.escape_debug()
            ),
            Self::Repeated(version) => {
                format!("the log says more than once that '{}' was applied", version.escape_debug())
            }
            Self::NoChecksum(version) => format!(
                "'{}' was applied and no checksum was recorded, so its file cannot be compared",
                version.escape_debug()
            ),
            Self::Ahead(version) => format!(
                "the database has '{}', which this migration set does not know",
                version.escape_debug()
            ),
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Edited { line_endings: false, .. } => {
                "restore the file as it was applied, and put the change into a new migration"
            }
            Self::Edited { line_endings: true, .. } => {
                "check the file out without line-ending conversion (.gitattributes: *.sql -text)"
            }
            Self::Missing(_) => "restore the file; an applied migration is never removed",
            Self::Renamed { .. } => {
                "give the file its old name back; an applied migration is never renamed"
            }
            Self::Inserted { .. } => {
                "give the file the next number after the newest one; nothing is inserted before an applied migration"
            }
            Self::Duplicated(_) | Self::Unlisted(_) | Self::Repeated(_) => {
                "somebody wrote to the history tables: see 'dreichor-migrate history --verify', and restore them from a backup"
            }
            Self::NoChecksum(_) => {
                "take the database over once with 'dreichor-migrate baseline', after comparing the files with what was run"
            }
            Self::Ahead(_) => {
                "install the release that brought this migration; the schema is never rolled back by rolling back a release"
            }
        }
        .to_owned()
    }
}

#[cfg(test)]
#[path = "comparison_tests.rs"]
mod tests;
