//! Owns the history log: its rows, their canonical text and the chain of hashes that makes
//! them evidence (design section 5). Must never read or write a database.

use crate::core::digest::Digest;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a row of the log tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogEvent {
    /// The migration was applied; the row committed with it.
    Applied,
    /// The migration failed and left nothing.
    Failed,
    /// The run was interrupted during the migration, which left nothing.
    Interrupted,
    /// The row of the predecessor was taken over, with the checksum of today's file.
    Baselined,
}

impl LogEvent {
    /// Every event, in the order of the design.
    pub const ALL: [Self; 4] = [Self::Applied, Self::Failed, Self::Interrupted, Self::Baselined];

    /// The text in the column `event`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Baselined => "baselined",
        }
    }
}

/// Who runs, where and with what: the same in every row of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Operating-system user, by name or, where it has none, by number.
    pub os_user: String,
    /// The user who called `sudo`, where one did.
    pub sudo_user: Option<String>,
    /// The systemd unit, where the program runs in one of its own.
    pub unit: Option<String>,
    /// The host's name.
    pub host: String,
    /// Version of this program.
    pub tool_version: String,
}

/// One row of `public.dreichor_schema_migration_log`.
///
/// Text columns hold stored data and are not trusted: the event of a row that was read back
/// may be any text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Position in the log, from 1, without gaps.
    pub sequence: i64,
    /// The run that wrote the row.
    pub run_id: String,
    /// The migration.
    pub version: String,
    /// One of [`LogEvent`]'s names.
    pub event: String,
    /// SHA-256 of the file's exact bytes, in hexadecimal.
    pub sha256: String,
    /// Digest of the plan that the run carried out, in hexadecimal; none for a baseline.
    pub plan_digest: Option<String>,
    /// When the migration started, by the host's clock, in whole microseconds.
    pub started_at: SystemTime,
    /// When it ended.
    pub finished_at: SystemTime,
    /// How long it took, in microseconds, by a clock that never jumps.
    pub duration_us: i64,
    /// SQLSTATE of the failure.
    pub sqlstate: Option<String>,
    /// Message of the failure.
    pub message: Option<String>,
    /// Operating-system user.
    pub os_user: String,
    /// The user who called `sudo`.
    pub sudo_user: Option<String>,
    /// The systemd unit.
    pub unit: Option<String>,
    /// The database role that connected.
    pub database_role: String,
    /// The host's name.
    pub host: String,
    /// Version of this program.
    pub tool_version: String,
    /// Reference of the approval.
    pub approval: Option<String>,
    /// Hash of the row before; none in the first row.
    pub previous_hash: Option<String>,
    /// Hash of this row.
    pub row_hash: String,
}

impl LogRow {
    /// The text that is hashed: one line for each column in the table's order, the hash of
    /// the row before included and this row's own excluded. Text is quoted, absent values
    /// are `-`, times are microseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn canonical_text(&self) -> String {
        let mut out = String::from("dreichor-migrate log 1\n");
        let mut line = |name: &str, value: Option<&str>| {
            // Writing to a `String` cannot fail.
            let _infallible = match value {
                Some(value) => writeln!(out, "{name} {}", quote(value)),
                None => writeln!(out, "{name} -"),
            };
        };
        line("sequence", Some(&self.sequence.to_string()));
        line("run_id", Some(&self.run_id));
        line("version", Some(&self.version));
        line("event", Some(&self.event));
        line("sha256", Some(&self.sha256));
        line("plan_digest", self.plan_digest.as_deref());
        line("started_at", Some(&microseconds(self.started_at).to_string()));
        line("finished_at", Some(&microseconds(self.finished_at).to_string()));
        line("duration_us", Some(&self.duration_us.to_string()));
        line("sqlstate", self.sqlstate.as_deref());
        line("message", self.message.as_deref());
        line("os_user", Some(&self.os_user));
        line("sudo_user", self.sudo_user.as_deref());
        line("unit", self.unit.as_deref());
        line("database_role", Some(&self.database_role));
        line("host", Some(&self.host));
        line("tool_version", Some(&self.tool_version));
        line("approval", self.approval.as_deref());
        line("previous_hash", self.previous_hash.as_deref());
        out
    }

    /// The hash of this row, computed from its columns.
    #[must_use]
    pub fn computed_hash(&self) -> String {
        Digest::of(self.canonical_text().as_bytes()).hex()
    }

    /// The same row as the next one of a chain: numbered, linked and hashed.
    #[must_use]
    pub fn linked(mut self, head: &ChainHead) -> Self {
        self.sequence = head.sequence.saturating_add(1);
        self.previous_hash.clone_from(&head.row_hash);
        self.row_hash = self.computed_hash();
        self
    }
}

/// Quotes so that no text can pretend to be the next line.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Microseconds since 1970-01-01 UTC, negative before it: PostgreSQL's resolution.
#[must_use]
pub fn microseconds(time: SystemTime) -> i128 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i128::try_from(after.as_micros()).unwrap_or(i128::MAX),
        Err(before) => -i128::try_from(before.duration().as_micros()).unwrap_or(i128::MAX),
    }
}

/// The same instant in PostgreSQL's resolution: what is hashed must be what is stored.
#[must_use]
pub fn whole_microseconds(time: SystemTime) -> SystemTime {
    let whole = |duration: Duration| {
        Duration::new(duration.as_secs(), duration.subsec_micros().saturating_mul(1000))
    };
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => UNIX_EPOCH + whole(after),
        Err(before) => UNIX_EPOCH - whole(before.duration()),
    }
}

/// The end of the chain: what the next row is linked to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChainHead {
    /// Sequence of the last row; 0 for an empty log.
    pub sequence: i64,
    /// Hash of the last row; none for an empty log.
    pub row_hash: Option<String>,
}

/// Where a chain is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainBreak {
    /// The numbers have a gap or repeat: a row was removed or added.
    Sequence {
        /// The number that should stand here.
        expected: i64,
        /// The number that does.
        found: i64,
    },
    /// The row does not name the row before it.
    Link {
        /// The row.
        sequence: i64,
    },
    /// The row's hash is not that of its columns: it was edited.
    Edited {
        /// The row.
        sequence: i64,
    },
}

/// Walks the log row by row, in order, keeping only the head.
#[derive(Debug, Default)]
pub struct ChainVerifier {
    head: ChainHead,
    rows: u64,
}

impl ChainVerifier {
    /// Takes the next row.
    ///
    /// The walk goes on from the row as it was found, so that one edit is one break.
    #[must_use]
    pub fn verify(&mut self, row: &LogRow) -> Vec<ChainBreak> {
        let mut breaks = Vec::new();
        let expected = self.head.sequence.saturating_add(1);
        if row.sequence != expected {
            breaks.push(ChainBreak::Sequence { expected, found: row.sequence });
        }
        if row.previous_hash != self.head.row_hash {
            breaks.push(ChainBreak::Link { sequence: row.sequence });
        }
        if row.row_hash != row.computed_hash() {
            breaks.push(ChainBreak::Edited { sequence: row.sequence });
        }
        self.rows += 1;
        self.head = ChainHead { sequence: row.sequence, row_hash: Some(row.row_hash.clone()) };
        breaks
    }

    /// How many rows were walked.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The end of the chain so far: written down elsewhere, it also shows a cut-off tail.
    #[must_use]
    pub fn head(&self) -> &ChainHead {
        &self.head
    }
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;
