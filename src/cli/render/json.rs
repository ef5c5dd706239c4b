//! Owns the JSON form of an answer; its schema is published in `docs/schema`. Must never
//! leave a command without the five members that every document has.

use super::evidence;
use super::finding::written;
use super::review;
use crate::cli::document::{Body, Document};
use crate::core::backup::Backup;
use crate::core::code::Code;
use crate::core::drift::Drift;
use crate::core::failure::StatementFailure;
use crate::core::finding::{Explain, Finding};
use crate::core::instant::utc;
use crate::core::log::LogRow;
use crate::core::report::{RunEnd, RunReport};
use crate::core::requirement::Range;
use crate::core::set::Migration;
use crate::core::structure::{ComparedSchema, Structure};
use crate::core::version::Version;
use crate::ops::check::Checked;
use crate::ops::plan::Planned;
use crate::ops::requirement::Origin;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The document.
pub(super) fn value(document: &Document) -> Value {
    let mut out =
        base(document.command, document.environment.as_deref(), document.code, &document.findings);
    let mut add = |name: &str, value: Value| {
        out.insert(name.to_owned(), value);
    };
    match &document.body {
        Body::Failed => {}
        Body::Plan(planned) => {
            let Planned { plan, approval, written } = &**planned;
            add("digest", json!(plan.digest.to_string()));
            add("applied_count", json!(plan.applied));
            add("pending", migrations(&plan.pending));
            add("approval", review::standing(approval));
            add("path", json!(written.as_ref().map(|path| path.display().to_string())));
            add("lint", json!(plan.lint));
        }
        Body::Approve(given) => out.append(&mut review::given(given)),
        Body::Apply(report) => out.append(&mut run(report)),
        Body::Status(status) => {
            let applied: Vec<Value> = status
                .applied
                .iter()
                .map(|row| {
                    json!({
                        "version": row.version,
                        "applied_at": row.applied_at.map(utc),
                        "event": row.event,
                        "by": row.by,
                    })
                })
                .collect();
            add("applied", Value::from(applied));
            add("pending", migrations(&status.pending));
        }
        Body::Check(checked) => {
            add("verdict", json!(checked.verdict.name()));
            add("requirement", requirement(checked));
            out.append(&mut structure(checked.verdict.structure()));
        }
        Body::History(rows) => add("rows", rows.iter().map(log_row).collect()),
        Body::Verified(verified) => {
            add("rows", json!(verified.rows));
            add("head", json!(verified.head.row_hash));
        }
        Body::Exported(it) => out.append(&mut evidence::exported(it)),
        Body::Evidence(it) => out.append(&mut evidence::checked(it)),
        Body::Baseline(takeover) => {
            add("recorded", json!(takeover.run_id.is_some()));
            add("run_id", json!(takeover.run_id));
            add("migrations", migrations(&takeover.migrations));
        }
        Body::Provision(sql) => add("sql", json!(sql)),
        Body::New(created) => {
            add("version", json!(created.version.as_str()));
            add("path", json!(created.path.display().to_string()));
        }
        Body::Verify(verification) => {
            add("verdict", json!(verification.verdict.name()));
            add("differences", verification.drifts.iter().map(drift).collect());
            out.append(&mut structure(verification.verdict.structure()));
        }
        Body::Seal(sealing) => {
            let newest = sealing.seal.newest();
            let added: Vec<&str> = sealing.added.iter().map(Version::as_str).collect();
            add("path", json!(sealing.path.display().to_string()));
            add("added", json!(added));
            add("replayed", json!(sealing.replayed));
            add("version", json!(newest.map(|entry| entry.version.as_str())));
            add("schema", json!(newest.map(|entry| entry.schema.to_string())));
        }
        Body::Lint(linted) => {
            add("judged", json!(linted.judged));
            add("before", json!(linted.before));
            add("lint", json!(linted.report));
        }
        Body::Rehearse(rehearsed) => {
            let found = rehearsed.found.as_ref();
            let written: Vec<String> =
                rehearsed.written.iter().map(|path| path.display().to_string()).collect();
            add("digest", json!(rehearsed.plan.digest.to_string()));
            add("pending", migrations(&rehearsed.plan.pending));
            add("failed", found.map_or(Value::Null, |it| failed(&it.run.end)));
            add("rehearsal", json!(found.map(|it| &it.paper)));
            add("written", json!(written));
        }
        Body::SealedSchema(sealed) => {
            add("version", json!(sealed.version.as_str()));
            add("schema", json!(sealed.fingerprint.to_string()));
            add("text", json!(sealed.text));
        }
        Body::Requirement(drafted) => {
            add("text", json!(drafted.text));
            add("path", json!(drafted.path.as_ref().map(|path| path.display().to_string())));
            out.append(&mut range(&drafted.range));
        }
    }
    Value::Object(out)
}

/// What is known of the structure, and what it was compared with.
fn structure(structure: &Structure) -> Map<String, Value> {
    let (word, schema) = match structure {
        Structure::Off => ("off", Value::Null),
        Structure::NoSeal | Structure::SealMissing => ("no-seal", Value::Null),
        Structure::NothingApplied => ("nothing-applied", Value::Null),
        Structure::Contradicted => ("contradicted", Value::Null),
        Structure::Unsealed(_) => ("unsealed", Value::Null),
        Structure::Compared(found) => ("compared", compared(found)),
    };
    let members = [("structure", json!(word)), ("schema", schema)];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn drift(drift: &Drift) -> Value {
    json!({
        "subject": drift.difference.subject(),
        "message": drift.difference.message(),
        "expected": drift.expected,
        "found": drift.found,
        "statement": drift.statement,
    })
}

fn compared(found: &ComparedSchema) -> Value {
    let ignored: Vec<Value> = found
        .ignored
        .iter()
        .map(|it| {
            json!({
                "subject": it.difference.subject(),
                "message": it.difference.message(),
                "reason": it.reason,
            })
        })
        .collect();
    json!({
        "version": found.version.as_str(),
        "expected": found.expected.to_string(),
        "found": found.found.to_string(),
        "ignored": ignored,
    })
}

/// The document of a command line that could not be understood.
pub(super) fn usage(text: &str) -> Value {
    Value::Object(base("", None, Code::Usage, &[usage_finding(text)]))
}

/// What is wrong with a command line that could not be understood.
pub(super) fn usage_finding(text: &str) -> Finding {
    Finding {
        code: "usage",
        subject: "command line".to_owned(),
        message: text.trim().to_owned(),
        remedy: "see 'dreichor-migrate --help'".to_owned(),
    }
}

fn base(
    command: &str,
    environment: Option<&str>,
    code: Code,
    findings: &[Finding],
) -> Map<String, Value> {
    let findings: Vec<Value> = findings.iter().map(written).collect();
    let members = [
        ("command", json!(command)),
        ("environment", json!(environment)),
        ("code", json!(code.name())),
        ("exit_code", json!(code.number())),
        ("findings", Value::from(findings)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What a check was judged by, and where that comes from.
fn requirement(checked: &Checked) -> Value {
    let (source, file) = match &checked.origin {
        Origin::Installed => ("migration-set", None),
        Origin::CommandLine => ("command-line", None),
        Origin::File(path) => ("file", Some(path)),
        Origin::Configuration(path) => ("configuration", Some(path)),
    };
    let mut members = checked.range.as_ref().map(range).unwrap_or_default();
    members.insert("source".to_owned(), json!(source));
    members.insert("file".to_owned(), json!(file.map(|path| path.display().to_string())));
    Value::Object(members)
}

fn range(range: &Range) -> Map<String, Value> {
    let members = [
        ("requires", json!(range.requires().as_str())),
        ("supports_up_to", json!(range.supports_up_to().as_str())),
        ("schema", json!(range.schema().map(|digest| digest.to_string()))),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn migrations(list: &[Migration]) -> Value {
    list.iter()
        .map(|migration| {
            json!({
                "version": migration.version.as_str(),
                "sha256": migration.digest.hex(),
                "bytes": migration.size,
            })
        })
        .collect()
}

fn run(report: &RunReport) -> Map<String, Value> {
    let applied: Vec<Value> = report
        .applied
        .iter()
        .map(|step| {
            json!({ "version": step.version.as_str(), "duration_ms": milliseconds(step.duration) })
        })
        .collect();
    let remaining: Vec<&str> = report.remaining.iter().map(|version| version.as_str()).collect();
    let members = [
        ("run_id", json!(report.run_id)),
        ("plan", json!(report.plan.to_string())),
        ("approval", report.approval.as_ref().map_or(Value::Null, review::used)),
        ("backup", json!(report.backup.as_ref().map(backup))),
        ("applied", Value::from(applied)),
        ("failed", failed(&report.end)),
        ("remaining", json!(remaining)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn failed(end: &RunEnd) -> Value {
    match end {
        RunEnd::Completed => Value::Null,
        RunEnd::Failed(failure) | RunEnd::TimedOut(failure) => failure_of(failure),
        RunEnd::TransactionReplaced { version }
        | RunEnd::FileChanged { version, .. }
        | RunEnd::Interrupted { version, .. }
        | RunEnd::ConnectionLost { version, .. }
        | RunEnd::Unknown { version, .. } => json!({ "version": version.as_str() }),
    }
}

fn backup(backup: &Backup) -> Value {
    json!({
        "path": backup.path.display().to_string(),
        "bytes": backup.bytes,
        "sha256": backup.digest.hex(),
        "tables": backup.tables,
        "duration_ms": milliseconds(backup.duration),
        "program": backup.program,
        "server": backup.server,
    })
}

fn failure_of(failure: &StatementFailure) -> Value {
    let error = &failure.error;
    let blockers: Vec<Value> = failure
        .blockers
        .iter()
        .map(|blocker| {
            json!({
                "pid": blocker.pid,
                "application": blocker.application,
                "role": blocker.role,
                "state": blocker.state,
                "transaction_seconds": blocker.transaction_seconds,
                "lock": blocker.lock,
            })
        })
        .collect();
    json!({
        "version": failure.version.as_str(),
        "statement": failure.statement,
        "line": failure.place.map(|place| place.line),
        "column": failure.place.map(|place| place.column),
        "text": failure.line,
        "severity": error.severity,
        "sqlstate": error.sqlstate,
        "message": error.message,
        "detail": error.detail,
        "hint": error.hint,
        "context": error.context,
        "internal_position": error.internal.as_ref().map(|(position, _)| position),
        "internal_query": error.internal.as_ref().map(|(_, query)| query),
        "blockers": blockers,
    })
}

fn log_row(row: &LogRow) -> Value {
    json!({
        "sequence": row.sequence,
        "run_id": row.run_id,
        "version": row.version,
        "event": row.event,
        "sha256": row.sha256,
        "plan_digest": row.plan_digest,
        "started_at": utc(row.started_at),
        "finished_at": utc(row.finished_at),
        "duration_us": row.duration_us,
        "sqlstate": row.sqlstate,
        "message": row.message,
        "os_user": row.os_user,
        "sudo_user": row.sudo_user,
        "unit": row.unit,
        "database_role": row.database_role,
        "host": row.host,
        "tool_version": row.tool_version,
        "approval": row.approval,
        "previous_hash": row.previous_hash,
        "row_hash": row.row_hash,
    })
}

fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
