//! `check`: every contradiction has its finding, what a release requires is compared, and the
//! question itself needs little, waits only when asked to, and writes nothing.

use crate::support::World;
use crate::support::program::Answer;
use crate::support::running::{Running, SOON};
use crate::support::service::{Standby, free_port};
use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

const THREE: [(&str, &str); 3] = [
    ("001_a.sql", "CREATE TABLE public.a ();\n"),
    ("002_b.sql", "CREATE TABLE public.b ();\n"),
    ("003_c.sql", "CREATE TABLE public.c ();\n"),
];

/// The first so many are applied, and all three files are there.
fn applied(count: usize) -> World {
    let world = World::with(&THREE[..count]);
    world.run(&["apply"]).expect(0);
    for (name, text) in THREE {
        world.write(name, text);
    }
    world
}

fn check(world: &World, more: &[&str]) -> Answer {
    world.run_as_runtime(&[&["check", "--format", "json"], more].concat())
}

fn assert_verdict(answer: Answer, code: i32, verdict: &str, findings: &[(&str, &str)]) {
    let document = answer.expect(code).json();
    assert_eq!(document["verdict"], verdict);
    assert_eq!(document["structure"], "no-seal");
    let found: Vec<(&str, &str)> = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["code"].as_str().unwrap(), it["subject"].as_str().unwrap()))
        .collect();
    assert_eq!(found, findings, "{document:#}");
}

#[test]
fn the_installed_set_is_the_requirement() {
    assert_verdict(check(&applied(3), &[]), 0, "compatible", &[]);
    let behind = [("pending", "002_b.sql"), ("pending", "003_c.sql")];
    assert_verdict(check(&applied(1), &[]), 10, "behind", &behind);
    let never = World::with(&THREE);
    let answer = check(&never, &[]).expect(10);
    assert_eq!(answer.findings()[0], "never-migrated");
    assert_eq!(answer.json()["verdict"], "behind");
}

#[test]
fn a_release_says_what_it_requires_and_supports() {
    let world = applied(2);
    let cases: [(&[&str], i32, &str, &[(&str, &str)]); 7] = [
        (&["--requires", "002_b.sql"], 0, "compatible", &[]),
        (&["--requires", "001_a.sql", "--supports-up-to", "002_b.sql"], 0, "compatible", &[]),
        (&["--requires", "001_a.sql", "--supports-up-to", "009_z.sql"], 0, "compatible", &[]),
        (&["--requires", "003_c.sql"], 10, "behind", &[("pending", "003_c.sql")]),
        (
            &["--requires", "009_z.sql"],
            10,
            "behind",
            &[("pending", "003_c.sql"), ("unknown-requirement", "009_z.sql")],
        ),
        (&["--requires", "001_a.sql"], 11, "ahead", &[("unsupported", "002_b.sql")]),
        (
            &["--requires", "001_a.sql", "--supports-up-to", "001_a.sql"],
            11,
            "ahead",
            &[("unsupported", "002_b.sql")],
        ),
    ];
    for (more, code, verdict, findings) in cases {
        assert_verdict(check(&world, more), code, verdict, findings);
    }
    check(&world, &["--requires", "002_b.sql", "--supports-up-to", "001_a.sql"]).expect(2);
    // The database knows more than this release's files.
    fs::remove_file(world.migrations().join("003_c.sql")).unwrap();
    fs::remove_file(world.migrations().join("002_b.sql")).unwrap();
    assert_verdict(check(&world, &[]), 11, "ahead", &[("ahead", "002_b.sql")]);
    let more = ["--requires", "001_a.sql", "--supports-up-to", "002_b.sql"];
    assert_verdict(check(&world, &more), 0, "compatible", &[]);
}

#[test]
fn every_contradiction_is_named() {
    type Change = fn(&World);
    let file = |world: &World, name: &str| world.migrations().join(name);
    let cases: [(&str, &[(&str, &str)], Change); 9] = [
        ("edited", &[("edited", "002_b.sql")], |world| {
            world.write("002_b.sql", "CREATE TABLE public.another ();\n");
        }),
        ("only line endings", &[("line-endings", "002_b.sql")], |world| {
            world.write("002_b.sql", "CREATE TABLE public.b ();\r\n");
        }),
        ("missing", &[("missing", "002_b.sql")], |world| {
            fs::remove_file(world.migrations().join("002_b.sql")).unwrap();
        }),
        ("renamed", &[("renamed", "002_b.sql")], |world| {
            let directory = world.migrations();
            fs::rename(directory.join("002_b.sql"), directory.join("002_better.sql")).unwrap();
        }),
        ("renumbered to the end", &[("renamed", "002_b.sql")], |world| {
            let directory = world.migrations();
            fs::rename(directory.join("002_b.sql"), directory.join("004_b.sql")).unwrap();
        }),
        ("inserted", &[("inserted", "002_b.sql")], |world| {
            let forget = "DELETE FROM public.dreichor_schema_migration";
            world.sql(&format!(
                "{forget}s WHERE version = '002_b.sql'; {forget}_log WHERE version = '002_b.sql'"
            ));
        }),
        ("listed twice", &[("duplicated", "002_b.sql")], |world| {
            world.sql(
                "ALTER TABLE public.dreichor_schema_migrations DROP CONSTRAINT dreichor_schema_migrations_pkey; \
                 INSERT INTO public.dreichor_schema_migrations VALUES ('002_b.sql', now())",
            );
        }),
        (
            "a lost table",
            &[("unlisted", "001_a.sql"), ("unlisted", "002_b.sql"), ("unlisted", "003_c.sql")],
            |world| {
                world.sql("DROP TABLE public.dreichor_schema_migrations");
            },
        ),
        (
            "several at once",
            &[("edited", "001_a.sql"), ("missing", "002_b.sql"), ("unlisted", "003_c.sql")],
            |world| {
                world.write("001_a.sql", "CREATE TABLE public.another ();\n");
                fs::remove_file(world.migrations().join("002_b.sql")).unwrap();
                world.sql(
                    "DELETE FROM public.dreichor_schema_migrations WHERE version = '003_c.sql'",
                );
            },
        ),
    ];
    for (name, findings, change) in cases {
        let world = applied(3);
        assert!(file(&world, "002_b.sql").exists());
        change(&world);
        let answer = check(&world, &[]);
        assert_eq!(answer.code, 12, "{name}: {answer:#?}");
        assert_verdict(answer, 12, "diverged", findings);
        // Nobody goes on from there.
        let before = world.logged();
        for command in ["plan", "apply", "status"] {
            let answer = world.run(&[command, "--format", "json"]).expect(12);
            assert_eq!(answer.findings().len(), findings.len(), "{name}: {answer:#?}");
        }
        assert_eq!(world.logged(), before);
    }
    let world = applied(3);
    world.write("003_d.sql", "CREATE TABLE public.d ();\n");
    assert_eq!(check(&world, &[]).expect(20).findings(), ["same-number"]);
}

#[test]
fn asking_creates_nothing() {
    let never = World::with(&THREE);
    let world = applied(1);
    for world in [&never, &world] {
        let count = "SELECT count(*), (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_namespace) FROM pg_class";
        let (before, logged) =
            (world.sql(count), world.has("public.dreichor_schema_migration_log"));
        let code = |answer: &Answer| assert!(matches!(answer.code, 0 | 10), "{answer:#?}");
        for arguments in
            [&["check"][..], &["status"], &["plan"], &["history"], &["history", "--verify"]]
        {
            code(&world.run_as_runtime(arguments));
            code(&world.run(arguments));
        }
        assert_eq!(world.sql(count), before);
        assert_eq!(world.has("public.dreichor_schema_migration_log"), logged);
    }
    // The server itself holds a reader to it.
    world.sql(&format!(
        "ALTER ROLE {}_runtime IN DATABASE {} SET default_transaction_read_only = on",
        world.database, world.database
    ));
    check(&world, &[]).expect(10);
}

#[test]
fn a_table_that_is_not_ours_is_never_read() {
    let changes = [
        "ALTER TABLE public.dreichor_schema_migrations RENAME TO kept; \
         CREATE VIEW public.dreichor_schema_migrations AS SELECT * FROM public.kept",
        "ALTER TABLE public.dreichor_schema_migrations ADD COLUMN more integer",
        "ALTER TABLE public.dreichor_schema_migrations ALTER COLUMN applied_at TYPE timestamp",
        "ALTER TABLE public.dreichor_schema_migrations ENABLE ROW LEVEL SECURITY, \
         FORCE ROW LEVEL SECURITY",
        "DROP TABLE public.dreichor_schema_migrations; \
         CREATE TABLE public.dreichor_schema_migrations (version text, applied_at timestamptz) \
         PARTITION BY LIST (version)",
        "ALTER TABLE public.dreichor_schema_migration_log DROP COLUMN approval",
        "ALTER TABLE public.dreichor_schema_migration_log ENABLE ROW LEVEL SECURITY, \
         FORCE ROW LEVEL SECURITY",
    ];
    for change in changes {
        let world = applied(2);
        world.sql(change);
        for arguments in
            [&["check"][..], &["status"], &["plan"], &["apply"], &["baseline"], &["history"]]
        {
            let answer = world.run(&[arguments, &["--format", "json"]].concat()).expect(12);
            assert_eq!(answer.findings(), ["history-shape"], "{change}: {answer:#?}");
        }
        assert!(!world.has("public.c"));
    }
}

/// Row-level security that is not forced hides rows from everyone but the owner: the reader
/// says so, and the owner before anything is written.
#[test]
fn rows_that_may_be_hidden_are_never_taken_for_all() {
    for table in ["dreichor_schema_migrations", "dreichor_schema_migration_log"] {
        let world = applied(2);
        world.sql(&format!("ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY"));
        let json = ["--format", "json"];
        for arguments in [&["check"][..], &["status"], &["plan"], &["history"]] {
            let answer = world.run_as_runtime(&[arguments, &json].concat()).expect(12);
            assert_eq!(answer.findings(), ["history-shape"], "{answer:#?}");
        }
        let answer = world.run(&[&["apply"][..], &json].concat()).expect(12);
        assert_eq!(answer.findings(), ["history-shape"], "{answer:#?}");
        assert!(!world.has("public.c"));
    }
}

#[test]
fn a_log_that_was_edited_by_hand_is_found_out() {
    let log = "public.dreichor_schema_migration_log";
    let cases = [
        (
            format!("UPDATE {log} SET os_user = 'nobody' WHERE sequence = 2"),
            &[("chain-edited", "row 2")][..],
        ),
        (
            format!("UPDATE {log} SET approval = '' WHERE sequence = 2"),
            &[("chain-edited", "row 2")],
        ),
        (
            format!("UPDATE {log} SET finished_at = 'infinity' WHERE sequence = 3"),
            &[("chain-edited", "row 3")],
        ),
        (
            format!("UPDATE {log} SET row_hash = repeat('0', 64) WHERE sequence = 1"),
            &[("chain-edited", "row 1"), ("chain-link", "row 2")],
        ),
        (
            format!("DELETE FROM {log} WHERE sequence = 2"),
            &[("chain-sequence", "row 3"), ("chain-link", "row 3")],
        ),
    ];
    for (change, findings) in cases {
        let world = applied(3);
        world.run(&["history", "--verify"]).expect(0);
        world.sql(&change);
        let document = world.run(&["history", "--verify", "--format", "json"]).expect(12).json();
        let found: Vec<(&str, &str)> = document["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["code"].as_str().unwrap(), it["subject"].as_str().unwrap()))
            .collect();
        assert_eq!(found, findings, "{change}");
    }
}

#[test]
fn a_standby_that_starts_late_is_waited_for_and_answers() {
    let world = applied(3);
    let mut standby = Standby::copy();
    let late = |arguments: &[&str]| {
        let mut command = world.command(&[arguments, &["--format", "json"]].concat());
        command.env("DATABASE_URL", world.url_at("runtime", standby.port));
        command
    };
    // Somebody takes the connection and hangs up: the first attempt is in vain for sure.
    let early = TcpListener::bind(("127.0.0.1", standby.port)).unwrap();
    let run = Running::start(late(&["check", "--connect-deadline", "60s"]));
    drop(early.accept().unwrap());
    drop(early);
    let commands = [&["status"][..], &["plan"], &["history", "--verify"]].map(late);
    let mut apply = world.command(&["apply", "--format", "json"]);
    apply.env("DATABASE_URL", world.url_at("migrator", standby.port));
    standby.start();
    let answer = run.end_within(SOON).expect(0);
    assert_eq!(answer.json()["verdict"], "compatible");
    assert!(answer.stderr.contains("no connection yet"), "{answer:#?}");
    for command in commands {
        Answer::of(command).expect(0);
    }
    let refused = Answer::of(apply).expect(23);
    assert_eq!(refused.findings(), ["read-only"]);
    assert!(refused.stdout.contains("standby"), "{refused:#?}");
}

#[test]
fn a_deadline_ends_and_only_an_absent_server_is_waited_for() {
    let world = applied(1);
    let at = |url: String, deadline: &str| {
        let mut command =
            world.command(&["check", "--connect-deadline", deadline, "--format", "json"]);
        command.env("DATABASE_URL", url);
        let start = Instant::now();
        (Answer::of(command), start.elapsed())
    };
    let (absent, took) = at(world.url_at("runtime", free_port()), "1500ms");
    assert_eq!(absent.expect(30).findings(), ["unreachable"]);
    assert!(took > Duration::from_millis(900) && took < Duration::from_secs(4), "{took:?}");
    let (wrong, took) = at(world.url("runtime").replace("canary", "other"), "30s");
    assert_eq!(wrong.expect(31).findings(), ["denied"]);
    assert!(took < Duration::from_secs(5), "{took:?}");
    // Without a deadline there is one attempt.
    let mut command = world.command(&["check"]);
    command.env("DATABASE_URL", world.url_at("runtime", free_port()));
    let start = Instant::now();
    let once = Answer::of(command).expect(30);
    assert!(start.elapsed() < Duration::from_secs(2) && !once.stderr.contains("trying again"));
}
