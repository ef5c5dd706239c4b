//! Owns the requirement: what a runtime release needs of the schema (design section 7), and
//! whether the versions that it names can be at all. Must never read the file it may come from.

use crate::core::digest::Digest;
use crate::core::finding::Explain;
use crate::core::history::History;
use crate::core::set::MigrationSet;
use crate::core::version::Version;

/// What a runtime release needs of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// The installed migration set, exactly.
    Installed,
    /// What the release names itself.
    Range(Range),
}

/// A range of schemas that a release names; only [`Range::new`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    requires: Version,
    supports_up_to: Version,
    schema: Option<Digest>,
}

/// One end of a range, called as the release calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The newest migration that must be applied.
    Requires,
    /// The newest migration that may be applied.
    SupportsUpTo,
}

/// Why two versions make no range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvertedRange {
    /// What is required.
    pub requires: Version,
    /// What is supported, and lies before it.
    pub supports_up_to: Version,
}

/// A version that a requirement names, that neither set nor database has, and that no later
/// release of this set can bring: names are append-only, and the set is past it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// Which end of the range names it.
    pub bound: Bound,
    /// The version.
    pub version: Version,
    /// The newest migration of the set.
    pub newest: Version,
}

impl Bound {
    /// The key of the requirement file.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Requires => "requires",
            Self::SupportsUpTo => "supports_up_to",
        }
    }
}

impl Range {
    /// The range from `requires` up to `supports_up_to`, which defaults to the same.
    ///
    /// # Errors
    /// When the second lies before the first.
    pub fn new(requires: Version, supports_up_to: Option<Version>) -> Result<Self, InvertedRange> {
        let supports_up_to = supports_up_to.unwrap_or_else(|| requires.clone());
        if supports_up_to < requires {
            return Err(InvertedRange { requires, supports_up_to });
        }
        Ok(Self { requires, supports_up_to, schema: None })
    }

    /// The same range, of one schema alone.
    #[must_use]
    pub fn of_schema(self, schema: Option<Digest>) -> Self {
        Self { schema, ..self }
    }

    /// The newest migration that must be applied.
    #[must_use]
    pub fn requires(&self) -> &Version {
        &self.requires
    }

    /// The newest migration that may be applied.
    #[must_use]
    pub fn supports_up_to(&self) -> &Version {
        &self.supports_up_to
    }

    /// The fingerprint of the schema that the release was made for, where it names one.
    #[must_use]
    pub fn schema(&self) -> Option<Digest> {
        self.schema
    }

    /// Both ends; one where they are the same, so that a fault of it is told once.
    pub fn bounds(&self) -> impl Iterator<Item = (Bound, &Version)> {
        let upper = (self.supports_up_to != self.requires)
            .then_some((Bound::SupportsUpTo, &self.supports_up_to));
        std::iter::once((Bound::Requires, &self.requires)).chain(upper)
    }

    /// The versions of this range that can belong to no release of this set.
    ///
    /// What comes after the whole set may belong to a release whose migrations are not
    /// installed here yet: that is the verdict's to judge, as is what the database knows.
    #[must_use]
    pub fn strangers(&self, set: &MigrationSet, history: &History) -> Vec<Stranger> {
        let Some(newest) = set.newest() else { return Vec::new() };
        let newest = &newest.version;
        self.bounds()
            .filter(|(_, version)| !is_known(version, set, history))
            .filter(|(_, version)| !comes_after(version, newest.as_str()))
            .map(|(bound, version)| Stranger {
                bound,
                version: version.clone(),
                newest: newest.clone(),
            })
            .collect()
    }
}

/// Whether the set or the database has this version, be it in the log alone.
pub(super) fn is_known(version: &Version, set: &MigrationSet, history: &History) -> bool {
    let version = version.as_str();
    set.get(version).is_some()
        || history.get(version).is_some()
        || history.unlisted.iter().any(|unlisted| unlisted == version)
}

/// Whether a version can still be appended after this one, by its name and by its number.
pub(super) fn comes_after(version: &Version, newest: &str) -> bool {
    // Stored text is not trusted to be a name; without a number the order of names decides.
    let greater = Version::parse(newest).is_none_or(|it| version.compare_numbers(&it).is_gt());
    greater && version.as_str() > newest
}

impl Explain for InvertedRange {
    fn code(&self) -> &'static str {
        "inverted-range"
    }

    fn subject(&self) -> String {
        self.supports_up_to.to_string()
    }

    fn message(&self) -> String {
        format!("'{}' lies before '{}', which is required", self.supports_up_to, self.requires)
    }

    fn remedy(&self) -> String {
        "name the required version or a later one".to_owned()
    }
}

impl Explain for Stranger {
    fn code(&self) -> &'static str {
        "requirement-not-in-set"
    }

    fn subject(&self) -> String {
        self.version.to_string()
    }

    fn message(&self) -> String {
        format!(
            "'{}' is in neither the migration set nor the database, and no later migration can have this name: the newest of the set is '{}'",
            self.version, self.newest
        )
    }

    fn remedy(&self) -> String {
        "name a migration of the set that the release was made for, as 'dreichor-migrate requirement init' does".to_owned()
    }
}

#[cfg(test)]
#[path = "requirement_tests.rs"]
mod tests;
