//! Owns the report of a run: what was applied, what ended it, what remains. Must never
//! decide what to do next.

use crate::core::backup::Backup;
use crate::core::code::Code;
use crate::core::digest::Digest;
use crate::core::failure::StatementFailure;
use crate::core::version::Version;
use std::time::Duration;

/// What a run did.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReport {
    /// The run, as in the log's rows.
    pub run_id: String,
    /// The plan that it carried out.
    pub plan: Digest,
    /// The approval that let it run; none where none was needed.
    pub approval: Option<UsedApproval>,
    /// The backup that was made before it, where the environment wants one.
    pub backup: Option<Backup>,
    /// What was applied and committed, in order.
    pub applied: Vec<AppliedStep>,
    /// What ended the run early.
    pub end: RunEnd,
    /// What was planned and is not applied, in order, the failed one included.
    pub remaining: Vec<Version>,
    /// What failed beside the run itself, for example writing the row of a failure.
    pub troubles: Vec<String>,
}

/// The approval that let a plan run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedApproval {
    /// What it refers to.
    pub reference: String,
    /// Who approved.
    pub approver: String,
    /// The digest of the statement that was signed.
    pub statement: Digest,
    /// Until when it counts, in UTC.
    pub expires_at: String,
    /// Where the statement lies.
    pub path: String,
    /// All of it that the log's rows keep.
    pub line: String,
}

/// One migration that was applied and committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedStep {
    /// The migration.
    pub version: Version,
    /// From the first byte sent to the end of its commit.
    pub duration: Duration,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEnd {
    /// All that was planned is applied.
    Completed,
    /// A statement failed; the migration left nothing.
    Failed(Box<StatementFailure>),
    /// A lock or statement timeout; the migration left nothing.
    TimedOut(Box<StatementFailure>),
    /// The file ended or replaced the transaction it ran in, and nothing was recorded.
    TransactionReplaced {
        /// The migration.
        version: Version,
    },
    /// The file is not what was planned any more: changed, gone or unreadable. Nothing of it
    /// was sent.
    FileChanged {
        /// The migration.
        version: Version,
        /// What is wrong with the file.
        reason: String,
    },
    /// A signal ended the run; the migration left nothing.
    Interrupted {
        /// The migration that was running, or the next one.
        version: Version,
        /// The signal's name.
        signal: &'static str,
    },
    /// The connection was lost, and the migration is known to have left nothing.
    ConnectionLost {
        /// The migration.
        version: Version,
        /// Why, as the connection said it.
        reason: String,
    },
    /// The connection was lost at commit and the outcome could not be read back.
    Unknown {
        /// The migration.
        version: Version,
        /// Why it could not be read back.
        reason: String,
    },
}

impl RunEnd {
    /// The exit code of the run.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        match self {
            Self::Completed => Code::Ok,
            Self::Failed(_) | Self::FileChanged { .. } | Self::ConnectionLost { .. } => {
                Code::Failed
            }
            Self::TimedOut(_) => Code::TimedOut,
            Self::Interrupted { .. } => Code::Interrupted,
            Self::TransactionReplaced { .. } | Self::Unknown { .. } => Code::Unknown,
        }
    }
}
