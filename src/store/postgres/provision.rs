//! Owns the SQL that makes one environment's roles, database and grants, as text for a person
//! to review and for `psql` to run. Must never connect, and never hold a password.

use crate::core::spelling::{literal, quoted};

/// The names of one environment's roles and database, as configured.
///
/// Any text is quoted correctly; names that PostgreSQL cannot hold (empty, longer than 63
/// bytes, reserved) are refused by the script itself before it changes anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provision {
    /// The environment, for the comments.
    pub environment: String,
    /// The environment's database.
    pub database: String,
    /// Owns the database, its schema and all that migrations make; cannot log in.
    pub owner_role: String,
    /// Logs in to migrate; its sessions act as the owner.
    pub migrator_role: String,
    /// Logs in to run the service; reads the history and can create nothing.
    pub runtime_role: String,
}

/// The script for `psql -X -f -`, run by a superuser; running it again is harmless.
///
/// It makes what is missing and mends attributes, ownership and grants that differ; where
/// only a person can decide (a role that is a member of another, a database that is not
/// UTF-8) it stops with an error that says so. PostgreSQL 14 and later (manual, chapters
/// "Database Roles", "Managing Databases" and "Privileges"; design, section 5).
#[must_use]
pub fn provision_sql(roles_and_database: &Provision) -> String {
    let roles_and_database = &without_nul(roles_and_database);
    let names = Names::of(roles_and_database);
    let mut script = header(roles_and_database);
    script += &guard(&names);
    script += &roles(&names);
    script += &database(&names);
    script += &schema(&names);
    script += &history(&names);
    script += &footer(&names);
    script
}

/// Of the same script, the roles and the database alone, without anything inside it.
pub(super) fn shell_sql(roles_and_database: &Provision) -> String {
    let names = Names::of(roles_and_database);
    header(roles_and_database) + &guard(&names) + &roles(&names) + &database(&names)
}

/// No name of PostgreSQL holds a NUL, and a script that ended at one would say something else.
fn without_nul(provision: &Provision) -> Provision {
    let shown = |name: &str| name.replace('\0', "\u{FFFD}");
    Provision {
        environment: shown(&provision.environment),
        database: shown(&provision.database),
        owner_role: shown(&provision.owner_role),
        migrator_role: shown(&provision.migrator_role),
        runtime_role: shown(&provision.runtime_role),
    }
}

/// Every name in the forms in which the script needs it.
struct Names {
    database: String,
    owner: String,
    migrator: String,
    runtime: String,
    database_literal: String,
    owner_literal: String,
    migrator_literal: String,
    runtime_literal: String,
    connection_literal: String,
    database_comment: String,
    migrator_comment: String,
    runtime_comment: String,
}

impl Names {
    fn of(provision: &Provision) -> Self {
        Self {
            database: quoted(&provision.database),
            owner: quoted(&provision.owner_role),
            migrator: quoted(&provision.migrator_role),
            runtime: quoted(&provision.runtime_role),
            database_literal: literal(&provision.database),
            owner_literal: literal(&provision.owner_role),
            migrator_literal: literal(&provision.migrator_role),
            runtime_literal: literal(&provision.runtime_role),
            connection_literal: literal(&connection(&provision.database)),
            database_comment: comment(&quoted(&provision.database)),
            migrator_comment: comment(&quoted(&provision.migrator_role)),
            runtime_comment: comment(&quoted(&provision.runtime_role)),
        }
    }
}

fn header(provision: &Provision) -> String {
    let environment = comment(&provision.environment);
    format!(
        r"-- Roles, database and grants of the environment '{environment}', printed by dreichor-migrate provision.
-- Read it, then run it as a superuser on the server itself, for example
--     sudo -u postgres psql -X -v ON_ERROR_STOP=1 -f -
-- Running it again is harmless: it makes what is missing and mends what differs.
-- It sets no password; the last lines say how.
\set ON_ERROR_STOP on
\encoding UTF8
SET client_min_messages = warning;
SET search_path = '';

"
    )
}

/// Everything that can be refused is refused before anything is changed.
fn guard(names: &Names) -> String {
    let settings = settings(names);
    format!(
        r"-- 1. What this script must not do is refused before it does anything.
{settings}{GUARD}
"
    )
}

/// The names as settings of the psql session, for the blocks that hold none.
fn settings(names: &Names) -> String {
    let Names { database_literal, owner_literal, migrator_literal, runtime_literal, .. } = names;
    format!(
        r"SELECT pg_catalog.set_config('dreichor.database', {database_literal}, false) AS database,
       pg_catalog.set_config('dreichor.owner', {owner_literal}, false) AS owner,
       pg_catalog.set_config('dreichor.migrator', {migrator_literal}, false) AS migrator,
       pg_catalog.set_config('dreichor.runtime', {runtime_literal}, false) AS runtime \gset dreichor_
"
    )
}

/// Holds no name: it reads them from the settings made just before it.
const GUARD: &str = include_str!("provision_guard.sql");

/// Roles first: the database needs its owner. All three or none.
fn roles(names: &Names) -> String {
    let Names {
        owner, migrator, runtime, owner_literal, migrator_literal, runtime_literal, ..
    } = names;
    format!(
        r"-- 2. Roles. None of them may do more on this server than its task needs.
BEGIN;
SELECT pg_catalog.format('CREATE ROLE %I', name)
    FROM (VALUES ({owner_literal}), ({migrator_literal}), ({runtime_literal})) AS wanted (name)
    WHERE name NOT IN (SELECT rolname FROM pg_catalog.pg_roles) \gexec
-- The owner cannot log in. The migrator inherits nothing: it has the owner's rights only by
-- acting as the owner, so that it never makes a thing that belongs to itself.
ALTER ROLE {owner} WITH NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT;
ALTER ROLE {migrator} WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
ALTER ROLE {runtime} WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT;
-- From PostgreSQL 16 on, a membership says for itself what it allows.
SELECT pg_catalog.current_setting('server_version_num')::integer >= 160000 AS membership_has_options \gset
\if :membership_has_options
GRANT {owner} TO {migrator} WITH ADMIN FALSE, INHERIT FALSE, SET TRUE;
\else
GRANT {owner} TO {migrator};
REVOKE ADMIN OPTION FOR {owner} FROM {migrator};
\endif
COMMIT;

"
    )
}

fn database(names: &Names) -> String {
    let Names { database, owner, migrator, runtime, .. } = names;
    let Names { database_literal, connection_literal, .. } = names;
    let settings = settings(names);
    format!(
        r#"-- 3. The database, closed to every role but its own two.
SELECT pg_catalog.format('CREATE DATABASE %I TEMPLATE template0 ENCODING ''UTF8''', {database_literal})
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = {database_literal}) \gexec
BEGIN;
ALTER DATABASE {database} OWNER TO {owner};
REVOKE ALL ON DATABASE {database} FROM PUBLIC, {migrator}, {runtime};
GRANT CONNECT ON DATABASE {database} TO {migrator}, {runtime};
-- Each session of the migrator in this database begins as the owner, and RESET ROLE returns to
-- it: all that a migration makes belongs to the owner.
ALTER ROLE {migrator} IN DATABASE {database} SET role = {owner};
COMMIT;

-- From here on inside it.
SELECT {connection_literal} AS environment_connection \gset
\connect -reuse-previous=on :"environment_connection"
\encoding UTF8
SET client_min_messages = warning;
SET search_path = '';
{settings}{INSIDE}
"#
    )
}

/// Holds no name either.
const INSIDE: &str = include_str!("provision_inside.sql");

/// The schema and what is in it already, for a database that another tool has made.
fn schema(names: &Names) -> String {
    let Names { owner, migrator, runtime, owner_literal, runtime_literal, .. } = names;
    format!(
        r"-- 4. The schema belongs to the owner; the runtime may use it and create nothing. From here to the
-- end all or nothing, so that no right is there for a moment that is taken back below.
BEGIN;
CREATE SCHEMA IF NOT EXISTS public;
ALTER SCHEMA public OWNER TO {owner};
REVOKE ALL ON SCHEMA public FROM PUBLIC, {migrator}, {runtime};
GRANT USAGE ON SCHEMA public TO {runtime};
-- What an earlier tool made here under another role becomes the owner's, or no migration could
-- change it; the runtime gets the rights on it that step 5 gives it on new tables.
-- A sequence that a column owns follows its table.
SELECT CASE WHEN NOT owned THEN pg_catalog.format('ALTER TABLE %s OWNER TO %I', name, {owner_literal}) END,
       pg_catalog.format('REVOKE ALL ON %s %s FROM PUBLIC, %I', kind, name, {runtime_literal}),
       pg_catalog.format('GRANT %s ON %s %s TO %I',
           CASE kind WHEN 'SEQUENCE' THEN 'USAGE, SELECT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END,
           kind, name, {runtime_literal})
    FROM pg_catalog.pg_class c, LATERAL (SELECT
        c.oid::pg_catalog.regclass AS name,
        CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
        c.relkind = 'S' AND EXISTS (SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
              AND d.deptype IN ('a', 'i')) AS owned) AS found
    WHERE c.relnamespace = 'public'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND pg_catalog.pg_get_userbyid(c.relowner) <> {owner_literal}
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
          WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.oid \gexec
SELECT pg_catalog.format('ALTER ROUTINE %s OWNER TO %I', p.oid::pg_catalog.regprocedure, {owner_literal})
    FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'public'::pg_catalog.regnamespace
      AND pg_catalog.pg_get_userbyid(p.proowner) <> {owner_literal}
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
          WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e')
    ORDER BY p.oid \gexec
SELECT pg_catalog.format('ALTER TYPE %s OWNER TO %I', t.oid::pg_catalog.regtype, {owner_literal})
    FROM pg_catalog.pg_type t
    WHERE t.typnamespace = 'public'::pg_catalog.regnamespace
      AND (t.typtype IN ('d', 'e', 'r') OR t.typtype = 'c' AND EXISTS (
          SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
      AND pg_catalog.pg_get_userbyid(t.typowner) <> {owner_literal}
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
          WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e')
    ORDER BY t.oid \gexec

-- 5. What later migrations make is the runtime's to read and write, and no more than that. What is
-- append-only among it is guarded by its own triggers.
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public
    REVOKE ALL ON TABLES FROM PUBLIC, {runtime};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {runtime};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public
    REVOKE ALL ON SEQUENCES FROM PUBLIC, {runtime};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO {runtime};
REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM PUBLIC, {runtime};

"
    )
}

fn history(names: &Names) -> String {
    let Names { runtime_literal, .. } = names;
    format!(
        r"-- 6. The two history tables are the runtime's to read only. Where they do not exist yet,
-- dreichor-migrate apply makes them and itself takes back what step 5 would give.
SELECT pg_catalog.format('REVOKE ALL ON TABLE %s FROM PUBLIC, %I', name, {runtime_literal}),
       pg_catalog.format('GRANT SELECT ON TABLE %s TO %I', name, {runtime_literal})
    FROM (VALUES ('public.dreichor_schema_migrations'), ('public.dreichor_schema_migration_log')) AS history (name)
    WHERE pg_catalog.to_regclass(name) IS NOT NULL \gexec
COMMIT;

"
    )
}

fn footer(names: &Names) -> String {
    let Names { database_comment, migrator_comment, runtime_comment, .. } = names;
    format!(
        r"-- Last, by hand, in psql, which sends no password in clear text and shows none:
--     \password {migrator_comment}
--     \password {runtime_comment}
-- and let pg_hba.conf admit both to {database_comment} with scram-sha-256, over loopback only.
"
    )
}

/// A connection string for the database (manual, libpq, "Keyword/Value Connection Strings"):
/// `\connect` alone would read a name with an equals sign as such a string.
fn connection(database: &str) -> String {
    let mut written = String::from("dbname=");
    for character in database.chars() {
        if character == '\\'
            || character == '\''
            || character.is_ascii_whitespace()
            || character == '\u{B}'
        {
            written.push('\\');
        }
        written.push(character);
    }
    written
}

/// Text that can neither leave the line of a comment nor hide in it.
fn comment(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character == ' ' || character.is_ascii_graphic() || character.is_alphanumeric() {
            shown.push(character);
        } else {
            shown.extend(character.escape_unicode());
        }
    }
    shown
}

#[cfg(test)]
#[path = "provision_tests.rs"]
mod tests;
