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
        Self::with(&size.to_string(), |migrations| {
            let home = Path::new(env!("CARGO_MANIFEST_DIR"));
            let mut generate = Command::new(home.join("scripts/generate-migrations"));
            generate.arg(migrations).arg(size.to_string()).stdout(Stdio::null());
            assert!(generate.status().expect("the generator starts").success());
        })
    }

    /// A provisioned environment with Dreichor's own set, and its seal.
    pub(crate) fn own() -> Self {
        Self::with("own", |migrations| {
            fs::create_dir(migrations).expect("a directory");
            let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
            for entry in fs::read_dir(set).expect("the set") {
                let entry = entry.expect("an entry");
                fs::copy(entry.path(), migrations.join(entry.file_name())).expect("a copy");
            }
        })
    }

    /// A provisioned environment with this many tables of ten columns, each with an identity, a
    /// foreign key, a check and two indexes.
    pub(crate) fn tables(number: usize) -> Self {
        Self::with(&format!("tables_{number}"), |migrations| {
            fs::create_dir(migrations).expect("a directory");
            // A transaction can lock only so many tables.
            let all: Vec<usize> = (1..=number).collect();
            for (at, some) in all.chunks(500).enumerate() {
                let text: String = some.iter().copied().map(table).collect();
                let name = format!("{:03}_tables.sql", at + 1);
                fs::write(migrations.join(name), text).expect("a migration");
            }
        })
    }

    /// A provisioned environment with the set that is written into its directory.
    fn with(name: &str, write: impl Fn(&Path)) -> Self {
        let scene = Self {
            home: tempfile::tempdir().expect("a temporary directory"),
            database: format!("bench_{name}"),
            turn: Cell::new(0),
        };
        write(&scene.path("migrations"));
        let config = format!(
            "migrations = \"migrations\"\n[environments.prod]\ndatabase = \"{}\"\npolicy = \"standard\"\n",
            scene.database
        );
        fs::write(scene.path("migrate.toml"), config).expect("the configuration is written");
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

    /// Seals the set, as whoever releases it does; from here on a check compares the schema.
    pub(crate) fn seal(&self) {
        let output = self.program(&["seal"]).output().expect("seal");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
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

/// A table as a service has many of.
fn table(number: usize) -> String {
    let parent = match number {
        1 => String::new(),
        _ => format!(" REFERENCES public.part_{} (id)", number - 1),
    };
    format!(
        "CREATE TABLE public.part_{number} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint{parent},
    code text NOT NULL,
    amount numeric(20, 8) NOT NULL DEFAULT 0,
    quantity integer,
    state text NOT NULL DEFAULT 'new',
    at_step bigint NOT NULL,
    labels text[],
    body jsonb NOT NULL DEFAULT '{{}}',
    remark varchar(200),
    CONSTRAINT part_{number}_state_known CHECK (state IN ('new', 'active', 'over'))
);
CREATE INDEX part_{number}_code_idx ON public.part_{number} (code, id DESC);
"
    )
}

fn setting(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run scripts/bench"))
}
