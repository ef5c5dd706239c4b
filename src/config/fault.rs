//! Owns what can be wrong with `migrate.toml`, or with a requirement file, and says it. Must
//! never show a value from the file unless it was accepted as a name, nor a key that looks like a URL: a URL with a
//! password may have been written in any place.

use std::path::{Path, PathBuf};

use super::duration::DurationFault;
use super::name::NameFault;
use super::requirement_file::RequirementProblem;
use super::written::Misplaced;
use crate::core::finding::Explain;
use crate::core::place::Place;

/// One thing that is wrong with the configuration, and where. Every one of them ends the
/// program with exit code 78 (design section 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// The file, as it was named to the program.
    pub file: PathBuf,
    /// Where in it.
    pub place: Place,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong. Keys are written with dots: `environments.prod.database`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It is not TOML. The reason comes from the parser and holds no text of the file.
    Syntax {
        /// What the parser met or expected.
        reason: String,
    },
    /// A key that no version of this program reads.
    UnknownKey {
        /// The key as written.
        key: String,
        /// The keys that the table may have.
        known: &'static [&'static str],
    },
    /// A key with a value of another type.
    WrongType {
        /// The key.
        key: String,
        /// What it must be.
        expected: &'static str,
        /// The TOML type that it is.
        found: &'static str,
    },
    /// An environment's name breaks `^[a-z][a-z0-9_-]{0,31}$`.
    EnvironmentName {
        /// The name as written.
        name: String,
    },
    /// No environment is declared at all.
    NoEnvironment,
    /// The environment asked for is not declared.
    UnknownEnvironment {
        /// The name asked for.
        name: String,
        /// The declared ones, in the order of the file.
        known: Vec<String>,
    },
    /// A required key is not there.
    MissingKey {
        /// The key.
        key: String,
        /// How it could be given instead; empty where there is no other way.
        instead: &'static str,
    },
    /// A name that cannot be used.
    Name {
        /// The key.
        key: String,
        /// Why not.
        fault: NameFault,
    },
    /// A default role name, made from the database's, that cannot be used.
    DefaultRole {
        /// The key that would have given another name.
        key: String,
        /// Why not.
        fault: NameFault,
    },
    /// A value that is none of the allowed words.
    Choice {
        /// The key.
        key: String,
        /// The allowed words.
        allowed: &'static [&'static str],
    },
    /// A value that is no duration.
    Duration {
        /// The key.
        key: String,
        /// Why not.
        fault: DurationFault,
    },
    /// A duration of zero where there must be a limit.
    NoLimit {
        /// The key.
        key: String,
    },
    /// A list that must name something is empty.
    EmptyList {
        /// The key.
        key: String,
    },
    /// A number that is none of 1, 2, 3 and so on.
    Count {
        /// The key.
        key: String,
    },
    /// A key that does nothing without another one.
    Without {
        /// The key.
        key: String,
        /// The other key, as it must be written.
        other: &'static str,
    },
    /// A list names the same thing twice.
    RepeatedName {
        /// The key.
        key: String,
        /// The name, accepted as one.
        name: String,
    },
    /// Two environments use one database, and so are not isolated.
    SharedDatabase {
        /// The database.
        database: String,
        /// The environment declared first.
        first: String,
        /// The environment declared after it.
        second: String,
    },
    /// Two keys, of one environment or of two, name the same role.
    SharedRole {
        /// The role.
        role: String,
        /// The key declared first, or standing for the default.
        first: String,
        /// The key declared after it.
        second: String,
    },
    /// What only a requirement file can have.
    Requirement(RequirementProblem),
}

/// A text from the file, shown so that it cannot move the cursor, flood the screen or be a URL.
fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    if text.contains("://") {
        return "(a URL, not shown)".to_owned();
    }
    let mut shown: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

fn quoted(names: &[impl AsRef<str>]) -> String {
    names.iter().map(|name| format!("'{}'", shown(name.as_ref()))).collect::<Vec<_>>().join(", ")
}

impl ConfigFault {
    /// The problems of one file as faults, in its order.
    pub(super) fn all(problems: Vec<Misplaced>, file: &Path) -> Vec<Self> {
        let fault =
            |it: Misplaced| Self { file: file.to_owned(), place: it.place, problem: it.value };
        let mut faults: Vec<Self> = problems.into_iter().map(fault).collect();
        faults.sort_by_key(|fault| fault.place);
        faults
    }

    /// What is wrong, without the place.
    fn sentence(&self) -> String {
        match &self.problem {
            Problem::Syntax { reason } => format!("the file is not valid TOML: {reason}"),
            Problem::UnknownKey { key, .. } => format!("unknown key '{}'", shown(key)),
            Problem::WrongType { key, expected, found } => {
                format!("'{}' must be {expected}, not {found}", shown(key))
            }
            Problem::EnvironmentName { name } => format!(
                "environment name '{}' is not a lower-case letter followed by up to 31 lower-case letters, digits, '_' or '-'",
                shown(name)
            ),
            Problem::NoEnvironment => "no environment is declared".to_owned(),
            Problem::UnknownEnvironment { name, known } => {
                format!(
                    "environment '{}' is not declared; declared are {}",
                    shown(name),
                    quoted(known)
                )
            }
            Problem::MissingKey { key, .. } => format!("required key '{}' is missing", shown(key)),
            Problem::Name { key, fault } => {
                format!("'{}' is not usable as a name: {fault}", shown(key))
            }
            Problem::DefaultRole { key, fault } => {
                format!(
                    "the default of '{}', made from the database's name, is not usable: {fault}",
                    shown(key)
                )
            }
            Problem::Choice { key, allowed } => {
                format!("the value of '{}' is none of {}", shown(key), quoted(allowed))
            }
            Problem::Duration { key, fault } => {
                format!("'{}' is not a duration: {fault}", shown(key))
            }
            Problem::NoLimit { key } => format!("'{}' must not be zero", shown(key)),
            Problem::EmptyList { key } => format!("'{}' names nothing", shown(key)),
            Problem::Count { key } => format!("'{}' must be at least 1", shown(key)),
            Problem::Without { key, other } => {
                format!("'{}' does nothing without '{other}'", shown(key))
            }
            Problem::RepeatedName { key, name } => {
                format!("'{}' names '{}' once more", shown(key), shown(name))
            }
            Problem::SharedDatabase { database, first, second } => {
                format!(
                    "environments '{first}' and '{second}' both use database '{}'",
                    shown(database)
                )
            }
            Problem::SharedRole { role, first, second } => {
                format!(
                    "'{}' and '{}' are both role '{}'",
                    shown(first),
                    shown(second),
                    shown(role)
                )
            }
            Problem::Requirement(problem) => problem.sentence(),
        }
    }
}

impl Explain for ConfigFault {
    fn code(&self) -> &'static str {
        match &self.problem {
            Problem::Syntax { .. } => "config-syntax",
            Problem::UnknownKey { .. } => "config-unknown-key",
            Problem::WrongType { .. } => "config-wrong-type",
            Problem::EnvironmentName { .. } => "config-environment-name",
            Problem::NoEnvironment => "config-no-environment",
            Problem::UnknownEnvironment { .. } => "config-unknown-environment",
            Problem::MissingKey { .. } => "config-missing-key",
            Problem::Name { .. } => "config-name",
            Problem::DefaultRole { .. } => "config-default-role",
            Problem::Choice { .. } => "config-choice",
            Problem::Duration { .. } | Problem::NoLimit { .. } => "config-duration",
            Problem::EmptyList { .. } | Problem::RepeatedName { .. } => "config-list",
            Problem::Count { .. } => "config-count",
            Problem::Without { .. } => "config-without",
            Problem::SharedDatabase { .. } => "config-shared-database",
            Problem::SharedRole { .. } => "config-shared-role",
            Problem::Requirement(problem) => problem.code(),
        }
    }

    fn subject(&self) -> String {
        format!("{}:{}:{}", self.file.display(), self.place.line, self.place.column)
    }

    fn message(&self) -> String {
        format!("{}: {}", self.subject(), self.sentence())
    }

    fn remedy(&self) -> String {
        match &self.problem {
            Problem::Syntax { .. } => "correct the file at this place".to_owned(),
            Problem::UnknownKey { known, .. } => {
                format!("remove it, or write one of {}", quoted(known))
            }
            Problem::WrongType { expected, .. } => format!("write {expected}"),
            Problem::EnvironmentName { .. } => {
                "rename the environment, for example 'dev' or 'prod'".to_owned()
            }
            Problem::NoEnvironment => {
                "declare one: a table '[environments.NAME]' with the key 'database'".to_owned()
            }
            Problem::UnknownEnvironment { .. } => {
                "choose a declared environment with --env, or declare this one with its own database".to_owned()
            }
            Problem::MissingKey { instead: "", .. } => "add the key".to_owned(),
            Problem::MissingKey { instead, .. } => format!("add the key, or {instead}"),
            Problem::Name { fault: NameFault::Url, .. } => {
                "write the name alone; if a password was written here, change it".to_owned()
            }
            Problem::Name { .. } => "choose another name".to_owned(),
            Problem::DefaultRole { key, .. } => format!("set '{}' to a role name of your choice", shown(key)),
            Problem::Choice { allowed, .. } => format!("write one of {}", quoted(allowed)),
            Problem::Duration { .. } => "write a duration, in quotes".to_owned(),
            Problem::NoLimit { .. } => "write how long to wait, for example '10s'".to_owned(),
            Problem::EmptyList { .. } => {
                "name at least one, or remove the key to have the default".to_owned()
            }
            Problem::RepeatedName { .. } => "name it once".to_owned(),
            Problem::Count { .. } => "write how many, or remove the key to keep all".to_owned(),
            Problem::Without { other, .. } => format!("write '{other}' too, or remove the key"),
            Problem::SharedDatabase { .. } => {
                "give each environment a database of its own".to_owned()
            }
            Problem::SharedRole { .. } => "give each its own role: rights of one must not become rights of the other".to_owned(),
            Problem::Requirement(problem) => problem.remedy(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_from_the_file_cannot_move_the_cursor_or_flood_the_screen() {
        let fault = ConfigFault {
            file: PathBuf::from("migrate.toml"),
            place: Place { line: 3, column: 1 },
            problem: Problem::UnknownKey {
                key: format!("\u{1b}[2J\n{}", "x".repeat(500)),
                known: &["migrations"],
            },
        };
        let finding = fault.finding();
        assert_eq!(finding.code, "config-unknown-key");
        assert_eq!(finding.subject, "migrate.toml:3:1");
        assert!(!finding.message.contains(char::is_control));
        assert!(finding.message.chars().count() < 200, "{}", finding.message);
        assert_eq!(finding.remedy, "remove it, or write one of 'migrations'");
    }
}
