//! Nothing of a twin is left, wherever it stood and however the rehearsal ended, and the
//! environment is as it was.

use super::world::{command, named};
use crate::support::World;
use crate::support::program::Answer;
use crate::support::running::{Holding, Running, SOON, until};
use crate::support::server::{setting, sql, tool};
use nix::sys::signal::Signal;
use std::fs;
use std::process::Command;

const ONE: (&str, &str) = (
    "001_a.sql",
    "CREATE TABLE public.a (id bigint PRIMARY KEY, body text NOT NULL);\nCREATE VIEW public.v AS SELECT id FROM public.a;\n",
);
const GOOD: (&str, &str) = ("002_b.sql", "ALTER TABLE public.a ADD COLUMN c integer;\n");
const BAD: (&str, &str) = ("002_b.sql", "ALTER TABLE public.a ADD COLUMN c nothing;\n");
/// Long enough to be caught in; it reads no data.
const LONG: (&str, &str) = (
    "002_b.sql",
    "CREATE TABLE public.b (n numeric);\nALTER TABLE public.b ALTER n SET DEFAULT 1;\nSELECT pg_sleep(600);\n",
);

fn world(pending: (&str, &str)) -> World {
    let world = World::with(&[ONE]);
    world.configure("policy = \"standard\"");
    world.run(&["apply"]).expect(0);
    world.sql("INSERT INTO public.a VALUES (1, 'one'), (2, 'two')");
    world.write(pending.0, pending.1);
    world
}

/// All that stands on the server: databases and roles, but those of other tests.
fn standing() -> String {
    sql(
        "postgres",
        "SELECT datname FROM pg_database WHERE datname LIKE 'dreichor_scratch_%' \
         UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE 'dreichor_scratch_%'",
    )
}

/// No directory of a throwaway server, and no process of one.
fn assert_nothing_is_left(world: &World) {
    let left: Vec<_> = fs::read_dir(world.path())
        .expect("the world's directory")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("dreichor-migrate."))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    let mut servers = Command::new("pgrep");
    let home = world.path().join("dreichor-migrate.");
    let found = servers.args(["-f", &format!("postgres -D {}", home.display())]).output();
    assert_eq!(found.expect("pgrep starts").status.code(), Some(1));
}

/// Everything of a database that a writer could have changed: all of its dump.
fn whole(world: &World) -> String {
    let mut dump = Command::new(tool("pg_dump"));
    let output = dump.arg(&world.database).output().expect("pg_dump starts");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    // Each dump has a random word against a server that lies.
    text.lines()
        .filter(|line| !line.contains("restrict "))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn a_throwaway_server_is_gone_and_the_environment_is_as_it_was() {
    for (pending, code) in [(GOOD, 0), (BAD, 40)] {
        let world = world(pending);
        let before = whole(&world);
        for source in ["dump", "set"] {
            Answer::of(command(&world, &["--from", source])).expect(code);
            assert_nothing_is_left(&world);
        }
        assert_eq!(whole(&world), before);
        assert_eq!(world.applied(), [ONE.0]);
        assert_eq!(world.logged(), ["applied:001_a.sql"]);
    }
}

#[test]
fn a_named_server_is_left_as_it_was() {
    for (pending, code) in [(GOOD, 0), (BAD, 40)] {
        let world = world(pending);
        let before = whole(&world);
        for source in ["dump", "set"] {
            let mut command = command(&world, &["--from", source, "--format", "json"]);
            command.env("SCRATCH_DATABASE_URL", named());
            let answer = Answer::of(command).expect(code);
            assert!(!answer.stdout.contains(&setting("PGPASSWORD")), "{answer:#?}");
            let report = answer.json()["rehearsal"].clone();
            assert_eq!(report["scratch"], "named");
            assert_eq!(report["twin_differs"], serde_json::json!([]), "{source}");
        }
        assert_eq!(whole(&world), before);
    }
    // Other tests may hold scratch databases at this moment; none of ours has these names long.
    until("the scratch databases and roles are gone", || standing().is_empty());
}

#[test]
fn a_signal_takes_the_throwaway_server_away() {
    let world = world(LONG);
    let before = whole(&world);
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let running = Running::start(command(&world, &["--format", "json"]));
        // The server tells in the name of its process what a session does.
        let title = format!("postgres: {0}_migrator {0} 127.0.0.1.* SELECT", world.database);
        until("the twin sleeps", || {
            let found = Command::new("pgrep").args(["-f", &title]).output().expect("pgrep starts");
            found.status.success()
        });
        running.signal(signal);
        let answer = running.end_within(SOON).expect(42);
        assert_eq!(answer.findings(), ["interrupted"]);
        assert!(answer.stdout.contains("nothing in the environment was touched"), "{answer:#?}");
        assert_nothing_is_left(&world);
    }
    assert_eq!(whole(&world), before);
}

#[test]
fn a_signal_takes_the_twin_from_a_named_server() {
    let world = world(LONG);
    let mut command = command(&world, &["--format", "json"]);
    command.env("SCRATCH_DATABASE_URL", named());
    let running = Running::start(command);
    let mut twin = String::new();
    until("the twin sleeps", || {
        twin = sql(
            "postgres",
            "SELECT datname FROM pg_stat_activity WHERE usename LIKE 'dreichor_scratch_%' \
             AND query LIKE '%pg_sleep(600)%' AND state = 'active'",
        );
        !twin.is_empty()
    });
    running.signal(Signal::SIGTERM);
    running.end_within(SOON).expect(42);
    let left = format!(
        "SELECT datname FROM pg_database WHERE datname = '{twin}' \
         UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE '{twin}%'"
    );
    assert_eq!(sql("postgres", &left), "");
    until("the scratch databases and roles are gone", || standing().is_empty());
}

/// pg_dump wants to lock every table of the structure in ACCESS SHARE, which takes SELECT on it.
/// The migrator that `provision` makes acts as the owner; a table of somebody else's it may not
/// read, and a twin that would lack it is not made in silence.
#[test]
fn what_the_migrator_may_not_read_is_said_and_the_set_is_another_way() {
    let world = world(GOOD);
    world.sql(
        "CREATE TABLE public.foreign_to_it (); REVOKE ALL ON public.foreign_to_it FROM PUBLIC",
    );
    let answer = Answer::of(command(&world, &["--format", "json"])).expect(31);
    assert_eq!(answer.findings(), ["twin-dump"]);
    assert!(answer.stdout.contains("permission denied for table foreign_to_it"), "{answer:#?}");
    assert_nothing_is_left(&world);
    let answer = Answer::of(command(&world, &["--from", "set", "--format", "json"])).expect(0);
    let differs = &answer.json()["rehearsal"]["twin_differs"];
    assert_eq!(differs, &serde_json::json!(["table foreign_to_it: missing"]));
    world.sql("GRANT SELECT ON public.foreign_to_it TO PUBLIC");
    let answer = Answer::of(command(&world, &["--format", "json"])).expect(0);
    assert_eq!(answer.json()["rehearsal"]["twin_differs"], serde_json::json!([]));
}

/// Whoever holds a table against everybody is not waited for longer than a migration would wait.
#[test]
fn a_table_that_is_held_is_not_waited_for_without_end() {
    let world = world(GOOD);
    world.configure("lock_timeout = \"300ms\"\npolicy = \"standard\"");
    let held = "BEGIN; LOCK TABLE public.a IN ACCESS EXCLUSIVE MODE;";
    let _holding = Holding::open(&world.database, "holder", held);
    let answer = Answer::of(command(&world, &["--format", "json"]));
    // The view's definition, or the dump, waits for the table.
    assert!(answer.stdout.contains("lock timeout"), "{answer:#?}");
    assert_ne!(answer.code, 0);
    assert_nothing_is_left(&world);
}

#[test]
fn without_the_programs_of_the_servers_major_it_is_said_which() {
    let world = world(GOOD);
    let mut command = command(&world, &["--format", "json"]);
    command.env("DREICHOR_POSTGRES_BIN", "/nonexistent");
    let answer = Answer::of(command).expect(30);
    assert_eq!(answer.findings(), ["no-server-programs"]);
    let major = sql("postgres", "SELECT current_setting('server_version_num')::int / 10000");
    let remedy = answer.json()["findings"][0]["remedy"].as_str().expect("a remedy").to_owned();
    assert!(remedy.contains(&format!("postgresql-{major}")), "{remedy}");
}

/// A twin that cannot be removed is named, since nobody else knows of it. No server drops a
/// database that a migration has made a template.
#[test]
fn a_twin_that_could_not_be_removed_is_named() {
    let text = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE true', current_database()); END $$;\n";
    let world = world(("002_b.sql", text));
    let out = world.path().join("report.json");
    let mut command = command(&world, &["--format", "json", "--out", out.to_str().expect("text")]);
    command.env("SCRATCH_DATABASE_URL", named());
    let answer = Answer::of(command);
    let left = sql(
        "postgres",
        "SELECT datname FROM pg_database WHERE datistemplate AND datname LIKE 'dreichor_scratch_%'",
    );
    for name in left.lines() {
        sql("postgres", &format!("ALTER DATABASE {name} IS_TEMPLATE false"));
        sql("postgres", &format!("DROP DATABASE {name} WITH (FORCE)"));
    }
    for name in left.lines() {
        for role in ["migrator", "runtime", "owner"] {
            sql("postgres", &format!("DROP ROLE IF EXISTS {name}_{role}"));
        }
    }
    let answer = answer.expect(30);
    assert_eq!((answer.findings(), left.lines().count()), (vec!["twin-left".to_owned()], 2));
    for name in left.lines() {
        assert!(answer.stdout.contains(name), "{name} in {answer:#?}");
    }
    assert!(out.exists());
}
