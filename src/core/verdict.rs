//! Owns the verdict: the one pure function that says whether a runtime may start (design
//! section 7). Must never guess: what was not examined is not reported as passed.

use crate::core::code::Code;
use crate::core::comparison::{Comparison, Difference};
use crate::core::finding::Explain;
use crate::core::history::History;
use crate::core::privilege::Excess;
use crate::core::requirement::{Bound, Range, Requirement, comes_after, is_known};
use crate::core::schema::difference as schema;
use crate::core::set::MigrationSet;
use crate::core::structure::{Demanded, Missed, Structure};
use crate::core::version::Version;

/// Differences that a verdict lists one by one; `verify` lists all.
const LISTED: usize = 20;

/// One reason why a schema is not what a release needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// Files and history contradict each other.
    Difference(Difference),
    /// The database has no history table: it was never migrated.
    NeverMigrated,
    /// A required migration is not applied.
    Pending(String),
    /// The requirement names a version that neither set nor database has yet.
    UnknownRequirement(String),
    /// The requirement names a version that neither set nor database has, and the database has
    /// newer ones: with its file installed it would be an inserted one.
    Overtaken {
        /// The version.
        version: String,
        /// The newest applied one.
        newest: String,
    },
    /// Applied, but newer than what the release supports.
    Unsupported {
        /// The applied migration.
        version: String,
        /// The newest one that the release supports.
        supports_up_to: String,
    },
    /// The live schema is not the sealed one.
    Drift(schema::Difference),
    /// There are more differences than are listed.
    MoreDrift(usize),
    /// Which schema the newest applied version makes is not sealed.
    Unsealed(String),
    /// The configuration demands a seal, and the set has none.
    NoSeal,
    /// The schema is not the one that the release was made for, or that cannot be told.
    Missed(Missed),
    /// The runtime role can do what it must not.
    Excess(Excess),
}

/// The answer of the gate.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    objections: Vec<Objection>,
    structure: Structure,
}

impl Objection {
    /// The exit code that this objection asks for.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        match self {
            Self::Difference(difference) => difference.exit_code(),
            Self::Overtaken { .. } => Code::Diverged,
            Self::NeverMigrated | Self::Pending(_) | Self::UnknownRequirement(_) => Code::Behind,
            Self::Unsupported { .. } => Code::Ahead,
            Self::Drift(_)
            | Self::MoreDrift(_)
            | Self::Unsealed(_)
            | Self::NoSeal
            | Self::Missed(_) => Code::Drifted,
            Self::Excess(excess) => excess.exit_code(),
        }
    }

    /// Design section 7: diverged, ahead, behind, drifted, overprivileged.
    fn gravity(&self) -> u8 {
        match self.exit_code() {
            Code::Diverged => 0,
            Code::Ahead => 1,
            Code::Behind => 2,
            Code::Drifted => 3,
            _ => 4,
        }
    }
}

impl Verdict {
    /// All objections, the gravest first.
    #[must_use]
    pub fn objections(&self) -> &[Objection] {
        &self.objections
    }

    /// The exit code of the gravest objection, or [`Code::Ok`].
    #[must_use]
    pub fn exit_code(&self) -> Code {
        self.objections.first().map_or(Code::Ok, Objection::exit_code)
    }

    /// `compatible`, or the name of the gravest objection's code.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.exit_code() {
            Code::Ok => "compatible",
            code => code.name(),
        }
    }

    /// How much of the schema itself was examined.
    #[must_use]
    pub fn structure(&self) -> &Structure {
        &self.structure
    }
}

/// What is known of the database beside its history.
#[derive(Debug)]
pub struct ObservedSchema<'a> {
    /// Its structure.
    pub structure: Structure,
    /// What became of the fingerprint that the release names.
    pub demanded: Demanded,
    /// What the runtime role can do and must not.
    pub excesses: &'a [Excess],
}

/// Judges the schema. Pure: the same facts always give the same verdict.
pub fn judge(
    set: &MigrationSet,
    history: &History,
    comparison: &Comparison,
    requirement: &Requirement,
    observed: ObservedSchema<'_>,
) -> Verdict {
    let mut objections = Vec::new();
    for difference in &comparison.differences {
        let supported = match (difference, requirement) {
            (Difference::Ahead(version), Requirement::Range(range)) => {
                version.as_str() <= range.supports_up_to().as_str()
            }
            _ => false,
        };
        if !supported {
            objections.push(Objection::Difference(difference.clone()));
        }
    }
    let required = |version: &str| match requirement {
        Requirement::Installed => true,
        Requirement::Range(range) => version <= range.requires().as_str(),
    };
    // A log without the table beside it tells of a loss, which its differences name.
    let never = !history.table_exists && history.unlisted.is_empty();
    if never && set.migrations().iter().any(|m| required(m.version.as_str())) {
        objections.push(Objection::NeverMigrated);
    }
    for migration in &comparison.pending {
        if required(migration.version.as_str()) {
            objections.push(Objection::Pending(migration.version.to_string()));
        }
    }
    if let Requirement::Range(range) = requirement {
        object_to_range(range, set, history, &mut objections);
    }
    // The release itself may name the schema, and then it was compared with that.
    let named = match requirement {
        Requirement::Range(range) if observed.demanded == Demanded::Met => Some(range.requires()),
        _ => None,
    };
    object_to_structure(&observed.structure, named, LISTED, &mut objections);
    if let Demanded::Missed(missed) = observed.demanded {
        objections.push(Objection::Missed(missed));
    }
    objections.extend(observed.excesses.iter().cloned().map(Objection::Excess));
    objections.sort_by_key(Objection::gravity);
    Verdict { objections, structure: observed.structure }
}

/// Everything that is wrong with a database, whatever a release needs of it.
pub fn survey(
    history: &History,
    comparison: &Comparison,
    structure: Structure,
    excesses: &[Excess],
) -> Verdict {
    let mut objections: Vec<Objection> =
        comparison.differences.iter().cloned().map(Objection::Difference).collect();
    if !history.table_exists && history.unlisted.is_empty() {
        objections.push(Objection::NeverMigrated);
    }
    object_to_structure(&structure, None, usize::MAX, &mut objections);
    objections.extend(excesses.iter().cloned().map(Objection::Excess));
    objections.sort_by_key(Objection::gravity);
    Verdict { objections, structure }
}

/// `named` is the version whose schema the release names itself and has; at most so many
/// differences are `listed` one by one.
fn object_to_structure(
    structure: &Structure,
    named: Option<&Version>,
    listed: usize,
    objections: &mut Vec<Objection>,
) {
    match structure {
        // That it was not compared is no objection of its own: the history's is graver.
        Structure::Contradicted => {}
        Structure::Off | Structure::NoSeal | Structure::NothingApplied => {}
        Structure::SealMissing => objections.push(Objection::NoSeal),
        Structure::Unsealed(version) => {
            let is_named = named.is_some_and(|named| named.as_str() == version);
            // What this release does not know at all is told already.
            let is_told = |it: &Objection| matches!(it, Objection::Difference(Difference::Ahead(ahead)) if ahead == version);
            if !is_named && !objections.iter().any(is_told) {
                objections.push(Objection::Unsealed(version.clone()));
            }
        }
        Structure::Compared(found) => {
            let all = &found.differences;
            objections.extend(all.iter().take(listed).cloned().map(Objection::Drift));
            if all.len() > listed {
                objections.push(Objection::MoreDrift(all.len() - listed));
            }
        }
    }
}

/// What a named range says more than the set does.
fn object_to_range(
    range: &Range,
    set: &MigrationSet,
    history: &History,
    objections: &mut Vec<Objection>,
) {
    for (bound, version) in range.bounds().filter(|(_, it)| !is_known(it, set, history)) {
        match (history.newest(), bound) {
            (Some(newest), _) if !comes_after(version, newest) => {
                objections.push(Objection::Overtaken {
                    version: version.to_string(),
                    newest: newest.to_owned(),
                });
            }
            (_, Bound::Requires) => {
                objections.push(Objection::UnknownRequirement(version.to_string()));
            }
            // Support for what nobody has applied yet.
            (_, Bound::SupportsUpTo) => {}
        }
    }
    let supports_up_to = range.supports_up_to();
    for migration in set.migrations() {
        let version = &migration.version;
        if version > supports_up_to && history.get(version.as_str()).is_some() {
            objections.push(Objection::Unsupported {
                version: version.to_string(),
                supports_up_to: supports_up_to.to_string(),
            });
        }
    }
}

impl Explain for Objection {
    fn code(&self) -> &'static str {
        match self {
            Self::Difference(difference) => difference.code(),
            Self::NeverMigrated => "never-migrated",
            Self::Pending(_) => "pending",
            Self::UnknownRequirement(_) => "unknown-requirement",
            Self::Overtaken { .. } => "overtaken-requirement",
            Self::Unsupported { .. } => "unsupported",
            Self::Drift(difference) => difference.code(),
            Self::MoreDrift(_) => "more-differences",
            Self::Unsealed(_) => "unsealed",
            Self::NoSeal => "no-seal",
            Self::Missed(Missed::Unknown { .. }) => "unsealed",
            Self::Missed(Missed::Other { .. }) => "other-schema",
            Self::Excess(excess) => excess.code(),
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Difference(difference) => difference.subject(),
            Self::NeverMigrated => "public.dreichor_schema_migrations".to_owned(),
            Self::Pending(version)
            | Self::UnknownRequirement(version)
            | Self::Overtaken { version, .. }
            | Self::Unsealed(version)
            | Self::Unsupported { version, .. } => version.clone(),
            Self::Drift(difference) => difference.subject(),
            Self::MoreDrift(_) => "schema".to_owned(),
            Self::NoSeal => "seal.toml".to_owned(),
            Self::Missed(Missed::Other { version, .. } | Missed::Unknown { version }) => {
                version.to_string()
            }
            Self::Excess(excess) => excess.subject(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Excess(excess) => excess.message(),
            Self::Difference(difference) => difference.message(),
            Self::Drift(difference) => difference.message(),
            Self::MoreDrift(count) => format!("the schema differs in {count} more objects"),
            Self::Unsealed(version) => format!(
                "'{}' is applied, and the seal does not tell which schema it makes",
                version.escape_debug()
            ),
            Self::NoSeal => {
                "the structure is to be compared, and the migration set has no seal".to_owned()
            }
            Self::Missed(Missed::Other { version, demanded, found }) => format!(
                "this release was made for the schema {demanded} of '{version}', which is {found} here"
            ),
            Self::Missed(Missed::Unknown { version }) => format!(
                "this release was made for a schema of '{version}' that it names, and the seal does not tell which one that version made"
            ),
            Self::NeverMigrated => {
                "the database was never migrated: it has no history table".to_owned()
            }
            Self::Pending(version) => format!("'{version}' is required and not applied"),
            Self::UnknownRequirement(version) => format!(
                "'{version}' is required, and neither the migration set nor the database knows it"
            ),
            Self::Overtaken { version, newest } => format!(
                "this release names '{version}', which was never applied, but the newer '{}' was",
                newest.escape_debug()
            ),
            Self::Unsupported { version, supports_up_to } => format!(
                "'{version}' is applied, and this release supports the schema only up to '{supports_up_to}'"
            ),
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Difference(difference) => return difference.remedy(),
            Self::Drift(difference) => return difference.remedy(),
            Self::Excess(excess) => return excess.remedy(),
            Self::MoreDrift(_) => "see them all with 'dreichor-migrate verify'",
            Self::Unsealed(_) | Self::NoSeal | Self::Missed(Missed::Unknown { .. }) => {
                "install the migrations together with their seal.toml, which 'dreichor-migrate seal' makes"
            }
            Self::Missed(Missed::Other { .. }) => {
                "see which migrations this release was built with: 'dreichor-migrate seal --check' compares files and seal"
            }
            Self::NeverMigrated | Self::Pending(_) => {
                "review it with 'dreichor-migrate plan', then apply it with 'dreichor-migrate apply' or 'systemctl start dreichor-migrate@ENV'"
            }
            Self::UnknownRequirement(_) => {
                "install the migrations that belong to this release, then plan and apply them"
            }
            Self::Overtaken { .. } => {
                "see which release migrated this database: its migrations and this release's have gone apart"
            }
            Self::Unsupported { .. } => {
                "start a release that supports this schema; the schema is never rolled back by rolling back a release"
            }
        }
        .to_owned()
    }
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
