//! Owns the text for people: calm, complete, at most 80 columns where the data allow it. Must
//! never decide what is wrong.

use super::drift::{besides_drift, write_sealing, write_verification};
use super::evidence::{write_checked, write_exported};
use super::lint::{counted, write_lint};
use super::paint::Paint;
use super::rehearsal::{summary_of_rehearsal, write_rehearsal};
use super::review::{write_approval, write_plan};
use super::run::{milliseconds, write_run};
use super::verdict::{judged_by, write_verdict};
use crate::cli::document::{Body, Document};
use crate::core::code::Code;
use crate::core::finding::Finding;
use crate::core::instant::utc;
use crate::core::log::LogRow;
use crate::core::report::RunEnd;
use crate::ops::baseline::Takeover;
use crate::ops::status::Status;
use std::time::Duration;

/// The whole answer.
pub(super) fn text(document: &Document, paint: Paint) -> String {
    let environment = document.environment.as_deref().unwrap_or_default();
    let mut out = String::new();
    match &document.body {
        Body::Failed => {}
        Body::Plan(planned) => write_plan(&mut out, planned, environment, paint),
        Body::Approve(given) => write_approval(&mut out, given, paint),
        Body::Apply(report) => write_run(&mut out, report, paint),
        Body::Status(status) => write_status(&mut out, status, paint),
        Body::Check(checked) => write_verdict(&mut out, checked, environment, paint),
        Body::History(rows) => write_history(&mut out, rows),
        Body::Verified(verified) => {
            let head = verified.head.row_hash.as_deref().unwrap_or("none");
            out.push_str(&format!(
                "{}: {} rows, the chain is whole\nhead     {head}\n",
                paint.good("verified"),
                verified.rows
            ));
        }
        Body::Exported(it) => write_exported(&mut out, it, paint),
        Body::Evidence(it) => write_checked(&mut out, it, paint),
        Body::Baseline(takeover) => write_takeover(&mut out, takeover, paint),
        Body::Provision(sql) => out.push_str(sql),
        Body::New(created) => out.push_str(&format!("created {}\n", created.path.display())),
        Body::Verify(it) => write_verification(&mut out, it, environment, paint),
        Body::Rehearse(it) => write_rehearsal(&mut out, it, environment, paint),
        Body::Seal(sealing) => write_sealing(&mut out, sealing, paint),
        Body::SealedSchema(sealed) => out.push_str(&sealed.text),
        Body::Lint(linted) => write_lint(&mut out, linted, paint),
        Body::Requirement(drafted) => match &drafted.path {
            None => out.push_str(&drafted.text),
            Some(path) => out.push_str(&format!("created {}\n", path.display())),
        },
    }
    match &document.body {
        // What is told in full above, its finding would say again.
        Body::Apply(_) | Body::Lint(_) | Body::Rehearse(_) => {}
        Body::Verify(verification) => {
            write_findings(&mut out, &besides_drift(document, verification), paint);
        }
        _ => write_findings(&mut out, &document.findings, paint),
    }
    if matches!(document.body, Body::Failed | Body::Apply(_) | Body::Rehearse(_))
        && document.code != Code::Ok
    {
        let (name, number) = (document.code.name(), document.code.number());
        out.push_str(&paint.faint(&format!("exit {number} ({name}): {}", document.code.meaning())));
        out.push('\n');
    }
    out
}

/// One sentence for the log.
pub(crate) fn summary(document: &Document) -> String {
    let ended = || {
        let (name, number) = (document.code.name(), document.code.number());
        format!("{name} (exit {number}): {}", document.code.meaning())
    };
    match &document.body {
        Body::Failed => ended(),
        Body::Check(checked) if document.code != Code::Ok => {
            format!("{}{}", ended(), judged_by(checked))
        }
        Body::Plan(planned) => {
            let plan = &planned.plan;
            format!(
                "{} applied, {} pending, plan {}",
                plan.applied,
                plan.pending.len(),
                plan.digest
            )
        }
        Body::Approve(given) if given.signature.is_none() => {
            format!("statement '{}' is written and not signed yet", given.path.display())
        }
        Body::Approve(given) => {
            let line = given.approval.line(&given.statement);
            format!("plan {}: {line}", given.approval.plan)
        }
        Body::Apply(report) => {
            let (applied, remaining) = (report.applied.len(), report.remaining.len());
            match &report.end {
                RunEnd::Completed => format!("{applied} applied, nothing is pending"),
                _ => format!("{applied} applied, {remaining} not applied; {}", ended()),
            }
        }
        Body::Status(status) => {
            format!("{} applied, {} pending", status.applied.len(), status.pending.len())
        }
        Body::Check(checked) => {
            format!("the schema is {}{}", checked.verdict.name(), judged_by(checked))
        }
        Body::History(rows) if rows.len() == 1 => "1 row".to_owned(),
        Body::History(rows) => format!("{} rows", rows.len()),
        Body::Verified(verified) => format!("{} rows, the chain is whole", verified.rows),
        Body::Exported(it) => format!("{} files of run {}", it.files, it.run_id),
        Body::Evidence(_) if document.code != Code::Ok => ended(),
        Body::Evidence(_) => "nothing contradicts".to_owned(),
        Body::Baseline(takeover) => format!("{} taken over", takeover.migrations.len()),
        Body::Provision(_) => "printed".to_owned(),
        Body::New(created) => format!("created '{}'", created.version),
        Body::Rehearse(it) if document.code == Code::Ok => summary_of_rehearsal(it),
        Body::Rehearse(_) => ended(),
        Body::Verify(_) if document.code != Code::Ok => ended(),
        Body::Verify(_) => "the schema is as sealed".to_owned(),
        Body::Seal(sealing) => {
            let (sealed, added) = (sealing.seal.entries().len(), sealing.added.len());
            format!("{sealed} sealed, {added} of them now")
        }
        Body::SealedSchema(_) => "printed".to_owned(),
        Body::Lint(linted) => counted(linted),
        Body::Requirement(drafted) => match &drafted.path {
            None => "printed".to_owned(),
            Some(path) => format!("created '{}'", path.display()),
        },
    }
}

/// Every finding; neighbours with one next act share its line.
fn write_findings(out: &mut String, findings: &[Finding], paint: Paint) {
    let mut rest = findings.iter().peekable();
    while let Some(finding) = rest.next() {
        let code = paint.bad(&format!("{}:", finding.code));
        out.push_str(&format!("{code} {}\n", finding.message));
        let shared = rest.peek().is_some_and(|next| next.remedy == finding.remedy);
        if !shared && !finding.remedy.is_empty() {
            out.push_str(&format!("  {} {}\n", paint.faint("next:"), finding.remedy));
        }
    }
}

fn write_status(out: &mut String, status: &Status, paint: Paint) {
    for row in &status.applied {
        let when = row.applied_at.map_or_else(|| "unknown".to_owned(), utc);
        let by = match (&row.by, row.event.as_deref()) {
            (Some(by), Some("baselined")) => format!("taken over by {by}"),
            (Some(by), _) => format!("by {by}"),
            (None, _) => "no checksum recorded".to_owned(),
        };
        let name = row.version.escape_debug();
        out.push_str(&format!("  {}  {name}\n           {when} {by}\n", paint.good("applied")));
    }
    for migration in &status.pending {
        out.push_str(&format!("  {}  {}\n", paint.open("pending"), migration.version));
    }
    let (applied, pending) = (status.applied.len(), status.pending.len());
    out.push_str(&format!("{applied} applied, {pending} pending\n"));
}

fn write_history(out: &mut String, rows: &[LogRow]) {
    for row in rows {
        out.push_str(&format!(
            "{:>6}  {}  {:<11} {}\n",
            row.sequence,
            utc(row.finished_at),
            row.event,
            row.version.escape_debug()
        ));
        let took = milliseconds(Duration::from_micros(row.duration_us.unsigned_abs()));
        out.push_str(&format!(
            "        run {} by {} as {}, {took}\n",
            row.run_id, row.os_user, row.database_role
        ));
        if let Some(message) = &row.message {
            let state = row.sqlstate.as_deref().unwrap_or_default();
            out.push_str(&format!("        {state} {message}\n"));
        }
    }
    out.push_str(&format!("{} rows\n", rows.len()));
}

fn write_takeover(out: &mut String, takeover: &Takeover, paint: Paint) {
    let word = if takeover.run_id.is_some() { "recorded" } else { "would record" };
    for migration in &takeover.migrations {
        out.push_str(&format!(
            "  {} {}\n           {}\n",
            paint.good(word),
            migration.version,
            migration.digest
        ));
    }
    if takeover.migrations.is_empty() {
        out.push_str(
            "every applied migration has a checksum already; there is nothing to take over\n",
        );
    } else {
        out.push_str(&format!("{} {word}\n", takeover.migrations.len()));
    }
}
