//! Owns the SQL that makes and removes a scratch database, as text for psql: what `provision`
//! makes, and a password for its migrator. Must never name a database that was there before.

use super::provision::{Provision, provision_sql, shell_sql};
use super::rehearsal::Original;
use crate::core::spelling::{literal, quoted};

/// Makes it, as any environment's is made, and lets the migrator sign on.
#[must_use]
pub fn create_sql(names: &Provision, password: &str) -> String {
    provision_sql(names) + &login(names, password)
}

/// Makes it empty, as the restored structure of an environment's wants it, and the roles that
/// rights on that structure may name.
#[must_use]
pub fn shell_of_twin_sql(names: &Provision, original: &Original, password: &str) -> String {
    let own = [&names.owner_role, &names.migrator_role, &names.runtime_role];
    let mut script = String::from("\\set ON_ERROR_STOP on\n");
    for role in original.roles.iter().filter(|role| !own.contains(role) && !role.starts_with("pg_"))
    {
        script.push_str(&format!(
            "SELECT pg_catalog.format('CREATE ROLE %I', {0}) WHERE NOT EXISTS \
             (SELECT FROM pg_catalog.pg_roles WHERE rolname = {0}) \\gexec\n",
            literal(role)
        ));
    }
    let mut script = script + &shell_sql(names) + &login(names, password);
    if !original.public_creates {
        script.push_str("REVOKE CREATE ON SCHEMA public FROM PUBLIC;\n");
    }
    script
}

fn login(names: &Provision, password: &str) -> String {
    format!("ALTER ROLE {} PASSWORD {};\n", quoted(&names.migrator_role), literal(password))
}

/// Makes a second database of all that is in the first one, for the same roles.
#[must_use]
pub fn copy_sql(names: &Provision, copy: &str) -> String {
    let [database, copy] = [&names.database, copy].map(quoted);
    let [owner, migrator] = [&names.owner_role, &names.migrator_role].map(|it| quoted(it));
    format!(
        "\\set ON_ERROR_STOP on\nCREATE DATABASE {copy} TEMPLATE {database} OWNER {owner};\n\
         REVOKE ALL ON DATABASE {copy} FROM PUBLIC;\nGRANT CONNECT ON DATABASE {copy} TO {migrator};\n\
         ALTER ROLE {migrator} IN DATABASE {copy} SET role = {owner};\n"
    )
}

/// Removes the databases and the three roles, which own nothing anywhere else; fails with the
/// names of what is left.
#[must_use]
pub fn remove_sql(names: &Provision, copies: &[String]) -> String {
    let mut script = String::from("\\set ON_ERROR_STOP off\n");
    for database in copies.iter().chain([&names.database]) {
        let name = quoted(database);
        script.push_str(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE);\n"));
    }
    for role in [&names.migrator_role, &names.runtime_role, &names.owner_role] {
        script.push_str(&format!("DROP ROLE IF EXISTS {};\n", quoted(role)));
    }
    let list = |names: Vec<&String>| -> String {
        names.into_iter().map(|name| literal(name)).collect::<Vec<_>>().join(", ")
    };
    let databases = list(copies.iter().chain([&names.database]).collect());
    let roles = list(vec![&names.migrator_role, &names.runtime_role, &names.owner_role]);
    script.push_str(&format!(
        "\\set ON_ERROR_STOP on\nDO $left$ DECLARE names text := (SELECT pg_catalog.string_agg(name, ', ') \
         FROM (SELECT datname AS name FROM pg_catalog.pg_database WHERE datname IN ({databases}) \
         UNION ALL SELECT rolname FROM pg_catalog.pg_roles WHERE rolname IN ({roles})) AS left_behind); \
         BEGIN IF names IS NOT NULL THEN RAISE EXCEPTION 'left on the server: %', names; END IF; END $left$;\n"
    ));
    script
}
