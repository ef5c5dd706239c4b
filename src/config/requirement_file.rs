//! Owns the requirement file that a release ships: its keys, its faults with their places, and
//! how `requirement init` writes one. Must never read a file, nor judge a schema.

use std::path::{Path, PathBuf};

use super::fault::{ConfigFault, Problem};
use super::written::{self, Field, Misplaced, Placed, WrittenRequirement};
use crate::core::digest::Digest;
use crate::core::finding::Explain;
use crate::core::place::Place;
use crate::core::requirement::{Bound, InvertedRange, Range, Stranger};
use crate::core::version::Version;

const START: Place = Place { line: 1, column: 1 };

const HEADER: &str = "\
# What this release needs of the schema: for 'dreichor-migrate check', and for the gate where
# the configuration names this file.
";

/// What is wrong with a requirement, beyond what any file of keys can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequirementProblem {
    /// A value that is no migration's file name.
    NotAVersion {
        /// The key.
        key: &'static str,
    },
    /// A value that is no digest.
    NotADigest {
        /// The key.
        key: &'static str,
    },
    /// What is supported lies before what is required.
    Inverted(InvertedRange),
    /// A version that can belong to no release of the installed set.
    Stranger(Stranger),
}

/// A whole, accepted requirement file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementFile {
    path: PathBuf,
    range: Range,
    requires_at: Place,
    supports_up_to_at: Place,
}

impl RequirementFile {
    /// Reads and judges the whole file. `path` only names it in faults.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, in the order of the file; exit code 78.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Vec<ConfigFault>> {
        let (written, problems) = written::read_requirement(text);
        let mut judge = Judge { problems };
        let requirement = judge.requirement(written, path);
        match requirement {
            Some(requirement) if judge.problems.is_empty() => Ok(requirement),
            _ => Err(ConfigFault::all(judge.problems, path)),
        }
    }

    /// Where the file lies, as it was named to the program.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it requires.
    #[must_use]
    pub fn range(&self) -> &Range {
        &self.range
    }

    /// A stranger among its versions, as a fault with its place.
    #[must_use]
    pub fn stranger(&self, stranger: Stranger) -> ConfigFault {
        let place = match stranger.bound {
            Bound::Requires => self.requires_at,
            Bound::SupportsUpTo => self.supports_up_to_at,
        };
        self.fault(place, RequirementProblem::Stranger(stranger))
    }

    fn fault(&self, place: Place, problem: RequirementProblem) -> ConfigFault {
        let problem = Problem::Requirement(problem);
        ConfigFault { file: self.path.clone(), place, problem }
    }
}

/// The text of a file that says this.
#[must_use]
pub fn write(range: &Range) -> String {
    let mut text = format!("{HEADER}requires = \"{}\"\n", range.requires());
    if range.supports_up_to() != range.requires() {
        text.push_str(&format!("supports_up_to = \"{}\"\n", range.supports_up_to()));
    }
    if let Some(schema) = range.schema() {
        text.push_str(&format!("schema = \"{schema}\"\n"));
    }
    text
}

struct Judge {
    problems: Vec<Misplaced>,
}

impl Judge {
    fn report(&mut self, place: Place, problem: RequirementProblem) {
        self.problems.push(Placed { value: Problem::Requirement(problem), place });
    }

    fn requirement(&mut self, written: WrittenRequirement, path: &Path) -> Option<RequirementFile> {
        if matches!(written.requires, Field::Absent) {
            let problem = Problem::MissingKey { key: "requires".to_owned(), instead: "" };
            self.problems.push(Placed { value: problem, place: START });
        }
        let requires = self.version("requires", written.requires);
        let supports_up_to = self.version("supports_up_to", written.supports_up_to);
        let schema = self.digest("schema", written.schema);
        let requires = requires?;
        let requires_at = requires.place;
        let supports_up_to_at = supports_up_to.as_ref().map_or(requires_at, |it| it.place);
        match Range::new(requires.value, supports_up_to.map(|it| it.value)) {
            Ok(range) => Some(RequirementFile {
                path: path.to_owned(),
                range: range.of_schema(schema.map(|it| it.value)),
                requires_at,
                supports_up_to_at,
            }),
            Err(inverted) => {
                self.report(supports_up_to_at, RequirementProblem::Inverted(inverted));
                None
            }
        }
    }

    fn version(&mut self, key: &'static str, field: Field<String>) -> Option<Placed<Version>> {
        let Field::Given(Placed { value, place }) = field else { return None };
        let version = Version::parse(&value);
        if version.is_none() {
            self.report(place, RequirementProblem::NotAVersion { key });
        }
        version.map(|value| Placed { value, place })
    }

    /// With `sha256:` before it, always: what is compared some day may have another kind.
    fn digest(&mut self, key: &'static str, field: Field<String>) -> Option<Placed<Digest>> {
        let Field::Given(Placed { value, place }) = field else { return None };
        let digest = value.starts_with("sha256:").then(|| Digest::parse(&value)).flatten();
        if digest.is_none() {
            self.report(place, RequirementProblem::NotADigest { key });
        }
        digest.map(|value| Placed { value, place })
    }
}

impl RequirementProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotAVersion { .. } => "requirement-version",
            Self::NotADigest { .. } => "requirement-digest",
            Self::Inverted(_) => "inverted-range",
            Self::Stranger(stranger) => stranger.code(),
        }
    }

    pub(super) fn sentence(&self) -> String {
        match self {
            Self::NotAVersion { key } => format!("'{key}' is not a migration's file name"),
            Self::NotADigest { key } => {
                format!("'{key}' is not 'sha256:' followed by 64 lower-case hexadecimal digits")
            }
            Self::Inverted(inverted) => inverted.message(),
            Self::Stranger(stranger) => stranger.message(),
        }
    }

    pub(super) fn remedy(&self) -> String {
        match self {
            Self::NotAVersion { .. } => {
                "write one as it stands in the migration set, such as '001_init.sql'".to_owned()
            }
            Self::NotADigest { .. } => "write the digest whole, or remove the key".to_owned(),
            Self::Inverted(inverted) => inverted.remedy(),
            Self::Stranger(stranger) => stranger.remedy(),
        }
    }
}

#[cfg(test)]
#[path = "requirement_file_tests.rs"]
mod tests;
