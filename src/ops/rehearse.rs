//! The story of `rehearse`: plan as `apply` would, build a twin of the environment, carry the plan
//! out there as `apply` does, and measure its statements on a second one. Must never write into
//! the environment's own database, and never leave a twin behind.

mod measure;
mod twin;

use crate::core::finding::Explain;
use crate::core::instant::utc;
use crate::core::plan::Plan;
use crate::core::rehearsal::change::sentence;
use crate::core::rehearsal::{
    Data, End, Ground, Rehearsal, RehearsedMigration, SealAnswer, Source, limits,
};
use crate::core::report::{RunEnd, RunReport};
use crate::core::review;
use crate::core::schema::canonical::fingerprint;
use crate::core::schema::difference::{Difference, compare};
use crate::core::schema::model::Schema;
use crate::core::structure::{Depth, Structure, Terms, examine};
use crate::core::version::Version;
use crate::files::papers::{self, Existing, PaperFileFault, Readers};
use crate::host::clock::Stopwatch;
use crate::host::identity::random_id;
use crate::ops::apply::{self, apply};
use crate::ops::context::Context;
use crate::ops::facts::role_names;
use crate::ops::failure::Failure;
use crate::ops::plan::decide;
use crate::ops::reach::{Current, connect_once, read_seal, set_and_store};
use crate::ops::review::ReviewFault;
use crate::store::Store;
use measure::measure;
use std::path::{Path, PathBuf};
use std::time::Duration;
pub use twin::TwinFault;
use twin::{Twin, of_dump, of_set};

/// What an operator asks of `rehearse`.
#[derive(Debug)]
pub struct Request {
    /// What the twin is made of.
    pub source: Source,
    /// Which rows it has.
    pub data: Data,
    /// The copy that has them.
    pub copy: Option<PathBuf>,
    /// A file for the report, which must not exist.
    pub out: Option<PathBuf>,
}

/// What came of it.
#[derive(Debug)]
pub struct Rehearsed {
    /// The plan.
    pub plan: Plan,
    /// What was found; none where nothing is pending.
    pub found: Option<Box<Found>>,
    /// Where the report stands.
    pub written: Vec<PathBuf>,
}

/// A rehearsal that took place.
#[derive(Debug)]
pub struct Found {
    /// The report.
    pub paper: Rehearsal,
    /// The run on the twin, as `apply` tells it.
    pub run: RunReport,
    /// Where the schema is another one than the sealed one.
    pub drifts: Vec<Difference>,
}

/// Rehearses what is pending.
///
/// # Errors
/// Whatever would make `plan` refuse, and a twin that cannot be built. A migration that fails is
/// a report.
pub async fn rehearse(context: &Context, request: &Request) -> Result<Rehearsed, Failure> {
    let started = Stopwatch::start();
    if let Some(path) = request.out.as_ref().filter(|path| path.exists()) {
        let fault = PaperFileFault::Exists(path.clone());
        return Err(Failure::Review(ReviewFault::Output(fault)));
    }
    let (set, mut store) = set_and_store(context, &Current::default()).await?;
    let history = store.history().await?;
    let plan = decide(context, &set, &history)?;
    if plan.pending.is_empty() {
        return Ok(Rehearsed { plan, found: None, written: Vec::new() });
    }
    let live = store.schema(&role_names(&context.settings)).await?;
    let original = store.original().await?;
    store.close().await;
    context.log.status("rehearsal: building the twin");
    let built = match request.source {
        Source::Dump | Source::Copy => of_dump(context, request, &original).await,
        Source::Seal | Source::Set => {
            of_set(context, request.source, &set, &history, &original).await
        }
    };
    let twin = built.map_err(on_twin)?;
    let run = run_on(&twin, &plan).await.map_err(on_twin)?;
    let after = schema_of(&twin.context).await.map_err(on_twin)?;
    let stopped = stopped_at(&run);
    let measured = measure(&twin.measured, &plan, stopped, &twin.schema, request.data);
    let (mut migrations, other) = measured.await.map_err(on_twin)?;
    for migration in &mut migrations {
        let mut steps = run.applied.iter();
        let applied = steps.find(|step| *step.version.as_str() == *migration.version);
        migration.duration_ms = applied.map(|step| milliseconds(step.duration));
    }
    let (seal, drifts) = judge(context, &run, &plan, &after)?;
    let ground = if twin.is_throwaway() { Ground::Throwaway } else { Ground::Named };
    let paper = Rehearsal {
        form: review::FORM,
        environment: context.settings.environment.clone(),
        database: context.settings.database.clone(),
        plan: plan.digest.to_string(),
        server: original.version,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        scratch: ground,
        twin: request.source,
        data: request.data,
        twin_differs: differs(context, &twin, &live),
        end: end(&run),
        statements_differ: statements_differ(&migrations, &run, &after, &other),
        migrations,
        schema_before: fingerprint(&twin.schema).to_string(),
        schema_after: fingerprint(&after).to_string(),
        changes: compare(&twin.schema, &after).iter().map(sentence).collect(),
        seal,
        seal_differs: drifts.iter().map(Explain::message).collect(),
        limits: limits(ground),
        started_at: utc(started.started_at()),
        finished_at: utc(started.finished_at()),
    };
    let removed = twin.remove();
    let written = keep(context, request, &paper, &plan)?;
    removed?;
    Ok(Rehearsed { plan, found: Some(Box::new(Found { paper, run, drifts })), written })
}

/// A rehearsal that was interrupted has sent nothing to the environment, whatever it sent to
/// its twin.
#[must_use]
pub fn of_rehearsal(failure: Failure) -> Failure {
    match failure {
        it @ Failure::Interrupted(_) => Failure::OnTwin(Box::new(it)),
        other => other,
    }
}

/// What went wrong there says nothing of the environment's database.
fn on_twin(failure: Failure) -> Failure {
    match failure {
        it @ (Failure::Twin(_) | Failure::Scratch(_)) => it,
        other => Failure::OnTwin(Box::new(other)),
    }
}

/// Applies the very plan, as `apply` does.
async fn run_on(twin: &Twin, plan: &Plan) -> Result<RunReport, Failure> {
    let request = apply::Request { run_id: random_id(), plan: Some(plan.digest), patience: None };
    match apply(&twin.context, &request).await {
        Err(Failure::OtherPlan(other)) => Err(TwinFault::OtherPlan { found: other.found }.into()),
        ended => ended,
    }
}

async fn schema_of(context: &Context) -> Result<Schema, Failure> {
    let mut store = connect_once(context, &Current::default()).await?;
    let schema = store.schema(&role_names(&context.settings)).await?;
    store.close().await;
    Ok(schema)
}

/// What the twin had otherwise than the environment.
fn differs(context: &Context, twin: &Twin, live: &Schema) -> Vec<String> {
    let mut told: Vec<String> = compare(live, &twin.schema).iter().map(Explain::message).collect();
    let (ours, usual) = (&context.url.user, &context.settings.roles.migrator);
    if ours != usual {
        told.push(format!("role {ours}: the twin was migrated by '{usual}' in its place"));
    }
    told
}

/// The migration that ended a run.
fn stopped_at(run: &RunReport) -> Option<&Version> {
    match &run.end {
        RunEnd::Completed => None,
        RunEnd::Failed(failure) | RunEnd::TimedOut(failure) => Some(&failure.version),
        RunEnd::TransactionReplaced { version }
        | RunEnd::FileChanged { version, .. }
        | RunEnd::Interrupted { version, .. }
        | RunEnd::ConnectionLost { version, .. }
        | RunEnd::Unknown { version, .. } => Some(version),
    }
}

fn end(run: &RunReport) -> End {
    let message = match &run.end {
        RunEnd::Failed(failure) | RunEnd::TimedOut(failure) => {
            let error = &failure.error;
            let at = failure.place.map(|place| format!(":{}:{}", place.line, place.column));
            let at = at.unwrap_or_default();
            Some(format!(
                "'{}'{at}: {} {}: {}",
                failure.version, error.severity, error.sqlstate, error.message
            ))
        }
        RunEnd::FileChanged { reason, .. }
        | RunEnd::ConnectionLost { reason, .. }
        | RunEnd::Unknown { reason, .. } => Some(reason.clone()),
        RunEnd::Interrupted { signal, .. } => Some(format!("interrupted by {signal}")),
        RunEnd::TransactionReplaced { version } => {
            Some(format!("'{version}' ended or replaced the transaction it ran in"))
        }
        RunEnd::Completed => None,
    };
    let migration = stopped_at(run).map(ToString::to_string);
    End { code: run.end.exit_code().name().to_owned(), migration, message }
}

/// Where one statement after the other came to another end than whole files.
fn statements_differ(
    migrations: &[RehearsedMigration],
    run: &RunReport,
    after: &Schema,
    other: &Schema,
) -> Vec<String> {
    let failed = |version: &str| stopped_at(run).is_some_and(|it| it.as_str() == version);
    let mut told: Vec<String> = Vec::new();
    for migration in migrations {
        match &migration.failure {
            Some(why) if !failed(&migration.version) => {
                told.push(format!(
                    "'{}' failed one by one and not as a whole: {why}",
                    migration.version
                ));
            }
            None if failed(&migration.version) => {
                told.push(format!("'{}' failed as a whole and not one by one", migration.version));
            }
            _ => {}
        }
    }
    told.extend(compare(after, other).iter().map(Explain::message));
    told
}

/// Whether the schema is the sealed one of the newest version.
fn judge(
    context: &Context,
    run: &RunReport,
    plan: &Plan,
    after: &Schema,
) -> Result<(SealAnswer, Vec<Difference>), Failure> {
    if run.end != RunEnd::Completed {
        return Ok((SealAnswer::NotReached, Vec::new()));
    }
    let settings = &context.settings;
    let seal = read_seal(&settings.migrations)?;
    let rules = &settings.gate.rules;
    let terms = Terms { depth: Some(Depth::Full), rules, seal: seal.as_ref() };
    let newest = plan.pending.last().map(|migration| migration.version.as_str());
    Ok(match examine(&terms, newest, false, Some(after))? {
        Structure::Compared(found) if found.differences.is_empty() => {
            (SealAnswer::Equal, Vec::new())
        }
        Structure::Compared(found) => (SealAnswer::Differs, found.differences),
        _ => (SealAnswer::NotSealed, Vec::new()),
    })
}

/// Writes the report where it is wanted, and keeps it for whoever reviews the plan.
fn keep(
    context: &Context,
    request: &Request,
    paper: &Rehearsal,
    plan: &Plan,
) -> Result<Vec<PathBuf>, Failure> {
    let text = review::write(paper).map_err(|fault| Failure::System(fault.to_string()))?;
    let write = |path: &Path, readers, existing| {
        let written = papers::write(path, text.as_bytes(), readers, existing);
        written.map_err(|fault| Failure::Review(ReviewFault::Output(fault)))
    };
    let mut written = Vec::new();
    if let Some(path) = &request.out {
        write(path, Readers::All, Existing::Keep)?;
        written.push(path.clone());
    }
    if let Some(state) = &context.settings.state {
        let directory = state.join("rehearsals").join(&paper.environment);
        papers::make_directory(&directory, Readers::Owner)
            .map_err(|fault| Failure::Review(ReviewFault::Output(fault)))?;
        let path = directory.join(format!("{}.json", plan.digest.hex()));
        write(&path, Readers::Owner, Existing::Replace)?;
        written.push(path);
    }
    Ok(written)
}

/// To the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
