//! Owns one test's world: a provisioned environment `prod` with a database and roles of its
//! own, a migration directory and a configuration. Dropped, it leaves nothing on the server.

use super::program::{Answer, binary};
use super::server::{feed, port, psql, sql, unique};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The passwords hold what breaks careless quoting, and are searched for in every output.
pub(crate) const PASSWORD: &str = "canary'p%s\\$w\"rd";
/// The same in a URL.
pub(crate) const PASSWORD_ENCODED: &str = "canary%27p%25s%5C%24w%22rd";

/// Drops all that stands in the schema `public`, and nothing that `provision` made.
const CLEAR: &str = "DO $clear$ DECLARE command text; BEGIN
  FOREACH command IN ARRAY coalesce((SELECT array_agg(format('DROP %s IF EXISTS %s CASCADE', kind, name) ORDER BY turn)
    FROM (
      SELECT CASE relkind WHEN 'S' THEN 2 ELSE 1 END AS turn, oid::regclass::text AS name,
        CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
      UNION ALL SELECT 3, oid::regprocedure::text, 'ROUTINE'
      FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT 4, t.oid::regtype::text, 'TYPE'
      FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
      WHERE t.typnamespace = 'public'::regnamespace
        AND (t.typtype IN ('e', 'd') OR (t.typtype = 'c' AND c.relkind = 'c'))
    ) AS found), '{}')
  LOOP EXECUTE command; END LOOP;
END $clear$;
SELECT 1 / (count(*) = 0)::int FROM pg_class WHERE relnamespace = 'public'::regnamespace";

pub(crate) struct World {
    home: TempDir,
    pub(crate) database: String,
}

impl World {
    /// A provisioned environment without any migration.
    pub(crate) fn empty() -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let world = Self { home, database: format!("it_{}", unique()) };
        fs::create_dir(world.migrations()).expect("a directory");
        world.configure("");
        let printed = Answer::of(world.command(&["provision"])).expect(0);
        feed(psql("postgres"), &printed.stdout).expect("the provision script runs");
        for role in ["migrator", "runtime"] {
            let password = PASSWORD.replace('\'', "''");
            sql(
                "postgres",
                &format!(
                    "SET standard_conforming_strings = on; ALTER ROLE {}_{role} PASSWORD '{password}'",
                    world.database
                ),
            );
        }
        world
    }

    /// A provisioned environment with these migrations, none of them applied.
    pub(crate) fn with(migrations: &[(&str, &str)]) -> Self {
        let world = Self::empty();
        for (name, text) in migrations {
            world.write(name, text);
        }
        world
    }

    /// The same environment as if it were new, with these migrations: a database of its own for
    /// each round of a test would cost most of its time.
    pub(crate) fn renew(&self, migrations: &[(&str, &str)]) {
        self.sql(CLEAR);
        fs::remove_dir_all(self.migrations()).expect("the directory goes");
        fs::create_dir(self.migrations()).expect("a directory");
        for (name, text) in migrations {
            self.write(name, text);
        }
    }

    /// Writes `migrate.toml` with further keys for the environment. Most tests are about runs, and
    /// their migrations do what `strict` refuses: who asks about the policy names it.
    pub(crate) fn configure(&self, more: &str) {
        let policy = if more.contains("policy") { "" } else { "policy = 'standard'\n" };
        let text = format!(
            "migrations = \"migrations\"\n[environments.prod]\ndatabase = \"{}\"\n{policy}{more}\n",
            self.database
        );
        fs::write(self.config(), text).expect("the configuration is written");
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.home.path().join("migrate.toml")
    }

    pub(crate) fn path(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn migrations(&self) -> PathBuf {
        self.home.path().join("migrations")
    }

    /// Writes one file into the migration directory.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.migrations().join(name), text).expect("the file is written");
    }

    /// The URL of a role: `migrator` or `runtime`.
    pub(crate) fn url(&self, role: &str) -> String {
        self.url_at(role, port())
    }

    /// The same, with another port, for example that of a proxy.
    pub(crate) fn url_at(&self, role: &str, port: u16) -> String {
        let database = &self.database;
        format!("postgres://{database}_{role}:{PASSWORD_ENCODED}@127.0.0.1:{port}/{database}")
    }

    /// The binary on this world's `prod`, with the migrator's URL.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = binary();
        command
            .args(["--env", "prod", "--config"])
            .arg(self.config())
            .args(arguments)
            .env("DATABASE_URL", self.url("migrator"));
        command
    }

    /// Runs it to its end through another port, for example that of a proxy.
    pub(crate) fn run_at(&self, port: u16, arguments: &[&str]) -> Answer {
        let mut command = self.command(arguments);
        command.env("DATABASE_URL", self.url_at("migrator", port));
        Answer::of(command)
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        let answer = Answer::of(self.command(arguments));
        // Whatever a test is about, no output ever holds the password.
        for text in [&answer.stdout, &answer.stderr] {
            assert!(!text.contains("canary"), "the password is in an output: {text}");
        }
        answer
    }

    /// Runs it as the runtime's role.
    pub(crate) fn run_as_runtime(&self, arguments: &[&str]) -> Answer {
        let mut command = self.command(arguments);
        command.env("DATABASE_URL", self.url("runtime"));
        Answer::of(command)
    }

    /// SQL as the superuser in this world's database.
    pub(crate) fn sql(&self, text: &str) -> String {
        sql(&self.database, text)
    }

    /// What the contract's table says, in order.
    pub(crate) fn applied(&self) -> Vec<String> {
        let rows = self.sql(
            "SELECT version FROM public.dreichor_schema_migrations ORDER BY version COLLATE \"C\"",
        );
        rows.lines().map(str::to_owned).collect()
    }

    /// The log as `event:version` words, in order.
    pub(crate) fn logged(&self) -> Vec<String> {
        let rows = self.sql(
            "SELECT event || ':' || version FROM public.dreichor_schema_migration_log ORDER BY sequence",
        );
        rows.lines().map(str::to_owned).collect()
    }

    /// Whether a relation exists.
    pub(crate) fn has(&self, relation: &str) -> bool {
        self.sql(&format!("SELECT to_regclass('{relation}') IS NOT NULL")) == "t"
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let database = &self.database;
        // What is not there, because the test failed early, keeps nothing else from being dropped.
        let mut script =
            format!("\\set ON_ERROR_STOP off\nDROP DATABASE IF EXISTS {database} WITH (FORCE);\n");
        for role in ["migrator", "runtime", "owner"] {
            let role = format!("{database}_{role}");
            script.push_str(&format!("DROP OWNED BY {role};\nDROP ROLE IF EXISTS {role};\n"));
        }
        // A panic here would hide the test's own; what is left behind ends with the server.
        let _left_to_the_server = feed(psql("postgres"), &script);
    }
}
