//! The story of `apply`: lock, read the history, plan, refuse what can be refused, and only
//! then run the pending migrations, each with its history rows, until the first failure.

mod judge;
mod resolve;
mod run;

use crate::config::Atomicity;
use crate::core::digest::Digest;
use crate::core::event::Event;
use crate::core::history::History;
use crate::core::plan::Plan;
use crate::core::policy::Rule;
use crate::core::report::{RunEnd, RunReport};
use crate::core::set::MigrationSet;
use crate::host::identity;
use crate::host::signals::Signals;
use crate::ops::approval::{Approved, Standing, standing};
use crate::ops::backup;
use crate::ops::context::Context;
use crate::ops::failure::{Failure, OtherPlan};
use crate::ops::plan::decide;
use crate::ops::reach::{Current, set_and_store, waiting};
use crate::ops::record::{Recording, Used};
use crate::ops::review::paper;
use crate::ops::watch::Watch;
use crate::store::{Run, Session, Store};
use run::{Grounds, Runner};
use std::time::Duration;
use tokio::time::timeout;

/// What an operator asks of `apply`.
#[derive(Debug)]
pub struct Request {
    /// Identity of the run.
    pub run_id: String,
    /// The plan that was reviewed; apply refuses any other.
    pub plan: Option<Digest>,
    /// How long to wait for another run to end; none for not at all.
    pub patience: Option<Duration>,
}

/// Longest wait for the server to take the end of a connection.
const FAREWELL: Duration = Duration::from_secs(2);

/// Applies what is pending.
///
/// # Errors
/// Whatever was refused before the first statement was sent. A run that ended early is a
/// report: it says what was applied.
pub async fn apply(context: &Context, request: &Request) -> Result<RunReport, Failure> {
    let mut signals = Signals::listen().map_err(|error| Failure::System(error.to_string()))?;
    let current = Current::default();
    let (set, mut session) = tokio::select! {
        biased;
        signal = signals.next() => return Err(Failure::Interrupted(signal)),
        locked = lock(context, request, &current) => locked?,
    };
    let report = run_locked(context, request, &set, &mut session, signals, &current).await;
    // Without an answer, the end of the connection gives the lock back.
    let _bounded = timeout(FAREWELL, session.release()).await;
    report
}

/// Reaches set and database, and takes the lock.
async fn lock(
    context: &Context,
    request: &Request,
    current: &Current,
) -> Result<(MigrationSet, impl Session + use<>), Failure> {
    let (set, store) = set_and_store(context, current).await?;
    let run = Run { run_id: request.run_id.clone(), actor: identity::actor() };
    let waiting = waiting(context, request.patience);
    Ok((set, store.lock(run, request.patience, &waiting).await?))
}

async fn run_locked<S: Session>(
    context: &Context,
    request: &Request,
    set: &MigrationSet,
    session: &mut S,
    mut signals: Signals,
    current: &Current,
) -> Result<RunReport, Failure> {
    let mut recording = Recording::default();
    let planning = async {
        let history = session.history().await?;
        let plan = decide(context, set, &history)?;
        require_plan(request.plan, &plan)?;
        if plan.pending.is_empty() {
            return Ok((plan, None, backup::Made::default()));
        }
        let approved = require_approval(context, &plan, &history).await?;
        let used = approved.as_deref().map(Used::of).unwrap_or_default();
        recording.begin(context, request, session, (&plan, &history), &used).await?;
        let made = backup::make(context, session, &plan, &request.run_id).await?;
        recording.backed_up(&made);
        session.prepare().await?;
        Ok::<_, Failure>((plan, approved, made))
    };
    let planned = tokio::select! {
        biased;
        signal = signals.next() => Err(Failure::Interrupted(signal)),
        planned = planning => planned,
    };
    let (plan, approved, made) = match planned {
        Ok(planned) => planned,
        Err(failure) => {
            recording.refused(context, &failure);
            return Err(failure);
        }
    };
    if plan.pending.is_empty() {
        return Ok(nothing_to_do(request, &plan));
    }
    context.log.write(&Event::RunStarted { plan: plan.digest, pending: plan.pending.len() });
    tell_waivers(context, &plan);
    let settings = &context.settings;
    let log = std::sync::Arc::clone(&context.log);
    let watch = Watch::new(session.companion(), signals, log, settings.lock_timeout);
    let grounds = Grounds { approval: approved.map(|it| it.used()), made };
    let runner = Runner::new(context, session, watch, &plan, &request.run_id, current, grounds);
    let mut report = match settings.atomicity {
        Atomicity::Migration => runner.run_each().await,
        Atomicity::Plan => runner.run_together().await,
    };
    recording.ended(context, session, &mut report).await;
    Ok(report)
}

/// What the files ask to be accepted is told before any of it is sent.
fn tell_waivers(context: &Context, plan: &Plan) {
    for waiver in &plan.lint.waivers {
        let Some(rule) = Rule::of_name(&waiver.rule) else { continue };
        context.log.write(&Event::WaiverInForce {
            version: waiver.file.clone(),
            line: waiver.line,
            rule: rule.name(),
            reason: waiver.reason.clone(),
        });
    }
}

fn require_plan(demanded: Option<Digest>, plan: &Plan) -> Result<(), Failure> {
    match demanded {
        Some(demanded) if demanded != plan.digest => {
            Err(Failure::OtherPlan(OtherPlan { demanded, found: plan.digest }))
        }
        _ => Ok(()),
    }
}

/// The approval of this very plan, where the environment demands one.
async fn require_approval(
    context: &Context,
    plan: &Plan,
    history: &History,
) -> Result<Option<Box<Approved>>, Failure> {
    match standing(&context.settings, paper(context, plan, history)).await? {
        Standing::NotNeeded => Ok(None),
        Standing::Approved(approved) => {
            let approval = approved.used().line;
            context.log.write(&Event::PlanApproved { plan: plan.digest, approval });
            Ok(Some(approved))
        }
        Standing::Refused(wanted, refused) => Err(Failure::NotApproved(wanted, refused)),
        Standing::Unknown(fault) => Err(Failure::Uncheckable(fault)),
    }
}

fn nothing_to_do(request: &Request, plan: &Plan) -> RunReport {
    RunReport {
        run_id: request.run_id.clone(),
        plan: plan.digest,
        approval: None,
        backup: None,
        applied: Vec::new(),
        end: RunEnd::Completed,
        remaining: Vec::new(),
        troubles: Vec::new(),
    }
}
