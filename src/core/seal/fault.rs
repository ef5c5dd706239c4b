//! Owns what can be wrong with a seal, or between a seal and the files beside it, and says it.
//! Must never decide what follows from it.

use crate::core::digest::Digest;
use crate::core::finding::Explain;
use crate::core::place::Place;
use crate::core::version::Version;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealFault {
    /// The file is not one that this program wrote.
    Text {
        /// Where.
        place: Place,
        /// What is wrong there.
        what: String,
    },
    /// The file seals nothing: whoever compared with it would compare with nothing.
    Empty {
        /// Where its entries are missing.
        place: Place,
    },
    /// An entry does not come after the one before it.
    Order {
        /// The entry.
        version: Version,
    },
    /// A line of an entry's changes does not fit the schema before it.
    Changes {
        /// The entry.
        version: Version,
        /// The line of its changes, from 1.
        line: usize,
    },
    /// The changes up to an entry make another schema than its fingerprint says.
    Fingerprint {
        /// The entry.
        version: Version,
        /// What it says.
        written: Digest,
        /// What its changes make.
        made: Digest,
    },
    /// There is no entry of this version.
    Unsealed {
        /// The version, as the database or the set has it.
        version: String,
    },
    /// A released file has other bytes now.
    FileChanged {
        /// The migration.
        version: Version,
        /// Its sealed digest.
        sealed: Digest,
        /// The digest of the file.
        found: Digest,
    },
    /// A released file is gone.
    FileMissing {
        /// The migration.
        version: Version,
    },
    /// A file that is not sealed stands before one that is.
    Inserted {
        /// The file.
        version: Version,
        /// The newest sealed one.
        newest: Version,
    },
    /// The set has no seal.
    NoSeal {
        /// The migration directory.
        directory: String,
    },
    /// The file cannot be read or written.
    File {
        /// Its path.
        path: String,
        /// What the operating system said.
        reason: String,
    },
}

impl Explain for SealFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Text { .. }
            | Self::Empty { .. }
            | Self::Order { .. }
            | Self::Changes { .. }
            | Self::Fingerprint { .. } => "seal-invalid",
            Self::Unsealed { .. } => "unsealed",
            Self::FileChanged { .. } => "sealed-file-changed",
            Self::FileMissing { .. } => "sealed-file-missing",
            Self::Inserted { .. } => "inserted-before-sealed",
            Self::NoSeal { .. } => "no-seal",
            Self::File { .. } => "seal-file",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Text { .. } | Self::Empty { .. } => "seal.toml".to_owned(),
            Self::Order { version }
            | Self::Changes { version, .. }
            | Self::Fingerprint { version, .. }
            | Self::FileChanged { version, .. }
            | Self::FileMissing { version }
            | Self::Inserted { version, .. } => version.to_string(),
            Self::Unsealed { version } => version.clone(),
            Self::NoSeal { directory } => directory.clone(),
            Self::File { path, .. } => path.clone(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Text { place, what } => {
                format!("seal.toml:{}:{}: {what}", place.line, place.column)
            }
            Self::Empty { place } => {
                format!("seal.toml:{}:{}: no migration is sealed", place.line, place.column)
            }
            Self::Order { version } => {
                format!("the seal names '{version}' out of the order of names")
            }
            Self::Changes { version, line } => format!(
                "line {line} of the sealed changes of '{version}' does not fit the schema before it"
            ),
            Self::Fingerprint { version, written, made } => format!(
                "the seal says that '{version}' makes the schema {written}, but its changes make {made}"
            ),
            Self::Unsealed { version } => {
                format!("'{}' is not in the seal", version.escape_debug())
            }
            Self::FileChanged { version, sealed, found } => format!(
                "'{version}' was changed after it was released: sealed is {sealed}, the file is {found}"
            ),
            Self::FileMissing { version } => {
                format!("'{version}' was released and sealed, and its file is missing")
            }
            Self::Inserted { version, newest } => {
                format!("'{version}' is not sealed and stands before '{newest}', which is")
            }
            Self::NoSeal { directory } => format!("'{directory}' has no seal.toml"),
            Self::File { path, reason } => format!("'{path}' cannot be used: {reason}"),
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Text { .. } | Self::Order { .. } | Self::Changes { .. } | Self::Fingerprint { .. } => {
                "take seal.toml as it was released; it is never edited by hand"
            }
            Self::Empty { .. } => {
                "take seal.toml as it was released; where there never was one, remove it and run 'dreichor-migrate seal'"
            }
            Self::Unsealed { .. } | Self::NoSeal { .. } => {
                "make the seal with 'dreichor-migrate seal', commit it, and ship it with the migrations"
            }
            Self::FileChanged { .. } => {
                "restore the file as it was released, and put the change into a new migration"
            }
            Self::FileMissing { .. } => "restore the file; a released migration is never removed",
            Self::Inserted { .. } => {
                "give the file the next number after the newest one; nothing is inserted before a released migration"
            }
            Self::File { .. } => "look at its permissions and at the disk",
        }
        .to_owned()
    }
}
