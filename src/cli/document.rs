//! Owns the answer of a command as one value, before it has a form. Must never write it.

use crate::core::code::Code;
use crate::core::finding::{Explain, Finding};
use crate::core::log::LogRow;
use crate::core::policy::Level;
use crate::core::report::{RunEnd, RunReport};
use crate::ops::approve::Given;
use crate::ops::baseline::Takeover;
use crate::ops::check::Checked;
use crate::ops::create::Created;
use crate::ops::evidence::{Checked as CheckedEvidence, Exported};
use crate::ops::failure::Failure;
use crate::ops::history::Verified;
use crate::ops::lint::Linted;
use crate::ops::plan::Planned;
use crate::ops::rehearse::Rehearsed;
use crate::ops::requirement::Drafted;
use crate::ops::seal::{SealedSchema, Sealing};
use crate::ops::status::Status;
use crate::ops::verify::Verification;

/// What a command answers.
pub(super) struct Document {
    pub(super) command: &'static str,
    pub(super) environment: Option<String>,
    pub(super) code: Code,
    pub(super) findings: Vec<Finding>,
    pub(super) body: Body,
}

/// What only this command answers.
pub(super) enum Body {
    /// The command could not give its answer; the findings say why.
    Failed,
    Plan(Box<Planned>),
    Approve(Box<Given>),
    Apply(Box<RunReport>),
    Status(Status),
    Check(Checked),
    History(Vec<LogRow>),
    Verified(Verified),
    Exported(Exported),
    Evidence(Box<CheckedEvidence>),
    Baseline(Takeover),
    Provision(String),
    New(Created),
    Requirement(Drafted),
    Verify(Verification),
    Rehearse(Rehearsed),
    Seal(Sealing),
    SealedSchema(SealedSchema),
    Lint(Linted),
}

/// The parts of an answer that depend on its kind.
pub(super) struct Answer {
    pub(super) code: Code,
    pub(super) findings: Vec<Finding>,
    pub(super) body: Body,
}

impl Answer {
    /// An answer with nothing wrong in it.
    pub(super) fn ok(body: Body) -> Self {
        Self { code: Code::Ok, findings: Vec::new(), body }
    }

    pub(super) fn failed(failure: &Failure) -> Self {
        Self { code: failure.exit_code(), findings: failure.findings(), body: Body::Failed }
    }

    pub(super) fn status(status: Status) -> Self {
        Self {
            code: status.exit_code(),
            findings: status.differences.iter().map(Explain::finding).collect(),
            body: Body::Status(status),
        }
    }

    pub(super) fn checked(checked: Checked) -> Self {
        let verdict = &checked.verdict;
        Self {
            code: verdict.exit_code(),
            findings: verdict.objections().iter().map(Explain::finding).collect(),
            body: Body::Check(checked),
        }
    }

    pub(super) fn linted(linted: Linted) -> Self {
        let refused = linted.offences.iter().filter(|it| it.offence.level == Level::Refused);
        Self {
            code: linted.exit_code(),
            findings: refused.map(Explain::finding).collect(),
            body: Body::Lint(linted),
        }
    }

    pub(super) fn verified(verification: Verification) -> Self {
        let verdict = &verification.verdict;
        Self {
            code: verdict.exit_code(),
            findings: verdict.objections().iter().map(Explain::finding).collect(),
            body: Body::Verify(verification),
        }
    }

    pub(super) fn rehearsed(rehearsed: Rehearsed) -> Self {
        let Some(found) = &rehearsed.found else { return Self::ok(Body::Rehearse(rehearsed)) };
        let mut findings: Vec<Finding> = Vec::new();
        findings.extend(finding_of_end(&found.run).map(|it| rehearsal_of(it, &found.run)));
        findings.extend(found.drifts.iter().map(Explain::finding));
        let code = match found.run.end.exit_code() {
            Code::Ok if !found.drifts.is_empty() => Code::Drifted,
            code => code,
        };
        Self { code, findings, body: Body::Rehearse(rehearsed) }
    }

    pub(super) fn evidence(checked: CheckedEvidence) -> Self {
        let (code, findings) = (checked.exit_code(), checked.findings());
        Self { code, findings, body: Body::Evidence(Box::new(checked)) }
    }

    pub(super) fn run(report: RunReport) -> Self {
        let mut findings: Vec<Finding> = Vec::new();
        findings.extend(finding_of_end(&report));
        findings.extend(report.troubles.iter().map(|trouble| {
            Finding {
                code: "trouble",
                subject: "run".to_owned(),
                message: trouble.clone(),
                remedy:
                    "see the server's log, and compare 'dreichor-migrate status' with this report"
                        .to_owned(),
            }
        }));
        Self { code: report.end.exit_code(), findings, body: Body::Apply(Box::new(report)) }
    }
}

/// What ended a rehearsal ended nothing else.
fn rehearsal_of(finding: Finding, run: &RunReport) -> Finding {
    let told = finding.message;
    Finding {
        message: format!("in the rehearsal: {told}; nothing in the environment was touched"),
        remedy: match run.end {
            RunEnd::Failed(_) => "correct the file, which was never applied, then rehearse again",
            _ => "see what ended it, then rehearse again",
        }
        .to_owned(),
        ..finding
    }
}

/// What ended a run early, with the next safe act.
fn finding_of_end(report: &RunReport) -> Option<Finding> {
    let (code, version, message, remedy) = match &report.end {
        RunEnd::Completed => return None,
        RunEnd::Failed(failure) | RunEnd::TimedOut(failure) => {
            let timed_out = matches!(report.end, RunEnd::TimedOut(_));
            let error = &failure.error;
            let at = failure
                .place
                .map(|place| format!(":{}:{}", place.line, place.column))
                .unwrap_or_default();
            let statement =
                failure.statement.map(|number| format!(", statement {number}")).unwrap_or_default();
            let blocked: Vec<String> =
                failure.blockers.iter().map(|blocker| format!("; blocked by {blocker}")).collect();
            (
                if timed_out { "timed-out" } else { "failed" },
                &failure.version,
                format!(
                    "'{}'{at}{statement}: {} {}: {}; it was rolled back and left nothing{}",
                    failure.version,
                    error.severity,
                    error.sqlstate,
                    error.message,
                    blocked.concat()
                ),
                if timed_out {
                    "let the other session end, then apply again: nothing is retried by itself"
                } else {
                    "correct the file, which was never applied, then plan and apply again"
                },
            )
        }
        RunEnd::TransactionReplaced { version } => (
            "transaction-replaced",
            version,
            format!(
                "'{version}' ended or replaced the transaction it ran in; it was not recorded, and part of it may be committed"
            ),
            "compare the schema with the file by hand before any further run",
        ),
        RunEnd::FileChanged { version, reason } => (
            "file-changed",
            version,
            format!(
                "'{version}' is not the file that was planned any more, and nothing of it was sent: {reason}"
            ),
            "see who writes into the migration directory, then plan and apply again",
        ),
        RunEnd::Interrupted { version, signal } => (
            "interrupted",
            version,
            format!(
                "interrupted by {signal} at '{version}', which was rolled back and left nothing"
            ),
            "plan and apply again when it may run",
        ),
        RunEnd::ConnectionLost { version, reason } => (
            "connection-lost",
            version,
            format!("the connection was lost at '{version}', which left nothing: {reason}"),
            "see the server's log, then plan and apply again",
        ),
        RunEnd::Unknown { version, reason } => (
            "commit-unknown",
            version,
            format!("whether '{version}' was committed is not known: {reason}"),
            "when the server answers again, ask 'dreichor-migrate status': what it lists as applied is applied",
        ),
    };
    Some(Finding { code, subject: version.to_string(), message, remedy: remedy.to_owned() })
}
