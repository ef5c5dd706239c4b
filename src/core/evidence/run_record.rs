//! Owns the record of a run: who asked for what, with which program and server, and how it ended.
//! Must never hold a secret, nor say that a run has ended that was not seen to its end.

use crate::core::backup::Backup;
use crate::core::code::Code;
use crate::core::digest::Digest;
use crate::core::finding::Finding;
use crate::core::instant::utc;
use crate::core::log::{Actor, microseconds};
use crate::core::report::{RunEnd, RunReport};
use crate::core::review::{FORM, hexadecimal};
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRecord {
    /// Form of this paper.
    pub form: u32,
    /// The run, as in the log's rows.
    pub run_id: String,
    /// The environment.
    pub environment: String,
    /// Its database, by name.
    pub database: String,
    /// The plan that it carried out.
    #[serde(with = "hexadecimal::prefixed")]
    pub plan: Digest,
    /// Whether its end was seen: a run that was killed stays without.
    pub finished: bool,
    /// Version of this program.
    pub tool_version: String,
    /// What the server says of its version.
    pub server_version: Option<String>,
    /// Who ran it.
    pub actor: RunActor,
    /// What was asked for, in words of the command line and the configuration.
    pub asked: Asked,
    /// When it held the lock and had its plan, in UTC.
    pub started_at: String,
    /// The same in microseconds since 1970: of two runs in one second, one is the later.
    pub started_at_us: i64,
    /// When it ended, in UTC.
    pub finished_at: Option<String>,
    /// The exit code's name.
    pub code: Option<String>,
    /// The exit code.
    pub exit_code: Option<u8>,
    /// What was applied and committed, in order.
    pub applied: Vec<RunStep>,
    /// The migration that ended it early.
    pub failed: Option<RunFailure>,
    /// What was planned and is not applied, in order.
    pub remaining: Vec<String>,
    /// What failed beside the run itself.
    pub troubles: Vec<String>,
    /// The backup before it.
    pub backup: Option<RunBackup>,
    /// The approval, in the form that the history log keeps.
    pub approval: Option<String>,
    /// Fingerprint of the schema before: SHA-256 of `schema-before.txt`.
    #[serde(with = "hexadecimal::optional")]
    pub schema_before: Option<Digest>,
    /// Fingerprint of the schema after: SHA-256 of `schema-after.txt`.
    #[serde(with = "hexadecimal::optional")]
    pub schema_after: Option<Digest>,
}

/// Who ran it, where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunActor {
    /// Operating-system user.
    pub os_user: String,
    /// The user who called `sudo`.
    pub sudo_user: Option<String>,
    /// The systemd unit.
    pub unit: Option<String>,
    /// The host's name.
    pub host: String,
    /// The database role that connected.
    pub database_role: String,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The plan that was demanded with `--plan`.
    pub plan: Option<String>,
    /// `atomic`, of the command line or the configuration.
    pub atomic: String,
    /// `--wait`, in milliseconds.
    pub wait_ms: Option<u64>,
    /// `policy` of the configuration.
    pub policy: String,
    /// `approval` of the configuration.
    pub approval: String,
    /// `backup` of the configuration.
    pub backup: String,
    /// The directory of the migration set.
    pub migrations: String,
    /// `lock_timeout`, in milliseconds; 0 is none.
    pub lock_timeout_ms: u64,
    /// `statement_timeout`, in milliseconds; 0 is none.
    pub statement_timeout_ms: u64,
}

/// One migration that was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunStep {
    /// Its version.
    pub version: String,
    /// From the first byte sent to the end of its commit, in microseconds.
    pub duration_us: u64,
}

/// What ended a run early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunFailure {
    /// The short name of what was wrong.
    pub finding: String,
    /// The migration, or what else it was about.
    pub subject: String,
    /// The sentence.
    pub message: String,
}

/// The backup before a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunBackup {
    /// Its file.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its digest.
    #[serde(with = "hexadecimal")]
    pub sha256: Digest,
    /// How many tables it has.
    pub tables: u64,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// What made it.
    pub program: String,
}

impl RunBackup {
    /// A backup, as the record keeps it.
    #[must_use]
    pub fn of(backup: &Backup) -> Self {
        Self {
            path: backup.path.display().to_string(),
            bytes: backup.bytes,
            sha256: backup.digest,
            tables: u64::try_from(backup.tables).unwrap_or(u64::MAX),
            duration_us: whole(backup.duration),
            program: backup.program.clone(),
        }
    }
}

impl RunActor {
    /// Who runs this program, and signs on as this role.
    #[must_use]
    pub fn of(actor: &Actor, database_role: &str) -> Self {
        Self {
            os_user: actor.os_user.clone(),
            sudo_user: actor.sudo_user.clone(),
            unit: actor.unit.clone(),
            host: actor.host.clone(),
            database_role: database_role.to_owned(),
        }
    }
}

impl RunRecord {
    /// A run that begins: all of it is still to be applied.
    #[must_use]
    pub fn begun(
        (run_id, plan): (&str, Digest),
        (environment, database): (&str, &str),
        actor: (RunActor, String),
        asked: Asked,
        remaining: Vec<String>,
        started_at: SystemTime,
    ) -> Self {
        Self {
            form: FORM,
            run_id: run_id.to_owned(),
            environment: environment.to_owned(),
            database: database.to_owned(),
            plan,
            finished: false,
            tool_version: actor.1,
            server_version: None,
            actor: actor.0,
            asked,
            started_at: utc(started_at),
            started_at_us: i64::try_from(microseconds(started_at)).unwrap_or(i64::MAX),
            finished_at: None,
            code: None,
            exit_code: None,
            applied: Vec::new(),
            failed: None,
            remaining,
            troubles: Vec::new(),
            backup: None,
            approval: None,
            schema_before: None,
            schema_after: None,
        }
    }

    /// Takes how it ended.
    pub fn end(&mut self, code: Code, finished_at: String, finding: Option<&Finding>) {
        self.finished = true;
        self.finished_at = Some(finished_at);
        self.code = Some(code.name().to_owned());
        self.exit_code = Some(code.number());
        self.failed = finding.map(|finding| RunFailure {
            finding: finding.code.to_owned(),
            subject: finding.subject.clone(),
            message: finding.message.clone(),
        });
    }

    /// Takes what it did.
    pub fn take(&mut self, report: &RunReport) {
        let step = |(version, duration): (&crate::core::version::Version, Duration)| RunStep {
            version: version.to_string(),
            duration_us: whole(duration),
        };
        self.applied = report.applied.iter().map(|it| step((&it.version, it.duration))).collect();
        self.remaining = report.remaining.iter().map(ToString::to_string).collect();
        self.troubles.clone_from(&report.troubles);
        if let RunEnd::Failed(failure) | RunEnd::TimedOut(failure) = &report.end
            && self.failed.is_none()
        {
            let error = &failure.error;
            self.failed = Some(RunFailure {
                finding: report.end.exit_code().name().to_owned(),
                subject: failure.version.to_string(),
                message: format!("{} {}: {}", error.severity, error.sqlstate, error.message),
            });
        }
    }
}

/// Whole microseconds.
fn whole(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
