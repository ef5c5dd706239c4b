//! Owns what is known of the live schema's structure: it is compared with the sealed one of the
//! version that the database is at, or it is said why it is not. Must never take a schema that
//! could not be compared for one that is as it should be.

use crate::core::digest::Digest;
use crate::core::requirement::Requirement;
use crate::core::schema::canonical::fingerprint;
use crate::core::schema::difference::{Difference, compare};
use crate::core::schema::ignore::{IgnoreRule, Ignored, divide};
use crate::core::schema::model::Schema;
use crate::core::seal::{Seal, SealFault};
use crate::core::version::Version;

/// How much of the structure a check compares (`[gate] structure`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Every object with the sealed one.
    Full,
    /// The fingerprint, and every object where that differs.
    Fingerprint,
    /// Nothing.
    Off,
}

/// What is known of the live schema's structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Structure {
    /// The configuration says that it is not looked at.
    Off,
    /// The migration set has no seal, and none is demanded.
    NoSeal,
    /// The migration set has no seal, and the configuration demands one.
    SealMissing,
    /// Nothing is applied, so there is nothing to compare with.
    NothingApplied,
    /// Files that were never applied stand before applied ones, so that no sealed schema is the
    /// one that the database should have.
    Contradicted,
    /// The seal does not know which schema the newest applied version makes.
    Unsealed(String),
    /// It was compared.
    Compared(Box<ComparedSchema>),
}

/// The live schema beside the sealed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedSchema {
    /// The version that the database is at.
    pub version: Version,
    /// The sealed fingerprint of that version.
    pub expected: Digest,
    /// The fingerprint of the live schema.
    pub found: Digest,
    /// What differs and counts.
    pub differences: Vec<Difference>,
    /// What differs and is let pass.
    pub ignored: Vec<Ignored>,
    /// The sealed schema, where the objects themselves were compared.
    pub sealed: Option<Schema>,
}

/// What a structure is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// How much is compared; none where the configuration does not say, so that a set without a
    /// seal may be judged by versions and checksums alone.
    pub depth: Option<Depth>,
    /// What a host may have besides.
    pub rules: &'a [IgnoreRule],
    /// The seal, where the set has one.
    pub seal: Option<&'a Seal>,
}

/// Whether the live schema is needed, by the seal or by the release itself.
#[must_use]
pub fn needs_schema(depth: Option<Depth>, has_seal: bool, requirement: &Requirement) -> bool {
    let is_named = matches!(requirement, Requirement::Range(range) if range.schema().is_some());
    is_named || (has_seal && depth != Some(Depth::Off))
}

/// What became of the fingerprint that a release names itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demanded {
    /// It names none, or the database is not as far as the release needs it.
    Nothing,
    /// It is the schema that the release was made for.
    Met,
    /// It is not, or that cannot be told.
    Missed(Missed),
}

/// Why the schema is not taken for the one that a release was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// It is another one.
    Other {
        /// The version that the release was made for.
        version: Version,
        /// The fingerprint that it names.
        demanded: Digest,
        /// The fingerprint of that version here.
        found: Digest,
    },
    /// The database went on, and the seal does not tell which schema that version made.
    Unknown {
        /// The version that the release was made for.
        version: Version,
    },
}

/// Compares the fingerprint that a release names with the schema of the version that it was made
/// for: with the sealed one, to which the live schema is held besides, or with the live schema
/// itself.
#[must_use]
pub fn demanded(
    requirement: &Requirement,
    terms: &Terms<'_>,
    newest: Option<&str>,
    live: Option<&Schema>,
) -> Demanded {
    let Requirement::Range(range) = requirement else { return Demanded::Nothing };
    let (Some(demanded), version) = (range.schema(), range.requires()) else {
        return Demanded::Nothing;
    };
    let Some(newest) = newest.filter(|newest| *newest >= version.as_str()) else {
        return Demanded::Nothing;
    };
    let is_compared = terms.depth != Some(Depth::Off);
    let sealed = terms.seal.filter(|_| is_compared).and_then(|seal| seal.get(version.as_str()));
    let found = match (sealed, live) {
        (Some(sealed), _) => sealed.schema,
        (None, Some(live)) if newest == version.as_str() => fingerprint(live),
        (None, _) => return Demanded::Missed(Missed::Unknown { version: version.clone() }),
    };
    if found == demanded {
        Demanded::Met
    } else {
        Demanded::Missed(Missed::Other { version: version.clone(), demanded, found })
    }
}

/// Compares the live schema with the sealed one of the newest applied version; with a `gap` in
/// the history there is none.
///
/// # Errors
/// When the seal contradicts itself.
pub fn examine(
    terms: &Terms<'_>,
    newest: Option<&str>,
    gap: bool,
    live: Option<&Schema>,
) -> Result<Structure, SealFault> {
    let Some(seal) = terms.seal else {
        return Ok(match terms.depth {
            Some(Depth::Off) => Structure::Off,
            None => Structure::NoSeal,
            Some(Depth::Full | Depth::Fingerprint) => Structure::SealMissing,
        });
    };
    if terms.depth == Some(Depth::Off) {
        return Ok(Structure::Off);
    }
    let Some(newest) = newest else { return Ok(Structure::NothingApplied) };
    if gap {
        return Ok(Structure::Contradicted);
    }
    let Some(sealed) = seal.get(newest) else { return Ok(Structure::Unsealed(newest.to_owned())) };
    // A schema that was not read has nothing of what is sealed: so nothing passes by mistake.
    let unread = Schema::default();
    let live = live.unwrap_or(&unread);
    let mut compared = ComparedSchema {
        version: sealed.version.clone(),
        expected: sealed.schema,
        found: fingerprint(live),
        differences: Vec::new(),
        ignored: Vec::new(),
        sealed: None,
    };
    if compared.found != compared.expected || terms.depth == Some(Depth::Full) {
        let expected = seal.schema_at(newest)?;
        (compared.differences, compared.ignored) = divide(compare(&expected, live), terms.rules);
        compared.sealed = Some(expected);
    }
    Ok(Structure::Compared(Box::new(compared)))
}

#[cfg(test)]
#[path = "structure_tests.rs"]
mod tests;
