//! Owns running a plan's statements one by one on a twin, and telling what each of them did. Must
//! never decide whether the plan may be applied: that is told by the run of whole files.

use super::{milliseconds, schema_of};
use crate::config::Atomicity;
use crate::core::finding::Explain;
use crate::core::place::Place;
use crate::core::plan::Plan;
use crate::core::policy::{StatementSpan, inspect};
use crate::core::rehearsal::change::Changes;
use crate::core::rehearsal::{Data, HeldLock, RehearsedMigration, RehearsedStatement};
use crate::core::schema::difference::compare;
use crate::core::schema::model::Schema;
use crate::core::set::Migration;
use crate::core::version::Version;
use crate::files;
use crate::host::identity::{actor, random_id};
use crate::ops::context::Context;
use crate::ops::facts::role_names;
use crate::ops::failure::Failure;
use crate::ops::reach::{Current, connect_once};
use crate::store::postgres::rehearsal::{Measured, Measuring, Relation};
use crate::store::{Run, Session, Store};
use std::time::Duration;

/// Longest excerpt of a statement.
const LONGEST: usize = 120;

/// Runs the pending migrations up to the one that stopped the run, in transactions as `apply`
/// makes them; what they did, and the schema that they left.
pub(super) async fn measure(
    context: &Context,
    plan: &Plan,
    stopped: Option<&Version>,
    before: &Schema,
    data: Data,
) -> Result<(Vec<RehearsedMigration>, Schema), Failure> {
    let reached = |step: &&Migration| stopped.is_none_or(|stopped| step.version <= *stopped);
    let steps: Vec<&Migration> = plan.pending.iter().filter(reached).collect();
    let together = match context.settings.atomicity {
        Atomicity::Migration => 1,
        Atomicity::Plan => steps.len().max(1),
    };
    let run = Run { run_id: random_id(), actor: actor() };
    let store = connect_once(context, &Current::default()).await?;
    let mut session = store.lock(run, None, &|_holder| {}).await?;
    let roles = role_names(&context.settings);
    let mut schema = before.clone();
    let mut told = Vec::new();
    'all: for group in steps.chunks(together) {
        let mut measuring = session.measure(&roles).await?;
        for step in group {
            context.log.status(&format!("measuring '{}'", step.version));
            let mut migration = blank(step);
            migration.failure =
                run_file(context, &mut measuring, step, &mut migration, &mut schema, data).await?;
            let failed = migration.failure.is_some();
            told.push(migration);
            if failed {
                break 'all;
            }
        }
        match (measuring.commit().await, told.last_mut()) {
            (Ok(took), Some(last)) => {
                let ending = last.ending_ms.unwrap_or_default();
                last.ending_ms = Some(ending + milliseconds(took));
            }
            (Err(fault), Some(last)) => {
                last.failure = Some(fault.message());
                break;
            }
            (_, None) => {}
        }
    }
    // What is not committed goes with the connection.
    session.release().await;
    Ok((told, schema_of(context).await?))
}

fn blank(step: &Migration) -> RehearsedMigration {
    RehearsedMigration {
        version: step.version.to_string(),
        sha256: step.digest.hex(),
        duration_ms: None,
        statements: Vec::new(),
        ending_ms: None,
        failure: None,
    }
}

/// Runs one file's statements; what ended it, if anything did.
async fn run_file(
    context: &Context,
    measuring: &mut Measuring<'_>,
    step: &Migration,
    migration: &mut RehearsedMigration,
    schema: &mut Schema,
    data: Data,
) -> Result<Option<String>, Failure> {
    let text = files::read_planned(&context.settings.migrations, &step.version, &step.digest)?;
    for span in &inspect(&text).statements {
        let statement = text.get(span.start..span.end).unwrap_or_default();
        let measured = match measuring.statement(statement).await {
            Ok(measured) => measured,
            Err(fault) => {
                let line = Place::of_byte(&text, span.start).line;
                return Ok(Some(format!("line {line}: {}", fault.message())));
            }
        };
        migration.statements.push(tell(&text, *span, &measured, schema, data));
        *schema = measured.schema;
    }
    match measuring.end_file().await {
        Ok(took) => {
            migration.ending_ms = Some(milliseconds(took));
            Ok(None)
        }
        Err(fault) => Ok(Some(format!("at the end of the file: {}", fault.message()))),
    }
}

fn tell(
    text: &str,
    span: StatementSpan,
    measured: &Measured,
    before: &Schema,
    data: Data,
) -> RehearsedStatement {
    let statement = text.get(span.start..span.end).unwrap_or_default();
    let first = statement.lines().next().unwrap_or_default().trim_end();
    let names = |list: &[Relation]| list.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let (rewrote, scanned) = (names(&measured.rewrote), names(&measured.scanned));
    let grows = !rewrote.is_empty() || !scanned.is_empty();
    let changes = Changes::of(&compare(before, &measured.schema));
    let locks = measured.locks.iter().map(|(relation, mode)| HeldLock {
        relation: relation.name.clone(),
        kind: relation.kind.to_owned(),
        mode: *mode,
        blocks: mode.blocks(),
    });
    RehearsedStatement {
        line: Place::of_byte(text, span.start).line,
        text: first.chars().take(LONGEST).collect(),
        duration_ms: milliseconds(measured.duration),
        estimated_ms: match data {
            Data::Fraction(part) if grows && part < 1.0 => estimate(measured.duration, part),
            _ => None,
        },
        locks: locks.collect(),
        rewrote,
        scanned,
        made: changes.made,
        changed: changes.changed,
        dropped: changes.dropped,
    }
}

/// What a statement that goes through all rows would take with all of them.
fn estimate(duration: Duration, part: f64) -> Option<f64> {
    let all = duration.as_secs_f64() / part;
    all.is_finite().then(|| (all * 1_000_000.0).round() / 1000.0)
}
