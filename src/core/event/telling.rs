//! Owns how an event is told: its sentence, and the fields that carry its facts. Must never
//! give it an identity or a priority.

use super::{Event, Fields};
use crate::core::code::Code;
use crate::core::failure::StatementFailure;
use crate::core::version::Version;

/// The next act of whoever did not get an answer.
pub const LOST_ANSWER: &str =
    "ask 'dreichor-migrate status': what was done is in the database and in this log";

impl Event {
    /// Its sentence and its fields.
    pub(super) fn telling(&self) -> (String, Fields) {
        match self {
            Self::BackupMade { backup } => (
                format!(
                    "backup '{}' made and read back: {} tables, {} bytes, {}",
                    backup.path.display(),
                    backup.tables,
                    backup.bytes,
                    backup.digest
                ),
                Fields {
                    plan: Some(backup.plan),
                    duration: Some(backup.duration),
                    backup: Some(backup.clone()),
                    ..Fields::default()
                },
            ),
            Self::RunStarted { plan, pending } => (
                format!("applying {pending} pending, plan {plan}"),
                Fields { plan: Some(*plan), ..Fields::default() },
            ),
            Self::PlanApproved { plan, approval } => (
                format!("plan {plan} is approved: {approval}"),
                Fields { plan: Some(*plan), ..Fields::default() },
            ),
            Self::WaiverInForce { version, line, rule, reason } => (
                format!("'{version}' line {line} waives '{rule}': {reason}"),
                Fields {
                    migration: Some(version.clone()),
                    place: Some(format!("{version}:{line}:1")),
                    finding: Some(rule),
                    ..Fields::default()
                },
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
                format!("{}; {}", finding.message, finding.remedy),
                Fields {
                    migration: Version::parse(&finding.subject).map(|name| name.to_string()),
                    code: Some(*code),
                    finding: Some(finding.code),
                    remedy: Some(finding.remedy.clone()),
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
            Self::Trouble { version, message } => (
                message.clone(),
                Fields { migration: version.as_ref().map(Version::to_string), ..Fields::default() },
            ),
            Self::AnswerLost { code, reason } => (
                format!("the answer could not be written to standard output: {reason}"),
                Fields {
                    code: Some(*code),
                    remedy: Some(LOST_ANSWER.to_owned()),
                    ..Fields::default()
                },
            ),
            Self::Ended { command, code, summary, remedy } => (
                format!("{command}: {summary}"),
                Fields { code: Some(*code), remedy: remedy.clone(), ..Fields::default() },
            ),
        }
    }
}

/// A caret farther to the right is seen by nobody.
const LONGEST_CARET: usize = 200;

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
        let column = failure.place.map_or(0, |place| place.column);
        if (1..=LONGEST_CARET).contains(&column) {
            let before: String = line.chars().take(column - 1).map(blank).collect();
            message.push_str(&format!("\n      {before}^"));
        }
    }
    for blocker in &failure.blockers {
        message.push_str(&format!("\nBLOCKED BY: {blocker}"));
    }
    let fields = Fields {
        migration: Some(failure.version.to_string()),
        code: Some(code),
        statement: failure.statement,
        place,
        sqlstate: Some(error.sqlstate.clone()),
        ..Fields::default()
    };
    (message, fields)
}

/// What stands above a caret: a tab keeps its width, everything else is taken for one column.
fn blank(character: char) -> char {
    if character == '\t' { '\t' } else { ' ' }
}
