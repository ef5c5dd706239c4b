//! The door of `provision`, which never connects to anything.

use super::{Answered, Call};
use crate::cli::document::{Answer, Body};
use crate::store::postgres::provision::{Provision, provision_sql};

pub(super) fn run(call: &Call<'_>) -> Answered {
    let settings = call.settings(None)?;
    Ok(Answer::ok(Body::Provision(provision_sql(&Provision {
        environment: settings.environment,
        database: settings.database,
        owner_role: settings.roles.owner,
        migrator_role: settings.roles.migrator,
        runtime_role: settings.roles.runtime,
    }))))
}
