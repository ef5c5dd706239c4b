//! Owns the seal: which bytes each released migration has and which schema it makes (design
//! section 3). Must never let an entry that was written once be written otherwise.

pub mod changes;
mod fault;
pub mod text;

use crate::core::digest::Digest;
use crate::core::schema::canonical::fingerprint;
use crate::core::schema::model::Schema;
use crate::core::set::{Migration, MigrationSet};
use crate::core::version::Version;
use changes::Changes;

pub use fault::SealFault;

/// One sealed migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The migration.
    pub version: Version,
    /// SHA-256 of its exact bytes.
    pub file: Digest,
    /// Fingerprint of the schema once it is applied.
    pub schema: Digest,
    /// What it changes in the canonical text of the schema.
    pub changes: Changes,
}

/// The seal of a migration set: its entries in the byte order of names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seal {
    entries: Vec<Sealed>,
}

impl Seal {
    /// A seal of these entries.
    ///
    /// # Errors
    /// [`SealFault::Order`] when one does not come after the one before it.
    pub fn of(entries: Vec<Sealed>) -> Result<Self, SealFault> {
        for pair in entries.windows(2) {
            if let [one, next] = pair
                && one.version >= next.version
            {
                return Err(SealFault::Order { version: next.version.clone() });
            }
        }
        Ok(Self { entries })
    }

    /// Its entries, in order.
    #[must_use]
    pub fn entries(&self) -> &[Sealed] {
        &self.entries
    }

    /// The entry of a migration.
    #[must_use]
    pub fn get(&self, version: &str) -> Option<&Sealed> {
        let at = self.entries.binary_search_by(|entry| entry.version.as_str().cmp(version));
        at.ok().and_then(|at| self.entries.get(at))
    }

    /// The newest entry.
    #[must_use]
    pub fn newest(&self) -> Option<&Sealed> {
        self.entries.last()
    }

    /// The schema that a migration leaves, made of the changes up to it.
    ///
    /// # Errors
    /// [`SealFault::Unsealed`] for a version without an entry, [`SealFault::Changes`] or
    /// [`SealFault::Fingerprint`] when the entries do not make what they say.
    pub fn schema_at(&self, version: &str) -> Result<Schema, SealFault> {
        let Some(sealed) = self.get(version) else {
            return Err(SealFault::Unsealed { version: version.to_owned() });
        };
        let until = self.entries.iter().take_while(|entry| entry.version.as_str() <= version);
        let schema = changes::replay(until)?;
        let made = fingerprint(&schema);
        if made == sealed.schema {
            Ok(schema)
        } else {
            let version = sealed.version.clone();
            Err(SealFault::Fingerprint { version, written: sealed.schema, made })
        }
    }

    /// Adds the entry of the next migration, from the schemas before and after it.
    ///
    /// # Errors
    /// [`SealFault::Order`] when it does not come after the newest one.
    pub fn append(
        &mut self,
        migration: &Migration,
        before: &Schema,
        after: &Schema,
    ) -> Result<(), SealFault> {
        let version = migration.version.clone();
        if self.newest().is_some_and(|newest| newest.version >= version) {
            return Err(SealFault::Order { version });
        }
        let (file, schema) = (migration.digest, fingerprint(after));
        let changes = Changes::between(before, after);
        self.entries.push(Sealed { version, file, schema, changes });
        Ok(())
    }

    /// Where files and seal contradict each other: a released file that changed, that is gone,
    /// or one that was put before a released one.
    #[must_use]
    pub fn contradictions(&self, set: &MigrationSet) -> Vec<SealFault> {
        let mut faults = Vec::new();
        for entry in &self.entries {
            let version = entry.version.clone();
            match set.get(version.as_str()) {
                None => faults.push(SealFault::FileMissing { version }),
                Some(found) if found.digest != entry.file => faults.push(SealFault::FileChanged {
                    version,
                    sealed: entry.file,
                    found: found.digest,
                }),
                Some(_) => {}
            }
        }
        if let Some(newest) = self.newest() {
            let inserted = set.migrations().iter().filter(|migration| {
                migration.version < newest.version && self.get(migration.version.as_str()).is_none()
            });
            faults.extend(inserted.map(|migration| SealFault::Inserted {
                version: migration.version.clone(),
                newest: newest.version.clone(),
            }));
        }
        faults
    }

    /// The migrations of the set that are newer than everything sealed, in order.
    #[must_use]
    pub fn unsealed<'s>(&self, set: &'s MigrationSet) -> Vec<&'s Migration> {
        let newest = self.newest().map(|entry| &entry.version);
        set.migrations()
            .iter()
            .filter(|migration| newest.is_none_or(|newest| migration.version > *newest))
            .collect()
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
