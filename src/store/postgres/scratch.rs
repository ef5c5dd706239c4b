//! Owns the SQL that makes and removes a scratch database, as text for psql: what `provision`
//! makes, and a password for its migrator. Must never name a database that was there before.

use super::provision::{Provision, provision_sql};
use crate::core::spelling::{literal, quoted};

/// Makes it, as any environment's is made, and lets the migrator sign on.
#[must_use]
pub fn create_sql(names: &Provision, password: &str) -> String {
    let (migrator, password) = (quoted(&names.migrator_role), literal(password));
    let login = format!("ALTER ROLE {migrator} PASSWORD {password};\n");
    provision_sql(names) + &login
}

/// Removes the database and the three roles, which own nothing anywhere else.
#[must_use]
pub fn remove_sql(names: &Provision) -> String {
    let mut script = format!(
        "\\set ON_ERROR_STOP off\nDROP DATABASE IF EXISTS {} WITH (FORCE);\n",
        quoted(&names.database)
    );
    for role in [&names.migrator_role, &names.runtime_role, &names.owner_role] {
        script.push_str(&format!("DROP ROLE IF EXISTS {};\n", quoted(role)));
    }
    script
}
