//! Owns signing on through psql as one of a world's roles, with its real password. Must never
//! fall back to the superuser.

use super::server::{feed, psql};
use super::world::{PASSWORD, World};

/// Runs SQL as this role of `world` in any database; what it said where it was refused.
pub(crate) fn sql_as(
    world: &World,
    role: &str,
    database: &str,
    text: &str,
) -> Result<String, String> {
    let mut command = psql(database);
    command.env("PGUSER", format!("{}_{role}", world.database)).env("PGPASSWORD", PASSWORD);
    feed(command, text)
}
