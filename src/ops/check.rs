//! The story of `check`, which is the gate's and the probe's question: may this release run
//! on this schema? Writes nothing, locks nothing.

use crate::config::Settings;
use crate::core::event::Event;
use crate::core::finding::Explain;
use crate::core::requirement::Range;
use crate::core::structure::{Terms, demanded, examine, needs_schema};
use crate::core::verdict::{self, Verdict, judge};
use crate::files;
use crate::ops::context::Context;
use crate::ops::failure::Failure;
use crate::ops::plan::compared;
use crate::ops::reach::{Current, connect_once, spawn_seal, spawn_set};
use crate::ops::requirement::{Asked, Demand, Origin};
use crate::store::fault::StoreFault;
use crate::store::postgres::Connection;
use crate::store::{Inquiry, PrivilegeQuestion, RoleNames, Store};
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Between two attempts to connect at boot.
const PAUSE: Duration = Duration::from_millis(500);

/// The verdict, and what it was judged by.
#[derive(Debug)]
pub struct Checked {
    /// The answer.
    pub verdict: Verdict,
    /// The range that was judged; of an installed set it is its newest migration.
    pub range: Option<Range>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Judges the schema of the environment's database.
///
/// `deadline` lets the gate wait at boot for a server that is still starting; without it
/// there is one attempt.
///
/// # Errors
/// When a fact for the verdict cannot be had: what could not be checked is never passed.
pub async fn check(
    context: &Context,
    asked: Asked,
    deadline: Option<Duration>,
) -> Result<Checked, Failure> {
    let settings = &context.settings;
    let demand = Demand::find(asked, settings.requirement.as_deref())?;
    let requirement = &demand.requirement;
    let depth = settings.gate.depth;
    let has_seal = files::seal::exists(&settings.migrations);
    let inquiry = Inquiry {
        privileges: privilege_question(settings),
        schema: needs_schema(depth, has_seal, requirement).then(|| role_names(settings)),
    };
    let reading = spawn_set(&settings.migrations);
    let sealed = spawn_seal(&settings.migrations);
    let asking = async {
        let mut store = match deadline {
            None => connect_once(context, &Current::default()).await?,
            Some(limit) => connect_within(context, limit).await?,
        };
        store.facts(&inquiry).await
    };
    let (set, seal, facts) = tokio::join!(reading, sealed, asking);
    let (set, seal, facts) = (set?, seal?, facts?);
    let history = &facts.history;
    demand.refuse_strangers(&set, history)?;
    let terms = Terms { depth, rules: &settings.gate.rules, seal: seal.as_ref() };
    let (newest, live) = (history.newest(), facts.schema.as_ref());
    let schema = verdict::Schema {
        structure: examine(&terms, newest, live)?,
        demanded: demanded(requirement, &terms, newest, live),
        excesses: &facts.excesses,
    };
    let comparison = compared(context, &set, history);
    let verdict = judge(&set, history, &comparison, requirement, schema);
    Ok(Checked { verdict, range: demand.range(&set), origin: demand.origin })
}

/// In whose names the schema is told.
pub(super) fn role_names(settings: &Settings) -> RoleNames {
    let roles = &settings.roles;
    RoleNames {
        owner: roles.owner.clone(),
        migrator: roles.migrator.clone(),
        runtime: roles.runtime.clone(),
    }
}

/// What the runtime role must not reach: its owner's and its migrator's rights, those that the
/// server gives to write everything, and the databases of the other environments.
pub(super) fn privilege_question(settings: &Settings) -> PrivilegeQuestion {
    let roles = &settings.roles;
    let predefined = ["pg_write_all_data", "pg_maintain"];
    PrivilegeQuestion {
        role: roles.runtime.clone(),
        owner: roles.owner.clone(),
        forbidden: [roles.owner.as_str(), roles.migrator.as_str()]
            .into_iter()
            .chain(predefined)
            .map(str::to_owned)
            .collect(),
        other_databases: settings.others.iter().map(|(_, database)| database.clone()).collect(),
    }
}

/// Tries again until the deadline, but only what may pass by itself: a server that is not
/// there yet. A wrong password stays wrong.
async fn connect_within(context: &Context, limit: Duration) -> Result<Connection, StoreFault> {
    let end = Instant::now() + limit;
    let mut told = String::new();
    loop {
        let current = Current::default();
        let fault = match timeout_at(end, connect_once(context, &current)).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(fault)) => fault,
            Err(_elapsed) => StoreFault::Unreachable {
                address: format!("port {}", context.url.port),
                reason: format!("no answer within {} s", limit.as_secs()),
            },
        };
        let again = Instant::now() + PAUSE;
        if !matches!(fault, StoreFault::Unreachable { .. }) || again >= end {
            return Err(fault);
        }
        // Once for each reason: a minute of the same is one fact, not a hundred.
        let reason = fault.message();
        if reason != told {
            context.log.status(&format!("waiting for the server: {reason}"));
            context.log.write(&Event::ConnectionRetried { reason: reason.clone() });
            told = reason;
        }
        sleep_until(again).await;
    }
}
