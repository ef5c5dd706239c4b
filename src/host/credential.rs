//! Owns fetching the database URL's text from where it may stand: the environment variable
//! and the systemd credential (systemd.exec(5), "Credentials"). Must never look into it, say
//! it, or choose between the two.

use crate::core::finding::Explain;
use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;

/// Why a text that is there cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialFault {
    /// The environment variable is not UTF-8.
    VariableNotUtf8 {
        /// Its name.
        name: &'static str,
    },
    /// The credential exists and cannot be read as text.
    File {
        /// Its path.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
}

/// The environment variable; `None` where it is not set.
///
/// # Errors
/// When it is not UTF-8.
pub fn from_environment(name: &'static str) -> Result<Option<String>, CredentialFault> {
    match env::var(name) {
        Ok(text) => Ok(Some(text)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(CredentialFault::VariableNotUtf8 { name }),
    }
}

/// The credential of this name; `None` where the service manager passed none.
///
/// # Errors
/// When it exists and cannot be read as UTF-8.
pub fn from_service_manager(name: &str) -> Result<Option<String>, CredentialFault> {
    let Some(directory) = env::var_os("CREDENTIALS_DIRECTORY") else { return Ok(None) };
    let path = PathBuf::from(directory).join(name);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CredentialFault::File { path, reason: error.to_string() }),
    }
}

impl Explain for CredentialFault {
    fn code(&self) -> &'static str {
        "unreadable-credential"
    }

    fn subject(&self) -> String {
        match self {
            Self::VariableNotUtf8 { name } => (*name).to_owned(),
            Self::File { path, .. } => path.display().to_string(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::VariableNotUtf8 { name } => {
                format!("the environment variable '{name}' is not UTF-8")
            }
            Self::File { path, reason } => {
                format!("the credential '{}' cannot be read: {reason}", path.display())
            }
        }
    }

    fn remedy(&self) -> String {
        "write the URL again, with everything outside ASCII percent-encoded".to_owned()
    }
}
