//! Owns why nothing was approved, and what is to be done next. Must never approve anything.

use crate::core::code::Code;
use crate::core::finding::Explain;
use crate::host::ssh_keygen::SshKeygenFault;
use crate::ops::failure::Failure;
use std::path::PathBuf;

/// Why nothing was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApproveFault {
    /// The plan file is of something else than what was named.
    Elsewhere {
        /// The file.
        path: PathBuf,
        /// `environment` or `database`.
        what: &'static str,
        /// What the file has.
        found: String,
        /// What was named.
        wanted: String,
    },
    /// The plan has nothing to apply.
    NothingPending(PathBuf),
    /// The reference is empty, or has more than a line.
    Reference,
    /// The approver is no principal.
    Principal,
    /// Who approves was not said and cannot be told.
    NoApprover {
        /// Why not.
        reason: String,
    },
    /// Nothing was signed.
    Sign(SshKeygenFault),
    /// What was signed would not count.
    Signed {
        /// Who approves.
        approver: String,
        /// Whose keys may.
        allowed: PathBuf,
        /// What `ssh-keygen` said.
        reason: String,
    },
}

impl ApproveFault {
    /// The exit code.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        match self {
            Self::Elsewhere { .. } | Self::Sign(_) | Self::Signed { .. } => Code::NotApproved,
            Self::NothingPending(_)
            | Self::Reference
            | Self::Principal
            | Self::NoApprover { .. } => Code::Usage,
        }
    }
}

impl Explain for ApproveFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Elsewhere { .. } => "plan-elsewhere",
            Self::NothingPending(_) => "nothing-pending",
            Self::Reference => "reference",
            Self::Principal => "approver",
            Self::NoApprover { .. } => "no-approver",
            Self::Sign(fault) => fault.code(),
            Self::Signed { .. } => "signer-not-allowed",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Elsewhere { path, .. } | Self::NothingPending(path) => path.display().to_string(),
            Self::Reference => "--reference".to_owned(),
            Self::Principal | Self::NoApprover { .. } => "--approver".to_owned(),
            Self::Sign(fault) => fault.subject(),
            Self::Signed { approver, .. } => approver.clone(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Elsewhere { path, what, found, wanted } => format!(
                "'{}' is a plan for {what} '{}', not for '{wanted}'",
                path.display(),
                found.escape_debug()
            ),
            Self::NothingPending(path) => {
                format!(
                    "the plan '{}' applies nothing, so there is nothing to approve",
                    path.display()
                )
            }
            Self::Reference => {
                "the reference is not one line of 1 to 200 bytes, without blanks around it"
                    .to_owned()
            }
            Self::Principal => {
                "the approver is not one name, without blanks, commas and patterns".to_owned()
            }
            Self::NoApprover { reason } => format!("who approves is not said: {reason}"),
            Self::Sign(fault) => fault.message(),
            Self::Signed { approver, allowed, reason } => {
                let because = if reason.is_empty() { String::new() } else { format!(": {reason}") };
                format!(
                    "the key may not sign for '{approver}' by '{}'{because}; nothing was approved",
                    allowed.display()
                )
            }
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Elsewhere { .. } => {
                "name the environment that the plan was made for, or have it planned again"
                    .to_owned()
            }
            Self::NothingPending(_) => "have it planned again when something is pending".to_owned(),
            Self::Reference => "name for example a work order: --reference WO-123".to_owned(),
            Self::Principal | Self::NoApprover { .. } => {
                "name it as the allowed signers have it: --approver NAME".to_owned()
            }
            Self::Sign(fault) => fault.remedy(),
            Self::Signed { allowed, .. } => format!(
                "name the approver whose key this is with --approver, or have a line added to '{}'",
                allowed.display()
            ),
        }
    }
}

impl From<ApproveFault> for Failure {
    fn from(fault: ApproveFault) -> Self {
        Self::Approve(fault)
    }
}
