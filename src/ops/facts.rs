//! Owns fetching all that a verdict is made of: the set, its seal, and what the database says,
//! from one snapshot. Must never judge any of it.

use crate::config::Settings;
use crate::core::event::Event;
use crate::core::finding::Explain;
use crate::core::schema::roles::RoleNames;
use crate::core::seal::Seal;
use crate::core::set::MigrationSet;
use crate::ops::context::Context;
use crate::ops::failure::Failure;
use crate::ops::reach::{Current, connect_once, spawn_seal, spawn_set};
use crate::store::fault::StoreFault;
use crate::store::postgres::Connection;
use crate::store::{Facts, Inquiry, PrivilegeQuestion, Store};
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Between two attempts to connect at boot.
const PAUSE: Duration = Duration::from_millis(500);

/// What a verdict is made of.
pub(super) struct Gathered {
    pub(super) set: MigrationSet,
    pub(super) seal: Option<Seal>,
    pub(super) facts: Facts,
}

/// Reads files and database side by side; the live schema only where it is `wanted`.
///
/// `deadline` lets the gate wait at boot for a server that is still starting; without it there
/// is one attempt.
pub(super) async fn gather(
    context: &Context,
    wanted: bool,
    deadline: Option<Duration>,
) -> Result<Gathered, Failure> {
    let settings = &context.settings;
    let inquiry = Inquiry {
        privileges: privilege_question(settings),
        schema: wanted.then(|| role_names(settings)),
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
    Ok(Gathered { set: set?, seal: seal?, facts: facts? })
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
fn privilege_question(settings: &Settings) -> PrivilegeQuestion {
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
