//! Owns the verdict: the one pure function that says whether a runtime may start (design
//! section 7). Must never guess: what was not examined is not reported as passed.

use crate::core::code::Code;
use crate::core::comparison::{Comparison, Difference};
use crate::core::finding::Explain;
use crate::core::history::History;
use crate::core::privilege::Excess;
use crate::core::requirement::{Bound, Range, Requirement, comes_after, is_known};
use crate::core::set::MigrationSet;

/// What is known of the live schema's structure.
///
/// The place of drift in the verdict: until it is examined by this program there is one answer,
/// which adds no finding and is shown as *not examined*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Structure {
    /// Versions and checksums only.
    NotExamined,
}

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
    pub fn structure(&self) -> Structure {
        self.structure
    }
}

/// Judges the schema. Pure: the same facts always give the same verdict.
pub fn judge(
    set: &MigrationSet,
    history: &History,
    comparison: &Comparison,
    requirement: &Requirement,
    structure: Structure,
    excesses: &[Excess],
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
    objections.extend(excesses.iter().cloned().map(Objection::Excess));
    objections.sort_by_key(Objection::gravity);
    Verdict { objections, structure }
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
            | Self::Unsupported { version, .. } => version.clone(),
            Self::Excess(excess) => excess.subject(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Excess(excess) => excess.message(),
            Self::Difference(difference) => difference.message(),
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
            Self::Excess(excess) => return excess.remedy(),
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
