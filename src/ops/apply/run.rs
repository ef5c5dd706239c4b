//! Owns carrying out a plan under the lock: which migrations share a transaction, what is
//! recorded, and what ends the run. Must never repeat a migration.

use super::judge::judge_fault;
use super::resolve::{Resolved, resolve};
use crate::core::code::Code;
use crate::core::event::Event;
use crate::core::failure::StatementFailure;
use crate::core::finding::Explain;
use crate::core::instant::utc;
use crate::core::log::LogEvent;
use crate::core::plan::Plan;
use crate::core::report::{AppliedStep, RunEnd, RunReport, UsedApproval};
use crate::core::set::Migration;
use crate::core::version::Version;
use crate::files;
use crate::host::clock::Stopwatch;
use crate::ops::backup::Made;
use crate::ops::context::Context;
use crate::ops::reach::Current;
use crate::ops::watch::{GivenUp, Watch};
use crate::store::fault::StoreFault;
use crate::store::{Entry, Session, Transaction};
use std::time::Duration;
use tokio::time::timeout;

/// Longest wait for a failure's row to be written.
const RECORDING: Duration = Duration::from_secs(5);

/// One run.
pub(super) struct Runner<'a, S: Session> {
    context: &'a Context,
    session: &'a mut S,
    watch: Watch<S::Companion>,
    plan: &'a Plan,
    current: &'a Current,
    report: RunReport,
}

/// What a run may begin on.
pub(super) struct Grounds {
    /// The approval of its plan, where the environment demands one.
    pub(super) approval: Option<UsedApproval>,
    /// The backup, where the environment wants one.
    pub(super) made: Made,
}

/// Why a transaction did not commit, and what its failed migration's row should say.
struct Stop {
    end: RunEnd,
    started: Stopwatch,
    step: Migration,
    /// The migrations before it in the same transaction.
    earlier: Vec<(Version, Stopwatch)>,
    /// Whether the connection can still be used.
    usable: bool,
}

impl<'a, S: Session> Runner<'a, S> {
    pub(super) fn new(
        context: &'a Context,
        session: &'a mut S,
        watch: Watch<S::Companion>,
        plan: &'a Plan,
        run_id: &str,
        current: &'a Current,
        grounds: Grounds,
    ) -> Self {
        let report = RunReport {
            run_id: run_id.to_owned(),
            plan: plan.digest,
            approval: grounds.approval,
            backup: grounds.made.backup,
            applied: Vec::new(),
            end: RunEnd::Completed,
            remaining: Vec::new(),
            troubles: grounds.made.troubles,
        };
        Self { context, session, watch, plan, current, report }
    }

    /// One transaction for each migration; the first failure stops the run.
    pub(super) async fn run_each(mut self) -> RunReport {
        for step in &self.plan.pending {
            if self.watch.is_interrupted().await {
                self.report.end = self.interrupted(&step.version);
                break;
            }
            if let Err(stop) = self.run_transaction(std::slice::from_ref(step)).await {
                self.conclude(*stop).await;
                break;
            }
        }
        self.finish()
    }

    /// One transaction for all of them: all or nothing.
    pub(super) async fn run_together(mut self) -> RunReport {
        if let Err(stop) = self.run_transaction(&self.plan.pending).await {
            self.conclude(*stop).await;
        }
        self.finish()
    }

    fn finish(mut self) -> RunReport {
        self.current.set(None);
        let applied = self.report.applied.len();
        let left = self.plan.pending.iter().skip(applied);
        self.report.remaining = left.map(|step| step.version.clone()).collect();
        self.report
    }

    fn interrupted(&self, version: &Version) -> RunEnd {
        let signal = self.watch.signal.unwrap_or("a signal");
        RunEnd::Interrupted { version: version.clone(), signal }
    }

    async fn run_transaction(&mut self, steps: &[Migration]) -> Result<(), Box<Stop>> {
        let before = self.report.applied.len();
        let mut done = Vec::with_capacity(steps.len());
        let mut transaction = self.session.begin();
        let mut failed = None;
        for (at, step) in steps.iter().enumerate() {
            let started = Stopwatch::start();
            let number = before + at + 1;
            let of = self.plan.pending.len();
            self.current.set(Some(&step.version));
            let event = Event::MigrationStarted { version: step.version.clone(), number, of };
            self.context.log.write(&event);
            let what = format!("applying '{}' ({number} of {of})", step.version);
            self.context.log.status(&format!("{what}, since {}", utc(started.started_at())));
            let approval = self.report.approval.as_ref().map(|it| it.line.as_str());
            let ran = run_step(
                self.context,
                &mut transaction,
                &mut self.watch,
                (self.plan, approval),
                step,
                &started,
                &what,
            );
            match ran.await {
                Ok(()) => done.push((step.version.clone(), started)),
                Err((end, usable)) => {
                    failed = Some(Stop {
                        end,
                        started,
                        step: step.clone(),
                        earlier: Vec::new(),
                        usable,
                    });
                    break;
                }
            }
        }
        if let Some(mut stop) = failed {
            // Without an answer the server rolls back when the connection ends.
            stop.usable = stop.usable
                && matches!(timeout(RECORDING, transaction.rollback()).await, Ok(Ok(())));
            stop.earlier = done;
            return Err(Box::new(stop));
        }
        let Some(last) = steps.last() else { return Ok(()) };
        let committed = self.watch.over("committing", transaction.commit()).await;
        let started = done.last().map_or_else(Stopwatch::start, |(_, started)| *started);
        let stop = |end, usable| {
            Box::new(Stop { end, started, step: last.clone(), earlier: Vec::new(), usable })
        };
        let outcome = match committed {
            Ok(Ok(())) => Ok(()),
            Ok(Err(StoreFault::CommitUnknown { transaction_id, reason })) => {
                let version = last.version.clone();
                let run_id = &self.report.run_id;
                match resolve(self.context, run_id, &version, &transaction_id).await {
                    Resolved::Applied => {
                        let message = format!(
                            "the connection was lost at commit ({reason}); '{version}' is applied, as its row shows"
                        );
                        self.trouble(Some(version), message);
                        Ok(())
                    }
                    Resolved::NotApplied => {
                        Err(stop(RunEnd::ConnectionLost { version, reason }, false))
                    }
                    Resolved::Unknown(why) => Err(stop(
                        RunEnd::Unknown { version, reason: format!("{reason}; then: {why}") },
                        false,
                    )),
                }
            }
            Ok(Err(fault)) => {
                let end =
                    judge_fault(&self.watch, self.context, &last.version, "", fault, &started);
                Err(stop(end, true))
            }
            Err(GivenUp) => {
                let reason =
                    "interrupted while the commit was on its way, and the server did not answer"
                        .to_owned();
                Err(stop(RunEnd::Unknown { version: last.version.clone(), reason }, false))
            }
        };
        outcome?;
        for (version, started) in done {
            self.applied(version, started.elapsed());
        }
        Ok(())
    }

    /// A file that ended the transaction has committed the migrations before it that shared the
    /// transaction, or not: the database knows, and where its log ends now.
    async fn take_what_was_committed(&mut self, done: &[(Version, Stopwatch)]) {
        let session = &mut *self.session;
        let asking = async {
            session.prepare().await?;
            session.history().await
        };
        let history = match timeout(RECORDING, asking).await {
            Ok(Ok(history)) => history,
            Ok(Err(fault)) => return self.trouble_of_reading(&fault.message()),
            Err(_elapsed) => return self.trouble_of_reading("the server did not answer"),
        };
        for (version, started) in done {
            if history.applied.iter().any(|applied| *applied.version == *version.as_str()) {
                self.applied(version.clone(), started.elapsed());
            }
        }
    }

    fn trouble_of_reading(&mut self, why: &str) {
        self.trouble(None, format!("what was committed could not be read back: {why}"));
    }

    fn applied(&mut self, version: Version, duration: Duration) {
        let event = Event::MigrationApplied { version: version.clone(), duration };
        self.context.log.write(&event);
        self.report.applied.push(AppliedStep { version, duration });
    }

    /// Writes the row of what left nothing, and tells the log how the run ended.
    async fn conclude(&mut self, stop: Stop) {
        if stop.usable {
            if matches!(stop.end, RunEnd::TransactionReplaced { .. }) {
                self.take_what_was_committed(&stop.earlier).await;
            }
            self.record(&stop).await;
        }
        match &stop.end {
            RunEnd::Failed(failure) => self.tell_failure(Code::Failed, failure),
            RunEnd::TimedOut(failure) => self.tell_failure(Code::TimedOut, failure),
            RunEnd::Interrupted { version, signal } => {
                let (version, signal) = (version.clone(), *signal);
                self.context.log.write(&Event::MigrationInterrupted { version, signal });
            }
            RunEnd::Completed
            | RunEnd::TransactionReplaced { .. }
            | RunEnd::FileChanged { .. }
            | RunEnd::ConnectionLost { .. }
            | RunEnd::Unknown { .. } => {}
        }
        self.report.end = stop.end;
    }

    fn tell_failure(&self, code: Code, failure: &StatementFailure) {
        let failure = Box::new(failure.clone());
        self.context.log.write(&Event::MigrationFailed { code, failure });
    }

    /// Failing to write the row is told beside the failure, never instead of it.
    async fn record(&mut self, stop: &Stop) {
        let replaced = (
            "25000",
            "the file ended or replaced the transaction it ran in; part of it may be committed",
        );
        let (event, failure) = match &stop.end {
            RunEnd::Failed(failure) | RunEnd::TimedOut(failure) => (
                LogEvent::Failed,
                Some((failure.error.sqlstate.as_str(), failure.error.message.as_str())),
            ),
            RunEnd::Interrupted { signal, .. } => (LogEvent::Interrupted, Some(("57014", *signal))),
            RunEnd::TransactionReplaced { .. } => (LogEvent::Failed, Some(replaced)),
            RunEnd::Completed
            | RunEnd::FileChanged { .. }
            | RunEnd::ConnectionLost { .. }
            | RunEnd::Unknown { .. } => return,
        };
        let entry = Entry {
            version: &stop.step.version,
            digest: stop.step.digest,
            plan: Some(self.plan.digest),
            approval: self.report.approval.as_ref().map(|it| it.line.as_str()),
            started_at: stop.started.started_at(),
            finished_at: stop.started.finished_at(),
            duration: stop.started.elapsed(),
            failure,
        };
        let entries = [entry];
        let trouble = match timeout(RECORDING, self.session.record_events(event, &entries)).await {
            Ok(Ok(())) => return,
            Ok(Err(fault)) => fault.message(),
            Err(_elapsed) => "the server did not answer".to_owned(),
        };
        let message = format!("the row of this failure could not be written: {trouble}");
        self.trouble(Some(stop.step.version.clone()), message);
    }

    fn trouble(&mut self, version: Option<Version>, message: String) {
        self.context.log.write(&Event::Trouble { version, message: message.clone() });
        self.report.troubles.push(message);
    }
}

/// Runs one file and writes its rows, inside the transaction. On an error, how the run ends
/// and whether the connection can still be used.
async fn run_step<T: Transaction, C: crate::store::Companion>(
    context: &Context,
    transaction: &mut T,
    watch: &mut Watch<C>,
    (plan, approval): (&Plan, Option<&str>),
    step: &Migration,
    started: &Stopwatch,
    what: &str,
) -> Result<(), (RunEnd, bool)> {
    let version = &step.version;
    let text = files::read_planned(&context.settings.migrations, version, &step.digest).map_err(
        |fault| {
            let reason = fault.message();
            (RunEnd::FileChanged { version: version.clone(), reason }, true)
        },
    )?;
    let interrupted = |signal: Option<&'static str>| {
        let signal = signal.unwrap_or("a signal");
        RunEnd::Interrupted { version: version.clone(), signal }
    };
    let ran = match watch.over(what, transaction.run(version, &text)).await {
        Ok(Ok(ran)) => ran,
        Ok(Err(fault)) => {
            let usable = !matches!(fault, StoreFault::Lost { .. });
            return Err((judge_fault(watch, context, version, &text, fault, started), usable));
        }
        Err(GivenUp) => return Err((interrupted(watch.signal), false)),
    };
    if watch.signal.is_some() {
        return Err((interrupted(watch.signal), true));
    }
    let entry = Entry {
        version,
        digest: step.digest,
        plan: Some(plan.digest),
        approval,
        started_at: started.started_at(),
        finished_at: started.finished_at(),
        duration: started.elapsed(),
        failure: None,
    };
    match watch.over(what, transaction.record(ran, &entry)).await {
        // A signal that came while the rows were written finds nothing committed yet.
        Ok(Ok(())) if watch.signal.is_some() => Err((interrupted(watch.signal), true)),
        Ok(Ok(())) => Ok(()),
        Ok(Err(fault)) => {
            let usable = !matches!(fault, StoreFault::Lost { .. });
            Err((judge_fault(watch, context, version, "", fault, started), usable))
        }
        Err(GivenUp) => Err((interrupted(watch.signal), false)),
    }
}
