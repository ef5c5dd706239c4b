//! Owns the record that a run leaves in the state directory: written before the first statement, so
//! that a killed run has one, and completed at its end. Must never keep a run from ending as it
//! ended, nor begin one that is bound to leave evidence and cannot.

use crate::config::{Approval, Atomicity, Backup, Settings};
use crate::core::code::Code;
use crate::core::digest::Digest;
use crate::core::event::Event;
use crate::core::evidence::index::names;
use crate::core::evidence::run_record::{Asked, RunActor, RunBackup, RunRecord};
use crate::core::finding::{Explain, Finding};
use crate::core::history::History;
use crate::core::instant::utc;
use crate::core::plan::Plan;
use crate::core::policy::Profile;
use crate::core::report::RunReport;
use crate::core::review;
use crate::core::schema::canonical;
use crate::files::papers::{self, Existing, PaperFileFault, Readers};
use crate::host::identity;
use crate::ops::apply::Request;
use crate::ops::approval::Approved;
use crate::ops::backup::Made;
use crate::ops::context::Context;
use crate::ops::facts::role_names;
use crate::ops::failure::Failure;
use crate::ops::review::{kept_rehearsal, paper};
use crate::store::Session;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Longest wait for a schema: whoever stops a run is not kept waiting for its papers.
const LONGEST: Duration = Duration::from_secs(10);

/// The directory of the records of an environment's runs.
pub(super) fn directory(state: &Path, environment: &str) -> PathBuf {
    state.join("runs").join(environment)
}

/// Why there is no record where there has to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFault(pub PaperFileFault);

/// The papers that were used, beside the plan.
#[derive(Debug, Default)]
pub(super) struct Used {
    /// The plan file that was approved, byte for byte.
    pub(super) plan_file: Option<Vec<u8>>,
    /// The statement of the approval and its signature.
    pub(super) approval: Option<(Vec<u8>, Vec<u8>)>,
    /// The form of the approval that the history log keeps.
    pub(super) line: Option<String>,
}

impl Used {
    /// The papers of the approval that lets the run begin.
    pub(super) fn of(approved: &Approved) -> Self {
        Self {
            plan_file: approved.plan_file.clone(),
            approval: Some((approved.bytes.clone(), approved.signature.clone())),
            line: Some(approved.used().line),
        }
    }
}

/// The record of one run; none where nothing is kept.
#[derive(Debug, Default)]
pub(super) struct Recording {
    begun: Option<(PathBuf, RunRecord)>,
    /// What could not be kept.
    troubles: Vec<String>,
}

impl Recording {
    /// Writes what is known before anything is sent.
    ///
    /// # Errors
    /// [`Failure::Record`] where the environment demands an approval or a backup: then evidence
    /// is expected. Everywhere else it is a trouble, and the run goes on.
    pub(super) async fn begin<S: Session>(
        &mut self,
        context: &Context,
        request: &Request,
        session: &mut S,
        (plan, history): (&Plan, &History),
        used: &Used,
    ) -> Result<(), Failure> {
        let settings = &context.settings;
        let Some(state) = &settings.state else { return Ok(()) };
        let directory = directory(state, &settings.environment).join(&request.run_id);
        let mut record = begun(context, request, plan);
        record.approval.clone_from(&used.line);
        let before = schema(context, session).await;
        record.server_version = session.server_version().await.ok();
        let written = papers::make_directory(&directory, Readers::Owner).and_then(|()| {
            keep_plan(context, &directory, (plan, history), used)?;
            if let Some((statement, signature)) = &used.approval {
                write(&directory, names::APPROVAL, statement)?;
                write(&directory, names::SIGNATURE, signature)?;
            }
            if let Ok((text, fingerprint)) = &before {
                write(&directory, names::BEFORE, text.as_bytes())?;
                record.schema_before = Some(*fingerprint);
            }
            write_paper(&directory, &record)
        });
        if let Err(fault) = written {
            let demanded = settings.approval != Approval::Off || settings.backup != Backup::Off;
            if demanded {
                return Err(Failure::Record(RecordFault(fault)));
            }
            self.troubles.push(format!("no record of this run is kept: {}", fault.message()));
            return Ok(());
        }
        self.begun = Some((directory, record));
        if let Err(why) = before {
            self.troubles.push(format!("the schema before the run is not kept: {why}"));
        }
        Ok(())
    }

    /// Writes which backup there is now.
    pub(super) fn backed_up(&mut self, made: &Made) {
        let Some((directory, record)) = &mut self.begun else { return };
        record.backup = made.backup.as_ref().map(RunBackup::of);
        if let Err(fault) = write_paper(directory, record) {
            self.troubles.push(format!("the record of this run is not whole: {}", fault.message()));
        }
    }

    /// Writes that nothing was sent, and why.
    pub(super) fn refused(mut self, context: &Context, failure: &Failure) {
        let finding = failure.findings().into_iter().next();
        if let Some((directory, record)) = &mut self.begun {
            record.end(failure.exit_code(), utc(SystemTime::now()), finding.as_ref());
            if let Err(fault) = write_paper(directory, record) {
                self.troubles
                    .push(format!("the record of this run is not whole: {}", fault.message()));
            }
        }
        self.tell(context);
    }

    /// Writes how the run ended, and the schema that it left.
    pub(super) async fn ended<S: Session>(
        mut self,
        context: &Context,
        session: &mut S,
        report: &mut RunReport,
    ) {
        if let Some((directory, record)) = &mut self.begun {
            record.take(report);
            let code = report.end.exit_code();
            let finding = (code != Code::Ok && record.failed.is_none()).then(|| ending(report));
            let failed = record.failed.take();
            record.end(code, utc(SystemTime::now()), finding.as_ref());
            record.failed = record.failed.take().or(failed);
            let after = schema(context, session).await;
            let written = match &after {
                Ok((text, fingerprint)) => {
                    record.schema_after = Some(*fingerprint);
                    write(directory, names::AFTER, text.as_bytes())
                }
                Err(why) => {
                    self.troubles.push(format!("the schema after the run is not kept: {why}"));
                    Ok(())
                }
            };
            record.troubles.extend(self.troubles.iter().cloned());
            if let Err(fault) = written.and_then(|()| write_paper(directory, record)) {
                let message = fault.message();
                self.troubles.push(format!("the record of this run is not whole: {message}"));
            }
        }
        self.tell(context);
        report.troubles.append(&mut self.troubles);
    }

    fn tell(&self, context: &Context) {
        for message in &self.troubles {
            context.log.write(&Event::Trouble { version: None, message: message.clone() });
        }
    }
}

/// What ended a run early, where no statement did.
fn ending(report: &RunReport) -> Finding {
    let code = report.end.exit_code();
    Finding {
        code: code.name(),
        subject: report.remaining.first().map(ToString::to_string).unwrap_or_default(),
        message: code.meaning().to_owned(),
        remedy: String::new(),
    }
}

fn begun(context: &Context, request: &Request, plan: &Plan) -> RunRecord {
    let settings = &context.settings;
    let actor = identity::actor();
    let named = RunActor::of(&actor, &context.url.user);
    RunRecord::begun(
        (&request.run_id, plan.digest),
        (&settings.environment, &settings.database),
        (named, actor.tool_version),
        asked(settings, request),
        plan.pending.iter().map(|step| step.version.to_string()).collect(),
        SystemTime::now(),
    )
}

fn asked(settings: &Settings, request: &Request) -> Asked {
    let whole = |limit: Duration| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
    Asked {
        plan: request.plan.map(|digest| digest.to_string()),
        atomic: match settings.atomicity {
            Atomicity::Migration => "migration",
            Atomicity::Plan => "plan",
        }
        .to_owned(),
        wait_ms: request.patience.map(whole),
        policy: match settings.profile {
            Profile::Strict => "strict",
            Profile::Standard => "standard",
        }
        .to_owned(),
        approval: match settings.approval {
            Approval::Off => "off",
            Approval::Required { distinct_approver: false } => "required",
            Approval::Required { distinct_approver: true } => "required, of another person",
        }
        .to_owned(),
        backup: match settings.backup {
            Backup::Off => "off",
            Backup::PgDump { .. } => "pg_dump",
        }
        .to_owned(),
        migrations: settings.migrations.display().to_string(),
        lock_timeout_ms: settings.lock_timeout.map_or(0, whole),
        statement_timeout_ms: settings.statement_timeout.map_or(0, whole),
    }
}

/// The plan file that was approved; the plan of this moment where none was.
fn keep_plan(
    context: &Context,
    directory: &Path,
    (plan, history): (&Plan, &History),
    used: &Used,
) -> Result<(), PaperFileFault> {
    if let Some(bytes) = &used.plan_file {
        return write(directory, names::PLAN, bytes);
    }
    let mut file = paper(context, plan, history);
    file.rehearsal = kept_rehearsal(context, file.digest);
    write_named(directory, names::PLAN, &file)
}

async fn schema<S: Session>(
    context: &Context,
    session: &mut S,
) -> Result<(String, Digest), String> {
    let roles = role_names(&context.settings);
    let read = session.schema(&roles, LONGEST).await;
    let schema = read.map_err(|fault| fault.message())?;
    let text = canonical::render(&schema);
    let fingerprint = Digest::of(text.as_bytes());
    Ok((text, fingerprint))
}

fn write_paper(directory: &Path, record: &RunRecord) -> Result<(), PaperFileFault> {
    write_named(directory, names::RUN, record)
}

fn write_named(directory: &Path, name: &str, paper: &impl Serialize) -> Result<(), PaperFileFault> {
    let text = review::write(paper).map_err(|fault| PaperFileFault::System {
        path: directory.join(name),
        reason: fault.to_string(),
    })?;
    write(directory, name, text.as_bytes())
}

fn write(directory: &Path, name: &str, bytes: &[u8]) -> Result<(), PaperFileFault> {
    papers::write(&directory.join(name), bytes, Readers::Owner, Existing::Replace)
}

impl Explain for RecordFault {
    fn code(&self) -> &'static str {
        "no-record"
    }

    fn subject(&self) -> String {
        self.0.subject()
    }

    fn message(&self) -> String {
        format!("no record of this run can be kept, and nothing was applied: {}", self.0.message())
    }

    fn remedy(&self) -> String {
        "see 'state' in the configuration and who may write there; an environment with approvals or backups is bound to leave evidence".to_owned()
    }
}
