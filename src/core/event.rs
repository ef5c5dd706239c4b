//! Owns the events of a run: what the log and the journal are told, as facts with a fixed
//! identity, a priority, a sentence and fields. Must never write them anywhere.

use crate::core::code::Code;
use crate::core::digest::Digest;
use crate::core::failure::StatementFailure;
use crate::core::finding::Finding;
use crate::core::version::Version;
use std::time::Duration;

/// Priority as syslog means it (`syslog(3)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// 3: an act failed; somebody must look.
    Error,
    /// 4: something is not as it should be; the act goes on.
    Warning,
    /// 5: normal and significant.
    Notice,
    /// 6: progress.
    Info,
    /// 7: for those who look for a cause.
    Debug,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The lock is held, the plan is made, and the first statement is about to be sent.
    RunStarted {
        /// The plan's digest.
        plan: Digest,
        /// How many migrations are pending.
        pending: usize,
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
    /// A migration failed, or timed out, and left nothing.
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
        /// The sentence.
        message: String,
    },
    /// The answer could not be written to standard output.
    AnswerLost {
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

/// The facts that a record may carry; each becomes a journal field `DREICHOR_…`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// `DREICHOR_MIGRATION`.
    pub migration: Option<String>,
    /// `DREICHOR_CODE` and `DREICHOR_EXIT_CODE`.
    pub code: Option<Code>,
    /// `DREICHOR_FINDING`: the finding's short name.
    pub finding: Option<&'static str>,
    /// `DREICHOR_SQLSTATE`.
    pub sqlstate: Option<String>,
    /// `DREICHOR_PLAN`.
    pub plan: Option<Digest>,
    /// `DREICHOR_DURATION_MS`.
    pub duration: Option<Duration>,
    /// `DREICHOR_PLACE`: file, line and column.
    pub place: Option<String>,
    /// `DREICHOR_REMEDY`: the next safe act.
    pub remedy: Option<String>,
}

impl Event {
    /// Its priority, which is known before anything is formatted.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.identity().0
    }

    /// The event as the sinks write it.
    #[must_use]
    pub fn record(&self) -> Record {
        let (priority, message_id, name) = self.identity();
        let (message, fields) = self.telling();
        Record { priority, message_id, name, message, fields }
    }

    /// Whether the report that a command prints for people says the same; a terminal is then
    /// not told twice.
    #[must_use]
    pub fn is_reported(&self) -> bool {
        match self {
            Self::RunStarted { .. }
            | Self::MigrationStarted { .. }
            | Self::MigrationApplied { .. }
            | Self::MigrationFailed { .. }
            | Self::MigrationInterrupted { .. }
            | Self::Finding { .. }
            | Self::Trouble { .. }
            | Self::Ended { .. } => true,
            Self::ServerNotice { .. }
            | Self::WaitingForLock { .. }
            | Self::ConnectionRetried { .. }
            | Self::AnswerLost { .. } => false,
        }
    }

    fn identity(&self) -> (Priority, &'static str, &'static str) {
        match self {
            Self::RunStarted { .. } => {
                (Priority::Info, "6e2ab728e09f473ba9aecfd3afa62b39", "run-started")
            }
            Self::MigrationStarted { .. } => {
                (Priority::Info, "ba9f597bc61645a595b02af019a273bd", "migration-started")
            }
            Self::MigrationApplied { .. } => {
                (Priority::Info, "6f0f2e6a87a24f8ea3b96c45d3628311", "migration-applied")
            }
            Self::MigrationFailed { .. } => {
                (Priority::Error, "0130ed2535ab44988ef7e2c350ac722e", "migration-failed")
            }
            Self::MigrationInterrupted { .. } => {
                (Priority::Error, "488150fabc36405bb1956a30f5256f9a", "migration-interrupted")
            }
            Self::ServerNotice { severity, .. } => {
                (notice_priority(severity), "24cd2aef9d0e436e93d4b011a5e7d873", "server-notice")
            }
            Self::Finding { .. } => {
                (Priority::Error, "baa58f3a2c554b8c871cadbe6ccd1b8e", "finding")
            }
            Self::WaitingForLock { .. } => {
                (Priority::Notice, "676c55cd9f2d4784820d49a742ba6a3b", "waiting-for-lock")
            }
            Self::ConnectionRetried { .. } => {
                (Priority::Warning, "c23bcc72403e496ea3f3e5667aeb1977", "connection-retried")
            }
            Self::Trouble { .. } => {
                (Priority::Warning, "dbf45b09555e4353b544e94f3ee3a321", "trouble")
            }
            Self::AnswerLost { .. } => {
                (Priority::Error, "34b8fbd19bb1434e9f64e313d5819ad0", "answer-lost")
            }
            Self::Ended { code: Code::Ok, .. } => {
                (Priority::Info, "ff3e9aca57f4404385f63c7ae3821517", "ended")
            }
            Self::Ended { .. } => {
                (Priority::Error, "ec1380a2926045629893a2ab981fb426", "ended-with-error")
            }
        }
    }

    fn telling(&self) -> (String, Fields) {
        match self {
            Self::RunStarted { plan, pending } => (
                format!("applying {pending} pending, plan {plan}"),
                Fields { plan: Some(*plan), ..Fields::default() },
            ),
            Self::MigrationStarted { version, number, of } => (
                format!("applying '{version}' ({number} of {of})"),
                Fields { migration: Some(version.to_string()), ..Fields::default() },
            ),
            Self::MigrationApplied { version, duration } => (
                format!("applied '{version}' in {} ms", duration.as_millis()),
                Fields {
                    migration: Some(version.to_string()),
                    duration: Some(*duration),
                    ..Fields::default()
                },
            ),
            Self::MigrationFailed { code, failure } => tell_failure(*code, failure),
            Self::MigrationInterrupted { version, signal } => (
                format!(
                    "'{version}' was interrupted by {signal}; it was rolled back and left nothing"
                ),
                Fields {
                    migration: Some(version.to_string()),
                    code: Some(Code::Interrupted),
                    ..Fields::default()
                },
            ),
            Self::ServerNotice { version, severity, sqlstate, message, more } => {
                let mut text = format!("{severity}: {message}");
                for (name, value) in more {
                    text.push_str(&format!("; {name}: {value}"));
                }
                let fields = Fields {
                    migration: version.as_ref().map(Version::to_string),
                    sqlstate: Some(sqlstate.clone()),
                    ..Fields::default()
                };
                (text, fields)
            }
            Self::Finding { code, finding } => (
                match finding.remedy.as_str() {
                    "" => finding.message.clone(),
                    remedy => format!("{}; {remedy}", finding.message),
                },
                Fields {
                    migration: Version::parse(&finding.subject).map(|name| name.to_string()),
                    code: Some(*code),
                    finding: Some(finding.code),
                    remedy: Some(finding.remedy.clone()).filter(|remedy| !remedy.is_empty()),
                    ..Fields::default()
                },
            ),
            Self::WaitingForLock { holder, patience } => (
                format!(
                    "another run holds the lock: {holder}; waiting up to {} s",
                    patience.as_secs()
                ),
                Fields::default(),
            ),
            Self::ConnectionRetried { reason } => {
                (format!("no connection yet: {reason}; trying again"), Fields::default())
            }
            Self::Trouble { message } => (message.clone(), Fields::default()),
            Self::AnswerLost { reason } => (
                format!("the answer could not be written to standard output: {reason}"),
                Fields::default(),
            ),
            Self::Ended { command, code, summary } => {
                (format!("{command}: {summary}"), Fields { code: Some(*code), ..Fields::default() })
            }
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

fn tell_failure(code: Code, failure: &StatementFailure) -> (String, Fields) {
    let place =
        failure.place.map(|place| format!("{}:{}:{}", failure.version, place.line, place.column));
    let at = place.clone().unwrap_or_else(|| failure.version.to_string());
    let statement =
        failure.statement.map(|number| format!(", statement {number}")).unwrap_or_default();
    let error = &failure.error;
    let mut message = format!(
        "{at}{statement}: {} {}: {}; it was rolled back and left nothing",
        error.severity, error.sqlstate, error.message
    );
    let parts = [("DETAIL", &error.detail), ("HINT", &error.hint), ("CONTEXT", &error.context)];
    for (name, value) in parts {
        if let Some(value) = value {
            message.push_str(&format!("\n{name}: {value}"));
        }
    }
    if let Some(line) = &failure.line {
        message.push_str(&format!("\nLINE: {line}"));
    }
    for blocker in &failure.blockers {
        message.push_str(&format!("\nBLOCKED BY: {blocker}"));
    }
    let fields = Fields {
        migration: Some(failure.version.to_string()),
        code: Some(code),
        sqlstate: Some(error.sqlstate.clone()),
        place,
        ..Fields::default()
    };
    (message, fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_tells_place_statement_state_and_context() {
        let failure = StatementFailure {
            version: Version::parse("002_b.sql").unwrap(),
            statement: Some(3),
            place: Some(crate::core::place::Place { line: 7, column: 9 }),
            line: Some("select 1/0;".to_owned()),
            error: crate::core::failure::ServerError {
                severity: "ERROR".to_owned(),
                sqlstate: "22012".to_owned(),
                message: "division by zero".to_owned(),
                context: Some("PL/pgSQL function f()".to_owned()),
                ..Default::default()
            },
            blockers: Vec::new(),
        };
        let event = Event::MigrationFailed { code: Code::Failed, failure: Box::new(failure) };
        let record = event.record();
        assert_eq!(record.priority, Priority::Error);
        assert_eq!(
            record.message,
            "002_b.sql:7:9, statement 3: ERROR 22012: division by zero; it was rolled back and left nothing\nCONTEXT: PL/pgSQL function f()\nLINE: select 1/0;"
        );
        assert_eq!(record.fields.sqlstate.as_deref(), Some("22012"));
    }

    #[test]
    fn notices_keep_their_level() {
        let levels = ["WARNING", "NOTICE", "INFO", "DEBUG"].map(notice_priority);
        let expected = [Priority::Warning, Priority::Notice, Priority::Info, Priority::Debug];
        assert_eq!(levels, expected);
    }
}
