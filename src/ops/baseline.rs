//! The story of `baseline`: takes over a database whose history has rows and no checksums,
//! by recording the checksums of today's files, once, as an explicit and logged act.

use crate::core::comparison::Difference;
use crate::core::history::History;
use crate::core::log::LogEvent;
use crate::core::set::{Migration, MigrationSet};
use crate::host::clock::Stopwatch;
use crate::host::identity;
use crate::ops::context::Context;
use crate::ops::failure::{BaselineFault, Failure};
use crate::ops::interruption::unless_interrupted;
use crate::ops::plan::compared;
use crate::ops::reach::{Current, set_and_store, waiting};
use crate::store::postgres::Connection;
use crate::store::{Entry, Run, Session, Store};
use std::time::Duration;

/// What would be, or was, recorded.
#[derive(Debug)]
pub struct Takeover {
    /// The recorded versions that have no checksum, with those of their files; in order.
    pub migrations: Vec<Migration>,
    /// The run that recorded them; none when they were only shown.
    pub run_id: Option<String>,
}

/// Shows what would be recorded. Writes nothing.
///
/// # Errors
/// When the database cannot be taken over.
pub async fn preview(context: &Context) -> Result<Takeover, Failure> {
    unless_interrupted(async {
        let (set, mut store) = set_and_store(context, &Current::default()).await?;
        let history = store.history().await?;
        Ok(Takeover { migrations: decide(context, &set, &history)?, run_id: None })
    })
    .await
}

/// Records it, under the lock, all or nothing.
///
/// # Errors
/// When the database cannot be taken over.
pub async fn baseline(
    context: &Context,
    run_id: &str,
    patience: Option<Duration>,
) -> Result<Takeover, Failure> {
    // What follows the lock takes a moment, is all or nothing, and is not interrupted.
    let (set, mut session) = unless_interrupted(async {
        let (set, store): (MigrationSet, Connection) =
            set_and_store(context, &Current::default()).await?;
        let run = Run { run_id: run_id.to_owned(), actor: identity::actor() };
        let session = store.lock(run, patience, &waiting(context, patience)).await?;
        Ok::<_, Failure>((set, session))
    })
    .await?;
    let taken = record(context, &set, &mut session).await;
    session.release().await;
    Ok(Takeover { migrations: taken?, run_id: Some(run_id.to_owned()) })
}

async fn record<S: Session>(
    context: &Context,
    set: &MigrationSet,
    session: &mut S,
) -> Result<Vec<Migration>, Failure> {
    let history = session.history().await?;
    let migrations = decide(context, set, &history)?;
    if migrations.is_empty() {
        return Ok(migrations);
    }
    session.prepare().await?;
    let started = Stopwatch::start();
    let entries: Vec<Entry<'_>> = migrations
        .iter()
        .map(|migration| Entry {
            version: &migration.version,
            digest: migration.digest,
            plan: None,
            approval: None,
            started_at: started.started_at(),
            finished_at: started.started_at(),
            duration: Duration::ZERO,
            failure: None,
        })
        .collect();
    session.record_events(LogEvent::Baselined, &entries).await?;
    Ok(migrations)
}

/// Which rows can be taken over; every contradiction but the missing checksums is a refusal.
fn decide(
    context: &Context,
    set: &MigrationSet,
    history: &History,
) -> Result<Vec<Migration>, Failure> {
    if !history.table_exists {
        return Err(Failure::Baseline(vec![BaselineFault::NothingToTakeOver]));
    }
    let differences = compared(context, set, history).differences;
    let (mut without_file, mut contradictions) = (Vec::new(), Vec::new());
    for difference in differences {
        match difference {
            Difference::NoChecksum(_) => {}
            Difference::Missing(version) | Difference::Ahead(version) => {
                without_file.push(BaselineFault::NoFile(version));
            }
            other => contradictions.push(other),
        }
    }
    if !without_file.is_empty() {
        return Err(Failure::Baseline(without_file));
    }
    if !contradictions.is_empty() {
        return Err(Failure::Contradiction(contradictions));
    }
    let unchecked = history.applied.iter().filter(|entry| entry.digest.is_none());
    Ok(unchecked.filter_map(|entry| set.get(&entry.version).cloned()).collect())
}
