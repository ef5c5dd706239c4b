//! Owns the way to the requirement that a check judges by, and the story of `requirement init`.
//! Must never take a file that was named and cannot be had for none.

use crate::config::{RequirementFile, write_requirement};
use crate::core::finding::Explain;
use crate::core::history::History;
use crate::core::requirement::{InvertedRange, Range, Requirement};
use crate::core::seal::SealFault;
use crate::core::set::MigrationSet;
use crate::core::version::Version;
use crate::files;
use crate::ops::failure::Failure;
use crate::ops::reach::{read_seal, read_set};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What the command line says of the requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: the configuration decides.
    Configured,
    /// The range itself.
    Range(Range),
    /// The file that says it.
    File(PathBuf),
}

/// Where a requirement comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The installed migration set is the requirement.
    Installed,
    /// The command line says it.
    CommandLine,
    /// A file that the command line names.
    File(PathBuf),
    /// A file that the configuration names.
    Configuration(PathBuf),
}

/// A requirement, and where it comes from.
pub(super) struct Demand {
    pub(super) requirement: Requirement,
    pub(super) origin: Origin,
    /// The file, for the places of what is wrong with it.
    file: Option<RequirementFile>,
}

/// What `requirement init` made.
#[derive(Debug)]
pub struct Drafted {
    /// What the file says.
    pub range: Range,
    /// The file.
    pub text: String,
    /// Where it was written; otherwise it is only shown.
    pub path: Option<PathBuf>,
}

/// Why the file of a requirement cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementFileFault {
    /// Its path.
    pub path: PathBuf,
    /// What the operating system said.
    pub reason: String,
}

/// Why a requirement cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftFault {
    /// The migration set does not have this version.
    NotInSet {
        /// The version.
        version: Version,
        /// The newest migration of the set.
        newest: Version,
    },
    /// What is to be supported lies before what is required.
    Inverted(InvertedRange),
    /// There is such a file already.
    Exists(PathBuf),
    /// The file cannot be written.
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
}

impl Demand {
    /// What the command line says wins over what the configuration names; without either the
    /// installed set is the requirement, exactly.
    pub(super) fn find(asked: Asked, configured: Option<&Path>) -> Result<Self, Failure> {
        match (asked, configured) {
            (Asked::Range(range), _) => Ok(Self {
                requirement: Requirement::Range(range),
                origin: Origin::CommandLine,
                file: None,
            }),
            (Asked::File(path), _) => Self::read(Origin::File(path.clone()), &path),
            (Asked::Configured, Some(path)) => {
                Self::read(Origin::Configuration(path.to_owned()), path)
            }
            (Asked::Configured, None) => Ok(Self {
                requirement: Requirement::Installed,
                origin: Origin::Installed,
                file: None,
            }),
        }
    }

    fn read(origin: Origin, path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| {
            let reason = error.to_string();
            Failure::RequirementFile(RequirementFileFault { path: path.to_owned(), reason })
        })?;
        let file = RequirementFile::parse(&text, path).map_err(Failure::Config)?;
        Ok(Self { requirement: Requirement::Range(file.range().clone()), origin, file: Some(file) })
    }

    /// Refuses versions that can belong to no release of this set: such a requirement is wrong
    /// itself, and says nothing of the database.
    pub(super) fn refuse_strangers(
        &self,
        set: &MigrationSet,
        history: &History,
    ) -> Result<(), Failure> {
        let Requirement::Range(range) = &self.requirement else { return Ok(()) };
        let strangers = range.strangers(set, history);
        match &self.file {
            _ if strangers.is_empty() => Ok(()),
            None => Err(Failure::Strangers(strangers)),
            Some(file) => {
                let faults = strangers.into_iter().map(|it| file.stranger(it));
                Err(Failure::Config(faults.collect()))
            }
        }
    }

    /// The range that was judged; of an installed set it is its newest migration.
    pub(super) fn range(&self, set: &MigrationSet) -> Option<Range> {
        match &self.requirement {
            Requirement::Range(range) => Some(range.clone()),
            Requirement::Installed => {
                set.newest().and_then(|newest| Range::new(newest.version.clone(), None).ok())
            }
        }
    }
}

/// Makes the requirement file of a release from its migration set, and writes it where a path
/// is given. Where the set is sealed, the fingerprint of the required version goes into it.
///
/// # Errors
/// The set's faults, or [`Failure::Draft`]; an existing file is never overwritten.
pub fn init(
    directory: &Path,
    requires: Option<Version>,
    supports_up_to: Option<Version>,
    output: Option<PathBuf>,
) -> Result<Drafted, Failure> {
    let set = read_set(directory)?;
    let seal = read_seal(directory)?;
    let range = draft(&set, requires, supports_up_to).map_err(Failure::Draft)?;
    let range = match &seal {
        None => range,
        Some(seal) => {
            let version = range.requires().as_str();
            let unsealed = || SealFault::Unsealed { version: version.to_owned() };
            let schema = seal.get(version).ok_or_else(unsealed)?.schema;
            range.of_schema(Some(schema))
        }
    };
    let text = write_requirement(&range);
    if let Some(path) = &output {
        files::write_new(path, &text)
            .map_err(|error| Failure::Draft(vec![DraftFault::of(path, &error)]))?;
    }
    Ok(Drafted { range, text, path: output })
}

fn draft(
    set: &MigrationSet,
    requires: Option<Version>,
    supports_up_to: Option<Version>,
) -> Result<Range, Vec<DraftFault>> {
    let Some(newest) = set.newest().map(|it| it.version.clone()) else { return Err(Vec::new()) };
    let unknown = |version: &&Version| set.get(version.as_str()).is_none();
    let faults: Vec<DraftFault> = requires
        .iter()
        .chain(&supports_up_to)
        .filter(unknown)
        .map(|it| DraftFault::NotInSet { version: it.clone(), newest: newest.clone() })
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    Range::new(requires.unwrap_or(newest), supports_up_to)
        .map_err(|inverted| vec![DraftFault::Inverted(inverted)])
}

impl DraftFault {
    /// A file that cannot be written, or must not be overwritten.
    pub(super) fn of(path: &Path, error: &io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::AlreadyExists => Self::Exists(path),
            _ => Self::Unwritable { path, reason: error.to_string() },
        }
    }
}

impl Explain for RequirementFileFault {
    fn code(&self) -> &'static str {
        "requirement-file"
    }

    fn subject(&self) -> String {
        self.path.display().to_string()
    }

    fn message(&self) -> String {
        format!("the requirement '{}' cannot be read: {}", self.path.display(), self.reason)
    }

    fn remedy(&self) -> String {
        "install the file that the release ships, readable for the user that runs dreichor-migrate, or name another one".to_owned()
    }
}

impl Explain for DraftFault {
    fn code(&self) -> &'static str {
        match self {
            Self::NotInSet { .. } => "not-in-set",
            Self::Inverted(inverted) => inverted.code(),
            Self::Exists(_) => "output-exists",
            Self::Unwritable { .. } => "output",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::NotInSet { version, .. } => version.to_string(),
            Self::Inverted(inverted) => inverted.subject(),
            Self::Exists(path) | Self::Unwritable { path, .. } => path.display().to_string(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NotInSet { version, newest } => {
                format!("the migration set has no '{version}'; its newest is '{newest}'")
            }
            Self::Inverted(inverted) => inverted.message(),
            Self::Exists(path) => {
                format!("'{}' exists, and is not overwritten", path.display())
            }
            Self::Unwritable { path, reason } => {
                format!("'{}' cannot be written: {reason}", path.display())
            }
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::NotInSet { .. } => {
                "name a migration of the set, or another set with --migrations".to_owned()
            }
            Self::Inverted(inverted) => inverted.remedy(),
            Self::Exists(_) => "name another file, or remove this one first".to_owned(),
            Self::Unwritable { .. } => "name a file that can be written".to_owned(),
        }
    }
}
