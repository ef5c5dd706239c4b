//! Owns the rows of one run as a paper: every column that is hashed, and what the whole chain said
//! when they were read. Must never leave out a column: a row's hash is computed from all of them.

use crate::core::instant::utc;
use crate::core::log::{LogRow, microseconds};
use crate::core::review::FORM;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The rows of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogPaper {
    /// Form of this paper.
    pub form: u32,
    /// The run.
    pub run_id: String,
    /// The database that they were read from, by name.
    pub database: String,
    /// When they were read, in UTC.
    pub read_at: String,
    /// What the whole log said then.
    pub chain: Chain,
    /// The row before the first one; none where that is the first of the log.
    pub before: Option<PaperRow>,
    /// The rows, in the order of the log.
    pub rows: Vec<PaperRow>,
}

/// What the chain of a whole log said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// Whether every hash and every link was right.
    pub whole: bool,
    /// How many rows it had.
    pub rows: u64,
    /// The hash of its last row.
    pub head: Option<String>,
    /// Where it was broken.
    pub breaks: Vec<String>,
}

/// One row, with its times in microseconds as well: those are hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the columns of the log, which core/log.rs explains")]
pub struct PaperRow {
    pub sequence: i64,
    pub run_id: String,
    pub version: String,
    pub event: String,
    pub sha256: String,
    pub plan_digest: Option<String>,
    pub started_at: String,
    pub started_at_us: i64,
    pub finished_at: String,
    pub finished_at_us: i64,
    pub duration_us: i64,
    pub sqlstate: Option<String>,
    pub message: Option<String>,
    pub os_user: String,
    pub sudo_user: Option<String>,
    pub unit: Option<String>,
    pub database_role: String,
    pub host: String,
    pub tool_version: String,
    pub approval: Option<String>,
    pub previous_hash: Option<String>,
    pub row_hash: String,
}

impl LogPaper {
    /// The rows of a run.
    #[must_use]
    pub fn of(
        (run_id, database): (&str, &str),
        read_at: SystemTime,
        chain: Chain,
        before: Option<&LogRow>,
        rows: &[LogRow],
    ) -> Self {
        Self {
            form: FORM,
            run_id: run_id.to_owned(),
            database: database.to_owned(),
            read_at: utc(read_at),
            chain,
            before: before.map(PaperRow::of),
            rows: rows.iter().map(PaperRow::of).collect(),
        }
    }
}

impl PaperRow {
    fn of(row: &LogRow) -> Self {
        let number = |at| i64::try_from(microseconds(at)).unwrap_or(i64::MAX);
        let LogRow {
            sequence,
            run_id,
            version,
            event,
            sha256,
            plan_digest,
            started_at,
            finished_at,
            duration_us,
            sqlstate,
            message,
            os_user,
            sudo_user,
            unit,
            database_role,
            host,
            tool_version,
            approval,
            previous_hash,
            row_hash,
        } = row.clone();
        Self {
            sequence,
            run_id,
            version,
            event,
            sha256,
            plan_digest,
            started_at: utc(started_at),
            started_at_us: number(started_at),
            finished_at: utc(finished_at),
            finished_at_us: number(finished_at),
            duration_us,
            sqlstate,
            message,
            os_user,
            sudo_user,
            unit,
            database_role,
            host,
            tool_version,
            approval,
            previous_hash,
            row_hash,
        }
    }

    /// The row again, from what is hashed.
    #[must_use]
    pub fn row(&self) -> LogRow {
        let instant = |number: i64| {
            let distance = Duration::from_micros(number.unsigned_abs());
            if number < 0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance }
        };
        let it = self.clone();
        LogRow {
            sequence: it.sequence,
            run_id: it.run_id,
            version: it.version,
            event: it.event,
            sha256: it.sha256,
            plan_digest: it.plan_digest,
            started_at: instant(it.started_at_us),
            finished_at: instant(it.finished_at_us),
            duration_us: it.duration_us,
            sqlstate: it.sqlstate,
            message: it.message,
            os_user: it.os_user,
            sudo_user: it.sudo_user,
            unit: it.unit,
            database_role: it.database_role,
            host: it.host,
            tool_version: it.tool_version,
            approval: it.approval,
            previous_hash: it.previous_hash,
            row_hash: it.row_hash,
        }
    }

    /// Whether the times that people read are those that are hashed.
    #[must_use]
    pub fn tells_its_times(&self) -> bool {
        let row = self.row();
        self.started_at == utc(row.started_at) && self.finished_at == utc(row.finished_at)
    }
}
