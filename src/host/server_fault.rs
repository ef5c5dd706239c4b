//! Owns what is said when a server of our own, or one of PostgreSQL's programs, cannot be had. Must
//! never hold what was on a command line.

use crate::core::finding::Explain;
use std::path::PathBuf;

/// Why there is no throwaway server, or why one of PostgreSQL's programs failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerFault {
    /// The programs of a server are not installed.
    NoPrograms {
        /// What is missing, and where it was looked for.
        path: PathBuf,
    },
    /// The programs of this major version are not installed.
    NoMajor {
        /// The major version of the server that they must suit.
        major: u32,
        /// What is missing, and where it was looked for.
        path: PathBuf,
    },
    /// A program is of another major version than the server.
    OtherMajor {
        /// The program.
        path: PathBuf,
        /// The server's.
        wanted: u32,
        /// The program's.
        found: u32,
    },
    /// A program cannot be started, or ended with an error.
    Program {
        /// Its name.
        name: String,
        /// What it, or the operating system, said.
        reason: String,
    },
    /// Its directory cannot be made.
    Directory {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
}

impl Explain for ServerFault {
    fn code(&self) -> &'static str {
        match self {
            Self::NoPrograms { .. } | Self::NoMajor { .. } => "no-server-programs",
            Self::OtherMajor { .. } => "other-major",
            Self::Program { .. } => "server-program",
            Self::Directory { .. } => "server-directory",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::NoPrograms { path }
            | Self::NoMajor { path, .. }
            | Self::OtherMajor { path, .. }
            | Self::Directory { path, .. } => path.display().to_string(),
            Self::Program { name, .. } => name.clone(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoPrograms { path } => {
                format!("there is no PostgreSQL server to start: '{}' is missing", path.display())
            }
            Self::NoMajor { major, path } => format!(
                "the programs of PostgreSQL {major} are needed, as the server has it: '{}' is missing",
                path.display()
            ),
            Self::OtherMajor { path, wanted, found } => {
                format!("'{}' is of PostgreSQL {found}, and the server of {wanted}", path.display())
            }
            Self::Program { name, reason } => format!("'{name}' failed: {reason}"),
            Self::Directory { path, reason } => {
                format!("'{}' cannot be used: {reason}", path.display())
            }
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::NoPrograms { .. } => {
                "install one (apt-get install postgresql), or name its programs with DREICHOR_POSTGRES_BIN"
                    .to_owned()
            }
            Self::NoMajor { major, .. } | Self::OtherMajor { wanted: major, .. } => format!(
                "install them (apt-get install postgresql-{major}), or name their directory with DREICHOR_POSTGRES_BIN"
            ),
            Self::Program { .. } => "see what it said, and start it again".to_owned(),
            Self::Directory { .. } => {
                "look at its permissions and at the disk, or set TMPDIR".to_owned()
            }
        }
    }
}
