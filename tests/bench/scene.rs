//! Owns what a benchmark runs on: a provisioned database, a generated migration set, and the
//! psql script that does the same work. Must never time anything.

use std::cell::Cell;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const PASSWORD: &str = "bench";

pub(crate) struct Scene {
    home: TempDir,
    database: String,
    /// How many databases were made.
    turn: Cell<usize>,
}

impl Scene {
    /// A provisioned environment with a generated set of this size.
    pub(crate) fn new(size: usize) -> Self {
        let scene = Self {
            home: tempfile::tempdir().expect("a temporary directory"),
            database: format!("bench_{size}"),
            turn: Cell::new(0),
        };
        let config = format!(
            "migrations = \"migrations\"\n[environments.prod]\ndatabase = \"{}\"\n",
            scene.database
        );
        fs::write(scene.path("migrate.toml"), config).expect("the configuration is written");
        let generator = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/generate-migrations");
        let mut generate = Command::new(generator);
        generate.arg(scene.path("migrations")).arg(size.to_string()).stdout(Stdio::null());
        assert!(generate.status().expect("the generator starts").success());
        let printed = scene.program(&["provision"]).output().expect("provision");
        fs::write(scene.path("provision.sql"), &printed.stdout).expect("the script is written");
        let script = scene.path("provision.sql");
        scene.superuser("postgres", &["-f", script.to_str().expect("UTF-8")]);
        scene.superuser(
            "postgres",
            &[
                "-c",
                &format!("ALTER ROLE {}_migrator PASSWORD '{PASSWORD}'", scene.database),
                "-c",
                &format!("ALTER DATABASE {0} RENAME TO {0}_template", scene.database),
            ],
        );
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Makes the database anew, as it was provisioned. The one before is set aside, not
    /// dropped: a file system that has just deleted thousands of files is slow to make new
    /// ones, and would be measured instead.
    pub(crate) fn fresh(&self) {
        let database = &self.database;
        let turn = self.turn.get();
        self.turn.set(turn + 1);
        let mut steps = Vec::new();
        if turn > 0 {
            steps.push(format!("ALTER DATABASE {database} RENAME TO {database}_done_{turn}"));
        }
        steps.extend([
            format!("CREATE DATABASE {database} TEMPLATE {database}_template OWNER {database}_owner"),
            format!("GRANT CONNECT ON DATABASE {database} TO {database}_migrator"),
            format!("ALTER ROLE {database}_migrator IN DATABASE {database} SET role = '{database}_owner'"),
            "CHECKPOINT".to_owned(),
        ]);
        let arguments: Vec<&str> = steps.iter().flat_map(|step| ["-c", step.as_str()]).collect();
        self.superuser("postgres", &arguments);
    }

    /// The binary under test, as the migrator.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dreichor-migrate"));
        let (database, port) = (&self.database, setting("PGPORT"));
        command
            .env_clear()
            .env(
                "DATABASE_URL",
                format!("postgres://{database}_migrator:{PASSWORD}@127.0.0.1:{port}/{database}"),
            )
            .args(["--env", "prod", "--config"])
            .arg(self.path("migrate.toml"))
            .args(arguments);
        command
    }

    /// psql itself, not the wrapper that Debian puts before it, as the same role.
    pub(crate) fn psql(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(Path::new(&setting("DREICHOR_TEST_BIN")).join("psql"));
        command
            .env_clear()
            .env("PGHOST", "127.0.0.1")
            .env("PGPORT", setting("PGPORT"))
            .env("PGUSER", format!("{}_migrator", self.database))
            .env("PGPASSWORD", PASSWORD)
            .env("PGDATABASE", &self.database)
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1"])
            .args(arguments);
        command
    }

    fn superuser(&self, database: &str, arguments: &[&str]) {
        let mut command = Command::new(Path::new(&setting("DREICHOR_TEST_BIN")).join("psql"));
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database]).args(arguments);
        let output = command.output().expect("psql starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The same statements and rows for psql in one file, a transaction for each migration.
    /// The rows are those that a real run has recorded.
    pub(crate) fn floor_script(&self) -> PathBuf {
        self.fresh();
        let applied = self.program(&["apply"]).output().expect("apply");
        assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
        let dump = Command::new(Path::new(&setting("DREICHOR_TEST_BIN")).join("pg_dump"))
            .args(["--column-inserts", "-t", "public.dreichor_schema_migration*", "-d"])
            .arg(&self.database)
            .output()
            .expect("pg_dump starts");
        let dump = String::from_utf8(dump.stdout).expect("UTF-8");
        let inserts = |table: &str| -> Vec<&str> {
            let start = format!("INSERT INTO public.{table} ");
            dump.lines().filter(|line| line.starts_with(&start)).collect()
        };
        let history = inserts("dreichor_schema_migrations");
        let log = inserts("dreichor_schema_migration_log");
        let mut names: Vec<_> = fs::read_dir(self.path("migrations"))
            .expect("the set")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        names.sort();
        assert_eq!((history.len(), log.len()), (names.len(), names.len()));
        let mut script: String = dump
            .split(";\n")
            .filter(|statement| {
                statement.contains("CREATE TABLE") || statement.contains("ADD CONSTRAINT")
            })
            .map(|statement| format!("{statement};\n"))
            .collect();
        for (name, rows) in names.iter().zip(history.iter().zip(&log)) {
            let text = fs::read_to_string(name).expect("a migration");
            script.push_str(&format!("BEGIN;\n{text}\n{}\n{}\nCOMMIT;\n", rows.0, rows.1));
        }
        let path = self.path("floor.sql");
        fs::write(&path, script).expect("the script is written");
        path
    }
}

fn setting(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run scripts/bench"))
}
