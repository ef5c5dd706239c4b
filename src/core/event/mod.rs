//! Owns the events of a run: what the log and the journal are told, as facts with a fixed
//! identity, a priority, a sentence and fields. Must never write them anywhere.

mod ending;
mod field;
mod kind;
mod telling;

pub use field::{COMMON, FIELDS, Field, FieldRow, Fields};
pub use kind::{Kind, KindRow, Priority};
pub use telling::LOST_ANSWER;

use crate::core::backup::Backup;
use crate::core::code::Code;
use crate::core::digest::Digest;
use crate::core::failure::StatementFailure;
use crate::core::finding::Finding;
use crate::core::version::Version;
use std::time::Duration;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A backup was made, read back and put in its place.
    BackupMade {
        /// Where it is, and what.
        backup: Box<Backup>,
    },
    /// The lock is held, the plan is made, and the first statement is about to be sent.
    RunStarted {
        /// The plan's digest.
        plan: Digest,
        /// How many migrations are pending.
        pending: usize,
    },
    /// The environment demands an approval, and this one lets the plan run.
    PlanApproved {
        /// The plan's digest.
        plan: Digest,
        /// Reference, approver and statement, as the log's rows have them.
        approval: String,
    },
    /// A waiver is in force: a rule of the policy is set aside for one statement.
    WaiverInForce {
        /// Which migration.
        version: String,
        /// The line of the waiver.
        line: usize,
        /// The rule.
        rule: &'static str,
        /// Why, in its author's words.
        reason: String,
    },
    /// A migration is about to be sent.
    MigrationStarted {
        /// Which one.
        version: Version,
        /// Its number among the pending ones, from 1.
        number: usize,
        /// How many are pending.
        of: usize,
    },
    /// A migration and its history rows are committed.
    MigrationApplied {
        /// Which one.
        version: Version,
        /// How long it took.
        duration: Duration,
    },
    /// A migration failed, or timed out, and left nothing: two kinds.
    MigrationFailed {
        /// Failed or timed out.
        code: Code,
        /// The statement and what the server said.
        failure: Box<StatementFailure>,
    },
    /// A signal ended the migration, which left nothing.
    MigrationInterrupted {
        /// Which one.
        version: Version,
        /// The signal's name.
        signal: &'static str,
    },
    /// The server said something while a migration ran.
    ServerNotice {
        /// Which migration; none between migrations.
        version: Option<Version>,
        /// `NOTICE`, `WARNING`, `INFO`, `LOG` or `DEBUG`.
        severity: String,
        /// SQLSTATE.
        sqlstate: String,
        /// The message.
        message: String,
        /// DETAIL, HINT and CONTEXT, those that there are.
        more: Vec<(&'static str, String)>,
    },
    /// A command ended with this finding.
    Finding {
        /// The exit code of the command.
        code: Code,
        /// The finding.
        finding: Finding,
    },
    /// Another run holds the lock and this one waits for it.
    WaitingForLock {
        /// Who holds it.
        holder: String,
        /// How long this run waits at most.
        patience: Duration,
    },
    /// No connection yet; the gate tries again within its deadline.
    ConnectionRetried {
        /// Why the last attempt failed.
        reason: String,
    },
    /// Something failed beside the act itself, for example writing the row of a failure.
    Trouble {
        /// Which migration it touches; none where it touches no single one.
        version: Option<Version>,
        /// The sentence.
        message: String,
    },
    /// The answer could not be written to standard output.
    AnswerLost {
        /// The exit code of the command, which is not [`Code::Ok`] any more.
        code: Code,
        /// What the operating system said.
        reason: String,
    },
    /// A command ended.
    Ended {
        /// Its name, for example `apply`.
        command: &'static str,
        /// How.
        code: Code,
        /// One sentence.
        summary: String,
        /// The next safe act; none where all that was asked is so.
        remedy: Option<String>,
    },
}

/// An event as the sinks write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Priority as syslog means it.
    pub priority: Priority,
    /// Fixed 128-bit identity of this kind of event (`journalctl MESSAGE_ID=…`).
    pub message_id: &'static str,
    /// Stable short name of this kind of event.
    pub name: &'static str,
    /// The sentence.
    pub message: String,
    /// Further facts.
    pub fields: Fields,
}

impl Event {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::BackupMade { .. } => Kind::BackupMade,
            Self::RunStarted { .. } => Kind::RunStarted,
            Self::PlanApproved { .. } => Kind::PlanApproved,
            Self::WaiverInForce { .. } => Kind::WaiverInForce,
            Self::MigrationStarted { .. } => Kind::MigrationStarted,
            Self::MigrationApplied { .. } => Kind::MigrationApplied,
            Self::MigrationFailed { code: Code::TimedOut, .. } => Kind::MigrationTimedOut,
            Self::MigrationFailed { .. } => Kind::MigrationFailed,
            Self::MigrationInterrupted { .. } => Kind::MigrationInterrupted,
            Self::ServerNotice { .. } => Kind::ServerNotice,
            Self::WaitingForLock { .. } => Kind::WaitingForLock,
            Self::ConnectionRetried { .. } => Kind::ConnectionRetried,
            Self::Trouble { .. } => Kind::Trouble,
            Self::Finding { .. } => Kind::Finding,
            Self::AnswerLost { .. } => Kind::AnswerLost,
            Self::Ended { code, .. } => Kind::Ended(*code),
        }
    }

    /// Its priority, which is known before anything is formatted.
    #[must_use]
    pub fn priority(&self) -> Priority {
        let severity = match self {
            Self::ServerNotice { severity, .. } => severity,
            _ => "",
        };
        self.kind().row().priority.unwrap_or_else(|| notice_priority(severity))
    }

    /// The event as the sinks write it.
    #[must_use]
    pub fn record(&self) -> Record {
        let row = self.kind().row();
        let (message, fields) = self.telling();
        let priority = self.priority();
        Record { priority, message_id: row.message_id, name: row.name, message, fields }
    }

    /// Whether the report that a command prints for people says the same; a terminal is then
    /// not told twice.
    #[must_use]
    pub fn is_reported(&self) -> bool {
        match self {
            Self::BackupMade { .. }
            | Self::RunStarted { .. }
            | Self::PlanApproved { .. }
            | Self::MigrationStarted { .. }
            | Self::MigrationApplied { .. }
            | Self::MigrationFailed { .. }
            | Self::MigrationInterrupted { .. }
            | Self::Finding { .. }
            | Self::Trouble { .. }
            | Self::Ended { .. } => true,
            Self::ServerNotice { .. }
            | Self::WaiverInForce { .. }
            | Self::WaitingForLock { .. }
            | Self::ConnectionRetried { .. }
            | Self::AnswerLost { .. } => false,
        }
    }
}

/// Notices keep the server's own level.
fn notice_priority(severity: &str) -> Priority {
    match severity {
        "WARNING" => Priority::Warning,
        "NOTICE" => Priority::Notice,
        "INFO" | "LOG" => Priority::Info,
        _ => Priority::Debug,
    }
}

#[cfg(test)]
mod tests;
